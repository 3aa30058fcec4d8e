// SPDX-License-Identifier: Apache-2.0
// The pieces that WAL records are made of, for wal*.cpp only. Mirrors tsdb/encoding/encoding.go.
//
// Each function writes at `at`, where there must be room, and returns what follows. Varints are Go's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <boost/endian/conversion.hpp>

#include "core/model/labels.h"
#include "core/storage/wal.h"

namespace stalemark::record_bytes {

inline constexpr std::size_t kVarintBytesMax = 10;

inline unsigned char* PutU64(unsigned char* at, std::uint64_t value) {
  boost::endian::store_big_u64(at, value);
  return at + 8;
}

inline unsigned char* PutUvarint(unsigned char* at, std::uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<unsigned char>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<unsigned char>(value);
  return at;
}

/// Zig-zag varint of a difference that was taken modulo 2^64.
inline unsigned char* PutDelta(unsigned char* at, std::uint64_t delta) {
  return PutUvarint(at, delta << 1 ^ (0 - (delta >> 63)));
}

inline unsigned char* PutText(unsigned char* at, std::string_view text) {
  at = PutUvarint(at, text.size());
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

inline unsigned char* PutType(unsigned char* at, RecordType type) {
  *at = static_cast<unsigned char>(type);
  return at + 1;
}

inline unsigned char* PutVarint(unsigned char* at, std::int64_t value) {
  return PutDelta(at, static_cast<std::uint64_t>(value));
}

inline unsigned char* PutRef(unsigned char* at, SeriesRef ref) {
  return PutU64(at, static_cast<std::uint64_t>(ref));
}

/// Zig-zag varint of `a - b`, modulo 2^64.
inline unsigned char* PutDifference(unsigned char* at, std::int64_t a, std::int64_t b) {
  return PutDelta(at, static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline unsigned char* PutDifference(unsigned char* at, SeriesRef a, SeriesRef b) {
  return PutDelta(at, static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

/// Room for a label set. A length takes 1 or 4 bytes in memory, and at most 2 or 4 here.
inline std::size_t LabelsBytesMax(const Labels& labels) {
  return kVarintBytesMax + 2 * labels.encoded().size();
}
inline unsigned char* PutLabels(unsigned char* at, const Labels& labels) {
  at = PutUvarint(at, labels.size());
  for (const Label label : labels) {
    at = PutText(at, label.name);
    at = PutText(at, label.value);
  }
  return at;
}

/// The start time of an entry that is not its record's first (WAL-18).
inline constexpr std::size_t kStartTimeBytesMax = 1 + kVarintBytesMax;
inline unsigned char* PutStartTime(unsigned char* at, std::int64_t st_ms, std::int64_t first_st_ms,
                                   std::int64_t previous_st_ms) {
  enum : unsigned char { kNone, kSame, kExplicit };
  *at = st_ms == 0 ? kNone : st_ms == previous_st_ms ? kSame : kExplicit;
  const bool is_explicit = *at++ == kExplicit;
  return is_explicit ? PutDifference(at, st_ms, first_st_ms) : at;
}

}  // namespace stalemark::record_bytes
