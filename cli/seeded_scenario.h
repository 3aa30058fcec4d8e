// SPDX-License-Identifier: Apache-2.0
// A scenario as `--seed`, `--plan` and `--save-plan` have it played; the three options of every command that plays one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"

namespace stalemark::cli {

struct SeedArguments {
  std::optional<std::uint64_t> seed;
  /// A plan, or a trace that holds one.
  std::string plan;
  std::string save_plan;
};

void AddSeedOptions(CLI::App& command, SeedArguments* arguments);
/// Reads the file, with its plan drawn or read; writes the plan if that is wanted.
Result<scenario::Scenario> LoadSeeded(const std::string& file, const SeedArguments& arguments);

/// Plays it and judges it: as `test --seeds` does where a seed or plan is given, else by its expectations.
scenario::ScenarioResult PlaySeeded(const scenario::Scenario& scenario, const scenario::RunOptions& options,
                                    const SeedArguments& arguments);

}  // namespace stalemark::cli
