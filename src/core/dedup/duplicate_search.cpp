#include "core/dedup/duplicate_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>

#include "core/hash.hpp"

namespace leadscore::dedup {

namespace {

constexpr double kLeastMatches = 25;          // from fewer nothing is learned
constexpr double kLeastShare = 0.05;          // nor from pairs of a key that brings mostly strangers together
constexpr double kShippedMatches = 10;        // as many count for what ships
constexpr double kShippedStrangers = 10'000;  // and of two persons
constexpr double kLearnedMatches = 50;        // as many labelled pairs count for what was learned

// The second leads of pairs lie anywhere: to wait for the memory would take longer than to compare. So leads are
// fetched into the cache so many pairs ahead.
constexpr std::size_t kPairsAhead = 16;
// Pairs with less than this, in bits of odds, are not weighed again in the last round.
constexpr double kHopeless = -16;

// The comparisons that a blocking key decides, because it is made of the same fields.
ComparisonSet decided_by(const MatchRule& rule, const BlockingKey& key) noexcept {
  ComparisonSet set = 0;
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    for (const KeyPart& part : key) {
      if (subject_of(part.field) == rule.comparisons[i].subject) {
        set |= ComparisonSet{1} << i;
      }
    }
  }
  return set;
}

// Which part of pairs match, by what the rule says of all comparisons.
double share_of_matches(const MatchRule& rule, std::span<const AgreementCount> counts) {
  constexpr double kLeast = 1e-4;
  constexpr double kMost = 0.95;
  const LevelWeights bits(rule);
  const double prior = log_odds(rule.prior);
  double matches = 0;
  double all = 0;
  for (const AgreementCount& count : counts) {
    matches += count.count * probability_of(bits.of(count.agreement, prior));
    all += count.count;
  }
  return all == 0 ? kLeast : std::clamp(matches / all, kLeast, kMost);
}

// m as the pairs of several keys teach it, weighted by matches.
class MeanOfM {
 public:
  void add(const MatchRule& learned, ComparisonSet left_out, double matches) noexcept {
    for (std::size_t i = 0; i < learned.comparisons.size(); ++i) {
      if (contains(left_out, i)) {
        continue;
      }
      matches_[i] += matches;
      for (std::size_t j = 0; j < learned.comparisons[i].levels.size(); ++j) {
        sums_[i][j] += matches * learned.comparisons[i].levels[j].m;
      }
    }
  }

  // The rule's own m count for kShippedMatches.
  void set_m(MatchRule& rule) const noexcept {
    for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
      for (std::size_t j = 0; j < rule.comparisons[i].levels.size(); ++j) {
        double& m = rule.comparisons[i].levels[j].m;
        m = (sums_[i][j] + kShippedMatches * m) / (matches_[i] + kShippedMatches);
      }
    }
  }

 private:
  std::array<std::array<double, kMostLevels>, kSubjects> sums_{};
  std::array<double, kSubjects> matches_{};
};

// Weighs pairs of a table's leads.
class TableWeights final : public PairWeight {
 public:
  TableWeights(const MatchRule& rule, const LeadTable& table, const ValueFrequencies& frequencies) noexcept
      : rule_(rule), table_(table), bits_(rule, frequencies) {}

  double weight(std::uint32_t a, std::uint32_t b) noexcept override {
    return bits_.of(compare(rule_, table_[a], table_[b]), table_[a], table_[b]);
  }

 private:
  const MatchRule& rule_;
  const LeadTable& table_;
  MatchWeights bits_;
};

// The first of the leads that are equal in every value: one that was submitted again and again, as for a test, would
// otherwise make its values look usual.
std::pmr::vector<std::uint32_t> different_leads(const LeadTable& table, std::pmr::memory_resource* memory,
                                                StopToken& stop) {
  std::pmr::vector<std::uint32_t> leads(memory);
  ValueNumbers seen(memory);
  for (std::size_t lead = 0; lead < table.size(); ++lead) {
    stop.check();
    std::uint64_t hash = 0;
    for (const ValueNumber value : table[lead].value) {
      hash = add_to_hash(hash, value);
    }
    if (seen.number_of(mix(hash)) > leads.size()) {
      leads.push_back(static_cast<std::uint32_t>(lead));
    }
  }
  return leads;
}

}  // namespace

DuplicateSearch::DuplicateSearch(const MatchRule& rule, const LeadTable& table, const SearchOptions& options,
                                 std::pmr::memory_resource* memory, SearchObserver* observer, StopToken& stop)
    : rule_(rule),
      shipped_(rule),
      table_(table),
      options_(options),
      memory_(memory),
      observer_(observer),
      stop_(stop),
      blocking_reports_(rule.keys.size(), memory),
      pairs_(memory),
      agreements_(memory),
      weights_(memory),
      frequencies_(memory) {}

void DuplicateSearch::begins(SearchObserver::Step step, std::size_t number) {
  if (observer_ != nullptr) {
    observer_->begins(step, number);
  }
}

void DuplicateSearch::run() {
  report_.leads = table_.size();
  begins(SearchObserver::Step::block, table_.size());
  pairs_ = block(rule_, table_, options_.blocking, blocking_reports_, memory_, stop_);
  compare_pairs();
  std::pmr::vector<std::uint32_t> everybody(table_.size(), memory_);
  std::iota(everybody.begin(), everybody.end(), 0);
  all_pairs_ = static_cast<double>(PairSpace(table_, everybody, options_.blocking.within, memory_, stop_).size());
  // Leads of one person are no strangers to learn u from: the rule as it is tells them apart first.
  frequencies_.count(table_, different_leads(table_, memory_, stop_), stop_);
  weigh(false);
  settle_prior();
  for (const bool is_last : {false, true}) {
    const std::pmr::vector<std::uint32_t> person_of = persons({});
    std::pmr::vector<std::uint32_t> firsts(memory_);
    std::copy_if(everybody.begin(), everybody.end(), std::back_inserter(firsts),
                 [&person_of](std::uint32_t lead) { return person_of[lead] == lead; });
    learn(firsts, is_last);
  }
  const auto least = static_cast<float>(log_odds(rule_.threshold) - log_odds(rule_.prior));
  report_.matches = static_cast<std::size_t>(
      std::count_if(weights_.begin(), weights_.end(), [least](float weight) { return weight >= least; }));
  report_.prior = rule_.prior;
}

void DuplicateSearch::prefetch_ahead(std::span<const BlockedPair> records) const noexcept {
  const auto behind = static_cast<std::size_t>(pairs_.data() + pairs_.size() - records.data());
  if (kPairsAhead < behind) {
    table_.prefetch(records.data()[kPairsAhead].b());
  }
  if (kPairsAhead / 2 < behind) {
    table_.prefetch_letters(records.data()[kPairsAhead / 2].b());
  }
}

void DuplicateSearch::compare_pairs() {
  const std::size_t pairs = blocking_reports_.empty() ? 0 : blocking_reports_.front().all_pairs;
  report_.pairs = pairs;
  begins(SearchObserver::Step::compare, pairs);
  agreements_.reserve(pairs);
  for_each_pair(pairs_, [this](std::span<const BlockedPair> records) {
    stop_.check();
    prefetch_ahead(records);
    agreements_.push_back(compare(rule_, table_[records.front().a()], table_[records.front().b()]));
  });
}

void DuplicateSearch::learn(std::span<const std::uint32_t> persons, bool is_last) {
  begins(SearchObserver::Step::learn, persons.size());
  frequencies_.count(table_, persons, stop_);
  if (!rule_.is_trained) {
    learn_u(persons);
    learn_all_m();
  } else {
    report_.origin_of_m = OriginOfM::trained_rule;
  }
  weigh(is_last);
  settle_prior();
}

void DuplicateSearch::learn_u(std::span<const std::uint32_t> persons) {
  const PairSpace pairs(table_, persons, options_.blocking.within, memory_, stop_);
  const bool takes_all = pairs.size() <= options_.random_pairs;
  const std::uint64_t count = takes_all ? pairs.size() : options_.random_pairs;
  LevelCounts strangers;
  for (std::uint64_t number = 0; number < count; ++number) {
    stop_.check();
    const auto [i, j] = pairs[takes_all ? number : mix(number) % pairs.size()];
    strangers.add(compare(rule_, table_[persons[i]], table_[persons[j]]));
  }
  rule_.comparisons = shipped_.comparisons;
  set_u(rule_, strangers, kShippedStrangers);
}

std::pmr::vector<AgreementTally> DuplicateSearch::tally_by_key() const {
  std::pmr::vector<AgreementTally> tallies(memory_);
  for (std::size_t key = 0; key < rule_.keys.size(); ++key) {
    tallies.emplace_back(memory_);
  }
  std::size_t pair = 0;
  for_each_pair(pairs_, [&](std::span<const BlockedPair> records) {
    stop_.check();
    for (const BlockedPair& record : records) {
      tallies[record.key()].add(agreements_[pair]);
    }
    ++pair;
  });
  return tallies;
}

void DuplicateSearch::learn_all_m() {
  const std::pmr::vector<AgreementTally> tallies = tally_by_key();
  MeanOfM mean;
  report_.training_keys = 0;
  report_.training_steps = 0;
  report_.training_matches = 0;
  for (std::size_t key = 0; key < rule_.keys.size(); ++key) {
    MatchRule learned = rule_;
    ExpectationOptions options;
    options.left_out = decided_by(rule_, rule_.keys[key]);
    options.prior_pairs = 1;
    const auto counts = tallies[key].counts(stop_);
    const ExpectationResult result = learn_m(learned, counts, share_of_matches(rule_, counts), options, stop_);
    if (result.matches < kLeastMatches || result.share < kLeastShare) {
      continue;
    }
    ++report_.training_keys;
    report_.training_steps += result.steps;
    report_.training_matches += result.matches;
    mean.add(learned, options.left_out, result.matches);
  }
  report_.origin_of_m = report_.training_keys >= 2 ? OriginOfM::these_leads : OriginOfM::shipped_rule;
  if (report_.origin_of_m == OriginOfM::these_leads) {
    mean.set_m(rule_);
  }
}

void DuplicateSearch::weigh(bool leaves_hopeless) {
  begins(SearchObserver::Step::weigh, agreements_.size());
  const MatchWeights bits(rule_, frequencies_);
  const double hopeless = kHopeless - log_odds(rule_.prior);
  weights_.resize(agreements_.size());
  std::size_t pair = 0;
  for_each_pair(pairs_, [&](std::span<const BlockedPair> records) {
    stop_.check();
    float& weight = weights_[pair];
    const Agreement agreement = agreements_[pair++];
    if (leaves_hopeless && static_cast<double>(weight) < hopeless) {
      return;
    }
    const PackedLead& a = table_[records.front().a()];
    const PackedLead& b = table_[records.front().b()];
    weight = static_cast<float>(bits.of(agreement, a, b) - bits.prior());
  });
}

void DuplicateSearch::settle_prior() {
  const double all = std::max(1.0, all_pairs_);
  for (int round = 0; round < 5; ++round) {
    const double prior = log_odds(rule_.prior);
    double matches = 0.5;
    for (const float weight : weights_) {
      stop_.check();
      matches += probability_of(prior + static_cast<double>(weight));
    }
    rule_.prior = std::clamp(matches / all, 1e-12, 0.5);
  }
}

std::pmr::vector<MatchEdge> DuplicateSearch::matches(double least) const {
  const double prior = log_odds(rule_.prior);
  std::pmr::vector<MatchEdge> edges(memory_);
  std::size_t pair = 0;
  for_each_pair(pairs_, [&](std::span<const BlockedPair> records) {
    stop_.check();
    const double weight = prior + static_cast<double>(weights_[pair++]);
    if (weight >= least) {
      edges.push_back({records.front().a(), records.front().b(), static_cast<float>(weight)});
    }
  });
  return edges;
}

double DuplicateSearch::weight(std::uint32_t a, std::uint32_t b) const noexcept {
  return TableWeights(rule_, table_, frequencies_).weight(a, b);
}

std::size_t DuplicateSearch::add_labels(MatchRule& rule, std::span<const KnownLink> labels) const {
  LevelCounts matches;
  std::size_t count = 0;
  for (const KnownLink& label : labels) {
    stop_.check();
    if (label.is_same) {
      matches.add(compare(rule, table_[label.a], table_[label.b]));
      ++count;
    }
  }
  update_m(rule, matches, kLearnedMatches);
  return count;
}

std::pmr::vector<std::uint32_t> DuplicateSearch::persons(std::span<const KnownLink> known) {
  auto edges = matches(log_odds(rule_.threshold));
  begins(SearchObserver::Step::cluster, edges.size());
  TableWeights weights(rule_, table_, frequencies_);
  return cluster(table_.size(), edges, known, weights, options_.clustering, memory_, stop_);
}

}  // namespace leadscore::dedup
