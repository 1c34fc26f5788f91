-- A relation's leads: which are one person, and when the same person asked again.
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

-- The same client today and yesterday, after 30 days to the second, after a second more; 0, 20 and 40 days; the same moment.
CREATE TABLE request (id text, full_name text, email text, phone text, created_at timestamptz);
INSERT INTO request
SELECT t.client || lpad(extract(day FROM t.after)::text, 2, '0') || CASE WHEN t.after > interval '30 days' AND t.after < interval '31 days' THEN '+1s' ELSE '' END, c.full_name, c.email, c.phone, timestamptz '2026-03-01 09:00' + t.after
FROM (VALUES ('yesterday-', 'Иван Щукин', 'ivan.shchukin@romashka.ru', '8 (916) 204-17-35'), ('thirty-', 'Ольга Белова', 'belova@vasilek.ru', '+7 903 111-22-33'), ('second-', 'Пётр Громов', 'gromov.p@yandex.ru', '+7 921 765 43 21'),
    ('chain-', 'Anna Berg', 'anna@berg.com', '+49 30 1234567'), ('fifth-', 'Марк Лисин', 'lisin@mail.ru', '+7 999 100-20-30')) AS c (client, full_name, email, phone)
JOIN (VALUES ('yesterday-', interval '0'), ('yesterday-', interval '1 day'), ('thirty-', interval '0'), ('thirty-', interval '30 days'), ('second-', interval '0'), ('second-', interval '30 days 1 second'),
    ('chain-', interval '0'), ('chain-', interval '20 days'), ('chain-', interval '40 days'), ('fifth-', interval '0'), ('fifth-', interval '29 days'), ('fifth-', interval '58 days'), ('fifth-', interval '87 days'), ('fifth-', interval '117 days')) AS t (client, after) USING (client);
SELECT lead_a, lead_b, round(days_apart::numeric, 6) AS days_apart FROM leadscore.find_duplicates('request') ORDER BY 1, 2;
SELECT mode, lead_a, lead_b FROM unnest('{anchored,sliding}'::text[]) AS mode, leadscore.find_duplicates('request', within => '30 days', window_mode => mode) ORDER BY 1, 2, 3;
SELECT mode, string_agg(members, ' | ' ORDER BY members) FROM unnest('{any,anchored,sliding}'::text[]) AS mode, LATERAL (SELECT string_agg(lead_id || CASE WHEN is_primary THEN '*' ELSE '' END, ' ' ORDER BY lead_id) AS members
  FROM leadscore.cluster_duplicates('request', within => CASE WHEN mode = 'any' THEN NULL ELSE interval '30 days' END, window_mode => replace(mode, 'any', 'sliding')) GROUP BY cluster_id HAVING count(*) > 1) AS c GROUP BY mode ORDER BY mode;
SELECT within, count(*) FROM unnest('{0,1 day,23:59:59.999999,24:00:00,720:00:00,100000000 days}'::interval[]) AS within, leadscore.find_duplicates('request', within => within) WHERE lead_a ~ 'yesterday|thirty' GROUP BY 1 ORDER BY 1;
-- Without a time, and at the ends of time.
CREATE TABLE timeless AS SELECT n AS id, 'petrov@romashka.ru' AS email, '+79162041735' AS phone, t::timestamptz AS created_at FROM unnest('{-infinity,-infinity,NULL,2026-01-01,2026-01-02,infinity,infinity}'::text[]) WITH ORDINALITY AS u (t, n);
SELECT string_agg(lead_a || '-' || lead_b || ' ' || coalesce(days_apart::text, '?'), ', ' ORDER BY lead_a, lead_b) AS pairs FROM leadscore.find_duplicates('timeless');
SELECT string_agg(lead_a || '-' || lead_b, ', ' ORDER BY lead_a, lead_b) AS pairs FROM leadscore.find_duplicates('timeless', within => '30 days');
SELECT error_of($$SELECT leadscore.find_duplicates('timeless', columns => '{"created_at": null}', within => '30 days')$$), error_of($$SELECT leadscore.explain_blocking('timeless', columns => '{"created_at": null}', within => '30 days')$$);

-- Cyrillic and Latin spellings meet, legal forms, short first names, telephone numbers as people write them, a typing error.
CREATE TABLE leads (id bigint PRIMARY KEY, full_name text, email text, phone text, company text, created_at timestamptz DEFAULT '2026-01-01');
INSERT INTO leads (id, full_name, email, phone, company) VALUES (10, 'Юлия Щербакова', 'scherbakova@romashka.ru', '8 (916) 204-17-35', 'ООО «Ромашка»'), (9, 'Yuliya Shcherbakova', NULL, '+7 916 204 17 35', 'Romashka LLC'),
  (11, 'Щербакова Юля', 'sherbakova@romashka.ru', NULL, 'Ромашка, ООО'), (12, 'Михаил Ким', 'kim@vasilek.ru', '+7 903 111-22-33', 'АО «Василёк»'), (13, 'Миша Ким', 'kim@vasilek.ru', '89031112233', NULL), (14, 'John Smith', 'john@smith.com', '+44 20 7946 0958', NULL);
SELECT lead_a, lead_b, probability > 0.9 AS is_sure, abs(probability - 1 / (1 + 2 ^ -weight)) < 1e-12 AS is_of_weight FROM leadscore.find_duplicates('leads') ORDER BY 1, 2;
SELECT * FROM leadscore.cluster_duplicates('leads') ORDER BY lead_id::integer;
SELECT threshold, count(*) FROM unnest('{1e-300,0.5,0.999999999999999}'::float8[]) AS threshold, leadscore.find_duplicates('leads', threshold => threshold) GROUP BY 1 ORDER BY 1;
-- What it says while it works.
SET client_min_messages = notice;
SELECT count(*) FROM leadscore.find_duplicates('leads');
SELECT count(*) FROM leadscore.cluster_duplicates('leads', 'contact', 'id', '{"email": "email", "full_name": null, "phone": null, "company": null}');
SET client_min_messages = warning;
-- In a select list, in a join, in a cursor that is not read to its end, in PL/pgSQL, many times in one statement.
SELECT count(*) FROM (SELECT leadscore.find_duplicates('leads') AS pair) AS s WHERE (pair).lead_a = '12';
BEGIN;
DECLARE c CURSOR FOR SELECT lead_id FROM leadscore.cluster_duplicates('leads');
FETCH 1 FROM c;
COMMIT;
SELECT n, (SELECT count(*) FROM leadscore.find_duplicates('leads', threshold => 0.5 + n / 10.0)) FROM generate_series(1, 3) AS n;

-- Links: what people said is kept to, whatever its order; unknown leads and NULLs say nothing.
CREATE TABLE links (lead_a text, lead_b text, is_same boolean);
INSERT INTO links VALUES ('14', '10', true), ('13', '12', false), ('12', '13', false), ('14', '404', true), (NULL, '9', false), ('9', NULL, false), ('9', '10', NULL), ('9', '9', false);
SELECT string_agg(lead_a || '-' || lead_b, ', ' ORDER BY lead_a, lead_b) AS pairs FROM leadscore.find_duplicates('leads', links => 'links');
SELECT string_agg(lead_id || ':' || cluster_id, ', ' ORDER BY lead_id) AS clusters FROM leadscore.cluster_duplicates('leads', links => 'links');
SELECT f.weight = l.weight AS is_same FROM leadscore.find_duplicates('leads') AS f JOIN leadscore.find_duplicates('leads', links => 'links') AS l USING (lead_a, lead_b) WHERE lead_a = '9' AND lead_b = '10';
INSERT INTO links VALUES ('12', '13', true);
SELECT error_of($$SELECT leadscore.find_duplicates('leads', links => 'links')$$);
SELECT error_of($$SELECT leadscore.cluster_duplicates('leads', links => 'links')$$);
DELETE FROM links WHERE lead_a IN ('12', '13');
INSERT INTO links VALUES ('14', '12', true), ('10', '12', false);
SELECT string_agg(lead_a || '-' || lead_b, ', ' ORDER BY lead_a, lead_b) AS pairs FROM leadscore.find_duplicates('leads', links => 'links');
SELECT error_of($$SELECT leadscore.cluster_duplicates('leads', links => 'links')$$);
-- Links of other types, and what is none.
CREATE VIEW numbers AS SELECT 12 AS lead_a, 13::bigint AS lead_b, 'no' AS is_same;
SELECT count(*) FROM leadscore.find_duplicates('leads', links => 'numbers') WHERE lead_a = '12';
CREATE FUNCTION lead_a(request) RETURNS text LANGUAGE sql AS $$ SELECT 1 / 0 $$;
SELECT error_of(format('SELECT leadscore.find_duplicates(''leads'', links => %s)', links)) FROM unnest('{''request'',0,''pg_class_oid_index''}'::text[]) AS links;

-- Keys of every type, odd names, NULL, the same key twice.
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE "od""d; --" ("k'e""y" uuid, "Full_Name" varchar(100), "E.mail" text, at date, pair pair, dropped text, generated text GENERATED ALWAYS AS (lower("E.mail")) STORED);
ALTER TABLE "od""d; --" DROP COLUMN dropped;
INSERT INTO "od""d; --" ("k'e""y", "Full_Name", "E.mail", at, pair) SELECT md5(n::text)::uuid, 'Иван Щукин', 'SHCHUKIN@romashka.ru', date '2026-01-01' + n, (n, 'b,"')::pair FROM generate_series(1, 2) AS n;
SELECT lead_a, lead_b, days_apart FROM leadscore.find_duplicates('"od""d; --"', key => 'k''e"y', columns => '{"email": "E.mail", "created_at": "at"}', within => '1 day');
SELECT lead_a, lead_b FROM leadscore.find_duplicates('"od""d; --"', key => 'pair', columns => '{"email": "generated"}');
SELECT lead_a, lead_b FROM leadscore.find_duplicates('"od""d; --"', key => 'at', columns => '{"email": "generated"}');
CREATE TABLE keyless (id text, email text, phone text);
INSERT INTO keyless SELECT k, 'petrov@romashka.ru', '89162041735' FROM unnest('{a,a,NULL,""," "}'::text[]) AS k;
SELECT format('<%s> <%s>', lead_a, lead_b) AS pair, count(*) FROM leadscore.find_duplicates('keyless') GROUP BY 1 ORDER BY 1;
SET client_min_messages = notice;
SELECT format('<%s> <%s> %s', lead_id, cluster_id, is_primary) FROM leadscore.cluster_duplicates('keyless') ORDER BY 1;
SET client_min_messages = warning;
TRUNCATE keyless;
SELECT (SELECT count(*) FROM leadscore.find_duplicates('keyless')) AS pairs, (SELECT count(*) FROM leadscore.cluster_duplicates('keyless')) AS clusters, (SELECT count(*) FROM leadscore.explain_blocking('keyless')) AS keys, (SELECT count(only_share) FROM leadscore.explain_blocking('keyless')) AS shares;
INSERT INTO keyless VALUES ('one');
SELECT (SELECT count(*) FROM leadscore.find_duplicates('keyless')) AS pairs, (SELECT count(*) FROM leadscore.cluster_duplicates('keyless') WHERE is_primary) AS clusters;
INSERT INTO keyless SELECT n FROM generate_series(1, 50) AS n;
SELECT count(*) AS nobody_is_like_nobody FROM leadscore.find_duplicates('keyless');
-- Many leads that say the same of everything.
CREATE TABLE same AS SELECT n AS id, 'Иван Щукин' AS full_name, 'shchukin@romashka.ru' AS email, '+79162041735' AS phone FROM generate_series(1, 500) AS n;
SELECT count(*), count(DISTINCT cluster_id) AS clusters, min(cluster_id) FROM leadscore.cluster_duplicates('same');

-- Relations of every kind, and what is none.
CREATE VIEW of_leads AS SELECT * FROM leads WHERE id < 12;
CREATE MATERIALIZED VIEW of_leads_kept AS SELECT * FROM leads;
CREATE TEMP TABLE temporary AS SELECT * FROM leads;
CREATE TABLE parts (LIKE leads) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (12);
CREATE TABLE parts_2 (phone text, company text, created_at timestamptz, id bigint NOT NULL, email text, full_name text);
ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM (12) TO (100);
INSERT INTO parts SELECT * FROM leads;
SELECT relation, (SELECT string_agg(lead_a || '-' || lead_b, ', ' ORDER BY lead_a, lead_b) FROM leadscore.find_duplicates(relation)) AS pairs FROM unnest('{leads,of_leads,of_leads_kept,temporary,parts,parts_2}'::regclass[]) AS relation;
CREATE SEQUENCE number;
SELECT error_of(format('SELECT leadscore.find_duplicates(%s)', relation)) FROM unnest(ARRAY['''number''', '''leads_pkey''', '''pair''', '0', '99999::oid::regclass', 'NULL', '''nowhere''']) AS relation;

-- Arguments.
SELECT arguments, error_of(format('SELECT leadscore.find_duplicates(''leads'', %s)', arguments)) FROM unnest(ARRAY['rule => NULL', 'key => NULL', 'window_mode => NULL', 'rule => ''no''', 'window_mode => ''tumbling''', 'within => ''1 month''', 'within => ''1 year -1 day''', 'within => ''-1 second''', 'within => ''1 day -25 hours''',
  'within => ''178000000 days''', 'threshold => 0', 'threshold => 1', 'threshold => ''NaN''', 'threshold => ''Infinity''', 'threshold => -0.5', 'key => ''no''', 'key => ''''', 'key => ''ctid''', 'key => ''ID''', 'columns => ''{"mail": "email"}''', 'columns => ''{"email": "mail"}''', 'columns => ''[]''', 'columns => ''{"created_at": "email"}''',
  'columns => ''{"full_name": null, "email": null, "phone": null, "company": null, "created_at": null}''']) AS arguments;
SELECT function, error_of(format('SELECT leadscore.%s', function)) FROM unnest(ARRAY['cluster_duplicates(NULL)', 'explain_blocking(NULL)', 'explain_blocking(''leads'', NULL)', 'explain_blocking(''leads'', key => NULL)', 'explain_blocking(''leads'', within => ''1 month'')', 'learn_match(NULL, ''contact'', ''id'', NULL, NULL)']) AS function;

-- The search path says nothing, nor does what lies on it.
CREATE SCHEMA planted;
CREATE FUNCTION planted.stolen(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'stolen'; END $$;
CREATE OPERATOR planted.= (FUNCTION = planted.stolen, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR planted.<> (FUNCTION = planted.stolen, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION planted.jsonb_build_object(VARIADIC text[]) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RAISE 'stolen'; END $$;
CREATE TABLE planted.match_rule (rule text);
SELECT oid AS leads FROM pg_class WHERE oid = 'leads'::regclass \gset
SELECT oid AS links FROM pg_class WHERE oid = 'links'::regclass \gset
SELECT leadscore.create_match_rule('contact');
SET search_path = planted, pg_catalog;
SELECT count(*) FROM leadscore.find_duplicates(:leads);
SELECT count(*) FROM leadscore.find_duplicates(:leads, links => :links);
SELECT leads FROM leadscore.train_match('contact', :leads);
SET search_path = '';
SELECT count(*) FROM leadscore.cluster_duplicates(:leads);
RESET search_path;
SELECT leadscore.create_match_rule('contact', replace => true);
DROP SCHEMA planted CASCADE;

-- As the caller may read: a privilege, the rows of a policy.
CREATE ROLE regress_leadscore_clerk;
SET ROLE regress_leadscore_clerk;
SELECT error_of($$SELECT leadscore.find_duplicates('leads')$$);
RESET ROLE;
GRANT SELECT (id, email, phone, full_name, company, created_at) ON leads TO regress_leadscore_clerk;
GRANT SELECT ON links TO regress_leadscore_clerk;
ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON leads USING (id <> 9);
SET ROLE regress_leadscore_clerk;
SELECT string_agg(lead_a || '-' || lead_b, ', ' ORDER BY lead_a, lead_b) AS pairs, (SELECT count(*) FROM leadscore.cluster_duplicates('leads')) AS leads FROM leadscore.find_duplicates('leads');
SELECT error_of($$SELECT leadscore.train_match('contact', 'leads')$$);
SELECT error_of($$SELECT leadscore.create_match_rule('mine')$$);
SELECT error_of($$UPDATE leadscore.match_rule SET prior = 0.1$$);
SELECT count(*) AS readable FROM leadscore.match_rule;
RESET ROLE;
SELECT leadscore.grant_editor('regress_leadscore_clerk');
SET ROLE regress_leadscore_clerk;
SELECT leads FROM leadscore.train_match('contact', 'leads');
SELECT leadscore.create_match_rule('mine');
DELETE FROM leadscore.match_rule;
RESET ROLE;
ALTER TABLE leads DISABLE ROW LEVEL SECURITY;

-- The same in any order.
CREATE TABLE people AS SELECT n AS id, (ARRAY['Иван', 'Пётр', 'Анна', 'Ольга', 'Марк'])[1 + p % 5] || ' ' || initcap(translate(substr(md5(p::text), 1, 7), '0123456789abcdef', 'аобвегдиклмнорст')) AS full_name, CASE WHEN n % 3 > 0 THEN substr(md5(p::text), 8, 7) || '@mail.ru' END AS email,
  CASE WHEN n % 4 > 0 THEN '+7916' || 1000000 + p * 104729 % 8999993 END AS phone, timestamptz '2026-01-01' + n * interval '1 hour' AS created_at FROM (SELECT n, n * 31 % 1200 AS p FROM generate_series(1, 2000) AS n) AS s;
CREATE TABLE shuffled AS SELECT * FROM people ORDER BY md5(id::text);
SELECT count(DISTINCT md5(rows)) AS results, min(pairs) > 700 AS has_pairs FROM (SELECT string_agg(f::text, ';') AS rows, count(*) AS pairs FROM leadscore.find_duplicates('people') AS f UNION ALL SELECT string_agg(f::text, ';'), count(*) FROM leadscore.find_duplicates('shuffled') AS f) AS s;
SELECT count(DISTINCT md5(rows)) AS results FROM (SELECT string_agg(c::text, ';') AS rows FROM leadscore.cluster_duplicates('people') AS c UNION ALL SELECT string_agg(c::text, ';') FROM leadscore.cluster_duplicates('shuffled') AS c) AS s;
SELECT count(*) AS unordered FROM (SELECT a.created_at > b.created_at AS wrong FROM leadscore.find_duplicates('people') JOIN people AS a ON a.id::text = lead_a JOIN people AS b ON b.id::text = lead_b) AS s WHERE wrong;

-- Limits: memory, time; the session is sane afterwards, and nothing is left in memory.
CREATE FUNCTION contexts() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM pg_backend_memory_contexts WHERE name LIKE 'leadscore%' $$;
SELECT contexts() AS before \gset
SET maintenance_work_mem = '1MB';
CREATE TABLE crowd AS SELECT n AS id, 'info@romashka.ru' AS email, '+79162041735' AS phone, md5(n::text) AS full_name FROM generate_series(1, 20000) AS n;
SELECT error_of($$SELECT leadscore.find_duplicates('crowd')$$);
SELECT error_of($$SELECT leadscore.explain_blocking('crowd')$$);
RESET maintenance_work_mem;
SET statement_timeout = '20ms';
SELECT leadscore.cluster_duplicates('crowd');
RESET statement_timeout;
SELECT contexts() - :before AS left_behind;
SELECT count(*) FROM leadscore.find_duplicates('leads');
CREATE VIEW failing AS SELECT id, 1 / (id - 300) AS x, email FROM people;
SELECT error_of($$SELECT leadscore.find_duplicates('failing', columns => '{"phone": "x"}')$$);
SELECT contexts() - :before AS left_behind;

-- What the keys do: a mailbox and a telephone that everybody shares do not make all pairs.
SELECT key, parts, leads, blocks, pairs < 150000 AS is_capped, most_leads <= 100 AS has_cap, blocks_too_large, leads_in_too_large, largest_block, largest_example FROM leadscore.explain_blocking('crowd') WHERE key < 5;
SELECT key, parts, leads, blocks, pairs, only_pairs, round(only_share::numeric, 3) AS only_share, blocks_too_large, largest_block, largest_example FROM leadscore.explain_blocking('leads') WHERE leads > 0 ORDER BY key;
SELECT sum(only_pairs) <= (SELECT count(*) FROM leads AS a JOIN leads AS b ON a.id < b.id AND leadscore.blocking_keys('contact', a) && leadscore.blocking_keys('contact', b)) AS agree FROM leadscore.explain_blocking('leads');

DROP VIEW numbers;
DROP TABLE request, timeless, leads, links, "od""d; --", keyless, same, temporary, parts, people, shuffled, crowd CASCADE;
DROP TYPE pair;
DROP SEQUENCE number;
DROP FUNCTION error_of, contexts;
DROP EXTENSION leadscore;
DROP ROLE regress_leadscore_clerk;
