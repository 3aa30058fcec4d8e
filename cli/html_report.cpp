// SPDX-License-Identifier: Apache-2.0
#include "cli/html_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/scenario_bundle.h"
#include "core/model/duration.h"

namespace stalemark::cli {
namespace {

using report::TestResult;

/// The first failure, and how many more there are; of a scenario that passed what it stored.
std::string About(const TestResult& result) {
  if (result.failures.empty()) {
    return fmt::format("{} samples of {} target{}, {} expectation{}", result.sample_count, result.target_count,
                       result.target_count == 1 ? "" : "s", result.expectations.size(),
                       result.expectations.size() == 1 ? "" : "s");
  }
  const scenario::Failure& first = result.failures.front();
  std::string text = first.subject.empty() ? first.message : fmt::format("{}: {}", first.subject, first.message);
  if (result.failures.size() > 1) text += fmt::format(" (and {} more)", result.failures.size() - 1);
  return text;
}

nlohmann::ordered_json Entry(const TestedScenario& item, const BundlePaths& paths) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& [name, content] : item.files) files.push_back(paths(name));
  return {{"id", paths(item.result.file)},
          {"scenario", paths(item.result.file)},
          {"name", item.result.name.empty() ? paths(item.result.file) : item.result.name},
          {"about", About(item.result)},
          {"group", report::OutcomeText(item.result.outcome)},
          {"duration", item.duration > Nanoseconds(0) ? FormatDuration(item.duration) : std::string()},
          {"files", std::move(files)}};
}

}  // namespace

std::string HtmlReportJson(const std::vector<TestedScenario>& tested) {
  std::map<std::string, std::string> files;
  std::size_t failed = 0;
  for (const TestedScenario& item : tested) {
    files.insert(item.files.begin(), item.files.end());
    failed += item.result.outcome == TestResult::Outcome::kPassed ? 0 : 1;
  }
  nlohmann::ordered_json json;
  json["title"] = failed == 0 ? fmt::format("All {} scenarios passed", tested.size())
                              : fmt::format("{} of {} scenarios failed", failed, tested.size());
  json["files"] = nlohmann::ordered_json::object();
  json["entries"] = nlohmann::ordered_json::array();
  if (!files.empty()) {
    const BundlePaths paths(files);
    json["files"] = FilesJson(files, paths);
    for (const TestedScenario& item : tested) {
      if (item.files.count(item.result.file) != 0) json["entries"].push_back(Entry(item, paths));
    }
  }
  // A name of a file may hold any bytes.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace stalemark::cli
