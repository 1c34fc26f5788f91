-- The part of the templates that says where a lead stands, whether it is a target lead, what its actions are worth and
-- what to do with it: stages, rules, target criteria, kinds of events, playbook.
--
-- A rule is alternatives joined by OR, each of terms joined by AND, without parentheses around them: so create_model()
-- can leave out what a relation has no columns for (leadscore.bind_rule).
CREATE FUNCTION leadscore.stage_template(template text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- The ladder of the Demand Waterfall, with what stands beside it.
    ladder CONSTANT jsonb := $json$
[
 {"stage": "lead",         "stage_no": 1, "kind": "open", "title": "Lead",                     "title_ru": "Лид"},
 {"stage": "mql",          "stage_no": 2, "kind": "open", "title": "Marketing qualified (MQL)", "title_ru": "Квалифицирован маркетингом (MQL)"},
 {"stage": "sal",          "stage_no": 3, "kind": "open", "title": "Accepted by sales (SAL)",  "title_ru": "Принят продажами (SAL)"},
 {"stage": "sql",          "stage_no": 4, "kind": "open", "title": "Sales qualified (SQL)",    "title_ru": "Квалифицирован продажами (SQL)"},
 {"stage": "opportunity",  "stage_no": 5, "kind": "open", "title": "Opportunity",              "title_ru": "Сделка в работе"},
 {"stage": "customer",     "stage_no": 6, "kind": "won",  "title": "Customer",                 "title_ru": "Клиент"},
 {"stage": "care",         "stage_no": 7, "kind": "won",  "title": "In customer care",         "title_ru": "На сопровождении"},
 {"stage": "hold",         "stage_no": 8, "kind": "hold", "title": "On hold",                  "title_ru": "Отложен (Hold)"},
 {"stage": "disqualified", "stage_no": 9, "kind": "lost", "title": "Disqualified",             "title_ru": "Отсеян"}
]
$json$;
BEGIN
    CASE template
    WHEN 'b2b' THEN
        RETURN jsonb_build_object('stages', ladder) || $json$
{
 "stage_rules": [
  {"stage": "lead", "rule": "contact_left",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Left an e-mail or a phone", "title_ru": "Оставил e-mail или телефон"},

  {"stage": "mql", "rule": "reachable",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Can be reached", "title_ru": "С ним можно связаться"},
  {"stage": "mql", "rule": "minimum_or_action",
   "condition": "company ~ '[^[:space:]]' AND email ~ '@' AND (coalesce(industry, '') = '') IS NOT TRUE AND need_stated OR company ~ '[^[:space:]]' AND email ~ '@' AND (coalesce(industry, '') = '') IS NOT TRUE AND length(btrim(comment)) >= 10 OR form_submitted OR subscribed OR site_visits >= 2",
   "title": "Company, e-mail, industry and need are known, or sent a form, subscribed, keeps coming back",
   "title_ru": "Известны компания, e-mail, отрасль и потребность; либо заполнил форму, подписался, заходит снова"},

  {"stage": "sal", "rule": "accepted",
   "condition": "accepted OR callback_requested",
   "title": "Sales accepted the lead at the first contact, or the lead asked to be called",
   "title_ru": "Отдел продаж принял лида при первом контакте, либо лид сам попросил связаться"},

  {"stage": "sql", "rule": "intent_and_ability",
   "condition": "price_requested OR consultation_requested OR payment_requested OR demo_requested OR trial_requested OR sales_contacted OR demo_attended AND ready_to_buy OR need_stated AND decision_maker",
   "title": "Asked for a price, a consultation, a demo, a trial or how to pay; or saw the demo and is ready; or has the need and decides",
   "title_ru": "Запросил расчёт, консультацию, демо, пробный период или условия оплаты; либо посмотрел демо и готов; либо есть потребность и решает сам"},

  {"stage": "opportunity", "rule": "proposal_sent",
   "condition": "proposal_sent",
   "title": "Has our offer or contract", "title_ru": "Получил предложение или договор"},

  {"stage": "customer", "rule": "paid",
   "condition": "paid",
   "title": "Has paid", "title_ru": "Оплатил"},

  {"stage": "care", "rule": "handed_over",
   "condition": "paid AND in_care",
   "title": "Handed over to customer care", "title_ru": "Передан отделу заботы о клиентах"},

  {"stage": "hold", "rule": "put_on_hold",
   "condition": "on_hold AND paid IS NOT TRUE",
   "title": "Put on hold by sales", "title_ru": "Отложен отделом продаж"},
  {"stage": "hold", "rule": "not_ready",
   "condition": "NOT ready_to_buy AND paid IS NOT TRUE",
   "title": "Not ready to buy yet", "title_ru": "Пока не готов к покупке"},
  {"stage": "hold", "rule": "grow",
   "condition": "target = 'grow' AND paid IS NOT TRUE",
   "title": "Not a target lead yet, but can become one", "title_ru": "Пока не целевой, на вырост"},

  {"stage": "disqualified", "rule": "spam",
   "condition": "marked_as_spam AND paid IS NOT TRUE OR request_confirmed IS NOT TRUE AND paid IS NOT TRUE AND leadscore.contact_validity(full_name, email, phone, 'RU') < 0.02",
   "title": "Spam: marked as such, or hardly a person's contact and not confirmed", "title_ru": "Спам: отмечен менеджером либо контакт явно не человека и не подтверждён"},
  {"stage": "disqualified", "rule": "duplicate",
   "condition": "is_duplicate AND paid IS NOT TRUE",
   "title": "Repeats an earlier request", "title_ru": "Дубль"},
  {"stage": "disqualified", "rule": "no_request",
   "condition": "NOT request_confirmed AND paid IS NOT TRUE",
   "title": "Says they left no request", "title_ru": "Говорит, что не оставлял заявку"},
  {"stage": "disqualified", "rule": "not_target",
   "condition": "target = 'not_target' AND paid IS NOT TRUE",
   "title": "Not a target lead", "title_ru": "Не целевой"}
 ],

 "target_criteria": [
  {"criterion": "request_confirmed", "requirement": "required", "condition": "request_confirmed",
   "title": "Confirms that they left a request", "title_ru": "Подтверждает, что оставил заявку",
   "greeting": "Hello, this is (company). You left us a request about (topic), is that right? / Здравствуйте, это (компания). Вы оставляли заявку на тему (тема), верно?", "greeting_version": "1"},
  {"criterion": "in_region", "requirement": "required", "condition": "in_service_area",
   "title": "Is where we work", "title_ru": "Находится в нужном регионе"},
  {"criterion": "topic_interest", "requirement": "required", "condition": "interest",
   "title": "Confirms the interest in (topic)", "title_ru": "Подтверждает интерес к (тема)"},
  {"criterion": "no_duplicate", "requirement": "required", "condition": "is_duplicate IS NOT TRUE",
   "title": "Does not repeat a request of the last 30 days", "title_ru": "Не дубль в течение 30 дней"},
  {"criterion": "open_vacancies", "requirement": "growth", "condition": "open_vacancies > 0",
   "title": "Has open vacancies", "title_ru": "Есть активные вакансии"},
  {"criterion": "decides", "requirement": "desired", "condition": "decision_maker",
   "title": "Takes the decision", "title_ru": "Принимает решение сам (ЛПР)"}
 ],

 "event_kinds": [
  {"event": "email_subscribe",   "points": 1,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Subscribed to the newsletter",       "title_ru": "Подписался на рассылку"},
  {"event": "email_open",        "points": 2,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Opened an e-mail",                   "title_ru": "Открыл письмо"},
  {"event": "email_click",       "points": 4,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Followed a link in an e-mail",       "title_ru": "Перешёл по ссылке в письме"},
  {"event": "site_visit",        "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Visited the site",                   "title_ru": "Зашёл на сайт"},
  {"event": "price_page",        "points": 8,   "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Looked at the prices",               "title_ru": "Смотрел цены"},
  {"event": "form",              "points": 10,  "half_life": "30 days",  "max_count": 1, "per": "1 day", "title": "Sent a form",                        "title_ru": "Заполнил форму"},
  {"event": "demo",              "points": 15,  "half_life": "30 days",  "max_count": 1, "per": "1 day", "title": "Asked for a demo or was at one",     "title_ru": "Запросил демонстрацию или был на ней"},
  {"event": "social_like",       "points": 1,   "half_life": "14 days",  "max_count": 3, "per": "1 day", "title": "Liked a post",                       "title_ru": "Поставил лайк"},
  {"event": "social_share",      "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Shared a post",                      "title_ru": "Сделал репост"},
  {"event": "social_comment",    "points": 3,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Commented on a post",                "title_ru": "Оставил комментарий в соцсети"},
  {"event": "social_link",       "points": 4,   "half_life": "14 days",  "max_count": 2, "per": "1 day", "title": "Followed a link in a social network", "title_ru": "Перешёл по ссылке из соцсети"},
  {"event": "unsubscribe",       "points": -10, "half_life": "90 days",  "max_count": 1, "per": "1 day", "title": "Unsubscribed",                       "title_ru": "Отписался"},
  {"event": "complaint",         "points": -30, "half_life": "365 days", "max_count": 1, "per": "1 day", "title": "Complained of spam",                 "title_ru": "Пожаловался на спам"}
 ],

 "playbook": [
  {"stage": "lead", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "1 day",
   "action": "Introduce the company and what it is good for; sell nothing yet", "action_ru": "Познакомить с компанией и её пользой, пока ничего не продавать", "send": "welcome letter"},
  {"stage": "lead", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "14 days",
   "action": "Remind of useful material and discounts", "action_ru": "Напомнить о полезных материалах и скидках", "send": "newsletter"},
  {"stage": "lead", "temperature": "hot", "step": 3, "worked_by": "first contact", "due_within": "1 day",
   "action": "Ask what the question is: the heat is higher than the stage", "action_ru": "Узнать, что за вопрос: интерес выше, чем стадия", "send": null},

  {"stage": "mql", "temperature": "hot", "step": 1, "worked_by": "first contact", "due_within": "1 hour",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "Позвонить с согласованным приветствием, проверить критерии целевого лида", "send": null},
  {"stage": "mql", "temperature": "warm", "step": 1, "worked_by": "first contact", "due_within": "1 day",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "Позвонить с согласованным приветствием, проверить критерии целевого лида", "send": null},
  {"stage": "mql", "temperature": "cold", "step": 1, "worked_by": "marketing", "due_within": "7 days",
   "action": "Keep warming: letters, remarketing", "action_ru": "Подогревать: рассылка, ремаркетинг", "send": "letters about the need"},
  {"stage": "mql", "temperature": null, "step": 2, "worked_by": "first contact", "due_within": "3 days",
   "action": "Fill in what is missing: company, industry, need", "action_ru": "Дополнить карточку: компания, отрасль, потребность", "send": null},

  {"stage": "sal", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Prepare the call: which pains do we close, and how", "action_ru": "Подготовиться к звонку: какие боли закрываем и чем", "send": null},
  {"stage": "sal", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Ask the questions of the framework; ready or on hold?", "action_ru": "Задать вопросы по схеме; готов или в Hold?", "send": "invitation to a demo"},

  {"stage": "sql", "temperature": "hot", "step": 1, "worked_by": "sales", "due_within": "4 hours",
   "action": "Answer with a calculation and a date", "action_ru": "Ответить расчётом и датой", "send": "calculation"},
  {"stage": "sql", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Show the demo and cases like theirs", "action_ru": "Провести презентацию, показать похожие кейсы", "send": "commercial offer, cases"},

  {"stage": "opportunity", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "3 days",
   "action": "Settle the contract and the payment", "action_ru": "Согласовать договор и оплату", "send": "contract, invoice"},
  {"stage": "opportunity", "temperature": "cold", "step": 2, "worked_by": "sales", "due_within": "7 days",
   "action": "Find out what stands in the way, work the objections", "action_ru": "Выяснить, что мешает, отработать возражения", "send": "case"},

  {"stage": "customer", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Hand over to customer care", "action_ru": "Передать отделу заботы о клиентах", "send": "first steps"},
  {"stage": "care", "temperature": null, "step": 1, "worked_by": "customer care", "due_within": "30 days",
   "action": "Ask how it goes; ask for a recommendation", "action_ru": "Спросить, как дела; попросить рекомендацию", "send": null},

  {"stage": "hold", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "14 days",
   "action": "Warm up: cases, news, discounts", "action_ru": "Разогревать: кейсы, новости, скидки", "send": "case"},
  {"stage": "hold", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "30 days",
   "action": "Call again: has anything changed?", "action_ru": "Перезвонить: что изменилось?", "send": null},
  {"stage": "hold", "temperature": "hot", "step": 3, "worked_by": "sales", "due_within": "1 day",
   "action": "Call: interest is back", "action_ru": "Позвонить: интерес вернулся", "send": null},

  {"stage": "disqualified", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Note the reason, refuse politely", "action_ru": "Записать причину, вежливо отказать", "send": null},
  {"stage": "disqualified", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Look at the channel it came from", "action_ru": "Проверить канал, из которого пришёл", "send": null}
 ]
}
$json$::jsonb;

    WHEN 'b2c' THEN
        RETURN jsonb_build_object('stages', ladder) || $json$
{
 "stage_rules": [
  {"stage": "lead", "rule": "contact_left",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Left an e-mail or a phone", "title_ru": "Оставил e-mail или телефон"},

  {"stage": "mql", "rule": "reachable",
   "condition": "email ~ '@' OR phone ~ '[0-9]'",
   "title": "Can be reached", "title_ru": "С ним можно связаться"},
  {"stage": "mql", "rule": "minimum_or_action",
   "condition": "full_name ~ '[^[:space:]]' AND interest OR full_name ~ '[^[:space:]]' AND length(btrim(comment)) >= 10 OR form_submitted OR subscribed OR site_visits >= 2",
   "title": "Name and need are known, or sent a form, subscribed, keeps coming back",
   "title_ru": "Известны имя и потребность; либо заполнил форму, подписался, заходит снова"},

  {"stage": "sal", "rule": "accepted",
   "condition": "accepted OR callback_requested",
   "title": "Sales accepted the lead at the first contact, or the lead asked to be called",
   "title_ru": "Отдел продаж принял лида при первом контакте, либо лид сам попросил связаться"},

  {"stage": "sql", "rule": "intent_and_ability",
   "condition": "price_requested OR consultation_requested OR payment_requested OR trial_requested OR sales_contacted OR trial_attended AND ready_to_buy OR intention AND depends_on_relatives IS NOT TRUE",
   "title": "Asked for a price, a consultation, a trial or how to pay; or came to the trial and is ready; or intends to buy and decides",
   "title_ru": "Запросил расчёт, консультацию, пробное занятие или условия оплаты; либо был на пробном и готов; либо намерен купить и решает сам"},

  {"stage": "opportunity", "rule": "proposal_sent",
   "condition": "proposal_sent",
   "title": "Has our offer or contract", "title_ru": "Получил предложение или договор"},

  {"stage": "customer", "rule": "paid",
   "condition": "paid",
   "title": "Has paid", "title_ru": "Оплатил"},

  {"stage": "care", "rule": "handed_over",
   "condition": "paid AND in_care",
   "title": "Handed over to customer care", "title_ru": "Передан отделу заботы о клиентах"},

  {"stage": "hold", "rule": "put_on_hold",
   "condition": "on_hold AND paid IS NOT TRUE",
   "title": "Put on hold by sales", "title_ru": "Отложен отделом продаж"},
  {"stage": "hold", "rule": "not_ready",
   "condition": "NOT ready_to_buy AND paid IS NOT TRUE",
   "title": "Not ready to buy yet", "title_ru": "Пока не готов к покупке"},
  {"stage": "hold", "rule": "grow",
   "condition": "target = 'grow' AND paid IS NOT TRUE",
   "title": "Not a target lead yet, but can become one", "title_ru": "Пока не целевой, на вырост"},

  {"stage": "disqualified", "rule": "spam",
   "condition": "marked_as_spam AND paid IS NOT TRUE OR request_confirmed IS NOT TRUE AND paid IS NOT TRUE AND leadscore.contact_validity(full_name, email, phone, 'RU') < 0.02",
   "title": "Spam: marked as such, or hardly a person's contact and not confirmed", "title_ru": "Спам: отмечен менеджером либо контакт явно не человека и не подтверждён"},
  {"stage": "disqualified", "rule": "duplicate",
   "condition": "is_duplicate AND paid IS NOT TRUE",
   "title": "Repeats an earlier request", "title_ru": "Дубль"},
  {"stage": "disqualified", "rule": "no_request",
   "condition": "NOT request_confirmed AND paid IS NOT TRUE",
   "title": "Says they left no request", "title_ru": "Говорит, что не оставлял заявку"},
  {"stage": "disqualified", "rule": "not_target",
   "condition": "target = 'not_target' AND paid IS NOT TRUE",
   "title": "Not a target lead", "title_ru": "Не целевой"}
 ],

 "target_criteria": [
  {"criterion": "request_confirmed", "requirement": "required", "condition": "request_confirmed",
   "title": "Confirms that they left a request", "title_ru": "Подтверждает, что оставил заявку",
   "greeting": "Hello, this is (company). You left us a request about (topic), is that right? / Здравствуйте, это (компания). Вы оставляли заявку на тему (тема), верно?", "greeting_version": "1"},
  {"criterion": "adult", "requirement": "required", "condition": "age >= 18",
   "title": "Is 18 or older", "title_ru": "Старше 18 лет"},
  {"criterion": "in_region", "requirement": "required", "condition": "in_service_area",
   "title": "Is where we work", "title_ru": "Находится в нужном регионе"},
  {"criterion": "topic_interest", "requirement": "required", "condition": "interest",
   "title": "Confirms the interest in (topic)", "title_ru": "Подтверждает интерес к (тема)"},
  {"criterion": "no_duplicate", "requirement": "required", "condition": "is_duplicate IS NOT TRUE",
   "title": "Does not repeat a request of the last 30 days", "title_ru": "Не дубль в течение 30 дней"},
  {"criterion": "intention", "requirement": "desired", "condition": "intention",
   "title": "Intends to buy", "title_ru": "Есть намерение купить"}
 ],

 "event_kinds": [
  {"event": "email_subscribe",   "points": 1,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Subscribed to the newsletter",       "title_ru": "Подписался на рассылку"},
  {"event": "email_open",        "points": 2,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Opened an e-mail",                   "title_ru": "Открыл письмо"},
  {"event": "email_click",       "points": 4,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Followed a link in an e-mail",       "title_ru": "Перешёл по ссылке в письме"},
  {"event": "site_visit",        "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Visited the site",                   "title_ru": "Зашёл на сайт"},
  {"event": "price_page",        "points": 8,   "half_life": "7 days",   "max_count": 1, "per": "1 day", "title": "Looked at the prices",               "title_ru": "Смотрел цены"},
  {"event": "form",              "points": 10,  "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Sent a form",                        "title_ru": "Заполнил форму"},
  {"event": "demo",              "points": 15,  "half_life": "14 days",  "max_count": 1, "per": "1 day", "title": "Asked for a trial or was at one",    "title_ru": "Записался на пробное или был на нём"},
  {"event": "social_like",       "points": 1,   "half_life": "7 days",   "max_count": 3, "per": "1 day", "title": "Liked a post",                       "title_ru": "Поставил лайк"},
  {"event": "social_share",      "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Shared a post",                      "title_ru": "Сделал репост"},
  {"event": "social_comment",    "points": 3,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Commented on a post",                "title_ru": "Оставил комментарий в соцсети"},
  {"event": "social_link",       "points": 4,   "half_life": "7 days",   "max_count": 2, "per": "1 day", "title": "Followed a link in a social network", "title_ru": "Перешёл по ссылке из соцсети"},
  {"event": "unsubscribe",       "points": -10, "half_life": "90 days",  "max_count": 1, "per": "1 day", "title": "Unsubscribed",                       "title_ru": "Отписался"},
  {"event": "complaint",         "points": -30, "half_life": "365 days", "max_count": 1, "per": "1 day", "title": "Complained of spam",                 "title_ru": "Пожаловался на спам"}
 ],

 "playbook": [
  {"stage": "lead", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "1 day",
   "action": "Introduce us and what we are good for; sell nothing yet", "action_ru": "Познакомить с нами и нашей пользой, пока ничего не продавать", "send": "welcome letter"},
  {"stage": "lead", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Remind of discounts", "action_ru": "Напомнить о скидках", "send": "newsletter"},
  {"stage": "lead", "temperature": "hot", "step": 3, "worked_by": "first contact", "due_within": "1 day",
   "action": "Ask what the question is: the heat is higher than the stage", "action_ru": "Узнать, что за вопрос: интерес выше, чем стадия", "send": null},

  {"stage": "mql", "temperature": "hot", "step": 1, "worked_by": "first contact", "due_within": "15 minutes",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "Позвонить с согласованным приветствием, проверить критерии целевого лида", "send": null},
  {"stage": "mql", "temperature": "warm", "step": 1, "worked_by": "first contact", "due_within": "4 hours",
   "action": "Call with the agreed greeting, check the target criteria", "action_ru": "Позвонить с согласованным приветствием, проверить критерии целевого лида", "send": null},
  {"stage": "mql", "temperature": "cold", "step": 1, "worked_by": "marketing", "due_within": "7 days",
   "action": "Keep warming: letters, remarketing", "action_ru": "Подогревать: рассылка, ремаркетинг", "send": "letters about the need"},

  {"stage": "sal", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Ask the questions of the framework; ready or on hold?", "action_ru": "Задать вопросы по схеме; готов или в Hold?", "send": "invitation to a trial"},

  {"stage": "sql", "temperature": "hot", "step": 1, "worked_by": "sales", "due_within": "1 hour",
   "action": "Answer with a price and a date", "action_ru": "Ответить ценой и датой", "send": "price"},
  {"stage": "sql", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "1 day",
   "action": "Invite to a trial; ask who else decides", "action_ru": "Пригласить на пробное; узнать, кто ещё решает", "send": "reviews of customers"},

  {"stage": "opportunity", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Settle the contract and the payment", "action_ru": "Согласовать договор и оплату", "send": "contract, payment link"},
  {"stage": "opportunity", "temperature": "cold", "step": 2, "worked_by": "sales", "due_within": "3 days",
   "action": "Find out what stands in the way, work the objections", "action_ru": "Выяснить, что мешает, отработать возражения", "send": "instalments"},

  {"stage": "customer", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Hand over to customer care", "action_ru": "Передать отделу заботы о клиентах", "send": "first steps"},
  {"stage": "care", "temperature": null, "step": 1, "worked_by": "customer care", "due_within": "30 days",
   "action": "Ask how it goes; ask for a recommendation", "action_ru": "Спросить, как дела; попросить рекомендацию", "send": null},

  {"stage": "hold", "temperature": null, "step": 1, "worked_by": "marketing", "due_within": "14 days",
   "action": "Warm up: reviews, news, discounts", "action_ru": "Разогревать: отзывы, новости, скидки", "send": "newsletter"},
  {"stage": "hold", "temperature": null, "step": 2, "worked_by": "sales", "due_within": "30 days",
   "action": "Call again: has anything changed?", "action_ru": "Перезвонить: что изменилось?", "send": null},
  {"stage": "hold", "temperature": "hot", "step": 3, "worked_by": "sales", "due_within": "4 hours",
   "action": "Call: interest is back", "action_ru": "Позвонить: интерес вернулся", "send": null},

  {"stage": "disqualified", "temperature": null, "step": 1, "worked_by": "sales", "due_within": "1 day",
   "action": "Note the reason, refuse politely", "action_ru": "Записать причину, вежливо отказать", "send": null},
  {"stage": "disqualified", "temperature": null, "step": 2, "worked_by": "marketing", "due_within": "7 days",
   "action": "Look at the channel it came from", "action_ru": "Проверить канал, из которого пришёл", "send": null}
 ]
}
$json$::jsonb;

    ELSE
        -- The ladder alone: its stages are reached by a status that stage_map names, until somebody writes rules.
        RETURN jsonb_build_object('stages', ladder);
    END CASE;
END
$function$;

COMMENT ON FUNCTION leadscore.stage_template(text) IS
    'Internal: the keys stages, stage_rules, target_criteria, event_kinds and playbook of a model template''s document; the ladder alone for blank. NULL for NULL.';

CREATE FUNCTION leadscore.bind_rule(condition text, binding jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  alternative text;
  term text;
  terms text[];
  bound text[] := '{}';
BEGIN
  FOREACH alternative IN ARRAY string_to_array(condition, ' OR ') LOOP
    terms := '{}';
    FOREACH term IN ARRAY string_to_array(alternative, ' AND ') LOOP
      IF binding ?& leadscore.expression_columns(term) THEN
        terms := terms || leadscore.rename_columns(term, binding);
      ELSIF right(term, 12) <> ' IS NOT TRUE' THEN
        terms := NULL;
        EXIT;
      END IF;
    END LOOP;
    IF cardinality(terms) > 0 THEN
      bound := bound || array_to_string(terms, ' AND ');
    END IF;
  END LOOP;
  RETURN nullif(array_to_string(bound, ' OR '), '');
END
$$;
COMMENT ON FUNCTION leadscore.bind_rule(text, jsonb) IS
'Internal: a rule of a template (alternatives joined by OR, each of terms joined by AND) with its roles replaced by columns: {"role": "column"}. An alternative with a role that has no column is left out; but a term "... IS NOT TRUE" holds of what nobody knows, so it alone is left out. NULL if nothing remains, or for NULL.';
