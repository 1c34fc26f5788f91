-- leadscore.stage_alerts: what has changed, whether other leads came or the same convert otherwise, whom it names; healthy years; odd data.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
\pset null NULL
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;
SELECT (SELECT count(*) FROM leadscore.stage_alerts) AS alerts, (SELECT count(*) FROM leadscore.stage_velocity) AS velocity;

CREATE TABLE crm (id bigint PRIMARY KEY);
CREATE TABLE other (id bigint PRIMARY KEY);
INSERT INTO leadscore.model (model) VALUES ('sales');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('sales', 'lead', 1, 'open'), ('sales', 'mql', 2, 'open'), ('sales', 'sql', 3, 'open'), ('sales', 'customer', 4, 'won'), ('sales', 'lost', 5, 'lost');
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'crm', 'crm', 'sales', '{id}', '{}'), (2, 'other', 'other', 'sales', '{id}', '{}');
INSERT INTO leadscore.source_stage SELECT s, 10 - stage_no, stage FROM leadscore.stage, generate_series(1, 2) AS s;
SELECT count(*) AS rows_without_leads FROM leadscore.stage_alerts('crm');

-- Leads of 160 days, four channels and five owners; from the 91st day on something may be different.
CREATE TABLE visit (id bigint, day integer, channel text, owner text, stage_no integer, delay float8, duplicate boolean);
CREATE PROCEDURE simulate(seed float8, bad_channel text DEFAULT NULL, channel_factor float8 DEFAULT 1, volume integer DEFAULT 1, bad_owner text DEFAULT NULL, owner_factor float8 DEFAULT 1, all_factor float8 DEFAULT 1, days integer DEFAULT 160) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM setseed(seed);
  DELETE FROM visit;
  INSERT INTO visit
  SELECT l.id, l.day, l.channel, l.owner, v.stage_no, l.delay, l.duplicate
  FROM (SELECT row_number() OVER () AS id, day, channel, owner, random() AS delay, random() < 0.05 AS duplicate,
      random() < CASE channel WHEN 'ads' THEN 0.4 WHEN 'seo' THEN 0.6 WHEN 'referral' THEN 0.8 ELSE 0.5 END * CASE WHEN day > 90 THEN all_factor * CASE WHEN channel = bad_channel THEN channel_factor ELSE 1 END ELSE 1 END AS is_mql,
      random() < 0.6 * CASE WHEN day > 90 AND owner = bad_owner THEN owner_factor ELSE 1 END AS is_sql, random() < 0.4 AS is_won
    FROM (SELECT day, CASE WHEN n > 40 THEN bad_channel ELSE (ARRAY['ads', 'seo', 'referral', 'email'])[1 + floor(random() * 4)] END AS channel, (ARRAY['Anna', 'Boris', 'Vera', 'Gleb', 'Dina'])[1 + floor(random() * 5)] AS owner
      FROM generate_series(0, days - 1) AS day, LATERAL generate_series(1, CASE WHEN day > 90 THEN 30 + 10 * volume ELSE 40 END) AS n) AS d) AS l
  CROSS JOIN LATERAL (SELECT generate_series(1, CASE WHEN NOT is_mql THEN 1 WHEN NOT is_sql THEN 2 WHEN NOT is_won THEN 3 ELSE 4 END) AS stage_no) AS v;
  CALL load();
END $$;
CREATE PROCEDURE load() LANGUAGE sql AS $$
  TRUNCATE leadscore.lead_state, leadscore.stage_history;
  INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, stage_id, visited, is_duplicate, scored_at, first_scored_at)
  SELECT 1, id, timestamptz '2026-01-01 12:00+00' + day * interval '1 day', date '2026-01-01' + day, channel, owner, 10 - max(stage_no), bit_or(1::bigint << 10 - stage_no), duplicate, now(), now() FROM visit GROUP BY id, day, channel, owner, duplicate;
  INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
  SELECT 1, id, stage_no, 10 - stage_no, 1, timestamptz '2026-01-01 12:00+00' + (day + (stage_no - 1) * (1 + delay * 11)) * interval '1 day', 'change', now() FROM visit;
$$;
CREATE VIEW alarm AS SELECT a.*, round(q_value::numeric, 4) AS q, round(mix_change::numeric, 3) AS mix, round(rate_change::numeric, 3) AS rate FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00') AS a WHERE verdict IN ('drop', 'rise');
CREATE VIEW named AS SELECT stage, dimension, segment, verdict, cause, cause_channel, cause_owner, q, mix, rate FROM alarm ORDER BY stage_no, dimension, segment;

-- A channel that brings twice as many leads, and worse ones: other leads came, in the whole, in the channel, under each owner.
CALL simulate(0.1, 'ads', 0.5, 2);
SELECT * FROM named WHERE stage = 'mql';
-- Only more of the poorest channel; only worse leads of it.
CALL simulate(0.1, 'ads', 1, 4);
SELECT * FROM named WHERE stage = 'mql';
CALL simulate(0.1, 'ads', 0.4);
SELECT * FROM named WHERE stage = 'mql';
-- An owner who works badly: the same leads convert worse, with him alone.
CALL simulate(0.1, bad_owner => 'Vera', owner_factor => 0.4);
SELECT * FROM named WHERE stage = 'sql';
-- Both at once: each is named for what it did.
CALL simulate(0.1, 'ads', 0.5, 2, 'Vera', 0.4);
SELECT * FROM named WHERE (stage, dimension) IN (('mql', 'all'), ('sql', 'all')) OR segment IN ('ads', 'Vera') AND stage <> 'customer';
-- Everything falls: nobody in particular. Everything rises.
CALL simulate(0.1, all_factor => 0.7);
SELECT verdict, cause, cause_channel, cause_owner, count(*) FROM alarm WHERE stage = 'mql' GROUP BY 1, 2, 3, 4;
CALL simulate(0.1, all_factor => 1.2);
SELECT verdict, cause, cause_channel, cause_owner, count(*) > 5 AS many FROM alarm WHERE stage = 'mql' GROUP BY 1, 2, 3, 4;

-- The counts and tests are those of a plain query: duplicates left out, and what came later than 30 days after the lead.
CREATE VIEW entered AS SELECT v.id, v.day, v.channel, v.owner, max(v.stage_no) FILTER (WHERE (v.stage_no - 1) * (1 + v.delay * 11) <= 30) AS furthest FROM visit AS v WHERE NOT duplicate AND day BETWEEN 151 - 30 - 1 - 119 AND 151 - 30 - 1 GROUP BY 1, 2, 3, 4;
CREATE VIEW plain AS SELECT s AS stage_no, d.dimension, d.segment, count(*) FILTER (WHERE NOT is_current AND furthest >= s - 1) AS n0, count(*) FILTER (WHERE NOT is_current AND furthest >= s) AS k0, count(*) FILTER (WHERE is_current AND furthest >= s - 1) AS n1, count(*) FILTER (WHERE is_current AND furthest >= s) AS k1
  FROM (SELECT *, day > 120 - 30 AS is_current FROM entered) AS e, generate_series(2, 4) AS s, LATERAL (VALUES ('all', NULL), ('channel', channel), ('owner', owner)) AS d (dimension, segment) GROUP BY 1, 2, 3;
CREATE TABLE answer AS SELECT * FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00');
SELECT count(*) AS cells, count(*) FILTER (WHERE (a.baseline_entered, a.baseline_converted, a.current_entered, a.current_converted) IS DISTINCT FROM (p.n0, p.k0, p.n1, p.k1)) AS counts, count(*) FILTER (WHERE (a.p_value, a.difference, a.difference_lower, a.difference_upper, a.min_detectable_drop) IS DISTINCT FROM (d.p_value, d.difference, d.lower, d.upper, d.smallest_detectable_drop)) AS tests,
  count(*) FILTER (WHERE (a.baseline_rate_lower, a.current_rate_upper) IS DISTINCT FROM ((leadscore.wilson(p.k0, p.n0)).lower, (leadscore.wilson(p.k1, p.n1)).upper)) AS intervals, count(*) FILTER (WHERE abs(a.difference - a.mix_change - a.rate_change) > 1e-12) AS parts, min(baseline_from) AS baseline_from, max(baseline_until) AS baseline_until, min(current_from) AS current_from, max(current_until) AS current_until
FROM answer AS a FULL JOIN plain AS p ON a.stage_no = p.stage_no AND a.dimension = p.dimension AND a.segment IS NOT DISTINCT FROM p.segment, LATERAL leadscore.conversion_drop(p.k0, p.n0, p.k1, p.n1) AS d;
SELECT count(*) AS of_both, count(*) FILTER (WHERE abs(a.q_value - e.q) > 1e-12) AS wrong FROM answer AS a, LATERAL (SELECT min(b.p * b.m / b.n) AS q FROM (SELECT p, count(*) OVER () AS m, row_number() OVER (ORDER BY p) AS n FROM (SELECT p_value AS p FROM answer UNION ALL SELECT (leadscore.conversion_drop(baseline_entered - baseline_converted, baseline_entered, current_entered - current_converted, current_entered)).p_value FROM answer) AS t) AS b WHERE b.p >= a.p_value) AS e;
SELECT bool_and(a.mix_change = 0 OR m.mix_change IS NOT NULL) AS mix, bool_and(a.cmh_p_value IS NOT DISTINCT FROM m.cmh_p_value) AS cmh FROM answer AS a JOIN LATERAL (SELECT (leadscore.mix_or_rate(k0, n0, k1, n1)).* FROM (SELECT count(*) FILTER (WHERE day <= 90 AND furthest >= a.stage_no - 1) AS n0, count(*) FILTER (WHERE day <= 90 AND furthest >= a.stage_no) AS k0, count(*) FILTER (WHERE day > 90 AND furthest >= a.stage_no - 1) AS n1, count(*) FILTER (WHERE day > 90 AND furthest >= a.stage_no) AS k1
  FROM entered WHERE a.dimension = 'all' OR a.segment = CASE a.dimension WHEN 'channel' THEN channel ELSE owner END GROUP BY CASE a.dimension WHEN 'channel' THEN owner ELSE channel END) AS s) AS m ON true;

-- Healthy months: with a level of 5 % at most one in twenty looks may find a drop.
CREATE FUNCTION false_alarms(seed float8) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  CALL simulate(seed, days => 370);
  RETURN QUERY SELECT (SELECT count(*) FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00'::timestamptz + m * interval '30 days') WHERE verdict = 'drop') FROM generate_series(0, 7) AS m;
END $$;
SELECT count(*) AS looks, count(*) FILTER (WHERE alarms > 0) <= 0.05 * count(*) AS few FROM generate_series(1, 3) AS year, false_alarms(year / 100.0) AS alarms;

-- Nothing of the future is known; other periods, other levels.
CALL simulate(0.1, bad_owner => 'Vera', owner_factor => 0.4);
SELECT count(*) FILTER (WHERE current_entered > 0) AS current, max(baseline_until) AS baseline_until FROM leadscore.stage_alerts('crm', as_of => '2026-02-10 00:00+00');
SELECT count(DISTINCT verdict) AS verdicts, min(verdict), max(baseline_entered) AS baseline FROM leadscore.stage_alerts('crm', as_of => '2027-02-10 00:00+00');
SELECT stage, segment, verdict, baseline_until - baseline_from + 1 AS baseline, current_until - current_from + 1 AS current FROM leadscore.stage_alerts('crm', 14, 28, '2026-05-16 00:00+00', 0.01) WHERE verdict <> 'same';
SELECT error_of(format('SELECT leadscore.stage_alerts(%s)', a)) FROM unnest(ARRAY[$$'nobody'$$, 'NULL', $$'crm', NULL$$, $$'crm', 0$$, $$'crm', 30, 40000$$, $$'crm', as_of => NULL$$, $$'crm', as_of => 'infinity'$$, $$'crm', alpha => 0$$, $$'crm', alpha => 1$$, $$'crm', alpha => 'NaN'$$]) AS a;

-- No channels; one owner; leads without either; leads without a history; a found visit has no time.
BEGIN;
UPDATE visit SET channel = NULL;
CALL load();
SELECT * FROM named WHERE stage = 'sql';
UPDATE visit SET owner = NULL;
CALL load();
SELECT * FROM named WHERE stage = 'sql';
UPDATE leadscore.stage_history SET cause = 'found', entered_at = '2026-05-30 00:00+00';
SELECT stage, dimension, baseline_entered, verdict FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00') WHERE dimension = 'all';
UPDATE leadscore.stage_history SET cause = 'change';
SELECT stage, dimension, baseline_entered, baseline_rate, current_rate, p_value, verdict, cause, mix_change, cmh_p_value FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00');
TRUNCATE leadscore.stage_history;
SELECT DISTINCT verdict, baseline_entered FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00');
DELETE FROM leadscore.stage WHERE stage_no > 1;
SELECT count(*) AS without_steps FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00');
DELETE FROM leadscore.stage;
SELECT count(*) AS without_stages FROM leadscore.stage_alerts('crm', as_of => '2026-06-01 00:00+00');
ROLLBACK;

-- The view is the function, today, for those who may read.
UPDATE leadscore.lead_state SET created_at = created_at + (current_date - '2026-06-01'::date) * interval '1 day', cohort_day = cohort_day + (current_date - '2026-06-01'::date);
UPDATE leadscore.stage_history SET entered_at = entered_at + (current_date - '2026-06-01'::date) * interval '1 day';
SELECT source, stage, segment, verdict, cause, cause_owner FROM leadscore.stage_alerts WHERE verdict = 'drop' AND dimension = 'owner';
(SELECT 'crm', * FROM leadscore.stage_alerts('crm') EXCEPT TABLE leadscore.stage_alerts) UNION ALL (TABLE leadscore.stage_alerts EXCEPT SELECT 'crm', * FROM leadscore.stage_alerts('crm'));
CREATE ROLE regress_leadscore_bi;
GRANT SELECT ON other TO regress_leadscore_bi;
SET ROLE regress_leadscore_bi;
SELECT (SELECT count(*) FROM leadscore.stage_alerts) AS alerts, (SELECT count(*) FROM leadscore.stage_velocity) AS velocity, error_of($$SELECT leadscore.stage_alerts('crm')$$);
RESET ROLE;
GRANT SELECT ON crm TO regress_leadscore_bi;
SET ROLE regress_leadscore_bi;
SELECT (SELECT count(*) > 0 FROM leadscore.stage_alerts) AS alerts, (SELECT count(*) FROM leadscore.stage_velocity) AS velocity;
RESET ROLE;

-- stage_velocity: the aggregates over the same histories, laps, a stage that the model has no more.
INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at) SELECT 2, lead, no, 10 - stage_no, 1, '2026-03-01 00:00+00'::timestamptz + no * no * interval '1 day', 'change', now()
FROM (VALUES ('a', '{1,2,1,2,3,4}'::integer[]), ('b', '{1,5}'), ('c', '{1,2,5,2}'), ('d', '{1}'), ('e', '{}'), ('f', '{1,3,4}')) AS h (lead, stages), unnest(stages) WITH ORDINALITY AS u (stage_no, no);
INSERT INTO leadscore.stage_history VALUES (2, 'a', 7, 10, 1, '2026-04-20', 'change', now()), (2, 'g', 1, 9, 1, '2126-01-01', 'change', now());
SELECT v.stage_no, v.stage, v.stage_kind, v.leads, v.entries, v.returned, v.current, v.timed_visits, v.open_visits, v.median_days, v.p75_days, v.mean_closed_days, round(v.won_probability::numeric, 4) AS won, round(v.lost_probability::numeric, 4) AS lost FROM leadscore.stage_velocity AS v WHERE source = 'other' ORDER BY stage_no;
WITH expected AS (SELECT leadscore.stage_counts(visits, kinds) AS counts, leadscore.time_in_stage(visits, kinds, now()) AS times, leadscore.stage_forecast(visits, kinds, now()) AS forecasts FROM (SELECT leadscore.stage_visits(10 - stage_id, entered_at) AS visits, '{open,open,open,won,lost}'::text[] AS kinds FROM leadscore.stage_history WHERE source_id = 2 AND stage_id < 10 AND entered_at <= now() GROUP BY lead) AS h)
SELECT count(*) AS stages, count(*) FILTER (WHERE (v.leads, v.entries, v.returned, v.current, v.timed_visits, v.open_visits, v.median_days, v.p75_days, v.p90_days, v.mean_closed_days, v.expected_days_left, v.won_probability, v.lost_probability) IS DISTINCT FROM (c.visited, c.entries, c.returned, c.current, t.visits, t.open_visits, t.median_days, t.p75_days, t.p90_days, t.mean_closed_days, f.expected_days_left, f.won_probability, f.lost_probability)) AS differ
FROM expected AS e, unnest(e.counts) AS c LEFT JOIN unnest((SELECT times FROM expected)) AS t USING (stage_no) LEFT JOIN unnest((SELECT forecasts FROM expected)) AS f USING (stage_no) LEFT JOIN leadscore.stage_velocity AS v ON v.source = 'other' AND v.stage_no = c.stage_no;

DROP VIEW named, alarm, plain, entered;
DROP PROCEDURE simulate(float8, text, float8, integer, text, float8, float8, integer);
DROP PROCEDURE load();
DROP FUNCTION false_alarms(float8), error_of(text);
DROP TABLE crm, other, visit, answer;
DROP EXTENSION leadscore;
DROP ROLE regress_leadscore_bi;
