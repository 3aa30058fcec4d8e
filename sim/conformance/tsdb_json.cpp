// SPDX-License-Identifier: Apache-2.0
#include "sim/conformance/tsdb_json.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/model/value.h"
#include "sim/conformance/histogram_json.h"

namespace stalemark::conformance::tsdb {
namespace {

constexpr const char* kSum = "sum";

template <class H>
H MarkerFrom(const Json& object) {
  H marker;
  marker.sum = DoubleOf(BitsAt(object, kSum));
  return marker;
}

bool IsMarker(const Json& object) {
  return object.size() == 1 && object.contains(kSum);
}

}  // namespace

CaseOutcome Unavailable(std::string reason) {
  CaseOutcome outcome;
  outcome.difference = std::move(reason);
  return outcome;
}

std::uint64_t BitsAt(const Json& object, const char* key) {
  return ParseHex16(object.at(key).get_ref<const std::string&>());
}

Labels LabelsFrom(const Json& object) {
  std::vector<Label> labels;
  for (const auto& [name, value] : object.items()) labels.push_back({name, value.get_ref<const std::string&>()});
  return Labels::FromUnsorted(std::move(labels));
}

Json JsonOf(const Labels& labels) {
  Json object = Json::object();
  for (const Label label : labels) object[std::string(label.name)] = std::string(label.value);
  return object;
}

MetricType MetricTypeFrom(std::string_view text) {
  for (int type = 0; type <= static_cast<int>(MetricType::kStateset); ++type) {
    if (MetricTypeText(static_cast<MetricType>(type)) == text) return static_cast<MetricType>(type);
  }
  return MetricType::kUnknown;
}

Histogram HistogramFrom(const Json& object) {
  return IsMarker(object) ? MarkerFrom<Histogram>(object) : HistogramFromJson(object);
}

FloatHistogram FloatHistogramFrom(const Json& object) {
  return IsMarker(object) ? MarkerFrom<FloatHistogram>(object) : FloatHistogramFromJson(object);
}

Json JsonOf(const HistogramValue& histogram) {
  return std::visit([](const auto& value) { return HistogramJson(value, HistogramShape::kExposition); }, histogram);
}

/// Compares part by part, so that the difference names the part.
CaseOutcome CompareParts(const Json& expected, const Json& actual, const std::vector<const char*>& parts) {
  CaseOutcome outcome;
  outcome.passed = true;
  for (const char* part : parts) {
    const std::string want = expected.contains(part) ? expected.at(part).dump() : "absent";
    const std::string got = actual.contains(part) ? actual.at(part).dump() : "absent";
    outcome.produced += got + '\n';
    if (want == got || !outcome.passed) continue;
    outcome.passed = false;
    outcome.difference = fmt::format("{}: expected {}, got {}", part, want, got);
  }
  return outcome;
}

}  // namespace stalemark::conformance::tsdb
