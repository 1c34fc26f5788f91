// What a call throws, as a value to compare with.
#pragma once

#include <optional>

#include "core/error.hpp"

namespace leadscore::test {

/// The code of the Error that the call throws, or nothing if it throws none.
template <class Call>
std::optional<ErrorCode> error_code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace leadscore::test
