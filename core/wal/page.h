// SPDX-License-Identifier: Apache-2.0
// How segments are laid out (WAL-02, WAL-03), for the files of this folder only. Mirrors tsdb/wlog/wlog.go.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stalemark::wal_page {

inline constexpr std::size_t kPageBytes = 32768;
/// Type, length, checksum.
inline constexpr std::size_t kHeaderBytes = 7;

/// Low bits of a fragment's first byte.
enum class FragmentType : std::uint8_t { kPageTerm = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };
inline constexpr std::uint8_t kTypeMask = 7;
inline constexpr std::uint8_t kSnappyFlag = 8;
inline constexpr std::uint8_t kZstdFlag = 16;

}  // namespace stalemark::wal_page
