// SPDX-License-Identifier: Apache-2.0
// What the runners of tests/conformance/tsdb/FORMAT.md share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/histogram.h"
#include "core/model/labels.h"
#include "core/model/metadata.h"
#include "core/storage/sample.h"
#include "core/text/hex.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance::tsdb {

using text::Hex;
/// A failure that needs no run: the case asks for what does not exist.
CaseOutcome Unavailable(std::string reason);
std::uint64_t BitsAt(const Json& object, const char* key);
Labels LabelsFrom(const Json& object);
Json JsonOf(const Labels& labels);
/// Of a type's word; what is none is unknown.
MetricType MetricTypeFrom(std::string_view text);

// A stale histogram may have nothing but its sum.
Histogram HistogramFrom(const Json& object);
FloatHistogram FloatHistogramFrom(const Json& object);
Json JsonOf(const HistogramValue& histogram);

/// Compares part by part, so that the difference names the part.
CaseOutcome CompareParts(const Json& expected, const Json& actual, const std::vector<const char*>& parts);

}  // namespace stalemark::conformance::tsdb
