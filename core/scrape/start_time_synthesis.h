// SPDX-License-Identifier: Apache-2.0
// Start times made up for counters and histograms whose exposition has none (feature st-synthesis; APP-36, APP-37): the
// first sample of a series is its point of reference and is not appended, later ones are adjusted by it. Mirrors
// scrape/st_synthesis.go.
//
// One per series, kept by its cache entry. Plain state.
#pragma once

#include <cstdint>
#include <memory>

#include "core/model/histogram.h"

namespace stalemark {

class StartTimeSynthesis {
 public:
  struct Float {
    std::uint64_t value_bits = 0;
    std::int64_t st_ms = 0;
    /// The first sample of the series.
    bool is_reference = false;
  };
  /// The adjusted histogram is in integers() or floats(), or the given one is to be used as it is.
  struct Adjusted {
    std::int64_t st_ms = 0;
    bool is_reference = false;
    bool unchanged = true;
  };

  Float Add(std::uint64_t value_bits, std::int64_t t_ms);
  Adjusted Add(const Histogram& histogram, std::int64_t t_ms);
  Adjusted Add(const FloatHistogram& histogram, std::int64_t t_ms);

  /// Results of the last Add that changed a histogram.
  const Histogram& integers() const { return histograms_->adjusted; }
  const FloatHistogram& floats() const { return histograms_->adjusted_floats; }

 private:
  struct Histograms {
    FloatHistogram previous;
    FloatHistogram reference;
    /// False after a reset: nothing is subtracted any more.
    bool has_reference = false;
    Histogram adjusted;
    FloatHistogram adjusted_floats;
  };

  /// What both kinds of histograms share. False: use the histogram as it is.
  bool Advance(FloatHistogram current, std::int64_t t_ms, Adjusted* result);

  /// 0: no sample yet; upstream takes a first sample at time 0 for none, too.
  std::int64_t st_ms_ = 0;
  double previous_ = 0;
  double reference_ = 0;
  /// Null until a histogram comes.
  std::unique_ptr<Histograms> histograms_;
};

}  // namespace stalemark
