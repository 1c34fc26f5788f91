-- The comments of the views, in Russian and back.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE VIEW said AS SELECT c.relname AS view_name, coalesce(a.attname, '') AS column_name, d.description FROM pg_class AS c JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0 WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v';
CREATE TABLE english AS SELECT * FROM said;
SELECT count(*) FROM said WHERE description ~ '[^ -~]';
SELECT leadscore.set_comments_language('ru') > 200 AS many;
-- What has no Russian: only views on which others are built.
SELECT view_name FROM said GROUP BY view_name HAVING bool_and(description !~ '[а-я]') ORDER BY view_name COLLATE "C";
SELECT view_name, column_name FROM said WHERE description !~ '[а-я]' AND view_name IN (SELECT view_name FROM said WHERE column_name = '' AND description ~ '[а-я]') ORDER BY view_name COLLATE "C", column_name COLLATE "C";
SELECT obj_description('leadscore.channel_performance'::regclass), col_description('leadscore.leads'::regclass, 2);
-- Called again, there is nothing to do; and back, every word is as it was.
SELECT leadscore.set_comments_language('ru');
SELECT leadscore.set_comments_language('en') > 200 AS many;
SELECT * FROM said EXCEPT SELECT * FROM english;
SELECT leadscore.set_comments_language('en'), leadscore.set_comments_language(NULL);
SELECT leadscore.set_comments_language('de');
CREATE ROLE regress_comment_nobody;
SET ROLE regress_comment_nobody;
SELECT leadscore.set_comments_language('ru');
RESET ROLE;
-- It may be called all the same, if it was granted: the views are another's.
GRANT EXECUTE ON FUNCTION leadscore.set_comments_language(text) TO regress_comment_nobody;
SET ROLE regress_comment_nobody;
\set VERBOSITY sqlstate
SELECT leadscore.set_comments_language('ru');
\set VERBOSITY default
RESET ROLE;
DROP VIEW said;
DROP TABLE english;
DROP EXTENSION leadscore;
DROP ROLE regress_comment_nobody;
