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

void check_not_null(FunctionCallInfo fcinfo, int argument, const char* name) {
  if (PG_ARGISNULL(argument)) {
    ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s of a funnel must not be NULL", name)));
  }
}

}  // namespace

FunnelRule funnel_rule_argument(FunctionCallInfo fcinfo) {
  check_not_null(fcinfo, 1, "within");
  check_not_null(fcinfo, 2, "mode");
  const Interval* const within = PG_GETARG_INTERVAL_P(1);
  const std::string_view mode = view_of(PG_GETARG_TEXT_PP(2));
  auto* written = static_cast<WrittenRule*>(fcinfo->flinfo->fn_extra);
  if (is_written_as(written, within, mode)) {
    return written->rule;
  }
  const FunnelRule rule{window_of(within), core_call([=] { return funnel::funnel_modes_of(mode); })};
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

}  // namespace leadscore::pg
