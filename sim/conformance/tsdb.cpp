// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tsdb/FORMAT.md: chunk bytes.
#include <string>
#include <vector>

#include "core/storage/histogram_chunk.h"
#include "core/storage/out_of_order.h"
#include "core/storage/xor2_chunk.h"
#include "core/storage/xor_chunk.h"
#include "sim/conformance/case.h"
#include "sim/conformance/tsdb_json.h"

namespace stalemark::conformance {

using namespace tsdb;

namespace {

template <class H>
Json StepsAndChunks(const Json& samples, const std::vector<H>& histograms, bool keep_start_times) {
  HistogramEncoder<H> encoder(keep_start_times);
  Json chunks = Json::array();
  Json steps = Json::array();
  const auto finish = [&] { chunks.push_back({{"n", encoder.count()}, {"hex", Hex(encoder.bytes())}}); };
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    using Step = typename HistogramEncoder<H>::Step;
    const auto t_ms = samples[i].value("t", std::int64_t{0});
    const auto st_ms = samples[i].value("st", std::int64_t{0});
    H histogram = histograms[i];
    if (i == 0) {
      encoder.StartCut(t_ms, histogram, st_ms);
      steps.push_back("append");
      continue;
    }
    const Step step = encoder.Append(t_ms, histogram, st_ms);
    steps.push_back(step == Step::kAppended ? "append" : step == Step::kRecoded ? "recode" : "new");
    if (step != Step::kNew) continue;
    finish();
    encoder.StartNext(t_ms, histogram, st_ms);
  }
  if (!histograms.empty()) finish();
  return {{"chunks", chunks}, {"steps", steps}};
}

CaseOutcome RunHistogramChunkCase(const Json& test, bool floats, bool keep_start_times) {
  const Json& samples = test.at("samples");
  Json produced;
  if (floats) {
    std::vector<FloatHistogram> histograms;
    for (const Json& sample : samples) histograms.push_back(FloatHistogramFrom(sample.at("fh")));
    produced = StepsAndChunks(samples, histograms, keep_start_times);
  } else {
    std::vector<Histogram> histograms;
    for (const Json& sample : samples) histograms.push_back(HistogramFrom(sample.at("h")));
    produced = StepsAndChunks(samples, histograms, keep_start_times);
  }
  return CompareParts(test.at("expected"), produced, {"chunks", "steps"});
}

CaseOutcome RunFloatChunkCase(const Json& test, bool xor2) {
  XorChunk plain;
  Xor2Encoder with_start_times;
  std::vector<Sample> samples;
  for (const Json& json : test.at("samples")) {
    Sample sample{json.value("t", std::int64_t{0}), BitsAt(json, "v")};
    if (xor2) {
      sample.st_ms = json.value("st", std::int64_t{0});
      with_start_times.Append(sample.t_ms, sample.bits, sample.st_ms);
    } else {
      plain.Append(sample.t_ms, sample.bits);
    }
    samples.push_back(sample);
  }
  const std::string bytes = xor2 ? std::string(with_start_times.bytes()) : plain.Bytes();
  const std::uint16_t count = xor2 ? with_start_times.count() : plain.count();
  const Json chunks = {{{"n", count}, {"hex", Hex(bytes)}}};
  CaseOutcome outcome = CompareParts(test.at("expected"), Json{{"chunks", chunks}}, {"chunks"});
  const std::vector<Sample> read_back =
      DecodeChunk({xor2 ? ChunkEncoding::kXor2 : ChunkEncoding::kXor, 0, 0, count, bytes});
  for (std::size_t i = 0; i < samples.size() && outcome.passed; ++i) {
    if (i < read_back.size() && read_back[i] == samples[i]) continue;
    outcome.passed = false;
    outcome.difference = "read back: differs at sample " + test.at("samples")[i].dump();
  }
  return outcome;
}

}  // namespace

CaseOutcome RunChunkCase(const Json& test, const CaseContext&) {
  const std::string encoding = test.at("encoding");
  if (encoding == "histogram" || encoding == "histogramST") {
    return RunHistogramChunkCase(test, false, encoding == "histogramST");
  }
  if (encoding == "floathistogram" || encoding == "floathistogramST") {
    return RunHistogramChunkCase(test, true, encoding == "floathistogramST");
  }
  if (encoding != "XOR" && encoding != "XOR2") return Unavailable("encoding not available: " + encoding);
  return RunFloatChunkCase(test, encoding == "XOR2");
}

}  // namespace stalemark::conformance
