// Runs functions of the core that append to a string. It owns C++ objects and may throw, so it raises no errors of
// PostgreSQL: call it by core_call().
#pragma once

#include "core/stop_token.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

using TextTransform = void (*)(std::string_view text, std::pmr::string& out, StopToken& stop);

/// What the function makes of UTF-8 text, as a text of UTF-8 in the memory context.
varlena* transformed_text(std::string_view text, TextTransform make, MemoryContext context);

}  // namespace leadscore::pg
