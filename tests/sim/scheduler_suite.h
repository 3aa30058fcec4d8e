// SPDX-License-Identifier: Apache-2.0
// What every Clock with its Scheduler must do. An implementation's test gives a factory and calls RunSchedulerSuite;
// the letters that timers append to a string are the order in which they fired.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/seams/clock.h"
#include "core/seams/scheduler.h"

namespace stalemark::testing {

/// One implementation, freshly made.
class SchedulerUnderTest {
 public:
  virtual ~SchedulerUnderTest() = default;
  virtual Clock& clock() = 0;
  virtual Scheduler& scheduler() = 0;
  /// Lets `span` of monotonic time pass and fires what is due until then.
  virtual void Advance(Nanoseconds span) = 0;
  /// A span that the implementation can tell from zero and from twice itself.
  virtual Nanoseconds tick() const = 0;
};

using SchedulerFactory = std::function<std::unique_ptr<SchedulerUnderTest>()>;

namespace scheduler_suite {

using Order = std::string;

inline Scheduler::Callback Append(Order* order, char letter) {
  return [order, letter] { *order += letter; };
}

inline void FiresInOrderOfTime(SchedulerUnderTest& under_test) {
  const MonotonicTime start = under_test.clock().MonotonicNow();
  const Nanoseconds tick = under_test.tick();
  Order order;
  const Timer c = under_test.scheduler().ArmAt(start + 5 * tick, Append(&order, 'c'));
  const Timer a = under_test.scheduler().ArmAt(start + 2 * tick, Append(&order, 'a'));
  const Timer b = under_test.scheduler().ArmAt(start + 3 * tick, Append(&order, 'b'));
  BOOST_TEST(order == "");
  under_test.Advance(4 * tick);
  BOOST_TEST(order == "ab");
  under_test.Advance(4 * tick);
  BOOST_TEST(order == "abc");
}

inline void FiresOnceAndNeverEarly(SchedulerUnderTest& under_test) {
  const MonotonicTime due = under_test.clock().MonotonicNow() + 2 * under_test.tick();
  std::vector<MonotonicTime> fired;
  const Timer timer = under_test.scheduler().ArmAt(due, [&] { fired.push_back(under_test.clock().MonotonicNow()); });
  under_test.Advance(8 * under_test.tick());
  BOOST_REQUIRE(fired.size() == 1);
  BOOST_TEST((fired[0] >= due));
}

inline void OneInstantFiresInArmingOrder(SchedulerUnderTest& under_test) {
  const MonotonicTime due = under_test.clock().MonotonicNow() + under_test.tick();
  Order order;
  std::vector<Timer> timers;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    timers.push_back(under_test.scheduler().ArmAt(due, Append(&order, letter)));
  }
  // Cancelling some must not disturb the order of the others.
  timers[1].Reset();
  timers[20].Reset();
  under_test.Advance(2 * under_test.tick());
  BOOST_TEST(order == "acdefghijklmnopqrstvwxyz");
}

inline void PastMeansNowButNeverInsideArmAt(SchedulerUnderTest& under_test) {
  Order order;
  const MonotonicTime now = under_test.clock().MonotonicNow();
  const Timer a = under_test.scheduler().ArmAt(now, Append(&order, 'a'));
  const Timer b = under_test.scheduler().ArmAt(now - under_test.tick(), Append(&order, 'b'));
  BOOST_TEST(order == "");
  under_test.Advance(under_test.tick());
  BOOST_TEST(order == "ab");
}

inline void CancelledTimersNeverFire(SchedulerUnderTest& under_test) {
  const MonotonicTime due = under_test.clock().MonotonicNow() + under_test.tick();
  Order order;
  { const Timer a = under_test.scheduler().ArmAt(due, Append(&order, 'a')); }
  Timer b = under_test.scheduler().ArmAt(due, Append(&order, 'b'));
  b.Reset();
  b.Reset();
  Timer c = under_test.scheduler().ArmAt(due, Append(&order, 'c'));
  c = under_test.scheduler().ArmAt(due, Append(&order, 'd'));
  under_test.Advance(2 * under_test.tick());
  BOOST_TEST(order == "d");
}

inline void AFiredHandleCancelsNothingElse(SchedulerUnderTest& under_test) {
  Order order;
  Timer a = under_test.scheduler().ArmAt(under_test.clock().MonotonicNow(), Append(&order, 'a'));
  under_test.Advance(under_test.tick());
  // An implementation may reuse what `a` was kept in.
  const Timer b = under_test.scheduler().ArmAt(under_test.clock().MonotonicNow(), Append(&order, 'b'));
  a.Reset();
  under_test.Advance(under_test.tick());
  BOOST_TEST(order == "ab");
}

inline void CallbacksMayArmAndCancel(SchedulerUnderTest& under_test) {
  const MonotonicTime due = under_test.clock().MonotonicNow() + under_test.tick();
  Order order;
  Timer b, c, follow_up, self;
  self = under_test.scheduler().ArmAt(due, [&] {
    order += 'a';
    b.Reset();
    follow_up = under_test.scheduler().ArmAt(under_test.clock().MonotonicNow(), Append(&order, 'f'));
    self.Reset();
    order += '.';
  });
  b = under_test.scheduler().ArmAt(due, Append(&order, 'b'));
  c = under_test.scheduler().ArmAt(due, Append(&order, 'c'));
  under_test.Advance(2 * under_test.tick());
  BOOST_TEST(order == "a.cf");
}

inline void MonotonicTimeNeverDecreases(SchedulerUnderTest& under_test) {
  MonotonicTime last = under_test.clock().MonotonicNow();
  for (int i = 0; i < 3; ++i) {
    under_test.Advance(under_test.tick());
    const MonotonicTime now = under_test.clock().MonotonicNow();
    BOOST_TEST((now - last >= under_test.tick()));
    last = now;
  }
}

}  // namespace scheduler_suite

inline void RunSchedulerSuite(const SchedulerFactory& make) {
  using Check = void (*)(SchedulerUnderTest&);
  const struct {
    const char* name;
    Check check;
  } checks[] = {
      {"fires in order of time", scheduler_suite::FiresInOrderOfTime},
      {"fires once and never early", scheduler_suite::FiresOnceAndNeverEarly},
      {"one instant fires in arming order", scheduler_suite::OneInstantFiresInArmingOrder},
      {"past means now, but never inside ArmAt", scheduler_suite::PastMeansNowButNeverInsideArmAt},
      {"cancelled timers never fire", scheduler_suite::CancelledTimersNeverFire},
      {"a fired handle cancels nothing else", scheduler_suite::AFiredHandleCancelsNothingElse},
      {"callbacks may arm and cancel", scheduler_suite::CallbacksMayArmAndCancel},
      {"monotonic time never decreases", scheduler_suite::MonotonicTimeNeverDecreases},
  };
  for (const auto& row : checks) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::unique_ptr<SchedulerUnderTest> under_test = make();
      row.check(*under_test);
    }
  }
}

}  // namespace stalemark::testing
