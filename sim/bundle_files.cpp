// SPDX-License-Identifier: Apache-2.0
#include "sim/bundle_files.h"

#include <utility>

#include <fmt/format.h>

#include "core/text/path_match.h"

namespace stalemark {
namespace {

/// What every path in a folder starts with.
std::string FolderPrefix(const std::string& folder) {
  if (folder == ".") return {};
  return folder == "/" ? folder : folder + "/";
}

}  // namespace

BundleFiles::BundleFiles(const std::map<std::string, std::string>& contents) {
  for (const auto& [path, content] : contents) Set(path, content);
}

void BundleFiles::Set(std::string_view path, std::string content) {
  contents_[text::CleanPath(path)] = std::move(content);
}

void BundleFiles::Remove(std::string_view path) {
  contents_.erase(text::CleanPath(path));
}

Result<std::string> BundleFiles::Read(std::string_view path) const {
  if (path.empty()) return Error{"open : no such file or directory"};
  const std::string clean = text::CleanPath(path);
  if (const auto file = contents_.find(clean); file != contents_.end()) return file->second;
  if (IsFolder(clean)) return Error{fmt::format("read {}: is a directory", path)};
  for (std::size_t slash = clean.find('/', 1); slash != std::string::npos; slash = clean.find('/', slash + 1)) {
    if (contents_.count(clean.substr(0, slash)) > 0) return Error{fmt::format("open {}: not a directory", path)};
  }
  return Error{fmt::format("open {}: no such file or directory", path)};
}

std::vector<std::string> BundleFiles::Glob(std::string_view pattern) const {
  if (text::MatchPath(pattern, "") == text::PathMatch::kBadPattern) return {};
  if (!text::HasPathMeta(pattern)) {
    const std::string clean = text::CleanPath(pattern);
    const bool exists = !pattern.empty() && (contents_.count(clean) > 0 || IsFolder(clean));
    return exists ? std::vector<std::string>{std::string(pattern)} : std::vector<std::string>{};
  }
  const std::size_t slash = pattern.rfind('/');
  const std::string_view name_pattern = slash == std::string_view::npos ? pattern : pattern.substr(slash + 1);
  const std::string_view folder_pattern = slash == std::string_view::npos ? "."
                                          : slash == 0                    ? "/"
                                                                          : pattern.substr(0, slash);
  std::vector<std::string> folders;
  if (text::HasPathMeta(folder_pattern)) {
    folders = Glob(folder_pattern);
  } else {
    folders.emplace_back(folder_pattern);
  }
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    for (const std::string& name : NamesIn(text::CleanPath(folder))) {
      if (text::MatchPath(name_pattern, name) != text::PathMatch::kYes) continue;
      found.push_back(text::CleanPath(FolderPrefix(folder) + name));
    }
  }
  return found;
}

bool BundleFiles::IsFolder(const std::string& clean) const {
  const std::string prefix = FolderPrefix(clean);
  const auto below = contents_.lower_bound(prefix);
  return below != contents_.end() && std::string_view(below->first).substr(0, prefix.size()) == prefix;
}

std::set<std::string> BundleFiles::NamesIn(const std::string& folder) const {
  const std::string prefix = FolderPrefix(folder);
  std::set<std::string> names;
  for (auto file = contents_.lower_bound(prefix); file != contents_.end(); ++file) {
    const std::string_view path = file->first;
    if (path.substr(0, prefix.size()) != prefix) break;
    const std::string_view rest = path.substr(prefix.size());
    // A relative listing does not see absolute paths.
    if (!rest.empty() && rest[0] != '/') names.emplace(rest.substr(0, rest.find('/')));
  }
  return names;
}

}  // namespace stalemark
