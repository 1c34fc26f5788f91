// Which pairs of leads are compared at all: those that share a blocking key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_rule.hpp"
#include "core/dedup/pair_space.hpp"
#include "core/dedup/runs.hpp"
#include "core/stop_token.hpp"

namespace leadscore::dedup {

/// The hash of one blocking key of a lead, another for each key of the rule; nothing if the lead lacks a part. The same
/// on every machine and in every version.
[[nodiscard]] std::optional<std::uint64_t> key_hash(const MatchRule& rule, std::size_t key, const LeadTable& table,
                                                    std::size_t lead) noexcept;

/// A pair of leads a < b and the key that they share, in the order of (a, b, key).
class BlockedPair {
 public:
  static constexpr int kLeadBits = 29;
  static constexpr int kKeyBits = 6;
  static constexpr std::size_t kMostLeads = (std::size_t{1} << kLeadBits) - 1;

  BlockedPair(std::uint32_t a, std::uint32_t b, std::size_t key) noexcept
      : bits_(((std::uint64_t{a} << kLeadBits | b) << kKeyBits) | key) {}

  [[nodiscard]] std::uint32_t a() const noexcept { return static_cast<std::uint32_t>(bits_ >> (kLeadBits + kKeyBits)); }
  [[nodiscard]] std::uint32_t b() const noexcept { return static_cast<std::uint32_t>(bits_ >> kKeyBits) & kMostLeads; }
  [[nodiscard]] std::size_t key() const noexcept { return bits_ & ((std::uint64_t{1} << kKeyBits) - 1); }
  [[nodiscard]] std::uint64_t pair() const noexcept { return bits_ >> kKeyBits; }
  [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }

 private:
  std::uint64_t bits_;
};

/// Calls visit(records) for the records of each pair, one for each key that found it.
template <class Visit>
void for_each_pair(std::span<const BlockedPair> pairs, Visit visit) {
  for_each_run(
      pairs, [](const BlockedPair& a, const BlockedPair& b) { return a.pair() == b.pair(); }, visit);
}

struct BlockingOptions {
  /// Leads in one block all of whose pairs are compared.
  std::size_t most_leads_in_block = 100;
  /// Pairs of one key for each lead, on the average; the largest blocks count as too large until it holds. Ten thousand
  /// pairs are never too many.
  double most_pairs_per_lead = 2;
  /// In a block that is too large leads are put in the order of their names and other letters, and each is compared
  /// with as many that follow.
  std::size_t neighbours = 5;
  /// Only leads that came at most so many microseconds apart are paired.
  std::int64_t within = kAnyTime;
};

/// What one key did.
struct BlockingReport {
  std::size_t pairs = 0;
  std::size_t only_pairs = 0;  // that no other key found
  std::size_t all_pairs = 0;   // of all keys together
  std::size_t blocks = 0;      // of two leads or more
  std::size_t leads_with_key = 0;
  std::size_t largest_block = 0;
  std::uint64_t largest_hash = 0;
  std::uint32_t largest_lead = 0;  // one of its leads
  std::size_t blocks_too_large = 0;
  std::size_t leads_in_too_large = 0;
  std::size_t most_leads = 0;  // the size from which on a block was too large, less one
};

/// The pairs of all keys, each pair once for each key that found it, sorted. Leads are numbered in order of time. In
/// a block of n leads there are at most n * most_leads_in_block pairs, so that the time is linear in the leads but for
/// sorting. Throws Error(limit_exceeded) beyond BlockedPair::kMostLeads, Cancelled, and what the memory resource
/// throws.
[[nodiscard]] std::pmr::vector<BlockedPair> block(const MatchRule& rule, const LeadTable& table,
                                                  const BlockingOptions& options, std::span<BlockingReport> reports,
                                                  std::pmr::memory_resource* memory, StopToken& stop);

}  // namespace leadscore::dedup
