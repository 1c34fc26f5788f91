-- Who may do what. A role without any table privilege scores; only an editor edits.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
CREATE ROLE regress_leadscore_nobody;
CREATE ROLE regress_leadscore_editor;
CREATE ROLE regress_leadscore_reader;
GRANT CREATE ON SCHEMA public TO regress_leadscore_nobody, regress_leadscore_editor;
SELECT leadscore.grant_editor('regress_leadscore_editor');
REVOKE SELECT ON leadscore.model, leadscore.dimension, leadscore.criterion, leadscore.band, leadscore.model_version FROM PUBLIC;
SELECT leadscore.grant_reader('regress_leadscore_reader');
CREATE TABLE leads (id integer, headcount integer);
INSERT INTO leads VALUES (1, 5);
GRANT SELECT ON leads TO PUBLIC;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', 'headcount > 1', '10');

SET ROLE regress_leadscore_nobody;
SELECT leadscore.score('m', l) FROM leads AS l;
SELECT (leadscore.evaluate('m', l)).score FROM leads AS l;
SELECT sum(e.contribution) FROM leads AS l, leadscore.explain('m', l) AS e;
SELECT current_user;
SELECT * FROM leadscore.model;
SELECT leadscore.export_model('m');
SELECT * FROM leadscore.validate_model('m', 'leads');
INSERT INTO leadscore.model (model) VALUES ('x');
UPDATE leadscore.criterion SET points = '1';
DELETE FROM leadscore.model;
TRUNCATE leadscore.criterion;
SELECT nextval('leadscore.model_version_number');
SELECT leadscore.create_model('x', 'b2b');
SELECT leadscore.import_model('{"format": 1, "model": {}}', 'x');
SELECT leadscore.save_model_version('m');
SELECT leadscore.train('m', 'leads', 'won');
SELECT leadscore.calibrate_probability('m', 'leads', 'won');
SELECT leadscore.publish_model('m', 'x', 'leads', 'won', 'created');
SELECT leadscore.restore_model_version('m', 1);
SELECT leadscore.create_match_rule('contact');
SELECT leadscore.train_match('contact', 'leads');
SELECT count(*) FROM leadscore.match_rule;
SELECT leadscore.grant_editor('regress_leadscore_nobody');
SELECT leadscore.grant_reader('regress_leadscore_nobody');
CREATE TABLE own (id integer, headcount integer, score float8);
CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON own FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score');
INSERT INTO own VALUES (1, 7) RETURNING *;
CREATE TRIGGER stolen BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION leadscore.set_version();
CREATE TRIGGER stolen BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION leadscore.touch_model();
CREATE TRIGGER stolen BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION leadscore.check_expressions();

SET ROLE regress_leadscore_reader;
SELECT model FROM leadscore.model;
SELECT count(*) FROM leadscore.validate_model('m', 'leads');
UPDATE leadscore.model SET base_points = 5;

SET ROLE regress_leadscore_editor;
UPDATE leadscore.model SET base_points = 5 WHERE model = 'm';
UPDATE leadscore.criterion SET points = '20' WHERE model = 'm';
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'd', '1');
DELETE FROM leadscore.criterion WHERE criterion = 'd';
SELECT leadscore.score('m', l) FROM leads AS l;
SELECT leadscore.create_model('e', 'blank');
SELECT owner FROM leadscore.model WHERE model = 'e';
SELECT leadscore.import_model(leadscore.export_model('m'), 'copy');
SELECT leadscore.save_model_version('m') > 0;
-- An editor can neither give a version that has been, nor use up the numbers.
INSERT INTO leadscore.model (model, version) VALUES ('far', 9223372036854775807) RETURNING version < 1000;
UPDATE leadscore.model SET version = 9223372036854775807 WHERE model = 'far' RETURNING version < 1000;
SELECT setval('leadscore.model_version_number', 1);
DELETE FROM leadscore.model WHERE model = 'copy';
SELECT leadscore.create_match_rule('contact');
UPDATE leadscore.match_rule SET threshold = 0.9;
DELETE FROM leadscore.match_rule;
-- He learns, calibrates and publishes from tables that he may read; nobody else's.
CREATE TABLE history AS SELECT n AS id, timestamptz '2026-01-01' + n * interval '1 hour' AS created, n % 5 AS headcount, n % 5 > n * 7 % 6 AS won FROM generate_series(1, 600) AS n;
SELECT t.leads FROM leadscore.train('candidate', 'history', 'won', ARRAY['headcount'], at => 'created', penalty => 1) AS t;
SELECT (p.comparison).leads, p.overridden FROM leadscore.publish_model('candidate', 'e', 'history', 'won', 'created', as_of => '2026-03-01') AS p;
SELECT count(*) FROM leadscore.calibrate_probability('e', 'history', 'won', since => '2026-01-20', at => 'created');
SELECT leadscore.restore_model_version('e', (SELECT min(version) FROM leadscore.model_version WHERE model = 'e')) > 0 AS restored;
SET ROLE regress_leadscore_reader;
SELECT leadscore.compare_models('candidate', 'e', 'history', 'won');
SELECT leadscore.backtest('candidate', 'history', 'won', 'created');
SET ROLE regress_leadscore_editor;
DROP TABLE history;
SELECT leadscore.grant_editor('regress_leadscore_nobody');
ALTER TABLE leadscore.model ADD x integer;
CREATE FUNCTION leadscore.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1';
RESET ROLE;

-- Row-level security: a function sees the rows that its caller's query gives it.
CREATE POLICY own_rows ON leads USING (id > 1);
ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
INSERT INTO leads VALUES (2, 8);
SET ROLE regress_leadscore_nobody;
SELECT id, leadscore.score('m', l) FROM leads AS l;
RESET ROLE;

DROP TABLE leads, own;
DROP EXTENSION leadscore;
REVOKE CREATE ON SCHEMA public FROM regress_leadscore_nobody, regress_leadscore_editor;
DROP ROLE regress_leadscore_nobody, regress_leadscore_editor, regress_leadscore_reader;
