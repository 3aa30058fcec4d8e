// SPDX-License-Identifier: Apache-2.0
#include "core/seams/timer_queue.h"

#include <cassert>
#include <utility>

namespace stalemark {
namespace {

// A timer's id: the slot in the low bits, its generation above. 2^40 generations outlast any run.
constexpr unsigned kSlotBits = 24;
constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << kSlotBits) - 1;
constexpr std::uint64_t kGenerationMask = ~std::uint64_t{0} >> kSlotBits;

}  // namespace

std::uint64_t TimerQueue::Add(MonotonicTime when, Callback callback) {
  if (free_slots_.empty()) {
    free_slots_.push_back(slots_.size());
    slots_.emplace_back();
    assert(slots_.size() <= kSlotMask);
  }
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot].callback = std::move(callback);
  const HeapEntry entry{when, added_total_++, slot};
  heap_.push_back(entry);
  SiftUp(heap_.size() - 1, entry);
  return slot | (slots_[slot].generation & kGenerationMask) << kSlotBits;
}

void TimerQueue::Remove(std::uint64_t id) {
  const std::size_t slot = static_cast<std::size_t>(id & kSlotMask);
  if (slot >= slots_.size() || (slots_[slot].generation & kGenerationMask) != id >> kSlotBits) return;
  // A free slot has a generation that no handle knows yet, so this one is armed.
  const Callback dropped = TakeAt(slots_[slot].heap_index);
}

void TimerQueue::Place(std::size_t index, const HeapEntry& entry) {
  heap_[index] = entry;
  slots_[entry.slot].heap_index = index;
}

void TimerQueue::SiftUp(std::size_t index, HeapEntry entry) {
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!(entry < heap_[parent])) break;
    Place(index, heap_[parent]);
    index = parent;
  }
  Place(index, entry);
}

void TimerQueue::SiftDown(std::size_t index, HeapEntry entry) {
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (!(heap_[child] < entry)) break;
    Place(index, heap_[child]);
    index = child;
  }
  Place(index, entry);
}

TimerQueue::Callback TimerQueue::TakeAt(std::size_t heap_index) {
  const std::size_t slot = heap_[heap_index].slot;
  const HeapEntry last = heap_.back();
  heap_.pop_back();
  if (heap_index < heap_.size()) {
    if (heap_index > 0 && last < heap_[(heap_index - 1) / 2]) {
      SiftUp(heap_index, last);
    } else {
      SiftDown(heap_index, last);
    }
  }
  Callback callback = std::move(slots_[slot].callback);
  slots_[slot].callback = nullptr;
  ++slots_[slot].generation;
  free_slots_.push_back(slot);
  return callback;
}

}  // namespace stalemark
