#include "core/contact/words.hpp"

#include <array>
#include <span>

#include "core/contact/letters.hpp"
#include "core/contact/look_alikes.hpp"
#include "core/contact/other_scripts.hpp"
#include "core/error.hpp"

namespace leadscore::contact {

namespace {

// Letters that capitals, or habit, do not tell apart.
constexpr char32_t settled(char32_t folded) noexcept {
  if (folded == U'ё') {
    return U'е';
  }
  return folded == U'ı' ? U'i' : folded;
}

bool has_letters_without_twin(std::string_view word) noexcept {
  for (; !word.empty(); word.remove_prefix(decode(word).size)) {
    const char32_t c = decode(word).value;
    const LetterKind kind = letter_of(c).kind();
    if ((kind == LetterKind::latin && cyrillic_twin(c) == 0) || (kind == LetterKind::cyrillic && latin_twin(c) == 0)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void Words::read(std::string_view text, TextKind kind, StopToken& stop) {
  if (text.size() > kMaxTextSize) {
    throw Error(ErrorCode::limit_exceeded, "a name must not be longer than 256 MB");
  }
  folded_.clear();
  words_.clear();
  folded_.reserve(text.size() + 16);
  words_.reserve(8);
  word_ = {};
  last_ = letters_ = 0;
  gap_ = Gap::space;
  has_other_script_ = has_mixed_ = false;
  while (!text.empty()) {
    stop.check();
    read_plain(text);
    if (!text.empty()) {
      read_character(text, kind);
    }
  }
  end_word(Gap::space);
  if (has_mixed_) {
    settle_mixed();
  }
}

// What nearly all text is: letters of one or two bytes that fold to such a letter. Read in blocks.
void Words::read_plain(std::string_view& text) {
  std::array<char, 64> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::size_t size = 0;
  std::size_t last = 0;
  std::size_t letters = 0;
  std::size_t at = 0;
  std::uint32_t kinds = 0;
  while (at < text.size() && size + 2 <= block.size()) {
    char32_t c = static_cast<unsigned char>(text[at]);
    std::size_t width = 1;
    if (c >= 0x80) {
      const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : '\0');
      if (c < 0xC2 || c > 0xDF || (next & 0xC0U) != 0x80U) {
        break;
      }
      c = (c & 0x1FU) << 6 | (next & 0x3FU);
      width = 2;
    }
    const Letter letter = letter_of(c);
    const char32_t folded = settled(letter.folded());
    if (!letter.is_plain() || folded >= 0x800) {
      break;
    }
    kinds |= 1U << static_cast<unsigned>(letter.kind());
    last = size;
    if (folded < 0x80) {
      block[size++] = static_cast<char>(folded);
    } else {
      block[size++] = static_cast<char>(0xC0U | folded >> 6);
      block[size++] = static_cast<char>(0x80U | (folded & 0x3FU));
    }
    ++letters;
    at += width;
  }
  if (letters == 0) {
    return;
  }
  if (letters_ == 0) {
    begin_word();
  }
  gap_ = Gap::none;
  letters_ += letters;
  last_ = folded_.size() + last;
  folded_.append(block.data(), size);
  note(kinds);
  text.remove_prefix(at);
}

void Words::read_character(std::string_view& text, TextKind kind) {
  const CodePoint next = decode(text);
  const Letter letter = letter_of(next.value);
  switch (letter.kind()) {
    case LetterKind::other_script:
      read_other_script(text);
      return;
    case LetterKind::mark:
      read_marks(text);
      return;
    case LetterKind::latin:
    case LetterKind::cyrillic:
    case LetterKind::greek:
    case LetterKind::digit:
      text.remove_prefix(next.size);
      add(letter.folded(), letter.kind());
      return;
    default:
      break;
  }
  text.remove_prefix(next.size);
  switch (letter.kind()) {
    case LetterKind::sequence:
      read_sequence(letter);
      return;
    case LetterKind::hyphen:
    case LetterKind::dot:
      end_word(Gap::joint);
      return;
    case LetterKind::apostrophe:
    case LetterKind::ignored:
      return;
    case LetterKind::quote:
      if (kind == TextKind::name && letters_ > 0 && letter_of(decode(text).value).is_letter()) {
        return;
      }
      end_word(Gap::space);
      return;
    case LetterKind::sign:
      if (kind == TextKind::company) {
        add_sign(letter.folded() == U'&' ? '&' : '+');
        return;
      }
      end_word(Gap::space);
      return;
    default:
      end_word(Gap::space);
  }
}

void Words::read_other_script(std::string_view& text) {
  std::array<char32_t, kMaxFolded> folded;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  const std::size_t count = fold_other_script(text, folded);
  for (const char32_t c : std::span(folded).first(count)) {
    const Letter letter = letter_of(c);
    switch (letter.kind()) {
      case LetterKind::other_script:
        if (is_word_character(c)) {
          add(c, letter.kind());
        } else {
          end_word(Gap::space);
        }
        break;
      case LetterKind::latin:
      case LetterKind::cyrillic:
      case LetterKind::greek:
      case LetterKind::digit:
        add(c, letter.kind());
        break;
      case LetterKind::mark:
      case LetterKind::ignored:
      case LetterKind::apostrophe:
        break;
      default:
        end_word(Gap::space);
    }
  }
}

void Words::read_sequence(Letter letter) {
  std::array<char, 64> bytes{};
  std::size_t size = 0;
  for (const std::uint16_t c : sequence_of(letter)) {
    if (size + 4 <= bytes.size()) {
      size += encode(c, bytes.data() + size);
    }
  }
  // Its parts fold to themselves.
  std::string_view sequence(bytes.data(), size);
  while (!sequence.empty()) {
    read_character(sequence, TextKind::name);
  }
}

void Words::read_marks(std::string_view& text) {
  const Marks marks(text);
  if (letters_ == 0) {
    return;
  }
  const char32_t base = decode(std::string_view(folded_).substr(last_)).value;
  const char32_t both = settled(marks.compose(base));
  if (both != base) {
    std::array<char, 4> bytes{};
    folded_.resize(last_);
    folded_.append(bytes.data(), encode(both, bytes.data()));
  }
}

void Words::begin_word() {
  word_ = {};
  word_.begin = static_cast<std::uint32_t>(folded_.size());
  word_.joined = gap_ == Gap::joint && !words_.empty();
}

// Takes a set of LetterKind, a bit each.
void Words::note(std::uint32_t kinds) noexcept {
  const auto has = [kinds](LetterKind kind) { return (kinds >> static_cast<unsigned>(kind) & 1U) != 0; };
  word_.has_latin = word_.has_latin || has(LetterKind::latin);
  word_.has_cyrillic = word_.has_cyrillic || has(LetterKind::cyrillic);
  word_.has_digit = word_.has_digit || has(LetterKind::digit);
  word_.has_other = word_.has_other || has(LetterKind::other_script);
  has_other_script_ = has_other_script_ || word_.has_other;
}

void Words::add(char32_t folded, LetterKind kind) {
  if (letters_ == 0) {
    begin_word();
  }
  gap_ = Gap::none;
  ++letters_;
  last_ = folded_.size();
  std::array<char, 4> bytes{};
  folded_.append(bytes.data(), encode(settled(folded), bytes.data()));
  note(1U << static_cast<unsigned>(kind));
}

void Words::add_sign(char sign) {
  if (sign == '+') {
    if (letters_ > 0) {
      ++letters_;
      last_ = folded_.size();
      folded_.push_back(sign);
    }
    return;
  }
  end_word(Gap::space);
  words_.emplace_back();
  make_ampersand(words_.back());
}

// What stood between the letters of a word may have kept them from composing.
void Words::fold_again() {
  const std::pmr::string read(folded_, word_.begin, std::pmr::string::npos, folded_.get_allocator());
  folded_.resize(word_.begin);
  letters_ = 0;
  std::array<char32_t, kMaxFolded> folded;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<char, 4> bytes{};
  for (std::string_view rest = read; !rest.empty();) {
    const std::size_t count = fold_other_script(rest, folded);
    letters_ += count;
    for (const char32_t c : std::span(folded).first(count)) {
      folded_.append(bytes.data(), encode(settled(c), bytes.data()));
    }
  }
}

void Words::end_word(Gap gap) {
  if (letters_ > 0) {
    if (word_.has_other) {
      fold_again();
    }
    word_.size = static_cast<std::uint32_t>(folded_.size() - word_.begin);
    word_.single = letters_ == 1 && !word_.has_digit;
    has_mixed_ = has_mixed_ || (word_.has_cyrillic && (word_.has_latin || word_.has_digit));
    words_.push_back(word_);
    letters_ = 0;
    gap_ = gap;
  } else if (gap == Gap::space) {
    gap_ = gap;
  }
}

void Words::settle_mixed() {
  std::size_t latin = 0;
  std::size_t cyrillic = 0;
  for (const Word& word : words_) {
    latin += word.has_latin && !word.has_cyrillic ? 1 : 0;
    cyrillic += word.has_cyrillic && !word.has_latin ? 1 : 0;
  }
  for (std::size_t i = 0; i < words_.size(); ++i) {
    Word& word = words_[i];
    if (!word.has_cyrillic || !(word.has_latin || word.has_digit)) {
      continue;
    }
    const MeantScript meant = meant_script(text(word));
    const bool has_own_letters = has_letters_without_twin(text(word));
    if (meant == MeantScript::neither || (has_own_letters && !word.has_latin)) {
      continue;
    }
    bool to_cyrillic = meant == MeantScript::cyrillic || (meant == MeantScript::either && cyrillic >= latin);
    to_cyrillic = to_cyrillic && (has_own_letters || !word.has_digit);
    rewrite(word, to_cyrillic);
    // It stands elsewhere now, so it is not written together with its neighbours.
    word.joined = false;
    if (i + 1 < words_.size()) {
      words_[i + 1].joined = false;
    }
  }
}

void Words::make_ampersand(Word& word) {
  word = {};
  word.begin = static_cast<std::uint32_t>(folded_.size());
  word.size = 1;
  word.is_sign = true;
  folded_.push_back('&');
}

void Words::rewrite(Word& word, bool cyrillic) {
  // Room first: the word that is read stands in the text that grows.
  folded_.reserve(folded_.size() + 2 * std::size_t{word.size});
  const std::size_t begin = folded_.size();
  append_in_script(text(word), cyrillic, folded_);
  word.begin = static_cast<std::uint32_t>(begin);
  word.size = static_cast<std::uint32_t>(folded_.size() - begin);
  word.has_latin = !cyrillic;
  word.has_cyrillic = cyrillic;
}

void append_words(const Words& words, std::span<const Word> some, std::pmr::string& out, StopToken& stop) {
  for (const Word& word : some) {
    stop.check();
    if (&word != some.data()) {
      out.push_back(' ');
    }
    out += words.text(word);
  }
}

}  // namespace leadscore::contact
