// SPDX-License-Identifier: Apache-2.0
#include "core/config/json_text.h"

#include <limits>

#include "core/text/go_float.h"
#include "core/text/utf8.h"

namespace stalemark {

void AppendJsonString(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const text::DecodedRune rune = text::DecodeRune(text.substr(i));
    if (rune.rune == '"' || rune.rune == '\\') {
      out += '\\';
      out += static_cast<char>(rune.rune);
    } else if (rune.rune < 0x20) {
      out += "\\u00";
      out += kHexDigits[rune.rune >> 4];
      out += kHexDigits[rune.rune & 15];
    } else {
      text::AppendRune(out, rune.rune);
    }
    i += rune.width;
  }
  out += '"';
}

void AppendJsonFloat(std::string& out, double value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (value != value) {
    out += "\"NaN\"";
  } else if (value == kInfinity || value == -kInfinity) {
    out += value > 0 ? "\"+Inf\"" : "\"-Inf\"";
  } else {
    text::AppendShortestG(out, value);
  }
}

void AppendJsonLabels(std::string& out, const Labels& labels) {
  JsonObject object(out);
  for (const Label label : labels) object.AlwaysText(label.name, label.value);
}

void AppendJsonLabels(std::string& out, const LabelMap& labels) {
  JsonObject object(out);
  for (const auto& [name, value] : labels) object.AlwaysText(name, value);
}

std::string IndentedJson(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      out += c;
      if (c == '\\') out += json[++i];
      in_text = c != '"';
      continue;
    }
    const bool opens = c == '{' || c == '[';
    const bool closes = c == '}' || c == ']';
    const bool empty = closes && (json[i - 1] == '{' || json[i - 1] == '[');
    depth += opens;
    depth -= closes;
    if (closes && !empty) new_line();
    out += c;
    in_text = c == '"';
    if (c == ':') out += ' ';
    if (c == ',' || (opens && json[i + 1] != '}' && json[i + 1] != ']')) new_line();
  }
  return out;
}

}  // namespace stalemark
