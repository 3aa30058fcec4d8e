// SPDX-License-Identifier: Apache-2.0
#include "core/model/byte_size.h"

#include <array>
#include <cstddef>
#include <limits>
#include <optional>

#include "core/model/number.h"
#include "core/text/ascii.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr std::string_view kPrefixes = "KMGTPE";
constexpr std::int64_t kScale = 1024;

/// Number of bytes in a unit of one family, whose units but the smallest end with `suffix`.
std::optional<double> UnitBytes(std::string_view unit, std::string_view suffix) {
  if (unit == "B") return 1.0;
  if (unit.size() != suffix.size() + 1 || unit.substr(1) != suffix) return std::nullopt;
  const std::size_t prefix = kPrefixes.find(unit.front());
  if (prefix == std::string_view::npos) return std::nullopt;
  double bytes = 1;
  for (std::size_t i = 0; i <= prefix; ++i) bytes *= static_cast<double>(kScale);
  return bytes;
}

/// Takes leading digits off the text; empty when the number gets too large.
std::optional<std::int64_t> TakeInteger(std::string_view& text) {
  // Upstream's bound: it refuses the last few numbers that would fit, too.
  constexpr std::int64_t kTooLarge = (std::numeric_limits<std::int64_t>::max() - 9) / 10;
  std::int64_t value = 0;
  while (!text.empty() && IsDigit(text.front())) {
    if (value >= kTooLarge) return std::nullopt;
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

/// Takes `12`, `1.5`, `.5` or `1.` off the text.
std::optional<double> TakeNumber(std::string_view& text) {
  const std::size_t size_before = text.size();
  const std::optional<std::int64_t> whole = TakeInteger(text);
  if (!whole) return std::nullopt;
  std::size_t digits = size_before - text.size();
  auto value = static_cast<double>(*whole);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::size_t fraction_start = text.size();
    const std::optional<std::int64_t> fraction = TakeInteger(text);
    if (!fraction) return std::nullopt;
    const std::size_t fraction_digits = fraction_start - text.size();
    double scale = 1;
    for (std::size_t i = 0; i < fraction_digits; ++i) scale *= 10;
    value += static_cast<double>(*fraction) / scale;
    digits += fraction_digits;
  }
  if (digits == 0) return std::nullopt;
  return value;
}

Result<std::int64_t> ParseWithSuffix(std::string_view text, std::string_view suffix) {
  const auto invalid = [&] { return Error{"units: invalid " + std::string(text)}; };
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
  if (rest == "0") return std::int64_t{0};
  if (rest.empty()) return invalid();

  double total = 0;
  while (!rest.empty()) {
    const std::optional<double> number = TakeNumber(rest);
    if (!number) return invalid();
    const std::string_view unit = rest.substr(0, rest.find_first_of(".0123456789"));
    rest.remove_prefix(unit.size());
    const std::optional<double> bytes = UnitBytes(unit, suffix);
    if (!bytes) return Error{"units: unknown unit " + std::string(unit) + " in " + std::string(text)};
    total += *number * *bytes;
  }
  if (negative) total = -total;
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (total < -kTwoTo63 || total > kTwoTo63) return Error{"units: overflow parsing unit"};
  return Int64FromDouble(total);
}

}  // namespace

Result<std::int64_t> ParseByteSize(std::string_view text) {
  Result<std::int64_t> size = ParseWithSuffix(text, "iB");
  // Upstream reports the error of the second attempt.
  return size.ok() ? std::move(size) : ParseWithSuffix(text, "B");
}

std::string FormatByteSize(std::int64_t bytes) {
  if (bytes == 0) return "0B";
  std::string text;
  std::int64_t rest = bytes;
  for (std::size_t i = 0; rest != 0; ++i) {
    const std::int64_t count = rest % kScale;
    if (count != 0) {
      const std::string unit = i == 0 ? "B" : std::string(1, kPrefixes[i - 1]) + "iB";
      text.insert(0, std::to_string(count) + unit);
    }
    rest /= kScale;
  }
  return text;
}

}  // namespace stalemark
