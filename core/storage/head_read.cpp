// SPDX-License-Identifier: Apache-2.0
// Reading a head back: chunks, samples, series by matchers. Mirrors the part of tsdb/head_read.go and ooo_head_read.go
// that a query over the head uses.
#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "core/storage/head.h"
#include "core/storage/sample_merge.h"

namespace stalemark {

ChunkView Head::OpenChunk(SeriesRef ref, const MemSeries& series, std::string& bytes) const {
  ChunkView view;
  view.encoding = series.encoding;
  view.min_t_ms = series.min_t_ms;
  view.max_t_ms = series.chunk.last_t_ms();
  if (!series.holds_floats()) {
    const auto show = [&view](const auto& open) {
      view.count = open.chunk.count();
      view.bytes = open.chunk.bytes();
    };
    std::visit(show, DetailsOf(ref).extras->histograms->open);
    return view;
  }
  if (series.encoding == ChunkEncoding::kXor2) {
    const Xor2Encoder& floats = *DetailsOf(ref).extras->floats;
    view.count = floats.count();
    view.bytes = floats.bytes();
    return view;
  }
  bytes.clear();
  std::size_t rest = series.drained_bytes;
  for (BlockPool::Index block = series.first_block; rest > 0; block = blocks_.Next(block)) {
    const std::size_t taken = std::min(rest, BlockPool::kBlockBytes);
    bytes.append(reinterpret_cast<const char*>(blocks_.Data(block)), taken);
    rest -= taken;
  }
  bytes.append(reinterpret_cast<const char*>(series.chunk.tail()), series.chunk.tail_bytes());
  series.chunk.WriteHeader(bytes.data());
  view.count = series.chunk.count();
  view.bytes = bytes;
  return view;
}

void Head::VisitChunks(SeriesRef ref, const ChunkVisitor& visit) const {
  chunks_->Visit(ref, visit);
  const MemSeries& series = series_[static_cast<std::size_t>(ref) - 1];
  if (!series.has_samples()) return;
  std::string bytes;
  visit(OpenChunk(ref, series, bytes));
}

void Head::AddRuns(SeriesRef ref, const TimeRange& range, std::vector<SampleRun>& runs) const {
  const MemSeries& series = series_[static_cast<std::size_t>(ref) - 1];
  bool open_in_range = false;
  VisitChunks(ref, [&](const ChunkView& chunk) {
    if (!range.Overlaps(chunk.min_t_ms, chunk.max_t_ms)) return;
    runs.push_back({DecodeChunk(chunk), chunk.max_t_ms});
    open_in_range = chunk.max_t_ms == series.chunk.last_t_ms();
  });
  if (open_in_range) runs.back().max_t_ms = std::numeric_limits<std::int64_t>::max();
  if (const SeriesExtras* extras = DetailsOf(ref).extras.get()) extras->out_of_order.AddRuns(range, encodings_, runs);
}

bool Head::ReadSamples(SeriesRef ref, const TimeRange& range, std::vector<Sample>& samples) const {
  std::vector<SampleRun> runs;
  AddRuns(ref, range, runs);
  return MergeRuns(std::move(runs), range, samples);
}

std::vector<Sample> Head::Samples(SeriesRef ref, const TimeRange& range) const {
  std::vector<Sample> samples;
  ReadSamples(ref, range, samples);
  return samples;
}

SelectResult Head::Select(const TimeRange& range, const std::vector<Matcher>& matchers) const {
  SelectResult result;
  if (range.min_t_ms > range.max_t_ms) return result;
  for (const SeriesRef ref : SeriesByLabels()) {
    if (!MatchesAll(LabelsOf(ref), matchers)) continue;
    std::vector<Sample> samples;
    if (ReadSamples(ref, range, samples)) result.series.push_back({LabelsOf(ref), std::move(samples)});
  }
  return result;
}

const Metadata* Head::MetadataOf(SeriesRef ref) const {
  const SeriesExtras* const extras = DetailsOf(ref).extras.get();
  return extras == nullptr ? nullptr : extras->metadata.get();
}

void Head::ForEachSeries(const std::function<void(const SeriesView& series)>& visit) const {
  for (const SeriesRef ref : SeriesByLabels()) {
    const std::vector<Sample> samples = Samples(ref);
    visit({ref, LabelsOf(ref), samples});
  }
}

}  // namespace stalemark
