// SPDX-License-Identifier: Apache-2.0
// Storage alone: append through the seam, WAL record and chunk, per sample. Heap allocations are counted; what was
// stored is read back and compared before a number counts.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/allocations.h"
#include "core/model/value.h"
#include "core/storage/fanout.h"
#include "core/storage/head.h"
#include "core/storage/xor_chunk.h"

namespace stalemark {
namespace {

constexpr std::int64_t kStart = 1'767'225'600'000;
constexpr std::int64_t kIntervalMs = 15'000;

/// Counts bytes instead of keeping them: the files are not what is measured.
class CountingWal final : public WalSink {
 public:
  Status Log(std::string_view record) override {
    bytes += record.size();
    return {};
  }
  std::uint64_t bytes = 0;
};

/// Value of a series at a scrape. By series: constants, integer counters, byte counts, gauges in eighths.
double ValueAt(std::size_t series, std::int64_t scrape) {
  const auto n = static_cast<double>(scrape);
  switch (series % 4) {
    case 0:
      return 1;
    case 1:
      return static_cast<double>(series) + n;
    case 2:
      return 1e6 + static_cast<double>(static_cast<std::int64_t>(series) * 977 % 4096) * n;
    default:
      return static_cast<double>((scrape * 7919 + static_cast<std::int64_t>(series)) % 1009) / 8;
  }
}

/// Targets that are scraped in turn, each into a transaction of its own.
class Fleet {
 public:
  Fleet(Appendable& storage, std::size_t targets, std::size_t series_per_target)
      : storage_(storage), series_per_target_(series_per_target), refs_(targets * series_per_target, kNoSeries) {
    for (std::size_t i = 0; i < refs_.size(); ++i) {
      labels_.push_back(Labels::FromUnsorted({{"__name__", fmt::format("metric_{}", i % series_per_target)},
                                              {"instance", fmt::format("host-{}:9100", i / series_per_target)},
                                              {"job", "node"}}));
    }
  }

  void ScrapeAll() {
    const std::size_t targets = refs_.size() / series_per_target_;
    for (std::size_t target = 0; target < targets; ++target) Scrape(target);
    ++scrapes_;
  }

  /// True when the head holds exactly what was scraped.
  bool IsStoredIn(const Head& head) const {
    for (std::size_t i = 0; i < refs_.size(); i += 97) {
      const std::vector<Sample> samples = head.Samples(refs_[i]);
      if (samples.size() != static_cast<std::size_t>(scrapes_)) return false;
      for (std::int64_t scrape = 0; scrape < scrapes_; ++scrape) {
        const Sample expected{kStart + scrape * kIntervalMs, BitsOf(ValueAt(i, scrape))};
        if (!(samples[static_cast<std::size_t>(scrape)] == expected)) return false;
      }
    }
    return head.stats().floats.appended == refs_.size() * static_cast<std::uint64_t>(scrapes_);
  }

 private:
  void Scrape(std::size_t target) {
    const std::unique_ptr<Appender> appender = storage_.NewAppender({});
    const std::size_t first = target * series_per_target_;
    for (std::size_t i = first; i < first + series_per_target_; ++i) {
      const AppendResult result = appender->Append({.ref = refs_[i],
                                                    .labels = &labels_[i],
                                                    .t_ms = kStart + scrapes_ * kIntervalMs,
                                                    .value_bits = BitsOf(ValueAt(i, scrapes_))});
      refs_[i] = result.ref;
    }
    appender->Commit([](const std::optional<std::string>&) {});
  }

  Appendable& storage_;
  std::size_t series_per_target_;
  std::int64_t scrapes_ = 0;
  std::vector<SeriesRef> refs_;
  std::vector<Labels> labels_;
};

void Report(benchmark::State& state, std::size_t samples_per_iteration, std::uint64_t allocations) {
  const auto samples = static_cast<double>(state.iterations()) * static_cast<double>(samples_per_iteration);
  state.counters["cpu_per_sample"] =
      benchmark::Counter(samples, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["allocs_per_sample"] = static_cast<double>(allocations) / samples;
}

void BM_StorageAppendAndCommit(benchmark::State& state) {
  const auto targets = static_cast<std::size_t>(state.range(0));
  const auto series = static_cast<std::size_t>(state.range(1));
  CountingWal wal;
  Head head({}, {.wal = &wal});
  Fleet fleet(head, targets, series);
  for (int i = 0; i < 8; ++i) fleet.ScrapeAll();
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) fleet.ScrapeAll();
  Report(state, targets * series, AllocationCount() - before);
  state.counters["bytes_per_series"] =
      static_cast<double>(head.series_memory_bytes()) / static_cast<double>(targets * series);
  if (!fleet.IsStoredIn(head)) state.SkipWithError("the head holds something else");
}
BENCHMARK(BM_StorageAppendAndCommit)
    ->ArgNames({"targets", "series"})
    ->Args({1, 500})
    ->Args({1, 10'000})
    ->Args({20, 10'000})
    ->Iterations(240);

/// Counters of native histograms: 20 buckets of which one or two move per scrape.
void BM_StorageHistograms(benchmark::State& state) {
  constexpr std::size_t kSeries = 500;
  constexpr std::size_t kBuckets = 20;
  Head head;
  std::vector<Histogram> histograms(kSeries);
  std::vector<Labels> labels;
  for (std::size_t i = 0; i < kSeries; ++i) {
    histograms[i].positive_spans = {{0, kBuckets}};
    histograms[i].positive_buckets.assign(kBuckets, 0);
    labels.push_back(Labels::FromUnsorted({{"__name__", "latency"}, {"series", fmt::format("{}", i)}}));
  }
  std::vector<SeriesRef> refs(kSeries, kNoSeries);
  std::size_t scrapes = 0;
  const auto scrape = [&] {
    const std::unique_ptr<Appender> appender = head.NewAppender({});
    for (std::size_t i = 0; i < kSeries; ++i) {
      Histogram& histogram = histograms[i];
      const std::size_t bucket = (i + scrapes) % (kBuckets - 1);
      histogram.positive_buckets[bucket] += 3;
      histogram.positive_buckets[bucket + 1] -= 3;
      histogram.count += 3;
      histogram.sum += 0.25;
      refs[i] = appender
                    ->Append({.ref = refs[i],
                              .labels = &labels[i],
                              .t_ms = kStart + static_cast<std::int64_t>(scrapes) * kIntervalMs,
                              .histogram = &histogram})
                    .ref;
    }
    appender->Commit([](const std::optional<std::string>&) {});
    ++scrapes;
  };
  for (int i = 0; i < 8; ++i) scrape();
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) scrape();
  Report(state, kSeries, AllocationCount() - before);
  const std::vector<Sample> samples = head.Samples(refs[7]);
  const auto* last = samples.empty() ? nullptr : std::get_if<Histogram>(samples.back().histogram.get());
  if (samples.size() != scrapes || last == nullptr || !Equals(*last, histograms[7])) {
    state.SkipWithError("the head holds something else");
  }
}
BENCHMARK(BM_StorageHistograms)->Iterations(240);

void BM_StorageFanoutToTwoHeads(benchmark::State& state) {
  const auto series = static_cast<std::size_t>(state.range(0));
  Head primary;
  Head secondary;
  FanoutStorage fanout(primary, {&secondary});
  Fleet fleet(fanout, 1, series);
  for (int i = 0; i < 8; ++i) fleet.ScrapeAll();
  const std::uint64_t before = AllocationCount();
  for (auto _ : state) fleet.ScrapeAll();
  Report(state, series, AllocationCount() - before);
  if (!fleet.IsStoredIn(primary) || !fleet.IsStoredIn(secondary)) state.SkipWithError("a head holds something else");
}
BENCHMARK(BM_StorageFanoutToTwoHeads)->ArgName("series")->Arg(10'000)->Iterations(240);

void BM_StorageNewSeries(benchmark::State& state) {
  const auto series = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    auto head = std::make_unique<Head>();
    auto fleet = std::make_unique<Fleet>(*head, 1, series);
    state.ResumeTiming();
    fleet->ScrapeAll();
    state.PauseTiming();
    if (!fleet->IsStoredIn(*head)) state.SkipWithError("the head holds something else");
    fleet.reset();
    head.reset();
    state.ResumeTiming();
  }
  Report(state, series, 0);
}
BENCHMARK(BM_StorageNewSeries)->ArgName("series")->Arg(10'000);

void BM_XorEncoderAppend(benchmark::State& state) {
  constexpr std::int64_t kSamples = 120;
  const auto kind = static_cast<std::size_t>(state.range(0));
  std::vector<Sample> samples;
  for (std::int64_t i = 0; i < kSamples; ++i) samples.push_back({kStart + i * kIntervalMs, BitsOf(ValueAt(kind, i))});
  XorEncoder encoder;
  for (auto _ : state) {
    encoder.Reset();
    for (const Sample& sample : samples) {
      encoder.Append(sample.t_ms, sample.bits);
      if (encoder.NeedsDrain()) encoder.Drained();
    }
    benchmark::DoNotOptimize(encoder);
  }
  XorChunk chunk;
  for (const Sample& sample : samples) chunk.Append(sample.t_ms, sample.bits);
  const std::string bytes = chunk.Bytes();
  XorReader reader(bytes);
  for (const Sample& sample : samples) {
    if (!reader.Next() || reader.bits() != sample.bits) state.SkipWithError("the chunk holds something else");
  }
  Report(state, kSamples, 0);
  state.counters["bytes_per_sample"] = static_cast<double>(bytes.size()) / kSamples;
}
BENCHMARK(BM_XorEncoderAppend)->ArgName("kind")->DenseRange(0, 3);

}  // namespace
}  // namespace stalemark
