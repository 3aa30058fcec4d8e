// SPDX-License-Identifier: Apache-2.0
// `stalemark conformance DIR`: runs every recorded case under a folder and ends with `N passed, N failed`. A case
// listed in the file of expected failures counts as neither when it fails, and as failed when it passes or is not
// there: the list only shrinks.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/terminal.h"
#include "core/trace/digest.h"
#include "sim/conformance/runner.h"

namespace stalemark::cli {
namespace {

struct ConformanceArguments {
  std::string folder;
  std::string report;
  std::string digests;
  std::string expected_failures;
  std::string select;
  bool timing_only = false;
};

struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t expected_failures = 0;
};

/// Ids of the list: one a line; lines that start with # give reasons.
Result<std::set<std::string>> ReadExpectedFailures(const std::string& path) {
  std::set<std::string> ids;
  if (path.empty()) return ids;
  Result<std::string> content = DiskFiles().Read(path);
  if (!content.ok()) return content.error();
  std::istringstream lines(*content);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') ids.insert(line);
  }
  return ids;
}

std::set<std::string> SplitNames(const std::string& text) {
  std::set<std::string> names;
  std::istringstream parts(text);
  for (std::string name; std::getline(parts, name, ',');) {
    if (!name.empty()) names.insert(name);
  }
  return names;
}

class Conformance {
 public:
  explicit Conformance(const ConformanceArguments& arguments) : arguments_(arguments) {}

  int Run() {
    Result<std::vector<std::string>> files = FilesBelow(arguments_.folder);
    if (!files.ok()) return Fail(files.error().message);
    Result<std::set<std::string>> known = ReadExpectedFailures(arguments_.expected_failures);
    if (!known.ok()) return Fail(known.error().message);
    known_failures_ = *known;
    if (!arguments_.report.empty() && !Open(report_, arguments_.report)) return 1;
    if (!arguments_.digests.empty() && !Open(digests_, arguments_.digests)) return 1;
    files->erase(std::remove_if(files->begin(), files->end(),
                                [](const std::string& path) { return !conformance::IsCaseFile(path); }),
                 files->end());
    if (files->empty()) return Fail("no case files below " + arguments_.folder);
    for (const std::string& path : *files) RunFile(path);
    if (seen_ == 0) return Fail("no cases to run below " + arguments_.folder);
    for (const std::string& id : known_failures_) {
      if (known_seen_.count(id) == 0) CountUnknown(id);
    }
    if (totals_.expected_failures != 0) fmt::print("{} failed as expected\n", totals_.expected_failures);
    fmt::print("{} passed, {} failed\n", totals_.passed, totals_.failed);
    const bool report_written = Close(report_, arguments_.report);
    const bool digests_written = Close(digests_, arguments_.digests);
    return report_written && digests_written && totals_.failed == 0 ? 0 : 1;
  }

 private:
  static int Fail(const std::string& message) {
    fmt::print(stderr, "stalemark conformance: {}\n", message);
    return 1;
  }

  static bool Open(std::ofstream& out, const std::string& path) {
    out.open(path, std::ios::binary | std::ios::trunc);
    if (!out) Fail("cannot write " + path);
    return static_cast<bool>(out);
  }

  static bool Close(std::ofstream& out, const std::string& path) {
    if (path.empty()) return true;
    out.close();
    if (!out) Fail("cannot write all of " + path);
    return static_cast<bool>(out);
  }

  void RunFile(const std::string& path) {
    Result<std::string> content = files_.Read(path);
    const std::string id = IdOf(path);
    if (!content.ok()) {
      conformance::CaseOutcome outcome;
      outcome.difference = content.error().message;
      Count({id, outcome});
      return;
    }
    conformance::CaseContext context;
    context.files = &files_;
    context.folder = std::filesystem::path(path).parent_path().string();
    context.timing_only = arguments_.timing_only;
    conformance::RunnerOptions options;
    options.timing_only = arguments_.timing_only;
    options.select_by_needs = selected_;
    options.needs = SplitNames(arguments_.select);
    conformance::RunFile(id, *content, context, options,
                         [this](const conformance::CaseReport& report) { Count(report); });
  }

  /// The path below the folder that was asked for, whatever machine it lies on.
  std::string IdOf(const std::string& path) const {
    const std::filesystem::path folder(arguments_.folder);
    const std::filesystem::path relative = std::filesystem::path(path).lexically_relative(folder);
    return relative.empty() || relative == "." ? folder.filename().string() : relative.generic_string();
  }

  void Count(const conformance::CaseReport& report) {
    const bool expected_failure = known_failures_.count(report.id) != 0;
    ++seen_;
    if (expected_failure) known_seen_.insert(report.id);
    const bool good = report.outcome.passed != expected_failure;
    if (good && expected_failure) {
      ++totals_.expected_failures;
    } else {
      ++(good ? totals_.passed : totals_.failed);
    }
    const std::string difference = report.outcome.passed && expected_failure
                                       ? "passes, but is listed as an expected failure"
                                       : report.outcome.difference;
    if (!good) fmt::print("FAIL {}: {}\n", report.id, OneLine(difference));
    if (report_.is_open()) {
      report_ << (report.outcome.passed ? "pass " : "fail ") << report.id;
      if (!report.outcome.passed) report_ << ": " << OneLine(report.outcome.difference);
      report_ << '\n';
    }
    if (digests_.is_open() && report.outcome.passed) {
      digests_ << trace::DigestText(trace::HashOf(report.outcome.produced)) << ' ' << report.id << '\n';
    }
  }

  void CountUnknown(const std::string& id) {
    const char* difference = "listed as an expected failure, but there is no such case";
    ++totals_.failed;
    fmt::print("FAIL {}: {}\n", id, difference);
    if (report_.is_open()) report_ << "fail " << id << ": " << difference << '\n';
  }

  static std::string OneLine(std::string text) {
    for (char& c : text) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
  }

 public:
  void set_selected(bool selected) { selected_ = selected; }

 private:
  const ConformanceArguments& arguments_;
  bool selected_ = false;
  DiskFiles files_;
  std::set<std::string> known_failures_;
  /// Those of known_failures_ that there is a case for.
  std::set<std::string> known_seen_;
  std::size_t seen_ = 0;
  std::ofstream report_;
  std::ofstream digests_;
  Totals totals_;
};

}  // namespace

void AddConformanceCommand(CLI::App& app, int* exit_code) {
  // Shared with the callback, which outlives this call.
  auto arguments = std::make_shared<ConformanceArguments>();
  CLI::App* command = app.add_subcommand("conformance", "Run recorded cases of the real Prometheus");
  command->add_option("DIR", arguments->folder, "Folder of case files, or one file")->required();
  command->add_option("--report", arguments->report, "Write a line per case to this file");
  command->add_option("--digests", arguments->digests, "Write a digest per passed case to this file");
  command->add_option("--expected-failures", arguments->expected_failures, "Cases that are known to fail, one a line");
  command->add_flag("--timing-only", arguments->timing_only,
                    "Scrape cases: compare requests, commit times and target states only");
  CLI::Option* select =
      command->add_option("--select", arguments->select, "Only cases that need nothing but these features (a,b,c)");
  command->footer("Example: stalemark conformance tests/conformance --report report.txt");
  command->callback([arguments, select, exit_code] {
    Conformance run(*arguments);
    run.set_selected(select->count() != 0);
    *exit_code = run.Run();
  });
}

}  // namespace stalemark::cli
