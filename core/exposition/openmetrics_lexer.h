// SPDX-License-Identifier: Apache-2.0
// OpenMetricsLexer: the tokens of the OpenMetrics text format, one at a time and in every detail. Mirrors
// model/textparse/openmetricslex.l. OpenMetricsParser takes the common lines without it.
//
// Values and timestamps are tokens with the blank in front of them, texts with the blank in front and the newline
// behind. Lifetime: lexer_cursor.h. A copy is a place to come back to. No allocation; cannot fail: what no rule matches
// is kInvalid, and the lexer stays where no rule went on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/exposition/lexer_cursor.h"
#include "core/exposition/text_token.h"

namespace stalemark {

class OpenMetricsLexer : public LexerCursor {
 public:
  OpenMetricsLexer() = default;
  explicit OpenMetricsLexer(std::string_view body) : LexerCursor(body, FinalNewline::kAbsent) {}

  /// Goes to the start of an entry.
  void Seek(std::size_t offset) {
    at_ = offset;
    start_ = offset;
    Enter(State::kInit);
  }
  TextToken Next();
  /// Whether the next token starts an entry. Not so after a token that upstream's parser lets pass (PARSE-OM-11).
  bool AtEntryStart() const { return state_ == State::kInit; }

 private:
  /// Start conditions of upstream's lexer.
  enum class State : std::uint8_t {
    kInit,
    kComment,
    kMetadataName,
    kMetadataText,
    kLabels,
    kLabelValue,
    kValue,
    kTimestamp,
    kExemplar,
    kExemplarValue,
    kExemplarTimestamp,
  };

  TextToken LexInit();
  TextToken LexKeyword();
  TextToken LexMetadataName();
  TextToken LexMetadataText();
  TextToken LexLabels();
  TextToken LexLabelValue();
  TextToken LexValue();
  TextToken LexTimestamp();
  TextToken LexExemplar();
  TextToken LexExemplarValue();
  TextToken LexExemplarTimestamp();

  void Enter(State state) {
    state_ = state;
    passes_nul_ = state == State::kComment || state == State::kMetadataText || state == State::kLabelValue;
  }
  TextToken Take(State next, TextToken token) {
    Enter(next);
    return token;
  }
  /// Moves over one byte and is then in `next`.
  TextToken TakeByte(State next, TextToken token) {
    Advance();
    return Take(next, token);
  }
  TextToken TakeQuoted(Newlines newlines, State next, TextToken token) {
    return SkipQuoted(newlines) ? Take(next, token) : TextToken::kInvalid;
  }
  TextToken TakeMetricName(State next);
  TextToken TakeLabelName();
  TextToken TakeKeyword(std::string_view word, TextToken token);
  TextToken TakeRun(State next, TextToken token);

  State state_ = State::kInit;
};

}  // namespace stalemark
