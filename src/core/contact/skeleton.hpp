// What is left of a word when the ways to spell it in Cyrillic and in Latin are taken away.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Turns folded words into skeletons; keeps its memory from word to word.
class SkeletonWriter {
 public:
  explicit SkeletonWriter(std::pmr::memory_resource* memory) : letters_(memory), sounds_(memory) {}

  /// Appends the word's skeleton: ASCII letters a e i o u and b d f h j k l m n p r s t v w y, where h is г, х and кс,
  /// j is ж and дж, s is с, з and ц, w is ч, ш and щ, and y begins я and ю. Cyrillic words and their romanisations by
  /// any usual standard have one skeleton, most names of other languages and their usual Russian spelling too.
  /// Linear; polls `stop`. Digits and letters of other scripts are left out.
  void append(std::string_view word, std::pmr::string& out, StopToken& stop);

 private:
  void encode_letters(std::string_view word, StopToken& stop);
  void apply_rules(StopToken& stop);
  void settle_sounds(std::pmr::string& out, StopToken& stop) const;

  std::pmr::string letters_;
  std::pmr::string sounds_;
};

/// Appends the phonetic key of a skeleton: the vowels are two classes and u, one vowel stands for several, a final e or
/// i is silent, f is v, nothing is double.
void append_phonetic_key(std::string_view skeleton, std::pmr::string& out);

}  // namespace leadscore::contact
