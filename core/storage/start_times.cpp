// SPDX-License-Identifier: Apache-2.0
#include "core/storage/start_times.h"

namespace stalemark {
namespace {

constexpr std::uint16_t kFirstChangeMax = 0x7F;

/// Wraps as Go's does: extreme times are legal.
std::uint64_t Distance(std::int64_t t_ms, std::int64_t st_ms) {
  return static_cast<std::uint64_t>(t_ms) - static_cast<std::uint64_t>(st_ms);
}

void AddToHeader(BitWriter& out, unsigned bits) {
  char& header = out.bytes()[kStartTimeHeaderPosition];
  header = static_cast<char>(static_cast<unsigned char>(header) | bits);
}

}  // namespace

void StartTimeEncoder::Put(BitWriter& out, std::uint16_t index, std::int64_t t_ms, std::int64_t before_t_ms,
                           std::int64_t st_ms) {
  if (index == 0) {
    if (st_ms != 0) {
      PutVarint(out, static_cast<std::int64_t>(Distance(t_ms, st_ms)));
      AddToHeader(out, 0x80);
    }
  } else if (first_change_ != 0 || st_ms != st_ms_ || index == kFirstChangeMax) {
    if (first_change_ == 0) {
      first_change_ = static_cast<std::uint8_t>(index);
      AddToHeader(out, index);
    }
    const std::uint64_t distance = Distance(before_t_ms, st_ms);
    PutVarbitInt(out, static_cast<std::int64_t>(distance - distance_));
    distance_ = distance;
  }
  st_ms_ = st_ms;
}

bool StartTimeDecoder::Get(BitReader& in, std::uint16_t index, std::int64_t t_ms, std::int64_t before_t_ms) {
  std::int64_t value = 0;
  if (index == 0) {
    if (!known_at_first_) return true;
    if (!GetVarint(in, value)) return false;
    st_ms_ = static_cast<std::int64_t>(Distance(t_ms, value));
    return true;
  }
  if (first_change_ == 0 || index < first_change_) return true;
  if (!GetVarbitInt(in, value)) return false;
  distance_ += static_cast<std::uint64_t>(value);
  st_ms_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(before_t_ms) - distance_);
  return true;
}

}  // namespace stalemark
