// SPDX-License-Identifier: Apache-2.0
// Bytes as hex digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/text/ascii.h"

namespace stalemark::text {

/// Two lower-case digits a byte.
inline std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 0xF];
  }
  return out;
}

/// Reads what Hex writes, also in upper case; nothing: the text is no such.
inline std::optional<std::string> Unhex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = ascii::HexDigit(digits[i]);
    const int low = ascii::HexDigit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

}  // namespace stalemark::text
