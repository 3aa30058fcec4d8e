// SPDX-License-Identifier: Apache-2.0
// A JSON list of target groups, decoded as encoding/json decodes []*targetgroup.Group (SD-03): keys without regard to
// case, repeated keys overwrite, unknown ones are errors. Mirrors Group.UnmarshalJSON and model.LabelSet.UnmarshalJSON.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/model/result.h"
#include "core/model/target_group.h"

namespace stalemark {

/// The groups, nothing for each null. Sources are not set.
Result<std::vector<std::optional<TargetGroup>>> ParseJsonGroups(std::string_view text);

}  // namespace stalemark
