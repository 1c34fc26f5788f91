// A match rule as a value: what is compared, how far two values may differ, and what that says about two leads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/dedup/bounded_list.hpp"
#include "core/dedup/lead_fields.hpp"

namespace leadscore::dedup {

/// What a comparison is about. All but name and time compare the field of the same name.
enum class Subject : std::uint8_t {
  name,  // first and last name together, which may have changed places
  patronymic,
  email,
  phone,
  company,
  address,
  city,
  postcode,
  birth_date,
  national_id,
  time,  // how long one lead came after the other
};
inline constexpr std::size_t kSubjects = 11;

/// How two values of a subject agree. A comparison's levels are tried in their order; the first that holds counts.
enum class Test : std::uint8_t {
  same,                 // equal; of a name, the full first name and the last name
  same_swapped,         // name: first and last name have changed places
  similar,              // Jaro-Winkler similarity of at least `limit`; of a name, of both parts
  edits,                // at most `limit` edits: letters inserted, deleted, replaced or swapped with the next; of an
                        // e-mail address one for each eight letters, none of a digit, and not of a role's address
  same_last_initial,    // name: the last name is equal, and one first name begins the other or is missing
  same_last,            // name: the last name is equal
  same_first,           // name: the full first name is equal
  similar_last,         // name: one of the first names is missing, Jaro-Winkler similarity of the last names
  same_role_address,    // email: equal, but an address of a role, as info@
  same_local_part,      // email: equal up to the @, and not called like the person
  same_named_part,      // email: equal up to the @, which is the person's name
  similar_local_part,   // email: Jaro-Winkler similarity of what stands before the @, the digits being equal
  same_company_domain,  // email: a company's domain is equal
  same_end,             // phone: the last seven digits are equal
  shared_words,         // company, address: the part of words in common, of the shorter text, is at least `limit`
  swapped_date,         // birth_date: day and month have changed places
  same_day,             // birth_date: day and month are equal
  same_year,            // birth_date: the year is equal
  within,               // time: at most `limit` seconds apart
  otherwise,            // what is left; the last level
};
inline constexpr std::size_t kTests = 20;

[[nodiscard]] std::string_view name_of(Subject subject) noexcept;
[[nodiscard]] std::optional<Subject> find_subject(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Test test) noexcept;
[[nodiscard]] std::optional<Test> find_test(std::string_view name) noexcept;

/// The field whose equal values Test::same finds: of a name, both parts in either order. A time has none.
[[nodiscard]] constexpr std::optional<Field> field_of(Subject subject) noexcept {
  switch (subject) {
    case Subject::name:
      return Field::whole_name;
    case Subject::patronymic:
      return Field::patronymic;
    case Subject::email:
      return Field::email;
    case Subject::phone:
      return Field::phone;
    case Subject::company:
      return Field::company;
    case Subject::address:
      return Field::address;
    case Subject::city:
      return Field::city;
    case Subject::postcode:
      return Field::postcode;
    case Subject::birth_date:
      return Field::birth_date;
    case Subject::national_id:
      return Field::national_id;
    case Subject::time:
      break;
  }
  return std::nullopt;
}

/// The subject that a field is compared for.
[[nodiscard]] Subject subject_of(Field field) noexcept;

/// Whether a subject can be compared by a test.
[[nodiscard]] bool is_test_of(Test test, Subject subject) noexcept;
/// Whether the test needs a limit.
[[nodiscard]] bool has_limit(Test test) noexcept;

inline constexpr std::size_t kMostLevels = 15;
inline constexpr std::size_t kMostKeys = 64;
inline constexpr std::size_t kMostKeyParts = 4;

struct MatchLevel {
  Test test = Test::otherwise;
  double limit = 0;
  double m = 0;  // the probability of this level if both leads are one person
  double u = 0;  // if they are not
};

struct MatchComparison {
  Subject subject = Subject::name;
  double frequency_weight = 0;  // how much rare values say more than frequent ones, 0 to 1
  BoundedList<MatchLevel, kMostLevels> levels;
};

/// A part of a blocking key: a field, or its first or last letters.
struct KeyPart {
  Field field = Field::email;
  std::int8_t letters = 0;  // 0: all; n: the first n; -n: the last n
};

/// The part that a text says: the name of a field, or `field:n` for its first n letters, `field:-n` for its last n
/// (n up to 64, of fields that keep their letters). Nothing for another text.
[[nodiscard]] std::optional<KeyPart> parse_key_part(std::string_view text) noexcept;

/// Leads with equal values of all these parts are compared.
using BlockingKey = BoundedList<KeyPart, kMostKeyParts>;

struct MatchRule {
  BoundedList<MatchComparison, kSubjects> comparisons;
  BoundedList<BlockingKey, kMostKeys> keys;
  double prior = 0;         // the probability that two leads are one person, before anything is compared
  double threshold = 0;     // the probability from which on two leads count as one person
  bool is_trained = false;  // m and u come from data, and are not to be learned anew
};

/// Throws Error(invalid_argument) that names what is wrong: no comparison, two of one subject, levels that do not end
/// in `otherwise` or have it elsewhere, a test that its subject does not have, probabilities outside (0, 1), a
/// frequency weight outside 0 to 1, a key without parts.
void check(const MatchRule& rule);

}  // namespace leadscore::dedup
