// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/text/go_quote.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

bool IsDigest(std::string_view text) {
  return text.size() == 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

void ScenarioLoader::ReadExpect(const yaml::Node& node) {
  reader_.Mapping(node, "a mapping with the keys samples, targets, scrapes, limits, metrics, store_digest, under_seeds",
                  {{"samples",
                    [this](const yaml::Node& v) {
                      reader_.Items(v, "a list of {series: ..., values: ...}",
                                    [this](const yaml::Node& item) { ReadExpectedSeries(item); });
                    }},
                   {"targets", [this](const yaml::Node& v) { ReadExpectedTargetSets(v); }},
                   {"scrapes", [this](const yaml::Node& v) { ReadExpectedScrapes(v); }},
                   {"limits", [this](const yaml::Node& v) { ReadExpectedLimits(v); }},
                   {"metrics", [this](const yaml::Node& v) { ReadExpectedMetricSets(v); }},
                   {"under_seeds",
                    [this](const yaml::Node& v) { scenario_.expect.under_seeds = reader_.Flag(v).value_or(false); }},
                   {"store_digest", [this](const yaml::Node& v) {
                      const auto text = reader_.Text(v, "16 hex digits");
                      if (!text) return;
                      if (!IsDigest(*text)) reader_.Fail(v, text::GoQuote(*text), "16 hex digits");
                      scenario_.expect.store_digest = *text;
                      scenario_.expect.store_digest_place = PlaceOf(v);
                    }}});
}

void ScenarioLoader::ReadExpectedSeries(const yaml::Node& node) {
  const yaml::Node *series = nullptr, *values = nullptr, *points = nullptr, *storage = nullptr;
  reader_.Mapping(
      node, "a mapping with the keys series and values (or points)",
      {{"series", Keep(&series)}, {"values", Keep(&values)}, {"points", Keep(&points)}, {"storage", Keep(&storage)}});
  if (reader_.failed()) return;
  if (series == nullptr || (values == nullptr) == (points == nullptr)) {
    reader_.Fail(node, series == nullptr ? "no series" : "neither or both",
                 "the key series, and one of values and points");
    return;
  }
  ExpectedSeries expected;
  expected.place = PlaceOf(node);
  const auto labels = ReadSeriesName(*series);
  if (!labels) return;
  expected.labels = *labels;
  if (storage != nullptr) expected.storage = ReadStorageName(*storage);
  if (values != nullptr) {
    auto parsed = ReadSeriesValues(*values);
    if (!parsed) return;
    expected.values = std::move(*parsed);
  } else {
    expected.values = ReadPoints(*points);
  }
  scenario_.expect.samples.push_back(std::move(expected));
}

std::vector<ExpectedPoint> ScenarioLoader::ReadPoints(const yaml::Node& node) {
  std::vector<ExpectedPoint> points;
  constexpr std::string_view kWhat = "a list of [time, value]";
  reader_.Items(node, kWhat, [&](const yaml::Node& item) {
    std::vector<const yaml::Node*> parts;
    reader_.Items(item, "[time, value]", [&](const yaml::Node& part) { parts.push_back(&part); });
    if (reader_.failed()) return;
    if (parts.size() != 2) {
      reader_.Fail(item, std::to_string(parts.size()) + " items", "[time, value]");
      return;
    }
    const auto at = ReadTime(*parts[0]);
    const auto values = ReadSeriesValues(*parts[1]);
    if (!at || !values) return;
    SeriesValues::Value value;
    if (values->size() != 1 || !SeriesValues::Cursor(*values).Next(&value) || !value) {
      reader_.Fail(*parts[1], DescribeNode(*parts[1]), "one value");
      return;
    }
    points.push_back({UnixMillis(scenario_.start + *at), *value});
  });
  return points;
}

}  // namespace stalemark::scenario
