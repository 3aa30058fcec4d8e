// SPDX-License-Identifier: Apache-2.0
#include "core/text/utf8.h"

#include <cstring>

namespace stalemark::text {
namespace {

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Smallest code point that may be written in so many bytes.
constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};

}  // namespace

DecodedRune DecodeRune(std::string_view text) {
  if (text.empty()) return {kReplacementRune, 0, false};
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1, true};
  const std::size_t width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < width) return {kReplacementRune, 1, false};
  std::uint32_t rune = first & (0xFFu >> (width + 1));
  for (std::size_t i = 1; i < width; ++i) {
    if (!IsContinuation(text[i])) return {kReplacementRune, 1, false};
    rune = rune << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  const bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  if (rune < kSmallest[width] || rune > 0x10FFFF || surrogate) return {kReplacementRune, 1, false};
  return {rune, width, true};
}

void AppendRune(std::string& out, std::uint32_t rune) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) rune = kReplacementRune;
  if (rune < 0x80) {
    out.push_back(static_cast<char>(rune));
    return;
  }
  const int continuations = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
  const std::uint32_t lead = continuations == 1 ? 0xC0u : continuations == 2 ? 0xE0u : 0xF0u;
  out.push_back(static_cast<char>(lead | rune >> (6 * continuations)));
  for (int i = continuations - 1; i >= 0; --i) out.push_back(static_cast<char>(0x80u | (rune >> (6 * i) & 0x3Fu)));
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    // Eight ASCII bytes at a time: label values are nearly always ASCII.
    while (text.size() >= 8) {
      std::uint64_t word;
      std::memcpy(&word, text.data(), 8);
      if ((word & 0x8080808080808080u) != 0) break;
      text.remove_prefix(8);
    }
    if (text.empty()) break;
    std::size_t width = 1;
    if (static_cast<unsigned char>(text[0]) >= 0x80) {
      const DecodedRune rune = DecodeRune(text);
      if (!rune.valid) return false;
      width = rune.width;
    }
    text.remove_prefix(width);
  }
  return true;
}

std::string_view FirstRunes(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += DecodeRune(text.substr(at)).width;
  return text.substr(0, at);
}

}  // namespace stalemark::text
