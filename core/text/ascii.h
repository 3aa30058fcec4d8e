// SPDX-License-Identifier: Apache-2.0
// Questions about single bytes, and texts of them, as ASCII has them; bytes beyond ASCII are none of these and stay as
// they are. Unicode's answers are in rune_class.h and case_map.h. Pure functions.
#pragma once

#include <string>

namespace stalemark::ascii {

inline bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

inline std::string ToLower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

}  // namespace stalemark::ascii
