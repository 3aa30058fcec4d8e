// SPDX-License-Identifier: Apache-2.0
// Scheduler: calls back at a monotonic time. Single-threaded: callbacks run on the engine's thread, never inside ArmAt.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "core/seams/time.h"

namespace stalemark {

class Scheduler;

/// Owns an armed timer; destroying or resetting it cancels. Must not outlive its Scheduler.
class Timer {
 public:
  Timer() = default;
  Timer(Scheduler* scheduler, std::uint64_t id) : scheduler_(scheduler), id_(id) {}
  Timer(Timer&& other) noexcept : scheduler_(std::exchange(other.scheduler_, nullptr)), id_(other.id_) {}
  Timer& operator=(Timer&& other) noexcept;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { Reset(); }

  /// Cancels; does nothing when the timer has fired or was never armed.
  void Reset();

 private:
  Scheduler* scheduler_ = nullptr;
  std::uint64_t id_ = 0;
};

class Scheduler {
 public:
  using Callback = std::function<void()>;

  virtual ~Scheduler() = default;
  /// Runs `callback` once at `when`; a time that is past means now, after everything armed for now before. Timers of
  /// one instant fire in the order they were armed. The callback may arm and cancel timers.
  [[nodiscard]] virtual Timer ArmAt(MonotonicTime when, Callback callback) = 0;

 protected:
  friend class Timer;
  /// Forgets the timer; unknown and fired ids are ignored.
  virtual void Cancel(std::uint64_t id) = 0;
};

inline void Timer::Reset() {
  if (scheduler_ != nullptr) std::exchange(scheduler_, nullptr)->Cancel(id_);
}

inline Timer& Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    Reset();
    scheduler_ = std::exchange(other.scheduler_, nullptr);
    id_ = other.id_;
  }
  return *this;
}

}  // namespace stalemark
