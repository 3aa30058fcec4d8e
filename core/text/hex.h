// SPDX-License-Identifier: Apache-2.0
// Bytes as hex digits.
#pragma once

#include <string>
#include <string_view>

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

}  // namespace stalemark::text
