-- What judges scores and probabilities, and compares rates: what SQL adds to the core (whose own tests have the
-- definitions): NULL, one outcome only, infinity and NaN, errors, any order, any split, any plan.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END $$;

-- Known values, and the definition in SQL.
CREATE TABLE four (score float8, outcome boolean);
INSERT INTO four VALUES (0.1, false), (0.4, false), (0.35, true), (0.8, true);
SELECT leadscore.auc(score, outcome), leadscore.gini(score, outcome), leadscore.ks(score, outcome), round(leadscore.average_precision(score, outcome)::numeric, 12) AS average_precision,
  round(leadscore.auc_standard_error(score, outcome)::numeric, 12) AS standard_error, leadscore.auc(-score, outcome) AS reversed FROM four;
SELECT i.estimate, round(i.lower::numeric, 9) AS lower, i.upper, i.confidence FROM (SELECT leadscore.auc_interval(score, outcome, c) AS i FROM four, unnest(ARRAY[0.5, 0.9]) AS c GROUP BY c) AS s, LATERAL (SELECT (s.i).*) AS i ORDER BY confidence;
SELECT leadscore.auc_interval(score, outcome) = leadscore.auc_interval(score, outcome, 0.95) AS usual FROM four;
SELECT round(leadscore.brier(score, outcome)::numeric, 12) AS brier, round(leadscore.log_loss(score, outcome)::numeric, 12) AS log_loss, round(avg(-ln(CASE WHEN outcome THEN score ELSE 1 - score END))::numeric, 12) AS by_hand,
  round(leadscore.expected_calibration_error(score, outcome)::numeric, 12) AS error, round(leadscore.expected_calibration_error(score, outcome, 1)::numeric, 12) AS in_the_mean FROM four;
CREATE TABLE lead AS SELECT n AS id, ((n::bigint * 7919) % 50)::float8 / 50 AS p, (((n::bigint * 104729) % 9973) / 9973.0)::float8 AS score, (n::bigint * 31337) % 101 < ((n::bigint * 7919) % 50) AS outcome FROM generate_series(1, 20000) AS n;
ANALYZE lead;
SELECT abs(leadscore.auc(p, outcome) - (SELECT sum(CASE WHEN a.p > b.p THEN 1 WHEN a.p = b.p THEN 0.5 ELSE 0 END * a.n * b.n) / sum(a.n * b.n)
  FROM (SELECT p, count(*) AS n FROM lead WHERE outcome GROUP BY p) AS a, (SELECT p, count(*) AS n FROM lead WHERE NOT outcome GROUP BY p) AS b)) < 1e-12 AS is_the_share_of_pairs FROM lead;
SELECT round(leadscore.auc(p, outcome)::numeric, 9) AS auc, round(leadscore.auc(score, outcome)::numeric, 9) AS chance FROM lead;

-- Tables to unnest.
SELECT g.bucket, g.highest_score, g.lowest_score, g.leads, g.customers, round(g.rate::numeric, 4) AS rate, round(g.rate_lower::numeric, 4) AS lower, round(g.rate_upper::numeric, 4) AS upper, round(g.lift::numeric, 4) AS lift,
  g.cumulative_leads, g.cumulative_customers, round(g.capture::numeric, 4) AS capture, round(g.ks::numeric, 4) AS ks FROM (SELECT leadscore.gains(p, outcome, 5) AS table FROM lead) AS s, unnest(s.table) AS g;
SELECT g.bucket, g.leads FROM (SELECT leadscore.gains(p, outcome) AS table FROM lead) AS s, unnest(s.table) AS g;
SELECT g.* FROM (SELECT leadscore.gains(score, outcome, 3) AS table FROM (VALUES (1, true), (1, false), (1, true)) AS l (score, outcome)) AS s, unnest(s.table) AS g;
SELECT r.bucket, r.p_from, r.p_to, r.leads, r.customers, round(r.mean_p::numeric, 4) AS mean_p, round(r.rate::numeric, 4) AS rate, round(r.rate_lower::numeric, 4) AS lower, round(r.rate_upper::numeric, 4) AS upper
FROM (SELECT leadscore.reliability(p, outcome, 4) AS table FROM lead) AS s, unnest(s.table) AS r;
SELECT array_length(leadscore.reliability(p, outcome), 1) AS ten FROM lead;
SELECT round(b.brier::numeric, 9) AS brier, round(b.reliability::numeric, 9) AS reliability, round(b.resolution::numeric, 9) AS resolution, round(b.uncertainty::numeric, 9) AS uncertainty, round(b.within_buckets::numeric, 9) AS within,
  abs(b.brier - (b.reliability - b.resolution + b.uncertainty + b.within_buckets)) < 1e-15 AS adds_up
FROM (SELECT leadscore.brier_decomposition(p, outcome) AS a, leadscore.brier_decomposition(p, outcome, 7) AS b FROM lead) AS s, LATERAL (VALUES ((s.a).brier, (s.a).reliability, (s.a).resolution, (s.a).uncertainty, (s.a).within_buckets),
  ((s.b).brier, (s.b).reliability, (s.b).resolution, (s.b).uncertainty, (s.b).within_buckets)) AS b (brier, reliability, resolution, uncertainty, within_buckets);
-- Drift.
SELECT leadscore.psi(n % 100, n > 500) AS same, round(leadscore.psi(n % 100 + CASE WHEN n > 500 THEN 10 ELSE 0 END, n > 500)::numeric, 6) AS moved, round(leadscore.psi(n, n > 500, 2)::numeric, 6) AS apart FROM generate_series(1, 1000) AS n;

-- Two scores of the same leads.
SELECT round(d.auc_a::numeric, 6) AS auc_a, round(d.auc_b::numeric, 6) AS auc_b, round(d.difference::numeric, 6) AS difference, round(d.lower::numeric, 6) AS lower, round(d.upper::numeric, 6) AS upper, d.confidence, round(d.z::numeric, 6) AS z, round(d.p_value::numeric, 9) AS p_value
FROM (SELECT leadscore.auc_difference(p, score, outcome) AS a, leadscore.auc_difference(p, p + score / 10, outcome, 0.8) AS b FROM lead) AS s, LATERAL (SELECT (s.a).* UNION ALL SELECT (s.b).*) AS d;
SELECT d.auc_a = leadscore.auc(p, outcome) AND d.auc_b = leadscore.auc(score, outcome) AS as_alone FROM lead, (SELECT (leadscore.auc_difference(p, score, outcome)).* FROM lead) AS d GROUP BY d.auc_a, d.auc_b;
SELECT (leadscore.auc_difference(score, score, outcome)).* FROM four;
SELECT (leadscore.auc_difference(score, 1 - score, outcome)).* FROM (VALUES (1, false), (2, false), (3, true), (4, true)) AS l (score, outcome);
SELECT (leadscore.auc_difference(score, 1 - score, outcome)).* FROM (VALUES (1, false), (2, false), (3, true)) AS l (score, outcome);

-- NULL and nothing, one outcome only.
CREATE FUNCTION metrics(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format('SELECT ROW(leadscore.auc(p, y), leadscore.gini(p, y), leadscore.ks(p, y), leadscore.average_precision(p, y), leadscore.auc_standard_error(p, y), leadscore.auc_interval(p, y), leadscore.auc_interval(p, y, 0.9), leadscore.gains(p, y),
    leadscore.gains(p, y, 2), leadscore.psi(p, y), leadscore.psi(p, y, 2), leadscore.brier(p, y), leadscore.brier_decomposition(p, y), leadscore.brier_decomposition(p, y, 2), leadscore.log_loss(p, y), leadscore.reliability(p, y), leadscore.reliability(p, y, 2),
    leadscore.expected_calibration_error(p, y), leadscore.expected_calibration_error(p, y, 2), leadscore.auc_difference(p, p, y), leadscore.auc_difference(p, p, y, 0.9), leadscore.auc_partial(p, y) IS NULL)::text FROM %s', source) INTO result;
  RETURN result;
END $$;
SELECT metrics('(SELECT 1::float8, true LIMIT 0) AS l (p, y)');
SELECT metrics('(VALUES (NULL::float8, true), (0.5, NULL)) AS l (p, y)');
SELECT metrics('(VALUES (0.5::float8, true)) AS l (p, y)');
SELECT metrics('(VALUES (0.5::float8, false), (0.25, false)) AS l (p, y)');
SELECT metrics('(VALUES (0.5::float8, false), (NULL, true), (0.25, NULL), (0.75, true)) AS l (p, y)') = metrics('(VALUES (0.5::float8, false), (0.75, true)) AS l (p, y)') AS nulls_are_ignored;
SELECT metrics('(VALUES (0.5::float8, false), (0.75, true)) AS l (p, y)');
SELECT leadscore.auc_interval(score, outcome, NULL) AS interval, leadscore.gains(score, outcome, NULL) AS gains, leadscore.auc_difference(score, score, outcome, NULL) AS difference, leadscore.reliability(score, outcome, NULL) AS reliability FROM four;
SELECT leadscore.log_loss(p, y) AS impossible, leadscore.brier(p, y) FROM (VALUES (0, true), (1, true)) AS l (p, y);
SELECT leadscore.log_loss(p, y) AS certain, leadscore.brier(p, y), leadscore.auc(p, y) FROM (VALUES (-0.0, false), (1, true)) AS l (p, y);

-- Infinity and NaN are scores: the order is that of ORDER BY, and -0 is 0.
SELECT leadscore.auc(score, outcome), leadscore.ks(score, outcome) FROM (VALUES ('-Infinity'::float8, false), (-1e308, false), (1e308, true), ('Infinity', true), ('NaN', true)) AS l (score, outcome);
SELECT leadscore.auc(score, outcome) FROM (VALUES ('NaN'::float8, true), ('NaN', false), ('-0', true), ('0', false), ('Infinity', true), ('Infinity', false)) AS l (score, outcome);
SELECT g.bucket, g.highest_score, g.lowest_score, g.leads FROM (SELECT leadscore.gains(score, true, 4) AS table FROM unnest('{NaN,Infinity,-Infinity,0}'::float8[]) AS score) AS s, unnest(s.table) AS g;
SELECT leadscore.psi(value, is_recent, 2) FROM (VALUES ('-Infinity'::float8, true), ('-Infinity', false), ('NaN', true), ('NaN', false)) AS l (value, is_recent);

-- Errors.
SELECT p, error_of(format('SELECT leadscore.brier(%L, true)', p)), error_of(format('SELECT leadscore.reliability(%L, true, 3)', p)) FROM unnest('{-1e-9,1.0000001,100,NaN,Infinity,-Infinity}'::float8[]) AS p;
SELECT b, error_of(format('SELECT leadscore.%s(0.5, true, %L)', f, b)) FROM unnest(ARRAY[0, -1, 1001, 2147483647]) AS b, unnest('{gains,psi,reliability,expected_calibration_error,brier_decomposition}'::text[]) AS f;
SELECT c, error_of(format('SELECT leadscore.auc_interval(0.5, true, %L)', c)), error_of(format('SELECT leadscore.auc_difference(0.5, 0.5, true, %L)', c)) FROM unnest('{0,1,95,-1,NaN}'::float8[]) AS c;
SELECT error_of('SELECT leadscore.gains(n, true, n) FROM generate_series(1, 2) AS n'), error_of('SELECT leadscore.auc_interval(n, true, 1.0 / (n + 1)) FROM generate_series(1, 2) AS n'), error_of('SELECT leadscore.auc_difference(n, n, true, 1.0 / (n + 1)) FROM generate_series(1, 2) AS n');
SELECT error_of('SELECT leadscore.auc_difference(score, score, outcome) OVER () FROM four');
SELECT error_of(format('SELECT leadscore.auc_merge(%L::bytea)', b)) FROM unnest(ARRAY[''::bytea, '\x00', decode(repeat('00', 40), 'hex'), decode(repeat('ff', 400), 'hex')]) AS b;
SELECT count(*) AS refused, count(*) = max(length(part)) AS all_of_them FROM (SELECT leadscore.auc_partial(score, outcome) AS part FROM four) AS s, LATERAL generate_series(0, length(part) - 1) AS byte
WHERE error_of(format('SELECT leadscore.auc_merge(%L::bytea)', set_byte(part, byte, get_byte(part, byte) # 4))) LIKE '22P03 | these bytes are not a part of a metric%';
SELECT error_of(format('SELECT leadscore.auc_merge(%L::bytea)', substr(part, 1, length(part) - 8))) AS cut, error_of(format('SELECT leadscore.auc_merge(%L::bytea)', part || '\x0000000000000000'::bytea)) AS longer FROM (SELECT leadscore.auc_partial(score, outcome) AS part FROM four) AS s;

-- Any order, any split: the very same numbers.
CREATE TABLE serial AS SELECT leadscore.auc(score, outcome), leadscore.gini(score, outcome), leadscore.ks(score, outcome), leadscore.average_precision(score, outcome), leadscore.auc_interval(score, outcome, 0.9) AS interval, leadscore.gains(score, outcome, 20),
  leadscore.psi(score, outcome, 20), leadscore.brier(score, outcome), leadscore.brier_decomposition(score, outcome, 20) AS parts, leadscore.log_loss(greatest(score, 0.001), outcome), leadscore.reliability(score, outcome, 20),
  leadscore.expected_calibration_error(score, outcome, 20) AS error, leadscore.auc_difference(score, p, outcome) AS difference FROM lead;
CREATE TABLE ordered AS SELECT leadscore.auc(score, outcome), leadscore.gini(score, outcome), leadscore.ks(score, outcome), leadscore.average_precision(score, outcome), leadscore.auc_interval(score, outcome, 0.9) AS interval, leadscore.gains(score, outcome, 20),
  leadscore.psi(score, outcome, 20), leadscore.brier(score, outcome), leadscore.brier_decomposition(score, outcome, 20) AS parts, leadscore.log_loss(greatest(score, 0.001), outcome), leadscore.reliability(score, outcome, 20),
  leadscore.expected_calibration_error(score, outcome, 20) AS error, leadscore.auc_difference(score, p, outcome) AS difference FROM (SELECT * FROM lead ORDER BY score DESC, outcome) AS l;
SELECT s::text = o::text AS same_in_any_order FROM serial AS s, ordered AS o;
SELECT (SELECT ROW(leadscore.auc_merge(part), leadscore.ks_merge(part), leadscore.gini_merge(part), leadscore.average_precision_merge(part))::text FROM (SELECT leadscore.auc_partial(score, outcome) AS part FROM lead GROUP BY id % n UNION ALL SELECT NULL) AS s)
  = ROW(auc, ks, gini, average_precision)::text AS same FROM serial, unnest('{1,2,7,20000}'::integer[]) AS n;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT leadscore.auc(score, outcome), leadscore.gains(score, outcome, 20), leadscore.auc_difference(score, p, outcome) FROM lead;
CREATE TABLE parallel AS SELECT leadscore.auc(score, outcome), leadscore.gini(score, outcome), leadscore.ks(score, outcome), leadscore.average_precision(score, outcome), leadscore.auc_interval(score, outcome, 0.9) AS interval, leadscore.gains(score, outcome, 20),
  leadscore.psi(score, outcome, 20), leadscore.brier(score, outcome), leadscore.brier_decomposition(score, outcome, 20) AS parts, leadscore.log_loss(greatest(score, 0.001), outcome), leadscore.reliability(score, outcome, 20),
  leadscore.expected_calibration_error(score, outcome, 20) AS error, leadscore.auc_difference(score, p, outcome) AS difference FROM lead;
SELECT s::text = p::text AS same_in_parallel FROM serial AS s, parallel AS p;
SELECT error_of('SELECT leadscore.gains(score, outcome, 10 + id % 2) FROM lead'), error_of('SELECT leadscore.brier(score * 2, outcome) FROM lead') LIKE '22023 | a probability must lie between 0 and 1 | One of them is %' AS in_a_worker;
RESET max_parallel_workers_per_gather;
-- By group, with FILTER, and as a window function, where a result must not disturb the state.
SELECT count(*) AS differ FROM (SELECT id % 100 AS part, leadscore.auc(score, outcome), leadscore.ks(score, outcome) FILTER (WHERE id % 3 > 0) FROM lead GROUP BY 1) AS g
WHERE auc <> (SELECT leadscore.auc(score, outcome) FROM lead WHERE id % 100 = part) OR ks <> (SELECT leadscore.ks(score, outcome) FROM lead WHERE id % 100 = part AND id % 3 > 0);
SELECT count(*) AS differ FROM (SELECT id, leadscore.auc(score, outcome) OVER w, leadscore.average_precision(score, outcome) OVER w FROM lead WHERE id <= 200 WINDOW w AS (ORDER BY id)) AS l
WHERE (auc, average_precision) IS DISTINCT FROM (SELECT ROW(leadscore.auc(m.score, m.outcome), leadscore.average_precision(m.score, m.outcome)) FROM lead AS m WHERE m.id <= l.id);
-- It ends when it is told to.
SET statement_timeout = '1ms';
SELECT leadscore.auc(n, n % 2 = 0) FROM generate_series(1, 10000000) AS n;
SELECT leadscore.fisher_exact(240000000000, 249000000000, 249000000000, 249000000000) FROM generate_series(1, 10);
RESET statement_timeout;

-- Two rates: Newcombe's own example, a z test, Fisher's tea, his twins.
SELECT round(n.estimate::numeric, 4) AS estimate, round(n.lower::numeric, 4) AS lower, round(n.upper::numeric, 4) AS upper, n.confidence FROM leadscore.newcombe(56, 70, 48, 80) AS n;
SELECT c, round(n.lower::numeric, 4) AS lower, round(n.upper::numeric, 4) AS upper FROM unnest(ARRAY[0.5, 0.99]) AS c, leadscore.newcombe(56, 70, 48, 80, c) AS n;
SELECT round(t.rate_1::numeric, 4) AS rate_1, round(t.rate_2::numeric, 4) AS rate_2, round(t.difference::numeric, 4) AS difference, round(t.lower::numeric, 4) AS lower, round(t.upper::numeric, 4) AS upper, t.confidence, round(t.z::numeric, 6) AS z, round(t.p_value::numeric, 9) AS p_value, t.method
FROM (VALUES (56, 70, 48, 80), (3, 4, 1, 4), (0, 0, 1, 2), (1, 2, 0, 0), (0, 0, 0, 0), (0, 5, 0, 5)) AS v (k1, n1, k2, n2), leadscore.rate_test(k1, n1, k2, n2) AS t;
SELECT round(leadscore.fisher_exact(3, 1, 1, 3)::numeric, 12) AS tea, round(leadscore.fisher_exact(2, 10, 15, 3)::numeric, 12) AS twins, leadscore.fisher_exact(0, 0, 0, 0) AS nothing, leadscore.fisher_exact(100000, 0, 0, 100000) AS certain;
SELECT leadscore.newcombe(0, 0, 1, 2), leadscore.newcombe(NULL, 1, 1, 2) IS NULL AS is_null, leadscore.rate_test(1, 2, NULL, 2) IS NULL AS is_null, leadscore.fisher_exact(1, 2, 3, NULL) IS NULL AS is_null;
SELECT error_of('SELECT leadscore.newcombe(2, 1, 0, 1)'), error_of('SELECT leadscore.newcombe(0, 1, 0, 1, 95)'), error_of('SELECT leadscore.rate_test(0, 1, -1, 1)'), error_of('SELECT leadscore.fisher_exact(1, 1, -1, 1)'),
  error_of('SELECT leadscore.fisher_exact(1000000000000, 1000000000000, 1000000000000, 1000000000000)'), error_of('SELECT leadscore.fisher_exact(9223372036854775807, 1, 1, 1)');
-- Many tests.
SELECT leadscore.benjamini_hochberg('{0.01,NULL,0.04,0.03,0.005}') AS q, leadscore.benjamini_hochberg('{}') AS none, leadscore.benjamini_hochberg('{NULL}') AS unknown, leadscore.benjamini_hochberg('{0,1}') AS ends, leadscore.benjamini_hochberg(NULL) IS NULL AS is_null,
  leadscore.benjamini_hochberg('[0:1][2:3]={{0.5,0.01},{NULL,0.02}}') AS shape;
SELECT error_of('SELECT leadscore.benjamini_hochberg(''{0.5,1.5}'')'), error_of('SELECT leadscore.benjamini_hochberg(''{-0.5}'')'), error_of('SELECT leadscore.benjamini_hochberg(''{NaN}'')');

SET search_path = '';
SELECT leadscore.auc(score, outcome), (leadscore.rate_test(3, 4, 1, 4)).method FROM public.four;
RESET search_path;
DROP TABLE four, lead, serial, ordered, parallel;
DROP FUNCTION error_of(text), metrics(text);
DROP EXTENSION leadscore;
