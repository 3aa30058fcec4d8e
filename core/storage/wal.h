// SPDX-License-Identifier: Apache-2.0
// Write-ahead log records (WAL-10 to WAL-19, WAL-24) and the seam they are written to. Mirrors tsdb/record/record.go.
//
// A record is bytes without framing: pages, checksums, compression and segments belong to whoever implements WalSink
// (core/wal has them over bytes). Encoders append nothing to earlier content: a RecordBuffer holds one record, and is
// reused. Entries stand in the order given. Without entries a record is just its type; LogBatch logs no such.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/exemplar.h"
#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/model/result.h"
#include "core/seams/appendable.h"

namespace stalemark {

class WalSink {
 public:
  virtual ~WalSink() = default;
  /// Writes one record; the view is valid during the call. An error fails the commit that logs (HEAD-20).
  virtual Status Log(std::string_view record) = 0;
  /// False: nobody would read a record now, and none needs to be encoded.
  virtual bool wanted() const { return true; }
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
enum class RecordType : std::uint8_t {
  kSeries = 1,
  kSamples = 2,
  kTombstones = 3,
  kExemplars = 4,
  kMmapMarkers = 5,
  kMetadata = 6,
  kHistogramSamples = 7,
  kFloatHistogramSamples = 8,
  kCustomBucketsHistogramSamples = 9,
  kCustomBucketsFloatHistogramSamples = 10,
  kSamplesV2 = 11,
  kHistogramSamplesV2 = 12,
  kFloatHistogramSamplesV2 = 13,
};

struct SeriesRecord {
  SeriesRef ref = kNoSeries;
  const Labels* labels = nullptr;
};

struct SampleRecord {
  SeriesRef ref = kNoSeries;
  std::int64_t t_ms = 0;
  std::uint64_t bits = 0;
};

template <class H>
struct HistogramRecord {
  SeriesRef ref = kNoSeries;
  std::int64_t t_ms = 0;
  std::int64_t st_ms = 0;
  H histogram;
};

struct ExemplarRecord {
  SeriesRef ref = kNoSeries;
  Exemplar exemplar;
};

struct MetadataRecord {
  SeriesRef ref = kNoSeries;
  Metadata metadata;
};

/// WAL-24.
struct MmapMarkerRecord {
  SeriesRef ref = kNoSeries;
  std::uint64_t mmap_ref = 0;
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

/// WAL-12.
void EncodeSeriesRecord(const std::vector<SeriesRecord>& series, RecordBuffer& out);
/// WAL-13.
void EncodeSamplesRecord(const SampleRecord* first, const SampleRecord* last, RecordBuffer& out);
/// WAL-18. Requires: a start time for each sample.
void EncodeSamplesV2Record(std::span<const SampleRecord> samples, std::span<const std::int64_t> start_times,
                           RecordBuffer& out);
/// WAL-14.
void EncodeExemplarsRecord(std::span<const ExemplarRecord> exemplars, RecordBuffer& out);
/// WAL-15.
void EncodeMetadataRecord(std::span<const MetadataRecord> metadata, RecordBuffer& out);
/// WAL-24.
void EncodeMmapMarkersRecord(std::span<const MmapMarkerRecord> markers, RecordBuffer& out);

// Of histograms, integer and float.

/// WAL-16, WAL-17. False, and no record: all of them have custom buckets.
template <class H>
bool EncodeHistogramsRecord(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out);
/// Those with custom buckets, which the record above leaves out. False, and no record: there is none.
template <class H>
bool EncodeCustomBucketsHistogramsRecord(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out);
/// With start times, custom buckets or not.
template <class H>
void EncodeHistogramsV2Record(std::span<const HistogramRecord<H>> histograms, RecordBuffer& out);

/// What one batch of a transaction logs.
struct LoggedBatch {
  std::span<const MetadataRecord> metadata{};
  std::span<const SampleRecord> samples{};
  /// Of `samples`, if start times are logged.
  std::span<const std::int64_t> start_times{};
  std::span<const HistogramRecord<Histogram>> histograms{};
  std::span<const HistogramRecord<FloatHistogram>> float_histograms{};
  std::span<const ExemplarRecord> exemplars{};
  /// The V2 records are written (WAL-18).
  bool st_storage = false;
};

/// Writes a batch's records in upstream's order (WAL-10). An error is the sink's, and `what` which record it was:
/// `log samples`, `log custom buckets histograms`.
Status LogBatch(const LoggedBatch& batch, RecordBuffer& buffer, WalSink& wal, std::string_view& what);

}  // namespace stalemark
