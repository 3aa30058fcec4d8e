// SPDX-License-Identifier: Apache-2.0
// What a test may say about its Engine (engine_fixture.h) before it runs, and the configuration of its job.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "core/scrape/options.h"
#include "core/storage/head.h"
#include "sim/sim_response.h"

namespace stalemark::testing {

using namespace std::chrono_literals;

struct EngineOptions {
  /// Further lines of the job: `sample_limit: 3`, separated by newlines.
  std::string job;
  ScrapeOptions scrape = [] {
    ScrapeOptions options;
    options.discovery_reload_on_startup = true;
    return options;
  }();
  HeadOptions head;
  std::string hostname = "h";
  /// Where upstream leaves it to chance: the last alternative here, the first elsewhere.
  std::set<ChoicePoint> last_choices;
  /// Before Configure: the driver applies the first configuration itself.
  bool configured = true;
};

/// With these further lines of the job.
inline EngineOptions JobOptions(std::string lines) {
  EngineOptions options;
  options.job = std::move(lines);
  return options;
}

/// The configuration of one job, as Engine makes it.
inline std::string JobYaml(const std::string& lines = "", const std::string& name = "j",
                           const std::string& targets = "['a:1']") {
  std::string text = "- job_name: " + name + "\n  static_configs: [{targets: " + targets + "}]\n";
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t to = std::min(lines.find('\n', from), lines.size());
    text += "  " + lines.substr(from, to - from) + "\n";
    from = to + 1;
  }
  return text;
}

/// The manager's own metric of the job `j`: `scrape_pool_targets`, ...
inline std::string OfJob(const std::string& metric) {
  return "prometheus_target_" + metric + "{scrape_job=\"j\"}";
}

/// One sample, after a delay.
inline ResponseScript Slow(Nanoseconds delay) {
  ResponseScript script;
  script.body = "m 1\n";
  script.delay = delay;
  return script;
}

}  // namespace stalemark::testing
