#include "pg/match_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/dedup/contact_rule.hpp"
#include "core/dedup/match_rule_document.hpp"
#include "pg/guard.hpp"
#include "pg/json_object.hpp"
#include "pg/memory.hpp"
#include "pg/own_table.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

constexpr std::string_view kShipped = "contact";
constexpr const char* kShippedRegion = "RU";

constexpr std::array<std::string_view, 11> kRootKeys{"format",      "rule",  "title",      "title_ru",
                                                     "region",      "prior", "threshold",  "trained_leads",
                                                     "comparisons", "keys",  "frequencies"};
constexpr std::array<std::string_view, 3> kComparisonKeys{"comparison", "frequency_weight", "levels"};
constexpr std::array<std::string_view, 4> kLevelKeys{"test", "limit", "m", "u"};
constexpr std::array<std::string_view, 3> kFrequencyKeys{"field", "hash", "frequency"};

constexpr DocumentKind kMatchRule{"match rule", "leadscore.export_match_rule()"};

// At most so many frequent values are read; training stores fewer.
constexpr int kMostFrequent = 1'000'000;

[[noreturn]] void no_such_rule(const text* name) {
  const char* const written = text_to_cstring(name);
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("match rule \"%s\" does not exist", written),
                  written[0] == '{' ? errhint("To match by a document, cast it to jsonb.")
                                    : errhint("Table leadscore.match_rule lists the rules beside \"contact\", which "
                                              "ships; leadscore.create_match_rule() makes one.")));
}

dedup::MatchLevel read_level(const JsonObject& object) {
  check_keys(object, kLevelKeys);
  const auto test = dedup::find_test(require_text(object, "test"));
  if (!test) {
    refuse_value(object, "test", "is none of the tests");
  }
  return {.test = *test,
          .limit = number_or(object, "limit", dedup::has_limit(*test) ? std::nan("") : 0),
          .m = require_number(object, "m"),
          .u = require_number(object, "u")};
}

dedup::MatchComparison read_comparison(const JsonObject& object) {
  check_keys(object, kComparisonKeys);
  const auto subject = dedup::find_subject(require_text(object, "comparison"));
  if (!subject) {
    refuse_value(object, "comparison", "is none of the subjects");
  }
  dedup::MatchComparison comparison{
      .subject = *subject, .frequency_weight = number_or(object, "frequency_weight", 0), .levels = {}};
  const JsonObjects levels = find_objects(object, "levels", static_cast<int>(dedup::kMostLevels));
  for (int i = 0; i < levels.size; ++i) {
    comparison.levels.add(read_level(object_at(levels, i)));
  }
  return comparison;
}

// The items of an array of strings or arrays.
JsonbContainer* require_array(const JsonObject& object, const char* key, const JsonbValue* value) {
  if (value == nullptr || value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data)) {
    refuse_value(object, key, "must be an array of arrays of strings");
  }
  return value->val.binary.data;
}

dedup::BlockingKey read_key(const JsonObject& root, JsonbContainer* parts) {
  dedup::BlockingKey key;
  for (uint32 i = 0; i < JsonContainerSize(parts); ++i) {
    const JsonbValue* const part = getIthJsonbValueFromContainer(parts, i);
    if (part->type != jbvString) {
      refuse_value(root, "keys", "must be an array of arrays of strings");
    }
    const auto read = dedup::parse_key_part({part->val.string.val, static_cast<std::size_t>(part->val.string.len)});
    if (!read) {
      refuse_value(root, "keys",
                   psprintf("has a part \"%.*s\" that is no field", part->val.string.len, part->val.string.val));
    }
    if (!key.add(*read)) {
      refuse_value(root, "keys", psprintf("has a key of more than %zu parts", dedup::kMostKeyParts));
    }
  }
  return key;
}

void read_keys(const JsonObject& root, dedup::MatchRule& rule) {
  const JsonbValue* const value = find_value(root, "keys");
  if (value == nullptr) {
    return;
  }
  JsonbContainer* const keys = require_array(root, "keys", value);
  for (uint32 i = 0; i < JsonContainerSize(keys); ++i) {
    const dedup::BlockingKey key = read_key(root, require_array(root, "keys", getIthJsonbValueFromContainer(keys, i)));
    if (!rule.keys.add(key)) {
      refuse_value(root, "keys", psprintf("has more than %zu keys", dedup::kMostKeys));
    }
  }
}

std::uint64_t read_hash(const JsonObject& frequency, std::string_view text) {
  std::int64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash);
  if (error != std::errc() || end != text.data() + text.size() || hash == 0) {
    refuse_value(frequency, "hash", "must be a bigint other than 0, as a string");
  }
  return static_cast<std::uint64_t>(hash);
}

bool is_same_value(const dedup::ValueFrequency& a, const dedup::ValueFrequency& b) {
  return a.field == b.field && a.hash == b.hash;
}

void read_frequencies(const JsonObject& root, MatchKnowledge* knowledge) {
  const JsonObjects objects = find_objects(root, "frequencies", kMostFrequent);
  auto* values = static_cast<dedup::ValueFrequency*>(
      palloc(sizeof(dedup::ValueFrequency) * (static_cast<Size>(objects.size) + 1)));
  dedup::ValueFrequency* end = values;
  std::array<double, dedup::kFields> averages{};
  for (int i = 0; i < objects.size; ++i) {
    const JsonObject object = object_at(objects, i);
    check_keys(object, kFrequencyKeys);
    const auto field = dedup::find_field(require_text(object, "field"));
    const double frequency = require_number(object, "frequency");
    if (!field || !(frequency > 0 && frequency <= 1)) {
      refuse_value(object, field ? "frequency" : "field", field ? "must lie above 0 and be at most 1" : "is no field");
    }
    const char* const hash = find_text(object, "hash", nullptr);
    if (hash != nullptr) {
      *end++ = {.field = *field, .hash = read_hash(object, hash), .frequency = frequency};
      continue;
    }
    double& average = averages[static_cast<std::size_t>(*field)];
    if (average != 0) {
      refuse_value(object, "field", "has two averages");
    }
    average = frequency;
  }
  knowledge->frequencies = {averages, std::span(values, end)};
  if (std::adjacent_find(values, end, is_same_value) != end) {
    refuse_value(root, "frequencies", "has a value twice");
  }
}

void read_training(const JsonObject& root, dedup::MatchRule& rule) {
  double leads = 0;
  rule.is_trained = find_number(root, "trained_leads", &leads);
  constexpr double kMostLeads = 9007199254740992;  // 2^53
  if (!(leads >= 0 && leads <= kMostLeads && leads == std::floor(leads))) {
    refuse_value(root, "trained_leads", "must be a whole number, 0 or more");
  }
}

MatchKnowledge* read_document(Jsonb* document) {
  const JsonObject root = document_root(kMatchRule, document);
  check_keys(root, kRootKeys);
  if (require_number(root, "format") != dedup::kMatchRuleFormat) {
    refuse_value(root, "format",
                 psprintf("must be %d, the form that this version of leadscore reads", dedup::kMatchRuleFormat));
  }
  auto* const knowledge = new (palloc0(sizeof(MatchKnowledge))) MatchKnowledge();
  dedup::MatchRule& rule = knowledge->rule;
  for (const char* const key : {"rule", "title", "title_ru"}) {
    find_text(root, key, nullptr);
  }
  const auto region = contact::find_region(find_text(root, "region", kShippedRegion));
  if (!region) {
    refuse_value(root, "region", "must be a region of two letters, as RU");
  }
  knowledge->region = *region;
  rule.prior = require_number(root, "prior");
  rule.threshold = require_number(root, "threshold");
  read_training(root, rule);
  const JsonObjects comparisons = find_objects(root, "comparisons", static_cast<int>(dedup::kSubjects));
  for (int i = 0; i < comparisons.size; ++i) {
    rule.comparisons.add(read_comparison(object_at(comparisons, i)));
  }
  read_keys(root, rule);
  read_frequencies(root, knowledge);
  core_call([&rule] {
    check(rule);
    return true;
  });
  return knowledge;
}

bool is_shipped(const text* name) { return view_of(name) == kShipped; }

void say_rule(void* name) { errcontext("match rule \"%s\"", static_cast<const char*>(name)); }

MatchKnowledge* read_stored(const text* name) {
  const Oid table = own_table("match_rule");
  Jsonb* const document =
      OidIsValid(table)
          ? query_document(
                "SELECT leadscore.export_match_rule(r.rule) FROM leadscore.match_rule AS r WHERE r.rule = $1", name,
                owner_of(table))
          : nullptr;
  if (document != nullptr) {
    ErrorContext context;
    push_error_context(context, say_rule, text_to_cstring(name));
    MatchKnowledge* const knowledge = read_document(document);
    pop_error_context(context);
    return knowledge;
  }
  if (!is_shipped(name)) {
    no_such_rule(name);
  }
  auto* const knowledge = new (palloc0(sizeof(MatchKnowledge))) MatchKnowledge();
  knowledge->rule = dedup::contact_rule();
  knowledge->region = *contact::find_region(kShippedRegion);
  return knowledge;
}

}  // namespace

MatchKnowledge* read_match_rule(const DocumentReference& reference) {
  return reference.name != nullptr ? read_stored(reference.name)
                                   : read_document(const_cast<Jsonb*>(reference.document));
}

}  // namespace leadscore::pg

namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_match_rule_template) {
  const text* const name = PG_GETARG_TEXT_PP(0);
  if (!pg::is_shipped(name)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("no match rule \"%s\" ships", text_to_cstring(name)), errhint("What ships is contact.")));
  }
  MemoryContext const context = CurrentMemoryContext;
  const char* const json = pg::core_call([context] {
    pg::ContextResource memory(context);
    const leadscore::dedup::MatchRule rule = leadscore::dedup::contact_rule();
    const auto document = leadscore::dedup::document_of(
        {.rule = rule, .region = pg::kShippedRegion, .trained_leads = {}, .averages = {}, .frequent = {}}, &memory);
    auto* const copy = static_cast<char*>(pg::allocate_in_context(context, document.size() + 1));
    memcpy(copy, document.c_str(), document.size() + 1);
    return static_cast<const char*>(copy);
  });
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}

LEADSCORE_FUNCTION(leadscore_check_match_rule) {
  pg::read_match_rule({nullptr, PG_GETARG_JSONB_P(0)});
  PG_RETURN_VOID();
}
