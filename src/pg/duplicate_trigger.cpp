// The trigger mark_duplicate(): looks for leads of the same person as soon as leads are written.
#include <algorithm>

#include "pg/duplicate_batch.hpp"
#include "pg/duplicate_notes.hpp"
#include "pg/duplicate_registry.hpp"
#include "pg/guard.hpp"
#include "pg/own_table.hpp"
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
  const bool knows_rows = TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) ||
                          (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) && trigger->tg_newtable != nullptr);
  if (!TRIGGER_FIRED_AFTER(trigger->tg_event) || !knows_rows) {
    misused(
        "It must fire AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW, AFTER INSERT REFERENCING NEW TABLE, or AFTER "
        "TRUNCATE.");
  }
  return trigger;
}

bool fires(const Trigger& trigger) {
  return SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA
             ? trigger.tgenabled == TRIGGER_FIRES_ON_REPLICA || trigger.tgenabled == TRIGGER_FIRES_ALWAYS
             : trigger.tgenabled == TRIGGER_FIRES_ON_ORIGIN || trigger.tgenabled == TRIGGER_FIRES_ALWAYS;
}

// Whether the new leads of a table are looked for at the end of each statement, all together, and not one by one. Not
// those of partitions, whose own triggers are not told of statements for the whole table; nor where duplicates are
// refused.
bool takes_new_leads_together(const DuplicateIndex& index, Relation table, Oid function) {
  const TriggerDesc* const triggers = table->trigdesc;
  return index.mode != DuplicateMode::reject && table->rd_rel->relkind == RELKIND_RELATION &&
         !table->rd_rel->relispartition && triggers->trig_insert_new_table &&
         std::any_of(triggers->triggers, triggers->triggers + triggers->numtriggers,
                     [function](const Trigger& trigger) {
                       return trigger.tgfoid == function && TRIGGER_FOR_INSERT(trigger.tgtype) &&
                              !TRIGGER_FOR_ROW(trigger.tgtype) && trigger.tgnewtable != nullptr && fires(trigger);
                     });
}

// A lead is written although nobody can tell whose it is: to lose it would be worse.
void warn_of_broken_index(const DuplicateIndex& index) {
  ereport(WARNING, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("duplicates of leads of table \"%s\" are not looked for: %s", get_rel_name(index.relation),
                           index.broken),
                    errhint("Call leadscore.create_duplicate_index() again.")));
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
    add_contact_keys(after.place, time_of_keys(after), is_same_row ? keys_less(after.keys, before.keys) : after.keys);
  }
}

[[noreturn]] void reject(const DuplicateIndex& index, const WrittenLead& lead, const JudgedLead& judged) {
  ereport(ERROR, (errcode(ERRCODE_EXCLUSION_VIOLATION),
                  errmsg("lead \"%s\" of table \"%s\" is the same person as lead \"%s\"", lead.place.lead_id,
                         get_rel_name(index.relation), judged.lead_id),
                  errdetail("The probability is %.3g.", probability_of(judged))));
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

// Whether there was a lead under a key that it has no more.
bool is_gone(const WrittenLead& before, const WrittenLead& after) {
  return before.place.lead_id != nullptr &&
         (after.place.lead_id == nullptr || strcmp(before.place.lead_id, after.place.lead_id) != 0);
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
  SnapshotData dirty;
  InitDirtySnapshot(dirty);
  DuplicateNotes notes(index, &dirty);
  if (is_gone(before, lead)) {
    notes.note_gone(before.place.lead_id);
  }
  if (lead.fields == nullptr) {
    replace_keys(before, lead);
    notes.close();
    return;
  }
  const auto judge_others = [&] { return judge_sharers(index, *lead.fields, lead.keys, lead.place.lead_id, &dirty); };
  // First the own keys are added, then others are looked for: of two that do so at the same time one sees the other.
  if (index.mode == DuplicateMode::reject) {
    const KeyLock lock(index.relation);
    replace_keys(before, lead);
    const std::span<JudgedLead> judged = judge_others();
    lock.release();
    reject_duplicates(index, lead, judged, &dirty);
    notes.note(lead, {});
    notes.close();
    return;
  }
  replace_keys(before, lead);
  const std::span<JudgedLead> judged = judge_others();
  notes.note(lead, judged);
  notes.close();
  if (index.mode == DuplicateMode::warn) {
    tell_of_duplicates(index, lead, judged);
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
  const bool is_for_statement = !TRIGGER_FIRED_FOR_ROW(trigger->tg_event);
  if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event) &&
      is_for_statement != takes_new_leads_together(*index, trigger->tg_relation, fcinfo->flinfo->fn_oid)) {
    return PointerGetDatum(nullptr);
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
  if (is_for_statement) {
    mark_new_leads(*index, *part, trigger->tg_relation, trigger->tg_newtable);
    return PointerGetDatum(nullptr);
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
