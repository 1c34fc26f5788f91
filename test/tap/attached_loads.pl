# Four sessions load leads of the same persons at once, and none is the victim of a deadlock. LEADSCORE_LOAD_ROUNDS (20) rounds of four loads, LEADSCORE_ORACLE_SEED (1).
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use List::Util qw(shuffle);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $rounds = $ENV{LEADSCORE_LOAD_ROUNDS} || 20;
my $seed = $ENV{LEADSCORE_ORACLE_SEED} || 1;
my $writers = 4;
my $batch = 3;
# Few persons, so that each load meets those of all others; others after some rounds, because leads that have gone are
# still remembered of a person.
my $persons = 16;
my $rounds_each = 3;

my $node = PostgreSQL::Test::Cluster->new('attached_loads');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
deadlock_timeout = 20ms
max_connections = 20
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION leadscore;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'true', '5 * visits'), ('m', 'first', 'NOT is_duplicate', '10'), ('m', 'demo', 'engagement > 0', '20');
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'came', 'visits >= 3');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'demo', 10, '1000 years');
CREATE TABLE person (id bigint PRIMARY KEY, full_name text, email text, phone text, created_at timestamptz DEFAULT clock_timestamp(), visits integer);
CREATE TABLE person_events (lead bigint NOT NULL REFERENCES person ON DELETE CASCADE, event text, at timestamptz DEFAULT clock_timestamp());
CREATE INDEX ON person_events (lead);
SELECT leadscore.attach('person', 'm', events => 'person_events', duplicates => 'mark');
SQL

# As unlike each other as people are.
sub name_of { my ($seed) = @_; return ucfirst(substr(md5_hex($seed), 0, 10) =~ tr/0-9/k-t/r) }
sub fields { my ($person) = @_; return name_of("given $person") . ' ' . name_of("family $person"), substr(md5_hex("mail $person"), 0, 12) . '@mail.ru', sprintf('+7%010d', 9000000000 + $person * 616318177 % 999999937) }
sub row { my ($key, $person) = @_; return '(' . join(', ', $key, (map { "'$_'" } fields($person)), int(rand(9))) . ')' }
my $first_person;
sub one_person { return $first_person + int(rand($persons)) }
sub some_persons { my @all = shuffle(0 .. $persons - 1); return map { $first_person + $_ } @all[ 0 .. $batch - 1 ] }
my $columns = 'id, full_name, email, phone, visits';

# New leads, in a transaction of several statements.
sub new_leads
{
	my ($first) = @_;
	my $last = $first + 2 * $batch - 1;
	my ($name, $email, $phone) = fields(one_person());
	my @persons = some_persons();
	my $text = "BEGIN;\nCOPY person ($columns) FROM STDIN;\n" . join('', map { join("\t", $first + $_, fields($persons[$_]), $_) . "\n" } 0 .. $batch - 1) . "\\.\n";
	@persons = some_persons();
	$text .= "INSERT INTO person ($columns) VALUES " . join(', ', map { row($first + $batch + $_, $persons[$_]) } 0 .. $batch - 1) . ";\n";
	$text .= "UPDATE person SET visits = visits + 1, full_name = '$name', email = '$email', phone = '$phone' WHERE id IN ($first, $last);\n";
	$text .= "INSERT INTO person_events (lead, event) SELECT id, 'demo' FROM person WHERE id BETWEEN $first AND $last ORDER BY random() LIMIT 2;\n";
	$text .= "DELETE FROM person WHERE id IN ($first + 1, $last - 1);\n";
	$text .= "INSERT INTO person ($columns) VALUES " . row($first + 1, $persons[0]) . " ON CONFLICT (id) DO UPDATE SET visits = 1;\n";
	return $text . "COMMIT;\n";
}

# Leads that all of them write. The rows of the table are locked in the order of their keys, as they must be without
# leadscore too; those of a person are in any order.
sub shared_leads
{
	my @all = map { 900000 + 2 * $first_person + $_ } shuffle(0 .. 2 * $persons - 1);
	my @keys = sort @all[ 0 .. $batch - 1 ];
	my $keys = join ', ', @keys;
	my $taken = "(SELECT id FROM person WHERE id IN ($keys) ORDER BY id FOR UPDATE)";
	my $rows = join ', ', map { row($_, one_person()) } @keys;
	my ($name, $email, $phone) = fields(one_person());
	my $choice = rand();
	return "INSERT INTO person ($columns) VALUES $rows ON CONFLICT (id) DO UPDATE SET email = excluded.email, phone = excluded.phone, full_name = excluded.full_name, visits = excluded.visits" if $choice < 0.3;
	return "INSERT INTO person ($columns) VALUES $rows ON CONFLICT DO NOTHING" if $choice < 0.45;
	return "UPDATE person SET visits = visits + 1 WHERE id IN $taken" if $choice < 0.55;
	return "UPDATE person SET full_name = '$name', email = '$email', phone = '$phone' WHERE id IN $taken" if $choice < 0.7;
	return "DELETE FROM person WHERE id IN $taken" if $choice < 0.85;
	return "INSERT INTO person_events (lead, event) SELECT id, 'demo' FROM $taken AS t";
}

sub load
{
	my ($writer, $round) = @_;
	my $first = $writer * 100000 + $round * 2 * $batch;
	$first_person = $persons * int($round / $rounds_each);
	my $text = new_leads($first) . join '', map { shared_leads() . ";\n" } 1 .. 3;
	# What is older goes, so that a person has no more leads in the end than in the beginning.
	$text .= sprintf("DELETE FROM person WHERE id >= %d AND id < %d;\n", $writer * 100000, $first - 2 * $batch) if $round % 2 == 0;
	$text .= sprintf("DELETE FROM person WHERE id IN (SELECT id FROM person WHERE id >= 900000 AND id < %d ORDER BY id FOR UPDATE);\nSELECT leadscore.refresh('person');\n", 900000 + 2 * ($first_person - $persons)) if $writer == 1 && $round % (5 * $rounds_each) == 0;
	return $text;
}

my $dir = PostgreSQL::Test::Utils::tempdir();
my @sessions;
foreach my $writer (1 .. $writers)
{
	srand($seed * 1000003 + $writer);
	my $file = "$dir/load-$writer.sql";
	append_to_file($file, "\\set VERBOSITY verbose\nSET client_min_messages = error; SET statement_timeout = '60s';\n" . join('', map { load($writer, $_) } 1 .. $rounds));
	push @sessions, { file => $file, out => '', error => '' };
}
my $begun_at = time();
$_->{run} = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $_->{file} ], '<', '/dev/null', '>', \$_->{out}, '2>', \$_->{error}) foreach @sessions;
$_->{run}->finish foreach @sessions;
diag(sprintf('%d rounds of %d loads: %.0f s', $rounds, $writers, time() - $begun_at));
is(join('', map { $_->{error} } @sessions), '', "$rounds rounds of loads: no deadlock, no other error");
is($node->safe_psql('postgres', "SELECT count(*) FROM person WHERE id < 900000 AND id % 100000 >= " . 2 * $batch * $rounds), $writers * (2 * $batch - 1), 'the last loads are there');
# Whoever writes a person while another does waits for nobody, and does not see the other: the next statement does.
$node->safe_psql('postgres', "INSERT INTO person (id) VALUES (1)");
is($node->safe_psql('postgres', "SELECT * FROM leadscore.verify('person') LIMIT 20"), '', 'what is known of the leads is right');
is($node->safe_psql('postgres', 'SELECT count(*) FROM leadscore.unsettled_lead'), '0', 'nothing is left to settle');

$node->stop;
done_testing();
