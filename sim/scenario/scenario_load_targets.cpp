// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "core/config/discovery_configs.h"
#include "core/discovery/documents.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/scenario/config_error.h"
#include "sim/scenario/inline_yaml.h"
#include "sim/scenario/scenario_loader.h"
#include "sim/scenario/yaml_edit.h"

namespace stalemark::scenario {
namespace {

/// How a job discovers targets that a simulation cannot discover; empty: it does not.
std::string DiscoveryOf(const ScrapeConfig& job) {
  if (!job.file_sd_configs.empty()) return "file_sd_configs";
  if (!job.http_sd_configs.empty()) return "http_sd_configs";
  return job.other_sd_configs.empty() ? std::string() : job.other_sd_configs.front().key;
}

}  // namespace

void ScenarioLoader::ReadTargets(const yaml::Node& node, TargetSets* out) {
  reader_.Entries(node, "a mapping from job to a file_sd document or a list of target groups",
                  [&](const std::string& job, const yaml::Node& key_node, const yaml::Node& value) {
                    jobs_with_targets_.emplace_back(job, &key_node);
                    if (auto groups = ReadTargetGroups(value)) (*out)[job] = std::move(*groups);
                  });
}

void ScenarioLoader::ReadInitialTargets(const yaml::Node& node) {
  reader_.Entries(node, "a mapping from job to a file_sd document, a list of target groups, or a list of them by time",
                  [&](const std::string& job, const yaml::Node& key_node, const yaml::Node& value) {
                    jobs_with_targets_.emplace_back(job, &key_node);
                    if (IsTimeline(value)) {
                      ReadTargetTimeline(job, value);
                    } else if (auto groups = ReadTargetGroups(value)) {
                      scenario_.targets[job] = std::move(*groups);
                    }
                  });
}

/// A list whose first item has a time.
bool ScenarioLoader::IsTimeline(const yaml::Node& node) {
  const yaml::Node* list = reader_.Follow(node);
  if (list == nullptr || list->kind != yaml::NodeKind::kSequence || list->children.empty()) return false;
  const yaml::Node* first = reader_.Follow(*list->children.front());
  return first != nullptr && first->Find("at") != nullptr;
}

void ScenarioLoader::ReadTargetTimeline(const std::string& job, const yaml::Node& node) {
  // Before the first time there is nothing.
  std::vector<TargetGroup>& initial = scenario_.targets[job];
  std::optional<Nanoseconds> last;
  reader_.Items(node, "a list of {at: ..., file: ...}", [&](const yaml::Node& item) {
    const yaml::Node *at_node = nullptr, *file = nullptr, *groups_node = nullptr;
    reader_.Mapping(item, "a mapping with the keys at and file (or groups)",
                    {{"at", &at_node}, {"file", &file}, {"groups", &groups_node}});
    if (reader_.failed()) return;
    if (at_node == nullptr || (file == nullptr) == (groups_node == nullptr)) {
      reader_.Fail(item, at_node == nullptr ? "no at" : "neither or both", "the key at, and one of file and groups");
      return;
    }
    const auto at = ReadTime(*at_node);
    auto groups = ReadTargetGroups(file != nullptr ? *file : *groups_node);
    if (!at || !groups) return;
    if (*at > scenario_.duration || (last && *at <= *last)) {
      reader_.Fail(*at_node,
                   *at > scenario_.duration ? "a time behind the end of the run" : "a time not after the one before",
                   "ascending times of the run");
      return;
    }
    last = at;
    if (*at == Nanoseconds(0)) {
      initial = std::move(*groups);
      return;
    }
    TargetsChange change;
    change.sets[job] = std::move(*groups);
    ScenarioEvent event;
    event.at = MonotonicTime(*at);
    event.action = std::move(change);
    event.place = PlaceOf(item);
    scenario_.events.push_back(std::move(event));
  });
}

std::optional<std::vector<TargetGroup>> ScenarioLoader::ReadTargetGroups(const yaml::Node& node) {
  const yaml::Node* value = reader_.Follow(node);
  if (value == nullptr) return {};
  if (value->kind == yaml::NodeKind::kScalar) {
    const auto name = reader_.Text(node, "the path of a file_sd document, or a list of target groups");
    if (!name) return {};
    const auto content = ReadDiskFile(node, *name);
    if (!content) return {};
    Result<std::vector<TargetGroup>> groups = ParseFileDocument(*name, *content);
    if (groups.ok()) return std::move(groups).value();
    reader_.Complain(node, fmt::format("{}: {}", OnDisk(*name), groups.error().message));
    return {};
  }
  const Result<std::string> text = InlineYaml(node);
  if (!text.ok()) {
    reader_.Complain(node, text.error().message);
    return {};
  }
  Result<std::vector<std::optional<TargetGroup>>> items = ParseTargetGroups(*text);
  if (!items.ok()) {
    reader_.Complain(node, items.error().message);
    return {};
  }
  std::vector<TargetGroup> groups;
  for (std::optional<TargetGroup>& item : *items) {
    if (!item) {
      reader_.Complain(node, "found nothing, expected a target group");
      return {};
    }
    item->source = std::to_string(groups.size());
    groups.push_back(std::move(*item));
  }
  return groups;
}

void ScenarioLoader::CheckConfigs() {
  CheckInitialConfig();
  // A job that is misspelt under `targets` is the reason why another one has none: both are said.
  if (reader_.failed() && jobs_.empty()) return;
  // A reload may fail: the server keeps the configuration it has, and the run shows the error.
  for (const auto& [source, node] : reloads_) {
    const Result<Config> config = LoadConfig(source.text, source.load);
    if (config.ok()) AddJobsOf(*config, source, *node);
  }
  std::vector<std::string_view> known(jobs_.begin(), jobs_.end());
  for (const auto& [job, node] : jobs_with_targets_) {
    if (jobs_.count(job) != 0) continue;
    reader_.Fail(*node, "job " + text::GoQuote(job), "a job of the configuration", text::NearestWord(job, known));
  }
}

void ScenarioLoader::CheckInitialConfig() {
  const Result<Config> config = LoadConfig(scenario_.config.text, scenario_.config.load);
  if (config.ok()) {
    AddJobsOf(*config, scenario_.config, *config_node_);
    // As the server's storage reads them when it starts.
    const auto window =
        std::chrono::duration_cast<std::chrono::milliseconds>(config->storage.tsdb.out_of_order_time_window);
    scenario_.head.out_of_order_window_ms = window.count();
    const std::int64_t max_exemplars = config->storage.max_exemplars.value_or(-1);
    if (scenario_.head.max_exemplars != 0 && max_exemplars >= 0) {
      scenario_.head.max_exemplars = static_cast<std::size_t>(max_exemplars);
    }
  } else {
    ComplainAboutConfig(config.error());
  }
}

void ScenarioLoader::ComplainAboutConfig(const Error& error) {
  const std::string line = PlacedConfigError(scenario_.config, scenario_.files);
  if (line.empty()) {
    reader_.Complain(*config_node_, error.message);
  } else {
    reader_.AddLine(line);
  }
}

void ScenarioLoader::AddJobsOf(const Config& config, const ConfigSource& source, const yaml::Node& node) {
  AddIncludedFiles(config);
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(config, source.load, scenario_.files);
  if (!jobs.ok()) {
    if (&node == config_node_) ComplainAboutConfig(jobs.error());
    return;
  }
  for (const ScrapeConfig& job : *jobs) {
    jobs_.insert(job.job_name);
    const std::string discovery = DiscoveryOf(job);
    const bool given = std::any_of(jobs_with_targets_.begin(), jobs_with_targets_.end(),
                                   [&](const auto& entry) { return entry.first == job.job_name; });
    if (discovery.empty() || given || scenario_.recording) continue;
    reader_.Complain(node, fmt::format("job {} finds its targets with {}, which does not run here: say what it finds, "
                                       "as in targets: {{{}: [{{targets: ['host:9100'], labels: {{env: prod}}}}]}}",
                                       text::GoQuote(job.job_name), discovery, FlowScalar(job.job_name)));
  }
}

void ScenarioLoader::AddIncludedFiles(const Config& config) {
  const std::string prefix = folder_ == "." ? "" : folder_ + "/";
  for (const std::string& pattern : config.scrape_config_files) {
    if (!scenario_.files.Glob(pattern).empty()) continue;
    for (const std::string& path : disk_.Glob(OnDisk(pattern))) {
      Result<std::string> content = disk_.Read(path);
      const bool below = pattern[0] != '/' && path.compare(0, prefix.size(), prefix) == 0;
      if (content.ok()) scenario_.files.Set(below ? path.substr(prefix.size()) : path, std::move(content).value());
    }
  }
}

}  // namespace stalemark::scenario
