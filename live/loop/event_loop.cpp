// SPDX-License-Identifier: Apache-2.0
#include "live/loop/event_loop.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <limits>
#include <system_error>

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

namespace stalemark {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

// Ids of the loop's own descriptors; those of watches have their slot in the low half, its generation above.
constexpr std::uint64_t kTimerFdId = ~std::uint64_t{0};
constexpr std::uint64_t kWakeFdId = kTimerFdId - 1;

std::int64_t Now(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * kSecond + now.tv_nsec;
}

int Checked(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

epoll_event EventOf(std::uint32_t events, std::uint64_t id) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return event;
}

}  // namespace

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void OwnedFd::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

FdWatch& FdWatch::operator=(FdWatch&& other) noexcept {
  if (this != &other) {
    Reset();
    loop_ = std::exchange(other.loop_, nullptr);
    id_ = other.id_;
  }
  return *this;
}

void FdWatch::Reset() {
  if (loop_ != nullptr) std::exchange(loop_, nullptr)->Unwatch(id_);
}

void FdWatch::SetEvents(std::uint32_t epoll_events) {
  assert(loop_ != nullptr);
  loop_->ChangeWatch(id_, epoll_events);
}

EventLoop::EventLoop()
    : monotonic_origin_ns_(Now(CLOCK_MONOTONIC)),
      epoll_(Checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_fd_(Checked(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create")),
      wake_fd_(Checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {
  epoll_event timer = EventOf(EPOLLIN, kTimerFdId);
  Checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_fd_.get(), &timer), "epoll_ctl");
  epoll_event wake = EventOf(EPOLLIN, kWakeFdId);
  Checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_fd_.get(), &wake), "epoll_ctl");
}

EventLoop::~EventLoop() = default;

WallTime EventLoop::WallNow() const {
  return WallTime{Nanoseconds{Now(CLOCK_REALTIME)}};
}

MonotonicTime EventLoop::MonotonicNow() const {
  return MonotonicTime{Nanoseconds{Now(CLOCK_MONOTONIC) - monotonic_origin_ns_}};
}

Timer EventLoop::ArmAt(MonotonicTime when, Callback callback) {
  return Timer(this, timers_.Add(std::max(when, MonotonicNow()), std::move(callback)));
}

FdWatch EventLoop::Watch(int fd, std::uint32_t epoll_events, std::function<void(std::uint32_t)> callback) {
  if (free_watches_.empty()) {
    free_watches_.push_back(static_cast<std::uint32_t>(watches_.size()));
    watches_.emplace_back();
  }
  const std::uint32_t slot = free_watches_.back();
  WatchSlot& watch = watches_[slot];
  const std::uint64_t id = slot | std::uint64_t{watch.generation} << 32;
  epoll_event event = EventOf(epoll_events, id);
  Checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  free_watches_.pop_back();
  watch.fd = fd;
  watch.callback = std::make_unique<std::function<void(std::uint32_t)>>(std::move(callback));
  return FdWatch(this, id);
}

void EventLoop::Unwatch(std::uint64_t id) {
  const auto slot = static_cast<std::uint32_t>(id);
  WatchSlot& watch = watches_[slot];
  assert(watch.generation == id >> 32);
  // Fails for a descriptor that is closed already: the kernel has forgotten it.
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watch.fd, nullptr);
  watch.fd = -1;
  ++watch.generation;
  ended_callbacks_.push_back(std::move(watch.callback));
  free_watches_.push_back(slot);
}

void EventLoop::ChangeWatch(std::uint64_t id, std::uint32_t epoll_events) {
  epoll_event event = EventOf(epoll_events, id);
  Checked(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, watches_[static_cast<std::uint32_t>(id)].fd, &event), "epoll_ctl");
}

void EventLoop::Post(std::function<void()> work) {
  bool first = false;
  {
    const std::lock_guard lock(posted_mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first) Wake();
}

void EventLoop::Run() {
  while (!stopping_.load()) RunOnce(Nanoseconds::max());
  stopping_ = false;
}

void EventLoop::Stop() {
  stopping_ = true;
  Wake();
}

void EventLoop::Wake() {
  const std::uint64_t one = 1;
  // Can only fail when it is awake already: the counter is full.
  [[maybe_unused]] const ssize_t written = write(wake_fd_.get(), &one, sizeof one);
}

bool EventLoop::RunOnce(Nanoseconds timeout) {
  const MonotonicTime start = MonotonicNow();
  Nanoseconds left = timeout;
  // A round may end early and for nothing: woken for work that ran in the round before, or for a cancelled timer.
  while (!RunRound(left)) {
    if (stopping_) return false;
    if (timeout == Nanoseconds::max()) continue;
    left = timeout - (MonotonicNow() - start);
    if (left <= Nanoseconds(0)) return false;
  }
  return true;
}

bool EventLoop::RunRound(Nanoseconds timeout) {
  const bool timers_ran = RunDueTimers();
  // epoll_wait counts whole milliseconds, rounded up here; timers are the descriptor's, to the nanosecond.
  const std::int64_t longest_ms = std::numeric_limits<int>::max();
  std::int64_t wait_ms = timeout.count() / kMillisecond + (timeout.count() % kMillisecond != 0 ? 1 : 0);
  wait_ms = timers_ran || stopping_ ? 0 : std::clamp(wait_ms, std::int64_t{0}, longest_ms);
  if (wait_ms > 0) SetTimerFd();
  const bool ready = RunReady(timeout == Nanoseconds::max() && wait_ms > 0 ? -1 : static_cast<int>(wait_ms));
  const bool posted_ran = RunPosted();
  // Those that fell due while it waited.
  const bool more_timers_ran = RunDueTimers();
  ended_callbacks_.clear();
  return timers_ran || ready || posted_ran || more_timers_ran;
}

bool EventLoop::RunDueTimers() {
  if (timers_.empty()) return false;
  // What is armed by these callbacks is due later than now, or in the next round.
  const MonotonicTime now = MonotonicNow();
  bool ran = false;
  while (!stopping_ && !timers_.empty() && timers_.next_due() <= now) {
    const Callback callback = timers_.TakeNext();
    callback();
    ran = true;
  }
  return ran;
}

bool EventLoop::RunPosted() {
  {
    const std::lock_guard lock(posted_mutex_);
    running_posted_.swap(posted_);
  }
  const bool ran = !running_posted_.empty();
  for (std::function<void()>& work : running_posted_) work();
  running_posted_.clear();
  return ran;
}

bool EventLoop::RunReady(int timeout_ms) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
  bool ran = false;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const std::uint64_t id = event.data.u64;
    if (id == kTimerFdId) {
      // Expired: SetTimerFd sets it anew, which clears it.
      timer_fd_due_ = MonotonicTime::min();
      continue;
    }
    if (id == kWakeFdId) {
      std::uint64_t count_of_wakes = 0;
      [[maybe_unused]] const ssize_t read_bytes = read(wake_fd_.get(), &count_of_wakes, sizeof count_of_wakes);
      continue;
    }
    const WatchSlot& watch = watches_[static_cast<std::uint32_t>(id)];
    // Ended by an earlier callback of this round.
    if (watch.generation != id >> 32 || watch.callback == nullptr) continue;
    (*watch.callback)(event.events);
    ran = true;
  }
  return ran;
}

void EventLoop::SetTimerFd() {
  const MonotonicTime due = timers_.empty() ? MonotonicTime::max() : timers_.next_due();
  if (due == timer_fd_due_) return;
  itimerspec setting{};
  if (due != MonotonicTime::max()) {
    // A time of 0 would mean: never.
    const std::int64_t at = std::max<std::int64_t>(monotonic_origin_ns_ + due.time_since_epoch().count(), 1);
    setting.it_value.tv_sec = at / kSecond;
    setting.it_value.tv_nsec = at % kSecond;
  }
  Checked(timerfd_settime(timer_fd_.get(), TFD_TIMER_ABSTIME, &setting, nullptr), "timerfd_settime");
  timer_fd_due_ = due;
}

}  // namespace stalemark
