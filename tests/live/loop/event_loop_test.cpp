// SPDX-License-Identifier: Apache-2.0
// EventLoop: the seam's suite in real time, descriptors, work from other threads, stopping.
#include "live/loop/event_loop.h"

#include <memory>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "live/loop/file_limit.h"
#include "tests/sim/scheduler_suite.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class EventLoopUnderTest final : public testing::SchedulerUnderTest {
 public:
  Clock& clock() override { return loop_; }
  Scheduler& scheduler() override { return loop_; }
  void Advance(Nanoseconds span) override {
    const MonotonicTime until = loop_.MonotonicNow() + span;
    while (loop_.MonotonicNow() < until) loop_.RunOnce(until - loop_.MonotonicNow());
  }
  /// Long against what a busy machine takes between two lines of a test.
  Nanoseconds tick() const override { return milliseconds(40); }

 private:
  EventLoop loop_;
};

/// An eventfd: readable once signalled, until read.
class Signal {
 public:
  int fd() const { return fd_.get(); }
  void Raise() const { BOOST_REQUIRE(eventfd_write(fd_.get(), 1) == 0); }
  void Clear() const {
    eventfd_t value = 0;
    BOOST_REQUIRE(eventfd_read(fd_.get(), &value) == 0);
  }

 private:
  OwnedFd fd_{eventfd(0, EFD_NONBLOCK)};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(event_loop)

BOOST_AUTO_TEST_CASE(scheduler_seam) {
  testing::RunSchedulerSuite([] { return std::make_unique<EventLoopUnderTest>(); });
}

BOOST_AUTO_TEST_CASE(timers_fire_to_the_millisecond_while_it_waits) {
  EventLoop loop;
  const MonotonicTime due = loop.MonotonicNow() + milliseconds(30) + std::chrono::microseconds(300);
  MonotonicTime fired{};
  const Timer timer = loop.ArmAt(due, [&] {
    fired = loop.MonotonicNow();
    loop.Stop();
  });
  loop.Run();
  BOOST_TEST((fired >= due));
  BOOST_TEST((fired - due < seconds(5)));
}

BOOST_AUTO_TEST_CASE(nothing_to_do_waits_no_longer_than_told) {
  EventLoop loop;
  const MonotonicTime start = loop.MonotonicNow();
  BOOST_TEST(!loop.RunOnce(milliseconds(20)));
  const Nanoseconds waited = loop.MonotonicNow() - start;
  BOOST_TEST((waited >= milliseconds(19)));
  BOOST_TEST((waited < seconds(5)));
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
}

BOOST_AUTO_TEST_CASE(a_far_timer_does_not_shorten_the_wait_and_a_passed_one_does_not_spin) {
  EventLoop loop;
  const Timer far = loop.ArmAt(loop.MonotonicNow() + std::chrono::hours(24), [] {});
  Timer cancelled = loop.ArmAt(loop.MonotonicNow() + milliseconds(1), [] {});
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
  // The descriptor is set to a timer that is cancelled before it fires: one idle round, then quiet.
  int rounds = 0;
  cancelled.Reset();
  const MonotonicTime start = loop.MonotonicNow();
  while (loop.MonotonicNow() - start < milliseconds(40)) {
    loop.RunOnce(milliseconds(10));
    ++rounds;
  }
  BOOST_TEST(rounds < 8);
}

BOOST_AUTO_TEST_CASE(watches_tell_until_they_end) {
  EventLoop loop;
  const Signal signal;
  int calls = 0;
  FdWatch watch = loop.Watch(signal.fd(), EPOLLIN, [&](std::uint32_t events) {
    BOOST_TEST((events & EPOLLIN) != 0U);
    ++calls;
  });
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
  signal.Raise();
  BOOST_TEST(loop.RunOnce(seconds(5)));
  BOOST_TEST(loop.RunOnce(seconds(5)));  // level-triggered
  BOOST_TEST(calls == 2);
  watch.SetEvents(0);
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
  watch.SetEvents(EPOLLIN);
  signal.Clear();
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
  signal.Raise();
  watch.Reset();
  BOOST_TEST(!loop.RunOnce(Nanoseconds(0)));
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_callback_may_end_its_own_watch_and_others_that_are_ready) {
  EventLoop loop;
  const Signal a, b, c;
  std::string order;
  FdWatch watch_a, watch_b, watch_c;
  // Whichever of the two comes first ends both and begins a third in the place of one.
  const auto callback = [&](char letter) {
    return [&, letter, text = std::string(100, letter)](std::uint32_t) {
      order += letter;
      watch_a.Reset();
      watch_b.Reset();
      watch_c = loop.Watch(c.fd(), EPOLLIN, [&](std::uint32_t) { order += 'c'; });
      BOOST_TEST(text == std::string(100, letter));
    };
  };
  watch_a = loop.Watch(a.fd(), EPOLLIN, callback('x'));
  watch_b = loop.Watch(b.fd(), EPOLLIN, callback('x'));
  a.Raise();
  b.Raise();
  loop.RunOnce(seconds(5));
  BOOST_TEST(order == "x");
  c.Raise();
  loop.RunOnce(seconds(5));
  BOOST_TEST(order == "xc");
}

BOOST_AUTO_TEST_CASE(work_posted_by_threads_runs_here_in_order) {
  EventLoop loop;
  std::string order;
  std::thread poster([&] {
    for (char letter = 'a'; letter <= 'e'; ++letter) {
      loop.Post([&order, letter] { order += letter; });
    }
    loop.Post([&] { loop.Stop(); });
  });
  loop.Run();
  poster.join();
  BOOST_TEST(order == "abcde");
}

BOOST_AUTO_TEST_CASE(a_wake_for_work_that_is_done_does_not_end_a_wait) {
  EventLoop loop;
  const Signal signal;
  // Ready first, so that the round that runs the work may have seen the signal and not the wake.
  const FdWatch watch = loop.Watch(signal.fd(), EPOLLIN, [&](std::uint32_t) {
    signal.Clear();
    loop.Post([] {});
  });
  signal.Raise();
  BOOST_TEST(loop.RunOnce(seconds(5)));
  const MonotonicTime start = loop.MonotonicNow();
  BOOST_TEST(!loop.RunOnce(milliseconds(20)));
  BOOST_TEST((loop.MonotonicNow() - start >= milliseconds(19)));
}

BOOST_AUTO_TEST_CASE(work_may_post_more) {
  EventLoop loop;
  std::string order;
  loop.Post([&] {
    order += 'a';
    loop.Post([&] { order += 'b'; });
  });
  loop.RunOnce(seconds(5));
  loop.RunOnce(seconds(5));
  BOOST_TEST(order == "ab");
}

BOOST_AUTO_TEST_CASE(a_stop_before_run_counts_and_ends_one_run) {
  EventLoop loop;
  loop.Stop();
  loop.Run();
  bool ran = false;
  const Timer timer = loop.ArmAt(loop.MonotonicNow(), [&] {
    ran = true;
    loop.Stop();
  });
  loop.Run();
  BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(as_many_descriptors_as_the_machine_allows) {
  rlimit limit{};
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit lower{limit.rlim_max / 2, limit.rlim_max};
  BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &lower) == 0);
  RaiseFileLimit();
  BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  BOOST_TEST(limit.rlim_cur == limit.rlim_max);
}

BOOST_AUTO_TEST_CASE(wall_time_is_the_machines) {
  const EventLoop loop;
  const std::int64_t now_s = UnixMillis(loop.WallNow()) / 1000;
  BOOST_TEST(now_s > 1'700'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
