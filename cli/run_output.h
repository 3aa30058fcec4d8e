// SPDX-License-Identifier: Apache-2.0
// RunOutput: where the product of `stalemark run` goes: standard output, or a file that is there in whole or not at
// all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/disk/file_writer.h"
#include "cli/terminal.h"
#include "core/model/result.h"
#include "sim/report/text_sink.h"

namespace stalemark::cli {

class RunOutput {
 public:
  /// An empty path: standard output. The terminal outlives it.
  RunOutput(const Terminal& terminal, const std::string& path) : terminal_(terminal) {
    if (!path.empty()) file_.emplace(path);
  }

  bool is_file() const { return file_.has_value(); }
  /// Coloured only on a terminal.
  void Line(std::string_view text, Colour colour = Colour::kNone) {
    if (!file_) return terminal_.Line(text, colour);
    file_->Write(text);
    file_->Write("\n");
  }
  void Text(std::string_view text) {
    if (!file_) return terminal_.Text(text);
    file_->Write(text);
  }
  report::TextSink Sink() {
    return [this](std::string_view text) { Text(text); };
  }
  /// The file takes its place. Of standard output main() takes care.
  Status Commit() { return file_ ? file_->Commit() : Status(); }

 private:
  const Terminal& terminal_;
  std::optional<FileWriter> file_;
};

}  // namespace stalemark::cli
