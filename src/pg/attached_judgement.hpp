// What a model says of a lead of an attached table.
#pragma once

#include "pg/composite.hpp"

namespace leadscore::pg {

/// A lead, and what its table knows of it besides its columns.
struct JudgedLead {
  const text* model;
  HeapTupleHeader lead;
  TimestampTz as_of;
  NullableDatum engagement;
  NullableDatum is_duplicate;  // NULL: the table does not mark duplicates
  const char* stage;           // what it had before; nullptr: none
  const char* grade;
  const char* temperature;
};

/// Texts are the model's, which the call site holds until its next call.
struct Judgement {
  double score;
  double raw_score;
  std::optional<double> probability;
  Column grade;
  Column temperature;
  Column target;
  Column stage;  // by rules it only climbs
  int64 model_version;
};

/// Raises what find_model() and the model's conditions raise. `call_site`: as of find_model().
Judgement judge_attached(FmgrInfo* call_site, const JudgedLead& lead);

}  // namespace leadscore::pg
