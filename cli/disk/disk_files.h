// SPDX-License-Identifier: Apache-2.0
// DiskFiles: the Files seam over the real file system, for what the command line names. Errors are worded as Go words
// them (`open NAME: no such file or directory`), since configuration errors quote them. Reads regular files and pipes
// only, and at most kFileBytesMax of them: a device never ends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/seams/files.h"

namespace stalemark::cli {

#ifdef __EMSCRIPTEN__  // whose address space is 4 GiB
inline constexpr std::size_t kFileBytesMax = std::size_t{1} << 28;
#else
inline constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
#endif

class DiskFiles final : public Files {
 public:
  Result<std::string> Read(std::string_view path) const override;
  std::vector<std::string> Glob(std::string_view pattern) const override;
};

/// All regular files below a folder, sorted by path; a file is its own list.
Result<std::vector<std::string>> FilesBelow(const std::string& path);

}  // namespace stalemark::cli
