#include "pg/model_document.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace leadscore::pg {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// One JSON object of the document, and what to call it in an error.
struct Object {
  JsonbContainer* container;
  const char* place;  // for example "criteria"
  int position;       // within the array, from 1; 0 for an object that stands alone
};

const char* describe(const Object& object) {
  return object.position == 0 ? object.place : psprintf("%s[%d]", object.place, object.position - 1);
}

[[noreturn]] void invalid(const Object& object, const char* key, const char* what) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a leadscore model document"),
                  errdetail("\"%s\" of \"%s\" %s.", key, describe(object), what),
                  errhint("leadscore.export_model() shows the form.")));
}

// The value of a key, or nullptr where it is absent or null.
JsonbValue* find(const Object& object, const char* key) {
  auto* value = static_cast<JsonbValue*>(palloc(sizeof(JsonbValue)));
  if (getKeyJsonValueFromContainer(object.container, key, static_cast<int>(strlen(key)), value) == nullptr ||
      value->type == jbvNull) {
    return nullptr;
  }
  return value;
}

const char* find_text(const Object& object, const char* key, const char* otherwise) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return otherwise;
  }
  if (value->type != jbvString) {
    invalid(object, key, "must be a string");
  }
  return pnstrdup(value->val.string.val, static_cast<Size>(value->val.string.len));
}

const char* require_text(const Object& object, const char* key) {
  const char* text = find_text(object, key, nullptr);
  if (text == nullptr || text[0] == '\0') {
    invalid(object, key, "is missing");
  }
  return text;
}

double numeric_as_double(Numeric numeric) {
  return DatumGetFloat8(DirectFunctionCall1(numeric_float8, NumericGetDatum(numeric)));
}

bool find_number(const Object& object, const char* key, double* number) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return false;
  }
  if (value->type != jbvNumeric) {
    invalid(object, key, "must be a number");
  }
  *number = numeric_as_double(value->val.numeric);
  return true;
}

double number_or(const Object& object, const char* key, double otherwise) {
  double number = otherwise;
  find_number(object, key, &number);
  return number;
}

bool find_boolean(const Object& object, const char* key, bool otherwise) {
  const JsonbValue* value = find(object, key);
  if (value == nullptr) {
    return otherwise;
  }
  if (value->type != jbvBool) {
    invalid(object, key, "must be true or false");
  }
  return value->val.boolean;
}

// Points are an SQL expression; a plain number may be written as one.
const char* require_points(const Object& object) {
  const JsonbValue* value = find(object, "points");
  if (value != nullptr && value->type == jbvNumeric) {
    return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
  }
  return require_text(object, "points");
}

template <std::size_t Count>
void check_keys(const Object& object, const std::array<std::string_view, Count>& known) {
  JsonbIterator* iterator = JsonbIteratorInit(object.container);
  JsonbValue value;
  JsonbIteratorToken token = JsonbIteratorNext(&iterator, &value, true);
  while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE) {
    if (token != WJB_KEY) {
      continue;
    }
    const std::string_view key(value.val.string.val, static_cast<std::size_t>(value.val.string.len));
    bool found = false;
    for (const std::string_view name : known) {
      found = found || name == key;
    }
    if (!found) {
      invalid(object, pnstrdup(key.data(), key.size()), "is not known");
    }
  }
}

// The objects of an array under a key; none where the key is absent.
struct ObjectArray {
  JsonbContainer* container;
  const char* place;
  int size;
};

ObjectArray find_array(const Object& root, const char* key) {
  const JsonbValue* value = find(root, key);
  if (value == nullptr) {
    return {nullptr, key, 0};
  }
  if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data)) {
    invalid(root, key, "must be an array");
  }
  JsonbContainer* const array = value->val.binary.data;
  const uint32 size = JsonContainerSize(array);
  if (size > kModelMaxItems) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the model has too many %s", key),
                    errdetail("There are %u; the limit is %d.", size, kModelMaxItems)));
  }
  return {array, key, static_cast<int>(size)};
}

Object object_at(const ObjectArray& array, int index) {
  const JsonbValue* element = getIthJsonbValueFromContainer(array.container, static_cast<uint32>(index));
  const Object object{element->type == jbvBinary ? element->val.binary.data : nullptr, array.place, index + 1};
  if (object.container == nullptr || !JsonContainerIsObject(object.container)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a leadscore model document"),
                    errdetail("\"%s\" must be an object.", describe(object))));
  }
  return object;
}

template <class Item>
Item* allocate(int count) {
  return static_cast<Item*>(palloc0(sizeof(Item) * static_cast<Size>(count < 1 ? 1 : count)));
}

void read_model(const Object& model, ModelDocument* result) {
  check_keys(model, std::to_array<std::string_view>({"title", "title_ru", "base_points", "lower", "upper", "scale",
                                                     "raw_min", "raw_max", "time_zone", "status"}));
  result->base_points = number_or(model, "base_points", 0);
  result->lower = number_or(model, "lower", 0);
  result->upper = number_or(model, "upper", 100);
  result->scale = find_text(model, "scale", "clamp");
  result->has_raw_min = find_number(model, "raw_min", &result->raw_min);
  result->has_raw_max = find_number(model, "raw_max", &result->raw_max);
  result->time_zone = find_text(model, "time_zone", "UTC");
  result->status = find_text(model, "status", nullptr);
}

DocumentDimension read_dimension(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"dimension", "title", "title_ru", "lower", "upper"}));
  DocumentDimension dimension{};
  dimension.name = require_text(object, "dimension");
  dimension.title = find_text(object, "title", dimension.name);
  dimension.lower = number_or(object, "lower", -kInfinity);
  dimension.upper = number_or(object, "upper", kInfinity);
  return dimension;
}

DocumentCriterion read_criterion(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"criterion", "dimension", "attribute", "condition", "points",
                                                      "title", "title_ru", "enabled", "provenance"}));
  DocumentCriterion criterion{};
  criterion.name = require_text(object, "criterion");
  criterion.title = find_text(object, "title", criterion.name);
  criterion.dimension = find_text(object, "dimension", nullptr);
  criterion.attribute = find_text(object, "attribute", nullptr);
  criterion.condition = find_text(object, "condition", "true");
  criterion.points = require_points(object);
  return criterion;
}

// The position of a name in a list of `count`, named by `name_of`; an error that lists them where it is none of them.
template <class Name>
int position_of(const Object& object, const char* key, int count, Name name_of) {
  const char* const written = require_text(object, key);
  StringInfoData names;
  initStringInfo(&names);
  for (int i = 0; i < count; ++i) {
    if (strcmp(written, name_of(i)) == 0) {
      return i;
    }
    appendStringInfo(&names, "%s\"%s\"", i == 0 ? "" : (i + 1 == count ? " or " : ", "), name_of(i));
  }
  invalid(object, key, psprintf("must be %s", names.data));
}

DocumentStage read_stage(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"stage", "stage_no", "kind", "title", "title_ru"}));
  DocumentStage stage{};
  stage.name = require_text(object, "stage");
  double number = 0;
  if (!find_number(object, "stage_no", &number)) {
    invalid(object, "stage_no", "is missing");
  }
  if (number != std::rint(number) || number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    invalid(object, "stage_no", "must be an integer");
  }
  stage.stage.number = static_cast<std::int32_t>(number);
  if (find(object, "kind") != nullptr) {
    stage.stage.kind = static_cast<model::StageKind>(position_of(
        object, "kind", kStageKinds, [](int i) { return stage_kind_name(static_cast<model::StageKind>(i)); }));
  }
  return stage;
}

DocumentRule read_rule(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"stage", "rule", "condition", "title", "title_ru", "enabled"}));
  DocumentRule rule{};
  rule.stage = require_text(object, "stage");
  rule.name = require_text(object, "rule");
  rule.title = find_text(object, "title", rule.name);
  rule.condition = require_text(object, "condition");
  return rule;
}

DocumentStatus read_status(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"status", "stage"}));
  DocumentStatus status{};
  status.status = find_text(object, "status", nullptr);
  if (status.status == nullptr) {
    invalid(object, "status", "is missing");
  }
  status.stage = require_text(object, "stage");
  return status;
}

DocumentTargetCriterion read_target_criterion(const Object& object) {
  check_keys(object, std::to_array<std::string_view>({"criterion", "condition", "requirement", "valid_from", "valid_to",
                                                      "greeting", "greeting_version", "title", "title_ru", "enabled"}));
  DocumentTargetCriterion criterion{};
  criterion.name = require_text(object, "criterion");
  criterion.title = find_text(object, "title", criterion.name);
  criterion.condition = require_text(object, "condition");
  if (find(object, "requirement") != nullptr) {
    criterion.requirement =
        static_cast<model::Requirement>(position_of(object, "requirement", kRequirements, [](int i) {
          return requirement_name(static_cast<model::Requirement>(i));
        }));
  }
  criterion.valid_from = find_text(object, "valid_from", nullptr);
  criterion.valid_to = find_text(object, "valid_to", nullptr);
  criterion.greeting = find_text(object, "greeting", nullptr);
  criterion.greeting_version = find_text(object, "greeting_version", nullptr);
  return criterion;
}

// Event kinds and playbooks are not compiled; their values the tables check.
void check_event_kind(const Object& object) {
  check_keys(object, std::to_array<std::string_view>(
                         {"event", "points", "half_life", "max_count", "per", "title", "title_ru", "enabled"}));
  require_text(object, "event");
  require_text(object, "half_life");
  double points = 0;
  if (!find_number(object, "points", &points)) {
    invalid(object, "points", "is missing");
  }
}

void check_playbook_step(const Object& object) {
  check_keys(object, std::to_array<std::string_view>(
                         {"stage", "temperature", "step", "worked_by", "action", "action_ru", "send", "due_within"}));
  require_text(object, "stage");
  require_text(object, "action");
}

void read_band(const Object& object, ModelDocument* result) {
  check_keys(object,
             std::to_array<std::string_view>({"kind", "label", "title", "title_ru", "from_score", "keep_from"}));
  const char* const kind_text = require_text(object, "kind");
  for (int kind = 0; kind < kBandKinds; ++kind) {
    if (strcmp(kind_text, band_kind_name(static_cast<BandKind>(kind))) != 0) {
      continue;
    }
    DocumentBand band{};
    band.label = require_text(object, "label");
    if (!find_number(object, "from_score", &band.from_score)) {
      invalid(object, "from_score", "is missing");
    }
    band.keep_from = number_or(object, "keep_from", band.from_score);
    result->bands[kind][result->band_counts[kind]++] = band;
    return;
  }
  invalid(object, "kind", "must be \"grade\" or \"temperature\"");
}

// The stages and what leads to them, and the criteria of a target lead.
void read_judgement(const Object& root, ModelDocument* result) {
  const ObjectArray stages = find_array(root, "stages");
  result->stages = allocate<DocumentStage>(stages.size);
  result->stage_count = stages.size;
  for (int i = 0; i < stages.size; ++i) {
    result->stages[i] = read_stage(object_at(stages, i));
  }
  const ObjectArray rules = find_array(root, "stage_rules");
  result->rules = allocate<DocumentRule>(rules.size);
  for (int i = 0; i < rules.size; ++i) {
    const Object object = object_at(rules, i);
    const DocumentRule rule = read_rule(object);
    if (find_boolean(object, "enabled", true)) {
      result->rules[result->rule_count++] = rule;
    }
  }
  const ObjectArray statuses = find_array(root, "stage_map");
  result->statuses = allocate<DocumentStatus>(statuses.size);
  result->status_count = statuses.size;
  for (int i = 0; i < statuses.size; ++i) {
    result->statuses[i] = read_status(object_at(statuses, i));
  }
  const ObjectArray criteria = find_array(root, "target_criteria");
  result->target_criteria = allocate<DocumentTargetCriterion>(criteria.size);
  for (int i = 0; i < criteria.size; ++i) {
    const Object object = object_at(criteria, i);
    const DocumentTargetCriterion criterion = read_target_criterion(object);
    if (find_boolean(object, "enabled", true)) {
      result->target_criteria[result->target_criterion_count++] = criterion;
    }
  }
}

void check_rest(const Object& root) {
  const ObjectArray events = find_array(root, "event_kinds");
  for (int i = 0; i < events.size; ++i) {
    check_event_kind(object_at(events, i));
  }
  const ObjectArray playbook = find_array(root, "playbook");
  for (int i = 0; i < playbook.size; ++i) {
    check_playbook_step(object_at(playbook, i));
  }
}

}  // namespace

const char* band_kind_name(BandKind kind) { return kind == BandKind::grade ? "grade" : "temperature"; }

const char* stage_kind_name(model::StageKind kind) {
  static constexpr const char* kNames[kStageKinds] = {"open", "hold", "won", "lost"};
  return kNames[static_cast<int>(kind)];
}

const char* requirement_name(model::Requirement requirement) {
  static constexpr const char* kNames[kRequirements] = {"required", "desired", "growth"};
  return kNames[static_cast<int>(requirement)];
}

ModelDocument* read_document(Jsonb* document) {
  const Object root{&document->root, "document", 0};
  if (!JB_ROOT_IS_OBJECT(document)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("not a leadscore model document"),
                    errdetail("It must be a JSON object."), errhint("leadscore.export_model() shows the form.")));
  }
  check_keys(root, std::to_array<std::string_view>({"format", "model", "dimensions", "criteria", "bands", "stages",
                                                    "stage_rules", "stage_map", "target_criteria", "event_kinds",
                                                    "playbook"}));
  double format = 0;
  if (!find_number(root, "format", &format)) {
    invalid(root, "format", "is missing");
  }
  if (format != kDocumentFormat) {
    invalid(root, "format", psprintf("must be %d, the form that this version of leadscore reads", kDocumentFormat));
  }

  auto* result = allocate<ModelDocument>(1);
  const JsonbValue* model = find(root, "model");
  if (model == nullptr || model->type != jbvBinary || !JsonContainerIsObject(model->val.binary.data)) {
    invalid(root, "model", "must be an object");
  }
  read_model(Object{model->val.binary.data, "model", 0}, result);

  const ObjectArray dimensions = find_array(root, "dimensions");
  result->dimensions = allocate<DocumentDimension>(dimensions.size);
  result->dimension_count = dimensions.size;
  for (int i = 0; i < dimensions.size; ++i) {
    result->dimensions[i] = read_dimension(object_at(dimensions, i));
  }

  const ObjectArray criteria = find_array(root, "criteria");
  result->criteria = allocate<DocumentCriterion>(criteria.size);
  for (int i = 0; i < criteria.size; ++i) {
    const Object object = object_at(criteria, i);
    const DocumentCriterion criterion = read_criterion(object);
    if (find_boolean(object, "enabled", true)) {
      result->criteria[result->criterion_count++] = criterion;
    }
  }

  const ObjectArray all_bands = find_array(root, "bands");
  for (DocumentBand*& bands : result->bands) {
    bands = allocate<DocumentBand>(all_bands.size);
  }
  for (int i = 0; i < all_bands.size; ++i) {
    read_band(object_at(all_bands, i), result);
  }
  read_judgement(root, result);
  check_rest(root);
  return result;
}

}  // namespace leadscore::pg
