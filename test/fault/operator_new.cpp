// Preloaded into a test server: lets the boundary module make C++ allocations fail. Never installed.
#include <cstdlib>
#include <new>

extern "C" {
/// Called before each allocation, which fails where it says so.
[[gnu::visibility("default")]] bool (*leadscore_fault_of_new)() = nullptr;
}

[[gnu::visibility("default")]] void* operator new(std::size_t size) {
  void* const memory =
      leadscore_fault_of_new != nullptr && leadscore_fault_of_new() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

[[gnu::visibility("default")]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::visibility("default")]] void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
