// SPDX-License-Identifier: Apache-2.0
#include "core/model/duration.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/text/ascii.h"
#include "core/text/go_quote.h"

namespace stalemark {
namespace {

using ascii::IsDigit;

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kSecond = 1'000 * kMillisecond;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
  /// Printed only when nothing remains: `90d` reads easier than `12w6d`.
  bool only_exact;
};

/// From large to small, the order in which they must appear.
constexpr Unit kUnits[] = {
    {"y", 365 * kDay, true}, {"w", 7 * kDay, true}, {"d", kDay, false},          {"h", kHour, false},
    {"m", kMinute, false},   {"s", kSecond, false}, {"ms", kMillisecond, false},
};

constexpr std::uint64_t kDurationMax = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> ParseNumber(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// Absolute value, also of the smallest number.
std::uint64_t Magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

/// `whole.fraction` with the fraction's trailing zeros cut off; `fraction` has `digits` digits.
std::string Decimal(std::uint64_t whole, std::uint64_t fraction, int digits) {
  std::string text = std::to_string(whole);
  if (fraction == 0) return text;
  std::string tail = std::to_string(fraction);
  tail.insert(0, static_cast<std::size_t>(digits) - tail.size(), '0');
  tail.erase(tail.find_last_not_of('0') + 1);
  return text + "." + tail;
}

}  // namespace

Result<std::chrono::nanoseconds> ParseDuration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds{0};
  if (text.empty()) return Error{"empty duration string"};
  const auto invalid = [&] { return Error{"not a valid duration string: " + text::GoQuote(text)}; };

  std::uint64_t total = 0;
  const Unit* next_unit = std::begin(kUnits);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto number_end = std::find_if_not(rest.begin(), rest.end(), IsDigit) - rest.begin();
    const std::string_view number = rest.substr(0, static_cast<std::size_t>(number_end));
    rest.remove_prefix(number.size());
    const auto unit_end = std::find_if(rest.begin(), rest.end(), IsDigit) - rest.begin();
    const std::string_view name = rest.substr(0, static_cast<std::size_t>(unit_end));
    rest.remove_prefix(name.size());

    const std::optional<std::uint64_t> value = ParseNumber(number);
    if (number.empty() || !value || name.empty()) return invalid();
    const Unit* unit =
        std::find_if(std::begin(kUnits), std::end(kUnits), [&](const Unit& u) { return u.name == name; });
    if (unit == std::end(kUnits)) {
      return Error{"unknown unit " + text::GoQuote(name) + " in duration " + text::GoQuote(text)};
    }
    if (unit < next_unit) return invalid();
    next_unit = unit + 1;
    // Upstream allows the product to reach 2^63 here and refuses it below; both sums fit into 64 bits.
    if (*value > (kDurationMax + 1) / unit->nanoseconds) return Error{"duration out of range"};
    total += *value * unit->nanoseconds;
    if (total > kDurationMax) return Error{"duration out of range"};
  }
  return std::chrono::nanoseconds{static_cast<std::int64_t>(total)};
}

std::string FormatDuration(std::chrono::nanoseconds duration) {
  std::uint64_t rest = Magnitude(duration.count()) / kMillisecond * kMillisecond;
  if (rest == 0) return "0s";
  std::string text = duration.count() < 0 ? "-" : "";
  for (const Unit& unit : kUnits) {
    if (unit.only_exact && rest % unit.nanoseconds != 0) continue;
    const std::uint64_t count = rest / unit.nanoseconds;
    if (count == 0) continue;
    text += std::to_string(count);
    text += unit.name;
    rest -= count * unit.nanoseconds;
  }
  return text;
}

std::string FormatGoDuration(std::chrono::nanoseconds duration) {
  const std::uint64_t ns = Magnitude(duration.count());
  const std::string sign = duration.count() < 0 ? "-" : "";
  if (ns == 0) return "0s";
  if (ns < 1'000) return sign + std::to_string(ns) + "ns";
  if (ns < kMillisecond) return sign + Decimal(ns / 1'000, ns % 1'000, 3) + "\u00b5s";
  if (ns < kSecond) return sign + Decimal(ns / kMillisecond, ns % kMillisecond, 6) + "ms";
  std::string text = sign;
  if (ns >= kHour) text += std::to_string(ns / kHour) + "h";
  if (ns >= kMinute) text += std::to_string(ns % kHour / kMinute) + "m";
  return text + Decimal(ns % kMinute / kSecond, ns % kSecond, 9) + "s";
}

}  // namespace stalemark
