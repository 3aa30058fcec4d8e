// SPDX-License-Identifier: Apache-2.0
// Scenarios in tests: a base file with places to fill, loaded from a bundle and run.
#pragma once

#include <string>
#include <string_view>

#include "sim/bundle_files.h"
#include "sim/expect/expect.h"

namespace stalemark::scenario {

/// What a test writes; empty parts are left out.
struct ScenarioText {
  std::string duration = "2m";
  std::string top = "";
  std::string exporter = "series: [{series: m, values: '1+1x100'}]";
  std::string events = "";
  std::string samples = "";
  std::string flags = "{}";
};

/// One job `j` with one target `a:80`, scraped every 15 s from 15.546 s on: 7 slots in 2 minutes.
inline std::string TextOf(const ScenarioText& parts) {
  std::string text = "name: test\nduration: " + parts.duration + "\n" + parts.top +
                     "prometheus:\n"
                     "  hostname: prom-0\n"
                     "  flags: " +
                     parts.flags +
                     "\n"
                     "  config:\n"
                     "    global: {scrape_interval: 15s}\n"
                     "    scrape_configs: [{job_name: j, static_configs: [{targets: ['a:80']}]}]\n"
                     "exporters:\n"
                     "  a:80: {" +
                     parts.exporter + "}\n";
  if (!parts.events.empty()) text += "events:\n" + parts.events;
  if (!parts.samples.empty()) text += "expect:\n  samples:\n" + parts.samples;
  return text;
}

inline Result<Scenario> LoadText(const std::string& text, BundleFiles files = {}) {
  files.Set("dir/s.yml", text);
  return LoadScenario("dir/s.yml", files);
}

/// The errors of loading; empty: it loaded.
inline std::string LoadError(const std::string& text, BundleFiles files = {}) {
  const Result<Scenario> loaded = LoadText(text, std::move(files));
  return loaded.ok() ? std::string() : loaded.error().message;
}

/// Loads and runs; a load error becomes the only failure.
inline ScenarioResult RunText(const std::string& text, RunOptions options = {}) {
  const Result<Scenario> loaded = LoadText(text);
  ScenarioResult result;
  if (loaded.ok()) return RunAndCheck(*loaded, options);
  result.failures.push_back({{}, {}, "load", {}, loaded.error().message, {}, {}});
  return result;
}

inline std::string Failures(const ScenarioResult& result) {
  std::string text;
  for (const Failure& failure : result.failures) text += FailureText(failure) + "\n";
  return text;
}

/// The stored samples of a series of one storage as `SECONDS.MS=VALUE` words, times since the start of 2026.
inline std::string Stored(const ScenarioResult& result, std::string_view series, std::size_t storage = 0) {
  if (result.storages.size() <= storage) return "no storage: " + Failures(result);
  const Labels labels = *ParseSeriesName(series);
  const Head& head = *result.storages[storage];
  std::string text;
  for (const SeriesRef ref : head.SeriesByLabels()) {
    if (head.LabelsOf(ref) != labels) continue;
    for (const Sample& sample : head.Samples(ref)) {
      const std::int64_t ms = sample.t_ms - 1'767'225'600'000;
      std::string fraction = std::to_string(ms % 1000);
      fraction.insert(0, 3 - fraction.size(), '0');
      text += (text.empty() ? "" : " ") + std::to_string(ms / 1000) + "." + fraction + "=" + ValueText(sample.bits);
    }
  }
  return text;
}

}  // namespace stalemark::scenario
