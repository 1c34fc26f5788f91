-- Who is this: e-mail addresses, phone numbers, names, companies. The rules and lists are compiled into the library and
-- frozen within a major version, so these functions are immutable and may stand in indexes; what reads the table
-- email_provider is stable.

CREATE TABLE leadscore.email_provider (
  domain text COLLATE "C" NOT NULL PRIMARY KEY
    CHECK (domain ~ '^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$' AND length(domain) <= 253),
  kind text COLLATE "C" NOT NULL CHECK (kind = ANY (ARRAY['corporate', 'free', 'disposable', 'education'])),
  note text
);
COMMENT ON TABLE leadscore.email_provider IS
'What this database says of domains of mailboxes: comes before the lists that ship with leadscore. A domain means its subdomains too';
COMMENT ON COLUMN leadscore.email_provider.domain IS 'The domain, in small letters; an internationalised one as xn--. A top-level domain may stand alone';
COMMENT ON COLUMN leadscore.email_provider.kind IS 'corporate, free, disposable or education';
COMMENT ON COLUMN leadscore.email_provider.note IS 'Why';
SELECT pg_catalog.pg_extension_config_dump('leadscore.email_provider', '');

CREATE FUNCTION leadscore.email_normalize(email text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_email_normalize';
COMMENT ON FUNCTION leadscore.email_normalize(text) IS
'The mailbox that an e-mail address reaches, as one address: small letters, internationalised domains as xn--, the tag after + cut, and what the provider does not tell apart settled (dots at Gmail, the domains of Yandex). To compare addresses by, not to write to. NULL if it is not an address by RFC 5321, 6531 and 1123.';

CREATE FUNCTION leadscore.email_domain(email text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_email_domain';
COMMENT ON FUNCTION leadscore.email_domain(text) IS
'The part of an e-mail address'' domain that somebody registered, by the public suffix list: example.co.uk for anna@mail.example.co.uk. NULL if it is not an address.';

CREATE FUNCTION leadscore.email_kind(email text) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_email_kind';
COMMENT ON FUNCTION leadscore.email_kind(text) IS
'What kind of mailbox an address has: disposable, free, education, corporate (everything that no list names), or invalid for what is not an address or can never be one (example.com). By leadscore.email_provider first, then by the lists that ship. NULL for NULL.';

CREATE FUNCTION leadscore.email_is_role(email text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_email_is_role';
COMMENT ON FUNCTION leadscore.email_is_role(text) IS
'Whether the mailbox belongs to a role and not to a person, as info@, sales@, zakaz@. NULL if it is not an address.';

CREATE FUNCTION leadscore.phone_normalize(phone text, region text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_phone_normalize';
COMMENT ON FUNCTION leadscore.phone_normalize(text, text) IS
'The phone number in E.164 (+74951234567), read as it is dialled in a region (ISO 3166 code, as RU); of two numbers the first, without its extension. NULL if it is not a valid number of any plan (the rules are those of Google''s libphonenumber). Raises 22023 for an unknown region.';

CREATE FUNCTION leadscore.phone_kind(phone text, region text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_phone_kind';
COMMENT ON FUNCTION leadscore.phone_kind(text, text) IS
'What the number is for: mobile, fixed, fixed_or_mobile, toll_free, premium, shared_cost, voip, personal, pager, uan or voicemail. NULL if it is not a valid number. Raises 22023 for an unknown region.';

CREATE FUNCTION leadscore.phone_region(phone text, region text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_phone_region';
COMMENT ON FUNCTION leadscore.phone_region(text, text) IS
'The region (ISO 3166 code) whose number it is. NULL if it is not a valid number, or one of no region (+800). Raises 22023 for an unknown region.';

CREATE FUNCTION leadscore.translit("text" text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_translit';
COMMENT ON FUNCTION leadscore.translit(text) IS 'The text in Latin letters';

CREATE FUNCTION leadscore.name_normalize(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_name_normalize';
COMMENT ON FUNCTION leadscore.name_normalize(text) IS
'A person''s name in its normal form: small letters, words in order of the alphabet, without titles, with look-alike letters of two scripts repaired and ё as е. NULL if no letter or digit is in it.';

CREATE FUNCTION leadscore.name_key(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
AS 'MODULE_PATHNAME', 'leadscore_name_key';
COMMENT ON FUNCTION leadscore.name_key(text) IS
'The phonetic key of a person''s name, in which the spellings of one name meet: Щукин, Shchukin, Schukin; Smith, Smyth; Саша, Александр. Words in any order, the patronymic left out. NULL if no letter is in it.';

CREATE FUNCTION leadscore.company_normalize(company text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_company_normalize';
COMMENT ON FUNCTION leadscore.company_normalize(text) IS
'A company''s name without its legal form (ООО, АО, LLC, GmbH …), quotes and case. NULL if nothing is left.';

CREATE FUNCTION leadscore.contact_validity(name text, email text, phone text, region text) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_contact_validity';
COMMENT ON FUNCTION leadscore.contact_validity(text, text, text, text) IS
'How likely a person, not a bot or a joke, filled the form: between 0 and 1. What lowers it is told by contact_signals(). A NULL field says nothing; NULL if all three are NULL. Raises 22023 for an unknown region.';

CREATE FUNCTION leadscore.contact_signals(name text, email text, phone text, region text) RETURNS text[]
LANGUAGE c STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_contact_signals';
COMMENT ON FUNCTION leadscore.contact_signals(text, text, text, text) IS
'Why contact_validity() is lower than it could be: the names of signals, the heaviest first; empty if there is none. NULL if name, email and phone are NULL. Raises 22023 for an unknown region.';

CREATE FUNCTION leadscore.contact_signal_weights(OUT signal text, OUT weight double precision, OUT reason text) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE ROWS 25
AS 'MODULE_PATHNAME', 'leadscore_contact_signal_weights';
COMMENT ON FUNCTION leadscore.contact_signal_weights() IS
'Every signal of contact_signals(), by how much it lowers the log-odds that a form is genuine, and why: contact_validity() is 1 / (1 + exp(-(4 - sum of the weights))). The weights are judgements, not learned.';
