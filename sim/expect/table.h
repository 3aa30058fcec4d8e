// SPDX-License-Identifier: Apache-2.0
// Table: rows of cells, printed with aligned columns. ShortTable: the first rows of one, and how many more there are.
// Widths are counted in bytes.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// Of a table of differences, or of a list.
inline constexpr std::size_t kRowsMax = 20;

class ShortTable {
 public:
  /// Without a head it is a list, or rows that explain themselves.
  explicit ShortTable(std::vector<std::string> head = {}, std::size_t rows_max = kRowsMax);

  /// `make` gives the row; it is called only if the row is shown.
  template <class Make>
  void Add(const Make& make) {
    if (count_++ < rows_max_) table_.Add(make());
  }
  /// Rows of which none needs to be shown any more. Requires: full().
  void Count(std::uint64_t more) { count_ += more; }

  bool full() const { return count_ >= rows_max_; }
  /// Rows, shown or not.
  std::uint64_t count() const { return count_; }
  /// The last line, if rows are left out: `... 3 more`.
  std::string Text() const;

 private:
  Table table_;
  std::size_t rows_max_;
  std::uint64_t count_ = 0;
};

}  // namespace stalemark::scenario
