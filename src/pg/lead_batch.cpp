#include "pg/lead_batch.hpp"

#include <algorithm>

#include "core/dedup/runs.hpp"

namespace leadscore::pg {

namespace {

// What a lead takes until all that are taken together have been looked for, about; another half of it is for others
// that they are compared with.
constexpr std::size_t kBytesOfLead = 2048;
constexpr std::size_t kLeastLeads = 256;

// So many keys are added, and then looked for while the pages of the index are at hand.
constexpr std::size_t kRunsAtOnce = 256;

// Which of the keys more than one lead has, as far as that is told cheaply.
template <class Run>
class SharedRuns {
 public:
  SharedRuns(const DuplicateIndex& index, std::span<const Run> runs, KeySharerReader& reader, bool walks)
      : walks_(walks) {
    if (walks_ && !runs.empty()) {
      std::transform(runs.begin(), runs.end(), counted_, [](Run run) { return CountedKey{run.front().hash, 0}; });
      reader.walk(index.relation, {counted_, runs.size()});
    }
  }
  [[nodiscard]] bool may_be_shared(std::size_t run) const { return !walks_ || counted_[run].rows > 1; }

 private:
  bool walks_;
  CountedKey counted_[kRunsAtOnce];
};

}  // namespace

std::size_t LeadBatch::most_leads() {
  return std::max(kLeastLeads, static_cast<std::size_t>(maintenance_work_mem) * 1024 / kBytesOfLead);
}

void LeadBatch::add(const WrittenLead& lead, TupleTableSlot* row) {
  Lead kept{.written = lead, .version = {}};
  kept.written.place.lead_id = pstrdup(lead.place.lead_id);
  kept.written.fields = copy_fields(*lead.fields);
  kept.version = {kept.written.fields, row->tts_tid, writer_of(row), InvalidTransactionId};
  leads_.add(kept);
}

std::span<const LeadBatch::Key> LeadBatch::sorted_keys() const {
  GrowingArray<Key> keys;
  const std::span<const Lead> leads = leads_.all();
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const ContactKeys& of_lead = leads[i].written.keys;
    const TimestampTz at = time_of_keys(leads[i].written);
    for (int k = 0; k < of_lead.count; ++k) {
      keys.add({of_lead.hashes[k], at, static_cast<std::uint32_t>(i)});
    }
  }
  const std::span<Key> all = keys.all();
  std::sort(all.begin(), all.end(),
            [](const Key& a, const Key& b) { return a.hash != b.hash ? a.hash < b.hash : a.lead < b.lead; });
  return all;
}

// One beside the other.
const Datum* LeadBatch::texts_of_keys() const {
  const std::span<const Lead> leads = leads_.all();
  Size size = 0;
  for (const Lead& lead : leads) {
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

template <class Work>
void LeadBatch::for_runs(std::span<const Key> keys, Work work) {
  Run runs[kRunsAtOnce];
  std::size_t count = 0;
  dedup::for_each_run(
      keys, [](const Key& a, const Key& b) { return a.hash == b.hash; },
      [&](Run run) {
        runs[count++] = run;
        if (count == kRunsAtOnce) {
          work(std::span(runs, count));
          count = 0;
        }
      });
  work(std::span(runs, count));
}

void LeadBatch::find(const Key& key, TimestampTz until, KeySharerReader& reader) {
  CHECK_FOR_INTERRUPTS();
  const WrittenLead& lead = leads_.all()[key.lead].written;
  if (const std::optional<KeyQuery> query = query_of_sharers(*index_, lead.fields->at(), until)) {
    for (const KeySharer& sharer : reader.read(*query, key.hash, lead.place.lead_id)) {
      found_.add({key.lead, sharer});
    }
  }
}

void LeadBatch::order_found() {
  const std::span<FoundSharer> all = found_.all();
  std::sort(all.begin(), all.end(), [](const FoundSharer& a, const FoundSharer& b) { return a.lead < b.lead; });
}

void LeadBatch::add_keys_and_find_sharers() {
  const std::span<const Key> keys = sorted_keys();
  const Datum* const texts = texts_of_keys();
  ContactKeyWriter writer;
  KeySharerReader reader(snapshot_);
  const bool walks = reader.is_walk(keys.size());
  const auto add_first = [&](std::span<const Run> runs) {
    for (const Run run : runs) {
      CHECK_FOR_INTERRUPTS();
      const Key& key = run.front();
      writer.add(index_->relation, part_->table, texts[key.lead], key.at, key.hash);
    }
    writer.write();
  };
  for_runs(keys, [&](std::span<Run> runs) {
    add_first(runs);
    const SharedRuns<Run> shared(*index_, runs, reader, walks);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (shared.may_be_shared(i)) {
        find(runs[i].front(), DT_NOEND, reader);
      }
    }
    while (true) {
      const auto end = std::remove_if(runs.begin(), runs.end(), [](Run run) { return run.size() == 1; });
      runs = {runs.begin(), end};
      if (runs.empty()) {
        break;
      }
      std::for_each(runs.begin(), runs.end(), [](Run& run) { run = run.subspan(1); });
      add_first(runs);
      for (const Run run : runs) {
        find(run.front(), DT_NOEND, reader);
      }
    }
  });
  reader.close();
  writer.close();
  order_found();
}

void LeadBatch::find_sharers() {
  const std::span<const Key> keys = sorted_keys();
  KeySharerReader reader(snapshot_);
  const bool walks = reader.is_walk(keys.size());
  for_runs(keys, [&](std::span<Run> runs) {
    const SharedRuns<Run> shared(*index_, runs, reader, walks);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (shared.may_be_shared(i)) {
        for (const Key& key : runs[i]) {
          find(key, key.at, reader);
        }
      }
    }
  });
  reader.close();
  order_found();
}

KnownLeads* LeadBatch::know_leads() {
  // Two partitions may have leads of one name.
  if (part_->table != index_->relation) {
    return nullptr;
  }
  auto* const known = new (palloc(sizeof(KnownLeads))) KnownLeads(size() / 2);
  for (Lead& lead : leads_.all()) {
    known->add(lead.written.place.lead_id, {&lead.version, 1});
  }
  return known;
}

std::span<JudgedLead> LeadBatch::judge(std::size_t place, std::span<const FoundSharer>& found, LeadReader& reader,
                                       KnownLeads* known) {
  const auto end =
      std::find_if(found.begin(), found.end(), [place](const FoundSharer& one) { return one.lead != place; });
  const auto count = static_cast<std::size_t>(end - found.begin());
  const std::span<KeySharer> sharers(static_cast<KeySharer*>(palloc(sizeof(KeySharer) * (count + 1))), count);
  std::transform(found.begin(), end, sharers.begin(), [](const FoundSharer& one) { return one.sharer; });
  found = found.subspan(count);
  return judge_leads(*index_, *leads_.all()[place].written.fields, best_sharers(sharers, index_->most_candidates),
                     reader, snapshot_, known);
}

}  // namespace leadscore::pg
