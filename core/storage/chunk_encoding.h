// SPDX-License-Identifier: Apache-2.0
// Which encodings chunks have (HEAD-42). Mirrors ValueType.ChunkEncoding (tsdb/chunkenc/chunk.go).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stalemark {

/// Upstream's numbers. XOR2 chunks of floats and both "ST" encodings of histograms keep start times, the others drop
/// them (HEAD-49).
enum class ChunkEncoding : std::uint8_t {
  kXor = 1,
  kHistogram = 2,
  kFloatHistogram = 3,
  kXor2 = 4,
  kHistogramST = 5,
  kFloatHistogramST = 6,
};

/// `XOR`, `histogram`, ...: upstream's.
inline std::string_view ChunkEncodingText(ChunkEncoding encoding) {
  constexpr std::string_view kTexts[] = {"none", "XOR",         "histogram",       "floathistogram",
                                         "XOR2", "histogramST", "floathistogramST"};
  return kTexts[static_cast<std::size_t>(encoding)];
}

inline bool HoldsFloats(ChunkEncoding encoding) {
  return encoding == ChunkEncoding::kXor || encoding == ChunkEncoding::kXor2;
}
inline bool HoldsIntegerHistograms(ChunkEncoding encoding) {
  return encoding == ChunkEncoding::kHistogram || encoding == ChunkEncoding::kHistogramST;
}

inline bool KeepsStartTimes(ChunkEncoding encoding) {
  return encoding == ChunkEncoding::kXor2 || encoding == ChunkEncoding::kHistogramST ||
         encoding == ChunkEncoding::kFloatHistogramST;
}

/// The encodings that one head writes.
struct ChunkEncodings {
  bool xor2 = false;
  bool histogram_start_times = false;

  bool start_times() const { return xor2 || histogram_start_times; }
  ChunkEncoding floats() const { return xor2 ? ChunkEncoding::kXor2 : ChunkEncoding::kXor; }
  ChunkEncoding histograms() const {
    return histogram_start_times ? ChunkEncoding::kHistogramST : ChunkEncoding::kHistogram;
  }
  ChunkEncoding float_histograms() const {
    return histogram_start_times ? ChunkEncoding::kFloatHistogramST : ChunkEncoding::kFloatHistogram;
  }
};

}  // namespace stalemark
