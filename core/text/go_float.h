// SPDX-License-Identifier: Apache-2.0
// Floats as Go reads and writes them: strconv.ParseFloat(s, 64) with its error texts, and the texts that upstream makes
// of floats. Mirrors strconv/atof.go and ftoa.go, parseFloat of model/textparse and labels.FormatOpenMetricsFloat.
//
// Numbers that are read are 64-bit patterns. Reading is rounded correctly for every length of input; Go's own slip with
// more than 800 digits in front of the point is not repeated (PARSE-TEXT-31). Pure functions; reading allocates only
// for numbers that no quick method decides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemark::text {

enum class FloatError : std::uint8_t {
  kNone,
  /// Not a number.
  kSyntax,
  /// Rounds to an infinity; the bits are that infinity's.
  kRange,
  /// Holds `p`, `P` or `_`, which a sample value must not (PARSE-TEXT-30).
  kUnsupportedCharacter,
};

struct ParsedFloat {
  std::uint64_t bits = 0;
  FloatError error = FloatError::kNone;
};

/// strconv.ParseFloat(text, 64): hex floats and separating underscores included. Every NaN is 0x7ff8000000000001.
ParsedFloat ParseGoFloat(std::string_view text);
/// A sample value or an OpenMetrics timestamp: ParseGoFloat without what Go 1.13 added (PARSE-TEXT-30).
ParsedFloat ParseSampleFloat(std::string_view text);
/// Go's text for an error of reading `text`: `strconv.ParseFloat: parsing "x": invalid syntax`, ...
std::string FloatErrorText(FloatError error, std::string_view text);

/// Longest text that the functions below append, except AppendFixed.
inline constexpr std::size_t kFloatTextMax = 32;

/// `%g` (and `%v`) with as many digits as needed: exponent below 1e-4 and from 1e6 on (PARSE-TEXT-34).
void AppendShortestG(std::string& out, double value);
/// `%f`: six digits behind the point.
void AppendFixed(std::string& out, double value);
/// The value of a label `le` or `quantile`: `1.0`, `0.25`, `1e+06`, `+Inf` (PARSE-TEXT-33).
void AppendOpenMetricsFloat(std::string& out, double value);
/// A sample value in the JSON of the HTTP API: no exponent for 0 and 1e-6 <= |x| < 1e21.
void AppendApiFloat(std::string& out, double value);

}  // namespace stalemark::text
