// SPDX-License-Identifier: Apache-2.0
#include "sim/exporters/exposition_lines.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "core/text/utf8.h"

namespace stalemark::scenario {
namespace {

bool IsLegacyAt(std::uint32_t rune, std::size_t at) {
  return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || rune == '_' || rune == ':' ||
         (rune >= '0' && rune <= '9' && at > 0);
}

/// What a scheme makes of one rune of a name.
std::string EscapedRune(std::uint32_t rune, std::size_t at, EscapingScheme scheme) {
  const bool is_legacy = IsLegacyAt(rune, at);
  const std::string same = is_legacy ? std::string(1, static_cast<char>(rune)) : std::string();
  switch (scheme) {
    case EscapingScheme::kDots:
      if (rune == '.') return "_dot_";
      return is_legacy && rune != '_' ? same : "__";
    case EscapingScheme::kValues:
      if (rune == '_') return "__";
      return is_legacy ? same : fmt::format("_{:x}_", rune);
    case EscapingScheme::kUnderscores:
    case EscapingScheme::kAllowUtf8:
      break;
  }
  return is_legacy ? same : "_";
}

}  // namespace

std::string EscapedName(std::string_view name, EscapingScheme scheme) {
  // Dots are the only scheme in which a name of legacy letters may change.
  if (scheme == EscapingScheme::kAllowUtf8 || (scheme != EscapingScheme::kDots && IsLegacyMetricName(name))) {
    return std::string(name);
  }
  std::string out = scheme == EscapingScheme::kValues ? "U__" : "";
  for (std::size_t at = 0; at < name.size();) {
    const text::DecodedRune rune = text::DecodeRune(name.substr(at));
    out += EscapedRune(rune.rune, at, scheme);
    at += rune.width;
  }
  return out;
}

void AppendName(std::string_view name, std::string* out) {
  if (IsLegacyMetricName(name)) {
    out->append(name);
    return;
  }
  out->push_back('"');
  AppendEscaped(name, EscapedQuote::kYes, out);
  out->push_back('"');
}

void AppendEscaped(std::string_view text, EscapedQuote quote, std::string* out) {
  for (const char c : text) {
    if (c == '\n') {
      out->append("\\n");
      continue;
    }
    if (c == '\\' || (c == '"' && quote == EscapedQuote::kYes)) out->push_back('\\');
    out->push_back(c);
  }
}

void AppendComment(std::string_view keyword, std::string_view name, std::string_view text, std::string* out) {
  out->append("# ").append(keyword).append(" ");
  AppendName(name, out);
  out->append(" ").append(text).push_back('\n');
}

void AppendLabels(const WrittenLabels& written, EscapingScheme escaping, std::string* out) {
  char separator = '{';
  const bool is_quoted = !written.name.empty() && !IsLegacyMetricName(written.name);
  if (is_quoted) {
    out->push_back('{');
    separator = ',';
  }
  if (!written.name.empty()) AppendName(written.name, out);
  const auto append = [&](std::string_view name, std::string_view value) {
    out->push_back(separator);
    separator = ',';
    AppendName(name, out);
    out->append("=\"");
    AppendEscaped(value, EscapedQuote::kYes, out);
    out->push_back('"');
  };
  for (const Label label : written.labels) {
    if (label.name != kMetricName) append(EscapedName(label.name, escaping), label.value);
  }
  if (!written.extra.name.empty()) append(written.extra.name, written.extra.value);
  if (separator == ',') out->push_back('}');
}

void AppendSeries(const ExposedSeries& series, EscapingScheme escaping, std::string* out) {
  if (escaping == EscapingScheme::kAllowUtf8) {
    out->append(series.text);
    return;
  }
  AppendLabels({EscapedName(series.labels.Get(kMetricName), escaping), series.labels}, escaping, out);
}

bool HasInfiniteBucket(const ShownMetric& metric) {
  return std::any_of(metric.samples.begin(), metric.samples.end(), [](const ShownSample& sample) {
    return sample.series->part == SeriesPart::kBucket &&
           sample.series->bound == std::numeric_limits<double>::infinity();
  });
}

void AppendUnixSeconds(std::int64_t t_ms, std::string* out) {
  const std::uint64_t ms = t_ms < 0 ? ~static_cast<std::uint64_t>(t_ms) + 1 : static_cast<std::uint64_t>(t_ms);
  std::string text = fmt::format("{}{}.{:03}", t_ms < 0 ? "-" : "", ms / 1000, ms % 1000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.push_back('0');
  out->append(text);
}

}  // namespace stalemark::scenario
