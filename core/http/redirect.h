// SPDX-License-Identifier: Apache-2.0
// Which responses net/http's Client takes for redirects, how many it follows, and when.
//
// Pure functions.
#pragma once

#include <cstdint>

namespace stalemark {

/// Requests of one exchange, the first one included.
inline constexpr int kHopsMax = 10;
/// So much of a redirect's body the client reads before it follows, and nothing of one that says it is larger.
inline constexpr std::uint64_t kRedirectBodyMax = 2048;

inline bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Whether a redirect of that status keeps method and body; after the others a POST is a GET without one.
inline bool KeepsMethod(int status) {
  return status == 307 || status == 308;
}

}  // namespace stalemark
