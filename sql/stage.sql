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
