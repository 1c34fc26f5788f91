#include "pg/duplicate_run.hpp"

#include <algorithm>

#include "core/dedup/connected_components.hpp"
#include "core/dedup/contact_rule.hpp"
#include "core/dedup/match_rule_document.hpp"
#include "pg/guard.hpp"
#include "pg/notice_observer.hpp"

namespace leadscore::pg {

namespace {

using dedup::DuplicateSearch;
using dedup::KnownLink;
using dedup::MatchEdge;

const char* message_of(dedup::SearchObserver::Step step) noexcept {
  using Step = dedup::SearchObserver::Step;
  switch (step) {
    case Step::block:
      return "duplicates: looking for pairs among %zu leads";
    case Step::compare:
      return "duplicates: comparing %zu pairs";
    case Step::learn:
      return "duplicates: learning from %zu persons";
    case Step::weigh:
      return "duplicates: weighing %zu pairs";
    case Step::cluster:
      break;
  }
  return "duplicates: putting clusters together from %zu pairs";
}

dedup::SearchOptions options_of(const WindowOptions& window) {
  dedup::SearchOptions options;
  options.blocking.within = window.within;
  return options;
}

// Owned by the context, so that what is found lasts.
DuplicateSearch& run_search(DuplicateInput& input, const dedup::MatchRule& rule, const WindowOptions& window,
                            MemoryContext context) {
  using Observer = NoticeObserver<dedup::SearchObserver>;
  auto* const observer = make_in_context<Observer>(context, *make_in_context<NoticeClock>(context), message_of);
  auto* const stop = make_in_context<StopToken>(context, stop_token());
  auto* const search = make_in_context<DuplicateSearch>(context, rule, input.leads.table(), options_of(window),
                                                        &input.memory, observer, *stop);
  search->run();
  return *search;
}

// What lasts as long as the context.
template <class T>
std::pmr::vector<T>& kept(MemoryContext context, std::pmr::vector<T>&& items) {
  return *make_in_context<std::pmr::vector<T>>(context, std::move(items));
}

// The links whose leads are there, by numbers a < b.
std::pmr::vector<KnownLink> known_links(DuplicateInput& input, std::span<const LinkedKeys> links, StopToken& stop) {
  std::pmr::vector<KnownLink> known(&input.memory);
  if (links.empty()) {
    return known;
  }
  const dedup::KeyIndex by_key(input.leads, &input.memory, stop);
  for (const LinkedKeys& link : links) {
    stop.check();
    const auto a = by_key.find(link.a);
    const auto b = by_key.find(link.b);
    if (a && b && *a != *b) {
      known.push_back({.a = std::min(*a, *b), .b = std::max(*a, *b), .is_same = link.is_same});
    }
  }
  return known;
}

[[noreturn]] void contradiction(const DuplicateInput& input, std::uint32_t a, std::uint32_t b) {
  throw Error(ErrorCode::invalid_argument,
              "the links contradict each other: \"" + std::string(input.leads.key(a)) + "\" and \"" +
                  std::string(input.leads.key(b)) + "\" are said to be two persons, and by other links are one",
              "Correct the rows of links that lead from one to the other.");
}

template <class Pair>
std::uint64_t rank(const Pair& pair) {
  return std::uint64_t{pair.a} << 32 | pair.b;
}

constexpr auto kByRank = [](const auto& a, const auto& b) { return rank(a) < rank(b); };

// Leaves each pair once. Throws if a pair is said to be one person and to be two.
void settle_links(std::pmr::vector<KnownLink>& known, const DuplicateInput& input) {
  std::sort(known.begin(), known.end(), kByRank);
  const auto is_said_before = [&input](const KnownLink& a, const KnownLink& b) {
    if (rank(a) == rank(b) && a.is_same != b.is_same) {
      contradiction(input, a.a, a.b);
    }
    return rank(a) == rank(b);
  };
  known.erase(std::unique(known.begin(), known.end(), is_said_before), known.end());
}

// Leaves out pairs of two persons and adds those of one.
void apply_links(std::pmr::vector<MatchEdge>& pairs, std::span<const KnownLink> known, const DuplicateSearch& search) {
  std::erase_if(pairs, [known](const MatchEdge& pair) {
    const auto link = std::lower_bound(known.begin(), known.end(), pair, kByRank);
    return link != known.end() && rank(*link) == rank(pair) && !link->is_same;
  });
  const auto found = static_cast<std::ptrdiff_t>(pairs.size());
  for (const KnownLink& link : known) {
    if (link.is_same && !std::binary_search(pairs.begin(), pairs.begin() + found, link, kByRank)) {
      pairs.push_back({.a = link.a, .b = link.b, .weight = static_cast<float>(search.weight(link.a, link.b))});
    }
  }
  std::sort(pairs.begin(), pairs.end(), kByRank);
}

std::pmr::vector<std::int64_t> times_of(DuplicateInput& input) {
  std::pmr::vector<std::int64_t> times(&input.memory);
  times.reserve(input.leads.size());
  for (std::size_t i = 0; i < input.leads.size(); ++i) {
    times.push_back(input.leads.table()[i].at);
  }
  return times;
}

// Leaves pairs of one group of requests.
void keep_within(std::pmr::vector<MatchEdge>& pairs, DuplicateInput& input, const WindowOptions& window) {
  dedup::ConnectedComponents components(&input.memory, input.leads.size());
  for (const MatchEdge& pair : pairs) {
    components.join(pair.a, pair.b);
  }
  std::pmr::vector<std::uint32_t> group_of = std::move(components).take();
  split_by_window(group_of, times_of(input), window.within, window.mode, &input.memory);
  std::erase_if(pairs, [&group_of](const MatchEdge& pair) { return group_of[pair.a] != group_of[pair.b]; });
}

const char* copied(std::string_view text, MemoryContext context) {
  auto* const copy = static_cast<char*>(allocate_in_context(context, text.size() + 1));
  std::copy(text.begin(), text.end(), copy);
  copy[text.size()] = '\0';
  return copy;
}

}  // namespace

FoundDuplicates find_pairs(DuplicateInput& input, const dedup::MatchRule& rule, const WindowOptions& window,
                           std::span<const LinkedKeys> links, MemoryContext context) {
  DuplicateSearch& search = run_search(input, rule, window, context);
  StopToken stop = stop_token();
  auto& pairs = kept(context, search.matches(dedup::log_odds(search.rule().threshold)));
  std::pmr::vector<KnownLink> known = known_links(input, links, stop);
  settle_links(known, input);
  apply_links(pairs, known, search);
  if (window.within != dedup::kAnyTime) {
    keep_within(pairs, input, window);
  }
  return {.search = &search, .pairs = pairs, .cluster_of = {}};
}

FoundDuplicates find_clusters(DuplicateInput& input, const dedup::MatchRule& rule, const WindowOptions& window,
                              std::span<const LinkedKeys> links, MemoryContext context) {
  DuplicateSearch& search = run_search(input, rule, window, context);
  StopToken stop = stop_token();
  const std::pmr::vector<KnownLink> known = known_links(input, links, stop);
  try {
    auto& cluster_of = kept(context, search.persons(known));
    if (window.within != dedup::kAnyTime) {
      split_by_window(cluster_of, times_of(input), window.within, window.mode, &input.memory);
    }
    return {.search = &search, .pairs = {}, .cluster_of = cluster_of};
  } catch (const dedup::ContradictoryLinks& contradictory) {
    contradiction(input, contradictory.a(), contradictory.b());
  }
}

std::span<const dedup::BlockingReport> report_blocking(DuplicateInput& input, const dedup::MatchRule& rule,
                                                       const WindowOptions& window, MemoryContext context) {
  StopToken stop = stop_token();
  auto& reports = kept(context, std::pmr::vector<dedup::BlockingReport>(rule.keys.size(), &input.memory));
  (void)block(rule, input.leads.table(), options_of(window).blocking, reports, &input.memory, stop);
  return reports;
}

LearnedMatch learn_match(DuplicateInput& input, const MatchKnowledge& knowledge, std::span<const LinkedKeys> labels,
                         MemoryContext context) {
  dedup::MatchRule untrained = knowledge.rule;
  if (untrained.is_trained) {
    forget_training(untrained);
  }
  DuplicateSearch& search = run_search(input, untrained, {}, context);
  StopToken stop = stop_token();
  LearnedMatch learned{};
  learned.search = &search;
  dedup::MatchRule rule = search.rule();
  std::pmr::vector<KnownLink> known = known_links(input, labels, stop);
  settle_links(known, input);
  learned.labels = search.add_labels(rule, known);
  const std::pmr::vector<std::uint32_t> person_of = search.persons({});
  for (std::size_t i = 0; i < person_of.size(); ++i) {
    learned.persons += person_of[i] == i ? 1 : 0;
  }
  constexpr double kLeastPersons = 10;  // who share a value that is stored: it is nobody's own
  const auto frequent = search.frequencies().frequent(input.leads.table(), kLeastPersons, &input.memory);
  std::array<double, dedup::kFields> averages{};
  for (std::size_t i = 0; i < averages.size(); ++i) {
    averages[i] = search.frequencies().average(static_cast<dedup::Field>(i));
  }
  learned.document = copied(dedup::document_of({.rule = rule,
                                                .region = knowledge.region.iso_code(),
                                                .trained_leads = input.leads.size(),
                                                .averages = averages,
                                                .frequent = frequent},
                                               &input.memory),
                            context);
  return learned;
}

}  // namespace leadscore::pg
