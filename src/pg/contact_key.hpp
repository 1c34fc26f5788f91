// The table contact_key: which leads have which blocking keys, the keys hashed with a secret.
#pragma once

#include "pg/lead_judge.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The secret of the database.
inline constexpr std::size_t kSecretBytes = 32;
using Secret = std::uint8_t[kSecretBytes];

/// Reads it. Raises 55000 (object_not_in_prerequisite_state) if there is none.
void read_secret(Secret& secret);
/// Makes it if there is none.
void ensure_secret();

/// Blocking keys as they are stored: the first eight bytes of an HMAC-SHA256.
struct ContactKeys {
  int count;
  std::int64_t hashes[dedup::kMostKeys];
};
ContactKeys contact_keys(const Secret& secret, const BlockingHashes& hashes);

/// A lead in a table or a partition of it.
struct LeadPlace {
  Oid relation;         // that has the duplicate index
  Oid part;             // in which the lead is: the relation or one of its partitions
  const char* lead_id;  // its key as text
};

/// Adds rows for the keys of a lead, past the privileges of the caller.
void add_contact_keys(const LeadPlace& lead, TimestampTz at, const ContactKeys& keys);

/// Deletes them. Whoever calls holds the lock on the row of the lead, so that nobody else does.
void remove_contact_keys(const LeadPlace& lead, const ContactKeys& keys);

/// What leads are looked for.
struct KeyQuery {
  Oid relation;
  TimestampTz first;  // they came from this time on
  TimestampTz last;   // and not after this
  int most;           // leads
  Snapshot snapshot;
};

/// A lead that shares keys with another.
struct KeySharer {
  Oid part;
  const char* lead_id;
  TimestampTz at;
  double rank;  // the sum, over the shared keys, of 1 / (leads that have the key)
};

/// The leads that have any of the keys, at most `most`: of a key that more than twenty have only the five newest, and
/// of all those the ones that share more and rarer keys. `own` is left out. In the current memory context.
std::span<KeySharer> find_key_sharers(const KeyQuery& query, const ContactKeys& keys, const char* own);

/// Adds rows for many leads, sorted, so that the index is written in its order.
class ContactKeyLoad;
ContactKeyLoad* begin_contact_key_load();
void load_contact_keys(ContactKeyLoad* load, const LeadPlace& lead, TimestampTz at, const ContactKeys& keys);
void end_contact_key_load(ContactKeyLoad* load);

}  // namespace leadscore::pg
