// SPDX-License-Identifier: Apache-2.0
// Vectors of which every target has some: they grow by an eighth, not to twice their size, as what they reserve and do
// not use is multiplied by all targets.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace stalemark {

/// Room for so many elements more.
template <class T>
void MakeRoom(std::vector<T>& elements, std::size_t count) {
  const std::size_t needed = elements.size() + count;
  if (needed > elements.capacity()) elements.reserve(needed + needed / 8);
}

template <class T>
void AppendOne(std::vector<T>& elements, T element) {
  MakeRoom(elements, 1);
  elements.push_back(std::move(element));
}

}  // namespace stalemark
