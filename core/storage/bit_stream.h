// SPDX-License-Identifier: Apache-2.0
// Bits of chunks, most significant first: a growing writer, a bounded reader, and the codes that several encodings
// share. Mirrors tsdb/chunkenc/{bstream,varbit}.go and xorWrite, xorRead of xor.go.
//
// XorEncoder (xor_chunk.h) writes its own bits, into one cache line per series; everything else writes through
// BitWriter. A reader may be given hostile bytes: each read says whether there was enough to read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/core/bit.hpp>

namespace stalemark {

class BitWriter {
 public:
  const std::string& bytes() const { return bytes_; }
  /// For headers, which are written last.
  std::string& bytes() { return bytes_; }
  /// Starts over behind `header_bytes` zeros; keeps the capacity.
  void Reset(std::size_t header_bytes) {
    bytes_.assign(header_bytes, '\0');
    free_ = 0;
  }
  /// The lowest `bit_count` bits, at most 64.
  void Put(std::uint64_t value, unsigned bit_count);

 private:
  std::string bytes_;
  /// Bits of the last byte that are not used yet.
  unsigned free_ = 0;
};

class BitReader {
 public:
  /// The bytes must outlive the reader.
  explicit BitReader(std::string_view bytes, std::size_t skipped_bytes = 0)
      : bytes_(bytes), position_bits_(skipped_bytes * 8) {}

  std::size_t rest_bits() const { return bytes_.size() * 8 - position_bits_; }
  /// At most 64 bits. False: so many are not left.
  bool Get(unsigned bit_count, std::uint64_t& out);

 private:
  std::string_view bytes_;
  std::size_t position_bits_;
};

/// Codes whose lengths suit the second differences of bucket counts: 1, 5, 9, 13, 17, 24, 32, 64 or 72 bits.
void PutVarbitInt(BitWriter& out, std::int64_t value);
void PutVarbitUint(BitWriter& out, std::uint64_t value);
bool GetVarbitInt(BitReader& in, std::int64_t& out);
bool GetVarbitUint(BitReader& in, std::uint64_t& out);

/// Groups of 7 bits, lowest first, each in 8 bits of which the first says that more follow; signed numbers in zigzag.
void PutUvarint(BitWriter& out, std::uint64_t value);
void PutVarint(BitWriter& out, std::int64_t value);
bool GetUvarint(BitReader& in, std::uint64_t& out);
bool GetVarint(BitReader& in, std::int64_t& out);

/// Where the significant bits of the last XOR lay (HEAD-44).
struct XorWindow {
  static constexpr std::uint8_t kNone = 0xFF;
  std::uint8_t leading = kNone;
  std::uint8_t trailing = 0;
};
/// Bits that announce what follows.
struct BitPrefix {
  std::uint64_t bits;
  unsigned count;
};
/// The significant bits of `changed`, which is not 0: behind `same` in the window before, behind `other` in their own.
void PutChangedBits(BitWriter& out, std::uint64_t changed, BitPrefix same, BitPrefix other, XorWindow& window);
/// Reads what PutChangedBits wrote behind a prefix. Updates `bits`, the value before, to the one read.
bool GetChangedBits(BitReader& in, bool new_window, std::uint64_t& bits, XorWindow& window);
/// The code for a value that differs from the one before it by `changed`.
void PutXor(BitWriter& out, std::uint64_t changed, XorWindow& window);
/// Updates `bits`, the value before, to the one read.
bool GetXor(BitReader& in, std::uint64_t& bits, XorWindow& window);

// ---- inline: several reads per sample ----

inline bool BitReader::Get(unsigned bit_count, std::uint64_t& out) {
  if (rest_bits() < bit_count) return false;
  out = 0;
  while (bit_count > 0) {
    const auto byte = static_cast<unsigned char>(bytes_[position_bits_ >> 3]);
    const unsigned rest = 8u - static_cast<unsigned>(position_bits_ & 7);
    const unsigned take = bit_count < rest ? bit_count : rest;
    out = out << take | ((byte >> (rest - take)) & ((1u << take) - 1));
    position_bits_ += take;
    bit_count -= take;
  }
  return true;
}

}  // namespace stalemark
