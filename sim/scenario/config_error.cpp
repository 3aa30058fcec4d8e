// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/config_error.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/config/config.h"

namespace stalemark::scenario {

std::string PlacedConfigError(const ConfigSource& source, const Files& files) {
  ConfigErrors details;
  const Result<Config> config = LoadConfig(source.text, source.load, &details);
  if (config.ok()) static_cast<void>(ScrapeConfigs(*config, source.load, files, &details));
  const auto placed = std::find_if(details.begin(), details.end(), [](const ConfigError& e) { return e.line > 0; });
  if (placed == details.end()) return {};
  std::string line = fmt::format("{}:{}:{}: {}", placed->file, placed->line, placed->column, placed->message);
  if (!placed->nearest.empty()) line += fmt::format(" (did you mean \"{}\"?)", placed->nearest);
  return line;
}

}  // namespace stalemark::scenario
