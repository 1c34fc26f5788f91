// Texts that people and their programs put into the fields of a form, for tests of what holds for every one.
#pragma once

#include <gtest/gtest.h>

#include <unicode/ustring.h>

#include <array>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "core/stop_token.hpp"

namespace leadscore::test {

inline constexpr std::array<std::string_view, 47> kTexts = {
    "Иванов Иван Иванович",
    "г-н Щукин, Пётр",
    "к.т.н. Сидоров А.Б.",
    "Mr Dr г-н",
    "Г-Н mr",
    "John Smith Jr., Ph.D.",
    "O’Brien-Müller",
    "Ивaнов Cepгей Bиктopович",
    "Иvан Oлeг",
    "Macao Ocean",
    "1С X5 3М Т2",
    "Strauß STRASSE ſs",
    "İıIi Yıldız",
    "ΣΊΣΥΦΟΣ ςσ",
    "ǅ Ǆ ǆ ŉ ﬁ ﬃ ĳ",
    "Nguye\u0302\u0303n Thu\u0309y",
    "a\u0301\u0323b\u0300\u0300 \u0301x",
    "é́é́",
    "ǘ\u031B ậ\u0301",
    "Ⅷ ½ ² № ™ ª",
    "ООО «Ромашка»",
    "ООО ООО & ООО",
    "Рога и Копыта, ЗАО",
    "ИП Иванов А.О.",
    "А. О. и И. И.",
    "И и И и И",
    "A.B. и Копыта & & Co. KG",
    "& Co. KG",
    "GmbH & Co. KG",
    "Roga & Kopyta GmbH & Co. KGaA i.L.",
    "Tiffany & Co.",
    "I.B.M. Corp. Ltd.",
    "Sp. z o.o. sp. k.",
    "Kowalski i Synowie Sp. z o.o.",
    "Koç San. ve Tic. A.Ş.",
    "C++ & Строй+ +",
    "Alpha and and Beta",
    "and und et y",
    "王小明 株式会社トヨタ",
    "ﾔﾏﾀﾞ ガ が",
    "ბერიძე ᲑᲔᲠᲘᲫᲔ",
    "Հայկ ՀԱՅԿ եւ և",
    "محمد بن سلمان ﷺ ﷲ",
    "हिन्दी क्\u200Dष",
    "😀 a\uFE0Fb \U000E0001",
    "\"'`´’ʼ·- . --",
    "Pod\"yachev \"Ваня\" a\"b",
};

/// What a function that appends to a string makes of a text.
template <class Function>
std::string result_of(Function function, std::string_view text) {
  StopToken stop;
  std::pmr::string out;
  function(text, out, stop);
  return std::string(out);
}

/// The text in capitals, as ICU says.
inline std::string upper(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  std::vector<UChar> source(text.size() + 1);
  std::vector<UChar> capitals(4 * text.size() + 16);
  std::vector<char> bytes(3 * capitals.size());
  std::int32_t size = 0;
  u_strFromUTF8(source.data(), static_cast<std::int32_t>(source.size()), &size, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  size = u_strToUpper(capitals.data(), static_cast<std::int32_t>(capitals.size()), source.data(), size, "", &status);
  u_strToUTF8(bytes.data(), static_cast<std::int32_t>(bytes.size()), &size, capitals.data(), size, &status);
  EXPECT_TRUE(U_SUCCESS(status)) << u_errorName(status);
  return {bytes.data(), static_cast<std::size_t>(size)};
}

}  // namespace leadscore::test
