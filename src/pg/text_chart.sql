-- Pictures for psql: bars of letters, in lines of at most 80 columns.

CREATE FUNCTION leadscore.text_bar(share double precision, columns integer) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  -- Blocks come in eighths of a letter; only Unicode has them, from the whole one (9608) down to the eighth (9615).
  SELECT rpad(repeat(chr(CASE WHEN b.has_blocks THEN 9608 ELSE 35 END), CASE WHEN b.has_blocks THEN b.eighths ELSE b.eighths + 4 END / 8)
    || CASE WHEN b.has_blocks AND b.eighths % 8 > 0 THEN chr(9616 - b.eighths % 8) ELSE '' END, columns)
  FROM (SELECT getdatabaseencoding() = 'UTF8' AS has_blocks, round(least(greatest(share, 0), 1) * columns * 8)::integer AS eighths) AS b
$$;
COMMENT ON FUNCTION leadscore.text_bar(double precision, integer) IS
'Internal: a bar over a share of so many columns, filled with spaces: of block letters where the encoding of the database has them, else of #. NULL if an argument is.';

CREATE FUNCTION leadscore.funnel_chart(source text) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT rtrim(format('%s %s %s %s',
    rpad(left(regexp_replace(f.stage_label, $re$[\u0001-\u001F\u007F]$re$, ' ', 'g'), 24), 24),
    CASE WHEN f.stage_kind IN ('open', 'won') THEN leadscore.text_bar(f.reached::double precision / nullif(max(f.reached) FILTER (WHERE f.stage_kind IN ('open', 'won')) OVER (), 0), 22) ELSE repeat(' ', 22) END,
    lpad(f.reached::text, 10),
    CASE WHEN f.rate_prev_step IS NOT NULL THEN format('%s %% [%s, %s]', lpad(round((100 * f.rate_prev_step)::numeric)::text, 3), lpad(round((100 * f.rate_prev_step_lower)::numeric)::text, 3), lpad(round((100 * f.rate_prev_step_upper)::numeric)::text, 3)) END))
  FROM leadscore.funnel(source) AS f ORDER BY f.stage_no
$$;
COMMENT ON FUNCTION leadscore.funnel_chart(text) IS
'The funnel of a source as text, at most 80 columns wide: one line a stage, with a bar for the leads that reached it, their number, and in percent the rate from the step before with its interval; stages beside the ladder have their number alone. A letter counts as a column. Raises 42704 if the source does not exist, 42501 if the current user may not read its table, 22004 if it is NULL.';

CREATE FUNCTION leadscore.histogram(numbers double precision[], buckets integer DEFAULT 10) RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF buckets IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the number of buckets must be given';
  END IF;
  IF buckets < 1 OR buckets > 100 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('a histogram cannot have %s buckets', buckets),
      HINT = 'It can have from 1 to 100.';
  END IF;
  RETURN QUERY
  WITH number AS (
    SELECT u.n FROM unnest(numbers) AS u (n) WHERE u.n > '-infinity' AND u.n < 'infinity'
  ), span AS (
    -- Halves, as the distance of two numbers may be greater than any number.
    SELECT min(n) / 2 AS lowest, max(n) AS highest, max(n) / 2 - min(n) / 2 AS width, CASE WHEN max(n) / 2 > min(n) / 2 THEN buckets ELSE 1 END AS buckets FROM number
  ), counted AS (
    SELECT CASE WHEN s.width > 0 THEN least(floor((n.n / 2 - s.lowest) / s.width * s.buckets)::integer, s.buckets - 1) ELSE 0 END AS place, count(*) AS leads
    FROM number AS n CROSS JOIN span AS s GROUP BY 1
  ), edge AS (
    SELECT p AS place, p + 1 = s.buckets AS is_last, 2 * (s.lowest + s.width / s.buckets * p) AS lower, CASE WHEN p + 1 = s.buckets THEN s.highest ELSE 2 * (s.lowest + s.width / s.buckets * (p + 1)) END AS upper, f.digits, f.digits + log(greatest(abs(s.lowest), abs(s.lowest + s.width), 1)) < 12 AS is_plain
    FROM span AS s
    -- As many digits as tell one edge from the next; where those are too many for a line, the first five.
    CROSS JOIN LATERAL (SELECT CASE WHEN s.width > 0 THEN greatest(1 - floor(log(s.width / s.buckets) + log(2::double precision)), 0) WHEN s.lowest <> 0 THEN greatest(4 - floor(log(abs(s.lowest))), 0) ELSE 0 END::integer AS digits) AS f
    CROSS JOIN LATERAL generate_series(0, s.buckets - 1) AS p
    WHERE s.lowest IS NOT NULL
  ), line AS (
    SELECT e.place, e.is_last, coalesce(c.leads, 0) AS leads,
      CASE WHEN e.is_plain THEN round(e.lower::numeric, e.digits)::text ELSE btrim(to_char(e.lower, '9.9999EEEE')) END AS lower,
      CASE WHEN e.is_plain THEN round(e.upper::numeric, e.digits)::text ELSE btrim(to_char(e.upper, '9.9999EEEE')) END AS upper
    FROM edge AS e LEFT JOIN counted AS c ON c.place = e.place
  )
  SELECT format('[%s, %s%s %s %s %s %%', lpad(l.lower, max(length(l.lower)) OVER ()::integer), lpad(l.upper, max(length(l.upper)) OVER ()::integer), CASE WHEN l.is_last THEN ']' ELSE ')' END,
    leadscore.text_bar(l.leads::double precision / max(l.leads) OVER (), 24), lpad(l.leads::text, 10), lpad(round(100.0 * l.leads / sum(l.leads) OVER (), 1)::text, 5))
  FROM line AS l ORDER BY l.place;
END
$$;
COMMENT ON FUNCTION leadscore.histogram(double precision[], integer) IS
'A histogram of numbers as text, at most 80 columns wide: one line a bucket, all equally wide from the least number to the greatest (which belongs to the last), with a bar, the number and the percentage. NULL, NaN and infinite numbers are left out; equal numbers make one bucket; no numbers or NULL make no line. Of a column: leadscore.histogram(array_agg(column)). Raises 22004 for NULL buckets, 22023 unless there are 1 to 100.';
