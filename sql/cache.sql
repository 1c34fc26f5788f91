-- Compiled models are kept by the session: never beyond what they were compiled from.
CREATE EXTENSION leadscore;
CREATE TABLE leads (id integer);
INSERT INTO leads VALUES (1);
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'a', '10');

-- Within an editing statement rows are visible before the version changes; what is compiled then is not used later.
CREATE FUNCTION peek() RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN leadscore.score('m', l) FROM leads AS l LIMIT 1; END $$;
\c -
BEGIN;
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'b', '50') RETURNING peek();
ROLLBACK;
SELECT leadscore.score('m', l), peek() FROM leads AS l;
BEGIN;
SELECT peek();
SAVEPOINT s;
UPDATE leadscore.criterion SET points = '20' RETURNING peek();
SELECT peek();
UPDATE leadscore.criterion SET points = '30' RETURNING peek();
ROLLBACK TO s;
SELECT peek();
DELETE FROM leadscore.criterion RETURNING peek();
SELECT peek();
ROLLBACK;
SELECT peek();
BEGIN;
TRUNCATE leadscore.criterion;
SELECT peek();
ROLLBACK;
SELECT peek();

-- The same where an error undoes the edit in its midst, and the command counter stands where it stood.
CREATE FUNCTION peek_and_fail() RETURNS float8 LANGUAGE plpgsql VOLATILE AS $$ BEGIN RAISE EXCEPTION '%', peek(); END $$;
DO $$
BEGIN
  BEGIN
    UPDATE leadscore.criterion SET points = '99' RETURNING peek_and_fail();
  EXCEPTION WHEN raise_exception THEN RAISE NOTICE 'while it was edited: %', sqlerrm;
  END;
  RAISE NOTICE 'afterwards: %', peek();
END $$;
DROP FUNCTION peek_and_fail();

-- A row type that changes in mid-statement is read as what it has become.
CREATE TYPE changing AS (a integer, b integer);
CREATE FUNCTION changed(i integer) RETURNS changing LANGUAGE plpgsql AS $$
BEGIN
  IF i = 2 THEN
    EXECUTE 'ALTER TYPE changing RENAME ATTRIBUTE a TO c';
    EXECUTE 'ALTER TYPE changing RENAME ATTRIBUTE b TO a';
  ELSIF i = 3 THEN
    EXECUTE 'ALTER TYPE changing ADD ATTRIBUTE d integer';
    RETURN ROW(1, 2, 3);
  END IF;
  RETURN ROW(1, 2);
END $$;
SELECT i, leadscore.score('{"format": 1, "model": {}, "criteria": [{"criterion": "c", "condition": "a = 1", "points": 7}]}'::jsonb, changed(i)) FROM generate_series(1, 3) AS i;

-- So is the type of a column of which a field is read.
CREATE TYPE address AS (city text, zip text);
CREATE TABLE addresses (a address);
INSERT INTO addresses VALUES (ROW('Тверь', '170000'));
INSERT INTO leadscore.model (model) VALUES ('addresses');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('addresses', 'c', '(a).city = ''Тверь''', '5');
SELECT leadscore.score('addresses', t) FROM addresses AS t;
ALTER TYPE address RENAME ATTRIBUTE city TO town;
ALTER TYPE address RENAME ATTRIBUTE zip TO city;
SELECT leadscore.score('addresses', t) FROM addresses AS t;
DROP TABLE addresses;
DROP TYPE address;

-- What a changed enum, function or cast would mean is analysed anew.
CREATE TYPE mood AS ENUM ('cold', 'hot');
CREATE TABLE moods (m mood);
INSERT INTO moods VALUES ('hot');
INSERT INTO leadscore.model (model) VALUES ('moods');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('moods', 'c', 'm = ''hot''', '5');
SELECT leadscore.score('moods', t) FROM moods AS t;
ALTER TYPE mood RENAME VALUE 'hot' TO 'warm';
SELECT leadscore.score('moods', t) FROM moods AS t;
ALTER TYPE mood ADD VALUE 'hot';
SELECT leadscore.score('moods', t) FROM moods AS t;

-- One lead's memory does not stay, nor do superseded versions, nor large constants.
CREATE FUNCTION kept() RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name LIKE 'leadscore%' OR parent LIKE 'leadscore%' $$;
UPDATE leadscore.criterion SET condition = 'length(repeat(id::text, 50000000)) > 5' WHERE model = 'm';
SELECT leadscore.score('m', l) FROM leads AS l;
SELECT kept() < 1000000 AS little_is_kept;
UPDATE leadscore.criterion SET condition = 'repeat(''x'', 50000000) <> id::text' WHERE model = 'm';
SELECT leadscore.score('m', l) FROM leads AS l;
UPDATE leadscore.criterion SET condition = 'true' WHERE model = 'm';
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'm', 'c' || n, 'id = ' || n, '1' FROM generate_series(1, 500) AS n;
DO $$
DECLARE
  l leads;
  dropped float8;
BEGIN
  SELECT * INTO l FROM leads;
  FOR i IN 1..30 LOOP
    UPDATE leadscore.model SET title = i::text WHERE model = 'm';
    dropped := leadscore.score('m', l);
  END LOOP;
END $$;
\c -
DO $$
BEGIN
  FOR i IN 1..30 LOOP
    PERFORM leadscore.score('m', l) FROM leads AS l;
    COMMIT;
    UPDATE leadscore.model SET title = i::text WHERE model = 'm';
    COMMIT;
  END LOOP;
END $$;
SELECT kept() < 5000000 AS one_version_is_kept;
DROP TABLE leads, moods CASCADE;
DROP FUNCTION peek(), changed(integer), kept();
DROP TYPE changing, mood;
DROP EXTENSION leadscore;
