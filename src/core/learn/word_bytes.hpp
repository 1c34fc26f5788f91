// The bytes of a large state: 64-bit words from their highest byte, the last of them a check of the others.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace leadscore::learn {

inline constexpr std::size_t kWordBytes = 8;

/// A check of words that sees any one that is changed, and is cheap enough for hundreds of millions of them.
class WordCheck {
 public:
  void add(std::uint64_t word) noexcept { value_ = std::rotl(value_ ^ word, 27) * 0x9E3779B97F4A7C15U; }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0x4C6561647321;
};

namespace detail {
inline std::uint64_t from_highest_byte(std::uint64_t word) noexcept {
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}
}  // namespace detail

/// Fills bytes of a known size, a multiple of kWordBytes, from the front.
class WordWriter {
 public:
  explicit WordWriter(std::span<std::byte> bytes) noexcept : bytes_(bytes) {}

  void put(std::uint64_t word) noexcept {
    check_.add(word);
    const std::uint64_t bytes = detail::from_highest_byte(word);
    std::memcpy(bytes_.data() + used_, &bytes, kWordBytes);
    used_ += kWordBytes;
  }
  /// The last to be put.
  void put_check() noexcept { put(check_.value()); }

 private:
  std::span<std::byte> bytes_;
  std::size_t used_ = 0;
  WordCheck check_;
};

/// Reads them again.
class WordReader {
 public:
  explicit WordReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  /// How many words are left, the check included.
  [[nodiscard]] std::size_t left() const noexcept { return (bytes_.size() - used_) / kWordBytes; }
  /// There must be one left.
  std::uint64_t word() noexcept {
    const std::uint64_t word = next();
    check_.add(word);
    return word;
  }
  /// True if the check is the last word, and right.
  bool is_good_end() noexcept { return bytes_.size() - used_ == kWordBytes && next() == check_.value(); }

 private:
  std::uint64_t next() noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, bytes_.data() + used_, kWordBytes);
    used_ += kWordBytes;
    return detail::from_highest_byte(bytes);
  }

  std::span<const std::byte> bytes_;
  std::size_t used_ = 0;
  WordCheck check_;
};

}  // namespace leadscore::learn
