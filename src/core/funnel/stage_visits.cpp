#include "core/funnel/stage_visits.hpp"

#include <algorithm>

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kFormat = 0x4C535631;  // "LSV1"
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kVisitBytes = 8 + kNumberBytes;

bool is_before(const StageVisit& a, const StageVisit& b) noexcept {
  return a.entered_at != b.entered_at ? a.entered_at < b.entered_at : a.stage_no < b.stage_no;
}

}  // namespace

std::size_t order_visits(std::span<StageVisit> visits, StopToken& stop) {
  const auto counted = [&stop](const StageVisit& a, const StageVisit& b) {
    stop.check();
    return is_before(a, b);
  };
  if (!std::is_sorted(visits.begin(), visits.end(), counted)) {
    std::sort(visits.begin(), visits.end(), counted);
  }
  const auto end = std::unique(visits.begin(), visits.end(),
                               [](const StageVisit& a, const StageVisit& b) { return a.stage_no == b.stage_no; });
  return static_cast<std::size_t>(end - visits.begin());
}

std::span<const StageVisit> known_by(std::int64_t as_of, std::span<const StageVisit> visits) noexcept {
  const auto end = std::partition_point(visits.begin(), visits.end(),
                                        [as_of](const StageVisit& visit) { return visit.entered_at <= as_of; });
  return visits.first(static_cast<std::size_t>(end - visits.begin()));
}

std::size_t visit_byte_size(std::size_t visits) noexcept {
  return kNumberBytes + visits * kVisitBytes + kCheckSumBytes;
}

void write_visits(std::span<const StageVisit> visits, std::span<std::byte> bytes, StopToken& stop) {
  StateWriter writer(bytes);
  writer.put(kFormat, kNumberBytes);
  for (const StageVisit& visit : visits) {
    stop.check();
    writer.put(static_cast<std::uint64_t>(visit.entered_at));
    writer.put(static_cast<std::uint32_t>(visit.stage_no), kNumberBytes);
  }
  writer.put_check_sum();
}

std::optional<std::size_t> read_visit_count(StateReader& reader) noexcept {
  const bool is_known = reader.number(kNumberBytes) == kFormat && reader.is_good();
  if (!is_known || reader.left() % kVisitBytes != 0) {
    return std::nullopt;
  }
  return reader.left() / kVisitBytes;
}

void read_visits(StateReader& reader, std::span<StageVisit> visits, StopToken& stop) {
  for (StageVisit& visit : visits) {
    stop.check();
    visit.entered_at = static_cast<std::int64_t>(reader.number());
    visit.stage_no = static_cast<std::int32_t>(reader.number(kNumberBytes));
  }
}

}  // namespace leadscore::funnel
