// SPDX-License-Identifier: Apache-2.0
// StoreScrapes: what Prometheus stores of the scrapes of a check. The engine itself scrapes the bodies once more under
// a virtual clock, so that relabelling, limits, refusals and stale markers are those of a real run.
#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/model/target_group.h"
#include "sim/exporter_check/checks.h"
#include "sim/exporter_check/report.h"

namespace stalemark::exporter_check {

/// What is scraped, as discovery would say it: `__address__` at least.
struct CheckedTarget {
  ScrapeConfig job;
  LabelMap labels;
};

/// The target's public labels; an error: it cannot be built, or relabelling drops it.
Result<Labels> TargetLabels(const CheckedTarget& target);

/// Scrapes with errors count: the target is down then. Refused samples and series go to `findings`. `interval`: between
/// two scrapes.
StoredReport StoreScrapes(const std::vector<const Page*>& scrapes, const CheckedTarget& target, Nanoseconds interval,
                          Findings& findings);

/// Labels of the exporter that the target has too, and what becomes of them.
void CheckCollisions(const Page& page, const Labels& target_labels, const ScrapeConfig& job, Findings& findings);

}  // namespace stalemark::exporter_check
