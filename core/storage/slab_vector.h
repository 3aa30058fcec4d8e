// SPDX-License-Identifier: Apache-2.0
// A sequence that only grows, in slabs: elements never move, and memory grows by a slab instead of by half.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <vector>

namespace stalemark {

template <class T, std::size_t kSlabSize>
class SlabVector {
  static_assert((kSlabSize & (kSlabSize - 1)) == 0, "a power of two: indexing is a shift and a mask");

 public:
  std::size_t size() const { return size_; }
  T& operator[](std::size_t index) {
    assert(index < size_);
    return slabs_[index / kSlabSize][index % kSlabSize];
  }
  const T& operator[](std::size_t index) const { return const_cast<SlabVector&>(*this)[index]; }

  /// Adds an element in its default state.
  T& Add() {
    if (size_ == slabs_.size() * kSlabSize) slabs_.push_back(std::make_unique<T[]>(kSlabSize));
    return (*this)[size_++];
  }
  std::size_t allocated_bytes() const {
    return slabs_.size() * kSlabSize * sizeof(T) + slabs_.capacity() * sizeof(slabs_[0]);
  }

 private:
  std::vector<std::unique_ptr<T[]>> slabs_;
  std::size_t size_ = 0;
};

}  // namespace stalemark
