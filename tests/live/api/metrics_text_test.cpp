// SPDX-License-Identifier: Apache-2.0
#include "live/api/metrics_text.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "core/text/metric_key.h"
#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

BOOST_AUTO_TEST_CASE(families_with_help_and_type_and_buckets_in_order) {
  const MetricValues values = {
      {"prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"+Inf\"}", 2},
      {"prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"0.01\"}", 1},
      {"prometheus_target_sync_length_histogram_seconds_count{scrape_job=\"j\"}", 2},
      {"prometheus_target_sync_length_histogram_seconds_sum{scrape_job=\"j\"}", 0.25},
      {"prometheus_tsdb_head_series", 1e9},
      {"unknown", 1},
  };
  BOOST_TEST(MetricsText(values) ==
             "# HELP prometheus_target_sync_length_histogram_seconds Actual interval to sync the scrape pool.\n"
             "# TYPE prometheus_target_sync_length_histogram_seconds histogram\n"
             "prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"0.01\"} 1\n"
             "prometheus_target_sync_length_histogram_seconds_bucket{scrape_job=\"j\",le=\"+Inf\"} 2\n"
             "prometheus_target_sync_length_histogram_seconds_count{scrape_job=\"j\"} 2\n"
             "prometheus_target_sync_length_histogram_seconds_sum{scrape_job=\"j\"} 0.25\n"
             "# HELP prometheus_tsdb_head_series Total number of series in the head block.\n"
             "# TYPE prometheus_tsdb_head_series gauge\n"
             "prometheus_tsdb_head_series 1e+09\n"
             "unknown 1\n");
  BOOST_TEST(text::MetricKey("m", {{"l", "a\"b\\c\nd"}}) == "m{l=\"a\\\"b\\\\c\\nd\"}");
}

BOOST_AUTO_TEST_CASE(every_metric_of_the_manager_has_a_family) {
  Engine engine;
  engine.Expose("m 1\n").Scrape(3);
  engine.Configure(JobYaml("sample_limit: 5"));
  engine.Scrape();
  const MetricValues values = engine.simulation().manager().CollectMetrics();
  BOOST_TEST(values.size() > 20u);
  for (const auto& value : values) {
    BOOST_TEST(MetricsText({value}).substr(0, 7) == "# HELP ", value.first);
  }
}

}  // namespace
}  // namespace stalemark::testing
