#include "core/model/framework_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace leadscore::model {

namespace {

constexpr std::array<std::string_view, 7> kYes{"yes", "y", "true", "t", "on", "да", "д"};
constexpr std::array<std::string_view, 7> kNo{"no", "n", "false", "f", "off", "нет", "н"};
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) noexcept {
  for (;;) {
    if (!text.empty() && is_blank(text.front())) {
      text.remove_prefix(1);
    } else if (!text.empty() && is_blank(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(kNoBreakSpace)) {
      text.remove_prefix(kNoBreakSpace.size());
    } else if (text.ends_with(kNoBreakSpace)) {
      text.remove_suffix(kNoBreakSpace.size());
    } else {
      return text;
    }
  }
}

// Makes the capitals of A-Z and А-Я small, in place.
void make_small(char* text, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 'A' && byte <= 'Z') {
      text[i] = static_cast<char>(byte + ('a' - 'A'));
    } else if (byte == 0xD0 && i + 1 < size) {
      const auto next = static_cast<unsigned char>(text[i + 1]);
      if (next >= 0x90 && next <= 0x9F) {  // А-П become D0 B0-BF
        text[i + 1] = static_cast<char>(next + 0x20);
      } else if (next >= 0xA0 && next <= 0xAF) {  // Р-Я become D1 80-8F
        text[i] = static_cast<char>(0xD1);
        text[i + 1] = static_cast<char>(next - 0x20);
      }
      ++i;
    }
  }
}

FrameworkAnswer number_in(std::string_view text) noexcept {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? answer_of_number(number) : std::nullopt;
}

}  // namespace

FrameworkAnswer answer_of_number(double number) noexcept {
  return number >= 0 && number <= 1 ? FrameworkAnswer(number) : std::nullopt;
}

FrameworkAnswer answer_of_text(std::string_view text) noexcept {
  if (text.size() > kLongestAnswer) {
    return std::nullopt;
  }
  const std::string_view written = trimmed(text);
  std::array<char, kLongestAnswer> small{};
  std::copy(written.begin(), written.end(), small.begin());
  make_small(small.data(), written.size());
  const std::string_view word(small.data(), written.size());
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) {
    return 1.0;
  }
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) {
    return 0.0;
  }
  std::replace(small.begin(), small.end(), ',', '.');
  return number_in(word);
}

}  // namespace leadscore::model
