// SPDX-License-Identifier: Apache-2.0
// The writing half of go_float.h. fmt finds the shortest digits that read back as the same number; where they go is
// Go's.
#include <array>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>

#include "core/text/go_float.h"

namespace stalemark::text {
namespace {

/// |value| = 0.d1d2d3... * 10^point; d1 is not 0, and 0 has the one digit 0 and point 1.
struct ShortestDigits {
  std::array<char, kFloatTextMax> digits;
  int count = 0;
  int point = 0;
};

/// Requires: value is finite.
ShortestDigits FindDigits(double value) {
  std::array<char, kFloatTextMax> text;
  const char* const end = fmt::format_to(text.data(), "{}", std::fabs(value));
  ShortestDigits out;
  bool saw_point = false;
  const char* at = text.data();
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      saw_point = true;
      continue;
    }
    if (*at == '0' && out.count == 0) {
      out.point -= saw_point ? 1 : 0;
      continue;
    }
    out.digits[static_cast<std::size_t>(out.count++)] = *at;
    out.point += saw_point ? 0 : 1;
  }
  if (at != end) {
    const bool negative = at[1] == '-';
    int exponent = 0;
    for (at += 2; at != end; ++at) exponent = exponent * 10 + (*at - '0');
    out.point += negative ? -exponent : exponent;
  }
  while (out.count > 0 && out.digits[static_cast<std::size_t>(out.count - 1)] == '0') --out.count;
  if (out.count == 0) {
    out.digits[0] = '0';
    out.count = 1;
    out.point = 1;
  }
  return out;
}

/// NaN and infinities. True: appended.
bool AppendSpecial(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    return false;
  }
  return true;
}

/// d.ddde±dd, the exponent with two digits at least.
void AppendExponential(std::string& out, const ShortestDigits& number) {
  out += number.digits[0];
  if (number.count > 1) {
    out += '.';
    out.append(number.digits.data() + 1, static_cast<std::size_t>(number.count - 1));
  }
  fmt::format_to(std::back_inserter(out), "e{}{:02}", number.point > 0 ? '+' : '-', std::abs(number.point - 1));
}

/// ddd.ddd without an exponent.
void AppendPlain(std::string& out, const ShortestDigits& number) {
  const int whole = number.point > 0 ? number.point : 0;
  if (whole == 0) out += '0';
  for (int i = 0; i < whole; ++i) out += i < number.count ? number.digits[static_cast<std::size_t>(i)] : '0';
  if (number.count <= number.point) return;
  out += '.';
  for (int i = number.point; i < number.count; ++i) out += i < 0 ? '0' : number.digits[static_cast<std::size_t>(i)];
}

/// Numbers d.ddd * 10^e with e outside [exponent_min, exponent_max) get an exponent.
void AppendShortest(std::string& out, double value, int exponent_min, int exponent_max) {
  if (AppendSpecial(out, value)) return;
  if (std::signbit(value)) out += '-';
  const ShortestDigits number = FindDigits(value);
  const int exponent = number.point - 1;
  if (exponent < exponent_min || exponent >= exponent_max) {
    AppendExponential(out, number);
  } else {
    AppendPlain(out, number);
  }
}

}  // namespace

void AppendShortestG(std::string& out, double value) {
  AppendShortest(out, value, -4, 6);
}

void AppendFixed(std::string& out, double value) {
  if (!AppendSpecial(out, value)) fmt::format_to(std::back_inserter(out), "{:f}", value);
}

void AppendOpenMetricsFloat(std::string& out, double value) {
  if (value == 0) {  // upstream writes -0 so too
    out += "0.0";
    return;
  }
  const std::size_t start = out.size();
  AppendShortestG(out, value);
  if (std::isfinite(value) && out.find_first_of(".e", start) == std::string::npos) out += ".0";
}

void AppendApiFloat(std::string& out, double value) {
  const double magnitude = std::fabs(value);
  // The bounds of 1e-6 and 1e21 as exponents of the first digit; 0 has exponent 0.
  const bool plain = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
  AppendShortest(out, value, plain ? -400 : 400, plain ? 400 : -400);
}

}  // namespace stalemark::text
