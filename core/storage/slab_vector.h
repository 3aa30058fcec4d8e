// SPDX-License-Identifier: Apache-2.0
// A sequence that only grows, in slabs: elements never move, and memory grows by a slab instead of by half. Slabs whose
// elements are of no use any more can be given back; indexes stay.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
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
  /// Null: there is no such element, or its slab was released.
  T* Find(std::uint64_t index) {
    if (index >= size_) return nullptr;
    const auto at = static_cast<std::size_t>(index);
    T* const slab = slabs_[at / kSlabSize].get();
    return slab == nullptr ? nullptr : slab + at % kSlabSize;
  }
  const T* Find(std::uint64_t index) const { return const_cast<SlabVector&>(*this).Find(index); }

  /// Adds an element in its default state.
  T& Add() {
    if (size_ == slabs_.size() * kSlabSize) slabs_.push_back(std::make_unique<T[]>(kSlabSize));
    return (*this)[size_++];
  }
  /// Gives back the memory of the full slab that begins at `index`; its elements must not be asked for any more.
  void ReleaseSlab(std::size_t index) {
    assert(index % kSlabSize == 0 && index + kSlabSize <= size_);
    released_ += slabs_[index / kSlabSize] != nullptr ? 1 : 0;
    slabs_[index / kSlabSize].reset();
  }
  std::size_t allocated_bytes() const {
    return (slabs_.size() - released_) * kSlabSize * sizeof(T) + slabs_.capacity() * sizeof(slabs_[0]);
  }

 private:
  std::vector<std::unique_ptr<T[]>> slabs_;
  std::size_t size_ = 0;
  /// Slabs.
  std::size_t released_ = 0;
};

}  // namespace stalemark
