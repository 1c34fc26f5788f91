-- A database in which everything of the extension has something to work on: models, frameworks, rules, attached tables.
-- For test/tap/garden.pl and test/tap/sqlsmith.pl; the schema garden is theirs.
CREATE EXTENSION leadscore;
CREATE SCHEMA garden;
CREATE ROLE garden_guest;
GRANT USAGE ON SCHEMA garden TO garden_guest;
SET client_min_messages = warning;

-- What no encoding allows can be in a database of an old server: this is how it comes into this one.
CREATE CAST (bytea AS text) WITHOUT FUNCTION;

CREATE DOMAIN garden.short AS text CHECK (length(VALUE) < 1000);
CREATE TABLE garden.lead (
  id bigint PRIMARY KEY, name text, company text, email garden.short, phone text, channel text, owner text, status text, gone text, amount numeric, created_at timestamptz, closed_at timestamptz, visits integer,
  full_name text, accepted boolean, price_requested boolean, paid boolean, weight float8, born date, won boolean, notes jsonb, tags text[]);
ALTER TABLE garden.lead DROP COLUMN gone;
INSERT INTO garden.lead
SELECT n, 'Иван Орлов ' || n % 7, 'ООО Ромашка ' || n % 5, 'a' || n / 2 || '@b.ru', '+7916204173' || n % 10, (ARRAY['ads', 'seo', 'direct', NULL])[1 + n % 4], (ARRAY['Ольга', 'Павел'])[1 + n % 2], (ARRAY['new', 'work', 'paid', NULL])[1 + n % 4],
  n * 1000, '2026-01-01'::timestamptz + n * '1 day'::interval, CASE WHEN n % 3 = 0 THEN '2026-06-01'::timestamptz END, n % 9, 'Anna Berg', n % 2 = 0, n % 3 = 0, n % 5 = 0, n / 7.0, '1980-01-01', n % 2 = 0 OR n % 5 = 0, '{"a": [1, null]}', '{a,NULL}'
FROM generate_series(1, 120) AS n;
INSERT INTO garden.lead (id, created_at, amount, weight, visits) VALUES
  (1001, 'infinity', 'NaN', 'NaN', 2147483647), (1002, '-infinity', 'infinity', '-infinity', -2147483648), (1003, '4713-01-01 BC', '1e1000', 1e308, 0), (1004, '294276-12-31', -1e20, 5e-324, NULL), (9223372036854775807, NULL, NULL, NULL, NULL), (-9223372036854775808, NULL, 0, '-0', 1);
CREATE TABLE garden.event (lead bigint, event text, at timestamptz);
CREATE INDEX ON garden.event (lead);
INSERT INTO garden.event SELECT n % 50, (ARRAY['demo', 'view', NULL, ''])[1 + n % 4], '2026-02-01'::timestamptz + n * '1 hour'::interval FROM generate_series(1, 200) AS n;
INSERT INTO garden.event VALUES (1, 'demo', 'infinity'), (2, 'demo', '-infinity'), (3, NULL, NULL), (NULL, 'demo', now());
CREATE TABLE garden.region (region text, id integer, email text, visits integer, amount float8, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE garden.region_a PARTITION OF garden.region FOR VALUES IN ('a');
CREATE TABLE garden.region_other PARTITION OF garden.region DEFAULT;
INSERT INTO garden.region SELECT CASE WHEN n % 2 = 0 THEN 'a' ELSE repeat('Ы,"{}', n) END, n, 'a' || n || '@b.ru', n, n FROM generate_series(1, 20) AS n;
CREATE TABLE garden.status_change (lead bigint, status text, at timestamptz);
INSERT INTO garden.status_change SELECT n % 40, (ARRAY['new', 'work', 'paid', NULL])[1 + n % 4], '2026-01-01'::timestamptz + n * '1 day'::interval FROM generate_series(1, 200) AS n;
INSERT INTO garden.status_change VALUES (1, 'new', 'infinity'), (NULL, 'new', now()), (2, NULL, NULL);
CREATE TABLE garden.label (a bigint, b bigint, is_duplicate boolean);
INSERT INTO garden.label SELECT n, n + 1, n % 2 = 0 FROM generate_series(1, 60) AS n;
CREATE TABLE garden.bare (n integer);
INSERT INTO garden.bare VALUES (1), (NULL);
CREATE VIEW garden.seen AS SELECT * FROM garden.lead;
CREATE TABLE garden.duplicated (id bigint PRIMARY KEY, email text, phone text, name text);
INSERT INTO garden.duplicated SELECT n, 'a' || n / 2 || '@b.ru', '+7916204173' || n % 10, 'Иван Орлов' FROM generate_series(1, 30) AS n;
DO $$ BEGIN EXECUTE 'CREATE TABLE garden.wide (' || (SELECT string_agg('c' || n || ' integer', ', ') FROM generate_series(1, 1500) AS n) || ')'; END $$;
INSERT INTO garden.wide DEFAULT VALUES;
CREATE TABLE garden.dropped (n integer);
SELECT 'garden.dropped'::regclass::oid AS dropped \gset
DROP TABLE garden.dropped;
CREATE FUNCTION garden.dropped_relation() RETURNS regclass LANGUAGE sql IMMUTABLE RETURN :dropped::oid::regclass;

SELECT leadscore.create_model('b2b', 'b2b', 'garden.lead'), leadscore.create_model('empty', 'blank');
INSERT INTO leadscore.model (model, status, time_zone) VALUES ('m', 'status', 'Europe/Moscow');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'visits > 2', '2 * visits'), ('m', 'advertising', $$channel = 'ads'$$, '10'), ('m', 'active', 'engagement > 1', '5');
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('m', 'grade', 'A', 20, 15), ('m', 'grade', 'B', 0, NULL), ('m', 'temperature', 'hot', 10, NULL);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open'), ('m', 'customer', 3, 'won'), ('m', 'hold', 4, 'hold'), ('m', 'lost', 5, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'visits', 'visits > 5');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'work', 'mql'), ('m', 'paid', 'customer');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'demo', 4, '30 days'), ('m', 'view', 1, '1 day');
SELECT leadscore.save_model_version('m') > 0, leadscore.create_framework('BANT'), leadscore.create_framework('MEDDIC'), leadscore.create_match_rule('mine');
SELECT leadscore.create_duplicate_index('garden.duplicated');
SELECT leadscore.attach('garden.lead', 'm', events => 'garden.event', source => 'lead', duplicates => 'mark'), leadscore.attach('garden.region', 'empty', source => 'region');
RESET client_min_messages;
GRANT SELECT ON ALL TABLES IN SCHEMA garden TO garden_guest;
-- Many texts would drop this table, if any were run as SQL.
CREATE TABLE garden.canary (n integer);
CREATE FUNCTION garden.canary_dies() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_event_trigger_dropped_objects() AS o WHERE o.object_identity = 'garden.canary') THEN
    RAISE EXCEPTION 'the canary is dead' USING ERRCODE = 'XX999';
  END IF;
END
$$;
CREATE EVENT TRIGGER canary_dies ON sql_drop EXECUTE FUNCTION garden.canary_dies();
-- Ordinary use of what is attached.
UPDATE garden.lead SET visits = visits + 3 WHERE id BETWEEN 1 AND 30;
UPDATE garden.lead SET status = 'paid' WHERE id BETWEEN 20 AND 40;
DELETE FROM garden.lead WHERE id BETWEEN 110 AND 112;
ANALYZE;
