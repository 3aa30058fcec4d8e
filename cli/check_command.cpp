// SPDX-License-Identifier: Apache-2.0
// `stalemark check CONFIG...`: what `promtool check config` says of the scraping side of a prometheus.yml, with places
// and hints; or the configuration as Prometheus would run it. `stalemark check URL`, or `--metrics FILE...`: what is
// wrong with an exporter (check_exporter.h).
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/check_exporter.h"
#include "cli/commands.h"
#include "cli/config_check.h"
#include "cli/disk/disk_files.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/scenario_paths.h"
#include "cli/terminal.h"
#include "core/config/dump.h"
#include "core/config/error_text.h"
#include "live/api/effective_yaml.h"

namespace stalemark::cli {
namespace {

/// Each is shown with its line. Upstream's text is cut after as many lines and its heading.
constexpr std::size_t kErrorsShownMax = 50;

struct CheckArguments {
  std::vector<std::string> files;
  bool effective = false;
  bool agent = false;
  bool syntax_only = false;
  /// Empty: the default of what is printed.
  std::string format;
  CheckExporterArguments exporter;
  /// Whether the command line has options for the one or for the other.
  bool has_config_option = false;
  bool has_exporter_option = false;
};

std::string Count(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// The first lines of a text, and how many more it has.
std::string FirstLines(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < count; ++i) {
    end = text.find('\n', end);
    if (end == std::string::npos) return text;
    ++end;
  }
  const auto more =
      static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), '\n')) + 1;
  return fmt::format("{}  and {}", text.substr(0, end), Count(more, "more line"));
}

void PrintFailure(const ConfigReport& report, const Files& files) {
  Terminal::Complain("  FAILED: " + FirstLines(*report.failure, kErrorsShownMax + 1));
  const std::size_t shown = std::min(report.errors.size(), kErrorsShownMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const ConfigError& error = report.errors[i];
    Terminal::Complain("\n" + ErrorLine(error));
    const Result<std::string> source = files.Read(error.file);
    const std::string excerpt = source.ok() ? ErrorExcerpt(error, *source) : std::string();
    if (!excerpt.empty()) Terminal::Complain(excerpt);
  }
  if (shown < report.errors.size()) Terminal::Complain(fmt::format("\nand {} more", report.errors.size() - shown));
}

void PrintFindings(const Terminal& terminal, const std::string& file, const ConfigReport& report) {
  for (const std::string& warning : report.warnings) terminal.Line("  WARNING: " + warning, Colour::kCyan);
  for (const std::string& note : report.notes) terminal.Line("  NOTE: " + note);
  const std::size_t in_files = report.jobs.size() - report.config.scrape_configs.size();
  std::string jobs = Count(report.jobs.size(), "scrape job") + " found";
  if (in_files > 0) jobs += fmt::format(", {} of them in scrape_config_files", in_files);
  terminal.Line(fmt::format("  SUCCESS: {}; {}, {} in file_sd files", jobs,
                            Count(report.static_target_count, "static target"), report.file_target_count));
  terminal.Line(fmt::format(" SUCCESS: {} is valid prometheus config file syntax", file), Colour::kGreen);
}

/// The effective configuration with the sections that have a say in what is stored.
void PrintEffective(const Terminal& terminal, const CheckArguments& arguments, const ConfigReport& report) {
  const std::string json = DumpConfig(report.config, report.jobs, {"storage", "remote_write"});
  std::string text = arguments.format == "json" ? json : YamlOfJson(json);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  terminal.Line(text);
}

/// True: the file is valid.
bool CheckFile(const Terminal& terminal, const CheckArguments& arguments, const std::string& file) {
  const DiskFiles files;
  if (!arguments.effective) terminal.Line("Checking " + file);
  LoadOptions options;
  options.file_name = file;
  options.environment = Environment();
  options.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  if (arguments.agent) options.mode = LoadOptions::Mode::kAgent;
  const Result<std::string> text = files.Read(file);
  ConfigReport report;
  if (text.ok()) {
    report = CheckConfig(*text, options, arguments.syntax_only ? CheckDepth::kSyntax : CheckDepth::kFiles, files);
  } else {
    report.failure = text.error().message;
  }
  if (report.failure) {
    // What standard output holds comes first, also where both streams are one.
    Terminal::Flush();
    if (text.ok() && LooksLikeScenario(*text)) {
      Terminal::Complain(fmt::format("  FAILED: this is a scenario: `stalemark test {}` plays it", file));
    } else {
      PrintFailure(report, files);
    }
    return false;
  }
  if (arguments.effective) {
    PrintEffective(terminal, arguments, report);
  } else {
    PrintFindings(terminal, file, report);
  }
  return true;
}

int Refuse(std::string_view message) {
  Terminal::Complain(fmt::format("stalemark check: {}", message));
  return kUsage;
}

int CheckExporter(CheckArguments arguments) {
  if (arguments.has_config_option) return Refuse("--effective, --agent and --syntax-only are for a CONFIG");
  if (arguments.format == "yaml") return Refuse("--format: an exporter's report is text or json");
  if (arguments.files.size() > 1) return Refuse("takes one URL");
  if (!arguments.files.empty() && !arguments.exporter.pages.empty())
    return Refuse("takes a URL or --metrics, not both");
  if (!arguments.files.empty()) arguments.exporter.url = arguments.files.front();
  if (!arguments.format.empty()) arguments.exporter.format = arguments.format;
  return CheckExporterCommand(arguments.exporter);
}

int Check(const CheckArguments& arguments) {
  if (!arguments.exporter.pages.empty() || std::any_of(arguments.files.begin(), arguments.files.end(), IsExporterUrl)) {
    return CheckExporter(arguments);
  }
  if (arguments.has_exporter_option) {
    const std::string hint =
        arguments.files.empty() ? "" : fmt::format(" (did you mean \"http://{}\"?)", arguments.files.front());
    return Refuse("options of an exporter's check need a URL or --metrics" + hint);
  }
  if (arguments.files.empty()) return Refuse("CONFIG is required: a prometheus.yml, or the URL of an exporter");
  if (arguments.format == "text") return Refuse("--format: an effective configuration is yaml or json");
  const Terminal terminal;
  if (arguments.effective && arguments.files.size() > 1) {
    Terminal::Complain("check: --effective takes one CONFIG");
    return kUsage;
  }
  bool passed = true;
  for (const std::string& file : arguments.files) {
    passed = CheckFile(terminal, arguments, file) && passed;
    if (!arguments.effective) terminal.Line("");
  }
  return passed ? 0 : kFailed;
}

void AddExporterOptions(CLI::App& command, CheckExporterArguments& exporter) {
  command
      .add_option("--metrics", exporter.pages, "Check saved pages of an exporter, one scrape each; -: standard input")
      ->type_name("FILE");
  command.add_option("--scrapes", exporter.scrapes, "Scrape an exporter so often (default 3)")
      ->check(CLI::Range(1U, 1000U));
  command.add_option("--interval", exporter.interval, "Between two scrapes (default 1s)")->type_name("DURATION");
  command.add_option("--timeout", exporter.timeout, "Of a request (default: scrape_timeout, 10s)")
      ->type_name("DURATION");
  command.add_option("--config", exporter.config, "Check an exporter for a job of this prometheus.yml")
      ->type_name("FILE");
  command.add_option("--job", exporter.job, "That job; without --config its label (default exporter)")
      ->type_name("NAME");
  command.add_option("--content-type", exporter.content_type, "Of saved pages (default: by name and content)")
      ->type_name("TYPE");
  command.add_flag("--series", exporter.all_series, "Show all series that would be stored");
  command.add_flag("--github", exporter.github, "Print findings as annotations of GitHub Actions too");
}

}  // namespace

void AddCheckCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Check configurations (prometheus.yml), or an exporter");
  command->add_option("CONFIG", arguments->files, "Configuration files, or the URL of an exporter");
  command->add_flag("--effective", arguments->effective,
                    "Print the effective configuration: defaults filled in, all jobs, secrets hidden");
  command
      ->add_option("--format", arguments->format,
                   "of --effective: yaml (default) or json; of an exporter: text (default) or json")
      ->check(CLI::IsMember({"yaml", "json", "text"}));
  command->add_flag("--agent", arguments->agent, "Check for agent mode");
  command->add_flag("--syntax-only", arguments->syntax_only, "Read no other files");
  AddExporterOptions(*command, arguments->exporter);
  command->footer(
      "Exit codes: 0: valid, nothing found; 1: refused by Prometheus, not readable, or scrapes fail; 2: usage; 3:\n"
      "findings about an exporter whose scrapes work.\n"
      "Environment variables in external_labels are those of this command.\n"
      "Example: stalemark check prometheus.yml\n"
      "Example: stalemark check http://localhost:9100/metrics\n"
      "Example: curl -s localhost:9100/metrics | stalemark check --metrics -");
  command->callback([arguments, command, exit_code] {
    const auto given = [&](std::initializer_list<const char*> names) {
      return std::any_of(names.begin(), names.end(), [&](const char* name) { return command->count(name) > 0; });
    };
    arguments->has_config_option = given({"--effective", "--agent", "--syntax-only"});
    arguments->has_exporter_option =
        given({"--scrapes", "--interval", "--timeout", "--config", "--job", "--content-type", "--series", "--github"});
    *exit_code = Check(*arguments);
  });
}

}  // namespace stalemark::cli
