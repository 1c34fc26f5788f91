// The aggregate behind leadscore.train(): reads the leads in one pass into compact columns, and learns from them. Its
// parts, training_partial(), are these columns as bytes, headed by what training_merge() is to do with them.
#include <algorithm>

#include "core/limited_resource.hpp"
#include "core/learn/training.hpp"
#include "core/learn/training_data.hpp"
#include "core/learn/training_document.hpp"
#include "core/learn/training_memory.hpp"
#include "pg/aggregate.hpp"
#include "pg/core_state.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/notice_observer.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

// Positions of the arguments of the transition function.
constexpr int kState = 0;
constexpr int kOutcome = 1;
constexpr int kAt = 2;
constexpr int kKnownAt = 3;
constexpr int kMethod = 4;
constexpr int kBinning = 5;
constexpr int kPenalty = 6;
constexpr int kByTime = 7;
constexpr int kForce = 8;
constexpr int kMostLeads = 9;
constexpr int kExpressions = 10;
constexpr int kFirstFeature = 11;

constexpr std::size_t kRowsOfOneLook = 1U << 16;  // at the clock

constexpr const char* kMemoryHint =
    "Raise maintenance_work_mem, name fewer features, or learn from a sample of the leads: most_leads.";

const char* message_of(learn::TrainingObserver::Step step) noexcept {
  using Step = learn::TrainingObserver::Step;
  switch (step) {
    case Step::order:
      return "train: ordering %zu leads";
    case Step::fold:
      return "train: choosing the penalty, fold %zu";
    case Step::judge:
      return "train: learning from the %zu older leads, to judge by the newest";
    case Step::fit:
      return "train: learning from %zu leads";
    case Step::newton:
      break;
  }
  return "train: fitting, step %zu";
}

struct TrainingState {
  TrainingState(MemoryContext context, std::span<const learn::ColumnKind> kinds, std::size_t most)
      : resource(context),
        memory(static_cast<std::size_t>(maintenance_work_mem) * 1024, "learning", kMemoryHint, &resource),
        data(kinds, &memory, most),
        most_leads(most) {}

  ContextResource resource;
  LimitedResource memory;
  learn::TrainingData data;
  learn::TrainingOptions options;
  std::size_t most_leads;
  std::span<learn::ColumnText> columns;
  std::span<learn::Cell> cells;
  NoticeClock clock;
};

learn::Method method_of(std::string_view name) {
  if (name == "logistic") {
    return learn::Method::logistic;
  }
  if (name == "naive_bayes") {
    return learn::Method::naive_bayes;
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("unknown method \"%.*s\"", static_cast<int>(name.size()), name.data()),
                  errhint("The methods are logistic and naive_bayes.")));
}

void set_quantiles(learn::TrainingOptions& options) {
  options.binning.method = learn::BinningMethod::quantile;
  options.binning.most_ranges = 10;
}

void set_binning(learn::TrainingOptions& options, std::string_view name) {
  if (name == "auto") {
    options.binning.method = learn::BinningMethod::significance;
  } else if (name == "monotone") {
    options.binning.method = learn::BinningMethod::monotone;
  } else if (name == "quantile") {
    set_quantiles(options);
  } else if (name == "none") {
    options.raw = true;
  } else {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("unknown binning \"%.*s\"", static_cast<int>(name.size()), name.data()),
                    errhint("The binnings are auto, monotone, quantile and none.")));
  }
}

learn::ValueStyle style_of(Oid type) {
  switch (type) {
    case FLOAT8OID:
      return learn::ValueStyle::number;
    case BOOLOID:
      return learn::ValueStyle::boolean;
    case TEXTOID:
      return learn::ValueStyle::text;
    default:
      ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a feature of type %s", format_type_be(type)),
                      errhint("Features are of type double precision, text or boolean.")));
  }
}

learn::ColumnKind kind_of(learn::ValueStyle style) {
  return style == learn::ValueStyle::number ? learn::ColumnKind::numeric : learn::ColumnKind::categorical;
}

void read_columns(FunctionCallInfo fcinfo, MemoryContext context, std::span<learn::ColumnText> columns,
                  std::span<learn::ColumnKind> kinds) {
  Datum* expressions = nullptr;
  int count = 0;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(kExpressions), TEXTOID, -1, false, TYPALIGN_INT, &expressions, nullptr,
                    &count);
  if (static_cast<std::size_t>(count) != columns.size()) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("%d expressions for %zu features", count, columns.size())));
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view expression = view_of(DatumGetTextPP(expressions[i]));
    auto* copy = static_cast<char*>(MemoryContextAlloc(context, expression.size() + 1));
    memcpy(copy, expression.data(), expression.size());
    columns[i].expression = {copy, expression.size()};
    columns[i].style = style_of(get_fn_expr_argtype(fcinfo->flinfo, kFirstFeature + static_cast<int>(i)));
    kinds[i] = kind_of(columns[i].style);
  }
}

template <class T>
std::span<T> make_array(MemoryContext context, std::size_t count) {
  static_assert(std::is_trivially_destructible_v<T>);
  auto* items = static_cast<T*>(MemoryContextAlloc(context, (count + 1) * sizeof(T)));
  for (std::size_t i = 0; i < count; ++i) {
    new (items + i) T{};
  }
  return {items, count};
}

std::size_t most_leads_of(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(kMostLeads)) {
    return learn::TrainingData::kNoSample;
  }
  const std::int64_t most_leads = PG_GETARG_INT64(kMostLeads);
  if (most_leads < 1) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("most_leads must be at least 1")));
  }
  return static_cast<std::size_t>(most_leads);
}

TrainingState* make_empty_state(MemoryContext context, std::span<learn::ColumnText> columns,
                                std::span<learn::ColumnKind> kinds, std::size_t most_leads) {
  auto* const state = core_call([=] { return make_in_context<TrainingState>(context, context, kinds, most_leads); });
  state->columns = columns;
  state->cells = make_array<learn::Cell>(context, columns.size());
  return state;
}

TrainingState* make_state(FunctionCallInfo fcinfo, MemoryContext context) {
  for (const int argument : {kMethod, kBinning, kByTime, kForce, kExpressions}) {
    if (PG_ARGISNULL(argument)) {
      ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                      errmsg("method, binning, by_time, force and expressions must not be NULL")));
    }
  }
  const auto count = static_cast<std::size_t>(PG_NARGS() - kFirstFeature);
  const std::span columns = make_array<learn::ColumnText>(context, count);
  const std::span kinds = make_array<learn::ColumnKind>(context, count);
  read_columns(fcinfo, context, columns, kinds);
  const std::size_t most_leads = most_leads_of(fcinfo);
  TrainingState* const state = make_empty_state(context, columns, kinds, most_leads);
  state->options.method = method_of(view_of(PG_GETARG_TEXT_PP(kMethod)));
  set_binning(state->options, view_of(PG_GETARG_TEXT_PP(kBinning)));
  if (!PG_ARGISNULL(kPenalty)) {
    state->options.penalty = PG_GETARG_FLOAT8(kPenalty);
  }
  state->options.by_time = PG_GETARG_BOOL(kByTime);
  state->options.force = PG_GETARG_BOOL(kForce);
  return state;
}

learn::Cell cell_of(FunctionCallInfo fcinfo, int argument, learn::ValueStyle style) {
  if (PG_ARGISNULL(argument)) {
    return {};
  }
  switch (style) {
    case learn::ValueStyle::number:
      return learn::Cell::of(PG_GETARG_FLOAT8(argument));
    case learn::ValueStyle::boolean:
      return learn::Cell::of(std::string_view(PG_GETARG_BOOL(argument) ? "true" : "false"));
    case learn::ValueStyle::text:
      break;
  }
  return learn::Cell::of(view_of(PG_GETARG_TEXT_PP(argument)));
}

// What heads a part: what is to be learned from the leads that follow it. Parts whose heads differ in a byte are not of
// one training.
constexpr std::uint64_t kPartFormat = 0x4C535431;  // "LST1"
constexpr std::size_t kFormatBytes = 4;
constexpr std::size_t kOptionBytes = 5 + sizeof(double) + sizeof(std::uint64_t);
constexpr std::size_t kColumnBytes = 1 + 4;
constexpr std::size_t kColumnCountBytes = 4;
constexpr std::uint64_t kNoBins = 3;  // beside the methods of binning

std::size_t head_size(std::span<const learn::ColumnText> columns) {
  std::size_t size = kFormatBytes + kOptionBytes + kColumnCountBytes;
  for (const learn::ColumnText& column : columns) {
    size += kColumnBytes + column.expression.size();
  }
  return size;
}

void write_head(StateWriter& writer, const TrainingState& state) {
  const learn::TrainingOptions& options = state.options;
  writer.put(kPartFormat, kFormatBytes);
  writer.put(static_cast<std::uint64_t>(options.method), 1);
  writer.put(options.raw ? kNoBins : static_cast<std::uint64_t>(options.binning.method), 1);
  writer.put(options.by_time ? 1 : 0, 1);
  writer.put(options.force ? 1 : 0, 1);
  writer.put(options.penalty ? 1 : 0, 1);
  writer.put(std::bit_cast<std::uint64_t>(options.penalty.value_or(0)));
  writer.put(state.most_leads);
  writer.put(state.columns.size(), kColumnCountBytes);
  for (const learn::ColumnText& column : state.columns) {
    writer.put(static_cast<std::uint64_t>(column.style), 1);
    writer.put(column.expression.size(), 4);
    writer.put(column.expression);
  }
}

[[noreturn]] void not_a_training_part() {
  ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a part of a training"),
                  errhint("Parts come from leadscore.training_partial().")));
}

bool is_database_text(std::string_view text) {
  return pg_verify_mbstr(GetDatabaseEncoding(), text.data(), static_cast<int>(text.size()), true);
}

std::uint64_t at_most(std::uint64_t most, std::uint64_t number) {
  if (number > most) {
    not_a_training_part();
  }
  return number;
}

// An empty state of the head of a part.
TrainingState* state_of_head(MemoryContext context, StateReader& reader) {
  if (!reader.is_good() || reader.number(kFormatBytes) != kPartFormat) {
    not_a_training_part();
  }
  learn::TrainingOptions options;
  options.method = static_cast<learn::Method>(at_most(1, reader.number(1)));
  const std::uint64_t binning = at_most(kNoBins, reader.number(1));
  options.raw = binning == kNoBins;
  if (static_cast<learn::BinningMethod>(binning) == learn::BinningMethod::quantile) {
    set_quantiles(options);
  } else if (!options.raw) {
    options.binning.method = static_cast<learn::BinningMethod>(binning);
  }
  options.by_time = at_most(1, reader.number(1)) != 0;
  options.force = at_most(1, reader.number(1)) != 0;
  const bool has_penalty = at_most(1, reader.number(1)) != 0;
  const auto penalty = std::bit_cast<double>(reader.number());
  options.penalty = has_penalty ? std::optional<double>(penalty) : std::nullopt;
  const std::uint64_t most_leads = reader.number();
  const std::uint64_t count = at_most(FUNC_MAX_ARGS, reader.number(kColumnCountBytes));
  const std::span columns = make_array<learn::ColumnText>(context, count);
  const std::span kinds = make_array<learn::ColumnKind>(context, count);
  for (std::size_t i = 0; i < count; ++i) {
    columns[i].style = static_cast<learn::ValueStyle>(
        at_most(static_cast<std::uint64_t>(learn::ValueStyle::boolean), reader.number(1)));
    const std::string_view expression = reader.text(reader.number(4));
    if (!is_database_text(expression)) {
      not_a_training_part();
    }
    auto* copy = static_cast<char*>(MemoryContextAlloc(context, expression.size() + 1));
    memcpy(copy, expression.data(), expression.size());
    columns[i].expression = {copy, expression.size()};
    kinds[i] = kind_of(columns[i].style);
  }
  if (!reader.is_good() || count == 0 || most_leads == 0) {
    not_a_training_part();
  }
  TrainingState* const state = make_empty_state(context, columns, kinds, most_leads);
  state->options = options;
  return state;
}

// Goes past the head of a part of the same training as the state.
void skip_same_head(StateReader& reader, const TrainingState& state) {
  const std::size_t size = head_size(state.columns);
  auto* const expected = static_cast<std::byte*>(palloc(size));
  StateWriter writer({expected, size});
  write_head(writer, state);
  const std::string_view head = reader.text(size);
  if (head.size() == size && memcmp(head.data(), expected, size) == 0) {
    return;
  }
  if (head.size() < kFormatBytes || memcmp(head.data(), expected, kFormatBytes) != 0) {
    not_a_training_part();
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("parts of different trainings cannot be joined"),
                  errhint("Give training_partial() the same method, binning, penalty, by_time, force, most_leads, "
                          "expressions and types of features everywhere.")));
}

bytea* bytes_of_training(const TrainingState* state) {
  const std::size_t size = head_size(state->columns) + state->data.byte_size() + kCheckSumBytes;
  if (size > MaxAllocSize - VARHDRSZ) {
    ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("a part of a training would take %zu bytes", size),
                    errdetail("A value has at most %zu.", MaxAllocSize - VARHDRSZ),
                    errhint("Make parts of fewer leads, or a sample of them: most_leads.")));
  }
  auto* const result = static_cast<bytea*>(palloc(VARHDRSZ + size));
  SET_VARSIZE(result, VARHDRSZ + size);
  core_call([=] {
    StopToken stop = stop_token();
    StateWriter writer({reinterpret_cast<std::byte*>(VARDATA(result)), size});
    write_head(writer, *state);
    state->data.write(writer, stop);
    writer.put_check_sum();
    return true;
  });
  return result;
}

// The model as JSON, in memory of the context.
std::string_view learn_from(TrainingState& state, MemoryContext context) {
  StopToken stop = stop_token();
  learn::check_memory(state.data, state.options, state.memory);
  NoticeObserver<learn::TrainingObserver> observer(state.clock, message_of);
  state.data.settle(stop, &observer);
  const learn::TrainedModel model = learn::train(state.data, state.options, stop, &state.memory, &observer);
  const auto document = learn::training_document(state.data, model, state.columns, &state.memory);
  auto* copy = static_cast<char*>(allocate_in_context(context, document.size()));
  std::copy(document.begin(), document.end(), copy);
  return {copy, document.size()};
}

}  // namespace

}  // namespace leadscore::pg

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_training_transition) {
  MemoryContext const context = pg::aggregate_context(fcinfo);
  auto* state = pg::state_argument<pg::TrainingState>(fcinfo, pg::kState);
  if (state == nullptr) {
    state = pg::make_state(fcinfo, context);
  }
  if (PG_ARGISNULL(pg::kOutcome)) {
    PG_RETURN_POINTER(state);
  }
  for (std::size_t i = 0; i < state->cells.size(); ++i) {
    state->cells[i] = pg::cell_of(fcinfo, pg::kFirstFeature + static_cast<int>(i), state->columns[i].style);
  }
  learn::LeadOutcome outcome{.won = PG_GETARG_BOOL(pg::kOutcome)};
  outcome.at = PG_ARGISNULL(pg::kAt) ? 0 : PG_GETARG_TIMESTAMPTZ(pg::kAt);
  outcome.known_at = PG_ARGISNULL(pg::kKnownAt) ? learn::LeadOutcome::kAlways : PG_GETARG_TIMESTAMPTZ(pg::kKnownAt);
  pg::core_call([=] {
    state->data.add(state->cells, outcome);
    return true;
  });
  if (state->data.rows_seen() % pg::kRowsOfOneLook == 0 && state->clock.is_due()) {
    ereport(NOTICE, (errmsg("train: %zu leads read", state->data.rows_seen())));
  }
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_training_final) {
  auto* state = pg::state_argument<pg::TrainingState>(fcinfo, pg::kState);
  if (state == nullptr) {
    PG_RETURN_NULL();
  }
  MemoryContext const context = CurrentMemoryContext;
  const std::string_view document = pg::core_call([=] { return pg::learn_from(*state, context); });
  PG_RETURN_TEXT_P(cstring_to_text_with_len(document.data(), static_cast<int>(document.size())));
}

LEADSCORE_FUNCTION(leadscore_training_serialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_BYTEA_P(pg::bytes_of_training(pg::state_argument<pg::TrainingState>(fcinfo, pg::kState)));
}

LEADSCORE_FUNCTION(leadscore_training_merge_transition) {
  auto* state = pg::state_argument<pg::TrainingState>(fcinfo, pg::kState);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, state);
  }
  MemoryContext const context = pg::aggregate_context(fcinfo);
  leadscore::StateReader reader(pg::span_of(PG_GETARG_BYTEA_PP(1)));
  if (state == nullptr) {
    state = pg::state_of_head(context, reader);
  } else if (reader.is_good()) {
    pg::skip_same_head(reader, *state);
  }
  const bool is_read = reader.is_good() && pg::core_call([=]() mutable {
                         leadscore::StopToken stop = pg::stop_token();
                         return state->data.read(reader, pg::is_database_text, stop);
                       });
  if (!is_read) {
    pg::not_a_training_part();
  }
  PG_RETURN_POINTER(state);
}
