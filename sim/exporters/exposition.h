// SPDX-License-Identifier: Apache-2.0
// What an exporter shows at one request, and its text in each exposition format. Mirrors the encoders of
// prometheus/common/expfmt, which client libraries in Go use.
//
// Text formats show a series as the scenario writes it; the other two know metrics. What a format cannot say has been
// refused when the scenario was loaded, except where the server chooses the format: then text formats leave out units,
// exemplars and start times, and show of a native histogram its count and sum, as client_golang does. Pure functions;
// the pointers must be valid during the call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/exposed_series.h"

namespace stalemark::scenario {

struct ShownSample {
  const ExposedSeries* series = nullptr;
  std::uint64_t value_bits = 0;
  /// Null: a float.
  const FloatHistogram* histogram = nullptr;
  const ExposedExemplar* exemplar = nullptr;
};

struct ShownMetric {
  const ExposedMetric* metric = nullptr;
  std::optional<std::int64_t> t_ms;
  std::optional<std::int64_t> created_ms;
  std::vector<ShownSample> samples;
};

struct ShownFamily {
  const ExposedFamily* family = nullptr;
  std::vector<ShownMetric> metrics;
};

/// Names are written by the scheme; kAllowUtf8 changes nothing.
std::string WriteText(const std::vector<ShownFamily>& families, EscapingScheme escaping);
std::string WriteOpenMetrics(const std::vector<ShownFamily>& families, EscapingScheme escaping);
/// A stream of messages, each behind its length.
std::string WriteProtobuf(const std::vector<ShownFamily>& families, EscapingScheme escaping);

/// model.EscapeName of prometheus/common.
std::string EscapedName(std::string_view name, EscapingScheme scheme);

}  // namespace stalemark::scenario
