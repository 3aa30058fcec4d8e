// SPDX-License-Identifier: Apache-2.0
// CheckExporter: everything that a check says about an exporter, from what it answered. `stalemark check URL` makes the
// requests, `--metrics` takes saved pages; here nothing is asked and nothing is printed.
//
// Pure: same answers, same report.
#pragma once

#include <string>
#include <vector>

#include "sim/exporter_check/answer.h"
#include "sim/exporter_check/report.h"
#include "sim/exporter_check/stored.h"

namespace stalemark::exporter_check {

struct CheckInput {
  std::string exporter;
  /// Scrapes in the order of their times; at least one answer.
  std::vector<Answer> answers;
  CheckedTarget target;
  /// Between two scrapes; more than nothing.
  Nanoseconds interval{0};
};

/// Whether a body has names that the escaping schemes write differently.
bool HasNamesToEscape(const Answer& answer, const ScrapeConfig& job);

/// Takes the answers' bodies: a report has none.
Report CheckExporter(CheckInput input);

}  // namespace stalemark::exporter_check
