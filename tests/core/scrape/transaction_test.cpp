// SPDX-License-Identifier: Apache-2.0
// What one scrape, and the end of a run, put into which transaction, and what a storage's refusals lead to.
#include <string>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "tests/core/scrape/engine_fixture.h"

namespace stalemark::testing {
namespace {

constexpr const char* kRefused = "Get \"http://a:1/metrics\": dial tcp a:1: connect: connection refused";

/// Refuses what has this name.
RefusingStorage::Rule Named(const std::string& name, AppendCode code) {
  return [name, code](const AppendRequest& request) {
    return request.labels->Get(kMetricName) == name ? code : AppendCode::kOk;
  };
}

/// Refuses the stale markers of scraped series, not those of report series.
RefusingStorage::Rule MarkersOf(const std::string& name) {
  return [name](const AppendRequest& request) {
    const bool marker = IsStaleNaN(request.value_bits) && request.labels->Get(kMetricName) == name;
    return marker ? AppendCode::kOther : AppendCode::kOk;
  };
}

BOOST_AUTO_TEST_CASE(LOOP_34_one_commit_holds_samples_and_report) {
  Engine engine;
  engine.Expose("m 1\nn 1\n").Scrape();
  BOOST_TEST(engine.transactions == "commit 7");
}

BOOST_AUTO_TEST_CASE(LOOP_33_LOOP_34_after_a_failure_the_report_goes_with_the_markers) {
  Engine engine;
  engine.Expose("m 1\nn 1\n").Scrape();
  engine.transactions.clear();
  engine.Expose("m 1\nm{ 1\n").Scrape();
  BOOST_TEST(engine.transactions == "rollback 1, commit 6");  // the marker of n
}

BOOST_AUTO_TEST_CASE(LOOP_33_the_third_transaction_is_for_the_report) {
  Engine engine;
  engine.Expose("m 1\nn 1\n").Scrape();
  engine.transactions.clear();
  engine.Refuse(MarkersOf("n")).Expose("m 1\nm{ 1\n").Scrape();
  BOOST_TEST(engine.transactions == "rollback 1, rollback 1, commit 5");
  BOOST_TEST(engine.Samples("up") == "0:1 10:0");
}

BOOST_AUTO_TEST_CASE(LOOP_35_a_refused_report_sample_takes_the_samples_along) {
  for (const AppendCode code : {AppendCode::kOutOfBounds, AppendCode::kTooOld, AppendCode::kOther}) {
    Engine engine;
    engine.Refuse(Named("scrape_samples_scraped", code)).Expose("m 1\n").Scrape();
    BOOST_TEST(engine.transactions == "rollback 4");  // m, up, the duration, and the one refused
    BOOST_TEST(engine.Samples("m") == "");
    BOOST_TEST(engine.Targets() == "a:1 up\n");
  }
}

BOOST_AUTO_TEST_CASE(LOOP_35_but_not_one_that_comes_too_late_or_again) {
  for (const AppendCode code : {AppendCode::kOutOfOrder, AppendCode::kDuplicate}) {
    Engine engine;
    engine.Refuse(Named("up", code)).Expose("m 1\n").Scrape();
    BOOST_TEST(engine.transactions == "commit 6");
    BOOST_TEST(engine.Samples("m") == "0:1");
    BOOST_TEST(engine.ScrapesTotal("sample_out_of_order") == 0);
  }
}

BOOST_AUTO_TEST_CASE(LOOP_38_the_error_of_the_fetch_comes_first) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.Refuse(MarkersOf("m")).Fail(SimFault::kRefuse).Scrape();
  BOOST_TEST(engine.Targets() == std::string("a:1 down ") + kRefused + "\n");
  engine.Refuse(nullptr).Expose("m one\n").Scrape();
  BOOST_TEST(engine.Targets() ==
             "a:1 down strconv.ParseFloat: parsing \"one\": invalid syntax while parsing: \"m one\"\n");
}

BOOST_AUTO_TEST_CASE(LOOP_30_LOOP_38_a_forced_error_stands_when_its_markers_are_refused) {
  Engine engine(JobOptions("target_limit: 1"));
  engine.Expose("m 1\n").Scrape();
  engine.Refuse(MarkersOf("m")).Discover({{{"__address__", "a:1"}}, {{"__address__", "b:1"}}}).Advance(10s);
  BOOST_TEST(engine.last() == "0/0/0 target_limit exceeded (number of targets: 2, limit: 1)");
  BOOST_TEST(engine.transactions.find("rollback 1, commit 5") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(LOOP_32_a_failed_fetch_is_an_empty_scrape_of_that_many_bytes) {
  const struct {
    const char* name;
    SimFault fault;
    const char* body;
    const char* bytes;
  } rows[] = {{"refused", SimFault::kRefuse, "", "0:4 10:0"},
              {"cut", SimFault::kTruncate, "m 1\n", "0:4 10:0"},
              {"too large", SimFault::kNone, "m 1234567890\n", "0:4 10:-1"}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Engine engine(JobOptions("extra_scrape_metrics: true\nbody_size_limit: 10B"));
      engine.Expose("m 1\n").Scrape();
      ResponseScript script;
      script.fault = row.fault;
      script.body = row.body;
      script.after = 1;
      engine.Answer(std::move(script)).Scrape();
      BOOST_TEST(engine.Samples("scrape_body_size_bytes") == row.bytes);
      BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
      BOOST_TEST(engine.Samples("scrape_samples_scraped") == "0:1 10:0");
    }
  }
}

// ---- time ----

BOOST_AUTO_TEST_CASE(LOOP_09_scrapes_that_are_always_late_keep_to_the_grid) {
  Engine engine;
  engine.simulation().timers().SetSpans({{MonotonicTime{}, MonotonicTime{} + 1h, 2ms}}, 7);
  engine.Expose("m 1\n").Scrape(8);
  BOOST_TEST(engine.Requests() != "0 10 20 30 40 50 60 70");
  BOOST_TEST(engine.Samples("m") == "0:1 10:1 20:1 30:1 40:1 50:1 60:1 70:1");
}

BOOST_AUTO_TEST_CASE(LOOP_39_interval_lengths_are_between_real_starts) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.clock().Pause(10s + 2ms);
  engine.Scrape();
  BOOST_TEST(engine.Samples("m") == "0:1 10:1");
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_sum{interval=\"10s\"}") == 10.002);
  engine.Scrape();
  BOOST_TEST(engine.Metric("prometheus_target_interval_length_seconds_sum{interval=\"10s\"}") == 20);
}

BOOST_AUTO_TEST_CASE(LOOP_04_a_tick_and_a_stop_at_once_lead_to_no_scrape_either_way) {
  for (const bool tick_wins : {false, true}) {
    EngineOptions options;
    if (tick_wins) options.last_choices = {ChoicePoint::kTickOrCancel};
    Engine engine(options);
    engine.storage().SetFault(1, {12s, ""});  // the scrape of 10 ends at 22, with the tick of 20 pending
    engine.Expose("m 1\n").Scrape().Advance(11s);
    engine.Discover({}).Advance(50s);
    BOOST_TEST(engine.Requests() == "0 10");
    BOOST_TEST(engine.loops == (tick_wins ? "start, stop 22, end of run 41" : "start, stop 22, end of run 31"));
    BOOST_TEST(engine.Samples("m") == (tick_wins ? "0:1 10:1 30:stale" : "0:1 10:1 22:stale"));
  }
}

// ---- end of run ----

BOOST_AUTO_TEST_CASE(LOOP_23_the_end_of_a_run_holds_up_nobody) {
  Engine engine;
  engine.Expose("m 1\n").Scrape().Advance(2s);
  engine.Discover({}).Advance(0s);
  const std::string syncs = "prometheus_target_scrape_pool_sync_total{scrape_job=\"j\"}";
  BOOST_TEST(engine.loops == "start, stop 2");
  BOOST_TEST(engine.Metric(syncs) == 2);
  engine.Discover({{{"__address__", "b:1"}}}).Advance(6s);
  BOOST_TEST(engine.Metric(syncs) == 3);
  engine.Advance(20s);
  BOOST_TEST(engine.Samples("m") == "0:1 10:stale");
}

BOOST_AUTO_TEST_CASE(EOR_04_one_commit_ends_samples_and_report) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.transactions.clear();
  engine.Discover({}).Advance(1min);
  BOOST_TEST(engine.transactions == "commit 6");
  for (const char* name : {"m", "up", "scrape_duration_seconds", "scrape_series_added"}) {
    const std::string samples = engine.Samples(name);
    BOOST_TEST(samples.substr(samples.find(' ')) == " 10:stale");
  }
}

BOOST_AUTO_TEST_CASE(EOR_04_refused_markers_leave_the_report) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.transactions.clear();
  engine.Refuse(MarkersOf("m")).Discover({}).Advance(1min);
  BOOST_TEST(engine.transactions == "rollback 1, commit 5");
  BOOST_TEST(engine.Samples("m") == "0:1");
  BOOST_TEST(engine.Samples("up") == "0:1 10:stale");
}

BOOST_AUTO_TEST_CASE(EOR_04_a_refused_report_leaves_nothing) {
  Engine engine;
  engine.Expose("m 1\n").Scrape();
  engine.transactions.clear();
  engine.Refuse(MarkersOf("up")).Discover({}).Advance(1min);
  BOOST_TEST(engine.transactions == "rollback 2");
  BOOST_TEST(engine.Samples("m") == "0:1");
}

// ---- stale markers ----

BOOST_AUTO_TEST_CASE(STALE_01_text_cannot_say_stale) {
  const struct {
    const char* name;
    const char* content_type;
    const char* body;
  } rows[] = {{"text", "text/plain", "m NaN\n"}, {"OpenMetrics", "application/openmetrics-text", "m nan\n# EOF\n"}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Engine engine;
      std::string bits;
      engine.Refuse([&bits](const AppendRequest& request) {
        if (request.labels->Get(kMetricName) == "m")
          bits += (bits.empty() ? "" : " ") + fmt::format("{:x}", request.value_bits);
        return AppendCode::kOk;
      });
      ResponseScript script;
      script.headers = {{"Content-Type", row.content_type}};
      script.body = row.body;
      engine.Answer(std::move(script)).Scrape();
      engine.Expose("").Scrape();
      BOOST_TEST(bits == "7ff8000000000001 7ff0000000000002");
    }
  }
}

BOOST_AUTO_TEST_CASE(STALE_01_protobuf_can) {
  ResponseScript script;
  script.headers = {
      {"Content-Type", "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"}};
  // name: "m", type: GAUGE, metric: {gauge: {value: the stale NaN}}
  script.body = std::string("\x12\x0a\x01m\x18\x01\x22\x0b\x12\x09\x09\x02\0\0\0\0\0\xf0\x7f", 19);
  Engine engine;
  engine.Answer(std::move(script)).Scrape();
  BOOST_TEST(engine.last() == "1/1/1");
  BOOST_TEST(engine.Samples("m") == "0:stale");
}

BOOST_AUTO_TEST_CASE(STALE_11_the_marker_of_a_histogram_is_stored_as_one) {
  Engine engine(JobOptions("convert_classic_histograms_to_nhcb: true"));
  engine.Expose("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\nm 1\n")
      .Scrape();
  bool sent_as_float = false;
  engine.Refuse([&](const AppendRequest& request) {
    if (request.labels->Get(kMetricName) == "h") sent_as_float = request.histogram == nullptr;
    return AppendCode::kOk;
  });
  engine.Expose("").Scrape();
  BOOST_TEST(sent_as_float);
  BOOST_TEST(engine.Samples("h") == "0:3 10:stale");
  engine.head().ForEachSeries([](const SeriesView& series) {
    const bool is_histogram = series.labels.Get(kMetricName) == "h";
    for (const Sample& sample : series.samples) BOOST_TEST((sample.histogram != nullptr) == is_histogram);
  });
}

}  // namespace
}  // namespace stalemark::testing
