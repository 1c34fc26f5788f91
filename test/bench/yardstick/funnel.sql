-- Writes the events of ../11_funnel.sql, as many as it has at most, and the sum of the levels that they reach into files
-- that other engines can read (funnel.mjs does). Times are in microseconds.

\ir ../harness/harness.sql
\ir ../harness/events.sql

CREATE EXTENSION leadscore;
SET work_mem = '1GB';
CALL bench.make_events('event', :rows * 10, :rows / 2);

\pset format unaligned
\pset tuples_only on
\o funnel.json
SELECT json_build_object('rows', (SELECT count(*) FROM bench.event), 'sum', sum(s.level), 'within', (30 * 86400)::bigint * 1000000)
FROM (SELECT leadscore.window_funnel('30 days', '', at, step) AS level FROM bench.event GROUP BY user_id) AS s;
\o

\copy (SELECT user_id, (extract(epoch FROM at) * 1000000)::bigint AS at, step FROM bench.event) TO 'events.csv' (FORMAT csv, HEADER)
