# pg_upgrade, which keeps the files of tables and makes their definitions anew, keeps what is known of attached tables.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = PostgreSQL::Test::Cluster->new('attached_old');
my $new = PostgreSQL::Test::Cluster->new('attached_new');
my $bin = $old->config_data('--bindir');
plan skip_all => "there is no pg_upgrade in $bin" if !-x "$bin/pg_upgrade";
foreach my $node ($old, $new)
{
	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
	$node->append_conf('postgresql.conf', "fsync = off");
	$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
}
$old->start;
$old->safe_psql('postgres', 'CREATE ROLE manager; CREATE ROLE "Планёр"; CREATE DATABASE crm');
$old->safe_psql('crm', <<'SQL');
CREATE EXTENSION leadscore;
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'visits', 'visits > 2', 10), ('m', 'active', 'engagement > 1', 5), ('m', 'first', 'NOT is_duplicate', 1);
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true'), ('m', 'mql', 'visits', 'visits > 5');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'click', 4, '30 days');
CREATE SCHEMA "we ird";
CREATE TABLE "we ird"."Le""ads" (gone integer, "K ey" bigint PRIMARY KEY, email text, visits integer, channel text, created_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE "we ird"."Le""ads" DROP COLUMN gone;
CREATE TABLE action (lead bigint NOT NULL, event text, at timestamptz DEFAULT now());
CREATE INDEX ON action (lead);
CREATE TABLE parted (id bigint, region text, visits integer, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE parted_a (visits integer, gone text, region text NOT NULL, id bigint NOT NULL);
ALTER TABLE parted_a DROP COLUMN gone;
ALTER TABLE parted ATTACH PARTITION parted_a FOR VALUES IN ('a');
CREATE TABLE parted_other PARTITION OF parted DEFAULT PARTITION BY HASH (id);
CREATE TABLE parted_other_1 PARTITION OF parted_other FOR VALUES WITH (MODULUS 1, REMAINDER 0);
SELECT leadscore.attach('"we ird"."Le""ads"', 'm', events => 'action', source => 'leads', duplicates => 'mark'), leadscore.attach('parted', 'm');
INSERT INTO "we ird"."Le""ads" SELECT n, 'a' || n / 2 || '@b.ru', n % 10, 'ads' FROM generate_series(1, 20) AS n;
INSERT INTO action SELECT n, 'click' FROM generate_series(1, 10) AS n;
UPDATE "we ird"."Le""ads" SET visits = 9 WHERE "K ey" < 5;
DELETE FROM "we ird"."Le""ads" WHERE "K ey" = 3;
INSERT INTO parted SELECT n, CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b' END, n FROM generate_series(1, 10) AS n;
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('leads', '2026-01-01', 'ads', 100);
INSERT INTO leadscore.plan (source, month, leads, budget) VALUES ('leads', '2026-01-01', 10, 1000);
INSERT INTO leadscore.stage_effort VALUES ('leads', 'mql', 30);
ALTER TABLE "we ird"."Le""ads" ENABLE ROW LEVEL SECURITY;
SELECT leadscore.grant_reader('leads', 'manager'), leadscore.grant_planner('leads', 'Планёр');
SELECT leadscore.set_comments_language('ru');
SQL
my $state = <<'SQL';
SET TimeZone = 'UTC';
SELECT s FROM leadscore.source AS s ORDER BY s.source_id;
SELECT s FROM leadscore.source_column AS s ORDER BY s.source_id, s.relation::text, s.number;
SELECT s FROM leadscore.source_stage AS s ORDER BY s.source_id, s.stage_id;
SELECT s FROM leadscore.source_reader AS s;
SELECT s FROM leadscore.source_planner AS s;
SELECT s FROM leadscore.lead_state AS s ORDER BY s.source_id, s.lead;
SELECT h FROM leadscore.stage_history AS h ORDER BY h.source_id, h.lead, h.visit_no;
SELECT c FROM leadscore.score_change AS c ORDER BY c.source_id, c.lead, c.changed_at, c.score;
SELECT s FROM leadscore.spend AS s;
SELECT p FROM leadscore.plan AS p;
SELECT e FROM leadscore.stage_effort AS e;
SELECT m.model, m.version FROM leadscore.model AS m ORDER BY 1;
SELECT i.relation, i.mode, i.key FROM leadscore.duplicate_index AS i;
SELECT md5(secret) FROM leadscore.secret;
SELECT count(*), md5(string_agg(k.hash::text || k.lead_id, ',' ORDER BY k.hash, k.lead_id)) FROM leadscore.contact_key AS k;
SELECT e FROM leadscore.duplicate_edge AS e ORDER BY e.verdict;
SELECT * FROM leadscore.duplicate_leads('"we ird"."Le""ads"') ORDER BY 1;
SELECT source, stage, reached FROM leadscore.funnel ORDER BY 1, 2, 3;
SELECT t.tgrelid::regclass, pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger AS t WHERE t.tgname LIKE 'leadscore%' ORDER BY t.tgrelid::regclass::text, t.tgname;
SELECT count(*) FROM pg_depend WHERE deptype = 'x';
SELECT evtname, evtenabled FROM pg_event_trigger ORDER BY 1;
SELECT obj_description('leadscore.lead_state'::regclass);
SQL
my $faults = "SELECT * FROM leadscore.verify('leads') UNION ALL SELECT * FROM leadscore.verify('parted')";
is($old->safe_psql('crm', $faults), '', 'nothing is wrong before');
my $before = $old->safe_psql('crm', $state);
$old->stop;

# It keeps its logs, and in some versions its scripts, where it is run.
my $dir = PostgreSQL::Test::Utils::tempdir();
chdir $dir or die $!;
my @no_sync = $old->pg_version >= 15 ? ('--no-sync') : ();
command_ok([ "$bin/pg_upgrade", @no_sync, '-b', $bin, '-B', $bin, '-d', $old->data_dir, '-D', $new->data_dir, '-s', $new->host, '-p', $old->port, '-P', $new->port ], 'pg_upgrade');
$new->start;

is($new->safe_psql('crm', $state), $before, 'all is as it was');
is($new->safe_psql('crm', $faults), '', 'nothing is wrong');
is($new->safe_psql('crm', <<'SQL'), "100|16|ref|1|f\n101|10|seo|0|t\n{100,c}|10||0|f", 'it goes on, and follows new names and partitions');
SET client_min_messages = error;
INSERT INTO "we ird"."Le""ads" VALUES (100, 'z@b.ru', 9, 'seo'), (101, 'a10@b.ru', 9, 'seo');
INSERT INTO action VALUES (100, 'click');
ALTER TABLE "we ird"."Le""ads" RENAME COLUMN channel TO kanal;
UPDATE "we ird"."Le""ads" SET kanal = 'ref' WHERE "K ey" = 100;
CREATE TABLE parted_c PARTITION OF parted FOR VALUES IN ('c');
INSERT INTO parted_c VALUES (100, 'c', 9);
INSERT INTO leadscore.spend (source, day, channel, amount) VALUES ('leads', '2026-01-02', 'ads', 100);
INSERT INTO leadscore.plan (source, month, leads) VALUES ('leads', '2026-02-01', 10);
SELECT lead, score, channel, events, is_duplicate FROM leadscore.lead_state WHERE lead IN ('100', '101', '{100,c}') ORDER BY lead;
SQL
is($new->safe_psql('crm', $faults), '', 'nothing is wrong afterwards');
is($new->safe_psql('crm', "SELECT leadscore.refresh('leads') + leadscore.rescan('leads'), leadscore.detach('parted'), leadscore.attach('parted', 'm') FROM (SELECT set_config('client_min_messages', 'error', false)) AS s"), '42||11', 'what is asked for works');
is($new->safe_psql('crm', $faults), '', 'nothing is wrong in the end');
is($new->safe_psql('crm', 'DROP EXTENSION leadscore; SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal'), '0', 'the extension can be dropped');

$new->stop;
done_testing();
