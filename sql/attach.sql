-- Attaching tables of leads: arguments, keys, guesses, hostile names, settings, stages, roles, and what remains.
\set SHOW_CONTEXT never
CREATE EXTENSION leadscore;
SET TimeZone = 'UTC';
-- What comes of a statement, which is undone.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RAISE SQLSTATE '00U01';
EXCEPTION WHEN SQLSTATE '00U01' THEN
  RETURN 'done';
WHEN OTHERS THEN
  RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
\set VERBOSITY terse
INSERT INTO leadscore.model (model, status, time_zone) VALUES ('m', 'status', 'Europe/Moscow');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'true', '10 * visits');
INSERT INTO leadscore.band (model, kind, label, from_score) VALUES ('m', 'grade', 'A', 50), ('m', 'grade', 'B', 0);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open'), ('m', 'sql', 3, 'open'), ('m', 'customer', 4, 'won'), ('m', 'hold', 5, 'hold'), ('m', 'lost', 6, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'visits', 'visits >= 5');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'work', 'sql'), ('m', 'paid', 'customer'), ('m', 'wait', 'hold'), ('m', 'no', 'lost');
INSERT INTO leadscore.model (model) VALUES ('plain');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('plain', 'one', 'true', '1');
CREATE VIEW state AS
SELECT o.source, s.lead, s.score, s.grade, g.stage, s.visits, s.channel, s.owner, s.status, s.amount, s.created_at, s.cohort_day, s.problem, s.problem_state, s.is_duplicate, s.events
FROM leadscore.lead_state AS s JOIN leadscore.source AS o USING (source_id) LEFT JOIN leadscore.source_stage AS g USING (source_id, stage_id);
CREATE VIEW history AS
SELECT o.source, h.lead, h.visit_no, g.stage, h.lap_no, h.cause, h.entered_at FROM leadscore.stage_history AS h JOIN leadscore.source AS o USING (source_id) JOIN leadscore.source_stage AS g USING (source_id, stage_id);

-- What is refused.
CREATE TABLE leads (id bigint PRIMARY KEY, visits integer);
CREATE TABLE no_key (id bigint, visits integer);
CREATE TABLE loose (id bigint UNIQUE, kind integer, visits integer);
CREATE UNIQUE INDEX ON loose (kind) WHERE kind > 0;
CREATE TABLE float_key (id float8 PRIMARY KEY, visits integer);
CREATE TABLE time_key (id timestamptz PRIMARY KEY, visits integer);
CREATE VIEW seen AS SELECT * FROM leads;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM leads;
CREATE TEMP TABLE gone (id bigint PRIMARY KEY, visits integer);
CREATE TABLE parted (id bigint PRIMARY KEY, visits integer) PARTITION BY HASH (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE mother (id bigint PRIMARY KEY, visits integer);
CREATE TABLE child () INHERITS (mother);
CREATE TABLE happened (lead_id bigint, event text, at timestamptz);
CREATE INDEX ON happened (lead_id);
CREATE TABLE happened_text (lead_id text, event text, at text);
SET client_min_messages = warning;
SELECT s.statement, outcome('SELECT leadscore.' || s.statement) FROM unnest(ARRAY[
  $$attach(NULL, 'm')$$, $$attach('leads', NULL)$$, $$attach('leads', 'none')$$, $$attach('nowhere', 'm')$$,
  $$attach('seen', 'm')$$, $$attach('kept', 'm')$$, $$attach('gone', 'm')$$, $$attach('leads_pkey', 'm')$$, $$attach('parted_1', 'm')$$, $$attach('mother', 'm')$$, $$attach('child', 'm')$$, $$attach(0, 'm')$$,
  $$attach('no_key', 'm')$$, $$attach('loose', 'm')$$, $$attach('loose', 'm', key => 'id')$$, $$attach('loose', 'm', key => 'kind')$$, $$attach('leads', 'm', key => 'visits')$$, $$attach('leads', 'm', key => 'id, visits')$$,
  $$attach('leads', 'm', key => 'no')$$, $$attach('leads', 'm', key => '')$$, $$attach('leads', 'm', key => 'ctid')$$, $$attach('float_key', 'm')$$, $$attach('time_key', 'm')$$,
  $$attach('leads', 'm', columns => '[]')$$, $$attach('leads', 'm', columns => '{"mail": "id"}')$$, $$attach('leads', 'm', columns => '{"owner": "no"}')$$, $$attach('leads', 'm', columns => '{"owner": "tableoid"}')$$,
  $$attach('leads', 'm', columns => '{"created_at": "visits"}')$$, $$attach('float_key', 'm', columns => '{"amount": {"a": 1}}')$$,
  $$attach('leads', 'm', time_zone => 'Nowhere/None')$$, $$attach('leads', 'm', on_error => 'ignore')$$, $$attach('leads', 'm', duplicates => 'maybe')$$, $$attach('leads', 'm', source => '')$$,
  $$attach('leads', 'm', half_life => '0')$$, $$attach('leads', 'm', half_life => '-1 day')$$, $$attach('leads', 'm', half_life => NULL)$$, $$attach('leads', 'm', matures_after => NULL)$$, $$attach('leads', 'm', matures_after => '-1 day')$$, $$attach('leads', 'm', on_error => NULL)$$,
  $$attach('leads', 'm', events => 'seen')$$, $$attach('leads', 'm', events => 'happened_text')$$, $$attach('leads', 'm', events => 'leads')$$, $$attach('leads', 'm', events => 'happened', event_columns => '{"at": "event"}')$$, $$attach('leads', 'm', events => 'happened', event_columns => '{"at": "no"}')$$,
  $$attach('leads', 'm', events => 'happened', event_columns => '[]')$$, $$attach('leads', 'm', events => 'happened', event_columns => '{"when": "at"}')$$, $$attach('leads', 'm', features => 'happened')$$, $$attach('leads', 'm', duplicates => 'mark')$$,
  $$owned_source(NULL)$$, $$owned_source('none')$$, $$detach(NULL)$$, $$detach('none')$$, $$refresh(NULL)$$, $$refresh('none')$$, $$rescore(NULL)$$, $$rescore('none')$$, $$rescan(NULL)$$, $$rescan('none')$$, $$forget(NULL, '1')$$, $$forget('none', '1')$$,
  $$verify(NULL)$$, $$verify('none')$$, $$import_stage_history(NULL, 'leads')$$, $$import_stage_history('none', 'leads')$$, $$run_for_leads(NULL, 'judge')$$, $$run_for_leads('leads'::regclass, NULL)$$, $$run_for_leads('leads'::regclass, 'insert')$$, $$run_for_leads('leads'::regclass, 'judge', '{1}')$$,
  $$run_for_leads(0, 'judge')$$, $$register_source(NULL)$$, $$clean_sources()$$, $$judge_attached('m', 1, now(), 0, false, NULL, NULL, NULL, false)$$, $$judge_attached('m', NULL::leads, now(), 0, false, 'x', 'y', 'z', true)$$, $$judge_attached(NULL, l, now(), 0, false, NULL, NULL, NULL, true) FROM (SELECT) AS l$$]) AS s (statement);
RESET client_min_messages;
SELECT count(*) AS sources FROM leadscore.source;
SELECT tgname FROM pg_trigger WHERE tgfoid = 'leadscore.sync_source()'::regprocedure;

-- Twice, and two of one name.
SELECT leadscore.attach('leads', 'm');
SELECT outcome($$SELECT leadscore.attach('leads', 'm')$$), outcome($$SELECT leadscore.attach('mother', 'm', source => 'leads')$$), outcome($$SELECT leadscore.attach('parted', 'm', source => 'leads')$$);
SELECT leadscore.detach('leads');

-- Keys of each kind: text that array quotes trouble, whole numbers, numeric whose zeros count, uuid, domains.
CREATE DOMAIN number AS smallint CHECK (VALUE <> 13);
CREATE TABLE by_text (code text PRIMARY KEY, visits integer);
CREATE TABLE by_char (code char(4) PRIMARY KEY, visits integer);
CREATE TABLE by_small (id int2 PRIMARY KEY, visits integer);
CREATE TABLE by_domain (id number PRIMARY KEY, visits integer);
CREATE TABLE by_numeric (id numeric PRIMARY KEY, visits integer);
CREATE TABLE by_uuid (id uuid PRIMARY KEY, visits integer);
CREATE TABLE by_three (a text, b integer, c uuid, visits integer, PRIMARY KEY (b, a, c));
CREATE TABLE by_unique (id bigint NOT NULL, visits integer, UNIQUE (id) INCLUDE (visits));
SET client_min_messages = warning;
SELECT leadscore.attach('by_text', 'plain'), leadscore.attach('by_char', 'plain'), leadscore.attach('by_small', 'plain'), leadscore.attach('by_domain', 'plain'), leadscore.attach('by_numeric', 'plain'),
  leadscore.attach('by_uuid', 'plain'), leadscore.attach('by_three', 'plain'), leadscore.attach('by_unique', 'plain', key => '  id ');
RESET client_min_messages;
INSERT INTO by_text VALUES (''), (' '), ('a,b'), ('{"}'), ('NULL'), ('\'), ('Ж''');
INSERT INTO by_char VALUES ('a'), (' b');
INSERT INTO by_small VALUES (-32768);
INSERT INTO by_domain VALUES (1);
INSERT INTO by_numeric VALUES (1.0), (2.50), (-1e20), ('NaN');
INSERT INTO by_uuid VALUES ('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11');
INSERT INTO by_three VALUES ('', 1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), ('a,"b\', 2, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), ('NULL', -3, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
INSERT INTO by_unique VALUES (5);
SELECT source, quote_literal(lead) AS lead, score FROM state ORDER BY source, lead COLLATE "C";
UPDATE by_text SET code = code || '!' WHERE code <> '';
UPDATE by_three SET a = a || '}', visits = 1;
DELETE FROM by_char WHERE code = 'a';
UPDATE by_numeric SET id = 1.00 WHERE id = 1;
SELECT source, quote_literal(lead) AS lead FROM state WHERE source = ANY ('{by_text,by_three,by_char,by_numeric}') ORDER BY source, lead COLLATE "C";
SELECT o.source, leadscore.refresh(o.source), leadscore.rescan(o.source) FROM leadscore.source AS o ORDER BY 1;
SELECT o.source, v.* FROM leadscore.source AS o, leadscore.verify(o.source) AS v;
DROP TABLE by_text, by_char, by_small, by_domain, by_numeric, by_uuid, by_three, by_unique;
DROP DOMAIN number;
SELECT leadscore.clean_sources(), leadscore.clean_sources();

-- Columns are guessed by their names, in two languages and any case; of two candidates the first name wins, a column
-- that is given plays no second role.
CREATE TABLE guessed ("Id" bigint PRIMARY KEY, "E-Mail" text, "Телефон" text, "ФИО" text, "Компания" text, "Источник" text, "Ответственный" text, "Статус" text, "Бюджет" numeric, "Дата_создания" timestamptz, "Закрыт" date, value integer, price text);
SELECT leadscore.attach('guessed', 'plain', duplicates => 'none', columns => '{"phone": null, "name": "price"}');
SELECT c.* FROM leadscore.source AS s, jsonb_each_text(s.columns) AS c ORDER BY c.key;
DROP TABLE guessed;
CREATE TABLE guessed (id bigint PRIMARY KEY, status text, stage text, source text, lead_source text, price text, budget money, revenue float4, created date, created_at timestamp, manager integer);
SELECT leadscore.attach('guessed', 'plain', source => 'second', time_zone => 'Asia/Tokyo');
INSERT INTO guessed VALUES (1, 'a', 'b', 'c', 'd', '5', 7, 12.5, '2026-01-01', '2026-01-02 00:30', 9);
INSERT INTO guessed (id) VALUES (2), (3);
UPDATE guessed SET revenue = 'Infinity', created = '-infinity', created_at = 'infinity' WHERE id = 3;
INSERT INTO guessed (id, revenue, created_at) VALUES (4, 1e20, NULL), (5, 'NaN', '4713-01-01 BC');
SELECT lead, channel, owner, status, amount, CASE WHEN created_at < now() - interval '1 day' THEN created_at END AS created_at, CASE WHEN created_at < now() - interval '1 day' THEN cohort_day END AS cohort_day FROM state WHERE source = 'second' ORDER BY lead;
SELECT * FROM leadscore.verify('second');
SELECT outcome($$INSERT INTO guessed (id, created_at) VALUES (6, '294276-12-31 23:59:59')$$), outcome($$INSERT INTO guessed (id, created_at) VALUES (7, '4714-11-24 00:00 BC')$$);
SELECT leadscore.detach('second');
SELECT leadscore.attach('guessed', 'plain', source => 'second', time_zone => 'America/New_York');
SELECT outcome($$INSERT INTO guessed (id, created_at) VALUES (6, '294276-12-31 23:59:59')$$);
SELECT leadscore.detach('second');
DROP TABLE guessed;
SELECT leadscore.clean_sources();

-- A model has stages, and nothing that brings a lead into one.
\set VERBOSITY default
SELECT leadscore.create_model('unplaced', 'blank');
CREATE TABLE unplaced (id bigint PRIMARY KEY, progress text);
SELECT leadscore.attach('unplaced', 'unplaced');
SELECT leadscore.detach('unplaced');
INSERT INTO unplaced VALUES (1, 'asked');
SELECT leadscore.attach('unplaced', 'unplaced');
UPDATE leadscore.model SET status = 'progress' WHERE model = 'unplaced';
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('unplaced', 'asked', 'mql');
SELECT leadscore.refresh('unplaced');
SELECT l.stage FROM leadscore.leads AS l WHERE l.source = 'unplaced';
SELECT leadscore.detach('unplaced');
SELECT leadscore.attach('unplaced', 'unplaced');
SELECT leadscore.detach('unplaced');
DROP TABLE unplaced;
DELETE FROM leadscore.model WHERE model = 'unplaced';
\set VERBOSITY terse

-- Names that SQL would have to quote.
CREATE SCHEMA "Sch ema";
CREATE TABLE "Sch ema"."Le""ads" ("select" text PRIMARY KEY, "e-mail" text, "Stat'us" text, "$1" numeric, "%I" text, visits integer);
CREATE TABLE "Sch ema"."%s" ("le ad" text, "ev""ent" text, "a't" timestamptz);
CREATE INDEX ON "Sch ema"."%s" ("le ad");
INSERT INTO leadscore.model (model) VALUES ('mo''del%s\');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('mo''del%s\', 'one', '"select" = ''a''', '1');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('mo''del%s\', 'a', 1, '1 year');
INSERT INTO "Sch ema"."Le""ads" VALUES ('a', 'a@b.ru', 'x', 1, 'y', 1);
SELECT leadscore.attach('"Sch ema"."Le""ads"', 'mo''del%s\', source => '"', events => '"Sch ema"."%s"', event_columns => '{"lead": "le ad", "event": "ev\"ent", "at": "a''t"}', columns => '{"stage": "Stat''us", "amount": "$1", "owner": "%I"}', duplicates => 'mark');
INSERT INTO "Sch ema"."%s" VALUES ('a', 'a', '2026-01-01'), ('none', 'a', '2026-01-01'), (NULL, 'a', '2026-01-01');
INSERT INTO "Sch ema"."Le""ads" VALUES (E'''b\\$$', 'a@b.ru', '%s', 2, '%1$s', 2);
SELECT lead, score, channel, owner, status, amount, is_duplicate, events FROM state ORDER BY lead COLLATE "C";
TRUNCATE "Sch ema"."%s";
SELECT lead, events FROM state ORDER BY lead COLLATE "C";
SELECT * FROM leadscore.verify('"');
SELECT leadscore.refresh('"'), leadscore.rescan('"'), leadscore.rescore('"'), leadscore.forget('"', 'a'), leadscore.forget('"', 'a'), leadscore.detach('"');
SELECT leadscore.drop_duplicate_index('"Sch ema"."Le""ads"');
DROP TABLE "Sch ema"."Le""ads", "Sch ema"."%s";
DROP SCHEMA "Sch ema";

-- What a session has set makes no difference.
CREATE TABLE set_up (region text, id integer, visits integer, channel float8, owner timestamptz, status interval, created_at timestamp, budget float4, PRIMARY KEY (region, id));
CREATE FUNCTION fill() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  digest text;
BEGIN
  PERFORM leadscore.attach('public.set_up', 'plain', key => 'region , id', source => 's', duplicates => 'none', columns => '{"stage": "status", "channel": "channel", "owner": "owner"}');
  INSERT INTO public.set_up SELECT E'r\\' || n % 2, n, n, n / 3.0, timestamptz '2026-03-04 05:06:07+00' + n * interval '1 hour', n * interval '25 hours', timestamp '2026-03-04 23:30' + n * interval '1 hour', n / 7.0 FROM generate_series(1, 5) AS n;
  UPDATE public.set_up SET visits = visits + 1;
  SELECT md5(string_agg(concat_ws('|', s.lead, s.channel, s.owner, s.status, s.amount, extract(epoch FROM s.created_at), s.cohort_day - date '2026-01-01', s.score), ',' ORDER BY s.lead)) INTO digest FROM leadscore.lead_state AS s;
  RETURN digest || (SELECT coalesce(string_agg(v.problem, ', '), '') FROM leadscore.verify('s') AS v);
END
$$;
CREATE TABLE digest (place integer GENERATED ALWAYS AS IDENTITY, setting text, digest text);
CREATE FUNCTION try_setting(setting text, value text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config(setting, value, true);
  BEGIN
    INSERT INTO public.digest (setting, digest) VALUES (setting, public.fill());
    PERFORM leadscore.detach('s');
    TRUNCATE public.set_up;
  EXCEPTION WHEN OTHERS THEN
    INSERT INTO public.digest (setting, digest) VALUES (setting, SQLERRM);
  END;
END
$$;
\c -
SET TimeZone = 'UTC';
SET client_min_messages = error;
\pset format unaligned
\pset tuples_only on
SELECT format('SELECT public.try_setting(%L, %L);', s.name, s.value) FROM unnest(ARRAY['standard_conforming_strings', 'DateStyle', 'TimeZone', 'IntervalStyle', 'extra_float_digits', 'escape_string_warning', 'backslash_quote', 'quote_all_identifiers', 'search_path', 'search_path', 'array_nulls', 'transform_null_equals', 'bytea_output', 'plan_cache_mode', 'enable_hashjoin', 'row_security', 'session_replication_role'],
  ARRAY['off', 'German, DMY', 'America/New_York', 'sql_standard', '-5', 'off', 'on', 'on', '', 'pg_temp, pg_catalog, public', 'off', 'on', 'escape', 'force_custom_plan', 'off', 'off', 'local']) AS s (name, value) \gexec
\pset format aligned
\pset tuples_only off
RESET client_min_messages;
SELECT d.place, d.setting, (SELECT e.digest FROM digest AS e WHERE e.place = 1) = d.digest AS is_equal, CASE WHEN d.digest !~ '^[0-9a-f]{32}$' THEN d.digest END AS problem FROM digest AS d ORDER BY d.place;
DROP TABLE set_up, digest;
DROP FUNCTION try_setting(text, text), fill();

-- Stages: the status decides, rules only raise, hold has laps; a lead that comes again goes on where it was.
CREATE TABLE deals (id bigint PRIMARY KEY, visits integer, status text, created_at timestamptz DEFAULT '2026-01-01');
SET client_min_messages = warning;
SELECT leadscore.attach('deals', 'm');
RESET client_min_messages;
INSERT INTO deals VALUES (1, 0, NULL);
UPDATE deals SET visits = 6;
UPDATE deals SET visits = 0;
UPDATE deals SET status = 'wait';
UPDATE deals SET visits = 1;
UPDATE deals SET status = 'work';
UPDATE deals SET status = 'wait';
UPDATE deals SET status = 'work';
UPDATE deals SET status = 'paid';
UPDATE deals SET status = 'nothing';
SELECT lead, visit_no, stage, lap_no, cause FROM history WHERE source = 'deals' ORDER BY visit_no;
DELETE FROM deals;
SELECT count(*) FROM state WHERE source = 'deals';
INSERT INTO deals VALUES (1, 0, 'no');
SELECT lead, visit_no, stage, lap_no, cause FROM history WHERE source = 'deals' AND visit_no >= 7 ORDER BY visit_no;
SELECT lead, stage, visits FROM state WHERE source = 'deals';
-- What came before the table was attached, by stages and statuses, out of order, with what is nobody's.
CREATE TABLE archive (who text, what text, since date);
INSERT INTO archive VALUES ('1', 'lead', '2025-01-01'), ('1', 'lead', '2025-01-02'), ('1', 'wait', '2024-12-01'), ('1', NULL, '2025-01-03'), (NULL, 'lead', '2025-01-03'), ('1', 'work', NULL), ('1', 'work', 'infinity'), ('1', 'no stage', '2025-01-04'), ('77', 'mql', '2025-05-05');
SELECT leadscore.import_stage_history('deals', 'archive', 'who', 'what', 'since');
SELECT lead, visit_no, stage, lap_no, cause, CASE WHEN cause = 'import' THEN entered_at::date - date '2025-01-01' END AS day FROM history WHERE source = 'deals' ORDER BY lead, visit_no;
SELECT leadscore.import_stage_history('deals', 'archive', 'who', 'what', 'since');
SELECT lead, count(*) AS visits FROM history WHERE source = 'deals' GROUP BY lead ORDER BY lead;
SELECT s.statement, outcome('SELECT leadscore.' || s.statement) FROM unnest(ARRAY[$$import_stage_history('deals', NULL)$$, $$import_stage_history('deals', 'archive')$$, $$import_stage_history('deals', 'archive', NULL, 'what', 'since')$$, $$import_stage_history('deals', 'archive', 'who', 'what', 'what')$$, $$forget('deals', NULL)$$]) AS s (statement);
INSERT INTO deals VALUES (77, 0, NULL);
SELECT stage, visits FROM state WHERE source = 'deals' AND lead = '77';
SELECT leadscore.forget('deals', '77'), leadscore.forget('deals', 'none');
SELECT leadscore.refresh('deals');
SELECT lead, visit_no, stage, cause FROM history WHERE source = 'deals' AND lead = '77';
SELECT * FROM leadscore.verify('deals');

-- A model that changes counts at the next writing, or at rescore().
INSERT INTO deals SELECT n, n FROM generate_series(101, 103) AS n;
UPDATE leadscore.criterion SET points = '1' WHERE model = 'm';
UPDATE deals SET visits = visits WHERE id = 101;
SELECT lead, score, grade FROM state WHERE source = 'deals' AND lead LIKE '10_' ORDER BY lead;
SELECT * FROM leadscore.verify('deals');
SELECT leadscore.rescore('deals'), leadscore.rescore('deals');
SELECT lead, score, grade FROM state WHERE source = 'deals' AND lead LIKE '10_' ORDER BY lead;
SELECT c.lead, c.score, c.grade FROM leadscore.score_change AS c JOIN leadscore.source AS o USING (source_id) WHERE o.source = 'deals' AND c.lead LIKE '10_' ORDER BY c.lead, c.changed_at;
-- A stage that the model loses; a state that somebody has spoilt.
DELETE FROM leadscore.stage WHERE model = 'm' AND stage = 'lost';
UPDATE deals SET status = 'no', visits = 0 WHERE id = 102;
SELECT lead, stage, problem FROM state WHERE source = 'deals' AND lead = ANY ('{1,102}') ORDER BY lead;
UPDATE leadscore.lead_state SET score = 99, visits = 7, events = 5, channel = 'x' WHERE lead = '102';
DELETE FROM leadscore.lead_state WHERE lead = '103';
INSERT INTO leadscore.lead_state SELECT (l).* FROM (SELECT jsonb_populate_record(s, '{"lead": "none"}') AS l FROM leadscore.lead_state AS s WHERE s.lead = '101') AS l;
SELECT * FROM leadscore.verify('deals');
SELECT leadscore.rescan('deals');
SELECT * FROM leadscore.verify('deals');
SELECT leadscore.detach('deals');
SELECT (SELECT count(*) FROM leadscore.source) + (SELECT count(*) FROM leadscore.lead_state) + (SELECT count(*) FROM leadscore.stage_history) + (SELECT count(*) FROM leadscore.score_change) + (SELECT count(*) FROM leadscore.source_stage) + (SELECT count(*) FROM leadscore.source_column) AS rows_left,
  (SELECT count(*) FROM pg_trigger WHERE tgfoid = 'leadscore.sync_source()'::regprocedure) AS triggers_left;

-- A lead that cannot be judged: marked, with the rest judged; or refused.
UPDATE leadscore.criterion SET points = '10 / visits' WHERE model = 'plain';
INSERT INTO deals (id, visits) VALUES (2, 0);
SELECT leadscore.attach('deals', 'plain');
INSERT INTO deals (id, visits) VALUES (3, 0), (4, 5);
SELECT lead, score, problem, problem_state FROM state WHERE source = 'deals' AND lead = ANY ('{1,2,3,4}') ORDER BY lead;
UPDATE leadscore.criterion SET condition = 'no_column > 1' WHERE model = 'plain';
UPDATE deals SET visits = 2 WHERE id <= 4;
SELECT lead, score, problem, problem_state FROM state WHERE source = 'deals' AND lead = ANY ('{3,4}') ORDER BY lead;
DELETE FROM leadscore.model WHERE model = 'plain';
UPDATE deals SET visits = 3 WHERE id <= 4;
SELECT lead, score, problem, problem_state FROM state WHERE source = 'deals' AND lead = ANY ('{3,4}') ORDER BY lead;
SELECT lead, problem FROM leadscore.verify('deals') WHERE lead = '3';
SELECT leadscore.detach('deals');
INSERT INTO leadscore.model (model) VALUES ('plain');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('plain', 'one', 'true', '10 / visits');
UPDATE deals SET visits = 1;
SET client_min_messages = warning;
SELECT leadscore.attach('deals', 'plain', on_error => 'raise');
RESET client_min_messages;
SELECT outcome($$INSERT INTO deals (id, visits) VALUES (5, 0)$$), outcome($$UPDATE deals SET visits = 0$$), outcome($$INSERT INTO deals (id, visits) VALUES (5, 1)$$);
SELECT leadscore.detach('deals');

-- Conditions read duplicates and engagement.
CREATE TABLE people (id bigint PRIMARY KEY, email text, created_at timestamptz);
CREATE TABLE acts (lead_id bigint, event text, at timestamptz);
CREATE INDEX ON acts (lead_id);
INSERT INTO leadscore.model (model) VALUES ('knows');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('knows', 'first', 'NOT is_duplicate', '50'), ('knows', 'active', 'engagement > 5', '20');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('knows', 'call', 10, '1000 years'), ('knows', 'spam', -20, '1000 years');
INSERT INTO people VALUES (1, 'a@b.ru', '2026-01-01');
SET client_min_messages = warning;
SELECT leadscore.attach('people', 'knows', events => 'acts');
RESET client_min_messages;
INSERT INTO people VALUES (2, 'A@B.ru', '2026-01-02'), (3, 'c@d.ru', '2026-01-02');
INSERT INTO acts VALUES (2, 'call', '2026-01-03'), (3, 'call', 'infinity'), (3, 'unknown', '2026-01-03'), (1, 'spam', '2026-01-03'), (NULL, 'call', '2026-01-03'), (9, 'call', '2026-01-03');
SELECT lead, score, is_duplicate, events FROM state WHERE source = 'people' ORDER BY lead;
UPDATE acts SET lead_id = 3 WHERE lead_id = 2;
DELETE FROM people WHERE id = 1;
SELECT lead, score, is_duplicate, events FROM state WHERE source = 'people' ORDER BY lead;
SELECT * FROM leadscore.verify('people');

-- Who may do what. Whoever writes needs no privilege but on the table.
CREATE ROLE regress_writer;
CREATE ROLE regress_owner;
GRANT INSERT, UPDATE, SELECT ON people, acts TO regress_writer;
GRANT USAGE ON SCHEMA leadscore TO regress_owner, regress_writer;
REVOKE USAGE ON SCHEMA leadscore FROM PUBLIC;
REVOKE USAGE ON SCHEMA leadscore FROM regress_writer;
SET ROLE regress_writer;
INSERT INTO people VALUES (4, 'x@y.ru', '2026-01-03');
UPDATE people SET email = 'c@d.ru' WHERE id = 4;
INSERT INTO acts VALUES (4, 'call', '2026-01-03');
RESET ROLE;
GRANT USAGE ON SCHEMA leadscore TO regress_writer;
SELECT lead, score, is_duplicate, events FROM state WHERE source = 'people' ORDER BY lead;
SET ROLE regress_writer;
SELECT s.statement, outcome('SELECT leadscore.' || s.statement) FROM unnest(ARRAY[$$attach('acts', 'm', key => 'lead_id')$$, $$attach('deals', 'm')$$, $$attach('leads', 'm', events => 'acts')$$, $$detach('people')$$, $$refresh('people')$$, $$rescan('people')$$, $$rescore('people')$$, $$forget('people', '4')$$, $$verify('people')$$, $$import_stage_history('people', 'acts', 'lead_id', 'event', 'at')$$,
  $$run_for_leads('public.people'::regclass, 'detach')$$, $$run_for_leads('public.people'::regclass, 'forget', '{4}')$$, $$add_source_stage(1, 'x')$$, $$add_sync_triggers('public.people')$$, $$drop_sync_triggers('public.people')$$,
  $$register_source(jsonb_populate_record(NULL::leadscore.source, '{"source": "mine", "relation": "public.people", "model": "m"}'))$$, $$clean_sources()$$, $$lead_features(1, '4')$$]) AS s (statement);
SELECT count(*) AS states FROM leadscore.lead_state;
SELECT outcome('INSERT INTO leadscore.lead_state (source_id) VALUES (1)'), outcome('DELETE FROM leadscore.source'), outcome('UPDATE leadscore.stage_history SET lap_no = 1');
RESET ROLE;
REVOKE SELECT ON people FROM regress_writer;
SET ROLE regress_writer;
SELECT count(*) AS states FROM leadscore.lead_state;
RESET ROLE;
-- An owner who is no superuser needs nobody.
GRANT CREATE ON SCHEMA public TO regress_owner;
SET ROLE regress_owner;
SET client_min_messages = warning;
CREATE DOMAIN own_key AS text CHECK (VALUE <> '');
CREATE FUNCTION tell() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN true; END $$;
CREATE VIEW own_view AS SELECT '1'::text AS id, 1 AS visits WHERE tell();
ALTER DOMAIN own_key ADD CHECK (tell());
CREATE TABLE own (id own_key PRIMARY KEY, visits integer);
INSERT INTO own VALUES ('1', 2);
SELECT leadscore.attach('own', 'plain', source => 'own');
INSERT INTO own VALUES ('2', 0);
SELECT leadscore.refresh('own'), leadscore.rescan('own'), leadscore.rescore('own'), leadscore.forget('own', '1');
SELECT leadscore.refresh('own');
SELECT * FROM leadscore.verify('own');
SELECT left(outcome($$SELECT leadscore.register_source(jsonb_populate_record(NULL::leadscore.source, '{"source": "mine", "relation": "own_view", "model": "m", "key": ["id"], "columns": {}}'))$$), 5) AS state;
CREATE TRIGGER own_trigger AFTER INSERT ON own REFERENCING NEW TABLE AS other FOR EACH STATEMENT EXECUTE FUNCTION leadscore.sync_source();
CREATE TEMP VIEW leadscore_new AS SELECT id, visits FROM own_view;
INSERT INTO own VALUES ('3', 1);
SELECT lead, score FROM leadscore.lead_state ORDER BY lead;
SELECT outcome($$CREATE TRIGGER wrong AFTER INSERT ON own FOR EACH STATEMENT EXECUTE FUNCTION leadscore.sync_source(); INSERT INTO own VALUES ('4', 1)$$),
  outcome($$CREATE TRIGGER wrong BEFORE INSERT ON own FOR EACH ROW EXECUTE FUNCTION leadscore.sync_source(); INSERT INTO own VALUES ('4', 1)$$);
SELECT leadscore.detach('own');
DROP VIEW leadscore_new;
DROP TABLE own;
DROP VIEW own_view;
DROP DOMAIN own_key;
DROP FUNCTION tell();
RESET client_min_messages;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM regress_owner;
GRANT USAGE ON SCHEMA leadscore TO PUBLIC;
REVOKE ALL ON people, acts FROM regress_writer;
REVOKE ALL ON SCHEMA leadscore FROM regress_owner, regress_writer;
DROP ROLE regress_owner, regress_writer;

-- States that are too long for a page are found by their keys as others are.
CREATE TABLE wordy (id text PRIMARY KEY, channel text, visits integer);
SELECT leadscore.attach('wordy', 'plain');
INSERT INTO wordy SELECT key, (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 300) AS i), 1
FROM unnest(ARRAY['a', 'b', (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 70) AS i)]) AS key;
SELECT left(lead, 10) AS lead, problem FROM leadscore.verify('wordy');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT lead, score, length(channel) FROM leadscore.lead_state WHERE lead IN ('a', 'b') ORDER BY lead;
RESET enable_bitmapscan;
SET enable_indexscan = off;
SELECT lead, score, length(channel) FROM leadscore.lead_state WHERE lead IN ('a', 'b') ORDER BY lead;
RESET enable_indexscan;
RESET enable_seqscan;
UPDATE wordy SET visits = 2;
SELECT left(lead, 10) AS lead, count(*) FROM leadscore.lead_state JOIN leadscore.source USING (source_id) WHERE source = 'wordy' GROUP BY lead ORDER BY lead;
SELECT leadscore.detach('wordy');
DROP TABLE wordy;

-- Who comes first among many that hang together may be nobody's pair but one: the others are marked all the same, and
-- unmarked when the one between them goes.
CREATE TABLE chain (id bigint PRIMARY KEY, full_name text, email text, phone text, created_at timestamptz, visits integer);
INSERT INTO chain VALUES (1, 'Котов Пётр', 'kot@ya.ru', '+7 901 000-00-01', '2026-01-03'), (2, 'Котов Пётр', 'kot@ya.ru', '+7 902 111-11-22', '2026-01-02');
SELECT leadscore.attach('chain', 'plain', duplicates => 'mark');
INSERT INTO chain VALUES (3, 'Котов Пётр', 'oleg@mail.ru', '+7 901 000-00-01', '2026-01-01');
SELECT lead_a, lead_b FROM leadscore.duplicate_edge WHERE relation = 'chain'::regclass ORDER BY 1, 2;
SELECT lead, is_duplicate FROM state WHERE source = 'chain' ORDER BY lead;
SELECT * FROM leadscore.verify('chain');
DELETE FROM chain WHERE id = 1;
SELECT lead, is_duplicate FROM state WHERE source = 'chain' ORDER BY lead;
SELECT * FROM leadscore.verify('chain');
DROP TABLE chain;

-- The key of a lead that has gone is given to somebody else, in a statement that writes one of its old person as well: what
-- was said of the two holds no more, although the new lead has not been looked at when the other is judged.
CREATE TABLE reused (id bigint PRIMARY KEY, email text, created_at timestamptz, visits integer);
SELECT leadscore.attach('reused', 'plain', duplicates => 'mark');
INSERT INTO reused VALUES (1, 'anna@ya.ru', '2026-01-01'), (2, 'anna@ya.ru', '2026-01-02');
DELETE FROM reused WHERE id = 1;
INSERT INTO reused VALUES (1, 'boris@ya.ru', '2026-01-01'), (2, 'anna@ya.ru', '2026-01-02') ON CONFLICT (id) DO UPDATE SET visits = 1;
SELECT lead, is_duplicate FROM state WHERE source = 'reused' ORDER BY lead;
SELECT * FROM leadscore.verify('reused');
-- So it is when a lead gets another key, and when the new lead is the same person.
UPDATE reused SET id = 3, email = 'anna@ya.ru' WHERE id = 1;
UPDATE reused SET id = 4 WHERE id = 3;
INSERT INTO reused VALUES (3, 'vera@ya.ru', '2026-01-01'), (2, 'anna@ya.ru', '2026-01-02') ON CONFLICT (id) DO UPDATE SET visits = 2;
SELECT lead, is_duplicate FROM state WHERE source = 'reused' ORDER BY lead;
DELETE FROM reused WHERE id = 4;
INSERT INTO reused VALUES (4, 'anna@ya.ru', '2026-01-01'), (2, 'anna@ya.ru', '2026-01-02') ON CONFLICT (id) DO UPDATE SET visits = 3;
SELECT lead, is_duplicate FROM state WHERE source = 'reused' ORDER BY lead;
SELECT * FROM leadscore.verify('reused');
DROP TABLE reused;

-- DROP EXTENSION takes the triggers along, without CASCADE.
DROP VIEW state, history;
DROP EXTENSION leadscore;
INSERT INTO people VALUES (10, 'z@z.ru', '2026-01-03');
INSERT INTO acts VALUES (10, 'call', '2026-01-03');
SELECT count(*) AS triggers FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = ANY ('{people,acts}'::regclass[]);
DROP VIEW seen;
DROP MATERIALIZED VIEW kept;
DROP TABLE people, acts, deals, archive, leads, no_key, loose, float_key, time_key, parted, child, mother, happened, happened_text;
DROP FUNCTION outcome(text);
