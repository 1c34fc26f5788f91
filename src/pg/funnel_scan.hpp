// Groups the rows of a query by lead and says how far each got: what takes the place of PostgreSQL's aggregation where
// window_funnel() is all that is asked of a lead.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The columns of the plan below a funnel scan, and the expressions of the scan itself.
enum class FunnelColumn : int { lead, at, step };
inline constexpr int kFunnelColumns = 3;
enum class FunnelExpression : int { within, mode };

/// The plan's custom_private is a list of one Oid: the aggregate, which the user must be allowed to execute.
const CustomScanMethods* funnel_scan_methods();

/// Makes funnel scans known, and the setting leadscore.enable_funnel_scan. Called when the library is loaded, and again
/// if that failed.
void define_funnel_scan();

/// Lets PostgreSQL consider them. Called once, and cannot fail.
void offer_funnel_scan();

}  // namespace leadscore::pg
