// An array of plain data that grows in the memory context in which it is filled.
#pragma once

#include <algorithm>
#include <span>

#include "pg/postgres.hpp"

namespace leadscore::pg {

template <class Element>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<Element>);

 public:
  void add(const Element& element) {
    if (count_ == capacity_) {
      grow();
    }
    elements_[count_++] = element;
  }
  [[nodiscard]] std::span<Element> all() { return {elements_, count_}; }
  [[nodiscard]] std::span<const Element> all() const { return {elements_, count_}; }

 private:
  void grow() {
    capacity_ = std::max<std::size_t>(8, capacity_ * 2);
    const Size size = sizeof(Element) * capacity_;
    elements_ = static_cast<Element*>(elements_ == nullptr ? MemoryContextAllocHuge(CurrentMemoryContext, size)
                                                           : repalloc_huge(elements_, size));
  }

  Element* elements_ = nullptr;
  std::size_t count_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace leadscore::pg
