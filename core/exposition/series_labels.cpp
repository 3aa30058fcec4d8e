// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/series_labels.h"

#include "core/exposition/label_block.h"
#include "core/exposition/plain_line.h"
#include "core/exposition/sort_labels.h"
#include "core/exposition/text_lexer.h"
#include "core/model/value.h"
#include "core/text/go_float.h"

namespace stalemark {
namespace {}  // namespace

void AppendUnescaped(std::string& out, std::string_view raw, Escapes escapes) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char next = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
    if (next == '\\' || next == 'n' || (next == '"' && escapes == Escapes::kLabel)) {
      out += next == 'n' ? '\n' : next;
      ++i;
    } else {
      out += raw[i];
    }
  }
}

void SeriesLabels::Split(std::string_view series) {
  if (!SplitPlain(series)) SplitByTokens(series);
}

/// False: the lexer must split it.
bool SeriesLabels::SplitPlain(std::string_view series) {
  raw_labels_.clear();
  const char* const start = series.data();
  if (paths_ == TextPaths::kTokensOnly || !scan::IsMetricNameStart(*start)) return false;
  std::size_t name_size = 0;
  while (name_size < series.size() && scan::IsMetricNameByte(start[name_size])) ++name_size;
  raw_name_ = series.substr(0, name_size);
  if (name_size == series.size()) return true;
  const char* const brace = scan::SkipBlanks(start + name_size);
  const char* const end = plain::WalkLabels<plain::LabelStyle::kText>(
      brace + 1, [&](const char* name, const char* name_end, const char* value, const char* value_end) {
        raw_labels_.push_back({plain::Between(name, name_end), plain::Between(value, value_end)});
      });
  return end != nullptr;
}

void SeriesLabels::SplitByTokens(std::string_view series) {
  raw_labels_.clear();
  TextLexer lexer(series);
  TextToken token = lexer.Next();
  if (token == TextToken::kName) {
    raw_name_ = series.substr(0, lexer.at());  // with the blanks in front of it (PARSE-TEXT-03)
    if (lexer.at() == series.size()) return;
    lexer.Next();
  }
  token = lexer.Next();
  while (token != TextToken::kBraceClose) {
    const std::string_view name = WithoutQuotes(lexer.token());
    token = lexer.Next();
    if (token == TextToken::kEqual) {
      lexer.Next();
      const std::string_view quoted = lexer.token();
      raw_labels_.push_back({name, quoted.substr(1, quoted.size() - 2)});
      token = lexer.Next();
    } else {
      raw_name_ = name;
    }
    if (token == TextToken::kComma) token = lexer.Next();
  }
}

/// `raw` itself, or a copy without escapes in unescaped_, which must have room.
std::string_view SeriesLabels::Unescaped(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  const std::size_t start = unescaped_.size();
  AppendUnescaped(unescaped_, raw, Escapes::kLabel);
  return std::string_view(unescaped_).substr(start);
}

/// The decoded value; bounds and quantiles as OpenMetrics writes them (PARSE-TEXT-33).
std::string_view SeriesLabels::ValueOf(std::string_view name, std::string_view raw_value, MetricType type) {
  const std::string_view value = Unescaped(raw_value);
  const bool bound =
      (type == MetricType::kHistogram && name == "le") || (type == MetricType::kSummary && name == "quantile");
  if (!bound) return value;
  const text::ParsedFloat parsed = text::ParseGoFloat(value);
  if (parsed.error != text::FloatError::kNone) return value;
  const std::size_t start = unescaped_.size();
  text::AppendOpenMetricsFloat(unescaped_, DoubleOf(parsed.bits));
  return std::string_view(unescaped_).substr(start);
}

void SeriesLabels::Build(std::string_view series, const SeriesContext& context, std::vector<Label>* labels) {
  Split(series);
  // Views into unescaped_ must survive, so it must not grow below: unescaping shortens, a bound adds one number.
  unescaped_.clear();
  unescaped_.reserve(series.size() + raw_labels_.size() * text::kFloatTextMax);
  labels->clear();
  const std::string_view name = Unescaped(raw_name_);
  const bool typed = context.type_and_unit_labels;
  const bool has_type = typed && context.type != MetricType::kUnknown;
  const bool has_unit = typed && !context.unit.empty();
  if (!typed || !name.empty()) labels->push_back({kMetricName, name});
  if (has_type) labels->push_back({kTypeLabel, MetricTypeText(context.type)});
  if (has_unit) labels->push_back({kUnitLabel, context.unit});
  for (const Label& label : raw_labels_) {
    const std::string_view label_name = Unescaped(label.name);
    // What the parser sets by itself a target cannot expose.
    if (typed && !name.empty() && label_name == kMetricName) continue;
    if (has_type && label_name == kTypeLabel) continue;
    if (has_unit && label_name == kUnitLabel) continue;
    labels->push_back({label_name, ValueOf(label_name, label.value, context.type)});
  }
  SortByName(labels);
}

}  // namespace stalemark
