// SPDX-License-Identifier: Apache-2.0
// XOR chunks: float samples, compressed bit by bit as upstream does (HEAD-42 to HEAD-45). Mirrors tsdb/chunkenc/xor.go.
//
// A chunk is a 2-byte big-endian sample count and a bit stream. XorEncoder writes the stream into a small tail of its
// own, so that the open chunk of a series costs one cache line next to its encoder state; whenever kDrainBytes are
// complete the owner moves them elsewhere (a BlockPool, a string). XorChunk is the owner for a chunk that stands alone.
// Nothing here checks times or the size of a chunk: cutting is the head's business (HEAD-40).
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <boost/core/bit.hpp>
#include <boost/endian/conversion.hpp>

#include "core/storage/bit_stream.h"
#include "core/storage/chunk_encoding.h"

namespace stalemark {

/// State of an open XOR chunk. Use: Append, then while NeedsDrain move drain bytes from tail() and call Drained.
class XorEncoder {
 public:
  static constexpr std::size_t kHeaderBytes = 2;
  /// Bytes that the owner takes at a time.
  static constexpr std::size_t kDrainBytes = 32;
  static constexpr std::uint16_t kSamplesMax = 0xFFFF;

  /// Starts an empty chunk; last_t_ms() and last_bits() stay.
  void Reset();
  /// What last_t_ms() and last_bits() give while the series' samples go elsewhere. Requires: count() == 0.
  void SetLast(std::int64_t t_ms, std::uint64_t bits) {
    assert(count_ == 0);
    t_ms_ = t_ms;
    bits_ = bits;
  }
  /// Requires: !NeedsDrain() and count() < kSamplesMax.
  void Append(std::int64_t t_ms, std::uint64_t bits);

  std::uint16_t count() const { return count_; }
  /// Of the last sample; before the first: 0.
  std::int64_t last_t_ms() const { return t_ms_; }
  std::uint64_t last_bits() const { return bits_; }

  bool NeedsDrain() const { return tail_bits_ >= kDrainBytes * 8; }
  const unsigned char* tail() const { return tail_; }
  std::size_t tail_bytes() const { return (tail_bits_ + 7u) / 8u; }
  /// The owner has taken the first kDrainBytes of the tail.
  void Drained();
  /// Writes the count to the start of the chunk's bytes, put together from what was drained and the tail.
  void WriteHeader(char* chunk) const { boost::endian::store_big_u16(reinterpret_cast<unsigned char*>(chunk), count_); }

 private:
  /// At most 64 - 7 bits fit beside a partial byte.
  static constexpr unsigned kPutBitsMax = 57;
  static constexpr std::uint8_t kNoWindow = 0xFF;

  void Put(std::uint64_t value, unsigned bit_count);
  void PutLong(std::uint64_t value, unsigned bit_count);
  void PutFirst(std::int64_t t_ms, std::uint64_t bits);
  void PutVarint(std::uint64_t value);
  /// Writes the value after `prefix`, which holds the control bits of the time.
  void PutValue(std::uint64_t prefix, unsigned prefix_bits, std::uint64_t changed);

  std::int64_t t_ms_ = 0;
  std::uint64_t bits_ = 0;
  std::uint64_t t_delta_ = 0;
  std::uint16_t count_ = 0;
  std::uint16_t tail_bits_ = kHeaderBytes * 8;
  /// Zeros before and behind the significant bits that the last `11` code gave.
  std::uint8_t leading_ = kNoWindow;
  std::uint8_t trailing_ = 0;
  // kDrainBytes - 1 bytes, one sample (at most 20 bytes) and the slack of an 8-byte store fit.
  unsigned char tail_[64] = {};
};

/// Reads a chunk sample by sample. The bytes must outlive the reader; they may be hostile.
class XorReader {
 public:
  explicit XorReader(std::string_view chunk);

  /// Moves to the next sample; false at the end and when the bytes end too early.
  bool Next();
  std::int64_t t_ms() const { return t_ms_; }
  std::uint64_t bits() const { return bits_; }
  /// The chunk promises more samples than it holds, or a code that no encoder writes.
  bool corrupt() const { return corrupt_; }

 private:
  bool Fail();
  bool ReadDeltaOfDelta(std::int64_t& out);
  bool ReadNext();

  BitReader in_;
  std::uint16_t total_ = 0;
  std::uint16_t read_ = 0;
  std::int64_t t_ms_ = 0;
  std::uint64_t bits_ = 0;
  std::uint64_t t_delta_ = 0;
  XorWindow window_;
  bool corrupt_ = false;
};

/// A chunk that stands alone and grows as needed.
class XorChunk {
 public:
  /// Requires: fewer than XorEncoder::kSamplesMax samples.
  void Append(std::int64_t t_ms, std::uint64_t bits);
  std::uint16_t count() const { return encoder_.count(); }
  /// Count and stream.
  std::string Bytes() const;

 private:
  XorEncoder encoder_;
  std::string drained_;
};

// ---- inline: one Append per stored sample ----

inline void XorEncoder::Put(std::uint64_t value, unsigned bit_count) {
  const unsigned byte = tail_bits_ >> 3;
  const unsigned used = tail_bits_ & 7u;
  // The rest of the partial byte and everything behind it may hold anything.
  const std::uint64_t kept = (std::uint64_t{tail_[byte]} << 56) & ~(~std::uint64_t{0} >> used);
  boost::endian::store_big_u64(tail_ + byte, kept | (value << (64 - bit_count)) >> used);
  tail_bits_ = static_cast<std::uint16_t>(tail_bits_ + bit_count);
}

inline void XorEncoder::PutLong(std::uint64_t value, unsigned bit_count) {
  if (bit_count <= kPutBitsMax) {
    Put(value, bit_count);
    return;
  }
  Put(value >> 32, bit_count - 32);
  Put(value & 0xFFFFFFFFu, 32);
}

inline void XorEncoder::PutValue(std::uint64_t prefix, unsigned prefix_bits, std::uint64_t changed) {
  if (changed == 0) {
    Put(prefix << 1, prefix_bits + 1);
    return;
  }
  unsigned leading = static_cast<unsigned>(boost::core::countl_zero(changed));
  const unsigned trailing = static_cast<unsigned>(boost::core::countr_zero(changed));
  if (leading > 31) leading = 31;  // 5 bits
  if (leading_ != kNoWindow && leading >= leading_ && trailing >= trailing_) {
    const unsigned significant = 64u - leading_ - trailing_;
    prefix = prefix << 2 | 0b10;
    prefix_bits += 2;
    const std::uint64_t window = changed >> trailing_;
    if (prefix_bits + significant <= kPutBitsMax) {
      Put(prefix << significant | window, prefix_bits + significant);
      return;
    }
    Put(prefix, prefix_bits);
    PutLong(window, significant);
    return;
  }
  leading_ = static_cast<std::uint8_t>(leading);
  trailing_ = static_cast<std::uint8_t>(trailing);
  const unsigned significant = 64u - leading - trailing;
  // 64 significant bits are written as 0: none at all never happens here.
  Put(prefix << 13 | std::uint64_t{0b11} << 11 | leading << 6 | (significant & 63u), prefix_bits + 13);
  PutLong(changed >> trailing, significant);
}

inline void XorEncoder::Append(std::int64_t t_ms, std::uint64_t bits) {
  assert(!NeedsDrain());
  // Times wrap: extreme ones are legal.
  const std::uint64_t delta = static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(t_ms_);
  if (count_ < 2) {
    PutFirst(t_ms, bits);
  } else {
    assert(count_ < kSamplesMax);
    const std::uint64_t change = delta - t_delta_;
    const auto fits = [change](unsigned n) {
      return change + ((std::uint64_t{1} << (n - 1)) - 1) < std::uint64_t{1} << n;
    };
    if (change == 0) {
      PutValue(0, 1, bits ^ bits_);
    } else if (fits(14)) {
      PutValue(std::uint64_t{0b10} << 14 | (change & 0x3FFF), 16, bits ^ bits_);
    } else if (fits(17)) {
      PutValue(std::uint64_t{0b110} << 17 | (change & 0x1FFFF), 20, bits ^ bits_);
    } else if (fits(20)) {
      PutValue(std::uint64_t{0b1110} << 20 | (change & 0xFFFFF), 24, bits ^ bits_);
    } else {
      Put(0b1111, 4);
      PutLong(change >> 1, 63);
      PutValue(change & 1, 1, bits ^ bits_);
    }
    t_delta_ = delta;
  }
  t_ms_ = t_ms;
  bits_ = bits;
  ++count_;
}

inline void XorEncoder::Drained() {
  std::memcpy(tail_, tail_ + kDrainBytes, sizeof tail_ - kDrainBytes);
  tail_bits_ = static_cast<std::uint16_t>(tail_bits_ - kDrainBytes * 8);
}

}  // namespace stalemark
