// Words that a hand makes on a keyboard without meaning any: qwerty, фыва, 1q2w3e, sdfsdf.
#pragma once

#include <span>

namespace leadscore::contact {

/// Whether a word walks over the keys, on the usual English or Russian keyboard (so also in the wrong layout, where the
/// keys are the same):
///  - five neighbouring keys of a row (fghjk), or six from right to left;
///  - four, in either direction, from or to the first or the last key of the row (qwer, фыва, poiu, 4321);
///  - nothing but threes with the first key of a row (asd, qweasd, ячс, 123qwe);
///  - six or more keys of nothing but runs of three or more in one row (sdfsdf, hjkhjk);
///  - six keys along the columns from the first column on, or eight (1qaz2wsx, qazwsx, 1q2w3e).
/// Shorter runs are left alone, since Смит, Doherty, Dupuytren and Сампиро have them. The word is folded: small
/// letters, and the digits 0 to 9; other characters break a walk. Linear.
bool is_keyboard_walk(std::span<const char16_t> word) noexcept;

/// The letter of the other layout on the same key, Russian for a Latin one and the reverse; 0 where there is none.
char16_t other_layout(char16_t letter) noexcept;

}  // namespace leadscore::contact
