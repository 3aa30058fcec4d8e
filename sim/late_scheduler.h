// SPDX-License-Identifier: Apache-2.0
// LateScheduler: a Scheduler whose timers fire late: during given spans of time, as on a busy machine, or as recorded
// (core/seams/recording.h). In a span how late is drawn from a seed when a timer is armed: uniformly, from the instant
// it is due up to the span's limit. A recorded timer fires at its recorded instant, or never.
//
// Only timers that are due in a span, and later than now when they are armed, are late: wake-ups within one instant
// keep their order. The spans are set before the run; timers of the scheduler in front belong to the one behind, which
// outlives both. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/seams/recording.h"
#include "core/seams/scheduler.h"
#include "sim/seeds.h"
#include "sim/virtual_clock.h"

namespace stalemark {

/// Timers due in [from, until) fire up to late_max late.
struct LateSpan {
  MonotonicTime from{};
  MonotonicTime until{};
  Nanoseconds late_max{0};
};

class LateScheduler final : public Scheduler {
 public:
  explicit LateScheduler(VirtualClock& inner) : inner_(inner) {}

  /// Where spans overlap the last one counts.
  void SetSpans(std::vector<LateSpan> spans, std::uint64_t seed) {
    spans_ = std::move(spans);
    random_ = SplitMix64(seed);
  }

  /// Before the first timer is armed. Sorted by Key(); outlive the scheduler.
  void SetRecorded(const std::vector<RecordedTimer>& timers) { recorded_ = &timers; }

  [[nodiscard]] Timer ArmAt(MonotonicTime when, Callback callback) override {
    if (recorded_ != nullptr) {
      if (const RecordedTimer* timer = FindRecorded(when)) {
        if (!timer->fired) return {};
        return inner_.ArmAt(*timer->fired, std::move(callback));
      }
    }
    if (!spans_.empty() && when > inner_.MonotonicNow()) when += DrawLateness(when);
    return inner_.ArmAt(when, std::move(callback));
  }

 protected:
  /// Never called: the timers that ArmAt returns are the inner scheduler's.
  void Cancel(std::uint64_t) override {}

 private:
  Nanoseconds DrawLateness(MonotonicTime when);
  const RecordedTimer* FindRecorded(MonotonicTime when);

  VirtualClock& inner_;
  std::vector<LateSpan> spans_;
  SplitMix64 random_{0};
  /// Null: nothing is recorded.
  const std::vector<RecordedTimer>* recorded_ = nullptr;
  /// Of the current instant: due -> timers so far.
  MonotonicTime counted_at_ = MonotonicTime::min();
  std::map<MonotonicTime, std::uint64_t> counts_;
};

}  // namespace stalemark
