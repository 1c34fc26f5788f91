// The table contact_key: which leads have which blocking keys, the keys hashed with a secret.
#pragma once

#include "pg/lead_judge.hpp"
#include "pg/postgres.hpp"
#include "pg/row_batch.hpp"

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

/// Adds rows for keys of several leads. To be made and closed in the same memory context.
class ContactKeyWriter {
 public:
  ContactKeyWriter();
  /// The key of the lead is a text.
  void add(Oid relation, Oid part, Datum lead_id, TimestampTz at, std::int64_t hash);
  /// Nobody finds a row before it is written, at the latest by close().
  void write();
  void close();

 private:
  RowBatch batch_;
  MemoryContext rows_;
};
static_assert(std::is_trivially_destructible_v<ContactKeyWriter>);

/// Deletes them. Whoever calls holds the lock on the row of the lead, so that nobody else does.
void remove_contact_keys(const LeadPlace& lead, const ContactKeys& keys);

/// What leads are looked for.
struct KeyQuery {
  Oid relation;
  TimestampTz first;  // they came from this time on
  TimestampTz last;   // and not after this
  int most;           // leads
};

/// A lead that shares keys with another.
struct KeySharer {
  Oid part;
  const char* lead_id;
  TimestampTz at;
  double rank;  // the sum, over the shared keys, of 1 / (leads that have the key)
};

struct CountedKey {
  std::int64_t hash;
  std::int64_t rows;
};

/// Reads who has a key, one key after the other. To be made and closed in the same memory context.
class KeySharerReader {
 public:
  explicit KeySharerReader(Snapshot snapshot);

  /// The leads that have the key but for `own`; of a key that more than twenty have only the five newest. In the
  /// current memory context.
  std::span<KeySharer> read(const KeyQuery& query, std::int64_t hash, const char* own);
  /// Whether to walk() from key to key takes less than to look for each, if there are so many.
  [[nodiscard]] bool is_walk(std::size_t keys) const;
  /// Sets how many rows there are for each of some keys, which are in ascending order: no fewer than anybody sees.
  void walk(Oid relation, std::span<CountedKey> keys);
  void close();

 private:
  MemoryContext context_;
  Relation table_;
  Relation index_;
  TupleTableSlot* slot_;
  IndexScanDesc scan_;
};
static_assert(std::is_trivially_destructible_v<KeySharerReader>);

/// Of what was read for several keys, each lead once: at most so many, those that share more and rarer keys.
std::span<KeySharer> best_sharers(std::span<KeySharer> sharers, int most);

/// The best sharers of several keys. In the current memory context.
std::span<KeySharer> find_key_sharers(const KeyQuery& query, const ContactKeys& keys, const char* own,
                                      Snapshot snapshot);

/// Adds rows for all leads of a table, sorted, so that the index is written in its order.
class ContactKeyLoad;
ContactKeyLoad* begin_contact_key_load();
void load_contact_keys(ContactKeyLoad* load, const LeadPlace& lead, TimestampTz at, const ContactKeys& keys);
void end_contact_key_load(ContactKeyLoad* load);

}  // namespace leadscore::pg
