#include "pg/model_document.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "pg/json_object.hpp"

namespace leadscore::pg {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr DocumentKind kModel{"model", "leadscore.export_model()"};

// Points are an SQL expression; a plain number may be written as one.
const char* require_points(const JsonObject& object) {
  const JsonbValue* value = find_value(object, "points");
  if (value != nullptr && value->type == jbvNumeric) {
    return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
  }
  return require_text(object, "points");
}

template <class Item>
Item* allocate(int count) {
  return static_cast<Item*>(palloc0(sizeof(Item) * static_cast<Size>(count < 1 ? 1 : count)));
}

void read_model(const JsonObject& model, ModelDocument* result) {
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

DocumentDimension read_dimension(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"dimension", "title", "title_ru", "lower", "upper"}));
  DocumentDimension dimension{};
  dimension.name = require_text(object, "dimension");
  dimension.title = find_text(object, "title", dimension.name);
  dimension.lower = number_or(object, "lower", -kInfinity);
  dimension.upper = number_or(object, "upper", kInfinity);
  return dimension;
}

DocumentCriterion read_criterion(const JsonObject& object) {
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
int position_of(const JsonObject& object, const char* key, int count, Name name_of) {
  const char* const written = require_text(object, key);
  StringInfoData names;
  initStringInfo(&names);
  for (int i = 0; i < count; ++i) {
    if (strcmp(written, name_of(i)) == 0) {
      return i;
    }
    appendStringInfo(&names, "%s\"%s\"", i == 0 ? "" : (i + 1 == count ? " or " : ", "), name_of(i));
  }
  refuse_value(object, key, psprintf("must be %s", names.data));
}

DocumentStage read_stage(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"stage", "stage_no", "kind", "title", "title_ru"}));
  DocumentStage stage{};
  stage.name = require_text(object, "stage");
  const double number = require_number(object, "stage_no");
  if (number != std::rint(number) || number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    refuse_value(object, "stage_no", "must be an integer");
  }
  stage.stage.number = static_cast<std::int32_t>(number);
  if (find_value(object, "kind") != nullptr) {
    stage.stage.kind = static_cast<model::StageKind>(position_of(
        object, "kind", kStageKinds, [](int i) { return stage_kind_name(static_cast<model::StageKind>(i)); }));
  }
  return stage;
}

DocumentRule read_rule(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"stage", "rule", "condition", "title", "title_ru", "enabled"}));
  DocumentRule rule{};
  rule.stage = require_text(object, "stage");
  rule.name = require_text(object, "rule");
  rule.title = find_text(object, "title", rule.name);
  rule.condition = require_text(object, "condition");
  return rule;
}

DocumentStatus read_status(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"status", "stage"}));
  DocumentStatus status{};
  status.status = find_text(object, "status", nullptr);
  if (status.status == nullptr) {
    refuse_value(object, "status", "is missing");
  }
  status.stage = require_text(object, "stage");
  return status;
}

DocumentTargetCriterion read_target_criterion(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"criterion", "condition", "requirement", "valid_from", "valid_to",
                                                      "greeting", "greeting_version", "title", "title_ru", "enabled"}));
  DocumentTargetCriterion criterion{};
  criterion.name = require_text(object, "criterion");
  criterion.title = find_text(object, "title", criterion.name);
  criterion.condition = require_text(object, "condition");
  if (find_value(object, "requirement") != nullptr) {
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

// Event kinds, playbooks and protected attributes are not compiled; their values the tables check.
void check_event_kind(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>(
                         {"event", "points", "half_life", "max_count", "per", "title", "title_ru", "enabled"}));
  require_text(object, "event");
  require_text(object, "half_life");
  require_number(object, "points");
}

void check_playbook_step(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>(
                         {"stage", "temperature", "step", "worked_by", "action", "action_ru", "send", "due_within"}));
  require_text(object, "stage");
  require_text(object, "action");
}

DocumentCalibration read_calibration(const JsonObject& object) {
  check_keys(object, std::to_array<std::string_view>({"raw_from", "probability", "intercept", "slope", "leads", "wins",
                                                      "rate_lower", "rate_upper", "provenance"}));
  DocumentCalibration piece{};
  piece.raw_from = number_or(object, "raw_from", -kInfinity);
  piece.is_curve = !find_number(object, "probability", &piece.probability);
  if (piece.is_curve) {
    piece.intercept = require_number(object, "intercept");
    piece.slope = require_number(object, "slope");
  }
  return piece;
}

void read_band(const JsonObject& object, ModelDocument* result) {
  check_keys(object,
             std::to_array<std::string_view>({"kind", "label", "title", "title_ru", "from_score", "keep_from"}));
  const char* const kind_text = require_text(object, "kind");
  for (int kind = 0; kind < kBandKinds; ++kind) {
    if (strcmp(kind_text, band_kind_name(static_cast<BandKind>(kind))) != 0) {
      continue;
    }
    DocumentBand band{};
    band.label = require_text(object, "label");
    band.from_score = require_number(object, "from_score");
    band.keep_from = number_or(object, "keep_from", band.from_score);
    result->bands[kind][result->band_counts[kind]++] = band;
    return;
  }
  refuse_value(object, "kind", "must be \"grade\" or \"temperature\"");
}

// The stages and what leads to them, and the criteria of a target lead.
void read_judgement(const JsonObject& root, ModelDocument* result) {
  const JsonObjects stages = find_objects(root, "stages", kModelMaxItems);
  result->stages = allocate<DocumentStage>(stages.size);
  result->stage_count = stages.size;
  for (int i = 0; i < stages.size; ++i) {
    result->stages[i] = read_stage(object_at(stages, i));
  }
  const JsonObjects rules = find_objects(root, "stage_rules", kModelMaxItems);
  result->rules = allocate<DocumentRule>(rules.size);
  for (int i = 0; i < rules.size; ++i) {
    const JsonObject object = object_at(rules, i);
    const DocumentRule rule = read_rule(object);
    if (find_boolean(object, "enabled", true)) {
      result->rules[result->rule_count++] = rule;
    }
  }
  const JsonObjects statuses = find_objects(root, "stage_map", kModelMaxItems);
  result->statuses = allocate<DocumentStatus>(statuses.size);
  result->status_count = statuses.size;
  for (int i = 0; i < statuses.size; ++i) {
    result->statuses[i] = read_status(object_at(statuses, i));
  }
  const JsonObjects criteria = find_objects(root, "target_criteria", kModelMaxItems);
  result->target_criteria = allocate<DocumentTargetCriterion>(criteria.size);
  for (int i = 0; i < criteria.size; ++i) {
    const JsonObject object = object_at(criteria, i);
    const DocumentTargetCriterion criterion = read_target_criterion(object);
    if (find_boolean(object, "enabled", true)) {
      result->target_criteria[result->target_criterion_count++] = criterion;
    }
  }
}

void check_rest(const JsonObject& root) {
  const JsonObjects events = find_objects(root, "event_kinds", kModelMaxItems);
  for (int i = 0; i < events.size; ++i) {
    check_event_kind(object_at(events, i));
  }
  const JsonObjects playbook = find_objects(root, "playbook", kModelMaxItems);
  for (int i = 0; i < playbook.size; ++i) {
    check_playbook_step(object_at(playbook, i));
  }
  const JsonObjects attributes = find_objects(root, "protected_attributes", kModelMaxItems);
  for (int i = 0; i < attributes.size; ++i) {
    const JsonObject object = object_at(attributes, i);
    check_keys(object, std::to_array<std::string_view>({"attribute"}));
    require_text(object, "attribute");
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
  const JsonObject root = document_root(kModel, document);
  check_keys(root, std::to_array<std::string_view>({"format", "model", "dimensions", "criteria", "bands", "stages",
                                                    "stage_rules", "stage_map", "target_criteria", "event_kinds",
                                                    "playbook", "calibration", "protected_attributes"}));
  if (require_number(root, "format") != kDocumentFormat) {
    refuse_value(root, "format",
                 psprintf("must be %d, the form that this version of leadscore reads", kDocumentFormat));
  }
  auto* result = allocate<ModelDocument>(1);
  read_model(require_object(root, "model"), result);

  const JsonObjects calibration = find_objects(root, "calibration", kModelMaxItems);
  result->calibration = allocate<DocumentCalibration>(calibration.size);
  result->calibration_count = calibration.size;
  for (int i = 0; i < calibration.size; ++i) {
    result->calibration[i] = read_calibration(object_at(calibration, i));
  }

  const JsonObjects dimensions = find_objects(root, "dimensions", kModelMaxItems);
  result->dimensions = allocate<DocumentDimension>(dimensions.size);
  result->dimension_count = dimensions.size;
  for (int i = 0; i < dimensions.size; ++i) {
    result->dimensions[i] = read_dimension(object_at(dimensions, i));
  }

  const JsonObjects criteria = find_objects(root, "criteria", kModelMaxItems);
  result->criteria = allocate<DocumentCriterion>(criteria.size);
  for (int i = 0; i < criteria.size; ++i) {
    const JsonObject object = object_at(criteria, i);
    const DocumentCriterion criterion = read_criterion(object);
    if (find_boolean(object, "enabled", true)) {
      result->criteria[result->criterion_count++] = criterion;
    }
  }

  const JsonObjects all_bands = find_objects(root, "bands", kModelMaxItems);
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
