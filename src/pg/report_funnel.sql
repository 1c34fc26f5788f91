-- The sections of leadscore.report() that follow the ladder: headline figures, what has changed, the funnel.

-- The word after a big number goes to the next line where the screen is narrow, rather than break in the middle.
CREATE FUNCTION leadscore.report_figure(name text, number text, note text, value numeric, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format('<div data-figure="%s" data-value="%s"><dt>%s</dt><dd class="big">%s</dd><dd class="small">%s</dd></div>',
  name, value, texts ->> name, coalesce(replace(number, '&#160;', ' '), texts ->> 'none'), note);
COMMENT ON FUNCTION leadscore.report_figure(text, text, text, numeric, jsonb) IS
'Internal: a headline figure: its name, the number in words (a dash for NULL), a note, and the number itself.';

CREATE FUNCTION leadscore.report_figures(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format(E'<section id="figures" class="wide"><dl class="figures">%s</dl></section>\n',
    leadscore.report_figure('head_leads', CASE WHEN c.leads < 1e6 THEN leadscore.report_count(c.leads, texts) ELSE leadscore.report_rounded(c.leads, texts) END,
      CASE WHEN s.marks_duplicates OR c.unique_leads < c.leads THEN format(texts ->> 'head_leads_note', leadscore.report_count(c.unique_leads, texts)) ELSE texts ->> 'head_leads_unsearched' END, c.leads, texts)
    || leadscore.report_figure('head_target', leadscore.report_percent((c.target).estimate, texts),
      CASE WHEN c.judged_leads > 0 THEN leadscore.report_range((c.target).lower, (c.target).upper, texts) || leadscore.report_few(c.judged_leads, texts) ELSE texts ->> 'head_target_none' END, c.target_leads, texts)
    || leadscore.report_figure('head_won', CASE WHEN c.won < 1e6 THEN leadscore.report_count(c.won, texts) ELSE leadscore.report_rounded(c.won, texts) END,
      CASE WHEN c.mature_leads > 0 THEN format(texts ->> 'head_won_note', leadscore.report_percent((c.mature_won_rate).estimate, texts) || ' (' || leadscore.report_range((c.mature_won_rate).lower, (c.mature_won_rate).upper, texts) || ')')
        || leadscore.report_few(c.mature_leads, texts) ELSE texts ->> 'head_won_none' END, c.won, texts)
    || leadscore.report_figure('head_revenue', CASE WHEN c.won_with_amount > 0 THEN leadscore.report_rounded(c.revenue, texts) END,
      CASE WHEN c.won_with_amount > 0 THEN format(texts ->> 'head_revenue_note', leadscore.report_count(c.won_with_amount, texts)) ELSE texts ->> 'head_revenue_none' END, CASE WHEN c.won_with_amount > 0 THEN c.revenue END, texts)
    || leadscore.report_figure('head_cost', leadscore.report_rounded(c.cost / nullif(c.paid_won, 0), texts),
      CASE WHEN c.cost IS NULL THEN texts ->> 'head_cost_none'
        ELSE format(texts ->> CASE WHEN c.paid_won > 0 THEN 'head_cost_note' ELSE 'head_cost_no_customers' END, leadscore.report_rounded(c.cost, texts)) END, c.cost, texts)
    || leadscore.report_figure('head_expected', leadscore.report_rounded(e.expected_value, texts),
      CASE WHEN e.leads > 0 THEN format(texts ->> 'head_expected_note', leadscore.report_count(e.leads, texts)) ELSE texts ->> CASE WHEN e.open_leads > 0 THEN 'head_expected_none' ELSE 'head_expected_closed' END END, e.expected_value, texts))
  FROM (
    SELECT coalesce(sum(p.leads), 0)::bigint AS leads, coalesce(sum(p.unique_leads), 0)::bigint AS unique_leads, coalesce(sum(p.judged_leads), 0)::bigint AS judged_leads,
      coalesce(sum(p.target_leads), 0)::bigint AS target_leads, coalesce(sum(p.won), 0)::bigint AS won, sum(p.revenue) AS revenue, sum(p.won_with_amount) AS won_with_amount, sum(p.cost) AS cost,
      sum(p.won) FILTER (WHERE p.cost > 0) AS paid_won, sum(p.leads) FILTER (WHERE p.is_mature)::bigint AS mature_leads,
      leadscore.wilson(sum(p.target_leads)::bigint, sum(p.judged_leads)::bigint) AS target,
      leadscore.wilson(sum(p.won) FILTER (WHERE p.is_mature)::bigint, sum(p.leads) FILTER (WHERE p.is_mature)::bigint) AS mature_won_rate
    FROM leadscore.channel_performance AS p WHERE p.source = report_figures.source AND p.month BETWEEN since AND until) AS c
  CROSS JOIN (
    SELECT count(*) AS open_leads, count(l.expected_value) AS leads, leadscore.money(sum(l.expected_value)) AS expected_value
    FROM leadscore.leads AS l WHERE l.source = report_figures.source AND l.cohort_day BETWEEN since AND until AND l.outcome IN ('open', 'on_hold')) AS e
  JOIN leadscore.source AS s ON s.source = report_figures.source
$$;
COMMENT ON FUNCTION leadscore.report_figures(text, date, date, jsonb) IS
'Internal: the headline figures of leadscore.report().';

CREATE FUNCTION leadscore.report_alerts(source text, as_of timestamptz, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH alert AS MATERIALIZED (
    SELECT a.*, a.verdict IN ('drop', 'rise') AS is_found,
      row_number() OVER (ORDER BY a.verdict = 'drop' DESC, a.verdict = 'rise' DESC, a.dimension = 'all' DESC, abs(a.difference) DESC NULLS LAST, a.stage_no, a.dimension, a.segment COLLATE "C") AS place
    FROM leadscore.stage_alerts(report_alerts.source, as_of => report_alerts.as_of) AS a
  ), total AS (
    SELECT count(*) FILTER (WHERE a.verdict = 'drop') AS drops, count(*) FILTER (WHERE a.verdict = 'rise') AS rises, count(*) FILTER (WHERE a.verdict = 'same') AS same,
      max(greatest(a.baseline_rate_upper, a.current_rate_upper)) FILTER (WHERE a.is_found AND a.place <= 8) AS maximum, min(a.current_from) AS current_from, min(a.current_until) AS current_until FROM alert AS a
  ), line AS (
    SELECT string_agg(format('<li data-alert="%s" data-dimension="%s" data-difference="%s"><div class="name"><span class="%s">%s</span> &#183; %s<small>%s</small></div><div class="plain"><svg height="30" aria-hidden="true"><line class="track" x1="0" x2="100%%" y1="15" y2="15"/>%s%s</svg></div><div class="last value">%s &#8594; <strong>%s</strong>%s</div></li>',
        leadscore.html_escape(a.stage), a.dimension, a.difference, a.verdict,
        format(texts ->> 'alerts_step', leadscore.report_stage(report_alerts.source, a.stage, texts)),
        CASE a.dimension WHEN 'all' THEN texts ->> 'alerts_all' WHEN 'channel' THEN format(texts ->> 'alerts_channel', leadscore.report_name(a.segment, 'unknown_channel', texts)) ELSE format(texts ->> 'alerts_owner', leadscore.report_name(a.segment, 'unknown_owner', texts)) END,
        CASE a.cause WHEN 'mix' THEN format(texts ->> 'alerts_mix', leadscore.report_name(a.cause_channel, 'unknown_channel', texts))
          WHEN 'rate' THEN CASE WHEN a.cause_owner IS NULL THEN texts ->> 'alerts_rate_all' ELSE format(texts ->> 'alerts_rate', leadscore.report_name(a.cause_owner, 'unknown_owner', texts)) END
          ELSE format(texts ->> 'alerts_both', leadscore.report_name(a.cause_channel, 'unknown_channel', texts), leadscore.report_name(a.cause_owner, 'alerts_all_owners', texts)) END,
        leadscore.report_whisker(a.baseline_rate / t.maximum, a.baseline_rate_lower / t.maximum, a.baseline_rate_upper / t.maximum, 8, 'before'),
        leadscore.report_whisker(a.current_rate / t.maximum, a.current_rate_lower / t.maximum, a.current_rate_upper / t.maximum, 22, CASE a.verdict WHEN 'drop' THEN 'late' ELSE '' END),
        leadscore.report_percent(a.baseline_rate, texts), leadscore.report_percent(a.current_rate, texts), leadscore.report_few(least(a.baseline_entered, a.current_entered), texts)), '' ORDER BY a.place) AS lines
    FROM alert AS a CROSS JOIN total AS t WHERE a.is_found AND a.place <= 8)
  SELECT leadscore.report_section('alerts',
    CASE WHEN t.drops + t.rises > 0 THEN format(texts ->> 'alerts_some', leadscore.report_day(t.current_from, texts), leadscore.report_day(t.current_until, texts),
        format(texts -> 'alerts_conversions' ->> (t.drops <> 1)::integer, leadscore.report_count(t.drops, texts)), leadscore.report_count(t.rises, texts))
      WHEN t.same > 0 THEN format(texts ->> 'alerts_none', leadscore.report_day(t.current_from, texts), leadscore.report_day(t.current_until, texts))
      ELSE texts ->> 'alerts_little' END,
    CASE WHEN l.lines IS NULL THEN '' ELSE format('<ol class="rows changes"><li class="head"><span></span><span>%s</span><span></span></li>%s</ol>%s', texts ->> 'alerts_key', l.lines,
      CASE WHEN t.drops + t.rises > 8 THEN format('<p class="note">' || (texts ->> 'alerts_more') || '</p>', leadscore.report_count(t.drops + t.rises - 8, texts)) END) END, texts)
  FROM total AS t CROSS JOIN line AS l
$$;
COMMENT ON FUNCTION leadscore.report_alerts(text, timestamptz, jsonb) IS
'Internal: what leadscore.stage_alerts() has found as of a time, at most 8 lines of it, drops and all leads first.';

CREATE FUNCTION leadscore.report_funnel(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH stage AS MATERIALIZED (
    SELECT f.*, row_number() OVER (ORDER BY f.stage_no) AS place, s.*
    FROM leadscore.funnel(report_funnel.source, report_funnel.since, report_funnel.until) AS f
    -- Rates of leads that had time; where there are none yet, of all.
    CROSS JOIN LATERAL (
      SELECT f.stage_kind IN ('open', 'won') AS is_step, f.mature_prev_step > 0 AS is_mature_rate,
        CASE WHEN f.mature_prev_step > 0 THEN f.mature_rate_prev_step ELSE f.rate_prev_step END AS rate, CASE WHEN f.mature_prev_step > 0 THEN f.mature_rate_prev_step_lower ELSE f.rate_prev_step_lower END AS lower,
        CASE WHEN f.mature_prev_step > 0 THEN f.mature_rate_prev_step_upper ELSE f.rate_prev_step_upper END AS upper, CASE WHEN f.mature_prev_step > 0 THEN f.mature_prev_step ELSE f.prev_step END AS trials) AS s
  ), step AS (
    SELECT string_agg(format('<li data-stage="%1$s" data-reached="%2$s" data-rate="%3$s"><div class="name">%4$s</div><div class="plain">%5$s</div><div class="first value">%6$s</div><div class="between">%7$s</div><div class="second value">%8$s</div></li>',
        leadscore.html_escape(s.stage), s.reached, s.rate, leadscore.report_stage(report_funnel.source, s.stage, texts), leadscore.report_bar(s.reached::double precision / nullif(s.leads, 0)), leadscore.report_count(s.reached, texts),
        leadscore.report_interval(s.rate, s.lower, s.upper, 1),
        leadscore.report_rate(s.rate, s.lower, s.upper, s.trials, texts) || CASE WHEN s.is_mature_rate OR s.rate IS NULL OR s.trials < 30 THEN '' ELSE format(' <span class="mark">%s</span>', texts ->> 'young') END), '' ORDER BY s.place) AS lines,
      min(s.leads) AS leads, count(*) AS steps, min(s.leads) - (array_agg(s.reached ORDER BY s.place))[1] AS unseen
    FROM stage AS s WHERE s.is_step
  ), beside AS (
    SELECT string_agg(format('<span data-beside="%s" data-current="%s">%s</span>', leadscore.html_escape(s.stage), s.current,
      format(texts ->> 'funnel_beside_one', leadscore.report_stage(report_funnel.source, s.stage, texts), leadscore.report_count(s.current, texts))), ' &#183; ' ORDER BY s.place) AS lines
    FROM stage AS s WHERE NOT s.is_step
  ), weakest AS (
    -- What comes after the sale is nothing to begin with.
    SELECT b.stage, b.rate, b.steps
    FROM (SELECT s.stage, s.place, s.rate, s.trials, count(*) OVER () AS steps FROM stage AS s
      WHERE s.is_step AND s.place > 1 AND NOT EXISTS (SELECT FROM stage AS w WHERE w.stage_kind = 'won' AND w.place < s.place)) AS b
    WHERE b.trials >= 30 ORDER BY b.rate, b.place LIMIT 1
  )
  SELECT leadscore.report_section('funnel',
    CASE WHEN coalesce(s.steps, 0) = 0 THEN texts ->> 'funnel_none'
      WHEN s.unseen = s.leads THEN texts ->> 'funnel_unmapped'
      ELSE format(texts ->> CASE WHEN w.rate IS NULL THEN 'funnel_short' WHEN w.steps = 1 THEN 'funnel_one' ELSE 'funnel_say' END, leadscore.report_count(s.leads, texts), leadscore.report_count(f.won_after, texts),
        leadscore.report_stage(report_funnel.source, w.stage, texts), leadscore.report_percent(w.rate, texts))
        || CASE WHEN s.unseen > 0 THEN ' ' || format(texts ->> 'funnel_unseen', leadscore.report_count(s.unseen, texts)) ELSE '' END END,
    CASE WHEN coalesce(s.steps, 0) = 0 THEN '' ELSE format('<ol class="rows steps"><li class="head"><span>%s</span><span></span><span class="value">%s</span><span></span><span class="value">%s</span></li>%s</ol>%s',
      texts ->> 'funnel_stage', texts ->> 'funnel_reached', texts ->> 'funnel_rate', s.lines, coalesce('<p class="note">' || (texts ->> 'funnel_beside') || ' &#183; ' || b.lines || '</p>', '')) END, texts)
  FROM step AS s CROSS JOIN beside AS b LEFT JOIN weakest AS w ON true LEFT JOIN stage AS f ON f.place = 1
$$;
COMMENT ON FUNCTION leadscore.report_funnel(text, date, date, jsonb) IS
'Internal: the funnel of the leads that came from one day to another, by leadscore.funnel().';
