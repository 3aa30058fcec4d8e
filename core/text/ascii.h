// SPDX-License-Identifier: Apache-2.0
// Questions about single bytes, and texts of them, as ASCII has them; bytes beyond ASCII are none of these and stay as
// they are. Unicode's answers are in rune_class.h and case_map.h. Pure functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace stalemark::ascii {

constexpr bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool IsLetterOrDigit(char c) {
  return IsLetter(c) || IsDigit(c);
}

/// Value of a hexadecimal digit in either case, or -1.
constexpr int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// What names of Prometheus begin with: a letter or an underscore.
constexpr bool IsNameStart(char c) {
  return IsLetter(c) || c == '_';
}

/// `\w` of regular expressions: a letter, a digit or an underscore.
constexpr bool IsWord(char c) {
  return IsNameStart(c) || IsDigit(c);
}

constexpr char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

inline std::string ToLower(std::string text) {
  for (char& c : text) c = ToLower(c);
  return text;
}

/// As names of HTTP headers are compared.
inline bool EqualFold(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return ToLower(x) == ToLower(y); });
}

}  // namespace stalemark::ascii
