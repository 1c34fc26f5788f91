-- The garden's machinery: from the catalog it makes calls of everything that the extension has with edge values, makes
-- each of them in a subtransaction that is undone, and notes what came of it.
CREATE TABLE garden.value_list (type oid PRIMARY KEY, ordinary text[] NOT NULL, every text[] NOT NULL);
CREATE TABLE garden.outcome (subject text NOT NULL, state text NOT NULL, milliseconds float8 NOT NULL, message text, statement text NOT NULL);

-- A number from 0 to below n that the seed decides.
CREATE FUNCTION garden.draw(seed bigint, n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT ((hashint8extended(seed, 42) % n + n) % n)::integer $$;
CREATE FUNCTION garden.pick(list text[], seed bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT list[1 + garden.draw(seed, cardinality(list))] $$;

CREATE FUNCTION garden.array_values(ordinary text[], every text[], type oid) RETURNS garden.value_list LANGUAGE plpgsql AS $$
DECLARE
  name text := format_type(type, NULL);
  element text := format_type((SELECT typelem FROM pg_type WHERE oid = type), NULL);
  list garden.value_list;
  elements text;
BEGIN
  list.type := type;
  FOR n IN 1 .. 4 LOOP
    SELECT string_agg(garden.pick(ordinary, n * 100 + i), ', ') INTO elements FROM generate_series(1, n + 1) AS i;
    list.ordinary := list.ordinary || format('ARRAY[%s]::%s', elements, name);
  END LOOP;
  FOR n IN 1 .. 24 LOOP
    SELECT string_agg(CASE WHEN garden.draw(n * 200 + i, 4) = 0 THEN garden.pick(every, n * 300 + i) ELSE garden.pick(ordinary, n * 400 + i) END, ', ') INTO elements FROM generate_series(1, 1 + n % 5) AS i;
    list.every := list.every || format('ARRAY[%s]::%s', elements, name);
  END LOOP;
  list.every := list.every || ARRAY[
    format('NULL::%s', name), format('%L::%s', '{}', name), format('ARRAY[NULL]::%s', name), format('array_fill(NULL::%s, ARRAY[3])::%s', element, name), format('ARRAY[NULL, %s, NULL]::%s', ordinary[1], name),
    format('array_fill((%s)::%s, ARRAY[2, 2])', ordinary[1], element), format('array_fill((%s)::%s, ARRAY[1, 1, 1, 1, 1, 1])', ordinary[1], element), format('array_fill((%s)::%s, ARRAY[3], ARRAY[-1])', ordinary[1], element),
    format('array_fill((%s)::%s, ARRAY[2], ARRAY[2147483640])', ordinary[1], element), format('array_fill((%s)::%s, ARRAY[65])', ordinary[1], element), format('array_fill((%s)::%s, ARRAY[20000])', ordinary[1], element)];
  RETURN list;
END
$$;

CREATE FUNCTION garden.composite_values(type oid) RETURNS garden.value_list LANGUAGE plpgsql AS $$
DECLARE
  name text := format_type(type, NULL);
  relation regclass := (SELECT typrelid FROM pg_type WHERE oid = type);
  list garden.value_list;
  fields text;
  width integer;
BEGIN
  list.type := type;
  PERFORM garden.learn(atttypid) FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
  SELECT count(*) INTO width FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
  list.every := ARRAY[format('NULL::%s', name), format('jsonb_populate_record(NULL::%s, ''{}'')', name)];
  IF (SELECT relkind FROM pg_class WHERE oid = relation) = 'r' THEN
    list.ordinary := ARRAY[format('(SELECT r FROM %s AS r LIMIT 1)', relation), format('(SELECT r FROM %s AS r ORDER BY r DESC LIMIT 1)', relation)];
  END IF;
  FOR n IN 1 .. 6 + 3 * width LOOP
    -- The first are ordinary throughout; then one field after the other is odd, three times; an odd one may be NULL.
    SELECT string_agg(CASE WHEN n > 6 AND a.nth = 1 + (n - 7) / 3 THEN garden.pick(v.every, n * 1000 + a.nth) ELSE garden.pick(v.ordinary, n * 1001 + a.nth) END, ', ' ORDER BY a.nth) INTO fields
    FROM (SELECT row_number() OVER (ORDER BY attnum) AS nth, atttypid FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped) AS a JOIN garden.value_list AS v ON v.type = a.atttypid;
    IF n <= 6 THEN
      list.ordinary := list.ordinary || format('ROW(%s)::%s', fields, name);
    ELSE
      list.every := list.every || format('ROW(%s)::%s', fields, name);
    END IF;
  END LOOP;
  RETURN list;
END
$$;

-- Finds the values of a type, and of those that it is made of.
CREATE FUNCTION garden.learn(type oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  t pg_type := (SELECT t FROM pg_type AS t WHERE t.oid = learn.type);
  list garden.value_list;
BEGIN
  IF EXISTS (SELECT FROM garden.value_list AS v WHERE v.type = learn.type) THEN
    RETURN;
  END IF;
  SELECT learn.type, array_agg(expression) FILTER (WHERE is_ordinary), array_agg(expression) FILTER (WHERE NOT is_ordinary) INTO list FROM garden.edge_value AS e WHERE e.type = learn.type;
  IF list.every IS NOT NULL THEN
    list.ordinary := coalesce(list.ordinary, list.every);
  ELSIF t.typcategory = 'A' THEN
    PERFORM garden.learn(t.typelem);
    SELECT (garden.array_values(v.ordinary, v.every, learn.type)).* INTO list FROM garden.value_list AS v WHERE v.type = t.typelem;
  ELSIF t.typtype = 'c' THEN
    list := garden.composite_values(learn.type);
  ELSIF t.typtype = 'e' THEN
    SELECT learn.type, array_agg(format('%L::%s', enumlabel, learn.type::regtype)), ARRAY[format('NULL::%s', learn.type::regtype)] INTO list FROM pg_enum WHERE enumtypid = learn.type;
  ELSIF t.typtype = 'd' THEN
    PERFORM garden.learn(t.typbasetype);
    SELECT learn.type, array_agg(DISTINCT format('(%s)::%s', o, learn.type::regtype)), array_agg(DISTINCT format('(%s)::%s', e, learn.type::regtype)) INTO list
    FROM garden.value_list AS v, unnest(v.ordinary) AS o, unnest(v.every) AS e WHERE v.type = t.typbasetype;
  ELSE
    RAISE EXCEPTION 'the garden has no edge values of type %: add some to test/garden/edge_values.sql', learn.type::regtype;
  END IF;
  list.every := list.ordinary || list.every;
  INSERT INTO garden.value_list SELECT (list).*;
END
$$;

-- The words that an argument of type text may have to be: those that the comment of the function names, or of another whose
-- name its own begins with, as attribution_partial() does with that of attribution().
CREATE FUNCTION garden.words(function oid) RETURNS text[] LANGUAGE sql AS $$
SELECT array_agg(DISTINCT quote_literal(w.words[1]) || '::text')
FROM pg_proc AS p JOIN pg_proc AS q ON q.pronamespace = p.pronamespace AND (p.oid = q.oid OR starts_with(p.proname, q.proname || '_')),
  regexp_matches(coalesce(obj_description(q.oid, 'pg_proc'), ''), '\m([a-z_]{3,30})\M(?=[,.):]| or | \()', 'g') AS w (words)
WHERE p.oid = function
$$;

-- An argument: what is ordinary for its name, a word of the function, what is ordinary for its type, or anything.
CREATE FUNCTION garden.argument(name text, type oid, words text[], seed bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  chance integer := garden.draw(seed, 100);
  answer text;
BEGIN
  IF chance < 45 THEN
    SELECT garden.pick(array_agg(n.expression ORDER BY n.expression), seed + 1) INTO answer FROM garden.named_value AS n WHERE n.name = argument.name AND n.type = argument.type;
  ELSIF chance < 65 AND type = 'text'::regtype THEN
    answer := garden.pick(words, seed + 2);
  END IF;
  IF answer IS NULL THEN
    SELECT garden.pick(CASE WHEN chance < 75 THEN v.ordinary ELSE v.every END, seed + 3) INTO answer FROM garden.value_list AS v WHERE v.type = argument.type;
  END IF;
  RETURN answer;
END
$$;

-- The arguments of the n-th of `calls` calls: all combinations where they are so few; else one argument after the other
-- has each of its values once (or some of them have) among arguments as they come. NULL after the last.
CREATE FUNCTION garden.arguments(names text[], types oid[], words text[], seed bigint, n integer, calls integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  sizes integer[];
  product numeric := 1;
  total integer := 0;
  place integer;
  answer text[] := '{}';
  list text[];
BEGIN
  SELECT array_agg(cardinality(v.every) ORDER BY t.nth) INTO sizes FROM unnest(types) WITH ORDINALITY AS t (type, nth) JOIN garden.value_list AS v USING (type);
  FOR i IN 1 .. cardinality(types) LOOP
    product := product * sizes[i];
    total := total + sizes[i];
  END LOOP;
  IF n >= least(product, calls) THEN
    RETURN NULL;
  END IF;
  place := CASE WHEN product <= calls OR total <= calls THEN n ELSE garden.draw(seed + n, total) END;
  FOR i IN 1 .. cardinality(types) LOOP
    SELECT every INTO list FROM garden.value_list AS v WHERE v.type = types[i];
    IF product <= calls THEN
      answer := answer || list[1 + place % sizes[i]];
      place := place / sizes[i];
    ELSE
      answer := answer || CASE WHEN place BETWEEN 0 AND sizes[i] - 1 THEN list[1 + place] ELSE garden.argument(names[i], types[i], words, seed + n * 1000 + i * 10) END;
      place := place - sizes[i];
    END IF;
  END LOOP;
  RETURN answer;
END
$$;

-- Runs a statement, undoes what it did, and notes what came of it.
-- Says whether there is time for more.
CREATE FUNCTION garden.attempt(subject text, statement text, guest boolean, told boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  started timestamptz := clock_timestamp();
  state text;
  said text;
BEGIN
  IF told THEN
    RAISE LOG 'the garden: %', statement;
  END IF;
  BEGIN
    IF guest THEN
      SET LOCAL ROLE garden_guest;
    END IF;
    EXECUTE statement;
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE SQLSTATE '00U01';
  EXCEPTION
    WHEN SQLSTATE '00U01' THEN
      state := '00000';
    WHEN OTHERS OR query_canceled OR assert_failure THEN
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
  END;
  INSERT INTO garden.outcome VALUES (subject, state, 1000 * extract(epoch FROM clock_timestamp() - started), CASE WHEN octet_length(said) < 1000 THEN said ELSE 'a long one' END, statement);
  RETURN state <> '57014';  -- the timeout does not strike twice
END
$$;

CREATE FUNCTION garden.function_statement(p pg_proc, arguments text[], seed bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  name text := format('%s.%I', p.pronamespace::regnamespace, p.proname);
  form integer := garden.draw(seed, 4);
  given text[] := arguments;
  list text;
BEGIN
  -- Half of the calls are made of columns, so that nothing of them is computed when they are planned.
  IF form >= 2 AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'record'::regtype = ANY (p.proargtypes) AND cardinality(arguments) > 0 THEN
    SELECT array_agg('r.a' || i) INTO given FROM generate_subscripts(arguments, 1) AS i;
  END IF;
  SELECT string_agg(CASE WHEN i = p.pronargs AND p.provariadic <> 0 AND p.provariadic <> '"any"'::regtype THEN 'VARIADIC ' ELSE '' END || given[i], ', ' ORDER BY i) INTO list FROM generate_subscripts(given, 1) AS i;
  IF p.provariadic = '"any"'::regtype THEN
    list := CASE garden.draw(seed + 1, 5) WHEN 0 THEN list || ', true, 3' WHEN 1 THEN list || ', NULL::boolean, NULL::integer' WHEN 2 THEN regexp_replace(list, ', [^,]*$', ', VARIADIC ARRAY[1, NULL]') ELSE list END;
  END IF;
  list := format('%s(%s)', name, list);
  IF p.prorettype IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype) THEN
    list := format('SELECT %s IS NULL', list);
  ELSIF NOT p.proretset THEN
    list := format('SELECT length((%s)::text)', list);
  ELSE
    list := CASE form % 2 WHEN 0 THEN format('SELECT count(x::text) FROM (SELECT %s AS x LIMIT %s) AS s', list, 1 + garden.draw(seed + 2, 3)) ELSE format('SELECT (SELECT count(x::text) FROM %s AS x)', list) END;
  END IF;
  IF given = arguments THEN
    RETURN list;
  END IF;
  IF list LIKE 'SELECT count(x::text) FROM (SELECT %' THEN
    RETURN replace(list, ' LIMIT ', ' FROM (SELECT ' || (SELECT string_agg(a || ' AS a' || i, ', ') FROM unnest(arguments) WITH ORDINALITY AS u (a, i)) || ' OFFSET 0) AS r LIMIT ');
  END IF;
  RETURN list || ' FROM (SELECT ' || (SELECT string_agg(a || ' AS a' || i, ', ') FROM unnest(arguments) WITH ORDINALITY AS u (a, i)) || ' OFFSET 0) AS r';
END
$$;

-- Rows for aggregates: pages enough for two workers. What an argument is depends on the number of the row.
CREATE TABLE garden.page (n integer NOT NULL, padding text NOT NULL) WITH (parallel_workers = 2);
ALTER TABLE garden.page ALTER COLUMN padding SET STORAGE PLAIN;
INSERT INTO garden.page SELECT n, repeat('x', 3000) FROM generate_series(1, 40) AS n;

CREATE FUNCTION garden.aggregate_statement(p pg_proc, rows text[][], seed bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  name text := format('%s.%I', p.pronamespace::regnamespace, p.proname);
  list text;
  first text;
  how_many integer := (ARRAY[0, 1, 2, 5, 12, 40])[1 + garden.draw(seed + 5, 6)];
  source text := format('FROM garden.page WHERE n <= %s', how_many);
BEGIN
  SELECT string_agg(CASE WHEN p.provariadic NOT IN (0, '"any"'::regtype) AND i = p.pronargs THEN 'VARIADIC ' ELSE '' END ||
    CASE WHEN p.proargtypes[i - 1] IN ('"any"'::regtype, 'anyelement'::regtype) THEN rows[1][i] ELSE format('CASE n %% 4 WHEN 0 THEN %s WHEN 1 THEN %s WHEN 2 THEN %s ELSE %s END', rows[1][i], rows[2][i], rows[3][i], rows[4][i]) END, ', ' ORDER BY i)
  INTO list FROM generate_series(1, p.pronargs) AS i;
  first := CASE WHEN p.proargtypes[0] IN ('"any"'::regtype, 'anyelement'::regtype) THEN rows[1][1] ELSE format('CASE n %% 2 WHEN 0 THEN %s ELSE %s END', rows[1][1], rows[2][1]) END;
  RETURN CASE garden.draw(seed + 6, 10)
    WHEN 0 THEN format('SELECT length(%s(%s)::text) %s', name, list, source)
    WHEN 1 THEN format('SELECT length(%s(DISTINCT %s)::text) %s', name, list, source)
    WHEN 2 THEN format('SELECT length((%s(%s) FILTER (WHERE n %% 3 = 0))::text) %s', name, list, source)
    WHEN 3 THEN format('SELECT length(%s(%s ORDER BY n DESC, %s)::text) %s', name, list, first, source)
    WHEN 4 THEN format('SELECT count(w::text) FROM (SELECT %s(%s) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS w %s) AS s', name, list, source)
    WHEN 5 THEN format('SELECT count(w::text) FROM (SELECT %s(%s) OVER (PARTITION BY n %% 3 ORDER BY n) AS w %s) AS s', name, list, source)
    WHEN 6 THEN format('SELECT n %% 3, n %% 2, length(%s(%s)::text) %s GROUP BY GROUPING SETS ((), (n %% 3), (n %% 3, n %% 2))', name, list, source)
    WHEN 7 THEN format('SELECT n %% 3, length(%s(%s)::text) %s GROUP BY n %% 3', name, list, source)
    ELSE format($f$SELECT set_config('force_parallel_mode', 'on', true), set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true), set_config('min_parallel_table_scan_size', '0', true); SELECT length(%s(%s)::text) %s$f$, name, list, source)
  END;
END
$$;

-- What there is to call.
CREATE VIEW garden.subject AS
SELECT 'function' AS kind, p.oid, p.oid::regprocedure::text AS name FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'leadscore'
WHERE p.prokind = 'f'
UNION ALL
SELECT 'aggregate', p.oid, p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'leadscore'
WHERE p.prokind = 'a'
UNION ALL
SELECT 'operator', o.oid, o.oid::regoperator::text FROM pg_operator AS o JOIN pg_depend AS d ON d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'leadscore'
UNION ALL
SELECT 'cast', c.oid, c.castsource::regtype || ' AS ' || c.casttarget::regtype FROM pg_cast AS c JOIN pg_depend AS d ON d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'leadscore'
UNION ALL
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, c.oid, c.oid::regclass::text FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'leadscore'
WHERE c.relkind IN ('v', 'm', 'r', 'p')
UNION ALL
SELECT 'table', c.oid, c.oid::regclass::text FROM pg_class AS c WHERE c.oid IN ('garden.lead'::regclass, 'garden.event'::regclass, 'garden.region'::regclass, 'garden.duplicated'::regclass);

-- Bytes that aggregates have made, whole and damaged, are edge values of bytea.
CREATE FUNCTION garden.learn_states() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  a record;
  state bytea;
  learned integer := 0;
  statement text;
BEGIN
  FOR a IN SELECT p FROM garden.subject AS s JOIN pg_proc AS p USING (oid) WHERE s.kind = 'aggregate' AND p.prorettype = 'bytea'::regtype LOOP
    PERFORM garden.learn(t) FROM unnest((a.p).proargtypes::oid[]) AS t;
    FOR attempt IN 1 .. 500 LOOP
      SELECT format('SELECT %s.%I(%s) FROM generate_series(1, 3)', (a.p).pronamespace::regnamespace, (a.p).proname, string_agg(CASE WHEN t.n = (a.p).pronargs AND (a.p).provariadic NOT IN (0, '"any"'::regtype) THEN 'VARIADIC ' ELSE '' END
        || garden.argument((a.p).proargnames[t.n], t.type, garden.words((a.p).oid), attempt * 100 + t.n), ', ' ORDER BY t.n)) INTO statement
      FROM unnest((a.p).proargtypes::oid[]) WITH ORDINALITY AS t (type, n);
      BEGIN
        EXECUTE statement INTO state;
      EXCEPTION WHEN OTHERS THEN
        CONTINUE;
      END;
      CONTINUE WHEN state IS NULL OR length(state) > 4000;
      INSERT INTO garden.edge_value
      SELECT 'bytea'::regtype, i = 0, format('%L::bytea', CASE i
        WHEN 0 THEN state WHEN 1 THEN substr(state, 1, length(state) - 1) WHEN 2 THEN state || '\x00'::bytea WHEN 3 THEN state || state ELSE set_byte(state, garden.draw(attempt * 10 + i, length(state)), garden.draw(attempt * 11 + i, 256)) END)
      FROM generate_series(0, 6) AS i;
      learned := learned + 1;
      EXIT;
    END LOOP;
  END LOOP;
  RETURN learned;
END
$$;

-- Makes at most so many calls of one subject; returns how many.
CREATE FUNCTION garden.visit(kind text, oid oid, seed bigint, calls integer, told boolean DEFAULT false) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  p pg_proc;
  names text[];
  types oid[];
  words text[];
  rows text[];
  given text[];
  expression text;
  n integer := 0;
  here bigint;  -- of the name, so that what is new changes nothing for the others
  guest boolean;
  more boolean;
  subject text;
BEGIN
  -- A number that a sequence gave is not given back; one that was set near its end would be an error of all that come later.
  PERFORM setval(objid, 1000000) FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid AND e.extname = 'leadscore' JOIN pg_sequence ON seqrelid = objid WHERE classid = 'pg_class'::regclass AND deptype = 'e';
  SELECT s.name INTO STRICT subject FROM garden.subject AS s WHERE s.kind = visit.kind AND s.oid = visit.oid;
  here := hashtextextended(visit.kind || ' ' || subject, seed) >> 4;
  IF visit.kind IN ('function', 'aggregate') THEN
    SELECT * INTO STRICT p FROM pg_proc AS f WHERE f.oid = visit.oid;
    names := coalesce(p.proargnames, '{}');
    types := ARRAY(SELECT unnest(p.proargtypes::oid[]));  -- that of the catalog begins with 0
    words := garden.words(visit.oid);
  ELSIF visit.kind = 'operator' THEN
    SELECT array_remove(ARRAY[oprleft, oprright], 0), format('OPERATOR(%s.%s)', oprnamespace::regnamespace, oprname) INTO types, expression FROM pg_operator AS o WHERE o.oid = visit.oid;
  ELSIF visit.kind = 'cast' THEN
    SELECT ARRAY[castsource], format_type(casttarget, NULL) INTO types, expression FROM pg_cast AS c WHERE c.oid = visit.oid;
  ELSIF visit.kind = 'table' THEN
    SELECT array_agg(attname::text ORDER BY attnum), array_agg(atttypid ORDER BY attnum) INTO names, types FROM pg_attribute WHERE attrelid = visit.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  END IF;
  PERFORM garden.learn(t) FROM unnest(types) AS t;

  IF visit.kind = 'view' THEN
    PERFORM garden.attempt(subject, format(s, subject), g, told)
    FROM unnest('{SELECT count(v::text) FROM %s AS v,SELECT v FROM %s AS v LIMIT 1,SELECT count(*) FROM %s,SELECT v FROM %s AS v ORDER BY v DESC}'::text[]) AS s, unnest('{false,true}'::boolean[]) AS g;
    RETURN 8;
  END IF;

  LOOP
    given := garden.arguments(names, types, words, here, n, calls);
    EXIT WHEN given IS NULL;
    guest := garden.draw(here + n, 6) = 0;
    IF visit.kind = 'aggregate' THEN
      -- Three rows more, drawn as they come; every tenth group is of NULLs alone.
      rows := ARRAY[given];
      FOR i IN 2 .. 4 LOOP
        SELECT rows || ARRAY[array_agg(CASE WHEN n % 10 = 9 THEN 'NULL::' || format_type(t.type, NULL) ELSE garden.argument(names[t.nth], t.type, words, here + n * 1000 + i * 100 + t.nth) END ORDER BY t.nth)] INTO rows FROM unnest(types) WITH ORDINALITY AS t (type, nth);
      END LOOP;
      more := garden.attempt(subject, garden.aggregate_statement(p, rows, here + n), guest, told);
    ELSIF visit.kind = 'function' THEN
      more := garden.attempt(subject, garden.function_statement(p, given, here + n), guest, told);
    ELSIF visit.kind = 'operator' THEN
      more := garden.attempt(subject, format('SELECT length((%s)::text)', CASE cardinality(given) WHEN 1 THEN expression || ' ' || given[1] ELSE format('%s %s %s', given[1], expression, given[2]) END), guest, told);
    ELSIF visit.kind = 'cast' THEN
      more := garden.attempt(subject, format('SELECT length(((%s)::%s)::text)', given[1], expression), guest, told);
    ELSE
      more := garden.attempt(subject, CASE n % 3
        WHEN 0 THEN format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)', subject, (SELECT string_agg(quote_ident(c), ', ' ORDER BY i) FROM unnest(names) WITH ORDINALITY AS u (c, i)), array_to_string(given, ', '))
        ELSE format('UPDATE %s SET (%s) = ROW(%s) WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$s LIMIT 2))', subject, (SELECT string_agg(quote_ident(c), ', ' ORDER BY i) FROM unnest(names) WITH ORDINALITY AS u (c, i) WHERE garden.draw(here + n * 7 + i, 4) = 0 OR i = 1 + n % cardinality(names)),
          (SELECT string_agg(v, ', ' ORDER BY i) FROM unnest(given) WITH ORDINALITY AS u (v, i) WHERE garden.draw(here + n * 7 + i, 4) = 0 OR i = 1 + n % cardinality(names))) END, guest, told);
    END IF;
    n := n + 1;
    EXIT WHEN NOT more;
  END LOOP;
  RETURN n;
END
$$;

-- Texts so long that what is not proportional to them shows: as each text argument of a function in turn.
CREATE FUNCTION garden.call_long(function oid, megabytes integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p pg_proc := (SELECT p FROM pg_proc AS p WHERE p.oid = function);
  types oid[] := ARRAY(SELECT unnest(p.proargtypes::oid[]));
  given text[];
  long text;
BEGIN
  PERFORM garden.learn(t) FROM unnest(types) AS t;
  FOR place IN 1 .. p.pronargs LOOP
    CONTINUE WHEN types[place] <> 'text'::regtype;
    FOREACH long IN ARRAY ARRAY[format('repeat(%L, %s)', 'ы', megabytes * 500000), format('repeat(%L, %s)', 'Ab 1.@', megabytes * 160000)] LOOP
      SELECT array_agg(CASE WHEN t.nth = place THEN long ELSE garden.argument(p.proargnames[t.nth], t.type, garden.words(function), 7 + t.nth) END ORDER BY t.nth) INTO given FROM unnest(types) WITH ORDINALITY AS t (type, nth);
      EXIT WHEN NOT garden.attempt(function::regprocedure || ' of long texts', garden.function_statement(p, given, 0), false, false);
    END LOOP;
  END LOOP;
END
$$;

-- Memory of this backend in bytes: what its contexts have, and what is resident and nobody else's.
CREATE FUNCTION garden.memory(OUT contexts bigint, OUT resident bigint) LANGUAGE sql AS $$
SELECT (SELECT sum(total_bytes) FROM pg_backend_memory_contexts), 1024 * (regexp_match(pg_read_file('/proc/self/status'), 'RssAnon:\s+(\d+) kB'))[1]::bigint
$$;

-- Makes the calls again that have ended by an error, each of the quick ones in turn, until there were so many errors. Not
-- those that make a trigger: PostgreSQL keeps what it compiled of a PL/pgSQL function for each trigger, as long as the session lasts.
CREATE FUNCTION garden.storm(errors integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  statements text[] := (SELECT array_agg(f.statement ORDER BY f.statement) FROM (
    SELECT DISTINCT ON (o.subject, o.state, o.message) o.statement FROM garden.outcome AS o
    WHERE o.state NOT IN ('00000', '57014') AND o.milliseconds < 3 AND length(o.statement) < 2000 AND o.statement !~ 'parallel_setup_cost' AND o.subject NOT LIKE '%trigger' ORDER BY o.subject, o.state, o.message, o.milliseconds) AS f);
  caught integer := 0;
  tried integer := 0;
BEGIN
  WHILE caught < errors AND tried < 10 * errors LOOP
    BEGIN
      EXECUTE statements[1 + tried % cardinality(statements)];
      RAISE SQLSTATE '00U01';
    EXCEPTION
      WHEN SQLSTATE '00U01' THEN
        NULL;
      WHEN OTHERS THEN
        caught := caught + 1;
    END;
    tried := tried + 1;
  END LOOP;
  RETURN cardinality(statements);
END
$$;
