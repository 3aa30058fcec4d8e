// SPDX-License-Identifier: Apache-2.0
// `stalemark run FILE`: plays a scenario and prints a line per change of state, then the digests and the verdict; or
// the run in one of the formats that other tools read.
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/run_output.h"
#include "cli/seeded_scenario.h"
#include "cli/terminal.h"
#include "core/text/hex.h"
#include "sim/expect/expect.h"
#include "sim/report/chrome_trace.h"
#include "sim/report/event_json.h"
#include "sim/report/expect_block.h"
#include "sim/report/stored_series.h"

namespace stalemark::cli {
namespace {

using scenario::Scenario;
using scenario::ScenarioResult;
using scenario::Tone;

struct RunArguments {
  std::string file;
  std::string chunks;
  std::string format = "text";
  std::string output;
  SeedArguments seeds;
};

/// A run that has ended, and where it is to be written.
struct Run {
  const RunArguments& arguments;
  const Scenario& scenario;
  const ScenarioResult& result;
  RunOutput& output;
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
bool PrintChunks(RunOutput& output, const Head& head, const Labels& series) {
  for (const SeriesRef ref : head.SeriesByLabels()) {
    if (head.LabelsOf(ref) != series) continue;
    std::size_t total = 0;
    std::size_t samples = 0;
    head.VisitChunks(ref, [&](const ChunkView& chunk) {
      const auto at = [](std::int64_t t_ms) { return scenario::TimeOfDay(WallTime(std::chrono::milliseconds(t_ms))); };
      output.Line(fmt::format("chunk  {} - {}  {} samples  {} bytes", at(chunk.min_t_ms), at(chunk.max_t_ms),
                              chunk.count, chunk.bytes.size()));
      output.Line("       " + text::Hex(chunk.bytes));
      total += chunk.bytes.size();
      samples += chunk.count;
    });
    output.Line(fmt::format("chunks of {}: {} samples in {} bytes, {:.2f} bytes a sample", scenario::SeriesText(series),
                            samples, total,
                            samples == 0 ? 0.0 : static_cast<double>(total) / static_cast<double>(samples)));
    return true;
  }
  return false;
}

std::string DigestLines(const ScenarioResult& result) {
  return fmt::format("store digest {}\ntrace digest {}\n", result.store_digest, result.trace_digest);
}

/// Failures and verdict, for people.
template <class Line>
void WriteVerdict(const Scenario& scenario, const ScenarioResult& result, Line line) {
  for (const scenario::Failure& failure : result.failures) line(FailureText(failure), Colour::kNone);
  const bool passed = result.failures.empty();
  line(fmt::format("{}  {}: {} scrapes, {} samples", passed ? "passed" : "FAILED", scenario.name, result.scrape_count,
                   result.sample_count),
       passed ? Colour::kGreen : Colour::kRed);
}

Status WriteTimeline(const Run& run) {
  for (const scenario::TimelineLine& line : run.result.timeline) {
    run.output.Line(scenario::TimelineText(line), ColourOf(line.tone));
  }
  Status status;
  if (!run.arguments.chunks.empty()) {
    const Labels series = scenario::ParseSeriesName(run.arguments.chunks).value();
    if (!PrintChunks(run.output, *run.result.storages.front(), series)) {
      status = Error{fmt::format("--chunks: the storage has no series {}", scenario::SeriesText(series))};
    }
  }
  run.output.Text(DigestLines(run.result));
  WriteVerdict(run.scenario, run.result, [&](std::string_view text, Colour colour) { run.output.Line(text, colour); });
  return status;
}

void ComplainOfLeftOut(const report::LeftOut& left_out) {
  const std::string text = LeftOutText(left_out);
  if (!text.empty()) Terminal::Complain("stalemark run: not in the output: " + text);
}

/// One value of --format: what a run must keep for it, and how it is written.
struct Format {
  std::string_view name;
  scenario::RunOptions options;
  Status (*write)(const Run& run);
};

const Format kFormats[] = {
    {"text", {scenario::RunOptions::Lines::kTimeline, trace::Level::kDigestsOnly}, WriteTimeline},
    {"json",
     {scenario::RunOptions::Lines::kNone, trace::Level::kDetail},
     [](const Run& run) { return report::WriteEventLines(run.result.trace, run.output.Sink()); }},
    {"chrome",
     {scenario::RunOptions::Lines::kNone, trace::Level::kDetail},
     [](const Run& run) { return report::WriteChromeTrace(run.scenario, run.result, run.output.Sink()); }},
    {"openmetrics",
     {},
     [](const Run& run) {
       ComplainOfLeftOut(report::WriteOpenMetrics(run.result, run.output.Sink()));
       return Status();
     }},
    {"promtool",
     {},
     [](const Run& run) {
       const auto left_out = report::WriteInputSeries(run.scenario, run.result, run.output.Sink());
       if (!left_out.ok()) return Status(left_out.error());
       ComplainOfLeftOut(*left_out);
       return Status();
     }},
    {"expect",
     {},
     [](const Run& run) {
       report::WriteExpectBlock(run.scenario, run.result, run.output.Sink());
       return Status();
     }},
    {"digest",
     {},
     [](const Run& run) {
       run.output.Text(DigestLines(run.result));
       return Status();
     }},
    {"trace",
     {scenario::RunOptions::Lines::kNone, trace::Level::kDetail},
     [](const Run& run) {
       run.output.Text(run.result.trace);
       return Status();
     }},
};

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

/// False, and standard error says why.
bool Succeeded(const Status& status) {
  if (!status.ok()) Terminal::Complain("stalemark run: " + status.error().message);
  return status.ok();
}

/// Requires: the name is one of FormatNames().
const Format& FormatOf(const std::string& name) {
  return *std::find_if(std::begin(kFormats), std::end(kFormats),
                       [&](const Format& format) { return format.name == name; });
}

int RunFile(const RunArguments& arguments) {
  const Terminal terminal;
  const Format& format = FormatOf(arguments.format);
  const bool is_text = format.write == WriteTimeline;
  if (!arguments.chunks.empty()) {
    const Result<Labels> series = scenario::ParseSeriesName(arguments.chunks);
    if (!series.ok() || !is_text) {
      Terminal::Complain("--chunks: " + (series.ok() ? "it goes with --format text" : series.error().message));
      return kUsage;
    }
  }
  const Result<Scenario> loaded = LoadSeeded(arguments.file, arguments.seeds);
  if (!loaded.ok()) {
    Terminal::Complain(loaded.error().message);
    return kFailed;
  }
  const ScenarioResult result = PlaySeeded(*loaded, format.options, arguments.seeds);
  RunOutput output(terminal, arguments.output);
  const bool complete = Succeeded(format.write({arguments, *loaded, result, output}));
  const bool written = Succeeded(output.Commit());
  // Where the output is for a machine, people are told on the other stream what failed.
  if (output.is_file()) {
    WriteVerdict(*loaded, result, [&](std::string_view text, Colour colour) { terminal.Line(text, colour); });
  } else if (!is_text) {
    for (const scenario::Failure& failure : result.failures) Terminal::Complain(FailureText(failure));
  }
  return complete && written && result.failures.empty() ? kPassed : kFailed;
}

}  // namespace

void AddRunCommand(CLI::App& app, int* exit_code) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Play a scenario and print what happens");
  command->add_option("FILE", arguments->file, "Scenario file")->required();
  command->add_option("--chunks", arguments->chunks, "Print the chunks of this series at the end");
  command
      ->add_option(
          "--format", arguments->format,
          "text: a line per change of state; json: a line per event; chrome: for Perfetto; openmetrics: the\n"
          "stored samples; promtool: input series for `promtool test rules`; expect: what is there as the key\n"
          "expect of a scenario; digest: the digests only; trace: the binary trace")
      ->check(CLI::IsMember(FormatNames()));
  command->add_option("-o,--output", arguments->output, "Write to this file, and the verdict to standard output")
      ->type_name("FILE");
  AddSeedOptions(*command, &arguments->seeds);
  command->footer(
      "Columns of text: time since the start, time of day, pool or pool/instance, event, detail.\n"
      "Example: stalemark run fixtures/scenarios/node_exporter/scenario.yml\n"
      "         stalemark run fixtures/scenarios/sample-limit.yml --format chrome -o run.json\n"
      "         stalemark run scenario.yml --format expect >> scenario.yml");
  command->callback([arguments, exit_code] { *exit_code = RunFile(*arguments); });
}

}  // namespace stalemark::cli
