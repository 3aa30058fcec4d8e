// SPDX-License-Identifier: Apache-2.0
#include "cli/record/verdict.h"

#include <utility>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "sim/run/scenario_run.h"

namespace stalemark::cli {
namespace {

constexpr std::size_t kDifferencesMax = 5;

/// Where something still stands in a file, its packed content included; empty: nowhere.
std::string HitIn(const std::string& name, const std::string& content, Redactor& redactor) {
  if (redactor.Find(name)) return name + ": its name";
  if (const auto at = redactor.Find(content)) return fmt::format("{}: byte {}", name, *at);
  if (content.compare(0, 2, "\x1f\x8b") != 0) return {};
  const std::optional<std::string> unpacked = redactor.Unpacked(content);
  const auto at = unpacked ? redactor.Find(*unpacked) : std::nullopt;
  return at ? fmt::format("{}: byte {} of what is packed", name, *at) : std::string();
}

}  // namespace

Result<std::vector<std::string>> CompareReplay(const std::filesystem::path& folder, const LiveEvidence& live) {
  const DiskFiles files;
  const Result<scenario::Scenario> loaded = scenario::LoadScenario((folder / "scenario.yml").string(), files);
  if (!loaded.ok()) return loaded.error();
  AppendLog log;
  scenario::RunOptions options;
  options.sink = &log;
  const scenario::ScenarioResult result = scenario::RunScenario(*loaded, options);
  std::vector<std::string> differences;
  for (const scenario::Failure& failure : result.failures) {
    differences.push_back(fmt::format("{}: {} {}", failure.kind, failure.message, failure.detail));
  }
  for (std::string& one : AppendLog::Differences(live.log, log, kDifferencesMax)) differences.push_back(std::move(one));
  for (std::string& one : StorageDifferences(live.head, *result.storages.front(), kDifferencesMax)) {
    differences.push_back(std::move(one));
  }
  if (differences.empty() && result.store_digest != live.store_digest) {
    differences.push_back(
        fmt::format("store_digest\n  live    {}\n  replay  {}", live.store_digest, result.store_digest));
  }
  return differences;
}

Result<ScanResult> ScanForSecrets(const std::filesystem::path& folder, Redactor& redactor) {
  Result<std::vector<std::string>> paths = FilesBelow(folder.string());
  if (!paths.ok()) return paths.error();
  const DiskFiles disk;
  ScanResult result;
  for (const std::string& path : *paths) {
    const Result<std::string> content = disk.Read(path);
    if (!content.ok()) return content.error();
    ++result.files;
    result.bytes += content->size();
    const std::string name = std::filesystem::path(path).lexically_relative(folder).generic_string();
    if (std::string hit = HitIn(name, *content, redactor); !hit.empty()) result.hits.push_back(std::move(hit));
  }
  return result;
}

}  // namespace stalemark::cli
