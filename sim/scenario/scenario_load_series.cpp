// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/model/value.h"
#include "core/text/go_quote.h"
#include "sim/scenario/scenario_loader.h"

namespace stalemark::scenario {
namespace {

constexpr std::uint64_t kRequestMax = 1'000'000'000'000;

constexpr MetricType kTypes[] = {
    MetricType::kCounter, MetricType::kGauge,          MetricType::kHistogram, MetricType::kSummary,
    MetricType::kUnknown, MetricType::kGaugeHistogram, MetricType::kInfo,      MetricType::kStateset,
};

}  // namespace

/// The keys of one entry, in the order of ListedKey.
struct ScenarioLoader::SeriesNodes {
  const yaml::Node *series = nullptr, *values = nullptr, *type = nullptr, *help = nullptr, *unit = nullptr;
  const yaml::Node *exemplars = nullptr, *created = nullptr, *timestamps = nullptr, *age = nullptr;

  const yaml::Node& Of(ListedKey key) const {
    const yaml::Node* all[] = {series, values, type, help, unit, exemplars, created, timestamps, age};
    const yaml::Node* node = all[static_cast<std::size_t>(key)];
    return node != nullptr ? *node : *series;
  }
};

std::vector<ExposedFamily> ScenarioLoader::ReadExposedSeries(const yaml::Node& node, ExposedFormat format) {
  std::vector<ListedSeries> list;
  std::vector<SeriesNodes> nodes_of;
  reader_.Items(node, "a list of {series: ..., values: ...}", [&](const yaml::Node& item) {
    SeriesNodes nodes;
    reader_.Mapping(item, "a mapping with the keys series and values",
                    {{"series", &nodes.series},
                     {"values", &nodes.values},
                     {"type", &nodes.type},
                     {"help", &nodes.help},
                     {"unit", &nodes.unit},
                     {"exemplars", &nodes.exemplars},
                     {"created", &nodes.created},
                     {"timestamps", &nodes.timestamps},
                     {"age", &nodes.age}});
    if (reader_.failed()) return;
    if (nodes.series == nullptr || nodes.values == nullptr) {
      reader_.Fail(item, nodes.series == nullptr ? "no series" : "no values", "the keys series and values");
      return;
    }
    if (auto listed = ReadListedSeries(nodes)) {
      list.push_back(std::move(*listed));
      nodes_of.push_back(nodes);
    }
  });
  if (reader_.failed()) return {};
  auto families = GroupFamilies(std::move(list), format);
  if (const auto* problem = std::get_if<FamilyProblem>(&families)) {
    reader_.Fail(nodes_of[problem->entry].Of(problem->key), problem->found, problem->expected);
    return {};
  }
  return std::get<std::vector<ExposedFamily>>(std::move(families));
}

std::optional<ListedSeries> ScenarioLoader::ReadListedSeries(const SeriesNodes& nodes) {
  ListedSeries listed;
  auto labels = ReadSeriesName(*nodes.series);
  auto values = ReadSeriesValues(*nodes.values);
  if (!labels || !values) return {};
  if (values->HasStale()) {
    reader_.Fail(*nodes.values, "stale", "values that can be exposed; a gap is _");
    return {};
  }
  listed.series.text = reader_.Text(*nodes.series, "a series").value_or("");
  listed.series.labels = std::move(*labels);
  listed.series.values = std::move(*values);
  if (nodes.type != nullptr) {
    std::vector<std::string_view> words;
    for (const MetricType type : kTypes) words.push_back(MetricTypeText(type));
    if (const auto index = reader_.Word(*nodes.type, words)) listed.type = kTypes[*index];
  }
  if (nodes.help != nullptr) listed.help = reader_.Text(*nodes.help, "a text");
  if (nodes.unit != nullptr) listed.unit = reader_.Text(*nodes.unit, "a unit such as seconds");
  if (nodes.exemplars != nullptr) listed.series.exemplars = ReadExemplars(*nodes.exemplars);
  if (nodes.created != nullptr) listed.created = ReadCreated(*nodes.created);
  if (nodes.age != nullptr) listed.age = reader_.SignedDuration(*nodes.age);
  if (nodes.timestamps != nullptr) {
    listed.timestamps = ReadSeriesValues(*nodes.timestamps);
    if (listed.timestamps && (listed.timestamps->HasStale() || listed.timestamps->HasHistogram())) {
      reader_.Fail(*nodes.timestamps, "values that are no numbers", "seconds since the start, such as '0+15x10'");
    }
  }
  return listed;
}

std::vector<ExposedExemplar> ScenarioLoader::ReadExemplars(const yaml::Node& node) {
  std::vector<ExposedExemplar> exemplars;
  reader_.Items(node, "a list of exemplars", [&](const yaml::Node& item) {
    ExposedExemplar exemplar;
    LabelMap labels;
    bool has_value = false;
    reader_.Mapping(
        item, "an exemplar: a mapping with the keys request, labels, value, time",
        {{"request", [&](const yaml::Node& v) { exemplar.request = reader_.Number(v, kRequestMax).value_or(1); }},
         {"labels", [&](const yaml::Node& v) { labels = ReadLabels(v); }},
         {"value",
          [&](const yaml::Node& v) {
            const auto values = ReadSeriesValues(v);
            SeriesValues::Value value;
            if (!values) return;
            has_value = true;
            const bool is_number = values->size() == 1 && SeriesValues::Cursor(*values).Next(&value) && value &&
                                   !values->HasStale() && !values->HasHistogram();
            if (!is_number) reader_.Fail(v, DescribeNode(v), "a number");
            if (is_number) exemplar.value_bits = value->bits;
          }},
         {"time", [&](const yaml::Node& v) { exemplar.t_ms = ReadUnixMillis(v); }}});
    if (!has_value && !reader_.failed()) reader_.Fail(item, "no value", "the key value");
    std::vector<Label> list;
    for (const auto& [name, value] : labels) list.push_back({name, value});
    exemplar.labels = Labels::FromUnsorted(std::move(list));
    exemplars.push_back(std::move(exemplar));
  });
  std::stable_sort(exemplars.begin(), exemplars.end(),
                   [](const ExposedExemplar& a, const ExposedExemplar& b) { return a.request < b.request; });
  return exemplars;
}

std::vector<ExposedCreated> ScenarioLoader::ReadCreated(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (value->kind == yaml::NodeKind::kScalar) return {{1, ReadUnixMillis(node).value_or(0)}};
  std::vector<ExposedCreated> all;
  reader_.Items(node, "a time, or a list of {request: N, time: ...}", [&](const yaml::Node& item) {
    ExposedCreated created;
    bool has_time = false;
    reader_.Mapping(
        item, "a mapping with the keys request and time",
        {{"request", [&](const yaml::Node& v) { created.request = reader_.Number(v, kRequestMax).value_or(1); }},
         {"time", [&](const yaml::Node& v) {
            has_time = true;
            created.t_ms = ReadUnixMillis(v).value_or(0);
          }}});
    if (!has_time && !reader_.failed()) reader_.Fail(item, "no time", "the key time");
    all.push_back(created);
  });
  std::stable_sort(all.begin(), all.end(),
                   [](const ExposedCreated& a, const ExposedCreated& b) { return a.request < b.request; });
  return all;
}

std::optional<std::int64_t> ScenarioLoader::ReadUnixMillis(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (const auto instant = ParseInstant(value->value)) return UnixMillis(*instant);
  const auto since_start = reader_.SignedDuration(node);
  if (!since_start) return {};
  return UnixMillis(scenario_.start + *since_start);
}

}  // namespace stalemark::scenario
