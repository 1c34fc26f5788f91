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
