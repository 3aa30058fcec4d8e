// SPDX-License-Identifier: Apache-2.0
// `stalemark test FILES...`: plays scenarios and prints a line for each; what an expectation missed below it.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/terminal.h"
#include "sim/expect/expect.h"

namespace stalemark::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
};

/// True: passed.
bool TestFile(const Terminal& terminal, const std::string& file) {
  const auto begin = std::chrono::steady_clock::now();
  const Result<scenario::Scenario> loaded = scenario::LoadScenario(file, DiskFiles());
  if (!loaded.ok()) {
    terminal.Line(fmt::format("{}  {}", terminal.Painted("FAIL", Colour::kRed), file));
    terminal.Line(loaded.error().message);
    return false;
  }
  const scenario::ScenarioResult result = scenario::RunAndCheck(*loaded, {});
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  const bool passed = result.failures.empty();
  terminal.Line(fmt::format("{}  {} ({} samples, {} target{}, {} ms)",
                            passed ? terminal.Painted("ok  ", Colour::kGreen) : terminal.Painted("FAIL", Colour::kRed),
                            loaded->name, result.sample_count, result.target_count, result.target_count == 1 ? "" : "s",
                            took.count()));
  for (const scenario::Failure& failure : result.failures) terminal.Line(FailureText(failure));
  return passed;
}

int Test(const Arguments& arguments) {
  const Terminal terminal;
  std::size_t failed = 0;
  for (const std::string& file : arguments.files) failed += TestFile(terminal, file) ? 0 : 1;
  terminal.Line(fmt::format("{} passed, {} failed", arguments.files.size() - failed, failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace

void AddTestCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("test", "Play scenarios and compare what they store with what they expect");
  command->add_option("FILES", arguments->files, "Scenario files")->required();
  command->footer("Example: stalemark test fixtures/scenarios/*.yml");
  command->callback([arguments, exit_code] { *exit_code = Test(*arguments); });
}

}  // namespace stalemark::cli
