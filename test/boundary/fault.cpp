// Makes the n-th allocation of a statement fail, or lets a cancel request arrive with it: in every memory context of
// the backend, and, where test/fault/operator_new.cpp is preloaded, in C++.
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string_view>

#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/proc.h"
}

namespace {

struct Fault {
  bool armed = false;
  bool cancels = false;
  bool fired = false;
  LocalTransactionId armed_by = InvalidLocalTransactionId;
  LocalTransactionId transaction = InvalidLocalTransactionId;  // the next one, where it is to fail
  int64 at = 0;
  int64 allocations = 0;
  int64 of_new = 0;
};
Fault fault;
MemoryContextMethods original;

// Only what the next transaction allocates while it runs. PostgreSQL itself cannot bear a failure while it ends one or
// writes its log.
bool fails_now() {
  if (!fault.armed || CritSectionCount > 0 || !IsTransactionState() || MyProc->lxid == fault.armed_by) {
    return false;
  }
  if (fault.transaction == InvalidLocalTransactionId) {
    fault.transaction = MyProc->lxid;
  }
  if (MyProc->lxid != fault.transaction) {
    return false;
  }
  if (++fault.allocations != fault.at) {
    return false;
  }
  fault.armed = false;
  fault.fired = true;
  if (fault.cancels) {
    QueryCancelPending = 1;
    InterruptPending = 1;
  }
  return !fault.cancels;
}

void* allocate(MemoryContext context, Size size) {
  return context != ErrorContext && fails_now() ? nullptr : original.alloc(context, size);
}

void* reallocate(MemoryContext context, void* pointer, Size size) {
  return context != ErrorContext && fails_now() ? nullptr : original.realloc(context, pointer, size);
}

// Before PostgreSQL reports a failed allocation it prints all its contexts, which would fill the disk here.
void describe(MemoryContext context, MemoryStatsPrintFunc print, void* passthru, MemoryContextCounters* totals,
              bool print_to_stderr) {
  if (!print_to_stderr) {
    original.stats(context, print, passthru, totals, print_to_stderr);
  }
}

bool new_fails_now() {
  const int64 before = fault.allocations;
  const bool fails = fails_now();
  fault.of_new += fault.allocations - before;
  return fails;
}

// All contexts of a kind share a table of methods, which the loader has made read-only.
void take_over_methods() {
  if (original.alloc != nullptr) {
    return;
  }
  auto* const methods = const_cast<MemoryContextMethods*>(TopMemoryContext->methods);
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(methods) / page * page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(methods + 1);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the page of an address
  if (mprotect(reinterpret_cast<void*>(begin), end - begin, PROT_READ | PROT_WRITE) != 0) {
    throw std::runtime_error("could not make the methods of memory contexts writable");
  }
  original = *methods;
  methods->alloc = allocate;
  methods->realloc = reallocate;
  methods->stats = describe;
  if (void* const symbol = dlsym(RTLD_DEFAULT, "leadscore_fault_of_new")) {
    *static_cast<bool (**)()>(symbol) = new_fails_now;
  }
}

}  // namespace

/// leadscore_boundary_arm(kind text, at bigint) returns void: in the transaction after this one, 'memory' makes the
/// allocation of this number fail, and 'cancel' asks the backend at that moment to cancel its query.
LEADSCORE_FUNCTION(leadscore_boundary_arm) {
  const std::string_view kind = text_to_cstring(PG_GETARG_TEXT_PP(0));
  const int64 at = PG_GETARG_INT64(1);
  if (kind != "memory" && kind != "cancel") {
    throw std::runtime_error("unknown kind of fault");
  }
  take_over_methods();
  fault = Fault{};
  fault.cancels = kind == "cancel";
  fault.armed_by = MyProc->lxid;
  fault.at = at;
  fault.armed = true;
  PG_RETURN_VOID();
}

/// leadscore_boundary_disarm() returns text: whether the fault came about, of how many allocations, how many of them in
/// C++.
LEADSCORE_FUNCTION(leadscore_boundary_disarm) {
  fault.armed = false;
  return CStringGetTextDatum(
      psprintf("%d " INT64_FORMAT " " INT64_FORMAT, fault.fired ? 1 : 0, fault.allocations, fault.of_new));
}
