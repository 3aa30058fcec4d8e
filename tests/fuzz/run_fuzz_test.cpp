// SPDX-License-Identifier: Apache-2.0
// What a run is started from and what it leaves: scenario files and traces.
#include <string>

#include <boost/test/unit_test.hpp>

#include "core/trace/trace_reader.h"
#include "sim/bundle_files.h"
#include "sim/run/scenario_run.h"
#include "sim/scenario/scenario.h"
#include "tests/fuzz/corpus.h"

namespace stalemark::fuzz {
namespace {

constexpr const char* kScenarioFile = "fixtures/scenarios/fuzzed.yml";

/// All fixtures, under their names in the repository.
BundleFiles Fixtures() {
  BundleFiles files;
  const std::string root = STALEMARK_SOURCE_DIR "/";
  const Result<std::vector<std::string>> paths = cli::FilesBelow(root + "fixtures");
  BOOST_REQUIRE(paths.ok());
  for (const std::string& path : *paths) {
    const std::string name = path.substr(root.size());
    files.Set(name, RepositoryFile(name));
  }
  return files;
}

Corpus Scenarios() {
  Corpus corpus;
  for (const char* name :
       {"alignment-under-jitter", "commit-error", "exporter-restart", "fanout-secondary-fails",
        "first-scrape-and-offset", "reload-relabelling", "sample-limit", "series-disappears", "target-removed"}) {
    AddInput(corpus, RepositoryFile("fixtures/scenarios/" + std::string(name) + ".yml"));
  }
  corpus.words = {"- at: 1m\n    ",
                  "&a ",
                  "*a",
                  "<<: *a",
                  "[",
                  "]",
                  "{",
                  "}",
                  "1e9",
                  "-1s",
                  "290y",
                  "stale",
                  "_x100",
                  "+1x9999999",
                  "NaN",
                  "fixture: node_exporter\n",
                  "prometheus: {}\n",
                  "duration: 0s\n",
                  "\t",
                  "!!int "};
  return corpus;
}

Corpus Traces() {
  Corpus corpus;
  BundleFiles files = Fixtures();
  for (const char* name : {"series-disappears", "commit-error"}) {
    Result<scenario::Scenario> loaded =
        scenario::LoadScenario("fixtures/scenarios/" + std::string(name) + ".yml", files);
    BOOST_REQUIRE(loaded.ok());
    for (const trace::Level level : {trace::Level::kOutcome, trace::Level::kDetail}) {
      scenario::RunOptions options;
      options.trace = level;
      std::string bytes = scenario::RunScenario(*loaded, options).trace;
      if (bytes.size() > kInputBytesMax) bytes.resize(kInputBytesMax);
      corpus.inputs.push_back(std::move(bytes));
    }
  }
  corpus.words = {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", std::string(4, '\0'), "\x80", "__name__"};
  return corpus;
}

Outcome ReadTrace(std::string_view bytes, Steps& steps) {
  Result<trace::TraceReader> reader = trace::TraceReader::Open(bytes);
  if (!reader.ok()) return Outcome::Refused(reader.error().message);
  while (steps.Take()) {
    const Result<std::optional<trace::TimedEvent>> event = reader->Next();
    if (!event.ok()) return Outcome::Refused(event.error().message);
    if (!*event) return {};
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runs)

BOOST_AUTO_TEST_CASE(scenario_files) {
  BundleFiles files = Fixtures();
  const Target target{[&files](std::string_view text, Steps&) {
                        files.Set(kScenarioFile, std::string(text));
                        const Result<scenario::Scenario> loaded = scenario::LoadScenario(kScenarioFile, files);
                        return loaded.ok() ? Outcome() : Outcome::Refused(loaded.error().message);
                      },
                      {0, 0},
                      {16 << 20, 8192}};
  CheckByFuzz(target, Scenarios(), 10'000);
}

BOOST_AUTO_TEST_CASE(traces) {
  CheckByFuzz({ReadTrace, {16, 1}, {64 << 10, 256}}, Traces(), 100'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stalemark::fuzz
