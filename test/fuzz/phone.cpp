// Any bytes as a phone number of any region: what comes out is E.164, and reads as itself.
#include "core/contact/phone.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fuzz_input.hpp"

namespace {

using namespace leadscore::contact;
using leadscore::fuzz::require;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT: libFuzzer's bytes are characters
  // The first two bytes are the default region; what is none stands for no region.
  const Region region = find_region(text.substr(0, 2)).value_or(Region());
  text.remove_prefix(std::min<std::size_t>(2, text.size()));

  const std::optional<PhoneNumber> number = parse_phone(text, region);
  if (!number) {
    return 0;
  }
  const std::string_view e164 = number->e164();
  require(e164.size() >= 4 && e164.size() <= PhoneNumber::kMaxSize && e164[0] == '+', "a number is E.164");
  require(std::all_of(e164.begin() + 1, e164.end(), is_digit), "E.164 has digits only");
  require(std::any_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c & 0x80) != 0; }),
          "digits come from digits");
  require(!name_of(number->kind).empty(), "a kind has a name");
  const std::string_view iso = number->region.iso_code();
  require(iso.empty() || find_region(iso) == number->region, "a region has its code");

  for (const Region other : {region, Region(), number->region}) {
    const std::optional<PhoneNumber> again = parse_phone(e164, other);
    require(again && again->e164() == e164, "E.164 is its own normal form");
    require(again->kind == number->kind && again->region == number->region, "whose kind and region are the same");
  }
  return 0;
}
