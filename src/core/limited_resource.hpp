// Memory with a limit: what would go beyond it is an error that says what to set.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>

#include "core/error.hpp"

namespace leadscore {

/// Passes requests on to another resource and counts the bytes; a request beyond the limit throws
/// Error(limit_exceeded) that names the activity ("learning"), with the hint given.
class LimitedResource final : public std::pmr::memory_resource {
 public:
  /// A limit in bytes; the texts must outlive the resource.
  LimitedResource(std::size_t limit, const char* activity, const char* hint, std::pmr::memory_resource* upstream)
      : limit_(limit), activity_(activity), hint_(hint), upstream_(upstream) {}

  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
  [[nodiscard]] const char* hint() const noexcept { return hint_; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t most_used() const noexcept { return most_used_; }

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override {
    if (size > limit_ - used_) {
      throw Error(ErrorCode::limit_exceeded,
                  std::string(activity_) + " needs more than the " + std::to_string(limit_ >> 10) +
                      " kB of memory that it may use",
                  hint_);
    }
    void* pointer = upstream_->allocate(size, alignment);
    used_ += size;
    most_used_ = used_ > most_used_ ? used_ : most_used_;
    return pointer;
  }

  void do_deallocate(void* pointer, std::size_t size, std::size_t alignment) override {
    upstream_->deallocate(pointer, size, alignment);
    used_ -= size;
  }

  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t limit_;
  const char* activity_;
  const char* hint_;
  std::pmr::memory_resource* upstream_;
  std::size_t used_ = 0;
  std::size_t most_used_ = 0;
};

}  // namespace leadscore
