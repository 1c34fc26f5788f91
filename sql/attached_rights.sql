-- Whose code runs when the state of an attached table is kept: never that of the table's owner with the rights of the
-- extension's owner. Each step is of a session of its own, in which nothing has been planned yet.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'size', 'headcount > 3', '10');
CREATE ROLE regress_rights_owner;
GRANT CREATE ON SCHEMA public TO regress_rights_owner;
SET ROLE regress_rights_owner;
CREATE FUNCTION trap(place text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF current_user <> 'regress_rights_owner' THEN
    RAISE EXCEPTION 'the code of % runs as another role', place;
  END IF;
  RETURN 0;
END $$;
CREATE FUNCTION trap_of_domain(value integer) RETURNS boolean LANGUAGE sql AS $$ SELECT public.trap('a domain') = 0 $$;
CREATE DOMAIN checked AS integer CHECK (public.trap_of_domain(VALUE));
CREATE DOMAIN checked_twice AS checked;
CREATE TYPE holder AS (value checked);
CREATE FUNCTION holder(integer) RETURNS holder LANGUAGE sql AS $$ SELECT ROW($1)::public.holder $$;
CREATE TYPE label AS ENUM ('1', '2');
CREATE FUNCTION integer_of(label) RETURNS integer LANGUAGE sql AS $$ SELECT public.trap('a cast') + $1::text::integer $$;
CREATE CAST (label AS integer) WITH FUNCTION integer_of(label) AS IMPLICIT;

CREATE TABLE leads (id integer PRIMARY KEY, email text, headcount integer, created_at timestamptz);
CREATE INDEX ON leads ((id + trap('an index expression')));
CREATE INDEX ON leads (headcount) WHERE id > trap('an index predicate');
CREATE STATISTICS of_leads ON (id + trap('statistics')), email FROM leads;
ALTER TABLE leads ADD CONSTRAINT of_leads CHECK (id > trap('a constraint'));
CREATE TABLE events (lead integer, event text, at timestamptz);
CREATE INDEX ON events (lead);
CREATE INDEX ON events ((lead + trap('an index expression of events')));
INSERT INTO leads VALUES (1, 'a@example.com', 5, '2026-10-01'), (2, 'a@example.com', 2, '2026-10-02');
SELECT leadscore.attach('leads', 'm', events => 'events');

\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
SET constraint_exclusion = on;
INSERT INTO leads VALUES (3, 'a@example.com', 5, '2026-10-03');
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
SET constraint_exclusion = on;
UPDATE leads SET headcount = headcount + 1;
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
SET constraint_exclusion = on;
INSERT INTO events VALUES (1, 'visit', '2026-10-04');
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
SET constraint_exclusion = on;
SELECT leadscore.refresh('leads');
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
SELECT leadscore.rescan('leads');
SELECT * FROM leadscore.verify('leads');
SELECT lead, score, is_duplicate, events FROM leadscore.lead_state ORDER BY lead;

-- Keys that become domains, which still are what they were, or what a domain hides in.
SELECT leadscore.detach('leads'), leadscore.drop_duplicate_index('leads');
SELECT leadscore.attach('leads', 'm');
ALTER TABLE leads ALTER COLUMN id TYPE checked_twice;
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = error;
UPDATE leads SET headcount = headcount + 1;
SELECT leadscore.refresh('leads');
SELECT * FROM leadscore.verify('leads');
SELECT leadscore.create_duplicate_index('leads');
UPDATE leads SET email = 'b@example.com' WHERE id = 3;
SELECT leadscore.refresh('leads');
SELECT * FROM leadscore.verify('leads');
SELECT leadscore.detach('leads'), leadscore.drop_duplicate_index('leads');
ALTER TABLE leads DROP CONSTRAINT of_leads;
DROP INDEX leads_expr_idx, leads_headcount_idx;
DROP STATISTICS of_leads;
ALTER TABLE leads ALTER COLUMN id TYPE integer;
SELECT leadscore.attach('leads', 'm', duplicates => 'none');
ALTER TABLE leads DROP CONSTRAINT leads_pkey;
ALTER TABLE leads ALTER COLUMN id TYPE holder USING holder(id);
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
UPDATE leads SET headcount = headcount + 1;
SELECT leadscore.refresh('leads');
SELECT * FROM leadscore.verify('leads');
SELECT leadscore.detach('leads');

-- A cast of the owner's own does not run: events of such a type are not read.
ALTER TABLE leads ALTER COLUMN id TYPE integer USING (id).value;
ALTER TABLE leads ADD PRIMARY KEY (id);
SELECT leadscore.attach('leads', 'm', events => 'events', duplicates => 'none');
DROP INDEX events_expr_idx;
ALTER TABLE events ALTER COLUMN lead TYPE label USING '1';
\c -
SET ROLE regress_rights_owner;
SET client_min_messages = warning;
UPDATE leads SET headcount = headcount + 1;
INSERT INTO events VALUES ('1', 'visit', '2026-10-04');
SELECT leadscore.detach('leads');

-- A duplicate index by another key than the source's: a composite, in which a domain hides, cannot be one; by any other
-- nobody is marked.
CREATE TABLE hidden (id text PRIMARY KEY, other integer UNIQUE NOT NULL, hides holder UNIQUE NOT NULL, email text, headcount integer, created_at timestamptz);
INSERT INTO hidden VALUES ('2', 1, ROW(1), 'a@example.com', 1, '2026-10-01'), ('1', 2, ROW(2), 'a@example.com', 2, '2026-10-02');
SELECT leadscore.create_duplicate_index('hidden', key => 'hides');
SELECT leadscore.create_duplicate_index('hidden', key => 'other');
SELECT leadscore.attach('hidden', 'm');
INSERT INTO hidden VALUES ('3', 3, ROW(3), 'a@example.com', 3, '2026-10-03');
SELECT lead, is_duplicate FROM leadscore.lead_state ORDER BY lead;
SELECT leadscore.detach('hidden');
SELECT leadscore.attach('hidden', 'm', duplicates => 'mark');
SELECT leadscore.create_duplicate_index('hidden', key => 'other');
UPDATE hidden SET created_at = created_at + interval '1 hour';
SELECT lead, is_duplicate FROM leadscore.lead_state ORDER BY lead;
SELECT * FROM leadscore.verify('hidden');
SELECT leadscore.detach('hidden'), leadscore.drop_duplicate_index('hidden');
DROP TABLE hidden;

-- Nor does it leave anything in the session of somebody else, as a temporary table, which is found before all others.
CREATE FUNCTION plant(place text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  IF session_user <> current_user AND current_setting('role') = 'none' THEN
    CREATE TEMPORARY TABLE planted ();
    RAISE EXCEPTION '% has made a temporary table as %', place, current_user;
  END IF;
  RETURN 0;
END $$;
CREATE FUNCTION planted(place text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.plant(place); END $$;
CREATE TABLE planting (id integer PRIMARY KEY, headcount integer, created_at timestamptz);
CREATE INDEX planting_index ON planting (headcount) WHERE id > planted('an index predicate');
INSERT INTO planting VALUES (1, 5, '2026-10-01');
SELECT leadscore.attach('planting', 'm');
\c -
SELECT leadscore.refresh('planting');
SET client_min_messages = warning;
SET ROLE regress_rights_owner;
DROP INDEX planting_index;
CREATE VIEW planting_features AS SELECT id, headcount + plant('a view of features') AS headcount FROM planting;
SELECT leadscore.detach('planting'), leadscore.attach('planting', 'm', features => 'planting_features') AS attached;
RESET ROLE;
INSERT INTO planting VALUES (2, 5, '2026-10-01');
SELECT leadscore.lead_features(s.source_id, '1') FROM leadscore.source AS s;
SET ROLE regress_rights_owner;
SELECT leadscore.lead_features(s.source_id, '1') FROM leadscore.source AS s;
SELECT leadscore.detach('planting');
DROP VIEW planting_features;
DROP TABLE planting;
DROP FUNCTION planted(text), plant(text);

RESET ROLE;
DROP TABLE leads, events;
DROP CAST (label AS integer);
DROP FUNCTION integer_of(label), holder(integer);
DROP TYPE label, holder;
DROP DOMAIN checked_twice, checked;
DROP FUNCTION trap_of_domain(integer), trap(text);
DROP EXTENSION leadscore;
REVOKE CREATE ON SCHEMA public FROM regress_rights_owner;
DROP ROLE regress_rights_owner;
