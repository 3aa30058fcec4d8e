// SPDX-License-Identifier: Apache-2.0
// `stalemark run FILE`: plays a scenario and prints a line per change of state, then the digests and the verdict.
#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/disk/disk_files.h"
#include "cli/terminal.h"
#include "sim/expect/expect.h"

namespace stalemark::cli {
namespace {

using scenario::Scenario;
using scenario::ScenarioResult;
using scenario::Tone;

struct Arguments {
  std::string file;
  std::string chunks;
  std::string format = "text";
};

Colour ColourOf(Tone tone) {
  switch (tone) {
    case Tone::kGood:
      return Colour::kGreen;
    case Tone::kBad:
      return Colour::kRed;
    case Tone::kNote:
      return Colour::kCyan;
    case Tone::kPlain:
      break;
  }
  return Colour::kNone;
}

/// Sizes and bytes of the chunks of one series of the primary storage. False: there is no such series.
bool PrintChunks(const Terminal& terminal, const Head& head, const Labels& series) {
  for (const SeriesRef ref : head.SeriesByLabels()) {
    if (head.LabelsOf(ref) != series) continue;
    std::size_t total = 0;
    std::size_t samples = 0;
    head.VisitChunks(ref, [&](const ChunkView& chunk) {
      std::string hex;
      for (const char byte : chunk.bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      const auto at = [](std::int64_t t_ms) { return scenario::TimeOfDay(WallTime(std::chrono::milliseconds(t_ms))); };
      terminal.Line(fmt::format("chunk  {} - {}  {} samples  {} bytes", at(chunk.min_t_ms), at(chunk.max_t_ms),
                                chunk.count, chunk.bytes.size()));
      terminal.Line("       " + hex);
      total += chunk.bytes.size();
      samples += chunk.count;
    });
    terminal.Line(fmt::format("chunks of {}: {} samples in {} bytes, {:.2f} bytes a sample",
                              scenario::SeriesText(series), samples, total,
                              samples == 0 ? 0.0 : static_cast<double>(total) / static_cast<double>(samples)));
    return true;
  }
  return false;
}

int Run(const Arguments& arguments) {
  const Terminal terminal;
  Labels series;
  if (!arguments.chunks.empty()) {
    const Result<Labels> parsed = scenario::ParseSeriesName(arguments.chunks);
    if (!parsed.ok()) {
      Terminal::Complain("--chunks: " + parsed.error().message);
      return 2;
    }
    series = *parsed;
  }
  const Result<Scenario> loaded = scenario::LoadScenario(arguments.file, DiskFiles());
  if (!loaded.ok()) {
    Terminal::Complain(loaded.error().message);
    return 1;
  }
  scenario::RunOptions options;
  const bool digest_only = arguments.format == "digest";
  if (!digest_only) options.lines = scenario::RunOptions::Lines::kTimeline;
  const ScenarioResult result = scenario::RunAndCheck(*loaded, options);
  for (const scenario::TimelineLine& line : result.timeline) {
    terminal.Line(scenario::TimelineText(line), ColourOf(line.tone));
  }
  const bool has_chunks = arguments.chunks.empty() || PrintChunks(terminal, *result.storages.front(), series);
  terminal.Line(fmt::format("store digest {}", result.store_digest));
  terminal.Line(fmt::format("trace digest {}", result.trace_digest));
  const bool passed = result.failures.empty();
  if (!digest_only) {
    for (const scenario::Failure& failure : result.failures) terminal.Line(FailureText(failure));
    terminal.Line(fmt::format("{}  {}: {} scrapes, {} samples", passed ? "passed" : "FAILED", loaded->name,
                              result.scrape_count, result.sample_count),
                  passed ? Colour::kGreen : Colour::kRed);
  }
  if (!has_chunks) {
    Terminal::Complain(fmt::format("--chunks: the storage has no series {}", scenario::SeriesText(series)));
  }
  return passed && has_chunks ? 0 : 1;
}

}  // namespace

void AddRunCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("run", "Play a scenario and print what happens");
  command->add_option("FILE", arguments->file, "Scenario file")->required();
  command->add_option("--chunks", arguments->chunks, "Print the chunks of this series at the end");
  command->add_option("--format", arguments->format, "text, or digest: the digests only")
      ->check(CLI::IsMember({"text", "digest"}));
  command->footer(
      "Columns: time since the start, time of day, pool or pool/instance, event, detail.\n"
      "Example: stalemark run fixtures/scenarios/node_exporter/scenario.yml");
  command->callback([arguments, exit_code] { *exit_code = Run(*arguments); });
}

}  // namespace stalemark::cli
