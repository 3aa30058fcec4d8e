// SPDX-License-Identifier: Apache-2.0
// The scrape path: parse only, parse with the cache's position guess, and a whole scrape from a decoded body to the
// commit with its WAL records and chunks. Each number is CPU time per sample; what was stored is read back before a
// number counts.
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/allocations.h"
#include "core/exposition/openmetrics_parser.h"
#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/scrape/scrape_appender.h"
#include "core/storage/head.h"
#include "sim/virtual_clock.h"

namespace stalemark {
namespace {

constexpr std::int64_t kStartMs = 1'767'225'600'000;
constexpr std::int64_t kIntervalMs = 15'000;
/// Bodies differ from scrape to scrape in their values, as an exporter's do; this many are played in turn.
constexpr std::size_t kVariants = 8;

/// Counts bytes instead of keeping them: the files are not what is measured.
class CountingWal final : public WalSink {
 public:
  Status Log(std::string_view record) override {
    bytes += record.size();
    return {};
  }
  std::uint64_t bytes = 0;
};

struct Bodies {
  std::vector<std::string> padded;
  std::uint64_t samples = 0;

  std::string_view body(std::size_t scrape) const {
    const std::string& text = padded[scrape % padded.size()];
    return std::string_view(text).substr(0, text.size() - kBodyPadding);
  }
};

void Add(Bodies& bodies, std::string text) {
  text.append(kBodyPadding, '\0');
  bodies.padded.push_back(std::move(text));
}

/// 10,000 series, lines of about 166 bytes.
Bodies SyntheticBodies() {
  Bodies bodies;
  bodies.samples = 10'000;
  for (std::size_t variant = 0; variant < kVariants; ++variant) {
    std::string text;
    for (std::size_t i = 0; i < bodies.samples; ++i) {
      text += fmt::format(
          "http_request_duration_seconds_total{{method=\"GET\",handler=\"/api/v1/resource/{:05}\",code=\"200\","
          "region=\"eu-central-1\",instance_group=\"frontend-canary\",shard=\"{:02}\"}} {}\n",
          i, i % 64,
          i % 4 == 0 ? fmt::format("{}", i * 7 + variant) : fmt::format("{}.{:03}", i * 31 + variant * 3, i % 997));
    }
    Add(bodies, std::move(text));
  }
  return bodies;
}

/// The same 10,000 lines as OpenMetrics.
Bodies OpenMetricsBodies() {
  const Bodies text = SyntheticBodies();
  Bodies bodies;
  bodies.samples = text.samples;
  for (std::size_t variant = 0; variant < kVariants; ++variant) {
    Add(bodies, std::string(text.body(variant)) + "# EOF\n");
  }
  return bodies;
}

/// 10,000 buckets, each with an exemplar and its time, as OpenMetrics.
Bodies ExemplarBodies() {
  Bodies bodies;
  bodies.samples = 10'000;
  for (std::size_t variant = 0; variant < kVariants; ++variant) {
    std::string text = "# TYPE http_request_duration_seconds histogram\n";
    for (std::size_t i = 0; i < bodies.samples; ++i) {
      text += fmt::format(
          "http_request_duration_seconds_bucket{{handler=\"/api/v1/resource/{:05}\",le=\"0.25\"}} {} # "
          "{{trace_id=\"{:016x}\"}} 0.{:03} {}.{:03}\n",
          i, i * 7 + variant, i * 0x9e3779b97f4a7c15 + variant, i % 1000, kStartMs / 1000 + 15 * variant, i % 997);
    }
    Add(bodies, text + "# EOF\n");
  }
  return bodies;
}

/// A recorded page, its values as they are.
template <class P>
Bodies RecordedBodies(const std::string& name) {
  std::ifstream in(STALEMARK_SOURCE_DIR "/tests/conformance/exposition/real/" + name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (text.empty()) throw std::runtime_error(name + " cannot be read");
  Bodies bodies;
  Add(bodies, std::move(text));
  P parser{ParserOptions()};
  parser.Reset(bodies.body(0));
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    bodies.samples += kind == EntryKind::kSeries;
  }
  return bodies;
}

/// What one loop has, without its waiting and fetching.
template <class P>
class Scraper {
 public:
  Scraper()
      : clock_(WallTime(std::chrono::milliseconds(kStartMs))),
        head_(HeadOptions(), HeadSinks{&wal_, nullptr}),
        tracer_(clock_, nullptr),
        target_(Labels::FromSorted({{"instance", "node-1:9100"}, {"job", "node"}})),
        config_(std::make_shared<const ScrapeConfig>()),
        parser_{ParserOptions()},
        appender_(ScrapeAppendOptions(), config_, target_, std::make_shared<ScrapeCache>(), metrics_, clock_, choices_,
                  tracer_) {}

  void Scrape(std::string_view body) {
    clock_.RunUntil(clock_.MonotonicNow() + std::chrono::milliseconds(kIntervalMs));
    const std::int64_t t_ms = UnixMillis(clock_.WallNow());
    std::unique_ptr<Appender> transaction = head_.NewAppender(AppenderContext{&target_});
    parser_.Reset(body);
    ScrapeReport report;
    report.healthy = !appender_.AppendBody(*transaction, parser_, 0, t_ms, &report.counts).has_value();
    if (!report.healthy || appender_.AppendReport(*transaction, report, t_ms))
      throw std::runtime_error("scrape failed");
    transaction->Commit([](const std::optional<std::string>& error) {
      if (error) throw std::runtime_error(*error);
    });
    ++scrapes_;
  }

  /// Every scrape stored every sample, the report series too.
  bool StoredAll(std::uint64_t samples) const {
    return head_.stats().floats.appended == scrapes_ * (samples + 5) && wal_.bytes != 0;
  }

 private:
  VirtualClock clock_;
  CountingWal wal_;
  Head head_;
  SelfMetrics metrics_;
  FirstChoice choices_;
  Tracer tracer_;
  const Labels target_;
  const CurrentConfig config_;
  P parser_;
  ScrapeAppender appender_;
  std::uint64_t scrapes_ = 0;
};

void Report(benchmark::State& state, const Bodies& bodies, std::uint64_t allocations) {
  const double samples = static_cast<double>(bodies.samples) * static_cast<double>(state.iterations());
  // Google Benchmark prints the inverse of a rate in seconds: CPU time per sample.
  state.counters["cpu/sample"] = benchmark::Counter(samples, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocs/scrape"] = static_cast<double>(allocations) / static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bodies.body(0).size()) * state.iterations());
}

template <class P>
void ParseOnly(benchmark::State& state, const Bodies& bodies) {
  P parser{ParserOptions()};
  std::size_t scrape = 0;
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) {
    parser.Reset(bodies.body(scrape++));
    std::uint64_t samples = 0;
    for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
      samples += kind == EntryKind::kSeries;
    }
    if (samples != bodies.samples) state.SkipWithError("a sample was lost");
  }
  Report(state, bodies, AllocationCount() - before);
}

/// Parsing led by the order of the last scrape, without storage.
template <class P>
void ParseWithCacheHit(benchmark::State& state, const Bodies& bodies) {
  P parser{ParserOptions()};
  ScrapeCache cache;
  parser.Reset(bodies.body(0));
  cache.BeginPositions(0);
  std::uint64_t ref = 0;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (kind != EntryKind::kSeries) continue;
    cache.AcceptFound(*cache.Add(parser.sample().series, Labels(), SeriesRef{++ref}, trace::EntryId{}));
  }
  cache.EndPositions(true);
  cache.EndIteration(ScrapeCache::Flush::kYes);
  std::size_t scrape = 1;
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) {
    parser.Reset(bodies.body(scrape++));
    cache.BeginPositions(0);
    std::uint64_t hits = 0;
    for (;;) {
      std::string_view raw;
      EntryKind kind;
      CacheEntry* entry = cache.Guess(0, &raw);
      if (entry != nullptr && parser.NextIfSeries(raw, &kind)) {
        cache.AcceptGuess(0);
        cache.MarkSeen(*entry);
        ++hits;
      } else if (parser.Next() == EntryKind::kEnd) {
        break;
      }
    }
    cache.EndPositions(true);
    cache.EndIteration(ScrapeCache::Flush::kYes);
    if (hits != bodies.samples) state.SkipWithError("a guess was missed");
  }
  Report(state, bodies, AllocationCount() - before);
}

template <class P>
void WholeScrape(benchmark::State& state, const Bodies& bodies) {
  Scraper<P> scraper;
  std::size_t scrape = 0;
  scraper.Scrape(bodies.body(scrape++));
  scraper.Scrape(bodies.body(scrape++));
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) scraper.Scrape(bodies.body(scrape++));
  Report(state, bodies, AllocationCount() - before);
  if (!scraper.StoredAll(bodies.samples)) state.SkipWithError("a sample was not stored");
}

/// A target's first scrape: every series is new to the cache and to the head.
void FirstScrape(benchmark::State& state, const Bodies& bodies) {
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) {
    Scraper<TextParser> scraper;
    scraper.Scrape(bodies.body(0));
    state.PauseTiming();
    if (!scraper.StoredAll(bodies.samples)) state.SkipWithError("a sample was not stored");
    state.ResumeTiming();
  }
  Report(state, bodies, AllocationCount() - before);
}

const Bodies& Synthetic() {
  static const Bodies bodies = SyntheticBodies();
  return bodies;
}
const Bodies& NodeExporter() {
  static const Bodies bodies = RecordedBodies<TextParser>("node_exporter.txt");
  return bodies;
}
const Bodies& OpenMetrics() {
  static const Bodies bodies = OpenMetricsBodies();
  return bodies;
}
const Bodies& Exemplars() {
  static const Bodies bodies = ExemplarBodies();
  return bodies;
}
const Bodies& Caddy() {
  static const Bodies bodies = RecordedBodies<OpenMetricsParser>("caddy.om");
  return bodies;
}

void BM_ParseOnly_10000(benchmark::State& state) {
  ParseOnly<TextParser>(state, Synthetic());
}
void BM_ParseOnly_node_exporter(benchmark::State& state) {
  ParseOnly<TextParser>(state, NodeExporter());
}
void BM_ParseOnly_openmetrics_10000(benchmark::State& state) {
  ParseOnly<OpenMetricsParser>(state, OpenMetrics());
}
void BM_ParseOnly_openmetrics_exemplars(benchmark::State& state) {
  ParseOnly<OpenMetricsParser>(state, Exemplars());
}
void BM_ParseOnly_openmetrics_caddy(benchmark::State& state) {
  ParseOnly<OpenMetricsParser>(state, Caddy());
}
void BM_ParseWithCacheHit_10000(benchmark::State& state) {
  ParseWithCacheHit<TextParser>(state, Synthetic());
}
void BM_ParseWithCacheHit_node_exporter(benchmark::State& state) {
  ParseWithCacheHit<TextParser>(state, NodeExporter());
}
void BM_ParseWithCacheHit_openmetrics_10000(benchmark::State& state) {
  ParseWithCacheHit<OpenMetricsParser>(state, OpenMetrics());
}
void BM_ParseWithCacheHit_openmetrics_exemplars(benchmark::State& state) {
  ParseWithCacheHit<OpenMetricsParser>(state, Exemplars());
}
void BM_ParseWithCacheHit_openmetrics_caddy(benchmark::State& state) {
  ParseWithCacheHit<OpenMetricsParser>(state, Caddy());
}
void BM_WholeScrape_10000(benchmark::State& state) {
  WholeScrape<TextParser>(state, Synthetic());
}
void BM_WholeScrape_node_exporter(benchmark::State& state) {
  WholeScrape<TextParser>(state, NodeExporter());
}
void BM_WholeScrape_openmetrics_10000(benchmark::State& state) {
  WholeScrape<OpenMetricsParser>(state, OpenMetrics());
}
void BM_FirstScrape_10000(benchmark::State& state) {
  FirstScrape(state, Synthetic());
}

BENCHMARK(BM_ParseOnly_10000);
BENCHMARK(BM_ParseOnly_node_exporter);
BENCHMARK(BM_ParseOnly_openmetrics_10000);
BENCHMARK(BM_ParseOnly_openmetrics_exemplars);
BENCHMARK(BM_ParseOnly_openmetrics_caddy);
BENCHMARK(BM_ParseWithCacheHit_10000);
BENCHMARK(BM_ParseWithCacheHit_node_exporter);
BENCHMARK(BM_ParseWithCacheHit_openmetrics_10000);
BENCHMARK(BM_ParseWithCacheHit_openmetrics_exemplars);
BENCHMARK(BM_ParseWithCacheHit_openmetrics_caddy);
BENCHMARK(BM_WholeScrape_10000);
BENCHMARK(BM_WholeScrape_node_exporter);
BENCHMARK(BM_WholeScrape_openmetrics_10000);
BENCHMARK(BM_FirstScrape_10000);

}  // namespace
}  // namespace stalemark
