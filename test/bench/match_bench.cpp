// What it costs to read a lead, to block leads, and to score the pairs that blocking leaves.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dedup/agreement.hpp"
#include "core/dedup/blocking.hpp"
#include "core/dedup/contact_rule.hpp"
#include "core/dedup/lead_fields.hpp"
#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_weights.hpp"
#include "core/dedup/value_frequencies.hpp"

namespace {

using namespace leadscore;
using namespace leadscore::dedup;

constexpr std::size_t kLeads = 100'000;
constexpr std::size_t kPairsAhead = 16;

template <std::size_t Size>
std::string one_of(const std::array<std::string_view, Size>& items, std::mt19937& random) {
  return std::string(items[random() % Size]);
}

constexpr std::array<std::string_view, 24> kFirst = {"Иван",   "Пётр",      "Сергей", "Александр", "Дмитрий", "Мария",
                                                     "Анна",   "Екатерина", "Ольга",  "Наталья",   "Юлия",    "Елена",
                                                     "Михаил", "Саша",      "Лёша",   "Андрей",    "Игорь",   "Вера",
                                                     "Галина", "Роман",     "Жанна",  "Фёдор",     "Нина",    "Robert"};
constexpr std::array<std::string_view, 20> kLastBegin = {"Кова", "Пет",   "Сидо", "Моро", "Лебе", "Горш", "Зай",
                                                         "Бел",  "Кузне", "Федо", "Бара", "Тара", "Нико", "Рома",
                                                         "Саве", "Долго", "Мель", "Воро", "Тере", "Гусе"};
constexpr std::array<std::string_view, 16> kLastEnd = {"ленко", "рский",  "имов",  "ушин",  "ватов", "льман",
                                                       "щук",   "якин",   "нтьев", "швили", "ников", "ридзе",
                                                       "цов",   "дченко", "сян",   "хин"};
constexpr std::array<std::string_view, 12> kCompany = {
    "Ромашка", "Северный Ветер", "Строй-Инвест", "Рога и Копыта", "Медтехника", "Империя 14",
    "Альфа",   "Горизонт",       "Global Trade", "Blue Sky",      "Data Works", "Восток"};
constexpr std::array<std::string_view, 10> kCity = {"Москва", "Казань", "Самара",  "Омск",    "Тула",
                                                    "Пермь",  "Уфа",    "Воронеж", "Иркутск", "Санкт-Петербург"};
constexpr std::array<std::string_view, 5> kDomain = {"mail.ru", "gmail.com", "yandex.ru", "bk.ru", "severstroi.ru"};

std::string digits(std::mt19937& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += static_cast<char>('0' + random() % 10);
  }
  return text;
}

using Texts = std::array<std::string, kTextRoles>;

// People with a name, an e-mail, a phone, a company and a city; every third has come before, with gaps and other
// spellings.
std::vector<Texts> made_up_leads() {
  std::mt19937 random(1);
  std::vector<Texts> leads;
  const auto text = [](Texts& lead, Role role) -> std::string& { return lead[static_cast<std::size_t>(role)]; };
  while (leads.size() < kLeads) {
    if (!leads.empty() && random() % 3 == 0) {
      Texts again = leads[random() % leads.size()];
      std::string& email = text(again, Role::email);
      if (random() % 3 == 0 && email.size() > 6) {
        std::swap(email[2], email[3]);
      }
      std::string& phone = text(again, Role::phone);
      if (random() % 3 == 0 && phone.size() > 2) {
        phone = "8" + phone.substr(2);
      }
      for (const Role role : {Role::email, Role::phone, Role::company, Role::city}) {
        if (random() % 5 == 0) {
          text(again, role).clear();
        }
      }
      leads.push_back(again);
      continue;
    }
    Texts lead;
    text(lead, Role::first_name) = one_of(kFirst, random);
    text(lead, Role::last_name) = one_of(kLastBegin, random) + one_of(kLastEnd, random);
    text(lead, Role::email) = "m" + digits(random, 2) + "sunny" + digits(random, 4) + "@" + one_of(kDomain, random);
    text(lead, Role::phone) = "+7916" + digits(random, 7);
    text(lead, Role::company) = "ООО «" + one_of(kCompany, random) + " " + one_of(kLastBegin, random) + "»";
    text(lead, Role::city) = one_of(kCity, random);
    leads.push_back(lead);
  }
  return leads;
}

LeadText text_of(const Texts& texts) {
  LeadText lead;
  for (std::size_t i = 0; i < kTextRoles; ++i) {
    if (!texts[i].empty()) {
      lead.text[i] = texts[i];
    }
  }
  return lead;
}

const std::vector<Texts>& leads() {
  static const std::vector<Texts> made = made_up_leads();
  return made;
}

const LeadTable& table() {
  static LeadTable filled(std::pmr::get_default_resource());
  if (filled.size() == 0) {
    StopToken stop;
    FieldReader reader(*contact::find_region("RU"), std::pmr::get_default_resource());
    LeadFields fields;
    for (const Texts& lead : leads()) {
      reader.read(text_of(lead), fields, stop);
      filled.add(fields);
    }
  }
  return filled;
}

std::pmr::vector<BlockedPair> blocked() {
  StopToken stop;
  const MatchRule rule = contact_rule();
  std::vector<BlockingReport> reports(rule.keys.size());
  return block(rule, table(), {}, reports, std::pmr::get_default_resource(), stop);
}

// Each pair once, in the order in which a search goes through them.
std::vector<BlockedPair> different_pairs() {
  std::vector<BlockedPair> pairs;
  for (const BlockedPair& pair : blocked()) {
    if (pairs.empty() || pairs.back().pair() != pair.pair()) {
      pairs.push_back(pair);
    }
  }
  return pairs;
}

void read_leads(benchmark::State& state) {
  StopToken stop;
  std::pmr::unsynchronized_pool_resource memory;
  FieldReader reader(*contact::find_region("RU"), &memory);
  LeadFields fields;
  std::size_t i = 0;
  const std::vector<Texts>& list = leads();
  for (auto _ : state) {
    reader.read(text_of(list[i]), fields, stop);
    benchmark::DoNotOptimize(fields.hash(Field::city));
    i = (i + 1) % list.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void block_leads(benchmark::State& state) {
  std::size_t pairs = 0;
  (void)table();
  for (auto _ : state) {
    pairs = blocked().size();
    benchmark::DoNotOptimize(pairs);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kLeads));
  state.counters["pairs"] = static_cast<double>(pairs);
}

// Compares, and weighs with the frequencies of values.
void score_pairs(benchmark::State& state) {
  const MatchRule rule = contact_rule();
  const LeadTable& list = table();
  StopToken stop;
  std::vector<std::uint32_t> everybody(list.size());
  std::iota(everybody.begin(), everybody.end(), 0);
  ValueFrequencies frequencies(std::pmr::get_default_resource());
  frequencies.count(list, everybody, stop);
  const MatchWeights weights(rule, frequencies);
  const std::vector<BlockedPair> pairs = different_pairs();
  std::size_t matches = 0;
  for (auto _ : state) {
    matches = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      // As a search does.
      if (i + kPairsAhead < pairs.size()) {
        list.prefetch(pairs[i + kPairsAhead].b());
        list.prefetch_letters(pairs[i + kPairsAhead / 2].b());
      }
      const PackedLead& a = list[pairs[i].a()];
      const PackedLead& b = list[pairs[i].b()];
      matches += weights.of(compare(rule, a, b), a, b) >= 0 ? 1U : 0U;
    }
    benchmark::DoNotOptimize(matches);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pairs.size()));
  state.counters["pairs"] = static_cast<double>(pairs.size());
  state.counters["matches"] = static_cast<double>(matches);
}

BENCHMARK(read_leads)->Name("match/read_leads");
BENCHMARK(block_leads)->Name("match/block_leads")->Unit(benchmark::kMillisecond);
BENCHMARK(score_pairs)->Name("match/score_pairs")->Unit(benchmark::kMillisecond);

}  // namespace
