// The SQL functions that look for duplicates in a relation.
#include "pg/composite.hpp"
#include "pg/duplicate_run.hpp"
#include "pg/guard.hpp"
#include "pg/interval_length.hpp"

namespace leadscore::pg {

namespace {

// Positions of the arguments that all functions share, and of those that only some have.
constexpr int kRelation = 0;
constexpr int kRule = 1;
constexpr int kKey = 2;
constexpr int kColumns = 3;
constexpr int kWithin = 4;
constexpr int kLabels = 4;
constexpr int kWindowMode = 5;
constexpr int kThreshold = 6;
constexpr int kLinks = 7;

void require(FunctionCallInfo fcinfo, int argument, const char* name) {
  if (PG_ARGISNULL(argument)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be NULL", name)));
  }
}

void refuse_argument(const char* message, const char* hint) {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message), errhint("%s", hint)));
}

// What the arguments say. Its memory lasts as long as the context.
struct Call {
  MemoryContext context;
  const MatchKnowledge* knowledge;
  dedup::MatchRule rule;  // with the threshold of the call
  WindowOptions window;
  std::span<const LinkedKeys> links;
  DuplicateInput* input;
};

std::int64_t within_argument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(kWithin)) {
    return dedup::kAnyTime;
  }
  const Interval* const within = PG_GETARG_INTERVAL_P(kWithin);
  if (within->month != 0) {
    refuse_argument("within must not have months, whose lengths differ", "Say it in days, as in interval '30 days'.");
  }
  const std::optional<std::int64_t> length = microseconds_of(within);
  if (!length || *length < 0) {
    refuse_argument("within must not be negative, nor longer than 292,000 years", "Give a time such as '30 days'.");
  }
  return *length;
}

dedup::WindowMode window_mode_argument(FunctionCallInfo fcinfo) {
  require(fcinfo, kWindowMode, "window_mode");
  const char* const mode = text_to_cstring(PG_GETARG_TEXT_PP(kWindowMode));
  if (strcmp(mode, "anchored") == 0) {
    return dedup::WindowMode::anchored;
  }
  if (strcmp(mode, "sliding") != 0) {
    refuse_argument(psprintf("unknown window_mode \"%s\"", mode), "The modes are anchored and sliding.");
  }
  return dedup::WindowMode::sliding;
}

double threshold_argument(FunctionCallInfo fcinfo, double otherwise) {
  if (PG_ARGISNULL(kThreshold)) {
    return otherwise;
  }
  const double threshold = PG_GETARG_FLOAT8(kThreshold);
  if (!(threshold > 0 && threshold < 1)) {
    refuse_argument("threshold must lie between 0 and 1", "It is the probability that two leads are one person.");
  }
  return threshold;
}

// Reads the rule and the leads into a context of the call's own.
Call begin_call(FunctionCallInfo fcinfo) {
  require(fcinfo, kRelation, "relation");
  require(fcinfo, kRule, "rule");
  require(fcinfo, kKey, "key");
  Call call{};
  call.context = AllocSetContextCreate(CurrentMemoryContext, "leadscore duplicates", ALLOCSET_DEFAULT_SIZES);
  call.knowledge = read_match_rule({PG_GETARG_TEXT_PP(kRule), nullptr});
  call.rule = call.knowledge->rule;
  return call;
}

void read_leads(FunctionCallInfo fcinfo, Call& call) {
  call.input = read_duplicate_input(PG_GETARG_OID(kRelation), text_to_cstring(PG_GETARG_TEXT_PP(kKey)),
                                    PG_ARGISNULL(kColumns) ? nullptr : PG_GETARG_JSONB_P(kColumns),
                                    call.window.within != dedup::kAnyTime, call.knowledge->region, call.context);
  if (call.input->without_key > 0) {
    ereport(NOTICE, (errmsg("duplicates: %zu leads without a key are left out", call.input->without_key)));
  }
}

Call begin_search(FunctionCallInfo fcinfo) {
  Call call = begin_call(fcinfo);
  call.window.within = within_argument(fcinfo);
  call.window.mode = window_mode_argument(fcinfo);
  call.rule.threshold = threshold_argument(fcinfo, call.rule.threshold);
  call.links = PG_ARGISNULL(kLinks) ? std::span<const LinkedKeys>{} : read_links(PG_GETARG_OID(kLinks));
  read_leads(fcinfo, call);
  return call;
}

std::size_t blocks_too_large(std::span<const dedup::BlockingReport> reports) {
  std::size_t count = 0;
  for (const dedup::BlockingReport& report : reports) {
    count += report.blocks_too_large;
  }
  return count;
}

// One line that says what the result rests on.
void tell(const dedup::DuplicateSearch& search) {
  const dedup::SearchReport& report = search.report();
  const char* const origin =
      report.origin_of_m == dedup::OriginOfM::trained_rule ? "m and u from the trained rule"
      : report.origin_of_m == dedup::OriginOfM::these_leads
          ? psprintf("u from these leads, m too (%zu blocking keys, %zu steps)", report.training_keys,
                     report.training_steps)
          : "u from these leads, m as the rule has it, for there are too few matches to learn from";
  const std::size_t too_large = blocks_too_large(search.blocking_reports());
  ereport(NOTICE,
          (errmsg("duplicates: %zu leads, %zu pairs compared, %zu matches; %s", report.leads, report.pairs,
                  report.matches, origin),
           too_large > 0 ? errdetail("%zu blocks are too large to compare all their pairs: there each lead is compared "
                                     "with the five that are most like it in the order of names.",
                                     too_large)
                         : 0,
           too_large > 0 ? errhint("leadscore.explain_blocking() shows them.") : 0));
}

Column key_column(const DuplicateInput& input, std::size_t lead) { return column(input.leads.key(lead)); }

Column days_apart(const DuplicateInput& input, const dedup::MatchEdge& pair) {
  const std::int64_t earlier = input.leads.table()[pair.a].at;
  const std::int64_t later = input.leads.table()[pair.b].at;
  if (TIMESTAMP_NOT_FINITE(earlier) || TIMESTAMP_NOT_FINITE(later)) {
    return {};
  }
  return column((static_cast<double>(later) - static_cast<double>(earlier)) / static_cast<double>(USECS_PER_DAY));
}

// Puts rows, whose memory is freed as it goes.
template <class Put>
void put_rows(std::size_t count, Put put) {
  constexpr std::size_t kRowsOfOneReset = 1024;
  MemoryContext const of_rows = AllocSetContextCreate(CurrentMemoryContext, "leadscore rows", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(of_rows);
  for (std::size_t i = 0; i < count; ++i) {
    put(i);
    if (i % kRowsOfOneReset == 0) {
      CHECK_FOR_INTERRUPTS();
      MemoryContextReset(of_rows);
    }
  }
  MemoryContextSwitchTo(caller);
  MemoryContextDelete(of_rows);
}

Datum find_duplicates(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  const Call call = begin_search(fcinfo);
  const FoundDuplicates found =
      core_call([&call] { return find_pairs(*call.input, call.rule, call.window, call.links, call.context); });
  tell(*found.search);
  put_rows(found.pairs.size(), [&](std::size_t i) {
    const dedup::MatchEdge& pair = found.pairs[i];
    const auto weight = static_cast<double>(pair.weight);
    const Column columns[] = {key_column(*call.input, pair.a), key_column(*call.input, pair.b), column(weight),
                              column(dedup::probability_of(weight)), days_apart(*call.input, pair)};
    put_row(fcinfo, columns);
  });
  MemoryContextDelete(call.context);
  return Datum{0};
}

Datum cluster_duplicates(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  const Call call = begin_search(fcinfo);
  const FoundDuplicates found =
      core_call([&call] { return find_clusters(*call.input, call.rule, call.window, call.links, call.context); });
  tell(*found.search);
  put_rows(found.cluster_of.size(), [&](std::size_t i) {
    const Column columns[] = {key_column(*call.input, i), key_column(*call.input, found.cluster_of[i]),
                              column(found.cluster_of[i] == i)};
    put_row(fcinfo, columns);
  });
  MemoryContextDelete(call.context);
  return Datum{0};
}

Column parts_column(const dedup::BlockingKey& key) {
  Datum parts[dedup::kMostKeyParts];
  std::size_t count = 0;
  for (const dedup::KeyPart& part : key) {
    const std::string_view field = name_of(part.field);
    const int size = static_cast<int>(field.size());
    parts[count++] = CStringGetTextDatum(part.letters == 0 ? psprintf("%.*s", size, field.data())
                                                           : psprintf("%.*s:%d", size, field.data(), part.letters));
  }
  return {PointerGetDatum(construct_array(parts, static_cast<int>(count), TEXTOID, -1, false, TYPALIGN_INT)), false};
}

Datum explain_blocking(FunctionCallInfo fcinfo) {
  InitMaterializedSRF(fcinfo, 0);
  Call call = begin_call(fcinfo);
  call.window.within = within_argument(fcinfo);
  read_leads(fcinfo, call);
  const auto reports =
      core_call([&call] { return report_blocking(*call.input, call.rule, call.window, call.context); });
  const std::size_t pairs = reports.empty() ? 0 : reports.front().all_pairs;
  put_rows(reports.size(), [&](std::size_t i) {
    const dedup::BlockingReport& report = reports[i];
    const Column columns[] = {
        column(static_cast<std::int32_t>(i + 1)),
        parts_column(call.rule.keys[i]),
        column(std::uint64_t{report.leads_with_key}),
        column(std::uint64_t{report.blocks}),
        column(std::uint64_t{report.pairs}),
        column(std::uint64_t{report.only_pairs}),
        pairs == 0 ? Column{} : column(static_cast<double>(report.only_pairs) / static_cast<double>(pairs)),
        column(std::uint64_t{report.most_leads}),
        column(std::uint64_t{report.blocks_too_large}),
        column(std::uint64_t{report.leads_in_too_large}),
        column(std::uint64_t{report.largest_block}),
        report.largest_block == 0 ? Column{} : key_column(*call.input, report.largest_lead)};
    put_row(fcinfo, columns);
  });
  MemoryContextDelete(call.context);
  return Datum{0};
}

Datum learn_match_rule(FunctionCallInfo fcinfo) {
  TupleDesc const row = result_row(fcinfo);
  Call call = begin_call(fcinfo);
  const auto labels = PG_ARGISNULL(kLabels) ? std::span<const LinkedKeys>{} : read_links(PG_GETARG_OID(kLabels));
  read_leads(fcinfo, call);
  const LearnedMatch learned =
      core_call([&] { return learn_match(*call.input, *call.knowledge, labels, call.context); });
  const dedup::SearchReport& report = learned.search->report();
  const Column columns[] = {{PG_GETARG_DATUM(kRule), false},
                            column(std::uint64_t{report.leads}),
                            column(std::uint64_t{report.pairs}),
                            column(std::uint64_t{report.matches}),
                            column(std::uint64_t{learned.persons}),
                            column(report.prior),
                            column(report.origin_of_m == dedup::OriginOfM::these_leads ? "leads" : "rule"),
                            column(static_cast<std::int32_t>(report.training_keys)),
                            column(static_cast<std::int32_t>(report.training_steps)),
                            column(report.training_matches),
                            column(std::uint64_t{learned.labels}),
                            column(std::uint64_t{blocks_too_large(learned.search->blocking_reports())})};
  TupleDesc const report_row = lookup_rowtype_tupdesc_copy(TupleDescAttr(row, 1)->atttypid, -1);
  const Column results[] = {{DirectFunctionCall1(jsonb_in, CStringGetDatum(learned.document)), false},
                            {make_row(report_row, columns), false}};
  const Datum result = make_row(row, results);
  MemoryContextDelete(call.context);
  return result;
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_find_duplicates) { return leadscore::pg::find_duplicates(fcinfo); }
LEADSCORE_FUNCTION(leadscore_cluster_duplicates) { return leadscore::pg::cluster_duplicates(fcinfo); }
LEADSCORE_FUNCTION(leadscore_explain_blocking) { return leadscore::pg::explain_blocking(fcinfo); }
LEADSCORE_FUNCTION(leadscore_learn_match) { return leadscore::pg::learn_match_rule(fcinfo); }
