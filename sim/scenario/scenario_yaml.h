// SPDX-License-Identifier: Apache-2.0
// The YAML of our own files: scenarios. yaml-cpp reads them. prometheus.yml and target documents have their own reader
// (core/config/yaml.h), because which of those are refused, and with what words, is upstream's to decide.
#pragma once

#include <string_view>

#include "core/config/yaml.h"

namespace stalemark::scenario {

/// The first document of a text in UTF-8 as the same tree of nodes that core/config decodes. On failure `error` has
/// yaml-cpp's words and the place. Bounded by yaml-cpp's depth of nested collections (500), kTextBytesMax of the other
/// reader and a length of 1 MiB a line: yaml-cpp's time grows with the square of that.
Result<yaml::Document> ParseScenarioYaml(std::string_view text, yaml::SyntaxError* error);

}  // namespace stalemark::scenario
