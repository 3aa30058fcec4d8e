// SPDX-License-Identifier: Apache-2.0
// Runs the cases of tests/conformance/config: whole configurations, durations and byte sizes.
#include "core/config/config.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/config/dump.h"
#include "core/model/byte_size.h"
#include "core/model/duration.h"
#include "core/text/go_quote.h"
#include "sim/bundle_files.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance {
namespace {

/// Where the cases were recorded: a folder directly under /conformance, `DIR` in the expected texts.
constexpr std::string_view kFolder = "/conformance/DIR";

/// `DIR` in place of the folder.
std::string HideFolder(std::string text) {
  for (std::size_t at = text.find(kFolder); at != std::string::npos; at = text.find(kFolder, at + 3)) {
    text.replace(at, kFolder.size(), "DIR");
  }
  return text;
}

CaseOutcome CompareEffective(const Json& expected, const Json& actual) {
  CaseOutcome outcome;
  outcome.produced = actual.dump(-1, ' ', false, Json::error_handler_t::replace);
  outcome.passed = expected == actual;
  if (outcome.passed) return outcome;
  const Json patch = Json::diff(expected, actual);
  const std::string path = patch.empty() ? std::string() : patch[0].value("path", "");
  outcome.difference = fmt::format("effective{}: expected {}, got {}", path, expected.dump(), outcome.produced);
  return outcome;
}

CaseOutcome CompareEffective(const Json& test, const Config& config, const std::vector<ScrapeConfig>& jobs) {
  const Json& expected = test.at("expected");
  if (!expected.contains("effective")) return CompareText("outcome", expected.dump(), DumpConfig(config, jobs));
  Json warnings = Json::array();
  for (const std::string& warning : config.warnings) warnings.push_back(warning);
  if (warnings != expected.value("warnings", Json::array())) {
    return CompareText("warnings", expected.value("warnings", Json::array()).dump(), warnings.dump());
  }
  const auto sections = test.value("sections", std::vector<std::string>());
  return CompareEffective(expected.at("effective"), Json::parse(HideFolder(DumpConfig(config, jobs, sections))));
}

}  // namespace

CaseOutcome RunConfigCase(const Json& test, const CaseContext&) {
  const Json& expected = test.at("expected");
  BundleFiles files;
  if (const auto other = test.find("files"); other != test.end()) {
    for (const auto& file : other->items()) {
      files.Set(fmt::format("{}/{}", kFolder, file.key()), file.value().get<std::string>());
    }
  }
  LoadOptions options;
  options.file_name = fmt::format("{}/prometheus.yml", kFolder);
  if (const auto environment = test.find("env"); environment != test.end()) {
    options.environment = environment->get<std::map<std::string, std::string>>();
  }
  if (test.value("agent", false)) options.mode = LoadOptions::Mode::kAgent;

  const Result<Config> config = LoadConfig(TextOf(test, "yaml"), options);
  if (!config.ok()) return CompareText("error", TextOf(expected, "error"), HideFolder(config.error().message));
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*config, options, files);
  if (!jobs.ok()) {
    return CompareText("scrape_error", TextOf(expected, "scrape_error"), HideFolder(jobs.error().message));
  }
  return CompareEffective(test, *config, *jobs);
}

CaseOutcome RunUnitsCase(const Json& test, const CaseContext&) {
  const std::string kind = test.at("kind");
  const std::string text = TextOf(test, "text");
  Json actual = Json::object();
  if (kind == "duration" || kind == "format_duration") {
    const Result<std::chrono::nanoseconds> duration =
        kind == "duration" ? ParseDuration(text)
                           : Result<std::chrono::nanoseconds>(std::chrono::nanoseconds{std::stoll(text)});
    if (!duration.ok()) return CompareText("error", TextOf(test.at("expected"), "error"), duration.error().message);
    actual = {{"value", std::to_string(duration->count())},
              {"string", FormatDuration(*duration)},
              {"go", FormatGoDuration(*duration)}};
  } else {
    const Result<std::int64_t> size = kind == "bytes" ? ParseByteSize(text) : Result<std::int64_t>(std::stoll(text));
    if (!size.ok()) return CompareText("error", TextOf(test.at("expected"), "error"), size.error().message);
    actual = {{"value", std::to_string(*size)}, {"string", FormatByteSize(*size)}};
  }
  return CompareEffective(test.at("expected"), actual);
}

}  // namespace stalemark::conformance
