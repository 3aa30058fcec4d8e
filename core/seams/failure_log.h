// SPDX-License-Identifier: Apache-2.0
// FailureLogs: the scrape failure logs that `scrape_failure_log_file` names (FAIL-01 to FAIL-04). Mirrors FailureLogger
// of scrape/scrape.go and util/logging/file.go.
//
// The manager opens each file once per configuration and owns the log; loops write to it as long as it is owned.
#pragma once

#include <memory>
#include <string_view>

#include "core/model/result.h"
#include "core/seams/time.h"

namespace stalemark {

/// One line: a fetch that failed. Its level is `ERROR`.
struct ScrapeFailure {
  WallTime at{};
  std::string_view message;
  std::string_view job_name;
  /// URL of the target when its loop got the log.
  std::string_view target;
};

class FailureLog {
 public:
  /// Closes the file.
  virtual ~FailureLog() = default;
  virtual void Write(const ScrapeFailure& failure) = 0;
};

class FailureLogs {
 public:
  virtual ~FailureLogs() = default;
  /// Opens for appending. Errors in Go's words: `open NAME: no such file or directory`.
  virtual Result<std::unique_ptr<FailureLog>> Open(std::string_view path) = 0;
};

}  // namespace stalemark
