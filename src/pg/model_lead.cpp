#include "pg/model_lead.hpp"

#include "pg/composite.hpp"
#include "pg/model_evaluate.hpp"

namespace leadscore::pg {

namespace {

// What a call site that passes columns remembers, in its function's memory context.
struct ColumnCall {
  Oid row_type;
  int32 row_typmod;
  int64 version;  // of the model for which the call was planned
  int count;
  const int16* attributes;
  const CompiledModel* model;  // for which `positions` are
  int* positions;              // of the columns that the model reads, among those passed
  bool passes_all;             // exactly these: the arguments are the columns
  NullableDatum* columns;
};

[[noreturn]] void not_planned() {
  ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                  errmsg("this function is called by plans only, in place of the function that takes a row"),
                  errhint("Call leadscore.score(), evaluate(), classify() or target().")));
}

template <class Item>
Item* allocate(FmgrInfo* flinfo, int count) {
  return static_cast<Item*>(MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Item) * static_cast<Size>(count + 1)));
}

const Const* constant_argument(const FuncExpr* call, int position) {
  auto* const argument = static_cast<Node*>(list_nth(call->args, position));
  if (!IsA(argument, Const)) {
    not_planned();
  }
  return reinterpret_cast<const Const*>(argument);
}

// Anybody may call the function: what is passed must be of the types of the columns for which it is taken.
ColumnCall* begin_column_call(FunctionCallInfo fcinfo) {
  FmgrInfo* const flinfo = fcinfo->flinfo;
  if (flinfo->fn_expr == nullptr || !IsA(flinfo->fn_expr, FuncExpr) || fcinfo->nargs < kFirstColumn) {
    not_planned();
  }
  const auto* call = reinterpret_cast<const FuncExpr*>(flinfo->fn_expr);
  const Const* const row_type = constant_argument(call, kRowTypeArgument);
  if (get_fn_expr_argtype(flinfo, kPresentArgument) != BOOLOID) {
    not_planned();
  }
  const Const* const list = constant_argument(call, kAttributesArgument);
  const Const* const version = constant_argument(call, kVersionArgument);
  if (call->funcvariadic || list_length(call->args) != fcinfo->nargs || list->constisnull ||
      !type_is_rowtype(row_type->consttype)) {
    not_planned();
  }
  const auto* attributes = reinterpret_cast<const int2vector*>(DatumGetPointer(list->constvalue));
  const int count = fcinfo->nargs - kFirstColumn;
  if (attributes->ndim != 1 || attributes->dim1 != count) {
    not_planned();
  }
  TupleDesc const row = lookup_rowtype_tupdesc(row_type->consttype, row_type->consttypmod);
  for (int i = 0; i < count; ++i) {
    const int attribute = attributes->values[i];
    const bool is_column = attribute > (i == 0 ? 0 : attributes->values[i - 1]) && attribute <= row->natts;
    if (!is_column || TupleDescAttr(row, attribute - 1)->atttypid != get_fn_expr_argtype(flinfo, kFirstColumn + i)) {
      not_planned();
    }
  }
  ReleaseTupleDesc(row);

  auto* site = allocate<ColumnCall>(flinfo, 1);
  site->row_type = row_type->consttype;
  site->row_typmod = row_type->consttypmod;
  site->version = version->constisnull ? 0 : DatumGetInt64(version->constvalue);
  site->count = count;
  auto* kept = allocate<int16>(flinfo, count);
  memcpy(kept, attributes->values, sizeof(int16) * static_cast<Size>(count));
  site->attributes = kept;
  site->positions = allocate<int>(flinfo, count);
  site->columns = allocate<NullableDatum>(flinfo, count);
  return site;
}

[[noreturn]] void model_has_changed(const CompiledModel* model, int64 planned_for, AttrNumber attribute) {
  ResetPlanCache();  // so that trying again makes another plan
  const char* const column = NameStr(TupleDescAttr(model->row, attribute - 1)->attname);
  ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                  model->name != nullptr
                      ? errmsg("model \"%s\" has changed since the query was planned for its version " INT64_FORMAT,
                               model->name, planned_for)
                      : errmsg("the model document reads other columns than when the query was planned"),
                  errdetail("It now reads the column \"%s\", which the plan does not pass.", column),
                  errhint("Run the query again.")));
}

// Where among the arguments the columns are that the model reads. Both lists ascend.
void match_columns(ColumnCall* site, const CompiledModel* model) {
  site->model = nullptr;
  int position = 0;
  for (int i = 0; i < model->column_count; ++i, ++position) {
    while (position < site->count && site->attributes[position] < model->attributes[i]) {
      ++position;
    }
    if (position == site->count || site->attributes[position] != model->attributes[i]) {
      model_has_changed(model, site->version, model->attributes[i]);
    }
    site->positions[i] = position;
  }
  site->passes_all = model->column_count == site->count;
  site->model = model;
}

}  // namespace

HeapTupleData row_argument(FunctionCallInfo fcinfo) {
  if (fcinfo->flinfo->fn_extra == nullptr) {  // the first call of this call site, whose types do not change
    check_is_row(fcinfo->flinfo, 1,
                 "Pass the alias of the table or subquery, as in SELECT leadscore.score('model', l) FROM leads l.");
  }
  HeapTupleData row;
  row.t_data = PG_GETARG_HEAPTUPLEHEADER(1);
  row.t_len = HeapTupleHeaderGetDatumLength(row.t_data);
  ItemPointerSetInvalid(&row.t_self);
  row.t_tableOid = InvalidOid;
  return row;
}

Lead receive_row(FunctionCallInfo fcinfo, const DocumentReference& reference, Purpose purpose) {
  HeapTupleData row = row_argument(fcinfo);
  CompiledModel* const model = find_model(fcinfo->flinfo, reference, purpose, HeapTupleHeaderGetTypeId(row.t_data),
                                          HeapTupleHeaderGetTypMod(row.t_data));
  return {model, columns_of(model, &row)};
}

Lead receive_columns(FunctionCallInfo fcinfo, const DocumentReference& reference, Purpose purpose) {
  void** const data = call_site_data(fcinfo->flinfo);
  if (*data == nullptr) {
    *data = begin_column_call(fcinfo);
  }
  auto* const site = static_cast<ColumnCall*>(*data);
  CompiledModel* const model = find_model(fcinfo->flinfo, reference, purpose, site->row_type, site->row_typmod);
  if (model != site->model) {
    match_columns(site, model);
  }
  const NullableDatum* const passed = fcinfo->args + kFirstColumn;
  if (site->passes_all) {
    return {model, passed};
  }
  for (int i = 0; i < model->column_count; ++i) {
    site->columns[i] = passed[site->positions[i]];
  }
  return {model, site->columns};
}

}  // namespace leadscore::pg
