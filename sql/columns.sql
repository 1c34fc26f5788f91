-- A constant name lets the planner pass only the columns that the model reads; a name it does not know leaves the whole row.
-- Every statement here runs both ways, and both ways must do the same. In a statement score(l, …) stands for
-- leadscore.score(<name>, l, …), %M for <name> and THIS for the way: 'm' in one, current_setting('leads.model') in the other.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET jit = off;
CREATE EXTENSION leadscore;
CREATE SEQUENCE calls;
CREATE ROLE regress_leadscore_user;
CREATE TABLE cases (n serial, name text, query text, after text, model text DEFAULT 'm', login name, result text, form text, form_shown boolean DEFAULT true);

CREATE FUNCTION written(query text, model text, way text) RETURNS text LANGUAGE sql AS $$
  SELECT replace(replace(regexp_replace(query, '(?<![.])\m(score|evaluate|classify|target)\(', 'leadscore.\1(%M, ', 'g'), '%M',
    CASE way WHEN 'constant' THEN quote_literal(model) ELSE 'current_setting(''leads.model'')' END), 'THIS', way)
$$;
-- What a statement returns, what a query finds afterwards, how often nextval('calls') was called; its effects are undone.
CREATE FUNCTION run(query text, after text, login name) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE found jsonb := '[]'; row record; called bigint := nextval('public.calls'); failure text;
BEGIN
  BEGIN
    IF login IS NOT NULL THEN EXECUTE format('SET LOCAL ROLE %I', login); END IF;
    IF query !~* '^(SELECT|WITH|VALUES|EXECUTE|FETCH)|RETURNING' THEN
      EXECUTE query;
    ELSIF current_setting('leads.nested', true) = 'on' AND query ~* '^(SELECT|VALUES)' AND query !~* 'FOR UPDATE' THEN
      EXECUTE format('SELECT coalesce(jsonb_agg(to_jsonb(q)), ''[]'') FROM (%s) AS q', query) INTO found;
    ELSE
      FOR row IN EXECUTE query LOOP found := found || to_jsonb(row); END LOOP;
    END IF;
    FOR row IN EXECUTE coalesce(after, 'SELECT WHERE false') LOOP found := found || to_jsonb(row); END LOOP;
    IF query !~* '^FETCH' THEN RAISE EXCEPTION 'undone' USING ERRCODE = 'UNDO0'; END IF;
  EXCEPTION
    WHEN SQLSTATE 'UNDO0' THEN NULL;
    WHEN OTHERS THEN failure := SQLSTATE || ' ' || SQLERRM;
  END;
  RETURN jsonb_build_object('rows', (SELECT jsonb_agg(e ORDER BY e::text COLLATE "C") FROM jsonb_array_elements(found) AS e),
    'calls', nextval('public.calls') - called - 1, 'failure', failure);
END $$;
CREATE FUNCTION outcome(query text, after text DEFAULT NULL, model text DEFAULT 'm', login name DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE by_columns jsonb; by_row jsonb;
BEGIN
  PERFORM set_config('leads.model', model, false);
  by_columns := replace(run(written(query, model, 'constant'), written(after, model, 'constant'), login)::text, '_constant', '');
  by_row := replace(run(written(query, model, 'setting'), written(after, model, 'setting'), login)::text, '_setting', '');
  IF by_columns <> by_row THEN
    RETURN format('DIFFERENT: %s BUT: %s', left(by_columns::text, 150), left(by_row::text, 150));
  ELSIF by_row ->> 'failure' IS NOT NULL THEN
    RETURN 'both fail: ' || left(by_row ->> 'failure', 5);
  END IF;
  RETURN format('equal, %s rows', jsonb_array_length(coalesce(nullif(by_row -> 'rows', 'null'), '[]')))
    || (SELECT coalesce(', ' || nullif(count(*), 0) || ' nulls', '') FROM jsonb_path_query(by_row, '$.rows[*].* ? (@ == null)'))
    || coalesce(', ' || nullif(by_row ->> 'calls', '0') || ' calls', '');
END $$;
-- Which form the plan of the first way has. EXPLAIN does not show the actions of MERGE and ON CONFLICT.
CREATE FUNCTION form(query text, model text DEFAULT 'm') RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; plan text := '';
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || written(query, model, 'constant') LOOP plan := plan || line; END LOOP;
  RETURN concat_ws(', ', CASE WHEN plan ~ 'leadscore\.(score|evaluate|classify|target)_columns\(' THEN 'columns' END, CASE WHEN plan ~ 'leadscore\.(score|evaluate|classify|target)\(' THEN 'row' END);
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE PROCEDURE note(name text, result text, form text DEFAULT NULL) LANGUAGE sql AS $$ INSERT INTO cases (name, result, form) VALUES (name, result, form) $$;
CREATE PROCEDURE try(name text, query text, model text DEFAULT 'm', login name DEFAULT NULL) LANGUAGE sql AS
$$ INSERT INTO cases (name, result, form) VALUES (name, outcome(query, NULL, model, login), form(query, model)) $$;
-- Runs DDL in both schemas, with THIS for both ways.
CREATE PROCEDURE make(VARIADIC statements text[]) LANGUAGE plpgsql AS $$
DECLARE statement text;
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    FOR i IN 1..2 LOOP
      PERFORM set_config('search_path', ('{plain,odd}'::text[])[i] || ', public', false);
      EXECUTE written(statement, 'm', 'constant');
      IF statement ~ 'THIS' THEN EXECUTE written(statement, 'm', 'setting'); END IF;
    END LOOP;
  END LOOP;
END $$;

-- Everything exists twice: over a table as it was made, and over one that lost columns and got some, defaults included, when it had rows.
CREATE SCHEMA plain; CREATE SCHEMA odd; GRANT USAGE ON SCHEMA plain, odd TO PUBLIC;
CREATE TYPE address AS (city text, zip text);
CREATE TYPE mood AS ENUM ('cold', 'hot');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE plain.leads (id integer PRIMARY KEY, name text, headcount integer, budget numeric, tags text[], address address, extra jsonb, created_at timestamptz, source text DEFAULT 'site', note text, score float8);
CREATE TABLE odd.leads (lost_1 text, id integer PRIMARY KEY, lost_2 integer, name text, headcount integer, budget numeric, tags text[], lost_3 timestamptz DEFAULT now(), address address, extra jsonb, created_at timestamptz, lost_4 text);
INSERT INTO plain.leads VALUES
  (1, 'ООО Ромашка', 120, 5e6, '{vip,new}', '(Тверь,170000)', '{"k": "1"}', now() - interval '5 days', 'site', NULL, NULL),
  (2, 'Acme', 8, 1e5, '{}', '(,)', '{"k": 2}', now() - interval '1 year', 'site', NULL, NULL),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'site', NULL, NULL),
  (4, repeat('Ж', 100000), 99, 12345678901234567890.5, '{NULL,vip}', '(Москва,)', '[1]', 'infinity', 'site', NULL, NULL),
  (5, (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 1000) AS n), 5, 0, '{a,b,vip,c}', '(Тверь,)', '{"k": null}', now() - interval '29 days', 'fair', 'called', 7),
  (6, '', 0, -1, '[5:5]={vip}', NULL, 'null', '-infinity', NULL, '', 8),
  (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (8, 'abcd', 2147483647, 'Infinity', '{vip}', '("Тверь", x)', '{"k": "1", "l": [1, 2]}', now(), 'site', 'x', 9);
INSERT INTO odd.leads SELECT 'lost', id, 5, name, headcount, budget, tags, now(), address, extra, created_at, 'lost' FROM plain.leads WHERE id <= 4;
ALTER TABLE odd.leads DROP lost_1, DROP lost_2, DROP lost_3, DROP lost_4, ADD source text DEFAULT 'site', ADD note text, ADD score float8;
INSERT INTO odd.leads SELECT * FROM plain.leads WHERE id > 4;
INSERT INTO leadscore.model (model, base_points, upper) VALUES ('m', 5, 1e9), ('none', 5, 1e9), ('fields', 0, 1e9), ('failing', 0, 1e9), ('broken', 0, 1e9), ('own', 0, 1e9), ('types', 0, 1e9), ('arrays', 0, 1e9), ('collated', 0, 1e9);
INSERT INTO leadscore.dimension (model, dimension, title, upper) VALUES ('m', 'fit', 'Portrait', 70);
INSERT INTO leadscore.criterion (model, criterion, dimension, attribute, condition, points) VALUES
  ('m', 'large', 'fit', 'headcount', 'headcount >= 100', '64'), ('m', 'small', 'fit', 'headcount', 'headcount >= 5', '32'),
  ('m', 'budget', 'fit', NULL, 'true', 'least(coalesce(budget, 0) / 1e6, 10) * 2'), ('m', 'name', NULL, NULL, 'length(name) > 3', '128'),
  ('m', 'city', NULL, NULL, '(address).city = ''Тверь''', '256'), ('m', 'tags', NULL, NULL, 'tags && ''{vip}''', '512'), ('m', 'extra', NULL, NULL, 'extra ->> ''k'' = ''1''', '1024'),
  ('m', 'recent', NULL, NULL, 'created_at > as_of - interval ''30 days''', '2048'), ('m', 'source', NULL, NULL, 'source = ''site''', '4096'),
  ('m', 'note', NULL, NULL, 'note IS NULL', '8192'), ('m', 'anonymous', NULL, NULL, 'name IS NULL', '16384'), ('m', 'off', NULL, NULL, 'no_such_column', '1'),
  ('none', 'always', NULL, NULL, 'true', '1'), ('none', 'recent', NULL, NULL, 'as_of > ''2000-01-01''', '2'),
  ('failing', 'division', NULL, NULL, '1 / headcount >= 0', '1'), ('broken', 'typo', NULL, NULL, 'headcont > 5', '1'),
  ('fields', 'f1', NULL, NULL, 'f1 > 100', '1'), ('fields', 'f2', NULL, NULL, 'f2 = ''site''', '2'), ('fields', 'f3', NULL, NULL, 'f3 IS NULL', '4'), ('fields', 'f4', NULL, NULL, 'true', 'f4 * 8'),
  ('own', 'a', NULL, NULL, 'is_duplicate', '1'), ('own', 'b', NULL, NULL, 'lead.as_of > as_of', '2'), ('own', 'c', NULL, NULL, 'engagement IS NULL', '4'), ('own', 'd', NULL, NULL, 'lead.engagement > 5', '8'), ('own', 'e', NULL, NULL, 'lead.is_duplicate IS FALSE', '16'),
  ('arrays', 'a', NULL, NULL, 'cardinality(array_append(tags, ''a'')) = 4', '1'), ('arrays', 'b', NULL, NULL, 'cardinality(array_append(tags, ''b'')) = 4', '2'), ('arrays', 'c', NULL, NULL, 'tags[3] = ''y''', '4'), ('arrays', 'd', NULL, NULL, 'cardinality(tags) = 1', '8'),
  ('collated', 'a', NULL, NULL, 'name > source', '1');
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'types', n, condition, (2 ^ (n - 1))::text FROM unnest(ARRAY['b', 'i2 = -1', 'i8 > 5000000000', 'f4 = ''-Infinity''', 'd = ''2026-03-01''', 'ti > ''13:00''',
  'iv > ''1 day''', 'c = ''a''', 'v = ''abcde''', 's > ''b''', 'm = ''hot''', 'm::text = ''hot''', 'p = 5', 'u = ''00000000-0000-0000-0000-000000000001''', 'ip <<= ''10.0.0.0/8''', 'r @> 3', 'bits = B''0101''', 'ai = ''{1,NULL}''', 'm = ANY (am)',
  'by = ''\x00ff''', 'nm = ''name''', 'ch = ''x''', 'o = 4294967295', 'ts = ''infinity''', 'n = 0.10', 'pt ~= ''(1,2)''', 'as_of > tz']) WITH ORDINALITY AS t (condition, n);
UPDATE leadscore.criterion SET enabled = false WHERE criterion = 'off';
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'grade', 'A', 10000), ('m', 'grade', 'B', 0), ('m', 'temperature', 'hot', 5000);

CALL make(
  'CREATE TABLE types (id integer, lost text, b boolean, i2 smallint, i8 bigint, f4 real, d date, ti time, iv interval, c char(3), v varchar(5), s text COLLATE "C", m mood, p positive, u uuid, ip inet, r int4range, bits bit(4), ai integer[], am mood[], by bytea, nm name, ch "char", o oid, ts timestamp, n numeric(5, 2), pt point, tz timestamptz)', 'ALTER TABLE types DROP lost',
  'INSERT INTO types VALUES (1, true, -1, 5000000001, ''-Infinity'', ''2026-03-01'', ''24:00'', ''2 days'', ''a'', ''abcde'', ''c'', ''hot'', 5, ''00000000-0000-0000-0000-000000000001'', ''10.1.1.1'', ''[1,9)'', ''0101'', ''{1,NULL}'', ''{cold,hot}'', ''\x00ff'', ''name'', ''x'', 4294967295, ''infinity'', 0.1, ''(1,2)'', ''-infinity'')', 'INSERT INTO types (id) VALUES (2)',
  'CREATE TABLE special (engagement float8, is_duplicate boolean, as_of timestamptz)', 'INSERT INTO special VALUES (6, true, ''infinity''), (NULL, false, ''-infinity''), (NULL, NULL, NULL)',
  'CREATE TABLE other (id integer, lead integer)', 'INSERT INTO other VALUES (1, 1), (2, 2), (3, NULL), (4, 99), (5, 1)',
  'CREATE VIEW v AS SELECT * FROM leads', 'CREATE VIEW nested AS SELECT * FROM v WHERE id <> 3',
  'CREATE VIEW mixed AS SELECT note AS source, source AS note, upper(name) AS name, 1e6 AS budget, headcount / 2 AS headcount, array_append(tags, ''new'') AS tags, address, extra, created_at - interval ''1 day'' AS created_at, id AS number, headcount AS unread FROM leads',
  'CREATE VIEW fixed AS SELECT id, ''Ромашка'' AS name, 120 AS headcount, budget, ''{vip}''::text[] AS tags, NULL::address AS address, ''{"k": "1"}''::jsonb AS extra, now() AS created_at, ''site'' AS source, note FROM leads',
  'CREATE VIEW counted AS SELECT *, nextval(''public.calls'') AS call FROM leads', 'CREATE VIEW noisy AS SELECT *, random() AS r FROM leads',
  'CREATE VIEW barrier WITH (security_barrier) AS SELECT * FROM leads WHERE id < 6', 'CREATE VIEW joined AS SELECT a.*, b.id AS next FROM leads AS a LEFT JOIN leads AS b ON b.id = a.id + 1',
  'CREATE VIEW unions AS SELECT * FROM leads UNION ALL SELECT * FROM leads WHERE id > 4 UNION ALL SELECT id + 10, name, 7, budget, tags, address, extra, created_at, ''fair'', note, score FROM leads WHERE id < 3',
  'CREATE VIEW rows AS SELECT id, l, ROW(l.*)::leads AS made FROM leads AS l', 'CREATE VIEW empty AS SELECT l.*, 0 AS zero FROM leads AS l WHERE id < 0',
  'CREATE FUNCTION all_leads() RETURNS SETOF leads LANGUAGE sql STABLE AS ''SELECT * FROM leads''', 'CREATE FUNCTION some_leads() RETURNS SETOF leads LANGUAGE plpgsql STABLE AS ''BEGIN RETURN QUERY SELECT * FROM leads WHERE id <> 2; END''',
  'CREATE DOMAIN lead_domain AS leads CHECK (VALUE IS NULL OR (VALUE).id IS NOT NULL)', 'CREATE TABLE boxes (id integer, lead leads, lead_domain lead_domain)', 'INSERT INTO boxes SELECT id, l, l FROM leads AS l WHERE id < 4 UNION ALL SELECT 9, NULL, NULL',
  'CREATE TABLE bare AS SELECT * FROM leads WHERE id < 3', 'INSERT INTO bare SELECT (NULL::bare).*',
  'CREATE TABLE parts (lost integer, LIKE leads, PRIMARY KEY (id)) PARTITION BY RANGE (id)', 'ALTER TABLE parts DROP lost', 'CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (MINVALUE) TO (3)',
  'CREATE TABLE parts_2 (score float8, note text, lost text, source text, created_at timestamptz, extra jsonb, address address, tags text[], budget numeric, headcount integer, name text, id integer NOT NULL)', 'ALTER TABLE parts_2 DROP lost',
  'ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM (3) TO (6)', 'CREATE TABLE parts_3 PARTITION OF parts FOR VALUES FROM (6) TO (MAXVALUE) PARTITION BY RANGE (id)', 'CREATE TABLE parts_4 (lost integer, LIKE parts)', 'ALTER TABLE parts_4 DROP lost',
  'ALTER TABLE parts_3 ATTACH PARTITION parts_4 FOR VALUES FROM (6) TO (MAXVALUE)', 'INSERT INTO parts SELECT * FROM leads',
  'CREATE TABLE family (LIKE leads)', 'CREATE TABLE child (born date, more text) INHERITS (family)', 'CREATE TABLE grandchild (extra_id integer, LIKE parts_2)', 'ALTER TABLE grandchild ADD born date, ADD more text', 'ALTER TABLE grandchild INHERIT child',
  'INSERT INTO family SELECT * FROM leads WHERE id < 3', 'INSERT INTO child SELECT * FROM leads WHERE id BETWEEN 3 AND 5', 'INSERT INTO grandchild (id, name, headcount, budget, tags, address, extra, created_at, source, note) SELECT id, name, headcount, budget, tags, address, extra, created_at, source, note FROM leads WHERE id > 5');

INSERT INTO cases (name, query) VALUES
  -- Arguments.
  ('table', 'SELECT id, score(l) FROM leads AS l'), ('whole evaluation', 'SELECT id, evaluate(l) FROM leads AS l'), ('evaluation.*', 'SELECT id, (evaluate(l)).* FROM leads AS l'),
  ('evaluation.grade', 'SELECT id FROM leads AS l WHERE (evaluate(l)).grade = ''A'''), ('explain', 'SELECT id, e.* FROM leads AS l, leadscore.explain(%M, l) AS e'),
  ('named arguments', 'SELECT id, leadscore.score(as_of => ''2026-06-15'', lead => l, model => %M) FROM leads AS l'), ('folded name', 'SELECT id, leadscore.score(lower(upper(%M)), l) FROM leads AS l'),
  ('name by sub-select', 'SELECT id, leadscore.score((SELECT %M), l) FROM leads AS l'), ('as_of by column', 'SELECT id, score(l, created_at) FROM leads AS l'), ('as_of NULL', 'SELECT id, score(l, NULL), score(l, nullif(created_at, created_at)) AS s FROM leads AS l'),
  ('as_of volatile', 'SELECT id, score(l, ''2026-01-01''::timestamptz + nextval(''public.calls'') * interval ''0'') FROM leads AS l'), ('l.*', 'SELECT id, score(l.*) FROM leads AS l'),
  ('columns renamed by the alias', 'SELECT score(l) FROM leads AS l (a, b, name, headcount, note, source)'), ('rows of NULLs', 'SELECT score(b) FROM bare AS b'), ('record', 'SELECT id, score(l::record) FROM leads AS l'), ('NULL row', 'SELECT score(NULL::leads), evaluate(NULL::leads) AS e'),
  -- What FROM can hold.
  ('ONLY, TABLESAMPLE', 'SELECT id, score(l) FROM ONLY leads AS l TABLESAMPLE BERNOULLI (100)'), ('view', 'SELECT id, score(v) FROM v'), ('nested view', 'SELECT id, score(n) FROM nested AS n'),
  ('expressions', 'SELECT number, score(m) FROM mixed AS m'), ('constants', 'SELECT id, score(f), evaluate(f) AS e FROM fixed AS f'), ('volatile view', 'SELECT id, score(c) FROM counted AS c'),
  ('volatile view, row alone', 'SELECT score(c) FROM counted AS c'), ('random', 'SELECT id, score(n) FROM noisy AS n'), ('security barrier', 'SELECT id, score(b) FROM barrier AS b WHERE score(b) > 0'),
  ('view of a join', 'SELECT id, score(j) FROM joined AS j'), ('subquery', 'SELECT id, score(s) FROM (SELECT * FROM leads WHERE id <> 4) AS s'), ('subquery, renamed', 'SELECT a, score(s) FROM (SELECT * FROM leads) AS s (a, source, headcount, budget, tags, address, extra, created_at, name, note)'),
  ('subquery, a column twice', 'SELECT score(s) FROM (SELECT *, 1 AS headcount FROM leads) AS s'), ('subquery, a column twice, unread', 'SELECT score(s) FROM (SELECT *, 1 AS id FROM leads) AS s'),
  ('subquery, without a column', 'SELECT score(s) FROM (SELECT id, name FROM leads) AS s'), ('subquery, OFFSET 0', 'SELECT id, score(s) FROM (SELECT * FROM leads OFFSET 0) AS s'),
  ('subquery, DISTINCT', 'SELECT id, score(s) FROM (SELECT DISTINCT ON (source) * FROM leads ORDER BY source, id) AS s'), ('subquery, row alone', 'SELECT score(s) FROM (SELECT 1 AS x, l.* FROM leads AS l) AS s'),
  ('subquery, NULLs', 'SELECT score(s) FROM (SELECT NULL::text AS name, NULL::integer AS headcount, budget, tags, address, extra, created_at, source, note FROM leads WHERE id = 7) AS s'),
  ('CTE', 'WITH w AS (SELECT * FROM leads) SELECT id, score(w) FROM w'), ('CTE, materialized', 'WITH w AS MATERIALIZED (SELECT * FROM leads) SELECT id, score(w) FROM w'),
  ('CTE, recursive', 'WITH RECURSIVE w AS (SELECT * FROM leads WHERE id = 1 UNION ALL SELECT l.* FROM w JOIN leads AS l ON l.id = w.id + 1 WHERE score(l) > 0 AND score(w) > 0) SELECT id, score(w) FROM w'),
  ('lateral subquery', 'SELECT id, s FROM leads AS l, LATERAL (SELECT score(l) AS s) AS x'), ('lateral subquery, OFFSET 0', 'SELECT id, s FROM leads AS l, LATERAL (SELECT score(l) AS s OFFSET 0) AS x'),
  ('lateral function', 'SELECT id, e.* FROM leads AS l, evaluate(l) AS e'), ('lateral function over a view', 'SELECT id, e.* FROM v, evaluate(v) AS e'), ('lateral function over a subquery of constants', 'SELECT o.id, e.* FROM other AS o LEFT JOIN (SELECT * FROM fixed) AS f ON f.id = o.lead, evaluate(f) AS e'),
  ('lateral function over a nullable table', 'SELECT o.id, e.score, s FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead LEFT JOIN LATERAL evaluate(l) AS e ON true, score(l) AS s'), ('lateral function over a join', 'SELECT id, e.score FROM (leads AS l JOIN other AS o USING (id)) AS j, evaluate(j) AS e'),
  ('ROWS FROM', 'SELECT id, e.score, n, ordinality FROM leads AS l, ROWS FROM (evaluate(l), generate_series(1, 2)) WITH ORDINALITY AS e (score, raw, probability, grade, temperature, reasons, n)'),
  ('VALUES', 'SELECT score(s) FROM (VALUES (1, ''abcd'', 7, 5.5, ''{vip}''::text[], NULL::address, ''{}''::jsonb, now(), ''site'', NULL::text), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) AS s (id, name, headcount, budget, tags, address, extra, created_at, source, note)'),
  ('VALUES of one row', 'SELECT score(s) FROM (VALUES (1, ''abcd'', 7, 5.5, ''{vip}''::text[], NULL::address, ''{}''::jsonb, now(), ''site'', NULL::text)) AS s (id, name, headcount, budget, tags, address, extra, created_at, source, note)'),
  ('function, inlined', 'SELECT id, score(f) FROM all_leads() AS f'), ('function', 'SELECT id, score(f) FROM some_leads() AS f'), ('function of one row', 'SELECT score(f) FROM jsonb_populate_record(NULL::leads, ''{"headcount": 120}'') AS f'),
  ('function with a column list', 'SELECT score(f) FROM json_to_record(''{"headcount": 120}'') AS f (name text, headcount integer, budget numeric, tags text[], address address, extra jsonb, created_at timestamptz, source text, note text)'),
  ('composite column', 'SELECT id, score(b.lead) FROM boxes AS b'), ('composite column of a composite column', 'SELECT id, score((b).lead) FROM (SELECT b FROM boxes AS b) AS s, LATERAL (SELECT (s.b).id) AS i'), ('domain', 'SELECT id, score(b.lead_domain) FROM boxes AS b'),
  ('cast to a domain that refuses', 'SELECT score(ROW(nullif(id, 2), name, headcount, budget, tags, address, extra, created_at, source, note, score)::leads::lead_domain) FROM leads'),
  ('row of a row', 'SELECT id, score(r.l), score(r.made) AS s FROM rows AS r'), ('ROW()', 'SELECT score(ROW(1, ''abcd'', 120, 5e6, ''{vip}'', NULL, NULL, now(), ''site'', NULL, NULL)::leads)'),
  ('ROW() of columns', 'SELECT id, score(ROW(id, note, headcount, budget, tags, address, extra, created_at, name, source, score)::leads) FROM leads'), ('volatile ROW()', 'SELECT score(ROW(nextval(''public.calls''), name, headcount, budget, tags, address, extra, created_at, source, note, score)::leads) FROM leads'),
  ('ROW() with a sub-select', 'SELECT score(ROW((SELECT max(o.id) FROM other AS o WHERE o.lead = l.id), name, headcount, budget, tags, address, extra, created_at, (SELECT source), note, score)::leads) FROM leads AS l'),
  ('row by CASE', 'SELECT score(CASE WHEN id > 3 THEN l WHEN id > 1 THEN NULL ELSE ROW(1, ''abcd'', 120, 5e6, ''{vip}'', NULL, NULL, now(), ''site'', NULL, NULL)::leads END) FROM leads AS l'),
  -- Outer joins: a row that is not there has no score, whatever its columns would be.
  ('left join', 'SELECT o.id, score(l) FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead'), ('left join, constants', 'SELECT o.id, score(f) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead'),
  ('left join, constants alone', 'SELECT o.id, score(s) FROM other AS o LEFT JOIN (SELECT ''abcd'' AS name, 7 AS headcount, 5.5 AS budget, ''{vip}''::text[] AS tags, NULL::address AS address, ''{}''::jsonb AS extra, now() AS created_at, ''site'' AS source, NULL::text AS note) AS s ON o.lead = 1'),
  ('left join, lateral constants', 'SELECT o.id, score(s) FROM leads AS o LEFT JOIN LATERAL (SELECT o.name, 7 AS headcount, o.budget, o.tags, o.address, o.extra, o.created_at, ''site'' AS source, o.note) AS s ON o.id > 3'),
  ('left join, lateral row', 'SELECT o.id, score(s.r) FROM leads AS o LEFT JOIN LATERAL (SELECT o AS r) AS s ON o.id > 3'), ('left join, row out of a left join', 'SELECT a.id, score(x.r) FROM leads AS a LEFT JOIN (SELECT o.id, f AS r FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead) AS x ON x.id = a.id - 2'),
  ('left join, made row', 'SELECT o.id, score(r.made) FROM other AS o LEFT JOIN rows AS r ON r.id = o.lead'), ('left join, scored inside', 'SELECT o.id, x.s FROM other AS o LEFT JOIN (SELECT id, score(f) AS s FROM fixed AS f) AS x ON x.id = o.lead'),
  ('left join, table scored inside', 'SELECT o.id, x.s FROM other AS o LEFT JOIN (SELECT id, score(l) AS s FROM leads AS l) AS x ON x.id = o.lead'),
  ('left join, expressions', 'SELECT o.id, score(m) FROM other AS o LEFT JOIN mixed AS m ON m.number = o.lead'), ('right join', 'SELECT o.id, score(f) FROM fixed AS f RIGHT JOIN other AS o ON f.id = o.lead'),
  ('full join', 'SELECT a.id, b.number, score(a), score(b) AS s FROM leads AS a FULL JOIN mixed AS b ON b.number = a.id + 1'), ('nested outer joins', 'SELECT o.id, score(l), score(f) AS s FROM other AS o LEFT JOIN (leads AS l LEFT JOIN fixed AS f ON f.id = l.id + 6) ON l.id = o.lead'),
  ('outer joins beside outer joins', 'SELECT a.id, score(l), score(f) AS s FROM other AS a LEFT JOIN leads AS l ON l.id = a.lead FULL JOIN fixed AS f ON f.id = l.id + 1'),
  ('in WHERE', 'SELECT o.id FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead WHERE score(f) > 5'), ('in WHERE, NULL wanted', 'SELECT o.id FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead WHERE score(f) IS NULL'),
  ('in WHERE, coalesce', 'SELECT o.id, coalesce(score(f), -1) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead WHERE coalesce(score(f), -1) < 5'), ('in ON', 'SELECT o.id, l.id AS lead FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead AND score(l) > 10000'),
  ('in ON, constants', 'SELECT o.id, f.id AS lead FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead AND coalesce(score(f), -1) > 0'), ('in ON, other side', 'SELECT l.id, o.id AS other FROM leads AS l LEFT JOIN other AS o ON l.id = o.lead AND score(l) > 20000'),
  ('in ON above', 'SELECT o.id, b.id AS b FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead LEFT JOIN bare AS b ON b.id = o.id AND score(f) IS NULL'),
  ('join by score', 'SELECT a.id, b.id AS b FROM leads AS a JOIN v AS b ON score(a) = score(b)'), ('full join by score', 'SELECT a.id, b.number FROM leads AS a FULL JOIN mixed AS b ON score(a) = score(b)'),
  ('in ORDER BY, LIMIT', 'SELECT o.id FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead ORDER BY score(f) DESC NULLS LAST, o.id LIMIT 3'), ('anti join', 'SELECT o.id FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead AND score(l) > 5 WHERE l.id IS NULL'),
  ('removed join', 'SELECT x.id FROM (SELECT o.id, score(l) AS s FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead) AS x'), ('join as a row', 'SELECT id, score(j) FROM (leads AS l JOIN other AS o USING (id)) AS j'),
  ('left join as a row', 'SELECT id, score(j) FROM (other AS o LEFT JOIN (SELECT id AS lead, name, headcount, budget, tags, address, extra, created_at, source, note FROM leads) AS l USING (lead)) AS j'),
  ('nullable join as a row', 'SELECT o.id, score(j) FROM other AS o LEFT JOIN (leads AS a JOIN (SELECT 1 AS one) AS b ON true) AS j ON j.id = o.lead'), ('natural full join as a row', 'SELECT id, score(j) FROM (leads NATURAL FULL JOIN (SELECT id + 4 AS id, 1 AS one FROM leads) AS b) AS j'),
  ('side of USING', 'SELECT id, score(l), score(f) AS s FROM leads AS l LEFT JOIN fixed AS f USING (id)'),
  -- Grouping, windows, set operations.
  ('GROUP BY score', 'SELECT score(f), score(f) + 1 AS s, count(*) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead GROUP BY score(f) HAVING coalesce(score(f), 0) < 1e6 ORDER BY score(f)'),
  ('GROUP BY row', 'SELECT score(l), count(*) FROM leads AS l, other GROUP BY l HAVING score(l) > 0'), ('GROUP BY row, left join', 'SELECT score(f), count(*) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead GROUP BY f'),
  ('GROUP BY key', 'SELECT id, score(l), sum(score(l)) AS s, rank() OVER (ORDER BY score(l)) FROM leads AS l GROUP BY id HAVING min(score(l)) > 0'),
  ('GROUPING SETS of the row', 'SELECT score(l), count(*) FROM leads AS l GROUP BY GROUPING SETS ((l), ())'), ('ROLLUP of a column', 'SELECT score(l), id, count(*) FROM leads AS l GROUP BY l, ROLLUP (id)'),
  ('CUBE, grouped by score', 'SELECT score(l), source, count(*), grouping(score(l)) FROM leads AS l GROUP BY CUBE (score(l), source)'), ('GROUPING SETS over a scored view', 'SELECT s, id, count(*) FROM (SELECT id, score(f) AS s FROM fixed AS f) AS x GROUP BY ROLLUP (s, id)'),
  ('GROUPING SETS beside', 'SELECT source, sum(score(l)) AS s FROM leads AS l WHERE score(l) > 5 GROUP BY ROLLUP (source)'), ('DISTINCT', 'SELECT DISTINCT score(f) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead'),
  ('DISTINCT ON', 'SELECT DISTINCT ON (score(l)) id, score(l) AS s FROM leads AS l ORDER BY score(l), id'), ('windows', 'SELECT id, rank() OVER (PARTITION BY score(l) > 9000 ORDER BY score(l), id), lag(score(l)) OVER w AS s, score(l) FROM leads AS l WINDOW w AS (ORDER BY id)'),
  ('aggregates', 'SELECT sum(score(l)), count(*) FILTER (WHERE score(f) IS NULL) AS missing, array_agg(l.id ORDER BY score(l), l.id) AS ids FROM leads AS l LEFT JOIN fixed AS f ON f.id = l.id + 3'),
  ('max', 'SELECT max(score(l)), min(score(v)) FROM leads AS l, v'), ('UNION', 'SELECT score(l) FROM leads AS l UNION SELECT score(f) FROM fixed AS f'),
  ('FOR UPDATE', 'SELECT id, score(l) FROM leads AS l LEFT JOIN (SELECT 1 AS x) AS s ON x = id ORDER BY score(l) FOR UPDATE OF l SKIP LOCKED'), ('unions as rows', 'SELECT id, score(u) FROM unions AS u WHERE score(u) > 5'),
  ('left join of unions', 'SELECT o.id, score(u) FROM other AS o LEFT JOIN unions AS u ON u.id = o.lead + 3 AND coalesce(score(u), 0) >= 0 WHERE coalesce(score(u), 6) > 5'), ('set-returning beside', 'SELECT id, score(l), generate_series(1, 2) AS g FROM leads AS l'),
  -- Sub-selects. The planner rewrites the condition of an EXISTS within OR before it has the sub-select's own tables at hand.
  ('outer row inside', 'SELECT l.id, (SELECT max(score(l) + o.id) FROM other AS o) AS s FROM leads AS l'), ('outer row of constants inside', 'SELECT o.id, (SELECT score(f)) AS s, (SELECT score(f) FROM bare LIMIT 1) AS t FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead'),
  ('scalar', 'SELECT o.id, (SELECT score(l) FROM leads AS l WHERE l.id = o.lead) AS s FROM other AS o'), ('EXISTS', 'SELECT o.id FROM other AS o WHERE EXISTS (SELECT FROM leads AS l WHERE l.id = o.lead AND score(l) > 5)'),
  ('EXISTS within OR', 'SELECT o.id FROM other AS o WHERE o.id = 4 OR EXISTS (SELECT FROM leads AS l WHERE l.id = o.lead AND score(l) > 10000)'), ('EXISTS in the list', 'SELECT o.id, EXISTS (SELECT FROM leads AS l WHERE l.id = o.lead AND score(l) > 10000) FROM other AS o'),
  ('EXISTS, many tables inside', 'SELECT o.id, EXISTS (SELECT FROM bare AS a, bare AS b, bare AS c, bare AS d, leads AS l WHERE l.id = o.lead AND score(l) > 10000) FROM other AS o'), ('EXISTS, no table outside', 'SELECT EXISTS (SELECT FROM leads AS l WHERE score(l) > 10000)'),
  ('EXISTS, function inside, table outside', 'SELECT l.id, EXISTS (SELECT FROM some_leads() AS f WHERE f.id = l.id AND score(f) > 5) FROM leads AS l'), ('EXISTS, table inside, function outside', 'SELECT f.id, EXISTS (SELECT FROM leads AS l WHERE f.id = l.id AND score(l) > 5) FROM some_leads() AS f'),
  ('EXISTS, view inside, table outside', 'SELECT l.id, EXISTS (SELECT FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead WHERE o.id = l.id AND score(f) IS NULL) FROM leads AS l'), ('EXISTS, outer row inside', 'SELECT l.id, EXISTS (SELECT FROM other AS o WHERE o.lead = l.id AND score(l) > 5) FROM leads AS l'),
  ('EXISTS, nullable inside, table outside', 'SELECT b.id, EXISTS (SELECT FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead WHERE o.id = b.id AND score(l) IS NULL) FROM other AS a, leads AS b WHERE b.id = a.id'),
  ('EXISTS, function inside, nullable table outside', 'SELECT o.id, EXISTS (SELECT FROM bare AS b, some_leads() AS f WHERE f.id = o.id AND score(f) > 5) FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead'),
  ('NOT EXISTS', 'SELECT f.id FROM fixed AS f WHERE NOT EXISTS (SELECT FROM other AS o WHERE f.id = o.lead AND score(f) > 5)'), ('IN', 'SELECT id FROM leads AS l WHERE score(l) IN (SELECT score(v) FROM v WHERE id > 2)'),
  ('NOT IN', 'SELECT id FROM leads AS l WHERE score(l) NOT IN (SELECT score(f) FROM other AS o JOIN fixed AS f ON f.id = o.lead)'), ('ANY', 'SELECT id FROM leads AS l WHERE score(l) > ALL (SELECT score(b) FROM bare AS b WHERE b.id = l.id)'),
  ('in CASE', 'SELECT l.id, CASE WHEN l.id > 4 THEN (SELECT score(l)) ELSE (SELECT min(score(b)) FROM bare AS b WHERE score(b) < score(l)) END AS s FROM leads AS l'), ('ARRAY', 'SELECT ARRAY(SELECT score(l) FROM leads AS l ORDER BY id) AS s'),
  -- Partitions, inheritance.
  ('partitions', 'SELECT id, score(p), tableoid::regclass::text FROM parts AS p WHERE score(p) > 0'), ('partition', 'SELECT id, score(p) FROM parts_2 AS p'), ('left join of partitions', 'SELECT o.id, score(p), score(q) AS s FROM other AS o LEFT JOIN parts AS p ON p.id = o.lead FULL JOIN parts AS q ON q.id = p.id'),
  ('partitions by a view of constants', 'SELECT p.id, score(q) FROM parts AS p LEFT JOIN (SELECT id, 1 AS headcount, name, budget, tags, address, extra, created_at, ''site'' AS source, note FROM parts) AS q ON q.id = p.id AND q.note IS NULL'),
  ('partitions, grouped', 'SELECT score(p), count(*) FROM parts AS p GROUP BY p'), ('inheritance', 'SELECT id, score(f) FROM family AS f WHERE score(f) > 0'), ('child as parent', 'SELECT id, score(c::family) FROM child AS c'),
  ('child as a child', 'SELECT id, score(c) FROM child AS c'), ('left join of inheritance', 'SELECT o.id, score(f) FROM other AS o LEFT JOIN family AS f ON f.id = o.lead + 4'), ('lateral function over partitions', 'SELECT id, e.score FROM parts AS p, evaluate(p) AS e');
-- A document in place of the name.
INSERT INTO cases (name, query, model) SELECT 'document: ' || name, replace(query, '%M', '%M::jsonb'), leadscore.export_model('m')::text
FROM (VALUES ('table', 'SELECT id, leadscore.score(%M, l) FROM leads AS l'), ('left join, constants', 'SELECT o.id, leadscore.score(%M, f) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead'),
  ('lateral function', 'SELECT id, e.* FROM leads AS l, leadscore.evaluate(%M, l) AS e')) AS t (name, query);
INSERT INTO cases (form_shown, name, model, query) SELECT false, * FROM (VALUES
  ('no column read: table', 'none', 'SELECT id, score(l) FROM leads AS l'), ('no column read: left join', 'none', 'SELECT o.id, score(l), score(f) AS s, score(x) AS t FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead LEFT JOIN fixed AS f ON f.id = o.lead LEFT JOIN (SELECT 1 AS one) AS x ON o.id = 3'),
  ('no column read: full join by score', 'none', 'SELECT a.id, b.id AS b FROM leads AS a FULL JOIN fixed AS b ON score(a) = score(b)'), ('no column read: full join of constants', 'none', 'SELECT a.one, b.two FROM (SELECT 1 AS one) AS a FULL JOIN (SELECT 2 AS two) AS b ON score(a) = score(b)'),
  ('no column read: partitions', 'none', 'SELECT id FROM parts AS p WHERE score(p) > 2'), ('no column read: EXISTS within OR', 'none', 'SELECT o.id FROM other AS o WHERE o.id = 4 OR EXISTS (SELECT FROM leads AS l WHERE l.id = o.lead AND score(l) > 2)'),
  ('no column read: in WHERE', 'none', 'SELECT id FROM empty AS e WHERE score(e) > 2'),
  -- Nothing is scored, so nothing fails.
  ('no rows, failing condition', 'failing', 'SELECT score(s) FROM (SELECT id, zero AS headcount FROM empty) AS s WHERE score(s) >= 0'), ('no rows, failing condition, constants', 'failing', 'SELECT id FROM (SELECT id, 0 AS headcount FROM leads) AS s WHERE id < 0 AND score(s) >= 0'),
  ('no lead, failing condition', 'failing', 'SELECT o.id, score(s) FROM other AS o LEFT JOIN (SELECT id, 0 AS headcount FROM leads) AS s ON s.id = o.lead + 100 WHERE coalesce(score(s), 0) >= 0'),
  ('failing condition', 'failing', 'SELECT id, score(s) FROM (SELECT id, 0 AS headcount FROM leads) AS s'), ('failing condition, guarded', 'failing', 'SELECT id, CASE WHEN headcount > 0 THEN score(l) END AS s FROM leads AS l'), ('no rows, no such model', 'nobody', 'SELECT score(e) FROM empty AS e'),
  ('no lead, no such model', 'nobody', 'SELECT o.id, score(l), score(f) AS s FROM other AS o LEFT JOIN leads AS l ON l.id = o.id + 100 LEFT JOIN fixed AS f ON f.id = o.id + 100'), ('no such model', 'nobody', 'SELECT score(l) FROM leads AS l'), ('no rows, broken model', 'broken', 'SELECT score(e) FROM empty AS e'),
  ('no lead, broken model', 'broken', 'SELECT o.id, score(l) FROM other AS o LEFT JOIN leads AS l ON l.id = o.id + 100'), ('no time, broken model', 'broken', 'SELECT id, score(l, nullif(now(), now())) FROM leads AS l'),
  ('broken model', 'broken', 'SELECT score(l) FROM leads AS l'), ('no row at all', 'm', 'SELECT score(id) FROM leads'),
  -- Values as the executor hands them over.
  ('every type', 'types', 'SELECT id, score(t) FROM types AS t'), ('every type, left join', 'types', 'SELECT o.id, score(t) FROM other AS o LEFT JOIN (SELECT *, 1 AS one FROM types) AS t ON t.id = o.lead'), ('names with a meaning of their own', 'own', 'SELECT score(t) FROM special AS t'),
  ('names with a meaning of their own, record', 'own', 'SELECT score(s) FROM (SELECT false AS is_duplicate, t.as_of, t.engagement, 1 AS one FROM special AS t) AS s'), ('expanded array', 'arrays', 'SELECT id, score(s) FROM (SELECT id, array_append(tags, ''y'') AS tags FROM leads WHERE id IN (1, 2)) AS s'),
  ('collations that conflict', 'collated', 'SELECT score(s) FROM (SELECT name COLLATE "C" AS name, source COLLATE "POSIX" AS source FROM leads) AS s'),
  ('collation', 'collated', 'SELECT id, score(s) FROM (SELECT id, name COLLATE "C" AS name, source FROM leads) AS s'), ('untyped constants in ROW()', 'fields', 'SELECT id, score(ROW(headcount, ''site'', NULL, id)) FROM leads')) AS t;
INSERT INTO cases (name, query, after) VALUES
  -- Statements that write.
  ('INSERT SELECT', 'INSERT INTO leads (id, score) SELECT id + 10, score(l) FROM leads AS l', 'SELECT id, name, headcount, score FROM leads'), ('INSERT RETURNING', 'INSERT INTO leads (id, name, source) VALUES (20, ''abcd'', ''site''), (21, NULL, NULL) RETURNING id, score(leads), evaluate(leads) AS e', NULL),
  ('INSERT RETURNING, view', 'INSERT INTO nested VALUES (20, ''abcd'') RETURNING id, score(nested)', NULL), ('UPDATE', 'UPDATE leads SET score = score(leads), name = ''before''', 'SELECT id, name, headcount, score FROM leads'),
  ('UPDATE RETURNING', 'UPDATE leads AS l SET name = NULL, headcount = score(l)::integer % 1000 RETURNING id, headcount, score(l), (evaluate(l)).grade', 'SELECT id, name, headcount, score FROM leads'),
  ('UPDATE FROM', 'UPDATE leads AS l SET score = score(f) FROM other AS o LEFT JOIN fixed AS f ON f.id = o.lead + 1 WHERE l.id = o.id RETURNING l.id, score(l), score(f) AS s', 'SELECT id, name, headcount, score FROM leads'),
  ('UPDATE of a row', 'UPDATE leads AS l SET (score, headcount) = (SELECT score(l), score(v)::integer % 1000 FROM v WHERE v.id = l.id + 1) WHERE score(l) > 5', 'SELECT id, name, headcount, score FROM leads'),
  ('UPDATE, view', 'UPDATE nested AS n SET score = score(n), headcount = 5 WHERE score(n) > 5 RETURNING id, score(n)', 'SELECT id, name, headcount, score FROM leads'),
  ('DELETE RETURNING', 'DELETE FROM leads AS l USING other AS o LEFT JOIN fixed AS f ON f.id = o.lead WHERE l.id = o.id AND score(l) > 5 RETURNING l.id, score(l), score(f) AS s', 'SELECT id FROM leads'),
  ('data-modifying CTE', 'WITH d AS (DELETE FROM leads AS l WHERE score(l) > 10000 RETURNING l.*, score(l) AS s) SELECT id, s, score(d) FROM d', NULL),
  ('ON CONFLICT', 'INSERT INTO leads AS l SELECT id, note, 500, budget, tags, address, extra, created_at, name, source, score FROM leads ON CONFLICT (id) DO UPDATE SET score = score(excluded) + score(l) / 1e6, name = excluded.name WHERE score(excluded) > 5 AND score(l) > 5 RETURNING id, score(l)', 'SELECT id, name, headcount, score FROM leads'),
  ('ON CONFLICT, view', 'INSERT INTO v (id, name) SELECT id, note FROM leads ON CONFLICT (id) DO UPDATE SET score = score(excluded) + score(v) / 1e6 RETURNING id, score(v)', 'SELECT id, name, headcount, score FROM leads'),
  ('ON CONFLICT, partitions', 'INSERT INTO parts AS p SELECT id, note, 500, budget, tags, address, extra, created_at, name, source, score FROM leads ON CONFLICT (id) DO UPDATE SET score = score(excluded) + score(p) / 1e6, name = excluded.name WHERE score(excluded) > 5 AND score(p) > 5 RETURNING id, score(p), tableoid::regclass::text', 'SELECT id, name, headcount, score FROM parts'),
  ('MERGE', 'MERGE INTO leads AS l USING (SELECT id + 4 AS id, name, 7 AS headcount, budget, tags, address, extra, created_at, ''site'' AS source, note FROM leads) AS s ON l.id = s.id WHEN MATCHED AND score(l) > score(s) THEN UPDATE SET score = score(l) + score(s) / 1e6 WHEN MATCHED AND score(l) > 5 THEN DELETE WHEN NOT MATCHED AND score(s) > 5 THEN INSERT (id, score) VALUES (s.id, score(s))', 'SELECT id, name, headcount, score FROM leads'),
  ('MERGE, partitions', 'MERGE INTO parts AS p USING (SELECT o.id AS other, f.* FROM other AS o LEFT JOIN fixed AS f ON f.id = o.id + 4 AND f.id > 7) AS s ON p.id = s.other WHEN MATCHED AND score(s) IS NULL AND score(p) > 10000 THEN UPDATE SET id = p.id + 10, score = score(p) WHEN MATCHED THEN UPDATE SET score = score(s) WHEN NOT MATCHED THEN INSERT (id, score) VALUES (s.other, score(s))', 'SELECT id, name, headcount, score FROM parts'),
  ('MERGE, row of the source', 'MERGE INTO parts AS p USING leads AS l ON p.id = l.id + 4 WHEN MATCHED AND score(p) <> score(l) THEN UPDATE SET score = score(l), headcount = score(p)::integer % 1000 WHEN NOT MATCHED AND score(l) > 5 THEN INSERT (id, score) VALUES (-l.id, score(l))', 'SELECT id, name, headcount, score FROM parts'),
  ('MERGE, inheritance', 'MERGE INTO family AS f USING (SELECT o.id, o AS r, v AS lead FROM other AS o LEFT JOIN v ON v.id = o.lead) AS s ON f.id = s.id + 3 WHEN MATCHED AND score(f) > 5 THEN UPDATE SET score = coalesce(score(s.lead), -1) + score(f) / 1e6 WHEN NOT MATCHED THEN INSERT (id, score) VALUES (100, score(s.lead))', 'SELECT id, name, headcount, score FROM family'),
  ('partitions, routed', 'INSERT INTO parts (id, name, headcount, source) SELECT id + 2, name, headcount, source FROM leads WHERE id > 6 UNION ALL SELECT id - 10, name, 0, note FROM leads RETURNING id, score(parts), tableoid::regclass::text', NULL),
  ('partitions, moved', 'UPDATE parts AS p SET id = -p.id, score = score(p), headcount = 7 WHERE score(p) > 5 RETURNING id, score(p), p.score AS s, tableoid::regclass::text', 'SELECT id, name, headcount, score FROM parts'),
  ('partitions, UPDATE FROM', 'UPDATE parts AS p SET score = score(q) FROM parts AS q LEFT JOIN fixed AS f ON f.id = q.id - 3 WHERE q.id = p.id + 1 RETURNING p.id, score(p), score(q) AS q, score(f) AS f', NULL),
  ('inheritance, UPDATE', 'UPDATE family AS f SET score = score(f), headcount = 7 WHERE score(f) > 5 RETURNING id, score(f)', 'SELECT id, name, headcount, score FROM family'), ('inheritance, DELETE', 'DELETE FROM family AS f USING v WHERE v.id = f.id AND score(v) = score(f) RETURNING f.id, score(f)', NULL),
  ('WITH CHECK OPTION', 'INSERT INTO checked_THIS VALUES (20, ''abcd''), (21, NULL)', 'SELECT id, name, headcount, score FROM leads'), ('INSTEAD OF trigger', 'UPDATE watched AS w SET score = score(w), name = ''changed'' WHERE score(w) > 5 RETURNING id, name, score(w)', NULL),
  ('INSTEAD OF trigger, INSERT', 'INSERT INTO watched (id, source) VALUES (30, ''site'') RETURNING id, score(watched)', NULL), ('rule', 'INSERT INTO ruled_THIS SELECT nextval(''public.calls''), name, headcount, budget, tags, address, extra, created_at FROM leads', 'SELECT entry, scored FROM log'),
  ('rule, UPDATE', 'UPDATE ruled_THIS AS r SET headcount = score(r)::integer % 1000', 'SELECT entry, scored FROM log'), ('trigger WHEN', 'INSERT INTO triggered_THIS SELECT * FROM leads', 'SELECT entry, scored FROM log'),
  ('CHECK', 'INSERT INTO limited_THIS SELECT * FROM leads', NULL), ('CREATE TABLE AS', 'CREATE TABLE kept AS SELECT id, score(l) FROM leads AS l', 'SELECT * FROM kept'), ('materialized view', 'REFRESH MATERIALIZED VIEW kept_THIS', 'SELECT * FROM kept_THIS'),
  -- Functions and what else keeps a query.
  ('SQL function of a row, inlined', 'SELECT id, of_row_THIS(l), of_row_THIS(l.*) AS s FROM leads AS l LEFT JOIN other AS o USING (id)', NULL),
  ('SQL function of a row, nullable', 'SELECT o.id, of_row_THIS(l), of_row_THIS(r.made) AS s FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead LEFT JOIN rows AS r ON r.id = o.lead', NULL),
  ('SQL function, not inlined', 'SELECT id, not_inlined_THIS(l) AS s FROM leads AS l', NULL), ('SQL function with a query', 'SELECT o.id, by_id_THIS(o.lead) AS s FROM other AS o', NULL),
  ('SQL function of rows', 'SELECT o.id, x.s FROM other AS o LEFT JOIN scored_rows_THIS() AS x ON x.id = o.lead', NULL), ('PL/pgSQL', 'SELECT o.id, procedural_THIS(o.lead) AS s FROM other AS o', NULL),
  ('model by a variable', 'SELECT o.id, by_variable(o.lead, %M) AS s FROM other AS o', NULL), ('PL/pgSQL, empty search_path', 'SELECT pathless_THIS() AS s', NULL), ('view that scores', 'SELECT o.id, s.s, s.e FROM other AS o LEFT JOIN scored_THIS AS s ON s.id = o.lead', NULL),
  ('exclusion by CHECK', 'SELECT o.id, c.id AS c FROM fixed AS f, other AS o, checked_child_THIS AS c WHERE o.id = c.id AND f.id = c.id AND c.headcount > 1000', NULL);
CALL make('CREATE TABLE log (entry text, scored float8)', 'GRANT ALL ON log, leads, other, v, mixed, fixed TO PUBLIC', 'CREATE VIEW checked_THIS AS SELECT * FROM leads WHERE score(leads) <> 12421 WITH CHECK OPTION',
  'CREATE VIEW watched AS SELECT * FROM leads', 'CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN NEW.headcount := 99; RETURN NEW; END$f$', 'CREATE TRIGGER watch INSTEAD OF INSERT OR UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION watch()',
  'CREATE TABLE ruled_THIS (LIKE leads)', 'INSERT INTO ruled_THIS SELECT * FROM leads', 'CREATE RULE log AS ON INSERT TO ruled_THIS DO ALSO INSERT INTO log VALUES (''inserted'', score(NEW))', 'CREATE RULE change AS ON UPDATE TO ruled_THIS DO ALSO INSERT INTO log VALUES (''changed'', score(OLD) + score(NEW) / 1e6)',
  'CREATE TABLE triggered_THIS (LIKE leads)', 'CREATE FUNCTION write_log() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END$f$', 'CREATE TRIGGER log AFTER INSERT ON triggered_THIS FOR EACH ROW WHEN (score(NEW) > 5000) EXECUTE FUNCTION write_log()',
  'CREATE TABLE limited_THIS (LIKE leads, CHECK (score(limited_THIS) < 12000))', 'CREATE TABLE checked_parent (id integer, headcount integer)', 'CREATE TABLE checked_child_THIS (x text, CHECK (headcount < 1000), CHECK (leadscore.score(''failing'', checked_child_THIS) >= 0) NO INHERIT) INHERITS (checked_parent)', 'INSERT INTO checked_child_THIS VALUES (1, 5)',
  'CREATE MATERIALIZED VIEW kept_THIS AS SELECT id, score(l), evaluate(l) AS e FROM leads AS l WITH NO DATA', 'CREATE VIEW scored_THIS AS SELECT id, score(l) AS s, evaluate(l) AS e FROM leads AS l WHERE score(l) > 5',
  'CREATE FUNCTION of_row_THIS(l leads) RETURNS float8 LANGUAGE sql STABLE AS $f$SELECT score(l)$f$', 'CREATE FUNCTION not_inlined_THIS(l leads) RETURNS float8 LANGUAGE sql SECURITY DEFINER AS $f$SELECT score(l)$f$',
  'CREATE FUNCTION by_id_THIS(lead integer) RETURNS float8 LANGUAGE sql STABLE AS $f$SELECT score(l) FROM leads AS l WHERE l.id = lead$f$', 'CREATE FUNCTION scored_rows_THIS() RETURNS TABLE (id integer, s float8) LANGUAGE sql STABLE AS $f$SELECT f.id, score(f) FROM fixed AS f$f$',
  'CREATE FUNCTION procedural_THIS(lead integer) RETURNS float8 LANGUAGE plpgsql STABLE PARALLEL SAFE AS $f$DECLARE r record; l leads; BEGIN SELECT * INTO r FROM leads WHERE id = lead; SELECT * INTO l FROM leads WHERE id = lead; RETURN score(r) + score(l) + (SELECT score(f) FROM leads AS f WHERE id = lead); END$f$',
  'CREATE FUNCTION cached_THIS(lead integer) RETURNS float8 LANGUAGE plpgsql STABLE PARALLEL SAFE AS $f$BEGIN RETURN (SELECT score(l) FROM leads AS l WHERE l.id = lead); END$f$',
  'CREATE FUNCTION by_variable(lead integer, model text) RETURNS float8 LANGUAGE plpgsql STABLE PARALLEL SAFE AS $f$BEGIN RETURN (SELECT leadscore.score(model, l) FROM leads AS l WHERE id = lead); END$f$',
  'CREATE FUNCTION pathless_THIS() RETURNS float8 LANGUAGE plpgsql SET search_path = '''' AS $f$BEGIN RETURN (SELECT sum(score(l)) FROM odd.leads AS l); END$f$', 'GRANT SELECT ON scored_THIS TO PUBLIC',
  'CREATE FUNCTION definer_THIS() RETURNS float8 LANGUAGE sql SECURITY DEFINER AS $f$SELECT sum(score(v)) FROM v$f$',
  'CREATE TABLE own_THIS (LIKE leads)', 'INSERT INTO own_THIS SELECT * FROM leads', 'GRANT ALL ON own_THIS TO regress_leadscore_user', 'CREATE POLICY by_score ON own_THIS USING (score(own_THIS) > 5000) WITH CHECK (score(own_THIS) > 0)', 'ALTER TABLE own_THIS ENABLE ROW LEVEL SECURITY',
  'CREATE VIEW own_view_THIS WITH (security_invoker) AS SELECT * FROM own_THIS', 'GRANT SELECT ON own_view_THIS TO regress_leadscore_user', 'CREATE TABLE secret (LIKE leads)', 'GRANT SELECT (id, headcount) ON secret TO regress_leadscore_user', 'CREATE VIEW half AS SELECT * FROM leads', 'GRANT SELECT (id, name) ON half TO regress_leadscore_user');
INSERT INTO cases (name, login, query, after) VALUES
  ('row-level security', 'regress_leadscore_user', 'SELECT id, score(o) FROM own_THIS AS o', NULL), ('row-level security, view', 'regress_leadscore_user', 'SELECT o.id, score(w) FROM other AS o LEFT JOIN own_view_THIS AS w ON w.id = o.lead', NULL),
  ('row-level security, UPDATE', 'regress_leadscore_user', 'UPDATE own_THIS AS o SET score = score(o), headcount = 5 RETURNING id, score(o)', 'SELECT id, headcount, score FROM own_THIS'),
  ('row-level security, INSERT', 'regress_leadscore_user', 'INSERT INTO own_THIS (id, source) VALUES (20, ''site''), (21, NULL) RETURNING id, score(own_THIS)', NULL),
  ('privileges for two columns', 'regress_leadscore_user', 'SELECT id, score(s) FROM secret AS s', NULL), ('privileges for two columns of a view', 'regress_leadscore_user', 'SELECT id, score(h) FROM half AS h', NULL),
  ('user', 'regress_leadscore_user', 'SELECT o.id, score(l), score(f) AS s FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead LEFT JOIN fixed AS f ON f.id = o.lead', NULL);

RESET search_path;
ALTER TABLE cases ADD odd_result text, ADD odd_form text;
CREATE PROCEDURE run_cases() LANGUAGE plpgsql AS $$
BEGIN
  SET search_path = plain, public;
  UPDATE cases SET result = outcome(query, after, model, login), form = form(query, model);
  SET search_path = odd, public;
  UPDATE cases SET odd_result = outcome(query, after, model, login), odd_form = form(query, model);
END $$;
ANALYZE;
CALL run_cases();
RESET search_path;
SELECT name, result, CASE WHEN form_shown THEN form WHEN form ~ '[0-9]' THEN form ELSE '*' END AS form FROM cases ORDER BY n;
SELECT name, odd_result, odd_form FROM cases WHERE (odd_result, odd_form) IS DISTINCT FROM (result, form);

-- Other plans give the same.
CREATE FUNCTION other_plans(VARIADIC settings text[]) RETURNS TABLE (name text, result text) LANGUAGE plpgsql AS $$
DECLARE setting text;
BEGIN
  FOREACH setting IN ARRAY settings || '{"search_path=odd, public"}' LOOP
    PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
  END LOOP;
  RETURN QUERY SELECT c.name, r FROM cases AS c, outcome(query, after, model, login) AS r WHERE r <> c.odd_result;
END $$;
SELECT * FROM other_plans('enable_hashjoin=off', 'enable_hashagg=off', 'enable_memoize=off', 'enable_material=off');
SELECT * FROM other_plans('enable_nestloop=off', 'enable_mergejoin=off', 'enable_sort=off', 'enable_seqscan=off', 'join_collapse_limit=1', 'from_collapse_limit=1');
SELECT * FROM other_plans('enable_partitionwise_join=on', 'enable_partitionwise_aggregate=on', 'constraint_exclusion=on', 'enable_nestloop=off', 'enable_hashjoin=off');
SELECT * FROM other_plans('leads.nested=on', 'force_parallel_mode=on', 'parallel_setup_cost=0', 'parallel_tuple_cost=0', 'min_parallel_table_scan_size=0', 'parallel_leader_participation=off');

-- Models that change under plans that are kept. Results of a transaction that is rolled back are carried out of it by \gset.
DELETE FROM cases;
CREATE PROCEDURE each_way(statement text, model text DEFAULT 'm') LANGUAGE plpgsql AS $$ BEGIN EXECUTE written(statement, model, 'constant'); EXECUTE written(statement, model, 'setting'); END $$;
CREATE PROCEDURE changed(name text) LANGUAGE plpgsql AS $$
DECLARE prepared text := outcome('EXECUTE prepared_THIS'); cached text := outcome('SELECT cached_THIS(1) AS s');
BEGIN
  CALL note(name, prepared || CASE WHEN regexp_replace(prepared, ', .*', '') <> regexp_replace(cached, ', .*', '') THEN '; in PL/pgSQL ' || cached ELSE '' END, form('EXECUTE prepared_THIS'));
END $$;
-- 40001 is allowed where a plan meets a version that it was not made for, but not twice.
CREATE FUNCTION served(query text) RETURNS text LANGUAGE sql AS
$$ SELECT CASE WHEN r ~ '^equal|^DIFFERENT: [^}]*"failure": "40001.*BUT: {"rows": \[' THEN 'equal or 40001' ELSE r END FROM outcome(query) AS r $$;
CREATE TABLE saved AS SELECT leadscore.export_model('m') AS document;
CREATE PROCEDURE restore() LANGUAGE plpgsql AS $$ BEGIN PERFORM leadscore.import_model(document, 'm', replace => true) FROM public.saved; END $$;
CREATE PROCEDURE read_another_column() LANGUAGE sql AS $$ INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'id', 'id > 0', '1000000') $$;
-- PostgreSQL keeps what was planned beside a change in progress as long as a transaction runs that is older, of whatever database.
CREATE PROCEDURE wait_for_older_than(mine xid8) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..600 LOOP EXIT WHEN pg_snapshot_xmin(pg_current_snapshot()) > mine; PERFORM pg_sleep(0.1); END LOOP; END $$;
SET search_path = odd, public; SET plan_cache_mode = force_generic_plan;
CALL each_way('PREPARE prepared_THIS AS SELECT o.id, score(l), score(f) AS s, (evaluate(l)).grade FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead LEFT JOIN fixed AS f ON f.id = o.lead');
CALL each_way('PREPARE named_THIS(text) AS SELECT id, leadscore.score(CASE %M WHEN ''m'' THEN $1 END, l) FROM leads AS l'); CALL try('name by parameter, generic plan', 'EXECUTE named_THIS(''m'')');
SET plan_cache_mode = force_custom_plan; CALL try('name by parameter, custom plan', 'EXECUTE named_THIS(''m'')');
SET plan_cache_mode = force_generic_plan; CALL changed('prepared'); UPDATE leadscore.criterion SET points = '129' WHERE (model, criterion) = ('m', 'name'); CALL changed('other points');
CALL read_another_column(); CALL changed('another column is read'); UPDATE leadscore.criterion SET condition = 'id > 1' WHERE criterion = 'id'; CALL changed('another condition');
UPDATE leadscore.criterion SET condition = 'true', points = 'id * 1000' WHERE criterion = 'id'; CALL changed('points read it');
UPDATE leadscore.criterion SET enabled = false WHERE criterion = 'id'; CALL changed('criterion off');
UPDATE leadscore.criterion SET enabled = true WHERE criterion = 'id'; CALL changed('criterion on'); DELETE FROM leadscore.criterion WHERE criterion = 'id'; CALL changed('criterion gone');
UPDATE leadscore.criterion SET condition = 'headcont > 5' WHERE (model, criterion) = ('m', 'large'); CALL changed('model broken');
DELETE FROM leadscore.model WHERE model = 'm'; CALL changed('model gone'); CALL restore(); CALL read_another_column(); CALL changed('model made again');
TRUNCATE leadscore.criterion; CALL changed('no criteria'); TRUNCATE leadscore.model CASCADE; CALL changed('no models'); CALL restore(); CALL changed('models made again');
DISCARD PLANS; CALL changed('planned anew');
BEGIN;
CALL read_another_column();
SELECT outcome('EXECUTE prepared_THIS') AS inside \gset
ROLLBACK; CALL note('not committed', :'inside'); CALL changed('rolled back');
BEGIN; SELECT pg_current_xact_id() AS mine \gset
SAVEPOINT s;
CALL read_another_column();
SELECT outcome('EXECUTE prepared_THIS') AS inside \gset
ROLLBACK TO s;
SELECT outcome('EXECUTE prepared_THIS') AS outside \gset
COMMIT; CALL wait_for_older_than(:'mine'); CALL note('within a savepoint', :'inside'); CALL note('savepoint rolled back', :'outside'); CALL changed('after the savepoint');
-- A cursor keeps the version it began with. So does a stable function that it calls, whose plan the session keeps for later.
BEGIN;
CALL each_way('DECLARE cursor_THIS CURSOR FOR SELECT id, score(l), evaluate(l) AS e FROM leads AS l ORDER BY id');
CALL each_way('DECLARE stable_THIS CURSOR FOR SELECT id, cached_THIS(lead) AS s FROM other ORDER BY id');
SELECT outcome('FETCH 3 FROM cursor_THIS') AS before, outcome('FETCH 1 FROM stable_THIS') AS stable_before \gset
CALL read_another_column();
SELECT outcome('FETCH 3 FROM cursor_THIS') AS after, outcome('FETCH 1 FROM stable_THIS') AS stable_after, outcome('SELECT id, score(l) FROM leads AS l') AS beside \gset
SELECT served('SELECT cached_THIS(1) AS s') AS stable_beside \gset
SELECT outcome('SELECT cached_THIS(1) AS s') AS stable_again \gset
SELECT served('FETCH 1 FROM stable_THIS') AS stable_late \gset
ROLLBACK; CALL note('cursor, before a change', :'before'); CALL note('cursor, after it', :'after'); CALL note('beside the cursor', :'beside');
CALL note('stable function by a cursor, before a change', :'stable_before'); CALL note('stable function by a cursor, after it', :'stable_after');
CALL note('stable function beside the cursor', :'stable_beside'); CALL note('stable function beside the cursor, again', :'stable_again');
CALL note('stable function by the cursor, later', :'stable_late');
-- What comes by logical replication fires no triggers.
ALTER TABLE leadscore.model DISABLE TRIGGER USER; ALTER TABLE leadscore.criterion DISABLE TRIGGER USER; CALL changed('triggers off'); CALL read_another_column();
UPDATE leadscore.model SET version = version + 1000 WHERE model = 'm';
SELECT served('EXECUTE prepared_THIS') AS first, served('SELECT cached_THIS(1) AS s') AS function_first \gset
CALL note('changed without triggers', :'first'); CALL note('changed without triggers, in PL/pgSQL', :'function_first'); CALL changed('changed without triggers, again');
ALTER TABLE leadscore.model ENABLE TRIGGER USER; ALTER TABLE leadscore.criterion ENABLE TRIGGER USER; CALL restore();

-- Tables that change under plans that are kept.
DO $$ BEGIN PERFORM leadscore.import_model(document, n) FROM saved, unnest('{moving,shaped}'::text[]) AS n; END $$;
CREATE TABLE moving AS SELECT * FROM leads; CALL each_way('PREPARE moving_THIS AS SELECT score(t), evaluate(t) AS e FROM moving AS t', 'moving'); CALL try('before', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving DROP id, DROP score; CALL try('columns dropped', 'EXECUTE moving_THIS', 'moving');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('moving', 'later', 'later = 5', '1000000'); CALL try('column missing', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving ADD later integer DEFAULT 5; CALL try('column added', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving RENAME name TO other_name; CALL try('column renamed', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving RENAME note TO name; ALTER TABLE moving RENAME other_name TO note; CALL try('columns renamed crosswise', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving ALTER headcount TYPE bigint, ALTER later TYPE text; CALL try('types changed, one unfit', 'EXECUTE moving_THIS', 'moving');
ALTER TABLE moving DROP later, ADD later smallint DEFAULT 5; CALL try('column made again', 'EXECUTE moving_THIS', 'moving');
ALTER TYPE address RENAME ATTRIBUTE city TO town; CALL try('attribute renamed', 'EXECUTE moving_THIS', 'moving'); ALTER TYPE address RENAME ATTRIBUTE town TO city;
ALTER TYPE address ADD ATTRIBUTE country text; CALL try('attribute added', 'EXECUTE moving_THIS', 'moving');
-- A view keeps the ROW() of a type as it was.
CREATE TABLE shape (id integer, headcount integer, lost text); CREATE VIEW shaped AS SELECT id, ROW(id, headcount, name)::shape AS r FROM leads; DELETE FROM leadscore.criterion WHERE model = 'shaped';
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('shaped', 'a', 'headcount > 100', '10'), ('shaped', 'b', 'id > 1', 'id');
CALL try('ROW()', 'SELECT id, score(r) FROM shaped', 'shaped'); ALTER TABLE shape DROP lost, ADD later text;
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('shaped', 'c', 'later IS NULL', '20');
CALL try('ROW() shorter than its type', 'SELECT id, score(r) FROM shaped', 'shaped');
-- As many columns as a function takes, and more.
SELECT format('CREATE TABLE wide (%s)', string_agg('c' || n || ' integer DEFAULT ' || n, ', ')) FROM generate_series(1, 150) AS n \gexec
INSERT INTO wide DEFAULT VALUES; INSERT INTO wide (c2, c4, c150) VALUES (NULL, 5, 6); INSERT INTO leadscore.model (model, upper) VALUES ('wide_80', 1e9), ('wide_120', 1e9);
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'wide_' || k, 'c' || n, format('c%s = %s', n * 150 / k, n * 150 / k), n::text FROM (VALUES (80), (120)) AS w (k), generate_series(1, k) AS n;
CALL try('80 of 150 columns', 'SELECT score(w) FROM wide AS w', 'wide_80'); CALL try('120 of 150 columns', 'SELECT score(w) FROM wide AS w', 'wide_120');
CALL try('80 of 300 columns of a join', 'SELECT score(w) FROM leads AS l LEFT JOIN (SELECT a.*, 1 AS one FROM wide AS a JOIN wide AS b ON true) AS w ON w.c4 = l.id', 'wide_80');

-- Stages and target leads take other columns: classify() those of the rules, and what of the score they read.
DO $$ BEGIN PERFORM leadscore.import_model(document, n) FROM saved, unnest('{staged,graded}'::text[]) AS n; END $$;
UPDATE leadscore.model SET status = 'source' WHERE model IN ('staged', 'graded');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) SELECT m, s.* FROM unnest('{staged,graded}'::text[]) AS m, (VALUES ('lead', 1, 'open'), ('mql', 2, 'open'), ('fair', 3, 'open'), ('hold', 8, 'hold'), ('lost', 9, 'lost')) AS s (stage, no, kind);
INSERT INTO leadscore.stage_map (model, status, stage) SELECT m, 'fair', 'fair' FROM unnest('{staged,graded}'::text[]) AS m;
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) SELECT m, s.* FROM unnest('{staged,graded}'::text[]) AS m, (VALUES ('lead', 'any', 'true'), ('mql', 'name', 'length(name) > 3'), ('mql', 'size', 'headcount > 5'),
  ('hold', 'old', 'created_at < as_of - interval ''30 days'''), ('lost', 'city', '(address).city = ''Москва''')) AS s (stage, rule, condition);
INSERT INTO leadscore.target_criterion (model, criterion, condition, requirement) SELECT m, t.* FROM unnest('{staged,graded}'::text[]) AS m, (VALUES ('size', 'headcount >= 5', 'required'), ('vip', 'tags && ''{vip}''', 'growth')) AS t (criterion, condition, requirement);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('graded', 'mql', 'grade', 'grade = ''A'' AND score > 1000'), ('graded', 'lost', 'target', 'target = ''not_target''');
INSERT INTO leadscore.target_criterion (model, criterion, condition, requirement) VALUES ('graded', 'hot', 'temperature IS NOT NULL', 'required');
CREATE FUNCTION passed(query text, model text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || written(query, model, 'constant') LOOP
    IF line ~ '_columns\(' THEN RETURN regexp_replace(line, '^.*int2vector, true, (.*)\)$', '\1'); END IF;
  END LOOP;
END $$;
SELECT m AS model, f AS function, passed(format('SELECT %s(l) FROM leads AS l', f), m) FROM unnest('{staged,graded}'::text[]) AS m, unnest('{score,classify,target,evaluate}'::text[]) AS f ORDER BY m, f;
\o /dev/null
SELECT format('CALL try(%L, %L, %L)', m || ': ' || f || ' ' || n, replace(q, 'FN', f), m) FROM unnest('{staged,graded}'::text[]) AS m, unnest('{classify,target}'::text[]) AS f, (VALUES (1, 'of a table', 'SELECT id, FN(l) FROM leads AS l'),
  (2, 'of a view', 'SELECT id, FN(v) FROM v'), (3, 'of a subquery', 'SELECT id, FN(s) FROM (SELECT *, upper(note) AS n FROM leads OFFSET 0) AS s'), (4, 'under an outer join', 'SELECT o.id, FN(l) FROM other AS o LEFT JOIN leads AS l ON l.id = o.lead'),
  (5, 'of a view under an outer join', 'SELECT o.id, FN(v) FROM other AS o LEFT JOIN v ON v.id = o.lead'), (6, 'in WHERE', 'SELECT id FROM leads AS l WHERE FN(l) <> ''lead'''), (7, 'grouped', 'SELECT FN(l), count(*) FROM leads AS l GROUP BY 1'),
  (8, 'as of a time', 'SELECT id, FN(l, created_at) FROM leads AS l'), (9, 'sorted', 'SELECT id FROM leads AS l ORDER BY FN(l), id'), (10, 'beside the score', 'SELECT id, FN(l), score(l), evaluate(l) FROM leads AS l'),
  (11, 'in LATERAL', 'SELECT id, s FROM leads AS l, LATERAL (SELECT FN(l) AS s) AS x'), (12, 'by window', 'SELECT id, lag(FN(l)) OVER (ORDER BY id) FROM leads AS l'), (13, 'joined to stages', 'SELECT l.id, g.stage_no FROM leads AS l LEFT JOIN leadscore.stage AS g ON g.model = %M AND g.stage = FN(l)')) AS c (k, n, q)
ORDER BY m DESC, f, k \gexec
\o

-- The right to call score() is needed, whatever is called in its stead; who planned does not count.
REVOKE EXECUTE ON FUNCTION leadscore.score(text, anyelement, timestamptz), leadscore.evaluate(text, anyelement, timestamptz) FROM PUBLIC;
CREATE PROCEDURE as_user(name text, query text) LANGUAGE sql AS $$ INSERT INTO cases (name, result) VALUES (name, outcome(query, NULL, 'm', 'regress_leadscore_user')) $$;
CALL as_user('may not', 'SELECT score(l) FROM leads AS l'); CALL as_user('may not, evaluate', 'SELECT e.* FROM leads AS l, evaluate(l) AS e');
CALL as_user('may not, prepared by another', 'EXECUTE prepared_THIS'); CALL as_user('may not, view of another', 'SELECT * FROM scored_THIS');
CALL as_user('may not, in PL/pgSQL', 'SELECT cached_THIS(1)'); CALL as_user('may by SECURITY DEFINER', 'SELECT definer_THIS() AS s'); CALL note('superuser', outcome('EXECUTE prepared_THIS'));
GRANT EXECUTE ON FUNCTION leadscore.score(text, anyelement, timestamptz), leadscore.evaluate(text, anyelement, timestamptz) TO regress_leadscore_user;
CALL as_user('may', 'EXECUTE prepared_THIS'); CALL as_user('may, in PL/pgSQL', 'SELECT cached_THIS(1) AS s');
REVOKE EXECUTE ON FUNCTION leadscore.score(text, anyelement, timestamptz), leadscore.evaluate(text, anyelement, timestamptz) FROM regress_leadscore_user;
CALL as_user('may no more', 'EXECUTE prepared_THIS'); CALL as_user('may no more, in PL/pgSQL', 'SELECT cached_THIS(1) AS s');

-- What the planner passes can be passed by anybody, wrongly as well: an error, and nothing worse.
CREATE FUNCTION refused(arguments text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SELECT leadscore.score_columns(''shaped'', now(), %s)', arguments);
  RETURN false;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE !~ '^XX';
END $$;
SELECT arguments AS not_refused FROM unnest(ARRAY['1, NULL::shape, ''1'', true, ''text''::text', '1, NULL::shape, ''1'', true, 5::bigint', '1, NULL::shape, ''1 2'', true, 5', '1, NULL::shape, ''1'', true, 5, 6', '1, NULL::shape, ''0'', true, 5',
  '1, NULL::shape, ''-6'', true, 5::oid', '1, NULL::shape, ''99'', true, 5', '1, NULL::shape, ''3'', true, ''text''::text', '1, NULL::shape, ''1 1'', true, 5, 6', '1, NULL::shape, NULL, true, 5', '1, NULL::shape, ''1'', true, VARIADIC ARRAY[5]', '1, NULL::integer, ''1'', true, 5',
  '1, NULL::record, ''1'', true, 5', '1, NULL, ''1'', true, 5', 'NULL, NULL::shape, ''1'', true, 5', '1, NULL::shape, '''', true']) AS arguments WHERE NOT refused(arguments);
-- A column that nothing reads is not computed.
SELECT count(leadscore.score('m', s)) FROM (SELECT *, 1 / (id - 1) AS unread FROM leads) AS s;

SELECT name, result, form FROM cases ORDER BY n;

-- The extension may be made anew between two executions.
DROP SCHEMA plain, odd CASCADE;
CREATE TABLE leads AS SELECT 5 AS headcount;
DEALLOCATE ALL;
PREPARE kept AS SELECT leadscore.score('m', l) FROM leads AS l;
UPDATE leadscore.model SET base_points = 7; DELETE FROM leadscore.criterion;
EXECUTE kept;
DROP EXTENSION leadscore;
EXECUTE kept;
CREATE EXTENSION leadscore;
EXECUTE kept;
INSERT INTO leadscore.model (model) VALUES ('m'); INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', 'headcount = 5', '8');
EXECUTE kept;
DROP EXTENSION leadscore;
DROP TABLE cases, saved, leads;
DROP SEQUENCE calls;
DROP ROUTINE written, run, outcome, form, note, try, make, run_cases, other_plans, each_way, changed, served, restore, read_another_column, wait_for_older_than;
DROP TYPE address, mood, positive;
DROP ROLE regress_leadscore_user;
