// The boundary between C++ and PostgreSQL: no exception leaves, no longjmp skips a destructor.
#pragma once

#include "core/error.hpp"
#include "core/stop_token.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A PostgreSQL ERROR on its way through C++ frames. Not a std::exception, so that no handler but the boundary's
/// own swallows it.
class PgError {
 public:
  explicit PgError(ErrorData* data) noexcept : data_(data) {}
  [[nodiscard]] ErrorData* data() const noexcept { return data_; }

 private:
  ErrorData* data_;
};

/// What went wrong, as plain data that outlives every C++ handler.
struct Report {
  ErrorData* pg;   // an error that PostgreSQL raised, or nullptr
  bool cancelled;  // PostgreSQL asked to stop; it knows the error to raise
  int sqlstate;
  char message[1024];
  char hint[512];
};
static_assert(std::is_trivially_destructible_v<Report>);

using Body = void (*)(void* argument);

/// Runs body and ends every C++ exception; false means that `report` says what happened. PostgreSQL's own errors
/// pass by longjmp.
bool end_exceptions(Body body, void* argument, Report& report) noexcept(false);

/// Raises what `report` says. Call it where no C++ object is alive.
[[noreturn]] void raise_error(const Report& report);

/// Calls the core from glue that holds no C++ object: an exception becomes an SQL error at once, while the error
/// contexts of the glue still stand.
template <class Call>
auto core_call(Call&& call) -> std::invoke_result_t<Call> {
  using Result = std::invoke_result_t<Call>;
  static_assert(std::is_trivially_destructible_v<Result>, "return plain data");
  struct Frame {
    Call* call;
    std::optional<Result> result;
  };
  Frame frame{&call, std::nullopt};
  Report report;
  const auto body = [](void* argument) {
    auto* self = static_cast<Frame*>(argument);
    self->result = (*self->call)();
  };
  if (!end_exceptions(body, &frame, report)) {
    raise_error(report);
  }
  return *frame.result;
}

/// Runs the body of an SQL function; an exception becomes an SQL error after all C++ handlers have ended.
Datum guarded_call(PGFunction body, FunctionCallInfo fcinfo);

/// Something to say in the context of errors raised in a scope. Plain data: an error that skips the end of the scope
/// does no harm, because PostgreSQL puts its stack back.
using ErrorContext = ErrorContextCallback;

inline void push_error_context(ErrorContext& context, void (*say)(void* subject), const void* subject) {
  context.callback = say;
  context.arg = const_cast<void*>(subject);
  context.previous = error_context_stack;
  error_context_stack = &context;
}

inline void pop_error_context(const ErrorContext& context) { error_context_stack = context.previous; }

/// Errors that say nothing about what was attempted. To swallow one would hide a cancelled query, a lost session, a
/// full disk, damaged data, or a transaction that must be tried again.
bool must_not_be_swallowed(int sqlstate) noexcept;

/// Runs body in a subtransaction and returns NULL, or the error that rolled it back (in the current memory
/// context). Any error is caught here, cancellation too: see must_not_be_swallowed().
ErrorData* attempt(Body body, void* argument);

/// A stop token that hears PostgreSQL: a cancelled query, a terminated session.
StopToken stop_token() noexcept;

namespace detail {
struct JumpScope {  // puts PostgreSQL's handler stack back however the scope is left
  sigjmp_buf* exception_stack = PG_exception_stack;
  ErrorContextCallback* context_stack = error_context_stack;
  JumpScope() = default;
  JumpScope(const JumpScope&) = delete;
  JumpScope& operator=(const JumpScope&) = delete;
  ~JumpScope() {
    PG_exception_stack = exception_stack;
    error_context_stack = context_stack;
  }
};

[[noreturn]] void throw_current_error(MemoryContext context);
}  // namespace detail

/// The way to call PostgreSQL while a C++ object is alive: an ERROR becomes a PgError, and destructors run. The
/// call returns plain data or nothing, and must not throw.
template <class Call>
auto pg_call(Call&& call) -> std::invoke_result_t<Call> {
  using Result = std::invoke_result_t<Call>;
  static_assert(std::is_void_v<Result> || std::is_trivially_copyable_v<Result>, "return plain data");
  const detail::JumpScope scope;
  MemoryContext const context = CurrentMemoryContext;
  sigjmp_buf jump;
  if (sigsetjmp(jump, 0) == 0) {
    PG_exception_stack = &jump;
    return call();
  }
  PG_exception_stack = scope.exception_stack;
  error_context_stack = scope.context_stack;
  detail::throw_current_error(context);
}

}  // namespace leadscore::pg

/// Defines the C entry point of an SQL function: LEADSCORE_FUNCTION(leadscore_score) { … return datum; }
#define LEADSCORE_FUNCTION(name)                                                                       \
  extern "C" {                                                                                         \
  PG_FUNCTION_INFO_V1(name);                                                                           \
  PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                            \
  }                                                                                                    \
  static Datum name##_body(PG_FUNCTION_ARGS);                                                          \
  extern "C" Datum name(PG_FUNCTION_ARGS) { return leadscore::pg::guarded_call(name##_body, fcinfo); } \
  static Datum name##_body([[maybe_unused]] PG_FUNCTION_ARGS)
