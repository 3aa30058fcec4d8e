// SPDX-License-Identifier: Apache-2.0
// EventLoop: the clock and scheduler of a live process, on Linux's epoll. One thread calls Run (or RunOnce) and runs
// every callback: timers, file descriptors, posted work.
//
// Timers are armed on CLOCK_MONOTONIC, as Go's are: they do not notice a stepped wall clock and stand still while the
// machine is suspended. WallNow is CLOCK_REALTIME. Only Post and Stop may be called from other threads. Callbacks may
// arm, cancel, watch, unwatch and stop; they must not throw. Must outlive every Timer and FdWatch.
//
// The constructor throws std::system_error when the kernel has no descriptors left.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <sys/epoll.h>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"
#include "core/seams/timer_queue.h"

namespace stalemark {

class EventLoop;

/// A file descriptor closed at the end of its life.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() { Close(); }

  int get() const { return fd_; }
  void Close();

 private:
  int fd_ = -1;
};

/// Owns the interest in a file descriptor; destroying or resetting it ends the calls. Does not own the descriptor,
/// which must stay open until then.
class FdWatch {
 public:
  FdWatch() = default;
  FdWatch(FdWatch&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)), id_(other.id_) {}
  FdWatch& operator=(FdWatch&& other) noexcept;
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;
  ~FdWatch() { Reset(); }

  void Reset();
  /// Waits for other events from now on.
  void SetEvents(std::uint32_t epoll_events);

 private:
  friend class EventLoop;
  FdWatch(EventLoop* loop, std::uint64_t id) : loop_(loop), id_(id) {}

  EventLoop* loop_ = nullptr;
  std::uint64_t id_ = 0;
};

class EventLoop final : public Clock, public Scheduler {
 public:
  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  WallTime WallNow() const override;
  /// Since construction.
  MonotonicTime MonotonicNow() const override;
  [[nodiscard]] Timer ArmAt(MonotonicTime when, Callback callback) override;

  /// Calls back with the events of epoll(7) that have occurred (level-triggered; EPOLLERR and EPOLLHUP always count).
  /// Requires: nobody else watches `fd` here.
  [[nodiscard]] FdWatch Watch(int fd, std::uint32_t epoll_events, std::function<void(std::uint32_t)> callback);
  /// Runs `work` on the loop's thread, after what was posted before. From any thread.
  void Post(std::function<void()> work);

  /// Runs callbacks until Stop.
  void Run();
  /// Lets the Run under way return when its callback does, or the next one return at once. From any thread.
  void Stop();
  /// Waits, not longer than `timeout`, until something is there to do, and does it: due timers, ready descriptors,
  /// posted work. False when there was nothing.
  bool RunOnce(Nanoseconds timeout);

 protected:
  void Cancel(std::uint64_t id) override { timers_.Remove(id); }

 private:
  friend class FdWatch;

  struct WatchSlot {
    int fd = -1;
    std::uint32_t generation = 0;
    /// On the heap: it may be running when its watch ends or another one begins.
    std::unique_ptr<std::function<void(std::uint32_t)>> callback;
  };

  void Unwatch(std::uint64_t id);
  void ChangeWatch(std::uint64_t id, std::uint32_t epoll_events);
  /// RunOnce, but may return false before the time is over.
  bool RunRound(Nanoseconds timeout);
  bool RunDueTimers();
  bool RunPosted();
  bool RunReady(int timeout_ms);
  void SetTimerFd();
  void Wake();

  const std::int64_t monotonic_origin_ns_;
  const OwnedFd epoll_;
  const OwnedFd timer_fd_;
  const OwnedFd wake_fd_;

  TimerQueue timers_;
  /// What timer_fd_ is set to; MonotonicTime::max(): nothing.
  MonotonicTime timer_fd_due_ = MonotonicTime::max();

  std::vector<WatchSlot> watches_;
  std::vector<std::uint32_t> free_watches_;
  std::vector<std::unique_ptr<std::function<void(std::uint32_t)>>> ended_callbacks_;

  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  std::vector<std::function<void()>> running_posted_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace stalemark
