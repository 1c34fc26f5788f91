// What should make one doubt a trained model.
#pragma once

#include <cstdint>
#include <memory_resource>

#include "core/learn/training.hpp"

namespace leadscore::learn {

/// A column with this information value is suspected to know the outcome. (A rule of thumb calls 0.5 suspicious; honest
/// columns such as an earlier campaign's success come near that.)
inline constexpr double kLeakage = 1;
/// A column whose being filled multiplies the odds of an outcome by this is suspected to be filled because of it: as
/// known of 91 % of the won and 9 % of the lost. (Honest columns stay below 10: an earlier campaign's outcome has 3.)
inline constexpr double kFilledByOutcome = 100;
/// Fewer leads with or without it tell nothing.
inline constexpr std::int64_t kLeastFilled = 20;
/// The population stability index from which on a distribution has shifted.
inline constexpr double kDrift = 0.25;
/// Below this many won or lost leads points are shaky; below this AUC on leads not seen there is hardly a signal.
inline constexpr std::size_t kFew = 100;
inline constexpr double kHardlyASignal = 0.6;

/// Adds the warnings that the data and a finished model give. `older` and `newest` are the rows that the unseen quality
/// was measured with; of many only some are looked at. Throws Cancelled if asked to stop.
void add_warnings(const TrainingData& data, Rows older, Rows newest, bool by_time, TrainedModel& model,
                  std::pmr::memory_resource* memory, StopToken stop = {});

}  // namespace leadscore::learn
