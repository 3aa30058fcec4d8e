// SPDX-License-Identifier: Apache-2.0
// Templates, restarts, folders of bodies and targets by time, in runs.
#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

std::string Series(const ScenarioResult& result, const std::string& name) {
  return Stored(result, name + "{instance=\"a:80\",job=\"j\"}");
}

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(a_template_knows_ordinal_clock_and_uptime) {
  const ScenarioResult result = RunText(TextOf(
      {"50s", "",
       "template: \"ordinal ${ordinal}\\nclock ${time}\\nms ${time_ms}\\nstart ${start_time}\\nup_time ${uptime}\\n\"",
       "  - {at: 20s, exporter: 'a:80', restart: true}\n  - {at: 21s, clock: {step: -100ms}}\n"}));
  BOOST_TEST(Failures(result) == "");
  BOOST_TEST(Series(result, "ordinal") == "15.546=1 30.446=2 45.446=3");
  // The exporter's clock is not the server's.
  BOOST_TEST(Series(result, "ms") == "15.546=1767225615546 30.446=1767225630546 45.446=1767225645546");
  BOOST_TEST(Series(result, "clock") == "15.546=1767225615.546 30.446=1767225630.546 45.446=1767225645.546");
  BOOST_TEST(Series(result, "start") == "15.546=1767225600 30.446=1767225620 45.446=1767225620");
  BOOST_TEST(Series(result, "up_time") == "15.546=15.546 30.446=10.546 45.446=25.546");
}

BOOST_AUTO_TEST_CASE(counters_of_a_template_begin_anew_unless_they_are_kept) {
  const ScenarioResult result = RunText(TextOf(
      {"70s", "",
       "template: \"a ${counter rate=10}\\nb ${counter step=2 from=1}\\nc ${counter rate=10 step=1 kept}\\n$$\\n\"",
       "  - {at: 40s, exporter: 'a:80', restart: 10s}\n"}));
  BOOST_TEST(Series(result, "up") == "15.546=0 30.546=0 45.546=0 60.546=0");  // `$` is no series
  const ScenarioResult good = RunText(TextOf({"70s", "",
                                              "template: \"a ${counter rate=10}\\nb ${counter step=2 "
                                              "from=1}\\nc{d=\\\"$$\\\"} ${counter rate=10 step=1 kept}\\n\"",
                                              "  - {at: 40s, exporter: 'a:80', restart: 10s}\n"}));
  BOOST_TEST(Failures(good) == "");
  BOOST_TEST(Series(good, "up") == "15.546=1 30.546=1 45.546=0 60.546=1");
  BOOST_TEST(Series(good, "a") == "15.546=155.46 30.546=305.46 45.546=stale 60.546=105.46");
  BOOST_TEST(Series(good, "b") == "15.546=1 30.546=3 45.546=stale 60.546=1");
  BOOST_TEST(Stored(good, "c{d=\"$\",instance=\"a:80\",job=\"j\"}") ==
             "15.546=155.46 30.546=306.46 45.546=stale 60.546=607.46");
}

BOOST_AUTO_TEST_CASE(a_restart_uses_up_no_value_and_shows_when_it_is_over) {
  RunOptions options;
  options.lines = RunOptions::Lines::kTimeline;
  const ScenarioResult result = RunText(
      TextOf({"70s", "", "series: [{series: m, values: '1+1x9'}]", "  - {at: 20s, exporter: 'a:80', restart: 15s}\n"}),
      options);
  BOOST_TEST(Series(result, "m") == "15.546=1 30.546=stale 45.546=2 60.546=3");
  std::string events;
  for (const TimelineLine& line : result.timeline) {
    if (line.event == "event") events += line.detail + "; ";
  }
  BOOST_TEST(events == "a:80: restart, for 15s; over: a:80: restart; ");
}

BOOST_AUTO_TEST_CASE(bodies_of_a_folder_are_answered_in_the_order_of_their_numbers) {
  BundleFiles files;
  files.Set("dir/bodies/10.om", "m 10\n# EOF\n");
  files.Set("dir/bodies/2.prom", "m 2\n");
  files.Set("dir/bodies/.hidden", "m 0\n");
  files.Set("dir/bodies/1.txt", "m 1\n");
  const Result<Scenario> scenario = LoadText(TextOf({"70s", "", "directory: bodies/, gzip: true"}), files);
  BOOST_REQUIRE(scenario.ok());
  const ScenarioResult result = RunScenario(*scenario, {});
  BOOST_TEST(Series(result, "m") == "15.546=1 30.546=2 45.546=10 60.546=10");
}

BOOST_AUTO_TEST_CASE(targets_by_time_are_events) {
  BundleFiles files;
  files.Set("dir/one.json", R"([{"targets": ["a:80"]}])");
  const Result<Scenario> scenario = LoadText(TextOf({"70s",
                                                     "targets: {j: [{at: 0s, file: one.json}, {at: 20s, groups: []}, "
                                                     "{at: 40s, groups: [{targets: ['a:80']}]}]}\n"}),
                                             files);
  BOOST_REQUIRE_MESSAGE(scenario.ok(), (scenario.ok() ? "" : scenario.error().message));
  BOOST_TEST(scenario->events.size() == 2u);
  const ScenarioResult result = RunScenario(*scenario, {});
  // The reload of discovery comes within 5 s, the marker after the loop has ended.
  BOOST_TEST(Series(result, "up") == "15.546=1 45.546=1 60.546=1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
