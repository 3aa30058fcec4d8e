// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "core/config/error_place.h"
#include "core/config/paths.h"
#include "core/config/sections.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

/// The top level while it is read.
struct ConfigDraft {
  Config config;
  ScrapeConfigDrafts scrape_configs;
  RemoteWriteDrafts remote_writes;
  std::vector<std::string> rule_files;
  bool has_alerting = false;
  bool has_remote_read = false;
};

bool IsFilledList(const yaml::Node& node) {
  if (node.kind == yaml::NodeKind::kAlias) return IsFilledList(*node.target);
  return node.kind == yaml::NodeKind::kSequence && !node.children.empty();
}

/// A section of another subsystem: noted, not looked into.
Field ForeignField(std::string_view name, std::vector<std::string>& notes) {
  return {name, [&notes, name](Decoder&, const yaml::Node& n) {
            if (!n.IsNull()) notes.push_back("section " + std::string(name) + " accepted, not used");
            return true;
          }};
}

/// Their names are checked, and that is all.
Field RuleFilesField(ConfigDraft& draft) {
  const Field names = StringListField("rule_files", draft.rule_files);
  const Field note = ForeignField("rule_files", draft.config.notes);
  return {"rule_files",
          [names, note](Decoder& d, const yaml::Node& n) { return names.decode(d, n) && note.decode(d, n); }};
}

Fields TopLevelFields(ConfigDraft& draft, const LoadOptions& options) {
  std::vector<std::string>& notes = draft.config.notes;
  const Field alerting = ForeignField("alerting", notes);
  const Field remote_read = ForeignField("remote_read", notes);
  Fields fields = {
      GlobalField("global", draft.config.global, options.defaults),
      RuleFilesField(draft),
      StringListField("scrape_config_files", draft.config.scrape_config_files),
      ScrapeConfigsField("scrape_configs", draft.scrape_configs, options.other_discovery),
      StorageField("storage", draft.config.storage),
      RemoteWriteField("remote_write", draft.remote_writes),
      {"alerting",
       [&draft, alerting](Decoder& d, const yaml::Node& n) {
         for (std::size_t i = 1; i < n.children.size(); i += 2) draft.has_alerting |= IsFilledList(*n.children[i]);
         return alerting.decode(d, n);
       }},
      {"remote_read",
       [&draft, remote_read](Decoder& d, const yaml::Node& n) {
         draft.has_remote_read = IsFilledList(n);
         return remote_read.decode(d, n);
       }},
  };
  for (const std::string_view name : {"runtime", "tracing", "otlp"}) {
    fields.push_back(ForeignField(name, notes));
  }
  return fields;
}

/// Whether a job is refused because of a global setting, which only the jobs check.
bool IsAboutGlobal(std::string_view message) {
  return message.substr(0, 7) == "global " || message.find("unknown global ") == 0;
}

/// What can be checked once everything is decoded (CFG-33). Of a failure, `place` is set to the block that it is about.
Status CompleteConfig(ConfigDraft& draft, const FeatureDefaults& defaults, const yaml::Node*& place) {
  const yaml::Node* const root = place;
  Config& config = draft.config;
  // A block that was opened but left empty counts as absent (CFG-03).
  if (config.global == ZeroGlobalConfig()) config.global = DefaultGlobalConfig(defaults);
  for (const std::string& pattern : draft.rule_files) {
    if (!IsFilePattern(pattern)) return Error{"invalid rule file path " + text::GoQuote(pattern)};
  }
  for (const std::string& pattern : config.scrape_config_files) {
    if (!IsFilePattern(pattern)) return Error{"invalid scrape config file path " + text::GoQuote(pattern)};
  }
  std::set<std::string> job_names;
  for (const ListItem<ScrapeConfigDraft>& item : draft.scrape_configs) {
    Result<ScrapeConfig> job = CompleteScrapeConfig(item, config.global, place);
    if (!job.ok()) {
      if (IsAboutGlobal(job.error().message)) place = root;
      return job.error();
    }
    if (!job_names.insert(job->job_name).second) {
      return Error{"found multiple scrape configs with job name " + text::GoQuote(job->job_name)};
    }
    config.scrape_configs.push_back(*std::move(job));
  }
  Result<std::vector<RemoteWriteConfig>> remote_writes = CompleteRemoteWrites(
      draft.remote_writes, config.global.metric_name_validation_scheme.value_or(ValidationScheme::kUtf8), place);
  if (!remote_writes.ok()) return remote_writes.error();
  config.remote_write = *std::move(remote_writes);
  return {};
}

Status CheckAgentMode(const ConfigDraft& draft) {
  if (draft.has_alerting) return Error{"field alerting is not allowed in agent mode"};
  if (!draft.rule_files.empty()) return Error{"field rule_files is not allowed in agent mode"};
  if (draft.has_remote_read) return Error{"field remote_read is not allowed in agent mode"};
  return {};
}

Error SyntaxFailure(const yaml::SyntaxError& error, std::string_view file, ConfigErrors* details) {
  if (details != nullptr) {
    ConfigError detail;
    detail.message = error.message;
    detail.file = std::string(file);
    detail.line = error.line;
    detail.column = error.column;
    detail.context = error.context;
    AddExpectation(detail);
    details->push_back(std::move(detail));
  }
  return Error{error.message};
}

Status DecodeConfig(const yaml::Node& root, const LoadOptions& options, ConfigDraft& draft, ConfigErrors* details) {
  Decoder decoder(options.file_name);
  const Fields fields = TopLevelFields(draft, options);
  decoder.Custom(
      root, [&] { draft.config.global = ZeroGlobalConfig(); },
      [&](const yaml::Node& n) { decoder.Struct(n, "config.plain", fields, [] {}); },
      [&] {
        const yaml::Node* place = &root;
        Status status = CompleteConfig(draft, options.defaults, place);
        if (!status.ok()) decoder.Abort(*place, status.error().message);
        return status;
      });
  return decoder.Finish(details);
}

/// One of the scrape_config_files. The jobs point into the document.
struct JobsFile {
  yaml::Document document;
  ScrapeConfigDrafts jobs;
};

/// CFG-51.
Result<JobsFile> ParseJobsFile(std::string_view text, const std::string& file, const LoadOptions& options,
                               ConfigErrors* details) {
  yaml::SyntaxError syntax_error;
  Result<yaml::Document> document = yaml::Parse(text, &syntax_error);
  if (!document.ok()) return SyntaxFailure(syntax_error, file, details);
  JobsFile out;
  out.document = std::move(document).value();
  if (out.document.root() == nullptr) return Result<JobsFile>(std::move(out));
  Decoder decoder(file);
  decoder.Struct(*out.document.root(), "config.ScrapeConfigs",
                 {ScrapeConfigsField("scrape_configs", out.jobs, options.other_discovery)}, [] {});
  const Status status = decoder.Finish(details);
  if (!status.ok()) return status.error();
  return Result<JobsFile>(std::move(out));
}

/// All jobs, and where each name was defined first.
struct JobList {
  std::vector<ScrapeConfig> jobs;
  std::map<std::string, std::string> origins;
};

Status AppendJobsFile(const std::string& file, const Config& config, const LoadOptions& options, const Files& files,
                      ConfigErrors* details, JobList& list) {
  const auto fail = [&](const Error& error) { return Error{text::GoQuote(file) + ": " + error.message}; };
  const Result<std::string> text = files.Read(file);
  if (!text.ok()) return fail(text.error());
  const Result<JobsFile> parsed = ParseJobsFile(*text, file, options, details);
  if (!parsed.ok()) return fail(parsed.error());
  for (const ListItem<ScrapeConfigDraft>& item : parsed->jobs) {
    const yaml::Node* place = nullptr;
    const auto refuse = [&](std::string message) {
      if (details != nullptr) details->push_back(DescribeError(BlamedNode(*place, message), message, file));
      return fail(Error{std::move(message)});
    };
    Result<ScrapeConfig> job = CompleteScrapeConfig(item, config.global, place);
    if (!job.ok()) return refuse(job.error().message);
    const auto [origin, is_new] = list.origins.emplace(job->job_name, text::GoQuote(file));
    if (!is_new) {
      return refuse("found multiple scrape configs with job name " + text::GoQuote(job->job_name) +
                    ", first found in " + origin->second);
    }
    JoinPaths(*job, DirectoryOf(file));
    list.jobs.push_back(*std::move(job));
  }
  return {};
}

std::string FilePrefix(std::string_view file_name) {
  return "parsing YAML file " + std::string(file_name) + ": ";
}

}  // namespace

std::string_view WithoutFileName(std::string_view message, std::string_view file_name) {
  const std::string prefix = FilePrefix(file_name);
  return message.substr(message.compare(0, prefix.size(), prefix) == 0 ? prefix.size() : 0);
}

bool operator==(const RelabelRule& a, const RelabelRule& b) {
  return a.source_labels == b.source_labels && a.separator == b.separator && a.regex.text() == b.regex.text() &&
         a.modulus == b.modulus && a.target_label == b.target_label && a.replacement == b.replacement &&
         a.action == b.action && a.name_validation_scheme == b.name_validation_scheme;
}

Result<Config> LoadConfig(std::string_view text, const LoadOptions& options, ConfigErrors* details) {
  const auto fail = [&](const Error& error) { return Error{FilePrefix(options.file_name) + error.message}; };
  yaml::SyntaxError syntax_error;
  const Result<yaml::Document> document = yaml::Parse(text, &syntax_error);
  if (!document.ok()) return fail(SyntaxFailure(syntax_error, options.file_name, details));
  ConfigDraft draft;
  draft.config.global = DefaultGlobalConfig(options.defaults);
  if (const yaml::Node* root = document->root(); root != nullptr) {
    Status status = DecodeConfig(*root, options, draft, details);
    if (!status.ok()) return fail(status.error());
    if (options.mode == LoadOptions::Mode::kAgent) status = CheckAgentMode(draft);
    if (!status.ok()) {
      const std::string& message = status.error().message;
      if (details != nullptr) {
        details->push_back(DescribeError(BlamedNode(*root, message), message, options.file_name));
      }
      return status.error();
    }
  }
  Config config = std::move(draft.config);
  ExpandExternalLabels(config.global, options.environment, config.warnings);
  const std::string folder = options.folder.empty() ? DirectoryOf(options.file_name) : options.folder;
  JoinPaths(config.global, folder);
  for (std::string& pattern : config.scrape_config_files) pattern = JoinFolder(folder, pattern);
  for (ScrapeConfig& job : config.scrape_configs) JoinPaths(job, folder);
  for (RemoteWriteConfig& remote_write : config.remote_write) JoinPaths(remote_write.http_client, folder);
  config.loaded = true;
  return config;
}

Result<std::vector<ScrapeConfig>> ScrapeConfigs(const Config& config, const LoadOptions& options, const Files& files,
                                                ConfigErrors* details) {
  if (!config.loaded) {
    return Error{
        "scrape config cannot be fetched, main config was not validated and loaded correctly; should not happen"};
  }
  JobList list;
  list.jobs = config.scrape_configs;
  for (const ScrapeConfig& job : list.jobs) list.origins.emplace(job.job_name, "main config file");
  for (const std::string& pattern : config.scrape_config_files) {
    if (!IsGlobWellFormed(pattern)) {
      return Error{"error retrieving scrape config files for " + text::GoQuote(pattern) + ": syntax error in pattern"};
    }
    for (const std::string& file : files.Glob(pattern)) {
      const Status status = AppendJobsFile(file, config, options, files, details, list);
      if (!status.ok()) return status.error();
    }
  }
  return std::move(list.jobs);
}

}  // namespace stalemark
