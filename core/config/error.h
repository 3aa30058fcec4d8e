// SPDX-License-Identifier: Apache-2.0
// ConfigError: one problem of a configuration file, with its place and what would have been right. Upstream's text of
// the whole failure is the Error of the Result; these stand beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stalemark {

struct ConfigError {
  /// Upstream's text of this one problem, without the `line N: ` prefix.
  std::string message;
  /// File it is in; the name given by the caller.
  std::string file;
  /// From 1; 0: unknown.
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// The offending piece of input, and what was expected in its place; may be empty.
  std::string found;
  std::string expected;
  /// The known word that an unknown one resembles most, or empty.
  std::string nearest;
  /// For what is no YAML: what was being read, and since where; may be empty.
  std::string context;
};

using ConfigErrors = std::vector<ConfigError>;

}  // namespace stalemark
