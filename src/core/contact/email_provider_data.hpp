// The generated tables of mail providers' rules and of words that make a mailbox a role's.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leadscore::contact {

/// One rule of email_providers.txt, which says what the fields mean. Arrays, not pointers: nothing to relocate.
struct ProviderRule {
  char mailbox[16];  // empty: the domain itself
  char tag[3];
  char ignore[5];
  char written;  // 0: nothing
  char instead;
  bool user_is_subdomain;
};

inline constexpr std::size_t kProviderBuckets = 256;
inline constexpr std::size_t kRoleBuckets = 1024;
extern const ProviderRule kProviderRules[];
extern const std::uint16_t kProviderStarts[kProviderBuckets + 1];  // numbers: positions in kProviderRules
extern const char kProviderText[];
extern const std::uint16_t kRoleStarts[kRoleBuckets + 1];  // numbers: 1 for a role, 0 for a word beside one
extern const char kRoleText[];

}  // namespace leadscore::contact
