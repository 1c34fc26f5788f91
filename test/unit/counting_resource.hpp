// Memory for tests: says what is allocated, can refuse, and lets nothing come from anywhere else.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <map>
#include <memory_resource>
#include <new>
#include <numeric>
#include <utility>

namespace leadscore::test {

/// Counts allocations and remembers the live ones; the allocation numbered `failing` (from 0) throws.
class CountingResource final : public std::pmr::memory_resource {
 public:
  explicit CountingResource(std::size_t failing = std::numeric_limits<std::size_t>::max()) : failing_(failing) {}
  CountingResource(const CountingResource&) = delete;
  CountingResource& operator=(const CountingResource&) = delete;
  ~CountingResource() override {
    for (const auto& [pointer, request] : live_) {
      ::operator delete (pointer, std::align_val_t{request.second});
    }
  }

  [[nodiscard]] std::size_t allocations() const noexcept { return allocations_; }
  [[nodiscard]] std::size_t live() const noexcept { return live_.size(); }
  [[nodiscard]] std::size_t live_bytes() const {
    return std::accumulate(live_.begin(), live_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& each) { return sum + each.second.first; });
  }

 private:
  using Request = std::pair<std::size_t, std::size_t>;  // size, alignment

  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (allocations_++ == failing_) {
      throw std::bad_alloc();
    }
    void* pointer = ::operator new (size, std::align_val_t{alignment});
    live_[pointer] = {size, alignment};
    return pointer;
  }

  void do_deallocate(void* pointer, std::size_t size, std::size_t alignment) override {
    const auto found = live_.find(pointer);
    if (found == live_.end()) {
      ADD_FAILURE() << "freed what was not allocated here";
      return;
    }
    EXPECT_EQ(found->second, Request(size, alignment));
    live_.erase(found);
    ::operator delete (pointer, std::align_val_t{alignment});
  }

  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t failing_;
  std::size_t allocations_ = 0;
  std::map<void*, Request> live_;
};

/// While it lives, whoever forgets to pass a memory resource on gets std::bad_alloc.
class NoDefaultResource {
 public:
  NoDefaultResource() : before_(std::pmr::set_default_resource(std::pmr::null_memory_resource())) {}
  NoDefaultResource(const NoDefaultResource&) = delete;
  NoDefaultResource& operator=(const NoDefaultResource&) = delete;
  ~NoDefaultResource() { std::pmr::set_default_resource(before_); }

 private:
  std::pmr::memory_resource* before_;
};

/// Builds again and again, each time with another allocation failing, until it succeeds; nothing may leak, and no
/// memory may come from elsewhere. Returns how many allocations failed.
template <class Build>
std::size_t fail_every_allocation(Build build) {
  constexpr std::size_t kLimit = 1'000;
  const NoDefaultResource no_default;
  for (std::size_t failing = 0; failing < kLimit; ++failing) {
    CountingResource memory(failing);
    try {
      const auto built = build(&memory);
      return failing;
    } catch (const std::bad_alloc&) {
      EXPECT_EQ(memory.live(), 0U) << "after allocation " << failing << " failed";
    }
  }
  ADD_FAILURE() << "memory is taken from elsewhere";
  return kLimit;
}

}  // namespace leadscore::test
