#include "core/learn/logistic_regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "core/learn/training.hpp"
#include "error_code_of.hpp"
#include "lead_file.hpp"
#include "leads.hpp"
#include "random.hpp"

namespace leadscore::learn {
namespace {

using test::all_rows;
using test::error_code_of;
using test::MadeUpLeads;

auto* const kMemory = std::pmr::get_default_resource();

// The terms of a design written out, one row after the other, and everything computed from the definition.
struct WrittenOut {
  std::vector<std::vector<double>> rows;
  std::vector<bool> won;
  std::size_t intercept = 0;

  explicit WrittenOut(const Design& design) : intercept(design.intercept()) {
    for (std::size_t row = 0; row < design.rows(); ++row) {
      std::vector<double> terms(design.parameters());
      for (std::size_t i = 0; i < design.number_count(); ++i) {
        terms[design.intercept() + i] = design.number(i)[row];
      }
      for (std::size_t i = 0; i < design.code_count(); ++i) {
        if (design.codes(row)[i] < design.parameters()) {
          terms[design.codes(row)[i]] = 1;
        }
      }
      rows.push_back(terms);
      won.push_back(design.won()[row] != 0);
    }
  }

  [[nodiscard]] double probability(std::size_t row, std::span<const double> coefficients) const {
    double sum = 0;
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      sum += rows[row][i] * coefficients[i];
    }
    return 1 / (1 + std::exp(-sum));
  }
  [[nodiscard]] double objective(std::span<const double> coefficients, double penalty) const {
    double sum = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const double p = probability(row, coefficients);
      sum -= std::log(won[row] ? p : 1 - p);
    }
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      sum += i == intercept ? 0 : penalty / 2 * coefficients[i] * coefficients[i];
    }
    return sum;
  }
  [[nodiscard]] std::vector<double> gradient(std::span<const double> coefficients, double penalty) const {
    std::vector<double> sums(coefficients.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const double miss = probability(row, coefficients) - (won[row] ? 1 : 0);
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += miss * rows[row][i];
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += i == intercept ? 0 : penalty * coefficients[i];
    }
    return sums;
  }
};

struct Fitted {
  TrainingData data;
  std::vector<std::uint32_t> rows;
  Encoding encoding;
  Design design;

  Fitted(const MadeUpLeads& made, const EncodingOptions& options)
      : data(made.columns, kMemory),
        rows((made.add_to(data), data.settle(), all_rows(data))),
        encoding(make_encoding(data, rows, options, kMemory)),
        design(data, encoding, rows, kMemory) {}

  [[nodiscard]] LogisticFit fit(const LogisticOptions& options) const {
    StopToken stop;
    return fit_logistic(design, options, stop, kMemory);
  }
};

TEST(LogisticRegression, FindsTheMinimumOfItsDefinition) {
  const MadeUpLeads made(1'500, 1);
  for (const bool raw : {false, true}) {
    for (const double penalty : {0.0, 0.5, 20.0}) {
      const Fitted fitted(made, {.raw = raw, .with_reference = penalty == 0, .binning = {}});
      const LogisticFit fit = fitted.fit({.penalty = penalty, .start = {}});
      ASSERT_TRUE(fit.converged);
      EXPECT_FALSE(fit.separated);
      const WrittenOut written(fitted.design);
      EXPECT_NEAR(fit.objective, written.objective(fit.coefficients, penalty), 1e-10 * fit.objective);
      EXPECT_NEAR(fit.log_loss, written.objective(fit.coefficients, 0), 1e-10 * fit.log_loss);
      for (const double slope : written.gradient(fit.coefficients, penalty)) {
        EXPECT_NEAR(slope, 0, 1e-8);
      }
    }
  }
}

TEST(LogisticRegression, HasTheCovarianceOfItsDefinition) {
  constexpr double kPenalty = 3;
  const Fitted fitted(MadeUpLeads(800, 2), {.raw = true, .binning = {}});
  const LogisticFit fit = fitted.fit({.penalty = kPenalty, .start = {}});
  const WrittenOut written(fitted.design);
  const std::size_t size = fit.coefficients.size();
  std::vector<std::vector<double>> information(size, std::vector<double>(size));
  for (std::size_t row = 0; row < written.rows.size(); ++row) {
    const double p = written.probability(row, fit.coefficients);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        information[i][j] += p * (1 - p) * written.rows[row][i] * written.rows[row][j];
      }
    }
  }
  // H covariance H must be X'DX.
  auto hessian = information;
  for (std::size_t i = 0; i < size; ++i) {
    hessian[i][i] += i == written.intercept ? 0 : kPenalty;
  }
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      double product = 0;
      for (std::size_t k = 0; k < size; ++k) {
        for (std::size_t l = 0; l < size; ++l) {
          product += hessian[i][k] * fit.covariance->at(k, l) * hessian[l][j];
        }
      }
      EXPECT_NEAR(product, information[i][j], 1e-8) << i << ' ' << j;
    }
  }
}

TEST(LogisticRegression, StartsAnywhere) {
  const Fitted fitted(MadeUpLeads(1'000, 3), {});
  const LogisticFit fit = fitted.fit({.penalty = 1, .start = {}});
  std::vector<double> far(fit.coefficients.size(), 30.0);
  const LogisticFit again = fitted.fit({.penalty = 1, .start = far});
  ASSERT_TRUE(again.converged);
  for (std::size_t i = 0; i < far.size(); ++i) {
    EXPECT_NEAR(again.coefficients[i], fit.coefficients[i], 1e-9);
  }
}

TEST(LogisticRegression, LeavesOutTermsThatFollowFromOthers) {
  MadeUpLeads made(500, 4);
  made.columns.push_back(ColumnKind::numeric);
  for (test::Lead& lead : made.leads) {
    lead.cells.push_back(Cell::of(lead.cells[1].number * 2 - 5));
  }
  const Fitted fitted(made, {.raw = true, .with_reference = true, .binning = {}});
  const LogisticFit fit = fitted.fit({.start = {}});
  EXPECT_TRUE(fit.converged);
  int left_out = 0;
  for (std::size_t i = 0; i < fit.left_out.size(); ++i) {
    left_out += fit.left_out[i];
    EXPECT_TRUE(fit.left_out[i] == 0 || fit.coefficients[i] == 0);
  }
  EXPECT_EQ(left_out, 1);
  const LogisticFit penalised = fitted.fit({.penalty = 1, .start = {}});
  EXPECT_EQ(std::count(penalised.left_out.begin(), penalised.left_out.end(), 1), 0) << "a penalty shares it out";
}

TEST(LogisticRegression, NoticesThatNothingIsLeftToTellApart) {
  MadeUpLeads made(400, 5);
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = lead.cells[1].number > 1'000;
  }
  const Fitted fitted(made, {.raw = true, .with_reference = true, .binning = {}});
  EXPECT_TRUE(fitted.fit({.start = {}}).separated);
  const LogisticFit penalised = fitted.fit({.penalty = 0.001, .start = {}});
  EXPECT_TRUE(penalised.separated);
  EXPECT_TRUE(penalised.converged);
}

TEST(LogisticRegression, NoticesAGroupThatAlwaysWins) {
  MadeUpLeads made(400, 6);
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = lead.outcome.won || lead.cells[2].text == "nurse";
  }
  EXPECT_TRUE(Fitted(made, {.raw = true, .with_reference = true, .binning = {}}).fit({.start = {}}).separated);
}

TEST(LogisticRegression, RefusesWhatCannotBeFitted) {
  MadeUpLeads made(100, 7);
  for (test::Lead& lead : made.leads) {
    lead.outcome.won = true;
  }
  const Fitted fitted(made, {.raw = true, .binning = {}});
  EXPECT_EQ(error_code_of([&] { (void)fitted.fit({.start = {}}); }), ErrorCode::invalid_argument);
  const Fitted usual(MadeUpLeads(100, 8), {.raw = true, .binning = {}});
  for (const double penalty : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(error_code_of([&] { (void)usual.fit({.penalty = penalty, .start = {}}); }), ErrorCode::invalid_argument);
  }
}

TEST(LogisticRegression, StopsWhenAsked) {
  const Fitted fitted(MadeUpLeads(2'000, 9), {});
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW((void)fit_logistic(fitted.design, {.start = {}}, stop, kMemory), Cancelled);
}

TEST(LogisticRegression, HasAStableLogarithm) {
  EXPECT_EQ(log1p_exp(1000), 1000);
  EXPECT_EQ(log1p_exp(-1000), 0);
  EXPECT_DOUBLE_EQ(log1p_exp(0), std::log(2.0));
  EXPECT_DOUBLE_EQ(log1p_exp(-40), std::exp(-40.0));
}

// The rows of the reference's training part, with some of its columns.
class BankFull : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::data_folder()) {
      GTEST_SKIP() << "LEADSCORE_DATA names no folder with bank_full_prepared.csv";
    }
  }

  static TrainingData& load(std::optional<TrainingData>& data, const std::vector<std::string>& names) {
    const test::Table table(*test::data_folder() + "/reference/bank_full_prepared.csv");
    std::vector<ColumnKind> kinds;
    for (const std::string& name : names) {
      kinds.push_back(name[0] == 'n' ? ColumnKind::numeric : ColumnKind::categorical);
    }
    data.emplace(kinds, kMemory);
    for (std::size_t row = 0; row < table.size(); ++row) {
      if (table.at(row, "split") == "train") {
        std::vector<Cell> cells;
        for (const std::string& name : names) {
          cells.push_back(test::cell_of(table.at(row, name), name[0] == 'n'));
        }
        data->add(cells, {.won = table.at(row, "y") == "1"});
      }
    }
    data->settle();
    return *data;
  }
};

TEST_F(BankFull, HasTheCoefficientsAndStandardErrorsOfR) {
  const std::vector<std::string> names{"n_age",  "n_balance", "n_campaign", "n_previous", "c_housing",
                                       "c_loan", "c_marital", "c_contact",  "c_poutcome"};
  std::optional<TrainingData> loaded;
  const TrainingData& data = load(loaded, names);
  StopToken stop;
  const TrainedModel model = train(data, {.raw = true, .binning = {}, .penalty = 0}, stop, kMemory);
  std::map<std::string, std::pair<double, double>> terms;
  for (const TrainedTerm& term : model.terms) {
    std::string name = "(Intercept)";
    if (term.kind == TrainedTerm::Kind::number) {
      name = names[term.column];
    } else if (term.kind == TrainedTerm::Kind::bin) {
      const ColumnBins& bins = model.encoding.columns()[term.encoded].bins;
      name = names[term.column] + std::string(data.level(term.column, bins.levels[term.bin]));
    } else if (term.kind == TrainedTerm::Kind::missing) {
      continue;
    }
    terms[name] = {term.points, term.standard_error};
  }
  const test::Table reference(*test::data_folder() + "/reference/bank_full_glm.csv");
  ASSERT_EQ(reference.size(), 14U);
  for (std::size_t row = 0; row < reference.size(); ++row) {
    const std::string& name = reference.at(row, "term");
    ASSERT_EQ(terms.count(name), 1U) << name;
    const double estimate = std::strtod(reference.at(row, "estimate").c_str(), nullptr);
    const double error = std::strtod(reference.at(row, "se").c_str(), nullptr);
    EXPECT_NEAR(terms[name].first / estimate, 1, 1e-8) << name;
    EXPECT_NEAR(terms[name].second / error, 1, 1e-8) << name;
    EXPECT_NEAR(2 * model.in_sample.log_loss * static_cast<double>(model.rows) /
                    std::strtod(reference.at(row, "deviance").c_str(), nullptr),
                1, 1e-11);
  }
}

TEST_F(BankFull, HasTheRidgeObjectiveOfTheReference) {
  std::optional<TrainingData> loaded;
  const TrainingData& data =
      load(loaded, {"n_age", "n_balance", "n_day", "n_campaign", "n_pdays", "n_previous", "c_job", "c_marital",
                    "c_education", "c_default", "c_housing", "c_loan", "c_contact", "c_month", "c_poutcome"});
  StopToken stop;
  const TrainedModel model = train(data, {.raw = true, .binning = {}, .penalty = 1}, stop, kMemory);
  EXPECT_NEAR(model.objective / 9546.847761563018, 1, 1e-12);  // bank_full_models.json, lr
}

}  // namespace
}  // namespace leadscore::learn
