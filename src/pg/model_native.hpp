// Which conditions run in the core instead of PostgreSQL's executor: the analysed tree as nodes of model::Condition.
#pragma once

#include "core/model/condition.hpp"
#include "pg/model_column.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// A constant that depends on as_of: as_of itself, or as_of plus or minus an interval.
struct LateConstant {
  int position;
  int direction;  // +1, -1, or 0 for as_of itself
  const Interval* interval;
};

/// A condition as plain data, for model::Condition.
struct NativePlan {
  int node_count;
  model::ConditionNode* nodes;
  int constant_count;
  model::Value* constants;
  int late_count;
  LateConstant* late;
};

/// Translates a planned condition, adding the columns it reads; false if it has another shape. Plans and columns are
/// plain data in the current memory context; text constants are views into the expression. The meaning is the
/// executor's to the last bit: shapes are told by the functions behind the operators, never by their names.
bool plan_native(Expr* condition, NativeColumns& columns, NativePlan& plan);

/// The number of the native column whose text the expression is; nothing if it is another expression.
std::optional<int> plan_text_column(const Expr* expression, NativeColumns& columns);

/// The number of the native column on whose text the expression depends, and on nothing else: the same text has the
/// same answer, whenever it comes; nothing if it reads another column, a derived value, or what is not immutable.
std::optional<int> plan_only_text(Expr* expression, NativeColumns& columns);

/// True if adding the interval of any late constant to this time cannot fail.
bool is_usual_time(TimestampTz time);

/// The value of a late constant, under the time zone of the session. The time must be a usual one.
model::Value late_value(const LateConstant& late, TimestampTz as_of);

}  // namespace leadscore::pg
