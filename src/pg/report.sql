-- A source on one page, for people who do not ask databases: HTML with pictures in it, which needs nothing else.
--
-- It is made in SQL from what the views say, with the privileges of the reader: so it can tell no more than they do, and
-- no other numbers.
CREATE FUNCTION leadscore.report(source text, as_of timestamptz DEFAULT now(), language text DEFAULT 'en') RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000
SET search_path = pg_catalog, pg_temp
SET jit = off
SET extra_float_digits = 1
AS $$
#variable_conflict use_variable
DECLARE
  texts CONSTANT jsonb := leadscore.report_texts(language);
  attached leadscore.source;
  since date;
  until date;
  has_leads boolean;
BEGIN
  IF as_of IS NULL OR language IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'as_of and language must be given';
  END IF;
  IF texts IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('there is no report in the language "%s"', language),
      HINT = 'There is one in ''en'' and ''ru''.';
  END IF;
  IF NOT isfinite(as_of) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'as_of must be a finite time';
  END IF;
  SELECT s.* INTO attached FROM leadscore.source AS s WHERE s.source_id = leadscore.readable_source(report.source);
  until := (date_trunc('month', as_of AT TIME ZONE attached.time_zone) + interval '1 month')::date - 1;
  since := (date_trunc('month', as_of AT TIME ZONE attached.time_zone) - interval '11 months')::date;
  has_leads := EXISTS (SELECT FROM leadscore.leads AS l WHERE l.source = attached.source AND l.cohort_day BETWEEN since AND until);

  RETURN format(
    E'<!DOCTYPE html>\n<html lang="%1$s">\n<head>\n<meta charset="utf-8"/>\n<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
    '<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''"/>\n<title>%2$s</title>\n<style>%3$s</style>\n</head>\n<body>\n<main>\n'
    '<header><h1>%4$s</h1><p>%5$s</p></header>\n%6$s<footer>%7$s</footer>\n</main>\n</body>\n</html>\n',
    texts ->> 'language',
    format(texts ->> 'title', leadscore.report_short(attached.source, 40, texts)),
    leadscore.report_style(),
    format(texts ->> 'title', leadscore.report_name(attached.source, 'none', texts)),
    format(texts ->> 'subtitle', leadscore.report_month(since, texts), leadscore.report_month(until, texts), leadscore.report_day((as_of AT TIME ZONE attached.time_zone)::date, texts)),
    CASE WHEN has_leads THEN concat(
      leadscore.report_figures(attached.source, since, until, texts),
      leadscore.report_alerts(attached.source, as_of, texts),
      leadscore.report_funnel(attached.source, since, until, texts),
      leadscore.report_channels(attached.source, since, until, texts),
      leadscore.report_scores(attached.source, since, until, texts),
      leadscore.report_quality(attached.source, since, until, texts),
      leadscore.report_workload(attached.source, texts),
      leadscore.report_waste(attached.source, since, until, texts))
    ELSE format('<section class="wide"><p>%s</p></section>', texts ->> 'no_leads') END,
    format(texts ->> 'foot', texts ->> 'few', extract(epoch FROM attached.matures_after)::bigint / 86400, leadscore.version()));
END
$$;
COMMENT ON FUNCTION leadscore.report(text, timestamptz, text) IS
'One HTML page about a source, for a browser or paper: headline figures, what has changed, the funnel, channels, scores, whether the model foretells what comes, the work of owners, duplicates and spam, of the leads that came in the twelve months that end with the month of as_of, as they stand now. It has no scripts, needs nothing from outside, and says in a sentence what each picture shows. In English (en) or Russian (ru). Everything is read from the views with the privileges of the current user. Raises 22004 for a NULL argument, 42704 if the source does not exist, 42501 if the current user may not read its table, 22023 for another language and an infinite as_of.';
