// Internationalised domains and local parts by ICU's C interface, opened when the first one comes.
#include "core/contact/internationalized.hpp"

#include <array>
#include <cstdint>
#include <new>

#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

namespace leadscore::contact {
namespace {

// Of UTF-16, for one part of an address; what is longer cannot become one of at most 253 bytes of ASCII, or 64 of
// UTF-8.
constexpr std::int32_t kLongest = 1024;
using Utf16 = std::array<UChar, kLongest>;

template <class Service>
const Service* required(const Service* service) {
  if (service == nullptr) {
    throw std::bad_alloc();  // out of memory, or an installation without ICU's data
  }
  return service;
}

const UIDNA* idna() {
  static const UIDNA* opened = [] {
    UErrorCode error = U_ZERO_ERROR;
    const std::uint32_t options =
        UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII;
    const UIDNA* service = uidna_openUTS46(options, &error);
    return required(U_SUCCESS(error) ? service : nullptr);
  }();
  return opened;
}

const UNormalizer2* normalizer(const UNormalizer2* (*instance)(UErrorCode*)) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* service = instance(&error);
  return required(U_SUCCESS(error) ? service : nullptr);
}

bool is_visible(UChar32 character) {
  constexpr std::uint32_t kVisible = U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK | U_GC_P_MASK | U_GC_S_MASK;
  const bool has_shape =
      (U_GET_GC_MASK(character) & kVisible) != 0 || character == ' ';  // which stands in quotation marks
  return has_shape && u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
}

// The size, or 0 if it does not fit.
std::int32_t normalize(const UNormalizer2* form, const Utf16& from, std::int32_t size, Utf16& to) {
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t written = unorm2_normalize(form, from.data(), size, to.data(), kLongest, &error);
  return U_SUCCESS(error) ? written : 0;
}

}  // namespace

std::size_t domain_to_ascii(std::string_view domain, std::span<char> ascii) {
  if (domain.size() > static_cast<std::size_t>(kLongest)) {
    return 0;
  }
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t size =
      uidna_nameToASCII_UTF8(idna(), domain.data(), static_cast<std::int32_t>(domain.size()), ascii.data(),
                             static_cast<std::int32_t>(ascii.size()), &info, &error);
  const std::uint32_t errors = info.errors & ~static_cast<std::uint32_t>(UIDNA_ERROR_HYPHEN_3_4);
  const bool fits = U_SUCCESS(error) && size > 0 && static_cast<std::size_t>(size) <= ascii.size();
  return fits && errors == 0 ? static_cast<std::size_t>(size) : 0;
}

std::size_t fold_local_part(std::string_view content, std::span<char> folded) {
  if (content.size() > static_cast<std::size_t>(kLongest)) {
    return 0;
  }
  const UNormalizer2* decompose = normalizer(unorm2_getNFDInstance);
  const UNormalizer2* compose = normalizer(unorm2_getNFCInstance);
  Utf16 first;
  Utf16 second;
  std::int32_t size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(first.data(), kLongest, &size, content.data(), static_cast<std::int32_t>(content.size()), &error);
  if (U_FAILURE(error)) {
    return 0;
  }
  size = normalize(decompose, first, size, second);

  // Folding what is decomposed, then composing, is stable (The Unicode Standard, D145).
  std::int32_t written = 0;
  for (std::int32_t i = 0; i < size;) {
    UChar32 character = 0;
    U16_NEXT(second.data(), i, size, character);
    character = u_foldCase(character, U_FOLD_CASE_DEFAULT);
    UBool is_full = 0;
    if (!is_visible(character)) {
      return 0;
    }
    U16_APPEND(first.data(), written, kLongest, character, is_full);
    if (is_full != 0) {
      return 0;
    }
  }
  size = normalize(compose, first, written, second);

  std::int32_t bytes = 0;
  u_strToUTF8(folded.data(), static_cast<std::int32_t>(folded.size()), &bytes, second.data(), size, &error);
  return U_SUCCESS(error) ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace leadscore::contact
