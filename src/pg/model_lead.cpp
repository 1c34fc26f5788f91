#include "pg/model_lead.hpp"

namespace leadscore::pg {

namespace {

// The bytes of anything else must not be read as a row.
void check_is_row(FmgrInfo* flinfo) {
  const Oid type = get_fn_expr_argtype(flinfo, 1);
  if (!OidIsValid(type) || !type_is_rowtype(type)) {
    ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("the lead must be a row, not %s",
                           OidIsValid(type) ? format_type_be(type) : "a value of unknown type"),
                    errhint("Pass the alias of the table or subquery, as in SELECT leadscore.score('model', l) FROM "
                            "leads l.")));
  }
}

}  // namespace

CompiledModel* receive_lead(FunctionCallInfo fcinfo, const ModelReference& reference, HeapTuple lead) {
  if (fcinfo->flinfo->fn_extra == nullptr) {  // the first call of this call site, whose types do not change
    check_is_row(fcinfo->flinfo);
  }
  HeapTupleHeader const header = PG_GETARG_HEAPTUPLEHEADER(1);
  lead->t_len = HeapTupleHeaderGetDatumLength(header);
  ItemPointerSetInvalid(&lead->t_self);
  lead->t_tableOid = InvalidOid;
  lead->t_data = header;
  return find_model(fcinfo->flinfo, reference, HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
}

}  // namespace leadscore::pg
