# Objects that somebody else has made under the names that leadscore uses: nothing of them is ever called, and what leadscore
# answers is the same, whatever the search_path and the settings of the session are.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('capture');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->append_conf('postgresql.conf', "statement_timeout = '60s'\nautovacuum = off\nfsync = off\nmax_locks_per_transaction = 1024");
$node->start;

# Runs a script in one session; what it answers, notices and errors among them.
sub answer
{
	my ($database, $script) = @_;
	my ($stdout, $stderr);
	$node->psql($database, $script, stdout => \$stdout, stderr => \$stderr, timeout => 180, on_error_stop => 0, extra_params => [ '-e' ]);
	$stderr =~ s/^psql:<stdin>:\d+: //mg;
	$stderr =~ s/^LINE \d+: .*\n +\^\n?//mg;
	$stderr =~ s/^(CONTEXT|SQL statement|PL\/pgSQL function|SQL function).*\n?//mg;
	return "$stdout\n$stderr";
}

# The extension takes over nothing that is there already, however it is called and whoever made it.
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE "m""x$y --" SUPERUSER LOGIN');
foreach my $case (
	[ 'a schema of somebody else', 'SET ROLE mallory; CREATE SCHEMA leadscore; CREATE TABLE leadscore.model (model text)' ],
	[ 'a schema of the installer', 'CREATE SCHEMA leadscore' ])
{
	my ($name, $plant) = @$case;
	$node->safe_psql('postgres', 'CREATE DATABASE planted; GRANT CREATE ON DATABASE planted TO mallory');
	$node->safe_psql('planted', $plant);
	like(answer('planted', 'CREATE EXTENSION leadscore'), qr/schema "leadscore" already exists/, "$name is not taken over");
	is($node->safe_psql('planted', "SELECT count(*) FROM pg_extension WHERE extname = 'leadscore' UNION ALL SELECT count(*) FROM pg_proc WHERE pronamespace = 'leadscore'::regnamespace"), "0\n0", "$name: nothing is installed");
	$node->safe_psql('postgres', 'DROP DATABASE planted');
}
$node->safe_psql('postgres', 'CREATE DATABASE planted');
my ($result, $stdout, $stderr) = $node->psql('planted', qq{CREATE SCHEMA "has \$dollar""--"; CREATE EXTENSION leadscore SCHEMA "has \$dollar""--"});
like($stderr, qr/must be installed in schema "pg_catalog"/, 'a schema of another name is refused');
($result, $stdout, $stderr) = $node->psql('planted', qq{SET ROLE "m""x\$y --"; CREATE EXTENSION leadscore; SELECT leadscore.version() IS NOT NULL});
is($stdout, 't', 'an owner with an odd name installs it');
is($stderr, '', 'without a word');
$node->safe_psql('postgres', 'DROP DATABASE planted; CREATE DATABASE clean');

# What is lived through: each statement names no operator, cast or function but ours, so that what is called in another
# way is called by us. Times are not shown, because settings change their text.
my $rows = join ",\n", map {
	my ($n, $email) = ($_, $_ % 4 ? "lead$_\@firm$_.example.com" : 'lead' . ($_ - 1) . '@firm' . ($_ - 1) . '.example.com');
	sprintf "(%d, 'Анна Берг %d', 'ООО Василёк', '%s', '+7 921 555-%02d-%02d', %d, %s, %s, %s, '%s', 'Ольга', NULL, %d, '2025-%02d-%02dT10:00:00+03')",
		$n, $n, $email, $n % 100, $n * 7 % 100, $n % 6, $n % 3 ? 'true' : 'NULL', $n % 5 ? 'NULL' : 'true', $n % 7 < 3 ? 'true' : 'false',
		(qw(ads seo site))[ $n % 3 ], 1000 * $n, 1 + $n % 12, 1 + $n % 28
} 1 .. 240;
my $setup = <<"SQL";
CREATE EXTENSION leadscore;
CREATE TABLE public.leads (id bigint PRIMARY KEY, name text, company text, email text, phone text, site_visits int, accepted boolean, price_requested boolean, paid boolean,
  channel text, manager text, status text, budget numeric, created_at timestamptz);
INSERT INTO public.leads VALUES $rows;
CREATE TABLE public.events (lead_id bigint REFERENCES public.leads, event text, at timestamptz);
CREATE INDEX ON public.events (lead_id);
CREATE TABLE public.log (lead text, stage text, entered_at timestamptz);
INSERT INTO public.log VALUES ('2', 'lead', '2025-01-01'), ('2', 'mql', '2025-01-02'), ('5', 'hold', '2025-01-03');
CREATE TABLE public.scored (id int PRIMARY KEY, site_visits int, score float8, grade text);
CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON public.scored FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('plain', 'score', 'grade');
CREATE SCHEMA evil AUTHORIZATION mallory;
SQL
my $live = <<'SQL';
SET client_min_messages = warning;
SELECT leadscore.create_model('sales', 'b2b', 'public.leads', '{"full_name": "name"}');
SELECT leadscore.create_model('plain', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('plain', 'visits', 'site_visits > 2', '10'), ('plain', 'asked', 'site_visits = 5', '20'), ('plain', 'text', 'site_visits::text LIKE ''%1%'' AND lower(''A'') || ''x'' = ''ax''', '5');
SELECT * FROM leadscore.validate_model('plain', 'public.leads');
SELECT leadscore.attach('public.leads', 'sales', events => 'public.events', source => 'crm');
SELECT leadscore.refresh('crm');
INSERT INTO public.leads (id, name, email, phone, channel, manager, created_at) VALUES (1001, 'Anna Berg', 'LEAD5@firm5.example.com', '8 (921) 555-05-35', 'ads', 'Павел', '2026-01-05');
UPDATE public.leads SET paid = true, status = 'x' WHERE id OPERATOR(pg_catalog.<) 9;
INSERT INTO public.events VALUES (1, 'demo_request', '2026-01-01'), (2, 'email_open', '2026-01-01');
DELETE FROM public.leads WHERE id OPERATOR(pg_catalog.=) 240;
SELECT leadscore.import_stage_history('crm', 'public.log');
SELECT leadscore.forget('crm', '10');
SELECT leadscore.rescore('crm');
SELECT leadscore.rescan('crm');
CALL leadscore.fill('crm');
SELECT * FROM leadscore.verify('crm');
INSERT INTO public.scored VALUES (1, 5), (2, 1);
UPDATE leadscore.criterion SET points = '30' WHERE criterion OPERATOR(pg_catalog.=) 'visits';
SELECT leadscore.rescore_table('public.scored');
SELECT id, score, grade FROM public.scored ORDER BY id;
SELECT lead, score, grade, temperature, target, visits, channel, owner, amount, is_duplicate, problem FROM leadscore.lead_state ORDER BY lead;
SELECT lead, visit_no, stage_id, lap_no, cause FROM leadscore.stage_history ORDER BY lead, visit_no;
SELECT l.id, leadscore.score('plain', l) FROM public.leads AS l ORDER BY 1;
SELECT e.* FROM public.leads AS l, leadscore.explain('plain', l) AS e WHERE l.id OPERATOR(pg_catalog.=) 7;
SELECT leadscore.classify('sales', l), leadscore.target('sales', l) FROM public.leads AS l ORDER BY l.id;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('public.leads');
SELECT leadscore.is_duplicate('public.leads', '4');
SELECT m.lead_id FROM public.leads AS l, leadscore.have_we_met('public.leads', l) AS m WHERE l.id OPERATOR(pg_catalog.=) 3;
SELECT lead_id, cluster_id FROM leadscore.cluster_duplicates('public.leads') ORDER BY 1, 2;
SELECT lead_a, lead_b FROM leadscore.find_duplicates('public.leads') ORDER BY 1, 2;
SELECT cluster_id, column_name, lead_id, rule FROM leadscore.golden_record('public.leads', rules => '{"email": "most_frequent", "budget": "max", "name": "longest"}') ORDER BY 1, 2;
SELECT leadscore.create_match_rule('ours', 'contact');
SELECT t.leads FROM leadscore.train_match('ours', 'public.leads') AS t;
SELECT t.leads, t.wins, t.warnings FROM leadscore.train('learned', 'public.leads', 'paid', '{site_visits,channel}', at => 'created_at', penalty => 1) AS t;
SELECT criterion, condition FROM leadscore.criterion WHERE model OPERATOR(pg_catalog.=) 'learned' ORDER BY 1;
SELECT c.wins FROM leadscore.calibrate_probability('learned', 'public.leads', 'paid') AS c;
SELECT * FROM leadscore.calibrate('public.leads', 'paid', '{channel}');
SELECT p.overridden FROM leadscore.publish_model('learned', 'plain', 'public.leads', 'paid', 'created_at', as_of => '2025-12-01', force => true) AS p;
SELECT leadscore.import_model(leadscore.export_model('plain'), 'copy');
SELECT criterion, condition, points FROM leadscore.criterion WHERE model OPERATOR(pg_catalog.=) 'copy' ORDER BY 1;
SELECT leadscore.rename_columns('a > 1 AND b', '{"a": "c"}'), leadscore.expression_columns('a > 1 AND b');
SELECT leadscore.create_stage_map('sales', 'amocrm');
SELECT leadscore.sign_target('sales', 'marketing', 'Ольга');
SELECT leadscore.create_framework('BANT');
SELECT leadscore.set_comments_language('ru');
SELECT leadscore.set_comments_language('en');
SELECT leadscore.grant_reader('crm', 'mallory'), leadscore.grant_planner('crm', 'mallory'), leadscore.grant_editor('mallory');
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('crm', '2025-03-03', 'ads', 100);
INSERT INTO leadscore.plan (source, month, leads, deals) VALUES ('crm', '2025-03-01', 10, 5);
SELECT section, what FROM leadscore.lead_card('crm', '1');
SELECT * FROM leadscore.stage_alerts('crm');
SELECT * FROM leadscore.funnel('crm');
SELECT leadscore.revoke_reader('crm', 'mallory'), leadscore.revoke_planner('crm', 'mallory');
\set ECHO none
SELECT pg_catalog.format('SELECT %L, pg_catalog.count(*) FROM leadscore.%I', c.relname, c.relname) FROM pg_catalog.pg_class AS c
WHERE c.relnamespace OPERATOR(pg_catalog.=) 'leadscore'::pg_catalog.regnamespace AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,v}') AND c.relname OPERATOR(pg_catalog.<>) 'unsettled_lead' ORDER BY c.relname COLLATE pg_catalog."C"
\gexec
SELECT leadscore.detach('crm'), leadscore.drop_duplicate_index('public.leads'), leadscore.clean_sources(), leadscore.clean_duplicate_indexes();
SQL

# Every function of pg_catalog that can be imitated, every operator, every type, and temporary tables for all that can be
# read, of pg_catalog and of ours: each tells when it is called.
my $plant = <<'SQL';
SET ROLE mallory;
SET check_function_bodies = off;
SET client_min_messages = error;
DO $do$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT t.typname FROM pg_type AS t WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typelem = 0 AND t.typname <> ALL ('{internal,cstring,unknown}') LOOP
    EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%I CHECK (evil.trap(%L))', one.typname, one.typname, 'type ' || one.typname);
  END LOOP;
  FOR one IN
    SELECT p.proname, string_agg(format_type(a.type, NULL), ', ' ORDER BY a.place) AS arguments, format_type(p.prorettype, NULL) AS result, p.proretset, p.prokind
    FROM pg_proc AS p CROSS JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, place) JOIN pg_type AS t ON t.oid = a.type
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'a') AND p.provariadic = 0
    GROUP BY p.oid HAVING bool_and(t.typtype IN ('b', 'r', 'm') AND t.typname <> 'unknown' OR t.typname IN ('anyelement', 'anyarray', 'anynonarray', 'anycompatible', 'anycompatiblearray'))
      AND (SELECT r.typtype IN ('b', 'r', 'm') FROM pg_type AS r WHERE r.oid = p.prorettype)
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM evil.trap(%L); %s; END $f$', one.proname, one.arguments, CASE WHEN one.proretset THEN 'SETOF' ELSE '' END, one.result,
        'function ' || one.proname, CASE WHEN one.proretset THEN 'RETURN' ELSE 'RETURN NULL' END);
    EXCEPTION WHEN duplicate_function THEN NULL;
    END;
  END LOOP;
  FOR one IN
    SELECT o.oprname, format_type(o.oprleft, NULL) AS left_type, format_type(o.oprright, NULL) AS right_type, format_type(o.oprresult, NULL) AS result, o.oprleft
    FROM pg_operator AS o JOIN pg_type AS r ON r.oid = o.oprright JOIN pg_type AS t ON t.oid = o.oprresult
    WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND r.typtype = 'b' AND t.typtype = 'b' AND (o.oprleft = 0 OR (SELECT l.typtype = 'b' FROM pg_type AS l WHERE l.oid = o.oprleft))
  LOOP
    EXECUTE format('CREATE FUNCTION evil."operator %s"(%s %s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM evil.trap(%L); RETURN NULL; END $f$', one.oprname,
      CASE WHEN one.oprleft <> 0 THEN one.left_type || ', ' END, one.right_type, one.result, 'operator ' || one.oprname);
    EXECUTE format('CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil."operator %s")', one.oprname,
      CASE WHEN one.oprleft <> 0 THEN format('LEFTARG = %s, ', one.left_type) END, one.right_type, one.oprname);
  END LOOP;
  FOR one IN SELECT DISTINCT c.relname FROM pg_class AS c WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'leadscore'::regnamespace) AND c.relkind IN ('r', 'v') LOOP
    EXECUTE format('CREATE VIEW evil.%I AS SELECT evil.trap(%L) AS x', one.relname, 'relation ' || one.relname);
  END LOOP;
END $do$;
SQL
$plant = <<'SQL' . $plant;
SET ROLE mallory;
CREATE FUNCTION evil.trap(name pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'CAPTURED by % as %', name, current_user; RETURN true; END $$;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
RESET ROLE;
SQL
# In the session of the victim itself: temporary objects are found before all others.
my $temporary = <<'SQL';
DO $do$
DECLARE
  name pg_catalog.text;
BEGIN
  FOR name IN SELECT DISTINCT c.relname FROM pg_class AS c WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'leadscore'::regnamespace) AND c.relkind IN ('r', 'v') LOOP
    EXECUTE pg_catalog.format('CREATE TEMPORARY VIEW %I AS SELECT evil.trap(%L) AS x', name, 'temporary relation ' || name);
  END LOOP;
END $do$;
SQL

$node->safe_psql('clean', $setup);
foreach my $database (qw(captured empty settings))
{
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE clean");
}
my $clean = answer('clean', "SET search_path = public, pg_temp;\n$live");
unlike($clean, qr/FATAL|PANIC|XX000|server closed/, 'what is lived through ends');
is_deeply([ $clean =~ /^ERROR:.*$/mg ], [], 'without an error');

sub same
{
	my ($got, $name) = @_;
	my ($was, $is) = map { my $text = tr{"}{}dr; [ grep { !/^SET|^DO$/ } split /\n/, $text ] } $clean, $got;  # settings may quote all names
	is_deeply([ grep { /CAPTURED/ } @$is ], [], "$name: nothing is called that somebody has planted");
	is_deeply([ grep { !/CAPTURED/ } @$is ], $was, "$name: the answers are the same");
}

$node->safe_psql('captured', $plant);
is($node->safe_psql('captured', "SELECT count(*) > 1500 FROM pg_proc WHERE pronamespace = 'evil'::regnamespace"), 't', 'more than 1500 functions are planted');
like(answer('captured', "SET search_path = evil, pg_catalog; SELECT lower('A'::pg_catalog.text); SELECT 1 + 1;"), qr/CAPTURED by function lower.*CAPTURED by operator \+/s, 'and a careless statement is caught');
same(answer('captured', "\\set ECHO none\n$temporary SET search_path = evil, pg_catalog, public;\n\\set ECHO queries\n$live"), 'hostile schema and temporary objects');

# All that can be called, whatever it answers.
my $calls = $node->safe_psql('captured', <<'SQL');
SELECT CASE WHEN p.prokind = 'p' THEN 'CALL ' WHEN p.proretset THEN 'SELECT count(*) FROM ' ELSE 'SELECT pg_catalog.count(x.*) FROM (SELECT ' END || format('leadscore.%I(%s)', p.proname,
    (SELECT string_agg(CASE WHEN t.typtype = 'p' THEN CASE WHEN t.typname = 'anyelement' THEN 'l' ELSE 'NULL' END
      ELSE format('%L', CASE t.typname WHEN 'text' THEN 'sales' WHEN 'regclass' THEN 'public.leads' WHEN 'regtype' THEN 'public.leads' WHEN 'jsonb' THEN '{}' WHEN 'int4' THEN '1' WHEN 'int8' THEN '2' WHEN 'float8' THEN '0.5'
        WHEN 'bool' THEN 'true' WHEN 'timestamptz' THEN '2026-01-01' WHEN 'interval' THEN '1 day' WHEN 'date' THEN '2026-01-01' WHEN 'oid' THEN '0' WHEN 'regrole' THEN 'mallory' WHEN 'name' THEN 'score' END) || '::' || format('%I.%I', n.nspname, t.typname) END, ', ' ORDER BY a.place)
     FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place) JOIN pg_type AS t ON t.oid = a.type JOIN pg_namespace AS n ON n.oid = t.typnamespace))
  || CASE WHEN p.prokind = 'p' THEN '' WHEN p.proretset THEN CASE WHEN 'anyelement'::regtype = ANY (p.proargtypes) THEN ', public.leads AS l' ELSE '' END ELSE ' AS y FROM public.leads AS l LIMIT 3) AS x' END || ';'
FROM pg_proc AS p WHERE p.pronamespace = 'leadscore'::regnamespace AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND NOT 'internal'::regtype = ANY (p.proargtypes) AND p.prokind <> 'a' ORDER BY p.oid;
SQL
# What a call leaves behind must not keep the next from being made.
$calls =~ s/^SELECT count/SELECT pg_catalog.count/mg;
my $made = () = $calls =~ /;$/mg;
my $called = answer('captured', "$temporary SET statement_timeout = '5s'; SET search_path = evil, pg_catalog, public; SET client_min_messages = warning; \\set ON_ERROR_ROLLBACK on\nBEGIN;\n$calls\nROLLBACK;");
is_deeply([ $called =~ /^.*CAPTURED.*$/mg ], [], "$made calls of functions capture nothing");
unlike($called, qr/FATAL|PANIC|XX000|server closed/, 'and none of them ends the session');

same(answer('empty', "SET search_path = '';\n$live"), 'no search_path');
same(answer('settings', <<'SQL' . $live), 'hostile settings');
SET standard_conforming_strings = off; SET escape_string_warning = off; SET backslash_quote = off; SET quote_all_identifiers = on; SET transform_null_equals = on; SET array_nulls = off;
SET DateStyle = 'SQL, DMY'; SET IntervalStyle = sql_standard; SET TimeZone = 'Asia/Kathmandu'; SET bytea_output = escape; SET xmloption = document; SET lc_messages = 'C';
SET default_transaction_isolation = serializable; SET row_security = off; SET constraint_exclusion = on; SET default_transaction_deferrable = on; SET check_function_bodies = off; SET force_parallel_mode = on; SET enable_seqscan = off; SET jit_above_cost = 1000000; SET plan_cache_mode = force_generic_plan;
SQL

done_testing();
