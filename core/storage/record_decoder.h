// SPDX-License-Identifier: Apache-2.0
// What WAL records say (WAL-11 to WAL-18, WAL-24): the reading side of wal.h. Mirrors Decoder of tsdb/record/record.go.
//
// Each function appends the entries of one record to `out`. On an error, in upstream's words, `out` may hold some of
// them. Lengths are checked against the bytes that are there before memory is taken. Histograms of unknown schemas are
// left out, those of schemas above 8 are reduced to it (WAL-16).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/storage/wal.h"

namespace stalemark {

struct DecodedSeries {
  SeriesRef ref = kNoSeries;
  Labels labels;
};

struct DecodedSample {
  SeriesRef ref = kNoSeries;
  std::int64_t t_ms = 0;
  /// 0: none.
  std::int64_t st_ms = 0;
  std::uint64_t bits = 0;
};

/// Nothing: empty, or of no type that upstream knows.
std::optional<RecordType> TypeOfRecord(std::string_view record);

Status DecodeSeriesRecord(std::string_view record, std::vector<DecodedSeries>& out);
/// With and without start times.
Status DecodeSamplesRecord(std::string_view record, std::vector<DecodedSample>& out);
Status DecodeExemplarsRecord(std::string_view record, std::vector<ExemplarRecord>& out);
Status DecodeMetadataRecord(std::string_view record, std::vector<MetadataRecord>& out);
Status DecodeMmapMarkersRecord(std::string_view record, std::vector<MmapMarkerRecord>& out);
/// Any of the three kinds of record that hold such histograms. Exists for Histogram and FloatHistogram.
template <class H>
Status DecodeHistogramsRecord(std::string_view record, std::vector<HistogramRecord<H>>& out);

}  // namespace stalemark
