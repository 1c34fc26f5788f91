-- What scoring a table costs: twelve criteria, in leadscore and in what people write by hand; and which part of it is
-- spent on what.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

-- Leads as a CRM keeps them: more columns than are scored, some of them NULL.
CREATE UNLOGGED TABLE bench.lead (
    lead_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    full_name text NOT NULL,
    email text NOT NULL,
    company text,
    country text,
    industry text,
    seniority text,
    headcount int,
    revenue float8,
    source text NOT NULL,
    page_views int NOT NULL,
    emails_opened int NOT NULL,
    minutes_on_site float8 NOT NULL,
    last_seen_at timestamptz,
    demo_requested boolean NOT NULL,
    budget_confirmed boolean,
    unsubscribed boolean NOT NULL
);

SELECT setseed(0.42) \g /dev/null
INSERT INTO bench.lead
SELECT
    n,
    now() - random() * interval '720 days',
    'Lead Number ' || n,
    'lead' || n || '@example.com',
    CASE WHEN random() < 0.9 THEN 'Company ' || (random() * 1e6)::int END,
    CASE WHEN random() < 0.95 THEN
        (ARRAY['US', 'DE', 'GB', 'FR', 'NL', 'PL', 'ES', 'IT', 'SE', 'BR'])
            [1 + floor(random() * 10)] END,
    CASE WHEN random() < 0.8 THEN
        (ARRAY['software', 'finance', 'health care', 'retail', 'transport', 'education', 'building', 'farming'])
            [1 + floor(random() * 8)] END,
    CASE WHEN random() < 0.7 THEN
        (ARRAY['chief', 'vice president', 'director', 'manager', 'specialist', 'assistant'])
            [1 + floor(random() * 6)] END,
    CASE WHEN random() < 0.85 THEN exp(random() * 9)::int END,
    CASE WHEN random() < 0.6 THEN round(exp(10 + random() * 9)::numeric, 2) END,
    (ARRAY['web', 'event', 'referral', 'advert', 'list'])[1 + floor(random() * 5)],
    (random() ^ 3 * 60)::int,
    (random() ^ 2 * 12)::int,
    round((random() ^ 3 * 40)::numeric, 2),
    CASE WHEN random() < 0.9 THEN now() - random() ^ 2 * interval '180 days' END,
    random() < 0.08,
    CASE WHEN random() < 0.5 THEN random() < 0.3 END,
    random() < 0.04
FROM generate_series(1, :rows) AS n;
VACUUM (FREEZE, ANALYZE) bench.lead;

SELECT leadscore.import_model($json${
    "format": 1,
    "model": {"title": "Benchmark", "scale": "clamp", "lower": 0, "upper": 100},
    "criteria": [
        {"criterion": "large", "points": 15, "title": "Large company", "condition": "headcount >= 200"},
        {"criterion": "rich", "points": 10, "title": "Revenue of a million", "condition": "revenue >= 1000000"},
        {"criterion": "industry", "points": 12.5, "title": "One of our industries",
            "condition": "industry IN ('software', 'finance', 'health care')"},
        {"criterion": "country", "points": 5, "title": "Our country", "condition": "country = 'US'"},
        {"criterion": "decides", "points": 10, "title": "Decides",
            "condition": "seniority IN ('chief', 'vice president', 'director')"},
        {"criterion": "demo", "points": 20, "title": "Asked for a demonstration", "condition": "demo_requested"},
        {"criterion": "views", "points": 7.5, "title": "Viewed ten pages", "condition": "page_views >= 10"},
        {"criterion": "opens", "points": 5, "title": "Opened three letters", "condition": "emails_opened >= 3"},
        {"criterion": "stays", "points": 5, "title": "Stays on the site", "condition": "minutes_on_site >= 5.5"},
        {"criterion": "recent", "points": 10, "title": "Seen in two weeks",
            "condition": "last_seen_at >= as_of - interval '14 days'"},
        {"criterion": "budget", "points": 10, "title": "Budget confirmed", "condition": "budget_confirmed"},
        {"criterion": "gone", "points": -25, "title": "Unsubscribed", "condition": "unsubscribed"}],
    "bands": [
        {"kind": "grade", "label": "A", "from_score": 60},
        {"kind": "grade", "label": "B", "from_score": 40},
        {"kind": "grade", "label": "C", "from_score": 20},
        {"kind": "grade", "label": "D", "from_score": 0},
        {"kind": "temperature", "label": "hot", "from_score": 50},
        {"kind": "temperature", "label": "warm", "from_score": 25},
        {"kind": "temperature", "label": "cold", "from_score": 0}]}$json$, 'bench') \g /dev/null

-- What people write: a function of the columns, with decimal literals, which are numeric.
CREATE FUNCTION bench.score_sql(headcount int, revenue float8, industry text, country text, seniority text,
    demo_requested boolean, page_views int, emails_opened int, minutes_on_site float8, last_seen_at timestamptz,
    budget_confirmed boolean, unsubscribed boolean) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT greatest(0.0, least(100.0,
        CASE WHEN headcount >= 200 THEN 15.0 ELSE 0.0 END
        + CASE WHEN revenue >= 1000000 THEN 10.0 ELSE 0.0 END
        + CASE WHEN industry IN ('software', 'finance', 'health care') THEN 12.5 ELSE 0.0 END
        + CASE WHEN country = 'US' THEN 5.0 ELSE 0.0 END
        + CASE WHEN seniority IN ('chief', 'vice president', 'director') THEN 10.0 ELSE 0.0 END
        + CASE WHEN demo_requested THEN 20.0 ELSE 0.0 END
        + CASE WHEN page_views >= 10 THEN 7.5 ELSE 0.0 END
        + CASE WHEN emails_opened >= 3 THEN 5.0 ELSE 0.0 END
        + CASE WHEN minutes_on_site >= 5.5 THEN 5.0 ELSE 0.0 END
        + CASE WHEN last_seen_at >= now() - interval '14 days' THEN 10.0 ELSE 0.0 END
        + CASE WHEN budget_confirmed THEN 10.0 ELSE 0.0 END
        + CASE WHEN unsubscribed THEN -25.0 ELSE 0.0 END))
$$;

-- What people write who think in steps.
CREATE FUNCTION bench.score_plpgsql(l bench.lead) RETURNS float8 LANGUAGE plpgsql STABLE AS $$
DECLARE
    points float8 := 0;
BEGIN
    IF l.headcount >= 200 THEN points := points + 15; END IF;
    IF l.revenue >= 1000000 THEN points := points + 10; END IF;
    IF l.industry IN ('software', 'finance', 'health care') THEN points := points + 12.5; END IF;
    IF l.country = 'US' THEN points := points + 5; END IF;
    IF l.seniority IN ('chief', 'vice president', 'director') THEN points := points + 10; END IF;
    IF l.demo_requested THEN points := points + 20; END IF;
    IF l.page_views >= 10 THEN points := points + 7.5; END IF;
    IF l.emails_opened >= 3 THEN points := points + 5; END IF;
    IF l.minutes_on_site >= 5.5 THEN points := points + 5; END IF;
    IF l.last_seen_at >= now() - interval '14 days' THEN points := points + 10; END IF;
    IF l.budget_confirmed THEN points := points + 10; END IF;
    IF l.unsubscribed THEN points := points - 25; END IF;
    RETURN greatest(0, least(100, points));
END
$$;

-- The ways to score a lead, as expressions over `bench.lead AS l`. The best that can be written by hand has literals
-- of the type of the sum, and computes once what is the same for all rows.
CREATE TABLE bench.way (way text PRIMARY KEY, expression text NOT NULL);
INSERT INTO bench.way
SELECT w.way, format($sum$greatest(float8 '0', least(float8 '100',
        CASE WHEN l.headcount >= 200 THEN float8 '15' ELSE float8 '0' END
        + CASE WHEN l.revenue >= 1000000 THEN float8 '10' ELSE float8 '0' END
        + CASE WHEN l.industry IN ('software', 'finance', 'health care') THEN float8 '12.5' ELSE float8 '0' END
        + CASE WHEN l.country = 'US' THEN float8 '5' ELSE float8 '0' END
        + CASE WHEN l.seniority IN ('chief', 'vice president', 'director') THEN float8 '10' ELSE float8 '0' END
        + CASE WHEN l.demo_requested THEN float8 '20' ELSE float8 '0' END
        + CASE WHEN l.page_views >= 10 THEN float8 '7.5' ELSE float8 '0' END
        + CASE WHEN l.emails_opened >= 3 THEN float8 '5' ELSE float8 '0' END
        + CASE WHEN l.minutes_on_site >= float8 '5.5' THEN float8 '5' ELSE float8 '0' END
        + CASE WHEN l.last_seen_at >= %s THEN float8 '10' ELSE float8 '0' END
        + CASE WHEN l.budget_confirmed THEN float8 '10' ELSE float8 '0' END
        + CASE WHEN l.unsubscribed THEN float8 '-25' ELSE float8 '0' END))$sum$, w.since)
FROM (VALUES
    ('best', $$(SELECT now() - interval '14 days')$$),
    ('inline', $$now() - interval '14 days'$$)) AS w (way, since);
INSERT INTO bench.way VALUES
('score', $$leadscore.score('bench', l)$$),
('evaluate', $$(leadscore.evaluate('bench', l)).score$$),
('sql', $$bench.score_sql(l.headcount, l.revenue, l.industry, l.country, l.seniority, l.demo_requested, l.page_views,
    l.emails_opened, l.minutes_on_site, l.last_seen_at, l.budget_confirmed, l.unsubscribed)$$),
('plpgsql', $$bench.score_plpgsql(l)$$);

-- All ways must give the same score to the same lead, or there is nothing to compare. A tenth of the leads is looked at
-- one by one here; bench.measure compares the sums over all of them, beginning with the warm-up.
DO $do$
DECLARE
    differing bigint;
    example text;
    scores bigint;
    line text;
BEGIN
    EXECUTE (
        SELECT format($query$
            SELECT count(*) FILTER (WHERE NOT (%1$s)), min(to_jsonb(s)::text) FILTER (WHERE NOT (%1$s)),
                count(DISTINCT s.best)
            FROM (SELECT l.lead_id, %2$s FROM bench.lead AS l WHERE l.lead_id %% 10 = 0) AS s$query$,
            same.condition, columns.list)
        FROM (SELECT string_agg(format('coalesce(s.%I = s.best, false)', w.way), ' AND ') FROM bench.way AS w)
                AS same (condition),
            (SELECT string_agg(format('(%s)::float8 AS %I', w.expression, w.way), ', ') FROM bench.way AS w)
                AS columns (list))
    INTO differing, example, scores;
    IF differing > 0 THEN
        RAISE EXCEPTION 'the ways to score differ for % leads', differing USING DETAIL = example;
    END IF;
    IF scores < 20 THEN
        RAISE EXCEPTION 'the leads have only % different scores: not a benchmark of scoring', scores;
    END IF;
    FOR line IN EXECUTE (
        SELECT format('EXPLAIN VERBOSE SELECT %s FROM bench.lead AS l', w.expression)
        FROM bench.way AS w WHERE w.way = 'sql')
    LOOP
        IF line LIKE '%score_sql(%' THEN
            RAISE EXCEPTION 'the SQL function is not inlined, as it would be where people use it' USING DETAIL = line;
        END IF;
    END LOOP;
END
$do$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query) VALUES
('score', 'context', 'scan only: count(*)', :rows, 'SELECT count(*) FROM bench.lead AS l'),
('score', 'floor', 'scan, sum of a column', :rows, 'SELECT sum(l.minutes_on_site) FROM bench.lead AS l');
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'score', c.role::bench.case_role, c.title, :rows,
    format('SELECT sum(%s)::float8 FROM bench.lead AS l', w.expression)
FROM (VALUES
    (1, 'best', 'baseline', 'SQL, float8 literals, now() - interval once'),
    (2, 'inline', 'contender', 'SQL, float8 literals'),
    (3, 'score', 'contender', 'leadscore.score'),
    (4, 'evaluate', 'contender', 'leadscore.evaluate'),
    (5, 'sql', 'contender', 'SQL function, numeric literals'),
    (6, 'plpgsql', 'contender', 'PL/pgSQL function')) AS c (position, way, role, title)
JOIN bench.way AS w USING (way)
ORDER BY c.position;

SELECT bench.warm('bench.lead') AS data \gset
CALL bench.measure('score', :rounds);

\pset title 'score: twelve criteria, sum(score) over a table of leads (ratios: to the first SQL case)'
SELECT * FROM bench.report('score');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('score') UNION ALL SELECT 'data:     ' || :'data';
\pset tuples_only off

-- The parts, over a quarter of the leads.
CREATE UNLOGGED TABLE bench.quarter AS SELECT * FROM bench.lead AS l WHERE l.lead_id % 4 = 0;
VACUUM (FREEZE, ANALYZE) bench.quarter;
SELECT count(*) AS quarter FROM bench.quarter \gset

DO $do$
DECLARE
    whole jsonb := leadscore.export_model('bench');
BEGIN
    PERFORM leadscore.import_model(jsonb_set(whole, '{criteria}', '[]'), 'none');
    PERFORM leadscore.import_model(jsonb_set(whole, '{criteria}', jsonb_build_array(whole #> '{criteria,0}')), 'one');
    PERFORM leadscore.import_model(jsonb_set(whole, '{criteria}',
        jsonb_path_query_array(whole, '$.criteria[*] ? (@.criterion != "recent")')), 'dateless');
END
$do$;
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'parts', c.role::bench.case_role, c.title, :quarter, format('SELECT %s FROM bench.quarter AS l', c.expression)
FROM (VALUES
    (1, 'floor', 'scan, sum of a column', 'sum(l.minutes_on_site)'),
    (2, 'part', 'the row as a value: count(l)', 'count(l)'),
    (3, 'part', 'a model without criteria', $$sum(leadscore.score('none', l))$$),
    (4, 'part', 'one criterion', $$sum(leadscore.score('one', l))$$),
    (5, 'part', 'eleven: all without the date', $$sum(leadscore.score('dateless', l))$$),
    (6, 'baseline', 'all twelve', $$sum(leadscore.score('bench', l))$$)) AS c (position, role, title, expression)
ORDER BY c.position;

SELECT bench.warm('bench.quarter') AS data \gset
CALL bench.measure('parts', :rounds);

\pset title 'parts: what leadscore.score spends its time on (ratios: to all twelve criteria)'
SELECT * FROM bench.report('parts');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('parts') UNION ALL SELECT 'data:     ' || :'data';
