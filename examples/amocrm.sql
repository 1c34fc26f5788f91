-- An export of amoCRM's deals (Сделки → Экспорт): loaded, its statuses mapped to stages, attached.
--
--   psql -v file=your_export.csv -f examples/amocrm.sql       (without file: the example beside this script)
--
-- The headings of an export depend on the language and the fields of your account: see what load_csv.sql has made of them,
-- and name in columns what is called otherwise.
\if :{?file}
\else
\set file examples/amocrm.csv
\endif
\set table amocrm_deals
\ir load_csv.sql
SET client_min_messages = warning;
SELECT leadscore.create_model('amocrm', 'b2b', 'amocrm_deals');
SELECT leadscore.create_stage_map('amocrm', 'amocrm');
RESET client_min_messages;

-- Statuses that the preset does not know get their stage by the rules of the model; map them with rows of leadscore.stage_map.
SELECT DISTINCT status AS unmapped FROM amocrm_deals WHERE status NOT IN (SELECT status FROM leadscore.stage_map WHERE model = 'amocrm');
SELECT leadscore.attach('amocrm_deals', 'amocrm') AS leads_judged;
SELECT lead, stage_label, outcome, score, grade, channel, owner, amount FROM leadscore.leads WHERE source = 'amocrm_deals' ORDER BY lead;
