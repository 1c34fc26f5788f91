-- What leadscore says about the leads of the demo. The time is a constant, so the report is the same every day.
\set QUIET on
\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET timezone = 'UTC';
\pset pager off
\pset footer off
\pset border 1
\pset linestyle unicode
\pset null ''
\set as_of '''2025-09-30 12:00+00'''

-- Every lead as it stands now.
CREATE TEMPORARY TABLE lead_now AS
SELECT f.lead_id, f.full_name, f.company, f.sold, e.score, e.grade, e.temperature
FROM crm.lead_features AS f, leadscore.evaluate('b2b', f, :as_of) AS e;

-- Every closed lead as it stood two weeks after the request, before anybody knew whether it would buy.
CREATE TEMPORARY TABLE lead_then AS
SELECT f.lead_id, f.sold, e.score, e.grade
FROM crm.lead_features_day_14 AS f, leadscore.evaluate('b2b', f, f.created_at + interval '14 days') AS e
WHERE f.sold IS NOT NULL;

\echo
\echo 'The ten hottest open leads: call these first.'
SELECT row_number() OVER (ORDER BY score DESC, lead_id) AS "#", full_name AS name, company,
       trim_scale(round(score::numeric, 1)) AS score, grade, temperature
FROM lead_now
WHERE sold IS NULL
ORDER BY score DESC, lead_id
LIMIT 10;

SELECT lead_id AS hottest, full_name AS hottest_name
FROM lead_now
WHERE sold IS NULL
ORDER BY score DESC, lead_id
LIMIT 1 \gset

\echo 'Why' :hottest_name 'is the first: the contributions add up to the score.'
SELECT coalesce(dimension, '') AS dimension, title AS criterion, trim_scale(round(contribution::numeric, 1)) AS contribution
FROM (SELECT row_number() OVER () AS line, x.dimension, CASE x.kind WHEN 'limit' THEN 'limit: ' || x.note ELSE x.title END AS title,
             x.contribution
      FROM crm.lead_features AS f, leadscore.explain('b2b', f, :as_of) AS x
      WHERE f.lead_id = :hottest AND x.contribution <> 0
      UNION ALL
      SELECT NULL, NULL, '= score', sum(x.contribution)
      FROM crm.lead_features AS f, leadscore.explain('b2b', f, :as_of) AS x
      WHERE f.lead_id = :hottest) AS explained
ORDER BY line;

\echo 'How the open leads spread over the grades.'
SELECT grade, count(*) AS leads, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "share, %",
       repeat('█', (50.0 * count(*) / sum(count(*)) OVER ())::integer) AS " "
FROM lead_now
WHERE sold IS NULL
GROUP BY grade
ORDER BY grade;

\echo 'Does the grade predict the sale? Closed leads, by the grade they had two weeks after the request.'
SELECT coalesce(grade, 'all') AS grade, leads, sold, round(100 * sold / leads, 1) AS "close rate, %",
       round(100 * (centre - margin), 1) || ' to ' || round(100 * (centre + margin), 1) AS "95 % interval"
FROM (SELECT grade, count(*)::numeric AS leads, count(*) FILTER (WHERE sold)::numeric AS sold
      FROM lead_then GROUP BY ROLLUP (grade)) AS g,
     -- Wilson's interval: z = 1.96
     LATERAL (SELECT (sold / leads + 3.8416 / (2 * leads)) / (1 + 3.8416 / leads) AS centre,
                     1.96 * sqrt(sold * (leads - sold) / leads ^ 3 + 3.8416 / (4 * leads ^ 2)) / (1 + 3.8416 / leads) AS margin) AS wilson
ORDER BY g.grade;

SELECT round(auc, 3) AS auc, round(100 * auc) AS pairs
FROM (SELECT (sum(middle_rank) FILTER (WHERE sold) - buyers * (buyers + 1) / 2) / (buyers * others) AS auc
      FROM (SELECT sold, rank() OVER (ORDER BY score) + (count(*) OVER (PARTITION BY score) - 1) / 2.0 AS middle_rank,
                   (count(*) FILTER (WHERE sold) OVER ())::numeric AS buyers,
                   (count(*) FILTER (WHERE NOT sold) OVER ())::numeric AS others
            FROM lead_then) AS ranked
      GROUP BY buyers, others) AS area \gset
\echo 'AUC' :auc': of a buyer and a non-buyer picked at random, the buyer had the higher score' :pairs 'times in 100.'
\echo
