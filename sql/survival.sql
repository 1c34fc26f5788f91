-- Survival and competing risks: what SQL adds to the core (whose own tests have the definitions): NULL, errors, any order, any plan.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;

-- 6-mercaptopurine: .8571 .8067 .7529 .6902 .6275 .5378 .4482 are published.
CREATE TABLE remission AS SELECT week, true AS relapse FROM unnest('{6,6,6,7,10,13,16,22,23}'::float8[]) AS week UNION ALL SELECT week, false FROM unnest('{6,9,10,11,17,19,20,25,32,32,34,35}'::float8[]) AS week;
SELECT p.days, p.at_risk, p.ended, p.censored, round(p.survival::numeric, 10) AS survival, round(p.lower::numeric, 10) AS lower, round(p.upper::numeric, 10) AS upper FROM (SELECT leadscore.kaplan_meier(week, relapse) AS curve FROM remission) AS s, unnest(s.curve) AS p;
SELECT string_agg(round(p.survival::numeric, 4)::text, ' ' ORDER BY p.days) AS published FROM (SELECT leadscore.kaplan_meier(week, relapse) AS curve FROM remission) AS s, unnest(s.curve) AS p WHERE p.ended > 0;
-- Ten leads: 13/60 won by the eighth day, 31.7 % lost; lost taken for open would say 25 %.
CREATE TABLE ten (days float8, outcome text);
INSERT INTO ten VALUES (2, 'won'), (5, 'won'), (3, 'lost'), (3, 'lost'), (6, 'lost'), (4, NULL), (7, NULL), (7, NULL), (8, NULL), (8, NULL);
SELECT p.days, p.outcome, p.at_risk, p.ended, round(p.incidence::numeric, 10) AS incidence, round(p.standard_error::numeric, 10) AS standard_error, round(p.lower::numeric, 10) AS lower, round(p.upper::numeric, 10) AS upper FROM (SELECT leadscore.cumulative_incidence(days, outcome) AS curve FROM ten) AS s, unnest(s.curve) AS p;
SELECT p.outcome, round(p.incidence::numeric, 12) AS by_day_8, round((13.0 / 60)::numeric, 12) AS thirteen_60ths FROM (SELECT leadscore.cumulative_incidence(days, outcome) AS curve FROM ten) AS s, unnest(s.curve) AS p WHERE p.days = 6;
SELECT round((1 - p.survival)::numeric, 12) AS wrong FROM (SELECT leadscore.kaplan_meier(days, outcome IS NOT DISTINCT FROM 'won') AS curve FROM ten) AS s, unnest(s.curve) AS p WHERE p.days = 8;

-- NULL, nothing, one row, all equal.
SELECT leadscore.kaplan_meier(1, true), leadscore.cumulative_incidence(1, 'won') FROM generate_series(1, 0) AS none;
SELECT leadscore.kaplan_meier(NULL, true), leadscore.kaplan_meier(1, NULL), leadscore.cumulative_incidence(NULL, 'won');
SELECT leadscore.kaplan_meier(0, true), leadscore.kaplan_meier('-0', false), leadscore.cumulative_incidence(5, NULL) AS nothing_ended, leadscore.cumulative_incidence(5, '') AS empty_name;
SELECT p.outcome, p.ended, round(p.incidence::numeric, 12) AS incidence, round(k.survival::numeric, 12) AS survival, k.censored FROM (SELECT leadscore.kaplan_meier(7, n <> 2) AS curve, leadscore.cumulative_incidence(7, (ARRAY['a', 'B', 'ж'])[n]) AS by_byte FROM generate_series(1, 3) AS n) AS s, unnest(s.by_byte) AS p, unnest(s.curve) AS k;
SELECT p.days, p.survival FROM (SELECT leadscore.kaplan_meier(d, true) AS curve FROM unnest('{1.7976931348623157e308,5e-324}'::float8[]) AS d) AS s, unnest(s.curve) AS p;
-- What is no duration, and too many outcomes.
SELECT error_of(format('SELECT leadscore.kaplan_meier(%L, true)', d)), error_of(format('SELECT leadscore.cumulative_incidence(%L, NULL)', d)) FROM unnest('{-1,-1e-300,NaN,Infinity,-Infinity}'::float8[]) AS d;
SELECT error_of('SELECT leadscore.cumulative_incidence(1, (n % 65)::text) FROM generate_series(1, 100) AS n'), error_of('SELECT leadscore.cumulative_incidence(1, (n % 64)::text) FROM generate_series(1, 100) AS n'), error_of('SELECT leadscore.cumulative_incidence(1, repeat(''x'', 1001))');

-- Against the definition, in SQL.
CREATE TABLE lead AS SELECT n AS id, (n * 7919 % 97)::float8 / 4 AS days, (ARRAY['won', 'lost', 'lost', NULL, 'spam', NULL])[1 + n * 104729 % 6] AS outcome FROM generate_series(1, 6000) AS n;
ANALYZE lead;
CREATE TABLE curve AS SELECT p.* FROM (SELECT leadscore.kaplan_meier(days, outcome IS NOT NULL) AS curve FROM lead) AS s, unnest(s.curve) AS p;
CREATE TABLE incidence AS SELECT p.* FROM (SELECT leadscore.cumulative_incidence(days, outcome) AS curve FROM lead) AS s, unnest(s.curve) AS p;
WITH risk AS (SELECT days, sum(count(*)) OVER (ORDER BY days DESC) AS at_risk, count(outcome) AS ended, count(*) - count(outcome) AS censored FROM lead GROUP BY days),
  expected AS (SELECT days, at_risk, ended, censored, exp(sum(ln(1 - ended / at_risk::float8)) OVER (ORDER BY days)) AS survival FROM risk)
SELECT count(*) AS days, count(*) FILTER (WHERE c.at_risk = e.at_risk AND c.ended = e.ended AND c.censored = e.censored AND abs(c.survival - e.survival) < 1e-12 AND c.lower < c.survival AND c.survival < c.upper) AS right FROM expected AS e FULL JOIN curve AS c USING (days) WHERE e.at_risk > e.ended;
SELECT count(*) AS rows, count(DISTINCT outcome) AS outcomes, bool_and(lower <= incidence AND incidence <= upper) AS are_inside, bool_and(incidence >= before) AS grow FROM (SELECT *, lag(incidence, 1, 0::float8) OVER (PARTITION BY outcome ORDER BY days) AS before FROM incidence) AS i;
SELECT count(*) AS days, count(*) FILTER (WHERE abs(i.total + c.survival - 1) < 1e-12) AS add_up_to_1 FROM (SELECT days, sum(incidence) AS total FROM incidence GROUP BY days) AS i JOIN curve AS c USING (days);
WITH step AS (SELECT i.outcome, i.days, i.incidence, i.ended * lag(c.survival, 1, 1::float8) OVER (PARTITION BY i.outcome ORDER BY i.days) / i.at_risk AS growth FROM incidence AS i JOIN curve AS c USING (days))
SELECT count(*) AS rows, count(*) FILTER (WHERE abs(incidence - total) < 1e-12) AS right FROM (SELECT incidence, sum(growth) OVER (PARTITION BY outcome ORDER BY days) AS total FROM step) AS s;
-- In any order, in parallel, by group, as a window function.
CREATE TABLE expected AS SELECT leadscore.kaplan_meier(days, outcome IS NOT NULL)::text AS survival, leadscore.cumulative_incidence(days, outcome)::text AS incidence FROM lead;
SELECT count(*) AS same_in_any_order FROM expected WHERE survival = (SELECT leadscore.kaplan_meier(days, outcome IS NOT NULL ORDER BY outcome, days DESC)::text FROM lead) AND incidence = (SELECT leadscore.cumulative_incidence(days, outcome ORDER BY outcome DESC, days)::text FROM lead);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT leadscore.kaplan_meier(days, outcome IS NOT NULL), leadscore.cumulative_incidence(days, outcome) FROM lead;
SELECT count(*) AS same_in_parallel FROM expected WHERE (survival, incidence) = (SELECT leadscore.kaplan_meier(days, outcome IS NOT NULL)::text, leadscore.cumulative_incidence(days, outcome)::text FROM lead);
SELECT leadscore.kaplan_meier(days, true), leadscore.cumulative_incidence(days, outcome) FROM lead WHERE id < 0;
SELECT error_of('SELECT leadscore.kaplan_meier(days - 12, true) FROM lead') AS in_a_worker;
RESET max_parallel_workers_per_gather;
SELECT count(*) AS differ FROM (SELECT id % 50 AS part, leadscore.cumulative_incidence(days, outcome) AS curve FROM lead GROUP BY 1) AS g WHERE curve <> (SELECT leadscore.cumulative_incidence(days, outcome) FROM lead WHERE id % 50 = part);
SELECT count(*) AS differ FROM (SELECT id, leadscore.kaplan_meier(days, outcome IS NOT NULL) OVER w AS survival, leadscore.cumulative_incidence(days, outcome) OVER w AS incidence FROM lead WHERE id <= 60 WINDOW w AS (ORDER BY id)) AS w
WHERE (survival, incidence) IS DISTINCT FROM (SELECT ROW(leadscore.kaplan_meier(days, outcome IS NOT NULL), leadscore.cumulative_incidence(days, outcome)) FROM lead AS l WHERE l.id <= w.id);
-- It ends when it is told to.
SET statement_timeout = '1ms';
SELECT leadscore.kaplan_meier(n, n % 2 = 0) FROM generate_series(1, 10000000) AS n;
RESET statement_timeout;

DROP TABLE remission, ten, lead, curve, incidence, expected;
DROP FUNCTION error_of(text);
DROP EXTENSION leadscore;
