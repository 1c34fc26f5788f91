# The garden: everything that the extension has is called with edge values of its arguments' types, found in the catalog,
# so that what is new is called as well. The server never crashes, each error is one that a caller may cause, each call
# ends in time, and errors leave no memory behind.
# LEADSCORE_GARDEN_CALLS (15) of each subject, LEADSCORE_GARDEN_SEED (1), LEADSCORE_GARDEN_ERRORS (20000) for the
# measure of memory, LEADSCORE_GARDEN_MEGABYTES (0: none) of text that functions are given.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use POSIX qw(ceil);
use Time::HiRes qw(time);

my $calls = $ENV{LEADSCORE_GARDEN_CALLS} || 15;
my $seed = $ENV{LEADSCORE_GARDEN_SEED} || 1;
my $errors = $ENV{LEADSCORE_GARDEN_ERRORS} || 20_000;
my $megabytes = $ENV{LEADSCORE_GARDEN_MEGABYTES} || 0;
my $slowest_call = 10;              # seconds, on a machine that may be busy
my $most_growth = 4_000_000;        # resident bytes of a backend over LEADSCORE_GARDEN_ERRORS
my $most_compiled = 20_000_000;     # bytes of its contexts
my $most_memory = 1_000_000_000;    # bytes of a backend at its height, but for long texts

# What a caller may have done wrong. Anything else is the extension's own fault.
my %expected = (
    '00000' => 'nothing', '0A000' => 'what is not supported', '21000' => 'a subquery of several rows', '22001' => 'a text too long for its column', '22003' => 'a number beyond its type', '22004' => 'NULL',
    '22007' => 'no date', '22008' => 'a time beyond its type', '22012' => 'an expression that divides by zero', '2201E' => 'the logarithm of a negative number', '22021' => 'bytes that are no text', '22023' => 'an argument that cannot be', '2202E' => 'an array of a wrong shape',
    '22P02' => 'text that is no value of its type', '22P03' => 'bytes that are no value', '22P05' => 'a character that the encoding lacks', '2BP01' => 'something that others depend on', '2D000' => 'a procedure that commits, in a transaction', '39P01' => 'a trigger function without a trigger',
    '39P03' => 'an event trigger function without an event', '40001' => 'a model that has changed since the call was planned', '42501' => 'no privilege', '42601' => 'an expression that is none', '42602' => 'no name', '42622' => 'a name that is too long', '42702' => 'a column of two tables', '42703' => 'no such column',
    '42704' => 'no such object', '42710' => 'an object that there is', '42723' => 'a function that there is', '42725' => 'one of several functions', '42803' => 'an aggregate in an expression', '42804' => 'a wrong type', '42809' => 'a wrong kind of object', '42846' => 'no such cast', '42883' => 'no such function or operator',
    '42P01' => 'no such table', '42P02' => 'no such parameter', '42P07' => 'a table that there is', '42P18' => 'a type that cannot be told', '42P22' => 'no collation', '428C9' => 'a generated column', '54000' => 'a limit', '54001' => 'an expression that is too deep', '54011' => 'too many columns', '54023' => 'too many arguments',
    '55000' => 'what must be done before');
# What else functions raise that trust their arguments, which their callers made, and constraints of tables.
my %expected_inside = map { $_ => 1 } qw(20000 2200H 2201G 22011 23502 23503 23505 23514 42P10 42P11 42P16 44000);
my %expected_of_tables = map { $_ => 1 } qw(23502 23503 23505 23514 44000 54000 2200H);

# glibc gives back at once what is freed, so that what a backend holds is what it uses.
local @ENV{qw(MALLOC_TRIM_THRESHOLD_ MALLOC_TOP_PAD_ MALLOC_MMAP_THRESHOLD_)} = (0, 0, 65536);
my $node = PostgreSQL::Test::Cluster->new('garden');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
autovacuum = off
jit = off
temp_file_limit = 1GB
max_locks_per_transaction = 256
log_min_messages = log
restart_after_crash = on
CONF
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
sub sql { return $node->safe_psql('postgres', $_[0]); }
sub rows { return split(/\n/, sql($_[0])); }

my $started = time;
my $shared_memory_start = sql('SELECT stats_reset FROM pg_stat_bgwriter');
sql(slurp_file("test/garden/$_.sql")) foreach qw(database edge_values driver);
sql('GRANT SELECT ON ALL TABLES IN SCHEMA garden TO garden_guest');
note("LEADSCORE_GARDEN_SEED=$seed");

# ---------------------------------------------------------------------------------------------------------------------
# What the calls are made of.

is(sql('SELECT garden.learn_states()'), sql("SELECT count(*) FROM garden.subject AS s JOIN pg_proc AS p USING (oid) WHERE s.kind = 'aggregate' AND p.prorettype = 'bytea'::regtype"), 'edge values of bytea are the states that aggregates have made, whole and damaged');
like(sql(<<'SQL'), qr/Workers Planned: 2/, 'two workers read the rows of parallel aggregates');
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN SELECT leadscore.auc(n, n % 2 = 0) FROM garden.page;
SQL
my @unknown;
foreach my $type (rows("SELECT DISTINCT t::regtype FROM garden.subject AS s JOIN pg_proc AS p USING (oid), unnest(p.proargtypes::oid[]) AS t WHERE s.kind IN ('function', 'aggregate')"))
{
    my (undef, undef, $said) = $node->psql('postgres', "SELECT garden.learn('$type'::regtype)");
    push(@unknown, $said) if $said;
}
is(join("\n", @unknown), '', 'there are edge values of every type');

# ---------------------------------------------------------------------------------------------------------------------
# The calls. One session makes them all, so that what is left behind adds up.

my @subjects = rows('SELECT kind, oid FROM garden.subject ORDER BY kind, name');
my $visits = join("\n", map { my ($kind, $oid) = split(/\|/); "SELECT garden.visit('$kind', $oid, $seed, $calls);" } @subjects);
my ($status, undef, $said) = $node->psql('postgres', "SET statement_timeout = '300s'; SET client_min_messages = error;\n$visits\nSELECT 1;", on_error_stop => 1);
is("$status$said", '0', 'every visit ends');
if ($status != 0)
{
    # The visit in which the server went down tells its calls when it is made again.
    $node->poll_query_until('postgres', 'SELECT true');
    my @first = rows('SELECT s.kind, s.oid FROM garden.subject AS s WHERE s.name NOT IN (SELECT subject FROM garden.outcome) ORDER BY s.kind, s.name LIMIT 3');
    foreach (@first)
    {
        my ($kind, $oid) = split(/\|/);
        my $position = -s $node->logfile;
        my ($again) = $node->psql('postgres', "SET client_min_messages = error; SELECT garden.visit('$kind', $oid, $seed, $calls, true)");
        next if $again == 0;
        my @told = grep { /the garden: / } split(/\n/, slurp_file($node->logfile, $position));
        diag("the last call: $told[-1]") if @told;
        $node->poll_query_until('postgres', 'SELECT true');
        last;
    }
}

# A procedure commits, so nobody else can call it.
is(sql("SELECT string_agg(oid::regprocedure::text, ' ') FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace AND prokind = 'p'"), 'leadscore.fill(text)', 'the procedures are those that are called here');
foreach my $argument (rows("SELECT expression FROM garden.edge_value WHERE type = 'text'::regtype AND is_ordinary"), 'NULL', "''", "repeat('a', 1000000)", "('\\xff'::bytea)::text")
{
    $node->psql('postgres', "SET statement_timeout = '20s'; SET client_min_messages = error; CALL leadscore.fill($argument)");
}

# Trigger functions on tables that are not theirs.
my @trigger_functions = rows("SELECT oid::regproc FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace AND prorettype = 'trigger'::regtype");
my @attempts;
foreach my $function (@trigger_functions)
{
    foreach my $when ('BEFORE ROW', 'AFTER ROW', 'BEFORE STATEMENT', 'AFTER STATEMENT')
    {
        my ($time, $each) = split(/ /, $when);
        foreach my $arguments ('', "'lead'", "'1', 'x', ''")
        {
            foreach my $statement ('INSERT INTO garden.bare VALUES (2)', 'UPDATE garden.bare SET n = 3', 'DELETE FROM garden.bare', 'TRUNCATE garden.bare')
            {
                my ($event) = $statement =~ /^(\w+)/;
                next if $event eq 'TRUNCATE' && $each eq 'ROW';
                push(@attempts, "SELECT garden.attempt('$function as a trigger', \$s\$CREATE TRIGGER t $time $event ON garden.bare FOR EACH $each EXECUTE FUNCTION $function($arguments); $statement\$s\$, false, false);");
            }
        }
    }
}
foreach my $function (rows("SELECT oid::regproc FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace AND prorettype = 'event_trigger'::regtype"))
{
    push(@attempts, "SELECT garden.attempt('$function as an event trigger', 'CREATE EVENT TRIGGER t ON $_ EXECUTE FUNCTION $function(); CREATE TABLE garden.made (n integer); ALTER TABLE garden.made ALTER n TYPE text; DROP TABLE garden.made', false, false);")
        foreach qw(ddl_command_start ddl_command_end sql_drop table_rewrite);
}
is(($node->psql('postgres', "SET client_min_messages = error;\n" . join("\n", @attempts)))[0], 0, 'trigger functions are called where they do not belong');

if ($megabytes)
{
    my $long = join("\n", map { "SELECT garden.call_long('$_'::regprocedure, $megabytes);" }
            rows("SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace AND prokind = 'f' AND 'text'::regtype = ANY (proargtypes) AND NOT 'internal'::regtype = ANY (proargtypes) AND pronargs <= 4 ORDER BY 1"));
    is(($node->psql('postgres', "SET statement_timeout = '600s'; SET client_min_messages = error;\n$long"))[0], 0, "functions are given texts of $megabytes MB");
}

# ---------------------------------------------------------------------------------------------------------------------
# What came of them.

my @unexpected;
my $classified = <<'SQL';
SELECT o.state, o.subject, count(*), bool_or(coalesce(obj_description(s.oid, 'pg_proc') LIKE 'Internal:%', false) OR o.subject LIKE '%trigger'), bool_or(coalesce(s.kind = 'table', false)),
  (array_agg(regexp_replace(left(encode(replace(o.message, '\', '\\')::bytea, 'escape'), 150), '[|\n]', ' ', 'g')))[1], (array_agg(left(replace(o.statement, E'\n', ' '), 1000) ORDER BY length(o.statement)))[1]
FROM garden.outcome AS o LEFT JOIN garden.subject AS s ON s.name = regexp_replace(o.subject, ' of long texts$', '') GROUP BY o.state, o.subject ORDER BY 1, 2
SQL
foreach my $line (rows($classified))
{
    my ($state, $subject, $count, $is_internal, $is_table, $message, $statement) = split(/\|/, $line, 7);
    next if $expected{$state} || $is_internal eq 't' && $expected_inside{$state} || $is_table eq 't' && $expected_of_tables{$state};
    push(@unexpected, "$state: $message, $count times, as in $statement");
}
is(join("\n", @unexpected), '', 'every error is one that a caller may cause');
my (undef, undef, $dead) = $node->psql('postgres', 'DROP TABLE garden.canary');
like($dead, qr/the canary is dead/, 'no text is run as SQL: that would have been an error that is none of these');
# levenshtein() and osa() take time with the product of the lengths, and can be cancelled.
is(sql("SELECT string_agg(format('%s ms: %s', round(milliseconds), left(statement, 500)), E'\\n') FROM garden.outcome WHERE subject NOT LIKE '% of long texts' AND subject !~ '^leadscore[.](levenshtein|osa)[(]' AND milliseconds > 1000 * $slowest_call"), '', "no call takes longer than $slowest_call s");
is(sql("SELECT string_agg(DISTINCT s.name, E'\\n') FROM garden.subject AS s WHERE s.name NOT IN (SELECT subject FROM garden.outcome)"), '', 'everything has been called');
note('never returned a result: ' . sql(<<'SQL'));
SELECT string_agg(s.name, ' ') FROM garden.subject AS s JOIN pg_proc AS p USING (oid)
WHERE s.kind IN ('function', 'aggregate') AND NOT 'internal'::regtype = ANY (p.proargtypes) AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND s.name NOT IN (SELECT subject FROM garden.outcome WHERE state = '00000')
SQL

# Indexes and rows are as they should be: all calls were undone.
sql('CREATE EXTENSION amcheck');
is(($node->psql('postgres', "SELECT count(bt_index_check(c.oid, true)) FROM pg_class AS c WHERE c.relkind = 'i' AND c.relnamespace IN ('leadscore'::regnamespace, 'garden'::regnamespace)"))[2], '', 'indexes hold what their tables hold');
is(sql("SELECT count(*) FROM leadscore.verify('lead')"), '0', 'what is known of the leads is as it was');

# ---------------------------------------------------------------------------------------------------------------------
# Errors leave no memory behind: the same ones over and over, once each has been raised twelve times, for from the sixth
# time on PostgreSQL keeps other plans, and what is freed is not what is taken next. It keeps what it compiled of PL/pgSQL
# triggers that were made and undone, so its contexts grow somewhat.

# Ten thousand a transaction: it remembers its subtransactions, and what is taken meanwhile lies above that.
my $storm = "SELECT garden.storm(10000) OFFSET 1;\n" x ceil($errors / 10_000);
my ($kinds, $before, $after, $height) = split(/\n/, sql(<<"SQL"));
SET client_min_messages = error;
SELECT garden.storm(12 * (SELECT count(DISTINCT (subject, state, message)) FROM garden.outcome WHERE state NOT IN ('00000', '57014'))::integer);
SELECT contexts, resident FROM garden.memory();
$storm
SELECT contexts, resident FROM garden.memory();
SELECT 1024 * (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\\s+(\\d+) kB'))[1]::bigint;
SQL
my ($contexts_before, $resident_before) = split(/\|/, $before);
my ($contexts_after, $resident_after) = split(/\|/, $after);
my $growth = int(($resident_after - $resident_before) * 100_000 / $errors);
my $growth_of_contexts = int(($contexts_after - $contexts_before) * 100_000 / $errors);
cmp_ok($resident_after - $resident_before, '<=', $most_growth, "a backend grows by $growth bytes over 100,000 errors");
cmp_ok($growth_of_contexts, '<=', $most_compiled, "and its memory contexts by $growth_of_contexts");
cmp_ok($height, '<', $most_memory, "a backend takes $height bytes at most");

is(sql('SELECT stats_reset FROM pg_stat_bgwriter'), $shared_memory_start, 'the server has not recovered from a crash');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC:|TRAP:/, 'no backend crashed');
diag(sql("SELECT format('garden: %s subjects, %s calls, %s errors of %s SQLSTATEs, the slowest call %s ms', count(DISTINCT subject), count(*), count(*) FILTER (WHERE state <> '00000'), count(DISTINCT state) - 1, round(max(milliseconds))) FROM garden.outcome")
        . sprintf('; %s kinds of errors %d times: %d bytes (contexts %d) per 100,000; %d s, seed %d', $kinds, $errors, $growth, $growth_of_contexts, time - $started, $seed));
note("calls by SQLSTATE:\n" . sql("SELECT state, count(*), count(DISTINCT subject) FROM garden.outcome GROUP BY state ORDER BY state"));
note("the slowest calls:\n" . sql("SELECT round(milliseconds), left(statement, 200) FROM garden.outcome ORDER BY milliseconds DESC LIMIT 10"));

$node->stop;
done_testing();
