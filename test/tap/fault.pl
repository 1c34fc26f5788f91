# Memory runs out, or a cancel request arrives, at any moment of what leadscore does: each time a clean error ends the
# statement or it is as if nothing had been, the session lives on, and nothing is damaged or leaked.
# LEADSCORE_FAULTS (4) moments of each kind in each statement.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $faults = $ENV{LEADSCORE_FAULTS} || 4;
my ($library, $new) = @ENV{qw(LEADSCORE_BOUNDARY_LIBRARY LEADSCORE_FAULT_LIBRARY)};
plan skip_all => 'LEADSCORE_BOUNDARY_LIBRARY and LEADSCORE_FAULT_LIBRARY do not name what "make boundary" builds' unless $library && $new;

my $node = PostgreSQL::Test::Cluster->new('fault');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->append_conf('postgresql.conf', "fsync = off\nautovacuum = off\nlog_min_messages = fatal\nlog_min_error_statement = panic\nmax_parallel_workers_per_gather = 0");
{
	local $ENV{LD_PRELOAD} = $new;
	$node->start;
}
my $shared_memory_start = $node->safe_psql('postgres', 'SELECT stats_reset FROM pg_stat_bgwriter');

$node->safe_psql('postgres', <<"SQL");
SET client_min_messages = warning;
CREATE EXTENSION leadscore;
CREATE FUNCTION arm(kind text, at bigint) RETURNS void LANGUAGE c AS '$library', 'leadscore_boundary_arm';
CREATE FUNCTION disarm() RETURNS text LANGUAGE c AS '$library', 'leadscore_boundary_disarm';
CREATE FUNCTION resident() RETURNS bigint LANGUAGE sql AS \$\$ SELECT (regexp_match(pg_read_file('/proc/self/status'), 'RssAnon:\\s+(\\d+) kB'))[1]::bigint \$\$;
CREATE SEQUENCE turn;
CREATE TABLE leads (id bigint DEFAULT nextval('turn') PRIMARY KEY, full_name text, company text, email text, phone text, site_visits int, accepted boolean, price_requested boolean, paid boolean,
  channel text, manager text, status text, budget numeric, created_at timestamptz DEFAULT now());
SELECT leadscore.create_model('sales', 'b2b', 'leads');
CREATE FUNCTION person(n bigint) RETURNS leads LANGUAGE plpgsql AS
\$\$ DECLARE p leads; BEGIN SELECT n, 'Person ' || translate(md5(n::text), '0123456789', 'klmnoprstu'), 'Company ' || n % 7, 'p' || n % 97 || '\@mail.ru', '+7901' || lpad((n % 97)::text, 7, '0'), n % 9, n % 2 = 0, n % 3 = 0, n % 5 = 0,
  (ARRAY['ads', 'seo', NULL])[1 + n % 3], 'm' || n % 4, NULL, n * 10, now() - n % 100 * interval '1 day' INTO p; RETURN p; END \$\$;
CREATE TABLE other (LIKE leads INCLUDING ALL);
CREATE TABLE past (id bigint, visits integer, source text, won boolean);
INSERT INTO past SELECT n, n % 11, 's' || n % 4, (n * 7919 % 13 + n % 11) > 12 FROM generate_series(1, 400) AS n;
INSERT INTO leads SELECT p.* FROM generate_series(1, 12) AS n, person(nextval('turn') + 0 * n) AS p;
INSERT INTO other SELECT p.* FROM generate_series(1, 6) AS n, person(n) AS p;
SELECT leadscore.attach('leads', 'sales', duplicates => 'mark');
CREATE TABLE event AS SELECT n % 999 AS lead, '2026-01-01 UTC'::timestamptz + n * interval '1 minute' AS at, n % 7 AS step FROM generate_series(1, 60000) AS n;
ANALYZE event;
CREATE FUNCTION level() RETURNS bigint LANGUAGE sql SET work_mem = '64kB' AS \$\$ SELECT sum(s.level) FROM (SELECT leadscore.window_funnel('30 days', '', at, step) AS level FROM event GROUP BY lead) AS s \$\$;
SQL

my @statements = (
	[ 'score', 'SELECT sum(leadscore.score(\'sales\', l)) FROM leads AS l' ],
	[ 'explain', 'SELECT count(*) FROM (SELECT * FROM leads LIMIT 5) AS l, leadscore.explain(\'sales\', l)' ],
	[ 'train', 'SELECT leadscore.train(\'learned\', \'past\', \'won\', ARRAY[\'visits\', \'source\'], force => true)' ],
	[ 'find duplicates', 'SELECT count(*) FROM leadscore.find_duplicates(\'leads\')' ],
	[ 'attach', 'DO $$ BEGIN PERFORM leadscore.attach(\'other\', \'sales\', duplicates => \'mark\'); PERFORM leadscore.detach(\'other\'); PERFORM leadscore.drop_duplicate_index(\'other\'); END $$' ],
	[ 'insert one', 'INSERT INTO leads SELECT p.* FROM person(nextval(\'turn\')) AS p' ],
	[ 'insert many', 'INSERT INTO leads SELECT p.* FROM generate_series(1, 4) AS n, person(nextval(\'turn\') + 0 * n) AS p' ],
	[ 'update', 'UPDATE leads SET email = \'x\' || id % 5 || \'@mail.ru\', paid = NOT paid WHERE id % 10 = (SELECT last_value % 10 FROM turn)' ],
	[ 'delete', 'DELETE FROM leads WHERE id = (SELECT min(id) FROM leads)' ],
	[ 'refresh', 'SELECT leadscore.refresh(\'leads\')' ],
	[ 'rescan', 'SELECT leadscore.rescan(\'leads\')' ],
	[ 'verify', 'SELECT count(*) FROM leadscore.verify(\'leads\')' ],
	[ 'funnel on disk', 'SELECT level()' ],
	[ 'change the model', 'UPDATE leadscore.criterion SET points = points WHERE model = \'sales\'' ],
);

# Runs a script in one session; what it printed, a line each. PL/pgSQL is there before any fault: where its loading fails halfway, no
# function in it runs any more in that session.
sub session
{
	my ($script) = @_;
	my ($status, $out, $errors) = $node->psql('postgres', "LOAD 'plpgsql';\nSET statement_timeout = '60s';\nSET client_min_messages = error;\n$script",
		on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=verbose' ], timeout => 3000);
	return ([ split(/\n/, $out) ], $errors);
}

# A fault at each of these allocations, and what came of it.
sub faulty { return join("\n", map { "SELECT arm('$_[0]', $_) \\g /dev/null\n$_[1] \\g /dev/null\n\\echo at $_ :SQLSTATE :LAST_ERROR_MESSAGE\nSELECT disarm();" } @_[2 .. $#_]) . "\n"; }
my $memory = "SELECT 'memory', resident();\n";

foreach (@statements)
{
	my ($name, $statement) = @$_;
	my $start = time;
	foreach my $kind ('memory', 'cancel')
	{
		my $state = $kind eq 'memory' ? '53200' : '57014';
		# The first time, caches are empty; both counts are of the whole statement.
		my ($counted) = session(faulty('cancel', $statement, 0, 0));
		my ($cold, $cold_new) = $counted->[1] =~ /^0 (\d+) (\d+)/ or die "$name: @$counted";
		my ($warm) = $counted->[3] =~ /^0 (\d+)/ or die "$name: @$counted";
		my @cold = map { 1 + int($cold * ($_ + rand()) * 4 / $faults) } 0 .. $faults / 4 - 1;
		my @warm = map { 1 + int($warm * ($_ + rand()) / $faults) } 0 .. $faults - 1;
		my ($lines, $errors);
		my (%seen, @wrong, @memory);
		foreach my $moment (@cold)
		{
			($lines, $errors) = session(faulty($kind, $statement, $moment));
			push(@wrong, "cold $moment: @$lines $errors") unless @$lines == 2 && $lines->[0] =~ /^at \d+ (00000|$state) /;
		}
		# Twice, so that what the first round left in caches is not taken for a leak.
		($lines, $errors) = session("SELECT pg_backend_pid();\n" . faulty($kind, $statement, @warm[ 0 .. $#warm / 2 ]) . $memory . faulty($kind, $statement, @warm) . faulty($kind, $statement, reverse @warm) . $memory . "SELECT pg_backend_pid();\n");
		my $first = shift @$lines;
		my $moment;
		foreach my $line (@$lines)
		{
			if ($line =~ /^memory\|(\d+)/) { push(@memory, $1); }
			elsif ($line =~ /^at (\d+) (\w{5}) /) { $moment = $line; push(@wrong, $line) unless $2 eq '00000' || $2 eq $state; $seen{$2}++; }
			elsif ($line =~ /^([01]) \d+ \d+$/) { push(@wrong, "swallowed: $moment") if $1 && $kind eq 'memory' && $moment =~ /^at \d+ 00000/; $seen{fired} += $1; }
		}
		is($lines->[-1], $first, "$name, $kind: the session lives on") or diag($errors);
		is_deeply(\@wrong, [], "$name, $kind: a clean error each time");
		# An error at another moment leaves another hole in what malloc() keeps, once, whatever the number of faults.
		my $grown = $memory[1] - $memory[0];
		cmp_ok($grown, '<', 16384, "$name, $kind: less than 16 MB more memory");
		note("$name, $kind: $cold allocations ($cold_new of them C++) the first time, $warm later; $grown kB more; " . join(', ', map { "$_: $seen{$_}" } sort keys %seen));
	}
	is($node->safe_psql('postgres', "SELECT * FROM leadscore.verify('leads')"), '', "$name: nothing is damaged");
	note(sprintf('%s: %.1f s', $name, time - $start));
}

is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.source WHERE source <> 'leads'"), 0, 'nothing is left of what failed');
is($node->safe_psql('postgres', 'SELECT stats_reset FROM pg_stat_bgwriter'), $shared_memory_start, 'no backend crashed');
$node->stop;
done_testing();
