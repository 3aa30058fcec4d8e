// SPDX-License-Identifier: Apache-2.0
// Table: rows of cells, printed with aligned columns. Widths are counted in bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace stalemark::scenario {

class Table {
 public:
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// Two blanks between columns, none at the end of a row, a newline between rows.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stalemark::scenario
