// Names in plain Latin letters.
#include "core/contact/translit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory_resource>
#include <string>
#include <string_view>

#include "core/stop_token.hpp"

namespace leadscore::contact {
namespace {

std::string latin(std::string_view text) {
  StopToken stop;
  std::pmr::string out;
  translit(text, out, stop);
  return std::string(out);
}

struct Case {
  const char* text;
  const char* latin;
};

constexpr Case kCases[] = {
    {"Щукин", "Shchukin"},
    {"ЩУКИН", "SHCHUKIN"},
    {"щукин", "shchukin"},
    {"Щ", "Shch"},
    {"ЮЛИЯ ЩЕРБА", "YULIYA SHCHERBA"},
    {"БОРЩ", "BORSHCH"},
    {"Юрий Жуков", "Yuriy Zhukov"},
    {"Фёдор Семёнов", "Fedor Semenov"},
    {"Подъячев Игорь", "Podyachev Igor"},
    {"Цой", "Tsoy"},
    {"Хабибуллин", "Khabibullin"},
    {"Олексій Їжак", "Oleksiy Yizhak"},
    {"Ґрунтовна Є.", "Gruntovna Ye."},
    {"Нұрсұлтан Әбішұлы", "Nursultan Abishuly"},
    {"Қайрат Өмірбек", "Kayrat Omirbek"},
    {"Ўладзімір", "Uladzimir"},
    {"Ђорђе Љубић", "Djordje Ljubic"},
    {"Müller", "Muller"},
    {"Straße", "Strasse"},
    {"Łukasz Żółć", "Lukasz Zolc"},
    {"Şükrü Yıldız", "Sukru Yildiz"},
    {"İstanbul", "Istanbul"},
    {"Ångström", "Angstrom"},
    {"Ægir Þór", "Aegir Thor"},
    {"Đorđević", "Dordevic"},
    {"Nguyễn Văn Thủy", "Nguyen Van Thuy"},
    {"Γιώργος", "Giorgos"},
    {"Ψυχή", "Psychi"},
    {"O’Brien & Co. — 12%", "O’Brien & Co. — 12%"},
    {"и\u0306од", "yod"},
    {"Ива\u0301нов", "Ivanov"},
    {"Ｉｖａｎ", "Ivan"},
    {"ﬁlip", "filip"},
    {"", ""},
    {"12-34", "12-34"},
    {"კობა", "k'oba"},
    {"王小明", "wang xiao ming"},
};

TEST(Translit, SpellsNamesAsTheirOwnersDo) {
  for (const Case& c : kCases) {
    EXPECT_EQ(latin(c.text), c.latin) << c.text;
  }
}

TEST(Translit, OfLatinLettersIsThemselves) {
  for (const Case& c : kCases) {
    EXPECT_EQ(latin(latin(c.text)), latin(c.text)) << c.text;
  }
}

TEST(Translit, SaysWhereTextWasBroken) {
  EXPECT_EQ(latin("Ив\xD0"), "Iv\uFFFD");
  EXPECT_EQ(latin(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Translit, LeavesNoEuropeanLetterButAscii) {
  std::string all;
  for (const char* letters :
       {"абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўқғңөұүһә", "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎ",
        "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ", "āăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĸĺļľŀłńņňŋōŏőœŕŗř", "śŝşšţťŧũūŭůűųŵŷźżžșț",
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ"}) {
    all += letters;
  }
  const std::string spelled = latin(all);
  EXPECT_TRUE(std::all_of(spelled.begin(), spelled.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  })) << spelled;
}

TEST(Translit, EndsWhenItIsAsked) {
  StopToken stop([]() noexcept { return true; });
  std::pmr::string out;
  EXPECT_THROW(translit(std::string(1 << 20, 'a'), out, stop), Cancelled);
}

}  // namespace
}  // namespace leadscore::contact
