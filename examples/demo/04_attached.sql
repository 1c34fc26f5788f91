-- The table of requests is attached, and lives: what is written is judged at once, and a bad month shows whose fault it is.
-- Half a year of requests of five managers and four channels, up to the day at which the report stands. In the last month
-- whose requests have had their time, social networks bring four times as many people who want nothing, and Boris lets go.
\set QUIET on
\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET timezone = 'UTC';
\pset pager off
\pset footer off
\pset border 1
\pset linestyle unicode
\pset null ''
\set as_of '''2025-09-30 12:00+00'''

DELETE FROM leadscore.model WHERE model = 'requests';
SELECT leadscore.create_model('requests', 'blank') \g /dev/null
UPDATE leadscore.model SET status = 'status' WHERE model = 'requests';
DELETE FROM leadscore.stage WHERE model = 'requests' AND stage IN ('sal', 'opportunity', 'care');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('requests', 'new', 'lead'), ('requests', 'qualified', 'mql'), ('requests', 'in work', 'sql'),
    ('requests', 'sold', 'customer'), ('requests', 'refused', 'disqualified');
INSERT INTO leadscore.criterion (model, criterion, condition, points, title) VALUES ('requests', 'budget', 'budget >= 100000', 40, 'Can pay'),
    ('requests', 'asked', 'asked_for_price', 30, 'Asked for a price');

DROP TABLE IF EXISTS crm.request, crm.request_log CASCADE;
SELECT leadscore.clean_sources() \g /dev/null
CREATE TABLE crm.request (
    request_id      bigint PRIMARY KEY,
    full_name       text,
    email           text,
    phone           text,
    channel         text,
    manager         text,
    status          text NOT NULL DEFAULT 'new',
    status_changed_at timestamptz,
    budget          numeric,
    asked_for_price boolean,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE crm.request_log (lead text, stage text, entered_at timestamptz);
SELECT leadscore.attach('crm.request', 'requests', source => 'requests') \g /dev/null

-- Who comes, and how far: a share of each hash of the number, so it is the same every day.
CREATE FUNCTION pg_temp.share(n bigint, salt integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 4503599627370495)::float8 / 4503599627370496.0;
CREATE TEMPORARY TABLE request_life AS
WITH come AS (
    SELECT n, :as_of::timestamptz - interval '160 days' + n * interval '160 days' / 9000 AS created_at, pg_temp.share(n, 1) AS c, pg_temp.share(n, 2) AS m
    FROM generate_series(1, 9000) AS n
), known AS (
    SELECT n, created_at, created_at BETWEEN :as_of::timestamptz - interval '61 days' AND :as_of::timestamptz - interval '30 days' AS is_bad_month,
        (ARRAY['Анна', 'Борис', 'Вера', 'Глеб', 'Дина'])[1 + floor(m * 5)::integer] AS manager, c
    FROM come
), sent AS (
    SELECT n, created_at, is_bad_month, manager,
        CASE WHEN is_bad_month AND c < 0.4 OR c < 0.1 THEN 'Соцсети' ELSE (ARRAY['Поиск', 'Реклама', 'Партнёры'])[1 + floor(pg_temp.share(n, 3) * 3)::integer] END AS channel
    FROM known
)
SELECT n, created_at, manager, channel,
    1 + (pg_temp.share(n, 4) < CASE WHEN channel = 'Соцсети' THEN 0.25 ELSE 0.6 END)::integer
      * (1 + (pg_temp.share(n, 5) < CASE WHEN manager = 'Борис' AND is_bad_month THEN 0.2 ELSE 0.5 END)::integer
        * (1 + (pg_temp.share(n, 6) < 0.4)::integer)) AS steps
FROM sent;
INSERT INTO crm.request (request_id, full_name, email, phone, channel, manager, status, status_changed_at, budget, asked_for_price, created_at)
SELECT n, 'Клиент ' || n, 'client' || n || '@company' || n || '.example', '+7916' || 2000000 + n, channel, manager, (ARRAY['new', 'qualified', 'in work', 'sold'])[steps],
    created_at + (ARRAY[0, 2, 6, 15])[steps] * interval '1 day', floor(pg_temp.share(n, 7) * 200000), pg_temp.share(n, 8) < 0.3, created_at
FROM request_life;
INSERT INTO crm.request_log
SELECT l.n::text, (ARRAY['new', 'qualified', 'in work', 'sold'])[s], l.created_at + (ARRAY[0, 2, 6, 15])[s] * interval '1 day'
FROM request_life AS l, generate_series(1, l.steps) AS s;
SELECT leadscore.import_stage_history('requests', 'crm.request_log') \g /dev/null

\echo
\echo 'The table of requests is attached. Half a year, by stage:'
SELECT f.stage_label AS stage, f.reached, round((100 * f.rate_prev_step)::numeric, 1) AS "% of the step before", round((100 * f.rate_first_step)::numeric, 1) AS "% of all"
FROM leadscore.funnel('requests') AS f
WHERE f.stage_kind IN ('open', 'won')
ORDER BY f.stage_no;

\echo 'The last month whose requests have had their time, beside the three before. What has dropped, and whose is it?'
SELECT a.stage_label AS step, a.dimension, a.segment, round((100 * a.baseline_rate)::numeric, 1) AS "before, %", round((100 * a.current_rate)::numeric, 1) AS "now, %",
       round(a.q_value::numeric, 4) AS q, a.cause, coalesce(a.cause_channel, a.cause_owner) AS who
FROM leadscore.stage_alerts('requests', as_of => :as_of) AS a
WHERE a.verdict = 'drop'
ORDER BY a.stage_no, a.dimension, a.q_value, a.segment
LIMIT 10;

\echo 'Life goes on: a person whom we have met writes again and is qualified; all of it is known in the same commit.'
BEGIN;
INSERT INTO crm.request (request_id, full_name, email, phone, channel, manager, budget, created_at)
VALUES (20001, 'Клиент 17', 'Client17@company17.example', '8 (916) 200-00-17', 'Партнёры', 'Вера', 150000, :as_of);
UPDATE crm.request SET status = 'qualified', status_changed_at = NULL, asked_for_price = true WHERE request_id = 20001;
COMMIT;
SELECT s.lead AS request, t.stage, s.score, s.grade, s.is_duplicate AS "met before", s.visits AS "stages so far"
FROM leadscore.lead_state AS s JOIN leadscore.source AS r USING (source_id) JOIN leadscore.source_stage AS t USING (source_id, stage_id)
WHERE r.source = 'requests' AND s.lead = '20001';
SELECT count(*) AS "faults that verify() finds" FROM leadscore.verify('requests');
