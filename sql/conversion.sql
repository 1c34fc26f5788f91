-- Drops of a conversion: the worked examples, what SQL adds to the core (whose own tests have the definition): NULL, errors, any order, any plan.
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

-- A drop by the z test, a small one, one by Fisher's exact test; a rise; nothing; too little.
SELECT c.n, round(d.baseline_rate::numeric, 4) AS baseline, round(d.current_rate::numeric, 4) AS current, round(d.difference::numeric, 3) AS difference, round(d.lower::numeric, 3) AS lower, round(d.upper::numeric, 3) AS upper, d.confidence,
  round(d.z::numeric, 3) AS z, round(d.p_value::numeric, 5) AS p, round(d.mid_p_value::numeric, 5) AS mid_p, d.method, round(d.smallest_detectable_drop::numeric, 4) AS smallest, d.verdict
FROM (VALUES (1, 420, 600, 78, 140), (2, 60, 150, 3, 20), (3, 30, 40, 1, 5), (4, 30, 40, 5, 5), (5, 78, 140, 420, 600), (6, 420, 600, 96, 140), (7, 50, 100, 2, 4), (8, 0, 1000, 0, 1000), (9, 1, 1, 1, 1), (10, 0, 0, 1, 2), (11, 1, 2, 0, 0), (12, 0, 0, 0, 0)) AS c (n, k0, n0, k1, n1),
  leadscore.conversion_drop(k0, n0, k1, n1) AS d ORDER BY c.n;
-- By mpmath with 60 digits (z, normal distribution, quantiles) and exact fractions (Fisher).
SELECT abs(d.z - -3.2444053472680983) < 1e-10 AS z, abs(d.p_value / 0.00058848063288487051 - 1) < 1e-10 AS p, abs(d.smallest_detectable_drop - 0.10694732759277613) < 1e-10 AS smallest FROM leadscore.conversion_drop(420, 600, 78, 140) AS d;
SELECT abs(d.p_value - 0.027037247116657213) < 1e-10 AS p, abs(d.mid_p_value - 0.014337934077015189) < 1e-10 AS mid_p FROM leadscore.conversion_drop(30, 40, 1, 5) AS d;
-- The interval is Newcombe's, the test that of rate_test().
SELECT bool_and((d.lower, d.upper) = (n.lower, n.upper) AND (d.current_rate, d.baseline_rate, d.method) IS NOT DISTINCT FROM (t.rate_1, t.rate_2, t.method) AND d.z IS NOT DISTINCT FROM t.z) AS same
FROM generate_series(0, 60, 7) AS k0, generate_series(0, 20, 3) AS k1, leadscore.conversion_drop(k0, 60, k1, 20, 0.9) AS d, leadscore.newcombe(k1, 20, k0, 60, 0.9) AS n, leadscore.rate_test(k1, 20, k0, 60) AS t;
SELECT c, (leadscore.conversion_drop(420, 600, 78, 140, c)).verdict FROM unnest(ARRAY[0.5, 0.999, 0.9999]) AS c;
SELECT leadscore.conversion_drop(NULL, 1, 1, 1) IS NULL AS is_null, leadscore.conversion_drop(1, 1, 1, 1, NULL) IS NULL AS is_null;
SELECT (leadscore.conversion_drop(2305843009213693952, 4611686018427387904, 2305843009213693951, 4611686018427387904)).verdict AS huge, (leadscore.conversion_drop(9223372036854775807, 9223372036854775807, 0, 9223372036854775807)).verdict AS all_lost;
SELECT error_of(format('SELECT leadscore.conversion_drop(%s)', a)) FROM unnest(ARRAY['-1, 1, 1, 1', '2, 1, 1, 1', '1, 1, 1, -1', '1, 1, 2, 1', '1, 2, 1, 2, 1', '1, 2, 1, 2, 95', '1, 2, 1, 2, ''NaN''', '9223372036854775807, 9223372036854775807, 1, 1']) AS a;

-- E-values: the worked example; the ends; a baseline that is an estimate.
SELECT round(leadscore.drop_e_value(78, 140, 0.70)::numeric, 1) AS e, round((1 / leadscore.drop_e_value(78, 140, 0.70))::numeric, 4) AS at_most, leadscore.drop_e_value(0, 0, 0.7) AS before_the_first, leadscore.drop_e_value(1, 1, 0.5) AS one, leadscore.drop_e_value(0, 1, 0.5) AS none;
-- By mpmath with 60 digits: the integral of exp(x log(q / p) + (n - x) log((1 - q) / (1 - p))) / p over q from 0 to p.
SELECT bool_and(abs(leadscore.drop_e_value(x, n, p) / e - 1) < 1e-10) AS agrees FROM (VALUES (78, 140, 0.7::double precision, 84.96581948013774011::double precision), (1, 1000, 0.02, 1454307.6849090746749), (3, 1000000, 1e-5, 13.079571726692000062), (690000, 1000000, 0.7, 9.5547952128216373815e+99),
  (1962300, 4000000, 0.5, 5.5649917696829869189e+305), (1962305, 4000010, 0.5, 5.5551050450195381808e+305), (699985000000, 1000000000000, 0.7, 7.4242090384674552262e+226), (9890000, 1000000000000, 1e-5, 4.1325575079999702515e+260), (800000000000, 1000000000000, 0.7, 2.9999999999489991118e-12)) AS v (x, n, p, e);
SELECT leadscore.drop_e_value(0, 10, 0) AS at_0, leadscore.drop_e_value(3, 10, 0) AS above_0, leadscore.drop_e_value(9, 9, 1) AS at_1, leadscore.drop_e_value(9, 10, 1) AS below_1, leadscore.drop_e_value(0, 4611686018427387904, 0.5) AS huge;
SELECT round(leadscore.drop_e_value(420, 600, 78, 140)::numeric, 3) AS e, leadscore.drop_e_value(420, 600, 78, 140) = leadscore.drop_e_value(78, 140, (leadscore.wilson(420, 600)).lower) AS by_lower_end, leadscore.drop_e_value(420, 600, 78, 140, 0.5) = leadscore.drop_e_value(78, 140, (leadscore.wilson(420, 600, 0.5)).lower) AS by_another,
  leadscore.drop_e_value(0, 0, 78, 140) AS without_baseline, leadscore.drop_e_value(420, 600, 0, 0) AS without_leads;
SELECT leadscore.drop_e_value(NULL, 1, 0.5) IS NULL AS is_null, leadscore.drop_e_value(1, 1, NULL) IS NULL AS is_null, leadscore.drop_e_value(1, 1, 1, NULL) IS NULL AS is_null;
SELECT error_of(format('SELECT leadscore.drop_e_value(%s)', a)) FROM unnest(ARRAY['-1, 1, 0.5', '2, 1, 0.5', '1, 1, 1.5', '1, 1, -0.5', '1, 1, ''NaN''', '2, 1, 0, 1', '0, 0, 2, 1', '1, 2, 0, 1, 1']) AS a;
SET statement_timeout = '1ms';
SELECT sum(leadscore.drop_e_value(1962300, 4000000, 0.5 + n * 1e-9)) FROM generate_series(1, 100000) AS n;
RESET statement_timeout;

-- Many e-values.
SELECT leadscore.e_benjamini_hochberg('{30,NULL,0,40}') AS levels, leadscore.e_benjamini_hochberg('{}') AS none, leadscore.e_benjamini_hochberg('{NULL}') AS unknown, leadscore.e_benjamini_hochberg('{Infinity,1.797e308,0.5}') AS ends, leadscore.e_benjamini_hochberg(NULL) IS NULL AS is_null,
  leadscore.e_benjamini_hochberg('[0:1][2:3]={{20,100},{NULL,50}}') AS shape;
CREATE TABLE cell AS SELECT n, CASE WHEN n % 17 > 0 THEN exp((n * 7919 % 1009) / 130.0) - 1 END AS e FROM generate_series(1, 300) AS n;
-- At a level the discoveries are those of the largest rank k with e >= m / (k level).
SELECT a.level, count(*) FILTER (WHERE l.level <= a.level) AS discoveries, count(*) FILTER (WHERE l.level <= a.level) = (SELECT coalesce(max(rank), 0) FROM (SELECT e, row_number() OVER (ORDER BY e DESC) AS rank, count(*) OVER () AS m FROM cell WHERE e IS NOT NULL) AS r WHERE e * rank * a.level >= m) AS by_definition
FROM unnest(ARRAY[0.001, 0.01, 0.05, 0.2, 0.5]::double precision[]) AS a (level), unnest(leadscore.e_benjamini_hochberg(ARRAY(SELECT e FROM cell ORDER BY n))) AS l (level) GROUP BY a.level ORDER BY a.level;
SELECT error_of(format('SELECT leadscore.e_benjamini_hochberg(%L)', e)) FROM unnest(ARRAY['{1,-1}', '{-Infinity}', '{NaN}']) AS e;

-- Mix or rate: three channels whose shares have changed, but not their rates.
CREATE TABLE channel (channel text, k0 bigint, n0 bigint, k1 bigint, n1 bigint);
INSERT INTO channel VALUES ('ads', 100, 500, 160, 800), ('seo', 150, 300, 75, 150), ('ref', 120, 200, 30, 50);
CREATE FUNCTION shown(m leadscore.mix_or_rate) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' | ', m.segments, m.baseline_successes || '/' || m.baseline_trials, m.current_successes || '/' || m.current_trials, coalesce(round(m.baseline_rate::numeric, 4)::text, 'NULL'), coalesce(round(m.current_rate::numeric, 4)::text, 'NULL'), coalesce(round(m.change::numeric, 4)::text, 'NULL'),
    coalesce(round(m.mix_change::numeric, 4)::text, 'NULL'), coalesce(round(m.rate_change::numeric, 4)::text, 'NULL'), coalesce(round(m.z::numeric, 2)::text, 'NULL'), coalesce(round(m.p_value::numeric, 6)::text, 'NULL'), coalesce(round(m.cmh_z::numeric, 4)::text, 'NULL'), coalesce(round(m.cmh_p_value::numeric, 6)::text, 'NULL'), coalesce(m.verdict, 'NULL'))
$$;
SELECT shown(leadscore.mix_or_rate(k0, n0, k1, n1)) FROM channel;
SELECT rate_change = 0 AND cmh_z = 0 AS rates_are_the_same, abs(mix_change + rate_change - change) < 1e-15 AS adds_up FROM (SELECT (leadscore.mix_or_rate(k0, n0, k1, n1)).* FROM channel) AS m;
-- Admissions to Berkeley by department, women beside men (UCBAdmissions of R), by exact fractions; the square of cmh_z is mantelhaen.test(correct = FALSE).
SELECT abs(change - -0.14164542824654186) < 1e-10 AS change, abs(mix_change - -0.17767391115224249) < 1e-10 AS mix, abs(rate_change - 0.036028482905700632) < 1e-10 AS rate, abs(z - -9.6023580651591843) < 1e-10 AS z, abs(cmh_z - 1.2347496347209185) < 1e-10 AS cmh_z,
  abs(cmh_p_value - 0.21692369705551738) < 1e-10 AS cmh_p, round((cmh_z ^ 2)::numeric, 4) AS chi_squared, verdict
FROM (SELECT (leadscore.mix_or_rate(k0, n0, k1, n1)).* FROM (VALUES (512, 825, 89, 108), (353, 560, 17, 25), (120, 325, 202, 593), (138, 417, 131, 375), (53, 191, 94, 393), (22, 373, 24, 341)) AS d (k0, n0, k1, n1)) AS m;
-- The verdicts.
SELECT c.what, shown(leadscore.mix_or_rate(k0, n0, k1, n1)) FROM (VALUES ('rate', 100, 500, 60, 500), ('rate', 150, 300, 100, 300), ('neither', 100, 500, 99, 500), ('neither', 150, 300, 151, 300), ('both', 100, 500, 120, 800), ('both', 150, 300, 60, 150), ('hidden', 100, 500, 30, 300), ('hidden', 150, 300, 205, 500),
  ('new', 150, 300, 150, 300), ('new', 0, 0, 10, 300), ('gone', 150, 300, 150, 300), ('gone', 10, 300, 0, 0), ('certain', 5, 5, 7, 7), ('few', 3, 4, 1, 4), ('nothing before', 0, 0, 1, 2), ('nothing now', 1, 2, 0, 0), ('nothing', 0, 0, 0, 0)) AS c (what, k0, n0, k1, n1) GROUP BY c.what ORDER BY c.what COLLATE "C";
-- NULL.
SELECT leadscore.mix_or_rate(1, 1, 1, 1) IS NULL AS none FROM generate_series(1, 0) AS n;
SELECT leadscore.mix_or_rate(k0, 2, 1, 2) IS NULL AS ignored, shown(leadscore.mix_or_rate(coalesce(k0, 0), 2, 1, 2)) FROM (VALUES (NULL::bigint)) AS v (k0);
SELECT shown(leadscore.mix_or_rate(k0, n0, k1, n1)) FROM (SELECT k0, n0, k1, n1 FROM channel UNION ALL VALUES (NULL, 9, 9, 9), (9, NULL, 9, 9), (9, 9, NULL, 9), (9, 9, 9, NULL)) AS c;
-- Any order, any plan.
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
  RETURN plan::text LIKE '%"Partial Mode": "Partial"%';
END $$;
CREATE TABLE segment AS SELECT n, n % 7 AS part, (n * 7919 % 101) * (n % 5) / 5 AS k0, n * 7919 % 101 AS n0, (n * 104729 % 97) * (n % 3) / 3 AS k1, n * 104729 % 97 AS n1 FROM generate_series(1, 5000) AS n;
ANALYZE segment;
SELECT shown(leadscore.mix_or_rate(k0, n0, k1, n1)) FROM segment;
SELECT (SELECT leadscore.mix_or_rate(k0, n0, k1, n1) FROM segment)::text = (SELECT leadscore.mix_or_rate(k0, n0, k1, n1 ORDER BY md5(n::text)) FROM segment)::text AS same_in_any_order;
CREATE TABLE serial AS SELECT part, leadscore.mix_or_rate(k0, n0, k1, n1)::text AS result FROM segment GROUP BY ROLLUP (part);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
SELECT is_parallel('SELECT leadscore.mix_or_rate(k0, n0, k1, n1) FROM segment') AS whole, is_parallel('SELECT part, leadscore.mix_or_rate(k0, n0, k1, n1) FROM segment GROUP BY part') AS by_part;
SELECT leadscore.mix_or_rate(k0, n0, k1, n1)::text = (SELECT result FROM serial WHERE part IS NULL) AS same_in_parallel FROM segment;
SELECT count(*) AS same FROM (SELECT part, leadscore.mix_or_rate(k0, n0, k1, n1)::text AS result FROM segment GROUP BY part) AS s JOIN serial USING (part, result);
SELECT leadscore.mix_or_rate(k0, n0, k1, n1) IS NULL AS none FROM segment WHERE n < 0;
RESET max_parallel_workers_per_gather;
SET enable_sort = off;
SELECT count(*) AS same FROM (SELECT part, leadscore.mix_or_rate(k0, n0, k1, n1)::text AS result FROM segment GROUP BY part) AS s JOIN serial USING (part, result);
RESET enable_sort;
-- As a window function.
SELECT count(*) AS differ FROM (SELECT n, leadscore.mix_or_rate(k0, n0, k1, n1) OVER (ORDER BY n)::text AS result FROM segment WHERE n <= 50) AS w WHERE result <> (SELECT leadscore.mix_or_rate(k0, n0, k1, n1)::text FROM segment AS s WHERE s.n <= w.n);
-- Limits and errors.
SELECT shown(leadscore.mix_or_rate(2305843009213693952, 4611686018427387904, 1152921504606846976, 4611686018427387904));
SELECT error_of(format('SELECT leadscore.mix_or_rate(%s)', a)) FROM unnest(ARRAY['-1, 1, 1, 1', '1, 1, -1, 1', '2, 1, 1, 1', '1, 1, 2, 1', '1, 1, 0, -1']) AS a;
SELECT error_of('SELECT leadscore.mix_or_rate(0, 4611686018427387904, 0, 1) FROM generate_series(1, 2)'), error_of('SELECT leadscore.mix_or_rate(0, 1, 0, 1) FROM generate_series(1, 1000001)');
SET statement_timeout = '1ms';
SELECT leadscore.mix_or_rate(0, n, 0, 1) FROM generate_series(1, 900000) AS n;
RESET statement_timeout;

SET search_path = '';
SELECT (leadscore.conversion_drop(420, 600, 78, 140)).verdict, leadscore.drop_e_value(1, 1, 0.5) AS e, (leadscore.mix_or_rate(k0, n0, k1, n1)).verdict FROM public.channel;
RESET search_path;
DROP TABLE cell, channel, segment, serial;
DROP FUNCTION error_of(text), is_parallel(text), shown(leadscore.mix_or_rate);
DROP EXTENSION leadscore;
