// SPDX-License-Identifier: Apache-2.0
// Seeds: ranges, what is judged under them, and invariants that notice a broken run.
#include "sim/swarm/run_seeds.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/model/value.h"
#include "core/seams/appendable.h"
#include "sim/swarm/invariants.h"
#include "sim/swarm/trace_difference.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

MonotonicTime At(std::int64_t ns) {
  return MonotonicTime{Nanoseconds(ns)};
}

BOOST_AUTO_TEST_SUITE(run_seeds)

BOOST_AUTO_TEST_CASE(ranges) {
  struct Row {
    const char* text;
    bool good;
    std::uint64_t first, last;
  };
  const Row rows[] = {{"3", true, 1, 3},   {"7-9", true, 7, 9},
                      {"0-0", true, 0, 0}, {"0", false, 0, 0},
                      {"", false, 0, 0},   {"9-7", false, 0, 0},
                      {"-3", false, 0, 0}, {"1-", false, 0, 0},
                      {"x", false, 0, 0},  {"12345678901234567", false, 0, 0}};
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto range = ParseSeedRange(row.text);
      BOOST_REQUIRE(range.has_value() == row.good);
      if (!range) continue;
      BOOST_TEST(range->first == row.first);
      BOOST_TEST(range->last == row.last);
    }
  }
}

BOOST_AUTO_TEST_CASE(whatever_fails_the_invariants_hold) {
  const Result<Scenario> scenario = LoadText(TextOf({.duration = "5m", .top = "faults: {swarm: {rate: 1/3}}\n"}));
  BOOST_REQUIRE(scenario.ok());
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const SeedResult result = RunSeed(*scenario, seed);
    for (const Failure& failure : result.failures) BOOST_ERROR(FailureText(failure));
  }
}

BOOST_AUTO_TEST_CASE(expectations_are_judged_under_seeds_where_the_scenario_says_so) {
  const std::string sample = "  - {series: 'up{instance=\"a:80\",job=\"j\"}', values: '1x6'}\n";
  const std::string text = TextOf({.top = "faults: {swarm: {enabled: [refuse], rate: 1/1}}\n", .samples = sample});
  const Result<Scenario> scenario = LoadText(text);
  BOOST_REQUIRE(scenario.ok());
  BOOST_TEST(RunSeed(*scenario, 3).failures.empty());
  const Result<Scenario> judged = LoadText(text + "  under_seeds: true\n");
  BOOST_REQUIRE(judged.ok());
  const std::vector<Failure> failures = RunSeed(*judged, 3).failures;
  BOOST_REQUIRE(failures.size() == 1u);
  BOOST_TEST(failures[0].message == "seed 3: 7 of 7 slots differ");
  BOOST_TEST(failures[0].next ==
             "stalemark run dir/s.yml --seed 3 plays it again; with --save-plan PLAN it keeps what was drawn");
}

BOOST_AUTO_TEST_CASE(seeds_differ_and_one_seed_is_one_run) {
  const Result<Scenario> scenario = LoadText(TextOf({.duration = "10m"}));
  BOOST_REQUIRE(scenario.ok());
  BOOST_TEST(RunSeed(*scenario, 1).trace_digest == RunSeed(*scenario, 1).trace_digest);
  BOOST_TEST(RunSeed(*scenario, 1).trace_digest != RunSeed(*scenario, 2).trace_digest);
}

/// One scrape of one loop, with what a row leaves out or adds.
struct Run {
  InvariantChecker checker;
  Labels target = Labels::FromSorted({{"instance", "a:80"}});
  Labels series = Labels::FromSorted({{"__name__", "m"}});

  Run() {
    trace::LoopStarted loop;
    loop.loop = trace::LoopId{1};
    loop.pool = "j";
    loop.labels = &target;
    checker.OnEvent(At(0), loop);
  }
  void Start(std::uint64_t scrape, std::int64_t t_ms) {
    trace::ScrapeStarted start;
    start.loop = trace::LoopId{1};
    start.scrape = trace::ScrapeSeq{scrape};
    start.t_ms = t_ms;
    checker.OnEvent(At(t_ms), start);
  }
  void Append(std::uint64_t scrape, trace::Origin origin, const Labels& labels, std::int64_t t_ms, double value,
              AppendCode code = AppendCode::kOk) {
    trace::SampleAppended append;
    append.scrape = trace::ScrapeSeq{scrape};
    append.origin = origin;
    append.labels = &labels;
    append.t_ms = t_ms;
    append.value_bits = BitsOf(value);
    append.verdict = static_cast<std::uint8_t>(code);
    checker.OnEvent(At(t_ms), append);
  }
  void Finish(std::uint64_t scrape, std::int64_t t_ms, double up = 1) {
    for (const char* name : {"up", "scrape_duration_seconds", "scrape_samples_scraped",
                             "scrape_samples_post_metric_relabeling", "scrape_series_added"}) {
      const Labels labels = Labels::FromSorted({{"__name__", name}});
      Append(scrape, trace::Origin::kReport, labels, t_ms, up);
    }
    trace::ScrapeFinished finish;
    finish.loop = trace::LoopId{1};
    finish.scrape = trace::ScrapeSeq{scrape};
    checker.OnEvent(At(t_ms), finish);
    checker.OnEvent(At(t_ms), trace::TransactionEnded{trace::ScrapeSeq{scrape}, true, ""});
  }
  std::string Violations() const {
    std::string text;
    for (const std::string& violation : checker.violations()) text += violation + "\n";
    return text;
  }
};

BOOST_AUTO_TEST_CASE(a_sound_run_violates_nothing) {
  Run run;
  run.Start(1, 10);
  run.Append(1, trace::Origin::kScraped, run.series, 10, 5);
  run.Finish(1, 10);
  run.Start(2, 20);
  run.Append(2, trace::Origin::kStaleMarker, run.series, 20, 0);
  run.Finish(2, 20);
  BOOST_TEST(run.Violations() == "");
}

BOOST_AUTO_TEST_CASE(a_missing_marker_a_wrong_up_and_overlapping_scrapes_are_noticed) {
  Run missing;
  missing.Start(1, 10);
  missing.Append(1, trace::Origin::kScraped, missing.series, 10, 5);
  missing.Finish(1, 10);
  missing.Start(2, 20);
  missing.Finish(2, 20);
  BOOST_TEST(missing.Violations() == "j/a:80 at 20ns: m is gone without a stale marker\n");

  Run wrong;
  wrong.Start(1, 10);
  wrong.Finish(1, 10, 0);
  BOOST_TEST(wrong.Violations() == "j/a:80 at 10ns: up is false after a scrape that succeeded\n");

  Run overlap;
  overlap.Start(1, 10);
  overlap.Start(2, 20);
  BOOST_TEST(overlap.Violations() == "j/a:80 at 20ns: a scrape begins before the one before has ended\n");

  Run stopped;
  stopped.checker.OnEvent(At(5), trace::LoopStopped{trace::LoopId{1}, false});
  stopped.Start(1, 10);
  BOOST_TEST(stopped.Violations() == "j/a:80 at 10ns: a scrape begins after the loop has stopped\n");
}

BOOST_AUTO_TEST_CASE(a_difference_of_traces_is_placed) {
  const auto trace = [](std::string_view text) {
    trace::TraceWriter writer(trace::Level::kOutcome);
    writer.OnEvent(At(1), trace::ScenarioEvent{"same"});
    writer.OnEvent(At(2), trace::ScenarioEvent{text});
    return writer.TakeBytes();
  };
  BOOST_TEST(TraceDifference(trace("a"), trace("b")) ==
             "event 2\none    {\"at_ns\":2,\"event\":\"ScenarioEvent\",\"text\":\"a\"}\n"
             "other  {\"at_ns\":2,\"event\":\"ScenarioEvent\",\"text\":\"b\"}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
