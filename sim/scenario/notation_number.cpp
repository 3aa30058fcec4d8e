// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/notation_number.h"

#include <limits>

#include "core/model/value.h"
#include "core/text/ascii.h"
#include "core/text/go_float.h"

namespace stalemark::scenario {
namespace {

using ascii::IsDigit;

/// As far as a number can reach; a sign belongs to it behind an `e`.
std::size_t NumberLength(std::string_view text) {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const char c = text[size];
    const bool exponent_sign = (c == '+' || c == '-') && size > 0 && (text[size - 1] | 0x20) == 'e';
    if (!IsDigit(c) && c != '.' && c != '_' && (c | 0x20) != 'e' && !exponent_sign) break;
  }
  return size;
}

/// What strconv.ParseInt with base 0 reads as octal: `017`, `0_17`.
bool ReadOctal(std::string_view token, double* value) {
  if (token.size() < 2 || token[0] != '0') return false;
  std::uint64_t number = 0;
  for (const char c : token) {
    if (c == '_') continue;
    if (c < '0' || c > '7' || number > std::numeric_limits<std::int64_t>::max() / 8) return false;
    number = number * 8 + static_cast<std::uint64_t>(c - '0');
  }
  *value = static_cast<double>(number);
  return true;
}

}  // namespace

bool TextCursor::SkipBlanks() {
  constexpr std::string_view kBlanks = " \t\n\r";
  const std::size_t begin = at;
  while (!done() && kBlanks.find(text[at]) != std::string_view::npos) ++at;
  return at > begin;
}

std::string_view TextCursor::TakeWord() {
  const std::size_t begin = at;
  while (!done() && ascii::IsNameStart(text[at])) ++at;
  return text.substr(begin, at - begin);
}

bool NumberWord(std::string_view word, double* value) {
  if (word.size() != 3) return false;
  const text::ParsedFloat parsed = text::ParseGoFloat(word);
  if (parsed.error != text::FloatError::kNone || IsDigit(word[0])) return false;
  *value = DoubleOf(parsed.bits);
  return true;
}

bool ReadNumber(TextCursor* cursor, double* value) {
  const std::string_view rest = cursor->text.substr(cursor->at);
  const bool starts = !rest.empty() && (IsDigit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && IsDigit(rest[1])));
  if (!starts) return false;
  const std::string_view token = rest.substr(0, NumberLength(rest));
  const text::ParsedFloat parsed = text::ParseGoFloat(token);
  if (parsed.error != text::FloatError::kNone) return false;
  if (!ReadOctal(token, value)) *value = DoubleOf(parsed.bits);
  cursor->at += token.size();
  return true;
}

bool ReadUint(TextCursor* cursor, std::uint64_t* value) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::size_t at = cursor->at;
  std::uint64_t number = 0;
  for (; at < cursor->text.size() && IsDigit(cursor->text[at]); ++at) {
    const auto digit = static_cast<std::uint64_t>(cursor->text[at] - '0');
    if (number > (kMax - digit) / 10) return false;
    number = number * 10 + digit;
  }
  if (at == cursor->at) return false;
  cursor->at = at;
  *value = number;
  return true;
}

}  // namespace stalemark::scenario
