// SPDX-License-Identifier: Apache-2.0
#include "core/wal/segment_writer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include "core/compression/compression.h"
#include "core/wal/crc32c.h"

namespace stalemark {

using namespace wal_page;

std::string SegmentName(std::uint64_t index) {
  return fmt::format("{:08}", index);
}

SegmentWriter::SegmentWriter(const SegmentWriterOptions& options, SegmentSink& sink)
    : options_(options), sink_(sink), segment_(options.first_segment) {
  assert(options.segment_bytes > 0);
  assert(options.segment_bytes % kPageBytes == 0);
}

Status SegmentWriter::Open() {
  return sink_.Create(segment_);
}

Status SegmentWriter::Log(std::string_view record) {
  return Log(std::span(&record, 1));
}

Status SegmentWriter::Log(std::span<const std::string_view> records) {
  for (const std::string_view record : records) {
    if (Status logged = LogOne(record); !logged) return logged;
  }
  return used_ > 0 && !records.empty() ? FlushPage(PageEnd::kAsItIs) : Status();
}

Status SegmentWriter::LogOne(std::string_view record) {
  // A page stays full when it could not be handed over.
  if (PageIsFull()) {
    if (Status flushed = FlushPage(PageEnd::kPadded); !flushed) return flushed;
  }
  std::string_view bytes = record;
  std::uint8_t flags = 0;
  if (options_.compression == WalCompression::kSnappy && !record.empty()) {
    packed_.clear();
    SnappyEncode(record, packed_);
    if (packed_.size() < record.size()) {
      bytes = packed_;
      flags = kSnappyFlag;
    }
  }
  // Signed: a segment that one record made too large has pages beyond its size (WAL-06).
  const auto pages = static_cast<std::int64_t>(options_.segment_bytes / kPageBytes);
  const auto page_data = static_cast<std::int64_t>(kPageBytes - kHeaderBytes);
  const std::int64_t left =
      page_data - static_cast<std::int64_t>(used_) + page_data * (pages - static_cast<std::int64_t>(pages_done_) - 1);
  if (static_cast<std::int64_t>(bytes.size()) > left) {
    if (Status next = NextSegment(); !next) return next;
  }
  return PutFragments(bytes, flags);
}

Status SegmentWriter::PutFragments(std::string_view bytes, std::uint8_t flags) {
  bool first = true;
  do {
    const std::size_t length = std::min(bytes.size(), kPageBytes - used_ - kHeaderBytes);
    const bool last = length == bytes.size();
    PutFragment(first ? (last ? FragmentType::kFull : FragmentType::kFirst)
                      : (last ? FragmentType::kLast : FragmentType::kMiddle),
                flags, bytes.substr(0, length));
    if (PageIsFull()) {
      if (Status flushed = FlushPage(PageEnd::kPadded); !flushed) return flushed;
    }
    bytes.remove_prefix(length);
    first = false;
  } while (!bytes.empty());
  return {};
}

void SegmentWriter::PutFragment(FragmentType type, std::uint8_t flags, std::string_view part) {
  char* const at = page_.data() + used_;
  auto* const header = reinterpret_cast<unsigned char*>(at);
  header[0] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) | flags);
  boost::endian::store_big_u16(header + 1, static_cast<std::uint16_t>(part.size()));
  boost::endian::store_big_u32(header + 3, Crc32c(part));
  if (!part.empty()) std::memcpy(at + kHeaderBytes, part.data(), part.size());
  used_ += kHeaderBytes + part.size();
}

Status SegmentWriter::FlushPage(PageEnd end) {
  const bool page_ends = end == PageEnd::kPadded || PageIsFull();
  if (page_ends) used_ = kPageBytes;
  std::size_t written = 0;
  const Status status = sink_.Write({page_.data() + flushed_, used_ - flushed_}, written);
  flushed_ += written;
  if (!status) return status;
  if (page_ends) {
    page_.fill('\0');
    used_ = 0;
    flushed_ = 0;
    ++pages_done_;
  }
  return {};
}

Status SegmentWriter::NextSegment() {
  if (used_ > 0) {
    if (Status flushed = FlushPage(PageEnd::kPadded); !flushed) return flushed;
  }
  if (Status created = sink_.Create(segment_ + 1); !created) {
    return Error{"create new segment file: " + created.error().message};
  }
  ++segment_;
  pages_done_ = 0;
  return {};
}

Status SegmentWriter::Close() {
  // An empty page would say that the segment is done.
  return used_ > 0 ? FlushPage(PageEnd::kPadded) : Status();
}

}  // namespace stalemark
