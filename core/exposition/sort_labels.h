// SPDX-License-Identifier: Apache-2.0
// The order in which parsers hand out labels. Mirrors ScratchBuilder.Sort of model/labels, which is Go's
// slices.SortFunc.
//
// That sort is not stable: where one name occurs twice among more than twelve labels, which of the two comes first
// depends on the algorithm, and it reaches the series bytes. Allocates nothing.
#pragma once

#include <vector>

#include "core/model/labels.h"

namespace stalemark {

/// Sorts by name. Up to twelve labels: those of one name keep their order.
void SortByName(std::vector<Label>* labels);

}  // namespace stalemark
