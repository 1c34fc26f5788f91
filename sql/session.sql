-- What a session has set changes no score: the model's time zone, ISO dates and plain SQL strings hold.
CREATE EXTENSION leadscore;
CREATE TABLE leads (id integer, name text, born date, created_at timestamptz, visited timestamp, span interval, tags text[]);
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
INSERT INTO leads VALUES
  (1, E'back\\slash', '2026-03-01', '2026-02-28 22:30+00', '2026-03-01 00:30', '1 month', '{NULL,b}'),
  (2, 'a''b', '2026-01-02', '2026-07-01 00:30+03', '2026-07-01', '-1 day -30 minutes', '{x}');
INSERT INTO leadscore.model (model, time_zone) VALUES ('moscow', 'Europe/Moscow'), ('utc', 'UTC');
INSERT INTO leadscore.criterion (model, criterion, condition, points)
SELECT m, 'c' || n, condition, (2 ^ n)::text
FROM (VALUES ('moscow'), ('utc')) AS t (m), (VALUES
  (0, 'created_at > ''2026-03-01'''), (1, 'extract(hour FROM created_at) = 1'), (2, 'created_at::date = born'), (3, 'visited > created_at'),
  (4, 'born = ''2026-1-2'''), (5, 'date_trunc(''day'', created_at) = ''2026-02-28 00:00'''), (6, 'created_at + interval ''1 month'' > ''2026-04-01'''),
  (7, 'span < ''-1 2:00:00'''), (8, 'name = ''back\slash'''), (9, 'name = ''a''''b'''), (10, 'tags = ''{NULL,b}'''), (11, 'created_at < born'),
  (12, 'age(as_of, created_at) > ''4 months'''), (13, 'born = NULL'), (14, 'visited::timestamptz < created_at'), (15, 'extract(dow FROM as_of) = 3')
) AS c (n, condition);
UPDATE leadscore.model SET upper = 1e9;
CREATE TABLE expected AS
SELECT m.model, l.id, leadscore.score(m.model, l, '2026-07-07 22:30+00') AS score FROM leadscore.model AS m, leads AS l;
SELECT model, id, score::bigint::bit(16) AS criteria_15_to_0 FROM expected ORDER BY 1, 2;

CREATE FUNCTION differences() RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM public.expected AS e JOIN public.leads AS l USING (id)
  WHERE leadscore.score(e.model, l, '2026-07-07 22:30+00') IS DISTINCT FROM e.score
$$;
SELECT differences();
-- In this session models compiled before are used, in the next they are compiled under the new settings.
\set settings 'SET TimeZone = ''Asia/Kathmandu''; SET DateStyle = ''SQL, DMY''; SET IntervalStyle = sql_standard; SET standard_conforming_strings = off; SET escape_string_warning = off; SET backslash_quote = off; SET transform_null_equals = on; SET array_nulls = off; SET quote_all_identifiers = on; SET extra_float_digits = -15; SET bytea_output = escape; SET lc_numeric = ''C''; SET xmloption = document; SET default_transaction_isolation = serializable; SET row_security = off;'
:settings
SELECT differences();
\c -
:settings
SELECT differences();
SHOW TimeZone;
SHOW DateStyle;
SHOW standard_conforming_strings;
-- An error in a condition leaves the session's settings as they were.
UPDATE leadscore.criterion SET condition = '1 / extract(hour FROM created_at) > 0' WHERE criterion = 'c0';
SELECT leadscore.score('moscow', l) FROM (SELECT '2026-02-28 21:00+00'::timestamptz AS created_at, l.name, l.born, l.visited, l.span, l.tags FROM leads AS l WHERE id = 1) AS l;
SHOW TimeZone;
SHOW DateStyle;
UPDATE leadscore.criterion SET condition = 'no_such_column' WHERE criterion = 'c0';
SELECT leadscore.score('moscow', l) FROM leads AS l;
SHOW TimeZone;
SHOW search_path;
-- Dates are ISO: what would be the second of January here and the first of February there is refused.
UPDATE leadscore.criterion SET condition = 'born = ''01.02.2026''' WHERE criterion = 'c0';
SELECT leadscore.score('moscow', l) FROM leads AS l;
-- The clock's words are refused however they are written.
UPDATE leadscore.criterion SET condition = 'created_at > E''\156ow''' WHERE criterion = 'c0';
UPDATE leadscore.criterion SET condition = 'created_at > $$NOW$$' WHERE criterion = 'c0';
UPDATE leadscore.criterion SET condition = 'created_at > ''n''' || E'\n' || '''ow''' WHERE criterion = 'c0';

\c -
UPDATE leadscore.criterion SET condition = 'created_at > U&''\006Eow''' WHERE criterion = 'c0';
-- With an empty search_path everything works.
UPDATE leadscore.criterion SET condition = 'created_at > ''2026-03-01''' WHERE criterion = 'c0';
SET search_path = '';
SELECT public.differences();
SELECT count(*) FROM leadscore.validate_model('moscow', 'public.leads');
SELECT leadscore.import_model(leadscore.export_model('moscow'), 'copy');
SELECT leadscore.save_model_version('copy') > 0;
SELECT leadscore.create_model('t', 'b2c', 'public.leads', '{"full_name": "name"}');
ALTER TABLE public.leads ADD score float8;
CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON public.leads FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('moscow', 'score');
SELECT leadscore.rescore_table('public.leads');
SELECT sum(e.contribution) = max(l.score) FROM public.leads AS l, leadscore.explain('moscow', l) AS e WHERE id = 1;
RESET search_path;
DROP TABLE leads CASCADE;
DROP TABLE expected;
DROP EXTENSION leadscore;
DROP FUNCTION differences();
