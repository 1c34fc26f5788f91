-- The page of a source: its numbers against the views, names that would break it, sources with little or nothing in them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
SELECT leadscore.create_model('m', 'blank');
UPDATE leadscore.model SET scale = 'logistic' WHERE model = 'm';
INSERT INTO leadscore.playbook (model, stage, action, due_within) VALUES ('m', 'mql', 'Call', '1 day');
INSERT INTO leadscore.model (model) VALUES ('bare');
CREATE TABLE crm (id bigint PRIMARY KEY);
CREATE TABLE no_leads (id bigint PRIMARY KEY);
CREATE TABLE one_lead (id bigint PRIMARY KEY);
CREATE TABLE all_won (id bigint PRIMARY KEY);
CREATE TABLE no_stages (id bigint PRIMARY KEY);
CREATE TABLE hidden (id bigint PRIMARY KEY);
CREATE TABLE all_lost (id bigint PRIMARY KEY);
ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'crm <b>&"''', 'crm', 'm', '{id}', '{}'), (2, 'empty', 'no_leads', 'm', '{id}', '{}'), (3, 'one', 'one_lead', 'm', '{id}', '{}'), (4, 'won', 'all_won', 'm', '{id}', '{}'),
  (5, 'bare', 'no_stages', 'bare', '{id}', '{}'), (6, 'hidden', 'hidden', 'm', '{id}', '{}'), (7, 'lost', 'all_lost', 'm', '{id}', '{}');
INSERT INTO leadscore.source_stage SELECT s.source_id, t.stage_no, t.stage FROM leadscore.source AS s JOIN leadscore.stage AS t USING (model);

-- Stages: 1 lead, 2 mql, 3 sal, 4 sql, 5 opportunity, 6 customer, 8 hold, 9 disqualified. Forty channels, of which some are attacks, and forty owners.
CREATE TABLE way AS
SELECT 1 AS source_id, n, now() - n % 200 * interval '24 hours' - interval '1 hour' AS came,
  CASE n % 41 WHEN 0 THEN '<script>alert(1)</script>' WHEN 1 THEN 'A & B "quoted" ''too''' WHEN 2 THEN repeat('long ', 2000) WHEN 3 THEN U&'\05D0\05D1\202Egpj.exe' WHEN 4 THEN E'two\nlines\x01\x7f' WHEN 5 THEN '%1$s %s \ ]]> --> &#60;' WHEN 6 THEN '' WHEN 7 THEN NULL ELSE 'channel ' || n % 41 END AS channel,
  CASE n % 43 WHEN 0 THEN '</bdi></svg><img src="https://example.org/x" onerror="y">' WHEN 1 THEN NULL WHEN 2 THEN repeat('M', 10000) ELSE 'owner ' || n % 43 END AS owner,
  (ARRAY['{1,2,3,4,5,6}', '{1,2,9}', '{1,2,8}', '{1}', '{1,9}', '{1,2,3,4}', '{1,2,3,9}', '{}'])[1 + n * 7 % 11 % 8]::smallint[] AS stages
FROM generate_series(1, 1600) AS n
UNION ALL SELECT 3, 1, now(), NULL, NULL, '{1}'
UNION ALL SELECT 4, n, now() - n * interval '24 hours', 'web', 'Anna', '{1,6}' FROM generate_series(1, 60) AS n
UNION ALL SELECT 5, n, now(), 'web', 'Anna', '{}' FROM generate_series(1, 3) AS n
UNION ALL SELECT 7, n, now() - n * interval '24 hours', 'web', 'Anna', '{1,9}' FROM generate_series(1, 60) AS n;
INSERT INTO leadscore.stage_history SELECT w.source_id, w.n, v.no, v.stage_id, 1, w.came + (v.no - 1) * interval '12 hours', 'change', now() FROM way AS w, unnest(w.stages) WITH ORDINALITY AS v (stage_id, no);
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, owner, amount, score, probability, grade, target, stage_id, stage_since, visits, visited, is_duplicate, scored_at, first_score, first_scored_at)
SELECT w.source_id, w.n, w.came, (w.came AT TIME ZONE 'UTC')::date, w.channel, w.owner, CASE WHEN w.n % 9 <> 0 THEN 100 + w.n END, CASE WHEN w.n % 20 <> 0 THEN w.n % 101 END, w.n % 101 / 100.0, 'A', (ARRAY['target', 'not_target', 'unknown', NULL])[1 + w.n % 4],
  w.stages[cardinality(w.stages)], w.came + interval '1 hour', cardinality(w.stages), coalesce((SELECT bit_or(1::bigint << s) FROM unnest(w.stages) AS s), 0), w.n % 10 = 0, now(), w.n % 101, w.came FROM way AS w;
INSERT INTO leadscore.spend (source, day, channel, amount) SELECT 'crm <b>&"''', (now() AT TIME ZONE 'UTC')::date - 30 * m, 'channel ' || c, 100 * c FROM generate_series(0, 6) AS m, generate_series(8, 30) AS c;

CREATE TABLE page AS SELECT s.source, l.language, leadscore.report(s.source, language => l.language) AS html FROM leadscore.source AS s, unnest('{en,ru}'::text[]) AS l (language) WHERE s.source <> 'hidden';
-- Whom the funnel tells to begin with is not what comes after the sale.
SELECT count(*) FILTER (WHERE html ~ 'Fewest go on to') > 0 AS tells, count(*) FILTER (WHERE html ~ 'Fewest go on to [^.]*In customer care') AS after_the_sale FROM page WHERE language = 'en';
-- Every page is well-formed, asks for nothing from outside, and is not long.
CREATE TABLE parsed AS SELECT source, language, XMLPARSE(DOCUMENT html) AS page FROM page;
SELECT source, language, html ~* '<script|<img|https?:|src=|href=|@import|url\(' AS is_dangerous, length(html) < 150000 AS is_short FROM page ORDER BY source, language;
SELECT source, language, xpath('/html/@lang', page) AS language, xpath('//section/@id', page) AS sections FROM parsed ORDER BY parsed.source, parsed.language;
-- The same numbers in both languages.
CREATE VIEW mark AS SELECT p.source, p.language, u.n, u.attribute::text FROM parsed AS p, unnest(xpath('//@*[starts-with(name(), "data-") and name() != "data-label"]', page)) WITH ORDINALITY AS u (attribute, n);
SELECT count(*) > 200 AS has_marks FROM mark;
(SELECT source, n, attribute FROM mark WHERE language = 'en' EXCEPT SELECT source, n, attribute FROM mark WHERE language = 'ru') UNION ALL (SELECT source, n, attribute FROM mark WHERE language = 'ru' EXCEPT SELECT source, n, attribute FROM mark WHERE language = 'en');

-- What stands on the page of the first source, against the views.
CREATE FUNCTION marked(element text, VARIADIC names text[]) RETURNS SETOF text[] LANGUAGE sql AS $$
  SELECT array(SELECT (xpath('/*/@data-' || name, u.element))[1]::text FROM unnest(names) WITH ORDINALITY AS n (name, no) ORDER BY no)
  FROM parsed AS p, unnest(xpath('//*[@data-' || element || ']', p.page)) AS u (element) WHERE p.source LIKE 'crm%' AND p.language = 'en'
$$;
CREATE VIEW period AS SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '11 months')::date AS since, (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month')::date - 1 AS until;
CREATE VIEW reached AS SELECT ARRAY[f.stage, f.reached::text] AS said FROM period, leadscore.funnel('crm <b>&"''', since, until) AS f WHERE f.stage_kind IN ('open', 'won');
(SELECT marked('stage', 'stage', 'reached') EXCEPT SELECT said FROM reached) UNION ALL (SELECT said FROM reached EXCEPT SELECT marked('stage', 'stage', 'reached'));
SELECT m.said[1] AS stage FROM marked('stage', 'stage', 'rate') AS m (said) JOIN leadscore.funnel('crm <b>&"''') AS f ON f.stage = m.said[1] WHERE m.said[2]::float8 IS DISTINCT FROM f.mature_rate_prev_step;
SELECT marked('beside', 'beside', 'current') EXCEPT SELECT ARRAY[stage, sum(current)::text] FROM leadscore.funnel WHERE source LIKE 'crm%' GROUP BY stage;
CREATE VIEW figure AS SELECT sum(leads) AS head_leads, sum(target_leads) AS head_target, sum(won) AS head_won, sum(revenue) AS head_revenue, sum(cost) AS head_cost,
  (SELECT sum(expected_value) FROM leadscore.leads WHERE source LIKE 'crm%' AND outcome IN ('open', 'on_hold')) AS head_expected FROM leadscore.channel_performance WHERE source LIKE 'crm%';
SELECT m.said[1] AS figure, m.said[2]::numeric AS said, (to_jsonb(f) ->> m.said[1])::numeric AS meant FROM marked('figure', 'figure', 'value') AS m (said), figure AS f WHERE m.said[2]::numeric IS DISTINCT FROM (to_jsonb(f) ->> m.said[1])::numeric;
-- Twelve channels and owners, and the rest, so that nothing is left out.
SELECT count(*), sum(said[2]::bigint) = (SELECT sum(leads) FROM leadscore.channel_performance WHERE source LIKE 'crm%' AND is_mature) AS leads, sum(said[3]::bigint) = (SELECT sum(won) FROM leadscore.channel_performance WHERE source LIKE 'crm%' AND is_mature) AS won,
  sum(nullif(said[4], '')::numeric) = (SELECT sum(cost) FROM leadscore.channel_performance WHERE source LIKE 'crm%' AND is_mature IS NOT FALSE) AS cost FROM marked('channel', 'channel', 'leads', 'won', 'cost') AS m (said);
SELECT count(*), sum(said[2]::bigint) = (SELECT sum(open_leads) FROM leadscore.owner_workload WHERE source LIKE 'crm%') AS open, sum(said[3]::bigint) = (SELECT sum(overdue_leads) FROM leadscore.owner_workload WHERE source LIKE 'crm%') AS overdue FROM marked('owner', 'owner', 'open', 'overdue') AS m (said);
CREATE VIEW waste AS SELECT ARRAY[to_char(d.month, 'YYYY-MM'), sum(d.duplicates)::text, (SELECT sum(s.spam) FROM leadscore.spam_share AS s WHERE s.source = d.source AND s.month = d.month)::text] AS said FROM leadscore.duplicate_share AS d WHERE d.source LIKE 'crm%' GROUP BY d.source, d.month;
(SELECT marked('month', 'month', 'duplicates', 'spam') EXCEPT SELECT said FROM waste) UNION ALL (SELECT said FROM waste EXCEPT SELECT marked('month', 'month', 'duplicates', 'spam'));
SELECT sum(said[1]::bigint) = (SELECT count(score) FROM leadscore.leads WHERE source LIKE 'crm%') AS scored FROM marked('bin', 'leads') AS m (said);
SELECT sum(said[1]::bigint) = sum(q.mature) AS mature, sum(said[2]::bigint) = sum(q.won) AS won FROM marked('grade', 'mature', 'won') AS m (said), LATERAL (SELECT sum(mature_leads) / (SELECT count(*) FROM marked('grade', 'grade')) AS mature, sum(won) / (SELECT count(*) FROM marked('grade', 'grade')) AS won FROM leadscore.lead_quality WHERE source LIKE 'crm%' AND stage_no = 1) AS q;
CREATE VIEW gain AS SELECT ARRAY[g.bucket::text, g.capture::text] AS said FROM (SELECT leadscore.gains(first_score::float8, outcome = 'won') AS gains FROM leadscore.lead_position WHERE source LIKE 'crm%' AND outcome IN ('won', 'lost')) AS a, unnest(a.gains) AS g;
(SELECT marked('gain', 'gain', 'capture') EXCEPT SELECT said FROM gain) UNION ALL (SELECT said FROM gain EXCEPT SELECT marked('gain', 'gain', 'capture'));
CREATE VIEW promise AS SELECT ARRAY[r.mean_p::text, r.rate::text] AS said FROM (SELECT leadscore.reliability((first_score / 100)::float8, outcome = 'won') AS reliability FROM leadscore.lead_position WHERE source LIKE 'crm%' AND outcome IN ('won', 'lost')) AS a, unnest(a.reliability) AS r WHERE r.leads > 0;
(SELECT marked('promised', 'promised', 'rate') EXCEPT SELECT said FROM promise) UNION ALL (SELECT said FROM promise EXCEPT SELECT marked('promised', 'promised', 'rate'));

-- Names are names, whatever is in them, and none is long.
SELECT leadscore.report_name(name, 'unknown_channel', leadscore.report_texts('en')) FROM (VALUES (1, '<script>alert(1)</script>'), (2, 'A & B "quoted" ''too'''), (3, E'two\nlines\x01\x7f'), (4, '%1$s %s \ ]]> --> &#60;'), (5, ''), (6, NULL)) AS v (no, name) ORDER BY no;
SELECT length(leadscore.report_name(repeat('x', 10000), 'unknown_channel', leadscore.report_texts('en')));

-- In words where there is little: one lead, none, no stages, all won, all lost.
SELECT source, btrim(u.said::text) AS said FROM parsed, unnest(xpath('//section/p//text()', page)) WITH ORDINALITY AS u (said, no) WHERE language = 'en' AND source IN ('one', 'empty', 'bare') ORDER BY source, no;
SELECT source, xpath('//div[@data-figure="head_won"]/dd[1]/text()', page) AS won, xpath('//section[@id="quality"]/p/text()', page) AS quality FROM parsed WHERE language = 'en' AND source IN ('won', 'lost') ORDER BY source;

-- Numbers as people read them.
SELECT n, leadscore.report_rounded(n, leadscore.report_texts('en')) AS en, leadscore.report_rounded(n, leadscore.report_texts('ru')) AS ru FROM unnest('{0,7.6,9999,9999.5,12345,99950,999499,999500,1234567,2e9,5e12,1e20}'::numeric[]) AS n;
SELECT leadscore.report_percent(0.123456, leadscore.report_texts('ru')), leadscore.report_range(0, 1, leadscore.report_texts('en')), leadscore.report_axis_end(0), leadscore.report_axis_end(0.21), leadscore.report_axis_end(1000), leadscore.report_axis_end(8.1), leadscore.report_texts('de') IS NULL AS no_german;

-- Who may not, and what cannot be.
SELECT leadscore.report(NULL);
SELECT leadscore.report('nothing');
SELECT leadscore.report('one', NULL);
SELECT leadscore.report('one', 'infinity');
SELECT leadscore.report('one', language => NULL);
SELECT leadscore.report('one', language => 'de');
CREATE ROLE report_reader;
SET ROLE report_reader;
SELECT leadscore.report('one');
SELECT * FROM leadscore.funnel_chart('one');
RESET ROLE;
GRANT SELECT ON one_lead, hidden, page TO report_reader;
-- In one transaction, as pages tell of times that pass.
BEGIN;
SELECT md5(leadscore.report('one')) AS owners \gset
SET ROLE report_reader;
SELECT md5(leadscore.report('one')) = :'owners' AS is_same;
COMMIT;
SELECT leadscore.report('hidden');
RESET ROLE;
-- A time in the past has its own months; a page is what it is whatever the session has set.
SELECT (xpath('//section/p/text()', XMLPARSE(DOCUMENT leadscore.report('one', '2001-02-03'))))[1] AS said, leadscore.report('one', '2001-02-03') ~ 'Mar&#160;2000 to Feb&#160;2001' AS has_months;
BEGIN;
SELECT md5(leadscore.report('won')) AS usual \gset
SET datestyle = 'German, DMY'; SET extra_float_digits = 0; SET timezone = 'Pacific/Kiritimati'; SET lc_numeric = 'C'; SET standard_conforming_strings = off; SET search_path = pg_temp;
SELECT md5(leadscore.report('won')) = :'usual' AS is_same;
COMMIT;
RESET ALL;
SET client_min_messages = warning;

-- Lost leads on which there is no verdict are not called spam; one owner of all is not told to move leads from the top of the list to the bottom.
BEGIN;
UPDATE leadscore.lead_state SET target = NULL WHERE source_id = 7;
SELECT regexp_matches(p, '[^<>]*cannot be told[^<>]*', 'g') AS said, p ~ 'data-spam="[0-9]' AS has_spam FROM leadscore.report('lost') AS p;
UPDATE leadscore.playbook SET stage = 'lead' WHERE model = 'm';
SELECT regexp_matches(leadscore.report('crm <b>&"'''), 'Owner of them all|Move leads', 'g') AS said;
UPDATE leadscore.lead_state SET owner = 'Anna' WHERE source_id = 1;
SELECT regexp_matches(leadscore.report('crm <b>&"'''), 'Owner of them all|Move leads', 'g') AS said;
ROLLBACK;

-- Where one grade has nearly all the leads, thresholds are at fault, and not the number of outcomes; who was scored after the outcome proves nothing.
CREATE FUNCTION said_of_scores() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT (regexp_matches(leadscore.report('crm <b>&"'''), 'nearly all have grade|Too few are won or lost|The best grade is not|serve [^ ]+ first|first score when the outcome was known: [0-9,]+', 'g'))[1]
$$;
BEGIN;
SELECT said_of_scores();
UPDATE leadscore.lead_state SET first_score = CASE WHEN lead::integer % 100 = 0 THEN 10 ELSE 90 END, first_scored_at = CASE WHEN lead::integer % 7 = 0 THEN stage_since ELSE created_at END WHERE source_id = 1;
SELECT said_of_scores();
SELECT count(*) FROM leadscore.lead_position AS p, period WHERE p.source_id = 1 AND p.cohort_day BETWEEN since AND until AND p.outcome IN ('won', 'lost') AND p.lead::integer % 7 = 0;
ROLLBACK;
DROP FUNCTION said_of_scores;

-- Who is won most often is named where it is no chance; who was lost before anybody recorded a stage is counted; nobody says that there are no duplicates where nobody looks for them.
BEGIN;
UPDATE leadscore.lead_state SET is_duplicate = false, created_at = created_at - interval '90 days', cohort_day = cohort_day - 90, channel = CASE WHEN lead::integer % 2 = 0 THEN 'web' ELSE 'ads' END,
  stage_id = CASE WHEN lead::integer % 2 = 0 THEN 6 ELSE 9 END, visited = CASE WHEN lead::integer % 2 = 0 THEN visited ELSE 1::bigint << 9 END WHERE source_id = 4;
CREATE FUNCTION said_of_ways() RETURNS SETOF text LANGUAGE sql AS $$
  SELECT (regexp_matches(leadscore.report('won'), 'Leads from [^.]*\.[^.]*\.[^.]*|Leads recorded in none of these stages: [0-9]+|[^<>]*not looked for[^:<>]*|[0-9]+ without duplicates|No lead is known to repeat|The only step|No lead is recorded', 'g'))[1]
$$;
SELECT said_of_ways();
UPDATE leadscore.source SET marks_duplicates = true WHERE source_id = 4;
DELETE FROM leadscore.stage WHERE model = 'm' AND stage_no BETWEEN 2 AND 5;
SELECT said_of_ways();
UPDATE leadscore.lead_state SET visited = 0, stage_id = NULL WHERE source_id = 4;
SELECT said_of_ways();
ROLLBACK;

-- The labels of an axis are in one unit; a rate beyond the end of an axis has no dot on it; a day in Russian is of May, not May.
SELECT leadscore.report_number_ticks(0, upper, leadscore.report_texts('en')) FROM unnest('{1,50,100,8000,10000,20000,1000000,4e12}'::float8[]) AS upper;
SELECT leadscore.report_interval(rate, 0.1, 0.6, 0.4) ~ 'circle' AS has_dot, leadscore.report_interval(rate, 0.1, 0.6, 0.4) ~ '&#187;' AS is_beyond FROM unnest('{0.4,0.41}'::float8[]) AS rate;
SELECT leadscore.report_day('2018-05-31', leadscore.report_texts('ru')), leadscore.report_month('2018-05-31', leadscore.report_texts('ru'));

-- Bars of letters.
SELECT regexp_replace(line, ' +$', '') AS line FROM leadscore.funnel_chart('crm <b>&"''') AS line;
SELECT * FROM leadscore.funnel_chart('empty');
SELECT * FROM leadscore.funnel_chart('bare');
SELECT leadscore.funnel_chart(NULL);
UPDATE leadscore.stage SET title = repeat(E'tab\tand line\n', 100) WHERE model = 'm' AND stage = 'sal';
SELECT max(length(line)) <= 80 AS fits, bool_or(line ~ '[\n\t]') AS breaks FROM leadscore.funnel_chart('crm <b>&"''') AS line;
SELECT * FROM leadscore.histogram(array(SELECT i * i FROM generate_series(0, 20) AS i), 5);
SELECT * FROM leadscore.histogram('{3,3,NULL,NaN,Infinity,-Infinity}');
SELECT * FROM leadscore.histogram('{1.7e308,-1.7e308,0,1e-300}', 3);
SELECT * FROM leadscore.histogram('{1e-320,2e-320,0.5e-320}', 2);
SELECT * FROM leadscore.histogram('{0.1,0.2,0.30001}', 2);
SELECT max(length(line)) <= 80 AS fits, count(*) FROM leadscore.histogram(array(SELECT -1e9 + i * 1e-3 FROM generate_series(1, 100000) AS i), 100) AS line;
SELECT count(*) FROM leadscore.histogram('{}');
SELECT count(*) FROM leadscore.histogram(NULL);
SELECT leadscore.histogram('{1}', NULL);
SELECT leadscore.histogram('{1}', 0);
SELECT leadscore.histogram('{1}', 101);

DROP FUNCTION marked;
DROP VIEW period, reached, figure, waste, gain, promise, mark;
DROP TABLE page, parsed, way, crm, no_leads, one_lead, all_won, no_stages, hidden, all_lost;
DROP EXTENSION leadscore CASCADE;
DROP ROLE report_reader;
