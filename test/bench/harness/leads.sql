-- The leads that several benchmarks score (\ir harness/leads.sql, after harness.sql), and the ways to score them:
-- twelve criteria, in leadscore and in what people write by hand.

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

-- The best that can be written by hand has literals of the type of the sum, and computes once what is the same for all
-- rows.
INSERT INTO bench.way
SELECT 'bench.lead', w.way, w.title, format($sum$greatest(float8 '0', least(float8 '100',
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
    ('best', 'SQL, float8 literals, now() - interval once', $$(SELECT now() - interval '14 days')$$),
    ('inline', 'SQL, float8 literals', $$now() - interval '14 days'$$)) AS w (way, title, since);
INSERT INTO bench.way VALUES
('bench.lead', 'score', 'leadscore.score', $$leadscore.score('bench', l)$$),
('bench.lead', 'evaluate', 'leadscore.evaluate', $$(leadscore.evaluate('bench', l)).score$$),
('bench.lead', 'sql', 'SQL function, numeric literals', $$bench.score_sql(l.headcount, l.revenue, l.industry, l.country,
    l.seniority, l.demo_requested, l.page_views, l.emails_opened, l.minutes_on_site, l.last_seen_at, l.budget_confirmed,
    l.unsubscribed)$$),
('bench.lead', 'plpgsql', 'PL/pgSQL function', $$bench.score_plpgsql(l)$$);

CALL bench.check_ways('bench.lead');

DO $do$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE (
        SELECT format('EXPLAIN VERBOSE SELECT %s FROM bench.lead AS l', w.expression)
        FROM bench.way AS w WHERE (w.relation, w.way) = ('bench.lead', 'sql'))
    LOOP
        IF line LIKE '%score_sql(%' THEN
            RAISE EXCEPTION 'the SQL function is not inlined, as it would be where people use it' USING DETAIL = line;
        END IF;
    END LOOP;
END
$do$;
