// SPDX-License-Identifier: Apache-2.0
// Loading short configurations in tests.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "core/config/config.h"

namespace stalemark::test {

/// Files in memory; a pattern matches what starts like it up to its `*`.
class MemoryFiles final : public Files {
 public:
  std::map<std::string, std::string> contents;

  Result<std::string> Read(std::string_view path) const override {
    const auto file = contents.find(std::string(path));
    if (file == contents.end()) return Error{"open " + std::string(path) + ": no such file or directory"};
    return file->second;
  }
  std::vector<std::string> Glob(std::string_view pattern) const override {
    std::vector<std::string> found;
    const std::string_view start = pattern.substr(0, pattern.find('*'));
    for (const auto& [path, text] : contents) {
      if (path.substr(0, start.size()) == start) found.push_back(path);
    }
    return found;
  }
};

inline LoadOptions Options() {
  LoadOptions options;
  options.file_name = "/etc/prom/prometheus.yml";
  return options;
}

inline Config Load(std::string_view text, const LoadOptions& options = Options()) {
  const Result<Config> config = LoadConfig(text, options);
  BOOST_REQUIRE_MESSAGE(config.ok(), (config.ok() ? "" : config.error().message));
  return *config;
}

/// The error's text without its prefix, or empty.
inline std::string LoadError(std::string_view text, const LoadOptions& options = Options()) {
  const Result<Config> config = LoadConfig(text, options);
  if (config.ok()) return "";
  const std::string prefix = "parsing YAML file " + options.file_name + ": ";
  const std::string& message = config.error().message;
  return message.substr(0, prefix.size()) == prefix ? message.substr(prefix.size()) : "without prefix: " + message;
}

}  // namespace stalemark::test
