// SPDX-License-Identifier: Apache-2.0
// CRC-32 with Castagnoli's polynomial, the checksum of WAL fragments and chunks.
#pragma once

#include <cstdint>
#include <string_view>

namespace stalemark {

/// Of all bytes; of none: 0.
std::uint32_t Crc32c(std::string_view bytes);

}  // namespace stalemark
