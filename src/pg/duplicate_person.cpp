#include "pg/duplicate_person.hpp"

#include <algorithm>

#include "core/dedup/pair_space.hpp"
#include "pg/duplicate_judgement.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/unsettled_lead.hpp"

namespace leadscore::pg {

struct SettledPersons {
  MemoryContext context;  // of what follows, and all that it points to
  HTAB* leads;            // nullptr at first
  Oid relation;
  Snapshot snapshot;  // a copy, to compare others with
  SubTransactionId subtransaction;
};

namespace {

struct SettledLead {
  const char* lead_id;
  bool repeats;
};

// A lead that the walk has come to.
struct ReachedLead {
  const char* lead_id;
  bool exists;
  std::int64_t at;
  Datum key;
};

struct ReachedEntry {
  const char* lead_id;
};

uint32 hash_of_name(const void* key, Size /*size*/) {
  const char* const name = *static_cast<const char* const*>(key);
  return hash_bytes(reinterpret_cast<const unsigned char*>(name), static_cast<int>(strlen(name)));
}

int order_of_names(const void* a, const void* b, Size /*size*/) {
  return strcmp(*static_cast<const char* const*>(a), *static_cast<const char* const*>(b));
}

// A table of what begins with a name.
HTAB* make_table_by_name(const char* name, Size entry_size, MemoryContext context) {
  HASHCTL control{};
  control.keysize = sizeof(const char*);
  control.entrysize = entry_size;
  control.hash = hash_of_name;
  control.match = order_of_names;
  control.hcxt = context;
  return hash_create(name, 16, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

Snapshot copy_of(const SnapshotData* snapshot) {
  auto* const copy = static_cast<Snapshot>(palloc(sizeof(SnapshotData)));
  *copy = *snapshot;
  const auto copy_list = [](const TransactionId* list, std::size_t count) {
    auto* const copied = static_cast<TransactionId*>(palloc(sizeof(TransactionId) * (count + 1)));
    std::copy(list, list + count, copied);
    return copied;
  };
  copy->xip = copy_list(snapshot->xip, snapshot->xcnt);
  copy->subxip = copy_list(snapshot->subxip, static_cast<std::size_t>(std::max(snapshot->subxcnt, 0)));
  return copy;
}

// Whether two snapshots of one transaction see the same.
bool see_the_same(const SnapshotData* a, const SnapshotData* b) {
  return a->snapshot_type == b->snapshot_type && a->xmin == b->xmin && a->xmax == b->xmax && a->curcid == b->curcid &&
         a->takenDuringRecovery == b->takenDuringRecovery && a->suboverflowed == b->suboverflowed &&
         std::equal(a->xip, a->xip + a->xcnt, b->xip, b->xip + b->xcnt) &&
         std::equal(a->subxip, a->subxip + std::max(a->subxcnt, 0), b->subxip, b->subxip + std::max(b->subxcnt, 0));
}

void use_for(SettledPersons& settled, Oid relation, Snapshot snapshot) {
  const SubTransactionId subtransaction = GetCurrentSubTransactionId();
  if (settled.leads != nullptr && settled.relation == relation && settled.subtransaction == subtransaction &&
      see_the_same(settled.snapshot, snapshot)) {
    return;
  }
  settled.leads = nullptr;
  MemoryContextReset(settled.context);
  MemoryContext const caller = MemoryContextSwitchTo(settled.context);
  settled.relation = relation;
  settled.subtransaction = subtransaction;
  settled.snapshot = copy_of(snapshot);
  settled.leads = make_table_by_name("leadscore settled leads", sizeof(SettledLead), settled.context);
  MemoryContextSwitchTo(caller);
}

void keep(SettledPersons& settled, const char* lead_id, bool repeats) {
  bool is_known = false;
  auto* const lead = static_cast<SettledLead*>(hash_search(settled.leads, &lead_id, HASH_ENTER, &is_known));
  if (!is_known) {
    lead->lead_id = MemoryContextStrdup(settled.context, lead_id);
  }
  lead->repeats = repeats;
}

// The order of keys in their own type.
class KeyOrder {
 public:
  KeyOrder(const DuplicateIndex& index) {
    Relation const table = table_open(index.relation, AccessShareLock);
    const FormData_pg_attribute& key =
        *TupleDescAttr(RelationGetDescr(table), get_attnum(index.relation, index.key) - 1);
    is_by_value_ = key.attbyval;
    length_ = key.attlen;
    sort_.ssup_cxt = CurrentMemoryContext;
    sort_.ssup_collation = key.attcollation;
    PrepareSortSupportFromOrderingOp(lookup_type_cache(key.atttypid, TYPECACHE_LT_OPR)->lt_opr, &sort_);
    table_close(table, AccessShareLock);
  }

  [[nodiscard]] Datum copy(Datum key) const { return datumCopy(key, is_by_value_, length_); }

  // Those without a time come before all others.
  [[nodiscard]] bool comes_before(const ReachedLead& a, const ReachedLead& b) {
    return a.at != b.at ? a.at < b.at : sort_.comparator(a.key, b.key, &sort_) < 0;
  }

 private:
  bool is_by_value_;
  std::int16_t length_;
  SortSupportData sort_{};
};
static_assert(std::is_trivially_destructible_v<KeyOrder>);

// The leads of a person, as far as they have been walked through. If there is a reader of the pairs that others are
// noting, leads that others are writing or pairing meanwhile are noted as unsettled.
class Walk {
 public:
  Walk(DuplicateIndex& index, Snapshot snapshot, NotedPairReader* pairs_of_others)
      : index_(index),
        snapshot_(snapshot),
        pairs_of_others_(pairs_of_others),
        pairs_(index.relation, snapshot),
        reader_(index, snapshot),
        order_(index),
        parts_(all_lead_parts(index)),
        reached_(make_table_by_name("leadscore reached leads", sizeof(ReachedEntry), CurrentMemoryContext)) {
    of_lead_ = AllocSetContextCreate(CurrentMemoryContext, "leadscore pairs", ALLOCSET_SMALL_SIZES);
    of_others_ = AllocSetContextCreate(CurrentMemoryContext, "leadscore pairs of others", ALLOCSET_SMALL_SIZES);
  }

  [[nodiscard]] bool has_pairs(const char* lead_id) { return !pairs_.read(lead_id).empty(); }

  // True as soon as a lead is found that the first repeats, whatever else hangs together with it.
  [[nodiscard]] bool finds_earlier(const char* lead_id) {
    reach(lead_id);
    return go_on(0, [this](const ReachedLead& lead) { return is_repeated(lead); });
  }

  // Goes through all that hangs together with a lead, or did before it was changed or deleted, but for what has been
  // gone through before.
  void go_through(const char* lead_id) {
    const std::span<const NotedPair> pairs = pairs_.read(lead_id);
    if (pairs.empty()) {
      return;
    }
    const std::size_t begin = count_;
    reach_if_new(lead_id);
    for (const NotedPair& pair : pairs) {
      reach_if_new(pair.other_than(lead_id));
    }
    go_on(begin, [](const ReachedLead&) { return false; });
  }

  // Whether the leads beside a lead hang together without it, and one of them came before it: then none of them has
  // become a duplicate by it, where any time counts.
  [[nodiscard]] bool changes_others(const char* lead_id) {
    reach(lead_id);
    visit_neighbours(0, [](const ReachedLead&) { return false; });
    const std::size_t neighbours = count_;
    const auto others = std::span(leads_, count_).subspan(1);
    if (index_.within != dedup::kAnyTime || std::none_of(others.begin(), others.end(), [this](const ReachedLead& lead) {
          return lead.exists && order_.comes_before(lead, leads_[0]);
        })) {
      return std::any_of(others.begin(), others.end(), [](const ReachedLead& lead) { return lead.exists; });
    }
    return !hang_together(neighbours);
  }

  // Calls take(key) for each lead that has been reached and exists.
  template <class Take>
  void tell(Take take) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (leads_[i].exists) {
        take(leads_[i].lead_id);
      }
    }
  }

  // Of a person all of whose leads have been reached.
  void settle(SettledPersons& settled) {
    ReachedLead* const end =
        std::partition(leads_, leads_ + count_, [](const ReachedLead& lead) { return lead.exists; });
    std::sort(leads_, end, [this](const ReachedLead& a, const ReachedLead& b) { return order_.comes_before(a, b); });
    const auto leads = static_cast<std::size_t>(end - leads_);
    auto* const times = allocate<std::int64_t>(leads);
    auto* const firsts = allocate<std::uint32_t>(leads);
    std::transform(leads_, end, times, [](const ReachedLead& lead) { return lead.at; });
    std::fill(firsts, firsts + leads, 0);
    if (index_.within != dedup::kAnyTime) {
      MemoryContext const context = CurrentMemoryContext;
      core_call([=, this] {
        ContextResource memory(context);
        dedup::split_by_window({firsts, leads}, {times, leads}, index_.within, index_.window_mode, &memory);
        return true;
      });
    }
    for (std::size_t i = 0; i < leads; ++i) {
      keep(settled, leads_[i].lead_id, firsts[i] != i);
    }
  }

  void close() {
    pairs_.close();
    reader_.close();
  }

 private:
  template <class Item>
  static Item* allocate(std::size_t count) {
    return static_cast<Item*>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Item) * (count + 1)));
  }

  [[nodiscard]] bool has_reached(const char* lead_id) {
    return hash_search(reached_, &lead_id, HASH_FIND, nullptr) != nullptr;
  }

  void reach_if_new(const char* lead_id) {
    if (!has_reached(lead_id)) {
      reach(lead_id);
    }
  }

  // From the leads that have been reached to those beside them, until is_enough(lead) holds for one.
  template <class IsEnough>
  bool go_on(std::size_t from, IsEnough is_enough) {
    for (std::size_t i = from; i < count_; ++i) {
      CHECK_FOR_INTERRUPTS();
      if (leads_[i].exists && visit_neighbours(i, is_enough)) {
        return true;
      }
    }
    return false;
  }

  // Whether the leads from the second to the one before `end`, which were reached from the first, hang together
  // without it.
  bool hang_together(std::size_t end) {
    Walk other(index_, snapshot_, pairs_of_others_);
    other.reach(leads_[0].lead_id);
    other.leads_[0].exists = false;  // nothing goes by way of it
    std::size_t missing = 0;
    for (std::size_t i = 1; i < end; ++i) {
      missing += leads_[i].exists ? 1 : 0;
    }
    for (std::size_t i = 1; i < end && other.count_ == 1; ++i) {
      if (leads_[i].exists) {
        other.reach(leads_[i].lead_id);
        --missing;
      }
    }
    if (missing > 0) {
      other.go_on(1, [&](const ReachedLead& lead) {
        const char* const lead_id = lead.lead_id;
        missing -= lead.exists && has_reached(lead_id) ? 1 : 0;
        return missing == 0;
      });
    }
    other.close();
    return missing == 0;
  }

  // Whether is_enough(lead) holds for one that has not been reached before; there it ends.
  template <class IsEnough>
  bool visit_neighbours(std::size_t number, IsEnough is_enough) {
    const char* const lead_id = leads_[number].lead_id;
    MemoryContext const caller = MemoryContextSwitchTo(of_lead_);
    bool is_found = false;
    for (const NotedPair& pair : pairs_.read(lead_id)) {
      const char* const other = pair.other_than(lead_id);
      if (!is_found && !has_reached(other) && probability_of_pair(index_, pair, snapshot_).has_value()) {
        MemoryContextSwitchTo(caller);
        is_found = is_enough(reach(other));
        MemoryContextSwitchTo(of_lead_);
      }
    }
    MemoryContextSwitchTo(caller);
    MemoryContextReset(of_lead_);
    return is_found;
  }

  const ReachedLead& reach(const char* lead_id) {
    if (count_ == capacity_) {
      capacity_ *= 2;
      leads_ = static_cast<ReachedLead*>(repalloc_huge(leads_, sizeof(ReachedLead) * capacity_));
    }
    ReachedLead& lead = leads_[count_++];
    lead = {.lead_id = pstrdup(lead_id), .exists = false, .at = 0, .key = Datum{0}};
    hash_search(reached_, &lead.lead_id, HASH_ENTER, nullptr);
    for (int i = 0; i < list_length(parts_) && !lead.exists; ++i) {
      const LeadPart* const part = find_lead_part(index_, list_nth_oid(parts_, (last_part_ + i) % list_length(parts_)));
      if (part != nullptr && read_place(*part, lead)) {
        last_part_ = (last_part_ + i) % list_length(parts_);
      }
    }
    look_for_others(lead.lead_id);
    return lead;
  }

  // Who pairs the lead with others at the same time; or has, since this transaction took the snapshot that it keeps.
  void look_for_others(const char* lead_id) {
    if (pairs_of_others_ == nullptr) {
      return;
    }
    MemoryContext const caller = MemoryContextSwitchTo(of_others_);
    const std::span<const NotedPair> pairs = pairs_of_others_->read(lead_id);
    for (const NotedPair& pair : pairs) {
      if (TransactionIdIsValid(pair.running)) {
        note_unsettled(index_.relation, lead_id, pair.running);
      }
    }
    if (IsolationUsesXactSnapshot() && !pairs.empty()) {
      note_unsettled(index_.relation, lead_id, GetTopTransactionId());
    }
    MemoryContextSwitchTo(caller);
    MemoryContextReset(of_others_);
  }

  // When the lead came, the earliest if several rows of a part have its key.
  bool read_place(const LeadPart& part, ReachedLead& lead) {
    reader_.visit(part, lead.lead_id, [&](TupleTableSlot* row) {
      const ReachedLead found{
          .lead_id = lead.lead_id, .exists = true, .at = time_in(part, row), .key = key_in(part, row)};
      if (!lead.exists || order_.comes_before(found, lead)) {
        lead = found;
      }
      const TransactionId changer = pairs_of_others_ != nullptr ? changer_of(row) : InvalidTransactionId;
      if (TransactionIdIsValid(changer)) {
        note_unsettled(index_.relation, lead.lead_id, changer);
      }
    });
    return lead.exists;
  }

  static std::int64_t time_in(const LeadPart& part, TupleTableSlot* row) { return time_of_lead(*part.columns, row); }

  [[nodiscard]] Datum key_in(const LeadPart& part, TupleTableSlot* row) const {
    bool is_null = false;
    return order_.copy(slot_getattr(row, part.key, &is_null));
  }

  // In an anchored window it depends on all leads before.
  [[nodiscard]] bool is_repeated(const ReachedLead& lead) {
    const ReachedLead& first = leads_[0];
    if (!lead.exists || !order_.comes_before(lead, first)) {
      return false;
    }
    if (index_.within == dedup::kAnyTime) {
      return true;
    }
    std::int64_t apart = 0;
    return index_.window_mode == dedup::WindowMode::sliding &&
           (lead.at == first.at || (lead.at != DT_NOBEGIN && first.at != DT_NOEND &&
                                    !__builtin_sub_overflow(first.at, lead.at, &apart) && apart <= index_.within));
  }

  DuplicateIndex& index_;
  Snapshot snapshot_;
  NotedPairReader* pairs_of_others_;
  NotedPairReader pairs_;
  LeadReader reader_;
  KeyOrder order_;
  List* parts_;
  int last_part_ = 0;
  HTAB* reached_;
  MemoryContext of_lead_;
  MemoryContext of_others_;
  std::size_t count_ = 0;
  std::size_t capacity_ = 8;
  ReachedLead* leads_ = static_cast<ReachedLead*>(palloc(sizeof(ReachedLead) * 8));
};
static_assert(std::is_trivially_destructible_v<Walk>);

}  // namespace

SettledPersons* begin_settled_persons(MemoryContext context) {
  auto* const settled = static_cast<SettledPersons*>(MemoryContextAllocZero(context, sizeof(SettledPersons)));
  settled->context = AllocSetContextCreate(context, "leadscore settled leads", ALLOCSET_SMALL_SIZES);
  return settled;
}

bool repeats_earlier_lead(DuplicateIndex& index, const char* lead_id, Snapshot snapshot, SettledPersons* settled,
                          bool looks_for_others) {
  use_for(*settled, index.relation, snapshot);
  if (const auto* const known = static_cast<SettledLead*>(hash_search(settled->leads, &lead_id, HASH_FIND, nullptr))) {
    return known->repeats;
  }
  MemoryContext const of_walk = AllocSetContextCreate(CurrentMemoryContext, "leadscore walk", ALLOCSET_DEFAULT_SIZES);
  MemoryContext const caller = MemoryContextSwitchTo(of_walk);
  SnapshotData dirty;
  InitDirtySnapshot(dirty);
  std::optional<NotedPairReader> pairs_of_others;
  if (looks_for_others) {
    pairs_of_others.emplace(index.relation, &dirty);
  }
  Walk walk(index, snapshot, looks_for_others ? &*pairs_of_others : nullptr);
  if (walk.has_pairs(lead_id)) {
    if (walk.finds_earlier(lead_id)) {
      keep(*settled, lead_id, true);
    } else {
      walk.settle(*settled);
    }
  }
  walk.close();
  if (looks_for_others) {
    pairs_of_others->close();
  }
  MemoryContextSwitchTo(caller);
  MemoryContextDelete(of_walk);
  const auto* const known = static_cast<SettledLead*>(hash_search(settled->leads, &lead_id, HASH_FIND, nullptr));
  return known != nullptr && known->repeats;  // what does not exist has not been settled
}

std::span<const char* const> leads_of_persons(DuplicateIndex& index, std::span<const char* const> lead_ids,
                                              bool are_new, Snapshot snapshot) {
  SnapshotData dirty;
  InitDirtySnapshot(dirty);
  NotedPairReader pairs_of_others(index.relation, &dirty);
  // Of several new leads each may hold together what another one alone would.
  if (lead_ids.size() == 1 && are_new) {
    Walk walk(index, snapshot, &pairs_of_others);
    const bool changes_others = walk.changes_others(lead_ids.front());
    walk.close();
    if (!changes_others) {
      pairs_of_others.close();
      return {};
    }
  }
  Walk walk(index, snapshot, &pairs_of_others);
  for (const char* const lead_id : lead_ids) {
    walk.go_through(lead_id);
  }
  std::size_t count = 0;
  walk.tell([&count](const char*) { ++count; });
  auto* const leads =
      static_cast<const char**>(MemoryContextAllocHuge(CurrentMemoryContext, sizeof(const char*) * (count + 1)));
  count = 0;
  walk.tell([&](const char* lead_id) { leads[count++] = lead_id; });
  walk.close();
  pairs_of_others.close();
  return {leads, count};
}

}  // namespace leadscore::pg
