// SPDX-License-Identifier: Apache-2.0
// Where the drained bytes of open chunks lie: chains of 64-byte blocks, taken from slabs and given back when the chunk
// is full. Chains instead of growing buffers: all series of a target grow and are cut at the same moments, so buffers
// that double would leave half of the memory behind in sizes that nobody wants. Steady state allocates nothing.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace stalemark {

class BlockPool {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xFFFFFFFF;
  static constexpr std::size_t kBlockBytes = 64;

  /// A block that ends a chain; its bytes hold anything.
  Index Take() {
    if (free_ == kNone) AddSlab();
    const Index taken = free_;
    free_ = next_[taken];
    next_[taken] = kNone;
    return taken;
  }
  void Link(Index before, Index after) { next_[before] = after; }
  Index Next(Index block) const { return next_[block]; }
  /// Takes back the chain from `first` to `last`.
  void GiveBack(Index first, Index last) {
    next_[last] = free_;
    free_ = first;
  }

  /// kBlockBytes bytes. Stays valid as long as the pool.
  unsigned char* Data(Index block) {
    assert(block < next_.size());
    return slabs_[block / kSlabBlocks]->bytes + block % kSlabBlocks * kBlockBytes;
  }
  const unsigned char* Data(Index block) const { return const_cast<BlockPool*>(this)->Data(block); }

  std::size_t allocated_bytes() const { return slabs_.size() * sizeof(Slab) + next_.capacity() * sizeof(Index); }

 private:
  static constexpr Index kSlabBlocks = 1024;
  struct Slab {
    alignas(kBlockBytes) unsigned char bytes[kSlabBlocks * kBlockBytes];
  };

  void AddSlab() {
    slabs_.push_back(std::unique_ptr<Slab>(new Slab));  // not value-initialised: 64 KiB of zeros nobody reads
    const auto first = static_cast<Index>(next_.size());
    for (Index i = 1; i < kSlabBlocks; ++i) next_.push_back(first + i);
    next_.push_back(kNone);
    free_ = first;
  }

  std::vector<std::unique_ptr<Slab>> slabs_;
  /// Per block: what follows it in its chain or in the free list.
  std::vector<Index> next_;
  Index free_ = kNone;
};

}  // namespace stalemark
