-- Models and frameworks are readable by everybody, and written by those whom grant_editor() names. Scoring needs neither.
GRANT USAGE ON SCHEMA leadscore TO PUBLIC;
GRANT SELECT ON leadscore.model, leadscore.dimension, leadscore.criterion, leadscore.band, leadscore.model_version,
  leadscore.email_provider, leadscore.framework, leadscore.framework_element, leadscore.framework_answer TO PUBLIC;

REVOKE EXECUTE ON FUNCTION
  leadscore.next_version(bigint),
  leadscore.set_version(),
  leadscore.touch_model(),
  leadscore.touch_models(text[]),
  leadscore.check_criterion(),
  leadscore.begin_edit(),
  leadscore.end_restore(),
  leadscore.import_model(jsonb, text, boolean),
  leadscore.save_model_version(text, text),
  leadscore.create_model(text, text, regclass, jsonb),
  leadscore.begin_load(),
  leadscore.end_load(),
  leadscore.import_framework(jsonb, text, boolean),
  leadscore.create_framework(text, boolean)
FROM PUBLIC;

CREATE FUNCTION leadscore.grant_reader(role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA leadscore TO %s', role);
  EXECUTE format('GRANT SELECT ON leadscore.model, leadscore.dimension, leadscore.criterion, leadscore.band, '
    'leadscore.model_version, leadscore.email_provider, leadscore.framework, leadscore.framework_element, '
    'leadscore.framework_answer TO %s', role);
END
$$;
COMMENT ON FUNCTION leadscore.grant_reader(regrole) IS
'Lets a role read the tables of models and frameworks, where that has been revoked from PUBLIC. Whoever scores sees the titles and points in explain() all the same. Only the extension''s owner can grant. Does nothing for NULL.';

CREATE FUNCTION leadscore.grant_editor(role regrole) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM leadscore.grant_reader(role);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON leadscore.model, leadscore.dimension, leadscore.criterion, '
    'leadscore.band, leadscore.model_version, leadscore.email_provider, leadscore.framework, '
    'leadscore.framework_element, leadscore.framework_answer TO %s', role);
  EXECUTE format('GRANT USAGE ON SEQUENCE leadscore.model_version_number TO %s', role);
  EXECUTE format('GRANT EXECUTE ON FUNCTION leadscore.next_version(bigint), leadscore.touch_models(text[]), '
    'leadscore.import_model(jsonb, text, boolean), leadscore.save_model_version(text, text), '
    'leadscore.create_model(text, text, regclass, jsonb), leadscore.import_framework(jsonb, text, boolean), '
    'leadscore.create_framework(text, boolean) TO %s', role);
END
$$;
COMMENT ON FUNCTION leadscore.grant_editor(regrole) IS
'Lets a role read, make and change models and frameworks, and enter answers. Only the extension''s owner can grant. Does nothing for NULL.';

REVOKE EXECUTE ON FUNCTION leadscore.grant_reader(regrole), leadscore.grant_editor(regrole) FROM PUBLIC;
