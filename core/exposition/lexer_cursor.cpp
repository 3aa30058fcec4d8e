// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/lexer_cursor.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/exposition/scan.h"
#include "core/text/go_quote.h"

namespace stalemark {

std::string LexerCursor::Unexpected(std::string_view expectation, TextToken got, std::size_t entry) const {
  const std::size_t shown_end = std::min(end_, at_ + 1);
  return fmt::format("{}, got {} (\"{}\") while parsing: {}", expectation, Quoted(start_, shown_end),
                     TextTokenName(got), Quoted(entry, shown_end));
}

std::string LexerCursor::WhileParsing(std::size_t entry) const {
  return " while parsing: " + Quoted(entry, at_);
}

/// The bytes [from, to), with the implied newline if `to` lies behind it.
std::string LexerCursor::Quoted(std::size_t from, std::size_t to) const {
  std::string bytes(body_.substr(std::min(from, body_.size()), to - from));
  if (from <= body_.size() && to > body_.size()) bytes += '\n';
  return text::GoQuote(bytes);
}

TextToken LexerCursor::LexMetadataName() {
  if (Current() == '"') return TakeQuoted(Newlines::kAllowed, State::kMetadataText, TextToken::kName);
  return TakeMetricName(State::kMetadataText);
}

TextToken LexerCursor::LexLabels() {
  switch (Current()) {
    case '"':
      return TakeQuoted(Newlines::kAllowed, State::kLabels, TextToken::kQuotedString);
    case ',':
      return TakeByte(State::kLabels, TextToken::kComma);
    case '=':
      return TakeByte(State::kLabelValue, TextToken::kEqual);
    case '}':
      return TakeByte(State::kValue, TextToken::kBraceClose);
    default:
      return TakeLabelName();
  }
}

TextToken LexerCursor::TakeMetricName(State next) {
  char c = Current();
  if (!scan::IsMetricNameStart(c)) return TextToken::kInvalid;
  while (scan::IsMetricNameByte(c)) c = Advance();
  return Take(next, TextToken::kName);
}

TextToken LexerCursor::TakeLabelName() {
  char c = Current();
  if (!scan::IsLabelNameStart(c)) return TextToken::kInvalid;
  while (scan::IsLabelNameByte(c)) c = Advance();
  return TextToken::kLabelName;
}

bool LexerCursor::SkipQuoted(Newlines newlines) {
  for (char c = Advance(); c != '"'; c = Advance()) {
    if (c == '\\') {
      c = Advance();
      if (c == '\n') return false;
    } else if (c == '\n' && newlines == Newlines::kRefused) {
      return false;
    }
    if (c == '\0') return false;
  }
  Advance();
  return true;
}

bool LexerCursor::MatchWord(std::string_view word) {
  for (const char c : word) {
    if (Current() != c) return false;
    Advance();
  }
  return true;
}

}  // namespace stalemark
