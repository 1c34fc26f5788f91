// Learns a scorecard from leads whose outcome is known: bins, penalty, points, and how far to trust them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <vector>

#include "core/learn/binning.hpp"
#include "core/learn/encoding.hpp"
#include "core/learn/model_quality.hpp"
#include "core/learn/penalty_choice.hpp"
#include "core/learn/training_data.hpp"
#include "core/learn/training_observer.hpp"
#include "core/stop_token.hpp"

namespace leadscore::learn {

/// Fewer won or lost leads than this are not learned from unless forced.
inline constexpr std::size_t kLeastOfAKind = 40;

enum class Method : std::uint8_t { logistic, naive_bayes };

struct TrainingOptions {
  Method method = Method::logistic;
  bool raw = false;  // no bins: numbers as they are (logistic alone)
  BinningOptions binning = {};
  std::optional<double> penalty = {};  // of logistic; chosen where it is not given
  double smoothing = 1;                // of naive Bayes
  bool by_time = false;       // LeadOutcome::at tells old from new; else folds and the judged part follow a hash
  double judged_share = 0.2;  // of the leads, the newest: judged by a model of the others
  bool force = false;         // also from fewer than kLeastOfAKind
};

/// One line of the model: what a lead gets. Σ over the terms that hold for a lead is its log-odds.
struct TrainedTerm {
  enum class Kind : std::uint8_t {
    base,     // every lead
    bin,      // the leads in a bin
    number,   // points times the number itself
    missing,  // the leads without the number
  };
  static constexpr std::size_t kNoColumn = std::numeric_limits<std::size_t>::max();

  Kind kind = Kind::base;
  std::size_t column = kNoColumn;   // of the data
  std::size_t encoded = kNoColumn;  // position among the encoding's columns
  std::size_t bin = 0;
  double points = 0;          // log-odds; of a number: per unit
  double standard_error = 0;  // NaN where there is none: naive Bayes, terms that depend on others
  BinCount count = {};        // the leads it holds for among all; of a number: those that have it
};

struct TrainingWarning {
  enum class Kind : std::uint8_t {
    separation,      // won and lost are told apart without error: points without a penalty run away
    leakage,         // the column predicts too well (value: its information value)
    filled_if_won,   // the column is filled almost only for won leads (value: odds of won where it is, by where not)
    filled_if_lost,  // almost only for lost leads (value: the same of lost)
    drift,           // the column's values have changed between older and newest (value: its PSI)
    few_wins,        // (value: how many)
    sampled,         // the data is a sample (value: of how many leads)
    uneven_sample,   // in which won leads are not as frequent as among all (value: their share there)
    no_signal,       // hardly better than chance on leads not seen (value: the AUC)
    not_converged,   // (value: iterations)
    too_many_texts,  // the column was left out: nearly every lead has another text
    no_bearing,      // the column was left out: it is constant, or no bins of it differ
    dependent,       // a term of the column follows from others and has no points
  };

  Kind kind = Kind::separation;
  std::size_t column = TrainedTerm::kNoColumn;
  double value = 0;
};

struct TrainedModel {
  explicit TrainedModel(std::pmr::memory_resource* memory)
      : encoding(memory), terms(memory), warnings(memory), choice(memory) {}

  Encoding encoding;
  std::pmr::vector<TrainedTerm> terms;  // the base first
  std::pmr::vector<TrainingWarning> warnings;
  std::size_t rows = 0;
  std::size_t wins = 0;
  std::size_t rows_seen = 0;  // of which the rows may be a sample
  double penalty = 0;
  PenaltyChoice choice;  // without folds where the penalty was given
  int iterations = 0;
  bool converged = true;
  double condition_number = 1;
  double objective = 0;
  ModelQuality in_sample;  // of the model, on the leads it comes from
  ModelQuality unseen;     // of a model of the older leads, on the newest
};

/// Learns from settled data. Throws Error(invalid_argument) where fewer than kLeastOfAKind leads were won or lost (even
/// if forced: none), where no column tells leads apart, and for options that contradict each other;
/// Error(limit_exceeded) for more terms or memory than allowed. The same leads give the same model, bit for bit, in
/// whatever order they were added. An observer hears of every step.
[[nodiscard]] TrainedModel train(const TrainingData& data, const TrainingOptions& options, StopToken& stop,
                                 std::pmr::memory_resource* memory, TrainingObserver* observer = nullptr);

}  // namespace leadscore::learn
