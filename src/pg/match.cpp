// The SQL functions over two leads and their blocking keys.
#include <algorithm>

#include "core/dedup/match_weights.hpp"
#include "pg/composite.hpp"
#include "pg/document_cache.hpp"
#include "pg/guard.hpp"
#include "pg/lead_judge.hpp"
#include "pg/match_lead.hpp"
#include "pg/match_rule.hpp"

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
  check_is_row(fcinfo->flinfo, argument,
               "Pass the alias of the table or subquery, as in leadscore.match_weight('contact', a, b).");
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

const dedup::LeadFields* read_argument(FunctionCallInfo fcinfo, int argument, LeadJudge* judge, Jsonb* columns) {
  HeapTupleHeader const lead = lead_argument(fcinfo, argument);
  const KnownRow* const known = known_row(fcinfo->flinfo, argument, lead, columns);
  return read_fields(judge, read_lead(*known->found, known->row, lead));
}

void* compile(const DocumentReference& reference) {
  return make_lead_judge(*read_match_rule(reference), CurrentMemoryContext);
}

LeadJudge* rule_argument(FunctionCallInfo fcinfo, RuleForm form) {
  const DocumentReference reference = form == RuleForm::stored ? DocumentReference{PG_GETARG_TEXT_PP(0), nullptr}
                                                               : DocumentReference{nullptr, PG_GETARG_JSONB_P(0)};
  return static_cast<LeadJudge*>(find_document(fcinfo->flinfo, reference, compile));
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

struct LeadPair {
  const dedup::LeadFields* a;
  const dedup::LeadFields* b;
};

LeadPair read_pair(FunctionCallInfo fcinfo, LeadJudge* judge) {
  Jsonb* const columns = columns_argument(fcinfo, kPairColumns);
  const dedup::LeadFields* const a = read_argument(fcinfo, kLeadA, judge, columns);
  return {.a = a, .b = read_argument(fcinfo, kLeadB, judge, columns)};
}

std::optional<double> weight_of_pair(FunctionCallInfo fcinfo, RuleForm form) {
  if (has_null_argument(fcinfo, 2)) {
    return std::nullopt;
  }
  LeadJudge* const judge = rule_argument(fcinfo, form);
  const LeadPair pair = read_pair(fcinfo, judge);
  double weight = 0;
  weigh_leads(judge, *pair.a, {&pair.b, 1}, {&weight, 1});
  return weight;
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
  LeadJudge* const judge = rule_argument(fcinfo, form);
  const LeadPair pair = read_pair(fcinfo, judge);
  const dedup::MatchLines lines = explain_leads(judge, *pair.a, *pair.b);
  double total = 0;
  std::int32_t number = 0;
  for (const dedup::MatchLine& line : lines) {
    total += line.weight;
    const bool is_prior = line.kind == dedup::MatchLine::Kind::prior;
    const bool is_level = line.level != nullptr;
    const Column columns[] = {column(++number),
                              column(is_prior ? std::string_view("prior") : name_of(line.subject)),
                              is_prior ? Column{} : column(test_of(line)),
                              is_level && has_limit(line.level->test) ? column(line.level->limit) : Column{},
                              is_level ? column(line.level->m) : Column{},
                              is_level ? column(line.level->u) : Column{},
                              column(line.weight),
                              column(total)};
    put_row(fcinfo, columns);
  }
  return Datum{0};
}

Datum blocking_keys(FunctionCallInfo fcinfo, RuleForm form) {
  if (has_null_argument(fcinfo, 1)) {
    PG_RETURN_NULL();
  }
  LeadJudge* const judge = rule_argument(fcinfo, form);
  const dedup::LeadFields* const lead = read_argument(fcinfo, kLeadA, judge, columns_argument(fcinfo, kKeyColumns));
  const BlockingHashes keys = blocking_hashes(judge, *lead);
  std::int64_t hashes[dedup::kMostKeys];
  auto* const end = std::transform(keys.hashes, keys.hashes + keys.count, hashes,
                                   [](std::uint64_t hash) { return static_cast<std::int64_t>(hash); });
  std::sort(hashes, end);
  Datum elements[dedup::kMostKeys];
  std::transform(hashes, end, elements, [](std::int64_t hash) { return Int64GetDatum(hash); });
  PG_RETURN_ARRAYTYPE_P(construct_array(elements, keys.count, INT8OID, sizeof(int64), true, TYPALIGN_DOUBLE));
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
