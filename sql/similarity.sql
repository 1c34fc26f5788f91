-- How alike two texts are.
CREATE EXTENSION leadscore;
\pset null NULL
SELECT a, b, leadscore.levenshtein(a, b), leadscore.osa(a, b), round(leadscore.jaro(a, b)::numeric, 6) AS jaro, round(leadscore.jaro_winkler(a, b)::numeric, 6) AS jaro_winkler,
  round(leadscore.token_set_similarity(a, b)::numeric, 6) AS token_set, round(leadscore.qgram_similarity(a, b)::numeric, 6) AS qgram
FROM (VALUES ('MARTHA', 'MARHTA'), ('DWAYNE', 'DUANE'), ('DIXON', 'DICKSONX'), ('kitten', 'sitting'), ('ca', 'abc'), ('Щукин', 'Шукин'), ('Иван', 'Ивна'), ('ЩЖ', 'ШЖ'), ('ООО Ромашка', 'Ромашка, ООО'),
  ('Иванов Иван', 'Иван Иванов'), ('', ''), ('', 'a'), ('same', 'same'), ('漢字', '漢字かな'), ('ё', 'ё')) AS t (a, b);
SELECT l AS limit, leadscore.levenshtein('kitten', 'sitting', l), leadscore.osa('Иван', 'Ивна', l) FROM generate_series(0, 4) AS l;
SELECT q, round(leadscore.qgram_similarity('night', 'nacht', q)::numeric, 4) FROM generate_series(1, 8) AS q;
-- NULL in, NULL out; limits.
SELECT leadscore.levenshtein(NULL, 'a'), leadscore.osa('a', NULL), leadscore.jaro(NULL, NULL), leadscore.jaro_winkler('a', NULL), leadscore.token_set_similarity(NULL, 'a'), leadscore.qgram_similarity('a', 'b', NULL), leadscore.levenshtein('a', 'b', NULL);
SELECT leadscore.levenshtein('a', 'b', -1);
SELECT leadscore.osa('a', 'b', -1);
SELECT leadscore.qgram_similarity('a', 'b', 0);
SELECT leadscore.qgram_similarity('a', 'b', 9);
SELECT leadscore.jaro(repeat('я', 1000000), 'я') > 0.33 AS longest;
SELECT leadscore.jaro(repeat('я', 1000001), 'я');
SELECT leadscore.levenshtein('я', repeat('x', 100000000));
-- Long texts of a few letters, in blocks of 64; a long comparison can be cancelled.
SELECT leadscore.levenshtein(repeat('абв', 1000), repeat('абв', 999) || 'где'), leadscore.osa(repeat('аб', 1000), 'б' || repeat('аб', 999) || 'а'), leadscore.levenshtein(repeat('a', 10000), repeat('b', 10000), 50);
SELECT clock_timestamp() AS begun \gset
SET statement_timeout = '200ms';
SELECT leadscore.levenshtein(repeat('a', 500000), repeat('b', 500000));
RESET statement_timeout;
SELECT clock_timestamp() < :'begun'::timestamptz + interval '5 seconds' AS cancelled_at_once;
-- The same at any length and in any mixture of alphabets: with 64 letters and with more, with one alphabet and with several.
SELECT n, m, leadscore.levenshtein(a, b), leadscore.osa(a, b), leadscore.levenshtein(a, b, 1) AS at_most_1, round(leadscore.jaro(a, b)::numeric, 6) AS jaro, round(leadscore.jaro_winkler(a, b)::numeric, 6) AS jaro_winkler
FROM (VALUES (62), (63), (64)) AS t (n), (VALUES ('ab'), ('жш'), ('éЖ'), ('漢字'), ('a😀')) AS u (m), LATERAL (SELECT repeat('x', n - 1) || m AS a, repeat('x', n - 1) || reverse(m) AS b) AS v ORDER BY n, m COLLATE "C";
-- Immutable: they may stand in indexes.
CREATE TABLE names (name text);
CREATE INDEX ON names (leadscore.jaro_winkler(name, 'Иванов'));
DROP TABLE names;
DROP EXTENSION leadscore;
