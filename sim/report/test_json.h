// SPDX-License-Identifier: Apache-2.0
// A test report as one JSON document, for scripts. docs/formats/test-report.md describes it.
//
// Pure function; bytes that are no UTF-8 become U+FFFD.
#pragma once

#include <string>

#include "sim/report/test_report.h"

namespace stalemark::report {

std::string TestReportJson(const TestReport& report);
/// A failure, as it stands in the list of its scenario.
void AppendFailureJson(std::string& out, const scenario::Failure& failure);

}  // namespace stalemark::report
