// What fuzz targets share: promises that must hold, and bytes taken one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace leadscore::fuzz {

/// Ends the process, which the fuzzer takes for a finding, unless the promise holds.
inline void require(bool holds, const char* what) {
  if (!holds) {
    (void)std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

/// Takes bytes from the input; what is missing at its end is zero.
class ByteInput {
 public:
  explicit ByteInput(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    const std::span<const std::uint8_t> first = take(1);
    return first.empty() ? std::uint8_t{0} : first.front();
  }

  /// As many bytes as there are, at most `size`; a view of the input.
  std::span<const std::uint8_t> take(std::size_t size) {
    const std::span<const std::uint8_t> taken = bytes_.first(size < bytes_.size() ? size : bytes_.size());
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace leadscore::fuzz
