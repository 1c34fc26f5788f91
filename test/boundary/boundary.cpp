// A module that throws, loops and fails on purpose, to test the boundary between C++ and PostgreSQL. Never installed.
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pg/guard.hpp"
#include "pg/memory.hpp"

extern "C" {
#include "storage/ipc.h"
PG_MODULE_MAGIC;
}

namespace {

namespace pg = leadscore::pg;

int64 live_objects = 0;
int64 destroyed_objects = 0;

// What must be destroyed, whatever happens.
struct Tracked {
  Tracked() { ++live_objects; }
  Tracked(const Tracked& /*other*/) { ++live_objects; }
  Tracked& operator=(const Tracked&) = default;
  ~Tracked() {
    --live_objects;
    ++destroyed_objects;
  }
};

// A megabyte that the optimiser cannot do without: a destructor that is skipped shows in the process's size.
class Megabyte {
 public:
  Megabyte() : bytes_(1U << 20U, 'x') { asm volatile("" : : "r"(bytes_.data()) : "memory"); }

 private:
  std::vector<char> bytes_;
};

const char* text_argument(FunctionCallInfo fcinfo, int position) {
  return text_to_cstring(PG_GETARG_TEXT_PP(position));
}

Datum divide_by_zero() { return DirectFunctionCall2(int4div, Int32GetDatum(1), Int32GetDatum(0)); }

void add_dead_context(void* /*argument*/) { errcontext("a frame that is no more"); }

[[noreturn]] void loop_forever() {
  leadscore::StopToken token = pg::stop_token();
  for (;;) {
    token.check();
  }
}

// Fails in the way that is asked for, under live objects that are worth a megabyte.
void fail(std::string_view kind, const char* message, const char* hint) {
  using leadscore::Error;
  using leadscore::ErrorCode;
  const std::vector<Tracked> objects(10);
  const Megabyte memory;
  if (kind == "runtime_error") {
    throw std::runtime_error(message);
  }
  if (kind == "invalid_argument") {
    throw Error(ErrorCode::invalid_argument, message, hint);
  }
  if (kind == "out_of_range") {
    throw Error(ErrorCode::out_of_range, message, hint);
  }
  if (kind == "limit_exceeded") {
    throw Error(ErrorCode::limit_exceeded, message, hint);
  }
  if (kind == "bad_alloc") {
    throw std::bad_alloc();
  }
  if (kind == "integer") {
    throw 42;
  }
  if (kind == "cancelled") {
    throw leadscore::Cancelled{};
  }
  if (kind == "postgres") {
    pg::pg_call([] { return divide_by_zero(); });
  }
  if (kind == "dead_context") {
    ErrorContextCallback callback{error_context_stack, add_dead_context, nullptr};
    error_context_stack = &callback;
    throw std::runtime_error(message);
  }
  if (kind == "loop") {
    loop_forever();
  }
}

// What the postmaster's log says of objects in a backend that ends: nobody can ask it any more.
void log_live_objects(int /*code*/, Datum /*argument*/) {
  ereport(LOG, (errmsg("live objects at the end of the backend: " INT64_FORMAT, live_objects)));
}

}  // namespace

/// leadscore_boundary_fail(kind text, message text, hint text) returns void
LEADSCORE_FUNCTION(leadscore_boundary_fail) {
  const char* const kind = text_argument(fcinfo, 0);
  const char* const message = text_argument(fcinfo, 1);
  const char* const hint = text_argument(fcinfo, 2);
  fail(kind, message, hint);
  PG_RETURN_VOID();
}

/// leadscore_boundary_divide() returns int: PostgreSQL's own error, with no C++ object alive and no pg_call.
LEADSCORE_FUNCTION(leadscore_boundary_divide) { return divide_by_zero(); }

/// leadscore_boundary_loop() returns void: ends only when PostgreSQL asks for it.
LEADSCORE_FUNCTION(leadscore_boundary_loop) {
  on_proc_exit(log_live_objects, Datum{0});
  const std::vector<Tracked> objects(1000);
  const Megabyte memory;
  loop_forever();
}

/// leadscore_boundary_execute(command text) returns void: an SQL command under live C++ objects.
LEADSCORE_FUNCTION(leadscore_boundary_execute) {
  const char* const command = text_argument(fcinfo, 0);
  const std::vector<Tracked> objects(10);
  pg::pg_call([command] {
    SPI_connect();
    SPI_execute(command, false, 0);
    SPI_finish();
  });
  PG_RETURN_VOID();
}

LEADSCORE_FUNCTION(leadscore_boundary_live_objects) { PG_RETURN_INT64(live_objects); }

LEADSCORE_FUNCTION(leadscore_boundary_destroyed_objects) { PG_RETURN_INT64(destroyed_objects); }

/// leadscore_boundary_allocate(size bigint, alignment bigint) returns void
LEADSCORE_FUNCTION(leadscore_boundary_allocate) {
  const auto size = static_cast<std::size_t>(PG_GETARG_INT64(0));
  const auto alignment = static_cast<std::size_t>(PG_GETARG_INT64(1));
  const std::vector<Tracked> objects(10);
  pg::ContextResource resource(CurrentMemoryContext);
  void* const memory = resource.allocate(size, alignment);
  if (reinterpret_cast<std::uintptr_t>(memory) % alignment != 0) {
    throw std::runtime_error("not aligned");
  }
  resource.deallocate(memory, size, alignment);
  PG_RETURN_VOID();
}

/// leadscore_boundary_own(kind text) returns bigint: the live objects after making one in the context of the row;
/// with a kind, fails in this way afterwards.
LEADSCORE_FUNCTION(leadscore_boundary_own) {
  const char* const kind = text_argument(fcinfo, 0);
  pg::make_in_context<Tracked>(CurrentMemoryContext);
  fail(kind, "after an object was made", "");
  PG_RETURN_INT64(live_objects);
}

/// leadscore_boundary_reset() returns text: the live objects that a context owned before and after its reset.
LEADSCORE_FUNCTION(leadscore_boundary_reset) {
  MemoryContext const context = AllocSetContextCreate(CurrentMemoryContext, "boundary", ALLOCSET_DEFAULT_SIZES);
  const int64 before = live_objects;
  for (int i = 0; i < 3; ++i) {
    pg::make_in_context<Tracked>(context);
  }
  const int64 made = live_objects - before;
  MemoryContextReset(context);
  const int64 left = live_objects - before;
  MemoryContextDelete(context);
  return CStringGetTextDatum(psprintf(INT64_FORMAT ", " INT64_FORMAT, made, left));
}

namespace {

struct FailsToBegin {
  Tracked part;
  FailsToBegin() { throw std::runtime_error("not made"); }
};

}  // namespace

/// leadscore_boundary_own_unmade() returns void: what was never made must not be destroyed with its context.
LEADSCORE_FUNCTION(leadscore_boundary_own_unmade) {
  pg::make_in_context<FailsToBegin>(CurrentMemoryContext);
  PG_RETURN_VOID();
}

namespace {

struct Attempt {
  const char* command;
  const char* kind;
};

void run_attempt(void* argument) {
  const auto* attempt = static_cast<Attempt*>(argument);
  if (attempt->command[0] != '\0') {
    SPI_connect();
    SPI_execute(attempt->command, false, 0);
    SPI_finish();
  }
  fail(attempt->kind, "attempted", "Try again.");
}

}  // namespace

/// leadscore_boundary_attempt(command text, kind text) returns text: the error that attempt() caught, or NULL. The
/// command is executed first, in the same subtransaction.
LEADSCORE_FUNCTION(leadscore_boundary_attempt) {
  Attempt attempt{text_argument(fcinfo, 0), text_argument(fcinfo, 1)};
  MemoryContext const context = CurrentMemoryContext;
  ResourceOwner const owner = CurrentResourceOwner;
  const ErrorData* const error = pg::attempt(run_attempt, &attempt);
  if (CurrentMemoryContext != context || CurrentResourceOwner != owner) {
    return CStringGetTextDatum("attempt() did not restore its caller's memory context or resource owner");
  }
  if (error == nullptr) {
    PG_RETURN_NULL();
  }
  return CStringGetTextDatum(psprintf("%s|%s|%s", unpack_sql_state(error->sqlerrcode), error->message,
                                      error->hint != nullptr ? error->hint : ""));
}

/// leadscore_boundary_attempt_often(kind text, times int) returns bigint: by how many bytes the caller's memory context
/// has grown after so many attempts.
LEADSCORE_FUNCTION(leadscore_boundary_attempt_often) {
  Attempt attempt{"", text_argument(fcinfo, 0)};
  const int32 times = PG_GETARG_INT32(1);
  MemoryContext const context = CurrentMemoryContext;
  const Size before = MemoryContextMemAllocated(context, true);
  for (int32 i = 0; i < times; ++i) {
    if (ErrorData* error = pg::attempt(run_attempt, &attempt)) {
      FreeErrorData(error);
    }
  }
  PG_RETURN_INT64(static_cast<int64>(MemoryContextMemAllocated(context, true) - before));
}
