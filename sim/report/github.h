// SPDX-License-Identifier: Apache-2.0
// A test report for GitHub Actions: workflow commands, which put each failure beside its line in the pull request, and
// a job summary in Markdown.
//
// Pure functions. GitHub shows the first ten annotations of a step and refuses a summary of more than 1 MiB, so this
// one stops before that and says how many failures it left out.
#pragma once

#include <string>
#include <string_view>

#include "sim/report/test_report.h"

namespace stalemark::report {

/// `::error file=,line=,col=,title=::text`, a line for each failure. `folder`: where relative file names start, below
/// the root of the repository; empty: at the root.
std::string GithubAnnotations(const TestReport& report, std::string_view folder);

std::string GithubSummary(const TestReport& report);

}  // namespace stalemark::report
