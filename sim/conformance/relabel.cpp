// SPDX-License-Identifier: Apache-2.0
// Runs the cases of tests/conformance/relabel: rules as they stand in a configuration, over one label set.
#include "core/relabel/relabel.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/config/config.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

/// The configuration that the rules were recorded in: line numbers of errors count from its first line.
std::string ConfigurationAround(std::string_view rules, std::string_view scheme) {
  std::string out = fmt::format(
      "global:\n  metric_name_validation_scheme: {}\nscrape_configs:\n- job_name: j\n  relabel_configs:\n", scheme);
  while (!rules.empty()) {
    const std::size_t end = rules.find('\n');
    const std::string_view line = rules.substr(0, end);
    if (!line.empty()) out.append("    ").append(line);
    out += '\n';
    rules.remove_prefix(end == std::string_view::npos ? rules.size() : end + 1);
  }
  return out;
}

/// `labels` or `labels_b64` of a case, by name.
std::map<std::string, std::string> LabelsByName(const Json& object) {
  std::map<std::string, std::string> labels;
  if (const auto encoded = object.find("labels_b64"); encoded != object.end()) {
    for (const auto& item : encoded->items()) {
      labels[DecodeBase64(item.key())] = DecodeBase64(item.value().get_ref<const std::string&>());
    }
  } else if (const auto plain = object.find("labels"); plain != object.end() && plain->is_object()) {
    for (const auto& item : plain->items()) labels[item.key()] = item.value().get<std::string>();
  }
  return labels;
}

Labels LabelsOf(const Json& object) {
  const std::map<std::string, std::string> by_name = LabelsByName(object);
  std::vector<Label> labels;
  for (const auto& entry : by_name) labels.push_back({entry.first, entry.second});
  return Labels::FromSorted(labels);
}

std::string ExpectedText(const Json& expected) {
  if (HasText(expected, "error")) return "error: " + TextOf(expected, "error");
  return expected.at("keep").get<bool>() ? LabelsOf(expected).ToString() : "dropped";
}

/// What the engine makes of the case, in the form of ExpectedText. The explanation must tell the same.
std::string ProducedText(const Json& test) {
  const std::string scheme = test.value("name_validation_scheme", "utf8");
  LoadOptions options;
  options.file_name = "prometheus.yml";
  const Result<Config> config = LoadConfig(ConfigurationAround(TextOf(test, "rules"), scheme), options);
  if (!config.ok()) {
    return fmt::format("error: {}", WithoutFileName(config.error().message, kConfigFile));
  }
  const std::vector<RelabelRule>& rules = config->scrape_configs.at(0).relabel_configs;
  const Labels before = LabelsOf(test);
  LabelsBuilder builder(before);
  const RelabelVerdict verdict = ApplyRelabelRules(rules, builder);
  const RelabelExplanation explanation = ExplainRelabelRules(rules, before);
  if (explanation.verdict != verdict || explanation.labels != builder.Build()) {
    return fmt::format("explained otherwise: {}", explanation.labels.ToString());
  }
  return verdict == RelabelVerdict::kKeep ? builder.Build().ToString() : "dropped";
}

}  // namespace

CaseOutcome RunRelabelCase(const Json& test, const CaseContext&) {
  return CompareText("labels", ExpectedText(test.at("expected")), ProducedText(test));
}

}  // namespace stalemark::conformance
