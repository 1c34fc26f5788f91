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

void* ContextResource::do_allocate(std::size_t size, std::size_t alignment) {
  if (alignment > MAXIMUM_ALIGNOF) {
    throw std::bad_alloc();
  }
  return allocate_in_context(context_, size == 0 ? 1 : size);
}

void ContextResource::do_deallocate(void* pointer, std::size_t /*size*/, std::size_t /*alignment*/) { pfree(pointer); }

bool ContextResource::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
  const auto* resource = dynamic_cast<const ContextResource*>(&other);
  return resource != nullptr && resource->context_ == context_;
}

}  // namespace leadscore::pg
