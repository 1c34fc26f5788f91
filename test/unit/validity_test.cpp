// Contacts as people, bots and jokers leave them, each with the signals that it must show, and what signals come to.
#include "core/contact/validity.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "random.hpp"

namespace {

using namespace leadscore::contact;

// A field that is not given is a null pointer. `facts`: d disposable, f free, e education, c corporate, x no address,
// r role; + valid phone, - impossible phone.
struct Case {
  const char* name;
  const char* email;
  const char* phone;
  std::string_view facts;
  std::string_view expected;  // names of signals, in their order
};

ContactFields fields_of(const Case& contact) {
  const auto text = [](const char* field) {
    return field == nullptr ? std::nullopt : std::optional<std::string_view>(field);
  };
  const auto has = [&](char fact) { return contact.facts.find(fact) != std::string_view::npos; };
  ContactFields fields{text(contact.name), text(contact.email), text(contact.phone), {}, {}, {}};
  fields.email_is_role = has('r');
  constexpr std::string_view kKinds = "dfecx";
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (has(kKinds[i])) {
      fields.email_kind = static_cast<EmailKind>(i);
    }
  }
  if (has('+') || has('-')) {
    fields.phone_is_valid = has('+');
  }
  return fields;
}

std::string text_of(Signals signals) {
  std::string text;
  for (const Signal signal : signals) {
    text += (text.empty() ? "" : " ") + std::string(name_of(signal));
  }
  return text;
}

constexpr Case kPeople[] = {
    // Russian
    {"Иван Петров", "ivan.petrov@mail.ru", "+7 916 234-51-07", "f+", "free_email"},
    {"Иванов Иван Иванович", "i.ivanov@zavod.ru", "8 (495) 726-19-40", "c+", ""},
    {"Мария", "m.sokolova@stroy.ru", nullptr, "c", ""},
    {"Анна-Мария Гончарова", nullptr, "+79031187250", "+", ""},
    {"О. В. Щербакова", "ovs@bank.ru", nullptr, "c", ""},
    {"Ольга Ю.", nullptr, "8-905-731-22-18", "+", ""},
    {"ЩУКИНА ТАТЬЯНА", "shukina72@yandex.ru", nullptr, "f", "free_email"},
    {"Смит Джон", "john@smith.com", nullptr, "c", ""},
    {"Тимс Кен", nullptr, "+44 20 7946 0958", "+", ""},
    {"Артём Хрущёв", nullptr, "+7 (921) 555-35-35", "+", ""},
    {"Александр Взоров", "vzorov.aleksandr@gmail.com", nullptr, "f", "free_email"},
    {"Всеволод Мстиславский", "vsevolod1985@mail.ru", nullptr, "f", "free_email"},
    {"Тестова Ирина", "testova@firma.ru", nullptr, "c", ""},
    {"Ия Эйхе", nullptr, nullptr, "", ""},
    {"Ёлкина Юлия", nullptr, nullptr, "", ""},
    {"Пётр", "petr2505@mail.ru", nullptr, "f", "free_email"},
    {"Ли", nullptr, nullptr, "", ""},
    {"Коля Но", nullptr, nullptr, "", ""},
    {"Нет Василий", nullptr, nullptr, "", ""},
    {"Гурьев-Львов Ярослав", nullptr, nullptr, "", ""},
    {"Салтыков‑Щедрин М.Е.", nullptr, nullptr, "", ""},
    {"ООО Ромашка", "office@romashka.ru", "84951234568", "cr+", "role_email"},
    {"ИП Кузнецов А.А.", nullptr, nullptr, "", ""},
    {"г-н Кржижановский", nullptr, nullptr, "", ""},
    {"Отдел закупок", "zakupki@gazprom.ru", nullptr, "cr", "role_email"},
    {"Ваган Мкртчян", nullptr, nullptr, "", ""},
    {"Гурбангулы Бердымухамедов", nullptr, nullptr, "", ""},
    {"Магомед Гаджиев", nullptr, nullptr, "", ""},
    {"Айгюль Шайхутдинова", nullptr, nullptr, "", ""},
    {"Нгуен Тхи Хыонг", nullptr, nullptr, "", ""},
    {"Чжан Сяомин", nullptr, nullptr, "", ""},
    {"Мухаммад ибн Рашид", nullptr, nullptr, "", ""},
    {"Ярослав 🙂", nullptr, nullptr, "", ""},
    {"  Наталья\t", "  natalya@corp.ru ", "  ", "c", ""},
    {"Дарья (бухгалтер)", nullptr, nullptr, "", ""},
    {"Семён, директор", nullptr, nullptr, "", ""},
    {"Проф.Преображенский", nullptr, nullptr, "", ""},
    // Romanised
    {"Evgeniia Shcherbakova", "e.shcherbakova@tech.io", nullptr, "c", ""},
    {"Yury Khvorostovsky", nullptr, nullptr, "", ""},
    {"Ksenia Tkachuk", nullptr, nullptr, "", ""},
    {"Dmitrii Zhdanov", "dzhdanov@gmail.com", nullptr, "f", "free_email"},
    // Ukrainian, Belarusian, Kazakh, Caucasus
    {"Їжакевич Ганна", "ganna.i@ukr.net", "+380 44 537 0222", "f+", "free_email"},
    {"Ґалаґан Євген", nullptr, nullptr, "", ""},
    {"Зіновій Підгірний", nullptr, nullptr, "", ""},
    {"Андрій Кравчук", nullptr, nullptr, "", ""},
    {"Мар'яна Дем’янчук", nullptr, nullptr, "", ""},
    {"Ўладзімір Някляеў", nullptr, nullptr, "", ""},
    {"Қайрат Нұртас", nullptr, nullptr, "", ""},
    {"Әсел Тоқтарқызы", nullptr, nullptr, "", ""},
    {"Нұрсұлтан Әбішұлы Назарбаев", nullptr, nullptr, "", ""},
    {"Бауыржан Шукенов", nullptr, nullptr, "", ""},
    {"Сыздыкова Гүлнар", nullptr, nullptr, "", ""},
    {"Արամ Խաչատրյան", nullptr, nullptr, "", ""},
    {"გიორგი მაისურაძე", nullptr, nullptr, "", ""},
    // English
    {"John Smith", "john.smith@ibm.com", "+1 415 555 2671", "c+", ""},
    {"Elizabeth Knight", "liz.knight@gmail.com", nullptr, "f", "free_email"},
    {"Conan O'Brien", nullptr, nullptr, "", ""},
    {"Seán MacDhonnchadha", nullptr, nullptr, "", ""},
    {"Patrick McNutt", nullptr, nullptr, "", ""},
    {"Mary-Jane Eastwood", nullptr, nullptr, "", ""},
    {"J.R.R. Tolkien", "tolkien@ox.ac.uk", nullptr, "e", ""},
    {"William Wright III", nullptr, nullptr, "", ""},
    {"Dr. Catherine Schwartz, PhD", nullptr, nullptr, "", ""},
    {"Sean Rafferty", nullptr, nullptr, "", ""},
    {"Pat Doherty", "pat@doherty.ie", nullptr, "c", ""},
    {"Ivan", "ivan@ivanov.ru", nullptr, "c", ""},
    {"Bob", "bob777@gmail.com", nullptr, "f", "free_email"},
    {"Ed Ng", nullptr, nullptr, "", ""},
    {"Joe Null", nullptr, nullptr, "", ""},
    {"Jon Testa", nullptr, nullptr, "", ""},
    {"Lyndsey Rhys", nullptr, nullptr, "", ""},
    // German, Nordic, Polish, French, Spanish, Dutch, Turkish, Czech
    {"Jürgen Müller", "j.mueller@siemens.de", "+49 30 901820", "c+", ""},
    {"Annegret Kramp-Karrenbauer", nullptr, nullptr, "", ""},
    {"Ludwig van Beethoven", nullptr, nullptr, "", ""},
    {"Ursula von der Leyen", nullptr, nullptr, "", ""},
    {"Hans Schwarz", "schwarz@gmx.de", nullptr, "f", "free_email"},
    {"Björk Guðmundsdóttir", nullptr, nullptr, "", ""},
    {"Søren Kierkegaard", nullptr, nullptr, "", ""},
    {"Grzegorz Brzęczyszczykiewicz", nullptr, nullptr, "", ""},
    {"Krzysztof Szewczyk", nullptr, nullptr, "", ""},
    {"Wawrzyniec Przybylski", nullptr, nullptr, "", ""},
    {"François Lefebvre", nullptr, nullptr, "", ""},
    {"Jean-Luc Beaulieu", nullptr, nullptr, "", ""},
    {"José María de la Cruz", nullptr, nullptr, "", ""},
    {"Joost van der Westhuizen", nullptr, nullptr, "", ""},
    {"Mehmet Öztürk", nullptr, nullptr, "", ""},
    {"Zdeněk Vlček", nullptr, nullptr, "", ""},
    {"Strč Prst", nullptr, nullptr, "", ""},
    {"Γιώργος Παπαδόπουλος", nullptr, nullptr, "", ""},
    // Vietnamese, Chinese, Japanese, Korean, Arabic, Hebrew, Indian, African
    {"Nguyễn Thị Phương", nullptr, nullptr, "", ""},
    {"Nguyen Thi Huong", nullptr, "+84 24 3825 3500", "+", ""},
    {"Trần Đức", nullptr, nullptr, "", ""},
    {"Phung Quoc Thang", nullptr, nullptr, "", ""},
    {"李小龙", nullptr, nullptr, "", ""},
    {"王", nullptr, nullptr, "", ""},
    {"Zhang Xiaoming", "xiaoming@huawei.com", nullptr, "c", ""},
    {"Wu Yifan", nullptr, nullptr, "", ""},
    {"山田太郎", nullptr, nullptr, "", ""},
    {"Yamaguchi Tsutomu", nullptr, nullptr, "", ""},
    {"김철수", nullptr, nullptr, "", ""},
    {"No Min-woo", nullptr, nullptr, "", ""},
    {"محمد بن سلمان", nullptr, nullptr, "", ""},
    {"فاطمة الزهراء", nullptr, nullptr, "", ""},
    {"Mohammed Abdulrahman", nullptr, nullptr, "", ""},
    {"יוסי כהן", nullptr, nullptr, "", ""},
    {"नरेन्द्र शर्मा", nullptr, nullptr, "", ""},
    {"Venkataraman Krishnamurthy", nullptr, nullptr, "", ""},
    {"สมชาย ใจดี", nullptr, nullptr, "", ""},
    {"Chukwuemeka Okonkwo", nullptr, nullptr, "", ""},
    // Only some fields
    {nullptr, "ivan.petrov@mail.ru", nullptr, "f", "free_email"},
    {nullptr, nullptr, "+7 916 234-51-07", "+", ""},
    {"", "", "89162345107", "+", ""},
    {"Анна", nullptr, "8 800 555-35-35", "+", ""},
    {nullptr, "79162345107@mail.ru", nullptr, "f", "free_email"},
    {nullptr, "89161234567@mail.ru", nullptr, "f", "free_email"},
    {nullptr, "dvpetrov@zavod.ru", nullptr, "c", ""},
    {nullptr, "kuznetsovsv@zavod.ru", nullptr, "c", ""},
    {nullptr, "пётр@почта.рф", nullptr, "c", ""},
    {nullptr, "anna", nullptr, "", ""},
};

constexpr Case kSuspects[] = {
    // Names
    {"иван петров", nullptr, nullptr, "", "lower_case_name"},
    {"john smith", "john.smith@gmail.com", nullptr, "f", "lower_case_name free_email"},
    {"γιώργος", nullptr, nullptr, "", "lower_case_name"},
    {"тест", nullptr, nullptr, "", "joke_name lower_case_name"},
    {"Тест", nullptr, nullptr, "", "joke_name"},
    {"Тест Тестов", nullptr, nullptr, "", "joke_name"},
    {"TEST", nullptr, nullptr, "", "joke_name"},
    {"test1", nullptr, nullptr, "", "joke_name digits_in_name lower_case_name"},
    {"Test Test", "test@test.ru", nullptr, "c", "joke_name joke_email"},
    {"Вася Пупкин", nullptr, nullptr, "", "joke_name"},
    {"Пупкин Василий Иванович", nullptr, nullptr, "", "joke_name"},
    {"Нет", nullptr, nullptr, "", "joke_name"},
    {"«нет»", nullptr, nullptr, "", "joke_name lower_case_name"},
    {"Имя", nullptr, nullptr, "", "joke_name"},
    {"Mickey Mouse", nullptr, nullptr, "", "joke_name"},
    {"mouse, mickey", nullptr, nullptr, "", "joke_name lower_case_name"},
    {"John Doe", nullptr, nullptr, "", "joke_name"},
    {"Max Mustermann", nullptr, nullptr, "", "joke_name"},
    {"Дед Мороз", nullptr, nullptr, "", "joke_name"},
    {"Илон Маск", nullptr, nullptr, "", "joke_name"},
    {"Аноним", nullptr, nullptr, "", "joke_name"},
    {"asd", nullptr, nullptr, "", "joke_name keyboard_walk_name lower_case_name"},
    {"qwerty", nullptr, nullptr, "", "joke_name keyboard_walk_name lower_case_name"},
    {"йцукен", nullptr, nullptr, "", "joke_name keyboard_walk_name lower_case_name"},
    {"Фывапр", nullptr, nullptr, "", "keyboard_walk_name"},
    {"12345", nullptr, nullptr, "", "keyboard_walk_name name_without_letters digits_in_name"},
    {"qwe123", nullptr, nullptr, "", "joke_name keyboard_walk_name digits_in_name lower_case_name"},
    {"Sdfsdf", nullptr, nullptr, "", "keyboard_walk_name"},
    {"1q2w3e4r", nullptr, nullptr, "", "keyboard_walk_name digits_in_name lower_case_name"},
    {"аааа", nullptr, nullptr, "", "repeated_letters lower_case_name"},
    {"Ааа", nullptr, nullptr, "", "repeated_letters"},
    {"Иваааан", nullptr, nullptr, "", "repeated_letters"},
    {"хахаха", nullptr, nullptr, "", "repeated_letters lower_case_name"},
    {"Xkqjzv", nullptr, nullptr, "", "gibberish_name"},
    {"Qzxwvk Hjkfgd", nullptr, nullptr, "", "gibberish_name"},
    {"Щжшгцк", nullptr, nullptr, "", "gibberish_name"},
    {"Bdfyjd Cthutq", nullptr, nullptr, "", "wrong_keyboard_layout"},
    {"fktrcfylh", nullptr, nullptr, "", "lower_case_name wrong_keyboard_layout"},
    {"Ыьшер Ещьфы", nullptr, nullptr, "", "wrong_keyboard_layout"},
    {"SuperDrakon12345", nullptr, nullptr, "", "keyboard_walk_name digits_in_name"},
    {"Ivan87", nullptr, nullptr, "", "digits_in_name"},
    {"Сергей 2", nullptr, nullptr, "", "digits_in_name"},
    {"Иван 89161234567", nullptr, nullptr, "", "digits_in_name"},
    {"1234567", nullptr, nullptr, "", "keyboard_walk_name name_without_letters digits_in_name"},
    {"А", nullptr, nullptr, "", "single_letter_name"},
    {"a", nullptr, nullptr, "", "single_letter_name"},
    {"-", nullptr, nullptr, "", "name_without_letters"},
    {"...", nullptr, nullptr, "", "name_without_letters"},
    {"???", nullptr, nullptr, "", "name_without_letters"},
    {"Buy http://spam.example/x", nullptr, nullptr, "", "address_in_name"},
    {"Скидки на www.sale.ru", nullptr, nullptr, "", "address_in_name"},
    {"Win at casino.com", nullptr, nullptr, "", "address_in_name"},
    {"Пишите на vip@sale.ru", nullptr, nullptr, "", "address_in_name"},
    {"Иван t.me/ivan", nullptr, nullptr, "", "address_in_name"},
    {"Cергей", nullptr, nullptr, "", "mixed_scripts"},
    {"Ивaн Пeтpoв", nullptr, nullptr, "", "mixed_scripts"},
    // Mailboxes
    {nullptr, "x@mailinator.com", nullptr, "d", "disposable_email"},
    {nullptr, "нет", nullptr, "x", "invalid_email"},
    {nullptr, "ivan@mail", nullptr, "x", "invalid_email"},
    {nullptr, "info@zavod.ru", nullptr, "cr", "role_email"},
    {nullptr, "test@mail.ru", nullptr, "f", "joke_email free_email"},
    {nullptr, "test123@firma.ru", nullptr, "c", "joke_email"},
    {nullptr, "asd@asd.ru", nullptr, "c", "joke_email keyboard_walk_email"},
    {nullptr, "noname@mail.ru", nullptr, "f", "joke_email free_email"},
    {nullptr, "qwerty@mail.ru", nullptr, "f", "keyboard_walk_email free_email"},
    {nullptr, "123@mail.ru", nullptr, "f", "keyboard_walk_email free_email"},
    {nullptr, "aaaa@mail.ru", nullptr, "f", "repeated_letters free_email"},
    {nullptr, "SuperDrakon12345@mail.ru", nullptr, "f", "keyboard_walk_email nickname_with_digits free_email"},
    {nullptr, "drakon90876@mail.ru", nullptr, "f", "nickname_with_digits free_email"},
    {nullptr, "xkqjzvwpbt@gmail.com", nullptr, "f", "gibberish_email free_email"},
    // Phones
    {nullptr, nullptr, "+7 999 999-99-99", "+", "repeated_phone_digits"},
    {nullptr, nullptr, "8 (926) 000-00-00", "-", "repeated_phone_digits impossible_phone"},
    {nullptr, nullptr, "1212121212", "", "repeated_phone_digits"},
    {nullptr, nullptr, "1234567", "-", "consecutive_phone_digits impossible_phone"},
    {nullptr, nullptr, "+7 (916) 123-45-67", "+", "consecutive_phone_digits"},
    {nullptr, nullptr, "7654321", "", "consecutive_phone_digits"},
    {nullptr, nullptr, "456-78-90-12", "", "consecutive_phone_digits"},
    {nullptr, nullptr, "１２３４５６７", "", "consecutive_phone_digits"},
    {nullptr, nullptr, "нет", "-", "impossible_phone"},
    {nullptr, nullptr, "12", "-", "impossible_phone"},
    // Together
    {"ivan.petrov", "Ivan.Petrov@mail.ru", nullptr, "f", "name_equals_email lower_case_name free_email"},
    {"superdrakon", "superdrakon@mail.ru", nullptr, "f", "name_equals_email lower_case_name free_email"},
    {"нет", "нет", "нет", "x-", "joke_name fields_equal impossible_phone invalid_email lower_case_name"},
    {"ivan@mail.ru", "ivan@mail.ru", nullptr, "f", "address_in_name fields_equal lower_case_name free_email"},
    {"89161117700", nullptr, "89161117700", "+", "name_without_letters fields_equal digits_in_name"},
    {"asdf", "asdf@asdf.com", "1234567", "c-",
     "joke_name keyboard_walk_name joke_email consecutive_phone_digits impossible_phone keyboard_walk_email "
     "name_equals_email lower_case_name"},
};

static_assert(sizeof kPeople / sizeof *kPeople + sizeof kSuspects / sizeof *kSuspects >= 120);

TEST(Validity, PeopleShowNoMoreThanTheirMailbox) {
  for (const Case& contact : kPeople) {
    const Signals signals = contact_signals(fields_of(contact));
    EXPECT_EQ(text_of(signals), contact.expected)
        << (contact.name == nullptr ? "" : contact.name) << ' ' << (contact.email == nullptr ? "" : contact.email);
    EXPECT_GT(contact_validity(signals), 0.97);
  }
}

TEST(Validity, SuspectsShowTheirSignals) {
  for (const Case& contact : kSuspects) {
    const ContactFields fields = fields_of(contact);
    const Signals signals = contact_signals(fields);
    EXPECT_EQ(text_of(signals), contact.expected)
        << (contact.name == nullptr ? "" : contact.name) << ' ' << (contact.email == nullptr ? "" : contact.email)
        << ' ' << (contact.phone == nullptr ? "" : contact.phone);
    EXPECT_EQ(contact_signals(fields), signals);
    EXPECT_DOUBLE_EQ(*contact_validity(fields), contact_validity(signals));
    EXPECT_LT(contact_validity(signals), contact_validity(Signals()));
  }
}

TEST(Validity, EverySignalIsReached) {
  std::set<Signal> seen;
  for (const Case& contact : kSuspects) {
    for (const Signal signal : contact_signals(fields_of(contact))) {
      seen.insert(signal);
    }
  }
  const std::string message = "Добрый день! Предлагаем раскрутку сайтов. " + std::string(300, ' ') + "Звоните";
  ContactFields fields;
  fields.name = message;
  EXPECT_EQ(text_of(contact_signals(fields)), "overlong_name");
  seen.insert(Signal::overlong_name);
  EXPECT_EQ(seen.size(), kSignals);
}

TEST(Validity, EverySignalHasANameAWeightAndAReason) {
  std::set<std::string_view> names;
  double heaviest = weight_of(Signal::joke_name);
  for (std::size_t i = 0; i < kSignals; ++i) {
    const auto signal = static_cast<Signal>(i);
    EXPECT_TRUE(names.insert(name_of(signal)).second);
    EXPECT_EQ(name_of(signal).find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    EXPECT_GT(reason_of(signal).size(), 20U);
    EXPECT_EQ(reason_of(signal).back(), '.');
    EXPECT_GT(weight_of(signal), 0);
    EXPECT_LE(weight_of(signal), heaviest) << name_of(signal);
    heaviest = weight_of(signal);
  }
}

TEST(Validity, NothingGivenIsUnknown) {
  EXPECT_EQ(contact_validity(ContactFields{}), std::nullopt);
  ContactFields fields;
  fields.name = "  ";
  fields.email = "";
  fields.phone = "\t\n";
  fields.email_kind = EmailKind::invalid;
  fields.email_is_role = true;
  fields.phone_is_valid = false;
  EXPECT_TRUE(contact_signals(fields).empty());
  EXPECT_EQ(contact_validity(fields), std::nullopt);
  fields.name = "Анна";
  EXPECT_TRUE(contact_signals(fields).empty());
  EXPECT_DOUBLE_EQ(*contact_validity(fields), 1 / (1 + std::exp(-kGenuineLogOdds)));
}

TEST(Validity, EachSignalLowersIt) {
  leadscore::test::Random random(3);
  for (int round = 0; round < 2000; ++round) {
    Signals signals;
    double before = contact_validity(signals);
    EXPECT_LT(before, 1);
    for (int i = 0; i < 40; ++i) {
      const auto signal = static_cast<Signal>(random.below(kSignals));
      const bool is_new = !signals.contains(signal);
      signals.add(signal);
      const double after = contact_validity(signals);
      EXPECT_TRUE(is_new ? after < before : after == before);
      EXPECT_GT(after, 0);
      before = after;
    }
  }
}

TEST(Validity, NoSingleSignalVetoes) {
  for (std::size_t i = 0; i < kSignals; ++i) {
    Signals signals;
    signals.add(static_cast<Signal>(i));
    EXPECT_GE(contact_validity(signals), 0.5);
  }
}

TEST(Validity, AnyBytesAndEveryPrefixAreSafe) {
  leadscore::test::Random random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::uint32_t size = random.below(400);
    while (text.size() < size) {
      const auto& contact = kSuspects[random.below(sizeof kSuspects / sizeof *kSuspects)];
      if (random.chance(0.3) && contact.name != nullptr) {
        text += contact.name;
      } else {
        text += static_cast<char>(random.below(256));
      }
    }
    ContactFields fields;
    fields.name = text;
    fields.email = std::string_view(text).substr(random.below(static_cast<std::uint32_t>(text.size()) + 1));
    fields.phone = std::string_view(text).substr(0, random.below(static_cast<std::uint32_t>(text.size()) + 1));
    const Signals signals = contact_signals(fields);
    EXPECT_EQ(contact_signals(fields), signals);
    const auto validity = contact_validity(fields);
    EXPECT_TRUE(!validity || (*validity > 0 && *validity < 1));
  }
  const std::string name = "Cергей SuperDrakon12345 хахаха qwerty http://x.ru/\xF0\x9F\x98\x80";
  for (std::size_t size = 0; size <= name.size(); ++size) {
    const std::string prefix = name.substr(0, size);  // on the heap, so that a sanitizer sees its end
    ContactFields fields;
    fields.name = prefix;
    contact_signals(fields);
  }
}

TEST(Validity, LongTextsCostNoMore) {
  const std::string huge(100'000'000, 'a');
  const std::string spaces(100'000'000, ' ');
  ContactFields fields;
  fields.name = huge;
  fields.email = huge;
  fields.phone = huge;
  for (int i = 0; i < 100'000; ++i) {  // a minute and more if it were read
    EXPECT_EQ(text_of(contact_signals(fields)), "repeated_letters overlong_name lower_case_name");
  }
  fields.name = spaces;
  contact_signals(fields);
}

// Real names, written as people do, show nothing but what a form-filler's list of jokes has too.
TEST(Validity, RatesOnRealNames) {
  const char* const data = std::getenv("LEADSCORE_DATA");  // NOLINT(concurrency-mt-unsafe)
  std::ifstream lines(std::string(data == nullptr ? "" : data) + "/dedup/ru_leads_4k.csv");
  if (data == nullptr || !lines) {
    GTEST_SKIP() << "LEADSCORE_DATA does not lead to dedup/ru_leads_4k.csv";
  }
  std::map<std::string_view, int> counts;
  int leads = 0;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    // lead_id,person_id,submitted_at,first_name,last_name,patronymic,email,phone,company,city,source,errs
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    for (const char c : line) {
      is_quoted ^= c == '"';
      if (c == ',' && !is_quoted) {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    // The names with errors put in are no names.
    const std::string& errors = cells.back();
    if (errors.find("typo") != std::string::npos || errors.find("layout") != std::string::npos ||
        errors.find("homoglyph") != std::string::npos || errors.find("lookalike") != std::string::npos) {
      continue;
    }
    const std::string name = cells[3] + " " + cells[4] + " " + cells[5];
    ContactFields fields;
    fields.name = name;
    fields.email = cells[6];
    fields.phone = cells[7];
    ++leads;
    for (const Signal signal : contact_signals(fields)) {
      ++counts[name_of(signal)];
    }
  }
  for (const auto& [name, count] : counts) {
    std::cout << name << ": " << count << " of " << leads << '\n';
  }
  EXPECT_LT(counts["gibberish_name"], leads / 100);
  EXPECT_LT(counts["gibberish_email"], leads / 100);
  EXPECT_LT(counts["keyboard_walk_name"] + counts["joke_name"] + counts["repeated_letters"], leads / 500);
}

}  // namespace
