-- evaluate(): its reasons are those that explain() implies, whatever the model and the lead, and its rows are like any others.
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
CREATE TABLE leads (id integer PRIMARY KEY, a integer, b bigint, f float8, n numeric, s text, flag boolean, seen timestamptz);
-- Values by hash, so that every run sees the same ones.
CREATE FUNCTION pick(seed bigint, VARIADIC choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + (hashint8extended(seed, 42) & 2147483647) % cardinality(choices)] $$;
INSERT INTO leads SELECT i, pick(i*10, '-2', '0', '1', '2', '3', '7', NULL)::integer, pick(i*10+1, '0', '1', '5', '2147483648', NULL)::bigint, pick(i*10+2, '-0.5', '0', '2.5', 'NaN', 'Infinity', NULL)::float8,
  pick(i*10+3, '0.1', '3', '1e20', NULL)::numeric, pick(i*10+4, 'x', 'Жук', '', repeat('long ', 3000), NULL), pick(i*10+5, 'true', 'false', NULL)::boolean, pick(i*10+6, '2026-03-01', '2026-02-20', '-infinity', NULL)::timestamptz
FROM generate_series(1, 100) AS i;
-- Conditions for look-ups, for the core one by one, for PostgreSQL, and with as_of; points that tie, are zero, depend on the lead, are NULL.
CREATE FUNCTION card(c bigint, criteria integer) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('format', 1, 'model', jsonb_build_object('scale', pick(c, 'clamp', 'logistic')), 'dimensions', '[{"dimension": "d", "lower": -7, "upper": 9}]'::jsonb,
    'bands', '[{"kind": "grade", "label": "A", "from_score": 0}, {"kind": "grade", "label": "Отлично", "from_score": 50}, {"kind": "temperature", "label": "hot", "from_score": 60}]'::jsonb,
    'criteria', jsonb_agg(jsonb_build_object('criterion', 'c' || i, 'title', pick(c * 17 + i, 'Title ', 'Заголовок ', 'A title that is long enough to need a header of four bytes ' || repeat('.', 80)) || i,
      'condition', pick(c * 1000 + i, 'a < 2', 'a >= 2', 'a IN (1, 3, 7)', 'a IS NULL', 'b > 4', 'b = 1', 'f > 0', 'f <= 2.5', 'n >= 3', 'n < 3', 's = ''x''', 's <> ''x''', 's IN (''x'', ''Жук'')', 's IS NOT NULL', 'flag',
        'NOT flag', 'flag IS NOT TRUE', 'true', 'false', 'NULL', 'seen > as_of - interval ''5 days''', 'seen < as_of', 'a > 1 AND s = ''x''', 's LIKE ''Ж%''', 'lower(s) = ''жук''', 'a + b > 3'),
      'points', pick(c * 1000 + i + 500, '1', '2', '3', '-1', '-2', '-3', '0', '0.1', '12.5', '-100', '1e15', '1e-300', 'NULL', 'a', '-3 * a', 'a * 0'),
      'attribute', t.attribute, 'dimension', CASE t.attribute WHEN 'p' THEN 'd' WHEN 'q' THEN NULL ELSE pick(c * 13 + i, 'd', NULL) END) ORDER BY i))
  FROM generate_series(1, criteria) AS i, LATERAL (SELECT pick(c * 11 + i, 'p', 'q', NULL, NULL, NULL)) AS t (attribute)
$$;
CREATE FUNCTION by_evaluate(document jsonb, as_columns boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  answer text;
  query text := 'SELECT string_agg((e).score || (e).reasons::text, '' '' ORDER BY id) FROM (SELECT id, leadscore.evaluate(%s, l, ''2026-03-02'') FROM leads AS l OFFSET 0) AS x (id, e)';
BEGIN
  IF as_columns THEN
    EXECUTE format(query, quote_literal(document) || '::jsonb') INTO answer;
  ELSE
    EXECUTE format(query, '$1') INTO answer USING document;
  END IF;
  RETURN answer;
END $$;
CREATE FUNCTION by_explain(document jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(leadscore.score(document, l, '2026-03-02') || array(
    SELECT CASE WHEN x.contribution < 0 THEN '' ELSE '+' END || x.contribution || ' ' || x.title
    FROM leadscore.explain(document, l, '2026-03-02') AS x JOIN jsonb_array_elements(document -> 'criteria') WITH ORDINALITY AS c (criterion, place) ON c.criterion ->> 'criterion' = x.criterion
    WHERE x.kind = 'criterion' AND x.contribution <> 0 ORDER BY abs(x.contribution) DESC, c.place LIMIT 5)::text, ' ' ORDER BY l.id)
  FROM leads AS l
$$;
CREATE TABLE cards AS SELECT c, card(c, pick(c * 3, '1', '3', '12', '40', '150')::integer) AS document FROM generate_series(1, 80) AS c;
SELECT count(*) FILTER (WHERE by_evaluate(document, false) IS DISTINCT FROM by_explain(document)) AS differ_by_row, count(*) FILTER (WHERE by_evaluate(document, true) IS DISTINCT FROM by_explain(document)) AS differ_by_columns,
  count(DISTINCT by_explain(document)) > 70 AS they_vary
FROM cards;

-- A row of it is what PostgreSQL would make of its columns: in a table, compared, hashed, sorted, as text, whatever of it is NULL and however long its texts are.
CREATE TABLE evaluations AS SELECT c, l.id, leadscore.evaluate(document, l, '2026-03-02') AS e FROM cards, leads AS l WHERE l.id <= 40;
INSERT INTO evaluations SELECT 0, l.id, leadscore.evaluate('{"format": 1, "model": {}, "target_criteria": [{"criterion": "t", "condition": "a > 1"}, {"criterion": "u", "condition": "b > 1"}],
  "stages": [{"stage": "lead", "stage_no": 1, "kind": "open"}], "stage_rules": [{"stage": "lead", "rule": "any", "condition": "true"}]}'::jsonb, l) FROM leads AS l;
SELECT count(*) > 3000 AS rows, count(*) FILTER (WHERE e IS DISTINCT FROM formed OR e *<> formed OR hash_record_extended(e, 7) <> hash_record_extended(formed, 7) OR e::text::leadscore.evaluation IS DISTINCT FROM e) AS differ,
  count(DISTINCT e) = count(DISTINCT formed) AS as_many, count((e).stage) AS stages, count((e).target) AS targets, count((e).probability) > 1000 AS probabilities, count(*) FILTER (WHERE (e).reasons = '{}') > 100 AS without_reasons
FROM (SELECT e, ROW((e).score, (e).raw_score, (e).probability, (e).grade, (e).temperature, (e).stage, (e).target, (e).failed_criteria, (e).unknown_criteria, (e).reasons)::leadscore.evaluation AS formed FROM evaluations) AS x;
SELECT count(*) FROM evaluations AS v JOIN cards USING (c) JOIN leads AS l USING (id) WHERE v.e *<> leadscore.evaluate(document, l, '2026-03-02');

-- Where its type has other columns than the library knows, it says so, and is well again when the type is.
SELECT count(leadscore.evaluate(document, l)) FROM cards, leads AS l WHERE c = 1;
BEGIN;
ALTER TYPE leadscore.evaluation ADD ATTRIBUTE more integer CASCADE;
SAVEPOINT s;
SELECT count(leadscore.evaluate(document, l)) FROM cards, leads AS l WHERE c = 1;
ROLLBACK TO s;
ROLLBACK;
SELECT count(leadscore.evaluate(document, l)) FROM cards, leads AS l WHERE c = 1;
DROP TABLE evaluations, cards, leads;
DROP EXTENSION leadscore;
DROP FUNCTION by_evaluate(jsonb, boolean), by_explain(jsonb), card(bigint, integer), pick(bigint, text[]);
