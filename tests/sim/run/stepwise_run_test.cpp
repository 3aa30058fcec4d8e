// SPDX-License-Identifier: Apache-2.0
// ScenarioRun: the number of steps does not show in a trace, and an injected event is one of the file.
#include "sim/run/stepwise_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "cli/disk/disk_files.h"
#include "core/trace/digest.h"
#include "sim/faults/plan.h"
#include "sim/seeds.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr RunOptions kDetails{RunOptions::Lines::kNone, trace::Level::kDetail};

std::vector<std::string> GalleryFiles() {
  const std::string folder = std::string(STALEMARK_SOURCE_DIR) + "/fixtures/scenarios/";
  std::vector<std::string> files = cli::DiskFiles().Glob(folder + "*.yml");
  for (const std::string& file : cli::DiskFiles().Glob(folder + "*/scenario.yml")) files.push_back(file);
  return files;
}

/// What must not depend on how a run was stepped through.
std::string Fingerprint(const ScenarioResult& result) {
  return result.trace_digest + " " + result.store_digest + " " + trace::DigestText(trace::HashOf(result.trace)) + " " +
         std::to_string(result.observations.size()) + "\n" + Failures(result);
}

std::string RunAtOnce(const Scenario& scenario) {
  return Fingerprint(RunScenario(scenario, kDetails));
}

MonotonicTime At(std::int64_t ms) {
  return MonotonicTime(std::chrono::milliseconds(ms));
}

BOOST_AUTO_TEST_SUITE(stepwise_run)

BOOST_AUTO_TEST_CASE(a_run_in_steps_is_the_run_at_once) {
  const std::vector<std::string> files = GalleryFiles();
  BOOST_TEST(files.size() > 15U);
  for (const std::string& file : files) {
    BOOST_TEST_CONTEXT(file) {
      const Result<Scenario> loaded = LoadScenario(file, cli::DiskFiles());
      BOOST_REQUIRE(loaded.ok());
      const Scenario scenario = WithPlan(*loaded);
      ScenarioRun run(scenario, kDetails);
      SplitMix64 random(7);
      while (!run.done()) {
        if (random.Next() % 2 == 0) {
          run.Step();
        } else {
          run.RunTo(run.now() + Nanoseconds(random.Next() % 3'000'000'000));
        }
      }
      BOOST_TEST(Fingerprint(run.Finish()) == RunAtOnce(*loaded));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_step_ends_where_something_was_due) {
  const Result<Scenario> scenario = LoadText(TextOf({.events = "  - {at: 20s, clock: {step: 1s}}\n"}));
  ScenarioRun run(*scenario, {});
  std::vector<std::int64_t> ends;
  while (!run.done() && ends.size() < 1000) {
    const auto due = run.NextDue();
    run.Step();
    if (due) BOOST_TEST((run.now() == *due));
    ends.push_back(run.now().time_since_epoch() / std::chrono::milliseconds(1));
  }
  for (const std::int64_t expected : {15'546, 20'000, 30'546, 120'000}) {
    BOOST_TEST(std::count(ends.begin(), ends.end(), expected) > 0, expected);
  }
  BOOST_TEST(ends.size() < 100U);
  BOOST_TEST(!run.NextDue().has_value());
}

BOOST_AUTO_TEST_CASE(a_time_that_is_past_changes_nothing) {
  const Result<Scenario> scenario = LoadText(TextOf({}));
  ScenarioRun run(*scenario, {});
  run.RunTo(At(60'000));
  run.RunTo(At(30'000));
  BOOST_TEST((run.now() == At(60'000)));
  run.RunTo(At(900'000));
  BOOST_TEST((run.now() == At(120'000)));
  BOOST_TEST(run.done());
}

BOOST_AUTO_TEST_CASE(the_trace_grows_as_the_run_goes) {
  const Result<Scenario> scenario = LoadText(TextOf({}));
  ScenarioRun run(*scenario, kDetails);
  run.RunTo(At(40'000));
  const std::string first(run.trace_bytes());
  BOOST_TEST(!first.empty());
  const std::string all = run.Finish().trace;
  BOOST_TEST(all.size() > first.size());
  BOOST_TEST(all.substr(0, first.size()) == first);
}

struct InjectedCase {
  const char* name;
  /// Without `at`; it happens at 40 s.
  const char* event;
  /// Others of the file.
  const char* others;
};

constexpr const char* kSecondFault = "  - {at: 45s, exporter: 'a:80', fault: refuse, for: 10s}\n";

const InjectedCase kInjected[] = {
    {"a fault until the end", "exporter: 'a:80', fault: status, status: 503", ""},
    {"a fault that ends by itself", "exporter: 'a:80', fault: refuse, for: 20s", ""},
    {"a fault that another takes the place of", "exporter: 'a:80', fault: status, for: 30s", kSecondFault},
    {"an end in one instant with that of a later event", "commit: {delay: 10ms}, for: 15s",
     "  - {at: 45s, exporter: 'a:80', fault: refuse, for: 10s}\n"},
    {"an end in one instant with that of an earlier event", "commit: {delay: 10ms}, for: 15s",
     "  - {at: 35s, exporter: 'a:80', fault: refuse, for: 20s}\n"},
    {"behind another event of the instant", "exporter: 'a:80', fault: status, for: 20s",
     "  - {at: 40s, exporter: 'a:80', fault: refuse, for: 30s}\n"},
    {"a restart", "exporter: 'a:80', restart: 5s", ""},
    {"targets", "targets: {j: [{targets: ['a:80'], labels: {x: y}}]}", ""},
    {"targets that are gone", "targets: {j: []}", "  - {at: 80s, targets: {j: ~}}\n"},
    {"a reload", "reload: ~", ""},
    {"a reload of another configuration",
     "reload: {scrape_configs: [{job_name: j, scrape_interval: 5s, scrape_timeout: 5s, static_configs: [{targets: "
     "['a:80']}]}]}",
     ""},
    {"a step of the clock", "clock: {step: -3s}", ""},
    {"a drift that ends", "clock: {drift: 5000ppm}, for: 30s", ""},
    {"a pause", "pause: 20s", "  - {at: 50s, clock: {step: 1s}}\n"},
    {"a failing commit", "commit: {error: full}, for: 20s", ""},
    {"a failing append", "append: {kind: out_of_order}, for: 20s", ""},
    {"beside an event that waits for a scrape", "exporter: 'a:80', fault: status, for: 10s",
     "  - {during: {exporter: 'a:80', scrape: 4, phase: body}, targets: {j: []}}\n"},
};

BOOST_AUTO_TEST_CASE(an_injected_event_is_one_of_the_file) {
  for (const InjectedCase& c : kInjected) {
    BOOST_TEST_CONTEXT(c.name) {
      const std::string event = "{at: 40s, " + std::string(c.event) + "}";
      const Result<Scenario> with = LoadText(TextOf({.events = c.others + ("  - " + event + "\n")}));
      const Result<Scenario> without = LoadText(TextOf({.events = c.others}));
      BOOST_REQUIRE(with.ok());
      BOOST_REQUIRE(without.ok());
      const Result<Scenario> alone = LoadText(TextOf({.events = "  - " + event + "\n"}));
      ScenarioRun run(*without, kDetails);
      run.RunTo(At(40'000));
      BOOST_REQUIRE(run.Inject(alone->events.front()).ok());
      while (!run.done()) run.Step();
      BOOST_TEST(Fingerprint(run.Finish()) == RunAtOnce(*with));
      BOOST_TEST(RunAtOnce(*with) != RunAtOnce(*without));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_injected_events_leave_the_others_where_they_are) {
  const std::string kind = "pause: 1ms}\n";
  std::string events = "  - {at: 10s, exporter: 'a:80', fault: refuse, for: 50s}\n";
  const Result<Scenario> without = LoadText(TextOf({.events = events}));
  ScenarioRun run(*without, kDetails);
  for (int second = 20; second < 60; ++second) {
    const std::string event = "  - {at: " + std::to_string(second) + "s, " + kind;
    events += event;
    run.RunTo(At(second * 1000));
    BOOST_REQUIRE(run.Inject(LoadText(TextOf({.events = event}))->events.front()).ok());
  }
  BOOST_TEST(Fingerprint(run.Finish()) == RunAtOnce(*LoadText(TextOf({.events = events}))));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_injected_is_an_error) {
  const Result<Scenario> scenario = LoadText(TextOf({}));
  ScenarioRun run(*scenario, {});
  for (const char* event : {"{at: 1s, jitter: {up_to: 1s}}", "{request: 2, exporter: 'a:80', fault: refuse}",
                            "{during: {exporter: 'a:80', phase: body}, reload: ~}"}) {
    const Result<Scenario> other = LoadText(TextOf({.events = "  - " + std::string(event) + "\n"}));
    BOOST_REQUIRE(other.ok());
    BOOST_TEST(!run.Inject(other->events.front()).ok(), event);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
