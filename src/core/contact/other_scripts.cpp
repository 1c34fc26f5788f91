#include "core/contact/other_scripts.hpp"

#include <array>
#include <cstdint>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utrans.h>

#include "core/contact/utf8.hpp"

namespace leadscore::contact {

namespace {

constexpr std::size_t kMaxSegment = 32;

// The rules are read once in a process and stay.
const UTransliterator* latin_rules() {
  static UTransliterator* rules = [] {
    static constexpr std::u16string_view kRules = u"Any-Latin; Latin-ASCII";
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator* opened = utrans_openU(kRules.data(), static_cast<std::int32_t>(kRules.size()), UTRANS_FORWARD,
                                           nullptr, 0, nullptr, &status);
    return U_SUCCESS(status) ? opened : nullptr;
  }();
  return rules;
}

void append_utf8(std::u16string_view text, std::pmr::string& out) {
  std::array<char, 4> bytes{};
  for (std::size_t i = 0; i < text.size();) {
    UChar32 c = 0;
    U16_NEXT(text.data(), i, text.size(), c);
    out.append(bytes.data(), encode(U_IS_SURROGATE(c) ? kInvalid : static_cast<char32_t>(c), bytes.data()));
  }
}

}  // namespace

std::size_t fold_other_script(std::string_view& text, std::span<char32_t, kMaxFolded> folded) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCCasefoldInstance(&status);
  std::array<UChar, 2 * kMaxSegment> segment{};
  std::int32_t size = 0;
  std::size_t count = 0;
  while (!text.empty()) {
    const CodePoint next = decode(text);
    if (count > 0 &&
        (U_FAILURE(status) || unorm2_hasBoundaryBefore(normalizer, static_cast<UChar32>(next.value)) != 0)) {
      break;
    }
    text.remove_prefix(next.size);
    if (count < kMaxSegment) {
      folded[count++] = next.value;
      U16_APPEND_UNSAFE(segment.data(), size, next.value);
    }
  }
  std::array<UChar, kMaxFolded> result;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  const std::int32_t written = U_FAILURE(status) ? 0
                                                 : unorm2_normalize(normalizer, segment.data(), size, result.data(),
                                                                    static_cast<std::int32_t>(result.size()), &status);
  if (U_FAILURE(status)) {
    return count;
  }
  count = 0;
  for (std::int32_t i = 0; i < written;) {
    UChar32 c = 0;
    U16_NEXT(result.data(), i, written, c);
    folded[count++] = static_cast<char32_t>(c);
  }
  return count;
}

bool is_word_character(char32_t code_point) {
  return (U_MASK(u_charType(static_cast<UChar32>(code_point))) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

void translit_other_scripts(std::string_view text, std::pmr::string& latin, StopToken& stop) {
  // A piece is small enough for the stack and long enough for the rules that look around; text grows by at most 16.
  constexpr std::size_t kPiece = 256;
  constexpr std::size_t kGrowth = 16;
  std::array<UChar, kPiece * kGrowth> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  while (!text.empty()) {
    stop.check();
    std::int32_t size = 0;
    std::string_view rest = text;
    while (!rest.empty() && size < static_cast<std::int32_t>(kPiece)) {
      const CodePoint next = decode(rest);
      U16_APPEND_UNSAFE(piece.data(), size, next.value);
      rest.remove_prefix(next.size);
    }
    const UTransliterator* rules = latin_rules();
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t limit = size;
    if (rules != nullptr) {
      utrans_transUChars(rules, piece.data(), &size, static_cast<std::int32_t>(piece.size()), 0, &limit, &status);
    }
    if (rules == nullptr || U_FAILURE(status)) {
      latin += text.substr(0, text.size() - rest.size());
    } else {
      append_utf8({piece.data(), static_cast<std::size_t>(size)}, latin);
    }
    text = rest;
  }
}

}  // namespace leadscore::contact
