// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/check.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/exporter_check/checks.h"
#include "sim/exporter_check/size.h"

namespace stalemark::exporter_check {
namespace {

using Pages = std::vector<const Page*>;

std::string FormatText(const Page& page) {
  if (!page.reading.format) return {};
  std::string text;
  switch (*page.reading.format) {
    case ExpositionFormat::kText:
      text = "text";
      break;
    case ExpositionFormat::kOpenMetrics:
      text = "OpenMetrics";
      break;
    case ExpositionFormat::kProtobuf:
      return "protobuf";
  }
  const std::string version = MediaTypeParameter(page.answer->content_type, "version");
  return version.empty() ? text : text + " " + version;
}

AnswerRow RowOf(const Page& page) {
  AnswerRow row;
  row.answer = *page.answer;
  row.answer.body.clear();
  row.answer.body.shrink_to_fit();
  row.body_bytes = page.answer->body.size();
  row.format = FormatText(page);
  row.sample_count = page.reading.samples.size();
  row.readable = page.answer->error.empty() && page.reading.readable();
  return row;
}

Pages Chosen(const std::vector<Page>& pages, bool (*wanted)(const Page& page)) {
  Pages chosen;
  for (const Page& page : pages) {
    if (wanted(page)) chosen.push_back(&page);
  }
  return chosen;
}

bool IsReadable(const Page& page) {
  return page.answer->error.empty() && page.reading.readable();
}
bool IsScrape(const Page& page) {
  return page.answer->purpose == Purpose::kScrape;
}

/// promtool reads the text format: the first such page that it could be given, else the first at all.
const Page* PageToLint(const std::vector<Page>& pages) {
  const Pages readable = Chosen(pages, IsReadable);
  for (const Page* page : readable) {
    if (page->reading.format == ExpositionFormat::kText && page->answer->purpose != Purpose::kEscaping) return page;
  }
  return readable.empty() ? nullptr : readable.front();
}

void Measure(const Pages& scrapes, const CheckedTarget& target, Report& report) {
  if (scrapes.empty()) return;
  const Page& first = *scrapes.front();
  report.size = MeasureSize(first.reading, first.answer->body.size());
  std::uint64_t bytes_max = 0;
  std::vector<const Reading*> readings;
  for (const Page* page : scrapes) {
    readings.push_back(&page->reading);
    bytes_max = std::max<std::uint64_t>(bytes_max, page->answer->body.size());
  }
  MeasureLimits(readings, bytes_max, target.job, report.stored.target, report.size);
}

void Store(const std::vector<Page>& pages, const CheckInput& input, Report& report) {
  const Pages scrapes = Chosen(pages, IsScrape);
  const Result<Labels> labels = TargetLabels(input.target);
  if (!labels.ok()) {
    report.stored.target_error = labels.error().message;
    Finding finding;
    finding.severity = Severity::kWarning;
    finding.kind = "target";
    finding.message = labels.error().message;
    report.findings.Add(std::move(finding));
    return;
  }
  for (const Page* page : scrapes) {
    if (!IsReadable(*page)) continue;
    CheckCollisions(*page, *labels, input.target.job, report.findings);
    break;
  }
  report.stored = StoreScrapes(scrapes, input.target, input.interval, report.findings);
}

/// Pages with times of their own are as old as the newest of them: they are not to be refused for their age.
void SetTimeOfFile(const Reading& reading, Answer& answer) {
  if (!answer.is_file) return;
  std::optional<std::int64_t> newest_ms;
  for (const SampleRead& sample : reading.samples) {
    if (sample.has_timestamp) newest_ms = std::max(newest_ms.value_or(sample.t_ms), sample.t_ms);
  }
  constexpr std::int64_t kLatestMs = std::int64_t{1} << 42;  // the year 2109, far from the end of nanoseconds
  if (!newest_ms || *newest_ms < 0 || *newest_ms > kLatestMs) return;
  answer.at = WallTime(std::chrono::milliseconds(*newest_ms));
}

}  // namespace

bool HasNamesToEscape(const Answer& answer, const ScrapeConfig& job) {
  if (!answer.error.empty()) return false;
  const Reading reading = ReadAnswer(answer, job);
  return std::any_of(reading.samples.begin(), reading.samples.end(), HasNameToEscape);
}

Report CheckExporter(CheckInput input) {
  Report report;
  report.exporter = input.exporter;
  std::vector<Page> pages;
  pages.reserve(input.answers.size());
  for (Answer& answer : input.answers) {
    Page page;
    page.answer = &answer;
    if (answer.error.empty()) page.reading = ReadAnswer(answer, input.target.job);
    SetTimeOfFile(page.reading, answer);
    pages.push_back(std::move(page));
  }
  for (const Page& page : pages) {
    report.answers.push_back(RowOf(page));
    CheckBody(page, input.target.job, report.findings);
    if (IsReadable(page)) CheckNegotiation(page, input.target.job, report.findings);
  }
  const Pages scrapes = Chosen(pages, [](const Page& page) { return IsScrape(page) && IsReadable(page); });
  CheckScrapes(scrapes, input.target.job, report.findings);
  CheckProtocols(scrapes,
                 Chosen(pages,
                        [](const Page& page) {
                          const Purpose purpose = page.answer->purpose;
                          return IsReadable(page) && (purpose == Purpose::kProtocol || purpose == Purpose::kCoding);
                        }),
                 report.findings);
  if (const Page* page = PageToLint(pages); page != nullptr) CheckLint(*page, report.findings);
  Store(pages, input, report);
  Measure(scrapes, input.target, report);
  return report;
}

}  // namespace stalemark::exporter_check
