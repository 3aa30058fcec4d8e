// SPDX-License-Identifier: Apache-2.0
// The block compressions of WAL records and of remote-write requests. Mirrors util/compression, on libsnappy and zstd.
//
// One whole block in memory. Snappy is the block format, not the framed one; its bytes depend on the library's choice
// of matches, so that only what comes out again can be compared. Errors: for snappy those of Go's decoder. What a
// block unpacks to is bounded: a length that is larger than any WAL record is refused before memory is taken.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/model/result.h"

namespace stalemark {

/// Unpacked bytes of a block that are refused.
inline constexpr std::size_t kUnpackedBytesMax = std::size_t{1} << 30;

/// Appends to `out`.
void SnappyEncode(std::string_view block, std::string& out);
Result<std::string> SnappyDecode(std::string_view packed);
Result<std::string> ZstdDecode(std::string_view packed);

}  // namespace stalemark
