// SPDX-License-Identifier: Apache-2.0
// SegmentReader: the records in the bytes of a segment, or of several one after the other (WAL-25). Mirrors Reader of
// tsdb/wlog/reader.go on a stream.
//
// Bytes that merely end, even inside a header whose first byte is there and nothing more, are a clean end, unless a
// record has begun: then its end is torn. Everything else that is wrong is a corruption, in upstream's words, after the
// records before it: `corruption after N bytes: ...`, N counting what was read, so also what the reader chokes on.
//
// The bytes outlive the reader. A record is valid until the next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/wal/page.h"

namespace stalemark {

class SegmentReader {
 public:
  explicit SegmentReader(std::string_view bytes) : bytes_(bytes) {}

  /// False: there is no further record. Requires: was not false before.
  bool Next();
  /// Of the last Next that was true, unpacked.
  std::string_view record() const { return record_; }
  /// Why there are no further records. Empty: they are over.
  const std::string& error() const { return error_; }
  /// Bytes read.
  std::size_t offset() const { return offset_; }

 private:
  enum class Outcome : std::uint8_t { kRecord, kEnd, kCorrupt };
  /// How much of what was asked for is there.
  enum class Read : std::uint8_t { kAll, kNone, kSome };

  Read Take(std::size_t count, std::string_view& out);
  Outcome ReadRecord();
  Outcome SkipPadding();
  /// One fragment with a header; kRecord: it is the record's last.
  Outcome ReadFragment(std::size_t fragments_before, bool& is_last);
  Outcome Corrupt(std::string cause);
  /// The end, or a corruption if a part was read.
  Outcome Cut(Read read, std::string_view what);
  Outcome Unpack(std::uint8_t flags);

  std::string_view bytes_;
  std::size_t offset_ = 0;
  wal_page::FragmentType type_ = wal_page::FragmentType::kPageTerm;
  std::uint8_t first_byte_ = 0;
  /// Fragments of the record; what it unpacks to.
  std::string joined_;
  std::string unpacked_;
  std::string_view record_;
  std::string error_;
};

}  // namespace stalemark
