// SPDX-License-Identifier: Apache-2.0
// Chunks of native histograms, integer and float (HEAD-41, HEAD-42, HEAD-47). Mirrors tsdb/chunkenc/histogram.go,
// float_histogram.go, histogram_st.go, float_histogram_st.go and histogram_meta.go.
//
// A chunk is a 2-byte big-endian count, a byte whose first two bits say how the chunk follows the one before
// (CounterResetHeader), and a bit stream: the layout once (zero threshold, schema, spans, custom bounds), then per
// sample time, count, zero count, sum and buckets. All samples of a chunk have one layout: a sample with more buckets
// makes the chunk be written anew, one with fewer is given empty ones, one that does not continue it (another schema, a
// counter reset) starts a new chunk. With start times (start_times.h) the third byte is theirs, and the two bits are
// the highest of the count. Nothing here looks at the size of a chunk: cutting by it is the head's business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/histogram.h"
#include "core/storage/bit_stream.h"
#include "core/storage/histogram_layout.h"
#include "core/storage/start_times.h"

namespace stalemark {

/// Bits of the third byte, with start times of the first.
enum class CounterResetHeader : std::uint8_t { kUnknown = 0x00, kNotReset = 0x40, kReset = 0x80, kGauge = 0xC0 };

inline constexpr std::size_t kHistogramChunkHeaderBytes = 3;
inline constexpr std::uint16_t kHistogramChunkSamplesMax = 0xFFFF;
inline constexpr std::uint16_t kHistogramSTChunkSamplesMax = 0x3FFF;

/// How one number is written; both kinds work on 64-bit patterns.
template <class H>
struct HistogramCodec;

/// Second differences.
template <>
struct HistogramCodec<Histogram> {
  struct State {
    std::uint64_t value = 0;
    std::uint64_t delta = 0;
  };
  static std::uint64_t Raw(std::uint64_t count) { return count; }
  static std::uint64_t Raw(std::int64_t bucket) { return static_cast<std::uint64_t>(bucket); }
};

/// XOR with the number before.
template <>
struct HistogramCodec<FloatHistogram> {
  struct State {
    std::uint64_t value = 0;
    XorWindow window;
  };
  static std::uint64_t Raw(double number) { return BitsOf(number); }
};

/// An open chunk. After construction and Clear it is empty. H: Histogram or FloatHistogram.
template <class H>
class HistogramEncoder {
 public:
  enum class Step : std::uint8_t {
    kAppended,
    kRecoded,  ///< written anew with more buckets, then appended
    kNew,      ///< does not continue the chunk: nothing was written, call StartNext
  };

  /// With `keep_start_times` the encoding is that of ST storage; without, start times are ignored.
  explicit HistogramEncoder(bool keep_start_times = false) : keep_start_times_(keep_start_times) {}

  std::uint16_t count() const { return count_; }
  /// Header and stream. Valid until the next change.
  std::string_view bytes() const { return out_.bytes(); }
  CounterResetHeader header() const;

  void Clear();
  /// Starts a chunk although the sample may well have continued this one; an empty one was not directly before.
  void StartCut(std::int64_t t_ms, const H& histogram, std::int64_t st_ms = 0);
  /// Gives the histogram the chunk's layout. Requires: the chunk is not empty.
  Step Append(std::int64_t t_ms, H& histogram, std::int64_t st_ms = 0);
  /// Starts the chunk that Append asked for.
  void StartNext(std::int64_t t_ms, const H& histogram, std::int64_t st_ms = 0);

 private:
  using Codec = HistogramCodec<H>;
  using State = typename Codec::State;
  enum class Continuity : std::uint8_t { kFits, kOtherLayout, kReset, kOtherKind };
  struct Changes {
    LayoutChange positive;
    LayoutChange negative;
  };

  Continuity JudgeCounter(const H& histogram, Changes& changes) const;
  Continuity JudgeGauge(const H& histogram, Changes& changes, Spans& merged_positive, Spans& merged_negative) const;
  bool SameLayoutRules(const H& histogram) const;
  static CounterResetHeader HeaderOfNew(Continuity continuity);
  static CounterResetHeader HeaderOfCut(Continuity continuity);
  /// Adds the chunk's extra buckets to the histogram.
  void ExpandCounter(const Changes& changes, H& histogram) const;
  void Recode(const Changes& changes, const H& layout);

  void Start(CounterResetHeader header);
  std::size_t header_position() const { return keep_start_times_ ? 0 : 2; }
  void Write(std::int64_t t_ms, const H& histogram, std::int64_t st_ms);
  void WriteFirst(std::int64_t t_ms, const H& histogram);
  void WriteNext(std::int64_t t_ms, const H& histogram, bool stale);

  const bool keep_start_times_;
  BitWriter out_;
  std::uint16_t count_ = 0;
  CounterResetHeader next_header_ = CounterResetHeader::kUnknown;
  std::int32_t schema_ = 0;
  double zero_threshold_ = 0;
  Spans positive_spans_;
  Spans negative_spans_;
  std::vector<double> custom_values_;
  std::int64_t t_ms_ = 0;
  std::uint64_t t_delta_ = 0;
  std::uint64_t sum_bits_ = 0;
  XorWindow sum_window_;
  State observations_;
  State zero_count_;
  std::vector<State> positive_;
  std::vector<State> negative_;
  StartTimeEncoder start_times_;
};

/// Reads a chunk sample by sample. The bytes must outlive the reader; they may be hostile.
template <class H>
class HistogramReader {
 public:
  /// `keeps_start_times`: as the encoder was told.
  explicit HistogramReader(std::string_view chunk, bool keeps_start_times = false);

  /// Moves to the next sample; false at the end and when the bytes end too early.
  bool Next();
  std::int64_t t_ms() const { return t_ms_; }
  std::int64_t st_ms() const { return start_times_.st_ms(); }
  /// The sample, with the reset hint that a query gives it. Schemas above upstream's largest are reduced to it.
  H Read() const;
  /// The chunk promises more than it holds, or a schema that nobody knows.
  bool corrupt() const { return corrupt_; }

 private:
  using Codec = HistogramCodec<H>;
  using State = typename Codec::State;

  bool ReadLayout();
  bool ReadSpans(Spans& spans);
  bool ReadCustomValues();
  bool ReadFirst();
  bool ReadNext();
  CounterResetHint Hint() const;

  BitReader in_;
  const bool keeps_start_times_;
  StartTimeDecoder start_times_;
  std::uint16_t total_ = 0;
  std::uint16_t read_ = 0;
  bool corrupt_ = false;
  CounterResetHeader header_ = CounterResetHeader::kUnknown;
  /// Schema, threshold, spans and bounds.
  H layout_;
  std::int64_t t_ms_ = 0;
  std::uint64_t t_delta_ = 0;
  std::uint64_t sum_bits_ = 0;
  XorWindow sum_window_;
  State observations_;
  State zero_count_;
  std::vector<State> positive_;
  std::vector<State> negative_;
};

extern template class HistogramEncoder<Histogram>;
extern template class HistogramEncoder<FloatHistogram>;
extern template class HistogramReader<Histogram>;
extern template class HistogramReader<FloatHistogram>;

}  // namespace stalemark
