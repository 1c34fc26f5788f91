#include "core/learn/training_memory.hpp"

#include <gtest/gtest.h>

#include <string>

#include "leads.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

TEST(TrainingMemory, IsForetold) {
  for (const bool raw : {false, true}) {
    const test::MadeUpLeads made(100'000, 1, true);
    LimitedResource memory(std::size_t{1} << 30, "learning", "", kMemory);
    TrainingData data(made.columns, &memory);
    made.add_to(data);
    const TrainingOptions options{.raw = raw, .binning = {}, .penalty = 1, .by_time = true};
    const auto foretold = static_cast<double>(memory.used() + memory_to_train(data, options));
    data.settle();
    StopToken stop;
    (void)train(data, options, stop, &memory);
    const auto taken = static_cast<double>(memory.most_used());
    EXPECT_NEAR(foretold / taken, 1, 0.1);
  }
}

TEST(TrainingMemory, IsRefusedWhereItWillNotSuffice) {
  const test::MadeUpLeads made(50'000, 2);
  constexpr std::size_t kLimit = 4'000'000;
  LimitedResource memory(kLimit, "learning", "Raise it.", kMemory);
  TrainingData data(made.columns, &memory);
  made.add_to(data);
  try {
    check_memory(data, {.raw = true, .binning = {}}, memory);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
    EXPECT_EQ(error.hint(), "Raise it.");
    EXPECT_EQ(std::string(error.what()),
              "learning from 50000 leads with 4 columns takes about 5 MB of memory, of which it may use 4 MB");
  }
  const LimitedResource enough(2 * kLimit, "learning", "", kMemory);
  EXPECT_NO_THROW(check_memory(data, {.raw = true, .binning = {}}, enough));
}

}  // namespace
}  // namespace leadscore::learn
