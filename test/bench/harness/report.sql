-- What harness.sql measured, as tables and as lines below them. It includes this file.

-- What is counted: the rounds without the warm-up.
CREATE VIEW bench.run AS
SELECT c.experiment, c.ord, c.role, c.title, c.rows, m.round, m.spent_ns, m.spent_ns::float8 / c.rows AS per_row
FROM bench.measured_case AS c
JOIN bench.measurement AS m ON (m.experiment, m.ord) = (c.experiment, c.ord)
WHERE m.round > 0;

-- A case's time a row to another's: the medians, and the range over the rounds, each to the other of its own round.
CREATE FUNCTION bench.ratio(experiment text, ord int, other_ord int, OUT ratio numeric, OUT range text)
LANGUAGE sql STABLE AS $$
    SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY r.per_row)
            / percentile_cont(0.5) WITHIN GROUP (ORDER BY o.per_row))::numeric, 2),
        format('%s - %s', round(min(r.per_row / o.per_row)::numeric, 2), round(max(r.per_row / o.per_row)::numeric, 2))
    FROM bench.run AS r
    JOIN bench.run AS o USING (experiment, round)
    WHERE r.experiment = ratio.experiment AND r.ord = ratio.ord AND o.ord = ratio.other_ord
$$;

-- Two cases, by their titles.
CREATE FUNCTION bench.compare(experiment text, title text, other_title text)
RETURNS TABLE ("case" text, "to" text, ratio numeric, "min - max" text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    one int;
    other int;
BEGIN
    SELECT c.ord INTO STRICT one
    FROM bench.measured_case AS c WHERE (c.experiment, c.title) = (compare.experiment, compare.title);
    SELECT c.ord INTO STRICT other
    FROM bench.measured_case AS c WHERE (c.experiment, c.title) = (compare.experiment, compare.other_title);
    RETURN QUERY SELECT title, other_title, r.ratio, r.range FROM bench.ratio(experiment, one, other) AS r;
END
$$;

-- The table of an experiment.
CREATE FUNCTION bench.report(experiment text)
RETURNS TABLE ("case" text, rows text, "median ms" numeric, "ns/row" numeric, "net ns/row" numeric,
    ratio numeric, "min - max" text, "net ratio" numeric)
LANGUAGE sql STABLE AS $$
    WITH median AS (
        SELECT r.ord, r.role, r.title, r.rows,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY r.spent_ns) AS spent_ns,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY r.per_row) AS per_row
        FROM bench.run AS r WHERE r.experiment = report.experiment GROUP BY r.ord, r.role, r.title, r.rows),
    floor AS (
        SELECT coalesce((SELECT m.per_row FROM median AS m WHERE m.role = 'floor'), 0) AS per_row)
    SELECT m.title, to_char(m.rows, 'FM999,999,999'), round((m.spent_ns / 1e6)::numeric, 0),
        round(m.per_row::numeric, 0),
        CASE WHEN m.role NOT IN ('context', 'floor') THEN round((m.per_row - f.per_row)::numeric, 0) END,
        r.ratio,
        r.range,
        CASE WHEN m.role NOT IN ('context', 'floor')
            THEN round(((m.per_row - f.per_row) / nullif(b.per_row - f.per_row, 0))::numeric, 2) END
    FROM median AS m
    CROSS JOIN floor AS f
    CROSS JOIN (SELECT d.ord, d.per_row FROM median AS d WHERE d.role = 'baseline') AS b
    CROSS JOIN LATERAL bench.ratio(report.experiment, m.ord, b.ord) AS r
    ORDER BY m.ord
$$;

-- Whether the cases that asked for JIT or for workers got them: a line for each such case.
CREATE FUNCTION bench.granted(experiment text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH done AS (
        SELECT c.ord, c.title, c.settings ->> 'jit' = 'on' AS wants_jit, p.plan #> '{0,JIT}' AS jit,
            c.settings ->> 'max_parallel_workers_per_gather' <> '0' AS wants_workers,
            coalesce(jsonb_path_query_first(p.plan, '$.**."Workers Launched"')::int, 0) AS workers
        FROM bench.measured_case AS c
        JOIN bench.plan AS p ON (p.experiment, p.ord) = (c.experiment, c.ord)
        WHERE c.experiment = granted.experiment)
    SELECT wish.line
    FROM done AS d
    CROSS JOIN LATERAL (
        SELECT format('jit:      %s: %s', d.title, CASE
            WHEN d.jit IS NULL THEN 'DID NOT RUN'
            ELSE format('%s functions in %s ms, inlining %s, optimisation %s', d.jit ->> 'Functions',
                round((d.jit #>> '{Timing,Total}')::numeric), d.jit #>> '{Options,Inlining}',
                d.jit #>> '{Options,Optimization}') END)
        WHERE d.wants_jit
        UNION ALL
        SELECT format('workers:  %s: %s', d.title,
            CASE d.workers WHEN 0 THEN 'NONE CAME' ELSE format('%s beside the leader', d.workers) END)
        WHERE d.wants_workers) AS wish (line)
    ORDER BY d.ord
$$;

-- What the reader must know to believe the table.
CREATE FUNCTION bench.circumstances(experiment text) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
DECLARE
    own text;
    rounds int;
    share float8;
BEGIN
    SELECT max(m.round), sum(m.cpu_ns) / sum(m.wall_ns) INTO rounds, share
    FROM bench.measurement AS m WHERE m.experiment = circumstances.experiment AND m.round > 0;
    RETURN NEXT format('settings: jit=%s, max_parallel_workers_per_gather=%s, shared_buffers=%s; PostgreSQL %s',
        current_setting('jit'), current_setting('max_parallel_workers_per_gather'), current_setting('shared_buffers'),
        current_setting('server_version'));
    FOR own IN
        SELECT format('          in %s of the cases: %s', count(*),
            (SELECT string_agg(s.key || '=' || s.value, ', ') FROM jsonb_each_text(c.settings) AS s))
        FROM bench.measured_case AS c
        WHERE c.experiment = circumstances.experiment AND c.settings <> '{}'
        GROUP BY c.settings ORDER BY min(c.ord)
    LOOP
        RETURN NEXT own;
    END LOOP;
    RETURN QUERY SELECT bench.granted(experiment);
    RETURN NEXT format('rounds:   1 warm-up, then %s of each case, the cases taking turns', rounds);
    IF share IS NOT NULL THEN
        RETURN NEXT format('clock:    time of the backend on a processor (/proc/self/schedstat), '
            '%s %% of the time on the wall; load %s', round(100 * least(1, share)),
            split_part(pg_read_file('/proc/loadavg'), ' ', 1));
    ELSIF (SELECT c.is_processor_time FROM bench.clock AS c) THEN
        RETURN NEXT format('clock:    WALL TIME, because several processes share the work: '
            'other work on this machine is in the figures; load %s', split_part(pg_read_file('/proc/loadavg'), ' ', 1));
    ELSE
        RETURN NEXT 'clock:    WALL TIME, because /proc/self/schedstat cannot be read: '
            'other work on this machine is in the figures';
    END IF;
END
$$;
