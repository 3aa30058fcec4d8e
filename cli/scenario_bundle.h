// SPDX-License-Identifier: Apache-2.0
// A scenario with all the files it is made of, as one text: what a page needs to play it (docs/design/visualizer.md).
// Loading reads every file that a run needs; what was read is what is put in.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

/// `{"scenario": PATH, "files": {PATH: TEXT}}`; bytes that are not UTF-8 as `{"base64": TEXT}`. Paths begin at the last
/// folder that holds all of the files, so that none tells where on this machine they lie.
/// Requires: `scenario` is one of the files.
std::string BundleJson(const std::map<std::string, std::string>& files, const std::string& scenario);

}  // namespace stalemark::cli
