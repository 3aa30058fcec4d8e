// SPDX-License-Identifier: Apache-2.0
#include "core/storage/head.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/model/value.h"
#include "core/storage/head_appender.h"

namespace stalemark {
namespace {

/// Arithmetic of times wraps as Go's does: extreme times are legal.
std::int64_t WrappingSub(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

}  // namespace

Head::Head(const HeadOptions& options, const HeadSinks& sinks)
    : options_(options),
      wal_(sinks.wal),
      own_chunks_(sinks.chunks == nullptr ? std::make_unique<MemoryChunkSink>() : nullptr),
      chunks_(sinks.chunks == nullptr ? own_chunks_.get() : sinks.chunks) {
  assert(options.chunk_range_ms > 0);
  assert(options.out_of_order_window_ms >= 0);
  assert(options.out_of_order_samples_max > 0);
  assert(options.samples_per_chunk >= 4);
  assert(options.samples_per_chunk < XorEncoder::kSamplesMax / 2);
}

Head::~Head() = default;

std::unique_ptr<Appender> Head::NewAppender(const AppenderContext&) {
  return std::make_unique<HeadAppender>(*this);
}

void Head::InitTime(std::int64_t t_ms) {
  if (initialized()) return;
  min_t_ms_ = t_ms;
  max_t_ms_ = t_ms;
}

Head::Bounds Head::TakeBounds() const {
  return {.min_valid_t_ms = WrappingSub(max_t_ms_, options_.chunk_range_ms / 2), .max_t_ms = max_t_ms_};
}

SeriesRef Head::GetOrCreate(const Labels& labels, std::vector<SeriesRef>& created) {
  const auto index = static_cast<std::uint32_t>(series_.size());
  const auto [slot, first_of_hash] = by_hash_.try_emplace(labels.Hash(), index);
  std::uint32_t next_same_hash = kNoIndex;
  if (!first_of_hash) {
    for (std::uint32_t at = slot->second; at != kNoIndex; at = details_[at].next_same_hash) {
      if (details_[at].labels == labels) return SeriesRef{at + std::uint64_t{1}};
    }
    next_same_hash = std::exchange(slot->second, index);
  }
  series_.Add();
  SeriesDetails& details = details_.Add();
  details.labels = labels;
  details.next_same_hash = next_same_hash;
  ++stats_.series_created;
  const SeriesRef ref{series_.size()};
  created.push_back(ref);
  return ref;
}

Head::Verdict Head::CheckNotNewest(const MemSeries& series, std::int64_t t_ms, std::uint64_t bits,
                                   const Bounds& bounds) const {
  if (t_ms >= bounds.min_valid_t_ms && t_ms == series.chunk.last_t_ms()) {
    if (bits != series.chunk.last_bits()) return {.code = AppendCode::kDuplicate};
    return {};
  }
  const std::int64_t delta = WrappingSub(bounds.max_t_ms, t_ms);
  const std::int64_t window = options_.out_of_order_window_ms;
  if (window > 0) {
    const bool inside = t_ms >= WrappingSub(bounds.max_t_ms, window);
    return {.code = inside ? AppendCode::kOk : AppendCode::kTooOld, .out_of_order = true, .delta_ms = delta};
  }
  const bool out_of_bounds = t_ms < bounds.min_valid_t_ms;
  return {.code = out_of_bounds ? AppendCode::kOutOfBounds : AppendCode::kOutOfOrder, .delta_ms = delta};
}

Status Head::Log(const AppendBuffer& buffer) {
  if (wal_ == nullptr) return {};
  if (!buffer.created.empty()) {
    series_records_.clear();
    for (const SeriesRef ref : buffer.created) series_records_.push_back({.ref = ref, .labels = &LabelsOf(ref)});
    EncodeSeriesRecord(series_records_, record_);
    if (Status logged = wal_->Log(record_.view()); !logged) return Error{"log series: " + logged.error().message};
  }
  if (!buffer.samples.empty()) {
    EncodeSamplesRecord(buffer.samples, record_);
    if (Status logged = wal_->Log(record_.view()); !logged) return Error{"log samples: " + logged.error().message};
  }
  return {};
}

Head::AppendBuffer Head::TakeBuffer() {
  if (spare_buffers_.empty()) return {};
  AppendBuffer buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void Head::GiveBack(AppendBuffer buffer) {
  buffer.samples.clear();
  buffer.created.clear();
  spare_buffers_.push_back(std::move(buffer));
}

std::vector<SeriesRef> Head::SeriesByLabels() const {
  std::vector<SeriesRef> refs;
  refs.reserve(series_.size());
  for (std::uint64_t ref = 1; ref <= series_.size(); ++ref) refs.push_back(SeriesRef{ref});
  // No two series have equal labels: the order is total.
  std::sort(refs.begin(), refs.end(),
            [this](SeriesRef a, SeriesRef b) { return Compare(LabelsOf(a), LabelsOf(b)) < 0; });
  return refs;
}

const Labels& Head::LabelsOf(SeriesRef ref) const {
  const std::uint64_t index = static_cast<std::uint64_t>(ref) - 1;
  assert(index < details_.size());
  return details_[static_cast<std::size_t>(index)].labels;
}

ChunkView Head::OpenChunk(const MemSeries& series, std::string& bytes) const {
  bytes.clear();
  std::size_t rest = series.drained_bytes;
  for (BlockPool::Index block = series.first_block; rest > 0; block = blocks_.Next(block)) {
    const std::size_t taken = std::min(rest, BlockPool::kBlockBytes);
    bytes.append(reinterpret_cast<const char*>(blocks_.Data(block)), taken);
    rest -= taken;
  }
  bytes.append(reinterpret_cast<const char*>(series.chunk.tail()), series.chunk.tail_bytes());
  series.chunk.WriteHeader(bytes.data());
  return {
      .min_t_ms = series.min_t_ms, .max_t_ms = series.chunk.last_t_ms(), .count = series.chunk.count(), .bytes = bytes};
}

void Head::VisitChunks(SeriesRef ref, const ChunkVisitor& visit) const {
  chunks_->Visit(ref, visit);
  const MemSeries& series = series_[static_cast<std::size_t>(ref) - 1];
  if (!series.has_samples()) return;
  std::string bytes;
  visit(OpenChunk(series, bytes));
}

std::vector<Sample> Head::Samples(SeriesRef ref) const {
  std::vector<SampleRun> runs;
  VisitChunks(ref, [&runs](const ChunkView& chunk) {
    SampleRun& run = runs.emplace_back();
    run.samples.reserve(chunk.count);
    XorReader reader(chunk.bytes);
    while (reader.Next()) run.samples.push_back({reader.t_ms(), reader.bits()});
    run.max_t_ms = chunk.max_t_ms;
  });
  std::vector<Sample> samples;
  const OutOfOrderSamples* late = details_[static_cast<std::size_t>(ref) - 1].out_of_order.get();
  if (late == nullptr) {
    for (const SampleRun& run : runs) samples.insert(samples.end(), run.samples.begin(), run.samples.end());
    return samples;
  }
  if (!runs.empty()) runs.back().max_t_ms = std::numeric_limits<std::int64_t>::max();
  for (const std::vector<Sample>& list : late->full) runs.push_back({list, list.back().t_ms});
  runs.push_back({late->open, late->open.back().t_ms});
  MergeRuns(std::move(runs), samples);
  return samples;
}

void Head::ForEachSeries(const std::function<void(const SeriesView& series)>& visit) const {
  for (const SeriesRef ref : SeriesByLabels()) {
    const std::vector<Sample> samples = Samples(ref);
    visit({ref, LabelsOf(ref), samples});
  }
}

std::optional<std::int64_t> Head::min_t_ms() const {
  return initialized() ? std::optional<std::int64_t>(min_t_ms_) : std::nullopt;
}

std::optional<std::int64_t> Head::max_t_ms() const {
  return initialized() ? std::optional<std::int64_t>(max_t_ms_) : std::nullopt;
}

std::size_t Head::series_memory_bytes() const {
  constexpr std::size_t kBytesPerBucket = sizeof(std::pair<std::uint64_t, std::uint32_t>) + 1;
  return series_.allocated_bytes() + details_.allocated_bytes() + by_hash_.bucket_count() * kBytesPerBucket +
         blocks_.allocated_bytes();
}

}  // namespace stalemark
