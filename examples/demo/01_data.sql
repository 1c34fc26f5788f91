-- A made-up CRM of a software vendor that sells to companies: 20,000 leads of 18 months, what they did, who bought.
--
-- Every number comes from a hash of the row's number, so the data is the same on every machine and on every run.
-- Whether a lead buys depends on who they are, on what they said on the phone and on an interest nobody can see
-- (their actions are its noisy trace). The rule has its own weights, not the points of any leadscore model.
--
-- The story ends at 2025-09-30 12:00 UTC: leads that had not closed by then are open (sold IS NULL).
\set QUIET on
\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET timezone = 'UTC';

BEGIN;

DROP SCHEMA IF EXISTS crm CASCADE;
CREATE SCHEMA crm;

CREATE TABLE crm.company (
    company_id integer PRIMARY KEY,
    company    text NOT NULL,
    industry   text,
    headcount  integer,
    city       text,
    region     text,
    country    text NOT NULL,
    site       text
);

CREATE TABLE crm.channel (
    channel_id integer PRIMARY KEY,
    channel    text NOT NULL UNIQUE,
    is_paid    boolean NOT NULL
);

CREATE TABLE crm.lead (
    lead_id            integer PRIMARY KEY,
    created_at         timestamptz NOT NULL,
    channel_id         integer NOT NULL REFERENCES crm.channel,
    full_name          text,
    job_title          text,
    email              text,
    phone              text,
    company_id         integer REFERENCES crm.company,
    comment            text,
    request_confirmed  boolean,
    need_stated        boolean,
    decision_maker     boolean,
    budget             numeric,
    months_to_purchase integer,
    long_term          boolean,
    request_count      integer NOT NULL,
    closed_at          timestamptz,
    sold               boolean,
    amount             numeric
);

CREATE TABLE crm.event (
    event_id bigint PRIMARY KEY,
    lead_id  integer NOT NULL REFERENCES crm.lead,
    at       timestamptz NOT NULL,
    event    text NOT NULL
);

COMMENT ON SCHEMA crm IS 'the CRM of the leadscore demo: made-up data';
COMMENT ON COLUMN crm.lead.request_confirmed IS 'on the first call: did they leave the request themselves? NULL until asked';
COMMENT ON COLUMN crm.lead.need_stated IS 'on the first call: do they have a need we can meet? NULL until asked';
COMMENT ON COLUMN crm.lead.decision_maker IS 'on the first call: do they take the decision? NULL until asked';
COMMENT ON COLUMN crm.lead.budget IS 'in roubles; NULL until asked';
COMMENT ON COLUMN crm.lead.request_count IS 'which request of the same person this is, beginning with 1';
COMMENT ON COLUMN crm.lead.sold IS 'NULL while the lead is open';
COMMENT ON COLUMN crm.event.event IS
    'subscription, unsubscription, email_sent, email_open, email_click, site_visit, download, webinar, demo_request, price_request';

-- A number in [0, 1) that depends on n and salt alone; the same, normally distributed; and a choice from a list.
CREATE FUNCTION pg_temp.share(n bigint, salt integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 4503599627370495)::float8 / 4503599627370496.0;

CREATE FUNCTION pg_temp.normal(n bigint, salt integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sqrt(-2 * ln(1 - pg_temp.share(n, salt))) * cos(6.283185307179586 * pg_temp.share(n, salt + 500));

CREATE FUNCTION pg_temp.pick(list text[], n bigint, salt integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN list[1 + floor(cardinality(list) * pg_temp.share(n, salt))::integer];

CREATE FUNCTION pg_temp.latin(russian text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(replace(replace(replace(
       translate(lower(russian), 'абвгдеёзийклмнопрстуфыэьъ ', 'abvgdeeziyklmnoprstufye'),
       'ж', 'zh'), 'ю', 'yu'), 'х', 'kh'), 'ц', 'ts'), 'ч', 'ch'), 'щ', 'shch'), 'ш', 'sh'), 'я', 'ya');

INSERT INTO crm.channel VALUES
    (1, 'Яндекс.Директ',        true),
    (2, 'Google Ads',           true),
    (3, 'Поиск (SEO)',          false),
    (4, 'Сайт, прямой заход',   false),
    (5, 'Рассылка',             false),
    (6, 'Рекомендация',         false),
    (7, 'Партнёры',             false),
    (8, 'Выставка',             true),
    (9, 'Вебинар',              false),
    (10, 'Соцсети',             true),
    (11, 'Чат на сайте',        false),
    (12, 'Бесплатная книга',    true),
    (13, 'Холодная база',       true);

-- Companies: 1 to 5,500 Russian, then British and American, then German.
WITH part AS (
    SELECT n,
           CASE WHEN n <= 5500 THEN 'ru' WHEN n <= 6500 THEN 'en' ELSE 'de' END AS language,
           pg_temp.pick('{Строй,Тех,Агро,Мед,Транс,Пром,Энерго,Сиб,Урал,Нева,Волга,Метал,Хим,Авто,Эко,Интер,Профи,Альфа,Вектор,Гранд,Север,Юг,Полюс,Мега,Опти,Спец,Евро,Рос,Дон,Кама,Лес,Нефте,Аква,Фарм,Телеком}', n, 1) AS stem,
           pg_temp.pick('{Сервис,Инвест,Групп,Торг,Снаб,Комплект,Проект,Логистика,Софт,Маш,Монтаж,Ресурс,Трейд,Системс,Контракт,Мастер,Лайн,Центр,Пак,Дизайн}', n, 2) AS ending,
           pg_temp.pick('{"","","",""," Плюс"," Регион"," Центр"," Восток"," Запад"," Поволжье"," Сибирь"}', n, 3) AS place,
           pg_temp.pick('{Northwind,Brightwater,Oakfield,Redstone,Silverline,Harbour,Kingsway,Bluepeak,Summit,Greenbank,Ironbridge,Lakeside,Stonegate,Westbrook,Clearview,Foxglove,Highland,Maplewood,Pinecrest,Riverton}', n, 4) AS english_stem,
           pg_temp.pick('{Logistics,Software,Trading,Foods,Retail,Engineering,Consulting,Systems,Partners,Manufacturing,Media,Telecom,Finance,Labs,Supplies}', n, 5) AS english_ending,
           pg_temp.pick('{Ltd,Ltd,LLC,Inc.,PLC}', n, 6) AS english_form,
           pg_temp.pick('{Bergmann,Schneider,Hoffmann,Keller,Vogel,Lindner,Brandt,Winkler,Seidel,Krause}', n, 4) AS german_stem,
           pg_temp.pick('{Technik,Logistik,Maschinenbau,Handel,Systeme,Software,Metallbau}', n, 5) AS german_ending,
           pg_temp.pick('{Иванов,Петров,Сидоров,Кузнецов,Смирнов,Попов,Васильев,Соколов,Михайлов,Новиков,Фёдоров,Морозов,Волков,Алексеев,Лебедев,Семёнов,Егоров,Павлов,Козлов,Степанов}', n, 7) AS surname,
           pg_temp.pick('{А,В,С,И,Д,Е,М,Н,О,П}', n, 8) AS initial_1,
           pg_temp.pick('{А,В,С,И,Д,Н,М,Ю}', n, 9) AS initial_2,
           pg_temp.share(n, 10) AS form,
           exp(3.2 + 1.5 * pg_temp.normal(n, 11)) AS size,
           pg_temp.share(n, 12) AS place_share
    FROM generate_series(1, 7000) AS n
), placed AS (
    SELECT part.*, language = 'ru' AND form < 0.16 AS is_sole_trader, place_of.*
    FROM part,
    LATERAL (SELECT CASE language
        WHEN 'ru' THEN CASE
            WHEN place_share < 0.34 THEN ARRAY['Москва', 'Москва', 'Россия']
            WHEN place_share < 0.46 THEN ARRAY['Санкт-Петербург', 'Санкт-Петербург', 'Россия']
            WHEN place_share < 0.51 THEN ARRAY['Химки', 'Московская область', 'Россия']
            WHEN place_share < 0.57 THEN ARRAY['Екатеринбург', 'Свердловская область', 'Россия']
            WHEN place_share < 0.63 THEN ARRAY['Новосибирск', 'Новосибирская область', 'Россия']
            WHEN place_share < 0.68 THEN ARRAY['Казань', 'Республика Татарстан', 'Россия']
            WHEN place_share < 0.73 THEN ARRAY['Нижний Новгород', 'Нижегородская область', 'Россия']
            WHEN place_share < 0.78 THEN ARRAY['Краснодар', 'Краснодарский край', 'Россия']
            WHEN place_share < 0.82 THEN ARRAY['Ростов-на-Дону', 'Ростовская область', 'Россия']
            WHEN place_share < 0.86 THEN ARRAY['Самара', 'Самарская область', 'Россия']
            WHEN place_share < 0.89 THEN ARRAY['Тверь', 'Тверская область', 'Россия']
            WHEN place_share < 0.92 THEN ARRAY['Владивосток', 'Приморский край', 'Россия']
            WHEN place_share < 0.97 THEN ARRAY['Минск', 'Минск', 'Беларусь']
            ELSE ARRAY['Алматы', 'Алматы', 'Казахстан'] END
        WHEN 'en' THEN CASE
            WHEN place_share < 0.40 THEN ARRAY['London', 'England', 'United Kingdom']
            WHEN place_share < 0.60 THEN ARRAY['Manchester', 'England', 'United Kingdom']
            WHEN place_share < 0.80 THEN ARRAY['New York', 'New York', 'USA']
            ELSE ARRAY['Austin', 'Texas', 'USA'] END
        ELSE CASE
            WHEN place_share < 0.40 THEN ARRAY['Berlin', 'Berlin', 'Germany']
            WHEN place_share < 0.75 THEN ARRAY['München', 'Bayern', 'Germany']
            ELSE ARRAY['Hamburg', 'Hamburg', 'Germany'] END END AS place_names) AS place_of
)
INSERT INTO crm.company
SELECT n,
       CASE language
           WHEN 'en' THEN english_stem || ' ' || english_ending || ' ' || english_form
           WHEN 'de' THEN german_stem || ' ' || german_ending || ' GmbH'
           ELSE CASE
               WHEN is_sole_trader THEN 'ИП ' || surname || ' ' || initial_1 || '. ' || initial_2 || '.'
               WHEN form < 0.62 THEN 'ООО «' || stem || ending || place || '»'
               WHEN form < 0.72 THEN 'ООО "' || stem || ending || place || '"'
               WHEN form < 0.78 THEN stem || ending || place
               WHEN form < 0.94 THEN 'АО «' || stem || ending || place || '»'
               ELSE 'ПАО «' || stem || ending || place || '»' END END,
       CASE WHEN pg_temp.share(n, 13) < 0.9 THEN CASE WHEN language = 'ru'
           THEN pg_temp.pick('{Информационные технологии,Розничная торговля,Оптовая торговля,Производство,Логистика,Финансы,Строительство,Медицина,Образование,Недвижимость,Общественное питание,Сельское хозяйство,Юридические услуги}', n, 14)
           ELSE pg_temp.pick('{Software,Retail,Manufacturing,Logistics,Finance,Construction,Healthcare,Education,Hospitality}', n, 14) END END,
       CASE WHEN pg_temp.share(n, 15) < 0.85
            THEN CASE WHEN is_sole_trader THEN 1 + floor(3 * pg_temp.share(n, 16))::integer
                      ELSE 2 + floor(size)::integer END END,
       place_names[1], place_names[2], place_names[3],
       CASE WHEN NOT is_sole_trader THEN CASE language
           WHEN 'en' THEN lower(english_stem) || '-' || lower(english_ending) || '.example'
           WHEN 'de' THEN lower(german_stem) || '-' || lower(german_ending) || '.example'
           ELSE pg_temp.latin(stem || ending) || CASE WHEN place = '' THEN '' ELSE '-' || pg_temp.latin(place) END || '.example'
           END END
FROM placed;

-- Persons behind the leads. One request in twenty comes from somebody who had asked before.
CREATE TEMPORARY TABLE draft AS
WITH numbered AS (
    SELECT n,
           CASE WHEN n > 1500 AND pg_temp.share(n, 101) < 0.05
                THEN n - 1 - floor(1500 * pg_temp.share(n, 102))::integer ELSE n END AS person,
           -- Requests come at working hours; those of most weekends wait for Monday.
           timestamptz '2024-04-01 00:00+00' + interval '1 day' * floor(547 * power((n - 1) / 20000.0, 0.93)) AS day
    FROM generate_series(1, 20000) AS n
), working AS (
    SELECT n, person,
           day + CASE WHEN extract(isodow FROM day) >= 6 AND pg_temp.share(n, 103) < 0.7
                      THEN interval '1 day' * (8 - extract(isodow FROM day))::integer ELSE interval '0' END
               + interval '1 second' * floor(5 * 3600 + 13 * 3600 * (pg_temp.share(n, 104) + pg_temp.share(n, 105)) / 2) AS created_at
    FROM numbered
), who AS (
    SELECT n, person, created_at,
           CASE WHEN pg_temp.share(person, 110) < 0.82
                THEN 1 + floor(7000 * pg_temp.share(person, 111))::integer END AS company_id,
           pg_temp.share(person, 112) < 0.42 AS is_woman,
           pg_temp.share(person, 113) AS kind,
           pg_temp.normal(n, 114) AS interest
    FROM working
)
SELECT who.*, c.company_id IS NOT NULL AND c.company_id > 5500 AS is_foreign, c.site, c.headcount, c.industry, c.region,
       c.company LIKE 'ИП %' AS is_sole_trader, kind < 0.025 AS is_joke, kind >= 0.025 AND kind < 0.04 AS is_spam
FROM who LEFT JOIN crm.company AS c USING (company_id);

CREATE TEMPORARY TABLE person_draft AS
WITH named AS (
    SELECT draft.*,
           CASE WHEN company_id > 6500 THEN pg_temp.pick('{Anna,Julia,Katrin,Sabine,Lukas,Jonas,Stefan,Thomas,Markus,Felix}', person, 120)
                WHEN is_foreign AND is_woman THEN pg_temp.pick('{Emma,Olivia,Sarah,Laura,Rachel,Hannah,Alice,Grace,Megan,Kate}', person, 120)
                WHEN is_foreign THEN pg_temp.pick('{James,Oliver,Jack,Harry,George,Daniel,Michael,Robert,David,Peter,Andrew,Simon}', person, 120)
                WHEN is_woman THEN pg_temp.pick('{Анна,Елена,Ольга,Наталья,Мария,Ирина,Светлана,Татьяна,Екатерина,Юлия,Дарья,Ксения,Марина,Виктория,Полина}', person, 120)
                ELSE pg_temp.pick('{Александр,Сергей,Дмитрий,Андрей,Алексей,Михаил,Евгений,Иван,Максим,Владимир,Павел,Николай,Артём,Константин,Роман,Илья,Денис,Олег}', person, 120) END AS first_name,
           CASE WHEN company_id > 6500 THEN pg_temp.pick('{Müller,Schmidt,Fischer,Weber,Wagner,Becker,Schulz,Koch,Richter,Klein}', person, 121)
                WHEN is_foreign THEN pg_temp.pick('{Smith,Jones,Taylor,Brown,Wilson,Evans,Walker,Wright,Robinson,Thompson,White,Hughes,Edwards,Green,Hall,Clarke,Turner,Cooper,Morris,Ward}', person, 121)
                ELSE pg_temp.pick('{Иванов,Смирнов,Кузнецов,Попов,Васильев,Петров,Соколов,Михайлов,Новиков,Фёдоров,Морозов,Волков,Алексеев,Лебедев,Семёнов,Егоров,Павлов,Козлов,Степанов,Николаев,Орлов,Андреев,Макаров,Никитин,Захаров,Зайцев,Соловьёв,Борисов,Яковлев,Григорьев,Романов,Воробьёв,Сергеев,Кузьмин,Фролов,Александров,Дмитриев,Королёв,Гусев,Киселёв,Ильин,Максимов,Поляков,Сорокин,Виноградов,Ковалёв,Белов,Медведев,Антонов,Тарасов,Жуков,Баранов,Филиппов,Комаров,Давыдов,Беляев,Герасимов,Богданов,Осипов,Сидоров,Матвеев,Титов,Марков,Миронов,Крылов,Куликов,Карпов,Власов,Мельников,Денисов,Гаврилов,Тихонов,Казаков,Афанасьев,Данилов,Савельев,Тимофеев,Фомин,Чернов,Абрамов,Мартынов,Ефимов,Федотов,Щербаков,Назаров,Калинин,Исаев,Чернышёв,Быков,Маслов,Родионов,Коновалов,Лазарев,Воронин,Климов,Филатов,Пономарёв,Голубев,Кудрявцев,Прохоров,Наумов,Потапов,Журавлёв,Овчинников,Трофимов,Леонов,Соболев,Ермаков,Колесников,Гончаренко,Шевченко,Бондаренко,Кравченко,Щукин}', person, 121)
                     || CASE WHEN is_woman THEN 'а' ELSE '' END END AS last_name_raw,
           floor(10 * pg_temp.share(person, 122))::integer AS seniority,
           (pg_temp.share(person, 123) * 10000000)::integer AS digits,
           pg_temp.pick('{916,903,925,926,910,915,905,909,912,922,913,923,917,927,918,928,921,911,999,985}', person, 124) AS mobile_code,
           pg_temp.pick('{495,499,812,343,383,843,831,861,863,846}', person, 124) AS city_code
    FROM draft
), spelled AS (
    SELECT named.*, CASE WHEN last_name_raw LIKE '%коа' THEN left(last_name_raw, -1) ELSE last_name_raw END AS last_name
    FROM named
)
SELECT spelled.*,
       -- 9: owner or director; 7, 8: head of a department; 5, 6: manager; others: specialists; 0: students
       CASE WHEN is_sole_trader THEN 9 ELSE seniority END AS rank,
       -- Letters for the e-mail: Latin without umlauts.
       pg_temp.latin(translate(lower(first_name), 'äöü', 'aou')) AS first_latin,
       pg_temp.latin(replace(translate(lower(last_name), 'äöü', 'aou'), 'ß', 'ss')) AS last_latin,
       lpad((digits / 10000)::text, 3, '0') AS digits_3,
       lpad((digits / 100 % 100)::text, 2, '0') AS digits_2,
       lpad((digits % 100)::text, 2, '0') AS digits_1
FROM spelled;

INSERT INTO crm.lead
WITH spoken AS (
    SELECT d.*,
           CASE WHEN d.share_channel < 0.20 THEN 1 WHEN d.share_channel < 0.27 THEN 2 WHEN d.share_channel < 0.40 THEN 3
                WHEN d.share_channel < 0.50 THEN 4 WHEN d.share_channel < 0.56 THEN 5 WHEN d.share_channel < 0.62 THEN 6
                WHEN d.share_channel < 0.66 THEN 7 WHEN d.share_channel < 0.71 THEN 8 WHEN d.share_channel < 0.76 THEN 9
                WHEN d.share_channel < 0.83 THEN 10 WHEN d.share_channel < 0.88 THEN 11 WHEN d.share_channel < 0.95 THEN 12
                ELSE 13 END AS channel_id,
           -- Seven leads in ten are reached and answer the questions.
           NOT is_joke AND NOT is_spam AND pg_temp.share(n, 130) < 0.62 + 0.06 * least(2, greatest(-2, interest)) AS is_reached
    FROM (SELECT *, pg_temp.share(n, 115) AS share_channel FROM person_draft) AS d
), answered AS (
    SELECT spoken.*,
           CASE WHEN is_reached THEN pg_temp.share(n, 131) < 0.97 END AS request_confirmed,
           CASE WHEN is_reached AND pg_temp.share(n, 132) < 0.9
                THEN pg_temp.normal(n, 133) + 0.7 * interest > CASE WHEN channel_id IN (12, 13) THEN 0.6 ELSE -0.5 END END AS need_stated,
           CASE WHEN is_reached AND pg_temp.share(n, 134) < 0.85
                THEN pg_temp.share(n, 135) < CASE WHEN rank = 9 THEN 0.93 WHEN rank >= 7 THEN 0.6 ELSE 0.2 END END AS decision_maker,
           CASE WHEN is_reached AND pg_temp.share(n, 136) < 0.7
                THEN round((exp(11.3 + 0.28 * ln(coalesce(headcount, 5)) + 0.9 * pg_temp.normal(n, 137)) / 5000)::numeric) * 5000 END AS budget,
           CASE WHEN is_reached AND pg_temp.share(n, 138) < 0.75
                THEN floor(exp(1.2 - 0.35 * interest + 0.8 * pg_temp.normal(n, 139)))::integer END AS months_to_purchase,
           CASE WHEN is_reached AND pg_temp.share(n, 140) < 0.5 THEN pg_temp.share(n, 141) < 0.4 END AS long_term
    FROM spoken
), decided AS (
    SELECT answered.*,
           1 / (1 + exp(-(
               -2.7
               + 0.85 * interest
               + CASE WHEN need_stated THEN 0.55 WHEN NOT need_stated THEN -1.3 ELSE -0.25 END
               + CASE WHEN decision_maker THEN 0.4 WHEN NOT decision_maker THEN -0.35 ELSE 0 END
               + CASE WHEN budget IS NULL THEN 0 ELSE least(0.9, greatest(-1.2, 0.42 * ln((1000 + budget) / 150000.0))) END
               + CASE WHEN months_to_purchase IS NULL THEN 0 ELSE 0.45 - 0.13 * least(10, months_to_purchase) END
               + CASE WHEN company_id IS NULL THEN -0.3 ELSE 0.15 END
               + CASE WHEN headcount BETWEEN 20 AND 300 THEN 0.45 WHEN headcount > 1000 THEN -0.4 WHEN headcount < 4 THEN -0.4 ELSE 0 END
               + CASE WHEN rank >= 7 THEN 0.35 WHEN rank = 0 THEN -1.2 ELSE 0 END
               + CASE WHEN industry ~ 'технологии|торговля|Логистика|Производство|Software|Retail|Logistics' THEN 0.3 ELSE 0 END
               + CASE WHEN is_foreign THEN -0.35 WHEN region ~ 'Москва|Санкт' THEN 0.2 ELSE 0 END
               + CASE channel_id WHEN 6 THEN 0.8 WHEN 7 THEN 0.5 WHEN 3 THEN 0.25 WHEN 4 THEN 0.3 WHEN 11 THEN 0.3
                                 WHEN 10 THEN -0.4 WHEN 12 THEN -0.9 WHEN 13 THEN -0.9 ELSE 0 END
               + CASE WHEN person <> n THEN 0.4 ELSE 0 END
           ))) AS chance
    FROM answered
), judged AS (
    SELECT decided.*,
           NOT is_joke AND NOT is_spam AND coalesce(request_confirmed, true)
               AND pg_temp.share(n, 150) < chance AS will_buy,
           created_at + interval '1 day' * (15 + 18 * pg_temp.share(n, 151) - 22 * ln(1 - pg_temp.share(n, 152))) AS will_close_at
    FROM decided
), closed AS (
    SELECT judged.*,
           CASE WHEN will_close_at <= timestamptz '2025-09-30 12:00+00' THEN date_trunc('minute', will_close_at) END AS closed_at
    FROM judged
)
SELECT n, date_trunc('second', created_at), channel_id,
       CASE WHEN is_joke THEN pg_temp.pick('{Супер Дракон,asdf,тест,Test,йцукен,Вася Пупкин,qwerty,Бэтмен,аноним,Директор Вселенной}', n, 160)
            WHEN is_spam THEN pg_temp.pick('{JamesTup,RobertCex,Viktor1,SEO Expert,Crypto Profit}', n, 160)
            WHEN pg_temp.share(n, 161) < 0.05 THEN lower(first_name || ' ' || last_name)
            WHEN pg_temp.share(n, 161) < 0.13 THEN first_name
            WHEN pg_temp.share(n, 161) < 0.25 THEN last_name || ' ' || first_name
            WHEN pg_temp.share(n, 161) < 0.29 AND NOT is_foreign THEN initcap(first_latin || ' ' || last_latin)
            ELSE first_name || ' ' || last_name END,
       CASE WHEN is_joke OR is_spam OR pg_temp.share(n, 162) < 0.15 THEN NULL
            WHEN is_sole_trader THEN pg_temp.pick('{Индивидуальный предприниматель,Собственник,предприниматель}', person, 163)
            WHEN is_foreign THEN CASE
                WHEN rank = 9 THEN pg_temp.pick('{CEO,Managing Director,Founder,Owner,CTO,VP Sales,Commercial Director}', person, 163)
                WHEN rank >= 7 THEN pg_temp.pick('{Head of Sales,Head of Marketing,Head of IT,Deputy Director,Team Lead}', person, 163)
                WHEN rank = 0 THEN pg_temp.pick('{Student,Intern,Trainee}', person, 163)
                ELSE pg_temp.pick('{Sales Manager,Marketing Manager,Business Analyst,Executive Assistant,Procurement Specialist,Accountant}', person, 163) END
            WHEN rank = 9 THEN pg_temp.pick('{Генеральный директор,Коммерческий директор,Директор по маркетингу,Исполнительный директор,Технический директор,Учредитель,основатель,CEO,Директор,Финансовый директор}', person, 163)
            WHEN rank >= 7 THEN pg_temp.pick('{Руководитель отдела продаж,Начальник отдела закупок,Руководитель IT-отдела,Главный бухгалтер,Заместитель генерального директора,Head of Marketing,руководитель проекта}', person, 163)
            WHEN rank = 0 THEN pg_temp.pick('{студент,стажёр,Студентка}', person, 163)
            ELSE pg_temp.pick('{Менеджер по продажам,менеджер,Маркетолог,Бизнес-аналитик,Специалист по закупкам,Помощник руководителя,Бухгалтер,Системный администратор,Инженер}', person, 163) END,
       CASE WHEN is_joke THEN pg_temp.pick('{SuperDrakon,xXKillerXx,BatmanMSK,ninja_cat,asdf,qwerty,pupkin.vasya}', n, 170)
                              || (10 + floor(99900 * pg_temp.share(n, 171)))::integer || '@' || pg_temp.pick('{mail.ru,gmail.com,yandex.ru}', n, 172)
            WHEN is_spam THEN pg_temp.pick('{promo,crypto.profit,best.seo,winner}', n, 170) || floor(9000 * pg_temp.share(n, 171))::integer || '@offers.example'
            WHEN pg_temp.share(n, 173) < 0.06 THEN NULL
            WHEN pg_temp.share(n, 173) < 0.075 THEN replace(first_latin || '.' || last_latin || '@' || 'mailru', '@', pg_temp.pick('{@,"",@@}', n, 174))
            WHEN site IS NOT NULL AND pg_temp.share(person, 175) < 0.62 THEN CASE
                WHEN pg_temp.share(person, 176) < 0.45 THEN left(first_latin, 1) || '.' || last_latin
                WHEN pg_temp.share(person, 176) < 0.75 THEN last_latin
                WHEN pg_temp.share(person, 176) < 0.92 THEN first_latin || '.' || last_latin
                ELSE pg_temp.pick('{info,sales,office,zakaz}', person, 177) END || '@' || site
            ELSE CASE WHEN pg_temp.share(n, 178) < 0.1 THEN initcap(last_latin) ELSE last_latin END
                 || pg_temp.pick('{".","_",""}', person, 179) || CASE WHEN pg_temp.share(person, 180) < 0.5 THEN first_latin ELSE left(first_latin, 1) END
                 || CASE WHEN pg_temp.share(person, 181) < 0.6 THEN (1965 + floor(40 * pg_temp.share(person, 182)))::integer::text
                         ELSE floor(100 * pg_temp.share(person, 182))::integer::text END
                 || '@' || CASE WHEN is_foreign THEN pg_temp.pick('{gmail.com,outlook.com,yahoo.com}', person, 183)
                                ELSE pg_temp.pick('{mail.ru,mail.ru,yandex.ru,yandex.ru,ya.ru,gmail.com,gmail.com,bk.ru,inbox.ru,list.ru}', person, 183) END END,
       CASE WHEN is_spam OR pg_temp.share(n, 184) < 0.09 THEN NULL
            WHEN is_joke AND pg_temp.share(n, 185) < 0.6 THEN pg_temp.pick('{+7 (111) 111-11-11,81234567890,+7 000 000 00 00,нет,не скажу,123}', n, 186)
            WHEN company_id > 6500 THEN pg_temp.pick('{+49 30 ,030 / ,+49 (0)30 ,004930}', n, 186) || digits_3 || digits_2 || digits_1
            WHEN is_foreign AND region IN ('New York', 'Texas') THEN pg_temp.pick('{+1 (212) ,212-,+1 512 ,(512) }', n, 186) || '555-01' || digits_1
            WHEN is_foreign THEN pg_temp.pick('{+44 20 7946 0,020 7946 0,+44 (0)20 7946 0}', n, 186) || digits_3
            WHEN pg_temp.share(person, 187) < 0.3 THEN
                pg_temp.pick('{"+7 (","8 (","8("}', n, 186) || city_code || ') ' || digits_3 || '-' || digits_2 || '-' || digits_1
                || CASE WHEN pg_temp.share(person, 188) < 0.3 THEN ' доб. ' || (100 + digits % 400) ELSE '' END
            ELSE CASE floor(7 * pg_temp.share(n, 189))::integer
                WHEN 0 THEN '+7 (' || mobile_code || ') ' || digits_3 || '-' || digits_2 || '-' || digits_1
                WHEN 1 THEN '8 (' || mobile_code || ') ' || digits_3 || '-' || digits_2 || '-' || digits_1
                WHEN 2 THEN '8-' || mobile_code || '-' || digits_3 || digits_2 || digits_1
                WHEN 3 THEN '+7' || mobile_code || digits_3 || digits_2 || digits_1
                WHEN 4 THEN '7' || mobile_code || digits_3 || digits_2 || digits_1
                WHEN 5 THEN '8 ' || mobile_code || ' ' || digits_3 || ' ' || digits_2 || ' ' || digits_1
                ELSE '007 ' || mobile_code || ' ' || digits_3 || digits_2 || digits_1 END END,
       CASE WHEN NOT is_joke AND NOT is_spam THEN company_id END,
       CASE WHEN is_spam THEN pg_temp.pick('{Продвижение сайтов в ТОП-10 недорого,Best crypto investment,Онлайн казино с бонусом,SEO services for your site,Заработок в интернете без вложений}', n, 190)
            WHEN is_joke THEN pg_temp.pick('{тест,asdf,"хочу дракона",123,NULL}', n, 190)
            WHEN pg_temp.share(n, 191) < 0.55 - 0.08 * least(2, greatest(-2, interest)) THEN NULL
            WHEN is_foreign THEN CASE
                WHEN pg_temp.normal(n, 192) + 0.5 * interest > 0.6 THEN pg_temp.pick('{Please send a quote for 20 users,What is the price of the annual plan?,Need a contract draft,Could you invoice us this month?}', n, 193)
                ELSE pg_temp.pick('{Tell me more,Looking for a CRM add-on,Just browsing,Saw you at the exhibition,How does integration work?}', n, 193) END
            WHEN pg_temp.normal(n, 192) + 0.5 * interest > 0.6 THEN pg_temp.pick('{"Сколько стоит на 30 пользователей? Нужен расчёт стоимости",Пришлите коммерческое предложение,"Нужен договор и счёт, платим с НДС",Какая цена годовой лицензии?,"Пришлите прайс, пожалуйста",Готовы подписать договор в этом месяце}', n, 193)
            ELSE pg_temp.pick('{Хотим наладить учёт заявок,Просто интересуюсь,Перезвоните после обеда,Как у вас с интеграцией с 1С?,Теряем заявки с сайта,Нужна консультация,Расскажите подробнее,Пока присматриваемся,Менеджеры не успевают обзванивать базу,ок}', n, 193) END,
       request_confirmed, need_stated, decision_maker, budget, months_to_purchase, long_term,
       row_number() OVER (PARTITION BY person ORDER BY n)::integer,
       closed_at,
       CASE WHEN closed_at IS NOT NULL THEN will_buy END,
       CASE WHEN closed_at IS NOT NULL AND will_buy
            THEN round((exp(11.6 + 0.30 * ln(coalesce(headcount, 5)) + 0.4 * pg_temp.normal(n, 194)) / 1000)::numeric) * 1000 END
FROM closed;

-- What the leads did. The more interest, the more of everything, and most of it soon after the request.
-- salt: its own numbers for each kind; a kind happens at most `most` times.
INSERT INTO crm.event
WITH kind(event, salt, most, rate, lasts) AS (
    VALUES ('subscription',   1000,  1, 0.42::float8, 3.0::float8),
           ('email_sent',     1100, 12, 4.2,  22.0),
           ('email_open',     1200,  9, 1.6,  22.0),
           ('email_click',    1300,  6, 0.60, 20.0),
           ('site_visit',     1400, 14, 2.8,  12.0),
           ('download',       1500,  2, 0.22, 10.0),
           ('webinar',        1600,  2, 0.11, 16.0),
           ('demo_request',   1700,  1, 0.10, 9.0),
           ('price_request',  1800,  1, 0.09, 9.0),
           ('unsubscription', 1900,  1, 0.05, 30.0)
), happened AS (
    SELECT d.n AS lead_id, kind.event, kind.salt, i,
           d.created_at + interval '1 second' * floor(-86400 * kind.lasts * ln(1 - pg_temp.share(d.n, kind.salt + i))) AS at
    FROM draft AS d
    CROSS JOIN kind
    CROSS JOIN LATERAL (SELECT CASE kind.event
        WHEN 'unsubscription' THEN kind.rate * exp(-0.5 * d.interest)
        WHEN 'email_sent' THEN kind.rate
        WHEN 'price_request' THEN kind.rate * exp(0.9 * d.interest)
        WHEN 'demo_request' THEN kind.rate * exp(0.8 * d.interest)
        ELSE kind.rate * exp(0.5 * d.interest) END AS expected) AS e
    -- How many times: rounded up or down by chance, after a chance factor of its own.
    CROSS JOIN LATERAL generate_series(1, least(kind.most,
        floor(-e.expected * ln(1 - pg_temp.share(d.n, kind.salt + 50)) + pg_temp.share(d.n, kind.salt + 51)))::integer) AS i
    WHERE NOT d.is_spam AND (NOT d.is_joke OR kind.event IN ('site_visit', 'email_sent'))
)
SELECT row_number() OVER (ORDER BY at, lead_id, salt, i), lead_id, at, event
FROM (SELECT *,
             min(at) FILTER (WHERE event = 'email_sent') OVER (PARTITION BY lead_id) AS first_sent_at,
             min(at) FILTER (WHERE event = 'email_open') OVER (PARTITION BY lead_id) AS first_opened_at
      FROM happened) AS h
JOIN crm.lead AS l USING (lead_id)
WHERE at < least(l.closed_at, timestamptz '2025-09-30 12:00+00')
-- Nobody opens a letter before one was sent, or clicks before one was opened.
  AND (event <> 'email_open' OR at >= first_sent_at)
  AND (event <> 'email_click' OR at >= greatest(first_sent_at, first_opened_at));

CREATE INDEX ON crm.event (lead_id, at);

-- What each lead did within `age` of the request (NULL: to this day), one row a lead.
CREATE FUNCTION crm.activity(age interval) RETURNS TABLE (
    lead_id integer, subscribed boolean, unsubscribed boolean, emails_received bigint, emails_opened bigint,
    emails_clicked bigint, site_visits bigint, content_downloaded boolean, webinar_attended boolean,
    demo_requested boolean, price_requested boolean, last_activity_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT l.lead_id,
           count(*) FILTER (WHERE e.event = 'subscription') > 0,
           count(*) FILTER (WHERE e.event = 'unsubscription') > 0,
           count(*) FILTER (WHERE e.event = 'email_sent'),
           count(*) FILTER (WHERE e.event = 'email_open'),
           count(*) FILTER (WHERE e.event = 'email_click'),
           count(*) FILTER (WHERE e.event = 'site_visit'),
           count(*) FILTER (WHERE e.event = 'download') > 0,
           count(*) FILTER (WHERE e.event = 'webinar') > 0,
           count(*) FILTER (WHERE e.event = 'demo_request') > 0,
           count(*) FILTER (WHERE e.event = 'price_request') > 0,
           greatest(l.created_at, max(e.at) FILTER (WHERE e.event NOT IN ('email_sent', 'unsubscription')))
    FROM crm.lead AS l
    LEFT JOIN crm.event AS e ON e.lead_id = l.lead_id AND (age IS NULL OR e.at < l.created_at + age)
    GROUP BY l.lead_id;
END;

-- One row a lead, with the columns the b2b template asks for: as they stand now ...
CREATE VIEW crm.lead_features AS
SELECT l.lead_id, l.created_at, l.closed_at, l.sold, l.full_name, l.job_title, l.email, l.phone, c.company, c.industry,
       c.headcount, c.city, c.region, c.country, h.channel, l.comment, l.request_confirmed, l.need_stated,
       l.decision_maker, l.budget, l.months_to_purchase, l.long_term, l.request_count, a.subscribed, a.unsubscribed,
       a.emails_received, a.emails_opened, a.emails_clicked, a.site_visits, a.content_downloaded, a.webinar_attended,
       a.demo_requested, a.price_requested, a.last_activity_at
FROM crm.lead AS l
JOIN crm.channel AS h USING (channel_id)
JOIN crm.activity(NULL) AS a USING (lead_id)
LEFT JOIN crm.company AS c USING (company_id);

-- ... and as they stood two weeks after the request.
CREATE VIEW crm.lead_features_day_14 AS
SELECT l.lead_id, l.created_at, l.closed_at, l.sold, l.full_name, l.job_title, l.email, l.phone, c.company, c.industry,
       c.headcount, c.city, c.region, c.country, h.channel, l.comment, l.request_confirmed, l.need_stated,
       l.decision_maker, l.budget, l.months_to_purchase, l.long_term, l.request_count, a.subscribed, a.unsubscribed,
       a.emails_received, a.emails_opened, a.emails_clicked, a.site_visits, a.content_downloaded, a.webinar_attended,
       a.demo_requested, a.price_requested, a.last_activity_at
FROM crm.lead AS l
JOIN crm.channel AS h USING (channel_id)
JOIN crm.activity(interval '14 days') AS a USING (lead_id)
LEFT JOIN crm.company AS c USING (company_id);

COMMENT ON VIEW crm.lead_features IS 'one row a lead with the columns the b2b template asks for, as of now';
COMMENT ON VIEW crm.lead_features_day_14 IS 'the same as it stood two weeks after the request, to judge grades by the sales that came later';

COMMIT;

ANALYZE crm.company;
ANALYZE crm.channel;
ANALYZE crm.lead;
ANALYZE crm.event;
