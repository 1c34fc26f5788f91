# Real leads: 45,211 calls of a bank, scored by a hand-made model over their own columns, beside the same model
# written as one SQL expression. Runs where the data is (see LEADSCORE_DATA in CONTRIBUTING.md).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $file = defined $ENV{LEADSCORE_DATA} ? "$ENV{LEADSCORE_DATA}/bank/bank-full.csv" : undef;
plan skip_all => 'the bank data is not here' unless defined $file && -r $file;

my $node = PostgreSQL::Test::Cluster->new('bank');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION leadscore;
CREATE TABLE bank (age integer, job text, marital text, education text, "default" boolean, balance integer, housing boolean, loan boolean, contact text,
  day integer, month text, duration integer, campaign integer, pdays integer, previous integer, poutcome text, y boolean);
COPY bank FROM '$file' WITH (FORMAT csv, DELIMITER ';', HEADER);
ALTER TABLE bank ADD id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
SQL
is($node->safe_psql('postgres', 'SELECT count(*), count(*) FILTER (WHERE y) FROM bank'), '45211|5289', 'all leads are loaded');

$node->safe_psql('postgres', <<'SQL');
INSERT INTO leadscore.model (model, title, base_points) VALUES ('bank', 'Term deposit', 20);
INSERT INTO leadscore.dimension (model, dimension, title, lower, upper) VALUES
  ('bank', 'fit', 'Who they are', -20, 30), ('bank', 'money', 'What they can pay', -15, 25), ('bank', 'history', 'How they answered before', -20, 45);
INSERT INTO leadscore.criterion (model, criterion, dimension, attribute, condition, points, title) VALUES
  ('bank', 'under_age', 'fit', 'age', 'age < 18', '-20', 'Under 18'),
  ('bank', 'student_age', 'fit', 'age', 'age < 26', '12', '18 to 25'),
  ('bank', 'working_age', 'fit', 'age', 'age < 60', '2.5', '26 to 59'),
  ('bank', 'retired_age', 'fit', 'age', 'age >= 60', '15', '60 or older'),
  ('bank', 'job_student', 'fit', 'job', 'job = ''student''', '10', 'Student'),
  ('bank', 'job_retired', 'fit', 'job', 'job IN (''retired'', ''unemployed'')', '6.25', 'Retired or between jobs'),
  ('bank', 'job_blue', 'fit', 'job', 'job LIKE ''blue%''', '-6', 'Manual work'),
  ('bank', 'educated', 'fit', NULL, 'education = ''tertiary''', '5', 'Higher education'),
  ('bank', 'balance', 'money', NULL, 'balance > 0', 'least(balance, 10000) / 500', 'Money on the account'),
  ('bank', 'in_debt', 'money', NULL, 'balance < 0 OR "default"', '-10', 'In debt'),
  ('bank', 'loans', 'money', 'loans', 'housing AND loan', '-12', 'Two loans'),
  ('bank', 'one_loan', 'money', 'loans', 'housing OR loan', '-5', 'A loan'),
  ('bank', 'bought_before', 'history', 'outcome', 'poutcome = ''success''', '40', 'Bought before'),
  ('bank', 'refused_before', 'history', 'outcome', 'poutcome = ''failure'' AND pdays BETWEEN 0 AND 180', '-4', 'Refused lately'),
  ('bank', 'known', 'history', NULL, 'previous > 0', '4', 'Spoken to before'),
  ('bank', 'tired', 'history', NULL, 'campaign > 3', '-2 * (campaign - 3)', 'Called too often'),
  ('bank', 'good_month', NULL, NULL, 'month IN (''mar'', ''sep'', ''oct'', ''dec'')', '10', 'A month in which people buy'),
  ('bank', 'reachable', NULL, NULL, 'contact <> ''unknown''', '5.5', 'Reachable');
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('bank', 'grade', 'A', 60, 57), ('bank', 'grade', 'B', 40, NULL), ('bank', 'grade', 'C', 20, NULL), ('bank', 'grade', 'D', 0, NULL);
CREATE FUNCTION plain_score(b bank) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT least(greatest(20::float8
    + CASE WHEN b.month IN ('mar', 'sep', 'oct', 'dec') THEN 10 ELSE 0 END + CASE WHEN b.contact <> 'unknown' THEN 5.5::float8 ELSE 0 END
    + least(greatest(CASE WHEN b.age < 18 THEN -20 WHEN b.age < 26 THEN 12 WHEN b.age < 60 THEN 2.5 WHEN b.age >= 60 THEN 15 ELSE 0 END::float8
      + CASE WHEN b.job = 'student' THEN 10 WHEN b.job IN ('retired', 'unemployed') THEN 6.25 WHEN b.job LIKE 'blue%' THEN -6 ELSE 0 END::float8
      + CASE WHEN b.education = 'tertiary' THEN 5 ELSE 0 END, -20), 30)
    + least(greatest(CASE WHEN b.balance > 0 THEN least(b.balance, 10000) / 500 ELSE 0 END::float8 + CASE WHEN b.balance < 0 OR b."default" THEN -10 ELSE 0 END
      + CASE WHEN b.housing AND b.loan THEN -12 WHEN b.housing OR b.loan THEN -5 ELSE 0 END, -15), 25)
    + least(greatest(CASE WHEN b.poutcome = 'success' THEN 40 WHEN b.poutcome = 'failure' AND b.pdays BETWEEN 0 AND 180 THEN -4 ELSE 0 END::float8
      + CASE WHEN b.previous > 0 THEN 4 ELSE 0 END + CASE WHEN b.campaign > 3 THEN -2 * (b.campaign - 3) ELSE 0 END, -20), 45), 0), 100)
$$;
SQL

is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.validate_model('bank', 'bank')"), '0', 'the model fits the table');
is($node->safe_psql('postgres', "SELECT count(*), count(leadscore.score('bank', b)) FROM bank AS b"), '45211|45211', 'every lead has a score');
is($node->safe_psql('postgres', "SELECT count(*) FROM bank AS b WHERE leadscore.score('bank', b) IS DISTINCT FROM plain_score(b)"), '0', 'the score of each lead equals the plain SQL expression');
is($node->safe_psql('postgres', <<'SQL'), '45211|0|0', 'explain sums to the score for each lead, and before the last line to the raw score');
SELECT count(*), count(*) FILTER (WHERE abs(s.contribution - s.score) > 1e-9), count(*) FILTER (WHERE abs(s.raw - s.raw_score) > 1e-9)
FROM (SELECT b.id, min((v).score) AS score, min((v).raw_score) AS raw_score, sum(e.contribution) AS contribution, sum(e.contribution) FILTER (WHERE e.kind <> 'scale') AS raw
  FROM (SELECT b, leadscore.evaluate('bank', b) AS v FROM bank AS b OFFSET 0) AS t (b, v), leadscore.explain('bank', t.b) AS e, LATERAL (SELECT (t.b).id) AS b (id) GROUP BY b.id) AS s
SQL
is($node->safe_psql('postgres', "SELECT count(*) FROM bank AS b WHERE leadscore.score(leadscore.export_model('bank'), b) <> leadscore.score('bank', b)"), '0', 'the document gives equal scores');
is($node->safe_psql('postgres', <<'SQL'), 't|t', 'a better grade sells better, and scores use the whole scale');
SELECT bool_and(rate > coalesce(lower, 0)), (SELECT max(leadscore.score('bank', b)) - min(leadscore.score('bank', b)) > 90 FROM bank AS b)
FROM (SELECT rate, lead(rate) OVER (ORDER BY grade) AS lower FROM (SELECT (leadscore.evaluate('bank', b)).grade, avg(y::int) AS rate FROM bank AS b GROUP BY 1) AS g) AS r
SQL

$node->stop;
done_testing();
