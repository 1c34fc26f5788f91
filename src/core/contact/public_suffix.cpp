// Finds public suffixes: a domain is hashed once from its end, and each of its endings is looked up on the way.
#include "core/contact/public_suffix.hpp"

#include <cstddef>

#include "core/contact/public_suffix_data.hpp"
#include "core/contact/text_table.hpp"

namespace leadscore::contact {
namespace {

// What scripts/generate_public_suffix says of a name; one bit further, the same of the private section.
constexpr int kRule = 1;
constexpr int kWildcard = 4;
constexpr int kException = 16;

// The deepest rule has five labels, the suffix of a wildcard one more.
constexpr int kDeepest = 6;

struct Cut {
  std::size_t suffix;       // where the public suffix begins
  std::size_t registrable;  // where the label before it begins, or the same
};

Cut cut(std::string_view domain, SuffixSection section) noexcept {
  const int sections = section == SuffixSection::all ? 3 : 1;
  std::uint32_t hash = 0;
  std::size_t begin = domain.size();
  std::size_t shorter = begin;  // where the ending of one label less begins
  Cut found{begin, begin};
  bool is_wild = true;  // every last label is a suffix
  bool is_complete = false;
  for (int depth = 0; depth <= kDeepest && begin > 0; ++depth) {
    const std::size_t end = begin;
    while (begin > 0 && domain[begin - 1] != '.') {
      --begin;
      hash = hash_byte(hash, domain[begin]);
    }
    if (!is_complete) {
      found.registrable = begin < end ? begin : found.suffix;
      is_complete = true;
    }
    const int rule = find_text(kSuffixStarts, kSuffixText, domain.substr(begin), hash);
    const int bits = rule < 0 ? 0 : rule;
    if ((bits & kException * sections) != 0) {
      return {shorter, begin};
    }
    if (is_wild || (bits & (kRule | kWildcard) * sections) != 0) {
      found = {begin, begin};
      is_complete = false;
    }
    is_wild = (bits & kWildcard * sections) != 0;
    shorter = begin;
    if (begin > 0) {
      --begin;
      hash = hash_byte(hash, '.');
    }
  }
  return found;
}

}  // namespace

std::string_view public_suffix(std::string_view domain, SuffixSection section) noexcept {
  return domain.substr(cut(domain, section).suffix);
}

std::string_view registrable_domain(std::string_view domain, SuffixSection section) noexcept {
  const Cut found = cut(domain, section);
  const bool has_label = found.registrable < found.suffix && found.suffix < domain.size();
  return has_label ? domain.substr(found.registrable) : std::string_view();
}

}  // namespace leadscore::contact
