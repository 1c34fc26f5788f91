// Compares public suffixes with libpsl: every rule of the list, at four depths, in both sections.
#include <libpsl.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact/internationalized.hpp"
#include "core/contact/public_suffix.hpp"

namespace {

using namespace leadscore::contact;

std::string ascii_of(const std::string& name) {
  char ascii[256];
  const std::size_t size = domain_to_ascii(name, ascii);
  return std::string(ascii, size);
}

// The names to ask for: what a rule names, its parent's other child, and names below.
std::vector<std::string> questions(std::string rule) {
  if (rule.front() == '!') {
    rule.erase(0, 1);
  }
  if (rule.starts_with("*.")) {
    rule.erase(0, 2);
  }
  const std::string name = ascii_of(rule);
  return {name, "one." + name, "two.one." + name, "three.two.one." + name};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    (void)std::fprintf(stderr, "usage: %s LIST\n", arguments[0]);
    return 2;
  }
  const std::unique_ptr<psl_ctx_t, decltype(&psl_free)> list(psl_load_file(arguments[1]), psl_free);
  std::ifstream lines(arguments[1]);
  if (list == nullptr || !lines) {
    (void)std::fprintf(stderr, "cannot read %s\n", arguments[1]);
    return 2;
  }
  long asked = 0;
  long differ = 0;
  const auto compare = [&](const char* what, const std::string& domain, std::string_view ours,
                           std::string_view theirs) {
    ++asked;
    if (ours != theirs && ++differ <= 20) {
      (void)std::printf("%s of %s: %.*s, libpsl: %.*s\n", what, domain.c_str(), static_cast<int>(ours.size()),
                        ours.data(), static_cast<int>(theirs.size()), theirs.data());
    }
  };
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, line.find_first_of(" \t\r"));
    if (line.empty() || line.starts_with("//")) {
      continue;
    }
    for (const std::string& domain : questions(line)) {
      const char* registrable = psl_registrable_domain(list.get(), domain.c_str());
      const char* suffix = psl_unregistrable_domain(list.get(), domain.c_str());
      compare("registrable domain", domain, registrable_domain(domain), registrable != nullptr ? registrable : "");
      compare("public suffix", domain, public_suffix(domain), suffix != nullptr ? suffix : "");
      const bool is_theirs = psl_is_public_suffix2(list.get(), domain.c_str(), PSL_TYPE_ICANN) != 0;
      const bool is_ours = public_suffix(domain, SuffixSection::icann) == domain;
      // A single label that no rule names is a suffix by rule `*`, which libpsl leaves out when it is asked for a
      // section.
      if (domain.find('.') != std::string::npos) {
        compare("being a registry's suffix", domain, is_ours ? "yes" : "no", is_theirs ? "yes" : "no");
      }
    }
  }
  (void)std::printf("%ld questions, %ld differ\n", asked, differ);
  return differ == 0 && asked > 100'000 ? 0 : 1;
}
