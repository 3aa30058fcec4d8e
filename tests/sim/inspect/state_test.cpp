// SPDX-License-Identifier: Apache-2.0
// The state of a run as JSON, and relabelling step by step.
#include "sim/inspect/state.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/run/stepwise_run.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::inspect {
namespace {

using scenario::ScenarioRun;
using scenario::TextOf;

/// A run of a scenario, with the state at a time.
struct Player {
  explicit Player(const std::string& text) : loaded(scenario::LoadText(text)), run(*loaded, Options()) {}

  static scenario::RunOptions Options() {
    scenario::RunOptions options;
    options.commits = scenario::RunOptions::Commits::kLast;
    return options;
  }

  std::string At(std::int64_t ms, const StateQuery& query = {}) {
    run.RunTo(MonotonicTime(std::chrono::milliseconds(ms)));
    const Result<std::string> state = StateJson(run, *run.storages().front(), query);
    return state.ok() ? state.value() : "error: " + state.error().message;
  }

  Result<scenario::Scenario> loaded;
  ScenarioRun run;
};

StateQuery CacheOf(std::uint64_t loop, const std::string& match = "", std::uint64_t limit = 100) {
  StateQuery query;
  query.cache = CacheQuery{static_cast<trace::LoopId>(loop), match, 0, limit};
  return query;
}

void CheckContains(const std::string& text, const std::string& part) {
  BOOST_TEST((text.find(part) != std::string::npos), part + " in " + text);
}

std::string ConfigWith(const std::string& job) {
  return "name: test\nduration: 5m\nprometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: 15s}\n"
         "    scrape_configs: [{job_name: j, static_configs: [{targets: ['a:80', 'b:80']}], " +
         job + "}]\nexporters:\n  a:80: {series: [{series: m, values: '1+1x100'}]}\n";
}

BOOST_AUTO_TEST_SUITE(state)

BOOST_AUTO_TEST_CASE(a_loop_waits_for_its_offset_then_for_its_tick) {
  Player player(TextOf({}));
  const std::string before = player.At(10'000);
  CheckContains(before, R"("at_ns":"10000000000","wall_ms":1767225610000,"config":{"applied":1,"error":""})");
  CheckContains(before, R"("health":"unknown")");
  CheckContains(before, R"("loop":1,"state":"offset","next_ns":"15546834246","scrapes":0)");
  CheckContains(before, R"("head":{"series":0,"samples":0,"min_ms":null,"max_ms":null})");
  const std::string after = player.At(20'000);
  CheckContains(after, R"("health":"up")");
  CheckContains(after, R"("loop":1,"state":"waiting","next_ns":"30546834246","scrapes":1)");
  CheckContains(after, R"("head":{"series":6,"samples":6,"min_ms":1767225615546,"max_ms":1767225615546})");
  CheckContains(after, R"("prometheus_target_scrape_pools_total":1)");
}

BOOST_AUTO_TEST_CASE(the_records_of_a_commit_stand_until_the_next_one) {
  StateQuery query;
  query.commits = trace::ScrapeSeq{1};
  Player player(TextOf({}));
  CheckContains(player.At(10'000, query), R"("commits":[])");
  const std::string first = player.At(20'000, query);
  CheckContains(first, R"("commits":[{"records":[{"type":"series","size":)");
  CheckContains(first, R"({"type":"samples","size":)");
  CheckContains(first, R"("bytes":"0200000000000000010000019)");  // type, first reference, first time
  CheckContains(player.At(35'000, query), R"("commits":[])");
  query.commits = trace::ScrapeSeq{2};
  CheckContains(player.At(35'000, query), R"("commits":[{"records":[{"type":"samples","size":)");
}

BOOST_AUTO_TEST_CASE(a_scrape_in_flight_is_seen) {
  Player player(TextOf({.exporter = "latency: 4s, series: [{series: m, values: '1+1x100'}]"}));
  CheckContains(player.At(17'000), R"("state":"scraping","next_ns":"30546834246","scrapes":1)");
}

BOOST_AUTO_TEST_CASE(a_target_that_has_gone_is_listed_until_its_loop_ends) {
  Player player(TextOf({.events = "  - {at: 40s, targets: {j: []}}\n"}));
  CheckContains(player.At(50'000), R"("state":"end_of_run","next_ns":null,"scrapes":2)");
  const std::string gone = player.At(100'000);
  CheckContains(gone, R"("targets":[])");
}

BOOST_AUTO_TEST_CASE(dropped_targets_say_by_what) {
  Player player(ConfigWith("relabel_configs: [{source_labels: [__address__], regex: 'b:.*', action: drop}]"));
  CheckContains(player.At(30'000), R"("dropped_by":"relabel_configs rule 1 (drop)");
}

BOOST_AUTO_TEST_CASE(the_configuration_that_failed_is_told) {
  Player player(TextOf({.events = "  - {at: 20s, reload: {scrape_configs: [{job_name: j}, {job_name: j}]}}\n"}));
  CheckContains(player.At(30'000), R"("config":{"applied":1,"error":")");
  CheckContains(player.At(30'000), "found multiple scrape configs");
}

BOOST_AUTO_TEST_CASE(the_cache_shows_what_decides_on_markers) {
  const std::string exporter = "series: [{series: m, values: '1+1x100'}, {series: gone, values: '1 _x100'}]";
  Player player(TextOf({.exporter = exporter, .events = "  - {at: 40s, exporter: 'a:80', fault: refuse}\n"}));
  CheckContains(player.At(20'000, CacheOf(1)), R"("entries":2,"current":2,"previous":0,"dropped":0,"unseen":0)");
  const std::string row = player.At(20'000, CacheOf(1, "m"));
  CheckContains(row, R"("total":1,"rows":[{"raw":"m","labels":{"__name__":"m","instance":"a:80","job":"j"},"ref":)");
  CheckContains(row, R"("set":"current","tracked":true)");
  // A scrape that succeeds forgets what it has not seen, one that fails does not.
  CheckContains(player.At(35'000, CacheOf(1)), R"("entries":1,"current":1,"previous":0)");
  CheckContains(player.At(50'000, CacheOf(1)), R"("entries":1,"current":0,"previous":1)");
  CheckContains(player.At(65'000, CacheOf(1)), R"("current":0,"previous":0,"dropped":0,"unseen":1)");
}

BOOST_AUTO_TEST_CASE(a_dropped_series_is_in_the_cache) {
  Player player(ConfigWith("metric_relabel_configs: [{source_labels: [__name__], regex: m, action: drop}]"));
  for (const std::uint64_t loop : {1, 2}) {
    const std::string state = player.At(40'000, CacheOf(loop));
    if (state.find(R"("entries":1)") != std::string::npos) CheckContains(state, R"("set":"dropped","tracked":false)");
  }
}

BOOST_AUTO_TEST_CASE(a_page_of_the_cache_counts_all_rows) {
  Player player(TextOf({.exporter = "series: [{series: m1, values: '1x9'}, {series: m2, values: '1x9'}]"}));
  CheckContains(player.At(20'000, CacheOf(1, "m", 1)), R"("total":2,"rows":[{"raw":"m1")");
}

BOOST_AUTO_TEST_CASE(chunks_of_a_series) {
  Player player(TextOf({}));
  StateQuery query;
  query.chunks = static_cast<SeriesRef>(1);
  CheckContains(player.At(20'000, query), R"("chunks":[{"encoding":"XOR","samples":1,"min_ms":1767225615546)");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_an_error) {
  Player player(TextOf({}));
  BOOST_TEST(player.At(20'000, CacheOf(7)) == "error: loop 7 is not there");
  for (const std::uint64_t id : {0, 99}) {
    StateQuery query;
    query.chunks = static_cast<SeriesRef>(id);
    BOOST_TEST(player.At(20'000, query) == "error: no series has the number " + std::to_string(id));
  }
}

BOOST_AUTO_TEST_CASE(relabelling_of_a_target_and_of_a_series) {
  Player player(
      ConfigWith("relabel_configs: [{target_label: dc, replacement: eu}, {source_labels: [__address__], regex: 'b:.*', "
                 "action: drop}], metric_relabel_configs: [{regex: code, action: labeldrop}]"));
  player.At(40'000);
  const std::string target = *RelabelJson(player.run, {static_cast<trace::LoopId>(1), {}, {}});
  CheckContains(target, R"({"rules":"relabel_configs","before":{"__address__":"a:80")");
  CheckContains(target, R"("steps":[{"rule":1,"action":"replace","config":"{)");
  CheckContains(target, R"("dropped":false})");
  // The dropped one, by its place in the list.
  const std::string dropped = *RelabelJson(player.run, {{}, 1, {}});
  CheckContains(dropped, R"("rule":2,"action":"drop")");
  CheckContains(dropped, R"("dropped":true})");
  const Labels exposed = *scenario::ParseSeriesName("m{code=\"200\"}");
  const std::string series = *RelabelJson(player.run, {static_cast<trace::LoopId>(1), {}, exposed});
  CheckContains(series, R"("before":{"__name__":"m","code":"200","dc":"eu","instance":"a:80","job":"j"})");
  CheckContains(series, R"("after":{"__name__":"m","dc":"eu","instance":"a:80","job":"j"},"dropped":false})");
  BOOST_TEST(!RelabelJson(player.run, {static_cast<trace::LoopId>(9), {}, {}}).ok());
  BOOST_TEST(!RelabelJson(player.run, {{}, 5, {}}).ok());
  BOOST_TEST(!RelabelJson(player.run, {{}, 1, exposed}).ok());
}

BOOST_AUTO_TEST_CASE(looking_changes_nothing) {
  const std::string text = TextOf({.events = "  - {at: 40s, exporter: 'a:80', fault: refuse, for: 20s}\n"});
  Player player(text);
  while (!player.run.done()) {
    player.run.Step();
    player.At(0, CacheOf(1));
  }
  BOOST_TEST(player.run.Finish().trace_digest == scenario::RunText(text).trace_digest);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::inspect
