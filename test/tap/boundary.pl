# The boundary between C++ and PostgreSQL: every exception arrives as the right error, nothing leaks over 100,000 errors,
# a loop ends when it is asked to, and the server never goes down.
use strict;
use warnings;

use Encode ();
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $library = $ENV{LEADSCORE_BOUNDARY_LIBRARY};
plan skip_all => 'LEADSCORE_BOUNDARY_LIBRARY does not name the module that "make boundary" builds'
    unless defined $library && length $library;

my $node = PostgreSQL::Test::Cluster->new('boundary');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'")
    if length($ENV{LEADSCORE_EXTENSION_DESTDIR} // '');
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;

sub sql { return $node->safe_psql('postgres', $_[0]); }

# A backend that crashes takes all others down and starts anew, but the postmaster stays: so both are watched.
my $postmaster_start = sql('SELECT pg_postmaster_start_time()');
my $shared_memory_start = sql('SELECT stats_reset FROM pg_stat_bgwriter');

sql(<<"SQL");
CREATE EXTENSION leadscore;
CREATE FUNCTION fail(kind text, message text DEFAULT 'no', hint text DEFAULT '') RETURNS void
    LANGUAGE c AS '$library', 'leadscore_boundary_fail';
CREATE FUNCTION divide() RETURNS int LANGUAGE c AS '$library', 'leadscore_boundary_divide';
CREATE FUNCTION loop() RETURNS void LANGUAGE c AS '$library', 'leadscore_boundary_loop';
CREATE FUNCTION execute(command text) RETURNS void LANGUAGE c AS '$library', 'leadscore_boundary_execute';
CREATE FUNCTION live_objects() RETURNS bigint LANGUAGE c AS '$library', 'leadscore_boundary_live_objects';
CREATE FUNCTION destroyed_objects() RETURNS bigint LANGUAGE c AS '$library', 'leadscore_boundary_destroyed_objects';
CREATE FUNCTION allocate(size bigint, alignment bigint) RETURNS void
    LANGUAGE c AS '$library', 'leadscore_boundary_allocate';
CREATE FUNCTION own(kind text DEFAULT '') RETURNS bigint LANGUAGE c AS '$library', 'leadscore_boundary_own';
CREATE FUNCTION own_unmade() RETURNS void LANGUAGE c AS '$library', 'leadscore_boundary_own_unmade';
CREATE FUNCTION reset() RETURNS text LANGUAGE c AS '$library', 'leadscore_boundary_reset';
CREATE FUNCTION attempt(command text, kind text DEFAULT '') RETURNS text
    LANGUAGE c AS '$library', 'leadscore_boundary_attempt';
CREATE FUNCTION attempt_often(kind text, times int) RETURNS bigint
    LANGUAGE c AS '$library', 'leadscore_boundary_attempt_often';
SQL
sql(<<'SQL');
CREATE TYPE caught AS (state text, message text, hint text, context text);
CREATE FUNCTION catch(command text) RETURNS caught LANGUAGE plpgsql AS $$
DECLARE
    error caught;
BEGIN
    EXECUTE command;
    RETURN error;
EXCEPTION WHEN OTHERS OR query_canceled THEN
    GET STACKED DIAGNOSTICS error.state = RETURNED_SQLSTATE, error.message = MESSAGE_TEXT,
        error.hint = PG_EXCEPTION_HINT, error.context = PG_EXCEPTION_CONTEXT;
    RETURN error;
END
$$;

-- Memory of this backend in kB: all that is resident, and the part that is nobody else's.
CREATE FUNCTION resident(field text DEFAULT 'VmRSS') RETURNS bigint LANGUAGE sql AS $$
SELECT (regexp_match(pg_read_file('/proc/self/status'), field || ':\s+(\d+) kB'))[1]::bigint
$$;
SQL

# ---------------------------------------------------------------------------------------------------------------------
# Each way to fail arrives with its SQLSTATE, message and hint, and its objects are destroyed.

my @failures = (
    [ 'runtime_error', 'XX000', 'why', '' ],
    [ 'invalid_argument', '22023', 'why', 'do this' ],
    [ 'out_of_range', '22003', 'why', 'do this' ],
    [ 'limit_exceeded', '54000', 'why', 'do this' ],
    [ 'bad_alloc', '53200', 'out of memory', '' ],
    [ 'integer', 'XX000', 'unknown C++ exception', '' ],
    [ 'cancelled', '57014', 'canceling statement due to user request', '' ],
    [ 'postgres', '22012', 'division by zero', '' ],
    [ 'dead_context', 'XX000', 'why', '' ]);

foreach my $failure (@failures)
{
    my ($kind, $state, $message, $hint) = @$failure;
    is( sql("SELECT c.state, c.message, c.hint, live_objects(), destroyed_objects()"
                . " FROM catch(\$\$SELECT fail('$kind', 'why', 'do this')\$\$) AS c"),
        "$state|$message|$hint|0|10",
        "$kind becomes $state, and its objects are destroyed");

    my ($status, undef, $printed) =
        $node->psql('postgres', "SELECT fail('$kind', 'why', 'do this')", extra_params => [ '-v', 'VERBOSITY=verbose' ]);
    my $told = $hint eq '' ? '' : "\nHINT:  $hint";
    like($printed, qr/ERROR:  $state: \Q$message$told\E\n/, "$kind reaches the client");
}
is(sql("SELECT state, message FROM catch('SELECT divide()')"),
    '22012|division by zero', 'an error of PostgreSQL with no C++ object alive passes');
is(sql("SELECT state IS NULL FROM catch(\$\$SELECT fail('')\$\$)"), 't', 'what does not fail returns');
is(sql("SELECT position('no more' in context) FROM catch(\$\$SELECT fail('dead_context')\$\$)"),
    '0', 'an error context whose frame was left by an exception is not called');
is( sql("SELECT message FROM catch(\$\$SELECT fail('runtime_error', '100 % of %s%n')\$\$)"),
    '100 % of %s%n', 'a message is not a format');
is( sql(  'SELECT c.state, c.message, c.hint, live_objects() FROM catch($catch$SELECT execute('
            . q{$$SELECT fail('limit_exceeded', 'inner', 'inner hint')$$}
            . ')$catch$) AS c'),
    '54000|inner|inner hint|0',
    'an error passes C++, PostgreSQL, C++ and PostgreSQL again');

# Bytes: a message of 100 kB is cut at a character, whatever the length of the characters before the cut.
foreach my $character ("\x{44b}", "\x{20ac}", "\x{1f600}")
{
    my $bytes = length(Encode::encode_utf8($character));
    my $written = Encode::encode_utf8($character);
    is( sql(<<"SQL"), "4|4|4|4|4", "a message of 100 kB in characters of $bytes bytes is cut between two of them");
WITH tried AS (
    SELECT long.message AS long, c.message AS message, c.hint AS hint
    FROM generate_series(0, 3) AS p (prefix),
        LATERAL (SELECT repeat('x', p.prefix) || repeat('$written', 100000 / $bytes)) AS long (message),
        catch(format('SELECT fail(''invalid_argument'', %L, %L)', long.message, long.message)) AS c)
SELECT
    count(*) FILTER (WHERE convert_from(convert_to(message, 'UTF8'), 'UTF8') = left(long, length(message))),
    count(*) FILTER (WHERE octet_length(message) BETWEEN 1024 - $bytes AND 1023),
    count(*) FILTER (WHERE convert_from(convert_to(hint, 'UTF8'), 'UTF8') = left(long, length(hint))),
    count(*) FILTER (WHERE octet_length(hint) BETWEEN 512 - $bytes AND 511),
    count(*)
FROM tried
SQL
}

# ---------------------------------------------------------------------------------------------------------------------
# Memory contexts.

my $too_large = 1 << 62;
my $absurd = 1 << 46;
is(sql("SELECT c.state, c.message, live_objects() FROM catch('SELECT allocate($too_large, 8)') AS c"),
    '53200|out of memory|0', 'a size beyond what PostgreSQL takes is out of memory');
is(sql("SELECT c.state, c.message, live_objects() FROM catch('SELECT allocate($absurd, 8)') AS c"),
    '53200|out of memory|0', 'and so is one that the system does not have');
is(sql("SELECT state FROM catch('SELECT allocate(-1, 8)')"), '53200', 'and the largest of all');
is( sql("SELECT message FROM catch('SELECT allocate(0, 1), allocate(1, 8), allocate(1 << 30, 8)')"),
    '', 'no bytes, one, and more than an ordinary palloc gives are given');
is( sql("SELECT message FROM generate_series(1, 100) AS i, catch(format('SELECT allocate(%s, 16)', i)) WHERE message <> ''"),
    '', 'the alignment of std::max_align_t, which std::pmr asks for where nobody says another, is given');

is(sql('SELECT reset()'), '3, 0', "a context's reset destroys its objects");
is( sql("SELECT count(*), max(l) FROM (SELECT own() AS l FROM generate_series(1, 1000)) AS o;"
            . "SELECT live_objects(), destroyed_objects()"),
    "1000|1\n0|11000",
    'an object made in the context of a row is destroyed with the row');
is( sql("SELECT c.state, live_objects() FROM generate_series(1, 10), catch(\$\$SELECT own('runtime_error')\$\$) AS c"
            . " GROUP BY 1, 2;"
            . "SELECT live_objects()"),
    "XX000|0\n0",
    'and when an exception ends the statement');
is( sql("SELECT c.state FROM catch(\$\$SELECT own(), own('postgres')\$\$) AS c; SELECT live_objects()"),
    "22012\n0", "and when an error of PostgreSQL does");
is(sql("SELECT c.message FROM catch('SELECT own_unmade()') AS c; SELECT live_objects(), destroyed_objects()"),
    "not made\n0|1", 'an object whose constructor failed is not destroyed a second time');

# ---------------------------------------------------------------------------------------------------------------------
# attempt(): an error is caught in a subtransaction and the transaction goes on.

sql('CREATE TABLE written (kind text)');
foreach my $failure (@failures)
{
    my ($kind, $state, $message, $hint) = @$failure;
    my $caught = $message eq 'why' ? 'attempted' : $message;
    my $told = $hint eq '' ? '' : 'Try again.';
    is( sql(<<"SQL"), "$state|$caught|$told\n0\n1", "attempt() catches $kind, undoes its work, and the transaction goes on");
BEGIN;
SELECT attempt(\$\$INSERT INTO written VALUES ('undone')\$\$, '$kind');
INSERT INTO written VALUES ('$kind');
SELECT live_objects();
COMMIT;
SELECT count(*) FROM written WHERE kind = '$kind';
SQL
}
is(sql("SELECT attempt('SELECT 1 / 0')"), '22012|division by zero|', 'attempt() catches an error that nothing in C++ saw');
is(sql("SELECT attempt(\$\$INSERT INTO written VALUES ('done')\$\$) IS NULL"), 't', 'attempt() of what succeeds returns nothing');
is( sql("SELECT attempt(\$\$SELECT attempt('INSERT INTO written VALUES (''inner'')', 'postgres')\$\$, 'integer')"),
    'XX000|unknown C++ exception|', 'attempts nest');
is(sql("SELECT string_agg(DISTINCT kind, ' ') FILTER (WHERE kind IN ('done', 'undone', 'inner')) FROM written"),
    'done', 'only what succeeded was written');
is(sql("SET statement_timeout = '300ms'; SELECT attempt('', 'loop')"),
    '57014|canceling statement due to statement timeout|', 'attempt() catches a timeout, as it says');

# A caller may attempt something for each of many items. PostgreSQL's FreeErrorData() leaves some 150 bytes of an error.
is(sql("SELECT attempt_often('', 1000) < 100000"), 't', "1000 attempts take less than 100 kB of the caller's memory");
foreach my $kind ('runtime_error', 'postgres')
{
    cmp_ok(sql("SELECT attempt_often('$kind', 1000)"),
        '<', 500_000, "1000 attempts that end by $kind take less than 500 bytes each, once their errors are freed");
}

# ---------------------------------------------------------------------------------------------------------------------
# A loop that polls its stop token ends when PostgreSQL wants it to, and not otherwise.

{
    my $start = time;
    my (undef, $answer, $printed) = $node->psql(
        'postgres',
        "SET statement_timeout = '300ms';\nSELECT loop();\nSELECT live_objects(), destroyed_objects();",
        on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
    my $seconds = time - $start;
    like($printed, qr/ERROR:  57014: canceling statement due to statement timeout/, 'statement_timeout ends a loop');
    cmp_ok($seconds, '<', 2, sprintf('within 2 seconds (%.2f)', $seconds));
    is($answer, '0|1000', 'and its objects are destroyed');
}

# Starts psql, which runs the loop and then says what is left of it; returns once the loop has begun.
my $loops = 0;
sub start_loop
{
    my $name = 'loop' . ++$loops;
    my $session = { output => '', errors => '' };
    my $connection = $node->connstr('postgres') . " application_name=$name";
    $session->{run} = IPC::Run::start(
        [   'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $connection,
            '-c', 'SELECT loop()', '-c', 'SELECT live_objects(), destroyed_objects()' ],
        '>', \$session->{output}, '2>', \$session->{errors},
        IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
    $node->poll_query_until('postgres',
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = '$name' AND query LIKE '%loop()%' AND state = 'active'")
        or die 'the loop did not begin';
    $session->{pid} = sql("SELECT pid FROM pg_stat_activity WHERE application_name = '$name'");
    sleep(0.2);
    return $session;
}

sub is_looping
{
    my ($session) = @_;
    return sql("SELECT count(*) FROM pg_stat_activity WHERE pid = $session->{pid} AND query LIKE '%loop()%' AND state = 'active'");
}

# Waits until psql has ended; returns how long that took.
sub finish
{
    my ($session) = @_;
    my $start = time;
    IPC::Run::finish($session->{run});
    return time - $start;
}

{
    my $session = start_loop();
    is(sql("SELECT pg_log_backend_memory_contexts($session->{pid})"), 't', 'a looping backend is asked for a log entry');
    sleep(1);
    is(is_looping($session), '1', 'a request that the query survives does not end the loop');
    sql("SELECT pg_cancel_backend($session->{pid})");
    cmp_ok(finish($session), '<', 2, 'pg_cancel_backend ends it within 2 seconds');
    like($session->{errors}, qr/ERROR:  57014: canceling statement due to user request/, 'with its own error');
    like($session->{output}, qr/^0\|1000$/m, 'its objects are destroyed, and the session goes on');
}
{
    my $session = start_loop();
    my $position = -s $node->logfile;
    sql("SELECT pg_terminate_backend($session->{pid})");
    cmp_ok(finish($session), '<', 2, 'pg_terminate_backend ends a loop within 2 seconds');
    like($session->{errors}, qr/FATAL:  57P01: terminating connection due to administrator command/, 'with its own error');
    is(sql("SELECT count(*) FROM pg_stat_activity WHERE pid = $session->{pid}"), '0', 'the backend is gone');
    like(slurp_file($node->logfile, $position),
        qr/live objects at the end of the backend: 0$/m, 'after it destroyed its objects');
}

# ---------------------------------------------------------------------------------------------------------------------
# 100,000 errors leave the memory of the backend as it was after the first 10,000.

# Calls an SQL function ten times in one session; returns what it said and the memory after each call.
sub storm
{
    my ($name, $call) = @_;
    my $output = sql(join("\n", map { "SELECT $call; SELECT resident(), resident('RssAnon');" } 1 .. 10));
    my @lines = split(/\n/, $output);
    my @said = @lines[ grep { $_ % 2 == 0 } 0 .. $#lines ];
    my @resident = map { (split(/\|/))[0] } @lines[ grep { $_ % 2 == 1 } 0 .. $#lines ];
    my @own = map { (split(/\|/))[1] } @lines[ grep { $_ % 2 == 1 } 0 .. $#lines ];
    note("$name: resident kB after each tenth: @resident; of these its own: @own");
    return (\@said, $resident[-1] - $resident[0], $own[-1] - $own[0]);
}

sub is_flat
{
    my ($name, $call, $expected) = @_;
    my ($said, $resident, $own) = storm($name, $call);
    is_deeply($said, [ ($expected) x 10 ], "$name: all of them were raised and caught");
    cmp_ok($resident, '<', 1024, "$name: resident memory grows by less than 1 MB ($resident kB, its own $own kB)");
}

sql(<<'SQL');
CREATE FUNCTION fail_often(times int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    kinds text[] := '{runtime_error,invalid_argument,out_of_range,limit_exceeded,bad_alloc,integer,cancelled,postgres,dead_context}';
    messages text[] := ARRAY['why', repeat('почему', 8000), 'a quick one', 'or so', repeat('x', 100000)];
    caught int := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            PERFORM fail(kinds[1 + i % 9], messages[1 + i % 5], 'do this');
        EXCEPTION WHEN OTHERS OR query_canceled THEN
            caught := caught + 1;
        END;
    END LOOP;
    RETURN caught || ', ' || live_objects();
END
$$;

CREATE TABLE lead (employees int, budget int);
CREATE FUNCTION model_document(condition text, points jsonb DEFAULT '10', head jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
SELECT jsonb_build_object('format', 1, 'model', head, 'criteria', jsonb_build_array(
    jsonb_build_object('criterion', 'first', 'condition', condition, 'points', points),
    jsonb_build_object('criterion', 'second', 'condition', 'employees > 10', 'points', points)))
$$;
CREATE FUNCTION score_badly(times int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    l lead := (100, 0);
    divides jsonb := model_document('employees / budget > 1');
    overflows jsonb := model_document('true', '1e308');
    upside_down jsonb := model_document('true', '1', '{"lower": 100, "upper": 0}');
    states text[] := '{}';
    state text;
    caught int := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            CASE i % 7
                WHEN 0 THEN PERFORM leadscore.score(model_document('no_such_column_' || i || ' > 1'), l);
                WHEN 1 THEN PERFORM leadscore.score(divides, l);
                WHEN 2 THEN PERFORM leadscore.score(overflows, l);
                WHEN 3 THEN PERFORM leadscore.score(upside_down, l);
                WHEN 4 THEN PERFORM leadscore.score('no such model ' || i, l);
                WHEN 5 THEN PERFORM leadscore.score(model_document('employees > > ' || i), l);
                WHEN 6 THEN PERFORM * FROM leadscore.explain(divides, l);
            END CASE;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
            caught := caught + 1;
            IF state <> ALL (states) THEN
                states := states || state;
            END IF;
        END;
    END LOOP;
    SELECT string_agg(s, ' ' ORDER BY s) INTO state FROM unnest(states) AS s;
    RETURN caught || ': ' || state;
END
$$;
CREATE SEQUENCE documents;
CREATE FUNCTION score_often(times int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    l lead := (100, 0);
    sum double precision := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        sum := sum + leadscore.score(model_document('employees <> -' || nextval('documents')), l);
    END LOOP;
    RETURN sum;
END
$$;
SQL

is_flat('100,000 errors of all kinds', 'fail_often(10000)', '10000, 0');
is_flat('100,000 failed calls of leadscore.score()', 'score_badly(10000)', '10000: 22003 22012 22023 42601 42703 42704');
is_flat('20,000 different models', 'score_often(2000)', '40000');

# ---------------------------------------------------------------------------------------------------------------------

is(sql('SELECT pg_postmaster_start_time()'), $postmaster_start, 'the server is still the one that was started');
is(sql('SELECT stats_reset FROM pg_stat_bgwriter'), $shared_memory_start, 'and has not recovered from a crash');
unlike(slurp_file($node->logfile), qr/terminated by signal|reinitializing|PANIC/, 'no backend crashed');

$node->stop;
done_testing();
