// SPDX-License-Identifier: Apache-2.0
// Metadata of a metric family: type, unit and help. Mirrors model/metadata and common's MetricType.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark {

enum class MetricType : std::uint8_t {
  kUnknown,
  kCounter,
  kGauge,
  kHistogram,
  kGaugeHistogram,
  kSummary,
  kInfo,
  kStateset,
};

/// The exposition formats' word for a type: `unknown`, `counter`, ...
constexpr std::string_view MetricTypeText(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kGaugeHistogram:
      return "gaugehistogram";
    case MetricType::kSummary:
      return "summary";
    case MetricType::kInfo:
      return "info";
    case MetricType::kStateset:
      return "stateset";
    case MetricType::kUnknown:
      break;
  }
  return "unknown";
}

struct Metadata {
  /// The family the metadata was exposed for; a prefix of, or equal to, the name of its samples.
  std::string family;
  MetricType type = MetricType::kUnknown;
  std::string unit;
  std::string help;
};

}  // namespace stalemark
