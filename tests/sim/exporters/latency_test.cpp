// SPDX-License-Identifier: Apache-2.0
// Drawn latencies: the distribution, the same numbers on every build, and a seed of its own for each exporter.
#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "sim/exporters/latency_draws.h"
#include "tests/sim/run/scenario_fixture.h"

namespace stalemark::scenario {
namespace {

using std::chrono::milliseconds;

std::vector<std::int64_t> Drawn(const Latency& latency, std::size_t count, std::uint64_t seed = 1) {
  LatencyDraws draws(latency, seed);
  std::vector<std::int64_t> drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(draws.Next().count());
  return drawn;
}

/// Sorted; the share is one of a hundred.
std::int64_t Percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted[sorted.size() * percent / 100];
}

struct Row {
  const char* name;
  Latency latency;
  /// In ms; what a hundred thousand draws have, within a hundredth.
  std::int64_t p10, p50, p90;
};
const Row kRows[] = {
    {"fixed", Latency(milliseconds(7)), 7'000, 7'000, 7'000},
    {"uniform", PercentileLatency{{{0, milliseconds(100)}, {kWholeShare, milliseconds(200)}}}, 110'000, 150'000,
     190'000},
    {"percentiles",
     PercentileLatency{{{0, milliseconds(0)},
                        {500'000, milliseconds(10)},
                        {900'000, milliseconds(80)},
                        {kWholeShare, milliseconds(80)}}},
     2'000, 10'000, 80'000},
    {"exponential", ExponentialLatency{milliseconds(100)}, 10'536, 69'315, 230'259},
    {"normal", NormalLatency{milliseconds(100), milliseconds(20)}, 74'369, 100'000, 125'631},
};

BOOST_AUTO_TEST_SUITE(latency)

BOOST_AUTO_TEST_CASE(draws_have_the_distribution) {
  for (const Row& row : kRows) {
    std::vector<std::int64_t> drawn = Drawn(row.latency, 100'000);
    std::sort(drawn.begin(), drawn.end());
    const std::pair<std::size_t, std::int64_t> expected[] = {{10, row.p10}, {50, row.p50}, {90, row.p90}};
    for (const auto& [percent, microseconds] : expected) {
      const double ratio = static_cast<double>(Percentile(drawn, percent)) / 1000 / static_cast<double>(microseconds);
      BOOST_TEST((ratio > 0.98 && ratio < 1.02), row.name << " p" << percent << ": " << ratio);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_normal_latency_is_never_below_nothing) {
  const std::vector<std::int64_t> drawn = Drawn(NormalLatency{milliseconds(10), milliseconds(100)}, 1000);
  BOOST_TEST(*std::min_element(drawn.begin(), drawn.end()) == 0);
}

BOOST_AUTO_TEST_CASE(draws_stay_what_they_are) {
  // Changed draws change what every seed of every scenario does.
  BOOST_TEST(Drawn(kRows[1].latency, 2) == (std::vector<std::int64_t>{156656157, 174578175}),
             boost::test_tools::per_element());
  BOOST_TEST(Drawn(kRows[3].latency, 2) == (std::vector<std::int64_t>{56816950, 29332226}),
             boost::test_tools::per_element());
  BOOST_TEST(Drawn(kRows[4].latency, 2) == (std::vector<std::int64_t>{143159300, 83023091}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(extremes_do_not_overflow) {
  constexpr Nanoseconds kYear = std::chrono::hours(24 * 366);
  for (const Latency& latency : {Latency(ExponentialLatency{kYear}), Latency(NormalLatency{kYear, kYear}),
                                 Latency(PercentileLatency{{{0, kYear}, {kWholeShare, kYear}}})}) {
    for (const std::int64_t drawn : Drawn(latency, 10'000)) BOOST_TEST_REQUIRE(drawn >= 0);
  }
}

/// Durations of the scrapes of a run, as the timeline has them: in `scrape_duration_seconds`.
std::string Durations(const std::string& seed, const std::string& address) {
  const std::string text =
      "name: t\nduration: 1m\nseed: " + seed +
      "\nprometheus: {hostname: prom-0, config: {global: {scrape_interval: 15s}, scrape_configs: [{job_name: j, "
      "static_configs: [{targets: ['a:80', 'b:80']}]}]}}\nexporters:\n"
      "  a:80: {series: [{series: m, values: '1x9'}], latency: {exponential: {mean: 100ms}}}\n"
      "  b:80: {series: [{series: m, values: '1x9'}], latency: {exponential: {mean: 100ms}}}\n";
  return Stored(RunText(text), "scrape_duration_seconds{instance=\"" + address + "\",job=\"j\"}");
}

BOOST_AUTO_TEST_CASE(each_exporter_and_each_seed_draws_for_itself) {
  const std::string first = Durations("1", "a:80");
  BOOST_TEST(first == Durations("1", "a:80"));
  BOOST_TEST(first.substr(first.find('=')) != Durations("2", "a:80").substr(first.find('=')));
  BOOST_TEST(first.substr(first.find('=')) != Durations("1", "b:80").substr(first.find('=')));
}

BOOST_AUTO_TEST_CASE(a_response_keeps_its_own_delay) {
  const ScenarioResult result = RunText(TextOf(
      {"1m", "", "latency: {uniform: [2s, 2s]}, responses: [{body: \"m 1\\n\", delay: 1s}, {body: \"m 1\\n\"}]"}));
  BOOST_TEST(Failures(result) == "");
  BOOST_TEST(Stored(result, "scrape_duration_seconds{instance=\"a:80\",job=\"j\"}") == "15.546=1 30.546=2 45.546=2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace stalemark::scenario
