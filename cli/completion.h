// SPDX-License-Identifier: Apache-2.0
// Shell completions, made from the application itself: its commands, their options, and the values of those options
// that have a fixed set. What is neither an option nor such a value is a file name.
//
// One walk gives a description of the application; one pure function per shell turns it into a script.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace stalemark::cli {

struct CompletedOption {
  /// `--format`, `-o`; empty: a positional argument.
  std::vector<std::string> names;
  /// One line.
  std::string description;
  bool takes_value = false;
  /// Of a fixed set; empty: a file, or any text.
  std::vector<std::string> values;
};

struct CompletedCommand {
  /// Empty: the application itself.
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;
};

/// The application first, then its commands.
std::vector<CompletedCommand> CompletedCommands(CLI::App& app);

std::string BashCompletion(const std::vector<CompletedCommand>& commands);
std::string ZshCompletion(const std::vector<CompletedCommand>& commands);
std::string FishCompletion(const std::vector<CompletedCommand>& commands);

}  // namespace stalemark::cli
