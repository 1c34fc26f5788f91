-- Loads a CSV of unknown columns into a new table, with guessed names, types and key, by psql alone:
--
--   psql -v file=leads.csv -v table=leads -f examples/load_csv.sql          (also -v encoding=…, of PostgreSQL's names)
--
-- The file is read where psql runs. It has a line of headings, and values between ; or , or tabs or |. It is UTF-8, with
-- or without a byte order mark, or else windows-1251. Values may be quoted and have line ends inside. Numbers may be
-- written as 1 234,56, dates as 31.12.2026 or 2026-12-31; an empty value is NULL. A heading that people use for
-- what leadscore knows becomes the name that its templates, attach() and the search for duplicates read; the heading
-- itself is kept as the comment of the column. Nothing but the table stays; it takes the memory of the file several times over.
\set stop_before :ON_ERROR_STOP
\set encoding_before :ENCODING
\set quiet_before :QUIET
\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8
\if :{?encoding}
\else
\set encoding ''
\endif
DO $$
BEGIN
  IF getdatabaseencoding() = 'SQL_ASCII' THEN
    RAISE feature_not_supported USING MESSAGE = format('database "%s" has the encoding SQL_ASCII, and knows no letters beyond English ones', current_database()),
      HINT = 'Make another: CREATE DATABASE leads TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8''. Then \c leads, CREATE EXTENSION leadscore.';
  END IF;
END
$$;
-- What a load that failed has left in this session.
SELECT format('DROP TABLE %s', string_agg(c.oid::regclass::text, ', ')) FROM pg_class AS c
WHERE c.relnamespace = pg_my_temp_schema() AND c.relname IN ('csv_file', 'csv_name', 'csv_record', 'csv_row', 'csv_column') HAVING count(*) > 0 \gexec
\lo_import :file
CREATE TEMPORARY TABLE csv_file AS SELECT lo_get(:LASTOID) AS content, lo_unlink(:LASTOID) AS is_gone;

CREATE OR REPLACE FUNCTION pg_temp.csv_text(content bytea, encoding text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF substr(content, 1, 2) IN ('\xfffe', '\xfeff') THEN
    RAISE 'the file is UTF-16' USING ERRCODE = 'untranslatable_character', HINT = 'Save it as "CSV UTF-8", or: iconv -f UTF-16 -t UTF-8 FILE > NEW';
  ELSIF substr(content, 1, 4) = '\x504b0304' THEN
    RAISE 'the file is no CSV but a spreadsheet (XLSX) or an archive' USING ERRCODE = 'invalid_text_representation', HINT = 'Save it as "CSV UTF-8".';
  ELSIF encoding <> '' THEN
    RETURN convert_from(content, encoding);
  ELSIF substr(content, 1, 3) = '\xefbbbf' THEN
    RETURN convert_from(substr(content, 4), 'UTF8');
  END IF;
  RETURN convert_from(content, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire THEN
  IF encoding <> '' THEN
    RAISE;
  END IF;
  RAISE NOTICE 'the file is not UTF-8: it is read as windows-1251';
  RETURN convert_from(content, 'WIN1251');
END
$$;

-- Letters of the languages of the headings, whatever the locale of the database.
CREATE OR REPLACE FUNCTION pg_temp.csv_lower(word text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT translate(lower(word), 'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ', 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя')
$$;

CREATE OR REPLACE FUNCTION pg_temp.csv_boolean(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN pg_temp.csv_lower(word) IN ('yes', 'true', 'да', 'истина') THEN true WHEN pg_temp.csv_lower(word) IN ('no', 'false', 'нет', 'ложь') THEN false END
$$;

-- More than 15 digits, or zeros in front, are a code and no number.
CREATE OR REPLACE FUNCTION pg_temp.csv_number(word text, delimiter text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  digits CONSTANT text := translate(regexp_replace(word, '^[$€₽]\s*|\s*([$€₽]|руб\.?|р\.|RUB|USD|EUR)$', '', 'g'), E'\u00A0\u202F', '  ');
BEGIN
  IF digits ~ '^-?\d{1,3}( \d{3})+([.,]\d+)?$' OR digits ~ '^-?(0|[1-9]\d{0,14})([.,]\d+)?$' AND NOT (delimiter = ',' AND digits ~ '^-?[1-9]\d{0,2},\d{3}$') THEN
    RETURN replace(replace(digits, ' ', ''), ',', '.');
  ELSIF digits ~ '^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$' THEN
    RETURN replace(digits, ',', '');
  ELSIF digits ~ '^-?[1-9]\d{0,2}(\.\d{3})+,\d+$' OR digits ~ '^-?[1-9]\d{0,2}(\.\d{3}){2,}$' THEN
    RETURN replace(replace(digits, '.', ''), ',', '.');
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.csv_date(word text, is_month_first boolean) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  part text[] := regexp_match(word, '^(\d{4})-(\d{1,2})-(\d{1,2})$');
BEGIN
  IF part IS NULL THEN
    part := regexp_match(word, '^(\d{1,2})([./])(\d{1,2})\2(\d{4})$');
    part := CASE WHEN is_month_first AND part[2] = '/' THEN ARRAY[part[4], part[1], part[3]] ELSE ARRAY[part[4], part[3], part[1]] END;
  END IF;
  RETURN make_date(part[1]::integer, part[2]::integer, part[3]::integer);
EXCEPTION WHEN datetime_field_overflow THEN
  RETURN NULL;
END
$$;

-- A time without a zone is of the session's.
CREATE OR REPLACE FUNCTION pg_temp.csv_time(word text, is_month_first boolean) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  part CONSTANT text[] := regexp_match(word, '^([\d./-]+)(?:(?:T|,?\s+)(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$');
  day CONSTANT date := pg_temp.csv_date(part[1], is_month_first);
BEGIN
  RETURN CASE WHEN day IS NOT NULL THEN concat(day::text, ' ', coalesce(part[2], '00:00'), part[3])::timestamptz END;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
  RETURN NULL;
END
$$;

-- Names have 63 bytes, and a number may have to be added.
CREATE OR REPLACE FUNCTION pg_temp.csv_heading(heading text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(w.words, CASE WHEN octet_length(w.words) = length(w.words) THEN 56 ELSE 28 END)
  FROM (SELECT trim('_' FROM regexp_replace(pg_temp.csv_lower(heading), '[^[:alnum:]а-яё]+', '_', 'g'))) AS w (words)
$$;

-- What people call what leadscore knows by the name in front. Of several headings of one line the first keeps the name.
CREATE TEMPORARY TABLE csv_name (name text, heading text);
INSERT INTO csv_name SELECT n.name, trim(h.heading) FROM (VALUES
  ('email', 'email, e_mail, mail, email_address, work_email, contact_email, рабочий_email, рабочий_e_mail, почта, эл_почта, электронная_почта, email_контакта, адрес_электронной_почты'),
  ('phone', 'phone, phone_number, mobile, mobile_phone, mobile_phone_number, telephone, tel, телефон, номер_телефона, мобильный, мобильный_телефон, рабочий_телефон, контактный_телефон, телефон_контакта'),
  ('full_name', 'full_name, name, contact_name, lead_name, фио, ф_и_о, имя, контакт, основной_контакт, контактное_лицо, имя_контакта'),
  ('first_name', 'first_name, имя'),
  ('last_name', 'last_name, surname, фамилия'),
  ('patronymic', 'middle_name, patronymic, отчество'),
  ('company', 'company, company_name, organization, organisation, account, account_name, associated_company, компания, организация, название_компании, компания_контакта'),
  ('job_title', 'job_title, position, должность'),
  ('industry', 'industry, sector, отрасль, ниша, сфера_деятельности'),
  ('headcount', 'headcount, employees, number_of_employees, сотрудников, число_сотрудников, количество_сотрудников, кол_во_сотрудников'),
  ('country', 'country, country_region, страна'),
  ('region', 'region, state_region, регион, область'),
  ('city', 'city, город'),
  ('budget', 'budget, amount, deal_amount, deal_value, close_value, opportunity_amount, бюджет, сумма, сумма_сделки'),
  ('channel', 'channel, source, lead_source, origin, original_source, original_traffic_source, utm_source, источник, канал, источник_лида, источник_сделки, источник_заявки'),
  ('owner', 'owner, manager, sales_agent, responsible, responsible_user, contact_owner, lead_owner, deal_owner, ответственный, менеджер'),
  ('status', 'status, lead_status, stage, deal_stage, pipeline_stage, статус, этап, стадия, этап_сделки, стадия_сделки, статус_лида'),
  ('created_at', 'created_at, created, created_on, create_date, date_created, submitted_at, first_contact_date, дата_создания, дата_создания_сделки, дата_заявки, создан, создано'),
  ('closed_at', 'closed_at, closed_on, close_date, closed_date, дата_закрытия, дата_завершения'),
  ('comment', 'comment, comments, message, notes, комментарий, сообщение, примечание'),
  ('site_visits', 'site_visits, visits, number_of_sessions, визиты, посещения'),
  ('last_activity_at', 'last_activity_at, last_activity, last_activity_date, последняя_активность'),
  ('age', 'age, возраст')) AS n (name, headings), unnest(string_to_array(n.headings, ',')) AS h (heading);

CREATE TEMPORARY TABLE csv_record (record_no bigint, line bigint, record text);
CREATE TEMPORARY TABLE csv_row (line bigint, fields text[]);
CREATE TEMPORARY TABLE csv_column (number integer, heading text, name text, type text, value text, is_key boolean DEFAULT false, filled bigint, example text);

CREATE OR REPLACE FUNCTION pg_temp.csv_load(wanted text, encoding text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  relation CONSTANT text := (SELECT string_agg(quote_ident(part), '.') FROM unnest(parse_ident(wanted)) AS part);
  content text := pg_temp.csv_text((SELECT f.content FROM csv_file AS f), encoding);
  delimiter text := substring(content FROM '^sep=([^\r\n])\r?\n');
  heading_no bigint;
  is_month_first boolean;
  loaded bigint;
  added_key text;
  one record;
  candidate record;
  fits boolean;
BEGIN
  IF to_regclass(relation) IS NOT NULL THEN
    RAISE duplicate_table USING MESSAGE = format('there is a relation "%s" already', relation), HINT = 'Choose another name: -v table=…';
  END IF;
  content := replace(replace(regexp_replace(content, '^sep=[^\r\n]\r?\n', ''), E'\r\n', E'\n'), E'\r', E'\n');
  is_month_first := content ~ '\m\d{1,2}/(1[3-9]|2\d|3[01])/\d{4}\M';

  -- A line that ends inside quotes goes on in the next one.
  INSERT INTO csv_record
  SELECT n.record_no, min(n.line), string_agg(n.text, E'\n' ORDER BY n.line)
  FROM (SELECT q.line, q.text, count(*) FILTER (WHERE q.quotes_before % 2 = 0) OVER (ORDER BY q.line) AS record_no
    FROM (SELECT l.line, l.text, sum(l.quotes) OVER (ORDER BY l.line) - l.quotes AS quotes_before
      FROM (SELECT t.line, t.text, length(t.text) - length(replace(t.text, '"', '')) AS quotes FROM string_to_table(content, E'\n') WITH ORDINALITY AS t (text, line)) AS l) AS q) AS n
  GROUP BY n.record_no;
  SELECT r.line INTO one FROM csv_record AS r WHERE length(replace(r.record, '"', '')) % 2 <> length(r.record) % 2 LIMIT 1;
  IF FOUND THEN
    RAISE bad_copy_file_format USING MESSAGE = format('line %s: a quoted value that never ends', one.line);
  END IF;

  SELECT r.record_no, regexp_replace(r.record, '"([^"]|"")*"', '', 'g') AS bare INTO one
  FROM csv_record AS r WHERE r.record ~ '[^\s;,|"]' ORDER BY r.record_no LIMIT 1;
  IF NOT FOUND THEN
    RAISE bad_copy_file_format USING MESSAGE = 'the file is empty';
  END IF;
  heading_no := one.record_no;
  IF delimiter IS NULL THEN
    SELECT d.sign INTO delimiter FROM unnest(ARRAY[';', E'\t', ',', '|']) WITH ORDINALITY AS d (sign, place)
    ORDER BY length(one.bare) - length(replace(one.bare, d.sign, '')) DESC, d.place LIMIT 1;
  END IF;

  INSERT INTO csv_row
  SELECT r.line, f.fields FROM csv_record AS r,
    LATERAL (SELECT array_agg(nullif(regexp_replace(CASE WHEN left(v.value, 1) = '"' THEN replace(substring(v.value FROM '^"(.*)"[^"]*$'), '""', '"') ELSE v.value END, '^[\s\u00A0]+|[\s\u00A0]+$', '', 'g'), '') ORDER BY v.place) AS fields
      FROM (SELECT p.value, p.place FROM string_to_table(CASE WHEN strpos(r.record, '"') = 0 THEN r.record END, delimiter) WITH ORDINALITY AS p (value, place)
        UNION ALL
        SELECT m.parts[1], m.place FROM regexp_matches(CASE WHEN strpos(r.record, '"') > 0 THEN r.record || delimiter END, format('("(?:[^"]|"")*"[^%1$s]*|[^%1$s]*)[%1$s]', delimiter), 'g') WITH ORDINALITY AS m (parts, place)) AS v) AS f
  WHERE r.record_no >= heading_no AND (r.record_no = heading_no OR array_remove(f.fields, NULL) <> '{}');

  INSERT INTO csv_column (number, heading, name)
  SELECT n, h.fields[n], coalesce(nullif(pg_temp.csv_heading(h.fields[n]), ''), format('column_%s', n))
  FROM (SELECT r.fields FROM csv_row AS r ORDER BY r.line LIMIT 1) AS h, generate_series(1, (SELECT max(cardinality(r.fields)) FROM csv_row AS r)) AS n
  WHERE h.fields[n] IS NOT NULL OR EXISTS (SELECT FROM csv_row AS r WHERE r.fields[n] IS NOT NULL);
  DELETE FROM csv_row AS r WHERE r.line = (SELECT min(line) FROM csv_row);

  -- A first name is one only beside a last name.
  UPDATE csv_column AS c SET name = n.name FROM csv_name AS n
  WHERE n.heading = c.name AND (n.name <> 'first_name' OR EXISTS (SELECT FROM csv_column AS o JOIN csv_name AS k ON k.heading = o.name AND k.name = 'last_name'))
    AND (n.name <> 'full_name' OR c.name <> 'имя' OR NOT EXISTS (SELECT FROM csv_column AS o JOIN csv_name AS k ON k.heading = o.name AND k.name = 'last_name'))
    AND NOT EXISTS (SELECT FROM csv_column AS o JOIN csv_name AS k ON k.heading = o.name AND k.name = n.name WHERE o.number < c.number);
  UPDATE csv_column SET name = name || '_' WHERE name IN ('ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid');
  FOR one IN SELECT c.number, c.name FROM csv_column AS c ORDER BY c.number LOOP
    UPDATE csv_column SET name = (SELECT k.name FROM (SELECT one.name AS name, 1 AS n UNION ALL SELECT format('%s_%s', one.name, n), n FROM generate_series(2, 2000) AS n) AS k
      WHERE NOT EXISTS (SELECT FROM csv_column AS o WHERE o.name = k.name AND o.number <> one.number AND (o.number < one.number OR k.n > 1)) ORDER BY k.n LIMIT 1)
    WHERE number = one.number;
  END LOOP;

  -- Of each column the first type that all its values have.
  FOR one IN SELECT c.number, c.name FROM csv_column AS c LOOP
    FOR candidate IN SELECT t.type, format(t.value, format('fields[%s]', one.number), delimiter, is_month_first) AS value FROM (VALUES
        (1, 'boolean', 'pg_temp.csv_boolean(%1$s)'), (2, 'bigint', 'CASE WHEN %1$s ~ ''^-?(0|[1-9]\d{0,14})$'' THEN (%1$s)::bigint END'), (3, 'numeric', 'pg_temp.csv_number(%1$s, %2$L)'),
        (4, 'date', 'pg_temp.csv_date(%1$s, %3$L)'), (5, 'timestamptz', 'pg_temp.csv_time(%1$s, %3$L)'), (6, 'text', '%1$s')) AS t (place, type, value)
      WHERE t.type = 'text' OR one.name NOT IN ('email', 'phone', 'full_name', 'first_name', 'last_name', 'patronymic', 'company', 'status', 'channel', 'comment') ORDER BY t.place
    LOOP
      EXECUTE format('SELECT NOT EXISTS (SELECT FROM csv_row WHERE fields[%1$s] IS NOT NULL AND (%2$s) IS NULL) AND (%3$L = ''text'' OR EXISTS (SELECT FROM csv_row WHERE fields[%1$s] IS NOT NULL))',
        one.number, candidate.value, candidate.type) INTO fits;
      EXIT WHEN fits;
    END LOOP;
    UPDATE csv_column AS c SET type = candidate.type, value = candidate.value,
      filled = (SELECT count(*) FROM csv_row AS r WHERE r.fields[one.number] IS NOT NULL), example = (SELECT left(r.fields[one.number], 24) FROM csv_row AS r WHERE r.fields[one.number] IS NOT NULL ORDER BY r.line LIMIT 1)
    WHERE c.number = one.number;
  END LOOP;

  UPDATE csv_column SET is_key = true WHERE number = (SELECT c.number FROM csv_column AS c
    WHERE c.name ~ '^(id|ид|key|код|номер)$|_(id|ид)$|^(id|ид)_' AND c.type IN ('bigint', 'text') AND c.filled = (SELECT count(*) FROM csv_row)
      AND c.filled = (SELECT count(DISTINCT r.fields[c.number]) FROM csv_row AS r) AND c.filled > 0 ORDER BY c.name <> 'id', c.number LIMIT 1);
  IF NOT EXISTS (SELECT FROM csv_column WHERE is_key) THEN
    added_key := CASE WHEN EXISTS (SELECT FROM csv_column WHERE name = 'id') THEN 'lead_no' ELSE 'id' END;
  END IF;

  EXECUTE format('CREATE TABLE %s (%s)', relation, concat_ws(', ', added_key || ' bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY',
    (SELECT string_agg(format('%I %s%s', c.name, c.type, CASE WHEN c.is_key THEN ' PRIMARY KEY' END), ', ' ORDER BY c.number) FROM csv_column AS c)));
  EXECUTE (SELECT format('INSERT INTO %s (%s) SELECT %s FROM csv_row ORDER BY line', relation, string_agg(quote_ident(c.name), ', ' ORDER BY c.number), string_agg(c.value, ', ' ORDER BY c.number)) FROM csv_column AS c);
  GET DIAGNOSTICS loaded = ROW_COUNT;
  FOR one IN SELECT c.name, c.heading FROM csv_column AS c WHERE c.heading IS NOT NULL LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', relation, one.name, one.heading);
  END LOOP;
  IF added_key IS NOT NULL THEN
    INSERT INTO csv_column (number, name, type, is_key, filled) VALUES (0, added_key, 'bigint', true, loaded);
  END IF;
  EXECUTE format('ANALYZE %s', relation);
  RETURN loaded;
END
$$;

SELECT pg_temp.csv_load(:'table', :'encoding') AS leads_loaded;
SELECT name AS column, type, CASE WHEN is_key THEN 'key' ELSE '' END AS key, filled, heading, example FROM csv_column ORDER BY number;

-- For the next file of this session.
DROP FUNCTION pg_temp.csv_load(text, text), pg_temp.csv_heading(text), pg_temp.csv_time(text, boolean), pg_temp.csv_date(text, boolean), pg_temp.csv_number(text, text), pg_temp.csv_boolean(text), pg_temp.csv_lower(text), pg_temp.csv_text(bytea, text);
DROP TABLE csv_file, csv_name, csv_record, csv_row, csv_column;
\unset encoding
\encoding :encoding_before
\set QUIET :quiet_before
\set ON_ERROR_STOP :stop_before
