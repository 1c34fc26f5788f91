#include "core/learn/text_dictionary.hpp"

#include <algorithm>
#include <numeric>

namespace leadscore::learn {

std::uint32_t TextDictionary::code_of(std::string_view text, std::size_t limit) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) {
    return found->second;
  }
  if (texts_.size() >= limit) {
    return kFull;
  }
  const auto code = static_cast<std::uint32_t>(texts_.size());
  codes_.emplace(texts_.emplace_back(text), code);
  return code;
}

std::pmr::vector<std::uint32_t> TextDictionary::sort(std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint32_t> in_order(texts_.size(), memory);
  std::iota(in_order.begin(), in_order.end(), 0U);
  std::sort(in_order.begin(), in_order.end(),
            [this](std::uint32_t a, std::uint32_t b) { return texts_[a] < texts_[b]; });
  std::pmr::vector<std::uint32_t> new_codes(texts_.size(), memory);
  std::pmr::deque<std::pmr::string> sorted(memory);
  for (std::uint32_t code = 0; code < in_order.size(); ++code) {
    new_codes[in_order[code]] = code;
    sorted.push_back(std::move(texts_[in_order[code]]));
  }
  codes_.clear();
  texts_ = std::move(sorted);
  for (std::uint32_t code = 0; code < texts_.size(); ++code) {
    codes_.emplace(texts_[code], code);
  }
  return new_codes;
}

}  // namespace leadscore::learn
