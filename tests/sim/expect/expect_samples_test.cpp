// SPDX-License-Identifier: Apache-2.0
// `samples`, `series` and `query` below `expect`: for each kind one that holds and one that does not, whose text was
// read. The grid: 9.646 s and every 15 s, 8 slots; the exporter refuses connections from 50 s to 80 s.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

constexpr const char* kTop = R"(name: test
duration: 2m
prometheus:
  hostname: prom-0
  features: [exemplar-storage, metadata-wal-records, st-storage]
  config:
    global: {scrape_interval: 15s}
    scrape_configs:
      - job_name: j
        convert_classic_histograms_to_nhcb: true
        static_configs: [{targets: ['a:80']}]
exporters:
  a:80:
    responses:
      - headers: {Content-Type: 'application/openmetrics-text; version=1.0.0'}
        body: |
          # TYPE jobs counter
          # HELP jobs Jobs done.
          jobs_total{cpu="0"} 1 # {trace_id="a"} 0.5 1767225605
          jobs_created{cpu="0"} 1767225601
          jobs_total{cpu="1"} 5
          # TYPE lat histogram
          lat_bucket{le="0.5"} 1
          lat_bucket{le="1.0"} 3
          lat_bucket{le="+Inf"} 4
          lat_sum 3.5
          lat_count 4
          # EOF
events:
  - {at: 50s, exporter: 'a:80', fault: refuse, for: 30s}
expect:
)";

/// The failures of the lines below `expect`, without the place.
std::string Judge(const std::string& expectations) {
  std::string text = Failures(RunText(kTop + expectations));
  for (std::size_t at = text.find("dir/s.yml:"); at != std::string::npos; at = text.find("dir/s.yml:", at)) {
    text.erase(at, text.find(": ", at) + 2 - at);
  }
  return text;
}

std::string Samples(const std::string& entry) {
  return Judge("  samples:\n    - " + entry + "\n");
}
std::string Series(const std::string& entry) {
  return Judge("  series:\n    - " + entry + "\n");
}
std::string Query(const std::string& entry) {
  return Judge("  query:\n    - " + entry + "\n");
}

const std::string kDown = "down: Get \"http://a:80/metrics\": dial tcp a:80: connect: connection refused\n";
const std::string kLat = "series: 'lat{instance=\"a:80\",job=\"j\"}'";
const std::string kJobs = "series: 'jobs_total{cpu=\"0\",instance=\"a:80\",job=\"j\"}'";
const std::string kJobsText = "jobs_total{cpu=\"0\",instance=\"a:80\",job=\"j\"}";

BOOST_AUTO_TEST_SUITE(expect_samples)

BOOST_AUTO_TEST_CASE(histograms_in_slots) {
  const std::string right = "{{schema:-53 count:4 sum:3.5 custom_values:[0.5 1] buckets:[1 2 1]}}";
  BOOST_TEST(Samples("{" + kLat + ", values: '" + right + "x2 stale _ " + right + "x2'}") == "");
  const std::string wrong = "{{schema:-53 count:4 sum:4 custom_values:[0.5 1] buckets:[1 2 2]}}";
  BOOST_TEST(Samples("{" + kLat + ", values: '" + right + "x1 " + wrong + " 1 stale " + right + "x2'}") ==
             "lat{instance=\"a:80\",job=\"j\"}: 3 of 8 slots differ\n"
             "  slot  time      expected                      stored                          scrape\n"
             "  2     39.646s   {{.. sum:4 buckets:[1 2 2]}}  {{.. sum:3.5 buckets:[1 2 1]}}  at 39.646100929s: up\n"
             "  3     54.646s   1                             stale                           at 54.646100929s: " +
                 kDown +
                 "  4     1m9.646s  stale                         _                               at "
                 "1m9.646100929s: " +
                 kDown + "  stored: " + right + "x2 stale _ " + right + "x2" +
                 "\n  next: stalemark explain dir/s.yml 'lat{instance=\"a:80\",job=\"j\"}' --at 39s646ms\n");
  BOOST_TEST(
      Samples("{" + kLat + ", values: 1}") ==
      "lat{instance=\"a:80\",job=\"j\"}: found 1 value, expected 8: one per scrape scheduled from g0 = 9.646s on, "
      "every 15s\n  next: if what is stored is right, write values: '" +
          right + "x2 stale _ " + right + "x2'\n");
}

BOOST_AUTO_TEST_CASE(tolerance) {
  const std::string values = ", values: '1.01x2 stale _ 1.01x2', tolerance: ";
  BOOST_TEST(Samples("{" + kJobs + values + "1%}") == "");
  BOOST_TEST(Samples("{" + kJobs + values + "0.011}") == "");
  BOOST_TEST(Samples("{" + kJobs + values + "0.005}").find("6 of 8 slots differ") != std::string::npos);
  BOOST_TEST(Samples("{" + kJobs + values + "-1}") ==
             "found \"-1\", expected a number such as 0.001, or a share such as 1%\n");
}

BOOST_AUTO_TEST_CASE(points) {
  const std::string right =
      "[{at: 9s646ms, value: 1, start: 1s}, [24s646ms, 1], {at: '2026-01-01T00:00:39.646Z', bits: 3ff0000000000000}, "
      "[54s646ms, stale], [1m24s646ms, 1], [1m39s646ms, 1], [1m54s646ms, 1]]";
  BOOST_TEST(Samples("{" + kJobs + ", points: " + right + "}") == "");
  BOOST_TEST(Samples("{" + kJobs +
                     ", points: [{at: 9s646ms, value: 1, start: none}, [30s, 1], [39s646ms, 1], "
                     "[54s646ms, 2], [1m24s646ms, 1], [1m39s646ms, 1], [1m54s646ms, 1]]}") ==
             kJobsText +
                 ": 4 of 8 samples differ\n"
                 "  time     expected      stored        scrape\n"
                 "  9.646s   1 (no start)  1 (start 1s)  at 9.646100929s: up\n"
                 "  24.646s  -             1             at 24.646100929s: up\n"
                 "  30s      1             -             no scrape\n"
                 "  54.646s  2             stale         at 54.646100929s: " +
                 kDown +
                 "  stored: [[9s646ms, 1], [24s646ms, 1], [39s646ms, 1], [54s646ms, stale], [1m24s646ms, 1], "
                 "[1m39s646ms, 1], [1m54s646ms, 1]]\n"
                 "  next: stalemark explain dir/s.yml '" +
                 kJobsText + "' --at 9s646ms\n");
  BOOST_TEST(Samples("{" + kJobs + ", points: [[30s, 1], [30s, 2]]}") ==
             "found a time that is not later than the one before, expected points in the order of their times\n");
  BOOST_TEST(Samples("{" + kJobs + ", points: [{at: 1s, bits: 7ff8}]}") ==
             "found \"7ff8\", expected the bits of a float in 16 hex digits\n");
}

BOOST_AUTO_TEST_CASE(exemplars) {
  BOOST_TEST(Samples("{" + kJobs + ", exemplars: [{labels: {trace_id: a}, value: 0.5, at: 5s}]}") == "");
  BOOST_TEST(Samples("{" + kJobs + ", exemplars: [{labels: {trace_id: b}, value: 0.5}, {value: 1}]}") ==
             kJobsText +
                 ": 2 of 2 exemplars differ\n"
                 "  exemplar  expected            stored\n"
                 "  0         {trace_id=\"b\"} 0.5  {trace_id=\"a\"} 0.5 at 5s\n"
                 "  1         {} 1                -\n");
}

BOOST_AUTO_TEST_CASE(metadata) {
  BOOST_TEST(Samples("{" + kJobs + ", metadata: {type: counter, help: Jobs done., unit: ''}}") == "");
  BOOST_TEST(Samples("{" + kJobs + ", metadata: {type: gauge, help: Jobs done}}") ==
             kJobsText +
                 ": metadata differs\n"
                 "  metadata  expected     stored\n"
                 "  type      \"gauge\"      \"counter\"\n"
                 "  help      \"Jobs done\"  \"Jobs done.\"\n");
  BOOST_TEST(Samples("{series: 'up{instance=\"a:80\",job=\"j\"}', metadata: {type: gauge}}") == "");
}

BOOST_AUTO_TEST_CASE(what_needs_a_feature_says_so) {
  const auto run = [](const std::string& what) {
    return Failures(RunText(TextOf({.samples = "  - {series: 'm{instance=\"a:80\",job=\"j\"}', " + what + "}\n"})));
  };
  BOOST_TEST(run("exemplars: [{value: 1}]")
                 .find("next: storage keeps exemplars with prometheus.features: "
                       "[exemplar-storage]") != std::string::npos);
  BOOST_TEST(run("metadata: {type: gauge}")
                 .find("next: storage keeps metadata with prometheus.features: "
                       "[metadata-wal-records]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(expect_series)

BOOST_AUTO_TEST_CASE(count) {
  BOOST_TEST(Series("{match: 'jobs_total{cpu=~\"0|1\"}', count: 2}") == "");
  BOOST_TEST(Series("{match: jobs_total, count: '>= 2', at: 54s}") == "");
  BOOST_TEST(Series("{match: jobs_total, count: '> 2'}") ==
             "jobs_total: found 2 series, expected > 2\n"
             "  jobs_total{cpu=\"0\",instance=\"a:80\",job=\"j\"}\n"
             "  jobs_total{cpu=\"1\",instance=\"a:80\",job=\"j\"}\n");
  BOOST_TEST(Series("{match: jobs_total, count: two}") ==
             "found \"two\", expected a number, or a bound such as >= 1\n");
}

BOOST_AUTO_TEST_CASE(nothing_matches) {
  BOOST_TEST(Series("{match: 'jobs_total{cpu=\"2\",job=\"j\"}', count: 1}") ==
             "jobs_total{cpu=\"2\",job=\"j\"}: found 0 series, expected 1\n"
             "  next: without cpu=\"2\" it matches 2 series; their cpu: \"0\", \"1\"\n");
  BOOST_TEST(Series("{match: job_total, count: 1}") ==
             "job_total: found 0 series, expected 1\n"
             "  next: no stored series has the name job_total (did you mean jobs_total?)\n");
  // Marked at 54.646 s, back at 1m24.646 s.
  BOOST_TEST(
      Series("{match: jobs_total, count: 2, at: 1m10s}") ==
      "jobs_total at 1m10s: found 0 series, expected 2\n"
      "  next: 2 series that match were stored: ended by a stale marker, or without a sample in the 5m before\n");
}

BOOST_AUTO_TEST_CASE(none) {
  BOOST_TEST(Series("{match: '{__name__=~\"lat_.*\"}', none: true}") == "");
  BOOST_TEST(Series("{match: jobs_total, none: true, at: 1m10s}") == "");
  BOOST_TEST(Series("{match: 'jobs_total{cpu=\"0\"}', none: true}") ==
             "jobs_total{cpu=\"0\"}: found 1 series, expected none\n  " + kJobsText + "\n");
}

BOOST_AUTO_TEST_CASE(exactly) {
  const std::string cpu0 = "'" + kJobsText + "'";
  BOOST_TEST(Series("{match: 'jobs_total{cpu=\"0\"}', exactly: [" + cpu0 + "]}") == "");
  BOOST_TEST(
      Series("{match: jobs_total, exactly: [" + cpu0 + ", 'jobs_total{cpu=\"2\",instance=\"a:80\",job=\"j\"}']}") ==
      "jobs_total: 1 series missing, 1 not expected\n"
      "  - expected, + found:\n"
      "  + jobs_total{cpu=\"1\",instance=\"a:80\",job=\"j\"}\n"
      "  - jobs_total{cpu=\"2\",instance=\"a:80\",job=\"j\"}\n"
      "  next: stalemark explain dir/s.yml 'jobs_total{cpu=\"2\",instance=\"a:80\",job=\"j\"}' --at 9s646ms\n");
  BOOST_TEST(Series("{match: up, exactly: ['m{job=\"j\"}']}").find("next: m{job=\"j\"} does not fit the selector\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(per_target) {
  BOOST_TEST(Series("{match: '{__name__!=\"\"}', per_target: '<= 8'}") == "");
  BOOST_TEST(Series("{match: '{__name__!=\"\"}', per_target: '<= 7'}") ==
             "{__name__!=\"\"}: expected <= 7 series per target, not so for 1 of 1 target\n"
             "  target  series\n"
             "  j/a:80  8\n");
}

BOOST_AUTO_TEST_CASE(values_of_each) {
  BOOST_TEST(Series("{match: 'up', values: '1x2 0x1 1x2'}") == "");
  BOOST_TEST(Series("{match: 'jobs_total', values: '1x2 stale _ 1x2'}") ==
             "jobs_total{cpu=\"1\",instance=\"a:80\",job=\"j\"}: 6 of 8 slots differ\n"
             "  slot  time       expected  stored  scrape\n"
             "  0     9.646s     1         5       at 9.646100929s: up\n"
             "  1     24.646s    1         5       at 24.646100929s: up\n"
             "  2     39.646s    1         5       at 39.646100929s: up\n"
             "  5     1m24.646s  1         5       at 1m24.646100929s: up\n"
             "  6     1m39.646s  1         5       at 1m39.646100929s: up\n"
             "  7     1m54.646s  1         5       at 1m54.646100929s: up\n"
             "  stored: 5x2 stale _ 5x2\n"
             "  next: stalemark explain dir/s.yml 'jobs_total{cpu=\"1\",instance=\"a:80\",job=\"j\"}' --at 9s646ms\n");
  BOOST_TEST(Series("{match: 'ups', values: '1'}") ==
             "ups: no series matches\n  next: no stored series has the name ups (did you mean up?)\n");
}

BOOST_AUTO_TEST_CASE(entries_that_say_nothing) {
  BOOST_TEST(Series("{match: up}") ==
             "found nothing about them, expected the key match, and count, exactly, none: true, "
             "per_target or values\n");
  BOOST_TEST(Series("{match: up, none: true, count: 1}") == "found more than none, expected none: true alone\n");
  BOOST_TEST(Series("{match: 'sum(up)', count: 1}").find("unexpected \"(up)\": only selectors") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(expect_query)

BOOST_AUTO_TEST_CASE(instant_queries) {
  BOOST_TEST(
      Query("{expr: 'up{job=\"j\"}', eval_time: 54s, exp_samples: [{labels: 'up{instance=\"a:80\",job=\"j\"}', value: "
            "1}]}") == "");
  // The marker of 54.646s.
  BOOST_TEST(Query("{expr: jobs_total, eval_time: 1m5s, exp_samples: []}") == "");
  BOOST_TEST(
      Query("{expr: 'lat', eval_time: 20s, exp_samples: [{labels: 'lat{instance=\"a:80\",job=\"j\"}', histogram: "
            "'{{schema:-53 count:4 sum:3.5 custom_values:[0.5 1] buckets:[1 2 1]}}'}]}") == "");
}

BOOST_AUTO_TEST_CASE(differences_say_why) {
  BOOST_TEST(Query("{expr: '{__name__=~\"up|jobs_total\"}', eval_time: 1m5s, exp_samples: [{labels: '" + kJobsText +
                   "', value: 1}, {labels: 'up{job=\"k\"}', value: 1}, {labels: m, value: 1}]}") ==
             "{__name__=~\"up|jobs_total\"} at 1m5s: 4 of 4 samples differ\n"
             "  series                                       expected  found  why\n"
             "  up{instance=\"a:80\",job=\"j\"}                  -         0      at 54.646100929s: " +
                 kDown + "  " + kJobsText +
                 "  1         -      ended by a stale marker at 54.646s\n"
                 "  up{job=\"k\"}                                  1         -      never stored\n"
                 "  m                                            1         -      does not fit the selector\n"
                 "  next: stalemark explain dir/s.yml 'up{instance=\"a:80\",job=\"j\"}' --at 1m5s\n");
  BOOST_TEST(Query("{expr: up, eval_time: 9s, exp_samples: [{labels: 'up{instance=\"a:80\",job=\"j\"}', value: 1}]}")
                 .find("begins at 9.646s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_instant_query) {
  BOOST_TEST(
      Query("{expr: 'rate(up[5m])', eval_time: 1m, exp_samples: []}") ==
      "unexpected \"(up[5m])\": only selectors such as up{job=\"a\"} are evaluated, no functions, operators, ranges "
      "or modifiers\n");
  BOOST_TEST(Query("{expr: up, eval_time: 3m, exp_samples: []}") ==
             "found \"3m\", expected a time of the run, which ends at 2m\n");
  BOOST_TEST(Query("{expr: up, eval_time: 1m}") ==
             "found no exp_samples, expected the keys expr, eval_time and exp_samples\n");
}

BOOST_AUTO_TEST_CASE(five_minutes_left_open) {
  const auto query = [](const char* eval_time, const char* samples) {
    return Failures(RunText(
        "name: t\nduration: 10m\nprometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: 15s}\n"
        "    scrape_configs: [{job_name: j, static_configs: [{targets: ['a:80']}]}]\n"
        "exporters:\n  a:80: {series: [{series: m, values: '1x100'}]}\n"
        "events:\n  - {at: 20s, commit: {error: full}}\n"
        "expect:\n  query:\n    - {expr: m, eval_time: " +
        std::string(eval_time) + ", exp_samples: " + samples + "}\n"));
  };
  const char* found = "[{labels: 'm{instance=\"a:80\",job=\"j\"}', value: 1}]";
  // Committed once, at 15.546 s.
  BOOST_TEST(query("5m15s545ms", found) == "");
  BOOST_TEST(query("5m15s546ms", "[]") == "");
  BOOST_TEST(query("5m15s546ms", found).find("last sample at 15.546s, more than 5m before") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
