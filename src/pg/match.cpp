// The SQL functions over two leads and their blocking keys.
#include <algorithm>

#include "core/dedup/blocking.hpp"
#include "core/dedup/match_explanation.hpp"
#include "core/dedup/match_weights.hpp"
#include "pg/composite.hpp"
#include "pg/document_cache.hpp"
#include "pg/guard.hpp"
#include "pg/match_lead.hpp"
#include "pg/match_rule.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

namespace {

enum class RuleForm { stored, document };

constexpr int kLeadA = 1;
constexpr int kLeadB = 2;
constexpr int kPairColumns = 3;
constexpr int kKeyColumns = 2;

// The columns of the row type that an argument had last.
struct KnownRow {
  MemoryContext context;  // of everything here
  uint64 type;            // its identifier, another one when the type is altered
  Jsonb* columns;         // nullptr: by name
  TupleDesc row;
  LeadColumns* found;
};

// What a call site keeps beside its rule: the two leads may be of two record types.
struct KnownRows {
  KnownRow* of_argument[kLeadB + 1];
};

HeapTupleHeader lead_argument(FunctionCallInfo fcinfo, int argument) {
  const Oid type = get_fn_expr_argtype(fcinfo->flinfo, argument);
  if (!OidIsValid(type) || !type_is_rowtype(type)) {
    ereport(
        ERROR,
        (errcode(ERRCODE_DATATYPE_MISMATCH),
         errmsg("the lead must be a row, not %s", OidIsValid(type) ? format_type_be(type) : "a value of unknown type"),
         errhint("Pass the alias of the table or subquery, as in leadscore.match_weight('contact', a, b).")));
  }
  return PG_GETARG_HEAPTUPLEHEADER(argument);
}

bool are_equal(const Jsonb* a, const Jsonb* b) {
  return a == nullptr || b == nullptr ? a == b : VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

// In a context of its own, which belongs to the caller's until nothing can fail any more.
KnownRow* know_row(HeapTupleHeader lead, uint64 type, Jsonb* columns) {
  MemoryContext const context = AllocSetContextCreate(CurrentMemoryContext, "leadscore row", ALLOCSET_SMALL_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(context);
  auto* const known = static_cast<KnownRow*>(palloc0(sizeof(KnownRow)));
  known->context = context;
  known->type = type;
  if (columns != nullptr) {
    known->columns = static_cast<Jsonb*>(palloc(VARSIZE(columns)));
    memcpy(known->columns, columns, VARSIZE(columns));
  }
  known->row = lookup_rowtype_tupdesc_copy(HeapTupleHeaderGetTypeId(lead), HeapTupleHeaderGetTypMod(lead));
  known->found = find_lead_columns(known->row, known->columns);
  MemoryContextSwitchTo(caller);
  return known;
}

const KnownRow* known_row(FmgrInfo* flinfo, int argument, HeapTupleHeader lead, Jsonb* columns) {
  void** const place = kept_beside(flinfo);
  if (*place == nullptr) {
    *place = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(KnownRows));
  }
  KnownRow*& known = static_cast<KnownRows*>(*place)->of_argument[argument];
  const uint64 type = assign_record_type_identifier(HeapTupleHeaderGetTypeId(lead), HeapTupleHeaderGetTypMod(lead));
  if (known == nullptr || known->type != type || !are_equal(known->columns, columns)) {
    KnownRow* const found = know_row(lead, type, columns);
    if (known != nullptr) {
      MemoryContextDelete(known->context);
    }
    MemoryContextSetParent(found->context, flinfo->fn_mcxt);
    known = found;
  }
  return known;
}

dedup::LeadText read_argument(FunctionCallInfo fcinfo, int argument, Jsonb* columns) {
  HeapTupleHeader const lead = lead_argument(fcinfo, argument);
  const KnownRow* const known = known_row(fcinfo->flinfo, argument, lead, columns);
  return read_lead(*known->found, known->row, lead);
}

const MatchKnowledge* rule_argument(FunctionCallInfo fcinfo, RuleForm form) {
  const DocumentReference reference = form == RuleForm::stored ? DocumentReference{PG_GETARG_TEXT_PP(0), nullptr}
                                                               : DocumentReference{nullptr, PG_GETARG_JSONB_P(0)};
  return find_match_rule(fcinfo->flinfo, reference);
}

Jsonb* columns_argument(FunctionCallInfo fcinfo, int argument) {
  return PG_ARGISNULL(argument) ? nullptr : PG_GETARG_JSONB_P(argument);
}

bool has_null_argument(FunctionCallInfo fcinfo, int leads) {
  for (int i = 0; i <= leads; ++i) {
    if (PG_ARGISNULL(i)) {
      return true;
    }
  }
  return false;
}

struct LeadTexts {
  dedup::LeadText a;
  dedup::LeadText b;
};

LeadTexts read_pair(FunctionCallInfo fcinfo) {
  Jsonb* const columns = columns_argument(fcinfo, kPairColumns);
  LeadTexts texts{.a = read_argument(fcinfo, kLeadA, columns), .b = {}};
  texts.b = read_argument(fcinfo, kLeadB, columns);
  return texts;
}

// judge(rule, weights, a, b) of the two leads, packed.
template <class Judge>
auto judge_pair(const MatchKnowledge& knowledge, const LeadTexts& texts, Judge judge) {
  MemoryContext const context = CurrentMemoryContext;
  return core_call([&knowledge, &texts, context, judge] {
    ContextResource memory(context);
    StopToken stop = stop_token();
    dedup::FieldReader reader(knowledge.region, &memory);
    dedup::LeadTable table(&memory);
    dedup::LeadFields fields;
    for (const dedup::LeadText* const text : {&texts.a, &texts.b}) {
      reader.read(*text, fields, stop);
      table.add(fields);
    }
    dedup::ValueFrequencies frequencies(&memory);
    frequencies.take(table, knowledge.averages, knowledge.frequent);
    const dedup::MatchWeights weights(knowledge.rule, frequencies);
    return judge(knowledge.rule, weights, table[0], table[1]);
  });
}

std::optional<double> weight_of_pair(FunctionCallInfo fcinfo, RuleForm form) {
  if (has_null_argument(fcinfo, 2)) {
    return std::nullopt;
  }
  const MatchKnowledge* const knowledge = rule_argument(fcinfo, form);
  const LeadTexts texts = read_pair(fcinfo);
  return judge_pair(*knowledge, texts,
                    [](const dedup::MatchRule& rule, const dedup::MatchWeights& weights, const dedup::PackedLead& a,
                       const dedup::PackedLead& b) { return weights.of(compare(rule, a, b), a, b); });
}

Datum match_weight(FunctionCallInfo fcinfo, RuleForm form) {
  const std::optional<double> weight = weight_of_pair(fcinfo, form);
  if (!weight) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(*weight);
}

Datum match_probability(FunctionCallInfo fcinfo, RuleForm form) {
  const std::optional<double> weight = weight_of_pair(fcinfo, form);
  if (!weight) {
    PG_RETURN_NULL();
  }
  PG_RETURN_FLOAT8(dedup::probability_of(*weight));
}

Column text_column(std::string_view text) {
  return {PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size()))), false};
}

std::string_view test_of(const dedup::MatchLine& line) {
  switch (line.kind) {
    case dedup::MatchLine::Kind::level:
      return name_of(line.level->test);
    case dedup::MatchLine::Kind::frequency:
      return "frequency";
    case dedup::MatchLine::Kind::unknown:
      return "unknown";
    case dedup::MatchLine::Kind::prior:
      break;
  }
  return {};
}

Datum explain_match(FunctionCallInfo fcinfo, RuleForm form) {
  InitMaterializedSRF(fcinfo, 0);
  if (has_null_argument(fcinfo, 2)) {
    return Datum{0};
  }
  const MatchKnowledge* const knowledge = rule_argument(fcinfo, form);
  const LeadTexts texts = read_pair(fcinfo);
  const dedup::MatchLines lines =
      judge_pair(*knowledge, texts,
                 [](const dedup::MatchRule& rule, const dedup::MatchWeights& weights, const dedup::PackedLead& a,
                    const dedup::PackedLead& b) { return explain(rule, weights, a, b); });
  double total = 0;
  std::int32_t number = 0;
  for (const dedup::MatchLine& line : lines) {
    total += line.weight;
    const bool is_prior = line.kind == dedup::MatchLine::Kind::prior;
    const bool is_level = line.level != nullptr;
    const Column columns[] = {column(++number),
                              text_column(is_prior ? "prior" : name_of(line.subject)),
                              is_prior ? Column{} : text_column(test_of(line)),
                              is_level && has_limit(line.level->test) ? column(line.level->limit) : Column{},
                              is_level ? column(line.level->m) : Column{},
                              is_level ? column(line.level->u) : Column{},
                              column(line.weight),
                              column(total)};
    put_row(fcinfo, columns);
  }
  return Datum{0};
}

struct KeyHashes {
  std::array<std::int64_t, dedup::kMostKeys> hashes;
  std::size_t count;
};

Datum blocking_keys(FunctionCallInfo fcinfo, RuleForm form) {
  if (has_null_argument(fcinfo, 1)) {
    PG_RETURN_NULL();
  }
  const MatchKnowledge* const knowledge = rule_argument(fcinfo, form);
  const dedup::LeadText text = read_argument(fcinfo, kLeadA, columns_argument(fcinfo, kKeyColumns));
  MemoryContext const context = CurrentMemoryContext;
  KeyHashes keys = core_call([knowledge, &text, context] {
    ContextResource memory(context);
    StopToken stop = stop_token();
    dedup::FieldReader reader(knowledge->region, &memory);
    dedup::LeadTable table(&memory);
    dedup::LeadFields fields;
    reader.read(text, fields, stop);
    table.add(fields);
    KeyHashes found{};
    for (std::size_t key = 0; key < knowledge->rule.keys.size(); ++key) {
      if (const auto hash = key_hash(knowledge->rule, key, table, 0)) {
        found.hashes[found.count++] = static_cast<std::int64_t>(*hash);
      }
    }
    return found;
  });
  std::sort(keys.hashes.begin(), keys.hashes.begin() + static_cast<std::ptrdiff_t>(keys.count));
  Datum elements[dedup::kMostKeys];
  for (std::size_t i = 0; i < keys.count; ++i) {
    elements[i] = Int64GetDatum(keys.hashes[i]);
  }
  PG_RETURN_ARRAYTYPE_P(
      construct_array(elements, static_cast<int>(keys.count), INT8OID, sizeof(int64), true, TYPALIGN_DOUBLE));
}

}  // namespace

}  // namespace leadscore::pg

namespace pg = leadscore::pg;
using pg::RuleForm;

LEADSCORE_FUNCTION(leadscore_match_weight) { return pg::match_weight(fcinfo, RuleForm::stored); }
LEADSCORE_FUNCTION(leadscore_match_weight_document) { return pg::match_weight(fcinfo, RuleForm::document); }
LEADSCORE_FUNCTION(leadscore_match_probability) { return pg::match_probability(fcinfo, RuleForm::stored); }
LEADSCORE_FUNCTION(leadscore_match_probability_document) { return pg::match_probability(fcinfo, RuleForm::document); }
LEADSCORE_FUNCTION(leadscore_explain_match) { return pg::explain_match(fcinfo, RuleForm::stored); }
LEADSCORE_FUNCTION(leadscore_explain_match_document) { return pg::explain_match(fcinfo, RuleForm::document); }
LEADSCORE_FUNCTION(leadscore_blocking_keys) { return pg::blocking_keys(fcinfo, RuleForm::stored); }
LEADSCORE_FUNCTION(leadscore_blocking_keys_document) { return pg::blocking_keys(fcinfo, RuleForm::document); }
