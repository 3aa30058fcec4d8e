// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/text_lexer.h"

#include <algorithm>

#include "core/exposition/scan.h"

namespace stalemark {

std::string_view TextTokenName(TextToken token) {
  switch (token) {
    case TextToken::kInvalid:
      return "INVALID";
    case TextToken::kEof:
      return "EOF";
    case TextToken::kLinebreak:
      return "LINEBREAK";
    case TextToken::kWhitespace:
      return "WHITESPACE";
    case TextToken::kHelp:
      return "HELP";
    case TextToken::kType:
      return "TYPE";
    case TextToken::kText:
      return "TEXT";
    case TextToken::kComment:
      return "COMMENT";
    case TextToken::kName:
      return "MNAME";
    case TextToken::kQuotedString:
      return "QSTRING";
    case TextToken::kBraceOpen:
      return "BOPEN";
    case TextToken::kBraceClose:
      return "BCLOSE";
    case TextToken::kLabelName:
      return "LNAME";
    case TextToken::kLabelValue:
      return "LVALUE";
    case TextToken::kComma:
      return "COMMA";
    case TextToken::kEqual:
      return "EQUAL";
    case TextToken::kTimestamp:
      return "TIMESTAMP";
    case TextToken::kValue:
      break;
  }
  return "VALUE";
}

std::string TextLexer::Slice(std::size_t from, std::size_t to) const {
  std::string out(body_.substr(std::min(from, body_.size()), to - from));
  if (from <= body_.size() && to > body_.size()) out += '\n';
  return out;
}

/// Moves to the next byte and returns it. NULs are passed over where upstream allows them, so they end up inside
/// whatever token is being read (PARSE-TEXT-05).
char TextLexer::Advance() {
  if (at_ <= body_.size()) ++at_;
  if (state_ == State::kComment || state_ == State::kMetadataText || state_ == State::kLabelValue) {
    while (at_ < body_.size() && body_[at_] == '\0') ++at_;
  }
  return Current();
}

TextToken TextLexer::Next() {
  for (;;) {
    const TextToken token = Lex();
    if (token != TextToken::kWhitespace) return token;
  }
}

TextToken TextLexer::Lex() {
  if (at_ > body_.size()) return TextToken::kEof;
  start_ = at_;
  // Metadata text may start with a blank; everywhere else a run of blanks is a token of its own.
  if (state_ != State::kMetadataText && scan::IsBlank(Current())) return TakeWhitespace();
  switch (state_) {
    case State::kInit:
      return LexInit();
    case State::kComment:
      return LexKeyword();
    case State::kMetadataName:
      return LexMetadataName();
    case State::kMetadataText:
      return LexMetadataText();
    case State::kLabels:
      return LexLabels();
    case State::kLabelValue:
      return LexLabelValue();
    case State::kValue:
      return LexValue();
    case State::kTimestamp:
      break;
  }
  return LexTimestamp();
}

TextToken TextLexer::LexInit() {
  char c = Current();
  if (c == '\0') return TakeByte(State::kInit, TextToken::kEof);
  if (c == '\n') return TakeByte(State::kInit, TextToken::kLinebreak);
  if (c == '{') return TakeByte(State::kLabels, TextToken::kBraceOpen);
  if (c == '#') {
    if (!scan::IsBlank(Advance())) return TakeComment();
    while (scan::IsBlank(Current())) Advance();
    state_ = State::kComment;
    return LexKeyword();
  }
  if (!scan::IsMetricNameStart(c)) return TextToken::kInvalid;
  while (scan::IsMetricNameByte(c)) c = Advance();
  return Take(State::kValue, TextToken::kName);
}

/// Behind `# `: HELP or TYPE, or the rest of a plain comment.
TextToken TextLexer::LexKeyword() {
  const TextToken keyword = Current() == 'H' ? TextToken::kHelp : TextToken::kType;
  if (!MatchWord(keyword == TextToken::kHelp ? "HELP" : "TYPE") || !scan::IsBlank(Current())) return TakeComment();
  while (scan::IsBlank(Current())) Advance();
  return Take(State::kMetadataName, keyword);
}

TextToken TextLexer::LexMetadataName() {
  char c = Current();
  if (c == '"') return SkipQuoted() ? Take(State::kMetadataText, TextToken::kName) : TextToken::kInvalid;
  if (!scan::IsMetricNameStart(c)) return TextToken::kInvalid;
  while (scan::IsMetricNameByte(c)) c = Advance();
  return Take(State::kMetadataText, TextToken::kName);
}

TextToken TextLexer::LexMetadataText() {
  char c = Current();
  if (scan::IsBlank(c)) {
    while (scan::IsBlank(c)) c = Advance();
    if (c == '\n') return TextToken::kWhitespace;  // and then an empty text
  }
  if (c != '\0') {
    while (c != '\n') c = Advance();
  }
  return Take(State::kInit, TextToken::kText);
}

TextToken TextLexer::LexLabels() {
  char c = Current();
  if (c == '"') return SkipQuoted() ? TextToken::kQuotedString : TextToken::kInvalid;
  if (c == ',') return TakeByte(State::kLabels, TextToken::kComma);
  if (c == '=') return TakeByte(State::kLabelValue, TextToken::kEqual);
  if (c == '}') return TakeByte(State::kValue, TextToken::kBraceClose);
  if (!scan::IsLabelNameStart(c)) return TextToken::kInvalid;
  while (scan::IsLabelNameByte(c)) c = Advance();
  return TextToken::kLabelName;
}

TextToken TextLexer::LexLabelValue() {
  if (Current() != '"' || !SkipQuoted()) return TextToken::kInvalid;
  return Take(State::kLabels, TextToken::kLabelValue);
}

TextToken TextLexer::LexValue() {
  char c = Current();
  if (c == '{') return TakeByte(State::kLabels, TextToken::kBraceOpen);
  const auto ends = [](char x) { return x == '\0' || x == '\n' || x == '{' || scan::IsBlank(x); };
  if (ends(c)) return TextToken::kInvalid;
  while (!ends(c)) c = Advance();
  return Take(State::kTimestamp, TextToken::kValue);
}

TextToken TextLexer::LexTimestamp() {
  char c = Current();
  if (c == '\n') return TakeByte(State::kInit, TextToken::kLinebreak);
  const auto is_digit = [](char x) { return x >= '0' && x <= '9'; };
  if (!is_digit(c)) return TextToken::kInvalid;
  while (is_digit(c)) c = Advance();
  return TextToken::kTimestamp;
}

TextToken TextLexer::TakeWhitespace() {
  while (scan::IsBlank(Current())) Advance();
  return TextToken::kWhitespace;
}

/// The rest of the line. A NUL under the cursor, not passed over by Advance, ends the input (PARSE-TEXT-04).
TextToken TextLexer::TakeComment() {
  for (char c = Current(); c != '\n'; c = Advance()) {
    if (c == '\0') return TextToken::kEof;
  }
  return Take(State::kInit, TextToken::kComment);
}

bool TextLexer::SkipQuoted() {
  for (char c = Advance(); c != '"'; c = Advance()) {
    if (c == '\\') {
      c = Advance();
      if (c == '\n') return false;
    }
    if (c == '\0') return false;
  }
  Advance();
  return true;
}

bool TextLexer::MatchWord(std::string_view word) {
  for (const char c : word) {
    if (Current() != c) return false;
    Advance();
  }
  return true;
}

}  // namespace stalemark
