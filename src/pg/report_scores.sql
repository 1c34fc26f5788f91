-- The sections of leadscore.report() about the model: how scores are spread, and whether they foretell what comes.

CREATE FUNCTION leadscore.report_score_plot(source text, since date, until date, lower double precision, upper double precision, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH bin AS (
    SELECT least(greatest(width_bucket(l.score::double precision, lower, upper, 20), 1), 20) AS bin, count(*) AS leads
    FROM leadscore.leads AS l WHERE l.source = report_score_plot.source AND l.cohort_day BETWEEN since AND until AND l.score IS NOT NULL GROUP BY 1
  ), scale AS (
    SELECT greatest(leadscore.report_axis_end(max(b.leads)), 4) AS maximum FROM bin AS b
  )
  SELECT leadscore.report_plot(texts ->> 'scores_plot',
    (SELECT string_agg(format('<rect class="bar" data-bin="%s" data-leads="%s" x="%s" y="%s" width="4.2%%" height="%s" rx="2"/>', b.bin, b.leads,
        leadscore.report_place((b.bin - 0.92) / 20), leadscore.report_place(1 - b.leads / s.maximum), leadscore.report_place(b.leads / s.maximum)), '' ORDER BY b.bin) FROM bin AS b),
    '', leadscore.report_number_ticks(lower, upper, texts), leadscore.report_number_ticks(0, s.maximum, texts), texts ->> 'scores_axis')
  FROM scale AS s
$$;
COMMENT ON FUNCTION leadscore.report_score_plot(text, date, date, double precision, double precision, jsonb) IS
'Internal: how many leads have a score in each twentieth of the scale of the model.';

CREATE FUNCTION leadscore.report_scores(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH judged AS (
    SELECT count(l.score) AS leads, count(*) - count(l.score) AS unjudged, percentile_disc(0.5) WITHIN GROUP (ORDER BY l.score) AS median
    FROM leadscore.leads AS l WHERE l.source = report_scores.source AND l.cohort_day BETWEEN since AND until
  ), grade AS MATERIALIZED (
    SELECT q.grade, sum(q.mature_leads)::bigint AS mature_leads, sum(q.won)::bigint AS won, leadscore.wilson(sum(q.won)::bigint, sum(q.mature_leads)::bigint) AS rate, row_number() OVER (ORDER BY b.from_score DESC NULLS LAST, q.grade COLLATE "C") AS place
    FROM leadscore.lead_quality AS q
    LEFT JOIN leadscore.source AS s ON s.source = q.source
    LEFT JOIN leadscore.band AS b ON b.model = s.model AND b.kind = 'grade' AND b.label = q.grade
    WHERE q.source = report_scores.source AND q.stage_no = (SELECT min(a.stage_no) FROM leadscore.lead_quality AS a WHERE a.source = report_scores.source)
    GROUP BY q.grade, b.from_score
  ), compared AS (
    SELECT (array_agg(g.grade ORDER BY g.place))[1] AS best, (array_agg((g.rate).estimate ORDER BY g.place))[1] AS best_rate,
      (array_agg(g.grade ORDER BY g.place DESC))[1] AS worst, (array_agg((g.rate).estimate ORDER BY g.place DESC))[1] AS worst_rate,
      count(*) AS grades, sum(g.mature_leads) / (SELECT sum(a.mature_leads) FROM grade AS a) AS share
    FROM grade AS g WHERE g.mature_leads >= 30 AND g.grade IS NOT NULL
  ), scale AS (
    SELECT coalesce(leadscore.report_axis_end(least(max(CASE WHEN g.mature_leads >= 30 THEN (g.rate).upper WHEN g.mature_leads >= 10 THEN (g.rate).estimate END), 1)), 1) AS maximum FROM grade AS g
  ), line AS (
    SELECT string_agg(format('<li data-grade="%s" data-mature="%s" data-won="%s"><div class="name">%s</div><div class="first value" data-label="%s">%s</div><div class="between">%s</div><div class="second value">%s</div></li>',
      g.place, g.mature_leads, g.won, leadscore.report_name(g.grade, 'unknown_grade', texts), texts ->> 'scores_mature', leadscore.report_count(g.mature_leads, texts),
      leadscore.report_interval((g.rate).estimate, (g.rate).lower, (g.rate).upper, s.maximum), leadscore.report_rate((g.rate).estimate, (g.rate).lower, (g.rate).upper, g.mature_leads, texts)), '' ORDER BY g.place) AS lines
    FROM grade AS g CROSS JOIN scale AS s WHERE g.place <= 12
  )
  SELECT leadscore.report_section('scores',
    CASE WHEN j.leads = 0 THEN texts ->> 'scores_none'
      ELSE format(texts ->> CASE WHEN c.grades = 1 AND c.share >= 0.9 THEN 'scores_one' WHEN c.grades < 2 THEN 'scores_short' WHEN c.best_rate > c.worst_rate THEN 'scores_say' ELSE 'scores_odd' END, leadscore.report_count(j.leads, texts), leadscore.report_count(j.median::numeric, texts),
        leadscore.report_name(c.best, 'unknown_grade', texts), leadscore.report_percent(c.best_rate, texts), leadscore.report_name(c.worst, 'unknown_grade', texts), leadscore.report_percent(c.worst_rate, texts)) END
      || CASE WHEN j.unjudged > 0 AND j.leads > 0 THEN ' ' || format(texts ->> 'scores_unjudged', leadscore.report_count(j.unjudged, texts)) ELSE '' END,
    CASE WHEN j.leads = 0 THEN '' ELSE format('<div class="charts">%s%s</div>', leadscore.report_score_plot(report_scores.source, since, until, m.lower::double precision, m.upper::double precision, texts),
      CASE WHEN l.lines IS NOT NULL THEN format('<ol class="rows narrow"><li class="head"><span>%s</span><span class="value">%s</span><span></span><span class="value">%s</span></li>%s</ol>',
        texts ->> 'scores_grade', texts ->> 'scores_mature', texts ->> 'scores_won', l.lines) END) END, texts)
  FROM judged AS j CROSS JOIN line AS l
  JOIN leadscore.source AS s ON s.source = report_scores.source JOIN leadscore.model AS m ON m.model = s.model
  CROSS JOIN compared AS c
$$;
COMMENT ON FUNCTION leadscore.report_scores(text, date, date, jsonb) IS
'Internal: how the scores of the leads that came from one day to another are spread, and how often each first grade is won, by leadscore.leads and lead_quality.';

CREATE FUNCTION leadscore.report_gains(gains leadscore.gain[], texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT leadscore.report_plot(texts ->> 'quality_gains',
    string_agg(format('<circle class="dot" cx="%s" cy="%s" r="4" data-gain="%s" data-capture="%s"/>', leadscore.report_place(g.share), leadscore.report_place(1 - g.capture), g.bucket, g.capture), '' ORDER BY g.bucket) FILTER (WHERE g.bucket > 0)
      || format('<text class="label" x="%s" y="%s" dx="10" dy="14">%s</text><text x="62%%" y="38%%" dx="8" dy="14">%s</text>', leadscore.report_place(min(g.share) FILTER (WHERE g.bucket > 2)), leadscore.report_place(1 - min(g.capture) FILTER (WHERE g.bucket > 2)), texts ->> 'quality_model', texts ->> 'quality_chance'),
    leadscore.report_curve('{0,1}', '{0,1}', 'straight') || leadscore.report_curve(array_agg(g.share ORDER BY g.bucket), array_agg(g.capture ORDER BY g.bucket), 'curve'),
    leadscore.report_percent_ticks(1, texts), leadscore.report_percent_ticks(1, texts), texts ->> 'quality_axis_leads')
  FROM (
    SELECT 0 AS bucket, 0::double precision AS share, 0::double precision AS capture
    UNION ALL
    SELECT u.bucket, u.cumulative_leads::double precision / max(u.cumulative_leads) OVER (), u.capture FROM unnest(gains) AS u) AS g
$$;
COMMENT ON FUNCTION leadscore.report_gains(leadscore.gain[], jsonb) IS
'Internal: the curve of what leadscore.gains() gave.';

CREATE FUNCTION leadscore.report_reliability(buckets leadscore.reliability_bucket[], texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT leadscore.report_plot(texts ->> 'quality_reliability',
    string_agg(format('<line class="whisker" x1="%1$s" x2="%1$s" y1="%2$s" y2="%3$s"/><circle class="dot" cx="%1$s" cy="%4$s" r="4.5" data-promised="%5$s" data-rate="%6$s"/>', leadscore.report_place(b.mean_p / s.maximum),
      leadscore.report_place(1 - b.rate_lower / s.maximum), leadscore.report_place(1 - b.rate_upper / s.maximum), leadscore.report_place(1 - b.rate / s.maximum), b.mean_p, b.rate), '' ORDER BY b.bucket)
      || format('<text x="90%%" y="10%%" dx="-8" dy="-2" text-anchor="end">%s</text>', texts ->> 'quality_true'),
    leadscore.report_curve('{0,1}', '{0,1}', 'straight'), leadscore.report_percent_ticks(s.maximum, texts), leadscore.report_percent_ticks(s.maximum, texts), texts ->> 'quality_axis_promise')
  FROM unnest(buckets) AS b
  -- A bucket of few leads does not stretch the axes.
  CROSS JOIN (SELECT least(leadscore.report_axis_end(max(greatest(u.mean_p, CASE WHEN u.leads >= 30 THEN u.rate_upper ELSE u.rate END))), 1) AS maximum FROM unnest(buckets) AS u WHERE u.leads > 0) AS s
  WHERE b.leads > 0
  GROUP BY s.maximum
$$;
COMMENT ON FUNCTION leadscore.report_reliability(leadscore.reliability_bucket[], jsonb) IS
'Internal: what leadscore.reliability() gave, each bucket with its interval beside the line on which promises are kept.';

CREATE FUNCTION leadscore.report_quality(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH ended AS MATERIALIZED (
    SELECT p.first_score::double precision AS score, p.outcome = 'won' AS is_won,
      CASE WHEN m.scale IN ('logistic', 'calibrated') THEN ((p.first_score - m.lower) / (m.upper - m.lower))::double precision END AS promised,
      p.first_scored_at >= p.stage_since AS is_hindsight
    FROM leadscore.lead_position AS p JOIN leadscore.model AS m ON m.model = p.model
    WHERE p.source = report_quality.source AND p.cohort_month BETWEEN since AND until AND p.outcome IN ('won', 'lost') AND p.first_score IS NOT NULL
  ), counted AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE e.is_won) AS won, count(*) FILTER (WHERE NOT e.is_won) AS lost, count(*) FILTER (WHERE e.is_hindsight) AS hindsight FROM ended AS e
  ), model AS (
    SELECT c.won, c.lost, leadscore.gains(e.score, e.is_won) AS gains, leadscore.auc_interval(e.score, e.is_won) AS auc,
      leadscore.reliability(e.promised, e.is_won) FILTER (WHERE e.promised IS NOT NULL) AS reliability, avg(e.promised) AS promised,
      leadscore.wilson(count(*) FILTER (WHERE e.is_won AND e.promised IS NOT NULL), count(e.promised)) AS came
    FROM ended AS e CROSS JOIN counted AS c WHERE c.won >= 10 AND c.lost >= 10 GROUP BY c.won, c.lost
  ), best AS (
    SELECT g.cumulative_leads::double precision / (m.won + m.lost) AS share, g.capture FROM model AS m, unnest(m.gains) AS g WHERE g.cumulative_leads >= 0.2 * (m.won + m.lost) ORDER BY g.bucket LIMIT 1
  )
  SELECT leadscore.report_section('quality',
    CASE WHEN m.won IS NULL THEN format(texts ->> 'quality_few', leadscore.report_count(c.won, texts), leadscore.report_count(c.lost, texts))
      ELSE format(texts ->> CASE WHEN (m.auc).lower >= 0.6 THEN 'quality_good' ELSE 'quality_weak' END, leadscore.report_percent(b.share, texts), leadscore.report_percent(b.capture, texts), leadscore.report_number((m.auc).estimate::numeric, 2, texts),
        format(texts ->> 'range', leadscore.report_number((m.auc).lower::numeric, 2, texts), leadscore.report_number((m.auc).upper::numeric, 2, texts)))
        || ' ' || CASE WHEN m.promised IS NULL THEN texts ->> 'quality_points'
          ELSE format(texts ->> CASE WHEN m.promised > (m.came).upper THEN 'quality_high' WHEN m.promised < (m.came).lower THEN 'quality_low' ELSE 'quality_kept' END,
            leadscore.report_percent(m.promised, texts), leadscore.report_percent((m.came).estimate, texts), leadscore.report_range((m.came).lower, (m.came).upper, texts)) END
        || CASE WHEN c.hindsight > 0 THEN ' ' || format(texts ->> 'quality_hindsight', leadscore.report_count(c.hindsight, texts)) ELSE '' END END,
    CASE WHEN m.won IS NULL THEN '' ELSE format('<div class="charts">%s%s</div>', leadscore.report_gains(m.gains, texts), CASE WHEN m.promised IS NOT NULL THEN leadscore.report_reliability(m.reliability, texts) END) END, texts)
  FROM counted AS c LEFT JOIN model AS m ON true LEFT JOIN best AS b ON true
$$;
COMMENT ON FUNCTION leadscore.report_quality(text, date, date, jsonb) IS
'Internal: whether the first score of the leads that are won or lost foretold it, by leadscore.gains(), auc_interval() and reliability(); in words if fewer than 10 are won or lost.';
