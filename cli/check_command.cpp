// SPDX-License-Identifier: Apache-2.0
// `stalemark check CONFIG...`: what `promtool check config` says of the scraping side of a prometheus.yml, with places
// and hints; or the configuration as Prometheus would run it.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

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
  std::string format = "yaml";
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

int Check(const CheckArguments& arguments) {
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

}  // namespace

void AddCheckCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command =
      app.add_subcommand("check", "Check configurations (prometheus.yml), or print what they amount to");
  command->add_option("CONFIG", arguments->files, "Configuration files")->required();
  command->add_flag("--effective", arguments->effective,
                    "Print the effective configuration: defaults filled in, all jobs, secrets hidden");
  command->add_option("--format", arguments->format, "of --effective: yaml or json")
      ->check(CLI::IsMember({"yaml", "json"}));
  command->add_flag("--agent", arguments->agent, "Check for agent mode");
  command->add_flag("--syntax-only", arguments->syntax_only, "Read no other files");
  command->footer(
      "Exit codes: 0: valid; 1: refused by Prometheus, or not readable; 2: usage.\n"
      "Environment variables in external_labels are those of this command.\n"
      "Example: stalemark check prometheus.yml");
  command->callback([arguments, exit_code] { *exit_code = Check(*arguments); });
}

}  // namespace stalemark::cli
