// Keeping the state of attached tables current.
#pragma once

namespace leadscore::pg {

/// Registers what makes sessions forget how. Called once, when the library is loaded.
void initialize_source_sync();

}  // namespace leadscore::pg
