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
    ('email', '["email", "e_mail", "e-mail", "mail", "email_address", "work_email", "почта", "электронная_почта"]'::json, 'text'),
    ('phone', '["phone", "phone_number", "telephone", "tel", "mobile", "mobile_phone", "телефон"]', 'text'),
    ('name', '["name", "full_name", "fullname", "contact_name", "contact", "lead_name", "fio", "фио", "имя"]', 'text'),
    ('company', '["company", "company_name", "organization", "organisation", "org", "account", "account_name", "компания", "организация"]', 'text'),
    ('channel', '["channel", "lead_source", "utm_source", "traffic_source", "source", "origin", "канал", "источник"]', 'text'),
    ('owner', '["owner", "owner_name", "manager", "manager_name", "responsible", "responsible_user", "assigned_to", "sales_rep", "owner_id", "manager_id", "responsible_user_id", "менеджер", "ответственный"]', 'text'),
    ('stage', '["stage", "status", "lead_status", "deal_stage", "pipeline_stage", "lifecycle_stage", "stage_name", "status_id", "этап", "статус", "стадия"]', 'text'),
    ('amount', '["amount", "deal_amount", "price", "revenue", "opportunity_amount", "budget", "deal_value", "value", "сумма", "бюджет", "цена"]', 'number'),
    ('created_at', '["created_at", "created", "created_on", "create_date", "date_create", "created_date", "creation_date", "createdate", "date_created", "added_at", "дата_создания", "создан"]', 'time'),
    ('closed_at', '["closed_at", "closed", "closed_on", "close_date", "closed_date", "closedate", "date_closed", "дата_закрытия", "закрыт"]', 'time'),
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
