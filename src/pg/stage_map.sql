-- What the statuses of common CRMs mean on the ladder of the templates: presets, and the function that makes rows of one.
--
-- Each status stands as the CRM exports it, by its code and by its name. Sources: amoCRM and Kommo: the developers' pages
-- on pipelines (www.amocrm.ru/developers, developers.kommo.com: 142 and 143 are the same in every pipeline; the other ids
-- are an account's own) and the names of the pipeline that a new account gets. Bitrix24: crm.status.list and
-- crm.deal.fields (apidocs.bitrix24.com, training.bitrix24.com). HubSpot: the default options of the properties
-- lifecyclestage, hs_lead_status and dealstage. Salesforce: the picklists Lead.Status and Opportunity.StageName of a new
-- organisation. Odoo: addons/crm/data/crm_stage_data.xml.
CREATE FUNCTION leadscore.stage_map_preset(crm text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    CASE crm
    -- The last three are how an article on lead qualification maps an amoCRM pipeline of its own.
    WHEN 'amocrm' THEN
        RETURN $json$
[
 {"status": "Неразобранное",            "stage": "lead"},
 {"status": "Incoming leads",           "stage": "lead"},
 {"status": "Первичный контакт",        "stage": "mql"},
 {"status": "Initial contact",          "stage": "mql"},
 {"status": "Переговоры",               "stage": "sal"},
 {"status": "Discussions",              "stage": "sal"},
 {"status": "Принимают решение",        "stage": "sql"},
 {"status": "Decision making",          "stage": "sql"},
 {"status": "Согласование договора",    "stage": "opportunity"},
 {"status": "Contract discussion",      "stage": "opportunity"},
 {"status": "142",                      "stage": "customer"},
 {"status": "Успешно реализовано",      "stage": "customer"},
 {"status": "Closed - won",             "stage": "customer"},
 {"status": "143",                      "stage": "disqualified"},
 {"status": "Закрыто и не реализовано", "stage": "disqualified"},
 {"status": "Closed - lost",            "stage": "disqualified"},
 {"status": "Был контакт",              "stage": "mql"},
 {"status": "Hold",                     "stage": "hold"},
 {"status": "Аудит",                    "stage": "sql"}
]
$json$::jsonb;

    -- Leads and deals share the code NEW, which is a new request in both. They share the name of IN_PROCESS and EXECUTING
    -- too, which are not the same: that name is left out. Bitrix24 itself begins the name of the prepayment invoice with a
    -- Latin C.
    WHEN 'bitrix24' THEN
        RETURN $json$
[
 {"status": "NEW",                    "stage": "lead"},
 {"status": "Не обработан",           "stage": "lead"},
 {"status": "Новая",                  "stage": "lead"},
 {"status": "IN_PROCESS",             "stage": "mql"},
 {"status": "PROCESSED",              "stage": "sal"},
 {"status": "Обработан",              "stage": "sal"},
 {"status": "CONVERTED",              "stage": "sql"},
 {"status": "Качественный лид",       "stage": "sql"},
 {"status": "JUNK",                   "stage": "disqualified"},
 {"status": "Некачественный лид",     "stage": "disqualified"},
 {"status": "PREPARATION",            "stage": "sql"},
 {"status": "Подготовка документов",  "stage": "sql"},
 {"status": "PREPAYMENT_INVOICE",     "stage": "opportunity"},
 {"status": "Счёт на предоплату",     "stage": "opportunity"},
 {"status": "Счет на предоплату",     "stage": "opportunity"},
 {"status": "Cчёт на предоплату",     "stage": "opportunity"},
 {"status": "Cчет на предоплату",     "stage": "opportunity"},
 {"status": "EXECUTING",              "stage": "opportunity"},
 {"status": "FINAL_INVOICE",          "stage": "opportunity"},
 {"status": "Финальный счёт",         "stage": "opportunity"},
 {"status": "Финальный счет",         "stage": "opportunity"},
 {"status": "WON",                    "stage": "customer"},
 {"status": "Сделка успешна",         "stage": "customer"},
 {"status": "LOSE",                   "stage": "disqualified"},
 {"status": "Сделка провалена",       "stage": "disqualified"},
 {"status": "APOLOGY",                "stage": "disqualified"},
 {"status": "Анализ причины провала", "stage": "disqualified"}
]
$json$::jsonb;

    -- Lifecycle stages, then lead statuses, then stages of deals. Lifecycle stage "other" says nothing and is left out.
    WHEN 'hubspot' THEN
        RETURN $json$
[
 {"status": "subscriber",               "stage": "lead"},
 {"status": "Subscriber",               "stage": "lead"},
 {"status": "lead",                     "stage": "lead"},
 {"status": "Lead",                     "stage": "lead"},
 {"status": "marketingqualifiedlead",   "stage": "mql"},
 {"status": "Marketing Qualified Lead", "stage": "mql"},
 {"status": "salesqualifiedlead",       "stage": "sql"},
 {"status": "Sales Qualified Lead",     "stage": "sql"},
 {"status": "opportunity",              "stage": "opportunity"},
 {"status": "Opportunity",              "stage": "opportunity"},
 {"status": "customer",                 "stage": "customer"},
 {"status": "Customer",                 "stage": "customer"},
 {"status": "evangelist",               "stage": "care"},
 {"status": "Evangelist",               "stage": "care"},

 {"status": "NEW",                      "stage": "lead"},
 {"status": "New",                      "stage": "lead"},
 {"status": "OPEN",                     "stage": "mql"},
 {"status": "Open",                     "stage": "mql"},
 {"status": "ATTEMPTED_TO_CONTACT",     "stage": "mql"},
 {"status": "Attempted to Contact",     "stage": "mql"},
 {"status": "CONNECTED",                "stage": "sal"},
 {"status": "Connected",                "stage": "sal"},
 {"status": "IN_PROGRESS",              "stage": "sal"},
 {"status": "In Progress",              "stage": "sal"},
 {"status": "OPEN_DEAL",                "stage": "opportunity"},
 {"status": "Open Deal",                "stage": "opportunity"},
 {"status": "BAD_TIMING",               "stage": "hold"},
 {"status": "Bad Timing",               "stage": "hold"},
 {"status": "UNQUALIFIED",              "stage": "disqualified"},
 {"status": "Unqualified",              "stage": "disqualified"},

 {"status": "appointmentscheduled",     "stage": "sal"},
 {"status": "Appointment Scheduled",    "stage": "sal"},
 {"status": "qualifiedtobuy",           "stage": "sql"},
 {"status": "Qualified To Buy",         "stage": "sql"},
 {"status": "presentationscheduled",    "stage": "sql"},
 {"status": "Presentation Scheduled",   "stage": "sql"},
 {"status": "decisionmakerboughtin",    "stage": "opportunity"},
 {"status": "Decision Maker Bought-In", "stage": "opportunity"},
 {"status": "contractsent",             "stage": "opportunity"},
 {"status": "Contract Sent",            "stage": "opportunity"},
 {"status": "closedwon",                "stage": "customer"},
 {"status": "Closed Won",               "stage": "customer"},
 {"status": "closedlost",               "stage": "disqualified"},
 {"status": "Closed Lost",              "stage": "disqualified"}
]
$json$::jsonb;

    -- Leads (of the classic editions, then of the small ones), then opportunities. Salesforce exports names; they are the
    -- codes.
    WHEN 'salesforce' THEN
        RETURN $json$
[
 {"status": "Open - Not Contacted",   "stage": "lead"},
 {"status": "Working - Contacted",    "stage": "sal"},
 {"status": "Closed - Converted",     "stage": "sql"},
 {"status": "Closed - Not Converted", "stage": "disqualified"},
 {"status": "New",                    "stage": "lead"},
 {"status": "Working",                "stage": "mql"},
 {"status": "Contacted",              "stage": "sal"},
 {"status": "Nurturing",              "stage": "hold"},
 {"status": "Qualified",              "stage": "sql"},
 {"status": "Unqualified",            "stage": "disqualified"},
 {"status": "Prospecting",            "stage": "sal"},
 {"status": "Qualification",          "stage": "sal"},
 {"status": "Needs Analysis",         "stage": "sql"},
 {"status": "Value Proposition",      "stage": "sql"},
 {"status": "Id. Decision Makers",    "stage": "sql"},
 {"status": "Perception Analysis",    "stage": "sql"},
 {"status": "Proposal/Price Quote",   "stage": "opportunity"},
 {"status": "Negotiation/Review",     "stage": "opportunity"},
 {"status": "Closed Won",             "stage": "customer"},
 {"status": "Closed Lost",            "stage": "disqualified"}
]
$json$::jsonb;

    -- By name and by external id. Odoo has no stage for lost ones: it archives them where they stand, so a status
    -- expression must say Lost for them (docs/stages.md).
    WHEN 'odoo' THEN
        RETURN $json$
[
 {"status": "New",             "stage": "lead"},
 {"status": "crm.stage_lead1", "stage": "lead"},
 {"status": "Qualified",       "stage": "sql"},
 {"status": "crm.stage_lead2", "stage": "sql"},
 {"status": "Proposition",     "stage": "opportunity"},
 {"status": "crm.stage_lead3", "stage": "opportunity"},
 {"status": "Won",             "stage": "customer"},
 {"status": "crm.stage_lead4", "stage": "customer"},
 {"status": "Lost",            "stage": "disqualified"}
]
$json$::jsonb;

    ELSE
        RAISE EXCEPTION 'there is no stage map for the CRM "%"', crm
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'There are maps for "amocrm", "bitrix24", "hubspot", "salesforce" and "odoo". For another one insert rows into leadscore.stage_map.';
    END CASE;
END
$function$;
COMMENT ON FUNCTION leadscore.stage_map_preset(text) IS
'What the statuses of the default pipelines of a CRM (amocrm, bitrix24, hubspot, salesforce, odoo) mean: an array of {"status", "stage"}, as "stage_map" has it in the document of a model. NULL for NULL. Raises 22023 for another CRM.';

CREATE FUNCTION leadscore.create_stage_map(model text, crm text) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  preset jsonb;
  left_out text;
  stages text;
BEGIN
  IF create_stage_map.model IS NULL OR crm IS NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'null_value_not_allowed',
      MESSAGE = 'the model and the CRM must be named';
  END IF;
  PERFORM FROM leadscore.model AS m WHERE m.model = create_stage_map.model;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING
      ERRCODE = 'undefined_object',
      MESSAGE = format('model "%s" does not exist', create_stage_map.model),
      HINT = 'Table leadscore.model lists the models; leadscore.create_model() makes one.';
  END IF;
  preset := leadscore.stage_map_preset(crm);

  INSERT INTO leadscore.stage_map (model, status, stage)
  SELECT create_stage_map.model, p.value ->> 'status', p.value ->> 'stage'
  FROM jsonb_array_elements(preset) WITH ORDINALITY AS p (value, position)
  WHERE EXISTS (SELECT FROM leadscore.stage AS s
    WHERE s.model = create_stage_map.model AND s.stage = p.value ->> 'stage')
  ORDER BY p.position
  ON CONFLICT DO NOTHING;

  SELECT string_agg(format('"%s"', p.value ->> 'status'), ', ' ORDER BY p.position),
    string_agg(DISTINCT format('"%s"', p.value ->> 'stage'), ', ')
  INTO left_out, stages
  FROM jsonb_array_elements(preset) WITH ORDINALITY AS p (value, position)
  WHERE NOT EXISTS (SELECT FROM leadscore.stage AS s
      WHERE s.model = create_stage_map.model AND s.stage = p.value ->> 'stage')
    AND NOT EXISTS (SELECT FROM leadscore.stage_map AS o
      WHERE o.model = create_stage_map.model AND o.status = p.value ->> 'status');
  IF left_out IS NOT NULL THEN
    RAISE NOTICE USING
      MESSAGE = format('left out statuses whose stage the model "%s" lacks: %s', create_stage_map.model, left_out),
      DETAIL = format('It has no stage %s.', stages),
      HINT = 'Insert these statuses into leadscore.stage_map with a stage that it has.';
  END IF;

  UPDATE leadscore.model AS m SET status = 'status' WHERE m.model = create_stage_map.model AND m.status IS NULL;
  IF FOUND THEN
    RAISE NOTICE USING
      MESSAGE = format('the model "%s" takes the status of a lead from its column "status"', create_stage_map.model),
      HINT = 'If it is another column or an expression, say so in the column status of leadscore.model.';
  END IF;
END
$$;
COMMENT ON FUNCTION leadscore.create_stage_map(text, text) IS
'Fills leadscore.stage_map with what the statuses of a CRM (amocrm, bitrix24, hubspot, salesforce, odoo) mean. Leaves alone the statuses that the model maps already, leaves out those whose stage it lacks (NOTICE), and where the model has no status expression takes the column status (NOTICE). Raises 42704 if the model does not exist, 22023 for another CRM, 22004 for NULL.';
