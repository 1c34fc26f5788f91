// Survival and competing risks: published numbers, the formulas written out, any split, bytes.
#include "core/funnel/duration_sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/error.hpp"
#include "core/state_bytes.hpp"
#include "error_code_of.hpp"
#include "random.hpp"
#include "state_bytes_of.hpp"

namespace leadscore::funnel {
namespace {

using test::Bytes;
using test::bytes_of;
using test::error_code_of;
using test::Random;
using test::with_check_sum;
constexpr double kExact = 1e-13;

std::pmr::memory_resource* memory() { return std::pmr::new_delete_resource(); }

struct Lasted {
  double days = 0;
  std::string outcome;  // empty: none yet
};

std::vector<SurvivalPoint> points_of(SurvivalSample& sample) {
  StopToken stop;
  SurvivalCurve curve = sample.curve(stop, memory());
  std::vector<SurvivalPoint> points;
  while (curve.next(stop)) {
    points.push_back(curve.point());
  }
  return points;
}

struct Incidence {
  double days = 0;
  double value = 0;
  double standard_error = 0;
  double survival = 0;
};

std::vector<Incidence> incidences_of(IncidenceSample& sample, const std::string& outcome) {
  StopToken stop;
  std::vector<Incidence> points;
  for (std::uint32_t number = 0; number < sample.outcomes(); ++number) {
    IncidenceCurves curves = sample.curves(stop, memory());
    while (sample.outcome(number) == outcome && curves.next(stop)) {
      points.push_back({days_of_duration(curves.duration()), curves.incidence(number), curves.standard_error(number),
                        curves.survival()});
    }
  }
  return points;
}

SurvivalSample& add(SurvivalSample& sample, const std::vector<Lasted>& rows) {
  for (const Lasted& row : rows) {
    sample.add(row.days, !row.outcome.empty());
  }
  return sample;
}

IncidenceSample& add(IncidenceSample& sample, const std::vector<Lasted>& rows) {
  for (const Lasted& row : rows) {
    sample.add(row.days, row.outcome.empty() ? std::nullopt : std::optional<std::string_view>(row.outcome));
  }
  return sample;
}

template <class Sample>
bool is_read(const Bytes& bytes) {
  Sample sample(memory());
  StopToken stop;
  return sample.read(bytes, stop);
}

// Remission under 6-mercaptopurine, in weeks: Freireich et al., Blood 21 (1963); the numbers of every text book. The
// ends of the intervals were computed with 40 digits (mpmath) from the exact fractions; R's survfit(conf.type =
// "log-log") prints 0.620 and 0.952 in the first row.
TEST(Survival, IsThatOfThePublishedExample) {
  std::vector<Lasted> rows;
  for (const double weeks : {6, 6, 6, 7, 10, 13, 16, 22, 23}) {
    rows.push_back({weeks, "relapse"});
  }
  for (const double weeks : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}) {
    rows.push_back({weeks, ""});
  }
  SurvivalSample sample(memory());
  const std::vector<SurvivalPoint> points = points_of(add(sample, rows));
  struct Row {
    double days;
    std::uint64_t at_risk, ended, censored;
    double survival, lower, upper;
  };
  const Row expected[] = {{6, 21, 3, 1, 6.0 / 7, 0.61971795526598378, 0.95155174764699703},
                          {7, 17, 1, 0, 96.0 / 119, 0.56314656462223332, 0.92280901920288045},
                          {9, 16, 0, 1, 96.0 / 119, 0.56314656462223332, 0.92280901920288045},
                          {10, 15, 1, 1, 64.0 / 85, 0.50319951079995636, 0.88936183516926559},
                          {11, 13, 0, 1, 64.0 / 85, 0.50319951079995636, 0.88936183516926559},
                          {13, 12, 1, 0, 176.0 / 255, 0.431610222486184, 0.84906596334945081},
                          {16, 11, 1, 0, 32.0 / 51, 0.36751085598750202, 0.80491218947184132},
                          {17, 10, 0, 1, 32.0 / 51, 0.36751085598750202, 0.80491218947184132},
                          {19, 9, 0, 1, 32.0 / 51, 0.36751085598750202, 0.80491218947184132},
                          {20, 8, 0, 1, 32.0 / 51, 0.36751085598750202, 0.80491218947184132},
                          {22, 7, 1, 0, 64.0 / 119, 0.26777893676713499, 0.74679071763539459},
                          {23, 6, 1, 0, 160.0 / 357, 0.18805200595923234, 0.68014262849524151},
                          {25, 5, 0, 1, 160.0 / 357, 0.18805200595923234, 0.68014262849524151},
                          {32, 4, 0, 2, 160.0 / 357, 0.18805200595923234, 0.68014262849524151},
                          {34, 2, 0, 1, 160.0 / 357, 0.18805200595923234, 0.68014262849524151},
                          {35, 1, 0, 1, 160.0 / 357, 0.18805200595923234, 0.68014262849524151}};
  ASSERT_EQ(points.size(), std::size(expected));
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(days_of_duration(points[i].duration), expected[i].days);
    EXPECT_EQ(points[i].at_risk, expected[i].at_risk);
    EXPECT_EQ(points[i].ended, expected[i].ended);
    EXPECT_EQ(points[i].censored, expected[i].censored);
    EXPECT_NEAR(points[i].survival, expected[i].survival, kExact);
    EXPECT_NEAR(*points[i].interval.lower, expected[i].lower, kExact);
    EXPECT_NEAR(*points[i].interval.upper, expected[i].upper, kExact);
  }
}

// Ten leads; the numbers are exact fractions and 40 digits of mpmath, by the formulas of the header written as sums.
TEST(CompetingRisks, AreThoseOfTheWorkedExample) {
  IncidenceSample sample(memory());
  add(sample,
      {{2, "won"}, {5, "won"}, {3, "lost"}, {3, "lost"}, {6, "lost"}, {4, ""}, {7, ""}, {7, ""}, {8, ""}, {8, ""}});
  const std::vector<Incidence> won = incidences_of(sample, "won");
  const std::vector<Incidence> lost = incidences_of(sample, "lost");
  ASSERT_EQ(won.size(), 4U);
  ASSERT_EQ(lost.size(), 4U);
  const double days[] = {2, 3, 5, 6};
  const double won_values[] = {0.1, 0.1, 13.0 / 60, 13.0 / 60};
  const double won_errors[] = {0.09486832980505138, 0.09486832980505138, 0.1363546573923773, 0.1363546573923773};
  const double lost_values[] = {0, 0.2, 0.2, 19.0 / 60};
  const double lost_errors[] = {0, 0.12649110640673517, 0.12649110640673517, 0.15250986610465324};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(won[i].days, days[i]);
    EXPECT_NEAR(won[i].value, won_values[i], kExact);
    EXPECT_NEAR(won[i].standard_error, won_errors[i], kExact);
    EXPECT_NEAR(lost[i].value, lost_values[i], kExact);
    EXPECT_NEAR(lost[i].standard_error, lost_errors[i], kExact);
    EXPECT_NEAR(won[i].value + lost[i].value + won[i].survival, 1, kExact);
  }
  EXPECT_NEAR(won[3].survival, 7.0 / 15, kExact);
  const ProbabilityInterval interval = log_log_interval(won[3].value, won[3].standard_error);
  EXPECT_NEAR(*interval.lower, 0.032518704419226649, kExact);
  EXPECT_NEAR(*interval.upper, 0.50522729185056279, kExact);
  // Lost taken for open would say 25 %, of what cannot be.
  SurvivalSample wrong(memory());
  add(wrong, {{2, "won"}, {5, "won"}, {3, ""}, {3, ""}, {6, ""}, {4, ""}, {7, ""}, {7, ""}, {8, ""}, {8, ""}});
  EXPECT_NEAR(1 - points_of(wrong).back().survival, 0.25, kExact);
}

// The sums of the header as they stand, in quadratic time.
Incidence incidence_by_hand(const std::vector<Lasted>& rows, const std::string& outcome, double at) {
  struct Term {
    long double at_risk, ended, these, before, value;
  };
  std::vector<double> days;
  for (const Lasted& row : rows) {
    if (!row.outcome.empty() && row.days <= at) {
      days.push_back(row.days);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  std::vector<Term> terms;
  long double survival = 1;
  long double value = 0;
  for (const double day : days) {
    Term term{0, 0, 0, survival, 0};
    for (const Lasted& row : rows) {
      term.at_risk += row.days >= day ? 1 : 0;
      term.ended += row.days == day && !row.outcome.empty() ? 1 : 0;
      term.these += row.days == day && row.outcome == outcome ? 1 : 0;
    }
    value += survival * term.these / term.at_risk;
    survival *= 1 - term.ended / term.at_risk;
    term.value = value;
    terms.push_back(term);
  }
  long double variance = 0;
  for (const Term& t : terms) {
    const long double growth = value - t.value;
    variance += t.ended < t.at_risk ? growth * growth * t.ended / (t.at_risk * (t.at_risk - t.ended)) : 0;
    variance += t.before * t.before * t.these * (t.at_risk - t.these) / (t.at_risk * t.at_risk * t.at_risk);
    variance -= 2 * growth * t.before * t.these / (t.at_risk * t.at_risk);
  }
  return {at, static_cast<double>(value), static_cast<double>(std::sqrt(std::max(variance, 0.0L))),
          static_cast<double>(survival)};
}

std::vector<Lasted> random_rows(Random& random, std::size_t count) {
  std::vector<std::string> outcomes = {"", "won", "lost", "lost", "spam"};
  std::vector<Lasted> rows(count);
  const int most = random.chance(0.5) ? 6 : 1000;
  for (Lasted& row : rows) {
    row = {random.whole(0, most), random.one_of(outcomes)};
  }
  return rows;
}

TEST(CompetingRisks, AreTheFormulasWrittenOut) {
  Random random(51);
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<Lasted> rows = random_rows(random, random.below(60));
    IncidenceSample sample(memory());
    add(sample, rows);
    for (const std::string outcome : {"won", "lost", "spam"}) {
      for (const Incidence& point : incidences_of(sample, outcome)) {
        const Incidence expected = incidence_by_hand(rows, outcome, point.days);
        EXPECT_NEAR(point.value, expected.value, 1e-12);
        EXPECT_NEAR(std::pow(point.standard_error, 2), std::pow(expected.standard_error, 2), 1e-15);
        EXPECT_NEAR(point.survival, expected.survival, 1e-12);
      }
    }
  }
}

TEST(CompetingRisks, OfOneOutcomeAreSurvival) {
  Random random(52);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<Lasted> rows = random_rows(random, 1 + random.below(60));
    for (Lasted& row : rows) {
      row.outcome = row.outcome.empty() ? "" : "won";
    }
    IncidenceSample incidence(memory());
    SurvivalSample survival(memory());
    std::size_t i = 0;
    const std::vector<SurvivalPoint> points = points_of(add(survival, rows));
    for (const Incidence& each : incidences_of(add(incidence, rows), "won")) {
      while (points[i].ended == 0) {
        ++i;
      }
      EXPECT_NEAR(1 - points[i].survival, each.value, 1e-12);
      const ProbabilityInterval interval = log_log_interval(points[i].survival, each.standard_error);
      ASSERT_EQ(interval.lower.has_value(), points[i].interval.lower.has_value());
      if (interval.lower) {
        EXPECT_NEAR(*interval.lower, *points[i].interval.lower, 1e-9);
        EXPECT_NEAR(*interval.upper, *points[i].interval.upper, 1e-9);
      }
      ++i;
    }
  }
}

TEST(Survival, WithoutCensoringIsAQuotient) {
  // What is a half is exactly that, however many factors it has.
  SurvivalSample sample(memory());
  for (int day = 1; day <= 1000; ++day) {
    sample.add(day, true);
  }
  const std::vector<SurvivalPoint> points = points_of(sample);
  for (int day = 1; day <= 1000; ++day) {
    EXPECT_EQ(points[static_cast<std::size_t>(day) - 1].survival, (1000 - day) / 1000.0);
  }
  EXPECT_FALSE(points.back().interval.lower.has_value());  // of 0 nothing is known
  StopToken stop;
  SurvivalCurve curve = sample.curve(stop, memory());
  const double shares[] = {0.5, 0.5, 0.75, 0.999, 1};
  std::optional<std::uint64_t> quantiles[5];
  find_quantiles(curve, shares, quantiles, stop);
  const double expected[] = {500, 500, 750, 999, 1000};
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(quantiles[i].has_value());
    EXPECT_EQ(days_of_duration(*quantiles[i]), expected[i]);
  }
}

TEST(Survival, OfNothingOneAndAllEqual) {
  SurvivalSample none(memory());
  EXPECT_TRUE(points_of(none).empty());
  StopToken stop;
  SurvivalCurve ended = none.curve(stop, memory());
  EXPECT_FALSE(ended.next(stop));
  EXPECT_FALSE(ended.next(stop));
  SurvivalSample open(memory());
  open.add(-0.0, false);
  open.add(0, false);
  ASSERT_EQ(points_of(open).size(), 1U);  // minus zero is zero
  EXPECT_EQ(points_of(open)[0].survival, 1);
  EXPECT_FALSE(points_of(open)[0].interval.upper.has_value());
  SurvivalSample same(memory());
  add(same, {{3, "won"}, {3, "won"}, {3, ""}});
  SurvivalCurve curve = same.curve(stop, memory());
  EXPECT_TRUE(curve.next(stop));
  EXPECT_FALSE(curve.next(stop));
  EXPECT_FALSE(curve.next(stop));
  EXPECT_NEAR(curve.survival(), 1.0 / 3, kExact);
  ASSERT_EQ(points_of(same).size(), 1U);
  EXPECT_NEAR(points_of(same)[0].survival, 1.0 / 3, kExact);
  SurvivalSample huge(memory());
  add(huge, {{std::numeric_limits<double>::max(), "won"}, {std::numeric_limits<double>::denorm_min(), "won"}});
  ASSERT_EQ(points_of(huge).size(), 2U);
  EXPECT_EQ(days_of_duration(points_of(huge)[1].duration), std::numeric_limits<double>::max());
}

TEST(Survival, RefusesWhatIsNoDuration) {
  SurvivalSample sample(memory());
  IncidenceSample incidence(memory());
  for (const double days : {-1.0, -1e-300, std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_EQ(error_code_of([&] { sample.add(days, true); }), ErrorCode::invalid_argument);
    EXPECT_EQ(error_code_of([&] { incidence.add(days, std::nullopt); }), ErrorCode::invalid_argument);
  }
  for (std::size_t i = 0; i < IncidenceSample::kMostOutcomes; ++i) {
    incidence.add(1, std::to_string(i));
  }
  incidence.add(1, "7");
  EXPECT_EQ(error_code_of([&] { incidence.add(1, "one more"); }), ErrorCode::limit_exceeded);
  incidence.add(1, "8");
  EXPECT_EQ(error_code_of([&] { incidence.add(1, std::string(1001, 'x')); }), ErrorCode::limit_exceeded);
}

template <class Sample>
void expect_any_split_says_the_same(std::uint64_t seed) {
  Random random(seed);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<Lasted> rows = random_rows(random, random.below(700));
    Sample whole(memory());
    add(whole, rows);
    random.shuffle(rows);
    std::vector<std::vector<Lasted>> parts(4);
    for (const Lasted& row : rows) {
      random.one_of(parts).push_back(row);
    }
    Sample merged(memory());
    StopToken stop;
    for (const std::vector<Lasted>& part : parts) {
      Sample alone(memory());
      const Bytes bytes = bytes_of(add(alone, part));
      Sample copy(memory());
      ASSERT_TRUE(copy.read(bytes, stop));
      EXPECT_EQ(bytes_of(copy), bytes);
      merged.merge(copy, stop);
    }
    const auto same = [&](const auto& a, const auto& b) {
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].survival, b[i].survival);
        if constexpr (std::is_same_v<Sample, SurvivalSample>) {
          EXPECT_EQ(a[i].interval.lower, b[i].interval.lower);
        } else {
          EXPECT_EQ(a[i].value, b[i].value);
          EXPECT_EQ(a[i].standard_error, b[i].standard_error);
        }
      }
    };
    if constexpr (std::is_same_v<Sample, SurvivalSample>) {
      same(points_of(merged), points_of(whole));
    } else {
      for (const char* outcome : {"won", "lost", "spam"}) {
        same(incidences_of(merged, outcome), incidences_of(whole, outcome));
      }
    }
  }
}

TEST(Survival, SaysTheSameInAnySplit) { expect_any_split_says_the_same<SurvivalSample>(53); }
TEST(CompetingRisks, SayTheSameInAnySplit) { expect_any_split_says_the_same<IncidenceSample>(54); }

template <class Sample>
void expect_refuses_other_bytes() {
  Random random(55);
  EXPECT_FALSE(is_read<Sample>({}));
  EXPECT_FALSE(is_read<Sample>(Bytes(3)));
  EXPECT_FALSE(is_read<Sample>(Bytes(100)));
  Sample sample(memory());
  const Bytes good = bytes_of(add(sample, {{1, "won"}, {2, ""}, {3, "lost"}}));
  EXPECT_TRUE(is_read<Sample>(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{16};
    EXPECT_FALSE(is_read<Sample>(bytes));
    EXPECT_FALSE(is_read<Sample>(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i))));
  }
  // With a right check sum.
  for (int trial = 0; trial < 20000; ++trial) {
    Bytes bytes(good.begin(), good.end() - static_cast<std::ptrdiff_t>(kCheckSumBytes));
    for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
      bytes[4 + random.below(static_cast<std::uint32_t>(bytes.size()) - 4)] = static_cast<std::byte>(random.below(256));
    }
    if (random.chance(0.3)) {
      bytes.resize(random.below(120));
    }
    bytes.resize(bytes.size() + kCheckSumBytes);
    bytes = with_check_sum(bytes);
    Sample read(memory());
    StopToken stop;
    if (read.read(bytes, stop)) {
      EXPECT_EQ(bytes_of(read), bytes);
    }
  }
}

TEST(CompetingRisks, RefuseBytesOfAnOutcomeTwiceAndOfALongOne) {
  for (const auto& [first, second, is_good] : {std::tuple(std::string("won"), std::string("lost"), true),
                                               std::tuple(std::string("won"), std::string("won"), false),
                                               std::tuple(std::string(1000, 'x'), std::string(), true),
                                               std::tuple(std::string("won"), std::string(1001, 'x'), false)}) {
    IncidenceSample sample(memory());
    sample.add(1, "A");
    sample.add(1, "B");
    Bytes bytes = bytes_of(sample);
    // Behind the format and the number of outcomes, in place of A and B and their lengths.
    Bytes texts(8 + first.size() + second.size());
    StateWriter writer(texts);
    for (const std::string& text : {first, second}) {
      writer.put(text.size(), 4);
      writer.put(text);
    }
    bytes.erase(bytes.begin() + 8, bytes.begin() + 18);
    bytes.insert(bytes.begin() + 8, texts.begin(), texts.end());
    EXPECT_EQ(is_read<IncidenceSample>(with_check_sum(bytes)), is_good);
  }
}

TEST(Survival, RefusesOtherBytes) { expect_refuses_other_bytes<SurvivalSample>(); }
TEST(CompetingRisks, RefuseOtherBytes) { expect_refuses_other_bytes<IncidenceSample>(); }

TEST(Survival, StopsWhenAsked) {
  SurvivalSample sample(memory());
  for (int i = 0; i < 5000; ++i) {
    sample.add(i * 7919 % 5003, i % 2 == 0);
  }
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW((void)sample.curve(stop, memory()), Cancelled);
}

}  // namespace
}  // namespace leadscore::funnel
