// SPDX-License-Identifier: Apache-2.0
// LexerCursor: what the lexers of the two text formats share: a place in the body, the current token, the rules that
// are the same in both, and upstream's texts that quote tokens. Mirrors the hand-written parts of promlexer and
// openMetricsLexer in model/textparse, and the start conditions of their grammars.
//
// Tokens are offsets into the body, which must outlive the cursor. The text format reads as if one newline followed the
// body (PARSE-TEXT-01); that newline has the offset body.size(). No allocation except for texts; nothing fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/exposition/text_token.h"

namespace stalemark {

class LexerCursor {
 public:
  /// Goes to the start of an entry.
  void Seek(std::size_t offset) {
    at_ = offset;
    start_ = offset;
    Enter(State::kInit);
  }
  /// Where the current token starts. At the end of the body: where the token before it starts.
  std::size_t start() const { return start_; }
  /// Where the lexer stands: behind the token, or, after kInvalid, at the byte that no rule allows.
  std::size_t at() const { return at_; }
  /// at(), but never behind the body: for Error::offset.
  std::size_t error_offset() const { return at_ < body_.size() ? at_ : body_.size(); }
  /// The bytes [start(), at()); not for tokens that hold the implied newline.
  std::string_view token() const { return body_.substr(start_, at_ - start_); }
  /// What upstream says of an unexpected token: `<expectation>, got "x" ("INVALID") while parsing: "..."`, the second
  /// quote from `entry` on. Upstream shows one byte more than the lexer has taken.
  std::string Unexpected(std::string_view expectation, TextToken got, std::size_t entry) const;
  /// ` while parsing: "..."`, the bytes [entry, at()).
  std::string WhileParsing(std::size_t entry) const;

 protected:
  enum class FinalNewline : std::uint8_t { kImplied, kAbsent };
  /// Whether a quoted string may hold newlines.
  enum class Newlines : std::uint8_t { kAllowed, kRefused };
  /// Start conditions of upstream's lexers; exemplars are OpenMetrics's.
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

  LexerCursor() = default;
  LexerCursor(std::string_view body, FinalNewline newline)
      : body_(body), end_(body.size() + (newline == FinalNewline::kImplied ? 1 : 0)) {}

  bool AtEnd() const { return at_ >= end_; }
  /// The byte under the cursor; 0 behind the end.
  char Current() const { return at_ < body_.size() ? body_[at_] : at_ < end_ ? '\n' : '\0'; }
  /// Moves to the next byte and returns it. NULs are passed over where upstream allows them, so they end up inside
  /// whatever token is being read (PARSE-TEXT-05).
  char Advance() {
    if (at_ < end_) ++at_;
    if (passes_nul_) {
      while (at_ < body_.size() && body_[at_] == '\0') ++at_;
    }
    return Current();
  }
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
  /// The name in a metadata line, and what stands between the braces of a series.
  TextToken LexMetadataName();
  TextToken LexLabels();
  /// Moves over `word` as far as it is there.
  bool MatchWord(std::string_view word);

  State state_ = State::kInit;

  std::string_view body_;
  std::size_t end_ = 0;
  std::size_t at_ = 0;
  std::size_t start_ = 0;

 private:
  /// Moves over a quoted string; false: it does not end as one.
  bool SkipQuoted(Newlines newlines);
  std::string Quoted(std::size_t from, std::size_t to) const;

  bool passes_nul_ = false;
};

}  // namespace stalemark
