// SPDX-License-Identifier: Apache-2.0
// Plans: what is drawn, that it reads back as it was, and that a run leaves it in its trace.
#include "sim/faults/plan.h"

#include <algorithm>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/scenario/event_text.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

Scenario Load(const std::string& faults, const std::string& duration = "10m") {
  const Result<Scenario> scenario = LoadText(TextOf({.duration = duration, .top = faults}));
  BOOST_REQUIRE_MESSAGE(scenario.ok(), (scenario.ok() ? "" : scenario.error().message));
  return *scenario;
}

BOOST_AUTO_TEST_SUITE(plan)

/// A failure that names its seed is worth nothing when the seed draws something else: a change here is one of the
/// format.
BOOST_AUTO_TEST_CASE(the_plan_of_a_seed_is_frozen) {
  const Scenario planned = WithPlan(UnderSeed(Load("", "3m"), 5));
  BOOST_TEST(PlanText(planned) ==
             "seed: 5\nchoices: seeded\nevents:\n"
             "  - {request: 3, exporter: 'a:80', fault: bad_gzip}\n"
             "  - {request: 5, exporter: 'a:80', fault: truncate, after: 734}\n"
             "  - {at: 2m25s344ms, clock: {drift: 16ppm}, for: 8s423ms}\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_drawn_where_nothing_is_enabled) {
  BOOST_TEST(WithPlan(Load("")).events.empty());
  BOOST_TEST(WithPlan(UnderSeed(Load("faults: {choices: fixed}\n"), 3)).events.empty());
  BOOST_TEST(WithPlan(Load("faults: {swarm: {enabled: []}}\n")).events.empty());
  BOOST_TEST(WithPlan(Load("faults: {swarm: {rate: 0/1}}\n")).events.empty());
}

BOOST_AUTO_TEST_CASE(only_what_is_enabled_is_drawn_and_not_too_late) {
  const Scenario planned =
      WithPlan(Load("faults: {swarm: {enabled: [http_503, pause], rate: 1/2, until: 5m}}\n", "20m"));
  std::set<std::size_t> kinds;
  for (const ScenarioEvent& event : planned.events) {
    kinds.insert(event.action.index());
    if (const auto* fault = std::get_if<ExporterFault>(&event.action)) {
      BOOST_TEST((fault->kind == FaultKind::kStatus));
      BOOST_TEST(fault->status == 503);
      BOOST_TEST(event.requests->last <= 20u);
    } else {
      BOOST_TEST(std::holds_alternative<ProcessPause>(event.action));
      BOOST_TEST((event.at < MonotonicTime(std::chrono::minutes(5))));
    }
  }
  BOOST_TEST(kinds.size() == 2u);
}

BOOST_AUTO_TEST_CASE(every_kind_is_drawn_by_some_seed) {
  const Scenario scenario = Load("faults: {swarm: {rate: 1/1}}\n", "30m");
  std::set<FaultKind> faults;
  std::set<std::size_t> others;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const ScenarioEvent& event : WithPlan(UnderSeed(scenario, seed)).events) {
      others.insert(event.action.index());
      if (const auto* fault = std::get_if<ExporterFault>(&event.action)) faults.insert(fault->kind);
    }
  }
  BOOST_TEST(faults.size() == AllFaults().size());
  // All but restarts, which are written only.
  BOOST_TEST(others.size() == std::variant_size_v<Action> - 1);
}

BOOST_AUTO_TEST_CASE(one_more_exporter_moves_no_other) {
  Scenario one = UnderSeed(Load("faults: {swarm: {enabled: [refuse, status], rate: 1/3}}\n"), 4);
  Scenario two = one;
  two.exporters.insert(two.exporters.begin(), ExporterSpec{"b:80", {}, {}});
  const std::vector<std::string> alone = WithPlan(one).planned;
  std::vector<std::string> of_a;
  for (const std::string& event : WithPlan(two).planned) {
    if (event.find("'a:80'") != std::string::npos) of_a.push_back(event);
  }
  BOOST_TEST(!alone.empty());
  BOOST_TEST(alone == of_a, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_plan_reads_back_and_plays_the_same_run) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const Scenario scenario = Load("faults: {swarm: {rate: 1/4}}\n");
      RunOptions options;
      options.trace = trace::Level::kOutcome;
      const ScenarioResult drawn = RunScenario(UnderSeed(scenario, seed), options);
      const Result<std::string> plan = PlanFromTrace(drawn.trace);
      BOOST_REQUIRE(plan.ok());
      BOOST_TEST(*plan == PlanText(WithPlan(UnderSeed(scenario, seed))));
      const Result<Scenario> replay = ReadPlan(*plan, "plan.yml", scenario);
      BOOST_REQUIRE_MESSAGE(replay.ok(), (replay.ok() ? "" : replay.error().message));
      const ScenarioResult again = RunScenario(*replay, options);
      BOOST_TEST(again.store_digest == drawn.store_digest);
      BOOST_TEST(again.trace_digest == drawn.trace_digest);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_plan_that_does_not_fit_is_refused_with_its_place) {
  const Result<Scenario> scenario = LoadText(TextOf({}));
  const auto error = [&](const std::string& plan) {
    const Result<Scenario> read = ReadPlan(plan, "plan.yml", *scenario);
    return read.ok() ? std::string() : read.error().message;
  };
  BOOST_TEST(error("seed: 1\nevents:\n  - {request: 1, exporter: 'b:80', fault: refuse}\n") ==
             "plan.yml:3:28: found \"b:80\", expected an address under exporters (did you mean \"a:80\"?)");
  BOOST_TEST(error("") == "plan.yml:1:1: found nothing, expected a plan");
  BOOST_TEST(error("seed: 1\nchoice: fixed\n").find("plan.yml:2:1: ") == 0u);
  BOOST_TEST(PlanFromTrace("").ok() == false);
  RunOptions options;
  options.trace = trace::Level::kOutcome;
  BOOST_TEST(PlanFromTrace(RunScenario(*scenario, options).trace).error().message ==
             "the trace has no plan: nothing was drawn from a seed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
