// SPDX-License-Identifier: Apache-2.0
// `stalemark completion SHELL`: prints a script that completes the command's arguments.
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace stalemark::cli {

void AddCompletionCommand(CLI::App& app, int* exit_code) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a script that completes arguments in a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "Example: source <(stalemark completion bash)\n"
      "         stalemark completion fish > ~/.config/fish/completions/stalemark.fish");
  command->callback([&app, shell, exit_code] {
    const std::vector<CompletedCommand> commands = CompletedCommands(app);
    Terminal().Text(*shell == "bash"  ? BashCompletion(commands)
                    : *shell == "zsh" ? ZshCompletion(commands)
                                      : FishCompletion(commands));
    *exit_code = kPassed;
  });
}

}  // namespace stalemark::cli
