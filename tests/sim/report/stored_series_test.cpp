// SPDX-License-Identifier: Apache-2.0
#include "sim/report/stored_series.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/bundle_files.h"
#include "sim/expect/sample_value.h"
#include "sim/report/chrome_trace.h"
#include "sim/report/event_json.h"

namespace stalemark::report {
namespace {

using scenario::Scenario;
using scenario::ScenarioResult;

struct Config {
  std::string duration = "1m";
  std::string interval = "15s";
  /// More keys of `global`, each behind a comma.
  std::string global{};
};

/// One job `j` with one target `a:80`, scraped from 14.147 s on.
struct Played {
  explicit Played(const std::string& exporter, const Config& config = {}) {
    BundleFiles files;
    files.Set("s.yml", "name: n\nduration: " + config.duration +
                           "\nprometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: " +
                           config.interval + ", scrape_timeout: 1ms" + config.global +
                           "}\n    scrape_configs: [{job_name: j, static_configs: [{targets: "
                           "['a:80']}]}]\nexporters:\n  a:80: {" +
                           exporter + "}\n");
    Result<Scenario> loaded = scenario::LoadScenario("s.yml", files);
    BOOST_REQUIRE(loaded.ok());
    scenario = std::move(loaded).value();
    result = scenario::RunScenario(scenario, {scenario::RunOptions::Lines::kNone, trace::Level::kDetail});
  }

  Scenario scenario;
  ScenarioResult result;
};

/// The lines that begin with the text, each with a newline.
std::string LinesWith(const std::string& text, const std::string& begin) {
  std::string lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    if (text.compare(at, begin.size(), begin) == 0) lines += text.substr(at, end - at);
    at = end;
  }
  return lines;
}

struct Exported {
  std::string text;
  LeftOut left_out;
};
Exported InputSeries(const Played& played) {
  Exported exported;
  const Result<LeftOut> left_out =
      WriteInputSeries(played.scenario, played.result, [&](std::string_view piece) { exported.text += piece; });
  BOOST_REQUIRE(left_out.ok());
  exported.left_out = *left_out;
  return exported;
}

/// What the text has for the series: the items of its values.
std::string ValuesIn(const std::string& text, const std::string& series) {
  const std::string line = "- series: '" + series + "'\n        values: '";
  const std::size_t at = text.find(line);
  if (at == std::string::npos) return "no " + series;
  const std::size_t begin = at + line.size();
  return text.substr(begin, text.find('\'', begin) - begin);
}

const Config kNative{"2m", "15s", ", scrape_native_histograms: true, scrape_protocols: [PrometheusProto]"};

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_series)

BOOST_AUTO_TEST_CASE(openmetrics_writes_times_of_exporters_as_they_are) {
  const Played played(
      "responses: [{body: \"m 1 1767225601234\\n\"}, {body: \"m 2 1767225602000\\n\"}, {body: \"x{\"}]");
  std::string text;
  const LeftOut left_out = WriteOpenMetrics(played.result, [&](std::string_view piece) { text += piece; });
  BOOST_TEST(LinesWith(text, "m{") ==
             "m{instance=\"a:80\",job=\"j\"} 1 1767225601.234\n"
             "m{instance=\"a:80\",job=\"j\"} 2 1767225602.000\n");
  BOOST_TEST(text.substr(text.size() - 6) == "# EOF\n");
  BOOST_TEST(LeftOutText(left_out).empty());
}

BOOST_AUTO_TEST_CASE(left_out_is_told_in_words) {
  BOOST_TEST(LeftOutText({1, 2, 0}) == "1 native histogram, 2 stale markers");
  BOOST_TEST(LeftOutText({0, 1, 1}) == "1 stale marker, 1 sample that has no slot of its own");
}

BOOST_AUTO_TEST_CASE(input_series_keep_slots_and_count_what_has_none) {
  // Two samples of one slot, the first of which is lost; then a slot is empty.
  const Played played(
      "responses: [{body: \"m 1 1767225616000\\n\"}, {body: \"m 2 1767225617000\\n\"}, {body: \"m 3 "
      "1767225650000\\n\"}]");
  const auto [text, left_out] = InputSeries(played);
  BOOST_TEST(ValuesIn(text, "m{instance=\"a:80\",job=\"j\"}") == "2 _ 3");
  BOOST_TEST(left_out.out_of_slot == 1u);
}

BOOST_AUTO_TEST_CASE(samples_far_from_the_run_have_no_slot) {
  const Played played("responses: [{body: \"old 1 1000\\nlate 1 1767229200000\\nnew 1\\n\"}]");
  const auto [text, left_out] = InputSeries(played);
  BOOST_TEST(text.find("old") == std::string::npos);
  BOOST_TEST(text.find("late") == std::string::npos);
  BOOST_TEST(left_out.out_of_slot > 0u);
}

BOOST_AUTO_TEST_CASE(input_series_have_native_histograms) {
  const Played played(
      "format: protobuf, series: [{series: h, values: '{{schema:3 count:7 sum:-4.5 z_bucket:1 z_bucket_w:0.001 "
      "offset:-2 buckets:[1 0 2] n_offset:1 n_buckets:[3]}}x2 {{schema:3 count:1 sum:1 buckets:[1]}}'}, {series: "
      "f, values: '{{count:2.5 sum:NaN buckets:[2.5]}}+{{count:1 sum:1 buckets:[1]}}x3'}]",
      kNative);
  const Exported exported = InputSeries(played);
  BOOST_TEST(ValuesIn(exported.text, "h{instance=\"a:80\",job=\"j\"}") ==
             "{{schema:3 count:7 sum:-4.5 z_bucket:1 z_bucket_w:0.001 offset:-2 buckets:[1 0 2] n_offset:1 "
             "n_buckets:[3]}}x2 {{schema:3 count:1 sum:1 buckets:[1]}} stale");
  BOOST_TEST(ValuesIn(exported.text, "f{instance=\"a:80\",job=\"j\"}") ==
             "{{count:2.5 sum:NaN buckets:[2.5]}} {{count:3.5 sum:NaN buckets:[3.5]}} {{count:4.5 sum:NaN "
             "buckets:[4.5]}} {{count:5.5 sum:NaN buckets:[5.5]}} stale");
  BOOST_TEST(LeftOutText(exported.left_out).empty());
}

/// Every series, every sample: what the text says reads as what is stored.
BOOST_AUTO_TEST_CASE(input_series_read_back_as_what_is_stored) {
  const Played played(
      "format: protobuf, series: [{series: h, values: '{{count:1 sum:1 buckets:[1]}}+{{count:3 sum:0.1 z_bucket:1 "
      "buckets:[1 0 1]}}x9'}, {series: inf, values: '1x2 _ NaN -0 0 +Inf+0x2'}, {series: Bool, values: '0.1+0.1x9'}]",
      kNative);
  const Exported exported = InputSeries(played);
  std::size_t histograms = 0;
  played.result.storages.front()->ForEachSeries([&](const SeriesView& series) {
    const std::string name = scenario::SeriesText(series.labels);
    const std::string written = ValuesIn(exported.text, name);
    BOOST_TEST_CONTEXT(name << ": " << written) {
      const Result<scenario::SeriesValues> values = scenario::ParseSeriesValues(written);
      BOOST_REQUIRE(values.ok());
      scenario::SeriesValues::Cursor cursor(*values);
      auto sample = series.samples.begin();
      for (scenario::SeriesValues::Value value; cursor.Next(&value);) {
        if (!value) continue;
        BOOST_REQUIRE(sample != series.samples.end());
        BOOST_TEST(scenario::Matches(*value, *sample, {}));
        histograms += scenario::IsHistogram(*sample) ? 1 : 0;
        ++sample;
      }
      BOOST_TEST((sample == series.samples.end()));
    }
  });
  BOOST_TEST(histograms == 8u);
  // Words that PromQL does not take for names.
  for (const char* name : {"inf", "Bool"}) {
    BOOST_TEST(exported.text.find("'{\"" + std::string(name) + "\",instance=") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(histograms_without_a_notation_are_counted) {
  std::string zeros;
  for (int i = 0; i < 1500; ++i) zeros += " 0";
  const Played played("format: protobuf, series: [{series: h, values: '{{count:1 buckets:[1]}} {{count:2 buckets:[1" +
                          zeros + " 1]}} {{count:3 buckets:[3]}}'}]",
                      kNative);
  const Exported exported = InputSeries(played);
  BOOST_TEST(ValuesIn(exported.text, "h{instance=\"a:80\",job=\"j\"}") ==
             "{{count:1 buckets:[1]}} _ {{count:3 buckets:[3]}} stale");
  BOOST_TEST(LeftOutText(exported.left_out) == "1 native histogram");
}

BOOST_AUTO_TEST_CASE(input_series_have_a_bound) {
  const Played played("series: [{series: m, values: '1'}]", {"5s10ms", "1ms"});
  Scenario longer = played.scenario;
  longer.duration = std::chrono::hours(24);
  const Result<LeftOut> left_out = WriteInputSeries(longer, played.result, [](std::string_view) {});
  BOOST_REQUIRE(!left_out.ok());
  BOOST_TEST(left_out.error().message ==
             "the targets have only 1ms in common, which is 86400001 slots; there may be 10000000");
}

BOOST_AUTO_TEST_CASE(what_is_no_trace_is_an_error) {
  const Played played("series: [{series: m, values: '1'}]");
  std::string cut = played.result.trace;
  cut.resize(cut.size() - 1);
  BOOST_TEST(!WriteEventLines(cut, [](std::string_view) {}).ok());
  BOOST_TEST(!WriteEventLines("x", [](std::string_view) {}).ok());
  ScenarioResult result;
  result.trace = "x";
  BOOST_TEST(!WriteChromeTrace(played.scenario, result, [](std::string_view) {}).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::report
