# Limits that take gigabytes or minutes to reach, at their edge and one beyond: LEADSCORE_LIMITS=1 runs them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'LEADSCORE_LIMITS is not set' if !$ENV{LEADSCORE_LIMITS};

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
statement_timeout = '10min'
max_locks_per_transaction = 2000
max_parallel_workers_per_gather = 0
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION leadscore');

# What an aggregate over so many rows says: of the limit, and of one row more.
sub edge {
  my ($name, $limit, $query, $message) = @_;
  my ($status, $out, $errors) = $node->psql('postgres', sprintf($query, $limit));
  is($status, 0, "$limit $name") or diag($errors);
  ($status, $out, $errors) = $node->psql('postgres', '\set VERBOSITY verbose' . "\n" . sprintf($query, $limit + 1));
  like($errors, qr/54000: $message/, "one more than $limit $name");
}

edge('leads of a metric', 100_000_000, 'SELECT leadscore.auc(0.5, true) FROM generate_series(1, %d)', 'more than 100000000 rows in one metric');
edge('events of a funnel', 50_000_000, q{SELECT leadscore.window_funnel('1 day', 'default', timestamptz '2000-01-01' + n * interval '1 second', 1) FROM generate_series(1, %d) AS n}, 'more than 50000000 events in one funnel');
edge('events of a lead in a funnel scan', 50_000_000, q{SELECT leadscore.window_funnel('1 day', 'default', timestamptz '2000-01-01' + n * interval '1 second', 1) FROM generate_series(1, %d) AS n GROUP BY n / 100000000}, 'more than 50000000 events in one funnel');
edge('touches of a lead', 10_000_000, q{SELECT cardinality(leadscore.touches('a', now())) FROM generate_series(1, %d)}, 'more than 10000000 touches in one group');

# A table of 10,000 partitions.
$node->safe_psql('postgres', <<'SQL');
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'one', 'true', '1');
CREATE TABLE parted (id integer PRIMARY KEY) PARTITION BY RANGE (id);
SELECT format('CREATE TABLE part%s PARTITION OF parted FOR VALUES FROM (%s) TO (%s)', i, i, i + 1) FROM generate_series(1, 10000) AS i \gexec
SQL
$node->safe_psql('postgres', "SELECT leadscore.attach('parted', 'm', duplicates => 'none')");
$node->safe_psql('postgres', 'INSERT INTO parted SELECT generate_series(1, 10000)');
is($node->safe_psql('postgres', 'SELECT count(*), sum(score) FROM leadscore.lead_state'), '10000|10000', 'leads in 10,000 partitions are judged');
$node->safe_psql('postgres', 'INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES (\'m\', \'two\', \'true\', \'1\')');
$node->safe_psql('postgres', 'UPDATE part7 SET id = id');
is($node->safe_psql('postgres', q{SELECT score FROM leadscore.lead_state WHERE lead = '7'}), '2', 'one of them judges its lead');
$node->stop;
done_testing();
