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
  ChunkedArray(const ChunkedArray&) = delete;
  ChunkedArray& operator=(const ChunkedArray&) = delete;
  ~ChunkedArray() = default;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Makes room for one more element, so that the next append() can follow.
  void reserve_one() {
    if (size_ == chunks_.size() * kChunk) {
      chunks_.emplace_back(kChunk);
    }
    if (size_ % kChunk == 0) {
      end_ = chunks_[size_ >> kChunkBits].data();
    }
  }

  /// Adds an element, for which reserve_one() has made room.
  void append(T value) noexcept {
    *end_++ = value;
    ++size_;
  }

  void push_back(T value) {
    reserve_one();
    append(value);
  }

  /// Keeps the first elements; gives nothing back.
  void truncate(std::size_t size) noexcept {
    size_ = size;
    end_ = size % kChunk == 0 ? nullptr : chunks_[size >> kChunkBits].data() + size % kChunk;
  }

  /// Exchanges the elements with those of another of the same memory resource.
  void swap(ChunkedArray& other) noexcept {
    chunks_.swap(other.chunks_);
    std::swap(size_, other.size_);
    std::swap(end_, other.end_);
  }

  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return chunks_[i >> kChunkBits][i & (kChunk - 1)]; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return chunks_[i >> kChunkBits][i & (kChunk - 1)]; }

 private:
  std::pmr::vector<std::pmr::vector<T>> chunks_;
  std::size_t size_ = 0;
  T* end_ = nullptr;  // where the next element goes
};

}  // namespace leadscore::learn
