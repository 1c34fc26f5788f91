// Leads for the tests of learning: made up, or with cells that are easy to write.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

#include "core/learn/training_data.hpp"
#include "random.hpp"

namespace leadscore::test {

struct Lead {
  std::vector<learn::Cell> cells;
  learn::LeadOutcome outcome;
};

inline std::vector<std::uint32_t> all_rows(const learn::TrainingData& data) {
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

/// Leads with an age (sometimes missing), an income, a job and a region (sometimes missing), of which the first three
/// matter. `columns` are their kinds.
struct MadeUpLeads {
  std::vector<learn::ColumnKind> columns{learn::ColumnKind::numeric, learn::ColumnKind::numeric,
                                         learn::ColumnKind::categorical, learn::ColumnKind::categorical};
  std::vector<Lead> leads;

  MadeUpLeads(std::size_t count, std::uint64_t seed, bool with_time = false) {
    static const std::vector<std::string> kJobs{"clerk", "driver", "nurse", "teacher", "it's me"};
    static const std::vector<std::string> kRegions{"north", "south", "west"};
    Random random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      const double age = random.whole(18, 80);
      const double income = std::round(random.number(0, 1) * random.number(0, 1) * 5000);
      const std::uint32_t job = random.below(5);
      const double log_odds = -1.5 + (age > 30 && age < 50 ? 0.8 : 0) + income / 3000 + (job == 2 ? 1 : 0);
      Lead lead;
      lead.cells.push_back(random.chance(0.1) ? learn::Cell{} : learn::Cell::of(age));
      lead.cells.push_back(learn::Cell::of(income));
      lead.cells.push_back(learn::Cell::of(std::string_view(kJobs[job])));
      lead.cells.push_back(random.chance(0.05) ? learn::Cell{}
                                               : learn::Cell::of(std::string_view(kRegions[random.below(3)])));
      lead.outcome.won = random.chance(1 / (1 + std::exp(-log_odds)));
      lead.outcome.at = with_time ? static_cast<std::int64_t>(i / 3) : 0;
      leads.push_back(lead);
    }
  }

  void add_to(learn::TrainingData& data, std::size_t first = 0, std::size_t last = SIZE_MAX) const {
    for (std::size_t i = first; i < std::min(last, leads.size()); ++i) {
      data.add(leads[i].cells, leads[i].outcome);
    }
  }
};

}  // namespace leadscore::test
