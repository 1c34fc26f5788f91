# pg_dump and pg_restore carry duplicate indexes: what was noted is there afterwards, and who comes next is recognised.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('duplicate_restore');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE source');
$node->safe_psql('source', <<'SQL');
CREATE EXTENSION leadscore;
CREATE SCHEMA "we ird";
CREATE TYPE "we ird".kind AS ENUM ('a');
CREATE TABLE "we ird"."Le""ads" ("K ey" text PRIMARY KEY, kind "we ird".kind, name text, phone text, created_at timestamptz);
CREATE TABLE parted (id bigint, email text, phone text, created_at timestamptz, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE parted_2 PARTITION OF parted DEFAULT;
SELECT leadscore.create_duplicate_index('"we ird"."Le""ads"', key => 'K ey', within => '30 days', window_mode => 'sliding', threshold => 0.25, mode => 'warn'), leadscore.create_duplicate_index('parted');
INSERT INTO "we ird"."Le""ads" VALUES ('a', 'a', 'Иван Иванов', '+7 912 345-67-89', '2026-01-01'), ('b', 'a', 'Иван Иванов', '+7 912 345-67-89', '2026-01-20'), ('c', 'a', 'Ольга Котова', '+7 903 111-22-33', '2026-01-20');
INSERT INTO parted VALUES (1, 'a@b.ru', '+7 912 345-67-89', '2026-01-01'), (2, 'a@b.ru', '+7 912 345-67-89', '2026-02-01');
SQL
my $state = <<'SQL';
SELECT relation, rule, key, key_type, columns, mode, within, window_mode, threshold, most_candidates, created_at FROM leadscore.duplicate_index ORDER BY relation::text;
SELECT md5(secret) FROM leadscore.secret;
SELECT relation, part, count(*), md5(string_agg(hash::text || at || lead_id, ',' ORDER BY hash, lead_id)) FROM leadscore.contact_key GROUP BY relation, part ORDER BY relation::text, part::text;
SELECT relation, lead_a, lead_b, is_same, probability, verdict, noted_at FROM leadscore.duplicate_edge ORDER BY verdict;
SELECT * FROM leadscore.duplicate_leads('"we ird"."Le""ads"');
SELECT * FROM leadscore.duplicate_leads('parted');
SELECT tgrelid::regclass, pg_get_triggerdef(t.oid) FROM pg_trigger AS t WHERE tgfoid = 'leadscore.mark_duplicate()'::regprocedure ORDER BY tgrelid::regclass::text, tgname;
SELECT count(*) FROM pg_depend WHERE deptype = 'x';
SQL
my $before = $node->safe_psql('source', $state);
my $next = <<'SQL';
INSERT INTO "we ird"."Le""ads" VALUES ('d', 'a', 'Котова Ольга', '8 903 1112233', '2026-01-25');
INSERT INTO parted VALUES (3, 'A@b.ru', '89123456789', '2026-01-15');
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('"we ird"."Le""ads"') ORDER BY 1;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('parted') ORDER BY 1;
SELECT last_value >= (SELECT max(verdict) FROM leadscore.duplicate_edge) FROM leadscore.duplicate_edge_verdict_seq;
SQL
my $after = "b|a\nd|c\n2|1\n3|1\nt";

my $dir = PostgreSQL::Test::Utils::tempdir();
$node->run_log([ 'pg_dump', '-Fc', '-f', "$dir/dump.custom", $node->connstr('source') ]);
$node->run_log([ 'pg_dump', '-f', "$dir/dump.sql", $node->connstr('source') ]);
foreach my $restore ([ 'from_custom', 'pg_restore', '--exit-on-error' ], [ 'from_parallel', 'pg_restore', '--exit-on-error', '-j2' ])
{
	my ($name, @command) = @$restore;
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->command_ok([ @command, '-d', $node->connstr($name), "$dir/dump.custom" ], "restore $name");
	is($node->safe_psql($name, $state), $before, "$name: all is as it was");
	is($node->safe_psql($name, $next), $after, "$name: who comes next is recognised");
}
$node->safe_psql('postgres', 'CREATE DATABASE from_plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('from_plain'), '-f', "$dir/dump.sql" ], 'restore from_plain');
is($node->safe_psql('from_plain', $state), $before, 'from_plain: all is as it was');

# Schema first, rows later: the triggers are there already, and fire for rows whose keys come with the dump as well.
foreach my $first (undef, 'leadscore', 'public')
{
	my $name = 'in_steps_' . ($first || 'any');
	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->run_log([ 'pg_restore', '--schema-only', '-d', $node->connstr($name), "$dir/dump.custom" ]);
	foreach my $part ($first ? ([ '-n', $first ], map { [ '-n', $_ ] } grep { $_ ne $first } 'leadscore', 'public', 'we ird') : [])
	{
		$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', @$part, '-d', $node->connstr($name), "$dir/dump.custom" ], "$name: rows of @{$part}");
	}
	is($node->safe_psql($name, $next), $after, "$name: who comes next is recognised");
}

# DROP EXTENSION takes the triggers along.
$node->safe_psql('from_plain', 'DROP EXTENSION leadscore');
is($node->safe_psql('from_plain', "INSERT INTO parted VALUES (9, 'x', NULL, '2026-01-15'); SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), '0', 'without the extension there are no triggers');

$node->stop;
done_testing();
