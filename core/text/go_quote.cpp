// SPDX-License-Identifier: Apache-2.0
#include "core/text/go_quote.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text/printable_table.h"
#include "core/text/utf8.h"

namespace stalemark::text {
namespace {

/// The escape of a byte that has a letter of its own, or 0.
char LetterEscape(std::uint32_t rune) {
  switch (rune) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    case '"':
      return '"';
    case '\\':
      return '\\';
    default:
      return 0;
  }
}

}  // namespace

bool IsPrintable(std::uint32_t rune) {
  if (rune < 0x80) return rune >= 0x20 && rune < 0x7F;
  const CodePointRange* end = kPrintableRanges + kPrintableRangeCount;
  const CodePointRange* found = std::lower_bound(kPrintableRanges, end, rune,
                                                 [](const CodePointRange& r, std::uint32_t x) { return r.last < x; });
  return found != end && found->first <= rune;
}

std::string GoQuote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    const std::string_view bytes = text.substr(0, decoded.width);
    text.remove_prefix(decoded.width);
    if (!decoded.valid) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    } else if (const char letter = LetterEscape(decoded.rune); letter != 0) {
      out += '\\';
      out += letter;
    } else if (IsPrintable(decoded.rune)) {
      out += bytes;
    } else if (decoded.rune < 0x20 || decoded.rune == 0x7F) {
      out += fmt::format("\\x{:02x}", decoded.rune);
    } else {
      out += decoded.rune < 0x10000 ? fmt::format("\\u{:04x}", decoded.rune) : fmt::format("\\U{:08x}", decoded.rune);
    }
  }
  return out + '"';
}

}  // namespace stalemark::text
