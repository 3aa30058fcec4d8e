// SPDX-License-Identifier: Apache-2.0
// SegmentWriter: lays records out in pages and segments (WAL-01 to WAL-07). Mirrors WL.Log of tsdb/wlog/wlog.go.
//
// The last page is handed to the sink after each call without padding, its rest follows with the next one; it is filled
// with zeros when its segment ends. The writer decides where segments end, SegmentSink has the files: names, syncing.
// An error is the sink's. Bytes of a page that it did not take are handed to it again by the next call.
//
// Single-threaded. The sink outlives the writer. Destroying the writer without Close leaves the last page unpadded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/storage/wal.h"
#include "core/wal/page.h"

namespace stalemark {

/// Eight decimal digits, or more (WAL-01).
std::string SegmentName(std::uint64_t index);

class SegmentSink {
 public:
  virtual ~SegmentSink() = default;
  /// Creates the segment of that number, which takes what is written from now on. The one before is complete.
  virtual Status Create(std::uint64_t index) = 0;
  /// Takes bytes and says how many, also when it fails: then they are fewer.
  virtual Status Write(std::string_view bytes, std::size_t& written) = 0;
};

enum class WalCompression : std::uint8_t { kNone, kSnappy };

struct SegmentWriterOptions {
  /// A multiple of the page size.
  std::size_t segment_bytes = std::size_t{128} << 20;
  WalCompression compression = WalCompression::kSnappy;
  /// Number of the first segment: one more than the last that exists.
  std::uint64_t first_segment = 0;
};

class SegmentWriter final : public WalSink {
 public:
  SegmentWriter(const SegmentWriterOptions& options, SegmentSink& sink);
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;

  /// Creates the first segment. Requires: called once, before the others.
  Status Open();
  Status Log(std::string_view record) override;
  /// Several records, with one hand-over of the last page.
  Status Log(std::span<const std::string_view> records);
  /// Ends the segment and begins the next one.
  Status NextSegment();
  /// Pads the last page, unless it is empty. Nothing is written afterwards.
  Status Close();

  std::uint64_t segment() const { return segment_; }
  /// Bytes of the current segment that hold records or padding.
  std::size_t offset() const { return pages_done_ * wal_page::kPageBytes + used_; }

 private:
  enum class PageEnd : std::uint8_t { kAsItIs, kPadded };

  bool PageIsFull() const { return wal_page::kPageBytes - used_ < wal_page::kHeaderBytes; }
  Status LogOne(std::string_view record);
  /// Fills pages; those that are full are handed over.
  Status PutFragments(std::string_view bytes, std::uint8_t flags);
  void PutFragment(wal_page::FragmentType type, std::uint8_t flags, std::string_view part);
  /// Hands over what is new in the page. A page that is full, or padded, is followed by a new one.
  Status FlushPage(PageEnd end);

  const SegmentWriterOptions options_;
  SegmentSink& sink_;
  std::uint64_t segment_ = 0;
  std::size_t pages_done_ = 0;
  std::array<char, wal_page::kPageBytes> page_{};
  std::size_t used_ = 0;
  std::size_t flushed_ = 0;
  std::string packed_;
};

}  // namespace stalemark
