// SPDX-License-Identifier: Apache-2.0
// What `promtool check config` looks at, for scraping: the configuration, its scrape_config_files, the files its jobs
// name, and the targets it can know now. Texts are those of promtool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/seams/files.h"

namespace stalemark::cli {

enum class CheckDepth : std::uint8_t { kSyntax, kFiles };

struct ConfigReport {
  /// Why the configuration is refused, in upstream's words.
  std::optional<std::string> failure;
  /// The same with places, and what would have been right.
  ConfigErrors errors;
  std::vector<std::string> warnings;
  /// What was accepted and has no effect.
  std::vector<std::string> notes;

  // What was found in a configuration that is not refused.
  Config config;
  std::vector<ScrapeConfig> jobs;
  std::size_t static_target_count = 0;
  std::size_t file_target_count = 0;
};

/// Checks the text of a file named `options.file_name`.
ConfigReport CheckConfig(const std::string& text, const LoadOptions& options, CheckDepth depth, const Files& files);

}  // namespace stalemark::cli
