// A company's name without its legal form.
#pragma once

#include <memory_resource>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {

/// Appends the normal form of a company's name: its words in their order, folded (NFKC, case), separated by single
/// spaces, in the script of the input. Settled are quotes, hyphens, dots and other punctuation (they separate words),
/// apostrophes (none), letters that are spelled apart (I.B.M. = IBM; two Cyrillic ones stay apart, as initials), look-
/// alike letters (see Words), ё = е, and the word for "and" between two others (&, and, und, et, y, ve, и, і, та …),
/// which becomes &. Legal forms are dropped at the front and at the end, as often as they stand there, short or
/// written out: ООО «Ромашка», Ромашка ООО, «Ромашка», общество с ограниченной ответственностью; Roga & Kopyta GmbH &
/// Co. KG; what ИП and ФОП leave is the person's name in its order. Words that are no legal form (group, holding, ТД)
/// stay, and so does a form in the middle.
/// Appends nothing if the text is a legal form alone, or has no letter and no digit. Idempotent and independent of
/// case. Source of the forms: data/legal_forms.txt.
/// Linear in the text; no allocation beyond `out` for texts up to 512 bytes; polls `stop`. Throws Error
/// (limit_exceeded) above kMaxTextSize. Text that is not UTF-8 is read as if spaces stood there.
void company_normalize(std::string_view company, std::pmr::string& out, StopToken& stop);

/// Appends a key in which Cyrillic and Latin spellings of a company's normal form meet: the skeletons of its words
/// (see SkeletonWriter) and its numbers, in order, separated by single spaces. ООО «Газпром нефть» = Gazprom Neft,
/// PJSC. Appends nothing where company_normalize does. Cost, limits and bad input as there.
void company_key(std::string_view company, std::pmr::string& out, StopToken& stop);

}  // namespace leadscore::contact
