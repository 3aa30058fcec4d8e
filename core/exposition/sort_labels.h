// SPDX-License-Identifier: Apache-2.0
// The order in which parsers hand out labels. Mirrors ScratchBuilder.Sort of model/labels.
#pragma once

#include <vector>

#include "core/model/labels.h"

namespace stalemark {

/// Sorts by name; labels of one name keep their order.
void SortByName(std::vector<Label>* labels);

}  // namespace stalemark
