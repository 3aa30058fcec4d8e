// SPDX-License-Identifier: Apache-2.0
// DiskFiles: the Files seam over the real file system, for what the command line names. Errors are worded as Go words
// them
// (`open NAME: no such file or directory`), since configuration errors quote them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/seams/files.h"

namespace stalemark::cli {

class DiskFiles final : public Files {
 public:
  Result<std::string> Read(std::string_view path) const override;
  /// Supports `*` and `?` within names, which is all that the callers' patterns use.
  std::vector<std::string> Glob(std::string_view pattern) const override;
};

/// All regular files below a folder, sorted by path; a file is its own list.
Result<std::vector<std::string>> FilesBelow(const std::string& path);

}  // namespace stalemark::cli
