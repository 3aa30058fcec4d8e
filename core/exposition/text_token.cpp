// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/text_token.h"

namespace stalemark {

std::string_view TextTokenName(TextToken token) {
  switch (token) {
    case TextToken::kInvalid:
      return "INVALID";
    case TextToken::kEof:
      return "EOF";
    case TextToken::kLinebreak:
      return "LINEBREAK";
    case TextToken::kWhitespace:
      return "WHITESPACE";
    case TextToken::kHelp:
      return "HELP";
    case TextToken::kType:
      return "TYPE";
    case TextToken::kUnit:
      return "UNIT";
    case TextToken::kEofWord:
      return "EOFWORD";
    case TextToken::kText:
      return "TEXT";
    case TextToken::kComment:
      return "COMMENT";
    case TextToken::kName:
      return "MNAME";
    case TextToken::kQuotedString:
      return "QSTRING";
    case TextToken::kBraceOpen:
      return "BOPEN";
    case TextToken::kBraceClose:
      return "BCLOSE";
    case TextToken::kLabelName:
      return "LNAME";
    case TextToken::kLabelValue:
      return "LVALUE";
    case TextToken::kComma:
      return "COMMA";
    case TextToken::kEqual:
      return "EQUAL";
    case TextToken::kTimestamp:
      return "TIMESTAMP";
    case TextToken::kValue:
      break;
  }
  return "VALUE";
}

}  // namespace stalemark
