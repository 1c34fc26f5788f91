// Any bytes as two leads: what is promised of their fields, their agreement and its explanation holds.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "core/dedup/agreement.hpp"
#include "core/dedup/blocking.hpp"
#include "core/dedup/contact_rule.hpp"
#include "core/dedup/lead_fields.hpp"
#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_explanation.hpp"
#include "core/dedup/match_weights.hpp"
#include "core/dedup/value_frequencies.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore;
using namespace leadscore::dedup;
using leadscore::fuzz::require;

constexpr std::size_t kLeads = 2;

// A lead ends after all its roles, a text of one with a line; an empty line is no text.
LeadText read_lead(std::string_view& input, fuzz::ByteInput& times) {
  LeadText lead;
  for (std::size_t role = 0; role < kTextRoles && !input.empty(); ++role) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    if (end > 0) {
      lead.text[role] = input.substr(0, end);
    }
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  lead.at = times.byte() % 4 == 0 ? LeadText::kNoTime : std::int64_t{times.byte()} << (times.byte() % 55);
  return lead;
}

void require_good_fields(const LeadFields& fields) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    if (i < kTextFields) {
      require(fields.text(field).size() <= kLongestField, "a field is short");
      require(fields.text(field).empty() != fields.has(field), "a text field has letters");
    }
  }
  require(!fields.has(Field::birth_date) || fields.text(Field::birth_date).size() == 8, "a date has eight digits");
  require(fields.has(Field::full_first_name) == fields.has(Field::first_name), "who has a first name has a full one");
  require(fields.has(Field::whole_name) == (fields.has(Field::first_name) && fields.has(Field::last_name)),
          "a whole name has two parts");
  require(!fields.email_is_role() || !fields.has(Field::email_local_part), "a role is nobody's name");
  require(!fields.email_is_name() || fields.has(Field::email_local_part),
          "a mailbox called like the person has a name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MatchRule kRule = contact_rule();
  static const contact::Region kRegion = *contact::find_region("RU");
  fuzz::ByteInput times(std::span(data, size));
  std::string_view input(reinterpret_cast<const char*>(data), size);
  StopToken stop;
  std::pmr::monotonic_buffer_resource memory;
  FieldReader reader(kRegion, &memory);
  LeadTable table(&memory);
  for (std::size_t i = 0; i < kLeads; ++i) {
    LeadFields fields;
    reader.read(read_lead(input, times), fields, stop);
    require_good_fields(fields);
    table.add(fields);
  }
  constexpr std::array<std::uint32_t, kLeads> kEverybody = {0, 1};
  ValueFrequencies frequencies(&memory);
  frequencies.count(table, kEverybody, stop);
  const MatchWeights weights(kRule, frequencies);
  for (std::size_t i = 0; i < kLeads; ++i) {
    for (std::size_t j = 0; j < kLeads; ++j) {
      const PackedLead& a = table[i];
      const PackedLead& b = table[j];
      const Agreement agreement = compare(kRule, a, b);
      require(agreement == compare(kRule, b, a), "leads agree the same both ways");
      double sum = 0;
      for (const MatchLine& line : explain(kRule, weights, a, b)) {
        sum += line.weight;
      }
      require(sum == weights.of(agreement, a, b), "an explanation adds up");
    }
  }
  std::vector<BlockingReport> reports(kRule.keys.size());
  for (const BlockedPair& pair : block(kRule, table, {}, reports, &memory, stop)) {
    require(pair.a() == 0 && pair.b() == 1, "a pair is of two leads");
    require(key_hash(kRule, pair.key(), table, 0) == key_hash(kRule, pair.key(), table, 1), "a pair shares its key");
  }
  return 0;
}
