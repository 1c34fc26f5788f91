// The bytes of a state that one process hands to another: numbers from their highest byte, a check sum at the end.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace leadscore {

/// The CRC-32 of IEEE 802.3.
inline std::uint32_t crc32(std::span<const std::byte> bytes) noexcept {
  static constexpr std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t rest = i;
      for (int bit = 0; bit < 8; ++bit) {
        rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
      }
      table[i] = rest;
    }
    return table;
  }();
  std::uint32_t rest = 0xFFFFFFFFU;
  for (const std::byte byte : bytes) {
    rest = (rest >> 8) ^ kTable[(rest ^ std::to_integer<std::uint32_t>(byte)) & 0xFF];
  }
  return ~rest;
}

inline constexpr std::size_t kCheckSumBytes = 4;

/// Fills bytes of a known size from the front.
class StateWriter {
 public:
  explicit StateWriter(std::span<std::byte> bytes) noexcept : bytes_(bytes) {}

  void put(std::uint64_t number, std::size_t size = 8) noexcept {
    for (std::size_t i = size; i-- > 0;) {
      bytes_[used_++] = static_cast<std::byte>(number >> (8 * i) & 0xFF);
    }
  }
  void put(std::string_view text) noexcept {
    if (!text.empty()) {
      std::memcpy(bytes_.data() + used_, text.data(), text.size());
      used_ += text.size();
    }
  }
  /// The last to be put.
  void put_check_sum() noexcept { put(crc32(bytes_.first(used_)), kCheckSumBytes); }

 private:
  std::span<std::byte> bytes_;
  std::size_t used_ = 0;
};

/// Reads them again. What is not there is read as 0, and is_good() says that it was not.
class StateReader {
 public:
  explicit StateReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {
    if (bytes.size() < kCheckSumBytes) {
      is_good_ = false;
      bytes_ = {};
      return;
    }
    StateReader end(bytes.last(kCheckSumBytes), 0);
    bytes_ = bytes.first(bytes.size() - kCheckSumBytes);
    is_good_ = end.number(kCheckSumBytes) == crc32(bytes_);
  }

  std::uint64_t number(std::size_t size = 8) noexcept {
    std::uint64_t result = 0;
    for (const std::byte byte : take(size)) {
      result = result << 8 | std::to_integer<std::uint64_t>(byte);
    }
    return result;
  }
  std::string_view text(std::size_t size) noexcept {
    const std::span<const std::byte> taken = take(size);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - used_; }
  /// The check sum is right, and nothing was missing so far.
  [[nodiscard]] bool is_good() const noexcept { return is_good_; }

 private:
  StateReader(std::span<const std::byte> bytes, int /*without a check sum*/) noexcept : bytes_(bytes) {}

  std::span<const std::byte> take(std::size_t size) noexcept {
    if (size > left()) {
      is_good_ = false;
      return {};
    }
    used_ += size;
    return bytes_.subspan(used_ - size, size);
  }

  std::span<const std::byte> bytes_;
  std::size_t used_ = 0;
  bool is_good_ = true;
};

}  // namespace leadscore
