#include "core/dedup/match_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string>
#include <system_error>
#include <utility>

#include "core/dedup/enumerator_names.hpp"
#include "core/error.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::array<std::string_view, kSubjects> kSubjectNames = {
    "name", "patronymic", "email",      "phone",       "company", "address",
    "city", "postcode",   "birth_date", "national_id", "time",
};

constexpr std::array<std::string_view, kTests> kTestNames = {
    "same",
    "same_swapped",
    "similar",
    "edits",
    "same_last_initial",
    "same_last",
    "same_first",
    "similar_last",
    "same_role_address",
    "same_local_part",
    "same_named_part",
    "similar_local_part",
    "same_company_domain",
    "same_end",
    "shared_words",
    "swapped_date",
    "same_day",
    "same_year",
    "within",
    "otherwise",
};

[[noreturn]] void refuse(std::initializer_list<std::string_view> parts) {
  std::string message;
  for (const std::string_view part : parts) {
    message += part;
  }
  throw Error(ErrorCode::invalid_argument, message);
}

// Written so that NaN is outside.
bool is_probability(double p) noexcept { return p > 0 && p < 1; }

void check_levels(const MatchComparison& comparison) {
  const std::string_view subject = name_of(comparison.subject);
  const auto& levels = comparison.levels;
  if (levels.size() < 2) {
    refuse({"comparison \"", subject, "\" must have 2 levels or more"});
  }
  for (const MatchLevel& level : levels) {
    const std::string_view test = name_of(level.test);
    if (!is_test_of(level.test, comparison.subject)) {
      refuse({"comparison \"", subject, "\" cannot be made by the test \"", test, "\""});
    }
    if ((level.test == Test::otherwise) != (&level == &levels.back())) {
      refuse({"the last level of comparison \"", subject, "\", and no other, must be \"otherwise\""});
    }
    if (has_limit(level.test) && !(level.limit >= 0 && std::isfinite(level.limit))) {
      refuse({"the test \"", test, "\" of comparison \"", subject, "\" needs a limit of 0 or more"});
    }
    if (!is_probability(level.m) || !is_probability(level.u)) {
      refuse({"m and u of level \"", test, "\" of comparison \"", subject, "\" must lie between 0 and 1"});
    }
  }
}

}  // namespace

std::string_view name_of(Subject subject) noexcept { return kSubjectNames[static_cast<std::size_t>(subject)]; }
std::optional<Subject> find_subject(std::string_view name) noexcept {
  return find_enumerator<Subject>(kSubjectNames, name);
}
std::string_view name_of(Test test) noexcept { return kTestNames[static_cast<std::size_t>(test)]; }
std::optional<Test> find_test(std::string_view name) noexcept { return find_enumerator<Test>(kTestNames, name); }

Subject subject_of(Field field) noexcept {
  switch (field) {
    case Field::patronymic:
      return Subject::patronymic;
    case Field::email_local_part:
    case Field::email:
    case Field::company_domain:
      return Subject::email;
    case Field::phone:
      return Subject::phone;
    case Field::company:
      return Subject::company;
    case Field::address:
      return Subject::address;
    case Field::city:
      return Subject::city;
    case Field::postcode:
      return Subject::postcode;
    case Field::birth_date:
      return Subject::birth_date;
    case Field::national_id:
      return Subject::national_id;
    case Field::first_name:
    case Field::last_name:
    case Field::full_first_name:
    case Field::whole_name:
    case Field::last_name_sound:
      break;
  }
  return Subject::name;
}

bool is_test_of(Test test, Subject subject) noexcept {
  switch (test) {
    case Test::same:
    case Test::similar:
      return subject != Subject::time;
    case Test::edits:
      return subject != Subject::time && subject != Subject::name;
    case Test::same_swapped:
    case Test::same_last_initial:
    case Test::same_last:
    case Test::same_first:
    case Test::similar_last:
      return subject == Subject::name;
    case Test::same_role_address:
    case Test::same_local_part:
    case Test::same_named_part:
    case Test::similar_local_part:
    case Test::same_company_domain:
      return subject == Subject::email;
    case Test::same_end:
      return subject == Subject::phone;
    case Test::shared_words:
      return subject == Subject::company || subject == Subject::address;
    case Test::swapped_date:
    case Test::same_day:
    case Test::same_year:
      return subject == Subject::birth_date;
    case Test::within:
      return subject == Subject::time;
    case Test::otherwise:
      return true;
  }
  return false;
}

bool has_limit(Test test) noexcept {
  return test == Test::similar || test == Test::edits || test == Test::similar_last ||
         test == Test::similar_local_part || test == Test::shared_words || test == Test::within;
}

std::optional<KeyPart> parse_key_part(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  const auto field = find_field(text.substr(0, colon));
  if (!field) {
    return std::nullopt;
  }
  KeyPart part{.field = *field, .letters = 0};
  if (colon != std::string_view::npos) {
    const std::string_view number = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), part.letters);
    const bool is_read = error == std::errc() && end == number.data() + number.size();
    if (!is_read || part.letters == 0 || part.letters > static_cast<int>(kLongestField) ||
        part.letters < -static_cast<int>(kLongestField) || static_cast<std::size_t>(*field) >= kTextFields) {
      return std::nullopt;
    }
  }
  return part;
}

void check(const MatchRule& rule) {
  if (rule.comparisons.empty()) {
    refuse({"a match rule without comparisons"});
  }
  std::array<bool, kSubjects> seen{};
  for (const MatchComparison& comparison : rule.comparisons) {
    const std::string_view subject = name_of(comparison.subject);
    if (std::exchange(seen[static_cast<std::size_t>(comparison.subject)], true)) {
      refuse({"two comparisons of \"", subject, "\""});
    }
    if (!(comparison.frequency_weight >= 0 && comparison.frequency_weight <= 1)) {
      refuse({"the frequency weight of comparison \"", subject, "\" must lie between 0 and 1"});
    }
    check_levels(comparison);
  }
  if (std::any_of(rule.keys.begin(), rule.keys.end(), [](const BlockingKey& key) { return key.empty(); })) {
    refuse({"a blocking key without parts"});
  }
  if (!is_probability(rule.prior) || !is_probability(rule.threshold)) {
    refuse({"the prior and the threshold of a match rule must lie between 0 and 1"});
  }
}

}  // namespace leadscore::dedup
