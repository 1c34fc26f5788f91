// The spelling rules of name keys, as a table: which letters are which sound, in Cyrillic and in Latin.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace leadscore::contact {

// Letters stand as one byte each: Latin ones for themselves in lower case, Cyrillic ones as capitals:
// A а, B б, V в, G г, D д, E е ё э, J ж, Z з, I и ы, Y й, K к, L л, M м, N н, O о, P п, R р, S с, T т, U у, F ф, X х,
// C ц, Q ч, W ш щ, 1 ю, 2 я. Latin letters with a háček or the like are the capital of their sound.

enum class Left : std::uint8_t {
  any,
  start,
  inside,       // two letters or more before
  deep_inside,  // three letters or more before
  vowel,
  start_or_vowel,
  consonant,  // not at the start
  i_or_y,
  a_or_o,
  e,
};

enum class Right : std::uint8_t {
  any,
  end,
  a_or_u,
  e_or_i,
  e_i_y,
  e_i_y_j,
  o,
  k_m_n_v,
  consonant_not_h,  // or the end, or a vowel: all but h, c and a hush
  not_vowel_or_m,   // a consonant but m, or the end
  after_c,          // consonants before which a Slavic c is ц
  ov,
  ev,
  o_end,
  adjective_end,  // -ий, -ая, -ой and -ов after цк
  surname_end,    // Polish -cki, and -цкий without its last letter
};

struct Rule {
  std::string_view letters;
  std::string_view sound;
  Left left = Left::any;
  Right right = Right::any;
};

// The first rule that fits wins, so longer ones come first. Sounds: see SkeletonWriter::append().
inline constexpr std::array kRules = std::to_array<Rule>({
    // Initial я and ю, and ж before а and у: romanisations write the first two as others write the third.
    {"iou", "yu", Left::start},
    {"y", "y", Left::start, Right::a_or_u},
    {"i", "y", Left::start, Right::a_or_u},
    {"I", "y", Left::start, Right::a_or_u},
    {"2", "ya", Left::start},
    {"1", "yu", Left::start},
    {"Y", "y", Left::start, Right::a_or_u},

    // щ, ч, ш
    {"schtsch", "w"},
    {"shch", "w"},
    {"chtch", "w"},
    {"tsch", "w"},
    {"szcz", "w"},
    {"WQ", "w"},
    {"WW", "w"},
    {"shh", "w"},
    {"sch", "w"},
    {"tsh", "w"},
    {"sh", "w"},
    {"chzh", "y", Left::start, Right::a_or_u},
    {"chzh", "i", Left::vowel, Right::a_or_u},
    {"chzh", "j"},
    {"QJ", "y", Left::start, Right::a_or_u},
    {"QJ", "i", Left::vowel, Right::a_or_u},
    {"QJ", "j"},
    {"tchj", "j"},
    {"tch", "w"},
    {"sQ", "w"},
    {"SQ", "w"},
    {"tQ", "w"},
    {"tW", "w"},
    {"TQ", "w"},
    {"TW", "w"},
    {"chr", "kr"},
    {"ch", "w"},
    {"scuk", "wuk"},
    {"sc", "w", Left::any, Right::e_or_i},
    {"mc", "mk", Left::start},

    // ж, дж, and the дз, цз that stand for them
    {"tsz", "y", Left::start, Right::a_or_u},
    {"tsz", "i", Left::vowel, Right::a_or_u},
    {"tsz", "j"},
    {"tcz", "j"},
    {"CZ", "y", Left::start, Right::a_or_u},
    {"CZ", "i", Left::vowel, Right::a_or_u},
    {"CZ", "j"},
    {"czk", "sk"},
    {"czv", "sv"},
    {"czov", "sov"},
    {"cz", "w"},
    {"sz", "w"},
    {"dzh", "y", Left::start, Right::a_or_u},
    {"dzh", "i", Left::vowel, Right::a_or_u},
    {"dzh", "j"},
    {"dJ", "y", Left::start, Right::a_or_u},
    {"dJ", "i", Left::vowel, Right::a_or_u},
    {"dJ", "j"},
    {"DJ", "y", Left::start, Right::a_or_u},
    {"DJ", "i", Left::vowel, Right::a_or_u},
    {"DJ", "j"},
    {"dj", "y", Left::start, Right::a_or_u},
    {"dju", "diu"},
    {"djano", "iano", Left::vowel},
    {"dja", "dia"},
    {"dj", "j"},
    {"zh", "y", Left::start, Right::a_or_u},
    {"zh", "i", Left::vowel, Right::a_or_u},
    {"zh", "j"},
    {"J", "y", Left::start, Right::a_or_u},
    {"J", "i", Left::vowel, Right::a_or_u},
    {"J", "j"},
    {"dz", "s"},
    {"DZ", "s"},

    // ц
    {"ds", "s", Left::any, Right::consonant_not_h},
    {"TS", "s"},
    {"TC", "s"},
    {"DS", "s"},
    {"ck", "sk", Left::inside, Right::ev},
    {"ck", "sk", Left::inside, Right::o_end},
    {"cks", "h", Left::any, Right::consonant_not_h},
    {"ck", "sk", Left::inside, Right::adjective_end},
    {"ck", "sk", Left::deep_inside, Right::surname_end},
    {"ck", "k"},
    {"tc", "s"},
    {"ts", "s"},
    {"tz", "s"},
    {"cuk", "suk"},
    {"c", "s", Left::any, Right::e_i_y_j},
    {"c", "s", Left::any, Right::after_c},
    {"c", "s", Left::any, Right::ov},
    {"c", "s", Left::e, Right::end},
    {"c", "k"},

    // х, кс, г
    {"ph", "f"},
    {"kh", "h"},
    {"gh", "h"},
    {"th", "t"},
    {"rh", "r", Left::start},
    {"wh", "v"},
    {"KS", "h"},
    {"ks", "h", Left::any, Right::consonant_not_h},
    {"x", "h"},
    {"gu", "h", Left::any, Right::e_i_y},
    {"qu", "k", Left::any, Right::e_or_i},
    {"qu", "kv"},
    {"ff", "v", Left::any, Right::end},
    {"FF", "v", Left::any, Right::end},
    {"john", "jon", Left::start},
    {"ah", "a", Left::inside, Right::end},
    {"eh", "e", Left::any, Right::not_vowel_or_m},

    // j: й of the scholarly standards, ж of others, дж of English
    {"jj", "i"},
    {"j", "y", Left::start, Right::a_or_u},
    {"j", "i", Left::any, Right::a_or_u},
    {"j", "i", Left::a_or_o, Right::o},
    {"j", "i", Left::consonant, Right::o},
    {"j", "j", Left::i_or_y, Right::k_m_n_v},
    {"jd", "jd", Left::e},
    {"j", "j", Left::any, Right::e_or_i},
    {"j", "j", Left::any, Right::o},
    {"j", "i", Left::vowel},
    {"j", "j"},

    {"ou", "u"},

    // Single letters
    {"a", "a"},
    {"b", "b"},
    {"d", "d"},
    {"e", "e"},
    {"f", "f"},
    {"g", "h"},
    {"h", "h"},
    {"i", "i"},
    {"k", "k"},
    {"l", "l"},
    {"m", "m"},
    {"n", "n"},
    {"o", "o"},
    {"p", "p"},
    {"q", "k"},
    {"r", "r"},
    {"s", "s"},
    {"t", "t"},
    {"u", "u"},
    {"v", "v"},
    {"w", "v"},
    {"y", "i"},
    {"z", "s"},
    {"A", "a"},
    {"B", "b"},
    {"V", "v"},
    {"G", "h"},
    {"D", "d"},
    {"E", "e"},
    {"Z", "s"},
    {"I", "i"},
    {"Y", "i"},
    {"K", "k"},
    {"L", "l"},
    {"M", "m"},
    {"N", "n"},
    {"O", "o"},
    {"P", "p"},
    {"R", "r"},
    {"S", "s"},
    {"T", "t"},
    {"U", "u"},
    {"F", "f"},
    {"X", "h"},
    {"C", "s"},
    {"Q", "w"},
    {"W", "w"},
    {"1", "iu"},
    {"2", "ia"},
});

}  // namespace leadscore::contact
