// SPDX-License-Identifier: Apache-2.0
#include "cli/record/scenario_text.h"

#include <variant>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "live/log/time_text.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::cli {
namespace {

using scenario::QuotedScalar;

std::string LabelsYaml(const LabelMap& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", QuotedScalar(name), QuotedScalar(value));
  }
  return "{" + text + "}";
}

/// A group of a document has targets with an address and nothing else.
std::string GroupYaml(const TargetGroup& group) {
  std::string targets;
  for (const LabelMap& target : group.targets) {
    const auto address = target.find("__address__");
    if (address == target.end()) continue;
    targets += fmt::format("{}{}", targets.empty() ? "" : ", ", QuotedScalar(address->second));
  }
  std::string text = fmt::format("{{targets: [{}]", targets);
  if (!group.labels.empty()) text += ", labels: " + LabelsYaml(group.labels);
  return text + "}";
}

std::string TargetsYaml(const TargetSets& sets, std::string_view at) {
  std::string text = fmt::format("  - at: {}\n    targets:\n", at);
  for (const auto& [job, groups] : sets) {
    text += fmt::format("      {}:{}\n", QuotedScalar(job), groups.empty() ? " []" : "");
    for (const TargetGroup& group : groups) text += fmt::format("        - {}\n", GroupYaml(group));
  }
  return text;
}

std::string StepText(Nanoseconds step) {
  return FormatDuration(step);
}

std::string EventsYaml(const CapsuleFacts& facts) {
  std::string text;
  std::size_t configs = 0;
  for (const RecordedEvent& event : facts.events) {
    const std::string at = Rfc3339(facts.start + event.at.time_since_epoch());
    if (std::holds_alternative<RecordedConfig>(event.what)) {
      // The first is the configuration of the start.
      if (++configs > 1) text += fmt::format("  - {{at: {}, reload: {}}}\n", at, ConfigName(configs));
    } else if (const auto* step = std::get_if<RecordedStep>(&event.what)) {
      text += fmt::format("  - {{at: {}, clock: {{step: {}}}}}\n", at, StepText(step->step));
    } else if (const auto& sets = std::get<TargetSets>(event.what); !sets.empty()) {
      text += TargetsYaml(sets, at);
    }
  }
  return text.empty() ? text : "events:\n" + text;
}

std::string FlagsYaml(const ScrapeOptions& scrape) {
  const ScrapeOptions defaults;
  std::string text;
  if (scrape.adjust_timestamps != defaults.adjust_timestamps) {
    text += fmt::format("    scrape.adjust-timestamps: {}\n", scrape.adjust_timestamps);
  }
  if (scrape.timestamp_tolerance != defaults.timestamp_tolerance) {
    text += fmt::format("    scrape.timestamp-tolerance: {}\n", FormatDuration(scrape.timestamp_tolerance));
  }
  if (scrape.discovery_reload_interval != defaults.discovery_reload_interval) {
    text += fmt::format("    scrape.discovery-reload-interval: {}\n", FormatDuration(scrape.discovery_reload_interval));
  }
  return text.empty() ? text : "  flags:\n" + text;
}

}  // namespace

std::string ConfigName(std::size_t number) {
  return number == 1 ? "prometheus.yml" : fmt::format("prometheus-{}.yml", number);
}

std::string ScenarioText(const CapsuleFacts& facts) {
  std::string text = "# Recorded by stalemark record: docs/guides/record.md\n";
  text += fmt::format("name: {}\nstart: {}\nduration: {}\n", QuotedScalar(facts.name), Rfc3339(facts.start),
                      FormatDuration(facts.duration));
  text += fmt::format("prometheus:\n  config: {}\n  hostname: {}\n", ConfigName(1), QuotedScalar(facts.hostname));
  if (!facts.features.empty()) text += fmt::format("  features: [{}]\n", fmt::join(facts.features, ", "));
  text += FlagsYaml(facts.scrape);
  if (!facts.environment.empty()) {
    text += fmt::format("  env: {}\n", LabelsYaml({facts.environment.begin(), facts.environment.end()}));
  }
  if (!facts.files.empty()) text += "files:\n";
  for (const auto& [path, file] : facts.files) {
    text += fmt::format("  {}: {{file: {}}}\n", QuotedScalar(path), QuotedScalar(file));
  }
  text += "recording: recording.yml\n" + EventsYaml(facts);
  return text + fmt::format("expect:\n  store_digest: '{}'\n", facts.store_digest);
}

}  // namespace stalemark::cli
