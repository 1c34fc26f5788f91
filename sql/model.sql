-- Models as tables: keys, checks, versions, documents.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
CREATE TABLE leads (id integer, headcount integer);
INSERT INTO leads VALUES (1, 5);

-- What a model may not be.
INSERT INTO leadscore.model (model) VALUES ('');
INSERT INTO leadscore.model (model, base_points) VALUES ('m', 'NaN');
INSERT INTO leadscore.model (model, base_points) VALUES ('m', 'Infinity');
INSERT INTO leadscore.model (model, lower) VALUES ('m', '-Infinity');
INSERT INTO leadscore.model (model, upper) VALUES ('m', 'NaN');
INSERT INTO leadscore.model (model, lower) VALUES ('m', 100);
INSERT INTO leadscore.model (model, scale) VALUES ('m', 'log');
INSERT INTO leadscore.model (model, raw_min, raw_max) VALUES ('m', 1, 0);
INSERT INTO leadscore.dimension (model, dimension) VALUES ('none', 'd');
INSERT INTO leadscore.model (model, title, title_ru) VALUES ('m', 'Companies', 'Компании');
INSERT INTO leadscore.dimension (model, dimension, lower, upper) VALUES ('m', 'd', 5, 4);
INSERT INTO leadscore.dimension (model, dimension, lower) VALUES ('m', 'd', 'NaN');
INSERT INTO leadscore.dimension (model, dimension, upper) VALUES ('m', 'd', 40);
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('none', 'c', '1');
INSERT INTO leadscore.criterion (model, criterion, dimension, points) VALUES ('m', 'c', 'none', '1');
INSERT INTO leadscore.criterion (model, criterion, attribute, points) VALUES ('m', 'c', '', '1');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'colour', 'red', 1);
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('m', 'grade', 'A', 1, 2);
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'grade', 'A', 'NaN');

-- Every change of a model's rows gives it a new version, and no other model one.
INSERT INTO leadscore.model (model) VALUES ('other');
CREATE TABLE seen (what text, version bigint, other bigint);
CREATE FUNCTION changed(what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m bigint; o bigint; last seen;
BEGIN
  SELECT version INTO m FROM leadscore.model WHERE title = 'Companies';
  SELECT version INTO o FROM leadscore.model WHERE model = 'other';
  SELECT * INTO last FROM seen;
  DELETE FROM seen;
  INSERT INTO seen VALUES (what, m, o);
  RETURN format('%s: %s, the other %s', what, CASE WHEN m > last.version THEN 'new version' ELSE 'same version' END,
    CASE WHEN o > last.other THEN 'too' ELSE 'not' END);
END $$;
SELECT changed('start') IS NOT NULL;
INSERT INTO leadscore.criterion (model, criterion, dimension, condition, points) VALUES ('m', 'c', 'd', 'headcount > 1', '10');
SELECT changed('insert criterion');
UPDATE leadscore.criterion SET title = 'Title' WHERE model = 'm';
SELECT changed('update criterion');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'grade', 'A', 50), ('m', 'grade', 'D', 0);
SELECT changed('insert bands');
DELETE FROM leadscore.band WHERE label = 'D';
SELECT changed('delete band');
UPDATE leadscore.dimension SET upper = 30 WHERE model = 'm';
SELECT changed('update dimension');
UPDATE leadscore.model SET base_points = 1 WHERE model = 'm';
SELECT changed('update model');
UPDATE leadscore.model SET version = 0 WHERE model = 'm';
SELECT changed('set an old version');
UPDATE leadscore.criterion SET points = '1' WHERE false;
SELECT changed('nothing');
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('other', 'x', '1');
SELECT changed('the other model');
UPDATE leadscore.criterion SET model = 'other', dimension = NULL WHERE criterion = 'c';
SELECT changed('move a criterion');
UPDATE leadscore.criterion SET model = 'm', dimension = 'd' WHERE criterion = 'c';
SELECT changed('move it back');
TRUNCATE leadscore.band;
SELECT changed('truncate');
UPDATE leadscore.model SET model = 'renamed' WHERE model = 'm';
SELECT changed('rename');
SELECT model, criterion, dimension FROM leadscore.criterion ORDER BY 1, 2;
SELECT leadscore.score('renamed', l) FROM leads AS l;
UPDATE leadscore.dimension SET dimension = 'fit' WHERE model = 'renamed';
SELECT changed('rename a dimension');
SELECT model, criterion, dimension FROM leadscore.criterion ORDER BY 1, 2;

-- A restore writes rows in the versions they had; what comes later is above them.
BEGIN;
COPY leadscore.model (model, version) FROM stdin;
restored	1000000
\.
SELECT version > 1000000 FROM leadscore.model WHERE model = 'restored';
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('restored', 'c', '1');
SELECT version > 1000001 FROM leadscore.model WHERE model = 'restored';
ROLLBACK;

-- pg_restore -j writes children before their parents; nobody else does.
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('late', 'grade', 'A', 50);
BEGIN;
SET LOCAL check_function_bodies = off;
SET LOCAL row_security = off;
SELECT set_config('search_path', '', true);
COPY leadscore.band (model, kind, label, from_score) FROM stdin;
late	grade	A	50
\.
SHOW session_replication_role;
SELECT version AS before FROM leadscore.model WHERE model = 'other' \gset
INSERT INTO leadscore.model (model) VALUES ('late');
COPY leadscore.band (model, kind, label, from_score) FROM stdin;
late	grade	B	20
\.
SELECT version > :before AS new_version FROM leadscore.model WHERE model = 'other';
ROLLBACK;
BEGIN;
SET LOCAL check_function_bodies = off;
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('late', 'grade', 'A', 50);
ROLLBACK;
BEGIN;
SET LOCAL check_function_bodies = off;
SET LOCAL row_security = off;
SELECT set_config('search_path', '', true);
SET LOCAL session_replication_role = replica;
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('late', 'grade', 'A', 50);
SHOW session_replication_role;
ROLLBACK;

-- Documents: a round trip changes nothing.
INSERT INTO leadscore.model (model, title, title_ru, base_points, lower, upper, scale, raw_min, raw_max, time_zone) VALUES
  ('full', 'Title "quoted"', 'Название', 0.1, -5, 1e6, 'range', -1e-7, 12345.678901234567, 'Asia/Kathmandu');
INSERT INTO leadscore.dimension (model, dimension, title, title_ru, lower, upper) VALUES
  ('full', 'z', 'last name, first place', NULL, NULL, 0.30000000000000004), ('full', 'a', NULL, 'Второе', -1, NULL);
INSERT INTO leadscore.criterion (model, criterion, dimension, attribute, condition, points, title, title_ru, enabled, provenance) VALUES
  ('full', 'second', 'a', 'x', E'headcount > 1 -- comment\n', 'headcount * 0.1', NULL, 'ООО', true, '{"n": null, "k": [1, {"a": null}]}'),
  ('full', 'first', NULL, NULL, 'true', '-0.1', 't', NULL, false, NULL);
INSERT INTO leadscore.band VALUES ('full', 'grade', 'A', 't', 'т', 50, 45), ('full', 'temperature', 'hot', NULL, NULL, 0.1, NULL);
INSERT INTO leadscore.calibration (model, raw_from, probability, intercept, slope, leads, wins, rate_lower, rate_upper, provenance) VALUES
  ('full', '-infinity', 0.1, NULL, NULL, 10, 1, 0.005, 0.5, '{"by": "hand"}'), ('full', 7.000000000000001, NULL, -1.2345678901234567, 1e-300, NULL, NULL, NULL, NULL, NULL);
INSERT INTO leadscore.protected_attribute VALUES ('full', 'zodiac'), ('full', 'Возраст');
SELECT jsonb_pretty(leadscore.export_model('full'));
SET extra_float_digits = -15;
SELECT leadscore.import_model(leadscore.export_model('full'), 'copy');
RESET extra_float_digits;
SELECT leadscore.export_model('copy') = leadscore.export_model('full') AS equal;
SELECT leadscore.import_model(leadscore.export_model('full'), 'copy');
SELECT leadscore.import_model('{"format": 1, "model": {}}', 'copy', replace => true);
SELECT leadscore.export_model('copy');
SELECT leadscore.import_model(leadscore.export_model('full'), 'copy', replace => true);
SELECT leadscore.export_model('copy') = leadscore.export_model('full') AS equal;
SELECT leadscore.import_model('{"format": 1, "model": {}, "dimensions": null, "criteria": null, "bands": null}', 'nulls');
SELECT leadscore.import_model(NULL, 'x'), leadscore.export_model(NULL), leadscore.save_model_version(NULL);
SELECT leadscore.import_model('{"format": 1, "model": {}, "extra": 1}', 'x');
SELECT leadscore.import_model('{"format": 1, "model": {}, "criteria": [{"criterion": "c", "condition": "(SELECT true)", "points": 1}]}', 'x');
SELECT leadscore.import_model('{"format": 1, "model": {}, "criteria": [{"criterion": "c", "points": 1}, {"criterion": "c", "points": 2}]}', 'x');
SELECT leadscore.export_model('none');
SELECT leadscore.save_model_version('none');
SELECT count(*) FROM leadscore.model WHERE model = 'x';

-- Versions that are kept can be brought back.
SELECT leadscore.save_model_version('renamed', 'before the sale') = version FROM leadscore.model WHERE model = 'renamed';
SELECT leadscore.save_model_version('renamed') = version FROM leadscore.model WHERE model = 'renamed';
SELECT model, note, document = leadscore.export_model('renamed') AS equal FROM leadscore.model_version;
UPDATE leadscore.criterion SET points = '99' WHERE model = 'renamed';
SELECT leadscore.import_model(document, 'renamed', replace => true) FROM leadscore.model_version WHERE model = 'renamed' ORDER BY version LIMIT 1;
SELECT leadscore.score('renamed', l) FROM leads AS l;

-- Children go with their model; a kept version too.
DELETE FROM leadscore.model;
SELECT (SELECT count(*) FROM leadscore.dimension), (SELECT count(*) FROM leadscore.criterion), (SELECT count(*) FROM leadscore.band),
  (SELECT count(*) FROM leadscore.model_version);
DROP TABLE leads, seen;
DROP EXTENSION leadscore;
DROP FUNCTION changed(text);
