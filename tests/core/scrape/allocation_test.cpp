// SPDX-License-Identifier: Apache-2.0
// A scrape that finds what the last one found asks for no memory per sample. operator new counts in this binary
// (benchmarks/allocations.cpp), but not in a sanitizer build, whose own it is.
#ifdef STALEMARK_COUNTS_ALLOCATIONS
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "benchmarks/allocations.h"
#include "core/exposition/openmetrics_parser.h"
#include "core/exposition/text_parser.h"
#include "core/scrape/scrape_appender.h"
#include "core/storage/head.h"
#include "sim/virtual_clock.h"

namespace stalemark {
namespace {

constexpr int kFamilies = 50;
constexpr int kSeriesOfFamily = 40;
constexpr std::uint64_t kSamples = kFamilies * kSeriesOfFamily;
/// Fewer than the samples of a chunk: memory of new chunks is storage's affair.
constexpr int kScrapes = 40;

/// Values change from scrape to scrape, nothing else does.
std::string Body(int scrape, std::string_view line_end, std::string_view end) {
  std::string body;
  for (int family = 0; family < kFamilies; ++family) {
    body += fmt::format("# HELP requests_{0} What was asked.\n# TYPE requests_{0} gauge\n", family);
    for (int i = 0; i < kSeriesOfFamily; ++i) {
      body +=
          fmt::format("requests_{}{{method=\"GET\",handler=\"/api/v1/\\\"{:04}\\\"\",zone=\"eu-central\"}} {}.{}{}\n",
                      family, i, (scrape * 7919 + i) % 100'000, scrape % 10, line_end);
    }
  }
  return body += end;
}

/// A loop's appender in front of a head, scraping without a network.
template <class P>
struct Scraper {
  VirtualClock clock{WallTime(std::chrono::seconds(1'700'000'000))};
  Head head;
  SelfMetrics metrics;
  FirstChoice choices;
  Tracer tracer{clock, nullptr};
  const Labels target = Labels::FromSorted({{"instance", "a:1"}, {"job", "j"}});
  const CurrentConfig config = std::make_shared<const ScrapeConfig>();
  P parser{ParserOptions()};
  ScrapeAppender appender{
      ScrapeAppendOptions(), config, target, std::make_shared<ScrapeCache>(), metrics, clock, choices, tracer};
  /// Of the last scrape: until all samples were appended, and until all were committed.
  std::uint64_t to_append = 0;
  std::uint64_t to_commit = 0;

  void Scrape(std::string body) {
    clock.RunUntil(clock.MonotonicNow() + std::chrono::seconds(15));
    const std::size_t size = body.size();
    body.append(kBodyPadding, '\0');
    const std::int64_t t_ms = UnixMillis(clock.WallNow());
    const std::unique_ptr<Appender> transaction = head.NewAppender(AppenderContext{&target});
    parser.Reset(std::string_view(body).substr(0, size));
    ScrapeReport report;
    const std::uint64_t before = AllocationCount();
    const bool failed = appender.AppendBody(*transaction, parser, 0, t_ms, &report.counts).has_value();
    to_append = AllocationCount() - before;
    BOOST_REQUIRE(!failed);
    BOOST_REQUIRE(report.counts.added == kSamples);
    BOOST_REQUIRE(!appender.AppendReport(*transaction, report, t_ms).has_value());
    transaction->Commit([](const std::optional<std::string>&) {});
    to_commit = AllocationCount() - before;
  }
};

template <class P>
void CheckSteadyState(std::string_view line_end, std::string_view end) {
  Scraper<P> scraper;
  for (int scrape = 0; scrape < 3; ++scrape) scraper.Scrape(Body(scrape, line_end, end));
  BOOST_TEST(scraper.to_commit < kSamples);  // the third scrape is no first one
  std::uint64_t to_append = 0;
  std::uint64_t to_commit = 0;
  for (int scrape = 3; scrape < kScrapes; ++scrape) {
    scraper.Scrape(Body(scrape, line_end, end));
    to_append += scraper.to_append;
    to_commit += scraper.to_commit;
  }
  BOOST_TEST(to_append == 0u);
  BOOST_TEST(to_commit < kSamples / 10);  // chunks grow in slabs
}

BOOST_AUTO_TEST_CASE(a_first_scrape_asks_for_memory_and_is_counted) {
  Scraper<TextParser> scraper;
  scraper.Scrape(Body(0, "", ""));
  BOOST_TEST(scraper.to_append > kSamples);
}

BOOST_AUTO_TEST_CASE(a_steady_text_scrape_asks_for_no_memory_per_sample) {
  CheckSteadyState<TextParser>("", "");
}

BOOST_AUTO_TEST_CASE(a_steady_openmetrics_scrape_asks_for_no_memory_per_sample) {
  CheckSteadyState<OpenMetricsParser>("", "# EOF\n");
}

BOOST_AUTO_TEST_CASE(exemplars_that_nobody_stores_ask_for_no_memory) {
  CheckSteadyState<OpenMetricsParser>(" # {trace_id=\"0123456789abcdef\"} 0.25 1700000000.5", "# EOF\n");
}

}  // namespace
}  // namespace stalemark
#endif
