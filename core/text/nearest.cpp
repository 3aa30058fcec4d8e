// SPDX-License-Identifier: Apache-2.0
#include "core/text/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "core/text/ascii.h"

namespace stalemark::text {
namespace {

constexpr std::size_t kWordLengthMax = 64;

/// Levenshtein distance; case does not count.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (ascii::ToLower(a[i]) == ascii::ToLower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view NearestWord(std::string_view word, const std::vector<std::string_view>& known) {
  if (word.size() > kWordLengthMax) return {};
  // A third of the word may differ; of a short word one half, and one letter in any case.
  const std::size_t half = std::max<std::size_t>(1, word.size() / 2);
  std::size_t best = std::min(std::max<std::size_t>(2, word.size() / 3), half) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kWordLengthMax) continue;
    const std::size_t distance = EditDistance(word, candidate);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace stalemark::text
