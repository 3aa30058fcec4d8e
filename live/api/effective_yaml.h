// SPDX-License-Identifier: Apache-2.0
// JSON as YAML, laid out as upstream prints its effective configuration (yaml.v2): keys in the order given, lists at
// the column of their key, texts quoted only where they would mean something else.
//
// Pure function.
#pragma once

#include <string>
#include <string_view>

namespace stalemark {

/// Requires: valid JSON whose outermost value is an object.
std::string YamlOfJson(std::string_view json);

}  // namespace stalemark
