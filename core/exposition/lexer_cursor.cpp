// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/lexer_cursor.h"

#include <algorithm>

#include <fmt/format.h>

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
