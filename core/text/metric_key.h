// SPDX-License-Identifier: Apache-2.0
// Names of series of our own metrics, as the text format writes them: `name{label="value",...}`, values with backslash,
// quote and newline escaped. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace stalemark::text {

struct MetricLabel {
  std::string_view name;
  std::string_view value;
};

/// `label="value",...`: what stands between the braces.
inline std::string MetricLabels(std::initializer_list<MetricLabel> labels) {
  std::string out;
  for (const MetricLabel& label : labels) {
    if (!out.empty()) out += ',';
    out.append(label.name).append("=\"");
    for (const char c : label.value) {
      if (c == '\\' || c == '"') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out;
}

inline std::string MetricKey(std::string_view name, std::initializer_list<MetricLabel> labels) {
  return std::string(name) + '{' + MetricLabels(labels) + '}';
}

}  // namespace stalemark::text
