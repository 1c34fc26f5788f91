// Reads and writes UTF-8, one code point at a time, without ever trusting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace leadscore::contact {

/// What is not UTF-8 reads as this, one byte at a time.
inline constexpr char32_t kInvalid = 0xFFFD;

struct CodePoint {
  char32_t value = 0;
  std::uint8_t size = 0;  // in bytes; 0 at the end of the text
};

/// The code point at the start of the text. Overlong forms, surrogates, values beyond U+10FFFF and sequences that are
/// cut off are kInvalid, of one byte.
inline CodePoint decode(std::string_view text) noexcept {
  if (text.empty()) {
    return {};
  }
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const auto is_continuation = [byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  if (lead >= 0xC2 && lead < 0xE0 && text.size() > 1 && is_continuation(1)) {  // most letters: not worth the loop
    return {(lead & 0x1FU) << 6 | (byte(1) & 0x3FU), 2};
  }
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
    return {kInvalid, 1};
  }
  char32_t value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(i)) {
      return {kInvalid, 1};
    }
    value = value << 6 | (byte(i) & 0x3FU);
  }
  const bool is_overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool is_surrogate = value >= 0xD800 && value < 0xE000;
  if (is_overlong || is_surrogate || value > 0x10FFFF) {
    return {kInvalid, 1};
  }
  return {value, static_cast<std::uint8_t>(size)};
}

/// Writes a code point, which takes at most four bytes, and returns how many it took.
inline std::size_t encode(char32_t value, char* bytes) noexcept {
  const auto put = [bytes](std::size_t i, char32_t bits) { bytes[i] = static_cast<char>(bits); };
  if (value < 0x80) {
    put(0, value);
    return 1;
  }
  if (value < 0x800) {
    put(0, 0xC0U | value >> 6);
    put(1, 0x80U | (value & 0x3FU));
    return 2;
  }
  if (value < 0x10000) {
    put(0, 0xE0U | value >> 12);
    put(1, 0x80U | (value >> 6 & 0x3FU));
    put(2, 0x80U | (value & 0x3FU));
    return 3;
  }
  put(0, 0xF0U | value >> 18);
  put(1, 0x80U | (value >> 12 & 0x3FU));
  put(2, 0x80U | (value >> 6 & 0x3FU));
  put(3, 0x80U | (value & 0x3FU));
  return 4;
}

}  // namespace leadscore::contact
