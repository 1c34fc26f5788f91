#include "core/learn/penalty_choice.hpp"

#include <algorithm>
#include <array>

#include "core/learn/design.hpp"
#include "core/learn/logistic_pass.hpp"
#include "core/learn/logistic_regression.hpp"

namespace leadscore::learn {

namespace {

constexpr std::array kPenalties{300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1};
constexpr double kCautious = 10;  // where nothing can be judged
constexpr std::size_t kMostRows = 50'000;
constexpr std::size_t kParts = 5;
constexpr std::size_t kLeastOfAKind = 5;  // won and lost leads, to learn from in a fold and to judge by

struct Fold {
  explicit Fold(std::pmr::memory_resource* memory) : learned(memory), judged(memory) {}

  std::pmr::vector<std::uint32_t> learned;
  std::pmr::vector<std::uint32_t> judged;
};

bool has_enough(const TrainingData& data, Rows rows) noexcept {
  const auto wins = static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&data](std::uint32_t row) { return data.won(row); }));
  return wins >= kLeastOfAKind && rows.size() - wins >= kLeastOfAKind;
}

Fold make_fold(const TrainingData& data, Rows rows, bool by_time, std::size_t part, std::pmr::memory_resource* memory) {
  Fold fold(memory);
  const std::size_t parts = by_time ? kParts + 1 : kParts;
  const std::size_t place = by_time ? part + 1 : part;
  const std::size_t first = rows.size() * place / parts;
  const std::size_t last = rows.size() * (place + 1) / parts;
  fold.judged.assign(rows.begin() + static_cast<std::ptrdiff_t>(first),
                     rows.begin() + static_cast<std::ptrdiff_t>(last));
  if (by_time) {
    if (!fold.judged.empty()) {
      fold.learned = known_by(data, rows.first(first), data.at(fold.judged.front()), memory);
    }
  } else {
    fold.learned.assign(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(first));
    fold.learned.insert(fold.learned.end(), rows.begin() + static_cast<std::ptrdiff_t>(last), rows.end());
  }
  return fold;
}

void add_losses(const TrainingData& data, const Fold& fold, const EncodingOptions& options, PenaltyChoice& choice,
                StopToken& stop, std::pmr::memory_resource* memory) {
  const Encoding encoding = make_encoding(data, fold.learned, options, memory, stop);
  const Design learned(data, encoding, fold.learned, memory, stop);
  const Design judged(data, encoding, fold.judged, memory, stop);
  std::pmr::vector<double> start(memory);
  for (std::size_t i = 0; i < kPenalties.size(); ++i) {
    const LogisticFit fit = fit_logistic(learned,
                                         {.penalty = kPenalties[i],
                                          .tolerance = 1e-3,  // of a standard error squared: far below what is compared
                                          .start = start,
                                          .with_covariance = false},
                                         stop, memory);
    choice.losses[i] += LogisticPass(judged, memory).losses(fit.coefficients, stop).log_loss;
    start = fit.coefficients;
  }
}

}  // namespace

std::pmr::vector<std::uint32_t> known_by(const TrainingData& data, Rows rows, std::int64_t time,
                                         std::pmr::memory_resource* memory, StopToken stop) {
  std::pmr::vector<std::uint32_t> known(memory);
  known.reserve(rows.size());
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(known), [&](std::uint32_t row) {
    stop.check();
    return data.known_at(row) <= time;
  });
  return known;
}

PenaltyChoice choose_penalty(const TrainingData& data, Rows rows, bool by_time, const EncodingOptions& options,
                             StopToken& stop, std::pmr::memory_resource* memory, TrainingObserver* observer) {
  PenaltyChoice choice(memory);
  choice.penalty = kCautious;
  choice.penalties.assign(kPenalties.begin(), kPenalties.end());
  choice.losses.assign(kPenalties.size(), 0.0);
  const std::pmr::vector<std::uint32_t> sample = at_even_distances(rows, kMostRows, memory);
  std::size_t judged = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    tell(observer, TrainingObserver::Step::fold, part + 1);
    const Fold fold = make_fold(data, sample, by_time, part, memory);
    if (has_enough(data, fold.learned) && has_enough(data, fold.judged)) {
      add_losses(data, fold, options, choice, stop, memory);
      judged += fold.judged.size();
      ++choice.folds;
    }
  }
  if (choice.folds > 0) {
    for (double& loss : choice.losses) {
      loss /= static_cast<double>(judged);
    }
    const auto best =
        std::min_element(choice.losses.begin(), choice.losses.end());  // the greatest penalty among equals
    choice.penalty = kPenalties[static_cast<std::size_t>(best - choice.losses.begin())];
  }
  return choice;
}

}  // namespace leadscore::learn
