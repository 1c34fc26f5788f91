-- A plain CREATE: it fails where somebody has made a schema of this name, instead of adopting it.
CREATE SCHEMA leadscore;
COMMENT ON SCHEMA leadscore IS 'Lead qualification: models that score leads, explained to the last point';

CREATE FUNCTION leadscore.version() RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'leadscore_version';
COMMENT ON FUNCTION leadscore.version() IS
'The version of the loaded library. It differs from pg_extension.extversion until ALTER EXTENSION leadscore UPDATE is run.';
