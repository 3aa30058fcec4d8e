// SPDX-License-Identifier: Apache-2.0
// Runs one scrape case (scrape-conformance/1) and returns what happened in the form of its `expected`: label sets and
// headers written out instead of numbered, ties in one fixed order, so that two such values can be compared as JSON.
#pragma once

#include <string>

#include "sim/conformance/case.h"

namespace stalemark::conformance {

/// Keys: configs, requests, commits, snapshots, failure_logs, series, exemplars, metrics, and with `stop`
/// metrics_after_stop, stopped_ns. Digests of the trace go to *digests, a line.
Json RunScrape(const Json& test, std::string* digests);

/// Orders ties of requests and commits as the format says, in place.
void SortTies(Json* result);

}  // namespace stalemark::conformance
