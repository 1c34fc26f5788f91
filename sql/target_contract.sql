-- The contract on target leads: signatures, and disputes about single leads.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
CREATE TABLE leads (id integer, city text, age integer);
INSERT INTO leads VALUES (1, 'Москва', 25), (2, 'Тверь', 25);
INSERT INTO leadscore.model (model) VALUES ('m'), ('unsigned');
INSERT INTO leadscore.target_criterion (model, criterion, condition, title, greeting, greeting_version, valid_from) VALUES
  ('m', 'region', $$city = 'Москва'$$, 'Moscow', NULL, NULL, '-infinity'), ('m', 'adult', 'age >= 18', NULL, 'Are you 18?', '1', '2026-01-01');
CREATE VIEW contract AS SELECT model, signed, signed_so, is_agreed,
  (SELECT string_agg(d.key || ': ' || (d.value ->> 'is_current'), ', ' ORDER BY d.key) FROM jsonb_each(departments) AS d) AS current FROM leadscore.target_contract;
SELECT jsonb_pretty(leadscore.target_criteria('m'));
SELECT leadscore.target_criteria('unsigned'), leadscore.target_criteria('no such model'), leadscore.target_criteria(NULL);

-- Nobody, one, both.
SELECT * FROM contract ORDER BY model;
SELECT leadscore.sign_target('m', 'marketing');
SELECT * FROM contract WHERE model = 'm';
SELECT leadscore.sign_target('m', 'sales', 'after the meeting of 20 November');
SELECT * FROM contract WHERE model = 'm';
SELECT department, signed_by = current_user AS by_me, signed_at <= clock_timestamp() AS dated, note, jsonb_array_length(criteria) FROM leadscore.target_signature ORDER BY signed_at;

-- What makes another contract: conditions, requirements, dates, words, rows; not titles, order, or what gives points.
CREATE FUNCTION agreed_after(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE agreed boolean;
BEGIN
  EXECUTE change;
  SELECT is_agreed INTO agreed FROM leadscore.target_contract WHERE model = 'm';
  RAISE EXCEPTION USING MESSAGE = agreed::text, ERRCODE = 'TEST1';
EXCEPTION WHEN SQLSTATE 'TEST1' THEN RETURN SQLERRM::boolean;
END $$;
SELECT agreed_after(c), c FROM unnest(ARRAY[
  $$UPDATE leadscore.target_criterion SET condition = 'age >= 21' WHERE criterion = 'adult'$$,
  $$UPDATE leadscore.target_criterion SET requirement = 'desired' WHERE criterion = 'adult'$$,
  $$UPDATE leadscore.target_criterion SET valid_to = '2026-12-31' WHERE criterion = 'adult'$$,
  $$UPDATE leadscore.target_criterion SET greeting = 'How old are you?' WHERE criterion = 'adult'$$,
  $$UPDATE leadscore.target_criterion SET greeting_version = '2' WHERE criterion = 'adult'$$,
  $$UPDATE leadscore.target_criterion SET enabled = false WHERE criterion = 'adult'$$,
  $$DELETE FROM leadscore.target_criterion WHERE criterion = 'adult'$$,
  $$INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('m', 'new', 'true')$$,
  $$UPDATE leadscore.target_criterion SET title = 'Grown up', title_ru = 'Взрослый', ord = -1 WHERE criterion = 'adult'$$,
  $$INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'c', '1')$$,
  $$UPDATE leadscore.model SET model = 'renamed' WHERE model = 'unsigned'$$]) AS c;

-- Changed, then signed again by one and by the other.
UPDATE leadscore.target_criterion SET condition = 'age >= 21' WHERE criterion = 'adult';
SELECT * FROM contract WHERE model = 'm';
SELECT leadscore.sign_target('m', 'sales');
SELECT * FROM contract WHERE model = 'm';
SELECT leadscore.sign_target('m', 'marketing');
SELECT * FROM contract WHERE model = 'm';
-- A third department that has signed something else stands in the way.
INSERT INTO leadscore.target_signature (model, department, criteria) VALUES ('m', 'finance', '[]');
SELECT * FROM contract WHERE model = 'm';
DELETE FROM leadscore.target_signature WHERE department = 'finance';
-- Twice in one transaction.
BEGIN;
SELECT leadscore.sign_target('m', 'sales'), leadscore.sign_target('m', 'sales');
COMMIT;
SELECT count(*) FROM leadscore.target_signature WHERE department = 'sales';
-- To agree on nothing is possible.
SELECT leadscore.sign_target('unsigned', 'sales'), leadscore.sign_target('unsigned', 'marketing');
SELECT model, criteria, is_agreed FROM leadscore.target_contract WHERE model = 'unsigned';
-- Signatures follow the name of their model, stay when its rows are replaced, and go with the model.
UPDATE leadscore.model SET model = 'renamed' WHERE model = 'm';
SELECT leadscore.import_model(leadscore.export_model('renamed'), 'renamed', replace => true);
SELECT is_agreed FROM leadscore.target_contract WHERE model = 'renamed';
UPDATE leadscore.model SET model = 'm' WHERE model = 'renamed';
DELETE FROM leadscore.model WHERE model = 'unsigned';
SELECT count(*) FROM leadscore.target_signature WHERE model <> 'm';

-- Disputes.
INSERT INTO leadscore.target_dispute (model, lead_key, department, claim, verdict, comment)
SELECT 'm', l.id, 'sales', 'not_target', leadscore.target('m', l, '2026-11-21'), 'no answer, three calls' FROM leads AS l;
UPDATE leadscore.target_dispute SET outcome = 'not_target', resolved_by = 'both heads', resolved_at = '2026-11-22' WHERE lead_key = '2';
SELECT lead_key, raised_by = current_user AS by_me, department, claim, verdict, outcome FROM leadscore.target_dispute ORDER BY lead_key;
SELECT department, count(*) AS disputes, count(*) FILTER (WHERE outcome IS NULL) AS open, count(*) FILTER (WHERE outcome = claim) AS was_right FROM leadscore.target_dispute GROUP BY department;
\set VERBOSITY terse
INSERT INTO leadscore.target_dispute (model, lead_key, claim) VALUES ('m', '1', 'bad lead');
INSERT INTO leadscore.target_dispute (model, lead_key, claim, verdict) VALUES ('m', '1', 'target', 'maybe');
INSERT INTO leadscore.target_dispute (model, lead_key, claim, outcome) VALUES ('m', '1', 'target', 'target');
INSERT INTO leadscore.target_dispute (model, lead_key, claim, resolved_at) VALUES ('m', '1', 'target', now());
INSERT INTO leadscore.target_dispute (model, lead_key, claim) VALUES ('none', '1', 'target');
\set VERBOSITY default

-- Mistakes.
SELECT leadscore.sign_target('no such model', 'sales');
SELECT leadscore.sign_target(NULL, 'sales');
\set VERBOSITY sqlstate
SELECT leadscore.sign_target('no such model', 'sales');
SELECT leadscore.sign_target(NULL, 'sales');
SELECT leadscore.sign_target('m', NULL);
SELECT leadscore.sign_target('m', '');
\set VERBOSITY default

-- Everybody sees the contract, readers the disputes; editors sign.
CREATE ROLE regress_contract_editor;
CREATE ROLE regress_contract_reader;
CREATE ROLE regress_contract_nobody;
SELECT leadscore.grant_editor('regress_contract_editor'), leadscore.grant_reader('regress_contract_reader');
SET ROLE regress_contract_nobody;
SELECT is_agreed FROM leadscore.target_contract;
SELECT count(*) FROM leadscore.target_dispute;
SELECT leadscore.sign_target('m', 'sales');
SET ROLE regress_contract_reader;
SELECT count(*) FROM leadscore.target_dispute;
SELECT leadscore.sign_target('m', 'sales');
SET ROLE regress_contract_editor;
SET search_path = '';
SELECT leadscore.sign_target('m', 'sales', 'by an editor');
INSERT INTO leadscore.target_dispute (model, lead_key, claim) VALUES ('m', '1', 'target');
RESET search_path;
-- Nobody signs for another, and nothing that is on record is taken back.
INSERT INTO leadscore.target_signature (model, department, criteria, signed_by, signed_at) VALUES ('m', 'board', '[]', 'the director', '2020-01-01');
DELETE FROM leadscore.target_signature;
UPDATE leadscore.target_signature SET department = 'other';
DELETE FROM leadscore.target_dispute;
RESET ROLE;
SELECT signed_by, signed_at > '2026-01-01' AS now, criteria = leadscore.target_criteria('m') AS these FROM leadscore.target_signature WHERE department = 'board';
SELECT signed_by, note FROM leadscore.target_signature ORDER BY signed_at DESC LIMIT 1;
SELECT raised_by FROM leadscore.target_dispute WHERE claim = 'target';

DROP VIEW contract;
DROP FUNCTION agreed_after(text);
DROP TABLE leads;
DROP EXTENSION leadscore;
DROP ROLE regress_contract_editor;
DROP ROLE regress_contract_reader;
DROP ROLE regress_contract_nobody;
