// SPDX-License-Identifier: Apache-2.0
#include "core/storage/xor2_chunk.h"

#include <cassert>

#include <boost/endian/conversion.hpp>

namespace stalemark {
namespace {

constexpr unsigned kShortChangeBits = 13;
constexpr unsigned kLongChangeBits = 20;

/// n bits hold -2^(n-1) .. 2^(n-1) - 1.
constexpr bool FitsTwosComplement(std::uint64_t value, unsigned n) {
  return value + (std::uint64_t{1} << (n - 1)) < std::uint64_t{1} << n;
}

constexpr std::uint64_t Low(std::uint64_t value, unsigned n) {
  return value & ((std::uint64_t{1} << n) - 1);
}

/// Counts the ones before a zero, at most `ones_max`.
bool GetOnes(BitReader& in, unsigned ones_max, unsigned& ones) {
  for (ones = 0; ones < ones_max; ++ones) {
    std::uint64_t bit;
    if (!in.Get(1, bit)) return false;
    if (bit == 0) break;
  }
  return true;
}

}  // namespace

void Xor2Encoder::Clear() {
  out_.Reset(kXor2HeaderBytes);
  count_ = 0;
  t_ms_ = 0;
  t_delta_ = 0;
  bits_ = 0;
  window_ = {};
  start_times_.Reset();
}

void Xor2Encoder::PutValue(std::uint64_t bits) {
  if (IsStaleNaN(bits)) {
    out_.Put(0b111, 3);
  } else if (bits == bits_) {
    out_.Put(0, 1);
  } else {
    PutChangedBits(out_, bits ^ bits_, {0b10, 2}, {0b110, 3}, window_);
  }
}

void Xor2Encoder::PutNext(std::uint64_t change, std::uint64_t bits) {
  if (change == 0) {
    if (IsStaleNaN(bits)) {
      out_.Put(0b11111, 5);
    } else if (bits == bits_) {
      out_.Put(0, 1);
    } else {
      out_.Put(0b10, 2);
      PutChangedBits(out_, bits ^ bits_, {0, 1}, {1, 1}, window_);
    }
    return;
  }
  if (FitsTwosComplement(change, kShortChangeBits)) {
    out_.Put(std::uint64_t{0b110} << kShortChangeBits | Low(change, kShortChangeBits), 3 + kShortChangeBits);
  } else if (FitsTwosComplement(change, kLongChangeBits)) {
    out_.Put(std::uint64_t{0b1110} << kLongChangeBits | Low(change, kLongChangeBits), 4 + kLongChangeBits);
  } else {
    out_.Put(0b11110, 5);
    out_.Put(change, 64);
  }
  PutValue(bits);
}

void Xor2Encoder::Append(std::int64_t t_ms, std::uint64_t bits, std::int64_t st_ms) {
  assert(count_ < kSamplesMax);
  // Times wrap: extreme ones are legal.
  const std::uint64_t t_delta = static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(t_ms_);
  if (count_ == 0) {
    PutVarint(out_, t_ms);
    out_.Put(bits, 64);
  } else if (count_ == 1) {
    PutUvarint(out_, t_delta);
    PutValue(bits);
  } else {
    PutNext(t_delta - t_delta_, bits);
  }
  start_times_.Put(out_, count_, t_ms, t_ms_, st_ms);
  t_delta_ = t_delta;
  t_ms_ = t_ms;
  if (!IsStaleNaN(bits)) bits_ = bits;
  ++count_;
  boost::endian::store_big_u16(reinterpret_cast<unsigned char*>(out_.bytes().data()), count_);
}

// ---- reader ----

Xor2Reader::Xor2Reader(std::string_view chunk) : in_(chunk, chunk.size() < kXor2HeaderBytes ? 0 : kXor2HeaderBytes) {
  if (chunk.size() < kXor2HeaderBytes) {
    corrupt_ = true;
    return;
  }
  total_ = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(chunk.data()));
  start_times_ = StartTimeDecoder(chunk[kStartTimeHeaderPosition]);
}

bool Xor2Reader::ReadValue() {
  unsigned ones;
  if (!GetOnes(in_, 3, ones)) return false;
  stale_ = ones == 3;
  if (ones == 0 || stale_) return true;
  return GetChangedBits(in_, ones == 2, bits_, window_);
}

bool Xor2Reader::ReadJoint() {
  unsigned ones;
  if (!GetOnes(in_, 5, ones)) return false;
  stale_ = ones == 5;
  if (ones == 0 || stale_) return true;
  if (ones == 1) {
    std::uint64_t new_window;
    return in_.Get(1, new_window) && GetChangedBits(in_, new_window != 0, bits_, window_);
  }
  const unsigned width = ones == 2 ? kShortChangeBits : ones == 3 ? kLongChangeBits : 64;
  std::uint64_t change;
  if (!in_.Get(width, change)) return false;
  if (width < 64 && change >> (width - 1) != 0) change -= std::uint64_t{1} << width;
  t_delta_ += change;
  return ReadValue();
}

bool Xor2Reader::ReadNext() {
  const std::int64_t before_t_ms = t_ms_;
  if (read_ == 0) {
    std::uint64_t first;
    if (!GetVarint(in_, t_ms_) || !in_.Get(64, first)) return false;
    stale_ = IsStaleNaN(first);
    if (!stale_) bits_ = first;
  } else {
    if (!(read_ == 1 ? GetUvarint(in_, t_delta_) && ReadValue() : ReadJoint())) return false;
    t_ms_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms_) + t_delta_);
  }
  return start_times_.Get(in_, read_, t_ms_, before_t_ms);
}

bool Xor2Reader::Next() {
  if (corrupt_ || read_ == total_) return false;
  corrupt_ = !ReadNext();
  if (!corrupt_) ++read_;
  return !corrupt_;
}

}  // namespace stalemark
