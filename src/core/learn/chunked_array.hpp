// A growing array in chunks: appending never moves what is there, so growth needs no second copy in memory.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <type_traits>
#include <utility>
#include <vector>

namespace leadscore::learn {

template <class T>
class ChunkedArray {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  static constexpr std::size_t kChunkBits = 12;
  static constexpr std::size_t kChunk = std::size_t{1} << kChunkBits;

  using allocator_type = std::pmr::polymorphic_allocator<>;

  explicit ChunkedArray(const allocator_type& memory) : chunks_(memory) {}
  ChunkedArray(ChunkedArray&&) noexcept = default;
  ChunkedArray(ChunkedArray&& other, const allocator_type& memory)
      : chunks_(std::move(other.chunks_), memory), size_(other.size_) {}
  ChunkedArray(const ChunkedArray&) = delete;
  ChunkedArray& operator=(const ChunkedArray&) = delete;
  /// Both have the same memory resource.
  ChunkedArray& operator=(ChunkedArray&& other) noexcept {
    chunks_.swap(other.chunks_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ChunkedArray() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Makes room for one more element, so that the next push_back() cannot fail.
  void reserve_one() {
    if (size_ == chunks_.size() * kChunk) {
      chunks_.emplace_back(kChunk);
    }
  }

  void push_back(T value) {
    reserve_one();
    chunks_[size_ >> kChunkBits][size_ & (kChunk - 1)] = value;
    ++size_;
  }

  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return chunks_[i >> kChunkBits][i & (kChunk - 1)]; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return chunks_[i >> kChunkBits][i & (kChunk - 1)]; }

 private:
  std::pmr::vector<std::pmr::vector<T>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace leadscore::learn
