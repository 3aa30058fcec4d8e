// SPDX-License-Identifier: Apache-2.0
#include "sim/exporter_check/report_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/expect/table.h"
#include "sim/exporter_check/checks.h"

namespace stalemark::exporter_check {
namespace {

using scenario::Table;

constexpr std::size_t kRowsShown = 5;
constexpr std::size_t kSeriesShown = 5;
/// Of one kind.
constexpr std::size_t kFindingsShown = 10;

/// `812 B`, `19.8 KB`, `1.2 MB`.
std::string BytesText(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array<std::string_view, 3> kSizeUnits = {"KB", "MB", "GB"};
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; size >= 999.95 && unit + 1 < kSizeUnits.size(); ++unit) size /= 1000;
  return fmt::format("{:.1f} {}", size, kSizeUnits[unit]);
}

std::string MillisText(Nanoseconds duration) {
  return fmt::format("{} ms", std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// Numbers of a column, aligned to the right.
void AlignRight(std::vector<std::vector<std::string>>& rows, std::size_t column) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row[column].size());
  for (auto& row : rows) row[column].insert(0, width - row[column].size(), ' ');
}

std::string TableText(std::vector<std::vector<std::string>> rows, std::size_t first_number) {
  if (rows.empty()) return {};
  for (std::size_t column = first_number; column < rows.front().size(); ++column) AlignRight(rows, column);
  Table table;
  for (auto& row : rows) table.Add(std::move(row));
  return table.Text() + "\n";
}

std::string WhatCame(const AnswerRow& row) {
  if (!row.answer.error.empty()) return row.answer.status.empty() ? "no answer" : row.answer.status;
  std::string text = row.format.empty() ? "no known format" : row.format;
  if (!row.format.empty() && !row.readable) text += ", broken";
  return text;
}

std::string AnswersText(const Report& report) {
  const bool is_file = report.answers.front().answer.is_file;
  std::vector<std::vector<std::string>> rows;
  if (is_file) {
    rows.push_back({"page", "read as", "bytes", "samples"});
  } else {
    rows.push_back({"asked for", "answered", "sent", "unpacked", "took", "samples"});
  }
  // What a format's name stands for, as it was sent.
  std::vector<std::pair<std::string, std::string>> types;
  for (const AnswerRow& row : report.answers) {
    const Answer& answer = row.answer;
    const std::string series = row.readable ? std::to_string(row.sample_count) : "-";
    if (is_file) {
      rows.push_back({answer.name, WhatCame(row), std::to_string(row.body_bytes), series});
    } else {
      const std::string coding = answer.content_coding.empty() ? "" : answer.content_coding + " ";
      const bool failed = !answer.error.empty();
      rows.push_back({answer.name, WhatCame(row), failed ? "-" : coding + BytesText(answer.wire_bytes),
                      failed ? "-" : BytesText(row.body_bytes), MillisText(answer.took), series});
    }
    const std::pair<std::string, std::string> type = {row.format, answer.content_type};
    if (!answer.error.empty() || is_file || std::find(types.begin(), types.end(), type) != types.end()) continue;
    types.push_back(type);
  }
  std::string text = TableText(std::move(rows), 2);
  for (const auto& [format, type] : types) {
    text +=
        fmt::format("{}: {}\n", format.empty() ? "no known format" : format, type.empty() ? "no Content-Type" : type);
  }
  const Answer& first = report.answers.front().answer;
  if (!is_file && report.answers.size() == 1 && !first.error.empty()) text += "No more was asked.\n";
  for (const AnswerRow& row : report.answers) {
    if (row.answer.redirects == 0) continue;
    text += fmt::format("{} was redirected {}.\n", row.answer.name, CountText(row.answer.redirects, "time"));
    break;
  }
  return text;
}

std::string TopText(std::string_view head, std::string_view column, const std::vector<Counted>& counts,
                    std::uint64_t total) {
  if (counts.empty()) return {};
  std::vector<std::vector<std::string>> rows = {{std::string(head), std::string(column)}};
  for (std::size_t i = 0; i < std::min(counts.size(), kRowsShown); ++i) {
    rows.push_back({counts[i].name, std::to_string(counts[i].count)});
    if (total > 0) {
      rows.back().push_back(
          fmt::format("{:.1f}%", 100.0 * static_cast<double>(counts[i].count) / static_cast<double>(total)));
    }
  }
  if (total > 0) rows.front().push_back("share");
  std::string text = TableText(std::move(rows), 1);
  if (counts.size() > kRowsShown) text += fmt::format("... {} more\n", counts.size() - kRowsShown);
  return text;
}

std::string SizeText(const SizeReport& size) {
  if (size.sample_count == 0) return {};
  std::string text =
      fmt::format("\nSize\n{} for {} of {}", BytesText(size.body_bytes), CountText(size.sample_count, "sample"),
                  size.family_count == 1 ? "1 family" : fmt::format("{} families", size.family_count));
  if (size.exemplar_count > 0) text += fmt::format(", {}", CountText(size.exemplar_count, "exemplar"));
  text += "\n";
  if (size.classic_histogram_count > 0) {
    text += fmt::format("{} with {}\n", CountText(size.classic_histogram_count, "classic histogram"),
                        CountText(size.classic_bucket_count, "bucket"));
  }
  if (size.native_histogram_count > 0) {
    text += fmt::format("{}, at most {}\n", CountText(size.native_histogram_count, "native histogram"),
                        CountText(size.native_buckets_max, "bucket"));
  }
  if (size.longest_value_bytes > 0) {
    text += fmt::format("longest label value: {}, of label {}\n", CountText(size.longest_value_bytes, "byte"),
                        size.longest_value_label);
  }
  text += "\n" + TopText("family", "samples", size.samples_by_family, size.sample_count);
  if (!size.values_by_label.empty()) text += "\n" + TopText("label", "values", size.values_by_label, 0);
  text += "\nSmallest limits that let it through\n";
  for (const Counted& limit : size.limits_needed) text += fmt::format("{}: {}\n", limit.name, limit.count);
  return text;
}

std::string ScrapeText(const StoredScrape& scrape) {
  std::string text = scrape.up ? "up    " : "down  ";
  text += CountText(scrape.samples_scraped, "sample");
  if (scrape.samples_post_relabel != scrape.samples_scraped) {
    text += fmt::format(", {} dropped by metric_relabel_configs", scrape.samples_scraped - scrape.samples_post_relabel);
  }
  if (scrape.series_added > 0) text += fmt::format(", {} new", scrape.series_added);
  if (scrape.stale_markers > 0) text += fmt::format(", {}", CountText(scrape.stale_markers, "stale marker"));
  if (scrape.samples_refused > 0) text += fmt::format(", {} refused", scrape.samples_refused);
  if (!scrape.error.empty()) text += ": " + scrape.error;
  return text;
}

std::string StoredText(const StoredReport& stored, SeriesShown shown) {
  if (stored.scrapes.empty()) {
    return stored.target_error.empty() ? std::string() : fmt::format("\nStored: nothing. {}\n", stored.target_error);
  }
  std::string text = fmt::format("\nStored for the target {}\n", SeriesName(stored.target));
  std::vector<std::vector<std::string>> rows;
  for (const StoredScrape& scrape : stored.scrapes) rows.push_back({scrape.answer, ScrapeText(scrape)});
  text += TableText(std::move(rows), 2);
  text += fmt::format("{} (and up, scrape_duration_seconds, ...: {})\n", CountText(stored.series.size(), "series"),
                      stored.report_series_count);
  const std::size_t count =
      shown == SeriesShown::kAll ? stored.series.size() : std::min(stored.series.size(), kSeriesShown);
  for (std::size_t i = 0; i < count; ++i) text += "  " + SeriesName(stored.series[i]) + "\n";
  if (count < stored.series.size()) {
    text += fmt::format("  ... {} more: --series shows all\n", stored.series.size() - count);
  }
  return text;
}

/// Findings that differ in their subjects only: the first, and the names of the others.
struct Alike {
  const Finding* first = nullptr;
  std::vector<std::string> others;
};

/// Names on one line as far as they fit, and how many more there are.
std::string NamesText(const std::vector<std::string>& names) {
  constexpr std::size_t kLineMax = 64;
  std::string text = "    also ";
  std::size_t shown = 0;
  while (shown < names.size() && (shown == 0 || text.size() + names[shown].size() + 2 <= kLineMax)) {
    if (shown > 0) text += ", ";
    text += names[shown++];
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text + "\n";
}

std::string KindText(const Findings& findings, Severity severity, std::string_view kind) {
  std::vector<Alike> groups;
  std::map<std::string_view, std::size_t> by_message;
  std::uint64_t more = 0;
  for (const Finding& finding : findings.list()) {
    if (finding.severity != severity || finding.kind != kind) continue;
    more += finding.more;
    const bool can_join = finding.detail.empty() && !finding.subject.empty();
    const auto found = can_join ? by_message.find(finding.message) : by_message.end();
    if (found != by_message.end()) {
      groups[found->second].others.push_back(finding.subject);
      continue;
    }
    if (can_join) by_message[finding.message] = groups.size();
    groups.push_back({&finding, {}});
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i >= kFindingsShown) {
      more += 1 + groups[i].others.size();
      continue;
    }
    text += FindingText(*groups[i].first);
    if (!groups[i].others.empty()) text += NamesText(groups[i].others);
  }
  if (more > 0) text += fmt::format("... {} more [{}]\n", more, kind);
  return text;
}

std::string FindingsText(const Findings& findings) {
  std::string text;
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote}) {
    // By kind, in the order of their first findings.
    std::vector<std::string_view> kinds;
    for (const Finding& finding : findings.list()) {
      if (finding.severity == severity && std::find(kinds.begin(), kinds.end(), finding.kind) == kinds.end()) {
        kinds.push_back(finding.kind);
      }
    }
    for (const std::string_view kind : kinds) text += KindText(findings, severity, kind);
  }
  return text.empty() ? text : "\nFindings\n" + text;
}

}  // namespace

std::string FindingText(const Finding& finding) {
  std::string text = finding.answer;
  if (finding.spot.line > 0) text += fmt::format(":{}:{}", finding.spot.line, finding.spot.column);
  if (!text.empty()) text += ": ";
  text += fmt::format("{}: ", SeverityText(finding.severity));
  if (!finding.subject.empty()) text += finding.subject + ": ";
  text += finding.message;
  if (finding.repeats > 0) text += fmt::format(" ({} more times)", finding.repeats);
  text += fmt::format(" [{}]\n", finding.kind);
  std::string_view rest = finding.detail;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text += fmt::format("    {}\n", rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

std::string VerdictText(const Findings& findings) {
  std::string text;
  const auto add = [&](Severity severity, std::string_view what) {
    const std::uint64_t count = findings.Count(severity);
    if (count > 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", CountText(count, what));
  };
  add(Severity::kError, "error");
  add(Severity::kWarning, "finding");
  if (text.empty()) text = "nothing found";
  add(Severity::kNote, "note");
  return text;
}

std::string ReportText(const Report& report, SeriesShown series) {
  if (report.answers.empty()) return {};
  return AnswersText(report) + SizeText(report.size) + StoredText(report.stored, series) +
         FindingsText(report.findings);
}

}  // namespace stalemark::exporter_check
