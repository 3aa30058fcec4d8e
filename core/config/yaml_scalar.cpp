// SPDX-License-Identifier: Apache-2.0
#include "core/config/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "core/model/value.h"
#include "core/text/ascii.h"
#include "core/text/base64.h"
#include "core/text/go_float.h"

namespace stalemark::yaml {
namespace {

using ascii::IsDigit;

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::string_view kBoolTag = "tag:yaml.org,2002:bool";
constexpr std::string_view kIntTag = "tag:yaml.org,2002:int";
constexpr std::string_view kFloatTag = "tag:yaml.org,2002:float";
constexpr std::string_view kTimestampTag = "tag:yaml.org,2002:timestamp";
constexpr std::string_view kBinaryTag = "tag:yaml.org,2002:binary";

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Words with a meaning of their own.
std::optional<Scalar> ResolveWord(std::string_view text) {
  static constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                             "True", "TRUE", "on",  "On",  "ON"};
  static constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                              "False", "FALSE", "off", "Off", "OFF"};
  static constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
  static constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
  static constexpr std::array<std::string_view, 3> kInf = {".inf", ".Inf", ".INF"};
  if (IsOneOf(text, kTrue)) return Scalar{std::string(kBoolTag), true};
  if (IsOneOf(text, kFalse)) return Scalar{std::string(kBoolTag), false};
  if (IsOneOf(text, kNull)) return Scalar{std::string(kNullTag), std::monostate{}};
  if (IsOneOf(text, kNan)) return Scalar{std::string(kFloatTag), std::numeric_limits<double>::quiet_NaN()};
  const bool negative = text.front() == '-';
  const std::string_view unsigned_text = negative || text.front() == '+' ? text.substr(1) : text;
  if (IsOneOf(unsigned_text, kInf)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return Scalar{std::string(kFloatTag), negative ? -kInfinity : kInfinity};
  }
  return std::nullopt;
}

std::optional<unsigned> DigitValue(char c) {
  if (IsDigit(c)) return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}

/// An integer with Go's base prefixes: 0x, 0b, 0o, and 0 for octal.
std::optional<Scalar> ResolveInteger(std::string_view text) {
  const bool has_sign = !text.empty() && (text.front() == '-' || text.front() == '+');
  const bool negative = has_sign && text.front() == '-';
  if (has_sign) text.remove_prefix(1);
  unsigned base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::optional<unsigned> digit = DigitValue(c);
    if (!digit || *digit >= base) return std::nullopt;
    if (value > (std::numeric_limits<std::uint64_t>::max() - *digit) / base) return std::nullopt;
    value = value * base + *digit;
  }
  constexpr std::uint64_t kTwoTo63 = std::uint64_t{1} << 63;
  if (negative) {
    if (value > kTwoTo63) return std::nullopt;
    return Scalar{std::string(kIntTag), static_cast<std::int64_t>(0 - value)};
  }
  if (value < kTwoTo63) return Scalar{std::string(kIntTag), static_cast<std::int64_t>(value)};
  if (has_sign) return std::nullopt;
  return Scalar{std::string(kIntTag), value};
}

std::size_t CountDigits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; out of range is no float.
std::optional<Scalar> ResolveFloat(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  std::string_view rest = text;
  const std::size_t whole = CountDigits(rest);
  rest.remove_prefix(whole);
  std::size_t fraction = 0;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    fraction = CountDigits(rest);
    rest.remove_prefix(fraction);
  }
  if (whole + fraction == 0) return std::nullopt;
  if (!rest.empty()) {
    if ((rest.front() | 0x20) != 'e') return std::nullopt;
    rest.remove_prefix(1);
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
    const std::size_t digits = CountDigits(rest);
    if (digits == 0 || digits != rest.size()) return std::nullopt;
  }
  const text::ParsedFloat parsed = text::ParseGoFloat(text);
  if (parsed.error != text::FloatError::kNone) return std::nullopt;
  const double value = DoubleOf(parsed.bits);
  return Scalar{std::string(kFloatTag), negative ? -value : value};
}

/// Takes a number of `least` to `most` digits, within a range.
bool TakeNumber(std::string_view& text, std::size_t least, std::size_t most, int from, int to, int& out) {
  const std::size_t digits = std::min(CountDigits(text), most);
  if (digits < least) return false;
  out = 0;
  for (std::size_t i = 0; i < digits; ++i) out = out * 10 + (text[i] - '0');
  text.remove_prefix(digits);
  return out >= from && out <= to;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// `2006-1-2`, `2006-1-2 15:4:5.9`, `2006-1-2T15:4:5.9Z`, `...+07:00`.
bool IsTimestamp(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int ignored = 0;
  if (CountDigits(text) != 4 || !TakeNumber(text, 4, 4, 0, 9999, year) || !TakeChar(text, '-')) return false;
  if (!TakeNumber(text, 1, 2, 1, 12, month) || !TakeChar(text, '-')) return false;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[month - 1] + (month == 2 && leap ? 1 : 0);
  if (!TakeNumber(text, 1, 2, 1, days, day)) return false;
  if (text.empty()) return true;

  const bool has_zone = TakeChar(text, 'T') || TakeChar(text, 't');
  if (!has_zone && !TakeChar(text, ' ')) return false;
  if (!TakeNumber(text, 1, 2, 0, 23, ignored) || !TakeChar(text, ':')) return false;
  if (!TakeNumber(text, 1, 2, 0, 59, ignored) || !TakeChar(text, ':')) return false;
  if (!TakeNumber(text, 1, 2, 0, 59, ignored)) return false;
  if (TakeChar(text, '.') || TakeChar(text, ',')) {
    const std::size_t digits = CountDigits(text);
    if (digits == 0) return false;
    text.remove_prefix(digits);
  }
  if (!has_zone) return text.empty();
  if (TakeChar(text, 'Z')) return text.empty();
  if (!TakeChar(text, '+') && !TakeChar(text, '-')) return false;
  return TakeNumber(text, 2, 2, 0, 24, ignored) && TakeChar(text, ':') && TakeNumber(text, 2, 2, 0, 60, ignored) &&
         text.empty();
}

/// The value of an untagged text without quotes, or of one with a tag other than !!str.
Scalar ResolveText(std::string_view text, bool may_be_timestamp) {
  if (std::optional<Scalar> word = ResolveWord(text)) return *std::move(word);
  const Scalar as_text{std::string(kStringTag), std::string(text)};
  const char first = text.front();
  if (first == '.') return ResolveFloat(text).value_or(as_text);
  if (!IsDigit(first) && first != '-' && first != '+') return as_text;
  if (may_be_timestamp && IsTimestamp(text)) return {std::string(kTimestampTag), std::string(text)};
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  if (std::optional<Scalar> integer = ResolveInteger(digits)) return *std::move(integer);
  return ResolveFloat(digits).value_or(as_text);
}

}  // namespace

std::string ShortTag(std::string_view tag) {
  if (tag.substr(0, kTagPrefix.size()) != kTagPrefix) return std::string(tag);
  return "!!" + std::string(tag.substr(kTagPrefix.size()));
}

Result<Scalar> Resolve(const Node& node) {
  if ((node.tag.empty() && !node.plain) || node.tag == kStringTag) return Scalar{std::string(kStringTag), node.value};
  if (node.tag == kBinaryTag) {
    std::optional<std::string> bytes = text::DecodeBase64(node.value);
    if (!bytes) return Error{"yaml: !!binary value contains invalid base64 data"};
    return Scalar{node.tag, *std::move(bytes)};
  }
  static constexpr std::array<std::string_view, 6> kResolvable = {"",        kBoolTag, kIntTag,
                                                                  kFloatTag, kNullTag, kTimestampTag};
  if (!IsOneOf(node.tag, kResolvable)) return Scalar{node.tag, node.value};

  Scalar scalar = ResolveText(node.value, node.tag.empty() || node.tag == kTimestampTag);
  if (node.tag.empty() || node.tag == scalar.tag) return scalar;
  if (node.tag == kFloatTag) {
    if (const auto* integer = std::get_if<std::int64_t>(&scalar.value)) {
      return Scalar{node.tag, static_cast<double>(*integer)};
    }
  }
  return Error{"yaml: cannot decode " + ShortTag(scalar.tag) + " `" + node.value + "` as a " + ShortTag(node.tag)};
}

}  // namespace stalemark::yaml
