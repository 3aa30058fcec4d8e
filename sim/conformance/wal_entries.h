// SPDX-License-Identifier: Apache-2.0
// WAL records from the JSON of tests/conformance/tsdb/FORMAT.md, for the runners of records and of remote write.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/storage/wal.h"
#include "sim/conformance/case.h"

namespace stalemark::conformance::tsdb {

/// Records of one batch, as the head logs them. `kind` with suffix `_st`: with start times. Nothing: not a kind.
std::optional<std::vector<std::string>> EncodeEntries(const std::string& kind, const Json& entries);

}  // namespace stalemark::conformance::tsdb
