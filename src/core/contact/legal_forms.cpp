#include "core/contact/legal_forms.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "core/contact/word_set.hpp"

namespace leadscore::contact {

namespace {

struct Slot {
  std::uint32_t hash = 0;  // of the words that begin a form, 0 for none
  std::uint16_t form = 0;  // where the form of these words stands, 0 if they only begin one
};

#include "core/contact/legal_forms_data.inc"

// The slot of a hash, nullptr if no form begins with such words.
template <std::size_t Size>
const Slot* find(const std::array<Slot, Size>& slots, std::uint32_t hash) noexcept {
  for (std::size_t i = hash % Size; slots[i].hash != 0; i = (i + 1) % Size) {
    if (slots[i].hash == hash) {
      return &slots[i];
    }
  }
  return nullptr;
}

// Whether the words are the form, whose own are separated by spaces.
bool are_form(const Words& words, std::span<const Word> list, std::size_t position) noexcept {
  std::string_view form(kForms + position + 1, static_cast<unsigned char>(kForms[position]));
  for (const Word& word : list) {
    if (!form.starts_with(words.text(word))) {
      return false;
    }
    form.remove_prefix(word.size);
    if (!form.empty()) {
      form.remove_prefix(1);
    }
  }
  return form.empty();
}

constexpr std::uint32_t kSeed = 2166136261U;

// As the generator hashes: never 0, which is an empty slot.
std::uint32_t extended(std::uint32_t hash, std::string_view word) noexcept {
  hash = word_hash(" ", word_hash(word, hash));
  return hash == 0 ? 1 : hash;
}

}  // namespace

std::size_t legal_form_at_front(const Words& words, std::span<const Word> list) noexcept {
  std::size_t longest = 0;
  std::uint32_t hash = kSeed;
  for (std::size_t count = 1; count <= list.size(); ++count) {
    hash = extended(hash, words.text(list[count - 1]));
    const Slot* slot = find(kAtFront, hash);
    if (slot == nullptr) {
      break;
    }
    if (slot->form != 0 && are_form(words, list.first(count), slot->form)) {
      longest = count;
    }
  }
  return longest;
}

std::size_t legal_form_at_end(const Words& words, std::span<const Word> list) noexcept {
  std::size_t longest = 0;
  std::uint32_t hash = kSeed;
  for (std::size_t count = 1; count <= list.size(); ++count) {
    hash = extended(hash, words.text(list[list.size() - count]));
    const Slot* slot = find(kAtEnd, hash);
    if (slot == nullptr) {
      break;
    }
    if (slot->form != 0 && are_form(words, list.last(count), slot->form)) {
      longest = count;
    }
  }
  return longest;
}

}  // namespace leadscore::contact
