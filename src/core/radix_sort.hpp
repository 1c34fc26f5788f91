// Sorts many elements by a 64-bit key, in place.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/stop_token.hpp"

namespace leadscore {

namespace detail {

inline constexpr int kDigitBits = 8;
inline constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
inline constexpr std::size_t kFewElements = 256;  // below it comparing is faster

struct DigitPlace {
  std::size_t next = 0;  // where the next element of this digit goes
  std::size_t end = 0;
};
using DigitPlaces = std::array<DigitPlace, kDigits>;

// Brings every element into the part of its digit.
template <class Element, class Digit>
void part_by_digit(std::span<Element> elements, Digit digit_of, DigitPlaces& places, StopToken& stop) {
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    DigitPlace& place = places[digit];
    while (place.next < place.end) {
      stop.check();
      Element element = elements[place.next];
      for (std::size_t its = digit_of(element); its != digit; its = digit_of(element)) {
        std::swap(element, elements[places[its].next++]);
      }
      elements[place.next++] = element;
    }
  }
}

}  // namespace detail

/// Sorts by key_of(element), ascending: an MSD radix sort that looks only at bits in which keys differ (the "American
/// flag sort" of P. M. McIlroy, K. Bostic, M. D. McIlroy, Computing Systems 6 (1993) 5-27). No memory but the stack, at
/// most 8 levels deep, linear in the number of elements. Equal keys end in any order. Throws Cancelled if asked to
/// stop.
template <class Element, class Key>
void radix_sort(std::span<Element> elements, Key key_of, StopToken& stop) {
  if (elements.size() < detail::kFewElements) {
    stop.check();
    std::sort(elements.begin(), elements.end(),
              [&](const Element& a, const Element& b) { return key_of(a) < key_of(b); });
    return;
  }
  const std::uint64_t first = key_of(elements.front());
  std::uint64_t differing = 0;
  for (const Element& element : elements) {
    stop.check();
    differing |= key_of(element) ^ first;
  }
  if (differing == 0) {
    return;
  }
  const int shift = std::max(0, static_cast<int>(std::bit_width(differing)) - detail::kDigitBits);
  const auto digit_of = [=](const Element& element) {
    return static_cast<std::size_t>(key_of(element) >> shift) & (detail::kDigits - 1);
  };
  std::array<std::size_t, detail::kDigits> counts{};
  for (const Element& element : elements) {
    stop.check();
    ++counts[digit_of(element)];
  }
  detail::DigitPlaces places;
  std::size_t end = 0;
  for (std::size_t digit = 0; digit < detail::kDigits; ++digit) {
    places[digit].next = end;
    end += counts[digit];
    places[digit].end = end;
  }
  detail::part_by_digit(elements, digit_of, places, stop);
  if (shift > 0) {
    for (std::size_t digit = 0; digit < detail::kDigits; ++digit) {
      if (counts[digit] > 1) {
        radix_sort(elements.subspan(places[digit].end - counts[digit], counts[digit]), key_of, stop);
      }
    }
  }
}

}  // namespace leadscore
