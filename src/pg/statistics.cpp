// The SQL functions that compare rates and correct for many tests.
#include "core/learn/benjamini_hochberg.hpp"
#include "core/learn/fisher.hpp"
#include "core/learn/two_rates.hpp"
#include "pg/composite.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

namespace {

constexpr double kUsualConfidence = 0.95;

// An array like the argument, of the levels at which its tests are discoveries. NULL elements are no tests.
Datum levels_of_array(FunctionCallInfo fcinfo, void (*correct)(std::span<learn::NumberedTest> tests, StopToken stop)) {
  ArrayType* const array = PG_GETARG_ARRAYTYPE_P(0);
  Datum* values = nullptr;
  bool* nulls = nullptr;
  int count = 0;
  deconstruct_array(array, FLOAT8OID, sizeof(float8), true, TYPALIGN_DOUBLE, &values, &nulls, &count);
  auto* const tests = static_cast<learn::NumberedTest*>(
      MemoryContextAllocHuge(CurrentMemoryContext, sizeof(learn::NumberedTest) * (static_cast<Size>(count) + 1)));
  std::size_t tested = 0;
  for (int i = 0; i < count; ++i) {
    if (!nulls[i]) {
      tests[tested++] = {DatumGetFloat8(values[i]), static_cast<std::size_t>(i)};
    }
  }
  core_call([=] {
    correct({tests, tested}, stop_token());
    return true;
  });
  for (std::size_t i = 0; i < tested; ++i) {
    values[tests[i].number] = Float8GetDatum(tests[i].value);
  }
  PG_RETURN_ARRAYTYPE_P(construct_md_array(values, nulls, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array),
                                           FLOAT8OID, sizeof(float8), true, TYPALIGN_DOUBLE));
}

}  // namespace

}  // namespace leadscore::pg

namespace learn = leadscore::learn;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_newcombe) {
  const int64 successes_1 = PG_GETARG_INT64(0);
  const int64 trials_1 = PG_GETARG_INT64(1);
  const int64 successes_2 = PG_GETARG_INT64(2);
  const int64 trials_2 = PG_GETARG_INT64(3);
  const double confidence = PG_GETARG_FLOAT8(4);
  const learn::ConfidenceInterval interval =
      pg::core_call([=] { return learn::newcombe(successes_1, trials_1, successes_2, trials_2, confidence); });
  return pg::make_row(pg::result_row(fcinfo), {pg::column(interval.estimate), pg::column(interval.lower),
                                               pg::column(interval.upper), pg::column(confidence)});
}

LEADSCORE_FUNCTION(leadscore_rate_test) {
  const int64 successes_1 = PG_GETARG_INT64(0);
  const int64 trials_1 = PG_GETARG_INT64(1);
  const int64 successes_2 = PG_GETARG_INT64(2);
  const int64 trials_2 = PG_GETARG_INT64(3);
  const learn::RateComparison result = pg::core_call([=] {
    return learn::rate_test(successes_1, trials_1, successes_2, trials_2, pg::kUsualConfidence, pg::stop_token());
  });
  return pg::make_row(
      pg::result_row(fcinfo),
      {pg::column(result.rate_1), pg::column(result.rate_2), pg::column(result.difference.estimate),
       pg::column(result.difference.lower), pg::column(result.difference.upper), pg::column(pg::kUsualConfidence),
       pg::column(result.z), pg::column(result.p_value), pg::column(learn::name_of(result.method))});
}

LEADSCORE_FUNCTION(leadscore_fisher_exact) {
  const int64 a = PG_GETARG_INT64(0);
  const int64 b = PG_GETARG_INT64(1);
  const int64 c = PG_GETARG_INT64(2);
  const int64 d = PG_GETARG_INT64(3);
  PG_RETURN_FLOAT8(pg::core_call([=] { return learn::fisher_exact(a, b, c, d, pg::stop_token()); }));
}

LEADSCORE_FUNCTION(leadscore_benjamini_hochberg) { return pg::levels_of_array(fcinfo, learn::benjamini_hochberg); }

LEADSCORE_FUNCTION(leadscore_e_benjamini_hochberg) { return pg::levels_of_array(fcinfo, learn::e_benjamini_hochberg); }
