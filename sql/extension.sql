-- The extension as an object: what it is made of, that it leaves nothing behind, that it adopts nothing.
CREATE FUNCTION everything() RETURNS TABLE (catalog text, entries bigint) LANGUAGE sql AS $$
  SELECT 'class', count(*) FROM pg_class UNION ALL SELECT 'proc', count(*) FROM pg_proc UNION ALL SELECT 'type', count(*) FROM pg_type UNION ALL
  SELECT 'trigger', count(*) FROM pg_trigger UNION ALL SELECT 'constraint', count(*) FROM pg_constraint UNION ALL SELECT 'depend', count(*) FROM pg_depend UNION ALL
  SELECT 'shdepend', count(*) FROM pg_shdepend UNION ALL SELECT 'namespace', count(*) FROM pg_namespace UNION ALL SELECT 'description', count(*) FROM pg_description UNION ALL
  SELECT 'init_privs', count(*) FROM pg_init_privs UNION ALL SELECT 'default_acl', count(*) FROM pg_default_acl UNION ALL SELECT 'attrdef', count(*) FROM pg_attrdef UNION ALL
  SELECT 'sequence', count(*) FROM pg_sequence
$$;
CREATE TABLE before (catalog text, entries bigint);
INSERT INTO before SELECT * FROM everything();
CREATE EXTENSION leadscore;
CREATE TABLE leads (id integer, headcount integer);
SET client_min_messages = warning;
SELECT leadscore.create_model('b2b', 'b2b', 'leads');
RESET client_min_messages;
SELECT leadscore.save_model_version('b2b') > 0;
SELECT leadscore.grant_editor('pg_read_all_data');

-- Every object says what it is.
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS without_comment FROM pg_depend AS d
WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'leadscore') AND d.deptype = 'e'
  AND d.classid <> 'pg_type'::regclass AND obj_description(d.objid, d.classid::regclass::name) IS NULL
  AND NOT (d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_class AS c WHERE c.oid = d.objid AND c.relkind = 'S' AND c.relname LIKE '%\_ord\_seq'));
SELECT c.relname, a.attname AS column_without_comment FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind IN ('r', 'v', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL;
SELECT typname AS type_without_comment FROM pg_type AS t WHERE typnamespace = 'leadscore'::regnamespace AND typtype IN ('e', 'd', 'b') AND typelem = 0 AND obj_description(oid, 'pg_type') IS NULL;

-- Functions: search_path pinned where there is SQL inside (rescore_table fires the user's triggers, under the user's; fill ends transactions, which a pinned one may not, and names all that it calls with its schema), nothing runs as its owner, nothing is leakproof, immutable means parallel safe.
SELECT p.oid::regprocedure AS unpinned FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'leadscore'::regnamespace AND l.lanname IN ('sql', 'plpgsql') AND (p.proconfig IS NULL OR NOT 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig)) AND p.proname <> ALL ('{rescore_table,fill}');
SELECT p.oid::regprocedure AS suspicious FROM pg_proc AS p
WHERE p.pronamespace = 'leadscore'::regnamespace AND (p.prosecdef OR p.proleakproof OR (p.provolatile = 'i' AND p.proparallel <> 's' AND p.prokind <> 'a') OR ('internal'::regtype = ANY (p.proargtypes) AND p.oid NOT IN (SELECT s.prosupport FROM pg_proc AS s)
    AND p.oid NOT IN (SELECT unnest(ARRAY[a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn]::oid[]) FROM pg_aggregate AS a)) OR 'cstring'::regtype = ANY (p.proargtypes));
SELECT p.oid::regprocedure, p.provolatile, p.proisstrict AS strict, p.proparallel, p.procost AS cost, has_function_privilege('public', p.oid, 'EXECUTE') AS public
FROM pg_proc AS p WHERE p.pronamespace = 'leadscore'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C";
SELECT DISTINCT p.probin AS library FROM pg_proc AS p WHERE p.pronamespace = 'leadscore'::regnamespace AND p.probin IS NOT NULL;

-- Everything that people write is dumped, with all rows; version numbers go on by themselves.
SELECT c.oid::regclass AS not_dumped FROM pg_class AS c WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind IN ('r', 'S')
  AND NOT c.oid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'leadscore') ORDER BY 1;
SELECT DISTINCT unnest(extcondition) AS filter FROM pg_extension WHERE extname = 'leadscore';
SELECT extnamespace::regnamespace, extrelocatable FROM pg_extension WHERE extname = 'leadscore';
ALTER EXTENSION leadscore SET SCHEMA public;

-- Nothing stays behind.
DROP TABLE leads;
DROP EXTENSION leadscore;
SELECT a.catalog, b.entries AS before, a.entries AS after FROM everything() AS a JOIN before AS b USING (catalog) WHERE a.entries <> b.entries;
DROP TABLE before;

-- A schema that somebody made first is not adopted, nor is anything installed into it.
CREATE SCHEMA leadscore;
CREATE FUNCTION leadscore.score(text, anyelement, timestamptz) RETURNS float8 LANGUAGE sql AS 'SELECT 666.0::float8';
CREATE EXTENSION leadscore;
SELECT count(*) FROM pg_extension WHERE extname = 'leadscore';
DROP SCHEMA leadscore CASCADE;
CREATE EXTENSION leadscore SCHEMA public;

-- Made, dropped, made again in one session: nothing that was compiled before is used again.
CREATE TABLE leads (id integer, headcount integer);
INSERT INTO leads VALUES (1, 5);
CREATE FUNCTION scored(points text) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'CREATE EXTENSION leadscore';
  INSERT INTO leadscore.model (model) VALUES ('m');
  INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'c', points);
  RETURN (SELECT leadscore.score('m', l) FROM leads AS l);
END $$;
BEGIN;
SELECT scored('10');
ROLLBACK;
SELECT scored('20');
DROP EXTENSION leadscore;
SELECT scored('30');
DROP EXTENSION leadscore;
DROP TABLE leads;
DROP FUNCTION everything(), scored(text);
