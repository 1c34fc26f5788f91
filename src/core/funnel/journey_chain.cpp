#include "core/funnel/journey_chain.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/checked_math.hpp"

namespace leadscore::funnel {

namespace {

// The rows of a chain in another order of its channels: first those that are to go.
struct Order {
  std::size_t first;  // of those that stay
  std::size_t count;
  std::size_t channels;

  // Where the state is that stands at a place; what is no channel stays behind the channels.
  [[nodiscard]] std::size_t at(std::size_t place) const noexcept {
    const std::size_t going = channels - count;
    if (place >= channels) {
      return place;
    }
    if (place >= going) {
      return first + (place - going);
    }
    return place < first ? place : place + count;
  }
};

}  // namespace

JourneyChain::JourneyChain(std::size_t channels, std::pmr::memory_resource* memory, StopToken& stop)
    : channels_(channels), cells_(memory) {
  cells_.reserve(checked_multiply(channels + 1, channels + 2));
  for (std::size_t row = 0; row <= channels; ++row) {
    stop.check(static_cast<std::uint32_t>(columns()));
    cells_.resize(cells_.size() + columns());
  }
}

// The chain that is seen when only some channels are looked at: it goes from one of these to another as the whole chain
// does through any number of others. A channel is taken out by sharing what goes into it among what follows it, in
// proportion: Gaussian elimination in the form of W. K. Grassmann, M. I. Taksar, D. P. Heyman, Operations Research 33
// (1985) 1107-1116, which subtracts nothing, so that no digits cancel and no pivot need be searched for. What goes from
// a channel to itself does not matter: it leaves it in the same proportions.
JourneyChain JourneyChain::with_only(std::size_t first, std::size_t count, std::pmr::memory_resource* memory,
                                     StopToken& stop) const {
  const Order order{first, count, channels_};
  JourneyChain whole(channels_, memory, stop);
  for (std::size_t row = 0; row <= channels_; ++row) {
    stop.check(static_cast<std::uint32_t>(columns()));
    for (std::size_t column = 0; column < columns(); ++column) {
      whole.weight(row, column) = weight(order.at(row), order.at(column));
    }
  }
  const std::size_t going = channels_ - count;
  for (std::size_t gone = 0; gone < going; ++gone) {
    const double* const from = &whole.weight(gone, 0);
    double leaving = 0;
    for (std::size_t column = gone + 1; column < columns(); ++column) {
      leaving += from[column];
    }
    for (std::size_t row = gone + 1; row <= channels_; ++row) {
      double* const into = &whole.weight(row, 0);
      stop.check();
      if (into[gone] == 0 || leaving == 0) {
        continue;
      }
      stop.check(static_cast<std::uint32_t>(columns() - gone));
      const double factor = into[gone] / leaving;
      for (std::size_t column = gone + 1; column < columns(); ++column) {
        into[column] += factor * from[column];
      }
    }
  }
  JourneyChain kept(count, memory, stop);
  for (std::size_t row = 0; row <= count; ++row) {
    stop.check(static_cast<std::uint32_t>(kept.columns()));
    std::copy_n(&whole.weight(going + row, going), kept.columns(), &kept.weight(row, 0));
  }
  return kept;
}

double JourneyChain::only_removal_effect() const noexcept {
  const double leaving = weight(0, conversion()) + weight(0, loss());
  const double through = leaving > 0 ? weight(start(), 0) * (weight(0, conversion()) / leaving) : 0;
  const double converting = through + weight(start(), conversion());
  return converting > 0 ? through / converting : 0;
}

void JourneyChain::find_removal_effects(std::span<double> effects, std::pmr::memory_resource* memory,
                                        StopToken& stop) const {
  if (channels_ == 0) {
    return;
  }
  if (channels_ == 1) {
    effects[0] = only_removal_effect();
    return;
  }
  // Halving shares the work among the channels: all others go for each of them, at the cost of one inverse.
  const std::size_t half = channels_ / 2;
  for (const auto& [first, count] : {std::pair(std::size_t{0}, half), std::pair(half, channels_ - half)}) {
    with_only(first, count, memory, stop).find_removal_effects(effects.subspan(first, count), memory, stop);
  }
}

}  // namespace leadscore::funnel
