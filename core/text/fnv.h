// SPDX-License-Identifier: Apache-2.0
// FNV-1a, 64 bits (Go's hash/fnv New64a): target hashes (POOL-04) and the offset seed (MGR-12).
#pragma once

#include <cstdint>
#include <string_view>

namespace stalemark::text {

inline constexpr std::uint64_t kFnv1a64Start = 0xcbf29ce484222325;

/// Hash of `text`, or of what `hash` stands for followed by `text`.
constexpr std::uint64_t Fnv1a64(std::string_view text, std::uint64_t hash = kFnv1a64Start) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

}  // namespace stalemark::text
