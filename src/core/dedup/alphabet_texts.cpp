#include "core/dedup/alphabet_texts.hpp"

#include <cstdint>
#include <cstring>

#include "core/contact/utf8.hpp"

namespace leadscore::dedup {

namespace {

template <class Word>
Word word_at(const char* place) noexcept {
  Word word = 0;
  std::memcpy(&word, place, sizeof(word));
  return word;
}

// By words that overlap: a loop over what is left would end after another number of bytes each time.
bool is_ascii(std::string_view text) noexcept {
  constexpr std::uint64_t kBeyond = 0x8080808080808080U;
  std::uint64_t all = 0;
  if (text.size() >= sizeof(std::uint64_t)) {
    const char* const last = text.data() + text.size() - sizeof(std::uint64_t);
    for (const char* place = text.data(); place < last; place += sizeof(std::uint64_t)) {
      all |= word_at<std::uint64_t>(place);
    }
    all |= word_at<std::uint64_t>(last);
  } else if (text.size() >= sizeof(std::uint32_t)) {
    const char* const last = text.data() + text.size() - sizeof(std::uint32_t);
    all = word_at<std::uint32_t>(text.data()) | word_at<std::uint32_t>(last);
  } else {
    for (const char byte : text) {
      all |= static_cast<unsigned char>(byte);
    }
  }
  return (all & kBeyond) == 0;
}

}  // namespace

// The letters are filled as far as they are read.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
AlphabetTexts::AlphabetTexts(std::string_view a, std::string_view b) noexcept {
  fit_ = recode(a, letters_a_, a_) && recode(b, letters_b_, b_);
}

bool AlphabetTexts::recode(std::string_view text, Letters& letters, std::string_view& recoded) noexcept {
  if (text.size() <= letters.size() && is_ascii(text)) {
    recoded = text;
    return true;
  }
  constexpr char32_t kPageSize = 0x80;
  std::size_t size = 0;
  char32_t page = page_;  // a member would be read again after each letter written
  while (!text.empty()) {
    if (size == letters.size()) {
      return false;
    }
    if (static_cast<unsigned char>(text.front()) < kPageSize) {
      letters[size++] = text.front();
      text.remove_prefix(1);
      continue;
    }
    const contact::CodePoint point = contact::decode(text);
    text.remove_prefix(point.size);
    const char32_t own_page = point.value / kPageSize;
    page = page == 0 ? own_page : page;
    if (own_page != page) {
      return false;
    }
    letters[size++] = static_cast<char>(kPageSize | point.value % kPageSize);
  }
  page_ = page;
  recoded = {letters.data(), size};
  return true;
}

}  // namespace leadscore::dedup
