// SPDX-License-Identifier: Apache-2.0
#ifndef __EMSCRIPTEN__
#include "cli/live_settings.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "cli/environment.h"
#include "cli/terminal.h"
#include "core/model/duration.h"
#include "sim/scenario/features.h"

namespace stalemark::cli {
namespace {

void ReadFeatures(const std::vector<std::string>& lists, EngineSettings* settings) {
  const std::vector<std::string_view> names = scenario::FeatureNames();
  for (const std::string& list : lists) {
    for (const std::string& word : CLI::detail::split(list, ',')) {
      const auto found = std::find(names.begin(), names.end(), word);
      if (found == names.end()) {
        settings->unknown_features.push_back(word);
      } else {
        settings->features.push_back(word);
        LiveOptions& options = settings->options;
        scenario::EnableFeature(static_cast<std::size_t>(found - names.begin()),
                                {options.scrape, options.head, options.load.defaults});
      }
    }
  }
}

/// `JOB=FILE`, where FILE may be a pattern.
bool ReadTargets(std::string_view command, const std::vector<std::string>& arguments, TargetDocuments* documents) {
  for (const std::string& argument : arguments) {
    const std::size_t sign = argument.find('=');
    if (sign == std::string::npos || sign == 0 || sign + 1 == argument.size()) {
      Terminal::Complain(fmt::format("stalemark {}: --targets: found \"{}\", expected JOB=FILE", command, argument));
      return false;
    }
    (*documents)[argument.substr(0, sign)].push_back(argument.substr(sign + 1));
  }
  return true;
}

}  // namespace

bool ReadDuration(std::string_view command, std::string_view option, const std::string& text, Nanoseconds* out) {
  const Result<Nanoseconds> duration = ParseDuration(text);
  if (duration.ok() && *duration > Nanoseconds(0)) {
    *out = *duration;
    return true;
  }
  Terminal::Complain(
      fmt::format("stalemark {}: {}: found \"{}\", expected a duration such as 30s", command, option, text));
  return false;
}

bool ReadEngineSettings(std::string_view command, const EngineArguments& arguments, EngineSettings* settings) {
  LiveOptions& options = settings->options;
  options.load.environment = Environment();
  options.load.other_discovery = LoadOptions::OtherDiscovery::kKeepOpaque;
  options.scrape.adjust_timestamps = arguments.adjust_timestamps;
  options.version = STALEMARK_VERSION;
  ReadFeatures(arguments.features, settings);
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  settings->log.level = static_cast<LogLevel>(std::find(std::begin(kLevels), std::end(kLevels), arguments.log_level) -
                                              std::begin(kLevels));
  if (arguments.log_format == "json") settings->log.format = LogOptions::Format::kJson;
  return ReadDuration(command, "--scrape.timestamp-tolerance", arguments.timestamp_tolerance,
                      &options.scrape.timestamp_tolerance) &&
         ReadDuration(command, "--scrape.discovery-reload-interval", arguments.reload_interval,
                      &options.scrape.discovery_reload_interval) &&
         ReadTargets(command, arguments.targets, &options.documents);
}

void AddEngineOptions(CLI::App& command, EngineArguments* arguments) {
  command.add_option("--enable-feature", arguments->features, "Feature flags of Prometheus, separated by commas")
      ->type_name("NAMES");
  command.add_flag("--scrape.adjust-timestamps,!--no-scrape.adjust-timestamps", arguments->adjust_timestamps,
                   "Align sample times that are off by less than the tolerance (default)");
  command.add_option("--scrape.timestamp-tolerance", arguments->timestamp_tolerance, "That tolerance (default 2ms)")
      ->type_name("DURATION");
  command
      .add_option("--scrape.discovery-reload-interval", arguments->reload_interval,
                  "Act on new targets at most this often (default 5s)")
      ->type_name("DURATION");
  command.add_option("--targets", arguments->targets, "Find the job's targets in this file_sd document, nowhere else")
      ->type_name("JOB=FILE");
  command
      .add_option("--io-threads", arguments->io_threads,
                  "Threads for sockets, TLS and unpacking; 0: the deciding one does it too (default: by cores)")
      ->check(CLI::Range(0U, 64U));
  command.add_option("--log.level", arguments->log_level, "Least level that is logged (default info)")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  command.add_option("--log.format", arguments->log_format, "Format of the log (default logfmt)")
      ->check(CLI::IsMember({"logfmt", "json"}));
}

}  // namespace stalemark::cli
#endif
