// What of a lead is compared: its texts settled to one form each, so that equal means the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

#include "core/contact/phone.hpp"
#include "core/contact/skeleton.hpp"
#include "core/contact/words.hpp"
#include "core/dedup/role.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// A lead as it was entered: a text for each role but created_at, and when it came.
struct LeadText {
  static constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

  std::array<std::optional<std::string_view>, kTextRoles> text;
  std::int64_t at = kNoTime;  // microseconds, from any epoch

  [[nodiscard]] std::optional<std::string_view>& operator[](Role role) noexcept {
    return text[static_cast<std::size_t>(role)];
  }
  [[nodiscard]] const std::optional<std::string_view>& operator[](Role role) const noexcept {
    return text[static_cast<std::size_t>(role)];
  }
};

/// What is compared. The first kTextFields keep their letters, the rest only whether they are equal.
enum class Field : std::uint8_t {
  first_name,        // the skeletons of its words, in which Cyrillic and Latin spellings meet
  last_name,         // likewise
  patronymic,        // likewise
  email,             // the normal form of the address
  phone,             // digits with the country's calling code
  company,           // its key, without the legal form
  address,           // skeletons of words, and numbers
  city,              // the skeletons of its words
  postcode,          // letters and digits
  birth_date,        // eight digits: year, month, day
  national_id,       // letters and digits
  full_first_name,   // of the first name or the one it is short for
  whole_name,        // the full first name and the last name, in either order
  last_name_sound,   // the phonetic key of the last name
  email_local_part,  // the letters and digits before the @; not of info@ and other roles
  company_domain,    // the domain of the address, if it is a company's
};
inline constexpr std::size_t kTextFields = 11;
inline constexpr std::size_t kFields = 16;

/// The name of a field: the enumerator's.
[[nodiscard]] std::string_view name_of(Field field) noexcept;
[[nodiscard]] std::optional<Field> find_field(std::string_view name) noexcept;

/// The longest value that keeps its letters; what is longer is cut, but its hash is of the whole.
inline constexpr std::size_t kLongestField = 64;

/// The fields of one lead.
class LeadFields {
 public:
  /// Never 0 for a value; 0 for none. Two values with one hash are taken for equal (64 bits).
  [[nodiscard]] std::uint64_t hash(Field field) const noexcept { return hash_[static_cast<std::size_t>(field)]; }
  [[nodiscard]] bool has(Field field) const noexcept { return hash(field) != 0; }
  /// The letters, one byte each, of one of the first kTextFields.
  [[nodiscard]] std::string_view text(Field field) const noexcept {
    const auto i = static_cast<std::size_t>(field);
    return {letters_.data() + i * kLongestField, size_[i]};
  }
  [[nodiscard]] std::int64_t at() const noexcept { return at_; }
  /// Whether the mailbox is called like the person and has no number of two digits or more, so that an equal name
  /// explains an equal local part.
  [[nodiscard]] bool email_is_name() const noexcept { return email_is_name_; }
  /// Whether the address is a role's, as info@: several people may read it.
  [[nodiscard]] bool email_is_role() const noexcept { return email_is_role_; }

 private:
  friend class FieldReader;

  void clear() noexcept;
  void set(Field field, std::string_view text) noexcept;
  void set_hash(Field field, std::uint64_t hash) noexcept;

  std::array<std::uint64_t, kFields> hash_{};
  std::array<std::uint8_t, kTextFields> size_{};
  std::array<char, kTextFields * kLongestField> letters_;  // set as far as size_ says
  std::int64_t at_ = LeadText::kNoTime;
  bool email_is_name_ = false;
  bool email_is_role_ = false;

 public:
  // Not defaulted, which would let the letters be cleared: they are set as they are needed.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init,modernize-use-equals-default)
  LeadFields() noexcept {}
};

/// Reads leads into fields; keeps its memory from lead to lead.
///
/// Names: with a full_name that nothing else divides, the word before a patronymic or the one that the table of first
/// names knows is the first name, else the first word; with first_name and last_name both given, those are believed; a
/// full_name beside one of the two gives the other. An address or number that is none still counts by its letters,
/// since a typing error may have made it so, but not 000000. Birth dates are read in the forms 1990-12-31, 19901231,
/// 31.12.1990 and 31/12/1990; a month 13 counts as it is. Anything that cannot be read is a value that is missing,
/// never an error. Linear; throws Error(limit_exceeded) for names beyond contact::kMaxTextSize, Cancelled,
/// and std::bad_alloc.
class FieldReader {
 public:
  /// The region is that of phone numbers without a calling code.
  FieldReader(contact::Region region, std::pmr::memory_resource* memory);

  void read(const LeadText& lead, LeadFields& fields, StopToken& stop);

 private:
  void read_names(const LeadText& lead, LeadFields& fields, StopToken& stop);
  void read_full_name(std::string_view name, StopToken& stop);
  void append_name(std::string_view name, std::pmr::string& skeleton, StopToken& stop);
  void append_skeletons(std::string_view text, bool with_spaces, StopToken& stop);
  void read_email(std::string_view text, LeadFields& fields, StopToken& stop);
  void read_phone(std::string_view text, LeadFields& fields);
  void read_place(std::string_view text, Field field, bool with_spaces, LeadFields& fields, StopToken& stop);
  void read_company(std::string_view text, LeadFields& fields, StopToken& stop);
  void read_code(std::string_view text, Field field, LeadFields& fields, StopToken& stop);
  void read_birth_date(std::string_view text, LeadFields& fields);

  contact::Region region_;
  std::pmr::memory_resource* memory_;
  contact::Words words_;
  contact::SkeletonWriter writer_;
  std::pmr::string first_;       // skeletons
  std::pmr::string first_word_;  // the first of the first name's
  std::pmr::string last_;
  std::pmr::string patronymic_;
  std::pmr::string text_;
};

}  // namespace leadscore::dedup
