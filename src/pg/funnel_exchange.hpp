// What the processes of a parallel funnel scan give each other: all rows, in a file of each, by part.
#pragma once

#include "pg/funnel_gather.hpp"

namespace leadscore::pg {

/// Writes all that this process has gathered, and a directory behind it.
void publish(FunnelScan* scan);

/// Takes in what all have published. False if there are no rows.
bool take_published(FunnelScan* scan);

}  // namespace leadscore::pg
