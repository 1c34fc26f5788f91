#include "core/learn/logistic_pass.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace leadscore::learn {

namespace {

// Numbers that are added side by side, in the same order on every machine.
using Lanes = double __attribute__((vector_size(16)));
constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(double);
constexpr std::size_t kSums = 4;

Lanes load(const double* from) noexcept {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

double dot(const double* a, const double* b, std::size_t count) noexcept {
  Lanes sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums * kLanes <= count; i += kSums * kLanes) {
    for (std::size_t k = 0; k < kSums; ++k) {
      sums[k] += load(a + i + k * kLanes) * load(b + i + k * kLanes);
    }
  }
  const Lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  double total = sum[0] + sum[1];
  for (; i < count; ++i) {
    total += a[i] * b[i];
  }
  return total;
}

}  // namespace

LogisticPass::LogisticPass(const Design& design, std::pmr::memory_resource* memory)
    : design_(design),
      log_odds_(kBlock, memory),
      residual_(kBlock, memory),
      weight_(kBlock, memory),
      weighted_(kBlock * design.number_count(), memory) {}

void LogisticPass::add_losses(std::size_t first, std::size_t count, LogisticSums& sums) {
  const std::uint8_t* won = design_.won() + first;
  double product = 1;  // of numbers between 1 and 2, few enough that it stays finite: one logarithm for all
  double linear = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = log_odds_[i];
    const double small = std::exp(-std::fabs(x));
    const double larger = 1 / (1 + small);
    const double smaller = small * larger;
    product *= 1 + small;
    linear += (won[i] != 0) == (x > 0) ? 0 : std::fabs(x);
    const double miss = (won[i] != 0) == (x > 0) ? smaller : larger;
    residual_[i] = won[i] != 0 ? miss : -miss;
    weight_[i] = larger * smaller;
    if (won[i] != 0) {
      sums.least_won = std::min(sums.least_won, x);
    } else {
      sums.greatest_lost = std::max(sums.greatest_lost, x);
    }
  }
  sums.log_loss += linear + std::log(product);
}

void LogisticPass::add_numbers(std::size_t first, std::size_t count, LogisticSums& sums) {
  const std::size_t numbers = design_.number_count();
  const std::size_t place = design_.intercept();
  for (std::size_t i = 0; i < numbers; ++i) {
    const double* column = design_.number(i) + first;
    double* weighted = weighted_.data() + i * kBlock;
    for (std::size_t row = 0; row < count; ++row) {
      weighted[row] = weight_[row] * column[row];
    }
    sums.gradient[place + i] += dot(residual_.data(), column, count);
    double* cells = sums.hessian.row(place + i) + place;
    for (std::size_t j = i; j < numbers; ++j) {
      cells[j] += dot(weighted, design_.number(j) + first, count);
    }
  }
}

void LogisticPass::add_codes(std::size_t first, std::size_t count, LogisticSums& sums) noexcept {
  const std::size_t columns = design_.code_count();
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint16_t* codes = design_.codes(first + row);
    const double weight = weight_[row];
    const double residual = residual_[row];
    for (std::size_t i = 0; i < columns; ++i) {
      double* cells = sums.hessian.row(codes[i]);
      sums.gradient[codes[i]] += residual;
      for (std::size_t j = i; j < columns; ++j) {
        cells[codes[j]] += weight;
      }
    }
  }
}

void LogisticPass::add_codes_and_numbers(std::size_t first, std::size_t count, LogisticSums& sums) noexcept {
  const std::size_t columns = design_.code_count();
  const std::size_t numbers = design_.number_count();
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint16_t* codes = design_.codes(first + row);
    for (std::size_t i = 0; i < columns; ++i) {
      double* cells = sums.hessian.row(codes[i]) + design_.intercept();
      for (std::size_t j = 0; j < numbers; ++j) {
        cells[j] += weighted_[j * kBlock + row];
      }
    }
  }
}

void LogisticPass::run(std::span<const double> coefficients, bool with_derivatives, LogisticSums& sums,
                       StopToken& stop) {
  sums.log_loss = 0;
  sums.least_won = std::numeric_limits<double>::infinity();
  sums.greatest_lost = -std::numeric_limits<double>::infinity();
  if (with_derivatives) {
    std::fill(sums.gradient.begin(), sums.gradient.end(), 0.0);
    sums.hessian.clear();
  }
  for (std::size_t first = 0; first < design_.rows(); first += kBlock) {
    for (std::size_t step = 0; step < kBlock; ++step) {  // a block is worth that many questions
      stop.check();
    }
    const std::size_t count = std::min(kBlock, design_.rows() - first);
    design_.linear_predictor(coefficients, first, std::span(log_odds_).first(count));
    add_losses(first, count, sums);
    if (with_derivatives) {
      add_numbers(first, count, sums);
      if (design_.code_count() > 0) {
        add_codes(first, count, sums);
        add_codes_and_numbers(first, count, sums);
      }
    }
  }
}

}  // namespace leadscore::learn
