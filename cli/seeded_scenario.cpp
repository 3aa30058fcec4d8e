// SPDX-License-Identifier: Apache-2.0
#include "cli/seeded_scenario.h"

#include <fmt/format.h>

#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "sim/expect/expect.h"
#include "sim/faults/plan.h"
#include "sim/scenario/event_text.h"
#include "sim/swarm/run_seeds.h"

namespace stalemark::cli {
namespace {

constexpr std::string_view kTraceMagic = "STMK";

Result<scenario::Scenario> WithPlanOf(const std::string& file, const scenario::Scenario& scenario) {
  Result<std::string> plan = DiskFiles().Read(file);
  if (plan.ok() && plan->substr(0, kTraceMagic.size()) == kTraceMagic) plan = scenario::PlanFromTrace(*plan);
  if (!plan.ok()) return plan.error();
  Result<scenario::Scenario> planned = scenario::ReadPlan(*plan, file, scenario);
  if (planned.ok()) planned->replay_arguments = {"--plan", file};
  return planned;
}

}  // namespace

void AddSeedOptions(CLI::App& command, SeedArguments* arguments) {
  auto* seed =
      command.add_option("--seed", arguments->seed, "Play it under this seed, as the command test does under many");
  command
      .add_option("--plan", arguments->plan,
                  "Play what --save-plan, or the trace of a run, has in the place of drawing anew")
      ->type_name("FILE")
      ->excludes(seed);
  command.add_option("--save-plan", arguments->save_plan, "Write the seed and the events drawn from it")
      ->type_name("FILE");
}

Result<scenario::Scenario> LoadSeeded(const std::string& file, const SeedArguments& arguments) {
  Result<scenario::Scenario> loaded = scenario::LoadScenario(file, DiskFiles());
  if (loaded.ok() && arguments.seed) loaded = scenario::UnderSeed(*loaded, *arguments.seed);
  if (loaded.ok() && !arguments.plan.empty()) loaded = WithPlanOf(arguments.plan, *loaded);
  if (!loaded.ok()) return loaded;
  scenario::Scenario planned = scenario::WithPlan(*loaded);
  if (arguments.save_plan.empty()) return planned;
  const std::string about =
      fmt::format("# What a seed drew for {}. stalemark run FILE --plan THIS plays it.\n", planned.name);
  const Status written = WriteFile(arguments.save_plan, about + scenario::PlanText(planned));
  if (!written.ok()) return written.error();
  return planned;
}

scenario::ScenarioResult PlaySeeded(const scenario::Scenario& scenario, const scenario::RunOptions& options,
                                    const SeedArguments& arguments) {
  const bool seeded = arguments.seed || !arguments.plan.empty();
  return seeded ? scenario::RunAndCheckInvariants(scenario, options) : scenario::RunAndCheck(scenario, options);
}

}  // namespace stalemark::cli
