// SPDX-License-Identifier: Apache-2.0
// Which responses net/http's Client takes for redirects, and how many it follows.
//
// Pure functions.
#pragma once

namespace stalemark {

/// Requests of one exchange, the first one included.
inline constexpr int kHopsMax = 10;

inline bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Whether a redirect of that status keeps method and body; after the others a POST is a GET without one.
inline bool KeepsMethod(int status) {
  return status == 307 || status == 308;
}

}  // namespace stalemark
