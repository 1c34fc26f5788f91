-- is_duplicate() walks from lead to lead, and remembers within a statement; duplicate_leads() settles all of them at once.
-- Both must tell the same, whatever hangs together with what, whoever was deleted, in each order and window.
CREATE EXTENSION leadscore;
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE SCHEMA duplicate_person;
SET search_path = duplicate_person, public;

-- Leads of few people, who give one of few numbers and one of few addresses, so that they hang together in chains.
-- key: SQL for a key that a number n has.
CREATE FUNCTION write_leads(statements int, key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  choice float8;
  statement text;
BEGIN
  FOR i IN 1..statements LOOP
    choice := random();
    statement := CASE
      WHEN choice < 0.15 THEN 'DELETE FROM lead WHERE id = %1$s'
      WHEN choice < 0.25 THEN 'UPDATE lead SET phone = $2 WHERE id = %1$s'
      WHEN choice < 0.35 THEN 'UPDATE lead SET at = $4 WHERE id = %1$s'
      ELSE 'INSERT INTO lead (id, phone, email, at) SELECT %1$s, $2, $3, $4 ON CONFLICT (id) DO NOTHING' END;
    EXECUTE format('WITH number (n) AS (SELECT $1) ' || statement, '(SELECT ' || key || ' FROM number)')
      USING floor(random() * 50)::int, CASE WHEN random() < 0.7 THEN '+7 912 123-45-' || 10 + floor(random() * 20)::int END,
        CASE WHEN random() < 0.6 THEN 'person' || floor(random() * 20)::int || '@mail.ru' END,
        CASE WHEN random() < 0.1 THEN NULL WHEN random() < 0.05 THEN 'infinity' WHEN random() < 0.05 THEN '-infinity'
          ELSE timestamptz '2026-01-01' + floor(random() * 10) * interval '1 day' END;
  END LOOP;
END
$$;

-- Leads of whom the walk tells other than the definition: many in one statement, and one in each.
CREATE FUNCTION differing() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM lead AS l LEFT JOIN leadscore.duplicate_leads('lead') AS d ON d.lead_id = l.id::text
    WHERE leadscore.is_duplicate('lead', l.id::text) <> (d.lead_id IS NOT NULL));
END
$$;
CREATE FUNCTION differing_alone() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  lead record;
  is_found boolean;
  count bigint := 0;
BEGIN
  FOR lead IN SELECT l.id::text, EXISTS (SELECT FROM leadscore.settled_duplicates('lead', l.id::text) AS d WHERE d.lead_id = l.id::text) AS is_duplicate FROM lead AS l LOOP
    EXECUTE 'SELECT leadscore.is_duplicate(''lead'', $1)' INTO is_found USING lead.id;
    count := count + (is_found <> lead.is_duplicate)::int;
  END LOOP;
  RETURN count;
END
$$;

CREATE TABLE outcome (key_type text, time_type text, within interval, window_mode text, leads bigint, duplicates bigint, differing bigint, differing_alone bigint);
DO $$
DECLARE
  kind record;
BEGIN
  PERFORM setseed(0.7);
  FOR kind IN
    SELECT * FROM (VALUES ('int', 'n - 25'), ('text COLLATE "C"', '''№ '' || n'), ('numeric', 'n / -10.0'), ('uuid', 'md5(n::text)::uuid')) AS k (key_type, key),
      (VALUES ('timestamptz'), ('timestamp'), ('date')) AS t (time_type),
      (VALUES (NULL::interval, 'anchored'), ('1 day', 'anchored'), ('2 days', 'sliding'), ('0', 'sliding')) AS w (within, window_mode)
  LOOP
    EXECUTE format('CREATE TABLE lead (id %s PRIMARY KEY, phone text, email text, at %s)', kind.key_type, kind.time_type);
    PERFORM leadscore.create_duplicate_index('lead', columns => '{"created_at": "at"}', within => kind.within, window_mode => kind.window_mode);
    FOR round IN 1..2 LOOP
      PERFORM write_leads(60, kind.key);
      INSERT INTO outcome SELECT kind.key_type, kind.time_type, kind.within, kind.window_mode, (SELECT count(*) FROM lead),
        (SELECT count(*) FROM leadscore.duplicate_leads('lead')), differing(), differing_alone();
    END LOOP;
    DROP TABLE lead;
  END LOOP;
END
$$;
SELECT window_mode, within, count(*) AS tables, sum(differing) AS differing, sum(differing_alone) AS differing_alone, sum(duplicates) > 0 AS are_some
FROM outcome GROUP BY 1, 2 ORDER BY 1, 2;

-- Within a transaction: what one statement has found out is forgotten when another has written, or is undone.
CREATE TABLE lead (id int PRIMARY KEY, phone text, email text, at timestamptz);
SELECT leadscore.create_duplicate_index('lead', columns => '{"created_at": "at"}');
CREATE FUNCTION told() RETURNS boolean[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  told boolean[];
BEGIN
  FOR i IN 1..3 LOOP
    told[i] := leadscore.is_duplicate('lead', i::text);
  END LOOP;
  RETURN told;
END
$$;
DO $$
DECLARE
  told boolean[];
BEGIN
  FOR i IN 1..3 LOOP
    INSERT INTO lead VALUES (i, '+7 912 123-45-67', NULL, timestamptz '2026-01-10' - i * interval '1 day');
    RAISE WARNING 'after %: % %', i, ARRAY[leadscore.is_duplicate('lead', '1'), leadscore.is_duplicate('lead', '2'), leadscore.is_duplicate('lead', '3')], told();
  END LOOP;
  BEGIN
    DELETE FROM lead WHERE id = 3;
    RAISE WARNING 'deleted: % %', ARRAY[leadscore.is_duplicate('lead', '1'), leadscore.is_duplicate('lead', '2'), leadscore.is_duplicate('lead', '3')], told();
    RAISE division_by_zero;
  EXCEPTION WHEN division_by_zero THEN
    RAISE WARNING 'undone: % %', ARRAY[leadscore.is_duplicate('lead', '1'), leadscore.is_duplicate('lead', '2'), leadscore.is_duplicate('lead', '3')], told();
  END;
END
$$;

-- Partitions, and leads that row-level security hides: who sees only the later of two sees no repeat.
CREATE TABLE parted (id int, team text, phone text, at timestamptz, PRIMARY KEY (id, team)) PARTITION BY LIST (team);
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a');
CREATE TABLE parted_b PARTITION OF parted FOR VALUES IN ('b');
SELECT leadscore.create_duplicate_index('parted', columns => '{"created_at": "at"}');
INSERT INTO parted VALUES (1, 'b', '+7 912 123-45-67', '2026-01-01'), (2, 'a', '+7 912 123-45-67', '2026-01-02'), (3, 'a', '+7 912 123-45-67', '2026-01-03'), (4, 'b', '+7 912 765-43-21', '2026-01-03');
SELECT id, leadscore.is_duplicate('parted', id::text) FROM parted ORDER BY 1;
CREATE ROLE regress_duplicate_person;
GRANT USAGE ON SCHEMA duplicate_person, leadscore TO regress_duplicate_person;
GRANT SELECT ON parted TO regress_duplicate_person;
ALTER TABLE parted ENABLE ROW LEVEL SECURITY;
CREATE POLICY team_a ON parted USING (team = 'a');
SET ROLE regress_duplicate_person;
SELECT id, leadscore.is_duplicate('parted', id::text) FROM parted ORDER BY 1;
SELECT leadscore.is_duplicate('parted', '1');
SELECT leadscore.is_duplicate('lead', '1');
SELECT leadscore.leads_of_persons('parted', '{1}', false);
RESET ROLE;
SELECT leadscore.drop_duplicate_index('parted');
SELECT leadscore.is_duplicate('parted', '1');
DROP TABLE parted;
REVOKE USAGE ON SCHEMA duplicate_person, leadscore FROM regress_duplicate_person;
DROP ROLE regress_duplicate_person;

-- One person with many leads, in a table that is attached: each statement judges as the definition does.
CREATE TABLE person (id int PRIMARY KEY, name text, phone text, email text, created_at timestamptz);
SELECT leadscore.create_model('person', 'b2b', 'duplicate_person.person', '{"full_name": "name"}');
SELECT leadscore.attach('person', 'person', duplicates => 'mark');
INSERT INTO person SELECT n, 'Anna Berg', '+7 912 123-45-67', 'berg@vasilek.ru', timestamptz '2026-01-01' + n % 100 * interval '1 day' FROM generate_series(1, 1000) AS n;
SELECT s.lead FROM leadscore.lead_state AS s WHERE NOT s.is_duplicate;
INSERT INTO person VALUES (1001, 'Anna Berg', '+7 912 123-45-67', 'berg@vasilek.ru', '2025-12-01');
SELECT s.lead FROM leadscore.lead_state AS s WHERE NOT s.is_duplicate;
DELETE FROM person WHERE id IN (100, 1001);
SELECT count(*) FROM leadscore.lead_state AS s WHERE s.is_duplicate <> leadscore.is_duplicate('person', s.lead);
SELECT * FROM leadscore.verify('person');

SELECT leadscore.detach('person');
SELECT leadscore.drop_duplicate_index('person'), leadscore.drop_duplicate_index('lead');
DROP SCHEMA duplicate_person CASCADE;
DROP EXTENSION leadscore CASCADE;
