#include "pg/duplicate_input.hpp"

#include "pg/guard.hpp"
#include "pg/match_lead.hpp"
#include "pg/notice_clock.hpp"
#include "pg/stored_text.hpp"

namespace leadscore::pg {

namespace {

constexpr const char* kActivity = "the search for duplicates";
constexpr const char* kMemoryHint =
    "Raise maintenance_work_mem, or search in parts of the table: a view over one region, or over newer leads.";
constexpr std::size_t kRowsOfOneLook = 1U << 16;  // at the clock
constexpr AttrNumber kKeyPlace = 1;               // the key comes first in what is read

// Receives the rows of the reading query.
struct LeadReceiver {
  DestReceiver base;
  DuplicateInput* input;
  const LeadColumns* columns;
  MemoryContext of_row;
  NoticeClock clock;
};

bool receive_lead(TupleTableSlot* slot, DestReceiver* self) {
  auto* receiver = reinterpret_cast<LeadReceiver*>(self);
  DuplicateInput* const input = receiver->input;
  MemoryContextReset(receiver->of_row);
  MemoryContext const caller = MemoryContextSwitchTo(receiver->of_row);
  bool is_null = false;
  const Datum key = slot_getattr(slot, kKeyPlace, &is_null);
  if (is_null) {
    ++input->without_key;
  } else {
    const std::string_view name = view_of(DatumGetTextPP(key));
    const dedup::LeadText lead = read_lead(*receiver->columns, slot);
    core_call([=, &lead] {
      StopToken stop = stop_token();
      input->leads.add(name, lead, stop);
      return true;
    });
    if (input->leads.size() % kRowsOfOneLook == 0 && receiver->clock.is_due()) {
      ereport(NOTICE, (errmsg("duplicates: %zu leads read", input->leads.size())));
    }
  }
  MemoryContextSwitchTo(caller);
  return true;
}

// A receiver that takes rows and does nothing else.
DestReceiver receiver_of(bool (*receive)(TupleTableSlot* slot, DestReceiver* self)) {
  return {.receiveSlot = receive,
          .rStartup = [](DestReceiver*, int, TupleDesc) {},
          .rShutdown = [](DestReceiver*) {},
          .rDestroy = [](DestReceiver*) {},
          .mydest = DestNone};
}

// The names of the columns that play roles, in the order of roles, and the columns as they stand in the query then.
struct Selection {
  StringInfoData list;
  LeadColumns columns;
};

// Opens a table or view.
Relation open_table(Oid relation_id) {
  Relation const relation = try_relation_open(relation_id, AccessShareLock);
  if (relation == nullptr) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relation_id)));
  }
  switch (relation->rd_rel->relkind) {
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE:
    case RELKIND_FOREIGN_TABLE:
    case RELKIND_VIEW:
    case RELKIND_MATVIEW:
      break;
    default:
      ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                      errmsg("\"%s\" is no table or view", RelationGetRelationName(relation))));
  }
  return relation;
}

Selection select_columns(Oid relation_id, const char* key, Jsonb* columns, bool needs_times) {
  Relation const relation = open_table(relation_id);
  const AttrNumber key_column = get_attnum(relation_id, key);
  if (key_column <= InvalidAttrNumber) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("\"%s\" has no column \"%s\"", RelationGetRelationName(relation), key),
                    errhint("Name the column that identifies a lead: key => 'column'.")));
  }
  TupleDesc const row = RelationGetDescr(relation);
  Selection selection{};
  selection.columns = *find_lead_columns(row, columns);
  initStringInfo(&selection.list);
  appendStringInfo(&selection.list, "l.%s::pg_catalog.text", quote_identifier(key));
  AttrNumber place = kKeyPlace;
  for (RoleColumn& column : selection.columns.of_role) {
    if (column.column != InvalidAttrNumber) {
      const char* const name = NameStr(TupleDescAttr(row, column.column - 1)->attname);
      appendStringInfo(&selection.list, ", l.%s", quote_identifier(name));
      column.column = ++place;
    }
  }
  if (place == kKeyPlace) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("no column of \"%s\" plays a role", RelationGetRelationName(relation)),
                    errhint("Name the columns by their roles: columns => '{\"email\": \"contact_mail\"}'.")));
  }
  if (needs_times && selection.columns[dedup::Role::created_at].column == InvalidAttrNumber) {
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("no column of \"%s\" plays the role created_at, which within needs",
                           RelationGetRelationName(relation)),
                    errhint("Name the column with the time of the lead: columns => '{\"created_at\": \"column\"}'.")));
  }
  relation_close(relation, NoLock);
  return selection;
}

const char* qualified_name(Oid relation) {
  return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));
}

// Runs a query and hands each row to the receiver.
void run_query(const char* query, DestReceiver* receiver) {
  SPI_connect();
  SPIExecuteOptions options{};
  options.read_only = true;
  options.dest = receiver;
  const int status = SPI_execute_extended(query, &options);
  if (status < 0) {
    elog(ERROR, "reading leads ended with status %d", status);
  }
  SPI_finish();
}

// A name that is no column could be read as a call of a function.
void check_links(Oid relation_id) {
  Relation const relation = open_table(relation_id);
  for (const char* const column : {"lead_a", "lead_b", "is_same"}) {
    if (get_attnum(relation_id, column) == InvalidAttrNumber) {
      ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                      errmsg("\"%s\" has no column \"%s\"", RelationGetRelationName(relation), column),
                      errhint("Links are a relation (lead_a text, lead_b text, is_same boolean).")));
    }
  }
  relation_close(relation, NoLock);
}

// Collects links.
struct LinkReceiver {
  DestReceiver base;
  MemoryContext context;
  LinkedKeys* links;
  std::size_t count;
  std::size_t room;
};

std::string_view copied(Datum value) {
  const std::string_view written = view_of(DatumGetTextPP(value));
  auto* const copy = static_cast<char*>(palloc(written.size() + 1));
  memcpy(copy, written.data(), written.size());
  return {copy, written.size()};
}

bool receive_link(TupleTableSlot* slot, DestReceiver* self) {
  auto* receiver = reinterpret_cast<LinkReceiver*>(self);
  slot_getallattrs(slot);
  MemoryContext const caller = MemoryContextSwitchTo(receiver->context);
  if (receiver->count == receiver->room) {
    receiver->room *= 2;
    receiver->links = static_cast<LinkedKeys*>(repalloc_huge(receiver->links, receiver->room * sizeof(LinkedKeys)));
  }
  receiver->links[receiver->count++] = {
      .a = copied(slot->tts_values[0]), .b = copied(slot->tts_values[1]), .is_same = DatumGetBool(slot->tts_values[2])};
  MemoryContextSwitchTo(caller);
  return true;
}

}  // namespace

DuplicateInput::DuplicateInput(MemoryContext context, contact::Region region)
    : resource(context),
      memory(static_cast<std::size_t>(maintenance_work_mem) * 1024, kActivity, kMemoryHint, &resource),
      leads(region, &memory) {}

DuplicateInput* read_duplicate_input(Oid relation, const char* key, Jsonb* columns, bool needs_times,
                                     contact::Region region, MemoryContext context) {
  const Selection selection = select_columns(relation, key, columns, needs_times);
  DuplicateInput* const input = core_call([=] { return make_in_context<DuplicateInput>(context, context, region); });
  LeadReceiver receiver{};
  receiver.base = receiver_of(receive_lead);
  receiver.input = input;
  receiver.columns = &selection.columns;
  receiver.of_row = AllocSetContextCreate(CurrentMemoryContext, "leadscore lead", ALLOCSET_SMALL_SIZES);
  receiver.clock = {};
  run_query(psprintf("SELECT %s FROM %s AS l", selection.list.data, qualified_name(relation)), &receiver.base);
  MemoryContextDelete(receiver.of_row);
  core_call([input] {
    StopToken stop = stop_token();
    input->leads.settle(stop);
    return true;
  });
  return input;
}

std::span<const LinkedKeys> read_links(Oid relation) {
  check_links(relation);
  LinkReceiver receiver{};
  receiver.base = receiver_of(receive_link);
  receiver.context = CurrentMemoryContext;
  receiver.room = 64;
  receiver.links = static_cast<LinkedKeys*>(palloc(receiver.room * sizeof(LinkedKeys)));
  run_query(psprintf("SELECT l.lead_a::pg_catalog.text, l.lead_b::pg_catalog.text, l.is_same::pg_catalog.bool FROM %s "
                     "AS l WHERE l.lead_a IS NOT NULL AND l.lead_b IS NOT NULL AND l.is_same IS NOT NULL",
                     qualified_name(relation)),
            &receiver.base);
  return {receiver.links, receiver.count};
}

}  // namespace leadscore::pg
