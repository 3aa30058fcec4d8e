// SPDX-License-Identifier: Apache-2.0
// The entry points and the usual lines; openmetrics_parser_tokens.cpp has the whole grammar.
#include "core/exposition/openmetrics_parser.h"

#include <cstring>

#include "core/exposition/plain_line.h"
#include "core/exposition/scan.h"
#include "core/exposition/sort_labels.h"
#include "core/model/number.h"
#include "core/model/value.h"
#include "core/text/decimal_scan.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {

using plain::LabelStyle;

/// What may stand behind a value or a timestamp.
bool EndsToken(char c) {
  return c == '\n' || c == ' ';
}

/// Reads the number at `at`; returns its end, which a blank or a newline follows.
const char* ReadFloat(const char* at, std::uint64_t* bits) {
  const char* end = text::ScanDecimal(at, bits);
  if (end != nullptr && EndsToken(*end)) return end;
  end = at;
  while (!EndsToken(*end) && *end != '\0') ++end;
  if (*end == '\0') return nullptr;
  const text::ParsedFloat parsed = text::ParseSampleFloat(plain::Between(at, end));
  if (parsed.error != text::FloatError::kNone) return nullptr;
  *bits = parsed.bits;
  return end;
}

/// Reads seconds as ReadFloat reads numbers; not NaN, not infinite.
const char* ReadTime(const char* at, std::int64_t* t_ms) {
  std::uint64_t bits;
  const char* const end = ReadFloat(at, &bits);
  constexpr std::uint64_t kExponent = 0x7ff0000000000000;
  if (end == nullptr || (bits & kExponent) == kExponent) return nullptr;
  *t_ms = Int64FromDouble(DoubleOf(bits) * 1000);
  return end;
}

}  // namespace

void OpenMetricsParser::Reset(std::string_view body) {
  body_ = body;
  lexer_ = OpenMetricsLexer(body);
  cursor_ = body.data();
  entry_ = cursor_;
  const std::size_t last_newline = paths_ == TextPaths::kBoth ? body.rfind('\n') : std::string_view::npos;
  lines_end_ = last_newline == std::string_view::npos ? cursor_ : cursor_ + last_newline + 1;
  mid_line_ = false;
  type_ = MetricType::kUnknown;
  unit_ = {};
  family_size_ = 0;
  finished_.reset();
  error_ = {};
  sample_ = {};
  metadata_ = {};
  has_exemplar_ = false;
  created_hidden_ = options_.parse_start_timestamps;
  ahead_.stop = nullptr;
  start_known_ = false;
}

EntryKind OpenMetricsParser::Next() {
  EntryKind kind = NextEntry();
  while (kind == EntryKind::kSeries && created_hidden_ && IsHidden(sample_.series)) kind = NextEntry();
  return kind;
}

/// As Next, with `_created` series.
EntryKind OpenMetricsParser::NextEntry() {
  const char* const at = cursor_;
  if (mid_line_ || at >= lines_end_) return NextByTokens();
  if (scan::IsMetricNameStart(*at)) {
    const char* end = scan::SkipName<scan::Alphabet::kMetricName>(at);
    if (*end == '{') end = plain::SkipLabels<LabelStyle::kOpenMetrics>(end + 1);
    if (end != nullptr && TakePlainSample(at, end)) return EntryKind::kSeries;
  } else if (EntryKind kind; *at == '#' && TakePlainMetadata(at, &kind)) {
    return kind;
  }
  return NextByTokens();
}

bool OpenMetricsParser::NextIfSeries(std::string_view series, EntryKind* kind) {
  const char* const body_end = body_.data() + body_.size();
  const auto matches = [&] {
    return static_cast<std::ptrdiff_t>(series.size()) <= body_end - cursor_ && !series.empty() &&
           std::memcmp(cursor_, series.data(), series.size()) == 0;
  };
  if (finished_ || mid_line_) return false;
  if (!matches()) {
    if (!created_hidden_) return false;
    SkipHiddenLines();
    if (!matches()) return false;
  }
  const char* const end = cursor_ + series.size();
  if (series.back() != '}' && !SeriesEndsAt(end)) return false;
  if (created_hidden_ && IsHidden(series)) return false;
  *kind = end < lines_end_ && TakePlainSample(cursor_, end) ? EntryKind::kSeries : NextByTokens();
  return true;
}

bool OpenMetricsParser::MayBeAtSeries() const {
  return !finished_ && !mid_line_ && cursor_ < body_.data() + body_.size() && *cursor_ != '#';
}

/// Whether a bare name that was found up to `end` would be lexed as just that (rule 2 of the position guess).
bool OpenMetricsParser::SeriesEndsAt(const char* end) const {
  if (end >= body_.data() + body_.size()) return true;
  return !scan::IsMetricNameByte(*end) && *end != '{';
}

/// Moves over the plain `_created` lines that Next would not yield, so that the guess is made on what it would.
void OpenMetricsParser::SkipHiddenLines() {
  while (cursor_ < lines_end_ && scan::IsMetricNameStart(*cursor_)) {
    const char* end = scan::SkipName<scan::Alphabet::kMetricName>(cursor_);
    if (!IsHidden(plain::Between(cursor_, end))) return;
    if (*end == '{') end = plain::SkipLabels<LabelStyle::kOpenMetrics>(end + 1);
    if (end == nullptr || !TakePlainSample(cursor_, end)) return;
  }
}

/// Requires: a newline follows series_end.
bool OpenMetricsParser::TakePlainSample(const char* start, const char* series_end) {
  if (*series_end != ' ') return false;
  std::uint64_t bits;
  const char* at = ReadFloat(series_end + 1, &bits);
  if (at == nullptr) return false;
  const bool has_timestamp = *at == ' ' && at[1] != '#';
  std::int64_t t_ms = 0;
  if (has_timestamp) {
    at = ReadTime(at + 1, &t_ms);
    if (at == nullptr) return false;
  }
  const bool has_exemplar = *at == ' ';
  if (has_exemplar) {
    at = TakePlainExemplar(at);
    if (at == nullptr) return false;
  }
  if (!reading_ahead_) has_exemplar_ = has_exemplar;
  entry_ = start;
  cursor_ = at + 1;
  sample_.series = plain::Between(start, series_end);
  sample_.value_bits = bits;
  sample_.has_timestamp = has_timestamp;
  sample_.t_ms = t_ms;
  return true;
}

/// `at` is the blank in front of ` # {...} 1 2`; returns the newline behind it. The exemplar of a sample must outlive
/// reading ahead.
const char* OpenMetricsParser::TakePlainExemplar(const char* at) {
  if (at[1] != '#' || at[2] != ' ' || at[3] != '{') return nullptr;
  at += 4;
  ExemplarEntry discarded;
  ExemplarEntry& exemplar = reading_ahead_ ? discarded : exemplar_;
  exemplar.labels.clear();
  at = plain::WalkLabels<LabelStyle::kOpenMetrics>(
      at, [&](const char* name, const char* name_end, const char* value, const char* value_end) {
        if (reading_ahead_) return;
        exemplar.labels.push_back({plain::Between(name, name_end), plain::Between(value, value_end)});
      });
  if (at == nullptr || *at != ' ') return nullptr;
  at = ReadFloat(at + 1, &exemplar.value_bits);
  if (at == nullptr) return nullptr;
  exemplar.has_timestamp = *at == ' ';
  exemplar.t_ms = 0;
  if (exemplar.has_timestamp) {
    at = ReadTime(at + 1, &exemplar.t_ms);
    if (at == nullptr) return nullptr;
  }
  return *at == '\n' ? at : nullptr;
}

/// Requires: a newline follows.
bool OpenMetricsParser::TakePlainMetadata(const char* start, EntryKind* kind) {
  constexpr std::size_t kKeywordSize = 7;
  TextToken keyword;
  if (std::memcmp(start, "# HELP ", kKeywordSize) == 0) {
    keyword = TextToken::kHelp;
    *kind = EntryKind::kHelp;
  } else if (std::memcmp(start, "# TYPE ", kKeywordSize) == 0) {
    keyword = TextToken::kType;
    *kind = EntryKind::kType;
  } else if (std::memcmp(start, "# UNIT ", kKeywordSize) == 0) {
    keyword = TextToken::kUnit;
    *kind = EntryKind::kUnit;
  } else {
    return false;
  }
  const char* const name = start + kKeywordSize;
  if (!scan::IsMetricNameStart(*name)) return false;
  const char* const name_end = scan::SkipName<scan::Alphabet::kMetricName>(name);
  if (*name_end != ' ') return false;
  const char* const words = name_end + 1;
  const auto* const words_end =
      static_cast<const char*>(std::memchr(words, '\n', static_cast<std::size_t>(lines_end_ - words)));
  const char* const next = words_end + 1;
  if (next < body_.data() + body_.size() && *next == '\0') return false;  // the text takes NULs behind it too
  if (!SetMetadata(keyword, plain::Between(name, name_end), plain::Between(words, words_end)).empty()) return false;
  entry_ = start;
  cursor_ = next;
  return true;
}

void OpenMetricsParser::SampleLabels(std::vector<Label>* labels) {
  labels_.Build(sample_.series, {type_, unit_, options_.type_and_unit_labels}, labels);
}

bool OpenMetricsParser::NextExemplar(ExemplarEntry* exemplar) {
  if (!has_exemplar_) return false;
  has_exemplar_ = false;
  *exemplar = exemplar_;
  SortByName(&exemplar->labels);
  return true;
}

}  // namespace stalemark
