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
