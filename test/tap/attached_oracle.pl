# Four sessions write to attached tables what comes to their minds; then what the extension knows of each lead is
# compared with what verify() finds and with what plain SQL computes from the tables. LEADSCORE_ORACLE_OPERATIONS (10000)
# statements, LEADSCORE_ORACLE_SEED (1).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $operations = $ENV{LEADSCORE_ORACLE_OPERATIONS} || 10000;
my $seed = $ENV{LEADSCORE_ORACLE_SEED} || 1;
my $writers = 4;
my $rounds = 4 + int($operations / 20000);
my $keys = 300;

my $node = PostgreSQL::Test::Cluster->new('attached_oracle');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
deadlock_timeout = 20ms
max_connections = 20
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
my $has_merge = $node->safe_psql('postgres', 'SHOW server_version_num') >= 150000;

# Whatever is asked of a lead is arithmetic here too: 5 points a visit, 10 for advertising, 20 for a demo among its
# events, and nobody can be judged who came seven times.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION leadscore;
INSERT INTO leadscore.model (model, status) VALUES ('m', 'status');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('m', 'visits', 'true', '5 * visits'), ('m', 'advertising', $$channel = 'ads'$$, '10'), ('m', 'demo', 'engagement > 0', '20'), ('m', 'seven', '1 / (visits - 7) = 9', '0');
INSERT INTO leadscore.band (model, kind, label, from_score, keep_from) VALUES ('m', 'grade', 'A', 40, 30), ('m', 'grade', 'B', 20, 15), ('m', 'grade', 'C', 0, NULL);
INSERT INTO leadscore.stage (model, stage, stage_no, kind) VALUES ('m', 'lead', 1, 'open'), ('m', 'mql', 2, 'open'), ('m', 'sql', 3, 'open'), ('m', 'customer', 4, 'won'), ('m', 'hold', 5, 'hold'), ('m', 'lost', 6, 'lost');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'came', 'visits >= 3'), ('m', 'sql', 'came', 'visits >= 6'), ('m', 'lost', 'bad', 'visits < 0');
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'wait', 'hold'), ('m', 'work', 'mql'), ('m', 'paid', 'customer');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'demo', 10, '1000 years'), ('m', 'view', 0, '1000 years'), ('m', 'spam', -0.0001, '1000 years');

CREATE TABLE plain (id bigint PRIMARY KEY, channel text, owner text, status text, amount numeric, created_at timestamptz, visits integer);
CREATE TABLE composite (region text, id integer, channel text, owner text, status text, amount float8, created_at timestamp, visits integer, PRIMARY KEY (region, id));
CREATE TABLE hashed (id bigint PRIMARY KEY, channel text, owner text, status text, amount numeric, created_at timestamptz, visits integer) PARTITION BY HASH (id);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashed_2 (visits integer, gone text, created_at timestamptz, status text, owner text, id bigint NOT NULL, channel text, amount numeric);
ALTER TABLE hashed_2 DROP COLUMN gone;
ALTER TABLE hashed ATTACH PARTITION hashed_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE listed (region text, id integer, channel text, owner text, status text, amount numeric, created_at date, visits integer, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE listed_1 (gone integer, visits integer, id integer NOT NULL, region text NOT NULL, status text, owner text, channel text, created_at date, amount numeric);
ALTER TABLE listed_1 DROP COLUMN gone;
ALTER TABLE listed ATTACH PARTITION listed_1 FOR VALUES IN ('a,"b');
CREATE TABLE listed_2 PARTITION OF listed DEFAULT PARTITION BY LIST (region);
CREATE TABLE listed_3 PARTITION OF listed_2 DEFAULT;
CREATE TABLE plain_events (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead bigint REFERENCES plain ON DELETE CASCADE ON UPDATE CASCADE, event text, at timestamptz DEFAULT clock_timestamp());
CREATE INDEX ON plain_events (lead);
CREATE TABLE hashed_events (number bigint GENERATED ALWAYS AS IDENTITY, lead bigint, event text, at timestamptz DEFAULT now()) PARTITION BY HASH (number);
CREATE INDEX ON hashed_events (lead);
CREATE TABLE hashed_events_1 PARTITION OF hashed_events FOR VALUES WITH (MODULUS 1, REMAINDER 0);
SELECT leadscore.attach('plain', 'm', events => 'plain_events'), leadscore.attach('composite', 'm', time_zone => 'Europe/Moscow'), leadscore.attach('hashed', 'm', events => 'hashed_events'), leadscore.attach('listed', 'm');

CREATE FUNCTION lead_of(region text, id bigint) RETURNS text LANGUAGE sql AS $$ SELECT ARRAY[region, id::text]::text $$;
CREATE VIEW lead AS
SELECT 'plain' AS source, id::text AS lead, channel, owner, status, CASE WHEN abs(amount) < 1e15 THEN amount::numeric(18, 2) END AS amount, created_at, (created_at AT TIME ZONE 'UTC')::date AS cohort_day, visits,
  (SELECT count(*) FROM plain_events AS e WHERE e.lead = l.id) AS events, EXISTS (SELECT FROM plain_events AS e WHERE e.lead = l.id AND e.event = 'demo') AS had_demo,
  leadscore.classify('m', l) AS found, NULL::float8 AS scored FROM plain AS l
UNION ALL
SELECT 'composite', lead_of(region, id), channel, owner, status, CASE WHEN abs(amount) < 1e15 THEN amount::numeric(18, 2) END, created_at AT TIME ZONE 'Europe/Moscow', created_at::date, visits, 0, false, leadscore.classify('m', l), CASE WHEN visits IS DISTINCT FROM 7 THEN leadscore.score('m', l) END FROM composite AS l
UNION ALL
SELECT 'hashed', id::text, channel, owner, status, CASE WHEN abs(amount) < 1e15 THEN amount::numeric(18, 2) END, created_at, (created_at AT TIME ZONE 'UTC')::date, visits,
  (SELECT count(*) FROM hashed_events AS e WHERE e.lead = l.id), EXISTS (SELECT FROM hashed_events AS e WHERE e.lead = l.id AND e.event = 'demo'), leadscore.classify('m', l), NULL FROM hashed AS l
UNION ALL
SELECT 'listed', lead_of(region, id), channel, owner, status, CASE WHEN abs(amount) < 1e15 THEN amount::numeric(18, 2) END, created_at AT TIME ZONE 'UTC', created_at, visits, 0, false, leadscore.classify('m', l), CASE WHEN visits IS DISTINCT FROM 7 THEN leadscore.score('m', l) END FROM listed AS l;

CREATE VIEW wrong AS
WITH state AS (
  SELECT o.source, s.*, g.stage, t.stage_no, t.kind FROM leadscore.lead_state AS s JOIN leadscore.source AS o USING (source_id)
  LEFT JOIN leadscore.source_stage AS g USING (source_id, stage_id) LEFT JOIN leadscore.stage AS t ON t.model = 'm' AND t.stage = g.stage),
history AS (
  SELECT o.source, h.*, row_number() OVER w AS place, row_number() OVER (PARTITION BY h.source_id, h.lead, h.stage_id ORDER BY h.visit_no) AS lap,
    lag(h.stage_id) OVER w AS earlier, lag(h.entered_at) OVER w AS entered_earlier, lead(1) OVER w IS NULL AS is_last
  FROM leadscore.stage_history AS h JOIN leadscore.source AS o USING (source_id) WINDOW w AS (PARTITION BY h.source_id, h.lead ORDER BY h.visit_no))
SELECT 'verify' AS what, o.source, v.lead, v.problem FROM leadscore.source AS o, leadscore.verify(o.source) AS v
UNION ALL
SELECT 'key', coalesce(l.source, s.source), coalesce(l.lead, s.lead), CASE WHEN l.lead IS NULL THEN 'state of no lead' ELSE 'lead without state' END
FROM lead AS l FULL JOIN state AS s ON s.source = l.source AND s.lead = l.lead WHERE l.lead IS NULL OR s.lead IS NULL
UNION ALL
SELECT 'column', s.source, s.lead, format('%s: %s', d.name, d.stored)
FROM lead AS l JOIN state AS s ON s.source = l.source AND s.lead = l.lead,
LATERAL (VALUES
  ('channel', s.channel, l.channel), ('owner', s.owner, l.owner), ('status', s.status, l.status), ('amount', s.amount::text, l.amount::text), ('events', s.events::text, l.events::text),
  ('created_at', s.created_at::text, CASE WHEN isfinite(l.created_at) THEN l.created_at ELSE s.created_at END::text), ('cohort_day', s.cohort_day::text, CASE WHEN isfinite(l.created_at) THEN l.cohort_day ELSE s.cohort_day END::text),
  ('score', s.score::text, CASE WHEN l.visits <> 7 OR l.visits IS NULL THEN least(100, greatest(0, coalesce(5 * l.visits, 0) + CASE WHEN l.channel = 'ads' THEN 10 ELSE 0 END + CASE WHEN l.had_demo THEN 20 ELSE 0 END)) END::text),
  ('score()', s.score::text, CASE WHEN s.source = ANY ('{plain,hashed}') THEN s.score ELSE l.scored END::text),
  ('problem_state', s.problem_state, CASE WHEN l.visits = 7 THEN '22012' END), ('problem', (s.problem IS NOT NULL)::text, (l.visits IS NOT DISTINCT FROM 7)::text)) AS d (name, stored, expected)
WHERE d.stored IS DISTINCT FROM d.expected
UNION ALL
SELECT 'stage', s.source, s.lead, format('%s is %s', l.found, s.stage) FROM lead AS l JOIN state AS s ON s.source = l.source AND s.lead = l.lead LEFT JOIN leadscore.stage AS t ON t.model = 'm' AND t.stage = l.found
WHERE s.problem IS NULL AND CASE WHEN l.status = ANY ('{wait,work,paid}') OR t.kind = 'lost' THEN s.stage IS DISTINCT FROM l.found ELSE s.stage IS NULL OR (s.kind <> ALL ('{hold,lost}') AND s.stage_no < t.stage_no) END
UNION ALL
SELECT 'history', h.source, h.lead, format('visit %s: %s', h.visit_no, h.stage_id) FROM history AS h LEFT JOIN state AS s ON s.source = h.source AND s.lead = h.lead
WHERE h.place <> h.visit_no OR h.lap <> h.lap_no OR h.stage_id = h.earlier OR h.entered_at < h.entered_earlier OR (h.cause = 'found') <> (h.place = 1)
  OR (h.is_last AND s.lead IS NOT NULL AND (h.stage_id, h.visit_no, h.entered_at) IS DISTINCT FROM (s.stage_id, s.visits, s.stage_since))
UNION ALL
SELECT 'visited', s.source, s.lead, format('%s', s.visited) FROM state AS s WHERE s.visited <> coalesce((SELECT bit_or(1::bigint << h.stage_id) FROM leadscore.stage_history AS h WHERE h.source_id = s.source_id AND h.lead = s.lead), 0);
SQL

# One of the statements that a session may come to. What is refused (a key that is there, a wrong partition) is undone.
my @regions = ("'c'", "'a,\"b'", "'d{}'");
my %is_composite = (composite => 1, listed => 1);
my %leaves = (hashed => [ 'hashed_1', 'hashed_2' ], listed => [ 'listed_1', 'listed_2', 'listed_3' ]);
my $columns = 'channel, owner, status, amount, created_at, visits';
sub one_of { return $_[ int(rand(@_)) ] }
sub some { return map { 1 + int(rand($keys)) } 1 .. 1 + int(rand($_[0])) }
sub some_apart { my %seen; return grep { !$seen{$_}++ } some($_[0]) }
sub key_columns { return $is_composite{ $_[0] } ? 'region, id' : 'id' }
sub key_of
{
	my ($table, $number) = @_;
	return $is_composite{$table} ? "$regions[$number % 3], $number" : $number;
}
sub condition { my ($table, @numbers) = @_; return '(' . key_columns($table) . ') IN (' . join(', ', map { '(' . key_of($table, $_) . ')' } @numbers) . ')' }
sub values_of
{
	return join ', ', one_of('NULL', "'ads'", "'call'"), one_of('NULL', "'Ира'", "'O''Neil'"), one_of('NULL', "'wait'", "'work'", "'paid'", "'new'", "''"),
		one_of('NULL', int(rand(1000)) . '.5', "'NaN'", '1e30', '-3'), one_of('NULL', "'infinity'", sprintf("'2026-01-%02d'", 1 + rand(28)), "'2025-12-31'"), one_of('NULL', -1, 0 .. 9);
}
sub rows { my ($table, @numbers) = @_; return join ', ', map { '(' . key_of($table, $_) . ', ' . values_of() . ')' } @numbers }
sub change
{
	return join ', ', map { one_of(@$_) } [ 'visits = visits + 1', 'visits = 7', 'visits = 5', 'visits = 0', 'owner = owner' ], [ "status = 'wait'", "status = 'work'", "status = 'new'", 'status = NULL', 'amount = 5' ], [ "channel = 'ads'", "created_at = NULL", "created_at = '2026-02-02'" ];
}

sub statement_for_events
{
	my ($events, $level) = @_;
	my $choice = rand();
	my @leads = some(4);
	my $leads = join ', ', @leads;
	my $values = join ', ', map { "($_, " . one_of("'demo'", "'view'", "'spam'", 'NULL') . ')' } @leads;
	return "INSERT INTO $events (lead, event) VALUES $values" if $choice < 0.3;
	# Only of leads that are there, which a foreign key may ask for.
	return "INSERT INTO $events (lead, event) SELECT id, 'demo' FROM " . $events =~ s/_events//r . " WHERE id IN ($leads)" if $choice < 0.5;
	return "UPDATE $events SET lead = " . one_of('NULL', 1 + int(rand($keys))) . " WHERE lead = $leads[0]" if $choice < 0.65;
	return "UPDATE $events SET event = 'demo' WHERE lead IN ($leads)" if $choice < 0.8;
	return "WITH moved AS (DELETE FROM $events WHERE lead = $leads[0] RETURNING event) INSERT INTO $events (lead, event) SELECT $leads[-1], event FROM moved" if $choice < 0.85;
	return "DELETE FROM $events WHERE lead IN ($leads)" if $choice < 0.999;
	return $level eq 'read committed' ? "TRUNCATE $events" : "DELETE FROM $events";
}

sub statement
{
	my ($writer, $level) = @_;
	# Without a foreign key nobody may write an event while its lead is being written: one session writes both.
	my $table = one_of('plain', 'plain', 'composite', 'listed', 'plain_events', $writer == 1 ? ('hashed', 'hashed', 'hashed_events') : ());
	return statement_for_events($table, $level) if $table =~ /events/;
	my $written = $leaves{$table} && rand() < 0.2 ? one_of(@{ $leaves{$table} }) : $table;
	my $key = key_columns($table);
	my $into = "INSERT INTO $written ($key, $columns)";
	my $set = join ', ', map { "$_ = excluded.$_" } split /, /, $columns;
	my @numbers = some_apart(5);
	my $where = condition($table, @numbers);
	my $other = 1 + int(rand($keys));
	my $choice = int(rand(1000));
	return "$into VALUES " . rows($table, @numbers) if $choice < 150;
	return "$into VALUES " . rows($table, @numbers) . " ON CONFLICT ($key) DO UPDATE SET $set" . one_of('', " WHERE excluded.visits > 3") if $choice < 300;
	return "$into VALUES " . rows($table, some(5)) . " ON CONFLICT DO NOTHING" if $choice < 350;
	return "UPDATE $written SET " . change() . " WHERE $where" if $choice < 550;
	return "UPDATE $written SET ($key) = ROW(" . key_of($table, $other) . ') WHERE ' . condition($table, $numbers[0]) if $choice < 620;
	return "UPDATE $written SET id = 1000 - id, visits = 3 WHERE $where" if $choice < 640;
	return "DELETE FROM $written WHERE $where" if $choice < 740;
	return "DELETE FROM $written WHERE id % 7 = 3" if $choice < 745;
	# A TRUNCATE that waits removes more than its REPEATABLE READ transaction sees.
	return ($level eq 'read committed' ? 'TRUNCATE' : 'DELETE FROM') . " $written" . ($level eq 'read committed' && $table eq 'plain' ? ' CASCADE' : '') if $choice == 745;
	if ($choice < 790)
	{
		# Their fields are the same by COPY, but for quotes.
		my $lines = join '', map { s/NULL//gr . "\n" } map { join ',', map { /^NULL$/ ? '' : /^'(.*)'$/s ? '"' . ($1 =~ s/''/'/gr =~ s/"/""/gr) . '"' : $_ } split /, (?=(?:[^']*'[^']*')*[^']*$)/, key_of($table, $_) . ', ' . values_of() } @numbers;
		$lines .= one_of("no number\n", "$numbers[0]\n") if rand() < 0.3;
		return "COPY $written ($key, $columns) FROM STDIN (FORMAT csv);\n$lines\\.";
	}
	return "MERGE INTO $table AS t USING (VALUES " . join(', ', map { '(' . key_of($table, $_) . ", $_)" } @numbers) . ") AS s ($key, number) ON (" . join(' AND ', map { "t.$_ = s.$_" } split /, /, $key)
		. ") WHEN MATCHED AND s.number % 3 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET " . change() . " WHEN NOT MATCHED THEN INSERT ($key, visits) VALUES (" . join(', ', map { "s.$_" } split /, /, $key) . ', s.number % 9)' if $choice < 840 && $has_merge;
	return "$into SELECT " . ($is_composite{$table} ? 'region, id + 500' : 'id + 500') . ", $columns FROM $written WHERE $where ON CONFLICT DO NOTHING" if $choice < 870;
	return "WITH gone AS (DELETE FROM $written WHERE $where RETURNING *) $into SELECT $key, $columns FROM gone" if $choice < 900;
	return "WITH gone AS (DELETE FROM $written WHERE $where RETURNING *) $into SELECT " . ($is_composite{$table} ? 'region, id + 600' : 'id + 600') . ", $columns FROM gone ON CONFLICT ($key) DO UPDATE SET $set" if $choice < 920;
	return "WITH changed AS (UPDATE $written SET visits = 4 WHERE $where RETURNING id), added AS ($into VALUES " . rows($table, $other) . " ON CONFLICT DO NOTHING) DELETE FROM plain WHERE id IN (SELECT -id FROM changed)" if $choice < 940;
	return "WITH gone AS (DELETE FROM $written WHERE $where RETURNING *) INSERT INTO plain (id, $columns) SELECT id + 900, $columns FROM gone ON CONFLICT DO NOTHING" if $choice < 960;
	return "UPDATE $written SET " . change() . one_of('', ', id = id') . " WHERE id % 11 = " . ($other % 11);
}

sub terminated { my ($statement) = @_; return $statement =~ /\\\.\z/ ? "$statement\n" : "$statement;\n" }

# A session's statements, alone or a few in a transaction.
sub script
{
	my ($file, $count, $writer) = @_;
	my $level = $writer == 4 ? 'repeatable read' : 'read committed';
	my $text = "\\set VERBOSITY sqlstate\n\\set SHOW_CONTEXT never\nSET client_min_messages = error; SET default_transaction_isolation = '$level'; SET statement_timeout = '20s';\n";
	while ($count > 0)
	{
		if (rand() < 0.7) { $text .= terminated(statement($writer, $level)); --$count; next }
		my $open = 0;
		$text .= "BEGIN;\n";
		foreach my $step (1 .. 1 + int(rand(5)))
		{
			if (rand() < 0.3) { $text .= "SAVEPOINT s;\n"; $open = 1 }
			$text .= terminated(statement($writer, $level));
			if ($open && rand() < 0.5) { $text .= "ROLLBACK TO s;\n" }
			--$count;
		}
		$text .= one_of('COMMIT', 'COMMIT', 'COMMIT', 'ROLLBACK') . ";\n";
	}
	append_to_file($file, $text);
	return $file;
}

sub run_at_once
{
	my (@files) = @_;
	my @sessions;
	foreach my $file (@files)
	{
		my %session = (out => '', error => '');
		$session{run} = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $file ], '<', '/dev/null', '>', \$session{out}, '2>', \$session{error});
		push @sessions, \%session;
	}
	$_->{run}->finish foreach @sessions;
	my %errors;
	foreach my $session (@sessions) { $errors{$1}++ while $session->{error} =~ /ERROR:\s+(\S+)/g }
	return \%errors;
}

my $dir = PostgreSQL::Test::Utils::tempdir();
# A key that is there, an event of nobody, a row of no partition, what is no number, the rest of a transaction that failed, an upsert that
# meets a row twice; and what is natural where sessions change the same rows in any order.
my %is_expected = map { ($_ => 1) } qw(3B001 23503 23505 23514 23502 22P02 22P04 25P02 21000 40P01 40001 22003);
foreach my $round (1 .. $rounds)
{
	my @files;
	foreach my $writer (1 .. $writers)
	{
		srand($seed * 1000003 + $round * 101 + $writer);
		push @files, script("$dir/$round-$writer.sql", $operations / $rounds / $writers, $writer);
	}
	my $errors = run_at_once(@files);
	is(join(' ', grep { !$is_expected{$_} } sort keys %$errors), '', "round $round: nothing fails but what must");
	is($node->safe_psql('postgres', 'SELECT * FROM wrong ORDER BY 1, 2, 3, 4 LIMIT 20'), '', "round $round: what is known of the leads is right");
}
cmp_ok($node->safe_psql('postgres', 'SELECT min(n) FROM (SELECT count(*) AS n FROM lead GROUP BY source) AS c'), '>', 15, 'there are leads of each source');
is($node->safe_psql('postgres', "SELECT sum(leadscore.rescan(source)) = (SELECT count(*) FROM lead) FROM leadscore.source"), 't', 'rescan takes all leads');
is($node->safe_psql('postgres', 'SELECT * FROM wrong ORDER BY 1, 2, 3, 4 LIMIT 20'), '', 'rescan leaves all as it is');

$node->stop;
done_testing();
