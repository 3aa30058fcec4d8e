// SPDX-License-Identifier: Apache-2.0
#include "cli/config_check.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "core/config/error_place.h"
#include "core/config/error_text.h"
#include "core/discovery/documents.h"
#include "core/model/duration.h"
#include "core/scrape/target.h"
#include "core/text/go_quote.h"

namespace stalemark::cli {
namespace {

/// Samples are stale after this time; promtool warns of longer intervals.
constexpr std::chrono::minutes kLookback{5};

/// Go's text for a file that os.Stat does not find.
Status CheckExists(const std::string& file, const Files& files) {
  constexpr std::string_view kOpen = "open ";
  if (file.empty()) return {};
  const Result<std::string> content = files.Read(file);
  if (content.ok() || content.error().message.compare(0, kOpen.size(), kOpen) != 0) return {};
  return Error{"stat " + content.error().message.substr(kOpen.size())};
}

Status CheckTls(const TlsConfig& tls, CheckDepth depth, const Files& files) {
  if (!tls.cert_file.empty() && tls.key_file.empty()) {
    return Error{fmt::format("client cert file {} specified without client key file", text::GoQuote(tls.cert_file))};
  }
  if (!tls.key_file.empty() && tls.cert_file.empty()) {
    return Error{fmt::format("client key file {} specified without client cert file", text::GoQuote(tls.key_file))};
  }
  if (depth == CheckDepth::kSyntax) return {};
  for (const auto& [what, file] : {std::pair("cert", tls.cert_file), std::pair("key", tls.key_file)}) {
    const Status status = CheckExists(file, files);
    if (status.ok()) continue;
    return Error{
        fmt::format("error checking client {} file {}: {}", what, text::GoQuote(file), status.error().message)};
  }
  return {};
}

class JobChecker {
 public:
  JobChecker(CheckDepth depth, const Files& files, ConfigReport& report)
      : depth_(depth), files_(files), report_(report) {}

  Status Check(const ScrapeConfig& job) {
    if (depth_ == CheckDepth::kFiles && job.http_client.authorization) {
      const std::string& file = job.http_client.authorization->credentials_file;
      if (const Status status = CheckExists(file, files_); !status.ok()) {
        return Error{fmt::format("error checking authorization credentials or bearer token file {}: {}",
                                 text::GoQuote(file), status.error().message)};
      }
    }
    Status status = CheckTls(job.http_client.tls_config, depth_, files_);
    const auto shared = std::make_shared<const ScrapeConfig>(job);
    for (const FileSdConfig& file_sd : job.file_sd_configs) {
      if (status.ok() && depth_ == CheckDepth::kFiles) status = CheckFileSd(file_sd, shared);
    }
    for (const TargetGroup& group : job.static_configs) {
      if (status.ok()) status = CheckGroup(group, shared, report_.static_target_count);
    }
    if (status.ok()) Lint(job);
    return status;
  }

 private:
  Status CheckFileSd(const FileSdConfig& file_sd, const std::shared_ptr<const ScrapeConfig>& job) {
    for (const std::string& pattern : file_sd.files) {
      const std::vector<std::string> found = files_.Glob(pattern);
      if (found.empty()) {
        report_.warnings.push_back(fmt::format("file {} for file_sd in scrape job {} does not exist",
                                               text::GoQuote(pattern), text::GoQuote(job->job_name)));
      }
      for (const std::string& file : found) {
        const Result<std::string> content = files_.Read(file);
        const Result<std::vector<TargetGroup>> groups =
            content.ok() ? ParseFileDocument(file, *content) : Result<std::vector<TargetGroup>>(content.error());
        if (!groups.ok()) {
          return Error{fmt::format("checking SD file {}: {}", text::GoQuote(file), groups.error().message)};
        }
        for (const TargetGroup& group : *groups) {
          const Status status = CheckGroup(group, job, report_.file_target_count);
          if (!status.ok()) return status;
        }
      }
    }
    return {};
  }

  Status CheckGroup(const TargetGroup& group, const std::shared_ptr<const ScrapeConfig>& job, std::size_t& count) {
    const GroupTargets targets = TargetsFromGroup(group, job);
    if (!targets.failures.empty()) return targets.failures.front();
    count += static_cast<std::size_t>(std::count_if(targets.targets.begin(), targets.targets.end(),
                                                    [](const Target& target) { return target.HasPublicLabels(); }));
    return {};
  }

  void Lint(const ScrapeConfig& job) {
    if (job.scrape_interval > kLookback) {
      report_.warnings.push_back(
          fmt::format("too long scrape interval found, data point will be marked as stale - job: {}, interval: {}",
                      job.job_name, FormatDuration(job.scrape_interval)));
    }
    for (const OpaqueSdConfig& other : job.other_sd_configs) {
      report_.notes.push_back(fmt::format("job {}: {} accepted, not used: a scenario gives its targets",
                                          text::GoQuote(job.job_name), other.key));
    }
  }

  CheckDepth depth_;
  const Files& files_;
  ConfigReport& report_;
};

/// The block of a job in a configuration or one of its files; null: it is not there.
const yaml::Node* FindJob(const yaml::Node* root, const std::string& name) {
  const yaml::Node* jobs = root == nullptr ? nullptr : root->Find("scrape_configs");
  if (jobs == nullptr) return nullptr;
  for (const yaml::Node* job : jobs->children) {
    const yaml::Node* job_name = job->Find("job_name");
    if (job_name != nullptr && job_name->value == name) return job;
  }
  return nullptr;
}

/// The place of a job's failure: in its block, wherever that stands.
ConfigError PlaceOf(const std::string& message, const std::string& text, const ScrapeConfig& job,
                    const ConfigReport& report, const LoadOptions& options, const Files& files) {
  std::vector<std::pair<std::string, std::string>> texts = {{options.file_name, text}};
  for (const std::string& pattern : report.config.scrape_config_files) {
    for (const std::string& file : files.Glob(pattern)) {
      Result<std::string> content = files.Read(file);
      if (content.ok()) texts.emplace_back(file, *std::move(content));
    }
  }
  for (const auto& [file, content] : texts) {
    const Result<yaml::Document> document = yaml::Parse(content);
    const yaml::Node* block = document.ok() ? FindJob(document->root(), job.job_name) : nullptr;
    if (block != nullptr) return DescribeError(BlamedNode(*block, message), message, file);
  }
  ConfigError error;
  error.message = message;
  error.file = options.file_name;
  return error;
}

}  // namespace

ConfigReport CheckConfig(const std::string& text, const LoadOptions& options, CheckDepth depth, const Files& files) {
  ConfigReport report;
  Result<Config> config = LoadConfig(text, options, &report.errors);
  if (!config.ok()) {
    report.failure = config.error().message;
    return report;
  }
  report.config = *std::move(config);
  report.jobs = report.config.scrape_configs;
  report.warnings = report.config.warnings;
  report.notes = report.config.notes;
  if (depth == CheckDepth::kFiles) {
    Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(report.config, options, files, &report.errors);
    if (!jobs.ok()) {
      report.failure = "error loading scrape configs: " + jobs.error().message;
      if (report.errors.empty()) report.errors = ExplainConfig(text, options, files);
      return report;
    }
    report.jobs = *std::move(jobs);
  }
  JobChecker checker(depth, files, report);
  for (const ScrapeConfig& job : report.jobs) {
    const Status status = checker.Check(job);
    if (status.ok()) continue;
    report.failure = status.error().message;
    report.errors = {PlaceOf(*report.failure, text, job, report, options, files)};
    return report;
  }
  return report;
}

}  // namespace stalemark::cli
