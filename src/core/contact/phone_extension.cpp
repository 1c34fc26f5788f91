// Finds the extension at the end of a phone number by reading the text backwards.
#include "core/contact/phone_extension.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/contact/phone_text.hpp"

namespace leadscore::contact {
namespace {

// The longer the label, the more digits are taken for an extension rather than for a part of the number.
constexpr std::size_t kMaxAfterLabel = 20;
constexpr std::size_t kMaxAfterDialCharacter = 15;
constexpr std::size_t kMaxAfterSign = 9;
constexpr std::size_t kMaxBeforeHash = 6;

// e?xt(?:ensi(?:o|ó))?n? and the like, written out with | between them; the longer first where one ends another.
constexpr char32_t kWords[] =
    U"extension|xtension|extensión|xtensión|extensio\u0301n|xtensio\u0301n|extensio|xtensio|extensió|xtensió|"
    U"extensio\u0301|xtensio\u0301|extn|xtn|ext|xt|ｅｘｔｎ|ｘｔｎ|ｅｘｔ|ｘｔ|доб|anexo";
constexpr char32_t kSigns[] = U"x|ｘ|#|＃|~|～|int|ｉｎｔ";
constexpr char32_t kParameter[] = U";ext=";

constexpr char32_t lower(char32_t c) noexcept {
  const bool is_capital = (c >= 'A' && c <= 'Z') || (c >= U'А' && c <= U'Я') || (c >= U'Ａ' && c <= U'Ｚ') || c == U'Ó';
  return is_capital ? c + 0x20 : c;
}

constexpr bool is_space(char32_t c) noexcept { return c == ' ' || c == 0x00A0 || c == '\t'; }
constexpr bool is_separator(char32_t c) noexcept { return is_space(c) || c == ','; }
constexpr bool is_stop(char32_t c) noexcept { return c == ':' || c == '.' || c == U'．'; }

class BackwardReader {
 public:
  explicit BackwardReader(std::span<const char32_t> text) noexcept : text_(text), at_(text.size()) {}

  [[nodiscard]] std::size_t at() const noexcept { return at_; }

  template <typename Predicate>
  std::size_t skip(Predicate belongs, std::size_t most = static_cast<std::size_t>(-1)) noexcept {
    std::size_t count = 0;
    while (at_ > 0 && count < most && belongs(text_[at_ - 1])) {
      --at_;
      ++count;
    }
    return count;
  }

  bool skip_word(std::u32string_view word) noexcept {
    if (word.size() > at_) {
      return false;
    }
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (lower(text_[at_ - word.size() + i]) != word[i]) {
        return false;
      }
    }
    at_ -= word.size();
    return true;
  }

  bool skip_any(std::u32string_view words) noexcept {
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(U'|'), words.size());
      if (skip_word(words.substr(0, end))) {
        return true;
      }
      words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
  }

 private:
  std::span<const char32_t> text_;
  std::size_t at_;
};

// The label just read, with the separators before it.
PhoneExtension with_separators(BackwardReader reader) noexcept {
  const std::size_t label = reader.at();
  reader.skip(is_separator);
  return {reader.at(), label};
}

// Commas and semicolons make a telephone pause and dial on. `reader` stands before the digits.
std::optional<PhoneExtension> after_dial_characters(std::span<const char32_t> text, BackwardReader reader,
                                                    std::size_t digits) noexcept {
  const std::size_t end = reader.at();
  reader.skip([](char32_t c) { return is_separator(c) || c == '-'; });
  const std::size_t run = reader.at();
  BackwardReader before = reader;
  before.skip(is_stop, 1);
  const std::size_t label_end = before.at();
  const auto spaces_before = [](BackwardReader at) {
    const std::size_t label = at.at();
    at.skip(is_space);
    return PhoneExtension{at.at(), label};
  };
  if (digits <= kMaxAfterDialCharacter && before.skip_word(U";")) {
    return spaces_before(before);
  }
  if (label_end != run) {
    const std::size_t commas = before.skip([](char32_t c) { return c == ','; });
    const std::size_t needed = digits <= kMaxAfterSign ? 1 : 2;
    if (commas >= needed && digits <= kMaxAfterDialCharacter) {
      return spaces_before(before);
    }
  }
  // Within the run: its first comma, or, before many digits, its first two in a row.
  for (std::size_t i = run; i < end && digits <= kMaxAfterDialCharacter; ++i) {
    if (text[i] != ',' || (digits > kMaxAfterSign && (i + 1 == end || text[i + 1] != ','))) {
      continue;
    }
    std::size_t begin = i;
    while (begin > run && is_space(text[begin - 1])) {
      --begin;
    }
    return PhoneExtension{begin, i};
  }
  return {};
}

}  // namespace

PhoneExtensions find_extensions(std::span<const char32_t> text) noexcept {
  PhoneExtensions found;
  BackwardReader reader(text);
  const bool has_hash = reader.skip_word(U"#");
  const std::size_t digits = reader.skip([](char32_t c) { return digit_value(c).has_value(); }, kMaxAfterLabel + 1);
  if (digits == 0 || digits > kMaxAfterLabel) {
    return found;
  }
  if (BackwardReader rfc3966 = reader; !has_hash && rfc3966.skip_word(kParameter)) {
    found.add({rfc3966.at(), rfc3966.at()});
    return found;
  }
  if (has_hash && digits <= kMaxBeforeHash) {
    BackwardReader before = reader;
    if (before.skip([](char32_t c) { return c == '-' || c == ' '; }) > 0) {
      found.add({before.at(), reader.at() - 1});
    }
  }
  if (const auto extension = after_dial_characters(text, reader, digits)) {
    found.add(*extension);
  }
  BackwardReader label = reader;
  label.skip([](char32_t c) { return is_separator(c) || c == '-'; });
  label.skip(is_stop, 1);
  if (BackwardReader word = label; word.skip_any(kWords)) {
    found.add(with_separators(word));
  } else if (digits <= kMaxAfterSign && label.skip_any(kSigns)) {
    found.add(with_separators(label));
  }
  return found;
}

}  // namespace leadscore::contact
