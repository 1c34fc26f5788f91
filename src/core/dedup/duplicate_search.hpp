// Finds the leads of a table that are one person: pairs by blocking, probabilities by what the pairs themselves teach.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <vector>

#include "core/dedup/agreement_tally.hpp"
#include "core/dedup/blocking.hpp"
#include "core/dedup/clustering.hpp"
#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_learning.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/dedup/match_weights.hpp"
#include "core/dedup/value_frequencies.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

struct SearchOptions {
  BlockingOptions blocking;
  ClusteringOptions clustering;
  std::size_t random_pairs = 1'000'000;  // from which u is learned
};

/// Where m comes from.
enum class OriginOfM : std::uint8_t { trained_rule, these_leads, shipped_rule };

struct SearchReport {
  std::size_t leads = 0;
  std::size_t pairs = 0;    // compared
  std::size_t matches = 0;  // of them over the threshold
  double prior = 0;
  OriginOfM origin_of_m = OriginOfM::shipped_rule;
  std::size_t training_keys = 0;   // blocking keys whose pairs taught m
  std::size_t training_steps = 0;  // of expectation maximisation, all together
  double training_matches = 0;     // expected matches among the pairs that taught
};

/// Told what a search does, so that who waits can be told.
class SearchObserver {
 public:
  enum class Step : std::uint8_t { block, compare, learn, weigh, cluster };

  SearchObserver() = default;
  SearchObserver(const SearchObserver&) = delete;
  SearchObserver& operator=(const SearchObserver&) = delete;
  virtual ~SearchObserver() = default;

  /// A step begins that handles so many leads or pairs.
  virtual void begins(Step step, std::size_t number) = 0;
};

/// A search over a table whose leads are in order of time. The table must outlive it and stay as it is.
///
/// The rule's prior is replaced by the part of all pairs that are found to match, since it hangs on how many leads
/// there are. If the rule is not trained, u comes from random pairs of persons and m from expectation maximisation on
/// the pairs of each blocking key, its own fields left out, averaged by expected matches; where there are too few
/// matches the rule's m stay. Persons are found by the rule itself at first, then by what they taught, so that one who
/// came often does not make a name frequent. The same table gives the same result.
class DuplicateSearch {
 public:
  DuplicateSearch(const MatchRule& rule, const LeadTable& table, const SearchOptions& options,
                  std::pmr::memory_resource* memory, SearchObserver* observer, StopToken& stop);

  void run();

  /// The rule with what was learned.
  [[nodiscard]] const MatchRule& rule() const noexcept { return rule_; }
  [[nodiscard]] const ValueFrequencies& frequencies() const noexcept { return frequencies_; }
  [[nodiscard]] const SearchReport& report() const noexcept { return report_; }
  [[nodiscard]] std::span<const BlockingReport> blocking_reports() const noexcept { return blocking_reports_; }

  /// The pairs with a weight of at least `least`, in the order of (a, b). Weights below -16 are those of an earlier
  /// round: what is hopeless is not weighed again.
  [[nodiscard]] std::pmr::vector<MatchEdge> matches(double least) const;
  /// The number of the first lead of each lead's person.
  [[nodiscard]] std::pmr::vector<std::uint32_t> persons(std::span<const KnownLink> known);

  /// The weight of any pair.
  [[nodiscard]] double weight(std::uint32_t a, std::uint32_t b) const noexcept;

  /// Updates the m of a rule, which counts for kLearnedMatches labelled pairs, by how pairs of one person agree. Pairs
  /// of two are left out: people judge such as look alike, which says nothing of strangers. Returns how many counted.
  std::size_t add_labels(MatchRule& rule, std::span<const KnownLink> labels) const;

 private:
  void begins(SearchObserver::Step step, std::size_t number);
  void compare_pairs();
  void prefetch_ahead(std::span<const BlockedPair> records) const noexcept;
  void learn(std::span<const std::uint32_t> persons, bool is_last);
  void learn_u(std::span<const std::uint32_t> persons);
  [[nodiscard]] std::pmr::vector<AgreementTally> tally_by_key() const;
  void learn_all_m();
  void weigh(bool leaves_hopeless);
  void settle_prior();

  MatchRule rule_;
  const MatchRule shipped_;
  const LeadTable& table_;
  SearchOptions options_;
  std::pmr::memory_resource* memory_;
  SearchObserver* observer_;
  StopToken& stop_;

  std::pmr::vector<BlockingReport> blocking_reports_;
  std::pmr::vector<BlockedPair> pairs_;     // for each key that found it
  std::pmr::vector<Agreement> agreements_;  // of each pair, once
  std::pmr::vector<float> weights_;         // likewise, without the prior
  ValueFrequencies frequencies_;
  double all_pairs_ = 0;
  SearchReport report_;
};

}  // namespace leadscore::dedup
