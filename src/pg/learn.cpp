// The SQL functions of statistics: intervals of rates, and decisions that rest on them.
#include "core/learn/wilson.hpp"
#include "pg/composite.hpp"
#include "pg/guard.hpp"

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_wilson) {
  const int64 successes = PG_GETARG_INT64(0);
  const int64 trials = PG_GETARG_INT64(1);
  const double confidence = PG_GETARG_FLOAT8(2);
  const learn::ConfidenceInterval interval =
      pg::core_call([=] { return learn::wilson(successes, trials, confidence); });
  return pg::make_row(pg::result_row(fcinfo), {pg::column(interval.estimate), pg::column(interval.lower),
                                               pg::column(interval.upper), pg::column(confidence)});
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
