#include "pg/funnel_exchange.hpp"

#include "pg/memory.hpp"

namespace leadscore::pg {

using funnel::LeadEvents;

void publish(FunnelScan* scan) {
  scan->shared->gathered[ParallelWorkerNumber + 1] = core_call([=] {
    ContextResource memory(scan->context);
    std::pmr::vector<SharedFunnelScan::Entry> directory(&memory);
    scan->events->give_away([&](std::size_t part, LeadEvents::Stored stored) { directory.push_back({part, stored}); });
    const std::uint64_t place = scan->file->write_bytes(std::as_bytes(std::span(directory)));
    return SharedFunnelScan::Gathered{place, directory.size()};
  });
  scan->file->publish();
}

bool take_published(FunnelScan* scan) {
  SharedFunnelScan* const shared = scan->shared;
  scan->file->open(shared->participants, [=](int i) { return shared->gathered[i].entries > 0; });
  return core_call([=] {
    bool result = false;
    ContextResource memory(scan->context);
    std::pmr::vector<SharedFunnelScan::Entry> directory(&memory);
    for (std::size_t i = 0; i < static_cast<std::size_t>(shared->participants); ++i) {
      const SharedFunnelScan::Gathered& gathered = shared->gathered[i];
      directory.resize(gathered.entries);
      if (gathered.entries > 0) {
        scan->file->read_bytes(i + 1, gathered.place, std::as_writable_bytes(std::span(directory)));
        result = true;
      }
      for (const SharedFunnelScan::Entry& entry : directory) {
        scan->events->take(entry.part, i + 1, entry.stored);
      }
    }
    return result;
  });
}

}  // namespace leadscore::pg
