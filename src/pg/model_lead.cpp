#include "pg/model_lead.hpp"

namespace leadscore::pg {

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

void read_lead(HeapTupleHeader header, HeapTuple lead) {
  lead->t_len = HeapTupleHeaderGetDatumLength(header);
  ItemPointerSetInvalid(&lead->t_self);
  lead->t_tableOid = InvalidOid;
  lead->t_data = header;
}

}  // namespace leadscore::pg
