// Funnels against the answers of ClickHouse where they agree, and against an exhaustive search that knows no levels.
#include "core/funnel/window_funnel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "random.hpp"

namespace leadscore::funnel {
namespace {

using test::Random;

// A list that grows as the glue's does.
class Events {
 public:
  explicit Events(FunnelRule rule) { renew(0, false, rule); }

  Events& add(Event event) {
    if (!list().try_add(event)) {
      make_room(1, list().is_wide() || list().needs_wide(event));
      EXPECT_TRUE(list().try_add(event));
    }
    return *this;
  }
  void append(Events& other) {
    if (list().size() == 0) {
      renew(other.list().size(), other.list().is_wide(), other.list().rule());
    }
    make_room(other.list().size(), list().is_wide() || list().needs_wide(other.list()));
    list().append(other.list());
  }
  [[nodiscard]] std::vector<std::byte> written() {
    std::vector<std::byte> bytes(list().byte_size());
    StopToken stop;
    list().write(bytes, stop);
    return bytes;
  }
  static std::optional<Events> read(const std::vector<std::byte>& bytes) {
    const std::optional<EventList::Written> head = EventList::peek(bytes);
    if (!head) {
      return std::nullopt;
    }
    Events result(head->rule);
    result.renew(head->events, head->is_wide, head->rule);
    return result.list().read(bytes) ? std::optional(std::move(result)) : std::nullopt;
  }

  EventList& list() { return *list_; }
  int level() { return funnel_level(list(), StopToken{}); }

 private:
  void renew(std::size_t events, bool is_wide, FunnelRule rule) {
    const std::size_t size = EventList::bytes_for(events, is_wide);
    bytes_.assign(size / sizeof(std::uint64_t), 0xA5A5A5A5A5A5A5A5);
    list_ = EventList::make(bytes_.data(), size, rule, is_wide);
  }
  void make_room(std::size_t more, bool is_wide) {
    const std::size_t events = list().size() + more;
    if (is_wide == list().is_wide()) {
      if (!list().has_room(more)) {
        const std::size_t size = EventList::bytes_for(events, is_wide);
        bytes_.resize(size / sizeof(std::uint64_t));
        list_ = reinterpret_cast<EventList*>(bytes_.data());
        list_->set_bytes(size);
      }
      return;
    }
    const std::vector<std::uint64_t> before = std::move(bytes_);
    const auto* const narrow = list_;
    renew(events, true, narrow->rule());
    narrow->widen_to(list());
  }

  std::vector<std::uint64_t> bytes_;
  EventList* list_ = nullptr;
};

// Steps of letters: a is step 1, ab is steps 1 and 2, x is none.
StepSet steps_of(std::string_view letters) {
  StepSet steps = 0;
  for (const char letter : letters) {
    steps |= letter == 'x' ? 0 : only_step(letter - 'a' + 1);
  }
  return steps;
}

struct Written {
  std::string_view letters;
  Instant at;
};

int level_of(std::string_view modes, Window within, const std::vector<Written>& events) {
  Events list({within, funnel_modes_of(modes)});
  for (const Written& event : events) {
    list.add({event.at, steps_of(event.letters)});
  }
  return list.level();
}

// Events one unit of time apart.
int level_of_row(std::string_view modes, std::string_view letters) {
  std::vector<Written> events;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    events.push_back({letters.substr(i, 1), static_cast<Instant>(i)});
  }
  return level_of(modes, 1000, events);
}

TEST(WindowFunnel, CountsTheWindowFromTheFirstStepToItsEnd) {
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"b", 10}}), 2);
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"b", 11}}), 1);
  EXPECT_EQ(level_of("", 0, {{"a", 5}, {"b", 5}}), 2);
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"a", 8}, {"b", 15}}), 2);
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"b", 5}, {"a", 8}, {"c", 12}}), 2);
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"b", 2}, {"a", 5}, {"b", 6}, {"c", 15}}), 3);
}

TEST(WindowFunnel, TakesEventsInAnyOrder) {
  EXPECT_EQ(level_of("", 1000, {{"b", 20}, {"a", 10}, {"c", 30}}), 3);
  EXPECT_EQ(level_of("", 1000, {{"c", 1}, {"b", 1}, {"a", 1}}), 3);
  EXPECT_EQ(level_of_row("", "ba"), 1);
  EXPECT_EQ(level_of_row("", ""), 0);
  EXPECT_EQ(level_of_row("", "bc"), 0);
}

TEST(WindowFunnel, FillsStepsWithOneEventUnlessToldNotTo) {
  EXPECT_EQ(level_of("", 10, {{"abc", 0}}), 3);
  EXPECT_EQ(level_of("strict_once", 10, {{"abc", 0}}), 1);
  EXPECT_EQ(level_of("strict_increase", 10, {{"abc", 0}}), 1);
  EXPECT_EQ(level_of("", 10, {{"a", 0}, {"bc", 1}}), 3);
  EXPECT_EQ(level_of("strict_once", 10, {{"a", 0}, {"bc", 1}}), 2);
  EXPECT_EQ(level_of("strict_increase", 10, {{"a", 0}, {"bc", 1}}), 2);
  EXPECT_EQ(level_of("strict_once", 10, {{"a", 0}, {"bc", 1}, {"bc", 2}}), 3);
  EXPECT_EQ(level_of("strict_once", 10, {{"abc", 0}, {"abc", 0}, {"abc", 0}}), 3);
  EXPECT_EQ(level_of("strict_once", 10, {{"ab", 0}, {"bc", 0}, {"b", 0}}), 3);
  EXPECT_EQ(level_of("strict_once", 10, {{"ab", 0}, {"bc", 0}}), 2);
}

TEST(WindowFunnel, FindsTheIncreasingChainThatClickHouseLoses) {
  EXPECT_EQ(level_of("strict_increase", 10, {{"a", 0}, {"a", 1}, {"b", 1}}), 2);
  EXPECT_EQ(level_of("strict_once,strict_increase", 10, {{"a", 0}, {"a", 1}, {"b", 1}}), 2);
  EXPECT_EQ(level_of("strict_increase", 10, {{"a", 1}, {"b", 1}}), 1);
}

TEST(WindowFunnel, StopsAtARepeatedStep) {
  EXPECT_EQ(level_of_row("strict_deduplication", "aab"), 2);
  EXPECT_EQ(level_of_row("strict_deduplication", "abbc"), 2);
  EXPECT_EQ(level_of_row("strict_deduplication", "bbab"), 2);
  EXPECT_EQ(level_of("strict_deduplication", 10, {{"a", 0}, {"b", 5}, {"a", 100}, {"b", 105}, {"c", 108}}), 2);
  // install, start, login, end are a, b, c, d.
  EXPECT_EQ(level_of_row("strict_deduplication", "abcabababcd"), 3);
  EXPECT_EQ(level_of_row("strict_deduplication", "abcababcd"), 3);
  EXPECT_EQ(level_of("strict_deduplication", 10, {{"a", 0}, {"b", 1}, {"b", 1}, {"c", 1}}), 2);
}

TEST(WindowFunnel, StopsAtAnIntruder) {
  EXPECT_EQ(level_of_row("strict_order", "xab"), 2);
  EXPECT_EQ(level_of_row("strict_order", "axb"), 1);
  EXPECT_EQ(level_of_row("strict_order", "acb"), 1);
  EXPECT_EQ(level_of_row("strict_order", "abac"), 3);
  EXPECT_EQ(level_of_row("strict_order", "bab"), 2);
  EXPECT_EQ(level_of_row("strict_order", "axabc"), 1);
  EXPECT_EQ(level_of_row("", "axabc"), 3);
  EXPECT_EQ(level_of("strict_order", 10, {{"a", 0}, {"b", 20}}), 1);
  EXPECT_EQ(level_of_row("strict_order", "aabc"), 3);
  EXPECT_EQ(level_of("strict_order", 10, {{"x", 0}, {"a", 0}, {"b", 1}}), 2);
}

TEST(WindowFunnel, KnowsNoOverflowAndNoWayToInfinity) {
  EXPECT_EQ(level_of("", kForEver, {{"a", 5}, {"b", 6}}), 2);
  EXPECT_EQ(level_of("", kForEver, {{"a", kBeforeAll + 1}, {"b", kAfterAll - 1}}), 2);
  EXPECT_EQ(level_of("", kForEver, {{"a", kBeforeAll}, {"b", 6}}), 1);
  EXPECT_EQ(level_of("", kForEver, {{"a", 6}, {"b", kAfterAll}}), 1);
  EXPECT_EQ(level_of("", 0, {{"a", kAfterAll}, {"b", kAfterAll}}), 2);
  EXPECT_EQ(level_of("", 0, {{"b", kBeforeAll}, {"a", kBeforeAll}}), 2);
  EXPECT_EQ(level_of("", kForEver, {{"b", kBeforeAll}, {"a", kAfterAll}}), 1);
  EXPECT_EQ(window_end(10, 5), 15);
  EXPECT_EQ(window_end(kForEver, 5), kAfterAll);
  EXPECT_EQ(window_end(10, kAfterAll - 5), kAfterAll);
  EXPECT_EQ(window_end(10, kAfterAll), kAfterAll);
  EXPECT_EQ(window_end(10, kBeforeAll), kBeforeAll);
}

TEST(WindowFunnel, HasSixtyFourSteps) {
  Events up({kForEver, {}});
  Events down({kForEver, {}});
  for (int step = 1; step <= kMostSteps; ++step) {
    up.add({step, only_step(step)});
    down.add({-step, only_step(step)});
  }
  EXPECT_EQ(up.level(), 64);
  EXPECT_EQ(down.level(), 1);
  Events all({0, funnel_modes_of("strict_once")});
  for (int i = 0; i < kMostSteps + 10; ++i) {
    all.add({0, ~StepSet{0}});
    EXPECT_EQ(all.level(), std::min(i + 1, kMostSteps));
  }
}

TEST(FunnelModes, AreNamesInAnyOrder) {
  EXPECT_EQ(funnel_modes_of(""), FunnelModes{});
  EXPECT_EQ(funnel_modes_of(" default "), FunnelModes{});
  EXPECT_EQ(funnel_modes_of("strict_order,strict_order"), (FunnelModes{.strict_order = true}));
  EXPECT_EQ(funnel_modes_of("strict_increase , strict_once"),
            (FunnelModes{.strict_once = true, .strict_increase = true}));
  for (const char* names :
       {"strict", "strict_order,", ",", "strict_order strict_once", "allow_reentry", "STRICT_ORDER"}) {
    EXPECT_THROW(static_cast<void>(funnel_modes_of(names)), Error) << names;
  }
}

// What a funnel is, said without levels: chains are looked for one by one, and a strict mode asks of every event
// whether some chain among those before it ends at a step.
class Exhaustive {
 public:
  // One step of one event.
  struct Entry {
    Instant at;
    int step;  // 0 is none
    std::size_t event;
  };

  Exhaustive(FunnelRule rule, const std::vector<Event>& events) : rule_(rule) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].steps == 0) {
        entries_.push_back({events[i].at, 0, i});
      }
      for (int step = 1; step <= kMostSteps; ++step) {
        if (has_step(events[i].steps, step)) {
          entries_.push_back({events[i].at, step, i});
        }
      }
    }
    std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
      return std::tuple(a.at, a.step, a.event) < std::tuple(b.at, b.step, b.event);
    });
    cut();
    seen_ = entries_.size();
    chain_.clear();
    search(0);
  }

  int level() const { return static_cast<int>(best_.size()); }
  const std::vector<Instant>& times() const { return best_; }
  ScanEnd end() const { return end_; }
  Instant ended_at() const { return ended_at_; }
  std::optional<Instant> latest_start() const {
    std::optional<Instant> latest;
    for (const Entry& entry : entries_) {
      if (entry.step == 1) {
        latest = entry.at;
      }
    }
    return latest;
  }

 private:
  // Leaves out what comes after a strict mode ends the funnel. Events of one instant that are the same step have no
  // order among them.
  void cut() {
    for (std::size_t i = 0; i < entries_.size();) {
      const Entry entry = entries_[i];
      std::size_t alike = i;
      while (alike < entries_.size() && entries_[alike].at == entry.at && entries_[alike].step == entry.step) {
        ++alike;
      }
      const int level = level_of_first(i);
      if (rule_.modes.strict_deduplication && entry.step > 1 && level >= entry.step) {
        return end(ScanEnd::repeat, entry.at, i);
      }
      if (rule_.modes.strict_order && level > 0 && (entry.step == 0 || level < entry.step - 1)) {
        return end(ScanEnd::intruder, entry.at, i);
      }
      if (rule_.modes.strict_deduplication && entry.step > 1 && alike - i > 1 && level_of_first(alike) >= entry.step) {
        return end(ScanEnd::repeat, entry.at, alike);
      }
      i = alike;
    }
  }
  void end(ScanEnd why, Instant at, std::size_t left) {
    end_ = why;
    ended_at_ = at;
    entries_.resize(left);
  }
  int level_of_first(std::size_t count) {
    seen_ = count;
    best_.clear();
    search(0);
    const int level = static_cast<int>(best_.size());
    best_.clear();
    return level;
  }
  // All chains among the entries seen that go on from chain_.
  void search(std::size_t from) {
    if (is_better()) {
      best_.clear();
      for (const Entry* entry : chain_) {
        best_.push_back(entry->at);
      }
    }
    for (std::size_t i = from; i < seen_; ++i) {
      if (can_follow(entries_[i])) {
        chain_.push_back(&entries_[i]);
        search(i + 1);
        chain_.pop_back();
      }
    }
  }
  bool is_better() const {
    if (chain_.size() != best_.size()) {
      return chain_.size() > best_.size();
    }
    if (chain_.empty() || chain_.front()->at != best_.front()) {
      return !chain_.empty() && chain_.front()->at > best_.front();
    }
    for (std::size_t i = 0; i < best_.size(); ++i) {
      if (chain_[i]->at != best_[i]) {
        return chain_[i]->at < best_[i];
      }
    }
    return false;
  }
  bool can_follow(const Entry& entry) const {
    if (entry.step != static_cast<int>(chain_.size()) + 1) {
      return false;
    }
    if (chain_.empty()) {
      return true;
    }
    const Instant start = chain_.front()->at;
    const bool is_infinite = start == kBeforeAll || entry.at == kAfterAll;
    if (entry.at != start && (is_infinite || static_cast<__int128>(entry.at) - start > rule_.within)) {
      return false;
    }
    if (rule_.modes.strict_increase && entry.at <= chain_.back()->at) {
      return false;
    }
    return !rule_.modes.strict_once ||
           std::ranges::none_of(chain_, [&](const Entry* used) { return used->event == entry.event; });
  }

  FunnelRule rule_;
  std::vector<Entry> entries_;
  std::size_t seen_ = 0;
  std::vector<const Entry*> chain_;
  std::vector<Instant> best_;
  ScanEnd end_ = ScanEnd::none;
  Instant ended_at_ = 0;
};

// Few times, so that many events share one; sometimes infinite, sometimes too far apart for eight bytes.
std::vector<Event> random_events(Random& random, int steps) {
  std::vector<Event> events(random.below(9));
  const bool has_single_steps = random.chance(0.5);
  const std::uint32_t times = 1 + random.below(8);
  const bool is_far = random.chance(0.1);
  for (Event& event : events) {
    event.at = random.below(times);
    if (is_far) {
      const std::vector<Instant> far{kBeforeAll, kAfterAll, kAfterAll - 1, kBeforeAll + 1, Instant{1} << 60};
      event.at = random.chance(0.3) ? far[random.below(5)] : event.at;
    }
    event.steps = has_single_steps ? only_step(1 + static_cast<int>(random.below(static_cast<std::uint32_t>(steps))))
                                   : random.bits() & ((StepSet{1} << steps) - 1);
    event.steps = random.chance(0.1) ? 0 : event.steps;
  }
  return events;
}

std::string text_of(const std::vector<Event>& events, FunnelRule rule) {
  std::string text = "within " + std::to_string(rule.within) + (rule.modes.strict_order ? " order" : "") +
                     (rule.modes.strict_deduplication ? " deduplication" : "") +
                     (rule.modes.strict_once ? " once" : "") + (rule.modes.strict_increase ? " increase" : "") + ":";
  for (const Event& event : events) {
    text += " " + std::to_string(event.steps) + "@" + std::to_string(event.at);
  }
  return text;
}

TEST(WindowFunnel, AgreesWithAnExhaustiveSearch) {
  Random random(20261122);
  int compared = 0;
  for (int stream = 0; stream < 8000; ++stream) {
    const int steps = 1 + static_cast<int>(random.below(5));
    const std::vector<Event> events = random_events(random, steps);
    const Window within = random.chance(0.1) ? kForEver : random.below(8);
    for (int modes = 0; modes < 16; ++modes) {
      const FunnelRule rule{within, {(modes & 1) != 0, (modes & 2) != 0, (modes & 4) != 0, (modes & 8) != 0}};
      const Exhaustive expected(rule, events);
      Events list(rule);
      for (const Event& event : events) {
        list.add(event);
      }
      ASSERT_EQ(list.level(), expected.level()) << text_of(events, rule);
      ChainTimes times;
      const int level = funnel_times(list.list(), times, StopToken{});
      ASSERT_EQ(std::vector<Instant>(times.begin(), times.begin() + level), expected.times()) << text_of(events, rule);
      const FunnelOutcome outcome = funnel_outcome(list.list(), StopToken{});
      ASSERT_EQ(outcome.level, expected.level());
      if (level > 0) {
        ASSERT_EQ(outcome.end, expected.end()) << text_of(events, rule);
        ASSERT_EQ(outcome.ended_at, expected.ended_at()) << text_of(events, rule);
        ASSERT_EQ(outcome.started_at, expected.times().front());
        ASSERT_EQ(outcome.reached_at, expected.times().back());
        ASSERT_EQ(outcome.open_until, window_end(within, *expected.latest_start())) << text_of(events, rule);
      }
      ++compared;
    }
  }
  EXPECT_GE(compared, 100000);
}

// Two lists of the same events, however they came to them, are one in what they say.
TEST(EventList, IsTheSameInAnyOrderAndAnyParts) {
  Random random(7);
  for (int round = 0; round < 3000; ++round) {
    std::vector<Event> events = random_events(random, 5);
    if (random.chance(0.3)) {
      for (int i = 0; i < 300; ++i) {
        events.push_back({random.below(100), only_step(1 + static_cast<int>(random.below(5)))});
      }
    }
    const FunnelRule rule{random.below(20), {random.chance(0.3), random.chance(0.3), random.chance(0.3), false}};
    Events all(rule);
    for (const Event& event : events) {
      all.add(event);
    }
    random.shuffle(events);
    std::vector<Events> parts;
    for (int part = 0; part < 3; ++part) {
      parts.emplace_back(rule);
    }
    for (const Event& event : events) {
      parts[random.below(3)].add(event);
    }
    Events merged(rule);
    for (Events& part : parts) {
      std::optional<Events> sent = Events::read(part.written());
      ASSERT_TRUE(sent.has_value());
      merged.append(*sent);
    }
    ASSERT_EQ(merged.list().size(), all.list().size());
    ASSERT_EQ(merged.level(), all.level()) << text_of(events, rule);
    ChainTimes times;
    ChainTimes merged_times;
    const int level = funnel_times(all.list(), times, StopToken{});
    ASSERT_EQ(funnel_times(merged.list(), merged_times, StopToken{}), level);
    ASSERT_TRUE(std::equal(times.begin(), times.begin() + level, merged_times.begin()));
  }
}

TEST(EventList, ReadsOnlyWhatAListHasWritten) {
  Random random(8);
  const FunnelRule rule{10, {}};
  for (const bool is_wide : {false, true}) {
    Events list(rule);
    list.add({5, 1}).add({is_wide ? kAfterAll - 1 : 9, is_wide ? StepSet{6} : StepSet{2}}).add({7, 4});
    EXPECT_EQ(list.list().is_wide(), is_wide);
    const std::vector<std::byte> good = list.written();
    ASSERT_TRUE(Events::read(good).has_value());
    for (std::size_t size = 0; size < good.size(); ++size) {
      EXPECT_FALSE(Events::read({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)}).has_value());
    }
    for (std::size_t i = 0; i < good.size() * 8; ++i) {
      std::vector<std::byte> bad = good;
      bad[i / 8] ^= std::byte{1} << (i % 8);
      EXPECT_FALSE(Events::read(bad).has_value()) << i;
    }
  }
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> bytes(random.below(12) * 8 + (random.chance(0.1) ? random.below(8) : 0));
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(random.bits());
    }
    EXPECT_FALSE(Events::read(bytes).has_value());
  }
}

TEST(EventList, HasNoRoomForMoreThanItMayHave) {
  for (const bool is_wide : {false, true}) {
    const std::size_t size = EventList::bytes_for(EventList::kMostEvents, is_wide);
    const std::unique_ptr<std::byte, decltype(&std::free)> bytes(static_cast<std::byte*>(std::malloc(size)),
                                                                 &std::free);
    ASSERT_NE(bytes, nullptr);
    const EventList* const list = EventList::make(bytes.get(), size, {10, {}}, is_wide);
    EXPECT_TRUE(list->has_room(EventList::kMostEvents));
    EXPECT_FALSE(list->has_room(EventList::kMostEvents + 1));
  }
}

TEST(EventList, TakesEightBytesAnEventWhileItCan) {
  const FunnelRule rule{10, {}};
  Events list(rule);
  for (int i = 0; i < 1000; ++i) {
    list.add({i, only_step(1 + i % 64)});
  }
  EXPECT_FALSE(list.list().is_wide());
  EXPECT_EQ(EventList::bytes_for(5, false), EventList::kFirstBytes);
  EXPECT_EQ(EventList::bytes_for(6, false), 128U);
  list.add({1, 3});
  EXPECT_TRUE(list.list().is_wide());
  EXPECT_EQ(list.list().size(), 1001U);
  EXPECT_EQ(list.level(), 64 > 10 ? 12 : 0);
}

TEST(WindowFunnel, TakesAMillionEventsOfOneLead) {
  Random random(9);
  for (const char* modes : {"", "strict_once", "strict_increase", "strict_deduplication", "strict_order"}) {
    for (const bool is_one_instant : {false, true}) {
      Events list({1000, funnel_modes_of(modes)});
      for (int i = 0; i < 1'000'000; ++i) {
        list.add({is_one_instant ? 0 : static_cast<Instant>(random.below(500'000)), random.bits() & 31});
      }
      EXPECT_GE(list.level(), 1);
    }
  }
}

TEST(WindowFunnel, CanBeStopped) {
  Events list({1000, {}});
  for (int i = 0; i < 100'000; ++i) {
    list.add({-i, only_step(1 + i % 5)});
  }
  EXPECT_THROW(static_cast<void>(funnel_level(list.list(), StopToken([]() noexcept { return true; }))), Cancelled);
}

}  // namespace
}  // namespace leadscore::funnel
