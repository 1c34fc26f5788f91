-- The catalog of the extension: what is said of its functions and aggregates fits together, no name in it can be captured, nobody can write what he should not. Each query finds offenders: none.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE TABLE own_function AS
SELECT p.*, l.lanname, regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '/\*.*?\*/', '', 'g') AS body,
  regexp_replace(regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '\$(\w*)\$.*?\$\1\$', '''''', 'g'), '''[^'']*''', '''''', 'g') AS code
FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'leadscore';
CREATE TABLE own_relation AS
SELECT c.* FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'leadscore';
-- Everything is in the schema of the extension, so that other tests may ask for that alone.
SELECT oid::regprocedure::text AS elsewhere FROM own_function WHERE pronamespace <> 'leadscore'::regnamespace UNION ALL SELECT oid::regclass::text FROM own_relation WHERE relnamespace <> 'leadscore'::regnamespace;
SELECT oid::regprocedure::text AS no_member FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace AND oid NOT IN (SELECT oid FROM own_function) UNION ALL
SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'leadscore'::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p') AND oid NOT IN (SELECT oid FROM own_relation);

-- Names. A function that has no schema, or a table, would be looked for where somebody else may have put one.
SELECT f.oid::regprocedure AS names_a_function_without_its_schema, o.proname FROM own_function AS f JOIN (SELECT DISTINCT proname FROM own_function) AS o
  ON strpos(f.body, o.proname) > 0 AND f.body ~ ('(?<![.\w"$%'']|FUNCTION |TRIGGER |AS |_)' || o.proname || '\(')
WHERE f.lanname IN ('sql', 'plpgsql') AND f.body !~ ('\m' || o.proname || '\([^()]*\) AS \(')
  AND NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = o.proname)
ORDER BY 1, 2;
SELECT f.oid::regprocedure AS names_a_table_without_its_schema, c.relname FROM own_function AS f JOIN (SELECT relname FROM own_relation WHERE relkind <> 'S') AS c
  ON strpos(f.body, c.relname) > 0 AND f.body ~ ('\m(FROM|JOIN|INTO|UPDATE|TABLE|ONLY)\s+' || c.relname || '\M(?!\.)')
WHERE f.lanname IN ('sql', 'plpgsql') AND f.body !~ ('\m' || c.relname || '(\s*\([^()]*\))? AS (MATERIALIZED |NOT MATERIALIZED )?\(') AND NOT c.relname = ANY (coalesce(f.proargnames, '{}')) AND f.body !~ ('\n\s+' || c.relname || ' [a-z]')
ORDER BY 1, 2;
-- Objects that are made where the search_path says, or are not made if somebody else has made them.
SELECT oid::regprocedure AS adopts FROM own_function WHERE lanname IN ('sql', 'plpgsql') AND body ~* 'IF\s+NOT\s+EXISTS|CREATE\s+OR\s+REPLACE|@ext(owner|schema)';
SELECT oid::regprocedure AS overwrites_its_search_path FROM own_function WHERE lanname IN ('sql', 'plpgsql') AND body ~* '\mSET\s+(LOCAL\s+|SESSION\s+)?search_path|set_config\(''search_path''';

-- Volatility and parallel safety: no function says more of itself than those that it calls.
CREATE TABLE call AS
SELECT f.oid::regprocedure AS caller, o.proname AS callee, f.provolatile, f.proparallel, o.strongest_volatility, o.strongest_parallel
FROM own_function AS f JOIN (
  SELECT proname, max(strpos('vsi', provolatile::text)) AS strongest_volatility, max(strpos('urs', proparallel::text)) AS strongest_parallel FROM own_function GROUP BY proname) AS o
  ON strpos(f.code, 'leadscore.' || o.proname) > 0 AND f.code ~ ('leadscore\.' || o.proname || '\(')
WHERE f.lanname IN ('sql', 'plpgsql') AND f.proname <> o.proname;
SELECT caller, callee AS calls_what_is_more_volatile FROM call WHERE strpos('vsi', provolatile::text) > strongest_volatility ORDER BY 1, 2;
SELECT caller, callee AS calls_what_is_less_parallel FROM call WHERE strpos('urs', proparallel::text) > strongest_parallel ORDER BY 1, 2;
SELECT oid::regprocedure AS reads_tables_though_immutable FROM own_function WHERE provolatile = 'i' AND lanname IN ('sql', 'plpgsql') AND code ~ '\m(FROM|JOIN)\s+(ONLY\s+)?(leadscore\.[a-z_]+|pg_[a-z_]+)\M(?!\s*\()';
SELECT oid::regprocedure AS writes_though_not_volatile FROM own_function WHERE provolatile <> 'v' AND lanname IN ('sql', 'plpgsql') AND code ~ '\m(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|LOCK TABLE)\s+(ONLY\s+)?leadscore\.';
SELECT oid::regprocedure AS volatile_but_parallel_safe FROM own_function WHERE provolatile = 'v' AND proparallel <> 'u' AND prokind = 'f' AND prorettype <> 'trigger'::regtype AND NOT 'internal'::regtype = ANY (proargtypes);

-- internal. A function that returns it and takes none would let everybody hand one function's memory to another.
SELECT oid::regprocedure AS makes_internal FROM own_function WHERE prorettype = 'internal'::regtype AND NOT 'internal'::regtype = ANY (proargtypes);
SELECT oid::regprocedure AS pseudo_type FROM own_function WHERE prorettype IN ('cstring'::regtype, 'anyarray'::regtype, 'language_handler'::regtype) OR 'anyarray'::regtype = ANY (proargtypes) OR provariadic <> 0 AND proargtypes[pronargs - 1] NOT IN (provariadic, (SELECT t.typarray FROM pg_type AS t WHERE t.oid = provariadic));

-- Aggregates: the functions that they are made of take and return what they must, and those that may run in parallel have all of them (but one whose rows must come in order).
CREATE VIEW own_aggregate AS SELECT a.*, p.proparallel, p.pronargs, p.proargtypes, p.prorettype, p.proowner FROM pg_aggregate AS a JOIN own_function AS p ON p.oid = a.aggfnoid;
SELECT a.aggfnoid::regprocedure AS wrong_transition, t.oid::regprocedure FROM own_aggregate AS a JOIN pg_proc AS t ON t.oid = a.aggtransfn
WHERE t.prorettype <> a.aggtranstype OR t.proretset OR t.proargtypes[0] <> a.aggtranstype OR t.pronargs <> a.pronargs + 1 OR ARRAY(SELECT unnest(t.proargtypes::oid[]) OFFSET 1) <> ARRAY(SELECT unnest(a.proargtypes::oid[])) OR (t.proisstrict AND a.agginitval IS NULL AND a.aggtranstype <> a.proargtypes[0]);
SELECT a.aggfnoid::regprocedure AS wrong_final, t.oid::regprocedure FROM own_aggregate AS a JOIN pg_proc AS t ON t.oid = a.aggfinalfn WHERE t.prorettype <> a.prorettype OR t.proretset OR t.proargtypes[0] <> a.aggtranstype;
SELECT a.aggfnoid::regprocedure AS wrong_combine, t.oid::regprocedure FROM own_aggregate AS a JOIN pg_proc AS t ON t.oid = a.aggcombinefn
WHERE t.prorettype <> a.aggtranstype OR t.proargtypes::oid[] <> ('[0:1]={' || a.aggtranstype || ',' || a.aggtranstype || '}')::oid[] OR (t.proisstrict AND a.aggtranstype = 'internal'::regtype);
SELECT a.aggfnoid::regprocedure AS wrong_serialization FROM own_aggregate AS a LEFT JOIN pg_proc AS s ON s.oid = a.aggserialfn LEFT JOIN pg_proc AS d ON d.oid = a.aggdeserialfn
WHERE (s.oid IS NULL) <> (d.oid IS NULL) OR s.oid IS NOT NULL AND a.aggcombinefn = 0 OR s.prorettype <> 'bytea'::regtype OR s.proargtypes::oid[] <> '[0:0]={2281}'::oid[] OR NOT s.proisstrict OR d.prorettype <> 'internal'::regtype OR d.proargtypes::oid[] <> '[0:1]={17,2281}'::oid[] OR NOT d.proisstrict;
SELECT a.aggfnoid::regprocedure AS parallel_safe_but_incomplete FROM own_aggregate AS a WHERE a.proparallel = 's' AND (a.aggcombinefn = 0 OR a.aggtranstype = 'internal'::regtype AND a.aggserialfn = 0) AND a.aggkind = 'n' AND a.aggfnoid::regproc <> 'leadscore.window_funnel_ordered'::regproc;
SELECT a.aggfnoid::regprocedure AS safer_than_its_parts, t.oid::regprocedure FROM own_aggregate AS a JOIN pg_proc AS t ON t.oid IN (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn) WHERE a.proparallel = 's' AND t.proparallel <> 's';
SELECT a.aggfnoid::regprocedure AS wrong_moving_aggregate FROM own_aggregate AS a WHERE (a.aggmtransfn = 0) <> (a.aggminvtransfn = 0) OR (a.aggmtransfn = 0) <> (a.aggmtranstype = 0);
SELECT a.aggfnoid::regprocedure AS sorted_by_another_type FROM own_aggregate AS a JOIN pg_operator AS o ON o.oid = a.aggsortop WHERE o.oprleft <> a.proargtypes[0] OR o.oprright <> a.proargtypes[0];

-- Operators and casts: what a planner concludes from them.
SELECT o.oid::regoperator AS wrong_operator FROM pg_operator AS o LEFT JOIN pg_operator AS c ON c.oid = o.oprcom LEFT JOIN pg_operator AS n ON n.oid = o.oprnegate
WHERE o.oprnamespace = 'leadscore'::regnamespace AND (c.oprleft <> o.oprright OR c.oprright <> o.oprleft OR c.oprresult <> o.oprresult OR c.oprcom <> o.oid OR n.oprresult <> 'boolean'::regtype OR n.oprleft <> o.oprleft OR n.oprright <> o.oprright OR n.oprnegate <> o.oid OR obj_description(o.oprcode, 'pg_proc') IS NULL);
SELECT c.castsource::regtype AS implicit_cast_from, c.casttarget::regtype AS to FROM pg_cast AS c JOIN pg_depend AS d ON d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e' WHERE c.castcontext <> 'e';

-- Comments: extension.sql asks for those of functions, tables, views, columns and types; here are the rest.
SELECT t.oid::regtype AS composite_type_without_comment FROM pg_type AS t JOIN pg_class AS c ON c.oid = t.typrelid WHERE t.typnamespace = 'leadscore'::regnamespace AND c.relkind = 'c' AND obj_description(t.oid, 'pg_type') IS NULL;
SELECT oid::regprocedure AS says_nothing FROM own_function WHERE length(obj_description(oid, 'pg_proc')) < 20 AND prorettype <> 'internal'::regtype;
SELECT oid::regprocedure AS says_not_what_null_does FROM own_function WHERE prokind = 'f' AND obj_description(oid, 'pg_proc') NOT LIKE 'Internal:%' AND pronargs > 0 AND NOT proisstrict AND prorettype <> 'internal'::regtype AND NOT 'internal'::regtype = ANY (proargtypes) AND prosrc ~ '22004|null_value_not_allowed' AND obj_description(oid, 'pg_proc') !~ '22004|Raises what';

-- Privileges: PUBLIC reads at most, but where row security says whose rows these are, and makes nothing in the schema.
SELECT c.oid::regclass AS public_may_write, p.privilege_type FROM own_relation AS c, aclexplode(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) AS p WHERE p.grantee = 0 AND (p.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR p.privilege_type <> 'SELECT' AND NOT c.relrowsecurity);
SELECT a.attrelid::regclass AS public_may_write, a.attname, p.privilege_type FROM pg_attribute AS a JOIN own_relation AS c ON c.oid = a.attrelid, aclexplode(a.attacl) AS p WHERE p.grantee = 0 AND p.privilege_type <> 'SELECT';
SELECT p.privilege_type AS public_may_make FROM pg_namespace AS n, aclexplode(n.nspacl) AS p WHERE n.nspname = 'leadscore' AND p.grantee = 0 AND p.privilege_type <> 'USAGE';
SELECT oid::regclass AS public_reads_without_row_security FROM own_relation WHERE relkind = 'r' AND NOT relrowsecurity AND has_table_privilege('public', oid, 'SELECT') AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = own_relation.oid AND attname IN ('lead', 'lead_id', 'lead_key') AND NOT attisdropped);
SELECT DISTINCT v.oid::regclass AS view_shows_what_its_reader_may_not_read, t.oid::regclass FROM own_relation AS v JOIN pg_rewrite AS r ON r.ev_class = v.oid JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass JOIN own_relation AS t ON t.oid = d.refobjid AND t.oid <> v.oid
WHERE v.relkind = 'v' AND NOT coalesce(v.reloptions && '{security_invoker=true,security_invoker=on}', false) AND (t.relrowsecurity OR NOT has_table_privilege('public', t.oid, 'SELECT'));
SELECT oid::regclass AS view_shows_functions_of_its_reader_what_it_leaves_out FROM own_relation WHERE relkind = 'v' AND coalesce(reloptions && '{security_invoker=true,security_invoker=on}', false) AND NOT coalesce(reloptions && '{security_barrier=true,security_barrier=on}', false);

-- What pg_upgrade cannot carry over.
SELECT a.attrelid::regclass AS not_for_pg_upgrade, a.attname FROM pg_attribute AS a JOIN own_relation AS c ON c.oid = a.attrelid AND c.relkind = 'r' WHERE a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype, 'regoperator'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype, 'regcollation'::regtype);
DROP VIEW own_aggregate;
DROP TABLE call, own_relation, own_function;
DROP EXTENSION leadscore;
