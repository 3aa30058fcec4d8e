// SPDX-License-Identifier: Apache-2.0
// The codes of single fields of a histogram chunk, for histogram_chunk.cpp only. Mirrors the parts of
// tsdb/chunkenc/histogram_meta.go that write one field.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "core/model/number.h"
#include "core/model/value.h"
#include "core/storage/histogram_chunk.h"

namespace stalemark {

/// The number that a 64-bit pattern means; `kind` names the type only.
inline std::uint64_t Number(std::uint64_t /*kind*/, std::uint64_t raw) {
  return raw;
}
inline std::int64_t Number(std::int64_t /*kind*/, std::uint64_t raw) {
  return static_cast<std::int64_t>(raw);
}
inline double Number(double /*kind*/, std::uint64_t raw) {
  return DoubleOf(raw);
}

// ---- counts and buckets ----

template <class H>
typename HistogramCodec<H>::State PutFirstCount(BitWriter& out, std::uint64_t raw) {
  if constexpr (std::is_same_v<H, Histogram>) {
    PutVarbitUint(out, raw);
  } else {
    out.Put(raw, 64);
  }
  return {raw, {}};
}

template <class H>
typename HistogramCodec<H>::State PutFirstBucket(BitWriter& out, std::uint64_t raw) {
  if constexpr (std::is_same_v<H, Histogram>) {
    PutVarbitInt(out, static_cast<std::int64_t>(raw));
  } else {
    out.Put(raw, 64);
  }
  return {raw, {}};
}

inline void PutNext(BitWriter& out, HistogramCodec<Histogram>::State& state, std::uint64_t raw) {
  const std::uint64_t delta = raw - state.value;
  PutVarbitInt(out, static_cast<std::int64_t>(delta - state.delta));
  state = {raw, delta};
}
inline void PutNext(BitWriter& out, HistogramCodec<FloatHistogram>::State& state, std::uint64_t raw) {
  PutXor(out, raw ^ state.value, state.window);
  state.value = raw;
}

template <class H>
bool GetFirstCount(BitReader& in, typename HistogramCodec<H>::State& state) {
  return std::is_same_v<H, Histogram> ? GetVarbitUint(in, state.value) : in.Get(64, state.value);
}

template <class H>
bool GetFirstBucket(BitReader& in, typename HistogramCodec<H>::State& state) {
  if constexpr (std::is_same_v<H, Histogram>) {
    std::int64_t value;
    if (!GetVarbitInt(in, value)) return false;
    state.value = static_cast<std::uint64_t>(value);
    return true;
  } else {
    return in.Get(64, state.value);
  }
}

inline bool GetNext(BitReader& in, HistogramCodec<Histogram>::State& state) {
  std::int64_t change;
  if (!GetVarbitInt(in, change)) return false;
  state.delta += static_cast<std::uint64_t>(change);
  state.value += state.delta;
  return true;
}
inline bool GetNext(BitReader& in, HistogramCodec<FloatHistogram>::State& state) {
  return GetXor(in, state.value, state.window);
}

// ---- layout ----

inline void PutSpans(BitWriter& out, const Spans& spans) {
  PutVarbitUint(out, spans.size());
  for (const HistogramSpan& span : spans) {
    PutVarbitUint(out, span.length);
    PutVarbitInt(out, span.offset);
  }
}

/// 0 and usual powers of two take a byte, all else nine.
inline void PutZeroThreshold(BitWriter& out, double threshold) {
  constexpr int kExponentMin = -242;
  constexpr int kExponentMax = 11;
  if (threshold == 0) {
    out.Put(0, 8);
    return;
  }
  int exponent = 0;
  const double fraction = std::frexp(threshold, &exponent);
  if (fraction != 0.5 || exponent < kExponentMin || exponent > kExponentMax) {
    out.Put(255, 8);
    out.Put(BitsOf(threshold), 64);
    return;
  }
  out.Put(static_cast<std::uint64_t>(exponent - kExponentMin + 1), 8);
}

inline bool GetZeroThreshold(BitReader& in, double& threshold) {
  std::uint64_t code;
  if (!in.Get(8, code)) return false;
  if (code == 255) {
    std::uint64_t bits;
    if (!in.Get(64, bits)) return false;
    threshold = DoubleOf(bits);
  } else {
    threshold = code == 0 ? 0 : std::ldexp(0.5, static_cast<int>(code) - 243);
  }
  return true;
}

/// Thousandths up to this take four bytes at most.
inline constexpr double kCustomBoundThousandthsMax = 33554430;

/// For numbers that are not negative.
inline double RoundHalfUp(double number) {
  const double floor = std::floor(number);
  return number - floor >= 0.5 ? floor + 1 : floor;
}

inline void PutCustomBounds(BitWriter& out, const std::vector<double>& bounds) {
  PutVarbitUint(out, bounds.size());
  for (const double bound : bounds) {
    const double scaled = bound * 1000;
    const bool in_range = scaled >= 0 && scaled <= kCustomBoundThousandthsMax;
    const double rounded = in_range ? RoundHalfUp(scaled) : 0;
    if (in_range && rounded / 1000 == bound) {
      PutVarbitUint(out, Uint64FromDouble(rounded) + 1);
    } else {
      out.Put(0, 1);
      out.Put(BitsOf(bound), 64);
    }
  }
}

inline bool GetCustomBound(BitReader& in, double& bound) {
  std::uint64_t code;
  if (!GetVarbitUint(in, code)) return false;
  if (code != 0) {
    bound = static_cast<double>(code - 1) / 1000;
    return true;
  }
  std::uint64_t bits;
  if (!in.Get(64, bits)) return false;
  bound = DoubleOf(bits);
  return true;
}

}  // namespace stalemark
