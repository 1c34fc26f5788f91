# Finding duplicates among people whose identity is known: how many pairs of one person end in one cluster, and how many
# in a cluster are one person. One rule for all, its defaults. Runs where the data is (see LEADSCORE_DATA in
# CONTRIBUTING.md).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{LEADSCORE_DATA};
foreach my $file (qw(febrl1.csv febrl2.csv fake_1000.csv ru_leads_4k.csv))
{
	plan skip_all => "dedup/$file is not here" unless defined $data && -r "$data/dedup/$file";
}

my $node = PostgreSQL::Test::Cluster->new('duplicates');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

# The fields of Febrl begin with a space; the number in rec-N-org and rec-N-dup-K is the person's.
my $febrl = join "\n", map { <<"SQL" } qw(febrl1 febrl2);
CREATE TABLE $_ (rec_id text PRIMARY KEY, given_name text, surname text, street_number text, address_1 text, address_2 text, suburb text, postcode text, state text, date_of_birth text, soc_sec_id text);
COPY $_ FROM '$data/dedup/$_.csv' WITH (FORMAT csv, HEADER);
UPDATE $_ SET given_name = nullif(trim(given_name), ''), surname = nullif(trim(surname), ''), address_1 = nullif(trim(address_1), ''), suburb = nullif(trim(suburb), ''),
  postcode = nullif(trim(postcode), ''), date_of_birth = nullif(trim(date_of_birth), ''), soc_sec_id = nullif(trim(soc_sec_id), '');
SQL
$node->safe_psql('postgres', <<"SQL");
CREATE EXTENSION leadscore;
$febrl
CREATE TABLE fake_1000 (unique_id integer PRIMARY KEY, first_name text, surname text, dob date, city text, email text, cluster integer);
COPY fake_1000 FROM '$data/dedup/fake_1000.csv' WITH (FORMAT csv, HEADER);
CREATE TABLE ru_leads_4k (lead_id integer PRIMARY KEY, person_id integer, submitted_at timestamptz, first_name text, last_name text, patronymic text, email text, phone text, company text, city text, source text, errs text);
COPY ru_leads_4k FROM '$data/dedup/ru_leads_4k.csv' WITH (FORMAT csv, HEADER);
SQL

my $febrl_person = "split_part(rec_id, '-', 2)";
my $febrl_columns = '{"first_name": "given_name", "last_name": "surname", "address": "address_1", "city": "suburb", "postcode": "postcode", "birth_date": "date_of_birth", "national_id": "soc_sec_id"}';
my @sets = (
	{ relation => 'febrl1', key => 'rec_id', person => $febrl_person, columns => $febrl_columns, leads => 1000, pairs => 500, f1 => 0.995 },
	{ relation => 'febrl2', key => 'rec_id', person => $febrl_person, columns => $febrl_columns, leads => 5000, pairs => 1934, f1 => 0.995 },
	{ relation => 'fake_1000', key => 'unique_id', person => 'cluster', columns => '{"first_name": "first_name", "last_name": "surname", "birth_date": "dob", "city": "city", "email": "email"}',
		leads => 1000, pairs => 2031, f1 => 0.945 },
	{ relation => 'ru_leads_4k', key => 'lead_id', person => 'person_id', columns => '{"first_name": "first_name", "last_name": "last_name", "patronymic": "patronymic", "email": "email", "phone": "phone", "company": "company", "city": "city", "created_at": "submitted_at"}',
		leads => 5417, pairs => 1880, f1 => 0.92 });

sub pairs_of { return "coalesce(sum(size * (size - 1) / 2), 0) FROM (SELECT count(*) AS size FROM $_[0] GROUP BY $_[1]) AS s" }

foreach my $set (@sets)
{
	my ($relation, $key, $person, $columns) = @{$set}{qw(relation key person columns)};
	my $arguments = "'$relation', key => '$key', columns => '$columns'";
	$node->safe_psql('postgres', <<"SQL");
CREATE TABLE ${relation}_person AS SELECT $key\::text AS lead_id, ($person)::text AS person FROM $relation;
CREATE TABLE ${relation}_cluster AS SELECT * FROM leadscore.cluster_duplicates($arguments);
CREATE TABLE ${relation}_member AS SELECT * FROM ${relation}_cluster JOIN ${relation}_person USING (lead_id);
CREATE TABLE ${relation}_pair AS SELECT * FROM leadscore.find_duplicates($arguments);
SQL
	is($node->safe_psql('postgres', "SELECT count(*), count(DISTINCT lead_id) FROM ${relation}_person"), "$set->{leads}|$set->{leads}", "$relation: all leads are loaded");
	is($node->safe_psql('postgres', "SELECT count(*), count(DISTINCT lead_id), count(person) FROM ${relation}_cluster LEFT JOIN ${relation}_person USING (lead_id)"), "$set->{leads}|$set->{leads}|$set->{leads}", "$relation: each lead is in one cluster");
	is($node->safe_psql('postgres', "SELECT count(*) FROM (SELECT FROM ${relation}_cluster GROUP BY cluster_id HAVING count(*) FILTER (WHERE is_primary) <> 1) AS c"), '0', "$relation: each cluster has one primary");
	is($node->safe_psql('postgres', "SELECT count(*) - count(DISTINCT (least(lead_a, lead_b), greatest(lead_a, lead_b))), count(*) FILTER (WHERE lead_a = lead_b) FROM ${relation}_pair"), '0|0', "$relation: no pair comes twice");

	my $true = $node->safe_psql('postgres', 'SELECT ' . pairs_of("${relation}_person", 'person'));
	is($true, $set->{pairs}, "$relation: the pairs that there are");
	my $together = $node->safe_psql('postgres', 'SELECT ' . pairs_of("${relation}_member", 'cluster_id'));
	my $right = $node->safe_psql('postgres', 'SELECT ' . pairs_of("${relation}_member", 'cluster_id, person'));
	my ($found, $found_right) = split /\|/, $node->safe_psql('postgres', "SELECT count(*), count(*) FILTER (WHERE a.person = b.person) FROM ${relation}_pair AS p JOIN ${relation}_person AS a ON a.lead_id = p.lead_a JOIN ${relation}_person AS b ON b.lead_id = p.lead_b");
	my $precision = $together ? $right / $together : 0;
	my $f1 = 2 * $right / ($together + $true);
	my $pair_precision = $found ? $found_right / $found : 0;
	diag(sprintf('%-11s clusters: %d pairs of %d, precision %.4f, recall %.4f, F1 %.4f; pairs: %d, precision %.4f, recall %.4f',
		$relation, $together, $true, $precision, $right / $true, $f1, $found, $pair_precision, $found_right / $true));
	cmp_ok($f1, '>=', $set->{f1}, "$relation: F1 of the clusters");
	cmp_ok($precision, '>=', 0.95, "$relation: precision of the clusters");
	cmp_ok($pair_precision, '>=', 0.95, "$relation: precision of the pairs");
}

is($node->safe_psql('postgres', <<'SQL'), '0', 'the primary is the earliest');
SELECT count(*) FROM ru_leads_4k_cluster AS c JOIN ru_leads_4k AS l ON l.lead_id::text = c.lead_id
JOIN ru_leads_4k_cluster AS p ON p.cluster_id = c.cluster_id AND p.is_primary JOIN ru_leads_4k AS o ON o.lead_id::text = p.lead_id
WHERE l.submitted_at < o.submitted_at
SQL

# The same leads in another order are the same people.
my $people = "SELECT md5(string_agg(format('%s %s %s', lead_id, cluster_id, is_primary), ',' ORDER BY lead_id COLLATE \"C\")) FROM ";
$node->safe_psql('postgres', 'CREATE TABLE shuffled AS SELECT * FROM ru_leads_4k ORDER BY md5(lead_id::text)');
is($node->safe_psql('postgres', "$people leadscore.cluster_duplicates('shuffled', key => 'lead_id', columns => '$sets[3]{columns}')"), $node->safe_psql('postgres', "$people ru_leads_4k_cluster"), 'shuffled leads give the same clusters');

$node->stop;
done_testing();
