-- What is done in parts gives what the whole gives: over partitions of any number, in any order, with NULL parts and empty
-- partitions. Bytes that are no part are refused. What works on shards reads no table.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(hint, ''));
END $$;

-- Leads and their events, distributed by lead over four partitions and an empty one.
CREATE TABLE lead (id int, score float8, p float8, won boolean, source text, headcount float8, is_company boolean, created timestamptz) PARTITION BY LIST (mod(id, 5));
CREATE TABLE event (lead int, at timestamptz, step int, points float8) PARTITION BY LIST (mod(lead, 5));
SELECT format('CREATE TABLE lead_%1$s PARTITION OF lead FOR VALUES IN (%1$s); CREATE TABLE event_%1$s PARTITION OF event FOR VALUES IN (%1$s);', n) FROM generate_series(0, 4) AS n \gexec
SELECT setseed(0.11) \g /dev/null
INSERT INTO lead
SELECT n.id, CASE WHEN r.a < 0.02 THEN NULL WHEN r.a < 0.03 THEN 'NaN' WHEN r.a < 0.04 THEN 'Infinity' ELSE round((r.b * 200)::numeric) END, CASE WHEN r.a < 0.02 THEN NULL ELSE round(r.b::numeric, 2) END,
  CASE WHEN r.c < 0.03 THEN NULL ELSE r.c < 0.1 + r.b / 2 END, CASE WHEN r.a < 0.05 THEN NULL ELSE (ARRAY['site', 'referral', 'list', 'ярмарка'])[1 + floor(r.b * 4)::int] END,
  CASE WHEN r.c < 0.05 THEN NULL ELSE floor(r.a * 300) END, r.a + r.b > 1, timestamptz '2026-01-01' + floor(r.c * 1000) * interval '1 hour'
FROM (SELECT generate_series(1, 3000) AS id) AS n, LATERAL (SELECT random() AS a, random() AS b, random() AS c WHERE n.id > 0) AS r WHERE mod(n.id, 5) <> 3;
INSERT INTO event
SELECT n.lead, CASE WHEN r.a < 0.03 THEN NULL ELSE timestamptz '2026-01-01' + floor(r.b * 2000) * interval '30 minutes' END, CASE WHEN r.c < 0.05 THEN NULL ELSE floor(r.c * 6)::int END, floor(r.a * 20)
FROM (SELECT 1 + n % 150 AS lead, n FROM generate_series(1, 4000) AS n) AS n, LATERAL (SELECT random() AS a, random() AS b, random() AS c WHERE n.n > 0) AS r WHERE mod(n.lead, 5) <> 3;
ANALYZE lead, event;
SELECT tableoid::regclass AS partition, count(*) FROM lead GROUP BY 1 ORDER BY 1;

-- == One result over all leads. Each line: the aggregate, its part, its merge, with the arguments that all of them take.
CREATE TABLE pair (whole text, partial text, merge text);
INSERT INTO pair VALUES
  ('auc(score, won)', 'auc_partial(score, won)', 'auc_merge'), ('ks(score, won)', 'auc_partial(score, won)', 'ks_merge'), ('gini(score, won)', 'auc_partial(score, won)', 'gini_merge'),
  ('average_precision(score, won)', 'auc_partial(score, won)', 'average_precision_merge'), ('auc_interval(score, won)', 'auc_partial(score, won)', 'auc_interval_merge'),
  ('isotonic(score, won)', 'auc_partial(score, won)', 'isotonic_merge'), ('platt(score, won)', 'auc_partial(score, won)', 'platt_merge'),
  ('gains(score, won)', 'gains_partial(score, won)', 'gains_merge'), ('gains(score, won, 7)', 'gains_partial(score, won, 7)', 'gains_merge'), ('gains(score, won)', 'auc_partial(score, won)', 'gains_merge'),
  ('psi(score, won)', 'gains_partial(score, won)', 'psi_merge'), ('psi(score, won, 20)', 'gains_partial(score, won, 20)', 'psi_merge'),
  ('reliability(p, won)', 'reliability_partial(p, won)', 'reliability_merge'), ('reliability(p, won, 3)', 'reliability_partial(p, won, 3)', 'reliability_merge'),
  ('expected_calibration_error(p, won)', 'reliability_partial(p, won)', 'expected_calibration_error_merge'), ('expected_calibration_error(p, won, 4)', 'reliability_partial(p, won, 4)', 'expected_calibration_error_merge'),
  ('brier(p, won)', 'reliability_partial(p, won)', 'brier_merge'), ('brier(p, won)', 'reliability_partial(p, won, 3)', 'brier_merge'), ('log_loss(p, won)', 'reliability_partial(p, won)', 'log_loss_merge'),
  ('brier_decomposition(p, won)', 'reliability_partial(p, won)', 'brier_decomposition_merge'), ('brier_decomposition(p, won, 5)', 'reliability_partial(p, won, 5)', 'brier_decomposition_merge'),
  ('training(won, created, NULL, ''logistic'', ''auto'', NULL, true, false, NULL, ''{source,headcount,is_company}'', source, headcount, is_company)',
    'training_partial(won, created, NULL, ''logistic'', ''auto'', NULL, true, false, NULL, ''{source,headcount,is_company}'', source, headcount, is_company)', 'training_merge'),
  ('training(won, created, created, ''naive_bayes'', ''quantile'', NULL, false, true, 700, ''{source,headcount}'', source, headcount)',
    'training_partial(won, created, created, ''naive_bayes'', ''quantile'', NULL, false, true, 700, ''{source,headcount}'', source, headcount)', 'training_merge'),
  ('training(won, created, NULL, ''logistic'', ''none'', 0.5, false, false, 1000, ''{headcount}'', headcount)', 'training_partial(won, created, NULL, ''logistic'', ''none'', 0.5, false, false, 1000, ''{headcount}'', headcount)', 'training_merge');
-- As a text that has all digits, of the parts of `source` grouped by an expression.
CREATE FUNCTION in_parts(partial text, merge text, source text, by_what text, in_order text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format('SELECT leadscore.%s(part ORDER BY %s)::text FROM (SELECT leadscore.%s AS part, min(n) AS n FROM (SELECT *, row_number() OVER () AS n FROM %s) AS s GROUP BY %s UNION ALL SELECT NULL, 0 UNION ALL SELECT leadscore.%s, 1 FROM %s WHERE false) AS parts',
    merge, in_order, partial, source, by_what, partial, source) INTO result;
  RETURN result;
END $$;
CREATE FUNCTION whole(aggregate text, source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
  EXECUTE format('SELECT leadscore.%s::text FROM %s', aggregate, source) INTO result;
  RETURN result;
END $$;
SELECT p.merge, count(*) AS splits, count(*) FILTER (WHERE in_parts(p.partial, p.merge, 'lead', s.by_what, s.in_order) = w.whole) AS same, min(length(w.whole)) > 1 AS says_something
FROM pair AS p, LATERAL (SELECT whole(p.whole, 'lead') AS whole OFFSET 0) AS w, (VALUES ('mod(id, 5)', 'n'), ('mod(id, 5)', '-n'), ('id % 97', 'md5(n::text)'), ('id > 0', 'n')) AS s (by_what, in_order) GROUP BY p.merge ORDER BY p.merge COLLATE "C";

-- == One result for each lead, of which the events of any hour may be anywhere.
CREATE TABLE funnel_pair (whole text, partial text, merge text);
INSERT INTO funnel_pair
SELECT format('%s%s(''%s'', ''%s'', at, %s)', f.whole, s.mask, w.within, m.mode, s.steps), format('window_funnel%s_partial(''%s'', ''%s'', at, %s)', s.mask, w.within, m.mode, s.steps), f.whole || '_merge'
FROM unnest('{window_funnel,funnel_times,funnel_outcome}'::text[]) AS f (whole), unnest('{10 days,0,1000000000 days}'::text[]) AS w (within), unnest('{default,strict_order,"strict_deduplication,strict_increase",strict_once}'::text[]) AS m (mode),
  (VALUES ('', 'step'), ('', 'step IN (1, 4), step IN (2, 1), step >= 3'), ('_mask', '(1::bigint << step) - 1')) AS s (mask, steps);
INSERT INTO funnel_pair VALUES ('heat(points, at, ''7 days'')', 'heat_partial(points, at, ''7 days'')', 'heat_merge');
CREATE FUNCTION different(whole text, partial text, merge text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE result bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT lead, leadscore.%1$s::text AS r FROM event GROUP BY lead) AS w FULL JOIN (SELECT lead, leadscore.%3$s(part)::text AS r
    FROM (SELECT lead, leadscore.%2$s AS part FROM event GROUP BY lead, mod(extract(hour FROM at)::int, 5) UNION ALL SELECT lead, NULL FROM event) AS p GROUP BY lead) AS m USING (lead) WHERE w.r IS DISTINCT FROM m.r', whole, partial, merge) INTO result;
  RETURN result;
END $$;
SELECT merge, count(*) AS ways, sum(different(whole, partial, merge)) AS different FROM funnel_pair GROUP BY merge ORDER BY merge COLLATE "C";
SELECT leadscore.window_funnel('10 days', 'default', at, step) > 1 AS has_levels FROM event;

-- == Nothing, and NULL
SELECT leadscore.gains_partial(NULL, true) IS NULL AS gains, leadscore.reliability_partial(NULL, true, 5) IS NULL AS reliability, leadscore.window_funnel_partial('1 day', 'default', NULL, 1) IS NULL AS funnel,
  leadscore.training_partial(true, NULL, NULL, 'logistic', 'auto', NULL, false, false, NULL, '{a}', 1.0::float8) FILTER (WHERE false) IS NULL AS training;
SELECT leadscore.gains_merge(b), leadscore.psi_merge(b), leadscore.reliability_merge(b), leadscore.expected_calibration_error_merge(b), leadscore.brier_merge(b), leadscore.brier_decomposition_merge(b), leadscore.log_loss_merge(b),
  leadscore.auc_interval_merge(b), leadscore.isotonic_merge(b), leadscore.platt_merge(b), leadscore.window_funnel_merge(b), leadscore.funnel_times_merge(b), leadscore.funnel_outcome_merge(b), leadscore.training_merge(b) FROM (SELECT NULL::bytea AS b) AS s;
-- A part of leads none of which has an outcome is of no effect; alone there is nothing to learn from.
SELECT error_of('SELECT leadscore.training_merge(part) FROM (SELECT leadscore.training_partial(NULL, NULL, NULL, ''logistic'', ''auto'', NULL, false, false, NULL, ''{a}'', 1.0::float8) AS part) AS s');
SELECT leadscore.training_merge(part) = (SELECT leadscore.training(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{headcount}', headcount) FROM lead) AS same
FROM (SELECT leadscore.training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{headcount}', headcount) AS part FROM lead GROUP BY won IS NULL, id % 2) AS s;

-- == Bytes that are no part
CREATE TABLE part AS
SELECT 'auc' AS kind, leadscore.auc_partial(score, won) AS part, '{auc_interval_merge,isotonic_merge,platt_merge,gains_merge,psi_merge}'::text[] AS merges FROM lead WHERE id < 9
UNION ALL SELECT 'gains', leadscore.gains_partial(score, won, 5), '{gains_merge,psi_merge}' FROM lead WHERE id < 9
UNION ALL SELECT 'reliability', leadscore.reliability_partial(p, won), '{reliability_merge,brier_merge,brier_decomposition_merge,log_loss_merge,expected_calibration_error_merge}' FROM lead WHERE id < 9
UNION ALL SELECT 'funnel', leadscore.window_funnel_partial('10 days', 'strict_order', at, step), '{window_funnel_merge,funnel_times_merge,funnel_outcome_merge}' FROM event WHERE lead = 1
UNION ALL SELECT 'wide funnel', leadscore.window_funnel_mask_partial('10 days', 'default', at, 1::bigint << step), '{window_funnel_merge,funnel_times_merge,funnel_outcome_merge}' FROM event WHERE lead = 1
UNION ALL SELECT 'training', leadscore.training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, 5, '{source,headcount}', source, headcount), '{training_merge}' FROM lead WHERE id < 12
UNION ALL SELECT 'heat', leadscore.heat_partial(1, '2026-01-01', '1 day'), '{heat_merge}'
UNION ALL SELECT 'attribution', leadscore.attribution_partial('last', ARRAY[('a', '2026-01-01')::leadscore.touch], '2026-01-02'), '{attribution_merge}';
-- Each damaged byte, each cut and what is appended is refused by each merge.
CREATE FUNCTION refused(part bytea, merge text) RETURNS text LANGUAGE sql AS $$ SELECT left(error_of(format('SELECT leadscore.%I(%L::bytea)', merge, part)), 5) $$;
SELECT kind, merge, count(*) AS damaged, string_agg(DISTINCT refused(bad, merge), ' ' ORDER BY refused(bad, merge)) AS refused
FROM part, unnest(merges) AS merge, LATERAL (SELECT set_byte(part, byte, get_byte(part, byte) # 4) AS bad FROM generate_series(0, length(part) - 1) AS byte
  UNION ALL SELECT substr(part, 1, length) FROM generate_series(0, length(part) - 1) AS length UNION ALL SELECT part || b FROM unnest(ARRAY['\x00', part]::bytea[]) AS b) AS d
WHERE merge <> ALL ('{heat_merge,attribution_merge}') GROUP BY kind, merge ORDER BY kind, merge;
-- So is the part of another aggregate, after a good one too.
SELECT m.merge, string_agg(p.kind, ' ' ORDER BY p.kind) FILTER (WHERE refused(p.part, m.merge) = 'no er') AS accepts,
  count(*) FILTER (WHERE refused(p.part, m.merge) = '22P03') AS refuses, string_agg(DISTINCT left(error_of(format('SELECT leadscore.%I(b) FROM unnest(ARRAY[%L, %L]::bytea[]) AS b', m.merge, m.part, p.part)), 5), ' ') FILTER (WHERE refused(p.part, m.merge) = '22P03') AS after_a_good_one
FROM (SELECT merge, (array_agg(part ORDER BY kind))[1] AS part FROM part, unnest(merges) AS merge GROUP BY merge) AS m, part AS p GROUP BY m.merge ORDER BY m.merge COLLATE "C";
SELECT error_of('SELECT leadscore.gains_merge(''\x00'')') AS gains, error_of('SELECT leadscore.window_funnel_merge(''\x00'')') AS funnel, error_of('SELECT leadscore.training_merge(''\x00'')') AS training;
-- Parts of other parameters do not join.
SELECT error_of(format('SELECT leadscore.%s(part) FROM (SELECT leadscore.%s AS part FROM lead UNION ALL SELECT leadscore.%s FROM lead) AS s', merge, a, b)) FROM (VALUES
  ('gains_merge', 'gains_partial(score, won, 5)', 'gains_partial(score, won, 6)'), ('gains_merge', 'gains_partial(score, won)', 'gains_partial(score, won, 10)'), ('reliability_merge', 'reliability_partial(p, won, 5)', 'reliability_partial(p, won)'),
  ('window_funnel_merge', $$window_funnel_partial('1 day', 'default', created, 1)$$, $$window_funnel_partial('2 days', 'default', created, 1)$$), ('funnel_times_merge', $$window_funnel_partial('1 day', 'default', created, 1)$$, $$window_funnel_partial('1 day', 'strict_order', created, 1)$$),
  ('training_merge', $$training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{h}', headcount)$$, $$training_partial(won, created, NULL, 'logistic', 'auto', 1, true, false, NULL, '{h}', headcount)$$),
  ('training_merge', $$training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{h}', headcount)$$, $$training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{h}', source)$$)) AS t (merge, a, b);

-- == What was learned in parts is a model
SELECT leadscore.write_training('in parts', '{source,headcount,is_company}', leadscore.training_merge(part)::jsonb) > 0 AS written
FROM (SELECT leadscore.training_partial(won, created, NULL, 'logistic', 'auto', NULL, true, false, NULL, '{source,headcount,is_company}', source, headcount, is_company) AS part FROM lead GROUP BY tableoid) AS s;
SELECT leads FROM leadscore.train('whole', 'lead', 'won', '{source,headcount,is_company}', at => 'created', as_of => '2026-12-31');
SELECT count(*) > 5 AS criteria, count(*) FILTER (WHERE (a.condition, a.points, a.attribute, a.title, a.provenance -> 'leads') IS DISTINCT FROM (b.condition, b.points, b.attribute, b.title, b.provenance -> 'leads')) AS different
FROM (SELECT * FROM leadscore.criterion WHERE model = 'in parts') AS a FULL JOIN (SELECT * FROM leadscore.criterion WHERE model = 'whole') AS b USING (criterion);
SELECT count(*) > 5 AS has_terms FROM leadscore.training_terms('in parts');
SELECT error_of('SELECT leadscore.write_training(''m'', NULL, ''{}'')') AS null, error_of('SELECT leadscore.write_training(''m'', ''{a}'', ''{}'')') AS no_terms, error_of('SELECT leadscore.write_training(''m'', ''{a}'', ''{"terms": [{"kind": "bin", "column": 1}]}'')') AS of_other_features;

-- == Points from counts: what each partition counts, summed, is what calibrate() counts, and its formulas take counts
WITH counted AS (
  SELECT source, count(*) AS leads, count(*) FILTER (WHERE won) AS customers FROM lead WHERE won IS NOT NULL GROUP BY tableoid, source
), cell AS (
  SELECT source, sum(leads)::bigint AS leads, sum(customers)::bigint AS customers, sum(sum(leads)) OVER ()::bigint AS all_leads, sum(sum(customers)) OVER ()::bigint AS all_customers, count(*) OVER () AS groups FROM counted GROUP BY source
)
SELECT count(*) AS cells, bool_and(k.leads = c.leads AND k.customers = c.customers AND k.rate_lower = (leadscore.wilson(c.customers, c.leads, 0.95)).lower
  AND k.points = leadscore.weight_of_evidence(c.customers, c.leads - c.customers, c.all_customers, c.all_leads - c.all_customers, c.groups)) AS same
FROM cell AS c JOIN leadscore.calibrate('lead', 'won', ARRAY['source'], method => 'woe') AS k ON k.value IS NOT DISTINCT FROM c.source;

-- == Duplicates: leads distributed by each of their blocking keys; pairs are found where a key lies
CREATE TABLE contact (id int PRIMARY KEY, name text, email text, phone text);
INSERT INTO contact
SELECT n.id, (ARRAY['Анна Берг', 'Иван Щукин', 'Ольга Белова', 'Пётр Громов', 'Марк Лисин'])[1 + floor(r.a * 5)::int], CASE WHEN r.b < 0.7 THEN 'lead' || floor(r.c * 150) || '@firm' || floor(r.c * 150) || '.example' END,
  CASE WHEN r.b > 0.2 THEN '+7921555' || lpad(floor(r.c * 200)::text, 4, '0') END
FROM (SELECT generate_series(1, 250) AS id) AS n, LATERAL (SELECT random() AS a, random() AS b, random() AS c WHERE n.id > 0) AS r;
CREATE TABLE blocking (key bigint, id int, name text, email text, phone text) PARTITION BY HASH (key);
SELECT format('CREATE TABLE blocking_%s PARTITION OF blocking FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', n) FROM generate_series(0, 3) AS n \gexec
CREATE TABLE rule AS SELECT leadscore.match_rule_template('contact') AS document;
INSERT INTO blocking SELECT k.key, c.* FROM contact AS c, rule AS r, unnest(leadscore.blocking_keys(r.document, c)) AS k (key);
CREATE TABLE by_partition (a int, b int, probability float8);
SELECT format('INSERT INTO by_partition SELECT a.id, b.id, leadscore.match_probability(r.document, a, b) FROM %I AS a JOIN %1$I AS b ON a.key = b.key AND a.id < b.id, rule AS r', 'blocking_' || n) FROM generate_series(0, 3) AS n \gexec
CREATE TABLE by_all AS SELECT a.id AS a, b.id AS b, leadscore.match_probability(r.document, a, b) AS probability FROM contact AS a JOIN contact AS b ON a.id < b.id, rule AS r WHERE leadscore.blocking_keys(r.document, a) && leadscore.blocking_keys(r.document, b);
SELECT count(*) > 300 AS many_pairs, count(*) FILTER (WHERE p IS NULL OR a IS NULL) AS different FROM (SELECT DISTINCT * FROM by_partition) AS p FULL JOIN by_all AS a USING (a, b, probability);
SELECT count(DISTINCT tableoid) AS partitions, count(*) > count(DISTINCT id) AS leads_have_several_keys FROM blocking;
-- What find_duplicates() finds is among them, unless a block is too large to compare all of it.
SELECT count(*) AS found_beyond FROM leadscore.find_duplicates('contact') AS d LEFT JOIN by_all AS a ON least(d.lead_a::int, d.lead_b::int) = a.a AND greatest(d.lead_a::int, d.lead_b::int) = a.b WHERE a.a IS NULL;
-- Sure pairs become persons in parts, too.
SELECT leadscore.connected_components_merge(part)::text = (SELECT leadscore.connected_components(a::text, b::text)::text FROM by_all WHERE probability > 0.9) AS same_persons
FROM (SELECT leadscore.connected_components_partial(a::text, b::text) AS part FROM by_partition WHERE probability > 0.9 GROUP BY mod(a, 4)) AS s;

-- == The document form of scoring reads no table of the extension, the form by name does
CREATE TABLE model_document AS SELECT leadscore.export_model('in parts') AS document;
CREATE FUNCTION scans() RETURNS numeric LANGUAGE sql VOLATILE AS $$
  SELECT sum(pg_stat_get_xact_numscans(c.oid)) FROM pg_class AS c WHERE c.relnamespace = 'leadscore'::regnamespace
    OR c.oid IN (SELECT i.indexrelid FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid WHERE t.relnamespace = 'leadscore'::regnamespace) $$;
BEGIN;
SELECT scans() AS scans \gset
SELECT count(leadscore.score(d.document, l)) = count(*) AS scored, count((leadscore.evaluate(d.document, l)).score) = count(*) AS evaluated,
  count(leadscore.match_weight(r.document, c, c)) = count(*) AS weighed FROM lead AS l, model_document AS d, rule AS r, (SELECT c FROM contact AS c LIMIT 1) AS c (c);
SELECT scans() - :scans AS by_document;
SELECT count(leadscore.score('in parts', l)) = count(*) AS scored FROM lead AS l;
SELECT scans() - :scans > 0 AS by_name_reads;
SELECT count(*) AS different FROM lead AS l, model_document AS d WHERE leadscore.score(d.document, l) IS DISTINCT FROM leadscore.score('in parts', l);
ROLLBACK;

-- == Parts are made, and joined, by parallel workers
CREATE TABLE parts AS SELECT leadscore.gains_partial(score, won, 7) AS gains, leadscore.reliability_partial(p, won) AS reliability, leadscore.window_funnel_partial('10 days', 'default', created, id % 4) AS funnel FROM lead GROUP BY id % 500;
ANALYZE parts;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
CREATE FUNCTION is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line LIKE '%Partial %Aggregate%';
  END LOOP;
  RETURN found;
END $$;
SELECT is_parallel('SELECT leadscore.gains_merge(gains) FROM parts') AS gains, is_parallel('SELECT leadscore.reliability_merge(reliability) FROM parts') AS reliability, is_parallel('SELECT leadscore.window_funnel_merge(funnel) FROM parts') AS funnel,
  is_parallel('SELECT leadscore.gains_partial(score, won) FROM lead') AS partial;
SELECT leadscore.gains_merge(gains)::text = whole('gains(score, won, 7)', 'lead') AS gains, leadscore.reliability_merge(reliability)::text = whole('reliability(p, won)', 'lead') AS reliability,
  leadscore.funnel_times_merge(funnel)::text = whole('funnel_times(''10 days'', ''default'', created, id % 4)', 'lead') AS funnel FROM parts;
RESET ALL;

DROP TABLE lead, event, pair, funnel_pair, part, parts, contact, blocking, by_partition, by_all, rule, model_document CASCADE;
DROP FUNCTION in_parts, whole, different, refused, error_of, scans, is_parallel;
DROP EXTENSION leadscore;
