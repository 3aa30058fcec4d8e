// SPDX-License-Identifier: Apache-2.0
// The `stalemark` command: parses arguments, calls the command, returns its exit code. 0: pass; 1: failed, or invalid
// input; 2: usage.
#include <CLI/CLI.hpp>

#include "cli/commands.h"

int main(int argc, char** argv) {
  CLI::App app("Deterministic simulation and regression tests for Prometheus scraping.", "stalemark");
  app.require_subcommand(1);
  app.set_version_flag("--version", "stalemark 0.1.0");
  int exit_code = 0;
  stalemark::cli::AddConformanceCommand(app, &exit_code);
  stalemark::cli::AddRunCommand(app, &exit_code);
  stalemark::cli::AddTestCommand(app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
