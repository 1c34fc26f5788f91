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
