// SPDX-License-Identifier: Apache-2.0
#include "core/text/case_map.h"

#include <algorithm>

#include "core/text/case_table.h"
#include "core/text/utf8.h"

namespace stalemark::text {
namespace {

bool IsUpperAscii(std::uint32_t rune) {
  return rune - 'A' < 26;
}
bool IsLowerAscii(std::uint32_t rune) {
  return rune - 'a' < 26;
}

std::uint32_t Shift(std::uint32_t rune, std::int32_t delta) {
  return rune + static_cast<std::uint32_t>(delta);
}

const CaseRange* FindRange(std::uint32_t rune) {
  const CaseRange* end = kCaseRanges + kCaseRangeCount;
  const CaseRange* at =
      std::lower_bound(kCaseRanges, end, rune, [](const CaseRange& range, std::uint32_t r) { return range.last < r; });
  return at != end && at->first <= rune ? at : nullptr;
}

template <class Map>
std::string MapText(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte < 0x80) {  // ASCII maps to ASCII
      out.push_back(static_cast<char>(map(byte)));
      text.remove_prefix(1);
      continue;
    }
    const DecodedRune decoded = DecodeRune(text);
    AppendRune(out, map(decoded.rune));
    text.remove_prefix(decoded.width);
  }
  return out;
}

}  // namespace

std::uint32_t ToLower(std::uint32_t rune) {
  if (rune < 0x80) return IsUpperAscii(rune) ? rune + ('a' - 'A') : rune;
  const CaseRange* range = FindRange(rune);
  if (range == nullptr) return rune;
  if (range->to_lower == kAlternatingCase) return range->first + ((rune - range->first) | 1U);
  return Shift(rune, range->to_lower);
}

std::uint32_t ToUpper(std::uint32_t rune) {
  if (rune < 0x80) return IsLowerAscii(rune) ? rune - ('a' - 'A') : rune;
  const CaseRange* range = FindRange(rune);
  if (range == nullptr) return rune;
  if (range->to_upper == kAlternatingCase) return range->first + ((rune - range->first) & ~1U);
  return Shift(rune, range->to_upper);
}

std::uint32_t SimpleFold(std::uint32_t rune) {
  const FoldException* end = kFoldExceptions + kFoldExceptionCount;
  const FoldException* at =
      std::lower_bound(kFoldExceptions, end, rune, [](const FoldException& e, std::uint32_t r) { return e.from < r; });
  if (at != end && at->from == rune) return at->to;
  const std::uint32_t lower = ToLower(rune);
  return lower != rune ? lower : ToUpper(rune);
}

std::string ToLower(std::string_view text) {
  return MapText(text, [](std::uint32_t rune) { return ToLower(rune); });
}

std::string ToUpper(std::string_view text) {
  return MapText(text, [](std::uint32_t rune) { return ToUpper(rune); });
}

}  // namespace stalemark::text
