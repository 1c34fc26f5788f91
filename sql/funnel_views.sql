-- The views of the funnel and leadscore.funnel(): counts beside a plain count over the history, filters, odd ladders, readers.
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

-- Nothing attached: no rows, no errors.
SELECT (SELECT count(*) FROM leadscore.funnel) AS funnel, (SELECT count(*) FROM leadscore.funnel_by_channel) AS by_channel, (SELECT count(*) FROM leadscore.funnel_by_owner) AS by_owner,
  (SELECT count(*) FROM leadscore.funnel_by_cohort) AS by_cohort, (SELECT count(*) FROM leadscore.funnel_wide) AS wide, (SELECT count(*) FROM leadscore.source_ladder) AS ladder;
SELECT error_of(q) FROM unnest(ARRAY[$$SELECT leadscore.funnel('shop')$$, $$SELECT leadscore.funnel(NULL)$$]) AS q;

-- A ladder whose numbers have gaps and whose stages have other numbers in the source, one stage that the model has no more.
CREATE TABLE shop (id integer PRIMARY KEY);
CREATE TABLE office (id integer PRIMARY KEY);
CREATE TABLE nothing (id integer PRIMARY KEY);
INSERT INTO leadscore.model (model) VALUES ('m'), ('bare');
INSERT INTO leadscore.stage (model, stage, stage_no, kind, title) VALUES ('m', 'lead', 5, 'open', 'Lead'), ('m', 'mql', 10, 'open', ''), ('m', 'sql', 20, 'open', 'Sales qualified'), ('m', 'customer', 30, 'won', NULL), ('m', 'hold', 7, 'hold', 'On hold'), ('m', 'spam', 90, 'lost', 'Spam'), ('m', 'refused', 91, 'lost', 'Refused');
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns, time_zone) VALUES (7, 'shop', 'shop', 'm', '{id}', '{}', 'Europe/Moscow'), (8, 'office', 'office', 'm', '{id}', '{}', 'UTC'), (9, 'nothing', 'nothing', 'bare', '{id}', '{}', 'UTC');
INSERT INTO leadscore.source_stage (source_id, stage_id, stage) VALUES (7, 0, 'spam'), (7, 1, 'customer'), (7, 2, 'gone'), (7, 3, 'hold'), (7, 5, 'lead'), (7, 8, 'mql'), (7, 62, 'sql'), (7, 9, 'refused'), (8, 0, 'lead'), (8, 1, 'mql'), (8, 2, 'sql'), (8, 3, 'customer');
SELECT source, stage_id, stage_no, stage, stage_label, stage_kind, step_no, place, stage_mask, reach_mask FROM leadscore.source_ladder ORDER BY source, place;

-- Leads of 100 days with every kind of history: none, skips, returns, losses, comebacks, stages that are no more.
CREATE TABLE history AS SELECT id, visit_no, (ARRAY[5, 8, 62, 1, 3, 0, 9, 2])[1 + (r >> 4) % 8] AS stage_id FROM (SELECT id, visit_no, ('x' || substr(md5(id || '-' || visit_no), 1, 6))::bit(24)::integer AS r FROM generate_series(1, 600) AS id, generate_series(1, 4) AS visit_no) AS v WHERE visit_no <= id % 5;
CREATE INDEX ON history (id);
ANALYZE history;
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, stage_id, visits, visited, is_duplicate, scored_at, first_scored_at)
SELECT 7, id, now() - id % 100 * interval '1 day', ((now() - id % 100 * interval '1 day') AT TIME ZONE 'Europe/Moscow')::date, (ARRAY['ads', 'seo', NULL])[1 + id % 3], (ARRAY['Anna', NULL, 'Boris', ''])[1 + id % 4],
  (SELECT h.stage_id FROM history AS h WHERE h.id = n.id ORDER BY visit_no DESC LIMIT 1), id % 5, coalesce((SELECT bit_or(1::bigint << h.stage_id) FROM history AS h WHERE h.id = n.id), 0), id % 7 = 0, now(), now() FROM generate_series(1, 600) AS n (id);
-- Another source with one lead, which must not mix in.
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, stage_id, visited, scored_at, first_scored_at) VALUES (8, '1', '2026-01-31 12:00+00', '2026-01-31', 1, 2, now(), now());

-- The plain count: of each lead whether, stage by stage, by its history.
CREATE VIEW fate AS SELECT l.*, EXISTS (SELECT FROM history AS h JOIN leadscore.source_stage AS k ON k.source_id = 7 AND k.stage_id = h.stage_id AND k.stage = 'customer' WHERE h.id = l.lead::integer) AND coalesce(c.stage NOT IN ('spam', 'refused'), true) AS is_won,
    coalesce(c.stage IN ('spam', 'refused'), false) AS is_lost, c.stage AS current_stage, l.created_at < (now() AT TIME ZONE 'Europe/Moscow' - interval '30 days')::date::timestamp AT TIME ZONE 'Europe/Moscow' AS is_mature,
    (SELECT max(t.stage_no) FROM history AS h JOIN leadscore.source_stage AS k ON k.source_id = 7 AND k.stage_id = h.stage_id JOIN leadscore.stage AS t ON t.model = 'm' AND t.stage = k.stage AND t.kind IN ('open', 'won') WHERE h.id = l.lead::integer) AS furthest
  FROM leadscore.lead_state AS l LEFT JOIN leadscore.source_stage AS c USING (source_id, stage_id) WHERE l.source_id = 7;
CREATE TABLE counted AS SELECT f.cohort_day, f.channel, f.owner, t.stage_no, t.stage, t.kind AS stage_kind, count(*) AS leads, count(*) FILTER (WHERE NOT is_duplicate) AS unique_leads, count(*) FILTER (WHERE v.reached) AS reached,
    count(*) FILTER (WHERE v.reached AND NOT is_duplicate) AS unique_reached, count(*) FILTER (WHERE v.visited) AS visited, count(*) FILTER (WHERE f.current_stage = t.stage) AS current, count(*) FILTER (WHERE v.reached AND is_won) AS won_after,
    count(*) FILTER (WHERE v.reached AND is_lost) AS lost_after, count(*) FILTER (WHERE v.reached AND NOT is_won AND NOT is_lost) AS open_after,
    CASE WHEN t.stage_no = 5 THEN count(*) WHEN t.kind IN ('open', 'won') THEN count(*) FILTER (WHERE furthest >= (ARRAY[5, 10, 20])[CASE t.stage_no WHEN 10 THEN 1 WHEN 20 THEN 2 ELSE 3 END]) END AS prev_step,
    CASE WHEN t.kind IN ('open', 'won') THEN count(*) FILTER (WHERE furthest >= 5) END AS first_step, count(*) FILTER (WHERE is_mature) AS mature_leads, count(*) FILTER (WHERE is_mature AND v.reached) AS mature_reached, bool_and(is_mature) AS is_mature
  FROM fate AS f CROSS JOIN leadscore.stage AS t CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM history AS h JOIN leadscore.source_stage AS k ON k.source_id = 7 AND k.stage_id = h.stage_id AND k.stage = t.stage WHERE h.id = f.lead::integer) AS visited) AS e
  CROSS JOIN LATERAL (SELECT e.visited, CASE WHEN t.kind IN ('open', 'won') THEN coalesce(f.furthest >= t.stage_no, false) ELSE e.visited END AS reached) AS v WHERE t.model = 'm' GROUP BY 1, 2, 3, 4, 5, 6;
CREATE VIEW shown AS SELECT cohort_day, channel, owner, stage_no, stage, stage_kind, leads, unique_leads, reached, unique_reached, visited, current, won_after, lost_after, open_after, prev_step, first_step, mature_leads, mature_reached, is_mature FROM leadscore.funnel WHERE source = 'shop';
SELECT count(*) > 2000 AS rows, count(*) FILTER (WHERE reached > visited) > 0 AS skips, count(*) FILTER (WHERE won_after > 0 AND lost_after > 0) > 0 AS fates, count(*) FILTER (WHERE is_mature) > 0 AS mature, count(*) FILTER (WHERE NOT is_mature) > 0 AS young FROM shown;
(TABLE shown EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE shown);

-- The siblings are its sums; so is the function, by everything, in every period.
CREATE VIEW sums AS SELECT cohort_day, channel, owner, stage_no, ARRAY[leads, unique_leads, reached, unique_reached, visited, current, won_after, lost_after, open_after, prev_step, first_step, mature_leads, mature_reached, mature_prev_step, mature_first_step, is_mature::integer] AS counts FROM leadscore.funnel WHERE source = 'shop';
CREATE FUNCTION add_up(a bigint[], b bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT array_agg(CASE WHEN n = 16 THEN least(x, y) ELSE x + y END ORDER BY n) FROM unnest(a, b) WITH ORDINALITY AS u (x, y, n) $$;
CREATE AGGREGATE total(bigint[]) (SFUNC = add_up, STYPE = bigint[]);
CREATE VIEW siblings AS
  SELECT 'channel' AS by, channel AS segment, f.* FROM leadscore.funnel_by_channel AS f WHERE source = 'shop' UNION ALL SELECT 'owner', owner, f.* FROM leadscore.funnel_by_owner AS f WHERE source = 'shop' UNION ALL SELECT 'cohort_month', cohort_month::text, source, cohort_month::text, stage_no, stage, stage_label, stage_kind, leads, unique_leads, reached, unique_reached, visited, current, won_after, lost_after, open_after, prev_step, rate_prev_step, rate_prev_step_lower, rate_prev_step_upper, first_step, rate_first_step, rate_first_step_lower, rate_first_step_upper, mature_leads, mature_reached, mature_prev_step, mature_rate_prev_step, mature_rate_prev_step_lower, mature_rate_prev_step_upper, mature_first_step, mature_rate_first_step, mature_rate_first_step_lower, mature_rate_first_step_upper, is_mature FROM leadscore.funnel_by_cohort WHERE source = 'shop';
CREATE FUNCTION expected(since date, until date) RETURNS TABLE (by text, segment text, stage_no integer, counts bigint[]) LANGUAGE sql AS $$
  SELECT k.by, k.segment, s.stage_no, total(s.counts) FROM sums AS s CROSS JOIN LATERAL (VALUES ('channel', channel), ('owner', owner), ('cohort_day', cohort_day::text), ('cohort_week', (cohort_day - (extract(isodow FROM cohort_day)::integer - 1))::text), ('cohort_month', left(cohort_day::text, 7) || '-01'), (NULL, NULL)) AS k (by, segment)
  WHERE s.cohort_day BETWEEN coalesce(since, '-infinity') AND coalesce(until, 'infinity') GROUP BY 1, 2, 3
$$;
CREATE FUNCTION answered(since date, until date) RETURNS TABLE (by text, segment text, stage_no integer, counts bigint[]) LANGUAGE sql AS $$
  SELECT g.by, f.segment, f.stage_no, ARRAY[leads, unique_leads, reached, unique_reached, visited, current, won_after, lost_after, open_after, prev_step, first_step, mature_leads, mature_reached, mature_prev_step, mature_first_step, is_mature::integer] FROM unnest(ARRAY['channel', 'owner', 'cohort_day', 'cohort_week', 'cohort_month', NULL]) AS g (by), leadscore.funnel('shop', since, until, g.by) AS f
$$;
CREATE TABLE period AS SELECT * FROM (VALUES (NULL::date, NULL::date), (current_date - 60, current_date - 20), (current_date - 45, NULL), (NULL, current_date - 45), (current_date - 31, current_date - 31), (current_date, current_date - 1)) AS p (since, until);
SELECT since - current_date AS since, until - current_date AS until, (SELECT count(*) FROM (SELECT * FROM expected(since, until) EXCEPT SELECT * FROM answered(since, until)) AS d) AS missing, (SELECT count(*) FROM (SELECT * FROM answered(since, until) EXCEPT SELECT * FROM expected(since, until)) AS d) AS wrong, (SELECT count(*) > 0 FROM answered(since, until)) AS any FROM period;
SELECT count(*) AS differ FROM siblings AS s LEFT JOIN expected(NULL, NULL) AS e ON e.by = s.by AND e.segment IS NOT DISTINCT FROM s.segment AND e.stage_no = s.stage_no
WHERE e.counts IS DISTINCT FROM ARRAY[leads, unique_leads, reached, unique_reached, visited, current, won_after, lost_after, open_after, prev_step, first_step, mature_leads, mature_reached, mature_prev_step, mature_first_step, s.is_mature::integer];
SELECT (SELECT count(*) FROM siblings WHERE by = 'channel') AS channels, (SELECT count(*) FROM siblings WHERE by = 'owner') AS owners;

-- Rates are what they say, with their intervals; beside the ladder there are none.
SELECT count(*) AS rows, count(*) FILTER (WHERE rate_prev_step IS DISTINCT FROM reached::float8 / nullif(prev_step, 0) OR rate_first_step IS DISTINCT FROM CASE WHEN first_step > 0 THEN reached::float8 / first_step END OR mature_rate_prev_step IS DISTINCT FROM mature_reached::float8 / nullif(mature_prev_step, 0) OR mature_rate_first_step IS DISTINCT FROM mature_reached::float8 / nullif(mature_first_step, 0)) AS rates,
  count(*) FILTER (WHERE (rate_prev_step_lower, rate_prev_step_upper) IS DISTINCT FROM ((leadscore.wilson(reached, prev_step)).lower, (leadscore.wilson(reached, prev_step)).upper) OR (mature_rate_first_step_lower, mature_rate_first_step_upper) IS DISTINCT FROM ((leadscore.wilson(mature_reached, mature_first_step)).lower, (leadscore.wilson(mature_reached, mature_first_step)).upper)) AS intervals,
  count(*) FILTER (WHERE stage_kind IN ('hold', 'lost') AND num_nonnulls(prev_step, rate_prev_step, rate_prev_step_lower, rate_prev_step_upper, first_step, rate_first_step, rate_first_step_lower, rate_first_step_upper, mature_rate_prev_step, mature_rate_first_step, mature_rate_first_step_upper) > 0) AS beside FROM leadscore.funnel;
SELECT stage_no, stage, leads, reached, current, open_after, prev_step, rate_prev_step, round(rate_prev_step_lower::numeric, 3) AS lower, rate_first_step, is_mature FROM leadscore.funnel('office') ORDER BY stage_no;

-- The wide form says the same.
SELECT count(*) AS rows, count(*) FILTER (WHERE (w.n_leads, w.n_unique_leads, w.n_mql, w.n_sql, w.n_won, w.n_lost, w.n_open) IS DISTINCT FROM (l.leads, l.unique_leads, m.reached, q.reached, f.won, f.lost, f.open)) AS differ, count(w.n_sal) + count(w.n_opportunity) + count(w.sal_rate) + count(w.opportunity_to_won_rate_lower) + count(w.mql_to_sal_rate_upper) AS of_stages_that_are_not, count(*) FILTER (WHERE w.n_leads <> w.n_won + w.n_lost + w.n_open OR w.n_hold > w.n_open OR w.is_mature <> l.is_mature) AS wrong
FROM leadscore.funnel_wide AS w LEFT JOIN leadscore.funnel AS l ON (w.source, w.cohort_day, coalesce(w.channel, '?'), coalesce(w.owner, '?'), 'lead') = (l.source, l.cohort_day, coalesce(l.channel, '?'), coalesce(l.owner, '?'), l.stage)
LEFT JOIN leadscore.funnel AS m ON (w.source, w.cohort_day, coalesce(w.channel, '?'), coalesce(w.owner, '?'), 'mql') = (m.source, m.cohort_day, coalesce(m.channel, '?'), coalesce(m.owner, '?'), m.stage)
LEFT JOIN leadscore.funnel AS q ON (w.source, w.cohort_day, coalesce(w.channel, '?'), coalesce(w.owner, '?'), 'sql') = (q.source, q.cohort_day, coalesce(q.channel, '?'), coalesce(q.owner, '?'), q.stage)
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE is_won) AS won, count(*) FILTER (WHERE is_lost) AS lost, count(*) FILTER (WHERE NOT is_won AND NOT is_lost) AS open FROM fate WHERE cohort_day = w.cohort_day AND channel IS NOT DISTINCT FROM w.channel AND owner IS NOT DISTINCT FROM w.owner) AS f ON true WHERE w.source = 'shop';
SELECT cohort_day, channel, n_leads, n_mql, n_sal, n_sql, n_won, n_lost, n_open, n_hold, mql_rate, round(mql_rate_lower::numeric, 3) AS lower, win_rate, mql_to_sal_rate, sal_to_sql_rate, is_mature FROM leadscore.funnel_wide WHERE source = 'office';
SELECT sum(n_hold) = (SELECT count(*) FROM fate WHERE current_stage = 'hold' AND NOT is_won) AS hold, sum(n_mql) AS mql, bool_and(win_rate IS NOT DISTINCT FROM n_won::float8 / nullif(n_won + n_lost, 0)) AS win FROM leadscore.funnel_wide WHERE source = 'shop';
-- sql before mql: rates from step to step count only those who made both.
BEGIN;
UPDATE leadscore.stage SET stage_no = 6 WHERE stage = 'sql';
SELECT count(*) > 0 AS rows, bool_and(sal_to_sql_rate IS NULL) AS none FROM leadscore.funnel_wide;
SELECT source, stage, sum(reached) >= 0 AS counted FROM leadscore.funnel WHERE source = 'office' GROUP BY 1, 2, stage_no ORDER BY stage_no;
-- A model whose stages are all beside the ladder, one without stages.
DELETE FROM leadscore.stage WHERE model = 'm' AND kind IN ('open', 'won');
SELECT stage, leads, reached, prev_step, first_step, rate_prev_step FROM leadscore.funnel('shop') ORDER BY stage_no;
SELECT sum(n_leads) AS leads, sum(n_won) AS won, sum(n_lost) > 0 AS lost, count(n_mql) AS mql FROM leadscore.funnel_wide WHERE source = 'shop';
DELETE FROM leadscore.stage;
SELECT (SELECT count(*) FROM leadscore.funnel) AS long, (SELECT count(*) FROM leadscore.funnel_wide) AS wide, (SELECT count(*) FROM leadscore.funnel('shop')) AS function;
ROLLBACK;

-- Filters on source, day, channel and owner come as far as lead_state.
CREATE FUNCTION filter_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
    IF line ~ 'cohort_day [<>=]|channel =|owner IS|source = ''' THEN RETURN NEXT regexp_replace(btrim(line), '^(Filter|Index Cond|Recheck Cond): ', ''); END IF;
  END LOOP;
END $$;
SELECT v, count(*) > 0 AS pushed FROM unnest('{funnel,funnel_by_channel,funnel_wide}'::text[]) AS v, filter_of('SELECT * FROM leadscore.' || v || ' WHERE source = ''shop'' AND channel = ''ads''') AS f WHERE f ~ 'l?b?\.?channel = ''ads''' GROUP BY v ORDER BY v;
SELECT count(*) > 0 AS pushed FROM filter_of($$SELECT * FROM leadscore.funnel WHERE cohort_day >= '2026-01-01' AND owner IS NULL$$) AS f WHERE f ~ 'cohort_day >= ''2026-01-01''::date' AND f ~ 'owner IS NULL';

-- Readers see the sources whose tables they may read, and those with row-level security if they own them or are given them.
CREATE ROLE regress_leadscore_bi;
GRANT SELECT ON office TO regress_leadscore_bi;
PREPARE sources AS SELECT count(DISTINCT source) AS sources FROM leadscore.funnel;
EXECUTE sources;
SET ROLE regress_leadscore_bi;
EXECUTE sources;
SELECT DISTINCT source FROM leadscore.funnel;
SELECT (SELECT count(*) FROM leadscore.funnel_wide) AS wide, (SELECT count(DISTINCT source) FROM leadscore.funnel_by_channel) AS by_channel, (SELECT count(DISTINCT source) FROM leadscore.source_ladder) AS ladders, (SELECT count(*) FROM leadscore.funnel('office')) AS function;
SELECT error_of(q) FROM unnest(ARRAY[$$SELECT leadscore.funnel('shop')$$, $$SELECT leadscore.funnel('shoe')$$, $$SELECT leadscore.funnel('office', by => 'month')$$, $$SELECT leadscore.funnel('office', by => '')$$]) AS q;
-- A filter that tells what it sees is asked about no others.
CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE 'saw %', coalesce($1, 'none'); RETURN true; END $$;
SELECT count(*) FROM leadscore.funnel WHERE pg_temp.tell(channel) AND stage = 'lead';
RESET ROLE;
ALTER TABLE office ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON office USING (true);
SET ROLE regress_leadscore_bi;
SELECT count(*) FROM leadscore.funnel;
RESET ROLE;
INSERT INTO leadscore.source_reader VALUES (8, 'regress_leadscore_bi');
SET ROLE regress_leadscore_bi;
SELECT count(*) FROM leadscore.funnel;
RESET ROLE;

-- count_by_mask: bits that meet; NULL; in parallel; what makes no sense.
SELECT leadscore.count_by_mask(b, '{1,6,-9223372036854775808,0}') FROM unnest(ARRAY[1, 3, 4, 0, NULL, -1]::bigint[]) AS b;
SELECT leadscore.count_by_mask(1, '{1}') AS none FROM generate_series(1, 0);
SELECT leadscore.count_by_mask(1, '{}'), leadscore.count_by_mask(2, '[5:6]={2,1}');
SELECT error_of(q) FROM unnest(ARRAY[$$SELECT leadscore.count_by_mask(1, NULL)$$, $$SELECT leadscore.count_by_mask(1, '{1,NULL}')$$, $$SELECT leadscore.count_by_mask(1, '{{1},{2}}')$$, $$SELECT leadscore.count_by_mask(1, m) FROM (VALUES ('{1}'::bigint[]), ('{1,2}')) AS v (m)$$, $$SELECT leadscore.count_by_mask_transition(NULL, 1, '{1}')$$]) AS q;
SELECT n, leadscore.count_by_mask(n, '{1,2}') OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS moving, leadscore.count_by_mask(n, '{1,2}') OVER (ORDER BY n) AS growing FROM generate_series(1, 4) AS n;
CREATE TABLE bits AS SELECT n::bigint AS b FROM generate_series(1, 20000) AS n;
ANALYZE bits;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT leadscore.count_by_mask(b, '{1,2,4,16384}'), (SELECT ARRAY[count(*) FILTER (WHERE b & 1 <> 0), count(*) FILTER (WHERE b & 2 <> 0), count(*) FILTER (WHERE b & 4 <> 0), count(*) FILTER (WHERE b & 16384 <> 0)] FROM bits) AS plain FROM bits;
(TABLE shown EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE shown);

DROP VIEW fate, shown, sums, siblings;
DROP FUNCTION error_of(text), add_up(bigint[], bigint[]) CASCADE;
DROP FUNCTION expected(date, date), answered(date, date), filter_of(text), pg_temp.tell(text);
DROP TABLE shop, office, nothing, history, counted, period, bits;
DROP EXTENSION leadscore;
DROP ROLE regress_leadscore_bi;
