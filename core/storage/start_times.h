// SPDX-License-Identifier: Apache-2.0
// Start times within a chunk, for the encodings that keep them (HEAD-42). Mirrors tsdb/chunkenc/st.go.
//
// A byte of the chunk's header says whether the first sample has a start time (bit 7) and which sample is the first
// with another one than that before it (bits 0 to 6; 0: none). The first sample's is written as its distance from the
// sample's time; from the first change on every sample has a code behind its own bits: how far its start time lies
// behind the time of the sample before, as the change of that distance. The 128th sample counts as a change, for the
// byte could not name a later one.
#pragma once

#include <cstdint>

#include "core/storage/bit_stream.h"

namespace stalemark {

inline constexpr std::size_t kStartTimeHeaderPosition = 2;

class StartTimeEncoder {
 public:
  void Reset() { *this = {}; }
  /// Writes behind the bits of sample number `index`, from 0. `before_t_ms`: time of the one before it, if any.
  void Put(BitWriter& out, std::uint16_t index, std::int64_t t_ms, std::int64_t before_t_ms, std::int64_t st_ms);

 private:
  std::int64_t st_ms_ = 0;
  std::uint64_t distance_ = 0;
  std::uint8_t first_change_ = 0;
};

class StartTimeDecoder {
 public:
  StartTimeDecoder() = default;
  explicit StartTimeDecoder(char header)
      : known_at_first_((static_cast<unsigned char>(header) & 0x80) != 0),
        first_change_(static_cast<unsigned char>(header) & 0x7F) {}
  /// As StartTimeEncoder::Put. False: the bytes end too early.
  bool Get(BitReader& in, std::uint16_t index, std::int64_t t_ms, std::int64_t before_t_ms);
  /// Of the last sample read; 0: none.
  std::int64_t st_ms() const { return st_ms_; }

 private:
  std::int64_t st_ms_ = 0;
  std::uint64_t distance_ = 0;
  bool known_at_first_ = false;
  std::uint8_t first_change_ = 0;
};

}  // namespace stalemark
