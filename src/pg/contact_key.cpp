#include "pg/contact_key.hpp"

#include <algorithm>

#include "pg/row_batch.hpp"

namespace leadscore::pg {

namespace {

constexpr const char* kTable = "contact_key";
constexpr const char* kIndex = "contact_key_hash";

// A key that more leads have than this says little of any of them, and only so many are taken: the newest, because what
// is entered twice is entered soon again, and because whoever has come often is found by any of his leads.
constexpr std::size_t kMostOfKey = 20;
constexpr std::size_t kOfFrequentKey = 5;

// Columns of the table and, in the same order but without the part and the lead, of its index.
enum Column : int { column_relation, column_part, column_hash, column_at, column_lead_id };
constexpr int kColumns = column_lead_id + 1;
enum IndexColumn : AttrNumber { index_relation = 1, index_hash, index_at };

struct KeyRow {
  Datum values[kColumns];
  bool nulls[kColumns];
};

KeyRow key_row(Oid relation, Oid part, Datum lead_id, TimestampTz at, std::int64_t hash) {
  KeyRow row{};
  row.values[column_relation] = ObjectIdGetDatum(relation);
  row.values[column_part] = ObjectIdGetDatum(part);
  row.values[column_hash] = Int64GetDatum(hash);
  row.values[column_at] = TimestampTzGetDatum(at);
  row.values[column_lead_id] = lead_id;
  return row;
}

[[noreturn]] void hmac_failed(pg_hmac_ctx* hmac) {
  ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not hash a contact key: %s", pg_hmac_error(hmac))));
}

bool comes_before(const KeySharer& a, const KeySharer& b) {
  const int order = strcmp(a.lead_id, b.lead_id);
  return order != 0 ? order < 0 : a.at > b.at;
}

bool is_better(const KeySharer& a, const KeySharer& b) {
  if (a.rank != b.rank) {
    return a.rank > b.rank;
  }
  return a.at != b.at ? a.at > b.at : strcmp(a.lead_id, b.lead_id) < 0;
}

// Makes one of all that are the same lead; returns how many there are then.
std::size_t merge_sharers(std::span<KeySharer> sharers) {
  std::sort(sharers.begin(), sharers.end(), comes_before);
  std::size_t count = 0;
  for (const KeySharer& sharer : sharers) {
    if (count > 0 && strcmp(sharers[count - 1].lead_id, sharer.lead_id) == 0) {
      sharers[count - 1].rank += sharer.rank;
    } else {
      sharers[count++] = sharer;
    }
  }
  return count;
}

}  // namespace

ContactKeys contact_keys(const Secret& secret, const BlockingHashes& hashes) {
  ContactKeys keys{};
  pg_hmac_ctx* const hmac = pg_hmac_create(PG_SHA256);
  for (int i = 0; i < hashes.count; ++i) {
    const std::uint64_t hash = pg_hton64(hashes.hashes[i]);
    std::uint8_t digest[PG_SHA256_DIGEST_LENGTH];
    if (hmac == nullptr || pg_hmac_init(hmac, secret, sizeof secret) < 0 ||
        pg_hmac_update(hmac, reinterpret_cast<const std::uint8_t*>(&hash), sizeof hash) < 0 ||
        pg_hmac_final(hmac, digest, sizeof digest) < 0) {
      hmac_failed(hmac);
    }
    std::uint64_t first = 0;
    memcpy(&first, digest, sizeof first);
    keys.hashes[keys.count++] = static_cast<std::int64_t>(pg_ntoh64(first));
  }
  pg_hmac_free(hmac);
  return keys;
}

ContactKeyWriter::ContactKeyWriter()
    : batch_(kTable),
      rows_(AllocSetContextCreate(CurrentMemoryContext, "leadscore contact keys", ALLOCSET_DEFAULT_SIZES)) {}

void ContactKeyWriter::add(Oid relation, Oid part, Datum lead_id, TimestampTz at, std::int64_t hash) {
  MemoryContext const caller = MemoryContextSwitchTo(rows_);
  KeyRow row = key_row(relation, part, lead_id, at, hash);
  batch_.add(heap_form_tuple(batch_.type(), row.values, row.nulls));
  MemoryContextSwitchTo(caller);
}

void ContactKeyWriter::write() {
  batch_.write();
  MemoryContextReset(rows_);
}

void ContactKeyWriter::close() {
  batch_.finish();
  MemoryContextDelete(rows_);
}

void add_contact_keys(const LeadPlace& lead, TimestampTz at, const ContactKeys& keys) {
  if (keys.count == 0) {
    return;
  }
  ContactKeyWriter writer;
  const Datum lead_id = CStringGetTextDatum(lead.lead_id);
  for (int i = 0; i < keys.count; ++i) {
    writer.add(lead.relation, lead.part, lead_id, at, keys.hashes[i]);
  }
  writer.close();
}

void remove_contact_keys(const LeadPlace& lead, const ContactKeys& keys) {
  CommandCounterIncrement();  // a row that this command has added could not be deleted
  Relation const table = open_own_table(kTable, RowExclusiveLock);
  Relation const index = index_open(own_table(kIndex), AccessShareLock);
  TupleTableSlot* const slot = table_slot_create(table, nullptr);
  IndexScanDesc const scan = begin_index_scan(table, index, SnapshotSelf, 2);
  for (int i = 0; i < keys.count; ++i) {
    ScanKeyData conditions[2];
    ScanKeyInit(&conditions[0], index_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(lead.relation));
    ScanKeyInit(&conditions[1], index_hash, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(keys.hashes[i]));
    index_rescan(scan, conditions, 2, nullptr, 0);
    while (index_getnext_slot(scan, ForwardScanDirection, slot)) {
      CHECK_FOR_INTERRUPTS();
      slot_getallattrs(slot);
      const char* const lead_id = TextDatumGetCString(slot->tts_values[column_lead_id]);
      if (strcmp(lead_id, lead.lead_id) == 0 && DatumGetObjectId(slot->tts_values[column_part]) == lead.part) {
        simple_heap_delete(table, &slot->tts_tid);
      }
    }
  }
  index_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  index_close(index, AccessShareLock);
  table_close(table, NoLock);
}

KeySharerReader::KeySharerReader(Snapshot snapshot)
    : context_(CurrentMemoryContext),
      table_(open_own_table(kTable, AccessShareLock)),
      index_(index_open(own_table(kIndex), AccessShareLock)),
      slot_(table_slot_create(table_, nullptr)),
      scan_(begin_index_scan(table_, index_, snapshot, 4)) {}

std::span<KeySharer> KeySharerReader::read(const KeyQuery& query, std::int64_t hash, const char* own) {
  ScanKeyData conditions[4];
  ScanKeyInit(&conditions[0], index_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(query.relation));
  ScanKeyInit(&conditions[1], index_hash, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(hash));
  ScanKeyInit(&conditions[2], index_at, BTGreaterEqualStrategyNumber, F_TIMESTAMPTZ_GE,
              TimestampTzGetDatum(query.first));
  ScanKeyInit(&conditions[3], index_at, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(query.last));
  MemoryContext const caller = MemoryContextSwitchTo(context_);  // what a scan allocates lasts as long as the scan
  index_rescan(scan_, conditions, 4, nullptr, 0);
  KeySharer sharers[kMostOfKey + 1];
  std::size_t count = 0;
  while (count <= kMostOfKey && index_getnext_slot(scan_, ForwardScanDirection, slot_)) {
    slot_getallattrs(slot_);
    const text* const id = DatumGetTextPP(slot_->tts_values[column_lead_id]);
    const auto size = static_cast<std::size_t>(VARSIZE_ANY_EXHDR(id));
    if (strncmp(VARDATA_ANY(id), own, size) == 0 && own[size] == '\0') {
      continue;
    }
    auto* const lead_id = static_cast<char*>(MemoryContextAlloc(caller, size + 1));
    memcpy(lead_id, VARDATA_ANY(id), size);
    lead_id[size] = '\0';
    sharers[count++] = {DatumGetObjectId(slot_->tts_values[column_part]), lead_id,
                        DatumGetTimestampTz(slot_->tts_values[column_at]), 0};
  }
  ExecClearTuple(slot_);
  MemoryContextSwitchTo(caller);
  const std::size_t taken = count > kMostOfKey ? kOfFrequentKey : count;
  auto* const result = static_cast<KeySharer*>(palloc(sizeof(KeySharer) * (taken + 1)));
  std::copy_n(sharers, taken, result);
  for (std::size_t i = 0; i < taken; ++i) {
    result[i].rank = 1 / static_cast<double>(count);
  }
  return {result, taken};
}

bool KeySharerReader::is_walk(std::size_t keys) const {
  constexpr double kRowsOfBlock = 200;
  constexpr double kMostStepsForKey = 32;
  return kRowsOfBlock * static_cast<double>(RelationGetNumberOfBlocks(index_)) <
         kMostStepsForKey * static_cast<double>(keys);
}

void KeySharerReader::walk(Oid relation, std::span<CountedKey> keys) {
  ScanKeyData conditions[3];
  ScanKeyInit(&conditions[0], index_relation, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  ScanKeyInit(&conditions[1], index_hash, BTGreaterEqualStrategyNumber, F_INT8GE, Int64GetDatum(keys.front().hash));
  ScanKeyInit(&conditions[2], index_hash, BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum(keys.back().hash));
  MemoryContext const caller = MemoryContextSwitchTo(context_);
  IndexScanDesc const scan = begin_index_scan(table_, index_, SnapshotAny, 3);
  scan->xs_want_itup = true;
  index_rescan(scan, conditions, 3, nullptr, 0);
  auto key = keys.begin();
  while (index_getnext_tid(scan, ForwardScanDirection) != nullptr) {
    CHECK_FOR_INTERRUPTS();
    bool is_null = false;
    const std::int64_t hash = DatumGetInt64(index_getattr(scan->xs_itup, index_hash, scan->xs_itupdesc, &is_null));
    while (key->hash < hash) {
      ++key;
    }
    key->rows += key->hash == hash ? 1 : 0;
  }
  index_endscan(scan);
  MemoryContextSwitchTo(caller);
}

void KeySharerReader::close() {
  index_endscan(scan_);
  ExecDropSingleTupleTableSlot(slot_);
  index_close(index_, AccessShareLock);
  table_close(table_, AccessShareLock);
}

std::span<KeySharer> best_sharers(std::span<KeySharer> sharers, int most) {
  sharers = sharers.first(merge_sharers(sharers));
  std::sort(sharers.begin(), sharers.end(), is_better);
  return sharers.first(std::min(sharers.size(), static_cast<std::size_t>(most)));
}

std::span<KeySharer> find_key_sharers(const KeyQuery& query, const ContactKeys& keys, const char* own,
                                      Snapshot snapshot) {
  auto* const sharers =
      static_cast<KeySharer*>(palloc(sizeof(KeySharer) * (static_cast<std::size_t>(keys.count) * kMostOfKey + 1)));
  std::size_t count = 0;
  KeySharerReader reader(snapshot);
  for (int i = 0; i < keys.count; ++i) {
    const std::span<const KeySharer> of_key = reader.read(query, keys.hashes[i], own);
    std::copy(of_key.begin(), of_key.end(), sharers + count);
    count += of_key.size();
  }
  reader.close();
  return best_sharers({sharers, count}, query.most);
}

// Rows are sorted before they are written.
class ContactKeyLoad {
 public:
  ContactKeyLoad() {
    Relation const table = open_own_table(kTable, RowExclusiveLock);
    type_ = CreateTupleDescCopy(RelationGetDescr(table));
    table_close(table, NoLock);
    AttrNumber columns[] = {column_hash + 1, column_at + 1};
    Oid operators[] = {Int8LessOperator, newest_first()};
    Oid collations[] = {InvalidOid, InvalidOid};
    bool nulls_first[] = {false, false};
    sort_ = tuplesort_begin_heap(type_, 2, columns, operators, collations, nulls_first, maintenance_work_mem, nullptr,
                                 TUPLESORT_NONE);
    slot_ = MakeSingleTupleTableSlot(type_, &TTSOpsVirtual);
  }

  void add(const LeadPlace& lead, TimestampTz at, const ContactKeys& keys) {
    const Datum lead_id = CStringGetTextDatum(lead.lead_id);
    for (int i = 0; i < keys.count; ++i) {
      const KeyRow row = key_row(lead.relation, lead.part, lead_id, at, keys.hashes[i]);
      ExecClearTuple(slot_);
      memcpy(slot_->tts_values, row.values, sizeof row.values);
      memcpy(slot_->tts_isnull, row.nulls, sizeof row.nulls);
      ExecStoreVirtualTuple(slot_);
      tuplesort_puttupleslot(sort_, slot_);
    }
  }

  void finish() {
    ExecDropSingleTupleTableSlot(slot_);
    tuplesort_performsort(sort_);
    TupleTableSlot* const sorted = MakeSingleTupleTableSlot(type_, &TTSOpsMinimalTuple);
    RowBatch batch(kTable);
    MemoryContext const rows =
        AllocSetContextCreate(CurrentMemoryContext, "leadscore contact keys", ALLOCSET_DEFAULT_SIZES);
    for (std::size_t count = 1; tuplesort_gettupleslot(sort_, true, false, sorted, nullptr); ++count) {
      CHECK_FOR_INTERRUPTS();
      MemoryContext const caller = MemoryContextSwitchTo(rows);
      batch.add(ExecCopySlotHeapTuple(sorted));
      MemoryContextSwitchTo(caller);
      if (count % RowBatch::kMost == 0) {
        MemoryContextReset(rows);
      }
    }
    batch.finish();
    MemoryContextDelete(rows);
    ExecDropSingleTupleTableSlot(sorted);
    tuplesort_end(sort_);
  }

 private:
  static Oid newest_first() { return lookup_type_cache(TIMESTAMPTZOID, TYPECACHE_GT_OPR)->gt_opr; }

  TupleDesc type_;
  Tuplesortstate* sort_;
  TupleTableSlot* slot_;
};

ContactKeyLoad* begin_contact_key_load() { return new (palloc(sizeof(ContactKeyLoad))) ContactKeyLoad; }

void load_contact_keys(ContactKeyLoad* load, const LeadPlace& lead, TimestampTz at, const ContactKeys& keys) {
  load->add(lead, at, keys);
}

void end_contact_key_load(ContactKeyLoad* load) { load->finish(); }

void ensure_secret() {
  Relation const table = open_own_table("secret", ShareRowExclusiveLock);
  SysScanDesc const scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
  const bool exists = HeapTupleIsValid(systable_getnext(scan));
  systable_endscan(scan);
  if (!exists) {
    auto* const secret = static_cast<bytea*>(palloc(VARHDRSZ + kSecretBytes));
    SET_VARSIZE(secret, VARHDRSZ + kSecretBytes);
    if (!pg_strong_random(VARDATA(secret), kSecretBytes)) {
      ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not make a secret: no random numbers")));
    }
    Datum values[] = {PointerGetDatum(secret), TimestampTzGetDatum(GetCurrentTransactionStartTimestamp())};
    bool nulls[] = {false, false};
    CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
    CommandCounterIncrement();
  }
  table_close(table, NoLock);
}

void read_secret(Secret& secret) {
  Relation const table = open_own_table("secret", AccessShareLock);
  SysScanDesc const scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
  TimestampTz made_at = DT_NOEND;
  bool is_found = false;
  for (HeapTuple row = systable_getnext(scan); HeapTupleIsValid(row); row = systable_getnext(scan)) {
    Datum values[2];
    bool nulls[2];
    heap_deform_tuple(row, RelationGetDescr(table), values, nulls);
    const bytea* const bytes = DatumGetByteaPP(values[0]);
    if (VARSIZE_ANY_EXHDR(bytes) != kSecretBytes || (is_found && DatumGetTimestampTz(values[1]) >= made_at)) {
      continue;
    }
    memcpy(secret, VARDATA_ANY(bytes), kSecretBytes);
    made_at = DatumGetTimestampTz(values[1]);
    is_found = true;
  }
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  if (!is_found) {
    ereport(ERROR,
            (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the secret of the duplicate indexes is lost"),
             errhint("Call leadscore.create_duplicate_index() again.")));
  }
}

}  // namespace leadscore::pg
