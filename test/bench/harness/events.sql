-- Events of users, as they came: users in no order.
CREATE PROCEDURE bench.make_events(name text, events bigint, users bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE UNLOGGED TABLE bench.%I (user_id bigint NOT NULL, at timestamptz NOT NULL, step int NOT NULL)', name);
    EXECUTE format($insert$
        INSERT INTO bench.%I
        SELECT abs(hashint8extended(n, 1) %% %s), timestamptz '2026-01-01 UTC' + n * interval '90 days' / %s,
            (ARRAY[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5])[1 + abs(hashint8extended(n, 2) %% 20)]
        FROM generate_series(1, %s) AS n$insert$, name, users, events, events);
END
$$;
