-- create_model(): templates bound to a relation's own columns.
CREATE EXTENSION leadscore;
\set SHOW_CONTEXT never
SELECT t, jsonb_array_length(leadscore.model_template(t) -> 'criteria') > 0 AS has_criteria, jsonb_array_length(leadscore.model_template(t) -> 'bands') AS bands
FROM unnest(ARRAY['b2b', 'b2c', 'blank']) AS t;
SELECT leadscore.model_template('b2x');
SELECT leadscore.model_template(NULL);

-- Without a relation the roles stay.
SELECT leadscore.create_model('b2b', 'b2b');
SELECT leadscore.export_model('b2b') -> 'model' ->> 'title_ru';
SELECT count(*) = jsonb_array_length(leadscore.model_template('b2b') -> 'criteria') FROM leadscore.criterion WHERE model = 'b2b';
-- Every criterion and band is titled in both languages, and no protected attribute is asked for.
SELECT t, c ->> 'criterion' FROM unnest(ARRAY['b2b', 'b2c']) AS t, jsonb_array_elements(leadscore.model_template(t) -> 'criteria') AS c
WHERE c ->> 'title' IS NULL OR c ->> 'title_ru' IS NULL OR c ->> 'condition' ~* '\y(sex|gender|race|ethnicity|marital_status|religion)\y';
-- So are the stages, their rules, the target criteria and the kinds of events; the playbook says everything in both.
SELECT t, part, i FROM unnest(ARRAY['b2b', 'b2c', 'blank']) AS t, unnest(ARRAY['stages', 'stage_rules', 'target_criteria', 'event_kinds', 'playbook']) AS part,
  jsonb_array_elements(leadscore.model_template(t) -> part) AS i
WHERE coalesce(i ->> 'title', i ->> 'action') IS NULL OR coalesce(i ->> 'title_ru', i ->> 'action_ru') IS NULL OR i ->> 'condition' ~* '\y(sex|gender|race|ethnicity|marital_status|religion)\y';
SELECT t, jsonb_object_agg(part, jsonb_array_length(leadscore.model_template(t) -> part)) FROM unnest(ARRAY['b2b', 'b2c', 'blank']) AS t,
  unnest(ARRAY['stages', 'stage_rules', 'target_criteria', 'event_kinds', 'playbook']) AS part GROUP BY t ORDER BY t;
-- A click is worth more than an opened letter, and that more than a subscription.
SELECT t, string_agg(c ->> 'criterion', ' < ' ORDER BY (c ->> 'points')::float8) FROM unnest(ARRAY['b2b', 'b2c']) AS t,
  jsonb_array_elements(leadscore.model_template(t) -> 'criteria') AS c WHERE c ->> 'criterion' IN ('subscribed', 'email_opened', 'email_clicked') GROUP BY t ORDER BY t;

CREATE TABLE "Lead s" (id integer, "Employee count" integer, budget text, company text, last_activity_at date, price_requested boolean, as_of text);
INSERT INTO "Lead s" VALUES (1, 120, 'a lot', 'ООО', '2026-06-10', true);
SELECT leadscore.create_model('own', 'b2b', '"Lead s"', '{"headcount": "Employee count"}');
SELECT criterion, condition, points FROM leadscore.criterion WHERE model = 'own' ORDER BY ord;
SELECT stage, rule, condition FROM leadscore.stage_rule WHERE model = 'own' ORDER BY ord;
SELECT count(*) AS target_criteria FROM leadscore.target_criterion WHERE model = 'own';
SELECT severity, message FROM leadscore.validate_model('own', '"Lead s"');
SELECT leadscore.score('own', l, '2026-06-15') > 0 FROM "Lead s" AS l;
CREATE VIEW lead_view AS SELECT 5 AS site_visits;
SELECT leadscore.create_model('view', 'b2b', 'lead_view');
SELECT criterion, condition FROM leadscore.criterion WHERE model = 'view' ORDER BY ord;

-- Mistakes.
SELECT leadscore.create_model('own', 'b2b');
SELECT leadscore.create_model('x', 'b2x');
SELECT leadscore.create_model(NULL, 'b2b');
SELECT leadscore.create_model('x', NULL);
SELECT leadscore.create_model('x', 'b2b', '"Lead s"', '{"head count": "Employee count"}');
SELECT leadscore.create_model('x', 'b2b', '"Lead s"', '{"headcount": "Employees"}');
SELECT leadscore.create_model('x', 'b2b', NULL, '{"headcount": "Employees"}');
SELECT leadscore.create_model('x', 'b2b', 'no_such_table');
CREATE TABLE indexed (company text PRIMARY KEY);
SELECT leadscore.create_model('x', 'b2b', 'indexed_pkey');
DROP TABLE indexed;
SELECT count(*) FROM leadscore.model WHERE model = 'x';

-- Renaming touches columns alone: no strings, functions, types, casts, derived names.
SELECT leadscore.expression_columns('b > 1 AND a.c = lead.d AND lower(A) = ''e'' AND "F" IS NULL AND as_of > g::date AND (h).i > 1');
SELECT leadscore.rename_columns('a > 1 AND "a" = lower(a) AND lead.a = ''a'' AND a::text <> U&"\0061" AND as_of > b -- a',
  '{"a": "Имя \"x\"", "b": "as_of", "as_of": "z", "lower": "q"}');
SELECT leadscore.rename_columns('ж = ''ж'' AND ж > я', '{"ж": "select", "я": "ю"}');
SELECT leadscore.rename_columns('a', '[]');
SELECT leadscore.rename_columns('a >', '{}');
DROP TABLE "Lead s" CASCADE;
DROP VIEW lead_view;
-- A contract of which only what every lead meets would be left is left out; a column that is not read is told.
CREATE TABLE flags (id integer, email text, is_duplicate integer, request_confirmed text);
SELECT leadscore.create_model('flags', 'b2b', 'flags');
SELECT count(*) FROM leadscore.target_criterion WHERE model = 'flags';
SELECT leadscore.target('flags', f) FROM (VALUES (1, 'a@b.example', 1, 'no')) AS f (id, email, is_duplicate, request_confirmed);
DROP TABLE flags;
DROP EXTENSION leadscore;
