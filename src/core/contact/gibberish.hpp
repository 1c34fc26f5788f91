// How improbable a word's letters are, by pairs of letters in Russian and English words and names.
#pragma once

#include <optional>
#include <span>

namespace leadscore::contact {

/// From this value on a word counts as gibberish.
inline constexpr double kGibberish = 1;

/// How strange a word is: the mean over its pairs of neighbouring letters, both ends included, of the bits (-log2) of
/// the second's probability after the first, divided by the bits from which on 1 % of real names lie. Real names have
/// about 0.75 in the middle, random letters 1.1 to 1.5.
///
/// The word is folded: small letters, ё or е. Two models speak for a Latin word (English words with names of the world,
/// and romanised Russian) and two for a Russian one (Russian, and foreign names as Russian spells them); the milder
/// judgement counts. Words and names of the training lists that would count as gibberish (knight, przybylski) are known
/// and have 0, and a Mc or Fitz at the start is not judged. Nothing for words of fewer than 5 letters, and for a word
/// with any other letter than a to z or а to я: what is not known is not held against anybody. Linear.
///
/// Training data: scripts/generate_bigram_data. Measured on some 64,000 different names from another source
/// (transliteration pairs of Wikidata; the test RatesOnRealNames): 0.75 % of the Latin and 0.64 % of the Cyrillic ones
/// count as gibberish, 0.24 % and 0.25 % as often as they are met. Of random letters it finds 84 % and 83 % at six
/// letters, 94 % at eight, 98 % and 97 % at ten.
std::optional<double> strangeness(std::span<const char16_t> word) noexcept;

}  // namespace leadscore::contact
