// What can be refused of an expression without knowing what its names mean: the raw tree of PostgreSQL's parser.
#pragma once

#include "pg/model_expression.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// What an expression may use, for the hints of errors.
inline constexpr const char* kAllowedHint =
    "Conditions and points may use the lead's columns, operators and immutable functions of pg_catalog, and as_of "
    "for the time.";

/// "condition", "points" or "status".
const char* kind_name(const Expression& expression);

/// Raises an error at a place in the text of the parse state.
[[noreturn]] void refuse(ParseState* state, int location, int sqlstate, const char* message,
                         const char* hint = kAllowedHint);

/// A parse state whose text is the expression's, for positions in errors.
ParseState* make_state(const Expression& expression);

/// Parses the text as exactly one expression, and refuses what none may contain.
Node* parse_checked(const Expression& expression, ParseState* state);

/// True if the text holds a word that date input replaces by the current time, such as 'now'.
bool names_the_clock(const char* text);

/// The text of a string constant of the raw tree, or nullptr for any other node.
const char* string_constant(Node* node);

}  // namespace leadscore::pg
