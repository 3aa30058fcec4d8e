// SPDX-License-Identifier: Apache-2.0
// Write-ahead log records (WAL-10 to WAL-13) and the seam they are written to. Mirrors tsdb/record/record.go.
//
// A record is bytes without framing: pages, checksums, compression and segments belong to whoever implements WalSink.
// Encoders append nothing to earlier content: a RecordBuffer holds one record, and is reused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/seams/appendable.h"

namespace stalemark {

class WalSink {
 public:
  virtual ~WalSink() = default;
  /// Writes one record; the view is valid during the call. An error fails the commit that logs (HEAD-20).
  virtual Status Log(std::string_view record) = 0;
};

/// Keeps the records.
class MemoryWal final : public WalSink {
 public:
  Status Log(std::string_view record) override;
  const std::vector<std::string>& records() const { return records_; }

 private:
  std::vector<std::string> records_;
};

/// First byte of a record (WAL-11).
enum class RecordType : std::uint8_t { kSeries = 1, kSamples = 2 };

struct SeriesRecord {
  SeriesRef ref = kNoSeries;
  const Labels* labels = nullptr;
};

struct SampleRecord {
  SeriesRef ref = kNoSeries;
  std::int64_t t_ms = 0;
  std::uint64_t bits = 0;
};

/// Memory for one record; keeps its capacity.
class RecordBuffer {
 public:
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }
  /// Drops the content and makes room for that many bytes, which hold anything.
  unsigned char* Start(std::size_t bytes_max);
  /// Ends the record at `end`, which lies in what Start gave.
  void Finish(const unsigned char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }

 private:
  std::unique_ptr<unsigned char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

/// WAL-12, in the order given.
void EncodeSeriesRecord(const std::vector<SeriesRecord>& series, RecordBuffer& out);
/// WAL-13, in the order given. Without samples just the type.
void EncodeSamplesRecord(const SampleRecord* first, const SampleRecord* last, RecordBuffer& out);

}  // namespace stalemark
