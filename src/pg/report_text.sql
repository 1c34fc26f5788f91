-- What leadscore.report() says in English and in Russian, and how it writes numbers, months and names.

-- The letters are those of JSON escapes; a database that does not have them gets the same letters as HTML writes them.
CREATE FUNCTION leadscore.report_texts(language text) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT jsonb_object_agg(e.key, e.value -> report_texts.language)
  FROM (SELECT $json$
{
 "language": {"en": "en", "ru": "ru"},
 "decimal": {"en": ".", "ru": ","},
 "group": {"en": ",", "ru": "&#160;"},
 "percent": {"en": "%s%%", "ru": "%s&#160;%%"},
 "magnitudes": {"en": ["thousand", "million", "billion", "trillion"], "ru": ["тыс.", "млн", "млрд", "трлн"]},
 "axis_magnitudes": {"en": ["k", "M", "bn", "tn"], "ru": ["тыс.", "млн", "млрд", "трлн"]},
 "months": {"en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], "ru": ["янв.", "фев.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.", "нояб.", "дек."]},
 "day_months": {"en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], "ru": ["янв.", "фев.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."]},
 "range": {"en": "%s–%s", "ru": "%s–%s"},
 "minus": {"en": "−", "ru": "−"},
 "none": {"en": "—", "ru": "—"},
 "ellipsis": {"en": "…", "ru": "…"},
 "few": {"en": "few", "ru": "мало"},
 "young": {"en": "young", "ru": "рано"},
 "title": {"en": "Leads: %s", "ru": "Лиды: %s"},
 "subtitle": {"en": "Leads that came from %s to %s, as they stand now. Changes as of %s.", "ru": "Лиды, пришедшие за месяцы: %s — %s, в нынешнем состоянии. Изменения — на %s."},
 "no_leads": {"en": "No leads came in these months. If yours are older, give as_of a day of their last month.", "ru": "За эти месяцы лидов не было. Если ваши старше, задайте в as_of день их последнего месяца."},
 "rest": {"en": "the other %s", "ru": "остальные: %s"},
 "unknown_channel": {"en": "no channel", "ru": "канал неизвестен"},
 "unknown_owner": {"en": "nobody", "ru": "никто"},
 "unknown_grade": {"en": "no grade", "ru": "без оценки"},

 "head_leads": {"en": "Leads", "ru": "Лиды"},
 "head_leads_note": {"en": "%s without duplicates", "ru": "%s без повторов"},
 "head_leads_unsearched": {"en": "duplicates are not looked for", "ru": "повторы не ищутся"},
 "head_target": {"en": "Target leads", "ru": "Целевые лиды"},
 "head_target_none": {"en": "none judged: no criteria of a target lead", "ru": "не оценены: нет критериев целевого лида"},
 "head_won": {"en": "Won", "ru": "Выиграны"},
 "head_won_note": {"en": "%s of the leads that had time", "ru": "%s из тех, у кого было время"},
 "head_won_none": {"en": "no lead has had its time yet", "ru": "ни у одного лида ещё не было времени"},
 "head_revenue": {"en": "Revenue", "ru": "Выручка"},
 "head_revenue_note": {"en": "deals with a known amount: %s", "ru": "сделок с известной суммой: %s"},
 "head_revenue_none": {"en": "no amount is known", "ru": "суммы неизвестны"},
 "head_cost": {"en": "Cost per customer", "ru": "Цена клиента"},
 "head_cost_note": {"en": "of paid channels; spent %s", "ru": "по платным каналам; потрачено %s"},
 "head_cost_none": {"en": "no costs entered (leadscore.spend)", "ru": "расходы не внесены (leadscore.spend)"},
 "head_cost_no_customers": {"en": "spent %s, no customer yet", "ru": "потрачено %s, клиентов пока нет"},
 "head_expected": {"en": "Expected from open leads", "ru": "Ожидается от открытых"},
 "head_expected_note": {"en": "amount × probability, leads: %s", "ru": "сумма × вероятность, лидов: %s"},
 "head_expected_none": {"en": "needs amounts and a model of probabilities", "ru": "нужны суммы и модель с вероятностями"},
 "head_expected_closed": {"en": "no lead is open", "ru": "открытых лидов нет"},

 "alerts": {"en": "What has changed", "ru": "Что изменилось"},
 "alerts_some": {"en": "Among leads that came from %1$s to %2$s, %3$s fell and %4$s rose beyond chance against the 90 days before. Begin with the first line.", "ru": "У лидов, пришедших с %1$s по %2$s, не по случайности упало конверсий: %3$s, выросло: %4$s (против 90 дней до того). Начните с первой строки."},
 "alerts_conversions": {"en": ["%s conversion", "%s conversions"], "ru": ["%s", "%s"]},
 "alerts_none": {"en": "No conversion of the leads that came from %s to %s has changed beyond chance against the 90 days before. Nothing to do.", "ru": "У лидов, пришедших с %s по %s, ни одна конверсия не изменилась сильнее случайного против 90 дней до того. Делать ничего не надо."},
 "alerts_little": {"en": "Too few leads have had their time lately to tell whether a conversion has changed. Look again in a month.", "ru": "Лидов, у которых было время, пока слишком мало, чтобы судить, изменилась ли конверсия. Посмотрите через месяц."},
 "alerts_step": {"en": "to %s", "ru": "в «%s»"},
 "alerts_all": {"en": "all leads", "ru": "все лиды"},
 "alerts_channel": {"en": "channel %s", "ru": "канал %s"},
 "alerts_owner": {"en": "manager %s", "ru": "менеджер %s"},
 "alerts_mix": {"en": "Other leads come. Ask marketing about %s.", "ru": "Приходят другие лиды. Спросите маркетинг: %s."},
 "alerts_rate": {"en": "The same leads convert otherwise. Ask %s.", "ru": "Те же лиды конвертируются иначе. Спросите: %s."},
 "alerts_rate_all": {"en": "The same leads convert otherwise with all managers alike. Ask what changed in sales.", "ru": "Те же лиды конвертируются иначе у всех менеджеров. Спросите, что изменилось в продажах."},
 "alerts_both": {"en": "Both other leads (%s) and other work (%s).", "ru": "И другие лиды (%s), и другая работа (%s)."},
 "alerts_all_owners": {"en": "all managers", "ru": "все менеджеры"},
 "alerts_more": {"en": "%s more in leadscore.stage_alerts.", "ru": "Ещё %s — в leadscore.stage_alerts."},
 "alerts_key": {"en": "before → now, with 95% intervals", "ru": "было → стало, с 95-процентными интервалами"},

 "funnel": {"en": "Funnel", "ru": "Воронка"},
 "funnel_say": {"en": "Leads: %1$s, won: %2$s. Fewest go on to “%3$s”: %4$s of those that reached the step before. Begin there.", "ru": "Лидов: %1$s, выиграно: %2$s. Меньше всего переходит в «%3$s»: %4$s от предыдущей ступени. Начните отсюда."},
 "funnel_one": {"en": "Leads: %1$s, won: %2$s. The only step is to “%3$s”, and %4$s take it. Add the stages between, and the funnel tells where leads are lost.", "ru": "Лидов: %1$s, выиграно: %2$s. Ступень одна, в «%3$s», её проходит %4$s. Добавьте промежуточные стадии, и воронка покажет, где теряются лиды."},
 "funnel_short": {"en": "Leads: %1$s, won: %2$s. They are too few to name the weakest step.", "ru": "Лидов: %1$s, выиграно: %2$s. Их слишком мало, чтобы назвать слабую ступень."},
 "funnel_unmapped": {"en": "No lead is recorded in one of these stages. Say in leadscore.stage_map what your statuses mean, or bring the past with leadscore.import_stage_history().", "ru": "Ни один лид не записан ни в одной из этих стадий. Напишите в leadscore.stage_map, что значат ваши статусы, или перенесите прошлое через leadscore.import_stage_history()."},
 "funnel_unseen": {"en": "Leads recorded in none of these stages: %s. If they have been in some, leadscore.import_stage_history() brings it.", "ru": "Лидов, не записанных ни в одной из этих стадий: %s. Если они в них были, это перенесёт leadscore.import_stage_history()."},
 "funnel_none": {"en": "The model of this source has no stages. Add them to leadscore.stage to see a funnel.", "ru": "У модели этого источника нет стадий. Добавьте их в leadscore.stage, и будет воронка."},
 "funnel_stage": {"en": "Stage", "ru": "Стадия"},
 "funnel_reached": {"en": "Reached", "ru": "Дошли"},
 "funnel_rate": {"en": "From the step before, of leads that had time", "ru": "С предыдущей ступени, у кого было время"},
 "funnel_beside": {"en": "Beside the ladder", "ru": "Вне лестницы"},
 "funnel_beside_one": {"en": "%s: %s now", "ru": "%s: сейчас %s"},

 "channels": {"en": "Channels", "ru": "Каналы"},
 "channels_say": {"en": "A customer costs least from %1$s (%2$s) and most from %3$s (%4$s). Where intervals do not overlap the conversion differs beyond chance: move budget there.", "ru": "Дешевле всего клиент из канала %1$s (%2$s), дороже всего — %3$s (%4$s). Где интервалы не пересекаются, конверсия отличается не случайно: перенесите бюджет туда."},
 "channels_differ": {"en": "Leads from “%1$s” are won most often (%2$s), those from “%3$s” least (%4$s), and not by chance. Enter costs in leadscore.spend to see the price of a customer.", "ru": "Чаще всего выигрываются лиды из канала «%1$s» (%2$s), реже всего — из «%3$s» (%4$s), и не случайно. Внесите расходы в leadscore.spend, и будет цена клиента."},
 "channels_one": {"en": "All these leads came from %s: there is nothing to compare it with.", "ru": "Все эти лиды из одного канала: %s. Сравнивать не с чем."},
 "channels_unknown": {"en": "The channel of no lead is known. Name its column in leadscore.attach(), and channels can be compared.", "ru": "Канал не известен ни у одного лида. Назовите его колонку в leadscore.attach(), и каналы можно будет сравнить."},
 "channels_rates": {"en": "Conversion by channel, without comparable costs. Where intervals do not overlap the difference is not chance; enter costs in leadscore.spend to see the price of a customer.", "ru": "Конверсия каналов, без сравнимых расходов. Где интервалы не пересекаются, разница не случайна; внесите расходы в leadscore.spend, и будет цена клиента."},
 "channels_young": {"en": "No month has had its time yet: conversions will still grow.", "ru": "Ни у одного месяца ещё не было времени: конверсия ещё вырастет."},
 "channels_channel": {"en": "Channel", "ru": "Канал"},
 "channels_leads": {"en": "Leads", "ru": "Лиды"},
 "channels_won": {"en": "Won", "ru": "Выиграны"},
 "channels_cost": {"en": "Cost per customer", "ru": "Цена клиента"},
 "channels_axis_x": {"en": "cost per lead", "ru": "цена лида"},
 "channels_plot": {"en": "Cost of a lead against conversion: best is high and left", "ru": "Цена лида и конверсия: лучшие — выше и левее"},

 "scores": {"en": "Scores", "ru": "Баллы"},
 "scores_say": {"en": "Leads with a score: %1$s, median %2$s. Grade %3$s is won at %4$s, grade %5$s at %6$s: serve %3$s first.", "ru": "Баллы есть у лидов: %1$s, медиана %2$s. Оценка %3$s выигрывается в %4$s случаев, %5$s — в %6$s: сначала работайте с %3$s."},
 "scores_short": {"en": "Leads with a score: %1$s, median %2$s. Too few are won or lost to compare grades.", "ru": "Баллы есть у лидов: %1$s, медиана %2$s. Исходов слишком мало, чтобы сравнить оценки."},
 "scores_one": {"en": "Leads with a score: %1$s, median %2$s. Of those that had time nearly all have grade %3$s, so grades tell no leads apart: move the thresholds in leadscore.band.", "ru": "Баллы есть у лидов: %1$s, медиана %2$s. Почти у всех, кому хватило времени, оценка %3$s, и лиды она не различает: сдвиньте пороги в leadscore.band."},
 "scores_odd": {"en": "Leads with a score: %1$s, median %2$s. The best grade is not won more often than the worst: calibrate the model.", "ru": "Баллы есть у лидов: %1$s, медиана %2$s. Лучшая оценка выигрывается не чаще худшей: откалибруйте модель."},
 "scores_none": {"en": "No lead has a score. Ask leadscore.leads.problem why.", "ru": "Ни у одного лида нет балла. Причина — в leadscore.leads.problem."},
 "scores_unjudged": {"en": "Leads that could not be judged: %s.", "ru": "Не удалось оценить лидов: %s."},
 "scores_grade": {"en": "First grade", "ru": "Первая оценка"},
 "scores_mature": {"en": "Had time", "ru": "Было время"},
 "scores_won": {"en": "Won", "ru": "Выиграны"},
 "scores_axis": {"en": "score", "ru": "балл"},
 "scores_plot": {"en": "Number of leads by score", "ru": "Число лидов по баллам"},

 "quality": {"en": "Can the score be trusted?", "ru": "Можно ли верить баллу?"},
 "quality_good": {"en": "The best %1$s of leads by first score hold %2$s of the customers; the AUC is %3$s (%4$s; 0.5 is chance). The score sorts leads well: work from the top.", "ru": "Лучшие %1$s лидов по первому баллу дали %2$s клиентов; AUC %3$s (%4$s; 0,5 — наугад). Балл сортирует хорошо: работайте сверху вниз."},
 "quality_weak": {"en": "The best %1$s of leads by first score hold %2$s of the customers; the AUC is %3$s (%4$s; 0.5 is chance). The score sorts little better than chance: calibrate or train the model.", "ru": "Лучшие %1$s лидов по первому баллу дали %2$s клиентов; AUC %3$s (%4$s; 0,5 — наугад). Балл сортирует немногим лучше случая: откалибруйте или обучите модель."},
 "quality_few": {"en": "Leads with a first score: %s won, %s lost, too few to judge the model. Wait for more.", "ru": "Лидов с первым баллом: выиграно %s, потеряно %s. Этого мало, чтобы судить о модели. Подождите."},
 "quality_gains": {"en": "Customers found, by share of leads worked from the top", "ru": "Доля клиентов, если работать сверху"},
 "quality_model": {"en": "by score", "ru": "по баллу"},
 "quality_chance": {"en": "by chance", "ru": "наугад"},
 "quality_axis_leads": {"en": "share of leads", "ru": "доля лидов"},
 "quality_reliability": {"en": "Won, by the probability that was promised", "ru": "Выиграно при обещанной вероятности"},
 "quality_axis_promise": {"en": "promised", "ru": "обещано"},
 "quality_true": {"en": "as promised", "ru": "как обещано"},
 "quality_kept": {"en": "Promised %1$s, came %2$s (%3$s): the probabilities hold.", "ru": "Обещано %1$s, вышло %2$s (%3$s): вероятности верны."},
 "quality_high": {"en": "Promised %1$s, came %2$s (%3$s): too hopeful. Calibrate the model.", "ru": "Обещано %1$s, вышло %2$s (%3$s): слишком смело. Откалибруйте модель."},
 "quality_low": {"en": "Promised %1$s, came %2$s (%3$s): too cautious. Calibrate the model.", "ru": "Обещано %1$s, вышло %2$s (%3$s): слишком осторожно. Откалибруйте модель."},
 "quality_hindsight": {"en": "Leads that got their first score when the outcome was known: %s. If the model was learned from them, it looks better here than it is.", "ru": "Лидов, получивших первый балл, когда исход был известен: %s. Если модель училась на них, здесь она выглядит лучше, чем есть."},
 "quality_points": {"en": "The model gives points, not probabilities. leadscore.calibrate_probability() turns points into probabilities.", "ru": "Модель даёт баллы, а не вероятности. В вероятности их превратит leadscore.calibrate_probability()."},

 "workload": {"en": "Who has how much to do", "ru": "Кто сколько ведёт"},
 "workload_say": {"en": "Open leads: %1$s, with an overdue action: %2$s. %3$s has the most: %4$s. Move leads from the top of the list to the bottom.", "ru": "Открытых лидов %1$s, с просроченным делом %2$s. Больше всего: %3$s — %4$s. Передайте лиды от первых в списке последним."},
 "workload_one": {"en": "Open leads: %1$s, with an overdue action: %2$s. Owner of them all: %3$s.", "ru": "Открытых лидов %1$s, с просроченным делом %2$s. Менеджер у всех один: %3$s."},
 "workload_calm": {"en": "Open leads: %1$s; no action is overdue. Most are with %3$s: %4$s.", "ru": "Открытых лидов %1$s, просроченных дел нет. Больше всего: %3$s — %4$s."},
 "workload_none": {"en": "No lead is open.", "ru": "Открытых лидов нет."},
 "workload_owner": {"en": "Owner", "ru": "Менеджер"},
 "workload_open": {"en": "Open", "ru": "Открыто"},
 "workload_overdue": {"en": "Overdue", "ru": "Просрочено"},

 "waste": {"en": "Duplicates and spam", "ru": "Повторы и спам"},
 "waste_say": {"en": "%1$s of leads repeat an earlier one (%2$s), %3$s were given up before anybody knew what they are (%4$s). Check the forms of the months that stand out.", "ru": "Повторов %1$s (%2$s); брошено раньше, чем узнали, целевые ли, %3$s (%4$s). Проверьте формы за месяцы, которые выделяются."},
 "waste_untold": {"en": "%1$s of leads repeat an earlier one (%2$s). Which are spam cannot be told: no lead is judged by the criteria of a target lead.", "ru": "Повторов %1$s (%2$s). Что из лидов спам, сказать нельзя: ни один лид не оценён по критериям целевого."},
 "waste_unsearched": {"en": "Duplicates are not looked for: the source was attached without e-mail and phone, or with duplicates => &#39;none&#39;. %3$s of leads were given up before anybody knew what they are (%4$s).", "ru": "Повторы не ищутся: источник подключён без почты и телефона или с duplicates => &#39;none&#39;. Брошено раньше, чем узнали, целевые ли, %3$s (%4$s)."},
 "waste_unknown": {"en": "Duplicates are not looked for: the source was attached without e-mail and phone, or with duplicates => &#39;none&#39;. Which leads are spam cannot be told: none is judged by the criteria of a target lead.", "ru": "Повторы не ищутся: источник подключён без почты и телефона или с duplicates => &#39;none&#39;. Что из лидов спам, сказать нельзя: ни один не оценён по критериям целевого."},
 "waste_none": {"en": "No lead is known to repeat an earlier one, and none was given up before anybody knew what it is.", "ru": "Повторов не найдено, и никого не бросили раньше, чем узнали, целевой ли это лид."},
 "waste_month": {"en": "Month", "ru": "Месяц"},
 "waste_duplicates": {"en": "Duplicates", "ru": "Повторы"},
 "waste_spam": {"en": "Spam or out of reach", "ru": "Спам или недозвон"},

 "foot": {"en": "Lines across a dot are Wilson intervals at 95%%: the true rate lies there in 19 of 20 cases. “%1$s”: fewer than 30 leads. Rates are of leads that came at least %2$s days ago where the heading says that they had time. Made by leadscore %3$s.", "ru": "Черта через точку — интервал Уилсона, 95 %%: в 19 случаях из 20 истинная доля внутри. «%1$s»: меньше 30 лидов. «Было время»: лиды, пришедшие не менее %2$s дней назад. Сделано leadscore %3$s."}
}
$json$ AS text) AS t,
    jsonb_each((CASE WHEN getdatabaseencoding() = 'UTF8' THEN t.text ELSE regexp_replace(t.text, $re$\\u([0-9a-f]{4})$re$, $re$&#x\1;$re$, 'g') END)::jsonb) AS e
  WHERE report_texts.language IN ('en', 'ru')
$function$;
COMMENT ON FUNCTION leadscore.report_texts(text) IS
'Internal: what leadscore.report() says in a language, en or ru, as HTML, by the name of the text. NULL for another language and for NULL.';

CREATE FUNCTION leadscore.report_number(number numeric, digits integer, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN round(number, digits) < 0 THEN texts ->> 'minus' ELSE '' END || replace(replace(replace(
    to_char(abs(round(number, digits)), 'FM999,999,999,999,999,999,999,999,990' || CASE WHEN digits > 0 THEN '.' || repeat('0', digits) ELSE '' END),
    ',', '|'), '.', texts ->> 'decimal'), '|', texts ->> 'group')
$$;
COMMENT ON FUNCTION leadscore.report_number(numeric, integer, jsonb) IS
'Internal: a number with so many digits after the decimal sign, in groups of three, as leadscore.report_texts() of a language says. NULL if an argument is.';

CREATE FUNCTION leadscore.report_count(number numeric, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN leadscore.report_number(number, 0, texts);
COMMENT ON FUNCTION leadscore.report_count(numeric, jsonb) IS
'Internal: a number of things, as leadscore.report_number() writes it. NULL if an argument is.';

-- 9,995 is 9,995, 12,345 is 12.3 thousand, 999,960 is 1.00 million: three digits tell enough of a big number.
CREATE FUNCTION leadscore.report_rounded(number numeric, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN abs(number) < 9999.5 THEN leadscore.report_number(number, 0, texts)
    ELSE leadscore.report_number(s.shown / 1000::numeric ^ m.magnitude, greatest(2 - (length(trunc(abs(s.shown) / 1000::numeric ^ m.magnitude)::text) - 1), 0), texts)
      || '&#160;' || (texts -> 'magnitudes' ->> m.magnitude - 1) END
  FROM (SELECT round(number, 3 - length(trunc(abs(number))::text)) AS shown) AS s
  CROSS JOIN LATERAL (SELECT least(greatest((length(trunc(abs(s.shown))::text) - 1) / 3, 1), 4) AS magnitude) AS m
$$;
COMMENT ON FUNCTION leadscore.report_rounded(numeric, jsonb) IS
'Internal: a number from 10,000 as three digits and a word, such as 12.3 thousand; a smaller one as a whole number. NULL if an argument is.';

CREATE FUNCTION leadscore.report_percent(rate double precision, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format(texts ->> 'percent', leadscore.report_number((100 * rate)::numeric, 1, texts));
COMMENT ON FUNCTION leadscore.report_percent(double precision, jsonb) IS
'Internal: a rate from 0 to 1 in percent. NULL if an argument is.';

CREATE FUNCTION leadscore.report_range(lower double precision, upper double precision, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN format(texts ->> 'percent', format(texts ->> 'range', leadscore.report_number((100 * lower)::numeric, 1, texts), leadscore.report_number((100 * upper)::numeric, 1, texts)));
COMMENT ON FUNCTION leadscore.report_range(double precision, double precision, jsonb) IS
'Internal: an interval of rates in percent. NULL if an argument is.';

CREATE FUNCTION leadscore.report_month(day date, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN (texts -> 'months' ->> extract(month FROM day)::integer - 1) || '&#160;' || extract(year FROM day);
COMMENT ON FUNCTION leadscore.report_month(date, jsonb) IS
'Internal: the month of a day, such as Nov 2026. NULL if an argument is.';

CREATE FUNCTION leadscore.report_day(day date, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN extract(day FROM day) || '&#160;' || (texts -> 'day_months' ->> extract(month FROM day)::integer - 1) || '&#160;' || extract(year FROM day);
COMMENT ON FUNCTION leadscore.report_day(date, jsonb) IS
'Internal: a day, such as 22 Nov 2026. NULL if an argument is.';

-- XML knows no control characters, not even written as numbers.
CREATE FUNCTION leadscore.html_escape(data text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT replace(replace(replace(replace(replace(regexp_replace(data, $re$[\u0001-\u001F\u007F\uFFFE\uFFFF]$re$, ' ', 'g'),
    '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
$$;
COMMENT ON FUNCTION leadscore.html_escape(text) IS
'Internal: data as text of HTML or XML, within an element or an attribute in quotes; control characters become spaces. NULL for NULL.';

CREATE FUNCTION leadscore.report_short(name text, letters integer, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN leadscore.html_escape(left(name, letters)) || CASE WHEN length(name) > letters THEN texts ->> 'ellipsis' ELSE '' END;
COMMENT ON FUNCTION leadscore.report_short(text, integer, jsonb) IS
'Internal: a name from the data, escaped, cut after so many letters. NULL if an argument is.';

-- An element of its own, so that a name written from right to left does not turn round what stands beside it.
CREATE FUNCTION leadscore.report_name(name text, unknown text, texts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN coalesce('<bdi>' || leadscore.report_short(name, 40, texts) || '</bdi>', '<em>' || (texts ->> unknown) || '</em>');
COMMENT ON FUNCTION leadscore.report_name(text, text, jsonb) IS
'Internal: a name from the data as an element, cut after 40 letters; for NULL the text that is named.';
