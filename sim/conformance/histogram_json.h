// SPDX-License-Identifier: Apache-2.0
// Native histograms as the case formats write them: bits of floats as 16 hex digits, counts of buckets absolute, lists
// left out when empty. Two shapes: that of exposition/ and tsdb/, which is also read, and that of scrape/ (other names
// for the bucket lists and the hints, and the hint is always there).
#pragma once

#include "core/model/histogram.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {

enum class HistogramShape : std::uint8_t { kExposition, kScrape };

Json HistogramJson(const Histogram& histogram, HistogramShape shape);
Json HistogramJson(const FloatHistogram& histogram, HistogramShape shape);

// From the shape of exposition/. Throw what nlohmann throws on a case that is not of that shape.
Histogram HistogramFromJson(const Json& json);
FloatHistogram FloatHistogramFromJson(const Json& json);

/// The hint's word in the shape of exposition/; unknown: empty.
std::string_view HintWord(CounterResetHint hint);

}  // namespace stalemark::conformance
