// SPDX-License-Identifier: Apache-2.0
// Reloads in scenarios: they hold up neither the events after them nor the end of the run, and their errors are seen.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr const char* kM = "m{instance=\"a:80\",job=\"j\"}";
/// The job has another label, so its pool is reloaded; that waits for the scrape in flight.
constexpr const char* kOtherConfig =
    "{global: {scrape_interval: 15s}, scrape_configs: [{job_name: j, sample_limit: 9, "
    "static_configs: [{targets: ['a:80'], labels: {env: x}}]}]}";

ScenarioResult RunWithTimeline(const ScenarioText& parts) {
  RunOptions options;
  options.lines = RunOptions::Lines::kTimeline;
  return RunText(TextOf(parts), options);
}

std::string ReloadAt(const std::string& at, const std::string& config, const std::string& more = "") {
  return "  - {at: " + at + ", reload: " + config + more + "}\n";
}

/// The lines of one of the timeline's events as `SECONDS.MS DETAIL`.
std::vector<std::string> LinesOf(const ScenarioResult& result, const std::string& event) {
  std::vector<std::string> lines;
  for (const TimelineLine& line : result.timeline) {
    const std::string text = TimelineText(line);
    if (line.event == event) lines.push_back(text.substr(0, 10) + " " + line.detail);
  }
  return lines;
}

bool Has(const std::vector<std::string>& lines, const std::string& line) {
  for (const std::string& one : lines) {
    if (one == line) return true;
  }
  return false;
}

BOOST_AUTO_TEST_SUITE(scenario_reload)

BOOST_AUTO_TEST_CASE(events_after_a_reload_that_takes_time_happen_at_their_own_times) {
  // The scrape of 45.546 s is in flight until 54.546 s.
  const ScenarioResult result = RunWithTimeline({.exporter = "series: [{series: m, values: '1+1x100'}], latency: 9s",
                                                 .events = ReloadAt("50s", kOtherConfig) +
                                                           "  - {at: 51s, exporter: 'a:80', fault: refuse, for: 2s}\n"
                                                           "  - {at: 52s, clock: {step: -3s}}\n"});
  const std::vector<std::string> events = LinesOf(result, "event");
  const std::vector<std::string> expected = {"   50.000s reload", "   51.000s a:80: refuse, for 2s",
                                             "   52.000s the wall clock steps by -3s", "   53.000s over: a:80: refuse"};
  BOOST_TEST(events == expected, boost::test_tools::per_element());
  BOOST_TEST(Has(LinesOf(result, "config"), "   54.546s applied"));
  BOOST_TEST(Failures(result) == "");
}

BOOST_AUTO_TEST_CASE(targets_of_a_new_configuration_are_sent_when_it_is_applied) {
  const ScenarioResult result = RunWithTimeline(
      {.exporter = "series: [{series: m, values: '1+1x100'}], latency: 9s", .events = ReloadAt("50s", kOtherConfig)});
  BOOST_TEST(Has(LinesOf(result, "discovery"), "   54.546s targets of 1 job received"));
  BOOST_TEST(!Has(LinesOf(result, "discovery"), "   50.000s targets of 1 job received"));
}

BOOST_AUTO_TEST_CASE(the_run_ends_at_its_duration_though_a_reload_is_not_done) {
  const ScenarioText parts{
      .duration = "1m30s",
      .events = "  - {at: 40s, commit: {delay: 10h}}\n" + ReloadAt("50s", kOtherConfig) + "  - {at: 55s, pause: 1s}\n"};
  const ScenarioResult result = RunWithTimeline(parts);
  BOOST_TEST(TimelineText(result.timeline.back()) ==
             "   90.000s  00:01:30.000  -                     config     the reload of 50s is not done at the end of "
             "the run");
  BOOST_TEST(Has(LinesOf(result, "event"), "   55.000s the process stands still for 1s"));
  BOOST_TEST(Failures(result) == "");
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.546=2");
}

BOOST_AUTO_TEST_CASE(reloads_are_done_one_after_the_other) {
  // The second begins when the first is done; its error is no earlier. Three in one instant are no trouble either.
  const std::string bad = ", expect_error: nothing_known";
  const ScenarioResult result =
      RunWithTimeline({.exporter = "series: [{series: m, values: '1+1x100'}], latency: 9s",
                       .events = ReloadAt("50s", kOtherConfig) + ReloadAt("51s", "{nothing_known: 1}", bad) +
                                 ReloadAt("51s", "{nothing_known: 2}", bad) + ReloadAt("51s", kOtherConfig)});
  const std::vector<std::string> lines = LinesOf(result, "config");
  BOOST_REQUIRE(lines.size() == 5);
  BOOST_TEST(lines[1] == "   54.546s applied");
  BOOST_TEST(lines[2].find("   54.546s failed: ") == 0);
  BOOST_TEST(lines[3].find("   54.546s failed: ") == 0);
  BOOST_TEST(lines[4] == "   54.546s applied");
  BOOST_TEST(Failures(result) == "");
}

BOOST_AUTO_TEST_CASE(a_reload_that_does_not_load_fails_the_scenario_with_its_place) {
  const ScenarioResult result = RunWithTimeline({.events = ReloadAt("20s", "{scrape_config: []}")});
  BOOST_TEST(
      Failures(result) ==
      "dir/s.yml:12:24: field scrape_config not found in type config.plain (did you mean \"scrape_configs\"?)\n");
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.546=2 45.546=3 60.546=4 75.546=5 90.546=6 105.546=7");
  BOOST_REQUIRE(LinesOf(result, "config").size() == 2);
  BOOST_TEST(LinesOf(result, "config")[1].find("   20.000s failed: yaml: unmarshal errors:") == 0);
}

BOOST_AUTO_TEST_CASE(an_error_in_a_file_of_the_configuration_is_placed_there) {
  const ScenarioResult result =
      RunText(TextOf({.top = "files: {k.yml: 'scrape_configs: [{job_name: k}]'}\n",
                      .events = ReloadAt("20s", "{scrape_config_files: [k.yml], scrape_configs: [{job_name: k}]}")}));
  BOOST_TEST(Failures(result) ==
             "k.yml:1:29: found multiple scrape configs with job name \"k\", first found in main config file\n");
}

BOOST_AUTO_TEST_CASE(an_expected_error_must_come) {
  const auto run = [](const std::string& config, const std::string& expected) {
    return Failures(RunText(TextOf({.events = ReloadAt("20s", config, ", expect_error: '" + expected + "'")})));
  };
  BOOST_TEST(run("{scrape_config: []}", "field scrape_config not found") == "");
  BOOST_TEST(run("{scrape_config: []}", "did you mean \"scrape_configs\"") == "");
  BOOST_TEST(run("{scrape_config: []}", "yaml: unmarshal errors") == "");
  BOOST_TEST(
      run("{scrape_config: []}", "field global") ==
      "dir/s.yml:12:5: reload: expected an error with \"field global\", found\n"
      "  dir/s.yml:12:24: field scrape_config not found in type config.plain (did you mean \"scrape_configs\"?)\n");
  BOOST_TEST(run("{scrape_configs: []}", "field") ==
             "dir/s.yml:12:5: reload: applied, expected an error with \"field\"\n");
  BOOST_TEST(Failures(RunText(TextOf({.duration = "1m30s",
                                      .events = "  - {at: 40s, commit: {delay: 10h}}\n" +
                                                ReloadAt("50s", kOtherConfig, ", expect_error: x")}))) ==
             "dir/s.yml:13:5: reload: not done at the end of the run, expected an error with \"x\"\n");
}

BOOST_AUTO_TEST_CASE(the_trace_has_the_error) {
  const auto digest = [](const char* config) {
    return RunText(TextOf({.events = ReloadAt("20s", config)})).trace_digest;
  };
  BOOST_TEST(digest("{nothing_known: 1}") == digest("{nothing_known: 2}"));
  BOOST_TEST(digest("{nothing_known: 1}") != digest("{nothing_knows: 1}"));
  // Not where the file lies.
  const std::string text = TextOf({.events = ReloadAt("20s", "{nothing_known: 1}")});
  BundleFiles files;
  files.Set("/elsewhere/s.yml", text);
  const Result<Scenario> moved = LoadScenario("/elsewhere/s.yml", files);
  BOOST_REQUIRE(moved.ok());
  const ScenarioResult there = RunScenario(*moved, {});
  BOOST_TEST(there.trace_digest == digest("{nothing_known: 1}"));
}

BOOST_AUTO_TEST_CASE(expect_error_belongs_to_a_reload_and_says_something) {
  BOOST_TEST(LoadError(TextOf({.events = "  - {at: 1s, pause: 1s, expect_error: x}\n"})) ==
             "dir/s.yml:12:39: found key expect_error, expected it beside the key reload only");
  BOOST_TEST(LoadError(TextOf({.events = ReloadAt("1s", "{}", ", expect_error: ''")})) ==
             "dir/s.yml:12:40: found nothing, expected a part of the error's text");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
