// SPDX-License-Identifier: Apache-2.0
#include "core/storage/wal.h"

#include <cassert>

#include "core/storage/record_bytes.h"

namespace stalemark {
using namespace record_bytes;

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
    bytes_max += 8 + LabelsBytesMax(*entry.labels);
  }
  unsigned char* at = PutType(out.Start(bytes_max), RecordType::kSeries);
  for (const SeriesRecord& entry : series) {
    at = PutRef(at, entry.ref);
    at = PutLabels(at, *entry.labels);
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

void EncodeSamplesV2Record(std::span<const SampleRecord> samples, std::span<const std::int64_t> start_times,
                           RecordBuffer& out) {
  assert(start_times.size() == samples.size());
  constexpr std::size_t kSampleBytesMax = 2 * kVarintBytesMax + kStartTimeBytesMax + 8;
  unsigned char* at = PutType(out.Start(1 + samples.size() * kSampleBytesMax), RecordType::kSamplesV2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const SampleRecord& sample = samples[i];
    if (i == 0) {
      at = PutVarint(at, static_cast<std::int64_t>(sample.ref));
      at = PutVarint(at, sample.t_ms);
      at = PutVarint(at, start_times[0]);
    } else {
      at = PutDifference(at, sample.ref, samples[i - 1].ref);
      at = PutDifference(at, sample.t_ms, samples[0].t_ms);
      at = PutStartTime(at, start_times[i], start_times[0], start_times[i - 1]);
    }
    at = PutU64(at, sample.bits);
  }
  out.Finish(at);
}

void EncodeExemplarsRecord(std::span<const ExemplarRecord> exemplars, RecordBuffer& out) {
  std::size_t bytes_max = 17;
  for (const ExemplarRecord& entry : exemplars) {
    bytes_max += 2 * kVarintBytesMax + 8 + LabelsBytesMax(entry.exemplar.labels);
  }
  unsigned char* at = PutType(out.Start(bytes_max), RecordType::kExemplars);
  if (!exemplars.empty()) {
    const ExemplarRecord& first = exemplars.front();
    at = PutRef(at, first.ref);
    at = PutU64(at, static_cast<std::uint64_t>(first.exemplar.t_ms));
    for (const ExemplarRecord& entry : exemplars) {
      at = PutDifference(at, entry.ref, first.ref);
      at = PutDifference(at, entry.exemplar.t_ms, first.exemplar.t_ms);
      at = PutU64(at, entry.exemplar.value_bits);
      at = PutLabels(at, entry.exemplar.labels);
    }
  }
  out.Finish(at);
}

void EncodeMetadataRecord(std::span<const MetadataRecord> metadata, RecordBuffer& out) {
  constexpr std::string_view kUnit = "UNIT";
  constexpr std::string_view kHelp = "HELP";
  std::size_t bytes_max = 1;
  for (const MetadataRecord& entry : metadata) {
    bytes_max +=
        6 * kVarintBytesMax + 1 + kUnit.size() + kHelp.size() + entry.metadata.unit.size() + entry.metadata.help.size();
  }
  unsigned char* at = PutType(out.Start(bytes_max), RecordType::kMetadata);
  for (const MetadataRecord& entry : metadata) {
    at = PutUvarint(at, static_cast<std::uint64_t>(entry.ref));
    *at++ = static_cast<unsigned char>(entry.metadata.type);
    at = PutUvarint(at, 2);
    at = PutText(at, kUnit);
    at = PutText(at, entry.metadata.unit);
    at = PutText(at, kHelp);
    at = PutText(at, entry.metadata.help);
  }
  out.Finish(at);
}

void EncodeMmapMarkersRecord(std::span<const MmapMarkerRecord> markers, RecordBuffer& out) {
  unsigned char* at = PutType(out.Start(1 + markers.size() * 16), RecordType::kMmapMarkers);
  for (const MmapMarkerRecord& marker : markers) {
    at = PutRef(at, marker.ref);
    at = PutU64(at, marker.mmap_ref);
  }
  out.Finish(at);
}

}  // namespace stalemark
