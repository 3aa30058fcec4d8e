// SPDX-License-Identifier: Apache-2.0
#include "sim/expect/table.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace stalemark::scenario {

std::string Table::Text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    if (!out.empty()) out += "\n";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
  }
  return out;
}

ShortTable::ShortTable(std::vector<std::string> head, std::size_t rows_max) : rows_max_(rows_max) {
  if (!head.empty()) table_.Add(std::move(head));
}

std::string ShortTable::Text() const {
  std::string text = table_.Text();
  if (count_ > rows_max_) text += fmt::format("\n... {} more", count_ - rows_max_);
  return text;
}

}  // namespace stalemark::scenario
