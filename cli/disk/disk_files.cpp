// SPDX-License-Identifier: Apache-2.0
#include "cli/disk/disk_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "core/text/path_match.h"

namespace stalemark::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;
constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Go's lower-case words for the usual reasons.
std::string Reason(std::error_code code) {
  std::string text = code.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

Error OpenError(std::string_view path, std::error_code code) {
  return Error{"open " + std::string(path) + ": " + Reason(code)};
}

Error ReadError(const std::string& name, std::string_view reason) {
  return Error{"read " + name + ": " + std::string(reason)};
}

Error TooLarge(const std::string& name) {
  return ReadError(name, "more than " + std::to_string(kFileBytesMax / kMiB) + " MiB");
}

/// Whether it exists as something that ends. What cannot even be looked at is left to opening, which says why.
Status CheckReadable(const std::string& name) {
  std::error_code code;
  switch (fs::status(name, code).type()) {
    case fs::file_type::directory:
      return ReadError(name, "is a directory");
    case fs::file_type::character:
      // The usual way to name an empty file.
      if (fs::canonical(name, code) == "/dev/null") return {};
      return ReadError(name, "not a regular file");
    case fs::file_type::block:
    case fs::file_type::socket:
      return ReadError(name, "not a regular file");
    case fs::file_type::regular: {
      const std::uintmax_t size = fs::file_size(name, code);
      if (!code && size > kFileBytesMax) return TooLarge(name);
      return {};
    }
    default:
      return {};
  }
}

/// Sorted; empty when it is not a folder that can be listed.
std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What one name pattern matches in each of some folders, folder by folder.
std::vector<std::string> GlobNames(const std::vector<std::string>& folders, std::string_view name_pattern) {
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    const std::string prefix = folder + "/";
    for (const std::string& name : NamesIn(folder)) {
      if (text::MatchPath(name_pattern, name) != text::PathMatch::kYes) continue;
      found.push_back(text::CleanPath(prefix + name));
    }
  }
  return found;
}

/// The folder that the part of a pattern before its first special name stands for.
std::string BaseFolder(std::string_view prefix) {
  if (prefix.empty()) return ".";
  return std::string(prefix.size() == 1 ? prefix : prefix.substr(0, prefix.size() - 1));
}

}  // namespace

Result<std::string> DiskFiles::Read(std::string_view path) const {
  const std::string name(path);
  if (name.find('\0') != std::string::npos) return OpenError(path, std::make_error_code(std::errc::invalid_argument));
  if (const Status readable = CheckReadable(name); !readable.ok()) return readable.error();
  errno = 0;
  std::ifstream in(name, std::ios::binary);
  if (!in) return OpenError(path, std::error_code(errno == 0 ? ENOENT : errno, std::generic_category()));
  std::string content;
  for (std::string block(kBlockBytes, '\0'); in;) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    content.append(block, 0, static_cast<std::size_t>(in.gcount()));
    if (content.size() > kFileBytesMax) return TooLarge(name);
  }
  if (in.bad()) return ReadError(name, "input/output error");
  return content;
}

std::vector<std::string> DiskFiles::Glob(std::string_view pattern) const {
  if (pattern.find('\0') != std::string_view::npos) return {};
  if (text::MatchPath(pattern, "") == text::PathMatch::kBadPattern) return {};
  if (!text::HasPathMeta(pattern)) {
    std::error_code code;
    const bool exists = fs::exists(fs::symlink_status(std::string(pattern), code));
    return exists ? std::vector<std::string>{std::string(pattern)} : std::vector<std::string>{};
  }
  // Names before the first special one are taken as they are; that one and all behind it are looked up in folders.
  const std::size_t slash = pattern.rfind('/', pattern.find_first_of("*?[\\"));
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  std::vector<std::string> found = {BaseFolder(pattern.substr(0, begin))};
  for (std::string_view rest = pattern.substr(begin); !found.empty();) {
    const std::size_t end = rest.find('/');
    found = GlobNames(found, rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest = rest.substr(end + 1);
  }
  return found;
}

Result<std::vector<std::string>> FilesBelow(const std::string& path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status)) {
    return OpenError(path, code ? code : std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator at(path, code), end; !code && at != end; at.increment(code)) {
    if (at->is_regular_file(code)) files.push_back(at->path().string());
  }
  if (code) return OpenError(path, code);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace stalemark::cli
