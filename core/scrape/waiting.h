// SPDX-License-Identifier: Apache-2.0
// What upstream's goroutines wait on, as callbacks: Flag (a closed channel or cancelled context), Trigger (a channel of
// one), Ticker (time.Ticker), FifoLock (a mutex) and Latch (a wait group). Rules: spec section 18.1.
//
// Every wake-up goes through the Scheduler, in the instant of its cause: nothing here calls back from inside a call, so
// a state machine never re-enters itself. Handles deregister when destroyed. Single-threaded.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"

namespace stalemark {

/// Clock and scheduler, which always travel together.
struct TimeSource {
  Clock* clock = nullptr;
  Scheduler* scheduler = nullptr;

  /// Runs `callback` in this instant, after what is already due.
  [[nodiscard]] Timer Post(Scheduler::Callback callback) const {
    return scheduler->ArmAt(clock->MonotonicNow(), std::move(callback));
  }
};

class FlagWait;

/// Set once, never cleared.
class Flag {
 public:
  explicit Flag(TimeSource time) : time_(time) {}
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;
  ~Flag();

  bool is_set() const { return set_; }
  /// Wakes all waits, in the order they began. Setting twice is setting once.
  void Set();

 private:
  friend class FlagWait;
  TimeSource time_;
  bool set_ = false;
  std::vector<FlagWait*> waits_;
};

/// One wait for one flag. Not movable: the flag knows its address.
class FlagWait {
 public:
  FlagWait() = default;
  FlagWait(const FlagWait&) = delete;
  FlagWait& operator=(const FlagWait&) = delete;
  ~FlagWait() { Reset(); }

  /// Calls back once when the flag is set; at once (through the scheduler) when it is. Replaces an earlier wait.
  void Start(Flag& flag, Scheduler::Callback callback);
  void Reset();

 private:
  friend class Flag;
  void Wake(const TimeSource& time);

  Flag* flag_ = nullptr;
  Scheduler::Callback callback_;
  Timer timer_;
};

/// One bit: setting it twice is setting it once; waiting takes it.
class Trigger {
 public:
  explicit Trigger(TimeSource time) : time_(time) {}
  void Set();
  /// Calls back once when the bit is set, and clears it. At most one waiter.
  void Wait(Scheduler::Callback callback);

 private:
  void Deliver();
  TimeSource time_;
  bool set_ = false;
  Scheduler::Callback callback_;
  Timer timer_;
};

/// time.Ticker with its channel of one: the grid never moves, ticks nobody received are lost but for the last.
class Ticker {
 public:
  Ticker(TimeSource time, Nanoseconds interval) : time_(time), interval_(interval) { Arm(); }

  /// (Re)starts the grid now; a pending tick is forgotten.
  void Arm();
  /// When the next tick can be received: the smallest grid instant after the last one received. May be in the past: the
  /// tick is pending.
  MonotonicTime Next() const;
  bool IsPending() const { return Next() <= time_.clock->MonotonicNow(); }
  /// Calls back when a tick can be received, and receives it. Replaces an earlier wait.
  void Wait(Scheduler::Callback callback);
  /// Calls back when a tick can be received, and leaves it pending. Replaces an earlier wait.
  void WhenPending(Scheduler::Callback callback);
  void CancelWait() { timer_.Reset(); }
  /// Receives the pending tick. Requires: IsPending().
  void Receive() { last_ = time_.clock->MonotonicNow(); }

 private:
  TimeSource time_;
  Nanoseconds interval_;
  MonotonicTime base_{};
  MonotonicTime last_{};
  Timer timer_;
};

/// A mutex: first come, first served.
class FifoLock {
 public:
  explicit FifoLock(TimeSource time) : time_(time) {}
  /// Calls `granted` once the lock is the caller's, through the scheduler.
  void Acquire(Scheduler::Callback granted);
  void Release();

 private:
  void GrantNext();
  TimeSource time_;
  bool held_ = false;
  std::deque<Scheduler::Callback> queue_;
  Timer timer_;
};

/// Calls back once when a number of flags are all set.
class Latch {
 public:
  explicit Latch(TimeSource time) : time_(time) {}
  /// Adds a flag to wait for. Before Start.
  void Add(Flag& flag);
  /// Calls `done` through the scheduler when every added flag is set; also when there are none.
  void Start(Scheduler::Callback done);

 private:
  void Check();
  TimeSource time_;
  std::size_t missing_ = 0;
  std::vector<std::unique_ptr<FlagWait>> waits_;
  Scheduler::Callback done_;
  Timer timer_;
};

}  // namespace stalemark
