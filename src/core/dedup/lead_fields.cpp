#include "core/dedup/lead_fields.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/contact/company.hpp"
#include "core/contact/diminutives.hpp"
#include "core/contact/email.hpp"
#include "core/contact/email_kind.hpp"
#include "core/contact/name_words.hpp"
#include "core/dedup/enumerator_names.hpp"
#include "core/dedup/text_hash.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::array<std::string_view, kFields> kNames = {
    "first_name", "last_name",       "patronymic",       "email",
    "phone",      "company",         "address",          "city",
    "postcode",   "birth_date",      "national_id",      "full_first_name",
    "whole_name", "last_name_sound", "email_local_part", "company_domain",
};

// Shorter runs of letters are part of too many words to say whose mailbox it is.
constexpr std::size_t kLeastNamePart = 3;
constexpr std::size_t kLeastDigits = 6;        // of what may have been meant as a telephone number
constexpr std::ptrdiff_t kLeastOwnDigits = 2;  // that tell a mailbox from another of the same name
constexpr std::size_t kDateDigits = 8;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_small(char c) noexcept { return c >= 'a' && c <= 'z'; }
char small(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// So many in a row, as in what people enter who do not want to be called.
bool has_equal_digits(std::string_view digits, std::size_t count) noexcept {
  std::size_t run = 0;
  for (std::size_t i = 0; i < digits.size() && run < count; ++i) {
    run = i > 0 && digits[i] == digits[i - 1] ? run + 1 : 1;
  }
  return run == count;
}

void append_digits(std::string_view text, std::pmr::string& out) {
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), is_digit);
}

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Places of words, from the first to before the end.
struct Places {
  std::size_t first = 0;
  std::size_t end = 0;

  [[nodiscard]] bool empty() const noexcept { return first == end; }
  [[nodiscard]] bool contains(std::size_t place) const noexcept { return place >= first && place < end; }
};

// How many words, each followed by a space, spell a part of a name from the first of them on.
std::size_t count_spelling(std::string_view part, std::string_view words) noexcept {
  std::size_t count = 0;
  for (; !part.empty(); ++count) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (word.empty() || !part.starts_with(word)) {
      return 0;
    }
    part.remove_prefix(word.size());
    words.remove_prefix(word.size() + 1);
  }
  return count;
}

// Where a part of a name stands among words; empty if it does not, or is too long for a name.
Places places_of(std::string_view part, std::string_view words, StopToken& stop) {
  if (part.size() > kLongestField) {
    return {};
  }
  for (std::size_t place = 0; !words.empty(); ++place) {
    stop.check();
    if (const std::size_t count = count_spelling(part, words); count > 0) {
      return {place, place + count};
    }
    words.remove_prefix(words.find(' ') + 1);
  }
  return {};
}

}  // namespace

std::string_view name_of(Field field) noexcept { return kNames[static_cast<std::size_t>(field)]; }

std::optional<Field> find_field(std::string_view name) noexcept { return find_enumerator<Field>(kNames, name); }

void LeadFields::clear() noexcept {
  hash_.fill(0);
  size_.fill(0);
  email_is_name_ = false;
  email_is_role_ = false;
}

void LeadFields::set_hash(Field field, std::uint64_t hash) noexcept {
  hash_[static_cast<std::size_t>(field)] = hash == 0 ? 1 : hash;
}

void LeadFields::set(Field field, std::string_view text) noexcept {
  if (text.empty()) {
    return;
  }
  const auto i = static_cast<std::size_t>(field);
  set_hash(field, hash_of(text));
  text = text.substr(0, kLongestField);
  if (text.back() == ' ') {
    text.remove_suffix(1);  // cut between two words
  }
  size_[i] = static_cast<std::uint8_t>(text.size());
  std::memcpy(letters_.data() + i * kLongestField, text.data(), size_[i]);
}

FieldReader::FieldReader(contact::Region region, std::pmr::memory_resource* memory)
    : region_(region),
      memory_(memory),
      words_(memory),
      writer_(memory),
      first_(memory),
      first_word_(memory),
      last_(memory),
      patronymic_(memory),
      text_(memory) {}

void FieldReader::read(const LeadText& lead, LeadFields& fields, StopToken& stop) {
  fields.clear();
  fields.at_ = lead.at;
  read_names(lead, fields, stop);
  const auto with = [&lead](Role role, auto read) {
    if (lead[role]) {
      read(*lead[role]);
    }
  };
  with(Role::email, [&](std::string_view text) { read_email(text, fields, stop); });
  with(Role::phone, [&](std::string_view text) { read_phone(text, fields); });
  with(Role::company, [&](std::string_view text) { read_company(text, fields, stop); });
  with(Role::address, [&](std::string_view text) { read_place(text, Field::address, true, fields, stop); });
  with(Role::city, [&](std::string_view text) { read_place(text, Field::city, false, fields, stop); });
  with(Role::postcode, [&](std::string_view text) { read_code(text, Field::postcode, fields, stop); });
  with(Role::birth_date, [&](std::string_view text) { read_birth_date(text, fields); });
  with(Role::national_id, [&](std::string_view text) { read_code(text, Field::national_id, fields, stop); });
}

void FieldReader::append_name(std::string_view name, std::pmr::string& skeleton, StopToken& stop) {
  contact::read_spelled_name_words(name, words_, memory_, stop);
  const auto& list = words_.list();
  const std::size_t words = list.size();
  for (const contact::Word& word : list) {
    const std::string_view letters = words_.text(word);
    if (contact::is_generation(letters)) {
      continue;
    }
    text_.clear();
    writer_.append(letters, text_, stop);
    // A father's name among the first names: Анна Петровна.
    if (&skeleton == &first_ && words > 1 && patronymic_.empty() && !first_.empty() &&
        contact::is_patronymic(text_, letters)) {
      patronymic_ = text_;
      continue;
    }
    if (&skeleton == &first_ && first_word_.empty()) {
      first_word_ = text_;
    }
    skeleton += text_;
  }
}

void FieldReader::read_full_name(std::string_view name, StopToken& stop) {
  contact::read_spelled_name_words(name, words_, memory_, stop);
  std::pmr::string skeletons(memory_);   // of the words, each followed by a space
  std::size_t known_first_name = kNone;  // places of words
  std::size_t patronymic = kNone;
  std::size_t count = 0;
  for (const contact::Word& word : words_.list()) {
    const std::string_view letters = words_.text(word);
    text_.clear();
    writer_.append(letters, text_, stop);
    if (text_.empty() || contact::is_generation(letters)) {
      continue;
    }
    if (count > 0 && patronymic == kNone && contact::is_patronymic(text_, letters)) {
      patronymic = count;
    }
    if (known_first_name == kNone && contact::is_first_name(text_)) {
      known_first_name = count;
    }
    skeletons += text_;
    skeletons += ' ';
    ++count;
  }
  const bool is_last_given = !last_.empty();
  const Places given = places_of(is_last_given ? last_ : first_, skeletons, stop);
  if (patronymic != kNone && (given.contains(patronymic) || (words_.list().size() < 3 && !is_last_given))) {
    patronymic = kNone;
  }
  // What is not the given part is the other one. A name of one or two words without it may be the other one alone.
  const bool is_divided =
      is_last_given ? !given.empty() || count <= 2 : !first_.empty() && (!given.empty() || count <= 1);
  std::size_t first = 0;
  if (!is_divided) {
    first_.clear();
    first_word_.clear();
    last_.clear();
    if (patronymic != kNone) {
      first = patronymic - 1;
    } else if (known_first_name != kNone) {
      first = known_first_name;
    }
  }
  std::size_t place = 0;
  for (std::size_t begin = 0; begin < skeletons.size(); ++place) {
    const std::size_t end = skeletons.find(' ', begin);
    const std::string_view word = std::string_view(skeletons).substr(begin, end - begin);
    begin = end + 1;
    if (is_divided && given.contains(place)) {
      continue;
    }
    if (place == patronymic) {
      patronymic_ = word;
    } else if (is_divided ? is_last_given : place == first) {
      first_word_ = first_.empty() ? word : std::string_view(first_word_);
      first_ += word;
    } else {
      last_ += word;
    }
  }
}

void FieldReader::read_names(const LeadText& lead, LeadFields& fields, StopToken& stop) {
  first_.clear();
  first_word_.clear();
  last_.clear();
  patronymic_.clear();
  if (lead[Role::patronymic]) {
    append_name(*lead[Role::patronymic], patronymic_, stop);
  }
  if (lead[Role::first_name]) {
    append_name(*lead[Role::first_name], first_, stop);
  }
  if (lead[Role::last_name]) {
    append_name(*lead[Role::last_name], last_, stop);
  }
  if (lead[Role::full_name] && (first_.empty() || last_.empty())) {
    read_full_name(*lead[Role::full_name], stop);
  }
  fields.set(Field::first_name, first_);
  fields.set(Field::last_name, last_);
  fields.set(Field::patronymic, patronymic_);
  if (!first_.empty()) {
    fields.set_hash(Field::full_first_name, hash_of(contact::full_name_of(first_word_)));
  }
  if (!last_.empty()) {
    text_.clear();
    contact::append_phonetic_key(last_, text_);
    fields.set_hash(Field::last_name_sound, hash_of(text_));
  }
  if (!first_.empty() && !last_.empty()) {
    // The same when the two have changed places, for which the last name too is looked up among the first names.
    fields.set_hash(Field::whole_name, fields.hash(Field::full_first_name) + hash_of(contact::full_name_of(last_)));
  }
}

void FieldReader::append_skeletons(std::string_view text, bool with_spaces, StopToken& stop) {
  words_.read(text, contact::TextKind::company, stop);
  for (const contact::Word& word : words_.list()) {
    stop.check();
    const std::size_t before = text_.size();
    if (with_spaces && before > 0) {
      text_.push_back(' ');
    }
    const std::size_t begin = text_.size();
    writer_.append(words_.text(word), text_, stop);
    append_digits(words_.text(word), text_);
    if (text_.size() == begin) {
      text_.resize(before);
    }
  }
}

void FieldReader::read_place(std::string_view text, Field field, bool with_spaces, LeadFields& fields,
                             StopToken& stop) {
  text_.clear();
  append_skeletons(text, with_spaces, stop);
  fields.set(field, text_);
}

void FieldReader::read_company(std::string_view text, LeadFields& fields, StopToken& stop) {
  text_.clear();
  contact::company_key(text, text_, stop);
  fields.set(Field::company, text_);
}

void FieldReader::read_email(std::string_view text, LeadFields& fields, StopToken& stop) {
  std::string_view local_part;
  const auto address = contact::normalize_email(text);
  if (address) {
    local_part = address->local_part();
    fields.set(Field::email, address->text());
    if (contact::kind_of_domain(address->domain()) == contact::EmailKind::corporate) {
      fields.set_hash(Field::company_domain, hash_of(contact::email_domain(*address)));
    }
  } else {
    text_.clear();
    for (const char c : text.substr(0, contact::kLongestEmailText)) {
      if (c != ' ') {
        text_.push_back(small(c));
      }
    }
    const std::size_t at = text_.find('@');
    if (at == std::string::npos || at == 0) {
      return;
    }
    fields.set(Field::email, text_);
    local_part = fields.text(Field::email).substr(0, at);
  }
  fields.email_is_role_ = contact::is_role(local_part);
  if (fields.email_is_role_) {
    return;
  }
  std::pmr::string letters(memory_);
  std::copy_if(local_part.begin(), local_part.end(), std::back_inserter(letters),
               [](char c) { return is_digit(c) || is_small(c); });
  if (letters.empty()) {
    return;
  }
  fields.set_hash(Field::email_local_part, hash_of(letters));
  // Is it the name? Skeletons, because the name may be in Cyrillic.
  text_.clear();
  writer_.append(letters, text_, stop);
  const auto contains = [this](std::string_view name) {
    return name.size() >= kLeastNamePart && text_.find(name) != std::string::npos;
  };
  fields.email_is_name_ = std::count_if(letters.begin(), letters.end(), is_digit) < kLeastOwnDigits &&
                          (contains(last_) || contains(first_));
}

void FieldReader::read_phone(std::string_view text, LeadFields& fields) {
  if (const auto number = contact::parse_phone(text, region_)) {
    fields.set(Field::phone, number->e164().substr(1));
    return;
  }
  text_.clear();
  append_digits(text, text_);
  if (text_.size() >= kLeastDigits && !has_equal_digits(text_, kLeastDigits)) {
    fields.set(Field::phone, text_);
  }
}

void FieldReader::read_code(std::string_view text, Field field, LeadFields& fields, StopToken& stop) {
  words_.read(text, contact::TextKind::company, stop);
  text_.clear();
  for (const contact::Word& word : words_.list()) {
    stop.check();
    const std::string_view letters = words_.text(word);
    std::copy_if(letters.begin(), letters.end(), std::back_inserter(text_),
                 [](char c) { return is_digit(c) || is_small(c) || static_cast<unsigned char>(c) >= 0x80; });
  }
  fields.set(field, text_);
}

void FieldReader::read_birth_date(std::string_view text, LeadFields& fields) {
  constexpr std::string_view kSpaces = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  // A time of the day may follow.
  text = text.substr(0, text.find_first_of("T \t\r\n"));
  std::array<char, kDateDigits> date{};
  const auto has_form = [&](std::string_view form) {
    // Of the forms below: the places of year, month and day, and of separators.
    return form.size() == text.size() && std::equal(form.begin(), form.end(), text.begin(), [](char wanted, char c) {
             return wanted == '-' ? c == '-' || c == '.' || c == '/' : is_digit(c);
           });
  };
  const auto set = [&](std::array<std::size_t, 3> begins) {
    constexpr std::array<std::size_t, 3> kSizes = {4, 2, 2};
    auto* end = date.data();
    for (std::size_t i = 0; i < begins.size(); ++i) {
      end = std::copy_n(text.begin() + begins[i], kSizes[i], end);
    }
  };
  if (has_form("yyyymmdd")) {
    set({0, 4, 6});
  } else if (has_form("yyyy-mm-dd")) {
    set({0, 5, 8});
  } else if (has_form("dd-mm-yyyy")) {
    set({6, 3, 0});
  } else {
    return;
  }
  if (!has_equal_digits({date.data(), date.size()}, kDateDigits)) {
    fields.set(Field::birth_date, {date.data(), date.size()});
  }
}

}  // namespace leadscore::dedup
