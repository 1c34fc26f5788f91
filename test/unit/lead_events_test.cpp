// Rows of many leads against the list of each, in memory and out of it, alone and shared.
#include "core/funnel/lead_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/funnel/event_list.hpp"
#include "core/funnel/window_funnel.hpp"
#include "counting_resource.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::Random;

// A store in memory. File 0 is its own, others are those of other stores.
class Store final : public EventStore {
 public:
  std::uint64_t write(std::span<const LeadEvent> events) override {
    if (written_.size() + events.size() > most_) {
      throw Error(ErrorCode::limit_exceeded, "the disk is full");
    }
    const std::uint64_t place = written_.size();
    written_.insert(written_.end(), events.begin(), events.end());
    return place;
  }
  void read(std::size_t file, std::uint64_t place, std::span<LeadEvent> events) override {
    const std::vector<LeadEvent>& source = file == 0 ? written_ : others_[file - 1]->written_;
    ASSERT_LE(place + events.size(), source.size());
    std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(place), events.size(), events.begin());
  }

  void see(const std::vector<Store*>& others) { others_ = others; }
  void limit(std::size_t most) { most_ = most; }
  [[nodiscard]] std::size_t size() const { return written_.size(); }

 private:
  std::vector<LeadEvent> written_;
  std::vector<Store*> others_;
  std::size_t most_ = std::numeric_limits<std::size_t>::max();
};

struct Row {
  std::optional<std::int64_t> lead;
  Instant at = 0;
  int step = LeadEvents::kNoEvent;
};

void add(LeadEvents& events, const Row& row) {
  const LeadEvents::Row added =
      row.lead ? LeadEvents::row_of(*row.lead, row.at, row.step) : LeadEvents::row_of_unknown(row.at, row.step);
  if (!events.try_add(added)) {
    events.add(added);
  }
}

using Levels = std::map<std::optional<std::int64_t>, int>;

void add_levels(LeadEvents& events, std::size_t part, FunnelRule rule, Levels& levels) {
  StopToken stop;
  events.open(part);
  while (const std::optional<LeadLevel> lead = events.next(rule, stop)) {
    const auto key = lead->is_unknown ? std::nullopt : std::optional(lead->lead);
    EXPECT_TRUE(levels.emplace(key, lead->level).second) << "a lead came twice";
  }
}

Levels levels_of(const std::vector<Row>& rows, FunnelRule rule, std::size_t memory, Store& store) {
  test::CountingResource resource;
  LeadEvents events(memory, store, &resource);
  for (const Row& row : rows) {
    add(events, row);
  }
  events.finish();
  Levels levels;
  for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
    add_levels(events, part, rule, levels);
  }
  return levels;
}

// What the aggregate says, with a list for each lead.
Levels levels_by_lists(const std::vector<Row>& rows, FunnelRule rule) {
  std::map<std::optional<std::int64_t>, std::vector<Event>> leads;
  for (const Row& row : rows) {
    std::vector<Event>& events = leads[row.lead];
    if (row.step != LeadEvents::kNoEvent) {
      events.push_back({row.at, row.step == 0 ? 0 : only_step(row.step)});
    }
  }
  Levels levels;
  for (const auto& [lead, events] : leads) {
    std::vector<std::uint64_t> bytes(EventList::bytes_for(events.size(), true) / sizeof(std::uint64_t));
    EventList* const list = EventList::make(bytes.data(), bytes.size() * sizeof(std::uint64_t), rule, true);
    for (const Event& event : events) {
      EXPECT_TRUE(list->try_add(event));
    }
    levels[lead] = funnel_level(*list, StopToken{});
  }
  return levels;
}

Instant random_instant(Random& random) {
  switch (random.below(12)) {
    case 0:
      return kBeforeAll;
    case 1:
      return kAfterAll;
    case 2:
      return kAfterAll - 1;
    default:
      return static_cast<Instant>(random.below(40)) - 20;
  }
}

std::optional<std::int64_t> random_lead(Random& random, std::uint32_t leads) {
  switch (random.below(20)) {
    case 0:
      return std::nullopt;
    case 1:
      return std::numeric_limits<std::int64_t>::min();
    case 2:
      return std::numeric_limits<std::int64_t>::max();
    case 3:
      return static_cast<std::int64_t>(random.below(leads)) << 40;
    default:
      return static_cast<std::int64_t>(random.below(leads)) - leads / 2;
  }
}

std::vector<Row> random_rows(Random& random, std::size_t count, std::uint32_t leads, int steps) {
  std::vector<Row> rows(count);
  for (Row& row : rows) {
    row.lead = random_lead(random, leads);
    row.at = random_instant(random);
    row.step = random.chance(0.1) ? LeadEvents::kNoEvent : static_cast<int>(random.below(steps + 1));
  }
  return rows;
}

FunnelRule random_rule(Random& random) {
  FunnelRule rule;
  rule.within = random.chance(0.1) ? kForEver : random.below(30);
  rule.modes = {random.chance(0.3), random.chance(0.3), random.chance(0.3), random.chance(0.3)};
  return rule;
}

TEST(LeadEvents, SayOfEachLeadWhatItsListSays) {
  constexpr int kRounds = 300;
  Random random(1);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Row> rows =
        random_rows(random, random.below(3'000), 1 + random.below(400), random.chance(0.1) ? kMostSteps : 5);
    const FunnelRule rule = random_rule(random);
    const Levels expected = levels_by_lists(rows, rule);
    for (const std::size_t memory : {std::size_t{0}, std::size_t{20'000}, std::size_t{1} << 30}) {
      Store store;
      ASSERT_EQ(levels_of(rows, rule, memory, store), expected) << round << ", memory " << memory;
    }
  }
}

TEST(LeadEvents, AreTheSameHoweverManyShareTheWork) {
  constexpr int kRounds = 30;
  Random random(2);
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Row> rows = random_rows(random, random.below(100'000), 1 + random.below(4'000), 5);
    const FunnelRule rule = random_rule(random);
    const std::size_t memory = random.chance(0.5) ? 1'000'000 : 0;
    const std::size_t participants = 1 + random.below(4);
    test::CountingResource resource;
    std::vector<std::unique_ptr<Store>> stores;
    std::vector<Store*> all;
    std::vector<std::unique_ptr<LeadEvents>> shares;
    for (std::size_t i = 0; i < participants; ++i) {
      all.push_back(stores.emplace_back(std::make_unique<Store>()).get());
      shares.push_back(std::make_unique<LeadEvents>(memory, *all.back(), &resource));
    }
    for (const Row& row : rows) {
      add(*shares[random.below(static_cast<std::uint32_t>(participants))], row);
    }
    std::vector<std::vector<std::pair<std::size_t, LeadEvents::Stored>>> given(participants);
    for (std::size_t i = 0; i < participants; ++i) {
      shares[i]->finish();
      shares[i]->give_away([&](std::size_t part, LeadEvents::Stored stored) { given[i].emplace_back(part, stored); });
      all[i]->see(all);
    }
    Levels levels;
    for (std::size_t i = 0; i < participants; ++i) {
      for (std::size_t file = 0; file < participants; ++file) {
        for (const auto& [part, stored] : given[file]) {
          shares[i]->take(part, file + 1, stored);
        }
      }
    }
    for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
      add_levels(*shares[random.below(static_cast<std::uint32_t>(participants))], part, rule, levels);
    }
    ASSERT_EQ(levels, levels_by_lists(rows, rule)) << round;
  }
}

TEST(LeadEvents, KeepToTheirMemory) {
  constexpr std::size_t kMemory = 1'000'000;
  constexpr std::size_t kLeast = 1'400'000;  // chunks of 4 kB for all parts twice, and what holds them
  constexpr std::int64_t kRows = 2'000'000;
  test::CountingResource resource;
  Store store;
  LeadEvents events(kMemory, store, &resource);
  for (std::int64_t i = 0; i < kRows; ++i) {
    add(events, {i % 100'000, i, 1});
  }
  events.finish();
  EXPECT_LT(resource.live_bytes(), kMemory + kLeast);
  Levels levels;
  for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
    add_levels(events, part, {kForEver, {}}, levels);
    ASSERT_LT(resource.live_bytes(), kMemory + kLeast);
  }
  EXPECT_EQ(levels.size(), 100'000U);
  EXPECT_GE(events.bytes_stored(), (kRows * sizeof(LeadEvent)) - kMemory);
  EXPECT_EQ(events.bytes_stored(), store.size() * sizeof(LeadEvent));
}

// Small parts leave much room for scratch memory, which larger ones after them need for themselves.
TEST(LeadEvents, KeepToTheirMemoryInPartsOfAnySize) {
  constexpr std::size_t kMemory = 6'000'000;
  constexpr std::size_t kLeast =
      1'000'000;  // chunks that are begun, also of a part that is parted again, and what holds them
  constexpr std::int64_t kRows = 400'000;
  constexpr int kLargeLeads = 20;
  test::CountingResource resource;
  Store store;
  LeadEvents events(kMemory, store, &resource);
  std::array<std::pair<int, std::size_t>, LeadEvents::kParts> parts{};  // how many rows each has
  const auto add_to_part = [&](std::int64_t lead, Instant at) {
    const LeadEvents::Row row = LeadEvents::row_of(lead, at, 1);
    parts[row.part].second = row.part;
    ++parts[row.part].first;
    add(events, {lead, at, 1});
  };
  for (std::int64_t i = 0; i < kRows; ++i) {
    add_to_part(kLargeLeads + i, i);
  }
  for (int lead = 1; lead < kLargeLeads; ++lead) {
    for (int i = 0; i < 12'000 * lead; ++i) {
      add_to_part(lead, i);
    }
  }
  events.finish();
  std::sort(parts.begin(), parts.end());
  // The larger half first, while there is most else in memory.
  std::rotate(parts.begin(), std::lower_bound(parts.begin(), parts.end(), std::pair(100'000, std::size_t{0})),
              parts.end());
  Levels levels;
  for (const auto& [rows, part] : parts) {
    if (rows > 0) {
      add_levels(events, part, {kForEver, {}}, levels);
      ASSERT_LT(resource.live_bytes(), kMemory + kLeast) << rows;
    }
  }
  EXPECT_EQ(levels.size(), kRows + kLargeLeads - 1U);
}

// Leads whose hashes differ in nothing but their last bits are parted down to these.
TEST(LeadEvents, AreKnownByEveryBitOfTheirHash) {
  constexpr std::uint64_t kInverseFactor = 0xF1DE83E19937733D;
  std::vector<Row> rows;
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t hash : {std::uint64_t{1} << bit, std::uint64_t{3} << bit}) {
      const std::uint64_t bits = hash * kInverseFactor;
      for (int step = 1; step <= 3; ++step) {
        rows.push_back({static_cast<std::int64_t>(bits ^ bits >> 32), step, step});
      }
    }
  }
  const FunnelRule rule{kForEver, {}};
  Store store;
  EXPECT_EQ(levels_of(rows, rule, 0, store), levels_by_lists(rows, rule));
}

// One lead among few others is larger than memory: it is parted until it is alone.
TEST(LeadEvents, TakeALeadLargerThanMemory) {
  constexpr int kRows = 200'000;
  std::vector<Row> rows;
  rows.reserve(kRows);
  for (int i = 0; i < kRows; ++i) {
    rows.push_back({i % 1'000 == 0 ? i : 7, i, i % 3 + 1});
  }
  const FunnelRule rule{kForEver, {}};
  Store store;
  EXPECT_EQ(levels_of(rows, rule, 0, store), levels_by_lists(rows, rule));
}

TEST(LeadEvents, RowsInWhichNothingHappensTakeNoMemoryOfALargeLead) {
  constexpr int kRows = 1'000'000;
  test::CountingResource resource;
  Store store;
  LeadEvents events(0, store, &resource);
  for (int i = 0; i < kRows; ++i) {
    add(events, {7, 0, LeadEvents::kNoEvent});
  }
  add(events, {7, 0, 1});
  events.finish();
  Levels levels;
  for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
    add_levels(events, part, {kForEver, {}}, levels);
  }
  EXPECT_EQ(levels, (Levels{{7, 1}}));
  EXPECT_LT(resource.live_bytes(), 500'000U);
}

TEST(LeadEvents, NoMemoryIsLostWhereThereIsNone) {
  Random random(3);
  const std::vector<Row> rows = random_rows(random, 20'000, 40, 5);
  std::optional<Store> store;
  const std::size_t failures = test::fail_every_allocation([&](std::pmr::memory_resource* resource) {
    store.emplace();
    LeadEvents events(0, *store, resource);
    for (const Row& row : rows) {
      add(events, row);
    }
    events.finish();
    Levels levels;
    for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
      add_levels(events, part, {kForEver, {}}, levels);
    }
    return levels;
  });
  EXPECT_GT(failures, 50U);
}

TEST(LeadEvents, AFullDiskIsAnErrorAndNoMore) {
  Random random(4);
  Store store;
  store.limit(1'000);
  LeadEvents events(0, store, std::pmr::new_delete_resource());
  EXPECT_THROW(
      {
        for (;;) {
          add(events, {random.below(10), 0, 1});
        }
      },
      Error);
}

TEST(LeadEvents, Stop) {
  Store store;
  LeadEvents events(std::size_t{1} << 30, store, std::pmr::new_delete_resource());
  for (int i = 0; i < 10'000; ++i) {
    add(events, {7, i, 1});
  }
  events.finish();
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW(
      {
        for (std::size_t part = 0; part < LeadEvents::kParts; ++part) {
          events.open(part);
          static_cast<void>(events.next({kForEver, {}}, stop));
        }
      },
      Cancelled);
}

TEST(EventList, HasALimit) {
  EXPECT_NO_THROW(EventList::check_count(EventList::kMostEvents));
  EXPECT_THROW(EventList::check_count(EventList::kMostEvents + 1), Error);
}

}  // namespace
}  // namespace leadscore::funnel
