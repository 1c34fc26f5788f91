// Any bytes as a name, a surname or a company: what is promised of their normal forms and keys holds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/company.hpp"
#include "core/contact/letters.hpp"
#include "core/contact/name.hpp"
#include "core/contact/translit.hpp"
#include "core/contact/utf8.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore;
using namespace leadscore::contact;
using leadscore::fuzz::require;

template <class Function>
std::string result_of(Function function, std::string_view text) {
  StopToken stop;
  std::pmr::string out;
  function(text, out, stop);
  return std::string(out);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = decode(text);
    if (next.value == kInvalid && next.size == 1) {
      return false;
    }
    text.remove_prefix(next.size);
  }
  return true;
}

bool is_tidy(std::string_view text) {
  return text.empty() || (text.front() != ' ' && text.back() != ' ' && text.find("  ") == std::string_view::npos);
}

bool is_key(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' '; });
}

std::string reversed_words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::string reversed;
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    reversed += *word + ' ';
  }
  return reversed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const std::string name = result_of(name_normalize, text);
  require(is_utf8(name) && is_tidy(name), "a normal name is tidy UTF-8");
  require(result_of(name_normalize, name) == name, "normalising a name twice is once");
  require(result_of(name_normalize, reversed_words(name)) == name, "the order of a name's words does not matter");

  const std::string company = result_of(company_normalize, text);
  require(is_utf8(company) && is_tidy(company), "a normal company is tidy UTF-8");
  require(result_of(company_normalize, company) == company, "normalising a company twice is once");

  const std::string key = result_of(name_key, text);
  require(is_tidy(key) && is_key(key), "a key is tidy ASCII");
  require(key.empty() || !name.empty(), "who has a key has a name");
  const std::string company_s_key = result_of(company_key, text);
  require(is_tidy(company_s_key) && is_key(company_s_key), "a company's key is tidy ASCII");

  require(is_utf8(result_of(surname_stem, text)), "a stem is UTF-8");
  // ICU is slow under a sanitizer, and its own tests are not these.
  const bool is_short = text.size() < 256;
  const std::string latin = is_short ? result_of(translit, text) : std::string();
  require(is_utf8(latin), "Latin letters are UTF-8");
  return 0;
}
