// The state of the aggregates that judge scores: what they need of every lead, customers and others apart.
#pragma once

#include "core/learn/auc_difference.hpp"
#include "core/learn/score_key.hpp"
#include "core/learn/scores_by_outcome.hpp"
#include "core/learn/word_bytes.hpp"
#include "pg/aggregate.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

template <class Item>
struct ItemArray {
  Item* items = nullptr;
  std::size_t count = 0;
  std::size_t capacity = 0;

  [[nodiscard]] std::span<Item> span() const { return {items, count}; }
};

/// What the keys are keys of.
enum class MetricInput : std::uint8_t { score, probability, score_pair };

/// Items are keys of scores, or pairs of them.
template <class Item>
struct MetricState {
  MetricInput input;
  bool has_parameter;  // the last argument of the aggregate: a confidence, a number of buckets
  double parameter;
  bool is_sorted;
  ItemArray<Item> customers;
  ItemArray<Item> others;

  [[nodiscard]] std::size_t count() const { return customers.count + others.count; }
};
using ScoreState = MetricState<std::uint64_t>;
using PairState = MetricState<learn::ScorePair>;
static_assert(std::is_trivially_destructible_v<ScoreState> && alignof(ScoreState) <= MAXIMUM_ALIGNOF);
static_assert(std::is_trivially_destructible_v<PairState> && alignof(PairState) <= MAXIMUM_ALIGNOF);

constexpr std::uint64_t kMetricFormat = 0x4C534D31;  // "LSM1"
constexpr std::size_t kMetricWords = 4 + 1;          // beside the keys
constexpr std::size_t kWordsBetweenInterrupts = 1 << 16;

template <class Item>
constexpr std::size_t kMostItems = sizeof(Item) == sizeof(std::uint64_t) ? learn::kMostScores : learn::kMostScorePairs;

template <class Item>
MetricState<Item>* make_metric_state(MemoryContext context, MetricInput input, std::optional<double> parameter) {
  return new (MemoryContextAlloc(context, sizeof(MetricState<Item>)))
      MetricState<Item>{input, parameter.has_value(), parameter.value_or(0), false, {}, {}};
}

template <class Item>
std::optional<double> parameter_of(const MetricState<Item>* state) {
  return state->has_parameter ? std::optional<double>(state->parameter) : std::nullopt;
}

/// Raises 22023 where rows of one group differ in the last argument.
template <class Item>
void check_same_parameter(const MetricState<Item>* state, std::optional<double> parameter) {
  if (parameter_of(state) != parameter) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
             errmsg("the last argument must be the same for all rows of a group"), errhint("GROUP BY it, too.")));
  }
}

template <class Item>
void check_room(const MetricState<Item>* state, std::size_t more) {
  if (more > kMostItems<Item> - state->count()) {
    ereport(ERROR,
            (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("more than %zu rows in one metric", kMostItems<Item>),
             errhint("Take a part of the rows, as with TABLESAMPLE, or GROUP BY something.")));
  }
}

template <class Item>
void reserve(MemoryContext context, ItemArray<Item>& array, std::size_t count) {
  if (count <= array.capacity) {
    return;
  }
  constexpr std::size_t kFirst = 8;
  const std::size_t doubled = array.capacity * 2 < kMostItems<Item> ? array.capacity * 2 : kMostItems<Item>;
  std::size_t capacity = doubled > kFirst ? doubled : kFirst;
  capacity = capacity > count ? capacity : count;
  const Size size = capacity * sizeof(Item);
  array.items = static_cast<Item*>(array.items == nullptr ? MemoryContextAllocHuge(context, size)
                                                          : repalloc_huge(array.items, size));
  array.capacity = capacity;
}

template <class Item>
void add_item(MemoryContext context, MetricState<Item>* state, const Item& item, bool is_customer) {
  ItemArray<Item>& array = is_customer ? state->customers : state->others;
  if (array.count == array.capacity) {
    reserve(context, array, array.count + 1);
  }
  check_room(state, 1);
  array.items[array.count++] = item;
  state->is_sorted = false;
}

/// Adds what `other` holds to a state, which is made if there is none.
template <class Item>
MetricState<Item>* merge_metric(MemoryContext context, MetricState<Item>* state, const MetricState<Item>* other) {
  if (state == nullptr) {
    state = make_metric_state<Item>(context, other->input, parameter_of(other));
  }
  check_same_parameter(state, parameter_of(other));
  check_room(state, other->count());
  const auto append = [=](ItemArray<Item>& array, const ItemArray<Item>& more) {
    if (more.count > 0) {
      reserve(context, array, array.count + more.count);
      std::memcpy(array.items + array.count, more.items, more.count * sizeof(Item));
      array.count += more.count;
    }
  };
  append(state->customers, other->customers);
  append(state->others, other->others);
  state->is_sorted = false;
  return state;
}

/// The combine function of an aggregate with such a state.
template <class Item>
Datum combine_metrics(FunctionCallInfo fcinfo) {
  auto* const state = state_argument<MetricState<Item>>(fcinfo, 0);
  const auto* const other = state_argument<MetricState<Item>>(fcinfo, 1);
  MemoryContext const context = aggregate_context(fcinfo);
  if (other == nullptr) {
    return state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(merge_metric(context, state, other));
}

inline void put_item(learn::WordWriter& writer, std::uint64_t key) { writer.put(key); }
inline void put_item(learn::WordWriter& writer, const learn::ScorePair& pair) {
  writer.put(pair.a);
  writer.put(pair.b);
}
inline void read_item(learn::WordReader& reader, std::uint64_t& key) { key = reader.word(); }
inline void read_item(learn::WordReader& reader, learn::ScorePair& pair) {
  pair.a = reader.word();
  pair.b = reader.word();
}

inline bool is_possible(std::uint64_t key, MetricInput input) {
  if (input == MetricInput::probability) {
    const double p = learn::score_of_key(key);
    return p >= 0 && p <= 1 && learn::is_score_key(key);
  }
  return learn::is_score_key(key);
}
inline bool is_possible(const learn::ScorePair& pair, MetricInput input) {
  return is_possible(pair.a, input) && is_possible(pair.b, input);
}

template <class Item>
bytea* bytes_of_metric(const MetricState<Item>* state) {
  constexpr std::size_t kWords = sizeof(Item) / learn::kWordBytes;
  const Size size = VARHDRSZ + (kMetricWords + state->count() * kWords) * learn::kWordBytes;
  auto* const result = static_cast<bytea*>(palloc(size));
  SET_VARSIZE(result, size);
  learn::WordWriter writer({reinterpret_cast<std::byte*>(VARDATA(result)), size - VARHDRSZ});
  writer.put(kMetricFormat << 32 | static_cast<std::uint64_t>(state->input) << 1 | (state->has_parameter ? 1 : 0));
  writer.put(std::bit_cast<std::uint64_t>(state->parameter));
  writer.put(state->customers.count);
  writer.put(state->others.count);
  for (const ItemArray<Item>* array : {&state->customers, &state->others}) {
    for (std::size_t i = 0; i < array->count; ++i) {
      if (i % kWordsBetweenInterrupts == 0) {
        CHECK_FOR_INTERRUPTS();
      }
      put_item(writer, array->items[i]);
    }
  }
  writer.put_check();
  return result;
}

[[noreturn]] inline void not_a_metric() {
  ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a part of a metric"),
                  errhint("Parts come from leadscore.auc_partial(), gains_partial() and reliability_partial(), each "
                          "with merges of its "
                          "own.")));
}

/// The state of such bytes, in the current memory context. Raises 22P03 for others.
template <class Item>
MetricState<Item>* metric_of_bytes(const bytea* bytes) {
  constexpr std::size_t kWords = sizeof(Item) / learn::kWordBytes;
  const std::size_t size = VARSIZE_ANY_EXHDR(bytes);
  if (size % learn::kWordBytes != 0 || size / learn::kWordBytes < kMetricWords) {
    not_a_metric();
  }
  learn::WordReader reader({reinterpret_cast<const std::byte*>(VARDATA_ANY(bytes)), size});
  const std::uint64_t head = reader.word();
  const auto parameter = std::bit_cast<double>(reader.word());
  const std::uint64_t customers = reader.word();
  const std::uint64_t others = reader.word();
  const auto input = static_cast<MetricInput>(head >> 1 & 3);
  const bool is_pair = input == MetricInput::score_pair;
  const std::size_t items = (reader.left() - 1) / kWords;
  if (head >> 32 != kMetricFormat || (head & 0xFFFFFFF8) != 0 || is_pair != (kWords == 2) || (head >> 1 & 3) > 2 ||
      (reader.left() - 1) % kWords != 0 || customers > items || others != items - customers ||
      items > kMostItems<Item>) {
    not_a_metric();
  }
  MetricState<Item>* const state = make_metric_state<Item>(
      CurrentMemoryContext, input, (head & 1) != 0 ? std::optional<double>(parameter) : std::nullopt);
  const auto read = [&](ItemArray<Item>& array, std::size_t count) {
    reserve(CurrentMemoryContext, array, count);
    for (; array.count < count; ++array.count) {
      if (array.count % kWordsBetweenInterrupts == 0) {
        CHECK_FOR_INTERRUPTS();
      }
      read_item(reader, array.items[array.count]);
      if (!is_possible(array.items[array.count], input)) {
        not_a_metric();
      }
    }
  };
  read(state->customers, customers);
  read(state->others, others);
  if (!reader.is_good_end()) {
    not_a_metric();
  }
  return state;
}

/// The state of a final function, sorted. Its order is no part of what it says.
inline ScoreState* sorted_state(FunctionCallInfo fcinfo) {
  auto* const state = state_argument<ScoreState>(fcinfo, 0);
  if (!state->is_sorted) {
    core_call([=] {
      StopToken stop = stop_token();
      learn::sort_scores({state->customers.span(), state->others.span()}, stop);
      return true;
    });
    state->is_sorted = true;
  }
  return state;
}

inline learn::ScoresByOutcome scores_of(const ScoreState* state) {
  return {state->customers.span(), state->others.span()};
}

}  // namespace leadscore::pg
