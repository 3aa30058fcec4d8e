// SPDX-License-Identifier: Apache-2.0
// VirtualClock: Clock and Scheduler of a simulation. Time stands still while callbacks run and moves only inside
// RunUntil and RunNext, from one due timer to the next.
//
// Order (HARN-08): timers fire by time, those of one instant in the order they were armed, follow-ups armed for the
// same instant last. RunUntil(T) therefore does everything due at T, whatever it causes at T included, before its
// caller applies its own events of T. The wall clock is start + monotonic time + all steps and drift so far; neither
// moves a timer.
//
// Single-threaded; callbacks must not throw. Must outlive every Timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"
#include "core/seams/timer_queue.h"

namespace stalemark {

class VirtualClock final : public Clock, public Scheduler {
 public:
  explicit VirtualClock(WallTime start) : wall_origin_(start) {}
  VirtualClock(const VirtualClock&) = delete;
  VirtualClock& operator=(const VirtualClock&) = delete;

  WallTime WallNow() const override { return wall_origin_ + now_.time_since_epoch() + Drifted(); }
  MonotonicTime MonotonicNow() const override { return now_; }
  [[nodiscard]] Timer ArmAt(MonotonicTime when, Callback callback) override;

  /// Moves the wall clock, in either direction.
  void StepWall(Nanoseconds step) { wall_origin_ += step; }
  /// From now on the wall clock gains so many millionths of the time that passes; negative: loses. What it has gained
  /// stays.
  void SetDrift(std::int64_t parts_per_million) {
    wall_origin_ += Drifted();
    drift_ = parts_per_million;
    drift_since_ = now_;
  }
  /// Lets time pass without firing anything, as for a process that stands still: what fell due meanwhile fires late, at
  /// the time that is then, in the order it was due.
  void Pause(Nanoseconds length) { now_ += length; }

  /// When the next timer is due; nothing when none is armed.
  std::optional<MonotonicTime> NextDue() const;
  /// Fires the next timer if it is due at `limit` or before, at its time, or now if that is past. False, and the time
  /// unchanged, when none is.
  bool RunNext(MonotonicTime limit);
  /// Fires everything due at `until` or before, then stands at `until`. A time that is past: fires what is due now.
  void RunUntil(MonotonicTime until);

  std::size_t armed_count() const { return timers_.size(); }

 protected:
  void Cancel(std::uint64_t id) override { timers_.Remove(id); }

 private:
  /// By the current drift; whole seconds apart, so that years fit.
  Nanoseconds Drifted() const {
    const std::int64_t passed = (now_ - drift_since_).count();
    constexpr std::int64_t kSecond = 1'000'000'000;
    return Nanoseconds(passed / kSecond * drift_ * 1000 + passed % kSecond * drift_ / 1'000'000);
  }

  WallTime wall_origin_;
  std::int64_t drift_ = 0;
  MonotonicTime drift_since_{};
  MonotonicTime now_{};
  TimerQueue timers_;
};

}  // namespace stalemark
