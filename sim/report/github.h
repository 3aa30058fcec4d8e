// SPDX-License-Identifier: Apache-2.0
// A test report for GitHub Actions: workflow commands, which put each failure beside its line in the pull request, and
// a job summary in Markdown.
//
// Pure functions. GitHub shows the first ten annotations of a step and refuses a summary of more than 1 MiB, so this
// one stops before that and says how many failures it left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/report/test_report.h"

namespace stalemark::report {

/// `::error file=,line=,col=,title=::text`, a line for each failure. `folder`: where relative file names start, below
/// the root of the repository; empty: at the root.
std::string GithubAnnotations(const TestReport& report, std::string_view folder);

/// One workflow command, with its newline.
struct GithubAnnotation {
  /// `error`, `warning` or `notice`.
  std::string_view level = "error";
  /// Empty: no place.
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string title;
  std::string message;
};
std::string AnnotationText(const GithubAnnotation& annotation);

std::string GithubSummary(const TestReport& report);

}  // namespace stalemark::report
