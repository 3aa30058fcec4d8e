// SPDX-License-Identifier: Apache-2.0
// Wall times as Go prints them: RFC 3339 in UTC, as JSON has it and as logs have it. Pure functions.
#pragma once

#include <string>

#include "core/seams/time.h"

namespace stalemark {

/// Go's zero time: never.
inline constexpr const char* kZeroTime = "0001-01-01T00:00:00Z";

/// With as many digits of a second as it has: `2026-01-02T03:04:05.5Z`.
std::string Rfc3339(WallTime time);
/// With three digits: `2026-01-02T03:04:05.500Z`.
std::string Rfc3339Milliseconds(WallTime time);

}  // namespace stalemark
