// The generated table of public suffix rules: what public_suffix.cpp reads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leadscore::contact {

inline constexpr std::size_t kSuffixBuckets = 4096;
extern const std::uint32_t kSuffixStarts[kSuffixBuckets + 1];
extern const char kSuffixText[];

}  // namespace leadscore::contact
