// Conditions and points: SQL expressions over one lead, read by PostgreSQL's parser and checked by ours.
//
// Everything here works on PostgreSQL's plain data and raises PostgreSQL's errors: no C++ object is alive in it.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The longest condition in bytes, and its largest number of tokens (which keeps the parser's stack in bounds).
inline constexpr int kExpressionMaxBytes = 65536;
inline constexpr int kExpressionMaxTokens = 8192;
/// The largest constant that an expression may come to when its constant parts are computed, in bytes.
inline constexpr int kConstantMaxBytes = 1048576;

/// An expression and where it was written, for error messages.
struct Expression {
  enum class Kind : std::uint8_t { condition, points, stage_rule, target_criterion, status };

  Kind kind;
  const char* text;
  const char* name;             // of the criterion or rule; nullptr: none
  const char* model;            // nullptr: not (yet) of a stored model
  const char* stage = nullptr;  // of a stage rule
  bool has_marks = false;       // is_duplicate is a mark from outside, whatever columns the lead has
};

/// True if the expression says whether something holds.
constexpr bool is_condition(Expression::Kind kind) {
  return kind != Expression::Kind::points && kind != Expression::Kind::status;
}

/// Values a condition may use beside the lead's columns, by their position among the parameters.
enum class DerivedName : std::uint8_t { as_of, engagement, is_duplicate };
inline constexpr int kDerivedNames = 3;

/// The name, and the position of the derived value or -1.
const char* derived_name(DerivedName name);
int find_derived_name(const char* name);

/// What the model itself says of the lead, as columns that follow those of the lead: rules of stages may read all of
/// them, criteria of a target lead all but `target`.
enum class JudgedName : std::uint8_t { score, grade, temperature, target };
inline constexpr int kJudgedNames = 4;

/// The name, the position of the named one or -1, and the type.
const char* judged_name(JudgedName name);
int find_judged_name(const char* name, Expression::Kind kind);
Oid judged_type(JudgedName name);

/// An analysed expression, ready for the executor: Var 1.n is column n of the lead, or if the lead has m columns and n
/// is m+1+k the judged value k; Param k+1 is a derived value.
struct AnalysedExpression {
  Expr* expression;
  bool is_constant;  // then `value` and `is_null` say it all
  Datum value;
  bool is_null;
};

/// Sets what the meaning of an expression's text depends on (search_path, date style, time zone, …) to fixed
/// values until unpin_settings(), or until the (sub)transaction aborts. time_zone may be nullptr.
int pin_settings(const char* time_zone);
void unpin_settings(int level);

/// Parses the text as exactly one expression and refuses what no expression may contain, without looking at any
/// user object. Returns the raw tree. Errors carry the position in the text.
Node* parse_expression(const Expression& expression);

/// What an expression reads of a lead: attribute numbers, judged values, and the composite types of which it reads
/// fields.
struct ExpressionUses {
  Bitmapset* columns = nullptr;
  bool judged[kJudgedNames] = {};
  List* composite_types = nullptr;
};

/// Parses and analyses the expression against a row type: every column, type, operator and function is resolved
/// and checked. Adds to `uses`. Call between pin and unpin.
AnalysedExpression analyse_expression(const Expression& expression, TupleDesc row, ExpressionUses& uses);

}  // namespace leadscore::pg
