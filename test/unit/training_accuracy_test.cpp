#include "core/learn/training.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/learn/design.hpp"
#include "core/learn/logistic_regression.hpp"
#include "lead_file.hpp"
#include "leads.hpp"
#include "md5.hpp"

namespace leadscore::learn {
namespace {

auto* const kMemory = std::pmr::get_default_resource();

// Leads with the split of the reference models: learned from and tested on.
struct Split {
  explicit Split(std::vector<ColumnKind> columns) : learned(columns, kMemory), all(columns, kMemory) {}

  void add(const std::vector<Cell>& cells, bool won, bool is_test) {
    all.add(cells, {.won = won});
    if (is_test) {
      test_rows.push_back(static_cast<std::uint32_t>(all.rows() - 1));
    } else {
      learned_rows.push_back(static_cast<std::uint32_t>(all.rows() - 1));
      learned.add(cells, {.won = won});
    }
  }

  // The quality, on the test part, of a model with the penalty that train() chooses for the other.
  [[nodiscard]] ModelQuality test_quality(TrainedModel& model) {
    learned.settle();
    StopToken stop;
    model = train(learned, {}, stop, kMemory);
    // The same fit over data with one numbering of texts for both parts.
    const Encoding encoding = make_encoding(all, learned_rows, {}, kMemory);
    const Design design(all, encoding, learned_rows, kMemory);
    const LogisticFit fit = fit_logistic(design, {.penalty = model.penalty}, stop, kMemory);
    EXPECT_NEAR(fit.objective, model.objective, 1e-9 * model.objective);
    return measure_quality(Design(all, encoding, test_rows, kMemory), fit.coefficients, kMemory);
  }

  TrainingData learned;
  TrainingData all;
  std::vector<std::uint32_t> learned_rows;
  std::vector<std::uint32_t> test_rows;
};

class TrainingAccuracy : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::data_folder()) {
      GTEST_SKIP() << "LEADSCORE_DATA names no folder with real leads";
    }
  }
};

// The columns that a model is warned of as knowing the outcome.
std::set<std::size_t> leaks_of(const TrainedModel& model) {
  using Kind = TrainingWarning::Kind;
  std::set<std::size_t> columns;
  for (const TrainingWarning& warning : model.warnings) {
    if (warning.kind == Kind::leakage || warning.kind == Kind::filled_if_won || warning.kind == Kind::filled_if_lost) {
      columns.insert(warning.column);
    }
  }
  return columns;
}

bool is_test_row(const std::string& key) { return test::md5_head(key) % 100 >= 70; }

std::vector<ColumnKind> kinds_of(const std::vector<std::string>& names) {
  std::vector<ColumnKind> kinds;
  for (const std::string& name : names) {
    kinds.push_back(name.starts_with("n_") ? ColumnKind::numeric : ColumnKind::categorical);
  }
  return kinds;
}

TEST(Md5, AgreesWithTheStandard) {
  EXPECT_EQ(test::md5_head(""), 0xd41d8cd9);
  EXPECT_EQ(test::md5_head("message digest"), 0xf96b697d);
  std::string digits;
  for (int i = 0; i < 8; ++i) {
    digits += "1234567890";
  }
  EXPECT_EQ(test::md5_head(digits), 0x57edf4a2);
}

TEST_F(TrainingAccuracy, OfBankFullWithoutDuration) {
  const test::Table table(*test::data_folder() + "/reference/bank_full_prepared.csv");
  std::vector<std::string> names;
  std::copy_if(table.names().begin(), table.names().end(), std::back_inserter(names),
               [](const std::string& name) { return name[1] == '_'; });
  Split split(kinds_of(names));
  for (std::size_t row = 0; row < table.size(); ++row) {
    std::vector<Cell> cells;
    for (const std::string& name : names) {
      cells.push_back(test::cell_of(table.at(row, name), name.starts_with("n_")));
    }
    const bool is_test = table.at(row, "split") != "train";
    ASSERT_EQ(is_test, is_test_row(table.at(row, "row_key")));
    split.add(cells, table.at(row, "y") == "1", is_test);
  }
  TrainedModel model(kMemory);
  const ModelQuality quality = split.test_quality(model);
  EXPECT_EQ(quality.leads, 13'500U);
  EXPECT_GE(quality.auc, 0.785);
  EXPECT_LE(quality.log_loss, 0.297);
  EXPECT_TRUE(leaks_of(model).empty());
}

TEST_F(TrainingAccuracy, NamesTheLeakOfBankFull) {
  const test::Table table(*test::data_folder() + "/bank/bank-full.csv", ';');
  const std::vector<std::string> names{"duration", "balance", "job", "poutcome"};
  const std::vector<ColumnKind> kinds{ColumnKind::numeric, ColumnKind::numeric, ColumnKind::categorical,
                                      ColumnKind::categorical};
  TrainingData data(kinds, kMemory);
  for (std::size_t row = 0; row < table.size(); ++row) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < names.size(); ++i) {
      cells.push_back(test::cell_of(table.at(row, names[i]), kinds[i] == ColumnKind::numeric));
    }
    data.add(cells, {.won = table.at(row, "y") == "yes"});
  }
  data.settle();
  StopToken stop;
  const TrainedModel model = train(data, {}, stop, kMemory);
  EXPECT_EQ(leaks_of(model), std::set<std::size_t>{0});
}

// Days since 1970 of YYYY-MM-DD (H. Hinnant's algorithm).
double days_of(const std::string& date) {
  int year = 0;
  int month = 0;
  int day = 0;
  EXPECT_EQ(std::sscanf(date.c_str(), "%d-%d-%d", &year, &month, &day), 3);  // NOLINT(cert-err34-c)
  year -= month <= 2 ? 1 : 0;
  const int era = year / 400;
  const int of_era = year - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097.0 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

TEST_F(TrainingAccuracy, OfOlist) {
  const std::string folder = *test::data_folder() + "/olist/olist_";
  const test::Table leads(folder + "marketing_qualified_leads_dataset.csv");
  const test::Table deals(folder + "closed_deals_dataset.csv");
  std::set<std::string> won;
  for (std::size_t row = 0; row < deals.size(); ++row) {
    won.insert(deals.at(row, "mql_id"));
  }
  Split split({ColumnKind::numeric, ColumnKind::categorical, ColumnKind::categorical});
  for (std::size_t row = 0; row < leads.size(); ++row) {
    const std::string& key = leads.at(row, "mql_id");
    const std::vector<Cell> cells{Cell::of(-days_of(leads.at(row, "first_contact_date"))),
                                  test::cell_of(leads.at(row, "landing_page_id"), false),
                                  test::cell_of(leads.at(row, "origin"), false)};
    split.add(cells, won.count(key) > 0, is_test_row(key));
  }
  TrainedModel model(kMemory);
  EXPECT_GE(split.test_quality(model).auc, 0.70);
  EXPECT_TRUE(leaks_of(model).empty());
}

// What is noted of a lead when its deal is closed is there for won leads alone.
TEST_F(TrainingAccuracy, NamesTheLeaksOfOlist) {
  const std::string folder = *test::data_folder() + "/olist/olist_";
  const test::Table leads(folder + "marketing_qualified_leads_dataset.csv");
  const test::Table deals(folder + "closed_deals_dataset.csv");
  const std::vector<std::string> names{"business_segment", "lead_type", "has_company", "average_stock"};
  std::map<std::string, std::size_t> deal_of;
  for (std::size_t row = 0; row < deals.size(); ++row) {
    deal_of[deals.at(row, "mql_id")] = row;
  }
  TrainingData data(std::vector(names.size() + 1, ColumnKind::categorical), kMemory);
  for (std::size_t row = 0; row < leads.size(); ++row) {
    const auto deal = deal_of.find(leads.at(row, "mql_id"));
    std::vector<Cell> cells{test::cell_of(leads.at(row, "origin"), false)};
    for (const std::string& name : names) {
      cells.push_back(deal == deal_of.end() ? Cell{} : test::cell_of(deals.at(deal->second, name), false));
    }
    data.add(cells, {.won = deal != deal_of.end()});
  }
  data.settle();
  StopToken stop;
  const TrainedModel model = train(data, {}, stop, kMemory);
  EXPECT_EQ(leaks_of(model), (std::set<std::size_t>{1, 2, 3, 4}));
}

TEST_F(TrainingAccuracy, OfSalesWithoutASignal) {
  const test::Table table(*test::data_folder() + "/crm_sales/sales_pipeline.csv");
  Split split({ColumnKind::numeric, ColumnKind::categorical, ColumnKind::categorical, ColumnKind::categorical});
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& stage = table.at(row, "deal_stage");
    if (stage == "Won" || stage == "Lost") {
      const std::vector<Cell> cells{
          Cell::of(-days_of(table.at(row, "engage_date"))), test::cell_of(table.at(row, "sales_agent"), false),
          test::cell_of(table.at(row, "product"), false), test::cell_of(table.at(row, "account"), false)};
      split.add(cells, stage == "Won", is_test_row(table.at(row, "opportunity_id")));
    }
  }
  TrainedModel model(kMemory);
  EXPECT_LE(split.test_quality(model).auc, 0.58);
  EXPECT_TRUE(std::any_of(model.warnings.begin(), model.warnings.end(), [](const TrainingWarning& warning) {
    return warning.kind == TrainingWarning::Kind::no_signal;
  }));
}

}  // namespace
}  // namespace leadscore::learn
