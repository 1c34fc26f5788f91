# sqlsmith writes queries that nobody would: as the owner of attached tables and as a role without privileges it finds no
# crash and no internal error. Takes LEADSCORE_SQLSMITH_SECONDS (none: it is not run) for both, LEADSCORE_SQLSMITH_SEED (1).
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{LEADSCORE_SQLSMITH_SECONDS} || 0;
my $seed = $ENV{LEADSCORE_SQLSMITH_SEED} || 1;
plan skip_all => 'LEADSCORE_SQLSMITH_SECONDS does not say how long' unless $seconds;
plan skip_all => 'sqlsmith is not installed' unless grep { -x "$_/sqlsmith" } split(/:/, $ENV{PATH}), '/usr/bin';

my $node = PostgreSQL::Test::Cluster->new('sqlsmith');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
jit = off
temp_file_limit = 200MB
log_error_verbosity = verbose
log_min_error_statement = error
restart_after_crash = on
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', slurp_file('test/garden/database.sql'));
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE garden_owner LOGIN;
ALTER ROLE garden_guest LOGIN;
ALTER DATABASE postgres SET statement_timeout = '1s';
GRANT USAGE, CREATE ON SCHEMA garden TO garden_owner;
DO $$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN SELECT oid FROM pg_class WHERE relnamespace = 'garden'::regnamespace AND relkind IN ('r', 'v', 'p') AND NOT relispartition LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO garden_owner', relation);
  END LOOP;
  PERFORM leadscore.grant_editor('garden_owner');
END
$$;
-- sqlsmith reads pg_proc, pg_operator and pg_type without their schema: so that it calls the extension often, it finds few functions else.
CREATE SCHEMA smith;
GRANT USAGE ON SCHEMA smith TO PUBLIC;
CREATE VIEW smith.pg_proc AS SELECT p.* FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = 'leadscore'::regnamespace OR p.proname IN ('now', 'count', 'sum', 'max', 'array_agg', 'length', 'upper', 'repeat', 'jsonb_build_object', 'to_jsonb', 'md5', 'random', 'chr', 'version', 'coalesce', 'lead', 'make_interval');
GRANT SELECT ON smith.pg_proc TO PUBLIC;
ALTER ROLE garden_owner SET search_path = smith, pg_catalog, garden;
ALTER ROLE garden_guest SET search_path = smith, pg_catalog, garden;
SQL

my $shared_memory_start = $node->safe_psql('postgres', 'SELECT stats_reset FROM pg_stat_bgwriter');
foreach my $role ('garden_owner', 'garden_guest')
{
    my $position = -s $node->logfile;
    my ($output, $errors) = ('', '');
    my $connection = 'host=' . $node->host . ' port=' . $node->port . " dbname=postgres user=$role";
    my $run = IPC::Run::start([ 'timeout', '--signal=INT', int($seconds / 2), 'sqlsmith', "--target=$connection", '--exclude-catalog', '--verbose', "--seed=$seed" ], '>', \$output, '2>', \$errors, IPC::Run::timeout($seconds + 120));
    IPC::Run::finish($run);
    my $log = slurp_file($node->logfile, $position);
    my %states;
    $states{$1}++ while $log =~ /(?:ERROR|FATAL):  ([0-9A-Z]{5}): /g;
    my @internal = $log =~ /^(.*(?:ERROR|FATAL|PANIC):  (?:XX\w{3}|53\w{3}): .*(?:\n.*){0,8})/gm;
    my ($queries) = reverse($errors =~ /queries: (\d+)/g);
    $queries //= 0;
    cmp_ok($queries, '>', 20, "$role: queries were made");
    is(join("\n", map { substr($_, 0, 4000) } @internal), '', "$role: no internal error");
    unlike($log, qr/terminated by signal|PANIC:|TRAP:/, "$role: no backend crashed");
    my $sum = 0;
    $sum += $_ foreach values(%states);
    diag("sqlsmith as $role, seed $seed: $queries queries, $sum errors: " . join(' ', map { "$_ ($states{$_})" } sort(keys(%states))));
    my $ours = () = $log =~ /leadscore\./g;
    note("$ours mentions of the extension in failed statements");
    $node->poll_query_until('postgres', 'SELECT true');
}
is($node->safe_psql('postgres', 'SELECT stats_reset FROM pg_stat_bgwriter'), $shared_memory_start, 'the server has not recovered from a crash');
is($node->safe_psql('postgres', "SET statement_timeout = 0; SELECT count(*) FROM leadscore.verify('lead')"), '0', 'what is known of the leads is as it should be');
$node->stop;
done_testing();
