#include "pg/duplicate_batch.hpp"

#include <algorithm>

#include "core/dedup/runs.hpp"
#include "pg/duplicate_notes.hpp"

namespace leadscore::pg {

namespace {

// What a lead takes until all that are taken together have been looked for, about; another half of it is for others
// that they are compared with.
constexpr std::size_t kBytesOfLead = 2048;
constexpr std::size_t kLeastNewLeads = 256;

// How many are taken together.
std::size_t most_new_leads() {
  return std::max(kLeastNewLeads, static_cast<std::size_t>(maintenance_work_mem) * 1024 / kBytesOfLead);
}

// So many keys are added, and then looked for while the pages of the index are at hand.
constexpr std::size_t kRunsAtOnce = 256;

struct NewLead {
  WrittenLead written;
  LeadVersion version;
};

struct NewKey {
  std::int64_t hash;
  TimestampTz at;
  std::uint32_t lead;  // its place among the new ones
};

struct FoundSharer {
  std::uint32_t lead;
  KeySharer sharer;
};

bool is_updated(TupleTableSlot* row) {
  bool must_free = false;
  HeapTuple const tuple = ExecFetchSlotHeapTuple(row, false, &must_free);
  const bool is_updated = (tuple->t_data->t_infomask & HEAP_UPDATED) != 0;
  if (must_free) {
    heap_freetuple(tuple);
  }
  return is_updated;
}

template <class Element>
class GrowingArray {
 public:
  void add(const Element& element) {
    if (count_ == capacity_) {
      grow();
    }
    elements_[count_++] = element;
  }
  [[nodiscard]] std::span<Element> all() { return {elements_, count_}; }

 private:
  void grow() {
    capacity_ = std::max<std::size_t>(8, capacity_ * 2);
    const Size size = sizeof(Element) * capacity_;
    elements_ = static_cast<Element*>(elements_ == nullptr ? MemoryContextAllocHuge(CurrentMemoryContext, size)
                                                           : repalloc_huge(elements_, size));
  }

  Element* elements_ = nullptr;
  std::size_t count_ = 0;
  std::size_t capacity_ = 0;
};

// What lasts of a row that has been read, without the texts that it was read from.
NewLead kept(const WrittenLead& read, TupleTableSlot* row) {
  NewLead lead{.written = read, .version = {}};
  lead.written.place.lead_id = pstrdup(read.place.lead_id);
  lead.written.fields = copy_fields(*read.fields);
  lead.version = {lead.written.fields, row->tts_tid, writer_of(row), InvalidTransactionId};
  return lead;
}

// Those of the leads that are there under their keys, as they are now.
std::span<NewLead> read_new_leads(DuplicateIndex& index, const LeadPart& part, std::span<const Datum> keys) {
  GrowingArray<NewLead> leads;
  LeadReader reader(index, SnapshotSelf);
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "leadscore row", ALLOCSET_DEFAULT_SIZES);
  for (const Datum key : keys) {
    CHECK_FOR_INTERRUPTS();
    reader.visit(part, key, [&](TupleTableSlot* row) {
      MemoryContext const caller = MemoryContextSwitchTo(of_row);
      const WrittenLead read = read_written(index, part, row);
      if (read.fields != nullptr && is_updated(row)) {
        remove_contact_keys(read.place, read.keys);  // the trigger of that update has added some
      }
      MemoryContextSwitchTo(caller);
      if (read.fields != nullptr) {
        leads.add(kept(read, row));
      }
      MemoryContextReset(of_row);
    });
  }
  MemoryContextDelete(of_row);
  reader.close();
  return leads.all();
}

std::span<NewKey> sorted_keys(std::span<const NewLead> leads) {
  GrowingArray<NewKey> keys;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const ContactKeys& of_lead = leads[i].written.keys;
    const TimestampTz at = time_of_keys(leads[i].written);
    for (int k = 0; k < of_lead.count; ++k) {
      keys.add({of_lead.hashes[k], at, static_cast<std::uint32_t>(i)});
    }
  }
  const std::span<NewKey> all = keys.all();
  std::sort(all.begin(), all.end(),
            [](const NewKey& a, const NewKey& b) { return a.hash != b.hash ? a.hash < b.hash : a.lead < b.lead; });
  return all;
}

// The keys of leads as texts, one beside the other.
const Datum* texts_of_keys(std::span<const NewLead> leads) {
  Size size = 0;
  for (const NewLead& lead : leads) {
    size += MAXALIGN(VARHDRSZ + strlen(lead.written.place.lead_id));
  }
  auto* const texts = static_cast<Datum*>(palloc(sizeof(Datum) * (leads.size() + 1)));
  auto* next = static_cast<char*>(MemoryContextAllocHuge(CurrentMemoryContext, size + 1));
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const char* const lead_id = leads[i].written.place.lead_id;
    const Size bytes = VARHDRSZ + strlen(lead_id);
    SET_VARSIZE(next, bytes);
    memcpy(VARDATA(next), lead_id, bytes - VARHDRSZ);
    texts[i] = PointerGetDatum(next);
    next += MAXALIGN(bytes);
  }
  return texts;
}

// Adds the keys of new leads, and finds who shares them.
class KeysOfNewLeads {
 public:
  KeysOfNewLeads(const DuplicateIndex& index, const LeadPart& part, std::span<const NewLead> leads, Snapshot snapshot)
      : index_(&index),
        part_(&part),
        leads_(leads),
        texts_(texts_of_keys(leads)),
        keys_(sorted_keys(leads)),
        reader_(snapshot) {}

  // By leads. Of each key first the row is added, then others are looked for: of two that do so at the same time one
  // sees the other. Of several new leads with one key each sees those before it only, as if they had come one by one.
  std::span<FoundSharer> add_and_find() {
    const bool walks = reader_.is_walk(keys_.size());
    Run runs[kRunsAtOnce];
    std::size_t count = 0;
    dedup::for_each_run(
        keys_, [](const NewKey& a, const NewKey& b) { return a.hash == b.hash; },
        [&](Run run) {
          runs[count++] = run;
          if (count == kRunsAtOnce) {
            add_and_find({runs, count}, walks);
            count = 0;
          }
        });
    add_and_find({runs, count}, walks);
    reader_.close();
    writer_.close();
    const std::span<FoundSharer> all = found_.all();
    std::sort(all.begin(), all.end(), [](const FoundSharer& a, const FoundSharer& b) { return a.lead < b.lead; });
    return all;
  }

 private:
  using Run = std::span<const NewKey>;  // the keys of one hash

  void add_and_find(std::span<Run> runs, bool walks) {
    add_first(runs);
    if (walks && !runs.empty()) {
      CountedKey counted[kRunsAtOnce];
      std::transform(runs.begin(), runs.end(), counted, [](Run run) { return CountedKey{run.front().hash, 0}; });
      reader_.walk(index_->relation, {counted, runs.size()});
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (counted[i].rows > 1) {
          find(runs[i].front());
        }
      }
    } else {
      find_first(runs);
    }
    while (!(runs = without_first(runs)).empty()) {
      add_first(runs);
      find_first(runs);
    }
  }

  static std::span<Run> without_first(std::span<Run> runs) {
    const auto end = std::remove_if(runs.begin(), runs.end(), [](Run run) { return run.size() == 1; });
    std::for_each(runs.begin(), end, [](Run& run) { run = run.subspan(1); });
    return {runs.begin(), end};
  }

  void add_first(std::span<const Run> runs) {
    for (const Run run : runs) {
      CHECK_FOR_INTERRUPTS();
      const NewKey& key = run.front();
      writer_.add(index_->relation, part_->table, texts_[key.lead], key.at, key.hash);
    }
    writer_.write();
  }

  void find_first(std::span<const Run> runs) {
    for (const Run run : runs) {
      find(run.front());
    }
  }

  void find(const NewKey& key) {
    CHECK_FOR_INTERRUPTS();
    const WrittenLead& lead = leads_[key.lead].written;
    if (const std::optional<KeyQuery> query = query_of_sharers(*index_, lead.fields->at())) {
      for (const KeySharer& sharer : reader_.read(*query, key.hash, lead.place.lead_id)) {
        found_.add({key.lead, sharer});
      }
    }
  }

  const DuplicateIndex* index_;
  const LeadPart* part_;
  std::span<const NewLead> leads_;
  const Datum* texts_;
  std::span<const NewKey> keys_;
  ContactKeyWriter writer_;
  KeySharerReader reader_;
  GrowingArray<FoundSharer> found_;
};

class NewLeads {
 public:
  NewLeads(DuplicateIndex& index, const LeadPart& part) : index_(&index), part_(&part) { InitDirtySnapshot(dirty_); }

  void mark(std::span<const Datum> keys) {
    const std::span<NewLead> leads = read_new_leads(*index_, *part_, keys);
    const std::span<FoundSharer> found = KeysOfNewLeads(*index_, *part_, leads, &dirty_).add_and_find();
    KnownLeads known(keys.size() / 2);
    for (NewLead& lead : leads) {
      known.add(lead.written.place.lead_id, {&lead.version, 1});
    }
    LeadReader reader(*index_, &dirty_);
    DuplicateNotes notes(*index_, &dirty_);
    MemoryContext const of_lead = AllocSetContextCreate(CurrentMemoryContext, "leadscore lead", ALLOCSET_DEFAULT_SIZES);
    auto next = found.begin();
    for (std::size_t i = 0; i < leads.size(); ++i) {
      CHECK_FOR_INTERRUPTS();
      const auto first = next;
      next = std::find_if(first, found.end(), [i](const FoundSharer& one) { return one.lead != i; });
      MemoryContext const caller = MemoryContextSwitchTo(of_lead);
      judge(leads[i].written, {first, next}, known, reader, notes);
      MemoryContextSwitchTo(caller);
      MemoryContextReset(of_lead);
    }
    MemoryContextDelete(of_lead);
    notes.close();
    reader.close();
  }

 private:
  void judge(const WrittenLead& lead, std::span<const FoundSharer> found, KnownLeads& known, LeadReader& reader,
             DuplicateNotes& notes) {
    auto* const sharers = static_cast<KeySharer*>(palloc(sizeof(KeySharer) * (found.size() + 1)));
    std::transform(found.begin(), found.end(), sharers, [](const FoundSharer& one) { return one.sharer; });
    const std::span<JudgedLead> judged = judge_leads(
        *index_, *lead.fields, best_sharers({sharers, found.size()}, index_->most_candidates), reader, &dirty_, &known);
    notes.note(lead, judged);
    if (index_->mode == DuplicateMode::warn) {
      tell_of_duplicates(*index_, lead, judged);
    }
  }

  DuplicateIndex* index_;
  const LeadPart* part_;
  SnapshotData dirty_{};
};

}  // namespace

void mark_new_leads(DuplicateIndex& index, const LeadPart& part, Relation table, Tuplestorestate* rows) {
  NewLeads leads(index, part);
  // One of its own: others read the same rows.
  tuplestore_select_read_pointer(rows, tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND));
  tuplestore_rescan(rows);
  const FormData_pg_attribute& key_column = *TupleDescAttr(RelationGetDescr(table), part.key - 1);
  TupleTableSlot* const row = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsMinimalTuple);
  MemoryContext const of_batch = AllocSetContextCreate(CurrentMemoryContext, "leadscore leads", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(of_batch);
  const std::size_t most = most_new_leads();
  bool has_more = true;
  while (has_more) {
    GrowingArray<Datum> keys;
    while (keys.all().size() < most && (has_more = tuplestore_gettupleslot(rows, true, false, row))) {
      bool is_null = false;
      const Datum key = slot_getattr(row, part.key, &is_null);
      if (!is_null) {
        keys.add(datumCopy(key, key_column.attbyval, key_column.attlen));
      }
    }
    leads.mark(keys.all());
    ExecClearTuple(row);  // which may have been read from a file, into the same memory
    MemoryContextReset(of_batch);
  }
  MemoryContextSwitchTo(caller);
  MemoryContextDelete(of_batch);
  ExecDropSingleTupleTableSlot(row);
}

}  // namespace leadscore::pg
