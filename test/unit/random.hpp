// Random numbers for tests: the same with every standard library, unlike those of std::uniform_*_distribution.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

namespace leadscore::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  bool chance(double probability) { return fraction() < probability; }
  double number(double from, double to) { return from + (to - from) * fraction(); }
  double whole(int from, int to) {
    return from + static_cast<double>(below(static_cast<std::uint32_t>(to - from + 1)));
  }
  /// A number between -1 and 1, times a power of two with an exponent in [from, to].
  double magnitude(int from, int to) { return std::ldexp(number(-1, 1), static_cast<int>(whole(from, to))); }

  template <class Container>
  auto& one_of(Container& items) {
    return items[below(static_cast<std::uint32_t>(items.size()))];
  }
  template <class Container>
  void shuffle(Container& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  double fraction() { return std::ldexp(static_cast<double>(engine_() >> 11), -53); }

  std::mt19937_64 engine_;
};

}  // namespace leadscore::test
