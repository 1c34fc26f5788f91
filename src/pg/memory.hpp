// C++ memory owned by PostgreSQL's memory contexts: what an error abandons, the context still frees.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A std::pmr resource over a memory context. Exhaustion is std::bad_alloc, never a longjmp through C++ frames.
class ContextResource final : public std::pmr::memory_resource {
 public:
  explicit ContextResource(MemoryContext context) noexcept : context_(context) {}

 private:
  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* pointer, std::size_t size, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

  MemoryContext context_;
};

/// Allocates in the context; throws std::bad_alloc where PostgreSQL would raise an error.
void* allocate_in_context(MemoryContext context, std::size_t size);

/// Makes a T that lives as long as the context: its destructor runs when the context is reset or deleted.
template <class T, class... Arguments>
T* make_in_context(MemoryContext context, Arguments&&... arguments) {
  struct Owned {
    MemoryContextCallback callback;
    alignas(T) std::byte storage[sizeof(T)];
  };
  std::size_t space = sizeof(Owned) + alignof(Owned);  // PostgreSQL aligns to MAXIMUM_ALIGNOF
  void* place = allocate_in_context(context, space);
  auto* owned = static_cast<Owned*>(std::align(alignof(Owned), sizeof(Owned), place, space));
  T* object = new (owned->storage) T(std::forward<Arguments>(arguments)...);
  owned->callback.func = [](void* pointer) { static_cast<T*>(pointer)->~T(); };
  owned->callback.arg = object;
  MemoryContextRegisterResetCallback(context, &owned->callback);  // links a list: it cannot fail
  return object;
}

}  // namespace leadscore::pg
