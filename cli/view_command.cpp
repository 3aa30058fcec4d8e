// SPDX-License-Identifier: Apache-2.0
// `stalemark view FILE`: shows a scenario in the visualizer: serves it on this machine, or writes it as one file.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/disk/file_writer.h"
#include "cli/exit_code.h"
#include "cli/scenario_bundle.h"
#include "cli/terminal.h"
#include "cli/view_page.h"
#include "sim/scenario/scenario.h"

namespace stalemark::cli {
namespace {

struct Arguments {
  std::string file;
  std::string page;
  std::string html;
  int port = 9077;
};

Result<std::string> MakePage(const Arguments& arguments) {
  const DiskFiles disk;
  const RecordingFiles files(disk);
  const Result<scenario::Scenario> loaded = scenario::LoadScenario(arguments.file, files);
  if (!loaded.ok()) return loaded.error();
  const Result<std::string> page = ReadViewPage(arguments.page);
  if (!page.ok()) return page.error();
  return PageWith(PagePart::kBundle, *page, BundleJson(files.read(), arguments.file));
}

int View(const Arguments& arguments) {
  const Terminal terminal;
  const auto fail = [](const Error& error) {
    Terminal::Complain("stalemark view: " + error.message);
    return kFailed;
  };
  const Result<std::string> page = MakePage(arguments);
  if (!page.ok()) return fail(page.error());
  if (!arguments.html.empty()) {
    const Status written = WriteFile(arguments.html, *page);
    if (!written.ok()) return fail(written.error());
    terminal.Line(fmt::format("{}: {} kB, opens in a browser from disk", arguments.html, page->size() / 1000));
    return kPassed;
  }
  const Status served = ServePage(*page, arguments.port, [](const std::string& address) {
    Terminal().Line(fmt::format("{}  (Ctrl+C ends it)", address));
    Terminal::Flush();
  });
  return served.ok() ? kPassed : fail(served.error());
}

}  // namespace

void AddViewCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("view", "Show a scenario in the visualizer, in a browser");
  command->add_option("FILE", arguments->file, "Scenario file")->required();
  command->add_option("--html", arguments->html, "Write one file that opens from disk, in the place of serving it")
      ->type_name("OUT");
  command->add_option("--port", arguments->port, "Serve at this port of 127.0.0.1; 0: any free one (default 9077)")
      ->check(CLI::Range(0, 65535));
  command->add_option("--page", arguments->page, "The visualizer's page (default: the one that was built)")
      ->type_name("FILE");
  command->footer("Example: stalemark view fixtures/scenarios/node_exporter/scenario.yml --html node.html");
  command->callback([arguments, exit_code] { *exit_code = View(*arguments); });
}

}  // namespace stalemark::cli
