// SPDX-License-Identifier: Apache-2.0
// What scrapes leave in storage: appends, limits, the cache, stale markers and report series, by their IDs.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

EngineOptions Job(std::string lines) {
  EngineOptions options;
  options.job = std::move(lines);
  return options;
}

std::string ManySeries(int count, const std::string& prefix = "s") {
  std::string body;
  for (int i = 0; i < count; ++i) body += prefix + std::to_string(i) + " 1\n";
  return body;
}

// ---- appends ----

BOOST_AUTO_TEST_CASE(APP_02_ten_minutes_ahead_is_the_limit) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Expose("at 1 " + engine.Ms(10s + 10min) + "\nbehind 1 " + engine.Ms(10s + 10min + 1ms) + "\n").Scrape();
  BOOST_TEST(engine.last() == "2/2/1");
  BOOST_TEST(engine.Samples("at") == "610:1");
  BOOST_TEST(engine.Samples("behind") == "");
  BOOST_TEST(engine.ScrapesTotal("sample_out_of_bounds") == 1);
}

BOOST_AUTO_TEST_CASE(APP_03_what_counts_for_the_sample_limit) {
  Engine engine(Job("sample_limit: 2"));
  engine.Expose("m 1\nm 2\nm 3\nn 1\n").Scrape();  // duplicates never reach the limit
  BOOST_TEST(engine.last() == "4/4/2");
  engine.Expose("m 1 " + engine.Ms(1h) + "\nn 1 " + engine.Ms(1h) + "\no 1\n")
      .Scrape();  // what is refused behind it does
  BOOST_TEST(engine.last() == "3/3/0 sample limit exceeded");
}

BOOST_AUTO_TEST_CASE(APP_10_APP_14_dropped_samples_are_scraped_and_not_added) {
  Engine engine(Job("metric_relabel_configs: [{source_labels: [__name__], regex: d.*, action: drop}]"));
  engine.Expose("d1 1\nm 1\nd2 1\n").Scrape();
  BOOST_TEST(engine.last() == "3/1/1");
  engine.Scrape();
  BOOST_TEST(engine.last() == "3/1/0");
}

BOOST_AUTO_TEST_CASE(APP_11_zero_is_a_timestamp_and_honor_timestamps_decides) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Expose("n 1 0\n").Scrape();
  BOOST_TEST(engine.ScrapesTotal("sample_out_of_bounds") == 1);
  Engine other(Job("honor_timestamps: false"));
  other.Expose("n 1 0\n").Scrape();
  BOOST_TEST(other.Samples("n") == "0:1");
}

BOOST_AUTO_TEST_CASE(APP_12_APP_13_APP_22_the_same_series_again) {
  Engine engine;
  engine.Expose("m 1\nm 2\nm 3\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/1");
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 2);
  engine.Scrape();
  BOOST_TEST(engine.last() == "3/3/0");
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 4);
  engine.Expose("m 1 " + engine.Ms(1s) + "\nm 2 " + engine.Ms(2s) + "\nm 3 " + engine.Ms(3s) + "\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/0");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 11:1 12:2 13:3 20:stale");
}

BOOST_AUTO_TEST_CASE(APP_16_out_of_order_and_amended_samples_do_not_fail_a_scrape) {
  Engine engine;
  engine.Expose("late 1\namend 1\n").Scrape();
  engine.Expose("late 2 " + engine.Ms(-5s) + "\namend 2 " + engine.Ms(0s) + "\nok 1\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/1");
  BOOST_TEST(engine.ScrapesTotal("sample_out_of_order") == 1);
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 1);
  BOOST_TEST(engine.Samples("up") == "0:1 10:1");
}

BOOST_AUTO_TEST_CASE(APP_17_a_sample_behind_the_out_of_order_window_fails_the_scrape) {
  EngineOptions options;
  options.head.out_of_order_window_ms = 60'000;
  Engine engine(options);
  engine.Expose("m 1\n").Scrape();
  engine.Expose("m 2\nold 1 " + engine.Ms(-2h) + "\nn 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/1/0 too old sample");
  BOOST_TEST(engine.Samples("up") == "0:1 10:0");
  BOOST_TEST(engine.Samples("m") == "0:1");
}

BOOST_AUTO_TEST_CASE(APP_18_the_limit_counts_once_and_a_parse_error_is_the_one_reported) {
  Engine engine(Job("sample_limit: 1"));
  engine.Expose("a 1\nb 1\nc 1\n").Scrape();
  BOOST_TEST(engine.ScrapesTotal("exceeded_sample_limit") == 1);
  engine.Expose("a 1\nb 1\nc 1x\n").Scrape();
  BOOST_TEST(engine.last().substr(0, 30) == "2/2/0 strconv.ParseFloat: pars");
  BOOST_TEST(engine.ScrapesTotal("exceeded_sample_limit") == 2);
}

BOOST_AUTO_TEST_CASE(APP_20_counters_of_a_rolled_back_attempt_stay) {
  Engine engine;
  engine.Expose("m 1\nm 2\nbroken{\n").Scrape();
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 1);
  BOOST_TEST(engine.Samples("m") == "");
}

BOOST_AUTO_TEST_CASE(APP_23_counts_beyond_the_sample_limit) {
  Engine engine(Job("sample_limit: 1"));
  engine.Expose("metric_a 1\nmetric_b 1\nmetric_c 1\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/1 sample limit exceeded");
  BOOST_TEST(engine.Samples("metric_a") == "");
  BOOST_TEST(engine.Samples("scrape_samples_scraped") == "0:3");
}

BOOST_AUTO_TEST_CASE(APP_24_STALE_04_markers_are_exempt_from_the_sample_limit) {
  Engine engine(Job("sample_limit: 4"));
  engine.Expose("a 1\nb 1\nc 1\nd 1\n").Scrape();
  engine.Expose("e 1\nf 1\ng 1\nh 1\n").Scrape();
  BOOST_TEST(engine.last() == "4/4/4");
  BOOST_TEST(engine.Samples("d") == "0:1 10:stale");
}

// ---- cache ----

BOOST_AUTO_TEST_CASE(CACHE_02_spellings_of_one_series_are_entries_of_their_own) {
  Engine engine;
  engine.Expose("m{b=\"1\"} 1\nm{b=\"1\",} 2\nm{ b=\"1\"} 3\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/3");
  BOOST_TEST(engine.ScrapesTotal("sample_duplicate_timestamp") == 0);
  BOOST_TEST(engine.Samples("m") == "{b=\"1\"} 0:1");
}

BOOST_AUTO_TEST_CASE(CACHE_04_a_refused_series_is_not_cached) {
  Engine engine;
  engine.Expose("n 1\n").Scrape();
  engine.Expose("m 1 " + engine.Ms(1h) + "\nn 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/2/0");
  engine.Expose("m 1\nn 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/2/1");
}

BOOST_AUTO_TEST_CASE(CACHE_07_failing_scrapes_cannot_grow_the_cache_for_ever) {
  for (const int size : {1000, 1001}) {
    Engine engine;
    engine.Expose(ManySeries(size) + "broken{\n").Scrape();
    BOOST_TEST(engine.ScrapesTotal("cache_flush_forced") == size - 1000);
  }
}

BOOST_AUTO_TEST_CASE(CACHE_07_a_forced_flush_takes_the_remembered_order_along) {
  Engine engine;
  engine.Expose("m1 1\nm2 2\nm3 3\n").Scrape();
  engine.Expose(ManySeries(1100) + "broken{\n").Scrape();
  BOOST_TEST(engine.ScrapesTotal("cache_flush_forced") == 1);
  engine.Expose("m1 1\nm2 2\nm3 3\n").Scrape();
  BOOST_TEST(engine.last() == "3/3/3");
}

BOOST_AUTO_TEST_CASE(CACHE_08_metadata_stays_for_ten_scrapes) {
  Engine engine;
  engine.Expose("# TYPE m counter\nm 1\n").Scrape();
  engine.Expose("m 1\n").Scrape(10);
  BOOST_TEST(engine.Metric("prometheus_target_metadata_cache_entries{scrape_job=\"j\"}") == 1);
  engine.Scrape();
  BOOST_TEST(engine.Metric("prometheus_target_metadata_cache_entries{scrape_job=\"j\"}") == 0);
}

BOOST_AUTO_TEST_CASE(CACHE_10_failed_scrapes_evict_nothing) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Fail(SimFault::kRefuse).Scrape(3);
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/1/0");
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale 40:1");
}

BOOST_AUTO_TEST_CASE(CACHE_13_CACHE_15_metadata_lines_overwrite_their_part_only) {
  Engine engine;
  const std::string bytes = "prometheus_target_metadata_cache_bytes{scrape_job=\"j\"}";
  engine.Expose("# HELP m four\n").Scrape();
  BOOST_TEST(engine.Metric(bytes) == 4 + 7);  // unknown
  engine.Expose("# TYPE m gauge\n").Scrape();
  BOOST_TEST(engine.Metric(bytes) == 4 + 5);
}

BOOST_AUTO_TEST_CASE(CACHE_14_metadata_of_a_failed_scrape_is_kept) {
  Engine engine;
  engine.Expose("# TYPE m gauge\nbroken{\n").Scrape();
  BOOST_TEST(engine.Metric("prometheus_target_metadata_cache_entries{scrape_job=\"j\"}") == 1);
}

// ---- staleness ----

BOOST_AUTO_TEST_CASE(STALE_02_a_series_that_goes_gets_one_marker) {
  Engine engine;
  engine.Expose("m 1\nn 2\n").Scrape();
  engine.Expose("n 3\n").Scrape(2);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  BOOST_TEST(engine.Samples("n") == "0:2 10:3 20:3");
}

BOOST_AUTO_TEST_CASE(STALE_03_a_marker_that_comes_too_late_is_swallowed) {
  Engine engine(Job("track_timestamps_staleness: true"));
  engine.Expose("n 1\n").Scrape();
  engine.Expose("m 1 " + engine.Ms(60s) + "\n").Scrape();
  engine.Expose("n 1\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "60:1");
  BOOST_TEST(engine.Samples("up") == "0:1 10:1 20:1");
  BOOST_TEST(engine.ScrapesTotal("sample_out_of_order") == 0);
}

BOOST_AUTO_TEST_CASE(STALE_05_a_failed_scrape_marks_everything) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Fail(SimFault::kRefuse).Scrape(2);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
  BOOST_TEST(engine.Samples("up") == "0:1 10:0 20:0");
}

BOOST_AUTO_TEST_CASE(STALE_06_series_with_timestamps_are_not_tracked) {
  Engine engine;
  engine.Expose("n 1\n").Scrape();
  engine.Expose("m 1 " + engine.Ms(10s) + "\n").Scrape();
  engine.Expose("").Scrape();
  BOOST_TEST(engine.Samples("m") == "10:1");
  Engine tracking(Job("track_timestamps_staleness: true"));
  tracking.Expose("n 1\n").Scrape();
  tracking.Expose("m 1 " + tracking.Ms(10s) + "\n").Scrape();
  tracking.Expose("").Scrape();
  BOOST_TEST(tracking.Samples("m") == "10:1 20:stale");
}

BOOST_AUTO_TEST_CASE(STALE_07_a_series_that_turns_to_timestamps_is_marked_while_it_lives) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Expose("m 2 " + engine.Ms(5s) + "\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 5:2 10:stale");
}

BOOST_AUTO_TEST_CASE(STALE_08_a_cached_series_that_is_refused_is_marked) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Expose("m 2 " + engine.Ms(1h) + "\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
}

BOOST_AUTO_TEST_CASE(STALE_09_what_a_failing_scrape_reached_is_marked_by_the_next_one) {
  Engine engine(Job("sample_limit: 4"));
  engine.Expose("a 1\nb 1\nc 1\n").Scrape();
  engine.Expose("a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n").Scrape();
  engine.Expose("a 1\nb 1\n").Scrape();
  BOOST_TEST(engine.Samples("a") == "0:1 20:1");  // neither sample nor marker at 10
  BOOST_TEST(engine.Samples("c") == "0:1 20:stale");
  BOOST_TEST(engine.Samples("d") == "20:stale");
  BOOST_TEST(engine.Samples("e") == "");
}

BOOST_AUTO_TEST_CASE(STALE_10_a_series_lives_while_one_spelling_does) {
  Engine engine;
  engine.Expose("m{a=\"1\"} 1\nm{a=\"1\",} 1\n").Scrape();
  engine.Expose("m{a=\"1\",} 2\n").Scrape();
  BOOST_TEST(engine.Samples("m") == "{a=\"1\"} 0:1 10:2");
  engine.Expose("").Scrape();
  BOOST_TEST(engine.Samples("m") == "{a=\"1\"} 0:1 10:2 20:stale");
}

// ---- labels and their limits ----

BOOST_AUTO_TEST_CASE(MUT_02_honor_labels) {
  Engine engine(Job("honor_labels: true"));
  engine.Expose("m{instance=\"mine\"} 1\nn{instance=\"\"} 1\n").Scrape();
  BOOST_TEST(engine.LabelsOf("m") == "{__name__=\"m\", instance=\"mine\", job=\"j\"}");
  BOOST_TEST(engine.LabelsOf("n") == "{__name__=\"n\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(MUT_04_conflicts_are_resolved_by_length) {
  Engine engine;
  engine.Discover({{{"__address__", "a:1"}, {"foo", "t1"}, {"exported_foo", "t2"}, {"instance", "i"}}});
  engine.Expose("m{foo=\"1\",exported_foo=\"2\"} 1\n").Scrape();
  BOOST_TEST(engine.LabelsOf("m") ==
             "{__name__=\"m\", exported_exported_exported_foo=\"2\", exported_exported_foo=\"1\", "
             "exported_foo=\"t2\", foo=\"t1\", instance=\"i\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(MUT_05_MUT_07_empty_labels_vanish_and_double_underscores_stay) {
  Engine engine(Job("metric_relabel_configs: [{target_label: __kept, replacement: x}]"));
  engine.Expose("m{empty=\"\"} 1\n").Scrape();
  BOOST_TEST(engine.LabelsOf("m") == "{__kept=\"x\", __name__=\"m\", instance=\"a:1\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(MUT_06_a_series_without_labels_is_dropped) {
  Engine engine(Job("metric_relabel_configs: [{regex: .+, action: labeldrop}]"));
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/0/0");
}

BOOST_AUTO_TEST_CASE(MUT_08_REP_03_report_series_know_no_relabelling_and_no_limits) {
  Engine engine(Job("metric_relabel_configs: [{regex: '', action: drop}]\nsample_limit: 1\nlabel_limit: 1"));
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/0/0");
  BOOST_TEST(engine.Samples("up") == "0:1");
}

BOOST_AUTO_TEST_CASE(MUT_09_a_target_label_exported_job_is_lost_on_report_series) {
  Engine engine;
  engine.Discover({{{"__address__", "a:1"}, {"exported_job", "x"}}}).Expose("m 1\n").Scrape();
  BOOST_TEST(engine.LabelsOf("m") == "{__name__=\"m\", exported_job=\"x\", instance=\"a:1\", job=\"j\"}");
  BOOST_TEST(engine.LabelsOf("up") == "{__name__=\"up\", instance=\"a:1\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(MUT_10_names_that_storage_may_not_see_fail_the_scrape) {
  Engine nameless(Job("metric_relabel_configs: [{regex: __name__, action: labeldrop}]"));
  nameless.Expose("m 1\nn 1\n").Scrape();
  BOOST_TEST(nameless.last() == "1/0/0 missing metric name (__name__ label)");
  Engine legacy(Job("metric_name_validation_scheme: legacy"));
  legacy.Expose("m 1\n{\"a.b\"} 1\n").Scrape();
  BOOST_TEST(legacy.last() ==
             "2/1/1 invalid metric name or label names: {__name__=\"a.b\", instance=\"a:1\", job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(LIM_02_label_limit_counts_name_and_target_labels) {
  Engine engine(Job("label_limit: 3"));
  engine.Expose("fine 1\nm{a=\"1\"} 1\nn 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/1/1 label_limit exceeded (metric: m, number of labels: 4, limit: 3)");
  BOOST_TEST(engine.Metric("prometheus_target_scrape_pool_exceeded_label_limits_total") == 1);
}

BOOST_AUTO_TEST_CASE(LIM_03_names_are_measured_with_their_own_name) {
  Engine engine(Job("label_name_length_limit: 7"));
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() ==
             "1/0/0 label_name_length_limit exceeded (metric: m, label name: __name__, length: 8, limit: 7)");
}

BOOST_AUTO_TEST_CASE(LIM_04_LIM_05_lengths_are_bytes_and_texts_are_cut_to_50_runes) {
  Engine engine(Job("label_value_length_limit: 100"));
  std::string runes;
  for (int i = 0; i < 51; ++i) runes += "\xc3\xa9";  // 102 bytes
  engine.Expose("m{a=\"" + runes + "\"} 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/0/0 label_value_length_limit exceeded (metric: m, label name: a, value: \"" +
                                  runes.substr(0, 100) + "\", length: 102, limit: 100)");
}

BOOST_AUTO_TEST_CASE(LIM_01_the_first_violation_in_the_order_of_names) {
  Engine engine(Job("label_name_length_limit: 8\nlabel_value_length_limit: 3"));
  engine.Expose("m{b_is_a_long_name=\"x\",a=\"long\"} 1\n").Scrape();
  BOOST_TEST(
      engine.last() ==
      "1/0/0 label_value_length_limit exceeded (metric: m, label name: a, value: \"long\", length: 4, limit: 3)");
}

// ---- report series ----

BOOST_AUTO_TEST_CASE(REP_04_REP_05_a_success) {
  Engine engine;
  ResponseScript slow;
  slow.body = "m 1\nn 1\n";
  slow.delay = 1500ms;
  engine.Answer(slow).Scrape(2);
  BOOST_TEST(engine.Samples("up") == "0:1 10:1");
  BOOST_TEST(engine.Samples("scrape_duration_seconds") == "0:1.5 10:1.5");
  BOOST_TEST(engine.Samples("scrape_samples_scraped") == "0:2 10:2");
  BOOST_TEST(engine.Samples("scrape_series_added") == "0:2 10:0");
  BOOST_TEST(engine.Samples("scrape_timeout_seconds") == "");
}

BOOST_AUTO_TEST_CASE(REP_06_a_failed_fetch_reports_zeros) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Fail(SimFault::kRefuse).Scrape();
  BOOST_TEST(engine.Samples("scrape_samples_scraped") == "0:1 10:0");
  BOOST_TEST(engine.Samples("scrape_series_added") == "0:1 10:0");
}

BOOST_AUTO_TEST_CASE(REP_08_the_extra_series) {
  Engine engine(Job("extra_scrape_metrics: true\nsample_limit: 7\nbody_size_limit: 9B"));
  engine.Expose("mm 1\n").Scrape();
  engine.Expose("m 1\nbroken{").Scrape();
  engine.Expose("mm 1x\n").Scrape();
  engine.Fail(SimFault::kRefuse).Scrape();
  BOOST_TEST(engine.Samples("scrape_timeout_seconds") == "0:5 10:5 20:5 30:5");
  BOOST_TEST(engine.Samples("scrape_sample_limit") == "0:7 10:7 20:7 30:7");
  BOOST_TEST(engine.Samples("scrape_body_size_bytes") == "0:5 10:-1 20:6 30:0");
}

BOOST_AUTO_TEST_CASE(REP_08_sample_limit_is_an_int_upstream) {
  Engine engine(Job("extra_scrape_metrics: true\nsample_limit: 18446744073709551615"));
  engine.Expose("m 1\n").Scrape();
  BOOST_TEST(engine.last() == "1/1/1");
  BOOST_TEST(engine.Samples("scrape_sample_limit") == "0:-1");
}

BOOST_AUTO_TEST_CASE(REP_12_an_exposed_up_comes_first) {
  Engine engine;
  engine.Expose("up 7\n").Scrape(2);
  BOOST_TEST(engine.Samples("up") == "0:7 10:7");
  BOOST_TEST(engine.last() == "1/1/0");
}

BOOST_AUTO_TEST_CASE(REP_13_a_failed_attempt_caches_its_series) {
  Engine engine;
  engine.Expose("a 1\nb 1\nbroken{\n").Scrape();
  BOOST_TEST(engine.last().substr(0, 6) == "2/2/2 ");
  engine.Expose("a 1\nb 1\n").Scrape();
  BOOST_TEST(engine.last() == "2/2/0");
}

}  // namespace
}  // namespace stalemark::testing
