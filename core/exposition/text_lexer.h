// SPDX-License-Identifier: Apache-2.0
// TextLexer: the tokens of the Prometheus text format, one at a time and in every detail. Mirrors
// model/textparse/promlex.l. TextParser takes the common lines without it; it decides all others, and every error text.
//
// Behaves as if one newline followed the body (PARSE-TEXT-01); that newline has the offset body.size(). Tokens are
// offsets into the body. The body must outlive the lexer. No allocation; cannot fail: what no rule matches is kInvalid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark {

enum class TextToken : std::uint8_t {
  kInvalid,
  kEof,
  kLinebreak,
  kWhitespace,
  kHelp,
  kType,
  kText,
  kComment,
  kName,
  kQuotedString,
  kBraceOpen,
  kBraceClose,
  kLabelName,
  kLabelValue,
  kComma,
  kEqual,
  kTimestamp,
  kValue,
};

/// The token's word in error texts: `INVALID`, `MNAME`, ...
std::string_view TextTokenName(TextToken token);

class TextLexer {
 public:
  TextLexer() = default;
  explicit TextLexer(std::string_view body) : body_(body) {}

  /// Goes to the start of an entry.
  void Seek(std::size_t offset) {
    at_ = offset;
    start_ = offset;
    state_ = State::kInit;
  }
  /// The next token that is not whitespace.
  TextToken Next();
  /// Where the current token starts. At the end of the body: where the token before it starts.
  std::size_t start() const { return start_; }
  /// Where the lexer stands: behind the token, or, after kInvalid, at the byte that no rule allows.
  std::size_t at() const { return at_; }
  /// The bytes [start(), at()); not for tokens that hold the final newline.
  std::string_view token() const { return body_.substr(start_, at_ - start_); }
  /// The bytes [from, to) with the newline that follows the body; `to` may lie behind it.
  std::string Slice(std::size_t from, std::size_t to) const;

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

  /// The byte under the cursor; 0 behind the end.
  char Current() const { return at_ < body_.size() ? body_[at_] : at_ == body_.size() ? '\n' : '\0'; }
  char Advance();
  TextToken Take(State next, TextToken token) {
    state_ = next;
    return token;
  }
  /// Moves over one byte and is then in `next`.
  TextToken TakeByte(State next, TextToken token) {
    Advance();
    return Take(next, token);
  }
  TextToken TakeWhitespace();
  TextToken TakeComment();
  /// Moves over a quoted string; false: it does not end as one.
  bool SkipQuoted();
  /// Moves over `word` as far as it is there.
  bool MatchWord(std::string_view word);

  std::string_view body_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  State state_ = State::kInit;
};

}  // namespace stalemark
