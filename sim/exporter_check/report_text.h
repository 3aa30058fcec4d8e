// SPDX-License-Identifier: Apache-2.0
// A check's report for people (80 columns where names allow it) and for machines (docs/formats/check.md). Pure
// functions.
#pragma once

#include <cstdint>
#include <string>

#include "sim/exporter_check/report.h"

namespace stalemark::exporter_check {

enum class SeriesShown : std::uint8_t { kFirst, kAll };

/// All but the first and the last line of the command's output: answers, size, what is stored, findings.
std::string ReportText(const Report& report, SeriesShown series);

/// `PLACE: warning: SUBJECT: MESSAGE [KIND]`; places in files as `FILE:LINE:COL`. With its detail and newlines.
std::string FindingText(const Finding& finding);

/// `1 error, 2 findings, 1 note`; `nothing found`.
std::string VerdictText(const Findings& findings);

/// One object on one line, with a newline.
std::string ReportJson(const Report& report);

}  // namespace stalemark::exporter_check
