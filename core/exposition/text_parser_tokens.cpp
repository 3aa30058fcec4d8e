// SPDX-License-Identifier: Apache-2.0
// The whole grammar of the text format, token by token, with upstream's error texts; and labels on demand.
#include <algorithm>

#include <fmt/format.h>

#include "core/exposition/sort_labels.h"
#include "core/exposition/text_parser.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

enum class Escapes : std::uint8_t { kLabel, kHelp };

/// Appends `raw` with its escapes replaced; pairs that mean nothing stay.
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

/// A name without its quotes.
std::string_view WithoutQuotes(std::string_view token) {
  return token.front() == '"' ? token.substr(1, token.size() - 2) : token;
}

}  // namespace

std::optional<MetricType> TextParser::TypeOfWord(std::string_view word) {
  if (word == "counter") return MetricType::kCounter;
  if (word == "gauge") return MetricType::kGauge;
  if (word == "histogram") return MetricType::kHistogram;
  if (word == "summary") return MetricType::kSummary;
  if (word == "untyped") return MetricType::kUnknown;
  return std::nullopt;
}

EntryKind TextParser::NextByTokens() {
  if (finished_) return *finished_;
  lexer_.Seek(static_cast<std::size_t>(cursor_ - body_.data()));
  EntryKind kind = EntryKind::kEnd;
  for (;;) {
    entry_ = body_.data() + lexer_.at();
    const TextToken token = lexer_.Next();
    if (token == TextToken::kLinebreak) continue;
    if (token == TextToken::kEof) return Finish(EntryKind::kEnd);
    if (token == TextToken::kHelp || token == TextToken::kType) {
      kind = MetadataByTokens(token);
    } else if (token == TextToken::kBraceOpen || token == TextToken::kName) {
      kind = SampleByTokens(token);
    } else if (token == TextToken::kComment) {
      const TextToken end = lexer_.Next();
      kind =
          end == TextToken::kLinebreak ? EntryKind::kComment : FailExpecting("linebreak expected after comment", end);
    } else {
      kind = FailExpecting("expected a valid start token", token);
    }
    break;
  }
  if (kind != EntryKind::kError) cursor_ = body_.data() + lexer_.at();
  return kind;
}

EntryKind TextParser::MetadataByTokens(TextToken keyword) {
  TextToken token = lexer_.Next();
  if (token != TextToken::kName) {
    return FailExpecting(fmt::format("expected metric name after {}", TextTokenName(keyword)), token);
  }
  const std::string_view name = WithoutQuotes(lexer_.token());
  lexer_.Next();  // in this state the lexer knows nothing but a text
  const std::string_view raw = lexer_.token();
  const std::string_view words = raw.empty() ? raw : raw.substr(1);
  if (keyword == TextToken::kHelp) {
    if (!text::IsValidUtf8(words)) {
      return Fail(fmt::format("help text {} is not a valid utf8 string", text::GoQuote(words)));
    }
    SetHelp(name, words);
  } else {
    const std::optional<MetricType> type = TypeOfWord(words);
    if (!type) return Fail(fmt::format("invalid metric type {}", text::GoQuote(words)));
    type_ = *type;
    metadata_ = {name, MetricTypeText(*type), *type};
  }
  token = lexer_.Next();
  if (token != TextToken::kLinebreak) return FailExpecting("linebreak expected after metadata", token);
  return keyword == TextToken::kHelp ? EntryKind::kHelp : EntryKind::kType;
}

EntryKind TextParser::SampleByTokens(TextToken first) {
  bool has_name = first == TextToken::kName;
  std::size_t series_end = lexer_.at();
  TextToken token = has_name ? lexer_.Next() : first;
  if (token == TextToken::kBraceOpen) {
    if (!LabelsByTokens(&has_name)) return EntryKind::kError;
    series_end = lexer_.at();
    token = lexer_.Next();
  }
  sample_.series = body_.substr(offset(), series_end - offset());
  return SampleSuffixByTokens(token, has_name);
}

/// The contents of the braces. False: failed.
bool TextParser::LabelsByTokens(bool* has_name) {
  TextToken token = lexer_.Next();
  while (token != TextToken::kBraceClose) {
    const bool quoted = token == TextToken::kQuotedString;
    if (!quoted && token != TextToken::kLabelName) {
      FailExpecting("expected label name", token);
      return false;
    }
    token = lexer_.Next();
    if (quoted && (token == TextToken::kComma || token == TextToken::kBraceClose)) {  // the metric name
      if (*has_name) {
        Fail("metric name already set while parsing: " + QuotedSoFar());
        return false;
      }
      *has_name = true;
      if (token == TextToken::kComma) token = lexer_.Next();
      continue;
    }
    if (token != TextToken::kEqual) {
      FailExpecting("expected equal", token);
      return false;
    }
    token = lexer_.Next();
    if (token != TextToken::kLabelValue) {
      FailExpecting("expected label value", token);
      return false;
    }
    if (!text::IsValidUtf8(lexer_.token())) {
      Fail("invalid UTF-8 label value: " + text::GoQuote(lexer_.token()));
      return false;
    }
    token = lexer_.Next();
    if (token == TextToken::kComma) token = lexer_.Next();
  }
  return true;
}

EntryKind TextParser::SampleSuffixByTokens(TextToken token, bool has_name) {
  if (!has_name) return Fail("metric name not set while parsing: " + QuotedSoFar());
  if (token != TextToken::kValue) return FailExpecting("expected value after metric", token);
  const text::ParsedFloat value = text::ParseSampleFloat(lexer_.token());
  if (value.error != text::FloatError::kNone) {
    return Fail(text::FloatErrorText(value.error, lexer_.token()) + " while parsing: " + QuotedSoFar());
  }
  sample_.value_bits = value.bits;
  sample_.has_timestamp = false;
  sample_.t_ms = 0;
  token = lexer_.Next();
  if (token == TextToken::kLinebreak) return EntryKind::kSeries;
  if (token != TextToken::kTimestamp) return FailExpecting("expected timestamp or new record", token);
  return TimestampByTokens();
}

EntryKind TextParser::TimestampByTokens() {
  const std::string_view digits = lexer_.token();
  std::int64_t t_ms = 0;
  for (const char c : digits) {
    if (__builtin_mul_overflow(t_ms, std::int64_t{10}, &t_ms) ||
        __builtin_add_overflow(t_ms, std::int64_t{c - '0'}, &t_ms)) {
      return Fail("strconv.ParseInt: parsing " + text::GoQuote(digits) +
                  ": value out of range while parsing: " + QuotedSoFar());
    }
  }
  sample_.has_timestamp = true;
  sample_.t_ms = t_ms;
  const TextToken token = lexer_.Next();
  if (token != TextToken::kLinebreak) return FailExpecting("expected next entry after timestamp", token);
  return EntryKind::kSeries;
}

EntryKind TextParser::Finish(EntryKind kind) {
  finished_ = kind;
  lines_end_ = body_.data();
  return kind;
}

EntryKind TextParser::Fail(std::string message) {
  error_ = {std::move(message), std::min(lexer_.at(), body_.size())};
  return Finish(EntryKind::kError);
}

/// Upstream shows one byte more than the lexer has taken.
EntryKind TextParser::FailExpecting(std::string_view expectation, TextToken got) {
  const std::size_t shown_end = std::min(body_.size() + 1, lexer_.at() + 1);
  return Fail(fmt::format("{}, got {} (\"{}\") while parsing: {}", expectation,
                          text::GoQuote(lexer_.Slice(lexer_.start(), shown_end)), TextTokenName(got),
                          text::GoQuote(lexer_.Slice(offset(), shown_end))));
}

std::string TextParser::QuotedSoFar() const {
  return text::GoQuote(lexer_.Slice(offset(), lexer_.at()));
}

void TextParser::SetHelp(std::string_view name, std::string_view raw) {
  if (raw.find('\\') != std::string_view::npos) {
    help_.clear();
    AppendUnescaped(help_, raw, Escapes::kHelp);
    raw = help_;
  }
  metadata_ = {name, raw, MetricType::kUnknown};
}

/// As SplitPlainSeries, for every series that the parser yields.
void TextParser::SplitSeries(std::string_view series) {
  raw_labels_.clear();
  TextLexer lexer(series);
  const auto inside_quotes = [&] { return series.substr(lexer.start() + 1, lexer.at() - lexer.start() - 2); };
  TextToken token = lexer.Next();
  if (token == TextToken::kName) {
    raw_name_ = series.substr(0, lexer.at());  // with the blanks in front of it (PARSE-TEXT-03)
    if (lexer.at() == series.size()) return;
    lexer.Next();
  }
  token = lexer.Next();
  while (token != TextToken::kBraceClose) {
    const std::string_view name = token == TextToken::kQuotedString ? inside_quotes() : lexer.token();
    token = lexer.Next();
    if (token == TextToken::kEqual) {
      lexer.Next();
      raw_labels_.push_back({name, inside_quotes()});
      token = lexer.Next();
    } else {
      raw_name_ = name;
    }
    if (token == TextToken::kComma) token = lexer.Next();
  }
}

/// `raw` itself, or a copy without escapes in unescaped_, which must have room.
std::string_view TextParser::Unescaped(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  const std::size_t start = unescaped_.size();
  AppendUnescaped(unescaped_, raw, Escapes::kLabel);
  return std::string_view(unescaped_).substr(start);
}

void TextParser::AddLabel(std::string_view name, std::string_view raw_value, std::vector<Label>* labels) {
  std::string_view value = Unescaped(raw_value);
  const bool bound =
      (type_ == MetricType::kHistogram && name == "le") || (type_ == MetricType::kSummary && name == "quantile");
  if (bound) {
    const text::ParsedFloat parsed = text::ParseGoFloat(value);
    if (parsed.error == text::FloatError::kNone) {
      const std::size_t start = unescaped_.size();
      text::AppendOpenMetricsFloat(unescaped_, DoubleOf(parsed.bits));
      value = std::string_view(unescaped_).substr(start);
    }
  }
  labels->push_back({name, value});
}

void TextParser::SampleLabels(std::vector<Label>* labels) {
  const std::string_view series = sample_.series;
  if (!SplitPlainSeries(series)) SplitSeries(series);
  // Views into unescaped_ must survive, so it must not grow below: unescaping shortens, a bound adds one number.
  unescaped_.clear();
  unescaped_.reserve(series.size() + raw_labels_.size() * text::kFloatTextMax);
  labels->clear();
  const std::string_view name = Unescaped(raw_name_);
  const bool typed = options_.type_and_unit_labels;
  const bool has_type = typed && type_ != MetricType::kUnknown;
  if (!typed || !name.empty()) labels->push_back({kMetricName, name});
  if (has_type) labels->push_back({"__type__", MetricTypeText(type_)});
  for (const Label& label : raw_labels_) {
    const std::string_view label_name = Unescaped(label.name);
    // What the parser sets by itself a target cannot expose.
    if (typed && !name.empty() && label_name == kMetricName) continue;
    if (has_type && label_name == "__type__") continue;
    AddLabel(label_name, label.value, labels);
  }
  SortByName(labels);
}

}  // namespace stalemark
