// SPDX-License-Identifier: Apache-2.0
#include "sim/report/stored_series.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "sim/bundle_files.h"
#include "sim/report/chrome_trace.h"
#include "sim/report/event_json.h"

namespace stalemark::report {
namespace {

using scenario::Scenario;
using scenario::ScenarioResult;

struct Config {
  std::string duration = "1m";
  std::string interval = "15s";
};

/// One job `j` with one target `a:80`, scraped from 14.147 s on.
struct Played {
  explicit Played(const std::string& exporter, const Config& config = {}) {
    BundleFiles files;
    files.Set("s.yml",
              "name: n\nduration: " + config.duration +
                  "\nprometheus:\n  hostname: prom-0\n  config:\n    global: {scrape_interval: " + config.interval +
                  ", scrape_timeout: 1ms}\n    scrape_configs: [{job_name: j, static_configs: [{targets: "
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
  std::string text;
  const Result<LeftOut> left_out =
      WriteInputSeries(played.scenario, played.result, [&](std::string_view piece) { text += piece; });
  BOOST_REQUIRE(left_out.ok());
  BOOST_TEST(text.find("'m{instance=\"a:80\",job=\"j\"}'\n        values: '2 _ 3'\n") != std::string::npos);
  BOOST_TEST(left_out->out_of_slot == 1u);
}

BOOST_AUTO_TEST_CASE(samples_far_from_the_run_have_no_slot) {
  const Played played("responses: [{body: \"old 1 1000\\nlate 1 1767229200000\\nnew 1\\n\"}]");
  std::string text;
  const Result<LeftOut> left_out =
      WriteInputSeries(played.scenario, played.result, [&](std::string_view piece) { text += piece; });
  BOOST_REQUIRE(left_out.ok());
  BOOST_TEST(text.find("old") == std::string::npos);
  BOOST_TEST(text.find("late") == std::string::npos);
  BOOST_TEST(left_out->out_of_slot > 0u);
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
