// SPDX-License-Identifier: Apache-2.0
// FrozenClock: the clock and scheduler of an engine that is recorded, in front of real ones. Time stands still while
// the engine runs: each call from outside (Enter, a timer) has one instant, at least 2 ns behind the one before. The
// first is the start of the run, monotonic time 0.
//
// The wall clock is the one of the start plus monotonic time; when the machine's is 2 ms or more away, it steps by
// whole milliseconds, which is told. Timers whose end a replay could not know are told too (core/seams/recording.h).
// Outside Enter the clock stands at the last instant. Single-threaded; what it stands in front of outlives the clock,
// the clock its timers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/seams/clock.h"
#include "core/seams/recording.h"
#include "core/seams/scheduler.h"

namespace stalemark {

/// The wall clock jumped, in front of the instant that follows.
struct RecordedStep {
  MonotonicTime at{};
  Nanoseconds step{0};
};

class FrozenClock final : public Clock, public Scheduler {
 public:
  FrozenClock(const Clock& clock, Scheduler& scheduler) : clock_(clock), scheduler_(scheduler) {}
  ~FrozenClock() override;
  FrozenClock(const FrozenClock&) = delete;
  FrozenClock& operator=(const FrozenClock&) = delete;

  WallTime WallNow() const override { return wall_origin_ + now_.time_since_epoch(); }
  MonotonicTime MonotonicNow() const override { return now_; }
  [[nodiscard]] Timer ArmAt(MonotonicTime when, Callback callback) override;

  /// Runs `work` at an instant of its own; inside another one at that one.
  void Enter(const std::function<void()>& work);
  /// An instant at which nobody is called.
  MonotonicTime Stamp();

  /// Wall time of monotonic time 0.
  WallTime start() const { return start_; }
  /// Timers so far that a replay has to know, those that still wait and are due at `end` or before included.
  std::vector<RecordedTimer> Timers(MonotonicTime end) const;
  const std::vector<RecordedStep>& steps() const { return steps_; }

 protected:
  void Cancel(std::uint64_t id) override;

 private:
  struct Armed {
    RecordedTimer record;
    Callback callback;
    Timer timer;
  };
  void Fire(std::uint64_t id);
  void FollowWallClock();

  const Clock& clock_;
  Scheduler& scheduler_;
  bool started_ = false;
  int depth_ = 0;
  /// Of the real clock.
  MonotonicTime origin_{};
  MonotonicTime now_{};
  WallTime start_{};
  /// Moves with each step.
  WallTime wall_origin_{};
  std::uint64_t armed_total_ = 0;
  std::unordered_map<std::uint64_t, Armed> armed_;
  /// Of the current instant: due -> timers so far.
  MonotonicTime counted_at_ = MonotonicTime::min();
  std::map<MonotonicTime, std::uint64_t> counts_;
  std::vector<RecordedTimer> ended_;
  std::vector<RecordedStep> steps_;
};

}  // namespace stalemark
