// SPDX-License-Identifier: Apache-2.0
// The `stalemark` command: parses arguments, calls the command, returns its exit code (exit_code.h).
#include <algorithm>
#include <exception>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "core/text/nearest.h"

namespace stalemark::cli {
namespace {

/// True: the first word, in the place of the command, is none. The library would call the command missing.
bool ComplainOfUnknownCommand(const CLI::App& app, const std::vector<std::string_view>& arguments) {
  const auto word =
      std::find_if(arguments.begin(), arguments.end(), [](std::string_view text) { return text.substr(0, 1) != "-"; });
  if (word == arguments.end()) return false;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), *word) != names.end()) return false;
  const std::string_view nearest = text::NearestWord(*word, {names.begin(), names.end()});
  const std::string hint = nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
  Terminal::Complain(fmt::format("stalemark: unknown command \"{}\"{}\nCommands: {}\nstalemark --help tells more.",
                                 *word, hint, fmt::join(names, ", ")));
  return true;
}

int Main(int argc, char** argv) {
  CLI::App app("Deterministic simulation and regression tests for Prometheus scraping.", "stalemark");
  app.require_subcommand(1);
  app.set_version_flag("--version", "stalemark " STALEMARK_VERSION);
  app.footer(
      "Exit codes: 0: passed; 1: failed, invalid input, or output that could not be written; 2: usage; 3: findings of "
      "a\n"
      "search or of an exporter's check; 4: not deterministic: the same run gave two results.\n"
      "Example: stalemark test fixtures/scenarios\n"
      "stalemark COMMAND --help tells more.");
  int exit_code = 0;
  AddCheckCommand(app, &exit_code);
  AddCompletionCommand(app, &exit_code);
  AddConformanceCommand(app, &exit_code);
  AddExplainCommand(app, &exit_code);
#ifndef __EMSCRIPTEN__
  AddLiveCommand(app, &exit_code);
  AddRecordCommand(app, &exit_code);
#endif
  AddRunCommand(app, &exit_code);
  AddTestCommand(app, &exit_code);
  AddViewCommand(app, &exit_code);
  if (ComplainOfUnknownCommand(app, {argv + std::min(argc, 1), argv + argc})) return kUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : kUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace stalemark::cli

int main(int argc, char** argv) {
  using stalemark::cli::Terminal;
  int exit_code = stalemark::cli::kFailed;
  try {
    exit_code = stalemark::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    Terminal::Complain(fmt::format("stalemark: {}", error.what()));
    return stalemark::cli::kFailed;
  }
  // Output that was lost is no success, whatever the command found.
  return Terminal::Flush() || exit_code != 0 ? exit_code : stalemark::cli::kFailed;
}
