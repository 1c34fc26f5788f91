# On Citus: what docs/scale.md says is computed on the workers, and gives what one machine gives. A coordinator and two
# workers; skipped where Citus is not installed.
use strict;
use warnings FATAL => 'all';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $folder = `pg_config --sharedir`);
plan skip_all => "Citus is not installed: there is no $folder/extension/citus.control" unless -e "$folder/extension/citus.control";

my %node;
foreach my $name (qw(coordinator worker1 worker2))
{
	my $node = $node{$name} = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
	# Nodes speak to each other over TCP, where initdb trusts 127.0.0.1.
	$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'citus'
citus.node_conninfo = 'sslmode=prefer'
citus.shard_count = 8
listen_addresses = '127.0.0.1'
wal_level = logical
max_prepared_transactions = 100
statement_timeout = '120s'
fsync = off
CONF
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION citus');
}
my $node = $node{coordinator};
sub sql { return $node->safe_psql('postgres', $_[0]); }
$node->safe_psql('postgres', sprintf("SELECT citus_set_coordinator_host('127.0.0.1', %d)", $node->port));
$node->safe_psql('postgres', sprintf("SELECT citus_add_node('127.0.0.1', %d)", $node{$_}->port)) foreach qw(worker1 worker2);

# == The extension goes to the workers by itself
sql('CREATE EXTENSION leadscore');
is(sql(q{SELECT count(*), bool_and(success), count(DISTINCT result) FROM run_command_on_workers('SELECT leadscore.version()')}), '2|t|1', 'CREATE EXTENSION on the coordinator makes it on all workers');

# == Leads and events, distributed, and the same beside them on the coordinator
sql(<<'SQL');
CREATE TABLE lead (id bigint, score float8, p float8, won boolean, source text, headcount float8, created timestamptz, name text, email text, phone text);
CREATE TABLE event (lead bigint, channel text, at timestamptz, step int, points float8);
CREATE TABLE local_lead (LIKE lead);
CREATE TABLE local_event (LIKE event);
INSERT INTO local_lead
SELECT n, n * 31 % 100, n * 31 % 100 / 100.0, CASE WHEN n % 50 > 0 THEN ('x' || substr(md5(n::text), 1, 6))::bit(24)::int % 100 < n * 31 % 100 END, (ARRAY['site', 'referral', 'list'])[1 + n % 3], n * 7 % 200,
  timestamptz '2026-01-01 00:00+00' + n * interval '10 minutes', 'Anna Berg', 'lead' || n / 2 || '@firm.example', '+7 921 555 ' || 1000 + n / 3
FROM generate_series(1, 4000) AS n;
INSERT INTO local_event SELECT n % 200, 'channel ' || n % 5, timestamptz '2026-01-01 00:00+00' + n * interval '1 hour', 1 + n * 7 % 4, n % 9 FROM generate_series(1, 3000) AS n;
SELECT create_distributed_table('lead', 'id');
SELECT create_distributed_table('event', 'channel');
INSERT INTO lead SELECT * FROM local_lead;
INSERT INTO event SELECT * FROM local_event;
SQL
cmp_ok(sql(q{SELECT count(*) FROM run_command_on_shards('event', 'SELECT count(*) FROM %s') WHERE result = '0'}), '>', 0, 'a shard is empty');

# == Parts are made in the shards, and joined
sub of_shards
{
	my ($table, $partial, $merge) = @_;
	return sql(sprintf(q{SELECT leadscore.%s(nullif(result, '')::bytea) FROM run_command_on_shards('%s', %s)}, $merge, $table, "\$command\$SELECT leadscore.$partial FROM %s\$command\$"));
}
foreach my $case (
	[ 'auc(score, won)', 'auc_partial(score, won)', 'auc_merge' ],
	[ 'auc_interval(score, won)', 'auc_partial(score, won)', 'auc_interval_merge' ],
	[ 'isotonic(score, won)', 'auc_partial(score, won)', 'isotonic_merge' ],
	[ 'gains(score, won, 7)', 'gains_partial(score, won, 7)', 'gains_merge' ],
	[ 'reliability(p, won)', 'reliability_partial(p, won)', 'reliability_merge' ],
	[ 'training(won, created, NULL, \'logistic\', \'auto\', NULL, true, false, 1000, \'{source,headcount}\', source, headcount)',
		'training_partial(won, created, NULL, \'logistic\', \'auto\', NULL, true, false, 1000, \'{source,headcount}\', source, headcount)', 'training_merge' ])
{
	my ($whole, $partial, $merge) = @$case;
	is(of_shards('lead', $partial, $merge), sql("SELECT leadscore.$whole FROM local_lead"), "$merge of the shards is the whole");
}
is(of_shards('event', q{heat_partial(points, at, '7 days')}, 'heat_merge'), sql(q{SELECT leadscore.heat(points, at, '7 days') FROM local_event}), 'heat_merge of the shards, some of them empty, is the whole');
# A shard that fails answers with words, which are no part.
my (undef, undef, $said) = $node->psql('postgres', q{SELECT leadscore.auc_merge(nullif(result, '')::bytea) FROM run_command_on_shards('lead', 'SELECT leadscore.auc_partial(score / (id - 7), won) FROM %s')});
like($said, qr/not a part of a metric|invalid input syntax/, 'the error of a shard is not taken for a part');

# == By the distribution column everything is computed where the rows are
my $plan = sql(q{EXPLAIN (COSTS OFF) SELECT channel, leadscore.window_funnel('14 days', 'default', at, step) FROM event GROUP BY channel});
like($plan, qr/Custom Scan \(Citus Adaptive\).*Task Count: 8.*Aggregate/s, 'an aggregate by the distribution column is computed on the workers');
unlike($plan =~ s/Custom Scan.*//sr, qr/Aggregate/, 'and not on the coordinator');
is(sql(q{SELECT string_agg(channel || ' ' || f, ', ' ORDER BY channel) FROM (SELECT channel, leadscore.window_funnel('14 days', 'default', at, step) AS f FROM event GROUP BY channel) AS s}),
	sql(q{SELECT string_agg(channel || ' ' || f, ', ' ORDER BY channel) FROM (SELECT channel, leadscore.window_funnel('14 days', 'default', at, step) AS f FROM local_event GROUP BY channel) AS s}), 'with the same result');
is(sql(q{SELECT md5(string_agg(lead || ' ' || f::text, ',' ORDER BY lead)) FROM (SELECT lead, leadscore.funnel_times_merge(part) AS f FROM (SELECT lead, channel, leadscore.window_funnel_partial('14 days', 'default', at, step) AS part FROM event GROUP BY channel, lead) AS p GROUP BY lead) AS s}),
	sql(q{SELECT md5(string_agg(lead || ' ' || f::text, ',' ORDER BY lead)) FROM (SELECT lead, leadscore.funnel_times('14 days', 'default', at, step) AS f FROM local_event GROUP BY lead) AS s}), 'parts by another column are joined by lead');

# == The document form scores on the workers, whose tables have no model
sql(<<'SQL');
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'size', 'headcount > 50', '20'), ('m', 'referral', 'source = ''referral''', '30'), ('m', 'recent', 'created > as_of - interval ''10 days''', '10');
SQL
is(sql(q{SELECT string_agg(result, ' ') FROM run_command_on_workers('SELECT count(*) FROM leadscore.model')}), '0 0', 'the workers have no models');
my $document = sql(q{SELECT quote_literal(leadscore.export_model('m')) || '::jsonb'});
my $scores = q{SELECT md5(string_agg(id || ' ' || s, ',' ORDER BY id)) FROM (SELECT id, leadscore.score(%s, l, '2026-02-01 00:00+00') AS s FROM %s AS l) AS s};
is(sql(sprintf($scores, $document, 'lead')), sql(sprintf($scores, q{'m'}, 'local_lead')), 'the document form scores distributed leads');
like(sql("EXPLAIN (VERBOSE, COSTS OFF) SELECT id, leadscore.score($document, l, '2026-02-01 00:00+00') FROM lead AS l"), qr/Task Count: 8.*Output: .*leadscore\.score/s, 'on the workers');

# == Pairs of duplicates are found where their key lies
my $rule = sql(q{SELECT quote_literal(leadscore.match_rule_template('contact')) || '::jsonb'});
sql(<<"SQL");
CREATE TABLE contact_by_key (key bigint, id bigint, name text, email text, phone text);
SELECT create_distributed_table('contact_by_key', 'key');
INSERT INTO contact_by_key SELECT k.key, c.id, c.name, c.email, c.phone FROM (SELECT id, name, email, phone FROM local_lead WHERE id < 300) AS c, unnest(leadscore.blocking_keys($rule, c)) AS k (key);
CREATE TABLE local_by_key AS SELECT * FROM contact_by_key;
SQL
my $pairs = "SELECT DISTINCT a.id AS lead_a, b.id AS lead_b FROM %1\$s AS a JOIN %1\$s AS b ON a.key = b.key AND a.id < b.id WHERE leadscore.match_probability($rule, a, b) > 0.9";
my $counted = "SELECT count(*) || ' ' || md5(string_agg(lead_a || ' ' || lead_b, ',' ORDER BY lead_a, lead_b)) FROM (" . $pairs . ") AS s";
my $found = sql(sprintf($counted, 'contact_by_key'));
is($found, sql(sprintf($counted, 'local_by_key')), 'the pairs of all workers are the pairs');
unlike($found, qr/^0 /, 'of which there are some');
like(sql('EXPLAIN (COSTS OFF) ' . sprintf($pairs, 'contact_by_key')), qr/Task Count: 8.*Join/s, 'joined on the workers');

$_->stop foreach values %node;
done_testing();
