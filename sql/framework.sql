-- Qualification frameworks: what ships, scoring, answers of people, own frameworks, privileges.
CREATE EXTENSION leadscore;
\pset null NULL
\set SHOW_CONTEXT never

-- What ships becomes rows only by a call.
SELECT count(*) FROM leadscore.framework;
SELECT f, leadscore.create_framework(f) FROM unnest(ARRAY['BANT', 'ANUM', 'CHAMP', 'GPCTBA/C&I', 'MEDDIC']) AS f;
SELECT framework, title FROM leadscore.framework ORDER BY ord;
SELECT framework, title_ru, description_ru IS NOT NULL AND description IS NOT NULL AS described FROM leadscore.framework ORDER BY ord;
-- Each element has a title and questions in both languages, as many in the one as in the other.
SELECT framework, element FROM leadscore.framework_element
WHERE title IS NULL OR question IS NULL OR title_ru IS NULL OR title_ru !~ '[а-я]' OR question_ru !~ '[а-я].*[?]$' OR question !~ '[?]$' OR weight IS NOT NULL
  OR cardinality(more_questions) <> cardinality(more_questions_ru) OR cardinality(more_questions) = 0 OR question_ru IS NULL OR more_questions IS NULL OR more_questions_ru IS NULL;
SELECT count(DISTINCT e.framework) AS frameworks, count(*) AS elements, count(DISTINCT element) AS names, count(DISTINCT question) AS questions, count(DISTINCT question_ru) AS questions_ru FROM leadscore.framework_element AS e;
SELECT leadscore.framework_template(framework) = jsonb_strip_nulls(leadscore.export_framework(framework)) AS as_shipped, framework FROM leadscore.framework ORDER BY ord;

-- concept 0.33 B: can the lead pay the bill? The question and where the answer counts
SELECT title, question FROM leadscore.framework_element WHERE framework = 'BANT' AND element = 'budget';
SELECT s.score FROM leadscore.framework_score('BANT', '{"budget": false}') AS s;
-- concept 0.34 A: superiors decide (companies), or relatives (people): both are asked about
SELECT unnest(more_questions) FROM leadscore.framework_element WHERE framework = 'BANT' AND element = 'authority';
-- concept 0.35 N: does the lead need it?
SELECT question, question_ru FROM leadscore.framework_element WHERE framework = 'BANT' AND element = 'need';
-- concept 0.36 T: urgent or not, once or for long
SELECT unnest(more_questions) FROM leadscore.framework_element WHERE framework = 'BANT' AND element = 'timing';
-- concept 0.37 a ranking of leads from their answers
CREATE TABLE leads (id integer PRIMARY KEY, name text, monthly_budget numeric, job_title text, runs_ads boolean, starts_on date, answers jsonb);
INSERT INTO leads VALUES
  (1, 'all yes',        300000, 'Director',  true,  '2026-07-01', '{"budget": true, "authority": true, "need": true, "timing": true}'),
  (2, 'no budget',      1000,   'Director',  true,  '2026-07-01', '{"budget": false, "authority": true, "need": true, "timing": true}'),
  (3, 'late',           300000, 'Director',  true,  '2028-01-01', '{"budget": true, "authority": true, "need": true, "timing": false}'),
  (4, 'half a budget',  60000,  'Manager',   true,  '2026-07-01', '{"budget": 0.5, "authority": "нет", "need": "да", "timing": "yes"}'),
  (5, 'nothing known',  NULL,   NULL,        NULL,  NULL,         '{}'),
  (6, 'only the need',  NULL,   NULL,        true,  NULL,         '{"need": true}');
SELECT id, name, round(s.score::numeric, 1) AS score, round(s.completeness::numeric, 3) AS completeness, s.answered, s.elements, round(s.score_if_no::numeric, 1) AS if_no, round(s.score_if_yes::numeric, 1) AS if_yes, s.next_element, s.missing
FROM leads, leadscore.framework_score('BANT', answers) AS s ORDER BY s.score_if_no DESC, id;
-- concept 0.38 managers answer in the CRM: who, when, what was said
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer, answered_by, answered_at, note) VALUES
  ('BANT', '7', 'budget', 'true', 'anna', '2026-05-01 10:00+00', '200 thousand a month'), ('BANT', '7', 'authority', '0.5', 'anna', '2026-05-01 10:05+00', 'the director signs'),
  ('BANT', '7', 'budget', 'false', 'boris', '2026-05-20 09:00+00', 'frozen until autumn'), ('BANT', '7', 'need', 'null', 'boris', '2026-05-20 09:00+00', NULL), ('BANT', '8', 'need', 'true', 'anna', '2026-05-02 10:00+00', NULL);
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '9', 'need', 'true') RETURNING answered_by = current_user AS by_me, answered_at = now() AS now;
SELECT as_of, leadscore.framework_answers('BANT', '7', as_of) FROM unnest(ARRAY['-infinity', '2026-05-01 10:00+00', '2026-05-10', '2026-05-20 09:00+00', 'infinity']::timestamptz[]) AS as_of;
SELECT s.score, s.next_element FROM leadscore.framework_score('BANT', leadscore.framework_answers('BANT', '7', '2026-05-10')) AS s;
SELECT leadscore.framework_answers('BANT', '8', '2026-06-01'), leadscore.framework_answers('ANUM', '8', '2026-06-01'), leadscore.framework_answers('BANT', 'none'), leadscore.framework_answers('BANT', '9');
-- Of answers given at one time the last entered counts.
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer, answered_at) VALUES ('BANT', '10', 'need', 'true', '2026-05-01'), ('BANT', '10', 'need', '0.2', '2026-05-01');
SELECT leadscore.framework_answers('BANT', '10', '2026-05-02');
-- concept 0.39 a question of one's own trade belongs to each element: position, running ads, monthly budget
BEGIN;
UPDATE leadscore.framework_element AS e SET question = q.question FROM (VALUES ('authority', 'What is your position?'), ('need', 'Do you advertise online?'), ('budget', 'What do you spend on ads a month?')) AS q (element, question)
WHERE e.framework = 'BANT' AND e.element = q.element;
CREATE VIEW lead_answers AS SELECT id, jsonb_build_object('budget', CASE WHEN monthly_budget >= 0 THEN least(monthly_budget / 100000, 1)::float8 END, 'authority', job_title = 'Director', 'need', runs_ads, 'timing', starts_on <= date '2026-12-31') AS answers FROM leads;
SELECT v.id, v.answers, round(s.score::numeric, 1) AS score, s.next_question FROM lead_answers AS v, leadscore.framework_score('BANT', v.answers) AS s ORDER BY v.id;
ROLLBACK;
-- concept 0.40 whom it will not pay off for is told so: without the need and the goal, nothing else can bring it up
SELECT s.score_if_yes < 50 AS dissuade FROM leadscore.framework_score('BANT', '{"need": false, "budget": false}') AS s;
SELECT unnest(more_questions) FROM leadscore.framework_element WHERE framework = 'GPCTBA/C&I' AND element = 'budget';
-- concept 0.41 who fits the portrait goes on to a demo, and is asked more: the answers given so far carry over
SELECT f, s.answered, s.elements, round(s.completeness::numeric, 3) AS completeness, s.next_element
FROM unnest(ARRAY['BANT', 'ANUM', 'CHAMP', 'GPCTBA/C&I', 'MEDDIC']) AS f, leadscore.framework_score(f, '{"budget": true, "authority": true, "need": true, "timing": true}') AS s;

-- concept 1.18 the parameters in common: budget, authority, need, plans, timing, pain
SELECT element, array_agg(framework ORDER BY framework) AS frameworks FROM leadscore.framework_element WHERE element IN ('budget', 'authority', 'need', 'plans', 'timing', 'challenges') GROUP BY element ORDER BY element;
-- concept 1.19 first the target, then the framework, then the interview: the order of the interview
SELECT e.priority, e.element, e.question_ru FROM leadscore.framework_element AS e WHERE e.framework = 'BANT' ORDER BY e.priority;
-- concept 1.20 each framework opens with a question of its own
SELECT f.framework, s.next_element, s.next_question, s.next_question_ru FROM leadscore.framework AS f, leadscore.framework_score(f.framework, '{}') AS s ORDER BY f.ord;
-- concept 1.21 BANT: budget is the main criterion
-- concept 1.22 GPCTBA/C&I: the goal is
-- concept 1.23 CHAMP: challenges are, then authority and budget
-- concept 1.24 ANUM: authority is
-- concept 3.13 MEDDIC: six dimensions, metrics first
SELECT f.framework, string_agg(format('%s %s', e.element, round((s.score_if_no / 100)::numeric, 4)), ', ' ORDER BY e.priority) AS weights, round(sum(s.score_if_no)::numeric, 9) AS total
FROM leadscore.framework AS f JOIN leadscore.framework_element AS e USING (framework), leadscore.framework_score(f.framework, jsonb_build_object(e.element, true)) AS s GROUP BY f.framework, f.ord ORDER BY f.ord;
-- concept 1.25 frameworks differ in priority: the same answers, another score
SELECT f, s.next_element, round(s.score::numeric, 2) AS score FROM unnest(ARRAY['BANT', 'ANUM']) AS f, leadscore.framework_score(f, '{"budget": false, "authority": true, "need": true, "timing": true}') AS s;
-- concept 1.26 which framework suits depends on the business: one for each kind of lead
SELECT kind, s.framework, s.next_element FROM (VALUES ('small', 'BANT'), ('enterprise', 'MEDDIC'), ('agency', 'CHAMP')) AS v (kind, framework), leadscore.framework_score(v.framework, '{}') AS s;

-- concept 3.8 disqualify only when sure: nothing that is still unknown could bring the lead over the cut (rates: test learn)
SELECT id, name, s.score, round(s.score_if_yes::numeric, 1) AS if_yes, s.score_if_yes < 60 AS disqualified FROM leads, leadscore.framework_score('BANT', answers) AS s ORDER BY id;
-- concept 3.9 BANT in four questions, with what kept the need unmet, and sooner or later
SELECT element, question FROM leadscore.framework_element WHERE framework = 'BANT' ORDER BY priority;
-- concept 3.10 GPCTBA/C&I in eight dimensions with further questions: goals near and far, why now, the team, the return, other solutions, who signs, what follows
SELECT element, question, more_questions FROM leadscore.framework_element WHERE framework = 'GPCTBA/C&I' ORDER BY priority;
-- concept 3.11 a late time frame lowers and never excludes
SELECT answers, round(s.score::numeric, 2) AS score, s.score > 0 AS still_in FROM (VALUES ('{"budget": true, "authority": true, "need": true, "timing": true}'::jsonb), ('{"budget": true, "authority": true, "need": true, "timing": 0.5}'), ('{"budget": true, "authority": true, "need": true, "timing": false}')) AS v (answers),
  leadscore.framework_score('BANT', answers) AS s;
SELECT f.framework, bool_and(late.score < soon.score AND late.score > 0 AND late.completeness = soon.completeness AND late.next_element IS NOT DISTINCT FROM soon.next_element) AS lowers_only
FROM leadscore.framework AS f, (SELECT jsonb_object_agg(element, true) AS yes FROM leadscore.framework_element) AS a, leadscore.framework_score(f.framework, a.yes) AS soon, leadscore.framework_score(f.framework, a.yes || '{"timing": 0}') AS late
WHERE EXISTS (SELECT FROM leadscore.framework_element AS e WHERE e.framework = f.framework AND e.element = 'timing') GROUP BY f.framework, f.ord ORDER BY f.ord;
-- concept 3.12 CHAMP: problems first, the purchase after; what fails today, who can say yes, the prices, other solutions
SELECT element, question, more_questions FROM leadscore.framework_element WHERE framework = 'CHAMP' ORDER BY priority;
-- concept 3.13 MEDDIC: metrics, economic buyer, decision criteria, decision process, identified pain, champion
SELECT element, title, title_ru, question_ru FROM leadscore.framework_element WHERE framework = 'MEDDIC' ORDER BY priority;

-- How answers may be written; what is no answer is unknown, never an error.
SELECT left(a::text, 30) AS a, s.score, s.answered FROM unnest(ARRAY['true', 'false', 'null', '0', '1', '0.25', '-0', '1.0000001', '-0.1', '1e400', '-1e400', '1e-400', '"yes"', '" NO "', '"Да"', '"НЕТ"', '"0.75"', '"0,75"', '"unknown"', '"не знаю"',
  '""', '"да нет"', '"2"', '"NaN"', '"infinity"', '[]', '[true]', '{}', '{"answer": true}', '{"answer": "нет", "by": "anna"}', '{"answer": {"answer": true}}', '{"answer": [1]}', '{"value": true}']::jsonb[]) AS a,
  leadscore.framework_score('BANT', jsonb_build_object('budget', a)) AS s;
-- A long text is none.
SELECT s.answered FROM leadscore.framework_score('BANT', jsonb_build_object('budget', repeat('yes', 10000000), 'need', repeat('9', 100000)::numeric, 'timing', 'yes' || repeat(' ', 1000))) AS s;
-- Unknown keys are ignored, and the order of keys does not matter.
SELECT s.score, s.answered FROM leadscore.framework_score('BANT', '{"metrics": true, "Budget": true, "": 1, "need": true, "budget": false}') AS s;
SELECT count(DISTINCT s) FROM (VALUES ('{"budget": 1, "need": 0.3, "timing": 0}'::jsonb), ('{"timing": 0, "need": 0.3, "budget": 1}'), ('{"need": 0.3, "budget": 1, "timing": 0, "x": 5}')) AS v (a), leadscore.framework_score('BANT', a) AS s;
-- NULL in, NULL out.
SELECT leadscore.framework_score(NULL::text, '{}') IS NULL AS name, leadscore.framework_score('BANT', NULL) IS NULL AS answers, leadscore.framework_score(NULL::jsonb, '{}') IS NULL AS document,
  leadscore.framework_answers(NULL, '7'), leadscore.framework_answers('BANT', NULL), leadscore.framework_answers('BANT', '7', NULL), leadscore.export_framework(NULL), leadscore.framework_template(NULL);
SELECT * FROM leadscore.framework_score('BANT', NULL);
-- Mistakes.
\set VERBOSITY sqlstate
SELECT leadscore.framework_score('BNAT', '{}');
SELECT leadscore.framework_score('', '{}');
SELECT leadscore.framework_score('BANT', '[]');
SELECT leadscore.framework_score('BANT', 'true');
SELECT leadscore.framework_score('BANT', 'null');
SELECT leadscore.export_framework('BNAT');
SELECT leadscore.create_framework('bant');
SELECT leadscore.create_framework('BANT');
SELECT leadscore.create_framework(NULL);
SELECT leadscore.create_framework('BANT', NULL);
SELECT leadscore.import_framework('{}', 'x');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'bugdet', 'true');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'budget', '2');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'budget', '-0.1');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'budget', '"yes"');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'budget', NULL);
INSERT INTO leadscore.framework_element (framework, element, priority) VALUES ('BANT', 'x', 0);
INSERT INTO leadscore.framework_element (framework, element, priority, weight) VALUES ('BANT', 'x', 1, 0);
INSERT INTO leadscore.framework_element (framework, element, priority, weight) VALUES ('BANT', 'x', 1, 'NaN');
INSERT INTO leadscore.framework_element (framework, element, priority, weight) VALUES ('BANT', 'x', 1, 'infinity');
INSERT INTO leadscore.framework_element (framework, element, priority) VALUES ('none', 'x', 1);
INSERT INTO leadscore.framework_element (framework, element, priority, more_questions) VALUES ('BANT', 'x', 1, ARRAY['?', NULL]);
INSERT INTO leadscore.framework (framework) VALUES ('');
DELETE FROM leadscore.framework_element WHERE framework = 'BANT' AND element = 'budget';
DELETE FROM leadscore.framework WHERE framework = 'BANT';
SELECT leadscore.begin_load();
\set VERBOSITY default
SELECT leadscore.framework_score('BNAT', '{}');
SELECT leadscore.framework_score('{}', '{}');
SELECT leadscore.framework_score('BANT', '[]');
SELECT leadscore.framework_template('bant');
SELECT leadscore.create_framework('BANT');
-- Documents that are none.
SELECT leadscore.framework_score('[]'::jsonb, '{}');
SELECT leadscore.framework_score('{}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 2}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elemets": []}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": {}}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [1]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"priority": 1}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "", "priority": 1}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a"}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1.5}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1e400}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1, "weight": -1}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1, "weight": "x"}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1, "wieght": 1}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1, "more_questions": [1]}]}'::jsonb, '{}');
SELECT leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1}, {"element": "a", "priority": 2}]}'::jsonb, '{}');
SELECT leadscore.framework_score(jsonb_build_object('format', 1, 'elements', (SELECT jsonb_agg(jsonb_build_object('element', n::text, 'priority', n)) FROM generate_series(1, 1001) AS n)), '{}');
SELECT s.elements, s.missing[1:3] FROM leadscore.framework_score(jsonb_build_object('format', 1, 'elements', (SELECT jsonb_agg(jsonb_build_object('element', n::text, 'priority', n)) FROM generate_series(1, 1000) AS n)), '{"1": true}') AS s;
SELECT * FROM leadscore.framework_score('{"format": 1}'::jsonb, '{"budget": true}');

-- A document scores as its rows do.
SELECT f.framework, count(*) FILTER (WHERE leadscore.framework_score(f.framework, l.answers) IS DISTINCT FROM leadscore.framework_score(leadscore.export_framework(f.framework), l.answers)) AS different
FROM leadscore.framework AS f, leads AS l GROUP BY f.framework, f.ord ORDER BY f.ord;

-- Own frameworks: by INSERT, with weights of their own, ties, elements without questions.
INSERT INTO leadscore.framework (framework, title) VALUES ('own', 'Our own');
SELECT * FROM leadscore.framework_score('own', '{}');
INSERT INTO leadscore.framework_element (framework, element, priority, weight, question) VALUES ('own', 'a', 1, NULL, 'A?'), ('own', 'b', 2, NULL, NULL), ('own', 'c', 2, NULL, 'C?'), ('own', 'd', 9, 1.5, 'D?');
SELECT element, round(s.completeness::numeric, 4) AS share FROM leadscore.framework_element AS e, leadscore.framework_score('own', jsonb_build_object(e.element, true)) AS s WHERE e.framework = 'own' ORDER BY 2 DESC, 1;
SELECT s.missing, s.next_element, s.next_question, s.next_question_ru FROM leadscore.framework_score('own', '{}') AS s;
SELECT s.next_element, s.next_question FROM leadscore.framework_score('own', '{"d": 1, "a": 0}') AS s;
SELECT s.next_element, s.next_question, s.missing FROM leadscore.framework_score('own', '{"d": 1, "a": 0, "c": 1, "b": 1}') AS s;
SELECT leadscore.import_framework(leadscore.export_framework('own'), 'copy');
SELECT leadscore.export_framework('copy') - 'framework' = leadscore.export_framework('own') - 'framework' AS equal;
SELECT leadscore.import_framework('{"format": 1, "elements": [{"element": "a", "priority": 1.0, "more_questions": ["?"]}, {"element": "z", "priority": 2, "weight": null}]}', 'copy', true);
SELECT element, priority, weight, question, more_questions, more_questions_ru FROM leadscore.framework_element WHERE framework = 'copy' ORDER BY priority;
UPDATE leadscore.framework SET framework = 'renamed' WHERE framework = 'copy';
SELECT s.framework, s.missing FROM leadscore.framework_score('renamed', '{}') AS s;
DELETE FROM leadscore.framework WHERE framework = 'renamed';
SELECT count(*) FROM leadscore.framework_element WHERE framework IN ('copy', 'renamed');

-- What ships can be had back; answers stay, and follow an element that is renamed.
UPDATE leadscore.framework_element SET question = 'Got money?', priority = 9 WHERE framework = 'BANT' AND element = 'budget';
SELECT s.next_element FROM leadscore.framework_score('BANT', '{}') AS s;
SELECT leadscore.create_framework('BANT', true);
SELECT leadscore.framework_template('BANT') = jsonb_strip_nulls(leadscore.export_framework('BANT')) AS as_shipped, (SELECT count(*) FROM leadscore.framework_answer) AS answers;
UPDATE leadscore.framework_element SET element = 'money' WHERE framework = 'BANT' AND element = 'budget';
SELECT leadscore.framework_answers('BANT', '7');
SELECT leadscore.create_framework('BANT', true);
UPDATE leadscore.framework_element SET element = 'budget' WHERE framework = 'BANT' AND element = 'money';

-- One statement sees one framework; the next, what has changed.
CREATE FUNCTION change() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  UPDATE leadscore.framework_element SET weight = 10 WHERE framework = 'own' AND element = 'b';
  RETURN (leadscore.framework_score('own', '{}')).next_element;
END $$;
SELECT (leadscore.framework_score('own', '{}')).next_element AS before, change(), (leadscore.framework_score('own', '{}')).next_element AS statement;
SELECT (leadscore.framework_score('own', '{}')).next_element;
CREATE FUNCTION next_of(text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (leadscore.framework_score($1, ''{}'')).next_element; END';
BEGIN;
SELECT next_of('own');
SAVEPOINT s;
DELETE FROM leadscore.framework_element WHERE framework = 'own' AND element = 'b';
SELECT next_of('own');
ROLLBACK TO s;
SELECT next_of('own');
ROLLBACK;
-- A column may name the framework, more of them than a call keeps.
INSERT INTO leadscore.framework (framework) SELECT 'f' || n FROM generate_series(1, 100) AS n;
INSERT INTO leadscore.framework_element (framework, element, priority) SELECT 'f' || n, 'e' || n, 1 FROM generate_series(1, 100) AS n;
SELECT count(*), count(*) FILTER (WHERE s.next_element = 'e' || n) AS right_ones FROM generate_series(1, 100) AS n, generate_series(1, 3) AS again, leadscore.framework_score('f' || n, '{}') AS s;
DELETE FROM leadscore.framework WHERE framework LIKE 'f%';

-- Every plan gives the same: workers, another search_path.
CREATE TABLE many AS SELECT n AS id, jsonb_build_object('budget', (n % 7) / 6.0, 'authority', n % 2 = 0, 'need', CASE WHEN n % 3 > 0 THEN n % 3 = 1 END) AS answers FROM generate_series(1, 20000) AS n;
ANALYZE many;
CREATE TABLE serial AS SELECT id, leadscore.framework_score('BANT', answers) AS s FROM many;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT id, leadscore.framework_score('BANT', answers) AS s FROM many;
CREATE TABLE in_workers AS SELECT id, leadscore.framework_score('BANT', answers) AS s FROM many;
RESET max_parallel_workers_per_gather;
SELECT count(*) FROM serial JOIN in_workers AS w USING (id) WHERE w.s IS DISTINCT FROM serial.s;
SET search_path = '';
SELECT s.score, leadscore.framework_answers('BANT', '7', '2026-05-10') FROM leadscore.framework_score('BANT', '{"need": true}') AS s;
RESET search_path;
CREATE SCHEMA evil;
CREATE FUNCTION evil.equal(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'called as %', current_user; END $$;
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.equal);
SET search_path = evil, pg_catalog;
SELECT s.next_element FROM leadscore.framework_score('BANT', '{}') AS s;
RESET search_path;

-- Who may what: all read and score, editors write, managers who are let in enter answers.
CREATE ROLE regress_framework_nobody;
CREATE ROLE regress_framework_editor;
SELECT leadscore.grant_editor('regress_framework_editor');
SET ROLE regress_framework_nobody;
SELECT count(*) FROM leadscore.framework_answer;
SELECT s.next_element FROM leadscore.framework_score('BANT', leadscore.framework_answers('BANT', '7')) AS s;
SELECT leadscore.create_framework('MEDDIC', true);
INSERT INTO leadscore.framework (framework) VALUES ('x');
UPDATE leadscore.framework_element SET priority = 1;
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '7', 'need', 'true');
RESET ROLE;
REVOKE SELECT ON leadscore.framework, leadscore.framework_element FROM PUBLIC;
SET ROLE regress_framework_nobody;
SELECT s.next_element FROM leadscore.framework_score('BANT', '{}') AS s;
SELECT current_user;
SELECT * FROM leadscore.framework;
SELECT leadscore.framework_answers('BANT', '7');
SELECT leadscore.export_framework('BANT');
RESET ROLE;
GRANT INSERT ON leadscore.framework_answer TO regress_framework_nobody;
SET ROLE regress_framework_nobody;
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer, note) VALUES ('BANT', '11', 'need', 'true', 'said so');
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('BANT', '11', 'nead', 'true');
SET ROLE regress_framework_editor;
SELECT lead_key, answered_by FROM leadscore.framework_answer WHERE lead_key = '11';
SELECT leadscore.create_framework('MEDDIC', true);
INSERT INTO leadscore.framework (framework) VALUES ('theirs');
INSERT INTO leadscore.framework_element (framework, element, priority) VALUES ('theirs', 'a', 1);
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('theirs', '7', 'a', 'true') RETURNING answered_by;
SELECT leadscore.framework_answers('theirs', '7');
DELETE FROM leadscore.framework_answer WHERE framework = 'theirs';
DELETE FROM leadscore.framework WHERE framework = 'theirs';
RESET ROLE;

DROP SCHEMA evil CASCADE;
DROP TABLE leads, many, serial, in_workers;
DROP FUNCTION change(), next_of(text);
DROP EXTENSION leadscore;
DROP ROLE regress_framework_nobody, regress_framework_editor;
