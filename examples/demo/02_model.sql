-- The extension, and a model made from the b2b template: its roles become the columns of the view crm.lead_features.
\set QUIET on
\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS leadscore;
DELETE FROM leadscore.model WHERE model = 'b2b';
SELECT leadscore.create_model('b2b', 'b2b', 'crm.lead_features'::regclass) \g /dev/null

-- The made-up companies have made-up domains, which no mail can reach: .example is reserved. This database knows better.
INSERT INTO leadscore.email_provider (domain, kind, note) VALUES ('example', 'corporate', 'the companies of the demo')
ON CONFLICT (domain) DO NOTHING;
