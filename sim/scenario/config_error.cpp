// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/config_error.h"

#include "core/config/error_text.h"

namespace stalemark::scenario {

std::string PlacedConfigError(const ConfigSource& source, const Files& files) {
  std::string lines;
  for (const ConfigError& error : ExplainConfig(source.text, source.load, files)) {
    if (error.line > 0) lines += (lines.empty() ? "" : "\n") + ErrorLine(error);
  }
  return lines;
}

}  // namespace stalemark::scenario
