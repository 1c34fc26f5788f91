#include "core/learn/logistic_pass.hpp"

#include <algorithm>

#include "core/learn/portable_log.hpp"

namespace leadscore::learn {

namespace {

constexpr std::size_t padded(std::size_t count) noexcept { return (count + kLanes - 1) / kLanes * kLanes; }

}  // namespace

LogisticPass::LogisticPass(const Design& design, std::pmr::memory_resource* memory, std::size_t stride,
                           const LogisticKernel& kernel)
    : design_(design),
      kernel_(kernel),
      stride_(stride),
      block_{},
      columns_(design.number_count(), memory),
      left_(design.number_count() + 1, memory),
      tail_(kBlock * design.number_count(), memory),
      weighted_(kBlock * design.number_count(), memory),
      products_((design.number_count() + 1) * design.number_count(), memory) {
  left_[0] = block_.residual.data();
  for (std::size_t i = 0; i < design.number_count(); ++i) {
    left_[i + 1] = weighted_.data() + i * kBlock;
  }
}

// Points to the numbers of the rows, followed by zeros up to a whole vector.
void LogisticPass::find_columns(std::size_t first, std::size_t count) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i] = design_.number(i) + first;
    if (count != padded(count)) {
      double* tail = tail_.data() + i * kBlock;
      std::fill(std::copy_n(columns_[i], count, tail), tail + padded(count), 0.0);
      columns_[i] = tail;
    }
  }
}

void LogisticPass::predict(std::span<const double> coefficients, std::size_t first, std::size_t count) {
  const std::span<double> sums(block_.log_odds.data(), count);
  std::fill(sums.begin(), sums.end(), coefficients[design_.intercept()]);
  design_.add_points(coefficients, first, sums);
  const std::uint8_t* won = design_.won() + first;
  for (std::size_t row = 0; row < count; ++row) {
    block_.outcome[row] = won[row] != 0 ? 1 : -1;
  }
  for (std::size_t row = count; row < padded(count); ++row) {  // has no loss and no weight
    constexpr double kCertain = 1e300;
    block_.log_odds[row] = kCertain;
    block_.outcome[row] = 1;
  }
  const std::span<const double* const> columns(columns_);
  kernel_.add_products(coefficients.subspan(design_.intercept() + 1), columns.data() + 1, padded(count), sums.data());
}

template <class Visit>
LossSums LogisticPass::for_each_block(std::span<const double> coefficients, StopToken& stop, Visit visit) {
  LogisticLosses losses;
  BinaryNumber product;  // of all the numbers whose logarithms are to be summed up: one logarithm for all
  for (std::size_t first = 0; first < design_.rows(); first += kBlock * stride_) {
    stop.check(kBlock);
    const std::size_t count = std::min(kBlock, design_.rows() - first);
    find_columns(first, count);
    predict(coefficients, first, count);
    kernel_.add_losses(block_, padded(count), losses);
    const BinaryNumber next = binary_number(losses.product);
    losses.product = 1;
    const BinaryNumber both = binary_number(product.mantissa * next.mantissa);
    product = {both.mantissa, product.exponent + next.exponent + both.exponent};
    visit(first, count);
  }
  return {losses.linear + portable_log(product), losses.squares, losses.least_won, losses.greatest_lost};
}

LossSums LogisticPass::losses(std::span<const double> coefficients, StopToken& stop) {
  return for_each_block(coefficients, stop, [](std::size_t, std::size_t) {});
}

LossSums LogisticPass::losses(std::span<const double> coefficients, std::span<double> log_odds, StopToken& stop) {
  return for_each_block(coefficients, stop, [&](std::size_t first, std::size_t count) {
    std::copy_n(block_.log_odds.begin(), count, log_odds.begin() + static_cast<std::ptrdiff_t>(first));
  });
}

void LogisticPass::run(std::span<const double> coefficients, LogisticSums& sums, StopToken& stop) {
  std::fill(sums.gradient.begin(), sums.gradient.end(), 0.0);
  sums.hessian.clear(stop);
  sums.losses = for_each_block(coefficients, stop, [&](std::size_t first, std::size_t count) {
    add_numbers(padded(count), sums);
    if (design_.code_count() > 0) {
      add_codes(first, count, sums);
      if (design_.number_count() > 1) {
        add_codes_and_numbers(first, count, sums);
      }
    }
  });
  for (std::size_t i = 0; i < design_.intercept(); ++i) {  // a term is 1 where it holds, as the intercept is everywhere
    sums.hessian.at(i, design_.intercept()) = sums.hessian.at(i, i);
  }
}

void LogisticPass::add_numbers(std::size_t padded, LogisticSums& sums) {
  const std::size_t numbers = columns_.size();
  const std::size_t place = design_.intercept();
  for (std::size_t i = 0; i < numbers; ++i) {
    kernel_.multiply(block_.weight.data(), columns_[i], padded, weighted_.data() + i * kBlock);
  }
  kernel_.cross_products(left_, columns_, padded, products_.data(), numbers);
  const double* products = products_.data();
  for (std::size_t j = 0; j < numbers; ++j) {
    sums.gradient[place + j] += products[j];
  }
  for (std::size_t i = 0; i < numbers; ++i) {
    products += numbers;
    double* cells = sums.hessian.row(place + i) + place;
    for (std::size_t j = i; j < numbers; ++j) {
      cells[j] += products[j];
    }
  }
}

void LogisticPass::add_codes(std::size_t first, std::size_t count, LogisticSums& sums) noexcept {
  const std::size_t columns = design_.code_count();
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint16_t* codes = design_.codes(first + row);
    const double weight = block_.weight[row];
    const double residual = block_.residual[row];
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
      for (std::size_t j = 1; j < numbers; ++j) {
        cells[j] += weighted_[j * kBlock + row];
      }
    }
  }
}

}  // namespace leadscore::learn
