// Names of companies: normal forms, keys, and what holds for every text.
#include "core/contact/company.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <memory_resource>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "contact_texts.hpp"
#include "core/stop_token.hpp"
#include "counting_resource.hpp"

namespace leadscore::contact {
namespace {

using test::kTexts;
using test::result_of;

std::string normal(std::string_view text) { return result_of(company_normalize, text); }
std::string key(std::string_view text) { return result_of(company_key, text); }

struct Case {
  const char* text;
  const char* normal;
};

constexpr Case kNormal[] = {
    // Russia
    {"ООО «Ромашка»", "ромашка"},
    {"ООО \"Ромашка\"", "ромашка"},
    {"ООО“Ромашка”", "ромашка"},
    {"ООО Ромашка", "ромашка"},
    {"ооо ромашка", "ромашка"},
    {"Ромашка, ООО", "ромашка"},
    {"«Ромашка» (ООО)", "ромашка"},
    {"О.О.О. Ромашка", "ромашка"},
    {"O\u041EO Ромашка", "ромашка"},
    {"OOO Romashka", "romashka"},
    {"000 Ромашка", "ромашка"},
    {"Общество с ограниченной ответственностью «Ромашка»", "ромашка"},
    {"«Ромашка», общество с ограниченной ответственностью", "ромашка"},
    {"ООО «Общество с ограниченной ответственностью Ромашка»", "ромашка"},
    {"ПАО «Газпром»", "газпром"},
    {"ПАО Сбербанк", "сбербанк"},
    {"Публичное акционерное общество «Сбербанк России»", "сбербанк россии"},
    {"АО «Тинькофф Банк»", "тинькофф банк"},
    {"ЗАО Промстрой", "промстрой"},
    {"ОАО «РЖД»", "ржд"},
    {"НАО «Юлмарт»", "юлмарт"},
    {"ФГУП Почта России", "почта россии"},
    {"АНО ДПО «Школа»", "дпо школа"},
    {"ИП Иванов И.И.", "иванов и и"},
    {"ИП Иванов И. И.", "иванов и и"},
    {"Индивидуальный предприниматель Иванов Иван Иванович", "иванов иван иванович"},
    {"Иванов Иван Иванович ИП", "иванов иван иванович"},
    {"ИП Иванов А.О.", "иванов а о"},
    {"ИП глава КФХ Петров П.П.", "петров п п"},
    {"ООО ТД «Северный Ветер»", "тд северный ветер"},
    {"ООО «Северный-Ветер»", "северный ветер"},
    {"ООО «Рога и Копыта»", "рога & копыта"},
    {"ООО «Рога & Копыта»", "рога & копыта"},
    {"ООО «1С»", "1c"},
    {"1C", "1c"},
    {"ООО «Х5»", "x5"},
    {"ООО «Объём»", "объем"},
    {"ЗAО Ромашкa", "ромашка"},
    {"НКО «Фонд»", "фонд"},
    {"Строй+", "строй+"},
    {"ООО", ""},
    {"«ООО»", ""},
    {"Общество с ограниченной ответственностью", ""},
    {"", ""},
    {"«»", ""},
    // Ukraine
    {"ТОВ «Київ»", "київ"},
    {"Товариство з обмеженою відповідальністю «Київ»", "київ"},
    {"ФОП Шевченко Т.Г.", "шевченко т г"},
    {"Фізична особа-підприємець Шевченко Тарас", "шевченко тарас"},
    {"ПрАТ «Оболонь»", "оболонь"},
    {"ПП «Хліб і Сіль»", "хліб & сіль"},
    {"АТ КБ «ПриватБанк»", "кб приватбанк"},
    {"ТОВ «Сонце та Море»", "сонце & море"},
    // Kazakhstan
    {"ТОО «Алма-Ата»", "алма ата"},
    {"Товарищество с ограниченной ответственностью «Алма»", "алма"},
    {"«Алма» ЖШС", "алма"},
    {"АО «КазМунайГаз»", "казмунайгаз"},
    {"«ҚазМұнайГаз» АҚ", "қазмұнайгаз"},
    {"TOO Alma", "alma"},
    {"Жауапкершілігі шектеулі серіктестігі «Алма»", "алма"},
    // Belarus
    {"ЧУП «Белсвет»", "белсвет"},
    {"ОДО Белсвет", "белсвет"},
    {"СООО «Белсвет»", "белсвет"},
    {"ТАА «Белсвет»", "белсвет"},
    {"Частное унитарное предприятие «Белсвет»", "белсвет"},
    // United States
    {"Acme LLC", "acme"},
    {"Acme, L.L.C.", "acme"},
    {"ACME INC.", "acme"},
    {"Acme Incorporated", "acme"},
    {"Acme Corp", "acme"},
    {"Acme Corporation", "acme"},
    {"Acme Co., Inc.", "acme"},
    {"Walt Disney Company", "walt disney"},
    {"Walt Disney Co.", "walt disney"},
    {"Tiffany & Co.", "tiffany & co"},
    {"Tiffany and Co", "tiffany & co"},
    {"AT&T Inc.", "at & t"},
    {"I.B.M. Corp.", "ibm"},
    {"IBM", "ibm"},
    {"J.P. Morgan", "jp morgan"},
    {"JP Morgan", "jp morgan"},
    {"Procter & Gamble", "procter & gamble"},
    {"Procter and Gamble", "procter & gamble"},
    {"McDonald's Corporation", "mcdonalds"},
    {"McDonald’s", "mcdonalds"},
    {"Acme Limited Liability Company", "acme"},
    {"Smith & Jones, PLLC", "smith & jones"},
    {"Bar Limited Partnership", "bar"},
    // United Kingdom
    {"Acme Ltd", "acme"},
    {"Acme Ltd.", "acme"},
    {"Acme Limited", "acme"},
    {"Acme PLC", "acme"},
    {"Acme plc.", "acme"},
    {"Acme LLP", "acme"},
    {"Acme Public Limited Company", "acme"},
    {"Acme Co. Ltd.", "acme"},
    {"Marks and Spencer Group plc", "marks & spencer group"},
    {"Tata Private Limited", "tata"},
    // Germany, Austria
    {"Müller GmbH", "müller"},
    {"MÜLLER GMBH", "müller"},
    {"GmbH Müller", "müller"},
    {"Müller G.m.b.H.", "müller"},
    {"Müller GmbH & Co. KG", "müller"},
    {"Müller GmbH und Co. KG", "müller"},
    {"Müller & Söhne GmbH & Co KG", "müller & söhne"},
    {"Müller & Co. KG", "müller"},
    {"Siemens AG", "siemens"},
    {"Bau UG (haftungsbeschränkt)", "bau"},
    {"Verein e.V.", "verein"},
    {"Hans Müller e.K.", "hans müller"},
    {"Merck KGaA", "merck"},
    {"BASF SE", "basf"},
    {"Bau Gesellschaft mit beschränkter Haftung", "bau"},
    {"Bau Gesellschaft mit beschrankter Haftung", "bau"},
    {"Huber Ges.m.b.H.", "huber"},
    // France
    {"Dupont SARL", "dupont"},
    {"SARL Dupont", "dupont"},
    {"Dupont S.A.R.L.", "dupont"},
    {"Dupont S.à r.l.", "dupont"},
    {"SAS Dupont", "dupont"},
    {"Société Générale S.A.", "société générale"},
    {"Dupont et Fils SARL", "dupont & fils"},
    {"SCI Les Roses", "les roses"},
    {"Société à responsabilité limitée Dupont", "dupont"},
    // Italy
    {"Barilla S.p.A.", "barilla"},
    {"Barilla SpA", "barilla"},
    {"Rossi S.r.l.", "rossi"},
    {"Rossi s.n.c.", "rossi"},
    {"Rossi Società a responsabilità limitata", "rossi"},
    {"Rossi S.a.s.", "rossi"},
    // Spain, Latin America
    {"García S.L.", "garcía"},
    {"García SL", "garcía"},
    {"García e Hijos S.A.", "garcía e hijos"},
    {"García y Hijos, S.L.U.", "garcía & hijos"},
    {"Telefónica Sociedad Anónima", "telefónica"},
    {"Cemex S.A. de C.V.", "cemex"},
    {"Flores S. de R.L. de C.V.", "flores"},
    {"Silva Ltda.", "silva"},
    // Poland
    {"Przykład Sp. z o.o.", "przykład"},
    {"Przykład sp. z o. o.", "przykład"},
    {"PRZYKŁAD SP Z OO", "przykład"},
    {"Przykład S.A.", "przykład"},
    {"Przykład Sp. z o.o. Sp. k.", "przykład"},
    {"Przykład Spółka z ograniczoną odpowiedzialnością", "przykład"},
    {"Przykład Spolka z ograniczona odpowiedzialnoscia", "przykład"},
    {"Kowalski i Synowie sp.j.", "kowalski & synowie"},
    // Turkey
    {"Koç Holding A.Ş.", "koç holding"},
    {"KOÇ HOLDİNG A.Ş.", "koç holding"},
    {"Yıldız Ltd. Şti.", "yildiz"},
    {"Yıldız Gıda San. ve Tic. Ltd. Şti.", "yildiz gida"},
    {"Yıldız Gıda Sanayi ve Ticaret Anonim Şirketi", "yildiz gida"},
    {"Yildiz Limited Sirketi", "yildiz"},
    // others
    {"Philips N.V.", "philips"},
    {"Ericsson AB", "ericsson"},
    {"Nokia Oyj", "nokia"},
    {"Škoda a.s.", "škoda"},
    {"Novák spol. s r.o.", "novák"},
    {"Софарма АД", "софарма"},
    {"UAB Vilnius", "vilnius"},
    {"Huawei Co., Ltd.", "huawei"},
    {"株式会社トヨタ", "株式会社トヨタ"},
    {"トヨタ 株式会社", "トヨタ"},
};

TEST(CompanyNormalize, DropsLegalForms) {
  for (const Case& c : kNormal) {
    EXPECT_EQ(normal(c.text), c.normal) << c.text;
  }
}

TEST(CompanyNormalize, DropsEveryFormOfTheData) {
  std::ifstream file(std::string(LEADSCORE_SOURCE_DIR) + "/src/core/contact/data/legal_forms.txt");
  ASSERT_TRUE(file) << "no legal_forms.txt";
  std::size_t forms = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') {
      continue;
    }
    std::istringstream fields(line);
    std::string place;
    std::string countries;
    std::string form;
    fields >> place >> countries;
    std::getline(fields, form);
    form.erase(0, 1);
    ++forms;
    const char* advice = ": run scripts/generate_legal_forms";
    if (place != "end") {
      EXPECT_EQ(normal(form + " «Ромашка»"), "ромашка") << form << advice;
    }
    if (place != "front") {
      EXPECT_EQ(normal("«Ромашка», " + form), "ромашка") << form << advice;
    }
    EXPECT_EQ(normal(form), "") << form << advice;
  }
  EXPECT_GT(forms, 400U);
}

TEST(CompanyNormalize, LeavesWhatIsNoForm) {
  for (const char* name : {"зао рома шка", "x llc y", "inc magazine", "limited edition books", "газ", "ao3 archive"}) {
    const std::string once = normal(name);
    if (std::string_view(name).substr(0, 6) != "зао") {
      EXPECT_EQ(once.empty(), false) << name;
    }
  }
  EXPECT_EQ(normal("X LLC Y"), "x llc y");
  EXPECT_EQ(normal("Inc Magazine"), "inc magazine");
  EXPECT_EQ(normal("Limited Edition Books"), "limited edition books");
  EXPECT_EQ(normal("Спа"), "спа");
}

struct Pair {
  const char* a;
  const char* b;
};

TEST(CompanyKey, ScriptsMeet) {
  constexpr Pair kMeet[] = {
      {"ООО «Газпром нефть»", "Gazprom Neft, PJSC"},
      {"ООО «Ромашка»", "OOO Romashka"},
      {"ЗАО «Щит и Меч»", "Shchit & Mech"},
      {"ООО Яндекс", "Yandex LLC"},
      {"1С", "1C"},
      {"ТОО «Алматы Строй 14»", "Almaty Stroy 14 LLP"},
  };
  for (const Pair& pair : kMeet) {
    EXPECT_EQ(key(pair.a), key(pair.b)) << pair.a << ", " << pair.b;
    EXPECT_FALSE(key(pair.a).empty());
  }
  EXPECT_NE(key("Империя 14"), key("Империя 15"));
  EXPECT_NE(key("Ромашка"), key("Ромашка Трейд"));
  EXPECT_EQ(key("ООО"), "");
}

// What holds for every text.

TEST(CompanyNormalize, IsIdempotentAndIndependentOfCase) {
  for (const std::string_view text : kTexts) {
    EXPECT_EQ(normal(normal(text)), normal(text)) << text;
    EXPECT_EQ(normal(test::upper(text)), normal(text)) << text;
    EXPECT_EQ(key(test::upper(text)), key(text)) << text;
  }
  for (const Case& c : kNormal) {
    EXPECT_EQ(normal(c.normal), c.normal);
    EXPECT_EQ(normal(test::upper(c.text)), c.normal) << c.text;
  }
}

TEST(CompanyNormalize, TakesEveryPrefixAndAnyBytes) {
  std::mt19937 random(13);  // NOLINT(cert-msc51-cpp): the same every time
  const auto check = [](const std::vector<char>& bytes) {
    const std::string once = normal({bytes.data(), bytes.size()});
    EXPECT_EQ(normal(once), once);
    (void)key({bytes.data(), bytes.size()});
  };
  for (const std::string_view text : kTexts) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      check({text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size)});
    }
  }
  for (int i = 0; i < 3000; ++i) {
    std::vector<char> bytes(random() % 40);
    std::generate(bytes.begin(), bytes.end(), [&random] { return static_cast<char>(random()); });
    check(bytes);
  }
  // Words that mean something, in any order.
  constexpr std::string_view kPieces[] = {"ООО ", "& ", "и ",  "А.",   "О.",   "Co ",    "KG ",     "GmbH ",
                                          "ИП ",  "S.", "A.",  "y ",   "1",    "-",      "с",       "C",
                                          "sp. ", "z ", "o.",  "ve ",  "x ",   "and ",   "«",       "»",
                                          "+",    " ",  "АО ", "Ltd ", "Şti ", "\u0301", "Ромашка "};
  for (int i = 0; i < 20000; ++i) {
    std::vector<char> bytes;
    for (std::size_t pieces = random() % 9; pieces > 0; --pieces) {
      const std::string_view piece = kPieces[random() % std::size(kPieces)];
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    }
    const std::string once = normal({bytes.data(), bytes.size()});
    ASSERT_EQ(normal(once), once) << std::string_view(bytes.data(), bytes.size());
  }
}

TEST(CompanyNormalize, AllocatesNothingForAName) {
  test::CountingResource counting;
  std::pmr::string out(&counting);
  out.reserve(300);
  const std::size_t before = counting.allocations();
  StopToken stop;
  company_normalize("Общество с ограниченной ответственностью «Ромашка»", out, stop);
  company_normalize("Müller & Söhne GmbH & Co. KG", out, stop);
  EXPECT_EQ(counting.allocations(), before);
}

TEST(CompanyNormalize, OfAHugeTextEnds) {
  std::string text;
  for (int i = 0; i < 200000; ++i) {
    text += "ООО И.И. & Co KG ";
  }
  EXPECT_TRUE(normal(normal(text)) == normal(text));
  std::string forms;
  for (int i = 0; i < 200000; ++i) {
    forms += "ООО ";
  }
  EXPECT_EQ(normal(forms), "");
}

TEST(CompanyNormalize, CanBeEnded) {
  std::pmr::string out;
  StopToken stop([]() noexcept { return true; });
  EXPECT_THROW(company_normalize(std::string(1 << 20, 'a'), out, stop), Cancelled);
  EXPECT_THROW(company_key(std::string(1 << 20, 'a'), out, stop), Cancelled);
}

}  // namespace
}  // namespace leadscore::contact
