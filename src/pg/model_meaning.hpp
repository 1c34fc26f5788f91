// What the names of an expression turned out to mean: the analysed tree, held against what is allowed.
#pragma once

#include "pg/model_expression.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Refuses every node, operator, function, cast and type that is not allowed, with its position; adds the composite
/// types of which fields are read to `uses`.
void check_meaning(Node* expression, ParseState* state, ExpressionUses& uses);

/// Refuses constants that folding has made too large to be kept with a compiled model.
void refuse_large_constants(Expr* expression);

/// True for types whose operators are pg_catalog's alone. Other types may bring code of their own into the generic
/// operators (array, record and range comparison, domain checks), or depend on the session.
bool is_trusted_type(Oid type);

/// True for dates and times, and arrays and ranges of them.
bool is_date_or_time(Oid type);

/// Refuses a value of a type that is not trusted.
[[noreturn]] void refuse_type(Oid type, int location, ParseState* state);

}  // namespace leadscore::pg
