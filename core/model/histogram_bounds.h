// SPDX-License-Identifier: Apache-2.0
// Bounds of native histogram buckets. Mirrors getBound and getBoundExponential of model/histogram/generic.go, to the
// bit. Defined for every index and schema: where upstream panics (a custom bucket beyond the bounds, a schema that
// Validate refuses) the result is an infinity or the bound of a coarser bucket.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/histogram.h"

namespace stalemark {

/// Upper (inclusive) bound of a positive bucket. The lower bound is that of `index - 1`; negative buckets mirror.
/// `custom_values`: of kCustomBucketsSchema only.
double BucketUpperBound(std::int32_t index, std::int32_t schema, const std::vector<double>& custom_values);

}  // namespace stalemark
