#include "core/learn/naive_bayes.hpp"

#include <cmath>

#include "core/error.hpp"

namespace leadscore::learn {

std::pmr::vector<double> naive_bayes(const Encoding& encoding, std::int64_t leads, std::int64_t wins, double smoothing,
                                     std::pmr::memory_resource* memory) {
  if (!(smoothing > 0) || !std::isfinite(smoothing)) {
    throw Error(ErrorCode::invalid_argument, "the smoothing of naive Bayes must be a positive number", "Usual is 1.");
  }
  if (wins <= 0 || wins >= leads) {
    throw Error(ErrorCode::invalid_argument, "naive Bayes needs leads that were won and leads that were lost");
  }
  std::pmr::vector<double> coefficients(encoding.parameters(), memory);
  coefficients[encoding.intercept()] = std::log(static_cast<double>(wins) / static_cast<double>(leads - wins));
  for (const EncodedColumn& column : encoding.columns()) {
    if (column.is_number) {
      throw Error(ErrorCode::invalid_argument, "naive Bayes needs bins", "Choose another binning than none.");
    }
    BinCount all;
    for (const BinCount& bin : column.bins.counts) {
      all.leads += bin.leads;
      all.wins += bin.wins;
    }
    const double added = smoothing * static_cast<double>(column.bins.size());
    for (std::size_t i = 0; i < column.bins.size(); ++i) {
      if (column.parameters[i] != Encoding::kNoParameter) {
        const BinCount& bin = column.bins.counts[i];
        const double of_won = (static_cast<double>(bin.wins) + smoothing) / (static_cast<double>(all.wins) + added);
        const double of_lost = (static_cast<double>(bin.leads - bin.wins) + smoothing) /
                               (static_cast<double>(all.leads - all.wins) + added);
        coefficients[column.parameters[i]] = std::log(of_won / of_lost);
      }
    }
  }
  return coefficients;
}

}  // namespace leadscore::learn
