-- Who sees what of the attached tables, and who may enter plans: a recipe for a BI role, and attempts to get around it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE ROLE regress_source_owner;
CREATE ROLE regress_source_rival;
CREATE ROLE regress_source_bi;
CREATE ROLE regress_source_guest;
CREATE ROLE regress_source_marketing;
CREATE ROLE regress_source_analyst IN ROLE regress_source_bi;
GRANT CREATE ON SCHEMA public TO regress_source_owner, regress_source_rival, regress_source_guest;
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'size', 'headcount > 10', '20');
DELETE FROM leadscore.band;
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'temperature', 'cold', 0);
INSERT INTO leadscore.playbook (model, stage, step, action, due_within) VALUES ('m', 'mql', 1, 'Call', '1 day');
SET ROLE regress_source_owner;
CREATE TABLE crm (id int PRIMARY KEY, headcount int);
CREATE TABLE secret_crm (id int PRIMARY KEY, headcount int);
INSERT INTO crm VALUES (1, 20);
INSERT INTO secret_crm VALUES (1, 20), (2, 5);
ALTER TABLE secret_crm ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON secret_crm USING (id = 1);
GRANT SELECT ON secret_crm TO PUBLIC;
SET ROLE regress_source_rival;
CREATE TABLE rival_crm (id int PRIMARY KEY, headcount int);
RESET ROLE;
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'crm', 'crm', 'm', '{id}', '{}'), (2, 'secret', 'secret_crm', 'm', '{id}', '{}'), (3, 'rival', 'rival_crm', 'm', '{id}', '{}');
INSERT INTO leadscore.source_stage SELECT s, stage_no, stage FROM leadscore.stage, unnest('{1,2,3}'::int[]) AS s WHERE model = 'm';
INSERT INTO leadscore.stage_history SELECT s, n, v, CASE WHEN v = 1 THEN 1 WHEN n = 1 THEN 6 ELSE 2 END, 1, now() - interval '20 days' + v * interval '3 days', 'change', now() FROM unnest('{1,2,3}'::int[]) AS s, generate_series(1, 2) AS n, generate_series(1, 2) AS v;
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, amount, score, temperature, stage_id, stage_since, visits, visited, scored_at, first_score, first_scored_at)
SELECT s, n, now() - interval '20 days', now()::date - 20, 'channel of ' || s, 100, 20, 'cold', CASE n WHEN 1 THEN 6 ELSE 2 END, now() - interval '5 days', 2, CASE n WHEN 1 THEN 66 ELSE 6 END, now(), 20, now() FROM unnest('{1,2,3}'::int[]) AS s, generate_series(1, 2) AS n;
INSERT INTO leadscore.score_change SELECT source_id, lead, now(), 30, 'A', NULL, 1 FROM leadscore.lead_state;
INSERT INTO leadscore.spend (source, day, channel, amount) SELECT source, now()::date, 'ads', 100 FROM leadscore.source;
INSERT INTO leadscore.plan (source, month, leads, deals) SELECT source, date_trunc('month', now())::date, 10, 5 FROM leadscore.source;
INSERT INTO leadscore.stage_effort SELECT source, 'mql', 30, 'sales' FROM leadscore.source;

-- What a role sees: the sources of every view and of what it is made of. There is no view with a column source that is not looked at.
CREATE FUNCTION seen() RETURNS TABLE (sources text, views text) LANGUAGE plpgsql AS $$
DECLARE relation regclass; found text; answer jsonb := '{}';
BEGIN
  FOR relation IN SELECT c.oid FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'source' WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind IN ('v', 'r') AND c.relname <> 'source' LOOP
    EXECUTE format('SELECT coalesce(string_agg(DISTINCT source, '' '' ORDER BY source), ''none'') FROM %s', relation) INTO found;
    answer := answer || jsonb_build_object(found, coalesce(answer ->> found || ' ', '') || (SELECT relname FROM pg_class WHERE oid = relation));
  END LOOP;
  FOREACH relation IN ARRAY ARRAY['leadscore.lead_state', 'leadscore.stage_history', 'leadscore.score_change', 'leadscore.source_stage']::regclass[] LOOP
    EXECUTE format('SELECT coalesce(string_agg(DISTINCT s.source, '' '' ORDER BY s.source), ''none'') FROM %s JOIN leadscore.source AS s USING (source_id)', relation) INTO found;
    answer := answer || jsonb_build_object(found, coalesce(answer ->> found || ' ', '') || (SELECT relname FROM pg_class WHERE oid = relation));
  END LOOP;
  RETURN QUERY SELECT e.key, (SELECT string_agg(v, ' ' ORDER BY v) FROM string_to_table(e.value, ' ') AS v) FROM jsonb_each_text(answer) AS e ORDER BY 1;
END $$;
SET ROLE regress_source_guest;
SELECT * FROM seen();
RESET ROLE;

-- The recipe: SELECT on the table. It is enough, for members too, until the table gets row-level security.
GRANT SELECT ON crm TO regress_source_bi;
SET ROLE regress_source_bi;
SELECT * FROM seen();
SELECT lead, stage, score FROM leadscore.leads WHERE source = 'crm' ORDER BY lead;
SELECT section, what, value FROM leadscore.lead_card('crm', '1') WHERE section LIKE 'why%';
SELECT count(*) FROM crm;
SET ROLE regress_source_analyst;
SELECT DISTINCT sources FROM seen() ORDER BY 1;
SELECT count(*) FROM leadscore.lead_card('secret', '1');
SELECT count(*) FROM leadscore.sales_outlook('secret', now() + interval '1 day');
-- Only the owner gives readers; of a table with row-level security they see all leads, which the table itself does not show.
SELECT leadscore.grant_reader('secret', 'regress_source_bi');
SET ROLE regress_source_rival;
SELECT leadscore.grant_reader('secret', 'regress_source_rival');
SELECT leadscore.grant_planner('crm', 'regress_source_rival');
SELECT leadscore.grant_reader('rival', 'regress_source_rival');
SET ROLE regress_source_owner;
SELECT leadscore.grant_reader('secret', 'regress_source_bi'), leadscore.grant_reader('secret', 'regress_source_bi'), leadscore.grant_planner('crm', 'regress_source_marketing');
SELECT * FROM seen();
SET ROLE regress_source_analyst;
SELECT DISTINCT sources FROM seen() ORDER BY 1;
SELECT lead FROM leadscore.leads WHERE source = 'secret' ORDER BY lead;
SELECT id FROM secret_crm ORDER BY id;
-- What is explained is read from the table, as far as it shows itself.
SELECT (SELECT count(*) FROM leadscore.lead_card('secret', '1') WHERE section LIKE 'why%') AS shown, (SELECT count(*) FROM leadscore.lead_card('secret', '2') WHERE section LIKE 'why%') AS hidden;
-- A prepared statement is of whoever executes it.
PREPARE mine AS SELECT count(DISTINCT source) FROM leadscore.leads;
EXECUTE mine;
SET ROLE regress_source_guest;
EXECUTE mine;
SET ROLE regress_source_rival;
EXECUTE mine;
SET ROLE regress_source_owner;
SELECT leadscore.revoke_reader('secret', 'regress_source_bi'), leadscore.revoke_reader('secret', 'regress_source_bi'), leadscore.revoke_planner('crm', 'regress_source_bi');
SELECT leadscore.revoke_reader('rival', 'regress_source_rival');
SELECT leadscore.revoke_planner('none', 'regress_source_rival');
SELECT leadscore.grant_reader('none', 'regress_source_rival');
SELECT leadscore.grant_reader(NULL, 'regress_source_rival') IS NULL, leadscore.revoke_reader('crm', NULL) IS NULL, leadscore.owns_source(NULL) IS NULL, leadscore.owns_source(99), leadscore.may_plan('none');
SET ROLE regress_source_bi;
EXECUTE mine;
SET row_security = off;
SELECT count(*) FROM leadscore.leads;
RESET row_security;

-- A function that tells what it is shown is shown nothing of others.
SET ROLE regress_source_guest;
CREATE FUNCTION tell(anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE WARNING 'shown %', $1; RETURN true; END $$;
SELECT lead FROM leadscore.leads WHERE tell(lead) AND tell(channel);
SELECT lead FROM leadscore.lead_state WHERE tell(lead);
SELECT source FROM leadscore.channel_performance WHERE tell(channel);
SELECT source FROM leadscore.department_contract WHERE tell(fact);
SELECT source FROM leadscore.owner_workload WHERE tell(owner);
SELECT source FROM leadscore.score_history WHERE tell(score);
SELECT source FROM leadscore.next_actions WHERE tell(lead);
SELECT amount FROM leadscore.spend WHERE tell(amount);
SELECT leads FROM leadscore.plan WHERE tell(leads);
SELECT count(*) FROM leadscore.spend AS s JOIN leadscore.plan AS p ON tell(p.leads) OR tell(s.amount);

-- Planning: by the owner and those whom he names, for that source and no other.
SET ROLE regress_source_marketing;
SELECT * FROM seen();
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2026-01-01', 'ads', 50) RETURNING amount;
UPDATE leadscore.spend SET amount = 60 WHERE day = '2026-01-01' RETURNING amount;
INSERT INTO leadscore.plan (source, month, channel, leads) VALUES ('crm', '2026-01-01', NULL, 5) ON CONFLICT (source, month, channel) DO UPDATE SET leads = 6;
INSERT INTO leadscore.plan (source, month, channel, leads) VALUES ('crm', '2026-01-01', NULL, 5) ON CONFLICT (source, month, channel) DO UPDATE SET leads = 6 RETURNING leads;
DELETE FROM leadscore.spend WHERE day = '2026-01-01' RETURNING amount;
UPDATE leadscore.stage_effort SET minutes_per_visit = 31 RETURNING source;
UPDATE leadscore.spend SET source = 'rival';
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('rival', '2026-01-01', 'ads', 50);
INSERT INTO leadscore.plan (source, month, leads) VALUES ('no such source', '2026-01-01', 5);
INSERT INTO leadscore.plan (source, month, leads) SELECT 'secret', date_trunc('month', now())::date, 1 ON CONFLICT (source, month, channel) DO UPDATE SET leads = 6;
SET ROLE regress_source_bi;
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2026-01-01', 'ads', 50);
UPDATE leadscore.spend SET amount = 0 RETURNING source;
DELETE FROM leadscore.plan RETURNING source;
SET ROLE regress_source_rival;
UPDATE leadscore.spend SET amount = 0 RETURNING source;
UPDATE leadscore.plan SET source = 'crm', month = '2020-01-01';
DELETE FROM leadscore.stage_effort RETURNING source;
MERGE INTO leadscore.spend AS s USING (VALUES ('crm')) AS v (source) ON s.source = v.source WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (source, day, channel, amount) VALUES ('crm', '2026-01-01', 'x', 1);
-- The tables themselves are closed to all but what the policies let through.
INSERT INTO leadscore.source_reader VALUES (1, 'regress_source_rival');
INSERT INTO leadscore.source_reader VALUES (2, 'regress_source_rival') ON CONFLICT DO NOTHING;
UPDATE leadscore.source_reader SET source_id = 2;
UPDATE leadscore.source_planner SET planner = 'regress_source_rival';
DELETE FROM leadscore.source_planner RETURNING source_id;
TRUNCATE leadscore.spend;
TRUNCATE leadscore.source_reader;
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, scored_at, first_scored_at) VALUES (3, 'x', now(), now(), now(), now());
UPDATE leadscore.stage_history SET stage_id = 1;
DELETE FROM leadscore.score_change;
INSERT INTO leadscore.source (source, relation, model, key, columns) VALUES ('mine', 'rival_crm', 'm', '{id}', '{}');
CREATE TRIGGER spy BEFORE INSERT ON leadscore.spend FOR EACH ROW EXECUTE FUNCTION leadscore.set_version();
CREATE TABLE refers (source_id int, reader regrole, FOREIGN KEY (source_id, reader) REFERENCES leadscore.source_reader);
CREATE POLICY own ON leadscore.spend USING (true);
RESET ROLE;
-- Operators of others do not get in.
SET ROLE regress_source_rival;
CREATE FUNCTION public.always(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.always);
SET search_path = public, pg_catalog;
SELECT leadscore.may_plan('crm'), leadscore.readable_sources();
SELECT count(*) FROM leadscore.spend WHERE amount > 0;
RESET search_path;
DROP OPERATOR public.= (text, text);
DROP FUNCTION public.always(text, text);
RESET ROLE;

-- What is left of a role that is dropped, and of a table.
SELECT leadscore.grant_reader('crm', 'regress_source_guest');
DROP FUNCTION tell(anyelement);
REVOKE CREATE ON SCHEMA public FROM regress_source_owner, regress_source_rival, regress_source_guest;
DROP ROLE regress_source_guest;
SET ROLE regress_source_bi;
SELECT DISTINCT sources FROM seen() ORDER BY 1;
RESET ROLE;
DROP TABLE crm;
SET ROLE regress_source_bi;
SELECT DISTINCT sources FROM seen() ORDER BY 1;
RESET ROLE;
DROP FUNCTION seen();
DROP TABLE secret_crm, rival_crm;
DROP EXTENSION leadscore;
DROP ROLE regress_source_analyst;
DROP ROLE regress_source_owner;
DROP ROLE regress_source_rival;
DROP ROLE regress_source_bi;
DROP ROLE regress_source_marketing;
