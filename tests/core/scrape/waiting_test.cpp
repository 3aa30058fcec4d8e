// SPDX-License-Identifier: Apache-2.0
// What the state machines wait on. Each callback appends a letter; the order is the assertion.
#include "core/scrape/waiting.h"

#include <chrono>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/virtual_clock.h"

namespace stalemark {
namespace {

using namespace std::chrono_literals;

struct Waiting {
  VirtualClock clock{WallTime{}};
  TimeSource time{&clock, &clock};
  std::string seen;

  Scheduler::Callback Append(char letter) {
    return [this, letter] { seen += letter; };
  }
  void Run(Nanoseconds length = 0s) { clock.RunUntil(clock.MonotonicNow() + length); }
};

BOOST_FIXTURE_TEST_CASE(a_flag_wakes_its_waits_in_their_order_and_never_inside_set, Waiting) {
  Flag flag(time);
  FlagWait first, second;
  second.Start(flag, Append('2'));
  first.Start(flag, Append('1'));
  flag.Set();
  flag.Set();
  BOOST_TEST(seen == "");
  Run();
  BOOST_TEST(seen == "21");
}

BOOST_FIXTURE_TEST_CASE(a_wait_for_a_set_flag_ends_at_once, Waiting) {
  Flag flag(time);
  flag.Set();
  FlagWait wait;
  wait.Start(flag, Append('a'));
  BOOST_TEST(seen == "");
  Run();
  BOOST_TEST(seen == "a");
}

BOOST_FIXTURE_TEST_CASE(a_wait_that_was_reset_or_replaced_is_silent, Waiting) {
  Flag flag(time);
  FlagWait reset, replaced;
  reset.Start(flag, Append('a'));
  replaced.Start(flag, Append('b'));
  flag.Set();  // the wake-ups are under way
  reset.Reset();
  replaced.Start(flag, Append('c'));
  Run();
  BOOST_TEST(seen == "c");
}

BOOST_FIXTURE_TEST_CASE(a_wait_outlives_its_flag, Waiting) {
  std::optional<Flag> flag(time);
  FlagWait wait;
  wait.Start(*flag, Append('a'));
  flag.reset();
  Run();
  BOOST_TEST(seen == "");
}

BOOST_FIXTURE_TEST_CASE(a_flag_wait_may_start_the_next_wait_from_its_callback, Waiting) {
  Flag one(time), two(time);
  FlagWait wait;
  wait.Start(one, [&] {
    seen += '1';
    wait.Start(two, Append('2'));
  });
  one.Set();
  two.Set();
  Run();
  BOOST_TEST(seen == "12");
}

BOOST_FIXTURE_TEST_CASE(MGR_02_a_trigger_is_one_bit, Waiting) {
  Trigger trigger(time);
  trigger.Set();
  trigger.Set();
  trigger.Wait(Append('a'));
  Run();
  trigger.Wait(Append('b'));
  Run();
  BOOST_TEST(seen == "a");
  trigger.Set();
  Run();
  BOOST_TEST(seen == "ab");
}

BOOST_FIXTURE_TEST_CASE(LOOP_03_ticks_nobody_received_are_lost_but_for_one, Waiting) {
  Ticker ticker(time, 10s);
  const auto take = [&] {
    ticker.Wait([&] { seen += std::to_string(clock.MonotonicNow().time_since_epoch() / 1s) + ' '; });
  };
  Run(35s);
  BOOST_TEST(ticker.IsPending());
  take();  // the pending tick, late
  Run();
  BOOST_TEST(!ticker.IsPending());
  take();  // back on the grid
  Run(5s);
  BOOST_TEST(seen == "35 40 ");
}

BOOST_FIXTURE_TEST_CASE(LOOP_01_arming_a_ticker_starts_another_grid_and_forgets_the_tick, Waiting) {
  Ticker ticker(time, 10s);
  Run(13s);
  ticker.Arm();
  BOOST_TEST(!ticker.IsPending());
  ticker.Wait(Append('a'));
  Run(9s);
  BOOST_TEST(seen == "");
  Run(1s);
  BOOST_TEST(seen == "a");
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_wait_leaves_the_tick, Waiting) {
  Ticker ticker(time, 10s);
  ticker.Wait(Append('a'));
  ticker.CancelWait();
  Run(12s);
  BOOST_TEST(seen == "");
  BOOST_TEST(ticker.IsPending());
}

BOOST_FIXTURE_TEST_CASE(a_lock_is_granted_first_come_first_served, Waiting) {
  FifoLock lock(time);
  for (const char letter : {'1', '2', '3'}) lock.Acquire(Append(letter));
  Run();
  BOOST_TEST(seen == "1");
  lock.Release();
  lock.Acquire(Append('4'));
  Run();
  BOOST_TEST(seen == "12");
  lock.Release();
  Run();
  lock.Release();
  Run();
  BOOST_TEST(seen == "1234");
}

BOOST_FIXTURE_TEST_CASE(a_latch_opens_with_its_last_flag, Waiting) {
  Flag one(time), two(time);
  Latch latch(time);
  latch.Add(one);
  latch.Add(two);
  latch.Start(Append('a'));
  two.Set();
  Run();
  BOOST_TEST(seen == "");
  one.Set();
  Run();
  BOOST_TEST(seen == "a");
}

BOOST_FIXTURE_TEST_CASE(a_latch_of_nothing_opens_at_once, Waiting) {
  Latch latch(time);
  latch.Start(Append('a'));
  BOOST_TEST(seen == "");
  Run();
  BOOST_TEST(seen == "a");
}

}  // namespace
}  // namespace stalemark
