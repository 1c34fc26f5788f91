// The aggregate attribution, its parts that are stored or sent, and its result.
#include "core/funnel/attribution.hpp"

#include <cmath>

#include "pg/aggregate.hpp"
#include "pg/composite.hpp"
#include "pg/core_state.hpp"
#include "pg/guard.hpp"
#include "pg/half_life.hpp"
#include "pg/memory.hpp"
#include "pg/stored_text.hpp"
#include "pg/touch_array.hpp"

namespace leadscore::pg {

namespace {

using funnel::Attribution;
using funnel::AttributionRule;

// The arguments of the transition function; the last two may be lacking.
constexpr int kModelArgument = 1;
constexpr int kTouchesArgument = 2;
constexpr int kConvertedArgument = 3;
constexpr int kValueArgument = 4;
constexpr int kHalfLifeArgument = 5;

[[noreturn]] void must_not_be_null(const char* argument) {
  ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be NULL", argument)));
}

heat::HalfLife half_life_argument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(kHalfLifeArgument)) {
    must_not_be_null("half_life");
  }
  return half_life_of(PG_GETARG_INTERVAL_P(kHalfLifeArgument));
}

AttributionRule rule_argument(FunctionCallInfo fcinfo) {
  if (PG_ARGISNULL(kModelArgument)) {
    must_not_be_null("model");
  }
  const std::string_view name = view_of(PG_GETARG_TEXT_PP(kModelArgument));
  AttributionRule rule;
  rule.model = core_call([=] { return funnel::attribution_model_of(name); });
  rule.has_values = PG_NARGS() > kValueArgument;
  if (PG_NARGS() > kHalfLifeArgument) {
    rule.half_life = half_life_argument(fcinfo);
  }
  return rule;
}

void check_same_rule(const Attribution* state, const AttributionRule& rule) {
  if (!(state->rule() == rule)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("the model and its half-life must be the same for all rows of a group"),
                    errhint("GROUP BY the model, too.")));
  }
}

// What a conversion is worth; nothing where that is NULL.
double value_argument(FunctionCallInfo fcinfo) {
  if (PG_NARGS() <= kValueArgument) {
    return 1;
  }
  if (PG_ARGISNULL(kValueArgument)) {
    return 0;
  }
  const double value = PG_GETARG_FLOAT8(kValueArgument);
  if (!std::isfinite(value)) {
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the value of a conversion must be a finite number")));
  }
  return value;
}

// Adds what `other` knows to a state, which is made if there is none.
Attribution* merge_attributions(FunctionCallInfo fcinfo, Attribution* state, const Attribution* other) {
  if (state == nullptr) {
    state = make_core_state<Attribution>(aggregate_context(fcinfo), other->rule());
  }
  if (state->rule().has_values != other->rule().has_values) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("parts with values and without cannot be joined in one attribution"),
                    errhint("Give attribution_partial() the same arguments everywhere.")));
  }
  check_same_rule(state, other->rule());
  merge_core_state(state, other);
  return state;
}

[[noreturn]] void not_attribution() {
  ereport(ERROR,
          (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("these bytes are not a part of an attribution"),
           errhint("Parts come from leadscore.attribution_partial().")));
}

// The state of such bytes, in the current memory context. Raises 22P03 for others.
Attribution* attribution_of_bytes(const bytea* bytes) {
  const std::span<const std::byte> span = span_of(bytes);
  const std::optional<AttributionRule> rule = Attribution::rule_of(span);
  if (!rule) {
    not_attribution();
  }
  MemoryContext const current = CurrentMemoryContext;
  Attribution* const state = make_core_state<Attribution>(current, *rule);
  const bool is_read = core_call([=] {
    ContextResource scratch(current);
    StopToken stop = stop_token();
    return state->read(span, &scratch, stop);
  });
  if (!is_read) {
    not_attribution();
  }
  for (std::uint32_t channel = 0; channel < state->channels(); ++channel) {
    CHECK_FOR_INTERRUPTS();
    const std::string_view name = state->name(channel);
    if (!pg_verifymbstr(name.data(), static_cast<int>(name.size()), true)) {
      not_attribution();
    }
  }
  return state;
}

}  // namespace

}  // namespace leadscore::pg

namespace funnel = leadscore::funnel;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_attribution_transition) {
  auto* state = pg::state_argument<funnel::Attribution>(fcinfo, 0);
  const funnel::AttributionRule rule = pg::rule_argument(fcinfo);
  if (state == nullptr) {
    state = pg::make_core_state<funnel::Attribution>(pg::aggregate_context(fcinfo), rule);
  }
  pg::check_same_rule(state, rule);
  const bool has_touches = !PG_ARGISNULL(pg::kTouchesArgument);
  const funnel::Journey journey{
      has_touches ? pg::touches_of(PG_GETARG_ARRAYTYPE_P(pg::kTouchesArgument)) : std::span<funnel::Touch>(),
      pg::time_argument(fcinfo, pg::kConvertedArgument), pg::value_argument(fcinfo)};
  MemoryContext const current = CurrentMemoryContext;
  pg::core_call([=] {
    pg::ContextResource scratch(current);
    leadscore::StopToken stop = pg::stop_token();
    state->add(journey, &scratch, stop);
    return true;
  });
  PG_RETURN_POINTER(state);
}

LEADSCORE_FUNCTION(leadscore_attribution_merge_transition) {
  auto* const state = pg::state_argument<funnel::Attribution>(fcinfo, 0);
  if (PG_ARGISNULL(1)) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_attributions(fcinfo, state, pg::attribution_of_bytes(PG_GETARG_BYTEA_PP(1))));
}

LEADSCORE_FUNCTION(leadscore_attribution_combine) {
  auto* const state = pg::state_argument<funnel::Attribution>(fcinfo, 0);
  const auto* const other = pg::state_argument<funnel::Attribution>(fcinfo, 1);
  if (other == nullptr) {
    return pg::state_result(fcinfo, state);
  }
  PG_RETURN_POINTER(pg::merge_attributions(fcinfo, state, other));
}

LEADSCORE_FUNCTION(leadscore_attribution_serialize) { return pg::serialize_core_state<funnel::Attribution>(fcinfo); }

LEADSCORE_FUNCTION(leadscore_attribution_deserialize) {
  pg::aggregate_context(fcinfo);
  PG_RETURN_POINTER(pg::attribution_of_bytes(PG_GETARG_BYTEA_PP(0)));
}

LEADSCORE_FUNCTION(leadscore_attribution_final) {
  const auto* const state = pg::state_argument<funnel::Attribution>(fcinfo, 0);
  const std::size_t count = state->row_count();
  auto* const rows = static_cast<funnel::ChannelCredit*>(palloc(sizeof(funnel::ChannelCredit) * (count + 1)));
  std::uninitialized_value_construct_n(rows, count);
  MemoryContext const current = CurrentMemoryContext;
  pg::core_call([=] {
    pg::ContextResource scratch(current);
    leadscore::StopToken stop = pg::stop_token();
    state->write_rows({rows, count}, &scratch, stop);
    return true;
  });
  return pg::make_row_array(fcinfo, count, [=](TupleDesc type, std::size_t i) {
    CHECK_FOR_INTERRUPTS();
    const funnel::ChannelCredit& row = rows[i];
    return pg::make_row(
        type, {row.channel ? pg::column(state->name(*row.channel)) : pg::Column{}, pg::column(row.conversions_credit),
               pg::column(row.value_credit), pg::column(row.share), pg::column(row.removal_effect),
               pg::column(row.journeys), pg::column(row.converted_journeys)});
  });
}
