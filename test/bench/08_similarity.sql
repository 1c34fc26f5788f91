-- What it costs to compare two names, beside pg_similarity and fuzzystrmatch.

\ir harness/harness.sql

SELECT count(*) = 2 AS has_others
FROM pg_available_extensions AS e WHERE e.name IN ('pg_similarity', 'fuzzystrmatch') \gset
\if :has_others
\else
    \echo 'not measured: it needs the extensions pg_similarity and fuzzystrmatch'
    \quit
\endif

CREATE EXTENSION leadscore;
CREATE EXTENSION pg_similarity;
CREATE EXTENSION fuzzystrmatch;

SELECT :rows / 2 AS rows \gset

CREATE TABLE bench.name (alphabet text NOT NULL, name text NOT NULL);
INSERT INTO bench.name
SELECT n.alphabet, unnest(string_to_array(lower(n.names), ' '))
FROM (VALUES
    ('latin', 'James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan'
        ' Joseph Jessica Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark'
        ' Ashley Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez'
        ' Wilson Anderson Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis'
        ' Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green'),
    ('cyrillic', 'Александр Мария Дмитрий Анна Максим Елена Сергей Ольга Андрей Наталья Алексей Екатерина Артём Татьяна'
        ' Илья Ирина Кирилл Светлана Михаил Юлия Никита Анастасия Иван Людмила Роман Галина Егор Виктория Пётр Дарья'
        ' Иванов Смирнова Кузнецов Попова Соколов Лебедева Козлов Новикова Морозов Петрова Волков Соловьёва Васильев'
        ' Зайцева Павлов Семёнова Голубев Виноградова Богданов Воробьёва Фёдоров Михайлова Беляев Тарасова Белов'
        ' Комарова Орлов Киселёва Макаров Андреева Ковалёв Ильина Гусев Титова Кузьмин Щукина'))
    AS n (alphabet, names);

-- Half of the pairs are two names, half a name and the same with a letter left out, or with two letters swapped.
CREATE UNLOGGED TABLE bench.latin_pair (a text NOT NULL, b text NOT NULL);
CREATE UNLOGGED TABLE bench.cyrillic_pair (a text NOT NULL, b text NOT NULL);
CREATE PROCEDURE bench.fill_pairs(target regclass, alphabet text, rows bigint) LANGUAGE plpgsql AS $$
DECLARE
    names text[] := ARRAY(SELECT n.name FROM bench.name AS n WHERE n.alphabet = fill_pairs.alphabet);
BEGIN
    PERFORM setseed(0.42);
    EXECUTE format($query$
        INSERT INTO %s
        SELECT s.a, CASE s.kind
            WHEN 0 THEN overlay(s.a PLACING '' FROM s.place FOR 1)
            WHEN 1 THEN overlay(s.a PLACING reverse(substr(s.a, s.place, 2)) FROM s.place FOR 2)
            ELSE s.b END
        FROM (
            SELECT p.a, p.b, p.kind, 1 + floor(random() * (length(p.a) - 1))::int AS place
            FROM (
                SELECT $1[1 + floor(random() * cardinality($1))::int] AS a,
                    $1[1 + floor(random() * cardinality($1))::int] AS b, floor(random() * 4)::int AS kind
                FROM generate_series(1, $2)) AS p) AS s$query$, target) USING names, rows;
END
$$;
CALL bench.fill_pairs('bench.latin_pair', 'latin', :rows);
CALL bench.fill_pairs('bench.cyrillic_pair', 'cyrillic', :rows);
VACUUM (FREEZE, ANALYZE) bench.latin_pair, bench.cyrillic_pair;
SELECT bench.warm('bench.latin_pair') AS latin_data, bench.warm('bench.cyrillic_pair') AS cyrillic_data \gset

-- pg_similarity compares bytes, so only ASCII tells whether both mean the same. It rounds half the letters out of order
-- down, which is why they agree on most pairs, not on all.
DO $do$
BEGIN
    IF (SELECT count(*) FILTER (WHERE abs(leadscore.jaro_winkler(p.a, p.b) - public.jarowinkler(p.a, p.b)) < 1e-9)
            < 0.98 * count(*) FROM bench.latin_pair AS p) THEN
        RAISE EXCEPTION 'jaro_winkler is not what pg_similarity computes';
    END IF;
    IF EXISTS (SELECT FROM (TABLE bench.latin_pair UNION ALL TABLE bench.cyrillic_pair) AS p
            WHERE leadscore.levenshtein(p.a, p.b) <> public.levenshtein(p.a, p.b)) THEN
        RAISE EXCEPTION 'levenshtein differs from fuzzystrmatch';
    END IF;
END
$do$;

INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT 'similarity_' || a.alphabet, c.role::bench.case_role, c.title, :rows,
    format('SELECT (%s)::float8 FROM bench.%I', c.expression, a.alphabet || '_pair')
FROM (VALUES ('latin'), ('cyrillic')) AS a (alphabet)
CROSS JOIN (VALUES
    (1, 'floor', 'scan: count(b)', 'count(b)'),
    (2, 'baseline', 'pg_similarity: jarowinkler', 'sum(public.jarowinkler(a, b))'),
    (3, 'part', 'leadscore.jaro_winkler', 'sum(leadscore.jaro_winkler(a, b))'),
    (4, 'part', 'leadscore.jaro', 'sum(leadscore.jaro(a, b))'),
    (5, 'part', 'fuzzystrmatch: levenshtein', 'sum(public.levenshtein(a, b))'),
    (6, 'part', 'leadscore.levenshtein', 'sum(leadscore.levenshtein(a, b))'),
    (7, 'part', 'leadscore.osa', 'sum(leadscore.osa(a, b))'),
    (8, 'part', 'leadscore.osa, at most 2', 'sum(leadscore.osa(a, b, 2))'))
    AS c (position, role, title, expression)
ORDER BY a.alphabet, c.position;
CALL bench.measure('similarity_latin', :rounds);
CALL bench.measure('similarity_cyrillic', :rounds);

\pset title 'similarity_latin: pairs of Latin names (ratios: to pg_similarity)'
SELECT * FROM bench.report('similarity_latin');
\pset title 'similarity_cyrillic: pairs of Cyrillic names (ratios: to pg_similarity, which compares bytes)'
SELECT * FROM bench.report('similarity_cyrillic');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('similarity_latin')
UNION ALL SELECT 'data:     ' || :'latin_data' || '; ' || :'cyrillic_data';
