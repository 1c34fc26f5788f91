#include "core/learn/logistic_kernel.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "core/learn/logistic_pass.hpp"
#include "core/learn/portable_log.hpp"
#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

double in_last_places(double got, double expected) {
  return std::fabs(got - expected) / (std::nextafter(std::fabs(expected), INFINITY) - std::fabs(expected));
}

TEST(LogisticKernel, ComputesWhatHappensToALead) {
  test::Random random(1);
  for (const LogisticKernel* kernel : {&plain_kernel(), &best_kernel()}) {
    for (int round = 0; round < 400; ++round) {
      LogisticBlock block{};
      for (std::size_t i = 0; i < kBlock; ++i) {
        block.log_odds[i] = random.number(-1, 1) * (round < 200 ? 4 : 700);
        block.outcome[i] = random.chance(0.3) ? 1 : -1;
      }
      block.log_odds[3] = 0;
      block.log_odds[4] = -0.0;
      LogisticLosses losses;
      kernel->add_losses(block, kBlock, losses);
      double log_loss = 0;
      double squares = 0;
      double least_won = INFINITY;
      double greatest_lost = -INFINITY;
      for (std::size_t i = 0; i < kBlock; ++i) {
        const double x = block.log_odds[i];
        const double t = x * block.outcome[i];
        const auto small = static_cast<double>(std::exp(-std::fabs(static_cast<long double>(t))));
        const double miss = t < 0 ? 1 / (1 + small) : small / (1 + small);
        EXPECT_LE(in_last_places(block.residual[i], block.outcome[i] * miss), 4) << t;
        EXPECT_LE(in_last_places(block.weight[i], small / ((1 + small) * (1 + small))), 5) << t;
        log_loss += std::max(-t, 0.0) + std::log1p(small);
        squares += miss * miss;
        (block.outcome[i] > 0 ? least_won : greatest_lost) =
            block.outcome[i] > 0 ? std::min(least_won, x) : std::max(greatest_lost, x);
      }
      EXPECT_NEAR((losses.linear + portable_log(losses.product)) / log_loss, 1, 1e-14);
      EXPECT_NEAR(losses.squares / squares, 1, 1e-14);
      EXPECT_EQ(losses.least_won, least_won);
      EXPECT_EQ(losses.greatest_lost, greatest_lost);
    }
  }
}

TEST(LogisticKernel, TakesLogOddsBeyondTheRangeOfTheExponential) {
  LogisticBlock block{};
  block.log_odds = {1e300, -1e300, 800, -800};
  block.outcome = {1, 1, -1, -1};
  LogisticLosses losses;
  best_kernel().add_losses(block, kLanes, losses);
  EXPECT_EQ(block.residual[1], 1);
  EXPECT_EQ(block.residual[2], -1);
  EXPECT_NEAR(block.residual[0], 0, 1e-300);
  EXPECT_NEAR(block.weight[1], 0, 1e-300);
  EXPECT_EQ(losses.linear, 1e300 + 800);
}

// All sums of a pass: the same bits on every processor, for any number of rows and terms.
TEST(LogisticKernel, HasTheSameBitsOnEveryProcessor) {
  for (const std::size_t rows : {1U, 3U, 4U, 200U, 256U, 300U, 1'025U}) {
    for (const bool raw : {false, true}) {
      const test::MadeUpLeads made(rows, rows);
      TrainingData data(made.columns, kMemory);
      made.add_to(data);
      data.settle();
      const auto all = test::all_rows(data);
      const Encoding encoding = make_encoding(data, all, {.raw = raw, .binning = {.least_leads = 1}}, kMemory);
      const Design design(data, encoding, all, kMemory);
      test::Random random(rows);
      std::vector<double> coefficients(design.parameters());
      for (double& coefficient : coefficients) {
        coefficient = random.number(-1, 1);
      }
      LogisticSums a(design.parameters(), kMemory);
      LogisticSums b(design.parameters(), kMemory);
      StopToken stop;
      LogisticPass(design, kMemory, 1, plain_kernel()).run(coefficients, a, stop);
      LogisticPass(design, kMemory, 1, best_kernel()).run(coefficients, b, stop);
      const auto bits = [](double number) { return std::bit_cast<std::uint64_t>(number); };
      EXPECT_EQ(bits(a.losses.log_loss), bits(b.losses.log_loss));
      EXPECT_EQ(bits(a.losses.squares), bits(b.losses.squares));
      EXPECT_EQ(a.losses.least_won, b.losses.least_won);
      EXPECT_EQ(a.losses.greatest_lost, b.losses.greatest_lost);
      for (std::size_t i = 0; i < design.parameters(); ++i) {
        EXPECT_EQ(bits(a.gradient[i]), bits(b.gradient[i]));
        for (std::size_t j = i; j < design.parameters(); ++j) {
          EXPECT_EQ(bits(a.hessian.at(i, j)), bits(b.hessian.at(i, j)));
        }
      }
    }
  }
}

TEST(PortableLog, IsNearTheLogarithm) {
  test::Random random(2);
  for (int i = 0; i < 100'000; ++i) {
    const double x = std::exp(random.number(-1, 1) * (i % 2 == 0 ? 700 : 1));
    const auto exact = static_cast<double>(std::log(static_cast<long double>(x)));
    EXPECT_LE(in_last_places(portable_log(x), exact), 3) << x;
  }
  EXPECT_EQ(portable_log(1.0), 0);
  EXPECT_EQ(portable_log(2.0), std::log(2.0));
}

}  // namespace
}  // namespace leadscore::learn
