// SPDX-License-Identifier: Apache-2.0
// Values of labels between quotes, as the text formats escape them: backslash, quote and newline. Pure.
#pragma once

#include <string>
#include <string_view>

namespace stalemark::text {

inline std::string EscapeLabelValue(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace stalemark::text
