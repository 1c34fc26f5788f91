// The shape of the generated tables of numbering plans: integers only, so that they need no relocation.
#pragma once

#include <cstdint>

namespace leadscore::contact::phone_data {

/// A region's numbering plan, or that of a calling code without a region (freephone, satellites).
struct Plan {
  char iso[2];  // zeros where there is no region
  std::uint16_t calling_code;
  std::uint32_t lengths;               // bit n: a national number may have n digits
  std::uint16_t automaton;             // state to start in; says whether the pattern matches, and the kind
  std::uint16_t international_prefix;  // offset into kPrefixPrograms; 0 matches nothing but the empty prefix
  std::uint16_t national_prefix;       // the same
  std::uint8_t national_prefix_groups;
  std::uint8_t transform;  // offset into kTransforms; 0: none
};

struct CallingCode {
  std::uint16_t code;
  std::uint16_t main_plan;
  std::uint16_t automaton;  // says the kind, and, where several regions share the code, the plan
  std::uint16_t is_shared;
};

/// Label 0 and only transitions to state 0: nothing matches any more.
struct State {
  std::uint16_t label;  // bits 0-3 the PhoneKind or 0, bit 4 kGeneral, bits from 5 on the plan
  std::uint16_t next[10];
};

inline constexpr unsigned kKindMask = 15;
inline constexpr unsigned kGeneral = 16;  // the plan's general pattern matches, whatever the length
inline constexpr unsigned kPlanShift = 5;

extern const Plan kPlans[];
extern const CallingCode kCallingCodes[];       // by rising code, after an empty one
extern const std::uint8_t kCallingCodeIndex[];  // by code below 1000; 0: nobody's
extern const std::uint16_t kIsoIndex[];         // by letter * 26 + letter; 1 + the plan, or 0
extern const char kTransforms[];                // zero-ended; $1 and $2 stand for the prefix's groups
extern const std::uint16_t kPrefixPrograms[];   // see phone_prefix.hpp
extern const State kStates[];

}  // namespace leadscore::contact::phone_data
