// SPDX-License-Identifier: Apache-2.0
#include "core/storage/record_decoder.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include "core/model/value.h"

namespace stalemark {
namespace {

/// Reads a record from its start. After a failure everything read is 0 or empty.
class RecordCursor {
 public:
  explicit RecordCursor(std::string_view bytes) : left_(bytes) {}

  bool failed() const { return failed_; }
  bool done() const { return failed_ || left_.empty(); }
  std::size_t left() const { return left_.size(); }

  std::uint8_t Byte() {
    const std::string_view bytes = Bytes(1);
    return bytes.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(bytes[0]);
  }
  std::uint64_t U64() {
    const std::string_view bytes = Bytes(8);
    return bytes.empty() ? 0 : boost::endian::load_big_u64(reinterpret_cast<const unsigned char*>(bytes.data()));
  }
  double Double() { return DoubleOf(U64()); }
  std::uint64_t Uvarint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < left_.size() && i < 10; ++i) {
      const auto byte = static_cast<std::uint8_t>(left_[i]);
      if (i == 9 && byte > 1) break;  // more than 64 bits
      value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
      if (byte < 0x80) {
        left_.remove_prefix(i + 1);
        return value;
      }
    }
    Fail();
    return 0;
  }
  /// As the difference to another number: modulo 2^64.
  std::uint64_t Delta() {
    const std::uint64_t value = Uvarint();
    return value >> 1 ^ (0 - (value & 1));
  }
  std::int64_t Varint() { return static_cast<std::int64_t>(Delta()); }
  std::string_view Text() {
    const std::uint64_t length = Uvarint();
    if (length > left_.size()) {
      Fail();
      return {};
    }
    return Bytes(static_cast<std::size_t>(length));
  }
  /// Number of elements that take at least `bytes_min` each.
  std::size_t Count(std::size_t bytes_min) {
    const std::uint64_t count = Uvarint();
    if (count > left_.size() / bytes_min) {
      Fail();
      return 0;
    }
    return static_cast<std::size_t>(count);
  }

 private:
  std::string_view Bytes(std::size_t count) {
    if (failed_ || left_.size() < count) {
      Fail();
      return {};
    }
    const std::string_view bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
  }
  void Fail() {
    failed_ = true;
    left_ = {};
  }

  std::string_view left_;
  bool failed_ = false;
};

constexpr const char* kInvalidSize = "invalid size";

Error DecodeError(std::size_t count, const char* what) {
  return Error{fmt::format("decode error after {} {}: {}", count, what, kInvalidSize)};
}

/// Reads the type; false: it is another.
bool StartsWith(RecordCursor& cursor, RecordType type) {
  return cursor.Byte() == static_cast<std::uint8_t>(type) && !cursor.failed();
}

Labels ReadLabels(RecordCursor& cursor) {
  std::vector<Label> labels;
  const std::size_t count = cursor.Count(2);
  labels.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = cursor.Text();
    const std::string_view value = cursor.Text();
    labels.push_back({name, value});
  }
  return Labels::FromUnsorted(std::move(labels));
}

SeriesRef Moved(SeriesRef ref, std::uint64_t delta) {
  return SeriesRef{static_cast<std::uint64_t>(ref) + delta};
}
std::int64_t Moved(std::int64_t t, std::uint64_t delta) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(t) + delta);
}

/// Reference and times of a record's entries, which it calls one after the other (WAL-13, WAL-18).
class EntryTimes {
 public:
  EntryTimes(RecordCursor& cursor, bool start_times) : cursor_(cursor), start_times_(start_times) {
    if (cursor.done()) return;
    ref_ = SeriesRef{start_times ? cursor.Delta() : cursor.U64()};
    t_ms_ = start_times ? cursor.Varint() : static_cast<std::int64_t>(cursor.U64());
    if (start_times) first_st_ms_ = cursor.Varint();
    st_ms_ = first_st_ms_;
  }

  template <class Entry>
  void Next(Entry& entry, std::int64_t& t_ms, std::int64_t& st_ms) {
    if (!start_times_) {
      entry.ref = Moved(ref_, cursor_.Delta());
      t_ms = Moved(t_ms_, cursor_.Delta());
      return;
    }
    t_ms = t_ms_;
    if (!is_first_) {
      ref_ = Moved(ref_, cursor_.Delta());
      t_ms = Moved(t_ms_, cursor_.Delta());
      const std::uint8_t marker = cursor_.Byte();
      if (marker != 1) st_ms_ = marker == 0 ? 0 : Moved(first_st_ms_, cursor_.Delta());
    }
    is_first_ = false;
    entry.ref = ref_;
    st_ms = st_ms_;
  }

 private:
  RecordCursor& cursor_;
  const bool start_times_;
  /// Of the first entry; with start times the reference is that of the entry before.
  SeriesRef ref_ = kNoSeries;
  std::int64_t t_ms_ = 0;
  std::int64_t first_st_ms_ = 0;
  /// Of the entry before.
  std::int64_t st_ms_ = 0;
  bool is_first_ = true;
};

void Read(RecordCursor& cursor, std::uint64_t& count) {
  count = cursor.Uvarint();
}
void Read(RecordCursor& cursor, std::int64_t& delta) {
  delta = cursor.Varint();
}
void Read(RecordCursor& cursor, double& value) {
  value = cursor.Double();
}
void Read(RecordCursor& cursor, HistogramSpan& span) {
  span.offset = static_cast<std::int32_t>(cursor.Varint());
  span.length = static_cast<std::uint32_t>(cursor.Uvarint());
}

template <class T>
void ReadList(RecordCursor& cursor, std::vector<T>& list) {
  constexpr std::size_t kBytesMin = std::is_same_v<T, double> ? 8 : std::is_same_v<T, HistogramSpan> ? 2 : 1;
  list.resize(cursor.Count(kBytesMin));
  for (T& element : list) Read(cursor, element);
}

template <class H>
void ReadHistogram(RecordCursor& cursor, H& histogram) {
  // Two bits are what the hint has values for.
  histogram.counter_reset_hint = static_cast<CounterResetHint>(cursor.Byte() & 3);
  histogram.schema = static_cast<std::int32_t>(cursor.Varint());
  histogram.zero_threshold = cursor.Double();
  Read(cursor, histogram.zero_count);
  Read(cursor, histogram.count);
  histogram.sum = cursor.Double();
  ReadList(cursor, histogram.positive_spans);
  ReadList(cursor, histogram.negative_spans);
  ReadList(cursor, histogram.positive_buckets);
  ReadList(cursor, histogram.negative_buckets);
  if (histogram.UsesCustomBuckets()) ReadList(cursor, histogram.custom_values);
}

}  // namespace

std::optional<RecordType> TypeOfRecord(std::string_view record) {
  if (record.empty()) return std::nullopt;
  const auto type = static_cast<std::uint8_t>(record[0]);
  if (type < static_cast<std::uint8_t>(RecordType::kSeries)) return std::nullopt;
  if (type > static_cast<std::uint8_t>(RecordType::kFloatHistogramSamplesV2)) return std::nullopt;
  return static_cast<RecordType>(type);
}

Status DecodeSeriesRecord(std::string_view record, std::vector<DecodedSeries>& out) {
  RecordCursor cursor(record);
  if (!StartsWith(cursor, RecordType::kSeries)) return Error{"invalid record type"};
  while (!cursor.done()) {
    DecodedSeries& series = out.emplace_back();
    series.ref = SeriesRef{cursor.U64()};
    series.labels = ReadLabels(cursor);
  }
  return cursor.failed() ? Status(Error{kInvalidSize}) : Status();
}

Status DecodeSamplesRecord(std::string_view record, std::vector<DecodedSample>& out) {
  const std::optional<RecordType> type = TypeOfRecord(record);
  const bool start_times = type == RecordType::kSamplesV2;
  if (type != RecordType::kSamples && !start_times) return Error{"invalid record type"};
  RecordCursor cursor(record.substr(1));
  EntryTimes times(cursor, start_times);
  const std::size_t before = out.size();
  out.reserve(before + cursor.left() / 10);
  // With start times the first entry may have left nothing but its value behind the base.
  while (!cursor.done()) {
    DecodedSample sample;
    times.Next(sample, sample.t_ms, sample.st_ms);
    sample.bits = cursor.U64();
    if (!cursor.failed()) out.push_back(sample);
  }
  return cursor.failed() ? Status(DecodeError(out.size() - before, "samples")) : Status();
}

Status DecodeExemplarsRecord(std::string_view record, std::vector<ExemplarRecord>& out) {
  RecordCursor cursor(record);
  if (!StartsWith(cursor, RecordType::kExemplars)) return Error{"invalid record type"};
  EntryTimes times(cursor, false);
  const std::size_t before = out.size();
  while (!cursor.done()) {
    ExemplarRecord entry;
    std::int64_t no_start_time = 0;
    times.Next(entry, entry.exemplar.t_ms, no_start_time);
    entry.exemplar.has_timestamp = true;
    entry.exemplar.value_bits = cursor.U64();
    entry.exemplar.labels = ReadLabels(cursor);
    if (!cursor.failed()) out.push_back(std::move(entry));
  }
  return cursor.failed() ? Status(DecodeError(out.size() - before, "exemplars")) : Status();
}

Status DecodeMetadataRecord(std::string_view record, std::vector<MetadataRecord>& out) {
  RecordCursor cursor(record);
  if (!StartsWith(cursor, RecordType::kMetadata)) return Error{"invalid record type"};
  while (!cursor.done()) {
    MetadataRecord& entry = out.emplace_back();
    entry.ref = SeriesRef{cursor.Uvarint()};
    const std::uint8_t type = cursor.Byte();
    entry.metadata.type =
        static_cast<MetricType>(type <= static_cast<std::uint8_t>(MetricType::kStateset) ? type : std::uint8_t{0});
    const std::size_t fields = cursor.Count(2);
    for (std::size_t i = 0; i < fields; ++i) {
      const std::string_view name = cursor.Text();
      const std::string_view value = cursor.Text();
      if (name == "UNIT") entry.metadata.unit = value;
      if (name == "HELP") entry.metadata.help = value;
    }
  }
  return cursor.failed() ? Status(Error{kInvalidSize}) : Status();
}

Status DecodeMmapMarkersRecord(std::string_view record, std::vector<MmapMarkerRecord>& out) {
  RecordCursor cursor(record);
  if (!StartsWith(cursor, RecordType::kMmapMarkers)) return Error{"invalid record type"};
  const std::size_t before = out.size();
  while (!cursor.done()) {
    MmapMarkerRecord marker;
    marker.ref = SeriesRef{cursor.U64()};
    marker.mmap_ref = cursor.U64();
    if (!cursor.failed()) out.push_back(marker);
  }
  return cursor.failed() ? Status(DecodeError(out.size() - before, "mmap markers")) : Status();
}

template <class H>
Status DecodeHistogramsRecord(std::string_view record, std::vector<HistogramRecord<H>>& out) {
  constexpr bool kIntegers = std::is_same_v<H, Histogram>;
  const std::optional<RecordType> type = TypeOfRecord(record);
  const bool start_times = type == (kIntegers ? RecordType::kHistogramSamplesV2 : RecordType::kFloatHistogramSamplesV2);
  const bool plain = type == (kIntegers ? RecordType::kHistogramSamples : RecordType::kFloatHistogramSamples);
  const bool custom = type == (kIntegers ? RecordType::kCustomBucketsHistogramSamples
                                         : RecordType::kCustomBucketsFloatHistogramSamples);
  if (!start_times && !plain && !custom) return Error{"invalid record type"};
  RecordCursor cursor(record.substr(1));
  EntryTimes times(cursor, start_times);
  const std::size_t before = out.size();
  while (!cursor.done()) {
    HistogramRecord<H> entry;
    times.Next(entry, entry.t_ms, entry.st_ms);
    ReadHistogram(cursor, entry.histogram);
    const std::int32_t schema = entry.histogram.schema;
    const bool known = IsExponentialSchemaReserved(schema) || IsCustomBucketsSchema(schema);
    if (cursor.failed() || !known) continue;
    if (schema > kExponentialSchemaMax) {
      if (Status reduced = ReduceResolution(entry.histogram, kExponentialSchemaMax); !reduced) {
        return Error{fmt::format("error reducing resolution of histogram #{}: {}", out.size() - before + 1,
                                 reduced.error().message)};
      }
    }
    out.push_back(std::move(entry));
  }
  return cursor.failed() ? Status(DecodeError(out.size() - before, "histograms")) : Status();
}

template Status DecodeHistogramsRecord(std::string_view record, std::vector<HistogramRecord<Histogram>>& out);
template Status DecodeHistogramsRecord(std::string_view record, std::vector<HistogramRecord<FloatHistogram>>& out);

}  // namespace stalemark
