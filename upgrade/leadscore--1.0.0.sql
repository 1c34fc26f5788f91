\echo Use "CREATE EXTENSION leadscore" to load this file. \quit
-- A plain CREATE: it fails where somebody has made a schema of this name, instead of adopting it.
CREATE SCHEMA leadscore;
COMMENT ON SCHEMA leadscore IS 'Lead qualification: models that score leads, explained to the last point';

CREATE FUNCTION leadscore.version() RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_version';
COMMENT ON FUNCTION leadscore.version() IS
'The version of the loaded library. It differs from pg_extension.extversion until ALTER EXTENSION leadscore UPDATE is run.';
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
'A person''s name in its normal form: small letters, words in order of the alphabet, without titles, with look-alike letters of two scripts repaired and \u0451 as \u0435. NULL if no letter or digit is in it.';

CREATE FUNCTION leadscore.name_key(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 4
AS 'MODULE_PATHNAME', 'leadscore_name_key';
COMMENT ON FUNCTION leadscore.name_key(text) IS
'The phonetic key of a person''s name, in which the spellings of one name meet: \u0429\u0443\u043a\u0438\u043d, Shchukin, Schukin; Smith, Smyth; \u0421\u0430\u0448\u0430, \u0410\u043b\u0435\u043a\u0441\u0430\u043d\u0434\u0440. Words in any order, the patronymic left out. NULL if no letter is in it.';

CREATE FUNCTION leadscore.company_normalize(company text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2
AS 'MODULE_PATHNAME', 'leadscore_company_normalize';
COMMENT ON FUNCTION leadscore.company_normalize(text) IS
'A company''s name without its legal form (\u041e\u041e\u041e, \u0410\u041e, LLC, GmbH \u2026), quotes and case. NULL if nothing is left.';

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
-- How alike two texts are. They are compared as they are, letter by letter (code point by code point) in any script:
-- for names take name_normalize() first.
CREATE FUNCTION leadscore.levenshtein(a text, b text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_levenshtein';
COMMENT ON FUNCTION leadscore.levenshtein(text, text) IS
'The Levenshtein distance: how many letters must be inserted, deleted or changed to make one text the other. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.levenshtein(a text, b text, "limit" integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_levenshtein';
COMMENT ON FUNCTION leadscore.levenshtein(text, text, integer) IS
'The Levenshtein distance, or limit + 1 if it is greater than the limit, which is found out sooner. NULL if an argument is. Raises 22023 for a negative limit, 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.osa(a text, b text) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_osa';
COMMENT ON FUNCTION leadscore.osa(text, text) IS
'The optimal string alignment distance, also called restricted Damerau-Levenshtein: as leadscore.levenshtein(), but two neighbours that have changed places are one edit. No part is edited twice, so it is 3 from ca to abc. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.osa(a text, b text, "limit" integer) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_osa';
COMMENT ON FUNCTION leadscore.osa(text, text, integer) IS
'The optimal string alignment distance, or limit + 1 if it is greater than the limit, which is found out sooner. NULL if an argument is. Raises 22023 for a negative limit, 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.jaro(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_jaro';
COMMENT ON FUNCTION leadscore.jaro(text, text) IS
'Jaro''s similarity of short texts such as names, 0 to 1: (c/|a| + c/|b| + (c - t/2)/c) / 3, c being the letters that match within half the length of the longer text and t those of them that are out of order. Two empty texts are alike (1), an empty and another are not (0). NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.jaro_winkler(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_jaro_winkler';
COMMENT ON FUNCTION leadscore.jaro_winkler(text, text) IS
'Jaro''s similarity with Winkler''s bonus for equal beginnings: where it is above 0.7, a tenth of what is missing to 1 is added for each of up to four letters that both begin with. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.token_set_similarity(a text, b text) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_token_set_similarity';
COMMENT ON FUNCTION leadscore.token_set_similarity(text, text) IS
'How alike two texts are as sets of words (parted by white space), in whatever order, 0 to 1, also called token set ratio: 1 if all words of one are in the other, else the best of three comparisons between the common words and these followed by the other words of either, each 2 * (longest common subsequence) / (both lengths). Two texts without words are alike. NULL if an argument is. Raises 54000 for texts of more than 1000000 letters.';

CREATE FUNCTION leadscore.qgram_similarity(a text, b text, q integer DEFAULT 2) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_qgram_similarity';
COMMENT ON FUNCTION leadscore.qgram_similarity(text, text, integer) IS
'The part of q-grams (runs of q letters, with q - 1 marks before and behind the text) that two texts share, 0 to 1: twice the common ones by all, as multisets (Dice). Two empty texts are alike. NULL if an argument is. Raises 22023 unless q lies between 1 and 8, 54000 for texts of more than 1000000 letters.';
-- What hangs together: an aggregate over pairs, such as those that somebody has matched.
CREATE TYPE leadscore.component AS (
  member text,
  component text
);
COMMENT ON TYPE leadscore.component IS 'A member of a connected component, as leadscore.connected_components() gives it';
COMMENT ON COLUMN leadscore.component.member IS 'One of the texts that came in pairs';
COMMENT ON COLUMN leadscore.component.component IS 'The name of its component: the first of its members in the order of bytes (COLLATE "C")';

CREATE FUNCTION leadscore.connected_components_transition(state internal, a text, b text) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_transition';
COMMENT ON FUNCTION leadscore.connected_components_transition(internal, text, text) IS 'Part of the aggregates connected_components() and connected_components_partial()';

CREATE FUNCTION leadscore.connected_components_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_merge_transition';
COMMENT ON FUNCTION leadscore.connected_components_merge_transition(internal, bytea) IS 'Part of the aggregate connected_components_merge()';

CREATE FUNCTION leadscore.connected_components_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_combine';
COMMENT ON FUNCTION leadscore.connected_components_combine(internal, internal) IS 'Part of the aggregates of connected components: joins what two processes have collected';

CREATE FUNCTION leadscore.connected_components_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_serialize';
COMMENT ON FUNCTION leadscore.connected_components_serialize(internal) IS 'Part of the aggregates of connected components: the state as bytes';

CREATE FUNCTION leadscore.connected_components_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_deserialize';
COMMENT ON FUNCTION leadscore.connected_components_deserialize(bytea, internal) IS 'Part of the aggregates of connected components: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.connected_components_final(state internal) RETURNS leadscore.component[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_connected_components_final';
COMMENT ON FUNCTION leadscore.connected_components_final(internal) IS 'Part of the aggregates connected_components() and connected_components_merge(): their result';

CREATE AGGREGATE leadscore.connected_components(a text, b text) (
  SFUNC = leadscore.connected_components_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_final,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components(text, text) IS
'What hangs together, where each row says that a and b do: an array of rows to unnest, one for each distinct text, with the name of its component, which is its first text in the order of bytes; ordered by component, then member, in that order. Where one of them is NULL the other is a member by itself; rows where both are, are ignored; NULL without others. It takes any chain of pairs for one thing: a single wrong pair joins all that either side holds. Neither the order of rows nor the number of workers matters. About 100 bytes of memory a member, and more for texts of over 15 bytes. Raises 54000 for more than 10000000 members in a group, for texts of more than 256 MB together, and for a result of more than 1 GB.';

CREATE AGGREGATE leadscore.connected_components_partial(a text, b text) (
  SFUNC = leadscore.connected_components_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_serialize,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components_partial(text, text) IS
'A part of connected_components(), to be joined by connected_components_merge(): for the rows of one partition or server. Its texts, and 8 bytes for each. NULLs are taken as by connected_components(). Raises 54000 for more than 10000000 members in a group, and for texts of more than 256 MB together.';

CREATE AGGREGATE leadscore.connected_components_merge(part bytea) (
  SFUNC = leadscore.connected_components_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.connected_components_final,
  COMBINEFUNC = leadscore.connected_components_combine,
  SERIALFUNC = leadscore.connected_components_serialize,
  DESERIALFUNC = leadscore.connected_components_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.connected_components_merge(bytea) IS
'The connected_components() of all rows whose parts connected_components_partial() made, of databases of one encoding. NULL parts are ignored; NULL without others. Raises 22P03 for bytes that are no part, 54000 as connected_components() does.';
-- Names sort by code point, the same on every system: COLLATE "C". Numbers of points lie between -1e15 and 1e15, where a
-- double still counts single points; NaN and infinities do not.

CREATE SEQUENCE leadscore.model_version_number;
COMMENT ON SEQUENCE leadscore.model_version_number IS 'Numbers the versions of all models; a number is never used twice';

CREATE TABLE leadscore.model (
  model text COLLATE "C" NOT NULL PRIMARY KEY CHECK (model <> ''),
  title text,
  title_ru text,
  base_points double precision NOT NULL DEFAULT 0 CHECK (abs(base_points) <= 1e15),
  lower double precision NOT NULL DEFAULT 0 CHECK (abs(lower) <= 1e15),
  upper double precision NOT NULL DEFAULT 100 CHECK (abs(upper) <= 1e15),
  scale text NOT NULL DEFAULT 'clamp' CHECK (scale = ANY (ARRAY['clamp', 'range', 'logistic', 'calibrated'])),
  raw_min double precision CHECK (abs(raw_min) <= 1e15),
  raw_max double precision CHECK (abs(raw_max) <= 1e15),
  time_zone text NOT NULL DEFAULT 'UTC',
  status text,
  version bigint NOT NULL DEFAULT 0,
  owner text NOT NULL DEFAULT CURRENT_USER,
  CHECK (lower < upper),
  CHECK (raw_min <= raw_max)
);
COMMENT ON TABLE leadscore.model IS 'Scoring models: base points plus the points of the criteria that hold, mapped to a score';
COMMENT ON COLUMN leadscore.model.model IS 'Name of the model, the first argument of leadscore.score()';
COMMENT ON COLUMN leadscore.model.title IS 'What people call it';
COMMENT ON COLUMN leadscore.model.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.model.base_points IS 'Points that every lead starts with';
COMMENT ON COLUMN leadscore.model.lower IS 'The lowest score';
COMMENT ON COLUMN leadscore.model.upper IS 'The highest score';
COMMENT ON COLUMN leadscore.model.scale IS 'How the raw sum becomes the score: clamp (cut at lower and upper), range (linear between the attainable extremes), logistic (the sum is a log-odds, the score its probability), calibrated (the score is the probability that table calibration gives the sum)';
COMMENT ON COLUMN leadscore.model.raw_min IS 'Scale range: the raw sum that becomes lower; computed from the criteria where NULL';
COMMENT ON COLUMN leadscore.model.raw_max IS 'Scale range: the raw sum that becomes upper; computed from the criteria where NULL';
COMMENT ON COLUMN leadscore.model.time_zone IS 'Time zone in which conditions read dates and times, whatever the session has set';
COMMENT ON COLUMN leadscore.model.status IS 'SQL expression over the columns of the lead for the status that it has in the CRM, looked up in stage_map; NULL: the lead has none';
COMMENT ON COLUMN leadscore.model.version IS 'Changes with any change of the model''s rows; set by triggers';
COMMENT ON COLUMN leadscore.model.owner IS 'The role that made the model';

CREATE TABLE leadscore.dimension (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  dimension text COLLATE "C" NOT NULL CHECK (dimension <> ''),
  title text,
  title_ru text,
  lower double precision CHECK (abs(lower) <= 1e15),
  upper double precision CHECK (abs(upper) <= 1e15),
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  PRIMARY KEY (model, dimension),
  CHECK (lower <= upper)
);
COMMENT ON TABLE leadscore.dimension IS 'Groups of criteria whose summed points are kept within limits';
COMMENT ON COLUMN leadscore.dimension.model IS 'The model';
COMMENT ON COLUMN leadscore.dimension.dimension IS 'Name of the dimension within the model';
COMMENT ON COLUMN leadscore.dimension.title IS 'What people call it';
COMMENT ON COLUMN leadscore.dimension.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.dimension.lower IS 'The fewest points the dimension gives; NULL: no limit';
COMMENT ON COLUMN leadscore.dimension.upper IS 'The most points the dimension gives; NULL: no limit';
COMMENT ON COLUMN leadscore.dimension.ord IS 'Order in explanations; by default the order of insertion';

CREATE TABLE leadscore.criterion (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  criterion text COLLATE "C" NOT NULL CHECK (criterion <> ''),
  dimension text COLLATE "C",
  attribute text COLLATE "C" CHECK (attribute <> ''),
  condition text NOT NULL DEFAULT 'true',
  points text NOT NULL,
  title text,
  title_ru text,
  enabled boolean NOT NULL DEFAULT true,
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  provenance jsonb,
  PRIMARY KEY (model, criterion),
  FOREIGN KEY (model, dimension) REFERENCES leadscore.dimension ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE leadscore.criterion IS 'What a lead gets points for';
COMMENT ON COLUMN leadscore.criterion.model IS 'The model';
COMMENT ON COLUMN leadscore.criterion.criterion IS 'Name of the criterion within the model';
COMMENT ON COLUMN leadscore.criterion.dimension IS 'The dimension whose limits hold; NULL: none';
COMMENT ON COLUMN leadscore.criterion.attribute IS 'Criteria of one attribute exclude each other: in order of ord, the first that holds counts';
COMMENT ON COLUMN leadscore.criterion.condition IS 'Boolean SQL expression over the columns of the lead, as in a CHECK constraint; NULL gives no points';
COMMENT ON COLUMN leadscore.criterion.points IS 'Number, or numeric SQL expression over the columns of the lead; NULL gives no points';
COMMENT ON COLUMN leadscore.criterion.title IS 'What people read in an explanation';
COMMENT ON COLUMN leadscore.criterion.title_ru IS 'The title in Russian, for interfaces that show it; explain() shows title';
COMMENT ON COLUMN leadscore.criterion.enabled IS 'False: as if the row were not there';
COMMENT ON COLUMN leadscore.criterion.ord IS 'Order of evaluation and explanation; by default the order of insertion';
COMMENT ON COLUMN leadscore.criterion.provenance IS 'Where the points come from, for criteria that were learnt; NULL: made by hand';

CREATE TABLE leadscore.band (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  kind text COLLATE "C" NOT NULL CHECK (kind = ANY (ARRAY['grade', 'temperature'])),
  label text COLLATE "C" NOT NULL CHECK (label <> ''),
  title text,
  title_ru text,
  from_score double precision NOT NULL CHECK (abs(from_score) <= 1e15),
  keep_from double precision CHECK (abs(keep_from) <= 1e15),
  PRIMARY KEY (model, kind, label),
  CHECK (keep_from <= from_score)
);
COMMENT ON TABLE leadscore.band IS 'Labels for ranges of the score: grades (A to D) and temperatures (cold, warm, hot)';
COMMENT ON COLUMN leadscore.band.model IS 'The model';
COMMENT ON COLUMN leadscore.band.kind IS 'grade or temperature';
COMMENT ON COLUMN leadscore.band.label IS 'The label';
COMMENT ON COLUMN leadscore.band.title IS 'What people call it';
COMMENT ON COLUMN leadscore.band.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.band.from_score IS 'The score at which the label is reached';
COMMENT ON COLUMN leadscore.band.keep_from IS 'The score down to which a lead that has the label keeps it; NULL: from_score';

CREATE TABLE leadscore.stage (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  stage text COLLATE "C" NOT NULL CHECK (stage <> ''),
  stage_no integer NOT NULL,
  kind text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (kind = ANY (ARRAY['open', 'hold', 'won', 'lost'])),
  title text,
  title_ru text,
  PRIMARY KEY (model, stage),
  UNIQUE (model, stage_no) DEFERRABLE
);
COMMENT ON TABLE leadscore.stage IS 'The ladder of a model: the stages in which a lead can be';
COMMENT ON COLUMN leadscore.stage.model IS 'The model';
COMMENT ON COLUMN leadscore.stage.stage IS 'Name of the stage within the model';
COMMENT ON COLUMN leadscore.stage.stage_no IS 'Its place: of the open and won stages whose rules hold the highest is the lead''s; of those on hold or lost the lowest';
COMMENT ON COLUMN leadscore.stage.kind IS 'open or won (a step of the ladder, reached if all of its rules hold), hold or lost (beside the ladder, reached if one of its rules holds)';
COMMENT ON COLUMN leadscore.stage.title IS 'What people call it';
COMMENT ON COLUMN leadscore.stage.title_ru IS 'The title in Russian, for interfaces that show it';

CREATE TABLE leadscore.stage_rule (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  stage text COLLATE "C" NOT NULL,
  rule text COLLATE "C" NOT NULL CHECK (rule <> ''),
  condition text NOT NULL,
  title text,
  title_ru text,
  enabled boolean NOT NULL DEFAULT true,
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  PRIMARY KEY (model, stage, rule),
  FOREIGN KEY (model, stage) REFERENCES leadscore.stage ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE leadscore.stage_rule IS 'When a lead is in a stage';
COMMENT ON COLUMN leadscore.stage_rule.model IS 'The model';
COMMENT ON COLUMN leadscore.stage_rule.stage IS 'The stage';
COMMENT ON COLUMN leadscore.stage_rule.rule IS 'Name of the rule within the stage';
COMMENT ON COLUMN leadscore.stage_rule.condition IS 'Boolean SQL expression over the columns of the lead and score, grade, temperature, target; NULL does not hold';
COMMENT ON COLUMN leadscore.stage_rule.title IS 'What people read in an explanation';
COMMENT ON COLUMN leadscore.stage_rule.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.stage_rule.enabled IS 'False: as if the row were not there';
COMMENT ON COLUMN leadscore.stage_rule.ord IS 'Order of evaluation and explanation; by default the order of insertion';

CREATE TABLE leadscore.stage_map (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  status text COLLATE "C" NOT NULL,
  stage text COLLATE "C" NOT NULL,
  PRIMARY KEY (model, status),
  FOREIGN KEY (model, stage) REFERENCES leadscore.stage ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE leadscore.stage_map IS 'What the statuses of a CRM mean: a mapped status decides the stage, whatever the rules say';
COMMENT ON COLUMN leadscore.stage_map.model IS 'The model, whose column status says how the status of a lead is found';
COMMENT ON COLUMN leadscore.stage_map.status IS 'The CRM''s own status, byte by byte';
COMMENT ON COLUMN leadscore.stage_map.stage IS 'The stage that it means';

CREATE TABLE leadscore.target_criterion (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  criterion text COLLATE "C" NOT NULL CHECK (criterion <> ''),
  condition text NOT NULL,
  requirement text COLLATE "C" NOT NULL DEFAULT 'required' CHECK (requirement = ANY (ARRAY['required', 'desired', 'growth'])),
  valid_from date NOT NULL DEFAULT '-infinity',
  valid_to date NOT NULL DEFAULT 'infinity',
  greeting text,
  greeting_version text,
  title text,
  title_ru text,
  enabled boolean NOT NULL DEFAULT true,
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  PRIMARY KEY (model, criterion, valid_from),
  CHECK (valid_from <= valid_to)
);
COMMENT ON TABLE leadscore.target_criterion IS 'What marketing and sales have agreed to call a target lead, and when it is in force';
COMMENT ON COLUMN leadscore.target_criterion.model IS 'The model';
COMMENT ON COLUMN leadscore.target_criterion.criterion IS 'Name of the criterion; it may have several rows, for different times';
COMMENT ON COLUMN leadscore.target_criterion.condition IS 'Boolean SQL expression over the columns of the lead and score, grade, temperature; NULL: unknown';
COMMENT ON COLUMN leadscore.target_criterion.requirement IS 'required (else not a target lead), growth (else a lead to grow) or desired (changes no verdict)';
COMMENT ON COLUMN leadscore.target_criterion.valid_from IS 'The first day on which it is in force, in the model''s time zone';
COMMENT ON COLUMN leadscore.target_criterion.valid_to IS 'The last day on which it is in force';
COMMENT ON COLUMN leadscore.target_criterion.greeting IS 'The words agreed for the question that settles the criterion: the answer depends on them';
COMMENT ON COLUMN leadscore.target_criterion.greeting_version IS 'Which version of these words';
COMMENT ON COLUMN leadscore.target_criterion.title IS 'What people read in an explanation';
COMMENT ON COLUMN leadscore.target_criterion.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.target_criterion.enabled IS 'False: as if the row were not there';
COMMENT ON COLUMN leadscore.target_criterion.ord IS 'Order of evaluation and explanation; by default the order of insertion';

CREATE TABLE leadscore.event_kind (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  event text COLLATE "C" NOT NULL CHECK (event <> ''),
  points double precision NOT NULL CHECK (abs(points) <= 1e15),
  half_life interval NOT NULL CHECK (half_life > '0' AND half_life <= '100000 years'),
  max_count bigint CHECK (max_count > 0),
  per interval CHECK (per > '0'),
  title text,
  title_ru text,
  enabled boolean NOT NULL DEFAULT true,
  PRIMARY KEY (model, event),
  CHECK (per IS NULL OR max_count IS NOT NULL)
);
COMMENT ON TABLE leadscore.event_kind IS 'What leads do, and what it is worth: the kinds of events of leadscore.engagement()';
COMMENT ON COLUMN leadscore.event_kind.model IS 'The model';
COMMENT ON COLUMN leadscore.event_kind.event IS 'Name of the kind, as events have it';
COMMENT ON COLUMN leadscore.event_kind.points IS 'Points at the moment of the event; negative ones count against the positive';
COMMENT ON COLUMN leadscore.event_kind.half_life IS 'The time in which the points halve; a month is 30 days, a year 365.25, as EXTRACT(EPOCH) has it';
COMMENT ON COLUMN leadscore.event_kind.max_count IS 'At most so many of these events count, the earliest; NULL: all of them';
COMMENT ON COLUMN leadscore.event_kind.per IS 'within each such span of time (UTC); NULL: in all';
COMMENT ON COLUMN leadscore.event_kind.title IS 'What people call it';
COMMENT ON COLUMN leadscore.event_kind.title_ru IS 'The title in Russian, for interfaces that show it';
COMMENT ON COLUMN leadscore.event_kind.enabled IS 'False: such events count nothing';

CREATE TABLE leadscore.playbook (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  stage text COLLATE "C" NOT NULL,
  temperature text COLLATE "C",
  step integer NOT NULL DEFAULT 1,
  worked_by text,
  action text NOT NULL CHECK (action <> ''),
  action_ru text,
  send text,
  due_within interval CHECK (due_within >= '0'),
  UNIQUE NULLS NOT DISTINCT (model, stage, temperature, step),
  FOREIGN KEY (model, stage) REFERENCES leadscore.stage ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE leadscore.playbook IS 'What to do with a lead in each stage: joined to leads, it is a to-do list';
COMMENT ON COLUMN leadscore.playbook.model IS 'The model';
COMMENT ON COLUMN leadscore.playbook.stage IS 'The stage of the lead';
COMMENT ON COLUMN leadscore.playbook.temperature IS 'Its temperature; NULL: any';
COMMENT ON COLUMN leadscore.playbook.step IS 'Order of the actions';
COMMENT ON COLUMN leadscore.playbook.worked_by IS 'Who does it: marketing, sales, a team, a person';
COMMENT ON COLUMN leadscore.playbook.action IS 'What to do';
COMMENT ON COLUMN leadscore.playbook.action_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.playbook.send IS 'What to send: a letter, an offer, a case';
COMMENT ON COLUMN leadscore.playbook.due_within IS 'How soon after the lead has come into the stage; NULL: at any time';

CREATE TABLE leadscore.calibration (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  raw_from double precision NOT NULL DEFAULT '-infinity' CHECK (raw_from < 'infinity'),
  probability double precision CHECK (probability BETWEEN 0 AND 1),
  intercept double precision CHECK (abs(intercept) <= 1e15),
  slope double precision CHECK (abs(slope) <= 1e15),
  leads bigint,
  wins bigint,
  rate_lower double precision,
  rate_upper double precision,
  provenance jsonb,
  PRIMARY KEY (model, raw_from),
  CHECK (num_nonnulls(probability, intercept) = 1),
  CHECK (num_nonnulls(intercept, slope) <> 1)
);
COMMENT ON TABLE leadscore.calibration IS 'What raw scores have come to mean: the probability of scale calibrated, in pieces, as leadscore.calibrate_probability() writes them';
COMMENT ON COLUMN leadscore.calibration.model IS 'The model';
COMMENT ON COLUMN leadscore.calibration.raw_from IS 'The piece holds from this raw score on, to where the next begins; what lies below the first belongs to it';
COMMENT ON COLUMN leadscore.calibration.probability IS 'A step (isotonic): the probability, 0 to 1; NULL: a curve';
COMMENT ON COLUMN leadscore.calibration.intercept IS 'A curve (Platt): 1 / (1 + exp(-(intercept + slope * raw score)))';
COMMENT ON COLUMN leadscore.calibration.slope IS 'Its slope, in log-odds a point';
COMMENT ON COLUMN leadscore.calibration.leads IS 'The leads that it was learned from';
COMMENT ON COLUMN leadscore.calibration.wins IS 'Those of them that were won';
COMMENT ON COLUMN leadscore.calibration.rate_lower IS 'The lower end of the 95 % Wilson interval of wins / leads';
COMMENT ON COLUMN leadscore.calibration.rate_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.calibration.provenance IS 'Where it comes from; NULL: made by hand';

CREATE TABLE leadscore.protected_attribute (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  attribute text COLLATE "C" NOT NULL CHECK (attribute <> ''),
  PRIMARY KEY (model, attribute)
);
COMMENT ON TABLE leadscore.protected_attribute IS 'Columns of leads that a model must not be learned from unless they are asked for by name, beside those that always are (sex, age, race \u2026)';
COMMENT ON COLUMN leadscore.protected_attribute.model IS 'The model';
COMMENT ON COLUMN leadscore.protected_attribute.attribute IS 'Name of the column';

CREATE TABLE leadscore.model_version (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  version bigint NOT NULL,
  document jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  note text,
  PRIMARY KEY (model, version)
);
COMMENT ON TABLE leadscore.model_version IS 'Versions of models kept by leadscore.save_model_version()';
COMMENT ON COLUMN leadscore.model_version.model IS 'The model';
COMMENT ON COLUMN leadscore.model_version.version IS 'Its version when it was kept';
COMMENT ON COLUMN leadscore.model_version.document IS 'The model as leadscore.export_model() gave it';
COMMENT ON COLUMN leadscore.model_version.created_at IS 'When it was kept';
COMMENT ON COLUMN leadscore.model_version.note IS 'Why';

-- Versions. A number is never given twice. The sequence is not dumped: a restore's rows lift it above their own numbers as
-- they come, and setting it to the dump's value afterwards would put it below those that the restore has given.
CREATE FUNCTION leadscore.next_version(after bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  number bigint := nextval('leadscore.model_version_number');
BEGIN
  IF number <= after THEN
    -- A short way is gone in steps, which needs no right to set the sequence: an editor after a restore.
    IF after - number > 1000000 THEN
      PERFORM setval('leadscore.model_version_number', after);
      number := after;
    END IF;
    SELECT max(nextval('leadscore.model_version_number')) INTO number FROM generate_series(number, after);
  END IF;
  RETURN number;
END
$$;
COMMENT ON FUNCTION leadscore.next_version(bigint) IS 'Internal: a version number above the given one and never used before';

CREATE FUNCTION leadscore.set_version() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- What is written into the column does not count: only a restore, which a superuser does, knows a version already.
  IF TG_OP = 'UPDATE' THEN
    NEW.version := leadscore.next_version(OLD.version);
  ELSIF NEW.version > 0 AND (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = CURRENT_USER) THEN
    NEW.version := leadscore.next_version(NEW.version);
  ELSE
    NEW.version := leadscore.next_version(0);
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION leadscore.set_version() IS 'Internal: gives a changed model a new version';

CREATE FUNCTION leadscore.touch_models(models text[]) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- A restore, or a TRUNCATE. The UPDATE sees models that have come since the rows were locked, and would meet them in an
  -- order of its own: two jobs of a restore would wait for each other in a ring.
  IF models IS NULL THEN
    LOCK TABLE leadscore.model IN EXCLUSIVE MODE;
  END IF;
  -- Locked in the order of names, so that sessions that change several models do not wait for each other in a ring; and
  -- no more strongly than the UPDATE does, so that they do not wait for each other's foreign keys either.
  PERFORM FROM leadscore.model AS m WHERE models IS NULL OR m.model = ANY (models) ORDER BY m.model FOR NO KEY UPDATE;
  UPDATE leadscore.model AS m SET version = m.version WHERE models IS NULL OR m.model = ANY (models);
END
$$;
COMMENT ON FUNCTION leadscore.touch_models(text[]) IS 'Internal: gives models a new version; all of them for NULL';

CREATE FUNCTION leadscore.touch_model() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM leadscore.touch_models(NULL);
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM leadscore.touch_models(ARRAY(SELECT c.model FROM changed AS c UNION SELECT c.model FROM changed_from AS c));
  ELSE
    PERFORM leadscore.touch_models(ARRAY(SELECT DISTINCT c.model FROM changed AS c));
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION leadscore.touch_model() IS 'Internal: gives a new version to the models whose rows a statement changed';

CREATE TRIGGER set_version BEFORE INSERT OR UPDATE ON leadscore.model
FOR EACH ROW EXECUTE FUNCTION leadscore.set_version();

-- The tables whose rows are a model's.
CREATE FUNCTION leadscore.model_parts() RETURNS regclass[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT ARRAY['leadscore.dimension', 'leadscore.criterion', 'leadscore.band', 'leadscore.stage', 'leadscore.stage_rule',
    'leadscore.stage_map', 'leadscore.target_criterion', 'leadscore.event_kind', 'leadscore.playbook',
    'leadscore.calibration', 'leadscore.protected_attribute']::regclass[]
$$;
COMMENT ON FUNCTION leadscore.model_parts() IS 'Internal: the tables beside leadscore.model whose rows belong to models';

DO $$
DECLARE
  part regclass;
BEGIN
  FOREACH part IN ARRAY leadscore.model_parts() LOOP
    EXECUTE format('CREATE TRIGGER touch_model_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leadscore.touch_model()', part);
    EXECUTE format('CREATE TRIGGER touch_model_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed OLD TABLE AS changed_from FOR EACH STATEMENT EXECUTE FUNCTION leadscore.touch_model()', part);
    EXECUTE format('CREATE TRIGGER touch_model_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leadscore.touch_model()', part);
    EXECUTE format('CREATE TRIGGER touch_model_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION leadscore.touch_model()', part);
  END LOOP;
END
$$;

-- Expressions are read as they are written, without looking at anybody's tables, so that a restore cannot fail.
CREATE FUNCTION leadscore.check_expressions() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_check_expressions';
COMMENT ON FUNCTION leadscore.check_expressions() IS 'Internal: refuses a condition, points or status that are not one allowed SQL expression';

CREATE TRIGGER check_expressions BEFORE INSERT OR UPDATE OF status ON leadscore.model
FOR EACH ROW EXECUTE FUNCTION leadscore.check_expressions();
CREATE TRIGGER check_expressions BEFORE INSERT OR UPDATE OF condition, points ON leadscore.criterion
FOR EACH ROW EXECUTE FUNCTION leadscore.check_expressions();
CREATE TRIGGER check_expressions BEFORE INSERT OR UPDATE OF condition ON leadscore.stage_rule
FOR EACH ROW EXECUTE FUNCTION leadscore.check_expressions();
CREATE TRIGGER check_expressions BEFORE INSERT OR UPDATE OF condition ON leadscore.target_criterion
FOR EACH ROW EXECUTE FUNCTION leadscore.check_expressions();

-- Edits and restores. A session that edits must know it, because rows are visible to it before their model has its new
-- version. And pg_restore -j loads the tables of an extension in any order, several at a time, while their foreign keys
-- stand (those of other tables are made after the data): a superuser's session with the settings of pg_restore loads
-- children as --disable-triggers would.
CREATE FUNCTION leadscore.begin_edit() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_begin_edit';
COMMENT ON FUNCTION leadscore.begin_edit() IS
'Internal: notes that the transaction edits models, and lets a restore load rows before the rows that they refer to';

CREATE FUNCTION leadscore.end_restore() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF current_setting('leadscore.restoring', true) = 'on' THEN
    PERFORM set_config('leadscore.restoring', '', true);
    PERFORM set_config('session_replication_role', 'origin', true);
    PERFORM leadscore.touch_models(NULL);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION leadscore.end_restore() IS 'Internal: ends what begin_edit() began for a restore';

DO $$
DECLARE
  part regclass;
BEGIN
  FOREACH part IN ARRAY 'leadscore.model'::regclass || leadscore.model_parts() LOOP
    EXECUTE format('CREATE TRIGGER begin_edit BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_edit()', part);
  END LOOP;
  CREATE TRIGGER begin_edit BEFORE INSERT ON leadscore.model_version
  FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_edit();
  FOREACH part IN ARRAY 'leadscore.model_version'::regclass || leadscore.model_parts() LOOP
    EXECUTE format('CREATE TRIGGER end_restore AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_restore()', part);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER end_restore', part);
  END LOOP;
  FOREACH part IN ARRAY ARRAY['leadscore.model', 'leadscore.model_version']::regclass[] || leadscore.model_parts() LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER begin_edit', part);
    PERFORM pg_extension_config_dump(part, '');
  END LOOP;
END
$$;
SELECT pg_catalog.pg_extension_config_dump('leadscore.dimension_ord_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.criterion_ord_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.stage_rule_ord_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.target_criterion_ord_seq', '');
CREATE TYPE leadscore.evaluation AS (
  score double precision,
  raw_score double precision,
  probability double precision,
  grade text,
  temperature text,
  stage text,
  target text,
  failed_criteria text[],
  unknown_criteria text[],
  reasons text[]
);
COMMENT ON TYPE leadscore.evaluation IS 'What leadscore.evaluate() says about a lead';
COMMENT ON COLUMN leadscore.evaluation.score IS 'The score, between the model''s lower and upper limits (0 to 100 by default)';
COMMENT ON COLUMN leadscore.evaluation.raw_score IS 'The sum of points before the scale';
COMMENT ON COLUMN leadscore.evaluation.probability IS 'Probability 0 to 1, of a model whose scale is one (logistic, calibrated); otherwise NULL';
COMMENT ON COLUMN leadscore.evaluation.grade IS 'Label of the grade band that the score reaches, or NULL';
COMMENT ON COLUMN leadscore.evaluation.temperature IS 'Label of the temperature band that the score reaches, or NULL';
COMMENT ON COLUMN leadscore.evaluation.stage IS 'The stage, as leadscore.classify() gives it, or NULL';
COMMENT ON COLUMN leadscore.evaluation.target IS 'target, not_target, grow or unknown, as leadscore.target() gives it; NULL where the model has no target criteria in force';
COMMENT ON COLUMN leadscore.evaluation.failed_criteria IS 'The required and growth criteria of a target lead that it fails; NULL where none are in force';
COMMENT ON COLUMN leadscore.evaluation.unknown_criteria IS 'Those of which nothing is known';
COMMENT ON COLUMN leadscore.evaluation.reasons IS 'The five weightiest contributions, such as "+20 Asked for a price"';

CREATE TYPE leadscore.explanation AS (
  dimension text,
  criterion text,
  title text,
  points double precision,
  contribution double precision,
  note text,
  kind text
);
COMMENT ON TYPE leadscore.explanation IS 'One line of leadscore.explain(); the contributions of all lines sum to the score';
COMMENT ON COLUMN leadscore.explanation.dimension IS 'The dimension, or NULL';
COMMENT ON COLUMN leadscore.explanation.criterion IS 'The criterion; NULL for lines that are not a criterion''s';
COMMENT ON COLUMN leadscore.explanation.title IS 'What people call it';
COMMENT ON COLUMN leadscore.explanation.points IS 'The points at stake';
COMMENT ON COLUMN leadscore.explanation.contribution IS 'The points that counted';
COMMENT ON COLUMN leadscore.explanation.note IS 'Why: met, not met, unknown (NULL), excluded; the limit or scale that was applied';
COMMENT ON COLUMN leadscore.explanation.kind IS 'base, criterion, limit (what a dimension''s limits took or gave) or scale (from raw score to score, always the last line)';

CREATE TYPE leadscore.stage_explanation AS (
  stage text,
  stage_no integer,
  kind text,
  rule text,
  title text,
  verdict text,
  decides boolean
);
COMMENT ON TYPE leadscore.stage_explanation IS 'One line of leadscore.explain_stage(): what decides the stage, in the order in which it is asked';
COMMENT ON COLUMN leadscore.stage_explanation.stage IS 'The stage that the line is about; NULL for a status that is not mapped';
COMMENT ON COLUMN leadscore.stage_explanation.stage_no IS 'Its place on the ladder';
COMMENT ON COLUMN leadscore.stage_explanation.kind IS 'Its kind: open, hold, won or lost';
COMMENT ON COLUMN leadscore.stage_explanation.rule IS 'The rule; NULL for the status of the CRM';
COMMENT ON COLUMN leadscore.stage_explanation.title IS 'What people call the rule; the status itself where the line is about that';
COMMENT ON COLUMN leadscore.stage_explanation.verdict IS 'yes, no or unknown (the condition is NULL); of a status: mapped or not mapped';
COMMENT ON COLUMN leadscore.stage_explanation.decides IS 'True for the lines that make the stage the lead''s';

CREATE TYPE leadscore.target_explanation AS (
  criterion text,
  title text,
  requirement text,
  verdict text,
  greeting text,
  greeting_version text
);
COMMENT ON TYPE leadscore.target_explanation IS 'One line of leadscore.explain_target(): a criterion in force and what it says of the lead';
COMMENT ON COLUMN leadscore.target_explanation.criterion IS 'The criterion';
COMMENT ON COLUMN leadscore.target_explanation.title IS 'What people call it';
COMMENT ON COLUMN leadscore.target_explanation.requirement IS 'required, desired or growth';
COMMENT ON COLUMN leadscore.target_explanation.verdict IS 'pass, fail or unknown (its condition is NULL)';
COMMENT ON COLUMN leadscore.target_explanation.greeting IS 'The agreed words of the question that settles it, or NULL';
COMMENT ON COLUMN leadscore.target_explanation.greeting_version IS 'Their version, or NULL';

CREATE TYPE leadscore.problem AS (
  severity text,
  criterion text,
  part text,
  sqlstate text,
  message text,
  detail text,
  hint text,
  "position" integer,
  expression text
);
COMMENT ON TYPE leadscore.problem IS 'What leadscore.validate_model() found';
COMMENT ON COLUMN leadscore.problem.severity IS 'error (scoring would fail) or warning';
COMMENT ON COLUMN leadscore.problem.criterion IS 'The criterion, the rule (stage.rule) or the target criterion; NULL for the model as a whole';
COMMENT ON COLUMN leadscore.problem.part IS 'condition or points (of a criterion), stage rule, target criterion, status or model';
COMMENT ON COLUMN leadscore.problem.sqlstate IS 'SQLSTATE of the error that scoring would raise';
COMMENT ON COLUMN leadscore.problem.message IS 'PostgreSQL''s message';
COMMENT ON COLUMN leadscore.problem.detail IS 'Its detail, or NULL';
COMMENT ON COLUMN leadscore.problem.hint IS 'Its hint, or NULL';
COMMENT ON COLUMN leadscore.problem."position" IS 'Where in the expression, in characters from 1; or NULL';
COMMENT ON COLUMN leadscore.problem.expression IS 'The expression as it is written';

-- Scoring. The costs are what a dozen criteria take, in units of a built-in operator. Where it can, the planner passes
-- the columns that the model reads in place of the row: to make a row into a value costs more than to score it.
CREATE FUNCTION leadscore.use_columns(internal) RETURNS internal
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_use_columns';
COMMENT ON FUNCTION leadscore.use_columns(internal) IS
'Internal: planner support, replaces score() of a row by score_columns() of the columns that the model reads, and likewise evaluate(), classify() and target()';

CREATE FUNCTION leadscore.score(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_score';
COMMENT ON FUNCTION leadscore.score(text, anyelement, timestamptz) IS
'Score of a lead (a row: the alias of a table, view or subquery) by a stored model at a time; by default between 0 and 100. NULL if an argument is. Raises 42704 if the model does not exist, 42804 if the lead is not a row, and the error of a condition that cannot be read against the row or evaluated, with model and criterion in the context.';

CREATE FUNCTION leadscore.score_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_score_columns';
COMMENT ON FUNCTION leadscore.score_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.score(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.score(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS double precision
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_score_document';
COMMENT ON FUNCTION leadscore.score(jsonb, anyelement, timestamptz) IS
'Score of a lead by a model given as a value, in the form of leadscore.export_model(). Reads no table. NULL if an argument is. Raises 22023 if the document is not a model.';

CREATE FUNCTION leadscore.score_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_score_document_columns';
COMMENT ON FUNCTION leadscore.score_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.score(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.evaluate(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS leadscore.evaluation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 400 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_evaluate';
COMMENT ON FUNCTION leadscore.evaluate(text, anyelement, timestamptz) IS
'Everything that a stored model says about a lead, in one pass: score, raw score, probability, grade, temperature, stage, target verdict with the failed and unknown criteria, reasons. (evaluate(...)).* calls it once for each column: select it as one value, or take it apart in FROM. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.evaluate_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS leadscore.evaluation
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_evaluate_columns';
COMMENT ON FUNCTION leadscore.evaluate_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.evaluate(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.evaluate(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS leadscore.evaluation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 400 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_evaluate_document';
COMMENT ON FUNCTION leadscore.evaluate(jsonb, anyelement, timestamptz) IS
'Everything that a model given as a value says about a lead. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.evaluate_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS leadscore.evaluation
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_evaluate_document_columns';
COMMENT ON FUNCTION leadscore.evaluate_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.evaluate(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.explain(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain';
COMMENT ON FUNCTION leadscore.explain(text, anyelement, timestamptz) IS
'The score of a lead line by line: base points, every criterion, what a dimension''s limits changed, and last the scale. The contributions of all lines sum to the score, those before the last line to the raw score. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_document';
COMMENT ON FUNCTION leadscore.explain(jsonb, anyelement, timestamptz) IS
'The score of a lead line by line, by a model given as a value. As leadscore.explain() of a stored model.';

CREATE FUNCTION leadscore.classify(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_classify';
COMMENT ON FUNCTION leadscore.classify(text, anyelement, timestamptz) IS
'The stage of a lead by a stored model: the one to which its CRM status is mapped; else the first lost stage, else the first stage on hold, of which a rule holds; else the highest open or won stage of which all rules hold; NULL if there is none. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.classify_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_classify_columns';
COMMENT ON FUNCTION leadscore.classify_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.classify(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.classify(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_classify_document';
COMMENT ON FUNCTION leadscore.classify(jsonb, anyelement, timestamptz) IS
'The stage of a lead by a model given as a value. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.classify_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_classify_document_columns';
COMMENT ON FUNCTION leadscore.classify_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.classify(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.target(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_target';
COMMENT ON FUNCTION leadscore.target(text, anyelement, timestamptz) IS
'Whether a lead is what marketing and sales have agreed to call a target lead, by the criteria in force at the time: not_target (a required one fails), unknown (of a required one nothing is known), grow (a growth one fails: not yet), unknown (of a growth one nothing is known), else target. NULL where none is in force. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.target_columns(model text, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_target_columns';
COMMENT ON FUNCTION leadscore.target_columns(text, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.target(text, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.target(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 200 SUPPORT leadscore.use_columns
AS 'MODULE_PATHNAME', 'leadscore_target_document';
COMMENT ON FUNCTION leadscore.target(jsonb, anyelement, timestamptz) IS
'The verdict on a lead by a model given as a value. Arguments, NULLs and errors as for leadscore.score().';

CREATE FUNCTION leadscore.target_columns(document jsonb, as_of timestamptz, version bigint, lead anyelement, attributes int2vector, VARIADIC columns "any") RETURNS text
LANGUAGE c STABLE PARALLEL SAFE COST 60
AS 'MODULE_PATHNAME', 'leadscore_target_document_columns';
COMMENT ON FUNCTION leadscore.target_columns(jsonb, timestamptz, bigint, anyelement, int2vector, "any") IS
'Internal: what the planner puts in the place of leadscore.target(jsonb, anyelement, timestamptz): the version of the model for which the call was planned, a NULL of the row type, the attribute numbers of the columns, whether there is a lead (boolean), the columns. Raises 40001 if the model has come to read another column.';

CREATE FUNCTION leadscore.explain_stage(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.stage_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_stage';
COMMENT ON FUNCTION leadscore.explain_stage(text, anyelement, timestamptz) IS
'The stage of a lead line by line, in the order in which it is asked: the CRM status, the rules of the lost stages, of those on hold, of the ladder from the top; all of them, with the lines that decide marked. Since it asks all rules, it can fail where leadscore.classify(), which stops at the answer, does not. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_stage(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.stage_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_stage_document';
COMMENT ON FUNCTION leadscore.explain_stage(jsonb, anyelement, timestamptz) IS
'The stage of a lead line by line, in the order in which it is asked: the CRM status, the rules of the lost stages, of those on hold, of the ladder from the top; all of them, with the lines that decide marked. Since it asks all rules, it can fail where leadscore.classify(), which stops at the answer, does not. By a model given as a value. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_target(model text, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.target_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_target';
COMMENT ON FUNCTION leadscore.explain_target(text, anyelement, timestamptz) IS
'The criteria of a target lead in force at a time, and what each says of the lead. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.explain_target(document jsonb, lead anyelement, as_of timestamptz DEFAULT now()) RETURNS SETOF leadscore.target_explanation
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_target_document';
COMMENT ON FUNCTION leadscore.explain_target(jsonb, anyelement, timestamptz) IS
'The criteria of a target lead in force at a time, and what each says of the lead. By a model given as a value. No rows if an argument is NULL. Errors as for leadscore.score().';

CREATE FUNCTION leadscore.validate_model(model text, lead regtype) RETURNS SETOF leadscore.problem
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 10000 ROWS 10
AS 'MODULE_PATHNAME', 'leadscore_validate_model';
COMMENT ON FUNCTION leadscore.validate_model(text, regtype) IS
'What would go wrong when the model scores rows of a type (every table and view has one of its name): one row for each condition, points, rule, target criterion or status that cannot be read against it, with the position; names of columns that a derived value hides. No rows if all is well or an argument is NULL. Raises 42704 if the model does not exist, 42804 if the type is no row type.';

CREATE FUNCTION leadscore.condition_paths(model text, lead regtype, OUT criterion text, OUT path text) RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_condition_paths';
COMMENT ON FUNCTION leadscore.condition_paths(text, regtype) IS
'How each condition of a model is evaluated for rows of a type: native (comparisons of columns with constants, IN, BETWEEN, LIKE ''prefix%'', IS NULL under AND, OR, NOT: in leadscore itself), executor (any other expression, in PostgreSQL''s executor) or constant. The answer is the same either way. No rows if an argument is NULL. Errors as leadscore.score().';

-- Models as values.
CREATE FUNCTION leadscore.export_model(model text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
SET IntervalStyle = 'postgres'
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
BEGIN
  SELECT jsonb_build_object(
    'format', 1,
    'model', jsonb_build_object(
      'title', m.title, 'title_ru', m.title_ru, 'base_points', m.base_points, 'lower', m.lower, 'upper', m.upper,
      'scale', m.scale, 'raw_min', m.raw_min, 'raw_max', m.raw_max, 'time_zone', m.time_zone,
      'status', m.status),
    'dimensions', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'dimension', d.dimension, 'title', d.title, 'title_ru', d.title_ru, 'lower', d.lower, 'upper', d.upper)
        ORDER BY d.ord, d.dimension)
      FROM leadscore.dimension AS d WHERE d.model = m.model), '[]'),
    'criteria', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'criterion', c.criterion, 'dimension', c.dimension, 'attribute', c.attribute, 'condition', c.condition,
        'points', c.points, 'title', c.title, 'title_ru', c.title_ru, 'enabled', c.enabled,
        'provenance', c.provenance)
        ORDER BY c.ord, c.criterion)
      FROM leadscore.criterion AS c WHERE c.model = m.model), '[]'),
    'bands', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'kind', b.kind, 'label', b.label, 'title', b.title, 'title_ru', b.title_ru, 'from_score', b.from_score,
        'keep_from', b.keep_from)
        ORDER BY b.kind, b.from_score DESC, b.label)
      FROM leadscore.band AS b WHERE b.model = m.model), '[]'),
    'stages', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', g.stage, 'stage_no', g.stage_no, 'kind', g.kind, 'title', g.title, 'title_ru', g.title_ru)
        ORDER BY g.stage_no)
      FROM leadscore.stage AS g WHERE g.model = m.model), '[]'),
    'stage_rules', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', r.stage, 'rule', r.rule, 'condition', r.condition, 'title', r.title, 'title_ru', r.title_ru,
        'enabled', r.enabled)
        ORDER BY r.ord, r.stage, r.rule)
      FROM leadscore.stage_rule AS r WHERE r.model = m.model), '[]'),
    'stage_map', coalesce((
      SELECT jsonb_agg(jsonb_build_object('status', s.status, 'stage', s.stage) ORDER BY s.status)
      FROM leadscore.stage_map AS s WHERE s.model = m.model), '[]'),
    'target_criteria', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'criterion', t.criterion, 'condition', t.condition, 'requirement', t.requirement,
        'valid_from', nullif(t.valid_from, '-infinity'), 'valid_to', nullif(t.valid_to, 'infinity'),
        'greeting', t.greeting, 'greeting_version', t.greeting_version, 'title', t.title, 'title_ru', t.title_ru,
        'enabled', t.enabled)
        ORDER BY t.ord, t.criterion, t.valid_from)
      FROM leadscore.target_criterion AS t WHERE t.model = m.model), '[]'),
    'event_kinds', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'event', e.event, 'points', e.points, 'half_life', e.half_life, 'max_count', e.max_count, 'per', e.per,
        'title', e.title, 'title_ru', e.title_ru, 'enabled', e.enabled)
        ORDER BY e.event)
      FROM leadscore.event_kind AS e WHERE e.model = m.model), '[]'),
    'playbook', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'stage', p.stage, 'temperature', p.temperature, 'step', p.step, 'worked_by', p.worked_by, 'action', p.action,
        'action_ru', p.action_ru, 'send', p.send, 'due_within', p.due_within)
        ORDER BY p.stage, p.step, p.temperature)
      FROM leadscore.playbook AS p WHERE p.model = m.model), '[]'),
    'calibration', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'raw_from', nullif(k.raw_from, '-infinity'), 'probability', k.probability, 'intercept', k.intercept,
        'slope', k.slope, 'leads', k.leads, 'wins', k.wins, 'rate_lower', k.rate_lower, 'rate_upper', k.rate_upper,
        'provenance', k.provenance)
        ORDER BY k.raw_from)
      FROM leadscore.calibration AS k WHERE k.model = m.model), '[]'),
    'protected_attributes', coalesce((
      SELECT jsonb_agg(jsonb_build_object('attribute', a.attribute) ORDER BY a.attribute)
      FROM leadscore.protected_attribute AS a WHERE a.model = m.model), '[]'))
  INTO document
  FROM leadscore.model AS m WHERE m.model = export_model.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('model "%s" does not exist', export_model.model),
      HINT = 'Table leadscore.model lists the models; leadscore.create_model() makes one.';
  END IF;
  RETURN document;
END
$$;
COMMENT ON FUNCTION leadscore.export_model(text) IS
'The model as a portable document (its name and version aside) that score(), evaluate() and explain() take in place of the name, and import_model() turns into rows again. NULL for NULL. Raises 42704 if the model does not exist.';

CREATE FUNCTION leadscore.check_document(document jsonb) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_check_document';
COMMENT ON FUNCTION leadscore.check_document(jsonb) IS
'Internal: raises 22023 if the document is not a model, or the error of an expression that cannot be parsed';

CREATE FUNCTION leadscore.import_model(document jsonb, model text, replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
AS $$
#variable_conflict use_column
DECLARE
  head jsonb := document -> 'model';
BEGIN
  PERFORM leadscore.check_document(document);
  IF EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = import_model.model) THEN
    IF NOT replace THEN
      RAISE EXCEPTION USING
        ERRCODE = 'duplicate_object',
        MESSAGE = format('model "%s" already exists', import_model.model),
        HINT = 'Pass replace => true to replace what it holds.';
    END IF;
    DELETE FROM leadscore.criterion AS c WHERE c.model = import_model.model;
    DELETE FROM leadscore.dimension AS d WHERE d.model = import_model.model;
    DELETE FROM leadscore.band AS b WHERE b.model = import_model.model;
    DELETE FROM leadscore.stage AS g WHERE g.model = import_model.model;
    DELETE FROM leadscore.target_criterion AS t WHERE t.model = import_model.model;
    DELETE FROM leadscore.event_kind AS e WHERE e.model = import_model.model;
    DELETE FROM leadscore.calibration AS k WHERE k.model = import_model.model;
    DELETE FROM leadscore.protected_attribute AS a WHERE a.model = import_model.model;
  ELSE
    INSERT INTO leadscore.model (model) VALUES (import_model.model);
  END IF;
  UPDATE leadscore.model AS m SET
    title = head ->> 'title',
    title_ru = head ->> 'title_ru',
    base_points = coalesce((head ->> 'base_points')::double precision, 0),
    lower = coalesce((head ->> 'lower')::double precision, 0),
    upper = coalesce((head ->> 'upper')::double precision, 100),
    scale = coalesce(head ->> 'scale', 'clamp'),
    raw_min = (head ->> 'raw_min')::double precision,
    raw_max = (head ->> 'raw_max')::double precision,
    time_zone = coalesce(head ->> 'time_zone', 'UTC'),
    status = head ->> 'status'
  WHERE m.model = import_model.model;
  INSERT INTO leadscore.dimension (model, dimension, title, title_ru, lower, upper)
  SELECT import_model.model, d.value ->> 'dimension', d.value ->> 'title', d.value ->> 'title_ru',
    (d.value ->> 'lower')::double precision, (d.value ->> 'upper')::double precision
  FROM jsonb_array_elements(nullif(document -> 'dimensions', 'null')) WITH ORDINALITY AS d (value, position)
  ORDER BY d.position;
  INSERT INTO leadscore.criterion
    (model, criterion, dimension, attribute, condition, points, title, title_ru, enabled, provenance)
  SELECT import_model.model, c.value ->> 'criterion', c.value ->> 'dimension', c.value ->> 'attribute',
    coalesce(c.value ->> 'condition', 'true'), c.value ->> 'points', c.value ->> 'title', c.value ->> 'title_ru',
    coalesce((c.value ->> 'enabled')::boolean, true), nullif(c.value -> 'provenance', 'null')
  FROM jsonb_array_elements(nullif(document -> 'criteria', 'null')) WITH ORDINALITY AS c (value, position)
  ORDER BY c.position;
  INSERT INTO leadscore.band (model, kind, label, title, title_ru, from_score, keep_from)
  SELECT import_model.model, b.value ->> 'kind', b.value ->> 'label', b.value ->> 'title', b.value ->> 'title_ru',
    (b.value ->> 'from_score')::double precision, (b.value ->> 'keep_from')::double precision
  FROM jsonb_array_elements(nullif(document -> 'bands', 'null')) AS b (value);
  INSERT INTO leadscore.stage (model, stage, stage_no, kind, title, title_ru)
  SELECT import_model.model, g.value ->> 'stage', (g.value ->> 'stage_no')::integer, coalesce(g.value ->> 'kind', 'open'),
    g.value ->> 'title', g.value ->> 'title_ru'
  FROM jsonb_array_elements(nullif(document -> 'stages', 'null')) AS g (value);
  INSERT INTO leadscore.stage_rule (model, stage, rule, condition, title, title_ru, enabled)
  SELECT import_model.model, r.value ->> 'stage', r.value ->> 'rule', r.value ->> 'condition', r.value ->> 'title',
    r.value ->> 'title_ru', coalesce((r.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'stage_rules', 'null')) WITH ORDINALITY AS r (value, position)
  ORDER BY r.position;
  INSERT INTO leadscore.stage_map (model, status, stage)
  SELECT import_model.model, s.value ->> 'status', s.value ->> 'stage'
  FROM jsonb_array_elements(nullif(document -> 'stage_map', 'null')) AS s (value);
  INSERT INTO leadscore.target_criterion
    (model, criterion, condition, requirement, valid_from, valid_to, greeting, greeting_version, title, title_ru, enabled)
  SELECT import_model.model, t.value ->> 'criterion', t.value ->> 'condition',
    coalesce(t.value ->> 'requirement', 'required'), coalesce((t.value ->> 'valid_from')::date, '-infinity'),
    coalesce((t.value ->> 'valid_to')::date, 'infinity'), t.value ->> 'greeting', t.value ->> 'greeting_version',
    t.value ->> 'title', t.value ->> 'title_ru', coalesce((t.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'target_criteria', 'null')) WITH ORDINALITY AS t (value, position)
  ORDER BY t.position;
  INSERT INTO leadscore.event_kind (model, event, points, half_life, max_count, per, title, title_ru, enabled)
  SELECT import_model.model, e.value ->> 'event', (e.value ->> 'points')::double precision,
    (e.value ->> 'half_life')::interval, (e.value ->> 'max_count')::bigint, (e.value ->> 'per')::interval,
    e.value ->> 'title', e.value ->> 'title_ru', coalesce((e.value ->> 'enabled')::boolean, true)
  FROM jsonb_array_elements(nullif(document -> 'event_kinds', 'null')) AS e (value);
  INSERT INTO leadscore.playbook (model, stage, temperature, step, worked_by, action, action_ru, send, due_within)
  SELECT import_model.model, p.value ->> 'stage', p.value ->> 'temperature', coalesce((p.value ->> 'step')::integer, 1),
    p.value ->> 'worked_by', p.value ->> 'action', p.value ->> 'action_ru', p.value ->> 'send',
    (p.value ->> 'due_within')::interval
  FROM jsonb_array_elements(nullif(document -> 'playbook', 'null')) AS p (value);
  INSERT INTO leadscore.calibration
    (model, raw_from, probability, intercept, slope, leads, wins, rate_lower, rate_upper, provenance)
  SELECT import_model.model, coalesce((k.value ->> 'raw_from')::double precision, '-infinity'),
    (k.value ->> 'probability')::double precision, (k.value ->> 'intercept')::double precision,
    (k.value ->> 'slope')::double precision, (k.value ->> 'leads')::bigint, (k.value ->> 'wins')::bigint,
    (k.value ->> 'rate_lower')::double precision, (k.value ->> 'rate_upper')::double precision,
    nullif(k.value -> 'provenance', 'null')
  FROM jsonb_array_elements(nullif(document -> 'calibration', 'null')) AS k (value);
  INSERT INTO leadscore.protected_attribute (model, attribute)
  SELECT import_model.model, a.value ->> 'attribute'
  FROM jsonb_array_elements(nullif(document -> 'protected_attributes', 'null')) AS a (value);
END
$$;
COMMENT ON FUNCTION leadscore.import_model(jsonb, text, boolean) IS
'Makes a model of this name from a document of export_model(), or with replace => true puts it in the place of what the model holds. Does nothing if an argument is NULL. Raises 42710 if the model exists and is not to be replaced, 22023 if the document is not a model, 23514 and the like if its rows break a check.';

CREATE FUNCTION leadscore.save_model_version(model text, note text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
  saved bigint;
BEGIN
  IF save_model_version.model IS NULL THEN
    RETURN NULL;
  END IF;
  -- Locked, so that the document and the number belong together.
  SELECT m.version INTO saved FROM leadscore.model AS m WHERE m.model = save_model_version.model FOR NO KEY UPDATE;
  document := leadscore.export_model(save_model_version.model);
  INSERT INTO leadscore.model_version AS v (model, version, document, note)
  VALUES (save_model_version.model, saved, document, save_model_version.note)
  ON CONFLICT ON CONSTRAINT model_version_pkey DO UPDATE SET note = coalesce(EXCLUDED.note, v.note);
  RETURN saved;
END
$$;
COMMENT ON FUNCTION leadscore.save_model_version(text, text) IS
'Keeps the model as it is now in leadscore.model_version, with a note, and returns its version number. import_model() with the kept document brings it back. NULL for a NULL model. Raises 42704 if the model does not exist.';

-- Templates.
CREATE FUNCTION leadscore.expression_columns(expression text) RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_expression_columns';
COMMENT ON FUNCTION leadscore.expression_columns(text) IS
'The bare column names that a condition or points read, sorted. NULL for NULL. Raises 42601 and the like if the expression cannot be parsed.';

CREATE FUNCTION leadscore.rename_columns(expression text, columns jsonb) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_rename_columns';
COMMENT ON FUNCTION leadscore.rename_columns(text, jsonb) IS
'A condition or points with column names replaced: {"old": "new"}. NULL if an argument is. Raises 42601 and the like if the expression cannot be parsed.';

-- Lists the parts of a document that are expressions over roles, each with the name by which people know it.
CREATE FUNCTION leadscore.document_expressions(document jsonb,
  OUT section text, OUT item jsonb, OUT name text, OUT roles text[])
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'criteria', c.value, c.value ->> 'criterion',
    leadscore.expression_columns(c.value ->> 'condition') || leadscore.expression_columns(c.value ->> 'points')
  FROM jsonb_array_elements(document -> 'criteria') AS c (value)
  UNION ALL
  SELECT 'stage_rules', r.value, format('%s.%s', r.value ->> 'stage', r.value ->> 'rule'),
    ARRAY(SELECT n.name FROM unnest(leadscore.expression_columns(r.value ->> 'condition')) AS n (name)
      WHERE n.name <> ALL (ARRAY['score', 'grade', 'temperature', 'target']))
  FROM jsonb_array_elements(document -> 'stage_rules') AS r (value)
  UNION ALL
  SELECT 'target_criteria', t.value, t.value ->> 'criterion',
    ARRAY(SELECT n.name FROM unnest(leadscore.expression_columns(t.value ->> 'condition')) AS n (name)
      WHERE n.name <> ALL (ARRAY['score', 'grade', 'temperature']))
  FROM jsonb_array_elements(document -> 'target_criteria') AS t (value)
  UNION ALL
  SELECT 'status', document -> 'model', 'status', leadscore.expression_columns(document #>> '{model,status}')
  WHERE document #>> '{model,status}' IS NOT NULL
$$;
COMMENT ON FUNCTION leadscore.document_expressions(jsonb) IS
'Internal: the criteria, rules, target criteria and status of a document, and the roles that each of them reads';

CREATE FUNCTION leadscore.bind_document(document jsonb, relation regclass, columns jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  roles text[];
  names text[];
  binding jsonb;
  unknown text;
  part record;
  bound jsonb := '{"criteria": [], "stage_rules": [], "target_criteria": []}';
  -- What rules read beside roles.
  judged CONSTANT jsonb := '{"score": "score", "grade": "grade", "temperature": "temperature", "target": "target"}';
  status text;
  item jsonb;
  condition text;
  missing text[];
  left_out text[] := '{}';
  shortened text[] := '{}';
  lacking text[] := '{}';
  weakened text[] := '{}';
  total integer := 0;
BEGIN
  SELECT array_agg(DISTINCT r.role ORDER BY r.role) INTO roles
  FROM leadscore.document_expressions(document) AS e, unnest(e.roles) AS r (role);
  SELECT array_agg(a.attname::text) INTO names
  FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;

  SELECT k.key INTO unknown FROM jsonb_object_keys(columns) AS k (key) WHERE k.key <> ALL (coalesce(roles, '{}')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('the template has no role "%s"', unknown),
      HINT = format('Its roles are %s.', array_to_string(roles, ', '));
  END IF;
  SELECT k.value INTO unknown FROM jsonb_each_text(columns) AS k WHERE k.value <> ALL (names) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_column',
      MESSAGE = format('relation %s has no column "%s"', relation, unknown);
  END IF;

  SELECT jsonb_object_agg(r.role, coalesce(columns ->> r.role, r.role)) INTO binding
  FROM unnest(roles) AS r (role) WHERE coalesce(columns ->> r.role, r.role) = ANY (names);
  binding := coalesce(binding, '{}');

  -- All rules of a step must hold: without one of them the others would let leads in that do not belong there.
  SELECT coalesce(array_agg(DISTINCT e.item ->> 'stage'), '{}') INTO weakened
  FROM leadscore.document_expressions(document) AS e
  JOIN jsonb_array_elements(document -> 'stages') AS g (value)
    ON g.value ->> 'stage' = e.item ->> 'stage' AND coalesce(g.value ->> 'kind', 'open') IN ('open', 'won')
  WHERE e.section = 'stage_rules' AND leadscore.bind_rule(e.item ->> 'condition', binding || judged) IS NULL;

  FOR part IN SELECT * FROM leadscore.document_expressions(document) LOOP
    total := total + 1;
    missing := ARRAY(SELECT r.role FROM unnest(part.roles) AS r (role) WHERE NOT binding ? r.role);
    lacking := lacking || missing;
    condition := CASE
      WHEN part.section IN ('stage_rules', 'target_criteria')
        THEN leadscore.bind_rule(part.item ->> 'condition', binding || judged)
      WHEN missing = '{}' THEN leadscore.rename_columns(part.item ->> 'condition', binding) END;
    IF part.section = 'status' THEN
      status := CASE WHEN missing = '{}' THEN leadscore.rename_columns(document #>> '{model,status}', binding) END;
    ELSIF condition IS NULL OR part.section = 'stage_rules' AND part.item ->> 'stage' = ANY (weakened) THEN
      left_out := left_out || part.name;
    ELSE
      item := part.item || jsonb_build_object('condition', condition);
      IF part.section = 'criteria' THEN
        item := item || jsonb_build_object('points', leadscore.rename_columns(part.item ->> 'points', binding));
      ELSIF missing <> '{}' THEN
        shortened := shortened || part.name;
      END IF;
      bound := jsonb_set(bound, ARRAY[part.section], (bound -> part.section) || jsonb_build_array(item));
    END IF;
  END LOOP;
  IF left_out <> '{}' OR shortened <> '{}' THEN
    RAISE NOTICE USING
      MESSAGE = format('left out %s of %s criteria and rules: %s has no %s', cardinality(left_out), total, relation,
        (SELECT string_agg(DISTINCT quote_ident(l.role), ', ') FROM unnest(lacking) AS l (role))),
      DETAIL = format('Left out: %s.', array_to_string(left_out, ', ')) || CASE WHEN shortened <> '{}'
        THEN format(' Shortened: %s.', array_to_string(shortened, ', ')) ELSE '' END,
      HINT = 'The argument columns maps a role to a column of another name: {"role": "column"}.';
  END IF;
  RETURN document || bound || jsonb_build_object('model', (document -> 'model') || jsonb_build_object('status', status));
END
$$;
COMMENT ON FUNCTION leadscore.bind_document(jsonb, regclass, jsonb) IS
'Internal: a template with its roles replaced by the columns of a relation; criteria, alternatives of rules, and rules without their columns are left out and told in a NOTICE, and with a rule of a step of the ladder the other rules of that step';

CREATE FUNCTION leadscore.create_model(model text, template text, relation regclass DEFAULT NULL, columns jsonb DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  document jsonb := leadscore.model_template(template);
  row_type regtype;
  problem leadscore.problem;
  left_out text[] := '{}';
BEGIN
  IF create_model.model IS NULL OR template IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the model and the template must be named';
  END IF;
  IF EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = create_model.model) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'duplicate_object',
      MESSAGE = format('model "%s" already exists', create_model.model),
      HINT = 'Choose another name, or delete the model from leadscore.model first.';
  END IF;
  IF relation IS NULL AND columns IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'columns need the relation that has them';
  END IF;
  IF relation IS NOT NULL THEN
    SELECT nullif(c.reltype, 0) INTO row_type FROM pg_class AS c WHERE c.oid = relation;
    IF row_type IS NULL THEN
      RAISE EXCEPTION USING
        ERRCODE = 'wrong_object_type',
        MESSAGE = format('%s has no rows to score', relation),
        HINT = 'Name a table or a view.';
    END IF;
    document := leadscore.bind_document(document, relation, coalesce(columns, '{}'));
  END IF;
  PERFORM leadscore.import_model(document, create_model.model);
  IF relation IS NULL THEN
    RETURN;
  END IF;

  -- What remains may still meet a column of an unexpected type.
  FOR problem IN
    SELECT DISTINCT ON (p.part = 'stage rule', p.part = 'target criterion', p.criterion) p.*
    FROM leadscore.validate_model(create_model.model, row_type) AS p
    WHERE p.severity = 'error' AND p.part <> 'model'
    ORDER BY p.part = 'stage rule', p.part = 'target criterion', p.criterion, p.part
  LOOP
    left_out := left_out || format('%s (%s)', coalesce(problem.criterion, problem.part), problem.message);
    CASE problem.part
    WHEN 'stage rule' THEN
      DELETE FROM leadscore.stage_rule AS r USING leadscore.stage AS g
      WHERE r.model = create_model.model AND g.model = r.model AND g.stage = r.stage
        AND (problem.criterion = format('%s.%s', r.stage, r.rule)
          OR (g.kind IN ('open', 'won') AND problem.criterion LIKE replace(r.stage, '_', '\_') || '.%'));
    WHEN 'target criterion' THEN
      DELETE FROM leadscore.target_criterion AS t WHERE t.model = create_model.model AND t.criterion = problem.criterion;
    WHEN 'status' THEN
      UPDATE leadscore.model AS m SET status = NULL WHERE m.model = create_model.model;
    ELSE
      DELETE FROM leadscore.criterion AS c WHERE c.model = create_model.model AND c.criterion = problem.criterion;
    END CASE;
  END LOOP;
  -- A contract that asks for nothing that the relation knows would call every lead a target lead.
  PERFORM FROM leadscore.document_expressions(leadscore.export_model(create_model.model)) AS e
  WHERE e.section = 'target_criteria' AND e.roles <> '{}';
  IF NOT FOUND THEN
    WITH idle AS (
      DELETE FROM leadscore.target_criterion AS t WHERE t.model = create_model.model RETURNING t.criterion, t.ord)
    SELECT left_out || array_agg(format('%s (without other criteria of a target lead)', i.criterion) ORDER BY i.ord)
    INTO left_out FROM idle AS i;
  END IF;
  FOR problem IN
    SELECT p.* FROM leadscore.validate_model(create_model.model, row_type) AS p WHERE p.severity = 'warning'
  LOOP
    RAISE NOTICE USING MESSAGE = problem.message, HINT = problem.hint;
  END LOOP;
  IF left_out <> '{}' THEN
    RAISE NOTICE USING
      MESSAGE = format('left out criteria that do not fit the columns of %s: %s', relation, array_to_string(left_out, ', '));
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.create_model(text, text, regclass, jsonb) IS
'Makes a model from a template: b2b, b2c or blank. With a relation, the roles in the template''s conditions become its columns, by name or as columns maps them ({"role": "column"}); criteria and rules whose column is missing or of another type are left out and told in a NOTICE. Raises 22004 for a NULL model or template, 42710 if the model exists, 22023 for an unknown template or role, 42703 for an unknown column, 42809 for what is no table or view.';

-- Scores kept in a table of the user.
CREATE FUNCTION leadscore.set_score() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_set_score';
COMMENT ON FUNCTION leadscore.set_score() IS
'Trigger function, BEFORE INSERT OR UPDATE, FOR EACH ROW, with the arguments (model, score column [, grade column [, temperature column [, stage column [, target column]]]]), '''' for a column that is not wanted: fills the columns from the new row as of the transaction''s time. On UPDATE the earlier label is kept down to its band''s keep_from. Rules move no lead to a lower stage of the ladder than the one in its row: write another stage there, or NULL, to begin afresh. A lead that cannot be scored is written all the same, with NULLs (but its stage) and a WARNING. Raises 39P01 if it is not such a trigger, 42703 if a column to fill does not exist, 0A000 if the model reads a generated column.';

CREATE FUNCTION leadscore.set_score_triggers(relation regclass,
  OUT trigger name, OUT model text, OUT score_column name, OUT grade_column name, OUT temperature_column name,
  OUT stage_column name, OUT target_column name, OUT fires_on name)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1
AS 'MODULE_PATHNAME', 'leadscore_set_score_triggers';
COMMENT ON FUNCTION leadscore.set_score_triggers(regclass) IS
'The enabled triggers of a table that call leadscore.set_score() on UPDATE: the model, the columns they fill (NULL: not filled) and a column whose UPDATE fires them. No rows for NULL. Raises 42P01 if there is no such relation.';

CREATE FUNCTION leadscore.needs_rescoring(model text, lead anyelement, score_column name, grade_column name, temperature_column name,
  stage_column name DEFAULT NULL, target_column name DEFAULT NULL) RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_needs_rescoring';
COMMENT ON FUNCTION leadscore.needs_rescoring(text, anyelement, name, name, name, name, name) IS
'Whether leadscore.set_score() would write something else into the columns of a stored lead than they hold, now. Columns that are NULL are not filled. NULL for a NULL model, lead or score column. Raises 42703 if the row has no such column, and errors as leadscore.score().';

-- Without a search_path of its own: the UPDATE fires the user's triggers, which must run under the user's. So every name
-- and operator is qualified.
CREATE FUNCTION leadscore.rescore_table(relation regclass) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
AS $$
DECLARE
  filled pg_catalog.record;
  rescored pg_catalog.int8 := 0;
  changed pg_catalog.int8;
  -- The rows of inheritance children fire no trigger of their parent; those of partitions do.
  target pg_catalog.text := CASE
    WHEN EXISTS (SELECT FROM pg_catalog.pg_class AS c
      WHERE c.oid OPERATOR(pg_catalog.=) relation AND c.relkind OPERATOR(pg_catalog.=) 'p') THEN ''
    ELSE 'ONLY ' END;
BEGIN
  FOR filled IN SELECT * FROM leadscore.set_score_triggers(relation) LOOP
    IF filled.fires_on IS NULL THEN
      RAISE EXCEPTION USING
        ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = pg_catalog.format('trigger "%s" fires on generated columns alone', filled.trigger),
        HINT = 'Create it for UPDATE OF another column too.';
    END IF;
    -- Writing a column onto itself fires the trigger, which does the work.
    EXECUTE pg_catalog.format(
      'UPDATE %s%s AS l SET %I = l.%I WHERE leadscore.needs_rescoring(%L::pg_catalog.text, l.*, %L, %L, %L, %L, %L)',
      target, relation::pg_catalog.regclass, filled.fires_on, filled.fires_on, filled.model, filled.score_column,
      filled.grade_column, filled.temperature_column, filled.stage_column, filled.target_column);
    GET DIAGNOSTICS changed = ROW_COUNT;
    rescored := rescored OPERATOR(pg_catalog.+) changed;
  END LOOP;
  IF filled IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = pg_catalog.format('%s has no enabled trigger that calls leadscore.set_score() on UPDATE', relation);
  END IF;
  RETURN rescored;
END
$$;
COMMENT ON FUNCTION leadscore.rescore_table(regclass) IS
'Scores again, after a model has changed, the rows of a table whose columns are filled by leadscore.set_score(): rewrites those in which the trigger would write something else, in one UPDATE with the caller''s privileges, and returns how many. NULL for NULL. Raises 55000 if the table has no such trigger, and the error of a lead that cannot be scored.';
-- The templates from which create_model() makes a model: documents in the format of export_model().
--
-- The names in the conditions are roles (docs/templates.md lists them); create_model() puts the columns of a
-- relation in their place. The conditions use no backslash, so that they mean the same whatever
-- standard_conforming_strings says. Letters are Latin and Russian only, so that the script also installs in a
-- database in WIN1251 or KOI8R.
CREATE FUNCTION leadscore.model_template(template text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CASE template
    WHEN 'b2b' THEN
        RETURN $json$
{
 "format": 1,
 "model": {"title": "Sales to companies", "title_ru": "\u041f\u0440\u043e\u0434\u0430\u0436\u0438 \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f\u043c",
           "base_points": 0, "lower": 0, "upper": 100, "scale": "clamp", "time_zone": "UTC"},

 "dimensions": [
  {"dimension": "gate",       "title": "Conditions without which we do not work", "title_ru": "\u0423\u0441\u043b\u043e\u0432\u0438\u044f, \u0431\u0435\u0437 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u043d\u0435 \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u043c", "lower": null, "upper": 0},
  {"dimension": "fit",        "title": "Portrait of the customer",                "title_ru": "\u041f\u043e\u0440\u0442\u0440\u0435\u0442 \u043a\u043b\u0438\u0435\u043d\u0442\u0430",                  "lower": -10,  "upper": 30},
  {"dimension": "need",       "title": "Budget, authority, need, timing",         "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442, \u043f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f, \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c, \u0441\u0440\u043e\u043a\u0438", "lower": -15, "upper": 30},
  {"dimension": "engagement", "title": "Actions",                                 "title_ru": "\u0414\u0435\u0439\u0441\u0442\u0432\u0438\u044f",                         "lower": -20,  "upper": 30},
  {"dimension": "quality",    "title": "Quality of the data",                     "title_ru": "\u041a\u0430\u0447\u0435\u0441\u0442\u0432\u043e \u0434\u0430\u043d\u043d\u044b\u0445",                  "lower": -30,  "upper": 10}
 ],

 "criteria": [
  {"criterion": "request_denied", "dimension": "gate", "points": -100,
   "condition": "NOT request_confirmed",
   "title": "Says they left no request", "title_ru": "\u0413\u043e\u0432\u043e\u0440\u0438\u0442, \u0447\u0442\u043e \u043d\u0435 \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b \u0437\u0430\u044f\u0432\u043a\u0443", "provenance": null},
  {"criterion": "outside_service_area", "dimension": "gate", "points": -100,
   "condition": "NOT in_service_area",
   "title": "Outside the area we serve", "title_ru": "\u0412\u043d\u0435 \u0440\u0435\u0433\u0438\u043e\u043d\u0430, \u0433\u0434\u0435 \u043c\u044b \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u043c", "provenance": null},

  {"criterion": "company_known", "dimension": "fit", "points": 3,
   "condition": "company ~ '[^[:space:]]'",
   "title": "Company is known", "title_ru": "\u0423\u043a\u0430\u0437\u0430\u043d\u0430 \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f", "provenance": null},

  {"criterion": "industry_target", "dimension": "fit", "attribute": "industry", "points": 5,
   "condition": "industry ~* 'information technology|software|[[:<:]]it[[:>:]]|\u0438\u043d\u0444\u043e\u0440\u043c\u0430\u0446\u0438\u043e\u043d\u043d|\u0440\u0430\u0437\u0440\u0430\u0431\u043e\u0442\u043a|financ|\u0444\u0438\u043d\u0430\u043d\u0441|bank|\u0431\u0430\u043d\u043a|retail|\u0440\u043e\u0437\u043d\u0438\u0447|e-?commerce|\u0442\u043e\u0440\u0433\u043e\u0432|manufactur|\u043f\u0440\u043e\u0438\u0437\u0432\u043e\u0434\u0441\u0442\u0432|logist|\u043b\u043e\u0433\u0438\u0441\u0442|telecom|\u0442\u0435\u043b\u0435\u043a\u043e\u043c|\u0441\u0432\u044f\u0437\u044c'",
   "title": "Industry we sell to", "title_ru": "\u041d\u0430\u0448\u0430 \u043e\u0442\u0440\u0430\u0441\u043b\u044c", "provenance": null},
  {"criterion": "industry_other", "dimension": "fit", "attribute": "industry", "points": 2,
   "condition": "industry ~ '[^[:space:]]'",
   "title": "Another industry", "title_ru": "\u0414\u0440\u0443\u0433\u0430\u044f \u043e\u0442\u0440\u0430\u0441\u043b\u044c", "provenance": null},

  {"criterion": "headcount_500", "dimension": "fit", "attribute": "headcount", "points": 6,
   "condition": "headcount >= 500",
   "title": "500 employees or more", "title_ru": "\u041e\u0442 500 \u0441\u043e\u0442\u0440\u0443\u0434\u043d\u0438\u043a\u043e\u0432", "provenance": null},
  {"criterion": "headcount_50", "dimension": "fit", "attribute": "headcount", "points": 8,
   "condition": "headcount >= 50",
   "title": "50 to 499 employees", "title_ru": "\u041e\u0442 50 \u0434\u043e 499 \u0441\u043e\u0442\u0440\u0443\u0434\u043d\u0438\u043a\u043e\u0432", "provenance": null},
  {"criterion": "headcount_10", "dimension": "fit", "attribute": "headcount", "points": 5,
   "condition": "headcount >= 10",
   "title": "10 to 49 employees", "title_ru": "\u041e\u0442 10 \u0434\u043e 49 \u0441\u043e\u0442\u0440\u0443\u0434\u043d\u0438\u043a\u043e\u0432", "provenance": null},
  {"criterion": "headcount_2", "dimension": "fit", "attribute": "headcount", "points": 2,
   "condition": "headcount >= 2",
   "title": "2 to 9 employees", "title_ru": "\u041e\u0442 2 \u0434\u043e 9 \u0441\u043e\u0442\u0440\u0443\u0434\u043d\u0438\u043a\u043e\u0432", "provenance": null},
  {"criterion": "headcount_1", "dimension": "fit", "attribute": "headcount", "points": -3,
   "condition": "headcount < 2",
   "title": "Works alone", "title_ru": "\u0420\u0430\u0431\u043e\u0442\u0430\u0435\u0442 \u0432 \u043e\u0434\u0438\u043d\u043e\u0447\u043a\u0443", "provenance": null},

  {"criterion": "job_title_trainee", "dimension": "fit", "attribute": "job_title", "points": -6,
   "condition": "job_title ~* '\u0441\u0442\u0443\u0434\u0435\u043d\u0442|\u0441\u0442\u0430\u0436[\u0435\u0451]\u0440|\u043f\u0440\u0430\u043a\u0442\u0438\u043a\u0430\u043d\u0442|\u0448\u043a\u043e\u043b\u044c\u043d\u0438\u043a|\u0431\u0435\u0437\u0440\u0430\u0431\u043e\u0442\u043d|[[:<:]](intern|trainee|student|unemployed)[[:>:]]'",
   "title": "Student or trainee", "title_ru": "\u0421\u0442\u0443\u0434\u0435\u043d\u0442 \u0438\u043b\u0438 \u0441\u0442\u0430\u0436\u0451\u0440", "provenance": null},
  {"criterion": "job_title_assistant", "dimension": "fit", "attribute": "job_title", "points": 1,
   "condition": "job_title ~* '\u043f\u043e\u043c\u043e\u0449\u043d\u0438\u043a|\u0430\u0441\u0441\u0438\u0441\u0442\u0435\u043d\u0442|\u0441\u0435\u043a\u0440\u0435\u0442\u0430\u0440|[[:<:]](assistant|secretary)[[:>:]]'",
   "title": "Assistant or secretary", "title_ru": "\u041f\u043e\u043c\u043e\u0449\u043d\u0438\u043a \u0438\u043b\u0438 \u0441\u0435\u043a\u0440\u0435\u0442\u0430\u0440\u044c", "provenance": null},
  {"criterion": "job_title_deputy", "dimension": "fit", "attribute": "job_title", "points": 6,
   "condition": "job_title ~* '\u0437\u0430\u043c\u0435\u0441\u0442\u0438\u0442\u0435\u043b|\u0437\u0430\u043c[.]|[[:<:]](deputy|associate director)[[:>:]]'",
   "title": "Deputy head", "title_ru": "\u0417\u0430\u043c\u0435\u0441\u0442\u0438\u0442\u0435\u043b\u044c", "provenance": null},
  {"criterion": "job_title_decision_maker", "dimension": "fit", "attribute": "job_title", "points": 9,
   "condition": "job_title ~* '\u0434\u0438\u0440\u0435\u043a\u0442\u043e\u0440|\u0441\u043e\u0431\u0441\u0442\u0432\u0435\u043d\u043d\u0438\u043a|\u0432\u043b\u0430\u0434\u0435\u043b|\u043e\u0441\u043d\u043e\u0432\u0430\u0442\u0435\u043b|\u0443\u0447\u0440\u0435\u0434\u0438\u0442\u0435\u043b|\u043f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442|\u043f\u0440\u0435\u0434\u043f\u0440\u0438\u043d\u0438\u043c\u0430\u0442\u0435\u043b|^\u0438\u043f$|[[:<:]](ceo|cto|cfo|coo|cio|cmo|cpo|chief [a-z]+ officer|president|founder|co-?founder|owner|director|managing partner|vp|gesch.{1,2}ftsf.{1,2}hrer|inhaber)[[:>:]]'",
   "title": "Director, owner or founder", "title_ru": "\u0414\u0438\u0440\u0435\u043a\u0442\u043e\u0440, \u0432\u043b\u0430\u0434\u0435\u043b\u0435\u0446, \u043e\u0441\u043d\u043e\u0432\u0430\u0442\u0435\u043b\u044c", "provenance": null},
  {"criterion": "job_title_head", "dimension": "fit", "attribute": "job_title", "points": 6,
   "condition": "job_title ~* '\u0440\u0443\u043a\u043e\u0432\u043e\u0434\u0438\u0442\u0435\u043b|\u043d\u0430\u0447\u0430\u043b\u044c\u043d\u0438\u043a|\u0437\u0430\u0432\u0435\u0434\u0443\u044e\u0449|\u0433\u043b\u0430\u0432\u043d|[[:<:]](head|chief|team lead|supervisor|leiter)[[:>:]]'",
   "title": "Head of a department", "title_ru": "\u0420\u0443\u043a\u043e\u0432\u043e\u0434\u0438\u0442\u0435\u043b\u044c \u043e\u0442\u0434\u0435\u043b\u0430", "provenance": null},
  {"criterion": "job_title_other", "dimension": "fit", "attribute": "job_title", "points": 2,
   "condition": "job_title ~ '[^[:space:]]'",
   "title": "Another job title", "title_ru": "\u0414\u0440\u0443\u0433\u0430\u044f \u0434\u043e\u043b\u0436\u043d\u043e\u0441\u0442\u044c", "provenance": null},

  {"criterion": "country_home", "dimension": "fit", "attribute": "country", "points": 3,
   "condition": "country ~* '^(ru|rus|russia|russian federation|\u0440\u043e\u0441\u0441\u0438\u044f|\u0440\u043e\u0441\u0441\u0438\u0439\u0441\u043a\u0430\u044f \u0444\u0435\u0434\u0435\u0440\u0430\u0446\u0438\u044f|\u0440\u0444)$'",
   "title": "Home country", "title_ru": "\u041d\u0430\u0448\u0430 \u0441\u0442\u0440\u0430\u043d\u0430", "provenance": null},
  {"criterion": "country_near", "dimension": "fit", "attribute": "country", "points": 2,
   "condition": "country ~* '^(by|belarus|\u0431\u0435\u043b\u0430\u0440\u0443\u0441\u044c|\u0431\u0435\u043b\u043e\u0440\u0443\u0441\u0441\u0438\u044f|kz|kazakhstan|\u043a\u0430\u0437\u0430\u0445\u0441\u0442\u0430\u043d|am|armenia|\u0430\u0440\u043c\u0435\u043d\u0438\u044f|uz|uzbekistan|\u0443\u0437\u0431\u0435\u043a\u0438\u0441\u0442\u0430\u043d|kg|kyrgyzstan|\u043a\u0438\u0440\u0433\u0438\u0437\u0438\u044f|\u043a\u044b\u0440\u0433\u044b\u0437\u0441\u0442\u0430\u043d)$'",
   "title": "Neighbouring country", "title_ru": "\u0421\u043e\u0441\u0435\u0434\u043d\u044f\u044f \u0441\u0442\u0440\u0430\u043d\u0430", "provenance": null},

  {"criterion": "region_main", "dimension": "fit", "attribute": "region", "points": 3,
   "condition": "region ~* '\u043c\u043e\u0441\u043a\u0432|\u043c\u043e\u0441\u043a\u043e\u0432|moscow|\u043f\u0435\u0442\u0435\u0440\u0431\u0443\u0440\u0433|petersburg|\u043b\u0435\u043d\u0438\u043d\u0433\u0440\u0430\u0434|leningrad'",
   "title": "Region where most customers are", "title_ru": "\u041e\u0441\u043d\u043e\u0432\u043d\u043e\u0439 \u0440\u0435\u0433\u0438\u043e\u043d \u043f\u0440\u043e\u0434\u0430\u0436", "provenance": null},
  {"criterion": "city_main", "dimension": "fit", "attribute": "region", "points": 3,
   "condition": "city ~* '\u043c\u043e\u0441\u043a\u0432\u0430|moscow|\u043f\u0435\u0442\u0435\u0440\u0431\u0443\u0440\u0433|petersburg'",
   "title": "City where most customers are", "title_ru": "\u041e\u0441\u043d\u043e\u0432\u043d\u043e\u0439 \u0433\u043e\u0440\u043e\u0434 \u043f\u0440\u043e\u0434\u0430\u0436", "provenance": null},

  {"criterion": "channel_referral", "dimension": "fit", "attribute": "channel", "points": 6,
   "condition": "channel ~* 'referr|recommend|word of mouth|\u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434|\u0441\u0430\u0440\u0430\u0444\u0430\u043d|partner|\u043f\u0430\u0440\u0442\u043d[\u0435\u0451]\u0440'",
   "title": "Came by recommendation", "title_ru": "\u041f\u0440\u0438\u0448\u0451\u043b \u043f\u043e \u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434\u0430\u0446\u0438\u0438", "provenance": null},
  {"criterion": "channel_giveaway", "dimension": "fit", "attribute": "channel", "points": -4,
   "condition": "channel ~* 'giveaway|lead magnet|free book|[[:<:]]e-?book|\u0431\u0435\u0441\u043f\u043b\u0430\u0442\u043d|\u0440\u043e\u0437\u044b\u0433\u0440\u044b\u0448|\u043f\u043e\u0434\u0430\u0440|\u043b\u0438\u0434-\u043c\u0430\u0433\u043d\u0438\u0442'",
   "title": "Came for something free", "title_ru": "\u041f\u0440\u0438\u0448\u0451\u043b \u0437\u0430 \u0431\u0435\u0441\u043f\u043b\u0430\u0442\u043d\u044b\u043c", "provenance": null},
  {"criterion": "channel_cold", "dimension": "fit", "attribute": "channel", "points": -3,
   "condition": "channel ~* 'cold|purchased|bought|scrap|\u0445\u043e\u043b\u043e\u0434\u043d|\u043a\u0443\u043f\u043b\u0435\u043d|\u043f\u0430\u0440\u0441\u0438\u043d\u0433'",
   "title": "Cold or purchased list", "title_ru": "\u0425\u043e\u043b\u043e\u0434\u043d\u0430\u044f \u0438\u043b\u0438 \u043a\u0443\u043f\u043b\u0435\u043d\u043d\u0430\u044f \u0431\u0430\u0437\u0430", "provenance": null},
  {"criterion": "channel_event", "dimension": "fit", "attribute": "channel", "points": 4,
   "condition": "channel ~* 'event|exhibition|conference|trade show|webinar|\u0432\u044b\u0441\u0442\u0430\u0432\u043a|\u043a\u043e\u043d\u0444\u0435\u0440\u0435\u043d\u0446|\u0444\u043e\u0440\u0443\u043c|\u043c\u0435\u0440\u043e\u043f\u0440\u0438\u044f\u0442|\u0432\u0435\u0431\u0438\u043d\u0430\u0440'",
   "title": "Exhibition, conference, webinar", "title_ru": "\u0412\u044b\u0441\u0442\u0430\u0432\u043a\u0430, \u043a\u043e\u043d\u0444\u0435\u0440\u0435\u043d\u0446\u0438\u044f, \u0432\u0435\u0431\u0438\u043d\u0430\u0440", "provenance": null},
  {"criterion": "channel_advertising", "dimension": "fit", "attribute": "channel", "points": 2,
   "condition": "channel ~* '[[:<:]](ads?|adwords|cpc|ppc|banner|paid|yandex.?direct)[[:>:]]|target|\u0440\u0435\u043a\u043b\u0430\u043c|\u0434\u0438\u0440\u0435\u043a\u0442|\u0442\u0430\u0440\u0433\u0435\u0442|\u043a\u043e\u043d\u0442\u0435\u043a\u0441\u0442'",
   "title": "Advertising", "title_ru": "\u0420\u0435\u043a\u043b\u0430\u043c\u0430", "provenance": null},
  {"criterion": "channel_own", "dimension": "fit", "attribute": "channel", "points": 4,
   "condition": "channel ~* 'site|seo|organic|search|direct|phone|call|chat|\u0441\u0430\u0439\u0442|\u043e\u0440\u0433\u0430\u043d\u0438|\u043f\u043e\u0438\u0441\u043a|\u043f\u0440\u044f\u043c|\u0437\u0432\u043e\u043d|\u0447\u0430\u0442'",
   "title": "Own site, search, call or chat", "title_ru": "\u0421\u0430\u0439\u0442, \u043f\u043e\u0438\u0441\u043a, \u0437\u0432\u043e\u043d\u043e\u043a, \u0447\u0430\u0442", "provenance": null},
  {"criterion": "channel_newsletter", "dimension": "fit", "attribute": "channel", "points": 3,
   "condition": "channel ~* 'newsletter|e-?mail|mailing|\u0440\u0430\u0441\u0441\u044b\u043b'",
   "title": "Newsletter", "title_ru": "\u0420\u0430\u0441\u0441\u044b\u043b\u043a\u0430", "provenance": null},
  {"criterion": "channel_social", "dimension": "fit", "attribute": "channel", "points": 1,
   "condition": "channel ~* 'social|vkontakte|[[:<:]]vk[[:>:]]|telegram|linkedin|facebook|instagram|youtube|\u0441\u043e\u0446|\u0432\u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0435|\u0442\u0435\u043b\u0435\u0433\u0440\u0430\u043c'",
   "title": "Social networks", "title_ru": "\u0421\u043e\u0446\u0438\u0430\u043b\u044c\u043d\u044b\u0435 \u0441\u0435\u0442\u0438", "provenance": null},

  {"criterion": "budget_large", "dimension": "need", "attribute": "budget", "points": 10,
   "condition": "budget >= 1000000",
   "title": "Budget of 1,000,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 1 000 000", "provenance": null},
  {"criterion": "budget_medium", "dimension": "need", "attribute": "budget", "points": 7,
   "condition": "budget >= 300000",
   "title": "Budget of 300,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 300 000", "provenance": null},
  {"criterion": "budget_small", "dimension": "need", "attribute": "budget", "points": 4,
   "condition": "budget >= 100000",
   "title": "Budget of 100,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 100 000", "provenance": null},
  {"criterion": "budget_too_small", "dimension": "need", "attribute": "budget", "points": -4,
   "condition": "budget < 30000",
   "title": "Budget below 30,000", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043c\u0435\u043d\u044c\u0448\u0435 30 000", "provenance": null},

  {"criterion": "authority_confirmed", "dimension": "need", "attribute": "decision_maker", "points": 7,
   "condition": "decision_maker",
   "title": "Takes the decision", "title_ru": "\u041f\u0440\u0438\u043d\u0438\u043c\u0430\u0435\u0442 \u0440\u0435\u0448\u0435\u043d\u0438\u0435 \u0441\u0430\u043c (\u041b\u041f\u0420)", "provenance": null},
  {"criterion": "authority_absent", "dimension": "need", "attribute": "decision_maker", "points": -2,
   "condition": "NOT decision_maker",
   "title": "Somebody else decides", "title_ru": "\u0420\u0435\u0448\u0435\u043d\u0438\u0435 \u0437\u0430\u0432\u0438\u0441\u0438\u0442 \u043e\u0442 \u043d\u0430\u0447\u0430\u043b\u044c\u0441\u0442\u0432\u0430", "provenance": null},

  {"criterion": "need_stated", "dimension": "need", "attribute": "need_stated", "points": 8,
   "condition": "need_stated",
   "title": "Has a need we can meet", "title_ru": "\u0415\u0441\u0442\u044c \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c, \u043a\u043e\u0442\u043e\u0440\u0443\u044e \u043c\u044b \u0437\u0430\u043a\u0440\u043e\u0435\u043c", "provenance": null},
  {"criterion": "need_absent", "dimension": "need", "attribute": "need_stated", "points": -8,
   "condition": "NOT need_stated",
   "title": "Has no need", "title_ru": "\u041f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u0438 \u043d\u0435\u0442", "provenance": null},

  {"criterion": "timing_now", "dimension": "need", "attribute": "months_to_purchase", "points": 8,
   "condition": "months_to_purchase <= 1",
   "title": "Buys within a month", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043c\u0435\u0441\u044f\u0446\u0430", "provenance": null},
  {"criterion": "timing_quarter", "dimension": "need", "attribute": "months_to_purchase", "points": 5,
   "condition": "months_to_purchase <= 3",
   "title": "Buys within a quarter", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043a\u0432\u0430\u0440\u0442\u0430\u043b\u0430", "provenance": null},
  {"criterion": "timing_half_year", "dimension": "need", "attribute": "months_to_purchase", "points": 2,
   "condition": "months_to_purchase <= 6",
   "title": "Buys within half a year", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043f\u043e\u043b\u0443\u0433\u043e\u0434\u0430", "provenance": null},
  {"criterion": "timing_late", "dimension": "need", "attribute": "months_to_purchase", "points": -4,
   "condition": "months_to_purchase > 12",
   "title": "Buys in more than a year", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u043d\u0435 \u0440\u0430\u043d\u044c\u0448\u0435 \u0447\u0435\u043c \u0447\u0435\u0440\u0435\u0437 \u0433\u043e\u0434", "provenance": null},

  {"criterion": "long_term", "dimension": "need", "points": 3,
   "condition": "long_term",
   "title": "Wants to work together for long", "title_ru": "\u041d\u0443\u0436\u043d\u043e \u0434\u043b\u0438\u0442\u0435\u043b\u044c\u043d\u043e\u0435 \u0441\u043e\u0442\u0440\u0443\u0434\u043d\u0438\u0447\u0435\u0441\u0442\u0432\u043e", "provenance": null},

  {"criterion": "comment_about_deal", "dimension": "need", "attribute": "comment", "points": 4,
   "condition": "comment ~* 'price|quot|invoice|contract|proposal|\u0446\u0435\u043d[\u0430\u044b\u0443]|\u0441\u0442\u043e\u0438\u043c\u043e\u0441\u0442|\u043f\u0440\u0430\u0439\u0441|\u0441\u043c\u0435\u0442|\u0441\u0447[\u0435\u0451]\u0442|\u0434\u043e\u0433\u043e\u0432\u043e\u0440|\u043a\u043e\u043c\u043c\u0435\u0440\u0447\u0435\u0441\u043a'",
   "title": "Comment asks about price or contract", "title_ru": "\u0412 \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0438 \u0446\u0435\u043d\u0430 \u0438\u043b\u0438 \u0434\u043e\u0433\u043e\u0432\u043e\u0440", "provenance": null},
  {"criterion": "comment_given", "dimension": "need", "attribute": "comment", "points": 2,
   "condition": "length(btrim(comment)) >= 10",
   "title": "Left a comment", "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439", "provenance": null},

  {"criterion": "subscribed", "dimension": "engagement", "points": 1,
   "condition": "subscribed",
   "title": "Subscribed to the newsletter", "title_ru": "\u041f\u043e\u0434\u043f\u0438\u0441\u0430\u043d \u043d\u0430 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443", "provenance": null},
  {"criterion": "email_opened", "dimension": "engagement", "points": 2,
   "condition": "emails_opened > 0",
   "title": "Opens e-mails", "title_ru": "\u041e\u0442\u043a\u0440\u044b\u0432\u0430\u0435\u0442 \u043f\u0438\u0441\u044c\u043c\u0430", "provenance": null},
  {"criterion": "email_clicked_often", "dimension": "engagement", "attribute": "emails_clicked", "points": 5,
   "condition": "emails_clicked > 0 AND emails_clicked >= 0.2 * emails_received",
   "title": "Clicks in a fifth of the e-mails or more", "title_ru": "\u041f\u0435\u0440\u0435\u0445\u043e\u0434\u0438\u0442 \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0430\u043c \u0438\u0437 \u043a\u0430\u0436\u0434\u043e\u0433\u043e \u043f\u044f\u0442\u043e\u0433\u043e \u043f\u0438\u0441\u044c\u043c\u0430", "provenance": null},
  {"criterion": "email_clicked", "dimension": "engagement", "attribute": "emails_clicked", "points": 4,
   "condition": "emails_clicked > 0",
   "title": "Clicks in e-mails", "title_ru": "\u041f\u0435\u0440\u0435\u0445\u043e\u0434\u0438\u0442 \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0430\u043c \u0438\u0437 \u043f\u0438\u0441\u0435\u043c", "provenance": null},
  {"criterion": "site_visits_5", "dimension": "engagement", "attribute": "site_visits", "points": 7,
   "condition": "site_visits >= 5",
   "title": "5 visits to the site or more", "title_ru": "\u041e\u0442 5 \u0432\u0438\u0437\u0438\u0442\u043e\u0432 \u043d\u0430 \u0441\u0430\u0439\u0442", "provenance": null},
  {"criterion": "site_visits_2", "dimension": "engagement", "attribute": "site_visits", "points": 6,
   "condition": "site_visits >= 2",
   "title": "2 to 4 visits to the site", "title_ru": "\u041e\u0442 2 \u0434\u043e 4 \u0432\u0438\u0437\u0438\u0442\u043e\u0432 \u043d\u0430 \u0441\u0430\u0439\u0442", "provenance": null},
  {"criterion": "content_downloaded", "dimension": "engagement", "points": 8,
   "condition": "content_downloaded",
   "title": "Downloaded materials", "title_ru": "\u0421\u043a\u0430\u0447\u0430\u043b \u043c\u0430\u0442\u0435\u0440\u0438\u0430\u043b\u044b", "provenance": null},
  {"criterion": "webinar_attended", "dimension": "engagement", "points": 9,
   "condition": "webinar_attended",
   "title": "Attended a webinar", "title_ru": "\u0411\u044b\u043b \u043d\u0430 \u0432\u0435\u0431\u0438\u043d\u0430\u0440\u0435", "provenance": null},
  {"criterion": "demo_requested", "dimension": "engagement", "points": 12,
   "condition": "demo_requested",
   "title": "Asked for a demo", "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0434\u0435\u043c\u043e\u043d\u0441\u0442\u0440\u0430\u0446\u0438\u044e", "provenance": null},
  {"criterion": "price_requested", "dimension": "engagement", "points": 14,
   "condition": "price_requested",
   "title": "Asked for a price", "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0440\u0430\u0441\u0447\u0451\u0442 \u0441\u0442\u043e\u0438\u043c\u043e\u0441\u0442\u0438", "provenance": null},
  {"criterion": "request_repeated", "dimension": "engagement", "points": 3,
   "condition": "request_count >= 2",
   "title": "Came again", "title_ru": "\u041e\u0431\u0440\u0430\u0442\u0438\u043b\u0441\u044f \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u043e", "provenance": null},
  {"criterion": "active_this_week", "dimension": "engagement", "attribute": "last_activity_at", "points": 6,
   "condition": "last_activity_at >= as_of - interval '7 days'",
   "title": "Active in the last 7 days", "title_ru": "\u0410\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u044c \u0437\u0430 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0435 7 \u0434\u043d\u0435\u0439", "provenance": null},
  {"criterion": "active_this_month", "dimension": "engagement", "attribute": "last_activity_at", "points": 3,
   "condition": "last_activity_at >= as_of - interval '30 days'",
   "title": "Active in the last 30 days", "title_ru": "\u0410\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u044c \u0437\u0430 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0435 30 \u0434\u043d\u0435\u0439", "provenance": null},
  {"criterion": "silent_for_long", "dimension": "engagement", "attribute": "last_activity_at", "points": -8,
   "condition": "last_activity_at < as_of - interval '180 days'",
   "title": "Silent for half a year", "title_ru": "\u041f\u043e\u043b\u0433\u043e\u0434\u0430 \u0431\u0435\u0437 \u0430\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u0438", "provenance": null},
  {"criterion": "unsubscribed", "dimension": "engagement", "points": -12,
   "condition": "unsubscribed",
   "title": "Unsubscribed", "title_ru": "\u041e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f \u043e\u0442 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0438", "provenance": null},
  {"criterion": "spam_complaint", "dimension": "engagement", "points": -20,
   "condition": "spam_complaint",
   "title": "Complained of spam", "title_ru": "\u041f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u043b\u0441\u044f \u043d\u0430 \u0441\u043f\u0430\u043c", "provenance": null},

  {"criterion": "request_confirmed", "dimension": "quality", "points": 4,
   "condition": "request_confirmed",
   "title": "Confirmed the request", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0434\u0438\u043b, \u0447\u0442\u043e \u043e\u0441\u0442\u0430\u0432\u0438\u043b \u0437\u0430\u044f\u0432\u043a\u0443", "provenance": null},
  {"criterion": "email_impossible", "dimension": "quality", "attribute": "email", "points": -8,
   "condition": "email ~ '[^[:space:]]' AND leadscore.email_kind(email) = 'invalid'",
   "title": "E-mail is not an address", "title_ru": "E-mail \u0441 \u043e\u0448\u0438\u0431\u043a\u043e\u0439", "provenance": null},
  {"criterion": "email_disposable", "dimension": "quality", "attribute": "email", "points": -8,
   "condition": "leadscore.email_kind(email) = 'disposable'",
   "title": "Throw-away e-mail", "title_ru": "\u041e\u0434\u043d\u043e\u0440\u0430\u0437\u043e\u0432\u044b\u0439 e-mail", "provenance": null},
  {"criterion": "email_joke", "dimension": "quality", "attribute": "email", "points": -6,
   "condition": "email ~* '^[^@]*(drakon|dragon|killer|ninja|batman|pupkin|qwerty|asdf|zxcv)|^(test|spam|none|aaa+)[0-9]*@|^[a-z]+[0-9]{5,}@'",
   "title": "E-mail looks like a joke", "title_ru": "E-mail \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0448\u0443\u0442\u043a\u0443", "provenance": null},
  {"criterion": "email_corporate", "dimension": "quality", "attribute": "email", "points": 5,
   "condition": "leadscore.email_kind(email) = 'corporate'",
   "title": "Corporate e-mail", "title_ru": "\u041a\u043e\u0440\u043f\u043e\u0440\u0430\u0442\u0438\u0432\u043d\u044b\u0439 e-mail", "provenance": null},
  {"criterion": "email_given", "dimension": "quality", "attribute": "email", "points": 2,
   "condition": "email ~ '@'",
   "title": "E-mail is given", "title_ru": "\u0423\u043a\u0430\u0437\u0430\u043d e-mail", "provenance": null},
  {"criterion": "phone_invented", "dimension": "quality", "attribute": "phone", "points": -6,
   "condition": "translate(phone, '+-() .', '') ~ '0{7}|1{7}|2{7}|3{7}|4{7}|5{7}|6{7}|7{7}|8{7}|9{7}|1234567'",
   "title": "Phone looks invented", "title_ru": "\u0422\u0435\u043b\u0435\u0444\u043e\u043d \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0432\u044b\u0434\u0443\u043c\u0430\u043d\u043d\u044b\u0439", "provenance": null},
  {"criterion": "phone_given", "dimension": "quality", "attribute": "phone", "points": 3,
   "condition": "phone ~ '^[^0-9]*([0-9][^0-9]*){10,15}$'",
   "title": "Phone is given", "title_ru": "\u0423\u043a\u0430\u0437\u0430\u043d \u0442\u0435\u043b\u0435\u0444\u043e\u043d", "provenance": null},
  {"criterion": "name_invented", "dimension": "quality", "attribute": "full_name", "points": -10,
   "condition": "full_name ~* '[0-9@]|qwert|asdf|zxcv|\u0439\u0446\u0443\u043a|\u0444\u044b\u0432\u0430|\u044f\u0447\u0441\u043c|^(test|\u0442\u0435\u0441\u0442|name|\u0438\u043c\u044f|admin|\u0430\u0434\u043c\u0438\u043d|\u0430\u043d\u043e\u043d\u0438\u043c|anonymous)$'",
   "title": "Name looks invented", "title_ru": "\u0418\u043c\u044f \u043f\u043e\u0445\u043e\u0436\u0435 \u043d\u0430 \u0432\u044b\u0434\u0443\u043c\u0430\u043d\u043d\u043e\u0435", "provenance": null},
  {"criterion": "name_lower_case", "dimension": "quality", "attribute": "full_name", "points": -3,
   "condition": "full_name ~ '^[a-z\u0430-\u044f\u0451 -]+$'",
   "title": "Name in lower-case letters", "title_ru": "\u0418\u043c\u044f \u0441\u0442\u0440\u043e\u0447\u043d\u044b\u043c\u0438 \u0431\u0443\u043a\u0432\u0430\u043c\u0438", "provenance": null},
  {"criterion": "name_full", "dimension": "quality", "attribute": "full_name", "points": 2,
   "condition": "full_name ~ '[^ ] +[^ ]'",
   "title": "First and last name", "title_ru": "\u0418\u043c\u044f \u0438 \u0444\u0430\u043c\u0438\u043b\u0438\u044f", "provenance": null},
  {"criterion": "comment_spam", "dimension": "quality", "points": -15,
   "condition": "comment ~* 'casino|\u043a\u0430\u0437\u0438\u043d\u043e|viagra|\u0432\u0438\u0430\u0433\u0440|forex|\u0444\u043e\u0440\u0435\u043a\u0441|crypto|\u043a\u0440\u0438\u043f\u0442\u043e\u0432\u0430\u043b\u044e\u0442|backlink|seo service|\u0437\u0430\u0440\u0430\u0431\u043e\u0442(\u043e\u043a|\u0430\u0439|\u0430\u0442\u044c) \u0432 \u0438\u043d\u0442\u0435\u0440\u043d\u0435\u0442|\u043f\u0440\u043e\u0434\u0432\u0438\u0436\u0435\u043d\u0438[\u0435\u044f] \u0441\u0430\u0439\u0442'",
   "title": "Comment is spam", "title_ru": "\u041a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439 \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0441\u043f\u0430\u043c", "provenance": null}
 ],

 "bands": [
  {"kind": "grade", "label": "A", "title": "Call first",       "title_ru": "\u0417\u0432\u043e\u043d\u0438\u0442\u044c \u043f\u0435\u0440\u0432\u044b\u043c\u0438",     "from_score": 65, "keep_from": 62},
  {"kind": "grade", "label": "B", "title": "Good",             "title_ru": "\u0425\u043e\u0440\u043e\u0448\u0438\u0439",             "from_score": 45, "keep_from": 42},
  {"kind": "grade", "label": "C", "title": "Nurture",          "title_ru": "\u041f\u043e\u0434\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c",         "from_score": 25, "keep_from": 22},
  {"kind": "grade", "label": "D", "title": "Not worth a call", "title_ru": "\u041d\u0435 \u0442\u0440\u0430\u0442\u0438\u0442\u044c \u0432\u0440\u0435\u043c\u044f",    "from_score": 0,  "keep_from": null},
  {"kind": "temperature", "label": "hot",  "title": "Hot",  "title_ru": "\u0413\u043e\u0440\u044f\u0447\u0438\u0439",  "from_score": 60, "keep_from": 56},
  {"kind": "temperature", "label": "warm", "title": "Warm", "title_ru": "\u0422\u0451\u043f\u043b\u044b\u0439",   "from_score": 35, "keep_from": 31},
  {"kind": "temperature", "label": "cold", "title": "Cold", "title_ru": "\u0425\u043e\u043b\u043e\u0434\u043d\u044b\u0439", "from_score": 0,  "keep_from": null}
 ]
}
$json$::jsonb || leadscore.stage_template(template);

    WHEN 'b2c' THEN
        RETURN $json$
{
 "format": 1,
 "model": {"title": "Sales to people", "title_ru": "\u041f\u0440\u043e\u0434\u0430\u0436\u0438 \u0447\u0430\u0441\u0442\u043d\u044b\u043c \u043b\u0438\u0446\u0430\u043c",
           "base_points": 0, "lower": 0, "upper": 100, "scale": "clamp", "time_zone": "UTC"},

 "dimensions": [
  {"dimension": "gate",       "title": "Conditions without which we do not work", "title_ru": "\u0423\u0441\u043b\u043e\u0432\u0438\u044f, \u0431\u0435\u0437 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u043d\u0435 \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u043c", "lower": null, "upper": 0},
  {"dimension": "fit",        "title": "Portrait of the customer",                "title_ru": "\u041f\u043e\u0440\u0442\u0440\u0435\u0442 \u043a\u043b\u0438\u0435\u043d\u0442\u0430",                  "lower": -10,  "upper": 20},
  {"dimension": "need",       "title": "Interest, intention, budget, timing",     "title_ru": "\u0418\u043d\u0442\u0435\u0440\u0435\u0441, \u043d\u0430\u043c\u0435\u0440\u0435\u043d\u0438\u0435, \u0431\u044e\u0434\u0436\u0435\u0442, \u0441\u0440\u043e\u043a\u0438", "lower": -20, "upper": 40},
  {"dimension": "engagement", "title": "Actions",                                 "title_ru": "\u0414\u0435\u0439\u0441\u0442\u0432\u0438\u044f",                         "lower": -20,  "upper": 30},
  {"dimension": "quality",    "title": "Quality of the data",                     "title_ru": "\u041a\u0430\u0447\u0435\u0441\u0442\u0432\u043e \u0434\u0430\u043d\u043d\u044b\u0445",                  "lower": -30,  "upper": 10}
 ],

 "criteria": [
  {"criterion": "under_age", "dimension": "gate", "points": -100,
   "condition": "age < 18",
   "title": "Under 18", "title_ru": "\u041c\u043b\u0430\u0434\u0448\u0435 18 \u043b\u0435\u0442", "provenance": null},
  {"criterion": "request_denied", "dimension": "gate", "points": -100,
   "condition": "NOT request_confirmed",
   "title": "Says they left no request", "title_ru": "\u0413\u043e\u0432\u043e\u0440\u0438\u0442, \u0447\u0442\u043e \u043d\u0435 \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b \u0437\u0430\u044f\u0432\u043a\u0443", "provenance": null},
  {"criterion": "outside_service_area", "dimension": "gate", "points": -100,
   "condition": "NOT in_service_area",
   "title": "Outside the area we serve", "title_ru": "\u0412\u043d\u0435 \u0440\u0435\u0433\u0438\u043e\u043d\u0430, \u0433\u0434\u0435 \u043c\u044b \u0440\u0430\u0431\u043e\u0442\u0430\u0435\u043c", "provenance": null},

  {"criterion": "country_home", "dimension": "fit", "points": 3,
   "condition": "country ~* '^(ru|rus|russia|russian federation|\u0440\u043e\u0441\u0441\u0438\u044f|\u0440\u043e\u0441\u0441\u0438\u0439\u0441\u043a\u0430\u044f \u0444\u0435\u0434\u0435\u0440\u0430\u0446\u0438\u044f|\u0440\u0444)$'",
   "title": "Home country", "title_ru": "\u041d\u0430\u0448\u0430 \u0441\u0442\u0440\u0430\u043d\u0430", "provenance": null},
  {"criterion": "region_main", "dimension": "fit", "attribute": "region", "points": 5,
   "condition": "region ~* '\u043c\u043e\u0441\u043a\u0432|\u043c\u043e\u0441\u043a\u043e\u0432|moscow|\u043f\u0435\u0442\u0435\u0440\u0431\u0443\u0440\u0433|petersburg|\u043b\u0435\u043d\u0438\u043d\u0433\u0440\u0430\u0434|leningrad'",
   "title": "Region where most customers are", "title_ru": "\u041e\u0441\u043d\u043e\u0432\u043d\u043e\u0439 \u0440\u0435\u0433\u0438\u043e\u043d \u043f\u0440\u043e\u0434\u0430\u0436", "provenance": null},
  {"criterion": "city_main", "dimension": "fit", "attribute": "region", "points": 5,
   "condition": "city ~* '\u043c\u043e\u0441\u043a\u0432\u0430|moscow|\u043f\u0435\u0442\u0435\u0440\u0431\u0443\u0440\u0433|petersburg'",
   "title": "City where most customers are", "title_ru": "\u041e\u0441\u043d\u043e\u0432\u043d\u043e\u0439 \u0433\u043e\u0440\u043e\u0434 \u043f\u0440\u043e\u0434\u0430\u0436", "provenance": null},
  {"criterion": "returning_customer", "dimension": "fit", "points": 10,
   "condition": "returning_customer",
   "title": "Bought before", "title_ru": "\u0423\u0436\u0435 \u043f\u043e\u043a\u0443\u043f\u0430\u043b", "provenance": null},

  {"criterion": "channel_referral", "dimension": "fit", "attribute": "channel", "points": 7,
   "condition": "channel ~* 'referr|recommend|word of mouth|\u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434|\u0441\u0430\u0440\u0430\u0444\u0430\u043d|partner|\u043f\u0430\u0440\u0442\u043d[\u0435\u0451]\u0440'",
   "title": "Came by recommendation", "title_ru": "\u041f\u0440\u0438\u0448\u0451\u043b \u043f\u043e \u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434\u0430\u0446\u0438\u0438", "provenance": null},
  {"criterion": "channel_giveaway", "dimension": "fit", "attribute": "channel", "points": -4,
   "condition": "channel ~* 'giveaway|lead magnet|free book|[[:<:]]e-?book|\u0431\u0435\u0441\u043f\u043b\u0430\u0442\u043d|\u0440\u043e\u0437\u044b\u0433\u0440\u044b\u0448|\u043f\u043e\u0434\u0430\u0440|\u043b\u0438\u0434-\u043c\u0430\u0433\u043d\u0438\u0442'",
   "title": "Came for something free", "title_ru": "\u041f\u0440\u0438\u0448\u0451\u043b \u0437\u0430 \u0431\u0435\u0441\u043f\u043b\u0430\u0442\u043d\u044b\u043c", "provenance": null},
  {"criterion": "channel_cold", "dimension": "fit", "attribute": "channel", "points": -4,
   "condition": "channel ~* 'cold|purchased|bought|scrap|\u0445\u043e\u043b\u043e\u0434\u043d|\u043a\u0443\u043f\u043b\u0435\u043d|\u043f\u0430\u0440\u0441\u0438\u043d\u0433'",
   "title": "Cold or purchased list", "title_ru": "\u0425\u043e\u043b\u043e\u0434\u043d\u0430\u044f \u0438\u043b\u0438 \u043a\u0443\u043f\u043b\u0435\u043d\u043d\u0430\u044f \u0431\u0430\u0437\u0430", "provenance": null},
  {"criterion": "channel_advertising", "dimension": "fit", "attribute": "channel", "points": 3,
   "condition": "channel ~* '[[:<:]](ads?|adwords|cpc|ppc|banner|paid|yandex.?direct)[[:>:]]|target|\u0440\u0435\u043a\u043b\u0430\u043c|\u0434\u0438\u0440\u0435\u043a\u0442|\u0442\u0430\u0440\u0433\u0435\u0442|\u043a\u043e\u043d\u0442\u0435\u043a\u0441\u0442'",
   "title": "Advertising", "title_ru": "\u0420\u0435\u043a\u043b\u0430\u043c\u0430", "provenance": null},
  {"criterion": "channel_own", "dimension": "fit", "attribute": "channel", "points": 5,
   "condition": "channel ~* 'site|seo|organic|search|direct|phone|call|chat|\u0441\u0430\u0439\u0442|\u043e\u0440\u0433\u0430\u043d\u0438|\u043f\u043e\u0438\u0441\u043a|\u043f\u0440\u044f\u043c|\u0437\u0432\u043e\u043d|\u0447\u0430\u0442'",
   "title": "Own site, search, call or chat", "title_ru": "\u0421\u0430\u0439\u0442, \u043f\u043e\u0438\u0441\u043a, \u0437\u0432\u043e\u043d\u043e\u043a, \u0447\u0430\u0442", "provenance": null},
  {"criterion": "channel_social", "dimension": "fit", "attribute": "channel", "points": 2,
   "condition": "channel ~* 'social|vkontakte|[[:<:]]vk[[:>:]]|telegram|facebook|instagram|youtube|\u0441\u043e\u0446|\u0432\u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0435|\u0442\u0435\u043b\u0435\u0433\u0440\u0430\u043c'",
   "title": "Social networks", "title_ru": "\u0421\u043e\u0446\u0438\u0430\u043b\u044c\u043d\u044b\u0435 \u0441\u0435\u0442\u0438", "provenance": null},

  {"criterion": "interest_confirmed", "dimension": "need", "attribute": "interest", "points": 6,
   "condition": "interest",
   "title": "Is interested", "title_ru": "\u0415\u0441\u0442\u044c \u0438\u043d\u0442\u0435\u0440\u0435\u0441", "provenance": null},
  {"criterion": "interest_absent", "dimension": "need", "attribute": "interest", "points": -12,
   "condition": "NOT interest",
   "title": "Is not interested", "title_ru": "\u0418\u043d\u0442\u0435\u0440\u0435\u0441\u0430 \u043d\u0435\u0442", "provenance": null},
  {"criterion": "intention_confirmed", "dimension": "need", "attribute": "intention", "points": 12,
   "condition": "intention",
   "title": "Intends to buy", "title_ru": "\u0415\u0441\u0442\u044c \u043d\u0430\u043c\u0435\u0440\u0435\u043d\u0438\u0435 \u043a\u0443\u043f\u0438\u0442\u044c", "provenance": null},
  {"criterion": "intention_absent", "dimension": "need", "attribute": "intention", "points": -4,
   "condition": "NOT intention",
   "title": "Does not intend to buy yet", "title_ru": "\u041f\u043e\u043a\u0430 \u043d\u0435 \u043d\u0430\u043c\u0435\u0440\u0435\u043d \u043f\u043e\u043a\u0443\u043f\u0430\u0442\u044c", "provenance": null},

  {"criterion": "budget_large", "dimension": "need", "attribute": "budget", "points": 8,
   "condition": "budget >= 150000",
   "title": "Budget of 150,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 150 000", "provenance": null},
  {"criterion": "budget_medium", "dimension": "need", "attribute": "budget", "points": 6,
   "condition": "budget >= 50000",
   "title": "Budget of 50,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 50 000", "provenance": null},
  {"criterion": "budget_small", "dimension": "need", "attribute": "budget", "points": 3,
   "condition": "budget >= 15000",
   "title": "Budget of 15,000 or more", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043e\u0442 15 000", "provenance": null},
  {"criterion": "budget_too_small", "dimension": "need", "attribute": "budget", "points": -5,
   "condition": "budget < 5000",
   "title": "Budget below 5,000", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442 \u043c\u0435\u043d\u044c\u0448\u0435 5 000", "provenance": null},

  {"criterion": "timing_now", "dimension": "need", "attribute": "months_to_purchase", "points": 10,
   "condition": "months_to_purchase <= 1",
   "title": "Buys within a month", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043c\u0435\u0441\u044f\u0446\u0430", "provenance": null},
  {"criterion": "timing_quarter", "dimension": "need", "attribute": "months_to_purchase", "points": 5,
   "condition": "months_to_purchase <= 3",
   "title": "Buys within a quarter", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043a\u0432\u0430\u0440\u0442\u0430\u043b\u0430", "provenance": null},
  {"criterion": "timing_half_year", "dimension": "need", "attribute": "months_to_purchase", "points": 2,
   "condition": "months_to_purchase <= 6",
   "title": "Buys within half a year", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 \u043f\u043e\u043b\u0443\u0433\u043e\u0434\u0430", "provenance": null},
  {"criterion": "timing_late", "dimension": "need", "attribute": "months_to_purchase", "points": -4,
   "condition": "months_to_purchase > 12",
   "title": "Buys in more than a year", "title_ru": "\u041f\u043e\u043a\u0443\u043f\u043a\u0430 \u043d\u0435 \u0440\u0430\u043d\u044c\u0448\u0435 \u0447\u0435\u043c \u0447\u0435\u0440\u0435\u0437 \u0433\u043e\u0434", "provenance": null},

  {"criterion": "decides_alone", "dimension": "need", "attribute": "depends_on_relatives", "points": 4,
   "condition": "NOT depends_on_relatives",
   "title": "Decides alone", "title_ru": "\u0420\u0435\u0448\u0430\u0435\u0442 \u0441\u0430\u043c", "provenance": null},
  {"criterion": "depends_on_relatives", "dimension": "need", "attribute": "depends_on_relatives", "points": -3,
   "condition": "depends_on_relatives",
   "title": "Relatives decide too", "title_ru": "\u0420\u0435\u0448\u0435\u043d\u0438\u0435 \u0437\u0430\u0432\u0438\u0441\u0438\u0442 \u043e\u0442 \u0440\u043e\u0434\u0441\u0442\u0432\u0435\u043d\u043d\u0438\u043a\u043e\u0432", "provenance": null},

  {"criterion": "comment_about_deal", "dimension": "need", "attribute": "comment", "points": 4,
   "condition": "comment ~* 'price|cost|discount|deliver|\u0446\u0435\u043d[\u0430\u044b\u0443]|\u0441\u0442\u043e\u0438\u043c\u043e\u0441\u0442|\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0441\u0442\u043e\u0438\u0442|\u0441\u043a\u0438\u0434\u043a|\u0440\u0430\u0441\u0441\u0440\u043e\u0447\u043a|\u0434\u043e\u0441\u0442\u0430\u0432\u043a|\u0437\u0430\u043f\u0438\u0441(\u0430\u0442\u044c|\u044c)'",
   "title": "Comment asks about price or terms", "title_ru": "\u0412 \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0438 \u0446\u0435\u043d\u0430 \u0438\u043b\u0438 \u0443\u0441\u043b\u043e\u0432\u0438\u044f", "provenance": null},
  {"criterion": "comment_given", "dimension": "need", "attribute": "comment", "points": 2,
   "condition": "length(btrim(comment)) >= 10",
   "title": "Left a comment", "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439", "provenance": null},

  {"criterion": "subscribed", "dimension": "engagement", "points": 1,
   "condition": "subscribed",
   "title": "Subscribed to the newsletter", "title_ru": "\u041f\u043e\u0434\u043f\u0438\u0441\u0430\u043d \u043d\u0430 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443", "provenance": null},
  {"criterion": "email_opened", "dimension": "engagement", "points": 2,
   "condition": "emails_opened > 0",
   "title": "Opens e-mails", "title_ru": "\u041e\u0442\u043a\u0440\u044b\u0432\u0430\u0435\u0442 \u043f\u0438\u0441\u044c\u043c\u0430", "provenance": null},
  {"criterion": "social_interaction", "dimension": "engagement", "points": 3,
   "condition": "social_interactions > 0",
   "title": "Likes or shares in social networks", "title_ru": "\u041b\u0430\u0439\u043a\u0438 \u0438 \u0440\u0435\u043f\u043e\u0441\u0442\u044b \u0432 \u0441\u043e\u0446\u0441\u0435\u0442\u044f\u0445", "provenance": null},
  {"criterion": "email_clicked_often", "dimension": "engagement", "attribute": "emails_clicked", "points": 5,
   "condition": "emails_clicked > 0 AND emails_clicked >= 0.2 * emails_received",
   "title": "Clicks in a fifth of the e-mails or more", "title_ru": "\u041f\u0435\u0440\u0435\u0445\u043e\u0434\u0438\u0442 \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0430\u043c \u0438\u0437 \u043a\u0430\u0436\u0434\u043e\u0433\u043e \u043f\u044f\u0442\u043e\u0433\u043e \u043f\u0438\u0441\u044c\u043c\u0430", "provenance": null},
  {"criterion": "email_clicked", "dimension": "engagement", "attribute": "emails_clicked", "points": 4,
   "condition": "emails_clicked > 0",
   "title": "Clicks in e-mails", "title_ru": "\u041f\u0435\u0440\u0435\u0445\u043e\u0434\u0438\u0442 \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0430\u043c \u0438\u0437 \u043f\u0438\u0441\u0435\u043c", "provenance": null},
  {"criterion": "site_visits_5", "dimension": "engagement", "attribute": "site_visits", "points": 7,
   "condition": "site_visits >= 5",
   "title": "5 visits to the site or more", "title_ru": "\u041e\u0442 5 \u0432\u0438\u0437\u0438\u0442\u043e\u0432 \u043d\u0430 \u0441\u0430\u0439\u0442", "provenance": null},
  {"criterion": "site_visits_2", "dimension": "engagement", "attribute": "site_visits", "points": 6,
   "condition": "site_visits >= 2",
   "title": "2 to 4 visits to the site", "title_ru": "\u041e\u0442 2 \u0434\u043e 4 \u0432\u0438\u0437\u0438\u0442\u043e\u0432 \u043d\u0430 \u0441\u0430\u0439\u0442", "provenance": null},
  {"criterion": "trial_attended", "dimension": "engagement", "points": 9,
   "condition": "trial_attended",
   "title": "Came to a trial or a webinar", "title_ru": "\u0411\u044b\u043b \u043d\u0430 \u043f\u0440\u043e\u0431\u043d\u043e\u043c \u0437\u0430\u043d\u044f\u0442\u0438\u0438 \u0438\u043b\u0438 \u0432\u0435\u0431\u0438\u043d\u0430\u0440\u0435", "provenance": null},
  {"criterion": "consultation_requested", "dimension": "engagement", "points": 12,
   "condition": "consultation_requested",
   "title": "Asked for a consultation", "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u043a\u043e\u043d\u0441\u0443\u043b\u044c\u0442\u0430\u0446\u0438\u044e", "provenance": null},
  {"criterion": "price_requested", "dimension": "engagement", "points": 14,
   "condition": "price_requested",
   "title": "Asked for a price", "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0440\u0430\u0441\u0447\u0451\u0442 \u0441\u0442\u043e\u0438\u043c\u043e\u0441\u0442\u0438", "provenance": null},
  {"criterion": "request_repeated", "dimension": "engagement", "points": 6,
   "condition": "request_count >= 2",
   "title": "Came again", "title_ru": "\u041e\u0431\u0440\u0430\u0442\u0438\u043b\u0441\u044f \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u043e", "provenance": null},
  {"criterion": "active_this_week", "dimension": "engagement", "attribute": "last_activity_at", "points": 6,
   "condition": "last_activity_at >= as_of - interval '7 days'",
   "title": "Active in the last 7 days", "title_ru": "\u0410\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u044c \u0437\u0430 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0435 7 \u0434\u043d\u0435\u0439", "provenance": null},
  {"criterion": "active_this_month", "dimension": "engagement", "attribute": "last_activity_at", "points": 3,
   "condition": "last_activity_at >= as_of - interval '30 days'",
   "title": "Active in the last 30 days", "title_ru": "\u0410\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u044c \u0437\u0430 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0435 30 \u0434\u043d\u0435\u0439", "provenance": null},
  {"criterion": "silent_for_long", "dimension": "engagement", "attribute": "last_activity_at", "points": -8,
   "condition": "last_activity_at < as_of - interval '90 days'",
   "title": "Silent for 90 days", "title_ru": "90 \u0434\u043d\u0435\u0439 \u0431\u0435\u0437 \u0430\u043a\u0442\u0438\u0432\u043d\u043e\u0441\u0442\u0438", "provenance": null},
  {"criterion": "unsubscribed", "dimension": "engagement", "points": -12,
   "condition": "unsubscribed",
   "title": "Unsubscribed", "title_ru": "\u041e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f \u043e\u0442 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0438", "provenance": null},
  {"criterion": "spam_complaint", "dimension": "engagement", "points": -20,
   "condition": "spam_complaint",
   "title": "Complained of spam", "title_ru": "\u041f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u043b\u0441\u044f \u043d\u0430 \u0441\u043f\u0430\u043c", "provenance": null},

  {"criterion": "request_confirmed", "dimension": "quality", "points": 4,
   "condition": "request_confirmed",
   "title": "Confirmed the request", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0434\u0438\u043b, \u0447\u0442\u043e \u043e\u0441\u0442\u0430\u0432\u0438\u043b \u0437\u0430\u044f\u0432\u043a\u0443", "provenance": null},
  {"criterion": "email_impossible", "dimension": "quality", "attribute": "email", "points": -6,
   "condition": "email ~ '[^[:space:]]' AND leadscore.email_kind(email) = 'invalid'",
   "title": "E-mail is not an address", "title_ru": "E-mail \u0441 \u043e\u0448\u0438\u0431\u043a\u043e\u0439", "provenance": null},
  {"criterion": "email_disposable", "dimension": "quality", "attribute": "email", "points": -6,
   "condition": "leadscore.email_kind(email) = 'disposable'",
   "title": "Throw-away e-mail", "title_ru": "\u041e\u0434\u043d\u043e\u0440\u0430\u0437\u043e\u0432\u044b\u0439 e-mail", "provenance": null},
  {"criterion": "email_joke", "dimension": "quality", "attribute": "email", "points": -4,
   "condition": "email ~* '^[^@]*(drakon|dragon|killer|ninja|batman|pupkin|qwerty|asdf|zxcv)|^(test|spam|none|aaa+)[0-9]*@|^[a-z]+[0-9]{5,}@'",
   "title": "E-mail looks like a joke", "title_ru": "E-mail \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0448\u0443\u0442\u043a\u0443", "provenance": null},
  {"criterion": "email_given", "dimension": "quality", "attribute": "email", "points": 2,
   "condition": "email ~ '@'",
   "title": "E-mail is given", "title_ru": "\u0423\u043a\u0430\u0437\u0430\u043d e-mail", "provenance": null},
  {"criterion": "phone_invented", "dimension": "quality", "attribute": "phone", "points": -10,
   "condition": "translate(phone, '+-() .', '') ~ '0{7}|1{7}|2{7}|3{7}|4{7}|5{7}|6{7}|7{7}|8{7}|9{7}|1234567'",
   "title": "Phone looks invented", "title_ru": "\u0422\u0435\u043b\u0435\u0444\u043e\u043d \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0432\u044b\u0434\u0443\u043c\u0430\u043d\u043d\u044b\u0439", "provenance": null},
  {"criterion": "phone_given", "dimension": "quality", "attribute": "phone", "points": 4,
   "condition": "phone ~ '^[^0-9]*([0-9][^0-9]*){10,15}$'",
   "title": "Phone is given", "title_ru": "\u0423\u043a\u0430\u0437\u0430\u043d \u0442\u0435\u043b\u0435\u0444\u043e\u043d", "provenance": null},
  {"criterion": "name_invented", "dimension": "quality", "attribute": "full_name", "points": -10,
   "condition": "full_name ~* '[0-9@]|qwert|asdf|zxcv|\u0439\u0446\u0443\u043a|\u0444\u044b\u0432\u0430|\u044f\u0447\u0441\u043c|^(test|\u0442\u0435\u0441\u0442|name|\u0438\u043c\u044f|admin|\u0430\u0434\u043c\u0438\u043d|\u0430\u043d\u043e\u043d\u0438\u043c|anonymous)$'",
   "title": "Name looks invented", "title_ru": "\u0418\u043c\u044f \u043f\u043e\u0445\u043e\u0436\u0435 \u043d\u0430 \u0432\u044b\u0434\u0443\u043c\u0430\u043d\u043d\u043e\u0435", "provenance": null},
  {"criterion": "name_lower_case", "dimension": "quality", "attribute": "full_name", "points": -2,
   "condition": "full_name ~ '^[a-z\u0430-\u044f\u0451 -]+$'",
   "title": "Name in lower-case letters", "title_ru": "\u0418\u043c\u044f \u0441\u0442\u0440\u043e\u0447\u043d\u044b\u043c\u0438 \u0431\u0443\u043a\u0432\u0430\u043c\u0438", "provenance": null},
  {"criterion": "name_full", "dimension": "quality", "attribute": "full_name", "points": 1,
   "condition": "full_name ~ '[^ ] +[^ ]'",
   "title": "First and last name", "title_ru": "\u0418\u043c\u044f \u0438 \u0444\u0430\u043c\u0438\u043b\u0438\u044f", "provenance": null},
  {"criterion": "comment_spam", "dimension": "quality", "points": -15,
   "condition": "comment ~* 'casino|\u043a\u0430\u0437\u0438\u043d\u043e|viagra|\u0432\u0438\u0430\u0433\u0440|forex|\u0444\u043e\u0440\u0435\u043a\u0441|crypto|\u043a\u0440\u0438\u043f\u0442\u043e\u0432\u0430\u043b\u044e\u0442|backlink|seo service|\u0437\u0430\u0440\u0430\u0431\u043e\u0442(\u043e\u043a|\u0430\u0439|\u0430\u0442\u044c) \u0432 \u0438\u043d\u0442\u0435\u0440\u043d\u0435\u0442|\u043f\u0440\u043e\u0434\u0432\u0438\u0436\u0435\u043d\u0438[\u0435\u044f] \u0441\u0430\u0439\u0442'",
   "title": "Comment is spam", "title_ru": "\u041a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439 \u043f\u043e\u0445\u043e\u0436 \u043d\u0430 \u0441\u043f\u0430\u043c", "provenance": null}
 ],

 "bands": [
  {"kind": "grade", "label": "A", "title": "Call first",       "title_ru": "\u0417\u0432\u043e\u043d\u0438\u0442\u044c \u043f\u0435\u0440\u0432\u044b\u043c\u0438",     "from_score": 65, "keep_from": 62},
  {"kind": "grade", "label": "B", "title": "Good",             "title_ru": "\u0425\u043e\u0440\u043e\u0448\u0438\u0439",             "from_score": 45, "keep_from": 42},
  {"kind": "grade", "label": "C", "title": "Nurture",          "title_ru": "\u041f\u043e\u0434\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c",         "from_score": 25, "keep_from": 22},
  {"kind": "grade", "label": "D", "title": "Not worth a call", "title_ru": "\u041d\u0435 \u0442\u0440\u0430\u0442\u0438\u0442\u044c \u0432\u0440\u0435\u043c\u044f",    "from_score": 0,  "keep_from": null},
  {"kind": "temperature", "label": "hot",  "title": "Hot",  "title_ru": "\u0413\u043e\u0440\u044f\u0447\u0438\u0439",  "from_score": 60, "keep_from": 56},
  {"kind": "temperature", "label": "warm", "title": "Warm", "title_ru": "\u0422\u0451\u043f\u043b\u044b\u0439",   "from_score": 35, "keep_from": 31},
  {"kind": "temperature", "label": "cold", "title": "Cold", "title_ru": "\u0425\u043e\u043b\u043e\u0434\u043d\u044b\u0439", "from_score": 0,  "keep_from": null}
 ]
}
$json$::jsonb || leadscore.stage_template(template);

    WHEN 'blank' THEN
        RETURN $json$
{
 "format": 1,
 "model": {"title": "Blank model", "title_ru": "\u041f\u0443\u0441\u0442\u0430\u044f \u043c\u043e\u0434\u0435\u043b\u044c",
           "base_points": 0, "lower": 0, "upper": 100, "scale": "clamp", "time_zone": "UTC"},
 "dimensions": [],
 "criteria": [],
 "bands": [
  {"kind": "grade", "label": "A", "title": "Call first",       "title_ru": "\u0417\u0432\u043e\u043d\u0438\u0442\u044c \u043f\u0435\u0440\u0432\u044b\u043c\u0438",     "from_score": 75, "keep_from": 72},
  {"kind": "grade", "label": "B", "title": "Good",             "title_ru": "\u0425\u043e\u0440\u043e\u0448\u0438\u0439",             "from_score": 50, "keep_from": 47},
  {"kind": "grade", "label": "C", "title": "Nurture",          "title_ru": "\u041f\u043e\u0434\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c",         "from_score": 25, "keep_from": 22},
  {"kind": "grade", "label": "D", "title": "Not worth a call", "title_ru": "\u041d\u0435 \u0442\u0440\u0430\u0442\u0438\u0442\u044c \u0432\u0440\u0435\u043c\u044f",    "from_score": 0,  "keep_from": null},
  {"kind": "temperature", "label": "hot",  "title": "Hot",  "title_ru": "\u0413\u043e\u0440\u044f\u0447\u0438\u0439",  "from_score": 65, "keep_from": 61},
  {"kind": "temperature", "label": "warm", "title": "Warm", "title_ru": "\u0422\u0451\u043f\u043b\u044b\u0439",   "from_score": 35, "keep_from": 31},
  {"kind": "temperature", "label": "cold", "title": "Cold", "title_ru": "\u0425\u043e\u043b\u043e\u0434\u043d\u044b\u0439", "from_score": 0,  "keep_from": null}
 ]
}
$json$::jsonb || leadscore.stage_template(template);

    ELSE
        RAISE EXCEPTION 'there is no model template "%"', template
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'The templates are "b2b", "b2c" and "blank".';
    END CASE;
END
$function$;

COMMENT ON FUNCTION leadscore.model_template(text) IS
    'the document of a model template: b2b, b2c or blank; the names in its conditions are roles, see create_model';
-- The part of the templates that says where a lead stands, whether it is a target lead, what its actions are worth and
-- what to do with it: stages, rules, target criteria, kinds of events, playbook.
--
-- A rule is alternatives joined by OR, each of terms joined by AND, without parentheses around them: so create_model()
-- can leave out what a relation has no columns for (leadscore.bind_rule).
CREATE FUNCTION leadscore.stage_template(template text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- The ladder of the Demand Waterfall, with what stands beside it.
    ladder CONSTANT jsonb := $json$
[
 {"stage": "lead",         "stage_no": 1, "kind": "open", "title": "Lead",                     "title_ru": "\u041b\u0438\u0434"},
 {"stage": "mql",          "stage_no": 2, "kind": "open", "title": "Marketing qualified (MQL)", "title_ru": "\u041a\u0432\u0430\u043b\u0438\u0444\u0438\u0446\u0438\u0440\u043e\u0432\u0430\u043d \u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433\u043e\u043c (MQL)"},
 {"stage": "sal",          "stage_no": 3, "kind": "open", "title": "Accepted by sales (SAL)",  "title_ru": "\u041f\u0440\u0438\u043d\u044f\u0442 \u043f\u0440\u043e\u0434\u0430\u0436\u0430\u043c\u0438 (SAL)"},
 {"stage": "sql",          "stage_no": 4, "kind": "open", "title": "Sales qualified (SQL)",    "title_ru": "\u041a\u0432\u0430\u043b\u0438\u0444\u0438\u0446\u0438\u0440\u043e\u0432\u0430\u043d \u043f\u0440\u043e\u0434\u0430\u0436\u0430\u043c\u0438 (SQL)"},
 {"stage": "opportunity",  "stage_no": 5, "kind": "open", "title": "Opportunity",              "title_ru": "\u0421\u0434\u0435\u043b\u043a\u0430 \u0432 \u0440\u0430\u0431\u043e\u0442\u0435"},
 {"stage": "customer",     "stage_no": 6, "kind": "won",  "title": "Customer",                 "title_ru": "\u041a\u043b\u0438\u0435\u043d\u0442"},
 {"stage": "care",         "stage_no": 7, "kind": "won",  "title": "In customer care",         "title_ru": "\u041d\u0430 \u0441\u043e\u043f\u0440\u043e\u0432\u043e\u0436\u0434\u0435\u043d\u0438\u0438"},
 {"stage": "hold",         "stage_no": 8, "kind": "hold", "title": "On hold",                  "title_ru": "\u041e\u0442\u043b\u043e\u0436\u0435\u043d (Hold)"},
 {"stage": "disqualified", "stage_no": 9, "kind": "lost", "title": "Disqualified",             "title_ru": "\u041e\u0442\u0441\u0435\u044f\u043d"}
]
$json$;
BEGIN
    CASE template
    WHEN 'b2b' THEN
        RETURN jsonb_build_object('stages', ladder) || $json$
{
 "stage_rules": [
  {"stage": "lead", "rule": "contact_left",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Left an e-mail or a phone", "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b e-mail \u0438\u043b\u0438 \u0442\u0435\u043b\u0435\u0444\u043e\u043d"},

  {"stage": "mql", "rule": "reachable",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Can be reached", "title_ru": "\u0421 \u043d\u0438\u043c \u043c\u043e\u0436\u043d\u043e \u0441\u0432\u044f\u0437\u0430\u0442\u044c\u0441\u044f"},
  {"stage": "mql", "rule": "minimum_or_action",
   "condition": "company ~ '[^[:space:]]' AND email ~ '@' AND (coalesce(industry, '') = '') IS NOT TRUE AND need_stated OR company ~ '[^[:space:]]' AND email ~ '@' AND (coalesce(industry, '') = '') IS NOT TRUE AND length(btrim(comment)) >= 10 OR form_submitted OR subscribed OR site_visits >= 2",
   "title": "Company, e-mail, industry and need are known, or sent a form, subscribed, keeps coming back",
   "title_ru": "\u0418\u0437\u0432\u0435\u0441\u0442\u043d\u044b \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f, e-mail, \u043e\u0442\u0440\u0430\u0441\u043b\u044c \u0438 \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c; \u043b\u0438\u0431\u043e \u0437\u0430\u043f\u043e\u043b\u043d\u0438\u043b \u0444\u043e\u0440\u043c\u0443, \u043f\u043e\u0434\u043f\u0438\u0441\u0430\u043b\u0441\u044f, \u0437\u0430\u0445\u043e\u0434\u0438\u0442 \u0441\u043d\u043e\u0432\u0430"},

  {"stage": "sal", "rule": "accepted",
   "condition": "accepted OR callback_requested",
   "title": "Sales accepted the lead at the first contact, or the lead asked to be called",
   "title_ru": "\u041e\u0442\u0434\u0435\u043b \u043f\u0440\u043e\u0434\u0430\u0436 \u043f\u0440\u0438\u043d\u044f\u043b \u043b\u0438\u0434\u0430 \u043f\u0440\u0438 \u043f\u0435\u0440\u0432\u043e\u043c \u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0435, \u043b\u0438\u0431\u043e \u043b\u0438\u0434 \u0441\u0430\u043c \u043f\u043e\u043f\u0440\u043e\u0441\u0438\u043b \u0441\u0432\u044f\u0437\u0430\u0442\u044c\u0441\u044f"},

  {"stage": "sql", "rule": "intent_and_ability",
   "condition": "price_requested OR consultation_requested OR payment_requested OR demo_requested OR trial_requested OR sales_contacted OR demo_attended AND ready_to_buy OR need_stated AND decision_maker",
   "title": "Asked for a price, a consultation, a demo, a trial or how to pay; or saw the demo and is ready; or has the need and decides",
   "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0440\u0430\u0441\u0447\u0451\u0442, \u043a\u043e\u043d\u0441\u0443\u043b\u044c\u0442\u0430\u0446\u0438\u044e, \u0434\u0435\u043c\u043e, \u043f\u0440\u043e\u0431\u043d\u044b\u0439 \u043f\u0435\u0440\u0438\u043e\u0434 \u0438\u043b\u0438 \u0443\u0441\u043b\u043e\u0432\u0438\u044f \u043e\u043f\u043b\u0430\u0442\u044b; \u043b\u0438\u0431\u043e \u043f\u043e\u0441\u043c\u043e\u0442\u0440\u0435\u043b \u0434\u0435\u043c\u043e \u0438 \u0433\u043e\u0442\u043e\u0432; \u043b\u0438\u0431\u043e \u0435\u0441\u0442\u044c \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c \u0438 \u0440\u0435\u0448\u0430\u0435\u0442 \u0441\u0430\u043c"},

  {"stage": "opportunity", "rule": "proposal_sent",
   "condition": "proposal_sent",
   "title": "Has our offer or contract", "title_ru": "\u041f\u043e\u043b\u0443\u0447\u0438\u043b \u043f\u0440\u0435\u0434\u043b\u043e\u0436\u0435\u043d\u0438\u0435 \u0438\u043b\u0438 \u0434\u043e\u0433\u043e\u0432\u043e\u0440"},

  {"stage": "customer", "rule": "paid",
   "condition": "paid",
   "title": "Has paid", "title_ru": "\u041e\u043f\u043b\u0430\u0442\u0438\u043b"},

  {"stage": "care", "rule": "handed_over",
   "condition": "paid AND in_care",
   "title": "Handed over to customer care", "title_ru": "\u041f\u0435\u0440\u0435\u0434\u0430\u043d \u043e\u0442\u0434\u0435\u043b\u0443 \u0437\u0430\u0431\u043e\u0442\u044b \u043e \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u0445"},

  {"stage": "hold", "rule": "put_on_hold",
   "condition": "on_hold AND paid IS NOT TRUE",
   "title": "Put on hold by sales", "title_ru": "\u041e\u0442\u043b\u043e\u0436\u0435\u043d \u043e\u0442\u0434\u0435\u043b\u043e\u043c \u043f\u0440\u043e\u0434\u0430\u0436"},
  {"stage": "hold", "rule": "not_ready",
   "condition": "NOT ready_to_buy AND paid IS NOT TRUE",
   "title": "Not ready to buy yet", "title_ru": "\u041f\u043e\u043a\u0430 \u043d\u0435 \u0433\u043e\u0442\u043e\u0432 \u043a \u043f\u043e\u043a\u0443\u043f\u043a\u0435"},
  {"stage": "hold", "rule": "grow",
   "condition": "target = 'grow' AND paid IS NOT TRUE",
   "title": "Not a target lead yet, but can become one", "title_ru": "\u041f\u043e\u043a\u0430 \u043d\u0435 \u0446\u0435\u043b\u0435\u0432\u043e\u0439, \u043d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442"},

  {"stage": "disqualified", "rule": "spam",
   "condition": "marked_as_spam AND paid IS NOT TRUE OR request_confirmed IS NOT TRUE AND paid IS NOT TRUE AND leadscore.contact_validity(full_name, email, phone, 'RU') < 0.02",
   "title": "Spam: marked as such, or hardly a person's contact and not confirmed", "title_ru": "\u0421\u043f\u0430\u043c: \u043e\u0442\u043c\u0435\u0447\u0435\u043d \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u043e\u043c \u043b\u0438\u0431\u043e \u043a\u043e\u043d\u0442\u0430\u043a\u0442 \u044f\u0432\u043d\u043e \u043d\u0435 \u0447\u0435\u043b\u043e\u0432\u0435\u043a\u0430 \u0438 \u043d\u0435 \u043f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0451\u043d"},
  {"stage": "disqualified", "rule": "duplicate",
   "condition": "is_duplicate AND paid IS NOT TRUE",
   "title": "Repeats an earlier request", "title_ru": "\u0414\u0443\u0431\u043b\u044c"},
  {"stage": "disqualified", "rule": "no_request",
   "condition": "NOT request_confirmed AND paid IS NOT TRUE",
   "title": "Says they left no request", "title_ru": "\u0413\u043e\u0432\u043e\u0440\u0438\u0442, \u0447\u0442\u043e \u043d\u0435 \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b \u0437\u0430\u044f\u0432\u043a\u0443"},
  {"stage": "disqualified", "rule": "not_target",
   "condition": "target = 'not_target' AND paid IS NOT TRUE",
   "title": "Not a target lead", "title_ru": "\u041d\u0435 \u0446\u0435\u043b\u0435\u0432\u043e\u0439"}
 ],

 "target_criteria": [
  {"criterion": "request_confirmed", "requirement": "required", "condition": "request_confirmed",
   "title": "Confirms that they left a request", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0430\u0435\u0442, \u0447\u0442\u043e \u043e\u0441\u0442\u0430\u0432\u0438\u043b \u0437\u0430\u044f\u0432\u043a\u0443",
   "greeting": "Hello, this is (company). You left us a request about (topic), is that right? / \u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435, \u044d\u0442\u043e (\u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f). \u0412\u044b \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b\u0438 \u0437\u0430\u044f\u0432\u043a\u0443 \u043d\u0430 \u0442\u0435\u043c\u0443 (\u0442\u0435\u043c\u0430), \u0432\u0435\u0440\u043d\u043e?", "greeting_version": "1"},
  {"criterion": "in_region", "requirement": "required", "condition": "in_service_area",
   "title": "Is where we work", "title_ru": "\u041d\u0430\u0445\u043e\u0434\u0438\u0442\u0441\u044f \u0432 \u043d\u0443\u0436\u043d\u043e\u043c \u0440\u0435\u0433\u0438\u043e\u043d\u0435"},
  {"criterion": "topic_interest", "requirement": "required", "condition": "interest",
   "title": "Confirms the interest in (topic)", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0430\u0435\u0442 \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u043a (\u0442\u0435\u043c\u0430)"},
  {"criterion": "no_duplicate", "requirement": "required", "condition": "is_duplicate IS NOT TRUE",
   "title": "Does not repeat a request of the last 30 days", "title_ru": "\u041d\u0435 \u0434\u0443\u0431\u043b\u044c \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 30 \u0434\u043d\u0435\u0439"},
  {"criterion": "open_vacancies", "requirement": "growth", "condition": "open_vacancies > 0",
   "title": "Has open vacancies", "title_ru": "\u0415\u0441\u0442\u044c \u0430\u043a\u0442\u0438\u0432\u043d\u044b\u0435 \u0432\u0430\u043a\u0430\u043d\u0441\u0438\u0438"},
  {"criterion": "decides", "requirement": "desired", "condition": "decision_maker",
   "title": "Takes the decision", "title_ru": "\u041f\u0440\u0438\u043d\u0438\u043c\u0430\u0435\u0442 \u0440\u0435\u0448\u0435\u043d\u0438\u0435 \u0441\u0430\u043c (\u041b\u041f\u0420)"}
 ],

 "event_kinds": [
  {"event": "email_subscribe",   "points": 1,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Subscribed to the newsletter",       "title_ru": "\u041f\u043e\u0434\u043f\u0438\u0441\u0430\u043b\u0441\u044f \u043d\u0430 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443"},
  {"event": "email_open",        "points": 2,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Opened an e-mail",                   "title_ru": "\u041e\u0442\u043a\u0440\u044b\u043b \u043f\u0438\u0441\u044c\u043c\u043e"},
  {"event": "email_click",       "points": 4,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Followed a link in an e-mail",       "title_ru": "\u041f\u0435\u0440\u0435\u0448\u0451\u043b \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0435 \u0432 \u043f\u0438\u0441\u044c\u043c\u0435"},
  {"event": "site_visit",        "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Visited the site",                   "title_ru": "\u0417\u0430\u0448\u0451\u043b \u043d\u0430 \u0441\u0430\u0439\u0442"},
  {"event": "price_page",        "points": 8,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Looked at the prices",               "title_ru": "\u0421\u043c\u043e\u0442\u0440\u0435\u043b \u0446\u0435\u043d\u044b"},
  {"event": "form",              "points": 10,  "half_life": "30 days",  "max_count": 1, "per": "1 day", "title": "Sent a form",                        "title_ru": "\u0417\u0430\u043f\u043e\u043b\u043d\u0438\u043b \u0444\u043e\u0440\u043c\u0443"},
  {"event": "demo",              "points": 15,  "half_life": "30 days",  "max_count": 1, "per": "1 day", "title": "Asked for a demo or was at one",     "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0434\u0435\u043c\u043e\u043d\u0441\u0442\u0440\u0430\u0446\u0438\u044e \u0438\u043b\u0438 \u0431\u044b\u043b \u043d\u0430 \u043d\u0435\u0439"},
  {"event": "social_like",       "points": 1,   "half_life": "14 days",  "max_count": 3, "per": "1 day", "title": "Liked a post",                       "title_ru": "\u041f\u043e\u0441\u0442\u0430\u0432\u0438\u043b \u043b\u0430\u0439\u043a"},
  {"event": "social_share",      "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Shared a post",                      "title_ru": "\u0421\u0434\u0435\u043b\u0430\u043b \u0440\u0435\u043f\u043e\u0441\u0442"},
  {"event": "social_comment",    "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Commented on a post",                "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439 \u0432 \u0441\u043e\u0446\u0441\u0435\u0442\u0438"},
  {"event": "social_link",       "points": 4,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Followed a link in a social network", "title_ru": "\u041f\u0435\u0440\u0435\u0448\u0451\u043b \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0435 \u0438\u0437 \u0441\u043e\u0446\u0441\u0435\u0442\u0438"},
  {"event": "unsubscribe",       "points": -10, "half_life": "90 days",  "max_count": 1, "per": "1 day", "title": "Unsubscribed",                       "title_ru": "\u041e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f"},
  {"event": "complaint",         "points": -30, "half_life": "365 days", "max_count": 1, "per": "1 day", "title": "Complained of spam",                 "title_ru": "\u041f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u043b\u0441\u044f \u043d\u0430 \u0441\u043f\u0430\u043c"}
 ],

 "playbook": [
  {"stage": "lead", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "1 day",
   "action": "Introduce the company and what it is good for; sell nothing yet", "action_ru": "\u041f\u043e\u0437\u043d\u0430\u043a\u043e\u043c\u0438\u0442\u044c \u0441 \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u0435\u0439 \u0438 \u0435\u0451 \u043f\u043e\u043b\u044c\u0437\u043e\u0439, \u043f\u043e\u043a\u0430 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u043f\u0440\u043e\u0434\u0430\u0432\u0430\u0442\u044c", "send": "welcome letter"},
  {"stage": "lead", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "14 days",
   "action": "Remind of useful material and discounts", "action_ru": "\u041d\u0430\u043f\u043e\u043c\u043d\u0438\u0442\u044c \u043e \u043f\u043e\u043b\u0435\u0437\u043d\u044b\u0445 \u043c\u0430\u0442\u0435\u0440\u0438\u0430\u043b\u0430\u0445 \u0438 \u0441\u043a\u0438\u0434\u043a\u0430\u0445", "send": "newsletter"},
  {"stage": "lead", "temperature": "hot", "step": 3, "worked_by": "first contact", "due_within": "1 day",
   "action": "Ask what the question is: the heat is higher than the stage", "action_ru": "\u0423\u0437\u043d\u0430\u0442\u044c, \u0447\u0442\u043e \u0437\u0430 \u0432\u043e\u043f\u0440\u043e\u0441: \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u0432\u044b\u0448\u0435, \u0447\u0435\u043c \u0441\u0442\u0430\u0434\u0438\u044f", "send": null},

  {"stage": "mql", "temperature": "hot", "step": 1, "worked_by": "first contact", "due_within": "1 hour",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c \u0441 \u0441\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u043d\u044b\u043c \u043f\u0440\u0438\u0432\u0435\u0442\u0441\u0442\u0432\u0438\u0435\u043c, \u043f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430", "send": null},
  {"stage": "mql", "temperature": "warm", "step": 1, "worked_by": "first contact", "due_within": "1 day",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c \u0441 \u0441\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u043d\u044b\u043c \u043f\u0440\u0438\u0432\u0435\u0442\u0441\u0442\u0432\u0438\u0435\u043c, \u043f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430", "send": null},
  {"stage": "mql", "temperature": "cold", "step": 1, "worked_by": "marketing", "due_within": "7 days",
   "action": "Keep warming: letters, remarketing", "action_ru": "\u041f\u043e\u0434\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c: \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0430, \u0440\u0435\u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433", "send": "letters about the need"},
  {"stage": "mql", "temperature": null, "step": 2, "worked_by": "first contact", "due_within": "3 days",
   "action": "Fill in what is missing: company, industry, need", "action_ru": "\u0414\u043e\u043f\u043e\u043b\u043d\u0438\u0442\u044c \u043a\u0430\u0440\u0442\u043e\u0447\u043a\u0443: \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f, \u043e\u0442\u0440\u0430\u0441\u043b\u044c, \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c", "send": null},

  {"stage": "sal", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Prepare the call: which pains do we close, and how", "action_ru": "\u041f\u043e\u0434\u0433\u043e\u0442\u043e\u0432\u0438\u0442\u044c\u0441\u044f \u043a \u0437\u0432\u043e\u043d\u043a\u0443: \u043a\u0430\u043a\u0438\u0435 \u0431\u043e\u043b\u0438 \u0437\u0430\u043a\u0440\u044b\u0432\u0430\u0435\u043c \u0438 \u0447\u0435\u043c", "send": null},
  {"stage": "sal", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Ask the questions of the framework; ready or on hold?", "action_ru": "\u0417\u0430\u0434\u0430\u0442\u044c \u0432\u043e\u043f\u0440\u043e\u0441\u044b \u043f\u043e \u0441\u0445\u0435\u043c\u0435; \u0433\u043e\u0442\u043e\u0432 \u0438\u043b\u0438 \u0432 Hold?", "send": "invitation to a demo"},

  {"stage": "sql", "temperature": "hot", "step": 1, "worked_by": "sales", "due_within": "4 hours",
   "action": "Answer with a calculation and a date", "action_ru": "\u041e\u0442\u0432\u0435\u0442\u0438\u0442\u044c \u0440\u0430\u0441\u0447\u0451\u0442\u043e\u043c \u0438 \u0434\u0430\u0442\u043e\u0439", "send": "calculation"},
  {"stage": "sql", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Show the demo and cases like theirs", "action_ru": "\u041f\u0440\u043e\u0432\u0435\u0441\u0442\u0438 \u043f\u0440\u0435\u0437\u0435\u043d\u0442\u0430\u0446\u0438\u044e, \u043f\u043e\u043a\u0430\u0437\u0430\u0442\u044c \u043f\u043e\u0445\u043e\u0436\u0438\u0435 \u043a\u0435\u0439\u0441\u044b", "send": "commercial offer, cases"},

  {"stage": "opportunity", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "3 days",
   "action": "Settle the contract and the payment", "action_ru": "\u0421\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u0442\u044c \u0434\u043e\u0433\u043e\u0432\u043e\u0440 \u0438 \u043e\u043f\u043b\u0430\u0442\u0443", "send": "contract, invoice"},
  {"stage": "opportunity", "temperature": "cold", "step": 2, "worked_by": "sales", "due_within": "7 days",
   "action": "Find out what stands in the way, work the objections", "action_ru": "\u0412\u044b\u044f\u0441\u043d\u0438\u0442\u044c, \u0447\u0442\u043e \u043c\u0435\u0448\u0430\u0435\u0442, \u043e\u0442\u0440\u0430\u0431\u043e\u0442\u0430\u0442\u044c \u0432\u043e\u0437\u0440\u0430\u0436\u0435\u043d\u0438\u044f", "send": "case"},

  {"stage": "customer", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Hand over to customer care", "action_ru": "\u041f\u0435\u0440\u0435\u0434\u0430\u0442\u044c \u043e\u0442\u0434\u0435\u043b\u0443 \u0437\u0430\u0431\u043e\u0442\u044b \u043e \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u0445", "send": "first steps"},
  {"stage": "care", "temperature": null, "step": 1, "worked_by": "customer care", "due_within": "30 days",
   "action": "Ask how it goes; ask for a recommendation", "action_ru": "\u0421\u043f\u0440\u043e\u0441\u0438\u0442\u044c, \u043a\u0430\u043a \u0434\u0435\u043b\u0430; \u043f\u043e\u043f\u0440\u043e\u0441\u0438\u0442\u044c \u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434\u0430\u0446\u0438\u044e", "send": null},

  {"stage": "hold", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "14 days",
   "action": "Warm up: cases, news, discounts", "action_ru": "\u0420\u0430\u0437\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c: \u043a\u0435\u0439\u0441\u044b, \u043d\u043e\u0432\u043e\u0441\u0442\u0438, \u0441\u043a\u0438\u0434\u043a\u0438", "send": "case"},
  {"stage": "hold", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "30 days",
   "action": "Call again: has anything changed?", "action_ru": "\u041f\u0435\u0440\u0435\u0437\u0432\u043e\u043d\u0438\u0442\u044c: \u0447\u0442\u043e \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u043e\u0441\u044c?", "send": null},
  {"stage": "hold", "temperature": "hot", "step": 3, "worked_by": "sales", "due_within": "1 day",
   "action": "Call: interest is back", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c: \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u0432\u0435\u0440\u043d\u0443\u043b\u0441\u044f", "send": null},

  {"stage": "disqualified", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Note the reason, refuse politely", "action_ru": "\u0417\u0430\u043f\u0438\u0441\u0430\u0442\u044c \u043f\u0440\u0438\u0447\u0438\u043d\u0443, \u0432\u0435\u0436\u043b\u0438\u0432\u043e \u043e\u0442\u043a\u0430\u0437\u0430\u0442\u044c", "send": null},
  {"stage": "disqualified", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Look at the channel it came from", "action_ru": "\u041f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0430\u043d\u0430\u043b, \u0438\u0437 \u043a\u043e\u0442\u043e\u0440\u043e\u0433\u043e \u043f\u0440\u0438\u0448\u0451\u043b", "send": null}
 ]
}
$json$::jsonb;

    WHEN 'b2c' THEN
        RETURN jsonb_build_object('stages', ladder) || $json$
{
 "stage_rules": [
  {"stage": "lead", "rule": "contact_left",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Left an e-mail or a phone", "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b e-mail \u0438\u043b\u0438 \u0442\u0435\u043b\u0435\u0444\u043e\u043d"},

  {"stage": "mql", "rule": "reachable",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Can be reached", "title_ru": "\u0421 \u043d\u0438\u043c \u043c\u043e\u0436\u043d\u043e \u0441\u0432\u044f\u0437\u0430\u0442\u044c\u0441\u044f"},
  {"stage": "mql", "rule": "minimum_or_action",
   "condition": "full_name ~ '[^[:space:]]' AND interest OR full_name ~ '[^[:space:]]' AND length(btrim(comment)) >= 10 OR form_submitted OR subscribed OR site_visits >= 2",
   "title": "Name and need are known, or sent a form, subscribed, keeps coming back",
   "title_ru": "\u0418\u0437\u0432\u0435\u0441\u0442\u043d\u044b \u0438\u043c\u044f \u0438 \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c; \u043b\u0438\u0431\u043e \u0437\u0430\u043f\u043e\u043b\u043d\u0438\u043b \u0444\u043e\u0440\u043c\u0443, \u043f\u043e\u0434\u043f\u0438\u0441\u0430\u043b\u0441\u044f, \u0437\u0430\u0445\u043e\u0434\u0438\u0442 \u0441\u043d\u043e\u0432\u0430"},

  {"stage": "sal", "rule": "accepted",
   "condition": "accepted OR callback_requested",
   "title": "Sales accepted the lead at the first contact, or the lead asked to be called",
   "title_ru": "\u041e\u0442\u0434\u0435\u043b \u043f\u0440\u043e\u0434\u0430\u0436 \u043f\u0440\u0438\u043d\u044f\u043b \u043b\u0438\u0434\u0430 \u043f\u0440\u0438 \u043f\u0435\u0440\u0432\u043e\u043c \u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0435, \u043b\u0438\u0431\u043e \u043b\u0438\u0434 \u0441\u0430\u043c \u043f\u043e\u043f\u0440\u043e\u0441\u0438\u043b \u0441\u0432\u044f\u0437\u0430\u0442\u044c\u0441\u044f"},

  {"stage": "sql", "rule": "intent_and_ability",
   "condition": "price_requested OR consultation_requested OR payment_requested OR trial_requested OR sales_contacted OR trial_attended AND ready_to_buy OR intention AND depends_on_relatives IS NOT TRUE",
   "title": "Asked for a price, a consultation, a trial or how to pay; or came to the trial and is ready; or intends to buy and decides",
   "title_ru": "\u0417\u0430\u043f\u0440\u043e\u0441\u0438\u043b \u0440\u0430\u0441\u0447\u0451\u0442, \u043a\u043e\u043d\u0441\u0443\u043b\u044c\u0442\u0430\u0446\u0438\u044e, \u043f\u0440\u043e\u0431\u043d\u043e\u0435 \u0437\u0430\u043d\u044f\u0442\u0438\u0435 \u0438\u043b\u0438 \u0443\u0441\u043b\u043e\u0432\u0438\u044f \u043e\u043f\u043b\u0430\u0442\u044b; \u043b\u0438\u0431\u043e \u0431\u044b\u043b \u043d\u0430 \u043f\u0440\u043e\u0431\u043d\u043e\u043c \u0438 \u0433\u043e\u0442\u043e\u0432; \u043b\u0438\u0431\u043e \u043d\u0430\u043c\u0435\u0440\u0435\u043d \u043a\u0443\u043f\u0438\u0442\u044c \u0438 \u0440\u0435\u0448\u0430\u0435\u0442 \u0441\u0430\u043c"},

  {"stage": "opportunity", "rule": "proposal_sent",
   "condition": "proposal_sent",
   "title": "Has our offer or contract", "title_ru": "\u041f\u043e\u043b\u0443\u0447\u0438\u043b \u043f\u0440\u0435\u0434\u043b\u043e\u0436\u0435\u043d\u0438\u0435 \u0438\u043b\u0438 \u0434\u043e\u0433\u043e\u0432\u043e\u0440"},

  {"stage": "customer", "rule": "paid",
   "condition": "paid",
   "title": "Has paid", "title_ru": "\u041e\u043f\u043b\u0430\u0442\u0438\u043b"},

  {"stage": "care", "rule": "handed_over",
   "condition": "paid AND in_care",
   "title": "Handed over to customer care", "title_ru": "\u041f\u0435\u0440\u0435\u0434\u0430\u043d \u043e\u0442\u0434\u0435\u043b\u0443 \u0437\u0430\u0431\u043e\u0442\u044b \u043e \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u0445"},

  {"stage": "hold", "rule": "put_on_hold",
   "condition": "on_hold AND paid IS NOT TRUE",
   "title": "Put on hold by sales", "title_ru": "\u041e\u0442\u043b\u043e\u0436\u0435\u043d \u043e\u0442\u0434\u0435\u043b\u043e\u043c \u043f\u0440\u043e\u0434\u0430\u0436"},
  {"stage": "hold", "rule": "not_ready",
   "condition": "NOT ready_to_buy AND paid IS NOT TRUE",
   "title": "Not ready to buy yet", "title_ru": "\u041f\u043e\u043a\u0430 \u043d\u0435 \u0433\u043e\u0442\u043e\u0432 \u043a \u043f\u043e\u043a\u0443\u043f\u043a\u0435"},
  {"stage": "hold", "rule": "grow",
   "condition": "target = 'grow' AND paid IS NOT TRUE",
   "title": "Not a target lead yet, but can become one", "title_ru": "\u041f\u043e\u043a\u0430 \u043d\u0435 \u0446\u0435\u043b\u0435\u0432\u043e\u0439, \u043d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442"},

  {"stage": "disqualified", "rule": "spam",
   "condition": "marked_as_spam AND paid IS NOT TRUE OR request_confirmed IS NOT TRUE AND paid IS NOT TRUE AND leadscore.contact_validity(full_name, email, phone, 'RU') < 0.02",
   "title": "Spam: marked as such, or hardly a person's contact and not confirmed", "title_ru": "\u0421\u043f\u0430\u043c: \u043e\u0442\u043c\u0435\u0447\u0435\u043d \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u043e\u043c \u043b\u0438\u0431\u043e \u043a\u043e\u043d\u0442\u0430\u043a\u0442 \u044f\u0432\u043d\u043e \u043d\u0435 \u0447\u0435\u043b\u043e\u0432\u0435\u043a\u0430 \u0438 \u043d\u0435 \u043f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0451\u043d"},
  {"stage": "disqualified", "rule": "duplicate",
   "condition": "is_duplicate AND paid IS NOT TRUE",
   "title": "Repeats an earlier request", "title_ru": "\u0414\u0443\u0431\u043b\u044c"},
  {"stage": "disqualified", "rule": "no_request",
   "condition": "NOT request_confirmed AND paid IS NOT TRUE",
   "title": "Says they left no request", "title_ru": "\u0413\u043e\u0432\u043e\u0440\u0438\u0442, \u0447\u0442\u043e \u043d\u0435 \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b \u0437\u0430\u044f\u0432\u043a\u0443"},
  {"stage": "disqualified", "rule": "not_target",
   "condition": "target = 'not_target' AND paid IS NOT TRUE",
   "title": "Not a target lead", "title_ru": "\u041d\u0435 \u0446\u0435\u043b\u0435\u0432\u043e\u0439"}
 ],

 "target_criteria": [
  {"criterion": "request_confirmed", "requirement": "required", "condition": "request_confirmed",
   "title": "Confirms that they left a request", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0430\u0435\u0442, \u0447\u0442\u043e \u043e\u0441\u0442\u0430\u0432\u0438\u043b \u0437\u0430\u044f\u0432\u043a\u0443",
   "greeting": "Hello, this is (company). You left us a request about (topic), is that right? / \u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435, \u044d\u0442\u043e (\u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f). \u0412\u044b \u043e\u0441\u0442\u0430\u0432\u043b\u044f\u043b\u0438 \u0437\u0430\u044f\u0432\u043a\u0443 \u043d\u0430 \u0442\u0435\u043c\u0443 (\u0442\u0435\u043c\u0430), \u0432\u0435\u0440\u043d\u043e?", "greeting_version": "1"},
  {"criterion": "adult", "requirement": "required", "condition": "age >= 18",
   "title": "Is 18 or older", "title_ru": "\u0421\u0442\u0430\u0440\u0448\u0435 18 \u043b\u0435\u0442"},
  {"criterion": "in_region", "requirement": "required", "condition": "in_service_area",
   "title": "Is where we work", "title_ru": "\u041d\u0430\u0445\u043e\u0434\u0438\u0442\u0441\u044f \u0432 \u043d\u0443\u0436\u043d\u043e\u043c \u0440\u0435\u0433\u0438\u043e\u043d\u0435"},
  {"criterion": "topic_interest", "requirement": "required", "condition": "interest",
   "title": "Confirms the interest in (topic)", "title_ru": "\u041f\u043e\u0434\u0442\u0432\u0435\u0440\u0436\u0434\u0430\u0435\u0442 \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u043a (\u0442\u0435\u043c\u0430)"},
  {"criterion": "no_duplicate", "requirement": "required", "condition": "is_duplicate IS NOT TRUE",
   "title": "Does not repeat a request of the last 30 days", "title_ru": "\u041d\u0435 \u0434\u0443\u0431\u043b\u044c \u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 30 \u0434\u043d\u0435\u0439"},
  {"criterion": "intention", "requirement": "desired", "condition": "intention",
   "title": "Intends to buy", "title_ru": "\u0415\u0441\u0442\u044c \u043d\u0430\u043c\u0435\u0440\u0435\u043d\u0438\u0435 \u043a\u0443\u043f\u0438\u0442\u044c"}
 ],

 "event_kinds": [
  {"event": "email_subscribe",   "points": 1,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Subscribed to the newsletter",       "title_ru": "\u041f\u043e\u0434\u043f\u0438\u0441\u0430\u043b\u0441\u044f \u043d\u0430 \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443"},
  {"event": "email_open",        "points": 2,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Opened an e-mail",                   "title_ru": "\u041e\u0442\u043a\u0440\u044b\u043b \u043f\u0438\u0441\u044c\u043c\u043e"},
  {"event": "email_click",       "points": 4,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Followed a link in an e-mail",       "title_ru": "\u041f\u0435\u0440\u0435\u0448\u0451\u043b \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0435 \u0432 \u043f\u0438\u0441\u044c\u043c\u0435"},
  {"event": "site_visit",        "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Visited the site",                   "title_ru": "\u0417\u0430\u0448\u0451\u043b \u043d\u0430 \u0441\u0430\u0439\u0442"},
  {"event": "price_page",        "points": 8,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Looked at the prices",               "title_ru": "\u0421\u043c\u043e\u0442\u0440\u0435\u043b \u0446\u0435\u043d\u044b"},
  {"event": "form",              "points": 10,  "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Sent a form",                        "title_ru": "\u0417\u0430\u043f\u043e\u043b\u043d\u0438\u043b \u0444\u043e\u0440\u043c\u0443"},
  {"event": "demo",              "points": 15,  "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Asked for a trial or was at one",    "title_ru": "\u0417\u0430\u043f\u0438\u0441\u0430\u043b\u0441\u044f \u043d\u0430 \u043f\u0440\u043e\u0431\u043d\u043e\u0435 \u0438\u043b\u0438 \u0431\u044b\u043b \u043d\u0430 \u043d\u0451\u043c"},
  {"event": "social_like",       "points": 1,   "half_life": "7 days",   "max_count": 3, "per": "1 day", "title": "Liked a post",                       "title_ru": "\u041f\u043e\u0441\u0442\u0430\u0432\u0438\u043b \u043b\u0430\u0439\u043a"},
  {"event": "social_share",      "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Shared a post",                      "title_ru": "\u0421\u0434\u0435\u043b\u0430\u043b \u0440\u0435\u043f\u043e\u0441\u0442"},
  {"event": "social_comment",    "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Commented on a post",                "title_ru": "\u041e\u0441\u0442\u0430\u0432\u0438\u043b \u043a\u043e\u043c\u043c\u0435\u043d\u0442\u0430\u0440\u0438\u0439 \u0432 \u0441\u043e\u0446\u0441\u0435\u0442\u0438"},
  {"event": "social_link",       "points": 4,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Followed a link in a social network", "title_ru": "\u041f\u0435\u0440\u0435\u0448\u0451\u043b \u043f\u043e \u0441\u0441\u044b\u043b\u043a\u0435 \u0438\u0437 \u0441\u043e\u0446\u0441\u0435\u0442\u0438"},
  {"event": "unsubscribe",       "points": -10, "half_life": "90 days",  "max_count": 1, "per": "1 day", "title": "Unsubscribed",                       "title_ru": "\u041e\u0442\u043f\u0438\u0441\u0430\u043b\u0441\u044f"},
  {"event": "complaint",         "points": -30, "half_life": "365 days", "max_count": 1, "per": "1 day", "title": "Complained of spam",                 "title_ru": "\u041f\u043e\u0436\u0430\u043b\u043e\u0432\u0430\u043b\u0441\u044f \u043d\u0430 \u0441\u043f\u0430\u043c"}
 ],

 "playbook": [
  {"stage": "lead", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "1 day",
   "action": "Introduce us and what we are good for; sell nothing yet", "action_ru": "\u041f\u043e\u0437\u043d\u0430\u043a\u043e\u043c\u0438\u0442\u044c \u0441 \u043d\u0430\u043c\u0438 \u0438 \u043d\u0430\u0448\u0435\u0439 \u043f\u043e\u043b\u044c\u0437\u043e\u0439, \u043f\u043e\u043a\u0430 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u043f\u0440\u043e\u0434\u0430\u0432\u0430\u0442\u044c", "send": "welcome letter"},
  {"stage": "lead", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Remind of discounts", "action_ru": "\u041d\u0430\u043f\u043e\u043c\u043d\u0438\u0442\u044c \u043e \u0441\u043a\u0438\u0434\u043a\u0430\u0445", "send": "newsletter"},
  {"stage": "lead", "temperature": "hot", "step": 3, "worked_by": "first contact", "due_within": "1 day",
   "action": "Ask what the question is: the heat is higher than the stage", "action_ru": "\u0423\u0437\u043d\u0430\u0442\u044c, \u0447\u0442\u043e \u0437\u0430 \u0432\u043e\u043f\u0440\u043e\u0441: \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u0432\u044b\u0448\u0435, \u0447\u0435\u043c \u0441\u0442\u0430\u0434\u0438\u044f", "send": null},

  {"stage": "mql", "temperature": "hot", "step": 1, "worked_by": "first contact", "due_within": "15 minutes",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c \u0441 \u0441\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u043d\u044b\u043c \u043f\u0440\u0438\u0432\u0435\u0442\u0441\u0442\u0432\u0438\u0435\u043c, \u043f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430", "send": null},
  {"stage": "mql", "temperature": "warm", "step": 1, "worked_by": "first contact", "due_within": "4 hours",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c \u0441 \u0441\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u043d\u044b\u043c \u043f\u0440\u0438\u0432\u0435\u0442\u0441\u0442\u0432\u0438\u0435\u043c, \u043f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430", "send": null},
  {"stage": "mql", "temperature": "cold", "step": 1, "worked_by": "marketing", "due_within": "7 days",
   "action": "Keep warming: letters, remarketing", "action_ru": "\u041f\u043e\u0434\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c: \u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0430, \u0440\u0435\u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433", "send": "letters about the need"},

  {"stage": "sal", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Ask the questions of the framework; ready or on hold?", "action_ru": "\u0417\u0430\u0434\u0430\u0442\u044c \u0432\u043e\u043f\u0440\u043e\u0441\u044b \u043f\u043e \u0441\u0445\u0435\u043c\u0435; \u0433\u043e\u0442\u043e\u0432 \u0438\u043b\u0438 \u0432 Hold?", "send": "invitation to a trial"},

  {"stage": "sql", "temperature": "hot", "step": 1, "worked_by": "sales", "due_within": "1 hour",
   "action": "Answer with a price and a date", "action_ru": "\u041e\u0442\u0432\u0435\u0442\u0438\u0442\u044c \u0446\u0435\u043d\u043e\u0439 \u0438 \u0434\u0430\u0442\u043e\u0439", "send": "price"},
  {"stage": "sql", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "1 day",
   "action": "Invite to a trial; ask who else decides", "action_ru": "\u041f\u0440\u0438\u0433\u043b\u0430\u0441\u0438\u0442\u044c \u043d\u0430 \u043f\u0440\u043e\u0431\u043d\u043e\u0435; \u0443\u0437\u043d\u0430\u0442\u044c, \u043a\u0442\u043e \u0435\u0449\u0451 \u0440\u0435\u0448\u0430\u0435\u0442", "send": "reviews of customers"},

  {"stage": "opportunity", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Settle the contract and the payment", "action_ru": "\u0421\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u0442\u044c \u0434\u043e\u0433\u043e\u0432\u043e\u0440 \u0438 \u043e\u043f\u043b\u0430\u0442\u0443", "send": "contract, payment link"},
  {"stage": "opportunity", "temperature": "cold", "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Find out what stands in the way, work the objections", "action_ru": "\u0412\u044b\u044f\u0441\u043d\u0438\u0442\u044c, \u0447\u0442\u043e \u043c\u0435\u0448\u0430\u0435\u0442, \u043e\u0442\u0440\u0430\u0431\u043e\u0442\u0430\u0442\u044c \u0432\u043e\u0437\u0440\u0430\u0436\u0435\u043d\u0438\u044f", "send": "instalments"},

  {"stage": "customer", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Hand over to customer care", "action_ru": "\u041f\u0435\u0440\u0435\u0434\u0430\u0442\u044c \u043e\u0442\u0434\u0435\u043b\u0443 \u0437\u0430\u0431\u043e\u0442\u044b \u043e \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u0445", "send": "first steps"},
  {"stage": "care", "temperature": null, "step": 1, "worked_by": "customer care", "due_within": "30 days",
   "action": "Ask how it goes; ask for a recommendation", "action_ru": "\u0421\u043f\u0440\u043e\u0441\u0438\u0442\u044c, \u043a\u0430\u043a \u0434\u0435\u043b\u0430; \u043f\u043e\u043f\u0440\u043e\u0441\u0438\u0442\u044c \u0440\u0435\u043a\u043e\u043c\u0435\u043d\u0434\u0430\u0446\u0438\u044e", "send": null},

  {"stage": "hold", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "14 days",
   "action": "Warm up: reviews, news, discounts", "action_ru": "\u0420\u0430\u0437\u043e\u0433\u0440\u0435\u0432\u0430\u0442\u044c: \u043e\u0442\u0437\u044b\u0432\u044b, \u043d\u043e\u0432\u043e\u0441\u0442\u0438, \u0441\u043a\u0438\u0434\u043a\u0438", "send": "newsletter"},
  {"stage": "hold", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "30 days",
   "action": "Call again: has anything changed?", "action_ru": "\u041f\u0435\u0440\u0435\u0437\u0432\u043e\u043d\u0438\u0442\u044c: \u0447\u0442\u043e \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u043e\u0441\u044c?", "send": null},
  {"stage": "hold", "temperature": "hot", "step": 3, "worked_by": "sales", "due_within": "4 hours",
   "action": "Call: interest is back", "action_ru": "\u041f\u043e\u0437\u0432\u043e\u043d\u0438\u0442\u044c: \u0438\u043d\u0442\u0435\u0440\u0435\u0441 \u0432\u0435\u0440\u043d\u0443\u043b\u0441\u044f", "send": null},

  {"stage": "disqualified", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Note the reason, refuse politely", "action_ru": "\u0417\u0430\u043f\u0438\u0441\u0430\u0442\u044c \u043f\u0440\u0438\u0447\u0438\u043d\u0443, \u0432\u0435\u0436\u043b\u0438\u0432\u043e \u043e\u0442\u043a\u0430\u0437\u0430\u0442\u044c", "send": null},
  {"stage": "disqualified", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Look at the channel it came from", "action_ru": "\u041f\u0440\u043e\u0432\u0435\u0440\u0438\u0442\u044c \u043a\u0430\u043d\u0430\u043b, \u0438\u0437 \u043a\u043e\u0442\u043e\u0440\u043e\u0433\u043e \u043f\u0440\u0438\u0448\u0451\u043b", "send": null}
 ]
}
$json$::jsonb;

    ELSE
        -- The ladder alone: its stages are reached by a status that stage_map names, until somebody writes rules.
        RETURN jsonb_build_object('stages', ladder);
    END CASE;
END
$function$;

COMMENT ON FUNCTION leadscore.stage_template(text) IS
    'Internal: the keys stages, stage_rules, target_criteria, event_kinds and playbook of a model template''s document; the ladder alone for blank. NULL for NULL.';

CREATE FUNCTION leadscore.bind_rule(condition text, binding jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  alternative text;
  term text;
  terms text[];
  bound text[] := '{}';
BEGIN
  FOREACH alternative IN ARRAY string_to_array(condition, ' OR ') LOOP
    terms := '{}';
    FOREACH term IN ARRAY string_to_array(alternative, ' AND ') LOOP
      IF binding ?& leadscore.expression_columns(term) THEN
        terms := terms || leadscore.rename_columns(term, binding);
      ELSIF right(term, 12) <> ' IS NOT TRUE' THEN
        terms := NULL;
        EXIT;
      END IF;
    END LOOP;
    IF cardinality(terms) > 0 THEN
      bound := bound || array_to_string(terms, ' AND ');
    END IF;
  END LOOP;
  RETURN nullif(array_to_string(bound, ' OR '), '');
END
$$;
COMMENT ON FUNCTION leadscore.bind_rule(text, jsonb) IS
'Internal: a rule of a template (alternatives joined by OR, each of terms joined by AND) with its roles replaced by columns: {"role": "column"}. An alternative with a role that has no column is left out; but a term "... IS NOT TRUE" holds of what nobody knows, so it alone is left out. NULL if nothing remains, or for NULL.';
-- What the statuses of common CRMs mean on the ladder of the templates: presets, and the function that makes rows of one.
--
-- Each status stands as the CRM exports it, by its code and by its name. Sources: amoCRM and Kommo: the developers' pages
-- on pipelines (www.amocrm.ru/developers, developers.kommo.com: 142 and 143 are the same in every pipeline; the other ids
-- are an account's own) and the names of the pipeline that a new account gets. Bitrix24: crm.status.list and
-- crm.deal.fields (apidocs.bitrix24.com, training.bitrix24.com). HubSpot: the default options of the properties
-- lifecyclestage, hs_lead_status and dealstage. Salesforce: the picklists Lead.Status and Opportunity.StageName of a new
-- organisation. Odoo: addons/crm/data/crm_stage_data.xml.
CREATE FUNCTION leadscore.stage_map_preset(crm text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CASE crm
    -- The last three are how an article on lead qualification maps an amoCRM pipeline of its own.
    WHEN 'amocrm' THEN
        RETURN $json$
[
 {"status": "\u041d\u0435\u0440\u0430\u0437\u043e\u0431\u0440\u0430\u043d\u043d\u043e\u0435",            "stage": "lead"},
 {"status": "Incoming leads",           "stage": "lead"},
 {"status": "\u041f\u0435\u0440\u0432\u0438\u0447\u043d\u044b\u0439 \u043a\u043e\u043d\u0442\u0430\u043a\u0442",        "stage": "mql"},
 {"status": "Initial contact",          "stage": "mql"},
 {"status": "\u041f\u0435\u0440\u0435\u0433\u043e\u0432\u043e\u0440\u044b",               "stage": "sal"},
 {"status": "Discussions",              "stage": "sal"},
 {"status": "\u041f\u0440\u0438\u043d\u0438\u043c\u0430\u044e\u0442 \u0440\u0435\u0448\u0435\u043d\u0438\u0435",        "stage": "sql"},
 {"status": "Decision making",          "stage": "sql"},
 {"status": "\u0421\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u0438\u0435 \u0434\u043e\u0433\u043e\u0432\u043e\u0440\u0430",    "stage": "opportunity"},
 {"status": "Contract discussion",      "stage": "opportunity"},
 {"status": "142",                      "stage": "customer"},
 {"status": "\u0423\u0441\u043f\u0435\u0448\u043d\u043e \u0440\u0435\u0430\u043b\u0438\u0437\u043e\u0432\u0430\u043d\u043e",      "stage": "customer"},
 {"status": "Closed - won",             "stage": "customer"},
 {"status": "143",                      "stage": "disqualified"},
 {"status": "\u0417\u0430\u043a\u0440\u044b\u0442\u043e \u0438 \u043d\u0435 \u0440\u0435\u0430\u043b\u0438\u0437\u043e\u0432\u0430\u043d\u043e", "stage": "disqualified"},
 {"status": "Closed - lost",            "stage": "disqualified"},
 {"status": "\u0411\u044b\u043b \u043a\u043e\u043d\u0442\u0430\u043a\u0442",              "stage": "mql"},
 {"status": "Hold",                     "stage": "hold"},
 {"status": "\u0410\u0443\u0434\u0438\u0442",                    "stage": "sql"}
]
$json$::jsonb;

    -- Leads and deals share the code NEW, which is a new request in both. They share the name of IN_PROCESS and EXECUTING
    -- too, which are not the same: that name is left out. Bitrix24 itself begins the name of the prepayment invoice with a
    -- Latin C.
    WHEN 'bitrix24' THEN
        RETURN $json$
[
 {"status": "NEW",                    "stage": "lead"},
 {"status": "\u041d\u0435 \u043e\u0431\u0440\u0430\u0431\u043e\u0442\u0430\u043d",           "stage": "lead"},
 {"status": "\u041d\u043e\u0432\u0430\u044f",                  "stage": "lead"},
 {"status": "IN_PROCESS",             "stage": "mql"},
 {"status": "PROCESSED",              "stage": "sal"},
 {"status": "\u041e\u0431\u0440\u0430\u0431\u043e\u0442\u0430\u043d",              "stage": "sal"},
 {"status": "CONVERTED",              "stage": "sql"},
 {"status": "\u041a\u0430\u0447\u0435\u0441\u0442\u0432\u0435\u043d\u043d\u044b\u0439 \u043b\u0438\u0434",       "stage": "sql"},
 {"status": "JUNK",                   "stage": "disqualified"},
 {"status": "\u041d\u0435\u043a\u0430\u0447\u0435\u0441\u0442\u0432\u0435\u043d\u043d\u044b\u0439 \u043b\u0438\u0434",     "stage": "disqualified"},
 {"status": "PREPARATION",            "stage": "sql"},
 {"status": "\u041f\u043e\u0434\u0433\u043e\u0442\u043e\u0432\u043a\u0430 \u0434\u043e\u043a\u0443\u043c\u0435\u043d\u0442\u043e\u0432",  "stage": "sql"},
 {"status": "PREPAYMENT_INVOICE",     "stage": "opportunity"},
 {"status": "\u0421\u0447\u0451\u0442 \u043d\u0430 \u043f\u0440\u0435\u0434\u043e\u043f\u043b\u0430\u0442\u0443",     "stage": "opportunity"},
 {"status": "\u0421\u0447\u0435\u0442 \u043d\u0430 \u043f\u0440\u0435\u0434\u043e\u043f\u043b\u0430\u0442\u0443",     "stage": "opportunity"},
 {"status": "C\u0447\u0451\u0442 \u043d\u0430 \u043f\u0440\u0435\u0434\u043e\u043f\u043b\u0430\u0442\u0443",     "stage": "opportunity"},
 {"status": "C\u0447\u0435\u0442 \u043d\u0430 \u043f\u0440\u0435\u0434\u043e\u043f\u043b\u0430\u0442\u0443",     "stage": "opportunity"},
 {"status": "EXECUTING",              "stage": "opportunity"},
 {"status": "FINAL_INVOICE",          "stage": "opportunity"},
 {"status": "\u0424\u0438\u043d\u0430\u043b\u044c\u043d\u044b\u0439 \u0441\u0447\u0451\u0442",         "stage": "opportunity"},
 {"status": "\u0424\u0438\u043d\u0430\u043b\u044c\u043d\u044b\u0439 \u0441\u0447\u0435\u0442",         "stage": "opportunity"},
 {"status": "WON",                    "stage": "customer"},
 {"status": "\u0421\u0434\u0435\u043b\u043a\u0430 \u0443\u0441\u043f\u0435\u0448\u043d\u0430",         "stage": "customer"},
 {"status": "LOSE",                   "stage": "disqualified"},
 {"status": "\u0421\u0434\u0435\u043b\u043a\u0430 \u043f\u0440\u043e\u0432\u0430\u043b\u0435\u043d\u0430",       "stage": "disqualified"},
 {"status": "APOLOGY",                "stage": "disqualified"},
 {"status": "\u0410\u043d\u0430\u043b\u0438\u0437 \u043f\u0440\u0438\u0447\u0438\u043d\u044b \u043f\u0440\u043e\u0432\u0430\u043b\u0430", "stage": "disqualified"}
]
$json$::jsonb;

    -- Lifecycle stages, then lead statuses, then stages of deals. Lifecycle stage "other" says nothing and is left out.
    WHEN 'hubspot' THEN
        RETURN $json$
[
 {"status": "subscriber",               "stage": "lead"},
 {"status": "Subscriber",               "stage": "lead"},
 {"status": "lead",                     "stage": "lead"},
 {"status": "Lead",                     "stage": "lead"},
 {"status": "marketingqualifiedlead",   "stage": "mql"},
 {"status": "Marketing Qualified Lead", "stage": "mql"},
 {"status": "salesqualifiedlead",       "stage": "sql"},
 {"status": "Sales Qualified Lead",     "stage": "sql"},
 {"status": "opportunity",              "stage": "opportunity"},
 {"status": "Opportunity",              "stage": "opportunity"},
 {"status": "customer",                 "stage": "customer"},
 {"status": "Customer",                 "stage": "customer"},
 {"status": "evangelist",               "stage": "care"},
 {"status": "Evangelist",               "stage": "care"},

 {"status": "NEW",                      "stage": "lead"},
 {"status": "New",                      "stage": "lead"},
 {"status": "OPEN",                     "stage": "mql"},
 {"status": "Open",                     "stage": "mql"},
 {"status": "ATTEMPTED_TO_CONTACT",     "stage": "mql"},
 {"status": "Attempted to Contact",     "stage": "mql"},
 {"status": "CONNECTED",                "stage": "sal"},
 {"status": "Connected",                "stage": "sal"},
 {"status": "IN_PROGRESS",              "stage": "sal"},
 {"status": "In Progress",              "stage": "sal"},
 {"status": "OPEN_DEAL",                "stage": "opportunity"},
 {"status": "Open Deal",                "stage": "opportunity"},
 {"status": "BAD_TIMING",               "stage": "hold"},
 {"status": "Bad Timing",               "stage": "hold"},
 {"status": "UNQUALIFIED",              "stage": "disqualified"},
 {"status": "Unqualified",              "stage": "disqualified"},

 {"status": "appointmentscheduled",     "stage": "sal"},
 {"status": "Appointment Scheduled",    "stage": "sal"},
 {"status": "qualifiedtobuy",           "stage": "sql"},
 {"status": "Qualified To Buy",         "stage": "sql"},
 {"status": "presentationscheduled",    "stage": "sql"},
 {"status": "Presentation Scheduled",   "stage": "sql"},
 {"status": "decisionmakerboughtin",    "stage": "opportunity"},
 {"status": "Decision Maker Bought-In", "stage": "opportunity"},
 {"status": "contractsent",             "stage": "opportunity"},
 {"status": "Contract Sent",            "stage": "opportunity"},
 {"status": "closedwon",                "stage": "customer"},
 {"status": "Closed Won",               "stage": "customer"},
 {"status": "closedlost",               "stage": "disqualified"},
 {"status": "Closed Lost",              "stage": "disqualified"}
]
$json$::jsonb;

    -- Leads (of the classic editions, then of the small ones), then opportunities. Salesforce exports names; they are the
    -- codes.
    WHEN 'salesforce' THEN
        RETURN $json$
[
 {"status": "Open - Not Contacted",   "stage": "lead"},
 {"status": "Working - Contacted",    "stage": "sal"},
 {"status": "Closed - Converted",     "stage": "sql"},
 {"status": "Closed - Not Converted", "stage": "disqualified"},
 {"status": "New",                    "stage": "lead"},
 {"status": "Working",                "stage": "mql"},
 {"status": "Contacted",              "stage": "sal"},
 {"status": "Nurturing",              "stage": "hold"},
 {"status": "Qualified",              "stage": "sql"},
 {"status": "Unqualified",            "stage": "disqualified"},
 {"status": "Prospecting",            "stage": "sal"},
 {"status": "Qualification",          "stage": "sal"},
 {"status": "Needs Analysis",         "stage": "sql"},
 {"status": "Value Proposition",      "stage": "sql"},
 {"status": "Id. Decision Makers",    "stage": "sql"},
 {"status": "Perception Analysis",    "stage": "sql"},
 {"status": "Proposal/Price Quote",   "stage": "opportunity"},
 {"status": "Negotiation/Review",     "stage": "opportunity"},
 {"status": "Closed Won",             "stage": "customer"},
 {"status": "Closed Lost",            "stage": "disqualified"}
]
$json$::jsonb;

    -- By name and by external id. Odoo has no stage for lost ones: it archives them where they stand, so a status
    -- expression must say Lost for them (docs/stages.md).
    WHEN 'odoo' THEN
        RETURN $json$
[
 {"status": "New",             "stage": "lead"},
 {"status": "crm.stage_lead1", "stage": "lead"},
 {"status": "Qualified",       "stage": "sql"},
 {"status": "crm.stage_lead2", "stage": "sql"},
 {"status": "Proposition",     "stage": "opportunity"},
 {"status": "crm.stage_lead3", "stage": "opportunity"},
 {"status": "Won",             "stage": "customer"},
 {"status": "crm.stage_lead4", "stage": "customer"},
 {"status": "Lost",            "stage": "disqualified"}
]
$json$::jsonb;

    ELSE
        RAISE EXCEPTION 'there is no stage map for the CRM "%"', crm
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'There are maps for "amocrm", "bitrix24", "hubspot", "salesforce" and "odoo". For another one insert rows into leadscore.stage_map.';
    END CASE;
END
$function$;
COMMENT ON FUNCTION leadscore.stage_map_preset(text) IS
'What the statuses of the default pipelines of a CRM (amocrm, bitrix24, hubspot, salesforce, odoo) mean: an array of {"status", "stage"}, as "stage_map" has it in the document of a model. NULL for NULL. Raises 22023 for another CRM.';

CREATE FUNCTION leadscore.create_stage_map(model text, crm text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  preset jsonb;
  left_out text;
  stages text;
BEGIN
  IF create_stage_map.model IS NULL OR crm IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the model and the CRM must be named';
  END IF;
  PERFORM FROM leadscore.model AS m WHERE m.model = create_stage_map.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('model "%s" does not exist', create_stage_map.model),
      HINT = 'Table leadscore.model lists the models; leadscore.create_model() makes one.';
  END IF;
  preset := leadscore.stage_map_preset(crm);

  INSERT INTO leadscore.stage_map (model, status, stage)
  SELECT create_stage_map.model, p.value ->> 'status', p.value ->> 'stage'
  FROM jsonb_array_elements(preset) WITH ORDINALITY AS p (value, position)
  WHERE EXISTS (SELECT FROM leadscore.stage AS s
    WHERE s.model = create_stage_map.model AND s.stage = p.value ->> 'stage')
  ORDER BY p.position
  ON CONFLICT DO NOTHING;

  SELECT string_agg(format('"%s"', p.value ->> 'status'), ', ' ORDER BY p.position),
    string_agg(DISTINCT format('"%s"', p.value ->> 'stage'), ', ')
  INTO left_out, stages
  FROM jsonb_array_elements(preset) WITH ORDINALITY AS p (value, position)
  WHERE NOT EXISTS (SELECT FROM leadscore.stage AS s
      WHERE s.model = create_stage_map.model AND s.stage = p.value ->> 'stage')
    AND NOT EXISTS (SELECT FROM leadscore.stage_map AS o
      WHERE o.model = create_stage_map.model AND o.status = p.value ->> 'status');
  IF left_out IS NOT NULL THEN
    RAISE NOTICE USING
      MESSAGE = format('left out statuses whose stage the model "%s" lacks: %s', create_stage_map.model, left_out),
      DETAIL = format('It has no stage %s.', stages),
      HINT = 'Insert these statuses into leadscore.stage_map with a stage that it has.';
  END IF;

  UPDATE leadscore.model AS m SET status = 'status' WHERE m.model = create_stage_map.model AND m.status IS NULL;
  IF FOUND THEN
    RAISE NOTICE USING
      MESSAGE = format('the model "%s" takes the status of a lead from its column "status"', create_stage_map.model),
      HINT = 'If it is another column or an expression, say so in the column status of leadscore.model.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.create_stage_map(text, text) IS
'Fills leadscore.stage_map with what the statuses of a CRM (amocrm, bitrix24, hubspot, salesforce, odoo) mean. Leaves alone the statuses that the model maps already, leaves out those whose stage it lacks (NOTICE), and where the model has no status expression takes the column status (NOTICE). Raises 42704 if the model does not exist, 22023 for another CRM, 22004 for NULL.';
-- How interested are they now: points that halve with time. A heat is log2 of the sum of points * 2^(time / half_life),
-- one number that never changes as time passes, so it may be stored and indexed.

CREATE FUNCTION leadscore.heat_transition(state internal, points double precision, at timestamptz, half_life interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_transition';
COMMENT ON FUNCTION leadscore.heat_transition(internal, double precision, timestamptz, interval) IS 'Part of the aggregates heat() and heat_partial()';

CREATE FUNCTION leadscore.heat_merge_transition(state internal, partial bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_merge_transition';
COMMENT ON FUNCTION leadscore.heat_merge_transition(internal, bytea) IS 'Part of the aggregate heat_merge()';

CREATE FUNCTION leadscore.heat_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_combine';
COMMENT ON FUNCTION leadscore.heat_combine(internal, internal) IS 'Part of the aggregates over heat: joins what two processes have summed up';

CREATE FUNCTION leadscore.heat_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_serialize';
COMMENT ON FUNCTION leadscore.heat_serialize(internal) IS 'Part of the aggregates over heat: the state as bytes';

CREATE FUNCTION leadscore.heat_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_deserialize';
COMMENT ON FUNCTION leadscore.heat_deserialize(bytea, internal) IS 'Part of the aggregates over heat: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.heat_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_final';
COMMENT ON FUNCTION leadscore.heat_final(internal) IS 'Part of the aggregates heat() and heat_merge(): their result';

CREATE AGGREGATE leadscore.heat(points double precision, at timestamptz, half_life interval) (
  SFUNC = leadscore.heat_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_final,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat(double precision, timestamptz, interval) IS
'The heat of events: log2 of the sum of points * 2^(epoch(at) / epoch(half_life)). It does not change as time passes; heat_points() says what it is worth at a time. The same in any order of rows and on any number of workers. Rows with a NULL, with no points, or at an infinite time add nothing; NULL if none adds anything. Raises 22023 for points that are negative, infinite or NaN, for a half-life that is not longer than zero or longer than 100000 years, and if rows differ in half-life.';

CREATE AGGREGATE leadscore.heat_partial(points double precision, at timestamptz, half_life interval) (
  SFUNC = leadscore.heat_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_serialize,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat_partial(double precision, timestamptz, interval) IS
'A part of a heat, to be joined by heat_merge(bytea): as heat() over the rows of one partition or server. NULL if every row has a NULL. Raises 22023 as heat() does.';

CREATE AGGREGATE leadscore.heat_merge(partial bytea) (
  SFUNC = leadscore.heat_merge_transition,
  STYPE = internal,
  SSPACE = 128,
  FINALFUNC = leadscore.heat_final,
  COMBINEFUNC = leadscore.heat_combine,
  SERIALFUNC = leadscore.heat_serialize,
  DESERIALFUNC = leadscore.heat_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.heat_merge(bytea) IS
'The heat of all rows whose parts heat_partial() made: the very number that heat() gives for them. NULL parts are ignored; NULL if none holds points. Raises 22P03 for bytes that are no part, 22023 for parts of different half-lives.';

CREATE FUNCTION leadscore.heat_add(heat double precision, points double precision, at timestamptz, half_life interval) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_add';
COMMENT ON FUNCTION leadscore.heat_add(double precision, double precision, timestamptz, interval) IS
'A heat with more points, given at any time, in constant time. A NULL heat is none, and heat_add(NULL, points, at, half_life) is the heat whose points at that time are these: what a stored heat is compared with. A NULL among the others, no points, or an infinite time leaves the heat as it is. Raises 22023 for points that are negative, infinite or NaN, and for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.heat_merge(a double precision, b double precision) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_merge';
COMMENT ON FUNCTION leadscore.heat_merge(double precision, double precision) IS
'The heat of the events of both, as when two leads turn out to be one. Both must have been made with one half-life, which a number does not show. NULL is no heat; NULL if both are.';

CREATE FUNCTION leadscore.heat_points(heat double precision, half_life interval, as_of timestamptz) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_heat_points';
COMMENT ON FUNCTION leadscore.heat_points(double precision, interval, timestamptz) IS
'The points of a heat at a time: 2^(heat - epoch(as_of) / epoch(half_life)). Of two heats the larger never has fewer points, at any time. 0 or infinity where they are beyond the range of double precision, and at infinity and -infinity. Correct to 2^-52 times the heat, relatively: compare with a threshold between sums of points, not equal to one. NULL for a heat that is NULL or NaN. Raises 22023 for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.heat_cools_at(heat double precision, half_life interval, threshold double precision) RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_heat_cools_at';
COMMENT ON FUNCTION leadscore.heat_cools_at(double precision, interval, double precision) IS
'When a heat falls below a threshold: the first microsecond at which heat_points() is less. infinity if that is later than any time, as with a threshold of zero or less; -infinity if it is earlier. NULL for a heat or a threshold that is NULL or NaN. Raises 22023 for a half-life that is not longer than zero or longer than 100000 years.';

CREATE FUNCTION leadscore.engagement_transition(state internal, model text, event text, at timestamptz, as_of timestamptz) RETURNS internal
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_transition';
COMMENT ON FUNCTION leadscore.engagement_transition(internal, text, text, timestamptz, timestamptz) IS 'Part of the aggregate engagement()';

CREATE FUNCTION leadscore.engagement_combine(state internal, other internal) RETURNS internal
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_combine';
COMMENT ON FUNCTION leadscore.engagement_combine(internal, internal) IS 'Part of the aggregate engagement(): joins what two processes have summed up';

CREATE FUNCTION leadscore.engagement_serialize(state internal) RETURNS bytea
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_serialize';
COMMENT ON FUNCTION leadscore.engagement_serialize(internal) IS 'Part of the aggregate engagement(): the state as bytes';

CREATE FUNCTION leadscore.engagement_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_deserialize';
COMMENT ON FUNCTION leadscore.engagement_deserialize(bytea, internal) IS 'Part of the aggregate engagement(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.engagement_final(state internal) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_engagement_final';
COMMENT ON FUNCTION leadscore.engagement_final(internal) IS 'Part of the aggregate engagement(): its result';

CREATE AGGREGATE leadscore.engagement(model text, event text, at timestamptz, as_of timestamptz) (
  SFUNC = leadscore.engagement_transition,
  STYPE = internal,
  SSPACE = 512,
  FINALFUNC = leadscore.engagement_final,
  COMBINEFUNC = leadscore.engagement_combine,
  SERIALFUNC = leadscore.engagement_serialize,
  DESERIALFUNC = leadscore.engagement_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.engagement(text, text, timestamptz, timestamptz) IS
'The points of events at the time as_of, by the rows of leadscore.event_kind: each kind has its points and its half-life, and of each only the earliest max_count of every period count. What speaks against interest is summed apart; the result is the difference, at least 0. Events later than as_of, unknown or disabled kinds, infinite times, and rows without event or time count nothing: 0 if nothing counts, also without any row. The same in any order of rows and on any number of workers. NULL if model or as_of is NULL. Raises 42704 for a model that does not exist, 22023 if model or as_of differ within a group or a kind has an impossible half-life, 54000 if more than 1048576 events of kinds with a max_count are to be kept for a group.';
-- Qualification frameworks: what to ask a lead, in which order, and what the answers come to. What ships becomes rows
-- only by create_framework(), so it may be edited freely and a restore never meets it.

CREATE TABLE leadscore.framework (
  framework text COLLATE "C" NOT NULL PRIMARY KEY CHECK (framework <> ''),
  title text,
  title_ru text,
  description text,
  description_ru text,
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY
);
COMMENT ON TABLE leadscore.framework IS 'Qualification frameworks, such as BANT: interviews that tell whether a lead is worth the work';
COMMENT ON COLUMN leadscore.framework.framework IS 'Name of the framework, the first argument of leadscore.framework_score()';
COMMENT ON COLUMN leadscore.framework.title IS 'What people call it';
COMMENT ON COLUMN leadscore.framework.title_ru IS 'The title in Russian';
COMMENT ON COLUMN leadscore.framework.description IS 'What it is good for';
COMMENT ON COLUMN leadscore.framework.description_ru IS 'The description in Russian';
COMMENT ON COLUMN leadscore.framework.ord IS 'Order in lists; by default the order of insertion';

CREATE TABLE leadscore.framework_element (
  framework text COLLATE "C" NOT NULL REFERENCES leadscore.framework ON DELETE CASCADE ON UPDATE CASCADE,
  element text COLLATE "C" NOT NULL CHECK (element <> ''),
  priority integer NOT NULL CHECK (priority > 0),
  weight double precision CHECK (weight > 0 AND weight <= 1e15),
  title text,
  title_ru text,
  question text,
  question_ru text,
  more_questions text[] CHECK (array_position(more_questions, NULL) IS NULL),
  more_questions_ru text[] CHECK (array_position(more_questions_ru, NULL) IS NULL),
  PRIMARY KEY (framework, element)
);
COMMENT ON TABLE leadscore.framework_element IS 'What a framework asks about';
COMMENT ON COLUMN leadscore.framework_element.framework IS 'The framework';
COMMENT ON COLUMN leadscore.framework_element.element IS 'Name of the element within the framework, the key of its answer. One name means one thing in all frameworks, so that answers can be carried over';
COMMENT ON COLUMN leadscore.framework_element.priority IS 'Its place in the interview: 1 is asked first and weighs most';
COMMENT ON COLUMN leadscore.framework_element.weight IS 'Its weight; NULL: the rank order centroid weight of its priority (those of a framework add up to 1)';
COMMENT ON COLUMN leadscore.framework_element.title IS 'What people call it';
COMMENT ON COLUMN leadscore.framework_element.title_ru IS 'The title in Russian';
COMMENT ON COLUMN leadscore.framework_element.question IS 'The question that opens it';
COMMENT ON COLUMN leadscore.framework_element.question_ru IS 'The question in Russian';
COMMENT ON COLUMN leadscore.framework_element.more_questions IS 'Questions to go deeper';
COMMENT ON COLUMN leadscore.framework_element.more_questions_ru IS 'Those questions in Russian';

-- A record of what people found out: it holds on to the elements that it is about, and is never deleted with them.
CREATE TABLE leadscore.framework_answer (
  framework text COLLATE "C" NOT NULL,
  lead_key text COLLATE "C" NOT NULL,
  element text COLLATE "C" NOT NULL,
  answer jsonb NOT NULL CHECK (CASE jsonb_typeof(answer)
    WHEN 'number' THEN answer >= '0' AND answer <= '1' ELSE jsonb_typeof(answer) = ANY (ARRAY['boolean', 'null']) END),
  answered_by text NOT NULL DEFAULT CURRENT_USER,
  answered_at timestamptz NOT NULL DEFAULT now(),
  note text,
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  FOREIGN KEY (framework, element) REFERENCES leadscore.framework_element ON UPDATE CASCADE
);
CREATE INDEX framework_answer_latest ON leadscore.framework_answer (framework, lead_key, element, answered_at DESC, ord DESC);
CREATE INDEX framework_answer_element ON leadscore.framework_answer (framework, element);
COMMENT ON TABLE leadscore.framework_answer IS 'What people found out about leads, answer by answer; the latest answer to an element counts. An element that has been answered cannot be deleted';
COMMENT ON INDEX leadscore.framework_answer_latest IS 'Finds the latest answers about a lead';
COMMENT ON INDEX leadscore.framework_answer_element IS 'Finds the answers to an element that is renamed or deleted';
COMMENT ON COLUMN leadscore.framework_answer.framework IS 'The framework';
COMMENT ON COLUMN leadscore.framework_answer.lead_key IS 'The key of the lead, as text';
COMMENT ON COLUMN leadscore.framework_answer.element IS 'The element';
COMMENT ON COLUMN leadscore.framework_answer.answer IS 'true (yes), false (no), a number from 0 to 1, or null: unknown, which withdraws an earlier answer';
COMMENT ON COLUMN leadscore.framework_answer.answered_by IS 'Who gave the answer; by default the role that wrote the row';
COMMENT ON COLUMN leadscore.framework_answer.answered_at IS 'When it was given';
COMMENT ON COLUMN leadscore.framework_answer.note IS 'What the lead said';
COMMENT ON COLUMN leadscore.framework_answer.ord IS 'Order of entry; of answers given at one time the last entered counts';

-- Restores: see begin_edit() in the part about the tables of models.
CREATE FUNCTION leadscore.begin_load() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_begin_load';
COMMENT ON FUNCTION leadscore.begin_load() IS 'Internal: lets a restore load rows before the rows that they refer to';

CREATE FUNCTION leadscore.end_load() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF current_setting('leadscore.restoring', true) = 'on' THEN
    PERFORM set_config('leadscore.restoring', '', true);
    PERFORM set_config('session_replication_role', 'origin', true);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION leadscore.end_load() IS 'Internal: ends what begin_load() began for a restore';

CREATE TRIGGER begin_load BEFORE INSERT ON leadscore.framework_element
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_load();
CREATE TRIGGER begin_load BEFORE INSERT ON leadscore.framework_answer
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_load();
CREATE TRIGGER end_load AFTER INSERT ON leadscore.framework_element
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_load();
CREATE TRIGGER end_load AFTER INSERT ON leadscore.framework_answer
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_load();
ALTER TABLE leadscore.framework_element ENABLE ALWAYS TRIGGER end_load;
ALTER TABLE leadscore.framework_answer ENABLE ALWAYS TRIGGER end_load;

SELECT pg_catalog.pg_extension_config_dump('leadscore.framework', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.framework_ord_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.framework_element', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.framework_answer', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.framework_answer_ord_seq', '');

-- Scoring.
CREATE TYPE leadscore.framework_result AS (
  framework text,
  score double precision,
  completeness double precision,
  answered integer,
  elements integer,
  score_if_no double precision,
  score_if_yes double precision,
  next_element text,
  next_question text,
  next_question_ru text,
  missing text[]
);
COMMENT ON TYPE leadscore.framework_result IS 'What leadscore.framework_score() says about the answers of a lead';
COMMENT ON COLUMN leadscore.framework_result.framework IS 'The framework';
COMMENT ON COLUMN leadscore.framework_result.score IS '0 to 100: the weighted mean of the answers that are known; NULL where none is';
COMMENT ON COLUMN leadscore.framework_result.completeness IS 'The weight of the answered elements as a share of all, 0 to 1; NULL for a framework without elements';
COMMENT ON COLUMN leadscore.framework_result.answered IS 'How many elements are answered';
COMMENT ON COLUMN leadscore.framework_result.elements IS 'How many there are';
COMMENT ON COLUMN leadscore.framework_result.score_if_no IS 'The score if everything unknown turned out no: it cannot get worse';
COMMENT ON COLUMN leadscore.framework_result.score_if_yes IS 'The score if everything unknown turned out yes: it cannot get better';
COMMENT ON COLUMN leadscore.framework_result.next_element IS 'What to ask about next: the weightiest element that is not answered; NULL when all are';
COMMENT ON COLUMN leadscore.framework_result.next_question IS 'The question that opens it';
COMMENT ON COLUMN leadscore.framework_result.next_question_ru IS 'The question in Russian';
COMMENT ON COLUMN leadscore.framework_result.missing IS 'The elements that are not answered, the weightiest first; empty when all are';

CREATE FUNCTION leadscore.framework_score(framework text, answers jsonb) RETURNS leadscore.framework_result
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_framework_score';
COMMENT ON FUNCTION leadscore.framework_score(text, jsonb) IS
'What answers come to by a stored framework: score, completeness, what to ask next. Answers are a JSON object by element: true or false, a number from 0 to 1, yes or no as text in English or Russian, or an object with such an "answer"; anything else, null and a missing key are unknown, which is not no. Keys of other frameworks are ignored. NULL if an argument is. Raises 42704 if the framework does not exist, 22023 if the answers are not an object.';

CREATE FUNCTION leadscore.framework_score(document jsonb, answers jsonb) RETURNS leadscore.framework_result
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_framework_score_document';
COMMENT ON FUNCTION leadscore.framework_score(jsonb, jsonb) IS
'What answers come to by a framework given as a value, in the form of leadscore.export_framework(). Reads no table. NULL if an argument is. Raises 22023 if the document is not a framework or the answers are not an object.';

CREATE FUNCTION leadscore.framework_answers(framework text, lead_key text, as_of timestamptz DEFAULT now()) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  RETURN (
    SELECT coalesce(jsonb_object_agg(a.element, a.answer), '{}')
    FROM (
      SELECT DISTINCT ON (l.element) l.element, l.answer
      FROM leadscore.framework_answer AS l
      WHERE l.framework = framework_answers.framework AND l.lead_key = framework_answers.lead_key
        AND l.answered_at <= as_of
      ORDER BY l.element, l.answered_at DESC, l.ord DESC) AS a);
END
$$;
COMMENT ON FUNCTION leadscore.framework_answers(text, text, timestamptz) IS
'The answers about a lead in leadscore.framework_answer as they were known at a time, by default now: an object for framework_score(), empty if there is none. Read with the privileges of the caller. NULL if an argument is.';

-- Frameworks as values.
CREATE FUNCTION leadscore.export_framework(framework text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
BEGIN
  SELECT jsonb_build_object(
    'format', 1, 'framework', f.framework, 'title', f.title, 'title_ru', f.title_ru,
    'description', f.description, 'description_ru', f.description_ru,
    'elements', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'element', e.element, 'priority', e.priority, 'weight', e.weight, 'title', e.title, 'title_ru', e.title_ru,
        'question', e.question, 'question_ru', e.question_ru,
        'more_questions', e.more_questions, 'more_questions_ru', e.more_questions_ru)
        ORDER BY e.priority, e.element)
      FROM leadscore.framework_element AS e WHERE e.framework = f.framework), '[]'))
  INTO document
  FROM leadscore.framework AS f WHERE f.framework = export_framework.framework;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('framework "%s" does not exist', export_framework.framework),
      HINT = 'Table leadscore.framework lists the frameworks; leadscore.create_framework() makes one of those that ship.';
  END IF;
  RETURN document;
END
$$;
COMMENT ON FUNCTION leadscore.export_framework(text) IS
'The framework as a portable document that framework_score() takes in place of the name, and import_framework() turns into rows again. NULL for NULL. Raises 42704 if the framework does not exist.';

CREATE FUNCTION leadscore.import_framework(document jsonb, framework text, replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM leadscore.framework_score(document, '{}');  -- raises if the document is not a framework
  IF EXISTS (SELECT FROM leadscore.framework AS f WHERE f.framework = import_framework.framework) THEN
    IF NOT replace THEN
      RAISE EXCEPTION USING
        ERRCODE = 'duplicate_object',
        MESSAGE = format('framework "%s" already exists', import_framework.framework),
        HINT = 'Pass replace => true to replace what it holds.';
    END IF;
  ELSE
    INSERT INTO leadscore.framework (framework) VALUES (import_framework.framework);
  END IF;
  UPDATE leadscore.framework AS f SET
    title = document ->> 'title',
    title_ru = document ->> 'title_ru',
    description = document ->> 'description',
    description_ru = document ->> 'description_ru'
  WHERE f.framework = import_framework.framework;
  -- What stays is changed in place: answers hold on to it.
  DELETE FROM leadscore.framework_element AS e
  WHERE e.framework = import_framework.framework AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(nullif(document -> 'elements', 'null')) AS d (value)
    WHERE d.value ->> 'element' = e.element);
  INSERT INTO leadscore.framework_element (framework, element, priority, weight, title, title_ru, question, question_ru,
    more_questions, more_questions_ru)
  SELECT import_framework.framework, d.value ->> 'element', (d.value ->> 'priority')::numeric::integer,
    (d.value ->> 'weight')::double precision, d.value ->> 'title', d.value ->> 'title_ru', d.value ->> 'question',
    d.value ->> 'question_ru',
    CASE WHEN jsonb_typeof(d.value -> 'more_questions') = 'array'
      THEN ARRAY(SELECT q.value FROM jsonb_array_elements_text(d.value -> 'more_questions') AS q (value)) END,
    CASE WHEN jsonb_typeof(d.value -> 'more_questions_ru') = 'array'
      THEN ARRAY(SELECT q.value FROM jsonb_array_elements_text(d.value -> 'more_questions_ru') AS q (value)) END
  FROM jsonb_array_elements(nullif(document -> 'elements', 'null')) AS d (value)
  ON CONFLICT ON CONSTRAINT framework_element_pkey DO UPDATE SET
    priority = EXCLUDED.priority, weight = EXCLUDED.weight, title = EXCLUDED.title, title_ru = EXCLUDED.title_ru,
    question = EXCLUDED.question, question_ru = EXCLUDED.question_ru, more_questions = EXCLUDED.more_questions,
    more_questions_ru = EXCLUDED.more_questions_ru;
END
$$;
COMMENT ON FUNCTION leadscore.import_framework(jsonb, text, boolean) IS
'Makes a framework of this name from a document of export_framework() or framework_template(), or with replace => true puts it in the place of what the framework holds; answers stay. Does nothing if an argument is NULL. Raises 42710 if the framework exists and is not to be replaced, 22023 if the document is not a framework, 23503 if an element that has been answered is not in it.';

CREATE FUNCTION leadscore.create_framework(name text, replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF replace IS NULL OR name IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the framework must be named';
  END IF;
  PERFORM leadscore.import_framework(leadscore.framework_template(name), name, replace);
END
$$;
COMMENT ON FUNCTION leadscore.create_framework(text, boolean) IS
'Makes a framework that ships into rows: BANT, ANUM, CHAMP, GPCTBA/C&I or MEDDIC. With replace => true what the framework holds becomes again what ships; answers stay. Raises 22023 for an unknown name, 42710 if the framework exists and is not to be replaced, 23503 if an element that has been answered does not ship, 22004 for NULL.';
-- The frameworks that ship, from which create_framework() makes rows: documents in the format of export_framework().
--
-- An element has one name wherever it means the same: money is budget, urgency is timing, the economic buyer is
-- authority, the identified pain is challenges. Letters are Latin and Russian only, so that the script also installs in a
-- database in WIN1251 or KOI8R.
CREATE FUNCTION leadscore.framework_template(name text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CASE name
    WHEN 'BANT' THEN
        RETURN $json$
{"format": 1, "framework": "BANT",
 "title": "BANT: budget, authority, need, timing",
 "title_ru": "BANT: \u0431\u044e\u0434\u0436\u0435\u0442, \u043f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f, \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c, \u0441\u0440\u043e\u043a\u0438",
 "description": "Can they pay, and soon? A short interview for simple products with a known price. The budget decides.",
 "description_ru": "\u041c\u043e\u0433\u0443\u0442 \u043b\u0438 \u0437\u0430\u043f\u043b\u0430\u0442\u0438\u0442\u044c \u0438 \u0441\u043a\u043e\u0440\u043e \u043b\u0438? \u041a\u043e\u0440\u043e\u0442\u043a\u0438\u0439 \u0440\u0430\u0437\u0433\u043e\u0432\u043e\u0440 \u0434\u043b\u044f \u043f\u0440\u043e\u0441\u0442\u044b\u0445 \u043f\u0440\u043e\u0434\u0443\u043a\u0442\u043e\u0432 \u0441 \u043f\u043e\u043d\u044f\u0442\u043d\u043e\u0439 \u0446\u0435\u043d\u043e\u0439. \u0420\u0435\u0448\u0430\u0435\u0442 \u0431\u044e\u0434\u0436\u0435\u0442.",
 "elements": [
  {"element": "budget", "priority": 1, "title": "Budget", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442",
   "question": "Does this matter enough to put money behind it, and how much did you have in mind?",
   "question_ru": "\u0413\u043e\u0442\u043e\u0432\u044b \u043b\u0438 \u0432\u044b \u0432\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u0442\u044c \u0432 \u044d\u0442\u043e \u0434\u0435\u043d\u044c\u0433\u0438 \u0438 \u043d\u0430 \u043a\u0430\u043a\u0443\u044e \u0441\u0443\u043c\u043c\u0443 \u0440\u0430\u0441\u0441\u0447\u0438\u0442\u044b\u0432\u0430\u0435\u0442\u0435?",
   "more_questions": ["What do you spend on it today?", "Does our price fit into what you planned?"],
   "more_questions_ru": ["\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0432\u044b \u0442\u0440\u0430\u0442\u0438\u0442\u0435 \u043d\u0430 \u044d\u0442\u043e \u0441\u0435\u0439\u0447\u0430\u0441?", "\u0423\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u0435\u0442\u0441\u044f \u043b\u0438 \u043d\u0430\u0448\u0430 \u0446\u0435\u043d\u0430 \u0432 \u0432\u0430\u0448\u0438 \u043f\u043b\u0430\u043d\u044b?"]},
  {"element": "authority", "priority": 2, "title": "Authority", "title_ru": "\u041f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f",
   "question": "Who has the final say on this?",
   "question_ru": "\u0417\u0430 \u043a\u0435\u043c \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0435\u0435 \u0441\u043b\u043e\u0432\u043e \u0432 \u044d\u0442\u043e\u043c \u0432\u043e\u043f\u0440\u043e\u0441\u0435?",
   "more_questions": ["What is your own part in the decision?", "Does somebody above you have to agree?", "Would you like to talk it over at home first?"],
   "more_questions_ru": ["\u041a\u0430\u043a\u043e\u0432\u0430 \u0432\u0430\u0448\u0430 \u0440\u043e\u043b\u044c \u0432 \u044d\u0442\u043e\u043c \u0440\u0435\u0448\u0435\u043d\u0438\u0438?", "\u041d\u0443\u0436\u043d\u043e \u043b\u0438 \u0441\u043e\u0433\u043b\u0430\u0441\u0438\u0435 \u0440\u0443\u043a\u043e\u0432\u043e\u0434\u0441\u0442\u0432\u0430?", "\u0425\u043e\u0442\u0438\u0442\u0435 \u043b\u0438 \u0432\u044b \u0441\u043d\u0430\u0447\u0430\u043b\u0430 \u043f\u043e\u0441\u043e\u0432\u0435\u0442\u043e\u0432\u0430\u0442\u044c\u0441\u044f \u0441 \u0431\u043b\u0438\u0437\u043a\u0438\u043c\u0438?"]},
  {"element": "need", "priority": 3, "title": "Need", "title_ru": "\u041f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c",
   "question": "What do you need it for, and what has kept you from getting it so far?",
   "question_ru": "\u0414\u043b\u044f \u0447\u0435\u0433\u043e \u0432\u0430\u043c \u044d\u0442\u043e \u0438 \u0447\u0442\u043e \u0434\u043e \u0441\u0438\u0445 \u043f\u043e\u0440 \u043c\u0435\u0448\u0430\u043b\u043e \u044d\u0442\u043e \u043f\u043e\u043b\u0443\u0447\u0438\u0442\u044c?",
   "more_questions": ["How do you manage without it today?"],
   "more_questions_ru": ["\u041a\u0430\u043a \u0432\u044b \u043e\u0431\u0445\u043e\u0434\u0438\u0442\u0435\u0441\u044c \u0431\u0435\u0437 \u044d\u0442\u043e\u0433\u043e \u0441\u0435\u0433\u043e\u0434\u043d\u044f?"]},
  {"element": "timing", "priority": 4, "title": "Timing", "title_ru": "\u0421\u0440\u043e\u043a\u0438",
   "question": "When would you like to have it?",
   "question_ru": "\u041a \u043a\u0430\u043a\u043e\u043c\u0443 \u0441\u0440\u043e\u043a\u0443 \u0432\u044b \u0445\u043e\u0442\u0438\u0442\u0435 \u044d\u0442\u043e \u043f\u043e\u043b\u0443\u0447\u0438\u0442\u044c?",
   "more_questions": ["Is it pressing, or can it wait?", "Is it a single purchase, or would you need us for longer?"],
   "more_questions_ru": ["\u042d\u0442\u043e \u0441\u0440\u043e\u0447\u043d\u043e \u0438\u043b\u0438 \u043c\u043e\u0436\u0435\u0442 \u043f\u043e\u0434\u043e\u0436\u0434\u0430\u0442\u044c?", "\u042d\u0442\u043e \u0440\u0430\u0437\u043e\u0432\u0430\u044f \u043f\u043e\u043a\u0443\u043f\u043a\u0430 \u0438\u043b\u0438 \u043c\u044b \u043f\u043e\u043d\u0430\u0434\u043e\u0431\u0438\u043c\u0441\u044f \u0432\u0430\u043c \u043d\u0430\u0434\u043e\u043b\u0433\u043e?"]}
 ]}
$json$::jsonb;

    WHEN 'ANUM' THEN
        RETURN $json$
{"format": 1, "framework": "ANUM",
 "title": "ANUM: authority, need, urgency, money",
 "title_ru": "ANUM: \u043f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f, \u043f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c, \u0441\u0440\u043e\u0447\u043d\u043e\u0441\u0442\u044c, \u0434\u0435\u043d\u044c\u0433\u0438",
 "description": "Are we talking to the right person? For sales where much depends on reaching whoever decides.",
 "description_ru": "\u0421 \u0442\u0435\u043c \u043b\u0438 \u0447\u0435\u043b\u043e\u0432\u0435\u043a\u043e\u043c \u043c\u044b \u0433\u043e\u0432\u043e\u0440\u0438\u043c? \u0414\u043b\u044f \u043f\u0440\u043e\u0434\u0430\u0436, \u0433\u0434\u0435 \u0433\u043b\u0430\u0432\u043d\u043e\u0435 - \u0432\u044b\u0439\u0442\u0438 \u043d\u0430 \u0442\u043e\u0433\u043e, \u043a\u0442\u043e \u0440\u0435\u0448\u0430\u0435\u0442.",
 "elements": [
  {"element": "authority", "priority": 1, "title": "Authority", "title_ru": "\u041f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f",
   "question": "Is the decision yours, or is there somebody we should invite to the conversation?",
   "question_ru": "\u0420\u0435\u0448\u0435\u043d\u0438\u0435 \u0437\u0430 \u0432\u0430\u043c\u0438 \u0438\u043b\u0438 \u0441\u0442\u043e\u0438\u0442 \u043f\u0440\u0438\u0433\u043b\u0430\u0441\u0438\u0442\u044c \u043a \u0440\u0430\u0437\u0433\u043e\u0432\u043e\u0440\u0443 \u043a\u043e\u0433\u043e-\u0442\u043e \u0435\u0449\u0451?",
   "more_questions": ["How are purchases of this kind agreed in your company?"],
   "more_questions_ru": ["\u041a\u0430\u043a \u0443 \u0432\u0430\u0441 \u0441\u043e\u0433\u043b\u0430\u0441\u0443\u044e\u0442 \u0442\u0430\u043a\u0438\u0435 \u043f\u043e\u043a\u0443\u043f\u043a\u0438?"]},
  {"element": "need", "priority": 2, "title": "Need", "title_ru": "\u041f\u043e\u0442\u0440\u0435\u0431\u043d\u043e\u0441\u0442\u044c",
   "question": "Which task should this take off your hands?",
   "question_ru": "\u041a\u0430\u043a\u0443\u044e \u0437\u0430\u0434\u0430\u0447\u0443 \u0432\u044b \u0445\u043e\u0442\u0438\u0442\u0435 \u0441 \u0441\u0435\u0431\u044f \u0441\u043d\u044f\u0442\u044c?",
   "more_questions": ["How do you solve it today?"],
   "more_questions_ru": ["\u041a\u0430\u043a \u0432\u044b \u0440\u0435\u0448\u0430\u0435\u0442\u0435 \u0435\u0451 \u0441\u0435\u0439\u0447\u0430\u0441?"]},
  {"element": "timing", "priority": 3, "title": "Urgency", "title_ru": "\u0421\u0440\u043e\u0447\u043d\u043e\u0441\u0442\u044c",
   "question": "How urgent is it, and what sets the date?",
   "question_ru": "\u041d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u044d\u0442\u043e \u0441\u0440\u043e\u0447\u043d\u043e \u0438 \u043e\u0442 \u0447\u0435\u0433\u043e \u0437\u0430\u0432\u0438\u0441\u0438\u0442 \u0441\u0440\u043e\u043a?",
   "more_questions": ["What happens if it takes half a year longer?"],
   "more_questions_ru": ["\u0427\u0442\u043e \u0438\u0437\u043c\u0435\u043d\u0438\u0442\u0441\u044f, \u0435\u0441\u043b\u0438 \u044d\u0442\u043e \u0437\u0430\u0442\u044f\u043d\u0435\u0442\u0441\u044f \u043d\u0430 \u043f\u043e\u043b\u0433\u043e\u0434\u0430?"]},
  {"element": "budget", "priority": 4, "title": "Money", "title_ru": "\u0414\u0435\u043d\u044c\u0433\u0438",
   "question": "Is money set aside for it, or would it still have to be found?",
   "question_ru": "\u0414\u0435\u043d\u044c\u0433\u0438 \u043d\u0430 \u044d\u0442\u043e \u0443\u0436\u0435 \u0437\u0430\u043b\u043e\u0436\u0435\u043d\u044b \u0438\u043b\u0438 \u0438\u0445 \u0435\u0449\u0451 \u043f\u0440\u0435\u0434\u0441\u0442\u043e\u0438\u0442 \u043d\u0430\u0439\u0442\u0438?",
   "more_questions": ["From which amount on would it have to be approved separately?"],
   "more_questions_ru": ["\u0421 \u043a\u0430\u043a\u043e\u0439 \u0441\u0443\u043c\u043c\u044b \u043f\u043e\u0442\u0440\u0435\u0431\u0443\u0435\u0442\u0441\u044f \u043e\u0442\u0434\u0435\u043b\u044c\u043d\u043e\u0435 \u0441\u043e\u0433\u043b\u0430\u0441\u043e\u0432\u0430\u043d\u0438\u0435?"]}
 ]}
$json$::jsonb;

    WHEN 'CHAMP' THEN
        RETURN $json$
{"format": 1, "framework": "CHAMP",
 "title": "CHAMP: challenges, authority, money, prioritization",
 "title_ru": "CHAMP: \u0442\u0440\u0443\u0434\u043d\u043e\u0441\u0442\u0438, \u043f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f, \u0434\u0435\u043d\u044c\u0433\u0438, \u043f\u0440\u0438\u043e\u0440\u0438\u0442\u0435\u0442",
 "description": "What hurts? Begins with the problem and comes to the purchase last: for services and products whose value shows only in use.",
 "description_ru": "\u0427\u0442\u043e \u0431\u043e\u043b\u0438\u0442? \u0421\u043d\u0430\u0447\u0430\u043b\u0430 \u043e \u043f\u0440\u043e\u0431\u043b\u0435\u043c\u0435 \u0438 \u043b\u0438\u0448\u044c \u043f\u043e\u0442\u043e\u043c \u043e \u043f\u043e\u043a\u0443\u043f\u043a\u0435: \u0434\u043b\u044f \u0443\u0441\u043b\u0443\u0433 \u0438 \u043f\u0440\u043e\u0434\u0443\u043a\u0442\u043e\u0432, \u043f\u043e\u043b\u044c\u0437\u0430 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0432\u0438\u0434\u043d\u0430 \u0442\u043e\u043b\u044c\u043a\u043e \u0432 \u0434\u0435\u043b\u0435.",
 "elements": [
  {"element": "challenges", "priority": 1, "title": "Challenges", "title_ru": "\u0422\u0440\u0443\u0434\u043d\u043e\u0441\u0442\u0438",
   "question": "What gets in your way most, and what have you done about it?",
   "question_ru": "\u0427\u0442\u043e \u0432\u0430\u043c \u0431\u043e\u043b\u044c\u0448\u0435 \u0432\u0441\u0435\u0433\u043e \u043c\u0435\u0448\u0430\u0435\u0442 \u0438 \u0447\u0442\u043e \u0432\u044b \u0441 \u044d\u0442\u0438\u043c \u0443\u0436\u0435 \u0434\u0435\u043b\u0430\u043b\u0438?",
   "more_questions": ["Where does what you use today let you down?", "Whom else does it trouble?"],
   "more_questions_ru": ["\u0412 \u0447\u0451\u043c \u0432\u0430\u0441 \u043f\u043e\u0434\u0432\u043e\u0434\u0438\u0442 \u0442\u043e, \u0447\u0435\u043c \u0432\u044b \u043f\u043e\u043b\u044c\u0437\u0443\u0435\u0442\u0435\u0441\u044c \u0441\u0435\u0439\u0447\u0430\u0441?", "\u041a\u043e\u043c\u0443 \u0435\u0449\u0451 \u044d\u0442\u043e \u043c\u0435\u0448\u0430\u0435\u0442?"]},
  {"element": "authority", "priority": 2, "title": "Authority", "title_ru": "\u041f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f",
   "question": "How do we get the person who can say yes to the table?",
   "question_ru": "\u041a\u0430\u043a \u043d\u0430\u043c \u043f\u043e\u0434\u043a\u043b\u044e\u0447\u0438\u0442\u044c \u043a \u0440\u0430\u0437\u0433\u043e\u0432\u043e\u0440\u0443 \u0442\u043e\u0433\u043e, \u043a\u0442\u043e \u043c\u043e\u0436\u0435\u0442 \u0441\u043a\u0430\u0437\u0430\u0442\u044c \u0434\u0430?",
   "more_questions": ["Whose opinion will count besides yours?"],
   "more_questions_ru": ["\u0427\u044c\u0451 \u043c\u043d\u0435\u043d\u0438\u0435, \u043a\u0440\u043e\u043c\u0435 \u0432\u0430\u0448\u0435\u0433\u043e, \u0431\u0443\u0434\u0435\u0442 \u0432\u0430\u0436\u043d\u043e?"]},
  {"element": "budget", "priority": 3, "title": "Money", "title_ru": "\u0414\u0435\u043d\u044c\u0433\u0438",
   "question": "What is a solution worth to you, and do prices like ours suit you?",
   "question_ru": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043b\u044f \u0432\u0430\u0441 \u0441\u0442\u043e\u0438\u0442 \u0440\u0435\u0448\u0435\u043d\u0438\u0435 \u044d\u0442\u043e\u0439 \u043f\u0440\u043e\u0431\u043b\u0435\u043c\u044b \u0438 \u0443\u0441\u0442\u0440\u0430\u0438\u0432\u0430\u0435\u0442 \u043b\u0438 \u0432\u0430\u0441 \u043d\u0430\u0448 \u043f\u043e\u0440\u044f\u0434\u043e\u043a \u0446\u0435\u043d?",
   "more_questions": ["What does the problem cost you a month?"],
   "more_questions_ru": ["\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043f\u0440\u043e\u0431\u043b\u0435\u043c\u0430 \u0441\u0442\u043e\u0438\u0442 \u0432\u0430\u043c \u0432 \u043c\u0435\u0441\u044f\u0446?"]},
  {"element": "prioritization", "priority": 4, "title": "Prioritization", "title_ru": "\u041f\u0440\u0438\u043e\u0440\u0438\u0442\u0435\u0442",
   "question": "Where does it stand among everything else you have to do, and what else are you looking at?",
   "question_ru": "\u041a\u0430\u043a\u043e\u0435 \u043c\u0435\u0441\u0442\u043e \u044d\u0442\u043e \u0437\u0430\u043d\u0438\u043c\u0430\u0435\u0442 \u0441\u0440\u0435\u0434\u0438 \u0434\u0440\u0443\u0433\u0438\u0445 \u0432\u0430\u0448\u0438\u0445 \u0434\u0435\u043b \u0438 \u0447\u0442\u043e \u0435\u0449\u0451 \u0432\u044b \u0440\u0430\u0441\u0441\u043c\u0430\u0442\u0440\u0438\u0432\u0430\u0435\u0442\u0435?",
   "more_questions": ["What would have to be done before it?", "By when must it be settled?"],
   "more_questions_ru": ["\u0427\u0442\u043e \u043d\u0443\u0436\u043d\u043e \u0443\u0441\u043f\u0435\u0442\u044c \u0434\u043e \u044d\u0442\u043e\u0433\u043e?", "\u041a\u043e\u0433\u0434\u0430 \u0432\u043e\u043f\u0440\u043e\u0441 \u0434\u043e\u043b\u0436\u0435\u043d \u0431\u044b\u0442\u044c \u0437\u0430\u043a\u0440\u044b\u0442?"]}
 ]}
$json$::jsonb;

    WHEN 'GPCTBA/C&I' THEN
        RETURN $json$
{"format": 1, "framework": "GPCTBA/C&I",
 "title": "GPCTBA/C&I: goals, plans, challenges, timeline, budget, authority, consequences and implications",
 "title_ru": "GPCTBA/C&I: \u0446\u0435\u043b\u0438, \u043f\u043b\u0430\u043d\u044b, \u0442\u0440\u0443\u0434\u043d\u043e\u0441\u0442\u0438, \u0441\u0440\u043e\u043a\u0438, \u0431\u044e\u0434\u0436\u0435\u0442, \u043f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f, \u043f\u043e\u0441\u043b\u0435\u0434\u0441\u0442\u0432\u0438\u044f",
 "description": "Where do they want to go? A thorough interview for long sales to buyers who know the market and want advice.",
 "description_ru": "\u041a \u0447\u0435\u043c\u0443 \u043e\u043d\u0438 \u0438\u0434\u0443\u0442? \u041f\u043e\u0434\u0440\u043e\u0431\u043d\u044b\u0439 \u0440\u0430\u0437\u0433\u043e\u0432\u043e\u0440 \u0434\u043b\u044f \u0434\u043e\u043b\u0433\u0438\u0445 \u043f\u0440\u043e\u0434\u0430\u0436 \u043f\u043e\u043a\u0443\u043f\u0430\u0442\u0435\u043b\u044f\u043c, \u043a\u043e\u0442\u043e\u0440\u044b\u0435 \u0437\u043d\u0430\u044e\u0442 \u0440\u044b\u043d\u043e\u043a \u0438 \u0436\u0434\u0443\u0442 \u0441\u043e\u0432\u0435\u0442\u0430.",
 "elements": [
  {"element": "goals", "priority": 1, "title": "Goals", "title_ru": "\u0426\u0435\u043b\u0438",
   "question": "What do you, or your department, want to reach in the coming months, and what in a few years?",
   "question_ru": "\u0427\u0435\u0433\u043e \u0432\u044b \u0438\u043b\u0438 \u0432\u0430\u0448 \u043e\u0442\u0434\u0435\u043b \u0445\u043e\u0442\u0438\u0442\u0435 \u0434\u043e\u0431\u0438\u0442\u044c\u0441\u044f \u0432 \u0431\u043b\u0438\u0436\u0430\u0439\u0448\u0438\u0435 \u043c\u0435\u0441\u044f\u0446\u044b, \u0430 \u0447\u0435\u0433\u043e - \u0437\u0430 \u043d\u0435\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0435\u0442?",
   "more_questions": ["By which figure will you tell that you got there?"],
   "more_questions_ru": ["\u041f\u043e \u043a\u0430\u043a\u043e\u0439 \u0446\u0438\u0444\u0440\u0435 \u0432\u044b \u043f\u043e\u0439\u043c\u0451\u0442\u0435, \u0447\u0442\u043e \u0446\u0435\u043b\u044c \u0434\u043e\u0441\u0442\u0438\u0433\u043d\u0443\u0442\u0430?"]},
  {"element": "plans", "priority": 2, "title": "Plans", "title_ru": "\u041f\u043b\u0430\u043d\u044b",
   "question": "How do you mean to get there?",
   "question_ru": "\u041a\u0430\u043a \u0432\u044b \u0441\u043e\u0431\u0438\u0440\u0430\u0435\u0442\u0435\u0441\u044c \u043a \u044d\u0442\u043e\u043c\u0443 \u043f\u0440\u0438\u0439\u0442\u0438?",
   "more_questions": ["What did you try last time, and what will be different now?"],
   "more_questions_ru": ["\u0427\u0442\u043e \u0432\u044b \u043f\u0440\u043e\u0431\u043e\u0432\u0430\u043b\u0438 \u0432 \u043f\u0440\u043e\u0448\u043b\u044b\u0439 \u0440\u0430\u0437 \u0438 \u0447\u0442\u043e \u0442\u0435\u043f\u0435\u0440\u044c \u0431\u0443\u0434\u0435\u0442 \u0438\u043d\u0430\u0447\u0435?"]},
  {"element": "challenges", "priority": 3, "title": "Challenges", "title_ru": "\u0422\u0440\u0443\u0434\u043d\u043e\u0441\u0442\u0438",
   "question": "What could stop you, and why take it on now?",
   "question_ru": "\u0427\u0442\u043e \u043c\u043e\u0436\u0435\u0442 \u0432\u0430\u043c \u043f\u043e\u043c\u0435\u0448\u0430\u0442\u044c \u0438 \u043f\u043e\u0447\u0435\u043c\u0443 \u0431\u0440\u0430\u0442\u044c\u0441\u044f \u0437\u0430 \u044d\u0442\u043e \u0438\u043c\u0435\u043d\u043d\u043e \u0441\u0435\u0439\u0447\u0430\u0441?",
   "more_questions": ["Does your team have the hands and the skills for it?"],
   "more_questions_ru": ["\u0425\u0432\u0430\u0442\u0438\u0442 \u043b\u0438 \u0443 \u043a\u043e\u043c\u0430\u043d\u0434\u044b \u0440\u0443\u043a \u0438 \u043e\u043f\u044b\u0442\u0430?"]},
  {"element": "timing", "priority": 4, "title": "Timeline", "title_ru": "\u0421\u0440\u043e\u043a\u0438",
   "question": "How soon do you have to see results?",
   "question_ru": "\u041a\u0430\u043a \u0441\u043a\u043e\u0440\u043e \u0432\u0430\u043c \u043d\u0443\u0436\u0435\u043d \u0440\u0435\u0437\u0443\u043b\u044c\u0442\u0430\u0442?",
   "more_questions": ["What else is under way that this would have to wait for?"],
   "more_questions_ru": ["\u041a\u0430\u043a\u0438\u0435 \u0434\u0435\u043b\u0430 \u043d\u0443\u0436\u043d\u043e \u0437\u0430\u043a\u043e\u043d\u0447\u0438\u0442\u044c \u043f\u0440\u0435\u0436\u0434\u0435?"]},
  {"element": "budget", "priority": 5, "title": "Budget", "title_ru": "\u0411\u044e\u0434\u0436\u0435\u0442",
   "question": "What return would make it worth the money, and what would you spend for that?",
   "question_ru": "\u041f\u0440\u0438 \u043a\u0430\u043a\u043e\u0439 \u043e\u0442\u0434\u0430\u0447\u0435 \u0440\u0430\u0441\u0445\u043e\u0434\u044b \u043e\u043a\u0443\u043f\u044f\u0442\u0441\u044f \u0438 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0432\u044b \u0433\u043e\u0442\u043e\u0432\u044b \u0437\u0430 \u044d\u0442\u043e \u0437\u0430\u043f\u043b\u0430\u0442\u0438\u0442\u044c?",
   "more_questions": ["Do you pay for another solution now?", "Have you ever spent a comparable sum on something like this?"],
   "more_questions_ru": ["\u041f\u043b\u0430\u0442\u0438\u0442\u0435 \u043b\u0438 \u0432\u044b \u0441\u0435\u0439\u0447\u0430\u0441 \u0437\u0430 \u0434\u0440\u0443\u0433\u043e\u0435 \u0440\u0435\u0448\u0435\u043d\u0438\u0435?", "\u0412\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u043b\u0438 \u043b\u0438 \u0432\u044b \u0441\u043e\u043f\u043e\u0441\u0442\u0430\u0432\u0438\u043c\u0443\u044e \u0441\u0443\u043c\u043c\u0443 \u0432\u043e \u0447\u0442\u043e-\u0442\u043e \u043f\u043e\u0445\u043e\u0436\u0435\u0435?"]},
  {"element": "authority", "priority": 6, "title": "Authority", "title_ru": "\u041f\u043e\u043b\u043d\u043e\u043c\u043e\u0447\u0438\u044f",
   "question": "Are you choosing for yourself or on somebody's behalf?",
   "question_ru": "\u0412\u044b \u0432\u044b\u0431\u0438\u0440\u0430\u0435\u0442\u0435 \u0434\u043b\u044f \u0441\u0435\u0431\u044f \u0438\u043b\u0438 \u043f\u043e \u0447\u044c\u0435\u043c\u0443-\u0442\u043e \u043f\u043e\u0440\u0443\u0447\u0435\u043d\u0438\u044e?",
   "more_questions": ["What could make the person who signs hesitate?"],
   "more_questions_ru": ["\u0427\u0442\u043e \u043c\u043e\u0436\u0435\u0442 \u043e\u0441\u0442\u0430\u043d\u043e\u0432\u0438\u0442\u044c \u0442\u043e\u0433\u043e, \u043a\u0442\u043e \u043f\u043e\u0434\u043f\u0438\u0441\u044b\u0432\u0430\u0435\u0442 \u0434\u043e\u0433\u043e\u0432\u043e\u0440?"]},
  {"element": "negative_consequences", "priority": 7, "title": "Negative consequences", "title_ru": "\u041d\u0435\u0433\u0430\u0442\u0438\u0432\u043d\u044b\u0435 \u043f\u043e\u0441\u043b\u0435\u0434\u0441\u0442\u0432\u0438\u044f",
   "question": "What happens if everything stays as it is?",
   "question_ru": "\u0427\u0442\u043e \u0431\u0443\u0434\u0435\u0442, \u0435\u0441\u043b\u0438 \u0432\u0441\u0451 \u043e\u0441\u0442\u0430\u043d\u0435\u0442\u0441\u044f \u043a\u0430\u043a \u0435\u0441\u0442\u044c?",
   "more_questions": ["And what would that mean for you yourself?"],
   "more_questions_ru": ["\u0410 \u0447\u0435\u043c \u044d\u0442\u043e \u043e\u0431\u0435\u0440\u043d\u0451\u0442\u0441\u044f \u043b\u0438\u0447\u043d\u043e \u0434\u043b\u044f \u0432\u0430\u0441?"]},
  {"element": "positive_implications", "priority": 8, "title": "Positive implications", "title_ru": "\u041f\u043e\u0437\u0438\u0442\u0438\u0432\u043d\u044b\u0435 \u043f\u043e\u0441\u043b\u0435\u0434\u0441\u0442\u0432\u0438\u044f",
   "question": "And if it works out, what will you be able to do next?",
   "question_ru": "\u0410 \u0435\u0441\u043b\u0438 \u0432\u0441\u0451 \u043f\u043e\u043b\u0443\u0447\u0438\u0442\u0441\u044f, \u0447\u0442\u043e \u0432\u044b \u0441\u043c\u043e\u0436\u0435\u0442\u0435 \u0441\u0434\u0435\u043b\u0430\u0442\u044c \u0434\u0430\u043b\u044c\u0448\u0435?",
   "more_questions": ["Who else would notice the success?"],
   "more_questions_ru": ["\u041a\u0442\u043e \u0435\u0449\u0451 \u0437\u0430\u043c\u0435\u0442\u0438\u0442 \u044d\u0442\u043e\u0442 \u0443\u0441\u043f\u0435\u0445?"]}
 ]}
$json$::jsonb;

    WHEN 'MEDDIC' THEN
        RETURN $json$
{"format": 1, "framework": "MEDDIC",
 "title": "MEDDIC: metrics, economic buyer, decision criteria, decision process, identified pain, champion",
 "title_ru": "MEDDIC: \u043c\u0435\u0442\u0440\u0438\u043a\u0438, \u044d\u043a\u043e\u043d\u043e\u043c\u0438\u0447\u0435\u0441\u043a\u0438\u0439 \u043f\u043e\u043a\u0443\u043f\u0430\u0442\u0435\u043b\u044c, \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0440\u0435\u0448\u0435\u043d\u0438\u044f, \u043f\u0440\u043e\u0446\u0435\u0441\u0441 \u0440\u0435\u0448\u0435\u043d\u0438\u044f, \u0431\u043e\u043b\u044c, \u0447\u0435\u043c\u043f\u0438\u043e\u043d",
 "description": "How will the company buy? For large purchases of enterprises, where many people decide by rules of their own; sharpens the forecast.",
 "description_ru": "\u041a\u0430\u043a \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f \u0431\u0443\u0434\u0435\u0442 \u043f\u043e\u043a\u0443\u043f\u0430\u0442\u044c? \u0414\u043b\u044f \u043a\u0440\u0443\u043f\u043d\u044b\u0445 \u0437\u0430\u043a\u0443\u043f\u043e\u043a, \u0433\u0434\u0435 \u0440\u0435\u0448\u0430\u044e\u0442 \u043c\u043d\u043e\u0433\u0438\u0435 \u043b\u044e\u0434\u0438 \u043f\u043e \u0441\u0432\u043e\u0438\u043c \u043f\u0440\u0430\u0432\u0438\u043b\u0430\u043c; \u0443\u0442\u043e\u0447\u043d\u044f\u0435\u0442 \u043f\u0440\u043e\u0433\u043d\u043e\u0437.",
 "elements": [
  {"element": "metrics", "priority": 1, "title": "Metrics", "title_ru": "\u041c\u0435\u0442\u0440\u0438\u043a\u0438",
   "question": "Which figure has to change, and by how much, for you to call this a success?",
   "question_ru": "\u041a\u0430\u043a\u043e\u0439 \u043f\u043e\u043a\u0430\u0437\u0430\u0442\u0435\u043b\u044c \u0438 \u043d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043e\u043b\u0436\u0435\u043d \u0438\u0437\u043c\u0435\u043d\u0438\u0442\u044c\u0441\u044f, \u0447\u0442\u043e\u0431\u044b \u0432\u044b \u043d\u0430\u0437\u0432\u0430\u043b\u0438 \u044d\u0442\u043e \u0443\u0441\u043f\u0435\u0445\u043e\u043c?",
   "more_questions": ["What is that figure today?"],
   "more_questions_ru": ["\u0427\u0435\u043c\u0443 \u043e\u043d \u0440\u0430\u0432\u0435\u043d \u0441\u0435\u0433\u043e\u0434\u043d\u044f?"]},
  {"element": "authority", "priority": 2, "title": "Economic buyer", "title_ru": "\u042d\u043a\u043e\u043d\u043e\u043c\u0438\u0447\u0435\u0441\u043a\u0438\u0439 \u043f\u043e\u043a\u0443\u043f\u0430\u0442\u0435\u043b\u044c",
   "question": "Whose budget pays for this, and when can we speak with that person?",
   "question_ru": "\u0418\u0437 \u0447\u044c\u0435\u0433\u043e \u0431\u044e\u0434\u0436\u0435\u0442\u0430 \u044d\u0442\u043e \u043e\u043f\u043b\u0430\u0442\u044f\u0442 \u0438 \u043a\u043e\u0433\u0434\u0430 \u043c\u044b \u0441\u043c\u043e\u0436\u0435\u043c \u043f\u043e\u0433\u043e\u0432\u043e\u0440\u0438\u0442\u044c \u0441 \u044d\u0442\u0438\u043c \u0447\u0435\u043b\u043e\u0432\u0435\u043a\u043e\u043c?",
   "more_questions": ["What did that person buy last, and why?"],
   "more_questions_ru": ["\u0427\u0442\u043e \u044d\u0442\u043e\u0442 \u0447\u0435\u043b\u043e\u0432\u0435\u043a \u043a\u0443\u043f\u0438\u043b \u0432 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u0440\u0430\u0437 \u0438 \u043f\u043e\u0447\u0435\u043c\u0443?"]},
  {"element": "decision_criteria", "priority": 3, "title": "Decision criteria", "title_ru": "\u041a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0440\u0435\u0448\u0435\u043d\u0438\u044f",
   "question": "What will you compare the offers by?",
   "question_ru": "\u041f\u043e \u0447\u0435\u043c\u0443 \u0432\u044b \u0431\u0443\u0434\u0435\u0442\u0435 \u0441\u0440\u0430\u0432\u043d\u0438\u0432\u0430\u0442\u044c \u043f\u0440\u0435\u0434\u043b\u043e\u0436\u0435\u043d\u0438\u044f?",
   "more_questions": ["Which requirement rules an offer out at once?"],
   "more_questions_ru": ["\u041a\u0430\u043a\u043e\u0435 \u0442\u0440\u0435\u0431\u043e\u0432\u0430\u043d\u0438\u0435 \u0441\u0440\u0430\u0437\u0443 \u0438\u0441\u043a\u043b\u044e\u0447\u0430\u0435\u0442 \u043f\u0440\u0435\u0434\u043b\u043e\u0436\u0435\u043d\u0438\u0435?"]},
  {"element": "decision_process", "priority": 4, "title": "Decision process", "title_ru": "\u041f\u0440\u043e\u0446\u0435\u0441\u0441 \u0440\u0435\u0448\u0435\u043d\u0438\u044f",
   "question": "Which steps lead from here to a signature, and who takes part in each?",
   "question_ru": "\u041a\u0430\u043a\u0438\u0435 \u0448\u0430\u0433\u0438 \u0432\u0435\u0434\u0443\u0442 \u043e\u0442 \u0441\u0435\u0433\u043e\u0434\u043d\u044f\u0448\u043d\u0435\u0433\u043e \u0434\u043d\u044f \u043a \u043f\u043e\u0434\u043f\u0438\u0441\u0438 \u0438 \u043a\u0442\u043e \u0443\u0447\u0430\u0441\u0442\u0432\u0443\u0435\u0442 \u0432 \u043a\u0430\u0436\u0434\u043e\u043c?",
   "more_questions": ["Where did such a purchase get stuck before: lawyers, security, purchasing?"],
   "more_questions_ru": ["\u0413\u0434\u0435 \u0442\u0430\u043a\u0438\u0435 \u0437\u0430\u043a\u0443\u043f\u043a\u0438 \u0440\u0430\u043d\u044c\u0448\u0435 \u0437\u0430\u0441\u0442\u0440\u0435\u0432\u0430\u043b\u0438: \u0443 \u044e\u0440\u0438\u0441\u0442\u043e\u0432, \u0431\u0435\u0437\u043e\u043f\u0430\u0441\u043d\u043e\u0441\u0442\u0438, \u0441\u043d\u0430\u0431\u0436\u0435\u043d\u0438\u044f?"]},
  {"element": "challenges", "priority": 5, "title": "Identified pain", "title_ru": "\u0411\u043e\u043b\u044c",
   "question": "What does the problem cost you for as long as it lasts?",
   "question_ru": "\u0412\u043e \u0447\u0442\u043e \u0432\u0430\u043c \u043e\u0431\u0445\u043e\u0434\u0438\u0442\u0441\u044f \u043f\u0440\u043e\u0431\u043b\u0435\u043c\u0430, \u043f\u043e\u043a\u0430 \u043e\u043d\u0430 \u043d\u0435 \u0440\u0435\u0448\u0435\u043d\u0430?",
   "more_questions": ["Who feels it every day?"],
   "more_questions_ru": ["\u041a\u0442\u043e \u0447\u0443\u0432\u0441\u0442\u0432\u0443\u0435\u0442 \u0435\u0451 \u043a\u0430\u0436\u0434\u044b\u0439 \u0434\u0435\u043d\u044c?"]},
  {"element": "champion", "priority": 6, "title": "Champion", "title_ru": "\u0427\u0435\u043c\u043f\u0438\u043e\u043d",
   "question": "Who on your side gains most from this and would stand up for it when we are not in the room?",
   "question_ru": "\u041a\u043e\u043c\u0443 \u0443 \u0432\u0430\u0441 \u044d\u0442\u043e \u043d\u0443\u0436\u043d\u0435\u0435 \u0432\u0441\u0435\u0445 \u0438 \u043a\u0442\u043e \u043e\u0442\u0441\u0442\u043e\u0438\u0442 \u043f\u0440\u043e\u0435\u043a\u0442, \u043a\u043e\u0433\u0434\u0430 \u043d\u0430\u0441 \u043d\u0435 \u0431\u0443\u0434\u0435\u0442 \u0440\u044f\u0434\u043e\u043c?",
   "more_questions": ["What does that person need from us?"],
   "more_questions_ru": ["\u0427\u0435\u043c \u043c\u044b \u043c\u043e\u0436\u0435\u043c \u044d\u0442\u043e\u043c\u0443 \u0447\u0435\u043b\u043e\u0432\u0435\u043a\u0443 \u043f\u043e\u043c\u043e\u0447\u044c?"]}
 ]}
$json$::jsonb;

    ELSE
        RAISE EXCEPTION 'there is no framework "%" that ships', name
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Those that ship are "BANT", "ANUM", "CHAMP", "GPCTBA/C&I" and "MEDDIC"; leadscore.framework takes others by INSERT.';
    END CASE;
END
$function$;

COMMENT ON FUNCTION leadscore.framework_template(text) IS
    'The document of a framework that ships: BANT, ANUM, CHAMP, GPCTBA/C&I or MEDDIC. NULL for NULL. Raises 22023 for an unknown name.';
-- Match rules: what makes two leads one person. The rule contact ships and needs no rows; create_match_rule() makes
-- rows of it, to be edited or trained.

CREATE TABLE leadscore.match_rule (
  rule text COLLATE "C" NOT NULL PRIMARY KEY CHECK (rule <> ''),
  title text,
  title_ru text,
  region text NOT NULL DEFAULT 'RU',
  prior double precision NOT NULL DEFAULT 1e-5 CHECK (prior > 0 AND prior < 1),
  threshold double precision NOT NULL DEFAULT 0.5 CHECK (threshold > 0 AND threshold < 1),
  trained_leads bigint CHECK (trained_leads >= 0),
  ord bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY
);
COMMENT ON TABLE leadscore.match_rule IS 'Match rules: how to tell that two leads are one person. The rule contact ships and is there without a row';
COMMENT ON COLUMN leadscore.match_rule.rule IS 'Name of the rule, an argument of leadscore.find_duplicates()';
COMMENT ON COLUMN leadscore.match_rule.title IS 'What people call it';
COMMENT ON COLUMN leadscore.match_rule.title_ru IS 'The title in Russian';
COMMENT ON COLUMN leadscore.match_rule.region IS 'The region, as an ISO code of two letters, of phone numbers without a calling code';
COMMENT ON COLUMN leadscore.match_rule.prior IS 'The probability that two leads are one person before anything is compared. A search over a whole table estimates its own';
COMMENT ON COLUMN leadscore.match_rule.threshold IS 'The probability from which on two leads count as one person';
COMMENT ON COLUMN leadscore.match_rule.trained_leads IS 'How many leads m, u and the prior were learned from by leadscore.train_match(); NULL: not trained, so that a search learns them from the leads at hand';
COMMENT ON COLUMN leadscore.match_rule.ord IS 'Order in lists; by default the order of insertion';

CREATE TABLE leadscore.match_comparison (
  rule text COLLATE "C" NOT NULL REFERENCES leadscore.match_rule ON DELETE CASCADE ON UPDATE CASCADE,
  comparison text COLLATE "C" NOT NULL,
  frequency_weight double precision NOT NULL DEFAULT 0 CHECK (frequency_weight >= 0 AND frequency_weight <= 1),
  ord integer NOT NULL DEFAULT 0,
  PRIMARY KEY (rule, comparison)
);
COMMENT ON TABLE leadscore.match_comparison IS 'What a rule compares. A comparison whose column a relation lacks, or whose value a lead lacks, says nothing';
COMMENT ON COLUMN leadscore.match_comparison.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_comparison.comparison IS 'name (first and last), patronymic, email, phone, company, address, city, postcode, birth_date, national_id, or time (how long one lead came after the other)';
COMMENT ON COLUMN leadscore.match_comparison.frequency_weight IS 'How much more rare values say than frequent ones: 0, not at all, to 1, as much as their frequencies';
COMMENT ON COLUMN leadscore.match_comparison.ord IS 'Order in which the comparisons are shown';

CREATE TABLE leadscore.match_level (
  rule text COLLATE "C" NOT NULL,
  comparison text COLLATE "C" NOT NULL,
  level integer NOT NULL CHECK (level > 0),
  test text NOT NULL,
  "limit" double precision,
  m double precision NOT NULL CHECK (m > 0 AND m < 1),
  u double precision NOT NULL CHECK (u > 0 AND u < 1),
  PRIMARY KEY (rule, comparison, level),
  FOREIGN KEY (rule, comparison) REFERENCES leadscore.match_comparison ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE leadscore.match_level IS 'The levels of a comparison, tried in their order: the first whose test holds counts for log2(m / u) bits';
COMMENT ON COLUMN leadscore.match_level.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_level.comparison IS 'The comparison';
COMMENT ON COLUMN leadscore.match_level.level IS 'Its place: 1 is tried first';
COMMENT ON COLUMN leadscore.match_level.test IS 'same, similar, edits, shared_words and others, see the documentation; the last level is otherwise';
COMMENT ON COLUMN leadscore.match_level."limit" IS 'What the test compares with: a similarity of 0 to 1, a number of edits, seconds; NULL where it needs none';
COMMENT ON COLUMN leadscore.match_level.m IS 'The probability of the level if both leads are one person';
COMMENT ON COLUMN leadscore.match_level.u IS 'The probability of the level if they are two';

CREATE TABLE leadscore.match_key (
  rule text COLLATE "C" NOT NULL REFERENCES leadscore.match_rule ON DELETE CASCADE ON UPDATE CASCADE,
  key integer NOT NULL CHECK (key > 0),
  parts text[] NOT NULL CHECK (cardinality(parts) > 0 AND array_position(parts, NULL) IS NULL),
  PRIMARY KEY (rule, key)
);
COMMENT ON TABLE leadscore.match_key IS 'Blocking keys: only leads that share one are compared';
COMMENT ON COLUMN leadscore.match_key.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_key.key IS 'Number of the key';
COMMENT ON COLUMN leadscore.match_key.parts IS 'Fields that must all be equal; field:4 is its first four letters, field:-7 its last seven';

CREATE TABLE leadscore.match_frequency (
  rule text COLLATE "C" NOT NULL REFERENCES leadscore.match_rule ON DELETE CASCADE ON UPDATE CASCADE,
  field text COLLATE "C" NOT NULL,
  hash bigint NOT NULL,
  frequency double precision NOT NULL CHECK (frequency > 0 AND frequency <= 1),
  PRIMARY KEY (rule, field, hash)
);
COMMENT ON TABLE leadscore.match_frequency IS 'How frequent the values of fields are among the persons that a rule was trained on: the average, and values that many share';
COMMENT ON COLUMN leadscore.match_frequency.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_frequency.field IS 'The field';
COMMENT ON COLUMN leadscore.match_frequency.hash IS 'Hash of a value that ten persons or more share; 0: the average, which is how often two persons share a value';
COMMENT ON COLUMN leadscore.match_frequency.frequency IS 'The part of the persons with the field who have the value';

-- Restores: see begin_edit() in the part about the tables of models.
DO $do$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['match_comparison', 'match_level', 'match_key', 'match_frequency'] LOOP
    EXECUTE pg_catalog.format('CREATE TRIGGER begin_load BEFORE INSERT ON leadscore.%I FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_load()', name);
    EXECUTE pg_catalog.format('CREATE TRIGGER end_load AFTER INSERT ON leadscore.%I FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_load()', name);
    EXECUTE pg_catalog.format('ALTER TABLE leadscore.%I ENABLE ALWAYS TRIGGER end_load', name);
  END LOOP;
END
$do$;

SELECT pg_catalog.pg_extension_config_dump('leadscore.match_rule', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.match_rule_ord_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.match_comparison', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.match_level', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.match_key', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.match_frequency', '');

CREATE FUNCTION leadscore.match_rule_template(name text) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_match_rule_template';
COMMENT ON FUNCTION leadscore.match_rule_template(text) IS
'A match rule that ships, as a document: contact. NULL for NULL. Raises 22023 for another name.';

CREATE FUNCTION leadscore.export_match_rule(rule text) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
BEGIN
  SELECT jsonb_build_object(
    'format', 1, 'rule', r.rule, 'title', r.title, 'title_ru', r.title_ru, 'region', r.region, 'prior', r.prior,
    'threshold', r.threshold, 'trained_leads', r.trained_leads,
    'comparisons', coalesce((
      SELECT jsonb_agg(jsonb_build_object(
        'comparison', c.comparison, 'frequency_weight', c.frequency_weight,
        'levels', coalesce((
          SELECT jsonb_agg(jsonb_build_object('test', l.test, 'limit', l."limit", 'm', l.m, 'u', l.u) ORDER BY l.level)
          FROM leadscore.match_level AS l WHERE l.rule = c.rule AND l.comparison = c.comparison), '[]'))
        ORDER BY c.ord, c.comparison)
      FROM leadscore.match_comparison AS c WHERE c.rule = r.rule), '[]'),
    'keys', coalesce((
      SELECT jsonb_agg(to_jsonb(k.parts) ORDER BY k.key)
      FROM leadscore.match_key AS k WHERE k.rule = r.rule), '[]'),
    'frequencies', coalesce((
      SELECT jsonb_agg(jsonb_build_object('field', f.field, 'hash', nullif(f.hash, 0)::text, 'frequency', f.frequency)
        ORDER BY f.field, f.hash)
      FROM leadscore.match_frequency AS f WHERE f.rule = r.rule), '[]'))
  INTO document
  FROM leadscore.match_rule AS r WHERE r.rule = export_match_rule.rule;
  IF NOT FOUND THEN
    IF export_match_rule.rule = 'contact' THEN
      RETURN leadscore.match_rule_template('contact');
    END IF;
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('match rule "%s" does not exist', export_match_rule.rule),
      HINT = 'Table leadscore.match_rule lists the rules beside "contact", which ships; leadscore.create_match_rule() makes one.';
  END IF;
  RETURN document;
END
$$;
COMMENT ON FUNCTION leadscore.export_match_rule(text) IS
'The match rule as a portable document, which leadscore.match_weight() and others take in place of the name, and import_match_rule() turns into rows again. NULL for NULL. Raises 42704 if the rule does not exist.';

CREATE FUNCTION leadscore.check_match_rule(document jsonb) RETURNS void
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_check_match_rule';
COMMENT ON FUNCTION leadscore.check_match_rule(jsonb) IS
'Internal: raises 22023 if the document is no match rule';

CREATE FUNCTION leadscore.import_match_rule(document jsonb, rule text, replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF import_match_rule.rule = '' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'the name of a match rule must not be empty';
  END IF;
  PERFORM leadscore.check_match_rule(document);
  IF EXISTS (SELECT FROM leadscore.match_rule AS r WHERE r.rule = import_match_rule.rule) THEN
    IF NOT replace THEN
      RAISE EXCEPTION USING
        ERRCODE = 'duplicate_object',
        MESSAGE = format('match rule "%s" already exists', import_match_rule.rule),
        HINT = 'Pass replace => true to replace what it holds.';
    END IF;
  ELSE
    INSERT INTO leadscore.match_rule (rule) VALUES (import_match_rule.rule);
  END IF;
  UPDATE leadscore.match_rule AS r SET
    title = document ->> 'title',
    title_ru = document ->> 'title_ru',
    region = coalesce(document ->> 'region', 'RU'),
    prior = (document ->> 'prior')::double precision,
    threshold = (document ->> 'threshold')::double precision,
    trained_leads = (document ->> 'trained_leads')::numeric::bigint
  WHERE r.rule = import_match_rule.rule;
  DELETE FROM leadscore.match_comparison AS c WHERE c.rule = import_match_rule.rule;
  DELETE FROM leadscore.match_key AS k WHERE k.rule = import_match_rule.rule;
  DELETE FROM leadscore.match_frequency AS f WHERE f.rule = import_match_rule.rule;
  INSERT INTO leadscore.match_comparison (rule, comparison, frequency_weight, ord)
  SELECT import_match_rule.rule, d.value ->> 'comparison', coalesce((d.value ->> 'frequency_weight')::double precision, 0), d.ord
  FROM jsonb_array_elements(document -> 'comparisons') WITH ORDINALITY AS d (value, ord);
  INSERT INTO leadscore.match_level (rule, comparison, level, test, "limit", m, u)
  SELECT import_match_rule.rule, d.value ->> 'comparison', l.ord, l.value ->> 'test',
    (l.value ->> 'limit')::double precision, (l.value ->> 'm')::double precision, (l.value ->> 'u')::double precision
  FROM jsonb_array_elements(document -> 'comparisons') AS d (value),
    jsonb_array_elements(d.value -> 'levels') WITH ORDINALITY AS l (value, ord);
  INSERT INTO leadscore.match_key (rule, key, parts)
  SELECT import_match_rule.rule, k.ord, ARRAY(SELECT p.value FROM jsonb_array_elements_text(k.value) AS p (value))
  FROM jsonb_array_elements(nullif(document -> 'keys', 'null')) WITH ORDINALITY AS k (value, ord);
  INSERT INTO leadscore.match_frequency (rule, field, hash, frequency)
  SELECT import_match_rule.rule, f.value ->> 'field', coalesce((f.value ->> 'hash')::bigint, 0),
    (f.value ->> 'frequency')::double precision
  FROM jsonb_array_elements(nullif(document -> 'frequencies', 'null')) AS f (value);
END
$$;
COMMENT ON FUNCTION leadscore.import_match_rule(jsonb, text, boolean) IS
'Makes a match rule of this name from a document of export_match_rule() or match_rule_template(), or with replace => true puts it in the place of what the rule holds. Does nothing if an argument is NULL. Raises 42710 if the rule exists and is not to be replaced, 22023 if the document is no match rule, or the name is empty.';

CREATE FUNCTION leadscore.create_match_rule(rule text, template text DEFAULT 'contact', replace boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF replace IS NULL OR rule IS NULL OR template IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the match rule and its template must be named';
  END IF;
  PERFORM leadscore.import_match_rule(leadscore.match_rule_template(template), rule, replace);
END
$$;
COMMENT ON FUNCTION leadscore.create_match_rule(text, text, boolean) IS
'Makes a match rule that ships into rows, to be edited or trained; create_match_rule(''contact'') lets one change what ships under its own name. With replace => true what the rule holds becomes again what ships. Raises 42710 if the rule exists and is not to be replaced, 22023 for an unknown template or an empty name, 22004 for NULL.';
-- Two leads: are they one person, and why.

CREATE TYPE leadscore.match_explanation AS (
  line integer,
  comparison text,
  test text,
  "limit" double precision,
  m double precision,
  u double precision,
  weight double precision,
  total double precision
);
COMMENT ON TYPE leadscore.match_explanation IS 'A line of leadscore.explain_match()';
COMMENT ON COLUMN leadscore.match_explanation.line IS 'Number of the line, from 1';
COMMENT ON COLUMN leadscore.match_explanation.comparison IS 'prior, or what was compared';
COMMENT ON COLUMN leadscore.match_explanation.test IS 'The test that held; frequency: how rare or frequent the shared value is; unknown: one of the leads lacks the value, or it says nothing that another comparison has not said';
COMMENT ON COLUMN leadscore.match_explanation."limit" IS 'The limit of the test; NULL where it has none';
COMMENT ON COLUMN leadscore.match_explanation.m IS 'The probability of this agreement if both leads are one person; NULL where it is not a level';
COMMENT ON COLUMN leadscore.match_explanation.u IS 'The probability of it if they are two; NULL where it is not a level';
COMMENT ON COLUMN leadscore.match_explanation.weight IS 'What the line says, in bits: log2(m / u), or the log2 of the odds of the prior';
COMMENT ON COLUMN leadscore.match_explanation.total IS 'Sum of the weights up to this line; the last is leadscore.match_weight()';

CREATE FUNCTION leadscore.match_weight(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_weight';
COMMENT ON FUNCTION leadscore.match_weight(text, anyelement, anyelement, jsonb) IS
'The log2 of the odds that two leads, rows of one type, are one person by a match rule (Fellegi and Sunter, 1969): the prior and, for each comparison, log2(m / u) of the level at which they agree. columns maps roles (first_name, last_name, full_name, patronymic, email, phone, company, address, city, postcode, birth_date, national_id, created_at) to columns, by default by name. NULL if the rule or a lead is. Raises 42704 if the rule does not exist, 42804 if the leads are no rows, 22023 for an unknown role, 42703 for an unknown column.';

CREATE FUNCTION leadscore.match_weight(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_weight_document';
COMMENT ON FUNCTION leadscore.match_weight(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.match_weight() by a rule given as a value, in the form of leadscore.export_match_rule(). Reads no table. Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.match_probability(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c STABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_probability';
COMMENT ON FUNCTION leadscore.match_probability(text, anyelement, anyelement, jsonb) IS
'The probability, 0 to 1, that two leads are one person: 2^w / (1 + 2^w) for the weight w of leadscore.match_weight(), whose arguments, NULLs and errors it shares.';

CREATE FUNCTION leadscore.match_probability(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS double precision
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 200
AS 'MODULE_PATHNAME', 'leadscore_match_probability_document';
COMMENT ON FUNCTION leadscore.match_probability(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.match_probability() by a rule given as a value, in the form of leadscore.export_match_rule(). Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.explain_match(rule text, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS SETOF leadscore.match_explanation
LANGUAGE c STABLE PARALLEL SAFE COST 500 ROWS 12
AS 'MODULE_PATHNAME', 'leadscore_explain_match';
COMMENT ON FUNCTION leadscore.explain_match(text, anyelement, anyelement, jsonb) IS
'Why two leads match or do not: the prior, each comparison that the relation has columns for, and what the frequencies of shared values add. The weights sum to leadscore.match_weight(), whose arguments and errors it shares. No rows if the rule or a lead is NULL.';

CREATE FUNCTION leadscore.explain_match(document jsonb, a anyelement, b anyelement, columns jsonb DEFAULT NULL) RETURNS SETOF leadscore.match_explanation
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 500 ROWS 12
AS 'MODULE_PATHNAME', 'leadscore_explain_match_document';
COMMENT ON FUNCTION leadscore.explain_match(jsonb, anyelement, anyelement, jsonb) IS
'leadscore.explain_match() by a rule given as a value, in the form of leadscore.export_match_rule(). Raises 22023 if the document is no match rule.';

CREATE FUNCTION leadscore.blocking_keys(rule text, lead anyelement, columns jsonb DEFAULT NULL) RETURNS bigint[]
LANGUAGE c STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'leadscore_blocking_keys';
COMMENT ON FUNCTION leadscore.blocking_keys(text, anyelement, jsonb) IS
'The blocking keys of a lead, a row, by a match rule: hashes, one for each key of the rule that the lead has all parts of, in ascending order. Two leads that share none are not compared. For joins, indexes and sharding; who can guess a value can check it against its hash, so do not store them where personal data must not be. columns as in leadscore.match_weight(), whose errors it shares. NULL if the rule or the lead is; an empty array for a lead without keys.';

CREATE FUNCTION leadscore.blocking_keys(document jsonb, lead anyelement, columns jsonb DEFAULT NULL) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'leadscore_blocking_keys_document';
COMMENT ON FUNCTION leadscore.blocking_keys(jsonb, anyelement, jsonb) IS
'leadscore.blocking_keys() by a rule given as a value, in the form of leadscore.export_match_rule(), for indexes: it reads no table. Raises 22023 if the document is no match rule.';
-- A relation's leads: which of them are one person.

CREATE FUNCTION leadscore.find_duplicates(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL, window_mode text DEFAULT 'anchored', threshold double precision DEFAULT NULL, links regclass DEFAULT NULL, OUT lead_a text, OUT lead_b text, OUT weight double precision, OUT probability double precision, OUT days_apart double precision) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_find_duplicates';
COMMENT ON FUNCTION leadscore.find_duplicates(regclass, text, text, jsonb, interval, text, double precision, regclass) IS
'All pairs of leads of a table or view that are one person with a probability of at least threshold (by default the rule''s), lead_a having come first: their keys as text, the weight (log2 of the odds), the probability, and the days between them. columns maps roles to columns, by default by name, see leadscore.match_weight(). within and window_mode count repeated requests only: anchored, those within that time of the first request of a person; sliding, of the previous one; the end is inclusive. links is a relation (lead_a text, lead_b text, is_same boolean) of what people said: pairs are given or left out accordingly; those whose leads are not there, or that have a NULL, say nothing. m and u are learned from the relation unless the rule is trained; a NOTICE says from what. Leads without a key are left out. Memory is bounded by maintenance_work_mem. Raises 42704 if the rule does not exist, 42P01 if a relation does not exist, 42703 for an unknown column and where within is given and no column plays the role created_at, 42804 for a column of the wrong type, 42809 for what is no table or view, 22023 for a wrong argument and for two links that contradict each other, 22004 for a NULL one that must not be, 54000 where the memory does not suffice.';

CREATE FUNCTION leadscore.cluster_duplicates(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL, window_mode text DEFAULT 'anchored', threshold double precision DEFAULT NULL, links regclass DEFAULT NULL, OUT lead_id text, OUT cluster_id text, OUT is_primary boolean) RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_cluster_duplicates';
COMMENT ON FUNCTION leadscore.cluster_duplicates(regclass, text, text, jsonb, interval, text, double precision, regclass) IS
'Every lead of a table or view with the person it belongs to: cluster_id is the key of the person''s earliest lead, so that it stays when more come, and is_primary is true for that lead. Pairs over the threshold join clusters from the surest down, where the mean weight of all pairs between them is -4 bits or more, so that one doubtful pair does not join strangers. links is a relation (lead_a text, lead_b text, is_same boolean) of what people said, which is kept to. With within, each window of repeated requests is a cluster of its own. Arguments and errors are those of leadscore.find_duplicates(); 22023 also for links that contradict each other by way of others.';

CREATE TYPE leadscore.blocking_report AS (
  key integer,
  parts text[],
  leads bigint,
  blocks bigint,
  pairs bigint,
  only_pairs bigint,
  only_share double precision,
  most_leads bigint,
  blocks_too_large bigint,
  leads_in_too_large bigint,
  largest_block bigint,
  largest_example text
);
COMMENT ON TYPE leadscore.blocking_report IS 'What one blocking key does: a line of leadscore.explain_blocking()';
COMMENT ON COLUMN leadscore.blocking_report.key IS 'Number of the key in the rule';
COMMENT ON COLUMN leadscore.blocking_report.parts IS 'What leads must share';
COMMENT ON COLUMN leadscore.blocking_report.leads IS 'Leads that have all parts';
COMMENT ON COLUMN leadscore.blocking_report.blocks IS 'Blocks of two leads or more';
COMMENT ON COLUMN leadscore.blocking_report.pairs IS 'Pairs that the key brings together';
COMMENT ON COLUMN leadscore.blocking_report.only_pairs IS 'Those of them that no other key does';
COMMENT ON COLUMN leadscore.blocking_report.only_share IS 'only_pairs as a part of all pairs of all keys, 0 to 1; NULL if there are none';
COMMENT ON COLUMN leadscore.blocking_report.most_leads IS 'The largest block all of whose pairs are compared: 100, or fewer where that would be more than two pairs a lead';
COMMENT ON COLUMN leadscore.blocking_report.blocks_too_large IS 'Larger blocks: there each lead is compared with the next five only, in the order of their names and other values';
COMMENT ON COLUMN leadscore.blocking_report.leads_in_too_large IS 'Leads in those blocks';
COMMENT ON COLUMN leadscore.blocking_report.largest_block IS 'Leads in the largest block';
COMMENT ON COLUMN leadscore.blocking_report.largest_example IS 'The key of a lead in it';

CREATE FUNCTION leadscore.explain_blocking(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, within interval DEFAULT NULL) RETURNS SETOF leadscore.blocking_report
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20
AS 'MODULE_PATHNAME', 'leadscore_explain_blocking';
COMMENT ON FUNCTION leadscore.explain_blocking(regclass, text, text, jsonb, interval) IS
'What the blocking keys of a rule do in a relation: how many pairs each brings together, which no other key does, and its largest block. Nothing is compared. Arguments and errors are those of leadscore.find_duplicates().';

CREATE TYPE leadscore.match_training_report AS (
  rule text,
  leads bigint,
  pairs bigint,
  matches bigint,
  persons bigint,
  prior double precision,
  m_from text,
  training_keys integer,
  steps integer,
  expected_matches double precision,
  labels bigint,
  blocks_too_large bigint
);
COMMENT ON TYPE leadscore.match_training_report IS 'What leadscore.train_match() says about what it has learned';
COMMENT ON COLUMN leadscore.match_training_report.rule IS 'The rule';
COMMENT ON COLUMN leadscore.match_training_report.leads IS 'Leads that it was learned from';
COMMENT ON COLUMN leadscore.match_training_report.pairs IS 'Pairs that share a blocking key';
COMMENT ON COLUMN leadscore.match_training_report.matches IS 'Those of them over the threshold';
COMMENT ON COLUMN leadscore.match_training_report.persons IS 'Persons that the leads come from, by clusters';
COMMENT ON COLUMN leadscore.match_training_report.prior IS 'The probability that two leads are one person';
COMMENT ON COLUMN leadscore.match_training_report.m_from IS 'leads: m was learned from them; rule: they hold too few matches, so that the rule''s m stay';
COMMENT ON COLUMN leadscore.match_training_report.training_keys IS 'Blocking keys whose pairs taught m';
COMMENT ON COLUMN leadscore.match_training_report.steps IS 'Steps of expectation maximisation, over all keys';
COMMENT ON COLUMN leadscore.match_training_report.expected_matches IS 'Matches expected among the pairs that taught, a pair counting for each key that found it';
COMMENT ON COLUMN leadscore.match_training_report.labels IS 'Pairs that people said are one person, which updated m';
COMMENT ON COLUMN leadscore.match_training_report.blocks_too_large IS 'Blocks too large to compare all their pairs, see leadscore.explain_blocking()';

CREATE FUNCTION leadscore.learn_match(relation regclass, rule text, key text, columns jsonb, labels regclass, OUT document jsonb, OUT report leadscore.match_training_report) RETURNS record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'leadscore_learn_match';
COMMENT ON FUNCTION leadscore.learn_match(regclass, text, text, jsonb, regclass) IS
'Internal: a rule with the m, u, prior and frequencies that a relation teaches, as a document, and a report';

CREATE FUNCTION leadscore.train_match(rule text, relation regclass, key text DEFAULT 'id', columns jsonb DEFAULT NULL, labels regclass DEFAULT NULL) RETURNS leadscore.match_training_report
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  learned record;
BEGIN
  IF rule IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the match rule must be named';
  END IF;
  SELECT * INTO STRICT learned FROM leadscore.learn_match(relation, rule, key, columns, labels);
  IF (learned.report).m_from <> 'leads' AND (learned.report).labels < 25 THEN
    RAISE WARNING USING
      MESSAGE = format('match rule "%s" is left as it was', rule),
      DETAIL = 'The leads hold too few matches to learn from.',
      HINT = 'Searches learn what they can from the leads at hand; labels teach a rule too, from 25 pairs of one person on.';
    RETURN learned.report;
  END IF;
  -- What people call the rule is no part of what is learned.
  PERFORM leadscore.import_match_rule(learned.document || coalesce((
      SELECT jsonb_build_object('title', r.title, 'title_ru', r.title_ru)
      FROM leadscore.match_rule AS r WHERE r.rule = train_match.rule), '{}'), rule, replace => true);
  RETURN learned.report;
END
$$;
COMMENT ON FUNCTION leadscore.train_match(text, regclass, text, jsonb, regclass) IS
'Learns a match rule from leads of which nobody needs to say who they are, and stores it: u from random pairs of persons, m by expectation maximisation on the pairs of each blocking key (its own fields left out), the prior, and the frequencies of values. Then match_weight() and duplicate indexes use them, and searches no longer learn anew. Makes the rule contact if it has no rows. labels is a relation (lead_a text, lead_b text, is_same boolean): pairs that are one person update m, the learned m counting for 50 of them; pairs that are not are left out, because people judge such as look alike, which says nothing of strangers. The same leads teach the same, in any order and again: a trained rule is learned anew from what ships. Where there are fewer than 25 matches, and fewer such labels, a WARNING says that the rule is left as it was. Raises what leadscore.find_duplicates() raises.';

CREATE FUNCTION leadscore.learned_match_rule(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT l.document FROM leadscore.learn_match(relation, rule, key, columns, NULL) AS l
$$;
COMMENT ON FUNCTION leadscore.learned_match_rule(regclass, text, text, jsonb) IS
'The rule that a search over the relation judges by, with what it learns from the leads, as a document: explain_match() by it shows why find_duplicates() says what it says (but for values that fewer than ten persons share, whose frequencies it does not keep). Nothing is stored. Raises what leadscore.find_duplicates() raises.';
-- Duplicate indexes: whether a lead has been met before, known as soon as it is written.

CREATE TABLE leadscore.duplicate_index (
  relation regclass NOT NULL PRIMARY KEY,
  rule text NOT NULL,
  key text NOT NULL,
  key_type regtype NOT NULL,
  columns jsonb NOT NULL,
  mode text NOT NULL CHECK (mode = ANY (ARRAY['mark', 'warn', 'reject'])),
  within interval,
  window_mode text NOT NULL CHECK (window_mode = ANY (ARRAY['anchored', 'sliding'])),
  threshold double precision CHECK (threshold > 0 AND threshold < 1),
  most_candidates integer NOT NULL CHECK (most_candidates > 0),
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE leadscore.duplicate_index IS 'Tables of leads whose duplicates are marked as they are written; rows are made by leadscore.create_duplicate_index()';
COMMENT ON COLUMN leadscore.duplicate_index.relation IS 'The table';
COMMENT ON COLUMN leadscore.duplicate_index.rule IS 'The match rule';
COMMENT ON COLUMN leadscore.duplicate_index.key IS 'The column that is the key of its leads';
COMMENT ON COLUMN leadscore.duplicate_index.key_type IS 'The type of that column';
COMMENT ON COLUMN leadscore.duplicate_index.columns IS 'The column that plays each role, null for none';
COMMENT ON COLUMN leadscore.duplicate_index.mode IS 'mark: duplicates are noted; warn: a NOTICE tells of them as well; reject: they are refused';
COMMENT ON COLUMN leadscore.duplicate_index.within IS 'Only leads that came at most so long apart are duplicates; NULL: any';
COMMENT ON COLUMN leadscore.duplicate_index.window_mode IS 'anchored: the time counts from the first request of a person; sliding: from the previous one';
COMMENT ON COLUMN leadscore.duplicate_index.threshold IS 'The probability from which on two leads are one person; NULL: the rule''s';
COMMENT ON COLUMN leadscore.duplicate_index.most_candidates IS 'With how many leads that share a blocking key a lead is compared at most: of a key that more than twenty leads share with the five newest of them, and of all those with the ones that share more and rarer keys';
COMMENT ON COLUMN leadscore.duplicate_index.created_at IS 'When the index was made';

CREATE TABLE leadscore.secret (
  secret bytea NOT NULL,
  made_at timestamptz NOT NULL
);
COMMENT ON TABLE leadscore.secret IS 'The secret with which contact keys are hashed, so that nobody who reads them can find whom they are of by trying; made by the first leadscore.create_duplicate_index(). The oldest counts';
COMMENT ON COLUMN leadscore.secret.secret IS '32 random bytes';
COMMENT ON COLUMN leadscore.secret.made_at IS 'When it was made';

CREATE TABLE leadscore.contact_key (
  relation regclass NOT NULL,
  part regclass NOT NULL,
  hash bigint NOT NULL,
  at timestamptz NOT NULL,
  lead_id text NOT NULL
);
COMMENT ON TABLE leadscore.contact_key IS 'The blocking keys of the leads of duplicate indexes';
COMMENT ON COLUMN leadscore.contact_key.relation IS 'The table that has the duplicate index';
COMMENT ON COLUMN leadscore.contact_key.part IS 'The table that the lead is in: the same or a partition of it';
COMMENT ON COLUMN leadscore.contact_key.hash IS 'The first 64 bits of the HMAC-SHA256 of a blocking key with leadscore.secret';
COMMENT ON COLUMN leadscore.contact_key.at IS 'When the lead came; when the row was written, if the table does not tell';
COMMENT ON COLUMN leadscore.contact_key.lead_id IS 'The key of the lead';
CREATE INDEX contact_key_hash ON leadscore.contact_key (relation, hash, at DESC);

CREATE TABLE leadscore.duplicate_edge (
  relation regclass NOT NULL,
  lead_a text COLLATE "C" NOT NULL,
  lead_b text COLLATE "C" NOT NULL,
  is_same boolean,
  probability double precision,
  verdict bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  noted_at timestamptz NOT NULL,
  CHECK (lead_a < lead_b)
);
COMMENT ON TABLE leadscore.duplicate_edge IS 'Pairs of leads that were found to be one person. Rows are only added; of a pair the latest verdict counts, and only while both leads exist';
COMMENT ON COLUMN leadscore.duplicate_edge.relation IS 'The table';
COMMENT ON COLUMN leadscore.duplicate_edge.lead_a IS 'The key of one lead, the first in the order of bytes';
COMMENT ON COLUMN leadscore.duplicate_edge.lead_b IS 'The key of the other';
COMMENT ON COLUMN leadscore.duplicate_edge.is_same IS 'Whether they are one person; false once a change has made them two; NULL where it depended on a transaction that had not ended, or one of them has gone, whose key may be given to another: then they are compared when they are asked for';
COMMENT ON COLUMN leadscore.duplicate_edge.probability IS 'The probability that they are one person; NULL where is_same is';
COMMENT ON COLUMN leadscore.duplicate_edge.verdict IS 'Number of the verdict';
COMMENT ON COLUMN leadscore.duplicate_edge.noted_at IS 'When the transaction began that noted it';
COMMENT ON SEQUENCE leadscore.duplicate_edge_verdict_seq IS 'Numbers verdicts';
CREATE INDEX duplicate_edge_pair ON leadscore.duplicate_edge (relation, lead_a, lead_b, verdict DESC);
CREATE INDEX duplicate_edge_other ON leadscore.duplicate_edge (relation, lead_b);

SELECT pg_catalog.pg_extension_config_dump('leadscore.duplicate_index', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.secret', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.contact_key', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.duplicate_edge', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.duplicate_edge_verdict_seq', '');

GRANT SELECT ON leadscore.duplicate_index TO PUBLIC;

-- Sessions keep what these tables say until one of them changes.
CREATE FUNCTION leadscore.forget_duplicate_indexes() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_forget_duplicate_indexes';
COMMENT ON FUNCTION leadscore.forget_duplicate_indexes() IS 'Internal: makes all sessions read duplicate indexes, match rules and the secret anew';
DO $do$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['duplicate_index', 'secret', 'match_rule', 'match_comparison', 'match_level', 'match_key', 'match_frequency'] LOOP
    EXECUTE pg_catalog.format('CREATE TRIGGER forget_duplicate_indexes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON leadscore.%I FOR EACH STATEMENT EXECUTE FUNCTION leadscore.forget_duplicate_indexes()', name);
    EXECUTE pg_catalog.format('ALTER TABLE leadscore.%I ENABLE ALWAYS TRIGGER forget_duplicate_indexes', name);
  END LOOP;
END
$do$;

CREATE FUNCTION leadscore.mark_duplicate() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'leadscore_mark_duplicate';
COMMENT ON FUNCTION leadscore.mark_duplicate() IS
'Trigger function of a table that has a duplicate index, made by leadscore.create_duplicate_index(): looks for leads of the same person, those of running transactions included, and marks, warns or rejects. AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW; AFTER INSERT REFERENCING NEW TABLE FOR EACH STATEMENT, where it takes the new leads of a table that is not partitioned together, unless duplicates are rejected; and AFTER TRUNCATE FOR EACH STATEMENT, where it forgets the leads. It needs no privilege of whoever writes the lead. In modes mark and warn it waits for no other transaction and keeps no lead from being written: where it cannot look, as after the key column was renamed, or for a lead whose key is longer than 1,000 bytes, a WARNING says so. In mode reject it waits for a transaction that is writing a duplicate; two that wait for each other because each writes several leads are a deadlock, 40P01. Raises 39P01 if it is not called so, 55000 if the table has no duplicate index, 23P01 (exclusion_violation) for a duplicate in mode reject.';

CREATE FUNCTION leadscore.register_duplicate_index(relation regclass, rule text, key text, columns jsonb, mode text, within interval, window_mode text, threshold double precision, most_candidates integer) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_register_duplicate_index';
COMMENT ON FUNCTION leadscore.register_duplicate_index(regclass, text, text, jsonb, text, interval, text, double precision, integer) IS
'Internal: locks a table of the caller''s against writers, and writes the row of its duplicate index in the place of what there was';

CREATE FUNCTION leadscore.unregister_duplicate_index(relation regclass) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_unregister_duplicate_index';
COMMENT ON FUNCTION leadscore.unregister_duplicate_index(regclass) IS
'Internal: deletes the duplicate index of a table of the caller''s, its keys and what was noted; whether there was one';

CREATE FUNCTION leadscore.fill_duplicate_index(relation regclass) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_fill_duplicate_index';
COMMENT ON FUNCTION leadscore.fill_duplicate_index(regclass) IS
'Internal: adds the keys of all leads of a table of the caller''s; how many they are';

CREATE FUNCTION leadscore.note_existing_duplicates(relation regclass) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_note_existing_duplicates';
COMMENT ON FUNCTION leadscore.note_existing_duplicates(regclass) IS
'Internal: notes the duplicates among the leads of a table of the caller''s whose keys have been added; how many pairs';

CREATE FUNCTION leadscore.clean_duplicate_indexes() RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_clean_duplicate_indexes';
COMMENT ON FUNCTION leadscore.clean_duplicate_indexes() IS
'Deletes the duplicate indexes of tables that were dropped, which DROP TABLE leaves behind: how many. leadscore.create_duplicate_index() does the same.';

CREATE FUNCTION leadscore.create_duplicate_index(relation regclass, rule text DEFAULT 'contact', key text DEFAULT 'id', columns jsonb DEFAULT NULL, mode text DEFAULT 'mark', within interval DEFAULT NULL, threshold double precision DEFAULT NULL, window_mode text DEFAULT 'anchored', most_candidates integer DEFAULT 50) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  leads bigint;
BEGIN
  PERFORM leadscore.register_duplicate_index(relation, rule, key, columns, mode, within, window_mode, threshold, most_candidates);
  IF (SELECT count(*) FROM pg_trigger AS t WHERE t.tgrelid = create_duplicate_index.relation AND t.tgfoid = 'leadscore.mark_duplicate()'::regprocedure) = 0 THEN
    EXECUTE format('CREATE TRIGGER leadscore_mark_duplicate AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION leadscore.mark_duplicate()', relation);
    EXECUTE format('CREATE TRIGGER leadscore_forget_leads AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION leadscore.mark_duplicate()', relation);
    EXECUTE format('ALTER TRIGGER leadscore_mark_duplicate ON %s DEPENDS ON EXTENSION leadscore', relation);
    EXECUTE format('ALTER TRIGGER leadscore_forget_leads ON %s DEPENDS ON EXTENSION leadscore', relation);
    IF (SELECT c.relkind FROM pg_class AS c WHERE c.oid = create_duplicate_index.relation) = 'r' THEN
      EXECUTE format('CREATE TRIGGER leadscore_mark_new_leads AFTER INSERT ON %s REFERENCING NEW TABLE AS leadscore_new FOR EACH STATEMENT EXECUTE FUNCTION leadscore.mark_duplicate()', relation);
      EXECUTE format('ALTER TRIGGER leadscore_mark_new_leads ON %s DEPENDS ON EXTENSION leadscore', relation);
    END IF;
  END IF;
  leads := leadscore.fill_duplicate_index(relation);
  PERFORM leadscore.note_existing_duplicates(relation);
  RETURN leads;
END
$$;
COMMENT ON FUNCTION leadscore.create_duplicate_index(regclass, text, text, jsonb, text, interval, double precision, text, integer) IS
'Has the duplicates of a table''s leads marked from now on, as they are inserted or updated, without a column more in the table: a trigger notes them, leadscore.duplicate_leads() and is_duplicate() tell them, have_we_met() asks beforehand. Those among the leads that are there are noted as well, each judged as if it came now; a NOTICE tells every five seconds how far that has come. Returns how many leads that is. key is the column of the key, which needs a unique index (of a partitioned table, one that begins with it); columns maps roles to columns, by default by name, see leadscore.match_weight(). mode: mark, warn (a NOTICE names the duplicate), reject (the later lead is refused with 23P01). within: leads that came longer apart are none, the end being inclusive; by window_mode it counts from the first request of a person or from the previous one. threshold: by default the rule''s. Called again, it makes the index anew, as it must be after a role''s column or the key was renamed or changed its type, after the rule''s keys changed, or a partition was attached that has rows, or truncated. The table is locked against writers meanwhile. What is stored has no personal data but the key of the lead: blocking keys are hashed with a secret of the database, and go with the lead. Rows that are written without triggers, as by logical replication, are not seen. Only the owner of the table may call it: 42501. Raises 42809 for what is no table, 42703 for an unknown column, 42804 for a column of the wrong type, 42704 for an unknown rule, 55000 if there is no unique index, 22023 for a wrong argument, 22004 for NULL.';

CREATE FUNCTION leadscore.drop_duplicate_index(relation regclass) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT t.tgname FROM pg_trigger AS t WHERE t.tgrelid = relation AND t.tgfoid = 'leadscore.mark_duplicate()'::regprocedure LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', name, relation);
  END LOOP;
  RETURN leadscore.unregister_duplicate_index(relation);
END
$$;
COMMENT ON FUNCTION leadscore.drop_duplicate_index(regclass) IS
'Ends the marking of duplicates in a table and forgets what was noted; whether there was a duplicate index. NULL for NULL. Only the owner of the table may call it: 42501.';

CREATE FUNCTION leadscore.check_duplicate_index(relation regclass) RETURNS void
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_check_duplicate_index';
COMMENT ON FUNCTION leadscore.check_duplicate_index(regclass) IS
'Internal: raises 55000 unless the table has a duplicate index that can be used, 42501 unless the caller may read it, 22004 for NULL';

CREATE FUNCTION leadscore.duplicate_index_problem(relation oid) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_duplicate_index_problem';
COMMENT ON FUNCTION leadscore.duplicate_index_problem(oid) IS
'Internal: why the duplicate index of a table cannot be used; NULL if it can, or for NULL';

CREATE FUNCTION leadscore.duplicate_edges(relation regclass, lead text, OUT lead_a text, OUT lead_b text, OUT probability double precision) RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_duplicate_edges';
COMMENT ON FUNCTION leadscore.duplicate_edges(regclass, text) IS
'Internal: the pairs of leads that were found to be one person, of one lead or (NULL) all, leads that do not exist any more included. The caller must be allowed to read the table.';

CREATE FUNCTION leadscore.settle_duplicates(lead_ids text[], came_at timestamptz[], shown_at timestamptz[], leads_a text[], leads_b text[], probabilities double precision[], within interval, window_mode text, OUT lead_id text, OUT primary_id text, OUT probability double precision, OUT at timestamptz) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1000 ROWS 1000
AS 'MODULE_PATHNAME', 'leadscore_settle_duplicates';
COMMENT ON FUNCTION leadscore.settle_duplicates(text[], timestamptz[], timestamptz[], text[], text[], double precision[], interval, text) IS
'Internal: of leads in order of time, and pairs of them (pairs of others do not count), those that are duplicates of an earlier one, as leadscore.duplicate_leads() returns them. Only within may be NULL, and what is in shown_at: 22004. Raises 22023 if not every lead has its times.';

CREATE FUNCTION leadscore.key_equality(relation regclass, key text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
  FROM pg_attribute AS a
  JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisunique AND i.indkey[0] = a.attnum
  JOIN pg_opclass AS c ON c.oid = i.indclass[0]
  JOIN pg_amop AS m ON m.amopfamily = c.opcfamily AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype AND m.amopstrategy = 3
  JOIN pg_operator AS o ON o.oid = m.amopopr
  JOIN pg_namespace AS n ON n.oid = o.oprnamespace
  WHERE a.attrelid = relation AND a.attname = key
  ORDER BY i.indexrelid LIMIT 1
$$;
COMMENT ON FUNCTION leadscore.key_equality(regclass, text) IS
'Internal: how to compare the key of a table so that its index is used';

CREATE FUNCTION leadscore.settled_duplicates(relation regclass, lead text, OUT lead_id text, OUT primary_id text, OUT probability double precision, OUT at timestamptz) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 1000
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
  index leadscore.duplicate_index;
  created_at record;
BEGIN
  PERFORM leadscore.check_duplicate_index(relation);
  SELECT i.* INTO index FROM leadscore.duplicate_index AS i WHERE i.relation = settled_duplicates.relation;
  -- A time without a zone is the session's where it is shown, and of any one zone where it is compared.
  SELECT format('l.%I::timestamptz', a.attname) AS shown,
      CASE WHEN a.atttypid = 'timestamptz'::regtype THEN format('l.%I', a.attname) ELSE format('l.%I::timestamp AT TIME ZONE ''UTC''', a.attname) END AS compared
    INTO created_at
    FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = index.columns ->> 'created_at';
  RETURN QUERY EXECUTE format($query$
    WITH RECURSIVE reached (lead) AS (
      SELECT $2
      UNION
      SELECT CASE WHEN e.lead_a = r.lead THEN e.lead_b ELSE e.lead_a END
      FROM reached AS r, LATERAL leadscore.duplicate_edges($1, r.lead) AS e
      WHERE r.lead IS NOT NULL
    ), edge AS MATERIALIZED (
      SELECT DISTINCT e.lead_a, e.lead_b, e.probability
      FROM reached AS r, LATERAL leadscore.duplicate_edges($1, r.lead) AS e
    )
    SELECT s.lead_id, s.primary_id, s.probability, s.at
    FROM (SELECT coalesce(array_agg(l.lead_id), '{}'), coalesce(array_agg(l.came_at), '{}'), coalesce(array_agg(l.shown_at), '{}')
        FROM (SELECT i.lead_id, coalesce(%2$s, '-infinity') AS came_at, %1$s AS shown_at
          FROM (SELECT e.lead_a FROM edge AS e UNION SELECT e.lead_b FROM edge AS e) AS i (lead_id)
          JOIN %3$s AS l ON l.%4$I %5$s i.lead_id::%6$s
          ORDER BY 2, l.%4$I) AS l) AS l (lead_ids, came_at, shown_at),
      (SELECT coalesce(array_agg(e.lead_a), '{}'), coalesce(array_agg(e.lead_b), '{}'), coalesce(array_agg(e.probability), '{}')
        FROM edge AS e) AS e (leads_a, leads_b, probabilities),
      LATERAL leadscore.settle_duplicates(l.lead_ids, l.came_at, l.shown_at, e.leads_a, e.leads_b, e.probabilities, $3, $4) AS s
  $query$, coalesce(created_at.shown, 'NULL::timestamptz'), coalesce(created_at.compared, 'NULL::timestamptz'), relation, index.key,
    leadscore.key_equality(relation, index.key), format_type(leadscore.base_type(index.key_type), -1))
    USING relation, lead, index.within, index.window_mode;
END
$$;
COMMENT ON FUNCTION leadscore.settled_duplicates(regclass, text) IS
'Internal: what leadscore.duplicate_leads() returns, of all leads (NULL) or of those that hang together with one';

CREATE FUNCTION leadscore.duplicate_leads(relation regclass, OUT lead_id text, OUT primary_id text, OUT probability double precision, OUT at timestamptz) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL UNSAFE ROWS 1000
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.lead_id, d.primary_id, d.probability, d.at FROM leadscore.settled_duplicates(relation, NULL) AS d
$$;
COMMENT ON FUNCTION leadscore.duplicate_leads(regclass) IS
'The leads of a table with a duplicate index that are duplicates of an earlier one, in order of time: the key of the lead, that of the first lead of the person (by created_at, then by key; with within, the first of the window), the greatest probability of its pairs, and when it came. Who is first is settled as it is asked, so that deleted leads, and those of transactions that were rolled back, leave no trace. Pairs are taken to hang together. A caller sees only leads that he may read, by privilege (42501) and by row-level security. Raises 55000 if there is no duplicate index, 22004 for NULL.';

CREATE FUNCTION leadscore.is_duplicate(relation regclass, key text) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'leadscore_is_duplicate';
COMMENT ON FUNCTION leadscore.is_duplicate(regclass, text) IS
'Whether a lead is a duplicate of an earlier one, see leadscore.duplicate_leads(); false also for a key that no lead has. NULL if an argument is NULL. Raises 55000 if the table has no duplicate index, 42501 if the caller may not read it.';

CREATE FUNCTION leadscore.judge_duplicate(relation regclass, key text) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'leadscore_judge_duplicate';
COMMENT ON FUNCTION leadscore.judge_duplicate(regclass, text) IS
'Internal: leadscore.is_duplicate() for whoever writes the answer: where it depends on a lead that another transaction, which has not ended, changes or pairs, that is noted in leadscore.unsettled_lead. It asks nobody what he may read.';
REVOKE EXECUTE ON FUNCTION leadscore.judge_duplicate(regclass, text) FROM PUBLIC;

CREATE FUNCTION leadscore.leads_of_persons(relation regclass, leads text[], are_new boolean) RETURNS text[]
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'leadscore_leads_of_persons';
COMMENT ON FUNCTION leadscore.leads_of_persons(regclass, text[], boolean) IS
'Internal: the leads that may have become duplicates, or duplicates no more, because leads were written or deleted: all leads of their persons, as far as they exist; none where a single new lead has changed nothing for others, nor without a duplicate index that can be used. Where another transaction, which has not ended, changes or pairs one of them, that is noted in leadscore.unsettled_lead. It asks nobody what he may read.';
REVOKE EXECUTE ON FUNCTION leadscore.leads_of_persons(regclass, text[], boolean) FROM PUBLIC;

CREATE FUNCTION leadscore.have_we_met(relation regclass, lead anyelement, columns jsonb DEFAULT NULL, OUT lead_id text, OUT weight double precision, OUT probability double precision) RETURNS SETOF record
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000 ROWS 3
AS 'MODULE_PATHNAME', 'leadscore_have_we_met';
COMMENT ON FUNCTION leadscore.have_we_met(regclass, anyelement, jsonb) IS
'The leads of a table with a duplicate index that are the same person as a row, which need not be in the table, the likeliest first: their keys, the weight (log2 of the odds) and the probability. The row is one of the table, without itself, or any row with columns for the roles; columns maps roles to its columns, by default by name. Nothing is noted. A row without a time counts as of now. No rows for a NULL row. A caller sees only leads that he may read, by privilege (42501) and by row-level security. Raises 55000 if the table has no duplicate index, 42804 if the lead is no row, 42703 and 22023 for wrong columns, 22004 for a NULL relation.';
-- What history says: statistics of rates.
CREATE TYPE leadscore.confidence_interval AS (
  estimate double precision,
  lower double precision,
  upper double precision,
  confidence double precision
);
COMMENT ON TYPE leadscore.confidence_interval IS 'An estimate and how sure one may be of it, as leadscore.wilson() gives it';
COMMENT ON COLUMN leadscore.confidence_interval.estimate IS 'The estimate, for a rate between 0 and 1; NULL where there was nothing to estimate it from';
COMMENT ON COLUMN leadscore.confidence_interval.lower IS 'The lower end of the interval';
COMMENT ON COLUMN leadscore.confidence_interval.upper IS 'The upper end of the interval';
COMMENT ON COLUMN leadscore.confidence_interval.confidence IS 'How often such an interval holds the true value, between 0 and 1';

CREATE FUNCTION leadscore.wilson(successes bigint, trials bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_wilson';
COMMENT ON FUNCTION leadscore.wilson(bigint, bigint, double precision) IS
'The rate successes / trials with its Wilson score interval (without continuity correction), at a confidence of 95 % by default. Without a trial nothing is known: the estimate is NULL, the interval 0 to 1. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.is_unlikely(successes bigint, trials bigint, cut double precision, confidence double precision DEFAULT 0.95) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_is_unlikely';
COMMENT ON FUNCTION leadscore.is_unlikely(bigint, bigint, double precision, double precision) IS
'Whether a rate is low enough to give up on what has it: true only if even the upper end of its Wilson interval lies below the cut, so never for want of data. NULL if an argument is, and for counts that cannot be (negative, more successes than trials), which are dirty data here. Raises 22023 for a cut or a confidence that does not lie between 0 and 1.';
-- How good scores and probabilities are, by what became of the leads: aggregates over (score, outcome). They keep the score
-- of every lead, 8 bytes each, and sort at the end, so that ties are exact and neither the order of rows nor the number of
-- workers changes the last bit.
CREATE TYPE leadscore.gain AS (
  bucket integer,
  highest_score double precision,
  lowest_score double precision,
  leads bigint,
  customers bigint,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision,
  lift double precision,
  cumulative_leads bigint,
  cumulative_customers bigint,
  capture double precision,
  ks double precision
);
COMMENT ON TYPE leadscore.gain IS 'A row of a gains table, as leadscore.gains() gives it';
COMMENT ON COLUMN leadscore.gain.bucket IS 'From 1, which holds the highest scores';
COMMENT ON COLUMN leadscore.gain.highest_score IS 'The highest score in the bucket';
COMMENT ON COLUMN leadscore.gain.lowest_score IS 'The lowest score in the bucket';
COMMENT ON COLUMN leadscore.gain.leads IS 'How many leads it holds';
COMMENT ON COLUMN leadscore.gain.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.gain.rate IS 'customers / leads';
COMMENT ON COLUMN leadscore.gain.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.gain.rate_upper IS 'The upper end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.gain.lift IS 'The rate over that of all leads: how much better than chance the bucket is; NULL without customers';
COMMENT ON COLUMN leadscore.gain.cumulative_leads IS 'The leads of this bucket and those above';
COMMENT ON COLUMN leadscore.gain.cumulative_customers IS 'The customers of this bucket and those above';
COMMENT ON COLUMN leadscore.gain.capture IS 'The part of all customers that is in this bucket and those above, between 0 and 1; NULL without customers';
COMMENT ON COLUMN leadscore.gain.ks IS 'capture less the same part of those who did not become customers; NULL without customers or without others';

CREATE TYPE leadscore.reliability_bucket AS (
  bucket integer,
  p_from double precision,
  p_to double precision,
  leads bigint,
  customers bigint,
  mean_p double precision,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision
);
COMMENT ON TYPE leadscore.reliability_bucket IS 'A row of a reliability table, as leadscore.reliability() gives it';
COMMENT ON COLUMN leadscore.reliability_bucket.bucket IS 'From 1, which holds the lowest probabilities';
COMMENT ON COLUMN leadscore.reliability_bucket.p_from IS 'The lower end of the bucket, which belongs to it';
COMMENT ON COLUMN leadscore.reliability_bucket.p_to IS 'The upper end of the bucket, which belongs to the next one, but 1 to the last';
COMMENT ON COLUMN leadscore.reliability_bucket.leads IS 'How many leads it holds';
COMMENT ON COLUMN leadscore.reliability_bucket.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.reliability_bucket.mean_p IS 'The mean of their probabilities: the rate that was promised';
COMMENT ON COLUMN leadscore.reliability_bucket.rate IS 'customers / leads: the rate that came';
COMMENT ON COLUMN leadscore.reliability_bucket.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.reliability_bucket.rate_upper IS 'The upper end of its Wilson interval at 95 %';

CREATE TYPE leadscore.brier_parts AS (
  brier double precision,
  reliability double precision,
  resolution double precision,
  uncertainty double precision,
  within_buckets double precision
);
COMMENT ON TYPE leadscore.brier_parts IS 'brier = reliability - resolution + uncertainty + within_buckets, as leadscore.brier_decomposition() gives it';
COMMENT ON COLUMN leadscore.brier_parts.brier IS 'The Brier score, as leadscore.brier() gives it';
COMMENT ON COLUMN leadscore.brier_parts.reliability IS 'How far probabilities are from the rates that came: 0 is best';
COMMENT ON COLUMN leadscore.brier_parts.resolution IS 'How far the rates of the buckets are from the rate of all: the more the better';
COMMENT ON COLUMN leadscore.brier_parts.uncertainty IS 'The Brier score of giving every lead the rate of all';
COMMENT ON COLUMN leadscore.brier_parts.within_buckets IS 'What comes from probabilities that differ within a bucket; 0 without a number of buckets';

CREATE TYPE leadscore.auc_comparison AS (
  auc_a double precision,
  auc_b double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision
);
COMMENT ON TYPE leadscore.auc_comparison IS 'Two scores of the same leads side by side, as leadscore.auc_difference() gives it';
COMMENT ON COLUMN leadscore.auc_comparison.auc_a IS 'The AUC of the first score';
COMMENT ON COLUMN leadscore.auc_comparison.auc_b IS 'The AUC of the second score';
COMMENT ON COLUMN leadscore.auc_comparison.difference IS 'auc_a - auc_b';
COMMENT ON COLUMN leadscore.auc_comparison.lower IS 'The lower end of the interval of the difference';
COMMENT ON COLUMN leadscore.auc_comparison.upper IS 'The upper end of the interval of the difference';
COMMENT ON COLUMN leadscore.auc_comparison.confidence IS 'How often such an interval holds the true difference, between 0 and 1';
COMMENT ON COLUMN leadscore.auc_comparison.z IS 'The difference in standard errors of it; infinite if only the latter is 0, NULL with fewer than two customers or two others';
COMMENT ON COLUMN leadscore.auc_comparison.p_value IS 'How probable a difference at least as great, either way, is between scores that are equally good; NULL as z is';

CREATE FUNCTION leadscore.metric_transition(state internal, score double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_transition';
COMMENT ON FUNCTION leadscore.metric_transition(internal, double precision, boolean) IS 'Part of the aggregates over scores';

CREATE FUNCTION leadscore.metric_confidence_transition(state internal, score double precision, outcome boolean, confidence double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_confidence_transition';
COMMENT ON FUNCTION leadscore.metric_confidence_transition(internal, double precision, boolean, double precision) IS 'Part of the aggregate auc_interval()';

CREATE FUNCTION leadscore.metric_buckets_transition(state internal, score double precision, outcome boolean, buckets integer) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_buckets_transition';
COMMENT ON FUNCTION leadscore.metric_buckets_transition(internal, double precision, boolean, integer) IS 'Part of the aggregates gains() and psi()';

CREATE FUNCTION leadscore.metric_probability_transition(state internal, p double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_probability_transition';
COMMENT ON FUNCTION leadscore.metric_probability_transition(internal, double precision, boolean) IS 'Part of the aggregates over probabilities';

CREATE FUNCTION leadscore.metric_probability_buckets_transition(state internal, p double precision, outcome boolean, buckets integer) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_probability_buckets_transition';
COMMENT ON FUNCTION leadscore.metric_probability_buckets_transition(internal, double precision, boolean, integer) IS 'Part of the aggregates over probabilities in buckets';

CREATE FUNCTION leadscore.metric_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_merge_transition';
COMMENT ON FUNCTION leadscore.metric_merge_transition(internal, bytea) IS 'Part of the aggregates that join what auc_partial() made';

CREATE FUNCTION leadscore.metric_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_combine';
COMMENT ON FUNCTION leadscore.metric_combine(internal, internal) IS 'Part of the aggregates over scores and probabilities: joins what two processes have collected';

CREATE FUNCTION leadscore.metric_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_serialize';
COMMENT ON FUNCTION leadscore.metric_serialize(internal) IS 'Part of the aggregates over scores and probabilities: the state as bytes';

CREATE FUNCTION leadscore.metric_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_metric_deserialize';
COMMENT ON FUNCTION leadscore.metric_deserialize(bytea, internal) IS 'Part of the aggregates over scores and probabilities: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.auc_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_final';
COMMENT ON FUNCTION leadscore.auc_final(internal) IS 'Part of the aggregates auc() and auc_merge(): their result';

CREATE FUNCTION leadscore.auc_standard_error_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_standard_error_final';
COMMENT ON FUNCTION leadscore.auc_standard_error_final(internal) IS 'Part of the aggregate auc_standard_error(): its result';

CREATE FUNCTION leadscore.auc_interval_final(state internal) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_interval_final';
COMMENT ON FUNCTION leadscore.auc_interval_final(internal) IS 'Part of the aggregate auc_interval(): its result';

CREATE FUNCTION leadscore.gini_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_gini_final';
COMMENT ON FUNCTION leadscore.gini_final(internal) IS 'Part of the aggregates gini() and gini_merge(): their result';

CREATE FUNCTION leadscore.ks_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_ks_final';
COMMENT ON FUNCTION leadscore.ks_final(internal) IS 'Part of the aggregates ks() and ks_merge(): their result';

CREATE FUNCTION leadscore.average_precision_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_average_precision_final';
COMMENT ON FUNCTION leadscore.average_precision_final(internal) IS 'Part of the aggregates average_precision() and average_precision_merge(): their result';

CREATE FUNCTION leadscore.gains_final(state internal) RETURNS leadscore.gain[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_gains_final';
COMMENT ON FUNCTION leadscore.gains_final(internal) IS 'Part of the aggregate gains(): its result';

CREATE FUNCTION leadscore.psi_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_psi_final';
COMMENT ON FUNCTION leadscore.psi_final(internal) IS 'Part of the aggregate psi(): its result';

CREATE FUNCTION leadscore.brier_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_brier_final';
COMMENT ON FUNCTION leadscore.brier_final(internal) IS 'Part of the aggregate brier(): its result';

CREATE FUNCTION leadscore.brier_decomposition_final(state internal) RETURNS leadscore.brier_parts
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_brier_decomposition_final';
COMMENT ON FUNCTION leadscore.brier_decomposition_final(internal) IS 'Part of the aggregate brier_decomposition(): its result';

CREATE FUNCTION leadscore.log_loss_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_log_loss_final';
COMMENT ON FUNCTION leadscore.log_loss_final(internal) IS 'Part of the aggregate log_loss(): its result';

CREATE FUNCTION leadscore.reliability_final(state internal) RETURNS leadscore.reliability_bucket[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_reliability_final';
COMMENT ON FUNCTION leadscore.reliability_final(internal) IS 'Part of the aggregate reliability(): its result';

CREATE FUNCTION leadscore.expected_calibration_error_final(state internal) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_expected_calibration_error_final';
COMMENT ON FUNCTION leadscore.expected_calibration_error_final(internal) IS 'Part of the aggregate expected_calibration_error(): its result';

CREATE AGGREGATE leadscore.auc(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc(double precision, boolean) IS
'The area under the ROC curve: the probability that a customer (outcome true) scores higher than one who did not become one, where equal scores count half. 0.5 is chance, 1 a perfect order. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_standard_error(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_standard_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_standard_error(double precision, boolean) IS
'The standard error of auc(), by DeLong. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are at least two customers and two others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_interval(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_interval_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_interval(double precision, boolean) IS
'auc() with its interval by DeLong at a confidence of 95 %. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. With only one customer or one other the spread is unknown, and the interval is 0 to 1. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_interval(score double precision, outcome boolean, confidence double precision) (
  SFUNC = leadscore.metric_confidence_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_interval_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_interval(double precision, boolean, double precision) IS
'auc() with its interval by DeLong at the given confidence. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. With only one customer or one other the spread is unknown, and the interval is 0 to 1. Raises 22023 for a confidence that does not lie between 0 and 1 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gini(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gini_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gini(double precision, boolean) IS
'The Gini coefficient of a score, 2 auc() - 1: 0 is chance, 1 a perfect order. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.ks(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.ks_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.ks(double precision, boolean) IS
'The Kolmogorov-Smirnov statistic of a score: the greatest distance, at any score, between the part of customers and the part of others up to it; between 0 and 1. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.average_precision(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.average_precision_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.average_precision(double precision, boolean) IS
'The mean, over the customers, of the rate among the leads that score at least as high: what matters where customers are rare. Chance gives about the rate of all. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gains_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains(double precision, boolean) IS
'A gains table: the leads cut, from the highest score down, into buckets of equal size, as an array of rows to unnest. Leads of one score stay together, in the bucket in which the first of them falls; a bucket that gets none has no row. Ten buckets. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL without rows. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gains(score double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gains_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gains(double precision, boolean, integer) IS
'A gains table: the leads cut, from the highest score down, into buckets of equal size, as an array of rows to unnest. Leads of one score stay together, in the bucket in which the first of them falls; a bucket that gets none has no row. Rows with a NULL are ignored; NaN is the highest score, as in ORDER BY. NULL without rows. Raises 22023 for a number of buckets that does not lie between 1 and 1000 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.psi(value double precision, is_recent boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.psi_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.psi(double precision, boolean) IS
'The population stability index of recent values against the others, the baseline: the sum over buckets of (r - b) ln(r / b), r and b being the parts of either in the bucket. The buckets are of equal size in the baseline, equal values stay together, and where nothing recent lies half a value is taken to. By custom up to 0.1 is stable, from 0.25 on another population. Rows with a NULL are ignored; NaN is the highest value. NULL unless there are both recent and baseline values. Ten buckets. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.psi(value double precision, is_recent boolean, buckets integer) (
  SFUNC = leadscore.metric_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.psi_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.psi(double precision, boolean, integer) IS
'The population stability index of recent values against the others, the baseline: the sum over buckets of (r - b) ln(r / b), r and b being the parts of either in the bucket. The buckets are of equal size in the baseline, equal values stay together, and where nothing recent lies half a value is taken to. By custom up to 0.1 is stable, from 0.25 on another population. Rows with a NULL are ignored; NaN is the highest value. NULL unless there are both recent and baseline values. Raises 22023 for a number of buckets that does not lie between 1 and 1000 or differs within a group. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier(double precision, boolean) IS
'The Brier score of probabilities: the mean of (p - y)^2, y being 1 for a customer and 0 for another. 0 is best. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_decomposition(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_decomposition_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_decomposition(double precision, boolean) IS
'The Brier score as reliability - resolution + uncertainty (Murphy), each probability being a bucket of its own: for probabilities that many leads share. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.brier_decomposition(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.brier_decomposition_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.brier_decomposition(double precision, boolean, integer) IS
'The Brier score as reliability - resolution + uncertainty + within_buckets (Murphy, Stephenson), over buckets of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.log_loss(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.log_loss_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.log_loss(double precision, boolean) IS
'The mean of -ln of the probability that was given to what happened. 0 is best; Infinity if something happened that was given none. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.reliability_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability(double precision, boolean) IS
'What probabilities promised and what came, in buckets of equal width, as an array of rows to unnest. A bucket without leads has no row. Ten buckets. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.reliability(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.reliability_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.reliability(double precision, boolean, integer) IS
'What probabilities promised and what came, in buckets of equal width, as an array of rows to unnest. A bucket without leads has no row. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.expected_calibration_error(p double precision, outcome boolean) (
  SFUNC = leadscore.metric_probability_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.expected_calibration_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.expected_calibration_error(double precision, boolean) IS
'The expected calibration error: the mean distance, over the leads, between the mean probability and the rate of their bucket. 0 is best. Ten buckets of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.expected_calibration_error(p double precision, outcome boolean, buckets integer) (
  SFUNC = leadscore.metric_probability_buckets_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.expected_calibration_error_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.expected_calibration_error(double precision, boolean, integer) IS
'The expected calibration error: the mean distance, over the leads, between the mean probability and the rate of their bucket. 0 is best. Buckets are of equal width. Rows with a NULL are ignored; NULL without others. Raises 22023 for a probability that does not lie between 0 and 1, for a number of buckets that does not lie between 1 and 1000 or differs within a group, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_partial(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.metric_serialize,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_partial(double precision, boolean) IS
'A part of auc(), ks(), gini() or average_precision(), to be joined by auc_merge() and its like: for the rows of one partition or server. 8 bytes a row. Rows with a NULL are ignored; NULL without others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_merge(bytea) IS
'The auc() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.ks_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.ks_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.ks_merge(bytea) IS
'The ks() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.gini_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.gini_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.gini_merge(bytea) IS
'The gini() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.average_precision_merge(part bytea) (
  SFUNC = leadscore.metric_merge_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.average_precision_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.average_precision_merge(bytea) IS
'The average_precision() of all rows whose parts auc_partial() made: the very same number. NULL parts are ignored; NULL unless there are both customers and others. Raises 22P03 for bytes that are no part, 54000 for more than 100000000 rows in a group.';

CREATE FUNCTION leadscore.auc_difference_transition(state internal, score_a double precision, score_b double precision, outcome boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_transition';
COMMENT ON FUNCTION leadscore.auc_difference_transition(internal, double precision, double precision, boolean) IS 'Part of the aggregate auc_difference()';

CREATE FUNCTION leadscore.auc_difference_transition(state internal, score_a double precision, score_b double precision, outcome boolean, confidence double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_transition';
COMMENT ON FUNCTION leadscore.auc_difference_transition(internal, double precision, double precision, boolean, double precision) IS 'Part of the aggregate auc_difference()';

CREATE FUNCTION leadscore.auc_difference_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_combine';
COMMENT ON FUNCTION leadscore.auc_difference_combine(internal, internal) IS 'Part of the aggregate auc_difference(): joins what two processes have collected';

CREATE FUNCTION leadscore.auc_difference_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_serialize';
COMMENT ON FUNCTION leadscore.auc_difference_serialize(internal) IS 'Part of the aggregate auc_difference(): the state as bytes';

CREATE FUNCTION leadscore.auc_difference_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_deserialize';
COMMENT ON FUNCTION leadscore.auc_difference_deserialize(bytea, internal) IS 'Part of the aggregate auc_difference(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.auc_difference_final(state internal) RETURNS leadscore.auc_comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_auc_difference_final';
COMMENT ON FUNCTION leadscore.auc_difference_final(internal) IS 'Part of the aggregate auc_difference(): its result';

CREATE AGGREGATE leadscore.auc_difference(score_a double precision, score_b double precision, outcome boolean) (
  SFUNC = leadscore.auc_difference_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_difference_final,
  FINALFUNC_MODIFY = READ_WRITE,
  COMBINEFUNC = leadscore.auc_difference_combine,
  SERIALFUNC = leadscore.auc_difference_serialize,
  DESERIALFUNC = leadscore.auc_difference_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_difference(double precision, double precision, boolean) IS
'Which of two scores ranks the same leads better: the difference of their auc(), its interval and the test of no difference, by DeLong for paired scores. At a confidence of 95 %. Rows with a NULL are ignored, so both scores are judged on the leads that have both; NaN is the highest score. NULL unless there are both customers and others; with only one of either the spread is unknown: the interval is -1 to 1, z and p_value are NULL. Not for use as a window function. Raises 54000 for more than 50000000 rows in a group.';

CREATE AGGREGATE leadscore.auc_difference(score_a double precision, score_b double precision, outcome boolean, confidence double precision) (
  SFUNC = leadscore.auc_difference_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.auc_difference_final,
  FINALFUNC_MODIFY = READ_WRITE,
  COMBINEFUNC = leadscore.auc_difference_combine,
  SERIALFUNC = leadscore.auc_difference_serialize,
  DESERIALFUNC = leadscore.auc_difference_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.auc_difference(double precision, double precision, boolean, double precision) IS
'Which of two scores ranks the same leads better: the difference of their auc(), its interval and the test of no difference, by DeLong for paired scores. Rows with a NULL are ignored, so both scores are judged on the leads that have both; NaN is the highest score. NULL unless there are both customers and others; with only one of either the spread is unknown: the interval is -1 to 1, z and p_value are NULL. Not for use as a window function. Raises 22023 for a confidence that does not lie between 0 and 1 or differs within a group, 54000 for more than 50000000 rows in a group.';
-- What scores have come to mean: aggregates that turn them into probabilities.
CREATE TYPE leadscore.isotonic_step AS (
  score_from double precision,
  probability double precision,
  leads bigint,
  customers bigint,
  rate double precision,
  rate_lower double precision,
  rate_upper double precision
);
COMMENT ON TYPE leadscore.isotonic_step IS 'Leads of neighbouring scores that leadscore.isotonic() takes together';
COMMENT ON COLUMN leadscore.isotonic_step.score_from IS 'The lowest score among them; -Infinity in the first step';
COMMENT ON COLUMN leadscore.isotonic_step.probability IS 'The probability of becoming a customer: the rate with one lead of the common rate added, so that it is neither 0 nor 1';
COMMENT ON COLUMN leadscore.isotonic_step.leads IS 'How many leads they are';
COMMENT ON COLUMN leadscore.isotonic_step.customers IS 'How many of them became customers';
COMMENT ON COLUMN leadscore.isotonic_step.rate IS 'customers / leads';
COMMENT ON COLUMN leadscore.isotonic_step.rate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.isotonic_step.rate_upper IS 'The upper end of its Wilson interval at 95 %';

CREATE TYPE leadscore.platt_curve AS (
  intercept double precision,
  slope double precision
);
COMMENT ON TYPE leadscore.platt_curve IS 'The probability 1 / (1 + exp(-(intercept + slope * score))), as leadscore.platt() fits it';
COMMENT ON COLUMN leadscore.platt_curve.intercept IS 'The log-odds of a score of 0';
COMMENT ON COLUMN leadscore.platt_curve.slope IS 'What a unit of the score adds to the log-odds; 0 where all scores are equal';

CREATE FUNCTION leadscore.isotonic_final(state internal) RETURNS leadscore.isotonic_step[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_isotonic_final';
COMMENT ON FUNCTION leadscore.isotonic_final(internal) IS 'Part of the aggregate isotonic(): its result';

CREATE FUNCTION leadscore.platt_final(state internal) RETURNS leadscore.platt_curve
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_platt_final';
COMMENT ON FUNCTION leadscore.platt_final(internal) IS 'Part of the aggregate platt(): its result';

CREATE AGGREGATE leadscore.isotonic(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.isotonic_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.isotonic(double precision, boolean) IS
'Isotonic regression: the probabilities that never fall with the score and fit the outcomes best, by pooling adjacent violators (Ayer, Brunk, Ewing, Reid, Silverman, 1955), as an array of steps to unnest. Not advised for far fewer than 1000 leads. Rows with a NULL are ignored; NaN is the highest score. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';

CREATE AGGREGATE leadscore.platt(score double precision, outcome boolean) (
  SFUNC = leadscore.metric_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.platt_final,
  COMBINEFUNC = leadscore.metric_combine,
  SERIALFUNC = leadscore.metric_serialize,
  DESERIALFUNC = leadscore.metric_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.platt(double precision, boolean) IS
'The logistic curve that fits the outcomes best by score (Platt, 1999, with his cautious targets; Lin, Lin, Weng, 2007). Rows with a NULL are ignored, and so are infinite scores and NaN. NULL unless there are both customers and others. Raises 54000 for more than 100000000 rows in a group.';
-- Rates side by side, and many tests at once.
CREATE TYPE leadscore.rate_comparison AS (
  rate_1 double precision,
  rate_2 double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision,
  method text
);
COMMENT ON TYPE leadscore.rate_comparison IS 'Two rates side by side, as leadscore.rate_test() gives it';
COMMENT ON COLUMN leadscore.rate_comparison.rate_1 IS 'The first rate; NULL without trials';
COMMENT ON COLUMN leadscore.rate_comparison.rate_2 IS 'The second rate; NULL without trials';
COMMENT ON COLUMN leadscore.rate_comparison.difference IS 'rate_1 - rate_2';
COMMENT ON COLUMN leadscore.rate_comparison.lower IS 'The lower end of its Newcombe interval';
COMMENT ON COLUMN leadscore.rate_comparison.upper IS 'The upper end of its Newcombe interval';
COMMENT ON COLUMN leadscore.rate_comparison.confidence IS 'How often such an interval holds the true difference';
COMMENT ON COLUMN leadscore.rate_comparison.z IS 'The difference in standard errors, the variance pooled; NULL where the test is another';
COMMENT ON COLUMN leadscore.rate_comparison.p_value IS 'How probable a difference at least as unlikely, either way, is between equal rates; NULL without trials on either side';
COMMENT ON COLUMN leadscore.rate_comparison.method IS 'The test: z_test, or fisher_exact where fewer than 5 are expected in one of the four cells; NULL without trials on either side';

CREATE FUNCTION leadscore.newcombe(successes_1 bigint, trials_1 bigint, successes_2 bigint, trials_2 bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.confidence_interval
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'leadscore_newcombe';
COMMENT ON FUNCTION leadscore.newcombe(bigint, bigint, bigint, bigint, double precision) IS
'The difference of two rates, successes_1 / trials_1 - successes_2 / trials_2, with its Newcombe hybrid score interval (without continuity correction), at a confidence of 95 % by default. If either has no trial nothing is known: the estimate is NULL, the interval -1 to 1. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.rate_test(successes_1 bigint, trials_1 bigint, successes_2 bigint, trials_2 bigint) RETURNS leadscore.rate_comparison
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_rate_test';
COMMENT ON FUNCTION leadscore.rate_test(bigint, bigint, bigint, bigint) IS
'Whether two rates differ: their difference with its Newcombe interval at 95 %, and the two-sided p value of the z test with pooled variance, or of Fisher''s exact test where fewer than 5 are expected in one of the four cells. NULL if an argument is. Raises 22023 for negative counts or more successes than trials, 54000 for more than 2^62 trials where Fisher''s test is due.';

CREATE FUNCTION leadscore.fisher_exact(a bigint, b bigint, c bigint, d bigint) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_fisher_exact';
COMMENT ON FUNCTION leadscore.fisher_exact(bigint, bigint, bigint, bigint) IS
'The two-sided p value of Fisher''s exact test of the table a b / c d: how probable, given the sums of rows and columns, tables are that are no more probable than this one (within a relative 1e-7, as in R). NULL if an argument is. Raises 22023 for negative counts, 54000 for counts too large to go through: a standard deviation above 250000, which no table of fewer than 10^12 has, or a sum above 2^62.';

CREATE FUNCTION leadscore.benjamini_hochberg(p double precision[]) RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_benjamini_hochberg';
COMMENT ON FUNCTION leadscore.benjamini_hochberg(double precision[]) IS
'The q values of p values, in their places: the least false discovery rate at which each test still counts as a discovery. NULL elements stay NULL and do not count as tests. NULL for NULL. Raises 22023 for a p value that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.e_benjamini_hochberg(e double precision[]) RETURNS double precision[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_e_benjamini_hochberg';
COMMENT ON FUNCTION leadscore.e_benjamini_hochberg(double precision[]) IS
'The levels of e-values such as those of leadscore.drop_e_value(), in their places: the least false discovery rate at which each test counts as a discovery, at most 1, which holds however the tests depend on each other. NULL elements stay NULL and do not count as tests. NULL for NULL. Raises 22023 for an e-value that is negative or NaN.';
-- Has a conversion dropped, beyond chance, and is it the mix of leads or the rate at which they convert.
CREATE TYPE leadscore.conversion_drop AS (
  baseline_rate double precision,
  current_rate double precision,
  difference double precision,
  lower double precision,
  upper double precision,
  confidence double precision,
  z double precision,
  p_value double precision,
  mid_p_value double precision,
  method text,
  smallest_detectable_drop double precision,
  verdict text
);
COMMENT ON TYPE leadscore.conversion_drop IS 'A conversion beside its baseline, as leadscore.conversion_drop() gives it';
COMMENT ON COLUMN leadscore.conversion_drop.baseline_rate IS 'baseline_successes / baseline_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.conversion_drop.current_rate IS 'current_successes / current_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.conversion_drop.difference IS 'current_rate - baseline_rate: negative where the conversion is lower now';
COMMENT ON COLUMN leadscore.conversion_drop.lower IS 'The lower end of the Newcombe interval of the difference';
COMMENT ON COLUMN leadscore.conversion_drop.upper IS 'The upper end of the Newcombe interval of the difference';
COMMENT ON COLUMN leadscore.conversion_drop.confidence IS 'How often such an interval holds the true difference; 1 - confidence is the level of the verdict';
COMMENT ON COLUMN leadscore.conversion_drop.z IS 'The difference in standard errors, the variance pooled; NULL where the test is another';
COMMENT ON COLUMN leadscore.conversion_drop.p_value IS 'One-sided: how probable so low a current rate, or a lower one, is if nothing has changed. Near 1 for a rise; NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.mid_p_value IS 'The same with half the weight on what was observed, as Fisher''s exact test is too careful; NULL where the test is another';
COMMENT ON COLUMN leadscore.conversion_drop.method IS 'The test: z_test, or fisher_exact where fewer than 5 are expected in one of the four cells; NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.smallest_detectable_drop IS 'The smallest drop, as a positive difference of rates, that so many leads show with a probability of 0.8. Not below baseline_rate: no drop could have been seen. NULL without trials on either side';
COMMENT ON COLUMN leadscore.conversion_drop.verdict IS 'drop or rise where so low, or so high, a current rate has a probability of 1 - confidence or less if nothing has changed; otherwise too_little_data without trials on either side or where smallest_detectable_drop is not below baseline_rate; otherwise same';

CREATE TYPE leadscore.mix_or_rate AS (
  segments bigint,
  baseline_successes bigint,
  baseline_trials bigint,
  current_successes bigint,
  current_trials bigint,
  baseline_rate double precision,
  current_rate double precision,
  change double precision,
  mix_change double precision,
  rate_change double precision,
  z double precision,
  p_value double precision,
  cmh_z double precision,
  cmh_p_value double precision,
  verdict text
);
COMMENT ON TYPE leadscore.mix_or_rate IS 'A change of a conversion in two parts, as leadscore.mix_or_rate() gives it';
COMMENT ON COLUMN leadscore.mix_or_rate.segments IS 'How many segments have trials, on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_successes IS 'The successes of all segments in the baseline';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_trials IS 'The trials of all segments in the baseline';
COMMENT ON COLUMN leadscore.mix_or_rate.current_successes IS 'The successes of all segments now';
COMMENT ON COLUMN leadscore.mix_or_rate.current_trials IS 'The trials of all segments now';
COMMENT ON COLUMN leadscore.mix_or_rate.baseline_rate IS 'baseline_successes / baseline_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.mix_or_rate.current_rate IS 'current_successes / current_trials, between 0 and 1; NULL without trials';
COMMENT ON COLUMN leadscore.mix_or_rate.change IS 'current_rate - baseline_rate = mix_change + rate_change; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.mix_change IS 'What the shares of the segments make of it: the sum of (w1 - w0) (r1 + r0) / 2 for shares w and rates r; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.rate_change IS 'What the rates within the segments make of it: the sum of (r1 - r0) (w1 + w0) / 2; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.z IS 'The change in standard errors, the variance pooled, as if there were no segments; NULL where rate_test() takes another test';
COMMENT ON COLUMN leadscore.mix_or_rate.p_value IS 'The two-sided p value of the change as if there were no segments, as rate_test() gives it; NULL without trials on either side';
COMMENT ON COLUMN leadscore.mix_or_rate.cmh_z IS 'Has the rate changed within segments: Cochran-Mantel-Haenszel without continuity correction, negative for lower rates now; NULL where no segment has successes, failures and trials on both sides';
COMMENT ON COLUMN leadscore.mix_or_rate.cmh_p_value IS 'Its two-sided p value; NULL where cmh_z is';
COMMENT ON COLUMN leadscore.mix_or_rate.verdict IS 'neither where p_value and cmh_p_value are both 0.05 or more (or NULL). Otherwise rate or mix, where that part is at least twice as large as the other, and both where none is; both instead of mix where cmh_p_value is below 0.05. NULL without trials on either side';

CREATE FUNCTION leadscore.conversion_drop(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint, confidence double precision DEFAULT 0.95) RETURNS leadscore.conversion_drop
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'leadscore_conversion_drop';
COMMENT ON FUNCTION leadscore.conversion_drop(bigint, bigint, bigint, bigint, double precision) IS
'Has a conversion dropped beyond chance: both rates, their difference with its Newcombe interval, the one-sided p value of the z test with pooled variance (of Fisher''s exact test where fewer than 5 are expected in one of the four cells), the smallest drop that so many leads could have shown, and a verdict at the level 1 - confidence. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1, 54000 for more than 2^62 trials where Fisher''s test is due.';

CREATE FUNCTION leadscore.drop_e_value(current_successes bigint, current_trials bigint, baseline_rate double precision) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_drop_e_value';
COMMENT ON FUNCTION leadscore.drop_e_value(bigint, bigint, double precision) IS
'The evidence, at any time, that a conversion lies below its baseline rate: the mean over rates from 0 to the baseline of their likelihood over that of the baseline. While the true rate is the baseline or more, it ever reaches 1 / a with a probability of at most a, however often one looks at the growing counts: alarm at 20 for 5 %. 1 without trials; 1.797e308 where it would be more. NULL if an argument is. Raises 22023 for negative counts, more successes than trials, or a baseline that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.drop_e_value(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint, confidence double precision DEFAULT 0.95) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'leadscore_drop_e_value_of_counts';
COMMENT ON FUNCTION leadscore.drop_e_value(bigint, bigint, bigint, bigint, double precision) IS
'The e-value of drop_e_value(current_successes, current_trials, baseline_rate) where the baseline is itself an estimate: its rate is taken to be the lower end of its Wilson interval at that confidence, 95 % by default, so that a baseline that was overestimated raises no alarm. The true rate lies below that end with a probability of (1 - confidence) / 2, which adds to that of a false alarm. The baseline must not hold the current leads. NULL without trials of the baseline, or if an argument is NULL. Raises 22023 for negative counts, more successes than trials, or a confidence that does not lie between 0 and 1.';

CREATE FUNCTION leadscore.mix_or_rate_transition(state internal, baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_transition';
COMMENT ON FUNCTION leadscore.mix_or_rate_transition(internal, bigint, bigint, bigint, bigint) IS 'Part of the aggregate mix_or_rate()';

CREATE FUNCTION leadscore.mix_or_rate_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_combine';
COMMENT ON FUNCTION leadscore.mix_or_rate_combine(internal, internal) IS 'Part of the aggregate mix_or_rate(): joins what two processes have collected';

CREATE FUNCTION leadscore.mix_or_rate_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_serialize';
COMMENT ON FUNCTION leadscore.mix_or_rate_serialize(internal) IS 'Part of the aggregate mix_or_rate(): the state as bytes';

CREATE FUNCTION leadscore.mix_or_rate_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_deserialize';
COMMENT ON FUNCTION leadscore.mix_or_rate_deserialize(bytea, internal) IS 'Part of the aggregate mix_or_rate(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.mix_or_rate_final(state internal) RETURNS leadscore.mix_or_rate
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_mix_or_rate_final';
COMMENT ON FUNCTION leadscore.mix_or_rate_final(internal) IS 'Part of the aggregate mix_or_rate(): its result';

CREATE AGGREGATE leadscore.mix_or_rate(baseline_successes bigint, baseline_trials bigint, current_successes bigint, current_trials bigint) (
  SFUNC = leadscore.mix_or_rate_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.mix_or_rate_final,
  COMBINEFUNC = leadscore.mix_or_rate_combine,
  SERIALFUNC = leadscore.mix_or_rate_serialize,
  DESERIALFUNC = leadscore.mix_or_rate_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.mix_or_rate(bigint, bigint, bigint, bigint) IS
'Over the segments of a conversion, one row each (a channel, a manager): how much of its change comes from other shares of the segments, how much from other rates within them, and whether either is beyond chance. A segment without trials on one side is taken to have there the rate that it has on the other: it is all mix. The same in any order of rows and on any number of workers. Rows with a NULL are ignored (after a FULL JOIN say coalesce(\u2026, 0)); NULL without any. Raises 22023 for negative counts or more successes than trials, 54000 for more than 1000000 segments in a group or more than 2^62 trials.';
-- How long it takes until something ends, when some have not come to an end yet: aggregates over durations. They keep the
-- durations, 8 bytes each, and sort at the end, so that neither the order of rows nor the number of workers changes the last
-- bit.

CREATE TYPE leadscore.survival_point AS (
  days double precision,
  at_risk bigint,
  ended bigint,
  censored bigint,
  survival double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.survival_point IS 'A point of a survival curve, as leadscore.kaplan_meier() gives it';
COMMENT ON COLUMN leadscore.survival_point.days IS 'The duration';
COMMENT ON COLUMN leadscore.survival_point.at_risk IS 'How many lasted at least so long';
COMMENT ON COLUMN leadscore.survival_point.ended IS 'How many ended at this duration';
COMMENT ON COLUMN leadscore.survival_point.censored IS 'How many had lasted so long and not ended when they were last seen. They are at risk at this duration, and not after it';
COMMENT ON COLUMN leadscore.survival_point.survival IS 'The share that lasts longer';
COMMENT ON COLUMN leadscore.survival_point.lower IS 'The lower end of its interval at 95 %: by the variance of Greenwood, symmetric in log(-log). NULL where survival is 0 or 1';
COMMENT ON COLUMN leadscore.survival_point.upper IS 'The upper end of that interval';

CREATE FUNCTION leadscore.kaplan_meier_transition(state internal, duration_days double precision, has_ended boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_transition';
COMMENT ON FUNCTION leadscore.kaplan_meier_transition(internal, double precision, boolean) IS 'Part of the aggregate kaplan_meier()';

CREATE FUNCTION leadscore.kaplan_meier_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_combine';
COMMENT ON FUNCTION leadscore.kaplan_meier_combine(internal, internal) IS 'Part of the aggregate kaplan_meier(): joins what two processes have collected';

CREATE FUNCTION leadscore.kaplan_meier_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_serialize';
COMMENT ON FUNCTION leadscore.kaplan_meier_serialize(internal) IS 'Part of the aggregate kaplan_meier(): the state as bytes';

CREATE FUNCTION leadscore.kaplan_meier_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_deserialize';
COMMENT ON FUNCTION leadscore.kaplan_meier_deserialize(bytea, internal) IS 'Part of the aggregate kaplan_meier(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.kaplan_meier_final(state internal) RETURNS leadscore.survival_point[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_kaplan_meier_final';
COMMENT ON FUNCTION leadscore.kaplan_meier_final(internal) IS 'Part of the aggregate kaplan_meier(): its result';

CREATE AGGREGATE leadscore.kaplan_meier(duration_days double precision, has_ended boolean) (
  SFUNC = leadscore.kaplan_meier_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.kaplan_meier_final,
  COMBINEFUNC = leadscore.kaplan_meier_combine,
  SERIALFUNC = leadscore.kaplan_meier_serialize,
  DESERIALFUNC = leadscore.kaplan_meier_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.kaplan_meier(double precision, boolean) IS
'The survival curve of durations of which some have not ended yet (has_ended false): an array of rows to unnest, one for each distinct duration, ascending. For one way to end; for several use cumulative_incidence(). Rows with a NULL are ignored; NULL without others. Neither the order of rows nor the number of workers matters. 8 bytes of memory a row. Raises 22023 for a duration that is negative or not finite, 54000 for more than 50000000 rows in a group or 5000000 distinct durations.';

CREATE TYPE leadscore.incidence_point AS (
  days double precision,
  outcome text,
  at_risk bigint,
  ended bigint,
  incidence double precision,
  standard_error double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.incidence_point IS 'A point of the curve of an outcome, as leadscore.cumulative_incidence() gives it';
COMMENT ON COLUMN leadscore.incidence_point.days IS 'The duration';
COMMENT ON COLUMN leadscore.incidence_point.outcome IS 'The outcome';
COMMENT ON COLUMN leadscore.incidence_point.at_risk IS 'How many lasted at least so long without an outcome';
COMMENT ON COLUMN leadscore.incidence_point.ended IS 'How many had this outcome at this duration';
COMMENT ON COLUMN leadscore.incidence_point.incidence IS 'The share that has had this outcome by then, by Aalen and Johansen. The incidences of all outcomes and the share that has none add up to 1';
COMMENT ON COLUMN leadscore.incidence_point.standard_error IS 'Its standard error, from the multinomial variances of what happened at each duration';
COMMENT ON COLUMN leadscore.incidence_point.lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where incidence is 0 or 1';
COMMENT ON COLUMN leadscore.incidence_point.upper IS 'The upper end of that interval';

CREATE FUNCTION leadscore.cumulative_incidence_transition(state internal, duration_days double precision, outcome text) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_transition';
COMMENT ON FUNCTION leadscore.cumulative_incidence_transition(internal, double precision, text) IS 'Part of the aggregate cumulative_incidence()';

CREATE FUNCTION leadscore.cumulative_incidence_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_combine';
COMMENT ON FUNCTION leadscore.cumulative_incidence_combine(internal, internal) IS 'Part of the aggregate cumulative_incidence(): joins what two processes have collected';

CREATE FUNCTION leadscore.cumulative_incidence_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_serialize';
COMMENT ON FUNCTION leadscore.cumulative_incidence_serialize(internal) IS 'Part of the aggregate cumulative_incidence(): the state as bytes';

CREATE FUNCTION leadscore.cumulative_incidence_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_deserialize';
COMMENT ON FUNCTION leadscore.cumulative_incidence_deserialize(bytea, internal) IS 'Part of the aggregate cumulative_incidence(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.cumulative_incidence_final(state internal) RETURNS leadscore.incidence_point[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_cumulative_incidence_final';
COMMENT ON FUNCTION leadscore.cumulative_incidence_final(internal) IS 'Part of the aggregate cumulative_incidence(): its result';

CREATE AGGREGATE leadscore.cumulative_incidence(duration_days double precision, outcome text) (
  SFUNC = leadscore.cumulative_incidence_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.cumulative_incidence_final,
  COMBINEFUNC = leadscore.cumulative_incidence_combine,
  SERIALFUNC = leadscore.cumulative_incidence_serialize,
  DESERIALFUNC = leadscore.cumulative_incidence_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.cumulative_incidence(double precision, text) IS
'How outcomes that rule each other out come about over time, when some have none yet (outcome NULL): an array of rows to unnest, one for each outcome at each duration at which anything ended, by duration, then by outcome in the order of bytes. Rows without a duration are ignored; NULL without others, empty where nothing ended. Neither the order of rows nor the number of workers matters. 8 bytes of memory a row. Raises 22023 for a duration that is negative or not finite, 54000 for more than 50000000 rows in a group, 64 outcomes, an outcome of more than 1000 bytes, or 5000000 points.';
-- What the histories of leads say about the stages: how many come how far, how long it takes, where they go. Aggregates over
-- leads, each given as an array of its visits. They keep counts, or durations that are sorted at the end, so that neither
-- the order of rows nor the number of workers changes the last bit.

CREATE TYPE leadscore.stage_visit AS (
  stage_no integer,
  entered_at timestamptz
);
COMMENT ON TYPE leadscore.stage_visit IS 'A visit of a stage by one lead; it lasts until the next visit. leadscore.stage_visits() makes an array of them';
COMMENT ON COLUMN leadscore.stage_visit.stage_no IS 'The number of the stage, from 1';
COMMENT ON COLUMN leadscore.stage_visit.entered_at IS 'When the lead entered it';

CREATE FUNCTION leadscore.stage_visits_transition(state internal, stage_no integer, entered_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_transition';
COMMENT ON FUNCTION leadscore.stage_visits_transition(internal, integer, timestamptz) IS 'Part of the aggregate stage_visits()';

CREATE FUNCTION leadscore.stage_visits_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_combine';
COMMENT ON FUNCTION leadscore.stage_visits_combine(internal, internal) IS 'Part of the aggregate stage_visits(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_visits_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_serialize';
COMMENT ON FUNCTION leadscore.stage_visits_serialize(internal) IS 'Part of the aggregate stage_visits(): the state as bytes';

CREATE FUNCTION leadscore.stage_visits_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_deserialize';
COMMENT ON FUNCTION leadscore.stage_visits_deserialize(bytea, internal) IS 'Part of the aggregate stage_visits(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_visits_final(state internal) RETURNS leadscore.stage_visit[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_visits_final';
COMMENT ON FUNCTION leadscore.stage_visits_final(internal) IS 'Part of the aggregate stage_visits(): its result';

CREATE AGGREGATE leadscore.stage_visits(stage_no integer, entered_at timestamptz) (
  SFUNC = leadscore.stage_visits_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.stage_visits_final,
  COMBINEFUNC = leadscore.stage_visits_combine,
  SERIALFUNC = leadscore.stage_visits_serialize,
  DESERIALFUNC = leadscore.stage_visits_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_visits(integer, timestamptz) IS
'The history of one lead, from a row for each time that it entered a stage: an array of visits in the order of time, at one time in the order of stages; of one stage that follows itself the first alone is kept. Rows with a NULL or an infinite time are ignored; NULL without others. Neither the order of rows nor the number of workers matters. Raises 54000 for more than 1000000 rows in a group.';

CREATE TYPE leadscore.stage_count AS (
  stage_no integer,
  kind text,
  leads bigint,
  reached bigint,
  visited bigint,
  strict bigint,
  current bigint,
  entries bigint,
  returned bigint,
  lost bigint
);
COMMENT ON TYPE leadscore.stage_count IS 'How many leads a stage has, in each sense, as leadscore.stage_counts() gives it';
COMMENT ON COLUMN leadscore.stage_count.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_count.kind IS 'open, won, hold or lost';
COMMENT ON COLUMN leadscore.stage_count.leads IS 'All leads, those without a visit too: the denominator of every column';
COMMENT ON COLUMN leadscore.stage_count.reached IS 'Leads that entered this stage of the ladder or a later one: stages that were skipped count, those beyond the furthest do not, lost or not. It never grows from stage to stage. NULL for hold and lost';
COMMENT ON COLUMN leadscore.stage_count.visited IS 'Leads that ever entered this stage';
COMMENT ON COLUMN leadscore.stage_count.strict IS 'Leads that entered the first stage of the ladder, after it the second, and so on up to this one without leaving out any. NULL for hold and lost';
COMMENT ON COLUMN leadscore.stage_count.current IS 'Leads whose latest stage this is';
COMMENT ON COLUMN leadscore.stage_count.entries IS 'Visits of this stage, returns included';
COMMENT ON COLUMN leadscore.stage_count.returned IS 'Leads that entered it more than once';
COMMENT ON COLUMN leadscore.stage_count.lost IS 'Leads whose latest stage is of kind lost and that had come up to this stage of the ladder, no further. NULL for hold and lost';

CREATE FUNCTION leadscore.stage_counts_transition(state internal, visits leadscore.stage_visit[], kinds text[]) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_transition';
COMMENT ON FUNCTION leadscore.stage_counts_transition(internal, leadscore.stage_visit[], text[]) IS 'Part of the aggregate stage_counts()';

CREATE FUNCTION leadscore.stage_counts_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_combine';
COMMENT ON FUNCTION leadscore.stage_counts_combine(internal, internal) IS 'Part of the aggregate stage_counts(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_counts_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_serialize';
COMMENT ON FUNCTION leadscore.stage_counts_serialize(internal) IS 'Part of the aggregate stage_counts(): the state as bytes';

CREATE FUNCTION leadscore.stage_counts_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_deserialize';
COMMENT ON FUNCTION leadscore.stage_counts_deserialize(bytea, internal) IS 'Part of the aggregate stage_counts(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_counts_final(state internal) RETURNS leadscore.stage_count[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_counts_final';
COMMENT ON FUNCTION leadscore.stage_counts_final(internal) IS 'Part of the aggregate stage_counts(): its result';

CREATE AGGREGATE leadscore.stage_counts(visits leadscore.stage_visit[], kinds text[]) (
  SFUNC = leadscore.stage_counts_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_counts_final,
  COMBINEFUNC = leadscore.stage_counts_combine,
  SERIALFUNC = leadscore.stage_counts_serialize,
  DESERIALFUNC = leadscore.stage_counts_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_counts(leadscore.stage_visit[], text[]) IS
'How many leads have come how far: an array of rows to unnest, one for each stage by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE TYPE leadscore.stage_conversion_step AS (
  stage_no integer,
  next_stage_no integer,
  entered bigint,
  converted bigint,
  rate double precision,
  lower double precision,
  upper double precision,
  first_entered bigint,
  rate_from_first double precision,
  lower_from_first double precision,
  upper_from_first double precision,
  mature_entered bigint,
  mature_converted bigint,
  mature_rate double precision,
  mature_lower double precision,
  mature_upper double precision,
  is_mature boolean
);
COMMENT ON TYPE leadscore.stage_conversion_step IS 'How many leads go on from a stage of the ladder to the next, as leadscore.stage_conversion() gives it';
COMMENT ON COLUMN leadscore.stage_conversion_step.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_conversion_step.next_stage_no IS 'The number of the next stage of the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.entered IS 'Leads that entered the stage or a later one of the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.converted IS 'Of those, leads that entered the next one or a later one';
COMMENT ON COLUMN leadscore.stage_conversion_step.rate IS 'converted / entered; NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_conversion_step.lower IS 'The lower end of the Wilson interval of rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.upper IS 'The upper end of the Wilson interval of rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.first_entered IS 'Leads that entered the ladder';
COMMENT ON COLUMN leadscore.stage_conversion_step.rate_from_first IS 'converted / first_entered; NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_conversion_step.lower_from_first IS 'The lower end of the Wilson interval of rate_from_first at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.upper_from_first IS 'The upper end of the Wilson interval of rate_from_first at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_entered IS 'Leads that entered the stage, or first a later one, at least matures_after before as_of';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_converted IS 'Of those, leads that entered the next one within matures_after';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_rate IS 'mature_converted / mature_entered; NULL where there is none';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_lower IS 'The lower end of the Wilson interval of mature_rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.mature_upper IS 'The upper end of the Wilson interval of mature_rate at 95 %';
COMMENT ON COLUMN leadscore.stage_conversion_step.is_mature IS 'True if leads entered, and all did so at least matures_after before as_of';

CREATE FUNCTION leadscore.stage_conversion_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz, matures_after interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_transition';
COMMENT ON FUNCTION leadscore.stage_conversion_transition(internal, leadscore.stage_visit[], text[], timestamptz, interval) IS 'Part of the aggregate stage_conversion()';

CREATE FUNCTION leadscore.stage_conversion_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_combine';
COMMENT ON FUNCTION leadscore.stage_conversion_combine(internal, internal) IS 'Part of the aggregate stage_conversion(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_conversion_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_serialize';
COMMENT ON FUNCTION leadscore.stage_conversion_serialize(internal) IS 'Part of the aggregate stage_conversion(): the state as bytes';

CREATE FUNCTION leadscore.stage_conversion_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_deserialize';
COMMENT ON FUNCTION leadscore.stage_conversion_deserialize(bytea, internal) IS 'Part of the aggregate stage_conversion(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_conversion_final(state internal) RETURNS leadscore.stage_conversion_step[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_conversion_final';
COMMENT ON FUNCTION leadscore.stage_conversion_final(internal) IS 'Part of the aggregate stage_conversion(): its result';

CREATE AGGREGATE leadscore.stage_conversion(visits leadscore.stage_visit[], kinds text[], as_of timestamptz, matures_after interval) (
  SFUNC = leadscore.stage_conversion_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_conversion_final,
  COMBINEFUNC = leadscore.stage_conversion_combine,
  SERIALFUNC = leadscore.stage_conversion_serialize,
  DESERIALFUNC = leadscore.stage_conversion_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_conversion(leadscore.stage_visit[], text[], timestamptz, interval) IS
'How many leads go on from stage to stage: an array of rows to unnest, one for each stage of the ladder but the last; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Who enters a stage has entered all before it by then. What happened after as_of is not known yet. matures_after is a length of time: a day has 24 hours. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds, as_of or matures_after is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, a matures_after that is negative or has months, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE TYPE leadscore.stage_duration AS (
  stage_no integer,
  visits bigint,
  open_visits bigint,
  median_days double precision,
  p75_days double precision,
  p90_days double precision,
  mean_closed_days double precision
);
COMMENT ON TYPE leadscore.stage_duration IS 'How long leads stay in a stage, as leadscore.time_in_stage() gives it';
COMMENT ON COLUMN leadscore.stage_duration.stage_no IS 'The number of the stage';
COMMENT ON COLUMN leadscore.stage_duration.visits IS 'Visits that have a length: those that ended and those that go on. The last visit of a lead to a won or lost stage is no wait for anything, and has none';
COMMENT ON COLUMN leadscore.stage_duration.open_visits IS 'Of those, visits that go on at as_of';
COMMENT ON COLUMN leadscore.stage_duration.median_days IS 'The time by which half of the visits end, by Kaplan and Meier: those that go on count as long as they have lasted. NULL where it is not known yet, as where most go on';
COMMENT ON COLUMN leadscore.stage_duration.p75_days IS 'The time by which three quarters end; NULL likewise';
COMMENT ON COLUMN leadscore.stage_duration.p90_days IS 'The time by which nine tenths end; NULL likewise';
COMMENT ON COLUMN leadscore.stage_duration.mean_closed_days IS 'The mean of the visits that ended. Shorter than the truth where many go on; NULL where none ended';

CREATE FUNCTION leadscore.time_in_stage_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_transition';
COMMENT ON FUNCTION leadscore.time_in_stage_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregate time_in_stage()';

CREATE FUNCTION leadscore.time_in_stage_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_combine';
COMMENT ON FUNCTION leadscore.time_in_stage_combine(internal, internal) IS 'Part of the aggregate time_in_stage(): joins what two processes have collected';

CREATE FUNCTION leadscore.time_in_stage_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_serialize';
COMMENT ON FUNCTION leadscore.time_in_stage_serialize(internal) IS 'Part of the aggregate time_in_stage(): the state as bytes';

CREATE FUNCTION leadscore.time_in_stage_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_deserialize';
COMMENT ON FUNCTION leadscore.time_in_stage_deserialize(bytea, internal) IS 'Part of the aggregate time_in_stage(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.time_in_stage_final(state internal) RETURNS leadscore.stage_duration[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_time_in_stage_final';
COMMENT ON FUNCTION leadscore.time_in_stage_final(internal) IS 'Part of the aggregate time_in_stage(): its result';

CREATE AGGREGATE leadscore.time_in_stage(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.time_in_stage_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.time_in_stage_final,
  COMBINEFUNC = leadscore.time_in_stage_combine,
  SERIALFUNC = leadscore.time_in_stage_serialize,
  DESERIALFUNC = leadscore.time_in_stage_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.time_in_stage(leadscore.stage_visit[], text[], timestamptz) IS
'How long leads stay in each stage: an array of rows to unnest, one for each stage by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages or 50000000 visits in a group.';

CREATE TYPE leadscore.stage_outcome_estimate AS (
  stage_no integer,
  entered bigint,
  won bigint,
  lost bigint,
  open bigint,
  won_incidence double precision,
  won_lower double precision,
  won_upper double precision,
  lost_incidence double precision,
  lost_lower double precision,
  lost_upper double precision,
  still_open double precision,
  median_days_to_won double precision
);
COMMENT ON TYPE leadscore.stage_outcome_estimate IS 'What becomes of the leads that have entered a stage, as leadscore.stage_outcome() gives it. won_incidence + lost_incidence + still_open is 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.stage_no IS 'The number of the stage, of kind open';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.entered IS 'Leads that ever entered the stage: won + lost + open';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won IS 'Of those, leads that have entered a stage of kind won since';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost IS 'Of the others, leads whose latest stage is of kind lost';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.open IS 'Leads that are neither at as_of';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_incidence IS 'The share that is won by the longest time observed, by Aalen and Johansen: who is lost can no longer be won, who is open may be. NULL where nobody entered';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where won_incidence is 0 or 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_incidence IS 'The share that is lost by then';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_lower IS 'The lower end of its interval at 95 %, symmetric in log(-log); NULL where lost_incidence is 0 or 1';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.lost_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.still_open IS 'The share that is neither by then';
COMMENT ON COLUMN leadscore.stage_outcome_estimate.median_days_to_won IS 'The time from the first entry by which half of won_incidence is reached: half of those that are won at all. NULL where nobody is won';

CREATE FUNCTION leadscore.stage_outcome_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_transition';
COMMENT ON FUNCTION leadscore.stage_outcome_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregate stage_outcome()';

CREATE FUNCTION leadscore.stage_outcome_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_combine';
COMMENT ON FUNCTION leadscore.stage_outcome_combine(internal, internal) IS 'Part of the aggregate stage_outcome(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_outcome_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_serialize';
COMMENT ON FUNCTION leadscore.stage_outcome_serialize(internal) IS 'Part of the aggregate stage_outcome(): the state as bytes';

CREATE FUNCTION leadscore.stage_outcome_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_deserialize';
COMMENT ON FUNCTION leadscore.stage_outcome_deserialize(bytea, internal) IS 'Part of the aggregate stage_outcome(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_outcome_final(state internal) RETURNS leadscore.stage_outcome_estimate[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_outcome_final';
COMMENT ON FUNCTION leadscore.stage_outcome_final(internal) IS 'Part of the aggregate stage_outcome(): its result';

CREATE AGGREGATE leadscore.stage_outcome(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_outcome_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_outcome_final,
  COMBINEFUNC = leadscore.stage_outcome_combine,
  SERIALFUNC = leadscore.stage_outcome_serialize,
  DESERIALFUNC = leadscore.stage_outcome_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_outcome(leadscore.stage_visit[], text[], timestamptz) IS
'What becomes of the leads that enter a stage, won and lost being outcomes that rule each other out: an array of rows to unnest, one for each open stage; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Time runs from the first entry of the stage to the first won stage after it, else to the entry of the lost stage in which the lead is (the first of several that follow each other), else to as_of; a lost lead that came back is open again. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages or 50000000 entries in a group.';

CREATE TYPE leadscore.stage_transition AS (
  from_stage_no integer,
  to_stage_no integer,
  transitions bigint,
  departures bigint,
  probability double precision,
  lower double precision,
  upper double precision
);
COMMENT ON TYPE leadscore.stage_transition IS 'Where leads go from a stage, as leadscore.stage_transitions() gives it';
COMMENT ON COLUMN leadscore.stage_transition.from_stage_no IS 'The stage that they leave';
COMMENT ON COLUMN leadscore.stage_transition.to_stage_no IS 'The stage that they enter next';
COMMENT ON COLUMN leadscore.stage_transition.transitions IS 'How often they did';
COMMENT ON COLUMN leadscore.stage_transition.departures IS 'How often they left the first stage for any other';
COMMENT ON COLUMN leadscore.stage_transition.probability IS 'transitions / departures';
COMMENT ON COLUMN leadscore.stage_transition.lower IS 'The lower end of the Wilson interval of probability at 95 %';
COMMENT ON COLUMN leadscore.stage_transition.upper IS 'The upper end of the Wilson interval of probability at 95 %';

CREATE TYPE leadscore.stage_forecast_estimate AS (
  stage_no integer,
  expected_visits double precision,
  expected_days_left double precision,
  won_probability double precision,
  lost_probability double precision
);
COMMENT ON TYPE leadscore.stage_forecast_estimate IS 'What is to be expected of a lead that stands in a stage, as leadscore.stage_forecast() gives it. All are NULL where the lead may get to a stage that nobody has left yet, or from which no way leads to an end';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.stage_no IS 'The number of the stage, of kind open or hold';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.expected_visits IS 'How many visits of open stages are to come, the one that lasts included';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.expected_days_left IS 'How many days in open stages and on hold are to come';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.won_probability IS 'The probability to end in a won stage';
COMMENT ON COLUMN leadscore.stage_forecast_estimate.lost_probability IS 'The probability to end in a lost stage';

CREATE FUNCTION leadscore.stage_chain_transition(state internal, visits leadscore.stage_visit[], kinds text[], as_of timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_transition';
COMMENT ON FUNCTION leadscore.stage_chain_transition(internal, leadscore.stage_visit[], text[], timestamptz) IS 'Part of the aggregates stage_transitions() and stage_forecast()';

CREATE FUNCTION leadscore.stage_chain_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_combine';
COMMENT ON FUNCTION leadscore.stage_chain_combine(internal, internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): joins what two processes have collected';

CREATE FUNCTION leadscore.stage_chain_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_serialize';
COMMENT ON FUNCTION leadscore.stage_chain_serialize(internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): the state as bytes';

CREATE FUNCTION leadscore.stage_chain_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_chain_deserialize';
COMMENT ON FUNCTION leadscore.stage_chain_deserialize(bytea, internal) IS 'Part of the aggregates stage_transitions() and stage_forecast(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.stage_transitions_final(state internal) RETURNS leadscore.stage_transition[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_transitions_final';
COMMENT ON FUNCTION leadscore.stage_transitions_final(internal) IS 'Part of the aggregate stage_transitions(): its result';

CREATE FUNCTION leadscore.stage_forecast_final(state internal) RETURNS leadscore.stage_forecast_estimate[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_stage_forecast_final';
COMMENT ON FUNCTION leadscore.stage_forecast_final(internal) IS 'Part of the aggregate stage_forecast(): its result';

CREATE AGGREGATE leadscore.stage_transitions(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_chain_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_transitions_final,
  COMBINEFUNC = leadscore.stage_chain_combine,
  SERIALFUNC = leadscore.stage_chain_serialize,
  DESERIALFUNC = leadscore.stage_chain_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_transitions(leadscore.stage_visit[], text[], timestamptz) IS
'Where leads go from each stage: an array of rows to unnest, one for each pair of stages that has followed each other, by number; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Visits that go on are no departures. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages.';

CREATE AGGREGATE leadscore.stage_forecast(visits leadscore.stage_visit[], kinds text[], as_of timestamptz) (
  SFUNC = leadscore.stage_chain_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.stage_forecast_final,
  COMBINEFUNC = leadscore.stage_chain_combine,
  SERIALFUNC = leadscore.stage_chain_serialize,
  DESERIALFUNC = leadscore.stage_chain_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.stage_forecast(leadscore.stage_visit[], text[], timestamptz) IS
'What is to come for a lead in each stage: an array of rows to unnest, one for each stage that is open or on hold; one row is one lead, with its visits as stage_visits() gives them (NULL: none). Leads move as a Markov chain by the frequencies of stage_transitions(), which ends with the first won or lost stage; a stage lasts the days that all leads have spent in it, those who are there included, for each departure. What happened after as_of is not known yet. kinds has the kind of stage n as element n (open, won, hold or lost; NULL where there is none), the same for all leads: open and won stages, in order, are the ladder; hold and lost stand beside it. Neither the order of rows nor the number of workers matters. NULL for no rows. Raises 22004 if kinds or as_of is NULL, 22023 for a kind that does not exist, a visit of a stage without a kind, an infinite as_of, or arguments that differ within a group, 54000 for more than 64 stages.';
-- One record out of the leads of a cluster: the best value of each column, and where it comes from.
CREATE FUNCTION leadscore.golden_rules(relation regclass, key text, rules jsonb) RETURNS TABLE (column_name text, rule text, value text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  known CONSTANT text[] := ARRAY['latest', 'first', 'longest', 'most_frequent', 'most_trusted', 'max', 'min'];
  given record;
BEGIN
  IF jsonb_typeof(rules) <> 'object' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('rules must be a JSON object, not %s', jsonb_typeof(rules)),
      HINT = 'It names the rules of columns: {"company": "longest", "phone": "most_frequent"}.';
  END IF;
  FOR given IN SELECT r.key AS name, r.value AS rule FROM jsonb_each(rules) AS r LOOP
    PERFORM leadscore.column_type(relation, given.name);
    IF given.name = golden_rules.key THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('column "%s" is the key: it has no rule', given.name);
    END IF;
    IF jsonb_typeof(given.rule) <> 'string' OR given.rule #>> '{}' <> ALL (known) THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('unknown rule %s for column "%s"', given.rule, given.name),
        HINT = format('Rules are %s.', array_to_string(known, ', '));
    END IF;
  END LOOP;
  RETURN QUERY
    SELECT a.attname::text, coalesce(rules ->> a.attname, 'latest'),
      format(CASE
        WHEN t.typcategory = 'S' THEN 'CASE WHEN l.%1$I::text ~ ''[^[:space:]]'' COLLATE "C" THEN l.%1$I::text END'
        WHEN leadscore.column_type(relation, a.attname) = ANY ('{numeric,real,double precision}'::regtype[]::oid[]) THEN 'nullif(l.%1$I, ''NaN'')::text'
        ELSE 'l.%1$I::text' END, a.attname)
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> golden_rules.key
    ORDER BY a.attnum;
END
$$;
COMMENT ON FUNCTION leadscore.golden_rules(regclass, text, jsonb) IS
'Internal: the columns of a relation but the key, in their order, each with its rule and SQL for its value in a row l as text, NULL where there is none. Raises 22023 for rules that are no JSON object, an unknown rule or one for the key, 42703 for one for an unknown column.';

CREATE FUNCTION leadscore.comparable_text(column_name text, columns jsonb, value text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('coalesce(%s)', concat_ws(', ', string_agg(format(r.form, value), ', ' ORDER BY r.i),
    format('lower(btrim(regexp_replace(%s, ''[[:space:]]+'', '' '', ''g'')) COLLATE "default")', value)))
  FROM (VALUES
    (1, 'email', 'leadscore.email_normalize(%s)'),
    (2, 'phone', 'leadscore.phone_normalize(%s, ''RU'')'),
    (3, 'company', 'leadscore.company_normalize(%s)'),
    (4, 'full_name', 'leadscore.name_normalize(%s)'),
    (5, 'first_name', 'leadscore.name_normalize(%s)'),
    (6, 'last_name', 'leadscore.name_normalize(%s)'),
    (7, 'patronymic', 'leadscore.name_normalize(%s)')) AS r (i, role, form)
  WHERE coalesce(columns ->> r.role, r.role) = column_name
$$;
COMMENT ON FUNCTION leadscore.comparable_text(text, jsonb, text) IS
'Internal: SQL for the form in which values of a column are counted, from SQL for such a value as text: the normal form of an address, number, company or name where the column has that role and the value has one, else the text without regard to case and white space';

CREATE FUNCTION leadscore.check_clusters(clusters regclass, relation regclass, key text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  lead text;
BEGIN
  PERFORM leadscore.column_type(clusters, 'lead_id'), leadscore.column_type(clusters, 'cluster_id');
  EXECUTE format('SELECT min(n.lead) FROM (
      SELECT c.lead_id::text COLLATE "C" AS lead FROM %s AS c WHERE c.lead_id IS NOT NULL GROUP BY lead HAVING count(*) > 1) AS n',
    clusters) INTO lead;
  IF lead IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('%s names lead "%s" more than once', clusters, lead),
      HINT = 'A lead belongs to one cluster.';
  END IF;
  EXECUTE format('SELECT min(l.%2$I::text COLLATE "C") FROM %3$s AS l WHERE l.%2$I::text COLLATE "C" IN (
      SELECT c.cluster_id::text COLLATE "C" FROM %1$s AS c EXCEPT SELECT c.lead_id::text COLLATE "C" FROM %1$s AS c WHERE c.cluster_id IS NOT NULL)',
    clusters, key, relation) INTO lead;
  IF lead IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('%s has a cluster "%s", but lead "%2$s" is in none', clusters, lead),
      HINT = 'A lead in no cluster is a cluster of its own, under its key. List this lead, or give the clusters other names.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.check_clusters(regclass, regclass, text) IS
'Internal: raises 22023 if clusters name a lead more than once, or one has the key of a lead that is in none; 42703 for missing columns';

CREATE FUNCTION leadscore.golden_record(relation regclass, key text DEFAULT 'id', clusters regclass DEFAULT NULL, rules jsonb DEFAULT NULL,
  at text DEFAULT 'created_at', source text DEFAULT NULL, sources text[] DEFAULT NULL, columns jsonb DEFAULT NULL)
RETURNS TABLE (cluster_id text, column_name text, value text, lead_id text, rule text, candidates bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10000
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  key_type oid;
  at_type oid;
  time_column text := at;
  role record;
  names text[];
  chosen text[];
  named text := 'leadscore.cluster_duplicates($1, key => $2, columns => $3)';
  read text;
  strengths text;
  best text;
  golden text;
BEGIN
  IF num_nulls(relation, golden_record.key) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'relation and key must not be NULL';
  END IF;
  key_type := leadscore.column_type(relation, golden_record.key);
  IF jsonb_typeof(columns) <> 'object' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('columns must be a JSON object, not %s', jsonb_typeof(columns)),
      HINT = 'It names the columns of roles: {"email": "mail", "phone": "tel"}.';
  END IF;
  FOR role IN SELECT c.value FROM jsonb_each_text(columns) AS c LOOP
    PERFORM leadscore.column_type(relation, role.value);
  END LOOP;

  -- A relation without times needs none: the key, which mostly counts up, tells what came later.
  IF at = 'created_at' THEN
    time_column := coalesce(columns ->> 'created_at', (SELECT a.attname::text FROM pg_attribute AS a
      WHERE a.attrelid = relation AND a.attname = 'created_at' AND a.attnum > 0 AND NOT a.attisdropped));
  END IF;
  at_type := leadscore.column_type(relation, time_column);
  IF at_type <> ALL ('{date,timestamp,timestamptz}'::regtype[]::oid[]) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'datatype_mismatch',
      MESSAGE = format('time column "%s" is of type %s', time_column, format_type(at_type, NULL)),
      HINT = 'The time of a lead is a date or a timestamp. With at => NULL the order of the keys takes its place.';
  END IF;

  PERFORM leadscore.column_type(relation, source);
  -- The merit of a lead in a column is one number: how well the rule likes its value, then its place in time. Columns whose
  -- rule needs no window of its own, as latest, share one sort.
  SELECT array_agg(r.column_name), array_agg(r.rule),
    string_agg(format('%s COLLATE "C" AS value_%s', r.value, r.i), ', ' ORDER BY r.i)
      || string_agg(CASE WHEN r.rule IN ('max', 'min') THEN format(', l.%I AS typed_%s', r.column_name, r.i) ELSE '' END, '' ORDER BY r.i),
    string_agg(', ' || r.strength || ' AS strength_' || r.i, '' ORDER BY r.i),
    string_agg(format('max(%s) FILTER (WHERE p.value_%s IS NOT NULL) OVER cluster', r.merit, r.i), ', ' ORDER BY r.i),
    format('array[%s], array[%s], array[%s]',
      string_agg(format('max(p.value_%s) FILTER (WHERE %s = p.best[%1$s])', r.i, r.merit), ', ' ORDER BY r.i),
      string_agg(format('max(p.lead_id) FILTER (WHERE p.value_%s IS NOT NULL AND %s = p.best[%1$s])', r.i, r.merit), ', ' ORDER BY r.i),
      string_agg(format('count(p.value_%s)', r.i), ', ' ORDER BY r.i))
  INTO names, chosen, read, strengths, best, golden
  FROM (
    SELECT c.*,
      CASE c.rule
        WHEN 'longest' THEN format('length(regexp_replace(m.value_%s, ''[[:space:]]+'', '''', ''g''))', c.i)
        WHEN 'most_frequent' THEN format('count(*) OVER (PARTITION BY m.cluster_id, %s)',
          leadscore.comparable_text(c.column_name, columns, format('m.value_%s', c.i)))
        WHEN 'most_trusted' THEN 'm.trust'
        WHEN 'max' THEN format('dense_rank() OVER (PARTITION BY m.cluster_id ORDER BY m.typed_%s)', c.i)
        WHEN 'min' THEN format('-dense_rank() OVER (PARTITION BY m.cluster_id ORDER BY m.typed_%s)', c.i)
      END AS strength,
      CASE c.rule WHEN 'latest' THEN 'p.place' WHEN 'first' THEN '-p.place'
        ELSE format('(p.strength_%s * 4294967296 + p.place)', c.i) END AS merit
    FROM leadscore.golden_rules(relation, golden_record.key, rules) WITH ORDINALITY AS c (column_name, rule, value, i)) AS r;
  IF 'most_trusted' = ANY (chosen) AND (source IS NULL OR coalesce(cardinality(sources), 0) = 0) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'the rule most_trusted needs source and sources',
      HINT = 'They are a column and its values, the best first: source => ''channel'', sources => ARRAY[''crm'', ''form''].';
  END IF;
  IF clusters IS NOT NULL THEN
    PERFORM leadscore.check_clusters(clusters, relation, golden_record.key);
    named := clusters::text;
  END IF;
  IF names IS NULL THEN
    RETURN;
  END IF;

  RETURN QUERY EXECUTE format($query$
    WITH named AS (
      SELECT c.lead_id::text COLLATE "C" AS lead_id, c.cluster_id::text COLLATE "C" AS cluster_id FROM %1$s AS c),
    member AS (
      SELECT coalesce(c.cluster_id, l.%2$I::text COLLATE "C") AS cluster_id, l.%2$I::text COLLATE "C" AS lead_id,
        %3$s AS at, %4$s AS key, %5$s AS trust, %6$s
      FROM %7$s AS l LEFT JOIN named AS c ON c.lead_id = l.%2$I::text COLLATE "C"
      WHERE l.%2$I::text IS NOT NULL),
    placed AS (
      SELECT m.*, rank() OVER (PARTITION BY m.cluster_id ORDER BY m.at NULLS FIRST, m.key, m.lead_id) AS place%8$s
      FROM member AS m),
    judged AS (
      SELECT p.*, array[%9$s] AS best FROM placed AS p WINDOW cluster AS (PARTITION BY p.cluster_id)),
    golden (cluster_id, value, lead_id, candidates) AS (
      SELECT p.cluster_id, %10$s FROM judged AS p GROUP BY p.cluster_id)
    SELECT g.cluster_id, c.name, g.value[c.i], g.lead_id[c.i], c.rule, g.candidates[c.i]
    FROM golden AS g CROSS JOIN unnest($4, $5) WITH ORDINALITY AS c (name, rule, i)
    ORDER BY g.cluster_id, c.i $query$,
    named, golden_record.key,
    CASE WHEN time_column IS NULL THEN 'NULL::date' ELSE format('l.%I', time_column) END,
    -- Keys that are text go by code point, as lead_id does, in any database; others in the order of their type.
    CASE WHEN (SELECT t.typcategory = 'S' FROM pg_type AS t WHERE t.oid = key_type) THEN 'NULL::text' ELSE format('l.%I', golden_record.key) END,
    CASE WHEN 'most_trusted' = ANY (chosen)
      THEN format('-coalesce(array_position($6, l.%I::text COLLATE "C"), cardinality($6) + 1)', source) ELSE 'NULL::integer' END,
    read, relation, coalesce(strengths, ''), best, golden)
  USING relation, golden_record.key, columns, names, chosen, ARRAY(SELECT unnest(sources));
END
$$;
COMMENT ON FUNCTION leadscore.golden_record(regclass, text, regclass, jsonb, text, text, text[], jsonb) IS
'The best value of each column but the key in each cluster of duplicates, as text, with the lead it comes from, the rule, and how many leads of the cluster have a value: one row a cluster and column, in the order of clusters (by code point) and columns; value and lead_id are NULL where no lead has a value (NULL, blank text and NaN are none). key: the column that identifies leads (rows where it is NULL are left out). clusters: a relation with lead_id and cluster_id; leads that it does not list are clusters of their own, under their keys; NULL takes those of leadscore.cluster_duplicates(relation, key => key, columns => columns). rules: {"column": rule}, the rule being latest (the default), first, longest (white space not counted), most_frequent (e-mails, phones, companies and names in their normal forms, by columns as in cluster_duplicates(); else without regard to case and white space), most_trusted (the column source has the value that comes first in sources, others last), max or min (in the order of the column''s type). Among equals the latest wins: by at (a date or timestamp, NULL before all; by default created_at, or what columns has for it, if the relation has one), then by key. Raises 22004 for a NULL relation or key, 22023 for rules or columns that are no JSON objects, unknown rules, a rule for the key, most_trusted without source and sources, clusters that list a lead twice or have the key of a lead they do not list; 42703 for unknown columns, 42804 for a time that is none, 42883 for max or min of a type without an order.';
-- How far leads get through a funnel, when, and why no further.
CREATE TYPE leadscore.funnel_outcome AS (
  level int,
  started_at timestamptz,
  reached_at timestamptz,
  closes_at timestamptz,
  stopped_by text,
  stopped_at timestamptz,
  open_until timestamptz
);
COMMENT ON TYPE leadscore.funnel_outcome IS 'How far a lead got through a funnel and why no further, as leadscore.funnel_outcome() gives it';
COMMENT ON COLUMN leadscore.funnel_outcome.level IS 'The length of the longest chain: the step that was reached; 0 is none, and all else is NULL then';
COMMENT ON COLUMN leadscore.funnel_outcome.started_at IS 'When its first step happened: of the longest chains this is one that started latest';
COMMENT ON COLUMN leadscore.funnel_outcome.reached_at IS 'When its last step happened';
COMMENT ON COLUMN leadscore.funnel_outcome.closes_at IS 'The last instant of its window, started_at + within; infinity beyond the last timestamp there is';
COMMENT ON COLUMN leadscore.funnel_outcome.stopped_by IS 'What a strict mode ended the funnel for: intruder (strict_order: an event that fits nowhere) or repeat (strict_deduplication: a step that came again); NULL if nothing did';
COMMENT ON COLUMN leadscore.funnel_outcome.stopped_at IS 'When that was; NULL if nothing did';
COMMENT ON COLUMN leadscore.funnel_outcome.open_until IS 'The last instant at which any chain, also one that started later, could get further; NULL if a strict mode ended the funnel';

CREATE FUNCTION leadscore.funnel_status(outcome leadscore.funnel_outcome, steps int, as_of timestamptz DEFAULT now()) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN steps IS NULL THEN NULL
      WHEN outcome.level >= steps THEN 'converted'
      WHEN outcome.level = 0 THEN 'not_started'
      WHEN outcome.stopped_by IS NOT NULL THEN outcome.stopped_by
      WHEN outcome.open_until >= as_of THEN 'pending'
      WHEN outcome.open_until < as_of THEN 'expired'
    END
$$;
COMMENT ON FUNCTION leadscore.funnel_status(leadscore.funnel_outcome, int, timestamptz) IS
'What became of a lead in a funnel of so many steps, at a time: converted, pending (its window is still open), expired (it closed), intruder or repeat (a strict mode ended it), not_started (no first step). NULL if the outcome or steps is; without as_of where the clock would decide.';

CREATE FUNCTION leadscore.funnel_step_transition(state internal, within interval, mode text, at timestamptz, step int) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_step_transition';
COMMENT ON FUNCTION leadscore.funnel_step_transition(internal, interval, text, timestamptz, int) IS 'Part of the aggregates window_funnel(), funnel_times() and funnel_outcome()';

CREATE FUNCTION leadscore.funnel_steps_transition(state internal, within interval, mode text, at timestamptz, steps boolean[]) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_steps_transition';
COMMENT ON FUNCTION leadscore.funnel_steps_transition(internal, interval, text, timestamptz, boolean[]) IS 'Part of the aggregates window_funnel(), funnel_times() and funnel_outcome()';

CREATE FUNCTION leadscore.funnel_mask_transition(state internal, within interval, mode text, at timestamptz, mask bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_mask_transition';
COMMENT ON FUNCTION leadscore.funnel_mask_transition(internal, interval, text, timestamptz, bigint) IS 'Part of the aggregates window_funnel_mask(), funnel_times_mask() and funnel_outcome_mask()';

CREATE FUNCTION leadscore.funnel_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_combine';
COMMENT ON FUNCTION leadscore.funnel_combine(internal, internal) IS 'Part of the aggregates over funnels: joins the events that two processes have gathered';

CREATE FUNCTION leadscore.funnel_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_serialize';
COMMENT ON FUNCTION leadscore.funnel_serialize(internal) IS 'Part of the aggregates over funnels: the state as bytes';

CREATE FUNCTION leadscore.funnel_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_deserialize';
COMMENT ON FUNCTION leadscore.funnel_deserialize(bytea, internal) IS 'Part of the aggregates over funnels: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.window_funnel_final(state internal) RETURNS int
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_final';
COMMENT ON FUNCTION leadscore.window_funnel_final(internal) IS 'Part of the aggregates window_funnel() and window_funnel_mask(): their result';

CREATE FUNCTION leadscore.funnel_times_final(state internal) RETURNS timestamptz[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_times_final';
COMMENT ON FUNCTION leadscore.funnel_times_final(internal) IS 'Part of the aggregates funnel_times() and funnel_times_mask(): their result';

CREATE FUNCTION leadscore.funnel_outcome_final(state internal) RETURNS leadscore.funnel_outcome
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_funnel_outcome_final';
COMMENT ON FUNCTION leadscore.funnel_outcome_final(internal) IS 'Part of the aggregates funnel_outcome() and funnel_outcome_mask(): their result';

CREATE AGGREGATE leadscore.window_funnel(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel(interval, text, timestamptz, int) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, \u2026 in order and within a window of time; 0 if there is none. Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.window_funnel(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel(interval, text, timestamptz, VARIADIC boolean[]) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, \u2026 in order and within a window of time; 0 if there is none. Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.window_funnel_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.window_funnel_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_mask(interval, text, timestamptz, bigint) IS
'How far a lead got through a funnel: the length of the longest chain of events that are step 1, step 2, \u2026 in order and within a window of time; 0 if there is none. Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times(interval, text, timestamptz, int) IS
'When each step of the chain that window_funnel() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times(interval, text, timestamptz, VARIADIC boolean[]) IS
'When each step of the chain that window_funnel() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_times_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_times_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_times_mask(interval, text, timestamptz, bigint) IS
'When each step of the chain that window_funnel_mask() measures happened: of the longest chains the one that started latest, each of its steps as early as can be; empty if there is none. Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.funnel_step_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome(interval, text, timestamptz, int) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times(). Of each event: when it was, and the step that it is, from 1 to 64; 0 or NULL is an event that is no step. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, a step that is negative or above 64, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome(within interval, mode text, at timestamptz, VARIADIC steps boolean[]) (
  SFUNC = leadscore.funnel_steps_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome(interval, text, timestamptz, VARIADIC boolean[]) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times(). Of each event: when it was, and whether it is each step, at most 64; it may be several, and NULL is no. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 64 steps or 50000000 events in a group.';

CREATE AGGREGATE leadscore.funnel_outcome_mask(within interval, mode text, at timestamptz, mask bigint) (
  SFUNC = leadscore.funnel_mask_transition,
  STYPE = internal,
  SSPACE = 256,
  FINALFUNC = leadscore.funnel_outcome_final,
  COMBINEFUNC = leadscore.funnel_combine,
  SERIALFUNC = leadscore.funnel_serialize,
  DESERIALFUNC = leadscore.funnel_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.funnel_outcome_mask(interval, text, timestamptz, bigint) IS
'How far a lead got through a funnel, and why no further: see the columns of the type, and funnel_status(). The chain is that of funnel_times_mask(). Of each event: when it was, and the steps that it is as bits, step 1 the lowest; it may be several, and NULL is none. An event is within the window if it is not later than the first step of its chain plus within: the end counts. mode is a list of default, strict_order, strict_deduplication, strict_once, strict_increase, separated by commas. Rows without a time are ignored; the same in any order of rows and on any number of workers. Raises 22004 if within or mode is NULL; 22023 for a negative window, one with months, an unknown mode, or if rows differ in within or mode; 54000 for more than 50000000 events in a group.';

CREATE FUNCTION leadscore.window_funnel_ordered_transition(state internal, within interval, mode text, at timestamptz, step int) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_ordered_transition';
COMMENT ON FUNCTION leadscore.window_funnel_ordered_transition(internal, interval, text, timestamptz, int) IS 'Part of the aggregate window_funnel_ordered()';

CREATE FUNCTION leadscore.window_funnel_ordered_final(state internal) RETURNS int
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_window_funnel_ordered_final';
COMMENT ON FUNCTION leadscore.window_funnel_ordered_final(internal) IS 'Part of the aggregate window_funnel_ordered(): its result';

CREATE AGGREGATE leadscore.window_funnel_ordered(within interval, mode text, at timestamptz, step int) (
  SFUNC = leadscore.window_funnel_ordered_transition,
  STYPE = internal,
  SSPACE = 1024,
  FINALFUNC = leadscore.window_funnel_ordered_final,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.window_funnel_ordered(interval, text, timestamptz, int) IS
'window_funnel() for events that come in the order of time, as from a subquery that is sorted or an index: it keeps a few hundred bytes whatever their number. Events of one time may come in any order. Raises 22023 if one is earlier than the one before, and as window_funnel() does.';
-- Which channel earned the conversions: touches, the paths they make, and credit for the channels by eight models.
CREATE TYPE leadscore.touch AS (
  channel text,
  touched_at timestamptz
);
COMMENT ON TYPE leadscore.touch IS 'Somebody came by a channel: an element of the paths that leadscore.touches() collects and leadscore.attribution() judges';
COMMENT ON COLUMN leadscore.touch.channel IS 'Any name; ''direct'' means that nothing is known of how they came, to the model last_non_direct';
COMMENT ON COLUMN leadscore.touch.touched_at IS 'When';

CREATE TYPE leadscore.attribution AS (
  channel text,
  conversions_credit double precision,
  value_credit double precision,
  share double precision,
  removal_effect double precision,
  journeys bigint,
  converted_journeys bigint
);
COMMENT ON TYPE leadscore.attribution IS 'What a channel has earned, as leadscore.attribution() gives it';
COMMENT ON COLUMN leadscore.attribution.channel IS 'The channel; NULL for conversions that no touch led to';
COMMENT ON COLUMN leadscore.attribution.conversions_credit IS 'How many conversions are credited to the channel, in fractions; over all rows they sum up to the number of conversions exactly, in any order';
COMMENT ON COLUMN leadscore.attribution.value_credit IS 'How much of the value of the conversions is credited to it; without values the same as conversions_credit';
COMMENT ON COLUMN leadscore.attribution.share IS 'conversions_credit over all conversions, between 0 and 1; NULL without conversions';
COMMENT ON COLUMN leadscore.attribution.removal_effect IS 'By the model markov, the part of the conversions that touches led to that would be lost if every journey ended where it comes to the channel, between 0 and 1; NULL by other models and without such conversions';
COMMENT ON COLUMN leadscore.attribution.journeys IS 'How many journeys, converted or not, have a touch of the channel';
COMMENT ON COLUMN leadscore.attribution.converted_journeys IS 'How many of them converted';

CREATE FUNCTION leadscore.touches_transition(state internal, channel text, touched_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_transition';
COMMENT ON FUNCTION leadscore.touches_transition(internal, text, timestamptz) IS 'Part of the aggregate touches()';

CREATE FUNCTION leadscore.touches_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_combine';
COMMENT ON FUNCTION leadscore.touches_combine(internal, internal) IS 'Part of the aggregate touches(): joins what two processes have collected';

CREATE FUNCTION leadscore.touches_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_serialize';
COMMENT ON FUNCTION leadscore.touches_serialize(internal) IS 'Part of the aggregate touches(): the state as bytes';

CREATE FUNCTION leadscore.touches_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_deserialize';
COMMENT ON FUNCTION leadscore.touches_deserialize(bytea, internal) IS 'Part of the aggregate touches(): the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.touches_final(state internal) RETURNS leadscore.touch[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_touches_final';
COMMENT ON FUNCTION leadscore.touches_final(internal) IS 'Part of the aggregate touches(): its result';

CREATE AGGREGATE leadscore.touches(channel text, touched_at timestamptz) (
  SFUNC = leadscore.touches_transition,
  STYPE = internal,
  SSPACE = 512,
  FINALFUNC = leadscore.touches_final,
  COMBINEFUNC = leadscore.touches_combine,
  SERIALFUNC = leadscore.touches_serialize,
  DESERIALFUNC = leadscore.touches_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.touches(text, timestamptz) IS
'The touches of a lead as an array of leadscore.touch, ordered by time and, of one time, by the bytes of the channel (COLLATE "C"). Rows whose channel or time is NULL and times that are infinite are left out; NULL without others. Equal touches are all kept. Neither the order of rows nor the number of workers matters. 16 bytes of memory a touch and its channel. Raises 54000 for more than 10000000 touches in a group and for channels of more than 256 MB together.';

CREATE FUNCTION leadscore.attributable(touches leadscore.touch[], converted_at timestamptz, look_back interval DEFAULT '90 days', excluded text[] DEFAULT '{}', collapse_repeats boolean DEFAULT false) RETURNS leadscore.touch[]
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'leadscore_attributable';
COMMENT ON FUNCTION leadscore.attributable(leadscore.touch[], timestamptz, interval, text[], boolean) IS
'The touches that may have earned a conversion, ordered as by touches(): those not later than it, and not earlier than look_back before it, whose start is included. Where converted_at is NULL or infinite there is no conversion: the path ends with the last touch and look_back counts from there. Then touches of excluded channels are left out, then, with collapse_repeats, those of the same channel as the one before, so that the first of a run stays with its time. A day of look_back has 24 hours in any time zone; a NULL look_back goes back for ever; a NULL excluded excludes none, and so do NULLs in it. Touches that are NULL or have no channel or no finite time are left out. NULL for NULL touches, an empty array if none is left. Raises 22004 for a NULL collapse_repeats, 22023 for a look_back that is negative or in months or years.';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz, value double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz, double precision) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_transition(state internal, model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_transition';
COMMENT ON FUNCTION leadscore.attribution_transition(internal, text, leadscore.touch[], timestamptz, double precision, interval) IS 'Part of the aggregates attribution() and attribution_partial()';

CREATE FUNCTION leadscore.attribution_merge_transition(state internal, part bytea) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_merge_transition';
COMMENT ON FUNCTION leadscore.attribution_merge_transition(internal, bytea) IS 'Part of the aggregate attribution_merge()';

CREATE FUNCTION leadscore.attribution_combine(state internal, other internal) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_combine';
COMMENT ON FUNCTION leadscore.attribution_combine(internal, internal) IS 'Part of the aggregates of attribution: joins what two processes have collected';

CREATE FUNCTION leadscore.attribution_serialize(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_serialize';
COMMENT ON FUNCTION leadscore.attribution_serialize(internal) IS 'Part of the aggregates of attribution: the state as bytes';

CREATE FUNCTION leadscore.attribution_deserialize(bytes bytea, state internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_deserialize';
COMMENT ON FUNCTION leadscore.attribution_deserialize(bytea, internal) IS 'Part of the aggregates of attribution: the state of such bytes. Raises 22P03 for others';

CREATE FUNCTION leadscore.attribution_final(state internal) RETURNS leadscore.attribution[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_attribution_final';
COMMENT ON FUNCTION leadscore.attribution_final(internal) IS 'Part of the aggregates attribution() and attribution_merge(): their result';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz) IS
'Which channels earned the conversions: an array of rows to unnest, one for each channel, the greatest credit first and equal credit by the bytes of the channel, and last, with a NULL channel, one for the conversions that no touch led to, if there are any. Each row of the input is the journey of one lead: its touches, in any order, and when it converted, NULL (or infinite) if it did not. A NULL array has no touches; touches that are NULL, have no channel or no finite time, or are later than the conversion do not count. The models: first, last, last_non_direct (the last touch of another channel than ''direct'', if there is one), linear (each touch the same), position (40 % the first, 40 % the last, the rest those between; of two touches each a half), time_decay (by age, halving in 7 days), shapley (each distinct channel of the journey the same), and markov (what removing the channel from the order-1 Markov chain of all journeys, those that did not convert too, would cost, solved exactly). NULL without rows. The credits sum up to the conversions exactly, in whatever order; neither the order of rows nor the number of workers changes a bit. Raises 22004 for a NULL model, 22023 for an unknown one and for models that differ within a group, 54000 for more than 100000 channels (markov: 1000) in a group and for channels of more than 64 MB together.';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz, value double precision) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz, double precision) IS
'As attribution(model, touches, converted_at), with the value of each conversion, such as its revenue, which is split in the same proportions: value_credit. A NULL value is 0; negative values, such as refunds, count as such; values of journeys that did not convert do not count. The value credits sum up to the total value rounded to double precision, exactly and in whatever order; if some credits are negative and others not, to the total rounded at the 52nd binary place of the sum of their magnitudes. Raises 22023 for a value that is infinite or NaN, 22003 for values beyond the range of double precision together, and what the other form raises.';

CREATE AGGREGATE leadscore.attribution(model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution(text, leadscore.touch[], timestamptz, double precision, interval) IS
'As attribution(model, touches, converted_at, value), with the half-life of the model time_decay; other models ignore it. As by heat() a day has 24 hours and a month 30 days. Raises 22004 for a NULL half-life, 22023 for one that is not longer than zero or longer than 100000 years or that differs within a group, and what the other forms raise.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz) IS
'A part of attribution(model, touches, converted_at), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz, value double precision) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz, double precision) IS
'A part of attribution(model, touches, converted_at, value), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_partial(model text, touches leadscore.touch[], converted_at timestamptz, value double precision, half_life interval) (
  SFUNC = leadscore.attribution_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_serialize,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_partial(text, leadscore.touch[], timestamptz, double precision, interval) IS
'A part of attribution(model, touches, converted_at, value, half_life), to be joined by attribution_merge(): for the rows of one partition or server. NULL without rows. Raises what attribution() raises.';

CREATE AGGREGATE leadscore.attribution_merge(part bytea) (
  SFUNC = leadscore.attribution_merge_transition,
  STYPE = internal,
  SSPACE = 4096,
  FINALFUNC = leadscore.attribution_final,
  COMBINEFUNC = leadscore.attribution_combine,
  SERIALFUNC = leadscore.attribution_serialize,
  DESERIALFUNC = leadscore.attribution_deserialize,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.attribution_merge(bytea) IS
'The attribution() of all rows whose parts attribution_partial() made, to the last bit, of databases of one encoding. NULL parts are ignored; NULL without others. Raises 22P03 for bytes that are no part, 22023 for parts of different models or half-lives, or of which only some have values, 54000 as attribution() does.';
-- What calibrate() counts: leads and customers of each value, bin, condition and criterion.
CREATE FUNCTION leadscore.column_type(relation regclass, column_name text) RETURNS oid
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  type oid := (SELECT a.atttypid FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
  base oid;
BEGIN
  IF type IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_column',
      MESSAGE = format('relation %s has no column "%s"', relation, column_name),
      HINT = 'Columns are named as they are stored: without quotes, upper and lower case as in \d.';
  END IF;
  LOOP
    SELECT nullif(t.typbasetype, 0) INTO base FROM pg_type AS t WHERE t.oid = type;
    EXIT WHEN base IS NULL;
    type := base;
  END LOOP;
  RETURN type;
END
$$;
COMMENT ON FUNCTION leadscore.column_type(regclass, text) IS
'Internal: the type of a column, below its domains. Raises 42703 if there is no such column.';

CREATE FUNCTION leadscore.closed_leads(relation regclass, outcome text, at text, since timestamptz, until timestamptz,
  mature_after interval, outcome_at text, as_of timestamptz, OUT won text, OUT counted text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
AS $$
DECLARE
  type oid := leadscore.column_type(relation, outcome);
  time_column text;
BEGIN
  IF type = 'boolean'::regtype THEN
    won := format('l.%I', outcome);
    counted := won || ' IS NOT NULL';
  ELSIF type = ANY ('{smallint,integer,bigint,numeric,real,double precision}'::regtype[]::oid[]) THEN
    won := format('l.%I = 1', outcome);
    counted := format('l.%I IN (0, 1)', outcome);
  ELSE
    RAISE EXCEPTION USING
      ERRCODE = 'datatype_mismatch',
      MESSAGE = format('outcome column "%s" is of type %s', outcome, format_type(type, NULL)),
      HINT = 'The outcome is a column that is boolean or 0 and 1: true or 1 for a customer, NULL while the lead is open. A view can compute one.';
  END IF;
  IF at IS NULL AND (since IS NOT NULL OR until IS NOT NULL OR mature_after IS NOT NULL) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'a period and an age need the time of the leads',
      HINT = 'Name the column that has it: at => ''created_at''.';
  END IF;
  FOREACH time_column IN ARRAY ARRAY[at, outcome_at] LOOP
    type := leadscore.column_type(relation, time_column);
    IF type <> ALL ('{date,timestamp,timestamptz}'::regtype[]::oid[]) THEN
      RAISE EXCEPTION USING
        ERRCODE = 'datatype_mismatch',
        MESSAGE = format('time column "%s" is of type %s', time_column, format_type(type, NULL)),
        HINT = 'The time of a lead is a date or a timestamp.';
    END IF;
  END LOOP;
  counted := counted
    || CASE WHEN outcome_at IS NULL THEN '' ELSE format(' AND (l.%I IS NULL OR l.%1$I::timestamptz <= %2$L)', outcome_at, as_of) END
    || CASE WHEN at IS NULL THEN '' ELSE format(' AND l.%I::timestamptz <= %L', at, as_of)
        || CASE WHEN since IS NULL THEN '' ELSE format(' AND l.%I::timestamptz >= %L', at, since) END
        || CASE WHEN until IS NULL THEN '' ELSE format(' AND l.%I::timestamptz < %L', at, until) END
        || CASE WHEN mature_after IS NULL THEN ''
          ELSE format(' AND l.%I::timestamptz + %L::interval <= %L', at, mature_after, as_of) END
      END;
END
$$;
COMMENT ON FUNCTION leadscore.closed_leads(regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Internal: SQL over a row l for whether a lead is a customer, and for whether it counts: closed, within the period, known at as_of, and old enough. Raises 42703 for an unknown column, 42804 for one of another type, 22023 for a period without the column of time.';

CREATE FUNCTION leadscore.place_document(conditions text[], time_zone text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object('format', 1,
    'model', jsonb_build_object('time_zone', time_zone, 'scale', 'clamp', 'lower', 0, 'upper', cardinality(conditions)),
    'criteria', jsonb_agg(jsonb_build_object('criterion', c.place::text, 'attribute', 'place', 'condition', c.condition,
      'points', c.place::text) ORDER BY c.place))
  FROM unnest(conditions) WITH ORDINALITY AS c (condition, place)
$$;
COMMENT ON FUNCTION leadscore.place_document(text[], text) IS
'Internal: a model whose score is the place of the first of the conditions that holds, 0 if none does';

CREATE FUNCTION leadscore.bin_edges(relation regclass, columns text[], counted text, buckets integer) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
DECLARE
  quantiles text;
  few text[];
  edges jsonb;
  values_of jsonb;
BEGIN
  IF buckets NOT BETWEEN 2 AND 100 THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'buckets must lie between 2 and 100';
  END IF;
  IF columns = '{}' THEN
    RETURN '{}';
  END IF;
  SELECT format('%L::double precision[]', array_agg(i / buckets::double precision ORDER BY i)) INTO quantiles FROM generate_series(1, buckets - 1) AS i;
  EXECUTE (SELECT format('SELECT jsonb_object_agg(v.name, v.edges), coalesce(array_agg(v.name) FILTER (WHERE v.number <= %s), ''{}'')
      FROM (SELECT %s FROM %s AS l WHERE %s) AS s CROSS JOIN LATERAL (VALUES %s) AS v (name, number, edges)',
    buckets,
    string_agg(format('percentile_disc(%s) WITHIN GROUP (ORDER BY l.%I) AS edges_%s, max(l.%2$I) AS last_%3$s, count(DISTINCT l.%2$I) AS number_%3$s',
      quantiles, c.name, c.i), ', '), relation, counted,
    string_agg(format('(%L, s.number_%s, ARRAY(SELECT DISTINCT e FROM unnest(s.edges_%2$s) AS e WHERE e < s.last_%2$s ORDER BY e)::text[])',
      c.name, c.i), ', '))
    FROM unnest(columns) WITH ORDINALITY AS c (name, i)) INTO edges, few;
  IF few <> '{}' THEN
    EXECUTE (SELECT format('SELECT jsonb_object_agg(v.name, v.edges) FROM (SELECT %s FROM %s AS l WHERE %s) AS s CROSS JOIN LATERAL (VALUES %s) AS v (name, edges)',
      string_agg(format('array_agg(DISTINCT l.%I ORDER BY l.%1$I) FILTER (WHERE l.%1$I IS NOT NULL) AS values_%2$s', c.name, c.i), ', '),
      relation, counted,
      string_agg(format('(%L, trim_array(s.values_%s, 1)::text[])', c.name, c.i), ', '))
      FROM unnest(few) WITH ORDINALITY AS c (name, i)) INTO values_of;
    edges := edges || values_of;
  END IF;
  RETURN edges;
END
$$;
COMMENT ON FUNCTION leadscore.bin_edges(regclass, text[], text, integer) IS
'Internal: for each column the upper edges of its bins but the last, as text, ascending: its values where there are no more than buckets of them, else its quantiles. Equal values are never parted. Raises 22023 for fewer than 2 buckets and more than 100.';

CREATE FUNCTION leadscore.column_reference(column_name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN column_name IN ('as_of', 'engagement', 'is_duplicate', 'lead') THEN 'lead.' ELSE '' END || quote_ident(column_name)
$$;
COMMENT ON FUNCTION leadscore.column_reference(text) IS
'Internal: how a condition names a column: quoted where it must be, as lead.column where a derived value has its name';

CREATE FUNCTION leadscore.bin_condition(column_name text, type oid, low text, high text, OUT value text, OUT condition text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- Quoted, a constant takes the type of the column; numbers that need no such help are written as people do.
  quoted CONSTANT boolean := type <> ALL ('{smallint,integer,bigint,numeric,double precision}'::regtype[]::oid[]);
  low_constant text := CASE WHEN quoted OR low !~ '^-?[0-9]+([.][0-9]+)?$' THEN quote_literal(low) ELSE low END;
  high_constant text := CASE WHEN quoted OR high !~ '^-?[0-9]+([.][0-9]+)?$' THEN quote_literal(high) ELSE high END;
BEGIN
  value := coalesce(nullif(concat_ws(', ', '> ' || low, '<= ' || high), ''), 'any');
  condition := coalesce(nullif(concat_ws(' AND ', leadscore.column_reference(column_name) || ' > ' || low_constant, leadscore.column_reference(column_name) || ' <= ' || high_constant), ''),
    leadscore.column_reference(column_name) || ' IS NOT NULL');
END
$$;
COMMENT ON FUNCTION leadscore.bin_condition(text, oid, text, text) IS
'Internal: the name and the condition of the bin above low, up to high; NULL: unbounded';

CREATE FUNCTION leadscore.calibration_cells(relation regclass, outcome text, attributes text[], conditions text[], model text,
  at text, since timestamptz, until timestamptz, mature_after interval, outcome_at text, as_of timestamptz,
  buckets integer, min_leads bigint,
  OUT item integer, OUT source text, OUT attribute text, OUT value text, OUT condition text, OUT leads bigint,
  OUT customers bigint, OUT is_rest boolean)
RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  binned_types CONSTANT oid[] := '{smallint,integer,bigint,numeric,real,double precision,date,timestamp,timestamptz,interval,time}'::regtype[]::oid[];
  won text;
  counted text;
  type oid;
  plain boolean;
  name text;
  edges jsonb;
  uppers text[];
  found record;
  -- What is counted: one row an attribute or condition.
  items jsonb[] := '{}';
  places text[] := '{}';
  texts text[] := '{}';
  current jsonb;
  literal text;
  kept text[];
  low text;
  held_low text;
  held_high text;
  held_leads bigint;
  held_customers bigint;
  open_leads bigint;
  open_customers bigint;
  wrong bigint;
BEGIN
  SELECT c.won, c.counted INTO won, counted
  FROM leadscore.closed_leads(relation, outcome, at, since, until, mature_after, outcome_at, as_of) AS c;

  FOR found IN SELECT a.name, min(a.position) AS position FROM unnest(attributes) WITH ORDINALITY AS a (name, position) GROUP BY a.name ORDER BY 2 LOOP
    IF found.name IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'an attribute has no name';
    END IF;
    type := leadscore.column_type(relation, found.name);
    IF found.name = outcome OR found.name = outcome_at THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('column "%s" is the outcome: it says nothing of a lead that is still open', found.name);
    END IF;
    items := items || jsonb_build_object('source', CASE WHEN type = ANY (binned_types) THEN 'bins' ELSE 'values' END,
      'name', found.name, 'type', type::bigint);
  END LOOP;
  FOR found IN SELECT c.condition FROM unnest(conditions) WITH ORDINALITY AS c (condition, position) ORDER BY c.position LOOP
    IF found.condition IS NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed', MESSAGE = 'a condition is NULL';
    END IF;
    PERFORM leadscore.expression_columns(found.condition);
    items := items || jsonb_build_object('source', 'condition', 'names', jsonb_build_array('true'),
      'name', found.condition, 'conditions', jsonb_build_array(found.condition), 'time_zone', 'UTC');
  END LOOP;
  IF model IS NOT NULL THEN
    PERFORM leadscore.export_model(model);
    items := items || ARRAY(
      SELECT jsonb_build_object('source', 'criterion', 'name', coalesce(c.attribute, c.criterion),
        'names', jsonb_agg(c.criterion ORDER BY c.ord, c.criterion), 'conditions', jsonb_agg(c.condition ORDER BY c.ord, c.criterion),
        'time_zone', m.time_zone)
      FROM leadscore.criterion AS c JOIN leadscore.model AS m ON m.model = c.model
      WHERE c.model = calibration_cells.model AND c.enabled
      GROUP BY c.attribute, CASE WHEN c.attribute IS NULL THEN c.criterion END, coalesce(c.attribute, c.criterion), m.time_zone
      ORDER BY min(c.ord), min(c.criterion));
  END IF;
  IF items = '{}' THEN
    RETURN;
  END IF;

  IF leadscore.column_type(relation, outcome) <> 'boolean'::regtype THEN
    EXECUTE format('SELECT count(*) FROM %s AS l WHERE l.%I NOT IN (0, 1)', relation, outcome) INTO wrong;
    IF wrong > 0 THEN
      RAISE EXCEPTION USING
        ERRCODE = 'invalid_parameter_value',
        MESSAGE = format('outcome column "%s" is neither 0 nor 1 in %s leads', outcome, wrong),
        HINT = 'The outcome is 1 for a customer, 0 for a lead that is lost, NULL while the lead is open.';
    END IF;
  END IF;
  edges := leadscore.bin_edges(relation, ARRAY(SELECT i.value ->> 'name' FROM unnest(items) WITH ORDINALITY AS i (value, position)
    WHERE i.value ->> 'source' = 'bins' ORDER BY i.position), counted, buckets);

  -- For each lead its place within each item, or its value there. (A set in the SELECT list is spread much faster than VALUES.)
  FOR i IN 1 .. cardinality(items) LOOP
    current := items[i];
    name := current ->> 'name';
    places[i] := 'NULL';
    texts[i] := 'NULL';
    IF current ->> 'source' = 'bins' THEN
      places[i] := format('CASE WHEN l.%I IS NULL THEN NULL %s ELSE %s END', name,
        coalesce((SELECT string_agg(format('WHEN l.%I <= %L THEN %s', name, e.edge, e.position), ' ' ORDER BY e.position)
          FROM jsonb_array_elements_text(nullif(edges -> name, 'null')) WITH ORDINALITY AS e (edge, position)), 'WHEN false THEN 0'),
        coalesce(jsonb_array_length(nullif(edges -> name, 'null')), 0) + 1);
    ELSIF current ->> 'source' = 'values' THEN
      texts[i] := format('l.%I::text', name);
    ELSE
      places[i] := format('leadscore.score(%L::jsonb, l.*, %L::timestamptz)::integer',
        leadscore.place_document(ARRAY(SELECT jsonb_array_elements_text(current -> 'conditions')), current ->> 'time_zone'), as_of);
    END IF;
  END LOOP;

  current := NULL;
  FOR found IN EXECUTE format('SELECT c.item, c.place, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END AS value,
      c.is_rare OR NOT (c.value IS NULL) OR c.place IS NOT NULL AS is_known,
      sum(c.leads)::bigint AS leads, sum(c.customers)::bigint AS customers,
      lead(c.item) OVER (ORDER BY c.item, c.place NULLS LAST, c.value IS NULL, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END) AS next_item
    FROM (SELECT v.item, v.place, v.value, count(*) AS leads, count(*) FILTER (WHERE v.won) AS customers,
        v.value IS NOT NULL AND v.item <> ALL (%L::integer[])
          AND (count(*) < %s OR row_number() OVER (PARTITION BY v.item ORDER BY count(*) DESC, v.value) > 1000) AS is_rare
      FROM (SELECT %s AS won, generate_series(1, %s) AS item, unnest(ARRAY[%s]::integer[]) AS place, unnest(ARRAY[%s]::text[]) COLLATE "C" AS value
        FROM %s AS l WHERE %s) AS v GROUP BY v.item, v.place, v.value) AS c
    GROUP BY c.item, c.place, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END, c.value IS NULL
    ORDER BY c.item, c.place NULLS LAST, c.value IS NULL, c.is_rare, CASE WHEN NOT c.is_rare THEN c.value END',
    ARRAY(SELECT i.position FROM unnest(items) WITH ORDINALITY AS i (value, position) WHERE i.value ->> 'type' = 'boolean'::regtype::oid::text),
    min_leads, won, cardinality(items), array_to_string(places, ', '), array_to_string(texts, ', '), relation, counted)
  LOOP
    IF item IS DISTINCT FROM found.item THEN
      item := found.item;
      current := items[item];
      name := current ->> 'name';
      type := (current ->> 'type')::oid;
      attribute := name;
      kept := '{}';
      low := NULL;
      held_leads := NULL;
      open_leads := 0;
      open_customers := 0;
      uppers := ARRAY(SELECT jsonb_array_elements_text(nullif(edges -> name, 'null')));
    END IF;
    leads := found.leads;
    customers := found.customers;
    is_rest := false;

    IF current ->> 'source' IN ('condition', 'criterion') THEN
      -- A condition that no lead meets is told as well.
      source := current ->> 'source';
      current := current || jsonb_build_object('counts', coalesce(current -> 'counts', '{}') || jsonb_build_object(found.place::text, jsonb_build_array(leads, customers)));
      CONTINUE WHEN found.next_item IS NOT DISTINCT FROM item;
      FOR i IN 0 .. jsonb_array_length(current -> 'names') LOOP
        value := current -> 'names' ->> (i - 1);
        condition := current -> 'conditions' ->> (i - 1);
        IF i = 0 THEN
          value := NULL;
          condition := NULL;
        END IF;
        is_rest := i = 0;
        leads := coalesce((current -> 'counts' -> i::text ->> 0)::bigint, 0);
        customers := coalesce((current -> 'counts' -> i::text ->> 1)::bigint, 0);
        RETURN NEXT;
      END LOOP;
      CONTINUE;
    END IF;

    source := 'column';
    IF current ->> 'source' = 'bins' AND found.is_known THEN
      -- A bin of too few leads is joined to its neighbour above, the last to that below.
      open_leads := open_leads + leads;
      open_customers := open_customers + customers;
      IF open_leads >= min_leads THEN
        IF held_leads IS NOT NULL THEN
          SELECT b.value, b.condition INTO value, condition FROM leadscore.bin_condition(name, type, held_low, held_high) AS b;
          leads := held_leads;
          customers := held_customers;
          RETURN NEXT;
        END IF;
        held_low := low;
        held_high := uppers[found.place];
        low := held_high;
        held_leads := open_leads;
        held_customers := open_customers;
        open_leads := 0;
        open_customers := 0;
      END IF;
    END IF;
    IF current ->> 'source' = 'bins' AND (held_leads IS NOT NULL OR open_leads > 0)
      AND (NOT found.is_known OR found.next_item IS DISTINCT FROM item) THEN
      SELECT b.value, b.condition INTO value, condition
      FROM leadscore.bin_condition(name, type, CASE WHEN held_leads IS NULL THEN low ELSE held_low END, NULL) AS b;
      leads := coalesce(held_leads, 0) + open_leads;
      customers := coalesce(held_customers, 0) + open_customers;
      RETURN NEXT;
    END IF;
    CONTINUE WHEN current ->> 'source' = 'bins' AND found.is_known;

    leads := found.leads;
    customers := found.customers;
    -- Of types that conditions cannot compare, the text is compared.
    plain := (SELECT t.typtype = 'e' OR t.typnamespace = 'pg_catalog'::regnamespace AND t.typname <> ALL ('{json,xml}') FROM pg_type AS t WHERE t.oid = type);
    literal := leadscore.column_reference(name) || CASE WHEN plain THEN '' ELSE '::text' END;
    IF NOT found.is_known THEN
      value := NULL;
      condition := leadscore.column_reference(name) || ' IS NULL';
    ELSIF type = 'boolean'::regtype THEN
      value := found.value;
      condition := CASE WHEN value = 'true' THEN '' ELSE 'NOT ' END || leadscore.column_reference(name);
    ELSIF found.is_rare THEN
      value := '(other)';
      condition := CASE WHEN kept = '{}' THEN leadscore.column_reference(name) || ' IS NOT NULL'
        ELSE format('%s NOT IN (%s)', literal, array_to_string(kept, ', ')) END;
    ELSE
      value := found.value;
      kept := kept || quote_literal(value);
      condition := format('%s = %L', literal, value);
    END IF;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.calibration_cells(regclass, text, text[], text[], text, text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint) IS
'Internal: what calibrate() counts: leads and customers of each value of each attribute, each condition and criterion, and (is_rest) of the leads that meet none';
-- Points from close rates: how often the leads with each value of an attribute became customers.

CREATE FUNCTION leadscore.shrinkage_weight(customers bigint[], leads bigint[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH total AS (
    SELECT sum(c.leads)::double precision AS n, sum(c.customers)::double precision / sum(c.leads)::double precision AS rate,
      count(*) - 1 AS freedom, sum(c.leads::double precision ^ 2) AS squares
    FROM unnest(customers, leads) AS c (customers, leads) WHERE c.leads > 0
  ), spread AS (
    SELECT sum(c.leads * (c.customers / c.leads::double precision - t.rate) ^ 2) / nullif(t.rate * (1 - t.rate), 0) - t.freedom AS beyond_chance,
      t.n - t.squares / t.n - t.freedom AS scale
    FROM total AS t, unnest(customers, leads) AS c (customers, leads) WHERE c.leads > 0
    GROUP BY t.n, t.rate, t.freedom, t.squares
  )
  SELECT coalesce((
    SELECT CASE WHEN s.beyond_chance > 0 AND s.scale > 0 THEN greatest(s.scale / s.beyond_chance - 1, 0) END FROM spread AS s),
    'infinity')
$$;
COMMENT ON FUNCTION leadscore.shrinkage_weight(bigint[], bigint[]) IS
'How many leads at the common rate each group of leads is mixed with, from the customers and leads of the groups of one attribute: the moment estimate m = 1 / rho - 1 of the beta-binomial, rho being the correlation within groups. 0 where the groups are as different as can be, infinity where they differ no more than by chance, or there are too few to tell. Groups without leads do not count. NULL if an argument is.';

CREATE FUNCTION leadscore.shrunk_rate(customers bigint, leads bigint, control double precision, weight double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN weight = 'infinity' OR leads + weight = 0 THEN control ELSE (customers + weight * control) / (leads + weight) END
$$;
COMMENT ON FUNCTION leadscore.shrunk_rate(bigint, bigint, double precision, double precision) IS
'The rate of a group drawn towards the control rate: (customers + weight * control) / (leads + weight), the weight being what shrinkage_weight() gives. The control rate where the weight is infinite or there is nothing else. NULL if an argument is.';

CREATE FUNCTION leadscore.weight_of_evidence(customers bigint, losses bigint, all_customers bigint, all_losses bigint, groups bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT ln((customers + 0.5::double precision) / (all_customers + 0.5::double precision * groups))
    - ln((losses + 0.5::double precision) / (all_losses + 0.5::double precision * groups))
$$;
COMMENT ON FUNCTION leadscore.weight_of_evidence(bigint, bigint, bigint, bigint, bigint) IS
'By how much belonging to a group shifts the log odds of becoming a customer: ln of the share of all customers that the group has, less ln of its share of all losses; 0.5 is added to each count of each of the groups of the attribute, so that none is zero. NULL if an argument is. Raises 2201E for counts below 0.';

CREATE FUNCTION leadscore.calibrate(relation regclass, outcome text, attributes text[] DEFAULT NULL, method text DEFAULT 'shrunk',
  conditions text[] DEFAULT NULL, model text DEFAULT NULL, at text DEFAULT NULL, since timestamptz DEFAULT NULL,
  until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL,
  as_of timestamptz DEFAULT now(), buckets integer DEFAULT 10, min_leads bigint DEFAULT 10,
  confidence double precision DEFAULT 0.95)
RETURNS TABLE (source text, attribute text, value text, condition text, leads bigint, customers bigint,
  rate double precision, rate_lower double precision, rate_upper double precision, control double precision,
  lift double precision, p_value double precision, q_value double precision, is_significant boolean,
  points double precision, points_article double precision)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF num_nulls(relation, calibrate.outcome, method, as_of, buckets, min_leads, confidence) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'relation, outcome, method, as_of, buckets, min_leads and confidence must not be NULL';
  END IF;
  IF method <> ALL (ARRAY['article', 'difference', 'shrunk', 'woe']) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('unknown method "%s"', method),
      HINT = 'The methods are article, difference, shrunk and woe.';
  END IF;
  IF coalesce(cardinality(attributes), 0) + coalesce(cardinality(conditions), 0) = 0 AND calibrate.model IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'nothing is named whose points to calibrate',
      HINT = 'Name columns (attributes), SQL conditions (conditions) or a model whose criteria are meant (model).';
  END IF;
  IF buckets NOT BETWEEN 2 AND 100 OR min_leads < 1 OR NOT (confidence > 0 AND confidence < 1) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'buckets must lie between 2 and 100, min_leads be at least 1, confidence lie between 0 and 1';
  END IF;
  IF (SELECT c.relkind <> ALL ('{r,p,v,m,f}'::"char"[]) FROM pg_class AS c WHERE c.oid = relation) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'wrong_object_type',
      MESSAGE = format('%s has no rows to count', relation),
      HINT = 'Name a table or a view.';
  END IF;

  RETURN QUERY
  WITH cell AS MATERIALIZED (
    SELECT c.* FROM leadscore.calibration_cells(relation, calibrate.outcome, attributes, conditions, calibrate.model, calibrate.at, since, until,
      mature_after, outcome_at, as_of, buckets, min_leads) WITH ORDINALITY
      AS c (item, source, attribute, value, condition, leads, customers, is_rest, ord)
  ), item AS (
    SELECT c.item, sum(c.leads)::bigint AS leads, sum(c.customers)::bigint AS customers, count(*) AS groups,
      sum(c.customers)::double precision / sum(c.leads)::double precision AS control,
      leadscore.shrinkage_weight(array_agg(c.customers ORDER BY c.ord), array_agg(c.leads ORDER BY c.ord)) AS weight
    FROM cell AS c GROUP BY c.item
  ), judged AS (
    SELECT c.*, w.estimate AS rate, w.lower, w.upper, i.control, i.leads AS all_leads, i.customers AS all_customers, i.groups,
      i.weight, (leadscore.rate_test(c.customers, c.leads, i.customers - c.customers, i.leads - c.leads)).p_value,
      row_number() OVER (ORDER BY c.ord) AS number
    FROM cell AS c JOIN item AS i ON i.item = c.item, leadscore.wilson(c.customers, c.leads, confidence) AS w
    WHERE NOT c.is_rest
  ), discovery AS (
    SELECT leadscore.benjamini_hochberg(array_agg(j.p_value ORDER BY j.number)) AS q_values FROM judged AS j
  )
  SELECT j.source, j.attribute, j.value, j.condition, j.leads, j.customers, j.rate, j.lower, j.upper, j.control,
    j.rate / nullif(j.control, 0), j.p_value, d.q_values[j.number], coalesce(d.q_values[j.number] <= 1 - confidence, false),
    coalesce(CASE
      WHEN method = 'article' THEN a.points
      WHEN j.leads = 0 OR j.control IN (0, 1) THEN 0
      WHEN method = 'difference' THEN 100 * (j.rate - j.control)
      WHEN method = 'shrunk' THEN 100 * (leadscore.shrunk_rate(j.customers, j.leads, j.control, j.weight) - j.control)
      ELSE leadscore.weight_of_evidence(j.customers, j.leads - j.customers, j.all_customers, j.all_leads - j.all_customers, j.groups)
    END, 0), a.points
  FROM judged AS j, discovery AS d,
    LATERAL (SELECT CASE WHEN j.rate > j.control THEN round((100 * j.rate)::numeric)::double precision ELSE 0 END) AS a (points)
  ORDER BY j.number;
END
$$;
COMMENT ON FUNCTION leadscore.calibrate(regclass, text, text[], text, text[], text, text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint, double precision) IS
'How often leads became customers, for each value of each attribute, and what points follow. relation: a table or view; outcome: its boolean or 0/1 column, NULL while a lead is open (not counted); attributes: its columns (numbers and times in at most buckets quantile bins, equal values together; all else by value; NULL a value of its own; values or bins of fewer than min_leads leads joined, and so are all values but the 1000 most frequent); conditions: SQL conditions as in a criterion; model: its enabled criteria. Leads count whose time, in column at, lies from since to before until and not after as_of; none younger than mature_after at as_of; outcomes known, by column outcome_at, after as_of as open. Methods: article (100 * rate where it beats the control rate), difference (100 * (rate - control)), shrunk (that of the empirical-Bayes rate), woe (weight of evidence). p_value: the rate against that of all other leads; q_value: Benjamini-Hochberg over all rows; is_significant: q_value <= 1 - confidence. No rows without leads. Raises 22004 for a NULL that is none of the defaults, 42703 for an unknown column, 42804 for a column of another type, 42704 for an unknown model, 22023 for other impossible arguments and outcomes that are neither 0 nor 1, and the error of a condition.';
-- Criteria written from what calibrate() finds.
CREATE FUNCTION leadscore.apply_calibration(model text, relation regclass, outcome text, attributes text[] DEFAULT NULL,
  method text DEFAULT 'shrunk', conditions text[] DEFAULT NULL, criteria_of text DEFAULT NULL, at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL,
  as_of timestamptz DEFAULT now(), buckets integer DEFAULT 10, min_leads bigint DEFAULT 10,
  confidence double precision DEFAULT 0.95, only_significant boolean DEFAULT true, replace boolean DEFAULT true)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET TimeZone = 'UTC'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  rows jsonb;
  learnt jsonb;
  name text;
  number integer;
  digits CONSTANT integer := CASE WHEN method = 'woe' THEN 4 ELSE 2 END;
  written bigint := 0;
  scale_before text;
  problem leadscore.problem;
  row_type regtype;
BEGIN
  IF num_nulls(apply_calibration.model, only_significant, replace) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, only_significant and replace must not be NULL';
  END IF;
  IF criteria_of = apply_calibration.model THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('the criteria of model "%s" would count twice, once by hand and once calibrated', criteria_of),
      HINT = 'Write the calibrated criteria into another model.';
  END IF;

  SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('title', t.title, 'title_ru', t.title_ru, 'attribute_of', t.attribute) ORDER BY c.ord)
  INTO rows
  FROM leadscore.calibrate(relation, outcome, attributes, method, conditions, criteria_of, at, since, until, mature_after,
      outcome_at, as_of, buckets, min_leads, confidence) WITH ORDINALITY
    AS c (source, attribute, value, condition, leads, customers, rate, rate_lower, rate_upper, control, lift, p_value, q_value,
      is_significant, points, points_article, ord)
  LEFT JOIN leadscore.criterion AS t ON c.source = 'criterion' AND t.model = criteria_of AND t.criterion = c.value;
  IF rows IS NULL OR (rows -> 0 ->> 'control')::double precision IN (0, 1) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('nothing to learn from %s: %s', relation, CASE WHEN rows IS NULL THEN 'no closed leads in the period'
        WHEN rows -> 0 ->> 'control' = '0' THEN 'no lead became a customer' ELSE 'every lead became a customer' END),
      HINT = 'Points come from the difference between leads that were won and leads that were lost: take a longer period.';
  END IF;

  INSERT INTO leadscore.model (model, scale) VALUES (apply_calibration.model, 'range') ON CONFLICT DO NOTHING;
  PERFORM FROM leadscore.model AS m WHERE m.model = apply_calibration.model FOR NO KEY UPDATE;
  IF replace THEN
    DELETE FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model AND c.provenance ->> 'by' = 'calibrate';
  END IF;
  FOR learnt IN SELECT r.value FROM jsonb_array_elements(rows) WITH ORDINALITY AS r (value, position)
    WHERE (r.value ->> 'leads')::bigint > 0
      -- A criterion that others of its attribute follow stays, without points: what it catches must not reach them.
      AND (r.value ->> 'attribute_of' IS NOT NULL
        OR round((r.value ->> 'points')::numeric, digits) <> 0 AND ((r.value ->> 'is_significant')::boolean OR NOT only_significant))
    ORDER BY r.position
  LOOP
    name := CASE learnt ->> 'source' WHEN 'criterion' THEN learnt ->> 'value' WHEN 'condition' THEN learnt ->> 'condition'
      ELSE format('%s: %s', learnt ->> 'attribute', coalesce(learnt ->> 'value', '(unknown)')) END;
    number := 1;
    WHILE EXISTS (SELECT FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model
      AND c.criterion = left(name, 200) || CASE WHEN number > 1 THEN format(' (%s)', number) ELSE '' END) LOOP
      number := number + 1;
    END LOOP;
    INSERT INTO leadscore.criterion (model, criterion, attribute, condition, points, title, title_ru, provenance)
    VALUES (apply_calibration.model, left(name, 200) || CASE WHEN number > 1 THEN format(' (%s)', number) ELSE '' END,
      CASE learnt ->> 'source' WHEN 'column' THEN learnt ->> 'attribute' WHEN 'criterion' THEN learnt ->> 'attribute_of' END,
      learnt ->> 'condition',
      CASE WHEN only_significant AND NOT (learnt ->> 'is_significant')::boolean THEN '0'
        ELSE trim_scale(round((learnt ->> 'points')::numeric, digits))::text END,
      coalesce(learnt ->> 'title', CASE WHEN learnt ->> 'source' <> 'column' THEN name
        WHEN learnt ->> 'value' IS NULL THEN format('%s is not known', learnt ->> 'attribute')
        WHEN learnt ->> 'value' = '(other)' THEN format('%s is another', learnt ->> 'attribute')
        WHEN learnt ->> 'value' ~ '^(>|<=) ' THEN format('%s %s', learnt ->> 'attribute', learnt ->> 'value')
        ELSE format('%s is %s', learnt ->> 'attribute', learnt ->> 'value') END),
      learnt ->> 'title_ru',
      jsonb_build_object('by', 'calibrate', 'method', method, 'relation', relation::text, 'outcome', outcome, 'at', at,
        'since', since, 'until', until, 'as_of', as_of, 'mature_after', mature_after, 'made_at', now(),
        'leads', learnt -> 'leads', 'customers', learnt -> 'customers', 'rate', learnt -> 'rate',
        'rate_lower', learnt -> 'rate_lower', 'rate_upper', learnt -> 'rate_upper', 'confidence', confidence,
        'control', learnt -> 'control', 'p_value', learnt -> 'p_value', 'q_value', learnt -> 'q_value',
        'points_article', learnt -> 'points_article'));
    written := written + 1;
  END LOOP;
  IF written = 0 THEN
    RAISE NOTICE USING
      MESSAGE = format('no attribute of %s says anything for certain: no criteria were written', relation),
      HINT = 'only_significant => false writes what history suggests without proof.';
  END IF;

  -- Summed and cut at 100, the article's points would put every lead there.
  SELECT m.scale INTO scale_before FROM leadscore.model AS m WHERE m.model = apply_calibration.model;
  IF scale_before <> 'range' THEN
    DELETE FROM leadscore.calibration AS k WHERE k.model = apply_calibration.model;
    UPDATE leadscore.model AS m SET scale = 'range' WHERE m.model = apply_calibration.model;
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now range, it was %s', apply_calibration.model, scale_before);
  END IF;
  SELECT c.reltype INTO row_type FROM pg_class AS c WHERE c.oid = relation;
  SELECT p.* INTO problem FROM leadscore.validate_model(apply_calibration.model, row_type) AS p
  WHERE p.severity = 'error' AND (p.criterion IS NULL AND p.part = 'model' OR EXISTS (
    SELECT FROM leadscore.criterion AS c WHERE c.model = apply_calibration.model AND c.criterion = p.criterion
      AND p.part IN ('condition', 'points') AND c.provenance ->> 'by' = 'calibrate'))
  ORDER BY p.criterion LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = problem.sqlstate,
      MESSAGE = problem.message,
      DETAIL = CASE WHEN problem.criterion IS NULL THEN format('This is model "%s" with its new scale.', apply_calibration.model)
        ELSE format('This is criterion "%s", which would be written into model "%s".', problem.criterion, apply_calibration.model) END,
      HINT = coalesce(problem.hint, '');
  END IF;
  RETURN written;
END
$$;
COMMENT ON FUNCTION leadscore.apply_calibration(text, regclass, text, text[], text, text[], text, text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint, double precision, boolean, boolean) IS
'Writes what leadscore.calibrate() finds (same arguments; criteria_of is its model) into a model as criteria with their provenance, and returns how many. Makes the model if it is absent, replaces what it wrote before (or, with replace => false, adds to it), never rows made by hand. Criteria without points, and, unless only_significant is false, without significance, are left out, or have 0 points where others of their attribute follow. The model''s scale becomes range (with a NOTICE if it was another), so that scores spread between its limits. Raises 55000 where there is nothing to learn, with no customers or no losses, 22023 for a model''s own criteria, 22004 for a NULL that is none of the defaults, and errors as leadscore.calibrate() and leadscore.validate_model().';
-- Learning a model from leads whose outcome is known.
CREATE TYPE leadscore.training_report AS (
  model text,
  method text,
  leads bigint,
  skipped bigint,
  wins bigint,
  base_rate double precision,
  terms integer,
  penalty double precision,
  folds integer,
  iterations integer,
  condition_number double precision,
  in_sample_auc double precision,
  in_sample_ks double precision,
  in_sample_brier double precision,
  in_sample_log_loss double precision,
  judged_by text,
  judged_leads bigint,
  judged_wins bigint,
  auc double precision,
  ks double precision,
  brier double precision,
  log_loss double precision,
  warnings text[]
);
COMMENT ON TYPE leadscore.training_report IS 'What leadscore.train() says about the model that it has made';
COMMENT ON COLUMN leadscore.training_report.model IS 'The model';
COMMENT ON COLUMN leadscore.training_report.method IS 'The method';
COMMENT ON COLUMN leadscore.training_report.leads IS 'Leads that it was learned from; fewer than there are where most_leads has made it a sample';
COMMENT ON COLUMN leadscore.training_report.skipped IS 'Rows without an outcome, or without a time where one is named';
COMMENT ON COLUMN leadscore.training_report.wins IS 'Leads among them that were won';
COMMENT ON COLUMN leadscore.training_report.base_rate IS 'wins / leads';
COMMENT ON COLUMN leadscore.training_report.terms IS 'Criteria written';
COMMENT ON COLUMN leadscore.training_report.penalty IS 'The ridge penalty, given or chosen; NULL for naive Bayes';
COMMENT ON COLUMN leadscore.training_report.folds IS 'Folds by which the penalty was chosen; 0 where it was given, or too few leads were won or lost to judge by';
COMMENT ON COLUMN leadscore.training_report.iterations IS 'Newton steps of the last fit';
COMMENT ON COLUMN leadscore.training_report.condition_number IS 'Largest by smallest eigenvalue of the scaled second derivatives: beyond 1e10 digits are lost; NULL for naive Bayes';
COMMENT ON COLUMN leadscore.training_report.in_sample_auc IS 'AUC on the leads that it was learned from: flattering';
COMMENT ON COLUMN leadscore.training_report.in_sample_ks IS 'Kolmogorov-Smirnov distance on them, 0 to 1';
COMMENT ON COLUMN leadscore.training_report.in_sample_brier IS 'Mean squared error of the probability on them';
COMMENT ON COLUMN leadscore.training_report.in_sample_log_loss IS 'Mean logarithmic loss on them';
COMMENT ON COLUMN leadscore.training_report.judged_by IS 'time: the newest fifth judges a model of the others; hash: a fifth that a hash of the content picks, as no time was named';
COMMENT ON COLUMN leadscore.training_report.judged_leads IS 'Leads in that fifth';
COMMENT ON COLUMN leadscore.training_report.judged_wins IS 'Leads among them that were won';
COMMENT ON COLUMN leadscore.training_report.auc IS 'AUC on them; NULL where all were won or all lost';
COMMENT ON COLUMN leadscore.training_report.ks IS 'Kolmogorov-Smirnov distance on them, 0 to 1';
COMMENT ON COLUMN leadscore.training_report.brier IS 'Mean squared error of the probability on them';
COMMENT ON COLUMN leadscore.training_report.log_loss IS 'Mean logarithmic loss on them, natural logarithm';
COMMENT ON COLUMN leadscore.training_report.warnings IS 'What should make one doubt the model, one sentence each; NULL if nothing does';

CREATE FUNCTION leadscore.training_transition(state internal, outcome boolean, at timestamptz, known_at timestamptz, method text, binning text, penalty double precision, by_time boolean, force boolean, most_leads bigint, expressions text[], VARIADIC features "any") RETURNS internal
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 20
AS 'MODULE_PATHNAME', 'leadscore_training_transition';
COMMENT ON FUNCTION leadscore.training_transition(internal, boolean, timestamptz, timestamptz, text, text, double precision, boolean, boolean, bigint, text[], "any") IS
'Internal: adds a lead to what leadscore.train() learns from';

CREATE FUNCTION leadscore.training_final(state internal) RETURNS text
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 1000000
AS 'MODULE_PATHNAME', 'leadscore_training_final';
COMMENT ON FUNCTION leadscore.training_final(internal) IS
'Internal: learns from the leads; the model as JSON. NULL without a row. Raises 22023 for too few leads, 54000 for too much memory.';

CREATE AGGREGATE leadscore.training(outcome boolean, at timestamptz, known_at timestamptz, method text, binning text, penalty double precision, by_time boolean, force boolean, most_leads bigint, expressions text[], VARIADIC features "any") (
  SFUNC = leadscore.training_transition,
  STYPE = internal,
  FINALFUNC = leadscore.training_final,
  FINALFUNC_MODIFY = READ_WRITE,
  PARALLEL = RESTRICTED
);
COMMENT ON AGGREGATE leadscore.training(boolean, timestamptz, timestamptz, text, text, double precision, boolean, boolean, bigint, text[], "any") IS
'Internal: the model that leadscore.train() writes, as JSON, from leads with outcome, time, time the outcome became known, and features of type double precision, text or boolean that the expressions name. Method, binning, penalty, by_time, force and expressions are read from the first row. Raises 22004 if one of them but the penalty is NULL, 22023 for others that cannot be and if there is not an expression for each feature, 42804 for features of other types.';

CREATE FUNCTION leadscore.training_columns(model text, relation regclass, features text[], reserved text[], as_of text, OUT feature text, OUT expression text, OUT input text, OUT left_out text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.attname, t.expression, t.input,
    CASE
      WHEN t.input IS NULL THEN format('its type is %s', format_type(a.atttypid, a.atttypmod))
      WHEN features IS NOT NULL THEN NULL
      WHEN EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
        THEN 'it is the key'
      WHEN lower(a.attname) ~ '^(sex|gender|age|birth_?(date|day|year)|date_of_birth|dob|marital(_status)?|race|ethnicity|ethnic_group|religion|nationality|disability|pregnan(t|cy)|sexual_orientation)$'
          OR EXISTS (SELECT 1 FROM leadscore.protected_attribute AS p WHERE p.model = training_columns.model AND p.attribute = a.attname)
        THEN 'it is a protected attribute; name it in features to use it'
    END
  FROM pg_attribute AS a,
    LATERAL (SELECT CASE
        WHEN a.atttypid = ANY (ARRAY['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']::regtype[]) THEN 'number'
        WHEN a.atttypid = 'bool'::regtype THEN 'boolean'
        WHEN a.atttypid = ANY (ARRAY['text', 'varchar', 'bpchar', 'name']::regtype[])
          OR (SELECT y.typtype = 'e' FROM pg_type AS y WHERE y.oid = a.atttypid) THEN 'text'
        WHEN a.atttypid = ANY (ARRAY['date', 'timestamp', 'timestamptz']::regtype[]) THEN 'time'
      END) AS k (kind),
    LATERAL (SELECT
        CASE k.kind WHEN 'time' THEN format('(extract(epoch FROM as_of - %s) / 86400)', leadscore.column_reference(a.attname)) ELSE leadscore.column_reference(a.attname) END,
        CASE k.kind
          WHEN 'number' THEN format('l.%I::double precision', a.attname)
          WHEN 'boolean' THEN format('l.%I', a.attname)
          WHEN 'text' THEN format('l.%I::text', a.attname)
          WHEN 'time' THEN format('(extract(epoch FROM %s - l.%I) / 86400)::double precision', as_of, a.attname)
        END) AS t (expression, input)
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (reserved)
    AND (features IS NULL OR a.attname = ANY (features))
  ORDER BY a.attnum
$$;
COMMENT ON FUNCTION leadscore.training_columns(text, regclass, text[], text[], text) IS
'Internal: the columns of a relation that leadscore.train() learns a model from: name, expression in a condition, expression over the row l to read it by (time stands as the age in days at as_of, an expression), and why it is left out, NULL if it is not';

CREATE FUNCTION leadscore.training_warning(warning jsonb, features text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE warning ->> 'kind'
    WHEN 'separation' THEN 'separation: won and lost leads are told apart without an error, so points have no limit but the penalty'
    WHEN 'leakage' THEN format('leakage: "%s" predicts the outcome suspiciously well (information value %s); is it known before the outcome is?', t.feature, t.value)
    WHEN 'filled_if_won' THEN format('leakage: "%s" is filled almost for won leads alone (where it is, the odds are %s times as high); is it known before the outcome is?', t.feature, round(t.value))
    WHEN 'filled_if_lost' THEN format('leakage: "%s" is filled almost for lost leads alone (where it is, the odds of those are %s times as high); is it known before the outcome is?', t.feature, round(t.value))
    WHEN 'sampled' THEN format('learned from a sample: there are %s leads', t.value)
    WHEN 'uneven_sample' THEN format('the sample is unlike the whole, where the rate of won leads is %s: many leads are equal, and stay or go together', t.value)
    WHEN 'drift' THEN format('drift: "%s" is distributed otherwise among the newest leads (PSI %s)', t.feature, t.value)
    WHEN 'few_wins' THEN format('few leads: only %s were won or lost, so the points are shaky', t.value)
    WHEN 'no_signal' THEN format('no signal: on leads that it has not seen the model is hardly better than chance (AUC %s)', t.value)
    WHEN 'not_converged' THEN format('not converged after %s iterations', t.value)
    WHEN 'too_many_texts' THEN format('"%s" was left out: it has more than %s different values', t.feature, t.value)
    WHEN 'no_bearing' THEN format('"%s" was left out: it is constant, or makes no difference', t.feature)
    WHEN 'dependent' THEN format('a term of "%s" was left out: it follows from others', t.feature)
    ELSE warning ->> 'kind'
  END
  FROM (SELECT features[(warning ->> 'column')::integer + 1], round((warning ->> 'value')::numeric, 3)::double precision) AS t (feature, value)
$$;
COMMENT ON FUNCTION leadscore.training_warning(jsonb, text[]) IS 'Internal: a warning of leadscore.training() in words';

CREATE FUNCTION leadscore.learn_terms(model text, time_zone text, relation regclass, outcome text, features text[], method text, at text, outcome_at text,
  penalty double precision, binning text, since timestamptz, mature_after interval, as_of timestamptz, force boolean, most_leads bigint,
  OUT total bigint, OUT learned_features text[], OUT learned jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  closed record;
  at_input text := 'l.' || quote_ident(at) || '::timestamptz';
  columns record;
BEGIN
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, since, NULL, mature_after, outcome_at, as_of) AS c;
  PERFORM set_config('TimeZone', time_zone, true);

  SELECT array_agg(c.feature) FILTER (WHERE c.left_out IS NULL) AS names,
      array_agg(c.expression) FILTER (WHERE c.left_out IS NULL) AS expressions,
      string_agg(c.input, ', ') FILTER (WHERE c.left_out IS NULL) AS inputs,
      string_agg(format('"%s" (%s)', c.feature, c.left_out), ', ') FILTER (WHERE c.left_out IS NOT NULL) AS left_out,
      (SELECT string_agg(format('"%s"', f), ', ') FROM unnest(features) AS f
        WHERE f <> ALL (coalesce(array_agg(c.feature), '{}'))) AS unknown
    INTO columns
    FROM leadscore.training_columns(learn_terms.model, relation, features, ARRAY[outcome] || array_remove(ARRAY[at, outcome_at], NULL),
      coalesce(at_input, quote_literal(date_trunc('day', as_of)) || '::timestamptz')) AS c;
  IF columns.unknown IS NOT NULL THEN
    RAISE EXCEPTION 'no columns of "%" to learn from: %', relation, columns.unknown USING ERRCODE = 'undefined_column',
      HINT = 'Features are columns beside the outcome and its times.';
  ELSIF columns.left_out IS NOT NULL AND features IS NOT NULL THEN
    RAISE EXCEPTION 'cannot learn from %', columns.left_out USING ERRCODE = 'datatype_mismatch';
  ELSIF columns.names IS NULL THEN
    RAISE EXCEPTION 'there is no column of "%" to learn from', relation USING ERRCODE = 'invalid_parameter_value';
  ELSIF columns.left_out IS NOT NULL THEN
    RAISE NOTICE 'not learned from: %', columns.left_out;
  END IF;

  EXECUTE format('SELECT count(*), leadscore.training(%s, %s, %s, %L, %L, %L, %L, %L, %L, %L, %s) FILTER (WHERE %s) FROM %s AS l',
      closed.won, coalesce(at_input, 'NULL'), CASE WHEN outcome_at IS NULL THEN 'NULL' ELSE format('l.%I::timestamptz', outcome_at) END,
      method, binning, penalty, at IS NOT NULL, force, most_leads, columns.expressions, columns.inputs, closed.counted, relation)
    INTO total, learned;
  IF learned IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;
  learned_features := columns.names;
END
$$;
COMMENT ON FUNCTION leadscore.learn_terms(text, text, regclass, text, text[], text, text, text, double precision, text, timestamptz, interval, timestamptz, boolean, bigint) IS
'Internal: what leadscore.train() learns for a model (whose protected attributes are left out) in a time zone from the leads that came from `since` on and were known at as_of: the rows read, the features learned from, and the model as JSON';

CREATE FUNCTION leadscore.learned_criteria(features text[], learned jsonb, origin jsonb, OUT criterion text, OUT attribute text, OUT condition text, OUT points text, OUT title text, OUT provenance jsonb)
RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE t.kind WHEN 'base' THEN 'every lead' ELSE format('%s: %s', f.feature, lpad(t.place::text, greatest(2, length(t.place::text)), '0')) END,
    CASE WHEN t.kind = 'bin' THEN f.feature END, t.condition, t.point_expression,
    CASE t.kind WHEN 'base' THEN 'every lead' WHEN 'number' THEN f.feature ELSE t.condition END,
    jsonb_strip_nulls(jsonb_build_object('by', 'train', 'kind', t.kind, 'attribute', f.feature, 'points', t.points,
      'standard_error', t.standard_error, 'leads', t.leads, 'wins', t.wins) || origin)
  FROM (SELECT r.*, row_number() OVER (PARTITION BY r."column" ORDER BY r.ordinality) AS place
      FROM ROWS FROM (jsonb_to_recordset(learned -> 'terms') AS (kind text, "column" integer, condition text, points numeric,
        point_expression text, standard_error numeric, leads bigint, wins bigint)) WITH ORDINALITY AS r) AS t,
    LATERAL (SELECT features[t."column" + 1]) AS f (feature)
  ORDER BY t.ordinality
$$;
COMMENT ON FUNCTION leadscore.learned_criteria(text[], jsonb, jsonb) IS
'Internal: what leadscore.learn_terms() has learned, as criteria, the base first; where it comes from is added to the provenance of each';

CREATE FUNCTION leadscore.learned_fingerprint(criteria jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT md5(string_agg(jsonb_build_array(c.value -> 'criterion', c.value ->> 'dimension', c.value ->> 'attribute', c.value -> 'condition',
    c.value -> 'points', coalesce(c.value ->> 'enabled', 'true'))::text, ',' ORDER BY c.value ->> 'criterion' COLLATE "C"))
  FROM jsonb_array_elements(criteria) AS c (value) WHERE c.value #>> '{provenance,by}' = 'train'
$$;
COMMENT ON FUNCTION leadscore.learned_fingerprint(jsonb) IS
'Internal: changes if somebody edits what leadscore.train() has written; of the criteria of a document';

CREATE FUNCTION leadscore.train(model text, relation regclass, outcome text, features text[] DEFAULT NULL, method text DEFAULT 'logistic', at text DEFAULT NULL, outcome_at text DEFAULT NULL, penalty double precision DEFAULT NULL, binning text DEFAULT 'auto', as_of timestamptz DEFAULT now(), force boolean DEFAULT false, mature_after interval DEFAULT NULL, most_leads bigint DEFAULT NULL) RETURNS leadscore.training_report
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  t record;
  options jsonb;
  criteria jsonb;
  report leadscore.training_report;
BEGIN
  IF num_nulls(model, relation, outcome, method, binning, as_of, force) > 0 THEN
    RAISE EXCEPTION 'model, relation, outcome, method, binning, as_of and force must not be NULL' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT l.* INTO t FROM leadscore.learn_terms(train.model,
    coalesce((SELECT m.time_zone FROM leadscore.model AS m WHERE m.model = train.model), 'UTC'), relation, outcome, features, method, at, outcome_at, penalty, binning, NULL, mature_after, as_of, force, most_leads) AS l;

  INSERT INTO leadscore.model AS m (model, scale) VALUES (train.model, 'logistic')
    ON CONFLICT ON CONSTRAINT model_pkey DO UPDATE SET scale = 'logistic' WHERE m.scale <> 'logistic';
  DELETE FROM leadscore.calibration AS k WHERE k.model = train.model;
  DELETE FROM leadscore.criterion AS c WHERE c.model = train.model AND c.provenance ->> 'by' = 'train';
  SELECT jsonb_agg(to_jsonb(c) ORDER BY c.ordinality) INTO criteria
  FROM leadscore.learned_criteria(t.learned_features, t.learned, jsonb_build_object('relation', relation::text, 'at', at, 'as_of', as_of)) WITH ORDINALITY AS c;
  -- What it takes to learn the same again from other leads.
  options := jsonb_build_object('features', t.learned_features, 'method', method, 'at', at, 'penalty', penalty, 'binning', binning,
    'mature_after', mature_after, 'most_leads', most_leads, 'fingerprint', leadscore.learned_fingerprint(criteria));
  INSERT INTO leadscore.criterion (model, criterion, attribute, condition, points, title, provenance)
    SELECT train.model, c.value ->> 'criterion', c.value ->> 'attribute', c.value ->> 'condition', c.value ->> 'points', c.value ->> 'title',
      (c.value -> 'provenance') || CASE WHEN c.value #>> '{provenance,kind}' = 'base' THEN jsonb_build_object('options', options) ELSE '{}' END
    FROM jsonb_array_elements(criteria) WITH ORDINALITY AS c (value) ORDER BY c.ordinality;

  report.model := model;
  report.method := method;
  report.leads := t.learned -> 'rows';
  report.skipped := t.total - (t.learned -> 'rows_seen')::bigint;
  report.wins := t.learned -> 'wins';
  report.base_rate := report.wins::double precision / report.leads;
  report.terms := jsonb_array_length(t.learned -> 'terms');
  IF method = 'logistic' THEN
    report.penalty := t.learned -> 'penalty';
    report.folds := t.learned -> 'folds';
    report.iterations := t.learned -> 'iterations';
    report.condition_number := t.learned -> 'condition_number';
  END IF;
  report.in_sample_auc := t.learned #>> '{in_sample,auc}';
  report.in_sample_ks := t.learned #>> '{in_sample,ks}';
  report.in_sample_brier := t.learned #>> '{in_sample,brier}';
  report.in_sample_log_loss := t.learned #>> '{in_sample,log_loss}';
  report.judged_by := CASE WHEN at IS NULL THEN 'hash' ELSE 'time' END;
  report.judged_leads := t.learned #>> '{unseen,leads}';
  report.judged_wins := t.learned #>> '{unseen,wins}';
  report.auc := t.learned #>> '{unseen,auc}';
  report.ks := t.learned #>> '{unseen,ks}';
  report.brier := t.learned #>> '{unseen,brier}';
  report.log_loss := t.learned #>> '{unseen,log_loss}';
  report.warnings := (SELECT array_agg(leadscore.training_warning(w.warning, t.learned_features) ORDER BY w.ordinality)
    FROM jsonb_array_elements(t.learned -> 'warnings') WITH ORDINALITY AS w (warning));
  RETURN report;
END
$$;
COMMENT ON FUNCTION leadscore.train(text, regclass, text, text[], text, text, text, double precision, text, timestamptz, boolean, interval, bigint) IS
'Learns a model from a table or view of leads whose outcome is known at as_of, in one pass, and writes it as criteria: bins of the columns with log-odds as points, scale logistic, so that the score is the probability in percent. Makes the model if it is absent, replaces what it wrote before and a calibration, never criteria made by hand. outcome: a column of booleans or 0 and 1; rows where it is NULL or anything else are skipped. features: columns, NULL for every other one but the primary key and protected attributes (sex, age \u2026 and those in leadscore.protected_attribute); times count as ages in days at the lead''s own time where at names it, else at the beginning of the day of as_of. at, outcome_at: columns of the lead''s time and of the time its outcome was known (NULL in a row: all along); leads that came, or were known, after as_of are skipped, and so are those younger than mature_after; without at a hash of the content tells the judged part and folds apart. method: logistic (ridge regression; penalty NULL: chosen by folds) or naive_bayes. binning: auto, monotone, quantile, none (the numbers themselves). most_leads: of more leads a sample is taken, between half as many and as many, the same whatever their order. A NOTICE every few seconds tells how far it is. Raises 22004 for a NULL model, relation, outcome, method, binning, as_of or force; 42703 and 42804 for columns that do not exist or do not fit; 22023 for fewer than 40 won or lost leads unless forced, and for contradicting arguments; 54000, before it begins to learn, if maintenance_work_mem does not suffice, with what would.';

CREATE FUNCTION leadscore.training_terms(model text) RETURNS TABLE (criterion text, attribute text, kind text, condition text, estimate double precision, standard_error double precision, z double precision, leads bigint, wins bigint)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.criterion, c.provenance ->> 'attribute', c.provenance ->> 'kind', c.condition, t.estimate, t.standard_error,
    t.estimate / nullif(t.standard_error, 0), (c.provenance ->> 'leads')::bigint, (c.provenance ->> 'wins')::bigint
  FROM leadscore.criterion AS c,
    LATERAL (SELECT (c.provenance ->> 'points')::double precision, (c.provenance ->> 'standard_error')::double precision) AS t (estimate, standard_error)
  WHERE c.model = training_terms.model AND c.provenance ->> 'by' = 'train'
  ORDER BY c.ord
$$;
COMMENT ON FUNCTION leadscore.training_terms(text) IS
'The terms that leadscore.train() wrote: criterion, attribute, kind (base, bin, number, missing: of a lead without the number), condition, coefficient in log-odds (of a number: per unit), its standard error and their ratio z (NULL for naive Bayes, a reference bin, and terms that follow from others), the leads it holds for and those of them that were won. No rows for NULL, or a model that was not trained.';
-- What a model's points have come to mean: its scale becomes a probability learned from leads whose outcome is known.
CREATE FUNCTION leadscore.scoring_document(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_set(document, '{model,status}', 'null')
    - ARRAY['bands', 'stages', 'stage_rules', 'stage_map', 'target_criteria', 'event_kinds', 'playbook', 'protected_attributes']
$$;
COMMENT ON FUNCTION leadscore.scoring_document(jsonb) IS
'Internal: a model as a document without all that does not change its score';

CREATE FUNCTION leadscore.seen_until(document jsonb, relation regclass DEFAULT NULL) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
  SELECT max(CASE WHEN p.value ->> 'at' IS NULL THEN 'infinity' ELSE least((p.value ->> 'until')::timestamptz, (p.value ->> 'as_of')::timestamptz) END)
  FROM jsonb_path_query(document, '$.*[*].provenance ? (@.by == "train" || @.by == "calibrate" || @.by == "calibrate_probability")') AS p (value)
  WHERE seen_until.relation IS NULL OR p.value ->> 'relation' = seen_until.relation::text
$$;
COMMENT ON FUNCTION leadscore.seen_until(jsonb, regclass) IS
'Internal: up to when the leads came (infinity where that is not known) from which a model was learned, by leadscore.train(), apply_calibration() or calibrate_probability(); from a relation, or (NULL) any. NULL for a model that has learned nothing.';

CREATE FUNCTION leadscore.tell_seen(model text, document jsonb, relation regclass, since timestamptz) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF leadscore.seen_until(document, relation) >= coalesce(since, '-infinity') THEN
    RAISE NOTICE USING
      MESSAGE = format('model "%s" was learned from %s: on leads that it has seen it looks better than it is', tell_seen.model, relation),
      HINT = 'Name leads that came later (at, since), or others.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.tell_seen(text, jsonb, regclass, timestamptz) IS
'Internal: a NOTICE if a model was learned from leads of the relation that came at a time or later; NULL: at any time';

CREATE FUNCTION leadscore.lock_model(model text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  part regclass;
  locked bigint;
BEGIN
  -- In the order in which those who edit lock: rows of the model first, which the version of the model follows.
  FOREACH part IN ARRAY leadscore.model_parts() LOOP
    EXECUTE format('SELECT FROM %s AS p WHERE p.model = $1 FOR UPDATE', part) USING lock_model.model;
  END LOOP;
  SELECT m.version INTO locked FROM leadscore.model AS m WHERE m.model = lock_model.model FOR NO KEY UPDATE;
  RETURN locked;
END
$$;
COMMENT ON FUNCTION leadscore.lock_model(text) IS
'Internal: makes others wait who want to change a model, until the end of the transaction, and returns its version; NULL if there is no such model';

CREATE FUNCTION leadscore.check_version(model text, version bigint) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF leadscore.lock_model(check_version.model) IS DISTINCT FROM check_version.version THEN
    RAISE EXCEPTION USING
      ERRCODE = 'serialization_failure',
      MESSAGE = format('model "%s" was changed while it was judged', check_version.model),
      HINT = 'Try again.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.check_version(text, bigint) IS
'Internal: locks a model and raises 40001 if it has another version';

CREATE FUNCTION leadscore.model_at(model text, OUT document jsonb, OUT version bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Each statement may see other rows: until both belong together.
  LOOP
    SELECT m.version INTO version FROM leadscore.model AS m WHERE m.model = model_at.model;
    EXIT WHEN version IS NULL;
    document := leadscore.export_model(model_at.model);
    EXIT WHEN version = (SELECT m.version FROM leadscore.model AS m WHERE m.model = model_at.model);
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.model_at(text) IS
'Internal: a model as a document, and the version that it has; NULLs if there is no such model';

CREATE FUNCTION leadscore.are_too_few(leads bigint, wins bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT least(wins, leads - wins) < 40
$$;
COMMENT ON FUNCTION leadscore.are_too_few(bigint, bigint) IS
'Internal: whether leads are too few to learn from, or to judge by: fewer than 40 won or 40 lost. NULL for NULL.';

CREATE FUNCTION leadscore.check_outcomes(relation regclass, leads bigint, wins bigint, force boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF wins = 0 OR wins = leads OR NOT force AND leadscore.are_too_few(leads, wins) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('%s has too few leads to learn from: %s won, %s lost', relation, wins, leads - wins),
      HINT = CASE WHEN wins = 0 OR wins = leads THEN 'Learning compares leads that were won with leads that were lost.'
        ELSE 'It takes 40 of each, unless it is forced.' END;
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.check_outcomes(regclass, bigint, bigint, boolean) IS
'Internal: raises 22023 for fewer than 40 won or 40 lost leads; if forced, for none';

CREATE FUNCTION leadscore.calibrate_probability(model text, relation regclass, outcome text, method text DEFAULT 'auto', at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL,
  as_of timestamptz DEFAULT now(), force boolean DEFAULT false)
RETURNS SETOF leadscore.calibration
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 20
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
#variable_conflict use_column
DECLARE
  document jsonb;
  version bigint;
  closed record;
  found record;
  steps leadscore.isotonic_step[];
  curve leadscore.platt_curve;
  chosen text := method;
  provenance jsonb;
BEGIN
  SELECT coalesce(m.document, leadscore.export_model(calibrate_probability.model)), m.version INTO document, version
  FROM leadscore.model_at(calibrate_probability.model) AS m;
  IF num_nulls(calibrate_probability.model, relation, calibrate_probability.outcome, method, as_of, force) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, relation, outcome, method, as_of and force must not be NULL';
  ELSIF method <> ALL (ARRAY['auto', 'isotonic', 'platt']) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('unknown method "%s"', method),
      HINT = 'The methods are auto, isotonic and platt.';
  END IF;
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, calibrate_probability.outcome, calibrate_probability.at, since, until,
    mature_after, calibrate_probability.outcome_at, as_of) AS c;
  EXECUTE format('SELECT count(*) AS leads, count(*) FILTER (WHERE s.won) AS wins, leadscore.isotonic(s.raw, s.won) AS steps, leadscore.platt(s.raw, s.won) AS curve '
      'FROM (SELECT e.won, (e.evaluation).raw_score FROM (SELECT %s, leadscore.evaluate($1, l.*, %s) FROM %s AS l WHERE %s OFFSET 0) AS e (won, evaluation)) AS s (won, raw)',
      closed.won, CASE WHEN calibrate_probability.at IS NULL THEN '$2' ELSE format('l.%I::timestamptz', calibrate_probability.at) END,
      relation, closed.counted)
    INTO found
    USING jsonb_set(leadscore.scoring_document(document), '{model,scale}', '"clamp"'), as_of;
  PERFORM leadscore.check_outcomes(relation, found.leads, found.wins, force);
  IF chosen = 'auto' THEN
    chosen := CASE WHEN found.leads >= 1000 AND least(found.wins, found.leads - found.wins) >= 100 THEN 'isotonic' ELSE 'platt' END;
  END IF;
  steps := found.steps;
  curve := found.curve;

  -- What an earlier calibration has seen does not matter: it goes.
  PERFORM leadscore.tell_seen(calibrate_probability.model, document - 'calibration', relation, since);
  IF chosen = 'platt' AND NOT (abs(curve.slope) <= 1e15 AND abs(curve.intercept) <= 1e15) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'numeric_value_out_of_range',
      MESSAGE = format('the points of model "%s" are too close together for a curve', calibrate_probability.model),
      HINT = 'Choose the method isotonic.';
  END IF;
  IF (CASE chosen WHEN 'platt' THEN curve.slope <= 0 ELSE cardinality(steps) = 1 END) THEN
    RAISE NOTICE USING
      MESSAGE = format('leads with more points by model "%s" have not been won more often', calibrate_probability.model);
  END IF;

  provenance := jsonb_build_object('by', 'calibrate_probability', 'method', chosen, 'relation', relation::text, 'outcome', calibrate_probability.outcome,
    'at', calibrate_probability.at, 'since', since, 'until', until, 'mature_after', mature_after, 'outcome_at', calibrate_probability.outcome_at, 'as_of', as_of, 'made_at', now(),
    'leads', found.leads, 'wins', found.wins);
  PERFORM leadscore.check_version(calibrate_probability.model, version);
  DELETE FROM leadscore.calibration AS k WHERE k.model = calibrate_probability.model;
  IF chosen = 'platt' THEN
    INSERT INTO leadscore.calibration (model, intercept, slope, leads, wins, rate_lower, rate_upper, provenance)
    SELECT calibrate_probability.model, curve.intercept, curve.slope, found.leads, found.wins, w.lower, w.upper, provenance
    FROM leadscore.wilson(found.wins, found.leads) AS w;
  ELSE
    INSERT INTO leadscore.calibration (model, raw_from, probability, leads, wins, rate_lower, rate_upper, provenance)
    SELECT calibrate_probability.model, s.score_from, s.probability, s.leads, s.customers, s.rate_lower, s.rate_upper, provenance
    FROM unnest(steps) AS s;
  END IF;
  UPDATE leadscore.model AS m SET scale = 'calibrated' WHERE m.model = calibrate_probability.model AND m.scale <> 'calibrated';
  IF document #>> '{model,scale}' <> 'calibrated' THEN
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now calibrated, it was %s', calibrate_probability.model, document #>> '{model,scale}');
  END IF;
  RETURN QUERY SELECT k.* FROM leadscore.calibration AS k WHERE k.model = calibrate_probability.model ORDER BY k.raw_from;
END
$$;
COMMENT ON FUNCTION leadscore.calibrate_probability(text, regclass, text, text, text, timestamptz, timestamptz, interval, text, timestamptz, boolean) IS
'Learns from leads whose outcome is known what a model''s raw scores have come to mean, writes it to leadscore.calibration in place of what was there, sets the scale to calibrated, and returns the rows. Criteria stay as they are, and so does the order of leads but for ties (a curve that falls, of which a NOTICE tells, turns it around). method: isotonic (steps that never fall), platt (a logistic curve), auto (isotonic from 1000 leads with 100 won and 100 lost on, else platt). outcome, at, since, until, mature_after, outcome_at as for leadscore.calibrate(); leads are scored as of their own time where at names it, else as of as_of. Calibrate on leads that the model was not learned from: a NOTICE says so where it can tell. Raises 22004 for a NULL model, relation, outcome, method, as_of or force, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, 22023 for an unknown method and for fewer than 40 won or lost leads unless forced, 40001 if somebody changes the model meanwhile, and errors as leadscore.evaluate().';
-- What a model would have been worth: refitted on the past, judged on what came next, slice by slice.
CREATE FUNCTION leadscore.refit_options(document jsonb, relation regclass, at text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT o.options
  FROM jsonb_path_query_first(document, '$.criteria[*].provenance ? (@.by == "train" && @.kind == "base").options') AS o (options)
  WHERE o.options ->> 'fingerprint' = leadscore.learned_fingerprint(document -> 'criteria')
    AND document #>> '{model,scale}' = 'logistic'
    -- Times became ages by another clock.
    AND (o.options ->> 'at' IS NOT DISTINCT FROM refit_options.at OR NOT EXISTS (
      SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = ANY (ARRAY(SELECT jsonb_array_elements_text(o.options -> 'features')))
        AND a.atttypid = ANY (ARRAY['date', 'timestamp', 'timestamptz']::regtype[])))
$$;
COMMENT ON FUNCTION leadscore.refit_options(jsonb, regclass, text) IS
'Internal: how leadscore.train() learned a model, so that it can learn the same from other leads; NULL where it did not, or where somebody has edited or calibrated since what it learned';

CREATE FUNCTION leadscore.refit_document(document jsonb, options jsonb, relation regclass, outcome text, at text, outcome_at text, since timestamptz,
  mature_after interval, before timestamptz, OUT refitted jsonb, OUT leads bigint, OUT wins bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
AS $$
DECLARE
  as_of CONSTANT timestamptz := before - interval '1 microsecond';
  known record;
  t record;
BEGIN
  mature_after := coalesce(mature_after, (options ->> 'mature_after')::interval);
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO known FROM leadscore.closed_leads(relation, outcome, at, since, NULL, mature_after, outcome_at, as_of) AS c;
  EXECUTE format('SELECT count(*), count(*) FILTER (WHERE %s) FROM %s AS l WHERE %s', known.won, relation, known.counted)
    INTO leads, wins;
  IF leadscore.are_too_few(leads, wins) THEN
    RETURN;
  END IF;
  SELECT l.* INTO t FROM leadscore.learn_terms(NULL, document #>> '{model,time_zone}', relation, outcome, ARRAY(SELECT jsonb_array_elements_text(options -> 'features')),
    options ->> 'method', at, outcome_at, (options ->> 'penalty')::double precision, options ->> 'binning', since, mature_after, as_of, false, (options ->> 'most_leads')::bigint) AS l;
  refitted := document || jsonb_build_object(
    'criteria', (SELECT jsonb_agg(c.value ORDER BY c.is_learned, c.place) FROM (
        SELECT false, e.value, e.ordinality FROM jsonb_array_elements(document -> 'criteria') WITH ORDINALITY AS e
        WHERE e.value #>> '{provenance,by}' IS DISTINCT FROM 'train'
        UNION ALL
        SELECT true, to_jsonb(l) - 'ordinality', l.ordinality FROM leadscore.learned_criteria(t.learned_features, t.learned, '{}') WITH ORDINALITY AS l
      ) AS c (is_learned, value, place)));
END
$$;
COMMENT ON FUNCTION leadscore.refit_document(jsonb, jsonb, regclass, text, text, text, timestamptz, interval, timestamptz) IS
'Internal: a model that leadscore.train() has made with these options, learned anew from the leads from a time on that were known before another, and how many they were and how many of them were won; criteria made by hand stay. Without a model where fewer than 40 were won or lost.';

CREATE FUNCTION leadscore.backtest(model text, relation regclass, outcome text, at text, outcome_at text DEFAULT NULL, step interval DEFAULT NULL,
  "window" interval DEFAULT NULL, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL,
  as_of timestamptz DEFAULT now(), refit boolean DEFAULT NULL)
RETURNS TABLE (slice_from timestamptz, slice_to timestamptz, learned_leads bigint, learned_wins bigint, leads bigint, wins bigint,
  rate double precision, rate_lower double precision, rate_upper double precision, mean_probability double precision,
  auc double precision, auc_lower double precision, auc_upper double precision, ks double precision, brier double precision,
  log_loss double precision, calibration_error double precision, note text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
#variable_conflict use_variable
DECLARE
  most_slices CONSTANT integer := 1000;
  document jsonb := leadscore.export_model(model);
  options jsonb;
  judge jsonb;
  closed record;
  refitted record;
  period record;
  slice integer := 0;
  told timestamptz := clock_timestamp();
BEGIN
  IF num_nulls(model, relation, outcome, at, as_of) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'model, relation, outcome, at and as_of must not be NULL';
  END IF;
  options := leadscore.refit_options(document, relation, at);
  IF refit AND options IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('model "%s" cannot be refitted', model),
      DETAIL = 'It was not made by leadscore.train(), or what it has learned was edited, calibrated, or learned with another column of time.',
      HINT = 'refit => false judges the model as it is.';
  END IF;
  IF NOT isfinite(since) OR NOT isfinite(until) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'since and until must be finite';
  END IF;
  IF step <= '0' OR "window" <= '0' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'step and window must be longer than nothing';
  END IF;
  -- Times without a zone are the model's, as in its conditions.
  PERFORM set_config('TimeZone', document #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, NULL, mature_after, outcome_at, as_of) AS c;
  refit := coalesce(refit, options IS NOT NULL);
  EXECUTE format('SELECT min(l.%I::timestamptz) AS first, max(l.%1$I::timestamptz) AS last FROM %s AS l WHERE %s AND isfinite(l.%1$I::timestamptz)', at, relation, closed.counted)
    INTO period;
  IF period.first IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Six parts: the first is only learned from.
  step := coalesce(step, (coalesce(until, period.last) - period.first) / 6 + interval '1 microsecond');
  since := coalesce(since, period.first + CASE WHEN refit THEN step ELSE interval '0' END);
  until := coalesce(until, period.last + interval '1 microsecond');
  IF NOT refit THEN
    PERFORM leadscore.tell_seen(model, document, relation, since);
  END IF;

  slice_from := since;
  WHILE slice_from < until LOOP
    slice := slice + 1;
    IF slice > most_slices THEN
      RAISE EXCEPTION USING
        ERRCODE = 'program_limit_exceeded',
        MESSAGE = format('a backtest has at most %s slices', most_slices),
        HINT = 'Take a longer step, or a shorter period.';
    END IF;
    slice_to := least(since + slice * step, until);
    note := NULL;
    judge := document;
    IF refit THEN
      SELECT r.* INTO refitted FROM leadscore.refit_document(document, options, relation, outcome, at, outcome_at, slice_from - "window", mature_after, slice_from) AS r;
      learned_leads := refitted.leads;
      learned_wins := refitted.wins;
      judge := refitted.refitted;
      IF judge IS NULL THEN
        note := format('too few leads to learn from: %s won, %s lost', learned_wins, learned_leads - learned_wins);
      END IF;
    END IF;
    EXECUTE format('SELECT m.leads, m.wins, m.mean_probability, (m.auc).estimate, (m.auc).lower, (m.auc).upper, m.ks, m.brier, m.log_loss, m.calibration_error '
        'FROM (SELECT count(*) AS leads, count(*) FILTER (WHERE j.won) AS wins, avg((j.e).probability) AS mean_probability, '
        '  leadscore.auc_interval((j.e).score, j.won) AS auc, leadscore.ks((j.e).score, j.won) AS ks, '
        '  leadscore.brier((j.e).probability, j.won) AS brier, leadscore.log_loss((j.e).probability, j.won) AS log_loss, '
        '  leadscore.expected_calibration_error((j.e).probability, j.won) AS calibration_error '
        '  FROM (SELECT %s AS won, leadscore.evaluate($1, l.*, t.at) AS e FROM %s AS l, LATERAL (SELECT l.%I::timestamptz) AS t (at) '
        '    WHERE %s AND t.at >= $2 AND t.at < $3 OFFSET 0) AS j OFFSET 0) AS m',
        closed.won, relation, at, closed.counted)
      INTO leads, wins, mean_probability, auc, auc_lower, auc_upper, ks, brier, log_loss, calibration_error
      USING leadscore.scoring_document(judge), slice_from, slice_to;
    SELECT w.estimate, w.lower, w.upper INTO rate, rate_lower, rate_upper FROM leadscore.wilson(wins, leads) AS w;
    RETURN NEXT;
    slice_from := slice_to;
    IF clock_timestamp() > told + interval '5 seconds' AND slice_from < until THEN
      told := clock_timestamp();
      RAISE NOTICE 'backtest: % judged up to %', slice, slice_to;
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.backtest(text, regclass, text, text, text, interval, interval, timestamptz, timestamptz, interval, timestamptz, boolean) IS
'How good a model would have been, slice of time by slice of time. A model that leadscore.train() has made is refitted for each slice with the same features, method, binning and penalty, from the leads that came, and whose outcome was known (outcome_at), before the slice began; criteria made by hand stay. Any other model (one that was edited or calibrated after it was learned, too), or with refit => false, is judged as it is, and a NOTICE tells if it has learned from leads of the slices. at: the column of the lead''s time, as of which it is scored. step: how long a slice is, days and months being those of the model''s time zone, NULL: a sixth of all the time. window: how far back it is learned from, NULL: from the beginning. since, until: the time of the slices, by default from the second sixth on (from the first if nothing is refitted) to the last lead. mature_after, as_of as for leadscore.calibrate(). A row a slice: its beginning and end, the leads and wins learned from (NULL: not refitted), the leads judged, their wins and rate with its Wilson interval, the mean probability promised, AUC with its DeLong interval, KS, Brier, log-loss and expected calibration error (of probabilities alone), and a note where there were fewer than 40 won or lost leads to learn from. Raises 22004 for a NULL model, relation, outcome, at or as_of, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, 22023 for a step or window that is not positive, an infinite since or until, to refit what cannot be refitted and where no outcome is known, 54000 for more than 1000 slices, and errors as leadscore.train() and leadscore.evaluate().';
-- Which of two models is better, and the gate through which a candidate takes the place of a live model.
CREATE TYPE leadscore.model_comparison AS (
  leads bigint,
  wins bigint,
  auc_a double precision,
  auc_a_lower double precision,
  auc_a_upper double precision,
  auc_b double precision,
  auc_b_lower double precision,
  auc_b_upper double precision,
  auc_difference double precision,
  auc_lower double precision,
  auc_upper double precision,
  z double precision,
  p_value double precision,
  brier_a double precision,
  brier_b double precision,
  log_loss_a double precision,
  log_loss_b double precision,
  log_loss_difference double precision,
  log_loss_lower double precision,
  log_loss_upper double precision
);
COMMENT ON TYPE leadscore.model_comparison IS 'Two models judged by the same leads, as leadscore.compare_models() does it';
COMMENT ON COLUMN leadscore.model_comparison.leads IS 'The leads they were judged by';
COMMENT ON COLUMN leadscore.model_comparison.wins IS 'Those of them that were won';
COMMENT ON COLUMN leadscore.model_comparison.auc_a IS 'AUC of the scores of the first model';
COMMENT ON COLUMN leadscore.model_comparison.auc_a_lower IS 'The lower end of its 95 % interval (DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_a_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.auc_b IS 'AUC of those of the second';
COMMENT ON COLUMN leadscore.model_comparison.auc_b_lower IS 'The lower end of its 95 % interval (DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_b_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.auc_difference IS 'auc_a - auc_b: above 0 the first ranks better';
COMMENT ON COLUMN leadscore.model_comparison.auc_lower IS 'The lower end of its 95 % interval (paired DeLong)';
COMMENT ON COLUMN leadscore.model_comparison.auc_upper IS 'Its upper end';
COMMENT ON COLUMN leadscore.model_comparison.z IS 'The difference over its standard error';
COMMENT ON COLUMN leadscore.model_comparison.p_value IS 'How probable a difference at least as great would be if both ranked equally well';
COMMENT ON COLUMN leadscore.model_comparison.brier_a IS 'Mean squared error of the first model''s probabilities; NULL if it has none';
COMMENT ON COLUMN leadscore.model_comparison.brier_b IS 'That of the second';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_a IS 'Mean logarithmic loss of the first model''s probabilities; NULL if it has none';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_b IS 'That of the second';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_difference IS 'log_loss_a - log_loss_b: below 0 the first promises better; NULL unless both have probabilities';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_lower IS 'The lower end of its 95 % interval (normal, paired by lead)';
COMMENT ON COLUMN leadscore.model_comparison.log_loss_upper IS 'Its upper end';

CREATE FUNCTION leadscore.compare_documents(a jsonb, b jsonb, relation regclass, outcome text, at text, since timestamptz, until timestamptz,
  mature_after interval, outcome_at text, as_of timestamptz) RETURNS leadscore.model_comparison
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  loss CONSTANT text := 'CASE WHEN p.won AND (p.%1$s).probability > 0 THEN -ln((p.%1$s).probability) '
    'WHEN NOT p.won AND (p.%1$s).probability < 1 THEN -ln(1 - (p.%1$s).probability) WHEN (p.%1$s).probability IS NOT NULL THEN ''infinity'' END';
  -- Times without a zone are read as each model reads them.
  clock CONSTANT text := (SELECT CASE WHEN at IS NULL THEN '$3'
    WHEN leadscore.column_type(relation, at) = 'timestamptz'::regtype THEN replace(format('l.%I', at), '%', '%%')
    ELSE replace(format('l.%I', at), '%', '%%') || '::timestamp AT TIME ZONE %L' END);
  closed record;
  result leadscore.model_comparison;
BEGIN
  PERFORM set_config('TimeZone', a #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, since, until, mature_after, outcome_at, as_of) AS c;
  EXECUTE format('SELECT m.leads, m.wins, (m.auc_a).estimate, (m.auc_a).lower, (m.auc_a).upper, (m.auc_b).estimate, (m.auc_b).lower, (m.auc_b).upper, (m.auc).difference, (m.auc).lower, (m.auc).upper, (m.auc).z, (m.auc).p_value, '
      '  m.brier_a, m.brier_b, m.log_loss_a, m.log_loss_b, m.more, m.more - m.reach, m.more + m.reach '
      'FROM (SELECT count(*) AS leads, count(*) FILTER (WHERE j.won) AS wins, leadscore.auc_difference((j.a).score, (j.b).score, j.won) AS auc, '
      '  leadscore.auc_interval((j.a).score, j.won) AS auc_a, leadscore.auc_interval((j.b).score, j.won) AS auc_b, '
      '  leadscore.brier((j.a).probability, j.won) AS brier_a, leadscore.brier((j.b).probability, j.won) AS brier_b, '
      '  leadscore.log_loss((j.a).probability, j.won) AS log_loss_a, leadscore.log_loss((j.b).probability, j.won) AS log_loss_b, '
      '  avg(j.more) AS more, 1.959963984540054 * stddev_samp(j.more) / sqrt(count(j.more)) AS reach '
      '  FROM (SELECT p.won, p.a, p.b, (%s) - (%s) AS more '
      '    FROM (SELECT %s AS won, leadscore.evaluate($1, l.*, %s) AS a, leadscore.evaluate($2, l.*, %s) AS b FROM %s AS l WHERE %s OFFSET 0) AS p '
      '    OFFSET 0) AS j OFFSET 0) AS m',
      format(loss, 'a'), format(loss, 'b'), closed.won, format(clock, a #>> '{model,time_zone}'), format(clock, coalesce(b, a) #>> '{model,time_zone}'), relation, closed.counted)
    INTO result
    USING leadscore.scoring_document(a), leadscore.scoring_document(b), as_of;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.compare_documents(jsonb, jsonb, regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Internal: leadscore.compare_models() of models given as values';

CREATE FUNCTION leadscore.compare_models(a text, b text, relation regclass, outcome text, at text DEFAULT NULL, since timestamptz DEFAULT NULL,
  until timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, outcome_at text DEFAULT NULL, as_of timestamptz DEFAULT now())
RETURNS leadscore.model_comparison
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  documents jsonb[];
BEGIN
  IF num_nulls(a, b, relation, outcome, as_of) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the models, relation, outcome and as_of must not be NULL';
  END IF;
  documents := ARRAY[leadscore.export_model(a), leadscore.export_model(b)];
  PERFORM leadscore.tell_seen(a, documents[1], relation, since);
  PERFORM leadscore.tell_seen(b, documents[2], relation, since) WHERE b <> a;
  RETURN leadscore.compare_documents(documents[1], documents[2], relation, outcome, at, since, until, mature_after, outcome_at, as_of);
END
$$;
COMMENT ON FUNCTION leadscore.compare_models(text, text, regclass, text, text, timestamptz, timestamptz, interval, text, timestamptz) IS
'Which of two models is better on the same leads: AUCs with the paired test of DeLong, DeLong, Clarke-Pearson (1988), and, where both give probabilities, their losses. Models are taken as they are; a NOTICE tells where one was learned from the relation. outcome, at, since, until, mature_after, outcome_at as for leadscore.calibrate(); leads are scored as of their own time where at names it, else as of as_of; a time without a zone is that of each model''s own, and of the first model where it is compared with since and until. AUCs are NULL unless there are won and lost leads. Raises 22004 for a NULL model, relation, outcome or as_of, 42704 for an unknown model, 42703 and 42804 for columns that do not exist or do not fit, and errors as leadscore.evaluate().';

CREATE TYPE leadscore.publication AS (
  version bigint,
  earlier_version bigint,
  judged_from timestamptz,
  comparison leadscore.model_comparison,
  overridden text[]
);
COMMENT ON TYPE leadscore.publication IS 'What leadscore.publish_model() has done';
COMMENT ON COLUMN leadscore.publication.version IS 'The version that is live now';
COMMENT ON COLUMN leadscore.publication.earlier_version IS 'The one that was, for leadscore.restore_model_version(); NULL: there was none';
COMMENT ON COLUMN leadscore.publication.judged_from IS 'The beginning of the newest slice';
COMMENT ON COLUMN leadscore.publication.comparison IS 'The candidate (a) and the live model (b) on the leads of that slice, each as it would have been learned before the slice; without b where there was no live model';
COMMENT ON COLUMN leadscore.publication.overridden IS 'The reasons against it that force has overridden; NULL: none';

CREATE FUNCTION leadscore.publication_reasons(c leadscore.model_comparison, has_live boolean, earlier_rate double precision) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(r.reason ORDER BY r.place)
  FROM (SELECT round(c.auc_a::numeric, 4), round(c.auc_b::numeric, 4),
      CASE WHEN c.p_value < 0.0001 THEN '< 0.0001' ELSE round(c.p_value::numeric, 4)::text END,
      (SELECT r.rate * (1 - r.rate) + (r.rate - coalesce(earlier_rate, r.rate)) ^ 2 FROM (SELECT c.wins::double precision / nullif(c.leads, 0)) AS r (rate)))
      AS n (auc_a, auc_b, p_value, brier_of_rate),
    LATERAL (VALUES
      (1, leadscore.are_too_few(c.leads, c.wins),
        format('The newest slice has too few leads to judge by: %s won, %s lost; it takes 40 of each.', c.wins, c.leads - c.wins)),
      (2, c.auc_a_lower <= 0.5,
        format('The candidate does not rank beyond chance: its AUC is %s (95 %% interval %s to %s).', n.auc_a, round(c.auc_a_lower::numeric, 4), round(c.auc_a_upper::numeric, 4))),
      (3, c.brier_a >= n.brier_of_rate,
        format('The candidate''s probabilities are no better than the rate of earlier leads would be for all: Brier score %s against %s.', round(c.brier_a::numeric, 4), round(n.brier_of_rate::numeric, 4))),
      (4, has_live AND c.auc_upper < 0,
        format('It ranks worse than the live model: AUC %s against %s (p %s).', n.auc_a, n.auc_b, n.p_value)),
      (5, c.log_loss_lower > 0,
        format('Its probabilities are worse than the live model''s: log-loss %s against %s.', round(c.log_loss_a::numeric, 4), round(c.log_loss_b::numeric, 4))),
      (6, c.brier_b IS NOT NULL AND c.brier_a IS NULL,
        'The live model gives probabilities, the candidate does not: leadscore.calibrate_probability() makes them.'),
      (7, has_live AND c.auc_upper >= 0 AND c.auc_lower <= 0 AND (c.log_loss_upper < 0) IS NOT TRUE,
        format('It is not better than the live model beyond chance: AUC %s against %s (p %s)', n.auc_a, n.auc_b, n.p_value)
          || CASE WHEN abs(c.log_loss_difference) < 'infinity'
            THEN format(', log-loss %s against %s', round(c.log_loss_a::numeric, 4), round(c.log_loss_b::numeric, 4)) ELSE '' END || '.'))
    AS r (place, holds, reason)
  WHERE r.holds
$$;
COMMENT ON FUNCTION leadscore.publication_reasons(leadscore.model_comparison, boolean, double precision) IS
'Internal: what speaks against a candidate (a) in the place of a live model (b), if there is one; the rate of wins before the leads that they were compared by (NULL: unknown, theirs is taken) is what probabilities must beat. NULL if nothing speaks against it.';

CREATE FUNCTION leadscore.published_document(candidate jsonb, live jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN live IS NULL THEN candidate ELSE
    candidate
      || jsonb_build_object('model', (candidate -> 'model') || jsonb_build_object(
        'title', coalesce(nullif(candidate #> '{model,title}', 'null'), live #> '{model,title}'),
        'title_ru', coalesce(nullif(candidate #> '{model,title_ru}', 'null'), live #> '{model,title_ru}'),
        'status', CASE WHEN candidate -> 'stages' = '[]' THEN live ELSE candidate END #> '{model,status}'))
      || jsonb_build_object('bands', (candidate -> 'bands') || (SELECT coalesce(jsonb_agg(b.value ORDER BY b.ordinality), '[]')
        FROM jsonb_array_elements(live -> 'bands') WITH ORDINALITY AS b (value)
        WHERE NOT candidate -> 'bands' @> jsonb_build_array(jsonb_build_object('kind', b.value -> 'kind'))))
      || coalesce((SELECT jsonb_object_agg(k.key, live -> k.key)
        FROM (VALUES ('stages', 'stages'), ('stage_rules', 'stages'), ('stage_map', 'stages'), ('playbook', 'stages'),
          ('target_criteria', 'target_criteria'), ('event_kinds', 'event_kinds'), ('protected_attributes', 'protected_attributes')) AS k (key, part)
        WHERE candidate -> k.part = '[]'), '{}') END
$$;
COMMENT ON FUNCTION leadscore.published_document(jsonb, jsonb) IS
'Internal: a candidate as it goes live: what it has nothing of (bands of a kind, stages with rules and statuses and playbook, target criteria, kinds of events, protected attributes, titles) stays as the live model has it';

CREATE FUNCTION leadscore.publish_model(candidate text, live text, relation regclass, outcome text, at text, outcome_at text DEFAULT NULL,
  since timestamptz DEFAULT NULL, mature_after interval DEFAULT NULL, as_of timestamptz DEFAULT now(), force boolean DEFAULT false, note text DEFAULT NULL)
RETURNS leadscore.publication
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET DateStyle = 'ISO, YMD'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
AS $$
DECLARE
  candidate_model record;
  live_model record;
  closed record;
  judged jsonb[];
  options jsonb;
  refit record;
  reasons text[] := '{}';
  protected text;
  earlier_rate double precision;
  scales text[];
  result leadscore.publication;
BEGIN
  IF num_nulls(candidate, live, relation, outcome, at, as_of, force) > 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'candidate, live, relation, outcome, at, as_of and force must not be NULL';
  ELSIF candidate = live OR live = '' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = CASE live WHEN '' THEN 'the live model must have a name' ELSE format('model "%s" cannot take its own place', live) END,
      HINT = 'Train the candidate under a name of its own.';
  END IF;
  -- Two who publish to one name take turns; those who edit need not wait for the judgement.
  PERFORM pg_advisory_xact_lock(hashtextextended('leadscore.publish_model ' || live, 0));
  SELECT m.* INTO candidate_model FROM leadscore.model_at(candidate) AS m;
  SELECT m.* INTO live_model FROM leadscore.model_at(live) AS m;
  judged := ARRAY[coalesce(candidate_model.document, leadscore.export_model(candidate)), live_model.document];
  scales := ARRAY[judged[1] #>> '{model,scale}', judged[2] #>> '{model,scale}'];
  IF judged[1] #> '{model,time_zone}' <> judged[2] #> '{model,time_zone}' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('model "%s" reads times in %s, model "%s" in %s', candidate, judged[1] #>> '{model,time_zone}', live, judged[2] #>> '{model,time_zone}'),
      HINT = 'Set time_zone of the candidate before it is trained.';
  END IF;

  PERFORM set_config('TimeZone', judged[1] #>> '{model,time_zone}', true);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, NULL, mature_after, outcome_at, as_of) AS c;
  result.judged_from := since;
  IF since IS NULL THEN
    EXECUTE format('SELECT percentile_disc(0.8) WITHIN GROUP (ORDER BY l.%I::timestamptz) FROM %s AS l WHERE %s', at, relation, closed.counted)
      INTO result.judged_from;
  END IF;
  IF result.judged_from IS NULL THEN
    RAISE EXCEPTION '"%" has no lead whose outcome is known', relation USING ERRCODE = 'invalid_parameter_value';
  END IF;

  -- What has learned from the slice is taken as it would have been before it. A live model of which that cannot be told
  -- is taken as it is, which flatters it; a candidate is not.
  FOR i IN 1 .. 2 LOOP
    CONTINUE WHEN (leadscore.seen_until(judged[i]) >= result.judged_from) IS NOT TRUE;
    options := leadscore.refit_options(judged[i], relation, at);
    IF options IS NOT NULL THEN
      SELECT r.* INTO refit FROM leadscore.refit_document(judged[i], options, relation, outcome, at, outcome_at, NULL, mature_after, result.judged_from) AS r;
      judged[i] := coalesce(refit.refitted, judged[i]);
      IF refit.refitted IS NULL AND i = 1 THEN
        reasons := reasons || format('There are too few leads before the newest slice to learn the candidate from: %s won, %s lost.', refit.wins, refit.leads - refit.wins);
      END IF;
    ELSIF i = 1 THEN
      reasons := reasons || format('The candidate was learned, or calibrated, from leads of the newest slice too, and cannot be learned again without them. Learn it from leads before %s: as_of or until, with at.', result.judged_from);
    END IF;
  END LOOP;
  SELECT string_agg(DISTINCT format('"%s"', p.attribute), ', ') INTO protected
  FROM leadscore.protected_attribute AS p, jsonb_array_elements(judged[1] -> 'criteria') AS c (value)
  WHERE p.model = live AND c.value #>> '{provenance,attribute}' = p.attribute;
  IF protected IS NOT NULL THEN
    reasons := reasons || format('It was learned from what is protected in the live model: %s.', protected);
  END IF;
  result.comparison := leadscore.compare_documents(judged[1], judged[2], relation, outcome, at, result.judged_from, NULL, mature_after, outcome_at, as_of);
  SELECT c.* INTO closed FROM leadscore.closed_leads(relation, outcome, at, NULL, result.judged_from, mature_after, outcome_at, result.judged_from) AS c;
  EXECUTE format('SELECT avg((%s)::integer) FROM %s AS l WHERE %s', closed.won, relation, closed.counted) INTO earlier_rate;
  reasons := reasons || leadscore.publication_reasons(result.comparison, live_model.version IS NOT NULL, earlier_rate);
  IF reasons <> '{}' AND NOT force THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('model "%s" is not fit to %s', candidate, CASE WHEN live_model.version IS NULL THEN 'go live' ELSE format('take the place of "%s"', live) END),
      DETAIL = format(E'Judged by the leads from %s on:\n%s', result.judged_from, array_to_string(reasons, E'\n')),
      HINT = 'leadscore.compare_models() and leadscore.backtest() tell more; force => true publishes all the same.';
  END IF;
  result.overridden := nullif(reasons, '{}');

  PERFORM leadscore.check_version(live, live_model.version);
  PERFORM leadscore.check_version(candidate, candidate_model.version);
  IF live_model.version IS NOT NULL THEN
    result.earlier_version := leadscore.save_model_version(live);
  END IF;
  PERFORM leadscore.import_model(leadscore.published_document(candidate_model.document, live_model.document), live, replace => true);
  result.version := leadscore.save_model_version(live, coalesce(note, format('published from "%s"', candidate)));
  IF scales[1] <> scales[2] THEN
    RAISE NOTICE USING
      MESSAGE = format('the scale of model "%s" is now %s, it was %s', live, scales[1], scales[2]),
      HINT = 'Look through the bands and rules that name scores.';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.publish_model(text, text, regclass, text, text, text, timestamptz, interval, timestamptz, boolean, text) IS
'Puts a candidate in the place of a live model (which is made if it is absent) if it has proved better on the newest slice: the leads from since on, by default the newest fifth by the column at. A model that leadscore.train() made with knowledge of the slice is refitted on what was known before it, for the judgement alone; a candidate that cannot be (edited or calibrated since, or made by apply_calibration()) is refused, a live model is taken as it is. Better means: at least 40 won and 40 lost leads to judge by, an AUC above 0.5 beyond chance, probabilities (if any) with a smaller Brier score than the rate of earlier leads, no attribute that is protected in the live model; and against the live model a greater AUC beyond chance (paired DeLong, 95 %) or, with AUCs that do not differ beyond chance, a smaller log-loss beyond chance, and never a greater one beyond chance, nor no probabilities in the place of some. Otherwise it raises 55000 with the reasons in DETAIL, unless force is true (which does not help a live model that does not fit the relation). Bands, stages, target criteria, kinds of events, protected attributes and titles of the live model stay where the candidate has none. The live model''s earlier and new versions are kept in leadscore.model_version with the note; leadscore.restore_model_version() brings one back. Raises 22004 for a NULL candidate, live, relation, outcome, at, as_of or force, 42704 for an unknown candidate, 22023 for a model in its own place, no name, other time zones and where no outcome is known, 40001 if somebody changes either model meanwhile, and errors as leadscore.compare_models().';

CREATE FUNCTION leadscore.restore_model_version(model text, version bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  kept jsonb;
BEGIN
  SELECT v.document INTO kept FROM leadscore.model_version AS v
  WHERE v.model = restore_model_version.model AND v.version = restore_model_version.version;
  IF kept IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('no version %s of model "%s" is kept', restore_model_version.version, restore_model_version.model),
      HINT = 'Table leadscore.model_version lists what is kept.';
  END IF;
  PERFORM leadscore.lock_model(restore_model_version.model);
  PERFORM leadscore.save_model_version(restore_model_version.model);
  PERFORM leadscore.import_model(kept, restore_model_version.model, replace => true);
  RETURN leadscore.save_model_version(restore_model_version.model, format('restored from version %s', restore_model_version.version));
END
$$;
COMMENT ON FUNCTION leadscore.restore_model_version(text, bigint) IS
'Brings back a version of a model that leadscore.save_model_version() or leadscore.publish_model() has kept, and returns the number that it has now; what the model held before is kept as well. NULL if an argument is. Raises 42704 if no such version is kept.';
-- The contract on target leads: who has signed which criteria for which department, and disputes about single leads.
CREATE TABLE leadscore.target_signature (
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  department text COLLATE "C" NOT NULL CHECK (department <> ''),
  signed_by text NOT NULL DEFAULT CURRENT_USER,
  signed_at timestamptz NOT NULL DEFAULT now(),
  criteria jsonb NOT NULL,
  note text,
  PRIMARY KEY (model, department, signed_at)
);
COMMENT ON TABLE leadscore.target_signature IS 'Who has signed, for which department and when, what a target lead is; written by leadscore.sign_target()';
COMMENT ON COLUMN leadscore.target_signature.model IS 'The model';
COMMENT ON COLUMN leadscore.target_signature.department IS 'The department, such as marketing or sales';
COMMENT ON COLUMN leadscore.target_signature.signed_by IS 'The role that signed';
COMMENT ON COLUMN leadscore.target_signature.signed_at IS 'When';
COMMENT ON COLUMN leadscore.target_signature.criteria IS 'The criteria as they were then, as "target_criteria" has them in the document of leadscore.export_model()';
COMMENT ON COLUMN leadscore.target_signature.note IS 'What there is to say about it';

CREATE TABLE leadscore.target_dispute (
  id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  model text COLLATE "C" NOT NULL REFERENCES leadscore.model ON DELETE CASCADE ON UPDATE CASCADE,
  lead_key text NOT NULL,
  raised_by text NOT NULL DEFAULT CURRENT_USER,
  department text COLLATE "C",
  raised_at timestamptz NOT NULL DEFAULT now(),
  claim text COLLATE "C" NOT NULL CHECK (claim = ANY (ARRAY['target', 'not_target', 'grow'])),
  verdict text COLLATE "C" CHECK (verdict = ANY (ARRAY['target', 'not_target', 'grow', 'unknown'])),
  comment text,
  outcome text COLLATE "C" CHECK (outcome = ANY (ARRAY['target', 'not_target', 'grow'])),
  resolved_by text,
  resolved_at timestamptz,
  CHECK ((outcome IS NULL) = (resolved_at IS NULL))
);
COMMENT ON TABLE leadscore.target_dispute IS 'Leads of which one department says that they are target leads and the other says that they are not';
COMMENT ON COLUMN leadscore.target_dispute.id IS 'Number of the dispute';
COMMENT ON COLUMN leadscore.target_dispute.model IS 'The model';
COMMENT ON COLUMN leadscore.target_dispute.lead_key IS 'Which lead: its key, as text';
COMMENT ON COLUMN leadscore.target_dispute.raised_by IS 'Who says so';
COMMENT ON COLUMN leadscore.target_dispute.department IS 'For which department';
COMMENT ON COLUMN leadscore.target_dispute.raised_at IS 'When';
COMMENT ON COLUMN leadscore.target_dispute.claim IS 'What they say: target, not_target or grow';
COMMENT ON COLUMN leadscore.target_dispute.verdict IS 'What leadscore.target() said then';
COMMENT ON COLUMN leadscore.target_dispute.comment IS 'Why; the address of a recording, for instance';
COMMENT ON COLUMN leadscore.target_dispute.outcome IS 'What was decided: target, not_target or grow; NULL: open';
COMMENT ON COLUMN leadscore.target_dispute.resolved_by IS 'Who decided';
COMMENT ON COLUMN leadscore.target_dispute.resolved_at IS 'When';
COMMENT ON SEQUENCE leadscore.target_dispute_id_seq IS 'Numbers the disputes';
CREATE INDEX ON leadscore.target_dispute (model, lead_key);

-- The order of the rows and what people call them do not make another contract; the words of the question do.
CREATE FUNCTION leadscore.target_criteria(model text) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'criterion', c.criterion, 'condition', c.condition, 'requirement', c.requirement,
    'valid_from', nullif(c.valid_from, '-infinity'), 'valid_to', nullif(c.valid_to, 'infinity'),
    'greeting', c.greeting, 'greeting_version', c.greeting_version)
    ORDER BY c.criterion, c.valid_from), '[]')
  FROM leadscore.target_criterion AS c WHERE c.model = target_criteria.model AND c.enabled
$$;
COMMENT ON FUNCTION leadscore.target_criteria(text) IS
'What is signed: the enabled target criteria of a model, with conditions, dates and agreed words, in the order of their names. An empty array if there are none; NULL for NULL.';

CREATE FUNCTION leadscore.keep_signature() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- Nobody signs for another, at another time, or something else; a restore, which a superuser does, knows it already.
  IF NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = CURRENT_USER) THEN
    NEW.signed_by := CURRENT_USER;
    NEW.signed_at := clock_timestamp();
    NEW.criteria := leadscore.target_criteria(NEW.model);
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION leadscore.keep_signature() IS 'Internal: a signature is that of the current role, now, under the criteria of now';

CREATE TRIGGER keep_signature BEFORE INSERT ON leadscore.target_signature
FOR EACH ROW EXECUTE FUNCTION leadscore.keep_signature();

CREATE FUNCTION leadscore.sign_target(model text, department text, note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF sign_target.model IS NULL OR sign_target.department IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the model and the department must be named';
  ELSIF sign_target.department = '' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'the name of the department must not be empty';
  END IF;
  -- Locked, so that nobody changes a criterion while it is signed.
  PERFORM FROM leadscore.model AS m WHERE m.model = sign_target.model FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('model "%s" does not exist', sign_target.model),
      HINT = 'Table leadscore.model lists the models; leadscore.create_model() makes one.';
  END IF;
  INSERT INTO leadscore.target_signature (model, department, signed_by, signed_at, criteria, note)
  VALUES (sign_target.model, sign_target.department, CURRENT_USER, clock_timestamp(),
    leadscore.target_criteria(sign_target.model), sign_target.note);
END
$$;
COMMENT ON FUNCTION leadscore.sign_target(text, text, text) IS
'Signs the target criteria of a model, as they are now, for a department: keeps them with the current role and the time. Raises 42704 if the model does not exist, 22004 for a NULL model or department, 22023 for a department without a name.';

CREATE VIEW leadscore.target_contract AS
SELECT m.model, leadscore.target_criteria(m.model) AS criteria, s.departments, s.last_signed_at,
  coalesce(s.signed_so, 0)::integer AS signed_so, coalesce(s.signed, 0)::integer AS signed,
  coalesce(s.signed >= 2 AND s.signed_so = s.signed, false) AS is_agreed
FROM leadscore.model AS m
LEFT JOIN LATERAL (
  SELECT jsonb_object_agg(l.department, jsonb_build_object('signed_by', l.signed_by, 'signed_at', l.signed_at,
      'is_current', l.criteria = leadscore.target_criteria(m.model), 'note', l.note)) AS departments,
    max(l.signed_at) AS last_signed_at, count(*) AS signed,
    count(*) FILTER (WHERE l.criteria = leadscore.target_criteria(m.model)) AS signed_so
  FROM (
    SELECT DISTINCT ON (t.department) t.* FROM leadscore.target_signature AS t WHERE t.model = m.model
    ORDER BY t.department, t.signed_at DESC) AS l) AS s ON true;
COMMENT ON VIEW leadscore.target_contract IS 'What a target lead is, model by model, and whether the departments agree on it: one row a model';
COMMENT ON COLUMN leadscore.target_contract.model IS 'The model';
COMMENT ON COLUMN leadscore.target_contract.criteria IS 'The criteria now, as leadscore.target_criteria() gives them';
COMMENT ON COLUMN leadscore.target_contract.departments IS 'The latest signature of each department: signed_by, signed_at, note, and is_current: whether it is under the criteria of now; NULL: nobody has signed';
COMMENT ON COLUMN leadscore.target_contract.last_signed_at IS 'When the latest of them was given';
COMMENT ON COLUMN leadscore.target_contract.signed_so IS 'Departments whose latest signature is under the criteria of now';
COMMENT ON COLUMN leadscore.target_contract.signed IS 'Departments that have signed at all';
COMMENT ON COLUMN leadscore.target_contract.is_agreed IS 'Whether at least two departments have signed, and all of them these criteria';

-- Restores: see begin_edit() in the part about the tables of models.
CREATE TRIGGER begin_load BEFORE INSERT ON leadscore.target_signature
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_load();
CREATE TRIGGER begin_load BEFORE INSERT ON leadscore.target_dispute
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.begin_load();
CREATE TRIGGER end_load AFTER INSERT ON leadscore.target_signature
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_load();
CREATE TRIGGER end_load AFTER INSERT ON leadscore.target_dispute
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.end_load();
ALTER TABLE leadscore.target_signature ENABLE ALWAYS TRIGGER end_load;
ALTER TABLE leadscore.target_dispute ENABLE ALWAYS TRIGGER end_load;

SELECT pg_catalog.pg_extension_config_dump('leadscore.target_signature', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.target_dispute', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.target_dispute_id_seq', '');
-- Models, frameworks and match rules are readable by everybody, and written by those whom grant_editor() names. Scoring and matching need neither.
GRANT USAGE ON SCHEMA leadscore TO PUBLIC;

CREATE FUNCTION leadscore.granted_tables(OUT definitions text, OUT contracts text, OUT records text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'leadscore.model, leadscore.dimension, leadscore.criterion, leadscore.band, leadscore.stage, '
      'leadscore.stage_rule, leadscore.stage_map, leadscore.target_criterion, leadscore.event_kind, leadscore.playbook, '
      'leadscore.calibration, leadscore.protected_attribute, leadscore.model_version, leadscore.email_provider, '
      'leadscore.framework, leadscore.framework_element, '
      'leadscore.match_rule, leadscore.match_comparison, leadscore.match_level, leadscore.match_key, leadscore.match_frequency',
    'leadscore.target_signature, leadscore.target_contract',
    'leadscore.framework_answer, leadscore.target_dispute'
$$;
COMMENT ON FUNCTION leadscore.granted_tables() IS
'Internal: the tables that grant_reader() and grant_editor() grant: what models, frameworks and match rules are made of and the contract on target leads, which PUBLIC may read, and what people have entered about leads, which it may not';

DO $$
BEGIN
  EXECUTE 'GRANT SELECT ON ' || (SELECT t.definitions || ', ' || t.contracts FROM leadscore.granted_tables() AS t) || ' TO PUBLIC';
END
$$;

REVOKE EXECUTE ON FUNCTION
  leadscore.granted_tables(),
  leadscore.next_version(bigint),
  leadscore.set_version(),
  leadscore.touch_model(),
  leadscore.touch_models(text[]),
  leadscore.check_expressions(),
  leadscore.begin_edit(),
  leadscore.end_restore(),
  leadscore.import_model(jsonb, text, boolean),
  leadscore.save_model_version(text, text),
  leadscore.create_model(text, text, regclass, jsonb),
  leadscore.create_stage_map(text, text),
  leadscore.sign_target(text, text, text),
  leadscore.apply_calibration(text, regclass, text, text[], text, text[], text, text, timestamptz, timestamptz, interval, text,
    timestamptz, integer, bigint, double precision, boolean, boolean),
  leadscore.keep_signature(),
  leadscore.begin_load(),
  leadscore.end_load(),
  leadscore.import_framework(jsonb, text, boolean),
  leadscore.create_framework(text, boolean),
  leadscore.import_match_rule(jsonb, text, boolean),
  leadscore.create_match_rule(text, text, boolean),
  leadscore.train_match(text, regclass, text, jsonb, regclass),
  leadscore.train(text, regclass, text, text[], text, text, text, double precision, text, timestamptz, boolean, interval, bigint),
  leadscore.calibrate_probability(text, regclass, text, text, text, timestamptz, timestamptz, interval, text, timestamptz, boolean),
  leadscore.publish_model(text, text, regclass, text, text, text, timestamptz, interval, timestamptz, boolean, text),
  leadscore.restore_model_version(text, bigint),
  leadscore.lock_model(text),
  leadscore.check_version(text, bigint)
FROM PUBLIC;

CREATE FUNCTION leadscore.grant_reader(role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA leadscore TO %s', role);
  EXECUTE (SELECT format('GRANT SELECT ON %s, %s, %s TO %s', t.definitions, t.contracts, t.records, role)
    FROM leadscore.granted_tables() AS t);
END
$$;
COMMENT ON FUNCTION leadscore.grant_reader(regrole) IS
'Lets a role read the tables of models, frameworks and match rules, where that has been revoked from PUBLIC, and what people have entered about leads, which PUBLIC may not read. Whoever scores sees the titles and points in explain() all the same. Only the extension''s owner can grant. Does nothing for NULL.';

CREATE FUNCTION leadscore.grant_editor(role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM leadscore.grant_reader(role);
  EXECUTE (SELECT format('GRANT INSERT, UPDATE, DELETE ON %s TO %s', t.definitions, role)
    FROM leadscore.granted_tables() AS t);
  -- A signature is given and not taken back, a dispute is settled and not deleted.
  EXECUTE format('GRANT INSERT ON leadscore.target_signature TO %s', role);
  EXECUTE format('GRANT INSERT, UPDATE ON leadscore.target_dispute TO %s', role);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON leadscore.framework_answer TO %s', role);
  EXECUTE format('GRANT USAGE ON SEQUENCE leadscore.model_version_number TO %s', role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION leadscore.next_version(bigint), leadscore.touch_models(text[]), '
    'leadscore.import_model(jsonb, text, boolean), leadscore.save_model_version(text, text), '
    'leadscore.create_model(text, text, regclass, jsonb), leadscore.import_framework(jsonb, text, boolean), '
    'leadscore.create_framework(text, boolean), leadscore.import_match_rule(jsonb, text, boolean), '
    'leadscore.create_match_rule(text, text, boolean), leadscore.train_match(text, regclass, text, jsonb, regclass), '
    'leadscore.create_stage_map(text, text), '
    'leadscore.sign_target(text, text, text), leadscore.apply_calibration(text, regclass, text, text[], text, text[], text, '
    'text, timestamptz, timestamptz, interval, text, timestamptz, integer, bigint, double precision, boolean, boolean), '
    'leadscore.train(text, regclass, text, text[], text, text, text, double precision, text, timestamptz, boolean, interval, bigint), '
    'leadscore.calibrate_probability(text, regclass, text, text, text, timestamptz, timestamptz, interval, text, timestamptz, boolean), '
    'leadscore.publish_model(text, text, regclass, text, text, text, timestamptz, interval, timestamptz, boolean, text), '
    'leadscore.restore_model_version(text, bigint), leadscore.lock_model(text), leadscore.check_version(text, bigint) TO %s', role);
END
$$;
COMMENT ON FUNCTION leadscore.grant_editor(regrole) IS
'Lets a role read, make and change models, frameworks and match rules, and enter answers. Only the extension''s owner can grant. Does nothing for NULL.';

REVOKE EXECUTE ON FUNCTION leadscore.grant_reader(regrole), leadscore.grant_editor(regrole) FROM PUBLIC;
-- Attached tables: which tables of leads are kept current, and what is known of each lead. Nothing here is personal data
-- but what a table uses as key, channel, owner or status.

CREATE TABLE leadscore.source (
  source_id integer NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  source text COLLATE "C" NOT NULL UNIQUE CHECK (source <> ''),
  relation regclass NOT NULL UNIQUE,
  model text COLLATE "C" NOT NULL,
  key text[] NOT NULL CHECK (cardinality(key) > 0),
  columns jsonb NOT NULL,
  features regclass,
  events regclass,
  event_columns jsonb,
  half_life interval NOT NULL DEFAULT '14 days',
  marks_duplicates boolean NOT NULL DEFAULT false,
  time_zone text NOT NULL DEFAULT 'UTC',
  matures_after interval NOT NULL DEFAULT '30 days',
  on_error text NOT NULL DEFAULT 'mark' CHECK (on_error = ANY (ARRAY['mark', 'raise'])),
  attached_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE leadscore.source IS 'Attached tables; rows are made by leadscore.attach()';
COMMENT ON COLUMN leadscore.source.source_id IS 'Number of the source';
COMMENT ON COLUMN leadscore.source.source IS 'The name by which views and functions know it';
COMMENT ON COLUMN leadscore.source.relation IS 'The table of leads';
COMMENT ON COLUMN leadscore.source.model IS 'The model that judges its leads';
COMMENT ON COLUMN leadscore.source.key IS 'The columns of its key';
COMMENT ON COLUMN leadscore.source.columns IS 'The column that plays each role, null for none';
COMMENT ON COLUMN leadscore.source.features IS 'A view or table with the same key columns that the model reads instead; NULL: the table itself';
COMMENT ON COLUMN leadscore.source.events IS 'The table of events of its leads; NULL: none';
COMMENT ON COLUMN leadscore.source.event_columns IS 'The columns of events: lead, event, at';
COMMENT ON COLUMN leadscore.source.half_life IS 'In which time the heat of an event halves';
COMMENT ON COLUMN leadscore.source.marks_duplicates IS 'Whether leads that repeat an earlier one are marked, by leadscore.create_duplicate_index()';
COMMENT ON COLUMN leadscore.source.time_zone IS 'The time zone of its days';
COMMENT ON COLUMN leadscore.source.matures_after IS 'How long after it came a lead is counted on to have moved on if it ever does';
COMMENT ON COLUMN leadscore.source.on_error IS 'What becomes of a lead that cannot be judged: mark (it is written, and unscored with the reason) or raise (it is refused)';
COMMENT ON COLUMN leadscore.source.attached_at IS 'When the table was attached';
COMMENT ON SEQUENCE leadscore.source_source_id_seq IS 'Numbers sources';

CREATE TABLE leadscore.source_stage (
  source_id integer NOT NULL,
  stage_id smallint NOT NULL CHECK (stage_id >= 0 AND stage_id < 63),
  stage text COLLATE "C" NOT NULL,
  PRIMARY KEY (source_id, stage_id),
  UNIQUE (source_id, stage)
);
COMMENT ON TABLE leadscore.source_stage IS 'The stages that leads of a source have been in or can be in, by numbers that stay though the ladder of the model changes';
COMMENT ON COLUMN leadscore.source_stage.source_id IS 'The source';
COMMENT ON COLUMN leadscore.source_stage.stage_id IS 'Number of the stage, and of its bit in lead_state.visited';
COMMENT ON COLUMN leadscore.source_stage.stage IS 'Its name in the model';

CREATE TABLE leadscore.source_column (
  source_id integer NOT NULL,
  relation oid NOT NULL,
  number smallint NOT NULL,
  name text COLLATE "C" NOT NULL,
  PRIMARY KEY (source_id, relation, number)
);
COMMENT ON TABLE leadscore.source_column IS 'The columns of attached tables and their events as they were called last, so that a new name can be followed. Not dumped: numbers are those of this database';
COMMENT ON COLUMN leadscore.source_column.source_id IS 'The source';
COMMENT ON COLUMN leadscore.source_column.relation IS 'The table';
COMMENT ON COLUMN leadscore.source_column.number IS 'Number of the column in it';
COMMENT ON COLUMN leadscore.source_column.name IS 'Its name';

CREATE TABLE leadscore.lead_state (
  source_id integer NOT NULL,
  lead text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  closed_at timestamptz,
  cohort_day date NOT NULL,
  channel text COLLATE "C",
  owner text COLLATE "C",
  status text COLLATE "C",
  amount numeric(18, 2),
  score double precision,
  raw_score double precision,
  probability double precision,
  grade text COLLATE "C",
  temperature text COLLATE "C",
  target text COLLATE "C",
  stage_id smallint,
  stage_since timestamptz,
  visits integer NOT NULL DEFAULT 0,
  visited bigint NOT NULL DEFAULT 0,
  is_duplicate boolean NOT NULL DEFAULT false,
  heat double precision,
  cooling_heat double precision,
  events bigint NOT NULL DEFAULT 0,
  last_event_at timestamptz,
  problem text,
  problem_state text COLLATE "C",
  model_version bigint,
  scored_at timestamptz NOT NULL,
  first_score double precision,
  first_scored_at timestamptz NOT NULL,
  PRIMARY KEY (source_id, lead)
);
COMMENT ON TABLE leadscore.lead_state IS 'What is known of each lead of an attached table, as of the time at which it was last judged. A cache: leadscore.rescan() makes it anew, leadscore.verify() compares';
COMMENT ON COLUMN leadscore.lead_state.source_id IS 'The source';
COMMENT ON COLUMN leadscore.lead_state.lead IS 'The key of the lead as text; a key of several columns as an array of texts';
COMMENT ON COLUMN leadscore.lead_state.created_at IS 'When the lead came: the column of the role created_at, or when it was first judged';
COMMENT ON COLUMN leadscore.lead_state.closed_at IS 'When it was closed, by the column of the role closed_at';
COMMENT ON COLUMN leadscore.lead_state.cohort_day IS 'The day of created_at in the time zone of the source';
COMMENT ON COLUMN leadscore.lead_state.channel IS 'Where it came from, by the column of the role channel';
COMMENT ON COLUMN leadscore.lead_state.owner IS 'Who works on it, by the column of the role owner';
COMMENT ON COLUMN leadscore.lead_state.status IS 'Its status in the CRM, by the column of the role stage';
COMMENT ON COLUMN leadscore.lead_state.amount IS 'What it is worth, by the column of the role amount';
COMMENT ON COLUMN leadscore.lead_state.score IS 'Its score, from 0 to 100; NULL if it could not be judged';
COMMENT ON COLUMN leadscore.lead_state.raw_score IS 'Its points before they were mapped to a score';
COMMENT ON COLUMN leadscore.lead_state.probability IS 'The probability that it is won, from 0 to 1; NULL if the model tells none';
COMMENT ON COLUMN leadscore.lead_state.grade IS 'Its grade';
COMMENT ON COLUMN leadscore.lead_state.temperature IS 'Its temperature';
COMMENT ON COLUMN leadscore.lead_state.target IS 'target, not_target, grow or unknown; NULL if the model has no target criteria';
COMMENT ON COLUMN leadscore.lead_state.stage_id IS 'Its stage, by source_stage; NULL: none yet';
COMMENT ON COLUMN leadscore.lead_state.stage_since IS 'When it entered the stage';
COMMENT ON COLUMN leadscore.lead_state.visits IS 'How many rows stage_history has of it';
COMMENT ON COLUMN leadscore.lead_state.visited IS 'The stages in which it has ever been: bit n is the stage of stage_id n';
COMMENT ON COLUMN leadscore.lead_state.is_duplicate IS 'Whether it repeated an earlier lead when it was last judged. Of two that are written at the same moment the next statement on the table tells, or leadscore.refresh(); leadscore.duplicate_leads() knows at once';
COMMENT ON COLUMN leadscore.lead_state.heat IS 'The heat of its events with positive points, see leadscore.heat(); NULL: none';
COMMENT ON COLUMN leadscore.lead_state.cooling_heat IS 'The heat of its events with negative points, of their amounts; NULL: none';
COMMENT ON COLUMN leadscore.lead_state.events IS 'How many events it has';
COMMENT ON COLUMN leadscore.lead_state.last_event_at IS 'When the latest of them happened';
COMMENT ON COLUMN leadscore.lead_state.problem IS 'Why it could not be judged; NULL if it was';
COMMENT ON COLUMN leadscore.lead_state.problem_state IS 'The SQLSTATE of that';
COMMENT ON COLUMN leadscore.lead_state.model_version IS 'The version of the model that judged it';
COMMENT ON COLUMN leadscore.lead_state.scored_at IS 'The instant as of which it was judged';
COMMENT ON COLUMN leadscore.lead_state.first_score IS 'Its score when it was first judged';
COMMENT ON COLUMN leadscore.lead_state.first_scored_at IS 'The instant of that';

CREATE TABLE leadscore.unsettled_lead (
  relation regclass NOT NULL,
  lead text COLLATE "C" NOT NULL,
  beside xid8 NOT NULL
);
COMMENT ON TABLE leadscore.unsettled_lead IS 'Leads whose person another transaction was changing at the same time: once that has ended, the next statement on the table judges them again. Not dumped: transactions are those of this cluster';
COMMENT ON COLUMN leadscore.unsettled_lead.relation IS 'The attached table';
COMMENT ON COLUMN leadscore.unsettled_lead.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.unsettled_lead.beside IS 'The other transaction';
CREATE INDEX unsettled_lead_relation ON leadscore.unsettled_lead (relation);

CREATE TABLE leadscore.stage_history (
  source_id integer NOT NULL,
  lead text COLLATE "C" NOT NULL,
  visit_no integer NOT NULL,
  stage_id smallint NOT NULL,
  lap_no integer NOT NULL,
  entered_at timestamptz NOT NULL,
  cause text COLLATE "C" NOT NULL CHECK (cause = ANY (ARRAY['found', 'change', 'import'])),
  noted_at timestamptz NOT NULL,
  PRIMARY KEY (source_id, lead, visit_no)
);
COMMENT ON TABLE leadscore.stage_history IS 'The visits of stages by leads, each until the next. A record: rows are added, and go only by leadscore.forget(), import_stage_history() and detach()';
COMMENT ON COLUMN leadscore.stage_history.source_id IS 'The source';
COMMENT ON COLUMN leadscore.stage_history.lead IS 'The key of the lead, as in lead_state';
COMMENT ON COLUMN leadscore.stage_history.visit_no IS 'The visits of a lead in order, from 1';
COMMENT ON COLUMN leadscore.stage_history.stage_id IS 'The stage, by source_stage';
COMMENT ON COLUMN leadscore.stage_history.lap_no IS 'Which visit of this stage it is, from 1: a lead that comes back from hold runs another lap';
COMMENT ON COLUMN leadscore.stage_history.entered_at IS 'When the lead entered the stage';
COMMENT ON COLUMN leadscore.stage_history.cause IS 'found: the lead was in it when it was first judged; change: it came there; import: from leadscore.import_stage_history()';
COMMENT ON COLUMN leadscore.stage_history.noted_at IS 'When that was noted';

CREATE TABLE leadscore.score_change (
  source_id integer NOT NULL,
  lead text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL,
  score double precision,
  grade text COLLATE "C",
  temperature text COLLATE "C",
  model_version bigint
);
COMMENT ON TABLE leadscore.score_change IS 'What the score of a lead became after the first, where it changed. A record: rows are added, and go only by leadscore.forget() and detach()';
COMMENT ON COLUMN leadscore.score_change.source_id IS 'The source';
COMMENT ON COLUMN leadscore.score_change.lead IS 'The key of the lead, as in lead_state';
COMMENT ON COLUMN leadscore.score_change.changed_at IS 'The instant as of which it was judged';
COMMENT ON COLUMN leadscore.score_change.score IS 'The score from then on; NULL: unscored';
COMMENT ON COLUMN leadscore.score_change.grade IS 'The grade from then on';
COMMENT ON COLUMN leadscore.score_change.temperature IS 'The temperature from then on';
COMMENT ON COLUMN leadscore.score_change.model_version IS 'The version of the model that judged it';
CREATE INDEX score_change_lead ON leadscore.score_change (source_id, lead, changed_at);

CREATE TABLE leadscore.source_reader (
  source_id integer NOT NULL,
  reader regrole NOT NULL,
  PRIMARY KEY (source_id, reader)
);
COMMENT ON TABLE leadscore.source_reader IS 'Who sees a source whose table has row-level security, besides its owner; rows are made by leadscore.grant_reader(source, role)';
COMMENT ON COLUMN leadscore.source_reader.source_id IS 'The source';
COMMENT ON COLUMN leadscore.source_reader.reader IS 'The role';

SELECT pg_catalog.pg_extension_config_dump('leadscore.source', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.source_source_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.source_stage', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.lead_state', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.stage_history', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.score_change', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.source_reader', '');

-- Everybody may read of the sources whose tables he may read; nobody writes here but the extension.
CREATE FUNCTION leadscore.readable_sources() RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(array_agg(s.source_id), '{}')
  FROM leadscore.source AS s
  JOIN pg_class AS c ON c.oid = s.relation
  WHERE has_table_privilege(s.relation, 'SELECT')
    AND (NOT c.relrowsecurity OR pg_has_role(c.relowner, 'USAGE')
      OR EXISTS (SELECT FROM leadscore.source_reader AS r WHERE r.source_id = s.source_id AND pg_has_role(r.reader, 'USAGE')))
$$;
COMMENT ON FUNCTION leadscore.readable_sources() IS
'The numbers of the sources of which the current user may see all leads: whose table he may read, without row-level security, or with it as its owner or as a role given by leadscore.grant_reader(source, role). Empty for none.';

DO $do$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['source_stage', 'lead_state', 'stage_history', 'score_change'] LOOP
    EXECUTE pg_catalog.format('ALTER TABLE leadscore.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE pg_catalog.format('CREATE POLICY readers ON leadscore.%I FOR SELECT USING (source_id OPERATOR(pg_catalog.=) ANY ((SELECT leadscore.readable_sources())::integer[]))', name);
    EXECUTE pg_catalog.format('GRANT SELECT ON leadscore.%I TO PUBLIC', name);
  END LOOP;
END
$do$;
GRANT SELECT ON leadscore.source, leadscore.source_reader TO PUBLIC;
-- What keeps the state of an attached table current, as SQL made for the table: one statement judges leads and writes what
-- became of them. The triggers run it for the rows of a statement, refresh() for all leads, verify() compares.

CREATE TYPE leadscore.attached_judgement AS (
  score double precision,
  raw_score double precision,
  probability double precision,
  grade text,
  temperature text,
  target text,
  stage text,
  problem text,
  problem_state text
);
COMMENT ON TYPE leadscore.attached_judgement IS 'What leadscore.judge_attached() says about a lead';
COMMENT ON COLUMN leadscore.attached_judgement.score IS 'The score';
COMMENT ON COLUMN leadscore.attached_judgement.raw_score IS 'The sum of points before the scale';
COMMENT ON COLUMN leadscore.attached_judgement.probability IS 'The probability, of a model whose scale is one';
COMMENT ON COLUMN leadscore.attached_judgement.grade IS 'The grade; the earlier one where the score is high enough to keep it';
COMMENT ON COLUMN leadscore.attached_judgement.temperature IS 'The temperature, likewise';
COMMENT ON COLUMN leadscore.attached_judgement.target IS 'The verdict whether it is a target lead';
COMMENT ON COLUMN leadscore.attached_judgement.stage IS 'The stage: by rules it only climbs';
COMMENT ON COLUMN leadscore.attached_judgement.problem IS 'Why the lead could not be judged; then all else is NULL, but the stage as it was';
COMMENT ON COLUMN leadscore.attached_judgement.problem_state IS 'The SQLSTATE of that';

CREATE FUNCTION leadscore.judge_attached(model text, lead anyelement, as_of timestamptz, engagement double precision, is_duplicate boolean, stage text, grade text, temperature text, raises boolean) RETURNS leadscore.attached_judgement
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 300
AS 'MODULE_PATHNAME', 'leadscore_judge_attached';
COMMENT ON FUNCTION leadscore.judge_attached(text, anyelement, timestamptz, double precision, boolean, text, text, text, boolean) IS
'Internal: judges a lead of an attached table as of a time, with what conditions read as engagement and (unless NULL) is_duplicate, and the stage and labels that it had. With raises an error is raised; else it is told in the result, unless it is of the kind that must not be swallowed. A lead that is NULL has no features: that is a problem too. NULL if model or as_of is.';

CREATE FUNCTION leadscore.lead_features(source_id integer, lead text) RETURNS record
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE COST 1000
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'leadscore_lead_features';
COMMENT ON FUNCTION leadscore.lead_features(integer, text) IS
'Internal: the row of the features of a source that has the key of a lead, read as the owner of its table, who must be the caller''s role; NULL for none. Raises 42501 for another caller.';

-- The features of the lead with the key $1.
CREATE FUNCTION leadscore.features_query(source_id integer, OUT statement text, OUT reader oid) RETURNS record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT coalesce(x.*) FROM %s AS x WHERE %s', s.features, leadscore.key_condition(s, 'x', '$1')), c.relowner
  FROM leadscore.source AS s JOIN pg_class AS c ON c.oid = s.relation
  WHERE s.source_id = features_query.source_id
$$;
COMMENT ON FUNCTION leadscore.features_query(integer) IS
'Internal: the SQL that reads the features of a lead of a source, and as whom it is read';

CREATE FUNCTION leadscore.is_seen(writer xid) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_is_seen';
COMMENT ON FUNCTION leadscore.is_seen(xid) IS
'Internal: whether what a transaction that has committed wrote is visible to the query; if not, it knew more than the query does';

CREATE FUNCTION leadscore.is_held(state tid) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_is_held';
COMMENT ON FUNCTION leadscore.is_held(tid) IS
'Internal: whether another transaction, which has not ended, has locked, changed or deleted the row of leadscore.lead_state at a place';
REVOKE EXECUTE ON FUNCTION leadscore.is_held(tid) FROM PUBLIC;

CREATE FUNCTION leadscore.leave_unsettled(relation regclass, lead text, state tid) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_leave_unsettled';
COMMENT ON FUNCTION leadscore.leave_unsettled(regclass, text, tid) IS
'Internal: notes in leadscore.unsettled_lead that a lead, whose state is at a place, has to be judged again once the transaction that holds its state has ended (this one, if none does); false';
REVOKE EXECUTE ON FUNCTION leadscore.leave_unsettled(regclass, text, tid) FROM PUBLIC;

CREATE FUNCTION leadscore.add_source_stage(source_id integer, stage text) RETURNS smallint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  number smallint;
BEGIN
  SELECT s.stage_id INTO number FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id AND s.stage = add_source_stage.stage;
  IF number IS NOT NULL THEN
    RETURN number;
  END IF;
  LOCK TABLE leadscore.source_stage IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO leadscore.source_stage (source_id, stage_id, stage)
  SELECT add_source_stage.source_id, coalesce(max(s.stage_id) + 1, 0), add_source_stage.stage
  FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id
  HAVING coalesce(max(s.stage_id), 0) < 62
  ON CONFLICT DO NOTHING;
  SELECT s.stage_id INTO number FROM leadscore.source_stage AS s WHERE s.source_id = add_source_stage.source_id AND s.stage = add_source_stage.stage;
  RETURN number;
END
$$;
COMMENT ON FUNCTION leadscore.add_source_stage(integer, text) IS
'Internal: the number of a stage for a source, given to it now if it has none; NULL for the 64th.';

CREATE FUNCTION leadscore.refuse_stage(stage text) RETURNS smallint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE program_limit_exceeded USING MESSAGE = format('stage "%s" would be the 64th of the source', stage), DETAIL = 'Stages that the model had before count as well.',
    HINT = 'Name it like a stage that the model had before, and give it a title; or detach the table and attach it again, which forgets its history.';
END
$$;
COMMENT ON FUNCTION leadscore.refuse_stage(text) IS
'Internal: raises 54000, as a source has had 63 stages already';

CREATE FUNCTION leadscore.has_column(relation oid, name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = has_column.name AND a.attnum > 0 AND NOT a.attisdropped)
$$;
COMMENT ON FUNCTION leadscore.has_column(oid, text) IS
'Internal: whether a relation has a column of that name; false for NULL';

CREATE FUNCTION leadscore.base_type(type oid) RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE below (type, base) AS (
    SELECT t.oid, t.typbasetype FROM pg_type AS t WHERE t.oid = base_type.type
    UNION ALL
    SELECT t.oid, t.typbasetype FROM below AS b JOIN pg_type AS t ON t.oid = b.base)
  SELECT b.type FROM below AS b WHERE b.base = 0
$$;
COMMENT ON FUNCTION leadscore.base_type(oid) IS
'Internal: the type that a domain is over, and that one if it is a domain as well; any other type is its own';

CREATE FUNCTION leadscore.column_category(type oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE leadscore.base_type(type)
      WHEN 'int2'::regtype THEN 'number' WHEN 'int4'::regtype THEN 'number' WHEN 'int8'::regtype THEN 'number'
      WHEN 'numeric'::regtype THEN 'number' WHEN 'float4'::regtype THEN 'number' WHEN 'float8'::regtype THEN 'number'
      WHEN 'date'::regtype THEN 'time' WHEN 'timestamp'::regtype THEN 'time' WHEN 'timestamptz'::regtype THEN 'time'
      ELSE 'text' END
$$;
COMMENT ON FUNCTION leadscore.column_category(oid) IS
'Internal: number, time or text, by what a column of a type can say of a lead';

-- Columns may have changed their type, or have gone, since their table was attached: then they say nothing.
CREATE FUNCTION leadscore.time_expression(relation regclass, alias text, name text, time_zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    -- A year less than there are at both ends, so that no time zone leads beyond.
    SELECT format('CASE WHEN %1$s.%2$I BETWEEN ''4713-01-01 BC''::%3$s AND ''294275-12-31''::%3$s THEN %1$s.%2$I::' || CASE WHEN leadscore.base_type(a.atttypid) = 'timestamptz'::regtype
        THEN 'timestamptz' ELSE 'timestamp AT TIME ZONE %4$L' END || ' END', alias, a.attname, format_type(leadscore.base_type(a.atttypid), NULL), time_zone)
    FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND leadscore.column_category(a.atttypid) = 'time'), 'NULL::timestamptz')
$$;
COMMENT ON FUNCTION leadscore.time_expression(regclass, text, text, text) IS
'Internal: SQL for a column of a table as an instant, which without a zone of its own is in the given one; NULL for none, for infinity, and outside the years 4713 BC to 294275';

-- A column as a text, without the casts that the owner of its type may have made, and the same whatever whoever writes
-- has set.
CREATE FUNCTION leadscore.text_expression(relation regclass, alias text, name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN a.attname IS NULL THEN 'NULL::text'
      WHEN t.base = ANY (ARRAY['text', 'varchar', 'bpchar', 'name', 'int2', 'int4', 'int8', 'numeric', 'uuid', 'bool', 'oid']::regtype[]::oid[])
        THEN format('%s.%I::text', alias, a.attname)
      WHEN t.base = ANY (ARRAY['float4', 'float8']::regtype[]::oid[])
        THEN format('%s.%I::numeric::text', alias, a.attname)
      WHEN leadscore.column_category(a.atttypid) = 'time'
        THEN format('to_char(%s, ''YYYY-MM-DD HH24:MI:SS.US'')', '(' || leadscore.time_expression(relation, alias, a.attname, 'UTC') || ') AT TIME ZONE ''UTC''')
      WHEN t.base = 'interval'::regtype
        THEN format('extract(epoch FROM %s.%I)::text', alias, a.attname)
      ELSE format('CASE WHEN %1$s.%2$I IS NOT NULL THEN format(''%%s'', %1$s.%2$I) END', alias, a.attname)
    END
  FROM (SELECT name) AS wanted (attname)
  LEFT JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = wanted.attname AND a.attnum > 0
  CROSS JOIN LATERAL (SELECT leadscore.base_type(a.atttypid)) AS t (base)
$$;
COMMENT ON FUNCTION leadscore.text_expression(regclass, text, text) IS
'Internal: SQL for a column of a table as text, NULL for none';

CREATE FUNCTION leadscore.amount_expression(relation regclass, alias text, name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((
    SELECT format('CASE WHEN abs(%1$s.%2$I::numeric) < 1e15 THEN %1$s.%2$I::numeric(18, 2) END', alias, a.attname)
    FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND leadscore.column_category(a.atttypid) = 'number'), 'NULL::numeric(18, 2)')
$$;
COMMENT ON FUNCTION leadscore.amount_expression(regclass, text, text) IS
'Internal: SQL for a column of a table as an amount of money, NULL for none and for what is none';

CREATE FUNCTION leadscore.key_expression(relation regclass, alias text, key text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN cardinality(key) = 1 THEN min(leadscore.text_expression(relation, alias, k.name))
    ELSE format('ARRAY[%s]::text', string_agg(leadscore.text_expression(relation, alias, k.name), ', ' ORDER BY k.place)) END
  FROM unnest(key) WITH ORDINALITY AS k (name, place)
$$;
COMMENT ON FUNCTION leadscore.key_expression(regclass, text, text[]) IS
'Internal: SQL for the key of a lead as text: that of one column, or an array of several';

CREATE FUNCTION leadscore.keys_query(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('SELECT %s FROM %s AS n', leadscore.key_expression(source.relation, 'n', source.key), source.relation) $$;
COMMENT ON FUNCTION leadscore.keys_query(leadscore.source) IS
'Internal: SQL that selects the keys of all leads of a source';

CREATE FUNCTION leadscore.is_key_type(type oid) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT leadscore.base_type(type) = ANY (ARRAY['int2', 'int4', 'int8', 'numeric', 'uuid', 'text', 'varchar', 'bpchar', 'name', 'oid']::regtype[]::oid[])
$$;
COMMENT ON FUNCTION leadscore.is_key_type(oid) IS
'Internal: whether a column of a type can be in the key of a source: text is made of it and it of text without anybody''s code';

-- At all times, not only at the end of a transaction; and of children nothing is known.
CREATE FUNCTION leadscore.is_unique_key(relation oid, key text[]) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1]) AND a.attnotnull)
        = (SELECT array_agg(n.name ORDER BY n.name) FROM unnest(key) AS n (name)))
    AND NOT EXISTS (SELECT FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhparent WHERE h.inhparent = relation AND c.relkind = 'r')
$$;
COMMENT ON FUNCTION leadscore.is_unique_key(oid, text[]) IS
'Internal: whether no two rows of a table can have the same key, nor a row none: it has a unique index of these columns, all NOT NULL, and nothing inherits from it';

CREATE FUNCTION leadscore.key_problem(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN k.missing IS NOT NULL THEN format('column "%s" of the key does not exist', k.missing)
      WHEN k.unfit IS NOT NULL THEN format('column "%s" of the key is of a type that cannot be', k.unfit)
      WHEN NOT leadscore.is_unique_key(source.relation, source.key) THEN
        format('the key (%s) is not unique any more: it needs a unique index that is not deferrable, NOT NULL, and no table may inherit from this one', array_to_string(source.key, ', '))
    END
  FROM (
    SELECT min(n.name) FILTER (WHERE a.attname IS NULL) AS missing, min(n.name) FILTER (WHERE NOT leadscore.is_key_type(a.atttypid)) AS unfit
    FROM unnest(source.key) AS n (name)
    LEFT JOIN pg_attribute AS a ON a.attrelid = source.relation AND a.attname = n.name AND a.attnum > 0 AND NOT a.attisdropped) AS k
$$;
COMMENT ON FUNCTION leadscore.key_problem(leadscore.source) IS
'Internal: why leads of a source cannot be told apart by their key any more; NULL if they can';

-- Keys are compared as what they are, so that the index of the key is used; never as a domain, or what may have one
-- within it, whose checks are anybody's code.
CREATE FUNCTION leadscore.key_columns(source leadscore.source, OUT place integer, OUT name text, OUT type text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Without a length, but with the word that there is none: character alone is one letter. Events may name leads by
  -- numbers that are too large for the key.
  SELECT p.place, p.name, CASE WHEN leadscore.base_type(a.atttypid) = ANY (ARRAY['int2', 'int4']::regtype[]::oid[]) THEN 'bigint' ELSE format_type(leadscore.base_type(a.atttypid), -1) END
  FROM unnest(source.key) WITH ORDINALITY AS p (name, place)
  JOIN pg_attribute AS a ON a.attrelid = source.relation AND a.attname = p.name
$$;
COMMENT ON FUNCTION leadscore.key_columns(leadscore.source) IS
'Internal: the columns of the key of a source that are still there, and the type as which each is compared';

CREATE FUNCTION leadscore.key_condition(source leadscore.source, alias text, lead text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(format('%s.%I = %s::%s', alias, k.name,
      CASE WHEN cardinality(source.key) = 1 THEN lead ELSE format('(%s::text[])[%s]', lead, k.place) END, k.type), ' AND ' ORDER BY k.place)
  FROM leadscore.key_columns(source) AS k
  HAVING count(*) = cardinality(source.key)
$$;
COMMENT ON FUNCTION leadscore.key_condition(leadscore.source, text, text) IS
'Internal: SQL for whether a row of a source has the key that an expression gives as text; NULL if a column of the key is no more';

CREATE FUNCTION leadscore.refuse_key(lead text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE program_limit_exceeded USING MESSAGE = 'the key of a lead is longer than 1000 bytes', DETAIL = format('It has %s bytes.', octet_length(lead)),
    HINT = 'Attach the table by another key: columns with a unique index that are never NULL.';
END
$$;
COMMENT ON FUNCTION leadscore.refuse_key(text) IS
'Internal: raises 54000, as nothing can be kept of a lead whose key is so long';

-- Two keys must fit into a row of an index. What a table keeps as key is mostly short by its type.
CREATE FUNCTION leadscore.kept_condition(source leadscore.source, lead text, raises boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN (SELECT count(*) = 1 AND bool_and(k.type = ANY (ARRAY['smallint', 'integer', 'bigint', 'oid', 'uuid'])) FROM leadscore.key_columns(source) AS k) THEN 'true'
    WHEN raises THEN format('CASE WHEN octet_length(%1$s) <= 1000 THEN true ELSE leadscore.refuse_key(%1$s) END', lead)
    ELSE format('octet_length(%s) <= 1000', lead) END
$$;
COMMENT ON FUNCTION leadscore.kept_condition(leadscore.source, text, boolean) IS
'Internal: SQL for whether something can be kept of the lead of a source whose key an expression gives; with raises an error if not';

CREATE FUNCTION leadscore.keyed_leads(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('(SELECT DISTINCT k.lead FROM (%s) AS k (lead)) AS k JOIN %s AS n ON %s', keys, source.relation, leadscore.key_condition(source, 'n', 'k.lead'))
$$;
COMMENT ON FUNCTION leadscore.keyed_leads(leadscore.source, text) IS
'Internal: SQL of FROM for the leads (as n) of a source whose keys a query selects';

-- Lead by lead, whatever the planner believes of a table that has not been analyzed yet: it would compare each lead with
-- all. OFFSET 0 keeps it from that.
CREATE FUNCTION leadscore.state_query(source leadscore.source, lead text, condition text DEFAULT '', locking text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT s.*, s.ctid FROM leadscore.lead_state AS s WHERE s.source_id = %s AND s.lead = %s %s OFFSET 0 %s', source.source_id, lead, condition, locking)
$$;
COMMENT ON FUNCTION leadscore.state_query(leadscore.source, text, text, text) IS
'Internal: SQL that reads, and locks, the state of the lead whose key an expression gives, if a condition holds';

-- In the order of the keys, so that two statements do not wait for each other.
CREATE FUNCTION leadscore.states_query(source leadscore.source, result text, keys text, condition text DEFAULT '', locking text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT %s FROM (SELECT DISTINCT k.lead COLLATE "C" FROM (%s) AS k (lead) ORDER BY 1) AS k (lead) CROSS JOIN LATERAL (%s) AS s', result, keys,
    leadscore.state_query(source, 'k.lead', condition, locking))
$$;
COMMENT ON FUNCTION leadscore.states_query(leadscore.source, text, text, text, text) IS
'Internal: SQL that reads, and locks, the states of the leads whose keys a query selects, and for which a condition holds';

CREATE FUNCTION leadscore.are_comparable_keys(one oid, other oid) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.one = t.other OR t.one = ANY (k.kind) AND t.other = ANY (k.kind)
  FROM (SELECT leadscore.base_type(one), leadscore.base_type(other)) AS t (one, other),
    (SELECT CASE WHEN leadscore.base_type(one) = ANY (ARRAY['int2', 'int4', 'int8']::regtype[]::oid[]) THEN ARRAY['int2', 'int4', 'int8']::regtype[]::oid[]
      ELSE ARRAY['text', 'varchar']::regtype[]::oid[] END) AS k (kind)
$$;
COMMENT ON FUNCTION leadscore.are_comparable_keys(oid, oid) IS
'Internal: whether values of two types can be compared by an index of either, and each can be read as the other';

CREATE FUNCTION leadscore.event_problem(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
      WHEN source.events IS NULL THEN NULL
      WHEN NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = source.events) THEN 'the table of events does not exist any more'
      WHEN c.missing IS NOT NULL THEN format('column "%s" of the events does not exist', c.missing)
      WHEN NOT EXISTS (SELECT FROM pg_attribute AS e JOIN pg_attribute AS k ON k.attrelid = source.relation AND k.attname = source.key[1]
          WHERE e.attrelid = source.events AND e.attname = source.event_columns ->> 'lead' AND leadscore.are_comparable_keys(e.atttypid, k.atttypid))
        THEN format('column "%s" of the events is not of the type of the key', source.event_columns ->> 'lead')
      WHEN NOT EXISTS (SELECT FROM pg_attribute AS e WHERE e.attrelid = source.events AND e.attname = source.event_columns ->> 'at' AND leadscore.column_category(e.atttypid) = 'time')
        THEN format('column "%s" of the events is no time', source.event_columns ->> 'at')
    END
  FROM (SELECT min(k.value) AS missing FROM jsonb_each_text(source.event_columns) AS k WHERE NOT leadscore.has_column(source.events, k.value)) AS c
$$;
COMMENT ON FUNCTION leadscore.event_problem(leadscore.source) IS
'Internal: why the events of a source cannot be read any more; NULL if they can, or if there are none';

CREATE FUNCTION leadscore.has_events(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT source.events IS NOT NULL AND leadscore.event_problem(source) IS NULL $$;
COMMENT ON FUNCTION leadscore.has_events(leadscore.source) IS
'Internal: whether a source has events that can be read';

CREATE FUNCTION leadscore.features_expression(source leadscore.source) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
-- With the star, or a column of the name n would be meant.
AS $$ SELECT CASE WHEN source.features IS NULL THEN 'n.*' ELSE format('leadscore.lead_features(%s, k.lead)', source.source_id) END $$;
COMMENT ON FUNCTION leadscore.features_expression(leadscore.source) IS
'Internal: SQL for the row that the model judges of a lead with the row n and the key k.lead';

-- What events make of a lead. Those of the future count once they are past.
CREATE FUNCTION leadscore.event_expression(source leadscore.source, as_of text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN NOT leadscore.has_events(source) THEN
      'CROSS JOIN (SELECT NULL::double precision, NULL::double precision, NULL::double precision, 0::bigint, NULL::timestamptz) AS ev (engagement, heat, cooling_heat, events, last_event_at)'
    ELSE format($query$CROSS JOIN LATERAL (
    -- Without its model a lead cannot be judged, which is noted.
    SELECT leadscore.engagement(%1$L, o.event, o.at, %2$s) FILTER (WHERE EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = %1$L)),
      leadscore.heat(greatest(o.points, 0), o.at, %3$L) FILTER (WHERE o.points > 0),
      leadscore.heat(greatest(-o.points, 0), o.at, %3$L) FILTER (WHERE o.points < 0),
      count(*), max(o.at)
    FROM (SELECT %4$s AS event, %5$s AS at, v.points
      FROM %6$s AS o LEFT JOIN leadscore.event_kind AS v ON v.model = %1$L AND v.event = %4$s AND v.enabled
      WHERE o.%7$I = n.%8$I) AS o
    WHERE o.at <= %2$s) AS ev (engagement, heat, cooling_heat, events, last_event_at)$query$,
      source.model, as_of, source.half_life, leadscore.text_expression(source.events, 'o', source.event_columns ->> 'event'),
      leadscore.time_expression(source.events, 'o', source.event_columns ->> 'at', source.time_zone),
      source.events, source.event_columns ->> 'lead', source.key[1])
    END
$$;
COMMENT ON FUNCTION leadscore.event_expression(leadscore.source, text) IS
'Internal: SQL of FROM for the engagement, the heats and the number of events of a lead n as of a time';

CREATE FUNCTION leadscore.has_own_duplicate_index(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM leadscore.duplicate_index AS i WHERE i.relation = source.relation AND source.key = ARRAY[i.key]) $$;
COMMENT ON FUNCTION leadscore.has_own_duplicate_index(leadscore.source) IS
'Internal: whether the duplicate index of the table of a source knows leads by the key of the source; what it says by another is of no use';

CREATE FUNCTION leadscore.has_duplicate_marks(source leadscore.source) RETURNS boolean
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT source.marks_duplicates AND leadscore.has_own_duplicate_index(source) AND leadscore.duplicate_index_problem(source.relation) IS NULL
$$;
COMMENT ON FUNCTION leadscore.has_duplicate_marks(leadscore.source) IS
'Internal: whether it can be told which leads of a source repeat an earlier one: its duplicate index is there, and can be used';

-- Few leads have been noted as anybody's duplicates.
CREATE FUNCTION leadscore.duplicate_expression(source leadscore.source, lead text, writes boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT CASE WHEN NOT leadscore.has_duplicate_marks(source) THEN 'NULL::boolean' ELSE format($$CASE
    WHEN NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_a = %2$s)
      AND NOT EXISTS (SELECT FROM leadscore.duplicate_edge AS d WHERE d.relation = %1$s AND d.lead_b = %2$s) THEN false
    ELSE leadscore.%3$I(%1$s, %2$s) END$$,
    format('%s::oid::regclass', source.relation::oid), lead, CASE WHEN writes THEN 'judge_duplicate' ELSE 'is_duplicate' END) END
$function$;
COMMENT ON FUNCTION leadscore.duplicate_expression(leadscore.source, text, boolean) IS
'Internal: SQL for whether the lead with a key (an expression) repeats an earlier one; NULL where the source does not mark duplicates. writes: the answer is written, so what others change meanwhile is noted';

CREATE FUNCTION leadscore.judged_leads(source leadscore.source, leads text, as_of text, raises boolean, knows boolean, from_history boolean, writes boolean) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
  SELECT k.lead, coalesce(%2$s, %20$s, %3$s) AS created_at, %4$s AS closed_at,
    %5$s AS channel, %6$s AS owner, %7$s AS status, %8$s AS amount, %9$s AS since,
    j.score, j.raw_score, j.probability, j.grade, j.temperature, j.target,
    CASE WHEN t.is_beyond THEN 'stage "' || j.stage || '" would be the 64th of the source' ELSE j.problem END AS problem,
    CASE WHEN t.is_beyond THEN '54000' ELSE j.problem_state END AS problem_state,
    coalesce(f.is_duplicate, false) AS is_duplicate, ev.heat, ev.cooling_heat, ev.events, ev.last_event_at,
    g.stage_id,
    b.stage_id AS earlier_stage_id, b.stage_since AS earlier_since, b.visits, b.visited, %21$s, %3$s AS as_of
  FROM %10$s
  %22$s
  %11$s
  CROSS JOIN LATERAL (SELECT %12$s) AS f (is_duplicate)
  CROSS JOIN LATERAL (
    %13$s SELECT (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1], (array_agg(h.entered_at ORDER BY h.visit_no DESC))[1],
      coalesce(max(h.visit_no), 0), coalesce(bit_or(1::bigint << h.stage_id), 0)
    FROM leadscore.stage_history AS h WHERE h.source_id = %1$s AND h.lead = k.lead
    %23$s) AS b (stage_id, stage_since, visits, visited)
  LEFT JOIN leadscore.source_stage AS es ON es.source_id = %1$s AND es.stage_id = b.stage_id
  CROSS JOIN LATERAL leadscore.judge_attached(%14$L, %15$s, %3$s, ev.engagement, f.is_duplicate, es.stage, %16$s, %17$s, %18$s) AS j
  LEFT JOIN leadscore.source_stage AS ns ON ns.source_id = %1$s AND ns.stage = j.stage
  CROSS JOIN LATERAL (SELECT %19$s OFFSET 0) AS g (stage_id)
  CROSS JOIN LATERAL (SELECT j.stage IS NOT NULL AND g.stage_id IS NULL%24$s) AS t (is_beyond)$query$,
    source.source_id,
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone),
    as_of,
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'closed_at', source.time_zone),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'channel'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'owner'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'stage'),
    leadscore.amount_expression(source.relation, 'n', source.columns ->> 'amount'),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'stage_since', source.time_zone),
    leads,
    leadscore.event_expression(source, as_of),
    CASE WHEN writes OR NOT leadscore.has_duplicate_marks(source)
      THEN leadscore.duplicate_expression(source, 'k.lead', writes)
      -- For whoever owns the table, and may not read the pairs of all tables.
      ELSE format('leadscore.is_duplicate(%s::oid::regclass, k.lead)', source.relation::oid) END,
    CASE WHEN from_history THEN '' ELSE 'SELECT e.stage_id, e.stage_since, e.visits, e.visited WHERE e.lead IS NOT NULL UNION ALL' END,
    source.model,
    leadscore.features_expression(source),
    CASE WHEN from_history THEN 'NULL' ELSE 'e.grade' END,
    CASE WHEN from_history THEN 'NULL' ELSE 'e.temperature' END,
    raises::text,
    CASE WHEN writes THEN format('CASE WHEN j.stage IS NULL THEN NULL ELSE coalesce(ns.stage_id, leadscore.add_source_stage(%s, j.stage)%s) END', source.source_id,
      CASE WHEN raises THEN ', leadscore.refuse_stage(j.stage)' ELSE '' END) ELSE 'ns.stage_id' END,
    CASE WHEN knows THEN 'e.created_at' ELSE 'NULL' END,
    CASE WHEN knows THEN 'e.lead IS NOT NULL AS is_known, e.score AS earlier_score, e.grade AS earlier_grade, e.temperature AS earlier_temperature' ELSE 'false AS is_known' END,
    CASE WHEN knows THEN format('LEFT JOIN LATERAL (%s) AS e ON true', leadscore.state_query(source, 'k.lead')) ELSE '' END,
    CASE WHEN from_history THEN '' ELSE 'HAVING e.lead IS NULL' END,
    CASE WHEN writes THEN '' ELSE format(' AND (SELECT count(*) FROM leadscore.source_stage AS c WHERE c.source_id = %s) >= 63', source.source_id) END)
$function$;
COMMENT ON FUNCTION leadscore.judged_leads(leadscore.source, text, text, boolean, boolean, boolean, boolean) IS
'Internal: SQL that judges leads as of a time; leads is SQL of FROM for their rows (as n) and keys (as k.lead). knows: what lead_state says of a lead counts; else, with from_history, it is not looked at. from_history: the stage before is the last of stage_history, whatever lead_state says, and labels are not kept. writes: a stage that has no number yet gets one';

CREATE FUNCTION leadscore.writing_statement(source leadscore.source, leads text, from_history boolean, before text DEFAULT '') RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH %6$sjudged AS MATERIALIZED (%1$s),
moved AS MATERIALIZED (
  SELECT *, stage_id IS NOT NULL AND stage_id IS DISTINCT FROM earlier_stage_id AS moves,
    CASE WHEN earlier_stage_id IS NULL THEN least(as_of, coalesce(since, closed_at, created_at))
      ELSE greatest(earlier_since, least(as_of, coalesce(CASE WHEN since > earlier_since THEN since END, as_of))) END AS entered_at
  FROM judged
  WHERE %5$s),
written AS (
  INSERT INTO leadscore.lead_state AS s (source_id, lead, created_at, closed_at, cohort_day, channel, owner, status, amount, score, raw_score, probability,
    grade, temperature, target, stage_id, stage_since, visits, visited, is_duplicate, heat, cooling_heat, events, last_event_at, problem, problem_state,
    model_version, scored_at, first_score, first_scored_at)
  SELECT %2$s, lead, created_at, closed_at, (created_at AT TIME ZONE %3$L)::date, channel, owner, status, amount, score, raw_score, probability,
    grade, temperature, target, coalesce(stage_id, earlier_stage_id), CASE WHEN moves THEN entered_at ELSE earlier_since END,
    visits + moves::integer, CASE WHEN moves THEN visited | (1::bigint << stage_id) ELSE visited END,
    is_duplicate, heat, cooling_heat, events, last_event_at, problem, problem_state,
    (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L), as_of, score, as_of
  FROM moved
  -- Rows that others may hold are taken in one order.
  ORDER BY lead
  ON CONFLICT (source_id, lead) DO UPDATE SET created_at = excluded.created_at, closed_at = excluded.closed_at, cohort_day = excluded.cohort_day,
    channel = excluded.channel, owner = excluded.owner, status = excluded.status, amount = excluded.amount, score = excluded.score,
    raw_score = excluded.raw_score, probability = excluded.probability, grade = excluded.grade, temperature = excluded.temperature,
    target = excluded.target, stage_id = excluded.stage_id, stage_since = excluded.stage_since, visits = excluded.visits, visited = excluded.visited,
    is_duplicate = excluded.is_duplicate, heat = excluded.heat, cooling_heat = excluded.cooling_heat, events = excluded.events,
    last_event_at = excluded.last_event_at, problem = excluded.problem, problem_state = excluded.problem_state,
    model_version = excluded.model_version, scored_at = excluded.scored_at
  WHERE CASE WHEN leadscore.is_seen(s.xmin) THEN true ELSE %7$s END
  RETURNING s.lead),
changed AS (
  INSERT INTO leadscore.score_change (source_id, lead, changed_at, score, grade, temperature, model_version)
  SELECT %2$s, lead, as_of, score, grade, temperature, (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L)
  -- What was not written, because somebody who knew more has written it, leaves no trace. Not joined: the planner may take
  -- the leads for few, and compare each with all.
  FROM moved WHERE (lead IN (SELECT w.lead FROM written AS w)) IS TRUE AND is_known AND (score, grade, temperature) IS DISTINCT FROM (earlier_score, earlier_grade, earlier_temperature)
  ORDER BY lead)
INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
SELECT %2$s, lead, visits + 1, stage_id,
  1 + CASE WHEN visited & (1::bigint << stage_id) = 0 THEN 0 ELSE (SELECT count(*) FROM leadscore.stage_history AS h
    WHERE h.source_id = %2$s AND h.lead = moved.lead AND h.stage_id = moved.stage_id)::integer END,
  entered_at, CASE WHEN visits = 0 THEN 'found' ELSE 'change' END, as_of
FROM moved WHERE (lead IN (SELECT w.lead FROM written AS w)) IS TRUE AND moves
ORDER BY lead
ON CONFLICT DO NOTHING$query$,
    leadscore.judged_leads(source, leads, '$1', source.on_error = 'raise', true, from_history, true), source.source_id, source.time_zone, source.model,
    leadscore.kept_condition(source, 'lead', source.on_error = 'raise'), before,
    CASE WHEN leadscore.has_duplicate_marks(source) THEN leadscore.leaving_expression(source, 's.lead', 's.ctid') ELSE 'false' END)
$function$;
COMMENT ON FUNCTION leadscore.writing_statement(leadscore.source, text, boolean, text) IS
'Internal: the SQL that judges leads as of $1 and writes their state, their history and what their scores became; before is SQL of WITH that leads may use, the other arguments are those of leadscore.judged_leads()';

-- New leads need no executor but to be read: the rest is done by insert_new_leads(). Their columns are in its order.
CREATE FUNCTION leadscore.reading_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
SELECT k.lead, coalesce(k.created_at, $1), k.closed_at, (coalesce(k.created_at, $1) AT TIME ZONE %1$L)::date, %2$s, %3$s, %4$s, %5$s,
  least($1, coalesce(%6$s, k.closed_at, k.created_at)), coalesce(%15$s), %7$s::integer, %8$L::text, %9$s::oid, %10$s, %11$s, %16$s, %17$s
FROM leadscore_new AS n
CROSS JOIN LATERAL (SELECT %12$s, %13$s, %14$s) AS k (lead, created_at, closed_at)
WHERE %18$s$query$,
    source.time_zone,
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'channel'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'owner'),
    leadscore.text_expression(source.relation, 'n', source.columns ->> 'stage'),
    leadscore.amount_expression(source.relation, 'n', source.columns ->> 'amount'),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'stage_since', source.time_zone),
    source.source_id, source.model, source.relation::oid, (source.on_error = 'raise')::text, leadscore.has_duplicate_marks(source)::text,
    leadscore.key_expression(source.relation, 'n', source.key),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'created_at', source.time_zone),
    leadscore.time_expression(source.relation, 'n', source.columns ->> 'closed_at', source.time_zone),
    leadscore.features_expression(source),
    CASE WHEN leadscore.has_events(source) THEN '0::double precision' ELSE 'NULL::double precision' END,
    CASE WHEN leadscore.has_events(source) THEN format('EXISTS (SELECT FROM %s AS o WHERE o.%I = n.%I)', source.events, source.event_columns ->> 'lead', source.key[1]) ELSE 'false' END,
    leadscore.kept_condition(source, 'k.lead', source.on_error = 'raise'))
$function$;
COMMENT ON FUNCTION leadscore.reading_statement(leadscore.source) IS
'Internal: the SQL that reads the new leads of a statement as of $1';

CREATE FUNCTION leadscore.locking_statement(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT leadscore.states_query(source, '', keys, locking => 'FOR NO KEY UPDATE') $$;
COMMENT ON FUNCTION leadscore.locking_statement(leadscore.source, text) IS
'Internal: the SQL that locks the states of the leads of a source whose keys a query selects';

CREATE FUNCTION leadscore.deleting_statement(source leadscore.source, keys text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('DELETE FROM leadscore.lead_state AS s WHERE s.ctid = ANY (ARRAY(%s))', leadscore.states_query(source, 's.ctid', keys)) $$;
COMMENT ON FUNCTION leadscore.deleting_statement(leadscore.source, text) IS
'Internal: the SQL that deletes the states of the leads of a source whose keys a query selects';

CREATE FUNCTION leadscore.leaving_expression(source leadscore.source, lead text, state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('leadscore.leave_unsettled(%s::oid::regclass, %s, %s)', source.relation::oid, lead, state) $$;
COMMENT ON FUNCTION leadscore.leaving_expression(leadscore.source, text, text) IS
'Internal: SQL, always false, that leaves the lead whose key and place of the state expressions give to whoever comes after the transaction that holds it';

-- A lead that is written can make others duplicates, or duplicates no more: all those of the person. Whoever writes one of
-- them at the same time does not see why, and is not waited for: then it is judged again once both have ended.
CREATE FUNCTION leadscore.remarking_statements(source leadscore.source, keys text, only_unmarked boolean, before text DEFAULT '') RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT leadscore.writing_statement(source, leadscore.keyed_leads(source, format($$
    SELECT w.lead FROM (%s) AS w (lead, place) LEFT JOIN LATERAL (%s) AS l ON true WHERE CASE WHEN l.lead IS NULL THEN %s ELSE true END$$,
    leadscore.states_query(source, 's.lead, s.ctid',
      format('SELECT unnest(leadscore.leads_of_persons(%s::oid::regclass, ARRAY(%s), %s))', source.relation::oid, keys, only_unmarked::text),
      format('AND CASE WHEN s.xmax <> %L::xid AND leadscore.is_held(s.ctid) THEN %s ELSE %s s.is_duplicate <> %s END', 0, leadscore.leaving_expression(source, 's.lead', 's.ctid'),
        CASE WHEN only_unmarked THEN 'NOT s.is_duplicate AND' ELSE '' END, leadscore.duplicate_expression(source, 's.lead', false))),
    leadscore.state_query(source, 'w.lead', locking => 'FOR NO KEY UPDATE SKIP LOCKED'),
    leadscore.leaving_expression(source, 'w.lead', 'w.place'))), false, before)
  WHERE leadscore.has_duplicate_marks(source)
$function$;
COMMENT ON FUNCTION leadscore.remarking_statements(leadscore.source, text, boolean, text) IS
'Internal: the SQL that judges those leads again that hang together with leads whose keys a query selects, where they have become duplicates or (unless only_unmarked) are none any more; before is SQL of WITH that the query may use. Nothing for a source that does not mark duplicates';

-- Who finds that there is more to come leaves it to the next again.
CREATE FUNCTION leadscore.settling_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT leadscore.remarking_statements(source, 'SELECT e.lead FROM ended AS e', false, format($$
ended AS (DELETE FROM leadscore.unsettled_lead AS d WHERE d.ctid = ANY (ARRAY(
  SELECT u.ctid FROM leadscore.unsettled_lead AS u
  WHERE u.relation = %s::oid::regclass AND pg_visible_in_snapshot(u.beside, pg_current_snapshot()) FOR UPDATE SKIP LOCKED)) RETURNING d.lead),
$$, source.relation::oid))
$function$;
COMMENT ON FUNCTION leadscore.settling_statements(leadscore.source) IS
'Internal: the SQL statement that judges those leads again that were written beside another lead of the same person, in a transaction that has ended since';

CREATE FUNCTION leadscore.forgetting_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source = %L', t.name, source.source)
  FROM unnest(ARRAY['spend', 'plan', 'stage_effort']) AS t (name)
  UNION ALL
  SELECT format('DELETE FROM leadscore.unsettled_lead AS u WHERE u.relation = %s::oid::regclass', source.relation::oid)
  UNION ALL
  SELECT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s', t.name, source.source_id)
  FROM unnest(ARRAY['stage_history', 'score_change', 'lead_state', 'source_stage', 'source_column', 'source_reader', 'source_planner', 'source']) AS t (name)
$$;
COMMENT ON FUNCTION leadscore.forgetting_statements(leadscore.source) IS
'Internal: the SQL statements that remove a source and all that is kept of it, itself at last';

CREATE FUNCTION leadscore.lead_statements(source leadscore.source, root boolean, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  key CONSTANT text := leadscore.key_expression(source.relation, 'n', source.key);
  written CONSTANT text := format('leadscore_new AS n CROSS JOIN LATERAL (SELECT %s) AS k (lead)', key);
  new_keys CONSTANT text := format('SELECT %s FROM leadscore_new AS n', key);
  old_keys CONSTANT text := format('SELECT %s FROM leadscore_old AS n', key);
  absence CONSTANT text := leadscore.deleting_statement(source, format('SELECT p.lead FROM leadscore.lead_state AS p WHERE p.source_id = %s EXCEPT SELECT %s COLLATE "C" FROM %s AS n', source.source_id, key, source.relation));
  named CONSTANT text := leadscore.keyed_leads(source, 'SELECT unnest($2)');
  part text;
BEGIN
  CASE operation
  WHEN 'insert' THEN
    RETURN NEXT leadscore.reading_statement(source);
  WHEN 'update' THEN
    RETURN NEXT leadscore.locking_statement(source, new_keys || ' UNION ' || old_keys);
    RETURN NEXT leadscore.writing_statement(source, written, false);
    RETURN NEXT leadscore.deleting_statement(source, old_keys || ' EXCEPT ' || new_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, new_keys || ' UNION ' || old_keys, false);
  WHEN 'delete' THEN
    RETURN NEXT leadscore.locking_statement(source, old_keys);
    RETURN NEXT leadscore.deleting_statement(source, old_keys);
    RETURN QUERY SELECT leadscore.remarking_statements(source, old_keys, false);
  WHEN 'truncate' THEN
    RETURN NEXT CASE WHEN root THEN format('DELETE FROM leadscore.lead_state AS s WHERE s.source_id = %s', source.source_id) ELSE absence END;
  WHEN 'judge', 'rescan' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN NEXT leadscore.writing_statement(source, named, operation = 'rescan');
  WHEN 'remark' THEN
    RETURN QUERY SELECT leadscore.remarking_statements(source, 'SELECT unnest($2)', true);
  WHEN 'settle' THEN
    RETURN QUERY SELECT leadscore.settling_statements(source);
  WHEN 'gone' THEN
    RETURN NEXT absence;
  WHEN 'stages' THEN
    RETURN NEXT format('SELECT coalesce(leadscore.add_source_stage(%s, s.stage), leadscore.refuse_stage(s.stage)) FROM leadscore.stage AS s WHERE s.model = %L ORDER BY s.stage_no', source.source_id, source.model);
  WHEN 'forget' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    FOREACH part IN ARRAY ARRAY['duplicate_edge AS s WHERE s.lead_a', 'duplicate_edge AS s WHERE s.lead_b', 'unsettled_lead AS s WHERE s.lead'] LOOP
      RETURN NEXT format('DELETE FROM leadscore.%s = ($2)[1] AND s.relation = %s::oid::regclass', part, source.relation::oid);
    END LOOP;
    FOREACH part IN ARRAY ARRAY['stage_history', 'score_change', 'lead_state'] LOOP
      RETURN NEXT format('DELETE FROM leadscore.%I AS s WHERE s.source_id = %s AND s.lead = ($2)[1]', part, source.source_id);
    END LOOP;
  WHEN 'detach' THEN
    RETURN QUERY SELECT leadscore.forgetting_statements(source);
  WHEN 'follow' THEN
    RETURN QUERY SELECT leadscore.following_statements(source);
  WHEN 'import' THEN
    RETURN NEXT leadscore.locking_statement(source, 'SELECT unnest($2)');
    RETURN QUERY SELECT leadscore.import_statements(source);
    RETURN NEXT leadscore.writing_statement(source, named, true);
  END CASE;
END
$$;
COMMENT ON FUNCTION leadscore.lead_statements(leadscore.source, boolean, text) IS
'Internal: the SQL statements that follow a change of the table of a source (root: of the whole, not of a partition), or do something for the leads whose keys are in $2';

CREATE FUNCTION leadscore.event_statements(source leadscore.source, operation text) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  lead CONSTANT text := leadscore.text_expression(source.events, 'c', source.event_columns ->> 'lead');
  new_keys CONSTANT text := format('SELECT %s FROM leadscore_new AS c WHERE c.%I IS NOT NULL', lead, source.event_columns ->> 'lead');
  old_keys CONSTANT text := format('SELECT %s FROM leadscore_old AS c WHERE c.%I IS NOT NULL', lead, source.event_columns ->> 'lead');
  keys CONSTANT text := CASE operation
    WHEN 'insert' THEN new_keys
    WHEN 'update' THEN new_keys || ' UNION ' || old_keys
    WHEN 'delete' THEN old_keys
    WHEN 'truncate' THEN format('SELECT s.lead FROM leadscore.lead_state AS s WHERE s.source_id = %s AND s.events > 0', source.source_id) END;
BEGIN
  RETURN NEXT leadscore.locking_statement(source, keys);
  RETURN NEXT leadscore.writing_statement(source, leadscore.keyed_leads(source, keys), false);
END
$$;
COMMENT ON FUNCTION leadscore.event_statements(leadscore.source, text) IS
'Internal: the SQL statements that follow a change of the events of a source';

CREATE FUNCTION leadscore.current_columns(OUT source_id integer, OUT relation oid, OUT number smallint, OUT name text) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.source_id, a.attrelid, a.attnum, a.attname
  FROM leadscore.source AS s
  JOIN pg_attribute AS a ON a.attrelid = ANY (ARRAY[s.relation, s.events]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION leadscore.current_columns() IS
'Internal: the columns of attached tables and their events, as they are called now';

-- Columns that were renamed, by the numbers that they keep.
CREATE FUNCTION leadscore.following_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT replace(s.statement, '$source', source.source_id::text)
  FROM (VALUES
    (1, $$WITH renamed AS (
        SELECT c.relation, c.name AS old_name, a.attname::text AS new_name FROM leadscore.source_column AS c
        JOIN pg_attribute AS a ON a.attrelid = c.relation AND a.attnum = c.number AND NOT a.attisdropped
        WHERE c.source_id = $source AND a.attname <> c.name)
      UPDATE leadscore.source AS s SET
        key = ARRAY(SELECT coalesce(r.new_name, k.name) FROM unnest(s.key) WITH ORDINALITY AS k (name, place)
          LEFT JOIN renamed AS r ON r.relation = s.relation AND r.old_name = k.name ORDER BY k.place),
        columns = coalesce((SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(s.columns) AS c
          LEFT JOIN renamed AS r ON r.relation = s.relation AND r.old_name = c.value), s.columns),
        event_columns = (SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(s.event_columns) AS c
          LEFT JOIN renamed AS r ON r.relation = s.events AND r.old_name = c.value)
      WHERE s.source_id = $source AND EXISTS (SELECT FROM renamed)$$),
    (2, $$WITH renamed AS (
        SELECT c.relation, c.name AS old_name, a.attname::text AS new_name FROM leadscore.source_column AS c
        JOIN pg_attribute AS a ON a.attrelid = c.relation AND a.attnum = c.number AND NOT a.attisdropped
        WHERE c.source_id = $source AND a.attname <> c.name)
      UPDATE leadscore.duplicate_index AS i SET
        key = coalesce((SELECT r.new_name FROM renamed AS r WHERE r.relation = i.relation AND r.old_name = i.key), i.key),
        columns = coalesce((SELECT jsonb_object_agg(c.key, coalesce(r.new_name, c.value)) FROM jsonb_each_text(i.columns) AS c
          LEFT JOIN renamed AS r ON r.relation = i.relation AND r.old_name = c.value), i.columns)
      WHERE i.relation = ANY (SELECT r.relation FROM renamed AS r)$$),
    -- A key that is written as before is no other.
    (3, $$UPDATE leadscore.duplicate_index AS i SET key_type = a.atttypid
      FROM pg_attribute AS a
      WHERE i.relation = (SELECT s.relation FROM leadscore.source AS s WHERE s.source_id = $source)
        AND a.attrelid = i.relation AND a.attname = i.key AND a.atttypid <> i.key_type AND leadscore.are_comparable_keys(a.atttypid, i.key_type)$$),
    (4, $$DELETE FROM leadscore.source_column AS c WHERE c.source_id = $source$$),
    (5, $$INSERT INTO leadscore.source_column (source_id, relation, number, name)
      SELECT c.source_id, c.relation, c.number, c.name FROM leadscore.current_columns() AS c WHERE c.source_id = $source$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.following_statements(leadscore.source) IS
'Internal: the SQL statements by which a source, and its duplicate index, follow its columns when they are renamed, and its key when it becomes a larger number or another kind of text';

-- History that is imported goes between what has been noted, in the order of time. Numbers are made anew by way of
-- negative ones, because each must be unique at all times.
CREATE FUNCTION leadscore.import_statements(source leadscore.source) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT replace(replace(replace(s.statement, '$visits', $$(SELECT DISTINCT unnest($2)) AS k (lead) CROSS JOIN LATERAL (
      SELECT h.ctid, h.stage_id = lag(h.stage_id) OVER visits AS repeats, row_number() OVER visits AS visit_no_now,
        row_number() OVER (PARTITION BY h.stage_id ORDER BY h.entered_at, h.visit_no) AS lap_no_now
      FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = k.lead WINDOW visits AS (ORDER BY h.entered_at, h.visit_no) OFFSET 0) AS h$$),
    '$source', source.source_id::text), '$model', quote_literal(source.model))
  FROM (VALUES
    (1, $$SELECT coalesce(leadscore.add_source_stage($source, s.stage), leadscore.refuse_stage(s.stage)) FROM leadscore.stage AS s WHERE s.model = $model AND (s.stage = ANY ($3)
        OR EXISTS (SELECT FROM leadscore.stage_map AS m WHERE m.model = $model AND m.stage = s.stage AND m.status = ANY ($3)))$$),
    (2, $$INSERT INTO leadscore.stage_history (source_id, lead, visit_no, stage_id, lap_no, entered_at, cause, noted_at)
      SELECT $source, i.lead, coalesce((SELECT max(h.visit_no) FROM leadscore.stage_history AS h WHERE h.source_id = $source AND h.lead = i.lead), 0)
          + row_number() OVER (PARTITION BY i.lead ORDER BY i.entered_at, i.place)::integer,
        s.stage_id, 1, i.entered_at, 'import', $1
      FROM unnest($2, $3, $4) WITH ORDINALITY AS i (lead, status, entered_at, place)
      LEFT JOIN leadscore.stage_map AS m ON m.model = $model AND m.status = i.status
      JOIN leadscore.source_stage AS s ON s.source_id = $source AND s.stage = coalesce(m.stage, i.status)
      WHERE isfinite(i.entered_at) AND i.lead IS NOT NULL$$),
    (3, $$DELETE FROM leadscore.stage_history AS h WHERE h.ctid = ANY (ARRAY(SELECT h.ctid FROM $visits WHERE h.repeats))$$),
    (4, $$UPDATE leadscore.stage_history AS v SET visit_no = -h.visit_no_now, lap_no = h.lap_no_now FROM $visits WHERE v.ctid = h.ctid$$),
    (5, $$UPDATE leadscore.stage_history AS v SET visit_no = -v.visit_no WHERE v.ctid = ANY (ARRAY(SELECT h.ctid FROM $visits))$$)
  ) AS s (place, statement)
  ORDER BY s.place
$function$;
COMMENT ON FUNCTION leadscore.import_statements(leadscore.source) IS
'Internal: the SQL statements that put visits (leads in $2, stages or statuses in $3, times in $4) into the history of a source';

-- A table may be attached, a partition of one, or the events of one or several.
CREATE FUNCTION leadscore.source_statements(relation oid, operation text, OUT statement text, OUT watched oid, OUT events oid, OUT reads boolean, OUT settles boolean) RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- What follows a change belongs to the whole table; what is asked for, to who owns it. A table that has become a view
  -- is none.
  WITH family AS (
    SELECT relation AS member
    UNION
    SELECT a.relid::oid FROM pg_partition_ancestors(relation::regclass) AS a WHERE operation = ANY (ARRAY['insert', 'update', 'delete', 'truncate'])),
  usable AS (
    SELECT s AS source FROM leadscore.source AS s JOIN pg_class AS c ON c.oid = s.relation LEFT JOIN pg_class AS e ON e.oid = s.events
    WHERE c.relkind = ANY (ARRAY['r', 'p']::"char"[]) AND coalesce(e.relkind, 'r') = ANY (ARRAY['r', 'p']::"char"[]))
  SELECT w.statement, (u.source).relation::oid, (u.source).events::oid, operation = 'insert', (u.source).marks_duplicates
  FROM family AS f
  JOIN usable AS u ON (u.source).relation = f.member
    -- Without its key a source is left as it is: verify() tells. No lead is lost for that.
    AND (operation = ANY (ARRAY['detach', 'follow']) OR leadscore.key_problem(u.source) IS NULL)
  CROSS JOIN LATERAL leadscore.lead_statements(u.source, (u.source).relation = source_statements.relation, operation) AS w (statement)
  UNION ALL
  SELECT w.statement, (u.source).relation::oid, (u.source).events::oid, false, (u.source).marks_duplicates
  FROM family AS f
  JOIN usable AS u ON (u.source).events = f.member AND leadscore.has_events(u.source) AND leadscore.key_problem(u.source) IS NULL
  CROSS JOIN LATERAL leadscore.event_statements(u.source, operation) AS w (statement)
  WHERE operation = ANY (ARRAY['insert', 'update', 'delete', 'truncate'])
$$;
COMMENT ON FUNCTION leadscore.source_statements(oid, text) IS
'Internal: the SQL statements that keep the state of attached tables current when a table changes, or that do something for named leads, in order; the tables of leads and of events each depends on, whether it only reads the new leads, for insert_new_leads(), and whether the source marks duplicates, some of which may have to be settled afterwards';

CREATE FUNCTION leadscore.verifying_statement(source leadscore.source) RETURNS text
LANGUAGE sql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
WITH judged AS MATERIALIZED (%1$s),
history AS MATERIALIZED (
  SELECT h.lead, max(h.visit_no) AS visits, count(*) AS rows, bit_or(1::bigint << h.stage_id) AS visited,
    (array_agg(h.stage_id ORDER BY h.visit_no DESC))[1] AS stage_id, (array_agg(h.entered_at ORDER BY h.visit_no DESC))[1] AS stage_since
  FROM leadscore.stage_history AS h WHERE h.source_id = %2$s GROUP BY h.lead)
SELECT j.lead, CASE WHEN octet_length(j.lead) > 1000 THEN 'nothing is kept of the lead: its key is longer than 1000 bytes' ELSE 'the lead has no state' END
FROM judged AS j WHERE NOT j.is_known
UNION ALL
SELECT s.lead, 'the state has no lead' FROM leadscore.lead_state AS s
WHERE s.source_id = %2$s AND NOT EXISTS (SELECT FROM judged AS j WHERE j.lead = s.lead)
UNION ALL
SELECT s.lead, format('%%s is %%s and should be %%s', d.name, coalesce(d.stored, 'NULL'), coalesce(d.judged, 'NULL'))
FROM judged AS j
JOIN leadscore.lead_state AS s ON s.source_id = %2$s AND s.lead = j.lead
LEFT JOIN history AS h ON h.lead = j.lead
CROSS JOIN LATERAL (VALUES
  ('created_at', s.created_at::text, j.created_at::text, false), ('closed_at', s.closed_at::text, j.closed_at::text, false),
  ('cohort_day', s.cohort_day::text, (j.created_at AT TIME ZONE %3$L)::date::text, false),
  ('channel', s.channel, j.channel, false), ('owner', s.owner, j.owner, false), ('status', s.status, j.status, false),
  ('amount', s.amount::text, j.amount::text, false), ('score', s.score::text, j.score::text, true),
  ('raw_score', s.raw_score::text, j.raw_score::text, true), ('probability', s.probability::text, j.probability::text, true),
  ('grade', s.grade, j.grade, true), ('temperature', s.temperature, j.temperature, true), ('target', s.target, j.target, true),
  ('stage_id', s.stage_id::text, coalesce(j.stage_id, s.stage_id)::text, true), ('problem', s.problem, j.problem, true),
  ('is_duplicate', s.is_duplicate::text, j.is_duplicate::text, false),
  ('heat', s.heat::text, j.heat::text, false), ('cooling_heat', s.cooling_heat::text, j.cooling_heat::text, false),
  ('events', s.events::text, j.events::text, false), ('last_event_at', s.last_event_at::text, j.last_event_at::text, false),
  ('visits', s.visits::text, coalesce(h.visits, 0)::text, false), ('rows of stage_history', s.visits::text, coalesce(h.rows, 0)::text, false),
  ('visited', s.visited::text, coalesce(h.visited, 0)::text, false), ('the stage that the history ends in', s.stage_id::text, h.stage_id::text, false),
  ('stage_since', s.stage_since::text, h.stage_since::text, false)
) AS d (name, stored, judged, is_by_model)
WHERE d.stored IS DISTINCT FROM d.judged
  AND (NOT d.is_by_model OR s.model_version IS NOT DISTINCT FROM (SELECT m.version FROM leadscore.model AS m WHERE m.model = %4$L))
ORDER BY 1, 2$query$,
    leadscore.judged_leads(source, format('%s AS n CROSS JOIN LATERAL (SELECT %s) AS k (lead)', source.relation, leadscore.key_expression(source.relation, 'n', source.key)),
      'coalesce(e.scored_at, $1)', false, true, false, false),
    source.source_id, source.time_zone, source.model)
$function$;
COMMENT ON FUNCTION leadscore.verifying_statement(leadscore.source) IS
'Internal: the SQL that compares the state of all leads of a source with what judging them as of the same instants gives';
-- Attaching tables of leads, and what can be asked of an attached one: everything that its triggers do not do by themselves.

CREATE FUNCTION leadscore.sync_source() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000
AS 'MODULE_PATHNAME', 'leadscore_sync_source';
COMMENT ON FUNCTION leadscore.sync_source() IS
'Trigger function AFTER INSERT, UPDATE, DELETE or TRUNCATE FOR EACH STATEMENT on an attached table, its partitions and its events, made by leadscore.attach(): judges the leads of the statement as one set, and writes their state and history. It needs no privilege of whoever writes. Does nothing on a table that is not attached any more. Raises 39P01 if it is not called so; what cannot be judged is noted, or raised, by on_error of leadscore.attach().';

CREATE FUNCTION leadscore.run_for_leads(relation oid, operation text, keys text[] DEFAULT NULL, stages text[] DEFAULT NULL, times timestamptz[] DEFAULT NULL) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'leadscore_run_for_leads';
COMMENT ON FUNCTION leadscore.run_for_leads(oid, text, text[], text[], timestamptz[]) IS
'Internal: runs the statements of an operation (judge, rescan, remark, gone, stages, forget, import, follow, detach) for leads of an attached table of the caller''s; the number of rows of the last. Raises 42501 if the caller does not own the table, 22023 for another operation.';

CREATE FUNCTION leadscore.register_source(source leadscore.source) RETURNS integer
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'leadscore_register_source';
COMMENT ON FUNCTION leadscore.register_source(leadscore.source) IS
'Internal: adds a source, whose relation and events the caller owns; its number. Raises 42501 otherwise.';

CREATE FUNCTION leadscore.forget_sources() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_forget_sources';
COMMENT ON FUNCTION leadscore.forget_sources() IS 'Internal: makes all sessions read the attached tables anew';
CREATE TRIGGER forget_sources AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON leadscore.source
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.forget_sources();
ALTER TABLE leadscore.source ENABLE ALWAYS TRIGGER forget_sources;

CREATE FUNCTION leadscore.note_columns() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO leadscore.source_column (source_id, relation, number, name)
  SELECT c.source_id, c.relation, c.number, c.name FROM leadscore.current_columns() AS c
  WHERE NOT EXISTS (SELECT FROM leadscore.source_column AS k WHERE k.source_id = c.source_id);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION leadscore.note_columns() IS 'Internal: notes how the columns of tables are called that are attached, or restored';
CREATE TRIGGER note_columns AFTER INSERT ON leadscore.source
FOR EACH STATEMENT EXECUTE FUNCTION leadscore.note_columns();
ALTER TABLE leadscore.source ENABLE ALWAYS TRIGGER note_columns;

CREATE FUNCTION leadscore.owned_source(source text) RETURNS leadscore.source
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_source leadscore.source;
BEGIN
  IF source IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'source must not be NULL';
  END IF;
  SELECT s.* INTO found_source FROM leadscore.source AS s WHERE s.source = owned_source.source;
  IF NOT FOUND THEN
    RAISE undefined_object USING MESSAGE = format('source "%s" does not exist', source),
      HINT = coalesce('Attached are: ' || (SELECT string_agg(format('"%s"', s.source), ', ' ORDER BY s.source) FROM leadscore.source AS s) || '.',
        'Nothing is attached yet: see leadscore.attach().');
  ELSIF (SELECT count(*) FROM pg_class AS c WHERE c.oid = found_source.relation) = 0 THEN
    RAISE undefined_table USING MESSAGE = format('the table of source "%s" does not exist any more', source), HINT = 'leadscore.clean_sources() forgets such sources.';
  ELSIF (SELECT count(*) FROM pg_class AS c WHERE c.oid = found_source.relation AND pg_has_role(c.relowner, 'USAGE')) = 0 THEN
    RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s', found_source.relation), DETAIL = format('It is the table of source "%s".', source);
  END IF;
  RETURN found_source;
END
$$;
COMMENT ON FUNCTION leadscore.owned_source(text) IS
'Internal: the source of that name. Raises 42704 if there is none, 42501 unless the caller owns its table, 42P01 if that is not there any more, 22004 for NULL.';

CREATE FUNCTION leadscore.keyed_source(source text) RETURNS leadscore.source
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.owned_source(source);
  problem CONSTANT text := leadscore.key_problem(attached);
BEGIN
  IF problem IS NOT NULL THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = format('source "%s" is not kept current: %s', source, problem),
      HINT = format('Mend the key and SELECT leadscore.refresh(%1$L); or SELECT leadscore.detach(%1$L), and attach the table by another key.', source);
  END IF;
  RETURN attached;
END
$$;
COMMENT ON FUNCTION leadscore.keyed_source(text) IS
'Internal: leadscore.owned_source() whose leads can be told apart. Raises 55000 if their key is not what it was.';

-- Names by which people call the columns of leads, in the order of preference.
CREATE FUNCTION leadscore.role_names(OUT role text, OUT names text[], OUT category text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 12
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
  -- As JSON, which says in ASCII what is not; what the database cannot write no column is called.
  SELECT r.role, ARRAY(SELECT n.name #>> '{}' FROM json_array_elements(r.names) WITH ORDINALITY AS n (name, place)
      WHERE position('u0' IN n.name::text) = 0
        OR getdatabaseencoding() = ANY (ARRAY['UTF8', 'WIN1251', 'WIN866', 'KOI8R', 'KOI8U', 'ISO_8859_5', 'MULE_INTERNAL', 'EUC_JP', 'EUC_JIS_2004', 'EUC_CN', 'EUC_KR'])
      ORDER BY n.place), r.category
  FROM (VALUES
    ('email', '["email", "e_mail", "e-mail", "mail", "email_address", "work_email", "\u043f\u043e\u0447\u0442\u0430", "\u044d\u043b\u0435\u043a\u0442\u0440\u043e\u043d\u043d\u0430\u044f_\u043f\u043e\u0447\u0442\u0430"]'::json, 'text'),
    ('phone', '["phone", "phone_number", "telephone", "tel", "mobile", "mobile_phone", "\u0442\u0435\u043b\u0435\u0444\u043e\u043d"]', 'text'),
    ('name', '["name", "full_name", "fullname", "contact_name", "contact", "lead_name", "fio", "\u0444\u0438\u043e", "\u0438\u043c\u044f"]', 'text'),
    ('company', '["company", "company_name", "organization", "organisation", "org", "account", "account_name", "\u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f", "\u043e\u0440\u0433\u0430\u043d\u0438\u0437\u0430\u0446\u0438\u044f"]', 'text'),
    ('channel', '["channel", "lead_source", "utm_source", "traffic_source", "source", "origin", "\u043a\u0430\u043d\u0430\u043b", "\u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a"]', 'text'),
    ('owner', '["owner", "owner_name", "manager", "manager_name", "responsible", "responsible_user", "assigned_to", "sales_rep", "owner_id", "manager_id", "responsible_user_id", "\u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440", "\u043e\u0442\u0432\u0435\u0442\u0441\u0442\u0432\u0435\u043d\u043d\u044b\u0439"]', 'text'),
    ('stage', '["stage", "status", "lead_status", "deal_stage", "pipeline_stage", "lifecycle_stage", "stage_name", "status_id", "\u044d\u0442\u0430\u043f", "\u0441\u0442\u0430\u0442\u0443\u0441", "\u0441\u0442\u0430\u0434\u0438\u044f"]', 'text'),
    ('amount', '["amount", "deal_amount", "price", "revenue", "opportunity_amount", "budget", "deal_value", "value", "\u0441\u0443\u043c\u043c\u0430", "\u0431\u044e\u0434\u0436\u0435\u0442", "\u0446\u0435\u043d\u0430"]', 'number'),
    ('created_at', '["created_at", "created", "created_on", "create_date", "date_create", "created_date", "creation_date", "createdate", "date_created", "added_at", "\u0434\u0430\u0442\u0430_\u0441\u043e\u0437\u0434\u0430\u043d\u0438\u044f", "\u0441\u043e\u0437\u0434\u0430\u043d"]', 'time'),
    ('closed_at', '["closed_at", "closed", "closed_on", "close_date", "closed_date", "closedate", "date_closed", "\u0434\u0430\u0442\u0430_\u0437\u0430\u043a\u0440\u044b\u0442\u0438\u044f", "\u0437\u0430\u043a\u0440\u044b\u0442"]', 'time'),
    ('stage_since', '["stage_since", "stage_changed_at", "status_changed_at", "stage_entered_at", "last_stage_change"]', 'time')
  ) AS r (role, names, category)
$$;
COMMENT ON FUNCTION leadscore.role_names() IS
'Internal: the roles that columns of an attached table can play, the names by which they are guessed, and what kind of type they need';

CREATE FUNCTION leadscore.attached_columns(relation regclass, columns jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wanted text;
  roles CONSTANT text := (SELECT string_agg(r.role, ', ') FROM leadscore.role_names() AS r);
  given record;
  result jsonb;
BEGIN
  IF jsonb_typeof(columns) <> 'object' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'columns must be a JSON object', HINT = format('It maps roles to columns, as in {"email": "contact_email"}; roles are %s.', roles);
  END IF;
  FOR given IN SELECT c.key AS role, c.value #>> '{}' AS name, r.category FROM jsonb_each(columns) AS c LEFT JOIN leadscore.role_names() AS r ON r.role = c.key LOOP
    IF given.category IS NULL THEN
      RAISE invalid_parameter_value USING MESSAGE = format('there is no role "%s"', given.role), HINT = format('Roles are %s.', roles);
    END IF;
    IF given.name IS NOT NULL THEN
      SELECT leadscore.column_category(a.atttypid) INTO wanted FROM pg_attribute AS a
      WHERE a.attrelid = relation AND a.attname = given.name AND a.attnum > 0 AND NOT a.attisdropped;
      IF NOT FOUND THEN
        RAISE undefined_column USING MESSAGE = format('table %s has no column "%s"', relation, given.name);
      ELSIF given.category <> 'text' AND wanted <> given.category THEN
        RAISE datatype_mismatch USING MESSAGE = format('column "%s" cannot be %s: it is no %s', given.name, given.role, given.category);
      END IF;
    END IF;
  END LOOP;
  SELECT jsonb_object_agg(r.role, CASE WHEN columns ? r.role THEN columns ->> r.role ELSE (
      SELECT a.attname FROM unnest(r.names) WITH ORDINALITY AS n (name, place)
      JOIN pg_attribute AS a ON a.attrelid = relation AND lower(a.attname COLLATE "default") = n.name AND a.attnum > 0 AND NOT a.attisdropped
      WHERE (r.category = 'text' OR leadscore.column_category(a.atttypid) = r.category)
        AND NOT EXISTS (SELECT FROM jsonb_each_text(columns) AS c WHERE c.value = a.attname)
      ORDER BY n.place LIMIT 1) END)
    INTO result FROM leadscore.role_names() AS r;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.attached_columns(regclass, jsonb) IS
'Internal: the column of a table that plays each role, as given or else guessed from its name; null for none. Raises 22023 for an unknown role, 42703 for an unknown column, 42804 for one of a type that cannot play it.';

CREATE FUNCTION leadscore.attached_key(relation regclass, key text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result text[];
  problem text;
BEGIN
  IF key IS NULL THEN
    SELECT array_agg(a.attname ORDER BY k.place) INTO result
    FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attnum = k.number
    WHERE i.indrelid = relation AND i.indisprimary AND a.attrelid = relation;
    IF result IS NULL THEN
      RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s has no primary key', relation),
        HINT = 'Name columns that have a unique index and are never NULL: key => ''id''.';
    END IF;
  ELSE
    result := regexp_split_to_array(btrim(key), '[[:space:]]*,[[:space:]]*');
  END IF;
  SELECT format('table %s has no column "%s"', relation, n.name) INTO problem FROM unnest(result) AS n (name)
  WHERE NOT leadscore.has_column(relation, n.name);
  IF problem IS NOT NULL THEN
    RAISE undefined_column USING MESSAGE = problem;
  END IF;
  SELECT format('column "%s" of type %s cannot be in the key of a source', a.attname, format_type(a.atttypid, a.atttypmod)) INTO problem
  FROM pg_attribute AS a
  WHERE a.attrelid = relation AND a.attname = ANY (result)
    AND NOT leadscore.is_key_type(a.atttypid);
  IF problem IS NOT NULL THEN
    RAISE datatype_mismatch USING MESSAGE = problem, HINT = 'Keys are whole numbers, numeric, uuid or text.';
  END IF;
  IF NOT leadscore.is_unique_key(relation, result) THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = format('table %s has no unique index on (%s) of columns that are NOT NULL', relation, array_to_string(result, ', ')),
      HINT = 'The key of the leads must be a primary key, or unique and never NULL; not deferrable.';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.attached_key(regclass, text) IS
'Internal: the columns of a key that is given as names with commas between, or of the primary key. Raises 55000 if there is no unique index on them, 42703 for an unknown column, 42804 for a type that cannot be.';

-- The triggers of a table or partition, and of its partitions. Their dependence on the extension lets it be dropped.
CREATE FUNCTION leadscore.add_sync_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  member regclass;
  trigger record;
BEGIN
  FOR member IN SELECT t.relid FROM pg_partition_tree(relation) AS t UNION SELECT relation LOOP
    FOR trigger IN
      SELECT * FROM (VALUES
        ('leadscore_sync_insert', 'INSERT', 'REFERENCING NEW TABLE AS leadscore_new'),
        ('leadscore_sync_update', 'UPDATE', 'REFERENCING OLD TABLE AS leadscore_old NEW TABLE AS leadscore_new'),
        ('leadscore_sync_delete', 'DELETE', 'REFERENCING OLD TABLE AS leadscore_old'),
        ('leadscore_sync_truncate', 'TRUNCATE', '')) AS t (name, event, transition)
      WHERE NOT EXISTS (SELECT FROM pg_trigger AS p WHERE p.tgrelid = member AND p.tgname = t.name)
    LOOP
      EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION leadscore.sync_source()', trigger.name, trigger.event, member, trigger.transition);
      EXECUTE format('ALTER TRIGGER %I ON %s DEPENDS ON EXTENSION leadscore', trigger.name, member);
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.add_sync_triggers(regclass) IS
'Internal: makes the triggers of an attached table and its partitions, where they are not there yet';

CREATE FUNCTION leadscore.drop_sync_triggers(relation regclass) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_trigger record;
BEGIN
  FOR found_trigger IN
    SELECT p.tgname, p.tgrelid::regclass AS member FROM pg_trigger AS p
    WHERE p.tgfoid = 'leadscore.sync_source()'::regprocedure
      AND p.tgrelid = ANY (ARRAY(SELECT t.relid::oid FROM pg_partition_tree(relation) AS t UNION SELECT relation::oid))
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', found_trigger.tgname, found_trigger.member);
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.drop_sync_triggers(regclass) IS
'Internal: drops the triggers of an attached table and its partitions';

-- Takes all leads of a source in batches, so that memory stays bounded and each batch sees what was written meanwhile.
CREATE FUNCTION leadscore.run_for_all_leads(source leadscore.source, operation text, keys text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  batch_size CONSTANT integer := 10000;
  one text;
  batch text[] := '{}';
  leads bigint := 0;
  told_at timestamptz := clock_timestamp();
BEGIN
  FOR one IN EXECUTE keys LOOP
    batch := array_append(batch, one);
    leads := leads + 1;
    IF cardinality(batch) = batch_size THEN
      PERFORM leadscore.run_for_leads(source.relation, operation, batch);
      batch := '{}';
      IF clock_timestamp() - told_at > interval '5 seconds' THEN
        RAISE NOTICE 'source "%": % leads judged', source.source, leads;
        told_at := clock_timestamp();
      END IF;
    END IF;
  END LOOP;
  IF cardinality(batch) > 0 THEN
    PERFORM leadscore.run_for_leads(source.relation, operation, batch);
  END IF;
  RETURN leads;
END
$$;
COMMENT ON FUNCTION leadscore.run_for_all_leads(leadscore.source, text, text) IS
'Internal: leadscore.run_for_leads() for all leads whose keys a query selects, in batches; how many they were';

CREATE FUNCTION leadscore.attach(relation regclass, model text, key text DEFAULT NULL, columns jsonb DEFAULT NULL, features regclass DEFAULT NULL, events regclass DEFAULT NULL, event_columns jsonb DEFAULT NULL, source text DEFAULT NULL, duplicates text DEFAULT NULL, half_life interval DEFAULT '14 days', time_zone text DEFAULT NULL, matures_after interval DEFAULT '30 days', on_error text DEFAULT 'mark', fill boolean DEFAULT true) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  made leadscore.source;
  kind "char";
  leads bigint;
  problem text;
  lacks_status boolean;
BEGIN
  IF relation IS NULL OR model IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'relation and model must not be NULL';
  ELSIF half_life IS NULL OR matures_after IS NULL OR on_error IS NULL OR fill IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'half_life, matures_after, on_error and fill must not be NULL';
  ELSIF half_life <= '0' OR matures_after < '0' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'half_life must be positive and matures_after must not be negative';
  ELSIF half_life > '100000 years' OR matures_after > '1000 years' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'half_life must not be longer than 100000 years, nor matures_after than 1000';
  ELSIF on_error <> ALL (ARRAY['mark', 'raise']) THEN
    RAISE invalid_parameter_value USING MESSAGE = format('on_error must be mark or raise, not %s', on_error);
  ELSIF source = '' THEN
    RAISE invalid_parameter_value USING MESSAGE = 'source must not be empty';
  END IF;
  SELECT c.relkind INTO kind FROM pg_class AS c WHERE c.oid = relation;
  IF kind IS NULL OR kind <> ALL (ARRAY['r', 'p']::"char"[]) OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = relation AND c.relpersistence = 't') THEN
    RAISE wrong_object_type USING MESSAGE = format('%s is no table that can be attached', relation), HINT = 'Tables and partitioned tables can, views and temporary tables cannot.';
  ELSIF EXISTS (SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhparent WHERE i.inhrelid = relation OR (i.inhparent = relation AND kind = 'r')) THEN
    RAISE wrong_object_type USING MESSAGE = format('table %s is a partition, or inherits or is inherited from', relation), HINT = 'Attach the partitioned table as a whole; tables that inherit have keys that are not unique.';
  END IF;
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
  SELECT m.time_zone INTO made.time_zone FROM leadscore.model AS m WHERE m.model = attach.model;
  IF NOT FOUND THEN
    RAISE undefined_object USING MESSAGE = format('there is no model "%s"', model), HINT = 'leadscore.create_model() makes one.';
  END IF;
  IF EXISTS (SELECT FROM leadscore.source AS s WHERE s.relation = attach.relation) THEN
    RAISE duplicate_object USING MESSAGE = format('table %s is attached already', relation), HINT = 'leadscore.detach() ends that.';
  END IF;
  made.source := coalesce(source, (SELECT c.relname FROM pg_class AS c WHERE c.oid = relation));
  IF EXISTS (SELECT FROM leadscore.source AS s WHERE s.source = made.source) THEN
    RAISE duplicate_object USING MESSAGE = format('there is a source "%s" already', made.source), HINT = 'Name this one: with the argument source; leadscore.clean_sources() forgets those whose tables were dropped.';
  END IF;
  made.relation := relation;
  made.model := model;
  made.key := leadscore.attached_key(relation, key);
  made.columns := leadscore.attached_columns(relation, coalesce(columns, '{}'));
  made.features := features;
  made.half_life := half_life;
  made.time_zone := coalesce(time_zone, made.time_zone);
  made.matures_after := matures_after;
  made.on_error := on_error;
  made.attached_at := now();
  PERFORM now() AT TIME ZONE made.time_zone;
  SELECT format('%s has no column "%s" of the key of %s', features, k.name, relation) INTO problem FROM unnest(made.key) AS k (name)
  WHERE features IS NOT NULL AND NOT leadscore.has_column(features, k.name);
  IF problem IS NOT NULL THEN
    RAISE undefined_column USING MESSAGE = problem;
  END IF;
  IF events IS NOT NULL THEN
    made.events := events;
    made.event_columns := leadscore.attached_event_columns(made, event_columns);
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', events);
  END IF;
  RAISE NOTICE 'source "%": %', made.source,
    (SELECT string_agg(format('%s = %s', c.key, coalesce(quote_ident(c.value), 'none')), ', ' ORDER BY c.value IS NULL, c.key) FROM jsonb_each_text(made.columns) AS c);
  -- Rows of stage_map say nothing as long as the model does not say where to read the status.
  lacks_status := made.columns ->> 'stage' IS NOT NULL AND EXISTS (SELECT FROM leadscore.stage_map AS m WHERE m.model = attach.model)
    AND EXISTS (SELECT FROM leadscore.model AS m WHERE m.model = attach.model AND m.status IS NULL);
  IF lacks_status THEN
    RAISE WARNING 'model "%" maps statuses to stages, but does not say where a lead has its status: stages come by rules alone', model
    USING HINT = format('UPDATE leadscore.model SET status = %L WHERE model = %L; SELECT leadscore.refresh(%L);', quote_ident(made.columns ->> 'stage'), model, made.source);
  END IF;
  made.marks_duplicates := leadscore.mark_source_duplicates(made, duplicates);
  made.source_id := leadscore.register_source(made);
  PERFORM leadscore.run_for_leads(relation, 'stages');
  PERFORM leadscore.add_sync_triggers(relation);
  IF events IS NOT NULL THEN
    PERFORM leadscore.add_sync_triggers(events);
  END IF;
  IF NOT fill THEN
    RETURN 0;
  END IF;
  leads := leadscore.run_for_all_leads(made, 'judge', leadscore.keys_query(made));
  SELECT format('%s of %s leads could not be judged, the first because: %s', count(*), leads, min(s.problem)) INTO problem
  FROM leadscore.lead_state AS s WHERE s.source_id = made.source_id AND s.problem IS NOT NULL HAVING count(*) > 0;
  IF problem IS NOT NULL THEN
    RAISE WARNING '%', problem;
  ELSIF leads > 0 AND NOT lacks_status AND EXISTS (SELECT FROM leadscore.stage AS s WHERE s.model = attach.model)
    AND NOT EXISTS (SELECT FROM leadscore.lead_state AS s WHERE s.source_id = made.source_id AND s.stage_id IS NOT NULL) THEN
    RAISE NOTICE 'no lead of source "%" is in a stage, so its funnel is empty', made.source
    USING HINT = format('leadscore.stage_rule says what brings a lead into a stage; leadscore.model.status names the column of statuses, leadscore.stage_map what they mean. Then: SELECT leadscore.refresh(%L);', made.source);
  END IF;
  RETURN leads;
END
$$;

CREATE FUNCTION leadscore.attached_event_columns(source leadscore.source, event_columns jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result jsonb;
  missing text;
BEGIN
  IF cardinality(source.key) > 1 THEN
    RAISE feature_not_supported USING MESSAGE = 'events need a lead whose key is one column';
  ELSIF jsonb_typeof(event_columns) <> 'object' OR EXISTS (SELECT FROM jsonb_object_keys(CASE WHEN jsonb_typeof(event_columns) = 'object' THEN event_columns END) AS k (role) WHERE k.role <> ALL (ARRAY['lead', 'event', 'at'])) THEN
    RAISE invalid_parameter_value USING MESSAGE = 'event_columns must be a JSON object with no keys but lead, event and at';
  ELSIF (SELECT c.relkind FROM pg_class AS c WHERE c.oid = source.events) <> ALL (ARRAY['r', 'p']::"char"[]) THEN
    RAISE wrong_object_type USING MESSAGE = format('%s is no table of events', source.events);
  END IF;
  SELECT jsonb_object_agg(r.role, coalesce(event_columns ->> r.role, (
      SELECT a.attname FROM unnest(r.names) WITH ORDINALITY AS n (name, place)
      JOIN pg_attribute AS a ON a.attrelid = source.events AND a.attname = n.name AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY n.place LIMIT 1)))
    INTO result
    FROM (VALUES ('lead', ARRAY['lead', 'lead_id', 'contact_id', 'client_id', 'deal_id']), ('event', ARRAY['event', 'event_type', 'type', 'kind', 'name']), ('at', ARRAY['at', 'event_at', 'created_at', 'occurred_at', 'happened_at', 'time', 'timestamp'])) AS r (role, names);
  SELECT string_agg(c.key, ', ' ORDER BY c.key) INTO missing FROM jsonb_each_text(result) AS c
  WHERE NOT leadscore.has_column(source.events, c.value);
  IF missing IS NOT NULL THEN
    RAISE undefined_column USING MESSAGE = format('table %s has no column for: %s', source.events, missing), HINT = 'event_columns names them: {"lead": "client_id", "event": "kind", "at": "happened_at"}.';
  ELSIF (SELECT leadscore.column_category(a.atttypid) FROM pg_attribute AS a WHERE a.attrelid = source.events AND a.attname = result ->> 'at') <> 'time' THEN
    RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is no time', result ->> 'at', source.events);
  ELSIF (SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = source.events AND a.attname = result ->> 'lead')
      <> (SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = source.relation AND a.attname = source.key[1]) THEN
    RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is not of the type of the key of %s', result ->> 'lead', source.events, source.relation);
  ELSIF (SELECT count(*) FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = source.events AND i.indisvalid AND i.indpred IS NULL AND a.attname = result ->> 'lead') = 0 THEN
    RAISE WARNING 'table % has no index on "%": each change will read the whole table', source.events, result ->> 'lead'
      USING HINT = format('CREATE INDEX ON %s (%I);', source.events, result ->> 'lead');
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION leadscore.attached_event_columns(leadscore.source, jsonb) IS
'Internal: the columns of the events of a source, as given or else guessed. Raises 22023 for what names none, 42703 for a missing one, 42804 for a wrong type, 42809 for what is no table, 0A000 for a key of several columns.';

CREATE FUNCTION leadscore.mark_source_duplicates(source leadscore.source, duplicates text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  mode text := duplicates;
BEGIN
  IF duplicates <> ALL (ARRAY['mark', 'warn', 'reject', 'none']) THEN
    RAISE invalid_parameter_value USING MESSAGE = format('duplicates must be mark, warn, reject or none, not %s', duplicates);
  ELSIF duplicates IS NULL THEN
    IF EXISTS (SELECT FROM leadscore.duplicate_index AS i WHERE i.relation = source.relation) THEN
      IF NOT leadscore.has_own_duplicate_index(source) THEN
        RAISE WARNING 'duplicates are not marked: the duplicate index of table % knows leads by another key', source.relation
          USING HINT = 'duplicates => ''mark'' makes it anew.';
      END IF;
      RETURN leadscore.has_own_duplicate_index(source);
    END IF;
    mode := CASE WHEN cardinality(source.key) = 1 AND (source.columns ->> 'email' IS NOT NULL OR source.columns ->> 'phone' IS NOT NULL) THEN 'mark' ELSE 'none' END;
  END IF;
  IF mode = 'none' THEN
    RETURN false;
  ELSIF cardinality(source.key) > 1 THEN
    RAISE feature_not_supported USING MESSAGE = 'duplicates are marked of leads whose key is one column', HINT = 'duplicates => ''none''';
  END IF;
  PERFORM leadscore.create_duplicate_index(source.relation, key => source.key[1], mode => mode,
    columns => (SELECT jsonb_object_agg(CASE c.key WHEN 'name' THEN 'full_name' ELSE c.key END, c.value) FROM jsonb_each(source.columns) AS c
      WHERE c.key = ANY (ARRAY['email', 'phone', 'name', 'company', 'created_at']) AND c.value <> 'null'));
  RETURN true;
END
$$;
COMMENT ON FUNCTION leadscore.mark_source_duplicates(leadscore.source, text) IS
'Internal: has the duplicates of a source marked, in a mode; NULL: as they are, or mark if there are columns for it. Whether they are. Raises 22023 for another mode, 0A000 for a key of several columns.';

CREATE FUNCTION leadscore.detach(source text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.owned_source(source);
  member regclass;
BEGIN
  FOR member IN
    SELECT c.oid FROM pg_class AS c
    WHERE c.oid = ANY (ARRAY[attached.relation, attached.events]::oid[])
      AND NOT EXISTS (SELECT FROM leadscore.source AS s WHERE s.source_id <> attached.source_id AND c.oid = ANY (ARRAY[s.relation, s.events]::oid[]))
    ORDER BY c.oid <> attached.relation
  LOOP
    -- What dropping a trigger takes, at once: who has read the table and goes on to write would wait for more in vain.
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', member);
    PERFORM leadscore.drop_sync_triggers(member);
  END LOOP;
  PERFORM leadscore.run_for_leads(attached.relation, 'detach');
END
$$;
COMMENT ON FUNCTION leadscore.detach(text) IS
'Ends what leadscore.attach() began: drops its triggers and forgets the state, the history and the score changes of its leads, and what was entered of it (spend, plan, stage_effort). The table keeps its leads, and its duplicate index if it has one (leadscore.drop_duplicate_index()). Copy first what is to be kept. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 22004 for NULL.';

CREATE FUNCTION leadscore.refresh(source text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
BEGIN
  PERFORM leadscore.add_sync_triggers(c.oid) FROM pg_class AS c WHERE c.oid = ANY (ARRAY[attached.relation, attached.events]::oid[]);
  PERFORM leadscore.run_for_leads(attached.relation, 'gone');
  RETURN leadscore.run_for_all_leads(attached, 'judge', leadscore.keys_query(attached));
END
$$;
COMMENT ON FUNCTION leadscore.refresh(source text) IS
'Judges all leads of a source again, as of now: after its model, its features or the time have changed what they are worth, after partitions were attached or detached, or rows written without triggers. Leads that are not there any more go. What others write meanwhile is kept. How many leads were judged. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 22004 for NULL.';

-- By the order of the key, so that it can be taken up again where it ended.
CREATE FUNCTION leadscore.fill_batch(source text, INOUT last_key text[], INOUT leads bigint, INOUT told_at timestamptz) RETURNS record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
  batch_size CONSTANT integer := 10000;
  columns text;
  texts text;
  after text;
  batch text[];
BEGIN
  SELECT string_agg(format('n.%I', k.name), ', ' ORDER BY k.place), string_agg(leadscore.text_expression(attached.relation, 'n', k.name), ', ' ORDER BY k.place),
      string_agg(format('$1[%s]::%s', k.place, k.type), ', ' ORDER BY k.place)
    INTO columns, texts, after FROM leadscore.key_columns(attached) AS k;
  EXECUTE format('SELECT array_agg(b.lead) FILTER (WHERE (%8$s) AND NOT EXISTS (SELECT FROM leadscore.lead_state AS s WHERE s.source_id = %1$s AND s.lead = b.lead)), (array_agg(b.place ORDER BY b.number DESC))[1] FROM ('
      'SELECT %2$s AS lead, ARRAY[%3$s]::text AS place, row_number() OVER (ORDER BY %4$s) AS number FROM %5$s AS n %6$s ORDER BY %4$s LIMIT %7$s) AS b',
      attached.source_id, leadscore.key_expression(attached.relation, 'n', attached.key), texts, columns, attached.relation,
      CASE WHEN last_key IS NOT NULL THEN format('WHERE (%s) > (%s)', columns, after) ELSE '' END, batch_size, leadscore.kept_condition(attached, 'b.lead', attached.on_error = 'raise'))
    INTO batch, last_key USING last_key;
  IF batch IS NOT NULL THEN
    PERFORM leadscore.run_for_leads(attached.relation, 'judge', batch);
    leads := leads + cardinality(batch);
  END IF;
  IF clock_timestamp() - told_at > interval '5 seconds' THEN
    RAISE NOTICE 'source "%": % leads judged', source, leads;
    told_at := clock_timestamp();
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.fill_batch(text, text[], bigint, timestamptz) IS
'Internal: judges those of the next leads of a source, in the order of their keys after the last one (NULL: from the first), that have no state yet: the key where it ended, NULL when there are no more, and how many leads were judged in all';

-- It ends transactions, so it cannot have a search_path of its own: all that it calls has.
CREATE PROCEDURE leadscore.fill(source text)
LANGUAGE plpgsql
AS $$
DECLARE
  last_key pg_catalog.text[];
  leads pg_catalog.int8 := 0;
  told_at pg_catalog.timestamptz := pg_catalog.clock_timestamp();
BEGIN
  LOOP
    SELECT b.last_key, b.leads, b.told_at INTO last_key, leads, told_at FROM leadscore.fill_batch(source, last_key, leads, told_at) AS b;
    COMMIT;
    EXIT WHEN last_key IS NULL;
  END LOOP;
  RAISE NOTICE 'source "%": % leads judged', source, leads;
END
$$;
COMMENT ON PROCEDURE leadscore.fill(text) IS
'Judges the leads of a source that have no state yet, as after leadscore.attach(fill => false), 10,000 in a transaction of their own each: writers wait for one batch at most, and what is done stays done when it is stopped; called again, it goes on. Leads that are written meanwhile are judged as they are written. A NOTICE tells how far it is every five seconds, and how many leads were judged at the end. Cannot be called in a transaction: 2D000. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 22004 for NULL.';

CREATE FUNCTION leadscore.rescore(source text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
BEGIN
  RETURN leadscore.run_for_all_leads(attached, 'judge', format(
    'SELECT s.lead FROM leadscore.lead_state AS s WHERE s.source_id = %s AND (s.problem IS NOT NULL OR s.model_version IS DISTINCT FROM (SELECT m.version FROM leadscore.model AS m WHERE m.model = %L))',
    attached.source_id, attached.model));
END
$$;
COMMENT ON FUNCTION leadscore.rescore(text) IS
'Judges those leads of a source again that an earlier version of the model judged, or that could not be judged. How many they were. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 22004 for NULL.';

CREATE FUNCTION leadscore.rescan(source text) RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
BEGIN
  PERFORM leadscore.run_for_leads(attached.relation, 'gone');
  RETURN leadscore.run_for_all_leads(attached, 'rescan', leadscore.keys_query(attached));
END
$$;
COMMENT ON FUNCTION leadscore.rescan(text) IS
'Makes the state of all leads of a source anew from its table, its events and the recorded history of stages, whatever the state was; grades and temperatures are not kept at their edge. How many leads there are. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 22004 for NULL.';

CREATE FUNCTION leadscore.forget(source text, key text) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
BEGIN
  IF key IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'key must not be NULL';
  END IF;
  RETURN leadscore.run_for_leads(attached.relation, 'forget', ARRAY[key]) > 0;
END
$$;
COMMENT ON FUNCTION leadscore.forget(text, text) IS
'Removes all that is known of a lead: its state, its history, what its scores were and whose duplicate it was found to be; whether it had a state. Delete the row of the lead as well, or it is judged anew when it is next written; its contact keys go with the row. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 22004 for NULL.';

CREATE FUNCTION leadscore.import_stage_history(source text, history regclass, lead text DEFAULT 'lead', stage text DEFAULT 'stage', entered_at text DEFAULT 'entered_at') RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.keyed_source(source);
  batch_size CONSTANT integer := 10000;
  missing text;
  unknown text;
  batch record;
  visits bigint := 0;
BEGIN
  IF history IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'history must not be NULL';
  END IF;
  SELECT string_agg(coalesce(n.name, 'NULL'), ', ') INTO missing FROM unnest(ARRAY[lead, stage, entered_at]) AS n (name)
  WHERE NOT leadscore.has_column(history, n.name);
  IF missing IS NOT NULL THEN
    RAISE undefined_column USING MESSAGE = format('%s has no column %s', history, missing);
  ELSIF (SELECT leadscore.column_category(a.atttypid) FROM pg_attribute AS a WHERE a.attrelid = history AND a.attname = entered_at) <> 'time' THEN
    RAISE datatype_mismatch USING MESSAGE = format('column "%s" of %s is no time', entered_at, history);
  END IF;
  EXECUTE format('SELECT string_agg(quote_literal(u.stage), %4$L ORDER BY u.stage) FILTER (WHERE u.number <= 10) || coalesce(%5$L || nullif(greatest(count(*) - 10, 0), 0) || %6$L, %7$L) '
    'FROM (SELECT t.stage, row_number() OVER (ORDER BY t.stage) AS number FROM (SELECT DISTINCT %1$s AS stage FROM %2$s AS h) AS t '
    'WHERE t.stage <> ALL (ARRAY(SELECT s.stage FROM leadscore.stage AS s WHERE s.model = %3$L UNION SELECT m.status FROM leadscore.stage_map AS m WHERE m.model = %3$L))) AS u',
    leadscore.text_expression(history, 'h', stage), history, attached.model, ', ', ' and ', ' others', '') INTO unknown;
  IF unknown IS NOT NULL THEN
    RAISE WARNING 'visits of unknown stages are left out: %', unknown USING HINT = 'Name stages of the model, or statuses of leadscore.stage_map.';
  END IF;
  -- All visits of a lead are in one batch.
  FOR batch IN EXECUTE format('SELECT array_agg(b.lead) AS leads, array_agg(b.stage) AS stages, array_agg(b.at) AS times FROM ('
      'SELECT t.*, (dense_rank() OVER (ORDER BY t.lead) - 1) / %s AS part FROM (SELECT %s AS lead, %s AS stage, %s AS at FROM %s AS h) AS t WHERE t.at IS NOT NULL AND octet_length(t.lead) <= 1000) AS b GROUP BY b.part ORDER BY b.part',
      batch_size, leadscore.text_expression(history, 'h', lead), leadscore.text_expression(history, 'h', stage), leadscore.time_expression(history, 'h', entered_at, attached.time_zone), history)
  LOOP
    PERFORM leadscore.run_for_leads(attached.relation, 'import', batch.leads, batch.stages, batch.times);
    visits := visits + cardinality(batch.leads);
  END LOOP;
  RETURN visits;
END
$$;
COMMENT ON FUNCTION leadscore.import_stage_history(text, regclass, text, text, text) IS
'Takes the stages that leads were in before their table was attached from a table or view with a row for each visit: the key of the lead as text, the stage of the model or a status of leadscore.stage_map, and when the lead entered it; the other arguments name the columns. Visits are put between what has been recorded, in the order of time; of one stage that follows itself the first is kept; rows of unknown stages, without a time and of keys longer than 1,000 bytes are left out, the first with a WARNING. How many rows were read. Only the owner of the source''s table may call it: 42501. Raises 42704 for an unknown source, 55000 if its key is not unique any more, 42703 for an unknown column, 42804 for a time that is none, 22004 for NULL.';

CREATE FUNCTION leadscore.verify(source text, OUT lead text, OUT problem text) RETURNS SETOF record
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  attached CONSTANT leadscore.source := leadscore.owned_source(source);
BEGIN
  RETURN QUERY SELECT NULL::text, format('table %s has no trigger %s, or it is disabled', m.relid::regclass, t.name)
    FROM (SELECT p.relid::oid FROM pg_partition_tree(attached.relation) AS p UNION SELECT attached.relation::oid
      UNION SELECT p.relid::oid FROM pg_partition_tree(attached.events) AS p UNION SELECT attached.events::oid) AS m (relid),
      unnest(ARRAY['leadscore_sync_insert', 'leadscore_sync_update', 'leadscore_sync_delete', 'leadscore_sync_truncate']) AS t (name)
    WHERE EXISTS (SELECT FROM pg_class AS c WHERE c.oid = m.relid) AND NOT EXISTS (SELECT FROM pg_trigger AS p WHERE p.tgrelid = m.relid AND p.tgname = t.name
      AND p.tgfoid = 'leadscore.sync_source()'::regprocedure AND p.tgenabled = ANY (ARRAY['O', 'A']::"char"[]))
    ORDER BY m.relid, t.name;
  RETURN QUERY SELECT NULL::text, p.problem FROM leadscore.key_problem(attached) AS p (problem) WHERE p.problem IS NOT NULL;
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT NULL::text, format('column "%s" of role %s does not exist', c.value, c.key) FROM jsonb_each_text(attached.columns) AS c
    WHERE c.value IS NOT NULL AND NOT leadscore.has_column(attached.relation, c.value);
  RETURN QUERY SELECT NULL::text, format('column "%s" cannot be %s any more: it is no %s', a.attname, c.key, r.category) FROM jsonb_each_text(attached.columns) AS c
    JOIN leadscore.role_names() AS r ON r.role = c.key
    JOIN pg_attribute AS a ON a.attrelid = attached.relation AND a.attname = c.value AND a.attnum > 0
    WHERE r.category <> 'text' AND leadscore.column_category(a.atttypid) <> r.category;
  RETURN QUERY SELECT NULL::text, p.problem FROM leadscore.event_problem(attached) AS p (problem) WHERE p.problem IS NOT NULL;
  IF attached.marks_duplicates THEN
    RETURN QUERY SELECT NULL::text, format('duplicates are not marked: %s', p.problem) FROM (
        SELECT coalesce(leadscore.duplicate_index_problem(attached.relation), CASE WHEN NOT leadscore.has_own_duplicate_index(attached) THEN 'the duplicate index knows leads by another key' END)) AS p (problem)
      WHERE p.problem IS NOT NULL;
  END IF;
  RETURN QUERY EXECUTE leadscore.verifying_statement(attached) USING now();
END
$$;
COMMENT ON FUNCTION leadscore.verify(text) IS
'What is wrong with the state of a source: leads without a state, states without a lead, states that are not what judging the lead as of the same instant gives, histories that do not end in the stage of the lead, triggers and columns that are missing or have another type, a key that is none any more. No rows: nothing is. leadscore.refresh() and rescan() mend it. A model that has changed since is no fault: leads judged by an earlier version are compared only in what does not depend on the model. Only the owner of the table may call it: 42501. Raises 42704 for an unknown source, 22004 for NULL.';

-- What is done to tables: new partitions get the triggers, renamed columns are followed.
CREATE FUNCTION leadscore.follow_changed_tables() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed record;
BEGIN
  FOR changed IN
    SELECT DISTINCT d.objid, s.relation, s.source, f.root
    FROM pg_event_trigger_ddl_commands() AS d
    CROSS JOIN LATERAL (SELECT coalesce(pg_partition_root(d.objid)::oid, d.objid)) AS f (root)
    JOIN leadscore.source AS s ON s.relation = f.root OR s.events = f.root
    WHERE d.classid = 'pg_class'::regclass AND NOT d.in_extension
  LOOP
    PERFORM leadscore.run_for_leads(changed.relation, 'follow');
    IF EXISTS (SELECT FROM pg_partition_tree(changed.root) AS t WHERE NOT EXISTS (SELECT FROM pg_trigger AS p WHERE p.tgrelid = t.relid AND p.tgname = 'leadscore_sync_insert')) THEN
      PERFORM leadscore.add_sync_triggers(changed.root);
      RAISE NOTICE 'source "%" has a new partition', changed.source USING HINT = format('If it has rows already: SELECT leadscore.refresh(%L);', changed.source);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION leadscore.follow_changed_tables() IS
'Internal: has partitions that are made or attached kept current like the rest of their table, and follows columns that are renamed';
CREATE FUNCTION leadscore.follow_tables() RETURNS event_trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'leadscore_follow_tables';
COMMENT ON FUNCTION leadscore.follow_tables() IS
'Internal: calls leadscore.follow_changed_tables(), but in the session of a pg_restore, which makes triggers itself';
CREATE EVENT TRIGGER leadscore_follow_tables ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
EXECUTE FUNCTION leadscore.follow_tables();
COMMENT ON EVENT TRIGGER leadscore_follow_tables IS 'Keeps attached tables current when their partitions or the names of their columns change';

CREATE FUNCTION leadscore.clean_sources() RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'leadscore_clean_sources';
COMMENT ON FUNCTION leadscore.clean_sources() IS
'Forgets the sources whose tables were dropped, which DROP TABLE leaves behind: how many. Views do not show them.';

COMMENT ON FUNCTION leadscore.attach(regclass, text, text, jsonb, regclass, regclass, jsonb, text, text, interval, text, interval, text, boolean) IS
'Attaches a table of leads: from now on each of its leads is judged by a model in the transaction that writes it, and the views show what has become of them. The table gets triggers and no columns. Returns how many leads were there and have been judged; writers wait meanwhile. A NOTICE says so if the model has stages and none of them is in one. key: columns with commas between, by default the primary key. columns maps roles (email, phone, name, company, channel, owner, stage, amount, created_at, closed_at, stage_since) to columns; what is not named is guessed from names and told in a NOTICE, null is none. features: a view or table with the same key columns that the model reads instead; a change there counts at leadscore.refresh(). events: a table of the leads'' events, whose columns event_columns names (lead, event, at), by default guessed. source: the name, by default that of the table. duplicates: mark, warn, reject (see leadscore.create_duplicate_index()) or none; NULL: as it is, or mark where there is an e-mail or a phone. half_life: of the heat of events. time_zone: of days, by default the model''s. matures_after: how long a lead is waited for before it counts in rates of mature leads. on_error: mark (a lead that cannot be judged is written, unscored with the reason; of one whose key is longer than 1,000 bytes nothing is kept, as leadscore.verify() tells) or raise. fill: false judges none of the leads that are there, and returns 0: leadscore.fill() does, a batch a transaction. Only the owner of the table may call it: 42501. Raises 42704 for an unknown model, 42710 if it is attached, 42809 for what is no table, 42703, 42804 and 22023 for wrong columns, 22023 for a half-life of more than 100,000 years or a matures_after of more than 1,000, 55000 without a unique key, 54000 for a model of more than 63 stages, 22004 for NULL.';

REVOKE EXECUTE ON FUNCTION leadscore.add_source_stage(integer, text) FROM PUBLIC;
-- Many counts in one pass: each lead says by bits where it has been, each stage says by bits what counts for it.
CREATE FUNCTION leadscore.count_by_mask_transition(counts bigint[], bits bigint, masks bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_count_by_mask_transition';
COMMENT ON FUNCTION leadscore.count_by_mask_transition(bigint[], bigint, bigint[]) IS 'Part of the aggregate count_by_mask()';

CREATE FUNCTION leadscore.count_by_mask_combine(counts bigint[], others bigint[]) RETURNS bigint[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_count_by_mask_combine';
COMMENT ON FUNCTION leadscore.count_by_mask_combine(bigint[], bigint[]) IS 'Part of the aggregate count_by_mask(): adds what two processes have counted';

CREATE AGGREGATE leadscore.count_by_mask(bits bigint, masks bigint[]) (
  SFUNC = leadscore.count_by_mask_transition,
  STYPE = bigint[],
  SSPACE = 128,
  COMBINEFUNC = leadscore.count_by_mask_combine,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE leadscore.count_by_mask(bigint, bigint[]) IS
'Element n of the result is the number of rows whose bits have any bit in common with element n of masks. The masks are the same in all rows of a group. Bits that are NULL have nothing in common with any; NULL for no rows. Raises 22004 for NULL masks, 22023 for masks of several dimensions, with a NULL among them, or of another number than in the rows before.';
-- The ladder of each attached table, as its model has it now: what the views of the funnel count by.
CREATE VIEW leadscore.source_ladder WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, s.source_id, k.stage_id, t.stage_no, t.stage,
  lpad(t.stage_no::text, max(length(t.stage_no::text)) OVER (PARTITION BY s.source_id), '0') || ' ' || coalesce(nullif(t.title, ''), t.stage) AS stage_label,
  t.kind AS stage_kind,
  CASE WHEN v.is_step THEN row_number() OVER (PARTITION BY s.source_id, v.is_step ORDER BY t.stage_no) END::integer AS step_no,
  (row_number() OVER (PARTITION BY s.source_id ORDER BY v.is_step DESC, t.stage_no))::integer AS place,
  v.stage_mask,
  CASE WHEN v.is_step THEN bit_or(v.stage_mask) OVER (PARTITION BY s.source_id, v.is_step ORDER BY t.stage_no DESC) ELSE v.stage_mask END AS reach_mask
FROM leadscore.source AS s
JOIN leadscore.source_stage AS k ON k.source_id = s.source_id
JOIN leadscore.stage AS t ON t.model = s.model AND t.stage = k.stage
CROSS JOIN LATERAL (SELECT t.kind = ANY (ARRAY['open', 'won']) AS is_step, 1::bigint << k.stage_id AS stage_mask) AS v;
COMMENT ON VIEW leadscore.source_ladder IS 'The stages of each source: those of its model in which a lead has been or can be; one row a source and stage';
COMMENT ON COLUMN leadscore.source_ladder.source IS 'The source';
COMMENT ON COLUMN leadscore.source_ladder.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.source_ladder.stage_id IS 'Number of the stage in lead_state and stage_history';
COMMENT ON COLUMN leadscore.source_ladder.stage_no IS 'Its number in the model, by which stages are ordered';
COMMENT ON COLUMN leadscore.source_ladder.stage IS 'Its name';
COMMENT ON COLUMN leadscore.source_ladder.stage_label IS 'Number and title, for tools that order stages as texts';
COMMENT ON COLUMN leadscore.source_ladder.stage_kind IS 'open or won (a step of the ladder), hold or lost (beside the ladder)';
COMMENT ON COLUMN leadscore.source_ladder.step_no IS 'Which step of the ladder it is, from 1; NULL for a stage beside the ladder';
COMMENT ON COLUMN leadscore.source_ladder.place IS 'Which stage it is, from 1: the steps of the ladder, then those beside it';
COMMENT ON COLUMN leadscore.source_ladder.stage_mask IS 'Its bit in lead_state.visited';
COMMENT ON COLUMN leadscore.source_ladder.reach_mask IS 'The bits of the stages that show that a lead came so far: of a step its own and those of later steps, of a stage beside the ladder its own';

CREATE TYPE leadscore.source_mask AS (
  source text,
  source_id integer,
  stage_nos integer[],
  stages text[],
  stage_labels text[],
  stage_kinds text[],
  steps integer,
  reach_masks bigint[],
  stage_masks bigint[],
  won_mask bigint,
  lost_mask bigint,
  hold_mask bigint,
  mql_mask bigint,
  sal_mask bigint,
  sql_mask bigint,
  opportunity_mask bigint,
  mature_until date
);
COMMENT ON TYPE leadscore.source_mask IS 'Internal: what to count of the leads of a source, by the bits of lead_state.visited';
COMMENT ON COLUMN leadscore.source_mask.source IS 'The source';
COMMENT ON COLUMN leadscore.source_mask.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.source_mask.stage_nos IS 'The stage_no of each place of the source_ladder';
COMMENT ON COLUMN leadscore.source_mask.stages IS 'The stage of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_labels IS 'The stage_label of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_kinds IS 'The stage_kind of each place';
COMMENT ON COLUMN leadscore.source_mask.steps IS 'How many places are steps of the ladder; they come first';
COMMENT ON COLUMN leadscore.source_mask.reach_masks IS 'The reach_mask of each place';
COMMENT ON COLUMN leadscore.source_mask.stage_masks IS 'The stage_mask of each place';
COMMENT ON COLUMN leadscore.source_mask.won_mask IS 'The bits of the stages of kind won';
COMMENT ON COLUMN leadscore.source_mask.lost_mask IS 'The bits of the stages of kind lost';
COMMENT ON COLUMN leadscore.source_mask.hold_mask IS 'The bits of the stages of kind hold';
COMMENT ON COLUMN leadscore.source_mask.mql_mask IS 'The bits that show that a lead came as far as the stage mql; 0 if the ladder has none';
COMMENT ON COLUMN leadscore.source_mask.sal_mask IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.source_mask.sql_mask IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.source_mask.opportunity_mask IS 'The same of the stage opportunity';
COMMENT ON COLUMN leadscore.source_mask.mature_until IS 'The latest cohort day all of whose leads came at least matures_after ago';

-- A function, as tools that look at views cannot show arrays.
CREATE FUNCTION leadscore.source_masks() RETURNS SETOF leadscore.source_mask
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.source, s.source_id,
    array_agg(t.stage_no ORDER BY t.place), array_agg(t.stage ORDER BY t.place), array_agg(t.stage_label ORDER BY t.place), array_agg(t.stage_kind ORDER BY t.place),
    count(t.step_no)::integer, array_agg(t.reach_mask ORDER BY t.place), array_agg(t.stage_mask ORDER BY t.place),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'won'), 0),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'lost'), 0),
    coalesce(bit_or(t.stage_mask) FILTER (WHERE t.stage_kind = 'hold'), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'mql' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'sal' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'sql' AND t.step_no IS NOT NULL), 0),
    coalesce(bit_or(t.reach_mask) FILTER (WHERE t.stage = 'opportunity' AND t.step_no IS NOT NULL), 0),
    -- In the zone of the source: a day back has an hour more or less where clocks are changed, by the session's zone too.
    (now() AT TIME ZONE s.time_zone - s.matures_after)::date - 1
  FROM leadscore.source AS s
  JOIN leadscore.source_ladder AS t ON t.source_id = s.source_id
  GROUP BY s.source_id
$$;
COMMENT ON FUNCTION leadscore.source_masks() IS
'Internal: what to count of the leads of each source that the current user may read and whose model has stages';

GRANT SELECT ON leadscore.source_ladder TO PUBLIC;

CREATE FUNCTION leadscore.readable_source(source text) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  found_id integer;
BEGIN
  IF readable_source.source IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the source must be named';
  END IF;
  SELECT s.source_id INTO found_id FROM leadscore.source AS s WHERE s.source = readable_source.source;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('source "%s" does not exist', readable_source.source),
      HINT = coalesce(
        (SELECT 'There is ' || string_agg(format('"%s"', s.source), ', ' ORDER BY s.source) || '.'
          FROM leadscore.source AS s WHERE s.source_id = ANY (leadscore.readable_sources())),
        'leadscore.attach() makes a source of a table.');
  END IF;
  IF found_id <> ALL (leadscore.readable_sources()) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'insufficient_privilege',
      MESSAGE = format('permission denied for source "%s"', readable_source.source),
      HINT = 'Whoever may read its table may read it, too; of a table with row-level security only its owner and the roles of leadscore.grant_reader(source, role).';
  END IF;
  RETURN found_id;
END
$$;
COMMENT ON FUNCTION leadscore.readable_source(text) IS
'Internal: the number of a source that the current user may read. Raises 42704 if it does not exist, 42501 if he may not read it, 22004 for NULL.';
-- The funnel of attached tables: how many leads came how far, by day, channel and owner, each rate with its interval.
--
-- One query, by different keys: it counts the leads of a segment in one pass over lead_state, then makes a row of each
-- stage. So a view counts what it shows and nothing else, and all of them and leadscore.funnel() mean the same.
CREATE FUNCTION leadscore.funnel_query(shown text, keys text[], expressions text[], condition text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT format($query$
SELECT %s, f.stage_no, f.stage, f.stage_label, f.stage_kind,
  f.leads, f.unique_leads, f.reached, f.unique_reached, f.visited, f.current,
  f.won_after, f.lost_after, f.reached - f.won_after - f.lost_after AS open_after,
  f.prev_step, f.reached::double precision / nullif(f.prev_step, 0) AS rate_prev_step,
  (leadscore.wilson(f.reached, f.prev_step)).lower AS rate_prev_step_lower,
  (leadscore.wilson(f.reached, f.prev_step)).upper AS rate_prev_step_upper,
  f.first_step, f.reached_step::double precision / nullif(f.first_step, 0) AS rate_first_step,
  (leadscore.wilson(f.reached_step, f.first_step)).lower AS rate_first_step_lower,
  (leadscore.wilson(f.reached_step, f.first_step)).upper AS rate_first_step_upper,
  f.mature_leads, f.mature_reached,
  f.mature_prev_step, f.mature_reached::double precision / nullif(f.mature_prev_step, 0) AS mature_rate_prev_step,
  (leadscore.wilson(f.mature_reached, f.mature_prev_step)).lower AS mature_rate_prev_step_lower,
  (leadscore.wilson(f.mature_reached, f.mature_prev_step)).upper AS mature_rate_prev_step_upper,
  f.mature_first_step, f.mature_reached::double precision / nullif(f.mature_first_step, 0) AS mature_rate_first_step,
  (leadscore.wilson(f.mature_reached, f.mature_first_step)).lower AS mature_rate_first_step_lower,
  (leadscore.wilson(f.mature_reached, f.mature_first_step)).upper AS mature_rate_first_step_upper,
  f.is_mature
FROM (
  SELECT s.source, %s, s.stage_nos[c.place] AS stage_no, s.stages[c.place] AS stage, s.stage_labels[c.place] AS stage_label, s.stage_kinds[c.place] AS stage_kind,
    c.leads, c.unique_leads, c.reached[c.place] AS reached, coalesce(c.unique_reached[c.place], 0) AS unique_reached,
    c.visited[c.place] AS visited, c.current[c.place] AS current,
    coalesce(c.won_after[c.place], 0) AS won_after, coalesce(c.lost_after[c.place], 0) AS lost_after,
    CASE WHEN c.place <= s.steps THEN c.reached[c.place] END AS reached_step,
    CASE WHEN c.place = 1 AND s.steps > 0 THEN c.leads WHEN c.place <= s.steps THEN c.reached[c.place - 1] END AS prev_step,
    CASE WHEN c.place <= s.steps THEN c.reached[1] END AS first_step,
    c.mature_leads, coalesce(c.mature_reached[c.place], 0) AS mature_reached,
    CASE WHEN c.place = 1 AND s.steps > 0 THEN c.mature_leads WHEN c.place <= s.steps THEN coalesce(c.mature_reached[c.place - 1], 0) END AS mature_prev_step,
    CASE WHEN c.place <= s.steps THEN coalesce(c.mature_reached[1], 0) END AS mature_first_step,
    c.is_mature
  FROM leadscore.source_masks() AS s
  CROSS JOIN LATERAL (
    SELECT %s, generate_series(1, cardinality(s.stages)) AS place, count(*) AS leads, count(*) FILTER (WHERE NOT l.is_duplicate) AS unique_leads,
      leadscore.count_by_mask(l.visited, s.reach_masks) AS reached,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE NOT l.is_duplicate) AS unique_reached,
      leadscore.count_by_mask(l.visited, s.stage_masks) AS visited,
      leadscore.count_by_mask(1::bigint << l.stage_id, s.stage_masks) AS current,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE l.visited & s.won_mask <> 0 AND coalesce(1::bigint << l.stage_id, 0) & s.lost_mask = 0) AS won_after,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE (1::bigint << l.stage_id) & s.lost_mask <> 0) AS lost_after,
      count(*) FILTER (WHERE l.cohort_day <= s.mature_until) AS mature_leads,
      leadscore.count_by_mask(l.visited, s.reach_masks) FILTER (WHERE l.cohort_day <= s.mature_until) AS mature_reached,
      bool_and(l.cohort_day <= s.mature_until) AS is_mature
    FROM leadscore.lead_state AS l WHERE l.source_id = s.source_id AND %s GROUP BY %s) AS c) AS f$query$,
    shown,
    (SELECT string_agg(format('c.%I', k), ', ' ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u (k, n)),
    (SELECT string_agg(format('%s AS %I', e, k), ', ' ORDER BY n) FROM unnest(keys, expressions) WITH ORDINALITY AS u (k, e, n)),
    condition,
    array_to_string(expressions, ', '))
$function$;
COMMENT ON FUNCTION leadscore.funnel_query(text, text[], text[], text) IS
'Internal: the query that counts the funnel of leads l of a source for each value of some expressions, which it calls by the names of keys; it shows first the columns that are named (of f), and counts leads for which the condition holds. NULL if an argument is.';

DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES
      ('funnel', ARRAY['cohort_day', 'channel', 'owner'], ARRAY['l.cohort_day', 'l.channel', 'l.owner'], 'each cohort day, channel, owner'),
      ('funnel_by_channel', ARRAY['channel'], ARRAY['l.channel'], 'each channel'),
      ('funnel_by_owner', ARRAY['owner'], ARRAY['l.owner'], 'each owner'),
      ('funnel_by_cohort', ARRAY['cohort_month'], ARRAY['date_trunc(''month'', l.cohort_day::timestamp)::date'], 'each month in which leads came')
    ) AS v (view_name, keys, expressions, of_what)
  LOOP
    EXECUTE pg_catalog.format('CREATE VIEW leadscore.%I WITH (security_invoker = true, security_barrier = true) AS %s', made.view_name,
      leadscore.funnel_query('f.source, f.' || array_to_string(made.keys, ', f.'), made.keys, made.expressions, 'true'));
    EXECUTE pg_catalog.format('COMMENT ON VIEW leadscore.%I IS %L', made.view_name,
      'How many leads came how far: one row for each source, ' || made.of_what || ' with leads, and stage. Counts of one stage add up over rows');
    EXECUTE pg_catalog.format('GRANT SELECT ON leadscore.%I TO PUBLIC', made.view_name);
  END LOOP;
END
$do$;

DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT a.attrelid::regclass AS view_name, d.column_name, d.comment
    FROM (VALUES ('source', 'The source: an attached table'),
      ('cohort_day', 'The day on which the leads came, in the time zone of the source'),
      ('cohort_month', 'The first day of the month in which the leads came, in the time zone of the source'),
      ('channel', 'The channel from which the leads came; NULL: none is known'),
      ('owner', 'Who works on the leads; NULL: nobody'),
      ('stage_no', 'The number of the stage, by which stages are ordered'),
      ('stage', 'The name of the stage in the model'),
      ('stage_label', 'Number and title of the stage, for tools that order stages as texts'),
      ('stage_kind', 'open or won: a step of the ladder; hold or lost: beside the ladder'),
      ('leads', 'All leads of the segment, the same in the row of each stage. Sum it within one stage'),
      ('unique_leads', 'Of those, leads that are not duplicates of earlier ones'),
      ('reached', 'Leads that have ever been in this step of the ladder or a later one, lost or not; beside the ladder: that have ever been in the stage'),
      ('unique_reached', 'Of those, leads that are not duplicates of earlier ones'),
      ('visited', 'Leads that have ever been in this very stage'),
      ('current', 'Leads that are in the stage now'),
      ('won_after', 'Of reached, leads that have been in a won stage and are not in a lost one now'),
      ('lost_after', 'Of reached, leads that are in a lost stage now'),
      ('open_after', 'Of reached, leads that are neither won nor lost, on hold included'),
      ('prev_step', 'Leads that reached the step before; for the first step all leads. NULL beside the ladder'),
      ('rate_prev_step', 'reached / prev_step, from 0 to 1; NULL without such leads and beside the ladder. Over several rows: sum(reached) / sum(prev_step)'),
      ('rate_prev_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('rate_prev_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('first_step', 'Leads that reached the first step of the ladder. NULL beside the ladder'),
      ('rate_first_step', 'reached / first_step, from 0 to 1; NULL without such leads and beside the ladder. Over several rows: sum(reached) / sum(first_step)'),
      ('rate_first_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('rate_first_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_leads', 'Of leads, those of cohort days that ended at least matures_after ago'),
      ('mature_reached', 'Of reached, leads of such days'),
      ('mature_prev_step', 'Of prev_step, leads of such days'),
      ('mature_rate_prev_step', 'mature_reached / mature_prev_step: the rate without leads that have had too little time; NULL without such leads and beside the ladder'),
      ('mature_rate_prev_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_rate_prev_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_first_step', 'Of first_step, leads of such days'),
      ('mature_rate_first_step', 'mature_reached / mature_first_step; NULL without such leads and beside the ladder'),
      ('mature_rate_first_step_lower', 'The lower end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('mature_rate_first_step_upper', 'The upper end of its Wilson interval at 95 %; NULL beside the ladder'),
      ('is_mature', 'Whether all leads of the segment are of such days: younger ones may still go on')
    ) AS d (column_name, comment)
    JOIN pg_catalog.pg_attribute AS a ON a.attname = d.column_name
    WHERE a.attrelid = ANY (ARRAY['leadscore.funnel', 'leadscore.funnel_by_channel', 'leadscore.funnel_by_owner', 'leadscore.funnel_by_cohort']::regclass[])
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', made.view_name, made.column_name, made.comment);
  END LOOP;
END
$do$;

CREATE FUNCTION leadscore.funnel(source text, since date DEFAULT NULL, until date DEFAULT NULL, by text DEFAULT NULL)
RETURNS TABLE (segment text, stage_no integer, stage text, stage_label text, stage_kind text,
  leads bigint, unique_leads bigint, reached bigint, unique_reached bigint, visited bigint, current bigint,
  won_after bigint, lost_after bigint, open_after bigint,
  prev_step bigint, rate_prev_step double precision, rate_prev_step_lower double precision, rate_prev_step_upper double precision,
  first_step bigint, rate_first_step double precision, rate_first_step_lower double precision, rate_first_step_upper double precision,
  mature_leads bigint, mature_reached bigint,
  mature_prev_step bigint, mature_rate_prev_step double precision, mature_rate_prev_step_lower double precision, mature_rate_prev_step_upper double precision,
  mature_first_step bigint, mature_rate_first_step double precision, mature_rate_first_step_lower double precision, mature_rate_first_step_upper double precision,
  is_mature boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  expression CONSTANT text := CASE
    WHEN by IS NULL THEN 'NULL::text'
    WHEN by = 'channel' THEN 'l.channel'
    WHEN by = 'owner' THEN 'l.owner'
    WHEN by = 'cohort_day' THEN 'to_char(l.cohort_day, ''YYYY-MM-DD'')'
    WHEN by = 'cohort_week' THEN 'to_char(date_trunc(''week'', l.cohort_day::timestamp), ''YYYY-MM-DD'')'
    WHEN by = 'cohort_month' THEN 'to_char(l.cohort_day, ''YYYY-MM-01'')'
  END;
BEGIN
  IF expression IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('a funnel cannot be made by "%s"', by),
      HINT = 'It can be made by channel, owner, cohort_day, cohort_week or cohort_month; by NULL it is one for all.';
  END IF;
  PERFORM leadscore.readable_source(source);
  RETURN QUERY EXECUTE leadscore.funnel_query('f.segment', ARRAY['segment'], ARRAY[expression],
      'l.cohort_day BETWEEN coalesce($2, ''-infinity'') AND coalesce($3, ''infinity'')')
    || ' WHERE f.source = $1 ORDER BY f.segment COLLATE "C", f.stage_no'
    USING source, since, until;
END
$$;
COMMENT ON FUNCTION leadscore.funnel(text, date, date, text) IS
'The funnel of a source over the leads that came from one day to another, both included (NULL: no limit), for each value of channel, owner, cohort_day, cohort_week (its Monday) or cohort_month (its first day; days as YYYY-MM-DD), or for all leads together (NULL). The columns are those of the view leadscore.funnel, whose counts they are the sums of. Raises 42704 if the source does not exist, 42501 if the current user may not read its table, 22004 if it is NULL, 22023 for another grouping.';
-- The funnel in one row for each segment, for tools that want a column for each stage.
CREATE VIEW leadscore.funnel_wide WITH (security_invoker = true, security_barrier = true) AS
SELECT f.source, f.cohort_day, f.channel, f.owner,
  f.n_leads, f.n_unique_leads, f.n_mql, f.n_sal, f.n_sql, f.n_opportunity, f.n_won, f.n_lost, f.n_open, f.n_hold,
  f.n_mql::double precision / f.n_leads AS mql_rate,
  (leadscore.wilson(f.n_mql, f.n_leads)).lower AS mql_rate_lower, (leadscore.wilson(f.n_mql, f.n_leads)).upper AS mql_rate_upper,
  f.n_sal::double precision / f.n_leads AS sal_rate,
  (leadscore.wilson(f.n_sal, f.n_leads)).lower AS sal_rate_lower, (leadscore.wilson(f.n_sal, f.n_leads)).upper AS sal_rate_upper,
  f.n_sql::double precision / f.n_leads AS sql_rate,
  (leadscore.wilson(f.n_sql, f.n_leads)).lower AS sql_rate_lower, (leadscore.wilson(f.n_sql, f.n_leads)).upper AS sql_rate_upper,
  f.n_opportunity::double precision / f.n_leads AS opportunity_rate,
  (leadscore.wilson(f.n_opportunity, f.n_leads)).lower AS opportunity_rate_lower, (leadscore.wilson(f.n_opportunity, f.n_leads)).upper AS opportunity_rate_upper,
  f.n_won::double precision / f.n_leads AS won_rate,
  (leadscore.wilson(f.n_won, f.n_leads)).lower AS won_rate_lower, (leadscore.wilson(f.n_won, f.n_leads)).upper AS won_rate_upper,
  f.n_won::double precision / nullif(f.n_won + f.n_lost, 0) AS win_rate,
  (leadscore.wilson(f.n_won, f.n_won + f.n_lost)).lower AS win_rate_lower, (leadscore.wilson(f.n_won, f.n_won + f.n_lost)).upper AS win_rate_upper,
  f.sal_of_mql::double precision / nullif(f.n_mql, 0) AS mql_to_sal_rate,
  (leadscore.wilson(f.sal_of_mql, f.n_mql)).lower AS mql_to_sal_rate_lower, (leadscore.wilson(f.sal_of_mql, f.n_mql)).upper AS mql_to_sal_rate_upper,
  f.sql_of_sal::double precision / nullif(f.n_sal, 0) AS sal_to_sql_rate,
  (leadscore.wilson(f.sql_of_sal, f.n_sal)).lower AS sal_to_sql_rate_lower, (leadscore.wilson(f.sql_of_sal, f.n_sal)).upper AS sal_to_sql_rate_upper,
  f.opportunity_of_sql::double precision / nullif(f.n_sql, 0) AS sql_to_opportunity_rate,
  (leadscore.wilson(f.opportunity_of_sql, f.n_sql)).lower AS sql_to_opportunity_rate_lower, (leadscore.wilson(f.opportunity_of_sql, f.n_sql)).upper AS sql_to_opportunity_rate_upper,
  f.won_of_opportunity::double precision / nullif(f.n_opportunity, 0) AS opportunity_to_won_rate,
  (leadscore.wilson(f.won_of_opportunity, f.n_opportunity)).lower AS opportunity_to_won_rate_lower, (leadscore.wilson(f.won_of_opportunity, f.n_opportunity)).upper AS opportunity_to_won_rate_upper,
  f.is_mature
FROM (
  SELECT s.source, c.cohort_day, c.channel, c.owner, c.n_leads, c.n_unique_leads,
    CASE WHEN s.mql_mask <> 0 THEN c.n_mql END AS n_mql, CASE WHEN s.sal_mask <> 0 THEN c.n_sal END AS n_sal,
    CASE WHEN s.sql_mask <> 0 THEN c.n_sql END AS n_sql, CASE WHEN s.opportunity_mask <> 0 THEN c.n_opportunity END AS n_opportunity,
    c.n_won, c.n_lost, c.n_leads - c.n_won - c.n_lost AS n_open, c.n_hold,
    CASE WHEN s.sal_mask <> 0 THEN c.sal_of_mql END AS sal_of_mql, CASE WHEN s.sql_mask <> 0 THEN c.sql_of_sal END AS sql_of_sal,
    CASE WHEN s.opportunity_mask <> 0 THEN c.opportunity_of_sql END AS opportunity_of_sql, c.won_of_opportunity,
    c.cohort_day <= s.mature_until AS is_mature
  FROM leadscore.source_masks() AS s
  CROSS JOIN LATERAL (
    SELECT l.cohort_day, l.channel, l.owner, count(*) AS n_leads, count(*) FILTER (WHERE NOT l.is_duplicate) AS n_unique_leads,
      count(*) FILTER (WHERE l.visited & s.mql_mask <> 0) AS n_mql,
      count(*) FILTER (WHERE l.visited & s.sal_mask <> 0) AS n_sal,
      count(*) FILTER (WHERE l.visited & s.sql_mask <> 0) AS n_sql,
      count(*) FILTER (WHERE l.visited & s.opportunity_mask <> 0) AS n_opportunity,
      count(*) FILTER (WHERE l.visited & s.won_mask <> 0 AND l.at & s.lost_mask = 0) AS n_won,
      count(*) FILTER (WHERE l.at & s.lost_mask <> 0) AS n_lost,
      count(*) FILTER (WHERE l.at & s.hold_mask <> 0 AND l.visited & s.won_mask = 0) AS n_hold,
      count(*) FILTER (WHERE l.visited & s.mql_mask <> 0 AND l.visited & s.sal_mask <> 0) AS sal_of_mql,
      count(*) FILTER (WHERE l.visited & s.sal_mask <> 0 AND l.visited & s.sql_mask <> 0) AS sql_of_sal,
      count(*) FILTER (WHERE l.visited & s.sql_mask <> 0 AND l.visited & s.opportunity_mask <> 0) AS opportunity_of_sql,
      count(*) FILTER (WHERE l.visited & s.opportunity_mask <> 0 AND l.visited & s.won_mask <> 0 AND l.at & s.lost_mask = 0) AS won_of_opportunity
    FROM (SELECT b.*, coalesce(1::bigint << b.stage_id, 0) AS at FROM leadscore.lead_state AS b WHERE b.source_id = s.source_id) AS l
    GROUP BY l.cohort_day, l.channel, l.owner) AS c) AS f;
COMMENT ON VIEW leadscore.funnel_wide IS 'How many leads came how far: one row for each source, cohort day, channel and owner with leads, with a column for each stage of the ladder of the templates. Counts add up over rows; n_leads = n_won + n_lost + n_open';

DO $do$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT * FROM (VALUES ('source', 'The source: an attached table'),
      ('cohort_day', 'The day on which the leads came, in the time zone of the source'),
      ('channel', 'The channel from which the leads came; NULL: none is known'),
      ('owner', 'Who works on the leads; NULL: nobody'),
      ('n_leads', 'All leads'),
      ('n_unique_leads', 'Leads that are not duplicates of earlier ones'),
      ('n_mql', 'Leads that have ever been in the stage mql or a later one of the ladder, lost or not; NULL if the ladder has no stage of that name'),
      ('n_sal', 'The same of the stage sal'),
      ('n_sql', 'The same of the stage sql'),
      ('n_opportunity', 'The same of the stage opportunity'),
      ('n_won', 'Leads that have been in a stage of kind won and are not in a lost one now'),
      ('n_lost', 'Leads that are in a stage of kind lost now'),
      ('n_open', 'Leads that are neither won nor lost, on hold included'),
      ('n_hold', 'Of n_open, leads that are in a stage of kind hold now'),
      ('is_mature', 'Whether the cohort day ended at least matures_after ago: leads of younger ones may still go on')) AS v (name, comment)
    UNION ALL
    SELECT r.name || e.suffix, CASE e.suffix WHEN '' THEN r.comment ELSE 'The ' || substr(e.suffix, 2) || ' end of the Wilson interval of ' || r.name || ' at 95 %; NULL where the counts are' END
    FROM (VALUES ('mql_rate', 'n_mql / n_leads, from 0 to 1'),
      ('sal_rate', 'n_sal / n_leads, from 0 to 1'),
      ('sql_rate', 'n_sql / n_leads, from 0 to 1'),
      ('opportunity_rate', 'n_opportunity / n_leads, from 0 to 1'),
      ('won_rate', 'n_won / n_leads, from 0 to 1'),
      ('win_rate', 'n_won / (n_won + n_lost), from 0 to 1: of the leads with an outcome; NULL without such leads'),
      ('mql_to_sal_rate', 'Of n_mql, the share that came as far as sal; n_sal / n_mql where sal is the later step. NULL without such leads'),
      ('sal_to_sql_rate', 'The same of sal and sql'),
      ('sql_to_opportunity_rate', 'The same of sql and opportunity'),
      ('opportunity_to_won_rate', 'Of n_opportunity, the share that is among n_won. NULL without such leads')) AS r (name, comment)
    CROSS JOIN (VALUES (''), ('_lower'), ('_upper')) AS e (suffix)
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN leadscore.funnel_wide.%I IS %L', made.name, made.comment);
  END LOOP;
END
$do$;
GRANT SELECT ON leadscore.funnel_wide TO PUBLIC;
-- How fast leads pass through each stage, and what is to come for those who stand in it.
CREATE VIEW leadscore.stage_velocity WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, s.stage_nos[c.stage_no] AS stage_no, s.stages[c.stage_no] AS stage, s.stage_labels[c.stage_no] AS stage_label, c.kind AS stage_kind,
  c.visited AS leads, c.entries, c.returned, c.current,
  t.visits AS timed_visits, t.open_visits, t.median_days, t.p75_days, t.p90_days, t.mean_closed_days,
  f.expected_days_left, f.won_probability, f.lost_probability
FROM leadscore.source_masks() AS s
CROSS JOIN LATERAL (
  SELECT leadscore.stage_counts(v.visits, s.stage_kinds) AS counts,
    leadscore.time_in_stage(v.visits, s.stage_kinds, now()) AS times,
    leadscore.stage_forecast(v.visits, s.stage_kinds, now()) AS forecasts
  FROM (
    SELECT leadscore.stage_visits(k.place, h.entered_at) AS visits
    FROM leadscore.stage_history AS h
    JOIN leadscore.source_ladder AS k ON k.source_id = h.source_id AND k.stage_id = h.stage_id
    WHERE h.source_id = s.source_id AND h.entered_at <= now()
    GROUP BY h.lead) AS v) AS a
CROSS JOIN LATERAL unnest(a.counts) AS c
LEFT JOIN LATERAL unnest(a.times) AS t ON t.stage_no = c.stage_no
LEFT JOIN LATERAL unnest(a.forecasts) AS f ON f.stage_no = c.stage_no;
COMMENT ON VIEW leadscore.stage_velocity IS 'How fast leads pass through the stages: one row for each source with a history, and stage. Everything is as of now';
COMMENT ON COLUMN leadscore.stage_velocity.source IS 'The source: an attached table';
COMMENT ON COLUMN leadscore.stage_velocity.stage_no IS 'The number of the stage, by which stages are ordered';
COMMENT ON COLUMN leadscore.stage_velocity.stage IS 'The name of the stage in the model';
COMMENT ON COLUMN leadscore.stage_velocity.stage_label IS 'Number and title of the stage, for tools that order stages as texts';
COMMENT ON COLUMN leadscore.stage_velocity.stage_kind IS 'open or won: a step of the ladder; hold or lost: beside the ladder';
COMMENT ON COLUMN leadscore.stage_velocity.leads IS 'Leads that have ever been in the stage';
COMMENT ON COLUMN leadscore.stage_velocity.entries IS 'How often leads entered it, returns included';
COMMENT ON COLUMN leadscore.stage_velocity.returned IS 'Leads that entered it more than once: those that run laps, such as to hold and back';
COMMENT ON COLUMN leadscore.stage_velocity.current IS 'Leads that are in it now';
COMMENT ON COLUMN leadscore.stage_velocity.timed_visits IS 'Visits whose length counts: all but those of won and lost stages in which leads have stayed';
COMMENT ON COLUMN leadscore.stage_velocity.open_visits IS 'Of those, visits that go on: they count as long as they have lasted';
COMMENT ON COLUMN leadscore.stage_velocity.median_days IS 'Days after which half of the visits have ended, by Kaplan and Meier; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.p75_days IS 'Days after which three quarters of the visits have ended; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.p90_days IS 'Days after which nine tenths of the visits have ended; NULL where they have not yet';
COMMENT ON COLUMN leadscore.stage_velocity.mean_closed_days IS 'The mean days of visits that have ended: too few as long as the slow ones go on. NULL without any';
COMMENT ON COLUMN leadscore.stage_velocity.expected_days_left IS 'The days in open stages and on hold that a lead in this stage has before it, on the average; NULL where it cannot be told and for won and lost stages';
COMMENT ON COLUMN leadscore.stage_velocity.won_probability IS 'The probability that a lead in this stage ends in a won one, from 0 to 1; NULL where it cannot be told and for won and lost stages';
COMMENT ON COLUMN leadscore.stage_velocity.lost_probability IS 'The probability that it ends in a lost one; NULL likewise';
GRANT SELECT ON leadscore.stage_velocity TO PUBLIC;
-- Where a conversion has changed beyond chance, and whether the advertising or the sales department has changed it.
--
-- Leads are compared at one age: what counts is how far they came within matures_after. A cell is all leads, those of a
-- channel, or those of an owner. Its change has two parts. mix: other shares of the channels, and what has changed in one
-- channel under all owners, unlike in the other channels: other leads came. rate: the rest.
CREATE FUNCTION leadscore.stage_alerts(source text, current_days integer DEFAULT 30, baseline_days integer DEFAULT 90, as_of timestamptz DEFAULT now(), alpha double precision DEFAULT 0.05)
RETURNS TABLE (stage_no integer, stage text, stage_label text, prev_stage text, dimension text, segment text,
  baseline_from date, baseline_until date, current_from date, current_until date,
  baseline_entered bigint, baseline_converted bigint, baseline_rate double precision, baseline_rate_lower double precision, baseline_rate_upper double precision,
  current_entered bigint, current_converted bigint, current_rate double precision, current_rate_lower double precision, current_rate_upper double precision,
  difference double precision, difference_lower double precision, difference_upper double precision,
  p_value double precision, q_value double precision, rise_q_value double precision, min_detectable_drop double precision, verdict text,
  cause text, cause_channel text, cause_owner text, mix_change double precision, rate_change double precision, cmh_p_value double precision)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 ROWS 200
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  attached leadscore.source;
  ladder leadscore.source_mask;
  last_day date;
BEGIN
  IF current_days IS NULL OR baseline_days IS NULL OR stage_alerts.as_of IS NULL OR alpha IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'days, as_of and alpha must be given';
  END IF;
  IF current_days < 1 OR baseline_days < 1 OR current_days > 36525 OR baseline_days > 36525 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('a period of %s days cannot be compared with one of %s', current_days, baseline_days),
      HINT = 'Each has from 1 to 36525 days.';
  END IF;
  IF NOT isfinite(stage_alerts.as_of) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'as_of must be a finite time';
  END IF;
  IF NOT (alpha > 0 AND alpha < 1) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('alpha %s does not lie between 0 and 1', alpha);
  END IF;
  SELECT s.* INTO attached FROM leadscore.source AS s WHERE s.source_id = leadscore.readable_source(stage_alerts.source);
  SELECT m.* INTO ladder FROM leadscore.source_masks() AS m WHERE m.source_id = attached.source_id;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  last_day := (stage_alerts.as_of AT TIME ZONE attached.time_zone - attached.matures_after)::date - 1;

  RETURN QUERY
  WITH lead AS (
    SELECT l.channel, l.owner, l.cohort_day > last_day - current_days AS is_current,
      bit_or(1::bigint << h.stage_id) FILTER (WHERE h.entered_at <= stage_alerts.as_of AND (h.cause = 'found' OR h.entered_at <= (l.created_at AT TIME ZONE attached.time_zone + attached.matures_after) AT TIME ZONE attached.time_zone)) AS visited
    FROM leadscore.lead_state AS l
    LEFT JOIN leadscore.stage_history AS h ON h.source_id = l.source_id AND h.lead = l.lead
    WHERE l.source_id = attached.source_id AND NOT l.is_duplicate
      AND l.cohort_day > last_day - current_days - baseline_days AND l.cohort_day <= last_day
    GROUP BY l.lead, l.channel, l.owner, l.cohort_day
  ), reached AS (
    SELECT l.channel, l.owner, dense_rank() OVER (ORDER BY l.channel) AS channel_no, dense_rank() OVER (ORDER BY l.owner) AS owner_no,
      leadscore.count_by_mask(l.visited, ladder.reach_masks) FILTER (WHERE NOT l.is_current) AS baseline,
      leadscore.count_by_mask(l.visited, ladder.reach_masks) FILTER (WHERE l.is_current) AS current
    FROM lead AS l GROUP BY l.channel, l.owner
  ), part AS MATERIALIZED (
    -- Each lead six times: in its three cells, split by channel and by owner.
    SELECT step, c.dimension, c.segment_no, c.split, c.part_no,
      sum(coalesce(r.baseline[step - 1], 0))::bigint AS n0, sum(coalesce(r.baseline[step], 0))::bigint AS k0,
      sum(coalesce(r.current[step - 1], 0))::bigint AS n1, sum(coalesce(r.current[step], 0))::bigint AS k1
    FROM reached AS r, generate_series(2, ladder.steps) AS step, LATERAL (VALUES
      ('all', 1::bigint, 'channel', r.channel_no), ('all', 1, 'owner', r.owner_no),
      ('channel', r.channel_no, 'channel', r.channel_no), ('channel', r.channel_no, 'owner', r.owner_no),
      ('owner', r.owner_no, 'channel', r.channel_no), ('owner', r.owner_no, 'owner', r.owner_no)) AS c (dimension, segment_no, split, part_no)
    GROUP BY step, c.dimension, c.segment_no, c.split, c.part_no
  ), cell AS MATERIALIZED (
    SELECT p.step, p.dimension, p.segment_no, row_number() OVER () AS number,
      sum(p.n0)::bigint AS n0, sum(p.k0)::bigint AS k0, sum(p.n1)::bigint AS n1, sum(p.k1)::bigint AS k1,
      leadscore.mix_or_rate(p.k0, p.n0, p.k1, p.n1) AS within
    FROM part AS p WHERE p.split = CASE p.dimension WHEN 'channel' THEN 'owner' ELSE 'channel' END
    GROUP BY p.step, p.dimension, p.segment_no
  ), judged AS MATERIALIZED (
    SELECT c.*, (c.within).cmh_z, (c.within).cmh_p_value, d.baseline_rate, d.current_rate, d.difference, d.lower, d.upper, d.p_value,
      d.smallest_detectable_drop, d.verdict = 'too_little_data' OR d.p_value IS NULL AS is_too_little,
      (leadscore.conversion_drop(c.n0 - c.k0, c.n0, c.n1 - c.k1, c.n1, 1 - alpha)).p_value AS rise_p_value
    FROM cell AS c CROSS JOIN LATERAL leadscore.conversion_drop(c.k0, c.n0, c.k1, c.n1, 1 - alpha) AS d
  ), corrected AS MATERIALIZED (
    -- Drops and rises are one family: alpha is for both together.
    SELECT n.number, a.q[n.place] AS q_value, a.q[cardinality(a.numbers) + n.place] AS rise_q_value
    FROM (
      SELECT array_agg(j.number ORDER BY j.number) AS numbers,
        leadscore.benjamini_hochberg(array_agg(j.p_value ORDER BY j.number) || array_agg(j.rise_p_value ORDER BY j.number)) AS q FROM judged AS j) AS a,
      unnest(a.numbers) WITH ORDINALITY AS n (number, place)
  ), beside AS (
    -- The others: of a channel, the other channels under the same owner; of an owner, the other owners in the same channel.
    SELECT p.*, sum(p.n0) OVER o - p.n0 AS m0, sum(p.k0) OVER o - p.k0 AS j0, sum(p.n1) OVER o - p.n1 AS m1, sum(p.k1) OVER o - p.k1 AS j1
    FROM part AS p WHERE p.dimension <> 'all' AND p.dimension <> p.split
    WINDOW o AS (PARTITION BY p.step, p.dimension, p.part_no)
  ), gap AS (
    -- How far a segment lies from where the others went, by as many points and by the same ratio.
    SELECT b.step, b.dimension, b.segment_no,
      (r.own_1 - r.own_0) - (r.others_1 - r.others_0) AS points,
      coalesce(r.own_1 - r.own_0 * r.others_1 / nullif(r.others_0, 0), (r.own_1 - r.own_0) - (r.others_1 - r.others_0)) AS ratio,
      1 / (1.0::double precision / b.n0 + 1.0 / b.n1 + 1.0 / b.m0 + 1.0 / b.m1) AS weight,
      s.own * (1 - s.own) * (1.0::double precision / b.n0 + 1.0 / b.n1) + s.others * (1 - s.others) * (1.0::double precision / b.m0 + 1.0 / b.m1) AS variance
    FROM beside AS b
    CROSS JOIN LATERAL (
      SELECT (b.k0 + b.k1)::double precision / (b.n0 + b.n1) AS own, (b.j0 + b.j1)::double precision / (b.m0 + b.m1) AS others) AS s
    CROSS JOIN LATERAL (
      SELECT b.k0::double precision / b.n0 AS own_0, b.k1::double precision / b.n1 AS own_1, b.j0::double precision / b.m0 AS others_0, b.j1::double precision / b.m1 AS others_1) AS r
    WHERE b.n0 > 0 AND b.n1 > 0 AND b.m0 > 0 AND b.m1 > 0
  ), effect AS MATERIALIZED (
    -- What is a segment's own: it has changed within the parts of the other split, the same way beyond the others, in points
    -- and in ratio, by a z that is rare even as the largest of all. Where the whole stands still and nothing is as sure, a
    -- segment that has itself been found is asked alone. The Wilson interval of 0 of 1 ends at z^2 / (1 + z^2).
    SELECT g.step, g.dimension, g.segment_no, g.change
    FROM (
      SELECT t.*, bool_or(t.is_sure) OVER (PARTITION BY t.step) AS is_other_sure
      FROM (
        SELECT z.step, z.dimension, z.segment_no, z.change, z.z * z.z / (1 + z.z * z.z) >= (leadscore.wilson(0, 1, 1 - alpha / z.segments)).upper AS is_sure,
          z.z * z.z / (1 + z.z * z.z) >= (leadscore.wilson(0, 1, 1 - alpha)).upper AND least(q.q_value, q.rise_q_value) <= alpha
            AND (SELECT least(w.q_value, w.rise_q_value) > alpha FROM judged AS i JOIN corrected AS w USING (number) WHERE i.step = z.step AND i.dimension = 'all') AS is_found
        FROM (
          SELECT d.step, d.dimension, d.segment_no, d.segments, c.change, c.change / nullif(d.error, 0) AS z
          FROM (
            SELECT g.step, g.dimension, g.segment_no, count(*) OVER (PARTITION BY g.step, g.dimension) AS segments,
              sum(g.weight * g.points) / sum(g.weight) AS points, sum(g.weight * g.ratio) / sum(g.weight) AS ratio,
              sqrt(sum(g.weight * g.weight * g.variance)) / sum(g.weight) AS error
            FROM gap AS g GROUP BY g.step, g.dimension, g.segment_no) AS d
          CROSS JOIN LATERAL (SELECT CASE WHEN d.points * d.ratio > 0 THEN sign(d.points) * least(abs(d.points), abs(d.ratio)) ELSE 0 END AS change) AS c) AS z
        JOIN judged AS j ON j.step = z.step AND j.dimension = z.dimension AND j.segment_no = z.segment_no
        JOIN corrected AS q ON q.number = j.number
        WHERE sign(z.z) = sign(j.cmh_z) AND j.cmh_p_value <= alpha) AS t) AS g
    WHERE g.is_sure OR g.is_found AND NOT g.is_other_sure
  ), contribution AS (
    SELECT j.number, p.split, p.part_no, sign(j.difference) AS direction, e.change IS NOT NULL AS is_own,
      CASE p.split WHEN 'channel' THEN (s.w1 - s.w0) * ((s.r0 + s.r1) / 2 - (j.baseline_rate + j.current_rate) / 2) ELSE 0 END
        + coalesce(e.change, 0) * (s.w0 + s.w1) / 2 AS change
    FROM part AS p
    JOIN judged AS j ON j.step = p.step AND j.dimension = p.dimension AND j.segment_no = p.segment_no
    LEFT JOIN effect AS e ON e.step = p.step AND e.dimension = p.split AND e.segment_no = p.part_no
    CROSS JOIN LATERAL (
      SELECT p.n0::double precision / j.n0 AS w0, p.n1::double precision / j.n1 AS w1,
        coalesce(p.k0::double precision / nullif(p.n0, 0), p.k1::double precision / nullif(p.n1, 0), 0) AS r0,
        coalesce(p.k1::double precision / nullif(p.n1, 0), p.k0::double precision / nullif(p.n0, 0), 0) AS r1) AS s
    WHERE j.n0 > 0 AND j.n1 > 0
  ), share AS (
    SELECT c.number, sum(c.change) FILTER (WHERE c.split = 'channel') AS mix_change,
      coalesce(bool_or(c.is_own AND c.change * c.direction > 0) FILTER (WHERE c.split = 'channel'), false) AS has_channel,
      coalesce(bool_or(c.is_own AND c.change * c.direction > 0) FILTER (WHERE c.split = 'owner'), false) AS has_owner,
      (array_agg(c.part_no ORDER BY c.change * c.direction DESC, c.part_no) FILTER (WHERE c.split = 'channel' AND c.change * c.direction > 0))[1] AS channel_no,
      (array_agg(c.part_no ORDER BY c.change * c.direction DESC, c.part_no) FILTER (WHERE c.split = 'owner' AND c.is_own AND c.change * c.direction > 0))[1] AS owner_no
    FROM contribution AS c GROUP BY c.number
  ), answered AS (
    SELECT j.*, q.q_value, q.rise_q_value, s.mix_change, j.difference - s.mix_change AS rate_change, s.channel_no, s.owner_no, v.verdict,
      CASE WHEN v.verdict = ANY (ARRAY['drop', 'rise']) THEN
        CASE WHEN t.mix >= 2 * t.rate THEN 'mix' WHEN t.rate >= 2 * t.mix THEN 'rate' ELSE 'both' END
      END AS cause
    FROM judged AS j
    JOIN corrected AS q ON q.number = j.number
    LEFT JOIN share AS s ON s.number = j.number
    CROSS JOIN LATERAL (
      SELECT CASE WHEN q.q_value <= alpha THEN 'drop' WHEN q.rise_q_value <= alpha THEN 'rise' WHEN j.is_too_little THEN 'too_little_data' ELSE 'same' END AS verdict) AS v
    -- What befell all owners is not the fault of one of them, though chance has made him look the worst.
    CROSS JOIN LATERAL (
      SELECT s.mix_change * sign(j.difference) AS mix,
        CASE WHEN j.dimension = 'owner' AND s.has_channel AND NOT s.has_owner THEN 0 ELSE (j.difference - s.mix_change) * sign(j.difference) END AS rate) AS t
  )
  SELECT ladder.stage_nos[a.step], ladder.stages[a.step], ladder.stage_labels[a.step], ladder.stages[a.step - 1], a.dimension,
    CASE a.dimension WHEN 'channel' THEN c.name WHEN 'owner' THEN o.name END,
    last_day - current_days - baseline_days + 1, last_day - current_days, last_day - current_days + 1, last_day,
    a.n0, a.k0, a.baseline_rate, (leadscore.wilson(a.k0, a.n0, 1 - alpha)).lower, (leadscore.wilson(a.k0, a.n0, 1 - alpha)).upper,
    a.n1, a.k1, a.current_rate, (leadscore.wilson(a.k1, a.n1, 1 - alpha)).lower, (leadscore.wilson(a.k1, a.n1, 1 - alpha)).upper,
    a.difference, a.lower, a.upper, a.p_value, a.q_value, a.rise_q_value, a.smallest_detectable_drop, a.verdict,
    a.cause, CASE WHEN a.cause <> 'rate' THEN cc.name END, CASE WHEN a.cause <> 'mix' THEN co.name END,
    a.mix_change, a.rate_change, a.cmh_p_value
  FROM answered AS a
  LEFT JOIN (SELECT DISTINCT r.channel_no AS no, r.channel AS name FROM reached AS r) AS c ON a.dimension = 'channel' AND c.no = a.segment_no
  LEFT JOIN (SELECT DISTINCT r.owner_no AS no, r.owner AS name FROM reached AS r) AS o ON a.dimension = 'owner' AND o.no = a.segment_no
  LEFT JOIN (SELECT DISTINCT r.channel_no AS no, r.channel AS name FROM reached AS r) AS cc ON cc.no = a.channel_no
  LEFT JOIN (SELECT DISTINCT r.owner_no AS no, r.owner AS name FROM reached AS r) AS co ON co.no = a.owner_no
  ORDER BY a.step, a.dimension, a.segment_no;
END
$$;
COMMENT ON FUNCTION leadscore.stage_alerts(text, integer, integer, timestamptz, double precision) IS
'Where the conversion from a step of the ladder to the next has changed beyond chance, and why: one row for each step, and all leads, those of each channel, of each owner, that came in the last current_days cohort days which are mature as of a time, beside those of the baseline_days before. What counts is how far leads that are no duplicates came within the source''s matures_after. While nothing has changed anywhere, the probability of any drop is at most alpha: Benjamini and Hochberg over all cells, drops and rises. The columns are explained at the view leadscore.stage_alerts. Raises 42704 if the source does not exist, 42501 if the current user may not read its table, 22004 for a NULL argument, 22023 for days that are not from 1 to 36525, an infinite as_of, or an alpha that does not lie between 0 and 1.';

CREATE VIEW leadscore.stage_alerts WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, a.*
FROM leadscore.source AS s
CROSS JOIN LATERAL leadscore.stage_alerts(s.source) AS a
WHERE s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[]);
COMMENT ON VIEW leadscore.stage_alerts IS 'Where a conversion has changed beyond chance, and whether the advertising or the sales department has changed it: the 30 latest mature cohort days beside the 90 before, for each source, step of the ladder, and all leads, those of each channel, of each owner. leadscore.stage_alerts(source, ...) takes other periods';
COMMENT ON COLUMN leadscore.stage_alerts.source IS 'The source: an attached table';
COMMENT ON COLUMN leadscore.stage_alerts.stage_no IS 'The number of the step to which leads convert, by which stages are ordered';
COMMENT ON COLUMN leadscore.stage_alerts.stage IS 'The name of that step';
COMMENT ON COLUMN leadscore.stage_alerts.stage_label IS 'Number and title of it, for tools that order stages as texts';
COMMENT ON COLUMN leadscore.stage_alerts.prev_stage IS 'The name of the step from which they convert';
COMMENT ON COLUMN leadscore.stage_alerts.dimension IS 'Whose leads: all, those of a channel, or those of an owner';
COMMENT ON COLUMN leadscore.stage_alerts.segment IS 'The channel or the owner; NULL: leads without one, or all';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_from IS 'The first cohort day of the baseline';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_until IS 'The last cohort day of the baseline';
COMMENT ON COLUMN leadscore.stage_alerts.current_from IS 'The first cohort day of the current period, the day after the baseline';
COMMENT ON COLUMN leadscore.stage_alerts.current_until IS 'The last cohort day of the current period: the latest that is mature';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_entered IS 'Leads of the baseline that reached the step before within matures_after, duplicates left out';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_converted IS 'Of those, leads that reached this step within matures_after';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_rate IS 'baseline_converted / baseline_entered, from 0 to 1; NULL without such leads';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_rate_lower IS 'The lower end of its Wilson interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.baseline_rate_upper IS 'The upper end of its Wilson interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.current_entered IS 'Leads of the current period that reached the step before within matures_after, duplicates left out';
COMMENT ON COLUMN leadscore.stage_alerts.current_converted IS 'Of those, leads that reached this step within matures_after';
COMMENT ON COLUMN leadscore.stage_alerts.current_rate IS 'current_converted / current_entered, from 0 to 1; NULL without such leads';
COMMENT ON COLUMN leadscore.stage_alerts.current_rate_lower IS 'The lower end of its Wilson interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.current_rate_upper IS 'The upper end of its Wilson interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.difference IS 'current_rate - baseline_rate = mix_change + rate_change; NULL without leads on either side';
COMMENT ON COLUMN leadscore.stage_alerts.difference_lower IS 'The lower end of its Newcombe interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.difference_upper IS 'The upper end of its Newcombe interval at 95 % (1 - alpha)';
COMMENT ON COLUMN leadscore.stage_alerts.p_value IS 'One-sided: how probable so low a current rate is if nothing has changed, by leadscore.conversion_drop(); NULL without leads on either side';
COMMENT ON COLUMN leadscore.stage_alerts.q_value IS 'The p value corrected for all cells of the source, and for drops and rises (Benjamini and Hochberg); NULL where that is';
COMMENT ON COLUMN leadscore.stage_alerts.rise_q_value IS 'The same for so high a current rate';
COMMENT ON COLUMN leadscore.stage_alerts.min_detectable_drop IS 'The smallest drop, as a positive difference of rates, that so many leads would show with a probability of 0.8 in a test of this cell alone: no alarm does not mean no drop below it';
COMMENT ON COLUMN leadscore.stage_alerts.verdict IS 'drop where q_value is at most 0.05 (alpha), rise where rise_q_value is; otherwise too_little_data where not even a fall to nothing would probably have been seen, else same';
COMMENT ON COLUMN leadscore.stage_alerts.cause IS 'Of a drop or a rise: mix (advertising: other leads came), rate (sales: the same leads convert otherwise) where that part is at least twice the other, else both; otherwise NULL';
COMMENT ON COLUMN leadscore.stage_alerts.cause_channel IS 'Where the cause is mix or both: the channel that contributes most to mix_change; NULL: leads without a channel';
COMMENT ON COLUMN leadscore.stage_alerts.cause_owner IS 'Where the cause is rate or both: the owner whose own change contributes most to it; NULL: all owners alike, or leads without an owner';
COMMENT ON COLUMN leadscore.stage_alerts.mix_change IS 'What other shares of the channels, and changes of one channel under all owners, make of difference; NULL where that is';
COMMENT ON COLUMN leadscore.stage_alerts.rate_change IS 'The rest of difference; NULL where that is';
COMMENT ON COLUMN leadscore.stage_alerts.cmh_p_value IS 'Has the rate changed within the channels of all leads or of an owner, within the owners of a channel: the two-sided p value of Cochran, Mantel and Haenszel; NULL where it cannot be told';
GRANT SELECT ON leadscore.stage_alerts TO PUBLIC;
-- Who may see and plan a source: its owner decides, and nobody needs more than his own privileges for it.

CREATE TABLE leadscore.source_planner (
  source_id integer NOT NULL,
  planner regrole NOT NULL,
  PRIMARY KEY (source_id, planner)
);
COMMENT ON TABLE leadscore.source_planner IS 'Who enters costs, norms and plans of a source, besides the owner of its table; rows are made by leadscore.grant_planner(source, role)';
COMMENT ON COLUMN leadscore.source_planner.source_id IS 'The source';
COMMENT ON COLUMN leadscore.source_planner.planner IS 'The role';
SELECT pg_catalog.pg_extension_config_dump('leadscore.source_planner', '');

CREATE FUNCTION leadscore.owns_source(source_id integer) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM leadscore.source AS s JOIN pg_class AS c ON c.oid = s.relation
    WHERE s.source_id = owns_source.source_id AND pg_has_role(c.relowner, 'USAGE'))
$$;
COMMENT ON FUNCTION leadscore.owns_source(integer) IS
'Whether the current user owns the table of a source, as its owner, as a member of that role, or as a superuser; false for a source that does not exist. NULL for NULL.';

CREATE FUNCTION leadscore.may_plan(source text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (
    SELECT FROM leadscore.source AS s
    WHERE s.source = may_plan.source
      AND (leadscore.owns_source(s.source_id)
        OR EXISTS (SELECT FROM leadscore.source_planner AS p WHERE p.source_id = s.source_id AND pg_has_role(p.planner, 'USAGE'))))
$$;
COMMENT ON FUNCTION leadscore.may_plan(text) IS
'Whether the current user may enter costs, norms and plans of a source: he owns its table, or has a role given by leadscore.grant_planner(source, role). False for a source that does not exist. NULL for NULL.';

-- Everybody may write here as far as the policies let him: for a source whose table he owns. Who is in it is no secret.
DO $do$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['source_reader', 'source_planner'] LOOP
    EXECUTE pg_catalog.format('ALTER TABLE leadscore.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE pg_catalog.format('CREATE POLICY everybody ON leadscore.%I FOR SELECT USING (true)', name);
    EXECUTE pg_catalog.format('CREATE POLICY owner_gives ON leadscore.%I FOR INSERT WITH CHECK (leadscore.owns_source(source_id))', name);
    EXECUTE pg_catalog.format('CREATE POLICY owner_takes ON leadscore.%I FOR DELETE USING (leadscore.owns_source(source_id))', name);
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, DELETE ON leadscore.%I TO PUBLIC', name);
  END LOOP;
END
$do$;

CREATE FUNCTION leadscore.grant_reader(source text, role regrole) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO leadscore.source_reader (source_id, reader) VALUES ((leadscore.owned_source(source)).source_id, role) ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION leadscore.grant_reader(text, regrole) IS
'Lets a role see all leads of a source whose table has row-level security, in the state and the views of leadscore; it needs SELECT on the table besides. Of a table without row-level security, SELECT on the table is enough. Only the owner of the table can grant: 42501. Raises 42704 for a source that does not exist. Does nothing for NULL.';

CREATE FUNCTION leadscore.revoke_reader(source text, role regrole) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  id CONSTANT integer := (leadscore.owned_source(source)).source_id;
BEGIN
  DELETE FROM leadscore.source_reader AS t WHERE t.source_id = id AND t.reader = role;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION leadscore.revoke_reader(text, regrole) IS
'Takes back what leadscore.grant_reader(source, role) gave; whether it had been given. Only the owner of the table can: 42501. Raises 42704 for a source that does not exist. NULL for NULL.';

CREATE FUNCTION leadscore.grant_planner(source text, role regrole) RETURNS void
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO leadscore.source_planner (source_id, planner) VALUES ((leadscore.owned_source(source)).source_id, role) ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION leadscore.grant_planner(text, regrole) IS
'Lets a role enter, change and delete the costs, norms, plans and efforts of a source: leadscore.spend, plan and stage_effort. It need not see the leads. Only the owner of the table can grant: 42501. Raises 42704 for a source that does not exist. Does nothing for NULL.';

CREATE FUNCTION leadscore.revoke_planner(source text, role regrole) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  id CONSTANT integer := (leadscore.owned_source(source)).source_id;
BEGIN
  DELETE FROM leadscore.source_planner AS t WHERE t.source_id = id AND t.planner = role;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION leadscore.revoke_planner(text, regrole) IS
'Takes back what leadscore.grant_planner(source, role) gave; whether it had been given. Only the owner of the table can: 42501. Raises 42704 for a source that does not exist. NULL for NULL.';
-- What people enter about a source: costs by channel, norms and plans by month, minutes by stage. Rows go by the name of
-- the source. There is no foreign key to it, so that a restore may load the tables in any order.

CREATE TABLE leadscore.spend (
  spend_id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  source text COLLATE "C" NOT NULL,
  day date NOT NULL CHECK (isfinite(day)),
  channel text COLLATE "C" NOT NULL CHECK (channel <> ''),
  amount numeric(18, 2) NOT NULL CHECK (amount BETWEEN -1e15 AND 1e15),
  note text
);
COMMENT ON TABLE leadscore.spend IS 'What the channels of a source cost, by day; several rows of one day and channel add up, such as two campaigns or a correction';
COMMENT ON COLUMN leadscore.spend.spend_id IS 'Number of the row';
COMMENT ON COLUMN leadscore.spend.source IS 'The name of the source, as in leadscore.source';
COMMENT ON COLUMN leadscore.spend.day IS 'The day for which was paid, in the time zone of the source';
COMMENT ON COLUMN leadscore.spend.channel IS 'The channel, spelled as in the leads';
COMMENT ON COLUMN leadscore.spend.amount IS 'The cost; negative for what was paid back. In the currency in which the amounts of the leads are';
COMMENT ON COLUMN leadscore.spend.note IS 'What there is to say about it, such as the campaign';
COMMENT ON SEQUENCE leadscore.spend_spend_id_seq IS 'Numbers the rows';
CREATE INDEX spend_day ON leadscore.spend (source, day, channel);

CREATE TABLE leadscore.plan (
  plan_id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  source text COLLATE "C" NOT NULL,
  month date NOT NULL CHECK (isfinite(month) AND extract(day FROM month) = 1),
  channel text COLLATE "C" CHECK (channel <> ''),
  leads bigint CHECK (leads BETWEEN 0 AND 1000000000000),
  target_leads bigint CHECK (target_leads BETWEEN 0 AND 1000000000000),
  qualified_leads bigint CHECK (qualified_leads BETWEEN 0 AND 1000000000000),
  budget numeric(18, 2) CHECK (budget BETWEEN 0 AND 1e15),
  cost_per_lead numeric(18, 2) CHECK (cost_per_lead BETWEEN 0 AND 1e15),
  cost_per_target_lead numeric(18, 2) CHECK (cost_per_target_lead BETWEEN 0 AND 1e15),
  deals bigint CHECK (deals BETWEEN 0 AND 1000000000000),
  amount numeric(18, 2) CHECK (amount BETWEEN 0 AND 1e15),
  note text,
  UNIQUE NULLS NOT DISTINCT (source, month, channel)
);
COMMENT ON TABLE leadscore.plan IS 'What marketing and sales have promised each other for a month: norms of leads and costs, the plan of sales';
COMMENT ON COLUMN leadscore.plan.plan_id IS 'Number of the row';
COMMENT ON COLUMN leadscore.plan.source IS 'The name of the source, as in leadscore.source';
COMMENT ON COLUMN leadscore.plan.month IS 'The first day of the month';
COMMENT ON COLUMN leadscore.plan.channel IS 'The channel, spelled as in the leads; NULL: all channels together';
COMMENT ON COLUMN leadscore.plan.leads IS 'At least so many leads come, duplicates not counted; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.target_leads IS 'At least so many of them are target leads; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.qualified_leads IS 'At least so many leads, whenever they came, get to the stage sql or beyond for the first time; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.budget IS 'No more than this is spent; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.cost_per_lead IS 'A lead costs no more than this; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.cost_per_target_lead IS 'A target lead costs no more than this; NULL: no norm';
COMMENT ON COLUMN leadscore.plan.deals IS 'At least so many deals are won; NULL: no plan';
COMMENT ON COLUMN leadscore.plan.amount IS 'Deals of at least so much are won; NULL: no plan';
COMMENT ON COLUMN leadscore.plan.note IS 'What there is to say about it';
COMMENT ON SEQUENCE leadscore.plan_plan_id_seq IS 'Numbers the rows';

CREATE TABLE leadscore.stage_effort (
  source text COLLATE "C" NOT NULL,
  stage text COLLATE "C" NOT NULL,
  minutes_per_visit double precision NOT NULL CHECK (minutes_per_visit BETWEEN 0 AND 1e6),
  worked_by text CHECK (worked_by <> ''),
  PRIMARY KEY (source, stage)
);
COMMENT ON TABLE leadscore.stage_effort IS 'How much work a lead makes each time that it comes into a stage, and for whom';
COMMENT ON COLUMN leadscore.stage_effort.source IS 'The name of the source, as in leadscore.source';
COMMENT ON COLUMN leadscore.stage_effort.stage IS 'The stage, by its name in the model';
COMMENT ON COLUMN leadscore.stage_effort.minutes_per_visit IS 'Minutes of work for one visit of the stage';
COMMENT ON COLUMN leadscore.stage_effort.worked_by IS 'Whose work it is, such as first contact or sales, as in leadscore.playbook; NULL: anybody''s';

SELECT pg_catalog.pg_extension_config_dump('leadscore.spend', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.spend_spend_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.plan', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.plan_plan_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('leadscore.stage_effort', '');

-- Read by those who see the source, and by those who plan it, who alone write. TRUNCATE, which knows no policies, is nobody's.
DO $do$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['spend', 'plan', 'stage_effort'] LOOP
    EXECUTE pg_catalog.format('ALTER TABLE leadscore.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE pg_catalog.format($policy$CREATE POLICY readers ON leadscore.%I FOR SELECT USING (source IN (
      SELECT s.source FROM leadscore.source AS s WHERE s.source_id OPERATOR(pg_catalog.=) ANY ((SELECT leadscore.readable_sources())::integer[])))$policy$, name);
    EXECUTE pg_catalog.format('CREATE POLICY planners ON leadscore.%I USING (leadscore.may_plan(source)) WITH CHECK (leadscore.may_plan(source))', name);
    EXECUTE pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON leadscore.%I TO PUBLIC', name);
  END LOOP;
END
$do$;
-- What is known of each lead, as views and as a card: the lists from which people work in the morning.

CREATE VIEW leadscore.lead_position WITH (security_invoker = true, security_barrier = true) AS
SELECT s.source, ls.source_id, s.model, s.half_life, s.time_zone, s.matures_after, s.events IS NOT NULL AS has_events,
  ls.lead, ls.created_at, ls.closed_at, ls.cohort_day, date_trunc('month', ls.cohort_day::timestamp)::date AS cohort_month,
  ls.channel, ls.owner, ls.status, nullif(ls.amount, 'NaN') AS amount,
  ls.score, ls.raw_score, ls.probability, ls.grade, ls.temperature, ls.target, ls.first_score, ls.first_scored_at,
  t.stage_no, ss.stage, t.stage_label, t.stage_kind, t.reach_mask, ls.stage_since, ls.visits, ls.visited,
  m.won_mask, nullif(m.mql_mask, 0) AS mql_mask, nullif(m.sal_mask, 0) AS sal_mask, nullif(m.sql_mask, 0) AS sql_mask,
  CASE WHEN t.stage_kind = 'lost' THEN 'lost' WHEN ls.visited & m.won_mask <> 0 THEN 'won' WHEN t.stage_kind = 'hold' THEN 'on_hold' ELSE 'open' END AS outcome,
  coalesce(ls.visited & m.won_mask <> 0, false) AS was_won,
  ls.cohort_day < (now() AT TIME ZONE s.time_zone - s.matures_after)::date AS is_mature,
  ls.is_duplicate, ls.heat, ls.cooling_heat, ls.events, ls.last_event_at, ls.problem, ls.problem_state, ls.model_version, ls.scored_at
FROM leadscore.source AS s
JOIN leadscore.lead_state AS ls ON ls.source_id = s.source_id
LEFT JOIN leadscore.source_stage AS ss ON ss.source_id = ls.source_id AND ss.stage_id = ls.stage_id
LEFT JOIN leadscore.source_ladder AS t ON t.source_id = ls.source_id AND t.stage_id = ls.stage_id
LEFT JOIN leadscore.source_masks() AS m ON m.source_id = ls.source_id;
COMMENT ON VIEW leadscore.lead_position IS 'Leads with their place on the ladder, on which the other views of leads are built; leadscore.leads is made for people';
DO $do$
DECLARE
  described record;
BEGIN
  FOR described IN
    SELECT DISTINCT ON (v.attname) v.attname, pg_catalog.col_description(t.attrelid, t.attnum) AS description
    FROM pg_catalog.pg_attribute AS v
    JOIN pg_catalog.pg_attribute AS t ON t.attname = v.attname
      AND t.attrelid = ANY (ARRAY['leadscore.lead_state', 'leadscore.source_ladder', 'leadscore.source']::regclass[])
    WHERE v.attrelid = 'leadscore.lead_position'::regclass AND v.attnum > 0
    ORDER BY v.attname, t.attrelid = 'leadscore.lead_state'::regclass DESC, t.attrelid = 'leadscore.source_ladder'::regclass DESC
  LOOP
    EXECUTE pg_catalog.format('COMMENT ON COLUMN leadscore.lead_position.%I IS %L', described.attname, described.description);
  END LOOP;
END
$do$;
COMMENT ON COLUMN leadscore.lead_position.has_events IS 'Whether the source has a table of events';
COMMENT ON COLUMN leadscore.lead_position.cohort_month IS 'The first day of the month in which the lead came';
COMMENT ON COLUMN leadscore.lead_position.amount IS 'What the lead is worth; NULL: not known';
COMMENT ON COLUMN leadscore.lead_position.stage IS 'Its stage; NULL: none yet. Kept where the model has the stage no more: then stage_no, stage_label and stage_kind are NULL';
COMMENT ON COLUMN leadscore.lead_position.won_mask IS 'The bits of the won stages of its source in visited; NULL: the model has no stages';
COMMENT ON COLUMN leadscore.lead_position.mql_mask IS 'The bits that show that a lead came as far as the stage mql; NULL: the ladder has none';
COMMENT ON COLUMN leadscore.lead_position.sal_mask IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.lead_position.sql_mask IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.lead_position.outcome IS 'lost: its stage is of kind lost; won: it has been in a won stage; on_hold: its stage is of kind hold; else open';
COMMENT ON COLUMN leadscore.lead_position.was_won IS 'Whether it has ever been in a won stage, lost since or not';
COMMENT ON COLUMN leadscore.lead_position.is_mature IS 'Whether its whole day came at least the source''s matures_after ago';

CREATE VIEW leadscore.leads WITH (security_invoker = true, security_barrier = true) AS
SELECT p.source, p.lead, p.created_at, p.cohort_day, p.channel, p.owner, p.status,
  p.stage_no, p.stage, p.stage_label, st.title AS stage_title, st.title_ru AS stage_title_ru, p.stage_kind, p.outcome,
  p.stage_since, CASE WHEN isfinite(p.stage_since) THEN date_part('epoch', now() - p.stage_since) / 86400 END AS days_in_stage, p.visits::bigint AS visits, p.closed_at,
  p.score, p.grade, p.temperature, p.probability, p.amount, (p.amount * p.probability::numeric)::numeric(18, 2) AS expected_value,
  p.target, p.is_duplicate, p.is_mature,
  CASE WHEN p.has_events THEN greatest(least(coalesce(leadscore.heat_points(p.heat, p.half_life, now()), 0), 1e300)
    - least(coalesce(leadscore.heat_points(p.cooling_heat, p.half_life, now()), 0), 1e300), 0) END AS heat_points,
  CASE WHEN p.has_events THEN nullif(nullif(leadscore.heat_cools_at(p.heat, p.half_life, 1), 'infinity'), '-infinity') END AS cools_at,
  CASE WHEN p.has_events THEN p.events END AS events, p.last_event_at,
  CASE WHEN isfinite(p.last_event_at) THEN date_part('epoch', now() - p.last_event_at) / 86400 END AS days_since_event,
  p.problem, p.problem_state, p.model, p.model_version, p.scored_at
FROM leadscore.lead_position AS p
LEFT JOIN leadscore.stage AS st ON st.model = p.model AND st.stage = p.stage;
COMMENT ON VIEW leadscore.leads IS 'Every lead of every attached table as it stands: where, since when, how good, worth what, how interested. One row a lead';
COMMENT ON COLUMN leadscore.leads.source IS 'The source: the name under which the table is attached';
COMMENT ON COLUMN leadscore.leads.lead IS 'The key of the lead as text; a key of several columns as an array of texts';
COMMENT ON COLUMN leadscore.leads.created_at IS 'When the lead came';
COMMENT ON COLUMN leadscore.leads.cohort_day IS 'The day of that in the time zone of the source';
COMMENT ON COLUMN leadscore.leads.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.leads.owner IS 'Who works on it; NULL: nobody';
COMMENT ON COLUMN leadscore.leads.status IS 'Its status in the CRM; NULL: none';
COMMENT ON COLUMN leadscore.leads.stage_no IS 'The number of its stage, to sort by; NULL: no stage, or one that the model has no more';
COMMENT ON COLUMN leadscore.leads.stage IS 'Its stage; NULL: none yet';
COMMENT ON COLUMN leadscore.leads.stage_label IS 'Number and title of the stage, for tools that sort by text';
COMMENT ON COLUMN leadscore.leads.stage_title IS 'What people call the stage; NULL: as it is';
COMMENT ON COLUMN leadscore.leads.stage_title_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.leads.stage_kind IS 'The kind of the stage: open, hold, won or lost';
COMMENT ON COLUMN leadscore.leads.outcome IS 'open, on_hold, won (it has been in a won stage and is not lost) or lost';
COMMENT ON COLUMN leadscore.leads.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.leads.days_in_stage IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.leads.visits IS 'How many times it has come into a stage, returns included';
COMMENT ON COLUMN leadscore.leads.closed_at IS 'When the table says that it was closed';
COMMENT ON COLUMN leadscore.leads.score IS 'Its score, between the limits of the model (0 to 100 by default); NULL: not judged, see problem';
COMMENT ON COLUMN leadscore.leads.grade IS 'Its grade; NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.leads.temperature IS 'Its temperature; NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.leads.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.leads.amount IS 'What it is worth if it is won; NULL: not known';
COMMENT ON COLUMN leadscore.leads.expected_value IS 'amount times probability; NULL where either is. Of a lead that is won or lost already it says nothing more';
COMMENT ON COLUMN leadscore.leads.target IS 'target, not_target, grow (not yet, but can become one) or unknown (ask); NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.leads.is_duplicate IS 'Whether it repeats an earlier lead';
COMMENT ON COLUMN leadscore.leads.is_mature IS 'Whether it came so long ago that it would have moved on if it ever does (matures_after of the source)';
COMMENT ON COLUMN leadscore.leads.heat_points IS 'The points of its events as they are worth at this moment, at least 0; NULL: the source has no events';
COMMENT ON COLUMN leadscore.leads.cools_at IS 'When the points of what it did fall below 1 if it does nothing more; NULL: it did nothing';
COMMENT ON COLUMN leadscore.leads.events IS 'How many events it has; NULL: the source has no events';
COMMENT ON COLUMN leadscore.leads.last_event_at IS 'When the latest of them happened; NULL: none';
COMMENT ON COLUMN leadscore.leads.days_since_event IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.leads.problem IS 'Why it could not be judged; NULL: it was';
COMMENT ON COLUMN leadscore.leads.problem_state IS 'The SQLSTATE of that';
COMMENT ON COLUMN leadscore.leads.model IS 'The model that judges it';
COMMENT ON COLUMN leadscore.leads.model_version IS 'The version of the model that judged it last';
COMMENT ON COLUMN leadscore.leads.scored_at IS 'When it was judged last';

CREATE VIEW leadscore.next_actions WITH (security_invoker = true, security_barrier = true) AS
SELECT l.source, l.lead, l.owner, l.channel, l.stage_no, l.stage, l.stage_label, l.outcome, l.temperature,
  b.step, b.worked_by, b.action, b.action_ru, b.send, d.due_at, coalesce(d.due_at < now(), false) AS is_overdue,
  CASE WHEN isfinite(d.due_at) AND d.due_at < now() THEN date_part('epoch', now() - d.due_at) / 86400 END AS overdue_days,
  l.expected_value, l.probability, l.score, l.grade, l.heat_points, l.target, l.is_duplicate, l.stage_since, l.created_at, l.cohort_day
FROM leadscore.leads AS l
JOIN leadscore.playbook AS b ON b.model = l.model AND b.stage = l.stage AND (b.temperature IS NULL OR b.temperature = l.temperature)
CROSS JOIN LATERAL (SELECT CASE WHEN b.due_within IS NOT NULL THEN l.stage_since + least(b.due_within, '100 years') END AS due_at) AS d;
COMMENT ON VIEW leadscore.next_actions IS 'What is to be done with each lead by the playbook of its model, for its stage and temperature; one row a lead and action. First things first: ORDER BY is_overdue DESC, expected_value DESC NULLS LAST, score DESC NULLS LAST, heat_points DESC NULLS LAST';
COMMENT ON COLUMN leadscore.next_actions.source IS 'The source';
COMMENT ON COLUMN leadscore.next_actions.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.next_actions.owner IS 'Who works on the lead; NULL: nobody';
COMMENT ON COLUMN leadscore.next_actions.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.next_actions.stage_no IS 'The number of its stage, to sort by';
COMMENT ON COLUMN leadscore.next_actions.stage IS 'Its stage';
COMMENT ON COLUMN leadscore.next_actions.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.next_actions.outcome IS 'open, on_hold, won or lost';
COMMENT ON COLUMN leadscore.next_actions.temperature IS 'Its temperature';
COMMENT ON COLUMN leadscore.next_actions.step IS 'The order of the actions of a stage';
COMMENT ON COLUMN leadscore.next_actions.worked_by IS 'Whose work it is, such as marketing, first contact or sales; NULL: not said';
COMMENT ON COLUMN leadscore.next_actions.action IS 'What to do';
COMMENT ON COLUMN leadscore.next_actions.action_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.next_actions.send IS 'What to send; NULL: nothing';
COMMENT ON COLUMN leadscore.next_actions.due_at IS 'Until when: so long after the lead came into its stage as the playbook says; NULL: at any time';
COMMENT ON COLUMN leadscore.next_actions.is_overdue IS 'Whether that is past. Nobody notes what has been done: a lead for which it was done in time, and which stays in its stage, is overdue as well';
COMMENT ON COLUMN leadscore.next_actions.overdue_days IS 'By how many days; NULL: it is not overdue';
COMMENT ON COLUMN leadscore.next_actions.expected_value IS 'amount times probability of the lead; NULL where either is';
COMMENT ON COLUMN leadscore.next_actions.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.next_actions.score IS 'Its score; NULL: not judged';
COMMENT ON COLUMN leadscore.next_actions.grade IS 'Its grade';
COMMENT ON COLUMN leadscore.next_actions.heat_points IS 'The points of its events as they are worth at this moment; NULL: the source has no events';
COMMENT ON COLUMN leadscore.next_actions.target IS 'target, not_target, grow or unknown; NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.next_actions.is_duplicate IS 'Whether it repeats an earlier lead';
COMMENT ON COLUMN leadscore.next_actions.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.next_actions.created_at IS 'When it came';
COMMENT ON COLUMN leadscore.next_actions.cohort_day IS 'The day of that in the time zone of the source';


CREATE VIEW leadscore.nurture_queue WITH (security_invoker = true, security_barrier = true) AS
SELECT l.source, l.lead, l.owner, l.channel, n.reason, l.stage_no, l.stage, l.stage_label, l.temperature, l.stage_since, l.days_in_stage,
  l.expected_value, l.probability, l.score, l.grade, l.target, l.heat_points, l.cools_at, l.last_event_at, l.days_since_event,
  a.step, a.worked_by, a.action, a.action_ru, a.send, a.due_at, coalesce(a.due_at < now(), false) AS is_overdue, l.created_at, l.cohort_day
FROM leadscore.leads AS l
LEFT JOIN (
  SELECT DISTINCT ON (b.model) b.model, b.label FROM leadscore.band AS b WHERE b.kind = 'temperature' ORDER BY b.model, b.from_score, b.label) AS coldest
  ON coldest.model = l.model
CROSS JOIN LATERAL (
  SELECT CASE WHEN l.outcome = 'on_hold' THEN 'on_hold' WHEN l.target = 'grow' THEN 'to_grow' WHEN l.temperature = coldest.label THEN 'not_ready' END AS reason) AS n
LEFT JOIN LATERAL (
  SELECT b.step, b.worked_by, b.action, b.action_ru, b.send, d.due_at
  FROM leadscore.playbook AS b
  CROSS JOIN LATERAL (SELECT CASE WHEN b.due_within IS NOT NULL THEN l.stage_since + least(b.due_within, '100 years') END AS due_at) AS d
  WHERE b.model = l.model AND b.stage = l.stage AND (b.temperature IS NULL OR b.temperature = l.temperature)
  ORDER BY coalesce(d.due_at < now(), false), CASE WHEN d.due_at < now() THEN -b.step ELSE b.step END LIMIT 1) AS a ON true
WHERE l.outcome IN ('open', 'on_hold') AND n.reason IS NOT NULL;
COMMENT ON VIEW leadscore.nurture_queue IS 'Leads to be warmed, with the action that is next: those on hold, those that can become target leads, and open ones as cold as the model knows. One row a lead. The most promising first: ORDER BY expected_value DESC NULLS LAST, score DESC NULLS LAST; those that are about to be forgotten: ORDER BY cools_at';
COMMENT ON COLUMN leadscore.nurture_queue.source IS 'The source';
COMMENT ON COLUMN leadscore.nurture_queue.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.nurture_queue.owner IS 'Who works on it; NULL: nobody';
COMMENT ON COLUMN leadscore.nurture_queue.channel IS 'Where it came from; NULL: not known';
COMMENT ON COLUMN leadscore.nurture_queue.reason IS 'Why it is here: on_hold; to_grow: not a target lead yet, but can become one; not_ready: open, and of the coldest temperature of the model';
COMMENT ON COLUMN leadscore.nurture_queue.stage_no IS 'The number of its stage, to sort by';
COMMENT ON COLUMN leadscore.nurture_queue.stage IS 'Its stage; NULL: none yet';
COMMENT ON COLUMN leadscore.nurture_queue.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.nurture_queue.temperature IS 'Its temperature';
COMMENT ON COLUMN leadscore.nurture_queue.stage_since IS 'When it came into its stage';
COMMENT ON COLUMN leadscore.nurture_queue.days_in_stage IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.nurture_queue.expected_value IS 'amount times probability; NULL where either is';
COMMENT ON COLUMN leadscore.nurture_queue.probability IS 'The probability that it is won, from 0 to 1; NULL: the model tells none';
COMMENT ON COLUMN leadscore.nurture_queue.score IS 'Its score; NULL: not judged';
COMMENT ON COLUMN leadscore.nurture_queue.grade IS 'Its grade';
COMMENT ON COLUMN leadscore.nurture_queue.target IS 'target, grow or unknown; NULL: the model has no target criteria';
COMMENT ON COLUMN leadscore.nurture_queue.heat_points IS 'The points of its events as they are worth at this moment; NULL: the source has no events';
COMMENT ON COLUMN leadscore.nurture_queue.cools_at IS 'When the points of what it did fall below 1 if it does nothing more; NULL: it did nothing';
COMMENT ON COLUMN leadscore.nurture_queue.last_event_at IS 'When the latest of its events happened; NULL: none';
COMMENT ON COLUMN leadscore.nurture_queue.days_since_event IS 'How many days ago that was';
COMMENT ON COLUMN leadscore.nurture_queue.step IS 'The order of the action in the playbook; NULL: the playbook has none for it';
COMMENT ON COLUMN leadscore.nurture_queue.worked_by IS 'Whose work it is';
COMMENT ON COLUMN leadscore.nurture_queue.action IS 'What to do next: the first action of the playbook that is not overdue, else the last';
COMMENT ON COLUMN leadscore.nurture_queue.action_ru IS 'The same in Russian';
COMMENT ON COLUMN leadscore.nurture_queue.send IS 'What to send; NULL: nothing';
COMMENT ON COLUMN leadscore.nurture_queue.due_at IS 'Until when; NULL: at any time';
COMMENT ON COLUMN leadscore.nurture_queue.is_overdue IS 'Whether that is past';
COMMENT ON COLUMN leadscore.nurture_queue.created_at IS 'When the lead came';
COMMENT ON COLUMN leadscore.nurture_queue.cohort_day IS 'The day of that in the time zone of the source';

CREATE VIEW leadscore.score_history WITH (security_invoker = true, security_barrier = true) AS
SELECT h.source, h.lead, row_number() OVER follows AS change_no, h.at, h.score, lag(h.score) OVER follows AS previous_score,
  h.score - lag(h.score) OVER follows AS change, h.grade, h.temperature, h.model_version,
  h.model_version <> lag(h.model_version) OVER follows AS is_other_version
FROM (
  SELECT p.source, p.lead, p.first_scored_at AS at, p.first_score AS score, NULL::text AS grade, NULL::text AS temperature, NULL::bigint AS model_version, true AS is_first
  FROM leadscore.lead_position AS p
  UNION ALL
  SELECT s.source, c.lead, c.changed_at, c.score, c.grade, c.temperature, c.model_version, false
  FROM leadscore.source AS s JOIN leadscore.score_change AS c ON c.source_id = s.source_id) AS h
WINDOW follows AS (PARTITION BY h.source, h.lead ORDER BY h.is_first DESC, h.at, h.score, h.grade, h.temperature);
COMMENT ON VIEW leadscore.score_history IS 'How the score of each lead has come about: the first, then every change; one row a change';
COMMENT ON COLUMN leadscore.score_history.source IS 'The source';
COMMENT ON COLUMN leadscore.score_history.lead IS 'The key of the lead';
COMMENT ON COLUMN leadscore.score_history.change_no IS 'The changes of a lead in order, from 1: the first score';
COMMENT ON COLUMN leadscore.score_history.at IS 'The instant as of which it was judged';
COMMENT ON COLUMN leadscore.score_history.score IS 'The score from then on; NULL: it could not be judged';
COMMENT ON COLUMN leadscore.score_history.previous_score IS 'The score before; NULL: none';
COMMENT ON COLUMN leadscore.score_history.change IS 'score - previous_score; NULL where either is';
COMMENT ON COLUMN leadscore.score_history.grade IS 'The grade from then on; NULL of the first score, of which only the score is kept';
COMMENT ON COLUMN leadscore.score_history.temperature IS 'The temperature from then on; NULL of the first score';
COMMENT ON COLUMN leadscore.score_history.model_version IS 'The version of the model; NULL of the first score';
COMMENT ON COLUMN leadscore.score_history.is_other_version IS 'Whether another version of the model judged it than the time before, so that the change may be the model''s; NULL: not known';

CREATE FUNCTION leadscore.money(sum numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT greatest(least(sum, 9999999999999999.99), -9999999999999999.99)
$$;
COMMENT ON FUNCTION leadscore.money(numeric) IS
'Internal: a sum as an amount of money, which numeric(18, 2) must hold: beyond that, the most that it holds. NULL for NULL.';

CREATE VIEW leadscore.churn WITH (security_invoker = true, security_barrier = true) AS
SELECT c.source, c.month, c.channel, c.customers, c.in_care, c.lost, w.estimate AS lost_rate, w.lower AS lost_lower, w.upper AS lost_upper,
  c.amount, c.lost_amount, c.is_mature
FROM (
  SELECT p.source, date_trunc('month', f.won_at AT TIME ZONE p.time_zone)::date AS month, p.channel,
    count(*) AS customers, count(*) FILTER (WHERE p.stage_kind = 'won' AND p.won_mask & ~p.reach_mask <> 0) AS in_care,
    count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
    leadscore.money(sum(p.amount))::numeric(18, 2) AS amount,
    leadscore.money(sum(CASE WHEN p.outcome = 'lost' THEN p.amount ELSE 0 END))::numeric(18, 2) AS lost_amount,
    bool_and(f.won_at <= (now() AT TIME ZONE p.time_zone - p.matures_after) AT TIME ZONE p.time_zone) AS is_mature
  FROM leadscore.lead_position AS p
  CROSS JOIN LATERAL (
    SELECT min(h.entered_at) AS won_at FROM leadscore.stage_history AS h
    WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
  WHERE p.was_won
  GROUP BY 1, 2, 3) AS c
CROSS JOIN LATERAL leadscore.wilson(c.lost, c.customers) AS w;
COMMENT ON VIEW leadscore.churn IS 'What becomes of customers after the sale: how many of those won in a month have been lost since; one row a source, month and channel';
COMMENT ON COLUMN leadscore.churn.source IS 'The source';
COMMENT ON COLUMN leadscore.churn.month IS 'The first day of the month in which they were won, in the time zone of the source';
COMMENT ON COLUMN leadscore.churn.channel IS 'Where they had come from; NULL: not known';
COMMENT ON COLUMN leadscore.churn.customers IS 'Leads that came into a won stage for the first time in that month';
COMMENT ON COLUMN leadscore.churn.in_care IS 'Of those, leads that stand in a later won stage than the first, such as care';
COMMENT ON COLUMN leadscore.churn.lost IS 'Of the customers, leads that stand in a lost stage now';
COMMENT ON COLUMN leadscore.churn.lost_rate IS 'lost / customers, from 0 to 1: the churn';
COMMENT ON COLUMN leadscore.churn.lost_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.churn.lost_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.churn.amount IS 'What the customers are worth, as far as amounts are known; NULL: none is';
COMMENT ON COLUMN leadscore.churn.lost_amount IS 'The same of the lost ones; 0: none is lost';
COMMENT ON COLUMN leadscore.churn.is_mature IS 'Whether all of them were won at least matures_after ago. Churn goes on: compare months of one age';

CREATE VIEW leadscore.touches_to_close WITH (security_invoker = true, security_barrier = true) AS
SELECT p.source, p.channel, count(*) AS won,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY f.visits_to_won) AS median_visits, percentile_cont(0.75) WITHIN GROUP (ORDER BY f.visits_to_won) AS p75_visits,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY d.days) AS median_days, percentile_cont(0.75) WITHIN GROUP (ORDER BY d.days) AS p75_days,
  count(*) FILTER (WHERE e.events IS NOT NULL) AS won_with_events,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY e.events) AS median_events, percentile_cont(0.75) WITHIN GROUP (ORDER BY e.events) AS p75_events
FROM leadscore.lead_position AS p
CROSS JOIN LATERAL (
  SELECT min(h.entered_at) AS won_at, min(h.visit_no) AS visits_to_won FROM leadscore.stage_history AS h
  WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
CROSS JOIN LATERAL (
  SELECT CASE WHEN isfinite(f.won_at) AND isfinite(p.created_at) THEN greatest(date_part('epoch', f.won_at - p.created_at) / 86400, 0) END AS days) AS d
CROSS JOIN LATERAL (
  SELECT CASE WHEN p.has_events AND (p.last_event_at IS NULL OR p.last_event_at <= f.won_at) THEN p.events END AS events) AS e
WHERE p.outcome = 'won'
GROUP BY p.source, p.channel;
COMMENT ON VIEW leadscore.touches_to_close IS 'How many touches and how many days a lead took until it was won; one row a source and channel';
COMMENT ON COLUMN leadscore.touches_to_close.source IS 'The source';
COMMENT ON COLUMN leadscore.touches_to_close.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.touches_to_close.won IS 'Leads that are won: the denominator of visits and days';
COMMENT ON COLUMN leadscore.touches_to_close.median_visits IS 'Half of them came into so many stages or fewer until they were won, the won one included';
COMMENT ON COLUMN leadscore.touches_to_close.p75_visits IS 'The same of three quarters';
COMMENT ON COLUMN leadscore.touches_to_close.median_days IS 'Half of them were won within so many days after they came. Those who are won late are not among them yet: channel_performance counts them';
COMMENT ON COLUMN leadscore.touches_to_close.p75_days IS 'The same of three quarters';
COMMENT ON COLUMN leadscore.touches_to_close.won_with_events IS 'Won leads whose last event was not after the sale, so that how many came before is known: the denominator of the events. leadscore.touches_until_won() counts those of all won leads';
COMMENT ON COLUMN leadscore.touches_to_close.median_events IS 'Half of those had so many events or fewer; NULL: there is none';
COMMENT ON COLUMN leadscore.touches_to_close.p75_events IS 'The same of three quarters';

CREATE FUNCTION leadscore.touches_until_won(source text, OUT channel text, OUT event text, OUT won bigint, OUT won_with bigint, OUT share double precision, OUT lower double precision, OUT upper double precision,
  OUT median_events double precision, OUT p75_events double precision) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 50
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  id CONSTANT integer := leadscore.readable_source(touches_until_won.source);
  its_source leadscore.source;
BEGIN
  SELECT s.* INTO STRICT its_source FROM leadscore.source AS s WHERE s.source_id = id;
  IF its_source.events IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = format('source "%s" has no table of events', its_source.source),
      HINT = 'View leadscore.touches_to_close counts stages and days.';
  END IF;
  RETURN QUERY EXECUTE format($query$
    WITH win AS MATERIALIZED (
      SELECT p.lead, p.channel, f.won_at
      FROM leadscore.lead_position AS p
      CROSS JOIN LATERAL (
        SELECT min(h.entered_at) AS won_at FROM leadscore.stage_history AS h
        WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & p.won_mask <> 0) AS f
      WHERE p.source_id = $1 AND p.outcome = 'won'
    ), touch AS MATERIALIZED (
      SELECT w.lead, w.channel, e.%2$I::text AS event, count(*) AS events
      FROM win AS w JOIN %1$s AS e ON e.%3$I::text = w.lead AND e.%4$I <= w.won_at
      GROUP BY w.lead, w.channel, e.%2$I::text
    ), counted AS (
      SELECT w.channel, NULL::text AS event, true AS is_whole, coalesce(t.events, 0) AS events
      FROM win AS w LEFT JOIN (SELECT t.lead, sum(t.events)::bigint AS events FROM touch AS t GROUP BY t.lead) AS t ON t.lead = w.lead
      UNION ALL
      SELECT w.channel, k.event, false, coalesce(t.events, 0)
      FROM (SELECT DISTINCT t.channel, t.event FROM touch AS t WHERE t.event IS NOT NULL) AS k
      JOIN win AS w ON w.channel IS NOT DISTINCT FROM k.channel
      LEFT JOIN touch AS t ON t.lead = w.lead AND t.event = k.event
    )
    SELECT c.channel, c.event, c.won, c.won_with, r.estimate, r.lower, r.upper, c.median_events, c.p75_events
    FROM (
      SELECT n.channel, n.event, n.is_whole, count(*) AS won, count(*) FILTER (WHERE n.events > 0) AS won_with,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY n.events) AS median_events, percentile_cont(0.75) WITHIN GROUP (ORDER BY n.events) AS p75_events
      FROM counted AS n GROUP BY n.channel, n.event, n.is_whole) AS c
    CROSS JOIN LATERAL leadscore.wilson(c.won_with, c.won) AS r
    ORDER BY c.channel, c.is_whole DESC, c.won_with DESC, c.event
  $query$, its_source.events, its_source.event_columns ->> 'event', its_source.event_columns ->> 'lead', its_source.event_columns ->> 'at')
  USING id;
END
$$;
COMMENT ON FUNCTION leadscore.touches_until_won(text) IS
'How many events won leads had until they were won, by channel: of all kinds (event is NULL) and of each kind that occurs; the won leads, those of them with such an event and their share with its Wilson interval at 95 %, and the median and the third quartile of the number over all won leads of the channel, those without included. Read from the table of events with the caller''s privileges. Raises 42704 for a source that does not exist, 55000 if it has no table of events, 42501 if the caller may not read the leads or the events, 22004 for NULL.';

CREATE FUNCTION leadscore.explain_lead(source leadscore.source, key text, as_of timestamptz) RETURNS SETOF leadscore.explanation
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  condition CONSTANT text := leadscore.key_condition(source, 'l', '$1');
BEGIN
  IF condition IS NOT NULL THEN
    RETURN QUERY EXECUTE format('SELECT e.* FROM %s AS l, leadscore.explain($2, l.*, $3) AS e WHERE %s', coalesce((source).features, (source).relation), condition)
      USING key, (source).model, as_of;
  END IF;
EXCEPTION WHEN OTHERS THEN
  -- A model that cannot judge the lead is no reason to tell nothing of it; the state of the transaction or the server is.
  IF left(SQLSTATE, 2) = ANY (ARRAY['25', '40', '53', '57', '58', 'XX']) THEN
    RAISE;
  END IF;
  RETURN QUERY SELECT NULL, NULL, 'cannot be explained', NULL::double precision, NULL::double precision, SQLERRM, 'error';
END
$$;
COMMENT ON FUNCTION leadscore.explain_lead(leadscore.source, text, timestamptz) IS
'Internal: leadscore.explain() of a lead of a source, read from its table as the caller may. No rows if the table has no such row; a single one of kind error, with the message as its note, where the model cannot judge it.';

CREATE FUNCTION leadscore.number_text(number double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT trim_scale(round(number::numeric, 2))::text
$$;
COMMENT ON FUNCTION leadscore.number_text(double precision) IS
'Internal: a number for people, with two digits after the point or fewer. NULL for NULL.';

CREATE FUNCTION leadscore.days_text(length interval) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.days || CASE WHEN d.days = '1' THEN ' day' ELSE ' days' END FROM leadscore.number_text(date_part('epoch', length) / 86400) AS d (days)
$$;
COMMENT ON FUNCTION leadscore.days_text(interval) IS
'Internal: a length of time in days, for people. NULL for NULL.';

CREATE FUNCTION leadscore.lead_card(source text, key text) RETURNS TABLE (line_no bigint, section text, at timestamptz, what text, value text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  its_source leadscore.source;
  lead leadscore.leads;
BEGIN
  PERFORM leadscore.readable_source(lead_card.source);
  IF lead_card.key IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the lead must be named';
  END IF;
  SELECT s.* INTO STRICT its_source FROM leadscore.source AS s WHERE s.source = lead_card.source;
  SELECT l.* INTO lead FROM leadscore.leads AS l WHERE l.source = lead_card.source AND l.lead = lead_card.key;
  IF lead.lead IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('source "%s" has no such lead', lead_card.source),
      HINT = 'View leadscore.leads lists the leads; a key of several columns is given as an array of texts.';
  END IF;

  RETURN QUERY
  WITH told (part, line, at, what, value) AS (
    SELECT 1, n.line, n.at, n.what, n.value
    FROM (VALUES
      (1, lead.created_at, 'came', coalesce('from ' || lead.channel, 'channel unknown')),
      (2, NULL, 'worked by', coalesce(lead.owner, 'nobody')),
      (3, lead.stage_since, 'stage', coalesce(lead.stage_label, lead.stage, 'none') || ', ' || CASE lead.outcome WHEN 'on_hold' THEN 'on hold' ELSE lead.outcome END),
      (4, lead.scored_at, 'score', coalesce(nullif(concat_ws(', ', leadscore.number_text(lead.score), lead.grade, lead.temperature), ''), 'none')),
      (5, NULL, 'probability', leadscore.number_text(lead.probability)),
      (6, NULL, 'amount', lead.amount::text),
      (7, NULL, 'expected value', lead.expected_value::text),
      (8, NULL, 'target lead', lead.target),
      (9, lead.last_event_at, 'events', lead.events || ', worth ' || leadscore.number_text(lead.heat_points) || ' points now'),
      (10, NULL, 'problem', lead.problem)) AS n (line, at, what, value)
    WHERE n.value IS NOT NULL
    UNION ALL
    SELECT 2, v.visit_no, v.entered_at, coalesce(l.stage_label, ss.stage),
      CASE WHEN isfinite(v.left_at) AND isfinite(v.entered_at) THEN leadscore.days_text(v.left_at - v.entered_at)
        WHEN v.left_at IS NULL AND isfinite(v.entered_at) THEN leadscore.days_text(now() - v.entered_at) || ' so far' ELSE '' END
      || CASE WHEN v.lap_no > 1 THEN ', visit ' || v.lap_no ELSE '' END
    FROM (SELECT h.*, lead(h.entered_at) OVER (ORDER BY h.visit_no) AS left_at
      FROM leadscore.stage_history AS h WHERE h.source_id = its_source.source_id AND h.lead = lead_card.key) AS v
    JOIN leadscore.source_stage AS ss ON ss.source_id = v.source_id AND ss.stage_id = v.stage_id
    LEFT JOIN leadscore.source_ladder AS l ON l.source = lead_card.source AND l.stage_id = v.stage_id
    UNION ALL
    SELECT 3, c.change_no, c.at, CASE WHEN c.change_no = 1 THEN 'first score' WHEN c.is_other_version THEN 'score by another version of the model' ELSE 'score' END,
      concat_ws(', ', coalesce(leadscore.number_text(c.score), 'none') || CASE WHEN c.change <> 0 THEN ' (' || CASE WHEN c.change > 0 THEN '+' ELSE '' END || leadscore.number_text(c.change) || ')' ELSE '' END,
        c.grade, c.temperature)
    FROM leadscore.score_history AS c WHERE c.source = lead_card.source AND c.lead = lead_card.key
    UNION ALL
    SELECT 4, row_number() OVER (ORDER BY x.line_no), NULL, x.what, x.value
    FROM (
      SELECT e.line_no, coalesce(e.title, e.criterion, e.kind) AS what,
        concat_ws(', ', CASE WHEN e.contribution > 0 THEN '+' ELSE '' END || leadscore.number_text(e.contribution), e.note) AS value
      FROM leadscore.explain_lead(its_source, lead_card.key, lead.scored_at) WITH ORDINALITY AS e (dimension, criterion, title, points, contribution, note, kind, line_no)
      WHERE e.contribution <> 0 OR e.kind IN ('scale', 'error')
      UNION ALL
      SELECT 1000000, 'not explained: events, marks, or a change since', leadscore.number_text(lead.score - sum(e.contribution))
      FROM leadscore.explain_lead(its_source, lead_card.key, lead.scored_at) AS e HAVING abs(lead.score - sum(e.contribution)) > 0.005) AS x
    UNION ALL
    SELECT 5, row_number() OVER (ORDER BY d.at, d.lead_id), d.at,
      CASE WHEN d.lead_id = lead_card.key THEN 'repeats lead ' || d.primary_id WHEN d.primary_id = lead_card.key THEN 'repeated by lead ' || d.lead_id
        ELSE 'lead ' || d.lead_id || ' repeats lead ' || d.primary_id END,
      'probability ' || leadscore.number_text(d.probability)
    FROM leadscore.duplicate_index AS i
    CROSS JOIN LATERAL leadscore.settled_duplicates(i.relation, lead_card.key) AS d
    WHERE i.relation = its_source.relation AND its_source.marks_duplicates AND its_source.key = ARRAY[i.key]
    UNION ALL
    SELECT 6, n.step, n.due_at, n.action || coalesce(': ' || n.send, ''),
      concat_ws(', ', n.worked_by, CASE WHEN n.is_overdue THEN 'overdue' || coalesce(' by ' || leadscore.days_text(n.overdue_days * interval '1 day'), '') END)
    FROM leadscore.next_actions AS n WHERE n.source = lead_card.source AND n.lead = lead_card.key)
  SELECT row_number() OVER (ORDER BY t.part, t.line), (ARRAY['lead', 'stages', 'scores', 'why this score', 'duplicates', 'to do'])[t.part], t.at, t.what, t.value
  FROM told AS t ORDER BY 1;
END
$$;
COMMENT ON FUNCTION leadscore.lead_card(text, text) IS
'One lead''s whole story, for whoever is about to call: what is known of it, its stages with the days in each, how the score has changed and why it is what it is, its duplicates, what to do. One row a line; nothing of it is personal data but what the table uses as key, channel, owner or status. The explanation is read from the table, as of the time when the lead was last judged, with the caller''s privileges. Raises 42704 for a source or lead that does not exist, 42501 if the caller may not read the leads of the source, 22004 for NULL.';

GRANT SELECT ON leadscore.lead_position, leadscore.leads, leadscore.next_actions,
  leadscore.nurture_queue, leadscore.score_history, leadscore.churn, leadscore.touches_to_close TO PUBLIC;
-- What the heads of marketing and sales look at: what channels cost and bring, whether leads are what they were said to be,
-- who has how much to do, and whether the plan will be met.

CREATE FUNCTION leadscore.median_days(curve leadscore.incidence_point[], outcome text) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT min(c.days) FROM unnest(curve) AS c
  WHERE c.outcome = median_days.outcome AND c.incidence > 0 AND c.incidence >= (SELECT max(l.incidence) FROM unnest(curve) AS l WHERE l.outcome = median_days.outcome) / 2
$$;
COMMENT ON FUNCTION leadscore.median_days(leadscore.incidence_point[], text) IS
'Internal: the time by which half of those have had an outcome who have it at all, by a curve of leadscore.cumulative_incidence(), as in stage_outcome(). NULL where nobody has, or for NULL.';

CREATE VIEW leadscore.channel_performance WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.unique_leads, t.judged_leads, t.target_leads, (leadscore.wilson(t.target_leads, t.judged_leads)).estimate AS target_rate,
  (leadscore.wilson(t.target_leads, t.judged_leads)).lower AS target_lower, (leadscore.wilson(t.target_leads, t.judged_leads)).upper AS target_upper,
  t.mql, t.sal, t.sql, (leadscore.wilson(t.sql, t.leads)).estimate AS sql_rate, (leadscore.wilson(t.sql, t.leads)).lower AS sql_lower, (leadscore.wilson(t.sql, t.leads)).upper AS sql_upper,
  t.won, (leadscore.wilson(t.won, t.leads)).estimate AS won_rate, (leadscore.wilson(t.won, t.leads)).lower AS won_lower, (leadscore.wilson(t.won, t.leads)).upper AS won_upper,
  t.lost, t.leads - t.won - t.lost AS open, t.median_days_to_sql, t.median_days_to_won,
  leadscore.money(t.cost)::numeric(18, 2) AS cost,
  leadscore.money(t.cost / nullif(t.leads, 0))::numeric(18, 2) AS cost_per_lead,
  leadscore.money(t.cost / nullif(t.target_leads, 0))::numeric(18, 2) AS cost_per_target_lead,
  leadscore.money(t.cost / nullif(t.sql, 0))::numeric(18, 2) AS cost_per_sql,
  leadscore.money(t.cost / nullif(t.won, 0))::numeric(18, 2) AS cost_per_customer,
  leadscore.money(t.revenue)::numeric(18, 2) AS revenue, t.won_with_amount,
  ((t.revenue - t.cost) / nullif(t.cost, 0))::double precision AS romi,
  CASE WHEN t.won_with_amount >= 10 THEN (greatest(t.revenue::double precision - 1.959963984540054 * sqrt(t.squares), 0) - t.cost::double precision) / nullif(t.cost, 0)::double precision END AS romi_lower,
  CASE WHEN t.won_with_amount >= 10 THEN (t.revenue::double precision + 1.959963984540054 * sqrt(t.squares) - t.cost::double precision) / nullif(t.cost, 0)::double precision END AS romi_upper,
  t.is_mature
FROM (
  SELECT f.source, f.month, f.channel, sum(f.leads)::bigint AS leads, sum(f.unique_leads)::bigint AS unique_leads, sum(f.judged_leads)::bigint AS judged_leads, sum(f.target_leads)::bigint AS target_leads,
    CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.mql) END::bigint AS mql, CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.sal) END::bigint AS sal, CASE WHEN sum(f.leads) = 0 THEN 0 ELSE sum(f.sql) END::bigint AS sql, sum(f.won)::bigint AS won, sum(f.lost)::bigint AS lost,
    sum(f.revenue) AS revenue, sum(f.squares) AS squares, sum(f.won_with_amount)::bigint AS won_with_amount, sum(f.cost) AS cost,
    max(f.median_days_to_sql) AS median_days_to_sql, max(f.median_days_to_won) AS median_days_to_won, bool_and(f.is_mature) AS is_mature
  FROM (
    SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE NOT p.is_duplicate) AS unique_leads,
      count(*) FILTER (WHERE p.target IN ('target', 'not_target', 'grow')) AS judged_leads, count(*) FILTER (WHERE p.target = 'target') AS target_leads,
      CASE WHEN bool_or(p.mql_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.mql_mask <> 0) END AS mql,
      CASE WHEN bool_or(p.sal_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.sal_mask <> 0) END AS sal,
      CASE WHEN bool_or(p.sql_mask IS NOT NULL) THEN count(*) FILTER (WHERE p.visited & p.sql_mask <> 0) END AS sql,
      count(*) FILTER (WHERE p.outcome = 'won') AS won, count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
      CASE WHEN count(*) FILTER (WHERE p.outcome = 'won') = 0 THEN 0 ELSE sum(p.amount) FILTER (WHERE p.outcome = 'won') END AS revenue,
      sum(p.amount::double precision ^ 2) FILTER (WHERE p.outcome = 'won') AS squares, count(p.amount) FILTER (WHERE p.outcome = 'won') AS won_with_amount, NULL::numeric AS cost,
      leadscore.median_days(leadscore.cumulative_incidence(d.days_to_sql, d.sql_outcome), 'sql') AS median_days_to_sql,
      leadscore.median_days(leadscore.cumulative_incidence(d.days_to_won, d.won_outcome), 'won') AS median_days_to_won, bool_and(p.is_mature) AS is_mature
    FROM leadscore.lead_position AS p
    CROSS JOIN LATERAL (
      SELECT min(h.entered_at) AS sql_at, min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.won_mask <> 0) AS won_at FROM leadscore.stage_history AS h
      WHERE h.source_id = p.source_id AND h.lead = p.lead AND (1::bigint << h.stage_id) & coalesce(p.sql_mask, p.won_mask) <> 0 AND p.visited & coalesce(p.sql_mask, p.won_mask) <> 0) AS f
    CROSS JOIN LATERAL (
      SELECT CASE WHEN f.won_at IS NOT NULL THEN f.won_at WHEN p.outcome = 'lost' THEN p.stage_since ELSE now() END AS won_end,
        CASE WHEN f.won_at IS NOT NULL THEN 'won' WHEN p.outcome = 'lost' THEN 'lost' END AS won_outcome,
        CASE WHEN p.sql_mask IS NULL THEN NULL WHEN f.sql_at IS NOT NULL THEN f.sql_at WHEN p.outcome = 'lost' THEN p.stage_since ELSE now() END AS sql_end,
        CASE WHEN f.sql_at IS NOT NULL THEN 'sql' WHEN p.outcome = 'lost' THEN 'lost' END AS sql_outcome) AS e
    CROSS JOIN LATERAL (
      SELECT e.won_outcome, e.sql_outcome,
        CASE WHEN isfinite(e.won_end) AND isfinite(p.created_at) THEN greatest(date_part('epoch', e.won_end - p.created_at) / 86400, 0) END AS days_to_won,
        CASE WHEN isfinite(e.sql_end) AND isfinite(p.created_at) THEN greatest(date_part('epoch', e.sql_end - p.created_at) / 86400, 0) END AS days_to_sql) AS d
    GROUP BY p.source, p.cohort_month, p.channel
    UNION ALL
    SELECT c.source, date_trunc('month', c.day::timestamp)::date, c.channel, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, 0, NULL, 0, sum(c.amount), NULL, NULL, NULL
    FROM leadscore.spend AS c
    -- Who may only plan would see costs without leads.
    WHERE c.source IN (SELECT s.source FROM leadscore.source AS s WHERE s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[]))
    GROUP BY 1, 2, 3) AS f
  GROUP BY f.source, f.month, f.channel) AS t;
COMMENT ON VIEW leadscore.channel_performance IS 'What each channel brought of the leads that came in a month, how fast, and at what cost; one row a source, month and channel with leads or costs. Counts and sums of money add up over rows; rates, costs a lead and medians do not: divide sums';
COMMENT ON COLUMN leadscore.channel_performance.source IS 'The source';
COMMENT ON COLUMN leadscore.channel_performance.month IS 'The first day of the month in which the leads came, and for which was paid';
COMMENT ON COLUMN leadscore.channel_performance.channel IS 'The channel; NULL: leads of which it is not known';
COMMENT ON COLUMN leadscore.channel_performance.leads IS 'Leads that came, duplicates too: the denominator of sql_rate, won_rate and cost_per_lead';
COMMENT ON COLUMN leadscore.channel_performance.unique_leads IS 'Of those, leads that repeat no earlier one';
COMMENT ON COLUMN leadscore.channel_performance.judged_leads IS 'Leads that are target leads, are not, or are to grow: the denominator of target_rate. Those of which too little is known are left out';
COMMENT ON COLUMN leadscore.channel_performance.target_leads IS 'Target leads';
COMMENT ON COLUMN leadscore.channel_performance.target_rate IS 'target_leads / judged_leads, from 0 to 1; NULL: none is judged';
COMMENT ON COLUMN leadscore.channel_performance.target_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.target_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.mql IS 'Leads that came as far as the stage mql or further, lost since or not; NULL: the ladder has no such stage';
COMMENT ON COLUMN leadscore.channel_performance.sal IS 'The same of the stage sal';
COMMENT ON COLUMN leadscore.channel_performance.sql IS 'The same of the stage sql';
COMMENT ON COLUMN leadscore.channel_performance.sql_rate IS 'sql / leads; NULL without leads or such a stage';
COMMENT ON COLUMN leadscore.channel_performance.sql_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.sql_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.won IS 'Leads that are won: have been in a won stage and are not lost';
COMMENT ON COLUMN leadscore.channel_performance.won_rate IS 'won / leads; NULL without leads. Too low where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.won_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.channel_performance.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.lost IS 'Leads that are in a lost stage';
COMMENT ON COLUMN leadscore.channel_performance.open IS 'Leads that are neither, on hold included';
COMMENT ON COLUMN leadscore.channel_performance.median_days_to_sql IS 'The days after which half of those got to sql who get there at all; leads that are still on their way count as long as they have been. NULL: nobody has';
COMMENT ON COLUMN leadscore.channel_performance.median_days_to_won IS 'The same until they were won';
COMMENT ON COLUMN leadscore.channel_performance.cost IS 'What was spent on the channel for the month; NULL: nothing was entered';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_lead IS 'cost / leads; NULL without costs or leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_target_lead IS 'cost / target_leads; NULL without costs or target leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_sql IS 'cost / sql; NULL without costs or such leads';
COMMENT ON COLUMN leadscore.channel_performance.cost_per_customer IS 'cost / won (CAC); NULL without costs or won leads. Too high where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.revenue IS 'The amounts of the won leads, as far as known; 0: none is won; NULL: no amount is known';
COMMENT ON COLUMN leadscore.channel_performance.won_with_amount IS 'Of the won leads, those whose amount is known';
COMMENT ON COLUMN leadscore.channel_performance.romi IS '(revenue - cost) / cost; 0 is even, 1 is twice the money back. NULL without costs or amounts. Too low where is_mature is false';
COMMENT ON COLUMN leadscore.channel_performance.romi_lower IS 'The lower end of its interval at 95 %, if deals come by chance at their rate: revenue - 1.96 times the root of the sum of the squares of the amounts. NULL below 10 deals';
COMMENT ON COLUMN leadscore.channel_performance.romi_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.channel_performance.is_mature IS 'Whether all of these leads came at least matures_after ago; NULL: there are none';

CREATE VIEW leadscore.target_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.target, t.not_target, t.grow, t.unknown, t.unjudged, t.target + t.not_target + t.grow AS judged,
  w.estimate AS target_rate, w.lower AS target_lower, w.upper AS target_upper, t.unknown::double precision / t.leads AS unknown_rate
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.target = 'target') AS target,
    count(*) FILTER (WHERE p.target = 'not_target') AS not_target, count(*) FILTER (WHERE p.target = 'grow') AS grow,
    count(*) FILTER (WHERE p.target = 'unknown') AS unknown, count(*) FILTER (WHERE p.target IS NULL) AS unjudged
  FROM leadscore.lead_position AS p GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.target, t.target + t.not_target + t.grow) AS w;
COMMENT ON VIEW leadscore.target_share IS 'How many of the leads that came in a month are what marketing and sales have agreed to call target leads; one row a source, month and channel';
COMMENT ON COLUMN leadscore.target_share.source IS 'The source';
COMMENT ON COLUMN leadscore.target_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.target_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.target_share.leads IS 'All leads: target + not_target + grow + unknown + unjudged';
COMMENT ON COLUMN leadscore.target_share.target IS 'Target leads';
COMMENT ON COLUMN leadscore.target_share.not_target IS 'Leads that fail a required criterion';
COMMENT ON COLUMN leadscore.target_share.grow IS 'Leads that are none yet, but can become target leads';
COMMENT ON COLUMN leadscore.target_share.unknown IS 'Leads of which too little is known: ask them. They are not in the rate';
COMMENT ON COLUMN leadscore.target_share.unjudged IS 'Leads of a model without criteria, or that could not be judged';
COMMENT ON COLUMN leadscore.target_share.judged IS 'target + not_target + grow: the denominator of the rate';
COMMENT ON COLUMN leadscore.target_share.target_rate IS 'target / judged, from 0 to 1; NULL: none is judged';
COMMENT ON COLUMN leadscore.target_share.target_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.target_share.target_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.target_share.unknown_rate IS 'unknown / leads: how much the rate leaves out';

CREATE VIEW leadscore.duplicate_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.duplicates, w.estimate AS duplicate_rate, w.lower AS duplicate_lower, w.upper AS duplicate_upper
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.is_duplicate) AS duplicates
  FROM leadscore.lead_position AS p GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.duplicates, t.leads) AS w;
COMMENT ON VIEW leadscore.duplicate_share IS 'How many of the leads that came in a month repeat an earlier one; one row a source, month and channel';
COMMENT ON COLUMN leadscore.duplicate_share.source IS 'The source';
COMMENT ON COLUMN leadscore.duplicate_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.duplicate_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.duplicate_share.leads IS 'All leads: the denominator';
COMMENT ON COLUMN leadscore.duplicate_share.duplicates IS 'Leads that repeat an earlier one, which may have come by another channel';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_rate IS 'duplicates / leads, from 0 to 1';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.duplicate_share.duplicate_upper IS 'The upper end of that interval';

CREATE VIEW leadscore.spam_share WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.month, t.channel, t.leads, t.lost, t.sifted, t.sifted_duplicates, t.sifted_not_target, t.sifted_target, t.spam,
  w.estimate AS spam_rate, w.lower AS spam_lower, w.upper AS spam_upper
FROM (
  SELECT p.source, p.cohort_month AS month, p.channel, count(*) AS leads, count(*) FILTER (WHERE p.outcome = 'lost') AS lost,
    count(*) FILTER (WHERE f.is_sifted) AS sifted, count(*) FILTER (WHERE f.is_sifted AND p.is_duplicate) AS sifted_duplicates,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND p.target IN ('not_target', 'grow')) AS sifted_not_target,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND p.target = 'target') AS sifted_target,
    count(*) FILTER (WHERE f.is_sifted AND NOT p.is_duplicate AND coalesce(p.target, 'unknown') = 'unknown') AS spam
  FROM leadscore.lead_position AS p
  CROSS JOIN LATERAL (SELECT p.outcome = 'lost' AND p.visited & coalesce(p.sal_mask, p.sql_mask, p.won_mask) = 0 AS is_sifted) AS f
  GROUP BY p.source, p.cohort_month, p.channel) AS t
CROSS JOIN LATERAL leadscore.wilson(t.spam, t.leads) AS w;
COMMENT ON VIEW leadscore.spam_share IS 'How many of the leads that came in a month were sifted out before sales took them on, and as what; one row a source, month and channel';
COMMENT ON COLUMN leadscore.spam_share.source IS 'The source';
COMMENT ON COLUMN leadscore.spam_share.month IS 'The first day of the month in which the leads came';
COMMENT ON COLUMN leadscore.spam_share.channel IS 'Where they came from; NULL: not known';
COMMENT ON COLUMN leadscore.spam_share.leads IS 'All leads: the denominator';
COMMENT ON COLUMN leadscore.spam_share.lost IS 'Leads that are in a lost stage';
COMMENT ON COLUMN leadscore.spam_share.sifted IS 'Of those, leads that never came as far as the stage sal (sql, or a won stage, where the ladder has none)';
COMMENT ON COLUMN leadscore.spam_share.sifted_duplicates IS 'Of those, leads that repeat an earlier one';
COMMENT ON COLUMN leadscore.spam_share.sifted_not_target IS 'Of the others, leads that fail a criterion of a target lead';
COMMENT ON COLUMN leadscore.spam_share.sifted_target IS 'Of the others, target leads: lost at the first contact';
COMMENT ON COLUMN leadscore.spam_share.spam IS 'The rest of sifted: given up though nobody knows whether they are target leads. Spam, or whoever cannot be reached; the state of a lead does not tell which, leadscore.explain_stage() does';
COMMENT ON COLUMN leadscore.spam_share.spam_rate IS 'spam / leads, from 0 to 1';
COMMENT ON COLUMN leadscore.spam_share.spam_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.spam_share.spam_upper IS 'The upper end of that interval';

CREATE VIEW leadscore.lead_quality WITH (security_invoker = true, security_barrier = true) AS
SELECT t.source, t.stage_no, t.stage, t.stage_label, t.channel, t.grade, t.leads, t.mature_leads, t.won, w.estimate AS won_rate, w.lower AS won_lower, w.upper AS won_upper,
  t.predicted_leads, t.mean_prediction,
  CASE WHEN t.step_no > 1 OR t.mean_prediction IS NULL THEN NULL WHEN t.mature_leads = 0 THEN 'too_little_data'
    WHEN t.mean_prediction > w.upper THEN 'worse' WHEN t.mean_prediction < w.lower THEN 'better' ELSE 'as_predicted' END AS verdict
FROM (
  SELECT c.source, l.stage_no, l.stage, l.stage_label, l.step_no, c.channel, c.grade, sum(c.leads)::bigint AS leads, sum(c.mature_leads)::bigint AS mature_leads,
    sum(c.won)::bigint AS won, sum(c.predicted_leads)::bigint AS predicted_leads, sum(c.predictions) / nullif(sum(c.predicted_leads), 0)::double precision AS mean_prediction
  FROM (
    SELECT p.source, p.source_id, p.channel, p.visited, g.label AS grade, count(*) AS leads, count(*) FILTER (WHERE p.is_mature) AS mature_leads,
      count(*) FILTER (WHERE p.is_mature AND p.outcome = 'won') AS won,
      count(f.prediction) FILTER (WHERE p.is_mature) AS predicted_leads, sum(f.prediction) FILTER (WHERE p.is_mature) AS predictions
    FROM leadscore.lead_position AS p
    LEFT JOIN leadscore.model AS m ON m.model = p.model
    LEFT JOIN (
      SELECT b.model, b.label, b.from_score, lead(b.from_score, 1, 'infinity') OVER (PARTITION BY b.model ORDER BY b.from_score, b.label DESC) AS below
      FROM leadscore.band AS b WHERE b.kind = 'grade') AS g ON g.model = p.model AND p.first_score >= g.from_score AND p.first_score < g.below
    CROSS JOIN LATERAL (SELECT CASE WHEN m.scale IN ('logistic', 'calibrated') THEN (p.first_score - m.lower) / (m.upper - m.lower) END AS prediction) AS f
    GROUP BY p.source, p.source_id, p.channel, p.visited, g.label) AS c
  JOIN leadscore.source_ladder AS l ON l.source_id = c.source_id AND l.stage_kind = 'open' AND c.visited & l.reach_mask <> 0
  GROUP BY c.source, l.stage_no, l.stage, l.stage_label, l.step_no, c.channel, c.grade) AS t
CROSS JOIN LATERAL leadscore.wilson(t.won, t.mature_leads) AS w;
COMMENT ON VIEW leadscore.lead_quality IS 'Does grade A convert like A: of the leads that came as far as a stage, how many are won, by channel and by the grade of their first score, and does the prediction hold; one row a source, open stage, channel and grade';
COMMENT ON COLUMN leadscore.lead_quality.source IS 'The source';
COMMENT ON COLUMN leadscore.lead_quality.stage_no IS 'The number of the stage, to sort by';
COMMENT ON COLUMN leadscore.lead_quality.stage IS 'The stage, of kind open';
COMMENT ON COLUMN leadscore.lead_quality.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.lead_quality.channel IS 'Where the leads came from; NULL: not known';
COMMENT ON COLUMN leadscore.lead_quality.grade IS 'The grade of their first score, by the bands of now: what was known when they came, not what has become of them since. NULL: below all, or not judged';
COMMENT ON COLUMN leadscore.lead_quality.leads IS 'Leads that came as far as the stage or further';
COMMENT ON COLUMN leadscore.lead_quality.mature_leads IS 'Of those, leads that came at least matures_after ago: the denominator';
COMMENT ON COLUMN leadscore.lead_quality.won IS 'Of the mature leads, those that are won';
COMMENT ON COLUMN leadscore.lead_quality.won_rate IS 'won / mature_leads, from 0 to 1; NULL without mature leads';
COMMENT ON COLUMN leadscore.lead_quality.won_lower IS 'The lower end of its Wilson interval at 95 %';
COMMENT ON COLUMN leadscore.lead_quality.won_upper IS 'The upper end of that interval';
COMMENT ON COLUMN leadscore.lead_quality.predicted_leads IS 'Mature leads whose first score is a probability: of a model whose scale is logistic or calibrated';
COMMENT ON COLUMN leadscore.lead_quality.mean_prediction IS 'The mean of those probabilities; NULL: there is none. A prediction for all leads, so it is to be compared in the first stage';
COMMENT ON COLUMN leadscore.lead_quality.verdict IS 'Where the mean prediction lies: as_predicted (in the interval), worse (above it: fewer are won than were foretold), better (below it), too_little_data. NULL beyond the first stage and without predictions. Of twenty true predictions one falls outside';

-- How often leads in one stage will yet come into another. stage_forecast() counts the visits of open stages; where one
-- stage alone is called open and the others are called hold, it counts those of that one.
CREATE VIEW leadscore.stage_visits_ahead WITH (security_invoker = true, security_barrier = true) AS
SELECT a.source, a.source_id, a.place, a.stage_no, f.stage_no AS from_place, f.expected_visits
FROM (
  SELECT k.source, k.source_id, k.place, k.stage_no, leadscore.stage_forecast(v.visits, k.kinds, now()) AS forecast
  FROM (
    SELECT j.source, j.source_id, j.place, j.stage_no,
      array_agg(CASE WHEN t.place = j.place THEN 'open' WHEN t.stage_kind = 'open' THEN 'hold' ELSE t.stage_kind END ORDER BY t.place) AS kinds
    FROM leadscore.source_ladder AS j JOIN leadscore.source_ladder AS t ON t.source_id = j.source_id
    WHERE j.stage_kind IN ('open', 'hold')
    GROUP BY j.source, j.source_id, j.place, j.stage_no) AS k
  JOIN (
    SELECT t.source, t.source_id, leadscore.stage_visits(t.place, h.entered_at) AS visits
    FROM leadscore.source_ladder AS t JOIN leadscore.stage_history AS h ON h.source_id = t.source_id AND h.stage_id = t.stage_id
    WHERE h.entered_at > now() - interval '180 days'
    GROUP BY t.source, t.source_id, h.lead) AS v ON v.source = k.source
  GROUP BY k.source, k.source_id, k.place, k.stage_no) AS a
CROSS JOIN LATERAL unnest(a.forecast) AS f;
COMMENT ON VIEW leadscore.stage_visits_ahead IS 'How often a lead that stands in one stage comes into another before it is won or lost, by where leads have gone in the last 180 days; one row a source and pair of stages';
COMMENT ON COLUMN leadscore.stage_visits_ahead.source IS 'The source';
COMMENT ON COLUMN leadscore.stage_visits_ahead.source_id IS 'Its number';
COMMENT ON COLUMN leadscore.stage_visits_ahead.place IS 'The stage whose visits are counted, by its place in leadscore.source_ladder';
COMMENT ON COLUMN leadscore.stage_visits_ahead.stage_no IS 'Its number in the model';
COMMENT ON COLUMN leadscore.stage_visits_ahead.from_place IS 'The stage in which the lead stands, by its place';
COMMENT ON COLUMN leadscore.stage_visits_ahead.expected_visits IS 'The mean number of visits to come, the one that lasts included; NULL where the lead may get to a stage that nobody has left yet';

CREATE VIEW leadscore.owner_workload WITH (security_invoker = true, security_barrier = true) AS
WITH ahead AS MATERIALIZED (
  SELECT a.source, a.place, a.from_place, a.expected_visits FROM leadscore.stage_visits_ahead AS a)
SELECT w.source, w.owner, w.worked_by, w.stage_no, w.stage, w.stage_label, w.stage_kind, w.open_leads, w.overdue_leads, w.overdue_actions,
  w.open_leads * w.minutes_per_visit / 60 AS hours_now, w.expected_visits, w.expected_visits * w.minutes_per_visit / 60 AS expected_hours, w.unforeseen_leads
FROM (
  SELECT j.source, s.owner, e.worked_by, j.stage_no, j.stage, j.stage_label, j.stage_kind, e.minutes_per_visit,
    coalesce(sum(s.leads) FILTER (WHERE s.stage = j.stage), 0)::bigint AS open_leads,
    coalesce(sum(s.overdue_leads) FILTER (WHERE s.stage = j.stage), 0)::bigint AS overdue_leads,
    coalesce(sum(s.overdue_actions) FILTER (WHERE s.stage = j.stage), 0)::bigint AS overdue_actions,
    sum(s.leads * coalesce(a.expected_visits, CASE WHEN i.place = j.place THEN 1 ELSE 0 END))::double precision AS expected_visits,
    coalesce(sum(s.leads) FILTER (WHERE a.expected_visits IS NULL), 0)::bigint AS unforeseen_leads
  FROM leadscore.source_ladder AS j
  JOIN (
    SELECT u.source, u.owner, u.stage, sum(u.leads)::bigint AS leads, sum(u.overdue_leads)::bigint AS overdue_leads, sum(u.overdue_actions)::bigint AS overdue_actions
    FROM (
      SELECT p.source, p.owner, p.stage, count(*) AS leads, 0 AS overdue_leads, 0 AS overdue_actions
      FROM leadscore.lead_position AS p WHERE p.outcome IN ('open', 'on_hold') AND p.stage_kind IN ('open', 'hold') GROUP BY p.source, p.owner, p.stage
      UNION ALL
      SELECT n.source, n.owner, n.stage, 0, count(DISTINCT n.lead), count(*)
      FROM leadscore.next_actions AS n WHERE n.is_overdue AND n.outcome IN ('open', 'on_hold') GROUP BY n.source, n.owner, n.stage) AS u
    GROUP BY u.source, u.owner, u.stage) AS s ON s.source = j.source
  JOIN leadscore.source_ladder AS i ON i.source = s.source AND i.stage = s.stage
  LEFT JOIN ahead AS a ON a.source = j.source AND a.place = j.place AND a.from_place = i.place
  LEFT JOIN leadscore.stage_effort AS e ON e.source = j.source AND e.stage = j.stage
  WHERE j.stage_kind IN ('open', 'hold')
  GROUP BY j.source, s.owner, e.worked_by, j.stage_no, j.stage, j.stage_label, j.stage_kind, e.minutes_per_visit) AS w;
COMMENT ON VIEW leadscore.owner_workload IS 'What everybody has on his desk, and how much work it will make: one row a source, owner with open leads, and stage that is open or on hold. Summed by worked_by it is the load of first contact and of those who close';
COMMENT ON COLUMN leadscore.owner_workload.source IS 'The source';
COMMENT ON COLUMN leadscore.owner_workload.owner IS 'Who works on the leads; NULL: nobody yet';
COMMENT ON COLUMN leadscore.owner_workload.worked_by IS 'Whose work the stage is, by leadscore.stage_effort; NULL: not said';
COMMENT ON COLUMN leadscore.owner_workload.stage_no IS 'The number of the stage, to sort by';
COMMENT ON COLUMN leadscore.owner_workload.stage IS 'The stage';
COMMENT ON COLUMN leadscore.owner_workload.stage_label IS 'Number and title of the stage';
COMMENT ON COLUMN leadscore.owner_workload.stage_kind IS 'open or hold';
COMMENT ON COLUMN leadscore.owner_workload.open_leads IS 'His leads that stand in the stage now';
COMMENT ON COLUMN leadscore.owner_workload.overdue_leads IS 'Of those, leads with an action of the playbook that is overdue';
COMMENT ON COLUMN leadscore.owner_workload.overdue_actions IS 'The overdue actions of those leads';
COMMENT ON COLUMN leadscore.owner_workload.hours_now IS 'The work of those leads in this stage: open_leads times minutes_per_visit; NULL: stage_effort does not tell the minutes';
COMMENT ON COLUMN leadscore.owner_workload.expected_visits IS 'How often all his open leads, wherever they stand now, are to be expected in this stage before they are won or lost, the visits that last included';
COMMENT ON COLUMN leadscore.owner_workload.expected_hours IS 'The work of that; NULL: stage_effort does not tell the minutes';
COMMENT ON COLUMN leadscore.owner_workload.unforeseen_leads IS 'Of his open leads, those that stand where it cannot be told what is to come: of them expected_visits has only the visit that lasts';

CREATE FUNCTION leadscore.normal_distribution(x double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Abramowitz and Stegun, 7.1.26.
  SELECT CASE WHEN x < 0 THEN t.tail ELSE 1 - t.tail END
  FROM (SELECT least(abs(x) / sqrt(2::double precision), 26) AS z) AS z
  CROSS JOIN LATERAL (SELECT 1 / (1 + 0.3275911 * z.z) AS u) AS u
  CROSS JOIN LATERAL (SELECT exp(-z.z * z.z) * u.u * (0.254829592 + u.u * (-0.284496736 + u.u * (1.421413741 + u.u * (-1.453152027 + u.u * 1.061405429)))) / 2 AS tail) AS t
$$;
COMMENT ON FUNCTION leadscore.normal_distribution(double precision) IS
'Internal: the probability that a standard normal variable is at most x, correct to 1e-7. NULL for NULL.';

CREATE FUNCTION leadscore.chance_of_more(threshold double precision, mean double precision, variance double precision, third_moment double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN variance <= 0 THEN CASE WHEN mean > threshold THEN 1 ELSE 0 END
    ELSE least(greatest(1 - leadscore.normal_distribution(d.x) - third_moment / variance ^ 1.5 * (1 - d.x * d.x) * exp(-least(d.x * d.x, 1400) / 2) / sqrt(2 * pi()) / 6, 0), 1) END
  FROM (SELECT (threshold - mean) / sqrt(nullif(greatest(variance, 0), 0)) AS x) AS d
$$;
COMMENT ON FUNCTION leadscore.chance_of_more(double precision, double precision, double precision, double precision) IS
'Internal: the probability that a sum of independent variables exceeds a threshold, by its mean, variance and third central moment: the refined normal approximation (Y. Hong, On computing the distribution function for the Poisson binomial distribution, 2013). NULL if an argument is.';

CREATE FUNCTION leadscore.sales_outlook(source text, until timestamptz,
  OUT channel text, OUT open_leads bigint, OUT snapshots bigint, OUT deals_from_open double precision, OUT deals_from_others double precision,
  OUT deals_variance double precision, OUT deals_third_moment double precision,
  OUT amount double precision, OUT amount_variance double precision, OUT amount_third_moment double precision) RETURNS SETOF record
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  id CONSTANT integer := leadscore.readable_source(sales_outlook.source);
  started CONSTANT timestamptz := (SELECT min(h.entered_at) FROM leadscore.stage_history AS h WHERE h.source_id = id);
  ahead interval;
  oldest timestamptz;
BEGIN
  IF sales_outlook.until IS NULL OR NOT isfinite(sales_outlook.until) OR sales_outlook.until <= now() THEN
    RETURN;
  END IF;
  ahead := sales_outlook.until - now();
  oldest := now() - ahead - interval '49 days';
  RETURN QUERY
  WITH moment AS (
    SELECT now() - ahead - week * interval '7 days' AS at FROM generate_series(0, 7) AS week
    WHERE now() - ahead - week * interval '7 days' >= started
  ), counted AS (
    -- What was counted in all windows together has a variance of its own, as a Poisson number has: by so much for each
    -- deal that is expected.
    SELECT count(*) AS snapshots, date_part('epoch', ahead) / nullif(date_part('epoch', least(count(*) * ahead, ahead + (count(*) - 1) * interval '7 days')), 0) AS error FROM moment
  ), visit AS MATERIALIZED (
    SELECT h.lead, h.stage_id, h.entered_at, lead(h.entered_at, 1, 'infinity') OVER (PARTITION BY h.lead ORDER BY h.visit_no) AS left_at, t.stage_kind
    FROM leadscore.lead_position AS p
    JOIN leadscore.stage_history AS h ON h.source_id = p.source_id AND h.lead = p.lead
    LEFT JOIN leadscore.source_ladder AS t ON t.source_id = h.source_id AND t.stage_id = h.stage_id
    -- What was won or lost before the oldest window has nothing to tell.
    WHERE p.source_id = id AND (p.outcome IN ('open', 'on_hold') OR p.stage_since >= oldest)
  ), win AS MATERIALIZED (
    SELECT v.lead, min(v.entered_at) AS won_at FROM visit AS v WHERE v.stage_kind = 'won' GROUP BY v.lead
  ), stood AS (
    SELECT m.at, v.lead, v.stage_id, w.won_at <= m.at + ahead AS is_won
    FROM moment AS m
    JOIN visit AS v ON v.entered_at <= m.at AND v.left_at > m.at AND v.stage_kind IN ('open', 'hold')
    LEFT JOIN win AS w ON w.lead = v.lead
    WHERE w.won_at IS NULL OR w.won_at > m.at
  ), stage_rate AS (
    SELECT s.stage_id, count(*) FILTER (WHERE s.is_won)::double precision / count(*) AS rate FROM stood AS s GROUP BY s.stage_id
  ), deal AS (
    SELECT avg(p.amount)::double precision AS first, avg(p.amount::double precision ^ 2) AS second, avg(p.amount::double precision ^ 3) AS third
    FROM leadscore.lead_position AS p WHERE p.source_id = id AND p.outcome = 'won'
  ), open_lead AS (
    SELECT p.channel, p.probability, p.amount::double precision AS amount, r.rate, avg(p.probability) OVER (PARTITION BY p.stage) AS mean_probability
    FROM leadscore.lead_position AS p
    JOIN leadscore.source_stage AS k ON k.source_id = p.source_id AND k.stage = p.stage
    LEFT JOIN stage_rate AS r ON r.stage_id = k.stage_id
    WHERE p.source_id = id AND p.outcome IN ('open', 'on_hold') AND NOT p.was_won
  ), chance AS (
    SELECT o.channel, least(coalesce(o.rate, 0) * coalesce(o.probability / nullif(o.mean_probability, 0), 1), 1) AS p, coalesce(o.amount, d.first) AS amount
    FROM open_lead AS o CROSS JOIN deal AS d
  ), other_win AS (
    SELECT l.channel, count(*) AS wins
    FROM moment AS m
    JOIN win AS w ON w.won_at > m.at AND w.won_at <= m.at + ahead
    JOIN leadscore.lead_state AS l ON l.source_id = id AND l.lead = w.lead
    WHERE NOT EXISTS (SELECT FROM stood AS s WHERE s.at = m.at AND s.lead = w.lead)
    GROUP BY l.channel
  ), part AS (
    SELECT c.channel, count(*) AS open_leads, sum(c.p) AS from_open, 0::double precision AS from_others,
      sum(c.p * (1 - c.p)) AS variance, sum(c.p * (1 - c.p) * (1 - 2 * c.p)) AS third,
      sum(c.p * c.amount) AS amount, sum(c.p * c.amount ^ 2) AS amount_square, sum(c.p * (1 - c.p) * c.amount ^ 2) AS amount_variance, sum(c.p * (1 - c.p) * (1 - 2 * c.p) * c.amount ^ 3) AS amount_third
    FROM chance AS c GROUP BY c.channel
    UNION ALL
    SELECT o.channel, 0, 0, o.wins::double precision / n.snapshots, o.wins::double precision / n.snapshots, o.wins::double precision / n.snapshots,
      o.wins * d.first / n.snapshots, o.wins * d.second / n.snapshots, o.wins * d.second / n.snapshots, o.wins * d.third / n.snapshots
    FROM other_win AS o CROSS JOIN counted AS n CROSS JOIN deal AS d
  )
  SELECT p.channel, sum(p.open_leads)::bigint, max(n.snapshots), sum(p.from_open), sum(p.from_others), sum(p.variance + (p.from_open + p.from_others) * n.error), sum(p.third),
    sum(p.amount), sum(p.amount_variance + p.amount_square * n.error), sum(p.amount_third)
  FROM part AS p CROSS JOIN counted AS n WHERE n.snapshots > 0 GROUP BY p.channel;
END
$$;
COMMENT ON FUNCTION leadscore.sales_outlook(text, timestamptz) IS
'How many deals will be won from now until a time, and of what amount, by channel: their means, variances and third central moments, which add up over channels. As the past tells it in up to eight windows of the same length, a week apart: of the leads that stood in a stage when a window began so many were won within it, a rate for each open lead of that stage, scaled by the probability of the lead beside the mean of those that stand there; and so many were won that did not stand anywhere then, as a Poisson number. The variances hold the error of these counts as well. An open lead without an amount counts with the mean amount of won leads. amount is NULL where no won lead has one. No rows where the history is shorter than the window, and for a time that is not to come. Raises 42704 for a source that does not exist, 42501 if the caller may not read it, 22004 for a NULL source.';

CREATE VIEW leadscore.department_contract WITH (security_invoker = true, security_barrier = true) AS
WITH planned AS (
  SELECT s.source, s.source_id, least(min(n.month), (now() AT TIME ZONE s.time_zone)::date - 28) AS since
  FROM leadscore.plan AS n JOIN leadscore.source AS s ON s.source = n.source GROUP BY s.source, s.source_id, s.time_zone
), started AS (
  SELECT n.source, min(l.cohort_day) FILTER (WHERE isfinite(l.cohort_day)) AS first_day
  FROM planned AS n JOIN leadscore.lead_state AS l ON l.source_id = n.source_id GROUP BY n.source
), lead_event AS (
  SELECT p.source, p.channel, e.event, e.day, p.target = 'target' AS is_target, p.amount, p.time_zone
  FROM planned AS n
  JOIN leadscore.lead_position AS p ON p.source_id = n.source_id AND (p.cohort_day >= n.since OR p.stage_since >= n.since::timestamp AT TIME ZONE p.time_zone)
  CROSS JOIN LATERAL (
    SELECT min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.sql_mask <> 0) AS sql_at, min(h.entered_at) FILTER (WHERE (1::bigint << h.stage_id) & p.won_mask <> 0) AS won_at
    FROM leadscore.stage_history AS h
    WHERE h.source_id = p.source_id AND h.lead = p.lead AND p.visited & (coalesce(p.sql_mask, 0) | p.won_mask) <> 0) AS f
  CROSS JOIN LATERAL (VALUES ('came', CASE WHEN NOT p.is_duplicate THEN p.cohort_day END),
    ('qualified', (f.sql_at AT TIME ZONE p.time_zone)::date), ('won', CASE WHEN p.outcome = 'won' THEN (f.won_at AT TIME ZONE p.time_zone)::date END)) AS e (event, day)
  WHERE isfinite(e.day)
), monthly AS (
  SELECT m.source, m.channel, m.month, sum(m.leads) AS leads, sum(m.target_leads) AS target_leads, sum(m.qualified_leads) AS qualified_leads, sum(m.deals) AS deals, sum(m.amount) AS amount, sum(m.cost) AS cost,
    sum(m.recent_leads) AS recent_leads, sum(m.recent_target_leads) AS recent_target_leads, sum(m.recent_qualified_leads) AS recent_qualified_leads, sum(m.recent_cost) AS recent_cost
  FROM (
    SELECT e.source, e.channel, date_trunc('month', e.day::timestamp)::date AS month, count(*) FILTER (WHERE e.event = 'came') AS leads, count(*) FILTER (WHERE e.event = 'came' AND e.is_target) AS target_leads,
      count(*) FILTER (WHERE e.event = 'qualified') AS qualified_leads, count(*) FILTER (WHERE e.event = 'won') AS deals, sum(e.amount) FILTER (WHERE e.event = 'won') AS amount, NULL::numeric AS cost,
      count(*) FILTER (WHERE e.event = 'came' AND r.is_recent) AS recent_leads, count(*) FILTER (WHERE e.event = 'came' AND e.is_target AND r.is_recent) AS recent_target_leads,
      count(*) FILTER (WHERE e.event = 'qualified' AND r.is_recent) AS recent_qualified_leads, NULL::numeric AS recent_cost
    FROM lead_event AS e
    CROSS JOIN LATERAL (SELECT e.day < (now() AT TIME ZONE e.time_zone)::date AND e.day >= (now() AT TIME ZONE e.time_zone)::date - 28 AS is_recent) AS r
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT c.source, c.channel, date_trunc('month', c.day::timestamp)::date, 0, 0, 0, 0, NULL, sum(c.amount), 0, 0, 0,
      sum(c.amount) FILTER (WHERE c.day < (now() AT TIME ZONE s.time_zone)::date AND c.day >= (now() AT TIME ZONE s.time_zone)::date - 28)
    FROM leadscore.spend AS c JOIN leadscore.source AS s ON s.source = c.source GROUP BY 1, 2, 3) AS m
  GROUP BY m.source, m.channel, m.month
), fact AS (
  SELECT f.source, f.month, f.channel, grouping(f.channel) = 1 AS is_whole, sum(f.leads) AS leads, sum(f.target_leads) AS target_leads, sum(f.qualified_leads) AS qualified_leads, sum(f.deals) AS deals, sum(f.amount) AS amount, sum(f.cost) AS cost
  FROM monthly AS f GROUP BY GROUPING SETS ((f.source, f.month, f.channel), (f.source, f.month))
), recent AS (
  SELECT f.source, f.channel, grouping(f.channel) = 1 AS is_whole, sum(f.recent_leads) AS leads, sum(f.recent_target_leads) AS target_leads, sum(f.recent_qualified_leads) AS qualified_leads, sum(f.recent_cost) AS cost
  FROM monthly AS f GROUP BY GROUPING SETS ((f.source, f.channel), (f.source))
), outlook AS MATERIALIZED (
  SELECT s.source, o.* FROM leadscore.source AS s
  CROSS JOIN LATERAL (SELECT ((date_trunc('month', now() AT TIME ZONE s.time_zone) + interval '1 month') AT TIME ZONE s.time_zone) AS month_end) AS e
  CROSS JOIN LATERAL leadscore.sales_outlook(s.source, e.month_end) AS o
  WHERE s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[])
    AND EXISTS (SELECT FROM leadscore.plan AS n WHERE n.source = s.source AND n.month = date_trunc('month', now() AT TIME ZONE s.time_zone)::date AND num_nonnulls(n.deals, n.amount) > 0)
)
SELECT c.source, c.month, c.channel, c.department, c.measure, c.norm::numeric(18, 2) AS norm, c.fact::numeric(18, 2) AS fact,
  c.fact::double precision / nullif(c.norm, 0)::double precision AS fact_share, c.is_limit,
  CASE WHEN c.is_limit THEN c.fact <= c.norm ELSE c.fact >= c.norm END AS is_met, c.is_current, c.days_left,
  CASE WHEN c.is_current THEN leadscore.money(c.projected::numeric)::numeric(18, 2) END AS projected,
  CASE WHEN c.is_limit OR c.days_left IS NULL THEN NULL WHEN NOT c.is_current THEN CASE WHEN c.fact >= c.norm THEN 1 ELSE 0 END::double precision WHEN c.fact >= c.norm THEN 1
    ELSE leadscore.chance_of_more((c.norm - c.fact)::double precision - CASE WHEN c.measure = 'amount' THEN 0 ELSE 0.5 END, c.mean, c.variance, c.third_moment) END AS probability_met
FROM (
  SELECT n.source, n.month, n.channel, v.ord, v.department, v.measure, v.norm, leadscore.money(v.fact) AS fact, v.is_limit, t.is_current, t.days_left, v.projected, v.mean, v.variance, v.third_moment
  FROM leadscore.plan AS n
  JOIN leadscore.source AS s ON s.source = n.source AND s.source_id = ANY ((SELECT leadscore.readable_sources())::integer[])
  CROSS JOIN LATERAL (
    SELECT (now() AT TIME ZONE s.time_zone) AS at, (n.month + interval '1 month') AS month_end, date_trunc('month', now() AT TIME ZONE s.time_zone) = n.month AS is_current) AS z
  CROSS JOIN LATERAL (
    SELECT z.is_current, CASE WHEN z.is_current THEN date_part('epoch', z.month_end - z.at) / 86400 WHEN z.month_end <= z.at THEN 0 END AS days_left) AS t
  LEFT JOIN fact AS f ON f.source = n.source AND f.month = n.month AND CASE WHEN n.channel IS NULL THEN f.is_whole ELSE f.channel = n.channel END
  LEFT JOIN recent AS r ON r.source = n.source AND CASE WHEN n.channel IS NULL THEN r.is_whole ELSE r.channel = n.channel END
  LEFT JOIN started AS b ON b.source = n.source
  LEFT JOIN LATERAL (
    SELECT sum(o.deals_from_open + o.deals_from_others) AS deals, sum(o.deals_variance) AS deals_variance, sum(o.deals_third_moment) AS deals_third,
      sum(o.amount) AS amount, sum(o.amount_variance) AS amount_variance, sum(o.amount_third_moment) AS amount_third
    FROM outlook AS o WHERE o.source = n.source AND (n.channel IS NULL OR o.channel = n.channel)) AS o ON t.is_current
  CROSS JOIN LATERAL (
    SELECT nullif(least(z.at::date - b.first_day, 28), 0)::double precision AS days_seen) AS d
  CROSS JOIN LATERAL (
    SELECT coalesce(r.leads, 0)::double precision * t.days_left / d.days_seen AS leads, coalesce(r.target_leads, 0)::double precision * t.days_left / d.days_seen AS target_leads,
      coalesce(r.qualified_leads, 0)::double precision * t.days_left / d.days_seen AS qualified_leads, coalesce(r.cost, 0)::double precision * t.days_left / d.days_seen AS cost,
      CASE WHEN n.budget IS NOT NULL THEN greatest((n.budget - coalesce(f.cost, 0))::double precision, 0) END AS money_left) AS g
  CROSS JOIN LATERAL (
    SELECT CASE WHEN g.cost > g.money_left THEN g.money_left / g.cost ELSE 1 END AS affordable) AS a
  CROSS JOIN LATERAL (
    SELECT g.leads * a.affordable AS leads, g.target_leads * a.affordable AS target_leads, g.qualified_leads AS qualified_leads, 1 + t.days_left / d.days_seen AS uncertainty) AS e
  CROSS JOIN LATERAL (VALUES
    (1, 'marketing', 'leads', n.leads::numeric, coalesce(f.leads, 0), false, coalesce(f.leads, 0)::double precision + e.leads, e.leads, e.leads * e.uncertainty, e.leads),
    (2, 'marketing', 'target_leads', n.target_leads::numeric, coalesce(f.target_leads, 0), false, coalesce(f.target_leads, 0)::double precision + e.target_leads, e.target_leads, e.target_leads * e.uncertainty, e.target_leads),
    (3, 'marketing', 'budget', n.budget, coalesce(f.cost, 0), true, coalesce(f.cost, 0)::double precision + g.cost, NULL, NULL, NULL),
    (4, 'marketing', 'cost_per_lead', n.cost_per_lead, f.cost / nullif(f.leads, 0), true, (coalesce(f.cost, 0)::double precision + g.cost) / nullif(f.leads::double precision + g.leads, 0), NULL, NULL, NULL),
    (5, 'marketing', 'cost_per_target_lead', n.cost_per_target_lead, f.cost / nullif(f.target_leads, 0), true, (coalesce(f.cost, 0)::double precision + g.cost) / nullif(f.target_leads::double precision + g.target_leads, 0), NULL, NULL, NULL),
    (6, 'sales', 'qualified_leads', n.qualified_leads::numeric, coalesce(f.qualified_leads, 0), false, coalesce(f.qualified_leads, 0)::double precision + e.qualified_leads, e.qualified_leads, e.qualified_leads * e.uncertainty, e.qualified_leads),
    (7, 'sales', 'deals', n.deals::numeric, coalesce(f.deals, 0), false, coalesce(f.deals, 0)::double precision + o.deals, o.deals, o.deals_variance, o.deals_third),
    (8, 'sales', 'amount', n.amount, coalesce(f.amount, 0), false, coalesce(f.amount, 0)::double precision + o.amount, o.amount, o.amount_variance, o.amount_third)
  ) AS v (ord, department, measure, norm, fact, is_limit, projected, mean, variance, third_moment)
  WHERE v.norm IS NOT NULL) AS c;
COMMENT ON VIEW leadscore.department_contract IS 'What marketing and sales have promised each other for a month, what has come of it, and what will: one row for each norm in leadscore.plan';
COMMENT ON COLUMN leadscore.department_contract.source IS 'The source';
COMMENT ON COLUMN leadscore.department_contract.month IS 'The first day of the month';
COMMENT ON COLUMN leadscore.department_contract.channel IS 'The channel; NULL: all together';
COMMENT ON COLUMN leadscore.department_contract.department IS 'Whose promise it is: marketing or sales';
COMMENT ON COLUMN leadscore.department_contract.measure IS 'leads, target_leads, budget, cost_per_lead, cost_per_target_lead, qualified_leads (got to the stage sql), deals, amount';
COMMENT ON COLUMN leadscore.department_contract.norm IS 'What was promised: a number, or money';
COMMENT ON COLUMN leadscore.department_contract.fact IS 'What has come of it so far: leads that came in the month and are no duplicates, those of them that are target leads, what was spent and that for each lead; leads that got to sql in the month, deals won in it and still won, and their amounts, whenever the leads came. NULL: nothing to divide by';
COMMENT ON COLUMN leadscore.department_contract.fact_share IS 'fact / norm; NULL for a norm of 0';
COMMENT ON COLUMN leadscore.department_contract.is_limit IS 'Whether the norm is not to be exceeded, as a cost; else it is to be reached';
COMMENT ON COLUMN leadscore.department_contract.is_met IS 'Whether the fact is as promised, so far or at last; NULL: there is no fact';
COMMENT ON COLUMN leadscore.department_contract.is_current IS 'Whether it is the month of now, in the time zone of the source';
COMMENT ON COLUMN leadscore.department_contract.days_left IS 'Days until its end; 0: it is over; NULL: it is to come';
COMMENT ON COLUMN leadscore.department_contract.projected IS 'The fact at the end of the month: so far, and as much a day as in the last 28 days (leads and costs) or as leadscore.sales_outlook() says (deals). NULL unless is_current, and where nothing is known';
COMMENT ON COLUMN leadscore.department_contract.probability_met IS 'The probability that the norm is reached: 1 or 0 when it is over or reached. Leads come by chance at the pace of the last 28 days, no more than the rest of the budget pays for; deals are won as leadscore.sales_outlook() says. NULL for limits, months to come, and where nothing is known';

GRANT SELECT ON leadscore.channel_performance, leadscore.target_share, leadscore.duplicate_share, leadscore.spam_share, leadscore.lead_quality,
  leadscore.stage_visits_ahead, leadscore.owner_workload, leadscore.department_contract TO PUBLIC;
-- The comments of the views in Russian, for tools that show them to people.
CREATE FUNCTION leadscore.russian_comments() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT $json$
{
 "lower": "\u041d\u0438\u0436\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 95-\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430 \u0423\u0438\u043b\u0441\u043e\u043d\u0430",
 "upper": "\u0412\u0435\u0440\u0445\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 95-\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430 \u0423\u0438\u043b\u0441\u043e\u043d\u0430",
 "columns": {
  "source": "\u0418\u0441\u0442\u043e\u0447\u043d\u0438\u043a: \u0438\u043c\u044f, \u043f\u043e\u0434 \u043a\u043e\u0442\u043e\u0440\u044b\u043c \u043f\u043e\u0434\u043a\u043b\u044e\u0447\u0435\u043d\u0430 \u0442\u0430\u0431\u043b\u0438\u0446\u0430",
  "lead": "\u041a\u043b\u044e\u0447 \u043b\u0438\u0434\u0430 \u0442\u0435\u043a\u0441\u0442\u043e\u043c; \u043a\u043b\u044e\u0447 \u0438\u0437 \u043d\u0435\u0441\u043a\u043e\u043b\u044c\u043a\u0438\u0445 \u0441\u0442\u043e\u043b\u0431\u0446\u043e\u0432 \u2014 \u043c\u0430\u0441\u0441\u0438\u0432\u043e\u043c \u0442\u0435\u043a\u0441\u0442\u043e\u0432",
  "created_at": "\u041a\u043e\u0433\u0434\u0430 \u043b\u0438\u0434 \u043f\u0440\u0438\u0448\u0451\u043b",
  "cohort_day": "\u0414\u0435\u043d\u044c, \u043a\u043e\u0433\u0434\u0430 \u043b\u0438\u0434 \u043f\u0440\u0438\u0448\u0451\u043b, \u0432 \u0447\u0430\u0441\u043e\u0432\u043e\u043c \u043f\u043e\u044f\u0441\u0435 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430",
  "cohort_month": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u043c\u0435\u0441\u044f\u0446\u0430, \u043a\u043e\u0433\u0434\u0430 \u043b\u0438\u0434\u044b \u043f\u0440\u0438\u0448\u043b\u0438, \u0432 \u0447\u0430\u0441\u043e\u0432\u043e\u043c \u043f\u043e\u044f\u0441\u0435 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430",
  "month": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u043c\u0435\u0441\u044f\u0446\u0430, \u043a\u043e\u0433\u0434\u0430 \u043b\u0438\u0434\u044b \u043f\u0440\u0438\u0448\u043b\u0438",
  "channel": "\u041a\u0430\u043d\u0430\u043b, \u0438\u0437 \u043a\u043e\u0442\u043e\u0440\u043e\u0433\u043e \u043f\u0440\u0438\u0448\u043b\u0438; NULL: \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u0435\u043d",
  "owner": "\u041a\u0442\u043e \u0432\u0435\u0434\u0451\u0442; NULL: \u043d\u0438\u043a\u0442\u043e",
  "status": "\u0421\u0442\u0430\u0442\u0443\u0441 \u0432 CRM; NULL: \u043d\u0435\u0442",
  "stage_no": "\u041d\u043e\u043c\u0435\u0440 \u0441\u0442\u0430\u0434\u0438\u0438, \u0434\u043b\u044f \u0441\u043e\u0440\u0442\u0438\u0440\u043e\u0432\u043a\u0438",
  "stage": "\u0421\u0442\u0430\u0434\u0438\u044f, \u0435\u0451 \u0438\u043c\u044f \u0432 \u043c\u043e\u0434\u0435\u043b\u0438",
  "stage_label": "\u041d\u043e\u043c\u0435\u0440 \u0438 \u043d\u0430\u0437\u0432\u0430\u043d\u0438\u0435 \u0441\u0442\u0430\u0434\u0438\u0438, \u0434\u043b\u044f \u043f\u0440\u043e\u0433\u0440\u0430\u043c\u043c, \u043a\u043e\u0442\u043e\u0440\u044b\u0435 \u0441\u043e\u0440\u0442\u0438\u0440\u0443\u044e\u0442 \u043f\u043e \u0442\u0435\u043a\u0441\u0442\u0443",
  "stage_title": "\u041a\u0430\u043a \u0441\u0442\u0430\u0434\u0438\u044e \u043d\u0430\u0437\u044b\u0432\u0430\u044e\u0442 \u043b\u044e\u0434\u0438; NULL: \u0442\u0430\u043a \u0436\u0435, \u043a\u0430\u043a \u0435\u0451 \u0438\u043c\u044f",
  "stage_title_ru": "\u0422\u043e \u0436\u0435 \u043f\u043e-\u0440\u0443\u0441\u0441\u043a\u0438",
  "stage_kind": "\u0412\u0438\u0434 \u0441\u0442\u0430\u0434\u0438\u0438: open, won \u2014 \u0441\u0442\u0443\u043f\u0435\u043d\u0438 \u043b\u0435\u0441\u0442\u043d\u0438\u0446\u044b; hold, lost \u2014 \u0440\u044f\u0434\u043e\u043c \u0441 \u043d\u0435\u0439",
  "outcome": "open \u2014 \u0432 \u0440\u0430\u0431\u043e\u0442\u0435, on_hold \u2014 \u043e\u0442\u043b\u043e\u0436\u0435\u043d, won \u2014 \u0431\u044b\u043b \u043d\u0430 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0438 \u043d\u0435 \u043f\u043e\u0442\u0435\u0440\u044f\u043d, lost \u2014 \u043f\u043e\u0442\u0435\u0440\u044f\u043d",
  "stage_since": "\u041a\u043e\u0433\u0434\u0430 \u043f\u0440\u0438\u0448\u0451\u043b \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u044e",
  "days_in_stage": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438",
  "visits": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0440\u0430\u0437 \u043f\u0440\u0438\u0445\u043e\u0434\u0438\u043b \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438, \u0441 \u0432\u043e\u0437\u0432\u0440\u0430\u0449\u0435\u043d\u0438\u044f\u043c\u0438",
  "closed_at": "\u041a\u043e\u0433\u0434\u0430 \u0437\u0430\u043a\u0440\u044b\u0442, \u043f\u043e \u0441\u043b\u043e\u0432\u0430\u043c \u0442\u0430\u0431\u043b\u0438\u0446\u044b",
  "score": "\u0411\u0430\u043b\u043b; NULL: \u043e\u0446\u0435\u043d\u0438\u0442\u044c \u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c",
  "grade": "\u041e\u0446\u0435\u043d\u043a\u0430 \u0431\u0443\u043a\u0432\u043e\u0439; NULL: \u043d\u0438\u0436\u0435 \u0432\u0441\u0435\u0445 \u0438\u043b\u0438 \u043d\u0435 \u043e\u0446\u0435\u043d\u0451\u043d",
  "temperature": "\u0422\u0435\u043c\u043f\u0435\u0440\u0430\u0442\u0443\u0440\u0430; NULL: \u043d\u0438\u0436\u0435 \u0432\u0441\u0435\u0445 \u0438\u043b\u0438 \u043d\u0435 \u043e\u0446\u0435\u043d\u0451\u043d",
  "probability": "\u0412\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c \u0441\u0434\u0435\u043b\u043a\u0438 \u043e\u0442 0 \u0434\u043e 1; NULL: \u043c\u043e\u0434\u0435\u043b\u044c \u0435\u0451 \u043d\u0435 \u043d\u0430\u0437\u044b\u0432\u0430\u0435\u0442",
  "amount": "\u0421\u0443\u043c\u043c\u0430 \u0441\u0434\u0435\u043b\u043a\u0438; NULL: \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0430",
  "expected_value": "\u0421\u0443\u043c\u043c\u0430, \u0443\u043c\u043d\u043e\u0436\u0435\u043d\u043d\u0430\u044f \u043d\u0430 \u0432\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c; NULL, \u0435\u0441\u043b\u0438 \u0447\u0435\u0433\u043e-\u0442\u043e \u0438\u0437 \u043d\u0438\u0445 \u043d\u0435\u0442",
  "target": "target \u2014 \u0446\u0435\u043b\u0435\u0432\u043e\u0439, not_target \u2014 \u043d\u0435\u0442, grow \u2014 \u043d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442, unknown \u2014 \u043d\u0430\u0434\u043e \u0441\u043f\u0440\u043e\u0441\u0438\u0442\u044c; NULL: \u0432 \u043c\u043e\u0434\u0435\u043b\u0438 \u043d\u0435\u0442 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0435\u0432",
  "is_duplicate": "\u041f\u043e\u0432\u0442\u043e\u0440\u044f\u0435\u0442 \u043b\u0438 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0439 \u043b\u0438\u0434",
  "is_mature": "\u0414\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u043b\u0438 \u0434\u0430\u0432\u043d\u043e \u043f\u0440\u0438\u0448\u043b\u0438 \u0432\u0441\u0435 \u044d\u0442\u0438 \u043b\u0438\u0434\u044b (matures_after \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430), \u0447\u0442\u043e\u0431\u044b \u0434\u0432\u0438\u043d\u0443\u0442\u044c\u0441\u044f \u0434\u0430\u043b\u044c\u0448\u0435, \u0435\u0441\u043b\u0438 \u0438\u043c \u044d\u0442\u043e \u0441\u0443\u0436\u0434\u0435\u043d\u043e",
  "heat_points": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0431\u0430\u043b\u043b\u043e\u0432 \u0441\u0442\u043e\u044f\u0442 \u0435\u0433\u043e \u0441\u043e\u0431\u044b\u0442\u0438\u044f \u0441\u0435\u0439\u0447\u0430\u0441; NULL: \u0443 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430 \u043d\u0435\u0442 \u0441\u043e\u0431\u044b\u0442\u0438\u0439",
  "cools_at": "\u041a\u043e\u0433\u0434\u0430 \u0431\u0430\u043b\u043b\u044b \u0435\u0433\u043e \u0441\u043e\u0431\u044b\u0442\u0438\u0439 \u0443\u043f\u0430\u0434\u0443\u0442 \u043d\u0438\u0436\u0435 1, \u0435\u0441\u043b\u0438 \u043e\u043d \u0431\u043e\u043b\u044c\u0448\u0435 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u0441\u0434\u0435\u043b\u0430\u0435\u0442; NULL: \u0441\u043e\u0431\u044b\u0442\u0438\u0439 \u043d\u0435\u0442",
  "events": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0443 \u043d\u0435\u0433\u043e \u0441\u043e\u0431\u044b\u0442\u0438\u0439; NULL: \u0443 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430 \u043d\u0435\u0442 \u0441\u043e\u0431\u044b\u0442\u0438\u0439",
  "last_event_at": "\u041a\u043e\u0433\u0434\u0430 \u0431\u044b\u043b\u043e \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0435\u0435 \u0441\u043e\u0431\u044b\u0442\u0438\u0435; NULL: \u043d\u0435 \u0431\u044b\u043b\u043e",
  "days_since_event": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u043d\u0430\u0437\u0430\u0434 \u043e\u043d\u043e \u0431\u044b\u043b\u043e",
  "problem": "\u041f\u043e\u0447\u0435\u043c\u0443 \u043b\u0438\u0434 \u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c \u043e\u0446\u0435\u043d\u0438\u0442\u044c; NULL: \u0443\u0434\u0430\u043b\u043e\u0441\u044c",
  "problem_state": "SQLSTATE \u044d\u0442\u043e\u0439 \u043e\u0448\u0438\u0431\u043a\u0438",
  "model": "\u041c\u043e\u0434\u0435\u043b\u044c, \u043a\u043e\u0442\u043e\u0440\u0430\u044f \u0435\u0433\u043e \u043e\u0446\u0435\u043d\u0438\u0432\u0430\u0435\u0442",
  "model_version": "\u0412\u0435\u0440\u0441\u0438\u044f \u043c\u043e\u0434\u0435\u043b\u0438, \u043a\u043e\u0442\u043e\u0440\u0430\u044f \u043e\u0446\u0435\u043d\u0438\u043b\u0430",
  "scored_at": "\u041a\u043e\u0433\u0434\u0430 \u043e\u0446\u0435\u043d\u0451\u043d \u0432 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u0440\u0430\u0437",
  "step": "\u041f\u043e\u0440\u044f\u0434\u043e\u043a \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u044f",
  "worked_by": "\u0427\u044c\u044f \u044d\u0442\u043e \u0440\u0430\u0431\u043e\u0442\u0430: \u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433, \u043f\u0435\u0440\u0432\u044b\u0439 \u043a\u043e\u043d\u0442\u0430\u043a\u0442, \u043f\u0440\u043e\u0434\u0430\u0436\u0438\u2026; NULL: \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043d\u043e",
  "action": "\u0427\u0442\u043e \u0441\u0434\u0435\u043b\u0430\u0442\u044c",
  "action_ru": "\u0422\u043e \u0436\u0435 \u043f\u043e-\u0440\u0443\u0441\u0441\u043a\u0438",
  "send": "\u0427\u0442\u043e \u043e\u0442\u043f\u0440\u0430\u0432\u0438\u0442\u044c; NULL: \u043d\u0438\u0447\u0435\u0433\u043e",
  "due_at": "\u0414\u043e \u043a\u0430\u043a\u043e\u0433\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438; NULL: \u043a\u043e\u0433\u0434\u0430 \u0443\u0433\u043e\u0434\u043d\u043e",
  "is_overdue": "\u041f\u0440\u043e\u0448\u0451\u043b \u043b\u0438 \u0441\u0440\u043e\u043a. \u0421\u0434\u0435\u043b\u0430\u043d\u043d\u043e\u0435 \u043d\u0438\u0433\u0434\u0435 \u043d\u0435 \u043e\u0442\u043c\u0435\u0447\u0430\u0435\u0442\u0441\u044f: \u043b\u0438\u0434, \u043a\u043e\u0442\u043e\u0440\u044b\u0439 \u043e\u0441\u0442\u0430\u043b\u0441\u044f \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438, \u043f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d \u0438 \u0442\u043e\u0433\u0434\u0430, \u043a\u043e\u0433\u0434\u0430 \u0441 \u043d\u0438\u043c \u0440\u0430\u0431\u043e\u0442\u0430\u043b\u0438",
  "overdue_days": "\u041d\u0430 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u043f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d\u043e; NULL: \u043d\u0435 \u043f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d\u043e",
  "reason": "\u041f\u043e\u0447\u0435\u043c\u0443 \u043b\u0438\u0434 \u0437\u0434\u0435\u0441\u044c: on_hold \u2014 \u043e\u0442\u043b\u043e\u0436\u0435\u043d; to_grow \u2014 \u043d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442; not_ready \u2014 \u0432 \u0440\u0430\u0431\u043e\u0442\u0435 \u0438 \u0441\u0430\u043c\u043e\u0439 \u043d\u0438\u0437\u043a\u043e\u0439 \u0442\u0435\u043c\u043f\u0435\u0440\u0430\u0442\u0443\u0440\u044b",
  "change_no": "\u041d\u043e\u043c\u0435\u0440 \u0438\u0437\u043c\u0435\u043d\u0435\u043d\u0438\u044f, \u0441 1: \u043f\u0435\u0440\u0432\u044b\u0439 \u0431\u0430\u043b\u043b",
  "at": "\u041c\u043e\u043c\u0435\u043d\u0442, \u043d\u0430 \u043a\u043e\u0442\u043e\u0440\u044b\u0439 \u043e\u0446\u0435\u043d\u0451\u043d",
  "previous_score": "\u0411\u0430\u043b\u043b \u043f\u0435\u0440\u0435\u0434 \u044d\u0442\u0438\u043c; NULL: \u043d\u0435 \u0431\u044b\u043b\u043e",
  "change": "\u041d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0431\u0430\u043b\u043b \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u0441\u044f; NULL, \u0435\u0441\u043b\u0438 \u043e\u0434\u043d\u043e\u0433\u043e \u0438\u0437 \u0434\u0432\u0443\u0445 \u043d\u0435\u0442",
  "is_other_version": "\u041e\u0446\u0435\u043d\u0438\u043b\u0430 \u043b\u0438 \u0434\u0440\u0443\u0433\u0430\u044f \u0432\u0435\u0440\u0441\u0438\u044f \u043c\u043e\u0434\u0435\u043b\u0438, \u0442\u0430\u043a \u0447\u0442\u043e \u043c\u043e\u0433 \u0438\u0437\u043c\u0435\u043d\u0438\u0442\u044c\u0441\u044f \u043d\u0435 \u043b\u0438\u0434; NULL: \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e",
  "leads": "\u0412\u0441\u0435 \u043b\u0438\u0434\u044b, \u0441 \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u044b\u043c\u0438",
  "unique_leads": "\u0418\u0437 \u043d\u0438\u0445 \u043d\u0435 \u043f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0442 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0439",
  "lost": "\u041b\u0438\u0434\u044b \u043d\u0430 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438",
  "won": "\u0412\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0435: \u0431\u044b\u043b\u0438 \u043d\u0430 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0438 \u043d\u0435 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b",
  "open": "\u041d\u0438 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u044b, \u043d\u0438 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b, \u0441 \u043e\u0442\u043b\u043e\u0436\u0435\u043d\u043d\u044b\u043c\u0438",
  "customers": "\u0421\u0442\u0430\u043b\u0438 \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u043c\u0438 \u0432 \u044d\u0442\u043e\u043c \u043c\u0435\u0441\u044f\u0446\u0435",
  "in_care": "\u0418\u0437 \u043d\u0438\u0445 \u043d\u0430 \u0431\u043e\u043b\u0435\u0435 \u043f\u043e\u0437\u0434\u043d\u0435\u0439 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438, \u043d\u0430\u043f\u0440\u0438\u043c\u0435\u0440 \u043d\u0430 \u0441\u043e\u043f\u0440\u043e\u0432\u043e\u0436\u0434\u0435\u043d\u0438\u0438",
  "lost_rate": "lost / customers, \u043e\u0442 0 \u0434\u043e 1: \u043e\u0442\u0442\u043e\u043a",
  "lost_amount": "\u0421\u0443\u043c\u043c\u0430 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u043d\u044b\u0445 \u043a\u043b\u0438\u0435\u043d\u0442\u043e\u0432; 0: \u043d\u0438\u043a\u0442\u043e \u043d\u0435 \u043f\u043e\u0442\u0435\u0440\u044f\u043d",
  "median_visits": "\u041f\u043e\u043b\u043e\u0432\u0438\u043d\u0430 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0445 \u043f\u0440\u043e\u0448\u043b\u0430 \u0441\u0442\u043e\u043b\u044c\u043a\u043e \u0441\u0442\u0430\u0434\u0438\u0439 \u0438\u043b\u0438 \u043c\u0435\u043d\u044c\u0448\u0435 \u0434\u043e \u0441\u0434\u0435\u043b\u043a\u0438",
  "p75_visits": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0442\u0440\u0451\u0445 \u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0435\u0439",
  "median_days": "\u0417\u0430 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u0438\u043b\u0438 \u043c\u0435\u043d\u044c\u0448\u0435 \u0434\u043e\u0448\u043b\u0430 \u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0430",
  "p75_days": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0442\u0440\u0451\u0445 \u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0435\u0439",
  "won_with_events": "\u0412\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0435, \u0443 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0435\u0435 \u0441\u043e\u0431\u044b\u0442\u0438\u0435 \u043d\u0435 \u043f\u043e\u0437\u0436\u0435 \u0441\u0434\u0435\u043b\u043a\u0438: \u0437\u043d\u0430\u043c\u0435\u043d\u0430\u0442\u0435\u043b\u044c \u0434\u043b\u044f \u0441\u043e\u0431\u044b\u0442\u0438\u0439",
  "median_events": "\u0423 \u043f\u043e\u043b\u043e\u0432\u0438\u043d\u044b \u0438\u0437 \u043d\u0438\u0445 \u0441\u0442\u043e\u043b\u044c\u043a\u043e \u0441\u043e\u0431\u044b\u0442\u0438\u0439 \u0438\u043b\u0438 \u043c\u0435\u043d\u044c\u0448\u0435; NULL: \u0442\u0430\u043a\u0438\u0445 \u043d\u0435\u0442",
  "p75_events": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0442\u0440\u0451\u0445 \u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0435\u0439",
  "judged_leads": "\u041e \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e, \u0446\u0435\u043b\u0435\u0432\u044b\u0435 \u043b\u0438 \u043e\u043d\u0438: \u0437\u043d\u0430\u043c\u0435\u043d\u0430\u0442\u0435\u043b\u044c target_rate",
  "target_leads": "\u0426\u0435\u043b\u0435\u0432\u044b\u0435 \u043b\u0438\u0434\u044b",
  "target_rate": "\u0414\u043e\u043b\u044f \u0446\u0435\u043b\u0435\u0432\u044b\u0445 \u0441\u0440\u0435\u0434\u0438 \u0442\u0435\u0445, \u043e \u043a\u043e\u043c \u044d\u0442\u043e \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e; NULL: \u043d\u0438 \u043e \u043a\u043e\u043c",
  "mql": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 mql \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435, \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b \u043f\u043e\u0442\u043e\u043c \u0438\u043b\u0438 \u043d\u0435\u0442; NULL: \u0442\u0430\u043a\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u043d\u0435\u0442",
  "sal": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 sal \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435; NULL: \u0442\u0430\u043a\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u043d\u0435\u0442",
  "sql": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 sql \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435; NULL: \u0442\u0430\u043a\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u043d\u0435\u0442",
  "sql_rate": "sql / leads; NULL \u0431\u0435\u0437 \u043b\u0438\u0434\u043e\u0432 \u0438\u043b\u0438 \u0442\u0430\u043a\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438",
  "won_rate": "\u0414\u043e\u043b\u044f \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0445; NULL \u0431\u0435\u0437 \u043b\u0438\u0434\u043e\u0432. \u041f\u043e\u043a\u0430 \u043a\u043e\u0433\u043e\u0440\u0442\u0430 \u043c\u043e\u043b\u043e\u0434\u0430, \u0437\u0430\u043d\u0438\u0436\u0435\u043d\u0430",
  "median_days_to_sql": "\u0417\u0430 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u0434\u043e\u0448\u043b\u0430 \u0434\u043e sql \u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0430 \u0442\u0435\u0445, \u043a\u0442\u043e \u0434\u043e\u0445\u043e\u0434\u0438\u0442; \u0442\u0435, \u043a\u0442\u043e \u0435\u0449\u0451 \u0432 \u043f\u0443\u0442\u0438, \u0443\u0447\u0442\u0435\u043d\u044b",
  "median_days_to_won": "\u0422\u043e \u0436\u0435 \u0434\u043e \u0441\u0434\u0435\u043b\u043a\u0438",
  "cost": "\u0420\u0430\u0441\u0445\u043e\u0434 \u043d\u0430 \u043a\u0430\u043d\u0430\u043b \u0437\u0430 \u043c\u0435\u0441\u044f\u0446; NULL: \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u0432\u0432\u0435\u0434\u0435\u043d\u043e",
  "cost_per_lead": "\u0426\u0435\u043d\u0430 \u043b\u0438\u0434\u0430 (CPL): cost / leads",
  "cost_per_target_lead": "\u0426\u0435\u043d\u0430 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430; NULL \u0431\u0435\u0437 \u0440\u0430\u0441\u0445\u043e\u0434\u0430 \u0438\u043b\u0438 \u0446\u0435\u043b\u0435\u0432\u044b\u0445 \u043b\u0438\u0434\u043e\u0432",
  "cost_per_sql": "\u0420\u0430\u0441\u0445\u043e\u0434 \u043d\u0430 \u043e\u0434\u0438\u043d \u043b\u0438\u0434, \u0434\u043e\u0448\u0435\u0434\u0448\u0438\u0439 \u0434\u043e sql",
  "cost_per_customer": "\u0420\u0430\u0441\u0445\u043e\u0434 \u043d\u0430 \u043e\u0434\u043d\u043e\u0433\u043e \u043a\u043b\u0438\u0435\u043d\u0442\u0430 (CAC)",
  "revenue": "\u0421\u0443\u043c\u043c\u0430 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0445 \u043b\u0438\u0434\u043e\u0432, \u043d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0430; 0: \u0442\u0430\u043a\u0438\u0445 \u043d\u0435\u0442; NULL: \u0441\u0443\u043c\u043c\u044b \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u044b",
  "won_with_amount": "\u0412\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0435, \u0443 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0441\u0443\u043c\u043c\u0430 \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0430",
  "romi": "(\u0432\u044b\u0440\u0443\u0447\u043a\u0430 \u2212 \u0440\u0430\u0441\u0445\u043e\u0434) / \u0440\u0430\u0441\u0445\u043e\u0434; 0 \u2014 \u043e\u043a\u0443\u043f\u0438\u043b\u043e\u0441\u044c",
  "romi_lower": "\u041d\u0438\u0436\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 95-\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430 romi; NULL, \u0435\u0441\u043b\u0438 \u0441\u0434\u0435\u043b\u043e\u043a \u043c\u0435\u043d\u044c\u0448\u0435 10",
  "romi_upper": "\u0412\u0435\u0440\u0445\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 \u044d\u0442\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430",
  "not_target": "\u041d\u0435 \u043f\u0440\u043e\u0445\u043e\u0434\u044f\u0442 \u043e\u0431\u044f\u0437\u0430\u0442\u0435\u043b\u044c\u043d\u044b\u0439 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0439",
  "grow": "\u041d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442: \u043f\u043e\u043a\u0430 \u043d\u0435 \u0446\u0435\u043b\u0435\u0432\u044b\u0435, \u043d\u043e \u043c\u043e\u0433\u0443\u0442 \u0441\u0442\u0430\u0442\u044c",
  "unknown": "\u041e \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e \u0441\u043b\u0438\u0448\u043a\u043e\u043c \u043c\u0430\u043b\u043e: \u043d\u0430\u0434\u043e \u0441\u043f\u0440\u043e\u0441\u0438\u0442\u044c. \u0412 \u0434\u043e\u043b\u044e \u043d\u0435 \u0432\u0445\u043e\u0434\u044f\u0442",
  "unjudged": "\u041c\u043e\u0434\u0435\u043b\u044c \u0431\u0435\u0437 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0435\u0432, \u0438\u043b\u0438 \u043e\u0446\u0435\u043d\u0438\u0442\u044c \u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c",
  "judged": "target + not_target + grow: \u0437\u043d\u0430\u043c\u0435\u043d\u0430\u0442\u0435\u043b\u044c \u0434\u043e\u043b\u0438",
  "unknown_rate": "unknown / leads: \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043e\u043b\u044f \u043d\u0435 \u043e\u0445\u0432\u0430\u0442\u044b\u0432\u0430\u0435\u0442",
  "duplicates": "\u041f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0442 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0439 \u043b\u0438\u0434, \u043a\u043e\u0442\u043e\u0440\u044b\u0439 \u043c\u043e\u0433 \u043f\u0440\u0438\u0439\u0442\u0438 \u0438 \u0438\u0437 \u0434\u0440\u0443\u0433\u043e\u0433\u043e \u043a\u0430\u043d\u0430\u043b\u0430",
  "duplicate_rate": "duplicates / leads, \u043e\u0442 0 \u0434\u043e 1",
  "sifted": "\u041f\u043e\u0442\u0435\u0440\u044f\u043d\u044b, \u043d\u0435 \u0434\u043e\u0439\u0434\u044f \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 sal: \u043e\u0442\u0441\u0435\u044f\u043d\u044b \u0434\u043e \u043f\u0440\u043e\u0434\u0430\u0436",
  "sifted_duplicates": "\u0418\u0437 \u043d\u0438\u0445 \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u044b\u0435",
  "sifted_not_target": "\u0418\u0437 \u043e\u0441\u0442\u0430\u043b\u044c\u043d\u044b\u0445 \u043d\u0435 \u043f\u0440\u043e\u0445\u043e\u0434\u044f\u0442 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0439 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430",
  "sifted_target": "\u0418\u0437 \u043e\u0441\u0442\u0430\u043b\u044c\u043d\u044b\u0445 \u0446\u0435\u043b\u0435\u0432\u044b\u0435: \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b \u043f\u0440\u0438 \u043f\u0435\u0440\u0432\u043e\u043c \u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0435",
  "spam": "\u041e\u0441\u0442\u0430\u043b\u044c\u043d\u044b\u0435 \u043e\u0442\u0441\u0435\u044f\u043d\u043d\u044b\u0435: \u0441\u043f\u0430\u043c \u0438 \u0442\u0435, \u0441 \u043a\u0435\u043c \u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c \u0441\u0432\u044f\u0437\u0430\u0442\u044c\u0441\u044f",
  "spam_rate": "spam / leads, \u043e\u0442 0 \u0434\u043e 1",
  "mature_leads": "\u0418\u0437 \u043d\u0438\u0445 \u0434\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u0434\u0430\u0432\u043d\u0438\u0435: \u0437\u043d\u0430\u043c\u0435\u043d\u0430\u0442\u0435\u043b\u044c",
  "predicted_leads": "\u0414\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u0434\u0430\u0432\u043d\u0438\u0435, \u0443 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u043f\u0435\u0440\u0432\u044b\u0439 \u0431\u0430\u043b\u043b \u2014 \u0432\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c",
  "mean_prediction": "\u0421\u0440\u0435\u0434\u043d\u0435\u0435 \u044d\u0442\u0438\u0445 \u0432\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u0435\u0439; NULL: \u0438\u0445 \u043d\u0435\u0442",
  "verdict": "\u0413\u0434\u0435 \u043b\u0435\u0436\u0438\u0442 \u0441\u0440\u0435\u0434\u043d\u0435\u0435 \u043f\u0440\u0435\u0434\u0441\u043a\u0430\u0437\u0430\u043d\u0438\u0435: as_predicted \u2014 \u0432 \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0435, worse \u2014 \u0432\u044b\u0448\u0435 \u043d\u0435\u0433\u043e (\u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043e \u043c\u0435\u043d\u044c\u0448\u0435, \u0447\u0435\u043c \u043f\u0440\u0435\u0434\u0441\u043a\u0430\u0437\u0430\u043d\u043e), better \u2014 \u043d\u0438\u0436\u0435, too_little_data \u2014 \u043c\u0430\u043b\u043e \u0434\u0430\u043d\u043d\u044b\u0445",
  "open_leads": "\u041b\u0438\u0434\u044b \u044d\u0442\u043e\u0433\u043e \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u0430 \u043d\u0430 \u044d\u0442\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0441\u0435\u0439\u0447\u0430\u0441",
  "overdue_leads": "\u0418\u0437 \u043d\u0438\u0445 \u0441 \u043f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d\u043d\u044b\u043c \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u0435\u043c",
  "overdue_actions": "\u041f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d\u043d\u044b\u0435 \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u044f \u043f\u043e \u043d\u0438\u043c",
  "hours_now": "\u0427\u0430\u0441\u044b \u0440\u0430\u0431\u043e\u0442\u044b \u0441 \u043d\u0438\u043c\u0438 \u043d\u0430 \u044d\u0442\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438; NULL: \u043c\u0438\u043d\u0443\u0442\u044b \u043d\u0435 \u0437\u0430\u0434\u0430\u043d\u044b \u0432 stage_effort",
  "expected_visits": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0440\u0430\u0437 \u0432\u0441\u0435 \u0435\u0433\u043e \u043e\u0442\u043a\u0440\u044b\u0442\u044b\u0435 \u043b\u0438\u0434\u044b, \u0432\u043c\u0435\u0441\u0442\u0435 \u0441 \u043d\u044b\u043d\u0435\u0448\u043d\u0438\u043c \u0440\u0430\u0437\u043e\u043c, \u043f\u0440\u0438\u0434\u0443\u0442 \u043d\u0430 \u044d\u0442\u0443 \u0441\u0442\u0430\u0434\u0438\u044e \u0434\u043e \u0438\u0441\u0445\u043e\u0434\u0430",
  "expected_hours": "\u0427\u0430\u0441\u044b \u044d\u0442\u043e\u0439 \u0440\u0430\u0431\u043e\u0442\u044b; NULL: \u043c\u0438\u043d\u0443\u0442\u044b \u043d\u0435 \u0437\u0430\u0434\u0430\u043d\u044b",
  "unforeseen_leads": "\u041e\u0442\u043a\u0440\u044b\u0442\u044b\u0435 \u043b\u0438\u0434\u044b, \u043e \u0431\u0443\u0434\u0443\u0449\u0435\u043c \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0435\u0449\u0451 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e: \u0443\u0447\u0442\u0451\u043d \u043b\u0438\u0448\u044c \u043d\u044b\u043d\u0435\u0448\u043d\u0438\u0439 \u0440\u0430\u0437",
  "department": "\u0427\u044c\u0451 \u043e\u0431\u0435\u0449\u0430\u043d\u0438\u0435: marketing \u2014 \u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433, sales \u2014 \u043f\u0440\u043e\u0434\u0430\u0436\u0438",
  "measure": "\u0427\u0442\u043e \u043e\u0431\u0435\u0449\u0430\u043d\u043e: leads \u2014 \u043b\u0438\u0434\u044b, target_leads \u2014 \u0446\u0435\u043b\u0435\u0432\u044b\u0435 \u043b\u0438\u0434\u044b, budget \u2014 \u0431\u044e\u0434\u0436\u0435\u0442, cost_per_lead \u0438 cost_per_target_lead \u2014 \u0446\u0435\u043d\u0430 \u043b\u0438\u0434\u0430 \u0438 \u0446\u0435\u043b\u0435\u0432\u043e\u0433\u043e \u043b\u0438\u0434\u0430, qualified_leads \u2014 \u0434\u043e\u0448\u043b\u0438 \u0434\u043e sql, deals \u2014 \u0441\u0434\u0435\u043b\u043a\u0438, amount \u2014 \u0438\u0445 \u0441\u0443\u043c\u043c\u0430",
  "norm": "\u041d\u043e\u0440\u043c\u0430 \u0438\u043b\u0438 \u043f\u043b\u0430\u043d: \u0447\u0438\u0441\u043b\u043e \u0438\u043b\u0438 \u0434\u0435\u043d\u044c\u0433\u0438",
  "fact": "\u0424\u0430\u043a\u0442 \u043d\u0430 \u0441\u0435\u0439\u0447\u0430\u0441; NULL: \u043d\u0435 \u043d\u0430 \u0447\u0442\u043e \u0434\u0435\u043b\u0438\u0442\u044c",
  "fact_share": "\u0424\u0430\u043a\u0442 / \u043d\u043e\u0440\u043c\u0430; NULL \u043f\u0440\u0438 \u043d\u043e\u0440\u043c\u0435 0",
  "is_limit": "\u041d\u043e\u0440\u043c\u0443 \u043d\u0435\u043b\u044c\u0437\u044f \u043f\u0440\u0435\u0432\u044b\u0448\u0430\u0442\u044c, \u043a\u0430\u043a \u0446\u0435\u043d\u0443; \u0438\u043d\u0430\u0447\u0435 \u0435\u0451 \u043d\u0430\u0434\u043e \u0434\u043e\u0441\u0442\u0438\u0447\u044c",
  "is_met": "\u0421\u043e\u0431\u043b\u044e\u0434\u0435\u043d\u0430 \u043b\u0438 \u043d\u0430 \u0441\u0435\u0439\u0447\u0430\u0441; NULL: \u0444\u0430\u043a\u0442\u0430 \u043d\u0435\u0442",
  "is_current": "\u0418\u0434\u0451\u0442 \u043b\u0438 \u044d\u0442\u043e\u0442 \u043c\u0435\u0441\u044f\u0446 \u0441\u0435\u0439\u0447\u0430\u0441",
  "days_left": "\u0414\u043d\u0435\u0439 \u0434\u043e \u043a\u043e\u043d\u0446\u0430 \u043c\u0435\u0441\u044f\u0446\u0430; 0: \u043f\u0440\u043e\u0448\u0451\u043b; NULL: \u0432\u043f\u0435\u0440\u0435\u0434\u0438",
  "projected": "\u0424\u0430\u043a\u0442 \u043a \u043a\u043e\u043d\u0446\u0443 \u043c\u0435\u0441\u044f\u0446\u0430, \u0435\u0441\u043b\u0438 \u0442\u0430\u043a \u043f\u043e\u0439\u0434\u0451\u0442 \u0434\u0430\u043b\u044c\u0448\u0435; NULL: \u043c\u0435\u0441\u044f\u0446 \u043d\u0435 \u0438\u0434\u0451\u0442 \u0438\u043b\u0438 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e",
  "probability_met": "\u0412\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c, \u0447\u0442\u043e \u043d\u043e\u0440\u043c\u0430 \u0431\u0443\u0434\u0435\u0442 \u0434\u043e\u0441\u0442\u0438\u0433\u043d\u0443\u0442\u0430; 1 \u0438\u043b\u0438 0, \u043a\u043e\u0433\u0434\u0430 \u0434\u043e\u0441\u0442\u0438\u0433\u043d\u0443\u0442\u0430 \u0438\u043b\u0438 \u043c\u0435\u0441\u044f\u0446 \u043f\u0440\u043e\u0448\u0451\u043b; NULL \u0434\u043b\u044f \u043e\u0433\u0440\u0430\u043d\u0438\u0447\u0435\u043d\u0438\u0439 \u0438 \u0431\u0443\u0434\u0443\u0449\u0438\u0445 \u043c\u0435\u0441\u044f\u0446\u0435\u0432",
  "reached": "\u0411\u044b\u043b\u0438 \u043d\u0430 \u044d\u0442\u043e\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438 \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435, \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b \u0438\u043b\u0438 \u043d\u0435\u0442; \u0440\u044f\u0434\u043e\u043c \u0441 \u043b\u0435\u0441\u0442\u043d\u0438\u0446\u0435\u0439: \u0431\u044b\u043b\u0438 \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438",
  "unique_reached": "\u0418\u0437 \u043d\u0438\u0445 \u043d\u0435 \u043f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0442 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0439",
  "visited": "\u0411\u044b\u043b\u0438 \u043d\u0430 \u044d\u0442\u043e\u0439 \u0441\u0430\u043c\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438",
  "current": "\u041d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438 \u0441\u0435\u0439\u0447\u0430\u0441",
  "won_after": "\u0418\u0437 reached \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u044b",
  "lost_after": "\u0418\u0437 reached \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b",
  "open_after": "\u0418\u0437 reached \u043d\u0438 \u0442\u043e \u043d\u0438 \u0434\u0440\u0443\u0433\u043e\u0435, \u0441 \u043e\u0442\u043b\u043e\u0436\u0435\u043d\u043d\u044b\u043c\u0438",
  "prev_step": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u043f\u0440\u0435\u0434\u044b\u0434\u0443\u0449\u0435\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438; \u0434\u043b\u044f \u043f\u0435\u0440\u0432\u043e\u0439 \u2014 \u0432\u0441\u0435 \u043b\u0438\u0434\u044b. NULL \u0440\u044f\u0434\u043e\u043c \u0441 \u043b\u0435\u0441\u0442\u043d\u0438\u0446\u0435\u0439",
  "rate_prev_step": "reached / prev_step. \u041f\u043e \u043d\u0435\u0441\u043a\u043e\u043b\u044c\u043a\u0438\u043c \u0441\u0442\u0440\u043e\u043a\u0430\u043c: sum(reached) / sum(prev_step)",
  "first_step": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u043f\u0435\u0440\u0432\u043e\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438. NULL \u0440\u044f\u0434\u043e\u043c \u0441 \u043b\u0435\u0441\u0442\u043d\u0438\u0446\u0435\u0439",
  "rate_first_step": "reached / first_step. \u041f\u043e \u043d\u0435\u0441\u043a\u043e\u043b\u044c\u043a\u0438\u043c \u0441\u0442\u0440\u043e\u043a\u0430\u043c: sum(reached) / sum(first_step)",
  "mature_reached": "\u0418\u0437 reached \u043b\u0438\u0434\u044b \u0434\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u0434\u0430\u0432\u043d\u0438\u0445 \u0434\u043d\u0435\u0439",
  "mature_prev_step": "\u0418\u0437 prev_step \u043b\u0438\u0434\u044b \u0442\u0430\u043a\u0438\u0445 \u0434\u043d\u0435\u0439",
  "mature_rate_prev_step": "mature_reached / mature_prev_step: \u0431\u0435\u0437 \u0442\u0435\u0445, \u0443 \u043a\u043e\u0433\u043e \u0431\u044b\u043b\u043e \u043c\u0430\u043b\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438",
  "mature_first_step": "\u0418\u0437 first_step \u043b\u0438\u0434\u044b \u0442\u0430\u043a\u0438\u0445 \u0434\u043d\u0435\u0439",
  "mature_rate_first_step": "mature_reached / mature_first_step: \u0442\u043e\u0436\u0435 \u0431\u0435\u0437 \u0442\u0435\u0445, \u0443 \u043a\u043e\u0433\u043e \u0431\u044b\u043b\u043e \u043c\u0430\u043b\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438"
 },
 "views": {
  "leads": {
   "": "\u0412\u0441\u0435 \u043b\u0438\u0434\u044b \u0432\u0441\u0435\u0445 \u043f\u043e\u0434\u043a\u043b\u044e\u0447\u0451\u043d\u043d\u044b\u0445 \u0442\u0430\u0431\u043b\u0438\u0446 \u043a\u0430\u043a \u0435\u0441\u0442\u044c: \u0433\u0434\u0435, \u0441 \u043a\u0430\u043a\u0438\u0445 \u043f\u043e\u0440, \u043d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0445\u043e\u0440\u043e\u0448\u0438, \u0447\u0435\u0433\u043e \u0441\u0442\u043e\u044f\u0442, \u043d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0437\u0430\u0438\u043d\u0442\u0435\u0440\u0435\u0441\u043e\u0432\u0430\u043d\u044b. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u043b\u0438\u0434",
   "is_mature": "\u041f\u0440\u0438\u0448\u0451\u043b \u043b\u0438 \u0442\u0430\u043a \u0434\u0430\u0432\u043d\u043e, \u0447\u0442\u043e \u0434\u0432\u0438\u043d\u0443\u043b\u0441\u044f \u0431\u044b \u0434\u0430\u043b\u044c\u0448\u0435, \u0435\u0441\u043b\u0438 \u0435\u043c\u0443 \u044d\u0442\u043e \u0441\u0443\u0436\u0434\u0435\u043d\u043e (matures_after \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430)"
  },
  "next_actions": {
   "": "\u0427\u0442\u043e \u0441\u0434\u0435\u043b\u0430\u0442\u044c \u0441 \u043a\u0430\u0436\u0434\u044b\u043c \u043b\u0438\u0434\u043e\u043c \u043f\u043e playbook \u0435\u0433\u043e \u043c\u043e\u0434\u0435\u043b\u0438, \u0434\u043b\u044f \u0435\u0433\u043e \u0441\u0442\u0430\u0434\u0438\u0438 \u0438 \u0442\u0435\u043c\u043f\u0435\u0440\u0430\u0442\u0443\u0440\u044b. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u043b\u0438\u0434 \u0438 \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u0435. \u0421\u043d\u0430\u0447\u0430\u043b\u0430 \u0433\u043b\u0430\u0432\u043d\u043e\u0435: ORDER BY is_overdue DESC, expected_value DESC NULLS LAST, score DESC NULLS LAST, heat_points DESC NULLS LAST"
  },
  "nurture_queue": {
   "": "\u041a\u043e\u0433\u043e \u043f\u043e\u0434\u043e\u0433\u0440\u0435\u0442\u044c \u0438 \u0447\u0435\u043c: \u043e\u0442\u043b\u043e\u0436\u0435\u043d\u043d\u044b\u0435, \u043b\u0438\u0434\u044b \u043d\u0430 \u0432\u044b\u0440\u043e\u0441\u0442 \u0438 \u043e\u0442\u043a\u0440\u044b\u0442\u044b\u0435 \u0441\u0430\u043c\u043e\u0439 \u043d\u0438\u0437\u043a\u043e\u0439 \u0442\u0435\u043c\u043f\u0435\u0440\u0430\u0442\u0443\u0440\u044b, \u0441\u043e \u0441\u043b\u0435\u0434\u0443\u044e\u0449\u0438\u043c \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u0435\u043c. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u043b\u0438\u0434",
   "action": "\u0427\u0442\u043e \u0441\u0434\u0435\u043b\u0430\u0442\u044c \u0434\u0430\u043b\u044c\u0448\u0435: \u043f\u0435\u0440\u0432\u043e\u0435 \u043d\u0435\u043f\u0440\u043e\u0441\u0440\u043e\u0447\u0435\u043d\u043d\u043e\u0435 \u0434\u0435\u0439\u0441\u0442\u0432\u0438\u0435, \u0438\u043d\u0430\u0447\u0435 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0435\u0435",
   "is_overdue": "\u041f\u0440\u043e\u0448\u0451\u043b \u043b\u0438 \u0441\u0440\u043e\u043a"
  },
  "score_history": {
   "": "\u041a\u0430\u043a \u0441\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u043b\u0441\u044f \u0431\u0430\u043b\u043b \u043b\u0438\u0434\u0430: \u043f\u0435\u0440\u0432\u044b\u0439 \u0438 \u043a\u0430\u0436\u0434\u043e\u0435 \u0438\u0437\u043c\u0435\u043d\u0435\u043d\u0438\u0435. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0437\u043c\u0435\u043d\u0435\u043d\u0438\u0435",
   "score": "\u0411\u0430\u043b\u043b \u0441 \u044d\u0442\u043e\u0433\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438; NULL: \u043e\u0446\u0435\u043d\u0438\u0442\u044c \u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c",
   "grade": "\u041e\u0446\u0435\u043d\u043a\u0430 \u0441 \u044d\u0442\u043e\u0433\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438; \u0443 \u043f\u0435\u0440\u0432\u043e\u0433\u043e \u0431\u0430\u043b\u043b\u0430 NULL",
   "temperature": "\u0422\u0435\u043c\u043f\u0435\u0440\u0430\u0442\u0443\u0440\u0430 \u0441 \u044d\u0442\u043e\u0433\u043e \u0432\u0440\u0435\u043c\u0435\u043d\u0438; \u0443 \u043f\u0435\u0440\u0432\u043e\u0433\u043e \u0431\u0430\u043b\u043b\u0430 NULL",
   "model_version": "\u0412\u0435\u0440\u0441\u0438\u044f \u043c\u043e\u0434\u0435\u043b\u0438; \u0443 \u043f\u0435\u0440\u0432\u043e\u0433\u043e \u0431\u0430\u043b\u043b\u0430 NULL"
  },
  "churn": {
   "": "\u0427\u0442\u043e \u0441\u0442\u0430\u043b\u043e \u0441 \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u043c\u0438 \u043f\u043e\u0441\u043b\u0435 \u043f\u0440\u043e\u0434\u0430\u0436\u0438: \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0438\u0437 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0445 \u0432 \u043c\u0435\u0441\u044f\u0446\u0435 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u043e. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u043a\u0430\u043d\u0430\u043b",
   "month": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u043c\u0435\u0441\u044f\u0446\u0430, \u043a\u043e\u0433\u0434\u0430 \u0441\u0442\u0430\u043b\u0438 \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u043c\u0438",
   "lost": "\u0418\u0437 \u043a\u043b\u0438\u0435\u043d\u0442\u043e\u0432 \u043d\u0430 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0441\u0435\u0439\u0447\u0430\u0441",
   "amount": "\u0421\u0443\u043c\u043c\u0430 \u043a\u043b\u0438\u0435\u043d\u0442\u043e\u0432, \u043d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0430; NULL: \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u0430",
   "is_mature": "\u0412\u0441\u0435 \u043b\u0438 \u0441\u0442\u0430\u043b\u0438 \u043a\u043b\u0438\u0435\u043d\u0442\u0430\u043c\u0438 \u043d\u0435 \u043f\u043e\u0437\u0436\u0435 \u0447\u0435\u043c matures_after \u043d\u0430\u0437\u0430\u0434. \u041e\u0442\u0442\u043e\u043a \u0440\u0430\u0441\u0442\u0451\u0442 \u0441 \u0432\u043e\u0437\u0440\u0430\u0441\u0442\u043e\u043c: \u0441\u0440\u0430\u0432\u043d\u0438\u0432\u0430\u0439\u0442\u0435 \u043c\u0435\u0441\u044f\u0446\u044b \u043e\u0434\u043d\u043e\u0433\u043e \u0432\u043e\u0437\u0440\u0430\u0441\u0442\u0430"
  },
  "touches_to_close": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043a\u0430\u0441\u0430\u043d\u0438\u0439 \u0438 \u0434\u043d\u0435\u0439 \u043f\u043e\u043d\u0430\u0434\u043e\u0431\u0438\u043b\u043e\u0441\u044c \u0434\u043e \u0441\u0434\u0435\u043b\u043a\u0438. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a \u0438 \u043a\u0430\u043d\u0430\u043b",
   "won": "\u0412\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u044b\u0435 \u043b\u0438\u0434\u044b: \u0437\u043d\u0430\u043c\u0435\u043d\u0430\u0442\u0435\u043b\u044c"
  },
  "channel_performance": {
   "": "\u0427\u0442\u043e \u043f\u0440\u0438\u043d\u0451\u0441 \u043a\u0430\u0436\u0434\u044b\u0439 \u043a\u0430\u043d\u0430\u043b \u0438\u0437 \u043b\u0438\u0434\u043e\u0432 \u043c\u0435\u0441\u044f\u0446\u0430, \u043a\u0430\u043a \u0431\u044b\u0441\u0442\u0440\u043e \u0438 \u043f\u043e \u043a\u0430\u043a\u043e\u0439 \u0446\u0435\u043d\u0435. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u043a\u0430\u043d\u0430\u043b. \u0427\u0438\u0441\u043b\u0430 \u0438 \u0434\u0435\u043d\u044c\u0433\u0438 \u0441\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u044e\u0442\u0441\u044f \u043f\u043e \u0441\u0442\u0440\u043e\u043a\u0430\u043c; \u0434\u043e\u043b\u0438, \u0446\u0435\u043d\u044b \u0438 \u043c\u0435\u0434\u0438\u0430\u043d\u044b \u2014 \u043d\u0435\u0442",
   "channel": "\u041a\u0430\u043d\u0430\u043b; NULL: \u043b\u0438\u0434\u044b, \u043e \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u043e\u043d \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u0435\u043d"
  },
  "target_share": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043c\u0435\u0441\u044f\u0446\u0430 \u2014 \u0446\u0435\u043b\u0435\u0432\u044b\u0435, \u043a\u0430\u043a \u0434\u043e\u0433\u043e\u0432\u043e\u0440\u0438\u043b\u0438\u0441\u044c \u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433 \u0438 \u043f\u0440\u043e\u0434\u0430\u0436\u0438. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u043a\u0430\u043d\u0430\u043b",
   "target": "\u0426\u0435\u043b\u0435\u0432\u044b\u0435 \u043b\u0438\u0434\u044b"
  },
  "duplicate_share": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043c\u0435\u0441\u044f\u0446\u0430 \u043f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0442 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0435. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u043a\u0430\u043d\u0430\u043b"
  },
  "spam_share": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043c\u0435\u0441\u044f\u0446\u0430 \u043e\u0442\u0441\u0435\u044f\u043d\u043e \u0434\u043e \u043f\u0440\u043e\u0434\u0430\u0436, \u0438 \u043a\u0442\u043e \u043e\u043d\u0438. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u043a\u0430\u043d\u0430\u043b"
  },
  "lead_quality": {
   "": "\u041f\u043e\u043a\u0443\u043f\u0430\u0435\u0442 \u043b\u0438 \u043e\u0446\u0435\u043d\u043a\u0430 A \u043a\u0430\u043a A: \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043e \u0438\u0437 \u0434\u043e\u0448\u0435\u0434\u0448\u0438\u0445 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438, \u043f\u043e \u043a\u0430\u043d\u0430\u043b\u0443 \u0438 \u043e\u0446\u0435\u043d\u043a\u0435 \u043f\u0435\u0440\u0432\u043e\u0433\u043e \u0431\u0430\u043b\u043b\u0430, \u0438 \u0441\u0431\u044b\u043b\u043e\u0441\u044c \u043b\u0438 \u043f\u0440\u0435\u0434\u0441\u043a\u0430\u0437\u0430\u043d\u0438\u0435. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u0441\u0442\u0430\u0434\u0438\u044f, \u043a\u0430\u043d\u0430\u043b \u0438 \u043e\u0446\u0435\u043d\u043a\u0430",
   "leads": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435",
   "won": "\u0418\u0437 \u0434\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u0434\u0430\u0432\u043d\u0438\u0445 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u044b",
   "won_rate": "won / mature_leads, \u043e\u0442 0 \u0434\u043e 1",
   "grade": "\u041e\u0446\u0435\u043d\u043a\u0430 \u043f\u043e \u043f\u0435\u0440\u0432\u043e\u043c\u0443 \u0431\u0430\u043b\u043b\u0443: \u0447\u0442\u043e \u0431\u044b\u043b\u043e \u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e, \u043a\u043e\u0433\u0434\u0430 \u043b\u0438\u0434 \u043f\u0440\u0438\u0448\u0451\u043b"
  },
  "owner_workload": {
   "": "\u0427\u0442\u043e \u0443 \u043a\u043e\u0433\u043e \u043d\u0430 \u0441\u0442\u043e\u043b\u0435 \u0438 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u044d\u0442\u043e \u0440\u0430\u0431\u043e\u0442\u044b. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440 \u0438 \u0441\u0442\u0430\u0434\u0438\u044f. \u0421\u0443\u043c\u043c\u0430 \u043f\u043e worked_by \u2014 \u043d\u0430\u0433\u0440\u0443\u0437\u043a\u0430 \u043f\u0435\u0440\u0432\u043e\u0433\u043e \u043a\u043e\u043d\u0442\u0430\u043a\u0442\u0430 \u0438 \u0442\u0435\u0445, \u043a\u0442\u043e \u0437\u0430\u043a\u0440\u044b\u0432\u0430\u0435\u0442"
  },
  "department_contract": {
   "": "\u0427\u0442\u043e \u043c\u0430\u0440\u043a\u0435\u0442\u0438\u043d\u0433 \u0438 \u043f\u0440\u043e\u0434\u0430\u0436\u0438 \u043e\u0431\u0435\u0449\u0430\u043b\u0438 \u0434\u0440\u0443\u0433 \u0434\u0440\u0443\u0433\u0443 \u043d\u0430 \u043c\u0435\u0441\u044f\u0446, \u0447\u0442\u043e \u0432\u044b\u0448\u043b\u043e \u0438 \u0447\u0442\u043e \u0432\u044b\u0439\u0434\u0435\u0442. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u043d\u043e\u0440\u043c\u0430 \u0438\u0437 leadscore.plan",
   "month": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u043c\u0435\u0441\u044f\u0446\u0430",
   "channel": "\u041a\u0430\u043d\u0430\u043b; NULL: \u0432\u0441\u0435 \u0432\u043c\u0435\u0441\u0442\u0435"
  },
  "target_contract": {
   "": "\u0427\u0442\u043e \u0442\u0430\u043a\u043e\u0435 \u0446\u0435\u043b\u0435\u0432\u043e\u0439 \u043b\u0438\u0434, \u043f\u043e \u043c\u043e\u0434\u0435\u043b\u044f\u043c, \u0438 \u0441\u043e\u0433\u043b\u0430\u0441\u043d\u044b \u043b\u0438 \u043e\u0442\u0434\u0435\u043b\u044b. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u043c\u043e\u0434\u0435\u043b\u044c",
   "model": "\u041c\u043e\u0434\u0435\u043b\u044c",
   "criteria": "\u041a\u0440\u0438\u0442\u0435\u0440\u0438\u0438 \u0441\u0435\u0439\u0447\u0430\u0441",
   "departments": "\u041f\u043e\u0441\u043b\u0435\u0434\u043d\u044f\u044f \u043f\u043e\u0434\u043f\u0438\u0441\u044c \u043a\u0430\u0436\u0434\u043e\u0433\u043e \u043e\u0442\u0434\u0435\u043b\u0430; NULL: \u043d\u0438\u043a\u0442\u043e \u043d\u0435 \u043f\u043e\u0434\u043f\u0438\u0441\u0430\u043b",
   "last_signed_at": "\u041a\u043e\u0433\u0434\u0430 \u0434\u0430\u043d\u0430 \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u044f\u044f \u0438\u0437 \u043d\u0438\u0445",
   "signed_so": "\u041e\u0442\u0434\u0435\u043b\u044b, \u043f\u043e\u0434\u043f\u0438\u0441\u0430\u0432\u0448\u0438\u0435 \u043d\u044b\u043d\u0435\u0448\u043d\u0438\u0435 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438",
   "signed": "\u041e\u0442\u0434\u0435\u043b\u044b, \u043f\u043e\u0434\u043f\u0438\u0441\u0430\u0432\u0448\u0438\u0435 \u0432\u043e\u043e\u0431\u0449\u0435",
   "is_agreed": "\u041f\u043e\u0434\u043f\u0438\u0441\u0430\u043b\u0438 \u043b\u0438 \u0445\u043e\u0442\u044f \u0431\u044b \u0434\u0432\u0430 \u043e\u0442\u0434\u0435\u043b\u0430, \u0438 \u0432\u0441\u0435 \u2014 \u043d\u044b\u043d\u0435\u0448\u043d\u0438\u0435 \u043a\u0440\u0438\u0442\u0435\u0440\u0438\u0438"
  },
  "funnel": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043a\u0430\u043a \u0434\u0430\u043b\u0435\u043a\u043e \u0434\u043e\u0448\u043b\u043e. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u0434\u0435\u043d\u044c, \u043a\u0430\u043d\u0430\u043b, \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440 \u0438 \u0441\u0442\u0430\u0434\u0438\u044f. \u0427\u0438\u0441\u043b\u0430 \u043e\u0434\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0441\u043a\u043b\u0430\u0434\u044b\u0432\u0430\u044e\u0442\u0441\u044f \u043f\u043e \u0441\u0442\u0440\u043e\u043a\u0430\u043c"
  },
  "funnel_by_channel": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043a\u0430\u043a \u0434\u0430\u043b\u0435\u043a\u043e \u0434\u043e\u0448\u043b\u043e, \u043f\u043e \u043a\u0430\u043d\u0430\u043b\u0430\u043c. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043a\u0430\u043d\u0430\u043b \u0438 \u0441\u0442\u0430\u0434\u0438\u044f"
  },
  "funnel_by_owner": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043a\u0430\u043a \u0434\u0430\u043b\u0435\u043a\u043e \u0434\u043e\u0448\u043b\u043e, \u043f\u043e \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u0430\u043c. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440 \u0438 \u0441\u0442\u0430\u0434\u0438\u044f"
  },
  "funnel_by_cohort": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043a\u0430\u043a \u0434\u0430\u043b\u0435\u043a\u043e \u0434\u043e\u0448\u043b\u043e, \u043f\u043e \u043c\u0435\u0441\u044f\u0446\u0430\u043c \u043f\u0440\u0438\u0445\u043e\u0434\u0430. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u043c\u0435\u0441\u044f\u0446 \u0438 \u0441\u0442\u0430\u0434\u0438\u044f"
  },
  "funnel_wide": {
   "": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043a\u0430\u043a \u0434\u0430\u043b\u0435\u043a\u043e \u0434\u043e\u0448\u043b\u043e, \u0441\u0442\u043e\u043b\u0431\u0435\u0446 \u2014 \u0441\u0442\u0443\u043f\u0435\u043d\u044c. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a, \u0434\u0435\u043d\u044c, \u043a\u0430\u043d\u0430\u043b \u0438 \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440",
   "n_leads": "\u0412\u0441\u0435 \u043b\u0438\u0434\u044b",
   "n_unique_leads": "\u041d\u0435 \u043f\u043e\u0432\u0442\u043e\u0440\u044f\u044e\u0442 \u0431\u043e\u043b\u0435\u0435 \u0440\u0430\u043d\u043d\u0438\u0439",
   "n_mql": "\u0414\u043e\u0448\u043b\u0438 \u0434\u043e \u0441\u0442\u0430\u0434\u0438\u0438 mql \u0438\u043b\u0438 \u0434\u0430\u043b\u044c\u0448\u0435, \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b \u0438\u043b\u0438 \u043d\u0435\u0442; NULL: \u0442\u0430\u043a\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u043d\u0435\u0442",
   "n_sal": "\u0422\u043e \u0436\u0435 \u043e \u0441\u0442\u0430\u0434\u0438\u0438 sal",
   "n_sql": "\u0422\u043e \u0436\u0435 \u043e \u0441\u0442\u0430\u0434\u0438\u0438 sql",
   "n_opportunity": "\u0422\u043e \u0436\u0435 \u043e \u0441\u0442\u0430\u0434\u0438\u0438 opportunity",
   "n_won": "\u0412\u044b\u0438\u0433\u0440\u0430\u043d\u044b: \u0431\u044b\u043b\u0438 \u043d\u0430 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0438 \u043d\u0435 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b",
   "n_lost": "\u041d\u0430 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u043d\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438",
   "n_open": "\u041d\u0438 \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u044b, \u043d\u0438 \u043f\u043e\u0442\u0435\u0440\u044f\u043d\u044b, \u0441 \u043e\u0442\u043b\u043e\u0436\u0435\u043d\u043d\u044b\u043c\u0438",
   "n_hold": "\u0418\u0437 n_open \u043e\u0442\u043b\u043e\u0436\u0435\u043d\u044b",
   "mql_rate": "n_mql / n_leads, \u043e\u0442 0 \u0434\u043e 1",
   "sal_rate": "n_sal / n_leads, \u043e\u0442 0 \u0434\u043e 1",
   "sql_rate": "n_sql / n_leads, \u043e\u0442 0 \u0434\u043e 1",
   "opportunity_rate": "n_opportunity / n_leads, \u043e\u0442 0 \u0434\u043e 1",
   "won_rate": "n_won / n_leads, \u043e\u0442 0 \u0434\u043e 1",
   "win_rate": "n_won / (n_won + n_lost): \u0438\u0437 \u043b\u0438\u0434\u043e\u0432 \u0441 \u0438\u0441\u0445\u043e\u0434\u043e\u043c; NULL \u0431\u0435\u0437 \u043d\u0438\u0445",
   "mql_to_sal_rate": "\u041a\u0430\u043a\u0430\u044f \u0434\u043e\u043b\u044f n_mql \u0434\u043e\u0448\u043b\u0430 \u0434\u043e sal; NULL \u0431\u0435\u0437 \u0442\u0430\u043a\u0438\u0445 \u043b\u0438\u0434\u043e\u0432",
   "sal_to_sql_rate": "\u0422\u043e \u0436\u0435 \u043e sal \u0438 sql",
   "sql_to_opportunity_rate": "\u0422\u043e \u0436\u0435 \u043e sql \u0438 opportunity",
   "opportunity_to_won_rate": "\u041a\u0430\u043a\u0430\u044f \u0434\u043e\u043b\u044f n_opportunity \u0432\u044b\u0438\u0433\u0440\u0430\u043d\u0430; NULL \u0431\u0435\u0437 \u0442\u0430\u043a\u0438\u0445 \u043b\u0438\u0434\u043e\u0432"
  },
  "stage_velocity": {
   "": "\u041a\u0430\u043a \u0431\u044b\u0441\u0442\u0440\u043e \u043b\u0438\u0434\u044b \u043f\u0440\u043e\u0445\u043e\u0434\u044f\u0442 \u0441\u0442\u0430\u0434\u0438\u0438. \u0421\u0442\u0440\u043e\u043a\u0430 \u2014 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a \u0438 \u0441\u0442\u0430\u0434\u0438\u044f",
   "leads": "\u0411\u044b\u043b\u0438 \u043d\u0430 \u0441\u0442\u0430\u0434\u0438\u0438",
   "entries": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0440\u0430\u0437 \u043f\u0440\u0438\u0445\u043e\u0434\u0438\u043b\u0438 \u043d\u0430 \u043d\u0435\u0451, \u0441 \u0432\u043e\u0437\u0432\u0440\u0430\u0449\u0435\u043d\u0438\u044f\u043c\u0438",
   "returned": "\u041f\u0440\u0438\u0445\u043e\u0434\u0438\u043b\u0438 \u043d\u0435 \u043e\u0434\u0438\u043d \u0440\u0430\u0437",
   "timed_visits": "\u041f\u043e\u0441\u0435\u0449\u0435\u043d\u0438\u044f, \u0443 \u043a\u043e\u0442\u043e\u0440\u044b\u0445 \u0435\u0441\u0442\u044c \u0434\u043b\u0438\u043d\u0430",
   "open_visits": "\u0418\u0437 \u043d\u0438\u0445 \u0435\u0449\u0451 \u0434\u043b\u044f\u0442\u0441\u044f",
   "median_days": "\u0417\u0430 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u043a\u043e\u043d\u0447\u0430\u0435\u0442\u0441\u044f \u043f\u043e\u043b\u043e\u0432\u0438\u043d\u0430 \u043f\u043e\u0441\u0435\u0449\u0435\u043d\u0438\u0439, \u043f\u043e \u041a\u0430\u043f\u043b\u0430\u043d\u0443 \u0438 \u041c\u0435\u0439\u0435\u0440\u0443; NULL: \u0435\u0449\u0451 \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e",
   "p75_days": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0442\u0440\u0451\u0445 \u0447\u0435\u0442\u0432\u0435\u0440\u0442\u0435\u0439",
   "p90_days": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0434\u0435\u0432\u044f\u0442\u0438 \u0434\u0435\u0441\u044f\u0442\u044b\u0445",
   "mean_closed_days": "\u0421\u0440\u0435\u0434\u043d\u044f\u044f \u0434\u043b\u0438\u043d\u0430 \u0437\u0430\u043a\u043e\u043d\u0447\u0438\u0432\u0448\u0438\u0445\u0441\u044f",
   "expected_days_left": "\u0421\u043a\u043e\u043b\u044c\u043a\u043e \u0434\u043d\u0435\u0439 \u043b\u0438\u0434\u0443 \u044d\u0442\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0435\u0449\u0451 \u043f\u0440\u0435\u0434\u0441\u0442\u043e\u0438\u0442 \u0432 \u0441\u0440\u0435\u0434\u043d\u0435\u043c; NULL: \u043d\u0435\u0438\u0437\u0432\u0435\u0441\u0442\u043d\u043e",
   "won_probability": "\u0412\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c, \u0447\u0442\u043e \u043b\u0438\u0434 \u044d\u0442\u043e\u0439 \u0441\u0442\u0430\u0434\u0438\u0438 \u0431\u0443\u0434\u0435\u0442 \u0432\u044b\u0438\u0433\u0440\u0430\u043d",
   "lost_probability": "\u0412\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c, \u0447\u0442\u043e \u043e\u043d \u0431\u0443\u0434\u0435\u0442 \u043f\u043e\u0442\u0435\u0440\u044f\u043d"
  },
  "stage_alerts": {
   "stage_no": "\u041d\u043e\u043c\u0435\u0440 \u0441\u0442\u0443\u043f\u0435\u043d\u0438, \u043d\u0430 \u043a\u043e\u0442\u043e\u0440\u0443\u044e \u043f\u0435\u0440\u0435\u0445\u043e\u0434\u044f\u0442, \u0434\u043b\u044f \u0441\u043e\u0440\u0442\u0438\u0440\u043e\u0432\u043a\u0438",
   "stage": "\u0418\u043c\u044f \u044d\u0442\u043e\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438",
   "stage_label": "\u0415\u0451 \u043d\u043e\u043c\u0435\u0440 \u0438 \u043d\u0430\u0437\u0432\u0430\u043d\u0438\u0435",
   "prev_stage": "\u0421\u0442\u0443\u043f\u0435\u043d\u044c, \u0441 \u043a\u043e\u0442\u043e\u0440\u043e\u0439 \u043f\u0435\u0440\u0435\u0445\u043e\u0434\u044f\u0442",
   "dimension": "\u0427\u044c\u0438 \u043b\u0438\u0434\u044b: all \u2014 \u0432\u0441\u0435, channel \u2014 \u043a\u0430\u043d\u0430\u043b\u0430, owner \u2014 \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u0430",
   "segment": "\u041a\u0430\u043d\u0430\u043b \u0438\u043b\u0438 \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440; NULL: \u043b\u0438\u0434\u044b \u0431\u0435\u0437 \u043d\u0435\u0433\u043e \u0438\u043b\u0438 \u0432\u0441\u0435",
   "baseline_from": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u0431\u0430\u0437\u043e\u0432\u043e\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430",
   "baseline_until": "\u041f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u0434\u0435\u043d\u044c \u0431\u0430\u0437\u043e\u0432\u043e\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430",
   "current_from": "\u041f\u0435\u0440\u0432\u044b\u0439 \u0434\u0435\u043d\u044c \u043d\u044b\u043d\u0435\u0448\u043d\u0435\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430",
   "current_until": "\u041f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u0434\u0435\u043d\u044c \u043d\u044b\u043d\u0435\u0448\u043d\u0435\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430: \u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0438\u0439 \u0434\u043e\u0441\u0442\u0430\u0442\u043e\u0447\u043d\u043e \u0434\u0430\u0432\u043d\u0438\u0439",
   "baseline_entered": "\u041b\u0438\u0434\u044b \u0431\u0430\u0437\u043e\u0432\u043e\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430, \u0434\u043e\u0448\u0435\u0434\u0448\u0438\u0435 \u0434\u043e \u043f\u0440\u0435\u0434\u044b\u0434\u0443\u0449\u0435\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438 \u0437\u0430 matures_after, \u0431\u0435\u0437 \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u044b\u0445",
   "baseline_converted": "\u0418\u0437 \u043d\u0438\u0445 \u0434\u043e\u0448\u043b\u0438 \u0434\u043e \u044d\u0442\u043e\u0439 \u0437\u0430 \u0442\u043e \u0436\u0435 \u0432\u0440\u0435\u043c\u044f",
   "baseline_rate": "baseline_converted / baseline_entered; NULL \u0431\u0435\u0437 \u0442\u0430\u043a\u0438\u0445 \u043b\u0438\u0434\u043e\u0432",
   "current_entered": "\u041b\u0438\u0434\u044b \u043d\u044b\u043d\u0435\u0448\u043d\u0435\u0433\u043e \u043f\u0435\u0440\u0438\u043e\u0434\u0430, \u0434\u043e\u0448\u0435\u0434\u0448\u0438\u0435 \u0434\u043e \u043f\u0440\u0435\u0434\u044b\u0434\u0443\u0449\u0435\u0439 \u0441\u0442\u0443\u043f\u0435\u043d\u0438 \u0437\u0430 matures_after, \u0431\u0435\u0437 \u043f\u043e\u0432\u0442\u043e\u0440\u043d\u044b\u0445",
   "current_converted": "\u0418\u0437 \u043d\u0438\u0445 \u0434\u043e\u0448\u043b\u0438 \u0434\u043e \u044d\u0442\u043e\u0439 \u0437\u0430 \u0442\u043e \u0436\u0435 \u0432\u0440\u0435\u043c\u044f",
   "current_rate": "current_converted / current_entered; NULL \u0431\u0435\u0437 \u0442\u0430\u043a\u0438\u0445 \u043b\u0438\u0434\u043e\u0432",
   "difference": "\u041d\u0430 \u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u0430\u0441\u044c \u0434\u043e\u043b\u044f: current_rate \u2212 baseline_rate = mix_change + rate_change",
   "p_value": "\u041d\u0430\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0432\u0435\u0440\u043e\u044f\u0442\u043d\u0430 \u0441\u0442\u043e\u043b\u044c \u043d\u0438\u0437\u043a\u0430\u044f \u043d\u044b\u043d\u0435\u0448\u043d\u044f\u044f \u0434\u043e\u043b\u044f, \u0435\u0441\u043b\u0438 \u043d\u0438\u0447\u0435\u0433\u043e \u043d\u0435 \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u043e\u0441\u044c",
   "q_value": "\u0422\u043e \u0436\u0435 \u0441 \u043f\u043e\u043f\u0440\u0430\u0432\u043a\u043e\u0439 \u043d\u0430 \u0432\u0441\u0435 \u043a\u043b\u0435\u0442\u043a\u0438 \u0438\u0441\u0442\u043e\u0447\u043d\u0438\u043a\u0430 (\u0411\u0435\u043d\u0434\u0436\u0430\u043c\u0438\u043d\u0438 \u0438 \u0425\u043e\u0445\u0431\u0435\u0440\u0433)",
   "rise_q_value": "\u0422\u043e \u0436\u0435 \u0434\u043b\u044f \u0441\u0442\u043e\u043b\u044c \u0432\u044b\u0441\u043e\u043a\u043e\u0439 \u0434\u043e\u043b\u0438",
   "min_detectable_drop": "\u041d\u0430\u0438\u043c\u0435\u043d\u044c\u0448\u0435\u0435 \u043f\u0430\u0434\u0435\u043d\u0438\u0435, \u043a\u043e\u0442\u043e\u0440\u043e\u0435 \u0441\u0442\u043e\u043b\u044c\u043a\u043e \u043b\u0438\u0434\u043e\u0432 \u043f\u043e\u043a\u0430\u0437\u0430\u043b\u0438 \u0431\u044b \u0441 \u0432\u0435\u0440\u043e\u044f\u0442\u043d\u043e\u0441\u0442\u044c\u044e 0,8",
   "cause_channel": "\u0415\u0441\u043b\u0438 \u043f\u0440\u0438\u0447\u0438\u043d\u0430 mix \u0438\u043b\u0438 both: \u043a\u0430\u043d\u0430\u043b, \u043a\u043e\u0442\u043e\u0440\u044b\u0439 \u0434\u0430\u0451\u0442 \u0431\u043e\u043b\u044c\u0448\u0435 \u0432\u0441\u0435\u0433\u043e; NULL: \u043b\u0438\u0434\u044b \u0431\u0435\u0437 \u043a\u0430\u043d\u0430\u043b\u0430",
   "cause_owner": "\u0415\u0441\u043b\u0438 \u043f\u0440\u0438\u0447\u0438\u043d\u0430 rate \u0438\u043b\u0438 both: \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440, \u0447\u044c\u0451 \u0438\u0437\u043c\u0435\u043d\u0435\u043d\u0438\u0435 \u0434\u0430\u0451\u0442 \u0431\u043e\u043b\u044c\u0448\u0435 \u0432\u0441\u0435\u0433\u043e; NULL: \u0432\u0441\u0435 \u043e\u0434\u0438\u043d\u0430\u043a\u043e\u0432\u043e \u0438\u043b\u0438 \u043b\u0438\u0434\u044b \u0431\u0435\u0437 \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u0430",
   "mix_change": "\u0427\u0442\u043e \u0432 difference \u043e\u0442 \u0434\u0440\u0443\u0433\u0438\u0445 \u0434\u043e\u043b\u0435\u0439 \u043a\u0430\u043d\u0430\u043b\u043e\u0432",
   "rate_change": "\u041e\u0441\u0442\u0430\u043b\u044c\u043d\u043e\u0435 \u0432 difference",
   "cmh_p_value": "\u0418\u0437\u043c\u0435\u043d\u0438\u043b\u0430\u0441\u044c \u043b\u0438 \u0434\u043e\u043b\u044f \u0432\u043d\u0443\u0442\u0440\u0438 \u043a\u0430\u043d\u0430\u043b\u043e\u0432 \u0438\u043b\u0438 \u043c\u0435\u043d\u0435\u0434\u0436\u0435\u0440\u043e\u0432 (\u041a\u043e\u043a\u0440\u0430\u043d, \u041c\u0430\u043d\u0442\u0435\u043b\u044c \u0438 \u0425\u0435\u043d\u0437\u0435\u043b\u044c)",
   "": "\u0413\u0434\u0435 \u043a\u043e\u043d\u0432\u0435\u0440\u0441\u0438\u044f \u0438\u0437\u043c\u0435\u043d\u0438\u043b\u0430\u0441\u044c \u0441\u0438\u043b\u044c\u043d\u0435\u0435 \u0441\u043b\u0443\u0447\u0430\u0439\u043d\u043e\u0433\u043e \u0438 \u043a\u0442\u043e \u0442\u043e\u043c\u0443 \u043f\u0440\u0438\u0447\u0438\u043d\u043e\u0439: \u0440\u0435\u043a\u043b\u0430\u043c\u0430 \u0438\u043b\u0438 \u043f\u0440\u043e\u0434\u0430\u0436\u0438",
   "difference_lower": "\u041d\u0438\u0436\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 95-\u043f\u0440\u043e\u0446\u0435\u043d\u0442\u043d\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430 \u041d\u044c\u044e\u043a\u043e\u043c\u0430",
   "difference_upper": "\u0412\u0435\u0440\u0445\u043d\u044f\u044f \u0433\u0440\u0430\u043d\u0438\u0446\u0430 \u044d\u0442\u043e\u0433\u043e \u0438\u043d\u0442\u0435\u0440\u0432\u0430\u043b\u0430",
   "verdict": "drop \u2014 \u0443\u043f\u0430\u043b\u0430, rise \u2014 \u0432\u044b\u0440\u043e\u0441\u043b\u0430, same \u2014 \u043a\u0430\u043a \u0431\u044b\u043b\u0430, too_little_data \u2014 \u043c\u0430\u043b\u043e \u0434\u0430\u043d\u043d\u044b\u0445",
   "cause": "mix \u2014 \u0440\u0435\u043a\u043b\u0430\u043c\u0430: \u043f\u0440\u0438\u0448\u043b\u0438 \u0434\u0440\u0443\u0433\u0438\u0435 \u043b\u0438\u0434\u044b; rate \u2014 \u043f\u0440\u043e\u0434\u0430\u0436\u0438: \u0442\u0435 \u0436\u0435 \u043b\u0438\u0434\u044b \u043f\u043e\u043a\u0443\u043f\u0430\u044e\u0442 \u0438\u043d\u0430\u0447\u0435; both \u2014 \u0438 \u0442\u043e \u0438 \u0434\u0440\u0443\u0433\u043e\u0435"
  }
 }
}
$json$::jsonb
$function$;
COMMENT ON FUNCTION leadscore.russian_comments() IS
'Internal: what views and their columns are in Russian: "columns" by name of the column, "views" by view, where the key "" is the view itself and others are columns that mean something else there';

-- What the script has said in English, to go back to.
DO $do$
DECLARE
  said jsonb;
BEGIN
  SELECT pg_catalog.jsonb_object_agg(v.relname, v.comments) INTO said
  FROM (
    SELECT c.relname, pg_catalog.jsonb_object_agg(coalesce(a.attname, ''), d.description) AS comments
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_description AS d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v'
    GROUP BY c.relname) AS v;
  EXECUTE pg_catalog.format('CREATE FUNCTION leadscore.english_comments() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS %L',
    pg_catalog.format('SELECT %L::jsonb', said));
END
$do$;
COMMENT ON FUNCTION leadscore.english_comments() IS
'Internal: what views and their columns are in English: by view, where the key "" is the view itself';

CREATE FUNCTION leadscore.translated_comment(view_name text, column_name text, language text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(CASE WHEN language = 'ru' THEN coalesce(t.ru #>> ARRAY['views', view_name, column_name], CASE WHEN column_name <> '' AND t.ru -> 'views' ? view_name
      THEN coalesce(t.ru #>> ARRAY['columns', column_name], CASE WHEN column_name LIKE '%\_lower' THEN t.ru ->> 'lower' WHEN column_name LIKE '%\_upper' THEN t.ru ->> 'upper' END) END) END,
    t.en #>> ARRAY[view_name, column_name])
  FROM (SELECT leadscore.russian_comments() AS ru, leadscore.english_comments() AS en) AS t
$$;
COMMENT ON FUNCTION leadscore.translated_comment(text, text, text) IS
'Internal: the comment of a view (column_name is empty) or of one of its columns in a language; in English where there is no other';

CREATE FUNCTION leadscore.set_comments_language(language text) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  commented record;
  written bigint := 0;
BEGIN
  IF language <> ALL (ARRAY['en', 'ru']) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('there are no comments in the language "%s"', language),
      HINT = 'There are en and ru.';
  END IF;
  FOR commented IN
    SELECT c.relname AS view_name, coalesce(a.attname, '') AS column_name, d.description,
      leadscore.translated_comment(c.relname, coalesce(a.attname, ''), language) AS translated
    FROM pg_class AS c
    JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v'
  LOOP
    CONTINUE WHEN commented.translated IS NULL OR commented.translated = commented.description;
    IF commented.column_name = '' THEN
      EXECUTE format('COMMENT ON VIEW leadscore.%I IS %L', commented.view_name, commented.translated);
    ELSE
      EXECUTE format('COMMENT ON COLUMN leadscore.%I.%I IS %L', commented.view_name, commented.column_name, commented.translated);
    END IF;
    written := written + 1;
  END LOOP;
  RETURN written;
END
$$;
COMMENT ON FUNCTION leadscore.set_comments_language(text) IS
'Writes the comments of the views and their columns in a language, ru or en, for tools that show them; how many have changed. A dump does not carry comments of an extension''s objects, so call it again after a restore. Only the extension''s owner can: 42501. Raises 22023 for another language. NULL for NULL.';
REVOKE EXECUTE ON FUNCTION leadscore.set_comments_language(text) FROM PUBLIC;
