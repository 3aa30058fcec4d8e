// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each function adds one to the application; when the user chose it, it runs during parsing and leaves
// its exit code (exit_code.h).
#pragma once

#include <CLI/CLI.hpp>

namespace stalemark::cli {

/// `check CONFIG...`: what is wrong with configurations, or what they amount to.
void AddCheckCommand(CLI::App& app, int* exit_code);
/// `completion SHELL`: a script that completes arguments.
void AddCompletionCommand(CLI::App& app, int* exit_code);
/// `conformance DIR`: runs recorded cases.
void AddConformanceCommand(CLI::App& app, int* exit_code);

/// `explain FILE SERIES --at T`: why there is a sample, none, or a stale marker.
void AddExplainCommand(CLI::App& app, int* exit_code);
/// `live CONFIG`: scrapes for real. Native builds only.
void AddLiveCommand(CLI::App& app, int* exit_code);
/// `record CONFIG --for T -o DIR`: scrapes for real and writes a scenario that plays it again. Native builds only.
void AddRecordCommand(CLI::App& app, int* exit_code);
/// `run FILE`: plays a scenario and prints its timeline.
void AddRunCommand(CLI::App& app, int* exit_code);
/// `test FILES...`: plays scenarios and checks their expectations.
void AddTestCommand(CLI::App& app, int* exit_code);
/// `view FILE`: shows a scenario in the visualizer.
void AddViewCommand(CLI::App& app, int* exit_code);

}  // namespace stalemark::cli
