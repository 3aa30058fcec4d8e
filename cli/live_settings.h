// SPDX-License-Identifier: Apache-2.0
// What the commands that scrape for real have in common: options of the engine and the log, and what they mean.
#pragma once
#ifndef __EMSCRIPTEN__

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "live/http/io_threads.h"
#include "live/log/log.h"
#include "live/server/live_server.h"

namespace stalemark::cli {

struct EngineArguments {
  std::vector<std::string> features;
  bool adjust_timestamps = true;
  std::string timestamp_tolerance = "2ms";
  std::string reload_interval = "5s";
  std::vector<std::string> targets;
  unsigned io_threads = DefaultIoThreads();
  std::string log_level = "info";
  std::string log_format = "logfmt";
};

/// The arguments, understood.
struct EngineSettings {
  LiveOptions options;
  LogOptions log;
  /// In the words of --enable-feature.
  std::vector<std::string> features;
  /// Features that are not known here: one warning each.
  std::vector<std::string> unknown_features;
};

void AddEngineOptions(CLI::App& command, EngineArguments* arguments);
/// False: an argument is wrong, and standard error says so.
bool ReadEngineSettings(std::string_view command, const EngineArguments& arguments, EngineSettings* settings);
/// False: it is no duration of more than no time, and standard error says so.
bool ReadDuration(std::string_view command, std::string_view option, const std::string& text, Nanoseconds* out);

}  // namespace stalemark::cli

#endif
