-- What each change of the definition of an attached table, or of its events, comes to: whoever writes goes on writing,
-- and verify() says what is wrong.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
SET client_min_messages = error;
INSERT INTO leadscore.model (model, status, time_zone) VALUES ('m', 'status', 'UTC');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'true', '10 * visits'), ('m', 'active', 'engagement > 0', '5'), ('m', 'first', 'NOT is_duplicate', '1');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'call', 10, '1000 years');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'customer', 2, 'won');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'paid', 'customer');

-- A table of leads with events, fresh for each change: 1 and 2 are one person, 1 has an event.
CREATE SCHEMA crm;
CREATE PROCEDURE make_leads(on_error text DEFAULT 'mark') LANGUAGE plpgsql AS $$
BEGIN
  CREATE TABLE crm.leads (id integer PRIMARY KEY, email text, channel text, status text, budget numeric, created_at timestamptz DEFAULT '2026-01-01', visits integer, note text);
  CREATE TABLE crm.acts (lead integer, event text, at timestamptz DEFAULT '2026-01-02');
  CREATE INDEX ON crm.acts (lead);
  INSERT INTO crm.leads (id, email, channel, budget, visits, created_at) VALUES (1, 'a@b.ru', 'ads', 100, 1, '2026-01-01'), (2, 'a@b.ru', 'seo', 200, 2, '2026-01-02');
  INSERT INTO crm.acts VALUES (1, 'call');
  PERFORM leadscore.attach('crm.leads', 'm', events => 'crm.acts', source => 'leads', duplicates => 'mark', on_error => make_leads.on_error);
END
$$;
CREATE FUNCTION said(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RETURN 'done';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE FUNCTION states() RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s:%s/%s/%s/%s/%s%s', s.lead, coalesce(s.score::text, '-'), coalesce(g.stage, '-'), coalesce(s.channel, '-'), coalesce(s.amount::text, '-'), s.events, CASE WHEN s.is_duplicate THEN ' again' ELSE '' END) || coalesce(' (' || s.problem || ')', ''), E'\n' ORDER BY s.lead)
  FROM leadscore.lead_state AS s LEFT JOIN leadscore.source_stage AS g USING (source_id, stage_id)
$$;
CREATE FUNCTION faults(source text DEFAULT 'leads') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN coalesce((SELECT string_agg(concat_ws(': ', v.lead, v.problem), E'\n' ORDER BY v.lead, v.problem) FROM leadscore.verify(source) AS v WHERE v.problem NOT LIKE 'heat %'), 'none');
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
-- Changes the table, then writes: a new lead, one that changes, one that goes, an event. Shows what is known in the end,
-- what verify() says, and what refresh() leaves of that.
CREATE PROCEDURE try(what text, change text, writes text[] DEFAULT ARRAY[
  'INSERT INTO crm.leads (id, email, visits) VALUES (3, ''a@b.ru'', 3)', 'UPDATE crm.leads SET email = email, note = ''x'' WHERE id = 2', 'DELETE FROM crm.leads WHERE id = 1', 'INSERT INTO crm.acts (lead, event) VALUES (3, ''call'')', 'UPDATE crm.leads SET note = ''y'''],
  on_error text DEFAULT 'mark') LANGUAGE plpgsql AS $$
DECLARE
  outcome text;
BEGIN
  CALL make_leads(on_error);
  outcome := said(change);
  RAISE INFO E'--- %: %', what, outcome;
  FOR i IN 1 .. cardinality(writes) LOOP
    outcome := said(writes[i]);
    IF outcome <> 'done' THEN
      RAISE INFO 'NOT WRITTEN: %: %', writes[i], outcome;
    END IF;
  END LOOP;
  RAISE INFO '%', states();
  outcome := faults();
  RAISE INFO 'faults: %', outcome;
  IF outcome <> 'none' THEN
    RAISE INFO 'refresh(): %', said($s$SELECT leadscore.refresh('leads')$s$);
    RAISE INFO 'faults: %', faults();
    RAISE INFO '%', states();
  END IF;
  outcome := said($s$SELECT leadscore.detach('leads')$s$);
  IF outcome <> 'done' THEN
    RAISE INFO 'detach(): %', outcome;
  END IF;
  SET LOCAL client_min_messages = error;
  DROP TABLE IF EXISTS crm.leads, crm.acts, crm.people, sales.leads CASCADE;
  PERFORM leadscore.clean_sources();
END
$$;
\set VERBOSITY terse
CREATE SCHEMA sales;
CALL try('nothing', 'SELECT 1');
CALL try('rename table', 'ALTER TABLE crm.leads RENAME TO people; CREATE VIEW crm.leads AS SELECT * FROM crm.people', ARRAY['UPDATE crm.people SET visits = 5', 'DROP VIEW crm.leads']);
CALL try('rename schema', 'ALTER SCHEMA crm RENAME TO other', ARRAY['INSERT INTO other.leads (id, visits) VALUES (3, 3)', 'DELETE FROM other.leads WHERE id = 1', 'INSERT INTO other.acts VALUES (3, ''call'')', 'ALTER SCHEMA other RENAME TO crm']);
CALL try('set schema', 'ALTER TABLE crm.leads SET SCHEMA sales', ARRAY['UPDATE sales.leads SET visits = 5', 'INSERT INTO crm.acts (lead, event) VALUES (2, ''call'')']);
CALL try('rename key', 'ALTER TABLE crm.leads RENAME id TO number', ARRAY['INSERT INTO crm.leads (number, email, visits) VALUES (3, ''a@b.ru'', 3)', 'DELETE FROM crm.leads WHERE number = 1', 'INSERT INTO crm.acts (lead, event) VALUES (3, ''call'')']);
CALL try('rename role', 'ALTER TABLE crm.leads RENAME channel TO origin; ALTER TABLE crm.leads RENAME email TO mail', ARRAY['INSERT INTO crm.leads (id, mail, origin, visits) VALUES (3, ''a@b.ru'', ''seo'', 3)', 'UPDATE crm.leads SET origin = ''ref'' WHERE id = 1']);
CALL try('rename condition column', 'ALTER TABLE crm.leads RENAME visits TO calls', ARRAY['INSERT INTO crm.leads (id, calls) VALUES (3, 3)', 'UPDATE crm.leads SET calls = 5 WHERE id = 1']);
CALL try('rename condition column, raise', 'ALTER TABLE crm.leads RENAME visits TO calls', ARRAY['INSERT INTO crm.leads (id, calls) VALUES (3, 3)', 'DELETE FROM crm.leads WHERE id = 2'], 'raise');
CALL try('rename event columns', 'ALTER TABLE crm.acts RENAME lead TO who; ALTER TABLE crm.acts RENAME event TO what; ALTER TABLE crm.acts RENAME at TO since', ARRAY['INSERT INTO crm.acts (who, what) VALUES (2, ''call'')']);
CALL try('drop key', 'ALTER TABLE crm.leads DROP id', ARRAY['INSERT INTO crm.leads (visits) VALUES (3)', 'UPDATE crm.leads SET visits = 3', 'DELETE FROM crm.leads', 'INSERT INTO crm.acts (lead, event) VALUES (2, ''call'')']);
CALL try('drop channel', 'ALTER TABLE crm.leads DROP channel');
CALL try('drop email', 'ALTER TABLE crm.leads DROP email', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (3, 3)', 'UPDATE crm.leads SET visits = 5', 'DELETE FROM crm.leads WHERE id = 1', 'INSERT INTO crm.acts (lead, event) VALUES (3, ''call'')']);
CALL try('drop created_at', 'ALTER TABLE crm.leads DROP created_at');
CALL try('drop condition column', 'ALTER TABLE crm.leads DROP visits', ARRAY['INSERT INTO crm.leads (id) VALUES (3)', 'UPDATE crm.leads SET note = ''x''', 'DELETE FROM crm.leads WHERE id = 1', 'INSERT INTO crm.acts (lead, event) VALUES (3, ''call'')']);
CALL try('drop event lead', 'ALTER TABLE crm.acts DROP lead', ARRAY['INSERT INTO crm.acts (event) VALUES (''call'')', 'UPDATE crm.leads SET visits = 5']);
CALL try('drop event at', 'ALTER TABLE crm.acts DROP at');
CALL try('add', 'ALTER TABLE crm.leads ADD extra integer DEFAULT 5, ADD made text GENERATED ALWAYS AS (email) STORED');
CALL try('key bigint', 'ALTER TABLE crm.leads ALTER id TYPE bigint');
CALL try('key bigint, large', 'ALTER TABLE crm.leads ALTER id TYPE bigint', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (99999999999, 3)', 'INSERT INTO crm.acts (lead, event) VALUES (1, ''call'')']);
CALL try('events bigint', 'ALTER TABLE crm.acts ALTER lead TYPE bigint', ARRAY['INSERT INTO crm.acts (lead, event) VALUES (99999999999, ''call''), (2, ''call'')']);
CALL try('events text', 'ALTER TABLE crm.acts ALTER lead TYPE text', ARRAY['INSERT INTO crm.acts (lead, event) VALUES (''x'', ''call''), (''2'', ''call'')', 'UPDATE crm.leads SET visits = 6', 'INSERT INTO crm.leads (id, visits) VALUES (3, 3)']);
CALL try('key text', 'ALTER TABLE crm.leads ALTER id TYPE text', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (''x'', 3)', 'UPDATE crm.leads SET visits = 5', 'DELETE FROM crm.leads WHERE id = ''1''', 'INSERT INTO crm.acts (lead, event) VALUES (2, ''call'')']);
CALL try('key and events text', 'ALTER TABLE crm.leads ALTER id TYPE varchar; ALTER TABLE crm.acts ALTER lead TYPE text', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (''x'', 3)', 'UPDATE crm.leads SET visits = 5', 'DELETE FROM crm.leads WHERE id = ''1''', 'INSERT INTO crm.acts (lead, event) VALUES (''x'', ''call'')']);
CALL try('key numeric', 'ALTER TABLE crm.leads ALTER id TYPE numeric(10, 2)');
CALL try('key float', 'ALTER TABLE crm.leads ALTER id TYPE float8');
CALL try('key timestamptz', 'ALTER TABLE crm.leads ALTER id TYPE timestamptz USING to_timestamp(id)', ARRAY['UPDATE crm.leads SET visits = 5']);
CALL try('types', 'ALTER TABLE crm.leads ALTER channel TYPE varchar(10), ALTER created_at TYPE timestamp, ALTER budget TYPE float8, ALTER visits TYPE bigint');
CALL try('types text', 'ALTER TABLE crm.leads ALTER created_at DROP DEFAULT, ALTER created_at TYPE text, ALTER budget TYPE text, ALTER email TYPE varchar(100), ALTER status TYPE integer USING 1');
CALL try('visits text', 'ALTER TABLE crm.leads ALTER visits TYPE text', ARRAY['INSERT INTO crm.leads (id, email, visits) VALUES (3, ''a@b.ru'', 3)', 'UPDATE crm.leads SET note = ''x'' WHERE id = 1']);
CALL try('email int', 'ALTER TABLE crm.leads ALTER email TYPE integer USING 5', ARRAY['INSERT INTO crm.leads (id, email, visits) VALUES (3, 5, 3)', 'UPDATE crm.leads SET note = ''x'' WHERE id = 1']);
CALL try('email bytea', 'ALTER TABLE crm.leads ALTER email TYPE bytea USING ''''', ARRAY['INSERT INTO crm.leads (id, email, visits) VALUES (3, ''5'', 3)', 'UPDATE crm.leads SET note = ''x'' WHERE id = 1']);
CALL try('event at text', 'ALTER TABLE crm.acts ALTER at DROP DEFAULT, ALTER at TYPE text, ALTER event TYPE varchar');
CALL try('drop table', 'DROP TABLE crm.leads', ARRAY['INSERT INTO crm.acts (lead, event) VALUES (2, ''call'')']);
CALL try('drop events', 'DROP TABLE crm.acts', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (3, 3)', 'UPDATE crm.leads SET visits = 9 WHERE id = 1']);
CALL try('inherit', 'CREATE TABLE crm.people (id integer PRIMARY KEY) INHERITS (crm.leads)', ARRAY['INSERT INTO crm.people (id, visits) VALUES (9, 9)', 'UPDATE crm.leads SET visits = 5']);
CALL try('is inherited', 'CREATE TABLE crm.people AS SELECT * FROM crm.leads; ALTER TABLE crm.leads INHERIT crm.people', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (9, 9)', 'UPDATE crm.people SET visits = 5']);
CALL try('disable trigger', 'ALTER TABLE crm.leads DISABLE TRIGGER ALL');
CALL try('drop trigger', 'DROP TRIGGER leadscore_sync_update ON crm.leads; DROP TRIGGER leadscore_sync_insert ON crm.acts');
CALL try('drop pk', 'ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (3, 3), (3, 4)', 'UPDATE crm.leads SET visits = 5', 'INSERT INTO crm.leads (id, visits) VALUES (3, 3)', 'UPDATE crm.leads SET visits = 5']);
CALL try('drop pk null', 'ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey; ALTER TABLE crm.leads ALTER id DROP NOT NULL', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (NULL, 3)', 'UPDATE crm.leads SET visits = 5', 'DELETE FROM crm.leads WHERE id = 1']);
CALL try('replace pk', 'ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey, ADD PRIMARY KEY (id)');
CALL try('like', 'CREATE TABLE crm.people (LIKE crm.leads INCLUDING ALL)', ARRAY['INSERT INTO crm.people (id) VALUES (9)']);
CALL try('cluster', 'CLUSTER crm.leads USING leads_pkey');
CALL try('unlogged', 'ALTER TABLE crm.leads SET UNLOGGED; ALTER TABLE crm.acts SET UNLOGGED');
CALL try('truncate', 'TRUNCATE crm.leads CASCADE');
CALL try('truncate events by foreign key', 'ALTER TABLE crm.acts ADD FOREIGN KEY (lead) REFERENCES crm.leads; TRUNCATE crm.leads CASCADE', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (3, 3)', 'INSERT INTO crm.acts (lead, event) VALUES (3, ''call'')']);
CALL try('default', 'ALTER TABLE crm.leads ALTER created_at DROP DEFAULT, ALTER id ADD GENERATED ALWAYS AS IDENTITY (START 10)', ARRAY['INSERT INTO crm.leads (visits) VALUES (3)']);
CALL try('rls', 'ALTER TABLE crm.leads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');
CALL try('enum key', 'CREATE TYPE crm.kind AS ENUM (''1'', ''2''); ALTER TABLE crm.leads ALTER id TYPE crm.kind USING id::text::crm.kind', ARRAY['UPDATE crm.leads SET visits = 5']);
DROP TYPE crm.kind;
-- Checks of domains are anybody's code: they are not run as the owner of the extension.
CREATE ROLE regress_tells;
CREATE FUNCTION tell() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF current_user <> 'regress_tells' THEN RAISE INFO 'run as somebody else'; END IF; RETURN true; END $$;
CREATE DOMAIN crm.inner_key AS integer CHECK (tell());
CREATE DOMAIN crm.outer_key AS crm.inner_key CHECK (tell());
GRANT CREATE, USAGE ON SCHEMA crm TO regress_tells;
SET ROLE regress_tells;
CREATE TABLE crm.told (id integer PRIMARY KEY, visits integer, status text);
SELECT leadscore.attach('crm.told', 'm', source => 'told');
INSERT INTO crm.told VALUES (1, 1), (2, 2);
ALTER TABLE crm.told ALTER id TYPE crm.outer_key;
UPDATE crm.told SET visits = 5;
INSERT INTO crm.told VALUES (3, 3);
SELECT faults('told'), said($$SELECT leadscore.refresh('told')$$), said($$SELECT leadscore.forget('told', '1')$$);
SELECT leadscore.detach('told');
RESET ROLE;
DROP TABLE crm.told;
DROP DOMAIN crm.outer_key, crm.inner_key;
DROP FUNCTION tell();
DROP OWNED BY regress_tells;
DROP ROLE regress_tells;
CALL try('deferrable key', 'ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey, ADD PRIMARY KEY (id) DEFERRABLE', ARRAY['UPDATE crm.leads SET id = 3 - id']);
CALL try('drop key constraint and mend', 'ALTER TABLE crm.leads DROP CONSTRAINT leads_pkey', ARRAY['INSERT INTO crm.leads (id, visits) VALUES (3, 3)', 'ALTER TABLE crm.leads ADD PRIMARY KEY (id)', 'UPDATE crm.leads SET visits = 7 WHERE id = 1']);
CALL try('drop email and mend', 'ALTER TABLE crm.leads DROP email; ALTER TABLE crm.leads ADD mail text', ARRAY['UPDATE crm.leads SET mail = ''a@b.ru''', 'SELECT leadscore.create_duplicate_index(''crm.leads'', columns => ''{"email": "mail"}'')']);
CALL try('drop duplicate index', 'SELECT leadscore.drop_duplicate_index(''crm.leads'')');
CALL try('criteria', 'UPDATE leadscore.criterion SET points = ''1'' WHERE criterion = ''visits''', ARRAY['UPDATE crm.leads SET note = ''x'' WHERE id = 1']);
UPDATE leadscore.criterion SET points = '10 * visits' WHERE criterion = 'visits';

-- What cannot be done in a procedure.
CALL make_leads();
VACUUM FULL crm.leads, crm.acts;
UPDATE crm.leads SET visits = 4 WHERE id = 1;
SELECT states(), faults();

-- Another owner: he refreshes and detaches, the former does not any more. What the former wrote stays.
CREATE ROLE regress_old;
CREATE ROLE regress_new;
GRANT USAGE, CREATE ON SCHEMA crm TO regress_old, regress_new;
ALTER TABLE crm.leads OWNER TO regress_old;
ALTER TABLE crm.acts OWNER TO regress_old;
SET ROLE regress_old;
INSERT INTO crm.leads (id, visits) VALUES (3, 3);
SELECT faults(), said($$SELECT leadscore.refresh('leads')$$);
RESET ROLE;
ALTER TABLE crm.leads OWNER TO regress_new;
SET ROLE regress_old;
SELECT said('INSERT INTO crm.leads (id) VALUES (4)') AS writes, said($$SELECT leadscore.refresh('leads')$$) AS refreshes, said($$SELECT leadscore.detach('leads')$$) AS detaches, (SELECT count(*) FROM leadscore.lead_state) AS sees;
INSERT INTO crm.acts VALUES (3, 'call');
RESET ROLE;
SET ROLE regress_new;
INSERT INTO crm.leads (id, visits) VALUES (5, 5);
SELECT faults();
SELECT said($$SELECT leadscore.refresh('leads')$$), said($$SELECT leadscore.rescan('leads')$$), said($$SELECT leadscore.detach('leads')$$);
RESET ROLE;
SELECT states();
ALTER TABLE crm.acts OWNER TO regress_new;
ALTER TABLE crm.leads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON crm.leads TO regress_old;
CREATE POLICY own ON crm.leads USING (note = current_user) WITH CHECK (true);
SET ROLE regress_old;
INSERT INTO crm.leads (id, visits, note) VALUES (6, 6, 'regress_old');
UPDATE crm.leads SET visits = 9;
SELECT count(*) AS sees FROM leadscore.lead_state;
RESET ROLE;
SELECT states(), faults();
SET ROLE regress_new;
SELECT faults();
SELECT said($$SELECT leadscore.refresh('leads')$$);
SELECT said($$SELECT leadscore.detach('leads')$$);
RESET ROLE;
SELECT count(*) AS sources FROM leadscore.source;
DROP TABLE crm.leads, crm.acts;
SELECT leadscore.clean_sources();
DROP OWNED BY regress_old, regress_new;
DROP ROLE regress_old, regress_new;

-- Partitions: made, attached with and without rows, of a partition, default, detached with rows; columns of the root.
CREATE TABLE crm.parted (id integer, region text, visits integer, note text, status text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE crm.a PARTITION OF crm.parted FOR VALUES IN ('a');
SELECT leadscore.attach('crm.parted', 'm', source => 'leads');
INSERT INTO crm.parted VALUES (1, 'a', 1);
CREATE TABLE crm.rest PARTITION OF crm.parted DEFAULT PARTITION BY LIST (region);
CREATE TABLE crm.c PARTITION OF crm.rest FOR VALUES IN ('c');
CREATE TABLE crm.b (status text, visits integer, id integer NOT NULL, region text NOT NULL, note text);
ALTER TABLE crm.b DROP status;
ALTER TABLE crm.b ADD status text;
INSERT INTO crm.b VALUES (2, 2, 'b');
CREATE TABLE crm.d (LIKE crm.parted);
ALTER TABLE crm.rest ATTACH PARTITION crm.d FOR VALUES IN ('d');
ALTER TABLE crm.parted ATTACH PARTITION crm.b FOR VALUES IN ('b');
INSERT INTO crm.parted VALUES (3, 'c', 3), (4, 'd', 4);
INSERT INTO crm.d VALUES (5, 'd', 5);
SELECT states(), faults();
SELECT leadscore.refresh('leads'), states(), faults();
UPDATE crm.parted SET region = 'a' WHERE id = 5;
INSERT INTO crm.c VALUES (3, 'c', 8) ON CONFLICT (id, region) DO UPDATE SET visits = excluded.visits;
SELECT states(), faults();
ALTER TABLE crm.parted DETACH PARTITION crm.b;
ALTER TABLE crm.rest DETACH PARTITION crm.d;
INSERT INTO crm.b VALUES (9, 9, 'b');
UPDATE crm.b SET visits = 3;
SELECT states(), faults();
SELECT leadscore.refresh('leads'), states(), faults();
ALTER TABLE crm.parted RENAME visits TO calls;
ALTER TABLE crm.parted RENAME calls TO visits;
ALTER TABLE crm.parted ADD channel text;
DROP TABLE crm.c;
TRUNCATE crm.a;
SELECT states(), faults();
SELECT leadscore.refresh('leads'), states(), faults();
SELECT leadscore.detach('leads');
SELECT tgrelid::regclass, count(*) FROM pg_trigger WHERE tgname LIKE 'leadscore%' GROUP BY 1 ORDER BY 1::text;
INSERT INTO crm.d VALUES (9, 'd', 9);
DROP TABLE crm.parted, crm.b, crm.d;

-- The model goes; then the schema; then the extension.
CALL make_leads();
DELETE FROM leadscore.model WHERE model = 'm';
UPDATE crm.leads SET visits = 7 WHERE id = 1;
INSERT INTO crm.leads (id) VALUES (3);
SELECT states();
SELECT faults();
DROP SCHEMA crm CASCADE;
SELECT faults(), leadscore.clean_sources(), (SELECT count(*) FROM leadscore.lead_state) AS states;
INSERT INTO leadscore.model (model) VALUES ('other');
CREATE TABLE leads (id bigint PRIMARY KEY, visits integer);
SELECT leadscore.attach('leads', 'other');
DROP EXTENSION leadscore;
INSERT INTO leads VALUES (1, 1);
UPDATE leads SET visits = 2;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgrelid = 'leads'::regclass;
DROP TABLE leads;
DROP SCHEMA sales;
DROP PROCEDURE make_leads(text), try(text, text, text[], text);
DROP FUNCTION said(text), states(), faults(text);
