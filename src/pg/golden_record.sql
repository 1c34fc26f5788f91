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
