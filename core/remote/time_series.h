// SPDX-License-Identifier: Apache-2.0
// TimeSeries: one sample, exemplar or histogram on its way to a remote-write receiver. Mirrors timeSeries of
// storage/remote/queue_manager.go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>

#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"

namespace stalemark {

enum class SeriesType : std::uint8_t { kSample, kExemplar, kHistogram, kFloatHistogram };

struct TimeSeries {
  /// Of the series, after external labels and relabelling.
  Labels labels;
  /// As it was when this was queued, null: none. Shared: the series may get another while this waits.
  std::shared_ptr<const Metadata> metadata;
  std::int64_t t_ms = 0;
  /// 0: none.
  std::int64_t st_ms = 0;
  /// Of a sample or exemplar.
  std::uint64_t value_bits = 0;
  /// In the order of SeriesType: nothing for a sample, the labels of an exemplar, a histogram.
  std::variant<std::monostate, std::unique_ptr<const Labels>, std::unique_ptr<const Histogram>,
               std::unique_ptr<const FloatHistogram>>
      payload;

  SeriesType type() const { return static_cast<SeriesType>(payload.index()); }
};

/// How many of a batch are samples, exemplars and histograms.
struct SeriesCounts {
  std::size_t samples = 0;
  std::size_t exemplars = 0;
  std::size_t histograms = 0;

  std::size_t total() const { return samples + exemplars + histograms; }
  std::size_t& Of(SeriesType type) {
    return type == SeriesType::kSample ? samples : type == SeriesType::kExemplar ? exemplars : histograms;
  }
};

}  // namespace stalemark
