// SPDX-License-Identifier: Apache-2.0
#include "core/storage/series_labels.h"

#include <vector>

#include <fmt/format.h>

namespace stalemark {

std::optional<std::string_view> RepeatedName(const Labels& labels) {
  std::string_view previous;
  for (const Label label : labels) {
    if (label.name == previous) return label.name;
    previous = label.name;
  }
  return std::nullopt;
}

bool HasEmptyValue(const Labels& labels) {
  for (const Label label : labels) {
    if (label.value.empty()) return true;
  }
  return false;
}

Labels WithoutEmptyValues(const Labels& labels) {
  std::vector<Label> kept;
  for (const Label label : labels) {
    if (!label.value.empty()) kept.push_back(label);
  }
  return Labels::FromSorted(kept);
}

std::string InvalidSeriesText(const Labels& labels) {
  if (labels.empty()) return "empty labelset: invalid sample";
  const std::optional<std::string_view> name = RepeatedName(labels);
  return name ? fmt::format("label name \"{}\" is not unique: invalid sample", *name) : std::string();
}

}  // namespace stalemark
