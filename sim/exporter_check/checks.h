// SPDX-License-Identifier: Apache-2.0
// The checks: each looks at answers and their readings and adds what it finds. Pure functions.
//
// A body is looked at alone (body_checks.cpp), the scrapes one after the other (scrape_checks.cpp), the protocols
// beside the scrapes (protocol_checks.cpp), and each answer beside its question (negotiation_checks.cpp).
#pragma once

#include <vector>

#include "core/config/config.h"
#include "sim/exporter_check/answer.h"
#include "sim/exporter_check/reading.h"
#include "sim/exporter_check/report.h"

namespace stalemark::exporter_check {

/// An answer and what was read of it.
struct Page {
  const Answer* answer = nullptr;
  Reading reading;
};

/// A request that failed, a body that cannot be read, and what is odd in one that can.
void CheckBody(const Page& page, const ScrapeConfig& job, Findings& findings);
/// An answer that is not what was asked for: another protocol, coding or escaping; one that is slow; native histograms
/// that the job does not scrape. Requires: readable.
void CheckNegotiation(const Page& page, const ScrapeConfig& job, Findings& findings);
/// Whether a sample has a name that the escaping schemes write differently.
bool HasNameToEscape(const SampleRead& sample);
/// promtool's findings.
void CheckLint(const Page& page, Findings& findings);
/// Differences between scrapes, in the order of their times. Requires: all readable.
void CheckScrapes(const std::vector<const Page*>& scrapes, const ScrapeConfig& job, Findings& findings);
/// Series that only some protocols have. `scrapes` as above, `others`: readable answers for one protocol each, or
/// without compression.
void CheckProtocols(const std::vector<const Page*>& scrapes, const std::vector<const Page*>& others,
                    Findings& findings);

/// A finding about a page: its name is filled in.
Finding FindingAbout(const Page& page, Severity severity, std::string_view kind);
/// The name as people say it, quoted if it is no legacy name.
std::string SeriesName(const Labels& labels);
/// The value of a parameter of a media type: `1.0.0` of `...; version=1.0.0; ...`; empty: none.
std::string MediaTypeParameter(std::string_view content_type, std::string_view name);
/// `1 series`, `3 samples`: `what` in the singular.
std::string CountText(std::uint64_t count, std::string_view what);

}  // namespace stalemark::exporter_check
