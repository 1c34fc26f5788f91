# Every released version can be installed, works with the module of today, and is updated to what a fresh installation is,
# under views, generated columns and triggers that depend on it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

# All that the catalogs say of the extension's members, in words that do not depend on OIDs.
my $catalog = <<'SQL';
SET search_path = pg_catalog;
WITH member AS (
  SELECT d.classid, d.objid, i.type, i.identity FROM pg_depend AS d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS i
  WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT e.oid FROM pg_extension AS e WHERE e.extname = 'leadscore') AND d.deptype = 'e'),
relation AS (SELECT m.identity, c.* FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid),
said (what, told) AS (
  SELECT m.type || ' ' || m.identity, coalesce(obj_description(m.objid, m.classid::regclass::name), '') FROM member AS m
  UNION ALL
  SELECT m.identity, concat_ws(' ', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, pg_get_function_result(p.oid), pg_get_function_arguments(p.oid), p.procost, p.prorows, p.provolatile, p.proparallel)
  FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
  UNION ALL
  SELECT m.identity, concat_ws(' ', a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggfinalmodify, a.aggtranstype::regtype, a.aggtransspace, a.agginitval)
  FROM member AS m JOIN pg_aggregate AS a ON m.classid = 'pg_proc'::regclass AND a.aggfnoid = m.objid
  UNION ALL
  SELECT 'rights of ' || m.identity, array_to_string(ARRAY(SELECT a::text FROM unnest(coalesce(p.proacl, c.relacl, t.typacl, n.nspacl)) AS a ORDER BY 1), ' ')
  FROM member AS m
  LEFT JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid LEFT JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
  LEFT JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid LEFT JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
  UNION ALL
  SELECT r.identity, concat_ws(' ', r.relkind, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity, r.reloptions, CASE r.relkind WHEN 'v' THEN pg_get_viewdef(r.oid) END) FROM relation AS r
  UNION ALL
  SELECT r.identity || '.' || a.attname, concat_ws(' ', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attacl, pg_get_expr(d.adbin, d.adrelid), col_description(r.oid, a.attnum))
  FROM relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef AS d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT r.identity || ' ' || c.conname, pg_get_constraintdef(c.oid) FROM relation AS r JOIN pg_constraint AS c ON c.conrelid = r.oid
  UNION ALL
  SELECT r.identity || ' index', pg_get_indexdef(i.indexrelid) FROM relation AS r JOIN pg_index AS i ON i.indrelid = r.oid
  UNION ALL
  SELECT r.identity || ' trigger', pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM relation AS r JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT r.identity || ' policy ' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM relation AS r JOIN pg_policy AS p ON p.polrelid = r.oid
  UNION ALL
  SELECT m.identity, concat_ws(' ', t.typtype, t.typcategory, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid))
  FROM member AS m JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
  UNION ALL
  SELECT 'event trigger ' || e.evtname, concat_ws(' ', e.evtevent, e.evtenabled, e.evtfoid::regproc, e.evttags) FROM member AS m JOIN pg_event_trigger AS e ON m.classid = 'pg_event_trigger'::regclass AND e.oid = m.objid
  UNION ALL
  SELECT 'dumped ' || c.config::regclass, c.condition FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS c (config, condition) WHERE e.extname = 'leadscore')
SELECT format('%s: %s', what, told) FROM said ORDER BY 1;
SQL

sub sql { my ($database, $query) = @_; return $node->safe_psql($database, $query); }

# A database that works with the extension: $step tells its rows apart.
my $made = <<'SQL';
CREATE TABLE lead (id bigint PRIMARY KEY, name text, email text, phone text, site_visits integer, channel text, created_at timestamptz NOT NULL DEFAULT '2026-05-01',
  number text GENERATED ALWAYS AS (leadscore.phone_normalize(phone, 'RU')) STORED, score double precision, grade text);
SELECT leadscore.create_model('m', 'b2b', 'lead', '{"full_name": "name"}');
CREATE TRIGGER keep_score BEFORE INSERT OR UPDATE ON lead FOR EACH ROW EXECUTE FUNCTION leadscore.set_score('m', 'score', 'grade');
CREATE VIEW quality AS SELECT l.id, leadscore.score('m', l) AS score, leadscore.email_kind(l.email) AS kind FROM lead AS l;
CREATE INDEX ON lead (leadscore.email_normalize(email));
SELECT leadscore.attach('lead', 'm', duplicates => 'mark');
CREATE VIEW board AS SELECT f.* FROM leadscore.funnel AS f;
CREATE MATERIALIZED VIEW share AS SELECT leadscore.wilson(count(*) FILTER (WHERE l.is_duplicate), count(*)) AS duplicates, leadscore.auc(l.score, l.is_duplicate) AS auc FROM leadscore.leads AS l;
SQL
my $lives = <<'SQL';
INSERT INTO lead (id, name, email, phone, site_visits, channel) SELECT n, 'Анна ' || n, 'anna' || n % 5 || '@b.ru', '8 912 345-67-0' || n % 5, n, 'ads' FROM generate_series(STEP, STEP + 9) AS n;
UPDATE lead SET site_visits = 1 WHERE id = STEP;
DELETE FROM lead WHERE id = STEP + 1;
REFRESH MATERIALIZED VIEW share;
SQL
my $answers = <<'SQL';
SELECT id, name, number, score, grade FROM lead ORDER BY id;
SELECT * FROM quality ORDER BY id;
SELECT source, stage, reached, current FROM board ORDER BY 1, 2;
SELECT * FROM share;
SELECT lead_id, primary_id FROM leadscore.duplicate_leads('lead');
SELECT lead, score, stage, is_duplicate FROM leadscore.leads ORDER BY lead;
SELECT * FROM leadscore.verify('lead');
SQL

sql('postgres', 'CREATE DATABASE fresh');
sql('fresh', 'CREATE EXTENSION leadscore');
my $today = sql('fresh', $catalog);
cmp_ok(length($today), '>', 500_000, 'the catalogs say much of a fresh installation');
my @versions = sort map { m{/leadscore--([0-9.]+)\.sql$} ? $1 : () } glob('upgrade/*.sql');
cmp_ok(scalar(@versions), '>=', 1, "there are released versions: @versions");
sql('fresh', $made . $lives =~ s/STEP/1/gr . $lives =~ s/STEP/101/gr);
my $expected = sql('fresh', $answers);
like($expected, qr/^5\|.*\n/m, 'the answers say something');

foreach my $version (@versions)
{
	my $database = "old_$version";
	sql('postgres', "CREATE DATABASE \"$database\"");
	sql($database, "CREATE EXTENSION leadscore VERSION '$version'; $made" . $lives =~ s/STEP/1/gr);
	is(sql($database, 'SELECT count(*) FROM leadscore.verify(\'lead\')'), '0', "$version works with the module of today");

	sql($database, 'ALTER EXTENSION leadscore UPDATE');
	is(sql($database, "SELECT extversion = leadscore.version() FROM pg_extension WHERE extname = 'leadscore'"), 't', "$version is updated to the version of the module");
	my $updated = sql($database, $catalog);
	if (!ok($updated eq $today, "$version is updated to what a fresh installation is"))
	{
		my %is_today = map { $_ => 1 } split(/\n/, $today);
		my %is_updated = map { $_ => 1 } split(/\n/, $updated);
		diag("only after the update: $_") foreach grep { !$is_today{$_} } split(/\n/, $updated);
		diag("only in a fresh one: $_") foreach grep { !$is_updated{$_} } split(/\n/, $today);
	}
	sql($database, $lives =~ s/STEP/101/gr);
	is(sql($database, $answers), $expected, "what depends on $version works on");
	like(sql($database, "SELECT leadscore.report('lead')"), qr/<svg/, "what has come since $version is there");
}

$node->stop;
done_testing();
