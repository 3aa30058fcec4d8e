// SPDX-License-Identifier: Apache-2.0
#include "core/storage/wal.h"

#include <cstring>

#include <boost/endian/conversion.hpp>

namespace stalemark {
namespace {

constexpr std::size_t kVarintBytesMax = 10;

unsigned char* PutU64(unsigned char* at, std::uint64_t value) {
  boost::endian::store_big_u64(at, value);
  return at + 8;
}

unsigned char* PutUvarint(unsigned char* at, std::uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<unsigned char>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<unsigned char>(value);
  return at;
}

/// Zig-zag varint of a difference that was taken modulo 2^64.
unsigned char* PutDelta(unsigned char* at, std::uint64_t delta) {
  return PutUvarint(at, delta << 1 ^ (0 - (delta >> 63)));
}

unsigned char* PutText(unsigned char* at, std::string_view text) {
  at = PutUvarint(at, text.size());
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

unsigned char* PutType(unsigned char* at, RecordType type) {
  *at = static_cast<unsigned char>(type);
  return at + 1;
}

}  // namespace

Status MemoryWal::Log(std::string_view record) {
  records_.emplace_back(record);
  return {};
}

unsigned char* RecordBuffer::Start(std::size_t bytes_max) {
  if (capacity_ < bytes_max) {
    capacity_ = bytes_max + bytes_max / 2;
    bytes_.reset(new unsigned char[capacity_]);  // make_unique would write zeros first
  }
  size_ = 0;
  return bytes_.get();
}

void EncodeSeriesRecord(const std::vector<SeriesRecord>& series, RecordBuffer& out) {
  std::size_t bytes_max = 1;
  for (const SeriesRecord& entry : series) {
    // A length takes 1 or 4 bytes in memory, and at most 2 or 4 here.
    bytes_max += 8 + kVarintBytesMax + 2 * entry.labels->encoded().size();
  }
  unsigned char* at = PutType(out.Start(bytes_max), RecordType::kSeries);
  for (const SeriesRecord& entry : series) {
    at = PutU64(at, static_cast<std::uint64_t>(entry.ref));
    at = PutUvarint(at, entry.labels->size());
    for (const Label label : *entry.labels) {
      at = PutText(at, label.name);
      at = PutText(at, label.value);
    }
  }
  out.Finish(at);
}

void EncodeSamplesRecord(const SampleRecord* first, const SampleRecord* last, RecordBuffer& out) {
  constexpr std::size_t kSampleBytesMax = 2 * kVarintBytesMax + 8;
  const auto count = static_cast<std::size_t>(last - first);
  unsigned char* at = PutType(out.Start(17 + count * kSampleBytesMax), RecordType::kSamples);
  if (count > 0) {
    const auto first_ref = static_cast<std::uint64_t>(first->ref);
    const auto first_t = static_cast<std::uint64_t>(first->t_ms);
    at = PutU64(at, first_ref);
    at = PutU64(at, first_t);
    for (const SampleRecord* sample = first; sample != last; ++sample) {
      at = PutDelta(at, static_cast<std::uint64_t>(sample->ref) - first_ref);
      at = PutDelta(at, static_cast<std::uint64_t>(sample->t_ms) - first_t);
      at = PutU64(at, sample->bits);
    }
  }
  out.Finish(at);
}

}  // namespace stalemark
