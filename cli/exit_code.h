// SPDX-License-Identifier: Apache-2.0
// The exit codes of all commands.
#pragma once

namespace stalemark::cli {

inline constexpr int kPassed = 0;
/// Something that was checked is not as it should be, an input is invalid, or output could not be written.
inline constexpr int kFailed = 1;
/// The command was called wrongly.
inline constexpr int kUsage = 2;
/// A search, or a check of an exporter, found something.
inline constexpr int kFindings = 3;
/// The same run gave two results.
inline constexpr int kNondeterminism = 4;

}  // namespace stalemark::cli
