// SPDX-License-Identifier: Apache-2.0
// A part of a YAML document as a document of its own: the prometheus.yml or the target groups that a scenario holds
// inline, for the readers that take text.
//
// Every key and value stands on the line it had, so that error texts and positions of those readers are the scenario
// file's; columns may move to the right. Aliases are written out, up to a bound on the text, and must not contain
// themselves.
#pragma once

#include <string>

#include "core/config/yaml.h"
#include "core/model/result.h"

namespace stalemark::scenario {

Result<std::string> InlineYaml(const yaml::Node& node);

}  // namespace stalemark::scenario
