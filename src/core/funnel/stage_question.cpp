#include "core/funnel/stage_question.hpp"

#include <string>

#include "core/error.hpp"

namespace leadscore::funnel {

namespace {

constexpr std::uint64_t kNoKind = 0xFF;
constexpr std::uint64_t kLastKind = static_cast<std::uint64_t>(StageKind::lost);

void check_same(const char* name, bool is_same) {
  if (!is_same) {
    throw Error(ErrorCode::invalid_argument, std::string(name) + " must be the same for all leads of a group",
                "GROUP BY it, too.");
  }
}

}  // namespace

void check_same(const StageQuestion& a, const StageQuestion& b) {
  check_same("kinds", a.kinds == b.kinds);
  check_same("as_of", a.as_of == b.as_of);
  check_same("matures_after", a.matures_after == b.matures_after);
}

std::size_t byte_size(const StageQuestion& question) noexcept { return 1 + question.kinds.size() + 8 + 8; }

void put_question(StateWriter& writer, const StageQuestion& question) noexcept {
  writer.put(question.kinds.size(), 1);
  for (std::size_t i = 0; i < question.kinds.size(); ++i) {
    const auto stage_no = static_cast<std::int32_t>(i + 1);
    writer.put(question.kinds.is_stage(stage_no) ? static_cast<std::uint64_t>(question.kinds.kind(stage_no)) : kNoKind,
               1);
  }
  writer.put(static_cast<std::uint64_t>(question.as_of));
  writer.put(question.matures_after);
}

std::optional<StageQuestion> read_question(StateReader& reader) {
  StageQuestion question;
  const std::uint64_t stages = reader.number(1);
  if (stages > StageKinds::kMost) {
    return std::nullopt;
  }
  for (std::uint64_t i = 0; i < stages; ++i) {
    const std::uint64_t kind = reader.number(1);
    if (kind > kLastKind && kind != kNoKind) {
      return std::nullopt;
    }
    question.kinds.add(kind == kNoKind ? std::nullopt : std::optional(static_cast<StageKind>(kind)));
  }
  question.as_of = static_cast<std::int64_t>(reader.number());
  question.matures_after = reader.number();
  return reader.is_good() ? std::optional(question) : std::nullopt;
}

}  // namespace leadscore::funnel
