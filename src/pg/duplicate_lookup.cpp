// The SQL functions that ask a duplicate index: have_we_met(), is_duplicate(), and what was noted of pairs.
#include <algorithm>

#include "core/dedup/match_weights.hpp"
#include "pg/composite.hpp"
#include "pg/duplicate_judgement.hpp"
#include "pg/duplicate_person.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

Oid relation_argument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(0)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the relation must not be null")));
  }
  const Oid relation = PG_GETARG_OID(0);
  if (get_rel_relkind(relation) == '\0') {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no relation with the OID %u", relation)));
  }
  if (pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) != ACLCHECK_OK) {
    aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(relation));
  }
  return relation;
}

// The lead that is asked about.
struct AskedLead {
  dedup::LeadText text;
  const char* lead_id;  // if it is a lead of the table, else an empty text, which no lead has
};

// A row of the table itself, or of any other type that has columns for the roles.
AskedLead read_asked_lead(FunctionCallInfo fcinfo, const DuplicateIndex& index) {
  check_is_row(fcinfo->flinfo, 1,
               "Pass the alias of a table or subquery, as in SELECT m.* FROM leads AS l, "
               "leadscore.have_we_met('leads', l) AS m.");
  HeapTupleHeader const row = PG_GETARG_HEAPTUPLEHEADER(1);
  const Oid row_type = HeapTupleHeaderGetTypeId(row);
  TupleDesc const row_columns = lookup_rowtype_tupdesc_copy(row_type, HeapTupleHeaderGetTypMod(row));
  const bool is_of_table = row_type == get_rel_type_id(index.relation);
  Jsonb* const given = PG_ARGISNULL(2) ? nullptr : PG_GETARG_JSONB_P(2);
  const LeadColumns* const columns =
      find_lead_columns(row_columns, is_of_table && given == nullptr ? index.columns : given);
  AskedLead asked{.text = read_lead(*columns, row_columns, row), .lead_id = ""};
  if (is_of_table) {
    bool is_null = false;
    const Datum key = GetAttributeByName(row, index.key, &is_null);
    asked.lead_id = is_null ? "" : OutputFunctionCall(const_cast<FmgrInfo*>(&index.key_output), key);
  }
  if (asked.text.at == dedup::LeadText::kNoTime) {
    asked.text.at = GetCurrentTransactionStartTimestamp();
  }
  return asked;
}

// Takes away the leads that row-level security hides from the caller.
std::span<JudgedLead> visible_leads(const DuplicateIndex& index, std::span<JudgedLead> leads) {
  if (leads.empty() || check_enable_rls(index.relation, InvalidOid, true) != RLS_ENABLED) {
    return leads;
  }
  auto* const ids = static_cast<Datum*>(palloc(sizeof(Datum) * leads.size()));
  std::transform(leads.begin(), leads.end(), ids,
                 [](const JudgedLead& lead) { return CStringGetTextDatum(lead.lead_id); });
  const Datum all =
      PointerGetDatum(construct_array(ids, static_cast<int>(leads.size()), TEXTOID, -1, false, TYPALIGN_INT));
  const char* const table =
      quote_qualified_identifier(get_namespace_name(get_rel_namespace(index.relation)), get_rel_name(index.relation));
  const char* const query = psprintf(
      "SELECT i.n FROM pg_catalog.unnest($1) WITH ORDINALITY AS i (id, n) WHERE EXISTS "
      "(SELECT FROM %s AS l WHERE l.%s::pg_catalog.text OPERATOR(pg_catalog.=) i.id)",
      table, quote_identifier(index.key));
  SPI_connect();
  Oid types[] = {TEXTARRAYOID};
  Datum values[] = {all};
  if (SPI_execute_with_args(query, 1, types, values, nullptr, true, 0) != SPI_OK_SELECT) {
    elog(ERROR, "leads could not be looked up");
  }
  std::size_t count = 0;
  for (std::uint64_t i = 0; i < SPI_processed; ++i) {
    bool is_null = false;
    const int64 number = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &is_null));
    std::swap(leads[count++], leads[static_cast<std::size_t>(number - 1)]);
  }
  SPI_finish();
  return leads.first(count);
}

Datum have_we_met(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  const Oid relation = relation_argument(fcinfo);
  if (PG_ARGISNULL(1)) {
    return Datum{0};
  }
  DuplicateIndex* const index = require_duplicate_index(relation);
  const AskedLead asked = read_asked_lead(fcinfo, *index);
  const dedup::LeadFields* const fields = read_fields(index->judge, asked.text);
  const ContactKeys keys = contact_keys(index->secret, blocking_hashes(index->judge, *fields));
  std::span<JudgedLead> leads = judge_sharers(*index, *fields, keys, asked.lead_id, GetActiveSnapshot());
  const auto* const end = std::remove_if(leads.data(), leads.data() + leads.size(),
                                         [](const JudgedLead& lead) { return lead.verdict == Verdict::different; });
  leads = visible_leads(*index, leads.first(static_cast<std::size_t>(end - leads.data())));
  std::sort(leads.begin(), leads.end(), [](const JudgedLead& a, const JudgedLead& b) {
    return a.weight != b.weight ? a.weight > b.weight : strcmp(a.lead_id, b.lead_id) < 0;
  });
  for (const JudgedLead& lead : leads) {
    put_row(fcinfo, {column(lead.lead_id), column(lead.weight), column(dedup::probability_of(lead.weight))});
  }
  return Datum{0};
}

// Writes the pairs that count into the result.
struct EdgeWriter {
  FunctionCallInfo fcinfo;
  DuplicateIndex* index;
  Snapshot snapshot;
};

void write_edge(const NotedPair& pair, void* argument) {
  const auto* const writer = static_cast<EdgeWriter*>(argument);
  if (const auto probability = probability_of_pair(*writer->index, pair, writer->snapshot)) {
    put_row(writer->fcinfo, {column(pair.lead), column(pair.other), column(*probability)});
  }
}

Datum duplicate_edges(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  const Oid relation = relation_argument(fcinfo);
  DuplicateIndex* const index = require_duplicate_index(relation);
  const char* const lead = PG_ARGISNULL(1) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(1));
  EdgeWriter writer{fcinfo, index, GetActiveSnapshot()};
  visit_noted_pairs(relation, lead, writer.snapshot, write_edge, &writer);
  return Datum{0};
}

const char* duplicate_index_problem(Oid relation) {
  const DuplicateIndex* const index = find_duplicate_index(relation);
  return index == nullptr ? "there is no duplicate index" : index->broken;
}

// Where row-level security hides leads, the query that reads them as the caller settles it.
bool repeats_visible_lead(Oid relation, Datum lead_id) {
  if (SPI_connect() != SPI_OK_CONNECT) {
    elog(ERROR, "SPI_connect failed");
  }
  Oid types[] = {OIDOID, TEXTOID};
  Datum values[] = {ObjectIdGetDatum(relation), lead_id};
  if (SPI_execute_with_args("SELECT FROM leadscore.settled_duplicates($1::pg_catalog.regclass, $2) AS d "
                            "WHERE d.lead_id OPERATOR(pg_catalog.=) $2",
                            2, types, values, nullptr, true, 1) != SPI_OK_SELECT) {
    elog(ERROR, "duplicates could not be settled");
  }
  const bool repeats = SPI_processed > 0;
  SPI_finish();
  return repeats;
}

bool repeats_earlier(FunctionCallInfo fcinfo, DuplicateIndex& index, bool looks_for_others) {
  if (fcinfo->flinfo->fn_extra == nullptr) {
    fcinfo->flinfo->fn_extra = begin_settled_persons(fcinfo->flinfo->fn_mcxt);
  }
  auto* const settled = static_cast<SettledPersons*>(fcinfo->flinfo->fn_extra);
  return repeats_earlier_lead(index, text_to_cstring(PG_GETARG_TEXT_PP(1)), GetActiveSnapshot(), settled,
                              looks_for_others);
}

Datum is_duplicate(FunctionCallInfo fcinfo) {
  const Oid relation = relation_argument(fcinfo);
  DuplicateIndex* const index = require_duplicate_index(relation);
  if (check_enable_rls(relation, InvalidOid, true) == RLS_ENABLED) {
    PG_RETURN_BOOL(repeats_visible_lead(relation, PG_GETARG_DATUM(1)));
  }
  PG_RETURN_BOOL(repeats_earlier(fcinfo, *index, false));
}

Datum changed_persons(FunctionCallInfo fcinfo) {
  DuplicateIndex* const index = find_duplicate_index(PG_GETARG_OID(0));
  if (index == nullptr || index->broken != nullptr) {
    PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
  }
  Datum* leads = nullptr;
  bool* nulls = nullptr;
  int given = 0;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &leads, &nulls, &given);
  auto* const lead_ids = static_cast<const char**>(palloc(sizeof(const char*) * static_cast<Size>(given + 1)));
  std::size_t count = 0;
  for (int i = 0; i < given; ++i) {
    if (!nulls[i]) {
      lead_ids[count++] = TextDatumGetCString(leads[i]);
    }
  }
  const std::span<const char* const> found =
      leads_of_persons(*index, {lead_ids, count}, PG_GETARG_BOOL(2), GetActiveSnapshot());
  auto* const texts =
      static_cast<Datum*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * (found.size() + 1)));
  std::transform(found.begin(), found.end(), texts, [](const char* lead_id) { return CStringGetTextDatum(lead_id); });
  PG_RETURN_ARRAYTYPE_P(construct_array(texts, static_cast<int>(found.size()), TEXTOID, -1, false, TYPALIGN_INT));
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_have_we_met) { return leadscore::pg::have_we_met(fcinfo); }
LEADSCORE_FUNCTION(leadscore_is_duplicate) { return leadscore::pg::is_duplicate(fcinfo); }
LEADSCORE_FUNCTION(leadscore_judge_duplicate) {
  PG_RETURN_BOOL(
      leadscore::pg::repeats_earlier(fcinfo, *leadscore::pg::require_duplicate_index(PG_GETARG_OID(0)), true));
}
LEADSCORE_FUNCTION(leadscore_leads_of_persons) { return leadscore::pg::changed_persons(fcinfo); }
LEADSCORE_FUNCTION(leadscore_duplicate_edges) { return leadscore::pg::duplicate_edges(fcinfo); }
LEADSCORE_FUNCTION(leadscore_check_duplicate_index) {
  leadscore::pg::require_duplicate_index(leadscore::pg::relation_argument(fcinfo));
  PG_RETURN_VOID();
}

LEADSCORE_FUNCTION(leadscore_duplicate_index_problem) {
  const char* const problem = leadscore::pg::duplicate_index_problem(PG_GETARG_OID(0));
  if (problem == nullptr) {
    PG_RETURN_NULL();
  }
  PG_RETURN_TEXT_P(cstring_to_text(problem));
}
