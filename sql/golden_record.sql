-- The best value of each column of a cluster of duplicates, and where it comes from.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
\pset null NULL
SET TimeZone = 'UTC';

-- One person four times, one twice, one once and in no cluster; blanks are no values; one column has none at all.
CREATE TABLE leads (id integer PRIMARY KEY, full_name text, email text, phone text, company text, amount numeric, channel text, note text, created_at timestamptz);
INSERT INTO leads VALUES
  (1, 'Иван Щукин', 'ivan@romashka.ru', '8 (916) 204-17-35', 'ООО «Ромашка»', 900, 'form', NULL, '2026-01-10'),
  (2, 'Щукин Иван Петрович', ' IVAN@Romashka.ru', '+7 916 204 17 35', 'Ромашка ООО', 1000, 'crm', '', '2026-01-20'),
  (10, 'ivan', 'vanya@mail.ru', '+7 495 123-45-67', E' \t\n', 'NaN', 'call', NULL, '2026-02-01'),
  (9, 'Ваня Щ.', NULL, NULL, 'ЗАО Василёк', -5, NULL, NULL, NULL),
  (20, 'Anna Berg', 'anna@berg.com', NULL, 'Berg GmbH', 50, 'call', NULL, '2026-01-05'),
  (21, 'Anna B.', 'anna@berg.com', '+49 30 1234567', NULL, 70, 'form', NULL, '2026-01-05'),
  (30, 'Пётр', NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-01');
CREATE TABLE people (lead_id text, cluster_id text);
INSERT INTO people VALUES ('1', '1'), ('2', '1'), ('9', '1'), ('10', '1'), ('20', '20'), ('21', '20'), ('404', '404'), (NULL, '1');
SELECT * FROM leadscore.golden_record('leads', clusters => 'people');
SELECT cluster_id, column_name, value, lead_id, rule, candidates FROM leadscore.golden_record('leads', 'id', 'people', '{"full_name": "longest", "email": "most_frequent", "phone": "most_frequent", "company": "most_frequent",
  "amount": "max", "channel": "first", "note": "longest", "created_at": "min"}') WHERE cluster_id <> '30';
SELECT cluster_id, column_name, value, lead_id FROM leadscore.golden_record('leads', 'id', 'people', '{"full_name": "most_trusted", "email": "most_trusted", "phone": "most_trusted", "company": "most_trusted", "amount": "min", "channel": "most_trusted", "note": "most_trusted", "created_at": "first"}',
  source => 'channel', sources => '[7:8]={crm,form}') WHERE cluster_id <> '30';
-- Without clusters they are those that cluster_duplicates() finds; columns says what it compares.
SET client_min_messages = warning;
SELECT cluster_id, column_name, value, lead_id, candidates FROM leadscore.golden_record('leads', columns => '{"phone": null}') WHERE column_name IN ('full_name', 'amount');
SELECT count(*) AS clusters FROM leadscore.golden_record('leads', columns => '{"full_name": null, "email": null, "phone": null}') WHERE column_name = 'note';
SELECT count(*) = (SELECT count(DISTINCT cluster_id) FROM leadscore.cluster_duplicates('leads')) AS are_those FROM leadscore.golden_record('leads') WHERE column_name = 'note';
SELECT * FROM leadscore.golden_record('leads', columns => '{"email": "no"}');
RESET client_min_messages;
-- A NULL source may be trusted too; the best with a value wins, and of several with it the latest.
SELECT value, lead_id FROM leadscore.golden_record('leads', clusters => 'people', rules => '{"full_name": "most_trusted", "email": "most_trusted"}', source => 'channel', sources => '{NULL}') WHERE cluster_id = '1' AND rule = 'most_trusted';
-- Roles by name or by what columns says; elsewhere case and white space do not count, but letters do.
CREATE FUNCTION most_frequent(given text[], name text, columns jsonb DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TEMP TABLE given AS SELECT i AS id, v AS %I FROM unnest($1) WITH ORDINALITY AS v (v, i)', name) USING given;
  EXECUTE 'CREATE TEMP VIEW one AS SELECT id::text AS lead_id, 1 AS cluster_id FROM given';
  RETURN (SELECT g.value || ' of ' || g.lead_id FROM leadscore.golden_record('given', clusters => 'one', rules => jsonb_build_object(name, 'most_frequent'), columns => columns) AS g);
END $$;
SELECT most_frequent('{Ivan.Shchukin+a@gmail.com,x@mail.ru,ivanshchukin@googlemail.com,X@mail.ru,ivanshchukin@gmail.com,y@mail.ru}', 'email');
DROP TABLE given CASCADE;
SELECT most_frequent('{8 916 204 17 35,+79162041735,5555555,+7 916 204-17-36}', 'tel', '{"phone": "tel"}');
DROP TABLE given CASCADE;
SELECT most_frequent('{8 916 204 17 35,+79162041735,5555555,+7 916 204-17-36}', 'tel');
DROP TABLE given CASCADE;
SELECT most_frequent('{Moscow,"  MOSCOW",Tver,tver,Omsk,"mos cow"}', 'city');
DROP TABLE given CASCADE;
SELECT most_frequent('{ab@ab.ru,8 916 204-17-35,+79162041735,+7 495 123-45-67}', 'contact', '{"email": "contact", "phone": "contact"}');
DROP TABLE given CASCADE;

-- Every rule against a plain reading of it, on leads with few different values and times; clusters and leads in any order.
CREATE TABLE noise AS SELECT i AS id, CASE WHEN h % 5 > 0 THEN repeat(chr(97 + h % 3), h / 7 % 4) END AS a, nullif(h / 11 % 4, 0) AS b, nullif('s' || h / 13 % 4, 's0') AS source,
    CASE WHEN h % 7 > 0 THEN date '2026-01-01' + h / 17 % 3 END AS at, h / 19 % 60 AS c
  FROM (SELECT i, abs(hashint4(i) % 1000003) AS h FROM generate_series(1, 400) AS i) AS s ORDER BY h;
CREATE VIEW noise_clusters AS SELECT id AS lead_id, 'c' || c AS cluster_id FROM noise WHERE c > 0 AND id % 50 > 0;
CREATE FUNCTION plain(rule text, name text) RETURNS TABLE (cluster_id text, value text, lead_id text, candidates bigint) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format($query$
    WITH lead AS (SELECT coalesce(c.cluster_id, n.id::text) AS cluster_id, n.*, CASE WHEN n.%1$I::text <> '' THEN n.%1$I END AS v FROM noise AS n LEFT JOIN noise_clusters AS c ON c.lead_id = n.id)
    SELECT k.cluster_id, b.v::text, b.id::text, (SELECT count(l.v) FROM lead AS l WHERE l.cluster_id = k.cluster_id)
    FROM (SELECT DISTINCT cluster_id FROM lead) AS k LEFT JOIN LATERAL (
      SELECT l.* FROM lead AS l WHERE l.cluster_id = k.cluster_id AND l.v IS NOT NULL ORDER BY %2$s coalesce(l.at, '-infinity') %3$s, l.id %3$s LIMIT 1) AS b ON true $query$,
    name, CASE rule WHEN 'longest' THEN 'length(l.v::text) DESC,' WHEN 'max' THEN 'l.v DESC,' WHEN 'min' THEN 'l.v,'
      WHEN 'most_frequent' THEN '(SELECT count(*) FROM lead AS o WHERE o.cluster_id = l.cluster_id AND o.v = l.v) DESC,'
      WHEN 'most_trusted' THEN $c$CASE l.source WHEN 's2' THEN 1 WHEN 's1' THEN 2 ELSE 3 END,$c$ ELSE '' END,
    CASE rule WHEN 'first' THEN '' ELSE 'DESC' END);
END $$;
SELECT r AS rule, n AS name, count(*) AS clusters, count(g.value) AS values, count(*) FILTER (WHERE p IS DISTINCT FROM ROW(g.cluster_id, g.value, g.lead_id, g.candidates)) AS wrong
FROM unnest('{latest,first,longest,most_frequent,most_trusted,max,min}'::text[]) AS r CROSS JOIN unnest('{a,b}'::text[]) AS n
CROSS JOIN LATERAL leadscore.golden_record('noise', 'id', 'noise_clusters', jsonb_build_object(n, r), 'at', 'source', '{s2,s1}') AS g
LEFT JOIN LATERAL plain(r, n) AS p ON p.cluster_id = g.cluster_id
WHERE g.column_name = n GROUP BY r, n ORDER BY r, n;
SELECT count(*) AS clusters FROM plain('latest', 'a');
SELECT count(*) AS out_of_order FROM (SELECT cluster_id COLLATE "C" < lag(cluster_id) OVER (ORDER BY ordinality) AS wrong FROM leadscore.golden_record('noise', 'id', 'noise_clusters', at => 'at') WITH ORDINALITY) AS s WHERE wrong;

-- One big cluster, none, no leads, no columns, no times, NULL keys, keys that are not unique, infinite times.
CREATE VIEW one AS SELECT id AS lead_id, 'all' AS cluster_id FROM noise;
SELECT column_name, value, candidates FROM leadscore.golden_record('noise', clusters => 'one', rules => '{"b": "max", "at": "max"}');
CREATE TABLE nobody (lead_id bigint, cluster_id uuid);
SELECT count(*) AS rows, count(DISTINCT cluster_id) AS clusters, count(*) FILTER (WHERE cluster_id <> lead_id) AS foreign FROM leadscore.golden_record('leads', clusters => 'nobody');
INSERT INTO nobody VALUES (1, NULL), (2, NULL);
SELECT count(DISTINCT cluster_id) AS clusters FROM leadscore.golden_record('leads', clusters => 'nobody');
CREATE TABLE keys (id integer);
INSERT INTO keys VALUES (1);
SELECT * FROM leadscore.golden_record('keys', clusters => 'people');
CREATE TABLE odd (id text, v text, created_at timestamp);
SELECT * FROM leadscore.golden_record('odd', clusters => 'people');
INSERT INTO odd VALUES (NULL, 'nobody', 'infinity'), ('a', 'later', '2026-01-02'), ('a', 'x', '2026-01-01'), ('a', 'y', '2026-01-01'), ('b', 'never', 'infinity'), ('b', 'now', '2026-01-01'), ('b', 'always', '-infinity'), ('c', 'no time', NULL), ('c', 'always', '-infinity');
SELECT cluster_id, value, lead_id, candidates FROM leadscore.golden_record('odd', clusters => 'people', rules => '{"v": "latest"}') WHERE column_name = 'v';
SELECT cluster_id, value, lead_id, candidates FROM leadscore.golden_record('odd', clusters => 'people', rules => '{"v": "first"}') WHERE column_name = 'v';
-- Equal as numbers, different as keys: the value and its lead belong together. Text keys go by code point, numbers as numbers.
CREATE TABLE numbers (id numeric, v text);
INSERT INTO numbers VALUES (1.0, 'z'), (1.00, 'a'), (1, 'b'), (-9, 'c');
CREATE VIEW number_clusters AS SELECT id AS lead_id, 'n' AS cluster_id FROM numbers;
SELECT value, lead_id, candidates FROM leadscore.golden_record('numbers', clusters => 'number_clusters');

-- Types: the text of whatever it is; NULLs inside are no matter; order as the type's.
CREATE TYPE grade AS ENUM ('low', 'high', 'best');
CREATE DOMAIN short AS varchar(10);
CREATE TABLE typed (id uuid, g grade, d short, j json, b jsonb, a integer[], r leads, ok boolean, c char(5), f float8, gone text, made text GENERATED ALWAYS AS (CASE WHEN ok THEN ' ' ELSE 'made' END) STORED, i interval, u uuid);
ALTER TABLE typed DROP COLUMN gone;
INSERT INTO typed VALUES ('00000000-0000-0000-0000-000000000001', 'best', '  ', '{"x": 1}', '{"y": [1]}', '{1,NULL}', NULL, true, 'ab', 0.1, DEFAULT, '1 day', '00000000-0000-0000-0000-00000000000f'),
  ('00000000-0000-0000-0000-000000000002', 'high', 'Омск', NULL, 'null', '{}', ROW(1, 'a,b', NULL, NULL, NULL, NULL, NULL, NULL, NULL), false, '', '-Infinity', DEFAULT, '-1 mons', '00000000-0000-0000-0000-0000000000f0') ;
CREATE VIEW typed_clusters AS SELECT id AS lead_id, 't' AS cluster_id FROM typed;
SELECT column_name, value, right(lead_id, 1) AS lead, rule, candidates FROM leadscore.golden_record('typed', clusters => 'typed_clusters', rules => '{"g": "max", "ok": "max", "a": "max", "c": "max", "b": "min", "f": "min", "i": "min", "u": "max", "j": "longest", "r": "most_frequent"}');
\set VERBOSITY sqlstate
SELECT * FROM leadscore.golden_record('typed', clusters => 'typed_clusters', rules => '{"j": "max"}');
\set VERBOSITY default

-- Names that look like SQL, also of columns that the query uses itself; views, materialized views, partitions, temporary tables.
CREATE SCHEMA "Odd; schema";
CREATE TABLE "Odd; schema"."leads ""%s$1'" ("i'd" text, "value_1" text, "place" text, "%I %s ' "" $query$ $1" text, "; DROP TABLE leads" text, "lead_id" text, "cluster_id" text, "Когда" date, "e'mail" text) PARTITION BY LIST ("i'd");
CREATE TABLE part_1 PARTITION OF "Odd; schema"."leads ""%s$1'" FOR VALUES IN ('$1');
CREATE TABLE part_2 PARTITION OF "Odd; schema"."leads ""%s$1'" DEFAULT;
INSERT INTO "Odd; schema"."leads ""%s$1'" VALUES ('$1', 'v', 'p', 'q', 'd', '$1', ''' ;', '2026-01-02', 'A@mail.ru'), ('%s', 'w', NULL, 'qq', 'dd', '%s', ''' ;', '2026-01-01', 'a@mail.ru');
CREATE VIEW odd_view AS SELECT * FROM "Odd; schema"."leads ""%s$1'";
CREATE MATERIALIZED VIEW odd_kept AS SELECT * FROM odd_view;
CREATE TEMP TABLE odd_temp AS SELECT * FROM odd_view;
SET search_path = '';
SELECT * FROM leadscore.golden_record('"Odd; schema"."leads ""%s$1''"', 'i''d', '"Odd; schema"."leads ""%s$1''"', '{"; DROP TABLE leads": "longest", "%I %s '' \" $query$ $1": "max", "e''mail": "most_frequent"}', 'Когда', 'place', '{"'' || $1"}', '{"email": "e''mail"}');
SELECT r, count(*), md5(string_agg(g::text, ';')) = md5((SELECT string_agg(h::text, ';') FROM leadscore.golden_record('public.odd_view', 'i''d', 'public.odd_view', at => 'Когда') AS h)) AS same
FROM unnest('{public.odd_kept,pg_temp.odd_temp}'::regclass[]) AS r, leadscore.golden_record(r, 'i''d', r, at => 'Когда') AS g GROUP BY r ORDER BY r;
RESET search_path;
SELECT count(*) FROM leads;
-- Columns that the time and roles are called by.
SELECT value FROM leadscore.golden_record('odd_view', 'i''d', 'odd_view', columns => '{"created_at": "Когда", "email": null}') WHERE column_name = 'value_1';
-- A thousand columns.
DO $$
BEGIN
  EXECUTE (SELECT format('CREATE TABLE many AS SELECT i AS id, %s FROM generate_series(1, 3) AS i', string_agg(format('i * %s AS c%1$s', c), ', ')) FROM generate_series(1, 1000) AS c);
END $$;
SELECT count(*), sum(value::integer) FROM leadscore.golden_record('many', clusters => 'noise_clusters');

-- The session's settings change nothing that is read back, the function nothing of the session's.
SET DateStyle = 'German, DMY'; SET extra_float_digits = -10; SET IntervalStyle = 'sql_standard';
SELECT value FROM leadscore.golden_record('typed', clusters => 'typed_clusters', rules => '{"i": "min", "f": "max"}') WHERE column_name IN ('f', 'i');
SELECT value FROM leadscore.golden_record('leads', clusters => 'people') WHERE column_name = 'created_at' AND cluster_id = '30';
SHOW DateStyle;
RESET DateStyle; RESET extra_float_digits; RESET IntervalStyle;

-- It sees what its caller may see.
CREATE ROLE leadscore_golden_reader;
GRANT SELECT ON people TO leadscore_golden_reader;
SET ROLE leadscore_golden_reader;
SELECT * FROM leadscore.golden_record('leads', clusters => 'people');
RESET ROLE;
GRANT SELECT ON leads TO leadscore_golden_reader;
ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON leads USING (id < 10);
SET ROLE leadscore_golden_reader;
SELECT column_name, value, lead_id, candidates FROM leadscore.golden_record('leads', clusters => 'people') WHERE value IS NOT NULL;
RESET ROLE;
DROP POLICY own ON leads;
ALTER TABLE leads DISABLE ROW LEVEL SECURITY;

-- Errors.
SELECT leadscore.golden_record(NULL);
SELECT leadscore.golden_record('leads', NULL);
SELECT leadscore.golden_record('leads', 'ID', 'people');
SELECT leadscore.golden_record('leads', 'id', 'keys');
SELECT leadscore.golden_record('leads', 'id', 'people', '["latest"]');
SELECT leadscore.golden_record('leads', 'id', 'people', 'null');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": "newest"}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": {"rule": "latest"}}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": null}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"e_mail": "latest"}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"ctid": "latest"}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"id": "latest"}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": "most_trusted"}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": "most_trusted"}', source => 'channel', sources => '{}');
SELECT leadscore.golden_record('leads', 'id', 'people', '{"email": "most_trusted"}', sources => '{crm}');
SELECT leadscore.golden_record('leads', 'id', 'people', source => 'chanel');
SELECT leadscore.golden_record('leads', 'id', 'people', at => 'arrived');
SELECT leadscore.golden_record('leads', 'id', 'people', at => 'note');
SELECT leadscore.golden_record('leads', 'id', 'people', columns => '"email"');
SELECT leadscore.golden_record('leads', 'id', 'people', columns => '{"email": "mail"}');
-- A lead in two clusters, and one that would join strangers because they are called as it is.
INSERT INTO people VALUES ('2', '20');
SELECT leadscore.golden_record('leads', 'id', 'people');
DELETE FROM people WHERE lead_id = '2';
INSERT INTO people VALUES ('2', '30');
SELECT leadscore.golden_record('leads', 'id', 'people');
INSERT INTO people VALUES ('30', NULL);
SELECT leadscore.golden_record('leads', 'id', 'people');
UPDATE people SET cluster_id = '1' WHERE lead_id = '30';
SELECT DISTINCT cluster_id FROM leadscore.golden_record('leads', 'id', 'people') ORDER BY cluster_id;

SET client_min_messages = warning;
DROP TABLE leads, people, noise, nobody, keys, odd, numbers, typed, "Odd; schema"."leads ""%s$1'", odd_temp, many CASCADE;
DROP FUNCTION most_frequent(text[], text, jsonb), plain(text, text);
DROP TYPE grade;
DROP DOMAIN short;
DROP SCHEMA "Odd; schema";
DROP ROLE leadscore_golden_reader;
DROP EXTENSION leadscore;
