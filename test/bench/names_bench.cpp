// What a name and a company cost, with ICU's NFKC case folding of the same texts beside them.
#include <benchmark/benchmark.h>

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/company.hpp"
#include "core/contact/name.hpp"
#include "core/contact/translit.hpp"
#include "core/stop_token.hpp"

namespace {

using namespace leadscore;
using namespace leadscore::contact;

constexpr std::size_t kTexts = 4096;

template <std::size_t Size>
std::string_view one_of(const std::array<std::string_view, Size>& items, std::mt19937& random) {
  return items[random() % Size];
}

constexpr std::array<std::string_view, 24> kRussianFirst = {
    "Иван",  "Пётр",    "Сергей", "Александр", "Дмитрий", "Мария", "Анна", "Екатерина",
    "Ольга", "Наталья", "Юлия",   "Елена",     "Михаил",  "Саша",  "Лёша", "Андрей",
    "Игорь", "Вера",    "Галина", "Щукарь",    "Жанна",   "Фёдор", "Нина", "Роман"};
constexpr std::array<std::string_view, 20> kRussianLast = {
    "Иванов",          "Петров",  "Сидорова", "Кузнецова", "Щукин",     "Жуков",    "Достоевский",
    "Чайковская",      "Смирнов", "Лебедева", "Морозов",   "Шевченко",  "Цветаева", "Хрущёв",
    "Салтыков-Щедрин", "Юдин",    "Ельцин",   "Медведева", "Григорьев", "Ким"};
constexpr std::array<std::string_view, 8> kPatronymic = {"Иванович",   "Петровна", "Сергеевич", "Александровна",
                                                         "Дмитриевич", "Ильич",    "Фёдоровна", "Михайлович"};
constexpr std::array<std::string_view, 20> kEnglishFirst = {
    "John",  "Mary",  "Robert", "Patricia", "Michael", "Jennifer", "William", "Elizabeth", "Bob",    "Kate",
    "James", "Sarah", "Thomas", "Emily",    "Charles", "Helen",    "Daniel",  "Sophie",    "George", "Alice"};
constexpr std::array<std::string_view, 20> kEnglishLast = {
    "Smith",  "Johnson", "Williams", "Brown",  "O'Brien",  "Müller",   "Garcia", "Wright", "Thompson", "Clark",
    "Walker", "Young",   "Shchukin", "Ivanov", "Kowalski", "Petrenko", "Scott",  "Baker",  "Campbell", "Evans"};
constexpr std::array<std::string_view, 20> kCompanyWords = {
    "Ромашка", "Восток",        "Северный Ветер", "Строй-Инвест", "Рога и Копыта",    "Медтехника",   "Империя 14",
    "Газпром", "Альфа",         "Горизонт",       "Acme",         "Global Trade",     "Smith & Sons", "Blue Sky",
    "Initech", "Wonka Systems", "Northwind",      "Müller Bau",   "Stark Industries", "Data Works"};
constexpr std::array<std::string_view, 6> kFrontForms = {"ООО", "ЗАО", "ПАО",
                                                         "АО",  "ИП",  "Общество с ограниченной ответственностью"};
constexpr std::array<std::string_view, 8> kEndForms = {"LLC",  "Ltd.", "Inc.",       "GmbH & Co. KG",
                                                       "Corp", "S.A.", "Sp. z o.o.", "plc"};

std::vector<std::string> names(bool russian) {
  std::mt19937 random(russian ? 1 : 2);
  std::vector<std::string> list;
  for (std::size_t i = 0; i < kTexts; ++i) {
    std::string name;
    if (russian) {
      name += std::string(one_of(kRussianLast, random)) + ' ' + std::string(one_of(kRussianFirst, random));
      name += random() % 2 == 0 ? ' ' + std::string(one_of(kPatronymic, random)) : std::string();
    } else {
      name += random() % 10 == 0 ? "Mr. " : "";
      name += std::string(one_of(kEnglishFirst, random)) + ' ';
      name += random() % 4 == 0 ? "Q. " : "";
      name += one_of(kEnglishLast, random);
    }
    list.push_back(name);
  }
  return list;
}

std::vector<std::string> companies() {
  std::mt19937 random(3);
  std::vector<std::string> list;
  for (std::size_t i = 0; i < kTexts; ++i) {
    const std::string name(one_of(kCompanyWords, random));
    list.push_back(random() % 2 == 0 ? std::string(one_of(kFrontForms, random)) + " «" + name + "»"
                                     : name + ", " + std::string(one_of(kEndForms, random)));
  }
  return list;
}

template <class Function>
void run(benchmark::State& state, const std::vector<std::string>& texts, Function function) {
  StopToken stop;
  std::pmr::string out;
  out.reserve(1024);
  std::size_t i = 0;
  for (auto _ : state) {
    out.clear();
    function(texts[i], out, stop);
    benchmark::DoNotOptimize(out.data());
    i = (i + 1) % texts.size();
  }
  state.SetItemsProcessed(state.iterations());
}

// What ICU's API offers for the first step alone.
void icu_fold(std::string_view text, std::pmr::string& out, StopToken& /*stop*/) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCCasefoldInstance(&status);
  std::array<UChar, 512> source;
  std::array<UChar, 512> folded;
  std::int32_t size = 0;
  u_strFromUTF8(source.data(), source.size(), &size, text.data(), static_cast<std::int32_t>(text.size()), &status);
  size = unorm2_normalize(normalizer, source.data(), size, folded.data(), folded.size(), &status);
  out.resize(1024);
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, folded.data(), size, &status);
  out.resize(static_cast<std::size_t>(size));
}

void icu_translit(std::string_view text, std::pmr::string& out, StopToken& /*stop*/) {
  UErrorCode status = U_ZERO_ERROR;
  static UTransliterator* rules =
      utrans_openU(u"Any-Latin; Latin-ASCII", -1, UTRANS_FORWARD, nullptr, 0, nullptr, &status);
  std::array<UChar, 1024> source;
  std::int32_t size = 0;
  u_strFromUTF8(source.data(), source.size(), &size, text.data(), static_cast<std::int32_t>(text.size()), &status);
  std::int32_t limit = size;
  utrans_transUChars(rules, source.data(), &size, source.size(), 0, &limit, &status);
  out.resize(1024);
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, source.data(), size, &status);
  out.resize(static_cast<std::size_t>(size));
}

BENCHMARK_CAPTURE(run, name_normalize / russian, names(true), name_normalize)->Name("name_normalize/russian");
BENCHMARK_CAPTURE(run, name_normalize / english, names(false), name_normalize)->Name("name_normalize/english");
BENCHMARK_CAPTURE(run, icu_fold / russian, names(true), icu_fold)->Name("icu_fold/russian");
BENCHMARK_CAPTURE(run, icu_fold / english, names(false), icu_fold)->Name("icu_fold/english");
BENCHMARK_CAPTURE(run, name_key / russian, names(true), name_key)->Name("name_key/russian");
BENCHMARK_CAPTURE(run, name_key / english, names(false), name_key)->Name("name_key/english");
BENCHMARK_CAPTURE(run, translit / russian, names(true), translit)->Name("translit/russian");
BENCHMARK_CAPTURE(run, translit / english, names(false), translit)->Name("translit/english");
BENCHMARK_CAPTURE(run, icu_translit / russian, names(true), icu_translit)->Name("icu_translit/russian");
BENCHMARK_CAPTURE(run, icu_translit / english, names(false), icu_translit)->Name("icu_translit/english");
BENCHMARK_CAPTURE(run, surname_stem / russian, names(true), surname_stem)->Name("surname_stem/russian");
BENCHMARK_CAPTURE(run, company_normalize / mixed, companies(), company_normalize)->Name("company_normalize/mixed");
BENCHMARK_CAPTURE(run, company_key / mixed, companies(), company_key)->Name("company_key/mixed");
BENCHMARK_CAPTURE(run, icu_fold / companies, companies(), icu_fold)->Name("icu_fold/companies");

}  // namespace
