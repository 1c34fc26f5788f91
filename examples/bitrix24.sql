-- An export of Bitrix24's leads (CSV): loaded, its statuses mapped to stages, attached.
--
--   psql -v file=your_export.csv -f examples/bitrix24.sql       (without file: the example beside this script)
--
-- The headings of an export depend on the language and the fields of your account: see what load_csv.sql has made of them,
-- and name in columns what is called otherwise.
\if :{?file}
\else
\set file examples/bitrix24.csv
\endif
\set table bitrix24_leads
\ir load_csv.sql
SET client_min_messages = warning;
SELECT leadscore.create_model('bitrix24', 'b2b', 'bitrix24_leads', '{"budget": "возможная_сумма"}');
SELECT leadscore.create_stage_map('bitrix24', 'bitrix24');
RESET client_min_messages;

-- Statuses that the preset does not know get their stage by the rules of the model; map them with rows of leadscore.stage_map.
SELECT DISTINCT status AS unmapped FROM bitrix24_leads WHERE status NOT IN (SELECT status FROM leadscore.stage_map WHERE model = 'bitrix24');
SELECT leadscore.attach('bitrix24_leads', 'bitrix24', columns => '{"name": "last_name", "amount": "возможная_сумма"}') AS leads_judged;
SELECT lead, stage_label, outcome, score, grade, channel, owner, amount FROM leadscore.leads WHERE source = 'bitrix24_leads' ORDER BY lead;
