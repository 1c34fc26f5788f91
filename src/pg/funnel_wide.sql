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
