// SPDX-License-Identifier: Apache-2.0
// What the benchmarks of the scrape path share, whatever the format: bodies, the three measurements, and their counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/allocations.h"
#include "core/exposition/parser.h"
#include "core/exposition/parser_options.h"
#include "core/scrape/scrape_appender.h"
#include "core/storage/head.h"
#include "sim/virtual_clock.h"

namespace stalemark {

inline constexpr std::int64_t kStartMs = 1'767'225'600'000;
inline constexpr std::int64_t kIntervalMs = 15'000;
/// Bodies differ from scrape to scrape in their values, as an exporter's do; this many are played in turn.
inline constexpr std::size_t kVariants = 8;

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

inline void Add(Bodies& bodies, std::string text) {
  text.append(kBodyPadding, '\0');
  bodies.padded.push_back(std::move(text));
}

inline bool IsSample(EntryKind kind) {
  return kind == EntryKind::kSeries || kind == EntryKind::kHistogram;
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
    return head_.stats().floats.appended + head_.stats().histograms.appended == scrapes_ * (samples + 5) &&
           wal_.bytes != 0;
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

inline void Report(benchmark::State& state, const Bodies& bodies, std::uint64_t allocations) {
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
      samples += IsSample(kind);
    }
    if (samples != bodies.samples) state.SkipWithError("a sample was lost");
  }
  Report(state, bodies, AllocationCount() - before);
}

/// Parsing led by the order of the last scrape, without storage. Histograms are looked up: the guess leaves them out.
template <class P>
void ParseWithCacheHit(benchmark::State& state, const Bodies& bodies) {
  P parser{ParserOptions()};
  ScrapeCache cache;
  parser.Reset(bodies.body(0));
  cache.BeginPositions(0);
  std::uint64_t ref = 0;
  for (EntryKind kind = parser.Next(); kind != EntryKind::kEnd; kind = parser.Next()) {
    if (!IsSample(kind)) continue;
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
        continue;
      }
      kind = parser.Next();
      if (kind == EntryKind::kEnd) break;
      if (kind != EntryKind::kHistogram) continue;
      entry = cache.Find(parser.sample().series);
      if (entry == nullptr) break;
      cache.AcceptFound(*entry);
      cache.MarkSeen(*entry);
      ++hits;
    }
    cache.EndPositions(true);
    cache.EndIteration(ScrapeCache::Flush::kYes);
    if (hits != bodies.samples) state.SkipWithError("a guess was missed");
  }
  Report(state, bodies, AllocationCount() - before);
}

/// A scrape of series that are known. Stands alone so that callgrind can count its instructions only.
template <class P>
[[gnu::noinline]] void SteadyScrape(Scraper<P>& scraper, std::string_view body) {
  scraper.Scrape(body);
}

template <class P>
void WholeScrape(benchmark::State& state, const Bodies& bodies) {
  Scraper<P> scraper;
  std::size_t scrape = 0;
  scraper.Scrape(bodies.body(scrape++));
  scraper.Scrape(bodies.body(scrape++));
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) SteadyScrape(scraper, bodies.body(scrape++));
  Report(state, bodies, AllocationCount() - before);
  if (!scraper.StoredAll(bodies.samples)) state.SkipWithError("a sample was not stored");
}

}  // namespace stalemark
