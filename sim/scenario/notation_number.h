// SPDX-License-Identifier: Apache-2.0
// Numbers of promtool's series notation, as the lexer of promql/parser reads them in series descriptions: decimal, with
// `_` between digits, and octal where Go reads a leading 0 so; never hexadecimal, which `0x3` would make ambiguous.
//
// Pure functions over a text that a cursor walks; each moves the cursor only on success.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stalemark::scenario {

/// A position in a text.
struct TextCursor {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  /// 0 at the end.
  char Peek() const { return done() ? '\0' : text[at]; }
  bool Accept(std::string_view expected) {
    if (text.substr(at, expected.size()) != expected) return false;
    at += expected.size();
    return true;
  }
  /// True: there was at least one blank, tab or line end.
  bool SkipBlanks();
  /// Letters and underscores.
  std::string_view TakeWord();
};

/// Whether the word is `inf` or `nan` in any case; then its value.
bool NumberWord(std::string_view word, double* value);
/// `1.5`, `1e+3`: no sign.
bool ReadNumber(TextCursor* cursor, double* value);
/// Decimal digits, at most 64 bits.
bool ReadUint(TextCursor* cursor, std::uint64_t* value);

}  // namespace stalemark::scenario
