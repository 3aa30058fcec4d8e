// SPDX-License-Identifier: Apache-2.0
// What a capsule is worth: it is read from disk and played, and what it stores compared with what the live run stored;
// and its files are searched for secrets.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/record/append_log.h"
#include "core/model/result.h"
#include "core/storage/head.h"
#include "live/record/redactor.h"

namespace stalemark::cli {

/// What the live run left.
struct LiveEvidence {
  const AppendLog& log;
  const Head& head;
  /// As TraceWriter gives it.
  std::string store_digest;
};

/// The first differences, a few lines each; empty: the replay stores the same. The error: the capsule does not load.
Result<std::vector<std::string>> CompareReplay(const std::filesystem::path& folder, const LiveEvidence& live);

struct ScanResult {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  /// `FILE: byte N`, without the text.
  std::vector<std::string> hits;
};
Result<ScanResult> ScanForSecrets(const std::filesystem::path& folder, Redactor& redactor);

}  // namespace stalemark::cli
