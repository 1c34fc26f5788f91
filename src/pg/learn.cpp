// The SQL functions of statistics: intervals of rates, and decisions that rest on them.
#include "core/learn/wilson.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

Datum make_interval(FunctionCallInfo fcinfo, const learn::ConfidenceInterval& interval, double confidence) {
  TupleDesc row = nullptr;
  if (get_call_result_type(fcinfo, nullptr, &row) != TYPEFUNC_COMPOSITE) {
    elog(ERROR, "leadscore.wilson must return a row");
  }
  BlessTupleDesc(row);
  Datum values[] = {Float8GetDatum(interval.estimate.value_or(0)), Float8GetDatum(interval.lower),
                    Float8GetDatum(interval.upper), Float8GetDatum(confidence)};
  bool nulls[] = {!interval.estimate.has_value(), false, false, false};
  return HeapTupleGetDatum(heap_form_tuple(row, values, nulls));
}

}  // namespace

}  // namespace leadscore::pg

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_wilson) {
  const int64 successes = PG_GETARG_INT64(0);
  const int64 trials = PG_GETARG_INT64(1);
  const double confidence = PG_GETARG_FLOAT8(2);
  const learn::ConfidenceInterval interval =
      pg::core_call([=] { return learn::wilson(successes, trials, confidence); });
  return pg::make_interval(fcinfo, interval, confidence);
}

LEADSCORE_FUNCTION(leadscore_is_unlikely) {
  const int64 successes = PG_GETARG_INT64(0);
  const int64 trials = PG_GETARG_INT64(1);
  const double cut = PG_GETARG_FLOAT8(2);
  const double confidence = PG_GETARG_FLOAT8(3);
  if (successes < 0 || trials < successes) {
    PG_RETURN_NULL();  // counts come from columns, and dirty data is no error
  }
  PG_RETURN_BOOL(pg::core_call([=] { return learn::is_unlikely(successes, trials, cut, confidence); }));
}
