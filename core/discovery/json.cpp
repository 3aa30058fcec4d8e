// SPDX-License-Identifier: Apache-2.0
#include "core/discovery/json.h"

#include <cassert>
#include <charconv>
#include <cstddef>
#include <system_error>

#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"
#include "core/text/utf8.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr std::size_t kDepthMax = 10000;

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::size_t SkipBlanks(std::string_view text, std::size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  return at;
}

/// Go's quoteChar: a byte as it appears in an error, taken for a code point of Latin-1.
std::string QuoteByte(char c) {
  if (c == '\'') return R"('\'')";
  if (c == '"') return R"('"')";
  std::string latin;
  text::AppendRune(latin, static_cast<unsigned char>(c));
  const std::string quoted = text::GoQuote(latin);
  return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

/// Checks a text. Each Read function consumes one construct; the first failure sticks.
class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  Status Check() {
    ReadValueOrOpen();
    while (!error_ && !open_.empty()) ReadRest();
    if (!error_ && SkipBlanks(text_, at_) < text_.size()) {
      at_ = SkipBlanks(text_, at_);
      Fail("after top-level value");
    }
    if (error_) return *error_;
    return {};
  }

 private:
  enum class Container : std::uint8_t { kArray, kObject };

  /// Refuses the byte at the cursor. The scanner ends a text with a blank, so a construct that cannot go on with a
  /// blank blames that, and everything else the end.
  void Fail(std::string_view context) {
    if (error_) return;
    const char c = at_ < text_.size() ? text_[at_] : ' ';
    error_ = Error{fmt::format("invalid character {} {}", QuoteByte(c), context), at_};
  }
  void FailAtEnd() {
    if (!error_) error_ = Error{"unexpected end of JSON input", at_};
  }

  /// Skips blanks. False, and the error is set, at the end of the text.
  bool FindNext() {
    at_ = SkipBlanks(text_, at_);
    if (at_ < text_.size()) return true;
    FailAtEnd();
    return false;
  }
  char Current() const { return at_ < text_.size() ? text_[at_] : ' '; }

  /// Reads a scalar, or opens a container and reads on to its first value.
  void ReadValueOrOpen() {
    while (!error_ && FindNext()) {
      const char c = text_[at_];
      if (c != '{' && c != '[') return ReadScalar();
      if (open_.size() >= kDepthMax) return Fail("exceeded max depth");
      open_.push_back(c == '{' ? Container::kObject : Container::kArray);
      ++at_;
      if (!FindNext()) return;
      if (text_[at_] == (c == '{' ? '}' : ']')) return Close();
      if (c == '{') ReadKey();
    }
  }

  /// After a value inside a container: its end, or a comma and the next value.
  void ReadRest() {
    if (!FindNext()) return;
    const bool in_object = open_.back() == Container::kObject;
    if (text_[at_] == (in_object ? '}' : ']')) return Close();
    if (text_[at_] != ',') return Fail(in_object ? "after object key:value pair" : "after array element");
    ++at_;
    if (in_object) ReadKey();
    ReadValueOrOpen();
  }

  void Close() {
    ++at_;
    open_.pop_back();
  }

  void ReadKey() {
    if (!FindNext()) return;
    if (text_[at_] != '"') return Fail("looking for beginning of object key string");
    ReadString();
    if (error_ || !FindNext()) return;
    if (text_[at_] != ':') return Fail("after object key");
    ++at_;
  }

  void ReadScalar() {
    const char c = text_[at_];
    if (c == '"') return ReadString();
    if (c == '-' || IsDigit(c)) return ReadNumber();
    if (c == 't') return ReadLiteral("true");
    if (c == 'f') return ReadLiteral("false");
    if (c == 'n') return ReadLiteral("null");
    Fail("looking for beginning of value");
  }

  void ReadLiteral(std::string_view literal) {
    for (const char expected : literal) {
      if (Current() != expected) return Fail(fmt::format("in literal {} (expecting {})", literal, QuoteByte(expected)));
      ++at_;
    }
  }

  void ReadNumber() {
    if (text_[at_] == '-') ++at_;
    if (!IsDigit(Current())) return Fail("in numeric literal");
    if (Current() == '0') {
      ++at_;
    } else {
      SkipDigits();
    }
    if (Current() == '.') {
      ++at_;
      if (!IsDigit(Current())) return Fail("after decimal point in numeric literal");
      SkipDigits();
    }
    if (Current() == 'e' || Current() == 'E') {
      ++at_;
      if (Current() == '+' || Current() == '-') ++at_;
      if (!IsDigit(Current())) return Fail("in exponent of numeric literal");
      SkipDigits();
    }
  }

  void SkipDigits() {
    while (IsDigit(Current())) ++at_;
  }

  void ReadString() {
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fail("in string literal");
      if (c == '\\' && !SkipEscape()) return;
    }
    FailAtEnd();
  }

  /// Moves from the backslash to the last byte of the escape.
  bool SkipEscape() {
    ++at_;
    if (Current() == 'u') {
      for (int digit = 0; digit < 4; ++digit) {
        ++at_;
        if (ascii::HexDigit(Current()) < 0) Fail("in \\u hexadecimal character escape");
        if (error_) return false;
      }
      return true;
    }
    if (std::string_view("bfnrt\\/\"").find(Current()) == std::string_view::npos) Fail("in string escape code");
    return !error_.has_value();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Container> open_;
  std::optional<Error> error_;
};

/// Index behind the string that starts at `at`, in checked text.
std::size_t SkipString(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

/// Index behind the value that starts at `at`, in checked text.
std::size_t SkipValue(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = SkipString(text, at);
    } else {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    }
    const bool ends_scalar =
        at == text.size() || IsBlank(text[at]) || std::string_view(",]}:").find(text[at]) != std::string_view::npos;
    if (depth == 0 && (c == '"' || c == '}' || c == ']' || ends_scalar)) break;
  }
  return at;
}

/// The four hex digits at `at`.
std::uint32_t ReadHex(std::string_view text, std::size_t at) {
  std::uint32_t rune = 0;
  for (const char c : text.substr(at, 4))
    rune = rune << 4 | static_cast<std::uint32_t>(std::max(ascii::HexDigit(c), 0));
  return rune;
}

/// Decodes the \u escape at `at` (the backslash), together with a low surrogate that follows a high one. Returns the
/// length of what it took.
std::size_t DecodeUnicodeEscape(std::string_view text, std::size_t at, std::string& out) {
  const std::uint32_t first = ReadHex(text, at + 2);
  if (first >= 0xD800 && first < 0xDC00 && text.substr(at + 6, 2) == "\\u") {
    const std::uint32_t second = ReadHex(text, at + 8);
    if (second >= 0xDC00 && second < 0xE000) {
      text::AppendRune(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      return 12;
    }
  }
  text::AppendRune(out, first);  // a lone surrogate becomes U+FFFD
  return 6;
}

char DecodeSimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

std::string_view JsonKindText(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBool:
      return "bool";
    case JsonKind::kNumber:
      return "number";
    case JsonKind::kString:
      return "string";
    case JsonKind::kArray:
      return "array";
    case JsonKind::kObject:
      return "object";
  }
  return {};
}

JsonKind JsonValue::kind() const {
  switch (text_[0]) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 'n':
      return JsonKind::kNull;
    case 't':
    case 'f':
      return JsonKind::kBool;
    default:
      return JsonKind::kNumber;
  }
}

std::string_view JsonValue::Text() const {
  return text_.substr(0, SkipValue(text_, 0));
}

std::string JsonValue::String() const {
  assert(kind() == JsonKind::kString);
  std::string out;
  for (std::size_t at = 1; text_[at] != '"';) {
    if (text_[at] == '\\' && text_[at + 1] == 'u') {
      at += DecodeUnicodeEscape(text_, at, out);
    } else if (text_[at] == '\\') {
      out.push_back(DecodeSimpleEscape(text_[at + 1]));
      at += 2;
    } else {
      const text::DecodedRune rune = text::DecodeRune(text_.substr(at));
      text::AppendRune(out, rune.rune);
      at += rune.width;
    }
  }
  return out;
}

std::vector<JsonValue> JsonValue::Items() const {
  assert(kind() == JsonKind::kArray);
  std::vector<JsonValue> items;
  std::size_t at = SkipBlanks(text_, 1);
  while (text_[at] != ']') {
    items.push_back(JsonValue(text_.substr(at)));
    at = SkipBlanks(text_, SkipValue(text_, at));
    if (text_[at] == ',') at = SkipBlanks(text_, at + 1);
  }
  return items;
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::Members() const {
  assert(kind() == JsonKind::kObject);
  std::vector<std::pair<std::string, JsonValue>> members;
  std::size_t at = SkipBlanks(text_, 1);
  while (text_[at] != '}') {
    std::string key = JsonValue(text_.substr(at)).String();
    at = SkipBlanks(text_, SkipString(text_, at));
    at = SkipBlanks(text_, at + 1);  // the colon
    members.emplace_back(std::move(key), JsonValue(text_.substr(at)));
    at = SkipBlanks(text_, SkipValue(text_, at));
    if (text_[at] == ',') at = SkipBlanks(text_, at + 1);
  }
  return members;
}

std::optional<JsonValue> JsonValue::Member(std::string_view name) const {
  std::optional<JsonValue> found;
  if (kind() != JsonKind::kObject) return found;
  for (const auto& [key, value] : Members()) {
    if (key == name) found = value;
  }
  return found;
}

std::optional<std::uint64_t> JsonValue::Unsigned() const {
  const std::string_view digits = Text();
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc() || end != digits.data() + digits.size()) return {};
  return value;
}

Result<JsonValue> ParseJson(std::string_view text) {
  if (Status status = Checker(text).Check(); !status) return status.error();
  return JsonValue(text.substr(SkipBlanks(text, 0)));
}

}  // namespace stalemark
