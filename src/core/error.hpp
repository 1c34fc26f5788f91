// The errors that end a computation in the core; the glue turns each code into an SQLSTATE.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace leadscore {

enum class ErrorCode {
  invalid_argument,  // the caller's parameters contradict each other or make no sense
  out_of_range,      // a result is not a finite number
  limit_exceeded,    // a stated limit of the library was passed
};

/// Raised by the core for what ends the query; outcomes that a caller expects are return values instead.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace leadscore
