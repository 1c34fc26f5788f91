-- E-mail, phone, names, companies: what SQL adds to the core (whose own tests have the rules): NULL, errors, large
-- input, the table of providers under snapshots, models that use the functions.
CREATE EXTENSION leadscore;
\pset null NULL
\pset format unaligned
SELECT x AS email, leadscore.email_normalize(x), leadscore.email_domain(x), leadscore.email_kind(x), leadscore.email_is_role(x)
FROM unnest(ARRAY['Ivan.Petrov+x@GMail.com', 'info@company.co.uk', 'x@mailinator.com', 'иван@почта.рф', 'a@b', '', 'Ivan <ivan@mail.ru>', 'i.v@ya.ru', 'z@msu.ru', 'a@example.com', NULL]) AS x;
SELECT x AS phone, leadscore.phone_normalize(x, 'RU'), leadscore.phone_kind(x, 'ru'), leadscore.phone_region(x, 'RU')
FROM unnest(ARRAY['8 (495) 123-45-67', '+7(916)1234567 доб. 12', '8-800-555-35-35', '+1 650 253 0000', '+800 1234 5678', 'нет', '', '89161234567, 89161234568', NULL]) AS x;
SELECT x AS name, leadscore.translit(x), leadscore.name_normalize(x), leadscore.name_key(x)
FROM unnest(ARRAY['Щукин Иван Петрович', 'SHCHUKIN, Ivan', 'г-н Саша  Иванов', 'Bob Smyth', '王小明', '', ' - ', NULL]) AS x;
SELECT x AS company, leadscore.company_normalize(x) FROM unnest(ARRAY['ООО «Ромашка»', 'Romashka LLC', 'ЗАО ООО', 'Müller & Söhne GmbH', '', NULL]) AS x;
SELECT leadscore.phone_normalize('8 495 123-45-67', NULL) AS no_region;
SELECT leadscore.phone_normalize('8 495 123-45-67', 'XX');
SELECT leadscore.phone_kind('', 'Россия');

-- What is large is no address and no number; a name is read to its end.
SELECT leadscore.email_normalize(repeat('a', 100000000) || '@mail.ru') AS email, leadscore.email_kind(repeat('@', 100000000)) AS kind,
  leadscore.phone_normalize('+74951234567' || repeat(' ', 100000000), 'RU') AS phone, leadscore.phone_normalize(repeat('8', 100000000), 'RU') AS digits;
SELECT length(leadscore.translit(repeat('Щ', 10000000))) AS letters, length(leadscore.name_normalize(repeat('Иван ', 1000000))) AS name, length(leadscore.name_key(repeat('Иван ', 1000000))) AS key,
  length(leadscore.company_normalize(repeat('ООО Ромашка ', 1000000))) AS company;
SET statement_timeout = '300ms';
SELECT length(leadscore.name_normalize(string_agg(md5(n::text), ' '))) FROM generate_series(1, 3000000) AS n;
RESET statement_timeout;
-- Compressed and stored elsewhere, and short.
CREATE TABLE stored (email text, phone text, name text);
INSERT INTO stored VALUES ('ivan@mail.ru' || repeat(' ', 3000), '8 495 123-45-67' || repeat(' ', 3000), repeat(' ', 3000) || 'Иван'), ('ivan@mail.ru', '8 495 123-45-67', 'Иван');
SELECT leadscore.email_normalize(email), leadscore.email_kind(email), leadscore.phone_normalize(phone, 'RU'), leadscore.name_normalize(name) FROM stored;
ALTER TABLE stored ALTER email SET STORAGE EXTERNAL;
UPDATE stored SET email = email || '';
SELECT leadscore.email_normalize(email) FROM stored;

-- Whether a person filled the form, and why not.
\pset format aligned
SELECT name, email, phone, round(leadscore.contact_validity(name, email, phone, 'RU')::numeric, 3) AS validity, leadscore.contact_signals(name, email, phone, 'RU') AS signals
FROM (VALUES ('Щукин Иван', 'i.schukin@romashka.ru', '8 916 123-45-67'), ('иван', 'SuperDrakon12345@mail.ru', '8 916 123-45-67'), ('qwerty', 'asdf@mailinator.com', '1111111'), ('Anna Müller', 'anna@gmail.com', NULL),
  ('王小明', NULL, NULL), (NULL, NULL, '+7 999 999-99-99'), (' ', '', NULL), (NULL, NULL, NULL)) AS form (name, email, phone);
SELECT leadscore.contact_signals(repeat('а', 100000000), 'не скажу', 'нет', 'RU') AS long_name, leadscore.contact_validity('Анна', NULL, '123', NULL) AS no_region;
SELECT leadscore.contact_validity('Анна', NULL, '123', 'ZZ');
SELECT count(*) > 20 AS signals, bool_and(weight > 0) AS all_lower, count(*) FILTER (WHERE reason = '') AS unexplained FROM leadscore.contact_signal_weights();
\pset format unaligned

-- Immutable functions stand in indexes and generated columns.
CREATE TABLE leads (id integer PRIMARY KEY, name text, email text, phone text, mailbox text GENERATED ALWAYS AS (leadscore.email_normalize(email)) STORED);
CREATE UNIQUE INDEX ON leads (leadscore.phone_normalize(phone, 'RU'));
INSERT INTO leads VALUES (1, 'Иванов Иван', 'i.ivanov@gmail.com', '8 916 123-45-67'), (2, 'Anna', 'anna@corp.ru', NULL);
INSERT INTO leads VALUES (3, 'Ivan', 'iivanov+2@googlemail.com', '+7 916 1234567');
CREATE INDEX ON leads (leadscore.email_kind(email));

-- The table of providers comes first; the nearest domain decides.
INSERT INTO leadscore.email_provider VALUES ('corp.ru', 'free', 'our freelancers'), ('team.gmail.com', 'corporate', NULL), ('example', 'corporate', 'whole top-level domains too');
SELECT x, leadscore.email_kind(x) FROM unnest(ARRAY['a@corp.ru', 'a@mail.corp.ru', 'a@corp.ru.com', 'a@gmail.com', 'a@team.gmail.com', 'a@x.team.gmail.com', 'a@ru', 'a@firm.example', 'a@example.com']) AS x;
INSERT INTO leadscore.email_provider VALUES ('Corp.RU', 'free');
INSERT INTO leadscore.email_provider VALUES ('corp.com', 'invalid');
-- A statement sees what its snapshot sees: rolled back, changed by a function in mid-statement.
BEGIN;
DELETE FROM leadscore.email_provider;
SELECT leadscore.email_kind('a@corp.ru');
SAVEPOINT s;
INSERT INTO leadscore.email_provider VALUES ('corp.ru', 'disposable');
SELECT leadscore.email_kind('a@corp.ru');
ROLLBACK TO s;
SELECT leadscore.email_kind('a@corp.ru');
ROLLBACK;
SELECT leadscore.email_kind('a@corp.ru');
CREATE FUNCTION change() RETURNS text LANGUAGE plpgsql AS $$
DECLARE kinds text := leadscore.email_kind('a@corp.ru');
BEGIN
  UPDATE leadscore.email_provider SET kind = 'education' WHERE domain = 'corp.ru';
  RETURN kinds || ' ' || leadscore.email_kind('a@corp.ru');
END $$;
SELECT leadscore.email_kind('a@corp.ru') AS before, change(), leadscore.email_kind('a@corp.ru') AS statement;
SELECT leadscore.email_kind('a@corp.ru');

-- In a model: also in one that is compiled and kept.
INSERT INTO leadscore.model (model) VALUES ('m');
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES
  ('m', 'company', 'leadscore.email_kind(email) = ''corporate''', '10'), ('m', 'school', 'leadscore.email_kind(email) = ''education''', '3'),
  ('m', 'mobile', 'leadscore.phone_kind(phone, ''RU'') = ''mobile''', '5'), ('m', 'role', 'leadscore.email_is_role(email)', '-1');
SELECT criterion, path FROM leadscore.condition_paths('m', 'leads');
SELECT id, leadscore.score('m', l) FROM leads AS l ORDER BY id;
DELETE FROM leadscore.email_provider WHERE domain = 'corp.ru';
SELECT id, leadscore.score('m', l) FROM leads AS l ORDER BY id;
INSERT INTO leadscore.criterion (model, criterion, condition, points) VALUES ('m', 'own', 'leadscore.score(''m'', lead) > 0', '1');
SELECT leadscore.score('m', l) FROM leads AS l;
DELETE FROM leadscore.criterion WHERE criterion = 'own';

-- Whoever may not read the table may use the function all the same.
CREATE ROLE regress_contact;
REVOKE SELECT ON leadscore.email_provider FROM PUBLIC;
SET ROLE regress_contact;
SELECT leadscore.email_kind('a@team.gmail.com');
SELECT * FROM leadscore.email_provider;
INSERT INTO leadscore.email_provider VALUES ('x.ru', 'free');
RESET ROLE;
SELECT leadscore.grant_editor('regress_contact');
SET ROLE regress_contact;
INSERT INTO leadscore.email_provider VALUES ('x.ru', 'free');
RESET ROLE;
DROP TABLE leads, stored;
DROP FUNCTION change();
DROP OWNED BY regress_contact;
DROP ROLE regress_contact;
DROP EXTENSION leadscore;
