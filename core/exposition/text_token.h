// SPDX-License-Identifier: Apache-2.0
// The tokens of the two text formats and their words in error texts. Mirrors `token` of model/textparse/promparse.go.
#pragma once

#include <cstdint>
#include <string_view>

namespace stalemark {

enum class TextToken : std::uint8_t {
  kInvalid,
  kEof,
  kLinebreak,
  kWhitespace,
  kHelp,
  kType,
  kUnit,
  kEofWord,
  kText,
  kComment,
  kName,
  kQuotedString,
  kBraceOpen,
  kBraceClose,
  kLabelName,
  kLabelValue,
  kComma,
  kEqual,
  kTimestamp,
  kValue,
};

/// The token's word in error texts: `INVALID`, `MNAME`, ...
std::string_view TextTokenName(TextToken token);

}  // namespace stalemark
