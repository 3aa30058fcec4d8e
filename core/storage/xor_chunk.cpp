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

XorReader::XorReader(std::string_view chunk)
    : in_(chunk, chunk.size() < XorEncoder::kHeaderBytes ? 0 : XorEncoder::kHeaderBytes) {
  if (chunk.size() < XorEncoder::kHeaderBytes) {
    corrupt_ = true;
    return;
  }
  total_ = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(chunk.data()));
}

bool XorReader::Fail() {
  corrupt_ = true;
  return false;
}

bool XorReader::ReadDeltaOfDelta(std::int64_t& out) {
  static constexpr unsigned kWidths[] = {0, 14, 17, 20, 64};
  unsigned ones = 0;
  for (std::uint64_t bit = 1; ones < 4; ++ones) {
    if (!in_.Get(1, bit)) return false;
    if (bit == 0) break;
  }
  const unsigned width = kWidths[ones];
  std::uint64_t value = 0;
  if (!in_.Get(width, value)) return false;
  // The range of n bits is -(2^(n-1) - 1) .. 2^(n-1) (HEAD-43).
  if (width != 0 && width != 64 && value > std::uint64_t{1} << (width - 1)) value -= std::uint64_t{1} << width;
  out = static_cast<std::int64_t>(value);
  return true;
}

bool XorReader::ReadNext() {
  if (read_ == 0) return GetVarint(in_, t_ms_) && in_.Get(64, bits_);
  if (read_ == 1) {
    if (!GetUvarint(in_, t_delta_)) return false;
  } else {
    std::int64_t change;
    if (!ReadDeltaOfDelta(change)) return false;
    t_delta_ += static_cast<std::uint64_t>(change);
  }
  t_ms_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(t_ms_) + t_delta_);
  return GetXor(in_, bits_, window_);
}

bool XorReader::Next() {
  if (corrupt_ || read_ == total_) return false;
  if (!ReadNext()) return Fail();
  ++read_;
  return true;
}

}  // namespace stalemark
