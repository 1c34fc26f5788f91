-- An export of HubSpot's contacts: loaded, its statuses mapped to stages, attached.
--
--   psql -v file=your_export.csv -f examples/hubspot.sql       (without file: the example beside this script)
--
-- The headings of an export depend on the language and the fields of your account: see what load_csv.sql has made of them,
-- and name in columns what is called otherwise.
\if :{?file}
\else
\set file examples/hubspot.csv
\endif
\set table hubspot_contacts
\ir load_csv.sql
SET client_min_messages = warning;
SELECT leadscore.create_model('hubspot', 'b2b', 'hubspot_contacts');
-- HubSpot has two properties that say where a contact stands; the lead status comes first where there is one.
UPDATE leadscore.model SET status = 'coalesce(status, lifecycle_stage)' WHERE model = 'hubspot';
SELECT leadscore.create_stage_map('hubspot', 'hubspot');
RESET client_min_messages;

-- Statuses that the preset does not know get their stage by the rules of the model; map them with rows of leadscore.stage_map.
SELECT DISTINCT coalesce(status, lifecycle_stage) AS unmapped FROM hubspot_contacts WHERE coalesce(status, lifecycle_stage) NOT IN (SELECT status FROM leadscore.stage_map WHERE model = 'hubspot');
SELECT leadscore.attach('hubspot_contacts', 'hubspot', columns => '{"name": "last_name"}') AS leads_judged;
SELECT lead, stage_label, outcome, score, grade, channel, owner, amount FROM leadscore.leads WHERE source = 'hubspot_contacts' ORDER BY lead;
