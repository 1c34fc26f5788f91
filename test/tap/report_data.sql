-- A CRM of a year for the browser test and the pictures of docs/report.md: leads of a language school with eight channels and
-- seven managers. Sixty days ago social networks began to bring people who want nothing, and Vera lets go since.
SET client_encoding = 'UTF8';
SET client_min_messages = warning;

SELECT leadscore.create_model('school', 'blank') \g /dev/null
UPDATE leadscore.model SET status = 'status', scale = 'logistic', base_points = -2.6 WHERE model = 'school';
DELETE FROM leadscore.stage WHERE model = 'school' AND stage IN ('sal', 'care');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('school', 'new', 'lead'), ('school', 'reached', 'mql'), ('school', 'lesson', 'sql'), ('school', 'contract', 'opportunity'),
  ('school', 'paid', 'customer'), ('school', 'later', 'hold'), ('school', 'refused', 'disqualified');
INSERT INTO leadscore.criterion (model, criterion, condition, points, title) VALUES ('school', 'goal', 'has_goal', 1.6, 'Has a goal'), ('school', 'test', 'took_test', 1.1, 'Took the test'),
  ('school', 'pages', 'pages >= 5', 0.8, 'Read five pages'), ('school', 'company', 'is_company', 0.9, 'Asks for a company');
DELETE FROM leadscore.band WHERE model = 'school' AND kind = 'grade';
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('school', 'grade', 'A', 50, NULL), ('school', 'grade', 'B', 25, NULL), ('school', 'grade', 'C', 10, NULL), ('school', 'grade', 'D', 0, NULL);
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('school', 'goal', 'has_goal');
INSERT INTO leadscore.playbook (model, stage, action, due_within) VALUES ('school', 'lead', 'Call', '1 day'), ('school', 'mql', 'Invite to a lesson', '20 days'), ('school', 'sql', 'Send the contract', '40 days');

CREATE TABLE pupil (pupil_id bigint PRIMARY KEY, full_name text, email text, phone text, channel text, manager text, status text, amount numeric, has_goal boolean, took_test boolean, pages integer, is_company boolean, created_at timestamptz NOT NULL);
CREATE TABLE pupil_log (lead text, stage text, entered_at timestamptz);
CREATE FUNCTION pg_temp.share(n bigint, salt integer) RETURNS float8 LANGUAGE sql IMMUTABLE RETURN (hashint8extended(n, salt) & 4503599627370495)::float8 / 4503599627370496.0;

CREATE TEMPORARY TABLE life AS
SELECT l.*, (ARRAY['new', 'reached', 'lesson', 'contract', 'paid'])[:steps] AS statuses, b.steps AS wanted, pace.days AS pace
FROM (
  SELECT n, day, day <= 60 AND day > 30 AS is_new, now() - day * interval '1 day' - pg_temp.share(n, 9) * interval '20 hours' AS created_at,
    CASE WHEN day <= 60 AND pg_temp.share(n, 12) < 0.4 THEN 'Social networks' ELSE (ARRAY['Search', 'Search', 'Search', 'Context ads', 'Context ads', 'Context ads', 'Social networks', 'Friends & family', 'Friends & family', 'Partners', 'Webinar', 'Exhibition "Study"', NULL])[1 + floor(pg_temp.share(n, 1) * 13)::integer] END AS channel,
    (ARRAY['Anna Orlova', 'Boris Klein', 'Vera Smirnova', 'Gleb Markov', 'Dina Aliyeva', 'Yegor Popov', NULL])[1 + floor(pg_temp.share(n, 2) ^ 1.2 * 7)::integer] AS manager,
    pg_temp.share(n, 3) < 0.45 AS has_goal, pg_temp.share(n, 4) < 0.3 AS took_test, floor(-4 * ln(1 - pg_temp.share(n, 5)))::integer AS pages, pg_temp.share(n, 6) < 0.12 AS is_company
  FROM (SELECT row_number() OVER () AS n, day FROM generate_series(0, 330) AS day, LATERAL generate_series(1, 10 + (330 - day) / 30 + day % 4) AS k) AS d) AS l
CROSS JOIN LATERAL (SELECT -1.9 + 1.6 * has_goal::integer + 1.1 * took_test::integer + 0.8 * (pages >= 5)::integer + 0.9 * is_company::integer
  + CASE channel WHEN 'Friends & family' THEN 0.7 WHEN 'Social networks' THEN CASE WHEN is_new THEN -1.6 ELSE -0.5 END WHEN 'Partners' THEN 0.4 ELSE 0 END AS interest) AS i
CROSS JOIN LATERAL (SELECT 1 / (1 + exp(-i.interest - 0.9)) AS reach, 1 / (1 + exp(-i.interest - 0.5)) * CASE WHEN manager = 'Vera Smirnova' AND is_new THEN 0.35 ELSE 1 END AS lesson, 1 / (1 + exp(-i.interest * 0.7 - 0.6)) AS contract) AS p
CROSS JOIN LATERAL (SELECT CASE WHEN pg_temp.share(n, 21) > p.reach THEN 1 WHEN pg_temp.share(n, 22) > p.lesson THEN 2 WHEN pg_temp.share(n, 23) > p.contract THEN 3 WHEN pg_temp.share(n, 24) > 0.82 THEN 4 ELSE 5 END AS steps) AS b
CROSS JOIN LATERAL (SELECT 1 + floor(pg_temp.share(n, 25) * 5)::integer AS days) AS pace;

-- Where each stands now: steps that it has had time for; then three of five give up, and some ask to be called later.
CREATE TEMPORARY TABLE way AS
SELECT l.n, l.created_at, s.place, s.status, l.created_at + (s.place - 1) * l.pace * interval '1 day' AS entered_at
FROM life AS l CROSS JOIN LATERAL unnest(l.statuses || CASE WHEN l.wanted < 5 AND pg_temp.share(l.n, 31) < 0.75 THEN ARRAY['refused'] WHEN l.wanted BETWEEN 2 AND 4 AND pg_temp.share(l.n, 32) < 0.3 THEN ARRAY['later'] ELSE '{}' END) WITH ORDINALITY AS s (status, place)
WHERE l.created_at + (s.place - 1) * l.pace * interval '1 day' <= now();
INSERT INTO pupil
SELECT l.n, 'Pupil ' || l.n, 'pupil' || CASE WHEN pg_temp.share(l.n, 41) < 0.06 THEN l.n - 30 ELSE l.n END || '@post.example', NULL, l.channel, l.manager, w.status, 20000 + round((60000 * pg_temp.share(l.n, 42) ^ 2)::numeric, -2) * CASE WHEN l.is_company THEN 4 ELSE 1 END,
  CASE WHEN w.status = 'refused' AND w.place = 2 AND pg_temp.share(l.n, 43) < 0.3 THEN NULL ELSE l.has_goal END, l.took_test, l.pages, l.is_company, l.created_at
FROM life AS l JOIN (SELECT DISTINCT ON (n) n, status, place FROM way ORDER BY n, place DESC) AS w USING (n);
INSERT INTO pupil_log SELECT n::text, status, entered_at FROM way;
SELECT leadscore.attach('pupil', 'school', key => 'pupil_id', columns => '{"owner": "manager"}', source => 'Language school', duplicates => 'mark') \g /dev/null
SELECT leadscore.import_stage_history('Language school', 'pupil_log') \g /dev/null
INSERT INTO leadscore.spend (source, day, channel, amount)
SELECT 'Language school', day::date, channel, round(cost * (0.8 + 0.4 * pg_temp.share(hashtext(channel || day), 51))::numeric)
FROM generate_series(current_date - 330, current_date, interval '1 month') AS day, (VALUES ('Search', 190000), ('Context ads', 420000), ('Social networks', 260000), ('Partners', 60000), ('Webinar', 55000), ('Exhibition "Study"', 150000)) AS c (channel, cost);
