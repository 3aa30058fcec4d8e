// SPDX-License-Identifier: Apache-2.0
// VirtualClock: the seam's suite, order at one instant (HARN-08), wall steps, and a naive twin on random timers.
#include "sim/virtual_clock.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/sim/scheduler_suite.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kStart{Nanoseconds{1'767'225'600'000'000'000}};

MonotonicTime At(Nanoseconds since_start) {
  return MonotonicTime{since_start};
}

class VirtualClockUnderTest final : public testing::SchedulerUnderTest {
 public:
  Clock& clock() override { return clock_; }
  Scheduler& scheduler() override { return clock_; }
  void Advance(Nanoseconds span) override { clock_.RunUntil(clock_.MonotonicNow() + span); }
  Nanoseconds tick() const override { return Nanoseconds{1}; }

 private:
  VirtualClock clock_{kStart};
};

// A linear congruential generator: the same numbers with every library.
class Numbers {
 public:
  std::uint32_t Below(std::uint32_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(virtual_clock)

BOOST_AUTO_TEST_CASE(scheduler_seam) {
  testing::RunSchedulerSuite([] { return std::make_unique<VirtualClockUnderTest>(); });
}

BOOST_AUTO_TEST_CASE(HARN_08_everything_of_an_instant_before_the_callers_events) {
  VirtualClock clock(kStart);
  std::string order;
  Timer follow_up;
  const Timer tick = clock.ArmAt(At(seconds{5}), [&] {
    order += 't';
    follow_up = clock.ArmAt(clock.MonotonicNow(), [&] { order += 'f'; });
  });
  const Timer later = clock.ArmAt(At(seconds{5} + Nanoseconds{1}), [&] { order += 'l'; });
  clock.RunUntil(At(seconds{5}));
  order += 'e';
  BOOST_TEST(order == "tfe");
  BOOST_TEST((clock.MonotonicNow() == At(seconds{5})));
  clock.RunUntil(At(seconds{6}));
  BOOST_TEST(order == "tfel");
}

BOOST_AUTO_TEST_CASE(time_moves_to_each_timer_and_then_to_the_limit) {
  VirtualClock clock(kStart);
  MonotonicTime seen{};
  const Timer timer = clock.ArmAt(At(milliseconds{1500}), [&] { seen = clock.MonotonicNow(); });
  BOOST_TEST((clock.NextDue() == At(milliseconds{1500})));
  BOOST_TEST(!clock.RunNext(At(milliseconds{1499})));
  BOOST_TEST((clock.MonotonicNow() == At(Nanoseconds{0})));
  clock.RunUntil(At(seconds{9}));
  BOOST_TEST((seen == At(milliseconds{1500})));
  BOOST_TEST((clock.MonotonicNow() == At(seconds{9})));
  BOOST_TEST((clock.NextDue() == std::nullopt));
  clock.RunUntil(At(seconds{3}));
  BOOST_TEST((clock.MonotonicNow() == At(seconds{9})));
}

BOOST_AUTO_TEST_CASE(wall_steps_move_no_timer) {
  VirtualClock clock(kStart);
  WallTime seen{};
  const Timer timer = clock.ArmAt(At(seconds{10}), [&] { seen = clock.WallNow(); });
  clock.RunUntil(At(seconds{4}));
  clock.StepWall(-seconds{3});
  BOOST_TEST((clock.WallNow() == kStart + seconds{1}));
  BOOST_TEST((clock.MonotonicNow() == At(seconds{4})));
  clock.RunUntil(At(seconds{10}));
  BOOST_TEST((seen == kStart + seconds{7}));
}

BOOST_AUTO_TEST_CASE(random_timers_agree_with_a_sorted_map) {
  VirtualClock clock(kStart);
  // The twin: fires the smallest (time, arming order).
  std::map<std::pair<std::int64_t, std::uint64_t>, std::uint64_t> twin;
  std::map<std::uint64_t, std::pair<Timer, std::pair<std::int64_t, std::uint64_t>>> armed;
  std::uint64_t next_id = 0, fired = 0, wrong = 0;
  Numbers numbers;
  for (int round = 0; round < 20'000; ++round) {
    const std::int64_t now = clock.MonotonicNow().time_since_epoch().count();
    const std::uint32_t action = numbers.Below(10);
    if (action < 5) {
      const std::int64_t when = now + numbers.Below(50);
      const std::uint64_t id = next_id++;
      Timer timer = clock.ArmAt(At(Nanoseconds{when}), [&, id] {
        wrong += twin.empty() || twin.begin()->second != id;
        twin.erase(twin.begin());
        armed.erase(id);
        ++fired;
      });
      twin[{when, id}] = id;
      armed.emplace(id, std::make_pair(std::move(timer), std::make_pair(when, id)));
    } else if (action < 7 && !armed.empty()) {
      auto victim = armed.lower_bound(numbers.Below(static_cast<std::uint32_t>(next_id)));
      if (victim == armed.end()) victim = armed.begin();
      twin.erase(victim->second.second);
      armed.erase(victim);
    } else {
      clock.RunUntil(At(Nanoseconds{now + numbers.Below(10)}));
    }
    BOOST_REQUIRE(clock.armed_count() == twin.size());
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(fired > 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
