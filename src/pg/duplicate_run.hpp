// A search for duplicates over a relation's leads, for the glue: plain data in, plain data out.
#pragma once

#include "core/dedup/duplicate_search.hpp"
#include "core/dedup/request_window.hpp"
#include "pg/duplicate_input.hpp"

namespace leadscore::pg {

struct WindowOptions {
  std::int64_t within = dedup::kAnyTime;  // microseconds
  dedup::WindowMode mode = dedup::WindowMode::anchored;
};

/// What a search found. Everything lasts as long as the input's context.
struct FoundDuplicates {
  const dedup::DuplicateSearch* search;
  std::span<const dedup::MatchEdge> pairs;    // over the threshold, in the order of (a, b)
  std::span<const std::uint32_t> cluster_of;  // for each lead the number of its cluster's first
};

/// Looks for pairs over the rule's threshold. Owns C++ objects: call it by core_call(). Where a known link contradicts
/// another of the same two leads it throws an Error that names their keys.
FoundDuplicates find_pairs(DuplicateInput& input, const dedup::MatchRule& rule, const WindowOptions& window,
                           std::span<const LinkedKeys> links, MemoryContext context);

/// Looks for clusters; likewise, and also where links contradict each other by way of others.
FoundDuplicates find_clusters(DuplicateInput& input, const dedup::MatchRule& rule, const WindowOptions& window,
                              std::span<const LinkedKeys> links, MemoryContext context);

/// The reports of blocking alone; likewise.
std::span<const dedup::BlockingReport> report_blocking(DuplicateInput& input, const dedup::MatchRule& rule,
                                                       const WindowOptions& window, MemoryContext context);

/// What a training teaches.
struct LearnedMatch {
  const char* document;  // JSON
  const dedup::DuplicateSearch* search;
  std::size_t persons;
  std::size_t labels;  // positive ones that name leads
};

/// Learns a rule and returns it as a document; likewise.
LearnedMatch learn_match(DuplicateInput& input, const MatchKnowledge& knowledge, std::span<const LinkedKeys> labels,
                         MemoryContext context);

}  // namespace leadscore::pg
