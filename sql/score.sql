-- score, evaluate, explain: every way in which SQL can hand over a lead.
CREATE EXTENSION leadscore;
SELECT leadscore.version() = extversion FROM pg_extension WHERE extname = 'leadscore';

CREATE TABLE leads (id integer PRIMARY KEY, company text, headcount integer, budget numeric, created_at timestamptz);
INSERT INTO leads VALUES
  (1, 'ООО Ромашка', 120, 5e6, '2026-06-01 00:00+00'),
  (2, 'Acme Ltd', 8, 1e5, '2026-01-01 00:00+00'),
  (3, NULL, NULL, NULL, NULL);
INSERT INTO leadscore.model (model, base_points) VALUES ('m', 5);
INSERT INTO leadscore.dimension (model, dimension, title, lower, upper) VALUES ('m', 'fit', 'Portrait', NULL, 30), ('m', 'time', 'Timing', -10, 20);
INSERT INTO leadscore.criterion (model, criterion, dimension, attribute, condition, points, title) VALUES
  ('m', 'large', 'fit', 'headcount', 'headcount >= 100', '25', '100 employees or more'),
  ('m', 'small', 'fit', 'headcount', 'headcount >= 5', '10', '5 employees or more'),
  ('m', 'budget', 'fit', NULL, 'budget IS NOT NULL', 'least(budget / 1e6, 10) * 2', 'Budget'),
  ('m', 'recent', 'time', NULL, 'created_at > as_of - interval ''30 days''', '15', 'Recent'),
  ('m', 'stale', 'time', NULL, 'created_at < as_of - interval ''90 days''', '-50', 'Stale'),
  ('m', 'off', NULL, NULL, 'no_such_column', '1000', 'Disabled');
UPDATE leadscore.criterion SET enabled = false WHERE criterion = 'off';
INSERT INTO leadscore.band VALUES
  ('m', 'grade', 'A', NULL, NULL, 50, 45), ('m', 'grade', 'B', NULL, NULL, 20, NULL),
  ('m', 'temperature', 'hot', NULL, NULL, 40, 40), ('m', 'temperature', 'cold', NULL, NULL, -1000, NULL);

\set as_of '''2026-06-15 00:00+00'''
SELECT id, leadscore.score('m', l, :as_of) FROM leads AS l ORDER BY id;
SELECT id, e.* FROM leads AS l, leadscore.evaluate('m', l, :as_of) AS e ORDER BY id;
SELECT id, e.* FROM leads AS l, leadscore.explain('m', l, :as_of) AS e ORDER BY id;
SELECT id, leadscore.score(leadscore.export_model('m'), l, :as_of) = leadscore.score('m', l, :as_of) AS equal FROM leads AS l ORDER BY id;

-- NULL in, NULL out.
SELECT leadscore.score('m', NULL::leads), leadscore.score(NULL::text, l), leadscore.score('m', l, NULL), leadscore.evaluate('m', NULL::leads) IS NULL AS evaluated
FROM leads AS l WHERE id = 1;
SELECT count(*) FROM leadscore.explain('m', NULL::leads);
SELECT leadscore.score(NULL::jsonb, l) FROM leads AS l WHERE id = 1;

-- Not a row, no model, no document.
SELECT leadscore.score('m', 5);
SELECT leadscore.score('m', 'x'::text);
SELECT leadscore.score('m', ARRAY[l]) FROM leads AS l;
SELECT leadscore.score('m', NULL);
SELECT leadscore.score('none', l) FROM leads AS l;
SELECT leadscore.score('', l) FROM leads AS l;
SELECT leadscore.score('[]'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 2, "model": {}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {"lower": "x"}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {"lowest": 1}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {"scale": "log"}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {"lower": 5, "upper": 5}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {"base_points": 1e400}}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "criteria": 5}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "criteria": [5]}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "criteria": [{"criterion": "c"}]}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "criteria": [{"criterion": "c", "points": 1, "dimension": "d"}]}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "bands": [{"kind": "g", "label": "A", "from_score": 1}]}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "bands": [{"kind": "grade", "label": "A", "from_score": 1, "keep_from": 2}]}'::jsonb, l) FROM leads AS l;
SELECT leadscore.score(jsonb_build_object('format', 1, 'model', '{}'::jsonb, 'criteria', jsonb_agg('{"criterion": "c", "points": 1}'::jsonb)), l)
FROM leads AS l, generate_series(1, 10001) WHERE id = 1 GROUP BY l;
SELECT leadscore.score('{"format": 1, "model": {}}'::jsonb, l) FROM leads AS l WHERE id = 1;

-- Views, subqueries, anonymous records, constructed rows.
CREATE VIEW lead_view AS SELECT budget, headcount, created_at, id AS number FROM leads;
CREATE VIEW lead_join AS SELECT a.*, b.id AS other FROM leads AS a JOIN leads AS b ON a.id = b.id;
SELECT number, leadscore.score('m', v, :as_of) FROM lead_view AS v ORDER BY 1;
SELECT id, leadscore.score('m', v, :as_of) FROM lead_join AS v ORDER BY 1;
SELECT leadscore.score('m', s, :as_of) FROM (SELECT headcount, budget, created_at FROM leads WHERE id = 1) AS s;
SELECT leadscore.score('m', s, :as_of) FROM (SELECT headcount, budget, created_at FROM leads WHERE id = 1 OFFSET 0) AS s;
SELECT leadscore.score('m', s, :as_of) FROM (SELECT budget, 120 AS headcount, '2026-06-01 00:00+00'::timestamptz AS created_at FROM leads WHERE id = 1 LIMIT 1) AS s;
SELECT leadscore.score('m', v, :as_of) FROM (VALUES (120, 5e6, '2026-06-01 00:00+00'::timestamptz)) AS v (headcount, budget, created_at);
WITH w AS MATERIALIZED (SELECT * FROM leads) SELECT id, leadscore.score('m', w, :as_of) FROM w ORDER BY 1;
SELECT leadscore.score('m', ROW(9, 'x', 120, 5e6, '2026-06-01 00:00+00')::leads, :as_of);
SELECT leadscore.score('m', ROW(120, 5e6), :as_of);
SELECT leadscore.score('m', jsonb_populate_record(NULL::leads, '{"headcount": 120, "budget": 5e6, "created_at": "2026-06-01 00:00+00"}'), :as_of);
SELECT leadscore.score('m', s, :as_of) FROM (SELECT 1 AS headcount, 2 AS headcount, 5 AS budget, now() AS created_at) AS s;
SELECT leadscore.score('m', s, :as_of) FROM (SELECT 1 AS headcount, 5 AS budget) AS s;
CREATE DOMAIN lead_domain AS leads CHECK ((VALUE).id IS NOT NULL);
SELECT leadscore.score('m', ROW(9, 'x', 120, 5e6, '2026-06-01 00:00+00')::leads::lead_domain, :as_of);

-- A null-extended row is no lead; a row of NULLs is one.
SELECT n, leadscore.score('m', l, :as_of) FROM generate_series(1, 4) AS n LEFT JOIN leads AS l ON l.id = n ORDER BY n;
SELECT n, leadscore.score('m', v, :as_of) FROM generate_series(1, 4) AS n LEFT JOIN lead_view AS v ON v.number = n ORDER BY n;
SELECT n, leadscore.score('m', s, :as_of) FROM generate_series(1, 4) AS n
LEFT JOIN (SELECT headcount, budget, created_at, id + 0 AS k FROM leads) AS s ON s.k = n ORDER BY n;
SELECT l.id, leadscore.score('m', l, :as_of), leadscore.score('m', r, :as_of) FROM leads AS l FULL JOIN leads AS r ON l.id = r.id + 1 ORDER BY 1, 3;
SELECT leadscore.score('m', l, :as_of), count(*) FROM leads AS l GROUP BY GROUPING SETS ((l), ()) ORDER BY 1;
SELECT leadscore.score('m', ROW(NULL, NULL, NULL, NULL, NULL)::leads, :as_of);
SELECT o.id, (SELECT max(leadscore.score('m', o, :as_of)) FROM leads AS i) FROM leads AS o ORDER BY 1;
SELECT o.id, (SELECT sum(leadscore.score('m', i, :as_of)) FROM leads AS i WHERE i.id <= o.id) FROM leads AS o ORDER BY 1;

-- Writing statements.
INSERT INTO leads VALUES (10, 'new', 120, 5e6, '2026-06-01 00:00+00') RETURNING leadscore.score('m', leads, :as_of);
INSERT INTO leads AS l VALUES (10, 'again', 8, NULL, NULL) ON CONFLICT (id) DO UPDATE
SET headcount = leadscore.score('m', excluded, :as_of)::integer, budget = leadscore.score('m', l, :as_of) RETURNING *;
UPDATE leads AS l SET budget = leadscore.score('m', l, :as_of) WHERE id = 10 RETURNING budget, leadscore.score('m', l, :as_of);
MERGE INTO leads AS l USING (SELECT 10 AS id) AS s ON l.id = s.id WHEN MATCHED THEN UPDATE SET budget = leadscore.score('m', l, :as_of);
SELECT budget FROM leads WHERE id = 10;
DELETE FROM leads AS l WHERE id = 10 RETURNING leadscore.score('m', l, :as_of);

-- Columns come and go; rows written before are read by what the table is now.
CREATE TABLE changing (a integer, headcount integer, budget numeric, created_at timestamptz);
INSERT INTO changing VALUES (1, 120, 5e6, '2026-06-01 00:00+00');
PREPARE scored AS SELECT leadscore.score('m', c, '2026-06-15 00:00+00') FROM changing AS c;
EXECUTE scored;
ALTER TABLE changing DROP a;
EXECUTE scored;
ALTER TABLE changing ADD later integer DEFAULT 7;
UPDATE leadscore.criterion SET condition = 'later = 7', points = '3' WHERE model = 'm' AND criterion = 'recent';
EXECUTE scored;
ALTER TABLE changing ALTER headcount TYPE bigint;
EXECUTE scored;
ALTER TABLE changing RENAME headcount TO employees;
EXECUTE scored;
ALTER TABLE changing RENAME employees TO headcount;
ALTER TABLE changing DROP headcount;
ALTER TABLE changing ADD headcount smallint;
EXECUTE scored;
DEALLOCATE scored;
UPDATE leadscore.criterion SET condition = 'created_at > as_of - interval ''30 days''', points = '15' WHERE model = 'm' AND criterion = 'recent';

-- Partitions and inheritance, with other column orders.
CREATE TABLE parts (id integer, headcount integer, budget numeric, created_at timestamptz) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part_2 (dropped text, created_at timestamptz, budget numeric, headcount integer, id integer);
ALTER TABLE part_2 DROP dropped;
ALTER TABLE parts ATTACH PARTITION part_2 FOR VALUES IN (2);
INSERT INTO parts VALUES (1, 120, 5e6, '2026-06-01 00:00+00'), (2, 120, 5e6, '2026-06-01 00:00+00');
SELECT id, leadscore.score('m', p, :as_of) FROM parts AS p ORDER BY 1;
SELECT id, leadscore.score('m', p, :as_of) FROM part_2 AS p;

-- One model changes: the next statement sees it, in prepared and generic plans, in PL/pgSQL, in a cursor not.
SET plan_cache_mode = force_generic_plan;
PREPARE by_name(text) AS SELECT leadscore.score($1, l, '2026-06-15 00:00+00') FROM leads AS l WHERE id = 1;
EXECUTE by_name('m');
UPDATE leadscore.model SET base_points = 6 WHERE model = 'm';
EXECUTE by_name('m');
DEALLOCATE by_name;
RESET plan_cache_mode;
DO $$
DECLARE l leads; first float8; second float8; third float8;
BEGIN
  SELECT * INTO l FROM leads WHERE id = 1;
  FOR i IN 1..3 LOOP
    UPDATE leadscore.model SET base_points = i WHERE model = 'm';
    RAISE NOTICE 'base % gives %', i, leadscore.score('m', l, '2026-06-15 00:00+00');
  END LOOP;
  BEGIN
    UPDATE leadscore.model SET base_points = 40 WHERE model = 'm';
    RAISE NOTICE 'inside the subtransaction %', leadscore.score('m', l, '2026-06-15 00:00+00');
    RAISE EXCEPTION 'back';
  EXCEPTION WHEN raise_exception THEN NULL;
  END;
  RAISE NOTICE 'after its rollback %', leadscore.score('m', l, '2026-06-15 00:00+00');
END $$;
BEGIN;
DECLARE c CURSOR FOR SELECT id, leadscore.score('m', l, '2026-06-15 00:00+00') FROM leads AS l ORDER BY id;
FETCH 1 FROM c;
UPDATE leadscore.model SET base_points = 50 WHERE model = 'm';
FETCH 2 FROM c;
SELECT id, leadscore.score('m', l, '2026-06-15 00:00+00') FROM leads AS l ORDER BY id;
ROLLBACK;
SELECT leadscore.score(n, l, :as_of) FROM leads AS l, (VALUES ('m'), ('m2'), ('m')) AS t (n) WHERE id = 1;
SELECT leadscore.import_model(leadscore.export_model('m') || '{"criteria": []}', 'm2');
SELECT n, leadscore.score(n, l, :as_of) FROM leads AS l, (VALUES ('m'), ('m2'), ('m')) AS t (n) WHERE id = 1;
SELECT leadscore.score(jsonb_set(leadscore.export_model('m'), '{model,base_points}', to_jsonb(n)), l, :as_of) FROM leads AS l, generate_series(1, 3) AS n WHERE id = 1;

-- Scales.
UPDATE leadscore.model SET scale = 'range' WHERE model = 'm';
SELECT leadscore.score('m', l, :as_of) FROM leads AS l;
UPDATE leadscore.model SET raw_min = 0, raw_max = 50 WHERE model = 'm';
SELECT id, leadscore.score('m', l, :as_of) FROM leads AS l ORDER BY id;
UPDATE leadscore.criterion SET points = '6' WHERE model = 'm' AND criterion = 'budget';
UPDATE leadscore.model SET raw_min = NULL, raw_max = NULL, base_points = 0 WHERE model = 'm';
SELECT id, leadscore.score('m', l, :as_of) FROM leads AS l ORDER BY id;
SELECT title, points, contribution, note, kind FROM leads AS l, leadscore.explain('m', l, :as_of) WHERE id = 1 AND kind = 'scale';
UPDATE leadscore.model SET scale = 'logistic', base_points = -2 WHERE model = 'm';
UPDATE leadscore.criterion SET points = '0.5' WHERE model = 'm';
SELECT id, round(e.score::numeric, 6) AS score, e.raw_score, round(e.probability::numeric, 8) AS probability FROM leads AS l, leadscore.evaluate('m', l, :as_of) AS e ORDER BY id;
UPDATE leadscore.criterion SET dimension = NULL WHERE model = 'm' AND criterion = 'small';
SELECT leadscore.score('m', l, :as_of) FROM leads AS l;
SELECT severity, part, sqlstate, message, hint FROM leadscore.validate_model('m', 'leads');
UPDATE leadscore.criterion SET attribute = NULL, points = '1e308' WHERE model = 'm';
UPDATE leadscore.criterion SET dimension = NULL WHERE model = 'm';
SELECT leadscore.score('m', l, :as_of) FROM leads AS l WHERE id = 1;

-- Text that is stored elsewhere, whole or compressed, is compared as any other: by look-up, by prefix, in the executor.
CREATE TABLE stored (id integer, s text);
ALTER TABLE stored ALTER s SET STORAGE EXTERNAL;
INSERT INTO stored SELECT n, CASE n WHEN 1 THEN repeat('ab', 2000) WHEN 2 THEN repeat('ab', 2000) || 'c' WHEN 3 THEN 'ab' END FROM generate_series(1, 4) AS n;
ALTER TABLE stored ALTER s SET STORAGE EXTENDED;
INSERT INTO stored SELECT n, CASE n WHEN 5 THEN repeat('ab', 2000) WHEN 6 THEN repeat('ab', 200000) END FROM generate_series(5, 6) AS n;
INSERT INTO leadscore.model (model) VALUES ('stored');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('stored', 'equal', format('s = %L', repeat('ab', 2000)), '1'), ('stored', 'short', 's IN (''ab'', ''cd'')', '2'),
  ('stored', 'prefix', 's LIKE ''abab%''', '4'), ('stored', 'length', 'length(s) > 3000', '8'), ('stored', 'other', 's <> ''x''', '16');
SELECT id, leadscore.score('stored', t), (leadscore.evaluate('stored', t)).score AS by_criteria FROM stored AS t ORDER BY id;
DROP TABLE stored;
DELETE FROM leadscore.model WHERE model = 'stored';
DROP TABLE leads, changing, parts CASCADE;
DROP EXTENSION leadscore;
