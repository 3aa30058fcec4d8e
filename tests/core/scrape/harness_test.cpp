// SPDX-License-Identifier: Apache-2.0
// What the simulation promises about time, chance and host to those who compare runs (spec section 17).
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

/// Wall time of the first request, in ms after the start.
std::int64_t FirstRequestMs(const EngineOptions& options) {
  Engine engine(options);
  const std::int64_t start = UnixMillis(engine.clock().WallNow());
  engine.Expose("m 1\n").Scrape();
  return UnixMillis(engine.clock().WallNow()) - start;
}

/// The series whose markers a scrape writes, in order; *samples: what is stored of `b` at the end.
std::string MarkerOrder(const EngineOptions& options, std::string* samples) {
  std::string order;
  Engine engine(options);
  engine.Expose("a 1\nb 1\nc 1\n").Scrape();
  engine.Refuse([&order](const AppendRequest& request) {
    if (IsStaleNaN(request.value_bits)) order += request.labels->Get(kMetricName);
    return AppendCode::kOk;
  });
  engine.Expose("d 1\n").Scrape();
  *samples = engine.Samples("a") + '/' + engine.Samples("b") + '/' + engine.Samples("c");
  return order;
}

BOOST_AUTO_TEST_CASE(HARN_01_markers_come_in_an_order_that_is_chosen_and_are_the_same_set) {
  EngineOptions last;
  last.last_choices = {ChoicePoint::kStaleMarkerOrder};
  std::string samples;
  BOOST_TEST(MarkerOrder({}, &samples) == "abc");
  BOOST_TEST(samples == "0:1 10:stale/0:1 10:stale/0:1 10:stale");
  BOOST_TEST(MarkerOrder(last, &samples) == "cab");
  BOOST_TEST(samples == "0:1 10:stale/0:1 10:stale/0:1 10:stale");
}

BOOST_AUTO_TEST_CASE(HARN_02_HARN_05_the_host_decides_when_the_first_scrape_is) {
  EngineOptions other;
  other.hostname = "other";
  const std::int64_t first = FirstRequestMs({});
  BOOST_TEST(FirstRequestMs({}) == first);
  BOOST_TEST(FirstRequestMs(other) != first);
  EngineOptions later;
  later.scrape.initial_scrape_offset = 3s;
  BOOST_TEST(FirstRequestMs(later) == first + 3000);
}

BOOST_AUTO_TEST_CASE(HARN_03_a_loop_that_goes_while_a_commit_overruns_its_tick_may_take_the_tick) {
  for (const bool takes_the_tick : {false, true}) {
    EngineOptions options;
    if (takes_the_tick) options.last_choices = {ChoicePoint::kTickOrCancel};
    Engine engine(options);
    engine.storage().SetFault(1, {12s, ""});  // the scrape at 10 ends at 22
    engine.Expose("m 1\n").Scrape().Advance(11s);
    engine.Discover({}).Advance(40s);
    BOOST_TEST(engine.loops == (takes_the_tick ? "start, stop 22, end of run 41" : "start, stop 22, end of run 31"));
    BOOST_TEST(engine.Samples("m") == (takes_the_tick ? "0:1 10:1 30:stale" : "0:1 10:1 22:stale"));
  }
}

BOOST_AUTO_TEST_CASE(HARN_04_durations_are_those_of_the_simulated_server) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.Samples("scrape_duration_seconds") == "0:0");
  ResponseScript slow;
  slow.body = "m 1\n";
  slow.delay = 250ms;
  slow.body_delay = 1s;
  engine.Answer(slow).Scrape();
  BOOST_TEST(engine.Samples("scrape_duration_seconds") == "0:0 10:1.25");
}

BOOST_AUTO_TEST_CASE(HARN_07_a_reload_that_is_due_while_another_waits_for_a_scrape_goes_on_after_it) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  ResponseScript slow;
  slow.body = "m 2\n";
  slow.delay = 4s;
  engine.Answer(slow).Advance(10s);  // in flight
  engine.Expose("n 1\n", "b:1");
  engine.Discover({{{"__address__", "b:1"}}});
  BOOST_TEST(engine.Configure(JobYaml("scrape_interval: 20s")) == "");  // waits for the scrape
  engine.Answer(slow, "b:1").Advance(60s);
  BOOST_TEST(engine.Targets().substr(0, 4) == "b:1 ");
  engine.Stop();
  BOOST_TEST(engine.Samples("m").substr(0, 8) == "0:1 10:2");
}

}  // namespace
}  // namespace stalemark::testing
