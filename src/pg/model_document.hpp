// A model as a value: the jsonb document read into plain structures.
#pragma once

#include "core/model/ladder.hpp"
#include "core/model/target.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

inline constexpr int kDocumentFormat = 1;
/// The largest number of criteria of a model, and of whatever else it has several of.
inline constexpr int kModelMaxItems = 10000;

struct DocumentDimension {
  const char* name;
  const char* title;  // never nullptr: the name where the document has no title
  double lower;       // infinite where there is no limit
  double upper;
};

struct DocumentCriterion {
  const char* name;
  const char* title;
  const char* dimension;  // nullptr: none
  const char* attribute;  // nullptr: none
  const char* condition;
  const char* points;
};

struct DocumentBand {
  const char* label;
  double from_score;
  double keep_from;
};

struct DocumentStage {
  const char* name;
  model::Stage stage;
};

struct DocumentRule {
  const char* stage;
  const char* name;
  const char* title;
  const char* condition;
};

struct DocumentStatus {
  const char* status;
  const char* stage;
};

struct DocumentTargetCriterion {
  const char* name;
  const char* title;
  const char* condition;
  model::Requirement requirement;
  const char* valid_from;  // a date; nullptr: from the beginning
  const char* valid_to;    // nullptr: for ever
  const char* greeting;    // nullptr: none was agreed
  const char* greeting_version;
};

/// Either a probability, or an intercept and a slope: see model::CalibrationPiece.
struct DocumentCalibration {
  double raw_from;  // -infinity where the document has none
  bool is_curve;
  double probability;
  double intercept;
  double slope;
};

enum class BandKind : std::uint8_t { grade, temperature };
inline constexpr int kBandKinds = 2;
const char* band_kind_name(BandKind kind);

inline constexpr int kStageKinds = 4;
const char* stage_kind_name(model::StageKind kind);
inline constexpr int kRequirements = 3;
const char* requirement_name(model::Requirement requirement);

struct ModelDocument {
  double base_points;
  double lower;
  double upper;
  const char* scale;
  bool has_raw_min;
  double raw_min;
  bool has_raw_max;
  double raw_max;
  const char* time_zone;
  const char* status;  // SQL expression for the CRM's status of a lead; nullptr: it has none
  int calibration_count;
  DocumentCalibration* calibration;
  int dimension_count;
  DocumentDimension* dimensions;
  int criterion_count;  // enabled ones only
  DocumentCriterion* criteria;
  int band_counts[kBandKinds];
  DocumentBand* bands[kBandKinds];
  int stage_count;
  DocumentStage* stages;
  int rule_count;  // enabled ones only
  DocumentRule* rules;
  int status_count;
  DocumentStatus* statuses;
  int target_criterion_count;  // enabled ones only
  DocumentTargetCriterion* target_criteria;
};

/// Reads the document into the current memory context. Raises 22023 (invalid_parameter_value) where it is not a
/// model: a wrong shape or type, an unknown key, a missing name. Strings are copied; the document may go.
ModelDocument* read_document(Jsonb* document);

}  // namespace leadscore::pg
