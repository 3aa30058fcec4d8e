// SPDX-License-Identifier: Apache-2.0
// The scrape path of protobuf bodies: gauges, classic histograms, native histograms. As scrape_bench.cpp.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "benchmarks/scrape_bench.h"
#include "core/exposition/protobuf_parser.h"
#include "core/model/value.h"

namespace stalemark {
namespace {

constexpr unsigned kVarintType = 0;
constexpr unsigned kDoubleType = 1;
constexpr unsigned kBytesType = 2;

void AddNumber(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
void AddVarint(std::string& out, unsigned field, std::uint64_t value) {
  AddNumber(out, field << 3 | kVarintType);
  AddNumber(out, value);
}
void AddDouble(std::string& out, unsigned field, double value) {
  AddNumber(out, field << 3 | kDoubleType);
  const std::uint64_t bits = BitsOf(value);
  for (int i = 0; i < 8; ++i) out += static_cast<char>(bits >> (8 * i));
}
void AddBytes(std::string& out, unsigned field, std::string_view bytes) {
  AddNumber(out, field << 3 | kBytesType);
  AddNumber(out, bytes.size());
  out += bytes;
}
void AddLabel(std::string& metric, std::string_view name, std::string_view value) {
  std::string label;
  AddBytes(label, 1, name);
  AddBytes(label, 2, value);
  AddBytes(metric, 1, label);
}

/// The labels of the text benchmark's lines, sorted by name as client libraries send them.
std::string MetricWithLabels(std::size_t i) {
  std::string metric;
  AddLabel(metric, "code", "200");
  AddLabel(metric, "handler", fmt::format("/api/v1/resource/{:05}", i));
  AddLabel(metric, "instance_group", "frontend-canary");
  AddLabel(metric, "method", "GET");
  AddLabel(metric, "region", "eu-central-1");
  AddLabel(metric, "shard", fmt::format("{:02}", i % 64));
  return metric;
}

std::string Gauge(std::size_t i, std::size_t variant) {
  std::string gauge;
  const auto number = static_cast<double>(i * 31 + variant * 3);
  AddDouble(gauge, 1, i % 4 == 0 ? number : number + static_cast<double>(i % 997) / 1000);
  return gauge;
}

/// `bucket_count` buckets and +Inf.
std::string ClassicHistogram(std::size_t i, std::size_t variant, std::size_t bucket_count) {
  std::string histogram;
  AddVarint(histogram, 1, i + variant + bucket_count);
  AddDouble(histogram, 2, static_cast<double>(i + variant) / 8);
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    std::string part;
    AddVarint(part, 1, i + variant + bucket);
    AddDouble(part, 2, 0.005 * static_cast<double>(std::size_t{1} << bucket));
    AddBytes(histogram, 3, part);
  }
  return histogram;
}

/// Two spans of ten buckets each.
std::string NativeHistogram(std::size_t i, std::size_t variant) {
  std::string histogram;
  std::string deltas;
  std::uint64_t count = 0;
  std::int64_t last = 0;
  for (std::size_t bucket = 0; bucket < 20; ++bucket) {
    const auto in_bucket = static_cast<std::int64_t>((i + variant * bucket) % 40 + 1);
    const std::int64_t delta = in_bucket - last;
    AddNumber(deltas, delta < 0 ? ~(static_cast<std::uint64_t>(delta) << 1) : static_cast<std::uint64_t>(delta) << 1);
    count += static_cast<std::uint64_t>(in_bucket);
    last = in_bucket;
  }
  AddVarint(histogram, 1, count);
  AddDouble(histogram, 2, static_cast<double>(count) / 8);
  AddVarint(histogram, 5, 6);  // schema 3
  AddDouble(histogram, 6, 2.938735877055719e-39);
  for (const std::uint64_t offset : {4, 6}) {
    std::string span;
    AddVarint(span, 1, offset);
    AddVarint(span, 2, 10);
    AddBytes(histogram, 12, span);
  }
  AddBytes(histogram, 13, deltas);
  return histogram;
}

/// One family of `metrics` metrics; field `field` of each is what `make_value` gives.
template <class MakeValue>
Bodies FamilyBodies(unsigned type, unsigned field, std::size_t metrics, std::size_t samples_each,
                    MakeValue make_value) {
  Bodies bodies;
  bodies.samples = metrics * samples_each;
  for (std::size_t variant = 0; variant < kVariants; ++variant) {
    std::string family;
    AddBytes(family, 1, "http_request_duration_seconds");
    AddBytes(family, 2, "Time taken.");
    AddVarint(family, 3, type);
    for (std::size_t i = 0; i < metrics; ++i) {
      std::string metric = MetricWithLabels(i);
      AddBytes(metric, field, make_value(i, variant));
      AddBytes(family, 4, metric);
    }
    std::string body;
    AddNumber(body, family.size());
    Add(bodies, body + family);
  }
  return bodies;
}

const Bodies& Gauges() {
  static const Bodies bodies = FamilyBodies(1, 2, 10'000, 1, Gauge);
  return bodies;
}
/// 14 samples each: _count, _sum, 11 buckets, +Inf.
const Bodies& Classic() {
  static const Bodies bodies = FamilyBodies(
      4, 7, 1'000, 14, [](std::size_t i, std::size_t variant) { return ClassicHistogram(i, variant, 11); });
  return bodies;
}
const Bodies& Native() {
  static const Bodies bodies = FamilyBodies(4, 7, 1'000, 1, NativeHistogram);
  return bodies;
}

void BM_ParseOnly_protobuf_gauges(benchmark::State& state) {
  ParseOnly<ProtobufParser>(state, Gauges());
}
void BM_ParseOnly_protobuf_classic(benchmark::State& state) {
  ParseOnly<ProtobufParser>(state, Classic());
}
void BM_ParseOnly_protobuf_native(benchmark::State& state) {
  ParseOnly<ProtobufParser>(state, Native());
}
void BM_ParseWithCacheHit_protobuf_gauges(benchmark::State& state) {
  ParseWithCacheHit<ProtobufParser>(state, Gauges());
}
void BM_ParseWithCacheHit_protobuf_classic(benchmark::State& state) {
  ParseWithCacheHit<ProtobufParser>(state, Classic());
}
void BM_ParseWithCacheHit_protobuf_native(benchmark::State& state) {
  ParseWithCacheHit<ProtobufParser>(state, Native());
}
void BM_WholeScrape_protobuf_gauges(benchmark::State& state) {
  WholeScrape<ProtobufParser>(state, Gauges());
}
void BM_WholeScrape_protobuf_classic(benchmark::State& state) {
  WholeScrape<ProtobufParser>(state, Classic());
}
void BM_WholeScrape_protobuf_native(benchmark::State& state) {
  WholeScrape<ProtobufParser>(state, Native());
}

BENCHMARK(BM_ParseOnly_protobuf_gauges);
BENCHMARK(BM_ParseOnly_protobuf_classic);
BENCHMARK(BM_ParseOnly_protobuf_native);
BENCHMARK(BM_ParseWithCacheHit_protobuf_gauges);
BENCHMARK(BM_ParseWithCacheHit_protobuf_classic);
BENCHMARK(BM_ParseWithCacheHit_protobuf_native);
BENCHMARK(BM_WholeScrape_protobuf_gauges);
BENCHMARK(BM_WholeScrape_protobuf_classic);
BENCHMARK(BM_WholeScrape_protobuf_native);

}  // namespace
}  // namespace stalemark
