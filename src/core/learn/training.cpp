#include "core/learn/training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/learn/design.hpp"
#include "core/learn/logistic_regression.hpp"
#include "core/learn/naive_bayes.hpp"
#include "core/learn/training_warnings.hpp"

namespace leadscore::learn {

namespace {

void check(const TrainingData& data, const TrainingOptions& options) {
  if (options.method == Method::naive_bayes && (options.raw || options.penalty.has_value())) {
    throw Error(ErrorCode::invalid_argument, options.raw ? "naive Bayes needs bins" : "naive Bayes has no penalty",
                options.raw ? "Choose another binning than none." : "Leave the penalty out.");
  }
  if (!(options.judged_share >= 0 && options.judged_share < 1)) {
    throw Error(ErrorCode::invalid_argument, "the share of the leads to judge by must be at least 0 and below 1");
  }
  const std::size_t losses = data.rows() - data.wins();
  const std::size_t least = options.force ? 1 : kLeastOfAKind;
  if (data.wins() < least || losses < least) {
    throw Error(ErrorCode::invalid_argument,
                "there are too few leads to learn from: " + std::to_string(data.wins()) + " won, " +
                    std::to_string(losses) + " lost",
                data.wins() == 0 || losses == 0
                    ? "Learning compares leads that were won with leads that were lost."
                    : "It takes " + std::to_string(kLeastOfAKind) + " of each, unless it is forced.");
  }
}

// Coefficients in the units of another encoding, as a start; empty if its terms are others.
std::pmr::vector<double> carry_over(std::span<const double> coefficients, const Encoding& from, const Encoding& to,
                                    std::pmr::memory_resource* memory) {
  const bool is_alike = from.parameters() == to.parameters() &&
                        std::equal(from.columns().begin(), from.columns().end(), to.columns().begin(),
                                   to.columns().end(), [](const EncodedColumn& a, const EncodedColumn& b) {
                                     return a.column == b.column && a.parameters == b.parameters;
                                   });
  std::pmr::vector<double> carried(memory);
  if (is_alike && coefficients.size() == to.parameters()) {
    carried.assign(coefficients.begin(), coefficients.end());
    for (std::size_t i = 0; i < to.columns().size(); ++i) {
      const EncodedColumn& a = from.columns()[i];
      const EncodedColumn& b = to.columns()[i];
      if (a.is_number) {
        const double slope = coefficients[a.number_parameter] / a.deviation;
        carried[b.number_parameter] = slope * b.deviation;
        carried[to.intercept()] += slope * (b.mean - a.mean);
      }
    }
  }
  return carried;
}

class Trainer {
 public:
  Trainer(const TrainingData& data, const TrainingOptions& options, StopToken& stop, std::pmr::memory_resource* memory,
          TrainingObserver* observer)
      : data_(data),
        options_(options),
        stop_(stop),
        memory_(memory),
        observer_(observer),
        all_(data.rows(), memory),
        older_(memory),
        judged_encoding_(memory),
        judged_coefficients_(memory) {
    std::iota(all_.begin(), all_.end(), 0U);
    const auto judged = static_cast<std::size_t>(options.judged_share * static_cast<double>(data.rows()));
    const std::size_t first = data.rows() - judged;
    newest_ = Rows(all_).subspan(first);
    older_ =
        judged == 0 || !options.by_time
            ? std::pmr::vector<std::uint32_t>(all_.begin(), all_.begin() + static_cast<std::ptrdiff_t>(first), memory)
            : known_by(data, Rows(all_).first(first), data.at(newest_.front()), memory, stop);
  }

  TrainedModel run() {
    TrainedModel model(memory_);
    model.rows = data_.rows();
    model.wins = data_.wins();
    model.rows_seen = data_.rows_seen();
    choose(model);
    judge(model);
    fit(model);
    add_warnings(data_, older_, newest_, options_.by_time, model, memory_, stop_);
    return model;
  }

 private:
  [[nodiscard]] EncodingOptions encoding_options(double penalty) const {
    return {.raw = options_.raw,
            .with_reference = options_.method == Method::logistic && penalty == 0,
            .binning = options_.binning};
  }

  void choose(TrainedModel& model) {
    if (options_.method != Method::logistic) {
      return;
    }
    if (options_.penalty.has_value()) {
      model.penalty = *options_.penalty;
      return;
    }
    model.choice = choose_penalty(data_, all_, options_.by_time, encoding_options(1), stop_, memory_, observer_);
    model.penalty = model.choice.penalty;
  }

  // How well a model of the older leads does on the newest.
  void judge(TrainedModel& model) {
    const auto wins = static_cast<std::size_t>(
        std::count_if(older_.begin(), older_.end(), [this](std::uint32_t row) { return data_.won(row); }));
    if (newest_.empty() || wins == 0 || wins == older_.size()) {
      constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
      model.unseen = {.auc = kUnknown, .ks = kUnknown, .brier = kUnknown, .log_loss = kUnknown};
      return;
    }
    tell(observer_, TrainingObserver::Step::judge, older_.size());
    judged_encoding_ = make_encoding(data_, older_, encoding_options(model.penalty), memory_, stop_);
    judged_coefficients_ = coefficients_of(judged_encoding_, model.penalty, older_);
    const Design judged(data_, judged_encoding_, newest_, memory_, stop_);
    model.unseen = measure_quality(judged, judged_coefficients_, memory_, stop_);
  }

  std::pmr::vector<double> coefficients_of(const Encoding& encoding, double penalty, Rows rows) {
    const Design design(data_, encoding, rows, memory_, stop_);
    if (options_.method == Method::naive_bayes) {
      return naive_bayes(encoding, static_cast<std::int64_t>(design.rows()), static_cast<std::int64_t>(design.wins()),
                         options_.smoothing, memory_);
    }
    return fit_logistic(
               design,
               {.penalty = penalty, .tolerance = 1e-3, .start = {}, .with_covariance = false, .observer = observer_},
               stop_, memory_)
        .coefficients;
  }

  void fit(TrainedModel& model) {
    tell(observer_, TrainingObserver::Step::fit, all_.size());
    model.encoding = make_encoding(data_, all_, encoding_options(model.penalty), memory_, stop_);
    if (model.encoding.columns().empty()) {
      throw Error(ErrorCode::invalid_argument, "no column tells leads apart: each says the same of all of them");
    }
    const Design design(data_, model.encoding, all_, memory_, stop_);
    LogisticFit fit(memory_);
    if (options_.method == Method::naive_bayes) {
      fit.coefficients = naive_bayes(model.encoding, static_cast<std::int64_t>(model.rows),
                                     static_cast<std::int64_t>(model.wins), options_.smoothing, memory_);
      fit.left_out.assign(fit.coefficients.size(), 0);
    } else {
      const std::pmr::vector<double> start =
          carry_over(judged_coefficients_, judged_encoding_, model.encoding, memory_);
      fit = fit_logistic(design, {.penalty = model.penalty, .start = start, .observer = observer_}, stop_, memory_);
      model.iterations = fit.iterations;
      model.converged = fit.converged;
      model.condition_number = fit.condition_number;
      model.objective = fit.objective;
      if (fit.separated) {
        model.warnings.push_back({TrainingWarning::Kind::separation, TrainedTerm::kNoColumn, 0});
      }
    }
    model.in_sample = measure_quality(design, fit.coefficients, memory_, stop_);
    write_terms(fit, model);
  }

  [[nodiscard]] static double standard_error(const LogisticFit& fit, std::size_t parameter) {
    return fit.covariance.has_value() && fit.left_out[parameter] == 0
               ? std::sqrt(fit.covariance->at(parameter, parameter))
               : std::numeric_limits<double>::quiet_NaN();
  }

  void write_terms(const LogisticFit& fit, TrainedModel& model) {
    // The base in units of the numbers themselves: what standardising took from each is given back to it.
    std::pmr::vector<double> direction(model.encoding.parameters(), memory_);
    direction[model.encoding.intercept()] = 1;
    for (const EncodedColumn& column : model.encoding.columns()) {
      if (column.is_number) {
        direction[column.number_parameter] = -column.mean / column.deviation;
      }
    }
    TrainedTerm base{.count = {static_cast<std::int64_t>(model.rows), static_cast<std::int64_t>(model.wins)}};
    base.points = std::inner_product(direction.begin(), direction.end(), fit.coefficients.begin(), 0.0);
    base.standard_error = deviation_along(fit, direction);
    model.terms.push_back(base);
    for (std::size_t i = 0; i < model.encoding.columns().size(); ++i) {
      if (model.encoding.columns()[i].is_number) {
        write_number(fit, i, model);
      } else {
        write_bins(fit, i, model);
      }
    }
  }

  // The standard error of a sum of coefficients with these weights.
  [[nodiscard]] double deviation_along(const LogisticFit& fit, std::span<const double> weights) const {
    if (!fit.covariance.has_value()) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    std::pmr::vector<std::size_t> places(memory_);  // most weights are 0
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] != 0) {
        places.push_back(i);
      }
    }
    double variance = 0;
    for (const std::size_t i : places) {
      check_work(stop_, weights.size());
      for (const std::size_t j : places) {
        variance += weights[i] * weights[j] * fit.covariance->at(i, j);
      }
    }
    return std::sqrt(variance);
  }

  void warn_of_dependence(const LogisticFit& fit, std::size_t parameter, std::size_t column,
                          TrainedModel& model) const {
    if (fit.left_out[parameter] != 0) {
      model.warnings.push_back({TrainingWarning::Kind::dependent, column, 0});
    }
  }

  void write_number(const LogisticFit& fit, std::size_t position, TrainedModel& model) {
    const EncodedColumn& column = model.encoding.columns()[position];
    const std::size_t parameter = column.number_parameter;
    TrainedTerm term{.kind = TrainedTerm::Kind::number, .column = column.column, .encoded = position};
    term.points = fit.coefficients[parameter] / column.deviation;
    term.standard_error = standard_error(fit, parameter) / column.deviation;
    term.count = {static_cast<std::int64_t>(model.rows), static_cast<std::int64_t>(model.wins)};
    // Without the number a lead is taken to have the mean, and gets what the leads without it got beside that.
    TrainedTerm missing = term;
    missing.kind = TrainedTerm::Kind::missing;
    missing.points *= column.mean;
    std::pmr::vector<double> direction(model.encoding.parameters(), memory_);
    direction[parameter] = column.mean / column.deviation;
    missing.count = {};
    if (column.bins.size() > 0) {
      const std::size_t indicator = column.parameters[0];
      missing.points += fit.coefficients[indicator];
      direction[indicator] = 1;
      missing.count = column.bins.counts[0];
      term.count.leads -= missing.count.leads;
      term.count.wins -= missing.count.wins;
      warn_of_dependence(fit, indicator, column.column, model);
    }
    missing.standard_error = deviation_along(fit, direction);
    warn_of_dependence(fit, parameter, column.column, model);
    model.terms.push_back(term);
    model.terms.push_back(missing);
  }

  void write_bins(const LogisticFit& fit, std::size_t position, TrainedModel& model) const {
    const EncodedColumn& column = model.encoding.columns()[position];
    for (std::size_t bin = 0; bin < column.bins.size(); ++bin) {
      TrainedTerm term{.kind = TrainedTerm::Kind::bin, .column = column.column, .encoded = position, .bin = bin};
      term.count = column.bins.counts[bin];
      const std::size_t parameter = column.parameters[bin];
      if (parameter != Encoding::kNoParameter) {  // the reference has no points, without error
        term.points = fit.coefficients[parameter];
        term.standard_error = standard_error(fit, parameter);
        warn_of_dependence(fit, parameter, column.column, model);
      }
      model.terms.push_back(term);
    }
  }

  const TrainingData& data_;
  const TrainingOptions& options_;
  StopToken& stop_;
  std::pmr::memory_resource* memory_;
  TrainingObserver* observer_;
  std::pmr::vector<std::uint32_t> all_;
  std::pmr::vector<std::uint32_t> older_;
  Rows newest_;
  Encoding judged_encoding_;  // of the older
  std::pmr::vector<double> judged_coefficients_;
};

}  // namespace

TrainedModel train(const TrainingData& data, const TrainingOptions& options, StopToken& stop,
                   std::pmr::memory_resource* memory, TrainingObserver* observer) {
  check(data, options);
  return Trainer(data, options, stop, memory, observer).run();
}

}  // namespace leadscore::learn
