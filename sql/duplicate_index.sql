-- Duplicates are marked as leads are written.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
SET timezone = 'UTC';
CREATE SCHEMA duplicate_index;
SET search_path = duplicate_index;
CREATE TABLE leads (id bigint PRIMARY KEY, full_name text, email text, phone text, created_at timestamptz);
INSERT INTO leads VALUES
  (1, 'Иванов Иван', 'ivan@mail.ru', '+7 912 345-67-89', '2026-01-01 10:00'),
  (2, 'Ivanov Ivan', 'IVAN@mail.ru', '8 (912) 345 67 89', '2026-01-02 10:00'),
  (3, 'Петрова Анна', 'anna@ya.ru', '+7 999 000-11-22', '2026-01-03 10:00');

-- What is there already, and what comes.
SELECT leadscore.create_duplicate_index('leads');
SELECT relation, rule, key, key_type, mode, within, window_mode, threshold, most_candidates FROM leadscore.duplicate_index;
SELECT c.key AS role, c.value AS "column" FROM leadscore.duplicate_index AS i, jsonb_each_text(i.columns) AS c WHERE c.value IS NOT NULL ORDER BY 1;
SELECT lead_id, primary_id, probability > 0.5 AS is_likely, at FROM leadscore.duplicate_leads('leads');
INSERT INTO leads VALUES (4, 'Анна Петрова', 'anna@yandex.ru', '9990001122', '2026-01-05 10:00');
SELECT lead_id, primary_id, probability > 0.5 AS is_likely, at FROM leadscore.duplicate_leads('leads');
SELECT id, leadscore.is_duplicate('leads', id::text) FROM leads ORDER BY id;
SELECT leadscore.is_duplicate('leads', '5'), leadscore.is_duplicate('leads', 'x'), leadscore.is_duplicate('leads', NULL), leadscore.is_duplicate(NULL, '1');

-- A lead that came earlier, though it is written later, becomes the first.
INSERT INTO leads VALUES (5, 'Иванов Иван', 'ivan@mail.ru', '+79123456789', '2025-12-31 10:00');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');

-- What is deleted or rolled back leaves no trace; nor do NULLs, blanks, rubbish and long texts do harm.
DELETE FROM leads WHERE id = 5;
BEGIN;
SAVEPOINT a;
INSERT INTO leads SELECT 6, full_name, email, phone, created_at FROM leads WHERE id = 3;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');
ROLLBACK TO a;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');
COMMIT;
INSERT INTO leads VALUES (10, NULL, NULL, NULL, NULL), (11, '', ' ', E'\t', '-infinity'), (12, repeat('я', 100000), repeat('@', 5000), repeat('9', 100000), 'infinity'), (13, NULL, NULL, NULL, NULL), (14, '', ' ', E'\t', '-infinity');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');
DELETE FROM leads WHERE id > 9;

SELECT count(*) AS keys_of_the_deleted FROM leadscore.contact_key WHERE relation = 'leads'::regclass AND lead_id NOT IN (SELECT id::text FROM leads);

-- Two of the same statement.
INSERT INTO leads VALUES (20, 'Котов Пётр', 'kot@ya.ru', '+7 901 000-00-01', '2026-02-01'), (21, 'Пётр Котов', 'kot@yandex.ru', '89010000001', '2026-02-01');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;

-- New leads of a statement are looked for together at its end: as they are then, and with the same outcome as one by one.
CREATE TABLE together (id int PRIMARY KEY, email text, phone text, created_at timestamptz DEFAULT '2026-01-01');
SELECT leadscore.create_duplicate_index('together', mode => 'warn');
CREATE FUNCTION change_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE together SET email = 'changed@b.ru', phone = NULL WHERE id = NEW.id AND email = 'change@b.ru';
  DELETE FROM together WHERE id = NEW.id AND email = 'delete@b.ru';
  RETURN NULL;
END
$$;
CREATE TRIGGER change_new AFTER INSERT ON together FOR EACH ROW EXECUTE FUNCTION change_new();
SET client_min_messages = notice;
INSERT INTO together (id, email, phone) VALUES (1, 'a@b.ru', '+7 912 345-67-89'), (2, 'change@b.ru', '+7 903 111-22-33'),
  (3, 'delete@b.ru', '+7 903 222-33-44'), (4, 'a@b.ru', '+7 912 345-67-89'), (5, 'change@b.ru', '+7 903 111-22-33');
SET client_min_messages = warning;
SELECT k.lead_id, count(*), count(*) = count(DISTINCT k.hash) AS each_once FROM leadscore.contact_key AS k WHERE k.relation = 'together'::regclass GROUP BY 1 ORDER BY 1;
CREATE TEMP TABLE keys_before AS SELECT k.lead_id, k.hash, k.at FROM leadscore.contact_key AS k WHERE k.relation = 'together'::regclass;
SELECT leadscore.create_duplicate_index('together');
SELECT count(*) FROM (TABLE keys_before EXCEPT SELECT k.lead_id, k.hash, k.at FROM leadscore.contact_key AS k WHERE k.relation = 'together'::regclass) AS k;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('together');
-- One by one where the trigger for all of them does not fire, or is not told of the statement.
ALTER TABLE together DISABLE TRIGGER leadscore_mark_new_leads;
INSERT INTO together (id, email, phone) VALUES (6, 'a@b.ru', '+7 912 345-67-89'), (7, 'a@b.ru', '+7 912 345-67-89');
ALTER TABLE together ENABLE TRIGGER leadscore_mark_new_leads;
CREATE TABLE of_parts (LIKE together INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE of_parts ATTACH PARTITION together FOR VALUES FROM (1) TO (1000);
INSERT INTO of_parts (id, email, phone) VALUES (8, 'a@b.ru', '+7 912 345-67-89'), (9, 'a@b.ru', '+7 912 345-67-89');
INSERT INTO together (id, email, phone) VALUES (10, 'a@b.ru', '+7 912 345-67-89');
ALTER TABLE of_parts DETACH PARTITION together;
INSERT INTO together (id, email, phone) VALUES (11, 'a@b.ru', '+7 912 345-67-89');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('together') ORDER BY lead_id::int;
SELECT k.lead_id FROM leadscore.contact_key AS k WHERE k.relation = 'together'::regclass GROUP BY 1 HAVING count(*) <> count(DISTINCT k.hash);
DROP TABLE together, of_parts;
DROP FUNCTION change_new();
-- More than are taken at a time, of which every tenth is there already, fifty times, and every eleventh comes twice.
CREATE TABLE whole (id int PRIMARY KEY, name text, email text, phone text, created_at timestamptz);
CREATE TABLE parted (LIKE whole, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
SELECT leadscore.create_duplicate_index('whole'), leadscore.create_duplicate_index('parted');
CREATE TEMP TABLE many AS SELECT n AS id, 'Anna ' || translate(md5(p::text), '0123456789', 'klmnoprstu') AS name, md5(p::text) || '@b.ru' AS email, '+79' || lpad((p * 616318177::bigint % 999999937)::text, 9, '0') AS phone,
  timestamptz '2026-01-01' + n * interval '1 minute' AS created_at
FROM generate_series(1, 5000) AS n, LATERAL (SELECT CASE WHEN n % 11 = 0 THEN n - 1 WHEN n % 10 = 0 THEN n % 100 ELSE n END) AS l (p);
INSERT INTO whole SELECT * FROM many WHERE id <= 100;
SET maintenance_work_mem = '1MB';
INSERT INTO whole SELECT * FROM many WHERE id > 100;
RESET maintenance_work_mem;
INSERT INTO parted SELECT * FROM many;
SELECT (SELECT count(*) FROM leadscore.duplicate_leads('whole')) AS together, count(*) AS one_by_one, count(*) FILTER (WHERE w.primary_id = p.primary_id AND w.at = p.at) AS the_same
FROM leadscore.duplicate_leads('parted') AS p LEFT JOIN leadscore.duplicate_leads('whole') AS w USING (lead_id);
-- Those that are there are compared with those that came before them, in whatever order they lie.
CREATE TABLE there (LIKE whole, PRIMARY KEY (id));
CREATE TABLE parted_there (LIKE whole, PRIMARY KEY (id)) PARTITION BY HASH (id);
SELECT format('CREATE TABLE parted_there_%1$s PARTITION OF parted_there FOR VALUES WITH (MODULUS 3, REMAINDER %1$s)', n) FROM generate_series(0, 2) AS n \gexec
INSERT INTO there SELECT * FROM many ORDER BY id DESC;
INSERT INTO parted_there SELECT * FROM many ORDER BY id DESC;
SET maintenance_work_mem = '1MB';
SELECT leadscore.create_duplicate_index('there'), leadscore.create_duplicate_index('parted_there');
RESET maintenance_work_mem;
CREATE FUNCTION pairs(name regclass) RETURNS TABLE (pair text[], probability double precision) LANGUAGE sql AS $$
  SELECT ARRAY[least(e.lead_a, e.lead_b), greatest(e.lead_a, e.lead_b)], e.probability FROM leadscore.duplicate_edges(name, NULL) AS e
$$;
SELECT t.name, (SELECT count(*) FROM pairs(t.name)) AS pairs, (SELECT count(*) FROM (SELECT * FROM pairs('parted') EXCEPT SELECT * FROM pairs(t.name)) AS p) AS missing,
  (SELECT count(*) FROM (SELECT * FROM pairs(t.name) EXCEPT SELECT * FROM pairs('parted')) AS p) AS new
FROM unnest('{parted,whole,there,parted_there}'::regclass[]) AS t (name);
DROP FUNCTION pairs;
DROP TABLE there, parted_there;
-- Two partitions may have leads of one name.
CREATE TABLE named (id int, day int, email text, phone text, created_at timestamptz, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
CREATE TABLE named_1 PARTITION OF named FOR VALUES IN (1);
CREATE TABLE named_2 PARTITION OF named FOR VALUES IN (2);
INSERT INTO named VALUES (1, 1, 'a@b.ru', '+7 912 345-67-89', '2026-01-01'), (1, 2, 'c@d.ru', '+7 903 111-22-33', '2026-01-02'), (2, 2, 'a@b.ru', '+7 912 345-67-89', '2026-01-03');
SELECT leadscore.create_duplicate_index('named');
SELECT lead_a, lead_b FROM leadscore.duplicate_edges('named', NULL);
DROP TABLE named;
-- Many that repeat one lead each.
INSERT INTO whole SELECT id + 100000, name, email, phone, created_at + interval '1 year' FROM many WHERE id BETWEEN 3000 AND 4500 AND id % 10 <> 0 AND id % 11 <> 0 AND id % 11 <> 10;
SELECT count(*) AS repeats, count(d.lead_id) AS found FROM whole AS w LEFT JOIN leadscore.duplicate_leads('whole') AS d ON d.lead_id = w.id::text AND d.primary_id = (w.id - 100000)::text WHERE w.id > 100000;
SELECT count(*) AS keys, count(DISTINCT (k.lead_id, k.hash)) AS of_leads FROM leadscore.contact_key AS k WHERE k.relation = 'whole'::regclass;
DROP TABLE whole, parted, many;
SELECT leadscore.clean_duplicate_indexes();

-- Updates: of other columns, to another person, and back; of the key; to a key that another lead had.
ALTER TABLE leads ADD note text;
SELECT array_agg(DISTINCT hash) AS hashes FROM leadscore.contact_key WHERE relation = 'leads'::regclass AND lead_id = '21' \gset
SELECT count(*) AS keys FROM leadscore.contact_key WHERE relation = 'leads'::regclass \gset
UPDATE leads SET note = 'called';
UPDATE leads SET full_name = full_name;
SELECT count(*) = :keys AS nothing_added FROM leadscore.contact_key WHERE relation = 'leads'::regclass;
UPDATE leads SET full_name = 'Сидорова Ольга', email = 'olga@mail.ru', phone = '+7 903 111-22-33' WHERE id = 21;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;
UPDATE leads SET full_name = 'Котов Пётр', email = 'kot@ya.ru', phone = '+7 901 000-00-01' WHERE id = 21;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;
BEGIN;
UPDATE leads SET full_name = 'Сидорова Ольга', email = 'olga@mail.ru', phone = '+7 903 111-22-33' WHERE id = 21;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;
ROLLBACK;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;
SELECT :'hashes' = array_agg(hash ORDER BY hash)::text AS same_keys_once FROM leadscore.contact_key WHERE relation = 'leads'::regclass AND lead_id = '21';
UPDATE leads SET id = 22 WHERE id = 21;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;
DELETE FROM leads WHERE id = 22;
INSERT INTO leads VALUES (22, 'Фролов Лев', 'lev@mail.ru', '+7 905 777-66-55', '2026-02-02');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id::int > 9;

-- To ask beforehand: a row of the table, without itself; any row; nobody; columns by role.
SELECT l.id, m.lead_id, m.weight > 5 AS is_heavy, m.probability > 0.5 AS is_likely FROM leads AS l, LATERAL leadscore.have_we_met('leads', l) AS m ORDER BY 1, 2;
SELECT m.lead_id FROM (SELECT 'Иван Иванов' AS name, 'ivan@mail.ru' AS mail, '+79123456789' AS tel) AS l, LATERAL leadscore.have_we_met('leads', l) AS m ORDER BY 1;
SELECT m.lead_id FROM (SELECT 'Иван Иванов' AS a, 'ivan@mail.ru' AS b, '+79123456789' AS c) AS l, LATERAL leadscore.have_we_met('leads', l) AS m ORDER BY 1;
SELECT m.lead_id FROM (SELECT 'Иван Иванов' AS a, 'ivan@mail.ru' AS b, '+79123456789' AS c) AS l, LATERAL leadscore.have_we_met('leads', l, '{"full_name": "a", "email": "b", "phone": "c"}') AS m ORDER BY 1;
SELECT * FROM leadscore.have_we_met('leads', NULL::leads);
SELECT * FROM leadscore.have_we_met('leads', ROW(1, 'x'));
SELECT * FROM leadscore.have_we_met('leads', 'x'::text);
SELECT * FROM leadscore.have_we_met(NULL, NULL::leads);
SELECT m.* FROM leads AS l, LATERAL leadscore.have_we_met('leads', l, '{"email": "nowhere"}') AS m;
SELECT m.* FROM leads AS l, LATERAL leadscore.have_we_met('leads', l, '{"mail": "email"}') AS m;
SELECT m.* FROM leads AS l, LATERAL leadscore.have_we_met('leads', l, '["email"]') AS m;
SELECT m.* FROM leads AS l, LATERAL leadscore.have_we_met('leads', l, '{"email": 1}') AS m;
SELECT m.* FROM leads AS l, LATERAL leadscore.have_we_met('leads', l, '{"created_at": "email"}') AS m;

-- Modes. A NOTICE and an error name the other lead's key and nothing else.
UPDATE leadscore.duplicate_index SET mode = 'warn' WHERE relation = 'leads'::regclass;
SET client_min_messages = notice;
INSERT INTO leads VALUES (30, 'Фролов Лев', 'lev@mail.ru', '+7 905 777-66-55', '2026-02-02');
SET client_min_messages = warning;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads') WHERE lead_id = '30';
SELECT leadscore.create_duplicate_index('leads', mode => 'reject');
INSERT INTO leads VALUES (31, 'Фролов Лев', 'lev@mail.ru', '+7 905 777-66-55', '2026-02-02');
INSERT INTO leads VALUES (32, 'Новиков Глеб', 'gleb@mail.ru', '+7 906 123-45-67', '2026-02-02'), (33, 'Глеб Новиков', 'gleb@mail.ru', '+7 906 123-45-67', '2026-02-02');
INSERT INTO leads VALUES (32, 'Новиков Глеб', 'gleb@mail.ru', '+7 906 123-45-67', '2026-02-02');
UPDATE leads SET full_name = 'Фролов Лев', email = 'lev@mail.ru', phone = '+7 905 777-66-55' WHERE id = 32;
BEGIN;
DELETE FROM leads WHERE id IN (22, 30);
INSERT INTO leads VALUES (31, 'Фролов Лев', 'lev@mail.ru', '+7 905 777-66-55', '2026-02-02');
COMMIT;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');
-- Leads that are truncated away are forgotten, unless that is undone.
BEGIN;
TRUNCATE leads;
SELECT (SELECT count(*) FROM leadscore.contact_key) AS keys, (SELECT count(*) FROM leadscore.duplicate_edge) AS edges;
INSERT INTO leads VALUES (31, 'Фролов Лев', 'lev@mail.ru', '+7 905 777-66-55', '2026-02-02');
SELECT (SELECT count(DISTINCT lead_id) FROM leadscore.contact_key) AS leads, (SELECT count(*) FROM leadscore.duplicate_edge) AS edges;
ROLLBACK;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads');
SELECT leadscore.drop_duplicate_index('leads'), leadscore.drop_duplicate_index('leads'), leadscore.drop_duplicate_index(NULL);
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'leads'::regclass;
SELECT (SELECT count(*) FROM leadscore.contact_key), (SELECT count(*) FROM leadscore.duplicate_edge), (SELECT count(*) FROM leadscore.duplicate_index);
DROP TABLE leads;

-- Nor do they make those that come after them look usual: of a key that many leads share only the newest are looked at.
CREATE TABLE callers (id integer PRIMARY KEY, full_name text, email text, phone text, created_at timestamptz NOT NULL);
SELECT leadscore.create_duplicate_index('callers');
INSERT INTO callers SELECT n, 'Громов Пётр', 'gromov@mail.ru', '+7 903 118-44-02', '2026-02-01'::timestamptz + n * interval '1 hour' FROM generate_series(1, 25) AS n;
TRUNCATE callers;
INSERT INTO callers SELECT n, 'Громов Пётр', 'gromov@mail.ru', '+7 903 118-44-02', '2026-03-01'::timestamptz + n * interval '1 hour' FROM generate_series(31, 38) AS n;
UPDATE callers SET full_name = 'Other ' || chr(34 + id), email = id || '@other.example', phone = NULL WHERE id BETWEEN 32 AND 37;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('callers');
DROP TABLE callers;
SELECT leadscore.clean_duplicate_indexes();

-- The same client today and yesterday; after thirty days to the microsecond, after one more; and what then counts.
CREATE TABLE requests (id integer PRIMARY KEY, name text, phone text, created_at timestamptz NOT NULL);
SELECT leadscore.create_duplicate_index('requests', within => '30 days');
INSERT INTO requests SELECT n, 'Ильина Вера', '+7 911 222-33-44', t::timestamptz FROM (VALUES (1, '2026-03-01 12:00'), (2, '2026-03-02 12:00'), (3, '2026-03-31 12:00'), (4, '2026-03-31 12:00:00.000001'), (5, '2026-04-20'), (6, '2026-04-30 12:00:00.000001'), (7, '2026-04-30 12:00:00.000002')) AS v (n, t);
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('requests');
SELECT m.lead_id FROM (SELECT 'Ильина Вера' AS name, '+7 911 222-33-44' AS phone, '2026-05-30 12:00:00.000001+00'::timestamptz AS created_at) AS l, LATERAL leadscore.have_we_met('requests', l) AS m ORDER BY 1;
SELECT leadscore.create_duplicate_index('requests', within => '30 days', window_mode => 'sliding');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('requests');
UPDATE requests SET created_at = created_at - interval '60 days' WHERE id < 5;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('requests');
SELECT leadscore.create_duplicate_index('requests', within => '0');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('requests');
INSERT INTO requests SELECT 8, name, phone, created_at FROM requests WHERE id = 7;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('requests');
DROP TABLE requests;
SELECT leadscore.clean_duplicate_indexes(), leadscore.clean_duplicate_indexes();
SELECT (SELECT count(*) FROM leadscore.contact_key), (SELECT count(*) FROM leadscore.duplicate_edge), (SELECT count(*) FROM leadscore.duplicate_index);

-- Keys of any type, names in need of quotes, columns of any type, times without a zone.
CREATE DOMAIN key_domain AS varchar(20) CHECK (VALUE <> 'no');
CREATE TABLE "We ""ird" ("K ey" key_domain UNIQUE, "First" char(20), "ФИО" text, "Mail" varchar, tel bigint, dob date, came timestamp);
SELECT leadscore.create_duplicate_index('"We ""ird"', key => 'K ey', columns => '{"first_name": "First", "last_name": "ФИО", "email": "Mail", "birth_date": "dob", "created_at": "came"}');
SET timezone = 'Asia/Tokyo';
SET DateStyle = 'German';
INSERT INTO "We ""ird" VALUES ('a''b', 'Иван', 'Иванов', NULL, 79123456789, '1990-12-31', '2026-01-01 00:00'), ('№ 2', 'Ivan', 'Ivanov', 'x@y.ru', 79123456789, '1990-12-31', '2026-01-02 00:00'), (NULL, 'Ivan', 'Ivanov', NULL, 79123456789, '1990-12-31', '2026-01-01');
RESET DateStyle;
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('"We ""ird"');
SET timezone = 'UTC';
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('"We ""ird"');
SELECT leadscore.is_duplicate('"We ""ird"', '№ 2'), leadscore.is_duplicate('"We ""ird"', 'no');
DROP TABLE "We ""ird";
CREATE TABLE by_uuid (id uuid PRIMARY KEY, email text, phone text);
SELECT leadscore.create_duplicate_index('by_uuid');
INSERT INTO by_uuid VALUES ('00000000-0000-0000-0000-00000000000a', 'a@b.ru', '+7 912 345-67-89'), ('00000000-0000-0000-0000-000000000001', 'a@b.ru', '+7 912 345-67-89');
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('by_uuid');
DROP TABLE by_uuid;

-- Partitions, whose columns need not stand in the same order; leads that move; and rows put into a partition itself.
CREATE TABLE parted (id bigint, email text, phone text, created_at timestamptz, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE parted_1 (created_at timestamptz NOT NULL, gone text, phone text, email text, id bigint NOT NULL);
ALTER TABLE parted_1 DROP gone;
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY RANGE (created_at);
CREATE TABLE parted_2a PARTITION OF parted_2 FOR VALUES FROM ('2026-02-01') TO ('2026-02-15');
INSERT INTO parted VALUES (1, 'a@b.ru', '+7 912 345-67-89', '2026-01-10');
SELECT leadscore.create_duplicate_index('parted');
CREATE TABLE parted_2b PARTITION OF parted_2 FOR VALUES FROM ('2026-02-15') TO ('2026-03-01');
INSERT INTO parted VALUES (2, 'a@b.ru', '+7 912 345-67-89', '2026-02-10');
INSERT INTO parted_2b VALUES (3, 'a@b.ru', '+7 912 345-67-89', '2026-02-20');
INSERT INTO parted_1 (id, email, phone, created_at) VALUES (4, 'c@d.ru', '+7 912 345-00-00', '2026-01-20');
INSERT INTO parted VALUES (5, 'c@d.ru', '+7 912 345-00-00', '2026-02-20');
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('parted');
UPDATE parted SET created_at = '2026-01-01' WHERE id = 3;
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('parted');
UPDATE parted SET email = 'e@f.ru', phone = '+7 903 111-22-33' WHERE id = 3;
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('parted');
ALTER TABLE parted DETACH PARTITION parted_1;
INSERT INTO parted VALUES (6, 'a@b.ru', '+7 912 345-67-89', '2026-02-11'), (7, 'c@d.ru', '+7 912 345-00-00', '2026-02-12');
INSERT INTO parted_1 (id, email, phone, created_at) VALUES (8, 'c@d.ru', '+7 912 345-00-00', '2026-01-20');
SELECT lead_id, primary_id, at FROM leadscore.duplicate_leads('parted');
SELECT leadscore.create_duplicate_index('parted_2a');
SELECT leadscore.create_duplicate_index('parted_1');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('parted_1');
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
SELECT leadscore.create_duplicate_index('parted');
DROP TABLE parted;
SELECT leadscore.clean_duplicate_indexes();

-- A rule of one's own, and what changes in it, counts from the next statement on.
SELECT leadscore.create_match_rule('mine');
CREATE TABLE ruled (id int PRIMARY KEY, email text, created_at timestamptz DEFAULT '2026-01-01');
SELECT leadscore.create_duplicate_index('ruled', 'mine');
INSERT INTO ruled VALUES (1, 'a@b.ru'), (2, 'a@b.ru');
UPDATE leadscore.match_rule SET prior = 1e-9 WHERE rule = 'mine';
INSERT INTO ruled VALUES (3, 'a@b.ru');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('ruled');
BEGIN;
UPDATE leadscore.match_rule SET prior = 0.1 WHERE rule = 'mine';
INSERT INTO ruled VALUES (4, 'a@b.ru');
ROLLBACK;
INSERT INTO ruled VALUES (5, 'a@b.ru');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('ruled');
UPDATE leadscore.match_rule SET prior = 0.1 WHERE rule = 'mine';
INSERT INTO ruled VALUES (6, 'a@b.ru');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('ruled');

-- An index that cannot be used keeps no lead from being written, unless it is to reject.
ALTER TABLE ruled RENAME email TO mail;
INSERT INTO ruled VALUES (7, 'a@b.ru');
SELECT * FROM leadscore.duplicate_leads('ruled');
UPDATE leadscore.duplicate_index SET mode = 'reject' WHERE relation = 'ruled'::regclass;
INSERT INTO ruled VALUES (8, 'a@b.ru');
SELECT leadscore.create_duplicate_index('ruled', 'mine');
ALTER TABLE ruled ALTER id TYPE text;
INSERT INTO ruled VALUES ('x', 'a@b.ru');
SELECT leadscore.create_duplicate_index('ruled', 'mine');
INSERT INTO ruled VALUES ('y', 'a@b.ru');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('ruled') WHERE lead_id ~ 'x|y';
ALTER TABLE ruled DROP CONSTRAINT ruled_pkey;
INSERT INTO ruled VALUES ('z', 'a@b.ru');
DELETE FROM leadscore.match_rule WHERE rule = 'mine';
DROP TABLE ruled;

-- Privileges: who may write leads needs no others; who may not read them learns nothing; who is not the owner changes nothing.
CREATE ROLE regress_duplicate_owner;
CREATE ROLE regress_duplicate_writer;
GRANT USAGE, CREATE ON SCHEMA duplicate_index TO regress_duplicate_owner;
GRANT USAGE ON SCHEMA duplicate_index TO regress_duplicate_writer;
SET ROLE regress_duplicate_owner;
CREATE TABLE owned (id int PRIMARY KEY, email text, phone text, team text);
GRANT INSERT ON owned TO regress_duplicate_writer;
INSERT INTO owned VALUES (1, 'a@b.ru', '+7 912 345-67-89', 'other');
SELECT leadscore.create_duplicate_index('owned');
SET ROLE regress_duplicate_writer;
SET search_path = '';
INSERT INTO duplicate_index.owned VALUES (2, 'a@b.ru', '+7 912 345-67-89', 'writers');
SET search_path = duplicate_index;
SELECT * FROM leadscore.duplicate_leads('owned');
SELECT * FROM leadscore.is_duplicate('owned', '2');
SELECT * FROM leadscore.have_we_met('owned', NULL::owned);
SELECT leadscore.create_duplicate_index('owned');
SELECT leadscore.drop_duplicate_index('owned');
SELECT leadscore.unregister_duplicate_index('owned');
SELECT leadscore.fill_duplicate_index('owned');
SELECT leadscore.note_existing_duplicates('owned');
SELECT * FROM leadscore.contact_key;
SELECT * FROM leadscore.secret;
SELECT * FROM leadscore.duplicate_edge;
SET ROLE regress_duplicate_owner;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('owned');
SELECT m.lead_id FROM owned AS l, LATERAL leadscore.have_we_met('owned', l) AS m ORDER BY 1;
SELECT * FROM leadscore.contact_key;
GRANT SELECT ON owned TO regress_duplicate_writer;
ALTER TABLE owned ENABLE ROW LEVEL SECURITY;
CREATE POLICY teams ON owned USING (team = 'writers');
SET ROLE regress_duplicate_writer;
INSERT INTO owned VALUES (3, 'a@b.ru', '+7 912 345-67-89', 'writers');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('owned');
SELECT l.id, m.lead_id FROM owned AS l, LATERAL leadscore.have_we_met('owned', l) AS m ORDER BY 1, 2;
SET ROLE regress_duplicate_owner;
SELECT leadscore.drop_duplicate_index('owned');
DROP TABLE owned;
RESET ROLE;

-- What cannot have an index, and wrong arguments.
CREATE TABLE wrong (id int PRIMARY KEY, email text, at date, when_at timestamptz UNIQUE);
CREATE VIEW wrong_view AS SELECT * FROM wrong;
CREATE TEMP TABLE wrong_temp (id int PRIMARY KEY, email text);
SELECT leadscore.create_duplicate_index(NULL);
SELECT leadscore.create_duplicate_index('wrong', NULL);
SELECT leadscore.create_duplicate_index('wrong', 'none');
SELECT leadscore.create_duplicate_index('wrong', key => 'nothing');
SELECT leadscore.create_duplicate_index('wrong', key => 'email');
SELECT leadscore.create_duplicate_index('wrong', key => 'when_at');
SELECT leadscore.create_duplicate_index('wrong', mode => 'merge');
SELECT leadscore.create_duplicate_index('wrong', within => '-1 day');
SELECT leadscore.create_duplicate_index('wrong', within => '1 day');
SELECT leadscore.create_duplicate_index('wrong', within => '1 day', columns => '{"created_at": "at"}', window_mode => 'rolling');
SELECT leadscore.create_duplicate_index('wrong', threshold => 1);
SELECT leadscore.create_duplicate_index('wrong', threshold => 'NaN');
SELECT leadscore.create_duplicate_index('wrong', most_candidates => 0);
SELECT leadscore.create_duplicate_index('wrong', columns => '{"email": null}');
SELECT leadscore.create_duplicate_index('wrong_view');
SELECT leadscore.create_duplicate_index('wrong_temp');
SELECT leadscore.create_duplicate_index('pg_class');
SELECT leadscore.create_duplicate_index(0);
SELECT leadscore.duplicate_leads('wrong');
SELECT leadscore.duplicate_leads(NULL);
SELECT leadscore.mark_duplicate();
CREATE TRIGGER by_hand AFTER INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION leadscore.mark_duplicate();
INSERT INTO wrong (id) VALUES (1);
DROP TRIGGER by_hand ON wrong;
CREATE TRIGGER by_hand BEFORE INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION leadscore.mark_duplicate();
INSERT INTO wrong (id) VALUES (1);
DROP TRIGGER by_hand ON wrong;
CREATE TRIGGER by_hand_too AFTER INSERT ON wrong FOR EACH STATEMENT EXECUTE FUNCTION leadscore.mark_duplicate();
INSERT INTO wrong (id) VALUES (1);
DROP TRIGGER by_hand_too ON wrong;
INSERT INTO wrong (id) VALUES (1);
-- What leadscore.duplicate_leads() asks is refused when others ask it wrongly.
\set VERBOSITY terse
SELECT * FROM leadscore.settle_duplicates(NULL, '{}', '{}', '{}', '{}', '{}', '1 day', 'anchored');
SELECT * FROM leadscore.settle_duplicates('{a}', '{2026-01-01}', '{2026-01-01}', NULL, NULL, NULL, '1 day', 'anchored');
SELECT * FROM leadscore.settle_duplicates('{a}', '{2026-01-01}', '{NULL}', '{}', '{}', '{}', NULL, NULL);
SELECT * FROM leadscore.settle_duplicates('{a,NULL}', '{2026-01-01,2026-01-02}', '{NULL,NULL}', '{}', '{}', '{}', NULL, 'anchored');
SELECT * FROM leadscore.settle_duplicates('{a,b}', '{2026-01-01,NULL}', '{NULL,NULL}', '{}', '{}', '{}', NULL, 'anchored');
SELECT * FROM leadscore.settle_duplicates('{a,b}', '{2026-01-01,2026-01-02}', '{NULL,NULL}', '{a,NULL}', '{NULL,b}', '{0.5,NULL}', NULL, 'anchored');
SELECT * FROM leadscore.settle_duplicates('{a,b}', '{2026-01-01,2026-01-02}', '{NULL,NULL}', '{a,a}', '{b}', '{0.5,0.6}', NULL, 'anchored');
DROP VIEW wrong_view;
DROP TABLE wrong, wrong_temp;
DROP DOMAIN key_domain;
DROP SCHEMA duplicate_index;
DROP ROLE regress_duplicate_owner, regress_duplicate_writer;
DROP EXTENSION leadscore;
