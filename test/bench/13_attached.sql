-- What it costs to write leads to an attached table: many in one statement and one by one, beside a row trigger in PL/pgSQL
-- that judges by the same model and writes the same state and history, and beside the bare table. Both know stages by heart.
-- And what it costs to COPY leads with contacts, whose duplicates are marked: the trigger keeps keys as well, and takes whoever
-- shares one for a duplicate, while an attached table weighs them.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

SELECT :rows / 5 AS leads, :rows / 500 AS single_leads, :rows / 40 AS copied_leads, current_setting('data_directory') || '/bench_leads_' AS file \gset
CREATE TABLE bench.lead_template (id bigint NOT NULL, name text, company text, email text, site_visits int, accepted boolean, price_requested boolean,
    paid boolean, channel text, manager text, status text, budget numeric, created_at timestamptz);
CREATE TABLE bench.bare_lead (LIKE bench.lead_template, PRIMARY KEY (id));
CREATE TABLE bench.attached_lead (LIKE bench.lead_template, PRIMARY KEY (id));
CREATE TABLE bench.triggered_lead (LIKE bench.lead_template, PRIMARY KEY (id));
INSERT INTO bench.lead_template
SELECT n, 'Anna ' || n, 'Acme ' || n % 1000, 'anna' || n || '@acme.example', n % 5, n % 3 = 0, n % 7 = 0, n % 11 = 0, 'channel ' || n % 6, 'owner ' || n % 20, NULL,
    100 * (n % 100), now() - n % 365 * interval '1 day'
FROM generate_series(1, :leads) AS n;
CREATE SEQUENCE bench.next_lead;
CREATE TABLE bench.bare_contact (LIKE bench.lead_template, phone text, PRIMARY KEY (id));
CREATE TABLE bench.marked_contact (LIKE bench.bare_contact, PRIMARY KEY (id));
CREATE TABLE bench.unmarked_contact (LIKE bench.bare_contact, PRIMARY KEY (id));
CREATE TABLE bench.triggered_contact (LIKE bench.bare_contact, PRIMARY KEY (id));

-- A file of new leads for each round, one lead in ten by somebody who is there.
SELECT format('COPY (SELECT 1000000000000000 + %1$s * 100000000::bigint + n, (ARRAY[''Anna'', ''Boris'', ''Vera'', ''Gleb'', ''Daria'', ''Egor''])[1 + p %% 6] || '' ''
    || initcap(translate(substr(md5(%1$s || ''n'' || p), 1, 8), ''0123456789'', ''klmnoprstu'')), ''Acme '' || p %% 1000, substr(md5(%1$s || ''e'' || p), 1, 10) || ''@mail.ru'',
    n %% 5, n %% 3 = 0, n %% 7 = 0, n %% 11 = 0, ''channel '' || n %% 6, ''owner '' || n %% 20, NULL, 100 * (n %% 100), now() - n %% 365 * interval ''1 day'',
    ''+79'' || lpad(((%1$s * 10000000 + p) * 616318177::bigint %% 999999937)::text, 9, ''0'')
    FROM generate_series(1, %2$s) AS n CROSS JOIN LATERAL (SELECT CASE WHEN n %% 10 = 0 THEN n - 5 ELSE n END) AS l (p)) TO %3$L', round, :copied_leads, :'file' || round)
FROM generate_series(1, :rounds + 1) AS round \gexec
SET client_min_messages = error;
DO $$ BEGIN
    PERFORM leadscore.create_model('b2b', 'b2b', 'bench.lead_template', '{"full_name": "name"}');
    PERFORM leadscore.attach('bench.attached_lead', 'b2b', duplicates => 'none');
    PERFORM leadscore.attach('bench.marked_contact', 'b2b', duplicates => 'mark');
    PERFORM leadscore.attach('bench.unmarked_contact', 'b2b', duplicates => 'none');
END $$;
RESET client_min_messages;

CREATE TABLE bench.state_by_hand (LIKE leadscore.lead_state INCLUDING ALL);
CREATE TABLE bench.history_by_hand (LIKE leadscore.stage_history INCLUDING ALL);
CREATE TABLE bench.key_by_hand (hash bigint NOT NULL, at timestamptz NOT NULL, lead text NOT NULL);
CREATE INDEX ON bench.key_by_hand (hash, at DESC);
-- A plan that was made for an empty table would read it as a whole for each lead.
INSERT INTO bench.key_by_hand SELECT hashint8extended(n, 0), now(), '' FROM generate_series(1, 100000) AS n;
ANALYZE bench.key_by_hand;
CREATE FUNCTION bench.judge_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    e leadscore.evaluation := leadscore.evaluate('b2b', NEW, now());
    number smallint := (SELECT s.stage_id FROM leadscore.source_stage AS s WHERE s.source_id = 1 AND s.stage = e.stage);
    keys bigint[];
    repeats boolean := false;
BEGIN
    IF TG_ARGV[0] = 'keys' THEN
        keys := leadscore.blocking_keys('contact', NEW);
        repeats := EXISTS (SELECT FROM bench.key_by_hand AS k WHERE k.hash = ANY (keys));
        INSERT INTO bench.key_by_hand SELECT k, NEW.created_at, NEW.id::text FROM unnest(keys) AS k;
    END IF;
    INSERT INTO bench.state_by_hand (source_id, lead, created_at, cohort_day, channel, owner, status, amount, score, raw_score, probability, grade, temperature,
        target, stage_id, stage_since, visits, visited, is_duplicate, model_version, scored_at, first_score, first_scored_at)
    VALUES (1, NEW.id::text, NEW.created_at, (NEW.created_at AT TIME ZONE 'UTC')::date, NEW.channel, NEW.manager, NEW.status, NEW.budget, e.score, e.raw_score,
        e.probability, e.grade, e.temperature, e.target, number, NEW.created_at, 1, 1::bigint << number, repeats, (SELECT m.version FROM leadscore.model AS m WHERE m.model = 'b2b'),
        now(), e.score, now())
    ON CONFLICT (source_id, lead) DO UPDATE SET score = excluded.score, stage_id = excluded.stage_id;
    IF number IS NOT NULL THEN
        INSERT INTO bench.history_by_hand VALUES (1, NEW.id::text, 1, number, 1, NEW.created_at, 'found', now());
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER judge_by_hand AFTER INSERT ON bench.triggered_lead FOR EACH ROW EXECUTE FUNCTION bench.judge_by_hand();
CREATE TRIGGER judge_by_hand AFTER INSERT ON bench.triggered_contact FOR EACH ROW EXECUTE FUNCTION bench.judge_by_hand('keys');

-- Leads that nobody has seen before, as a set and one by one.
CREATE FUNCTION bench.add_leads(name text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    added bigint;
BEGIN
    EXECUTE format('INSERT INTO bench.%I SELECT l.id + %s, l.name, l.company, l.email, l.site_visits, l.accepted, l.price_requested, l.paid, l.channel, l.manager, '
        'l.status, l.budget, l.created_at FROM bench.lead_template AS l', name, nextval('bench.next_lead') * 100000000);
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;
CREATE FUNCTION bench.copy_leads(name text, file text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    round bigint;
    copied bigint;
BEGIN
    EXECUTE format('SELECT coalesce((max(l.id) - 1000000000000000) / 100000000, 0) + 1 FROM bench.%I AS l', name) INTO round;
    EXECUTE format('COPY bench.%I FROM %L', name, file || round);
    GET DIAGNOSTICS copied = ROW_COUNT;
    RETURN copied;
END
$$;
CREATE FUNCTION bench.add_leads_one_by_one(name text, leads bigint) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    first bigint := nextval('bench.next_lead') * 100000000;
BEGIN
    FOR i IN 1..leads LOOP
        EXECUTE format('INSERT INTO bench.%I (id, email, site_visits, accepted, channel, created_at) VALUES (%s, ''anna%s@acme.example'', 3, true, ''channel %s'', now())', name, first + i, i, i % 6);
    END LOOP;
    RETURN leads;
END
$$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT c.experiment, c.role::bench.case_role, c.title, c.rows, c.query
FROM (VALUES
    (1, 'attached_set', 'floor', 'bare table', :leads, $$SELECT bench.add_leads('bare_lead')$$),
    (2, 'attached_set', 'baseline', 'row trigger in PL/pgSQL', :leads, $$SELECT bench.add_leads('triggered_lead')$$),
    (3, 'attached_set', 'contender', 'attached table', :leads, $$SELECT bench.add_leads('attached_lead')$$),
    (4, 'attached_single', 'baseline', 'bare table', :single_leads, format('SELECT bench.add_leads_one_by_one(%L, %s)', 'bare_lead', :single_leads)),
    (5, 'attached_single', 'contender', 'row trigger in PL/pgSQL', :single_leads, format('SELECT bench.add_leads_one_by_one(%L, %s)', 'triggered_lead', :single_leads)),
    (6, 'attached_single', 'contender', 'attached table', :single_leads, format('SELECT bench.add_leads_one_by_one(%L, %s)', 'attached_lead', :single_leads)),
    (7, 'attached_copy', 'floor', 'bare table', :copied_leads, format('SELECT bench.copy_leads(%L, %L)', 'bare_contact', :'file')),
    (8, 'attached_copy', 'baseline', 'row trigger in PL/pgSQL', :copied_leads, format('SELECT bench.copy_leads(%L, %L)', 'triggered_contact', :'file')),
    (9, 'attached_copy', 'contender', 'attached table, duplicates marked', :copied_leads, format('SELECT bench.copy_leads(%L, %L)', 'marked_contact', :'file')),
    (10, 'attached_copy', 'part', 'attached table, duplicates not marked', :copied_leads, format('SELECT bench.copy_leads(%L, %L)', 'unmarked_contact', :'file')))
    AS c (position, experiment, role, title, rows, query)
ORDER BY c.position;
CALL bench.measure('attached_set', :rounds);
CALL bench.measure('attached_single', :rounds);
CALL bench.measure('attached_copy', :rounds);

\pset title 'attached tables: leads in one statement (ratios: to the row trigger)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('attached_set');
\pset title 'attached tables: leads one by one, each INSERT parsed and planned (ratios: to the bare table)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('attached_single');
\pset title 'attached tables: COPY of leads with contacts, one in ten a repeat (ratios: to the row trigger)'
SELECT "case", rows, "median ms", "ns/row", ratio, "min - max" FROM bench.report('attached_copy');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('attached_set');
\pset tuples_only off
