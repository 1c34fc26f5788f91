-- Statistics of rates: the Wilson interval, and when to give up.
CREATE EXTENSION leadscore;
\pset null NULL
\set VERBOSITY sqlstate

-- The examples of Newcombe (1998), method 3.
SELECT k, n, round(w.estimate::numeric, 4) AS estimate, round(w.lower::numeric, 4) AS lower, round(w.upper::numeric, 4) AS upper, w.confidence
FROM (VALUES (81, 263), (15, 148), (0, 20), (1, 29)) AS v (k, n), leadscore.wilson(k, n) AS w;
-- All or nothing ends exactly at 0 and 1; huge numbers keep their digits; without a trial nothing is known.
SELECT k, n, w.estimate, w.lower::numeric, w.upper::numeric FROM (VALUES (0, 1), (1, 1), (29, 29), (0, 1e15), (1e15, 1e15), (0, 9223372036854775807), (9223372036854775807, 9223372036854775807), (0, 0)) AS v (k, n),
  leadscore.wilson(k::bigint, n::bigint) AS w;
SELECT abs(w.lower / 0.499999969010248385 - 1) < 1e-15 AS lower, abs(w.upper / 0.500000030989751615 - 1) < 1e-15 AS upper FROM leadscore.wilson(500000000000000, 1000000000000000) AS w;
SELECT abs(w.lower / 1.76524554935152988e-16 - 1) < 1e-14 AS lower, abs(w.upper / 5.66493426575894904e-15 - 1) < 1e-14 AS upper FROM leadscore.wilson(1, 1000000000000000) AS w;
SELECT c, round(w.lower::numeric, 4) AS lower, round(w.upper::numeric, 4) AS upper FROM unnest(ARRAY[0.5, 0.9, 0.95, 0.99, 0.999999]) AS c, leadscore.wilson(3, 10, c) AS w;

-- NULL in, NULL out; what are no counts is an error.
SELECT leadscore.wilson(NULL, 5) IS NULL AS successes, leadscore.wilson(1, NULL) IS NULL AS trials, leadscore.wilson(1, 5, NULL) IS NULL AS confidence,
  leadscore.is_unlikely(NULL, 5, 0.1), leadscore.is_unlikely(1, NULL, 0.1), leadscore.is_unlikely(1, 5, NULL), leadscore.is_unlikely(1, 5, 0.1, NULL);
SELECT leadscore.wilson(-1, 5);
SELECT leadscore.wilson(6, 5);
SELECT leadscore.wilson(0, -1);
SELECT leadscore.wilson(1, 5, 0);
SELECT leadscore.wilson(1, 5, 1);
SELECT leadscore.wilson(1, 5, 'NaN');
SELECT leadscore.wilson(1, 5, 'infinity');
SELECT leadscore.is_unlikely(1, 5, 1.5);
SELECT leadscore.is_unlikely(1, 5, -0.1);
SELECT leadscore.is_unlikely(1, 5, 'NaN');
SELECT leadscore.is_unlikely(6, 5, 0.1);
\set VERBOSITY default
SELECT leadscore.wilson(6, 5);
SELECT leadscore.wilson(1, 5, 95);
SELECT leadscore.is_unlikely(1, 5, 2);

-- concept 3.8 disqualification needs confidence: a rate of 0 of 20 may still be 16 %, that of 200 is below 2 %
CREATE TABLE segment (name text PRIMARY KEY, customers bigint, leads bigint);
INSERT INTO segment VALUES ('no leads yet', 0, 0), ('few leads', 0, 20), ('many leads', 0, 200), ('one customer', 1, 200), ('hopeless', 50, 10000), ('usual', 200, 1000), ('unknown', NULL, 10);
SELECT name, round(w.upper::numeric, 4) AS upper, leadscore.is_unlikely(customers, leads, 0.02) FROM segment, leadscore.wilson(customers, leads) AS w ORDER BY leads, name;
SELECT leadscore.is_unlikely(1, 29, upper) AS at_the_cut, leadscore.is_unlikely(1, 29, upper + 1e-12) AS below FROM leadscore.wilson(1, 29);
-- A rule of a model may say so, over the columns of the lead.
CREATE TABLE leads (id integer PRIMARY KEY, segment_customers integer, segment_leads integer);
INSERT INTO leads VALUES (1, 0, 20), (2, 0, 200), (3, NULL, NULL);
INSERT INTO leadscore.model (model, base_points) VALUES ('m', 50);
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'hopeless', 'leadscore.is_unlikely(segment_customers, segment_leads, 0.02)', '-50');
SELECT id, leadscore.score('m', l) FROM leads AS l ORDER BY id;
-- concept 3.2 one lead in five becomes a customer: with what certainty a month's leads say so
SELECT leads, round(w.lower::numeric, 3) AS lower, round(w.upper::numeric, 3) AS upper FROM unnest(ARRAY[10, 100, 1000]) AS leads, leadscore.wilson(leads / 5, leads) AS w;

-- Whatever the search_path is, and on any number of workers.
SET search_path = '';
SELECT leadscore.is_unlikely(0, 200, 0.02), upper::numeric FROM leadscore.wilson(0, 20);
RESET search_path;
CREATE TABLE many AS SELECT n % 100 AS k, 100 + n % 1000 AS n FROM generate_series(1, 20000) AS n;
ANALYZE many;
CREATE TABLE serial AS SELECT sum(w.lower::numeric) AS lower, count(*) FILTER (WHERE leadscore.is_unlikely(k, n, 0.1)) AS unlikely FROM many, leadscore.wilson(k, n) AS w;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE leadscore.is_unlikely(k, n, 0.1);
SELECT s.lower = p.lower AS lower, s.unlikely = p.unlikely AS unlikely
FROM serial AS s, (SELECT sum(w.lower::numeric) AS lower, count(*) FILTER (WHERE leadscore.is_unlikely(k, n, 0.1)) AS unlikely FROM many, leadscore.wilson(k, n) AS w) AS p;
DROP TABLE segment, leads, many, serial;
DROP EXTENSION leadscore;
