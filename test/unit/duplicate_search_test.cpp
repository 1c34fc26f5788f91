// Finding duplicates from end to end: made-up people are found again, by what their leads teach and by what ships.
#include "core/dedup/duplicate_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dedup/contact_rule.hpp"
#include "core/dedup/keyed_leads.hpp"
#include "core/limited_resource.hpp"
#include "counting_resource.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::kDay;
using test::MadeUpPeople;
using test::Random;
using test::WrittenLead;
using test::WrittenTable;

auto* const kMemory = std::pmr::get_default_resource();

// A search that has been run.
class Searched {
 public:
  explicit Searched(const LeadTable& table, const SearchOptions& options = {}, const MatchRule& rule = contact_rule())
      : search_(rule, table, options, kMemory, nullptr, stop_) {
    search_.run();
  }
  DuplicateSearch* operator->() { return &search_; }

 private:
  StopToken stop_;
  DuplicateSearch search_;
};

// The harmonic mean of precision and recall by pairs of leads.
double f1(const std::pmr::vector<std::uint32_t>& found, const std::vector<std::uint32_t>& persons) {
  double both = 0;
  double either = 0;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool is_found = found[i] == found[j];
      const bool is_true = persons[i] == persons[j];
      both += is_found && is_true ? 2 : 0;
      either += (is_found ? 1 : 0) + (is_true ? 1 : 0);
    }
  }
  return both / either;
}

std::vector<std::uint64_t> bits_of(const MatchRule& rule) {
  std::vector<std::uint64_t> bits{std::bit_cast<std::uint64_t>(rule.prior)};
  for (const MatchComparison& comparison : rule.comparisons) {
    for (const MatchLevel& level : comparison.levels) {
      bits.push_back(std::bit_cast<std::uint64_t>(level.m));
      bits.push_back(std::bit_cast<std::uint64_t>(level.u));
    }
  }
  return bits;
}

std::vector<KnownLink> links_of(const MadeUpPeople& people) {
  std::vector<KnownLink> links;
  for (std::uint32_t i = 1; i < people.persons.size(); ++i) {
    links.push_back({i - 1, i, people.persons[i - 1] == people.persons[i]});
  }
  return links;
}

TEST(DuplicateSearch, FindsMadeUpPeople) {
  const MadeUpPeople people(1'000, 1);
  const WrittenTable leads(people.leads);
  SearchOptions options;
  options.random_pairs = 200'000;
  Searched search(leads.table, options);
  const SearchReport& report = search->report();
  EXPECT_EQ(report.leads, people.leads.size());
  EXPECT_EQ(report.origin_of_m, OriginOfM::these_leads);
  EXPECT_GE(report.training_keys, 5U);
  EXPECT_GT(report.training_steps, report.training_keys);
  const auto persons = search->persons({});
  EXPECT_GE(f1(persons, people.persons), 0.98);
  // Everybody is in one cluster, called by its first lead.
  ASSERT_EQ(persons.size(), people.leads.size());
  for (std::uint32_t lead = 0; lead < persons.size(); ++lead) {
    EXPECT_LE(persons[lead], lead);
    EXPECT_EQ(persons[persons[lead]], persons[lead]);
  }
  // The prior is the part of all pairs that are one person.
  double same = 0;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    same += static_cast<double>(
        std::count(people.persons.begin(), people.persons.begin() + static_cast<std::ptrdiff_t>(i), people.persons[i]));
  }
  const auto n = static_cast<double>(persons.size());
  EXPECT_NEAR(report.prior / (same / (n * (n - 1) / 2)), 1, 0.1);
  for (const MatchComparison& comparison : search->rule().comparisons) {
    double m = 0;
    double u = 0;
    for (const MatchLevel& level : comparison.levels) {
      EXPECT_TRUE(level.m > 0 && level.m < 1 && level.u > 0 && level.u < 1);
      m += level.m;
      u += level.u;
    }
    EXPECT_NEAR(m, 1, 1e-9) << name_of(comparison.subject);
    EXPECT_NEAR(u, 1, 0.02) << name_of(comparison.subject);
  }
  EXPECT_NO_THROW(check(search->rule()));
}

TEST(DuplicateSearch, MatchesAreAllPairsOverTheLimit) {
  const MadeUpPeople people(200, 2);
  const WrittenTable leads(people.leads);
  Searched search(leads.table);
  const double threshold = log_odds(search->rule().threshold);
  const auto all = search->matches(-1e9);
  EXPECT_EQ(all.size(), search->report().pairs);
  std::size_t over = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(i == 0 || std::pair(all[i - 1].a, all[i - 1].b) < std::pair(all[i].a, all[i].b));
    // What is hopeless is weighed by an earlier round.
    const double weight = search->weight(all[i].a, all[i].b);
    EXPECT_TRUE(weight < -12 ? all[i].weight < -11 : std::abs(static_cast<double>(all[i].weight) - weight) < 1e-4)
        << weight << ' ' << all[i].weight;
    EXPECT_EQ(search->weight(all[i].a, all[i].b), search->weight(all[i].b, all[i].a));
    over += static_cast<double>(all[i].weight) >= threshold ? 1U : 0U;
  }
  EXPECT_EQ(search->matches(threshold).size(), over);
  EXPECT_EQ(search->report().matches, over);
  EXPECT_TRUE(search->matches(1e9).empty());
}

TEST(DuplicateSearch, OfFewLeads) {
  for (const std::size_t count : {0U, 1U, 2U, 3U}) {
    const WrittenTable leads(std::vector<WrittenLead>(
        count, {{{Role::full_name, "Иван Коваленко"}, {Role::email, "sunny@mail.ru"}, {Role::phone, "+79161234567"}}}));
    Searched search(leads.table);
    EXPECT_EQ(search->report().origin_of_m, OriginOfM::shipped_rule);
    EXPECT_EQ(search->report().matches, count * (count - (count > 0 ? 1 : 0)) / 2);
    for (const std::uint32_t person : search->persons({})) {
      EXPECT_EQ(person, 0U);
    }
    // Too few matches: the rule's m stay.
    for (std::size_t i = 0; i < kSubjects; ++i) {
      const auto& levels = search->rule().comparisons[i].levels;
      for (std::size_t j = 0; j < levels.size(); ++j) {
        EXPECT_EQ(levels[j].m, contact_rule().comparisons[i].levels[j].m);
      }
    }
  }
}

TEST(DuplicateSearch, OfLeadsWithoutAnything) {
  const WrittenTable leads(std::vector<WrittenLead>(300));
  Searched search(leads.table);
  EXPECT_EQ(search->report().pairs, 0U);
  const auto persons = search->persons({});
  EXPECT_EQ(std::set(persons.begin(), persons.end()).size(), 300U);
}

TEST(DuplicateSearch, OfStrangersOnly) {
  std::vector<WrittenLead> written;
  for (std::size_t i = 0; i < 500; ++i) {
    constexpr std::string_view kLetters = "bdklmnprst";  // that all sound different
    const std::string name{kLetters[i % 10], 'a', kLetters[i / 10 % 10], 'o', kLetters[i / 100], 'i', 'n'};
    const char* const first_name = i % 3 == 0 ? "Ivan" : i % 3 == 1 ? "Olga" : "Peter";
    written.push_back({{{Role::first_name, first_name}, {Role::last_name, name}, {Role::city, "Moskva"}}});
  }
  const WrittenTable leads(written);
  Searched search(leads.table);
  EXPECT_GT(search->report().pairs, 0U);
  EXPECT_EQ(search->report().matches, 0U);
}

TEST(DuplicateSearch, OfOneLeadSubmittedAgainAndAgain) {
  const WrittenLead again{
      {{Role::full_name, "Test Testov"}, {Role::email, "sunny@mail.ru"}, {Role::phone, "+79161234567"}}, 10'000 * kDay};
  const WrittenTable alone(std::vector<WrittenLead>(2'000, again));
  for (const std::uint32_t person : Searched(alone.table)->persons({})) {
    ASSERT_EQ(person, 0U);
  }
  // Nor does it hide the others.
  MadeUpPeople people(300, 13);
  const auto others = static_cast<std::uint32_t>(people.leads.size());
  people.leads.resize(others + 2'000, again);
  people.persons.resize(others + 2'000, 1'000'000);
  const WrittenTable leads(people.leads);
  const auto persons = Searched(leads.table)->persons({});
  EXPECT_EQ(std::count(persons.begin(), persons.end(), others), 2'000);
  const std::pmr::vector<std::uint32_t> found(persons.begin(), persons.begin() + others);
  EXPECT_GE(f1(found, {people.persons.begin(), people.persons.begin() + others}), 0.97);
}

TEST(DuplicateSearch, TheSameLeadsInAnotherOrderTeachTheSameBits) {
  const MadeUpPeople people(400, 3);
  std::vector<std::size_t> order(people.leads.size());
  std::iota(order.begin(), order.end(), 0);
  Random random(7);
  std::vector<std::uint64_t> first;
  std::vector<std::string> first_persons;
  for (int round = 0; round < 3; ++round) {
    StopToken stop;
    KeyedLeads leads(*contact::find_region("RU"), kMemory);
    for (const std::size_t lead : order) {
      leads.add(std::to_string(lead), people.leads[lead].text(), stop);
    }
    leads.settle(stop);
    SearchOptions options;
    options.random_pairs = 20'000;
    Searched search(leads.table(), options);
    EXPECT_EQ(search->report().origin_of_m, OriginOfM::these_leads);
    std::vector<std::string> persons;
    for (const std::uint32_t person : search->persons({})) {
      persons.emplace_back(leads.key(person));
    }
    if (round == 0) {
      first = bits_of(search->rule());
      first_persons = persons;
    }
    EXPECT_EQ(bits_of(search->rule()), first);
    EXPECT_EQ(persons, first_persons);
    random.shuffle(order);
  }
}

TEST(DuplicateSearch, RandomPairsTeachNearlyWhatAllPairsDo) {
  const MadeUpPeople people(600, 4);
  const WrittenTable leads(people.leads);
  Searched all(leads.table);
  SearchOptions options;
  options.random_pairs = 100'000;  // of about 500,000
  Searched some(leads.table, options);
  EXPECT_NE(bits_of(all->rule()), bits_of(some->rule()));
  for (std::size_t i = 0; i < kSubjects; ++i) {
    const auto& levels = all->rule().comparisons[i].levels;
    for (std::size_t j = 0; j < levels.size(); ++j) {
      // The fewer the pairs, the more the rule's own u count.
      EXPECT_NEAR(some->rule().comparisons[i].levels[j].u, levels[j].u, 0.04);
      EXPECT_NEAR(some->rule().comparisons[i].levels[j].m, levels[j].m, 0.05);
    }
  }
  EXPECT_GE(f1(some->persons({}), people.persons), 0.97);
}

TEST(DuplicateSearch, UsesATrainedRuleAsItIs) {
  const MadeUpPeople known(600, 5);
  const WrittenTable known_leads(known.leads);
  MatchRule trained = Searched(known_leads.table)->rule();
  trained.is_trained = true;
  const MadeUpPeople people(300, 14);
  const WrittenTable leads(people.leads);
  Searched search(leads.table, {}, trained);
  EXPECT_EQ(search->report().origin_of_m, OriginOfM::trained_rule);
  // But the prior hangs on how many leads there are.
  EXPECT_NEAR(search->rule().prior / trained.prior, 2, 0.4);
  trained.prior = search->rule().prior;
  EXPECT_EQ(search->report().prior, trained.prior);
  EXPECT_EQ(bits_of(search->rule()), bits_of(trained));
  EXPECT_GE(f1(search->persons({}), people.persons), 0.97);
}

TEST(DuplicateSearch, WithinSomeTime) {
  const MadeUpPeople people(400, 6);
  const WrittenTable leads(people.leads);
  SearchOptions options;
  options.blocking.within = kDay;
  Searched search(leads.table, options);
  const auto edges = search->matches(-1e9);
  EXPECT_EQ(edges.size(), search->report().pairs);
  for (const MatchEdge& edge : edges) {
    EXPECT_LE(people.leads[edge.b].at - people.leads[edge.a].at, kDay);
  }
  Searched all(leads.table);
  EXPECT_LT(search->report().pairs, all->report().pairs);
  EXPECT_GT(search->report().matches, 0U);
}

TEST(DuplicateSearch, BelievesWhatIsKnown) {
  const MadeUpPeople people(100, 7);
  const WrittenTable leads(people.leads);
  Searched search(leads.table);
  const auto before = search->persons({});
  std::optional<KnownLink> apart;
  std::optional<KnownLink> together;
  for (std::uint32_t b = 0; b < before.size(); ++b) {
    for (std::uint32_t a = 0; a < b; ++a) {
      (before[a] == before[b] ? apart : together) = KnownLink{a, b, before[a] != before[b]};
    }
  }
  const std::vector<KnownLink> links{*apart, *together};
  const auto after = search->persons(links);
  EXPECT_NE(after[apart->a], after[apart->b]);
  EXPECT_EQ(after[together->a], after[together->b]);
}

TEST(DuplicateSearch, LearnsFromLabels) {
  const MadeUpPeople people(300, 8);
  const WrittenTable leads(people.leads);
  Searched search(leads.table);
  MatchRule rule = search->rule();
  EXPECT_EQ(search->add_labels(rule, {}), 0U);
  EXPECT_EQ(bits_of(rule), bits_of(search->rule()));
  // Strangers that people were asked about are like no other strangers.
  const std::vector<KnownLink> strangers{{0, 1, false}, {2, 3, false}};
  EXPECT_EQ(search->add_labels(rule, strangers), 0U);
  EXPECT_EQ(bits_of(rule), bits_of(search->rule()));
  const std::vector<KnownLink> same(5'000, {0, 0, true});
  EXPECT_EQ(search->add_labels(rule, same), 5'000U);
  EXPECT_GT(rule.comparisons[0].levels[0].m, 0.98);
  EXPECT_EQ(rule.comparisons[0].levels[0].u, search->rule().comparisons[0].levels[0].u);
  EXPECT_LE(search->add_labels(rule, links_of(people)), people.leads.size());
  EXPECT_NO_THROW(check(rule));
}

TEST(DuplicateSearch, TellsWhatItDoes) {
  using Step = SearchObserver::Step;
  class Steps final : public SearchObserver {
   public:
    void begins(Step step, std::size_t number) override { seen.emplace_back(step, number); }
    std::vector<std::pair<Step, std::size_t>> seen;
  };
  const MadeUpPeople people(100, 9);
  const WrittenTable leads(people.leads);
  Steps steps;
  StopToken stop;
  DuplicateSearch search(contact_rule(), leads.table, {}, kMemory, &steps, stop);
  search.run();
  ASSERT_GE(steps.seen.size(), 4U);
  EXPECT_EQ(steps.seen[0], std::pair(Step::block, people.leads.size()));
  EXPECT_EQ(steps.seen[1], std::pair(Step::compare, search.report().pairs));
  for (const Step step : {Step::learn, Step::weigh, Step::cluster}) {
    EXPECT_TRUE(
        std::any_of(steps.seen.begin(), steps.seen.end(), [step](const auto& seen) { return seen.first == step; }));
  }
}

TEST(DuplicateSearch, SaysWhereMemoryDoesNotDo) {
  const MadeUpPeople people(500, 10);
  for (std::size_t limit = std::size_t{1} << 10; limit < std::size_t{1} << 19; limit *= 3) {
    test::CountingResource upstream;
    {
      const test::NoDefaultResource no_default;
      LimitedResource memory(limit, "the search", "Give it more.", &upstream);
      try {
        StopToken stop;
        KeyedLeads leads(*contact::find_region("RU"), &memory);
        for (const WrittenLead& lead : people.leads) {
          leads.add("1", lead.text(), stop);
        }
        leads.settle(stop);
        DuplicateSearch search(contact_rule(), leads.table(), {}, &memory, nullptr, stop);
        search.run();
        ADD_FAILURE() << limit << " bytes did";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
        EXPECT_EQ(error.hint(), "Give it more.");
      }
      EXPECT_EQ(memory.used(), 0U);
    }
    EXPECT_EQ(upstream.live(), 0U);
  }
}

TEST(DuplicateSearch, FailsWithoutALeak) {
  const MadeUpPeople people(60, 11);
  const auto failed = test::fail_every_allocation([&](std::pmr::memory_resource* memory) {
    StopToken stop;
    KeyedLeads leads(*contact::find_region("RU"), memory);
    for (const WrittenLead& lead : people.leads) {
      leads.add("1", lead.text(), stop);
    }
    leads.settle(stop);
    DuplicateSearch search(contact_rule(), leads.table(), {}, memory, nullptr, stop);
    search.run();
    return search.persons({});
  });
  EXPECT_GE(failed, 100U);
}

int questions = 0;
int last_question = 0;

TEST(DuplicateSearch, IsCancelledAnywhereWithoutALeak) {
  const MadeUpPeople people(700, 12);
  const WrittenTable leads(people.leads);
  SearchOptions options;
  options.random_pairs = 50'000;
  test::CountingResource memory;
  const auto run = [&](int last) {
    questions = 0;
    last_question = last;
    StopToken stop([]() noexcept { return ++questions > last_question; });
    DuplicateSearch search(contact_rule(), leads.table, options, &memory, nullptr, stop);
    search.run();
    (void)search.persons({});
  };
  run(1'000'000);
  const int all = questions;
  // The random pairs are asked about twice, and what is done for each lead for each key and field.
  EXPECT_GE(all, 2 * 50'000 / static_cast<int>(StopToken::kStride) + 30);
  for (int last = 0; last < all; last += 7) {
    EXPECT_THROW(run(last), Cancelled);
    EXPECT_EQ(questions, last + 1) << "it went on";
    EXPECT_EQ(memory.live(), 0U);
  }
}

}  // namespace
}  // namespace leadscore::dedup
