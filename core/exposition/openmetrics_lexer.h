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

  TextToken Next();
  /// Whether the next token starts an entry. Not so after a token that upstream's parser lets pass (PARSE-OM-11).
  bool AtEntryStart() const { return state_ == State::kInit; }

 private:
  TextToken LexInit();
  TextToken LexKeyword();
  TextToken LexMetadataText();
  TextToken LexLabelValue();
  TextToken LexValue();
  TextToken LexTimestamp();
  TextToken LexExemplar();
  TextToken LexExemplarValue();
  TextToken LexExemplarTimestamp();

  TextToken TakeKeyword(std::string_view word, TextToken token);
  TextToken TakeRun(State next, TextToken token);
};

}  // namespace stalemark
