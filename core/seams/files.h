// SPDX-License-Identifier: Apache-2.0
// Files: what the configuration names (scrape_config_files, credentials, file_sd documents). A bundle in simulation and
// WebAssembly, the disk when live. Paths use `/`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/result.h"

namespace stalemark {

class Files {
 public:
  virtual ~Files() = default;
  /// Whole content. Errors in Go's words: `open NAME: no such file or directory`.
  virtual Result<std::string> Read(std::string_view path) const = 0;
  /// Paths that match a pattern of Go's filepath.Glob, sorted. Nothing matched: empty.
  virtual std::vector<std::string> Glob(std::string_view pattern) const = 0;
};

}  // namespace stalemark
