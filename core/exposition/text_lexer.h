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

  /// Goes to the start of an entry.
  void Seek(std::size_t offset) {
    at_ = offset;
    start_ = offset;
    Enter(State::kInit);
  }
  /// The next token that is not whitespace.
  TextToken Next();

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
  };

  TextToken Lex();
  TextToken LexInit();
  TextToken LexKeyword();
  TextToken LexMetadataName();
  TextToken LexMetadataText();
  TextToken LexLabels();
  TextToken LexLabelValue();
  TextToken LexValue();
  TextToken LexTimestamp();

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
  TextToken TakeWhitespace();
  TextToken TakeComment();

  State state_ = State::kInit;
};

}  // namespace stalemark
