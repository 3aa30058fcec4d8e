// SPDX-License-Identifier: Apache-2.0
#include "cli/check_exporter.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "core/config/config.h"
#include "core/config/error_text.h"
#include "core/exposition/accept.h"
#include "core/http/url.h"
#include "core/model/duration.h"
#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/nearest.h"
#include "sim/exporter_check/check.h"
#include "sim/exporter_check/report_text.h"
#include "sim/report/github.h"
#ifndef __EMSCRIPTEN__
#include "cli/exporter_client.h"
#endif

namespace stalemark::cli {
namespace {

using exporter_check::Answer;
using exporter_check::CheckInput;
using exporter_check::Finding;
using exporter_check::Purpose;
using exporter_check::Report;
using exporter_check::Severity;

/// The job of an exporter that no configuration names.
constexpr std::string_view kPlainConfig = "scrape_configs: [{job_name: exporter}]";
/// Of saved pages.
constexpr std::string_view kSavedAddress = "exporter:80";

int Usage(const std::string& message) {
  Terminal::Complain("stalemark check: " + message);
  return kUsage;
}

struct JobChoice {
  std::optional<ScrapeConfig> job;
  int exit_code = kPassed;
};

JobChoice Refuse(int exit_code, const std::string& message) {
  Terminal::Complain("stalemark check: " + message);
  return {std::nullopt, exit_code};
}

/// The job to check for: of the configuration, or one with defaults.
JobChoice ChooseJob(const CheckExporterArguments& arguments) {
  const DiskFiles files;
  LoadOptions options;
  options.environment = Environment();
  options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  std::string text(kPlainConfig);
  if (!arguments.config.empty()) {
    options.file_name = arguments.config;
    Result<std::string> content = files.Read(arguments.config);
    if (!content.ok()) return Refuse(kFailed, content.error().message);
    text = *std::move(content);
  }
  const auto refused = [&](const Error& error) {
    // Upstream's text says what is wrong; these lines say where, and what was meant.
    for (const ConfigError& one : ExplainConfig(text, options, files)) Terminal::Complain(ErrorLine(one));
    return Refuse(kFailed, error.message);
  };
  const Result<Config> config = LoadConfig(text, options);
  if (!config.ok()) return refused(config.error());
  const Result<std::vector<ScrapeConfig>> jobs = ScrapeConfigs(*config, options, files);
  if (!jobs.ok()) return refused(jobs.error());
  if (arguments.config.empty()) {
    ScrapeConfig job = jobs->front();
    if (!arguments.job.empty()) job.job_name = arguments.job;
    return {std::move(job), kPassed};
  }
  std::vector<std::string> names;
  for (const ScrapeConfig& job : *jobs) {
    if (job.job_name == arguments.job || (arguments.job.empty() && jobs->size() == 1)) return {job, kPassed};
    names.push_back(job.job_name);
  }
  if (arguments.job.empty()) {
    return Refuse(kUsage, fmt::format("{} has {} jobs, --job says which: {}", arguments.config, names.size(),
                                      fmt::join(names, ", ")));
  }
  const std::string_view nearest = text::NearestWord(arguments.job, {names.begin(), names.end()});
  return Refuse(kUsage,
                fmt::format("--job: found {}, expected a job of {}{}", text::GoQuote(arguments.job), arguments.config,
                            nearest.empty() ? "" : fmt::format(" (did you mean {}?)", text::GoQuote(nearest))));
}

/// What discovery says of the target: its address, and the labels that static_configs give it.
LabelMap DiscoveredTarget(const ScrapeConfig& job, const std::string& address) {
  for (const TargetGroup& group : job.static_configs) {
    for (const LabelMap& target : group.targets) {
      const auto found = target.find("__address__");
      if (found == target.end() || found->second != address) continue;
      LabelMap labels = group.labels;
      for (const auto& [name, value] : target) labels[name] = value;
      return labels;
    }
  }
  return {{"__address__", address}};
}

std::string GithubText(const Finding& finding, const Report& report) {
  stalemark::report::GithubAnnotation annotation;
  annotation.level = finding.severity == Severity::kNote ? "notice" : exporter_check::SeverityText(finding.severity);
  const auto& answers = report.answers;
  const bool is_file = std::any_of(answers.begin(), answers.end(), [&](const exporter_check::AnswerRow& row) {
    return row.answer.is_file && row.answer.name == finding.answer;
  });
  if (is_file) {
    annotation.file = finding.answer;
    annotation.line = finding.spot.line;
    annotation.column = finding.spot.column;
  }
  annotation.title = std::string(finding.kind);
  Finding shown = finding;
  if (is_file) shown.answer.clear();
  if (is_file) shown.spot = {};
  annotation.message = exporter_check::FindingText(shown);
  while (!annotation.message.empty() && annotation.message.back() == '\n') annotation.message.pop_back();
  return stalemark::report::AnnotationText(annotation);
}

int Print(const CheckExporterArguments& arguments, const Report& report) {
  const Terminal terminal;
  const std::uint64_t errors = report.findings.Count(Severity::kError);
  const std::uint64_t warnings = report.findings.Count(Severity::kWarning);
  if (arguments.format == "json") {
    terminal.Text(exporter_check::ReportJson(report));
  } else {
    const auto series = arguments.all_series ? exporter_check::SeriesShown::kAll : exporter_check::SeriesShown::kFirst;
    terminal.Text(exporter_check::ReportText(report, series));
    const std::string verdict = exporter_check::VerdictText(report.findings);
    terminal.Line("\n" + verdict, errors > 0 ? Colour::kRed : warnings > 0 ? Colour::kCyan : Colour::kGreen);
  }
  if (arguments.github) {
    for (const Finding& finding : report.findings.list()) terminal.Text(GithubText(finding, report));
  }
  if (errors > 0) return kFailed;
  return warnings > 0 ? kFindings : kPassed;
}

std::string GuessedContentType(const std::string& file, std::string_view body) {
  const std::size_t dot = file.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : file.substr(dot);
  if (ending == ".pb") return std::string(ScrapeProtocolHeader(ScrapeProtocol::kPrometheusProto));
  while (!body.empty() && body.back() == '\n') body.remove_suffix(1);
  constexpr std::string_view kEof = "# EOF";
  const bool has_eof = body.size() >= kEof.size() && body.substr(body.size() - kEof.size()) == kEof;
  const bool is_openmetrics = ending == ".om" || (has_eof && ending != ".prom" && ending != ".txt");
  return std::string(ScrapeProtocolHeader(is_openmetrics ? ScrapeProtocol::kOpenMetricsText1_0_0
                                                         : ScrapeProtocol::kPrometheusText0_0_4));
}

Result<std::string> ReadPage(const std::string& file) {
  if (file != "-") return DiskFiles().Read(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

int CheckPages(const CheckExporterArguments& arguments, ScrapeConfig job, Nanoseconds interval) {
  CheckInput input;
  input.exporter = arguments.pages.front();
  input.interval = interval;
  const auto now = std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  // The last page is of now.
  WallTime at = WallTime(now) - interval * static_cast<std::int64_t>(arguments.pages.size() - 1);
  for (const std::string& file : arguments.pages) {
    Result<std::string> body = ReadPage(file);
    if (!body.ok()) {
      Terminal::Complain("stalemark check: " + body.error().message);
      return kFailed;
    }
    Answer answer;
    answer.name = file == "-" ? "stdin" : file;
    answer.at = at;
    answer.is_file = true;
    answer.content_type = arguments.content_type.empty() ? GuessedContentType(file, *body) : arguments.content_type;
    answer.wire_bytes = body->size();
    answer.body = *std::move(body);
    input.answers.push_back(std::move(answer));
    at += interval;
  }
  input.target.labels = DiscoveredTarget(job, std::string(kSavedAddress));
  input.target.job = std::move(job);
  return Print(arguments, CheckExporter(std::move(input)));
}

#ifndef __EMSCRIPTEN__
/// More bytes in memory are too many for a check.
constexpr std::uint64_t kAllBodiesBytesMax = std::uint64_t{512} << 20;
std::vector<ExporterRequest> PlannedRequests(const ScrapeConfig& job, unsigned scrapes) {
  const std::string accept = AcceptHeader(job.scrape_protocols, job.metric_name_escaping_scheme);
  const ContentCoding coding = job.enable_compression ? ContentCoding::kGzip : ContentCoding::kIdentity;
  std::vector<ExporterRequest> requests = {{Purpose::kScrape, "scrape 1", accept, coding}};
  for (const ScrapeProtocol protocol : kScrapeProtocols) {
    requests.push_back({Purpose::kProtocol, std::string(ScrapeProtocolName(protocol)),
                        AcceptHeader({protocol}, job.metric_name_escaping_scheme), coding});
  }
  if (coding == ContentCoding::kGzip) {
    requests.push_back({Purpose::kCoding, "uncompressed", accept, ContentCoding::kIdentity});
  } else {
    requests.push_back({Purpose::kCoding, "gzip", accept, ContentCoding::kGzip});
  }
  for (unsigned i = 2; i <= scrapes; ++i) {
    requests.push_back({Purpose::kScrape, fmt::format("scrape {}", i), accept, coding});
  }
  return requests;
}

/// Further requests, for an exporter with names that need escaping.
std::vector<ExporterRequest> EscapingRequests(const ScrapeConfig& job) {
  std::vector<ExporterRequest> requests;
  for (const EscapingScheme scheme :
       {EscapingScheme::kAllowUtf8, EscapingScheme::kUnderscores, EscapingScheme::kDots, EscapingScheme::kValues}) {
    if (scheme == job.metric_name_escaping_scheme) continue;
    requests.push_back({Purpose::kEscaping, std::string(EscapingSchemeName(scheme)),
                        AcceptHeader(job.scrape_protocols, scheme), ContentCoding::kGzip});
  }
  return requests;
}

/// Makes the requests; stops where nobody answers, and where the answers are too large together.
class Questioner {
 public:
  Questioner(const std::string& url, const CheckInput& input, Nanoseconds timeout, unsigned scrapes)
      : job_(input.target.job), interval_(input.interval), client_(url, job_, timeout), scrapes_(scrapes) {}

  std::vector<Answer> Ask() {
    const std::vector<ExporterRequest> requests = PlannedRequests(job_, scrapes_);
    MonotonicTime next_scrape = client_.Now();
    for (const ExporterRequest& request : requests) {
      if (request.purpose == Purpose::kScrape) {
        client_.WaitUntil(next_scrape);
        next_scrape += interval_;
      }
      if (!AskOne(request)) return std::move(answers_);
    }
    if (HasNamesToEscape(answers_.front(), job_)) {
      for (const ExporterRequest& request : EscapingRequests(job_)) {
        if (!AskOne(request)) break;
      }
    }
    return std::move(answers_);
  }

 private:
  /// False: there is no use in going on.
  bool AskOne(const ExporterRequest& request) {
    if (bytes_ > kAllBodiesBytesMax) {
      Terminal::Complain("stalemark check: the answers are very large: not all requests were made");
      return false;
    }
    answers_.push_back(client_.Ask(request));
    bytes_ += answers_.back().body.size();
    // Without a head there is no exporter to ask more.
    return answers_.size() > 1 || answers_.back().error.empty() || !answers_.back().status.empty();
  }

  const ScrapeConfig& job_;
  const Nanoseconds interval_;
  ExporterClient client_;
  const unsigned scrapes_;
  std::vector<Answer> answers_;
  std::uint64_t bytes_ = 0;
};

int CheckUrl(const CheckExporterArguments& arguments, ScrapeConfig job, Nanoseconds interval, Nanoseconds timeout) {
  Result<Url> url = ParseRequestUrl(arguments.url);
  if (!url.ok()) return Usage(url.error().message);
  if (url->host.empty()) return Usage(fmt::format("found {}, expected a URL with a host", arguments.url));
  if (url->path.empty()) url->path = job.metrics_path;
  CheckInput input;
  input.exporter = url->StringWithoutPassword();
  input.interval = interval;
  input.target.labels = DiscoveredTarget(job, url->host);
  input.target.job = std::move(job);
  if (arguments.format == "text") {
    const std::size_t count = PlannedRequests(input.target.job, arguments.scrapes).size();
    const Terminal terminal;
    terminal.Line("Checking " + input.exporter);
    terminal.Line(fmt::format("{} requests: {} scrape{}{}, {} for one protocol each, 1 {} compression\n", count,
                              arguments.scrapes, arguments.scrapes == 1 ? "" : "s",
                              arguments.scrapes == 1 ? "" : fmt::format(" {} apart", FormatDuration(interval)),
                              kScrapeProtocols.size(), input.target.job.enable_compression ? "without" : "with"));
    Terminal::Flush();
  }
  input.answers = Questioner(url->String(), input, timeout, arguments.scrapes).Ask();
  return Print(arguments, CheckExporter(std::move(input)));
}
#endif

/// Absent: it is no duration of more than no time.
std::optional<Nanoseconds> PositiveDuration(const std::string& text) {
  const Result<Nanoseconds> duration = ParseDuration(text);
  if (!duration.ok() || *duration <= Nanoseconds(0)) return std::nullopt;
  return *duration;
}

}  // namespace

bool IsExporterUrl(const std::string& word) {
  const std::string scheme = ascii::ToLower(word.substr(0, word.find("://")));
  return word.size() > scheme.size() && (scheme == "http" || scheme == "https");
}

int CheckExporterCommand(const CheckExporterArguments& arguments) {
  const std::optional<Nanoseconds> interval = PositiveDuration(arguments.interval);
  if (!interval) {
    return Usage(fmt::format("--interval: found \"{}\", expected a duration such as 15s", arguments.interval));
  }
  JobChoice choice = ChooseJob(arguments);
  if (!choice.job) return choice.exit_code;
  const std::optional<Nanoseconds> timeout =
      arguments.timeout.empty() ? choice.job->scrape_timeout : PositiveDuration(arguments.timeout);
  if (!timeout) {
    return Usage(fmt::format("--timeout: found \"{}\", expected a duration such as 10s", arguments.timeout));
  }
  if (!arguments.pages.empty()) return CheckPages(arguments, *std::move(choice.job), *interval);
#ifdef __EMSCRIPTEN__
  return Usage("a URL needs the native command; --metrics takes saved pages");
#else
  return CheckUrl(arguments, *std::move(choice.job), *interval, *timeout);
#endif
}

}  // namespace stalemark::cli
