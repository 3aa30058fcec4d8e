// SPDX-License-Identifier: Apache-2.0
// Tokens with a text: anchors, tags, directives, scalars.
#include <algorithm>
#include <utility>

#include "core/config/yaml_scanner.h"
#include "core/text/ascii.h"
#include "core/text/utf8.h"

namespace stalemark::yaml {
namespace {

using ascii::IsDigit;

constexpr std::string_view kInQuoted = "while scanning a quoted scalar";
constexpr std::string_view kInEscape = "while parsing a quoted scalar";
constexpr std::string_view kInBlock = "while scanning a block scalar";
constexpr std::string_view kInDirective = "while scanning a directive";
constexpr std::string_view kInVersion = "while scanning a %YAML directive";

bool IsWordCharacter(char c) {
  return ascii::IsWord(c) || c == '-';
}

bool IsUriCharacter(char c) {
  return IsWordCharacter(c) ||
         (c != '\0' && std::string_view(";/?:@&=+$,.!~*'()[]%").find(c) != std::string_view::npos);
}

/// The white space between two words of a quoted or plain text.
struct Space {
  std::string blanks;
  /// Once a line has ended, blanks mean nothing.
  bool behind_break = false;
  std::string first_break;
  std::string more_breaks;
};

/// Takes one blank or one end of a line.
void TakeSpace(CharReader& reader, Space& space) {
  if (reader.IsBlank()) {
    if (space.behind_break) {
      reader.Skip();
    } else {
      reader.Take(space.blanks);
    }
    return;
  }
  reader.Need(2);
  if (space.behind_break) {
    reader.TakeLine(space.more_breaks);
  } else {
    space.blanks.clear();
    reader.TakeLine(space.first_break);
    space.behind_break = true;
  }
}

/// Appends the space as upstream folds it, and empties it: one break is a space, of several the first goes.
void AppendFolded(std::string& out, Space& space) {
  if (!space.behind_break) {
    out += space.blanks;
    space.blanks.clear();
    return;
  }
  if (space.first_break.substr(0, 1) != "\n") {
    out += space.first_break;
    out += space.more_breaks;
  } else if (space.more_breaks.empty()) {
    out += ' ';
  } else {
    out += space.more_breaks;
  }
  space.first_break.clear();
  space.more_breaks.clear();
  space.behind_break = false;
}

/// The texts of the escapes of one letter; nullptr: there is none.
const char* SimpleEscape(char c) {
  switch (c) {
    case 'a':
      return "\a";
    case 'b':
      return "\b";
    case 't':
    case '\t':
      return "\t";
    case 'n':
      return "\n";
    case 'v':
      return "\v";
    case 'f':
      return "\f";
    case 'r':
      return "\r";
    case 'e':
      return "\x1B";
    case ' ':
      return " ";
    case '"':
      return "\"";
    case '\'':
      return "'";
    case '\\':
      return "\\";
    case 'N':
      return "\xC2\x85";
    case '_':
      return "\xC2\xA0";
    case 'L':
      return "\xE2\x80\xA8";
    case 'P':
      return "\xE2\x80\xA9";
    default:
      return nullptr;
  }
}

}  // namespace

void Scanner::SkipBlanks() {
  while (reader_.IsBlank()) reader_.Skip();
}

void Scanner::ScanRestOfLine(std::string_view context, const Mark& start) {
  SkipBlanks();
  if (reader_.At() == '#') {
    while (!reader_.IsBreakOrEnd()) reader_.Skip();
  }
  if (!reader_.IsBreakOrEnd()) return Fail("did not find expected comment or line break", context, start);
  reader_.SkipLine();
}

// ---- anchors, tags, directives ----

void Scanner::ScanAnchor(TokenKind kind) {
  const Mark start = reader_.mark();
  reader_.Skip();
  std::string name;
  while (IsWordCharacter(reader_.At())) reader_.Take(name);
  const bool is_ended = reader_.IsBlankOrEnd() || std::string_view("?:,]}%@`").find(reader_.At()) != std::string::npos;
  if (name.empty() || !is_ended) {
    const bool is_anchor = kind == TokenKind::kAnchor;
    return Fail("did not find expected alphabetic or numeric character",
                is_anchor ? "while scanning an anchor" : "while scanning an alias", start);
  }
  Append(kind, start).value = std::move(name);
}

void Scanner::FailTag(TagPlace place, const Mark& start, std::string_view problem) {
  Fail(problem, place == TagPlace::kDirective ? "while parsing a %TAG directive" : "while parsing a tag", start);
}

void Scanner::ScanTag() {
  const Mark start = reader_.mark();
  std::string handle;
  std::string suffix;
  reader_.Need(2);
  if (reader_.At(1) == '<') {
    reader_.Skip();
    reader_.Skip();
    suffix = ScanTagUri(TagPlace::kNode, "", start);
    if (reader_.At() != '>') return Fail("did not find the expected '>'", "while scanning a tag", start);
    reader_.Skip();
  } else {
    handle = ScanTagHandle(TagPlace::kNode, start);
    if (handle.size() > 1 && handle.back() == '!') {
      suffix = ScanTagUri(TagPlace::kNode, "", start);
    } else {
      // No handle after all.
      suffix = ScanTagUri(TagPlace::kNode, handle, start);
      handle.assign(1, '!');
      if (suffix.empty()) std::swap(handle, suffix);
    }
  }
  if (!reader_.IsBlankOrEnd()) {
    return Fail("did not find expected whitespace or line break", "while scanning a tag", start);
  }
  Token& token = Append(TokenKind::kTag, start);
  token.value = std::move(handle);
  token.suffix = std::move(suffix);
}

std::string Scanner::ScanTagHandle(TagPlace place, const Mark& start) {
  std::string handle;
  if (reader_.At() != '!') {
    FailTag(place, start, "did not find expected '!'");
    return handle;
  }
  reader_.Take(handle);
  while (IsWordCharacter(reader_.At())) reader_.Take(handle);
  if (reader_.At() == '!') {
    reader_.Take(handle);
  } else if (place == TagPlace::kDirective && handle != "!") {
    FailTag(place, start, "did not find expected '!'");
  }
  return handle;
}

std::string Scanner::ScanTagUri(TagPlace place, std::string_view head, const Mark& start) {
  std::string uri(head.substr(head.empty() ? 0 : 1));
  bool is_present = !head.empty();
  while (IsUriCharacter(reader_.At())) {
    is_present = true;
    if (reader_.At() != '%') {
      reader_.Take(uri);
    } else if (!ScanUriEscape(place, start, uri)) {
      return uri;
    }
  }
  if (!is_present) FailTag(place, start, "did not find expected tag URI");
  return uri;
}

bool Scanner::ScanUriEscape(TagPlace place, const Mark& start, std::string& out) {
  std::size_t left = 1;
  for (bool first = true; left > 0; first = false, --left) {
    reader_.Need(3);
    const int high = ascii::HexDigit(reader_.At(1));
    const int low = ascii::HexDigit(reader_.At(2));
    if (reader_.At() != '%' || high < 0 || low < 0) {
      FailTag(place, start, "did not find URI escaped octet");
      return false;
    }
    const auto octet = static_cast<unsigned char>(high << 4 | low);
    if (first) {
      if ((octet & 0xC0) == 0x80 || octet >= 0xF8) {
        FailTag(place, start, "found an incorrect leading UTF-8 octet");
        return false;
      }
      left = octet < 0x80 ? 1 : octet < 0xE0 ? 2 : octet < 0xF0 ? 3 : 4;
    } else if ((octet & 0xC0) != 0x80) {
      FailTag(place, start, "found an incorrect trailing UTF-8 octet");
      return false;
    }
    out += static_cast<char>(octet);
    for (int i = 0; i < 3; ++i) reader_.Skip();
  }
  return true;
}

void Scanner::ScanDirective() {
  const Mark start = reader_.mark();
  reader_.Skip();
  const std::string name = ScanDirectiveName(start);
  if (reader_.failed()) return;
  Token token;
  if (name == "YAML") {
    token.kind = TokenKind::kVersionDirective;
    SkipBlanks();
    token.suffix = ScanVersionNumber(start);
    if (reader_.At() != '.') return Fail("did not find expected digit or '.' character", kInVersion, start);
    reader_.Skip();
    token.suffix += '.' + ScanVersionNumber(start);
  } else if (name == "TAG") {
    constexpr std::string_view kInTag = "while scanning a %TAG directive";
    token.kind = TokenKind::kTagDirective;
    SkipBlanks();
    token.value = ScanTagHandle(TagPlace::kDirective, start);
    if (!reader_.IsBlank()) return Fail("did not find expected whitespace", kInTag, start);
    SkipBlanks();
    token.suffix = ScanTagUri(TagPlace::kDirective, "", start);
    if (!reader_.IsBlankOrEnd()) return Fail("did not find expected whitespace or line break", kInTag, start);
  } else {
    return Fail("found unknown directive name", kInDirective, start);
  }
  token.start = start;
  token.end = reader_.mark();
  ScanRestOfLine(kInDirective, start);
  tokens_.push_back(std::move(token));
}

std::string Scanner::ScanDirectiveName(const Mark& start) {
  std::string name;
  while (IsWordCharacter(reader_.At())) reader_.Take(name);
  if (name.empty()) {
    Fail("could not find expected directive name", kInDirective, start);
  } else if (!reader_.IsBlankOrEnd()) {
    Fail("found unexpected non-alphabetical character", kInDirective, start);
  }
  return name;
}

std::string Scanner::ScanVersionNumber(const Mark& start) {
  constexpr std::size_t kDigitsMax = 2;
  std::string digits;
  while (IsDigit(reader_.At())) {
    if (digits.size() == kDigitsMax) Fail("found extremely long version number", kInVersion, start);
    reader_.Take(digits);
  }
  if (digits.empty()) Fail("did not find expected version number", kInVersion, start);
  // Only the value counts.
  return digits.size() > 1 && digits.front() == '0' ? digits.substr(1) : digits;
}

// ---- blocks ----

void Scanner::ScanBlockScalar(BlockStyle style) {
  const Mark start = reader_.mark();
  reader_.Skip();
  int chomping = 0;
  std::uint32_t indent = 0;
  if (!ScanBlockHeader(start, chomping, indent)) return;
  std::string text;
  std::string first_break;
  std::string more_breaks;
  ScanBlockBreaks(indent, more_breaks, start);
  bool leading_blank = false;
  while (reader_.mark().column == indent && !reader_.IsEnd()) {
    const bool is_blank = reader_.IsBlank();
    // Lines that begin with a blank keep the breaks around them.
    if (style == BlockStyle::kFolded && !leading_blank && !is_blank && first_break == "\n") {
      if (more_breaks.empty()) text += ' ';
    } else {
      text += first_break;
    }
    text += more_breaks;
    first_break.clear();
    more_breaks.clear();
    leading_blank = is_blank;
    while (!reader_.IsBreakOrEnd()) reader_.Take(text);
    reader_.Need(2);
    reader_.TakeLine(first_break);
    ScanBlockBreaks(indent, more_breaks, start);
  }
  if (chomping != -1) text += first_break;
  if (chomping == 1) text += more_breaks;
  Append(TokenKind::kScalar, start).value = std::move(text);
}

bool Scanner::ScanBlockHeader(const Mark& start, int& chomping, std::uint32_t& indent) {
  const auto is_chomping = [&] { return reader_.At() == '+' || reader_.At() == '-'; };
  const bool chomping_first = is_chomping();
  for (int i = 0; i < 2; ++i) {
    const bool wants_chomping = chomping_first == (i == 0);
    if (wants_chomping && is_chomping()) {
      chomping = reader_.At() == '+' ? 1 : -1;
      reader_.Skip();
    } else if (!wants_chomping && IsDigit(reader_.At())) {
      if (reader_.At() == '0') {
        Fail("found an indentation indicator equal to 0", kInBlock, start);
        return false;
      }
      indent = static_cast<std::uint32_t>(std::max<std::int64_t>(indent_, 0)) +
               static_cast<std::uint32_t>(reader_.At() - '0');
      reader_.Skip();
    } else if (i == 0) {
      break;
    }
  }
  ScanRestOfLine(kInBlock, start);
  return !reader_.failed();
}

void Scanner::ScanBlockBreaks(std::uint32_t& indent, std::string& breaks, const Mark& start) {
  std::uint32_t deepest = 0;
  for (;;) {
    const auto is_indentation = [&] { return indent == 0 || reader_.mark().column < indent; };
    while (is_indentation() && reader_.At() == ' ') reader_.Skip();
    deepest = std::max(deepest, reader_.mark().column);
    if (is_indentation() && reader_.At() == '\t') {
      return Fail("found a tab character where an indentation space is expected", kInBlock, start);
    }
    if (!reader_.IsBreak()) break;
    reader_.Need(2);
    reader_.TakeLine(breaks);
  }
  if (indent == 0) indent = std::max({deepest, static_cast<std::uint32_t>(indent_ + 1), std::uint32_t{1}});
}

// ---- quoted and plain texts ----

void Scanner::ScanEscape(const Mark& start, std::string& out) {
  const char letter = reader_.At(1);
  const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (letter == '0') {
    out += '\0';
  } else if (const char* text = SimpleEscape(letter); text != nullptr) {
    out += text;
  } else if (digits == 0) {
    return Fail("found unknown escape character", kInEscape, start);
  }
  reader_.Skip();
  reader_.Skip();
  if (digits == 0) return;
  reader_.Need(static_cast<std::uint32_t>(digits));
  std::uint32_t rune = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int value = ascii::HexDigit(reader_.At(i));
    if (value < 0) return Fail("did not find expected hexdecimal number", kInEscape, start);
    rune = (rune << 4) + static_cast<std::uint32_t>(value);
  }
  if ((rune >= 0xD800 && rune <= 0xDFFF) || rune > 0x10FFFF) {
    return Fail("found invalid Unicode character escape code", kInEscape, start);
  }
  text::AppendRune(out, rune);
  for (std::size_t i = 0; i < digits; ++i) reader_.Skip();
}

bool Scanner::ScanQuotedWord(Quote quote, const Mark& start, std::string& out, bool& leading_blanks) {
  const char end = quote == Quote::kSingle ? '\'' : '"';
  while (!reader_.IsBlankOrEnd()) {
    if (reader_.At() == end) {
      if (quote == Quote::kDouble || reader_.At(1) != end) return false;
      reader_.Skip();
      reader_.Take(out);
    } else if (quote == Quote::kDouble && reader_.At() == '\\' && reader_.IsBreak(1)) {
      reader_.Need(3);
      reader_.Skip();
      reader_.SkipLine();
      leading_blanks = true;
      break;
    } else if (quote == Quote::kDouble && reader_.At() == '\\') {
      ScanEscape(start, out);
    } else {
      reader_.Take(out);
    }
    reader_.Need(2);
  }
  return !reader_.failed() && reader_.At() != end;
}

void Scanner::ScanQuoted(Quote quote) {
  const Mark start = reader_.mark();
  reader_.Skip();
  std::string text;
  Space space;
  for (;;) {
    reader_.Need(4);
    if (IsDocumentMarker('-') || IsDocumentMarker('.')) {
      return Fail("found unexpected document indicator", kInQuoted, start);
    }
    if (reader_.IsEnd()) return Fail("found unexpected end of stream", kInQuoted, start);
    if (!ScanQuotedWord(quote, start, text, space.behind_break)) break;
    while (reader_.IsBlank() || reader_.IsBreak()) TakeSpace(reader_, space);
    AppendFolded(text, space);
  }
  reader_.Skip();
  Append(TokenKind::kScalar, start).value = std::move(text);
}

void Scanner::ScanPlain() {
  const Mark start = reader_.mark();
  Mark end = start;
  std::string text;
  Space space;
  const auto is_end_of_word = [&] {
    if (reader_.At() == ':') return reader_.IsBlankOrEnd(1);
    return flow_level_ > 0 && std::string_view(",?[]{}").find(reader_.At()) != std::string_view::npos;
  };
  for (;;) {
    reader_.Need(4);
    if (IsDocumentMarker('-') || IsDocumentMarker('.') || reader_.At() == '#') break;
    while (!reader_.IsBlankOrEnd() && !is_end_of_word()) {
      AppendFolded(text, space);
      reader_.Take(text);
      end = reader_.mark();
      reader_.Need(2);
    }
    if (!reader_.IsBlank() && !reader_.IsBreak()) break;
    while (reader_.IsBlank() || reader_.IsBreak()) {
      if (reader_.IsBlank()) {
        const auto column = static_cast<std::int64_t>(reader_.mark().column);
        if (space.behind_break && column <= indent_ && reader_.At() == '\t') {
          return Fail("found a tab character that violates indentation", "while scanning a plain scalar", start);
        }
      }
      TakeSpace(reader_, space);
    }
    if (flow_level_ == 0 && static_cast<std::int64_t>(reader_.mark().column) <= indent_) break;
  }
  Token& token = Append(TokenKind::kScalar, start);
  token.value = std::move(text);
  token.end = end;
  token.plain = true;
  if (space.behind_break) simple_key_allowed_ = true;
}

}  // namespace stalemark::yaml
