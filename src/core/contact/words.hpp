// Splits a name or a company's name into folded words whose look-alike letters are repaired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/letters.hpp"
#include "core/stop_token.hpp"

namespace leadscore::contact {

/// The longest text that is read as a name, in bytes; a longer one is refused with Error(limit_exceeded).
inline constexpr std::size_t kMaxTextSize = std::size_t{256} << 20;

enum class TextKind : std::uint8_t {
  name,     // quotes within a word spell a hard sign; & and + separate
  company,  // quotes separate; & is a word of its own, + belongs to its word
};

/// One word: where it stands in the folded text, and what is in it.
struct Word {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;  // in bytes
  bool joined = false;     // only a hyphen or a dot stands between it and the word before
  bool single = false;     // one letter
  bool has_latin = false;
  bool has_cyrillic = false;
  bool has_other = false;  // a script of neither Europe's alphabets
  bool has_digit = false;
  bool is_sign = false;  // &
};

/// A text as words. Letters are folded (NFKC, case) and composed; marks that Unicode does not compose, such as stress,
/// are dropped; ё is е and ı is i, since capitals and habit do not tell them apart; apostrophes vanish. A word of
/// Latin and Cyrillic letters becomes one of the script of its letters that have no look-alike in the other; if all
/// have one, of the script of most of its letters, then of most other words, then Cyrillic. A word of digits and
/// letters with look-alikes becomes Latin (1С, X5, 3М).
class Words {
 public:
  explicit Words(std::pmr::memory_resource* memory) : folded_(memory), words_(memory) {}

  /// Replaces what was there. Linear in the text; polls `stop`. Bytes that are not UTF-8 separate words.
  void read(std::string_view text, TextKind kind, StopToken& stop);

  [[nodiscard]] std::string_view text(const Word& word) const noexcept {
    return std::string_view(folded_).substr(word.begin, word.size);
  }
  /// The words from `first` to `last` written together; they must be joined.
  [[nodiscard]] std::string_view text(const Word& first, const Word& last) const noexcept {
    return std::string_view(folded_).substr(first.begin, last.begin + last.size - first.begin);
  }
  [[nodiscard]] std::pmr::vector<Word>& list() noexcept { return words_; }
  /// Turns a word into &.
  void make_ampersand(Word& word);
  [[nodiscard]] bool has_other_script() const noexcept { return has_other_script_; }

 private:
  enum class Gap : std::uint8_t { none, joint, space };

  void read_plain(std::string_view& text);
  void read_character(std::string_view& text, TextKind kind);
  void read_other_script(std::string_view& text);
  void read_sequence(Letter letter);
  void read_marks(std::string_view& text);
  void begin_word();
  void note(std::uint32_t kinds) noexcept;
  void add(char32_t folded, LetterKind kind);
  void add_sign(char sign);
  void fold_again();
  void end_word(Gap gap);
  void settle_mixed();
  void rewrite(Word& word, bool cyrillic);

  std::pmr::string folded_;
  std::pmr::vector<Word> words_;
  Word word_;                // the one being read
  std::size_t last_ = 0;     // where the last code point of folded_ begins
  std::size_t letters_ = 0;  // code points in the word being read
  Gap gap_ = Gap::space;
  bool has_other_script_ = false;
  bool has_mixed_ = false;
};

/// Appends some of the words, separated by single spaces; polls `stop`.
void append_words(const Words& words, std::span<const Word> some, std::pmr::string& out, StopToken& stop);

/// Memory for a text of that size: what is usual comes from a buffer on the stack, the rest from `upstream`.
class WordMemory {
 public:
  WordMemory(std::size_t text_size, std::pmr::memory_resource* upstream)
      : buffer_(bytes_, sizeof bytes_, upstream), upstream_(upstream), fits_(text_size <= kFitting) {}

  [[nodiscard]] std::pmr::memory_resource* resource() noexcept { return fits_ ? &buffer_ : upstream_; }

 private:
  static constexpr std::size_t kFitting = 512;

  alignas(std::max_align_t) std::byte bytes_[4096];
  std::pmr::monotonic_buffer_resource buffer_;
  std::pmr::memory_resource* upstream_;
  bool fits_;
};

}  // namespace leadscore::contact
