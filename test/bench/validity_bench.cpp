// What judging a contact costs, over ten thousand different ones: people, nicknames, bots and jokes.
#include "core/contact/validity.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/gibberish.hpp"
#include "core/contact/validity_text.hpp"

namespace {

using namespace leadscore::contact;

constexpr std::size_t kContacts = 10'000;

struct Contact {
  std::string name;
  std::string email;
  std::string phone;
};

std::vector<Contact> make_contacts() {
  constexpr std::array kRussian{"Иван",      "Елена",   "Сергей", "Ольга",  "Дмитрий", "Анна",   "Алексей",
                                "Мария",     "Павел",   "Ирина",  "Петров", "Щукина",  "Хрущёв", "Кузнецова",
                                "Сидоренко", "Мкртчян", "Ли",     "Нгуен",  "Иванова", "Гаджиев"};
  constexpr std::array kLatin{"John",   "Mary",   "James",  "Linda",    "Krzysztof", "Jürgen",   "Smith",
                              "Knight", "Doe",    "Brown",  "Schwartz", "Wang",      "Evgeniia", "Petrenko",
                              "Öztürk", "Nguyen", "O'Neil", "Lopez",    "Kovacs",    "Ivanova"};
  constexpr std::array kNoise{"тест", "qwerty", "asdasd", "Xkqjzv", "SuperDrakon12345", "йцукен", "ааа", "Bdfyjd"};
  constexpr std::array kDomains{"gmail.com", "mail.ru", "yandex.ru", "stroy-invest.ru", "example-company.com"};
  std::mt19937 random(1);
  const auto one_of = [&](const auto& list) { return std::string(list[random() % list.size()]); };
  std::vector<Contact> contacts(kContacts);
  for (Contact& contact : contacts) {
    const unsigned kind = random() % 20;
    if (kind < 12) {
      contact.name = one_of(kRussian) + " " + one_of(kRussian);
    } else if (kind < 18) {
      contact.name = one_of(kLatin) + " " + one_of(kLatin);
    } else {
      contact.name = one_of(kNoise);
    }
    contact.email = std::string(1, static_cast<char>('a' + random() % 26)) + "." + "petrov" +
                    std::to_string(random() % 100) + "@" + one_of(kDomains);
    contact.phone = "+7 (9" + std::to_string(10 + random() % 90) + ") " + std::to_string(100 + random() % 900) + "-" +
                    std::to_string(10 + random() % 90) + "-" + std::to_string(10 + random() % 90);
  }
  return contacts;
}

ContactFields fields_of(const Contact& contact) {
  ContactFields fields;
  fields.name = contact.name;
  fields.email = contact.email;
  fields.phone = contact.phone;
  fields.email_kind = EmailKind::free;
  fields.email_is_role = false;
  fields.phone_is_valid = true;
  return fields;
}

void contact_validity_of_contacts(benchmark::State& state) {
  const auto contacts = make_contacts();
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(contact_validity(fields_of(contacts[i])));
    i = i + 1 < kContacts ? i + 1 : 0;
  }
}
BENCHMARK(contact_validity_of_contacts);

void contact_signals_of_a_name(benchmark::State& state) {
  const auto contacts = make_contacts();
  std::size_t i = 0;
  for (auto _ : state) {
    ContactFields fields;
    fields.name = contacts[i].name;
    benchmark::DoNotOptimize(contact_signals(fields));
    i = i + 1 < kContacts ? i + 1 : 0;
  }
}
BENCHMARK(contact_signals_of_a_name);

void strangeness_of_a_word(benchmark::State& state) {
  const auto contacts = make_contacts();
  std::vector<std::u16string> words;
  for (const Contact& contact : contacts) {
    const FoldedText text(contact.name);
    const auto letters = text.letters(text.words()[0]);
    words.emplace_back(letters.begin(), letters.end());
  }
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(strangeness(words[i]));
    i = i + 1 < kContacts ? i + 1 : 0;
  }
}
BENCHMARK(strangeness_of_a_word);

}  // namespace
