// SPDX-License-Identifier: Apache-2.0
#include "cli/disk_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <glob.h>

namespace stalemark::cli {
namespace {

/// Devices never end.
constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

/// Go's lower-case words for the usual reasons.
std::string Reason(std::error_code code) {
  std::string text = code.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

Error OpenError(std::string_view path, std::error_code code) {
  return Error{"open " + std::string(path) + ": " + Reason(code)};
}

}  // namespace

Result<std::string> DiskFiles::Read(std::string_view path) const {
  const std::string name(path);
  std::error_code code;
  if (std::filesystem::is_directory(name, code)) return Error{"read " + name + ": is a directory"};
  errno = 0;
  std::ifstream in(name, std::ios::binary);
  if (!in) return OpenError(path, std::error_code(errno == 0 ? ENOENT : errno, std::generic_category()));
  std::string content;
  for (std::string block(kBlockBytes, '\0'); in;) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    content.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (content.size() > kFileBytesMax) return Error{"read " + name + ": more than 1 GiB"};
  }
  if (in.bad()) return Error{"read " + name + ": input/output error"};
  return content;
}

std::vector<std::string> DiskFiles::Glob(std::string_view pattern) const {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(std::string(pattern).c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::vector<std::string>> FilesBelow(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    return OpenError(path, code ? code : std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (!std::filesystem::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (std::filesystem::recursive_directory_iterator at(path, code), end; !code && at != end; at.increment(code)) {
    if (at->is_regular_file(code)) files.push_back(at->path().string());
  }
  if (code) return OpenError(path, code);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace stalemark::cli
