// SPDX-License-Identifier: Apache-2.0
// TimerQueue: what a Scheduler keeps its armed timers in. Timers come out by time, those of one instant in the order
// they were added.
//
// Ids are never given twice: one that has been taken or removed is unknown from then on. An indexed binary heap:
// adding, taking and removing are O(log size), removed timers leave nothing behind. Pure, single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/seams/scheduler.h"

namespace stalemark {

class TimerQueue {
 public:
  using Callback = Scheduler::Callback;

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  /// Requires: not empty.
  MonotonicTime next_due() const { return heap_.front().when; }

  /// The timer's id.
  std::uint64_t Add(MonotonicTime when, Callback callback);
  /// Takes out the next timer; the caller runs it. Requires: not empty.
  Callback TakeNext() { return TakeAt(0); }
  /// Forgets a timer; unknown ids are ignored.
  void Remove(std::uint64_t id);

 private:
  struct Slot {
    Callback callback;
    /// Tells a handle of this slot's timer from one of an earlier timer: counts the timers that ended here.
    std::uint64_t generation = 0;
    std::size_t heap_index = 0;
  };
  struct HeapEntry {
    MonotonicTime when;
    std::uint64_t order;
    std::size_t slot;
    bool operator<(const HeapEntry& other) const {
      return when != other.when ? when < other.when : order < other.order;
    }
  };

  void Place(std::size_t index, const HeapEntry& entry);
  void SiftUp(std::size_t index, HeapEntry entry);
  void SiftDown(std::size_t index, HeapEntry entry);
  Callback TakeAt(std::size_t heap_index);

  std::uint64_t added_total_ = 0;
  std::vector<HeapEntry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_slots_;
};

}  // namespace stalemark
