// SPDX-License-Identifier: Apache-2.0
// Running scenarios: slots, every kind of event, determinism. The base scenario's grid: 15.546 s and every 15 s.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr const char* kM = "m{instance=\"a:80\",job=\"j\"}";
constexpr const char* kUp = "up{instance=\"a:80\",job=\"j\"}";

std::string Expect(const std::string& name, const std::string& values, const std::string& more = "") {
  return "  - {series: '" + name + "{instance=\"a:80\",job=\"j\"}', values: '" + values + "'" + more + "}\n";
}

std::string RunWith(const std::string& events, const std::string& samples, const std::string& top = "") {
  return Failures(RunText(TextOf({.top = top, .events = events, .samples = samples})));
}

BOOST_AUTO_TEST_SUITE(scenario_run)

// ---- slots ----

BOOST_AUTO_TEST_CASE(one_value_per_instant_of_the_grid) {
  BOOST_TEST(RunWith("", Expect("m", "1+1x6") + Expect("up", "1x6")) == "");
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_values_shows_both_counts_and_g0) {
  BOOST_TEST(
      RunWith("", Expect("up", "1x5")) ==
      "dir/s.yml:13:5: up{instance=\"a:80\",job=\"j\"}: found 6 values, expected 7: one per scrape scheduled from g0 = "
      "15.546s on, every 15s\n  next: if what is stored is right, write values: '1x6'\n");
}

BOOST_AUTO_TEST_CASE(differences_are_aligned_and_name_the_deciding_scrape) {
  BOOST_TEST(
      RunWith("  - {at: 40s, exporter: 'a:80', fault: status, status: 503, for: 10s}\n", Expect("up", "1x5 2")) ==
      "dir/s.yml:15:5: up{instance=\"a:80\",job=\"j\"}: 2 of 7 slots differ\n"
      "  slot  time       expected  stored  scrape\n"
      "  2     45.546s    1         0       at 45.546834246s: down: server returned HTTP status 503 Service "
      "Unavailable\n"
      "  6     1m45.546s  2         1       at 1m45.546834246s: up\n"
      "  stored: 1 1 0 1x3\n"
      "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 45s546ms\n");
}

BOOST_AUTO_TEST_CASE(points_compare_every_sample_with_its_time) {
  const std::string series = "  - {series: 'm{instance=\"a:80\",job=\"j\"}', points: ";
  const auto run = [&](const std::string& points) {
    return Failures(RunText(TextOf({.duration = "40s", .samples = series + points + "}\n"})));
  };
  BOOST_TEST(run("[[15s546ms, 1], ['2026-01-01T00:00:30.546Z', 2]]") == "");
  BOOST_TEST(run("[[15s546ms, 1], [30s, 2], [31s, stale]]") ==
             "dir/s.yml:13:5: m{instance=\"a:80\",job=\"j\"}: 3 of 4 samples differ\n"
             "  time     expected  stored  scrape\n"
             "  30s      2         -       no scrape\n"
             "  30.546s  -         2       at 30.546834246s: up\n"
             "  31s      stale     -       no scrape\n"
             "  stored: [[15s546ms, 1], [30s546ms, 2]]\n"
             "  next: stalemark explain dir/s.yml 'm{instance=\"a:80\",job=\"j\"}' --at 30s\n");
}

BOOST_AUTO_TEST_CASE(extreme_times_of_an_exporter_are_never_stored) {
  for (const char* time : {"9223372036854775807", "-9223372036854775808"}) {
    BOOST_TEST_CONTEXT(time) {
      const std::string exporter = "responses: [{body: \"m 1 " + std::string(time) + "\\n\"}]";
      const auto run = [&](const std::string& samples) {
        return Failures(RunText(TextOf({.exporter = exporter, .samples = samples})));
      };
      BOOST_TEST(run(Expect("m", "1x6")).find(": never stored") != std::string::npos);
      BOOST_TEST(run("  - {series: 'm{instance=\"a:80\",job=\"j\"}', points: []}\n") == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_series_that_is_not_there_shows_those_that_are) {
  const std::string explain = "  next: stalemark explain dir/s.yml ";
  BOOST_TEST(RunWith("", "  - {series: 'm{job=\"j\"}', values: '1'}\n") ==
             "dir/s.yml:13:5: m{job=\"j\"}: never stored, and no target has its labels (did you mean "
             "m{instance=\"a:80\",job=\"j\"}?)\n" +
                 explain + "'m{job=\"j\"}' --at 2m\n");
  BOOST_TEST(RunWith("", Expect("never", "_x7")) == "");
  // A target stands behind it, but it was never stored.
  BOOST_TEST(RunWith("", Expect("mm", "1x6")) ==
             "dir/s.yml:13:5: mm{instance=\"a:80\",job=\"j\"}: never stored (did you mean "
             "m{instance=\"a:80\",job=\"j\"}?)\n" +
                 explain + "'mm{instance=\"a:80\",job=\"j\"}' --at 15s546ms\n");
  BOOST_TEST(RunWith("", Expect("other_name", "1")) ==
             "dir/s.yml:13:5: other_name{instance=\"a:80\",job=\"j\"}: never stored\n" + explain +
                 "'other_name{instance=\"a:80\",job=\"j\"}' --at 15s546ms\n");
  BOOST_TEST(RunWith("", "  - {series: 'm{code=\"5\",job=\"j\"}', points: [[1s, 1]]}\n") ==
             "dir/s.yml:13:5: m{code=\"5\",job=\"j\"}: never stored, and no target has its labels (did you mean "
             "m{instance=\"a:80\",job=\"j\"}?)\n" +
                 explain + "'m{code=\"5\",job=\"j\"}' --at 2m\n");
}

BOOST_AUTO_TEST_CASE(two_samples_in_a_slot_are_no_value) {
  // The clock goes back 3 s: the sample of slot 5 has a time of slot 4.
  const std::string failure = RunWith("  - {at: 1m20s, clock: {step: -3s}}\n", Expect("m", "1+1x6"));
  BOOST_TEST(failure.find("  4     1m15.546s  5         5 and 6  ") != std::string::npos);
  BOOST_TEST(failure.find("  6     1m45.546s  7         _") != std::string::npos);
}

// ---- events ----

BOOST_AUTO_TEST_CASE(a_lost_tick_is_a_gap_and_a_late_scrape_keeps_its_slot) {
  // Still from 40 s to 80 s: the ticks of slots 2, 3, 4 become one scrape at 80 s, in slot 4.
  const ScenarioResult result =
      RunText(TextOf({.events = "  - {at: 40s, pause: 40s}\n", .samples = Expect("m", "1 2 _x2 3+1x2")}));
  BOOST_TEST(Failures(result) == "");
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.546=2 80.000=3 90.546=4 105.546=5");
}

BOOST_AUTO_TEST_CASE(every_fault_of_an_exporter) {
  struct Row {
    const char* fault;
    const char* up;
    const char* m;
  };
  // The fault meets slot 2 only. Faults that spoil an answer use up its values, the others do not.
  const Row rows[] = {
      {"refuse", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"refuse, delay: 3s", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"dial_timeout", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"reset_before_head", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"hang", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"status", "1x1 0 1x3", "1 2 stale 3+1x3"},
      {"truncate, after: 2", "1x1 0 1x3", "1 2 stale 4+1x3"},
      {"hang_body, after: 2", "1x1 0 1x3", "1 2 stale 4+1x3"},
      {"slow, delay: 11s", "1x1 0 1x3", "1 2 stale 4+1x3"},
      {"slow, delay: 9s", "1x5", "1+1x5"},
      {"slow_body, delay: 11s", "1x1 0 1x3", "1 2 stale 4+1x3"},
      {"empty", "1x5", "1 2 stale 4+1x2"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.fault) {
      const std::string event = std::string("  - {at: 40s, exporter: 'a:80', for: 10s, fault: ") + row.fault + "}\n";
      const ScenarioResult result = RunText(TextOf({.duration = "1m40s", .events = event}));
      const Result<SeriesValues> up = ParseSeriesValues(row.up);
      std::string values;
      SeriesValues::Cursor cursor(*up);
      SeriesValues::Value value;
      const char* times[] = {"15.546", "30.546", "45.546", "60.546", "75.546", "90.546"};
      for (const char* time : times) {
        if (!cursor.Next(&value)) break;
        values += (values.empty() ? "" : " ") + std::string(time) + "=" + ValueText(value);
      }
      BOOST_TEST(Stored(result, kUp) == values);
      const Result<SeriesValues> m = ParseSeriesValues(row.m);
      values.clear();
      SeriesValues::Cursor m_cursor(*m);
      for (const char* time : times) {
        if (!m_cursor.Next(&value)) break;
        values += (values.empty() ? "" : " ") + std::string(time) + "=" + ValueText(value);
      }
      BOOST_TEST(Stored(result, kM) == values);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_later_fault_takes_the_place_of_one_that_lasts) {
  const std::string events =
      "  - {at: 20s, exporter: 'a:80', fault: refuse, for: 30s}\n"
      "  - {at: 40s, exporter: 'a:80', fault: empty, for: 40s}\n";
  BOOST_TEST(RunWith(events, Expect("up", "1 0 1x4") + Expect("m", "1 stale _x3 5 6")) == "");
}

BOOST_AUTO_TEST_CASE(targets_go_and_come_back_on_the_same_grid) {
  const std::string events = "  - {at: 20s, targets: {j: []}}\n  - {at: 1m20s, targets: {j: [{targets: ['a:80']}]}}\n";
  BOOST_TEST(RunWith(events, Expect("m", "1 stale _x3 2 3")) == "");
}

BOOST_AUTO_TEST_CASE(a_reload_changes_the_configuration) {
  const std::string good =
      "  - {at: 20s, reload: {scrape_configs: [{job_name: j, scrape_interval: 15s, honor_labels: true, static_configs: "
      "[{targets: ['a:80'], labels: {env: x}}]}]}}\n";
  const ScenarioResult result = RunText(TextOf({.duration = "1m", .events = good}));
  BOOST_TEST(Stored(result, kM).substr(0, 8) == "15.546=1");
  BOOST_TEST(Stored(result, "m{env=\"x\",instance=\"a:80\",job=\"j\"}") != "");
}

BOOST_AUTO_TEST_CASE(jitter_moves_scrapes_but_not_aligned_samples) {
  const std::string jitter = "  - {at: 20s, jitter: {up_to: 2ms}}\n";
  const ScenarioResult aligned = RunText(TextOf({.duration = "1m20s", .events = jitter}));
  BOOST_TEST(Stored(aligned, kM) == "15.546=1 30.546=2 45.546=3 60.546=4 75.546=5");
  const ScenarioResult raw =
      RunText(TextOf({.duration = "1m20s", .events = jitter, .flags = "{scrape.adjust-timestamps: false}"}));
  BOOST_TEST(Stored(raw, kM) != Stored(aligned, kM));
  BOOST_TEST(raw.sample_count == aligned.sample_count);
}

BOOST_AUTO_TEST_CASE(jitter_comes_from_the_seed) {
  const ScenarioText parts{.top = "seed: 1\n", .events = "  - {at: 0s, jitter: {up_to: 1s}}\n"};
  ScenarioText other = parts;
  other.top = "seed: 2\n";
  BOOST_TEST(RunText(TextOf(parts)).trace_digest == RunText(TextOf(parts)).trace_digest);
  BOOST_TEST(RunText(TextOf(parts)).trace_digest != RunText(TextOf(other)).trace_digest);
}

BOOST_AUTO_TEST_CASE(FAN_02_failing_storages) {
  const std::string secondaries = "storage: {secondaries: 2}\n";
  const auto in = [](const char* storage) { return std::string(", storage: ") + storage; };
  BOOST_TEST(RunWith("  - {at: 40s, commit: {error: full, storage: secondary 2}, for: 10s}\n",
                     Expect("m", "1+1x6") + Expect("m", "1+1x6", in("secondary 1")) +
                         Expect("m", "1 2 _ 4+1x3", in("secondary 2")),
                     secondaries) == "");
  BOOST_TEST(RunWith("  - {at: 40s, commit: {error: full}, for: 10s}\n",
                     Expect("m", "1 2 _ 4+1x3") + Expect("m", "1 2 _ 4+1x3", in("secondary 1")), secondaries) == "");
  BOOST_TEST(RunWith("  - {at: 40s, append: {error: full, storage: secondary 1}, for: 10s}\n",
                     Expect("up", "1x1 _ 1x3") + Expect("up", "1x1 _ 1x3", in("secondary 2")), secondaries) == "");
}

BOOST_AUTO_TEST_CASE(a_slow_commit_delays_the_next_scrape) {
  // 20 s: the tick of slot 3 waits until 65.546 s and is received then, in slot 3.
  const ScenarioResult result =
      RunText(TextOf({.duration = "1m20s", .events = "  - {at: 40s, commit: {delay: 20s}, for: 10s}\n"}));
  BOOST_TEST(Stored(result, kM) == "15.546=1 30.546=2 45.546=3 65.546=4 75.546=5");
}

// ---- the rest ----

BOOST_AUTO_TEST_CASE(digests_depend_neither_on_the_timeline_nor_on_the_path) {
  const std::string text = TextOf({.events = "  - {at: 30s, reload: {scrape_configs: []}}\n"});
  RunOptions options;
  options.lines = RunOptions::Lines::kTimeline;
  const ScenarioResult plain = RunText(text);
  BOOST_TEST(plain.trace_digest == RunText(text, options).trace_digest);
  BundleFiles files;
  files.Set("/elsewhere/s.yml", text);
  const Result<Scenario> moved = LoadScenario("/elsewhere/s.yml", files);
  BOOST_REQUIRE(moved.ok());
  const ScenarioResult there = RunScenario(*moved, {});
  BOOST_TEST(plain.trace_digest == there.trace_digest);
  BOOST_TEST(plain.store_digest == there.store_digest);
}

BOOST_AUTO_TEST_CASE(two_runs_of_one_scenario_share_nothing) {
  const Result<Scenario> scenario = LoadText(TextOf({}));
  BOOST_REQUIRE(scenario.ok());
  BOOST_TEST(RunScenario(*scenario, {}).trace_digest == RunScenario(*scenario, {}).trace_digest);
}

BOOST_AUTO_TEST_CASE(timeline_lines_have_fixed_columns) {
  RunOptions options;
  options.lines = RunOptions::Lines::kTimeline;
  const ScenarioResult result = RunText(TextOf({.duration = "20s"}), options);
  std::string text;
  for (const TimelineLine& line : result.timeline) text += TimelineText(line) + "\n";
  BOOST_TEST(
      text ==
      "    0.000s  00:00:00.000  -                     config     applied\n"
      "    0.000s  00:00:00.000  -                     discovery  targets of 1 job received\n"
      "    5.000s  00:00:05.000  j                     pool       created\n"
      "    5.000s  00:00:05.000  j                     targets    1 active, 0 dropped\n"
      "    5.000s  00:00:05.000  j/a:80                loop       started: every 15s, first scrape in 10.546834246s\n"
      "   15.546s  00:00:15.546  j/a:80                scrape     up    1 sample, 1 new, 0s\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
