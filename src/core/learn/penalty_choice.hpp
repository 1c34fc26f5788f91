// Chooses the penalty of a model by how it does on leads it has not seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/learn/encoding.hpp"
#include "core/learn/rows.hpp"
#include "core/learn/training_data.hpp"
#include "core/learn/training_observer.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

struct PenaltyChoice {
  explicit PenaltyChoice(std::pmr::memory_resource* memory) : penalties(memory), losses(memory) {}

  double penalty = 0;
  std::size_t folds = 0;               // 0: too few won or lost leads to judge by; the penalty is a cautious one
  std::pmr::vector<double> penalties;  // that were tried, falling
  std::pmr::vector<double> losses;     // the mean logarithmic loss of each over the judged leads
};

/// Tries a path of penalties on folds of the rows, bins made anew in each fold, and takes that with the least
/// logarithmic loss. `rows` stand in the order of the data. By time: the folds judge the parts after the first sixth,
/// each by what came before and whose outcome was known by then. Otherwise: five parts, each judged by the others. Of
/// many rows only some are used, at even distances.
[[nodiscard]] PenaltyChoice choose_penalty(const TrainingData& data, Rows rows, bool by_time,
                                           const EncodingOptions& options, StopToken& stop,
                                           std::pmr::memory_resource* memory, TrainingObserver* observer = nullptr);

/// Of some rows, those whose outcome was known at a time.
[[nodiscard]] std::pmr::vector<std::uint32_t> known_by(const TrainingData& data, Rows rows, std::int64_t time,
                                                       std::pmr::memory_resource* memory, StopToken stop = {});

}  // namespace leadscore::learn
