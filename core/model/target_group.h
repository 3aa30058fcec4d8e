// SPDX-License-Identifier: Apache-2.0
// A target group: targets that were discovered together, and the labels they share. What static_configs, file_sd
// documents and every other discovery mechanism yield. Mirrors discovery/targetgroup/targetgroup.go.
//
// A plain value. Names and values are as the source gave them: valid UTF-8 is not promised.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace stalemark {

/// Labels by name. Upstream's model.LabelSet, whose order is by chance; here it is the order of the names.
using LabelMap = std::map<std::string, std::string, std::less<>>;

struct TargetGroup {
  /// Tells the groups of one discoverer apart: an update replaces the group of the same source. For static_configs the
  /// index ("0", "1", ...), for files the path and the index.
  std::string source;
  /// Each has at least `__address__`.
  std::vector<LabelMap> targets;
  LabelMap labels;

  friend bool operator==(const TargetGroup&, const TargetGroup&) = default;
};

}  // namespace stalemark
