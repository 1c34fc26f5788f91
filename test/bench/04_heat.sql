-- What heat costs: the aggregate beside a sum over the same rows; what is done with a stored heat; engagement by kinds of
-- events, a group a lead.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

-- Five times the rows of the other benchmarks: events are many and narrow.
SELECT :rows * 5 AS rows \gset

CREATE UNLOGGED TABLE bench.event (id bigint NOT NULL, at timestamptz NOT NULL, points float8 NOT NULL);
SELECT setseed(0.42) \g /dev/null
INSERT INTO bench.event
SELECT n, now() - random() * interval '300 days', 1 + floor(random() * 20) FROM generate_series(1, :rows) AS n;
VACUUM (FREEZE, ANALYZE) bench.event;
SELECT bench.warm('bench.event') AS data \gset

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'heat', c.role::bench.case_role, c.title, :rows, format('SELECT (%s)::float8 FROM bench.event', c.expression)
FROM (VALUES
    (1, 'context', 'scan only: count(*)', 'count(*)'),
    (2, 'baseline', 'sum(points)', 'sum(points)'),
    (3, 'part', 'avg(points)', 'avg(points)'),
    (4, 'part', 'leadscore.heat', $$leadscore.heat(points, at, '14 days')$$),
    (5, 'part', 'SQL: sum(points * 2 ^ half-lives)',
        $$sum(points * float8 '2' ^ (extract(epoch FROM at - now())::float8 / float8 '1209600'))$$))
    AS c (position, role, title, expression)
ORDER BY c.position;
CALL bench.measure('heat', :rounds);

\pset title 'heat: one group of all events (ratios: to sum(points))'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('heat');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('heat') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- A heat with a history, short or long: to add to it must cost the same.
CREATE UNLOGGED TABLE bench.stored AS
SELECT e.id, e.at, e.points, leadscore.heat_add(NULL, e.points, e.at, '14 days') AS young,
    (SELECT leadscore.heat(e.points, e.at - n * interval '1 hour', '14 days') FROM generate_series(1, 100) AS n) AS old
FROM bench.event AS e LIMIT :rows / 20;
VACUUM (FREEZE, ANALYZE) bench.stored;
SELECT count(*) AS stored FROM bench.stored \gset
SELECT bench.warm('bench.stored') AS data \gset

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'stored', c.role::bench.case_role, c.title, :stored, format('SELECT %s FROM bench.stored', c.expression)
FROM (VALUES
    (1, 'floor', 'scan, sum of the last column', 'sum(old)'),
    (2, 'baseline', 'heat_add to a heat of one event', $$sum(leadscore.heat_add(young, points, at, '14 days'))$$),
    (3, 'part', 'heat_add to a heat of a hundred', $$sum(leadscore.heat_add(old, points, at, '14 days'))$$),
    (4, 'part', 'heat_merge', 'sum(leadscore.heat_merge(young, old))'),
    (5, 'part', 'heat_points', $$sum(leadscore.heat_points(old, '14 days', now()))$$),
    (6, 'part', 'heat_cools_at',
        $$sum(extract(epoch FROM leadscore.heat_cools_at(old, '14 days', 10))::float8)$$))
    AS c (position, role, title, expression)
ORDER BY c.position;
CALL bench.measure('stored', :rounds);

\pset title 'stored: functions of a stored heat (ratios: to heat_add to a heat of one event)'
SELECT * FROM bench.report('stored');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('stored') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- Ten events a lead, a tenth of the rows.
INSERT INTO leadscore.model (model) VALUES ('bench');
INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per) VALUES
('bench', 'click', 5, '14 days', 3, '1 day'),
('bench', 'open', 1, '14 days', 3, '1 day'),
('bench', 'visit', 2, '14 days', NULL, NULL),
('bench', 'form', 20, '60 days', NULL, NULL),
('bench', 'unsubscribe', -30, '180 days', NULL, NULL);
CREATE UNLOGGED TABLE bench.lead_event (
    lead int NOT NULL,
    event text NOT NULL,
    at timestamptz NOT NULL
);
INSERT INTO bench.lead_event
SELECT 1 + floor(random() * (:rows / 100)),
    (ARRAY['click', 'click', 'click', 'open', 'open', 'open', 'visit', 'visit', 'form', 'unsubscribe'])
        [1 + floor(random() * 10)],
    now() - random() ^ 2 * interval '300 days'
FROM generate_series(1, :rows / 10) AS n;
VACUUM (FREEZE, ANALYZE) bench.lead_event;
SELECT count(*) AS lead_events FROM bench.lead_event \gset
SELECT bench.warm('bench.lead_event') AS data \gset

-- By hand, and the two must agree.
CREATE VIEW bench.engaged_by_hand AS
SELECT c.lead, greatest(0, sum(c.points * float8 '2'
    ^ (extract(epoch FROM c.at - now())::float8 / extract(epoch FROM c.half_life)::float8))) AS points
FROM (
    SELECT e.lead, e.at, k.points, k.half_life, k.max_count, CASE WHEN k.max_count IS NOT NULL THEN row_number() OVER (
        PARTITION BY e.lead, e.event, date_trunc('day', e.at, 'UTC') ORDER BY e.at) END AS place
    FROM bench.lead_event AS e
    JOIN leadscore.event_kind AS k ON (k.model, k.event) = ('bench', e.event)) AS c
WHERE c.max_count IS NULL OR c.place <= c.max_count
GROUP BY c.lead;
DO $do$
DECLARE
    differing bigint;
BEGIN
    SELECT count(*) INTO differing
    FROM bench.engaged_by_hand AS h
    FULL JOIN (
        SELECT e.lead, leadscore.engagement('bench', e.event, e.at, now()) AS points
        FROM bench.lead_event AS e GROUP BY e.lead) AS l USING (lead)
    WHERE (abs(h.points - l.points) < 1e-9) IS NOT TRUE;
    IF differing > 0 THEN
        RAISE EXCEPTION 'engagement differs from what SQL says for % leads', differing;
    END IF;
END
$do$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'engagement', c.role::bench.case_role, c.title, :lead_events,
    format('SELECT sum(s.points)::float8 FROM %s AS s', c.source)
FROM (VALUES
    (1, 'floor', 'count(*) GROUP BY lead', '(SELECT count(*) AS points FROM bench.lead_event AS e GROUP BY e.lead)'),
    (2, 'baseline', 'leadscore.engagement',
        $$(SELECT leadscore.engagement('bench', e.event, e.at, now()) AS points FROM bench.lead_event AS e
        GROUP BY e.lead)$$),
    (3, 'part', 'SQL: join, row_number, sum', 'bench.engaged_by_hand'),
    (4, 'part', 'leadscore.heat', $$(SELECT leadscore.heat(5, e.at, '14 days') AS points FROM bench.lead_event AS e
        GROUP BY e.lead)$$)) AS c (position, role, title, source)
ORDER BY c.position;
CALL bench.measure('engagement', :rounds);

\pset title 'engagement: ten events a lead, GROUP BY lead (ratios: to leadscore.engagement)'
SELECT * FROM bench.report('engagement');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('engagement') UNION ALL SELECT 'data:     ' || :'data';
