#include "core/dedup/text_components.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "core/error.hpp"
#include "core/state_bytes.hpp"

namespace leadscore::dedup {

namespace {

constexpr std::uint64_t kFormat = 0x4C534331;  // "LSC1"
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kHeadBytes = 2 * kNumberBytes;    // the format, how many members
constexpr std::size_t kMemberBytes = 2 * kNumberBytes;  // the number of its component, the length of its text

constexpr std::uint32_t kNoPlace = std::numeric_limits<std::uint32_t>::max();

constexpr const char* kLimitHint = "GROUP BY something that is the same for both members of each pair.";

}  // namespace

std::uint32_t TextComponents::add(std::string_view member) {
  if (member.size() > kMostTextBytes) {
    throw Error(ErrorCode::limit_exceeded, "a member of connected components is longer than 256 MB");
  }
  const std::uint32_t number = members_.code_of(member, text_hash(member), kMostMembers);
  if (number == TextDictionary::kFull) {
    throw Error(ErrorCode::limit_exceeded, "more than 10000000 members of connected components in one group",
                kLimitHint);
  }
  if (number == components_.size()) {
    components_.add();
    text_bytes_ += member.size();
  }
  if (text_bytes_ > kMostTextBytes) {
    throw Error(ErrorCode::limit_exceeded, "the members of connected components in one group are longer than 256 MB",
                kLimitHint);
  }
  return number;
}

void TextComponents::merge(TextComponents& other, std::pmr::memory_resource* scratch, StopToken& stop) {
  std::pmr::vector<std::uint32_t> numbers(other.size(), scratch);
  for (std::uint32_t member = 0; member < other.size(); ++member) {
    stop.check();
    numbers[member] = add(other.text(member));
    components_.join(numbers[member], numbers[other.components_.smallest(member)]);
  }
}

void TextComponents::write_in_order(std::span<Membership> rows, std::pmr::memory_resource* scratch, StopToken& stop) {
  std::pmr::vector<std::uint32_t> by_text(size(), scratch);
  std::iota(by_text.begin(), by_text.end(), 0U);
  std::sort(by_text.begin(), by_text.end(), [&](std::uint32_t a, std::uint32_t b) {
    stop.check();
    return text(a) < text(b);
  });
  struct Component {
    std::uint32_t size = 0;
    std::uint32_t name = 0;
    std::uint32_t next = kNoPlace;  // where its next member goes
  };
  std::pmr::vector<Component> components(size(), scratch);  // by their smallest numbers
  for (std::uint32_t member = 0; member < size(); ++member) {
    ++components[components_.smallest(member)].size;
  }
  std::uint32_t end = 0;
  for (const std::uint32_t member : by_text) {
    stop.check();
    Component& component = components[components_.smallest(member)];
    if (component.next == kNoPlace) {
      component.name = member;
      component.next = end;
      end += component.size;
    }
    rows[component.next++] = {member, component.name};
  }
}

std::size_t TextComponents::byte_size() const noexcept {
  return kHeadBytes + size() * kMemberBytes + text_bytes_ + kCheckSumBytes;
}

void TextComponents::write(std::span<std::byte> bytes, StopToken& stop) {
  StateWriter writer(bytes);
  writer.put(kFormat, kNumberBytes);
  writer.put(size(), kNumberBytes);
  for (std::uint32_t member = 0; member < size(); ++member) {
    stop.check();
    writer.put(components_.smallest(member), kNumberBytes);
    writer.put(text(member).size(), kNumberBytes);
    writer.put(text(member));
  }
  writer.put_check_sum();
}

bool TextComponents::read(std::span<const std::byte> bytes, StopToken& stop) {
  StateReader reader(bytes);
  if (reader.number(kNumberBytes) != kFormat) {
    return false;
  }
  const std::uint64_t count = reader.number(kNumberBytes);
  for (std::uint64_t member = 0; member < count && reader.is_good(); ++member) {
    stop.check();
    const auto component = static_cast<std::uint32_t>(reader.number(kNumberBytes));
    const std::string_view text = reader.text(reader.number(kNumberBytes));
    if (component > member || add(text) != member || components_.smallest(component) != component) {
      return false;
    }
    components_.join(component, static_cast<std::uint32_t>(member));
  }
  return reader.is_good() && reader.left() == 0;
}

}  // namespace leadscore::dedup
