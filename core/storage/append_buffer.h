// SPDX-License-Identifier: Apache-2.0
// What one transaction on a head holds until it ends, for head*.cpp only. Mirrors appendBatch and typesInBatch
// (tsdb/head_append.go).
//
// A buffer is reused by the next transaction with all its memory. Samples lie in one list per kind; batches (HEAD-24)
// are ranges of these lists. In a batch a series has samples of one kind only, so that committing floats, then integer,
// then float histograms keeps the order of every series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/model/histogram.h"
#include "core/storage/wal.h"

namespace stalemark {

/// A list whose elements keep their memory when it is cleared.
template <class T>
class RecycledList {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t index) { return items_[index]; }
  const T& operator[](std::size_t index) const { return items_[index]; }
  /// An element in any state.
  T& Add() {
    if (size_ == items_.size()) items_.emplace_back();
    return items_[size_++];
  }
  void Clear() { size_ = 0; }
  /// The elements from `begin` on, before `end`.
  std::span<const T> Range(std::size_t begin, std::size_t end) const { return {items_.data() + begin, end - begin}; }

 private:
  std::vector<T> items_;
  std::size_t size_ = 0;
};

/// What must not be mixed in a series' part of a batch.
enum class SampleKind : std::uint8_t { kFloat, kHistogram, kCustomHistogram, kFloatHistogram, kCustomFloatHistogram };

inline SampleKind KindOf(const Histogram& histogram) {
  return histogram.UsesCustomBuckets() ? SampleKind::kCustomHistogram : SampleKind::kHistogram;
}
inline SampleKind KindOf(const FloatHistogram& histogram) {
  return histogram.UsesCustomBuckets() ? SampleKind::kCustomFloatHistogram : SampleKind::kFloatHistogram;
}

/// Positions in the lists of a buffer.
struct BatchEnd {
  std::size_t samples = 0;
  std::size_t histograms = 0;
  std::size_t float_histograms = 0;
  std::size_t metadata = 0;
  std::size_t exemplars = 0;
};

class AppendBuffer {
 public:
  std::vector<SampleRecord> samples;
  /// Of `samples`, if the head keeps start times; else empty.
  std::vector<std::int64_t> start_times;
  RecycledList<HistogramRecord<Histogram>> histograms;
  RecycledList<HistogramRecord<FloatHistogram>> float_histograms;
  std::vector<ExemplarRecord> exemplars;
  std::vector<MetadataRecord> metadata;
  std::vector<SeriesRef> created;

  RecycledList<HistogramRecord<Histogram>>& ListOf(const Histogram&) { return histograms; }
  RecycledList<HistogramRecord<FloatHistogram>>& ListOf(const FloatHistogram&) { return float_histograms; }

  /// The current batch is one of the usual transaction: a float needs no BeginSample.
  bool floats_only() const { return kinds_.empty(); }
  /// Kind of the series' samples in the current batch; floats, too, when it has none.
  SampleKind KindInBatch(SeriesRef ref) const;
  /// Starts a new batch if the series has samples of another kind in the current one, which the next does not fit.
  void BeginSample(SeriesRef ref, SampleKind kind) {
    if (kind != SampleKind::kFloat || !floats_only()) BeginMixedSample(ref, kind);
  }
  /// Calls `visit(begin, end)` for each batch in order.
  template <class Visit>
  void ForEachBatch(Visit visit) const;

  bool empty() const {
    return samples.empty() && histograms.empty() && float_histograms.empty() && exemplars.empty() && metadata.empty() &&
           created.empty();
  }
  /// Forgets everything but the series that were created.
  void ClearSamples();
  void Clear();

 private:
  void BeginMixedSample(SeriesRef ref, SampleKind kind);
  BatchEnd End() const {
    return {samples.size(), histograms.size(), float_histograms.size(), metadata.size(), exemplars.size()};
  }

  /// Of all batches but the current one.
  std::vector<BatchEnd> ends_;
  /// Series with histograms in the current batch. Never iterated.
  boost::unordered_flat_map<std::uint64_t, SampleKind> kinds_;
};

// ---- inline ----

inline SampleKind AppendBuffer::KindInBatch(SeriesRef ref) const {
  if (floats_only()) return SampleKind::kFloat;
  const auto found = kinds_.find(static_cast<std::uint64_t>(ref));
  return found == kinds_.end() ? SampleKind::kFloat : found->second;
}

inline void AppendBuffer::BeginMixedSample(SeriesRef ref, SampleKind kind) {
  const SampleKind before = KindInBatch(ref);
  if (before == kind) return;
  // Histograms behind floats keep their order without a new batch.
  if (before != SampleKind::kFloat) {
    ends_.push_back(End());
    kinds_.clear();
  }
  if (kind != SampleKind::kFloat) kinds_.emplace(static_cast<std::uint64_t>(ref), kind);
}

template <class Visit>
void AppendBuffer::ForEachBatch(Visit visit) const {
  BatchEnd begin;
  for (const BatchEnd& end : ends_) {
    visit(begin, end);
    begin = end;
  }
  visit(begin, End());
}

inline void AppendBuffer::ClearSamples() {
  samples.clear();
  start_times.clear();
  histograms.Clear();
  float_histograms.Clear();
  exemplars.clear();
  metadata.clear();
  ends_.clear();
  kinds_.clear();
}

inline void AppendBuffer::Clear() {
  ClearSamples();
  created.clear();
}

}  // namespace stalemark
