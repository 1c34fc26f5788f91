// Reads a text as libphonenumber does before it looks at numbering plans.
#include "core/contact/phone_text.hpp"

#include <algorithm>
#include <iterator>

#include "core/contact/phone_extension.hpp"
#include "core/contact/utf8.hpp"

namespace leadscore::contact {
namespace {

// Where the ten digits of each script begin, beyond ASCII: Unicode 15, category Nd.
constexpr char32_t kZeros[] = {
    0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,  0x0CE6,  0x0D66,
    0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,
    0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,
    0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730,
    0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
};

constexpr bool is_letter(char32_t c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// What may stand between the digits of a number. An x stands for a carrier's code in some countries.
constexpr bool is_punctuation(char32_t c) noexcept {
  switch (c) {
    case '-':
    case '/':
    case ' ':
    case '(':
    case ')':
    case '.':
    case '[':
    case ']':
    case '~':
    case '*':
    case 'x':
    case 'X':
    case 0x00A0:
    case 0x00AD:
    case 0x200B:
    case 0x2060:
    case 0x2053:
    case 0x2212:
    case 0x223C:
    case 0x3000:
    case 0x30FC:
    case 0xFF08:
    case 0xFF09:
    case 0xFF0D:
    case 0xFF0E:
    case 0xFF0F:
    case 0xFF3B:
    case 0xFF3D:
      return true;
    default:
      return c >= 0x2010 && c <= 0x2015;
  }
}

// Whether a character at the end of a text may belong to a number: a letter, a digit or #. Beyond ASCII everything that
// is not plainly a sign counts as a letter; it then makes the text no number, as a letter would.
bool may_end_number(char32_t c) noexcept {
  if (c < 0x80) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '#';
  }
  if (c < 0xC0) {
    constexpr std::u32string_view kLetters = U"ª²³µ¹º¼½¾";
    return kLetters.find(c) != std::u32string_view::npos;
  }
  const bool is_sign = (c >= 0x2000 && c < 0x2070) || (c >= 0x20A0 && c < 0x2100) || (c >= 0x2190 && c < 0x2460) ||
                       (c >= 0x2500 && c < 0x2776) || (c >= 0x2794 && c < 0x2C00) || (c >= 0x3000 && c < 0x3005) ||
                       (c >= 0x3008 && c < 0x3021) || (c >= 0xFE00 && c < 0xFE70) || c == 0xFEFF ||
                       (c >= 0xFF01 && c < 0xFF10) || (c >= 0xFF1A && c < 0xFF21) || (c >= 0xFF3B && c < 0xFF41) ||
                       (c >= 0xFF5B && c < 0xFF66) || (c >= 0x1F000 && c < 0x1F100) || (c >= 0x1F300 && c < 0x1FBF0);
  return !is_sign;
}

std::uint8_t key_of(char32_t letter) noexcept {
  constexpr std::string_view kKeys = "22233344455566677778889999";
  return static_cast<std::uint8_t>(kKeys[(letter | 0x20U) - 'a'] - '0');
}

std::size_t find(PhoneCharacters text, std::u32string_view what) noexcept {
  return std::u32string_view(text.data(), text.size()).find(what);
}

// The part of a text that may be a number.
PhoneCharacters possible_number(PhoneCharacters text) noexcept {
  const auto begin =
      std::find_if(text.begin(), text.end(), [](char32_t c) { return is_plus(c) || digit_value(c).has_value(); });
  text = text.subspan(static_cast<std::size_t>(begin - text.begin()));
  while (!text.empty() && !may_end_number(text.back())) {
    text = text.first(text.size() - 1);
  }
  // (530) 583-6985 x302/x2303 are two extensions of one number: the last slash with an x behind it ends it.
  for (std::size_t x = text.size(); x-- > 1;) {
    if (text[x] != 'x') {
      continue;
    }
    std::size_t slash = x - 1;
    while (slash > 0 && text[slash] == ' ') {
      --slash;
    }
    if (text[slash] == '/' || text[slash] == '\\') {
      return text.first(slash);
    }
  }
  return text;
}

bool is_global_number(PhoneCharacters context) noexcept {
  const bool has_form = std::all_of(context.begin() + 1, context.end(), [](char32_t c) {
    return digit_value(c) || c == '-' || c == '.' || c == '(' || c == ')';
  });
  return has_form && std::any_of(context.begin(), context.end(), [](char32_t c) { return digit_value(c).has_value(); });
}

// Labels of letters, digits and inner hyphens with dots between them; the last begins with a letter.
bool is_domain_name(PhoneCharacters context) noexcept {
  if (context.back() == '.') {
    context = context.first(context.size() - 1);
  }
  char32_t before = '.';
  char32_t first_of_label = 0;
  for (const char32_t c : context) {
    const bool is_inner = is_letter(c) || digit_value(c);
    if (!is_inner && (before == '.' || (c != '-' && c != '.') || (c == '.' && before == '-'))) {
      return false;
    }
    if (before == '.') {
      first_of_label = c;
    }
    before = c;
  }
  return before != '.' && before != '-' && is_letter(first_of_label);
}

// tel:7042;phone-context=+1-914-555 is +1-914-5557042; a context that is a domain says nothing. Nothing if there is a
// context that is neither.
std::optional<PhoneCharacters> follow_context(PhoneCharacters text, std::size_t parameter, std::size_t value,
                                              std::span<char32_t, PhoneText::kMaxCharacters> buffer) noexcept {
  PhoneCharacters context = text.subspan(value);
  context = context.first(std::min(find(context, U";"), context.size()));
  if (context.empty() || !(context.front() == '+' ? is_global_number(context) : is_domain_name(context))) {
    return {};
  }
  constexpr std::u32string_view kScheme = U"tel:";
  const std::size_t scheme = find(text, kScheme);
  const std::size_t begin = scheme == std::u32string_view::npos ? 0 : scheme + kScheme.size();
  if (begin > parameter) {
    return {};
  }
  const PhoneCharacters number = text.subspan(begin, parameter - begin);
  if (context.front() != '+') {
    return number;
  }
  // Both are parts of one text, so they fit.
  char32_t* end = std::copy(context.begin(), context.end(), buffer.data());
  end = std::copy(number.begin(), number.end(), end);
  return PhoneCharacters(buffer.data(), end);
}

// How far a text has the form of a number: three digits with punctuation between them, then letters as well. The
// beginnings of `least` to `most` characters have it; nothing if none has.
struct Form {
  std::size_t least;
  std::size_t most;
};
std::optional<Form> form_of(PhoneCharacters text) noexcept {
  constexpr int kMinDigits = 3;
  std::size_t i = 0;
  while (i < text.size() && is_plus(text[i])) {
    ++i;
  }
  for (int digits = 0; digits < kMinDigits; ++i) {
    if (i == text.size()) {
      return {};
    }
    if (digit_value(text[i])) {
      ++digits;
    } else if (!is_punctuation(text[i])) {
      return {};
    }
  }
  const std::size_t least = i;
  while (i < text.size() && (digit_value(text[i]) || is_punctuation(text[i]) || is_letter(text[i]))) {
    ++i;
  }
  return Form{least, i};
}

}  // namespace

PhoneText::PhoneText(std::string_view text) noexcept {
  while (!text.empty()) {
    if (size_ == kMaxCharacters) {
      is_cut_ = true;
      return;
    }
    const CodePoint next = decode(text);
    has_invalid_ = has_invalid_ || (next.value == kInvalid && next.size == 1);
    characters_[size_++] = next.value;
    text.remove_prefix(next.size);
  }
}

std::optional<std::uint8_t> digit_value(char32_t character) noexcept {
  if (character < 0x80) {
    return character >= '0' && character <= '9' ? std::optional(static_cast<std::uint8_t>(character - '0'))
                                                : std::nullopt;
  }
  if (character < kZeros[0]) {
    return {};
  }
  const char32_t zero = *std::prev(std::upper_bound(std::begin(kZeros), std::end(kZeros), character));
  return character - zero < 10 ? std::optional(static_cast<std::uint8_t>(character - zero)) : std::nullopt;
}

std::optional<DialString> read_dial_string(PhoneCharacters text) noexcept {
  std::array<char32_t, PhoneText::kMaxCharacters> buffer;  // written before it is read
  constexpr std::u32string_view kContext = U";phone-context=";
  if (const std::size_t parameter = find(text, kContext); parameter != std::u32string_view::npos) {
    const auto followed = follow_context(text, parameter, parameter + kContext.size(), buffer);
    if (!followed) {
      return {};
    }
    text = *followed;
  } else {
    text = possible_number(text);
  }
  text = text.first(std::min(find(text, U";isub="), text.size()));

  const std::optional<Form> form = form_of(text);
  if (!form) {
    return {};
  }
  const PhoneExtensions extensions = find_extensions(text);
  const bool has_form = form->most == text.size() ||
                        std::any_of(extensions.begin(), extensions.end(), [&form](const PhoneExtension& extension) {
                          return extension.begin <= form->most && extension.label >= form->least;
                        });
  if (!has_form) {
    return {};
  }
  const std::size_t end = extensions.first_begin();
  if (end >= form->least && end <= form->most) {
    text = text.first(end);
  }

  constexpr int kMinLetters = 3;
  const bool has_words = std::count_if(text.begin(), text.end(), is_letter) >= kMinLetters;
  DialString dial;
  dial.has_plus = is_plus(text.front());
  for (const char32_t c : text) {
    if (has_words && is_letter(c)) {
      dial.append(key_of(c));
    } else if (const std::optional<std::uint8_t> digit = digit_value(c); digit && (!has_words || c < 0x80)) {
      dial.append(*digit);
    }
  }
  return dial.is_too_long() ? std::nullopt : std::optional(dial);
}

}  // namespace leadscore::contact
