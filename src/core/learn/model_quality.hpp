// How well the probabilities of a model tell the won leads from the lost.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>

#include "core/learn/design.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// Measures of a model on some leads. Without won or without lost leads auc and ks are NaN; without leads all are.
struct ModelQuality {
  std::size_t leads = 0;
  std::size_t wins = 0;
  double auc = 0;       // the probability that a won lead has greater log-odds than a lost one; ties count half
  double ks = 0;        // the greatest distance of the two distribution functions
  double brier = 0;     // the mean squared error of the probability
  double log_loss = 0;  // the mean logarithmic loss, natural logarithm
};

/// The quality of coefficients on a design. O(n). Throws Cancelled if asked to stop.
[[nodiscard]] ModelQuality measure_quality(const Design& design, std::span<const double> coefficients,
                                           std::pmr::memory_resource* memory, StopToken stop = {});

}  // namespace leadscore::learn
