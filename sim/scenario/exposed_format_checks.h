// SPDX-License-Identifier: Apache-2.0
// Whether a format can say what is listed. Where the server chooses the format, the families must be what a client
// library can hold: what protobuf can say. Pure; absent: nothing is wrong.
#pragma once

#include <optional>
#include <string>

#include "sim/scenario/exposed_families.h"

namespace stalemark::scenario {

struct FormatProblem {
  ListedKey key = ListedKey::kSeries;
  std::string found;
  std::string expected;
};

/// Of one entry, whose part is known, and its family's name and type.
std::optional<FormatProblem> EntryProblem(const ListedSeries& entry, const ExposedFamily& family, ExposedFormat format);
/// Of a metric with all its series.
std::optional<FormatProblem> MetricProblem(const ExposedFamily& family, const ExposedMetric& metric,
                                           ExposedFormat format);

}  // namespace stalemark::scenario
