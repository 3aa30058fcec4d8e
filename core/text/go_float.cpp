// SPDX-License-Identifier: Apache-2.0
#include "core/text/go_float.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include "core/text/ascii.h"
#include "core/text/decimal_scan.h"
#include "core/text/go_quote.h"

namespace stalemark::text {
namespace {

using ascii::IsDigit;

constexpr std::uint64_t kNaNBits = 0x7ff8000000000001;
constexpr std::uint64_t kInfinityBits = 0x7ff0000000000000;
constexpr std::uint64_t kSignBit = 0x8000000000000000;
constexpr int kMantissaBits = 52;
constexpr int kBias = -1023;

char Lower(char c) {
  return static_cast<char>(c | 0x20);
}
bool IsHexLetter(char c) {
  return Lower(c) >= 'a' && Lower(c) <= 'f';
}

/// Length of the common prefix with a lower-case word, in any case of `text`.
std::size_t CommonPrefix(std::string_view text, std::string_view word) {
  std::size_t i = 0;
  for (; i < std::min(text.size(), word.size()); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? Lower(text[i]) : text[i];
    if (c != word[i]) break;
  }
  return i;
}

/// `nan`, and `inf` or `infinity` with an optional sign, in any case. True: *bits is set.
bool ReadSpecial(std::string_view text, std::uint64_t* bits) {
  if (text.size() == 3 && CommonPrefix(text, "nan") == 3) {
    *bits = kNaNBits;
    return true;
  }
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  const std::size_t length = CommonPrefix(text, "infinity");
  if (length != text.size() || (length != 3 && length != 8)) return false;
  *bits = kInfinityBits | (negative ? kSignBit : 0);
  return true;
}

/// Go's rule for `_`: only between digits, the base prefix counting as one.
bool UnderscoresAreSeparators(std::string_view text) {
  enum class Seen : std::uint8_t { kStart, kDigit, kUnderscore, kOther } seen = Seen::kStart;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0' && (Lower(text[1]) == 'b' || Lower(text[1]) == 'o' || Lower(text[1]) == 'x')) {
    hex = Lower(text[1]) == 'x';
    seen = Seen::kDigit;
    text.remove_prefix(2);
  }
  for (const char c : text) {
    if (IsDigit(c) || (hex && IsHexLetter(c))) {
      seen = Seen::kDigit;
    } else if (c == '_') {
      if (seen != Seen::kDigit) return false;
      seen = Seen::kUnderscore;
    } else {
      if (seen == Seen::kUnderscore) return false;
      seen = Seen::kOther;
    }
  }
  return seen != Seen::kUnderscore;
}

/// A number taken apart: (-1)^negative * mantissa * base^exponent, base 10 or, for hex, 2.
struct Scanned {
  /// The first 19 (hex: 16) digits.
  std::uint64_t mantissa = 0;
  std::int64_t exponent = 0;
  /// The written exponent, capped as Go does.
  std::int64_t written_exponent = 0;
  bool negative = false;
  bool hex = false;
  /// Digits other than 0 were left out of the mantissa.
  bool truncated = false;
  /// The digits with their point, without sign and exponent.
  std::string_view digits;
};

/// Reads the digits at text[at...]; returns where they end. False in *any: there is none.
std::size_t ScanMantissa(std::string_view text, std::size_t at, Scanned* out, bool* any) {
  const std::int64_t base = out->hex ? 16 : 10;
  const std::int64_t kept_max = out->hex ? 16 : 19;
  std::int64_t count = 0;
  std::int64_t kept = 0;
  std::int64_t point = 0;
  bool saw_point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '_') continue;
    if (c == '.' && !saw_point) {
      saw_point = true;
      point += count;
      continue;
    }
    const bool letter = out->hex && IsHexLetter(c);
    if (!IsDigit(c) && !letter) break;
    *any = true;
    if (c == '0' && count == 0) {  // leading zeros move the point only
      if (saw_point) --point;
      continue;
    }
    ++count;
    if (kept < kept_max) {
      out->mantissa = out->mantissa * static_cast<std::uint64_t>(base) +
                      static_cast<std::uint64_t>(letter ? Lower(c) - 'a' + 10 : c - '0');
      ++kept;
    } else if (c != '0') {
      out->truncated = true;
    }
  }
  if (!saw_point) point = count;
  out->exponent = (point - kept) * (out->hex ? 4 : 1);
  return at;
}

/// Reads an exponent behind its letter; returns where it ends, or npos if there are no digits.
std::size_t ScanWrittenExponent(std::string_view text, std::size_t at, Scanned* out) {
  const bool negative = at < text.size() && text[at] == '-';
  if (negative || (at < text.size() && text[at] == '+')) ++at;
  if (at >= text.size() || !IsDigit(text[at])) return std::string_view::npos;
  std::int64_t magnitude = 0;
  for (; at < text.size() && (IsDigit(text[at]) || text[at] == '_'); ++at) {
    // Beyond that the result is 0 or infinite anyhow.
    if (text[at] != '_' && magnitude < 10000) magnitude = magnitude * 10 + (text[at] - '0');
  }
  out->written_exponent = negative ? -magnitude : magnitude;
  return at;
}

/// Takes a number apart. False: not well-formed.
bool ScanNumber(std::string_view text, Scanned* out) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) out->negative = text[at++] == '-';
  if (at + 2 < text.size() && text[at] == '0' && Lower(text[at + 1]) == 'x') {
    out->hex = true;
    at += 2;
  }
  const std::size_t digits_start = at;
  bool any = false;
  at = ScanMantissa(text, at, out, &any);
  if (!any) return false;
  out->digits = text.substr(digits_start, at - digits_start);
  if (at < text.size() && Lower(text[at]) == (out->hex ? 'p' : 'e')) {
    at = ScanWrittenExponent(text, at + 1, out);
    if (at == std::string_view::npos) return false;
  } else if (out->hex) {
    return false;
  }
  if (at != text.size()) return false;
  out->exponent += out->written_exponent;
  return text.find('_') == std::string_view::npos || UnderscoresAreSeparators(text);
}

/// Shifts right by one, keeping in the last bit whether anything was lost.
std::uint64_t ShiftSticky(std::uint64_t mantissa) {
  return mantissa >> 1 | (mantissa & 1);
}

/// A hex float: the mantissa with two more bits for rounding, then rounded to even.
ParsedFloat AssembleHex(const Scanned& number) {
  const int exponent_max = 2046 + kBias;
  const int exponent_min = kBias + 1;
  std::uint64_t mantissa = number.mantissa;
  std::int64_t exponent = number.exponent + kMantissaBits;
  while (mantissa != 0 && mantissa >> (kMantissaBits + 2) == 0) {
    mantissa <<= 1;
    --exponent;
  }
  if (number.truncated) mantissa |= 1;
  for (; mantissa >> (kMantissaBits + 3) != 0; ++exponent) mantissa = ShiftSticky(mantissa);
  for (; mantissa > 1 && exponent < exponent_min - 2; ++exponent) mantissa = ShiftSticky(mantissa);
  std::uint64_t round = mantissa & 3;
  mantissa >>= 2;
  round |= mantissa & 1;
  exponent += 2;
  if (round == 3) {
    ++mantissa;
    if (mantissa == std::uint64_t{1} << (kMantissaBits + 1)) {
      mantissa >>= 1;
      ++exponent;
    }
  }
  const std::uint64_t sign = number.negative ? kSignBit : 0;
  if (mantissa >> kMantissaBits == 0) return {sign | mantissa};  // subnormal or 0
  if (exponent > exponent_max) return {sign | kInfinityBits, FloatError::kRange};
  const std::uint64_t fraction = mantissa & ((std::uint64_t{1} << kMantissaBits) - 1);
  return {sign | static_cast<std::uint64_t>(exponent - kBias) << kMantissaBits | fraction};
}

/// A decimal number that 19 digits do not decide: all of them, by fast_float's big integers.
std::uint64_t AssembleAllDigits(const Scanned& number) {
  std::string digits;
  std::copy_if(number.digits.begin(), number.digits.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
  digits += fmt::format("e{}", number.written_exponent);
  double value = 0;
  fast_float::from_chars(digits.data(), digits.data() + digits.size(), value);
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// The same number with a mantissa that is the greater by one decides what was truncated: if both round alike, so does
/// all between them.
bool ScaleTruncated(const Scanned& number, std::uint64_t* bits) {
  std::uint64_t above;
  return ScaleDecimal(number.mantissa, number.exponent, bits) &&
         (!number.truncated || (ScaleDecimal(number.mantissa + 1, number.exponent, &above) && above == *bits));
}

}  // namespace

bool ScaleDecimal(std::uint64_t mantissa, std::int64_t exponent, std::uint64_t* bits) {
  using Binary = fast_float::binary_format<double>;
  const fast_float::adjusted_mantissa scaled = fast_float::compute_float<Binary>(exponent, mantissa);
  if (scaled.power2 < 0 || scaled.power2 >= Binary::infinite_power()) return false;
  *bits = scaled.mantissa | static_cast<std::uint64_t>(scaled.power2) << kMantissaBits;
  return true;
}

ParsedFloat ParseGoFloat(std::string_view text) {
  std::uint64_t bits = 0;
  if (ReadSpecial(text, &bits)) return {bits};
  Scanned number;
  if (!ScanNumber(text, &number)) return {0, FloatError::kSyntax};
  if (number.hex) return AssembleHex(number);
  if (number.mantissa != 0 && !ScaleTruncated(number, &bits)) bits = AssembleAllDigits(number);
  const FloatError error = bits == kInfinityBits ? FloatError::kRange : FloatError::kNone;
  return {bits | (number.negative ? kSignBit : 0), error};
}

ParsedFloat ParseSampleFloat(std::string_view text) {
  if (text.find_first_of("pP_") != std::string_view::npos) return {0, FloatError::kUnsupportedCharacter};
  return ParseGoFloat(text);
}

std::string FloatErrorText(FloatError error, std::string_view text) {
  switch (error) {
    case FloatError::kNone:
      return {};
    case FloatError::kUnsupportedCharacter:
      return "unsupported character in float";
    case FloatError::kSyntax:
      return "strconv.ParseFloat: parsing " + GoQuote(text) + ": invalid syntax";
    case FloatError::kRange:
      break;
  }
  return "strconv.ParseFloat: parsing " + GoQuote(text) + ": value out of range";
}

}  // namespace stalemark::text
