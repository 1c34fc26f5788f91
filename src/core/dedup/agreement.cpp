#include "core/dedup/agreement.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/dedup/short_text.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::size_t kPhoneEnd = 7;
constexpr double kSimilarLastName = 0.9;
constexpr std::size_t kLettersOfOneEdit = 8;  // in an e-mail address
constexpr std::size_t kYearDigits = 4;
constexpr std::size_t kMonthDigits = 2;

bool are_similar(std::string_view a, std::string_view b, double limit) noexcept {
  // What Jaro's similarity is at most, all letters of the shorter text being in the longer one; and Winkler's bonus is
  // at most 0.4 of what is missing.
  const auto shorter = static_cast<double>(std::min(a.size(), b.size()));
  const auto longer = static_cast<double>(std::max(a.size(), b.size()));
  const double jaro = (2 + shorter / std::max(longer, 1.0)) / 3;
  return jaro + 0.4 * (1 - jaro) >= limit && short_jaro_winkler(a, b) >= limit;
}

// The words of the text with fewer that are in the other too, each as often as it is there, as a part of them. Of texts
// of at most 64 letters.
double shared_words(std::string_view a, std::string_view b) noexcept {
  static_assert(kLongestField <= 64);
  const auto count_words = [](std::string_view text) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  };
  if (count_words(a) > count_words(b)) {
    std::swap(a, b);
  }
  std::uint64_t taken = 0;  // words of b, by where they begin
  const auto take = [b, &taken](std::string_view word) {
    for (std::size_t found = b.find(word); found != std::string_view::npos; found = b.find(word, found + 1)) {
      const std::size_t end = found + word.size();
      const std::uint64_t bit = std::uint64_t{1} << found;
      if ((taken & bit) == 0 && (found == 0 || b[found - 1] == ' ') && (end == b.size() || b[end] == ' ')) {
        taken |= bit;
        return true;
      }
    }
    return false;
  };
  std::size_t shared = 0;
  for (std::size_t begin = 0; begin <= a.size();) {
    const std::size_t end = std::min(a.find(' ', begin), a.size());
    shared += take(a.substr(begin, end - begin)) ? 1 : 0;
    begin = end + 1;
  }
  return static_cast<double>(shared) / static_cast<double>(count_words(a));
}

// Compares one subject of two leads. What all levels ask again and again is found out once.
class Pair {
 public:
  Pair(const PackedLead& a, const PackedLead& b) noexcept : a_(a), b_(b) {}

  [[nodiscard]] bool same(Field field) const noexcept { return a_[field] == b_[field] && a_.has(field); }
  [[nodiscard]] bool both(Field field) const noexcept { return a_.has(field) && b_.has(field); }

  // Whether the names say what the level of the e-mail says.
  [[nodiscard]] bool is_said_by_name(const MatchLevel& level) const noexcept {
    return (level.test == Test::same_named_part || (level.test == Test::similar_local_part && is_name())) &&
           (same(Field::last_name) || same(Field::whole_name) ||
            (both(Field::last_name) && are_similar(Field::last_name, kSimilarLastName)));
  }

  // Whether there is anything to compare.
  [[nodiscard]] bool has(Subject subject) const noexcept {
    switch (subject) {
      case Subject::name:
        return both(Field::first_name) || both(Field::last_name);
      case Subject::time:
        return a_.at != LeadText::kNoTime && b_.at != LeadText::kNoTime;
      default:
        return both(*field_of(subject));
    }
  }

  [[nodiscard]] bool holds(const MatchLevel& level, Subject subject) const noexcept {
    switch (subject) {
      case Subject::name:
        return holds_of_name(level);
      case Subject::email:
        return holds_of_email(level);
      case Subject::birth_date:
        return holds_of_date(level);
      case Subject::time:
        return level.test == Test::otherwise || seconds_apart() <= level.limit;
      default:
        return holds_of(level, *field_of(subject));
    }
  }

 private:
  [[nodiscard]] double seconds_apart() const noexcept {
    constexpr double kMicroseconds = 1e6;
    return std::abs(static_cast<double>(a_.at) - static_cast<double>(b_.at)) / kMicroseconds;
  }

  [[nodiscard]] bool are_similar(Field field, double limit) const noexcept {
    return same(field) || (both(field) && dedup::are_similar(a_.text(field), b_.text(field), limit));
  }

  [[nodiscard]] bool holds_of(const MatchLevel& level, Field field) const noexcept {
    const std::string_view a = a_.text(field);
    const std::string_view b = b_.text(field);
    switch (level.test) {
      case Test::same:
        return same(field);
      case Test::similar:
        return are_similar(field, level.limit);
      case Test::edits:
        return have_few_edits(field, std::min(level.limit, double{kLongestField}));
      case Test::same_end:
        return a.size() >= kPhoneEnd && b.size() >= kPhoneEnd &&
               a.substr(a.size() - kPhoneEnd) == b.substr(b.size() - kPhoneEnd);
      case Test::shared_words:
        return shared_words(a, b) >= level.limit;
      default:
        return level.test == Test::otherwise;
    }
  }

  [[nodiscard]] bool holds_of_date(const MatchLevel& level) const noexcept {
    const std::string_view a = a_.text(Field::birth_date);
    const std::string_view b = b_.text(Field::birth_date);
    switch (level.test) {
      case Test::swapped_date:
        return a.substr(0, kYearDigits) == b.substr(0, kYearDigits) &&
               a.substr(kYearDigits, kMonthDigits) == b.substr(kYearDigits + kMonthDigits) &&
               b.substr(kYearDigits, kMonthDigits) == a.substr(kYearDigits + kMonthDigits);
      case Test::same_day:
        return a.substr(kYearDigits) == b.substr(kYearDigits);
      case Test::same_year:
        return a.substr(0, kYearDigits) == b.substr(0, kYearDigits);
      default:
        return holds_of(level, Field::birth_date);
    }
  }

  [[nodiscard]] bool holds_of_email(const MatchLevel& level) const noexcept {
    switch (level.test) {
      case Test::same:
        return same(Field::email) && !a_.email_is_role;
      case Test::same_role_address:
        return same(Field::email);
      case Test::edits:
        return !a_.email_is_role && !b_.email_is_role &&
               have_few_edits(Field::email, most_edits_of_address(level.limit)) && have_same_digits();
      case Test::same_local_part:
        return same(Field::email_local_part) && !is_name();
      case Test::same_named_part:
        return same(Field::email_local_part);
      case Test::similar_local_part:
        return both(Field::email_local_part) && dedup::are_similar(local_part(a_), local_part(b_), level.limit) &&
               have_same_digits();
      case Test::same_company_domain:
        return same(Field::company_domain);
      default:
        return holds_of(level, Field::email);
    }
  }

  [[nodiscard]] bool have_few_edits(Field field, double most) const noexcept {
    const auto limit = static_cast<std::size_t>(most);
    return short_osa(a_.text(field), b_.text(field), limit) <= limit;
  }

  // In a short address as many edits make another mailbox.
  [[nodiscard]] double most_edits_of_address(double most) const noexcept {
    const std::size_t shorter = std::min(a_.text(Field::email).size(), b_.text(Field::email).size());
    const std::size_t for_length = shorter / kLettersOfOneEdit;
    return std::min(most, static_cast<double>(for_length));
  }

  [[nodiscard]] bool is_name() const noexcept { return a_.email_is_name || b_.email_is_name; }

  static std::string_view local_part(const PackedLead& lead) noexcept {
    const std::string_view address = lead.text(Field::email);
    return address.substr(0, address.find('@'));
  }

  [[nodiscard]] bool have_same_digits() const noexcept {
    const std::string_view a = local_part(a_);
    const std::string_view b = local_part(b_);
    const auto next_digit = [](std::string_view text, std::size_t& i) {
      while (i < text.size() && (text[i] < '0' || text[i] > '9')) {
        ++i;
      }
      return i < text.size() ? text[i++] : '\0';
    };
    for (std::size_t i = 0, j = 0;;) {
      const char digit = next_digit(a, i);
      if (digit != next_digit(b, j)) {
        return false;
      }
      if (digit == '\0') {
        return true;
      }
    }
  }

  [[nodiscard]] bool holds_of_name(const MatchLevel& level) const noexcept {
    const bool same_last = same(Field::last_name);
    const bool same_first = same(Field::full_first_name);
    switch (level.test) {
      case Test::same:
        return same_last && same_first;
      case Test::same_swapped:
        return same(Field::whole_name);
      case Test::similar:
        return (same_first || are_similar(Field::first_name, level.limit)) &&
               are_similar(Field::last_name, level.limit);
      case Test::same_last_initial:
        return same_last && one_begins_the_other(a_.text(Field::first_name), b_.text(Field::first_name));
      case Test::same_last:
        return same_last;
      case Test::same_first:
        return same_first;
      case Test::similar_last:
        return !both(Field::first_name) && are_similar(Field::last_name, level.limit);
      default:
        return level.test == Test::otherwise;
    }
  }

  static bool one_begins_the_other(std::string_view a, std::string_view b) noexcept {
    return a.starts_with(b) || b.starts_with(a);
  }

  const PackedLead& a_;
  const PackedLead& b_;
};

}  // namespace

bool has_value(Subject subject, const PackedLead& lead) noexcept {
  switch (subject) {
    case Subject::name:
      return lead.has(Field::first_name) || lead.has(Field::last_name);
    case Subject::time:
      return lead.at != LeadText::kNoTime;
    default:
      return lead.has(*field_of(subject));
  }
}

Agreement compare(const MatchRule& rule, const PackedLead& a, const PackedLead& b) noexcept {
  const Pair pair(a, b);
  Agreement agreement = 0;
  for (std::size_t i = 0; i < rule.comparisons.size(); ++i) {
    const MatchComparison& comparison = rule.comparisons[i];
    if (!pair.has(comparison.subject)) {
      continue;
    }
    std::size_t level = 0;
    while (!pair.holds(comparison.levels[level], comparison.subject)) {
      ++level;  // the last one holds
    }
    if (comparison.subject == Subject::email && pair.is_said_by_name(comparison.levels[level])) {
      continue;
    }
    agreement |= (static_cast<Agreement>(level) + 1) << (kLevelBits * i);
  }
  return agreement;
}

}  // namespace leadscore::dedup
