// What all statistics over the stages of leads share: one question, a state that joins others, and its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>

#include "core/funnel/stage_question.hpp"
#include "core/funnel/stage_visits.hpp"
#include "core/state_bytes.hpp"
#include "core/stop_token.hpp"

namespace leadscore::funnel {

inline constexpr std::size_t kFormatBytes = 4;

/// The base of a statistic whose state is a Tally, Counters or DurationLists; `Format` tells its bytes from others.
template <class Tally, std::uint32_t Format>
class StageStatistic {
 public:
  [[nodiscard]] const StageQuestion& question() const noexcept { return question_; }

  /// Takes over what another statistic says to the same question. Throws Error(invalid_argument) if that asks
  /// something else, and as the Tally does.
  void merge(const StageStatistic& other, StopToken& stop) {
    check_same(question_, other.question_);
    tally_.merge(other.tally_, stop);
  }

  /// The state as bytes, `byte_size()` of them.
  [[nodiscard]] std::size_t byte_size() const noexcept {
    return kFormatBytes + funnel::byte_size(question_) + tally_.byte_size() + kCheckSumBytes;
  }
  void write(std::span<std::byte> bytes, StopToken& stop) const {
    StateWriter writer(bytes);
    writer.put(Format, kFormatBytes);
    put_question(writer, question_);
    tally_.write(writer, stop);
    writer.put_check_sum();
  }

  /// Reads a state in two steps, as it is made for a question. Nothing where the bytes are not such.
  [[nodiscard]] static std::optional<StageQuestion> read_question(StateReader& reader) {
    return reader.number(kFormatBytes) == Format ? funnel::read_question(reader) : std::nullopt;
  }
  /// Takes the place of an empty state. False, and of no use any more, if the bytes are not such.
  [[nodiscard]] bool read(StateReader& reader, StopToken& stop) {
    return tally_.read(reader, stop) && reader.left() == 0;
  }

 protected:
  /// Of as many counts or lists.
  StageStatistic(const StageQuestion& question, std::size_t size, std::pmr::memory_resource* memory)
      : question_(question), tally_(size, memory) {}
  ~StageStatistic() = default;

  [[nodiscard]] const StageKinds& kinds() const noexcept { return question_.kinds; }
  /// Checks that the kinds have the stages of all visits, and leaves out those that are not known yet.
  [[nodiscard]] std::span<const StageVisit> checked(std::span<const StageVisit> visits) const {
    for (const StageVisit& visit : visits) {
      kinds().check_is_stage(visit.stage_no);
    }
    return known_by(question_.as_of, visits);
  }

  [[nodiscard]] Tally& tally() noexcept { return tally_; }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }

 private:
  StageQuestion question_;
  Tally tally_;
};

}  // namespace leadscore::funnel
