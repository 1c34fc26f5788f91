// A person's name: its normal form, its phonetic key, and the stem of a surname.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Appends the normal form of a name: its words, folded (NFKC, case), sorted by code point and separated by single
/// spaces, in the script of the input. Settled are look-alike letters (see Words), ё = е, ı = i, stress marks,
/// apostrophes (none), hyphens and dots (they separate words), and quotes within a word. Titles are dropped (Mr, Dr,
/// Prof, PhD, г-н, проф., к.т.н., ИП …) unless there is nothing else. Patronymics, initials, Jr and III stay;
/// diacritics too. Appends nothing if the text has no letter and no digit. Idempotent, and the same for every order of
/// the words and for either case.
/// Sources: Unicode 15.0 (NFKC_Casefold); the titles are the file's own list.
/// n log n in the text; no allocation beyond `out` for texts up to 512 bytes; polls `stop`. Throws Error
/// (limit_exceeded) above kMaxTextSize. Text that is not UTF-8 is read as if spaces stood there.
void name_normalize(std::string_view name, std::pmr::string& out, StopToken& stop);

/// Appends the phonetic key of a name: a skeleton of ASCII letters for each word, sorted, duplicates once, separated
/// by single spaces. The spellings of one name meet: Cyrillic and its romanisations (Щукин, Shchukin, Schukin,
/// Scukin, Ŝukin), English variants (Smith, Smyth), diminutives and their full names (Саша, Sasha, Александр; Bob,
/// Robert; a man's and a woman's name that share diminutives meet too). Not used: titles, Jr and III, a patronymic
/// beside two other names, initials beside two longer words, digits. Of several words that look like patronymics, the
/// first that is not the first word is the patronymic, so there, and before оглы or кызы, the order matters; elsewhere
/// it does not. Иванов and Иванова differ: surname_stem() is for that. Appends nothing for a text without letters.
/// Scripts other than Latin, Greek and Cyrillic go through ICU's transliteration.
/// Sources: docs of the romanisation standards (ISO 9, GOST 7.79, GOST R 52535.1, ICAO 9303, BGN/PCGN, ALA-LC …); the
/// rules are skeleton.cpp's, the diminutives data/diminutives.txt.
/// Cost, limits and bad input as for name_normalize.
void name_key(std::string_view name, std::pmr::string& out, StopToken& stop);

/// Appends the words of a surname in normal form, in their order, each without the ending that tells a woman's name
/// from a man's: Иванова and Иванов give иванов, Достоевская and Достоевский достоевск, Kowalska and Kowalski kowalsk,
/// Толстая and Толстой толст. A weaker level for comparing surnames; other words stay as they are.
/// Linear; limits and bad input as for name_normalize.
void surname_stem(std::string_view surname, std::pmr::string& out, StopToken& stop);

}  // namespace leadscore::contact
