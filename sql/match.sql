-- Two leads: how likely they are one person, why, and which blocking keys they have.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE TABLE leads (id integer, full_name text, email text, phone text, company text, city text, birth_date date, created_at timestamptz);
INSERT INTO leads VALUES
  (1, 'Иван Щукин', 'shchukin@romashka.ru', '8 (916) 204-17-35', 'ООО «Ромашка»', 'Москва', '1980-05-17', '2026-01-10 10:00'),
  (2, 'Shchukin Ivan', 'Shchukin@Romashka.ru ', '+79162041735', 'Romashka', 'Moskva', NULL, '2026-01-10 10:00:30'),
  (3, 'Ваня Щукин', NULL, '+7 916 204 17 36', 'Ромашка, ООО', NULL, '1980-05-18', '2026-03-10'),
  (4, 'Anna Berg', 'anna@berg.com', NULL, NULL, NULL, NULL, NULL),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, '', E' \t\n', '-', '...', '', 'infinity', '-infinity'),
  (7, repeat('я', 100000), repeat('a', 100000) || '@b.ru', repeat('7', 100000), repeat('ООО ', 10000), repeat('М', 70), '4713-01-01 BC', 'infinity');

-- The lines sum to the weight, the weight gives the probability, and the leads may change places.
SELECT line, comparison, test, "limit", m, u, round(weight::numeric, 4) AS weight, round(total::numeric, 4) AS total FROM leads AS a, leads AS b, leadscore.explain_match('contact', a, b) WHERE a.id = 1 AND b.id = 2;
SELECT line, comparison, test, "limit", round(weight::numeric, 4) AS weight FROM leads AS a, leads AS b, leadscore.explain_match('contact', a, b) WHERE a.id = 1 AND b.id = 3;
SELECT a.id AS a, b.id AS b, round(leadscore.match_weight('contact', a, b)::numeric, 3) AS weight, round(leadscore.match_probability('contact', a, b)::numeric, 6) AS probability FROM leads AS a JOIN leads AS b ON a.id <= b.id ORDER BY 1, 2;
SELECT count(*) AS pairs, count(*) FILTER (WHERE leadscore.match_weight('contact', a, b) IS DISTINCT FROM leadscore.match_weight('contact', b, a)) AS asymmetric,
  count(*) FILTER (WHERE abs((SELECT sum(e.weight) FROM leadscore.explain_match('contact', a, b) AS e) - leadscore.match_weight('contact', a, b)) > 1e-9) AS wrong_sums,
  count(*) FILTER (WHERE (SELECT e.total FROM leadscore.explain_match('contact', a, b) AS e ORDER BY line DESC LIMIT 1) <> leadscore.match_weight('contact', a, b)) AS wrong_totals,
  count(*) FILTER (WHERE EXISTS (SELECT FROM leadscore.explain_match('contact', a, b) AS e WHERE e.m IS NOT NULL AND abs(e.weight - ln(e.m / e.u) / ln(2)) > 1e-9)) AS wrong_lines,
  count(*) FILTER (WHERE abs(leadscore.match_probability('contact', a, b) - 1 / (1 + 2 ^ -leadscore.match_weight('contact', a, b))) > 1e-12) AS wrong_probabilities FROM leads AS a, leads AS b;
-- Leads without anything say nothing: the prior is left.
SELECT round(leadscore.match_weight('contact', a, b)::numeric, 6) AS weight, (SELECT count(*) FROM leadscore.explain_match('contact', a, b)) AS lines FROM (SELECT 1 AS id) AS a, (SELECT 2 AS id) AS b;

-- NULL.
SELECT leadscore.match_weight(NULL::text, a, a), leadscore.match_weight('contact', a, NULL), leadscore.match_weight('contact', NULL::leads, a), leadscore.match_probability('contact', a, NULL), leadscore.match_weight(NULL::jsonb, a, a), leadscore.blocking_keys('contact', NULL::leads),
  leadscore.blocking_keys(NULL::text, a), (SELECT count(*) FROM leadscore.explain_match('contact', a, NULL)) AS lines, leadscore.match_weight('contact', a, a, NULL) IS NOT NULL AS by_name FROM leads AS a WHERE id = 1;
SELECT a IS NULL AS is_null, leadscore.match_weight('contact', a, a) IS NULL AS says_null FROM (SELECT NULL::text AS email, NULL::text AS phone) AS a;
SELECT error_of('SELECT leadscore.match_weight(' || arguments || ') FROM leads AS a') FROM unnest(ARRAY[$$'contact', 1, 2$$, $$'contact', 'a'::text, 'b'::text$$, $$'contact', NULL, NULL$$, $$'contact', ARRAY[a], ARRAY[a]$$, $$'no', a, a$$, $$'{}', a, a$$, $$'{}'::jsonb, a, a$$, $$'null'::jsonb, a, a$$]) AS arguments;
SELECT error_of($$SELECT leadscore.blocking_keys('contact', 5)$$), error_of($$SELECT leadscore.explain_match('contact', 5, 6)$$);

-- Rows of any kind: named, of a view, anonymous, of a domain, of two types at once, of many in turn, in PL/pgSQL.
CREATE VIEW renamed AS SELECT id, full_name AS "ФИО", email AS "E-Mail", phone AS tel, created_at FROM leads;
SELECT leadscore.match_weight('contact', a, b) = leadscore.match_weight('contact', x, y) AS anonymous, leadscore.match_weight('contact', a, b) = leadscore.match_weight('contact', ROW(a.*)::leads, b) AS rebuilt
FROM leads AS a JOIN (SELECT * FROM leads) AS x USING (id), leads AS b JOIN (SELECT * FROM leads OFFSET 0) AS y USING (id) WHERE a.id = 1 AND b.id = 2;
SELECT leadscore.match_weight('contact', a, b, '{"full_name": "ФИО", "email": "E-Mail"}') - leadscore.match_weight('contact', a, b) > 20 AS is_more FROM renamed AS a, renamed AS b WHERE a.id = 1 AND b.id = 2;
SELECT round(leadscore.match_weight('contact', a, b)::numeric, 6) AS two_records FROM (SELECT 'x@y.ru' AS email, 1 AS id) AS a, (SELECT 2 AS id, '+79161234567' AS phone, 'x@y.ru' AS email) AS b;
SELECT round(leadscore.match_weight('contact', r, r)::numeric, 6) FROM (SELECT s AS r FROM (SELECT 'petrov@y.ru' AS email) AS s UNION ALL SELECT s FROM (SELECT '+79161234567' AS phone) AS s UNION ALL SELECT s FROM (SELECT 1 AS id, 'petrov@y.ru' AS email) AS s) AS u;
CREATE DOMAIN lead AS leads CHECK ((VALUE).id IS NOT NULL);
SELECT leadscore.match_weight('contact', a::lead, b::lead) = leadscore.match_weight('contact', a, b) AS is_same FROM leads AS a, leads AS b WHERE a.id = 1 AND b.id = 2;
-- What a call knows of rows does not grow with their number.
SELECT count(leadscore.match_weight('contact', a, b)) AS weights, (SELECT max(used_bytes) < 4000000 FROM pg_backend_memory_contexts) AS is_bounded
FROM generate_series(1, 5000) AS n, LATERAL (SELECT n AS id, 'a@b.ru' AS email) AS a, LATERAL (SELECT 'a@b.ru' AS email, n AS id) AS b;
CREATE FUNCTION weigh(leads, leads) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN round(leadscore.match_weight('contact', $1, $2)::numeric, 3); END $$;
BEGIN;
SELECT weigh(a, b) FROM leads AS a, leads AS b WHERE a.id = 1 AND b.id = 3;
ALTER TABLE leads ALTER birth_date TYPE integer USING 1;
SELECT weigh(a, b) FROM leads AS a, leads AS b WHERE a.id = 1 AND b.id = 3;
ALTER TABLE leads DROP COLUMN birth_date, ADD COLUMN dob text DEFAULT '1980-05-17';
SELECT weigh(a, b) FROM leads AS a, leads AS b WHERE a.id = 1 AND b.id = 3;
ROLLBACK;

-- Which column plays which role: by name, whatever its case, the role's own name first; by columns; only once.
CREATE FUNCTION roles(lead anyelement, columns jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS $$ SELECT string_agg(comparison, ',' ORDER BY line) FROM leadscore.explain_match('contact', lead, lead, columns) WHERE line > 1 AND test <> 'frequency' $$;
SELECT roles(a) FROM (SELECT 'Иван' AS imya, 'Щукин' AS familiya, 'Ильич' AS otchestvo, 'x@y.ru' AS "E_Mail", '+79162041735' AS "Telefon", 'Ромашка' AS kompaniya, 'Тверь' AS gorod, '170000' AS zip, '1980-05-17' AS dob, '500100732259' AS inn, 'ул. Мира, 5' AS adres, now() AS created) AS a;
SELECT roles(a) FROM (SELECT 'x@y.ru' AS mail, NULL AS email) AS a;
SELECT roles(a, '{"email": "mail"}'), roles(a, '{"email": null}'), roles(a, '{"city": "mail"}'), roles(a, '{"city": "mail", "company": "mail"}'), roles(a, '{}') FROM (SELECT 'x@y.ru' AS mail) AS a;
SELECT roles(a) AS text_is_no_time, roles(a, '{"created_at": "d"}') AS date_is FROM (SELECT '2026-01-01' AS created_at, date '2026-01-01' AS d) AS a;
SELECT error_of(format('SELECT leadscore.match_weight(''contact'', a, a, %L) FROM leads AS a', columns)) FROM unnest(ARRAY['{"mail": "email"}', '{"email": "mail"}', '{"email": "Email"}', '{"email": ""}', '{"email": 5}', '{"email": ["email"]}', '[]', '"email"', 'null', '{"created_at": "email"}', '{"created_at": "id"}', '{"email": "ctid"}']) AS columns;
-- Types: texts however they are called, numbers, enumerations, dates of every kind.
CREATE TYPE town AS ENUM ('Москва', 'Тверь');
CREATE DOMAIN address AS varchar(50);
SELECT comparison, test FROM (SELECT 'x@y.ru'::address AS email, 79162041735::bigint AS phone, 'Тверь'::town AS city, 'Щукин'::char(20) AS last_name, 'Иван'::name AS first_name, 170000 AS postcode, timestamp '1980-05-17 03:00' AS birth_date, date '2026-01-01' AS created_at, '{Ромашка}'::text[] AS company) AS a,
  leadscore.explain_match('contact', a, a) WHERE test <> 'frequency';
SELECT leadscore.match_weight('contact', a, b) = leadscore.match_weight('contact', b, b) AS is_same FROM (SELECT date '1980-05-17' AS birth_date) AS a, (SELECT '17.05.1980' AS birth_date) AS b;
SET DateStyle = 'SQL, DMY';
SELECT leadscore.match_weight('contact', a, b) = leadscore.match_weight('contact', b, b) AS is_same FROM (SELECT date '1980-05-07' AS birth_date) AS a, (SELECT timestamp '1980-05-07 23:00' AS birth_date) AS b;
RESET DateStyle;

-- Documents: the same by the name, without a table; each row may have another.
SELECT leadscore.match_weight('contact', a, b) = leadscore.match_weight(d, a, b) AS weight, leadscore.match_probability('contact', a, b) = leadscore.match_probability(d, a, b) AS probability, leadscore.blocking_keys('contact', a) = leadscore.blocking_keys(d, a) AS keys,
  (SELECT array_agg(e) FROM leadscore.explain_match('contact', a, b) AS e) = (SELECT array_agg(e) FROM leadscore.explain_match(d, a, b) AS e) AS explanation FROM leads AS a, leads AS b, leadscore.export_match_rule('contact') AS d WHERE a.id = 1 AND b.id = 2;
SELECT n, round((leadscore.match_weight(jsonb_set(d, '{prior}', to_jsonb(0.5 ^ n)), a, a) - leadscore.match_weight(d, a, a))::numeric, 2) AS more FROM leads AS a, leadscore.export_match_rule('contact') AS d, generate_series(2, 5) AS n WHERE id = 4;
SELECT round(sum(leadscore.match_weight(jsonb_set(d, '{prior}', to_jsonb(1.0 / n)), a, a))::numeric, 2) FROM leads AS a, leadscore.export_match_rule('contact') AS d, generate_series(2, 300) AS n WHERE id = 4;

-- Blocking keys: leads that share one are compared. In an index, and in a join.
SELECT id, cardinality(leadscore.blocking_keys('contact', l)) AS keys, leadscore.blocking_keys('contact', l) = ARRAY(SELECT unnest(leadscore.blocking_keys('contact', l)) ORDER BY 1) AS ascend FROM leads AS l ORDER BY id;
SELECT a.id AS a, b.id AS b FROM leads AS a JOIN leads AS b ON a.id < b.id AND leadscore.blocking_keys('contact', a) && leadscore.blocking_keys('contact', b) ORDER BY 1, 2;
SELECT error_of($$CREATE INDEX ON leads USING gin (leadscore.blocking_keys('contact', leads))$$);
CREATE FUNCTION keys_of(lead leads) RETURNS bigint[] IMMUTABLE LANGUAGE sql AS $$ SELECT leadscore.blocking_keys('{"format": 1, "prior": 0.1, "threshold": 0.5, "keys": [["email"], ["phone:-7"]], "comparisons": [{"comparison": "email", "levels": [{"test": "same", "m": 0.9, "u": 0.1}, {"test": "otherwise", "m": 0.1, "u": 0.9}]}]}'::jsonb, lead) $$;
CREATE INDEX by_keys ON leads USING gin (keys_of(leads));
SET enable_seqscan = off;
SELECT id FROM leads AS l WHERE keys_of(l) && (SELECT keys_of(o) FROM leads AS o WHERE id = 2) ORDER BY id;
INSERT INTO leads (id, email) VALUES (8, 'SHCHUKIN@romashka.ru');
SELECT id FROM leads AS l WHERE keys_of(l) && (SELECT keys_of(o) FROM leads AS o WHERE id = 2) ORDER BY id;
RESET enable_seqscan;

DROP TABLE leads CASCADE;
DROP FUNCTION error_of, roles;
DROP TYPE town;
DROP DOMAIN address;
DROP EXTENSION leadscore;
