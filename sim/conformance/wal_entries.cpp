// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/wal_entries.h"

#include <span>
#include <utility>

#include "sim/conformance/tsdb_json.h"

namespace stalemark::conformance::tsdb {
namespace {

SeriesRef RefOf(const Json& entry) {
  return SeriesRef{entry.value("ref", std::uint64_t{0})};
}
std::int64_t TimeOf(const Json& entry, const char* key = "t") {
  return entry.value(key, std::int64_t{0});
}

/// Encodes the entries of one kind; each function makes all records of a batch.
class EntryEncoder {
 public:
  EntryEncoder(const Json& entries, bool st_storage) : entries_(entries), st_storage_(st_storage) {}

  std::vector<std::string> Take() { return std::move(records_); }

  void Series() {
    std::vector<Labels> labels;
    for (const Json& entry : entries_) labels.push_back(LabelsFrom(entry.at("labels")));
    std::vector<SeriesRecord> series;
    for (std::size_t i = 0; i < labels.size(); ++i) series.push_back({RefOf(entries_[i]), &labels[i]});
    EncodeSeriesRecord(series, buffer_);
    Keep();
  }

  void Samples() {
    std::vector<SampleRecord> samples;
    std::vector<std::int64_t> start_times;
    for (const Json& entry : entries_) {
      samples.push_back({RefOf(entry), TimeOf(entry), BitsAt(entry, "v")});
      start_times.push_back(TimeOf(entry, "st"));
    }
    if (st_storage_) {
      EncodeSamplesV2Record(samples, start_times, buffer_);
    } else {
      EncodeSamplesRecord(samples.data(), samples.data() + samples.size(), buffer_);
    }
    Keep();
  }

  void Exemplars() {
    std::vector<ExemplarRecord> exemplars;
    for (const Json& entry : entries_) {
      exemplars.push_back(
          {RefOf(entry), {LabelsFrom(entry.value("labels", Json::object())), BitsAt(entry, "v"), true, TimeOf(entry)}});
    }
    EncodeExemplarsRecord(exemplars, buffer_);
    Keep();
  }

  void Metadata() {
    std::vector<MetadataRecord> metadata;
    for (const Json& entry : entries_) {
      metadata.push_back(
          {RefOf(entry),
           {"", MetricTypeFrom(entry.value("type", "")), entry.value("unit", ""), entry.value("help", "")}});
    }
    EncodeMetadataRecord(metadata, buffer_);
    Keep();
  }

  void MmapMarkers() {
    std::vector<MmapMarkerRecord> markers;
    for (const Json& entry : entries_) {
      markers.push_back({RefOf(entry), entry.value("mmap_ref", std::uint64_t{0})});
    }
    EncodeMmapMarkersRecord(markers, buffer_);
    Keep();
  }

  void Histograms() {
    HistogramsOf<Histogram>([](const Json& entry) { return HistogramFrom(entry.at("h")); });
  }
  void FloatHistograms() {
    HistogramsOf<FloatHistogram>([](const Json& entry) { return FloatHistogramFrom(entry.at("fh")); });
  }

 private:
  void Keep() { records_.emplace_back(buffer_.view()); }

  template <class H, class Read>
  void HistogramsOf(Read read) {
    std::vector<HistogramRecord<H>> histograms;
    for (const Json& entry : entries_) {
      histograms.push_back({RefOf(entry), TimeOf(entry), TimeOf(entry, "st"), read(entry)});
    }
    const std::span<const HistogramRecord<H>> all = histograms;
    if (st_storage_) {
      EncodeHistogramsV2Record(all, buffer_);
      Keep();
      return;
    }
    if (EncodeHistogramsRecord(all, buffer_)) Keep();
    if (EncodeCustomBucketsHistogramsRecord(all, buffer_)) Keep();
  }

  const Json& entries_;
  const bool st_storage_;
  RecordBuffer buffer_;
  std::vector<std::string> records_;
};

struct EntryKind {
  const char* name;
  void (EntryEncoder::*encode)();
  bool st_storage = false;
};

constexpr EntryKind kKinds[] = {
    {"series", &EntryEncoder::Series},
    {"samples", &EntryEncoder::Samples},
    {"samples_st", &EntryEncoder::Samples, true},
    {"exemplars", &EntryEncoder::Exemplars},
    {"metadata", &EntryEncoder::Metadata},
    {"mmap_markers", &EntryEncoder::MmapMarkers},
    {"histograms", &EntryEncoder::Histograms},
    {"histograms_st", &EntryEncoder::Histograms, true},
    {"float_histograms", &EntryEncoder::FloatHistograms},
    {"float_histograms_st", &EntryEncoder::FloatHistograms, true},
};

}  // namespace

std::optional<std::vector<std::string>> EncodeEntries(const std::string& kind, const Json& entries) {
  for (const EntryKind& known : kKinds) {
    if (kind != known.name) continue;
    const Json none = Json::array();
    EntryEncoder encoder(entries.is_null() ? none : entries, known.st_storage);
    (encoder.*known.encode)();
    return encoder.Take();
  }
  return std::nullopt;
}

}  // namespace stalemark::conformance::tsdb
