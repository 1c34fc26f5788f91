-- Statistics over the stages of leads: the examples, recounts in SQL, NULL, errors, any order, any split, any plan.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET timezone = 'UTC';
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;
-- A history by letters, a day apart from the first of January 2026.
CREATE FUNCTION history(stages text) RETURNS leadscore.stage_visit[] LANGUAGE sql AS $$
  SELECT leadscore.stage_visits(ascii(letter) - 96, '2026-01-01 00:00+00'::timestamptz + (day - 1) * interval '24 hours') FROM string_to_table(stages, NULL) WITH ORDINALITY AS s (letter, day)
$$;

-- One lead: by time, then by stage; what follows itself is one visit; what is not known is left out.
SELECT v.* FROM (SELECT leadscore.stage_visits(stage_no, entered_at::timestamptz) AS visits FROM (VALUES (2, '2026-01-03'), (1, '2026-01-01'), (1, '2026-01-02'), (3, '2026-01-03'), (1, '2026-01-09'), (NULL, '2026-01-04'), (2, NULL), (2, 'infinity'), (2, '-infinity')) AS h (stage_no, entered_at)) AS s, unnest(s.visits) AS v;
SELECT leadscore.stage_visits(NULL, now()), leadscore.stage_visits(1, NULL), leadscore.stage_visits(1, 'infinity'), history('') FROM generate_series(1, 2) AS n;
SELECT leadscore.stage_visits(1, now()) FROM generate_series(1, 0) AS none;
SELECT n, history(repeat('a', n)) AS one_visit FROM unnest('{1,2,30}'::integer[]) AS n;
-- As a window function: one that seemed to follow itself may get another in between.
SELECT stage_no, entered_at::date, array_length(leadscore.stage_visits(stage_no, entered_at) OVER (ORDER BY n), 1) AS visits FROM (VALUES (1, 1, '2026-01-01'::timestamptz), (2, 1, '2026-01-03'), (3, 2, '2026-01-02')) AS h (n, stage_no, entered_at);

-- What "the leads of a stage" may mean. A, B and back to A is one lead of A.
\set kinds '''{open,open,won,lost,hold}'''
SELECT c.* FROM (SELECT leadscore.stage_counts(history('aba'), :kinds) AS counts) AS s, unnest(s.counts) AS c;
-- A skip: reached, not visited; strict ends before it. A loss counts as far as the lead came. Leads without a history are leads.
SELECT c.* FROM (SELECT leadscore.stage_counts(history(h), :kinds) AS counts FROM unnest('{abc,ac,aebdc,bd,ad,d,aed,"",NULL}'::text[]) AS h) AS s, unnest(s.counts) AS c;
-- A stage in the midst that is off the ladder, and a number without a stage.
SELECT c.stage_no, c.kind, c.reached, c.visited FROM (SELECT leadscore.stage_counts(history(h), '{open,hold,NULL,open,won}') AS counts FROM unnest('{abd,ae,b}'::text[]) AS h) AS s, unnest(s.counts) AS c;
SELECT leadscore.stage_counts(NULL, '{}') AS no_stages, leadscore.stage_conversion(NULL, '{open}', now(), '1 day') AS no_step, leadscore.stage_transitions(history('a'), :kinds, now()) AS no_transition, leadscore.stage_counts(history('a'), :kinds) FILTER (WHERE false) AS no_rows;

-- Conversion and maturity. On the 11th: of four leads one came today, one 2 days ago, two long since; after 3 days they are ripe.
CREATE TABLE cohort (id int, visits leadscore.stage_visit[]);
INSERT INTO cohort SELECT id, array_agg(ROW(stage_no, day::timestamptz)::leadscore.stage_visit) FROM (VALUES (1, 1, '2026-01-11'), (2, 1, '2026-01-09'), (2, 2, '2026-01-10'), (3, 1, '2026-01-01'), (3, 2, '2026-01-04'), (4, 1, '2026-01-01'), (4, 3, '2026-01-06'), (5, 1, '2026-01-20')) AS h (id, stage_no, day) GROUP BY id;
SELECT c.stage_no, c.next_stage_no, c.entered, c.converted, round(c.rate::numeric, 6) AS rate, round(c.lower::numeric, 6) AS lower, round(c.upper::numeric, 6) AS upper, c.first_entered, round(c.rate_from_first::numeric, 6) AS rate_from_first, round(c.lower_from_first::numeric, 6) AS lower_from_first, round(c.upper_from_first::numeric, 6) AS upper_from_first,
  c.mature_entered, c.mature_converted, round(c.mature_rate::numeric, 6) AS mature_rate, round(c.mature_lower::numeric, 6) AS mature_lower, round(c.mature_upper::numeric, 6) AS mature_upper, c.is_mature
FROM (SELECT leadscore.stage_conversion(visits, :kinds, '2026-01-11', '3 days') AS conversion FROM cohort) AS s, unnest(s.conversion) AS c;
-- Before anything, long after everything, at once.
SELECT a, c.stage_no, c.entered, c.converted, c.rate, c.lower, round(c.upper::numeric, 6) AS upper, c.mature_entered, c.mature_rate, c.is_mature FROM unnest('{2025-01-01,2026-01-01}'::timestamptz[]) AS a, LATERAL (SELECT leadscore.stage_conversion(visits, :kinds, a, '3 days') AS conversion FROM cohort) AS s, unnest(s.conversion) AS c WHERE c.stage_no = 1;
SELECT m, a::date, c.stage_no, c.entered, c.converted, c.mature_entered, c.mature_converted, c.is_mature FROM (VALUES (interval '0', '2026-01-30'::timestamptz), ('3 days', '2030-01-01'), ('4 days 23:59:59.999999', '2030-01-01'), ('120 hours', '2030-01-01')) AS v (m, a), LATERAL (SELECT leadscore.stage_conversion(visits, :kinds, a, m) AS conversion FROM cohort) AS s, unnest(s.conversion) AS c;

-- Time in stage: 1, 3 and 2 days, and one visit that has lasted for 4.
CREATE TABLE stay AS SELECT * FROM cohort LIMIT 0;
INSERT INTO stay SELECT id, leadscore.stage_visits(stage_no, '2026-01-01'::timestamptz + day * interval '1 day') FROM (VALUES (1, 1, 0), (1, 2, 1), (2, 1, 0), (2, 2, 3), (2, 3, 5), (3, 1, 0), (3, 4, 2), (3, 1, 6), (4, 5, 0), (5, 1, 11)) AS h (id, stage_no, day) GROUP BY id;
SELECT t.* FROM (SELECT leadscore.time_in_stage(visits, :kinds, '2026-01-11') AS times FROM stay) AS s, unnest(s.times) AS t;
-- What becomes of them: the ten leads of the worked example (sql/survival.sql), all in stage 1 first.
CREATE TABLE ten AS SELECT leadscore.stage_visits(stage_no, '2026-01-09'::timestamptz + day * interval '1 day') AS visits FROM (SELECT n, 1, CASE WHEN stage_no IS NULL THEN -days ELSE -8 END FROM unnest('{2,5,3,3,6,4,7,7,8,8}'::integer[], '{3,3,4,4,4,NULL,NULL,NULL,NULL,NULL}'::integer[]) WITH ORDINALITY AS t (days, stage_no, n)
  UNION ALL SELECT n, stage_no, days - 8 FROM unnest('{2,5,3,3,6}'::integer[], '{3,3,4,4,4}'::integer[]) WITH ORDINALITY AS t (days, stage_no, n)) AS h (id, stage_no, day) GROUP BY id;
SELECT o.stage_no, o.entered, o.won, o.lost, o.open, round(o.won_incidence::numeric, 10) AS won_incidence, round(o.won_lower::numeric, 10) AS won_lower, round(o.won_upper::numeric, 10) AS won_upper, round(o.lost_incidence::numeric, 10) AS lost_incidence, round(o.lost_lower::numeric, 10) AS lost_lower, round(o.lost_upper::numeric, 10) AS lost_upper, round(o.still_open::numeric, 10) AS still_open, o.median_days_to_won
FROM (SELECT leadscore.stage_outcome(visits, :kinds, '2026-01-09') AS outcome FROM ten) AS s, unnest(s.outcome) AS o;
-- Won for good; lost only while the lead is in a lost stage.
SELECT s.h, o.stage_no, o.won, o.lost, o.open, o.median_days_to_won FROM (SELECT h, leadscore.stage_outcome(history(h), :kinds, '2026-02-01') AS outcome FROM unnest('{aca,acd,ad,ada,adac,cabd}'::text[]) AS h GROUP BY h) AS s, unnest(s.outcome) AS o WHERE o.entered > 0 ORDER BY s.h, o.stage_no;

-- Where they go, and what is to come: 3 of 4 from a to b, 1 of 4 on hold and back; from b a third each back, won, lost. By hand: half are won, 7/2 and 13/6 visits, 31/2 days.
CREATE TABLE chain AS SELECT leadscore.stage_visits(stage_no, '2026-01-01'::timestamptz + day * interval '1 day') AS visits FROM (VALUES (1, 1, 0), (1, 5, 2), (1, 1, 12), (1, 2, 16), (1, 3, 19), (2, 1, 0), (2, 2, 3), (2, 1, 8), (2, 2, 11), (2, 4, 12)) AS h (id, stage_no, day) GROUP BY id;
SELECT t.from_stage_no, t.to_stage_no, t.transitions, t.departures, round(t.probability::numeric, 6) AS probability, round(t.lower::numeric, 6) AS lower, round(t.upper::numeric, 6) AS upper FROM (SELECT leadscore.stage_transitions(visits, :kinds, '2026-03-01') AS transitions FROM chain) AS s, unnest(s.transitions) AS t;
SELECT f.stage_no, round(f.expected_visits::numeric, 10) AS expected_visits, round(f.expected_days_left::numeric, 10) AS expected_days_left, round(f.won_probability::numeric, 10) AS won_probability, round(f.lost_probability::numeric, 10) AS lost_probability FROM (SELECT leadscore.stage_forecast(visits, :kinds, '2026-03-01') AS forecast FROM chain) AS s, unnest(s.forecast) AS f;
-- Nobody has come back from hold yet: no forecast for those who may get there.
SELECT f.* FROM (SELECT leadscore.stage_forecast(visits, :kinds, '2026-01-10') AS forecast FROM chain) AS s, unnest(s.forecast) AS f;

-- Random histories with skips, returns, ties, losses and comebacks; three of the ladder, one won, one lost, one on hold.
CREATE TABLE visit AS SELECT r[1] % 1000 AS id, 1 + r[2] % 6 AS stage_no, '2026-01-01'::timestamptz + r[3] % 40 * interval '1 day' AS entered_at FROM generate_series(1, 4500) AS n, LATERAL (SELECT array_agg(('x' || substr(md5(n::text), 1 + 6 * i, 6))::bit(24)::integer ORDER BY i) AS r FROM generate_series(0, 2) AS i) AS s;
\set all_kinds '''{open,open,open,won,lost,hold}'''
CREATE TABLE lead AS SELECT id, leadscore.stage_visits(stage_no, entered_at) AS visits FROM generate_series(0, 1099) AS id LEFT JOIN visit AS v USING (id) GROUP BY id;
ANALYZE lead;
CREATE TABLE history AS SELECT id, stage_no, entered_at, row_number() OVER w AS n, lead(stage_no) OVER w AS next_stage_no, lead(entered_at) OVER w AS next_entered_at, max(CASE WHEN stage_no <= 4 THEN stage_no END) OVER (PARTITION BY id) AS furthest, first_value(stage_no) OVER (PARTITION BY id ORDER BY entered_at DESC, stage_no DESC) AS current FROM (SELECT *, lag(stage_no) OVER (PARTITION BY id ORDER BY entered_at, stage_no) AS before FROM visit) AS v
  WHERE stage_no IS DISTINCT FROM before WINDOW w AS (PARTITION BY id ORDER BY entered_at, stage_no);
CREATE INDEX ON history (id);
ANALYZE history;
SELECT count(*) AS visits, count(*) FILTER (WHERE (l.v).stage_no = h.stage_no AND (l.v).entered_at = h.entered_at) AS same FROM (SELECT id, v, n FROM lead, unnest(visits) WITH ORDINALITY AS u (stage_no, entered_at, n), LATERAL (SELECT ROW(u.stage_no, u.entered_at)::leadscore.stage_visit AS v) AS r) AS l FULL JOIN history AS h USING (id, n);
WITH RECURSIVE climb AS (SELECT id, 0 AS stage_no, 0::bigint AS n FROM lead UNION ALL SELECT c.id, c.stage_no + 1, s.n FROM climb AS c, LATERAL (SELECT min(h.n) AS n FROM history AS h WHERE h.id = c.id AND h.stage_no = c.stage_no + 1 AND h.n > c.n) AS s WHERE s.n IS NOT NULL AND c.stage_no < 4)
SELECT c.stage_no, c.leads = 1100 AND c.reached IS NOT DISTINCT FROM CASE WHEN c.stage_no <= 4 THEN (SELECT count(DISTINCT id) FROM history AS h WHERE h.furthest >= c.stage_no) END
  AND c.visited = (SELECT count(DISTINCT id) FROM history AS h WHERE h.stage_no = c.stage_no) AND c.strict IS NOT DISTINCT FROM CASE WHEN c.stage_no <= 4 THEN (SELECT count(*) FROM climb AS h WHERE h.stage_no = c.stage_no) END
  AND c.current = (SELECT count(DISTINCT id) FROM history AS h WHERE h.current = c.stage_no) AND c.entries = (SELECT count(*) FROM history AS h WHERE h.stage_no = c.stage_no)
  AND c.returned = (SELECT count(*) FROM (SELECT FROM history AS h WHERE h.stage_no = c.stage_no GROUP BY id HAVING count(*) > 1) AS r) AND c.lost IS NOT DISTINCT FROM CASE WHEN c.stage_no <= 4 THEN (SELECT count(DISTINCT id) FROM history AS h WHERE h.furthest = c.stage_no AND h.current = 5) END AS right, c.reached > c.visited AS skips, c.entries > c.visited AS returns
FROM (SELECT leadscore.stage_counts(visits, :all_kinds) AS counts FROM lead) AS s, unnest(s.counts) AS c;
WITH entry AS (SELECT id, s AS stage_no, min(entered_at) AS at FROM history, generate_series(1, 4) AS s WHERE stage_no BETWEEN s AND 4 AND entered_at <= '2026-01-30' GROUP BY id, s)
SELECT c.stage_no, (c.entered, c.converted, c.mature_entered, c.mature_converted, c.is_mature) = (SELECT count(*), count(n.at), count(*) FILTER (WHERE e.at <= '2026-01-25'), count(*) FILTER (WHERE e.at <= '2026-01-25' AND n.at <= e.at + interval '5 days'), bool_and(e.at <= '2026-01-25') FROM entry AS e LEFT JOIN entry AS n ON n.id = e.id AND n.stage_no = e.stage_no + 1 WHERE e.stage_no = c.stage_no) AS right
FROM (SELECT leadscore.stage_conversion(visits, :all_kinds, '2026-01-30', '5 days') AS conversion FROM lead) AS s, unnest(s.conversion) AS c;
WITH stay AS (SELECT stage_no, extract(epoch FROM coalesce(next_entered_at, CASE WHEN stage_no NOT IN (4, 5) THEN '2026-03-01'::timestamptz END) - entered_at) / 86400 AS days, next_entered_at IS NOT NULL AS has_ended FROM history),
  expected AS (SELECT stage_no, count(days) AS visits, count(days) FILTER (WHERE NOT has_ended) AS open_visits, avg(days) FILTER (WHERE has_ended) AS mean_closed_days, leadscore.kaplan_meier(days::float8, has_ended) AS curve FROM stay GROUP BY stage_no)
SELECT t.stage_no, t.visits = e.visits AND t.open_visits = e.open_visits AND abs(t.mean_closed_days - e.mean_closed_days) < 1e-9 AND t.median_days IS NOT DISTINCT FROM (SELECT min(days) FROM unnest(e.curve) WHERE survival <= 0.5) AND t.p75_days IS NOT DISTINCT FROM (SELECT min(days) FROM unnest(e.curve) WHERE survival <= 0.25) AND t.p90_days IS NOT DISTINCT FROM (SELECT min(days) FROM unnest(e.curve) WHERE survival <= 0.1) AS right
FROM (SELECT leadscore.time_in_stage(visits, :all_kinds, '2026-03-01') AS times FROM lead) AS s, unnest(s.times) AS t JOIN expected AS e USING (stage_no) ORDER BY stage_no;
WITH first AS (SELECT id, stage_no, min(entered_at) AS at, min(n) AS n, current FROM history WHERE stage_no <= 3 GROUP BY id, stage_no, current),
  fate AS (SELECT f.stage_no, f.at, w.at AS won_at, CASE WHEN w.at IS NULL AND f.current = 5 THEN (SELECT max(entered_at) FROM history AS h WHERE h.id = f.id) END AS lost_at FROM first AS f, LATERAL (SELECT min(entered_at) AS at FROM history AS h WHERE h.id = f.id AND h.stage_no = 4 AND h.n > f.n) AS w),
  expected AS (SELECT stage_no, count(won_at) AS won, count(lost_at) AS lost, count(*) AS entered, leadscore.cumulative_incidence(extract(epoch FROM coalesce(won_at, lost_at, '2026-03-01') - at)::float8 / 86400, CASE WHEN won_at IS NOT NULL THEN 'won' WHEN lost_at IS NOT NULL THEN 'lost' END) AS curve FROM fate GROUP BY stage_no)
SELECT o.stage_no, o.entered = e.entered AND o.won = e.won AND o.lost = e.lost AND o.open = e.entered - e.won - e.lost AND abs(o.won_incidence + o.lost_incidence + o.still_open - 1) < 1e-12
  AND abs(o.won_incidence - (SELECT max(incidence) FROM unnest(e.curve) WHERE outcome = 'won')) < 1e-12 AND abs(o.lost_incidence - (SELECT max(incidence) FROM unnest(e.curve) WHERE outcome = 'lost')) < 1e-12 AND o.median_days_to_won = (SELECT min(days) FROM unnest(e.curve) WHERE outcome = 'won' AND incidence >= o.won_incidence / 2) AS right
FROM (SELECT leadscore.stage_outcome(visits, :all_kinds, '2026-03-01') AS outcome FROM lead) AS s, unnest(s.outcome) AS o JOIN expected AS e USING (stage_no);
WITH expected AS (SELECT stage_no AS from_stage_no, next_stage_no AS to_stage_no, count(*) AS transitions, sum(count(*)) OVER (PARTITION BY stage_no) AS departures FROM history WHERE next_stage_no IS NOT NULL GROUP BY 1, 2)
SELECT count(*) AS pairs, count(*) FILTER (WHERE t.transitions = e.transitions AND t.departures = e.departures AND t.probability = e.transitions / e.departures::float8) AS right FROM (SELECT t.* FROM (SELECT leadscore.stage_transitions(visits, :all_kinds, '2026-03-01') AS transitions FROM lead) AS s, unnest(s.transitions) AS t) AS t FULL JOIN expected AS e USING (from_stage_no, to_stage_no);
-- Little's law: where all leads begin in stage 1 and have come to an end, what the forecast expects there is what they have had in the mean.
CREATE TABLE ended AS SELECT id, array_agg(v) AS visits, min(n) FILTER (WHERE (v).stage_no IN (4, 5)) AS n FROM (SELECT id, ROW(CASE n WHEN 1 THEN 1 WHEN 9 THEN 5 ELSE stage_no END, entered_at)::leadscore.stage_visit AS v, n FROM (SELECT id, stage_no, entered_at, row_number() OVER (PARTITION BY id ORDER BY entered_at, stage_no) AS n FROM visit) AS h) AS h GROUP BY id;
CREATE TABLE whole AS SELECT leadscore.stage_visits(v.stage_no, v.entered_at) AS visits FROM ended AS e, unnest(e.visits) AS u, LATERAL (SELECT u.stage_no, u.entered_at) AS v WHERE n IS NOT NULL AND (SELECT count(*) FROM unnest(e.visits) AS b WHERE (b.entered_at, b.stage_no) < (v.entered_at, v.stage_no) AND b.stage_no IN (4, 5)) = 0 GROUP BY id;
SELECT count(*) > 100 AS leads, abs(max(f.expected_days_left) - avg(w.days)) < 1e-9 AS days, abs(max(f.expected_visits) - avg(w.visits)) < 1e-9 AS visits, abs(max(f.won_probability) - avg(w.is_won::integer)) < 1e-9 AS won
FROM (SELECT extract(epoch FROM visits[array_length(visits, 1)].entered_at - visits[1].entered_at) / 86400 AS days, (SELECT count(*) FROM unnest(visits) WHERE stage_no <= 3) AS visits, visits[array_length(visits, 1)].stage_no = 4 AS is_won FROM whole WHERE visits[1].stage_no = 1) AS w, (SELECT f.* FROM (SELECT leadscore.stage_forecast(visits, :all_kinds, '2026-03-01') AS forecast FROM whole WHERE visits[1].stage_no = 1) AS s, unnest(s.forecast) AS f WHERE f.stage_no = 1) AS f;

-- In any order, in parallel, by group, as window functions: the very same.
CREATE FUNCTION all_of(condition text, tail text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format($q$SELECT ROW(leadscore.stage_counts(visits, '{open,open,open,won,lost,hold}'), leadscore.stage_conversion(visits, '{open,open,open,won,lost,hold}', '2026-02-01', '5 days'), leadscore.time_in_stage(visits, '{open,open,open,won,lost,hold}', '2026-02-01'),
    leadscore.stage_outcome(visits, '{open,open,open,won,lost,hold}', '2026-02-01'), leadscore.stage_transitions(visits, '{open,open,open,won,lost,hold}', '2026-02-01'), leadscore.stage_forecast(visits, '{open,open,open,won,lost,hold}', '2026-02-01'))::text FROM (SELECT * FROM lead WHERE %s %s) AS l$q$, condition, tail) INTO result;
  RETURN result;
END $$;
CREATE TABLE expected AS SELECT all_of('true') AS everything;
SELECT length(everything) > 2000 AS says_something, everything = all_of('true', 'ORDER BY id * 7919 % 2111') AS same_in_any_order FROM expected;
CREATE TABLE history_in_order AS SELECT id, leadscore.stage_visits(stage_no, entered_at ORDER BY stage_no DESC, entered_at DESC) AS visits FROM visit GROUP BY id;
SELECT count(*) AS differ FROM history_in_order JOIN lead USING (id) WHERE history_in_order.visits <> lead.visits;
-- Arrays that stage_visits() did not make: in any order, with NULLs and what is not finite.
SELECT leadscore.stage_counts(visits, :all_kinds) = (SELECT leadscore.stage_counts(visits, :all_kinds) FROM lead WHERE visits IS NOT NULL) AS same_of_others FROM (SELECT array_agg(ROW(stage_no, entered_at)::leadscore.stage_visit ORDER BY entered_at DESC) || ARRAY[NULL, ROW(NULL, '2026-01-01'), ROW(1, NULL), ROW(1, 'infinity'), ROW(2, '-infinity')]::leadscore.stage_visit[] AS visits FROM visit GROUP BY id) AS a;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT leadscore.stage_counts(visits, :all_kinds), leadscore.stage_outcome(visits, :all_kinds, '2026-02-01') FROM lead;
SELECT everything = all_of('true') AS same_in_parallel FROM expected;
SELECT all_of('id < 0') AS nothing_in_parallel;
EXPLAIN (COSTS OFF) SELECT leadscore.stage_visits(stage_no, entered_at) FROM visit;
SELECT leadscore.stage_visits(stage_no, entered_at) = (SELECT leadscore.stage_visits(stage_no, entered_at ORDER BY entered_at) FROM visit) AS same_visits_in_parallel FROM visit;
SELECT error_of('SELECT leadscore.stage_counts(visits, ''{open}'') FROM lead') LIKE '22023 | stage _ has no kind | %' AS in_a_worker, error_of('SELECT leadscore.time_in_stage(visits, ''{open,open,open,won,lost,hold}'', ''2026-01-01''::timestamptz + id % 2 * interval ''1 day'') FROM lead') AS differ;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) AS differ FROM (SELECT id % 30 AS part, ROW(leadscore.stage_counts(visits, :all_kinds), leadscore.stage_conversion(visits, :all_kinds, '2026-02-01', '5 days'), leadscore.time_in_stage(visits, :all_kinds, '2026-02-01'), leadscore.stage_outcome(visits, :all_kinds, '2026-02-01'), leadscore.stage_transitions(visits, :all_kinds, '2026-02-01'), leadscore.stage_forecast(visits, :all_kinds, '2026-02-01'))::text AS everything FROM lead GROUP BY 1) AS g WHERE everything <> all_of(format('id %% 30 = %s', part));
SELECT count(*) AS differ FROM (SELECT id, ROW(leadscore.stage_counts(visits, :all_kinds) OVER w, leadscore.stage_conversion(visits, :all_kinds, '2026-02-01', '5 days') OVER w, leadscore.time_in_stage(visits, :all_kinds, '2026-02-01') OVER w, leadscore.stage_outcome(visits, :all_kinds, '2026-02-01') OVER w, leadscore.stage_transitions(visits, :all_kinds, '2026-02-01') OVER w, leadscore.stage_forecast(visits, :all_kinds, '2026-02-01') OVER w)::text AS everything FROM lead WHERE id < 40 WINDOW w AS (ORDER BY id)) AS l WHERE everything <> all_of(format('id <= %s', id));
-- Hashed, in memory or not.
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*) AS groups, count(*) FILTER (WHERE h.visits = lead.visits) AS same FROM (SELECT id, leadscore.stage_visits(stage_no, entered_at) AS visits FROM visit GROUP BY id) AS h JOIN lead USING (id);
SELECT count(*) AS groups, sum(c[1].entries) = (SELECT count(*) FROM history WHERE stage_no = 1) AS right, sum(t[1].visits) = sum(c[1].entries) AS same FROM (SELECT id % 500, leadscore.stage_counts(visits, :all_kinds) AS c, leadscore.time_in_stage(visits, :all_kinds, '2026-03-01') AS t FROM lead GROUP BY 1) AS s;
CREATE FUNCTION spills(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT json) ' || query INTO plan;
  RETURN plan::text LIKE '%"Disk Usage"%';
END $$;
SELECT spills('SELECT id, leadscore.stage_visits(stage_no, entered_at) AS visits FROM visit GROUP BY id') AS visits, spills('SELECT id % 500, leadscore.time_in_stage(visits, ''{open,open,open,won,lost,hold}'', ''2026-03-01'') FROM lead GROUP BY 1') AS times;
RESET enable_sort;
RESET work_mem;
RESET hash_mem_multiplier;
-- Kinds may differ from group to group.
SELECT g, c.stage_no, c.kind, c.visited FROM (SELECT g, leadscore.stage_counts(history(h), k::text[]) AS counts FROM (VALUES (1, 'ab', '{open,won}'), (2, 'ab', '{open,lost}'), (1, 'a', '{open,won}'), (2, 'b', '{open,lost}')) AS v (g, h, k) GROUP BY g) AS s, unnest(s.counts) AS c ORDER BY g, c.stage_no;

-- What is refused.
SELECT error_of(q) FROM unnest(ARRAY['SELECT leadscore.stage_counts(history(''a''), NULL)', 'SELECT leadscore.stage_counts(history(''a''), ''{open,closed}'')', 'SELECT leadscore.stage_counts(history(''c''), ''{open,won}'')', 'SELECT leadscore.stage_counts(history(''b''), ''{open,NULL,won}'')',
  'SELECT leadscore.stage_counts(history(''a''), ''[0:1]={open,won}'')', 'SELECT leadscore.stage_counts(history(''a''), ''{{open,won}}'')', 'SELECT leadscore.stage_counts(history(''a''), array_fill(''open''::text, ARRAY[65]))', 'SELECT leadscore.stage_counts(ARRAY[ROW(0, now())]::leadscore.stage_visit[], ''{open}'')', 'SELECT leadscore.stage_counts(ARRAY[ROW(-2147483648, now())]::leadscore.stage_visit[], ''{open}'')',
  'SELECT leadscore.stage_counts(history(''a''), k::text[]) FROM unnest(ARRAY[''{open}'', ''{won}'']) AS k', 'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', NULL, ''1 day'')', 'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', now(), NULL)', 'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', now(), ''1 month'')', 'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', now(), ''-1 day'')',
  'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', ''infinity'', ''1 day'')', 'SELECT leadscore.stage_conversion(history(''a''), ''{open}'', ''2026-01-01'', n * interval ''1 day'') FROM generate_series(1, 2) AS n', 'SELECT leadscore.time_in_stage(history(''a''), ''{open}'', ''-infinity'')', 'SELECT leadscore.stage_outcome(history(''b''), ''{open}'', now())', 'SELECT leadscore.stage_transitions(history(''a''), ''{open}'', NULL)', 'SELECT leadscore.stage_forecast(history(''a''), ''{}'', now())']) AS q;
SELECT error_of('SELECT leadscore.stage_counts(history(''a''), array_fill(''open''::text, ARRAY[64]))') AS sixty_four, error_of('SELECT leadscore.stage_visits(n % 2, now() + n * interval ''1 second'') FROM generate_series(1, 1000001) AS n') AS too_many;
-- A hundred thousand visits of one lead; the ends of time.
SELECT array_length(visits, 1) AS visits, (leadscore.stage_counts(visits, '{open,open}'))[1].entries, (leadscore.time_in_stage(visits, '{open,open}', '2027-01-01'))[1].median_days * 86400 AS seconds, round((leadscore.stage_transitions(visits, '{open,open}', '2027-01-01'))[1].probability::numeric, 3) AS probability FROM (SELECT leadscore.stage_visits(1 + n % 2, '2026-01-01'::timestamptz + n * interval '1 second') AS visits FROM generate_series(1, 100000) AS n) AS s GROUP BY visits;
SELECT (leadscore.time_in_stage(ARRAY[ROW(1, '4714-11-24 00:00:00+00 BC')]::leadscore.stage_visit[], '{open}', '294276-12-31 23:59:59+00'))[1].open_visits, round(((leadscore.time_in_stage(ARRAY[ROW(1, '4714-11-24 00:00:00+00 BC'), ROW(2, '294276-12-31 23:59:59+00')]::leadscore.stage_visit[], '{open,won}', '294276-12-31 23:59:59+00'))[1].mean_closed_days / 365.2425)::numeric, 2) AS years;
SET statement_timeout = '1ms';
SELECT leadscore.stage_visits(n, now()) FROM generate_series(1, 1000000) AS n;
RESET statement_timeout;

DROP TABLE cohort, stay, ten, chain, visit, lead, history, ended, whole, expected, history_in_order;
DROP FUNCTION error_of(text), history(text), all_of(text, text), spills(text);
DROP EXTENSION leadscore;
