-- Where a lead stands: stages, the CRM's statuses, target leads.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
CREATE TABLE leads (
  id integer PRIMARY KEY,
  email text,
  company text,
  region text,
  age integer,
  asked_price boolean,
  demo_seen boolean,
  ready boolean,
  paid boolean,
  spam boolean,
  vacancies integer,
  is_duplicate boolean,
  status text,
  created_at timestamptz
);
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('m', 'company', 'company IS NOT NULL', '40'), ('m', 'region', $$region = 'Москва'$$, '30');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES
  ('m', 'grade', 'A', 60), ('m', 'grade', 'B', 30), ('m', 'temperature', 'hot', 70), ('m', 'temperature', 'cold', 0);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES
  ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open'), ('m', 'sql', 4, 'open'), ('m', 'customer', 6, 'won'),
  ('m', 'opportunity', 5, 'open'), ('m', 'hold', 8, 'hold'), ('m', 'disqualified', 9, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES
  ('m', 'lead', 'any', 'true'),
  ('m', 'mql', 'data', 'company IS NOT NULL AND email IS NOT NULL'),
  ('m', 'sql', 'demo', 'asked_price OR demo_seen'), ('m', 'sql', 'ready', 'ready'),
  ('m', 'customer', 'paid', 'paid'),
  ('m', 'hold', 'later', 'NOT ready AND demo_seen'),
  ('m', 'disqualified', 'spam', 'spam'), ('m', 'disqualified', 'not_target', $$target = 'not_target' AND paid IS NOT TRUE$$);
INSERT INTO leadscore.target_criterion (model, criterion, condition, requirement) VALUES
  ('m', 'region', $$region IN ('Москва', 'Санкт-Петербург')$$, 'required'),
  ('m', 'age', 'age >= 18', 'required'),
  ('m', 'not_duplicate', 'NOT coalesce(is_duplicate, false)', 'required'),
  ('m', 'vacancies', 'vacancies > 0', 'growth'),
  ('m', 'company', 'company IS NOT NULL', 'desired');

INSERT INTO leads (id, email, company, region, age, asked_price, demo_seen, ready, paid, spam, vacancies, is_duplicate) VALUES
  (1, 'a@b.ru', 'ООО Ромашка', 'Москва', 30, false, false, NULL, false, false, 2, false),
  (2, 'a@b.ru', 'ООО Ромашка', 'Тверь', 30, true, true, true, false, false, 2, false),
  (3, 'a@b.ru', 'ООО Ромашка', 'Москва', 30, true, false, true, false, false, 0, false),
  (4, NULL, NULL, 'Москва', 30, true, false, NULL, false, false, NULL, NULL),
  (5, 'a@b.ru', 'x', 'Москва', 17, true, false, true, true, false, 1, false),
  (6, 'a@b.ru', 'x', 'Москва', NULL, true, true, false, false, false, 1, false),
  (7, 'a@b.ru', 'x', 'Москва', 40, true, true, true, false, true, 1, false),
  (8, 'a@b.ru', 'x', 'Москва', 40, true, true, true, false, false, 1, true),
  (9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT l.id, leadscore.classify('m', l) AS stage, leadscore.target('m', l) AS target FROM leads AS l ORDER BY l.id;
SELECT l.id, e.score, e.grade, e.temperature, e.stage, e.target, e.failed_criteria, e.unknown_criteria
FROM leads AS l, leadscore.evaluate('m', l) AS e ORDER BY l.id;
SELECT s.* FROM leads AS l, leadscore.explain_stage('m', l) AS s WHERE l.id = 3;
SELECT s.* FROM leads AS l, leadscore.explain_stage('m', l) AS s WHERE l.id = 2 AND s.decides;
SELECT t.* FROM leads AS l, leadscore.explain_target('m', l) AS t WHERE l.id = 4;

-- The status that a lead has in the CRM outranks the rules, if it is mapped.
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'Успешно реализовано', 'customer'), ('m', 'Hold', 'hold'), ('m', 'Новая', 'lead'), ('m', '', 'lead');
SELECT leadscore.classify('m', l) FROM leads AS l WHERE l.id = 7;  -- the model does not say where the status is
UPDATE leadscore.model SET status = 'status' WHERE model = 'm';
UPDATE leads SET status = v.status FROM (VALUES (1, 'Успешно реализовано'), (2, 'Hold'), (3, 'Новая'), (4, 'hold'), (5, NULL), (6, ''), (7, 'успешно реализовано')) AS v (id, status) WHERE leads.id = v.id;
SELECT l.id, l.status, leadscore.classify('m', l), (leadscore.evaluate('m', l)).stage FROM leads AS l ORDER BY l.id;
SELECT s.* FROM leads AS l, leadscore.explain_stage('m', l) AS s WHERE l.id = 1 AND (s.decides OR s.rule IS NULL);
SELECT s.* FROM leads AS l, leadscore.explain_stage('m', l) AS s WHERE l.id = 4 AND (s.decides OR s.rule IS NULL);
-- It may be any expression: of several pipelines, of numbers, of an enum.
CREATE TYPE crm_status AS ENUM ('new', 'won');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', '7/142', 'customer'), ('m', 'won', 'customer');
UPDATE leadscore.model SET status = 'pipeline::text || ''/'' || status::text' WHERE model = 'm';
SELECT leadscore.classify('m', r) FROM (SELECT *, 7 AS pipeline FROM leads WHERE id = 8) AS l, LATERAL (SELECT l.id, l.email, l.company, l.region, l.age, l.asked_price, l.demo_seen, l.ready, l.paid, l.spam, l.vacancies, l.is_duplicate, l.pipeline, 142 AS status) AS r;
UPDATE leadscore.model SET status = 'stage::text' WHERE model = 'm';
SELECT leadscore.classify('m', r) FROM (SELECT l.*, 'won'::crm_status AS stage FROM leads AS l WHERE id = 8) AS r;
UPDATE leadscore.model SET status = 'stage' WHERE model = 'm';
SELECT leadscore.classify('m', r) FROM (SELECT l.*, 'won'::crm_status AS stage FROM leads AS l WHERE id = 8) AS r;
SELECT leadscore.classify('m', r) FROM (SELECT l.*, 'won'::char(10) AS stage FROM leads AS l WHERE id = 8) AS r;
-- A status too long for its place is read all the same.
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', repeat('Ж', 500), 'hold');
UPDATE leadscore.model SET status = 'status' WHERE model = 'm';
SELECT leadscore.classify('m', r), leadscore.classify('m', s) FROM (SELECT id, repeat('Ж', 500) AS status, email, company, region, age, asked_price, demo_seen, ready, paid, spam, vacancies, is_duplicate FROM leads WHERE id = 3) AS r,
  (SELECT id, repeat('Ж', 100000) AS status, email, company, region, age, asked_price, demo_seen, ready, paid, spam, vacancies, is_duplicate FROM leads WHERE id = 3) AS s;
UPDATE leads SET status = NULL;

-- Criteria are in force on days of the model's time zone.
UPDATE leadscore.model SET time_zone = 'Europe/Moscow' WHERE model = 'm';
INSERT INTO leadscore.target_criterion (model, criterion, condition, valid_from, valid_to, greeting, greeting_version) VALUES
  ('m', 'confirmed', 'false', '2026-03-01', '2026-03-31', 'You left a request about …', '3');
SELECT as_of, leadscore.target('m', l, as_of), (leadscore.evaluate('m', l, as_of)).failed_criteria
FROM leads AS l, unnest('{-infinity,2026-02-28 20:59:59.999999+00,2026-02-28 21:00+00,2026-03-31 20:59:59.999999+00,2026-03-31 21:00+00,infinity}'::timestamptz[]) AS as_of WHERE l.id = 1;
SELECT t.criterion, t.verdict, t.greeting, t.greeting_version FROM leads AS l, leadscore.explain_target('m', l, '2026-03-08') AS t WHERE l.id = 1 AND t.greeting IS NOT NULL;
UPDATE leadscore.target_criterion SET valid_to = 'infinity', valid_from = '5874897-12-31' WHERE criterion = 'confirmed';
SELECT leadscore.target('m', l, 'infinity') FROM leads AS l WHERE l.id = 1;
UPDATE leadscore.target_criterion SET enabled = false WHERE criterion <> 'company' AND model = 'm';
SELECT leadscore.target('m', l), (leadscore.evaluate('m', l)).failed_criteria FROM leads AS l WHERE l.id = 4;  -- desired ones alone
UPDATE leadscore.target_criterion SET enabled = false WHERE model = 'm';
SELECT leadscore.target('m', l) IS NULL AS none, (leadscore.evaluate('m', l)).failed_criteria IS NULL AS no_list, (SELECT count(*) FROM leadscore.explain_target('m', l)) FROM leads AS l WHERE l.id = 4;
UPDATE leadscore.target_criterion SET enabled = true WHERE model = 'm';
DELETE FROM leadscore.target_criterion WHERE criterion = 'confirmed';

-- What each purpose reads: a broken rule breaks the stage, not the score.
\set SHOW_CONTEXT always
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'broken', 'no_such_column');
SELECT leadscore.score('m', l), leadscore.target('m', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify('m', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.evaluate('m', l) FROM leads AS l WHERE l.id = 1;
UPDATE leadscore.stage_rule SET condition = '1 / age > 0' WHERE rule = 'broken';
SELECT leadscore.classify('m', l) FROM (SELECT id, email, company, region, 0 AS age, asked_price, demo_seen, ready, paid, spam, vacancies, is_duplicate, status FROM leads WHERE id = 9) AS l;
DELETE FROM leadscore.stage_rule WHERE rule = 'broken';
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('m', 'broken', '1 / vacancies > 0');
SELECT leadscore.target('m', l) FROM leads AS l WHERE l.id = 3;
UPDATE leadscore.target_criterion SET condition = 'no_such_column' WHERE criterion = 'broken';
SELECT leadscore.score('m', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify('m', l) FROM leads AS l WHERE l.id = 1;  -- a rule reads target
DELETE FROM leadscore.target_criterion WHERE criterion = 'broken';
UPDATE leadscore.model SET status = '(1 / vacancies)::text' WHERE model = 'm';
SELECT leadscore.classify('m', l) FROM leads AS l WHERE l.id = 3;
UPDATE leadscore.model SET status = 'status' WHERE model = 'm';
\set SHOW_CONTEXT never

-- What the tables refuse.
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', 'other', 1);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'other', 99, 'closed');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', '', 99);
UPDATE leadscore.stage SET stage_no = 6 - stage_no WHERE model = 'm' AND stage_no IN (1, 2, 4, 5);  -- all at once they may change places
UPDATE leadscore.stage SET stage_no = 6 - stage_no WHERE model = 'm' AND stage_no IN (1, 2, 4, 5);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'none', 'r', 'true');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'r', 'true; DROP TABLE leads');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'r', 'EXISTS (SELECT 1)');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'r', 'created_at > now()');
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('m', 'c', 'age >');
INSERT INTO leadscore.target_criterion (model, criterion, condition, requirement) VALUES ('m', 'c', 'true', 'nice');
INSERT INTO leadscore.target_criterion (model, criterion, condition, valid_from, valid_to) VALUES ('m', 'c', 'true', '2026-02-01', '2026-01-31');
UPDATE leadscore.model SET status = 'status, 1' WHERE model = 'm';
UPDATE leadscore.model SET status = 'now()::text' WHERE model = 'm';
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'x', 'none');
INSERT INTO leadscore.event_kind (model, event, points, half_life, per) VALUES ('m', 'click', 1, '1 day', '1 day');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'click', 'NaN', '1 day'), ('m', 'open', 1, '0');
INSERT INTO leadscore.playbook (model, stage, action) VALUES ('m', 'lead', 'Call'), ('m', 'lead', 'Call again');
-- What the model says itself is seen by rules, and by criteria of a target lead but for the verdict; elsewhere it is a column.
CREATE TABLE own (score integer, grade text, target text, temperature text);
INSERT INTO own VALUES (5, 'Z', 'no', 'x');
INSERT INTO leadscore.model (model, base_points) VALUES ('own', 10);
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('own', 'grade', 'A', 0);
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('own', 'c', $$grade = 'Z' AND target = 'no'$$, 'score');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('own', 'low', 1), ('own', 'high', 2);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('own', 'low', 'any', 'true'),
  ('own', 'high', 'all', $$score = 15 AND lead.score = 5 AND grade = 'A' AND lead.grade = 'Z' AND target = 'target' AND lead.target = 'no' AND temperature IS NULL AND lead.temperature = 'x'$$);
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('own', 'all', $$score = 15 AND grade > '@' AND temperature IS NULL AND target = 'no'$$);
SELECT leadscore.score('own', o), leadscore.classify('own', o), leadscore.target('own', o), leadscore.evaluate('own', o) FROM own AS o;
SELECT severity, criterion, part, message, hint FROM leadscore.validate_model('own', 'own') ORDER BY message;
UPDATE leadscore.stage_rule SET condition = 'grade > 5' WHERE model = 'own' AND stage = 'high';
UPDATE leadscore.target_criterion SET condition = 'verdict' WHERE model = 'own';
UPDATE leadscore.model SET status = 'nothing' WHERE model = 'own';
SELECT severity, criterion, part, sqlstate, message, "position", expression FROM leadscore.validate_model('own', 'own') ORDER BY part, message;

-- The ladder is what people write as CASE, for every mixture of what is true, false and not known.
INSERT INTO leadscore.model (model) VALUES ('case');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('case', 'a', 1, 'open'), ('case', 'b', 2, 'open'), ('case', 'w', 3, 'won'), ('case', 'g', 4, 'hold'), ('case', 'h', 5, 'hold'), ('case', 'x', 6, 'lost'), ('case', 'y', 7, 'lost'), ('case', 'mapped', 8, 'open');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES
  ('case', 'a', '1', 'p OR q'), ('case', 'b', '1', 'NOT p'), ('case', 'b', '2', 'n BETWEEN 2 AND 5 OR q IS NULL'), ('case', 'w', '1', 'p AND n > 3'), ('case', 'w', '2', $$t LIKE 'a%'$$),
  ('case', 'g', '1', 'n IN (0, 6) AND NOT (p AND q)'), ('case', 'h', '1', '(n = 1) IS UNKNOWN'), ('case', 'h', '2', 'length(t) = 2'), ('case', 'x', '1', $$q AND t = 'ab'$$), ('case', 'x', '2', 'n % 7 = 5'), ('case', 'y', '1', 'NOT (p OR q OR n < 7)');
CREATE TABLE mixtures AS SELECT p, q, n, t FROM unnest('{true,false,NULL}'::boolean[]) AS p, unnest('{true,false,NULL}'::boolean[]) AS q, unnest('{0,1,2,3,4,5,6,7,NULL}'::integer[]) AS n, unnest('{a,ab,b,abc,NULL}'::text[]) AS t;
SELECT leadscore.classify('case', m) AS stage, count(*), count(*) FILTER (WHERE leadscore.classify('case', m) IS DISTINCT FROM CASE
    WHEN q AND t = 'ab' OR n % 7 = 5 THEN 'x' WHEN NOT (p OR q OR n < 7) THEN 'y'
    WHEN n IN (0, 6) AND NOT (p AND q) THEN 'g' WHEN (n = 1) IS UNKNOWN OR length(t) = 2 THEN 'h'
    WHEN p AND n > 3 AND t LIKE 'a%' THEN 'w' WHEN NOT p AND (n BETWEEN 2 AND 5 OR q IS NULL) THEN 'b' WHEN p OR q THEN 'a' END) AS different,
  count(*) FILTER (WHERE (leadscore.evaluate('case', m)).stage IS DISTINCT FROM leadscore.classify('case', m)) AS evaluated_otherwise,
  count(*) FILTER (WHERE (SELECT string_agg(DISTINCT s.stage, ',') FROM leadscore.explain_stage('case', m) AS s WHERE s.decides) IS DISTINCT FROM leadscore.classify('case', m)) AS explained_otherwise
FROM mixtures AS m GROUP BY 1 ORDER BY 1;

-- The time that is asked for, however far off, and a model given as a value.
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('case', 'mapped', 'recent', $$at > as_of - interval '30 days'$$), ('case', 'mapped', 'not_yet', 'at <= as_of');
SELECT as_of, leadscore.classify('case', r, as_of), leadscore.classify(leadscore.export_model('case'), r, as_of) AS by_value FROM (SELECT true AS p, false AS q, 1 AS n, 'b'::text AS t, '2026-03-10 12:00+00'::timestamptz AS at) AS r,
  unnest('{2026-03-10 11:59:59+00,2026-03-10 12:00+00,2026-04-09 11:59:59+00,2026-04-09 12:00+00,infinity,-infinity,294000-01-01}'::timestamptz[]) AS as_of;
SELECT leadscore.classify(NULL::text, m), leadscore.classify('case', NULL::mixtures), leadscore.classify('case', m, NULL), leadscore.target(NULL::text, m) FROM mixtures AS m LIMIT 1;
SELECT count(*) FROM mixtures AS m, leadscore.explain_stage('case', m, NULL);
SELECT leadscore.classify('none', m) FROM mixtures AS m LIMIT 1;
SELECT leadscore.classify('case', 5);
SET search_path = '';
SELECT leadscore.classify('m', l), leadscore.target('m', l) FROM public.leads AS l WHERE l.id OPERATOR(pg_catalog.=) 3;
RESET search_path;

-- Every table of a model changes its version, and a document holds all of them.
CREATE FUNCTION changed(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE before bigint := (SELECT version FROM leadscore.model WHERE model = 'm');
BEGIN
  EXECUTE statement;
  RETURN (SELECT version FROM leadscore.model WHERE model = 'm') > before;
END $$;
SELECT statement, changed(statement) FROM unnest(ARRAY[$$INSERT INTO leadscore.stage VALUES ('m', 'care', 7, 'won', 'Care', 'Забота')$$, $$UPDATE leadscore.stage_rule SET title = 'Spam', title_ru = 'Спам' WHERE model = 'm' AND rule = 'spam'$$,
  $$DELETE FROM leadscore.stage_map WHERE model = 'm' AND status = 'won'$$, $$UPDATE leadscore.target_criterion SET valid_to = '2030-12-31', greeting = 'Hello' WHERE model = 'm' AND criterion = 'age'$$,
  $$INSERT INTO leadscore.event_kind VALUES ('m', 'click', 5, '14 days', 3, '1 day', 'Click', 'Переход', true), ('m', 'complaint', -20.5, '1 year 2 mons 3 days 04:05:06', NULL, NULL, NULL, NULL, false)$$,
  $$INSERT INTO leadscore.playbook VALUES ('m', 'lead', NULL, 1, 'marketing', 'Write', 'Написать', 'the book', '1 day'), ('m', 'sql', 'hot', 2, 'sales', 'Call', NULL, NULL, '15 minutes')$$]) AS statement;
SET IntervalStyle = 'iso_8601';
SET DateStyle = 'German';
SELECT leadscore.import_model(leadscore.export_model('m'), 'copy');
SELECT leadscore.export_model('copy') = leadscore.export_model('m') AS same;
SELECT leadscore.import_model(leadscore.export_model('m'), 'copy', replace => true);
SELECT leadscore.export_model('copy') = leadscore.export_model('m') AS same, jsonb_pretty(leadscore.export_model('copy') -> 'event_kinds') AS event_kinds;
RESET IntervalStyle;
RESET DateStyle;
SELECT leadscore.classify('copy', l) = leadscore.classify('m', l) AS same FROM leads AS l WHERE l.id = 3;
-- Documents that are no models.
\set VERBOSITY sqlstate
SELECT leadscore.classify(d, l) FROM leads AS l, (SELECT leadscore.export_model('m') || '{"stages": [{"stage": "a", "stage_no": 1.5}]}' AS d) AS x WHERE l.id = 1;
\set VERBOSITY default
SELECT leadscore.classify(leadscore.export_model('m') || '{"stages": []}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify(leadscore.export_model('m') || '{"stages": [{"stage": "a", "stage_no": 1}, {"stage": "b", "stage_no": 1}], "stage_rules": [], "stage_map": []}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify(leadscore.export_model('m') || '{"stages": [{"stage": "a", "stage_no": 1}, {"stage": "a", "stage_no": 2}], "stage_rules": [], "stage_map": []}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify(leadscore.export_model('m') || '{"stages": [{"stage": "a", "stage_no": 1, "kind": "closed"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify(leadscore.export_model('m') || '{"stage_rules": [{"stage": "lead", "rule": "r"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.classify(leadscore.export_model('m') || '{"stage_map": [{"status": "x", "stage": "none"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.target(leadscore.export_model('m') || '{"target_criteria": [{"criterion": "c", "condition": "true", "valid_from": "today"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.target(leadscore.export_model('m') || '{"target_criteria": [{"criterion": "c", "condition": "true", "valid_from": "31.12.2026"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.target(leadscore.export_model('m') || '{"target_criteria": [{"criterion": "c", "condition": "true", "requirement": "must"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.score(leadscore.export_model('m') || '{"playbook": [{"stage": "lead"}]}', l) FROM leads AS l WHERE l.id = 1;
SELECT leadscore.score(leadscore.export_model('m') || '{"event_kinds": [{"event": "x"}]}', l) FROM leads AS l WHERE l.id = 1;

-- A stage and a verdict kept in the user's own table: rules take no lead down the ladder, a status does.
CREATE TABLE kept (id integer PRIMARY KEY, email text, company text, region text, age integer, asked_price boolean, demo_seen boolean, ready boolean, paid boolean, spam boolean, vacancies integer, is_duplicate boolean, status text, score integer, stage text, verdict text);
CREATE TRIGGER judge BEFORE INSERT OR UPDATE ON kept FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score', '', '', 'stage', 'verdict');
INSERT INTO kept (id, email, company, region, age, vacancies) VALUES (1, 'a@b.ru', 'x', 'Москва', 30, 1) RETURNING score, stage, verdict;
UPDATE kept SET asked_price = true, ready = true RETURNING stage, verdict;
UPDATE kept SET ready = NULL, vacancies = 0 RETURNING stage, verdict;  -- no longer ready, and yet no MQL again
UPDATE kept SET demo_seen = true, ready = false RETURNING stage;       -- on hold
UPDATE kept SET ready = NULL RETURNING stage;                          -- from there by the rules again
UPDATE kept SET status = 'Hold' RETURNING stage;
UPDATE kept SET status = 'Новая', ready = true RETURNING stage;        -- a status takes it down
UPDATE kept SET status = NULL RETURNING stage;
UPDATE kept SET paid = true RETURNING stage;
UPDATE kept SET paid = false RETURNING stage;                          -- who has bought stays a customer
UPDATE kept SET region = 'Тверь' RETURNING stage, verdict;             -- but for a lost rule
UPDATE kept SET stage = 'nonsense', region = 'Москва' RETURNING stage, verdict;
SELECT leadscore.rescore_table('kept');
UPDATE leadscore.stage_rule SET condition = 'asked_price IS NULL' WHERE model = 'm' AND stage = 'sql' AND rule = 'demo';
INSERT INTO kept (id, email, company) VALUES (2, 'a@b.ru', 'x') RETURNING stage, verdict;
UPDATE leadscore.stage_rule SET condition = 'company IS NULL' WHERE model = 'm' AND stage = 'mql';
UPDATE leadscore.stage_rule SET condition = 'id = 2' WHERE model = 'm' AND stage = 'customer';
SELECT leadscore.rescore_table('kept');
SELECT id, stage, verdict FROM kept ORDER BY id;
SELECT * FROM leadscore.set_score_triggers('kept');
-- Rules read the labels that are written, those that are kept too; a lead that cannot be judged stays where it was.
CREATE TABLE graded (n float8, score float8, grade text, stage text, verdict text);
INSERT INTO leadscore.model (model) VALUES ('graded');
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('graded', 'n', '100 / n');
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('graded', 'grade', 'A', 50, 40);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('graded', 'low', 1, 'open'), ('graded', 'cooling', 2, 'hold');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('graded', 'low', 'any', 'true'), ('graded', 'cooling', 'kept', 'grade = ''A'' AND score < 50');
CREATE TRIGGER judge BEFORE INSERT OR UPDATE ON graded FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('graded', 'score', 'grade', '', 'stage', 'verdict');
INSERT INTO graded (n) VALUES (1) RETURNING score, grade, stage;
UPDATE graded SET n = 2.2 RETURNING round(score), grade, stage;
UPDATE graded SET n = 0 RETURNING score, grade, stage, verdict;
UPDATE graded SET n = 1 RETURNING score, grade, stage;
DROP TABLE graded;
-- The stage in the row is the one it was in, whoever has written it there: set it, or NULL to begin afresh.
CREATE TABLE moved (paid boolean, score float8, stage text);
INSERT INTO leadscore.model (model) VALUES ('moved');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('moved', 'lead', 1, 'open'), ('moved', 'sql', 4, 'open'), ('moved', 'customer', 6, 'won');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('moved', 'lead', 'any', 'true'), ('moved', 'customer', 'paid', 'paid IS NOT FALSE');
CREATE TRIGGER judge BEFORE INSERT OR UPDATE ON moved FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('moved', 'score', '', '', 'stage');
INSERT INTO moved DEFAULT VALUES RETURNING stage;
UPDATE leadscore.stage_rule SET condition = 'paid' WHERE model = 'moved' AND stage = 'customer';
SELECT leadscore.rescore_table('moved');
UPDATE moved SET paid = NULL RETURNING stage;
UPDATE moved SET stage = NULL RETURNING stage;
UPDATE moved SET stage = 'sql' RETURNING stage;
UPDATE moved SET paid = false RETURNING stage;
INSERT INTO moved (stage) VALUES ('sql'), ('no such stage') RETURNING stage;
DROP TABLE moved;
-- A domain's check is the user's code, and may judge another lead by the same model.
CREATE FUNCTION look(float8) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE DOMAIN looked_at AS float8 CHECK (look(VALUE));
CREATE TABLE nested (id integer, note text, score looked_at, stage text, verdict text);
INSERT INTO leadscore.model (model) VALUES ('nested');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('nested', 'other', 1), ('nested', 'own', 2);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('nested', 'other', 'any', 'true'), ('nested', 'own', 'note', 'length(note) = 13');
CREATE TRIGGER judge BEFORE INSERT OR UPDATE ON nested FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('nested', 'score', '', '', 'stage', 'verdict');
CREATE OR REPLACE FUNCTION look(float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE lead nested; filler text;
BEGIN
  IF current_setting('test.looks', true) = 'on' THEN
    PERFORM set_config('test.looks', 'off', false);
    lead := ROW(1, repeat('z', 3000000), 1, NULL, NULL)::nested;
    PERFORM leadscore.evaluate('nested', lead);
    lead := NULL;
    filler := repeat('|', 3000100);
    PERFORM set_config('test.looks', 'on', false);
  END IF;
  RETURN true;
END $$;
SET test.looks = 'on';
INSERT INTO nested SELECT g, 'wants a price' FROM generate_series(1, 20) AS g;
SELECT stage, count(*) FROM nested GROUP BY 1;
RESET test.looks;
DROP TABLE nested;
DROP DOMAIN looked_at;
DROP FUNCTION look(float8);
-- What a lead took that ended in an error is given back.
CREATE TABLE large (note text, zero integer);
INSERT INTO large VALUES (repeat('abcdefghij', 20000), 0);
INSERT INTO leadscore.model (model) VALUES ('failing');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('failing', 's', 1);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('failing', 's', 'r', 'length(upper(note)) / zero > 0');
DO $$
DECLARE lead large;
BEGIN
  SELECT * INTO lead FROM large;
  FOR i IN 1..200 LOOP
    BEGIN
      PERFORM leadscore.classify('failing', lead);
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
END $$;
SELECT sum(total_bytes) < 10000000 AS is_given_back FROM pg_backend_memory_contexts WHERE parent = 'leadscore compiled model';
DROP TABLE large;

DROP TABLE leads, own, mixtures, kept;
DROP FUNCTION changed(text);
DROP EXTENSION leadscore;
DROP TYPE crm_status;
