// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "core/model/duration.h"
#include "core/model/protocols.h"
#include "sim/exporter_check/checks.h"

namespace stalemark::exporter_check {
namespace {

/// Smaller pages are not worth a note.
constexpr std::size_t kWorthCompressing = 10'000;

/// The protocol that an answer is in; nothing: a version that none has.
std::optional<ScrapeProtocol> AnsweredProtocol(const Page& page) {
  const std::string version = MediaTypeParameter(page.answer->content_type, "version");
  switch (*page.reading.format) {
    case ExpositionFormat::kProtobuf:
      return ScrapeProtocol::kPrometheusProto;
    case ExpositionFormat::kOpenMetrics:
      if (version == "1.0.0") return ScrapeProtocol::kOpenMetricsText1_0_0;
      if (version == "0.0.1" || version.empty()) return ScrapeProtocol::kOpenMetricsText0_0_1;
      return std::nullopt;
    case ExpositionFormat::kText:
      break;
  }
  if (version == "1.0.0") return ScrapeProtocol::kPrometheusText1_0_0;
  if (version == "0.0.4" || version.empty()) return ScrapeProtocol::kPrometheusText0_0_4;
  return std::nullopt;
}

/// Text 0.0.4 is what an exporter may always fall back to.
void CheckProtocol(const Page& page, Findings& findings) {
  if (page.answer->purpose != Purpose::kProtocol) return;
  const std::optional<ScrapeProtocol> asked = ScrapeProtocolFromName(page.answer->name);
  const std::optional<ScrapeProtocol> answered = AnsweredProtocol(page);
  if (!asked || answered == asked || answered == ScrapeProtocol::kPrometheusText0_0_4) return;
  Finding finding = FindingAbout(page, Severity::kWarning, "negotiation");
  finding.message = fmt::format("asked for it alone, and got {}: Prometheus reads that, a client that asks so may not",
                                answered ? ScrapeProtocolName(*answered) : page.answer->content_type);
  findings.Add(std::move(finding));
}

void CheckCoding(const Page& page, Findings& findings) {
  const Answer& answer = *page.answer;
  if (answer.is_file) return;
  if (!answer.asked_gzip && !answer.content_coding.empty() && answer.content_coding != "identity") {
    Finding finding = FindingAbout(page, Severity::kWarning, "negotiation");
    finding.message = fmt::format("asked for no compression, and got {}", answer.content_coding);
    findings.Add(std::move(finding));
  }
  if (answer.purpose == Purpose::kScrape && answer.asked_gzip && answer.content_coding.empty() &&
      answer.body.size() >= kWorthCompressing) {
    Finding finding = FindingAbout(page, Severity::kNote, "not_compressed");
    finding.message = "gzip was asked for, and not used";
    findings.Add(std::move(finding));
  }
}

void CheckEscaping(const Page& page, Findings& findings) {
  if (page.answer->purpose != Purpose::kEscaping) return;
  const std::optional<EscapingScheme> asked = EscapingSchemeFromName(page.answer->name);
  if (!asked || *asked == EscapingScheme::kAllowUtf8) return;
  const auto& samples = page.reading.samples;
  const auto found = std::find_if(samples.begin(), samples.end(), HasNameToEscape);
  if (found == samples.end()) return;
  Finding finding = FindingAbout(page, Severity::kWarning, "negotiation");
  finding.spot = SpotIn(page.answer->body, found->offset, page.reading.kind);
  finding.subject = SeriesName(found->labels);
  finding.message = fmt::format("escaping={} was asked for, and the name is not escaped", page.answer->name);
  findings.Add(std::move(finding));
}

void CheckDuration(const Page& page, const ScrapeConfig& job, Findings& findings) {
  if (page.answer->took * 2 <= job.scrape_timeout) return;
  Finding finding = FindingAbout(page, Severity::kWarning, "slow");
  finding.message = fmt::format("it took more than half of scrape_timeout ({})", FormatDuration(job.scrape_timeout));
  findings.Add(std::move(finding));
}

void CheckNativeHistograms(const Page& page, const ScrapeConfig& job, Findings& findings) {
  if (job.scrape_native_histograms || page.reading.format != ExpositionFormat::kProtobuf) return;
  ScrapeConfig with_native = job;
  with_native.scrape_native_histograms = true;
  const Reading reading = ReadAnswer(*page.answer, with_native);
  std::size_t count = 0;
  std::size_t buckets_max = 0;
  for (const SampleRead& sample : reading.samples) {
    if (!sample.is_histogram) continue;
    ++count;
    buckets_max = std::max(buckets_max, sample.bucket_count);
  }
  if (count == 0) return;
  Finding finding = FindingAbout(page, Severity::kNote, "native_histograms");
  finding.message = fmt::format("{} of at most {}: a job stores them with scrape_native_histograms",
                                CountText(count, "native histogram"), CountText(buckets_max, "bucket"));
  findings.Add(std::move(finding));
}

}  // namespace

void CheckNegotiation(const Page& page, const ScrapeConfig& job, Findings& findings) {
  CheckProtocol(page, findings);
  CheckCoding(page, findings);
  CheckEscaping(page, findings);
  CheckDuration(page, job, findings);
  CheckNativeHistograms(page, job, findings);
}

bool HasNameToEscape(const SampleRead& sample) {
  for (const Label& label : sample.labels) {
    const bool legacy = label.name == kMetricName ? IsLegacyMetricName(label.value) : IsLegacyLabelName(label.name);
    if (!legacy) return true;
  }
  return false;
}

std::string MediaTypeParameter(std::string_view content_type, std::string_view name) {
  const std::string key = fmt::format("{}=", name);
  const std::size_t begin = content_type.find(key);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = content_type.substr(begin + key.size());
  return std::string(rest.substr(0, std::min(rest.find_first_of("; "), rest.size())));
}

}  // namespace stalemark::exporter_check
