// SPDX-License-Identifier: Apache-2.0
#include "core/config/json_text.h"
#include "sim/exporter_check/checks.h"
#include "sim/exporter_check/report_text.h"

namespace stalemark::exporter_check {
namespace {

constexpr std::uint64_t kVersion = 1;

void WriteAnswer(std::string& out, const AnswerRow& row) {
  const Answer& answer = row.answer;
  JsonObject object(out);
  object.AlwaysText("name", answer.name);
  object.AlwaysText("purpose", PurposeText(answer.purpose));
  object.AlwaysText("accept", answer.accept);
  object.AlwaysText("status", answer.status);
  object.AlwaysText("error", answer.error);
  object.AlwaysText("content_type", answer.content_type);
  object.AlwaysText("content_encoding", answer.content_coding);
  object.AlwaysText("format", row.format);
  object.AlwaysBool("readable", row.readable);
  object.AlwaysUint("redirects", answer.redirects);
  object.AlwaysUint("wire_bytes", answer.wire_bytes);
  object.AlwaysUint("body_bytes", row.body_bytes);
  object.AlwaysInt("took_ns", answer.took.count());
  object.AlwaysUint("samples", row.sample_count);
}

void WriteFinding(std::string& out, const Finding& finding) {
  JsonObject object(out);
  object.AlwaysText("severity", SeverityText(finding.severity));
  object.AlwaysText("kind", finding.kind);
  object.AlwaysText("answer", finding.answer);
  object.AlwaysUint("line", finding.spot.line);
  object.AlwaysUint("column", finding.spot.column);
  object.AlwaysText("subject", finding.subject);
  object.AlwaysText("message", finding.message);
  object.AlwaysText("detail", finding.detail);
  object.AlwaysUint("repeats", finding.repeats);
  object.AlwaysUint("more", finding.more);
}

void WriteCounted(std::string& out, const Counted& counted) {
  JsonObject object(out);
  object.AlwaysText("name", counted.name);
  object.AlwaysUint("count", counted.count);
}

void WriteSize(std::string& out, const SizeReport& size) {
  JsonObject object(out);
  object.AlwaysUint("body_bytes", size.body_bytes);
  object.AlwaysUint("samples", size.sample_count);
  object.AlwaysUint("families", size.family_count);
  object.AlwaysUint("metric_names", size.metric_name_count);
  object.AlwaysUint("exemplars", size.exemplar_count);
  object.AlwaysUint("classic_histograms", size.classic_histogram_count);
  object.AlwaysUint("classic_buckets", size.classic_bucket_count);
  object.AlwaysUint("native_histograms", size.native_histogram_count);
  object.AlwaysUint("native_buckets_max", size.native_buckets_max);
  object.AlwaysText("longest_value_label", size.longest_value_label);
  object.AlwaysUint("longest_value_bytes", size.longest_value_bytes);
  object.AlwaysList("samples_by_family", size.samples_by_family, WriteCounted);
  object.AlwaysList("values_by_label", size.values_by_label, WriteCounted);
  object.AlwaysList("limits_needed", size.limits_needed, WriteCounted);
}

void WriteScrape(std::string& out, const StoredScrape& scrape) {
  JsonObject object(out);
  object.AlwaysText("answer", scrape.answer);
  object.AlwaysBool("up", scrape.up);
  object.AlwaysText("error", scrape.error);
  object.AlwaysUint("samples_scraped", scrape.samples_scraped);
  object.AlwaysUint("samples_post_metric_relabeling", scrape.samples_post_relabel);
  object.AlwaysUint("series_added", scrape.series_added);
  object.AlwaysUint("stale_markers", scrape.stale_markers);
  object.AlwaysUint("samples_refused", scrape.samples_refused);
}

void WriteStored(std::string& out, const StoredReport& stored) {
  JsonObject object(out);
  AppendJsonLabels(object.Key("target"), stored.target);
  object.AlwaysText("target_error", stored.target_error);
  object.AlwaysList("scrapes", stored.scrapes, WriteScrape);
  object.AlwaysList("series", stored.series,
                    [](std::string& text, const Labels& labels) { AppendJsonLabels(text, labels); });
}

}  // namespace

std::string ReportJson(const Report& report) {
  std::string out;
  {
    JsonObject object(out);
    object.AlwaysUint("version", kVersion);
    object.AlwaysText("exporter", report.exporter);
    object.AlwaysUint("errors", report.findings.Count(Severity::kError));
    object.AlwaysUint("warnings", report.findings.Count(Severity::kWarning));
    object.AlwaysUint("notes", report.findings.Count(Severity::kNote));
    object.AlwaysList("answers", report.answers, WriteAnswer);
    object.AlwaysList("findings", report.findings.list(), WriteFinding);
    WriteSize(object.Key("size"), report.size);
    WriteStored(object.Key("stored"), report.stored);
  }
  return out + "\n";
}

}  // namespace stalemark::exporter_check
