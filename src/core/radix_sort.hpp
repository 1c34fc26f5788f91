// Sorts many elements by a 64-bit key.
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
inline constexpr std::size_t kFewElements = 32;     // up to which inserting each is faster
inline constexpr std::size_t kFewInPlace = 256;     // below which comparing is, without scratch memory
inline constexpr std::size_t kBlockElements = 256;  // that are gone through without asking whether to stop

struct DigitPlace {
  std::size_t next;  // where the next element of this digit goes
  std::size_t end;
};
using DigitPlaces = std::array<DigitPlace, kDigits>;

// Calls visit(element) for each.
template <class Element, class Visit>
void visit_all(std::span<Element> elements, Visit visit, StopToken& stop) {
  while (!elements.empty()) {
    const std::size_t count = std::min(elements.size(), kBlockElements);
    stop.check(static_cast<std::uint32_t>(count));
    for (const Element& element : elements.first(count)) {
      visit(element);
    }
    elements = elements.subspan(count);
  }
}

template <class Element, class Key>
void insertion_sort(std::span<Element> elements, Key key_of) {
  for (std::size_t i = 1; i < elements.size(); ++i) {
    const Element element = elements[i];
    const std::uint64_t key = key_of(element);
    std::size_t place = i;
    for (; place > 0 && key < key_of(elements[place - 1]); --place) {
      elements[place] = elements[place - 1];
    }
    elements[place] = element;
  }
}

// Brings every element into the part of its digit.
template <class Element, class Digit>
void part_in_place(std::span<Element> elements, Digit digit_of, std::span<DigitPlace> places, StopToken& stop) {
  for (std::size_t digit = 0; digit < places.size(); ++digit) {
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

// The same by way of as much other memory, in a third of the time: what is written goes forward in each part, and
// nothing waits for what was there.
template <class Element, class Digit>
void part_by_scratch(std::span<Element> elements, std::span<Element> scratch, Digit digit_of,
                     std::span<DigitPlace> places, StopToken& stop) {
  visit_all(
      elements, [&](const Element& element) { scratch[places[digit_of(element)].next++] = element; }, stop);
  std::copy_n(scratch.begin(), elements.size(), elements.begin());
}

}  // namespace detail

/// Sorts by key_of(element), ascending: an MSD radix sort that looks only at bits in which keys differ (the "American
/// flag sort" of P. M. McIlroy, K. Bostic, M. D. McIlroy, Computing Systems 6 (1993) 5-27). Linear in the number of
/// elements, at most 13 levels deep. Parts that find room in `scratch`, memory for elements whose values are of no use
/// before and after, are sorted about twice as fast; none is needed. Equal keys end in any order. Throws Cancelled if
/// asked to stop.
template <class Element, class Key>
void radix_sort(std::span<Element> elements, std::span<Element> scratch, Key key_of, StopToken& stop) {
  if (elements.size() <= detail::kFewElements) {
    stop.check(static_cast<std::uint32_t>(elements.size()));
    detail::insertion_sort(elements, key_of);
    return;
  }
  const std::uint64_t first = key_of(elements.front());
  std::uint64_t differing = 0;
  detail::visit_all(
      elements, [&](const Element& element) { differing |= key_of(element) ^ first; }, stop);
  if (differing == 0) {
    return;
  }
  const bool has_scratch = scratch.size() >= elements.size();
  if (!has_scratch && elements.size() < detail::kFewInPlace) {
    std::sort(elements.begin(), elements.end(),
              [&](const Element& a, const Element& b) { return key_of(a) < key_of(b); });
    return;
  }
  const int bits = std::min(detail::kDigitBits, static_cast<int>(std::bit_width(elements.size())) - 1);
  const int shift = std::max(0, static_cast<int>(std::bit_width(differing)) - bits);
  const std::size_t digits = std::size_t{1} << bits;
  const auto digit_of = [=](const Element& element) {
    return static_cast<std::size_t>(key_of(element) >> shift) & (digits - 1);
  };
  std::array<std::size_t, detail::kDigits> counts;
  std::fill_n(counts.begin(), digits, 0);
  detail::visit_all(
      elements, [&](const Element& element) { ++counts[digit_of(element)]; }, stop);
  detail::DigitPlaces all_places;
  const std::span places = std::span(all_places).first(digits);
  std::size_t end = 0;
  for (std::size_t digit = 0; digit < digits; ++digit) {
    places[digit].next = end;
    end += counts[digit];
    places[digit].end = end;
  }
  if (has_scratch) {
    detail::part_by_scratch(elements, scratch, digit_of, places, stop);
  } else {
    detail::part_in_place(elements, digit_of, places, stop);
  }
  if (shift > 0) {
    for (std::size_t digit = 0; digit < digits; ++digit) {
      if (counts[digit] > 1) {
        radix_sort(elements.subspan(places[digit].end - counts[digit], counts[digit]), scratch, key_of, stop);
      }
    }
  }
}

/// The same without other memory.
template <class Element, class Key>
void radix_sort(std::span<Element> elements, Key key_of, StopToken& stop) {
  radix_sort(elements, std::span<Element>(), key_of, stop);
}

}  // namespace leadscore
