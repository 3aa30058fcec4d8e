// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/sort_labels.h"

#include <algorithm>

namespace stalemark {
namespace {

/// Up to so many labels an insertion sort is quick; it is stable, as upstream's sort is for few labels.
constexpr std::size_t kInsertionSortMax = 32;

}  // namespace

void SortByName(std::vector<Label>* labels) {
  const auto before = [](const Label& a, const Label& b) { return a.name < b.name; };
  if (labels->size() > kInsertionSortMax) {
    std::stable_sort(labels->begin(), labels->end(), before);
    return;
  }
  for (std::size_t i = 1; i < labels->size(); ++i) {
    const Label moved = (*labels)[i];
    std::size_t to = i;
    for (; to > 0 && before(moved, (*labels)[to - 1]); --to) (*labels)[to] = (*labels)[to - 1];
    (*labels)[to] = moved;
  }
}

}  // namespace stalemark
