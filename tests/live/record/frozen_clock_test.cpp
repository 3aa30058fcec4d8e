// SPDX-License-Identifier: Apache-2.0
#include "live/record/frozen_clock.h"

#include <boost/test/unit_test.hpp>

#include "sim/late_scheduler.h"
#include "sim/virtual_clock.h"
#include "tests/sim/scheduler_suite.h"

namespace stalemark {
namespace {

using std::chrono::milliseconds;

class FrozenUnderTest final : public testing::SchedulerUnderTest {
 public:
  FrozenUnderTest() {
    frozen_.Enter([] {});
  }
  Clock& clock() override { return frozen_; }
  Scheduler& scheduler() override { return frozen_; }
  void Advance(Nanoseconds span) override {
    real_.RunUntil(real_.MonotonicNow() + span);
    // The engine's clock moves when the engine is called.
    frozen_.Enter([] {});
  }
  Nanoseconds tick() const override { return milliseconds(1); }

 private:
  VirtualClock real_{WallTime(std::chrono::seconds(1'700'000'000))};
  FrozenClock frozen_{real_, real_};
};

struct Frozen {
  VirtualClock real{WallTime(std::chrono::seconds(1'700'000'000))};
  LateScheduler late{real};
  FrozenClock clock{real, late};

  void Pass(Nanoseconds span) { real.RunUntil(real.MonotonicNow() + span); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(frozen_clock)

BOOST_AUTO_TEST_CASE(time_begins_with_the_first_call_and_stands_still_inside_one) {
  Frozen f;
  f.Pass(std::chrono::seconds(3));
  f.clock.Enter([&] {
    BOOST_TEST(f.clock.MonotonicNow().time_since_epoch().count() == 0);
    f.real.Pause(milliseconds(40));
    BOOST_TEST(f.clock.MonotonicNow().time_since_epoch().count() == 0);
  });
  f.clock.Enter([&] { BOOST_TEST((f.clock.MonotonicNow().time_since_epoch() == milliseconds(40))); });
  BOOST_TEST(UnixNanos(f.clock.start()) == 1'700'000'003'000'000'000);
  BOOST_TEST(UnixNanos(f.clock.WallNow()) == 1'700'000'003'040'000'000);
}

BOOST_AUTO_TEST_CASE(every_call_has_an_instant_of_its_own) {
  Frozen f;
  f.clock.Enter([] {});
  const MonotonicTime first = f.clock.MonotonicNow();
  f.clock.Enter([&] {
    BOOST_TEST((f.clock.MonotonicNow() - first).count() == 2);
    f.clock.Enter([&] { BOOST_TEST((f.clock.MonotonicNow() - first).count() == 2); });
  });
  f.clock.Stamp();
  BOOST_TEST((f.clock.MonotonicNow() - first).count() == 4);
}

BOOST_AUTO_TEST_CASE(late_timers_are_kept_and_those_cancelled_in_time_are_not) {
  Frozen f;
  f.late.SetSpans({{MonotonicTime(milliseconds(10)), MonotonicTime(milliseconds(20)), milliseconds(5)}}, 3);
  Timer fires, in_time, too_late, waits;
  f.clock.Enter([&] {
    fires = f.clock.ArmAt(MonotonicTime(milliseconds(10)), [] {});
    in_time = f.clock.ArmAt(MonotonicTime(milliseconds(30)), [] {});
    too_late = f.clock.ArmAt(MonotonicTime(milliseconds(10)), [] { BOOST_ERROR("was cancelled"); });
    waits = f.clock.ArmAt(MonotonicTime(milliseconds(50)), [] {});
  });
  // Its real timer waits behind the first, which is late.
  f.real.Pause(milliseconds(10));
  f.clock.Enter([&] {
    too_late.Reset();
    in_time.Reset();
  });
  f.Pass(milliseconds(20));
  const std::vector<RecordedTimer> timers = f.clock.Timers(MonotonicTime(milliseconds(60)));
  BOOST_REQUIRE_EQUAL(timers.size(), 3);
  BOOST_TEST(
      (timers[0].due == MonotonicTime(milliseconds(10)) && timers[0].nth == 0 && *timers[0].fired > timers[0].due));
  BOOST_TEST((timers[1].due == MonotonicTime(milliseconds(10)) && timers[1].nth == 1 && !timers[1].fired));
  BOOST_TEST((timers[2].due == MonotonicTime(milliseconds(50)) && !timers[2].fired));
  BOOST_TEST(f.clock.Timers(MonotonicTime(milliseconds(40))).size() == 2);
}

BOOST_AUTO_TEST_CASE(the_wall_clock_steps_by_whole_milliseconds_when_it_is_off) {
  Frozen f;
  f.clock.Enter([] {});
  f.real.StepWall(std::chrono::microseconds(1999));
  f.Pass(milliseconds(1));
  f.clock.Enter([] {});
  BOOST_TEST(f.clock.steps().empty());
  f.real.StepWall(std::chrono::microseconds(-5000));
  f.Pass(milliseconds(1));
  f.clock.Enter([] {});
  BOOST_REQUIRE_EQUAL(f.clock.steps().size(), 1);
  BOOST_TEST((f.clock.steps()[0].step == milliseconds(-3)));
  BOOST_TEST((f.clock.steps()[0].at == f.clock.MonotonicNow() - Nanoseconds(1)));
  BOOST_TEST((f.clock.WallNow() - f.clock.start() == milliseconds(2 - 3)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark
