// SPDX-License-Identifier: Apache-2.0
#include "core/storage/histogram_chunk.h"

#include <cassert>
#include <type_traits>

#include <boost/endian/conversion.hpp>

#include "core/model/value.h"
#include "core/storage/histogram_codec.h"

namespace stalemark {
namespace {

/// Gives the absolute counts of buckets one by one; upstream adds deltas modulo 2^64.
class RunningCount {
 public:
  std::int64_t operator()(std::uint64_t delta) {
    count_ += delta;
    return static_cast<std::int64_t>(count_);
  }

 private:
  std::uint64_t count_ = 0;
};

template <class State>
auto CountsOf(const std::vector<State>& states) {
  if constexpr (std::is_same_v<State, HistogramCodec<Histogram>::State>) {
    return [at = states.begin(), running = RunningCount()]() mutable { return running(at++->value); };
  } else {
    return [at = states.begin()]() mutable { return DoubleOf(at++->value); };
  }
}

template <class Bucket>
auto CountsOf(const Bucket* at) {
  if constexpr (std::is_same_v<Bucket, std::int64_t>) {
    return [at, running = RunningCount()]() mutable { return running(static_cast<std::uint64_t>(*at++)); };
  } else {
    return [at]() mutable { return *at++; };
  }
}

template <class State, class Bucket>
bool FitSide(const Spans& chunk_spans, const std::vector<State>& chunk_buckets, const Spans& spans,
             const std::vector<Bucket>& buckets, LayoutChange& change) {
  return FitCounters(chunk_spans, spans, CountsOf(chunk_buckets), CountsOf(buckets.data()), change);
}

}  // namespace

template <class H>
CounterResetHeader HistogramEncoder<H>::header() const {
  return static_cast<CounterResetHeader>(static_cast<unsigned char>(out_.bytes()[header_position()]) & 0xC0);
}

template <class H>
void HistogramEncoder<H>::Clear() {
  out_.Reset(kHistogramChunkHeaderBytes);
  count_ = 0;
  start_times_.Reset();
}

template <class H>
void HistogramEncoder<H>::Start(CounterResetHeader header) {
  Clear();
  out_.bytes()[header_position()] = static_cast<char>(header);
}

template <class H>
CounterResetHeader HistogramEncoder<H>::HeaderOfNew(Continuity continuity) {
  if (continuity == Continuity::kReset) return CounterResetHeader::kReset;
  // Upstream's float chunks say nothing but resets, its integer ones also claim the contrary.
  const bool says_not = std::is_same_v<H, Histogram> && continuity != Continuity::kOtherLayout;
  return says_not ? CounterResetHeader::kNotReset : CounterResetHeader::kUnknown;
}

template <class H>
CounterResetHeader HistogramEncoder<H>::HeaderOfCut(Continuity continuity) {
  if (continuity == Continuity::kReset) return CounterResetHeader::kReset;
  const bool unknown = std::is_same_v<H, Histogram> && continuity == Continuity::kOtherLayout;
  return unknown ? CounterResetHeader::kUnknown : CounterResetHeader::kNotReset;
}

template <class H>
void HistogramEncoder<H>::StartCut(std::int64_t t_ms, const H& histogram, std::int64_t st_ms) {
  CounterResetHeader header = CounterResetHeader::kUnknown;
  if (histogram.counter_reset_hint == CounterResetHint::kGauge) {
    header = CounterResetHeader::kGauge;
  } else if (histogram.counter_reset_hint == CounterResetHint::kCounterReset) {
    header = CounterResetHeader::kReset;
  } else if (count_ > 0) {
    Changes changes;
    header = HeaderOfCut(JudgeCounter(histogram, changes));
  }
  Start(header);
  Write(t_ms, histogram, st_ms);
}

template <class H>
void HistogramEncoder<H>::StartNext(std::int64_t t_ms, const H& histogram, std::int64_t st_ms) {
  Start(next_header_);
  Write(t_ms, histogram, st_ms);
}

template <class H>
bool HistogramEncoder<H>::SameLayoutRules(const H& histogram) const {
  return histogram.schema == schema_ && histogram.zero_threshold == zero_threshold_;
}

template <class H>
typename HistogramEncoder<H>::Continuity HistogramEncoder<H>::JudgeCounter(const H& histogram, Changes& changes) const {
  if (header() == CounterResetHeader::kGauge) return Continuity::kOtherKind;
  if (histogram.counter_reset_hint == CounterResetHint::kCounterReset) return Continuity::kReset;
  if (histogram.IsStale()) return Continuity::kFits;
  // Behind a stale marker only stale markers.
  if (IsStaleNaN(sum_bits_)) return Continuity::kOtherLayout;
  if (histogram.count < Number(histogram.count, observations_.value)) return Continuity::kReset;
  if (!SameLayoutRules(histogram)) return Continuity::kOtherLayout;
  if (histogram.UsesCustomBuckets() && histogram.custom_values != custom_values_) return Continuity::kReset;
  if (histogram.zero_count < Number(histogram.zero_count, zero_count_.value)) return Continuity::kReset;
  const bool fits =
      FitSide(positive_spans_, positive_, histogram.positive_spans, histogram.positive_buckets, changes.positive) &&
      FitSide(negative_spans_, negative_, histogram.negative_spans, histogram.negative_buckets, changes.negative);
  return fits ? Continuity::kFits : Continuity::kReset;
}

template <class H>
typename HistogramEncoder<H>::Continuity HistogramEncoder<H>::JudgeGauge(const H& histogram, Changes& changes,
                                                                         Spans& merged_positive,
                                                                         Spans& merged_negative) const {
  if (header() != CounterResetHeader::kGauge) return Continuity::kOtherKind;
  if (histogram.IsStale()) return Continuity::kFits;
  if (IsStaleNaN(sum_bits_) || !SameLayoutRules(histogram)) return Continuity::kOtherLayout;
  if (histogram.UsesCustomBuckets() && histogram.custom_values != custom_values_) return Continuity::kOtherLayout;
  FitGauges(positive_spans_, histogram.positive_spans, changes.positive, merged_positive);
  FitGauges(negative_spans_, histogram.negative_spans, changes.negative, merged_negative);
  return Continuity::kFits;
}

template <class H>
void HistogramEncoder<H>::ExpandCounter(const Changes& changes, H& histogram) const {
  if (changes.positive.forward.empty() && changes.negative.forward.empty()) {
    histogram.positive_spans = positive_spans_;
    histogram.negative_spans = negative_spans_;
    return;
  }
  histogram.positive_spans = WithInserts(histogram.positive_spans, changes.positive.backward);
  histogram.negative_spans = WithInserts(histogram.negative_spans, changes.negative.backward);
}

template <class H>
typename HistogramEncoder<H>::Step HistogramEncoder<H>::Append(std::int64_t t_ms, H& histogram, std::int64_t st_ms) {
  assert(count_ > 0);
  Changes changes;
  Spans merged_positive;
  Spans merged_negative;
  const bool gauge = histogram.counter_reset_hint == CounterResetHint::kGauge;
  const Continuity continuity =
      gauge ? JudgeGauge(histogram, changes, merged_positive, merged_negative) : JudgeCounter(histogram, changes);
  if (continuity != Continuity::kFits) {
    next_header_ = gauge ? CounterResetHeader::kGauge : HeaderOfNew(continuity);
    return Step::kNew;
  }
  if (!changes.positive.backward.empty() || !changes.negative.backward.empty()) {
    if (gauge) {
      histogram.positive_spans = std::move(merged_positive);
      histogram.negative_spans = std::move(merged_negative);
    } else {
      ExpandCounter(changes, histogram);
    }
    if (!changes.positive.backward.empty()) {
      histogram.positive_buckets = WithInserts(histogram.positive_buckets, changes.positive.backward);
    }
    if (!changes.negative.backward.empty()) {
      histogram.negative_buckets = WithInserts(histogram.negative_buckets, changes.negative.backward);
    }
  }
  const bool recode = !changes.positive.forward.empty() || !changes.negative.forward.empty();
  if (recode) Recode(changes, histogram);
  Write(t_ms, histogram, st_ms);
  return recode ? Step::kRecoded : Step::kAppended;
}

template <class H>
void HistogramEncoder<H>::Recode(const Changes& changes, const H& layout) {
  const CounterResetHeader header_before = header();
  const std::string before = out_.bytes();
  HistogramReader<H> reader(before, keep_start_times_);
  Start(header_before);
  while (reader.Next()) {
    H old = reader.Read();
    old.positive_spans = layout.positive_spans;
    old.negative_spans = layout.negative_spans;
    if (!changes.positive.forward.empty()) {
      old.positive_buckets = WithInserts(old.positive_buckets, changes.positive.forward);
    }
    if (!changes.negative.forward.empty()) {
      old.negative_buckets = WithInserts(old.negative_buckets, changes.negative.forward);
    }
    Write(reader.t_ms(), old, reader.st_ms());
  }
  assert(!reader.corrupt());
}

template <class H>
void HistogramEncoder<H>::Write(std::int64_t t_ms, const H& histogram, std::int64_t st_ms) {
  assert(count_ < (keep_start_times_ ? kHistogramSTChunkSamplesMax : kHistogramChunkSamplesMax));
  if (histogram.IsStale()) {
    // Nothing of it is kept but the marker; in an empty chunk it makes an empty layout.
    H marker;
    marker.sum = histogram.sum;
    if (count_ == 0) {
      WriteFirst(t_ms, marker);
    } else {
      WriteNext(t_ms, marker, true);
    }
  } else if (count_ == 0) {
    WriteFirst(t_ms, histogram);
  } else {
    WriteNext(t_ms, histogram, false);
  }
  if (keep_start_times_) start_times_.Put(out_, count_, t_ms, t_ms_, st_ms);
  t_ms_ = t_ms;
  sum_bits_ = BitsOf(histogram.sum);
  ++count_;
  const unsigned in_count = keep_start_times_ ? static_cast<unsigned>(header()) << 8 : 0;
  boost::endian::store_big_u16(reinterpret_cast<unsigned char*>(out_.bytes().data()),
                               static_cast<std::uint16_t>(in_count | count_));
}

template <class H>
void HistogramEncoder<H>::WriteFirst(std::int64_t t_ms, const H& histogram) {
  PutZeroThreshold(out_, histogram.zero_threshold);
  PutVarbitInt(out_, histogram.schema);
  PutSpans(out_, histogram.positive_spans);
  PutSpans(out_, histogram.negative_spans);
  if (histogram.UsesCustomBuckets()) PutCustomBounds(out_, histogram.custom_values);
  schema_ = histogram.schema;
  zero_threshold_ = histogram.zero_threshold;
  positive_spans_ = histogram.positive_spans;
  negative_spans_ = histogram.negative_spans;
  custom_values_ = histogram.custom_values;

  PutVarbitInt(out_, t_ms);
  observations_ = PutFirstCount<H>(out_, Codec::Raw(histogram.count));
  zero_count_ = PutFirstCount<H>(out_, Codec::Raw(histogram.zero_count));
  out_.Put(BitsOf(histogram.sum), 64);
  const auto put = [this](const auto& buckets, std::vector<State>& states) {
    states.clear();
    for (const auto bucket : buckets) states.push_back(PutFirstBucket<H>(out_, Codec::Raw(bucket)));
  };
  put(histogram.positive_buckets, positive_);
  put(histogram.negative_buckets, negative_);
  t_delta_ = 0;
  sum_window_ = {};
}

template <class H>
void HistogramEncoder<H>::WriteNext(std::int64_t t_ms, const H& histogram, bool stale) {
  const std::uint64_t t_delta = static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(t_ms_);
  PutVarbitInt(out_, static_cast<std::int64_t>(t_delta - t_delta_));
  t_delta_ = t_delta;
  if (stale && std::is_same_v<H, Histogram>) {
    // Upstream writes no change although the counts of a marker are 0. Only markers follow, so nobody can tell.
    PutVarbitInt(out_, 0);
    PutVarbitInt(out_, 0);
  } else {
    PutNext(out_, observations_, Codec::Raw(histogram.count));
    PutNext(out_, zero_count_, Codec::Raw(histogram.zero_count));
  }
  PutXor(out_, BitsOf(histogram.sum) ^ sum_bits_, sum_window_);
  assert(stale || (histogram.positive_buckets.size() == positive_.size() &&
                   histogram.negative_buckets.size() == negative_.size()));
  for (std::size_t i = 0; i < histogram.positive_buckets.size(); ++i) {
    PutNext(out_, positive_[i], Codec::Raw(histogram.positive_buckets[i]));
  }
  for (std::size_t i = 0; i < histogram.negative_buckets.size(); ++i) {
    PutNext(out_, negative_[i], Codec::Raw(histogram.negative_buckets[i]));
  }
}

// ---- reader ----

template <class H>
HistogramReader<H>::HistogramReader(std::string_view chunk, bool keeps_start_times)
    : in_(chunk, chunk.size() < kHistogramChunkHeaderBytes ? 0 : kHistogramChunkHeaderBytes),
      keeps_start_times_(keeps_start_times) {
  if (chunk.size() < kHistogramChunkHeaderBytes) {
    corrupt_ = true;
    return;
  }
  total_ = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(chunk.data()));
  header_ = static_cast<CounterResetHeader>(static_cast<unsigned char>(chunk[keeps_start_times ? 0 : 2]) & 0xC0);
  if (!keeps_start_times) return;
  total_ &= kHistogramSTChunkSamplesMax;
  start_times_ = StartTimeDecoder(chunk[kStartTimeHeaderPosition]);
}

template <class H>
bool HistogramReader<H>::ReadSpans(Spans& spans) {
  std::uint64_t count;
  if (!GetVarbitUint(in_, count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t length;
    std::int64_t offset;
    if (!GetVarbitUint(in_, length) || !GetVarbitInt(in_, offset)) return false;
    spans.push_back({static_cast<std::int32_t>(offset), static_cast<std::uint32_t>(length)});
  }
  return true;
}

template <class H>
bool HistogramReader<H>::ReadCustomValues() {
  std::uint64_t count;
  if (!GetVarbitUint(in_, count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    double bound;
    if (!GetCustomBound(in_, bound)) return false;
    layout_.custom_values.push_back(bound);
  }
  return true;
}

template <class H>
bool HistogramReader<H>::ReadLayout() {
  std::int64_t schema;
  if (!GetZeroThreshold(in_, layout_.zero_threshold) || !GetVarbitInt(in_, schema)) return false;
  layout_.schema = static_cast<std::int32_t>(schema);
  if (!ReadSpans(layout_.positive_spans) || !ReadSpans(layout_.negative_spans)) return false;
  if (layout_.UsesCustomBuckets() && !ReadCustomValues()) return false;
  return layout_.UsesCustomBuckets() || IsExponentialSchemaReserved(layout_.schema);
}

template <class H>
bool HistogramReader<H>::ReadFirst() {
  if (!ReadLayout() || !GetVarbitInt(in_, t_ms_)) return false;
  if (!GetFirstCount<H>(in_, observations_) || !GetFirstCount<H>(in_, zero_count_)) return false;
  if (!in_.Get(64, sum_bits_)) return false;
  const auto read = [this](const Spans& spans, std::vector<State>& states) {
    const std::uint64_t count = CountBuckets(spans);
    // Each takes a bit at least.
    if (count > in_.rest_bits()) return false;
    states.resize(static_cast<std::size_t>(count));
    for (State& state : states) {
      if (!GetFirstBucket<H>(in_, state)) return false;
    }
    return true;
  };
  return read(layout_.positive_spans, positive_) && read(layout_.negative_spans, negative_);
}

template <class H>
bool HistogramReader<H>::ReadNext() {
  std::int64_t change;
  if (!GetVarbitInt(in_, change)) return false;
  t_delta_ += static_cast<std::uint64_t>(change);
  t_ms_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms_) + t_delta_);
  if (!GetNext(in_, observations_) || !GetNext(in_, zero_count_)) return false;
  if (!GetXor(in_, sum_bits_, sum_window_)) return false;
  if (IsStaleNaN(sum_bits_)) return true;
  for (std::vector<State>* side : {&positive_, &negative_}) {
    for (State& state : *side) {
      if (!GetNext(in_, state)) return false;
    }
  }
  return true;
}

template <class H>
bool HistogramReader<H>::Next() {
  if (corrupt_ || read_ == total_) return false;
  const std::int64_t before_t_ms = t_ms_;
  corrupt_ = read_ == 0 ? !ReadFirst() : !ReadNext();
  if (keeps_start_times_ && !corrupt_) corrupt_ = !start_times_.Get(in_, read_, t_ms_, before_t_ms);
  if (!corrupt_) ++read_;
  return !corrupt_;
}

template <class H>
CounterResetHint HistogramReader<H>::Hint() const {
  if (header_ == CounterResetHeader::kGauge) return CounterResetHint::kGauge;
  // The chunk before may be gone or not be the one before any more: of the first sample nothing is claimed.
  return read_ > 1 ? CounterResetHint::kNotCounterReset : CounterResetHint::kUnknown;
}

template <class H>
H HistogramReader<H>::Read() const {
  H histogram;
  histogram.sum = DoubleOf(sum_bits_);
  if (IsStaleNaN(sum_bits_)) return histogram;
  histogram = layout_;
  histogram.sum = DoubleOf(sum_bits_);
  histogram.counter_reset_hint = Hint();
  histogram.count = Number(histogram.count, observations_.value);
  histogram.zero_count = Number(histogram.zero_count, zero_count_.value);
  const auto copy = [](const std::vector<State>& states, auto& buckets) {
    using Bucket = typename std::remove_reference_t<decltype(buckets)>::value_type;
    buckets.reserve(states.size());
    for (const State& state : states) buckets.push_back(Number(Bucket{}, state.value));
  };
  copy(positive_, histogram.positive_buckets);
  copy(negative_, histogram.negative_buckets);
  if (!histogram.UsesCustomBuckets() && histogram.schema > kExponentialSchemaMax) {
    // Only of hostile bytes can this fail; the histogram then stays as it is.
    const Status reduced = ReduceResolution(histogram, kExponentialSchemaMax);
    static_cast<void>(reduced);
  }
  return histogram;
}

template class HistogramEncoder<Histogram>;
template class HistogramEncoder<FloatHistogram>;
template class HistogramReader<Histogram>;
template class HistogramReader<FloatHistogram>;

}  // namespace stalemark
