// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/text_lexer.h"

#include "core/exposition/scan.h"

namespace stalemark {

TextToken TextLexer::Next() {
  for (;;) {
    const TextToken token = Lex();
    if (token != TextToken::kWhitespace) return token;
  }
}

TextToken TextLexer::Lex() {
  if (AtEnd()) return TextToken::kEof;
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
    default:
      return LexTimestamp();
  }
}

TextToken TextLexer::LexInit() {
  const char c = Current();
  if (c == '\0') return TakeByte(State::kInit, TextToken::kEof);
  if (c == '\n') return TakeByte(State::kInit, TextToken::kLinebreak);
  if (c == '{') return TakeByte(State::kLabels, TextToken::kBraceOpen);
  if (c == '#') {
    if (!scan::IsBlank(Advance())) return TakeComment();
    while (scan::IsBlank(Current())) Advance();
    Enter(State::kComment);
    return LexKeyword();
  }
  return TakeMetricName(State::kValue);
}

/// Behind `# `: HELP or TYPE, or the rest of a plain comment.
TextToken TextLexer::LexKeyword() {
  const TextToken keyword = Current() == 'H' ? TextToken::kHelp : TextToken::kType;
  if (!MatchWord(keyword == TextToken::kHelp ? "HELP" : "TYPE") || !scan::IsBlank(Current())) return TakeComment();
  while (scan::IsBlank(Current())) Advance();
  return Take(State::kMetadataName, keyword);
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

TextToken TextLexer::LexLabelValue() {
  if (Current() != '"') return TextToken::kInvalid;
  return TakeQuoted(Newlines::kAllowed, State::kLabels, TextToken::kLabelValue);
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

}  // namespace stalemark
