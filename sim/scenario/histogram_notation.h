// SPDX-License-Identifier: Apache-2.0
// promtool's notation of one native histogram: `{{schema:1 sum:4.5 count:3 buckets:[1 2]}}` (docs/formats/scenario.md
// has the grammar). Mirrors the histogram descriptions of promql/parser and FloatHistogram.TestExpression.
//
// The notation has float histograms only, one span a side. An integer histogram is written as the float one of the same
// counts. Pure functions.
#pragma once

#include <string>

#include "core/model/histogram.h"
#include "core/model/result.h"
#include "sim/scenario/notation_number.h"

namespace stalemark::scenario {

/// A histogram as somebody wrote it.
struct NotedHistogram {
  FloatHistogram histogram;
  /// Whether counter_reset_hint was written; promtool compares it only then.
  bool hint_set = false;
};

/// Requires: the cursor stands on `{{`. Moves it behind `}}`. Errors carry the offset in the text.
Result<NotedHistogram> ReadHistogram(TextCursor* cursor);

/// `base + increment`, or minus, as `{{...}}+{{...}}x2` adds up. Errors in upstream's words.
enum class Sign : std::uint8_t { kPlus, kMinus };
Result<FloatHistogram> Combine(const FloatHistogram& base, const FloatHistogram& increment, Sign sign);

enum class HintShown : std::uint8_t {
  kAlways,
  /// Not `not_reset`, which storage gives to every sample that continues the one before.
  kIfNotable,
};

/// False: buckets lie further apart than 1000 indexes, or a count in one of them or a custom bound is not finite.
bool HasNotation(const FloatHistogram& histogram);
/// What ReadHistogram reads as the same histogram, compacted. One that has no notation is written with
/// its spans (core/model/histogram_text.h).
std::string HistogramNotation(const FloatHistogram& histogram, HintShown hint);

}  // namespace stalemark::scenario
