# Learning from real leads: what R's glm says, how good the defaults are on leads not seen, leaks, and a model that
# scores the same in another database. Runs where the data is (see LEADSCORE_DATA in CONTRIBUTING.md).
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $data = $ENV{LEADSCORE_DATA};
foreach my $file (qw(bank/bank-full.csv reference/bank_full_prepared.csv reference/bank_full_glm.csv crm_sales/sales_pipeline.csv
	olist/olist_marketing_qualified_leads_dataset.csv olist/olist_closed_deals_dataset.csv))
{
	plan skip_all => "$file is not here" unless defined $data && -r "$data/$file";
}

my $node = PostgreSQL::Test::Cluster->new('training');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "extension_destdir = '$ENV{LEADSCORE_EXTENSION_DESTDIR}'") if $ENV{LEADSCORE_EXTENSION_DESTDIR};
$node->start;

# A row is tested on where the hash of its key says so; the rest is learned from.
my $is_test = "('x' || substr(md5(%s), 1, 8))::bit(32)::bigint %% 100 >= 70";
$node->safe_psql('postgres', <<"SQL" . sprintf("CREATE VIEW olist AS SELECT *, $is_test AS is_test FROM olist_leads;\nCREATE VIEW sales AS SELECT *, $is_test AS is_test FROM sales_closed;\n", 'mql_id', 'opportunity_id'));
CREATE EXTENSION leadscore;
CREATE TABLE bank (row_key text, split text, tsplit text, y integer, n_age integer, n_balance integer, n_day integer, n_campaign integer, n_pdays numeric, n_previous integer,
  c_job text, c_marital text, c_education text, c_default text, c_housing text, c_loan text, c_contact text, c_month text, c_poutcome text);
COPY bank FROM '$data/reference/bank_full_prepared.csv' WITH (FORMAT csv, HEADER);
ALTER TABLE bank ADD at timestamptz;
UPDATE bank SET at = timestamptz '2008-05-05 00:00Z' + split_part(row_key, ':', 2)::integer * interval '20 minutes';
CREATE VIEW learned AS SELECT * FROM bank WHERE split = 'train';
CREATE VIEW tested AS SELECT * FROM bank WHERE split = 'test';
CREATE TABLE glm (task text, n integer, pos integer, term text, estimate float8, se float8, z float8, deviance float8, null_deviance float8, formula text);
COPY glm FROM '$data/reference/bank_full_glm.csv' WITH (FORMAT csv, HEADER);

CREATE TABLE called (age integer, job text, marital text, education text, "default" boolean, balance integer, housing boolean, loan boolean, contact text,
  day integer, month text, duration integer, campaign integer, pdays integer, previous integer, poutcome text, y boolean);
COPY called FROM '$data/bank/bank-full.csv' WITH (FORMAT csv, DELIMITER ';', HEADER);

CREATE TABLE qualified (mql_id text PRIMARY KEY, first_contact_date date, landing_page_id text, origin text);
COPY qualified FROM '$data/olist/olist_marketing_qualified_leads_dataset.csv' WITH (FORMAT csv, HEADER);
CREATE TABLE deals (mql_id text, seller_id text, sdr_id text, sr_id text, won_date timestamp, business_segment text, lead_type text, lead_behaviour_profile text, has_company text, has_gtin text,
  average_stock text, business_type text, declared_product_catalog_size float8, declared_monthly_revenue float8);
COPY deals FROM '$data/olist/olist_closed_deals_dataset.csv' WITH (FORMAT csv, HEADER);
CREATE VIEW olist_leads AS SELECT q.*, d.lead_type, d.business_segment, d.mql_id IS NOT NULL AS won FROM qualified AS q LEFT JOIN deals AS d USING (mql_id);

CREATE TABLE opportunities (opportunity_id text, sales_agent text, product text, account text, deal_stage text, engage_date date, close_date date, close_value float8);
COPY opportunities FROM '$data/crm_sales/sales_pipeline.csv' WITH (FORMAT csv, HEADER);
CREATE VIEW sales_closed AS SELECT *, deal_stage = 'Won' AS won FROM opportunities WHERE deal_stage IN ('Won', 'Lost');
SQL

# Exactness.
my $raw = "ARRAY['n_age', 'n_balance', 'n_campaign', 'n_previous', 'c_housing', 'c_loan', 'c_marital', 'c_contact', 'c_poutcome']";
is($node->safe_psql('postgres', "SELECT leads, wins, penalty FROM leadscore.train('glm', 'learned', 'y', $raw, penalty => 0, binning => 'none')"), '31711|3706|0', 'the reference fit has its leads');
is($node->safe_psql('postgres', <<'SQL'), '14|14|14', 'coefficients and standard errors are those of glm, within 1e-8');
SELECT count(*), count(*) FILTER (WHERE abs(t.estimate / g.estimate - 1) < 1e-8), count(*) FILTER (WHERE abs(t.standard_error / g.se - 1) < 1e-8)
FROM glm AS g JOIN leadscore.training_terms('glm') AS t ON g.term = CASE t.kind
  WHEN 'base' THEN '(Intercept)' WHEN 'number' THEN t.attribute ELSE t.attribute || substring(t.condition FROM '''(.*)''') END
SQL

# Accuracy with defaults, on leads not seen.
my $features = "(SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = 'bank'::regclass AND attname ~ '^[nc]_')";
sub quality {
	my ($model, $relation, $outcome) = @_;
	return $node->safe_psql('postgres', <<"SQL");
SELECT round(leadscore.auc((e).score, won)::numeric, 4), round(leadscore.log_loss((e).probability, won)::numeric, 4), round(leadscore.expected_calibration_error((e).probability, won)::numeric, 4)
FROM (SELECT leadscore.evaluate('$model', l) AS e, ($outcome)::boolean AS won FROM $relation AS l OFFSET 0) AS s
SQL
}
is($node->safe_psql('postgres', "SELECT warnings FROM leadscore.train('bank', 'learned', 'y', $features)"), '', 'the bank: nothing to doubt');
my ($auc, $log_loss) = split /\|/, quality('bank', 'tested', 'y');
note("bank: AUC $auc, log-loss $log_loss");
cmp_ok($auc, '>=', 0.785, 'the bank: AUC');
cmp_ok($log_loss, '<=', 0.297, 'the bank: log-loss');

$node->safe_psql('postgres', 'CREATE VIEW olist_learned AS SELECT * FROM olist WHERE NOT is_test');
$node->safe_psql('postgres', "SELECT leadscore.train('olist', 'olist_learned', 'won', ARRAY['first_contact_date', 'landing_page_id', 'origin'])");
($auc) = split /\|/, quality('olist', '(SELECT * FROM olist WHERE is_test)', 'won');
note("Olist: AUC $auc");
cmp_ok($auc, '>=', 0.70, 'Olist: AUC');

$node->safe_psql('postgres', 'CREATE VIEW sales_learned AS SELECT * FROM sales WHERE NOT is_test');
like($node->safe_psql('postgres', "SELECT array_to_string(warnings, '; ') FROM leadscore.train('sales', 'sales_learned', 'won', ARRAY['engage_date', 'sales_agent', 'product', 'account'])"), qr/no signal/, 'CRM sales: there is no signal, and it says so');
($auc) = split /\|/, quality('sales', '(SELECT * FROM sales WHERE is_test)', 'won');
note("CRM sales: AUC $auc");
cmp_ok($auc, '<=', 0.58, 'CRM sales: AUC');

# Leaks are named, honest columns are not.
is($node->safe_psql('postgres', "SELECT string_agg(substring(w FROM '\"(.*?)\"'), ',') FROM leadscore.train('leak', 'called', 'y') AS t, unnest(t.warnings) AS w WHERE w LIKE 'leakage%'"), 'duration', 'the leak of the bank is named');
is($node->safe_psql('postgres', "SELECT string_agg(substring(w FROM '\"(.*?)\"'), ',' ORDER BY w) FROM leadscore.train('leak', 'olist_learned', 'won', ARRAY['origin', 'landing_page_id', 'lead_type', 'business_segment']) AS t, unnest(t.warnings) AS w WHERE w LIKE 'leakage%'"), 'business_segment,lead_type', 'and so is what Olist knows of closed deals alone');

# Published: calibrated on leads not seen, and the same to the last bit in another database.
is($node->safe_psql('postgres', "SELECT leads FROM leadscore.train('candidate', 'learned', 'y', $features, at => 'at')"), '31711', 'a candidate');
is($node->safe_psql('postgres', "SELECT overridden IS NULL FROM leadscore.publish_model('candidate', 'live', 'learned', 'y', 'at')"), 't', 'goes live');
my (undef, undef, $calibration_error) = split /\|/, quality('live', 'tested', 'y');
note("published: expected calibration error $calibration_error");
cmp_ok($calibration_error, '<=', 0.015, 'the published model: expected calibration error');

my $bits = "SELECT md5(string_agg(encode(float8send(leadscore.score('live', b)), 'hex'), ',' ORDER BY row_key)) FROM bank AS b";
my $before = $node->safe_psql('postgres', $bits);
my $document = $node->safe_psql('postgres', "SELECT leadscore.export_model('live')");
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->run_log([ 'sh', '-c', "pg_dump -t bank -d '" . $node->connstr('postgres') . "' | psql -q -d '" . $node->connstr('other') . "'" ]);
$document =~ s/'/''/g;
$node->safe_psql('other', "CREATE EXTENSION leadscore; SELECT leadscore.import_model('$document', 'live')");
is($node->safe_psql('other', $bits), $before, 'exported and imported into another database it scores the same to the last bit');
is($node->safe_psql('other', $bits =~ s/'live'/'$document'::jsonb/r), $before, 'and so does the document');

# The same rows in any order and under any plan.
my $terms = "SELECT md5(string_agg(format('%s %s %s', criterion, condition, points), ',' ORDER BY ord)) FROM leadscore.criterion WHERE model = 'again'";
my $train = "SELECT 1 FROM leadscore.train('again', '%s', 'y', $features, as_of => '2026-01-01')";
$node->safe_psql('postgres', 'CREATE TABLE shuffled AS SELECT * FROM learned ORDER BY md5(row_key)');
$node->safe_psql('postgres', sprintf($train, 'learned'));
my $serial = $node->safe_psql('postgres', $terms);
$node->safe_psql('postgres', sprintf($train, 'shuffled'));
is($node->safe_psql('postgres', $terms), $serial, 'shuffled leads give the same model');
$node->safe_psql('postgres', 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off; ' . sprintf($train, 'shuffled'));
is($node->safe_psql('postgres', $terms), $serial, 'and so do leads that workers read');

$node->stop;
done_testing();
