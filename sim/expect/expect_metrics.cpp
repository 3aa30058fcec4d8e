// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <fmt/format.h>

#include "core/text/nearest.h"
#include "sim/expect/expect.h"

namespace stalemark::scenario {
namespace {

constexpr std::string_view kCommonPrefix = "prometheus_target_";

std::string_view NameOf(std::string_view series) {
  return series.substr(0, series.find('{'));
}

/// Names differ behind what they have in common, and so do those that people mistype.
std::string_view Tail(std::string_view name) {
  return name.substr(0, kCommonPrefix.size()) == kCommonPrefix ? name.substr(kCommonPrefix.size()) : name;
}

/// The metric in the text of an exposition may have its labels in any order; here it has one.
std::map<std::string, double> BySeries(const std::map<std::string, double>& metrics) {
  std::map<std::string, double> out;
  for (const auto& [text, value] : metrics) {
    const Result<Labels> labels = ParseSeriesName(text);
    out.emplace(labels.ok() ? SeriesText(*labels) : text, value);
  }
  return out;
}

/// What is known that is like a metric that is not.
std::string Known(const std::map<std::string, double>& metrics, std::string_view series) {
  constexpr std::size_t kShownMax = 4;
  std::string text;
  std::size_t count = 0;
  std::vector<std::string_view> tails;
  for (const auto& [known, value] : metrics) {
    tails.push_back(Tail(NameOf(known)));
    if (NameOf(known) != NameOf(series)) continue;
    if (count++ < kShownMax) text += (count == 1 ? "; there is " : ", ") + known;
  }
  if (count > kShownMax) text += fmt::format(" and {} more", count - kShownMax);
  if (count > 0) return text;
  const std::string_view nearest = text::NearestWord(Tail(NameOf(series)), tails);
  if (nearest.empty()) return {};
  for (const auto& [known, value] : metrics) {
    if (Tail(NameOf(known)) == nearest) return fmt::format(" (did you mean {}?)", known);
  }
  return {};
}

}  // namespace

void CheckMetrics(const Scenario& scenario, const ScenarioResult& result, std::vector<Failure>* failures) {
  for (const ExpectedMetrics& expected : scenario.expect.server.metrics) {
    const Observation& observation = ObservationAt(result, expected.at);
    const SeenAt seen = {observation.at.time_since_epoch(), {}};
    const std::map<std::string, double> metrics = BySeries(observation.metrics);
    for (const ExpectedMetric& metric : expected.metrics) {
      const auto found = metrics.find(metric.series);
      if (found == metrics.end()) {
        Failure failure = FailureAt(scenario, metric.place, "metrics", metric.series,
                                    "the server has no such metric" + AtText(expected.at));
        failure.message += Known(metrics, metric.series);
        failure.seen = seen;
        failures->push_back(std::move(failure));
      } else if (!metric.value.Holds(found->second)) {
        const std::string value = NumberText(found->second);
        Failure failure =
            FailureAt(scenario, metric.place, "metrics", metric.series,
                      fmt::format("found {}, expected {}{}", value, metric.value.text, AtText(expected.at)));
        failure.seen = seen;
        if (metric.value.is_exact()) failure.edits.push_back({Edit::Kind::kSet, expected.place, {metric.key}, value});
        failures->push_back(std::move(failure));
      }
    }
  }
}

}  // namespace stalemark::scenario
