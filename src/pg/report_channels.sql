-- The sections of leadscore.report() about channels and owners, and about leads that are no leads.

-- Twelve names and the rest: more could not be told apart.
CREATE FUNCTION leadscore.report_channels(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH month AS MATERIALIZED (
    SELECT p.channel, p.leads, p.won, p.cost, p.is_mature, bool_or(p.is_mature) OVER () AS has_mature
    FROM leadscore.channel_performance AS p WHERE p.source = report_channels.source AND p.month BETWEEN since AND until
  ), channel AS (
    SELECT m.channel, sum(m.leads)::bigint AS leads, sum(m.won)::bigint AS won, sum(m.cost) AS cost
    FROM month AS m WHERE m.is_mature IS NOT FALSE OR m.has_mature IS NOT TRUE GROUP BY m.channel
  ), placed AS (
    SELECT c.*, row_number() OVER (ORDER BY c.leads DESC, c.cost DESC NULLS LAST, c.channel COLLATE "C") AS place FROM channel AS c
  ), shown AS MATERIALIZED (
    SELECT r.place, CASE WHEN r.place = 13 THEN format(texts ->> 'rest', leadscore.report_count(r.channels, texts)) ELSE leadscore.report_name(r.channel, 'unknown_channel', texts) END AS name,
      coalesce(CASE WHEN r.place = 13 THEN format(texts ->> 'rest', leadscore.report_count(r.channels, texts)) ELSE leadscore.report_short(r.channel, 16, texts) END, texts ->> 'unknown_channel') AS short_name,
      r.channel, r.leads, r.won, r.cost, r.cost / nullif(r.won, 0) AS cost_per_customer, (r.cost / nullif(r.leads, 0))::double precision AS cost_per_lead, w.estimate AS rate, w.lower, w.upper
    FROM (
      SELECT least(p.place, 13) AS place, min(p.channel) AS channel, count(*) AS channels, sum(p.leads)::bigint AS leads, sum(p.won)::bigint AS won, sum(p.cost) AS cost FROM placed AS p GROUP BY least(p.place, 13)) AS r
    CROSS JOIN LATERAL leadscore.wilson(r.won, r.leads) AS w
  ), total AS (
    SELECT count(*) AS channels, sum(s.won)::double precision / nullif(sum(s.leads), 0) AS rate, max(CASE WHEN s.leads >= 30 THEN s.upper WHEN s.leads >= 10 THEN s.rate END) AS upper, (array_agg(s.name))[1] AS name, bool_and(s.channel IS NULL) AS is_unknown, max(s.cost_per_lead) AS cost_per_lead,
      (SELECT bool_or(m.has_mature) FROM month AS m) AS has_mature FROM shown AS s
  ), scale AS (
    SELECT leadscore.report_axis_end(least(coalesce(t.upper, 1), 1)) AS rate, leadscore.report_axis_end(t.cost_per_lead) AS cost FROM total AS t
  ), compared AS (
    SELECT (array_agg(s.name ORDER BY s.cost_per_customer, s.place))[1] AS best, min(s.cost_per_customer) AS lowest, (array_agg(s.name ORDER BY s.cost_per_customer DESC, s.place))[1] AS worst, max(s.cost_per_customer) AS highest
    FROM shown AS s WHERE s.leads >= 30 AND s.won >= 5 AND s.cost > 0 AND s.place < 13 HAVING count(*) > 1
  ), ranked AS (
    SELECT b.name AS best, b.rate AS best_rate, w.name AS worst, w.rate AS worst_rate
    FROM (SELECT s.* FROM shown AS s WHERE s.leads >= 30 AND s.place < 13 AND s.channel IS NOT NULL ORDER BY s.rate DESC, s.place LIMIT 1) AS b
    JOIN (SELECT s.* FROM shown AS s WHERE s.leads >= 30 AND s.place < 13 AND s.channel IS NOT NULL ORDER BY s.rate, s.place LIMIT 1) AS w ON b.lower > w.upper
  ), line AS (
    SELECT string_agg(format('<li data-channel="%1$s" data-leads="%2$s" data-won="%3$s" data-cost="%4$s"><div class="name">%5$s</div><div class="first value" data-label="%6$s">%7$s</div><div class="plain">%8$s</div><div class="between value">%9$s</div><div class="second value" data-label="%10$s">%11$s</div></li>',
      CASE WHEN s.place = 13 THEN 'rest' ELSE s.place::text END, s.leads, s.won, s.cost, s.name, texts ->> 'channels_leads', leadscore.report_count(s.leads, texts), leadscore.report_interval(s.rate, s.lower, s.upper, c.rate, t.rate),
      leadscore.report_rate(s.rate, s.lower, s.upper, s.leads, texts), texts ->> 'channels_cost', coalesce(leadscore.report_rounded(s.cost_per_customer, texts), texts ->> 'none')), '' ORDER BY s.place) AS lines
    FROM shown AS s CROSS JOIN scale AS c CROSS JOIN total AS t
  ), point AS (
    SELECT s.place, s.short_name, s.cost_per_lead / c.cost AS x, 1 - s.rate / c.rate AS y, 1 - s.lower / c.rate AS low, 1 - s.upper / c.rate AS high,
      row_number() OVER (ORDER BY s.rate DESC, s.place) AS from_top, count(*) OVER () AS labels
    FROM shown AS s CROSS JOIN scale AS c WHERE s.cost_per_lead > 0 AND s.leads >= 30
  ), labelled AS (
    -- A label stands beside its dot, or as far below as the labels above it need, or above where those below need the room.
    SELECT p.*, least(max(p.y - 0.06 * p.from_top) OVER (ORDER BY p.from_top) + 0.06 * p.from_top, 0.98 - 0.06 * (p.labels - p.from_top)) AS label_y FROM point AS p
  ), plot AS (
    SELECT count(*) AS points, string_agg(format('<line class="whisker" x1="%1$s" x2="%1$s" y1="%2$s" y2="%3$s"/><line class="tie" x1="%1$s" x2="%1$s" y1="%4$s" y2="%5$s"/><circle class="dot" cx="%1$s" cy="%4$s" r="5"/><text class="label" x="%1$s" y="%5$s" dx="%6$s" dy="4" text-anchor="%7$s">%8$s</text>',
      leadscore.report_place(l.x), leadscore.report_place(l.low), leadscore.report_place(l.high), leadscore.report_place(l.y), leadscore.report_place(l.label_y),
      CASE WHEN l.x > 0.6 THEN -9 ELSE 9 END, CASE WHEN l.x > 0.6 THEN 'end' ELSE 'start' END, l.short_name), '' ORDER BY l.place) AS marks
    FROM labelled AS l)
  SELECT CASE WHEN t.channels = 0 THEN '' ELSE leadscore.report_section('channels',
    CASE WHEN c.best IS NOT NULL THEN format(texts ->> 'channels_say', c.best, leadscore.report_rounded(c.lowest, texts), c.worst, leadscore.report_rounded(c.highest, texts))
      WHEN t.is_unknown THEN texts ->> 'channels_unknown' WHEN t.channels = 1 THEN format(texts ->> 'channels_one', t.name)
      WHEN r.best IS NOT NULL THEN format(texts ->> 'channels_differ', r.best, leadscore.report_percent(r.best_rate, texts), r.worst, leadscore.report_percent(r.worst_rate, texts))
      ELSE texts ->> 'channels_rates' END
      || CASE WHEN t.has_mature THEN '' ELSE ' ' || (texts ->> 'channels_young') END,
    CASE WHEN p.points > 1 AND t.rate > 0 THEN leadscore.report_plot(texts ->> 'channels_plot', p.marks, '', leadscore.report_number_ticks(0, s.cost, texts),
      leadscore.report_percent_ticks(s.rate, texts), texts ->> 'channels_axis_x') ELSE '' END
    || format('<ol class="rows costs"><li class="head"><span>%s</span><span class="value">%s</span><span></span><span class="value">%s</span><span class="value">%s</span></li>%s</ol>',
      texts ->> 'channels_channel', texts ->> 'channels_leads', texts ->> 'channels_won', texts ->> 'channels_cost', l.lines), texts) END
  FROM total AS t CROSS JOIN scale AS s CROSS JOIN line AS l CROSS JOIN plot AS p LEFT JOIN ranked AS r ON true LEFT JOIN compared AS c ON c.lowest < c.highest
$$;
COMMENT ON FUNCTION leadscore.report_channels(text, date, date, jsonb) IS
'Internal: the conversion of the channels and what they cost, by leadscore.channel_performance: months whose leads had time, or all if there are none. Empty if there is no channel.';

CREATE FUNCTION leadscore.report_workload(source text, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  WITH owner AS (
    SELECT w.owner, sum(w.open_leads)::bigint AS open_leads, sum(w.overdue_leads)::bigint AS overdue_leads FROM leadscore.owner_workload AS w WHERE w.source = report_workload.source GROUP BY w.owner
  ), placed AS (
    SELECT o.*, row_number() OVER (ORDER BY o.open_leads DESC, o.owner COLLATE "C") AS place FROM owner AS o WHERE o.open_leads > 0
  ), shown AS MATERIALIZED (
    SELECT r.place, CASE WHEN r.place = 13 THEN format(texts ->> 'rest', leadscore.report_count(r.owners, texts)) ELSE leadscore.report_name(r.owner, 'unknown_owner', texts) END AS name, r.open_leads, r.overdue_leads
    FROM (SELECT least(p.place, 13) AS place, min(p.owner) AS owner, count(*) AS owners, sum(p.open_leads)::bigint AS open_leads, sum(p.overdue_leads)::bigint AS overdue_leads FROM placed AS p GROUP BY least(p.place, 13)) AS r
  ), total AS (
    SELECT count(*) AS owners, sum(s.open_leads) AS open_leads, sum(s.overdue_leads) AS overdue_leads, max(s.open_leads)::double precision AS maximum, (array_agg(s.name ORDER BY s.place))[1] AS busiest, (array_agg(s.open_leads ORDER BY s.place))[1] AS most FROM shown AS s
  )
  SELECT leadscore.report_section('workload',
    CASE WHEN t.owners = 0 THEN texts ->> 'workload_none'
      ELSE format(texts ->> CASE WHEN t.owners = 1 THEN 'workload_one' WHEN t.overdue_leads = 0 THEN 'workload_calm' ELSE 'workload_say' END, leadscore.report_count(t.open_leads, texts), leadscore.report_count(t.overdue_leads, texts), t.busiest, leadscore.report_count(t.most, texts)) END,
    CASE WHEN t.owners = 0 THEN '' ELSE format('<ol class="rows load"><li class="head"><span>%s</span><span></span><span class="first value">%s</span><span class="second value">%s</span></li>%s</ol>', texts ->> 'workload_owner', texts ->> 'workload_open', texts ->> 'workload_overdue',
      (SELECT string_agg(format('<li data-owner="%s" data-open="%s" data-overdue="%s"><div class="name">%s</div><div class="plain">%s</div><div class="first value" data-label="%s">%s</div><div class="second value" data-label="%s">%s</div></li>',
        CASE WHEN s.place = 13 THEN 'rest' ELSE s.place::text END, s.open_leads, s.overdue_leads, s.name, leadscore.report_bar(s.open_leads / t.maximum, s.overdue_leads / t.maximum),
        texts ->> 'workload_open', leadscore.report_count(s.open_leads, texts), texts ->> 'workload_overdue', leadscore.report_count(s.overdue_leads, texts)), '' ORDER BY s.place) FROM shown AS s)) END, texts)
  FROM total AS t
$$;
COMMENT ON FUNCTION leadscore.report_workload(text, jsonb) IS
'Internal: how many open leads everybody has, and how many of them are overdue, by leadscore.owner_workload.';

CREATE FUNCTION leadscore.report_waste(source text, since date, until date, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Without a verdict on any lead all that were given up early would pass for spam; where nobody looks for duplicates, none is found.
  WITH told AS (
    SELECT coalesce(sum(p.judged_leads), 0) > 0 AS has_spam FROM leadscore.channel_performance AS p WHERE p.source = report_waste.source AND p.month BETWEEN since AND until
  ), part AS (
    SELECT d.month, d.leads, CASE WHEN a.marks_duplicates OR sum(d.duplicates) OVER () > 0 THEN d.duplicates END AS duplicates, CASE WHEN (SELECT t.has_spam FROM told AS t) THEN s.spam END AS spam
    FROM leadscore.duplicate_share AS d JOIN leadscore.spam_share AS s ON s.source = d.source AND s.month = d.month AND s.channel IS NOT DISTINCT FROM d.channel
    JOIN leadscore.source AS a ON a.source = d.source
    WHERE d.source = report_waste.source AND d.month BETWEEN since AND until
  ), counted AS MATERIALIZED (
    SELECT grouping(p.month) = 1 AS is_total, p.month, sum(p.leads)::bigint AS leads, sum(p.duplicates)::bigint AS duplicates, sum(p.spam)::bigint AS spam,
      leadscore.wilson(sum(p.duplicates)::bigint, sum(p.leads)::bigint) AS duplicate, leadscore.wilson(sum(p.spam)::bigint, sum(p.leads)::bigint) AS spammed
    FROM part AS p GROUP BY GROUPING SETS ((), (p.month))
  ), scale AS (
    SELECT leadscore.report_axis_end(greatest(max((c.duplicate).upper), max((c.spammed).upper))) AS maximum FROM counted AS c WHERE c.leads >= 30
  )
  SELECT leadscore.report_section('waste',
    format(texts ->> CASE WHEN t.duplicates IS NULL THEN CASE WHEN t.spam IS NULL THEN 'waste_unknown' ELSE 'waste_unsearched' END WHEN t.spam IS NULL THEN 'waste_untold' WHEN t.duplicates = 0 AND t.spam = 0 THEN 'waste_none' ELSE 'waste_say' END, leadscore.report_percent((t.duplicate).estimate, texts), leadscore.report_range((t.duplicate).lower, (t.duplicate).upper, texts),
      leadscore.report_percent((t.spammed).estimate, texts), leadscore.report_range((t.spammed).lower, (t.spammed).upper, texts)) || leadscore.report_few(t.leads, texts),
    CASE WHEN t.duplicates IS NULL AND t.spam IS NULL THEN '' ELSE format('<ol class="rows pair"><li class="head"><span class="name">%s</span><span class="first value">%s</span><span class="second value">%s</span></li>%s</ol>',
      texts ->> 'waste_month', texts ->> 'waste_duplicates', texts ->> 'waste_spam',
      (SELECT string_agg(format('<li data-month="%s" data-duplicates="%s" data-spam="%s"><div class="name">%s%s</div><div class="plain">%s</div><div class="first value">%s</div><div class="between">%s</div><div class="second value">%s</div></li>',
          to_char(c.month, 'YYYY-MM'), c.duplicates, c.spam, leadscore.report_month(c.month, texts), leadscore.report_few(c.leads, texts),
          leadscore.report_interval((c.duplicate).estimate, (c.duplicate).lower, (c.duplicate).upper, coalesce(s.maximum, 1), (t.duplicate).estimate), coalesce(leadscore.report_percent((c.duplicate).estimate, texts), texts ->> 'none'),
          leadscore.report_interval((c.spammed).estimate, (c.spammed).lower, (c.spammed).upper, coalesce(s.maximum, 1), (t.spammed).estimate), coalesce(leadscore.report_percent((c.spammed).estimate, texts), texts ->> 'none')), '' ORDER BY c.month)
        FROM counted AS c WHERE NOT c.is_total)) END, texts)
  FROM counted AS t CROSS JOIN scale AS s WHERE t.is_total AND t.leads > 0
$$;
COMMENT ON FUNCTION leadscore.report_waste(text, date, date, jsonb) IS
'Internal: how many leads of each month repeat an earlier one or were given up before anybody knew what they are, by leadscore.duplicate_share and spam_share. NULL without leads.';
