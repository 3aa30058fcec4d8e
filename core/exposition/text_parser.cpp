// SPDX-License-Identifier: Apache-2.0
// The entry points and the usual lines; text_parser_tokens.cpp has the whole grammar.
#include "core/exposition/text_parser.h"

#include <cstring>

#include "core/exposition/plain_line.h"
#include "core/exposition/scan.h"
#include "core/text/decimal_scan.h"
#include "core/text/go_float.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

constexpr std::string_view kHelpStart = "# HELP ";
constexpr std::string_view kTypeStart = "# TYPE ";

/// What may stand behind a value or a timestamp.
bool EndsTextToken(char c) {
  return c == '\n' || scan::IsBlank(c);
}

/// The end of a value token that ScanDecimal refused.
const char* ValueEnd(const char* at) {
  while (!EndsTextToken(*at) && *at != '\0' && *at != '{') ++at;
  return at;
}

}  // namespace

void TextParser::Reset(std::string_view body) {
  body_ = body;
  cursor_ = body.data();
  entry_ = cursor_;
  const std::size_t last_newline = paths_ == TextPaths::kBoth ? body.rfind('\n') : std::string_view::npos;
  lines_end_ = last_newline == std::string_view::npos ? cursor_ : cursor_ + last_newline + 1;
  type_ = MetricType::kUnknown;
  finished_.reset();
  error_ = {};
  lexer_ = TextLexer(body);
  sample_ = {};
  metadata_ = {};
}

EntryKind TextParser::Next() {
  const char* at = cursor_;
  while (at < lines_end_ && *at == '\n') ++at;
  cursor_ = at;
  if (at >= lines_end_) return NextByTokens();
  if (scan::IsMetricNameStart(*at)) {
    const char* end = scan::SkipName<scan::Alphabet::kMetricName>(at);
    const char* const brace = scan::SkipBlanks(end);
    if (*brace == '{') end = plain::SkipLabels<plain::LabelStyle::kText>(brace + 1);
    if (end != nullptr && TakePlainSample(at, end)) return EntryKind::kSeries;
  } else if (EntryKind kind; *at == '#' && TakePlainMetadata(at, &kind)) {
    return kind;
  }
  return NextByTokens();
}

bool TextParser::NextIfSeries(std::string_view series, EntryKind* kind) {
  const char* at = cursor_;
  const char* const body_end = body_.data() + body_.size();
  const auto matches = [&] {
    return static_cast<std::ptrdiff_t>(series.size()) <= body_end - at && !series.empty() &&
           std::memcmp(at, series.data(), series.size()) == 0;
  };
  if (finished_) return false;
  if (!matches()) {
    // A series may start with blanks of its own, so blank lines are passed over only now.
    const char* const start = SkipBlankLines(at);
    if (start == at) return false;
    at = start;
    if (!matches()) return false;
  }
  const char* const end = at + series.size();
  if (series.back() != '}' && !SeriesEndsAt(end)) return false;
  if (end < lines_end_ && TakePlainSample(at, end)) {
    *kind = EntryKind::kSeries;
    return true;
  }
  cursor_ = at;
  *kind = NextByTokens();
  return true;
}

bool TextParser::MayBeAtSeries() const {
  const char* const start = SkipBlankLines(cursor_);
  return !finished_ && start < body_.data() + body_.size() && *start != '#';
}

/// Whether a bare name that was found up to `end` would be lexed as just that (rule 2 of the position guess).
bool TextParser::SeriesEndsAt(const char* end) const {
  const char* const body_end = body_.data() + body_.size();
  if (end >= body_end) return true;
  if (scan::IsMetricNameByte(*end)) return false;
  while (end < body_end && scan::IsBlank(*end)) ++end;
  return end == body_end || *end != '{';
}

const char* TextParser::SkipBlankLines(const char* at) const {
  const char* const body_end = body_.data() + body_.size();
  const char* line = at;
  for (; at < body_end && (*at == '\n' || scan::IsBlank(*at)); ++at) {
    if (*at == '\n') line = at + 1;
  }
  return line;
}

/// Requires: a newline follows series_end.
bool TextParser::TakePlainSample(const char* start, const char* series_end) {
  const char* at = scan::SkipBlanks(series_end);
  std::uint64_t bits;
  const char* value_end = text::ScanDecimal(at, &bits);
  if (value_end == nullptr || !EndsTextToken(*value_end)) {
    value_end = ValueEnd(at);
    if (!EndsTextToken(*value_end)) return false;
    const text::ParsedFloat parsed = text::ParseSampleFloat({at, static_cast<std::size_t>(value_end - at)});
    if (parsed.error != text::FloatError::kNone) return false;
    bits = parsed.bits;
  }
  at = scan::SkipBlanks(value_end);
  const bool has_timestamp = *at != '\n';
  std::int64_t t_ms = 0;
  if (has_timestamp) {
    at = text::ScanInteger(at, &t_ms);
    if (at == nullptr) return false;
    at = scan::SkipBlanks(at);
    if (*at != '\n') return false;
  }
  entry_ = start;
  cursor_ = at + 1;
  sample_.series = {start, static_cast<std::size_t>(series_end - start)};
  sample_.value_bits = bits;
  sample_.has_timestamp = has_timestamp;
  sample_.t_ms = t_ms;
  return true;
}

/// Requires: a newline follows.
bool TextParser::TakePlainMetadata(const char* start, EntryKind* kind) {
  const bool help = std::memcmp(start, kHelpStart.data(), kHelpStart.size()) == 0;
  if (!help && std::memcmp(start, kTypeStart.data(), kTypeStart.size()) != 0) return false;
  const char* const name = start + kHelpStart.size();
  if (!scan::IsMetricNameStart(*name)) return false;
  const char* const name_end = scan::SkipName<scan::Alphabet::kMetricName>(name);
  // A text that starts with another blank or a NUL may be no text at all.
  if (*name_end != ' ' || static_cast<unsigned char>(name_end[1]) <= ' ') return false;
  const char* const text = name_end + 1;
  const auto* const text_end =
      static_cast<const char*>(std::memchr(text, '\n', static_cast<std::size_t>(lines_end_ - text)));
  const std::string_view words = plain::Between(text, text_end);
  const std::string_view family = plain::Between(name, name_end);
  if (help) {
    if (!text::IsValidUtf8(words)) return false;
    SetHelp(family, words);
    *kind = EntryKind::kHelp;
  } else {
    const std::optional<MetricType> type = TypeOfWord(words);
    if (!type) return false;
    type_ = *type;
    metadata_ = {family, MetricTypeText(*type), *type};
    *kind = EntryKind::kType;
  }
  entry_ = start;
  cursor_ = text_end + 1;
  return true;
}

}  // namespace stalemark
