# Marked personal data goes through everything, errors included, and is looked for in every table of the extension, in
# every line of the server's log and in every answer: it is in the user's own table, and nowhere else.
use strict;
use warnings;
use utf8;
use Digest::MD5 ();
use Digest::SHA ();
use Encode ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('privacy');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->append_conf('postgresql.conf', "log_min_messages = debug1\nlog_statement = none\nlog_min_error_statement = panic\nlog_error_verbosity = verbose\nlog_parameter_max_length_on_error = 0\nautovacuum = off\nfsync = off\nstatement_timeout = '60s'");
$node->start;

# Each mark in the forms in which it may be found: as written, as normalised, without case.
my @marks = (qw(canary7f3 79161234567 9161234567 123-45-67), 'канарейкин', 'kanareikin', 'kanarejkin', 'кенарь-трест', 'kenar', 'звоните после шести', 'secret note');
my @normal = ('canary7f3@zwitscher.example', '+79161234567', '79161234567', '9161234567', 'канарейкин', 'канарейкин пётр', 'пётр канарейкин', 'кенарь-трест', 'кенарь трест');
sub bytes { return Encode::encode('UTF-8', $_[0]) }
my @hashes = map { (Digest::MD5::md5_hex(bytes($_)), Digest::SHA::sha1_hex(bytes($_)), Digest::SHA::sha256_hex(bytes($_))) } @normal;
my $pattern = join '|', map { quotemeta(lc $_) } @marks, @hashes, map { unpack 'H*', bytes($_) } @marks;

sub found { my ($text) = @_; return [ map { Encode::encode('UTF-8', substr $_, 0, 300) } grep { /$pattern/ } split /\n/, lc $text ]; }

my $said = '';
sub ask
{
	my ($sql) = @_;
	my ($stdout, $stderr);
	$node->psql('postgres', "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT always\nSET client_min_messages = debug1;\n" . bytes($sql), stdout => \$stdout, stderr => \$stderr, on_error_stop => 0, timeout => 120);
	# Where psql shows the statement that it was given itself.
	$stderr = Encode::decode('UTF-8', $stderr);
	$stderr =~ s/^(psql:<stdin>:\d+: )?LINE \d+: .*\n.*\^\n//mg;
	$said .= $stderr;
	return Encode::decode('UTF-8', $stdout) . $stderr;
}

my $columns = 'id, name, company, email, phone, note, channel, manager, budget, created_at, paid';
my $person = sub { my ($id, $email) = @_; return "($id, 'Канарейкин Пётр', 'ООО Кенарь-Трест', '" . ($email // 'Canary7f3\@Zwitscher.example') . "', '+7 916 123-45-67', 'Звоните после шести, secret note', 'ads', 'Ольга', 1000, '2026-01-0$id', true)" };
my $first = $person->(1);
my $second = $person->(2, 'canary7f3\@zwitscher.example');
ask(<<"SQL");
CREATE EXTENSION leadscore;
CREATE TABLE leads (id bigint PRIMARY KEY, name text, company text, email text, phone text, note text, channel text, manager text, status text, budget numeric, created_at timestamptz, paid boolean, is_sure boolean, label text);
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'mail', 'email IS NOT NULL', '10'), ('m', 'note', 'length(note) > 5', '5');
INSERT INTO leads ($columns) SELECT 100 + n, 'Имя ' || n, 'Фирма ' || n, 'lead' || n || '\@firm' || n || '.example', '+7921555' || 1000 + n, 'n', (ARRAY['ads', 'seo'])[1 + n % 2], 'Ольга', n, timestamptz '2025-01-01' + n * interval '1 day', n % 3 = 0 FROM generate_series(1, 300) AS n;
INSERT INTO leads ($columns) VALUES $first;
SELECT leadscore.attach('leads', 'm', duplicates => 'mark');
INSERT INTO leads ($columns) VALUES $second;
UPDATE leads SET budget = 2 WHERE id < 3;
SELECT leadscore.refresh('leads'), leadscore.rescan('leads');
SELECT * FROM leadscore.verify('leads');
SELECT leadscore.create_match_rule('ours');
SELECT t.leads FROM leadscore.train_match('ours', 'leads') AS t;
SELECT count(*) FROM leadscore.learned_match_rule('leads', 'contact');
SELECT count(*) FROM leadscore.find_duplicates('leads');
SELECT count(*) FROM leadscore.cluster_duplicates('leads');
SELECT count(*) FROM leadscore.explain_blocking('leads');
SELECT count(*) FROM leadscore.golden_record('leads');
SELECT lead_id FROM leadscore.duplicate_leads('leads');
SELECT m.lead_id FROM leads AS l, leadscore.have_we_met('leads', l) AS m WHERE l.id = 1;
SELECT t.leads FROM leadscore.train('learned', 'leads', 'paid', ARRAY['channel', 'budget'], at => 'created_at', penalty => 1) AS t;
SELECT count(*) FROM leadscore.calibrate('leads', 'paid', ARRAY['channel']);
SELECT count(*) FROM leadscore.calibrate_probability('learned', 'leads', 'paid');
SELECT count(*) FROM leadscore.lead_card('leads', '1');
SELECT count(*) FROM leadscore.stage_alerts('leads');
SQL
# What goes wrong with the lead itself: in the model, in every mode of the index, in the data that functions are given.
ask(<<"SQL");
UPDATE leadscore.criterion SET condition = 'note::integer > 5' WHERE criterion = 'note';
UPDATE leads SET budget = 3 WHERE id < 3;
SELECT leadscore.refresh('leads');
SELECT * FROM leadscore.verify('leads');
SELECT count(*) FROM leadscore.lead_card('leads', '1');
SQL
my $casts = ask("SELECT problem FROM leadscore.lead_state WHERE lead = '1'");
ask(<<"SQL");
UPDATE leadscore.criterion SET condition = 'true' WHERE criterion = 'note';
SELECT leadscore.detach('leads');
SELECT leadscore.create_duplicate_index('leads', mode => 'warn');
UPDATE leads SET budget = 4 WHERE id = 2;
SELECT leadscore.create_duplicate_index('leads', mode => 'reject');
UPDATE leads SET budget = 5 WHERE id = 2;
SELECT leadscore.attach('leads', 'm', on_error => 'raise');
UPDATE leads SET budget = 6 WHERE id = 2;
SELECT leadscore.train('x', 'leads', 'note');
SELECT leadscore.train('x', 'leads', 'paid', ARRAY['note']);
SELECT leadscore.calibrate('leads', 'note', ARRAY['channel']);
SELECT leadscore.import_stage_history('leads', 'leads', 'id', 'channel', 'created_at');
SELECT leadscore.golden_record('leads', rules => '{"note": "max", "email": "min"}', source => 'note');
SELECT leadscore.phone_normalize(phone, 'XX'), leadscore.email_normalize(note), leadscore.email_kind(email) FROM leads WHERE id = 1;
SELECT leadscore.contact_signals(email, phone, name, 'RU') FROM leads WHERE id = 1;
SELECT leadscore.jaro(name, note), leadscore.levenshtein(name, note, -1) FROM leads WHERE id = 1;
SELECT leadscore.score('m', l) FROM (SELECT note, email::varchar(3) AS email FROM leads WHERE id = 1) AS l;
SELECT leadscore.match_weight('contact', l, l, '{"email": "budget"}') FROM leads AS l WHERE id = 1;
SQL
# A condition that casts a text prints it when it cannot: PostgreSQL's own message, which is raised and not kept.
like($casts, qr/a text cannot be read as the type to which it is cast \(criterion "note" of model "m"\)/, 'why a lead could not be judged is kept');
is_deeply(found($casts), [], 'without what the lead holds');
is(scalar @{ found(ask('SELECT email FROM leads WHERE id < 3')) }, 2, 'what is looked for is found where it is: in the table of the user');
is($node->safe_psql('postgres', 'SELECT count(*) FROM leadscore.duplicate_edge'), '1', 'and the two were found to be one person');
my $tables = $node->safe_psql('postgres', q{SELECT string_agg(format('SELECT %L || x::text FROM leadscore.%I AS x', relname || ': ', relname), ' UNION ALL ') FROM pg_class WHERE relnamespace = 'leadscore'::regnamespace AND relkind = 'r'});
is_deeply(found(ask("$tables;")), [], 'no table of the extension holds any of it');
my $log = Encode::decode('UTF-8', slurp_file($node->logfile));
my @lines = grep { !/STATEMENT:/ } split /\n/, $log;
is_deeply(found($said), [], 'no message to the client does');
is_deeply(found(join "\n", @lines), [], 'no line of the log does');
my $statistics = ask("SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = 'leadscore'");
is_deeply(found($statistics), [], 'nor do the statistics');

# A person who is forgotten, and whose row is deleted, is nowhere.
ask("SELECT leadscore.forget('leads', '1'), leadscore.forget('leads', '2'); DELETE FROM leads WHERE id < 3;");
foreach my $table (split /\n/, $node->safe_psql('postgres', q{SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'r' AND a.attname IN ('lead', 'lead_a', 'lead_b', 'lead_id')}))
{
	my ($name, $column) = split /\./, $table;
	is($node->safe_psql('postgres', "SELECT count(*) FROM leadscore.$name WHERE $column\::text IN ('1', '2')"), '0', "$table: the person is forgotten");
}
is($node->safe_psql('postgres', 'SELECT count(*) = (SELECT count(*) FROM leads) FROM leadscore.lead_state'), 't', 'and nobody else');

done_testing();
