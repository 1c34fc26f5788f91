# Real clients read the views and functions as BI tools do. Each runs test/clients/queries.sql, and looks at all views with their columns,
# types and comments; all must print the same: test/clients/expected.txt, then what the catalog says. Clients that are not installed are
# skipped, or fail with LEADSCORE_CLIENTS=all (as in make check-deep).
use strict;
use warnings FATAL => 'all';
use utf8;
use Cwd qw(realpath);
use Encode qw(decode);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('clients');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\nfsync = off");
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
unlink($node->data_dir . '/pg_hba.conf');
$node->append_conf('pg_hba.conf', "local all all trust\nhost crm bi 127.0.0.1/32 scram-sha-256");
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE crm');
my $decoded = sub { decode('UTF-8', $_[0], Encode::FB_CROAK) };
$node->safe_psql('crm', slurp_file('test/clients/leads.sql'));

my $expected = $decoded->(slurp_file('test/clients/expected.txt')) . $decoded->($node->safe_psql('crm', <<'SQL')) . "\n";
SELECT line FROM pg_class AS c, LATERAL (
    SELECT 0 AS no, format('view %s: %s', relname, obj_description(c.oid, 'pg_class')) AS line
    UNION ALL SELECT attnum, format('column %s.%s %s: %s', relname, attname, format_type(atttypid, NULL), col_description(c.oid, attnum)) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
    UNION ALL SELECT 10000, format('sample of %s: %s rows', relname, (xpath('//n/text()', query_to_xml(format('SELECT least(count(*), 3) AS n FROM leadscore.%I', relname), true, false, '')))[1])) AS lines
WHERE relnamespace = 'leadscore'::regnamespace AND relkind = 'v' ORDER BY relname, no
SQL
cmp_ok(scalar(() = $expected =~ /^view \w+: .*\p{Cyrillic}/mg), '>=', 20, 'views have comments');
unlike($expected, qr/^(?:view|column) [^:]*: $/m, 'all of them, and all columns');

# ODBC knows neither lists, documents nor spans of time, and its driver tells no comments.
my $for_odbc = $expected =~ s/ (?:list|document|span)(?= \||$)/ text/mgr =~ s/^((?:view|column) [^:]*: ).*/$1/mgr;

# The program, what it takes for its client to be there, the package that brings it, what it prints.
my $python = '/usr/bin/python3';    # for which Debian's packages are, whatever else there is
my ($node_folder) = map { dirname($_) } grep { defined } map { realpath($_) } grep { -x } map { "$_/node" } split(/:/, $ENV{PATH});
my @clients = (
	[ 'psql', [ $^X, 'psql_client.pl' ], ['true'], '', $expected ],
	[ 'psycopg2', [ $python, 'psycopg2_client.py' ], [ $python, '-c', 'import psycopg2' ], 'python3-psycopg2', $expected ],
	[ 'pg of Node.js', [ 'node', 'node_client.js' ], [ 'node', '-e', 'require("pg")' ], 'node-pg', $expected ],
	[ 'JDBC', [ 'java', '-XX:TieredStopAtLevel=1', '-cp', '/usr/share/java/postgresql.jar', 'JdbcClient.java' ], [ 'sh', '-c', 'command -v javac && test -r /usr/share/java/postgresql.jar' ],
		'default-jdk-headless and libpostgresql-jdbc-java', $expected ],
	[ 'ODBC', [ $python, 'odbc_client.py' ], [ $python, '-c', 'import pyodbc; assert "PostgreSQL Unicode" in pyodbc.drivers()' ], 'python3-pyodbc and odbc-postgresql', $for_odbc ]);

delete @ENV{qw(PGTZ PGOPTIONS PGAPPNAME)};
%ENV = (%ENV, PGHOST => '127.0.0.1', PGPORT => $node->port, PGDATABASE => 'crm', PGUSER => 'bi', PGPASSWORD => 'secret',
	# That of the role too, for not all clients tell theirs to the server.
	TZ => 'Asia/Yekaterinburg', PYTHONDONTWRITEBYTECODE => 1, PYTHONIOENCODING => 'UTF-8',
	NODE_PATH => join(':', $node_folder ? dirname($node_folder) . '/lib/node_modules' : (), '/usr/local/lib/node_modules', '/usr/share/nodejs'));
chdir('test/clients') or die "test/clients: $!";
foreach my $client (@clients)
{
	my ($name, $command, $probe, $packages, $answer) = @$client;
  SKIP: {
		my $is_there = eval { IPC::Run::run($probe, '<', \undef, '>&', \my $output) };
		skip("$name: install $packages (scripts/ensure_packages clients does)", 1) unless $is_there || ($ENV{LEADSCORE_CLIENTS} // '') eq 'all';
		my ($out, $err) = ('', '');
		ok(eval { IPC::Run::run([ @$command, 'queries.sql' ], '<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(60)) }, "$name runs") or diag($@, $err);
		is_deeply([ split(/\n/, $decoded->($out)) ], [ split(/\n/, $answer) ], "$name reads what is there");
	}
}

$node->stop;
done_testing();
