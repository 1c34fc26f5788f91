// MD5 (RFC 1321), by which the reference models split their data.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

namespace leadscore::test {

/// The first 32 bits of the MD5 digest of a text, as the first 8 digits of its usual form are read.
inline std::uint32_t md5_head(std::string text) {
  constexpr std::array<std::array<int, 4>, 4> kShifts{
      {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
  const std::uint64_t bits = text.size() * 8;
  text += '\x80';
  text.resize((text.size() + 8 + 63) / 64 * 64);
  for (std::size_t i = 0; i < 8; ++i) {
    text[text.size() - 8 + i] = static_cast<char>(bits >> (8 * i));
  }
  std::array<std::uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::array<std::uint32_t, 16> words{};
    for (std::size_t i = 0; i < 64; ++i) {
      words[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[block + i])) << (8 * (i % 4));
    }
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t round = i / 16;
      const std::uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                                  : round == 1 ? (d & b) | (~d & c)
                                  : round == 2 ? b ^ c ^ d
                                               : c ^ (b | ~d);
      const std::size_t word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
      const auto sine =
          static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 0x1p32));
      const std::uint32_t next = b + std::rotl(a + mixed + sine + words[word % 16], kShifts[round][i % 4]);
      a = d;
      d = c;
      c = b;
      b = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
  }
  std::uint32_t head = 0;
  for (int i = 0; i < 4; ++i) {
    head = head << 8 | (state[0] >> (8 * i) & 0xFF);
  }
  return head;
}

}  // namespace leadscore::test
