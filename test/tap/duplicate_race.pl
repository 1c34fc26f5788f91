# Clients insert and change leads of the same persons at the same moments: no duplicate is missed, none is made up, and
# where marking is all that is wanted nobody waits. LEADSCORE_RACE_ROUNDS (1) rounds of each.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rounds = $ENV{LEADSCORE_RACE_ROUNDS} || 1;
my $clients = 16;
my $persons = 2000;

my $node = PostgreSQL::Test::Cluster->new('duplicate_race');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
max_locks_per_transaction = 10
max_prepared_transactions = 5
max_connections = 40
fsync = off
log_lock_waits = on
deadlock_timeout = 200ms
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

# What a person enters: a name, an address and a number that nobody else has. Nobody at all has those of person -1.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION leadscore;
CREATE FUNCTION name_of(person bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT initcap(translate(substr(md5(person::text), 1, 8), '0123456789', 'klmnoprstu')) || ' ' || initcap(translate(substr(md5(person::text), 9, 8), '0123456789', 'klmnoprstu')) $$;
CREATE FUNCTION email_of(person bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substr(md5('e' || person), 1, 12) || '@mail.ru' $$;
CREATE FUNCTION phone_of(person bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '+79' || lpad(((person + 400000000) * 616318177 % 999999937)::text, 9, '0') $$;
CREATE TABLE leads (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person bigint, full_name text, email text, phone text, created_at timestamptz DEFAULT clock_timestamp());
CREATE TABLE bulk (LIKE leads);
SELECT leadscore.create_duplicate_index('leads');
CREATE SEQUENCE turn;
CREATE FUNCTION enter(person bigint) RETURNS bigint LANGUAGE sql AS
$$ INSERT INTO leads (person, full_name, email, phone) VALUES (person, name_of(person), email_of(person), phone_of(person)) RETURNING id $$;
CREATE FUNCTION enter_unless_refused(person bigint) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN PERFORM enter(person); EXCEPTION WHEN exclusion_violation THEN NULL; END $$;
-- What should be said of duplicates, less what is said, and the other way round.
CREATE VIEW wrong AS
WITH expected AS (SELECT id::text AS lead_id, (first_value(id) OVER w)::text AS primary_id, row_number() OVER w > 1 AS is_later FROM leads WINDOW w AS (PARTITION BY person ORDER BY created_at, id)),
said AS (SELECT lead_id, primary_id FROM leadscore.duplicate_leads('leads'))
(SELECT 'missed' AS what, e.lead_id, e.primary_id FROM expected AS e WHERE e.is_later EXCEPT SELECT 'missed', s.lead_id, s.primary_id FROM said AS s)
UNION ALL (SELECT 'made up', s.lead_id, s.primary_id FROM said AS s EXCEPT SELECT 'made up', e.lead_id, e.primary_id FROM expected AS e WHERE e.is_later);
SQL

my $dir = PostgreSQL::Test::Utils::tempdir();
my $turn = 0;
sub script
{
	my ($name, $text) = @_;
	my $file = "$dir/$name.sql";
	append_to_file($file, $text);
	return $file;
}

sub race
{
	my ($level, $transactions, @scripts) = @_;
	my ($out, $error);
	IPC::Run::run([ 'pgbench', '-n', "-c$clients", '-j4', '-t' . int($transactions / $clients), '--max-tries=1000', map({ ('-f', $_) } @scripts), $node->connstr('postgres') ],
		'>', \$out, '2>', \$error, init => sub { $ENV{PGOPTIONS} = "-c default_transaction_isolation=" . $level =~ s/ /\\ /r; });
	is($?, 0, "$level: all transactions ended") or diag($error);
	return $out;
}

# Two clients after each other draw the same person, so that they enter it at the same time.
my $insert = script('insert', <<'SQL');
SELECT nextval('turn') / 2 AS person \gset
BEGIN;
SELECT enter(:person);
COMMIT;
SQL
my $undo = script('undo', <<'SQL');
SELECT nextval('turn') / 2 AS person \gset
BEGIN;
SELECT enter(:person);
ROLLBACK;
SQL
my $savepoint = script('savepoint', <<'SQL');
SELECT nextval('turn') / 2 AS person \gset
BEGIN;
SAVEPOINT a;
SELECT enter(:person);
ROLLBACK TO a;
SELECT enter(:person);
COMMIT;
SQL

# Two clients make leads of one person out of leads of none, or take a lead from one to the next.
my $change = script('change', <<'SQL');
SELECT nextval('turn') / 2 AS person \gset
BEGIN;
SELECT enter(-:person) AS id \gset
COMMIT;
BEGIN;
UPDATE leads SET person = :person, full_name = name_of(:person), email = email_of(:person), phone = phone_of(:person) WHERE id = :id;
COMMIT;
SQL
my $take = script('take', <<'SQL');
\set id random(1, 60)
\set person random(1, 20)
BEGIN;
UPDATE leads SET person = :person, full_name = name_of(:person), email = email_of(:person), phone = phone_of(:person) WHERE id = (SELECT min(id) + :id FROM leads);
COMMIT;
SQL
my $take_back = script('take_back', <<'SQL');
\set id random(1, 60)
\set person random(1, 20)
BEGIN;
UPDATE leads SET person = :person, full_name = name_of(:person), email = email_of(:person), phone = phone_of(:person) WHERE id = (SELECT min(id) + :id FROM leads);
ROLLBACK;
SQL

my @levels = ('read committed', 'repeatable read', 'serializable');
my $log = -s $node->logfile;
foreach my $round (1 .. $rounds)
{
	foreach my $level (@levels)
	{
		$node->safe_psql('postgres', 'TRUNCATE leads');
		race($level, 2 * $persons, "$insert\@8", "$undo\@1", "$savepoint\@1");
		is($node->safe_psql('postgres', 'SELECT * FROM wrong'), '', "round $round, $level, inserts: no duplicate is missed or made up");
		cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM leadscore.duplicate_edge'), '>', $persons / 2, "$level: pairs were noted");
		$node->safe_psql('postgres', 'TRUNCATE leads');
		race($level, $persons, $change);
		is($node->safe_psql('postgres', 'SELECT * FROM wrong'), '', "round $round, $level, updates: no duplicate is missed or made up");
		$node->safe_psql('postgres', 'TRUNCATE leads; INSERT INTO leads (person) SELECT -n FROM generate_series(1, 61) AS n');
		race($level, $persons, $take, $take_back);
		$node->safe_psql('postgres', 'DELETE FROM leads WHERE person < 0');
		is($node->safe_psql('postgres', 'SELECT * FROM wrong'), '', "round $round, $level, leads that change persons: no duplicate is missed or made up");
	}
}
my $said = slurp_file($node->logfile, $log);
unlike($said, qr/deadlock detected/, 'mark: no deadlock');

# Nobody waits for a transaction that has entered the same person; and it is found while that one is prepared.
$node->safe_psql('postgres', 'TRUNCATE leads');
$node->safe_psql('postgres', "BEGIN; SELECT enter(1); PREPARE TRANSACTION 'first'");
$node->safe_psql('postgres', "SET statement_timeout = '5s'; SELECT enter(1)");
is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.duplicate_leads('leads')"), 0, 'prepared: not yet a duplicate');
$node->safe_psql('postgres', "COMMIT PREPARED 'first'");
is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), 0, 'prepared: a duplicate once it is committed');
$node->safe_psql('postgres', "BEGIN; SELECT enter(2); PREPARE TRANSACTION 'second'");
$node->safe_psql('postgres', "SELECT enter(2)");
$node->safe_psql('postgres', "ROLLBACK PREPARED 'second'");
is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), 0, 'prepared: none once it is rolled back');

# Many leads at once need no more locks than one.
$node->safe_psql('postgres', 'TRUNCATE leads');
$node->safe_psql('postgres', 'INSERT INTO leads (person, full_name, email, phone) SELECT n / 2, name_of(n / 2), email_of(n / 2), phone_of(n / 2) FROM generate_series(2, 100001) AS n');
is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), 0, '100,000 leads in one statement: no duplicate is missed or made up');
is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.duplicate_leads('leads')"), 50000, '100,000 leads in one statement: every other is a duplicate');
$node->safe_psql('postgres', "COPY (SELECT person, full_name, email, phone FROM leads) TO '$dir/leads.copy'");
$node->safe_psql('postgres', 'TRUNCATE leads');
$node->safe_psql('postgres', "COPY leads (person, full_name, email, phone) FROM '$dir/leads.copy'");
is($node->safe_psql('postgres', 'SELECT count(*) FROM wrong'), 0, 'COPY of 100,000 leads: no duplicate is missed or made up');

# Reject: of those who enter a person at the same moment exactly one succeeds.
$node->safe_psql('postgres', "UPDATE leadscore.duplicate_index SET mode = 'reject'");
my $refused = script('refused', <<'SQL');
SELECT nextval('turn') / 4 AS person \gset
SELECT enter_unless_refused(:person);
SQL
$log = -s $node->logfile;
foreach my $level (@levels)
{
	$node->safe_psql('postgres', 'TRUNCATE leads');
	my $first = $node->safe_psql('postgres', "SELECT setval('turn', nextval('turn') / 4 * 4 + 3) / 4 + 1");
	race($level, 2 * $persons, $refused);
	my $last = $node->safe_psql('postgres', "SELECT last_value / 4 - 1 FROM turn");
	is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT person), min(person), max(person) FROM leads WHERE person BETWEEN ' . "$first AND $last"),
		join('|', $last - $first + 1, $last - $first + 1, $first, $last), "reject, $level: exactly one of the racers survives");
}
unlike(slurp_file($node->logfile, $log), qr/deadlock detected/, 'reject: no deadlock of transactions with one lead each');

# Two transactions that each hold what the other enters do deadlock, and one of them goes on.
$node->safe_psql('postgres', 'TRUNCATE leads; CREATE EXTENSION dblink');
my $connection = $node->connstr('postgres') =~ s/'/''/gr;
$log = -s $node->logfile;
$node->psql('postgres', <<"SQL");
SELECT dblink_connect('other', '$connection');
BEGIN;
SELECT enter(1);
SELECT dblink_exec('other', 'BEGIN');
SELECT * FROM dblink('other', 'SELECT enter(2)') AS t (id bigint);
SELECT dblink_send_query('other', 'SELECT enter(1)');
SELECT pg_sleep(0.1);
SELECT enter(2);
COMMIT;
SELECT pg_sleep(0.5);
SQL
like(slurp_file($node->logfile, $log), qr/deadlock detected/, 'reject: transactions that wait for each other are a deadlock');

$node->stop;
done_testing();
