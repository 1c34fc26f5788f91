#include "pg/match_lead.hpp"

#include <algorithm>
#include <chrono>

#include "pg/utf8_text.hpp"

namespace leadscore::pg {

namespace {

using dedup::LeadText;
using dedup::Role;

constexpr Role role_at(std::size_t i) { return static_cast<Role>(i); }

// Where a role's column comes from: the stronger ones first.
enum class Claim : std::uint8_t { named, role_name, other_name, none };

struct Choice {
  AttrNumber column;
  Claim claim;
};

[[noreturn]] void refuse_columns(const char* message, const char* detail) {
  StringInfoData roles;
  initStringInfo(&roles);
  for (std::size_t i = 0; i < dedup::kRoles; ++i) {
    const std::string_view name = name_of(role_at(i));
    appendStringInfo(&roles, "%s%.*s", i == 0 ? "" : ", ", static_cast<int>(name.size()), name.data());
  }
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
                  detail != nullptr ? errdetail("%s", detail) : 0,
                  errhint("Columns are given as {\"role\": \"column\"}, null for none. Roles are %s.", roles.data)));
}

AttrNumber find_column(TupleDesc row, const char* name) {
  for (int i = 0; i < row->natts; ++i) {
    const Form_pg_attribute attribute = TupleDescAttr(row, i);
    if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0) {
      return attribute->attnum;
    }
  }
  ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("the lead has no column \"%s\"", name)));
}

// The next key and value of an object, as find_named_columns() reads them; false at the end.
bool next_pair(JsonbIterator** iterator, JsonbValue* key, JsonbValue* value) {
  if (JsonbIteratorNext(iterator, key, true) != WJB_KEY) {
    return false;
  }
  JsonbIteratorNext(iterator, value, true);
  return true;
}

const char* text_of(const JsonbValue& value) {
  return pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len));
}

void take_named_columns(TupleDesc row, Jsonb* columns, Choice (&choices)[dedup::kRoles]) {
  if (!JB_ROOT_IS_OBJECT(columns)) {
    refuse_columns("columns must be a JSON object", nullptr);
  }
  JsonbIterator* iterator = JsonbIteratorInit(&columns->root);
  JsonbValue key;
  JsonbValue value;
  JsonbIteratorNext(&iterator, &value, true);  // the object begins
  while (next_pair(&iterator, &key, &value)) {
    const auto role = dedup::find_role({key.val.string.val, static_cast<std::size_t>(key.val.string.len)});
    if (!role) {
      refuse_columns(psprintf("there is no role \"%s\"", text_of(key)), nullptr);
    }
    if (value.type != jbvString && value.type != jbvNull) {
      refuse_columns("columns must be named by strings", psprintf("That of \"%s\" is not.", text_of(key)));
    }
    const AttrNumber column = value.type == jbvNull ? AttrNumber{InvalidAttrNumber} : find_column(row, text_of(value));
    choices[static_cast<std::size_t>(*role)] = {column, Claim::named};
  }
}

bool is_named(const Choice (&choices)[dedup::kRoles], AttrNumber column) {
  return std::any_of(std::begin(choices), std::end(choices), [column](const Choice& choice) {
    return choice.claim == Claim::named && choice.column == column;
  });
}

bool is_time(Oid type) {
  const Oid base = getBaseType(type);
  return base == TIMESTAMPTZOID || base == TIMESTAMPOID || base == DATEOID;
}

// What columns are called, for the roles that nobody has named.
void take_columns_by_name(TupleDesc row, Choice (&choices)[dedup::kRoles]) {
  for (int i = 0; i < row->natts; ++i) {
    const Form_pg_attribute attribute = TupleDescAttr(row, i);
    if (attribute->attisdropped || is_named(choices, attribute->attnum)) {
      continue;
    }
    const char* const name = asc_tolower(NameStr(attribute->attname), strlen(NameStr(attribute->attname)));
    const auto role = dedup::role_of_column(name);
    if (!role || (*role == Role::created_at && !is_time(attribute->atttypid))) {
      continue;
    }
    const Claim claim = name_of(*role) == name ? Claim::role_name : Claim::other_name;
    Choice& choice = choices[static_cast<std::size_t>(*role)];
    if (claim < choice.claim) {
      choice = {attribute->attnum, claim};
    }
  }
}

bool is_built_in(Oid function) { return function < FirstGenbkiObjectId; }

void set_column(RoleColumn& role_column, const FormData_pg_attribute& attribute, Role role, LeadColumns& columns) {
  const Oid base = getBaseType(attribute.atttypid);
  role_column.column = attribute.attnum;
  if (role == Role::created_at && !is_time(base)) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("column \"%s\" cannot be created_at: it is of type %s", NameStr(attribute.attname),
                           format_type_be(attribute.atttypid)),
                    errhint("Times are of type timestamp with time zone, timestamp or date.")));
  }
  if (base == DATEOID) {
    role_column.form = LeadValueForm::date;
  } else if (base == TIMESTAMPOID || base == TIMESTAMPTZOID) {
    role_column.form = LeadValueForm::timestamp;
  } else if (base == BPCHAROID || IsBinaryCoercible(base, TEXTOID)) {
    role_column.form = LeadValueForm::text;
    columns.may_raise = columns.may_raise || !is_utf8_database();
  } else {
    Oid function = InvalidOid;
    bool is_variable_length = false;
    getTypeOutputInfo(base, &function, &is_variable_length);
    role_column.form = LeadValueForm::written_out;
    fmgr_info(function, &role_column.output);
    columns.may_raise = columns.may_raise || !is_utf8_database() || !is_built_in(function);
  }
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

constexpr int kDateDigits = 8;

// Nothing for a date that has no year of four digits.
std::optional<std::string_view> date_text(DateADT date) {
  constexpr std::chrono::sys_days kEpoch = std::chrono::year(2000) / 1 / 1;
  constexpr auto kFirst = std::chrono::sys_days(std::chrono::year(1) / 1 / 1) - kEpoch;
  constexpr auto kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) - kEpoch;
  if (date < kFirst.count() || date > kLast.count()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day day = kEpoch + std::chrono::days(date);
  return std::string_view(psprintf("%04d%02u%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                                   static_cast<unsigned>(day.day())),
                          kDateDigits);
}

// The day of a time, rounded down.
DateADT day_of(Timestamp time) {
  if (TIMESTAMP_NOT_FINITE(time)) {
    return TIMESTAMP_IS_NOBEGIN(time) ? DATEVAL_NOBEGIN : DATEVAL_NOEND;
  }
  return static_cast<DateADT>(time / USECS_PER_DAY - (time % USECS_PER_DAY < 0 ? 1 : 0));
}

std::int64_t time_of(DateADT date) {
  std::int64_t time = 0;
  if (DATE_NOT_FINITE(date) || __builtin_mul_overflow(std::int64_t{date}, USECS_PER_DAY, &time)) {
    return date < 0 ? DT_NOBEGIN : DT_NOEND;
  }
  return time;
}

std::optional<std::string_view> text_of(const RoleColumn& column, Datum value) {
  switch (column.form) {
    case LeadValueForm::text:
      return utf8_text(value, kLongestLeadText);
    case LeadValueForm::date:
      return date_text(DatumGetDateADT(value));
    case LeadValueForm::timestamp:
      return date_text(day_of(DatumGetTimestamp(value)));
    case LeadValueForm::written_out:
      break;
  }
  const char* const written = OutputFunctionCall(const_cast<FmgrInfo*>(&column.output), value);
  return utf8_text(CStringGetTextDatum(written), kLongestLeadText);
}

// get(column, &is_null) is the value of a column.
template <class Get>
std::int64_t read_time(const LeadColumns& columns, Get get) {
  const RoleColumn& created_at = columns[Role::created_at];
  bool is_null = created_at.column == InvalidAttrNumber;
  const Datum value = is_null ? 0 : get(created_at.column, &is_null);
  static_assert(LeadText::kNoTime == DT_NOBEGIN);
  if (is_null) {
    return LeadText::kNoTime;
  }
  return created_at.form == LeadValueForm::date ? time_of(DatumGetDateADT(value)) : DatumGetTimestamp(value);
}

template <class Get>
LeadText read(const LeadColumns& columns, Get get) {
  LeadText lead;
  for (std::size_t i = 0; i < dedup::kTextRoles; ++i) {
    const RoleColumn& column = columns.of_role[i];
    bool is_null = column.column == InvalidAttrNumber;
    const Datum value = is_null ? 0 : get(column.column, &is_null);
    if (!is_null) {
      lead.text[i] = text_of(column, value);
    }
    if (lead.text[i] && is_blank(*lead.text[i])) {
      lead.text[i].reset();
    }
  }
  lead.at = read_time(columns, get);
  return lead;
}

}  // namespace

LeadColumns* find_lead_columns(TupleDesc row, Jsonb* columns) {
  Choice choices[dedup::kRoles];
  std::fill(std::begin(choices), std::end(choices), Choice{InvalidAttrNumber, Claim::none});
  if (columns != nullptr) {
    take_named_columns(row, columns, choices);
  }
  take_columns_by_name(row, choices);
  auto* const found = static_cast<LeadColumns*>(palloc0(sizeof(LeadColumns)));
  for (std::size_t i = 0; i < dedup::kRoles; ++i) {
    if (choices[i].column != InvalidAttrNumber) {
      set_column(found->of_role[i], *TupleDescAttr(row, choices[i].column - 1), role_at(i), *found);
    }
  }
  return found;
}

Jsonb* lead_columns_document(const LeadColumns& columns, TupleDesc row) {
  JsonbParseState* state = nullptr;
  const auto push_string = [&state](JsonbIteratorToken token, std::string_view text) {
    JsonbValue value{};
    value.type = jbvString;
    value.val.string.val = const_cast<char*>(text.data());
    value.val.string.len = static_cast<int>(text.size());
    pushJsonbValue(&state, token, &value);
  };
  pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
  for (std::size_t i = 0; i < dedup::kRoles; ++i) {
    push_string(WJB_KEY, name_of(role_at(i)));
    const AttrNumber column = columns.of_role[i].column;
    if (column == InvalidAttrNumber) {
      JsonbValue none{};
      none.type = jbvNull;
      pushJsonbValue(&state, WJB_VALUE, &none);
    } else {
      push_string(WJB_VALUE, NameStr(TupleDescAttr(row, column - 1)->attname));
    }
  }
  return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, nullptr));
}

LeadText read_lead(const LeadColumns& columns, TupleDesc row, HeapTupleHeader lead) {
  HeapTupleData tuple;
  tuple.t_len = HeapTupleHeaderGetDatumLength(lead);
  ItemPointerSetInvalid(&tuple.t_self);
  tuple.t_tableOid = InvalidOid;
  tuple.t_data = lead;
  return read(columns, [&](AttrNumber column, bool* is_null) { return heap_getattr(&tuple, column, row, is_null); });
}

LeadText read_lead(const LeadColumns& columns, TupleTableSlot* lead) {
  return read(columns, [lead](AttrNumber column, bool* is_null) { return slot_getattr(lead, column, is_null); });
}

std::int64_t time_of_lead(const LeadColumns& columns, TupleTableSlot* lead) {
  return read_time(columns, [lead](AttrNumber column, bool* is_null) { return slot_getattr(lead, column, is_null); });
}

}  // namespace leadscore::pg
