// Leads for tests of matching: written role by role, and made-up people who make typing errors.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/contact/phone.hpp"
#include "core/dedup/lead_fields.hpp"
#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_rule.hpp"
#include "random.hpp"

namespace leadscore::test {

inline constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1'000'000;  // in microseconds

struct WrittenLead {
  std::map<dedup::Role, std::string> texts{};
  std::int64_t at = dedup::LeadText::kNoTime;

  /// A view of it.
  [[nodiscard]] dedup::LeadText text() const {
    dedup::LeadText lead;
    for (const auto& [role, text] : texts) {
      lead[role] = text;
    }
    lead.at = at;
    return lead;
  }
};

inline dedup::LeadFields fields_of(const WrittenLead& lead, std::string_view region = "RU") {
  StopToken stop;
  std::pmr::monotonic_buffer_resource memory;
  dedup::FieldReader reader(*contact::find_region(region), &memory);
  dedup::LeadFields fields;
  reader.read(lead.text(), fields, stop);
  return fields;
}

/// A table of such leads.
struct WrittenTable {
  explicit WrittenTable(const std::vector<WrittenLead>& leads,
                        std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : table(memory) {
    StopToken stop;
    dedup::FieldReader reader(*contact::find_region("RU"), memory);
    dedup::LeadFields fields;
    for (const WrittenLead& lead : leads) {
      reader.read(lead.text(), fields, stop);
      table.add(fields);
    }
  }

  dedup::LeadTable table;
};

inline std::string number_text(std::uint64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

/// Drops, doubles, replaces or swaps a letter; of ASCII texts.
inline std::string with_typo(std::string text, Random& random) {
  if (text.size() < 4) {
    return text;
  }
  const std::size_t at = 1 + random.below(static_cast<std::uint32_t>(text.size() - 2));
  switch (random.below(4)) {
    case 0:
      text.erase(at, 1);
      break;
    case 1:
      text.insert(at, 1, text[at]);
      break;
    case 2:
      text[at] = text[at] >= '0' && text[at] <= '9' ? static_cast<char>('0' + random.below(10))
                                                    : static_cast<char>('a' + random.below(26));
      break;
    default:
      std::swap(text[at], text[at + 1]);
  }
  return text;
}

/// A made-up list: some people come once, some several times, with errors and gaps. In order of time.
class MadeUpPeople {
 public:
  MadeUpPeople(std::size_t people, std::uint64_t seed) {
    static constexpr std::array<std::string_view, 16> kFirst = {"Ivan",   "Maria", "Sergei", "Anna",  "John",  "Elena",
                                                                "Robert", "Olga",  "Igor",   "Daria", "Peter", "Julia",
                                                                "Paul",   "Vera",  "Roman",  "Nina"};
    static constexpr std::array<std::string_view, 20> kBegin = {"Kov", "Pet", "Sid", "Mor", "Leb", "Gor", "Zai",
                                                                "Bel", "Kuz", "Fed", "Bar", "Tar", "Nik", "Rom",
                                                                "Sav", "Dol", "Mel", "Vor", "Ter", "Gus"};
    static constexpr std::array<std::string_view, 12> kEnd = {"alenko", "ersky", "imov",  "ushin",   "atov", "elman",
                                                              "oshuk",  "yakin", "entev", "ashvili", "ikov", "uridze"};
    static constexpr std::array<std::string_view, 6> kCities = {"Moskva", "Kazan", "Samara", "Omsk", "Tula", "Perm"};
    static constexpr std::array<std::string_view, 4> kDomains = {"mail.ru", "gmail.com", "yandex.ru", "severstroi.ru"};
    Random random(seed);
    struct Drawn {
      WrittenLead lead;
      std::uint32_t person;
    };
    std::vector<Drawn> drawn;
    for (std::uint32_t person = 0; person < people; ++person) {
      using dedup::Role;
      std::map<Role, std::string> true_texts;
      const std::string first(random.one_of(kFirst));
      const std::string last = std::string(random.one_of(kBegin)) + std::string(random.one_of(kEnd));
      true_texts[Role::first_name] = first;
      true_texts[Role::last_name] = last;
      true_texts[Role::email] = (random.chance(0.5) ? last : "sunny") + number_text(random.below(100'000), 5) + "@" +
                                std::string(random.one_of(kDomains));
      true_texts[Role::phone] = "+7916" + number_text(random.below(10'000'000), 7);
      true_texts[Role::city] = random.one_of(kCities);
      true_texts[Role::birth_date] = number_text(1950 + random.below(55), 4) + "-" +
                                     number_text(1 + random.below(12), 2) + "-" + number_text(1 + random.below(28), 2);
      const std::size_t leads = random.chance(0.6) ? 1 : 2 + random.below(3);
      for (std::size_t i = 0; i < leads; ++i) {
        WrittenLead lead{true_texts, static_cast<std::int64_t>(random.below(1'000'000)) * 1'000'000};
        for (auto& [role, text] : lead.texts) {
          text = i > 0 && random.chance(0.15) ? with_typo(text, random) : text;
        }
        for (const Role role : {Role::email, Role::phone, Role::city, Role::birth_date}) {
          if (random.chance(0.2)) {
            lead.texts.erase(role);
          }
        }
        drawn.push_back({std::move(lead), person});
      }
    }
    random.shuffle(drawn);
    std::stable_sort(drawn.begin(), drawn.end(), [](const Drawn& a, const Drawn& b) { return a.lead.at < b.lead.at; });
    for (Drawn& each : drawn) {
      leads.push_back(std::move(each.lead));
      persons.push_back(each.person);
    }
  }

  std::vector<WrittenLead> leads;
  std::vector<std::uint32_t> persons;  // who each lead is
};

}  // namespace leadscore::test
