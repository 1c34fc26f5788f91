// Looks mail domains up in the sorted, front-coded table of email_domain_data.hpp.
#include "core/contact/email_kind.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "core/contact/email.hpp"
#include "core/contact/email_domain_data.hpp"
#include "core/contact/email_provider_data.hpp"
#include "core/contact/text_table.hpp"

namespace leadscore::contact {
namespace {

constexpr std::size_t kLongestDomain = 253;

std::uint64_t load(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}

void store(std::uint64_t word, char* bytes) noexcept {
  word = std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
  std::memcpy(bytes, &word, sizeof word);
}

constexpr std::uint64_t kBit6 = 0x4040404040404040;

// The same with small letters made capital. What else stands in 0x60-0x7F leaves that range too, so that nothing in a
// domain looks like the end of a key.
constexpr std::uint64_t raised(std::uint64_t word) noexcept { return word & ~((word & kBit6) >> 1); }

// Bit 6 of each byte in 0x60-0x7F, the range of ends of keys.
constexpr std::uint64_t ends_of(std::uint64_t word) noexcept { return word & word << 1 & kBit6; }

// Bit 6 of each byte in 0x40-0x5F: capital letters, which no domain has that was read from an address.
constexpr std::uint64_t capitals_of(std::uint64_t word) noexcept { return word & ~word << 1 & kBit6; }

// A domain's key, with zeros behind it: eight bytes from any of its own on can be read.
class Key {
 public:
  Key(std::string_view domain, const LastLabel* last, std::size_t last_begin) noexcept {
    const bool has_letter = last != nullptr && last->terminal != 0;
    std::uint64_t capitals = 0;
    std::size_t i = 0;
    for (; i + 8 <= domain.size(); i += 8) {
      const std::uint64_t word = load(domain.data() + i);
      capitals |= capitals_of(word);
      store(raised(word), bytes_.data() + i);
    }
    if (i < domain.size()) {
      std::uint64_t word = 0;
      for (std::size_t k = domain.size(); k > i; --k) {
        word = word << 8 | static_cast<unsigned char>(domain[k - 1]);
      }
      capitals |= capitals_of(word);
      store(raised(word), bytes_.data() + i);
    }
    has_capitals_ = capitals != 0;
    size_ = has_letter ? last_begin - 1 : domain.size();
    bytes_[size_++] = has_letter ? last->terminal : '`';
    store(0, bytes_.data() + size_);
  }
  [[nodiscard]] bool has_capitals() const noexcept { return has_capitals_; }
  [[nodiscard]] std::string_view from(std::size_t begin) const noexcept {
    return {bytes_.data() + begin, size_ - begin};
  }

 private:
  std::array<char, kLongestDomain + 16> bytes_;  // unset but for the key
  std::size_t size_ = 0;
  bool has_capitals_ = false;
};

const LastLabel* last_label(std::string_view domain, std::size_t begin) noexcept {
  const std::size_t size = domain.size() - begin;
  if (size == 0 || size > 9) {
    return nullptr;
  }
  std::uint64_t packed = 0;
  if (domain.size() >= 8) {
    packed = load(domain.data() + domain.size() - 8) >> (size < 8 ? 64 - 8 * size : 0);
  } else {
    for (std::size_t i = domain.size(); i > begin; --i) {
      packed = packed << 8 | static_cast<unsigned char>(domain[i - 1]);
    }
  }
  const LastLabel& slot = kLastLabels[packed * kLastLabelFactor >> 56];
  return slot.packed == packed ? &slot : nullptr;
}

bool is_end(char byte) noexcept { return (byte & 0x60) == 0x60; }

bool is_less(char one, char other) noexcept {
  return static_cast<unsigned char>(one) < static_cast<unsigned char>(other);
}

// Whether the key of a block's first entry comes after the one looked for.
bool is_after(std::size_t block, std::string_view key) noexcept {
  const char* first = kDomainText + kDomainBlockStarts[block] + 1;
  for (const char byte : key) {
    if (*first != byte) {
      return is_less(byte, *first);
    }
    ++first;
  }
  return false;  // equal: no key is the beginning of another
}

// The block that the key is in, if it is in one.
std::size_t block_of(std::string_view key) noexcept {
  const int first = static_cast<unsigned char>(key[0]) - kFirstKeyByte;
  const int second = static_cast<unsigned char>(key.data()[1]) - kFirstKeyByte;
  if (first < 0 || first >= kFirstBytes || second < 0 || second >= kSecondBytes) {
    return 0;
  }
  // Byte by byte: reading eight that were just written in pieces would wait for them.
  const auto prefix = static_cast<std::uint16_t>(static_cast<unsigned char>(key.data()[2]) << 8 |
                                                 static_cast<unsigned char>(key.data()[3]));
  const std::uint16_t* limits = kDomainFirstBlocks + static_cast<std::ptrdiff_t>(first) * kSecondBytes + second;
  const std::uint16_t* block = kDomainBlockPrefixes + limits[0];
  std::size_t count = limits[1] - limits[0];
  while (count > 0) {  // without a branch that the processor could mispredict
    const std::size_t half = count / 2;
    block += block[half] < prefix ? count - half : 0;
    count = half;
  }
  auto low = static_cast<std::size_t>(block - kDomainBlockPrefixes);
  std::size_t high = low;
  for (std::size_t step = 1; high < limits[1] && kDomainBlockPrefixes[high] == prefix; step *= 2) {
    high = std::min<std::size_t>(high + step, limits[1]);
  }
  // The first block that begins after the key is in [low, high].
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (kDomainBlockPrefixes[middle] > prefix || is_after(middle, key)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low == 0 ? 0 : low - 1;
}

// What is behind the end of an entry is a header, so headers are found eight bytes at a time, and of an entry that
// shares more with its predecessor than the key does, nothing else is read: it comes before the key, as its predecessor
// did.
std::optional<EmailKind> find(std::string_view key) noexcept {
  const std::size_t block = block_of(key);
  const char* text = kDomainText + kDomainBlockStarts[block];
  const char* const end = kDomainText + kDomainBlockStarts[block + 1];
  __builtin_prefetch(text + 64);
  std::size_t matched = 0;    // bytes that the entry before shares with the key
  int wanted = kFirstHeader;  // the header of a disposable one that shares as many
  std::uint64_t carry = 0x40;
  for (; text < end; text += 8) {
    const std::uint64_t ends = ends_of(load(text));
    std::uint64_t headers = ends << 8 | carry;
    carry = ends >> 56;
    for (; headers != 0; headers &= headers - 1) {
      const char* entry = text + std::countr_zero(headers) / 8;
      const int kind = *entry - wanted;
      if (kind >= kKinds) {
        continue;
      }
      if (kind < 0 || entry >= end) {
        return std::nullopt;  // differs from the key before its predecessor did
      }
      matched = std::min<std::size_t>(matched, kSharedLimit);
      ++entry;
      while (*entry == key[matched]) {
        if (is_end(*entry)) {
          return static_cast<EmailKind>(kind);
        }
        ++entry;
        ++matched;
      }
      if (is_less(key[matched], *entry)) {
        return std::nullopt;
      }
      wanted = kFirstHeader + kKinds * static_cast<int>(std::min<std::size_t>(matched, kSharedLimit));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(EmailKind kind) noexcept {
  switch (kind) {
    case EmailKind::disposable:
      return "disposable";
    case EmailKind::free:
      return "free";
    case EmailKind::education:
      return "education";
    case EmailKind::corporate:
      return "corporate";
    case EmailKind::invalid:
      break;
  }
  return "invalid";
}

EmailKind kind_of_domain(std::string_view domain) noexcept {
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || domain.size() > kLongestDomain) {
    return EmailKind::invalid;
  }
  if (find_text(kProviderStarts, kProviderText, domain, hash_key(domain)) >= 0) {
    return EmailKind::free;
  }
  const LastLabel* last = last_label(domain, dot + 1);
  const Key key(domain, last, dot + 1);
  if (key.has_capitals()) {
    return EmailKind::invalid;
  }
  for (std::size_t begin = 0; begin <= dot; begin = domain.find('.', begin) + 1) {
    if (const std::optional<EmailKind> kind = find(key.from(begin))) {
      return *kind;
    }
  }
  return last != nullptr && last->kind != 0 ? static_cast<EmailKind>(last->kind - 1) : EmailKind::corporate;
}

std::optional<EmailKind> listed_kind(std::string_view domain) noexcept {
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || domain.size() > kLongestDomain) {
    return std::nullopt;
  }
  const Key key(domain, last_label(domain, dot + 1), dot + 1);
  return key.has_capitals() ? std::nullopt : find(key.from(0));
}

std::string_view parent_domain(std::string_view domain) noexcept {
  const std::size_t dot = domain.find('.');
  return dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
}

EmailKind email_kind(std::string_view text) {
  const std::optional<EmailAddress> address = parse_email(text);
  return address ? kind_of_domain(address->domain()) : EmailKind::invalid;
}

}  // namespace leadscore::contact
