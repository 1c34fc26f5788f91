#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

int sqlstate_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument:
      return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorCode::out_of_range:
      return ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;
    case ErrorCode::limit_exceeded:
      return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
  }
  return ERRCODE_INTERNAL_ERROR;
}

// Copies text and cuts it at a character, not in the middle of one.
template <std::size_t Size>
void copy_text(char (&target)[Size], const char* text) noexcept {
  const std::size_t length = std::strlen(text);
  const int kept = pg_mbcliplen(text, static_cast<int>(length < 65536 ? length : 65536), Size - 1);
  std::memcpy(target, text, static_cast<std::size_t>(kept));
  target[kept] = '\0';
}

void fill(Report& report, int sqlstate, const char* message, const char* hint = "") noexcept {
  report.sqlstate = sqlstate;
  copy_text(report.message, message);
  copy_text(report.hint, hint);
}

struct FunctionBody {
  PGFunction body;
  FunctionCallInfo fcinfo;
  Datum result;
};

void run_function(void* argument) {
  auto* call = static_cast<FunctionBody*>(argument);
  call->result = call->body(call->fcinfo);
}

bool postgres_wants_to_stop() noexcept {
  // Not InterruptPending: that is also raised for requests after which the query goes on.
  return QueryCancelPending || ProcDiePending;
}

}  // namespace

bool end_exceptions(Body body, void* argument, Report& report) {
  report.pg = nullptr;
  report.cancelled = false;
  try {
    body(argument);
    return true;
  } catch (const PgError& error) {
    report.pg = error.data();
  } catch (const Cancelled&) {
    report.cancelled = true;
  } catch (const Error& error) {
    fill(report, sqlstate_of(error.code()), error.what(), error.hint().c_str());
  } catch (const std::bad_alloc&) {
    fill(report, ERRCODE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    fill(report, ERRCODE_INTERNAL_ERROR, error.what());
  } catch (...) {
    fill(report, ERRCODE_INTERNAL_ERROR, "unknown C++ exception");
  }
  return false;
}

void raise_error(const Report& report) {
  if (report.pg != nullptr) {
    ReThrowError(report.pg);
  }
  if (report.cancelled) {
    CHECK_FOR_INTERRUPTS();
    ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED), errmsg("canceling statement due to user request")));
  }
  ereport(ERROR, (errcode(report.sqlstate), errmsg("%s", report.message),
                  report.hint[0] != '\0' ? errhint("%s", report.hint) : 0));
}

Datum guarded_call(PGFunction body, FunctionCallInfo fcinfo) {
  // An exception passes the frames that pushed error contexts without popping them.
  ErrorContextCallback* const context_stack = error_context_stack;
  sigjmp_buf* const exception_stack = PG_exception_stack;
  FunctionBody call{body, fcinfo, 0};
  Report report;
  if (end_exceptions(run_function, &call, report)) {
    return call.result;
  }
  error_context_stack = context_stack;
  PG_exception_stack = exception_stack;
  raise_error(report);
}

bool must_not_be_swallowed(int sqlstate) noexcept {
  switch (ERRCODE_TO_CATEGORY(sqlstate)) {
    case ERRCODE_TRANSACTION_ROLLBACK:
    case ERRCODE_INSUFFICIENT_RESOURCES:
    case ERRCODE_OPERATOR_INTERVENTION:
    case ERRCODE_SYSTEM_ERROR:
      return true;
    default:
      return sqlstate == ERRCODE_DATA_CORRUPTED || sqlstate == ERRCODE_INDEX_CORRUPTED ||
             sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
  }
}

ErrorData* attempt(Body body, void* argument) {
  struct Inner {
    Body body;
    void* argument;
    Report report;
    bool done;
  };
  MemoryContext const context = CurrentMemoryContext;
  ResourceOwner const owner = CurrentResourceOwner;
  // Written between sigsetjmp and longjmp, so it lives on the heap of the context rather than in registers.
  auto* inner = static_cast<Inner*>(palloc0(sizeof(Inner)));
  inner->body = body;
  inner->argument = argument;

  BeginInternalSubTransaction(nullptr);
  MemoryContextSwitchTo(context);
  const bool completed = end_exceptions(
      [](void* pointer) {
        auto* self = static_cast<Inner*>(pointer);
        pg_call([self] { self->done = end_exceptions(self->body, self->argument, self->report); });
        if (!self->done && self->report.pg != nullptr) {
          throw PgError(self->report.pg);  // whole already; raising it again would copy it
        }
        if (!self->done) {
          // Raised as a PostgreSQL error so that it carries the error contexts and the form of every other one.
          pg_call([self] { raise_error(self->report); });
        }
      },
      inner, inner->report);
  MemoryContextSwitchTo(context);
  ErrorData* error = nullptr;
  if (completed) {
    ReleaseCurrentSubTransaction();
  } else {
    error = inner->report.pg;
    RollbackAndReleaseCurrentSubTransaction();
  }
  MemoryContextSwitchTo(context);
  CurrentResourceOwner = owner;
  pfree(inner);
  return error;
}

StopToken stop_token() noexcept { return StopToken(postgres_wants_to_stop); }

void detail::throw_current_error(MemoryContext context) {
  MemoryContextSwitchTo(context);
  ErrorData* const error = CopyErrorData();
  FlushErrorState();
  throw PgError(error);
}

}  // namespace leadscore::pg
