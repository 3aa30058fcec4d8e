// SPDX-License-Identifier: Apache-2.0
// LateScheduler: what is late and by how much, and what keeps its time and order.
#include "sim/late_scheduler.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace stalemark {
namespace {

using std::chrono::seconds;

MonotonicTime At(Nanoseconds since_start) {
  return MonotonicTime{since_start};
}

/// When timers that are due at these times fire.
std::vector<std::int64_t> FiredAt(std::vector<LateSpan> spans, std::uint64_t seed,
                                  const std::vector<Nanoseconds>& due) {
  VirtualClock clock(WallTime{});
  LateScheduler late(clock);
  late.SetSpans(std::move(spans), seed);
  std::vector<std::int64_t> fired(due.size(), -1);
  std::vector<Timer> timers;
  for (std::size_t i = 0; i < due.size(); ++i) {
    timers.push_back(late.ArmAt(At(due[i]), [&, i] { fired[i] = clock.MonotonicNow().time_since_epoch().count(); }));
  }
  clock.RunUntil(At(seconds(1000)));
  return fired;
}

BOOST_AUTO_TEST_SUITE(late_scheduler)

BOOST_AUTO_TEST_CASE(without_spans_nothing_is_late) {
  const std::vector<std::int64_t> expected = {1'000'000'000, 2'000'000'000};
  BOOST_TEST(FiredAt({}, 1, {seconds(1), seconds(2)}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(draws_are_uniform_up_to_the_limit_and_come_from_the_seed) {
  const std::vector<Nanoseconds> due(200, seconds(10));
  const std::vector<LateSpan> spans = {{At(seconds(5)), At(seconds(15)), Nanoseconds(3)}};
  const auto fired = FiredAt(spans, 7, due);
  std::size_t counts[4] = {};
  for (const std::int64_t at : fired) {
    BOOST_REQUIRE(at >= 10'000'000'000);
    BOOST_REQUIRE(at <= 10'000'000'003);
    ++counts[at - 10'000'000'000];
  }
  for (const std::size_t count : counts) BOOST_TEST(count > 25U);
  BOOST_TEST(FiredAt(spans, 7, due) == fired, boost::test_tools::per_element());
  BOOST_TEST((FiredAt(spans, 8, due) != fired));
}

BOOST_AUTO_TEST_CASE(draws_are_those_of_splitmix64) {
  // The generator's published first numbers for seed 1234567, modulo 1000.
  const std::vector<LateSpan> spans = {{At(seconds(0)), At(seconds(9)), Nanoseconds(999)}};
  const std::vector<std::int64_t> expected = {1'000'000'000 + 6457827717110365317 % 1000,
                                              1'000'000'000 + 3203168211198807973 % 1000,
                                              1'000'000'000 + 9817491932198370423U % 1000};
  BOOST_TEST(FiredAt(spans, 1234567, {seconds(1), seconds(1), seconds(1)}) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_span_has_its_first_instant_and_not_its_last) {
  // Limits tell who was asked: each timer's lateness lies below its span's limit and, drawn wide, above the other's.
  const std::vector<LateSpan> spans = {{At(seconds(10)), At(seconds(20)), seconds(100)}};
  const auto fired =
      FiredAt(spans, 3, {seconds(10) - Nanoseconds(1), seconds(10), seconds(20) - Nanoseconds(1), seconds(20)});
  BOOST_TEST(fired[0] == 9'999'999'999);
  BOOST_TEST(fired[1] > 10'000'000'000);
  BOOST_TEST(fired[2] > 19'999'999'999);
  BOOST_TEST(fired[3] == 20'000'000'000);
}

BOOST_AUTO_TEST_CASE(of_overlapping_spans_the_last_counts) {
  const std::vector<LateSpan> spans = {{At(seconds(0)), At(seconds(100)), seconds(50)},
                                       {At(seconds(10)), At(seconds(20)), Nanoseconds(0)}};
  const auto fired = FiredAt(spans, 3, {seconds(5), seconds(15), seconds(25)});
  BOOST_TEST(fired[0] > 5'000'000'000);
  BOOST_TEST(fired[1] == 15'000'000'000);
  BOOST_TEST(fired[2] > 25'000'000'000);
}

BOOST_AUTO_TEST_CASE(wake_ups_within_one_instant_keep_their_order_and_time) {
  VirtualClock clock(WallTime{});
  LateScheduler late(clock);
  late.SetSpans({{At(seconds(0)), At(seconds(100)), seconds(9)}}, 1);
  std::string order;
  std::vector<Timer> timers;
  timers.push_back(clock.ArmAt(At(seconds(10)), [&] {
    for (const char name : {'a', 'b', 'c'}) {
      timers.push_back(late.ArmAt(clock.MonotonicNow(), [&order, name] { order += name; }));
    }
    // What is past is due now.
    timers.push_back(late.ArmAt(At(seconds(1)), [&order] { order += 'd'; }));
  }));
  clock.RunUntil(At(seconds(10)));
  BOOST_TEST(order == "abcd");
}

BOOST_AUTO_TEST_CASE(a_late_timer_can_be_cancelled) {
  VirtualClock clock(WallTime{});
  LateScheduler late(clock);
  late.SetSpans({{At(seconds(0)), At(seconds(100)), seconds(9)}}, 1);
  bool fired = false;
  Timer timer = late.ArmAt(At(seconds(1)), [&] { fired = true; });
  timer.Reset();
  clock.RunUntil(At(seconds(100)));
  BOOST_TEST(!fired);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark
