-- The marks of which the pictures of leadscore.report() are made: bars, intervals, plots. Their places are percentages of
-- the picture, so that it can be as wide as a phone or a sheet while letters and lines keep their size.

CREATE FUNCTION leadscore.report_place(share double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN round(100 * least(greatest(coalesce(share, 0), 0), 1)::numeric, 2) || '%';
COMMENT ON FUNCTION leadscore.report_place(double precision) IS
'Internal: a share from 0 to 1 as a place in an SVG picture; what lies outside is at the edge, NULL is 0.';

CREATE FUNCTION leadscore.report_bar(share double precision, late double precision DEFAULT 0) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format('<svg height="14" aria-hidden="true"><rect class="bar" width="%s" height="14" rx="2"/>%s</svg>', leadscore.report_place(share),
  CASE WHEN late > 0 THEN format('<rect class="late" width="%s" height="14" rx="2"/>', leadscore.report_place(late)) END);
COMMENT ON FUNCTION leadscore.report_bar(double precision, double precision) IS
'Internal: a bar over a share of the width, the first part of it (a share of the width, too) in the colour of what is late.';

CREATE FUNCTION leadscore.report_whisker(rate double precision, lower double precision, upper double precision, height integer, kind text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format('<line class="whisker %1$s" x1="%2$s" x2="%3$s" y1="%5$s" y2="%5$s"/><circle class="dot %1$s" cx="%4$s" cy="%5$s" r="4.5"/>',
  kind, leadscore.report_place(lower), leadscore.report_place(upper), leadscore.report_place(rate), height);
COMMENT ON FUNCTION leadscore.report_whisker(double precision, double precision, double precision, integer, text) IS
'Internal: a dot at a share of the width within its interval, so many pixels from the top, of a class of the style sheet.';

CREATE FUNCTION leadscore.report_interval(rate double precision, lower double precision, upper double precision, maximum double precision, reference double precision DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN '<svg height="18" aria-hidden="true"><line class="track" x1="0" x2="100%" y1="9" y2="9"/>'
  || CASE WHEN reference IS NULL THEN '' ELSE format('<line class="reference" x1="%1$s" x2="%1$s" y1="0" y2="18"/>', leadscore.report_place(reference / maximum)) END
  || CASE WHEN rate IS NULL THEN '' WHEN rate > maximum THEN '<text class="label" x="100%" y="13" text-anchor="end">&#187;</text>' ELSE leadscore.report_whisker(rate / maximum, lower / maximum, upper / maximum, 9) END || '</svg>';
COMMENT ON FUNCTION leadscore.report_interval(double precision, double precision, double precision, double precision, double precision) IS
'Internal: a rate with its interval on a line from 0 to a maximum above 0, beside a reference if there is one. Without a rate an empty line; two angles at its end for a rate beyond it.';

-- A plot of shares against shares: lines are drawn in a picture of their own, which is stretched, letters are not.
CREATE FUNCTION leadscore.report_plot(title text, marks text, curves text, x_ticks text[], y_ticks text[], x_title text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('<figure><figcaption>%1$s</figcaption><div class="plot"><svg height="260" role="img" aria-label="%1$s">%2$s%3$s<svg width="100%%" height="100%%" viewBox="0 0 100 100" preserveAspectRatio="none">%4$s</svg>%5$s<text x="100%%" y="260" dy="34" text-anchor="end">%6$s</text></svg></div></figure>',
    title,
    (SELECT string_agg(format('<line class="grid" x1="0" x2="100%%" y1="%1$s" y2="%1$s"/><text x="0" dx="-8" y="%1$s" dy="4" text-anchor="end">%2$s</text>', leadscore.report_place(1 - (n - 1) / (cardinality(y_ticks) - 1)::double precision), label), '' ORDER BY n)
      FROM unnest(y_ticks) WITH ORDINALITY AS u (label, n)),
    (SELECT string_agg(format('<text x="%s" y="260" dy="18" text-anchor="middle">%s</text>', leadscore.report_place((n - 1) / (cardinality(x_ticks) - 1)::double precision), label), '' ORDER BY n)
      FROM unnest(x_ticks) WITH ORDINALITY AS u (label, n)),
    curves, marks, x_title)
$$;
COMMENT ON FUNCTION leadscore.report_plot(text, text, text, text[], text[], text) IS
'Internal: a plot with marks placed in percent, curves in a square of 100 by 100 from its upper left corner, at least two labels of each axis from its beginning to its end, and the title of the x axis.';

CREATE FUNCTION leadscore.report_curve(x double precision[], y double precision[], kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('<polyline class="%s" points="%s"/>', kind, string_agg(round(100 * u.x::numeric, 2) || ',' || round(100 - 100 * u.y::numeric, 2), ' ' ORDER BY u.n))
  FROM unnest(x, y) WITH ORDINALITY AS u (x, y, n)
$$;
COMMENT ON FUNCTION leadscore.report_curve(double precision[], double precision[], text) IS
'Internal: a line through points given by shares, of a class of the style sheet.';

CREATE FUNCTION leadscore.report_percent_ticks(maximum double precision, texts jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(format(texts ->> 'percent', leadscore.report_number((100 * maximum * n / 4)::numeric, CASE WHEN 100 * maximum >= 20 THEN 0 ELSE 1 END, texts)) ORDER BY n) FROM generate_series(0, 4) AS n
$$;
COMMENT ON FUNCTION leadscore.report_percent_ticks(double precision, jsonb) IS
'Internal: the labels of an axis from 0 to a maximum in percent. NULL if an argument is.';

-- 1, 2, 4 or 8 times a power of ten, which quarters divide without remainders that need many digits.
CREATE FUNCTION leadscore.report_axis_end(maximum double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN maximum > 0 THEN (SELECT min(p.power * f.factor) FROM unnest(ARRAY[1, 2, 4, 8, 10]::double precision[]) AS f (factor) WHERE p.power * f.factor >= maximum * (1 - 1e-9)) ELSE 1 END
  FROM (SELECT 10::double precision ^ floor(log(greatest(maximum, 1e-300))) AS power) AS p
$$;
COMMENT ON FUNCTION leadscore.report_axis_end(double precision) IS
'Internal: a round number that is at least as great as a maximum; 1 if that is not positive. NULL for NULL.';

CREATE FUNCTION leadscore.report_number_ticks(lower double precision, upper double precision, texts jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(CASE WHEN s.magnitude > 0 AND v.value <> 0
      THEN leadscore.report_number(v.value / 1000::numeric ^ s.magnitude, least(min_scale(v.value / 1000::numeric ^ s.magnitude), 2), texts) || '&#160;' || (texts -> 'axis_magnitudes' ->> s.magnitude - 1)
    ELSE leadscore.report_number(v.value, CASE WHEN upper - lower < 100 AND v.value <> trunc(v.value) THEN 2 ELSE 0 END, texts) END ORDER BY n)
  FROM generate_series(0, 4) AS n CROSS JOIN LATERAL (SELECT (lower + (upper - lower) * n / 4)::numeric AS value) AS v
  -- All labels of an axis in one unit.
  CROSS JOIN (SELECT CASE WHEN greatest(abs(lower), abs(upper)) < 9999.5 THEN 0 ELSE least((length(trunc(greatest(abs(lower), abs(upper)))::numeric::text) - 1) / 3, 4) END AS magnitude) AS s
$$;
COMMENT ON FUNCTION leadscore.report_number_ticks(double precision, double precision, jsonb) IS
'Internal: the labels of an axis from one number to another. NULL if an argument is.';

CREATE FUNCTION leadscore.report_few(trials bigint, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN trials < 30 THEN format(' <span class="mark">%s</span>', texts ->> 'few') ELSE '' END;
COMMENT ON FUNCTION leadscore.report_few(bigint, jsonb) IS
'Internal: what marks a rate of fewer than 30 leads.';

CREATE FUNCTION leadscore.report_rate(rate double precision, lower double precision, upper double precision, trials bigint, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN rate IS NULL THEN texts ->> 'none' ELSE format('%s <small>%s</small>%s', leadscore.report_percent(rate, texts), leadscore.report_range(lower, upper, texts), leadscore.report_few(trials, texts)) END;
COMMENT ON FUNCTION leadscore.report_rate(double precision, double precision, double precision, bigint, jsonb) IS
'Internal: a rate of so many trials with its interval in words; a dash without a rate.';

CREATE FUNCTION leadscore.report_stage(source text, stage text, texts jsonb) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT '<bdi>' || leadscore.report_short(coalesce(CASE WHEN texts ->> 'language' = 'ru' THEN nullif(t.title_ru, '') END, nullif(t.title, ''), t.stage), 40, texts) || '</bdi>'
  FROM leadscore.source AS s JOIN leadscore.stage AS t ON t.model = s.model WHERE s.source = report_stage.source AND t.stage = report_stage.stage
$$;
COMMENT ON FUNCTION leadscore.report_stage(text, text, jsonb) IS
'Internal: the title of a stage of a source in the language of the report, as an element; NULL if there is no such stage.';

CREATE FUNCTION leadscore.report_section(name text, say text, body text, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format(E'<section id="%s" class="wide"><h2>%s</h2><p class="say">%s</p>%s</section>\n', name, texts ->> name, say, body);
COMMENT ON FUNCTION leadscore.report_section(text, text, text, jsonb) IS
'Internal: a section of the page with its heading, what it says in a sentence, and its picture, if there is one.';
