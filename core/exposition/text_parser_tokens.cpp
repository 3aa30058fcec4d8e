// SPDX-License-Identifier: Apache-2.0
// The whole grammar of the text format, token by token, with upstream's error texts.
#include <fmt/format.h>

#include "core/exposition/label_block.h"
#include "core/exposition/text_parser.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
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
    std::string fault = ReadLabelBlock(lexer_, LabelBlock::kText, offset(), &has_name, [](auto, auto) {});
    if (!fault.empty()) return Fail(std::move(fault));
    series_end = lexer_.at();
    token = lexer_.Next();
  }
  sample_.series = body_.substr(offset(), series_end - offset());
  return SampleSuffixByTokens(token, has_name);
}

EntryKind TextParser::SampleSuffixByTokens(TextToken token, bool has_name) {
  if (!has_name) return Fail("metric name not set" + lexer_.WhileParsing(offset()));
  if (token != TextToken::kValue) return FailExpecting("expected value after metric", token);
  const text::ParsedFloat value = text::ParseSampleFloat(lexer_.token());
  if (value.error != text::FloatError::kNone) {
    return Fail(text::FloatErrorText(value.error, lexer_.token()) + lexer_.WhileParsing(offset()));
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
      return Fail("strconv.ParseInt: parsing " + text::GoQuote(digits) + ": value out of range" +
                  lexer_.WhileParsing(offset()));
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
  error_ = {std::move(message), lexer_.error_offset()};
  return Finish(EntryKind::kError);
}

EntryKind TextParser::FailExpecting(std::string_view expectation, TextToken got) {
  return Fail(lexer_.Unexpected(expectation, got, offset()));
}

void TextParser::SetHelp(std::string_view name, std::string_view raw) {
  if (raw.find('\\') != std::string_view::npos) {
    help_.clear();
    AppendUnescaped(help_, raw, Escapes::kHelp);
    raw = help_;
  }
  metadata_ = {name, raw, MetricType::kUnknown};
}

void TextParser::SampleLabels(std::vector<Label>* labels) {
  labels_.Build(sample_.series, {type_, {}, options_.type_and_unit_labels}, labels);
}

}  // namespace stalemark
