#include "core/contact/skeleton.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "core/contact/letters.hpp"
#include "core/contact/skeleton_rules.hpp"

namespace leadscore::contact {

namespace {

// A rule as it is read at run time: without pointers, so that it lies in memory that all processes share.
struct PackedRule {
  std::array<char, 8> letters{};
  std::array<char, 5> sound{};
  std::uint8_t letters_size = 0;
  std::uint8_t sound_size = 0;
  Left left = Left::any;
  Right right = Right::any;
};

struct PackedRules {
  std::array<PackedRule, kRules.size()> rules{};
  std::array<std::uint8_t, 129> first{};  // of the rules that begin with a letter; the next entry ends them
};

constexpr PackedRules kPacked = [] {
  PackedRules packed;
  std::size_t count = 0;
  for (std::size_t letter = 0; letter < 128; ++letter) {
    packed.first[letter] = static_cast<std::uint8_t>(count);
    for (const Rule& rule : kRules) {
      if (rule.letters[0] != static_cast<char>(letter)) {
        continue;
      }
      PackedRule& entry = packed.rules[count++];
      for (std::size_t i = 0; i < rule.letters.size(); ++i) {
        entry.letters[i] = rule.letters[i];
      }
      for (std::size_t i = 0; i < rule.sound.size(); ++i) {
        entry.sound[i] = rule.sound[i];
      }
      entry.letters_size = static_cast<std::uint8_t>(rule.letters.size());
      entry.sound_size = static_cast<std::uint8_t>(rule.sound.size());
      entry.left = rule.left;
      entry.right = rule.right;
    }
  }
  packed.first[128] = static_cast<std::uint8_t>(count);
  return packed;
}();
static_assert(kRules.size() < 256);

// а to я, by the letters of skeleton_rules.hpp; signs have none.
constexpr std::string_view kCyrillicLetters = "ABVGDEJZIYKLMNOPRSTUFXCQWW I E12";

constexpr bool is_vowel(char letter) noexcept {
  return std::string_view("aeiouyAEIOUY12").find(letter) != std::string_view::npos;
}
constexpr bool is_one_of(char letter, std::string_view letters) noexcept {
  return letter != 0 && letters.find(letter) != std::string_view::npos;
}

bool fits(Left left, std::string_view before) noexcept {
  const char last = before.empty() ? '\0' : before.back();
  switch (left) {
    case Left::any:
      return true;
    case Left::start:
      return last == 0;
    case Left::inside:
      return before.size() > 1;
    case Left::deep_inside:
      return before.size() > 2;
    case Left::vowel:
      return is_vowel(last) || last == 'j';
    case Left::start_or_vowel:
      return last == 0 || is_vowel(last) || last == 'j';
    case Left::consonant:
      return last != 0 && !is_vowel(last);
    case Left::i_or_y:
      return is_one_of(last, "iy");
    case Left::a_or_o:
      return is_one_of(last, "ao");
    case Left::e:
      return before.size() > 1 && last == 'e';
  }
  return false;
}

// What follows цк in a surname: an adjective's ending, or -ов.
bool is_adjective_end(std::string_view after) noexcept {
  if (after.starts_with("ov")) {
    return true;
  }
  if (after.size() > 4 || after.size() < 2) {
    return false;
  }
  if (after.find_first_not_of("ijy") == std::string_view::npos) {
    return true;
  }
  static constexpr char kEndings[][4] = {"aa", "aja", "aia", "aya", "oi", "oj", "oy", "ia", "iia"};
  return std::find(std::begin(kEndings), std::end(kEndings), after) != std::end(kEndings);
}

bool fits(Right right, std::string_view after) noexcept {
  const char next = after.empty() ? '\0' : after.front();
  switch (right) {
    case Right::any:
      return true;
    case Right::end:
      return next == 0;
    case Right::a_or_u:
      return is_one_of(next, "auAU") || after.starts_with("ou");
    case Right::e_or_i:
      return is_one_of(next, "ei");
    case Right::e_i_y:
      return is_one_of(next, "eiy");
    case Right::e_i_y_j:
      return is_one_of(next, "eiyjE");
    case Right::o:
      return next == 'o';
    case Right::k_m_n_v:
      return is_one_of(next, "kmnv");
    case Right::consonant_not_h:
      return !is_one_of(next, "hcWQ");
    case Right::not_vowel_or_m:
      return !is_vowel(next) && next != 'm';
    case Right::after_c:
      return is_one_of(next, "nvmbdgpQ");
    case Right::ov:
      return after.starts_with("ov");
    case Right::ev:
      return after.starts_with("ev");
    case Right::o_end:
      return after == "o";
    case Right::adjective_end:
      return is_adjective_end(after);
    case Right::surname_end:
      return is_one_of(next, "iy") && after.size() == 1;
  }
  return false;
}

// Letters whose sound differs from their spelling in plain Latin letters.
std::string_view letters_of(char32_t c) noexcept {
  switch (c) {
    case U'š':
    case U'ş':
    case U'ș':
    case U'ś':
    case U'ŝ':
      return "W";
    case U'č':
    case U'ć':
    case U'ĉ':
    case U'ћ':
      return "Q";
    case U'ž':
    case U'ż':
    case U'ђ':
    case U'џ':
      return "J";
    case U'ç':
      return "s";
    case U'ř':
      return "rJ";
    case U'ö':
    case U'ő':
    case U'ø':
    case U'œ':
    case U'æ':
      return "e";
    case U'å':
      return "o";
    case U'þ':
      return "t";
    case U'â':
      return "ia";
    case U'û':
      return "iu";
    case U'ё':
    case U'є':
    case U'ѣ':
      return "E";
    case U'і':
    case U'ї':
    case U'ѵ':
      return "I";
    case U'ј':
      return "Y";
    case U'ѕ':
      return "Z";
    case U'љ':
      return "L";
    case U'њ':
    case U'ң':
      return "N";
    case U'ў':
    case U'ұ':
    case U'ү':
      return "U";
    case U'қ':
      return "K";
    case U'ғ':
    case U'ґ':
      return "G";
    case U'һ':
    case U'ҳ':
      return "X";
    case U'ө':
      return "O";
    case U'ә':
      return "A";
    case U'ѳ':
      return "F";
    case U'ҷ':
      return "Q";
    default:
      return spelling_of(c);
  }
}

constexpr bool is_sound_of_vowel(char sound) noexcept { return is_one_of(sound, "aeiou"); }

}  // namespace

void SkeletonWriter::encode_letters(std::string_view word, StopToken& stop) {
  letters_.clear();
  while (!word.empty()) {
    stop.check();
    const CodePoint next = decode(word);
    word.remove_prefix(next.size);
    const char32_t c = next.value;
    if (c >= U'a' && c <= U'z') {
      letters_.push_back(static_cast<char>(c));
    } else if (c >= U'а' && c <= U'я') {
      if (const char letter = kCyrillicLetters[c - U'а']; letter != ' ') {
        letters_.push_back(letter);
      }
    } else {
      letters_ += letters_of(c);
    }
  }
}

void SkeletonWriter::apply_rules(StopToken& stop) {
  sounds_.clear();
  const std::string_view letters = letters_;
  for (std::size_t at = 0; at < letters.size();) {
    stop.check();
    const auto letter = static_cast<unsigned char>(letters[at]);
    std::size_t taken = 1;
    for (std::size_t i = kPacked.first[letter]; i < kPacked.first[letter + 1U]; ++i) {
      const PackedRule& rule = kPacked.rules[i];
      const std::string_view rest = letters.substr(at);
      if (rest.starts_with(std::string_view(rule.letters.data(), rule.letters_size)) &&
          fits(rule.left, letters.substr(0, at)) && fits(rule.right, rest.substr(rule.letters_size))) {
        sounds_.append(rule.sound.data(), rule.sound_size);
        taken = rule.letters_size;
        break;
      }
    }
    at += taken;
  }
}

void SkeletonWriter::settle_sounds(std::pmr::string& out, StopToken& stop) const {
  const std::string_view sounds = sounds_;
  const std::size_t begin = out.size();
  for (std::size_t at = 0; at < sounds.size();) {
    stop.check();
    const char sound = sounds[at];
    const char next = at + 1 < sounds.size() ? sounds[at + 1] : '\0';
    // An English w before a vowel is у in Russian.
    const bool is_w = sound == 'u' && (is_one_of(next, "ao") || (at == 0 && is_one_of(next, "ei")));
    if (is_w || !is_sound_of_vowel(sound)) {
      const char consonant = is_w ? 'v' : sound;
      if (out.size() == begin || out.back() != consonant) {
        out.push_back(consonant);
      }
      ++at;
      continue;
    }
    // Vowels in a row: ио is ё, оу is у, и beside another vowel is й.
    const std::size_t row = out.size();
    bool has_i = false;
    for (; at < sounds.size() && is_sound_of_vowel(sounds[at]); ++at) {
      char vowel = sounds[at];
      const char after = at + 1 < sounds.size() ? sounds[at + 1] : '\0';
      if (vowel == 'u' && is_one_of(after, "ao")) {
        break;
      }
      if (vowel == 'i' && after == 'o') {
        vowel = 'e';
        ++at;
      } else if (vowel == 'o' && after == 'u' && !(at + 2 < sounds.size() && is_one_of(sounds[at + 2], "ao"))) {
        vowel = 'u';
        ++at;
      } else if (vowel == 'i') {
        has_i = true;
        continue;
      }
      if (out.size() == row || out.back() != vowel) {
        out.push_back(vowel);
      }
    }
    if (out.size() == row && has_i) {
      out.push_back('i');
    }
  }
}

void SkeletonWriter::append(std::string_view word, std::pmr::string& out, StopToken& stop) {
  encode_letters(word, stop);
  apply_rules(stop);
  settle_sounds(out, stop);
}

void append_phonetic_key(std::string_view skeleton, std::pmr::string& out) {
  const std::size_t begin = out.size();
  bool after_vowel = false;
  for (char sound : skeleton) {
    if (is_sound_of_vowel(sound)) {
      if (!after_vowel) {
        out.push_back(sound == 'o' ? 'a' : sound == 'e' ? 'i' : sound);
      }
      after_vowel = true;
      continue;
    }
    after_vowel = false;
    sound = sound == 'f' ? 'v' : sound;
    if (out.size() == begin || out.back() != sound) {
      out.push_back(sound);
    }
  }
  while (out.size() > begin + 1 && out.back() == 'i') {
    out.pop_back();
  }
}

}  // namespace leadscore::contact
