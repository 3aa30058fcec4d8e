// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/waiting.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace stalemark {

Flag::~Flag() {
  for (FlagWait* wait : waits_) wait->flag_ = nullptr;
}

void Flag::Set() {
  if (set_) return;
  set_ = true;
  for (FlagWait* wait : std::exchange(waits_, {})) wait->Wake(time_);
}

void FlagWait::Start(Flag& flag, Scheduler::Callback callback) {
  Reset();
  callback_ = std::move(callback);
  if (flag.is_set()) {
    Wake(flag.time_);
    return;
  }
  flag_ = &flag;
  flag.waits_.push_back(this);
}

void FlagWait::Reset() {
  timer_.Reset();
  if (flag_ == nullptr) return;
  auto& waits = flag_->waits_;
  waits.erase(std::remove(waits.begin(), waits.end(), this), waits.end());
  flag_ = nullptr;
}

void FlagWait::Wake(const TimeSource& time) {
  flag_ = nullptr;
  timer_ = time.Post([this] {
    // Moved out first: the callback may start the next wait on this object, or destroy it.
    const Scheduler::Callback callback = std::move(callback_);
    callback();
  });
}

void Trigger::Set() {
  set_ = true;
  Deliver();
}

void Trigger::Wait(Scheduler::Callback callback) {
  assert(!callback_);
  callback_ = std::move(callback);
  Deliver();
}

void Trigger::Deliver() {
  if (!set_ || !callback_) return;
  set_ = false;
  timer_ = time_.Post([callback = std::exchange(callback_, nullptr)] { callback(); });
}

void Ticker::Arm() {
  base_ = last_ = time_.clock->MonotonicNow();
  timer_.Reset();
}

MonotonicTime Ticker::Next() const {
  return base_ + ((last_ - base_) / interval_ + 1) * interval_;
}

void Ticker::Wait(Scheduler::Callback callback) {
  WhenPending([this, callback = std::move(callback)] {
    Receive();
    callback();
  });
}

void Ticker::WhenPending(Scheduler::Callback callback) {
  timer_ = time_.scheduler->ArmAt(Next(), std::move(callback));
}

void FifoLock::Acquire(Scheduler::Callback granted) {
  queue_.push_back(std::move(granted));
  if (!held_) GrantNext();
}

void FifoLock::Release() {
  assert(held_);
  held_ = false;
  if (!queue_.empty()) GrantNext();
}

void FifoLock::GrantNext() {
  held_ = true;
  timer_ = time_.Post([callback = std::move(queue_.front())] { callback(); });
  queue_.pop_front();
}

void Latch::Add(Flag& flag) {
  ++missing_;
  waits_.push_back(std::make_unique<FlagWait>());
  waits_.back()->Start(flag, [this] {
    --missing_;
    Check();
  });
}

void Latch::Start(Scheduler::Callback done) {
  done_ = std::move(done);
  Check();
}

void Latch::Check() {
  if (missing_ != 0 || !done_) return;
  timer_ = time_.Post([done = std::exchange(done_, nullptr)] { done(); });
}

}  // namespace stalemark
