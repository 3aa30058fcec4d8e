// SPDX-License-Identifier: Apache-2.0
#include "core/scrape/sample_labels.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

constexpr std::string_view kExportedPrefix = "exported_";
/// `%.50s` in upstream's texts.
constexpr std::size_t kShownRunes = 50;

std::string_view Shown(std::string_view text) {
  return text::FirstRunes(text, kShownRunes);
}

/// Exposed labels that a target label has replaced get another name (MUT-03, MUT-04).
void RenameConflicting(std::vector<Label> conflicting, LabelsBuilder& builder) {
  std::stable_sort(conflicting.begin(), conflicting.end(),
                   [](const Label& a, const Label& b) { return a.name.size() < b.name.size(); });
  for (const Label& label : conflicting) {
    std::string name(label.name);
    do {
      name.insert(0, kExportedPrefix);
    } while (!builder.Get(name).empty());
    builder.Set(name, label.value);
  }
}

/// `builder` starts from the exposed labels.
void AddTargetLabels(const Labels& exposed, const Labels& target, HonorLabels honor, LabelsBuilder& builder) {
  if (honor == HonorLabels::kYes) {
    for (const Label label : target) {
      if (!exposed.Has(label.name)) builder.Set(label.name, label.value);
    }
    return;
  }
  std::vector<Label> conflicting;
  for (const Label label : target) {
    const std::string_view existing = exposed.Get(label.name);
    if (!existing.empty()) conflicting.push_back({label.name, existing});
    builder.Set(label.name, label.value);
  }
  if (!conflicting.empty()) RenameConflicting(std::move(conflicting), builder);
}

}  // namespace

Labels MutateSampleLabels(const Labels& exposed, const Labels& target, HonorLabels honor,
                          const std::vector<RelabelRule>& metric_relabel_configs) {
  LabelsBuilder builder(exposed);
  AddTargetLabels(exposed, target, honor, builder);
  if (ApplyRelabelRules(metric_relabel_configs, builder) == RelabelVerdict::kDrop) return {};
  return builder.Build();
}

Labels WithTargetLabels(const Labels& exposed, const Labels& target, HonorLabels honor) {
  LabelsBuilder builder(exposed);
  AddTargetLabels(exposed, target, honor, builder);
  return builder.Build();
}

Labels MutateReportLabels(std::string_view metric_name, const Labels& target) {
  const Labels base = Labels::FromSorted({{kMetricName, metric_name}});
  LabelsBuilder builder(base);
  for (const Label label : target) {
    // Upstream's order of writes, which loses a target label called exported_<L> (MUT-09).
    builder.Set(std::string(kExportedPrefix) + std::string(label.name), base.Get(label.name));
    builder.Set(label.name, label.value);
  }
  return builder.Build();
}

Status CheckLabelLimits(const Labels& labels, const LabelLimits& limits) {
  const std::string_view metric = Shown(labels.Get(kMetricName));
  if (limits.label_limit > 0 && labels.size() > limits.label_limit) {
    return Error{fmt::format("label_limit exceeded (metric: {}, number of labels: {}, limit: {})", metric,
                             labels.size(), limits.label_limit)};
  }
  if (limits.label_name_length_limit == 0 && limits.label_value_length_limit == 0) return {};
  for (const Label label : labels) {
    if (limits.label_name_length_limit > 0 && label.name.size() > limits.label_name_length_limit) {
      return Error{fmt::format("label_name_length_limit exceeded (metric: {}, label name: {}, length: {}, limit: {})",
                               metric, Shown(label.name), label.name.size(), limits.label_name_length_limit)};
    }
    if (limits.label_value_length_limit > 0 && label.value.size() > limits.label_value_length_limit) {
      return Error{fmt::format(
          "label_value_length_limit exceeded (metric: {}, label name: {}, value: {}, length: {}, limit: {})", metric,
          Shown(label.name), text::GoQuote(Shown(label.value)), label.value.size(), limits.label_value_length_limit)};
    }
  }
  return {};
}

Status CheckSampleLabels(const Labels& labels, ValidationScheme scheme) {
  if (HasCutLabel(labels)) return Error{"label name or value is too long"};
  if (!labels.Has(kMetricName)) return Error{"missing metric name (__name__ label)"};
  if (!IsValid(labels, scheme)) return Error{"invalid metric name or label names: " + labels.ToString()};
  return {};
}

}  // namespace stalemark
