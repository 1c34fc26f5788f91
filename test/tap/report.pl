# The page of leadscore.report() in a browser: nothing is wider than a phone or a desk, nothing is asked from outside, nothing
# complains, in light and dark, in both languages; and in a database whose encoding has no Russian letters.
# With LEADSCORE_SCREENSHOTS=folder it leaves pictures there, among them docs/report.png.
use strict;
use warnings FATAL => 'all';
use Browser;
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('report');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "statement_timeout = '120s'");
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

sub page
{
	my ($database, $language, $source) = @_;
	return $node->safe_psql($database, "SELECT leadscore.report('$source', language => '$language')");
}

$node->safe_psql('postgres', "CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0");
$node->safe_psql('latin', <<'SQL');
CREATE EXTENSION leadscore;
CREATE TABLE lead (id bigint PRIMARY KEY);
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.stage (model, stage, stage_no, kind, title) VALUES ('m', 'lead', 1, 'open', 'Lead'), ('m', 'customer', 2, 'won', 'Customer');
INSERT INTO leadscore.source (source_id, source, relation, model, key, columns) VALUES (1, 'lead', 'lead', 'm', '{id}', '{}');
INSERT INTO leadscore.source_stage VALUES (1, 1, 'lead'), (1, 2, 'customer');
INSERT INTO leadscore.lead_state (source_id, lead, created_at, cohort_day, channel, stage_id, visits, visited, scored_at, first_scored_at) VALUES (1, '1', now(), (now() AT TIME ZONE 'UTC')::date, U&'caf\00E9', 1, 1, 2, now(), now());
SQL
my $latin = page('latin', 'ru', 'lead');
like($latin, qr/<h2>&#x0412;&#x043e;&#x0440;&#x043e;&#x043d;&#x043a;&#x0430;<\/h2>/, 'Russian letters are written as numbers where the database has none');
is($node->safe_psql('latin', "SELECT leadscore.funnel_chart('lead') LIMIT 1"), '1 Lead                   ######################          1 100 % [ 21, 100]', 'bars are ASCII there');

SKIP:
{
	skip 'there is no Chromium (package chromium)', 1 unless Browser::program();
	$node->safe_psql('postgres', 'CREATE EXTENSION leadscore');
	$node->safe_psql('postgres', slurp_file(dirname(__FILE__) . '/report_data.sql'));
	# Names that a page must survive.
	$node->safe_psql('postgres', <<'SQL');
CREATE TABLE bad (id bigint PRIMARY KEY, channel text, manager text, created_at timestamptz);
INSERT INTO bad SELECT n, (ARRAY['<script>console.error(1)</script>', repeat('W', 10000), U&'\05D0\05D1\202Egpj.exe', '"><img src=x onerror=console.error(1)>', repeat('word ', 50)])[1 + n % 5] || n % 20, repeat('M', n % 300), now() - n % 100 * interval '1 day' FROM generate_series(1, 1000) AS n;
SELECT leadscore.create_model('bad', 'blank');
SELECT leadscore.attach('bad', 'bad', key => 'id', columns => '{"owner": "manager"}', source => '</title><script>console.error(1)</script>' || repeat('x', 200));
INSERT INTO leadscore.spend (source, day, channel, amount) SELECT s.source, current_date - 60, l.channel, 1e14 / l.id FROM leadscore.source AS s, bad AS l WHERE s.source LIKE '%script%' AND l.id <= 20 AND length(l.channel) < 1000;
CREATE TABLE few (id bigint PRIMARY KEY, created_at timestamptz);
INSERT INTO few VALUES (1, now());
SELECT leadscore.attach('few', 'bad', key => 'id', source => 'few');
SQL
	my $folder = PostgreSQL::Test::Utils::tempdir();
	my $browser = Browser->start($folder);
	my $number = 0;
	foreach my $source ('Language school', $node->safe_psql('postgres', q(SELECT source FROM leadscore.source WHERE source LIKE '%script%')), 'few')
	{
		$number++;
		foreach my $language (qw(en ru))
		{
			my $file = "$folder/report_${number}_$language.html";
			open my $out, '>:raw', $file or die "$file: $!";
			print $out page('postgres', $language, $source);
			close $out;
			foreach my $window ([ 360, 'light' ], [ 1440, 'dark' ], $number == 1 ? ([ 360, 'dark' ], [ 1440, 'light' ]) : ())
			{
				my ($width, $scheme) = @$window;
				my $name = "page $number, $language, $width pixels, $scheme";
				is(join("\n", $browser->open_page("file://$file", $width, $scheme)), '', "$name: nothing complains, nothing is fetched");
				cmp_ok($browser->value('document.documentElement.scrollWidth'), '<=', $width, "$name: the page is no wider than the window");
				is($browser->value('[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 || e.getBoundingClientRect().left < -0.5).map(e => e.textContent).join("; ")'), '', "$name: neither is anything on it");
				$browser->screenshot("$ENV{LEADSCORE_SCREENSHOTS}/report_${number}_${language}_${width}_$scheme.png") if $ENV{LEADSCORE_SCREENSHOTS};
			}
		}
	}
	isnt($browser->value('getComputedStyle(document.body).backgroundColor'), 'rgb(245, 246, 248)', 'dark is another colour');
	if ($ENV{LEADSCORE_SCREENSHOTS})
	{
		$browser->open_page("file://$folder/report_1_en.html", 900, 'light');
		$browser->screenshot("$ENV{LEADSCORE_SCREENSHOTS}/report.png", 1150);
	}
	$browser->stop;
}

$node->stop;
done_testing();
