// SPDX-License-Identifier: Apache-2.0
// How many descriptors the process may have: a connection is one. Mirrors what Go's os package does at start
// (os/rlimit.go).
#pragma once

namespace stalemark {

/// Raises the soft limit to the hard one. Where that is refused the limit stays.
void RaiseFileLimit();

}  // namespace stalemark
