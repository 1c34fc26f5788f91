-- Writes the leads and the best hand-written expression into files that other engines can read (scores.mjs does).

\ir ../harness/harness.sql
\ir ../harness/leads.sql

\pset format unaligned
\pset tuples_only on
-- One transaction, so that now() is the same throughout.
BEGIN;
SELECT format($query$
        SELECT json_build_object('rows', count(*), 'since', (now() - interval '14 days') AT TIME ZONE 'UTC',
            'expression', %1$L, 'sum', sum(%1$s))
        FROM bench.lead AS l$query$, w.expression) AS query
FROM bench.way AS w WHERE (w.relation, w.way) = ('bench.lead', 'best') \gset
\o leads.json
:query;
\o
COMMIT;

\copy (SELECT headcount, revenue, industry, country, seniority, demo_requested::text, page_views, emails_opened, minutes_on_site, last_seen_at AT TIME ZONE 'UTC' AS last_seen_at, budget_confirmed::text, unsubscribed::text FROM bench.lead ORDER BY lead_id) TO 'leads.csv' (FORMAT csv, HEADER, NULL '\N')
