-- The frameworks that ship, from which create_framework() makes rows: documents in the format of export_framework().
--
-- An element has one name wherever it means the same: money is budget, urgency is timing, the economic buyer is
-- authority, the identified pain is challenges. Letters are Latin and Russian only, so that the script also installs in a
-- database in WIN1251 or KOI8R.
CREATE FUNCTION leadscore.framework_template(name text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CASE name
    WHEN 'BANT' THEN
        RETURN $json$
{"format": 1, "framework": "BANT",
 "title": "BANT: budget, authority, need, timing",
 "title_ru": "BANT: бюджет, полномочия, потребность, сроки",
 "description": "Can they pay, and soon? A short interview for simple products with a known price. The budget decides.",
 "description_ru": "Могут ли заплатить и скоро ли? Короткий разговор для простых продуктов с понятной ценой. Решает бюджет.",
 "elements": [
  {"element": "budget", "priority": 1, "title": "Budget", "title_ru": "Бюджет",
   "question": "Does this matter enough to put money behind it, and how much did you have in mind?",
   "question_ru": "Готовы ли вы вкладывать в это деньги и на какую сумму рассчитываете?",
   "more_questions": ["What do you spend on it today?", "Does our price fit into what you planned?"],
   "more_questions_ru": ["Сколько вы тратите на это сейчас?", "Укладывается ли наша цена в ваши планы?"]},
  {"element": "authority", "priority": 2, "title": "Authority", "title_ru": "Полномочия",
   "question": "Who has the final say on this?",
   "question_ru": "За кем последнее слово в этом вопросе?",
   "more_questions": ["What is your own part in the decision?", "Does somebody above you have to agree?", "Would you like to talk it over at home first?"],
   "more_questions_ru": ["Какова ваша роль в этом решении?", "Нужно ли согласие руководства?", "Хотите ли вы сначала посоветоваться с близкими?"]},
  {"element": "need", "priority": 3, "title": "Need", "title_ru": "Потребность",
   "question": "What do you need it for, and what has kept you from getting it so far?",
   "question_ru": "Для чего вам это и что до сих пор мешало это получить?",
   "more_questions": ["How do you manage without it today?"],
   "more_questions_ru": ["Как вы обходитесь без этого сегодня?"]},
  {"element": "timing", "priority": 4, "title": "Timing", "title_ru": "Сроки",
   "question": "When would you like to have it?",
   "question_ru": "К какому сроку вы хотите это получить?",
   "more_questions": ["Is it pressing, or can it wait?", "Is it a single purchase, or would you need us for longer?"],
   "more_questions_ru": ["Это срочно или может подождать?", "Это разовая покупка или мы понадобимся вам надолго?"]}
 ]}
$json$::jsonb;

    WHEN 'ANUM' THEN
        RETURN $json$
{"format": 1, "framework": "ANUM",
 "title": "ANUM: authority, need, urgency, money",
 "title_ru": "ANUM: полномочия, потребность, срочность, деньги",
 "description": "Are we talking to the right person? For sales where much depends on reaching whoever decides.",
 "description_ru": "С тем ли человеком мы говорим? Для продаж, где главное - выйти на того, кто решает.",
 "elements": [
  {"element": "authority", "priority": 1, "title": "Authority", "title_ru": "Полномочия",
   "question": "Is the decision yours, or is there somebody we should invite to the conversation?",
   "question_ru": "Решение за вами или стоит пригласить к разговору кого-то ещё?",
   "more_questions": ["How are purchases of this kind agreed in your company?"],
   "more_questions_ru": ["Как у вас согласуют такие покупки?"]},
  {"element": "need", "priority": 2, "title": "Need", "title_ru": "Потребность",
   "question": "Which task should this take off your hands?",
   "question_ru": "Какую задачу вы хотите с себя снять?",
   "more_questions": ["How do you solve it today?"],
   "more_questions_ru": ["Как вы решаете её сейчас?"]},
  {"element": "timing", "priority": 3, "title": "Urgency", "title_ru": "Срочность",
   "question": "How urgent is it, and what sets the date?",
   "question_ru": "Насколько это срочно и от чего зависит срок?",
   "more_questions": ["What happens if it takes half a year longer?"],
   "more_questions_ru": ["Что изменится, если это затянется на полгода?"]},
  {"element": "budget", "priority": 4, "title": "Money", "title_ru": "Деньги",
   "question": "Is money set aside for it, or would it still have to be found?",
   "question_ru": "Деньги на это уже заложены или их ещё предстоит найти?",
   "more_questions": ["From which amount on would it have to be approved separately?"],
   "more_questions_ru": ["С какой суммы потребуется отдельное согласование?"]}
 ]}
$json$::jsonb;

    WHEN 'CHAMP' THEN
        RETURN $json$
{"format": 1, "framework": "CHAMP",
 "title": "CHAMP: challenges, authority, money, prioritization",
 "title_ru": "CHAMP: трудности, полномочия, деньги, приоритет",
 "description": "What hurts? Begins with the problem and comes to the purchase last: for services and products whose value shows only in use.",
 "description_ru": "Что болит? Сначала о проблеме и лишь потом о покупке: для услуг и продуктов, польза которых видна только в деле.",
 "elements": [
  {"element": "challenges", "priority": 1, "title": "Challenges", "title_ru": "Трудности",
   "question": "What gets in your way most, and what have you done about it?",
   "question_ru": "Что вам больше всего мешает и что вы с этим уже делали?",
   "more_questions": ["Where does what you use today let you down?", "Whom else does it trouble?"],
   "more_questions_ru": ["В чём вас подводит то, чем вы пользуетесь сейчас?", "Кому ещё это мешает?"]},
  {"element": "authority", "priority": 2, "title": "Authority", "title_ru": "Полномочия",
   "question": "How do we get the person who can say yes to the table?",
   "question_ru": "Как нам подключить к разговору того, кто может сказать да?",
   "more_questions": ["Whose opinion will count besides yours?"],
   "more_questions_ru": ["Чьё мнение, кроме вашего, будет важно?"]},
  {"element": "budget", "priority": 3, "title": "Money", "title_ru": "Деньги",
   "question": "What is a solution worth to you, and do prices like ours suit you?",
   "question_ru": "Сколько для вас стоит решение этой проблемы и устраивает ли вас наш порядок цен?",
   "more_questions": ["What does the problem cost you a month?"],
   "more_questions_ru": ["Сколько проблема стоит вам в месяц?"]},
  {"element": "prioritization", "priority": 4, "title": "Prioritization", "title_ru": "Приоритет",
   "question": "Where does it stand among everything else you have to do, and what else are you looking at?",
   "question_ru": "Какое место это занимает среди других ваших дел и что ещё вы рассматриваете?",
   "more_questions": ["What would have to be done before it?", "By when must it be settled?"],
   "more_questions_ru": ["Что нужно успеть до этого?", "Когда вопрос должен быть закрыт?"]}
 ]}
$json$::jsonb;

    WHEN 'GPCTBA/C&I' THEN
        RETURN $json$
{"format": 1, "framework": "GPCTBA/C&I",
 "title": "GPCTBA/C&I: goals, plans, challenges, timeline, budget, authority, consequences and implications",
 "title_ru": "GPCTBA/C&I: цели, планы, трудности, сроки, бюджет, полномочия, последствия",
 "description": "Where do they want to go? A thorough interview for long sales to buyers who know the market and want advice.",
 "description_ru": "К чему они идут? Подробный разговор для долгих продаж покупателям, которые знают рынок и ждут совета.",
 "elements": [
  {"element": "goals", "priority": 1, "title": "Goals", "title_ru": "Цели",
   "question": "What do you, or your department, want to reach in the coming months, and what in a few years?",
   "question_ru": "Чего вы или ваш отдел хотите добиться в ближайшие месяцы, а чего - за несколько лет?",
   "more_questions": ["By which figure will you tell that you got there?"],
   "more_questions_ru": ["По какой цифре вы поймёте, что цель достигнута?"]},
  {"element": "plans", "priority": 2, "title": "Plans", "title_ru": "Планы",
   "question": "How do you mean to get there?",
   "question_ru": "Как вы собираетесь к этому прийти?",
   "more_questions": ["What did you try last time, and what will be different now?"],
   "more_questions_ru": ["Что вы пробовали в прошлый раз и что теперь будет иначе?"]},
  {"element": "challenges", "priority": 3, "title": "Challenges", "title_ru": "Трудности",
   "question": "What could stop you, and why take it on now?",
   "question_ru": "Что может вам помешать и почему браться за это именно сейчас?",
   "more_questions": ["Does your team have the hands and the skills for it?"],
   "more_questions_ru": ["Хватит ли у команды рук и опыта?"]},
  {"element": "timing", "priority": 4, "title": "Timeline", "title_ru": "Сроки",
   "question": "How soon do you have to see results?",
   "question_ru": "Как скоро вам нужен результат?",
   "more_questions": ["What else is under way that this would have to wait for?"],
   "more_questions_ru": ["Какие дела нужно закончить прежде?"]},
  {"element": "budget", "priority": 5, "title": "Budget", "title_ru": "Бюджет",
   "question": "What return would make it worth the money, and what would you spend for that?",
   "question_ru": "При какой отдаче расходы окупятся и сколько вы готовы за это заплатить?",
   "more_questions": ["Do you pay for another solution now?", "Have you ever spent a comparable sum on something like this?"],
   "more_questions_ru": ["Платите ли вы сейчас за другое решение?", "Вкладывали ли вы сопоставимую сумму во что-то похожее?"]},
  {"element": "authority", "priority": 6, "title": "Authority", "title_ru": "Полномочия",
   "question": "Are you choosing for yourself or on somebody's behalf?",
   "question_ru": "Вы выбираете для себя или по чьему-то поручению?",
   "more_questions": ["What could make the person who signs hesitate?"],
   "more_questions_ru": ["Что может остановить того, кто подписывает договор?"]},
  {"element": "negative_consequences", "priority": 7, "title": "Negative consequences", "title_ru": "Негативные последствия",
   "question": "What happens if everything stays as it is?",
   "question_ru": "Что будет, если всё останется как есть?",
   "more_questions": ["And what would that mean for you yourself?"],
   "more_questions_ru": ["А чем это обернётся лично для вас?"]},
  {"element": "positive_implications", "priority": 8, "title": "Positive implications", "title_ru": "Позитивные последствия",
   "question": "And if it works out, what will you be able to do next?",
   "question_ru": "А если всё получится, что вы сможете сделать дальше?",
   "more_questions": ["Who else would notice the success?"],
   "more_questions_ru": ["Кто ещё заметит этот успех?"]}
 ]}
$json$::jsonb;

    WHEN 'MEDDIC' THEN
        RETURN $json$
{"format": 1, "framework": "MEDDIC",
 "title": "MEDDIC: metrics, economic buyer, decision criteria, decision process, identified pain, champion",
 "title_ru": "MEDDIC: метрики, экономический покупатель, критерии решения, процесс решения, боль, чемпион",
 "description": "How will the company buy? For large purchases of enterprises, where many people decide by rules of their own; sharpens the forecast.",
 "description_ru": "Как компания будет покупать? Для крупных закупок, где решают многие люди по своим правилам; уточняет прогноз.",
 "elements": [
  {"element": "metrics", "priority": 1, "title": "Metrics", "title_ru": "Метрики",
   "question": "Which figure has to change, and by how much, for you to call this a success?",
   "question_ru": "Какой показатель и насколько должен измениться, чтобы вы назвали это успехом?",
   "more_questions": ["What is that figure today?"],
   "more_questions_ru": ["Чему он равен сегодня?"]},
  {"element": "authority", "priority": 2, "title": "Economic buyer", "title_ru": "Экономический покупатель",
   "question": "Whose budget pays for this, and when can we speak with that person?",
   "question_ru": "Из чьего бюджета это оплатят и когда мы сможем поговорить с этим человеком?",
   "more_questions": ["What did that person buy last, and why?"],
   "more_questions_ru": ["Что этот человек купил в последний раз и почему?"]},
  {"element": "decision_criteria", "priority": 3, "title": "Decision criteria", "title_ru": "Критерии решения",
   "question": "What will you compare the offers by?",
   "question_ru": "По чему вы будете сравнивать предложения?",
   "more_questions": ["Which requirement rules an offer out at once?"],
   "more_questions_ru": ["Какое требование сразу исключает предложение?"]},
  {"element": "decision_process", "priority": 4, "title": "Decision process", "title_ru": "Процесс решения",
   "question": "Which steps lead from here to a signature, and who takes part in each?",
   "question_ru": "Какие шаги ведут от сегодняшнего дня к подписи и кто участвует в каждом?",
   "more_questions": ["Where did such a purchase get stuck before: lawyers, security, purchasing?"],
   "more_questions_ru": ["Где такие закупки раньше застревали: у юристов, безопасности, снабжения?"]},
  {"element": "challenges", "priority": 5, "title": "Identified pain", "title_ru": "Боль",
   "question": "What does the problem cost you for as long as it lasts?",
   "question_ru": "Во что вам обходится проблема, пока она не решена?",
   "more_questions": ["Who feels it every day?"],
   "more_questions_ru": ["Кто чувствует её каждый день?"]},
  {"element": "champion", "priority": 6, "title": "Champion", "title_ru": "Чемпион",
   "question": "Who on your side gains most from this and would stand up for it when we are not in the room?",
   "question_ru": "Кому у вас это нужнее всех и кто отстоит проект, когда нас не будет рядом?",
   "more_questions": ["What does that person need from us?"],
   "more_questions_ru": ["Чем мы можем этому человеку помочь?"]}
 ]}
$json$::jsonb;

    ELSE
        RAISE EXCEPTION 'there is no framework "%" that ships', name
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Those that ship are "BANT", "ANUM", "CHAMP", "GPCTBA/C&I" and "MEDDIC"; leadscore.framework takes others by INSERT.';
    END CASE;
END
$function$;

COMMENT ON FUNCTION leadscore.framework_template(text) IS
    'The document of a framework that ships: BANT, ANUM, CHAMP, GPCTBA/C&I or MEDDIC. NULL for NULL. Raises 22023 for an unknown name.';
