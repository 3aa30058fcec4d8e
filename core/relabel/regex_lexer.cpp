// SPDX-License-Identifier: Apache-2.0
#include "core/relabel/regex_lexer.h"

#include "core/text/utf8.h"

namespace stalemark {
namespace {

using text::RuneClass;

bool IsOctalDigit(char c) {
  return c >= '0' && c <= '7';
}

/// Value of a hexadecimal digit, or -1.
int HexValue(std::uint32_t rune) {
  if (rune - '0' < 10) return static_cast<int>(rune - '0');
  if ((rune | 0x20) - 'a' < 6) return static_cast<int>((rune | 0x20) - 'a') + 10;
  return -1;
}

/// A class by name: its ranges, as pairs of ASCII characters.
struct NamedClass {
  std::string_view name;
  std::string_view pairs;
};

constexpr NamedClass kPosixClasses[] = {
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"ascii", {"\0\x7f", 2}},
    {"blank", "\t\t  "},
    {"cntrl", {"\0\x1f\x7f\x7f", 4}},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZ__az"},
    {"xdigit", "09AFaf"},
};
constexpr NamedClass kPerlClasses[] = {
    {"d", "09"},
    {"s", "\t\n\f\r  "},
    {"w", "09AZ__az"},
};

template <std::size_t kCount>
const NamedClass* FindNamed(const NamedClass (&classes)[kCount], std::string_view name) {
  for (const NamedClass& named : classes) {
    if (named.name == name) return &named;
  }
  return nullptr;
}

void AddNamed(const NamedClass& named, bool negated, bool fold, RuneClass& out) {
  RuneClass runes;
  for (std::size_t i = 0; i < named.pairs.size(); i += 2) {
    runes.Add(static_cast<unsigned char>(named.pairs[i]), static_cast<unsigned char>(named.pairs[i + 1]));
  }
  runes.Clean();
  if (fold) runes = runes.Folded();
  out.Add(negated ? runes.Negated() : runes);
}

}  // namespace

bool RegexLexer::Fail(std::string_view kind, std::string_view piece) {
  error_.message = "error parsing regexp: ";
  error_.message.append(kind).append(": `").append(piece).append("`");
  return false;
}

bool RegexLexer::TakeRune(std::string_view& at, std::uint32_t& rune) {
  const text::DecodedRune decoded = text::DecodeRune(at);
  if (decoded.width == 1 && !decoded.valid) return Fail(regex_error::kInvalidUtf8, at);
  rune = decoded.width == 0 ? text::kReplacementRune : decoded.rune;
  at.remove_prefix(decoded.width);
  return true;
}

bool RegexLexer::CheckUtf8(std::string_view piece) {
  std::uint32_t rune = 0;
  while (!piece.empty()) {
    if (!TakeRune(piece, rune)) return false;
  }
  return true;
}

/// What follows `\x`. Where `valid` is false, `at` stands behind the offending piece.
bool RegexLexer::TakeHexEscape(std::string_view& at, std::uint32_t& rune, bool& valid) {
  valid = false;
  std::uint32_t c = 0;
  if (at.empty()) return true;
  if (!TakeRune(at, c)) return false;
  if (c != '{') {
    const int high = HexValue(c);
    if (!TakeRune(at, c)) return false;
    const int low = HexValue(c);
    valid = high >= 0 && low >= 0;
    rune = static_cast<std::uint32_t>(high * 16 + low);
    return true;
  }
  rune = 0;
  for (int digits = 0; !at.empty(); ++digits) {
    if (!TakeRune(at, c)) return false;
    if (c == '}') {
      valid = digits > 0;
      return true;
    }
    const int value = HexValue(c);
    if (value < 0) return true;
    rune = rune * 16 + static_cast<std::uint32_t>(value);
    if (rune > text::kMaxRune) return true;
  }
  return true;
}

bool RegexLexer::TakeEscape(std::string_view& at, std::uint32_t& rune) {
  const std::string_view start = at;
  at.remove_prefix(1);
  if (at.empty()) return Fail(regex_error::kTrailingBackslash, "");
  std::uint32_t c = 0;
  if (!TakeRune(at, c)) return false;
  // A single digit but 0 would be a reference to a group, which there is not.
  if (c == '0' || (c >= '1' && c <= '7' && !at.empty() && IsOctalDigit(at[0]))) {
    rune = c - '0';
    for (int i = 1; i < 3 && !at.empty() && IsOctalDigit(at[0]); ++i, at.remove_prefix(1)) {
      rune = rune * 8 + static_cast<std::uint32_t>(at[0] - '0');
    }
    return true;
  }
  if (c == 'x') {
    bool valid = false;
    if (!TakeHexEscape(at, rune, valid)) return false;
    return valid || Fail(regex_error::kInvalidEscape, PieceBefore(start, at));
  }
  constexpr std::string_view kLetters = "afnrtv";
  constexpr std::string_view kMeanings = "\a\f\n\r\t\v";
  if (const std::size_t i = c < 0x80 ? kLetters.find(static_cast<char>(c)) : std::string_view::npos;
      i != std::string_view::npos) {
    rune = static_cast<unsigned char>(kMeanings[i]);
    return true;
  }
  if (c >= 0x80 || IsAsciiAlphanumeric(c)) return Fail(regex_error::kInvalidEscape, PieceBefore(start, at));
  rune = c;  // punctuation stands for itself
  return true;
}

bool RegexLexer::TakeUnicodeName(std::string_view& at, bool fold, RuneClass& out) {
  const std::string_view start = at;
  bool negated = at[1] == 'P';
  std::string_view rest = at.substr(2);
  std::uint32_t c = 0;
  if (!TakeRune(rest, c)) return false;
  std::string_view name = PieceBefore(start, rest).substr(2);
  if (c == '{') {
    const std::size_t end = start.find('}');
    if (end == std::string_view::npos) return CheckUtf8(start) && Fail(regex_error::kInvalidRange, start);
    name = start.substr(3, end - 3);
    rest = start.substr(end + 1);
    if (!CheckUtf8(name)) return false;
  }
  const std::string_view piece = PieceBefore(start, rest);
  if (HasPrefix(name, "^")) {
    negated = !negated;
    name.remove_prefix(1);
  }
  const auto [entry, is_new] = unicode_classes_.try_emplace({std::string(name), fold});
  if (is_new) entry->second = text::FindUnicodeClass(name, fold);
  if (!entry->second) return Fail(regex_error::kInvalidRange, piece);
  out.Add(negated ? entry->second->Negated() : *entry->second);
  at = rest;
  return true;
}

bool RegexLexer::TakeEscapedClass(std::string_view& at, bool fold, RuneClass& out, bool& found) {
  found = false;
  if (at.size() < 2 || at[0] != '\\') return true;
  if (at[1] == 'p' || at[1] == 'P') {
    found = true;
    return TakeUnicodeName(at, fold, out);
  }
  const bool negated = at[1] >= 'A' && at[1] <= 'Z';
  const char lower = negated ? static_cast<char>(at[1] + ('a' - 'A')) : at[1];
  const NamedClass* named = FindNamed(kPerlClasses, std::string_view(&lower, 1));
  if (named == nullptr) return true;
  found = true;
  AddNamed(*named, negated, fold, out);
  at.remove_prefix(2);
  return true;
}

bool RegexLexer::TakePosixName(std::string_view& at, bool fold, RuneClass& out, bool& found) {
  found = false;
  if (at.size() <= 2 || !HasPrefix(at, "[:")) return true;
  const std::size_t end = at.find(":]", 2);
  if (end == std::string_view::npos) return true;
  std::string_view name = at.substr(2, end - 2);
  const bool negated = HasPrefix(name, "^");
  if (negated) name.remove_prefix(1);
  const NamedClass* named = FindNamed(kPosixClasses, name);
  if (named == nullptr) return Fail(regex_error::kInvalidRange, at.substr(0, end + 2));
  found = true;
  AddNamed(*named, negated, fold, out);
  at.remove_prefix(end + 2);
  return true;
}

bool RegexLexer::TakeClassRune(std::string_view& at, std::string_view whole, std::uint32_t& rune) {
  if (at.empty()) return Fail(regex_error::kMissingBracket, whole);
  return at[0] == '\\' ? TakeEscape(at, rune) : TakeRune(at, rune);
}

bool RegexLexer::TakeClassRange(std::string_view& at, std::string_view whole, bool fold, RuneClass& out) {
  const std::string_view start = at;
  std::uint32_t first = 0;
  if (!TakeClassRune(at, whole, first)) return false;
  std::uint32_t last = first;
  if (at.size() >= 2 && at[0] == '-' && at[1] != ']') {  // `[a-]` means `a` or `-`
    at.remove_prefix(1);
    if (!TakeClassRune(at, whole, last)) return false;
    if (last < first) return Fail(regex_error::kInvalidRange, PieceBefore(start, at));
  }
  RuneClass range;
  range.Add(first, last);
  out.Add(fold ? range.Folded() : range);
  return true;
}

bool RegexLexer::TakeClass(std::string_view& at, bool fold, RuneClass& out) {
  const std::string_view whole = at;
  at.remove_prefix(1);
  const bool negated = HasPrefix(at, "^");
  if (negated) at.remove_prefix(1);
  for (bool first = true; first || !HasPrefix(at, "]"); first = false) {  // `]` first in a class is a character of it
    bool found = false;
    if (!TakePosixName(at, fold, out, found)) return false;
    if (found) continue;
    if (!TakeEscapedClass(at, fold, out, found)) return false;
    if (found) continue;
    if (!TakeClassRange(at, whole, fold, out)) return false;
  }
  at.remove_prefix(1);
  out.Clean();
  if (negated) out = out.Negated();
  return true;
}

}  // namespace stalemark
