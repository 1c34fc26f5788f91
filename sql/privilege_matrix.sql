-- Who may do what with each function, view and table: what is made of the catalog, so that whatever is new shows here. Tables
-- and views: r reads, w inserts, u updates, d deletes; functions: those that not everybody may call.
CREATE EXTENSION leadscore;
CREATE ROLE regress_matrix_nobody;
CREATE ROLE regress_matrix_editor;
CREATE ROLE regress_matrix_reader;
SELECT leadscore.grant_editor('regress_matrix_editor'), leadscore.grant_reader('regress_matrix_reader');
CREATE VIEW privilege AS
SELECT c.relname::text AS object, c.relkind, c.relrowsecurity AS has_policies, coalesce(c.reloptions::text, '') AS options, r.name AS role,
  (SELECT coalesce(string_agg(CASE WHEN has_table_privilege('regress_matrix_' || r.name, c.oid, p.privilege) THEN p.letter ELSE '' END, '' ORDER BY p.place), '')
   FROM (VALUES (1, 'SELECT', 'r'), (2, 'INSERT', 'w'), (3, 'UPDATE', 'u'), (4, 'DELETE', 'd'), (5, 'TRUNCATE', 'T'), (6, 'REFERENCES', 'R'), (7, 'TRIGGER', 't')) AS p (place, privilege, letter)) AS may
FROM pg_class AS c CROSS JOIN (VALUES ('nobody'), ('reader'), ('editor')) AS r (name)
WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind IN ('r', 'v');
SELECT relkind, nobody, reader, editor, has_policies, options, string_agg(object, ' ' ORDER BY object COLLATE "C") AS objects
FROM (SELECT object, relkind, has_policies, options, max(may) FILTER (WHERE role = 'nobody') AS nobody, max(may) FILTER (WHERE role = 'reader') AS reader, max(may) FILTER (WHERE role = 'editor') AS editor
  FROM privilege GROUP BY 1, 2, 3, 4) AS p
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6;
SELECT c.relname, has_sequence_privilege('regress_matrix_nobody', c.oid, 'USAGE, UPDATE') AS nobody, has_sequence_privilege('regress_matrix_editor', c.oid, 'UPDATE') AS editor_sets
FROM pg_class AS c WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'S' AND (has_sequence_privilege('regress_matrix_nobody', c.oid, 'USAGE, UPDATE') OR has_sequence_privilege('regress_matrix_editor', c.oid, 'UPDATE'));
SELECT p.oid::regprocedure AS not_for_everybody, has_function_privilege('regress_matrix_reader', p.oid, 'EXECUTE') AS reader, has_function_privilege('regress_matrix_editor', p.oid, 'EXECUTE') AS editor
FROM pg_proc AS p WHERE p.pronamespace = 'leadscore'::regnamespace AND NOT has_function_privilege('regress_matrix_nobody', p.oid, 'EXECUTE') ORDER BY p.oid::regprocedure::text COLLATE "C";
-- Nobody but the installer's role owns anything, runs as it or is trusted with what a policy hides; nothing has a search_path that others could fill.
SELECT p.oid::regprocedure FROM pg_proc AS p WHERE p.pronamespace = 'leadscore'::regnamespace AND (p.prosecdef OR p.proleakproof);
SELECT p.oid::regprocedure AS without_search_path FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.pronamespace = 'leadscore'::regnamespace AND l.lanname IN ('sql', 'plpgsql') AND p.prosqlbody IS NULL
  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false) ORDER BY 1;
SELECT c.relname AS without_security_invoker FROM pg_class AS c WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v'
  AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false) ORDER BY 1;
SELECT has_schema_privilege('regress_matrix_editor', 'leadscore', 'CREATE') AS editor_creates, has_schema_privilege('regress_matrix_nobody', 'leadscore', 'USAGE') AS nobody_uses;
DROP VIEW privilege;
DROP EXTENSION leadscore;
DROP ROLE regress_matrix_nobody;
DROP ROLE regress_matrix_editor;
DROP ROLE regress_matrix_reader;
