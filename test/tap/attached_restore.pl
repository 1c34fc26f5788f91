# What is known of an attached table survives dumps, crashes and standbys.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{LEADSCORE_CRASH_ROUNDS} || 10;    # of each kind of crash

my $node = PostgreSQL::Test::Cluster->new('attached');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], allows_streaming => 1);
$node->append_conf('postgresql.conf', "restart_after_crash = on\nmax_connections = 20");
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE crm');
$node->safe_psql('crm', <<'SQL');
CREATE EXTENSION leadscore;
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'visits > 2', 10), ('m', 'active', 'engagement > 1', 5);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'visits', 'visits > 5');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'click', 4, '30 days');
CREATE SCHEMA "we ird";
CREATE TABLE "we ird"."Le""ads" ("K ey" bigint PRIMARY KEY, email text, visits integer, channel text, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE action (lead bigint NOT NULL, event text, at timestamptz DEFAULT now());
CREATE INDEX ON action (lead);
CREATE TABLE parted (id bigint, region text, visits integer, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a');
CREATE TABLE parted_other PARTITION OF parted DEFAULT;
SELECT leadscore.attach('"we ird"."Le""ads"', 'm', events => 'action', source => 'leads', duplicates => 'mark'), leadscore.attach('parted', 'm');
INSERT INTO "we ird"."Le""ads" SELECT n, 'a' || n / 2 || '@b.ru', n % 10, 'ads' FROM generate_series(1, 20) AS n;
INSERT INTO action SELECT n, 'click' FROM generate_series(1, 10) AS n;
UPDATE "we ird"."Le""ads" SET visits = 9 WHERE "K ey" < 5;
INSERT INTO parted SELECT n, CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b' END, n FROM generate_series(1, 10) AS n;
SQL
my $state = <<'SQL';
SET TimeZone = 'UTC';
SELECT source_id, source, relation, model, key, columns, events, event_columns, marks_duplicates, attached_at FROM leadscore.source ORDER BY source_id;
SELECT s FROM leadscore.lead_state AS s ORDER BY source_id, lead;
SELECT h FROM leadscore.stage_history AS h ORDER BY source_id, lead, visit_no;
SELECT c FROM leadscore.score_change AS c ORDER BY source_id, lead, changed_at, score;
SELECT s FROM leadscore.source_stage AS s ORDER BY 1;
SELECT c.source_id, c.relation::regclass, c.name FROM leadscore.source_column AS c ORDER BY 1, 2::text, 3;
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgfoid = 'leadscore.sync_source()'::regprocedure ORDER BY tgrelid::regclass::text, tgname;
SELECT evtname FROM pg_event_trigger ORDER BY 1;
SQL
my $faults = "SELECT * FROM leadscore.verify('leads') UNION ALL SELECT * FROM leadscore.verify('parted')";
my $next = <<'SQL';
INSERT INTO "we ird"."Le""ads" VALUES (100, 'z@b.ru', 9, 'seo');
INSERT INTO action VALUES (100, 'click');
ALTER TABLE "we ird"."Le""ads" RENAME COLUMN channel TO kanal;
UPDATE "we ird"."Le""ads" SET kanal = 'ref' WHERE "K ey" = 100;
CREATE TABLE parted_c PARTITION OF parted FOR VALUES IN ('c');
INSERT INTO parted_c VALUES (100, 'c', 9);
SELECT lead, score, channel, events, visits FROM leadscore.lead_state WHERE lead IN ('100', '{100,c}') ORDER BY lead;
SQL
my $after = "100|15|ref|1|1\n{100,c}|10||0|1";
my $before = $node->safe_psql('crm', $state);
is($node->safe_psql('crm', $faults), '', 'nothing is wrong before');

# Dumps.
my $dir = PostgreSQL::Test::Utils::tempdir();
$node->run_log([ 'pg_dump', '-Fc', '-f', "$dir/dump.custom", $node->connstr('crm') ]);
foreach my $restore ([ 'whole', [] ], [ 'parallel', ['-j2'] ], [ 'in_steps', ['--schema-only'], ['--data-only'] ])
{
	my ($name, @steps) = @$restore;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	foreach my $step (@steps)
	{
		$node->command_ok([ 'pg_restore', '--exit-on-error', @$step, '-d', $node->connstr($name), "$dir/dump.custom" ], "restore $name @$step");
	}
	is($node->safe_psql($name, $state), $before, "$name: all is as it was");
	is($node->safe_psql($name, $faults), '', "$name: nothing is wrong");
	is($node->safe_psql($name, $next), $after, "$name: it goes on, and follows new names and partitions");
	is($node->safe_psql($name, $faults), '', "$name: nothing is wrong afterwards");
	$node->safe_psql('postgres', "DROP DATABASE $name");
}

# A standby reads, and says clearly that it does not write.
my $backup = $node->backup('standby');
my $standby = PostgreSQL::Test::Cluster->new('attached_standby');
$standby->init_from_backup($node, 'standby', has_streaming => 1);
$standby->start;
$node->safe_psql('crm', q(UPDATE "we ird"."Le""ads" SET visits = 8 WHERE "K ey" = 20));
$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
my $read = "SELECT source, stage, reached FROM leadscore.funnel ORDER BY 1, 2, 3; SELECT source, lead, score, stage FROM leadscore.leads ORDER BY 1, 2; SELECT count(*) > 0 FROM leadscore.lead_card('leads', '1')";
is($standby->safe_psql('crm', $read), $node->safe_psql('crm', $read), 'a standby shows what its primary shows');
foreach my $call ("refresh('leads')", "rescan('leads')", "detach('leads')", "forget('leads', '1')")
{
	my ($code, $out, $error) = $standby->psql('crm', "\\set VERBOSITY sqlstate\nSELECT leadscore.$call");
	like($error, qr/ERROR:  25006/, "a standby refuses $call");
}
$standby->stop;

# Crashes in mid-load: a lead is there with its state or not at all.
my $load = q(INSERT INTO "we ird"."Le""ads" SELECT 1000000 * %d + n, 'c' || n || '@d.ru', n %% 10, 'ads', now() FROM generate_series(1, 3000) AS n; UPDATE "we ird"."Le""ads" SET visits = visits + 1 WHERE "K ey" > 1000000 * %d);
foreach my $round (1 .. 2 * $rounds)
{
	my $is_kill = $round % 2;
	my $memory_start = $node->safe_psql('crm', 'SELECT stats_reset FROM pg_stat_bgwriter');
	my @loads = map { $node->background_psql('crm', on_error_stop => 0) } 1 .. 2;
	my $pid = $loads[0]->query_safe('SELECT pg_backend_pid()');
	foreach my $i (0, 1)
	{
		my $statement = sprintf($load, 2 * $round + $i, 2 * $round + $i);
		$loads[$i]->{stdin} .= "$statement;\n";
		$loads[$i]->{run}->pump_nb;
	}
	select undef, undef, undef, 0.05 + ($round * 7 % 10) / 25;
	if ($is_kill)
	{
		kill 'KILL', $pid;
	}
	else
	{
		$node->stop('immediate');
	}
	eval { $_->{run}->kill_kill; } for @loads;
	$node->start if !$is_kill;
	# Until the postmaster has noticed, it still lets sessions in, and ends them a moment later.
	$node->poll_query_until('crm', "SELECT stats_reset <> '$memory_start' FROM pg_stat_bgwriter") or die 'no recovery';
	# Of two loads that had added the same persons neither saw the other: the next statement knows, and none may have come.
	$node->safe_psql('crm', q(UPDATE "we ird"."Le""ads" SET visits = visits WHERE "K ey" = 1));
	is($node->safe_psql('crm', $faults), '', "round $round: nothing is lost after " . ($is_kill ? 'kill -9' : 'an immediate shutdown'));
}

$node->stop;
done_testing();
