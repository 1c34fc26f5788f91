// The table leadscore.email_provider: what this database says of domains of mailboxes, before the lists that ship.
#pragma once

#include "core/contact/email_kind.hpp"
#include "pg/postgres.hpp"

namespace leadscore::pg {

/// The kinds that the table gives to domains, under one snapshot.
struct EmailProviders;

/// The table as the active snapshot sees it, read past the caller's privileges. A call site reads it once for each
/// snapshot and keeps it in the function's memory context (in fn_extra).
const EmailProviders* find_email_providers(FmgrInfo* flinfo);

/// The kind of mailboxes at a domain: what the table says of it or of the nearest of its parents, else what the lists
/// say.
contact::EmailKind kind_of_domain(const EmailProviders* providers, std::string_view domain);

}  // namespace leadscore::pg
