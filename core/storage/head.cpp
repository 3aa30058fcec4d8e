// SPDX-License-Identifier: Apache-2.0
#include "core/storage/head.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

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
      encodings_{.xor2 = options.xor2 || options.st_storage, .histogram_start_times = options.histogram_st_encoding},
      wal_(sinks.wal),
      own_chunks_(sinks.chunks == nullptr ? std::make_unique<MemoryChunkSink>() : nullptr),
      chunks_(sinks.chunks == nullptr ? own_chunks_.get() : sinks.chunks),
      exemplars_(options.max_exemplars, options.out_of_order_window_ms) {
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
  const std::int64_t newest_bound = WrappingSub(max_t_ms_, options_.chunk_range_ms / 2);
  return {.min_valid_t_ms = std::max(newest_bound, removed_before_ms_), .max_t_ms = max_t_ms_};
}

SeriesRef Head::GetOrCreate(const Labels& labels, std::vector<SeriesRef>& created) {
  const SeriesIndex::Place place = index_.FindOrAdd(labels, details_);
  if (!place.is_new) return SeriesRef{place.index + std::uint64_t{1}};
  series_.Add();
  SeriesDetails& details = details_.Add();
  details.labels = labels;
  details.next_same_hash = place.next_same_hash;
  ++stats_.series_created;
  const SeriesRef ref{series_.size()};
  created.push_back(ref);
  return ref;
}

Head::Verdict Head::CheckNotNewest(const MemSeries& series, std::int64_t t_ms, bool same_value,
                                   const Bounds& bounds) const {
  if (t_ms >= bounds.min_valid_t_ms && t_ms == series.chunk.last_t_ms()) {
    if (!same_value) return {.code = AppendCode::kDuplicate};
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

template <class H>
Head::Verdict Head::Check(const MemSeries& series, SeriesRef ref, std::int64_t t_ms, const H& histogram,
                          const Bounds& bounds) const {
  const bool newest = !series.has_samples() || t_ms > series.chunk.last_t_ms();
  if (newest && t_ms >= bounds.min_valid_t_ms) return {};
  bool same_value = false;
  if (series.has_samples() && !series.holds_floats() && t_ms == series.chunk.last_t_ms()) {
    const auto* open = std::get_if<OpenHistograms<H>>(&DetailsOf(ref).extras->histograms->open);
    same_value = open != nullptr && Equals(histogram, open->last);
  }
  return CheckNotNewest(series, t_ms, same_value, bounds);
}

template Head::Verdict Head::Check(const MemSeries& series, SeriesRef ref, std::int64_t t_ms,
                                   const Histogram& histogram, const Bounds& bounds) const;
template Head::Verdict Head::Check(const MemSeries& series, SeriesRef ref, std::int64_t t_ms,
                                   const FloatHistogram& histogram, const Bounds& bounds) const;

Status Head::Log(const AppendBuffer& buffer) {
  if (wal_ == nullptr || !wal_->wanted()) return {};
  if (!buffer.created.empty()) {
    series_records_.clear();
    for (const SeriesRef ref : buffer.created) series_records_.push_back({.ref = ref, .labels = &LabelsOf(ref)});
    EncodeSeriesRecord(series_records_, record_);
    if (Status logged = wal_->Log(record_.view()); !logged) return Error{"log series: " + logged.error().message};
  }
  Status status;
  buffer.ForEachBatch([&](const BatchEnd& begin, const BatchEnd& end) {
    if (!status) return;
    const auto range = [](const auto& list, std::size_t from, std::size_t to) {
      return std::span(list.data() + from, to - from);
    };
    LoggedBatch batch;
    batch.metadata = range(buffer.metadata, begin.metadata, end.metadata);
    batch.samples = range(buffer.samples, begin.samples, end.samples);
    if (encodings_.start_times()) batch.start_times = range(buffer.start_times, begin.samples, end.samples);
    batch.histograms = buffer.histograms.Range(begin.histograms, end.histograms);
    batch.float_histograms = buffer.float_histograms.Range(begin.float_histograms, end.float_histograms);
    batch.exemplars = range(buffer.exemplars, begin.exemplars, end.exemplars);
    batch.st_storage = options_.st_storage;
    std::string_view what;
    if (Status logged = LogBatch(batch, record_, *wal_, what); !logged) {
      status = Error{fmt::format("{}: {}", what, logged.error().message)};
    }
  });
  return status;
}

AppendBuffer Head::TakeBuffer() {
  if (spare_buffers_.empty()) return {};
  AppendBuffer buffer = std::move(spare_buffers_.back());
  spare_buffers_.pop_back();
  return buffer;
}

void Head::GiveBack(AppendBuffer buffer) {
  buffer.Clear();
  spare_buffers_.push_back(std::move(buffer));
}

std::vector<SeriesRef> Head::SeriesByRef() const {
  std::vector<SeriesRef> refs;
  refs.reserve(series_count());
  for (std::size_t slab = 0; slab < series_.size(); slab += kSlabSeries) {
    if (series_.Find(slab) == nullptr) continue;
    const std::size_t end = std::min(slab + kSlabSeries, series_.size());
    for (std::size_t index = slab; index < end; ++index) {
      if (!series_[index].removed) refs.push_back(SeriesRef{index + 1});
    }
  }
  return refs;
}

std::vector<SeriesRef> Head::SeriesByLabels() const {
  std::vector<SeriesRef> refs = SeriesByRef();
  // No two series have equal labels: the order is total.
  std::sort(refs.begin(), refs.end(),
            [this](SeriesRef a, SeriesRef b) { return Compare(LabelsOf(a), LabelsOf(b)) < 0; });
  return refs;
}

const Labels& Head::LabelsOf(SeriesRef ref) const {
  assert(Has(ref));
  return DetailsOf(ref).labels;
}

std::optional<std::int64_t> Head::min_t_ms() const {
  return initialized() ? std::optional<std::int64_t>(min_t_ms_) : std::nullopt;
}

std::optional<std::int64_t> Head::max_t_ms() const {
  return initialized() ? std::optional<std::int64_t>(max_t_ms_) : std::nullopt;
}

std::size_t Head::series_memory_bytes() const {
  return series_.allocated_bytes() + details_.allocated_bytes() + index_.memory_bytes() + blocks_.allocated_bytes();
}

}  // namespace stalemark
