// SPDX-License-Identifier: Apache-2.0
// Identity of targets, what a Sync does in which order, the target limit, and how a pool is made and stopped.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "core/scrape/target_identity.h"
#include "core/text/fnv.h"
#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

const LabelMap kA = {{"__address__", "a:1"}};
const LabelMap kB = {{"__address__", "b:1"}};
const LabelMap kC = {{"__address__", "c:1"}};

// ---- identity ----

BOOST_AUTO_TEST_CASE(POOL_01_POOL_03_the_hash_is_that_of_the_string_encoding) {
  // XXH64 over 08 "__name__" 02 "up" 03 "job" 01 "x"; over `name FF value FF` it would be another.
  BOOST_TEST(Labels::FromSorted({{"__name__", "up"}, {"job", "x"}}).Hash() == 0x886cd16ff9859d82u);
  BOOST_TEST(Labels::FromSorted({}).Hash() == 0xef46db3751d8e999u);  // of no bytes, seed 0
}

BOOST_AUTO_TEST_CASE(POOL_04_the_label_hash_is_padded_to_16_digits) {
  int short_ones = 0;
  for (int i = 0; i < 100'000 && short_ones < 3; ++i) {
    const std::string value = std::to_string(i);
    const Labels labels = Labels::FromSorted({{"x", value}});
    std::string digits = std::to_string(labels.Hash());
    const bool is_short = digits.size() < 16;
    if (!is_short && i > 2) continue;
    short_ones += is_short;
    if (is_short) digits.insert(0, 16 - digits.size(), '0');
    BOOST_TEST(TargetHash(labels, "http://a:1/metrics") == text::Fnv1a64(digits + "http://a:1/metrics"));
  }
  BOOST_TEST(short_ones == 3);
}

BOOST_AUTO_TEST_CASE(POOL_05_all_labels_but_meta_ones_are_identity) {
  const struct {
    const char* name;
    const char* value;
    bool identity;
  } rows[] = {{"zone", "x", true},
              {"__scheme__", "https", true},
              {"__metrics_path__", "/other", true},
              {"__scrape_interval__", "20s", true},
              {"__scrape_timeout__", "4s", true},
              {"__param_q", "x", true},
              {"__tmp_x", "x", true},
              {"__scrape_native_histograms__", "true", true},
              {"__meta_x", "x", false}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Engine engine;
      engine.Advance(0s);
      engine.Discover({{{"__address__", "a:1"}, {row.name, row.value}}}).Advance(10s);
      const bool replaced = engine.loops.find("stop") != std::string::npos;
      BOOST_TEST(replaced == row.identity);
    }
  }
}

BOOST_AUTO_TEST_CASE(POOL_44_a_unix_socket_label_is_an_ordinary_internal_one) {
  Engine engine;
  engine.Discover({{{"__address__", "a:1"}, {"__unix_socket__", "/run/a.sock"}}});
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1");  // from a:1
  BOOST_TEST(engine.LabelsOf("m") == R"({__name__="m", instance="a:1", job="j"})");
}

// ---- sync ----

BOOST_AUTO_TEST_CASE(POOL_10_dropped_targets_are_those_of_the_last_sync_under_the_new_configuration) {
  Engine engine(JobOptions("relabel_configs: [{source_labels: [d], regex: x, action: drop}]"));
  const LabelMap marked = {{"__address__", "b:1"}, {"d", "x"}};
  engine.Discover({kA, marked, marked}).Advance(6s);
  BOOST_TEST(engine.pool().dropped_count() == 2u);
  engine.Discover({kA, marked}).Advance(6s);
  BOOST_TEST(engine.pool().dropped_count() == 1u);
  BOOST_TEST(engine.pool().dropped_targets().size() == 1u);
  engine.Configure(JobYaml());
  engine.Advance(6s);
  BOOST_TEST(engine.pool().dropped_count() == 0u);
  BOOST_TEST(engine.pool().ActiveTargets().size() == 2u);
}

BOOST_AUTO_TEST_CASE(POOL_13_no_limit_remembers_all_dropped_targets) {
  Engine engine(JobOptions("relabel_configs: [{source_labels: [d], regex: x, action: drop}]"));
  std::vector<LabelMap> targets;
  for (int i = 0; i < 100; ++i) targets.push_back({{"__address__", "a:" + std::to_string(i)}, {"d", "x"}});
  engine.Discover(targets).Advance(6s);
  BOOST_TEST(engine.pool().dropped_targets().size() == 100u);
  BOOST_TEST(engine.pool().dropped_count() == 100u);
}

BOOST_AUTO_TEST_CASE(POOL_18_POOL_19_new_loops_start_while_old_ones_finish) {
  Engine engine(JobOptions("scrape_timeout: 10s"));
  engine.Answer(Slow(9900ms)).Expose("m 1\n", "b:1").Scrape().Advance(200ms);  // the scrape of 10 is in flight
  engine.Discover({kB}).Advance(0s);
  BOOST_TEST(engine.loops == "start, start 10.1");
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_targets")) == 1);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_sync_total")) == 1);  // not over
  engine.Advance(9700ms);
  BOOST_TEST(engine.loops == "start, start 10.1");
  BOOST_TEST(engine.Requests("b:1") != "");  // it has scraped already
  engine.Advance(200ms);
  BOOST_TEST(engine.loops == "start, start 10.1, stop 19.9");
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_sync_total")) == 2);
}

BOOST_AUTO_TEST_CASE(POOL_18_the_target_limit_holds_for_the_new_loops) {
  Engine engine(JobOptions("target_limit: 1"));
  engine.Advance(0s);
  engine.Discover({kB, kC}).Advance(20s);
  BOOST_TEST(engine.Requests() == "");  // a loop that started before the limit was looked at would have asked
}

BOOST_AUTO_TEST_CASE(POOL_20_a_sync_is_observed_when_it_is_over) {
  Engine engine;
  engine.Advance(6s).Discover({kA}).Advance(6s);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_sync_total")) == 2);
  BOOST_TEST(engine.Metric(OfJob("sync_length_seconds_count")) == 2);
  BOOST_TEST(engine.Metric(OfJob("sync_length_histogram_seconds_count")) == 2);
  BOOST_TEST(engine.Metric("prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"0.01\"}") ==
             2);
}

BOOST_AUTO_TEST_CASE(POOL_21_there_is_no_symbol_table_and_no_clean_up_of_it) {
  Engine engine;
  for (int minute = 0; minute < 16; ++minute) {
    std::vector<LabelMap> targets = {kA};
    // The labels of one target more than double every time: upstream's other builds start anew by then.
    for (int i = 0; i < (1 << (minute / 2)); ++i) {
      targets.push_back({{"__address__", "b:1"}, {fmt::format("l{}_{}", minute, i), "x"}});
    }
    engine.Discover(targets).Advance(1min);
    BOOST_TEST(engine.Metric(OfJob("scrape_pool_symboltable_items")) == 0);
  }
  engine.Expose("m 1\n").Discover({kA}).Advance(1min);
  engine.Scrape();
  BOOST_TEST(engine.last() == "1/1/0");  // a:1 has kept its cache
}

// ---- target_limit ----

BOOST_AUTO_TEST_CASE(POOL_32_the_next_sync_within_the_limit_lifts_it) {
  Engine engine(JobOptions("target_limit: 1"));
  engine.Expose("m 1\n").Scrape().Discover({kA, kB}).Advance(20s);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  BOOST_TEST(engine.Samples("up").find("10:0 20:0") != std::string::npos);  // it ticks on
  engine.Discover({kA}).Advance(20s);
  BOOST_TEST(engine.Targets() == "a:1 up\n");
  BOOST_TEST(engine.Requests("a:1") == "0 30 40");
}

BOOST_AUTO_TEST_CASE(POOL_34_the_limit_is_shown_from_the_start_and_after_a_reload) {
  Engine engine(JobOptions("target_limit: 7"));
  engine.Advance(0s);
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_target_limit")) == 7);
  engine.Configure(JobYaml("target_limit: 9"));
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_target_limit")) == 9);
  engine.Configure(JobYaml());
  BOOST_TEST(engine.Metric(OfJob("scrape_pool_target_limit")) == 0);
}

// ---- creation, stop ----

BOOST_AUTO_TEST_CASE(POOL_40_a_client_that_cannot_be_made) {
  Engine engine(JobOptions("tls_config: {ca_file: missing.pem}"));
  engine.Advance(0s);
  BOOST_TEST(
      engine.pool_errors ==
      "error creating HTTP client: unable to read CA cert: unable to read file missing.pem: open missing.pem: no "
      "such file or directory");
  BOOST_TEST(engine.Targets() == "no pool");
}

BOOST_AUTO_TEST_CASE(POOL_41_POOL_42_stop_takes_all_loops_at_once_and_ends_the_rest_with_the_last) {
  Engine engine(JobOptions("scrape_timeout: 10s"));
  engine.Answer(Slow(9900ms)).Expose("n 1\n", "b:1").Discover({kA, kB}).Advance(30s);
  const std::string requests = engine.Requests();
  const std::string before = engine.loops;
  const MonotonicTime start = engine.clock().MonotonicNow();
  engine.Stop();
  BOOST_TEST((engine.clock().MonotonicNow() > start));
  BOOST_TEST(engine.Requests() == requests);  // b:1 was stopped while a:1 was waited for
  // b:1 at once; a:1 when its scrape is over; only then is the end of b:1's series given up.
  engine.Advance(2min);
  const std::string after = engine.loops.substr(before.size());
  BOOST_TEST(after.substr(0, 6) == ", stop");
  BOOST_REQUIRE(after.find("abandoned") != std::string::npos);
  BOOST_TEST(after.find(", stop", 1) < after.find("abandoned"));
  BOOST_TEST(engine.Targets() == "");
  BOOST_TEST(engine.Samples("n").find("stale") == std::string::npos);
}

}  // namespace
}  // namespace stalemark::testing
