// SPDX-License-Identifier: Apache-2.0
// The scrape path of the text formats: parse only, parse with the cache's position guess, and a whole scrape from a
// decoded body to the commit with its WAL records and chunks. Each number is CPU time per sample; what was stored is
// read back before a number counts.
#include "benchmarks/scrape_bench.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/allocations.h"
#include "core/exposition/openmetrics_parser.h"
#include "core/exposition/text_parser.h"

namespace stalemark {
namespace {

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
// To count instructions: samples of one whole chunk.
BENCHMARK(BM_WholeScrape_10000)->Iterations(120);
BENCHMARK(BM_WholeScrape_node_exporter);
BENCHMARK(BM_WholeScrape_openmetrics_10000);
BENCHMARK(BM_FirstScrape_10000);

}  // namespace
}  // namespace stalemark
