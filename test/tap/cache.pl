# A subtransaction is rolled back while another session commits: its edit is not seen any more, though neither the
# command counter nor xmax tells of it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('cache');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION leadscore;
CREATE EXTENSION dblink;
CREATE TABLE leads AS SELECT 1 AS id;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, points) VALUES ('m', 'c', '10');
CREATE TABLE seen (round integer, score float8);
SQL
my $other = $node->connstr('postgres');
$other =~ s/'/''/g;
$node->safe_psql('postgres', <<"SQL");
DO \$\$
DECLARE scores float8[]; l leads;
BEGIN
  SELECT * INTO l FROM leads;
  -- No command but the edit, which would move the command counter.
  FOR i IN 1..2 LOOP
    BEGIN
      IF i = 1 THEN
        UPDATE leadscore.criterion SET points = '99';
        PERFORM * FROM dblink('$other', 'SELECT txid_current()') AS t (x bigint);
      END IF;
      scores[i] := leadscore.score('m', l);
      IF i = 1 THEN RAISE EXCEPTION 'undo'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END LOOP;
  INSERT INTO seen SELECT i, scores[i] FROM generate_series(1, 2) AS i;
END \$\$;
SQL
is($node->safe_psql('postgres', 'SELECT round, score FROM seen ORDER BY round'), "1|99\n2|10", 'what was rolled back is not scored with');

# Editors of one model, each with single statements, do not deadlock.
my $script = PostgreSQL::Test::Utils::tempdir() . '/edit.sql';
append_to_file($script, <<'SQL');
INSERT INTO leadscore.criterion (model, criterion, points) SELECT 'm', :client_id || '-' || n || '-' || random(), '1' FROM generate_series(1, 200) AS n;
SQL
my ($out, $error);
IPC::Run::run([ 'pgbench', '-n', '-c2', '-j2', '-t10', '-f', $script, $node->connstr('postgres') ], '>', \$out, '2>', \$error);
unlike($error, qr/deadlock/, 'two editors do not deadlock');
is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.criterion"), 1 + 2 * 10 * 200, 'every edit is there');

$node->stop;
done_testing();
