-- The comments of the views in Russian, for tools that show them to people.
CREATE FUNCTION leadscore.russian_comments() RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT $json$
{
 "lower": "Нижняя граница 95-процентного интервала Уилсона",
 "upper": "Верхняя граница 95-процентного интервала Уилсона",
 "columns": {
  "source": "Источник: имя, под которым подключена таблица",
  "lead": "Ключ лида текстом; ключ из нескольких столбцов — массивом текстов",
  "created_at": "Когда лид пришёл",
  "cohort_day": "День, когда лид пришёл, в часовом поясе источника",
  "cohort_month": "Первый день месяца, когда лиды пришли, в часовом поясе источника",
  "month": "Первый день месяца, когда лиды пришли",
  "channel": "Канал, из которого пришли; NULL: неизвестен",
  "owner": "Кто ведёт; NULL: никто",
  "status": "Статус в CRM; NULL: нет",
  "stage_no": "Номер стадии, для сортировки",
  "stage": "Стадия, её имя в модели",
  "stage_label": "Номер и название стадии, для программ, которые сортируют по тексту",
  "stage_title": "Как стадию называют люди; NULL: так же, как её имя",
  "stage_title_ru": "То же по-русски",
  "stage_kind": "Вид стадии: open, won — ступени лестницы; hold, lost — рядом с ней",
  "outcome": "open — в работе, on_hold — отложен, won — был на выигранной стадии и не потерян, lost — потерян",
  "stage_since": "Когда пришёл на стадию",
  "days_in_stage": "Сколько дней на стадии",
  "visits": "Сколько раз приходил на стадии, с возвращениями",
  "closed_at": "Когда закрыт, по словам таблицы",
  "score": "Балл; NULL: оценить не удалось",
  "grade": "Оценка буквой; NULL: ниже всех или не оценён",
  "temperature": "Температура; NULL: ниже всех или не оценён",
  "probability": "Вероятность сделки от 0 до 1; NULL: модель её не называет",
  "amount": "Сумма сделки; NULL: неизвестна",
  "expected_value": "Сумма, умноженная на вероятность; NULL, если чего-то из них нет",
  "target": "target — целевой, not_target — нет, grow — на вырост, unknown — надо спросить; NULL: в модели нет критериев",
  "is_duplicate": "Повторяет ли более ранний лид",
  "is_mature": "Достаточно ли давно пришли все эти лиды (matures_after источника), чтобы двинуться дальше, если им это суждено",
  "heat_points": "Сколько баллов стоят его события сейчас; NULL: у источника нет событий",
  "cools_at": "Когда баллы его событий упадут ниже 1, если он больше ничего не сделает; NULL: событий нет",
  "events": "Сколько у него событий; NULL: у источника нет событий",
  "last_event_at": "Когда было последнее событие; NULL: не было",
  "days_since_event": "Сколько дней назад оно было",
  "problem": "Почему лид не удалось оценить; NULL: удалось",
  "problem_state": "SQLSTATE этой ошибки",
  "model": "Модель, которая его оценивает",
  "model_version": "Версия модели, которая оценила",
  "scored_at": "Когда оценён в последний раз",
  "step": "Порядок действия",
  "worked_by": "Чья это работа: маркетинг, первый контакт, продажи…; NULL: не сказано",
  "action": "Что сделать",
  "action_ru": "То же по-русски",
  "send": "Что отправить; NULL: ничего",
  "due_at": "До какого времени; NULL: когда угодно",
  "is_overdue": "Прошёл ли срок. Сделанное нигде не отмечается: лид, который остался на стадии, просрочен и тогда, когда с ним работали",
  "overdue_days": "На сколько дней просрочено; NULL: не просрочено",
  "reason": "Почему лид здесь: on_hold — отложен; to_grow — на вырост; not_ready — в работе и самой низкой температуры",
  "change_no": "Номер изменения, с 1: первый балл",
  "at": "Момент, на который оценён",
  "previous_score": "Балл перед этим; NULL: не было",
  "change": "Насколько балл изменился; NULL, если одного из двух нет",
  "is_other_version": "Оценила ли другая версия модели, так что мог измениться не лид; NULL: неизвестно",
  "leads": "Все лиды, с повторными",
  "unique_leads": "Из них не повторяют более ранний",
  "lost": "Лиды на потерянной стадии",
  "won": "Выигранные: были на выигранной стадии и не потеряны",
  "open": "Ни выиграны, ни потеряны, с отложенными",
  "customers": "Стали клиентами в этом месяце",
  "in_care": "Из них на более поздней выигранной стадии, например на сопровождении",
  "lost_rate": "lost / customers, от 0 до 1: отток",
  "lost_amount": "Сумма потерянных клиентов; 0: никто не потерян",
  "median_visits": "Половина выигранных прошла столько стадий или меньше до сделки",
  "p75_visits": "То же для трёх четвертей",
  "median_days": "За сколько дней или меньше дошла половина",
  "p75_days": "То же для трёх четвертей",
  "won_with_events": "Выигранные, у которых последнее событие не позже сделки: знаменатель для событий",
  "median_events": "У половины из них столько событий или меньше; NULL: таких нет",
  "p75_events": "То же для трёх четвертей",
  "judged_leads": "О которых известно, целевые ли они: знаменатель target_rate",
  "target_leads": "Целевые лиды",
  "target_rate": "Доля целевых среди тех, о ком это известно; NULL: ни о ком",
  "mql": "Дошли до стадии mql или дальше, потеряны потом или нет; NULL: такой стадии нет",
  "sal": "Дошли до стадии sal или дальше; NULL: такой стадии нет",
  "sql": "Дошли до стадии sql или дальше; NULL: такой стадии нет",
  "sql_rate": "sql / leads; NULL без лидов или такой стадии",
  "won_rate": "Доля выигранных; NULL без лидов. Пока когорта молода, занижена",
  "median_days_to_sql": "За сколько дней дошла до sql половина тех, кто доходит; те, кто ещё в пути, учтены",
  "median_days_to_won": "То же до сделки",
  "cost": "Расход на канал за месяц; NULL: ничего не введено",
  "cost_per_lead": "Цена лида (CPL): cost / leads",
  "cost_per_target_lead": "Цена целевого лида; NULL без расхода или целевых лидов",
  "cost_per_sql": "Расход на один лид, дошедший до sql",
  "cost_per_customer": "Расход на одного клиента (CAC)",
  "revenue": "Сумма выигранных лидов, насколько известна; 0: таких нет; NULL: суммы неизвестны",
  "won_with_amount": "Выигранные, у которых сумма известна",
  "romi": "(выручка − расход) / расход; 0 — окупилось",
  "romi_lower": "Нижняя граница 95-процентного интервала romi; NULL, если сделок меньше 10",
  "romi_upper": "Верхняя граница этого интервала",
  "not_target": "Не проходят обязательный критерий",
  "grow": "На вырост: пока не целевые, но могут стать",
  "unknown": "О которых известно слишком мало: надо спросить. В долю не входят",
  "unjudged": "Модель без критериев, или оценить не удалось",
  "judged": "target + not_target + grow: знаменатель доли",
  "unknown_rate": "unknown / leads: сколько доля не охватывает",
  "duplicates": "Повторяют более ранний лид, который мог прийти и из другого канала",
  "duplicate_rate": "duplicates / leads, от 0 до 1",
  "sifted": "Потеряны, не дойдя до стадии sal: отсеяны до продаж",
  "sifted_duplicates": "Из них повторные",
  "sifted_not_target": "Из остальных не проходят критерий целевого лида",
  "sifted_target": "Из остальных целевые: потеряны при первом контакте",
  "spam": "Остальные отсеянные: спам и те, с кем не удалось связаться",
  "spam_rate": "spam / leads, от 0 до 1",
  "mature_leads": "Из них достаточно давние: знаменатель",
  "predicted_leads": "Достаточно давние, у которых первый балл — вероятность",
  "mean_prediction": "Среднее этих вероятностей; NULL: их нет",
  "verdict": "Где лежит среднее предсказание: as_predicted — в интервале, worse — выше него (выиграно меньше, чем предсказано), better — ниже, too_little_data — мало данных",
  "open_leads": "Лиды этого менеджера на этой стадии сейчас",
  "overdue_leads": "Из них с просроченным действием",
  "overdue_actions": "Просроченные действия по ним",
  "hours_now": "Часы работы с ними на этой стадии; NULL: минуты не заданы в stage_effort",
  "expected_visits": "Сколько раз все его открытые лиды, вместе с нынешним разом, придут на эту стадию до исхода",
  "expected_hours": "Часы этой работы; NULL: минуты не заданы",
  "unforeseen_leads": "Открытые лиды, о будущем которых ещё ничего не известно: учтён лишь нынешний раз",
  "department": "Чьё обещание: marketing — маркетинг, sales — продажи",
  "measure": "Что обещано: leads — лиды, target_leads — целевые лиды, budget — бюджет, cost_per_lead и cost_per_target_lead — цена лида и целевого лида, qualified_leads — дошли до sql, deals — сделки, amount — их сумма",
  "norm": "Норма или план: число или деньги",
  "fact": "Факт на сейчас; NULL: не на что делить",
  "fact_share": "Факт / норма; NULL при норме 0",
  "is_limit": "Норму нельзя превышать, как цену; иначе её надо достичь",
  "is_met": "Соблюдена ли на сейчас; NULL: факта нет",
  "is_current": "Идёт ли этот месяц сейчас",
  "days_left": "Дней до конца месяца; 0: прошёл; NULL: впереди",
  "projected": "Факт к концу месяца, если так пойдёт дальше; NULL: месяц не идёт или ничего не известно",
  "probability_met": "Вероятность, что норма будет достигнута; 1 или 0, когда достигнута или месяц прошёл; NULL для ограничений и будущих месяцев",
  "reached": "Были на этой ступени или дальше, потеряны или нет; рядом с лестницей: были на стадии",
  "unique_reached": "Из них не повторяют более ранний",
  "visited": "Были на этой самой стадии",
  "current": "На стадии сейчас",
  "won_after": "Из reached выиграны",
  "lost_after": "Из reached потеряны",
  "open_after": "Из reached ни то ни другое, с отложенными",
  "prev_step": "Дошли до предыдущей ступени; для первой — все лиды. NULL рядом с лестницей",
  "rate_prev_step": "reached / prev_step. По нескольким строкам: sum(reached) / sum(prev_step)",
  "first_step": "Дошли до первой ступени. NULL рядом с лестницей",
  "rate_first_step": "reached / first_step. По нескольким строкам: sum(reached) / sum(first_step)",
  "mature_reached": "Из reached лиды достаточно давних дней",
  "mature_prev_step": "Из prev_step лиды таких дней",
  "mature_rate_prev_step": "mature_reached / mature_prev_step: без тех, у кого было мало времени",
  "mature_first_step": "Из first_step лиды таких дней",
  "mature_rate_first_step": "mature_reached / mature_first_step: тоже без тех, у кого было мало времени"
 },
 "views": {
  "leads": {
   "": "Все лиды всех подключённых таблиц как есть: где, с каких пор, насколько хороши, чего стоят, насколько заинтересованы. Строка — лид",
   "is_mature": "Пришёл ли так давно, что двинулся бы дальше, если ему это суждено (matures_after источника)"
  },
  "next_actions": {
   "": "Что сделать с каждым лидом по playbook его модели, для его стадии и температуры. Строка — лид и действие. Сначала главное: ORDER BY is_overdue DESC, expected_value DESC NULLS LAST, score DESC NULLS LAST, heat_points DESC NULLS LAST"
  },
  "nurture_queue": {
   "": "Кого подогреть и чем: отложенные, лиды на вырост и открытые самой низкой температуры, со следующим действием. Строка — лид",
   "action": "Что сделать дальше: первое непросроченное действие, иначе последнее",
   "is_overdue": "Прошёл ли срок"
  },
  "score_history": {
   "": "Как складывался балл лида: первый и каждое изменение. Строка — изменение",
   "score": "Балл с этого времени; NULL: оценить не удалось",
   "grade": "Оценка с этого времени; у первого балла NULL",
   "temperature": "Температура с этого времени; у первого балла NULL",
   "model_version": "Версия модели; у первого балла NULL"
  },
  "churn": {
   "": "Что стало с клиентами после продажи: сколько из выигранных в месяце потеряно. Строка — источник, месяц и канал",
   "month": "Первый день месяца, когда стали клиентами",
   "lost": "Из клиентов на потерянной стадии сейчас",
   "amount": "Сумма клиентов, насколько известна; NULL: неизвестна",
   "is_mature": "Все ли стали клиентами не позже чем matures_after назад. Отток растёт с возрастом: сравнивайте месяцы одного возраста"
  },
  "touches_to_close": {
   "": "Сколько касаний и дней понадобилось до сделки. Строка — источник и канал",
   "won": "Выигранные лиды: знаменатель"
  },
  "channel_performance": {
   "": "Что принёс каждый канал из лидов месяца, как быстро и по какой цене. Строка — источник, месяц и канал. Числа и деньги складываются по строкам; доли, цены и медианы — нет",
   "channel": "Канал; NULL: лиды, о которых он неизвестен"
  },
  "target_share": {
   "": "Сколько лидов месяца — целевые, как договорились маркетинг и продажи. Строка — источник, месяц и канал",
   "target": "Целевые лиды"
  },
  "duplicate_share": {
   "": "Сколько лидов месяца повторяют более ранние. Строка — источник, месяц и канал"
  },
  "spam_share": {
   "": "Сколько лидов месяца отсеяно до продаж, и кто они. Строка — источник, месяц и канал"
  },
  "lead_quality": {
   "": "Покупает ли оценка A как A: сколько выиграно из дошедших до стадии, по каналу и оценке первого балла, и сбылось ли предсказание. Строка — источник, стадия, канал и оценка",
   "leads": "Дошли до стадии или дальше",
   "won": "Из достаточно давних выиграны",
   "won_rate": "won / mature_leads, от 0 до 1",
   "grade": "Оценка по первому баллу: что было известно, когда лид пришёл"
  },
  "owner_workload": {
   "": "Что у кого на столе и сколько это работы. Строка — источник, менеджер и стадия. Сумма по worked_by — нагрузка первого контакта и тех, кто закрывает"
  },
  "department_contract": {
   "": "Что маркетинг и продажи обещали друг другу на месяц, что вышло и что выйдет. Строка — норма из leadscore.plan",
   "month": "Первый день месяца",
   "channel": "Канал; NULL: все вместе"
  },
  "target_contract": {
   "": "Что такое целевой лид, по моделям, и согласны ли отделы. Строка — модель",
   "model": "Модель",
   "criteria": "Критерии сейчас",
   "departments": "Последняя подпись каждого отдела; NULL: никто не подписал",
   "last_signed_at": "Когда дана последняя из них",
   "signed_so": "Отделы, подписавшие нынешние критерии",
   "signed": "Отделы, подписавшие вообще",
   "is_agreed": "Подписали ли хотя бы два отдела, и все — нынешние критерии"
  },
  "funnel": {
   "": "Сколько лидов как далеко дошло. Строка — источник, день, канал, менеджер и стадия. Числа одной стадии складываются по строкам"
  },
  "funnel_by_channel": {
   "": "Сколько лидов как далеко дошло, по каналам. Строка — источник, канал и стадия"
  },
  "funnel_by_owner": {
   "": "Сколько лидов как далеко дошло, по менеджерам. Строка — источник, менеджер и стадия"
  },
  "funnel_by_cohort": {
   "": "Сколько лидов как далеко дошло, по месяцам прихода. Строка — источник, месяц и стадия"
  },
  "funnel_wide": {
   "": "Сколько лидов как далеко дошло, столбец — ступень. Строка — источник, день, канал и менеджер",
   "n_leads": "Все лиды",
   "n_unique_leads": "Не повторяют более ранний",
   "n_mql": "Дошли до стадии mql или дальше, потеряны или нет; NULL: такой стадии нет",
   "n_sal": "То же о стадии sal",
   "n_sql": "То же о стадии sql",
   "n_opportunity": "То же о стадии opportunity",
   "n_won": "Выиграны: были на выигранной стадии и не потеряны",
   "n_lost": "На потерянной стадии",
   "n_open": "Ни выиграны, ни потеряны, с отложенными",
   "n_hold": "Из n_open отложены",
   "mql_rate": "n_mql / n_leads, от 0 до 1",
   "sal_rate": "n_sal / n_leads, от 0 до 1",
   "sql_rate": "n_sql / n_leads, от 0 до 1",
   "opportunity_rate": "n_opportunity / n_leads, от 0 до 1",
   "won_rate": "n_won / n_leads, от 0 до 1",
   "win_rate": "n_won / (n_won + n_lost): из лидов с исходом; NULL без них",
   "mql_to_sal_rate": "Какая доля n_mql дошла до sal; NULL без таких лидов",
   "sal_to_sql_rate": "То же о sal и sql",
   "sql_to_opportunity_rate": "То же о sql и opportunity",
   "opportunity_to_won_rate": "Какая доля n_opportunity выиграна; NULL без таких лидов"
  },
  "stage_velocity": {
   "": "Как быстро лиды проходят стадии. Строка — источник и стадия",
   "leads": "Были на стадии",
   "entries": "Сколько раз приходили на неё, с возвращениями",
   "returned": "Приходили не один раз",
   "timed_visits": "Посещения, у которых есть длина",
   "open_visits": "Из них ещё длятся",
   "median_days": "За сколько дней кончается половина посещений, по Каплану и Мейеру; NULL: ещё неизвестно",
   "p75_days": "То же для трёх четвертей",
   "p90_days": "То же для девяти десятых",
   "mean_closed_days": "Средняя длина закончившихся",
   "expected_days_left": "Сколько дней лиду этой стадии ещё предстоит в среднем; NULL: неизвестно",
   "won_probability": "Вероятность, что лид этой стадии будет выигран",
   "lost_probability": "Вероятность, что он будет потерян"
  },
  "stage_alerts": {
   "stage_no": "Номер ступени, на которую переходят, для сортировки",
   "stage": "Имя этой ступени",
   "stage_label": "Её номер и название",
   "prev_stage": "Ступень, с которой переходят",
   "dimension": "Чьи лиды: all — все, channel — канала, owner — менеджера",
   "segment": "Канал или менеджер; NULL: лиды без него или все",
   "baseline_from": "Первый день базового периода",
   "baseline_until": "Последний день базового периода",
   "current_from": "Первый день нынешнего периода",
   "current_until": "Последний день нынешнего периода: последний достаточно давний",
   "baseline_entered": "Лиды базового периода, дошедшие до предыдущей ступени за matures_after, без повторных",
   "baseline_converted": "Из них дошли до этой за то же время",
   "baseline_rate": "baseline_converted / baseline_entered; NULL без таких лидов",
   "current_entered": "Лиды нынешнего периода, дошедшие до предыдущей ступени за matures_after, без повторных",
   "current_converted": "Из них дошли до этой за то же время",
   "current_rate": "current_converted / current_entered; NULL без таких лидов",
   "difference": "На сколько изменилась доля: current_rate − baseline_rate = mix_change + rate_change",
   "p_value": "Насколько вероятна столь низкая нынешняя доля, если ничего не изменилось",
   "q_value": "То же с поправкой на все клетки источника (Бенджамини и Хохберг)",
   "rise_q_value": "То же для столь высокой доли",
   "min_detectable_drop": "Наименьшее падение, которое столько лидов показали бы с вероятностью 0,8",
   "cause_channel": "Если причина mix или both: канал, который даёт больше всего; NULL: лиды без канала",
   "cause_owner": "Если причина rate или both: менеджер, чьё изменение даёт больше всего; NULL: все одинаково или лиды без менеджера",
   "mix_change": "Что в difference от других долей каналов",
   "rate_change": "Остальное в difference",
   "cmh_p_value": "Изменилась ли доля внутри каналов или менеджеров (Кокран, Мантель и Хензель)",
   "": "Где конверсия изменилась сильнее случайного и кто тому причиной: реклама или продажи",
   "difference_lower": "Нижняя граница 95-процентного интервала Ньюкома",
   "difference_upper": "Верхняя граница этого интервала",
   "verdict": "drop — упала, rise — выросла, same — как была, too_little_data — мало данных",
   "cause": "mix — реклама: пришли другие лиды; rate — продажи: те же лиды покупают иначе; both — и то и другое"
  }
 }
}
$json$::jsonb
$function$;
COMMENT ON FUNCTION leadscore.russian_comments() IS
'Internal: what views and their columns are in Russian: "columns" by name of the column, "views" by view, where the key "" is the view itself and others are columns that mean something else there';

-- What the script has said in English, to go back to.
DO $do$
DECLARE
  said jsonb;
BEGIN
  SELECT pg_catalog.jsonb_object_agg(v.relname, v.comments) INTO said
  FROM (
    SELECT c.relname, pg_catalog.jsonb_object_agg(coalesce(a.attname, ''), d.description) AS comments
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_description AS d ON d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = c.oid
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v'
    GROUP BY c.relname) AS v;
  EXECUTE pg_catalog.format('CREATE FUNCTION leadscore.english_comments() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS %L',
    pg_catalog.format('SELECT %L::jsonb', said));
END
$do$;
COMMENT ON FUNCTION leadscore.english_comments() IS
'Internal: what views and their columns are in English: by view, where the key "" is the view itself';

CREATE FUNCTION leadscore.translated_comment(view_name text, column_name text, language text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(CASE WHEN language = 'ru' THEN coalesce(t.ru #>> ARRAY['views', view_name, column_name], CASE WHEN column_name <> '' AND t.ru -> 'views' ? view_name
      THEN coalesce(t.ru #>> ARRAY['columns', column_name], CASE WHEN column_name LIKE '%\_lower' THEN t.ru ->> 'lower' WHEN column_name LIKE '%\_upper' THEN t.ru ->> 'upper' END) END) END,
    t.en #>> ARRAY[view_name, column_name])
  FROM (SELECT leadscore.russian_comments() AS ru, leadscore.english_comments() AS en) AS t
$$;
COMMENT ON FUNCTION leadscore.translated_comment(text, text, text) IS
'Internal: the comment of a view (column_name is empty) or of one of its columns in a language; in English where there is no other';

CREATE FUNCTION leadscore.set_comments_language(language text) RETURNS bigint
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  commented record;
  written bigint := 0;
BEGIN
  IF language <> ALL (ARRAY['en', 'ru']) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'invalid_parameter_value',
      MESSAGE = format('there are no comments in the language "%s"', language),
      HINT = 'There are en and ru.';
  END IF;
  FOR commented IN
    SELECT c.relname AS view_name, coalesce(a.attname, '') AS column_name, d.description,
      leadscore.translated_comment(c.relname, coalesce(a.attname, ''), language) AS translated
    FROM pg_class AS c
    JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    WHERE c.relnamespace = 'leadscore'::regnamespace AND c.relkind = 'v'
  LOOP
    CONTINUE WHEN commented.translated IS NULL OR commented.translated = commented.description;
    IF commented.column_name = '' THEN
      EXECUTE format('COMMENT ON VIEW leadscore.%I IS %L', commented.view_name, commented.translated);
    ELSE
      EXECUTE format('COMMENT ON COLUMN leadscore.%I.%I IS %L', commented.view_name, commented.column_name, commented.translated);
    END IF;
    written := written + 1;
  END LOOP;
  RETURN written;
END
$$;
COMMENT ON FUNCTION leadscore.set_comments_language(text) IS
'Writes the comments of the views and their columns in a language, ru or en, for tools that show them; how many have changed. A dump does not carry comments of an extension''s objects, so call it again after a restore. Only the extension''s owner can: 42501. Raises 22023 for another language. NULL for NULL.';
REVOKE EXECUTE ON FUNCTION leadscore.set_comments_language(text) FROM PUBLIC;
