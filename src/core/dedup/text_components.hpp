// What hangs together when some pairs of texts do: a state that grows pair by pair, joins with others, travels as
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "core/dedup/connected_components.hpp"
#include "core/stop_token.hpp"
#include "core/text_dictionary.hpp"

namespace leadscore::dedup {

/// The members, distinct texts, are numbered in the order they came in; what is said of them depends on no order.
class TextComponents {
 public:
  static constexpr std::size_t kMostMembers = 10'000'000;
  static constexpr std::size_t kMostTextBytes = std::size_t{1} << 28;  // of all members

  /// A member and that which names its component, by number.
  struct Membership {
    std::uint32_t member;
    std::uint32_t component;
  };

  explicit TextComponents(std::pmr::memory_resource* memory) : members_(memory), components_(memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] std::string_view text(std::uint32_t member) const noexcept { return members_.text(member); }

  /// Adds a member, which hangs together with none yet, unless it is there; returns its number. These three throw
  /// Error(limit_exceeded) beyond kMostMembers or kMostTextBytes, and what the memory resource throws; the state is of
  /// no use then.
  std::uint32_t add(std::string_view member);
  void join(std::string_view a, std::string_view b) { components_.join(add(a), add(b)); }
  /// Takes over what another says. Throws Cancelled, too, if asked to stop.
  void merge(TextComponents& other, std::pmr::memory_resource* scratch, StopToken& stop);

  /// Writes all size() members. Each component is named by the member that is first in the order of bytes; in this
  /// order come the components, and the members of each. Throws Cancelled if asked to stop, and what the memory
  /// resource throws.
  void write_in_order(std::span<Membership> rows, std::pmr::memory_resource* scratch, StopToken& stop);

  /// The state as bytes, `byte_size()` of them.
  [[nodiscard]] std::size_t byte_size() const noexcept;
  void write(std::span<std::byte> bytes, StopToken& stop);
  /// Takes the place of an empty state. False, and of no use any more, if the bytes are not such. Throws as merge().
  [[nodiscard]] bool read(std::span<const std::byte> bytes, StopToken& stop);

 private:
  TextDictionary members_;
  ConnectedComponents components_;
  std::size_t text_bytes_ = 0;
};

}  // namespace leadscore::dedup
