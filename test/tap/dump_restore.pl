# pg_dump and pg_restore carry models, kept versions and triggers; scores are equal afterwards, and life goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', <<'SQL');
CREATE EXTENSION leadscore;
CREATE SCHEMA "we ird.schema";
CREATE TYPE "we ird.schema".mood AS ENUM ('cold', 'warm', 'hot');
CREATE DOMAIN "we ird.schema".amount AS numeric CHECK (VALUE >= 0);
CREATE TYPE "we ird.schema".address AS (city text, house integer);
CREATE TABLE "we ird.schema"."Le""ads" (id integer PRIMARY KEY, "e-mail" text, mood "we ird.schema".mood, budget "we ird.schema".amount,
  home "we ird.schema".address, born date, created_at timestamptz, score float8, grade text);
INSERT INTO leadscore.model (model, title_ru, time_zone) VALUES ('main', 'Основная', 'Europe/Moscow'), ('модель "2"', NULL, 'UTC');
INSERT INTO leadscore.dimension (model, dimension, upper) VALUES ('main', 'fit', 40), ('main', 'data', NULL);
INSERT INTO leadscore.criterion (model, criterion, dimension, condition, points) VALUES
  ('main', 'warm', 'fit', 'mood >= ''warm''', '30'), ('main', 'budget', 'fit', 'budget > 1e6', 'budget / 1e6'), ('main', 'city', NULL, '(home).city = ''Москва''', '5'),
  ('main', 'mail', 'data', '"e-mail" ~ ''@''', '1'), ('main', 'young', 'data', 'created_at - interval ''3 days'' > born', '2'),
  ('модель "2"', 'never restorable if it were looked up', NULL, 'no_such_column > 1', '1');
UPDATE leadscore.criterion SET enabled = false WHERE model <> 'main';
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('main', 'grade', 'A', 30, 25), ('main', 'grade', 'B', 0, NULL);
CREATE TRIGGER keep_score BEFORE INSERT OR UPDATE ON "we ird.schema"."Le""ads" FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('main', 'score', 'grade');
INSERT INTO "we ird.schema"."Le""ads" SELECT n, 'user' || n || CASE WHEN n % 3 = 0 THEN '@x.ru' ELSE '' END, (ARRAY['cold', 'warm', 'hot', NULL])[1 + n % 4]::"we ird.schema".mood,
  n * 10000, ROW(CASE WHEN n % 5 = 0 THEN 'Москва' END, n)::"we ird.schema".address, '2026-01-01', '2026-01-01 00:00+00'::timestamptz + n * interval '1 hour' FROM generate_series(1, 500) AS n;
SELECT leadscore.save_model_version('main', 'before the dump');
SELECT leadscore.create_model('shipped', 'b2b');
SELECT leadscore.create_stage_map('shipped', 'amocrm');
INSERT INTO leadscore.calibration (model, raw_from, probability, leads, wins, provenance) VALUES ('shipped', '-infinity', 0.1, 10, 1, '{"by": "hand"}'), ('shipped', 50.000000000000007, 0.7000000000000001, NULL, NULL, NULL);
INSERT INTO leadscore.protected_attribute VALUES ('shipped', 'знак зодиака');
UPDATE leadscore.model SET scale = 'calibrated' WHERE model = 'shipped';
SELECT leadscore.sign_target('shipped', 'marketing', 'Договор'), leadscore.sign_target('shipped', 'sales');
INSERT INTO leadscore.target_dispute (model, lead_key, claim, comment) VALUES ('shipped', 'Лид 1', 'not_target', 'спор');
SELECT leadscore.create_framework('MEDDIC');
INSERT INTO leadscore.framework (framework, title_ru) VALUES ('own', 'Свой');
INSERT INTO leadscore.framework_element (framework, element, priority, weight, question, more_questions) VALUES ('own', 'б"ю', 1, 0.1, 'A?', ARRAY['"', 'back\slash']), ('own', 'b', 2, NULL, NULL, NULL);
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer, answered_by, answered_at, note)
  SELECT 'own', n % 50, CASE WHEN n % 3 = 0 THEN 'б"ю' ELSE 'b' END, to_jsonb(n % 10 / 10.0), 'anna', '2026-01-01 00:00+00'::timestamptz + n * interval '1 hour', 'said' FROM generate_series(1, 500) AS n;
SELECT leadscore.create_match_rule('contact');
SELECT leadscore.train_match('contact', '"we ird.schema"."Le""ads"', columns => '{"email": "e-mail"}');
INSERT INTO leadscore.match_frequency VALUES ('contact', 'email', -9223372036854775808, 0.1::float8 / 3);
UPDATE leadscore.criterion SET points = '31' WHERE model = 'main' AND criterion = 'warm';
CREATE VIEW "we ird.schema".scored AS SELECT id, leadscore.score('main', l, '2026-06-01') AS score FROM "we ird.schema"."Le""ads" AS l;
CREATE ROLE bi;
SELECT leadscore.grant_reader('bi');
CREATE ROLE ed;
SELECT leadscore.grant_editor('ed');
REVOKE SELECT ON leadscore.model FROM PUBLIC;
SQL

my $state = <<'SQL';
SELECT string_agg(format('%s %s', id, score), ',' ORDER BY id) FROM "we ird.schema".scored;
SELECT string_agg(format('%s %s %s', id, score, grade), ',' ORDER BY id) FROM "we ird.schema"."Le""ads";
SELECT model, leadscore.export_model(model) FROM leadscore.model ORDER BY 1;
SELECT leadscore.export_match_rule(rule) FROM leadscore.match_rule ORDER BY ord;
SELECT model, note, document, created_at FROM leadscore.model_version ORDER BY 1, 2;
SELECT * FROM leadscore.target_signature ORDER BY signed_at;
SELECT * FROM leadscore.target_contract ORDER BY model;
SELECT * FROM leadscore.target_dispute;
SELECT has_table_privilege('public', 'leadscore.target_dispute', 'SELECT'), has_table_privilege('bi', 'leadscore.target_dispute', 'SELECT'), has_table_privilege('ed', 'leadscore.target_dispute', 'INSERT');
SELECT count(*) FROM pg_trigger WHERE tgfoid = 'leadscore.set_score()'::regprocedure;
SELECT framework, leadscore.export_framework(framework), ord FROM leadscore.framework ORDER BY ord;
SELECT n, leadscore.framework_answers('own', n::text), leadscore.framework_score('own', leadscore.framework_answers('own', n::text)) FROM generate_series(0, 49) AS n;
SELECT a FROM leadscore.framework_answer AS a ORDER BY ord;
SELECT has_table_privilege('public', 'leadscore.model', 'SELECT'), has_table_privilege('bi', 'leadscore.model', 'SELECT');
SQL
my $before = $node->safe_psql('source', $state);

my $dir = PostgreSQL::Test::Utils::tempdir();
$node->run_log([ 'pg_dump', '-Fc', '-f', "$dir/dump.custom", $node->connstr('source') ]);
$node->run_log([ 'pg_dump', '-Fd', '-j2', '-f', "$dir/dump.directory", $node->connstr('source') ]);
$node->run_log([ 'pg_dump', '-f', "$dir/dump.sql", $node->connstr('source') ]);

sub restored_equals {
	my ($name, @command) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->command_ok(\@command, "restore into $name");
	ok($node->safe_psql($name, $state) eq $before, "$name: models, scores, triggers and privileges are equal");
	is($node->safe_psql($name, <<'SQL'), "t\nt", "$name: an editor edits, and no version number is below one that was given");
SET ROLE ed;
UPDATE leadscore.model SET title = 'by the editor' WHERE model = 'main' RETURNING version >= (SELECT max(version) FROM leadscore.model);
RESET ROLE;
SELECT last_value >= (SELECT max(version) FROM leadscore.model) FROM leadscore.model_version_number;
SQL
	my $after = $node->safe_psql($name, <<'SQL');
UPDATE leadscore.criterion SET points = '32' WHERE model = 'main' AND criterion = 'warm';
SELECT bool_and(m.version > coalesce(v.version, 0)) FROM leadscore.model AS m LEFT JOIN leadscore.model_version AS v USING (model);
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('main', 'new', '7');
SELECT criterion FROM leadscore.criterion WHERE model = 'main' ORDER BY ord DESC LIMIT 1;
SELECT leadscore.rescore_table('"we ird.schema"."Le""ads"') > 0;
SELECT leadscore.save_model_version('main') > 0;
INSERT INTO leadscore.target_dispute (model, lead_key, claim) VALUES ('main', '2', 'target') RETURNING id;
INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer) VALUES ('own', '0', 'b', 'false') RETURNING ord > 500;
INSERT INTO leadscore.framework (framework) VALUES ('later') RETURNING ord > 2;
SELECT count(*) FROM leadscore.framework_answer AS a LEFT JOIN leadscore.framework_element AS e USING (framework, element) WHERE e.element IS NULL;
SQL
	is($after, "t\nnew\nt\nt\n2\nt\nt\n0", "$name: versions and orders go on above the restored ones");
	return;
}

restored_equals('from_custom', 'pg_restore', '--exit-on-error', '-d', $node->connstr('from_custom'), "$dir/dump.custom");
restored_equals('from_parallel', 'pg_restore', '--exit-on-error', '-j2', '-d', $node->connstr('from_parallel'), "$dir/dump.directory");
restored_equals('from_plain', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('from_plain'), '-f', "$dir/dump.sql");

# Schema first, rows later, as some migrations do.
$node->safe_psql('postgres', 'CREATE DATABASE in_two_steps');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-d', $node->connstr('in_two_steps'), "$dir/dump.custom" ], 'the schema alone');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', '-d', $node->connstr('in_two_steps'), "$dir/dump.custom" ], 'then the data alone');
is($node->safe_psql('in_two_steps', "SELECT count(*), sum(score) IS NOT NULL FROM \"we ird.schema\".scored"), '500|t', 'in two steps: leads are scored');
is($node->safe_psql('in_two_steps', "SELECT model, leadscore.export_model(model) FROM leadscore.model ORDER BY 1"),
	$node->safe_psql('source', "SELECT model, leadscore.export_model(model) FROM leadscore.model ORDER BY 1"), 'in two steps: models are equal');

is($node->safe_psql('in_two_steps', 'SELECT a FROM leadscore.framework_answer AS a ORDER BY ord'),
	$node->safe_psql('source', 'SELECT a FROM leadscore.framework_answer AS a ORDER BY ord'), 'in two steps: answers are equal');

# A job of pg_restore -j may load the answers before the elements, and those before their framework.
$node->safe_psql('postgres', 'CREATE DATABASE backwards');
$node->run_log([ 'pg_restore', '--schema-only', '-d', $node->connstr('backwards'), "$dir/dump.custom" ]);
foreach my $table (qw(framework_answer framework_element framework))
{
	$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', '-n', 'leadscore', '-t', $table, '-d', $node->connstr('backwards'), "$dir/dump.custom" ], "backwards: $table");
}
is($node->safe_psql('backwards', 'SELECT framework, leadscore.export_framework(framework) FROM leadscore.framework ORDER BY 1'),
	$node->safe_psql('source', 'SELECT framework, leadscore.export_framework(framework) FROM leadscore.framework ORDER BY 1'), 'backwards: frameworks are equal');
my ($status, undef, $error) = $node->psql('backwards', "INSERT INTO leadscore.framework_answer (framework, lead_key, element, answer, ord) VALUES ('own', '0', 'none', 'true', 1000)");
like($error, qr/violates foreign key constraint/, 'backwards: foreign keys hold afterwards');

$node->stop;
done_testing();
