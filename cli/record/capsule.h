// SPDX-License-Identifier: Apache-2.0
// Capsule: the folder that `stalemark record` writes: scenario.yml, prometheus.yml, recording.yml, bodies/. It is made
// under another name beside its own and renamed when it is complete, so that nothing half-written has its name.
//
// A folder that is there is refused, unless it is an earlier capsule and may be replaced. Without Commit nothing is
// left behind; until then only its owner can look into it. Errors of writing are kept and returned by the next Status.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/recording.h"

namespace stalemark::cli {

class Capsule {
 public:
  enum class Replace : std::uint8_t { kNo, kYes };
  Capsule() = default;
  ~Capsule();
  Capsule(const Capsule&) = delete;
  Capsule& operator=(const Capsule&) = delete;

  /// Makes the folder under its temporary name.
  Status Open(const std::string& path, Replace replace);
  /// Keeps a body under a name by its content; the name. Equal bodies are kept once.
  std::string KeepBody(const std::string& body);
  Status Write(const std::string& name, std::string_view content);
  /// A body that redaction made shorter than what was received gets blanks at its end, under a name of its own: what
  /// is played chunk by chunk has the length it had.
  Status PadBodies(Recording* recording);
  /// Gives it its name.
  Status Commit();

  /// The first error of KeepBody.
  const Status& status() const { return status_; }
  /// Where the folder is now.
  const std::filesystem::path& folder() const { return temporary_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::set<std::string> bodies_;
  Status status_;
};

}  // namespace stalemark::cli
