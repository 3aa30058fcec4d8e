// SPDX-License-Identifier: Apache-2.0
// TextLexer: the tokens of the Prometheus text format, one at a time and in every detail. Mirrors
// model/textparse/promlex.l. TextParser takes the common lines without it; it decides all others, and every error text.
//
// Lifetime and the newline behind the body: lexer_cursor.h. No allocation; cannot fail: what no rule matches is
// kInvalid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/exposition/lexer_cursor.h"
#include "core/exposition/text_token.h"

namespace stalemark {

class TextLexer : public LexerCursor {
 public:
  TextLexer() = default;
  explicit TextLexer(std::string_view body) : LexerCursor(body, FinalNewline::kImplied) {}

  /// The next token that is not whitespace.
  TextToken Next();

 private:
  TextToken Lex();
  TextToken LexInit();
  TextToken LexKeyword();
  TextToken LexMetadataText();
  TextToken LexLabelValue();
  TextToken LexValue();
  TextToken LexTimestamp();

  TextToken TakeWhitespace();
  TextToken TakeComment();
};

}  // namespace stalemark
