#include "core/dedup/match_rule_document.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace leadscore::dedup {

namespace {

// Names of subjects, tests and fields need no escapes.
class Writer {
 public:
  explicit Writer(std::pmr::memory_resource* memory) : json_(memory) {}

  Writer& key(std::string_view name) {
    separate();
    json_.append("\"").append(name).append("\":");
    is_first_ = true;  // a value follows
    return *this;
  }
  void text(std::string_view text) {
    separate();
    json_.append("\"").append(text).append("\"");
  }
  void number(double number) {
    separate();
    std::array<char, 32> digits;  // more than any double takes
    json_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }
  void begin(char bracket) {
    separate();
    json_ += bracket;
    is_first_ = true;
  }
  void end(char bracket) {
    json_ += bracket;
    is_first_ = false;
  }
  [[nodiscard]] std::pmr::string take() { return std::move(json_); }

 private:
  void separate() {
    if (!is_first_) {
      json_ += ',';
    }
    is_first_ = false;
  }

  std::pmr::string json_;
  bool is_first_ = true;
};

void write(Writer& writer, const MatchLevel& level) {
  writer.begin('{');
  writer.key("test").text(name_of(level.test));
  if (has_limit(level.test)) {
    writer.key("limit").number(level.limit);
  }
  writer.key("m").number(level.m);
  writer.key("u").number(level.u);
  writer.end('}');
}

void write(Writer& writer, const MatchComparison& comparison) {
  writer.begin('{');
  writer.key("comparison").text(name_of(comparison.subject));
  writer.key("frequency_weight").number(comparison.frequency_weight);
  writer.key("levels").begin('[');
  for (const MatchLevel& level : comparison.levels) {
    write(writer, level);
  }
  writer.end(']');
  writer.end('}');
}

void write_frequency(Writer& writer, Field field, std::optional<std::uint64_t> hash, double frequency) {
  writer.begin('{');
  writer.key("field").text(name_of(field));
  if (hash) {
    writer.key("hash").text(std::to_string(static_cast<std::int64_t>(*hash)));
  }
  writer.key("frequency").number(frequency);
  writer.end('}');
}

}  // namespace

std::pmr::string document_of(const RuleToWrite& written, std::pmr::memory_resource* memory) {
  const MatchRule& rule = written.rule;
  Writer writer(memory);
  writer.begin('{');
  writer.key("format").number(kMatchRuleFormat);
  writer.key("region").text(written.region);
  writer.key("prior").number(rule.prior);
  writer.key("threshold").number(rule.threshold);
  if (written.trained_leads) {
    writer.key("trained_leads").number(static_cast<double>(*written.trained_leads));
  }
  writer.key("comparisons").begin('[');
  for (const MatchComparison& comparison : rule.comparisons) {
    write(writer, comparison);
  }
  writer.end(']');
  writer.key("keys").begin('[');
  for (const BlockingKey& key : rule.keys) {
    writer.begin('[');
    for (const KeyPart& part : key) {
      std::pmr::string text(name_of(part.field), memory);
      if (part.letters != 0) {
        text.append(":").append(std::to_string(part.letters));
      }
      writer.text(text);
    }
    writer.end(']');
  }
  writer.end(']');
  writer.key("frequencies").begin('[');
  for (std::size_t i = 0; i < written.averages.size(); ++i) {
    if (written.averages[i] > 0) {
      write_frequency(writer, static_cast<Field>(i), std::nullopt, written.averages[i]);
    }
  }
  for (const ValueFrequency& value : written.frequent) {
    write_frequency(writer, value.field, value.hash, value.frequency);
  }
  writer.end(']');
  writer.end('}');
  return writer.take();
}

}  // namespace leadscore::dedup
