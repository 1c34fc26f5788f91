-- Match rules as rows and as documents: made, edited, exported, imported, learned.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SET client_min_messages = warning;
CREATE FUNCTION error_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, message, nullif(detail, ''), nullif(hint, ''));
END $$;
CREATE TABLE leads (id integer, full_name text, email text, phone text);
INSERT INTO leads VALUES (1, 'Иван Щукин', 'shchukin@romashka.ru', '8 (916) 204-17-35'), (2, 'Ivan Shchukin', 'shchukin@romashka.ru', NULL);
CREATE VIEW weight AS SELECT round(leadscore.match_weight('contact', a, b)::numeric, 6) AS weight FROM leads AS a, leads AS b WHERE a.id = 1 AND b.id = 2;
CREATE TABLE shipped AS SELECT weight FROM weight;
SELECT * FROM shipped;

-- What ships needs no rows; as rows it says the same.
SELECT count(*) FROM leadscore.match_rule;
SELECT jsonb_object_keys(leadscore.match_rule_template('contact'));
SELECT leadscore.export_match_rule('contact') = leadscore.match_rule_template('contact') AS is_template, leadscore.match_rule_template(NULL), leadscore.export_match_rule(NULL), leadscore.import_match_rule(NULL, 'x');
SELECT leadscore.create_match_rule('contact');
SELECT w.weight = s.weight AS is_same FROM weight AS w, shipped AS s;
SELECT rule, title, title_ru, region, prior, threshold, trained_leads FROM leadscore.match_rule;
SELECT comparison, frequency_weight, count(*) AS levels, bool_and(m > 0 AND u > 0) AS are_possible FROM leadscore.match_comparison JOIN leadscore.match_level USING (rule, comparison) GROUP BY 1, 2, ord ORDER BY ord;
SELECT key, parts FROM leadscore.match_key ORDER BY key;

-- An edit counts from the next statement on, in this transaction and after it, in any session, until it is rolled back.
BEGIN;
UPDATE leadscore.match_level SET m = m / 2 WHERE comparison = 'email' AND test = 'same';
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;
SAVEPOINT a;
UPDATE leadscore.match_rule SET prior = 1e-6;
SELECT w.weight < s.weight - 3 AS is_less FROM weight AS w, shipped AS s;
ROLLBACK TO a;
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;
DELETE FROM leadscore.match_rule;
SELECT count(*) AS left_over FROM leadscore.match_level;
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;
ROLLBACK;
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;
CREATE FUNCTION weigh() RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT weight FROM weight); END $$;
SELECT weigh() - weight AS difference FROM shipped;
UPDATE leadscore.match_level SET m = m / 4 WHERE comparison = 'email' AND test = 'same';
SELECT weigh() - weight AS difference FROM shipped;
\c -
\set SHOW_CONTEXT never
\pset null NULL
\pset format unaligned
SET client_min_messages = warning;
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;
SELECT leadscore.create_match_rule('contact', replace => true);
SELECT w.weight - s.weight AS difference FROM weight AS w, shipped AS s;

-- There and back, byte for byte; replaced, and not.
UPDATE leadscore.match_rule SET title = 'Contacts', title_ru = 'Контакты «"\»', region = 'DE', prior = 0.1::float8 / 3, threshold = 1 - 1e-15, trained_leads = 9007199254740991;
UPDATE leadscore.match_comparison SET frequency_weight = 0.1 WHERE comparison = 'city';
INSERT INTO leadscore.match_frequency VALUES ('contact', 'email', 0, 1.0 / 3), ('contact', 'email', -9223372036854775808, 1), ('contact', 'email', 9223372036854775807, 5e-324), ('contact', 'phone', 17, 0.25);
INSERT INTO leadscore.match_key VALUES ('contact', 100, '{last_name:4,city:-2}');
SELECT leadscore.import_match_rule(leadscore.export_match_rule('contact'), 'copy'), leadscore.import_match_rule(leadscore.export_match_rule('contact')::text::jsonb, 'of "text"; --');
SELECT count(*), count(DISTINCT leadscore.export_match_rule(rule) - 'rule') AS different, count(DISTINCT leadscore.export_match_rule(rule) ->> 'rule') AS names FROM leadscore.match_rule;
SET extra_float_digits = -15;
SELECT count(DISTINCT leadscore.export_match_rule(rule) - 'rule') AS different FROM leadscore.match_rule;
RESET extra_float_digits;
SELECT error_of($$SELECT leadscore.import_match_rule(leadscore.match_rule_template('contact'), 'copy')$$);
SELECT error_of($$SELECT leadscore.create_match_rule('copy')$$);
SELECT leadscore.import_match_rule(leadscore.match_rule_template('contact'), 'copy', replace => true);
SELECT leadscore.create_match_rule('fresh');
SELECT leadscore.export_match_rule('copy') - 'rule' = leadscore.export_match_rule('fresh') - 'rule' AS is_fresh;
SELECT leadscore.match_weight('copy', a, b) = leadscore.match_weight(leadscore.match_rule_template('contact'), a, b) AS is_same FROM leads AS a, leads AS b WHERE a.id < b.id;
-- What is absent or null.
SELECT leadscore.import_match_rule('{"format": 1, "prior": 0.5, "threshold": 0.5, "title": null, "region": null, "keys": null, "frequencies": null, "trained_leads": null, "comparisons": [{"comparison": "city", "levels": [{"test": "same", "m": 0.9, "u": 0.1}, {"test": "otherwise", "limit": null, "m": 0.1, "u": 0.9}]}]}', 'least');
SELECT leadscore.export_match_rule('least');
UPDATE leadscore.match_rule SET rule = 'renamed' WHERE rule = 'least';
SELECT leadscore.match_weight('renamed', a, b) FROM (SELECT 'Tver' AS city) AS a, (SELECT 'Тверь' AS city) AS b;
SELECT error_of(format('SELECT leadscore.%s', call)) FROM unnest(ARRAY[$$export_match_rule('no')$$, $$export_match_rule('')$$, $$match_rule_template('no')$$, $$create_match_rule('x', 'no')$$, $$create_match_rule(NULL)$$, $$create_match_rule('x', NULL)$$,
  $$create_match_rule('x', replace => NULL)$$, $$create_match_rule('')$$, $$train_match('no', 'leads')$$, $$train_match(NULL, 'leads')$$, $$train_match('contact', NULL)$$, $$train_match('contact', 'leads', NULL)$$, $$import_match_rule('{}', 'x')$$]) AS call;
SELECT count(*) AS left_behind FROM leadscore.match_rule WHERE rule = 'x';

-- Each key of a document wrong once.
CREATE FUNCTION refused(path text[], value jsonb) RETURNS text LANGUAGE sql AS $$
  SELECT error_of(format('SELECT leadscore.check_match_rule(%L)', CASE WHEN value IS NULL THEN d.document #- path ELSE jsonb_set(d.document, path, value) END))
  FROM (SELECT leadscore.match_rule_template('contact') || '{"frequencies": [{"field": "email", "frequency": 0.1}, {"field": "email", "hash": "7", "frequency": 0.1}]}' AS document) AS d
$$;
SELECT path, value, refused(path::text[], value::jsonb) FROM (VALUES ('{format}', NULL), ('{format}', '2'), ('{format}', '"1"'), ('{rule}', '5'), ('{title}', '5'), ('{title_ru}', '[]'), ('{region}', '"Россия"'), ('{region}', '7'), ('{unknown}', '1'),
  ('{prior}', NULL), ('{prior}', '0'), ('{prior}', '1'), ('{prior}', '1e-400'), ('{prior}', '"0.1"'), ('{threshold}', '1e400'), ('{threshold}', '-1'), ('{trained_leads}', '-1'), ('{trained_leads}', '1.5'), ('{trained_leads}', '1e400'), ('{trained_leads}', '"1"'),
  ('{comparisons}', NULL), ('{comparisons}', '{}'), ('{comparisons}', '[1]'), ('{comparisons}', '[{},{},{},{},{},{},{},{},{},{},{},{}]'), ('{comparisons,0}', '{}'), ('{comparisons,0,comparison}', '"nose"'), ('{comparisons,0,comparison}', '"email"'), ('{comparisons,0,unknown}', '1'),
  ('{comparisons,1,comparison}', '"name"'), ('{comparisons,1,frequency_weight}', '1.1'), ('{comparisons,1,frequency_weight}', '-1'), ('{comparisons,1,levels}', '[]'), ('{comparisons,1,levels}', '7'), ('{comparisons,1,levels}', '[{"test": "otherwise", "m": 0.5, "u": 0.5}]'),
  ('{comparisons,1,levels,0,test}', '"nothing"'), ('{comparisons,1,levels,0,test}', '"same_swapped"'), ('{comparisons,1,levels,0,test}', '"otherwise"'), ('{comparisons,1,levels,2,test}', '"same"'), ('{comparisons,1,levels,1,limit}', NULL), ('{comparisons,1,levels,1,limit}', '-1'),
  ('{comparisons,1,levels,1,limit}', '1e400'), ('{comparisons,1,levels,1,m}', '0'), ('{comparisons,1,levels,1,u}', '1'), ('{comparisons,1,levels,1,u}', NULL), ('{comparisons,1,levels,1,unknown}', '1'), ('{keys}', '{}'), ('{keys}', '["email"]'), ('{keys,0}', '[]'), ('{keys,0,0}', '"nose"'),
  ('{keys,0,0}', '"email:0"'), ('{keys,0,0}', '"last_name:65"'), ('{keys,0,0}', '"last_name:4x"'), ('{keys,0,0}', '7'), ('{keys,0}', '["email","phone","city","company","address"]'), ('{frequencies}', '5'), ('{frequencies,0,field}', '"nose"'), ('{frequencies,0,frequency}', '0'),
  ('{frequencies,0,frequency}', '1.1'), ('{frequencies,0,hash}', '"7"'), ('{frequencies,1,hash}', NULL), ('{frequencies,1,hash}', '"0"'), ('{frequencies,1,hash}', '"x"'), ('{frequencies,1,hash}', '"9223372036854775808"'), ('{frequencies,1,hash}', '7'), ('{frequencies,1,unknown}', '1')) AS t (path, value);
SELECT refused('{keys}', (SELECT jsonb_agg('["email"]'::jsonb) FROM generate_series(1, 65)));
SELECT refused('{comparisons,1,levels}', (SELECT jsonb_agg('{}'::jsonb) FROM generate_series(1, 16)));
SELECT error_of(format('SELECT leadscore.check_match_rule(%L)', d)) FROM unnest('{[],"\"\"",null,5,true}'::text[]) AS d;

-- Rows that make no rule are refused where they are used.
UPDATE leadscore.match_level SET test = 'nothing' WHERE rule = 'copy' AND comparison = 'city' AND level = 1;
SELECT error_of($$SELECT leadscore.match_weight('copy', l, l) FROM leads AS l$$);
DELETE FROM leadscore.match_level WHERE rule = 'copy' AND comparison = 'city';
SELECT error_of($$SELECT leadscore.find_duplicates('leads', 'copy')$$);
SELECT error_of(format('INSERT INTO leadscore.%s', row)) FROM unnest(ARRAY[$$match_rule (rule, prior) VALUES ('x', 0)$$, $$match_rule (rule, threshold) VALUES ('x', 'NaN')$$, $$match_comparison VALUES ('contact', 'x', 'NaN')$$, $$match_level VALUES ('contact', 'city', 9, 'same', NULL, 1, 0.5)$$,
  $$match_level VALUES ('contact', 'nose', 1, 'same', NULL, 0.5, 0.5)$$, $$match_key VALUES ('contact', 101, '{}')$$, $$match_key VALUES ('contact', 101, '{NULL}')$$, $$match_frequency VALUES ('contact', 'city', 1, 0)$$]) AS row;

-- Training: the same leads teach the same, whatever their order; titles stay; searches and weights go by it from then on.
DELETE FROM leadscore.match_rule;
CREATE TABLE history AS SELECT n AS id, (ARRAY['Иван', 'Пётр', 'Анна', 'Ольга', 'Марк'])[1 + p % 5] AS first_name, initcap(translate(substr(md5(p::text), 1, 7), '0123456789abcdef', 'аобвегдиклмнорст')) AS last_name,
  CASE WHEN n % 11 > 0 THEN translate(substr(md5(p::text), 8, 7), '0123456789abcdef', 'abcdefghijklmnop') || '@mail' || p % 9 || '.ru' END AS email, CASE WHEN n % 13 > 0 THEN '+7916' || 1000000 + p * 104729 % 8999993 + CASE WHEN n % 17 = 0 THEN 1 ELSE 0 END END AS phone,
  CASE WHEN p % 3 = 0 THEN 'Москва' ELSE 'Тверь' END AS city, timestamptz '2026-01-01' + n * interval '1 hour' AS created_at FROM (SELECT n, n * 31 % 300 AS p FROM generate_series(1, 600) AS n) AS s;
SELECT leadscore.create_match_rule('first'), leadscore.create_match_rule('second');
UPDATE leadscore.match_rule SET title = 'Ours', title_ru = 'Наше' WHERE rule = 'first';
SELECT rule, leads, matches, persons, prior > 1e-4 AS has_prior, m_from, training_keys > 2 AS has_keys, steps > 0 AS has_steps, expected_matches > 100 AS has_expected, labels FROM leadscore.train_match('first', 'history');
SELECT rule, title, title_ru, trained_leads, prior > 1e-4 AS has_prior FROM leadscore.match_rule;
SELECT field, hash = 0 AS is_average, round(frequency::numeric, 2) AS frequency FROM leadscore.match_frequency WHERE field = 'city' ORDER BY frequency DESC;
CREATE TABLE shuffled AS SELECT * FROM history ORDER BY md5(id::text);
CREATE TABLE learned AS SELECT leadscore.export_match_rule('first') AS document;
SELECT leadscore.train_match('first', 'history') = leadscore.train_match('first', 'shuffled') AS is_same_report;
SELECT leadscore.export_match_rule('first') = document AS is_same FROM learned;
SELECT leadscore.train_match('contact', 'shuffled') IS NOT NULL AS is_made;
SELECT leadscore.export_match_rule('contact') - '{rule,title,title_ru}'::text[] = document - '{rule,title,title_ru}'::text[] AS is_same FROM learned;
SELECT bool_and(abs(f.weight - leadscore.match_weight('contact', a, b)) < 1) AS by_the_rule, count(*) FROM leadscore.find_duplicates('history') AS f JOIN history AS a ON a.id::text = f.lead_a JOIN history AS b ON b.id::text = f.lead_b;
-- Labels update m: pairs of one person whose cities differ. Those of strangers, unknown keys and NULLs do not.
CREATE TABLE labels (lead_a text, lead_b text, is_same boolean);
INSERT INTO labels SELECT a.id, b.id, true FROM history AS a JOIN history AS b ON a.id < b.id AND a.city <> b.city ORDER BY a.id, b.id LIMIT 100;
INSERT INTO labels SELECT lead_b, lead_a, true FROM labels LIMIT 10;
INSERT INTO labels VALUES ('1', '5', false), ('1', 'none', true), (NULL, '1', true), ('1', NULL, true), ('1', '3', NULL), ('7', '7', true), ('7', '7', false);
SELECT labels FROM leadscore.train_match('second', 'history', labels => 'labels');
SELECT f.m < 0.3 AS first, s.m > 0.5 AS second FROM leadscore.match_level AS f JOIN leadscore.match_level AS s USING (comparison, level) WHERE f.rule = 'first' AND s.rule = 'second' AND f.comparison = 'city' AND f.test = 'otherwise';
INSERT INTO labels SELECT lead_a, lead_b, false FROM labels LIMIT 1;
SELECT error_of($$SELECT leadscore.train_match('second', 'history', labels => 'labels')$$) LIKE '22023 | the links contradict each other: "%' AS is_refused;
SELECT error_of($$SELECT leadscore.train_match('second', 'history', labels => 'history')$$);
-- Too few leads teach no m.
SELECT leadscore.create_match_rule('few');
SELECT leads, pairs, matches, persons, m_from, training_keys, steps FROM leadscore.train_match('few', 'leads');
DELETE FROM leads;
SELECT leads, pairs, matches, persons, m_from FROM leadscore.train_match('few', 'leads');
SELECT trained_leads FROM leadscore.match_rule WHERE rule = 'few';

DROP TABLE leads, shipped, history, shuffled, learned, labels CASCADE;
DROP FUNCTION error_of, refused, weigh;
DROP EXTENSION leadscore;
