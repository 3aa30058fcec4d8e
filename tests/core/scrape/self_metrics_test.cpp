// SPDX-License-Identifier: Apache-2.0
// The scrape manager's own metrics: names, labels, and when they are there.
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

const LabelMap kA = {{"__address__", "a:1"}};
const LabelMap kB = {{"__address__", "b:1"}};

/// Names of the metrics with a label, without the values of labels.
std::map<std::string, int> LabelledNames(Engine& engine, const std::string& label) {
  std::map<std::string, int> names;
  for (const auto& [name, value] : engine.simulation().manager().CollectMetrics()) {
    const std::size_t brace = name.find('{' + label + "=\"");
    if (brace != std::string::npos) ++names[name.substr(0, brace)];
  }
  return names;
}

std::string Joined(const std::map<std::string, int>& names) {
  std::string out;
  for (const auto& [name, count] : names) out += name + ' ' + std::to_string(count) + '\n';
  return out;
}

BOOST_AUTO_TEST_CASE(SELF_01_counters_are_there_from_the_start) {
  EngineOptions options;
  options.configured = false;
  Engine engine(options);
  std::string names;
  for (const auto& [name, value] : engine.simulation().manager().CollectMetrics()) {
    BOOST_TEST(value == 0);
    names += name + '\n';
  }
  BOOST_TEST(names ==
             "prometheus_target_scrape_duration_seconds_count\n"
             "prometheus_target_scrape_duration_seconds_sum\n"
             "prometheus_target_scrape_pool_exceeded_label_limits_total\n"
             "prometheus_target_scrape_pool_exceeded_target_limit_total\n"
             "prometheus_target_scrape_pool_reloads_failed_total\n"
             "prometheus_target_scrape_pool_reloads_total\n"
             "prometheus_target_scrape_pools_failed_total\n"
             "prometheus_target_scrape_pools_total\n"
             "prometheus_target_scrapes_cache_flush_forced_total\n"
             "prometheus_target_scrapes_exceeded_body_size_limit_total\n"
             "prometheus_target_scrapes_exceeded_native_histogram_bucket_limit_total\n"
             "prometheus_target_scrapes_exceeded_sample_limit_total\n"
             "prometheus_target_scrapes_exemplar_out_of_order_total\n"
             "prometheus_target_scrapes_sample_duplicate_timestamp_total\n"
             "prometheus_target_scrapes_sample_out_of_bounds_total\n"
             "prometheus_target_scrapes_sample_out_of_order_total\n");
}

BOOST_AUTO_TEST_CASE(SELF_01_what_the_counters_of_failed_scrapes_count) {
  const struct {
    const char* counter;
    const char* lines;
    const char* body;
  } rows[] = {
      {"prometheus_target_scrapes_exceeded_body_size_limit_total", "body_size_limit: 2B", "m 1\n"},
      {"prometheus_target_scrapes_exceeded_sample_limit_total", "sample_limit: 1", "m 1\nn 1\n"},
      {"prometheus_target_scrape_pool_exceeded_label_limits_total", "label_limit: 1", "m 1\n"},
      {"prometheus_target_scrapes_sample_duplicate_timestamp_total", "", "m 1 1\nm 2 1\n"},
      {"prometheus_target_scrapes_sample_out_of_bounds_total", "", "m 1 99999999999999\n"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.counter) {
      Engine engine(JobOptions(row.lines));
      std::string body = row.body;
      if (body == "m 1 1\nm 2 1\n") body = "m 1 " + engine.Ms(0s) + "\n";
      engine.Expose(body).Scrape();
      if (body[4] == '1') engine.Expose("m 2" + body.substr(3)).Scrape();
      BOOST_TEST(engine.Metric(row.counter) == 1);
      double sum = 0;
      for (const auto& [name, value] : engine.simulation().manager().CollectMetrics()) {
        if (name.find("_scrapes_") != std::string::npos || name.find("_label_limits_") != std::string::npos)
          sum += value;
      }
      BOOST_TEST(sum == 1);  // and no other
    }
  }
}

BOOST_AUTO_TEST_CASE(SELF_02_SELF_03_series_by_job) {
  EngineOptions options;
  options.configured = false;
  Engine engine(options);
  engine.Configure(JobYaml() + JobYaml("", "k", "['b:1']"));
  engine.Advance(6s);
  BOOST_TEST(Joined(LabelledNames(engine, "scrape_job")) ==
             "prometheus_target_metadata_cache_bytes 2\n"
             "prometheus_target_metadata_cache_entries 2\n"
             "prometheus_target_scrape_pool_symboltable_items 2\n"
             "prometheus_target_scrape_pool_sync_total 2\n"
             "prometheus_target_scrape_pool_target_limit 2\n"
             "prometheus_target_scrape_pool_targets 2\n"
             "prometheus_target_sync_failed_total 2\n"
             "prometheus_target_sync_length_histogram_seconds_bucket 10\n"
             "prometheus_target_sync_length_histogram_seconds_count 2\n"
             "prometheus_target_sync_length_histogram_seconds_sum 2\n"
             "prometheus_target_sync_length_seconds_count 2\n"
             "prometheus_target_sync_length_seconds_sum 2\n");
}

BOOST_AUTO_TEST_CASE(SELF_03_names_of_jobs_are_escaped) {
  EngineOptions options;
  options.configured = false;
  Engine engine(options);
  engine.Configure(JobYaml("", "'a\"b\\c'", "['b:1']"));
  engine.Advance(6s);
  const std::map<std::string, int> names = LabelledNames(engine, "scrape_job");
  BOOST_TEST(names.size() == 12u);
  for (const char* name : {"prometheus_target_scrape_pool_targets", "prometheus_target_metadata_cache_bytes",
                           "prometheus_target_sync_length_seconds_count"}) {
    BOOST_TEST(engine.Metric(name + std::string("{scrape_job=\"a\\\"b\\\\c\"}")) >= 0);
  }
}

BOOST_AUTO_TEST_CASE(SELF_03_metadata_of_the_active_targets_by_job) {
  Engine engine;
  engine.Expose("# TYPE m gauge\nm 1\n").Scrape();
  BOOST_TEST(engine.Metric("prometheus_target_metadata_cache_entries{scrape_job=\"j\"}") == 1);
  BOOST_TEST(engine.Metric("prometheus_target_metadata_cache_bytes{scrape_job=\"j\"}") == 5);
}

BOOST_AUTO_TEST_CASE(SELF_04_SELF_05_observations_by_interval) {
  Engine engine(JobOptions("scrape_interval: 90s"));
  engine.Scrape(3);
  engine.Configure(JobYaml("scrape_interval: 90s\nhonor_labels: true"));
  BOOST_TEST(Joined(LabelledNames(engine, "interval")) ==
             "prometheus_target_interval_length_histogram_seconds_bucket 5\n"
             "prometheus_target_interval_length_histogram_seconds_count 1\n"
             "prometheus_target_interval_length_histogram_seconds_sum 1\n"
             "prometheus_target_interval_length_seconds_count 1\n"
             "prometheus_target_interval_length_seconds_sum 1\n"
             "prometheus_target_reload_length_seconds_count 1\n"
             "prometheus_target_reload_length_seconds_sum 1\n");
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_count{interval=\"1m30s\"}") == 2);
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_sum{interval=\"1m30s\"}") == 180);
  BOOST_TEST(engine.Metric("prometheus_target_reload_length_seconds_count{interval=\"1m30s\"}") == 1);
}

BOOST_AUTO_TEST_CASE(SELF_05_bounds_of_the_histograms_belong_to_their_buckets) {
  SelfMetrics metrics;
  for (const Nanoseconds seen : {Nanoseconds(10ms), Nanoseconds(10ms + 1ns), Nanoseconds(100ms), Nanoseconds(1s),
                                 Nanoseconds(10s), Nanoseconds(10s + 1ns)}) {
    metrics.ObserveJob("prometheus_target_sync_length_seconds", "j", seen);
    metrics.ObserveScrapeDuration(seen);
  }
  const std::map<std::string, double> values = metrics.Collect();
  const auto bucket = [&](const std::string& le) {
    return values.at("prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"" + le + "\"}");
  };
  BOOST_TEST(bucket("0.01") == 1);
  BOOST_TEST(bucket("0.1") == 3);
  BOOST_TEST(bucket("1") == 4);
  BOOST_TEST(bucket("10") == 5);
  BOOST_TEST(bucket("+Inf") == 6);
  BOOST_TEST(values.at("prometheus_target_sync_length_histogram_seconds_sum{scrape_job=\"j\"}") == 21.120000002);
  // Native only: without classic buckets and without labels.
  BOOST_TEST(values.at("prometheus_target_scrape_duration_seconds_count") == 6);
  BOOST_TEST(values.count("prometheus_target_scrape_duration_seconds_bucket{le=\"1\"}") == 0u);
}

BOOST_AUTO_TEST_CASE(SELF_06_targets_are_counted_once_whatever_the_limit_until_the_next_sync) {
  Engine engine(JobOptions("target_limit: 1"));
  engine.Discover({kA, kB, kB}).Advance(6s);
  const std::string targets = "prometheus_target_scrape_pool_targets{scrape_job=\"j\"}";
  BOOST_TEST(engine.Metric(targets) == 2);
  engine.Configure(JobYaml("target_limit: 5\nrelabel_configs: [{action: drop}]"));
  BOOST_TEST(engine.Metric(targets) == 2);  // a reload does not look at targets
  engine.Advance(6s);
  BOOST_TEST(engine.Metric(targets) == 0);
}

}  // namespace
}  // namespace stalemark::testing
