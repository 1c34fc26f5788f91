// Words that stand beside a name and are not part of it.
#pragma once

#include "core/contact/word_set.hpp"

namespace leadscore::contact {

// Not here, because they are also names: Pan, Don, Bay, Md, Hon, Mag, пан.
inline constexpr auto kTitles = make_word_set<512>(
    // English
    "mr mrs ms miss mx mister missis missus dr doctor prof professor sir madam rev reverend esq esquire phd dphil "
    "mba dds cpa "
    // German
    "herr frau fräulein dipl ing dring dipl "
    // French, Spanish, Italian, Portuguese
    "mme mlle monsieur madame mademoiselle señor señora señorita senor senora senorita srta sra sr "
    "signor signora signorina dott dottssa senhor senhora "
    // Polish, Turkish
    "pani państwo sayin bayan "
    // Russian
    "господин госпожа гн гжа гспд гр гражданин гражданка товарищ тов мистер миссис мисс сэр мадам доктор др дрмед "
    "профессор проф академик акад доцент доц ктн дтн кмн дмн кэн дэн кфмн дфмн кюн дюн кфн дфн кпн дпн кхн дхн кбн "
    "дбн кин дин ип "
    // Ukrainian, Belarusian, Kazakh
    "пані панна добродій добродійка спадар спадарыня мырза ханым");

// Written with hyphens or dots inside: г-н, к.т.н., Ph.D.
inline constexpr auto kJoinedTitles = make_word_set<128>(
    "phd dphil dring dottssa гн гжа гспд др дрмед ктн дтн кмн дмн кэн дэн кфмн дфмн кюн дюн кфн дфн кпн дпн кхн дхн "
    "кбн дбн кин дин");

// Generations: part of a name, but not of how it sounds.
inline constexpr auto kGenerations = make_word_set<32>("jr junior ii iii iv мл младший ст старший");

}  // namespace leadscore::contact
