// SPDX-License-Identifier: Apache-2.0
// What a check of an exporter found: the answers, findings, sizes, and what Prometheus would store of it. Printed by
// report_text.h and report_json.h.
//
// Plain values, no views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/labels.h"
#include "sim/exporter_check/answer.h"
#include "sim/exporter_check/reading.h"

namespace stalemark::exporter_check {

enum class Severity : std::uint8_t {
  kError,    ///< a scrape fails
  kWarning,  ///< a finding: scrapes work, what is stored is not what the exporter means
  kNote,     ///< good to know; nobody has to do anything
};
/// `error`, `warning`, `note`.
std::string_view SeverityText(Severity severity);

struct Finding {
  Severity severity = Severity::kWarning;
  /// A stable word: `duplicate_series`. docs/formats/check.md lists them.
  std::string_view kind;
  /// The answer that it is about; empty: all, or the difference of several.
  std::string answer;
  /// In that answer's body; zeros: no place, or a binary body.
  Spot spot;
  /// A metric or a series; may be empty.
  std::string subject;
  std::string message;
  /// More lines: the line of the body with a mark under the place.
  std::string detail;
  /// The same in so many further answers.
  std::uint64_t repeats = 0;
  /// Others of the kind that are not listed.
  std::uint64_t more = 0;
};

/// Of one kind, at most so many are listed; the last one counts the others.
inline constexpr std::size_t kFindingsOfKindMax = 100;

/// Collects findings. A limit for each kind keeps a report short, and its making quick, whatever the body is.
class Findings {
 public:
  void Add(Finding finding);
  /// As many of a kind are there as are listed: what Add would do to another one of that answer, CountMore does.
  bool IsFull(std::string_view kind) const;
  void CountMore(std::string_view kind, const std::string& answer);
  const std::vector<Finding>& list() const { return list_; }
  /// Listed or not.
  std::uint64_t Count(Severity severity) const;

 private:
  struct OfKind {
    std::size_t listed = 0;
    /// Index of the last one.
    std::size_t last = 0;
    /// The first answer of which not all were listed: those of later ones are most likely the same.
    std::string overflowing;
  };
  std::vector<Finding> list_;
  std::map<std::string_view, OfKind> kinds_;
};

/// An answer in the table.
struct AnswerRow {
  /// Without its body.
  Answer answer;
  std::uint64_t body_bytes = 0;
  /// `OpenMetrics 1.0.0`; empty: no parser.
  std::string format;
  std::uint64_t sample_count = 0;
  bool readable = false;
};

struct Counted {
  std::string name;
  std::uint64_t count = 0;
};

struct SizeReport {
  std::uint64_t body_bytes = 0;
  std::uint64_t sample_count = 0;
  std::uint64_t family_count = 0;
  std::uint64_t metric_name_count = 0;
  std::uint64_t exemplar_count = 0;
  std::uint64_t classic_histogram_count = 0;
  std::uint64_t classic_bucket_count = 0;
  std::uint64_t native_histogram_count = 0;
  std::uint64_t native_buckets_max = 0;
  /// Largest first; all of them, a printer shows the first.
  std::vector<Counted> samples_by_family;
  std::vector<Counted> values_by_label;
  std::string longest_value_label;
  std::uint64_t longest_value_bytes = 0;
  /// The smallest limits under which no scrape fails (0 never: it means "no limit").
  std::vector<Counted> limits_needed;
};

struct StoredScrape {
  std::string answer;
  bool up = false;
  std::string error;
  std::uint64_t samples_scraped = 0;
  std::uint64_t samples_post_relabel = 0;
  std::uint64_t series_added = 0;
  std::uint64_t stale_markers = 0;
  std::uint64_t samples_refused = 0;
};

struct StoredReport {
  /// What relabelling made of the target; empty: it dropped it.
  Labels target;
  /// Why there is no target.
  std::string target_error;
  std::vector<StoredScrape> scrapes;
  /// In the order of their labels, without `up` and the other report series.
  std::vector<Labels> series;
  std::uint64_t report_series_count = 0;
};

struct Report {
  /// The URL, without password, or the first file.
  std::string exporter;
  std::vector<AnswerRow> answers;
  Findings findings;
  /// Of the first answer that can be read.
  SizeReport size;
  StoredReport stored;
};

}  // namespace stalemark::exporter_check
