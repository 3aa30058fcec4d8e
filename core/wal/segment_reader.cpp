// SPDX-License-Identifier: Apache-2.0
#include "core/wal/segment_reader.h"

#include <algorithm>
#include <utility>

#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include "core/compression/compression.h"
#include "core/wal/crc32c.h"

namespace stalemark {

using namespace wal_page;

namespace {

/// Whether a fragment may stand where it does; the text is why not.
std::string MisplacedText(FragmentType type, std::size_t fragments_before) {
  switch (type) {
    case FragmentType::kFull:
      return fragments_before == 0 ? "" : "unexpected full record";
    case FragmentType::kFirst:
      return fragments_before == 0 ? "" : "unexpected first record, dropping buffer";
    case FragmentType::kMiddle:
      return fragments_before > 0 ? "" : "unexpected middle record, dropping buffer";
    case FragmentType::kLast:
      return fragments_before > 0 ? "" : "unexpected last record, dropping buffer";
    default:
      return fmt::format("unexpected record type {}", static_cast<int>(type));
  }
}

}  // namespace

bool SegmentReader::Next() {
  const Outcome outcome = ReadRecord();
  if (outcome == Outcome::kRecord) return true;
  if (outcome == Outcome::kEnd && (type_ == FragmentType::kFirst || type_ == FragmentType::kMiddle)) {
    Corrupt("last record is torn");
  }
  return false;
}

SegmentReader::Read SegmentReader::Take(std::size_t count, std::string_view& out) {
  out = bytes_.substr(offset_, count);
  // What is cut is not counted.
  if (out.size() < count) return out.empty() ? Read::kNone : Read::kSome;
  offset_ += count;
  return Read::kAll;
}

SegmentReader::Outcome SegmentReader::Corrupt(std::string cause) {
  error_ = fmt::format("corruption after {} bytes: {}", offset_, cause);
  return Outcome::kCorrupt;
}

SegmentReader::Outcome SegmentReader::Cut(Read read, std::string_view what) {
  return read == Read::kNone ? Outcome::kEnd : Corrupt(fmt::format("{}unexpected EOF", what));
}

SegmentReader::Outcome SegmentReader::ReadRecord() {
  joined_.clear();
  for (std::size_t fragments = 0;;) {
    std::string_view first_byte;
    if (Take(1, first_byte) != Read::kAll) return Outcome::kEnd;
    first_byte_ = static_cast<std::uint8_t>(first_byte[0]);
    type_ = static_cast<FragmentType>(first_byte_ & kTypeMask);
    if (type_ == FragmentType::kPageTerm) {
      if (const Outcome outcome = SkipPadding(); outcome != Outcome::kRecord) return outcome;
      continue;
    }
    bool is_last = false;
    if (const Outcome outcome = ReadFragment(fragments, is_last); outcome != Outcome::kRecord) return outcome;
    if (is_last) return Unpack(first_byte_);
    ++fragments;
  }
}

SegmentReader::Outcome SegmentReader::SkipPadding() {
  const std::size_t left = (kPageBytes - offset_ % kPageBytes) % kPageBytes;
  if (left == 0) return Outcome::kRecord;
  std::string_view zeros;
  if (const Read read = Take(left, zeros); read != Read::kAll) return Cut(read, "read remaining zeros: ");
  if (zeros.find_first_not_of('\0') != std::string_view::npos) {
    return Corrupt("unexpected non-zero byte in padded page");
  }
  return Outcome::kRecord;
}

SegmentReader::Outcome SegmentReader::ReadFragment(std::size_t fragments_before, bool& is_last) {
  std::string_view rest;
  if (const Read read = Take(kHeaderBytes - 1, rest); read != Read::kAll) return Cut(read, "read remaining header: ");
  const auto* const header = reinterpret_cast<const unsigned char*>(rest.data());
  const std::size_t length = boost::endian::load_big_u16(header);
  const std::uint32_t expected = boost::endian::load_big_u32(header + 2);
  if (length > kPageBytes - kHeaderBytes) return Corrupt(fmt::format("invalid record size {}", length));
  std::string_view data;
  if (const Read read = Take(length, data); read != Read::kAll) return Cut(read, "");
  if (const std::uint32_t checksum = Crc32c(data); checksum != expected) {
    return Corrupt(fmt::format("unexpected checksum {:x}, expected {:x}", checksum, expected));
  }
  if (std::string misplaced = MisplacedText(type_, fragments_before); !misplaced.empty()) {
    return Corrupt(std::move(misplaced));
  }
  joined_ += data;
  is_last = type_ == FragmentType::kFull || type_ == FragmentType::kLast;
  return Outcome::kRecord;
}

SegmentReader::Outcome SegmentReader::Unpack(std::uint8_t flags) {
  record_ = joined_;
  const bool packed = (flags & (kSnappyFlag | kZstdFlag)) != 0;
  if (!packed || joined_.empty()) return Outcome::kRecord;
  Result<std::string> unpacked = (flags & kSnappyFlag) != 0 ? SnappyDecode(joined_) : ZstdDecode(joined_);
  if (!unpacked) return Corrupt(unpacked.error().message);
  unpacked_ = std::move(*unpacked);
  record_ = unpacked_;
  return Outcome::kRecord;
}

}  // namespace stalemark
