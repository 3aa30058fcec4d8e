// SPDX-License-Identifier: Apache-2.0
// One line of text for a native histogram, in promtool's words where it has some, exact: equal texts mean equal
// histograms. For traces, explanations and differences.
#pragma once

#include <string>

#include "core/model/histogram.h"

namespace stalemark {

/// `{{schema:1 count:3 sum:4.5 spans:[0:2] buckets:[1 2]}}`; buckets are absolute counts, `kind:float` leads a float
/// histogram, what is zero or empty is left out, a NaN carries its bits.
std::string HistogramText(const Histogram& histogram);
std::string HistogramText(const FloatHistogram& histogram);

}  // namespace stalemark
