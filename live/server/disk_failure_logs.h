// SPDX-License-Identifier: Apache-2.0
// DiskFailureLogs: the scrape failure logs as files, JSON lines appended (FAIL-01). Mirrors util/logging/file.go, but
// for `source`, which would name a line of another program. What cannot be written is lost, as upstream.
#pragma once

#include <memory>
#include <string_view>

#include "core/seams/failure_log.h"

namespace stalemark {

class DiskFailureLogs final : public FailureLogs {
 public:
  Result<std::unique_ptr<FailureLog>> Open(std::string_view path) override;
};

}  // namespace stalemark
