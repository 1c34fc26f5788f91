// How long parse_phone takes over thousands of different numbers as forms collect them, beside libphonenumber.
#include "core/contact/phone.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#ifdef LEADSCORE_WITH_LIBPHONENUMBER
#include <phonenumbers/phonenumberutil.h>
#endif

namespace {

using leadscore::contact::find_region;
using leadscore::contact::parse_phone;
using leadscore::contact::Region;

struct Input {
  std::string text;
  const char* iso;
  Region region;
};

// '#' is a random digit; the other characters stand as they are.
struct Form {
  const char* pattern;
  const char* iso;
};

std::vector<Input> inputs_of(const std::vector<Form>& forms) {
  std::mt19937 random(20241122);  // the same inputs in every run
  std::vector<Input> inputs;
  constexpr std::size_t kCount = 8192;
  while (inputs.size() < kCount) {
    const Form& form = forms[random() % forms.size()];
    std::string text = form.pattern;
    for (char& c : text) {
      if (c == '#') {
        c = static_cast<char>('0' + random() % 10);
      }
    }
    inputs.push_back({text, form.iso, *find_region(form.iso)});
  }
  return inputs;
}

// What most people type.
const std::vector<Form> kUsual{
    {"+7 (9#6) ###-##-##", "RU"}, {"8 (495) ###-##-##", "RU"}, {"8916#######", "RU"},       {"+7903#######", "RU"},
    {"903#######", "RU"},         {"7926#######", "RU"},       {"8-800-###-##-##", "RU"},   {"+7 812 ### ## ##", "RU"},
    {"+7(495)###-##-##", "RU"},   {"(212) 555-####", "US"},    {"415-555-####", "US"},      {"+1 650 253 ####", "US"},
    {"1 (312) 555-####", "US"},   {"+44 20 7946 ####", "GB"},  {"07911 12####", "GB"},      {"0151 2345####", "DE"},
    {"+49 30 12345###", "DE"},    {"067 123 ## ##", "UA"},     {"+380 50 ### ## ##", "UA"}, {"8 701 ### ## ##", "KZ"},
    {"029 123-##-##", "BY"},      {"+998 90 123 ## ##", "UZ"}, {"06 12 34 ## ##", "FR"},
};

// What takes longer: words, extensions, other digits, two numbers, and what is no number.
const std::vector<Form> kUnusual{
    {"тел. 8 (495) ###-##-## доб. 1#", "RU"},
    {"8 916 ###-##-##, 8 903 ###-##-##", "RU"},
    {"+7 (499) ###‑##‑## Иван", "RU"},
    {"звоните после 1# 8916#######", "RU"},
    {"＋７ ９１６ １２３-４#-##", "RU"},
    {"+8 916 ###-##-##", "RU"},
    {"380501######", "RU"},
    {"(650) 253-#### ext. 1##", "US"},
    {"1-800-FLOWERS", "US"},
    {"tel:+1-650-253-####;ext=1#", "US"},
    {"8 916 ###-##", "RU"},
    {"нет телефона", "RU"},
    {"####", "RU"},
    {"+0 000 000-##-##", "RU"},
    {"ivan#@example.com", "RU"},
    {"11 15-####-####", "AR"},
};

void ours(benchmark::State& state, const std::vector<Form>& forms) {
  const std::vector<Input> inputs = inputs_of(forms);
  std::size_t i = 0;
  std::int64_t valid = 0;
  for (auto _ : state) {
    const Input& input = inputs[i++ % inputs.size()];
    const auto number = parse_phone(input.text, input.region);
    benchmark::DoNotOptimize(number);
    valid += number.has_value() ? 1 : 0;
  }
  state.counters["valid"] = benchmark::Counter(static_cast<double>(valid), benchmark::Counter::kAvgIterations);
}

#ifdef LEADSCORE_WITH_LIBPHONENUMBER
void libphonenumber(benchmark::State& state, const std::vector<Form>& forms) {
  using i18n::phonenumbers::PhoneNumberUtil;
  const std::vector<Input> inputs = inputs_of(forms);
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  std::size_t i = 0;
  std::int64_t valid = 0;
  for (auto _ : state) {
    const Input& input = inputs[i++ % inputs.size()];
    i18n::phonenumbers::PhoneNumber number;
    std::string e164;
    if (util.Parse(input.text, input.iso, &number) == PhoneNumberUtil::NO_PARSING_ERROR && util.IsValidNumber(number)) {
      util.Format(number, PhoneNumberUtil::E164, &e164);
      ++valid;
    }
    benchmark::DoNotOptimize(e164);
  }
  state.counters["valid"] = benchmark::Counter(static_cast<double>(valid), benchmark::Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(libphonenumber, usual, kUsual);
BENCHMARK_CAPTURE(libphonenumber, unusual, kUnusual);
#endif

BENCHMARK_CAPTURE(ours, usual, kUsual);
BENCHMARK_CAPTURE(ours, unusual, kUnusual);

}  // namespace
