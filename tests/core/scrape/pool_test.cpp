// SPDX-License-Identifier: Apache-2.0
// Manager and pools: when targets are reloaded, what a Sync and a reload do to loops, and what is counted.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

const LabelMap kA = {{"__address__", "a:1"}};
const LabelMap kB = {{"__address__", "b:1"}};

/// The default of the server: the first reload waits for the ticker.
EngineOptions WaitingForTicks() {
  EngineOptions options;
  options.scrape.discovery_reload_on_startup = false;
  return options;
}

/// Only the reload of the start: what a reload of the configuration does by itself is then to be seen.
EngineOptions WithoutFurtherSyncs() {
  EngineOptions options;
  options.scrape.discovery_reload_interval = 1h;
  return options;
}

// ---- manager ----

BOOST_AUTO_TEST_CASE(MGR_03_targets_wait_for_the_first_tick) {
  Engine engine(WaitingForTicks());
  engine.Advance(4999ms);
  BOOST_TEST(engine.Targets() == "no pool");
  engine.Advance(1ms);
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_04_MGR_05_throttle_of_updates) {
  Engine engine(WaitingForTicks());
  engine.Advance(12s);  // the reload of 5 s; the tick of 10 s waits for a trigger
  engine.Discover({kA, kB}).Advance(0s);
  BOOST_TEST(engine.pool().ActiveTargets().size() == 2u);  // at once
  engine.Discover({}).Discover({kB}).Advance(2999ms);
  BOOST_TEST(engine.pool().ActiveTargets().size() == 2u);
  engine.Advance(1ms);  // the tick of 15 s, and the latest update only
  BOOST_TEST(engine.Targets() == "b:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_06_reload_on_startup_does_not_wait_for_a_tick) {
  Engine engine;
  engine.Advance(0s);
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
  engine.Discover({kB}).Advance(4999ms);
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
  engine.Advance(1ms);
  BOOST_TEST(engine.Targets() == "b:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_08_a_set_without_a_configuration_is_skipped) {
  Engine engine;
  engine.Advance(10s);
  engine.simulation().SendTargets({{"unheard_of", {{"0", {kA}, {}}}}, {"j", {{"0", {kB}, {}}}}});
  engine.Advance(10s);
  BOOST_TEST(engine.Targets("unheard_of") == "no pool");
  BOOST_TEST(engine.Targets().substr(0, 3) == "b:1");
}

BOOST_AUTO_TEST_CASE(SD_05_SD_06_a_job_without_groups_has_a_pool_without_targets) {
  Engine engine(WaitingForTicks());
  engine.simulation().SendTargets({{"j", {}}});
  BOOST_TEST(engine.Targets() == "no pool");
  engine.Advance(6s);
  BOOST_TEST(engine.Targets() == "");
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_targets")) == 0);
}

BOOST_AUTO_TEST_CASE(MGR_09_a_pool_that_cannot_be_made_is_tried_again) {
  EngineOptions options;
  options.job = "tls_config: {ca_file: missing.pem}";
  Engine engine(options);
  engine.Advance(6s).Discover({kA}).Advance(6s);
  BOOST_TEST(engine.Targets() == "no pool");
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pools_total") == 2);
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pools_failed_total") == 2);
}

BOOST_AUTO_TEST_CASE(MGR_10_a_configuration_makes_no_pool) {
  EngineOptions options = WaitingForTicks();
  options.scrape.discovery_reload_interval = 30s;
  Engine engine(options);
  engine.Advance(31s).Configure(JobYaml("", "j") + JobYaml("", "k"));
  BOOST_TEST(engine.Targets("k") == "no pool");
  engine.Advance(29s);
  BOOST_TEST(engine.Targets("k") == "a:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(MGR_11_a_job_that_discovery_forgets_is_left_alone) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.simulation().SendTargets({});
  engine.Scrape(2);
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:1");
  engine.Discover({}).Advance(10s);  // an empty list is another thing
  BOOST_TEST(engine.Targets() == "");
}

BOOST_AUTO_TEST_CASE(MGR_14_a_pool_keeps_the_seed_of_its_creation) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Configure(JobYaml("honor_labels: true"), ", external_labels: {replica: b}");  // restarts the loop
  engine.Scrape();
  BOOST_TEST(engine.Requests() == "0 10");
}

BOOST_AUTO_TEST_CASE(MGR_16_RELOAD_01_a_reload_that_fails_leaves_the_pool_and_is_tried_again) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  const std::string broken = JobYaml("tls_config: {ca_file: missing.pem}");
  BOOST_TEST(engine.Configure(broken) == "failed to apply the new configuration");
  BOOST_TEST(engine.Configure(broken) == "failed to apply the new configuration");
  engine.Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 10:1");
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_reloads_total") == 2);
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_reloads_failed_total") == 2);
}

BOOST_AUTO_TEST_CASE(MGR_19_stop_takes_one_pool_after_the_other) {
  Engine engine;
  engine.Answer(Slow(3s)).Expose("n 1\n", "b:1").Scrape();
  engine.Configure(JobYaml() + JobYaml("scrape_interval: 1s\nscrape_timeout: 1s", "k", "['b:1']"));
  engine.Advance(8s);  // the scrape of 10 is in flight until 13
  const std::string scrapes_of_k = "prometheus_target_interval_length_seconds_count{interval=\"1s\"}";
  const double before = engine.Metric(scrapes_of_k);
  engine.Stop();
  BOOST_TEST(engine.Metric(scrapes_of_k) == before + 2);
  BOOST_TEST(engine.Targets() + engine.Targets("k") == "");
}

BOOST_AUTO_TEST_CASE(MGR_19_a_reload_that_waited_for_stop_starts_nothing) {
  Engine engine;
  engine.Answer(Slow(4900ms)).Scrape().Advance(5200ms);  // in flight since 10, until 14.9
  engine.Discover({kA, kB});
  engine.Advance(0s);  // the reload has its turn, and what follows waits for the next tick
  engine.Discover({kB});
  engine.Stop();
  const std::string requests = engine.Requests();
  engine.Advance(60s);
  BOOST_TEST(engine.Requests() == requests);
}

BOOST_AUTO_TEST_CASE(MGR_23_an_unknown_pool_is_no_error) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.DisableEndOfRun("unheard_of");
  engine.Discover({}).Advance(60s);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
}

// ---- sync ----

BOOST_AUTO_TEST_CASE(POOL_11_targets_that_cannot_be_made_are_counted) {
  Engine engine;
  engine.Advance(0s);
  BOOST_TEST(engine.Metric(OfJob("sync_failed_total")) == 0);
  engine.Advance(6s).Discover({kA, {{"__address__", "a/b"}}, {{"job", "x"}}}).Advance(0s);
  BOOST_TEST(engine.Metric(OfJob("sync_failed_total")) == 2);
  BOOST_TEST(engine.Targets() == "a:1 unknown\n");
}

BOOST_AUTO_TEST_CASE(POOL_12_POOL_13_dropped_targets) {
  EngineOptions options;
  options.job = "keep_dropped_targets: 2\nrelabel_configs: [{source_labels: [drop], regex: x, action: drop}]";
  Engine engine(options);
  engine.Advance(6s);
  engine.Discover({kA,
                   {{"__address__", "b:1"}, {"drop", "x"}},
                   {{"__address__", "c:1"}, {"drop", "x"}},
                   {{"__address__", "d:1"}, {"drop", "x"}}});
  engine.Advance(0s);
  BOOST_TEST(engine.pool().dropped_count() == 3u);
  BOOST_TEST(engine.pool().dropped_targets().size() == 2u);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_targets")) == 1);
}

BOOST_AUTO_TEST_CASE(POOL_14_POOL_15_the_same_target_twice_is_one_loop_and_shows_the_last) {
  Engine engine;
  engine.Discover({{{"__address__", "a:1"}, {"__meta_from", "one"}}, {{"__address__", "a:1"}, {"__meta_from", "two"}}});
  engine.Advance(6s);
  BOOST_REQUIRE(engine.pool().ActiveTargets().size() == 1u);
  BOOST_TEST(engine.pool().ActiveTargets()[0]->DiscoveredLabels().Get("__meta_from") == "two");
  BOOST_TEST(engine.loops.find("stop") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(POOL_15_a_known_target_keeps_its_loop_and_its_cache) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Discover({{{"__address__", "a:1"}, {"__meta_new", "x"}}}).Scrape();
  BOOST_TEST(engine.loops == "start");
  BOOST_TEST(engine.last() == "1/1/0");
}

BOOST_AUTO_TEST_CASE(POOL_16_RELOAD_08_another_interval_label_is_another_target) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Discover({{{"__address__", "a:1"}, {"__scrape_interval__", "20s"}}}).Advance(70s);
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_count{interval=\"20s\"}") >= 2);
  BOOST_TEST(engine.last() == "1/1/0");
}

BOOST_AUTO_TEST_CASE(POOL_17_POOL_20_a_sync_ends_when_the_loops_that_went_have_stopped) {
  Engine engine;
  engine.Answer(Slow(3s)).Scrape().Advance(8s);  // in flight until 13
  engine.Discover({}).Advance(1s);
  BOOST_TEST(engine.Targets() == "");
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_sync_total")) == 1);
  engine.Advance(1s);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_sync_total")) == 2);
  BOOST_TEST(engine.Metric(OfJob("sync_length_seconds_sum")) == 2);
}

BOOST_AUTO_TEST_CASE(POOL_30_POOL_31_POOL_34_SELF_06_target_limit) {
  EngineOptions options;
  options.job = "target_limit: 2";
  Engine engine(options);
  engine.Discover({kA, kB}).Advance(6s);
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_exceeded_target_limit_total") == 0);
  engine.Discover({kA, kB, {{"__address__", "c:1"}}}).Advance(6s);
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_exceeded_target_limit_total") == 1);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_target_limit")) == 2);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_targets")) == 3);
}

BOOST_AUTO_TEST_CASE(POOL_31_POOL_32_a_reload_lifts_the_limit_and_sets_it) {
  EngineOptions options = WithoutFurtherSyncs();
  options.job = "target_limit: 1";
  Engine engine(options);
  engine.Expose("m 1\n").Expose("m 1\n", "b:1").Discover({kA, kB}).Advance(30s);
  BOOST_TEST(engine.Requests() == "");
  engine.Configure(JobYaml("target_limit: 2"));
  engine.Advance(10s);
  BOOST_TEST(engine.Targets() == "a:1 up\nb:1 up\n");
  engine.Configure(JobYaml("target_limit: 1"));
  engine.Advance(10s);
  BOOST_TEST(engine.last() == "0/0/0 target_limit exceeded (number of targets: 2, limit: 1)");
}

BOOST_AUTO_TEST_CASE(POOL_30_target_limit_is_an_int_upstream) {
  EngineOptions options;
  options.job = "target_limit: 18446744073709551615";
  Engine engine(options);
  engine.Scrape();
  BOOST_TEST(engine.last() == "0/0/0 target_limit exceeded (number of targets: 1, limit: 18446744073709551615)");
}

BOOST_AUTO_TEST_CASE(POOL_43_SELF_31_a_job_that_goes_takes_its_metrics_along) {
  Engine engine;
  engine.Expose("# TYPE m gauge\nm 1\n").Scrape(2);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_targets")) == 1);
  BOOST_TEST(engine.Metric(OfJob("sync_length_histogram_seconds_count")) == 1);
  engine.Configure(JobYaml("", "other"));
  for (const char* metric : {"scrape_pool_targets", "scrape_pool_sync_total", "scrape_pool_target_limit",
                             "scrape_pool_symboltable_items", "sync_failed_total", "metadata_cache_entries",
                             "sync_length_seconds_count", "sync_length_histogram_seconds_count"}) {
    BOOST_TEST(engine.Metric(OfJob(metric)) == -1, metric);
  }
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_count{interval=\"10s\"}") == 1);
}

BOOST_AUTO_TEST_CASE(SELF_30_metadata_of_a_stopped_pool_reads_zero) {
  Engine engine;
  engine.Expose("# TYPE m gauge\nm 1\n").Scrape();
  BOOST_TEST(engine.Metric(OfJob("metadata_cache_bytes")) == 5);
  engine.Stop();
  BOOST_TEST(engine.Metric(OfJob("metadata_cache_bytes")) == 0);
}

// ---- reload ----

BOOST_AUTO_TEST_CASE(HTTP_07_requests_stay_as_the_last_sync_made_them) {
  EngineOptions options = WithoutFurtherSyncs();
  options.job = "params: {q: [a, old]}\nscrape_timeout: 4s";
  Engine engine(options);
  engine.Expose("m 1\nn 1\n").Scrape();
  BOOST_TEST(engine.asked == "/metrics?q=a&q=old within 4");
  // The second parameter has no label, and is frozen all the same; a limit is not.
  engine.Configure(JobYaml("params: {q: [a, new]}\nscrape_timeout: 3s\nmetrics_path: /new\nsample_limit: 1"));
  for (int scrape = 0; scrape < 3; ++scrape) {
    engine.Scrape();
    BOOST_TEST(engine.asked == "/metrics?q=a&q=old within 4");
    BOOST_TEST(engine.last().find("sample limit exceeded") != std::string::npos);
  }
  engine.Advance(1h).Scrape();
  BOOST_TEST(engine.asked == "/new?q=a&q=new within 3");
}

BOOST_AUTO_TEST_CASE(RELOAD_01_the_same_configuration_touches_nothing) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Configure(JobYaml());
  engine.Scrape();
  BOOST_TEST(engine.loops == "start");
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_reloads_total") == 0);
}

BOOST_AUTO_TEST_CASE(RELOAD_02_RELOAD_05_four_settings_keep_the_caches) {
  for (const char* lines :
       {"sample_limit: 5", "scrape_timeout: 4s", "scrape_interval: 20s", "basic_auth: {username: u}"}) {
    BOOST_TEST_CONTEXT(lines) {
      Engine engine(WithoutFurtherSyncs());
      engine.Expose("m 1\n").Scrape();
      engine.Configure(JobYaml(lines));
      engine.Expose("n 1\n").Scrape();
      BOOST_TEST(engine.Samples("m") == "0:1 10:stale");  // by the new loop, from the old one's cache
      engine.Advance(40s);
      BOOST_TEST(engine.loops.find("end of run") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(RELOAD_03_RELOAD_06_anything_else_starts_with_an_empty_cache) {
  for (const char* lines : {"body_size_limit: 1MB", "honor_labels: true", "label_limit: 9", "params: {a: [b]}"}) {
    BOOST_TEST_CONTEXT(lines) {
      Engine engine(WithoutFurtherSyncs());
      engine.Expose("gone 1\nm 1\n").Scrape();
      engine.Configure(JobYaml(lines));
      engine.Expose("m 1\n").Scrape();
      BOOST_TEST(engine.last() == "1/1/1");
      engine.Advance(30s);
      BOOST_TEST(engine.Samples("gone") == "0:1 10:stale");  // written at 21 by the old loop
      BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:1 30:1 40:1");
    }
  }
}

BOOST_AUTO_TEST_CASE(RELOAD_04_a_reload_waits_for_scrapes_in_flight_and_successors_keep_the_phase) {
  Engine engine;
  engine.Answer(Slow(3s)).Scrape().Advance(8s);
  engine.Configure(JobYaml("honor_labels: true"));  // blocks from 11 to 13
  BOOST_TEST(engine.loops == "start, stop 13, start 13");
  engine.Scrape();
  BOOST_TEST(engine.Requests() == "0 10 20");
}

BOOST_AUTO_TEST_CASE(RELOAD_07_old_labels_rule_until_the_next_sync) {
  Engine engine(WithoutFurtherSyncs());
  engine.Expose("m 1\n").Scrape();
  engine.Configure(JobYaml("scrape_interval: 1s\nscrape_timeout: 1s\nmetrics_path: /other"));
  engine.Scrape(2);
  BOOST_TEST(engine.Requests() == "0 10 20");
  BOOST_TEST(engine.pool().ActiveTargets()[0]->ScrapeUrl().String() == "http://a:1/metrics");
}

BOOST_AUTO_TEST_CASE(RELOAD_09_lengths_by_the_new_interval) {
  Engine engine;
  engine.Answer(Slow(3s)).Scrape().Advance(8s);
  engine.Configure(JobYaml("scrape_interval: 90s"));
  BOOST_TEST(engine.Metric("prometheus_target_reload_length_seconds_sum{interval=\"1m30s\"}") == 2);
}

BOOST_AUTO_TEST_CASE(RELOAD_10_targets_keep_their_health) {
  Engine engine;
  engine.Fail(SimFault::kRefuse).Scrape();
  engine.Configure(JobYaml("honor_labels: true"));
  BOOST_TEST(engine.Targets() == "a:1 down Get \"http://a:1/metrics\": dial tcp a:1: connect: connection refused\n");
}

}  // namespace
}  // namespace stalemark::testing
