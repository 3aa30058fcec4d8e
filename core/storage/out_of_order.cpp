// SPDX-License-Identifier: Apache-2.0
#include "core/storage/out_of_order.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "core/model/value.h"
#include "core/storage/histogram_chunk.h"
#include "core/storage/xor2_chunk.h"
#include "core/storage/xor_chunk.h"

namespace stalemark {
namespace {

ChunkEncoding EncodingOf(const Sample& sample, const ChunkEncodings& encodings) {
  if (sample.histogram == nullptr) return encodings.floats();
  return std::holds_alternative<Histogram>(*sample.histogram) ? encodings.histograms() : encodings.float_histograms();
}

void EncodeXor2(const Sample* first, const Sample* last, const ChunkWriter& write) {
  Xor2Encoder chunk;
  for (const Sample* sample = first; sample != last; ++sample) chunk.Append(sample->t_ms, sample->bits, sample->st_ms);
  write({ChunkEncoding::kXor2, first->t_ms, (last - 1)->t_ms, chunk.count(), chunk.bytes()});
}

void EncodeXor(const Sample* first, const Sample* last, const ChunkWriter& write) {
  XorChunk chunk;
  for (const Sample* sample = first; sample != last; ++sample) chunk.Append(sample->t_ms, sample->bits);
  const std::string bytes = chunk.Bytes();
  write({ChunkEncoding::kXor, first->t_ms, (last - 1)->t_ms, chunk.count(), bytes});
}

template <class H>
void EncodeHistograms(const Sample* first, const Sample* last, ChunkEncoding encoding, const ChunkWriter& write) {
  HistogramEncoder<H> encoder(KeepsStartTimes(encoding));
  const Sample* chunk_first = first;
  const auto finish = [&](const Sample* end) {
    write({encoding, chunk_first->t_ms, (end - 1)->t_ms, encoder.count(), encoder.bytes()});
    chunk_first = end;
  };
  for (const Sample* sample = first; sample != last; ++sample) {
    H histogram = std::get<H>(*sample->histogram);
    if (sample == first) {
      encoder.StartCut(sample->t_ms, histogram, sample->st_ms);
    } else if (encoder.Append(sample->t_ms, histogram, sample->st_ms) == HistogramEncoder<H>::Step::kNew) {
      finish(sample);
      encoder.StartNext(sample->t_ms, histogram, sample->st_ms);
    }
  }
  finish(last);
}

template <class H>
void DecodeHistograms(const ChunkView& chunk, std::vector<Sample>& out) {
  HistogramReader<H> reader(chunk.bytes, KeepsStartTimes(chunk.encoding));
  while (reader.Next()) {
    H histogram = reader.Read();
    const std::uint64_t sum_bits = BitsOf(histogram.sum);
    auto shared = std::make_shared<const HistogramValue>(std::move(histogram));
    out.push_back({reader.t_ms(), sum_bits, std::move(shared), reader.st_ms()});
  }
}

}  // namespace

bool OutOfOrderSamples::AllBefore(std::int64_t t_ms) const {
  if (!open_.empty() && open_.back().t_ms >= t_ms) return false;
  return std::all_of(full_.begin(), full_.end(),
                     [t_ms](const StoredChunk& stored) { return stored.chunk.max_t_ms < t_ms; });
}

void EncodeChunks(const std::vector<Sample>& samples, const ChunkEncodings& encodings, const ChunkWriter& write) {
  const Sample* const end = samples.data() + samples.size();
  for (const Sample* first = samples.data(); first != end;) {
    const ChunkEncoding encoding = EncodingOf(*first, encodings);
    const Sample* const last =
        std::find_if(first, end, [&](const Sample& sample) { return EncodingOf(sample, encodings) != encoding; });
    if (encoding == ChunkEncoding::kXor) {
      EncodeXor(first, last, write);
    } else if (encoding == ChunkEncoding::kXor2) {
      EncodeXor2(first, last, write);
    } else if (HoldsIntegerHistograms(encoding)) {
      EncodeHistograms<Histogram>(first, last, encoding, write);
    } else {
      EncodeHistograms<FloatHistogram>(first, last, encoding, write);
    }
    first = last;
  }
}

std::vector<Sample> DecodeChunk(const ChunkView& chunk) {
  std::vector<Sample> samples;
  samples.reserve(chunk.count);
  if (chunk.encoding == ChunkEncoding::kXor) {
    XorReader reader(chunk.bytes);
    while (reader.Next()) samples.push_back({reader.t_ms(), reader.bits()});
  } else if (chunk.encoding == ChunkEncoding::kXor2) {
    Xor2Reader reader(chunk.bytes);
    while (reader.Next()) samples.push_back({reader.t_ms(), reader.bits(), nullptr, reader.st_ms()});
  } else if (HoldsIntegerHistograms(chunk.encoding)) {
    DecodeHistograms<Histogram>(chunk, samples);
  } else {
    DecodeHistograms<FloatHistogram>(chunk, samples);
  }
  return samples;
}

OutOfOrderSamples::Inserted OutOfOrderSamples::Insert(Sample sample, std::size_t samples_max,
                                                      const ChunkEncodings& encodings) {
  const bool list_created = open_.empty() || open_.size() == samples_max;
  if (list_created && !open_.empty()) {
    EncodeChunks(open_, encodings, [this](const ChunkView& chunk) {
      StoredChunk& stored = full_.emplace_back(StoredChunk{chunk, std::string(chunk.bytes)});
      stored.chunk.bytes = {};
    });
    open_.clear();
  }
  const auto at = std::lower_bound(open_.begin(), open_.end(), sample.t_ms,
                                   [](const Sample& a, std::int64_t t_ms) { return a.t_ms < t_ms; });
  if (at != open_.end() && at->t_ms == sample.t_ms) return {false, list_created};
  open_.insert(at, std::move(sample));
  return {true, list_created};
}

void OutOfOrderSamples::AddRuns(const TimeRange& range, const ChunkEncodings& encodings,
                                std::vector<SampleRun>& runs) const {
  for (const StoredChunk& stored : full_) {
    ChunkView chunk = stored.chunk;
    chunk.bytes = stored.bytes;
    if (range.Overlaps(chunk.min_t_ms, chunk.max_t_ms)) runs.push_back({DecodeChunk(chunk), chunk.max_t_ms});
  }
  if (open_.empty() || !range.Overlaps(open_.front().t_ms, open_.back().t_ms)) return;
  EncodeChunks(open_, encodings, [&runs](const ChunkView& chunk) {
    runs.push_back({DecodeChunk(chunk), chunk.max_t_ms});
  });
}

}  // namespace stalemark
