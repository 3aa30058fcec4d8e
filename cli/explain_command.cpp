// SPDX-License-Identifier: Apache-2.0
// `stalemark explain FILE SERIES --at T`: plays a scenario and tells why a series has, at that time, a sample, none, or
// a stale marker; or why a target is scraped, or is not.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/seeded_scenario.h"
#include "cli/terminal.h"
#include "sim/explain/explain.h"

namespace stalemark::cli {
namespace {

struct ExplainArguments {
  std::string file;
  std::string series;
  std::string at;
  std::string storage = "primary";
  std::string format = "text";
  SeedArguments seeds;
};

/// `primary`, `secondary N`, `N`.
Result<std::size_t> ReadStorage(std::string_view text, std::size_t secondaries) {
  if (text == "primary") return std::size_t{0};
  for (std::size_t i = 1; i <= secondaries; ++i) {
    if (text == fmt::format("secondary {}", i) || text == std::to_string(i)) return i;
  }
  return Error{fmt::format("found {}, expected primary{}", text,
                           secondaries == 0 ? "" : fmt::format(", or secondary 1 to {}", secondaries))};
}

int Explain(const ExplainArguments& arguments) {
  const Terminal terminal;
  const auto fail = [](int code, std::string_view what, const Error& error) {
    Terminal::Complain(fmt::format("{}{}", what, error.message));
    return code;
  };
  const Result<Labels> labels = scenario::ParseExplainSubject(arguments.series);
  if (!labels.ok()) return fail(kUsage, "SERIES: ", labels.error());
  const Result<scenario::Scenario> loaded = LoadSeeded(arguments.file, arguments.seeds);
  if (!loaded.ok()) return fail(kFailed, "", loaded.error());
  const Result<Nanoseconds> at = scenario::ParseExplainTime(arguments.at, loaded->start);
  if (!at.ok()) return fail(kUsage, "--at: ", at.error());
  const Result<std::size_t> storage = ReadStorage(arguments.storage, loaded->secondaries);
  if (!storage.ok()) return fail(kUsage, "--storage: ", storage.error());

  scenario::RunOptions options;
  options.trace = trace::Level::kDetail;
  const scenario::ScenarioResult result = scenario::RunScenario(*loaded, options);
  const Result<scenario::Explanation> explanation =
      scenario::Explain(*loaded, result, {labels.value(), storage.value(), at.value()});
  if (!explanation.ok()) return fail(kFailed, "explain: ", explanation.error());
  terminal.Line(arguments.format == "json" ? ExplanationJson(*explanation) : ExplanationText(*explanation));
  return 0;
}

}  // namespace

void AddExplainCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command =
      app.add_subcommand("explain", "Why a series has a sample, none, or a stale marker at some time of a scenario");
  command->add_option("FILE", arguments->file, "Scenario file")->required();
  command
      ->add_option("SERIES", arguments->series,
                   "A series: its labels, or those that tell it from others. Without a metric name: a target")
      ->required();
  command->add_option("--at", arguments->at, "When: since the start of the run (1m18s, 78.139s), or RFC 3339")
      ->required();
  command->add_option("--storage", arguments->storage, "primary, or secondary N");
  command->add_option("--format", arguments->format, "text or json (docs/formats/explain.md)")
      ->check(CLI::IsMember({"text", "json"}));
  AddSeedOptions(*command, &arguments->seeds);
  command->footer(
      "Exit codes: 0: explained; 1: invalid input, or a question without one answer; 2: usage.\n"
      "Example: stalemark explain fixtures/scenarios/exporter-restart.yml 'requests_total' --at 1m20s");
  command->callback([arguments, exit_code] { *exit_code = Explain(*arguments); });
}

}  // namespace stalemark::cli
