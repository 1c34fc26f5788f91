#include "core/heat/heat_bytes.hpp"

namespace leadscore::heat {

namespace {

constexpr std::uint64_t kFormat = 0x4C534831;  // "LSH1"

}  // namespace

void put_sum(StateWriter& writer, const DecaySum& sum) noexcept {
  writer.put(static_cast<std::uint64_t>(sum.top()));
  for (const DecaySum::Word& word : sum.words()) {
    writer.put(word.carries);
    writer.put(word.low);
  }
}

std::optional<DecaySum> read_sum(StateReader& reader) noexcept {
  const auto top = static_cast<std::int64_t>(reader.number());
  DecaySum::Words words{};
  for (DecaySum::Word& word : words) {
    word.carries = reader.number();
    word.low = reader.number();
  }
  DecaySum sum;
  if (!reader.is_good() || !sum.restore(top, words)) {
    return std::nullopt;
  }
  return sum;
}

std::array<std::byte, kHeatBytes> bytes_of(const HeatSum& heat) noexcept {
  std::array<std::byte, kHeatBytes> bytes{};
  StateWriter writer(bytes);
  writer.put(kFormat, 4);
  writer.put(static_cast<std::uint64_t>(heat.half_life().microseconds()));
  put_sum(writer, heat.sum());
  writer.put_check_sum();
  return bytes;
}

std::optional<HeatSum> heat_of(std::span<const std::byte> bytes) noexcept {
  StateReader reader(bytes);
  const bool is_known = reader.number(4) == kFormat;
  const auto half_life = static_cast<std::int64_t>(reader.number());
  const std::optional<DecaySum> sum = read_sum(reader);
  if (!is_known || !sum || reader.left() > 0 || !HalfLife::is_valid(half_life)) {
    return std::nullopt;
  }
  HeatSum heat{HalfLife(half_life)};
  heat.set_sum(*sum);
  return heat;
}

}  // namespace leadscore::heat
