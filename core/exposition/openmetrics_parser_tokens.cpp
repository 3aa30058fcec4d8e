// SPDX-License-Identifier: Apache-2.0
// The whole grammar of OpenMetrics, token by token, with upstream's error texts.
#include <cmath>

#include <fmt/format.h>

#include "core/exposition/label_block.h"
#include "core/exposition/openmetrics_parser.h"
#include "core/model/number.h"
#include "core/model/value.h"
#include "core/text/go_float.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

constexpr const char* kNoEnd = "data does not end with # EOF";

std::optional<MetricType> TypeOfWord(std::string_view word) {
  for (const MetricType type :
       {MetricType::kUnknown, MetricType::kCounter, MetricType::kGauge, MetricType::kHistogram,
        MetricType::kGaugeHistogram, MetricType::kSummary, MetricType::kInfo, MetricType::kStateset}) {
    if (word == MetricTypeText(type)) return type;
  }
  return std::nullopt;
}

EntryKind KindOf(TextToken keyword) {
  if (keyword == TextToken::kHelp) return EntryKind::kHelp;
  return keyword == TextToken::kType ? EntryKind::kType : EntryKind::kUnit;
}

bool IsUnitOf(std::string_view name, std::string_view unit) {
  if (name.size() <= unit.size()) return false;
  const std::size_t start = name.size() - unit.size();
  return name.substr(start) == unit && name[start - 1] == '_';
}

}  // namespace

EntryKind OpenMetricsParser::NextByTokens() {
  if (finished_) return *finished_;
  if (!mid_line_) lexer_.Seek(static_cast<std::size_t>(cursor_ - body_.data()));
  entry_ = body_.data() + lexer_.at();
  if (!reading_ahead_) has_exemplar_ = false;
  EntryKind kind = EntryKind::kError;
  switch (const TextToken token = lexer_.Next()) {
    case TextToken::kEofWord:
      if (lexer_.Next() == TextToken::kEof) return Finish(EntryKind::kEnd);
      return Fail("unexpected data after # EOF");
    case TextToken::kEof:
      return Fail(kNoEnd);
    case TextToken::kHelp:
    case TextToken::kType:
    case TextToken::kUnit:
      kind = MetadataByTokens(token);
      break;
    case TextToken::kBraceOpen:
    case TextToken::kName:
      kind = SampleByTokens(token);
      break;
    default:
      return FailExpecting("expected a valid start token", token);
  }
  if (kind == EntryKind::kError) return kind;
  cursor_ = body_.data() + lexer_.at();
  mid_line_ = !lexer_.AtEntryStart();
  return kind;
}

EntryKind OpenMetricsParser::MetadataByTokens(TextToken keyword) {
  const TextToken token = lexer_.Next();
  if (token != TextToken::kName) {
    return FailExpecting(fmt::format("expected metric name after {}", TextTokenName(keyword)), token);
  }
  const std::string_view name = WithoutQuotes(lexer_.token());
  family_size_ = name.size();
  if (lexer_.Next() != TextToken::kText) return Fail(fmt::format("expected text in {}", TextTokenName(keyword)));
  const std::string_view text = lexer_.token();
  std::string fault = SetMetadata(keyword, name, text.substr(1, text.size() - 2));
  return fault.empty() ? KindOf(keyword) : Fail(std::move(fault));
}

/// Takes a metadata line over; returns what is wrong with it, or the empty text.
std::string OpenMetricsParser::SetMetadata(TextToken keyword, std::string_view name, std::string_view words) {
  family_size_ = name.size();
  metadata_ = {name, words, MetricType::kUnknown};
  if (keyword == TextToken::kType) {
    const std::optional<MetricType> type = TypeOfWord(words);
    if (!type) return "invalid metric type " + text::GoQuote(words);
    type_ = *type;
    metadata_.type = *type;
  } else if (keyword == TextToken::kUnit) {
    unit_ = words;  // before the check: a unit that fails while reading ahead stays (PARSE-OM-18)
    if (!words.empty() && !IsUnitOf(name, words)) {
      return fmt::format("unit {} not a suffix of metric {}", text::GoQuote(words), text::GoQuote(name));
    }
  } else {
    if (!text::IsValidUtf8(words)) return fmt::format("help text {} is not a valid utf8 string", text::GoQuote(words));
    if (words.find('\\') != std::string_view::npos) {
      help_.clear();
      AppendUnescaped(help_, words, Escapes::kLabel);
      metadata_.text = help_;
    }
  }
  return {};
}

EntryKind OpenMetricsParser::SampleByTokens(TextToken first) {
  bool has_name = first == TextToken::kName;
  std::size_t series_end = lexer_.at();
  TextToken token = has_name ? lexer_.Next() : first;
  if (token == TextToken::kBraceOpen) {
    std::string fault = ReadLabelBlock(lexer_, LabelBlock::kOpenMetrics, offset(), &has_name, [](auto, auto) {});
    if (!fault.empty()) return Fail(std::move(fault));
    series_end = lexer_.at();
    token = lexer_.Next();
  }
  sample_.series = body_.substr(offset(), series_end - offset());
  if (!has_name) return Fail("metric name not set" + lexer_.WhileParsing(offset()));
  if (!FloatByTokens(token, "expected value after metric", &sample_.value_bits)) return EntryKind::kError;
  sample_.has_timestamp = false;
  sample_.t_ms = 0;
  token = lexer_.Next();
  if (token == TextToken::kTimestamp) {
    if (!TimeByTokens("invalid timestamp ", &sample_.t_ms)) return EntryKind::kError;
    sample_.has_timestamp = true;
    token = lexer_.Next();
    if (token != TextToken::kLinebreak && token != TextToken::kComment) {
      return FailExpecting("expected next entry after timestamp", token);
    }
  }
  if (token == TextToken::kEof) return Fail(kNoEnd);
  if (token == TextToken::kComment && !ExemplarByTokens()) return EntryKind::kError;
  return EntryKind::kSeries;  // behind any other token too: the next entry fails at it (PARSE-OM-11)
}

bool OpenMetricsParser::FloatByTokens(TextToken token, std::string_view expectation, std::uint64_t* bits) {
  if (token != TextToken::kValue) {
    FailExpecting(expectation, token);
    return false;
  }
  const std::string_view digits = lexer_.token().substr(1);
  const text::ParsedFloat value = text::ParseSampleFloat(digits);
  if (value.error != text::FloatError::kNone) {
    Fail(text::FloatErrorText(value.error, digits) + lexer_.WhileParsing(offset()));
    return false;
  }
  *bits = value.bits;
  return true;
}

/// The timestamp that the lexer has just read.
bool OpenMetricsParser::TimeByTokens(std::string_view fault, std::int64_t* t_ms) {
  std::uint64_t bits;
  if (!FloatByTokens(TextToken::kValue, {}, &bits)) return false;
  const double seconds = DoubleOf(bits);
  if (std::isnan(seconds) || std::isinf(seconds)) {
    Fail(std::string(fault) + (std::isnan(seconds) ? "NaN" : seconds > 0 ? "+Inf" : "-Inf"));
    return false;
  }
  *t_ms = Int64FromDouble(seconds * 1000);
  return true;
}

bool OpenMetricsParser::ExemplarByTokens() {
  if (reading_ahead_) return PassExemplar();
  exemplar_.labels.clear();
  bool has_name = false;
  std::string fault = ReadLabelBlock(lexer_, LabelBlock::kExemplar, offset(), &has_name,
                                     [this](std::string_view name, std::string_view value) {
                                       exemplar_.labels.push_back({name, value});
                                     });
  if (!fault.empty()) {
    Fail(std::move(fault));
    return false;
  }
  if (!FloatByTokens(lexer_.Next(), "expected value after exemplar labels", &exemplar_.value_bits)) return false;
  exemplar_.has_timestamp = false;
  exemplar_.t_ms = 0;
  TextToken token = lexer_.Next();
  std::string_view expectation = "expected timestamp or comment";
  if (token == TextToken::kEof) {
    Fail(kNoEnd);
    return false;
  }
  if (token == TextToken::kTimestamp) {
    if (!TimeByTokens("invalid exemplar timestamp ", &exemplar_.t_ms)) return false;
    exemplar_.has_timestamp = true;
    token = lexer_.Next();
    expectation = "expected next entry after exemplar timestamp";
  }
  if (token != TextToken::kLinebreak) {
    FailExpecting(expectation, token);
    return false;
  }
  has_exemplar_ = true;
  return true;
}

/// Reading ahead, upstream takes any tokens up to the end of the line for an exemplar, and asks for ever for the one
/// that no rule allows.
bool OpenMetricsParser::PassExemplar() {
  for (;;) {
    const std::size_t before = lexer_.at();
    const TextToken token = lexer_.Next();
    if (token == TextToken::kLinebreak) return true;
    stuck_ = token == TextToken::kInvalid && lexer_.at() == before;
    if (token == TextToken::kEof || stuck_) {
      Fail(kNoEnd);
      return false;
    }
  }
}

EntryKind OpenMetricsParser::Finish(EntryKind kind) {
  finished_ = kind;
  lines_end_ = body_.data();
  return kind;
}

EntryKind OpenMetricsParser::Fail(std::string message) {
  error_ = {std::move(message), lexer_.error_offset()};
  return Finish(EntryKind::kError);
}

EntryKind OpenMetricsParser::FailExpecting(std::string_view expectation, TextToken got) {
  return Fail(lexer_.Unexpected(expectation, got, offset()));
}

}  // namespace stalemark
