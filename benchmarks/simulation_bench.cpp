// SPDX-License-Identifier: Apache-2.0
// Whole simulations: manager, loops, HTTP over the simulated network, parsing, cache, head. The number is virtual
// seconds per second of CPU.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "core/storage/head.h"
#include "sim/simulation.h"

namespace stalemark {
namespace {

constexpr auto kVirtual = std::chrono::minutes(30);
constexpr int kIntervalSeconds = 15;

std::string Address(int target) {
  return fmt::format("host-{}:9100", target);
}

SimResponsePtr Page(int series) {
  ResponseScript script;
  script.headers = {{"Content-Type", "text/plain; version=0.0.4"}};
  for (int i = 0; i < series; ++i) {
    script.body += fmt::format("metric_{}{{code=\"200\",handler=\"/api/v1/query\",method=\"get\"}} {}\n", i, i);
  }
  return std::make_shared<const SimResponse>(std::move(script));
}

void BM_Simulation(benchmark::State& state) {
  const int targets = static_cast<int>(state.range(0));
  const int series = static_cast<int>(state.range(1));
  std::uint64_t stored = 0;
  for (auto _ : state) {
    Head head;
    FirstChoice choices;
    SimulationOptions options;
    options.start = WallTime(std::chrono::hours(24 * 365 * 56));
    options.hostname = "prom-0";
    Simulation simulation(
        options, BundleFiles(), [&head](VirtualClock&) -> Appendable& { return head; }, nullptr, choices);
    TargetSets sets;
    TargetGroup group;
    group.source = "0";
    const SimResponsePtr page = Page(series);
    for (int target = 0; target < targets; ++target) {
      group.targets.push_back({{"__address__", Address(target)}});
      simulation.network().SetExporter(
          Address(target), std::make_unique<ScriptedExporter>(std::vector<ScriptedExporter::Step>{{page, 1}}));
    }
    sets["job"].push_back(group);
    const Status applied = simulation.ApplyConfig("scrape_configs: [{job_name: job, scrape_interval: 15s}]");
    if (!applied.ok()) state.SkipWithError(applied.error().message.c_str());
    simulation.SendTargets(sets);
    simulation.RunUntil(MonotonicTime(kVirtual));
    stored = head.stats().floats.appended;
  }
  // The first scrapes fall into the second interval at the latest.
  const std::uint64_t scrapes = std::chrono::seconds(kVirtual).count() / kIntervalSeconds - 2;
  if (stored < scrapes * static_cast<std::uint64_t>(targets * (series + 5))) state.SkipWithError("samples are missing");
  state.counters["virtual s/s"] = benchmark::Counter(
      static_cast<double>(std::chrono::seconds(kVirtual).count()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

BENCHMARK(BM_Simulation)->Args({10, 20})->Args({100, 1000})->Args({20, 10000})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stalemark
