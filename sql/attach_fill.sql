-- fill() judges the leads of a table batch by batch: what is done stays done, and it can be taken up again.
CREATE EXTENSION leadscore;
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'visits <> 7', 'sqrt(visits)');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', 'lead', 1);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true');
RESET client_min_messages;

-- Columns may be called like anything, and a key of fixed length is the whole of it.
CREATE TABLE told (region char(12), id integer, visits integer, n integer, x integer, k text, e text, PRIMARY KEY (region, id));
INSERT INTO told SELECT CASE WHEN g % 2 = 0 THEN 'north' ELSE 'no' END, g, g % 50 FROM generate_series(1, 25000) AS g;
SELECT leadscore.attach('told', 'm', columns => '{}', duplicates => 'none', on_error => 'raise', fill => false) AS leads_judged;
SELECT count(*) FROM leadscore.lead_state;
SELECT problem, count(*) FROM leadscore.verify('told') GROUP BY problem;
-- What is written meanwhile is judged at once.
INSERT INTO told VALUES ('north', 30000, 16);
UPDATE told SET visits = 25 WHERE id = 3;
SELECT lead, score FROM leadscore.lead_state ORDER BY lead;

-- Judging fails in the second batch: the first stays.
UPDATE told SET visits = 9 WHERE id = 20000;
ALTER TABLE told DISABLE TRIGGER leadscore_sync_update;
UPDATE told SET visits = -1 WHERE region = 'north' AND id = 20000;
ALTER TABLE told ENABLE TRIGGER leadscore_sync_update;
DELETE FROM leadscore.lead_state WHERE lead = (SELECT ARRAY[region::text, id::text]::text FROM told WHERE id = 20000);
CALL leadscore.fill('told');
SELECT count(*) FROM leadscore.lead_state;
UPDATE told SET visits = 9 WHERE region = 'north' AND id = 20000;
CALL leadscore.fill('told');
CALL leadscore.fill('told');
SELECT count(*) FROM leadscore.lead_state;
SELECT * FROM leadscore.verify('told');
SELECT count(*) AS visits, count(DISTINCT lead) AS leads FROM leadscore.stage_history;

-- In a transaction it cannot end one; nor without being the owner.
BEGIN;
CALL leadscore.fill('told');
ROLLBACK;
CALL leadscore.fill('nobody');
CALL leadscore.fill(NULL);
CREATE ROLE regress_stranger;
GRANT USAGE ON SCHEMA leadscore TO regress_stranger;
SET ROLE regress_stranger;
CALL leadscore.fill('told');
RESET ROLE;
REVOKE USAGE ON SCHEMA leadscore FROM regress_stranger;
DROP ROLE regress_stranger;

-- No leads at all; features whose columns are called like an alias; a lead card of such a table.
CREATE TABLE nobody (n bigint PRIMARY KEY, visits integer);
CREATE VIEW nobody_seen AS SELECT n, 4 * visits AS visits, n AS x, n AS l FROM nobody;
SELECT leadscore.attach('nobody', 'm', features => 'nobody_seen', fill => false);
CALL leadscore.fill('nobody');
INSERT INTO nobody VALUES (1, 1), (2, 4);
SELECT lead, score, problem FROM leadscore.lead_state AS s JOIN leadscore.source AS o USING (source_id) WHERE o.source = 'nobody' ORDER BY lead;
SELECT what, value FROM leadscore.lead_card('nobody', '2') WHERE section = 'why this score';
SELECT * FROM leadscore.verify('nobody');

DROP EXTENSION leadscore;
DROP VIEW nobody_seen;
DROP TABLE told, nobody;
