// SPDX-License-Identifier: Apache-2.0
#include "core/exposition/sort_labels.h"

#include "core/text/go_sort.h"

namespace stalemark {

void SortByName(std::vector<Label>* labels) {
  text::GoSort(std::span<Label>(*labels), [](const Label& a, const Label& b) { return a.name < b.name; });
}

}  // namespace stalemark
