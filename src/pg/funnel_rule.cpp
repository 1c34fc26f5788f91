#include "pg/funnel_rule.hpp"

#include "pg/guard.hpp"
#include "pg/interval_length.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

using funnel::FunnelRule;

// The arguments as they were last written, to be compared rather than read in every row. It is in fn_extra.
struct WrittenRule {
  static constexpr std::size_t kMostModeBytes = 256;

  Interval within;
  std::size_t mode_bytes;
  char mode[kMostModeBytes];
  FunnelRule rule;
};
static_assert(std::is_trivially_destructible_v<WrittenRule>);

bool is_written_as(const WrittenRule* written, const Interval* within, std::string_view mode) {
  return written != nullptr && written->within.time == within->time && written->within.day == within->day &&
         written->within.month == within->month && mode == std::string_view(written->mode, written->mode_bytes);
}

funnel::Window window_of(const Interval* within) {
  if (within->month != 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the window of a funnel must not have months: they are of different lengths"),
                    errhint("Write days, as in '30 days'. A day has 24 hours.")));
  }
  const std::optional<std::int64_t> length = microseconds_of(within);
  if (!length && within->day > 0) {
    return funnel::kForEver;
  }
  if (!length || *length < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the window of a funnel must not be negative")));
  }
  return static_cast<funnel::Window>(*length);
}

void check_not_null(NullableDatum argument, const char* name) {
  if (argument.isnull) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s of a funnel must not be NULL", name)));
  }
}

FunnelRule read_rule(const Interval* within, std::string_view mode) {
  return {window_of(within), core_call([=] { return funnel::funnel_modes_of(mode); })};
}

}  // namespace

FunnelRule funnel_rule_argument(FunctionCallInfo fcinfo) {
  check_not_null(fcinfo->args[1], "within");
  check_not_null(fcinfo->args[2], "mode");
  const Interval* const within = PG_GETARG_INTERVAL_P(1);
  const std::string_view mode = view_of(PG_GETARG_TEXT_PP(2));
  auto* written = static_cast<WrittenRule*>(fcinfo->flinfo->fn_extra);
  if (is_written_as(written, within, mode)) {
    return written->rule;
  }
  const FunnelRule rule = read_rule(within, mode);
  if (mode.size() > WrittenRule::kMostModeBytes) {
    return rule;
  }
  if (written == nullptr) {
    written = static_cast<WrittenRule*>(MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(WrittenRule)));
    fcinfo->flinfo->fn_extra = written;
  }
  written->within = *within;
  written->mode_bytes = mode.size();
  memcpy(written->mode, mode.data(), mode.size());
  written->rule = rule;
  return rule;
}

FunnelRule funnel_rule_of(NullableDatum within, NullableDatum mode) {
  check_not_null(within, "within");
  check_not_null(mode, "mode");
  return read_rule(DatumGetIntervalP(within.value), view_of(DatumGetTextPP(mode.value)));
}

int funnel_step_of(NullableDatum step) {
  const int32 number = step.isnull ? 0 : DatumGetInt32(step.value);
  if (number < 0 || number > funnel::kMostSteps) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("a step of a funnel must be a number from 1 to %d, not %d", funnel::kMostSteps, number),
                    errhint("0 or NULL is an event that is no step.")));
  }
  return number;
}

}  // namespace leadscore::pg
