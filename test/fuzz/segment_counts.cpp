// Any bytes as the state of mix_or_rate(), as they are and with a right check sum: what is read is written again as it
// was, and what is made of it is finite and adds up.
#include "core/funnel/segment_counts.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/funnel/mix_or_rate.hpp"
#include "core/state_bytes.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace leadscore::funnel;
using leadscore::fuzz::require;

void require_finite(const std::optional<double>& number) {
  require(!number || std::isfinite(*number), "no NaN and no infinity");
}

void read_and_judge(std::span<const std::byte> bytes) {
  SegmentCounts counts(std::pmr::new_delete_resource());
  leadscore::StopToken stop;
  if (!counts.read(bytes, stop)) {
    return;
  }
  std::vector<std::byte> written(counts.byte_size());
  counts.write(written, stop);
  require(std::equal(bytes.begin(), bytes.end(), written.begin(), written.end()), "written as it was read");
  try {
    const MixOrRate found = mix_or_rate(counts.in_order(), stop);
    for (const std::optional<double>& number :
         {found.baseline_rate, found.current_rate, found.change, found.mix_change, found.rate_change, found.z,
          found.p_value, found.cmh_z, found.cmh_p_value}) {
      require_finite(number);
    }
    require(!found.change || std::fabs(*found.mix_change + *found.rate_change - *found.change) < 1e-12, "adds up");
  } catch (const leadscore::Error& error) {
    require(error.code() == leadscore::ErrorCode::limit_exceeded, "nothing but a limit is in the way");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // On the heap, so that a byte read beyond the end is found.
  std::vector<std::byte> bytes(size);
  if (size > 0) {
    std::memcpy(bytes.data(), data, size);
  }
  read_and_judge(bytes);
  bytes.resize(size + leadscore::kCheckSumBytes);
  leadscore::StateWriter writer(std::span<std::byte>(bytes).last(leadscore::kCheckSumBytes));
  writer.put(leadscore::crc32(std::span(bytes).first(size)), leadscore::kCheckSumBytes);
  read_and_judge(bytes);
  return 0;
}
