-- What a funnel costs: window_funnel beside the ways of plain SQL, which must say the same; where the rows of a user lie
-- together and where they do not, which is what the memory of the machine is asked for; in one process and in two.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

\ir harness/events.sql

-- Twenty events a user.
SELECT :rows / 20 AS users, :rows * 10 AS more_rows, :rows / 2 AS more_users \gset
CALL bench.make_events('mixed_event', :rows, :users);
CREATE INDEX ON bench.mixed_event (user_id, step, at);
CREATE UNLOGGED TABLE bench.event AS SELECT * FROM bench.mixed_event ORDER BY user_id, at;
CREATE INDEX ON bench.event (user_id, step, at);
CALL bench.make_events('more_event', :more_rows, :more_users);
VACUUM (FREEZE, ANALYZE) bench.event, bench.mixed_event, bench.more_event;
SELECT bench.warm('bench.event') AS data, bench.warm('bench.mixed_event') AS mixed_data, bench.warm('bench.more_event') AS more_data \gset

-- By hand, twice: for each first step the earliest step that comes next, by an index; and for each event in order the
-- latest start of a chain that reaches its step, by window functions.
CREATE FUNCTION bench.by_lateral_join(name text) RETURNS text LANGUAGE sql AS $$
    SELECT format($query$
        SELECT sum(s.level)::float8 FROM (
            SELECT a.user_id, max(CASE WHEN e.at IS NOT NULL THEN 5 WHEN d.at IS NOT NULL THEN 4 WHEN c.at IS NOT NULL THEN 3
                WHEN b.at IS NOT NULL THEN 2 ELSE 1 END) AS level
            FROM bench.%1$I AS a
            LEFT JOIN LATERAL (SELECT n.at FROM bench.%1$I AS n WHERE n.user_id = a.user_id AND n.step = 2
                AND n.at BETWEEN a.at AND a.at + interval '30 days' ORDER BY n.at LIMIT 1) AS b ON true
            LEFT JOIN LATERAL (SELECT n.at FROM bench.%1$I AS n WHERE n.user_id = a.user_id AND n.step = 3
                AND n.at BETWEEN b.at AND a.at + interval '30 days' ORDER BY n.at LIMIT 1) AS c ON true
            LEFT JOIN LATERAL (SELECT n.at FROM bench.%1$I AS n WHERE n.user_id = a.user_id AND n.step = 4
                AND n.at BETWEEN c.at AND a.at + interval '30 days' ORDER BY n.at LIMIT 1) AS d ON true
            LEFT JOIN LATERAL (SELECT n.at FROM bench.%1$I AS n WHERE n.user_id = a.user_id AND n.step = 5
                AND n.at BETWEEN d.at AND a.at + interval '30 days' ORDER BY n.at LIMIT 1) AS e ON true
            WHERE a.step = 1 GROUP BY a.user_id) AS s$query$, name)
$$;
CREATE FUNCTION bench.by_window_functions(name text) RETURNS text LANGUAGE sql AS $$
    SELECT format($query$
        SELECT sum(s.level)::float8 FROM (
            SELECT user_id, max(CASE WHEN step = 5 AND at <= start_4 + interval '30 days' THEN 5 WHEN start_4 IS NOT NULL THEN 4
                WHEN start_3 IS NOT NULL THEN 3 WHEN start_2 IS NOT NULL THEN 2 WHEN start_1 IS NOT NULL THEN 1 ELSE 0 END) AS level
            FROM (SELECT *, max(CASE WHEN step = 4 AND at <= start_3 + interval '30 days' THEN start_3 END) OVER w AS start_4
                FROM (SELECT *, max(CASE WHEN step = 3 AND at <= start_2 + interval '30 days' THEN start_2 END) OVER w AS start_3
                    FROM (SELECT *, max(CASE WHEN step = 2 AND at <= start_1 + interval '30 days' THEN start_1 END) OVER w AS start_2
                        FROM (SELECT *, max(CASE WHEN step = 1 THEN at END) OVER w AS start_1
                            FROM bench.%1$I WINDOW w AS (PARTITION BY user_id ORDER BY at, step)) AS a
                        WINDOW w AS (PARTITION BY user_id ORDER BY at, step)) AS b
                    WINDOW w AS (PARTITION BY user_id ORDER BY at, step)) AS c
                WINDOW w AS (PARTITION BY user_id ORDER BY at, step)) AS d
            GROUP BY user_id) AS s$query$, name)
$$;
CREATE FUNCTION bench.by_funnel(name text, expression text) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT sum(s.level)::float8 FROM (SELECT %s AS level FROM bench.%I GROUP BY user_id) AS s', expression, name)
$$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT c.experiment, c.role::bench.case_role, c.title, c.rows, c.query,
    jsonb_strip_nulls(jsonb_build_object(
        'work_mem', CASE WHEN c.experiment = 'funnel_large' AND c.title NOT LIKE '%memory' THEN '4MB' ELSE '1GB' END,
        'leadscore.enable_funnel_scan', CASE WHEN c.title LIKE '%aggregated' THEN 'off' END))
FROM (VALUES
    (1, 'funnel', 'floor', 'scan only: count(*)', :rows, 'SELECT count(*) FROM bench.event'),
    (2, 'funnel', 'part', 'array_agg(at)', :rows, bench.by_funnel('event', 'cardinality(array_agg(at))')),
    (3, 'funnel', 'baseline', 'SQL: window functions', :rows, bench.by_window_functions('event')),
    (4, 'funnel', 'contender', 'SQL: LATERAL joins by an index', :rows, bench.by_lateral_join('event')),
    (5, 'funnel', 'contender', 'leadscore.window_funnel, step', :rows,
        bench.by_funnel('event', $$leadscore.window_funnel('30 days', '', at, step)$$)),
    (6, 'funnel', 'contender', 'leadscore.window_funnel_mask', :rows,
        bench.by_funnel('event', $$leadscore.window_funnel_mask('30 days', '', at, 1::bigint << step - 1)$$)),
    (7, 'funnel', 'contender', 'leadscore.window_funnel, conditions', :rows,
        bench.by_funnel('event', $$leadscore.window_funnel('30 days', '', at, step = 1, step = 2, step = 3, step = 4, step = 5)$$)),
    (8, 'funnel', 'part', 'leadscore.window_funnel, strict_order', :rows,
        bench.by_funnel('event', $$leadscore.window_funnel('30 days', 'strict_order', at, step)$$)),
    (9, 'funnel', 'part', 'leadscore.funnel_times', :rows,
        bench.by_funnel('event', $$cardinality(leadscore.funnel_times('30 days', '', at, step))$$)),
    (10, 'funnel_mixed', 'floor', 'scan only: count(*)', :rows, 'SELECT count(*) FROM bench.mixed_event'),
    (11, 'funnel_mixed', 'part', 'count(*) of each user', :rows, bench.by_funnel('mixed_event', 'count(*)')),
    (12, 'funnel_mixed', 'part', 'array_agg(at)', :rows, bench.by_funnel('mixed_event', 'cardinality(array_agg(at))')),
    (13, 'funnel_mixed', 'baseline', 'SQL: window functions', :rows, bench.by_window_functions('mixed_event')),
    (14, 'funnel_mixed', 'contender', 'SQL: LATERAL joins by an index', :rows, bench.by_lateral_join('mixed_event')),
    (15, 'funnel_mixed', 'contender', 'leadscore.window_funnel, step', :rows,
        bench.by_funnel('mixed_event', $$leadscore.window_funnel('30 days', '', at, step)$$)),
    (16, 'funnel_mixed', 'part', 'leadscore.window_funnel, step, aggregated', :rows,
        bench.by_funnel('mixed_event', $$leadscore.window_funnel('30 days', '', at, step)$$)),
    (20, 'funnel_large', 'floor', 'scan only: count(*)', :more_rows, 'SELECT count(*) FROM bench.more_event'),
    (21, 'funnel_large', 'part', 'count(*) of each user', :more_rows, bench.by_funnel('more_event', 'count(*)')),
    (22, 'funnel_large', 'baseline', 'SQL: window functions', :more_rows, bench.by_window_functions('more_event')),
    (23, 'funnel_large', 'contender', 'leadscore.window_funnel, step', :more_rows,
        bench.by_funnel('more_event', $$leadscore.window_funnel('30 days', '', at, step)$$)),
    (24, 'funnel_large', 'part', 'leadscore.window_funnel, step, aggregated', :more_rows,
        bench.by_funnel('more_event', $$leadscore.window_funnel('30 days', '', at, step)$$)),
    (25, 'funnel_large', 'part', 'count(*) of each user, all in memory', :more_rows, bench.by_funnel('more_event', 'count(*)')),
    (26, 'funnel_large', 'part', 'leadscore.window_funnel, step, all in memory', :more_rows,
        bench.by_funnel('more_event', $$leadscore.window_funnel('30 days', '', at, step)$$)))
    AS c (position, experiment, role, title, rows, query)
ORDER BY c.position;
CALL bench.measure('funnel', :rounds);
CALL bench.measure('funnel_mixed', :rounds);
CALL bench.measure('funnel_large', :rounds);

\pset title 'funnel: 20 events of each of 100,000 users, 5 steps, the rows of a user together (ratios: to window functions)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('funnel');
\pset title 'funnel: window_funnel beside others'
SELECT c.* FROM unnest('{SQL: LATERAL joins by an index,array_agg(at)}'::text[]) AS o,
    bench.compare('funnel', 'leadscore.window_funnel, step', o) AS c;
\pset title 'funnel: the same events as they came, users in no order (ratios: to window functions)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('funnel_mixed');
\pset title 'funnel: users in no order, ten times as many, work_mem 4 MB (ratios: to window functions)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('funnel_large');
\pset title

-- Two processes: each gathers its rows, or each has its users. Apart, so that the table of each is in memory.
CREATE UNLOGGED TABLE bench.parted_event (LIKE bench.more_event) PARTITION BY HASH (user_id);
SELECT format('CREATE UNLOGGED TABLE bench.parted_event_%s PARTITION OF bench.parted_event FOR VALUES WITH (MODULUS 4, REMAINDER %s)', n, n)
FROM generate_series(0, 3) AS n \gexec
INSERT INTO bench.parted_event SELECT * FROM bench.more_event;
VACUUM (FREEZE, ANALYZE) bench.parted_event;

INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT c.experiment, c.role::bench.case_role, c.title, :more_rows,
    bench.by_funnel(c.name, $$leadscore.window_funnel('30 days', '', at, step)$$), c.settings::jsonb || '{"work_mem": "4MB"}'
FROM (VALUES
    (1, 'funnel_parallel', 'baseline', 'one process', 'more_event', '{}'),
    (2, 'funnel_parallel', 'contender', 'two processes', 'more_event',
        '{"max_parallel_workers_per_gather": "1", "parallel_setup_cost": "0", "parallel_tuple_cost": "0"}'),
    (3, 'funnel_parted', 'baseline', 'one process', 'parted_event', '{}'),
    (4, 'funnel_parted', 'contender', 'two processes, partition-wise', 'parted_event',
        '{"max_parallel_workers_per_gather": "1", "enable_partitionwise_aggregate": "on"}'))
    AS c (position, experiment, role, title, name, settings)
ORDER BY c.position;
-- Workers begin with a fresh memory, so does the process they are compared with.
\connect
SELECT bench.warm('bench.more_event') AS more_data \gset
CALL bench.measure('funnel_parallel', :rounds, on_wall => true);
SELECT string_agg(bench.warm(format('bench.parted_event_%s', n)::regclass), '; ') AS parted_data FROM generate_series(0, 3) AS n \gset
CALL bench.measure('funnel_parted', :rounds, on_wall => true);

\pset title 'funnel: time on the wall with one process and with two'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('funnel_parallel');
\pset title 'funnel: the same on a table that is partitioned by the users'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('funnel_parted');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('funnel_parted') UNION ALL SELECT 'data:     ' || d
FROM unnest(ARRAY[:'data', :'mixed_data', :'more_data', :'parted_data']) AS d;
\pset tuples_only off
