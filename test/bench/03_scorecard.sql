-- What a learned scorecard costs: twenty columns cut into ten bins each, which makes 200 criteria, in leadscore and as
-- the CASE that a person would write. In one table all columns are numbers, in the other half of them are words.

\ir harness/harness.sql

CREATE EXTENSION leadscore;

-- Half of the rows: they are wider than a lead, and this is not the main table.
SELECT :rows / 2 AS rows \gset

-- The words that a text column takes, each as often as the others.
CREATE TABLE bench.vocabulary (attribute text PRIMARY KEY, words text[] NOT NULL);
INSERT INTO bench.vocabulary VALUES
('t01', '{software,finance,health care,retail trade,transport,education,
    construction,agriculture,hospitality,энергетика}'),
('t02', '{Germany,Kazakhstan,Netherlands,Switzerland,Portugal,Argentina,
    Singapore,Австрия,Беларусь,Грузия}'),
('t03', '{chief executive,vice president,director,head of sales,team leader,specialist,
    assistant,менеджер,инженер,стажёр}'),
('t04', '{web search,webinar,trade fair,referral,cold call,newsletter,
    advertising,social media,реклама,выставка}'),
('t05', '{unknown,prospect,contacted,qualified,negotiating,customer,
    former customer,партнёр,отказ,заморожен}'),
('t06', '{monthly plan,yearly plan,free trial,enterprise,start-up offer,education offer,
    partner price,premium,базовый,годовой}'),
('t07', '{sole trader,2 to 9 people,10 to 49 people,50 to 249 people,250 to 999,1000 and more,
    not given,холдинг,группа,филиал}'),
('t08', '{salesforce,spreadsheet,home-grown,paper only,competitor A,competitor B,
    open source,бумага,таблицы,не знаем}'),
('t09', '{this week,this month,this quarter,next quarter,this year,next year,
    no deadline,срочно,когда-то,не скоро}'),
('t10', '{e-mail,telephone,messenger,video call,in person,post office,
    no contact,телефон,встреча,звонок}');

-- Every bin, of which the model and the CASE are made. Points are halves between -4 and 4.
CREATE TABLE bench.bin (
    attribute text NOT NULL,
    position int NOT NULL CHECK (position BETWEEN 1 AND 10),
    condition text NOT NULL, -- of the model
    arm text NOT NULL,       -- of the CASE, where the arms before it have failed
    points float8 NOT NULL,
    PRIMARY KEY (attribute, position)
);
INSERT INTO bench.bin
SELECT b.attribute, b.position, b.condition, b.arm,
    ((b.number * 7 + b.position * 11 + b.number * b.position * 3) % 17 - 8) / 2.0
FROM (
    SELECT c, format('c%s', to_char(c, 'FM00')), p,
        concat_ws(' AND ',
            CASE WHEN p > 1 THEN format('c%s >= %s', to_char(c, 'FM00'), p * 10 - 10) END,
            CASE WHEN p < 10 THEN format('c%s < %s', to_char(c, 'FM00'), p * 10) END),
        CASE WHEN p < 10 THEN format('WHEN l.c%s < %s THEN', to_char(c, 'FM00'), p * 10) ELSE 'ELSE' END
    FROM generate_series(1, 20) AS c, generate_series(1, 10) AS p
    UNION ALL
    SELECT right(v.attribute, 2)::int + 20, v.attribute, w.position, format('%I = %L', v.attribute, w.word),
        format('WHEN l.%I = %L THEN', v.attribute, w.word)
    FROM bench.vocabulary AS v, unnest(v.words) WITH ORDINALITY AS w (word, position)
    ) AS b (number, attribute, position, condition, arm);

DO $do$
BEGIN
    IF EXISTS (SELECT FROM bench.vocabulary AS v, unnest(v.words) AS w (word)
        WHERE cardinality(v.words) <> 10 OR octet_length(w.word) NOT BETWEEN 6 AND 20) THEN
        RAISE EXCEPTION 'not every text column has ten words of 6 to 20 bytes';
    END IF;
END
$do$;

-- Which columns a table has.
CREATE TABLE bench.scorecard (
    scorecard text PRIMARY KEY,
    relation text NOT NULL,
    attributes text[] NOT NULL,
    base_points float8
);
INSERT INTO bench.scorecard
SELECT s.scorecard, 'bench.' || s.scorecard, array_agg(b.attribute ORDER BY b.attribute)
FROM (VALUES ('bins', 'c%'), ('words', 'c0%'), ('words', 'c10'), ('words', 't%')) AS s (scorecard, pattern)
JOIN (SELECT DISTINCT b.attribute FROM bench.bin AS b) AS b ON b.attribute LIKE s.pattern
GROUP BY s.scorecard;

-- Base points that put the mean score in the middle, so that the limits are rarely reached.
UPDATE bench.scorecard AS s SET base_points = (
    SELECT round(100 - 2 * sum(b.points) / 10) / 2 FROM bench.bin AS b WHERE b.attribute = ANY (s.attributes));

SELECT leadscore.import_model(jsonb_build_object(
    'format', 1,
    'model', jsonb_build_object('scale', 'clamp', 'lower', 0, 'upper', 100, 'base_points', s.base_points),
    'criteria', (
        SELECT jsonb_agg(jsonb_build_object('criterion', format('%s_%s', b.attribute, b.position),
            'attribute', b.attribute, 'condition', b.condition, 'points', b.points) ORDER BY b.attribute, b.position)
        FROM bench.bin AS b WHERE b.attribute = ANY (s.attributes))), s.scorecard)
FROM bench.scorecard AS s \g /dev/null

-- Each word and each of the numbers 0 to 99 as often as the others.
SELECT setseed(0.42) \g /dev/null
SELECT format('CREATE UNLOGGED TABLE %s (id int NOT NULL, %s)', s.relation, string_agg(
        CASE WHEN v.words IS NULL THEN format('%I int NOT NULL', a.attribute)
            ELSE format('%I text NOT NULL', a.attribute) END, ', ' ORDER BY a.position)),
    format('INSERT INTO %s SELECT n, %s FROM generate_series(1, %s) AS n', s.relation, string_agg(
        CASE WHEN v.words IS NULL THEN 'floor(random() * 100)::int'
            ELSE format('(%L::text[])[1 + floor(random() * 10)]', v.words) END, ', ' ORDER BY a.position), :rows),
    format('VACUUM (FREEZE, ANALYZE) %s', s.relation)
FROM bench.scorecard AS s
CROSS JOIN LATERAL unnest(s.attributes) WITH ORDINALITY AS a (attribute, position)
LEFT JOIN bench.vocabulary AS v ON v.attribute = a.attribute
GROUP BY s.scorecard, s.relation
ORDER BY s.scorecard \gexec

-- By hand: arms in order, so that each needs one comparison, and literals of the type of the sum.
INSERT INTO bench.way
SELECT s.relation, 'best', 'SQL, CASE with float8 literals',
    format('greatest(float8 ''0'', least(float8 ''100'', float8 %L + %s))', s.base_points, (
        SELECT string_agg(c.arms, ' + ' ORDER BY c.attribute)
        FROM (
            SELECT b.attribute, format('CASE %s%s END', string_agg(format('%s float8 %L', b.arm, b.points), ' '
                ORDER BY b.position), CASE WHEN b.attribute LIKE 't%' THEN ' ELSE float8 ''0''' END)
            FROM bench.bin AS b WHERE b.attribute = ANY (s.attributes) GROUP BY b.attribute) AS c (attribute, arms)))
FROM bench.scorecard AS s
UNION ALL
SELECT s.relation, 'score', 'leadscore.score', format('leadscore.score(%L, l)', s.scorecard) FROM bench.scorecard AS s
UNION ALL
SELECT s.relation, 'evaluate', 'leadscore.evaluate', format('(leadscore.evaluate(%L, l)).score', s.scorecard)
FROM bench.scorecard AS s;

CALL bench.check_ways('bench.bins');
CALL bench.check_ways('bench.words');

-- The floor looks for the last column of a row, as scoring does.
INSERT INTO bench.measured_case (experiment, role, title, rows, query)
SELECT s.scorecard, 'floor', 'scan, count of the last column', :rows,
    format('SELECT count(l.%I) FROM %s AS l', s.attributes[cardinality(s.attributes)], s.relation)
FROM bench.scorecard AS s;
INSERT INTO bench.measured_case (experiment, role, title, rows, query, settings)
SELECT s.scorecard, c.role::bench.case_role, w.title || c.suffix, :rows,
    format('SELECT sum(%s) FROM %s AS l', w.expression, s.relation), c.settings::jsonb
FROM (VALUES
    (1, 'best', 'baseline', '', '{}'),
    (2, 'score', 'contender', '', '{}'),
    (3, 'evaluate', 'contender', '', '{}'),
    (4, 'best', 'contender', '; JIT', :'jit'),
    (5, 'score', 'contender', '; JIT', :'jit')) AS c (position, way, role, suffix, settings)
JOIN bench.way AS w USING (way)
JOIN bench.scorecard AS s USING (relation)
ORDER BY c.position;

SELECT bench.warm('bench.bins') AS bins, bench.warm('bench.words') AS words \gset
CALL bench.measure('bins', :rounds);
CALL bench.measure('words', :rounds);

\pset title 'bins: 20 numbers in 10 bins each, sum(score) (ratios: to the CASE)'
SELECT * FROM bench.report('bins');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('bins') UNION ALL SELECT 'data:     ' || :'bins';
\pset tuples_only off

\pset title 'words: 10 numbers in 10 bins each, 10 texts of 10 words each, sum(score) (ratios: to the CASE)'
SELECT * FROM bench.report('words');
\pset title
\pset tuples_only on
SELECT * FROM bench.circumstances('words') UNION ALL SELECT 'data:     ' || :'words';
