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
