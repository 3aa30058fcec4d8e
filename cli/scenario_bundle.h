// SPDX-License-Identifier: Apache-2.0
// A scenario with all the files it is made of, as one text: what a page needs to play it (docs/design/visualizer.md).
// Loading reads every file that a run needs; what was read is what is put in.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/seams/files.h"

namespace stalemark::cli {

/// Files that remember what was read of others. The other outlives it.
class RecordingFiles final : public Files {
 public:
  explicit RecordingFiles(const Files& files) : files_(files) {}
  Result<std::string> Read(std::string_view path) const override;
  std::vector<std::string> Glob(std::string_view pattern) const override { return files_.Glob(pattern); }
  /// By path, as it was asked for.
  const std::map<std::string, std::string>& read() const { return read_; }

 private:
  const Files& files_;
  mutable std::map<std::string, std::string> read_;
};

/// Where files stand in a bundle: their paths from the last folder that holds all of them on, so that none tells where
/// on this machine they lie. The folder's name stays: a recording is looked for by it.
class BundlePaths {
 public:
  /// Requires: there is a file.
  explicit BundlePaths(const std::map<std::string, std::string>& files);
  std::string operator()(const std::string& name) const;

 private:
  std::filesystem::path root_;
};

/// `{PATH: TEXT}`; bytes that are not UTF-8 as `{"base64": TEXT}`.
nlohmann::ordered_json FilesJson(const std::map<std::string, std::string>& files, const BundlePaths& paths);

/// `{"scenario": PATH, "files": {PATH: TEXT}}`. Requires: `scenario` is one of the files.
std::string BundleJson(const std::map<std::string, std::string>& files, const std::string& scenario);

}  // namespace stalemark::cli
