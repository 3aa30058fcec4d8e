// SPDX-License-Identifier: Apache-2.0
// The contents of a pair of braces, token by token: labels and, for series, perhaps the name. Mirrors parseLVals of
// promparse.go and openmetricsparse.go, which differ in the commas alone.
//
// ReadLabelBlock works on any lexer with Next() that is a LexerCursor, and leaves it behind the `}`, or where
// upstream's lexer stands after the error. Errors are upstream's texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/exposition/lexer_cursor.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {

enum class LabelBlock : std::uint8_t { kText, kOpenMetrics, kExemplar };

/// A name without its quotes.
inline std::string_view WithoutQuotes(std::string_view token) {
  return token.front() == '"' ? token.substr(1, token.size() - 2) : token;
}

/// Reads on behind `{` of the entry that starts at `entry`; returns the error, empty if there is none. Sets *has_name
/// at the metric name, and fails if it was set. Calls on_label(name, value) for every label, without quotes, with
/// escapes.
template <class Lexer, class OnLabel>
std::string ReadLabelBlock(Lexer& lexer, LabelBlock block, std::size_t entry, bool* has_name, OnLabel on_label) {
  TextToken token = lexer.Next();
  while (token != TextToken::kBraceClose) {
    const bool quoted = token == TextToken::kQuotedString;
    if (!quoted && token != TextToken::kLabelName) return lexer.Unexpected("expected label name", token, entry);
    const std::string_view name = lexer.token();
    token = lexer.Next();
    if (quoted && (token == TextToken::kComma || token == TextToken::kBraceClose)) {  // the metric name
      if (block == LabelBlock::kExemplar) return lexer.Unexpected("expected label name", token, entry);
      if (*has_name) return "metric name already set" + lexer.WhileParsing(entry);
      *has_name = true;
      if (token == TextToken::kComma) token = lexer.Next();
      continue;
    }
    if (token != TextToken::kEqual) return lexer.Unexpected("expected equal", token, entry);
    token = lexer.Next();
    if (token != TextToken::kLabelValue) return lexer.Unexpected("expected label value", token, entry);
    const std::string_view value = lexer.token();
    if (!text::IsValidUtf8(value)) return "invalid UTF-8 label value: " + text::GoQuote(value);
    on_label(WithoutQuotes(name), value.substr(1, value.size() - 2));
    token = lexer.Next();
    if (token == TextToken::kComma) {
      token = lexer.Next();
    } else if (block != LabelBlock::kText && token != TextToken::kBraceClose) {
      return lexer.Unexpected("expected comma or brace close", token, entry);
    }
  }
  return {};
}

}  // namespace stalemark
