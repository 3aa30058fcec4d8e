// SPDX-License-Identifier: Apache-2.0
// Reading relabelling rules (REL-02, REL-16, REL-23, REL-24): first all are decoded, later each list is validated.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/config/decode.h"
#include "core/model/labels.h"
#include "core/model/result.h"
#include "core/relabel/relabel.h"

namespace stalemark {

/// Rules while they are read. A null item is empty; the holder of the list refuses it in its own words.
using RelabelDrafts = std::vector<ListItem<RelabelRule>>;

Field RelabelRulesField(std::string_view name, RelabelDrafts& out);
bool HasNullRule(const RelabelDrafts& rules);
/// Validates the rules under a scheme and appends them. Of a failure, `place` is set to the rule. Requires: no null
/// rule.
Status CompleteRelabelRules(const RelabelDrafts& drafts, ValidationScheme scheme, std::vector<RelabelRule>& out,
                            const yaml::Node*& place);

/// A `model.LabelName`: valid UTF-8 and not empty, otherwise decoding ends.
bool DecodeLabelName(Decoder& decoder, const yaml::Node& node, std::string& out);

}  // namespace stalemark
