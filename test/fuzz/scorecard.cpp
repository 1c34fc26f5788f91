// Any bytes as a scorecard and the outcomes of a lead: it is refused with an Error, or every promise holds.
#include "core/model/scorecard.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::model;
using leadscore::fuzz::require;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Takes values from the input.
class Input : public leadscore::fuzz::ByteInput {
 public:
  using ByteInput::ByteInput;

  // Mostly what people write, now and then what is dangerous, and any number at all.
  double number() {
    static constexpr std::array kSpecial{0.0,
                                         -0.0,
                                         0.1,
                                         0.3,
                                         1e-308,
                                         5e-324,
                                         1e308,
                                         -1e308,
                                         1e15,
                                         -1e15,
                                         1e16,
                                         std::numeric_limits<double>::max(),
                                         std::numeric_limits<double>::lowest(),
                                         kInfinity,
                                         -kInfinity,
                                         std::numeric_limits<double>::quiet_NaN()};
    const std::uint8_t kind = byte();
    if (kind < 128) {
      return kind - 64;
    }
    if (kind < 160) {
      return (kind - 128) * 10.0 + byte() / 256.0;
    }
    if (kind < 240) {
      return kSpecial[kind % kSpecial.size()];
    }
    std::array<std::uint8_t, sizeof(double)> bits{};
    std::generate(bits.begin(), bits.end(), [this] { return byte(); });
    double number = 0;
    std::memcpy(&number, bits.data(), sizeof number);
    return number;
  }

  std::optional<double> maybe_number() { return byte() % 4 == 0 ? std::optional(number()) : std::nullopt; }

  std::uint32_t position() {
    const std::uint8_t value = byte();
    return value >= 192 ? kNone : value % 16;
  }
};

struct Case {
  std::vector<Dimension> dimensions;
  std::vector<Criterion> criteria;
  std::vector<Outcome> outcomes;
  ScorecardDefinition definition;

  explicit Case(Input input) : dimensions(input.byte() % 8), criteria(input.byte() % 24), outcomes(criteria.size()) {
    definition.scale = static_cast<Scale>(input.byte() % 3);
    definition.base_points = input.number();
    if (input.byte() % 2 == 0) {
      definition.lower = input.number();
      definition.upper = input.number();
    }
    definition.raw_min = input.maybe_number();
    definition.raw_max = input.maybe_number();
    for (Dimension& dimension : dimensions) {
      const std::uint8_t limits = input.byte();
      dimension.lower = limits % 2 == 0 ? -kInfinity : input.number();
      dimension.upper = limits % 4 < 2 ? kInfinity : input.number();
    }
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      Criterion& criterion = criteria[i];
      criterion.dimension = input.position();
      criterion.attribute = input.position();
      const std::uint8_t kind = input.byte();
      criterion.always_holds = kind % 8 == 7;
      if (kind % 16 != 8) {
        criterion.points = input.number();
      }
      outcomes[i] = outcome(input, i);
    }
    definition.dimensions = dimensions;
    definition.criteria = criteria;
  }

 private:
  // As an engine would find it: of one attribute, only the first that holds is met.
  [[nodiscard]] Outcome outcome(Input& input, std::size_t i) const {
    const Criterion& criterion = criteria[i];
    const bool is_taken =
        criterion.attribute != kNone &&
        std::any_of(criteria.begin(), criteria.begin() + static_cast<std::ptrdiff_t>(i), [&](const Criterion& earlier) {
          const Outcome& found = outcomes[static_cast<std::size_t>(&earlier - criteria.data())];
          return earlier.attribute == criterion.attribute && found.verdict == Verdict::met;
        });
    const std::uint8_t kind = input.byte();
    const double points = criterion.points ? *criterion.points : input.number();
    if (is_taken) {
      return {.verdict = Verdict::excluded, .points = points};
    }
    const auto verdict = criterion.always_holds ? Verdict::met : static_cast<Verdict>(kind % 3);
    return {.verdict = verdict, .points_known = criterion.points || kind % 16 != 1, .points = points};
  }
};

void check_explanation(const Case& tried, const Scorecard& scorecard, const Evaluation& evaluation) {
  std::vector<ExplanationLine> lines(scorecard.explanation_capacity());
  const std::size_t count = scorecard.explain(tried.outcomes, lines);
  require(count >= 1 && count <= lines.size(), "the capacity suffices");
  lines.resize(count);
  require(lines.back().kind == LineKind::scale, "the scale comes last");
  // Each part is counted in units, and each line and the sum are rounded to a double.
  const long double lost = static_cast<long double>(count) * scorecard.unit().points(1);
  const auto slack = [&](long double size) { return lost + 1e-15L * size; };
  long double sum = 0;
  long double size = 0;
  std::size_t criteria = 0;
  for (const ExplanationLine& line : lines) {
    if (&line == &lines.back()) {
      require(std::abs(sum - evaluation.raw_score) <= slack(size), "the lines before the scale are the raw score");
    }
    require(std::isfinite(line.contribution), "contributions are finite");
    sum += line.contribution;
    size += std::abs(static_cast<long double>(line.contribution));
    criteria += line.kind == LineKind::criterion ? 1 : 0;
  }
  require(std::abs(sum - evaluation.score) <= slack(size), "the lines are the score");
  require(criteria == tried.criteria.size(), "every criterion has its line");
}

// The score by way of the points that each group gives, added from the last to the first.
double score_of_sums(const Case& tried, const Scorecard& scorecard) {
  std::vector<PointCount> sums(scorecard.group_count());
  for (std::size_t i = tried.outcomes.size(); i-- > 0;) {
    sums[scorecard.criterion(i).group] += scorecard.unit().count(tried.outcomes[i].contribution());
  }
  return scorecard.score_sums(sums);
}

void check(const Case& tried) {
  std::pmr::monotonic_buffer_resource memory;
  const Scorecard scorecard(tried.definition, &memory);
  const ScaleMap& map = scorecard.scale_map();
  require(is_number_of_points(map.lower) && is_number_of_points(map.upper), "limits are points");
  require(is_number_of_points(map.raw_min) && is_number_of_points(map.raw_max), "ends are points");
  require(map.lower < map.upper && map.raw_min <= map.raw_max, "limits and ends are in order");

  const Evaluation evaluation = scorecard.evaluate(tried.outcomes);
  require(std::isfinite(evaluation.raw_score), "the raw score is finite");
  require(evaluation.score >= map.lower && evaluation.score <= map.upper, "the score is within its limits");
  require(scorecard.evaluate(tried.outcomes).score == evaluation.score, "the score is reproducible");
  require(score_of_sums(tried, scorecard) == evaluation.score, "sums of groups give the score");
  require(evaluation.probability.has_value() == (map.scale == Scale::logistic), "a log-odds has a probability");
  require(!evaluation.probability || (*evaluation.probability >= 0 && *evaluation.probability <= 1), "0 <= p <= 1");
  if (map.scale == Scale::range && !tried.definition.raw_min && !tried.definition.raw_max) {
    require(evaluation.raw_score >= map.raw_min, "nothing scores below the computed end");
    require(evaluation.raw_score <= map.raw_max, "nothing scores above the computed end");
  }
  try {
    check_explanation(tried, scorecard, evaluation);
  } catch (const leadscore::Error&) {
    require(false, "what evaluates is explained");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    check(Case(Input({data, size})));
  } catch (const leadscore::Error&) {
    return 0;  // refused, or out of range
  }
  return 0;
}
