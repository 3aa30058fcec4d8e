// SPDX-License-Identifier: Apache-2.0
// MemoryFailureLogs: the scrape failure logs of a simulation, kept as lines by file. Every file can be opened but those
// that the caller's rule refuses. Must outlive the logs it opens.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/seams/failure_log.h"

namespace stalemark {

struct FailureLine {
  WallTime at{};
  std::string message;
  std::string job_name;
  std::string target;
};

class MemoryFailureLogs final : public FailureLogs {
 public:
  /// What Open answers for a path, or nothing when it opens.
  using OpenRule = std::function<std::optional<Error>(std::string_view path)>;

  void SetOpenRule(OpenRule rule) { rule_ = std::move(rule); }
  Result<std::unique_ptr<FailureLog>> Open(std::string_view path) override;
  /// By file; files without lines are not there.
  const std::map<std::string, std::vector<FailureLine>>& lines() const { return lines_; }

 private:
  OpenRule rule_;
  std::map<std::string, std::vector<FailureLine>> lines_;
};

}  // namespace stalemark
