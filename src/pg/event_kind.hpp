// The table leadscore.event_kind: what events are worth by the rows of a model.
#pragma once

#include "core/heat/engagement.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The enabled kinds of events of one model, under the snapshot that was active when they were read.
struct EventKinds {
  const text* model;
  std::span<const heat::EventKind> kinds;  // by name
  std::uint64_t fingerprint;
  const EventKinds* next;  // of another model
};

/// The kinds of a model, read past the caller's privileges. Read once for a call site, and kept in the function's
/// memory context (in fn_extra). Raises 42704 if there is no such model, 22023 if a kind has an impossible half-life or
/// period.
const EventKinds* find_event_kinds(FmgrInfo* flinfo, const text* model);

}  // namespace leadscore::pg
