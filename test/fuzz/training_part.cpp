// Any bytes as a part of what a model is learned from, their check sum made right: what is read can be settled,
// survives being written, and joins itself. The first byte says how large a sample is wanted, 0 for all leads.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/learn/training_data.hpp"
#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"
#include "fuzz_input.hpp"

namespace {

using leadscore::StateReader;
using leadscore::StateWriter;
using leadscore::StopToken;
using leadscore::fuzz::require;
using leadscore::learn::ColumnKind;
using leadscore::learn::TrainingData;

using Bytes = std::vector<std::byte>;

constexpr ColumnKind kKinds[] = {ColumnKind::numeric, ColumnKind::categorical, ColumnKind::categorical};

Bytes with_check_sum(std::span<const std::byte> state) {
  Bytes bytes(state.begin(), state.end());
  bytes.resize(state.size() + leadscore::kCheckSumBytes);
  StateWriter(std::span<std::byte>(bytes).last(leadscore::kCheckSumBytes))
      .put(leadscore::crc32(state), leadscore::kCheckSumBytes);
  return bytes;
}

Bytes bytes_of(const TrainingData& data) {
  StopToken stop;
  Bytes bytes(data.byte_size());
  StateWriter writer(bytes);
  data.write(writer, stop);
  return with_check_sum(bytes);
}

bool read(TrainingData& data, const Bytes& bytes) {
  StopToken stop;
  StateReader reader(bytes);
  return data.read(
      reader, [](std::string_view text) { return text.find('\0') == std::string_view::npos; }, stop);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::size_t most = data[0] == 0 ? TrainingData::kNoSample : data[0];
  const Bytes bytes = with_check_sum(std::as_bytes(std::span(data + 1, size - 1)));
  std::pmr::monotonic_buffer_resource memory;
  TrainingData first(kKinds, &memory, most);
  if (!read(first, bytes)) {
    return 0;
  }
  TrainingData copy(kKinds, &memory, most);
  require(read(copy, bytes_of(first)), "what is written is read");
  require(copy.rows() == first.rows() && copy.wins() == first.wins(), "with all its leads");
  require(copy.rows_seen() == first.rows_seen() && copy.wins_seen() == first.wins_seen(),
          "and those it is a sample of");
  if (first.rows_seen() < TrainingData::kMostRows) {
    require(read(copy, bytes_of(first)), "it joins itself");
    require(copy.rows_seen() == 2 * first.rows_seen(), "twice the leads");
  }
  first.settle();
  copy.settle();
  return 0;
}
