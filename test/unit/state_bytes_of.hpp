// The bytes of states, and bytes that are none but have a right check sum.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::test {

using Bytes = std::vector<std::byte>;

template <class State>
Bytes bytes_of(const State& state) {
  StopToken stop;
  Bytes bytes(state.byte_size());
  state.write(bytes, stop);
  return bytes;
}

/// The bytes with the check sum put right, which is the last of them.
inline Bytes with_check_sum(Bytes bytes) {
  const std::size_t size = bytes.size() - kCheckSumBytes;
  StateWriter writer(std::span<std::byte>(bytes).last(kCheckSumBytes));
  writer.put(crc32(std::span<const std::byte>(bytes).first(size)), kCheckSumBytes);
  return bytes;
}

}  // namespace leadscore::test
