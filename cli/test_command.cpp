// SPDX-License-Identifier: Apache-2.0
// `stalemark test FILES...`: plays scenarios and prints a line for each, with what an expectation missed below it;
// writes the reports that were asked for.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "cli/exit_code.h"
#include "cli/html_report.h"
#include "cli/ordered_work.h"
#include "cli/scenario_paths.h"
#include "cli/scenario_test.h"
#include "cli/terminal.h"
#include "cli/update_scenario.h"
#include "cli/view_page.h"
#include "core/text/go_quote.h"
#include "sim/report/github.h"
#include "sim/report/junit.h"
#include "sim/report/test_json.h"

namespace stalemark::cli {
namespace {

using report::TestReport;
using report::TestResult;

constexpr std::size_t kJobsMax = 256;

struct TestArguments {
  std::vector<std::string> paths;
  std::string run;
  std::size_t jobs = 0;
  std::string junit;
  std::string json;
  std::string html;
  std::string page;
  std::string seeds;
  std::string digests;
  bool github = false;
  bool update = false;
};

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void PrintResult(const Terminal& terminal, const TestResult& result) {
  const bool passed = result.outcome == TestResult::Outcome::kPassed;
  const std::string mark = passed ? terminal.Painted("ok  ", Colour::kGreen) : terminal.Painted("FAIL", Colour::kRed);
  if (result.outcome == TestResult::Outcome::kInvalid) {
    terminal.Line(fmt::format("{}  {}", mark, result.file));
  } else if (!result.seed_digests.empty()) {
    terminal.Line(fmt::format("{}  {} ({} seeds, {} samples, {} ms)", mark, result.name, result.seed_digests.size(),
                              result.sample_count, result.took / std::chrono::milliseconds(1)));
  } else {
    terminal.Line(fmt::format("{}  {} ({} samples, {} target{}, {} ms)", mark, result.name, result.sample_count,
                              result.target_count, result.target_count == 1 ? "" : "s",
                              result.took / std::chrono::milliseconds(1)));
  }
  for (const scenario::Failure& failure : result.failures) terminal.Line(FailureText(failure));
  for (const std::string& note : result.notes) terminal.Line("  note: " + note);
  if (passed && result.expectations.empty() && result.seed_digests.empty()) {
    terminal.Line(fmt::format("  it expects nothing yet: stalemark run {0} --format expect >> {0}", result.file));
  }
}

/// Results in the order of the files, each printed when it and all before it are there.
std::vector<TestedScenario> TestAll(const Terminal& terminal, const std::vector<std::string>& files, std::size_t jobs,
                                    const TestSettings& settings) {
  std::vector<std::optional<TestedScenario>> found(files.size());
  std::vector<TestedScenario> tested;
  DoInOrder(
      files.size(), jobs == 0 ? ThreadsOfMachine() : jobs,
      [&](std::size_t i) { found[i] = TestScenario(files[i], settings); },
      [&](std::size_t i) {
        if (!found[i]) return;
        PrintResult(terminal, found[i]->result);
        tested.push_back(std::move(*found[i]));
      });
  return tested;
}

/// False: some file could not be written, and standard error says which.
bool UpdateAll(const Terminal& terminal, const std::vector<std::string>& files, const TestSettings& settings) {
  bool all = true;
  for (const std::string& file : files) all = UpdateFile(terminal, file, settings) && all;
  return all;
}

/// Where relative names of files start below the root of the repository, which GITHUB_WORKSPACE names.
std::string FolderBelowWorkspace() {
  std::error_code code;
  const std::filesystem::path workspace = std::filesystem::weakly_canonical(Environment("GITHUB_WORKSPACE"), code);
  if (workspace.empty() || code) return {};
  const std::filesystem::path below = std::filesystem::current_path(code).lexically_relative(workspace);
  return below.empty() || below == "." || *below.begin() == ".." ? std::string() : below.generic_string();
}

Status AppendSummary(const TestReport& report) {
  const std::string path = Environment("GITHUB_STEP_SUMMARY");
  if (path.empty()) return {};
  const Result<std::string> before = DiskFiles().Read(path);
  return WriteFile(path, (before.ok() ? *before : std::string()) + GithubSummary(report));
}

/// A line each: file, seed, store digest, trace digest.
std::string SeedDigestsText(const TestReport& report) {
  std::string text;
  for (const TestResult& result : report.results) {
    for (const TestResult::SeedDigests& digests : result.seed_digests) {
      text += fmt::format("{} {} {} {}\n", result.file, digests.seed, digests.store, digests.trace);
    }
  }
  return text;
}

/// Two runs of one plan that differ are worse than a failure.
int ExitCode(const TestReport& report) {
  for (const TestResult& result : report.results) {
    for (const scenario::Failure& failure : result.failures) {
      if (failure.kind == scenario::kNondeterminism) return kNondeterminism;
    }
  }
  return report.FailedCount() == 0 ? kPassed : kFailed;
}

Status WriteHtml(const std::string& file, const std::string& page, const std::vector<TestedScenario>& tested) {
  const Result<std::string> content = PageWith(PagePart::kGallery, page, HtmlReportJson(tested));
  return content.ok() ? WriteFile(file, *content) : Status(content.error());
}

/// False: not all could be written, and standard error says what.
bool WriteReports(const TestArguments& arguments, const TestReport& report, const std::string& page,
                  const std::vector<TestedScenario>& tested) {
  std::vector<Status> written;
  if (!arguments.junit.empty()) written.push_back(WriteFile(arguments.junit, JunitXml(report)));
  if (!arguments.json.empty()) written.push_back(WriteFile(arguments.json, TestReportJson(report)));
  if (!arguments.html.empty()) written.push_back(WriteHtml(arguments.html, page, tested));
  if (arguments.github) written.push_back(AppendSummary(report));
  if (!arguments.digests.empty()) written.push_back(WriteFile(arguments.digests, SeedDigestsText(report)));
  bool all = true;
  for (const Status& status : written) {
    if (status.ok()) continue;
    Terminal::Complain("stalemark test: " + status.error().message);
    all = false;
  }
  return all;
}

int Test(const TestArguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  const Terminal terminal;
  TestSettings settings;
  std::optional<RE2> pattern;
  if (!arguments.run.empty()) {
    pattern.emplace(arguments.run, RE2::Quiet);
    if (!pattern->ok()) {
      Terminal::Complain("--run: " + pattern->error());
      return kUsage;
    }
    settings.select = [&](std::string_view file, std::string_view name) {
      return RE2::PartialMatch(re2::StringPiece(file.data(), file.size()), *pattern) ||
             RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), *pattern);
    };
  }
  if (!arguments.seeds.empty()) {
    settings.seeds = scenario::ParseSeedRange(arguments.seeds);
    if (!settings.seeds) {
      Terminal::Complain(fmt::format("--seeds: found {}, expected a number of seeds or a range such as 7-9",
                                     text::GoQuote(arguments.seeds)));
      return kUsage;
    }
  } else if (!arguments.digests.empty()) {
    Terminal::Complain("--digests: needs --seeds");
    return kUsage;
  }
  const Result<std::vector<std::string>> files = ScenarioPaths(arguments.paths);
  if (!files.ok()) {
    Terminal::Complain("stalemark test: " + files.error().message);
    return kFailed;
  }
  // Before the work, not after it: a page that is not there is no reason to wait.
  Result<std::string> page{std::string()};
  if (!arguments.html.empty()) {
    settings.keep_files = true;
    page = ReadViewPage(arguments.page);
    if (!page.ok()) {
      Terminal::Complain("stalemark test: " + page.error().message);
      return kFailed;
    }
  }
  const bool updated = !arguments.update || UpdateAll(terminal, *files, settings);
  const std::vector<TestedScenario> tested = TestAll(terminal, *files, arguments.jobs, settings);
  TestReport report;
  for (const TestedScenario& one : tested) report.results.push_back(one.result);
  report.took = std::chrono::steady_clock::now() - begin;
  if (arguments.github) terminal.Text(GithubAnnotations(report, FolderBelowWorkspace()));
  const bool written = WriteReports(arguments, report, *page, tested);
  if (report.results.empty()) {
    Terminal::Complain(fmt::format("--run: no scenario has a file or a name that matches {}", arguments.run));
    return kFailed;
  }
  terminal.Line(fmt::format("{} passed, {} failed, {} s", report.PassedCount(), report.FailedCount(),
                            report::SecondsText(report.took)));
  return written && updated ? ExitCode(report) : kFailed;
}

}  // namespace

void AddTestCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<TestArguments>();
  CLI::App* command = app.add_subcommand("test", "Play scenarios and compare what they store with what they expect");
  command->add_option("FILES", arguments->paths, "Scenario files, and folders of them")->required();
  command->add_option("--run", arguments->run, "Only scenarios whose name or path this regular expression (RE2) finds");
  command->add_option("--jobs", arguments->jobs, "Scenarios played at once; default: one per processor")
      ->check(CLI::Range(std::size_t{1}, kJobsMax));
  command->add_option("--junit", arguments->junit, "Write the results as JUnit XML")->type_name("FILE");
  command->add_option("--json", arguments->json, "Write the results as JSON (docs/formats/test-report.md)")
      ->type_name("FILE");
  command
      ->add_option("--html", arguments->html,
                   "Write one page that opens from disk: what failed and why, each scenario in the visualizer")
      ->type_name("FILE");
  command->add_option("--page", arguments->page, "With --html: the visualizer's page (default: the one that was built)")
      ->type_name("FILE");
  command
      ->add_option(
          "--seeds", arguments->seeds,
          "Play each scenario twice under faults drawn from seeds 1 to N, or N to M; compare, check invariants")
      ->type_name("N[-M]")
      ->excludes("--html");
  command->add_option("--digests", arguments->digests, "With --seeds: write the digests of each seed")
      ->type_name("FILE");
  command->add_flag("--github", arguments->github,
                    "Print annotations for GitHub Actions; add a summary to $GITHUB_STEP_SUMMARY");
  command
      ->add_flag("--update", arguments->update,
                 "First write what was found in the place of expectations that fail; comments and order stay, and so "
                 "do bounds")
      ->excludes("--seeds");
  command->footer(
      "A folder stands for the *.yml and *.yaml files below it that have the key prometheus and one of name, "
      "duration,\n"
      "exporters, expect.\n"
      "Example: stalemark test fixtures/scenarios --run restart --junit results.xml");
  command->callback([arguments, exit_code] { *exit_code = Test(*arguments); });
}

}  // namespace stalemark::cli
