// SPDX-License-Identifier: Apache-2.0
#include "core/storage/xor_chunk.h"

namespace stalemark {

void XorEncoder::Reset() {
  count_ = 0;
  tail_bits_ = kHeaderBytes * 8;
  leading_ = kNoWindow;
  trailing_ = 0;
}

void XorEncoder::PutVarint(std::uint64_t value) {
  while (value >= 0x80) {
    Put((value & 0x7F) | 0x80, 8);
    value >>= 7;
  }
  Put(value, 8);
}

void XorEncoder::PutFirst(std::int64_t t_ms, std::uint64_t bits) {
  if (count_ == 0) {
    const auto wide = static_cast<std::uint64_t>(t_ms);
    PutVarint(wide << 1 ^ (t_ms < 0 ? ~std::uint64_t{0} : 0));
    PutLong(bits, 64);
    t_delta_ = 0;
    return;
  }
  t_delta_ = static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(t_ms_);
  PutVarint(t_delta_);
  PutValue(0, 0, bits ^ bits_);
}

void XorChunk::Append(std::int64_t t_ms, std::uint64_t bits) {
  encoder_.Append(t_ms, bits);
  while (encoder_.NeedsDrain()) {
    drained_.append(reinterpret_cast<const char*>(encoder_.tail()), XorEncoder::kDrainBytes);
    encoder_.Drained();
  }
}

std::string XorChunk::Bytes() const {
  std::string bytes = drained_;
  bytes.append(reinterpret_cast<const char*>(encoder_.tail()), encoder_.tail_bytes());
  encoder_.WriteHeader(bytes.data());
  return bytes;
}

XorReader::XorReader(std::string_view chunk) : chunk_(chunk) {
  if (chunk.size() < XorEncoder::kHeaderBytes) {
    corrupt_ = true;
    return;
  }
  total_ = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(chunk.data()));
  position_bits_ = XorEncoder::kHeaderBytes * 8;
}

bool XorReader::Fail() {
  corrupt_ = true;
  return false;
}

bool XorReader::ReadBits(unsigned bit_count, std::uint64_t& out) {
  if (chunk_.size() * 8 - position_bits_ < bit_count) return Fail();
  out = 0;
  while (bit_count > 0) {
    const auto byte = static_cast<unsigned char>(chunk_[position_bits_ >> 3]);
    const unsigned rest = 8u - static_cast<unsigned>(position_bits_ & 7);
    const unsigned take = bit_count < rest ? bit_count : rest;
    out = out << take | ((byte >> (rest - take)) & ((1u << take) - 1));
    position_bits_ += take;
    bit_count -= take;
  }
  return true;
}

bool XorReader::ReadVarint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    std::uint64_t byte;
    if (!ReadBits(8, byte)) return false;
    if (shift == 63 && byte > 1) return Fail();
    out |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return Fail();
}

bool XorReader::ReadDeltaOfDelta(std::int64_t& out) {
  static constexpr unsigned kWidths[] = {0, 14, 17, 20, 64};
  unsigned ones = 0;
  for (std::uint64_t bit = 1; ones < 4; ++ones) {
    if (!ReadBits(1, bit)) return false;
    if (bit == 0) break;
  }
  const unsigned width = kWidths[ones];
  std::uint64_t value = 0;
  if (!ReadBits(width, value)) return false;
  // The range of n bits is -(2^(n-1) - 1) .. 2^(n-1) (HEAD-43).
  if (width != 0 && width != 64 && value > std::uint64_t{1} << (width - 1)) value -= std::uint64_t{1} << width;
  out = static_cast<std::int64_t>(value);
  return true;
}

bool XorReader::ReadValue() {
  std::uint64_t bit;
  if (!ReadBits(1, bit)) return false;
  if (bit == 0) return true;
  if (!ReadBits(1, bit)) return false;
  if (bit == 1) {
    std::uint64_t leading;
    std::uint64_t significant;
    if (!ReadBits(5, leading) || !ReadBits(6, significant)) return false;
    if (significant == 0) significant = 64;
    if (leading + significant > 64) return Fail();
    leading_ = static_cast<unsigned>(leading);
    trailing_ = static_cast<unsigned>(64 - leading - significant);
  }
  std::uint64_t changed;
  if (!ReadBits(64 - leading_ - trailing_, changed)) return false;
  bits_ ^= changed << trailing_;
  return true;
}

bool XorReader::Next() {
  if (corrupt_ || read_ == total_) return false;
  if (read_ == 0) {
    std::uint64_t zigzag;
    if (!ReadVarint(zigzag) || !ReadBits(64, bits_)) return false;
    t_ms_ = static_cast<std::int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
  } else {
    if (read_ == 1) {
      if (!ReadVarint(t_delta_)) return false;
    } else {
      std::int64_t change;
      if (!ReadDeltaOfDelta(change)) return false;
      t_delta_ += static_cast<std::uint64_t>(change);
    }
    t_ms_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms_) + t_delta_);
    if (!ReadValue()) return false;
  }
  ++read_;
  return true;
}

}  // namespace stalemark
