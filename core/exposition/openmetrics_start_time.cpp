// SPDX-License-Identifier: Apache-2.0
// Start times of OpenMetrics: a `_created` series further on, found by reading ahead (PARSE-OM-16 to -18).
//
// Upstream reads ahead for each sample anew. Here what was found serves all samples in front of the entry at which
// reading stopped, so that a body is read twice at most.
#include "core/exposition/openmetrics_parser.h"
#include "core/exposition/scan.h"
#include "core/model/number.h"
#include "core/model/value.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

constexpr std::string_view kCreated = "_created";

bool EndsWithCreated(std::string_view name) {
  return name.size() >= kCreated.size() && name.substr(name.size() - kCreated.size()) == kCreated;
}

}  // namespace

bool OpenMetricsParser::TypeHasStart() const {
  return type_ == MetricType::kCounter || type_ == MetricType::kSummary || type_ == MetricType::kHistogram;
}

/// Requires: `series` is one that this parser yields.
std::string_view OpenMetricsParser::RawNameOf(std::string_view series) {
  if (scan::IsMetricNameStart(series.front())) {
    std::size_t size = 1;
    while (size < series.size() && scan::IsMetricNameByte(series[size])) ++size;
    return series.substr(0, size);
  }
  labels_.Split(series);
  return labels_.raw_name();
}

/// Whether Next leaves the series out while `_created` series are hidden.
bool OpenMetricsParser::IsHidden(std::string_view series) {
  return TypeHasStart() && EndsWithCreated(RawNameOf(series));
}

/// The current sample's name, cut to the length of the family's, as upstream cuts it: from the start of the series, so
/// what is cut out may be anything when the name stands inside the braces, or is shorter. Nothing: out of range.
/// Requires: labels_ has split the sample.
std::optional<std::string_view> OpenMetricsParser::FamilyCut() {
  const std::string_view series = sample_.series;
  const auto from = static_cast<std::size_t>(labels_.raw_name().data() - series.data());
  const std::size_t to = family_size_ + (series.substr(0, 2) == "{\"" ? 2 : 0);
  if (from > to || offset() + to > body_.size()) return std::nullopt;
  return body_.substr(offset() + from, to - from);
}

/// What samples and `_created` series have in common if they belong together: raw labels in exposed order without
/// separators, then the family. Requires: labels_ has split the series.
void OpenMetricsParser::MakeKey(std::string_view family, std::string* key) const {
  key->clear();
  for (const Label& label : labels_.raw_labels()) {
    if (type_ == MetricType::kSummary && label.name == "quantile") continue;
    if (type_ == MetricType::kHistogram && label.name == "le") continue;
    *key += label.name;
    *key += label.value;
  }
  *key += family;
}

std::int64_t OpenMetricsParser::StartTimestamp() {
  if (!TypeHasStart()) {
    start_known_ = false;
    return 0;
  }
  labels_.Split(sample_.series);
  const std::optional<std::string_view> family = FamilyCut();
  if (!family) {
    FailStartTime("the name of the metric family does not fit the series " + text::GoQuote(sample_.series));
    return 0;
  }
  MakeKey(*family, &key_);
  if (start_known_ && start_ms_ > 0 && key_ == start_key_) return start_ms_;
  if (ahead_.stop == nullptr || cursor_ > ahead_.stop) ReadAhead();
  created_hidden_ = true;
  start_known_ = ahead_.created && ahead_.key == key_;
  if (!start_known_) return 0;
  start_key_ = key_;
  start_ms_ = ahead_.t_ms;
  return start_ms_;
}

/// The next entry is this error.
void OpenMetricsParser::FailStartTime(std::string_view what) {
  lexer_.Seek(static_cast<std::size_t>(cursor_ - body_.data()));
  Fail("cannot look up a start timestamp: " + std::string(what));
}

/// Fills ahead_. Unit and family name stay what the lines ahead made them.
void OpenMetricsParser::ReadAhead() {
  const Place place{lexer_, cursor_, lines_end_, entry_, mid_line_, type_, sample_};
  reading_ahead_ = true;
  stuck_ = false;
  ahead_.created = false;
  while (NextEntry() == EntryKind::kSeries) {
    const std::string_view name = RawNameOf(sample_.series);
    if (!EndsWithCreated(name)) continue;
    labels_.Split(sample_.series);
    MakeKey(name.substr(0, name.size() - kCreated.size()), &ahead_.key);
    ahead_.created = true;
    ahead_.t_ms = Int64FromDouble(DoubleOf(sample_.value_bits) * 1000);
    break;
  }
  ahead_.stop = entry_;
  reading_ahead_ = false;
  finished_.reset();
  lexer_ = place.lexer;
  cursor_ = place.cursor;
  lines_end_ = place.lines_end;
  entry_ = place.entry;
  mid_line_ = place.mid_line;
  type_ = place.type;
  sample_ = place.sample;
  if (stuck_) FailStartTime("an exemplar further on cannot be read");
}

}  // namespace stalemark
