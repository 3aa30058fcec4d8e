// SPDX-License-Identifier: Apache-2.0
// File names as Go's path/filepath treats them on Unix: joining, cleaning, the pattern rules of configuration keys.
//
// Pure functions on text; nothing looks at a file system.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// filepath.Dir.
std::string DirectoryOf(std::string_view path);
/// Joins a relative path to a folder; empty and absolute paths stay as they are.
std::string JoinFolder(std::string_view folder, std::string_view path);
/// Whether a pattern has its only `*` in the last part: `^[^*]*(\*[^/]*)?$`.
bool IsFilePattern(std::string_view pattern);
/// Whether filepath.Glob can read the pattern.
bool IsGlobWellFormed(std::string_view pattern);

}  // namespace stalemark
