// SPDX-License-Identifier: Apache-2.0
// The pieces of Go's regular-expression syntax below the level of operators: code points, escapes and classes. Part of
// regex_parser.cpp, which alone uses it.
//
// Take... methods take the front off `at`. They return false when they have set error(), which keeps Go's text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/model/result.h"
#include "core/text/rune_class.h"

namespace stalemark {

namespace regex_error {
inline constexpr std::string_view kInvalidRange = "invalid character class range";
inline constexpr std::string_view kInvalidEscape = "invalid escape sequence";
inline constexpr std::string_view kInvalidNamedCapture = "invalid named capture";
inline constexpr std::string_view kInvalidPerlOp = "invalid or unsupported Perl syntax";
inline constexpr std::string_view kInvalidRepeatOp = "invalid nested repetition operator";
inline constexpr std::string_view kInvalidRepeatSize = "invalid repeat count";
inline constexpr std::string_view kInvalidUtf8 = "invalid UTF-8";
inline constexpr std::string_view kMissingBracket = "missing closing ]";
inline constexpr std::string_view kMissingParen = "missing closing )";
inline constexpr std::string_view kMissingRepeatArgument = "missing argument to repetition operator";
inline constexpr std::string_view kTrailingBackslash = "trailing backslash at end of expression";
inline constexpr std::string_view kUnexpectedParen = "unexpected )";
inline constexpr std::string_view kNestingDepth = "expression nests too deeply";
inline constexpr std::string_view kLarge = "expression too large";
}  // namespace regex_error

/// The part of `text` before `rest`, which is a suffix of it.
inline std::string_view PieceBefore(std::string_view text, std::string_view rest) {
  return text.substr(0, text.size() - rest.size());
}
inline bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
inline bool IsAsciiAlphanumeric(std::uint32_t rune) {
  return rune - '0' < 10 || (rune | 0x20) - 'a' < 26;
}

class RegexLexer {
 public:
  /// Sets the error to Go's text for a kind of error and the offending piece. Always false.
  bool Fail(std::string_view kind, std::string_view piece);
  const Error& error() const { return error_; }

  bool TakeRune(std::string_view& at, std::uint32_t& rune);
  bool CheckUtf8(std::string_view piece);
  /// A backslash and what belongs to it, where that stands for one code point.
  bool TakeEscape(std::string_view& at, std::uint32_t& rune);
  /// `[...]`, folded where `fold`. The class is clean.
  bool TakeClass(std::string_view& at, bool fold, text::RuneClass& out);
  /// Adds what `\d` or `\p{Greek}` at the front stands for; `found` is false where there is no such thing.
  bool TakeEscapedClass(std::string_view& at, bool fold, text::RuneClass& out, bool& found);

 private:
  bool TakeHexEscape(std::string_view& at, std::uint32_t& rune, bool& valid);
  bool TakeUnicodeName(std::string_view& at, bool fold, text::RuneClass& out);
  bool TakePosixName(std::string_view& at, bool fold, text::RuneClass& out, bool& found);
  bool TakeClassRune(std::string_view& at, std::string_view whole, std::uint32_t& rune);
  bool TakeClassRange(std::string_view& at, std::string_view whole, bool fold, text::RuneClass& out);

  Error error_;
  // Building a Unicode class takes far longer than reading its name: a long pattern must not build one twice.
  std::map<std::pair<std::string, bool>, std::optional<text::RuneClass>> unicode_classes_;
};

}  // namespace stalemark
