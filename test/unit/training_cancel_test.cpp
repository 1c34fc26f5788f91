// That training ends wherever it is cancelled.
#include <gtest/gtest.h>

#include <vector>

#include "core/learn/design.hpp"
#include "core/learn/logistic_regression.hpp"
#include "core/learn/model_quality.hpp"
#include "core/learn/training.hpp"
#include "core/learn/training_warnings.hpp"
#include "counting_resource.hpp"
#include "leads.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

int questions = 0;
int last_question = 0;

// A host that waits for so many questions before it wants to stop.
StopToken stop_after(int count) {
  questions = 0;
  last_question = count;
  return StopToken([]() noexcept { return ++questions > last_question; });
}

// How often a computation asks; each time it is cancelled there.
template <class Compute>
int cancel_everywhere(Compute compute) {
  constexpr int kEnough = 300;
  for (int count = 0; count < kEnough; ++count) {
    try {
      compute(stop_after(count));
      return count;
    } catch (const Cancelled&) {
      EXPECT_EQ(questions, count + 1) << "it went on";
    }
  }
  return kEnough;
}

struct Prepared {
  test::MadeUpLeads made{6'000, 1};
  TrainingData data{made.columns, kMemory};
  std::vector<std::uint32_t> rows;
  Encoding encoding{kMemory};

  explicit Prepared(bool raw) {
    made.add_to(data);
    data.settle();
    rows = test::all_rows(data);
    encoding = make_encoding(data, rows, {.raw = raw, .binning = {}}, kMemory);
  }
};

TEST(TrainingIsCancelled, WhereRowsAreOrdered) {
  for (const bool by_time : {false, true}) {
    const test::MadeUpLeads made(6'000, 2, by_time);
    EXPECT_GE(cancel_everywhere([&](StopToken stop) {
                TrainingData data(made.columns, kMemory);
                made.add_to(data);
                data.settle(stop);
              }),
              20);
  }
}

TEST(TrainingIsCancelled, WhereEqualRowsAreSpread) {
  test::MadeUpLeads made(1, 3);
  made.leads.resize(6'000, made.leads[0]);
  EXPECT_GE(cancel_everywhere([&](StopToken stop) {
              TrainingData data(made.columns, kMemory);
              made.add_to(data);
              data.settle(stop);
            }),
            40);
}

TEST(TrainingIsCancelled, WhereItIsEncoded) {
  for (const bool raw : {false, true}) {
    const Prepared prepared(raw);
    EXPECT_GE(cancel_everywhere([&](StopToken stop) {
                (void)make_encoding(prepared.data, prepared.rows, {.raw = raw, .binning = {}}, kMemory, stop);
              }),
              20);
    EXPECT_GE(cancel_everywhere([&](StopToken stop) {
                (void)Design(prepared.data, prepared.encoding, prepared.rows, kMemory, stop);
              }),
              20);
    EXPECT_GE(
        cancel_everywhere([&](StopToken stop) { (void)known_by(prepared.data, prepared.rows, 0, kMemory, stop); }), 5);
  }
}

TEST(TrainingIsCancelled, WhereItIsMeasured) {
  const Prepared prepared(true);
  const Design design(prepared.data, prepared.encoding, prepared.rows, kMemory);
  const std::vector<double> coefficients(design.parameters(), 0.5);
  EXPECT_GE(cancel_everywhere([&](StopToken stop) { (void)measure_quality(design, coefficients, kMemory, stop); }), 15);
}

TEST(TrainingIsCancelled, WhereItDoubts) {
  const Prepared prepared(true);
  EXPECT_GE(cancel_everywhere([&](StopToken stop) {
              TrainedModel model(kMemory);
              model.encoding = make_encoding(prepared.data, prepared.rows, {.raw = true, .binning = {}}, kMemory);
              add_warnings(prepared.data, prepared.rows, prepared.rows, true, model, kMemory, stop);
            }),
            5);
}

TEST(TrainingIsCancelled, WhereItIsFitted) {
  const Prepared prepared(false);
  const Design design(prepared.data, prepared.encoding, prepared.rows, kMemory);
  EXPECT_GE(cancel_everywhere(
                [&](StopToken stop) { (void)fit_logistic(design, {.penalty = 1, .start = {}}, stop, kMemory); }),
            20);
}

TEST(TrainingIsCancelled, AnywhereWithoutALeak) {
  const Prepared prepared(false);
  test::CountingResource memory;
  EXPECT_GE(cancel_everywhere([&](StopToken stop) { (void)train(prepared.data, {}, stop, &memory); }), 250);
  EXPECT_EQ(memory.live(), 0U);
}

}  // namespace
}  // namespace leadscore::learn
