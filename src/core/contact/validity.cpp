#include "core/contact/validity.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/contact/gibberish.hpp"
#include "core/contact/keyboard.hpp"
#include "core/contact/letters.hpp"
#include "core/contact/utf8.hpp"
#include "core/contact/validity_text.hpp"
#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

#include "core/contact/joke_names.inc"

// What follows a dot at the end of a domain, as spammers have it, and is no name or particle (de, la, su, kim).
constexpr auto kDomainEndings =
    make_word_set<64>("com net org info biz ru рф ua kz uz xyz top site online shop store club link click pro io app");

// So many digits are a telephone number, whatever walk is within.
constexpr std::size_t kPhoneDigits = 10;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_small_letter(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_beyond_ascii(char c) noexcept { return static_cast<unsigned char>(c) >= 0x80; }
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The field without the white space around it, of which kLookedAt bytes are looked through on either side.
std::string_view trimmed(std::optional<std::string_view> field) noexcept {
  std::string_view text = field.value_or(std::string_view());
  for (std::size_t i = 0; i < kLookedAt && !text.empty() && is_space(text.front()); ++i) {
    text.remove_prefix(1);
  }
  for (std::size_t i = 0; i < kLookedAt && !text.empty() && is_space(text.back()); ++i) {
    text.remove_suffix(1);
  }
  return text;
}

bool equal(std::string_view a, std::string_view b) noexcept {
  return !a.empty() && a.size() == b.size() && a.size() <= kLookedAt &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

class LowerText {
 public:
  explicit LowerText(std::string_view text) noexcept : size_(std::min(text.size(), kLookedAt)) {  // NOLINT: see size_
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size_), bytes_.begin(), lower);
  }
  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<char, kLookedAt> bytes_;
  std::size_t size_;
};

constexpr bool is_domain_character(char c) noexcept {
  return is_small_letter(c) || is_digit(c) || c == '-' || is_beyond_ascii(c);
}

// A domain, as in `sale.ru` or `x.com/y`: a label of three characters, a dot and one of the endings.
bool has_domain(std::string_view text) noexcept {
  constexpr std::size_t kShortestLabel = 3;
  constexpr std::size_t kLongestEnding = 6;
  std::size_t label = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && label >= kShortestLabel) {
      std::size_t end = i + 1;
      while (end < text.size() && end - i <= kLongestEnding + 1 && is_domain_character(text[end])) {
        ++end;
      }
      if (kDomainEndings.contains(text.substr(i + 1, end - i - 1))) {
        return true;
      }
    }
    label = is_domain_character(text[i]) ? label + 1 : 0;
  }
  return false;
}

// An address with an @ between two characters and a dot behind them.
bool has_mailbox(std::string_view text) noexcept {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || is_space(text[at - 1])) {
    return false;
  }
  std::size_t end = at + 1;
  while (end < text.size() && (is_domain_character(text[end]) || text[end] == '.')) {
    ++end;
  }
  const std::string_view domain = text.substr(at + 1, end - at - 1);
  const std::size_t dot = domain.find('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < domain.size();
}

bool has_address(std::string_view name) noexcept {
  if (name.find_first_of(".:@/") == std::string_view::npos) {
    return false;
  }
  const LowerText lowered(name);
  const std::string_view text = lowered.text();
  return text.find("://") != std::string_view::npos || text.find("www.") != std::string_view::npos ||
         text.find("t.me/") != std::string_view::npos || has_mailbox(text) || has_domain(text);
}

class JokeFinder {
 public:
  explicit JokeFinder(const FoldedText& name) noexcept {  // NOLINT(*-member-init): buffers are read as far as written
    const auto words = name.words();
    if (words.size() == 1) {
      // Мне 5 is not one word, but test1 is.
      is_joke_ = kJokeNames.contains(write(0, name.letters(words[0])));
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      auto letters = name.letters(words[i]);
      while (!letters.empty() && letters.back() >= u'0' && letters.back() <= u'9') {
        letters = letters.first(letters.size() - 1);
      }
      const std::size_t place = std::min(i, kWords - 1);
      is_joke_ = is_joke_ || kJokeWords.contains(write(place, letters));
    }
    const std::size_t count = std::min(words.size(), kWords - 1);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count && !is_joke_; ++j) {
        is_joke_ = is_pair(text(i), text(j));
      }
    }
  }

  [[nodiscard]] bool is_joke() const noexcept { return is_joke_; }

 private:
  static constexpr std::size_t kWords = 5;  // the last place is for the words that are in no pair
  static constexpr std::size_t kBytes = 32;

  [[nodiscard]] std::string_view text(std::size_t place) const noexcept {
    return {bytes_[place].data(), sizes_[place]};
  }

  std::string_view write(std::size_t place, std::span<const char16_t> letters) noexcept {
    sizes_[place] = write_utf8(letters, bytes_[place]);
    return text(place);
  }

  static bool is_pair(std::string_view a, std::string_view b) noexcept {
    if (b < a) {
      std::swap(a, b);
    }
    std::array<char, 2 * kBytes + 1> pair;  // NOLINT(*-member-init): written before it is read
    char* const plus = std::copy(a.begin(), a.end(), pair.data());
    *plus = '+';
    const char* const end = std::copy(b.begin(), b.end(), plus + 1);
    return kJokePairs.contains({pair.data(), static_cast<std::size_t>(end - pair.data())});
  }

  std::array<std::array<char, kBytes>, kWords> bytes_;
  std::array<std::size_t, kWords> sizes_;
  bool is_joke_ = false;
};

// Nothing, gibberish, or a plausible word that was typed in the other layout.
void judge_letters(std::span<const char16_t> letters, Signals& signals) noexcept {
  constexpr double kPlausible = 0.8;
  const auto strange = strangeness(letters);
  if (!strange || *strange < kGibberish) {
    return;
  }
  std::array<char16_t, kLookedAt> switched;  // NOLINT(*-member-init): written before it is read
  std::transform(letters.begin(), letters.end(), switched.begin(), other_layout);
  const auto other = strangeness(std::span<const char16_t>(switched).first(letters.size()));
  signals.add(other && *other <= kPlausible ? Signal::wrong_keyboard_layout : Signal::gibberish_name);
}

void judge_name(std::string_view text, Signals& signals) noexcept {
  const FoldedText name(text);
  signals.add_if(text.size() > kLookedAt, Signal::overlong_name);
  signals.add_if(has_address(text.substr(0, kLookedAt)), Signal::address_in_name);
  signals.add_if(name.has_digit(), Signal::digits_in_name);
  signals.add_if(name.letter_count() == 0, Signal::name_without_letters);
  signals.add_if(name.letter_count() == 1 && name.cased_count() == 1, Signal::single_letter_name);
  signals.add_if(name.cased_count() > 1 && name.cased_count() == name.letter_count() && name.capital_count() == 0,
                 Signal::lower_case_name);
  const bool is_joke = JokeFinder(name).is_joke();
  signals.add_if(is_joke, Signal::joke_name);
  for (const FoldedText::Word& word : name.words()) {
    const auto letters = name.letters(word);
    signals.add_if(word.has_latin + word.has_cyrillic + word.has_greek > 1, Signal::mixed_scripts);
    const bool may_be_phone = letters.size() >= kPhoneDigits && !word.has_latin && !word.has_cyrillic;
    if (!may_be_phone && is_keyboard_walk(letters)) {
      signals.add(Signal::keyboard_walk_name);
    } else if (!word.has_digit && is_repeated(letters)) {
      signals.add(Signal::repeated_letters);
    } else if (!word.has_digit && !word.has_mark && !is_joke) {
      judge_letters(letters, signals);
    }
  }
}

int number_of(std::string_view digits) noexcept {
  int value = 0;
  for (const char digit : digits) {
    value = 10 * value + (digit - '0');
  }
  return value;
}

bool is_year(std::string_view digits) noexcept {
  const int year = number_of(digits);
  return year >= 1930 && year < 2030;
}

bool is_day_and_month(std::string_view digits) noexcept {
  const int first = number_of(digits.substr(0, 2));
  const int second = number_of(digits.substr(2));
  return first > 0 && second > 0 && first <= 31 && second <= 31 && std::min(first, second) <= 12;
}

// 1985, 2505, 250585, 25051985, 19850525.
bool is_date(std::string_view digits) noexcept {
  switch (digits.size()) {
    case 4:
      return is_year(digits) || is_day_and_month(digits);
    case 6:
      return is_day_and_month(digits.substr(0, 4));
    case 8:
      return (is_day_and_month(digits.substr(0, 4)) && is_year(digits.substr(4))) ||
             (is_year(digits.substr(0, 4)) && is_day_and_month(digits.substr(4)));
    default:
      return false;
  }
}

bool is_gibberish_mailbox(std::span<const char16_t> letters) noexcept {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kInitials = 2;
  if (letters.size() < kShortest) {
    return false;
  }
  const auto is_strange = [](std::span<const char16_t> part) { return strangeness(part).value_or(0) >= kGibberish; };
  return is_strange(letters) && is_strange(letters.subspan(kInitials)) &&
         is_strange(letters.first(letters.size() - kInitials));
}

// The letters, or letters and digits, between dots, hyphens and whatever else.
void judge_mailbox_word(std::string_view word, Signals& signals) noexcept {
  constexpr std::size_t kNicknameDigits = 4;
  constexpr std::size_t kNicknameLetters = 3;
  std::array<char16_t, kLookedAt> buffer;  // NOLINT(*-member-init): written before it is read
  std::copy(word.begin(), word.end(), buffer.begin());
  const auto letters = std::span<const char16_t>(buffer).first(word.size());
  const std::size_t last_letter = word.find_last_not_of("0123456789");
  if (last_letter == std::string_view::npos) {
    signals.add_if(word.size() < kPhoneDigits && is_keyboard_walk(letters), Signal::keyboard_walk_email);
    return;
  }
  const std::string_view digits = word.substr(last_letter + 1);
  signals.add_if(last_letter + 1 >= kNicknameLetters && digits.size() >= kNicknameDigits && !is_date(digits),
                 Signal::nickname_with_digits);
  if (is_keyboard_walk(letters)) {
    signals.add(Signal::keyboard_walk_email);
  } else if (std::any_of(word.begin(), word.end(), is_digit)) {
    return;
  } else if (is_repeated(letters)) {
    signals.add(Signal::repeated_letters);
  } else {
    signals.add_if(is_gibberish_mailbox(letters), Signal::gibberish_email);
  }
}

std::string_view mailbox_of(std::string_view email) noexcept {
  const std::string_view start = email.substr(0, kLookedAt);
  return start.substr(0, std::min(start.rfind('@'), start.size()));
}

void judge_email(std::string_view email, Signals& signals) noexcept {
  const LowerText lowered(mailbox_of(email));
  const std::string_view mailbox = lowered.text();
  const std::size_t last_letter = mailbox.find_last_not_of("0123456789");
  signals.add_if(kJokeMailboxes.contains(mailbox.substr(0, last_letter + 1)), Signal::joke_email);
  const auto is_word_character = [](char c) { return is_small_letter(c) || is_digit(c); };
  for (const char* begin = mailbox.begin(); begin != mailbox.end();) {
    begin = std::find_if(begin, mailbox.end(), is_word_character);
    const char* const end = std::find_if_not(begin, mailbox.end(), is_word_character);
    if (begin != end) {
      judge_mailbox_word({begin, static_cast<std::size_t>(end - begin)}, signals);
    }
    begin = end;
  }
}

void judge_phone(std::string_view phone, Signals& signals) noexcept {
  constexpr std::size_t kRun = 7;
  constexpr std::size_t kPairs = 5;
  int before = -1;
  int before_that = -1;
  std::size_t equal_run = 0;
  std::size_t rising_run = 0;
  std::size_t falling_run = 0;
  std::size_t pair_run = 0;  // digits that are those of two places before
  phone = phone.substr(0, kLookedAt);
  while (!phone.empty()) {
    const CodePoint next = decode(phone);
    phone.remove_prefix(next.size);
    const Letter letter = letter_of(next.value);
    const char32_t folded = letter.kind() == LetterKind::digit && !letter.is_sequence() ? letter.folded() : 0;
    if (folded < U'0' || folded > U'9') {
      continue;
    }
    const int digit = static_cast<int>(folded - U'0');
    equal_run = digit == before ? equal_run + 1 : 1;
    rising_run = before >= 0 && digit == (before + 1) % 10 ? rising_run + 1 : 1;
    falling_run = before >= 0 && before == (digit + 1) % 10 ? falling_run + 1 : 1;
    pair_run = digit == before_that ? pair_run + 1 : 0;
    before_that = before;
    before = digit;
    signals.add_if(equal_run >= kRun || pair_run >= 2 * (kPairs - 1), Signal::repeated_phone_digits);
    signals.add_if(rising_run >= kRun || falling_run >= kRun, Signal::consecutive_phone_digits);
  }
}

// Ivan of ivan@ is no wonder; ivan, ivan.petrov and SuperDrakon12345 are the mailbox copied.
bool is_capitalised_word(std::string_view name) noexcept {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return is_small_letter(lower(c)); });
}

}  // namespace

bool has_contact(const ContactFields& fields) noexcept {
  return !trimmed(fields.name).empty() || !trimmed(fields.email).empty() || !trimmed(fields.phone).empty();
}

Signals contact_signals(const ContactFields& fields) noexcept {
  const std::string_view name = trimmed(fields.name);
  const std::string_view email = trimmed(fields.email);
  const std::string_view phone = trimmed(fields.phone);
  Signals signals;
  if (!name.empty()) {
    judge_name(name, signals);
  }
  if (!email.empty()) {
    judge_email(email, signals);
    signals.add_if(fields.email_kind == EmailKind::disposable, Signal::disposable_email);
    signals.add_if(fields.email_kind == EmailKind::free, Signal::free_email);
    signals.add_if(fields.email_kind == EmailKind::invalid, Signal::invalid_email);
    signals.add_if(fields.email_is_role == true, Signal::role_email);
    signals.add_if(
        equal(name, mailbox_of(email)) && mailbox_of(email).size() < email.size() && !is_capitalised_word(name),
        Signal::name_equals_email);
  }
  if (!phone.empty()) {
    judge_phone(phone, signals);
    signals.add_if(fields.phone_is_valid == false, Signal::impossible_phone);
  }
  signals.add_if(equal(name, email) || equal(name, phone) || equal(email, phone), Signal::fields_equal);
  return signals;
}

}  // namespace leadscore::contact
