-- Queries as client programs send them. ? is a parameter, whose kind and value stand in the second line.

-- each kind of value; NULL; numbers to the last digit; an instant in the zone of nobody; text with everything in it
SELECT lead, created_at, cohort_day, channel, owner, stage_no, visits, score, amount, is_duplicate, closed_at
FROM leadscore.leads ORDER BY lead

-- lists, documents, spans of time
SELECT source, key, event_columns, half_life, matures_after, events IS NULL AS no_events FROM leadscore.source

-- what is beyond all numbers and times, in functions; the views have none
SELECT leadscore.heat_cools_at(5, interval '1 day', 0) AS cools_at, leadscore.heat_points(5, interval '1 day', '-infinity') AS heat_points

-- a lead's card, by parameters
-- text Лиды; text 3
SELECT line_no, section, what, value FROM leadscore.lead_card(?, ?) WHERE section = 'why this score'

-- functions with numbers and spans
-- bigint 5; bigint 20; double 0.9
SELECT estimate, round(lower::numeric, 12) AS lower, upper > lower AS ordered FROM leadscore.wilson(?, ?, ?)

-- a lead is scored, with a column of its table
-- text m; bigint 1
SELECT l."Номер", leadscore.score(?, l) AS score FROM lead AS l WHERE l."Номер" = ?

-- a list goes and comes back
-- list 0.01,0.04,0.5
SELECT leadscore.benjamini_hochberg(?::float8[]) AS q_values

-- filters with parameters of each kind, as JDBC tools push them
-- text Лиды; instant 2024-02-29T20:00:00Z; date 2024-04-01; numeric 0.01; boolean false
SELECT lead, amount FROM leadscore.leads
WHERE source = ? AND created_at >= ? AND cohort_day <= ? AND amount >= ? AND is_duplicate = ? ORDER BY amount

-- a filter by a channel with a quote
-- text O'Neil & "Co" \ 100 % ? $1 :x 😀
SELECT month, leads, won, revenue FROM leadscore.channel_performance WHERE channel = ?

-- no row, but its columns: Metabase asks so whether it may read
SELECT TRUE AS "_" FROM "leadscore"."leads" WHERE 1 <> 1 LIMIT 0

-- Metabase: a model over a question, by months
SELECT CAST(DATE_TRUNC('month', "source"."created_at") AS date) AS "created_at", COUNT(*) AS "count", SUM("source"."amount") AS "sum"
FROM (SELECT "leadscore"."leads"."created_at" AS "created_at", "leadscore"."leads"."channel" AS "channel", "leadscore"."leads"."amount" AS "amount"
    FROM "leadscore"."leads"
    WHERE ("leadscore"."leads"."source" = 'Лиды') AND ("leadscore"."leads"."channel" <> '' OR "leadscore"."leads"."channel" IS NULL)) AS "source"
WHERE ("source"."created_at" >= timestamp with time zone '2024-01-01 00:00:00.000Z') AND ("source"."created_at" < timestamp with time zone '2025-01-01 00:00:00.000Z')
GROUP BY CAST(DATE_TRUNC('month', "source"."created_at") AS date) ORDER BY CAST(DATE_TRUNC('month', "source"."created_at") AS date) ASC LIMIT 2000

-- Superset: a virtual dataset, a metric, a filter by time
SELECT DATE_TRUNC('day', month) AS month, channel AS channel, SUM(won) * 1.0 / SUM(leads) AS "Доля сделок", SUM(cost) AS cost
FROM (SELECT * FROM leadscore.channel_performance) AS virtual_table
WHERE month >= TO_DATE('2024-03-01', 'YYYY-MM-DD') AND month < TO_DATE('2024-04-01', 'YYYY-MM-DD') AND channel IN ('Реклама')
GROUP BY DATE_TRUNC('day', month), channel ORDER BY "Доля сделок" DESC LIMIT 10000

-- Power BI: DirectQuery
select "basetable0"."a0" as "a0", "basetable0"."c1" as "c1"
from (select sum(cast("rows"."a0" as decimal)) as "a0", "rows"."c1" as "c1"
    from (select "_"."stage_label" as "c1", "_"."reached" as "a0" from "leadscore"."funnel_by_channel" "_" where "_"."channel" = 'Реклама' and "_"."channel" is not null) "rows"
    group by "c1") "basetable0"
where not "basetable0"."a0" is null order by "c1" limit 1000001

-- Grafana: a time series between two instants
SELECT floor(extract(epoch FROM created_at) / 2592000) * 2592000 AS "time", count(*) AS leads
FROM leadscore.leads WHERE source = 'Лиды' AND created_at BETWEEN '2024-01-01T00:00:00Z' AND '2024-12-31T23:59:59.999Z' GROUP BY 1 ORDER BY 1

-- a comment, by name, as every tool shows it
SELECT obj_description('leadscore.leads'::regclass, 'pg_class') LIKE '%лид%' AS described, count(col_description(attrelid, attnum)) = count(*) AS columns_described
FROM pg_attribute WHERE attrelid = 'leadscore.leads'::regclass AND attnum > 0

-- this has been prepared by the server, under a name
-- text %pg_prepared_statements%
SELECT count(*) AS prepared FROM pg_prepared_statements WHERE statement LIKE ?
