// SPDX-License-Identifier: Apache-2.0
#include "live/record/frozen_clock.h"

#include <algorithm>
#include <utility>

namespace stalemark {
namespace {

/// Room for a step of the wall clock between two instants.
constexpr Nanoseconds kApart{2};
constexpr Nanoseconds kWallTolerance = std::chrono::milliseconds(2);

}  // namespace

FrozenClock::~FrozenClock() = default;

MonotonicTime FrozenClock::Stamp() {
  const MonotonicTime real = clock_.MonotonicNow();
  if (!started_) {
    started_ = true;
    origin_ = real;
    start_ = wall_origin_ = clock_.WallNow();
    return now_;
  }
  now_ = std::max(MonotonicTime(real - origin_), now_ + kApart);
  FollowWallClock();
  return now_;
}

void FrozenClock::FollowWallClock() {
  const Nanoseconds off = clock_.WallNow() - WallNow();
  if (off < kWallTolerance && off > -kWallTolerance) return;
  const Nanoseconds step = std::chrono::duration_cast<std::chrono::milliseconds>(off);
  wall_origin_ += step;
  steps_.push_back({now_ - Nanoseconds(1), step});
}

void FrozenClock::Enter(const std::function<void()>& work) {
  if (depth_ == 0) Stamp();
  ++depth_;
  work();
  --depth_;
}

Timer FrozenClock::ArmAt(MonotonicTime when, Callback callback) {
  const std::uint64_t id = ++armed_total_;
  when = std::max(when, now_);
  if (counted_at_ != now_) counts_.clear();
  counted_at_ = now_;
  Armed& armed = armed_[id];
  armed.record = {now_, when, counts_[when]++, std::nullopt};
  armed.callback = std::move(callback);
  armed.timer = scheduler_.ArmAt(origin_ + when.time_since_epoch(), [this, id] { Fire(id); });
  return Timer(this, id);
}

void FrozenClock::Fire(std::uint64_t id) {
  Enter([this, id] {
    const auto found = armed_.find(id);
    // Out of the table before it runs: the callback may arm timers and destroy its own handle.
    Armed fired = std::move(found->second);
    armed_.erase(found);
    fired.record.fired = now_;
    if (now_ != fired.record.due) ended_.push_back(fired.record);
    fired.callback();
  });
}

void FrozenClock::Cancel(std::uint64_t id) {
  const auto found = armed_.find(id);
  if (found == armed_.end()) return;
  // One that was not due yet is cancelled in the replay before it fires.
  if (found->second.record.due <= now_) ended_.push_back(found->second.record);
  armed_.erase(found);
}

std::vector<RecordedTimer> FrozenClock::Timers(MonotonicTime end) const {
  std::vector<RecordedTimer> timers = ended_;
  for (const auto& [id, armed] : armed_) {
    if (armed.record.due <= end) timers.push_back(armed.record);
  }
  std::sort(timers.begin(), timers.end(),
            [](const RecordedTimer& a, const RecordedTimer& b) { return a.Key() < b.Key(); });
  return timers;
}

}  // namespace stalemark
