// SPDX-License-Identifier: Apache-2.0
// The manager between configurations, discovery and its pools: what happens at once, what waits, what is shown.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/scrape/target_identity.h"
#include "core/text/fnv.h"
#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

const LabelMap kA = {{"__address__", "a:1"}};
const LabelMap kB = {{"__address__", "b:1"}};

ResponseScript Slow(Nanoseconds delay) {
  ResponseScript script;
  script.body = "m 1\n";
  script.delay = delay;
  return script;
}

std::size_t Stops(const Engine& engine) {
  std::size_t count = 0;
  for (std::size_t at = engine.loops.find("stop"); at != std::string::npos; at = engine.loops.find("stop", at + 1)) {
    ++count;
  }
  return count;
}

/// Two jobs, j and k, whose targets a:1 and b:1 are being scraped nearly all the time: from their first scrapes on.
void StartBusyJobs(Engine& engine) {
  engine.Answer(Slow(9900ms)).Answer(Slow(9900ms), "b:1");
  engine.Configure(JobYaml("scrape_timeout: 10s") + JobYaml("scrape_timeout: 10s", "k", "['b:1']"));
  engine.Advance(25s);
}

BOOST_AUTO_TEST_CASE(MGR_05_of_several_updates_the_latest_counts) {
  Engine engine;
  engine.Advance(1s);
  engine.Discover({kA, kB}).Discover({kB}).Discover({kB, {{"__address__", "c:1"}}}).Advance(10s);
  BOOST_TEST(engine.pool().ActiveTargets().size() == 2u);
  BOOST_TEST(engine.loops == "start, start, start, stop");  // once: b and c come, a goes
}

BOOST_AUTO_TEST_CASE(MGR_07_all_sets_are_synced_at_once_and_the_slowest_ends_the_reload) {
  Engine engine;
  StartBusyJobs(engine);
  engine.simulation().SetDiscovered("k", {});
  engine.Discover({}).Advance(0s);
  BOOST_TEST(engine.Targets("j") + engine.Targets("k") == "");
  BOOST_TEST(Stops(engine) == 0u);  // both wait for their scrape in flight
  engine.Discover({kA});
  while (Stops(engine) < 2) {
    BOOST_TEST(engine.Targets("j") == "");
    engine.Advance(100ms);
  }
  engine.Advance(5s);
  BOOST_TEST(engine.Targets("j") == "a:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_07_a_sync_that_waits_holds_up_no_configuration) {
  Engine engine;
  StartBusyJobs(engine);
  engine.Discover({}).Advance(0s);
  const MonotonicTime before = engine.clock().MonotonicNow();
  // j waits for its scrape; it is not touched, k is new.
  engine.Configure(JobYaml("scrape_timeout: 10s") + JobYaml("scrape_timeout: 10s", "k", "['b:1']") + JobYaml("", "l"));
  BOOST_TEST((engine.clock().MonotonicNow() == before));
  BOOST_TEST(Stops(engine) == 0u);
}

BOOST_AUTO_TEST_CASE(MGR_12_the_seed_is_made_of_the_host_name_and_the_external_labels) {
  const struct {
    const char* name;
    std::vector<Label> labels;
    const char* text;
  } rows[] = {
      {"none", {}, "h{}"},
      {"one", {{"a", "b"}}, R"(h{a="b"})"},
      {"two", {{"a", "b"}, {"c", "d"}}, R"(h{a="b", c="d"})"},
      {"an empty value stays", {{"a", ""}}, R"(h{a=""})"},
      {"values are quoted", {{"a", "x\"y\n"}}, R"(h{a="x\"y\n"})"},
      {"so are names beyond the old rule", {{"a.b", "c"}}, R"(h{"a.b"="c"})"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(OffsetSeed("h", Labels::FromSorted(row.labels)) == text::Fnv1a64(row.text));
    }
  }
}

BOOST_AUTO_TEST_CASE(MGR_12_the_seed_gives_the_phase_of_the_scrapes) {
  EngineOptions options;
  options.hostname = "a.example.com.";  // as the look-up gives it
  options.configured = false;
  Engine engine(options);
  engine.Configure(JobYaml(), ", external_labels: {unset: '${NOT_THERE}', replica: b}");
  engine.Scrape();
  const std::uint64_t seed = text::Fnv1a64(R"(a.example.com.{replica="b", unset=""})");
  const std::uint64_t interval = 10'000'000'000;
  BOOST_TEST(static_cast<std::uint64_t>(UnixNanos(engine.clock().WallNow())) % interval ==
             (engine.pool().ActiveTargets()[0]->Hash() ^ seed) % interval);
}

BOOST_AUTO_TEST_CASE(MGR_15_pools_are_stopped_and_reloaded_at_once) {
  Engine engine;
  StartBusyJobs(engine);
  const std::string requests = engine.Requests("b:1");
  engine.Configure(JobYaml("scrape_timeout: 10s\nhonor_labels: true"));  // k goes
  BOOST_TEST(Stops(engine) == 2u);
  BOOST_TEST(engine.Requests("b:1") == requests);  // it was stopped at once, whatever j did
  BOOST_TEST(engine.Targets("k") == "no pool");
}

BOOST_AUTO_TEST_CASE(MGR_15_a_target_reload_waits_for_the_configuration) {
  Engine engine;
  engine.Answer(Slow(4900ms)).Scrape().Advance(6s);  // in flight since 10, until 14.9
  const std::string jobs = JobYaml("honor_labels: true");
  bool applied = false;
  engine.simulation().StartApplyConfig("global: {scrape_interval: 10s, scrape_timeout: 5s}\nscrape_configs:\n" + jobs,
                                       {}, [&applied](const Status&) { applied = true; });
  engine.Discover({kB});
  while (!applied) {
    BOOST_TEST(engine.Targets().substr(0, 3) == "a:1");
    engine.Advance(100ms);
  }
  engine.Advance(10s);
  BOOST_TEST(engine.Targets().substr(0, 3) == "b:1");
}

BOOST_AUTO_TEST_CASE(MGR_17_a_scrape_config_file_that_is_broken_replaces_nothing) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.simulation().files().Set("more.yml", "scrape_configs: [{job_name: k, scrape_interval: never}]");
  const Status status = engine.simulation().ApplyConfig("scrape_config_files: [more.yml]\nscrape_configs:\n" +
                                                        JobYaml("honor_labels: true"));
  BOOST_TEST(!status.ok());
  engine.Scrape();
  BOOST_TEST(engine.loops == "start");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1");
}

BOOST_AUTO_TEST_CASE(MGR_20_stop_returns_when_the_final_scrapes_are_committed) {
  EngineOptions options;
  options.scrape.scrape_on_shutdown = true;
  Engine engine(options);
  engine.Expose("m 1\n").Scrape().Advance(3s);
  engine.storage().SetStandingFault({2s, ""});
  engine.Stop();
  BOOST_TEST(engine.Samples("m") == "0:1 3:1");
}

BOOST_AUTO_TEST_CASE(MGR_21_pools_get_the_configuration_before_its_targets) {
  Engine engine;
  engine.Answer(Slow(4s)).Scrape().Advance(8s);                     // in flight until 14, which the reload waits for
  engine.Configure(JobYaml("honor_labels: true", "j", "['b:1']"));  // with the old target, which goes after that
  engine.Advance(0s);
  BOOST_TEST(engine.messages == "ctct");
  BOOST_TEST(engine.loops == "start, stop 14, start 14, start 14, stop 14");
  BOOST_TEST(engine.Targets() == "b:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_22_the_reloader_starts_with_the_first_configuration_that_loads) {
  EngineOptions options;
  options.configured = false;
  options.scrape.discovery_reload_on_startup = false;
  Engine engine(options);
  BOOST_TEST(engine.Configure("- job_name: ''\n") != "");
  engine.Advance(12s);
  BOOST_TEST(engine.Configure(JobYaml()) == "");
  engine.Advance(4999ms);
  BOOST_TEST(engine.Targets() == "no pool");
  engine.Advance(1ms);  // 5 s later, and not on the grid of before
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_23_the_flag_is_for_the_selected_targets) {
  Engine engine;
  engine.Expose("m 1\n").Expose("n 1\n", "b:1").Discover({kA, kB}).Advance(30s);
  engine.simulation().Await([&](std::function<void()> done) {
    engine.simulation().manager().DisableEndOfRunStalenessMarkers(
        "j", [](const Target& target) { return target.labels().Get("__address__") == "b:1"; }, std::move(done));
  });
  engine.Discover({}).Advance(1min);
  BOOST_TEST(engine.Samples("m").find("stale") != std::string::npos);
  BOOST_TEST(engine.Samples("n").find("stale") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(MGR_24_pools_targets_and_configurations_can_be_seen) {
  EngineOptions options;
  options.configured = false;
  Engine engine(options);
  const std::string drop = "keep_dropped_targets: 1\nrelabel_configs: [{source_labels: [d], regex: x, action: drop}]";
  engine.Configure(JobYaml(drop) + JobYaml("", "k", "['b:1']"));
  engine.Discover({kA, {{"__address__", "c:1"}, {"d", "x"}}, {{"__address__", "d:1"}, {"d", "x"}}}).Advance(6s);
  std::string names;
  for (const auto& [name, pool] : engine.simulation().manager().pools()) names += name + pool->config()->job_name + ' ';
  BOOST_TEST(names == "jj kk ");
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
  BOOST_TEST(engine.Targets("k") == "b:1 unknown\n");
  BOOST_REQUIRE(engine.pool().dropped_targets().size() == 1u);
  BOOST_TEST(engine.pool().dropped_targets()[0].DiscoveredLabels().Get("__address__") == "c:1");
  BOOST_TEST(engine.pool().dropped_count() == 2u);
  BOOST_TEST(engine.pool("k").dropped_count() == 0u);
}

// ---- options ----

/// A counter with its start as its exporter exposes it, scraped twice.
void ScrapeCounterTwice(Engine& engine) {
  ResponseScript script;
  script.headers = {{"Content-Type", "application/openmetrics-text; version=1.0.0"}};
  script.body = "# TYPE m counter\nm_total 5\nm_created 1600000000\n# EOF\n";
  engine.Answer(std::move(script)).Scrape(2);
}

BOOST_AUTO_TEST_CASE(MGR_25_every_option_is_off_by_default) {
  EngineOptions options;
  options.scrape = ScrapeOptions();
  Engine engine(options);
  bool metadata = false;
  bool start_time = false;
  engine.Refuse([&](const AppendRequest& request) {
    // Report series have theirs always.
    metadata |= request.metadata != nullptr && request.labels->Get(kMetricName) == "m_total";
    start_time |= request.st_ms != 0;
    return AppendCode::kOk;
  });
  engine.Advance(4999ms);
  BOOST_TEST(engine.Targets() == "no pool");  // no reload on startup; an interval of 5 s
  engine.Advance(1ms);
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
  const MonotonicTime start = engine.clock().MonotonicNow();
  ScrapeCounterTwice(engine);
  BOOST_TEST((engine.clock().MonotonicNow() - start <= 20s));  // no offset but the jitter
  BOOST_TEST(engine.Samples("m_total") == "0:5 10:5");         // no synthesis: the first sample is there
  BOOST_TEST(engine.Samples("m_created") == "0:1.6e+09 10:1.6e+09");
  BOOST_TEST(engine.LabelsOf("m_total").find("__type__") == std::string::npos);
  BOOST_TEST(!metadata);
  BOOST_TEST(!start_time);
  const std::string requests = engine.Requests();
  engine.Stop();
  BOOST_TEST(engine.Requests() == requests);  // no scrape on shutdown
}

BOOST_AUTO_TEST_CASE(MGR_25_options_that_change_what_is_appended) {
  EngineOptions options;
  options.scrape.append_metadata = true;
  options.scrape.type_and_unit_labels = true;
  options.scrape.parse_start_timestamps = true;
  Engine engine(options);
  bool metadata = false;
  std::int64_t st_ms = 0;
  engine.Refuse([&](const AppendRequest& request) {
    if (request.labels->Get(kMetricName) != "m_total") return AppendCode::kOk;
    metadata |= request.metadata != nullptr;
    st_ms = request.st_ms;
    return AppendCode::kOk;
  });
  ScrapeCounterTwice(engine);
  BOOST_TEST(metadata);
  BOOST_TEST(st_ms == 1'600'000'000'000);
  BOOST_TEST(engine.Samples("m_created") == "");
  BOOST_TEST(engine.LabelsOf("m_total").find("__type__=\"counter\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(MGR_25_synthesis_takes_the_first_sample_as_the_start) {
  EngineOptions options;
  options.scrape.synthesize_start_timestamps = true;
  Engine engine(options);
  ScrapeCounterTwice(engine);
  BOOST_TEST(engine.Samples("m_total") == "10:0");
}

}  // namespace
}  // namespace stalemark::testing
