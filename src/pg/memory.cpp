#include "pg/memory.hpp"

namespace leadscore::pg {

void* allocate_in_context(MemoryContext context, std::size_t size) {
  if (!AllocHugeSizeIsValid(size)) {  // with such a size PostgreSQL raises an error even under MCXT_ALLOC_NO_OOM
    throw std::bad_alloc();
  }
  void* memory = MemoryContextAllocExtended(context, size, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

// PostgreSQL aligns to MAXIMUM_ALIGNOF. For more, a larger piece is taken, and where it began is noted before the place
// that is given out.
void* ContextResource::do_allocate(std::size_t size, std::size_t alignment) {
  if (alignment <= MAXIMUM_ALIGNOF) {
    return allocate_in_context(context_, size == 0 ? 1 : size);
  }
  std::size_t space = 0;
  if (__builtin_add_overflow(size, alignment + sizeof(void*), &space)) {
    throw std::bad_alloc();
  }
  void* const piece = allocate_in_context(context_, space);
  void* place = static_cast<void**>(piece) + 1;
  space -= sizeof(void*);
  std::align(alignment, size, place, space);
  static_cast<void**>(place)[-1] = piece;
  return place;
}

void ContextResource::do_deallocate(void* pointer, std::size_t /*size*/, std::size_t alignment) {
  pfree(alignment <= MAXIMUM_ALIGNOF ? pointer : static_cast<void**>(pointer)[-1]);
}

bool ContextResource::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  const auto* resource = dynamic_cast<const ContextResource*>(&other);
  return resource != nullptr && resource->context_ == context_;
}

}  // namespace leadscore::pg
