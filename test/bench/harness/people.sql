-- People who leave their data in forms, some of them again and again (\ir harness/people.sql, after harness.sql).
-- Nothing is random: a fact hangs on the number of the person or of the submission and on the name of the fact alone.
-- Two facts of one number must not share a name: they would not be independent.

CREATE FUNCTION bench.chance(n bigint, fact text) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (hashtextextended(fact, n) & 9007199254740991) / 9007199254740992::float8
$$;

-- A place from 1 to places whose frequency falls as 1 / (place + flatness): Zipf's law as Mandelbrot amended it.
CREATE FUNCTION bench.skewed(chance float8, places bigint, flatness float8) RETURNS int
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (1 + floor(flatness * (((places + flatness) / flatness) ^ chance - 1)))::int
$$;

CREATE FUNCTION bench.latin(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT initcap(translate(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(name),
        'щ', 'shch'), 'ш', 'sh'), 'ч', 'ch'), 'ж', 'zh'), 'х', 'kh'), 'ц', 'ts'), 'ю', 'yu'), 'я', 'ya'), 'ий', 'y'),
        'абвгдеёзийклмнопрстуфыэьъ', 'abvgdeeziyklmnoprstufye'))
$$;

-- First names from the frequent to the rare, with what friends call them.
CREATE TABLE bench.first_name AS
SELECT l.is_russian, l.is_woman, n.place::int AS place, p.name, p.short,
    CASE WHEN l.is_russian THEN bench.latin(p.name) ELSE p.name END AS latin,
    CASE WHEN l.is_russian THEN bench.latin(p.short) ELSE p.short END AS short_latin
FROM (VALUES
    (true, false, 'Александр/Саша Сергей/Серёжа Андрей/Андрюша Дмитрий/Дима Алексей/Лёша Владимир/Вова Евгений/Женя
        Николай/Коля Михаил/Миша Максим/Макс Иван/Ваня Юрий/Юра Игорь Роман/Рома Денис Виктор/Витя Артём/Тёма
        Антон/Антоша Олег Павел/Паша Константин/Костя Илья/Илюша Вячеслав/Слава Никита Анатолий/Толя Валерий/Валера
        Кирилл Виталий/Виталик Вадим/Вадик Егор Василий/Вася Руслан Данил/Даня Геннадий/Гена Станислав/Стас Тимур
        Леонид/Лёня Борис/Боря Пётр/Петя Григорий/Гриша Даниил/Даня Владислав/Влад Степан/Стёпа Ярослав/Ярик Глеб
        Эдуард/Эдик Марат Фёдор/Федя Матвей Тимофей/Тима Георгий/Гоша Артур Ринат Рустам Семён/Сёма Арсений/Сеня
        Лев/Лёва Богдан Аркадий/Аркаша Валентин/Валя Альберт Ильдар Святослав/Свят Захар Марк Филипп Ренат Айрат
        Всеволод/Сева Родион Лука Ростислав/Слава Мирон Макар Платон Савелий/Савва Демид Давид Камиль Радик Назар
        Герман Яков/Яша Прохор Гавриил Афанасий Иннокентий/Кеша Вениамин/Веня Ефим/Фима Эльдар Тихон Трофим Мурат
        Азат Рафаэль Остап Архип Клим Игнат Еремей Добрыня'),
    (true, true, 'Елена/Лена Ольга/Оля Наталья/Наташа Татьяна/Таня Анна/Аня Ирина/Ира Екатерина/Катя Светлана/Света
        Мария/Маша Юлия/Юля Анастасия/Настя Марина/Мариша Людмила/Люда Галина/Галя Виктория/Вика Дарья/Даша
        Оксана/Ксюша Валентина/Валя Надежда/Надя Александра/Саша Евгения/Женя Любовь/Люба Алина Ксения/Ксюша
        Полина/Поля Лариса/Лара Кристина/Кристя Вера Нина Елизавета/Лиза Анжелика Яна Алёна Диана Маргарита/Рита
        Софья/Соня Вероника/Ника Тамара/Тома Валерия/Лера Лидия/Лида Олеся/Леся Жанна Инна Раиса/Рая Эльвира/Эля
        Зоя Карина Гульнара Ангелина/Геля Антонина/Тоня Варвара/Варя Альбина Эльмира Регина Лилия/Лиля Камила
        Милана Арина Ульяна Василиса Злата Мирослава/Мира Снежана Таисия/Тая Роза Инга Нелли Майя Тина Римма Клавдия
        Лариана Эмма Стефания Серафима Динара Айгуль Венера Алсу Эвелина Агата Агния Аделина Ариадна Берта Василина
        Влада Глафира/Глаша Евдокия/Дуня Зинаида/Зина Изольда Капитолина/Капа Лукерья Марфа Нонна Пелагея'),
    (false, false, 'James/Jim John/Johnny Robert/Bob Michael/Mike William/Bill David/Dave Richard/Dick Joseph/Joe
        Thomas/Tom Charles/Charlie Christopher/Chris Daniel/Dan Matthew/Matt Anthony/Tony Mark Donald/Don Steven/Steve
        Paul Andrew/Andy Joshua/Josh Kenneth/Ken Kevin Brian George Timothy/Tim Ronald/Ron Edward/Ed Jason
        Jeffrey/Jeff Ryan Jacob/Jake Gary Nicholas/Nick Eric Jonathan/Jon Stephen/Steve Larry Justin Scott Brandon
        Benjamin/Ben Samuel/Sam Gregory/Greg Alexander/Alex Patrick/Pat Frank Raymond/Ray Jack Dennis Jerry Tyler
        Aaron Jose Adam Nathan/Nate Henry/Harry Zachary/Zach Douglas/Doug Peter/Pete Kyle Noah Ethan Jeremy Walter/Walt
        Christian Keith Roger Terry Austin Sean Gerald/Gerry Carl Harold Dylan Arthur/Art Lawrence/Larry Jordan Jesse
        Bryan Billy Bruce Gabriel/Gabe Joe Logan Alan Juan Albert/Al Willie Elijah Wayne Randy Vincent/Vince Mason Roy
        Ralph Bobby Russell/Russ Bradley/Brad Philip/Phil Eugene/Gene'),
    (false, true, 'Mary/Molly Patricia/Pat Jennifer/Jen Linda Elizabeth/Liz Barbara/Barb Susan/Sue Jessica/Jess Sarah
        Karen Lisa Nancy Betty Sandra/Sandy Margaret/Maggie Ashley Kimberly/Kim Emily Donna Michelle Carol Amanda/Mandy
        Melissa/Mel Deborah/Debbie Stephanie/Steph Dorothy/Dot Rebecca/Becky Sharon Laura Cynthia/Cindy Amy
        Kathleen/Kathy Angela/Angie Shirley Brenda Emma Anna/Annie Pamela/Pam Nicole/Nicky Samantha/Sam Katherine/Kate
        Christine/Chris Helen Debra/Debbie Rachel Carolyn Janet/Jan Maria Catherine/Cathy Heather Diane Olivia/Liv
        Julie Joyce Victoria/Vicky Ruth Virginia/Ginny Lauren Kelly Christina/Tina Joan Evelyn Judith/Judy Andrea
        Hannah Megan/Meg Cheryl Jacqueline/Jackie Martha Madison Teresa/Terry Gloria Sara Janice Ann Kathryn/Kathy
        Abigail/Abby Sophia Frances/Fran Jean Alice Judy Isabella/Bella Julia Grace Amber Denise Danielle/Dani
        Marilyn Beverly Charlotte/Lottie Natalie Theresa Diana Brittany/Britt Doris Kayla Alexis Lori'))
    AS l (is_russian, is_woman, names)
CROSS JOIN LATERAL regexp_split_to_table(l.names, '\s+') WITH ORDINALITY AS n (entry, place)
CROSS JOIN LATERAL (SELECT split_part(n.entry, '/', 1),
    coalesce(nullif(split_part(n.entry, '/', 2), ''), split_part(n.entry, '/', 1))) AS p (name, short);

-- Last names: the most frequent as they are, and tens of thousands put together of syllables.
CREATE TABLE bench.last_name AS
WITH russian AS (
    SELECT n.name, n.place::float8 AS place
    FROM regexp_split_to_table('Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов
        Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров
        Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв
        Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов
        Филиппов Комаров Давыдов Беляев Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов
        Карпов Власов Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов
        Абрамов Мартынов Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов Коновалов Лазарев
        Воронин Климов Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов Журавлёв Овчинников Трофимов Леонов
        Соболев Ермаков Колесников Гончаров Емельянов Никифоров Грачёв Котов Гришин Ефремов Архипов Громов Кириллов
        Малышев Панов Моисеев Румянцев Акимов Кондратьев Бирюков Горбунов Анисимов Ерёмин Тихомиров Галкин Лукьянов
        Михеев Скворцов Юдин Белоусов Нестеров Симонов Прокофьев Харитонов Князев Цветков Левин Митрофанов Воронов
        Аксёнов Софронов Мальцев Логинов Горшков Савин Краснов Майоров Демидов Елисеев Рыбаков Сафонов Плотников
        Хохлов Фадеев Молчанов Игнатов Литвинов Ершов Ушаков Дементьев Рябов Мухин Калашников Леонтьев Лобанов Кузин
        Корнеев Евдокимов Бородин Платонов Некрасов Балашов Бобров Жданов Блинов Игнатьев Коротков Муравьёв Крюков
        Беляков Богомолов Дроздов Лавров Зуев Петухов Ларин Никулин Серов Терентьев Зотов Устинов Фокин Самойлов
        Константинов Сахаров Шишкин Самсонов Черкасов Чистяков Носов Спиридонов Карасёв Авдеев Воронцов Зверев
        Владимиров Селезнёв Нечаев Кудряшов Седов Фирсов Андрианов Панфилов Головин Терехов Ульянов Шестаков Агеев',
        '\s+') WITH ORDINALITY AS n (name, place)
    UNION ALL
    SELECT a.start || b.middle || c.ending, 1000 + bench.chance(a.place * 10000 + b.place * 100 + c.place, 'russian')
    FROM regexp_split_to_table('Ба Бо Бу Бра Ва Ве Ви Вла Га Го Гу Гри Да До Ду Дра Жа Же Жи За Зо Зу Ка Ко Ку Кра Кро
        Кле Ла Ло Лу Лю Ма Ме Мо Му На Не Но Ни Па По Пу Пла Ра Ре Ро Ру Са Се Со Су Сте Ста Та Те То Ту Тра Фа Фе Хо Ха
        Че Ча Чу Ша Ше Шу Ща Ю Я Э А О У',
        '\s+') WITH ORDINALITY AS a (start, place)
    CROSS JOIN regexp_split_to_table('б бан бор в вал вер г гал гор д дар дож ж жел з зар зен к кар кол кун л лаб лев
        лик лом м мар мен мур н нар нев ник п пат пел пин р раб рен рош рык с сал сен ст т тар тел тош ф х хар ц ч чар
        чен ш шак шел шун щ',
        '\s+') WITH ORDINALITY AS b (middle, place)
    CROSS JOIN regexp_split_to_table('ов ев ин ский енко ук', '\s+') WITH ORDINALITY AS c (ending, place)),
english AS (
    SELECT n.name, n.place::float8 AS place
    FROM regexp_split_to_table('Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez
        Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark
        Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker
        Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes
        Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos
        Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo
        Sanders Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson
        Barnes Fisher Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace West',
        '\s+') WITH ORDINALITY AS n (name, place)
    UNION ALL
    SELECT a.start || b.middle || c.ending, 1000 + bench.chance(a.place * 10000 + b.place * 100 + c.place, 'english')
    FROM regexp_split_to_table('Al Ash Bar Ben Black Bran Brad Bur Cal Car Chad Clif Col Cran Dal Den Dray Dun East Ed
        Ell Far Fen Flet Gar Gil Glen Had Har Hol Hunt Kel Ken Kirk Lan Lin Lock Mad Mar Mill Nor Oak Os Pem Pres Ray
        Rock Ruther Sed Shel Stan Stock Sut Thorn Tren Wad Wel West Whit Wool',
        '\s+') WITH ORDINALITY AS a (start, place)
    CROSS JOIN regexp_split_to_table('a be ber bo ca da de der di en er fi ge gi ing ker la le ler ling mer mi nel ning
        ri sel ster ter ti win', '\s+') WITH ORDINALITY AS b (middle, place)
    CROSS JOIN regexp_split_to_table('ton ley ford well man son field worth', '\s+')
        WITH ORDINALITY AS c (ending, place)),
feminine AS (
    SELECT true AS is_russian, row_number() OVER (ORDER BY r.place, r.name)::int AS place, r.name AS man,
        CASE WHEN r.name ~ 'ский$' THEN regexp_replace(r.name, 'ий$', 'ая')
            WHEN r.name ~ '(ов|[её]в|ин)$' THEN r.name || 'а' ELSE r.name END AS woman
    FROM russian AS r
    UNION ALL
    SELECT false, row_number() OVER (ORDER BY e.place, e.name)::int, e.name, e.name FROM english AS e)
SELECT f.is_russian, s.is_woman, f.place, n.name,
    CASE WHEN f.is_russian THEN bench.latin(n.name) ELSE n.name END AS latin
FROM feminine AS f
CROSS JOIN (VALUES (false), (true)) AS s (is_woman)
CROSS JOIN LATERAL (SELECT CASE WHEN s.is_woman THEN f.woman ELSE f.man END) AS n (name);

CREATE TABLE bench.city AS
SELECT l.is_russian, n.place::int AS place, replace(n.name, '_', ' ') AS name
FROM (VALUES
    (true, 'Москва Санкт-Петербург Новосибирск Екатеринбург Казань Нижний_Новгород Челябинск Красноярск Самара Уфа
        Ростов-на-Дону Омск Краснодар Воронеж Пермь Волгоград Саратов Тюмень Тольятти Барнаул Ижевск Махачкала Хабаровск
        Ульяновск Иркутск Владивосток Ярославль Томск Ставрополь Кемерово Набережные_Челны Оренбург Новокузнецк Балашиха
        Рязань Чебоксары Калининград Пенза Липецк Астрахань Киров Сочи Тула Курск Улан-Удэ Сургут Тверь Магнитогорск
        Брянск Якутск Иваново Владимир Симферополь Чита Калуга Грозный Белгород Смоленск Вологда Саранск Курган Орёл'),
    (false, 'London New_York Birmingham Manchester Chicago Leeds Glasgow Boston Liverpool Bristol Dublin Austin
        Edinburgh Sheffield Denver Cardiff Seattle Leicester Portland Belfast Nottingham Dallas Oxford Cambridge Bath'))
    AS l (is_russian, names)
CROSS JOIN LATERAL regexp_split_to_table(l.names, '\s+') WITH ORDINALITY AS n (name, place);

CREATE UNIQUE INDEX ON bench.first_name (is_russian, is_woman, place);
CREATE UNIQUE INDEX ON bench.last_name (is_russian, is_woman, place);
CREATE UNIQUE INDEX ON bench.city (is_russian, place);
ANALYZE bench.first_name, bench.last_name, bench.city;

-- Two letters exchanged, one left out, one struck twice, or another in its place.
CREATE FUNCTION bench.mistyped(written text, chance float8) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    place int := 2 + floor((chance * 4 - floor(chance * 4)) * greatest(length(written) - 2, 1));
    before text := left(written, place - 1);
BEGIN
    RETURN before || CASE floor(chance * 4)
        WHEN 0 THEN substr(written, place + 1, 1) || substr(written, place, 1) || substr(written, place + 2)
        WHEN 1 THEN substr(written, place + 1)
        WHEN 2 THEN substr(written, place, 1) || substr(written, place)
        ELSE substr(CASE WHEN ascii(written) > 127 THEN 'оаеинтсрвл' ELSE 'oaeintsrvl' END,
            (chance * 4e6)::int % 10 + 1, 1) || substr(written, place + 1) END;
END
$$;

-- Ten digits, as people write them.
CREATE FUNCTION bench.phone_written(digits text, chance float8) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN digits IS NOT NULL THEN format(CASE floor(chance * 8)
            WHEN 0 THEN '+7 (%s) %s-%s-%s' WHEN 1 THEN '+7%s%s%s%s' WHEN 2 THEN '8%s%s%s%s' WHEN 3 THEN '7%s%s%s%s'
            WHEN 4 THEN '8 (%s) %s %s %s' WHEN 5 THEN '8-%s-%s-%s-%s' WHEN 6 THEN '+7 %s %s %s %s' ELSE '%s%s%s%s' END,
        left(digits, 3), substr(digits, 4, 3), substr(digits, 7, 2), substr(digits, 9)) END
$$;

-- Of the name, mostly. (What has a CASE is inlined only if it is not STRICT.)
CREATE FUNCTION bench.mailbox(first_name text, last_name text, form float8, year text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN form < 0.22 THEN first_name || '.' || last_name
        WHEN form < 0.34 THEN first_name || '_' || last_name
        WHEN form < 0.50 THEN left(first_name, 1) || last_name
        WHEN form < 0.60 THEN last_name || '.' || first_name
        WHEN form < 0.78 THEN first_name || last_name || year
        WHEN form < 0.88 THEN last_name || year
        ELSE split_part('star cat wolf sunny happy best lucky fox moon king', ' ', 1 + (form * 1e6)::int % 10)
            || (form * 1e6)::int::text END
$$;

CREATE FUNCTION bench.mail_domain(chance float8) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN chance < 0.85
        THEN split_part(
            'mail.ru gmail.com yandex.ru outlook.com bk.ru icloud.com rambler.ru inbox.ru list.ru hotmail.com',
            ' ', bench.skewed(chance / 0.85, 10, 1))
        ELSE 'company' || bench.skewed((chance - 0.85) / 0.15, 20000, 50)::text || '.ru' END
$$;

-- As many submissions as wanted, 70 % of them the first of a person; the others come later, of anybody, and a tenth of
-- them of the few who do it all the time.
CREATE FUNCTION bench.submissions(wanted bigint)
RETURNS TABLE (id bigint, person_id bigint, first_name text, last_name text, email text, phone text, city text,
    created_at timestamptz)
LANGUAGE sql STABLE AS $$
    WITH person AS MATERIALIZED (
        SELECT p.n, p.is_russian, p.is_russian AND bench.chance(p.n, 'writes Latin') < 0.15 AS writes_latin,
            f.name AS first_name, f.short, f.latin AS first_latin, f.short_latin, l.name AS last_name,
            l.latin AS last_latin,
            timestamptz '2024-01-01 00:00Z' + bench.chance(p.n, 'first') * interval '720 days' AS first_at
        FROM (
            SELECT n, bench.chance(n, 'language') < 0.75 AS is_russian, bench.chance(n, 'sex') < 0.5 AS is_woman
            FROM generate_series(1, wanted * 7 / 10) AS n) AS p
        JOIN bench.first_name AS f ON (f.is_russian, f.is_woman, f.place)
            = (p.is_russian, p.is_woman, bench.skewed(bench.chance(p.n, 'first name'), 96, 4))
        JOIN bench.last_name AS l ON (l.is_russian, l.is_woman, l.place) = (p.is_russian, p.is_woman,
            bench.skewed(bench.chance(p.n, 'last name'), CASE WHEN p.is_russian THEN 28000 ELSE 14000 END, 20))),
    -- Everybody has two addresses. Whoever comes later to a mailbox that is taken adds a number.
    address AS (
        SELECT a.n, a.mailbox || coalesce(nullif(a.place, 1)::text, '') || '@' || a.domain AS email
        FROM (
            SELECT a.*,
                row_number() OVER (PARTITION BY a.mailbox COLLATE "C", a.domain COLLATE "C" ORDER BY a.n) AS place
            FROM (
                SELECT a.n, bench.mailbox(lower(a.first_latin), lower(a.last_latin), a.form, a.year) AS mailbox,
                    bench.mail_domain(a.domain) AS domain
                FROM (
                    SELECT a.n, p.first_latin, p.last_latin, bench.chance(a.n, 'mailbox') AS form,
                        floor(55 + bench.chance(a.n, 'year') * 45)::text AS year, bench.chance(a.n, 'domain') AS domain
                    FROM person AS p
                    CROSS JOIN LATERAL (VALUES (p.n * 2), (p.n * 2 + 1)) AS a (n)
                    OFFSET 0) AS a
                OFFSET 0) AS a) AS a),
    submission AS (
        SELECT s.n, s.n > wanted * 7 / 10 AS is_again,
            CASE WHEN s.n <= wanted * 7 / 10 THEN s.n
                WHEN bench.chance(s.n, 'keen') < 0.1
                    THEN 1 + 50 * floor(bench.chance(s.n, 'who') * (wanted * 7 / 10 / 50))::bigint
                ELSE 1 + floor(bench.chance(s.n, 'who') * (wanted * 7 / 10))::bigint END AS person_id
        FROM generate_series(1, wanted) AS s (n)),
    -- What of it is wrong, missing or another one.
    happening AS (
        SELECT s.n, s.is_again, s.person_id, p.is_russian, p.first_name, p.short, p.first_latin, p.short_latin,
            p.last_name, p.last_latin,
            NOT p.is_russian OR p.writes_latin <> (s.is_again AND bench.chance(s.n, 'other script') < 0.05) AS in_latin,
            CASE WHEN s.is_again THEN 2 ELSE 1 END AS haste,
            bench.chance(s.n, 'first name as written') AS first_chance,
            bench.chance(s.n, 'last name as written') AS last_chance, bench.chance(s.n, 'case') AS case_chance,
            bench.chance(s.n, 'typing') AS typing, bench.chance(s.n, 'email') AS email_chance,
            bench.chance(s.n, 'phone') AS phone_chance, bench.chance(s.n, 'city as written') AS city_chance,
            p.n * 2 + (s.is_again AND bench.chance(s.n, 'other email') < 0.12)::int AS address,
            CASE WHEN bench.chance(p.n, 'office') < 0.01 THEN p.n / 20 * 40 ELSE p.n * 2 END
                + (s.is_again AND bench.chance(s.n, 'other phone') < 0.1)::int AS line,
            CASE WHEN NOT s.is_again THEN p.first_at
                WHEN bench.chance(s.n, 'when') < 0.25
                    THEN p.first_at + interval '1 second' + bench.chance(s.n, 'gap') * interval '10 minutes'
                WHEN bench.chance(s.n, 'when') < 0.55
                    THEN p.first_at + interval '10 minutes' + bench.chance(s.n, 'gap') * interval '30 days'
                ELSE p.first_at + bench.chance(s.n, 'gap') * (timestamptz '2026-01-31 00:00Z' - p.first_at) END
                AS created_at
        FROM submission AS s
        JOIN person AS p ON p.n = s.person_id
        OFFSET 0),
    written AS (
        SELECT h.n, h.person_id, h.created_at, h.case_chance,
            CASE WHEN h.first_chance < 0.02 * h.haste THEN NULL
                WHEN h.first_chance < 0.08 * h.haste THEN CASE WHEN h.in_latin THEN h.short_latin ELSE h.short END
                WHEN h.first_chance < 0.09 * h.haste
                    THEN left(CASE WHEN h.in_latin THEN h.first_latin ELSE h.first_name END, 1)
                WHEN h.first_chance < 0.11 * h.haste THEN bench.mistyped(
                    CASE WHEN h.in_latin THEN h.first_latin ELSE h.first_name END, h.typing)
                WHEN h.in_latin THEN h.first_latin ELSE h.first_name END AS first_name,
            CASE WHEN h.last_chance < 0.015 * h.haste THEN NULL
                WHEN h.last_chance < 0.055 * h.haste THEN bench.mistyped(
                    CASE WHEN h.in_latin THEN h.last_latin ELSE h.last_name END, h.typing)
                WHEN h.in_latin THEN h.last_latin ELSE h.last_name END AS last_name,
            h.last_chance > 0.985 AS is_swapped,
            CASE WHEN h.email_chance < 0.1 * h.haste THEN NULL
                WHEN bench.chance(h.person_id, 'office') < 0.005
                    THEN 'info@company' || bench.skewed(bench.chance(h.person_id, 'employer'), 2000, 50) || '.ru'
                WHEN h.email_chance < 0.115 * h.haste THEN bench.mistyped(a.email, h.typing)
                WHEN h.email_chance > 0.98 THEN upper(a.email)
                WHEN h.email_chance > 0.93 THEN initcap(left(a.email, 1)) || substr(a.email, 2)
                ELSE a.email END AS email,
            -- Nobody leaves neither.
            CASE WHEN h.phone_chance < 0.11 * h.haste AND h.email_chance >= 0.1 * h.haste THEN NULL
                WHEN h.phone_chance > 0.98 THEN bench.mistyped(l.digits, h.typing / 4) ELSE l.digits END AS digits,
            CASE WHEN h.city_chance > 0.2 THEN c.name END AS city
        FROM happening AS h
        JOIN address AS a ON a.n = h.address
        -- Prime to the number of numbers: no two lines have the same.
        CROSS JOIN LATERAL (SELECT (9000000000 + h.line * 387420489 % 1000000000)::text AS digits) AS l
        JOIN bench.city AS c ON (c.is_russian, c.place) = (h.is_russian, bench.skewed(
            CASE WHEN h.is_again AND h.city_chance > 0.92 THEN bench.chance(h.n, 'other city')
                ELSE bench.chance(h.person_id, 'city') END, CASE WHEN h.is_russian THEN 62 ELSE 25 END, 3))
        OFFSET 0)
    SELECT row_number() OVER (ORDER BY w.created_at, w.n), w.person_id,
        CASE WHEN w.case_chance < 0.08 THEN lower(n.first_name) WHEN w.case_chance > 0.97 THEN upper(n.first_name)
            ELSE n.first_name END,
        CASE WHEN w.case_chance < 0.08 THEN lower(n.last_name) WHEN w.case_chance > 0.97 THEN upper(n.last_name)
            ELSE n.last_name END,
        w.email, bench.phone_written(w.digits, bench.chance(w.n, 'format')), w.city, w.created_at
    FROM written AS w
    CROSS JOIN LATERAL (SELECT CASE WHEN w.is_swapped THEN w.last_name ELSE w.first_name END,
        CASE WHEN w.is_swapped THEN w.first_name ELSE w.last_name END) AS n (first_name, last_name)
    ORDER BY 1
$$;
