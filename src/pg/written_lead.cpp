#include "pg/written_lead.hpp"

#include "pg/lead_version.hpp"

namespace leadscore::pg {

namespace {

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

}  // namespace

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

TimestampTz time_of_keys(const WrittenLead& lead) {
  return lead.fields->at() == dedup::LeadText::kNoTime ? GetCurrentTransactionStartTimestamp() : lead.fields->at();
}

}  // namespace leadscore::pg
