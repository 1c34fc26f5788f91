-- set_score(): scores kept in the user's own table; rescore_table() after a change of the model.
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
CREATE TYPE heat AS ENUM ('cold', 'warm', 'hot');
CREATE TABLE leads (
  id integer PRIMARY KEY,
  headcount integer,
  budget numeric,
  doubled integer GENERATED ALWAYS AS (headcount * 2) STORED,
  score double precision,
  grade varchar(1),
  temperature heat
);
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'headcount', 'headcount IS NOT NULL', 'headcount');
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES
  ('m', 'grade', 'A', 60, 57), ('m', 'grade', 'B', 30, NULL), ('m', 'grade', 'C', 0, NULL),
  ('m', 'temperature', 'hot', 50, 50), ('m', 'temperature', 'warm', 20, 20), ('m', 'temperature', 'cold', 0, 0);
CREATE TRIGGER keep_score BEFORE INSERT OR UPDATE ON leads
FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score', 'grade', 'temperature');

INSERT INTO leads (id, headcount) VALUES (1, 61), (2, 59), (3, 5), (4, NULL);
SELECT id, headcount, score, grade, temperature FROM leads ORDER BY id;
-- 61, 59, 61: the grade does not flap; below 57 it is lost, and 59 does not bring it back.
UPDATE leads SET headcount = 59 WHERE id = 1 RETURNING score, grade;
UPDATE leads SET headcount = 61 WHERE id = 1 RETURNING score, grade;
UPDATE leads SET headcount = 57 WHERE id = 1 RETURNING score, grade;
UPDATE leads SET headcount = 56 WHERE id = 1 RETURNING score, grade;
UPDATE leads SET headcount = 59 WHERE id = 1 RETURNING score, grade;
-- What the application writes into the columns does not count.
UPDATE leads SET score = 99, grade = 'A', temperature = 'hot' WHERE id = 3 RETURNING score, grade, temperature;
INSERT INTO leads (id, headcount, score, grade) VALUES (5, 31, 99, 'A') ON CONFLICT (id) DO UPDATE SET headcount = excluded.headcount RETURNING score, grade;
INSERT INTO leads (id, headcount) VALUES (5, 70) ON CONFLICT (id) DO UPDATE SET headcount = excluded.headcount RETURNING score, grade;
COPY leads (id, headcount) FROM stdin;
6	33
7	77
\.
SELECT id, score, grade, temperature FROM leads WHERE id >= 6 ORDER BY id;

-- After a change of the model.
UPDATE leadscore.criterion SET points = 'headcount / 2.0' WHERE model = 'm';
SELECT leadscore.rescore_table('leads');
SELECT id, score, grade, temperature FROM leads ORDER BY id;
SELECT leadscore.rescore_table('leads');
SELECT leadscore.rescore_table(NULL);
CREATE TABLE plain (id integer);
SELECT leadscore.rescore_table('plain');
SELECT * FROM leadscore.set_score_triggers('leads');


-- rescore_table() ends: rounding, blanks, labels that are kept, columns of any name, triggers on some columns only.
CREATE TABLE odd (l integer, headcount integer, score numeric, grade char(10), other integer, note text);
CREATE TRIGGER keep_score BEFORE INSERT OR UPDATE OF headcount, note ON odd FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score', 'grade');
CREATE TABLE audit (note text);
CREATE FUNCTION audited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES ('seen'); RETURN NULL; END $$;
CREATE TRIGGER audited AFTER UPDATE ON odd FOR EACH ROW EXECUTE FUNCTION audited();
UPDATE leadscore.criterion SET points = 'headcount / 7.0::float8' WHERE model = 'm';
INSERT INTO odd (l, headcount) VALUES (1, 100), (2, 430);
SELECT * FROM odd ORDER BY l;
UPDATE odd SET headcount = 410 WHERE l = 2 RETURNING score, grade;
SELECT leadscore.rescore_table('odd');
UPDATE leadscore.criterion SET points = 'headcount / 6.9::float8' WHERE model = 'm';
SELECT leadscore.rescore_table('odd');
SELECT leadscore.rescore_table('odd');
SELECT * FROM odd ORDER BY l;
SELECT count(*) FROM audit;
ALTER TABLE odd DISABLE TRIGGER keep_score;
SELECT leadscore.rescore_table('odd');
SELECT leadscore.rescore_table(99999);
SELECT leadscore.needs_rescoring('m', o, 'nothing', NULL, NULL) FROM odd AS o;
SELECT leadscore.needs_rescoring('m', 5, 'score', NULL, NULL);
-- What is stored does not depend on how the session writes numbers.
CREATE TABLE written (headcount integer, f float8, r real, b bigint, n numeric);
CREATE TRIGGER f BEFORE INSERT OR UPDATE ON written FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'f');
CREATE TRIGGER r BEFORE INSERT OR UPDATE ON written FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'r');
CREATE TRIGGER b BEFORE INSERT OR UPDATE ON written FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'b');
CREATE TRIGGER n BEFORE INSERT OR UPDATE ON written FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'n');
SET extra_float_digits = -15;
INSERT INTO written VALUES (100);
SELECT (leadscore.evaluate('m', w)).reasons FROM written AS w;
UPDATE leadscore.criterion SET points = 'headcount / 7.1::float8' WHERE model = 'm';
SELECT leadscore.rescore_table('written');
RESET extra_float_digits;
SELECT * FROM written;
UPDATE leadscore.model SET upper = 1e15, base_points = 1e15 WHERE model = 'm';
INSERT INTO written VALUES (NULL) RETURNING b;
UPDATE leadscore.model SET base_points = 0, upper = 100 WHERE model = 'm';
-- Inheritance children, columns that cannot be written.
CREATE TABLE parent (id integer GENERATED ALWAYS AS IDENTITY, headcount integer, g integer GENERATED ALWAYS AS (headcount) STORED, score float8);
CREATE TABLE child () INHERITS (parent);
CREATE TRIGGER s BEFORE INSERT OR UPDATE OF id, g, headcount ON parent FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score');
INSERT INTO parent (headcount) VALUES (71);
INSERT INTO child (id, headcount) VALUES (5, 71);
UPDATE leadscore.criterion SET points = 'headcount' WHERE model = 'm';
SELECT leadscore.rescore_table('parent');
SELECT leadscore.rescore_table('parent');
SELECT tableoid::regclass, headcount, score FROM parent;
DROP TRIGGER s ON parent;
CREATE TRIGGER s BEFORE INSERT OR UPDATE OF id, g ON parent FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score');
SELECT leadscore.rescore_table('parent');
DROP TABLE child, parent, written;
DROP TABLE odd, audit;
DROP FUNCTION audited();
UPDATE leadscore.criterion SET points = 'headcount / 2.0' WHERE model = 'm';

-- Columns of other types; names that need quotes.
CREATE TABLE "Le""ads" ("e-mail" text, "head count" integer, "Score" smallint, "Оценка" real, "numeric" numeric(5, 1), grade char(1));
INSERT INTO leadscore.model (model) VALUES ('модель "2"');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('модель "2"', 'c', '"head count" > 0 AND "e-mail" IS NULL', '"head count" / 8.0');
CREATE TRIGGER a BEFORE INSERT OR UPDATE ON "Le""ads" FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('модель "2"', 'Score');
CREATE TRIGGER b BEFORE INSERT OR UPDATE ON "Le""ads" FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('модель "2"', 'Оценка', '');
CREATE TRIGGER c BEFORE INSERT OR UPDATE ON "Le""ads" FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('модель "2"', 'numeric', 'grade');
INSERT INTO "Le""ads" VALUES (NULL, 77);
SELECT * FROM "Le""ads";
SELECT leadscore.rescore_table('"Le""ads"');
UPDATE leadscore.model SET base_points = 1 WHERE model = 'модель "2"';
SELECT leadscore.rescore_table('"Le""ads"');
SELECT * FROM "Le""ads";

-- A scoring problem never costs the lead.
UPDATE leadscore.criterion SET points = 'headcount / (budget - 1)' WHERE model = 'm';
INSERT INTO leads (id, headcount, budget) VALUES (8, 61, 1), (9, 61, 2) RETURNING id, score, grade, temperature;
UPDATE leadscore.criterion SET condition = 'no_such_column' WHERE model = 'm';
INSERT INTO leads (id, headcount, budget) VALUES (10, 61, 1) RETURNING id, score, grade;
UPDATE leads SET headcount = 1 WHERE id = 9 RETURNING id, score, grade;
UPDATE leadscore.criterion SET condition = 'generate_series(1, 2) > 1' WHERE model = 'm';
INSERT INTO leads (id, headcount, budget) VALUES (13, 61, 1) RETURNING id, score, grade;
DELETE FROM leadscore.model WHERE model = 'm';
INSERT INTO leads (id, headcount, budget) VALUES (11, 61, 1) RETURNING id, score, grade;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'headcount', 'true', '2000000000');
UPDATE leadscore.model SET upper = 1e10;
INSERT INTO "Le""ads" VALUES (NULL, 77);
UPDATE leadscore.criterion SET points = '1000 * "head count"' WHERE model <> 'm';
UPDATE leadscore.model SET base_points = 1e9;
INSERT INTO "Le""ads" VALUES (NULL, 7) RETURNING *;
UPDATE leadscore.model SET upper = 100, base_points = 0;

-- A generated column is not computed yet.
UPDATE leadscore.criterion SET points = 'doubled' WHERE model = 'm';
INSERT INTO leads (id, headcount) VALUES (12, 61);
SELECT leadscore.score('m', l) FROM leads AS l WHERE id = 1;

-- Misuse.
SELECT leadscore.set_score();
SELECT leadscore.check_expressions();
CREATE TRIGGER wrong AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'id');
INSERT INTO plain VALUES (1);
DROP TRIGGER wrong ON plain;
CREATE TRIGGER wrong BEFORE INSERT ON plain FOR EACH STATEMENT EXECUTE FUNCTION leadscore.set_score('m', 'id');
INSERT INTO plain VALUES (1);
DROP TRIGGER wrong ON plain;
CREATE TRIGGER wrong BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m');
INSERT INTO plain VALUES (1);
DROP TRIGGER wrong ON plain;
CREATE TRIGGER wrong BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'nothing');
INSERT INTO plain VALUES (1);
DROP TRIGGER wrong ON plain;
CREATE TRIGGER wrong BEFORE INSERT ON plain FOR EACH STATEMENT EXECUTE FUNCTION leadscore.check_expressions();
INSERT INTO plain VALUES (1);
DROP TRIGGER wrong ON plain;
SELECT leadscore.begin_edit();
CREATE TRIGGER wrong BEFORE DELETE ON plain FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'id');
INSERT INTO plain VALUES (1);
DELETE FROM plain;

-- Partitions: the trigger is cloned, columns are found by name in each.
UPDATE leadscore.criterion SET points = 'headcount' WHERE model = 'm';
CREATE TABLE parts (id integer, headcount integer, score real) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE part_2 (score real, gone text, headcount integer, id integer);
ALTER TABLE part_2 DROP gone;
ALTER TABLE parts ATTACH PARTITION part_2 FOR VALUES IN (2);
CREATE TRIGGER keep_score BEFORE INSERT OR UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score');
INSERT INTO parts VALUES (1, 10), (2, 20);
INSERT INTO part_2 (id, headcount) VALUES (2, 30);
SELECT * FROM parts ORDER BY headcount;

-- Where time is up while a lead is scored, the statement ends: the lead is not written without a score.
UPDATE leadscore.criterion SET condition = 'factorial(headcount) > 0' WHERE model = 'm';
SET statement_timeout = '50ms';
\set SHOW_CONTEXT never
INSERT INTO parts VALUES (1, 32000);
\set SHOW_CONTEXT errors
RESET statement_timeout;
SELECT count(*) FROM parts WHERE headcount = 32000;

-- With DEPENDS ON EXTENSION, DROP EXTENSION takes the triggers along and leaves the data.
ALTER TRIGGER keep_score ON leads DEPENDS ON EXTENSION leadscore;
ALTER TRIGGER keep_score ON parts DEPENDS ON EXTENSION leadscore;
DROP TABLE plain, "Le""ads";
DROP EXTENSION leadscore;
INSERT INTO leads (id) VALUES (100) RETURNING id, score;
DROP TABLE leads, parts;
DROP TYPE heat;
