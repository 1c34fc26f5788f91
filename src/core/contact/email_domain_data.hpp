// The generated table of mail domains: what email_kind.cpp reads, and how it is written.
//
// A domain is stored as its name in capital letters and one small letter for its last label (.com is `a`), or with its
// last label and a grave accent. These keys are sorted and cut into blocks. In a block each entry is a header byte and
// the part of the key that differs from the one before. The header is 0x20 and kKinds times the bytes shared (at most
// kSharedLimit) and the kind. So nothing but the end of a key is in the range 0x60-0x7F.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leadscore::contact {

/// A last label that has a letter, or that decides the kind alone (kind + 1). Found by a hash without collisions.
struct LastLabel {
  std::uint64_t packed;  // its last eight bytes, the first of them lowest
  char terminal;         // 0: none
  std::uint8_t kind;     // 0: none
};

inline constexpr int kKinds = 5;
inline constexpr int kSharedLimit = 11;
inline constexpr int kFirstHeader = 0x20;
inline constexpr int kFirstKeyByte = 0x2D;
inline constexpr int kFirstBytes = 0x5B - kFirstKeyByte;   // that begin a key
inline constexpr int kSecondBytes = 0x7F - kFirstKeyByte;  // or may end it

extern const std::uint64_t kLastLabelFactor;
extern const LastLabel kLastLabels[256];
extern const std::size_t kDomainBlockCount;
extern const std::uint16_t kDomainFirstBlocks[kFirstBytes * kSecondBytes + 1];  // by a key's first two bytes
extern const std::uint16_t kDomainBlockPrefixes[];  // the two bytes after them of each block's first key
extern const std::uint32_t kDomainBlockStarts[];    // positions in the text, and its end
extern const char kDomainText[];                    // and eight bytes more

}  // namespace leadscore::contact
