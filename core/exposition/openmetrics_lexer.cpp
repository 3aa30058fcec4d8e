// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/openmetrics_lexer.h"

namespace stalemark {

TextToken OpenMetricsLexer::Next() {
  if (AtEnd()) return TextToken::kEof;
  start_ = at_;
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
      return LexTimestamp();
    case State::kExemplar:
      return LexExemplar();
    case State::kExemplarValue:
      return LexExemplarValue();
    case State::kExemplarTimestamp:
      break;
  }
  return LexExemplarTimestamp();
}

TextToken OpenMetricsLexer::LexInit() {
  if (Current() == '{') return TakeByte(State::kLabels, TextToken::kBraceOpen);
  if (Current() != '#') return TakeMetricName(State::kValue);
  if (Advance() != ' ') return TextToken::kInvalid;
  Advance();
  Enter(State::kComment);
  return LexKeyword();
}

/// Behind `# `.
TextToken OpenMetricsLexer::LexKeyword() {
  switch (Current()) {
    case 'H':
      return TakeKeyword("HELP ", TextToken::kHelp);
    case 'T':
      return TakeKeyword("TYPE ", TextToken::kType);
    case 'U':
      return TakeKeyword("UNIT ", TextToken::kUnit);
    default:
      break;
  }
  if (!MatchWord("EOF")) return TextToken::kInvalid;
  if (Current() == '\n') Advance();
  return Take(State::kInit, TextToken::kEofWord);
}

TextToken OpenMetricsLexer::LexMetadataText() {
  if (Current() != ' ') return TextToken::kInvalid;
  for (char c = Advance(); c != '\n'; c = Advance()) {
    if (c == '\0') return TextToken::kInvalid;
  }
  return TakeByte(State::kInit, TextToken::kText);
}

TextToken OpenMetricsLexer::LexLabelValue() {
  if (Current() != '"') return TextToken::kInvalid;
  return TakeQuoted(Newlines::kRefused, State::kLabels, TextToken::kLabelValue);
}

TextToken OpenMetricsLexer::LexValue() {
  if (Current() == '{') return TakeByte(State::kLabels, TextToken::kBraceOpen);
  return TakeRun(State::kTimestamp, TextToken::kValue);
}

TextToken OpenMetricsLexer::LexTimestamp() {
  if (Current() == '\n') return TakeByte(State::kInit, TextToken::kLinebreak);
  const std::size_t hash = at_ + 1;
  const TextToken token = TakeRun(State::kTimestamp, TextToken::kTimestamp);
  const bool lone_hash = token == TextToken::kTimestamp && at_ == hash + 1 && body_[hash] == '#' && Current() == ' ';
  if (!lone_hash) return token;
  if (Advance() != '{') return TextToken::kInvalid;
  return TakeByte(State::kExemplar, TextToken::kComment);
}

TextToken OpenMetricsLexer::LexExemplar() {
  switch (Current()) {
    case '"':
      return TakeQuoted(Newlines::kRefused, State::kExemplar, TextToken::kQuotedString);
    case ',':
      return TakeByte(State::kExemplar, TextToken::kComma);
    case '=':
      return TakeByte(State::kExemplarValue, TextToken::kEqual);
    case '}':
      return TakeByte(State::kExemplarValue, TextToken::kBraceClose);
    default:
      return TakeLabelName();
  }
}

TextToken OpenMetricsLexer::LexExemplarValue() {
  if (Current() == '"') return TakeQuoted(Newlines::kRefused, State::kExemplar, TextToken::kLabelValue);
  return TakeRun(State::kExemplarTimestamp, TextToken::kValue);
}

TextToken OpenMetricsLexer::LexExemplarTimestamp() {
  if (Current() == '\n') return TakeByte(State::kInit, TextToken::kLinebreak);
  return TakeRun(State::kExemplarTimestamp, TextToken::kTimestamp);
}

TextToken OpenMetricsLexer::TakeKeyword(std::string_view word, TextToken token) {
  return MatchWord(word) ? Take(State::kMetadataName, token) : TextToken::kInvalid;
}

/// A blank and what follows up to the next one or the end of the line.
TextToken OpenMetricsLexer::TakeRun(State next, TextToken token) {
  const auto ends = [](char c) { return c == ' ' || c == '\n' || c == '\0'; };
  if (Current() != ' ' || ends(Advance())) return TextToken::kInvalid;
  while (!ends(Advance())) {
  }
  return Take(next, token);
}

}  // namespace stalemark
