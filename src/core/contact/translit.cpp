#include "core/contact/translit.hpp"

#include <array>
#include <cstdint>
#include <span>

#include "core/contact/letters.hpp"
#include "core/contact/other_scripts.hpp"

namespace leadscore::contact {

namespace {

constexpr char capital_of(char letter) noexcept {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

void append_code_point(char32_t c, std::pmr::string& out) {
  std::array<char, 4> bytes{};
  out.append(bytes.data(), encode(c, bytes.data()));
}

bool is_capital(std::string_view text) noexcept { return !text.empty() && letter_of(decode(text).value).is_capital(); }
bool is_letter(std::string_view text) noexcept { return !text.empty() && letter_of(decode(text).value).is_letter(); }

// A letter of a script that the table does not have; symbols and punctuation of other scripts are none.
bool is_other_letter(char32_t c) { return letter_of(c).kind() == LetterKind::other_script && is_word_character(c); }

class Transliterator {
 public:
  Transliterator(std::string_view text, std::pmr::string& out, StopToken& stop) : rest_(text), out_(out), stop_(stop) {}

  void run() {
    while (!rest_.empty()) {
      stop_.check();
      const CodePoint next = decode(rest_);
      const Letter letter = letter_of(next.value);
      if (letter.is_letter() && letter.kind() != LetterKind::other_script && letter.kind() != LetterKind::apostrophe) {
        rest_.remove_prefix(next.size);
        spell(letter);
      } else if (is_other_letter(next.value)) {
        spell_others();
      } else {
        append_code_point(next.value, out_);
        rest_.remove_prefix(next.size);
        before_is_capital_ = false;
      }
    }
  }

 private:
  void spell(Letter letter) {
    const Marks marks(rest_);
    // A capital among small letters has one capital in Latin too; among capitals, or after one at a word's end, all.
    const bool all = letter.is_capital() && (is_letter(rest_) ? is_capital(rest_) : before_is_capital_);
    bool first = letter.is_capital();
    const auto append = [&](char32_t folded) {
      if (!is_spelled(folded)) {
        const LetterKind kind = letter_of(folded).kind();
        if (kind != LetterKind::mark && kind != LetterKind::apostrophe) {
          append_code_point(folded, out_);
        }
        return;
      }
      for (const char c : spelling_of(folded)) {
        out_.push_back(first || all ? capital_of(c) : c);
        first = false;
      }
    };
    if (letter.is_sequence()) {
      for (const std::uint16_t c : sequence_of(letter)) {
        append(c);
      }
    } else {
      append(marks.compose(letter.folded()));
    }
    before_is_capital_ = letter.is_capital();
  }

  void spell_others() {
    std::string_view after = rest_;
    while (!after.empty()) {
      stop_.check();
      const CodePoint next = decode(after);
      const Letter letter = letter_of(next.value);
      if (!is_other_letter(next.value) && letter.kind() != LetterKind::mark) {
        break;
      }
      after.remove_prefix(next.size);
    }
    translit_other_scripts(rest_.substr(0, rest_.size() - after.size()), out_, stop_);
    rest_ = after;
    before_is_capital_ = false;
  }

  std::string_view rest_;
  std::pmr::string& out_;
  StopToken& stop_;
  bool before_is_capital_ = false;
};

}  // namespace

void translit(std::string_view text, std::pmr::string& out, StopToken& stop) {
  out.reserve(out.size() + text.size());
  Transliterator(text, out, stop).run();
}

}  // namespace leadscore::contact
