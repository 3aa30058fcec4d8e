// SPDX-License-Identifier: Apache-2.0
#include "core/text/query_escape.h"

#include <cstddef>

#include "core/text/ascii.h"

namespace stalemark::text {
namespace {

constexpr std::string_view kUpperDigits = "0123456789ABCDEF";

bool IsUnreserved(char c) {
  return ascii::IsLetterOrDigit(c) || std::string_view("-_.~").find(c) != std::string_view::npos;
}

}  // namespace

std::string QueryEscape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsUnreserved(c)) {
      escaped += c;
    } else if (c == ' ') {
      escaped += '+';
    } else {
      escaped += '%';
      escaped += kUpperDigits[byte >> 4];
      escaped += kUpperDigits[byte & 15];
    }
  }
  return escaped;
}

std::string QueryUnescape(std::string_view text, Plus plus) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_digits = text[i] == '%' && i + 2 < text.size();
    const int high = has_digits ? ascii::HexDigit(text[i + 1]) : -1;
    const int low = has_digits ? ascii::HexDigit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += text[i] == '+' && plus == Plus::kIsSpace ? ' ' : text[i];
    }
  }
  return plain;
}

}  // namespace stalemark::text
