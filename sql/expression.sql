-- Conditions and points: what is refused, when, with which SQLSTATE and where.
CREATE EXTENSION leadscore;
CREATE TYPE mood AS ENUM ('cold', 'warm', 'hot');
CREATE DOMAIN phone_number AS text CHECK (VALUE ~ '^[+0-9]+$');
CREATE TABLE leads (
  id integer PRIMARY KEY,
  name text,
  headcount integer,
  budget numeric,
  rate double precision,
  price money,
  phone phone_number,
  mood mood,
  tags text[],
  born date,
  created_at timestamptz,
  visited timestamp,
  payload jsonb,
  as_of integer,
  is_duplicate boolean
);
INSERT INTO leadscore.model (model) VALUES ('m');

-- At INSERT a condition is parsed as exactly one expression; nothing is looked up.
CREATE FUNCTION written(condition text, points text DEFAULT '1') RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text;
BEGIN
  DELETE FROM leadscore.criterion WHERE model = 'm';
  INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', condition, points);
  RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
  RETURN state || ' ' || message;
END $$;
CREATE FUNCTION scored(condition text, points text DEFAULT '1') RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; result float8;
BEGIN
  DELETE FROM leadscore.criterion WHERE model = 'm';
  INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', condition, points);
  SELECT leadscore.score('m', l, '2026-06-15 12:00+00') INTO STRICT result FROM leads AS l;
  RETURN 'score ' || result;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
  RETURN state || ' ' || message;
END $$;
CREATE TEXT SEARCH CONFIGURATION public.mine (COPY = simple);
INSERT INTO leads VALUES (1, 'Иванов', 120, 5e6, 0.5, 10, '+74951234567', 'warm', '{a,b}', '2000-02-29',
  '2026-06-01 00:00+00', '2026-06-01', '{"k": 1}', 7, true);

SELECT condition, written(condition) FROM (VALUES
  ('no_such_column > no_such_function(1)'),
  (''), ('   '), ('true, false'), ('true AS x'), ('true x'), ('headcount >'), ('(headcount > 1'), ('true; DROP TABLE leads'),
  ('true) OR (true'), ('true FROM leads'), ('true WHERE false'), ('DISTINCT true'), ('true ORDER BY 1'), ('true LIMIT 1'),
  ('SELECT true'), ('*'), ('lead.*'), ('lead'), ('headcount > (SELECT 1)'), ('EXISTS (SELECT)'), ('headcount IN (SELECT 1)'),
  ('ARRAY(SELECT 1) = tags'), ('$1 > 1'), ('count(*) > 1'), ('sum(DISTINCT headcount) > 1'), ('max(headcount) FILTER (WHERE true) > 1'),
  ('percentile_cont(0.5) WITHIN GROUP (ORDER BY headcount) > 1'), ('rank() OVER () > 1'), ('GROUPING(headcount) = 0'),
  ('now() > created_at'), ('pg_catalog.now() > created_at'), ('CLOCK_TIMESTAMP() > created_at'), ('CURRENT_DATE > born'),
  ('CURRENT_TIMESTAMP > created_at'), ('LOCALTIME IS NULL'), ('current_user = name'), ('session_user = name'), ('CURRENT_SCHEMA = name'),
  ('public.f(headcount)'), ('headcount OPERATOR(public.=) 1'), ('headcount OPERATOR(pg_catalog.=) 1'), ('headcount::public.mytype = 1'),
  ('created_at > ''now'''), ('created_at > ''  Today '''), ('born = ''yesterday''::date'), ('born = date ''tomorrow'''),
  ('name = ''now''::text'), ('name = ''now or never'''), ('name = ''nowhere'''), ('xmlparse(document name) IS NULL'),
  ('name = U&''\0410'''), ('name = E''a\nb'''), ('name = $q$its$q$'), ('-- only a comment'), ('true -- a comment'), ('/* x */ true')
) AS t (condition);
SELECT points, written('true', points) FROM (VALUES
  ('1'), ('-1.5e3'), ('1e999'), ('-1e999'), ('''NaN'''), ('''Infinity''::float8'), ('headcount * 0.1'), ('now()'), ('(SELECT 1)'), ('')
) AS t (points);
SELECT written(NULL), written('true', NULL);

-- Size and depth have limits.
SELECT left(written('name = ''' || repeat('x', 1000000) || ''''), 60);
SELECT left(written(repeat('(', 10000) || 'true' || repeat(')', 10000)), 60);
SELECT left(written(repeat('NOT ', 10000) || 'true'), 60);
SELECT left(scored('headcount' || repeat('+1', 4000) || ' > 0'), 60);
SELECT left(scored(repeat('(', 4000) || 'true' || repeat(')', 4000)), 60);
SELECT left(scored('name' || repeat('||name', 4000) || ' > '''''), 60);
SELECT scored('headcount IN (' || string_agg(i::text, ',') || ')') FROM generate_series(1, 3000) AS i;

-- At first use with a row type everything is resolved and checked.
SELECT condition, scored(condition) FROM (VALUES
  ('headcount >= 100'), ('Headcount >= 100'), ('lead.headcount >= 100'), ('leads.headcount >= 100'), ('"headcount" >= 100'), ('"Headcount" >= 100'),
  ('headcnt >= 100'), ('ctid IS NULL'), ('tableoid = 0'), ('headcount'), ('name'), ('NULL'), ('headcount > true'), ('headcount > ''abc'''),
  ('budget > ''1e6'''), ('no_such_function(headcount)'), ('random() > 0.5'), ('setseed(0.5) IS NULL'), ('version() <> '''''),
  ('count(headcount) > 1'), ('row_number() > 1'), ('generate_series(1, headcount) > 1'), ('unnest(tags) = ''a'''),
  ('leadscore.score(''m'', lead) > 1'), ('concat(name, ''x'') = ''x'''), ('to_char(created_at, ''YYYY'') = ''2026'''),
  ('born::text = ''2000-02-29'''), ('name::date = born'), ('rate::text = ''0.5'''), ('payload ->> ''k'' = ''1'''), ('price > ''5''::money'),
  ('''leads''::regclass = 1'), ('mood = ''warm'''), ('mood > ''cold'''), ('mood = ''tepid'''), ('mood::text LIKE ''w%'''), ('phone LIKE ''+7%'''),
  ('''abc''::phone_number = phone'), ('tags @> ''{a}'''), ('''a'' = ANY (tags)'), ('tags[1] = ''a'''), ('born > ''1999-12-31'''),
  ('born > ''now or never'''), ('created_at > ''today 10:00'''), ('ARRAY[born] = ''{yesterday}'''), ('created_at > as_of - interval ''30 days'''),
  ('created_at > lead.as_of'), ('lead.as_of = 7'), ('as_of = ''2026-06-15 12:00+00'''), ('extract(dow FROM created_at) = 1'),
  ('date_trunc(''month'', created_at) = created_at'), ('created_at AT TIME ZONE ''Europe/Moscow'' > visited'), ('age(as_of, created_at) < ''1 month'''),
  ('engagement IS NULL'), ('is_duplicate'), ('headcount / 0 > 1'), ('name::integer > 1'), ('ROW(headcount, name) = ROW(120, ''Иванов'')'),
  ('(headcount, name) IN ((120, ''Иванов''))'), ('ROW(headcount, name) IS NOT NULL'), ('ROW(1)::text = ''(1)'''), ('name COLLATE "C" > ''И'''),
  ('CASE WHEN headcount > 1 THEN true END'), ('headcount BETWEEN 1 AND 200'), ('coalesce(name, '''') <> '''''), ('name ~* ''иван'''),
  ('headcount IS DISTINCT FROM 5'), ('greatest(headcount, 5) = 120'), ('nullif(headcount, 120) IS NULL'), ('name NOT SIMILAR TO ''x%'''),
  ('position(''ва'' IN name) > 0'), ('to_tsvector(''simple'', name) @@ ''иванов''::tsquery'), ('name = ''x'' OR NOT headcount < 5'),
  ('quote_ident(name) = name'), ('(point(1, headcount))::text = ''x'''), ('visited AT TIME ZONE ''IST'' > created_at'), ('visited AT TIME ZONE name > created_at'),
  ('visited AT TIME ZONE ''UTC'' > created_at'), ('satisfies_hash_partition(1259, 2, 0, headcount)'), ('to_tsvector(''mine'', name) IS NULL'), ('to_tsvector(''public.mine'', name) IS NULL'), ('to_tsvector(3764, name) IS NULL'), ('to_tsvector(3764::oid::regconfig, name) IS NULL'),
  ('bool(''t'')'), ('1/0 > 1'), ('true'), ('NULL::boolean'), ('created_at > ''infinity''')
) AS t (condition);
SELECT points, scored('true', points) FROM (VALUES
  ('10'), ('headcount * 0.1'), ('rate'), ('budget / 1e6'), ('name'), ('true'), ('NULL'), ('NULL::integer'), ('''NaN''::float8 + 1'), ('rate / 0'),
  ('rate * ''Infinity''::float8'), ('length(name)'), ('extract(day FROM as_of)'), ('1e308 * 10'), ('as_of')
) AS t (points);

-- The message has the position in the expression, and says whose expression it is.
UPDATE leadscore.criterion SET condition = 'headcount > 10 AND headcnt < 20', points = '1' WHERE model = 'm';
SELECT leadscore.score('m', l) FROM leads AS l;
UPDATE leadscore.criterion SET condition = 'name > ''a'' AND born > ''today''' WHERE model = 'm';
UPDATE leadscore.criterion SET condition = 'name::integer > 1' WHERE model = 'm';
SELECT leadscore.score('m', l) FROM leads AS l;
SELECT leadscore.score('{"format": 1, "model": {}, "criteria": [{"criterion": "c", "condition": "nme = 1", "points": 1}]}'::jsonb, l) FROM leads AS l;

-- validate_model() tells everything at once.
DELETE FROM leadscore.criterion;
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('m', 'good', 'headcount > 1', '1'), ('m', 'typo', 'true AND headcnt > 1', '1'), ('m', 'typed', 'name > 1', 'budgett'),
  ('m', 'volatile', 'random() > 0.5', 'random()');
SELECT severity, criterion, part, sqlstate, message, "position", expression FROM leadscore.validate_model('m', 'leads');
DELETE FROM leadscore.criterion WHERE criterion <> 'good';
SELECT severity, criterion, part, sqlstate, message, hint FROM leadscore.validate_model('m', 'leads');
UPDATE leadscore.model SET time_zone = 'Europe/Moskow';
SELECT severity, part, sqlstate, message FROM leadscore.validate_model('m', 'leads') WHERE severity = 'error';
SELECT leadscore.score('m', l) FROM leads AS l;
SELECT * FROM leadscore.validate_model('m', 'integer');
SELECT * FROM leadscore.validate_model('m', 0::oid::regtype);
SELECT * FROM leadscore.validate_model('nope', 'leads');
SELECT * FROM leadscore.validate_model(NULL, 'leads');

-- Planted operators, functions, casts and types are not met.
UPDATE leadscore.model SET time_zone = 'UTC';
CREATE TABLE canary (note text);
CREATE FUNCTION planted(integer, integer) RETURNS boolean LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO canary VALUES ('called'); RETURN true; END $$;
CREATE OPERATOR = (LEFTARG = integer, RIGHTARG = integer, FUNCTION = planted);
CREATE FUNCTION lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO canary VALUES ('lower'); RETURN 'x'; END $$;
CREATE FUNCTION textual(leads) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN INSERT INTO canary VALUES ('field'); RETURN 1; END $$;
CREATE FUNCTION as_number(mood) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN INSERT INTO canary VALUES ('cast'); RETURN 1; END $$;
CREATE CAST (mood AS integer) WITH FUNCTION as_number(mood) AS IMPLICIT;
CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO canary VALUES ('domain'); RETURN true; END $$;
CREATE DOMAIN watched AS text CHECK (checked(VALUE));
CREATE TYPE pair AS (a watched, b integer);
CREATE TYPE nested AS (list watched[], pair pair);
ALTER TABLE leads ADD watched watched, ADD pair pair, ADD watched_list watched[], ADD nested nested;
TRUNCATE canary;
SET search_path = public, pg_catalog;
SELECT condition, scored(condition) FROM (VALUES
  ('headcount = 120'), ('lower(name) = ''иванов'''), ('mood = 1'), ('mood + 1 > 0'), ('watched = ''a'''), ('watched_list = ''{a}'''), ('pair = ''(a,1)'''),
  ('(pair).b = 1'), ('(pair).a = ''x'''), ('pair IS NULL'), ('watched_list IS NULL'), ('''a''::watched = ''a'''), ('cast(name AS watched) = ''a'''),
  ('headcount = ANY (''{120}'')'), ('ARRAY[watched, watched] = ''{a,b}'''), ('array_fill(watched, ''{2}'') = ''{a,b}'''), ('(nested).list = ''{a}'''),
  ('''{a}'' = watched_list'), ('watched_list::text[] = ''{a}'''), ('array_append(watched_list, ''a'') IS NULL'), ('(nested).pair = ''(a,1)'''),
  ('coalesce(watched_list, ''{a}'') IS NULL'), ('CASE WHEN true THEN watched_list ELSE ''{a}'' END IS NULL'), ('ROW(watched_list) = ROW(''{a}'')')
) AS t (condition);
RESET search_path;
SELECT * FROM canary;

-- Types from elsewhere are compared when cast explicitly, and never silently as text.
CREATE EXTENSION citext;
ALTER TABLE leads ADD email citext DEFAULT 'A@B.RU', ADD emails citext[] DEFAULT '{A@B.RU}';
SELECT condition, scored(condition) FROM (VALUES
  ('email = ''a@b.ru'''), ('email LIKE ''a%'''), ('email::text = ''a@b.ru'''), ('lower(email::text) = ''a@b.ru'''), ('email IS NOT NULL'),
  ('emails = ''{a@b.ru}'''), ('emails::text[] = ''{A@B.RU}'''), ('''a@b.ru'' = ANY (emails)'), ('email || ''x'' = ''A@B.RUx'''), ('length(email) = 6'),
  ('coalesce(email, ''x'') = ''a@b.ru'''), ('email IN (''a@b.ru'', ''b'')'), ('email::public.citext = ''a''')
) AS t (condition);

DROP TABLE leads CASCADE;
DROP TABLE canary;
DROP EXTENSION leadscore;
DROP EXTENSION citext;
DROP TEXT SEARCH CONFIGURATION mine;
DROP FUNCTION written(text, text), scored(text, text), planted(integer, integer), public.lower(text), as_number(mood), checked(text) CASCADE;
DROP TYPE mood, phone_number, watched, pair, nested CASCADE;
