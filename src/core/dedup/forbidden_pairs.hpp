// Pairs of clusters that must never become one, while clusters join.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "core/dedup/connected_components.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// Clusters are known by their smallest lead. Memory is taken with the first pair.
class ForbiddenPairs {
 public:
  explicit ForbiddenPairs(std::pmr::memory_resource* memory) : partners_(memory), lasts_(memory), counts_(memory) {}

  /// Keeps two clusters apart, of as many as there are leads.
  void add(std::uint32_t a, std::uint32_t b, std::size_t leads);

  /// True if two clusters must be kept apart. Looks at all that one of them must be kept apart from: the one with
  /// fewer.
  [[nodiscard]] bool are_apart(std::uint32_t a, std::uint32_t b, ConnectedComponents& clusters, StopToken& stop) const;

  /// Lets a cluster take over what holds for another, which becomes part of it.
  void join(std::uint32_t into, std::uint32_t from) noexcept;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Partner {
    std::uint32_t lead;
    std::uint32_t next;  // in a ring, so that two of them are joined at once
  };

  void add_partner(std::uint32_t cluster, std::uint32_t partner);

  std::pmr::vector<Partner> partners_;
  std::pmr::vector<std::uint32_t> lasts_;   // by cluster: one of its ring, or kNone
  std::pmr::vector<std::uint32_t> counts_;  // by cluster
};

}  // namespace leadscore::dedup
