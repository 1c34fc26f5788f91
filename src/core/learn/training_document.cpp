#include "core/learn/training_document.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace leadscore::learn {

namespace {

constexpr std::string_view name_of(TrainedTerm::Kind kind) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"base", "bin", "number", "missing"};
  return kNames[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(TrainingWarning::Kind kind) noexcept {
  constexpr std::array<std::string_view, 13> kNames{
      "separation",    "leakage",   "filled_if_won", "filled_if_lost", "drift",      "few_wins", "sampled",
      "uneven_sample", "no_signal", "not_converged", "too_many_texts", "no_bearing", "dependent"};
  return kNames[static_cast<std::size_t>(kind)];
}

// Writes members one after the other.
class Object {
 public:
  Object(std::pmr::string& json, std::pmr::memory_resource* memory) : json_(json), memory_(memory) { json_ += '{'; }

  void number(std::string_view name, double value) {
    key(name);
    if (std::isfinite(value)) {
      json_ += number_text(value, memory_);
    } else {
      json_ += "null";
    }
  }
  void count(std::string_view name, std::size_t value) { number(name, static_cast<double>(value)); }
  void column(std::size_t value) {
    number("column", value == TrainedTerm::kNoColumn ? std::nan("") : static_cast<double>(value));
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json(json_, value);
  }
  void truth(std::string_view name, bool value) {
    key(name);
    json_ += value ? "true" : "false";
  }
  void key(std::string_view name) {
    json_ += is_first_ ? "" : ",";
    is_first_ = false;
    append_json(json_, name);
    json_ += ':';
  }
  void end() { json_ += '}'; }

 private:
  std::pmr::string& json_;
  std::pmr::memory_resource* memory_;
  bool is_first_ = true;
};

void append_quality(std::pmr::string& json, const ModelQuality& quality, std::pmr::memory_resource* memory) {
  Object object(json, memory);
  object.count("leads", quality.leads);
  object.count("wins", quality.wins);
  object.number("auc", quality.auc);
  object.number("ks", quality.ks);
  object.number("brier", quality.brier);
  object.number("log_loss", quality.log_loss);
  object.end();
}

void append_term(std::pmr::string& json, const TrainingData& data, const TrainedModel& model, const TrainedTerm& term,
                 std::span<const ColumnText> columns, std::pmr::memory_resource* memory) {
  std::pmr::string condition("true", memory);
  std::pmr::string points = number_text(term.points, memory);
  if (term.kind == TrainedTerm::Kind::bin) {
    condition = condition_text(data, model.encoding.columns()[term.encoded], term.bin, columns[term.column], memory);
  } else if (term.kind == TrainedTerm::Kind::missing) {
    condition.assign(columns[term.column].expression).append(" IS NULL");
  } else if (term.kind == TrainedTerm::Kind::number) {
    points.append("::double precision * ").append(columns[term.column].expression);
  }
  Object object(json, memory);
  object.text("kind", name_of(term.kind));
  object.column(term.column);
  object.text("condition", condition);
  object.number("points", term.points);
  object.text("point_expression", points);
  object.number("standard_error", term.standard_error);
  object.number("leads", static_cast<double>(term.count.leads));
  object.number("wins", static_cast<double>(term.count.wins));
  object.end();
}

template <class Items, class Append>
void append_list(std::pmr::string& json, const Items& items, Append append) {
  json += '[';
  bool is_first = true;
  for (const auto& item : items) {
    json += is_first ? "" : ",";
    is_first = false;
    append(item);
  }
  json += ']';
}

}  // namespace

void append_json(std::pmr::string& json, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20) {
      json.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    } else {
      json += c;
    }
  }
  json += '"';
}

std::pmr::string training_document(const TrainingData& data, const TrainedModel& model,
                                   std::span<const ColumnText> columns, std::pmr::memory_resource* memory) {
  std::pmr::string json(memory);
  Object object(json, memory);
  object.count("rows", model.rows);
  object.count("wins", model.wins);
  object.count("rows_seen", model.rows_seen);
  object.number("penalty", model.penalty);
  object.count("folds", model.choice.folds);
  object.number("iterations", model.iterations);
  object.truth("converged", model.converged);
  object.number("condition_number", model.condition_number);
  object.number("objective", model.objective);
  object.key("in_sample");
  append_quality(json, model.in_sample, memory);
  object.key("unseen");
  append_quality(json, model.unseen, memory);
  object.key("path");
  append_list(json, model.choice.losses, [&, i = std::size_t{0}](double loss) mutable {
    Object step(json, memory);
    step.number("penalty", model.choice.penalties[i++]);
    step.number("log_loss", loss);
    step.end();
  });
  object.key("warnings");
  append_list(json, model.warnings, [&](const TrainingWarning& warning) {
    Object entry(json, memory);
    entry.text("kind", name_of(warning.kind));
    entry.column(warning.column);
    entry.number("value", warning.value);
    entry.end();
  });
  object.key("terms");
  append_list(json, model.terms,
              [&](const TrainedTerm& term) { append_term(json, data, model, term, columns, memory); });
  object.end();
  return json;
}

}  // namespace leadscore::learn
