// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace stalemark::cli {
namespace {

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The library keeps the words of a fixed set only in the name of the option's type: `TEXT:{json,yaml}`.
std::vector<std::string> ValuesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}', begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

CompletedOption OptionOf(const CLI::Option& option) {
  CompletedOption completed;
  for (const std::string& name : option.get_snames()) completed.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) completed.names.push_back("--" + name);
  completed.description = OneLine(option.get_description());
  completed.takes_value = option.get_items_expected_max() > 0;
  completed.values = ValuesOf(option);
  return completed;
}

CompletedCommand CommandOf(const CLI::App& app, const std::string& name) {
  CompletedCommand command{name, OneLine(app.get_description()), {}};
  for (const CLI::Option* option : app.get_options()) command.options.push_back(OptionOf(*option));
  return command;
}

/// In single quotes, which all three shells have.
std::string Quoted(std::string_view text, std::string_view quote_in_quotes) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += quote_in_quotes;
    } else {
      out += c;
    }
  }
  return out + "'";
}

constexpr std::string_view kPosixQuote = "'\\''";
constexpr std::string_view kFishQuote = "\\'";

std::string OptionNames(const CompletedCommand& command) {
  std::string names;
  for (const CompletedOption& option : command.options) {
    for (const std::string& name : option.names) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

std::string CommandNames(const std::vector<CompletedCommand>& commands, std::string_view separator) {
  std::string names;
  for (const CompletedCommand& command : commands) {
    if (command.name.empty()) continue;
    if (!names.empty()) names += separator;
    names += command.name;
  }
  return names;
}

/// `_arguments` takes colons and brackets for its own.
std::string ZshText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("[]:\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string ZshArguments(const CompletedCommand& command) {
  std::string out;
  for (const CompletedOption& option : command.options) {
    const std::string action = option.values.empty() ? "_files" : fmt::format("({})", fmt::join(option.values, " "));
    if (option.names.empty()) {
      out += fmt::format(" \\\n        {}", Quoted(fmt::format("*:argument:{}", action), kPosixQuote));
    }
    for (const std::string& name : option.names) {
      std::string text = fmt::format("{}[{}]", name, ZshText(option.description));
      if (option.takes_value) text += fmt::format(":{}:{}", option.names.back().substr(2), action);
      out += fmt::format(" \\\n        {}", Quoted(text, kPosixQuote));
    }
  }
  return out;
}

std::string FishOption(const std::string& condition, const CompletedOption& option) {
  std::string out = "complete -c stalemark -n " + Quoted(condition, kFishQuote);
  for (const std::string& name : option.names) {
    out += name.substr(0, 2) == "--" ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.values.empty()) {
    out += fmt::format(" -x -a {}", Quoted(fmt::format("{}", fmt::join(option.values, " ")), kFishQuote));
  } else if (option.takes_value) {
    out += option.names.empty() ? " -F" : " -r -F";
  }
  return fmt::format("{} -d {}\n", out, Quoted(option.description, kFishQuote));
}

}  // namespace

std::vector<CompletedCommand> CompletedCommands(CLI::App& app) {
  std::vector<CompletedCommand> commands = {CommandOf(app, {})};
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(CommandOf(*command, command->get_name()));
  return commands;
}

std::string BashCompletion(const std::vector<CompletedCommand>& commands) {
  std::string values;
  std::string options;
  std::string arguments;
  for (const CompletedCommand& command : commands) {
    options += fmt::format("    {}) words='{}' ;;\n", command.name.empty() ? "''" : command.name, OptionNames(command));
    for (const CompletedOption& option : command.options) {
      if (!option.takes_value) continue;
      const std::string words = fmt::format("{}", fmt::join(option.values, " "));
      if (option.names.empty() && !words.empty()) {
        arguments += fmt::format("    {}) words='{}' ;;\n", command.name, words);
      }
      for (const std::string& name : option.names) {
        values += fmt::format("    {}:{}) words='{}' ;;\n", command.name, name, words);
      }
    }
  }
  // Where no word is offered bash completes file names.
  return fmt::format(R"(# bash completion of stalemark: source <(stalemark completion bash)
_stalemark() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${{COMP_WORDS[i]}} in
    {0}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  # bash splits at the sign of equality.
  [[ $current == = ]] && current=
  [[ $previous == = ]] && previous=${{COMP_WORDS[COMP_CWORD-2]}}
  case $command:$previous in
{1}    *)
    if [[ $current == -* ]]; then
      case $command in
{2}      esac
    elif [[ -z $command ]]; then
      words='{3}'
    else
      case $command in
{4}      esac
    fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _stalemark stalemark
)",
                     CommandNames(commands, "|"), values, options, CommandNames(commands, " "), arguments);
}

std::string ZshCompletion(const std::vector<CompletedCommand>& commands) {
  std::string names;
  std::string cases;
  for (const CompletedCommand& command : commands) {
    if (command.name.empty()) continue;
    names +=
        fmt::format("    {}\n", Quoted(fmt::format("{}:{}", command.name, ZshText(command.description)), kPosixQuote));
    cases += fmt::format("    {})\n      _arguments{} ;;\n", command.name, ZshArguments(command));
  }
  return fmt::format(R"(#compdef stalemark
# zsh completion of stalemark: source <(stalemark completion zsh), or a file _stalemark in a folder of $fpath
_stalemark() {{
  local context state line
  local -a commands=(
{0}  )
  _arguments -C{1} \
        '1:command:->command' '*::argument:->argument'
  case $state in
  command)
    _describe command commands ;;
  argument)
    case $words[1] in
{2}    esac ;;
  esac
}}
if [[ $funcstack[1] == _stalemark ]]; then
  _stalemark "$@"
else
  compdef _stalemark stalemark
fi
)",
                     names, ZshArguments(commands.front()), cases);
}

std::string FishCompletion(const std::vector<CompletedCommand>& commands) {
  std::string out = "# fish completion of stalemark: stalemark completion fish | source\ncomplete -c stalemark -f\n";
  for (const CompletedCommand& command : commands) {
    const bool is_app = command.name.empty();
    const std::string condition = is_app ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + command.name;
    if (!is_app) {
      out += fmt::format("complete -c stalemark -n __fish_use_subcommand -a {} -d {}\n", command.name,
                         Quoted(command.description, kFishQuote));
    }
    for (const CompletedOption& option : command.options) out += FishOption(condition, option);
  }
  return out;
}

}  // namespace stalemark::cli
