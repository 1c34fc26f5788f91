#include "core/dedup/short_text.hpp"

#include <array>
#include <cstdint>

#include "core/dedup/distance_by_bits.hpp"
#include "core/dedup/jaro_by_bits.hpp"

namespace leadscore::dedup {

namespace {

static_assert(kMostShortLetters == kWordBits);

// Where each letter stands in a pattern, as bits.
class LetterMask {
 public:
  // Only what is looked up is cleared: the whole table would take longer than all the rest.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
  LetterMask(std::string_view pattern, std::string_view text) noexcept {
    for (const char letter : text) {
      places_[slot_of(letter)] = 0;
    }
    for (const char letter : pattern) {
      places_[slot_of(letter)] = 0;
    }
    std::uint64_t bit = 1;
    for (const char letter : pattern) {
      places_[slot_of(letter)] |= bit;
      bit <<= 1;
    }
  }

  // Of a letter of the pattern or the text.
  std::uint64_t operator[](char letter) const noexcept { return places_[slot_of(letter)]; }

 private:
  static std::size_t slot_of(char letter) noexcept { return static_cast<unsigned char>(letter); }

  std::array<std::uint64_t, 256> places_;
};

// 64 letters are compared before anybody could ask to stop.
struct NeverStops {
  static void check() noexcept {}
};

template <bool kWithSwaps>
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) noexcept {
  const TextPair<std::string_view> pair = trimmed(a, b);
  if (pair.text.size() - pair.pattern.size() > limit) {
    return limit + 1;
  }
  if (pair.pattern.empty()) {
    return pair.text.size();
  }
  NeverStops stop;
  return distance_by_bits<kWithSwaps>(LetterMask(pair.pattern, pair.text), pair, limit, stop);
}

}  // namespace

double short_jaro(std::string_view a, std::string_view b) noexcept {
  if (a.empty() || b.empty()) {
    return a.empty() && b.empty() ? 1 : 0;
  }
  return jaro_by_bits(LetterMask(a, b), a, b);
}

double short_jaro_winkler(std::string_view a, std::string_view b) noexcept {
  return with_bonus(short_jaro(a, b), a, b);
}

std::size_t short_levenshtein(std::string_view a, std::string_view b, std::size_t limit) noexcept {
  return distance<false>(a, b, limit);
}

std::size_t short_osa(std::string_view a, std::string_view b, std::size_t limit) noexcept {
  return distance<true>(a, b, limit);
}

}  // namespace leadscore::dedup
