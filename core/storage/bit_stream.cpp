// SPDX-License-Identifier: Apache-2.0
#include "core/storage/bit_stream.h"

namespace stalemark {
namespace {

/// Bits of the value behind 1, 2, ... ones and a zero; behind eight ones come 64 bits.
constexpr unsigned kVarbitWidths[] = {3, 6, 9, 12, 18, 25, 56};
constexpr unsigned kVarbitOnesMax = 8;

/// n bits hold -(2^(n-1) - 1) .. 2^(n-1).
constexpr bool FitsSigned(std::uint64_t value, unsigned n) {
  return value + ((std::uint64_t{1} << (n - 1)) - 1) < std::uint64_t{1} << n;
}
constexpr bool FitsUnsigned(std::uint64_t value, unsigned n) {
  return value < std::uint64_t{1} << n;
}

template <class Fits>
void PutVarbit(BitWriter& out, std::uint64_t value, Fits fits) {
  if (value == 0) {
    out.Put(0, 1);
    return;
  }
  unsigned ones = 1;
  for (const unsigned width : kVarbitWidths) {
    if (fits(value, width)) {
      // Ones and a zero.
      out.Put((std::uint64_t{1} << (ones + 1)) - 2, ones + 1);
      out.Put(value, width);
      return;
    }
    ++ones;
  }
  out.Put(0xFF, kVarbitOnesMax);
  out.Put(value, 64);
}

/// Reads the ones, and the bits behind them; `width` is 0 when the value is 0.
bool GetVarbit(BitReader& in, std::uint64_t& out, unsigned& width) {
  unsigned ones = 0;
  for (std::uint64_t bit = 1; ones < kVarbitOnesMax; ++ones) {
    if (!in.Get(1, bit)) return false;
    if (bit == 0) break;
  }
  out = 0;
  width = ones == 0 ? 0 : ones == kVarbitOnesMax ? 64 : kVarbitWidths[ones - 1];
  return in.Get(width, out);
}

}  // namespace

void BitWriter::Put(std::uint64_t value, unsigned bit_count) {
  while (bit_count > 0) {
    if (free_ == 0) {
      bytes_.push_back('\0');
      free_ = 8;
    }
    const unsigned take = bit_count < free_ ? bit_count : free_;
    const auto part = static_cast<unsigned>(value >> (bit_count - take)) & ((1u << take) - 1);
    bytes_.back() = static_cast<char>(static_cast<unsigned char>(bytes_.back()) | part << (free_ - take));
    free_ -= take;
    bit_count -= take;
  }
}

void PutVarbitInt(BitWriter& out, std::int64_t value) {
  PutVarbit(out, static_cast<std::uint64_t>(value), FitsSigned);
}

void PutVarbitUint(BitWriter& out, std::uint64_t value) {
  PutVarbit(out, value, FitsUnsigned);
}

bool GetVarbitInt(BitReader& in, std::int64_t& out) {
  std::uint64_t value;
  unsigned width;
  if (!GetVarbit(in, value, width)) return false;
  if (width != 0 && width != 64 && value > std::uint64_t{1} << (width - 1)) value -= std::uint64_t{1} << width;
  out = static_cast<std::int64_t>(value);
  return true;
}

bool GetVarbitUint(BitReader& in, std::uint64_t& out) {
  unsigned width;
  return GetVarbit(in, out, width);
}

void PutUvarint(BitWriter& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.Put((value & 0x7F) | 0x80, 8);
  out.Put(value, 8);
}

void PutVarint(BitWriter& out, std::int64_t value) {
  PutUvarint(out, static_cast<std::uint64_t>(value) << 1 ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

bool GetUvarint(BitReader& in, std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    std::uint64_t byte;
    if (!in.Get(8, byte)) return false;
    if (shift == 63 && byte > 1) return false;
    out |= (byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool GetVarint(BitReader& in, std::int64_t& out) {
  std::uint64_t zigzag;
  if (!GetUvarint(in, zigzag)) return false;
  out = static_cast<std::int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
  return true;
}

void PutChangedBits(BitWriter& out, std::uint64_t changed, BitPrefix same, BitPrefix other, XorWindow& window) {
  auto leading = static_cast<unsigned>(boost::core::countl_zero(changed));
  const auto trailing = static_cast<unsigned>(boost::core::countr_zero(changed));
  if (leading > 31) leading = 31;  // 5 bits
  if (window.leading != XorWindow::kNone && leading >= window.leading && trailing >= window.trailing) {
    out.Put(same.bits, same.count);
    out.Put(changed >> window.trailing, 64u - window.leading - window.trailing);
    return;
  }
  window.leading = static_cast<std::uint8_t>(leading);
  window.trailing = static_cast<std::uint8_t>(trailing);
  const unsigned significant = 64u - leading - trailing;
  // 64 significant bits are written as 0: none at all never happens here.
  out.Put(other.bits << 11 | leading << 6 | (significant & 63u), other.count + 11);
  out.Put(changed >> trailing, significant);
}

bool GetChangedBits(BitReader& in, bool new_window, std::uint64_t& bits, XorWindow& window) {
  if (new_window) {
    std::uint64_t leading;
    std::uint64_t significant;
    if (!in.Get(5, leading) || !in.Get(6, significant)) return false;
    if (significant == 0) significant = 64;
    if (leading + significant > 64) return false;
    window.leading = static_cast<std::uint8_t>(leading);
    window.trailing = static_cast<std::uint8_t>(64 - leading - significant);
  } else if (window.leading == XorWindow::kNone) {
    // No encoder refers to a window before there is one; upstream takes all 64 bits.
    window = {0, 0};
  }
  std::uint64_t changed;
  if (!in.Get(64u - window.leading - window.trailing, changed)) return false;
  bits ^= changed << window.trailing;
  return true;
}

void PutXor(BitWriter& out, std::uint64_t changed, XorWindow& window) {
  if (changed == 0) {
    out.Put(0, 1);
  } else {
    PutChangedBits(out, changed, {0b10, 2}, {0b11, 2}, window);
  }
}

bool GetXor(BitReader& in, std::uint64_t& bits, XorWindow& window) {
  std::uint64_t bit;
  if (!in.Get(1, bit)) return false;
  if (bit == 0) return true;
  if (!in.Get(1, bit)) return false;
  return GetChangedBits(in, bit != 0, bits, window);
}

}  // namespace stalemark
