// The trigger mark_duplicate(): looks for leads of the same person as soon as a lead is written.
#include <algorithm>

#include "core/dedup/match_weights.hpp"
#include "pg/duplicate_judgement.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/own_rows.hpp"
#include "pg/restore.hpp"

namespace leadscore::pg {

namespace {

[[noreturn]] void misused(const char* detail) {
  ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                  errmsg("leadscore.mark_duplicate() is a trigger function"), errdetail("%s", detail),
                  errhint("leadscore.create_duplicate_index() makes the trigger.")));
}

const TriggerData* check_trigger(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo)) {
    misused("It was called outside a trigger.");
  }
  const auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
  const bool is_truncate = TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event);
  if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) && !is_truncate)) {
    misused("It must fire AFTER INSERT OR UPDATE OR DELETE, FOR EACH ROW, or AFTER TRUNCATE.");
  }
  return trigger;
}

// A lead as it has been written, or as it was before.
struct WrittenLead {
  LeadPlace place;
  const dedup::LeadFields* fields;  // nullptr: it has no key, or one that is too long, or could not be read
  ContactKeys keys;
};

void warn_of_failure(const DuplicateIndex& index, const char* lead_id, const ErrorData* failure) {
  ereport(WARNING, (errcode(failure->sqlerrcode),
                    errmsg("duplicates of lead \"%s\" of table \"%s\" are not looked for: %s", lead_id,
                           get_rel_name(index.relation), failure->message),
                    errdetail("SQLSTATE %s", unpack_sql_state(failure->sqlerrcode))));
}

void warn_of_long_key(const DuplicateIndex& index) {
  ereport(WARNING, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                    errmsg("duplicates of a lead of table \"%s\" are not looked for: its key is longer than %zu bytes",
                           get_rel_name(index.relation), kMostLeadIdBytes)));
}

// A lead is written although nobody can tell whose it is: to lose it would be worse.
void warn_of_broken_index(const DuplicateIndex& index) {
  ereport(WARNING, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("duplicates of leads of table \"%s\" are not looked for: %s", get_rel_name(index.relation),
                           index.broken),
                    errhint("Call leadscore.create_duplicate_index() again.")));
}

WrittenLead read_written(const DuplicateIndex& index, const LeadPart& part, TupleTableSlot* row) {
  WrittenLead lead{.place = {index.relation, part.table, lead_id_in(index, part, row)}, .fields = nullptr, .keys = {}};
  if (lead.place.lead_id == nullptr) {
    return lead;
  }
  if (strlen(lead.place.lead_id) > kMostLeadIdBytes) {
    warn_of_long_key(index);
    return lead;
  }
  ErrorData* failure = nullptr;
  lead.fields = read_row(index, part, row, &failure);
  if (lead.fields != nullptr) {
    lead.keys = contact_keys(index.secret, blocking_hashes(index.judge, *lead.fields));
  } else {
    warn_of_failure(index, lead.place.lead_id, failure);
  }
  return lead;
}

// Those keys that the other has not.
ContactKeys keys_less(const ContactKeys& keys, const ContactKeys& others) {
  ContactKeys less{};
  const std::int64_t* const end = others.hashes + others.count;
  for (int i = 0; i < keys.count; ++i) {
    if (std::find(others.hashes, end, keys.hashes[i]) == end) {
      less.hashes[less.count++] = keys.hashes[i];
    }
  }
  return less;
}

// Whether an update has left all that matters as it was.
bool is_unchanged(const DuplicateIndex& index, const LeadPart& part, const TriggerData* trigger) {
  if (part.columns->may_raise) {
    return false;
  }
  const char* const id_before = lead_id_in(index, part, trigger->tg_trigslot);
  const char* const id = lead_id_in(index, part, trigger->tg_newslot);
  if (id_before == nullptr || id == nullptr || strcmp(id_before, id) != 0) {
    return false;
  }
  const dedup::LeadText before = read_lead(*part.columns, trigger->tg_trigslot);
  const dedup::LeadText after = read_lead(*part.columns, trigger->tg_newslot);
  return before.text == after.text && before.at == after.at;
}

// Brings the stored keys of a lead up to date; either of the two may lack.
void replace_keys(const WrittenLead& before, const WrittenLead& after) {
  const bool has_before = before.fields != nullptr;
  const bool has_after = after.fields != nullptr;
  const bool is_same_row = has_before && has_after && strcmp(before.place.lead_id, after.place.lead_id) == 0 &&
                           before.fields->at() == after.fields->at();
  if (has_before) {
    remove_contact_keys(before.place, is_same_row ? keys_less(before.keys, after.keys) : before.keys);
  }
  if (has_after) {
    const bool has_time = after.fields->at() != dedup::LeadText::kNoTime;
    add_contact_keys(after.place, has_time ? after.fields->at() : GetCurrentTransactionStartTimestamp(),
                     is_same_row ? keys_less(after.keys, before.keys) : after.keys);
  }
}

double probability(const JudgedLead& judged) { return dedup::probability_of(judged.weight); }

// What was noted of the lead before; in the current memory context.
std::span<const NotedPair> read_noted_pairs(const LeadPlace& lead, Snapshot snapshot) {
  NotedPairReader reader(lead.relation, snapshot);
  const std::span<const NotedPair> pairs = reader.read(lead.lead_id);
  reader.close();
  return pairs;
}

const NotedPair* find_pair_with(std::span<const NotedPair> pairs, const char* lead_id, const char* other) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [lead_id, other](const NotedPair& pair) {
    return strcmp(pair.other_than(lead_id), other) == 0;
  });
  return found == pairs.end() ? nullptr : &*found;
}

bool is_attached(Oid relation) { return has_own_row("source", "source_relation_key", "relation", relation, nullptr); }

FullTransactionId full_id_of(TransactionId running) {
  const FullTransactionId next = ReadNextFullTransactionId();
  const TransactionId top = SubTransGetTopmostTransaction(running);
  const uint32 epoch = EpochFromFullTransactionId(next) - (top > XidFromFullTransactionId(next) ? 1 : 0);
  return FullTransactionIdFromEpochAndXid(epoch, top);
}

void note_unsettled(Oid relation, const char* lead, const char* other, FullTransactionId beside) {
  constexpr int kColumns = 3;
  Relation const table = open_own_table("unsettled_lead", RowExclusiveLock);
  for (const char* const id : {lead, other}) {
    Datum values[kColumns] = {ObjectIdGetDatum(relation), CStringGetTextDatum(id), FullTransactionIdGetDatum(beside)};
    bool nulls[kColumns] = {};
    CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
  }
  table_close(table, NoLock);
}

// Of a pair whose other lead another transaction is writing, or may have written since this one took its snapshot,
// neither sees who was first.
void note_if_unsettled(Oid relation, const char* lead, const JudgedLead& judged) {
  bool is_beside_others = false;
  for (const LeadVersion& version : judged.versions) {
    if (TransactionIdIsValid(version.running) && is_attached(relation)) {
      note_unsettled(relation, lead, judged.lead_id, full_id_of(version.running));
      is_beside_others = true;
    }
  }
  if (!is_beside_others && IsolationUsesXactSnapshot() && is_attached(relation)) {
    note_unsettled(relation, lead, judged.lead_id, GetTopFullTransactionId());
  }
}

// Notes a verdict unless the same stands already. Whoever changes the other lead from now on sees it, and judges again;
// if it has been changed since it was read, nobody may have seen it.
void note(DuplicateIndex& index, const WrittenLead& lead, const JudgedLead& judged, const NotedPair* earlier,
          Snapshot snapshot) {
  const bool stands = earlier != nullptr ? earlier->is_certain && earlier->verdict == judged.verdict
                                         : judged.verdict == Verdict::different;
  if (earlier != nullptr || judged.verdict != Verdict::different) {
    note_if_unsettled(index.relation, lead.place.lead_id, judged);
  }
  if (stands) {
    return;
  }
  note_verdict(index.relation, lead.place.lead_id, judged.lead_id, judged.verdict, probability(judged));
  if (judged.verdict != Verdict::unsettled && !is_as_judged(index, judged, snapshot)) {
    note_verdict(index.relation, lead.place.lead_id, judged.lead_id, Verdict::unsettled, 0);
  }
}

void note_all(DuplicateIndex& index, const WrittenLead& lead, std::span<const JudgedLead> judged, Snapshot snapshot) {
  const std::span<const NotedPair> noted = read_noted_pairs(lead.place, snapshot);
  for (const JudgedLead& other : judged) {
    note(index, lead, other, find_pair_with(noted, lead.place.lead_id, other.lead_id), snapshot);
  }
  // Pairs of earlier days that share no key any more.
  for (const NotedPair& pair : noted) {
    const char* const other_id = pair.other_than(lead.place.lead_id);
    const bool is_judged = std::any_of(judged.begin(), judged.end(), [other_id](const JudgedLead& other) {
      return strcmp(other.lead_id, other_id) == 0;
    });
    if (!is_judged) {
      const JudgedLead other = judge_lead(index, *lead.fields, other_id, snapshot);
      if (!other.versions.empty()) {
        note(index, lead, other, &pair, snapshot);
      }
    }
  }
}

void warn_of_duplicates(const DuplicateIndex& index, const WrittenLead& lead, std::span<const JudgedLead> judged) {
  const JudgedLead* best = nullptr;
  int count = 0;
  for (const JudgedLead& other : judged) {
    if (other.verdict != Verdict::different) {
      best = best == nullptr || other.weight > best->weight ? &other : best;
      ++count;
    }
  }
  if (best != nullptr) {
    ereport(NOTICE, (errmsg("lead \"%s\" of table \"%s\" is the same person as lead \"%s\"", lead.place.lead_id,
                            get_rel_name(index.relation), best->lead_id),
                     errdetail("The probability is %.3g; such leads: %d.", probability(*best), count)));
  }
}

[[noreturn]] void reject(const DuplicateIndex& index, const WrittenLead& lead, const JudgedLead& judged) {
  ereport(ERROR, (errcode(ERRCODE_EXCLUSION_VIOLATION),
                  errmsg("lead \"%s\" of table \"%s\" is the same person as lead \"%s\"", lead.place.lead_id,
                         get_rel_name(index.relation), judged.lead_id),
                  errdetail("The probability is %.3g.", probability(judged))));
}

// Refuses the lead if a duplicate is certain to stay; else the transaction to wait for, if there is one.
TransactionId reject_or_find_running(const DuplicateIndex& index, const WrittenLead& lead,
                                     std::span<const JudgedLead> judged) {
  TransactionId running = InvalidTransactionId;
  for (const JudgedLead& other : judged) {
    for (std::size_t i = 0; i < other.versions.size(); ++i) {
      if (other.weights[i] < index.least_weight) {
        continue;
      }
      if (!TransactionIdIsValid(other.versions[i].running)) {
        reject(index, lead, other);
      }
      running = other.versions[i].running;
    }
  }
  return running;
}

// Between the lock and its release the keys are added and looked for, so that of two leads of one person the later sees
// the earlier, but not the earlier the later: they would wait for each other. Nothing is waited for under the lock.
class KeyLock {
 public:
  explicit KeyLock(Oid relation) : keys_(own_table("contact_key")), relation_(relation) {
    LockDatabaseObject(keys_, relation_, 0, ExclusiveLock);
  }
  void release() const { UnlockDatabaseObject(keys_, relation_, 0, ExclusiveLock); }

 private:
  Oid keys_;
  Oid relation_;
};

// Waits for the transactions on which it depends whether there is a duplicate. What comes later is none of this lead's
// business: it sees this one, and waits.
void reject_duplicates(DuplicateIndex& index, const WrittenLead& lead, std::span<JudgedLead> judged,
                       Snapshot snapshot) {
  for (TransactionId running = reject_or_find_running(index, lead, judged); TransactionIdIsValid(running);
       running = reject_or_find_running(index, lead, judged)) {
    XactLockTableWait(running, nullptr, nullptr, XLTW_None);
    judged = judge_again(index, *lead.fields, judged, snapshot);
  }
}

void look_for_duplicates(DuplicateIndex& index, const LeadPart& part, const TriggerData* trigger) {
  const bool is_update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
  if (is_update && is_unchanged(index, part, trigger)) {
    return;
  }
  WrittenLead before{};
  if (!TRIGGER_FIRED_BY_INSERT(trigger->tg_event)) {
    before = read_written(index, part, trigger->tg_trigslot);
  }
  WrittenLead lead{};
  if (!TRIGGER_FIRED_BY_DELETE(trigger->tg_event)) {
    lead = read_written(index, part, is_update ? trigger->tg_newslot : trigger->tg_trigslot);
  }
  if (lead.fields == nullptr) {
    replace_keys(before, lead);
    return;
  }
  SnapshotData dirty;
  InitDirtySnapshot(dirty);
  const auto judge_others = [&] { return judge_sharers(index, *lead.fields, lead.keys, lead.place.lead_id, &dirty); };
  // First the own keys are added, then others are looked for: of two that do so at the same time one sees the other.
  if (index.mode == DuplicateMode::reject) {
    const KeyLock lock(index.relation);
    replace_keys(before, lead);
    const std::span<JudgedLead> judged = judge_others();
    lock.release();
    reject_duplicates(index, lead, judged, &dirty);
    note_all(index, lead, {}, &dirty);
    return;
  }
  replace_keys(before, lead);
  const std::span<JudgedLead> judged = judge_others();
  note_all(index, lead, judged, &dirty);
  if (index.mode == DuplicateMode::warn) {
    warn_of_duplicates(index, lead, judged);
  }
}

Datum mark_duplicate(FunctionCallInfo fcinfo) {
  const TriggerData* const trigger = check_trigger(fcinfo);
  const Oid table = RelationGetRelid(trigger->tg_relation);
  if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) {
    forget_leads(table);
    return PointerGetDatum(nullptr);
  }
  DuplicateIndex* const index = find_duplicate_index(table);
  if (index == nullptr) {
    if (is_restoring()) {
      return PointerGetDatum(nullptr);  // the rows of leadscore.duplicate_index are still to come
    }
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("table \"%s\" has no duplicate index", RelationGetRelationName(trigger->tg_relation)),
                    errhint("leadscore.create_duplicate_index() makes one; or drop the trigger \"%s\".",
                            trigger->tg_trigger->tgname)));
  }
  if (index->broken != nullptr) {
    if (index->mode == DuplicateMode::reject) {
      refuse_broken_index(*index);
    }
    warn_of_broken_index(*index);
    return PointerGetDatum(nullptr);
  }
  const LeadPart* const part = find_lead_part(*index, table);
  if (part == nullptr) {
    elog(ERROR, "table \"%s\" is no part of its duplicate index", RelationGetRelationName(trigger->tg_relation));
  }
  MemoryContext const of_row = AllocSetContextCreate(CurrentMemoryContext, "leadscore lead", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(of_row);
  look_for_duplicates(*index, *part, trigger);
  MemoryContextSwitchTo(caller);
  MemoryContextDelete(of_row);
  return PointerGetDatum(nullptr);
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_mark_duplicate) { return leadscore::pg::mark_duplicate(fcinfo); }
