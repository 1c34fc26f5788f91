// Runs the small compiled patterns of dialling prefixes, by backtracking over a stack of fixed size.
#include "core/contact/phone_prefix.hpp"

#include "core/contact/phone_data.hpp"

namespace leadscore::contact {
namespace {

// An instruction is 16 bits: what it does in the upper two, its operand in the others.
constexpr unsigned kOperation = 0xC000;
constexpr unsigned kOperand = 0x3FFF;
constexpr unsigned kDigits = 0x0000;  // one digit out of a set of bits
constexpr unsigned kSplit = 0x4000;   // go on, and if that fails, at the operand
constexpr unsigned kJump = 0x8000;
constexpr unsigned kMatch = 0;  // the operands of the fourth operation
constexpr unsigned kAtEnd = 1;
constexpr unsigned kSave = 2;  // and 3 to 5: begin and end of the two groups

constexpr std::size_t kMaxPending = 32;  // as in the generator, which refuses deeper patterns

struct Thread {
  std::uint16_t instruction;
  std::uint8_t position;
  std::array<PrefixMatch::Group, 2> groups;
};

void save(Thread& thread, unsigned slot) noexcept {
  PrefixMatch::Group& group = thread.groups[slot / 2];
  (slot % 2 == 0 ? group.begin : group.end) = thread.position;
  if (slot % 2 == 0) {
    group.end = group.begin;
  }
}

}  // namespace

std::optional<PrefixMatch> match_prefix(std::uint16_t program, DigitSpan digits) noexcept {
  std::array<Thread, kMaxPending> pending;  // only the first `count` are ever read
  std::size_t count = 0;
  Thread thread{program, 0, {}};
  for (;;) {
    const unsigned instruction = phone_data::kPrefixPrograms[thread.instruction++];
    const unsigned operand = instruction & kOperand;
    bool holds = true;
    switch (instruction & kOperation) {
      case kDigits:
        holds = thread.position < digits.size() && (operand >> digits[thread.position] & 1U) != 0;
        ++thread.position;
        break;
      case kSplit:
        pending[count] = thread;
        pending[count++].instruction = static_cast<std::uint16_t>(operand);
        break;
      case kJump:
        thread.instruction = static_cast<std::uint16_t>(operand);
        break;
      default:
        if (operand == kMatch) {
          return PrefixMatch{thread.position, thread.groups};
        }
        if (operand == kAtEnd) {
          holds = thread.position == digits.size();
        } else {
          save(thread, operand - kSave);
        }
    }
    if (!holds) {
      if (count == 0) {
        return {};
      }
      thread = pending[--count];
    }
  }
}

}  // namespace leadscore::contact
