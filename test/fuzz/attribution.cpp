// Any bytes as what another process knows of journeys, their check sum made right: what is read has a result, survives
// being written, and joins itself.
#include "core/funnel/attribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/funnel/touch_list.hpp"
#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"
#include "fuzz_input.hpp"

namespace {

using leadscore::Error;
using leadscore::StopToken;
using leadscore::funnel::Attribution;
using leadscore::funnel::AttributionRule;
using leadscore::funnel::ChannelCredit;
using leadscore::funnel::TouchList;
using leadscore::fuzz::require;

using Bytes = std::vector<std::byte>;

template <class State>
Bytes bytes_of(const State& state) {
  StopToken stop;
  Bytes bytes(state.byte_size());
  state.write(bytes, stop);
  return bytes;
}

// How many conversions the result credits; nothing if the values are beyond the range of doubles.
std::optional<double> credited(const Attribution& state, std::pmr::memory_resource* memory) {
  StopToken stop;
  std::vector<ChannelCredit> rows(state.row_count());
  try {
    state.write_rows(rows, memory, stop);
  } catch (const Error&) {
    return std::nullopt;
  }
  double sum = 0;
  for (const ChannelCredit& row : rows) {
    require(row.conversions_credit >= 0 && std::isfinite(row.value_credit), "credits are numbers");
    require(row.removal_effect.value_or(0) >= 0 && row.removal_effect.value_or(0) <= 1, "an effect is a part");
    sum += row.conversions_credit;
  }
  require(sum == std::trunc(sum), "conversions are whole");
  return sum;
}

void check_attribution(const Bytes& bytes, std::pmr::memory_resource* memory) {
  StopToken stop;
  const std::optional<AttributionRule> rule = Attribution::rule_of(bytes);
  if (!rule) {
    return;
  }
  Attribution state(*rule, memory);
  if (!state.read(bytes, memory, stop)) {
    return;
  }
  const std::optional<double> conversions = credited(state, memory);
  Attribution copy(*rule, memory);
  require(copy.read(bytes_of(state), memory, stop), "what is written is read");
  require(credited(copy, memory) == conversions, "and says the same");
  try {
    copy.merge(state, memory, stop);
  } catch (const Error&) {
    return;  // too many journeys
  }
  const std::optional<double> twice = credited(copy, memory);
  require(!twice || !conversions || *twice == 2 * *conversions, "twice the journeys, twice the conversions");
}

void check_touches(const Bytes& bytes, std::pmr::memory_resource* memory) {
  StopToken stop;
  TouchList list(memory);
  if (!list.read(bytes, stop)) {
    return;
  }
  require(bytes_of(list) == bytes, "what is read is written again");
  list.merge(TouchList(list));
  std::vector<leadscore::funnel::Touch> touches(list.size());
  list.write_in_order(touches, stop);
  require(std::is_sorted(touches.begin(), touches.end(), [](const auto& a, const auto& b) { return a.at < b.at; }),
          "touches are in order");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::pmr::monotonic_buffer_resource memory;
  Bytes bytes(size + leadscore::kCheckSumBytes);
  std::transform(data, data + size, bytes.begin(), [](std::uint8_t byte) { return std::byte{byte}; });
  const std::span<std::byte> state = std::span<std::byte>(bytes).first(size);
  leadscore::StateWriter(std::span<std::byte>(bytes).last(leadscore::kCheckSumBytes))
      .put(leadscore::crc32(state), leadscore::kCheckSumBytes);
  check_attribution(bytes, &memory);
  check_touches(bytes, &memory);
  return 0;
}
