#include "core/dedup/forbidden_pairs.hpp"

#include <utility>

#include "core/error.hpp"

namespace leadscore::dedup {

void ForbiddenPairs::add(std::uint32_t a, std::uint32_t b, std::size_t leads) {
  if (lasts_.empty()) {
    lasts_.resize(leads, kNone);
    counts_.resize(leads, 0);
  }
  add_partner(a, b);
  add_partner(b, a);
}

void ForbiddenPairs::add_partner(std::uint32_t cluster, std::uint32_t partner) {
  const auto place = static_cast<std::uint32_t>(partners_.size());
  if (place == kNone) {
    throw Error(ErrorCode::limit_exceeded, "too many pairs of leads are known to be two persons");
  }
  std::uint32_t& last = lasts_[cluster];
  if (last == kNone) {
    partners_.push_back({partner, place});
    last = place;
  } else {
    partners_.push_back({partner, partners_[last].next});
    partners_[last].next = place;
  }
  ++counts_[cluster];
}

bool ForbiddenPairs::are_apart(std::uint32_t a, std::uint32_t b, ConnectedComponents& clusters, StopToken& stop) const {
  if (lasts_.empty()) {
    return false;
  }
  if (counts_[a] > counts_[b]) {
    std::swap(a, b);
  }
  std::uint32_t place = lasts_[a];
  for (std::uint32_t i = 0; i < counts_[a]; ++i) {
    stop.check();
    if (clusters.smallest(partners_[place].lead) == b) {
      return true;
    }
    place = partners_[place].next;
  }
  return false;
}

void ForbiddenPairs::join(std::uint32_t into, std::uint32_t from) noexcept {
  if (lasts_.empty() || lasts_[from] == kNone) {
    return;
  }
  if (lasts_[into] == kNone) {
    lasts_[into] = lasts_[from];
  } else {
    std::swap(partners_[lasts_[into]].next, partners_[lasts_[from]].next);
  }
  counts_[into] += counts_[from];
}

}  // namespace leadscore::dedup
