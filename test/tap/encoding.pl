# The extension installs and scores in databases of any encoding, Russian text included where it can be written.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encoding');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

my $score = <<'SQL';
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE TABLE leads (id integer, company text, headcount integer);
INSERT INTO leads VALUES (1, 'Ромашка', 120), (2, NULL, 5);
SELECT leadscore.create_model('b2b', 'b2b', 'leads');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('b2b', 'Ромашка', 'company = ''Ромашка''', '7');
SELECT string_agg(leadscore.score('b2b', l)::text, ' ' ORDER BY id) FROM leads AS l;
SELECT title_ru FROM leadscore.model;
SQL
my %answer;
foreach my $encoding (qw(UTF8 WIN1251 KOI8R ISO_8859_5 SQL_ASCII LATIN1 EUC_JP))
{
	$node->safe_psql('postgres', "CREATE DATABASE \"in_$encoding\" ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
	$node->safe_psql("in_$encoding", 'CREATE EXTENSION leadscore');
	is($node->safe_psql("in_$encoding", <<'SQL'), '10', "$encoding: the extension is installed and scores");
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', 'a = 1', '10');
SELECT leadscore.score('m', s) FROM (SELECT 1 AS a) AS s;
DELETE FROM leadscore.model;
SQL
	next if $encoding eq 'LATIN1' || $encoding eq 'SQL_ASCII';
	$answer{$encoding} = $node->safe_psql("in_$encoding", $score);
	like($answer{$encoding}, qr/\A\s*\d+ \d+\n\S+/, "$encoding: leads are scored");
	is($answer{$encoding}, $answer{UTF8}, "$encoding: as in UTF8");
}
# Contacts: read by way of UTF-8, written in the database's encoding.
my $contact = <<'SQL';
SET client_encoding = 'UTF8';
SELECT leadscore.name_key('Щукин Иван') = leadscore.name_key('Ivan Shchukin'), leadscore.translit('Ёлка'), leadscore.name_normalize('ИВАНОВ, Пётр'), leadscore.company_normalize('ООО «Ромашка»'),
  leadscore.email_normalize('Иван <Ivan@Mail.RU>'), leadscore.email_kind('a@почта.рф'), leadscore.phone_normalize('тел. 8 (495) 204-17-35 доб. 2', 'RU'), leadscore.contact_signals('йцукен', NULL, NULL, NULL);
SQL
foreach my $encoding (qw(UTF8 WIN1251 KOI8R EUC_JP))
{
	my $written = $encoding =~ /EUC_JP|KOI8R/ ? $contact =~ s/«|»//gr : $contact;
	is($node->safe_psql("in_$encoding", $written),
		't|Elka|иванов петр|ромашка|ivan@mail.ru|corporate|+74952041735|{joke_name,keyboard_walk_name,lower_case_name}', "$encoding: contacts are read");
}
# Frameworks: questions in Russian where they can be written, answers read in the database's encoding.
my $framework = <<'SQL';
SET client_encoding = 'UTF8';
DO $$ BEGIN PERFORM leadscore.create_framework(f) FROM unnest(ARRAY['BANT', 'ANUM', 'CHAMP', 'GPCTBA/C&I', 'MEDDIC']) AS f; END $$;
SELECT score, answered, next_question_ru FROM leadscore.framework_score('BANT', '{"budget": "ДА", "need": " Нет", "timing": "не знаю"}');
SQL
foreach my $encoding (qw(UTF8 WIN1251 KOI8R ISO_8859_5 EUC_JP))
{
	is($node->safe_psql("in_$encoding", $framework), '78.125|2|За кем последнее слово в этом вопросе?', "$encoding: answers are read");
}
is($node->safe_psql('in_WIN1251', q{SELECT answered FROM leadscore.framework_score('BANT', jsonb_build_object('budget', convert_from('\x98', 'WIN1251'), 'need', 'yes'))}),
	'1', 'WIN1251: a byte that is no character is no answer');
is($node->safe_psql('in_LATIN1', q{SELECT answered FROM leadscore.framework_score('{"format": 1, "elements": [{"element": "a", "priority": 1}]}'::jsonb, '{"a": "Yes"}')}),
	'1', 'LATIN1: answers are read');
is($node->safe_psql('in_LATIN1', "SET client_encoding = 'UTF8'; SELECT leadscore.name_normalize('MÜLLER Jörg'), leadscore.translit('Müller'), leadscore.name_key('Jörg')"),
	'jörg müller|Muller|' . $node->safe_psql('in_UTF8', "SELECT leadscore.name_key('Jörg')"), 'LATIN1: contacts are read');
is($node->safe_psql('in_SQL_ASCII', "SELECT leadscore.phone_normalize(E'8 495 204-17-35 \\xff', 'RU'), leadscore.name_normalize(E'\\xffIvan'), leadscore.email_normalize(E'a\\xff\@mail.ru')"),
	'+74952041735|ivan|', 'SQL_ASCII: bytes that are no UTF-8 belong to no word and no address');

# Columns are guessed by their names, but for those that no column can have.
my $attach = <<'SQL';
SET client_min_messages = warning;
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'c', 'budget > 1', '10');
CREATE TABLE crm (id int PRIMARY KEY, email text, budget int, utm_source text);
SELECT leadscore.attach('crm', 'm');
SELECT columns FROM leadscore.source;
INSERT INTO crm VALUES (1, 'a@b.fr', 5, 'ads');
SELECT score, channel, amount FROM leadscore.leads;
SELECT count(*) FROM leadscore.verify('crm');
SQL
foreach my $encoding (qw(LATIN1 UTF8))
{
	$node->safe_psql("in_$encoding", "DELETE FROM leadscore.model");
	like($node->safe_psql("in_$encoding", $attach), qr/"channel": "utm_source".*\n10\|ads\|5\.00\n0\z/s, "$encoding: a table is attached");
}

my ($status, undef, $error) = $node->psql('in_LATIN1', "SELECT leadscore.create_model('b2b', 'b2b')");
like($error, qr/has no equivalent in encoding "LATIN1"|cannot be translated|Unicode escape/, 'LATIN1: a Russian title that cannot be written is an error, not garbage');

$node->stop;
done_testing();
