// Reads e-mail addresses: the ASCII ones in one pass, the others through internationalized.cpp; then providers' rules.
#include "core/contact/email.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/contact/email_provider_data.hpp"
#include "core/contact/internationalized.hpp"
#include "core/contact/public_suffix.hpp"
#include "core/contact/text_table.hpp"
#include "core/contact/utf8.hpp"

namespace leadscore::contact {
namespace {

constexpr std::size_t kLongestLocal = 64;    // RFC 5321 §4.5.3.1.1
constexpr std::size_t kLongestDomain = 253;  // RFC 1035 §2.3.4: 255 octets with the lengths of labels
constexpr std::size_t kLongestLabel = 63;

// What a byte becomes in a part of an address: itself, or its small letter; or one of these.
constexpr char kRefused = 0;
constexpr char kWide = 1;  // not ASCII

struct ByteMap {
  std::array<char, 256> to{};
  constexpr char operator[](char byte) const noexcept { return to[static_cast<unsigned char>(byte)]; }
};

constexpr ByteMap map_of(std::string_view others) {
  ByteMap map;
  for (std::size_t i = 0x80; i < 0x100; ++i) {
    map.to[i] = kWide;
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    map.to[static_cast<unsigned char>(letter)] = letter;
    map.to[static_cast<unsigned char>(letter - 'a' + 'A')] = letter;
  }
  for (char digit = '0'; digit <= '9'; ++digit) {
    map.to[static_cast<unsigned char>(digit)] = digit;
  }
  for (const char other : others) {
    map.to[static_cast<unsigned char>(other)] = other;
  }
  return map;
}

constexpr ByteMap kInLocal = map_of(".!#$%&'*+-/=?^_`{|}~");  // RFC 5322 §3.2.3: atext and the dot
constexpr ByteMap kInDomain = map_of("-.");

constexpr bool is_small_letter(char byte) { return byte >= 'a' && byte <= 'z'; }
constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_wide(char byte) { return static_cast<unsigned char>(byte) >= 0x80; }

bool is_ascii(std::string_view text) { return std::none_of(text.begin(), text.end(), is_wide); }

// A few bytes that are written once.
template <std::size_t Capacity>
class Buffer {
 public:
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] std::span<char> space() noexcept { return bytes_; }
  void resize(std::size_t size) noexcept { size_ = size; }
  // False if it is full.
  bool add(char byte) noexcept {
    if (size_ == Capacity) {
      return false;
    }
    bytes_[size_++] = byte;
    return true;
  }
  bool assign(std::string_view text) noexcept {
    if (text.size() > Capacity) {
      return false;
    }
    std::memcpy(bytes_.data(), text.data(), text.size());
    size_ = text.size();
    return true;
  }

 private:
  std::array<char, Capacity> bytes_;  // unset: it would cost more than the rest
  std::size_t size_ = 0;
};

// Wider than what comes out, as composing a local part makes it shorter.
using Content = Buffer<4 * kLongestLocal>;
using Local = Buffer<kLongestLocal>;
using Domain = Buffer<kLongestDomain>;

bool is_dot_atom(std::string_view content) noexcept {
  char previous = '.';
  for (const char byte : content) {
    if (kInLocal[byte] == kRefused || (byte == '.' && previous == '.')) {
      return false;
    }
    previous = byte;
  }
  return previous != '.';
}

// Writes a local part that means this content.
bool write_local(std::string_view content, Local& local) noexcept {
  if (is_dot_atom(content)) {
    return local.assign(content);
  }
  bool fits = !content.empty() && local.add('"');
  for (const char byte : content) {
    fits = fits && (byte != '"' && byte != '\\' ? true : local.add('\\')) && local.add(byte);
  }
  return fits && local.add('"');
}

// Reads a quoted string from its quotation mark on; returns what is behind it, or nothing.
std::optional<std::string_view> read_quoted(std::string_view text, Content& content) noexcept {
  for (std::size_t i = 1; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '"') {
      return text.substr(i + 1);
    }
    if (byte == '\\') {
      if (++i == text.size() || is_wide(text[i])) {
        return std::nullopt;
      }
      byte = text[i];
    }
    const bool is_printable = static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7F;
    if (!is_printable || !content.add(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// Reads a local part without quotation marks; returns what is behind it, or nothing.
std::optional<std::string_view> read_dot_atom(std::string_view text, Content& content) noexcept {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || !is_dot_atom(text.substr(0, at))) {
    return std::nullopt;
  }
  for (const char byte : text.substr(0, at)) {
    if (!content.add(is_wide(byte) ? byte : kInLocal[byte])) {
      return std::nullopt;
    }
  }
  return text.substr(at);
}

bool is_last_label(std::string_view label) noexcept {
  return (label.size() >= 2 && std::all_of(label.begin(), label.end(), is_small_letter)) || label.starts_with("xn--");
}

// Writes a domain in small letters, if it is one, over at least as many bytes.
bool read_domain(std::string_view text, char* bytes) noexcept {
  if (text.size() > kLongestDomain) {
    return false;
  }
  std::size_t label = 0;  // where it begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char small = kInDomain[text[i]];
    bytes[i] = small;
    if (small <= kWide) {
      return false;
    }
    if (small == '.') {
      if (i == label || i - label > kLongestLabel || bytes[label] == '-' || bytes[i - 1] == '-') {
        return false;
      }
      label = i + 1;
    }
  }
  const std::string_view last(bytes + label, text.size() - label);
  return label > 0 && last.size() <= kLongestLabel && !last.ends_with('-') && is_last_label(last);
}

constexpr bool is_ascii_space(char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

std::string_view trim_ascii(std::string_view text) noexcept {
  while (!text.empty() && is_ascii_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_ascii_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool starts_with_mailto(std::string_view text) noexcept {
  constexpr std::string_view kMailto = "mailto:";
  return text.size() > kMailto.size() &&
         std::equal(kMailto.begin(), kMailto.end(), text.begin(),
                    [](char small, char byte) { return small == (is_small_letter(small) ? byte | 0x20 : byte); });
}

// Takes off what stands around an address. A link's percent signs may mean other bytes, so such a link is no address.
std::string_view unwrap(std::string_view text) noexcept {
  text = trim_ascii(text);
  if (text.ends_with('>')) {
    const std::size_t open = text.rfind('<');
    text =
        open == std::string_view::npos ? std::string_view() : trim_ascii(text.substr(open + 1, text.size() - open - 2));
  }
  if (!text.empty() && (text.front() | 0x20) == 'm' && starts_with_mailto(text)) {
    text = text.substr(text.find(':') + 1);
    text = text.substr(0, text.find('?'));
    text = text.find('%') == std::string_view::npos ? trim_ascii(text) : std::string_view();
  }
  return text;
}

// White space of Unicode, and marks that are not seen: left behind by copying.
bool is_blank(char32_t character) noexcept {
  return (character < 0x80 && is_ascii_space(static_cast<char>(character))) || character == 0x85 || character == 0xA0 ||
         character == 0xAD || character == 0x1680 || (character >= 0x2000 && character <= 0x200F) ||
         (character >= 0x2028 && character <= 0x202F) || (character >= 0x205F && character <= 0x206F) ||
         character == 0x3000 || character == 0xFEFF;
}

std::string_view trim(std::string_view text) noexcept {
  for (CodePoint first = decode(text); first.size > 0 && is_blank(first.value); first = decode(text)) {
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) {
      --begin;
    }
    if (!is_blank(decode(text.substr(begin)).value)) {
      break;
    }
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

// Writes a text with full-width forms as what they stand for; false if it is not UTF-8.
bool narrow_text(std::string_view text, Buffer<kLongestEmailText>& narrow) noexcept {
  for (CodePoint next = decode(text); next.size > 0; next = decode(text)) {
    if (next.value == kInvalid) {
      return false;
    }
    const bool is_full_width = next.value >= 0xFF01 && next.value <= 0xFF5E;
    if (is_full_width) {
      narrow.add(static_cast<char>(next.value - 0xFF01 + '!'));
    } else {
      for (const char byte : text.substr(0, next.size)) {
        narrow.add(byte);
      }
    }
    text.remove_prefix(next.size);
  }
  return true;
}

// Reads an address of any kind, with nothing around it, into its parts.
bool read_parts(std::string_view text, Local& local, Domain& domain) {
  Content content;
  const std::optional<std::string_view> rest =
      text.starts_with('"') ? read_quoted(text, content) : read_dot_atom(text, content);
  if (!rest || !rest->starts_with('@')) {
    return false;
  }
  if (!is_ascii(content.view())) {
    Content folded;
    folded.resize(fold_local_part(content.view(), folded.space()));
    content = folded;
  }
  std::string_view domain_text = rest->substr(1);
  Domain ascii;
  if (!is_ascii(domain_text)) {
    ascii.resize(domain_to_ascii(domain_text, ascii.space()));
    domain_text = ascii.view();
  }
  domain.resize(domain_text.size());
  return read_domain(domain_text, domain.space().data()) && write_local(content.view(), local);
}

constexpr ProviderRule kEverywhere{"", "+", "", 0, 0, false};

struct Provider {
  const ProviderRule* rule = &kEverywhere;
  std::string_view user;    // from a subdomain
  std::string_view domain;  // of the mailbox
};

Provider provider_of(std::string_view domain) noexcept {
  const auto find = [](std::string_view name) {
    const int number = find_text(kProviderStarts, kProviderText, name, hash_key(name));
    return number < 0 ? nullptr : &kProviderRules[number];
  };
  if (const ProviderRule* rule = find(domain)) {
    return {rule, {}, rule->mailbox[0] == '\0' ? domain : std::string_view(rule->mailbox)};
  }
  const std::size_t dot = domain.find('.');
  const std::string_view parent = domain.substr(dot + 1);
  if (parent.find('.') != std::string_view::npos) {
    const ProviderRule* rule = find(parent);
    if (rule != nullptr && rule->user_is_subdomain) {
      return {rule, domain.substr(0, dot), rule->mailbox[0] == '\0' ? parent : std::string_view(rule->mailbox)};
    }
  }
  return {&kEverywhere, {}, domain};
}

// Without the tag.
std::string_view cut_tag(std::string_view content, const ProviderRule& rule) noexcept {
  for (const char* tag = rule.tag; *tag != '\0'; ++tag) {
    content = content.substr(0, content.find(*tag, 1));
  }
  return content;
}

bool rewrites(const ProviderRule& rule) noexcept { return rule.ignore[0] != '\0' || rule.written != '\0'; }

// As the provider reads it; the same if nothing would be left.
std::string_view rewrite(std::string_view content, const ProviderRule& rule, Content& mailbox) noexcept {
  if (!rewrites(rule)) {
    return content;
  }
  for (const char byte : content) {
    const bool is_ignored =
        byte == rule.ignore[0] || byte == rule.ignore[1] || byte == rule.ignore[2] || byte == rule.ignore[3];
    if (!is_ignored) {
      mailbox.add(byte == rule.written ? rule.instead : byte);
    }
  }
  return mailbox.view().empty() ? content : mailbox.view();
}

// A word of a role's name without the digits at its end; -1 if the list does not have it, 0 for what may stand beside.
int find_word(std::string_view word) noexcept {
  const int whole = find_text(kRoleStarts, kRoleText, word, hash_key(word));
  if (whole >= 0) {
    return whole;
  }
  const std::size_t size = word.size();
  while (!word.empty() && is_digit(word.back())) {
    word.remove_suffix(1);
  }
  if (word.empty()) {
    return 0;
  }
  return word.size() == size ? -1 : find_text(kRoleStarts, kRoleText, word, hash_key(word));
}

}  // namespace

bool EmailAddress::assign(std::string_view local_part, std::string_view domain) noexcept {
  const std::size_t size = local_part.size() + 1 + domain.size();
  if (local_part.empty() || domain.empty() || local_part.size() > kLongestLocal || domain.size() > kLongestDomain ||
      size > kLongest) {
    return false;
  }
  char* bytes = text_.data();
  std::memcpy(bytes, local_part.data(), local_part.size());
  bytes[local_part.size()] = '@';
  std::memcpy(bytes + local_part.size() + 1, domain.data(), domain.size());
  size_ = static_cast<std::uint8_t>(size);
  at_ = static_cast<std::uint8_t>(local_part.size());
  return true;
}

// The common case, in one pass: ASCII without quotation marks and with nothing around it.
bool EmailAddress::read_plain(std::string_view text) noexcept {
  if (text.size() > kLongest) {
    return false;
  }
  char previous = '.';
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char small = kInLocal[text[at]];
    if (small <= kWide || (small == '.' && previous == '.')) {
      break;
    }
    text_[at] = previous = small;
  }
  if (at == text.size() || text[at] != '@' || previous == '.' || at > kLongestLocal) {
    return false;
  }
  text_[at] = '@';
  size_ = static_cast<std::uint8_t>(text.size());
  at_ = static_cast<std::uint8_t>(at);
  return read_domain(text.substr(at + 1), text_.data() + at + 1);
}

void EmailAddress::normalize_in_place() noexcept {
  const Provider provider = provider_of(domain());
  const ProviderRule& rule = *provider.rule;
  std::string_view content = provider.user.empty() ? local_part() : provider.user;
  Content unquoted;
  const bool is_quoted = content.front() == '"';
  if (is_quoted) {
    (void)read_quoted(content, unquoted);
    content = unquoted.view();
  }
  content = cut_tag(content, rule);
  if (!is_quoted && content.back() != '.' && content.size() == at_ && provider.domain.data() == domain().data() &&
      !rewrites(rule)) {
    return;
  }
  Content rewritten;
  Local local;
  content = rewrite(content, rule, rewritten);
  if (is_quoted || content.back() == '.') {
    content = write_local(content, local) ? local.view() : std::string_view();
  }
  EmailAddress mailbox(Unset{});
  if (mailbox.assign(content, provider.domain)) {
    *this = mailbox;
  }
}

std::optional<EmailAddress> EmailAddress::assemble(std::string_view local_part, std::string_view domain) noexcept {
  std::optional<EmailAddress> address(std::in_place, Unset{});
  if (!address->assign(local_part, domain)) {
    address.reset();
  }
  return address;
}

std::optional<EmailAddress> parse_email(std::string_view text) {
  std::optional<EmailAddress> address(std::in_place, EmailAddress::Unset{});
  if (text.size() > kLongestEmailText) {
    address.reset();
    return address;
  }
  std::string_view inner = unwrap(text);
  if (address->read_plain(inner)) {
    return address;
  }
  Buffer<kLongestEmailText> narrow;
  if (!is_ascii(text)) {
    inner = narrow_text(text, narrow) ? trim(unwrap(trim(narrow.view()))) : std::string_view();
  }
  Local local;
  Domain domain;
  if (!read_parts(inner, local, domain) || !address->assign(local.view(), domain.view())) {
    address.reset();
  }
  return address;
}

EmailAddress normalize(const EmailAddress& address) noexcept {
  EmailAddress mailbox = address;
  mailbox.normalize_in_place();
  return mailbox;
}

std::optional<EmailAddress> normalize_email(std::string_view text) {
  std::optional<EmailAddress> address = parse_email(text);
  if (address) {
    address->normalize_in_place();
  }
  return address;
}

std::string_view email_domain(const EmailAddress& address) noexcept {
  for (const SuffixSection section : {SuffixSection::all, SuffixSection::icann}) {
    if (const std::string_view domain = registrable_domain(address.domain(), section); !domain.empty()) {
      return domain;
    }
  }
  return address.domain();
}

bool is_role(std::string_view local_part) noexcept {
  if (local_part.size() > kLongestLocal) {
    return false;
  }
  bool has_role = false;
  while (!local_part.empty()) {
    const std::size_t end = std::min(local_part.find_first_of(".-_"), local_part.size());
    const int word = end == 0 ? 0 : find_word(local_part.substr(0, end));
    if (word < 0) {
      return false;
    }
    has_role = has_role || word > 0;
    local_part.remove_prefix(std::min(end + 1, local_part.size()));
  }
  return has_role;
}

bool mixes_scripts(std::string_view text) noexcept {
  if (text.size() > kLongestEmailText) {
    return false;
  }
  bool has_latin = false;
  bool has_other = false;
  for (CodePoint next = decode(text); next.size > 0; next = decode(text)) {
    const char32_t character = next.value;
    if (character < 0x80) {
      const char small = static_cast<char>(character | 0x20);
      has_latin = has_latin || is_small_letter(small);
      if (!is_small_letter(small) && !is_digit(static_cast<char>(character))) {
        has_latin = false;
        has_other = false;
      }
    } else {
      has_latin = has_latin || (character >= 0xC0 && character < 0x250);
      has_other = has_other || (character >= 0x370 && character < 0x530);  // Greek, Cyrillic
    }
    if (has_latin && has_other) {
      return true;
    }
    text.remove_prefix(next.size);
  }
  return false;
}

}  // namespace leadscore::contact
