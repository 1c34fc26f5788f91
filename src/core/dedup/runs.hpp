// Sorted items, by runs of those that belong together.
#pragma once

#include <cstddef>
#include <span>

namespace leadscore::dedup {

/// Calls visit(run) for each longest run of items of which the first is the same as each other: same(first, other).
template <class Item, class Same, class Visit>
void for_each_run(std::span<Item> items, Same same, Visit visit) {
  for (std::size_t begin = 0; begin < items.size();) {
    std::size_t end = begin + 1;
    while (end < items.size() && same(items[begin], items[end])) {
      ++end;
    }
    visit(items.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace leadscore::dedup
