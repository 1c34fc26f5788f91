// The rows of a funnel scan: gathered from the plan below, shared with other processes, given lead by lead.
#pragma once

#include <limits>

#include "core/funnel/lead_events.hpp"
#include "pg/event_file.hpp"
#include "pg/guard.hpp"

namespace leadscore::pg {

/// What the processes of a parallel scan share. Each gathers the rows that its part of the plan below gives it. One
/// that finds itself alone when there are no more keeps them, and whoever comes later finds nothing to do: so it mostly
/// is where processes have partitions each. Otherwise each gives its rows away in a file, and when all have, takes
/// parts of the leads, whose rows are in the files of all.
struct SharedFunnelScan {
  static constexpr uint32 kClosed = std::numeric_limits<uint32>::max();

  // What a participant has gathered: a directory at the end of its file.
  struct Gathered {
    std::uint64_t place;
    std::uint64_t entries;  // 0 where there are no rows
  };
  struct Entry {
    std::uint64_t part;
    funnel::LeadEvents::Stored stored;
  };

  dsm_handle segment;  // in which this is
  Barrier barrier;
  SharedFileSet files;
  pg_atomic_uint32 gatherers;  // that have come, or kClosed
  pg_atomic_uint32 next_part;
  int participants;
  Gathered gathered[FLEXIBLE_ARRAY_MEMBER];

  [[nodiscard]] static Size size_for(int participants) {
    return offsetof(SharedFunnelScan, gathered) + sizeof(Gathered) * static_cast<Size>(participants);
  }
  void begin() {
    BarrierInit(&barrier, 0);
    pg_atomic_init_u32(&gatherers, 0);
    pg_atomic_init_u32(&next_part, 0);
    memset(gathered, 0, sizeof(Gathered) * static_cast<Size>(participants));
  }
  /// False if it is closed.
  bool join() {
    uint32 count = pg_atomic_read_u32(&gatherers);
    while (count != kClosed) {
      if (pg_atomic_compare_exchange_u32(&gatherers, &count, count + 1)) {
        return true;
      }
    }
    return false;
  }
  /// Closes it if nobody else has ever joined.
  bool close() {
    uint32 alone = 1;
    return pg_atomic_compare_exchange_u32(&gatherers, &alone, kClosed);
  }
};

/// The state of a funnel scan.
struct FunnelScan {
  CustomScanState custom;  // first, as PostgreSQL wants it
  ExprState* within;
  ExprState* mode;
  int lead_bytes;
  SharedFunnelScan* shared;  // NULL where one process does all

  MemoryContext context;  // of what follows
  EventFile* file;
  funnel::LeadEvents* events;  // NULL before they are gathered
  bool takes_turns;            // with others, in taking parts
  bool has_rule;
  funnel::FunnelRule rule;
  std::uint32_t next_part;
  StopToken stop;
};

/// The plan below.
inline PlanState* rows_of(const FunnelScan* scan) { return static_cast<PlanState*>(linitial(scan->custom.custom_ps)); }

/// Gathers all rows, in a parallel scan all that are this process's. Raises the errors of the plan below, and those of
/// the aggregate.
void gather(FunnelScan* scan);

/// After gather(): the next lead that falls to this process.
std::optional<funnel::LeadLevel> next_level(FunnelScan* scan);

/// Makes the scan as new. Does not touch what it shares.
void forget(FunnelScan* scan);

}  // namespace leadscore::pg
