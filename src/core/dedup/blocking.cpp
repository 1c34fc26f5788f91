#include "core/dedup/blocking.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/dedup/text_hash.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/radix_sort.hpp"

namespace leadscore::dedup {

namespace {

std::optional<std::uint64_t> part_hash(const KeyPart& part, const LeadTable& table, std::size_t lead) noexcept {
  const PackedLead& packed = table[lead];
  if (!packed.has(part.field)) {
    return std::nullopt;
  }
  if (part.letters == 0) {
    return table.hash(lead, part.field);
  }
  const std::string_view text = packed.text(part.field);
  const auto letters = static_cast<std::size_t>(part.letters < 0 ? -part.letters : part.letters);
  if (text.size() < letters) {
    return std::nullopt;
  }
  return hash_of(part.letters < 0 ? text.substr(text.size() - letters) : text.substr(0, letters));
}

struct Entry {
  std::uint64_t hash;
  std::uint32_t lead;
};

using Entries = std::pmr::vector<Entry>;

// Calls visit for every run of equal hashes of two entries or more.
template <class Visit>
void for_each_block(std::span<Entry> entries, Visit visit) {
  const auto same = [](const Entry& a, const Entry& b) { return a.hash == b.hash; };
  for_each_run(entries, same, [&](std::span<Entry> run) {
    if (run.size() > 1) {
      visit(run);
    }
  });
}

class KeyBlocks {
 public:
  KeyBlocks(const MatchRule& rule, std::size_t key, const LeadTable& table, const BlockingOptions& options,
            BlockingReport& report, std::pmr::memory_resource* memory, StopToken& stop)
      : key_(key), table_(table), options_(options), report_(report), entries_(memory), stop_(stop) {
    report_ = {};
    for (std::size_t lead = 0; lead < table.size(); ++lead) {
      stop_.check();
      if (const auto hash = key_hash(rule, key, table, lead)) {
        entries_.push_back({*hash, static_cast<std::uint32_t>(lead)});
      }
    }
    radix_sort(
        std::span(entries_), [](const Entry& entry) { return entry.hash; }, stop_);
    report_.leads_with_key = entries_.size();
    choose_most_leads();
  }

  void append_pairs(std::pmr::vector<BlockedPair>& pairs) {
    for_each_block(entries_, [&](std::span<Entry> block) {
      stop_.check();
      ++report_.blocks;
      if (block.size() > report_.largest_block) {
        report_.largest_block = block.size();
        report_.largest_hash = block.front().hash;
        report_.largest_lead = block.front().lead;
      }
      if (block.size() <= report_.most_leads) {
        append_all(block, block.size(), pairs);
      } else {
        ++report_.blocks_too_large;
        report_.leads_in_too_large += block.size();
        order_by_letters(block);
        append_all(block, options_.neighbours, pairs);
      }
    });
  }

 private:
  // The largest size of blocks with which there are not too many pairs.
  void choose_most_leads() {
    std::pmr::vector<std::size_t> blocks_of_size(options_.most_leads_in_block + 1, 0,
                                                 entries_.get_allocator().resource());
    for_each_block(entries_, [&](std::span<Entry> block) {
      stop_.check();
      if (block.size() < blocks_of_size.size()) {
        ++blocks_of_size[block.size()];
      }
    });
    constexpr double kFewPairs = 10'000;  // which cost nothing, however few the leads
    const double most_pairs = std::max(kFewPairs, options_.most_pairs_per_lead * static_cast<double>(table_.size()));
    double pairs = 0;
    std::size_t size = 1;
    for (; size + 1 < blocks_of_size.size(); ++size) {
      const auto next = static_cast<double>(size + 1);
      pairs += static_cast<double>(blocks_of_size[size + 1]) * next * (next - 1) / 2;
      if (pairs > most_pairs) {
        break;
      }
    }
    report_.most_leads = size;
  }

  void append_all(std::span<const Entry> block, std::size_t neighbours, std::pmr::vector<BlockedPair>& pairs) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t end = std::min(block.size(), i + 1 + neighbours);
      stop_.check(static_cast<std::uint32_t>(end - i));
      for (std::size_t j = i + 1; j < end; ++j) {
        const auto [a, b] = std::minmax(block[i].lead, block[j].lead);
        if (is_within(table_[a].at, table_[b].at, options_.within)) {
          pairs.emplace_back(a, b, key_);
        }
      }
    }
  }

  void order_by_letters(std::span<Entry> block) {
    const auto rank = [this](const Entry& entry) {
      const PackedLead& lead = table_[entry.lead];
      return std::string_view(lead.letters, lead.begin[kTextFields]);
    };
    std::sort(block.begin(), block.end(), [&](const Entry& a, const Entry& b) {
      stop_.check();
      const int order = rank(a).compare(rank(b));
      return order != 0 ? order < 0 : a.lead < b.lead;
    });
  }

  std::size_t key_;
  const LeadTable& table_;
  const BlockingOptions& options_;
  BlockingReport& report_;
  Entries entries_;
  StopToken& stop_;
};

}  // namespace

std::optional<std::uint64_t> key_hash(const MatchRule& rule, std::size_t key, const LeadTable& table,
                                      std::size_t lead) noexcept {
  std::uint64_t hash = key + 1;
  for (const KeyPart& part : rule.keys[key]) {
    const auto of_part = part_hash(part, table, lead);
    if (!of_part) {
      return std::nullopt;
    }
    hash = add_to_hash(hash, *of_part);
  }
  return mix(hash);
}

std::pmr::vector<BlockedPair> block(const MatchRule& rule, const LeadTable& table, const BlockingOptions& options,
                                    std::span<BlockingReport> reports, std::pmr::memory_resource* memory,
                                    StopToken& stop) {
  if (table.size() > BlockedPair::kMostLeads) {
    throw Error(ErrorCode::limit_exceeded, "more than " + std::to_string(BlockedPair::kMostLeads) + " leads",
                "Look for duplicates in parts of the table.");
  }
  std::pmr::vector<BlockedPair> pairs(memory);
  for (std::size_t key = 0; key < rule.keys.size(); ++key) {
    KeyBlocks(rule, key, table, options, reports[key], memory, stop).append_pairs(pairs);
  }
  radix_sort(
      std::span(pairs), [](const BlockedPair& pair) { return pair.bits(); }, stop);
  std::size_t all_pairs = 0;
  for_each_pair(pairs, [&](std::span<const BlockedPair> records) {
    stop.check();
    ++all_pairs;
    for (const BlockedPair& record : records) {
      ++reports[record.key()].pairs;
    }
    reports[records.front().key()].only_pairs += records.size() == 1 ? 1 : 0;
  });
  for (BlockingReport& report : reports) {
    report.all_pairs = all_pairs;
  }
  return pairs;
}

}  // namespace leadscore::dedup
