// SPDX-License-Identifier: Apache-2.0
// A test report as JUnit XML, as Jenkins, GitLab and GitHub's actions read it: a suite per file, in it a case `run`,
// then a case per expectation. What went wrong without being an expectation (a configuration that does not load) is a
// case of its own.
//
// Pure function. The bytes are valid XML 1.0 in UTF-8 whatever the report holds: characters that XML has no place for,
// and bytes that are no UTF-8, become U+FFFD.
#pragma once

#include <string>

#include "sim/report/test_report.h"

namespace stalemark::report {

std::string JunitXml(const TestReport& report);

}  // namespace stalemark::report
