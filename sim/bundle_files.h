// SPDX-License-Identifier: Apache-2.0
// BundleFiles: the files of a simulation, a map from path to content. Folders exist where a file lies below them. Paths
// are compared after path.Clean, so that `./a/../b.yml` finds `b.yml`; there is no working directory: relative and
// absolute paths never meet. Errors and Glob's order are Go's. Content may be changed between calls, as a rotated
// secret is.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/seams/files.h"

namespace stalemark {

class BundleFiles final : public Files {
 public:
  BundleFiles() = default;
  explicit BundleFiles(const std::map<std::string, std::string>& contents);

  void Set(std::string_view path, std::string content);
  void Remove(std::string_view path);

  Result<std::string> Read(std::string_view path) const override;
  std::vector<std::string> Glob(std::string_view pattern) const override;

 private:
  bool IsFolder(const std::string& clean) const;
  /// Names of the files and folders in a folder.
  std::set<std::string> NamesIn(const std::string& folder) const;

  std::map<std::string, std::string, std::less<>> contents_;
};

}  // namespace stalemark
