// SPDX-License-Identifier: Apache-2.0
// Whether a stored sample is what a scenario expects, and both as text.
//
// Floats are compared by bits. Histograms by value, as promtool does: an integer histogram is equal to the float one of
// the same counts; schema, count, sum, zero bucket and its width, custom bounds and each bucket that is not empty must
// be equal, the reset hint only where the expectation names one. A tolerance is for floats, counts and sums. Pure
// functions.
#pragma once

#include <string>

#include "core/storage/sample.h"
#include "sim/scenario/scenario.h"

namespace stalemark::scenario {

bool Matches(const SampleValue& expected, const Sample& stored, const Tolerance& tolerance);

/// A stale marker looks alike in both kinds of series.
bool IsHistogram(const Sample& sample);
/// As promtool's notation would have it. `hint`: whether storage's own reset hints are kept.
SampleValue StoredValue(const Sample& sample, HintShown hint);
/// What people read: StoredValue's text; a NaN that is none of the two usual ones with its bits.
std::string StoredText(const Sample& sample, HintShown hint = HintShown::kIfNotable);
/// The same for what is expected.
std::string ExpectedText(const SampleValue& value);
/// With storage's hint where the expectation names one.
std::string StoredTextBeside(const SampleValue& expected, const Sample& sample);

}  // namespace stalemark::scenario
