#include "core/funnel/funnel_rule.hpp"

#include <algorithm>
#include <string>

#include "core/error.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::string_view kSpaces = " \t\n\r\f\v";

std::string_view without_spaces(std::string_view text) noexcept {
  const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  const std::size_t end = text.find_last_not_of(kSpaces) + 1;
  return text.substr(begin, std::max(begin, end) - begin);
}

bool set_mode(FunnelModes& modes, std::string_view name) noexcept {
  if (name == "strict_order") {
    modes.strict_order = true;
  } else if (name == "strict_deduplication") {
    modes.strict_deduplication = true;
  } else if (name == "strict_once") {
    modes.strict_once = true;
  } else if (name == "strict_increase") {
    modes.strict_increase = true;
  } else {
    return name == "default";
  }
  return true;
}

}  // namespace

FunnelModes funnel_modes_of(std::string_view names) {
  FunnelModes modes;
  if (without_spaces(names).empty()) {
    return modes;
  }
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    const std::string_view name = without_spaces(names.substr(begin, end - begin));
    if (!set_mode(modes, name)) {
      throw Error(ErrorCode::invalid_argument, "there is no funnel mode \"" + std::string(name) + "\"",
                  "The modes are default, strict_order, strict_deduplication, strict_once and strict_increase; "
                  "several are separated by commas.");
    }
    begin = end + 1;
  }
  return modes;
}

}  // namespace leadscore::funnel
