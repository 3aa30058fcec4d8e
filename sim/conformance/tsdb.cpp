// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tsdb/FORMAT.md: chunk bytes and WAL records.
#include <string>
#include <vector>

#include "core/storage/histogram_chunk.h"
#include "core/storage/wal.h"
#include "core/storage/xor_chunk.h"
#include "sim/conformance/case.h"
#include "sim/conformance/tsdb_json.h"

namespace stalemark::conformance {

using namespace tsdb;

namespace {

template <class H>
Json StepsAndChunks(const Json& samples, const std::vector<H>& histograms) {
  HistogramEncoder<H> encoder;
  Json chunks = Json::array();
  Json steps = Json::array();
  const auto finish = [&] { chunks.push_back({{"n", encoder.count()}, {"hex", Hex(encoder.bytes())}}); };
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    using Step = typename HistogramEncoder<H>::Step;
    const auto t_ms = samples[i].value("t", std::int64_t{0});
    H histogram = histograms[i];
    if (i == 0) {
      encoder.StartCut(t_ms, histogram);
      steps.push_back("append");
      continue;
    }
    const Step step = encoder.Append(t_ms, histogram);
    steps.push_back(step == Step::kAppended ? "append" : step == Step::kRecoded ? "recode" : "new");
    if (step != Step::kNew) continue;
    finish();
    encoder.StartNext(t_ms, histogram);
  }
  if (!histograms.empty()) finish();
  return {{"chunks", chunks}, {"steps", steps}};
}

CaseOutcome RunHistogramChunkCase(const Json& test, bool floats) {
  const Json& samples = test.at("samples");
  Json produced;
  if (floats) {
    std::vector<FloatHistogram> histograms;
    for (const Json& sample : samples) histograms.push_back(FloatHistogramFrom(sample.at("fh")));
    produced = StepsAndChunks(samples, histograms);
  } else {
    std::vector<Histogram> histograms;
    for (const Json& sample : samples) histograms.push_back(HistogramFrom(sample.at("h")));
    produced = StepsAndChunks(samples, histograms);
  }
  return CompareParts(test.at("expected"), produced, {"chunks", "steps"});
}

}  // namespace

CaseOutcome RunChunkCase(const Json& test, const CaseContext&) {
  const std::string encoding = test.at("encoding");
  if (encoding == "histogram" || encoding == "floathistogram") {
    return RunHistogramChunkCase(test, encoding == "floathistogram");
  }
  if (encoding != "XOR") return Unavailable("encoding not available: " + encoding);
  XorChunk chunk;
  for (const Json& sample : test.at("samples")) chunk.Append(sample.value("t", std::int64_t{0}), BitsAt(sample, "v"));
  const std::string bytes = chunk.Bytes();
  const Json chunks = {{{"n", chunk.count()}, {"hex", Hex(bytes)}}};
  CaseOutcome outcome = CompareParts(test.at("expected"), Json{{"chunks", chunks}}, {"chunks"});
  XorReader reader(bytes);
  for (const Json& sample : test.at("samples")) {
    const bool same =
        reader.Next() && reader.t_ms() == sample.value("t", std::int64_t{0}) && reader.bits() == BitsAt(sample, "v");
    if (same || !outcome.passed) continue;
    outcome.passed = false;
    outcome.difference = "read back: differs at sample " + sample.dump();
  }
  return outcome;
}

CaseOutcome RunRecordCase(const Json& test, const CaseContext&) {
  const std::string kind = test.at("kind");
  RecordBuffer record;
  std::vector<Labels> labels;
  const Json entries = test.at("entries").is_null() ? Json::array() : test.at("entries");
  if (kind == "series") {
    for (const Json& entry : entries) labels.push_back(LabelsFrom(entry.at("labels")));
    std::vector<SeriesRecord> series;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      series.push_back({SeriesRef{entries[i].value("ref", std::uint64_t{0})}, &labels[i]});
    }
    EncodeSeriesRecord(series, record);
  } else if (kind == "samples") {
    std::vector<SampleRecord> samples;
    for (const Json& entry : entries) {
      samples.push_back(
          {SeriesRef{entry.value("ref", std::uint64_t{0})}, entry.value("t", std::int64_t{0}), BitsAt(entry, "v")});
    }
    EncodeSamplesRecord(samples.data(), samples.data() + samples.size(), record);
  } else {
    return Unavailable("record not available: " + kind);
  }
  return CompareParts(test.at("expected"), Json{{"records", {Hex(record.view())}}}, {"records"});
}

}  // namespace stalemark::conformance
