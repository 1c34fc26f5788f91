-- Limits, at their edge and one beyond: no lead is lost there, and what is refused is refused with 54000. docs/limits.md
-- has the list. Limits of a single function are in the tests of their topics.
CREATE EXTENSION leadscore;
\set SHOW_CONTEXT never
SET client_min_messages = error;
-- Text that no compression makes shorter.
CREATE FUNCTION noise(length integer, seed integer) RETURNS text LANGUAGE sql AS $$ SELECT left(string_agg(encode(sha256(format('%s-%s', seed, i)::bytea), 'base64'), ''), length) FROM generate_series(1, length / 44 + 1) AS i $$;
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  state text; message text; hint text;
BEGIN
  EXECUTE statement;
  RETURN 'done';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
  RETURN regexp_replace(format('%s: %s %s', state, message, CASE WHEN hint <> '' THEN format('[%s]', hint) ELSE '' END), '\w{100,}', '…', 'g');
END
$$;
CREATE FUNCTION state_of(source text) RETURNS SETOF leadscore.lead_state LANGUAGE sql AS $$ SELECT s.* FROM leadscore.lead_state AS s JOIN leadscore.source AS o USING (source_id) WHERE o.source = state_of.source $$;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'one', 'true', '1');

-- Keys: 1,000 bytes. Both leads of a pair fit into an index; of a longer one nothing is kept, and it is written.
CREATE TABLE keyed (id text PRIMARY KEY, email text, phone text, channel text, owner text, status text, amount numeric, created_at timestamptz);
SELECT leadscore.attach('keyed', 'm');
INSERT INTO keyed (id, email, phone) SELECT noise(n, n), 'anna.berg@vasilek.ru', '+79215551212' FROM unnest(ARRAY[999, 1000, 1001, 1330, 2690]) AS n;
INSERT INTO keyed (id) VALUES (repeat('x', 100000));
SELECT length(lead), is_duplicate, problem FROM state_of('keyed') ORDER BY 1;
SELECT length(lead_a), length(lead_b) FROM leadscore.duplicate_edge WHERE relation = 'keyed'::regclass ORDER BY 1, 2;
SELECT length(lead) AS length, problem FROM leadscore.verify('keyed') ORDER BY 1;
UPDATE keyed SET email = NULL WHERE length(id) > 1000;
UPDATE keyed SET id = noise(1000, 7) WHERE length(id) = 1001;
UPDATE keyed SET id = noise(1001, 7) WHERE length(id) = 999;
SELECT leadscore.refresh('keyed'), leadscore.rescan('keyed'), leadscore.forget('keyed', noise(5000, 1));
CALL leadscore.fill('keyed');
SELECT length(lead), problem FROM state_of('keyed') ORDER BY 1;
CREATE TABLE history (lead text, stage text, entered_at timestamptz);
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', 'mql', 1);
INSERT INTO history SELECT noise(n, n), 'mql', '2026-01-01' FROM unnest(ARRAY[1000, 1001, 5000]) AS n;
INSERT INTO history SELECT noise(1000, 1000), 'mql', t.at::timestamptz FROM unnest(ARRAY['infinity', '-infinity', '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', NULL]) AS t (at);
SELECT outcome($$SELECT leadscore.import_stage_history('keyed', 'history')$$);
SELECT length(lead), entered_at AT TIME ZONE 'UTC' AS entered_at, cause FROM leadscore.stage_history ORDER BY 1, 2;
DELETE FROM leadscore.stage WHERE model = 'm';
DELETE FROM keyed;
SELECT count(*) FROM state_of('keyed');

-- A state that is stored apart because it is long is found again.
INSERT INTO keyed (id, channel, owner, status) SELECT n, noise(1500, n), noise(1000000, n + 1), repeat('s', 1000000) FROM generate_series(1, 300) AS n WHERE n < 3 OR n > 298;
INSERT INTO keyed (id, channel) SELECT 'c' || n, noise(n, n) FROM generate_series(1, 2600, 20) AS n;
SELECT count(*), max(length(channel)) FROM state_of('keyed');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT s.lead, length(s.channel), length(s.owner), length(s.status) FROM leadscore.lead_state AS s, leadscore.source AS o WHERE s.source_id = o.source_id AND o.source = 'keyed' AND s.lead = ANY (ARRAY['1', '2', '299', '300']);
RESET enable_seqscan;
RESET enable_bitmapscan;
UPDATE keyed SET channel = 'short' WHERE id = '299';
SELECT length(channel), visits FROM state_of('keyed') WHERE lead = '299';
SELECT * FROM leadscore.verify('keyed');
SELECT leadscore.detach('keyed');
SELECT leadscore.drop_duplicate_index('keyed');
TRUNCATE keyed;

-- Of a source that raises, the lead is refused.
SELECT leadscore.attach('keyed', 'm', duplicates => 'none', on_error => 'raise');
SELECT outcome($$INSERT INTO keyed (id) VALUES (noise(1000, 1))$$), outcome($$INSERT INTO keyed (id) VALUES (noise(1001, 1))$$), outcome($$UPDATE keyed SET id = id || 'x'$$);
SELECT leadscore.detach('keyed');
SELECT leadscore.create_duplicate_index('keyed', mode => 'reject');
SELECT outcome($$INSERT INTO keyed (id, email) VALUES (noise(1001, 1), 'anna.berg@vasilek.ru'), (noise(1002, 1), 'anna.berg@vasilek.ru')$$);
SELECT leadscore.drop_duplicate_index('keyed');
-- Numbers can be long, too, and keys of several columns grow by their quotes.
CREATE TABLE numbered (id numeric PRIMARY KEY);
CREATE TABLE quoted (a text, b text, PRIMARY KEY (a, b));
SELECT leadscore.attach('numbered', 'm', duplicates => 'none'), leadscore.attach('quoted', 'm', duplicates => 'none');
INSERT INTO numbered VALUES (1), (trunc(10::numeric ^ 999) + 1), (trunc(10::numeric ^ 1000) + 1), ((SELECT string_agg((7919 * i % 9973)::text, '') FROM generate_series(1, 1250) AS i)::numeric);
INSERT INTO quoted VALUES ('a', repeat('"', 495)), ('a', repeat('"', 497)), (repeat('\', 1300), repeat('"', 1300));
SELECT length(lead) FROM state_of('numbered') ORDER BY 1;
SELECT length(lead) FROM state_of('quoted') ORDER BY 1;
SELECT leadscore.detach('numbered'), leadscore.detach('quoted');
DROP TABLE keyed, history, numbered, quoted;

-- Times: the years 4713 BC to 294275, whatever the time zone; others are none. Amounts: below 10^15.
CREATE TABLE dated (id integer PRIMARY KEY, email text, phone text, created_at date, closed_at timestamp, stage_changed_at timestamptz, amount numeric);
SELECT leadscore.attach('dated', 'm', time_zone => 'Pacific/Kiritimati');
INSERT INTO dated (id, created_at) VALUES (1, '5874897-12-31'), (2, '4714-11-24 BC'), (3, '4713-01-01 BC'), (4, '294275-12-31'), (5, '294276-01-01'), (6, 'infinity');
INSERT INTO dated (id, closed_at) VALUES (7, '294276-12-31 23:59:59.999999'), (8, '4714-11-24 00:00:00 BC'), (9, '-infinity'), (10, '294275-12-31');
INSERT INTO dated (id, stage_changed_at) VALUES (11, '294276-12-31 23:59:59.999999+00'), (12, '4714-11-24 00:00:00+00 BC'), (13, 'infinity');
SELECT lead::integer AS lead, CASE WHEN created_at <> scored_at THEN (created_at AT TIME ZONE 'UTC')::text END AS created_at, CASE WHEN created_at <> scored_at THEN cohort_day END AS cohort_day, closed_at AT TIME ZONE 'UTC' AS closed_at
FROM state_of('dated') ORDER BY 1;
INSERT INTO dated (id, amount) VALUES (21, 1e15 - 0.01), (22, 1e15), (23, -1e15), (24, 'NaN'), (25, 'Infinity'), (26, 1e1000), (27, 999999999999999.999);
SELECT lead, amount FROM state_of('dated') WHERE lead >= '21' AND length(lead) = 2 ORDER BY 1;
SELECT * FROM leadscore.verify('dated');
SELECT leadscore.detach('dated');
-- A window that reaches beyond the beginning of time.
TRUNCATE dated;
SELECT outcome($$SELECT leadscore.create_duplicate_index('dated', within => '293000 years')$$), outcome($$SELECT leadscore.create_duplicate_index('dated', most_candidates => 1001)$$);
SELECT leadscore.create_duplicate_index('dated', within => '280000 years', most_candidates => 1000);
SELECT leadscore.attach('dated', 'm');
INSERT INTO dated (id, email, phone, created_at) SELECT row_number() OVER (), 'anna.berg@vasilek.ru', '+79215551212', t::date FROM unnest(ARRAY['4713-01-01 BC', '2026-01-01', '294275-12-31']) AS t;
UPDATE dated SET created_at = created_at - 1 WHERE id = 2;
SELECT lead, is_duplicate FROM state_of('dated') ORDER BY 1;
SELECT * FROM leadscore.verify('dated');
SELECT leadscore.detach('dated');
SELECT outcome($$SELECT leadscore.attach('dated', 'm', half_life => '100001 years')$$), outcome($$SELECT leadscore.attach('dated', 'm', matures_after => '1001 years')$$), outcome($$SELECT leadscore.attach('dated', 'm', half_life => '100000 years', matures_after => '1000 years')$$);
SELECT count(*) FROM leadscore.funnel;
SELECT leadscore.detach('dated');
SELECT leadscore.drop_duplicate_index('dated');
DROP TABLE dated;

-- Events of any time and any points: 10^15.
CREATE TABLE leads (id integer PRIMARY KEY);
CREATE TABLE events (lead integer, event text, at timestamptz);
SELECT outcome(format('INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES (''m'', %L, %s, %L)', k.event, k.points, k.half_life))
FROM (VALUES ('short', 1e15, '1 microsecond'), ('long', -1e15, '100000 years'), ('more', 1.1e15, '1 day'), ('longer', 1, '100001 years')) AS k (event, points, half_life);
INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per) VALUES ('m', 'few', 1e15, '100000 years', 9223372036854775807, '178000000 years');
SELECT leadscore.attach('leads', 'm', events => 'events', half_life => '100000 years');
INSERT INTO leads VALUES (1);
INSERT INTO events SELECT 1, e, t::timestamptz FROM unnest(ARRAY['short', 'long', 'few', noise(100000, 1)]) AS e, unnest(ARRAY['infinity', '-infinity', '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '2026-01-01', NULL]) AS t;
SELECT events, problem, heat > 1e15, cooling_heat > 1e15 FROM state_of('leads') AS s;
SELECT * FROM leadscore.verify('leads');
SELECT leadscore.detach('leads');
DROP TABLE leads, events;

-- Stages: 63 of a source, those that the model had before included.
CREATE TABLE many (id integer PRIMARY KEY, n integer);
INSERT INTO leadscore.stage (model, stage, stage_no) SELECT 'm', 's' || i, i FROM generate_series(1, 64) AS i;
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) SELECT 'm', 's' || i, 'r', 'n >= ' || i FROM generate_series(1, 64) AS i;
SELECT outcome($$SELECT leadscore.attach('many', 'm')$$);
DELETE FROM leadscore.stage WHERE stage = 's64';
SELECT leadscore.attach('many', 'm');
INSERT INTO many VALUES (1, 63);
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', 's64', 64);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 's64', 'r', 'n >= 64');
INSERT INTO many VALUES (2, 64), (3, 62);
UPDATE many SET n = 64 WHERE id = 3;
SELECT lead, stage_id, visits, score, problem, problem_state FROM state_of('many') ORDER BY 1;
SELECT * FROM leadscore.verify('many');
SELECT count(*) FROM leadscore.source_ladder;
SELECT leadscore.detach('many');
DELETE FROM leadscore.stage WHERE stage = 's64';
SELECT leadscore.attach('many', 'm', on_error => 'raise');
INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', 's64', 64);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 's64', 'r', 'n >= 64');
SELECT outcome('INSERT INTO many VALUES (4, 64)');
SELECT leadscore.detach('many');
DELETE FROM leadscore.stage WHERE model = 'm';
DROP TABLE many;

-- A table of 1,600 columns, a model of 10,000 criteria.
SELECT format('CREATE TABLE wide (id integer PRIMARY KEY, %s)', string_agg(format('c%s integer', i), ', ')) FROM generate_series(1, 1599) AS i \gexec
INSERT INTO leadscore.criterion (model, criterion, condition, points) SELECT 'm', 'c' || i, format('c%s = %s', i % 1599 + 1, i), '1' FROM generate_series(1, 9999) AS i;
SELECT leadscore.attach('wide', 'm');
INSERT INTO wide (id, c1, c1599) SELECT i, 1599, 1598 FROM generate_series(1, 10) AS i;
UPDATE wide SET c1 = 0 WHERE id = 2;
SELECT lead, score, problem FROM state_of('wide') WHERE lead < '3' ORDER BY 1;
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'more', 'true', '1');
SELECT outcome($$SELECT leadscore.score('m', w) FROM wide AS w$$);
INSERT INTO wide (id) VALUES (11);
SELECT lead, score, problem, problem_state FROM state_of('wide') WHERE lead = '11';
SELECT leadscore.detach('wide');
DROP TABLE wide;
DELETE FROM leadscore.criterion WHERE criterion <> 'one';

-- Names: what a row of an index takes, about 2,600 bytes together.
CREATE TABLE leads (id integer PRIMARY KEY);
SELECT outcome($$INSERT INTO leadscore.model (model) VALUES (noise(2600, 1))$$), outcome($$INSERT INTO leadscore.model (model) VALUES (noise(2700, 1))$$) LIKE '54000: index row size%' AS is_refused;
SELECT outcome($$INSERT INTO leadscore.stage (model, stage, stage_no) VALUES ('m', noise(2600, 1), 1)$$), outcome($$INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', repeat('c', 100000), 'true', '1')$$);
SELECT leadscore.attach('leads', 'm', source => noise(2600, 2));
INSERT INTO leads VALUES (1);
SELECT lead, score, problem FROM leadscore.lead_state;
SELECT leadscore.detach(noise(2600, 2));
DROP TABLE leads;
DROP FUNCTION noise, outcome, state_of;
DROP EXTENSION leadscore;
