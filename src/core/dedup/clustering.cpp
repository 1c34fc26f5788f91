#include "core/dedup/clustering.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "core/dedup/connected_components.hpp"
#include "core/dedup/forbidden_pairs.hpp"
#include "core/hash.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::uint32_t kNoLead = std::numeric_limits<std::uint32_t>::max();

// The leads of each cluster that stand for it where there are too many to weigh all: those with the least hashes, so
// that they depend on the cluster alone, not on how it came about.
class ClusterSamples {
 public:
  ClusterSamples(std::size_t leads, std::size_t most, std::pmr::memory_resource* memory)
      : most_(most), firsts_(leads, memory), nexts_(leads, kNoLead, memory) {
    std::iota(firsts_.begin(), firsts_.end(), 0U);
  }

  // Puts the sample of a cluster that goes into another to that of the other.
  void join(std::uint32_t into, std::uint32_t from) noexcept {
    std::uint32_t a = firsts_[into];
    std::uint32_t b = firsts_[from];
    std::uint32_t* place = &firsts_[into];
    std::size_t count = 0;
    for (; a != kNoLead && b != kNoLead && count < most_; ++count) {
      std::uint32_t& least = mix(a) < mix(b) ? a : b;
      *place = least;
      place = &nexts_[least];
      least = *place;
    }
    *place = count == most_ ? kNoLead : std::min(a, b);  // the one that is left
  }

  // Writes the sample; there is room for it.
  void read(std::uint32_t cluster, std::span<std::uint32_t> sample) const noexcept {
    std::uint32_t lead = firsts_[cluster];
    for (std::uint32_t& each : sample) {
      each = lead;
      lead = nexts_[lead];
    }
  }

 private:
  std::size_t most_;
  std::pmr::vector<std::uint32_t> firsts_;  // by cluster
  std::pmr::vector<std::uint32_t> nexts_;   // by lead, in the order of their hashes; only the first of them matter
};

// Remembers pairs of clusters that must stay apart as they are, so that they are not weighed again for each further
// edge between them. What does not fit is forgotten.
class FailedPairs {
 public:
  FailedPairs(std::size_t leads, std::pmr::memory_resource* memory) : pairs_(std::bit_ceil(leads / 4 + 1), memory) {}

  // A cluster changes only by growing, so its smallest lead and its size say which it is.
  bool has(std::uint32_t a, std::uint32_t b, std::uint32_t size_of_both) const noexcept {
    const Pair& pair = pairs_[place_of(a, b)];
    return pair.size_of_both == size_of_both && pair.a == a && pair.b == b;
  }
  void add(std::uint32_t a, std::uint32_t b, std::uint32_t size_of_both) noexcept {
    pairs_[place_of(a, b)] = {a, b, size_of_both};
  }

 private:
  struct Pair {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t size_of_both = 0;
  };

  [[nodiscard]] std::size_t place_of(std::uint32_t a, std::uint32_t b) const noexcept {
    return mix(std::uint64_t{a} << 32 | b) & (pairs_.size() - 1);
  }

  std::pmr::vector<Pair> pairs_;
};

class AverageLink {
 public:
  AverageLink(std::size_t leads, PairWeight& pairs, const ClusteringOptions& options, std::pmr::memory_resource* memory,
              StopToken& stop)
      : pairs_(pairs),
        options_(options),
        stop_(stop),
        clusters_(memory, leads),
        sizes_(leads, 1, memory),
        samples_(leads, options.most_samples, memory),
        failed_(leads, memory),
        forbidden_(memory),
        sample_a_(std::min(leads, options.most_samples), memory),
        sample_b_(std::min(leads, options.most_samples), memory) {}

  void apply(std::span<const KnownLink> known) {
    for (const KnownLink& link : known) {
      stop_.check();
      if (link.is_same) {
        join(clusters_.smallest(link.a), clusters_.smallest(link.b));
      }
    }
    std::optional<std::pair<std::uint32_t, std::uint32_t>> contradiction;
    for (const KnownLink& link : known) {
      stop_.check();
      if (link.is_same) {
        continue;
      }
      const std::uint32_t a = clusters_.smallest(link.a);
      const std::uint32_t b = clusters_.smallest(link.b);
      if (a == b) {
        const std::pair<std::uint32_t, std::uint32_t> leads = std::minmax(link.a, link.b);
        contradiction = std::min(contradiction.value_or(leads), leads);
      } else if (!contradiction) {
        forbidden_.add(a, b, sizes_.size());
      }
    }
    if (contradiction) {
      throw ContradictoryLinks(contradiction->first, contradiction->second);
    }
  }

  // Makes one cluster of those of the edge's leads if they go together.
  void consider(const MatchEdge& edge) {
    const auto [a, b] = std::minmax({clusters_.smallest(edge.a), clusters_.smallest(edge.b)});
    if (a == b || forbidden_.are_apart(a, b, clusters_, stop_)) {
      return;
    }
    const bool is_single_pair = sizes_[a] == 1 && sizes_[b] == 1;
    if (!is_single_pair && failed_.has(a, b, sizes_[a] + sizes_[b])) {
      return;
    }
    if (go_together(a, b, edge)) {
      join(a, b);
    } else if (!is_single_pair) {
      failed_.add(a, b, sizes_[a] + sizes_[b]);
    }
  }

  [[nodiscard]] std::pmr::vector<std::uint32_t> take() && noexcept { return std::move(clusters_).take(); }

 private:
  void join(std::uint32_t a, std::uint32_t b) {
    if (!clusters_.join(a, b)) {
      return;
    }
    const auto [into, from] = std::minmax({a, b});
    sizes_[into] += sizes_[from];
    samples_.join(into, from);
    forbidden_.join(into, from);
  }

  [[nodiscard]] double weight(std::uint32_t lead_a, std::uint32_t lead_b, const MatchEdge& edge) {
    const auto [a, b] = std::minmax({lead_a, lead_b});
    const double weight = a == edge.a && b == edge.b ? edge.weight : pairs_.weight(a, b);
    return weight > -options_.clamp ? std::min(weight, options_.clamp) : -options_.clamp;  // which NaN comes to as well
  }

  // Weighs pairs until what is left cannot change the answer.
  [[nodiscard]] bool go_together(std::uint32_t a, std::uint32_t b, const MatchEdge& edge) {
    const std::size_t size_a = std::min<std::size_t>(sizes_[a], options_.most_samples);
    const std::size_t size_b = std::min<std::size_t>(sizes_[b], options_.most_samples);
    samples_.read(a, std::span(sample_a_).first(size_a));
    samples_.read(b, std::span(sample_b_).first(size_b));
    const std::size_t pairs = std::min(size_a * size_b, options_.most_samples);
    const double least_sum = options_.least_mean_weight * static_cast<double>(pairs);
    // Along the diagonals of the table of all pairs: each comes once, and every lead about as often as any other.
    const std::size_t diagonal = std::lcm(size_a, size_b);
    double sum = 0;
    for (std::size_t i = 0; i < pairs; ++i) {
      stop_.check();
      sum += weight(sample_a_[i % size_a], sample_b_[(i + i / diagonal) % size_b], edge);
      const double rest = options_.clamp * static_cast<double>(pairs - 1 - i);
      if (sum - rest >= least_sum) {
        return true;
      }
      if (sum + rest < least_sum) {
        return false;
      }
    }
    return false;
  }

  PairWeight& pairs_;
  const ClusteringOptions& options_;
  StopToken& stop_;
  ConnectedComponents clusters_;
  std::pmr::vector<std::uint32_t> sizes_;  // by cluster
  ClusterSamples samples_;
  FailedPairs failed_;
  ForbiddenPairs forbidden_;
  std::pmr::vector<std::uint32_t> sample_a_;
  std::pmr::vector<std::uint32_t> sample_b_;
};

void check_options(const ClusteringOptions& options) {
  if (!(options.clamp >= 0) || std::isinf(options.clamp)) {
    throw Error(ErrorCode::invalid_argument, "the clamp of match weights must be a finite number, at least 0");
  }
  if (std::isnan(options.least_mean_weight)) {
    throw Error(ErrorCode::invalid_argument, "the least mean weight must be a number");
  }
  if (options.most_samples == 0) {
    throw Error(ErrorCode::invalid_argument, "at least one pair must be weighed to join clusters");
  }
}

void check_leads(std::uint32_t a, std::uint32_t b, std::size_t leads) {
  if (a >= leads || b >= leads) {
    throw Error(ErrorCode::invalid_argument, "there is no lead of this number: " + std::to_string(std::max(a, b)));
  }
}

// By weight, the greatest first; ties, and the leads of an edge, by number.
void put_in_order(std::span<MatchEdge> edges, StopToken& stop) {
  for (MatchEdge& edge : edges) {
    stop.check();
    if (edge.a > edge.b) {
      std::swap(edge.a, edge.b);
    }
    if (std::isnan(edge.weight)) {
      edge.weight = -std::numeric_limits<float>::infinity();
    }
  }
  std::sort(edges.begin(), edges.end(), [&](const MatchEdge& x, const MatchEdge& y) {
    stop.check();
    return std::tie(y.weight, x.a, x.b) < std::tie(x.weight, y.a, y.b);
  });
}

}  // namespace

ContradictoryLinks::ContradictoryLinks(std::uint32_t a, std::uint32_t b)
    : Error(ErrorCode::invalid_argument,
            "leads " + std::to_string(a) + " and " + std::to_string(b) +
                " are known to be one person, perhaps by way of others, and known to be two",
            "Take one of the links back."),
      a_(a),
      b_(b) {}

std::pmr::vector<std::uint32_t> cluster(std::size_t leads, std::span<MatchEdge> edges, std::span<const KnownLink> known,
                                        PairWeight& pairs, const ClusteringOptions& options,
                                        std::pmr::memory_resource* memory, StopToken& stop) {
  if (leads >= kNoLead) {
    throw Error(ErrorCode::limit_exceeded, "too many leads to cluster");
  }
  check_options(options);
  for (const MatchEdge& edge : edges) {
    check_leads(edge.a, edge.b, leads);
  }
  for (const KnownLink& link : known) {
    check_leads(link.a, link.b, leads);
  }
  AverageLink clusters(leads, pairs, options, memory, stop);
  clusters.apply(known);
  put_in_order(edges, stop);
  for (const MatchEdge& edge : edges) {
    stop.check();
    clusters.consider(edge);
  }
  return std::move(clusters).take();
}

}  // namespace leadscore::dedup
