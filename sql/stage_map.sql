-- create_stage_map(): what the statuses of a CRM mean on the ladder.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;

-- Every preset: statuses once each, in the order of the ladder's stages, which the templates have.
SELECT crm, s.stage, string_agg(s.status, ', ' ORDER BY s.status COLLATE "C") AS statuses
FROM unnest(ARRAY['amocrm', 'bitrix24', 'hubspot', 'salesforce', 'odoo']) WITH ORDINALITY AS c (crm, no), jsonb_to_recordset(leadscore.stage_map_preset(crm)) AS s (status text, stage text)
JOIN jsonb_to_recordset(leadscore.model_template('blank') -> 'stages') AS g (stage text, stage_no integer) USING (stage)
GROUP BY no, crm, s.stage, g.stage_no ORDER BY no, g.stage_no;
SELECT crm, s.status FROM unnest(ARRAY['amocrm', 'bitrix24', 'hubspot', 'salesforce', 'odoo']) AS crm, jsonb_to_recordset(leadscore.stage_map_preset(crm)) AS s (status text, stage text)
GROUP BY crm, s.status HAVING count(*) > 1 OR bool_or(s.stage NOT IN (SELECT g.stage FROM jsonb_to_recordset(leadscore.model_template('b2b') -> 'stages') AS g (stage text)));
-- The name that Bitrix24 begins with a Latin letter.
SELECT s.status, s.status ~ '^[A-Z]' AS latin FROM jsonb_to_recordset(leadscore.stage_map_preset('bitrix24')) AS s (status text) WHERE s.status ~ 'предоплату' ORDER BY s.status COLLATE "C";
SELECT leadscore.stage_map_preset(NULL);

-- A model of its own, and one made of a template.
CREATE TABLE leads (id integer, status text, deal_stage text, email text);
INSERT INTO leads VALUES (1, 'Won', 'C5:WON', 'a@b.example'), (2, 'New', 'NEW', 'a@b.example'), (3, 'won', NULL, 'a@b.example'), (4, NULL, NULL, 'a@b.example');
SET client_min_messages = warning;
SELECT leadscore.create_model('m', 'b2b', 'leads');
RESET client_min_messages;
SELECT leadscore.create_stage_map('m', 'odoo');
SELECT count(*), (SELECT status FROM leadscore.model WHERE model = 'm') FROM leadscore.stage_map WHERE model = 'm';
SELECT id, leadscore.classify('m', l) FROM leads AS l ORDER BY id;
-- Again: nothing is done and nothing told.
SELECT leadscore.create_stage_map('m', 'odoo');
-- What is mapped and how the status is found stay as they are.
UPDATE leadscore.stage_map SET stage = 'hold' WHERE model = 'm' AND status = 'New';
UPDATE leadscore.model SET status = $$regexp_replace(deal_stage, '^C[0-9]+:', '')$$ WHERE model = 'm';
SELECT leadscore.create_stage_map('m', 'hubspot');
SELECT leadscore.create_stage_map('m', 'bitrix24');
SELECT stage FROM leadscore.stage_map WHERE model = 'm' AND status = 'New';
SELECT id, leadscore.classify('m', l) FROM leads AS l ORDER BY id;

-- A model without some of the stages, or any.
INSERT INTO leadscore.model (model) VALUES ('short'), ('none');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('short', 'customer', 1, 'won'), ('short', 'lead', 0, 'open');
SELECT leadscore.create_stage_map('short', 'odoo');
SELECT status, stage FROM leadscore.stage_map WHERE model = 'short' ORDER BY status;
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('short', 'Lost', 'lead'), ('short', 'Qualified', 'lead'), ('short', 'crm.stage_lead2', 'lead'), ('short', 'Proposition', 'lead');
SELECT leadscore.create_stage_map('short', 'odoo');
SELECT leadscore.create_stage_map('none', 'odoo');
SELECT count(*) FROM leadscore.stage_map WHERE model = 'none';

-- As a part of a document.
SELECT id, leadscore.classify('{"format": 1, "model": {"status": "status"}, "stages": [{"stage": "lead", "stage_no": 1}, {"stage": "sql", "stage_no": 2}, {"stage": "opportunity", "stage_no": 3}, {"stage": "customer", "stage_no": 4, "kind": "won"}, {"stage": "disqualified", "stage_no": 5, "kind": "lost"}]}'
  || jsonb_build_object('stage_map', leadscore.stage_map_preset('odoo')), l) FROM leads AS l ORDER BY id;

-- Mistakes.
SELECT leadscore.stage_map_preset('pipedrive');
SELECT leadscore.create_stage_map('m', 'AmoCRM');
SELECT leadscore.create_stage_map('no such model', 'amocrm');
SELECT leadscore.create_stage_map(NULL, 'amocrm');
SELECT leadscore.create_stage_map('m', NULL);
\set VERBOSITY sqlstate
SELECT leadscore.stage_map_preset('pipedrive');
SELECT leadscore.create_stage_map('m', 'AmoCRM');
SELECT leadscore.create_stage_map('no such model', 'amocrm');
SELECT leadscore.create_stage_map(NULL, 'amocrm');
SELECT leadscore.create_stage_map('m', NULL);
\set VERBOSITY default

-- Editors may, others may not; and nobody's functions and operators get in between.
CREATE ROLE regress_stage_map_editor;
CREATE ROLE regress_stage_map_reader;
SELECT leadscore.grant_editor('regress_stage_map_editor');
SET ROLE regress_stage_map_reader;
SELECT count(*) FROM jsonb_array_elements(leadscore.stage_map_preset('odoo'));
SELECT leadscore.create_stage_map('none', 'odoo');
SET ROLE regress_stage_map_editor;
SET search_path = '';
SELECT leadscore.create_model('edited', 'blank');
SELECT leadscore.create_stage_map('edited', 'salesforce');
SELECT count(*) FROM leadscore.stage_map WHERE model = 'edited';
RESET search_path;
RESET ROLE;

-- Rules of a template for a relation: alternatives whose role has no column drop out, and what holds of the unknown.
SELECT leadscore.bind_rule('a AND b OR c = 1 AND d IS NOT TRUE OR e', '{"a": "A", "c": "see", "d": "Dee"}') AS "c",
  leadscore.bind_rule('a AND b OR c = 1 AND d IS NOT TRUE', '{"a": "A", "b": "b", "c": "c"}') AS "without d",
  leadscore.bind_rule('a AND b', '{"a": "A"}') AS "none", leadscore.bind_rule('d IS NOT TRUE', '{}') AS "nothing left", leadscore.bind_rule('is_duplicate AND d IS NOT TRUE', '{}') AS derived,
  leadscore.bind_rule(NULL, '{}') AS "null";
-- Every rule of the templates can be taken apart: what remains with all roles is what was there.
SELECT t, i.value ->> 'stage', i.value ->> 'rule' FROM unnest(ARRAY['b2b', 'b2c']) AS t, unnest(ARRAY['stage_rules', 'target_criteria']) AS part, jsonb_array_elements(leadscore.model_template(t) -> part) AS i,
  LATERAL (SELECT jsonb_object_agg(r.role, r.role) AS roles FROM unnest(leadscore.expression_columns(i.value ->> 'condition')) AS r (role)) AS all_roles
WHERE leadscore.bind_rule(i.value ->> 'condition', coalesce(roles, '{}')) IS DISTINCT FROM i.value ->> 'condition';

-- A map alone reads no status: who attaches a table is told.
CREATE TABLE mapped (id integer PRIMARY KEY, status text);
INSERT INTO mapped VALUES (1, 'Sold');
SELECT leadscore.create_model('mapped', 'blank');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('mapped', 'Sold', 'customer');
SELECT leadscore.attach('mapped', 'mapped');
UPDATE leadscore.model SET status = 'status' WHERE model = 'mapped';
SELECT leadscore.refresh('mapped');
SELECT stage FROM leadscore.leads WHERE source = 'mapped';
SELECT leadscore.detach('mapped');
SELECT leadscore.attach('mapped', 'mapped');
DROP TABLE mapped;

DROP TABLE leads;
DROP EXTENSION leadscore;
DROP ROLE regress_stage_map_editor;
DROP ROLE regress_stage_map_reader;
