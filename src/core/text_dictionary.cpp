#include "core/text_dictionary.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/hash.hpp"

namespace leadscore {

std::uint64_t text_hash(std::string_view text) noexcept {
  constexpr std::size_t kWord = 8;
  std::uint64_t hash = text.size();
  while (!text.empty()) {
    const std::size_t count = std::min(kWord, text.size());
    std::uint64_t word = 0;  // from its lowest byte, on every machine
    for (std::size_t i = 0; i < count; ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    hash = add_to_hash(hash, word);
    text.remove_prefix(count);
  }
  return mix(hash);
}

// Where the text is, or where it belongs.
std::size_t TextDictionary::slot_of(std::string_view text, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::uint32_t code = slots_[slot];
    if (code == kFull || (hashes_[code] == hash && texts_[code] == text)) {
      return slot;
    }
  }
}

void TextDictionary::enter(std::uint32_t code) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hashes_[code] & mask;
  while (slots_[slot] != kFull) {
    slot = (slot + 1) & mask;
  }
  slots_[slot] = code;
}

void TextDictionary::grow() {
  constexpr std::size_t kFewest = 16;
  std::pmr::vector<std::uint32_t> slots(std::max(kFewest, 2 * slots_.size()), kFull, slots_.get_allocator());
  slots_.swap(slots);
  for (std::uint32_t code = 0; code < texts_.size(); ++code) {
    enter(code);
  }
}

std::uint32_t TextDictionary::code_of(std::string_view text, std::uint64_t hash, std::size_t limit) {
  if (2 * texts_.size() >= slots_.size()) {
    grow();
  }
  const std::size_t slot = slot_of(text, hash);
  if (slots_[slot] != kFull) {
    return slots_[slot];
  }
  if (texts_.size() >= limit) {
    return kFull;
  }
  hashes_.reserve(slots_.size());
  texts_.emplace_back(text);
  hashes_.push_back(hash);
  slots_[slot] = static_cast<std::uint32_t>(texts_.size() - 1);
  return slots_[slot];
}

std::pmr::vector<std::uint32_t> TextDictionary::keep(const std::pmr::vector<std::uint8_t>& used,
                                                     std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> in_order(memory);
  for (std::uint32_t code = 0; code < texts_.size(); ++code) {
    if (used[code] != 0) {
      in_order.push_back(code);
    }
  }
  return renumber(in_order, memory);
}

std::pmr::vector<std::uint32_t> TextDictionary::sort(StopToken& stop, std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> in_order(texts_.size(), memory);
  std::iota(in_order.begin(), in_order.end(), 0U);
  std::sort(in_order.begin(), in_order.end(), [&](std::uint32_t a, std::uint32_t b) {
    stop.check();
    return texts_[a] < texts_[b];
  });
  return renumber(in_order, memory);
}

std::pmr::vector<std::uint32_t> TextDictionary::renumber(const std::pmr::vector<std::uint32_t>& in_order,
                                                         std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> new_codes(texts_.size(), kFull, memory);
  std::pmr::deque<std::pmr::string> texts(texts_.get_allocator());
  std::pmr::vector<std::uint64_t> hashes(hashes_.get_allocator());
  for (std::uint32_t code = 0; code < in_order.size(); ++code) {
    new_codes[in_order[code]] = code;
    texts.push_back(std::move(texts_[in_order[code]]));
    hashes.push_back(hashes_[in_order[code]]);
  }
  texts_ = std::move(texts);
  hashes_ = std::move(hashes);
  std::fill(slots_.begin(), slots_.end(), kFull);
  for (std::uint32_t code = 0; code < texts_.size(); ++code) {
    enter(code);
  }
  return new_codes;
}

}  // namespace leadscore
