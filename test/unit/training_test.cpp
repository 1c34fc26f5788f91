#include "core/learn/training.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "core/limited_resource.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::error_code_of;
using test::MadeUpLeads;
using Kind = TrainingWarning::Kind;

auto* const kMemory = std::pmr::get_default_resource();

TrainedModel train_on(const MadeUpLeads& made, const TrainingOptions& options = {}) {
  TrainingData data(made.columns, kMemory);
  made.add_to(data);
  data.settle();
  StopToken stop;
  return train(data, options, stop, kMemory);
}

bool warns(const TrainedModel& model, Kind kind, std::size_t column = TrainedTerm::kNoColumn) {
  return std::any_of(model.warnings.begin(), model.warnings.end(),
                     [&](const TrainingWarning& warning) { return warning.kind == kind && warning.column == column; });
}

void expect_same_bits(double a, double b) {
  ASSERT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)) << a << ' ' << b;
}

void expect_same(const TrainedModel& a, const TrainedModel& b) {
  ASSERT_EQ(a.terms.size(), b.terms.size());
  for (std::size_t i = 0; i < a.terms.size(); ++i) {
    expect_same_bits(a.terms[i].points, b.terms[i].points);
    expect_same_bits(a.terms[i].standard_error, b.terms[i].standard_error);
    ASSERT_EQ(a.terms[i].count, b.terms[i].count);
  }
  expect_same_bits(a.penalty, b.penalty);
  expect_same_bits(a.unseen.auc, b.unseen.auc);
  expect_same_bits(a.unseen.log_loss, b.unseen.log_loss);
  expect_same_bits(a.in_sample.brier, b.in_sample.brier);
}

TEST(Training, IsTheSameInAnyOrder) {
  for (const bool by_time : {false, true}) {
    const MadeUpLeads made(3'000, 1, by_time);
    MadeUpLeads shuffled = made;
    test::Random random(2);
    random.shuffle(shuffled.leads);
    for (const TrainingOptions& options :
         {TrainingOptions{.by_time = by_time}, TrainingOptions{.raw = true, .binning = {}, .by_time = by_time},
          TrainingOptions{.method = Method::naive_bayes, .by_time = by_time}}) {
      expect_same(train_on(made, options), train_on(shuffled, options));
    }
  }
}

TEST(Training, FindsWhatMattersAndSaysHowWell) {
  const TrainedModel model = train_on(MadeUpLeads(6'000, 3));
  EXPECT_EQ(model.choice.folds, 5U);
  EXPECT_GT(model.unseen.auc, 0.6);
  EXPECT_EQ(model.unseen.leads, 1'200U);
  EXPECT_LT(std::fabs(model.unseen.auc - model.in_sample.auc), 0.06);
  EXPECT_TRUE(model.converged);
  std::size_t leads = 0;
  for (const TrainedTerm& term : model.terms) {
    leads += term.column == 2 ? static_cast<std::size_t>(term.count.leads) : 0;
  }
  EXPECT_EQ(leads, model.rows) << "every lead has one job";
}

// The sum of a lead's terms is what the design says: terms in units of the numbers, and in bins.
TEST(Training, WritesTermsThatAddUpToTheLogOdds) {
  const MadeUpLeads made(2'000, 4);
  TrainingData data(made.columns, kMemory);
  made.add_to(data);
  data.settle();
  const auto rows = test::all_rows(data);
  StopToken stop;
  for (const bool raw : {false, true}) {
    const TrainedModel model = train(data, {.raw = raw, .binning = {}, .penalty = 2}, stop, kMemory);
    double losses = 0;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      double sum = 0;
      for (const TrainedTerm& term : model.terms) {
        if (term.kind == TrainedTerm::Kind::base) {
          sum += term.points;
          continue;
        }
        const ColumnBins& bins = model.encoding.columns()[term.encoded].bins;
        if (term.kind == TrainedTerm::Kind::bin) {
          sum += bins.bin_of(data, term.column, row) == term.bin ? term.points : 0;
        } else if (std::isnan(data.number(term.column, row))) {
          sum += term.kind == TrainedTerm::Kind::missing ? term.points : 0;
        } else {
          sum += term.kind == TrainedTerm::Kind::number ? term.points * data.number(term.column, row) : 0;
        }
      }
      losses += std::log1p(std::exp(data.won(row) ? -sum : sum));
    }
    EXPECT_NEAR(losses / static_cast<double>(data.rows()), model.in_sample.log_loss, 1e-12);
  }
}

TEST(Training, RefusesTooFewLeadsUnlessForced) {
  MadeUpLeads made(2'000, 5);
  std::size_t wins = 0;
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = lead.outcome.won && ++wins <= 39;
  }
  const auto error = [&made](const TrainingOptions& options) {
    return error_code_of([&] { (void)train_on(made, options); });
  };
  EXPECT_EQ(error({}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.force = true}), std::nullopt);
  EXPECT_TRUE(warns(train_on(made, {.force = true}), Kind::few_wins));
  auto lost = std::find_if(made.leads.begin(), made.leads.end(), [](const auto& lead) { return !lead.outcome.won; });
  lost->outcome.won = true;
  EXPECT_EQ(error({}), std::nullopt) << "the fortieth";
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = true;
  }
  EXPECT_EQ(error({.force = true}), ErrorCode::invalid_argument) << "one class only";
}

TEST(Training, RefusesOptionsThatContradictEachOther) {
  const MadeUpLeads made(500, 6);
  const auto error = [&made](const TrainingOptions& options) {
    return error_code_of([&] { (void)train_on(made, options); });
  };
  EXPECT_EQ(error({.method = Method::naive_bayes, .raw = true, .binning = {}}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.method = Method::naive_bayes, .binning = {}, .penalty = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.binning = {}, .penalty = -1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.judged_share = 1}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.judged_share = std::nan("")}), ErrorCode::invalid_argument);
  EXPECT_EQ(error({.judged_share = 0}), std::nullopt);
}

TEST(Training, WarnsOfALeak) {
  MadeUpLeads made(3'000, 7);
  made.columns.push_back(ColumnKind::categorical);
  for (test::Lead& lead : made.leads) {
    lead.cells.push_back(Cell::of(std::string_view(lead.outcome.won ? "paid" : "open")));
  }
  const TrainedModel model = train_on(made);
  EXPECT_TRUE(warns(model, Kind::leakage, 4));
  EXPECT_FALSE(warns(model, Kind::leakage, 0));
  EXPECT_TRUE(warns(model, Kind::separation));
}

// A column that somebody fills when the outcome is known, for many or few of the leads.
TEST(Training, WarnsOfWhatIsFilledByTheOutcome) {
  for (const bool raw : {false, true}) {
    for (const double share : {1.0, 0.1}) {
      MadeUpLeads made(6'000, 13);
      test::Random random(14);
      for (const bool of_won : {true, false}) {
        made.columns.push_back(ColumnKind::numeric);
        made.columns.push_back(ColumnKind::categorical);
        for (test::Lead& lead : made.leads) {
          const bool is_filled = lead.outcome.won == of_won ? random.chance(share) : random.chance(0.0005);
          lead.cells.push_back(is_filled ? Cell::of(random.number(0, 1)) : Cell{});
          lead.cells.push_back(is_filled ? Cell::of(std::string_view(random.chance(0.5) ? "a" : "b")) : Cell{});
        }
      }
      const TrainedModel model = train_on(made, {.raw = raw, .binning = {}, .penalty = 1});
      for (std::size_t column = 0; column < made.columns.size(); ++column) {
        EXPECT_EQ(warns(model, Kind::filled_if_won, column), column == 4 || column == 5) << column;
        EXPECT_EQ(warns(model, Kind::filled_if_lost, column), column == 6 || column == 7) << column;
        EXPECT_FALSE(warns(model, Kind::leakage, column));
      }
    }
  }
}

// Where hardly any lead is won, what is filled for lost leads alone is nothing unusual.
TEST(Training, WarnsOfNothingWhereFewAreWon) {
  MadeUpLeads made(6'000, 15);
  made.columns.push_back(ColumnKind::categorical);
  test::Random random(16);
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = random.chance(0.01);
    const bool is_filled = random.chance(lead.outcome.won ? 0.02 : 0.03);
    lead.cells.push_back(is_filled ? Cell::of(std::string_view("x")) : Cell{});
  }
  const TrainedModel model = train_on(made, {.penalty = 1, .force = true});
  EXPECT_FALSE(warns(model, Kind::filled_if_lost, 4));
  EXPECT_FALSE(warns(model, Kind::filled_if_won, 4));
}

TEST(Training, WarnsOfWhatTellsNothing) {
  MadeUpLeads made(3'000, 8);
  made.columns.push_back(ColumnKind::numeric);
  made.columns.push_back(ColumnKind::categorical);
  test::Random random(9);
  for (test::Lead& lead : made.leads) {
    lead.cells.push_back(Cell::of(7.0));
    lead.cells.push_back(Cell{});
    lead.outcome.won = random.chance(0.3);
  }
  const TrainedModel model = train_on(made);
  EXPECT_TRUE(warns(model, Kind::no_signal));
  EXPECT_TRUE(warns(model, Kind::no_bearing, 4)) << "constant";
  EXPECT_TRUE(warns(model, Kind::no_bearing, 5)) << "all missing";
  MadeUpLeads nothing = made;
  nothing.columns = {ColumnKind::numeric};
  for (test::Lead& lead : nothing.leads) {
    lead.cells = {Cell::of(1.0)};
  }
  EXPECT_EQ(error_code_of([&] { (void)train_on(nothing); }), ErrorCode::invalid_argument);
}

TEST(Training, WarnsOfDrift) {
  MadeUpLeads made(3'000, 10, true);
  for (std::size_t i = 2'300; i < made.leads.size(); ++i) {
    made.leads[i].cells[1].number += 3'000;
  }
  const TrainedModel model = train_on(made, {.by_time = true});
  EXPECT_TRUE(warns(model, Kind::drift, 1));
  EXPECT_FALSE(warns(model, Kind::drift, 2));
}

TEST(Training, JudgesTheNewestByWhatWasKnownThen) {
  MadeUpLeads made(3'000, 11, true);
  // The outcome of most leads became known only at the very end: the judged model learns from the others alone.
  for (std::size_t i = 0; i < made.leads.size(); ++i) {
    made.leads[i].outcome.known_at = i % 4 == 0 ? made.leads[i].outcome.at : 1'000'000;
    if (i % 4 != 0) {
      made.leads[i].outcome.won = false;
    }
  }
  MadeUpLeads careless = made;
  for (test::Lead& lead : careless.leads) {
    lead.outcome.known_at = LeadOutcome::kAlways;
  }
  const TrainingOptions options{.penalty = 1, .by_time = true};
  const TrainedModel careful = train_on(made, options);
  const TrainedModel cheating = train_on(careless, options);
  EXPECT_GT(careful.unseen.log_loss, cheating.unseen.log_loss + 0.05) << "it could not know that most would be lost";
  EXPECT_NEAR(careful.in_sample.log_loss, cheating.in_sample.log_loss, 1e-12) << "the model itself knows all";
}

TEST(Training, WarnsOfASample) {
  const auto train_on_sample = [](const MadeUpLeads& made, std::size_t most) {
    TrainingData data(made.columns, kMemory, most);
    made.add_to(data);
    data.settle();
    StopToken stop;
    return train(data, {.penalty = 1, .force = true}, stop, kMemory);
  };
  MadeUpLeads made(8'000, 18);
  EXPECT_FALSE(warns(train_on_sample(made, 8'000), Kind::sampled));
  const TrainedModel model = train_on_sample(made, 5'000);
  EXPECT_TRUE(warns(model, Kind::sampled));
  EXPECT_FALSE(warns(model, Kind::uneven_sample));
  EXPECT_EQ(model.rows_seen, 8'000U);
  EXPECT_LE(model.rows, 5'000U);
  for (std::size_t i = 0; i < 4'000; ++i) {  // alike: all or none of them are in the sample
    made.leads[i] = made.leads[0];
    made.leads[i].outcome.won = false;
  }
  EXPECT_TRUE(warns(train_on_sample(made, 5'000), Kind::uneven_sample));
}

TEST(Training, TellsWhatItDoes) {
  using Step = TrainingObserver::Step;
  struct Listener final : TrainingObserver {
    std::vector<std::pair<Step, std::size_t>> heard;
    void begins(Step step, std::size_t number) override { heard.emplace_back(step, number); }
  } listener;
  const MadeUpLeads made(2'000, 17);
  TrainingData data(made.columns, kMemory);
  made.add_to(data);
  StopToken stop;
  data.settle(stop, &listener);
  const TrainedModel model = train(data, {}, stop, kMemory, &listener);
  std::vector<std::pair<Step, std::size_t>> steps;
  std::size_t newton = 0;
  for (const auto& [step, number] : listener.heard) {
    if (step == Step::newton) {
      newton = number;
    } else {
      steps.emplace_back(step, number);
    }
  }
  EXPECT_EQ(steps, (std::vector<std::pair<Step, std::size_t>>{{Step::order, 2'000},
                                                              {Step::fold, 1},
                                                              {Step::fold, 2},
                                                              {Step::fold, 3},
                                                              {Step::fold, 4},
                                                              {Step::fold, 5},
                                                              {Step::judge, 1'600},
                                                              {Step::fit, 2'000}}));
  EXPECT_EQ(newton, static_cast<std::size_t>(model.iterations));
}

TEST(Training, TakesItsMemoryFromWhereItIsTold) {
  const MadeUpLeads made(300, 12);
  test::CountingResource memory;
  {
    const test::NoDefaultResource no_default;
    TrainingData data(made.columns, &memory);
    made.add_to(data);
    data.settle();
    StopToken stop;
    const TrainedModel model = train(data, {}, stop, &memory);
    EXPECT_FALSE(model.terms.empty());
  }
  EXPECT_EQ(memory.live(), 0U);
  LimitedResource limited(200'000, "learning", "Raise it.", kMemory);
  EXPECT_EQ(error_code_of([&] {
              TrainingData data(made.columns, &limited);
              made.add_to(data);
              data.settle();
              StopToken stop;
              (void)train(data, {}, stop, &limited);
            }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(limited.used(), 0U);
}

}  // namespace
}  // namespace leadscore::learn
