#include "pg/stored_document.hpp"

#include "pg/model_expression.hpp"

namespace leadscore::pg {

DocumentBytes bytes_of(const DocumentReference& reference) {
  const void* value = reference.name != nullptr ? static_cast<const void*>(reference.name) : reference.document;
  return {VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

Jsonb* query_document(const char* query, const text* name, Oid role) {
  MemoryContext const caller = CurrentMemoryContext;
  Oid saved_user = InvalidOid;
  int saved_security = 0;
  GetUserIdAndSecContext(&saved_user, &saved_security);
  if (OidIsValid(role)) {
    SetUserIdAndSecContext(role, saved_security | SECURITY_LOCAL_USERID_CHANGE);
  }
  const int pinned = pin_settings(nullptr);
  SPI_connect();
  Oid types[] = {TEXTOID};
  Datum values[] = {PointerGetDatum(name)};
  const int status = SPI_execute_with_args(query, 1, types, values, nullptr, true, 1);
  if (status != SPI_OK_SELECT) {
    elog(ERROR, "reading a document ended with status %d", status);
  }
  Jsonb* document = nullptr;
  if (SPI_processed == 1) {
    bool is_null = false;
    const Datum exported = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
    MemoryContext const procedure = MemoryContextSwitchTo(caller);
    document = is_null ? nullptr : DatumGetJsonbPCopy(exported);
    MemoryContextSwitchTo(procedure);
  }
  SPI_finish();
  unpin_settings(pinned);
  SetUserIdAndSecContext(saved_user, saved_security);
  return document;
}

}  // namespace leadscore::pg
