// Which leads are one person, by how likely each pair of them is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// Two leads that may be one person.
struct MatchEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  float weight = 0;  // the log2 of the odds that they are
};

/// What people said of two leads.
struct KnownLink {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  bool is_same = false;  // one person, or certainly two
};

/// Weighs the pairs that have no edge.
class PairWeight {
 public:
  PairWeight() = default;
  PairWeight(const PairWeight&) = delete;
  PairWeight& operator=(const PairWeight&) = delete;
  virtual ~PairWeight() = default;

  /// The log2 of the odds that leads a < b are one person.
  virtual double weight(std::uint32_t a, std::uint32_t b) = 0;
};

struct ClusteringOptions {
  double least_mean_weight = -4;  // of the pairs between two clusters that become one
  double clamp = 12;              // no pair counts for more, either way
  std::size_t most_samples = 64;  // pairs that are weighed to join two clusters
};

/// Thrown where known links say that two leads are one person, perhaps by way of others, and that they are two.
class ContradictoryLinks final : public Error {
 public:
  ContradictoryLinks(std::uint32_t a, std::uint32_t b);

  /// The leads that were said to be two persons: a < b.
  [[nodiscard]] std::uint32_t a() const noexcept { return a_; }
  [[nodiscard]] std::uint32_t b() const noexcept { return b_; }

 private:
  std::uint32_t a_;
  std::uint32_t b_;
};

/// Clusters leads, numbered from 0, and returns for each the smallest number of its cluster. Greedy correlation
/// clustering by average link (after N. Bansal, A. Blum, S. Chawla, Machine Learning 56 (2004) 89-113): from the
/// greatest weight down, the clusters of an edge's leads become one if the mean weight of all pairs between them, each
/// kept within `clamp` of 0, is at least `least_mean_weight`. Where there are more than `most_samples` pairs, that many
/// are weighed: the same for the same two clusters, spread over the leads of both. So one bridge does not join
/// strangers, as it does in connected components. Before that, leads that are known to be the same are put together; a
/// cluster never holds two that are known not to be.
///
/// The result depends on neither the order of edges nor that of links. The edges are sorted in place; a weight that is
/// NaN counts as minus infinity. Beside them, O(leads + known) memory; O(edges (log edges + most_samples)) time.
///
/// Throws ContradictoryLinks for the smallest such pair; Error(invalid_argument) for numbers that are no leads, options
/// that are NaN, a clamp that is negative or infinite, and for no samples; Error(limit_exceeded) from 2^32 - 1 leads
/// on; Cancelled if asked to stop; and what the memory resource throws.
[[nodiscard]] std::pmr::vector<std::uint32_t> cluster(std::size_t leads, std::span<MatchEdge> edges,
                                                      std::span<const KnownLink> known, PairWeight& pairs,
                                                      const ClusteringOptions& options,
                                                      std::pmr::memory_resource* memory, StopToken& stop);

}  // namespace leadscore::dedup
