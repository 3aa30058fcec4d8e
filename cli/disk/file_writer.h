// SPDX-License-Identifier: Apache-2.0
// FileWriter: writes a file that is there in whole or, when something fails, as it was before. What is written goes to
// a file beside it, which takes its place at Commit. Links are followed, and a file that is replaced keeps its mode.
// Pipes and devices are written to as they are.
//
// Errors of writing are kept and returned by Commit, with the file's name and the system's reason.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark::cli {

class FileWriter {
 public:
  /// Opens; an error shows at Commit too.
  explicit FileWriter(std::string path);
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  /// Without Commit nothing is left behind.
  ~FileWriter();

  void Write(std::string_view bytes);
  /// The error so far: there is no use in writing on.
  const Status& status() const { return status_; }
  Status Commit();

 private:
  void Fail(int code);
  void OpenBeside(const std::string& existing);

  const std::string path_;
  /// What it is renamed to; empty: written in place.
  std::string final_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
  Status status_;
};

/// The whole of a file at once.
Status WriteFile(const std::string& path, std::string_view content);

}  // namespace stalemark::cli
