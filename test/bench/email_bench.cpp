// What an e-mail address costs, over ten thousand different ones as leads enter them; libpsl beside it where it is
// installed.
#include "core/contact/email.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#ifdef LEADSCORE_HAVE_PSL
#include <libpsl.h>
#endif

#include "core/contact/email_kind.hpp"
#include "core/contact/public_suffix.hpp"

namespace {

using namespace leadscore::contact;

constexpr std::size_t kAddresses = 10'000;

constexpr std::array<std::string_view, 20> kFirst{"ivan",  "elena", "sergey", "olga",  "dmitry", "anna",  "alexey",
                                                  "maria", "pavel", "irina",  "john",  "mary",   "james", "linda",
                                                  "peter", "susan", "igor",   "yulia", "oleg",   "kate"};
constexpr std::array<std::string_view, 20> kLast{
    "petrov", "ivanova", "smirnov", "kuznetsova", "popov",  "sokolova", "lebedev", "kozlova",     "novikov", "morozova",
    "smith",  "jones",   "brown",   "taylor",     "wilson", "davies",   "evans",   "shcherbakov", "yudina",  "thomas"};
constexpr std::array<std::string_view, 12> kFree{"mail.ru",   "gmail.com",   "yandex.ru",  "ya.ru",
                                                 "bk.ru",     "inbox.ru",    "rambler.ru", "list.ru",
                                                 "yahoo.com", "outlook.com", "icloud.com", "Gmail.com"};
constexpr std::array<std::string_view, 10> kEndings{"ru", "ru", "ru", "com", "com", "org", "kz", "by", "co.uk", "de"};
constexpr std::array<std::string_view, 16> kSyllables{"stroy", "prom",  "tech", "med", "invest", "soft",
                                                      "torg",  "group", "auto", "eco", "plast",  "metal",
                                                      "trade", "north", "gaz",  "lab"};
constexpr std::array<std::string_view, 6> kDisposable{"mailinator.com", "yopmail.com",       "10minutemail.com",
                                                      "temp-mail.org",  "guerrillamail.com", "sharklasers.com"};

class Random {
 public:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  template <std::size_t Count>
  std::string_view one_of(const std::array<std::string_view, Count>& texts) {
    return texts[below(Count)];
  }

 private:
  std::mt19937_64 engine_{1};
};

std::string local_part(Random& random) {
  switch (random.below(6)) {
    case 0:
      return "info";
    case 1:
      return std::string(random.one_of(kFirst)) + "." + std::string(random.one_of(kLast));
    case 2:
      return std::string(random.one_of(kFirst)) + std::to_string(1960 + random.below(50));
    case 3:
      return std::string(random.one_of(kLast)) + "_" + random.one_of(kFirst).front();
    case 4:
      return std::string(random.one_of(kFirst)) + "-" + std::string(random.one_of(kLast)) + "+site";
    default: {
      std::string name(random.one_of(kFirst));
      name.front() = static_cast<char>(name.front() - 'a' + 'A');
      return name + std::string(random.one_of(kLast)) + std::to_string(random.below(100));
    }
  }
}

// Free mailboxes 55 %, companies 38 %, disposable ones 4 %, no addresses 3 %.
std::string address(Random& random) {
  const std::size_t kind = random.below(100);
  std::string text = local_part(random);
  if (kind < 55) {
    return text + "@" + std::string(random.one_of(kFree));
  }
  if (kind < 59) {
    return text + "@" + std::string(random.one_of(kDisposable));
  }
  if (kind < 62) {
    return random.below(2) == 0 ? text : text + "@localhost";
  }
  text += random.below(5) == 0 ? "@mail." : "@";
  text += std::string(random.one_of(kSyllables)) + (random.below(4) == 0 ? "-" : "") +
          std::string(random.one_of(kSyllables));
  text += random.below(2) == 0 ? std::to_string(random.below(1000)) : "";
  return text + "." + std::string(random.one_of(kEndings));
}

const std::vector<std::string>& addresses() {
  static const std::vector<std::string> all = [] {
    Random random;
    std::vector<std::string> made(kAddresses);
    for (std::string& each : made) {
      each = address(random);
    }
    return made;
  }();
  return all;
}

const std::vector<std::string>& domains(bool companies_only) {
  const auto collect = [](bool only) {
    std::vector<std::string> found;
    for (const std::string& each : addresses()) {
      const std::optional<EmailAddress> parsed = parse_email(each);
      if (parsed && (!only || kind_of_domain(parsed->domain()) == EmailKind::corporate)) {
        found.emplace_back(parsed->domain());
      }
    }
    return found;
  };
  static const std::vector<std::string> all = collect(false);
  static const std::vector<std::string> companies = collect(true);
  return companies_only ? companies : all;
}

// One iteration is one text of the list.
template <class Function>
void over(benchmark::State& state, const std::vector<std::string>& texts, Function function) {
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(function(texts[i]));
    i = i + 1 == texts.size() ? 0 : i + 1;
  }
}

void bm_email_parse(benchmark::State& state) {
  over(state, addresses(), [](const std::string& text) { return parse_email(text); });
}
BENCHMARK(bm_email_parse);

void bm_email_normalize(benchmark::State& state) {
  over(state, addresses(), [](const std::string& text) { return normalize_email(text); });
}
BENCHMARK(bm_email_normalize);

void bm_email_kind(benchmark::State& state) {
  over(state, addresses(), [](const std::string& text) { return email_kind(text); });
}
BENCHMARK(bm_email_kind);

void bm_email_kind_of_domain(benchmark::State& state) {
  over(state, domains(false), [](const std::string& text) { return kind_of_domain(text); });
}
BENCHMARK(bm_email_kind_of_domain);

void bm_email_kind_of_company_domain(benchmark::State& state) {
  over(state, domains(true), [](const std::string& text) { return kind_of_domain(text); });
}
BENCHMARK(bm_email_kind_of_company_domain);

void bm_email_is_role(benchmark::State& state) {
  over(state, addresses(),
       [](const std::string& text) { return is_role(std::string_view(text).substr(0, text.find('@'))); });
}
BENCHMARK(bm_email_is_role);

void bm_email_normalize_internationalised(benchmark::State& state) {
  std::vector<std::string> texts;
  for (const std::string& each : addresses()) {
    texts.push_back(each.substr(0, each.find('@')) + "@пример" + std::to_string(texts.size()) + ".рф");
  }
  over(state, texts, [](const std::string& text) { return normalize_email(text); });
}
BENCHMARK(bm_email_normalize_internationalised);

void bm_registrable_domain(benchmark::State& state) {
  over(state, domains(false), [](const std::string& text) { return registrable_domain(text); });
}
BENCHMARK(bm_registrable_domain);

#ifdef LEADSCORE_HAVE_PSL
void bm_registrable_domain_by_libpsl(benchmark::State& state) {
  const psl_ctx_t* list = psl_builtin();
  over(state, domains(false), [list](const std::string& text) { return psl_registrable_domain(list, text.c_str()); });
}
BENCHMARK(bm_registrable_domain_by_libpsl);
#endif

}  // namespace
