// SPDX-License-Identifier: Apache-2.0
// Byte sizes as prometheus.yml writes them: `15MB`, `1GiB512MiB` (CFG-37). All units are powers of 1024. Mirrors
// Base2Bytes of alecthomas/units.
//
// Pure functions; sizes are signed, a negative one means "no limit" where a limit is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

/// Bytes. Errors in upstream's words.
Result<std::int64_t> ParseByteSize(std::string_view text);
/// `1GiB512MiB`, `0B`, `-1KiB`.
std::string FormatByteSize(std::int64_t bytes);

}  // namespace stalemark
