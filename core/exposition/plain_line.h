// SPDX-License-Identifier: Apache-2.0
// Lines of the usual shape, read in one pass over the bytes: what the quick ways through the two text formats share.
//
// All functions start inside a body and stop at the newline that must follow at the latest, or at the `}` that is known
// to follow; scan.h says what they load. Null means: not plain, the lexer must decide. No allocation, no state.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/exposition/parser.h"
#include "core/exposition/scan.h"
#include "core/text/decimal_scan.h"
#include "core/text/utf8.h"

namespace stalemark::plain {

static_assert(kBodyPadding >= 16 + text::kScanPadding, "wide loads of scan.h and decimal_scan.h");

enum class LabelStyle : std::uint8_t {
  /// Blanks anywhere between the tokens, commas if you like (PARSE-TEXT-12).
  kText,
  /// No blanks, a comma between labels (PARSE-OM-07).
  kOpenMetrics,
};

inline std::string_view Between(const char* from, const char* to) {
  return {from, static_cast<std::size_t>(to - from)};
}

/// Behind the closing quote of the quoted text that starts behind an opening one at `at`; null for control characters,
/// invalid UTF-8 and escapes of those, which need the lexer.
inline const char* SkipValue(const char* at) {
  const char* const start = at;
  bool ascii = true;
  for (;;) {
    at = scan::SkipPlainText(at);
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"') break;
    if (c >= 0x80) {
      ascii = false;
      ++at;
    } else if (c == '\\' && static_cast<unsigned char>(at[1]) >= ' ') {
      at += static_cast<unsigned char>(at[1]) < 0x80 ? 2 : 1;  // what is not ASCII is looked at by itself
    } else {
      return nullptr;
    }
  }
  if (!ascii && !text::IsValidUtf8(Between(start, at))) return nullptr;
  return at + 1;
}

/// `at` is behind `{`; returns what is behind `}`, or null. Calls on_label(name, name_end, value, value_end) for every
/// label.
template <LabelStyle kStyle, class OnLabel>
const char* WalkLabels(const char* at, OnLabel on_label) {
  constexpr bool kBlanks = kStyle == LabelStyle::kText;
  for (;;) {
    if constexpr (kBlanks) at = scan::SkipBlanks(at);
    if (*at == '}') return at + 1;
    if (!scan::IsLabelNameStart(*at)) return nullptr;
    const char* const name = at;
    at = scan::SkipName<scan::Alphabet::kLabelName>(at);
    if (*at != '=' || at[1] != '"') return nullptr;
    const char* const name_end = at;
    at = SkipValue(at + 2);
    if (at == nullptr || *at == '\0') return nullptr;  // a NUL would make the quote part of the value
    on_label(name, name_end, name_end + 2, at - 1);
    if constexpr (kBlanks) at = scan::SkipBlanks(at);
    if (*at == ',') {
      ++at;
    } else if (!kBlanks && *at != '}') {
      return nullptr;
    }
  }
}

/// As WalkLabels, for who wants none of the labels.
template <LabelStyle kStyle>
const char* SkipLabels(const char* at) {
  return WalkLabels<kStyle>(at, [](const char*, const char*, const char*, const char*) {});
}

}  // namespace stalemark::plain
