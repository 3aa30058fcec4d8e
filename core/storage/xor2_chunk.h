// SPDX-License-Identifier: Apache-2.0
// XOR2 chunks: floats with start times (HEAD-42). Mirrors tsdb/chunkenc/xor2.go.
//
// A chunk is a 2-byte big-endian count, a byte for start times (start_times.h) and a bit stream. The first two samples
// are written much as in a XOR chunk; from the third on one code says how the time goes on and whether the value
// changed. A stale marker is a code of its own: the next value refers to the one before the marker. Nothing here checks
// times or the size of a chunk: cutting is the head's business (HEAD-40).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/model/value.h"
#include "core/storage/bit_stream.h"
#include "core/storage/start_times.h"

namespace stalemark {

inline constexpr std::size_t kXor2HeaderBytes = 3;

class Xor2Encoder {
 public:
  static constexpr std::uint16_t kSamplesMax = 0xFFFF;

  Xor2Encoder() { Clear(); }
  void Clear();
  /// Requires: count() < kSamplesMax.
  void Append(std::int64_t t_ms, std::uint64_t bits, std::int64_t st_ms);
  std::uint16_t count() const { return count_; }
  /// Header and stream. Valid until the next change.
  std::string_view bytes() const { return out_.bytes(); }

 private:
  void PutNext(std::uint64_t change, std::uint64_t bits);
  void PutValue(std::uint64_t bits);

  BitWriter out_;
  std::uint16_t count_ = 0;
  std::int64_t t_ms_ = 0;
  std::uint64_t t_delta_ = 0;
  /// The last value that is no stale marker.
  std::uint64_t bits_ = 0;
  XorWindow window_;
  StartTimeEncoder start_times_;
};

/// Reads a chunk sample by sample. The bytes must outlive the reader; they may be hostile.
class Xor2Reader {
 public:
  explicit Xor2Reader(std::string_view chunk);

  /// Moves to the next sample; false at the end and when the bytes end too early.
  bool Next();
  std::int64_t t_ms() const { return t_ms_; }
  std::uint64_t bits() const { return stale_ ? kStaleNaN : bits_; }
  std::int64_t st_ms() const { return start_times_.st_ms(); }
  /// The chunk promises more samples than it holds, or a code that no encoder writes.
  bool corrupt() const { return corrupt_; }

 private:
  bool ReadNext();
  bool ReadJoint();
  bool ReadValue();

  BitReader in_;
  std::uint16_t total_ = 0;
  std::uint16_t read_ = 0;
  bool corrupt_ = false;
  bool stale_ = false;
  std::int64_t t_ms_ = 0;
  std::uint64_t t_delta_ = 0;
  std::uint64_t bits_ = 0;
  XorWindow window_;
  StartTimeDecoder start_times_;
};

}  // namespace stalemark
