// SPDX-License-Identifier: Apache-2.0
// The scenario.yml of a capsule: what was recorded, in the words of docs/formats/scenario.md. Pure function.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/scrape/options.h"
#include "live/record/recorder.h"

namespace stalemark::cli {

struct CapsuleFacts {
  std::string name;
  WallTime start{};
  Nanoseconds duration{0};
  std::string hostname;
  std::vector<std::string> features;
  ScrapeOptions scrape;
  std::map<std::string, std::string> environment;
  /// Path as the configuration has it -> file of the capsule.
  std::map<std::string, std::string> files;
  std::vector<RecordedEvent> events;
  std::string store_digest;
};

/// The n-th configuration's file, from 1: `prometheus.yml`, `prometheus-2.yml`.
std::string ConfigName(std::size_t number);
std::string ScenarioText(const CapsuleFacts& facts);

}  // namespace stalemark::cli
