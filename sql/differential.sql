-- The same answer as a plain WHERE: random conditions over every common type, random rows with NULL, NaN, infinities.
-- For each condition: the rows where it is true, and the rows where it is NULL, or the error that both raise.
CREATE EXTENSION leadscore;
\set conditions 4000
SET TimeZone = 'Europe/Moscow';
CREATE TYPE mood AS ENUM ('cold', 'warm', 'hot');
CREATE DOMAIN positive AS integer CHECK (VALUE >= 0);
CREATE DOMAIN short_text AS varchar(8) COLLATE "C";
CREATE TYPE address AS (city text, house integer);
CREATE TABLE t (
  id integer PRIMARY KEY, dropped text, b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision, n numeric, c char(3), v varchar(5),
  s text, s_c text COLLATE "C", s_posix text COLLATE "POSIX", d date, ts timestamp, tz timestamptz, ti time, iv interval, m mood, p positive, st short_text, u uuid, j jsonb,
  ai integer[], at text[], am mood[], ad date[], ip inet, r int4range, a address, bits bit(4), o oid
);
ALTER TABLE t DROP dropped;
-- Values by hash, so that every run sees the same ones.
CREATE FUNCTION pick(seed bigint, VARIADIC choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT choices[1 + (hashint8extended(seed, 42) & 2147483647) % cardinality(choices)] $$;
INSERT INTO t SELECT n, pick(n*100+1, 'true', 'false', NULL)::boolean, pick(n*100+2, '-1', '0', '1', '32767', NULL)::smallint, pick(n*100+3, '-2147483648', '-1', '0', '5', '120', '2147483647', NULL)::integer,
  pick(n*100+4, '-9223372036854775808', '0', '5', '2147483648', NULL)::bigint, pick(n*100+5, 'NaN', 'Infinity', '-Infinity', '0', '0.1', '-0', NULL)::real,
  pick(n*100+6, 'NaN', 'Infinity', '-Infinity', '0', '0.1', '-0', '1e308', '5e-324', NULL)::float8, pick(n*100+7, 'NaN', 'Infinity', '-Infinity', '0', '0.1', '0.10', '1e100', '-1e100', '-5', '5', '4.9999', '0.00005', '-0.00005', '120.5', '999999999999.9999', '1000000000000', NULL)::numeric,
  pick(n*100+8, 'a', 'a  ', 'Ж', '', NULL), pick(n*100+9, 'a', 'a  ', 'Жук', '', NULL), pick(n*100+10, 'a', 'A', 'Жук', 'жук', 'Ёж', '', ' ', 'a%b', 'a_b', 'a\b', 'ООО «Ромашка»', NULL),
  pick(n*100+11, 'a', 'A', 'Жук', 'ё', '', NULL), pick(n*100+12, 'a', 'B', 'ж', NULL), pick(n*100+13, '-infinity', 'infinity', '2026-03-01', '1900-01-01', '2000-02-29', NULL)::date,
  pick(n*100+14, '-infinity', 'infinity', '2026-03-01 02:30', '2026-03-29 02:30', NULL)::timestamp, pick(n*100+15, '-infinity', 'infinity', '2026-02-28 21:00+00', '2026-03-01 00:00+03', '1970-01-01 00:00+00', NULL)::timestamptz,
  pick(n*100+16, '00:00', '24:00', '13:30:15.5', NULL)::time, pick(n*100+17, '0', '1 day', '24 hours', '-1 month', '30 days', NULL)::interval, pick(n*100+18, 'cold', 'warm', 'hot', NULL)::mood,
  pick(n*100+19, '0', '5', '120', NULL)::integer, pick(n*100+20, 'a', 'A', 'Жук', '', NULL), pick(n*100+21, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', NULL)::uuid,
  pick(n*100+22, '{"k": 1}', '{"k": "1"}', '[1, null]', 'null', '{}', NULL)::jsonb, pick(n*100+23, '{}', '{1,NULL,5}', '{{1,2},{3,4}}', '[0:1]={5,6}', NULL)::integer[], pick(n*100+24, '{}', '{a,NULL}', '{"",Жук}', NULL)::text[],
  pick(n*100+25, '{}', '{cold,hot}', '{NULL}', NULL)::mood[], pick(n*100+26, '{}', '{2026-03-01,infinity}', NULL)::date[], pick(n*100+27, '10.0.0.1', '::1', '10.0.0.0/8', NULL)::inet,
  pick(n*100+28, 'empty', '[1,5)', '(,3]', NULL)::int4range, pick(n*100+29, '(Москва,5)', '(,)', NULL)::address, pick(n*100+30, '0101', '1111', NULL)::bit(4), pick(n*100+31, '0', '5', '4294967295', NULL)::oid
FROM generate_series(1, 60) AS n;

CREATE FUNCTION operand(seed bigint, kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE kind
    WHEN 'number' THEN pick(seed, 'i2', 'i4', 'i8', 'f4', 'f8', 'n', 'p', '0', '5', '-1', '0.1', '1e3', '''NaN''::float8', '''5''', 'i4 + 1', 'f8 * 2', 'n / 3', 'abs(i4)', 'round(n)', 'length(s)', 'coalesce(i4, 0)', 'i8 - i4',
      'greatest(i2, i4, 3)', 'nullif(i4, 5)', 'i4 % 7', 'extract(year FROM d)', 'extract(hour FROM tz)', 'extract(epoch FROM ts)', 'ai[1]', 'array_length(ai, 1)', 'date_part(''dow'', tz)', 'CASE WHEN b THEN i4 ELSE f8 END', 'floor(f8)', '(a).house', 'NULL')
    WHEN 'string' THEN pick(seed, 's', 's_c', 'v', 'c', 'st', '''a''', '''Жук''', '''''', '''a  ''', 'lower(s)', 'upper(s)', 's || v', 'substr(s, 2)', 'trim(s)', 'coalesce(s, ''x'')', 'replace(s, ''a'', ''b'')', 's COLLATE "C"', 'm::text',
      'i4::text', 'j ->> ''k''', 'at[1]', 'left(s, 1)', '(a).city', 'CASE m WHEN ''hot'' THEN s ELSE v END', 'translate(s, ''ж'', ''з'')', 'md5(s)', 'NULL')
    WHEN 'time' THEN pick(seed, 'd', 'ts', 'tz', '''2026-03-01''', '''2026-03-01 00:00+03''::timestamptz', 'as_of', 'tz + iv', 'ts - iv', 'd + 1', 'tz - interval ''30 days''', 'date_trunc(''month'', tz)', 'tz::date', 'd::timestamptz', 'ts AT TIME ZONE ''UTC''',
      'tz AT TIME ZONE ''Asia/Kathmandu''', '''infinity''', 'coalesce(tz, as_of)', 'greatest(d, ''2000-01-01'')', 'NULL')
    WHEN 'mood' THEN pick(seed, 'm', '''hot''', 'coalesce(m, ''cold'')', 'am[1]', 'NULL')
    WHEN 'array' THEN pick(seed, 'ai', '''{1,5}''', 'ARRAY[i4, 5]', 'ai || 5', 'array_append(ai, i4)')
    WHEN 'other' THEN pick(seed, 'u', 'j', 'ip', 'r', 'bits', 'o', 'ti', 'iv', 'b')
  END $$;
CREATE FUNCTION comparison(seed bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  kind text := pick(seed, 'number', 'number', 'number', 'string', 'string', 'string', 'time', 'time', 'mood', 'array');
  operator text := pick(seed + 1, '=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM');
  l text := operand(seed + 2, kind);
  r text := operand(seed + 3, kind);
  x text;
BEGIN
  CASE (hashint8extended(seed, 7) & 1023) % 16
    WHEN 0 THEN RETURN format('%s IS %sNULL', l, pick(seed + 4, '', 'NOT '));
    WHEN 1 THEN RETURN format('%s %sBETWEEN %s%s AND %s', l, pick(seed + 4, '', 'NOT '), pick(seed + 6, '', 'SYMMETRIC '), r, operand(seed + 5, kind));
    WHEN 2 THEN RETURN format('%s %sIN (%s, %s)', l, pick(seed + 4, '', 'NOT '), r, operand(seed + 5, kind));
    WHEN 3 THEN RETURN format('%s %s %s', operand(seed + 2, 'string'), pick(seed + 4, 'LIKE', 'NOT LIKE', 'ILIKE', '~', '!~*', 'SIMILAR TO', '^@'), pick(seed + 5, '''a%''', '''%''', '''Ж_к''', '''a\_b''', '''^[а-я]+''', 's', '''''', 'v'));
    WHEN 4 THEN RETURN format('%s %s ANY (%s)', pick(seed + 4, 'i4', 'i2', '5', 'p'), operator, pick(seed + 5, 'ai', '''{1,5}''', 'ARRAY[i4, i8]'));
    WHEN 5 THEN RETURN format('%s %s ai', pick(seed + 4, '''{5}''', 'ARRAY[i4]'), pick(seed + 5, '<@', '@>', '&&'));
    WHEN 6 THEN x := operand(seed + 4, 'other'); RETURN format('%s %s %s', x, operator, pick(seed + 5, x, 'NULL'));
    WHEN 7 THEN RETURN format('(%s, %s) %s (%s, %s)', l, operand(seed + 4, 'number'), pick(seed + 5, '=', '<', '>=', '<>'), r, operand(seed + 6, 'number'));
    WHEN 8 THEN RETURN pick(seed + 4, 'b', 'NOT b', 'b IS TRUE', 'b IS NOT UNKNOWN', 'b = true', 'm > ''cold''', 'm IN (''hot'', ''warm'')', 'am @> ''{hot}''', 'at = ''{a,NULL}''', '''Жук'' = ANY (at)', 'ad[1] > d', 'd = ALL (ad)', 'j @> ''{"k": 1}''',
      'j ? ''k''', 'ip <<= ''10.0.0.0/8''', 'r @> 3', 'r && ''[2,9]''', 'a IS NULL', 'a IS NOT NULL', 'bits = B''0101''', 'ti > ''13:00''', 'iv > ''1 day''', 'iv = ''24 hours''', 'p > 4', 'p = i8', 'st = ''a''', 'st < s', 'c = ''a''', 'c || ''x'' = ''ax''', 'v = ''a''',
      'c = v', 'v LIKE c', 'f4 = 0.1', 'f4 = 0.1::real', 'n = 0.1', 'i4 = ''5''', 'i4 > 2.5', 's_c < s COLLATE "C"', 'u = ''00000000-0000-0000-0000-000000000000''', 'o > 4', 'j -> ''k'' = ''1''', '(a).house = 5', 'ROW(i4, s) IS NOT NULL', 'ts > tz', 'd < tz', 'tz = ts', 's_c = s_posix',
      'lead.i4 > 0', '''a'' IS NOT NULL', 'age(tz, as_of) < ''1 year''', '(d, d) OVERLAPS (''2026-01-01'', ''2027-01-01'')');
    ELSE RETURN format('%s %s %s', l, operator, r);
  END CASE;
END $$;
CREATE FUNCTION condition(seed bigint, depth integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF depth = 0 OR (hashint8extended(seed, 9) & 1023) % 3 = 0 THEN
    RETURN comparison(seed * 10);
  END IF;
  RETURN pick(seed + 1, format('(%s) AND (%s)', condition(seed * 2, depth - 1), condition(seed * 2 + 1, depth - 1)), format('(%s) OR (%s)', condition(seed * 2, depth - 1), condition(seed * 2 + 1, depth - 1)),
    format('NOT (%s)', condition(seed * 2, depth - 1)), format('CASE WHEN %s THEN %s END', condition(seed * 2, depth - 1), condition(seed * 2 + 1, depth - 1)), format('coalesce(%s, %s)', condition(seed * 2, depth - 1), condition(seed * 2 + 1, depth - 1)),
    format('(%s) IS NOT TRUE', condition(seed * 2, depth - 1)));
END $$;

-- Conditions of the shapes that run natively: columns of every such type, constants of every type they are compared with.
CREATE FUNCTION simple(seed bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  kind text := pick(seed, 'i2', 'i4', 'i8', 'p', 'f4', 'f8', 'n', 'n', 'd', 'ts', 'tz', 'ti', 's', 's_c', 'v', 'st', 'm', 'b');
  operator text := pick(seed + 1, '=', '<>', '<', '<=', '>', '>=', '=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM');
  constants text[] := CASE kind
    WHEN 'i2' THEN ARRAY['0', '-1', '32767', '5::bigint', '2147483647', '''1''', '(-32768)::smallint', '0.5', '1.0', '1::float8']
    WHEN 'i4' THEN ARRAY['0', '5', '(-2147483648)::integer', '120::smallint', '2147483648', '''-1''', '9223372036854775807', '4.5', '5.0', '-1e12', '119.99::float8']
    WHEN 'i8' THEN ARRAY['0', '5::smallint', '5::integer', '2147483648', '(-9223372036854775808)::bigint', '5.0', '2147483647.9999', '1e13', '2147483648::float8', '-1e30']
    WHEN 'p' THEN ARRAY['0', '5', '120::bigint', '4::smallint', '4.5']
    WHEN 'f4' THEN ARRAY['0', '0.1::real', '0.1::float8', '''NaN''', '''Infinity''', '''-Infinity''::float8', '''-0''']
    WHEN 'f8' THEN ARRAY['0::float8', '0.1', '0.1::real', '''NaN''', '''Infinity''::real', '''-Infinity''', '1e308', '5e-324::float8', '''-0''']
    WHEN 'n' THEN ARRAY['0', '0.1', '0.10', '-5.0', '''NaN''', '''Infinity''', '''-Infinity''::numeric', '1e100', '0.00005', '4.9999', '999999999999.9999', '1e12', '5::bigint', '120.5::float8', '''-0.0''']
    WHEN 'm' THEN ARRAY['''cold''', '''warm''', '''hot''']
    WHEN 'd' THEN ARRAY['''2026-03-01''', '''infinity''', '''-infinity''', '''1900-01-01''::date', '''2000-02-29''']
    WHEN 'ts' THEN ARRAY['''2026-03-01 02:30''', '''infinity''', '''-infinity''::timestamp', '''2026-03-29''']
    WHEN 'tz' THEN ARRAY['''2026-03-01''', '''2026-02-28 21:00+00''', '''infinity''', '''-infinity''', 'as_of', 'as_of - interval ''30 days''', 'as_of + interval ''-1 month 3 days''', 'as_of - interval ''1 day''', '''1970-01-01 03:00''::timestamptz']
    WHEN 'ti' THEN ARRAY['''00:00''', '''24:00''', '''13:30:15.5''']
    WHEN 's' THEN ARRAY['''a''', '''Жук''', '''''', '''A''::varchar', '''ООО «Ромашка»''', '''a\b''']
    WHEN 's_c' THEN ARRAY['''a''', '''ё''', '''''']
    WHEN 'v' THEN ARRAY['''a''', '''a  ''', '''Жук''', '''''::text']
    WHEN 'st' THEN ARRAY['''a''', '''A''', '''Жук''']
    ELSE ARRAY['true', 'false'] END;
  one text := pick(seed + 2, VARIADIC constants);
  two text := pick(seed + 3, VARIADIC constants);
  is_text boolean := kind IN ('s', 's_c', 'v', 'st');
  has_order boolean := NOT is_text AND kind <> 'm';
BEGIN
  IF NOT has_order AND operator IN ('<', '<=', '>', '>=') THEN
    operator := pick(seed + 4, '=', '<>');
  END IF;
  CASE (hashint8extended(seed, 11) & 1023) % 10
    WHEN 0 THEN RETURN format('%s IS %sNULL', pick(seed + 5, kind, 'j', 'ai', 'm', 'n'), pick(seed + 4, '', 'NOT '));
    WHEN 1 THEN RETURN format('%s %sIN (%s, %s%s)', kind, pick(seed + 4, '', 'NOT '), one, two, pick(seed + 5, '', ', NULL'));
    WHEN 2 THEN RETURN format('%s %s %s', one, operator, kind);
    WHEN 3 THEN RETURN CASE WHEN is_text THEN format('%s %s %s', kind, pick(seed + 4, 'LIKE', 'NOT LIKE', '^@'), pick(seed + 5, '''a%''', '''%''', '''Ж%''', '''a''', '''''', '''ООО%''', '''a\%'''))
      ELSE format('%s BETWEEN %s AND %s', kind, one, two) END;
    WHEN 4 THEN RETURN pick(seed + 4, 'b', 'NOT b', 'b IS TRUE', 'b IS NOT FALSE', 'b IS UNKNOWN', 'b IS NOT UNKNOWN', 'b IS NOT TRUE', 'b IS FALSE');
    ELSE RETURN format('%s %s %s', kind, operator, one);
  END CASE;
END $$;
CREATE FUNCTION compound(seed bigint, depth integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF depth = 0 OR (hashint8extended(seed, 13) & 1023) % 4 = 0 THEN
    RETURN simple(seed * 10);
  END IF;
  RETURN pick(seed + 1, format('(%s) AND (%s)', compound(seed * 2, depth - 1), compound(seed * 2 + 1, depth - 1)), format('(%s) OR (%s) OR (%s)', compound(seed * 2, depth - 1), compound(seed * 2 + 1, depth - 1), simple(seed * 10 + 7)),
    format('NOT (%s)', compound(seed * 2, depth - 1)), format('(%s) IS NOT TRUE', compound(seed * 2, depth - 1)), format('(%s) IS NULL', compound(seed * 2, depth - 1)), format('(%s) IS NOT FALSE', compound(seed * 2, depth - 1)));
END $$;

-- What the model says, and what a WHERE says: two arrays of identifiers, or an SQLSTATE.
CREATE FUNCTION by_model(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  SELECT format('%s %s', array_agg(t.id ORDER BY t.id) FILTER (WHERE e.note = 'met'), array_agg(t.id ORDER BY t.id) FILTER (WHERE e.note = 'unknown')) INTO answer
  FROM t, leadscore.explain(jsonb_build_object('format', 1, 'model', '{"time_zone": "Europe/Moscow"}'::jsonb,
    'criteria', jsonb_build_array(jsonb_build_object('criterion', 'c', 'condition', condition, 'points', 1))), t, '2026-03-01 12:00+03') AS e WHERE e.kind = 'criterion';
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE FUNCTION by_where(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; plain text := regexp_replace(regexp_replace(condition, 'as_of', '''2026-03-01 12:00+03''::timestamptz', 'g'), 'lead\.', 't.', 'g');
BEGIN
  EXECUTE format('SELECT format(''%%s %%s'', (SELECT array_agg(id ORDER BY id) FROM t WHERE %s), (SELECT array_agg(id ORDER BY id) FROM t WHERE (%s) IS NULL))', plain, plain) INTO answer;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE TABLE answers AS
SELECT n, CASE WHEN n % 2 = 0 THEN condition(n, 3) ELSE compound(n, 3) END AS condition, NULL::text AS model, NULL::text AS plain FROM generate_series(1, :conditions) AS n;
UPDATE answers SET model = by_model(condition), plain = by_where(condition);
SELECT count(*) > 0.6 * :conditions AS most_have_answers FROM answers WHERE plain !~ '^[0-9A-Z]{5}$';
-- Where two parts of an AND would fail, the planner chooses which of them a WHERE tries first; that both fail is what counts.
DELETE FROM answers WHERE model <> plain AND model ~ '^2[0-9A-Z]{4}$' AND plain ~ '^2[0-9A-Z]{4}$';
SELECT count(*) > 0.99 * :conditions AS compared, count(*) FILTER (WHERE model IS DISTINCT FROM plain) AS different FROM answers;
SELECT condition, left(model, 60) AS model, left(plain, 60) AS plain FROM answers WHERE model IS DISTINCT FROM plain ORDER BY length(condition) LIMIT 10;
SELECT count(*) AS not_allowed FROM answers WHERE model = '42P17';

-- Most of these conditions run natively, in the core; in the executor (which nullif() compels) they say the same.
INSERT INTO leadscore.model (model, time_zone) VALUES ('m', 'Europe/Moscow');
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'm', n, condition, '1' FROM answers WHERE plain !~ '^[0-9A-Z]{5}$';
SELECT count(*) FILTER (WHERE path = 'native') > 0.5 * count(*) AS most_are_native, count(*) FILTER (WHERE path = 'constant') < 0.2 * count(*) AS few_are_constant
FROM leadscore.condition_paths('m', 't');
SELECT count(*) AS different FROM answers JOIN leadscore.condition_paths('m', 't') AS p ON p.criterion = answers.n::text AND p.path = 'native'
WHERE by_model(format('nullif((%s), NULL::boolean)', condition)) IS DISTINCT FROM answers.model;
-- Criteria over one column are one look-up in score(): it says the same as criterion by criterion, which is how explain()
-- and evaluate() work; and as a row or as the columns that the planner passes.
CREATE FUNCTION by_score(document jsonb, as_columns boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  IF as_columns THEN
    EXECUTE format('SELECT string_agg(leadscore.score(%L::jsonb, t, ''2026-03-01 12:00+03'')::text, '' '' ORDER BY id) FROM t', document) INTO answer;
  ELSE
    SELECT string_agg(leadscore.score(document, t, '2026-03-01 12:00+03')::text, ' ' ORDER BY id) INTO answer FROM t;
  END IF;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE FUNCTION by_explain(document jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text;
BEGIN
  SELECT string_agg(s.score::text, ' ' ORDER BY s.id) INTO answer
  FROM (SELECT t.id, sum(e.contribution) AS score FROM t, leadscore.explain(document, t, '2026-03-01 12:00+03') AS e GROUP BY t.id) AS s;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
CREATE TABLE cards AS
SELECT c AS card, jsonb_build_object('format', 1, 'model', '{"time_zone": "Europe/Moscow", "lower": -1000, "upper": 1000}'::jsonb, 'dimensions', '[{"dimension": "d", "lower": -7, "upper": 9}]'::jsonb,
  'criteria', jsonb_agg(jsonb_build_object('criterion', n::text, 'condition', condition, 'points', pick(c * 7 + n, '1', '2.5', '-4', '0', '8', 'NULL', 'i4 * 0.5'), 'attribute', a.attribute,
    'dimension', CASE a.attribute WHEN 'a' THEN 'd' WHEN 'b' THEN NULL ELSE pick(c * 13 + n, 'd', NULL) END) ORDER BY n)) AS document
FROM generate_series(1, 300) AS c JOIN answers ON answers.n % 300 = c % 300 AND plain !~ '^[0-9A-Z]{5}$', LATERAL (SELECT pick(c * 11 + n, 'a', 'b', NULL, NULL, NULL)) AS a (attribute)
GROUP BY c
UNION ALL
SELECT 1000 + c, jsonb_build_object('format', 1, 'model', '{"time_zone": "Europe/Moscow", "lower": -1000, "upper": 1000}'::jsonb,
  'criteria', jsonb_agg(jsonb_build_object('criterion', n::text, 'condition', CASE WHEN n = 20 THEN 'true' ELSE s.condition END, 'points', (n * 0.5 - 4)::text, 'attribute', CASE WHEN c % 3 > 0 THEN 'one' WHEN n % 2 = 0 THEN 'two' END) ORDER BY n))
FROM generate_series(1, 200) AS c, generate_series(1, 20) AS n, LATERAL (SELECT simple(c * 1000 + n * 20) AS condition) AS s
WHERE by_where(s.condition) !~ '^[0-9A-Z]{5}$' AND s.condition ~ ('\m' || pick(c, 'i4', 'i8', 'n', 'f8', 's', 'tz', 'd', 'm') || '\M')
GROUP BY c;
SELECT count(*) > 400 AS compared, count(*) FILTER (WHERE by_score(document, false) IS DISTINCT FROM by_explain(document)) AS differ_by_row, count(*) FILTER (WHERE by_score(document, true) IS DISTINCT FROM by_explain(document)) AS differ_by_columns,
  count(*) FILTER (WHERE by_explain(document) ~ '^[0-9A-Z]{5}$') < 0.3 * count(*) AS few_fail, count(DISTINCT by_explain(document)) > 300 AS they_vary FROM cards;
DROP TABLE answers, cards, t;
DROP EXTENSION leadscore;
DROP FUNCTION by_score(jsonb, boolean), by_explain(jsonb), by_model(text), by_where(text), simple(bigint), compound(bigint, integer), condition(bigint, integer), comparison(bigint), operand(bigint, text), pick(bigint, text[]);
DROP TYPE mood, positive, short_text, address;
