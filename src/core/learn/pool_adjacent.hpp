// Pooling of adjacent violators: blocks in a row are joined until what they have only rises.
#pragma once

#include <memory_resource>
#include <vector>

namespace leadscore::learn {

/// Adds a block to blocks that rise, and joins it with those before it that do not lie below: is_below(before, block)
/// compares, join(before, block) adds the second to the first. O(1) on average; which blocks remain does not depend on
/// the order of the joins (Ayer, Brunk, Ewing, Reid, Silverman, 1955).
template <class Block, class IsBelow, class Join>
void pool_adjacent(std::pmr::vector<Block>& blocks, const Block& block, IsBelow is_below, Join join) {
  blocks.push_back(block);
  while (blocks.size() > 1 && !is_below(blocks[blocks.size() - 2], blocks.back())) {
    join(blocks[blocks.size() - 2], blocks.back());
    blocks.pop_back();
  }
}

}  // namespace leadscore::learn
