// A list of a few elements that needs no memory of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace leadscore::dedup {

/// At most `Most` elements; a plain value if they are.
template <class T, std::size_t Most>
class BoundedList {
 public:
  static constexpr std::size_t kMost = Most;

  /// Adds an element if there is room.
  bool add(const T& element) noexcept {
    if (size_ == Most) {
      return false;
    }
    elements_[size_++] = element;
    return true;
  }
  void clear() noexcept { size_ = 0; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return elements_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return elements_[i]; }
  [[nodiscard]] const T& back() const noexcept { return elements_[size_ - 1]; }
  [[nodiscard]] T& back() noexcept { return elements_[size_ - 1]; }
  [[nodiscard]] T* begin() noexcept { return elements_.data(); }
  [[nodiscard]] T* end() noexcept { return elements_.data() + size_; }
  [[nodiscard]] const T* begin() const noexcept { return elements_.data(); }
  [[nodiscard]] const T* end() const noexcept { return elements_.data() + size_; }

 private:
  std::array<T, Most> elements_{};
  std::size_t size_ = 0;
};

}  // namespace leadscore::dedup
