// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "sim/exporter_check/checks.h"

namespace stalemark::exporter_check {
namespace {

using Names = std::unordered_set<std::string_view>;

Names SeriesOf(const Page& page) {
  Names names;
  for (const SampleRead& sample : page.reading.samples) names.insert(sample.labels.encoded());
  return names;
}

/// Series of a page that are in none of the sets; the first is named, the others are counted.
void AddDifference(const Page& about, const Page& source, const std::vector<const Names*>& others,
                   std::string_view message, Findings& findings) {
  const SampleRead* first = nullptr;
  std::size_t count = 0;
  for (const SampleRead& sample : source.reading.samples) {
    bool elsewhere = false;
    for (const Names* names : others) elsewhere = elsewhere || names->count(sample.labels.encoded()) > 0;
    if (elsewhere) continue;
    if (count++ == 0) first = &sample;
  }
  if (first == nullptr) return;
  Finding finding = FindingAbout(about, Severity::kWarning, "protocol_series");
  finding.subject = SeriesName(first->labels);
  finding.message = fmt::format("{}{}", message, count == 1 ? "" : fmt::format(" ({} such series)", count));
  findings.Add(std::move(finding));
}

}  // namespace

void CheckProtocols(const std::vector<const Page*>& scrapes, const std::vector<const Page*>& others,
                    Findings& findings) {
  if (scrapes.empty()) return;
  std::vector<Names> scraped;
  for (const Page* page : scrapes) scraped.push_back(SeriesOf(*page));
  std::vector<const Names*> any_scrape;
  for (const Names& names : scraped) any_scrape.push_back(&names);
  // A series may come or go while the requests are made: one that is missing counts only where all scrapes have it.
  Names unsteady;
  for (const std::string_view series : scraped.front()) {
    for (const Names& names : scraped) {
      if (names.count(series) == 0) unsteady.insert(series);
    }
  }
  const std::string& name = scrapes.front()->answer->name;
  for (const Page* other : others) {
    const Names names = SeriesOf(*other);
    AddDifference(
        *other, *scrapes.front(), {&names, &unsteady},
        fmt::format("{} has it, {} has not: what is stored depends on scrape_protocols", name, other->answer->name),
        findings);
    AddDifference(
        *other, *other, any_scrape,
        fmt::format("{} has it, {} has not: what is stored depends on scrape_protocols", other->answer->name, name),
        findings);
  }
}

}  // namespace stalemark::exporter_check
